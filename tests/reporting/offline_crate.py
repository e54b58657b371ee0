"""Ask roc-validator about a crate without the network: its cache is given the JSON-LD context first.

    python offline_crate.py BUNDLE CONTEXT CACHE

Prints one issue a line; exit code 1 if there is any.
"""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import requests
from requests.adapters import BaseAdapter
from requests_cache import CachedSession

CONTEXT = "https://w3id.org/ro/crate/1.1/context"
PROFILE = "workflow-run-crate-0.5"


class OneFile(BaseAdapter):
    """Answers every request with the context."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.content = content

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:
        from urllib3 import HTTPResponse

        headers = {"Content-Type": "application/ld+json", "Content-Length": str(len(self.content))}
        raw = HTTPResponse(
            body=BytesIO(self.content), headers=headers, status=200, preload_content=False
        )
        response = requests.Response()
        response.status_code, response.url = 200, str(request.url)
        response.headers.update(headers)
        response.request, response.raw = request, raw
        return response

    def close(self) -> None:
        """Nothing is open."""


def seed(cache: Path, context: Path) -> None:
    session = CachedSession(str(cache), backend="sqlite", expire_after=-1)
    session.mount("https://", OneFile(context.read_bytes()))
    session.get(CONTEXT, headers={"Accept": "application/ld+json, application/json"})
    session.close()


def main(bundle: Path, context: Path, cache: Path) -> int:
    from rocrate_validator import models, services

    seed(cache, context)
    settings = models.ValidationSettings(
        rocrate_uri=str(bundle),
        profile_identifier=PROFILE,
        requirement_severity=models.Severity.REQUIRED,
        offline=True,
        cache_path=cache,
        cache_max_age=-1,
    )
    result = services.validate(settings)
    for issue in result.get_issues():
        print(issue.check.identifier, issue.message)
    checks = len(result.executed_checks)
    print(f"{checks} checks", file=sys.stderr)
    return 1 if result.has_issues() or checks < 40 else 0


if __name__ == "__main__":
    raise SystemExit(main(*map(Path, sys.argv[1:4])))
