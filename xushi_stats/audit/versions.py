"""Which released version has set a report, and whether its template is at hand here.

``versions.csv`` has a row for each version, with the digest of what it sets pages with: its own number,
Typst's, template and fonts. Releasing one keeps its template as ``templates/<version>.typ``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from xushi_stats.audit.untrusted_attachments import Refused
from xushi_stats.publishing import attachments, typeset
from xushi_stats.words import read_rows

_PARTS = ("versions", "template_sha256", "fonts_sha256")


@cache
def released() -> Mapping[str, str]:
    """Version → digest of its setting."""
    rows = read_rows("xushi_stats.audit", "versions.csv")
    return {row["version"]: row["setting_sha256"] for row in rows}


def digest(setting: Mapping[str, Any]) -> str:
    """SHA-256 of what sets pages, of a manifest or of this machine."""
    parts = {part: setting[part] for part in _PARTS}
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def template(manifest: Mapping[str, Any]) -> bytes | None:
    """The template with which a report can be set here; None where its version must be installed.

    Raises:
        Refused: no version ever set pages so.
    """
    here = attachments.setting()
    if digest(manifest) == digest(here):
        return typeset.template()
    version = str(manifest["versions"].get("xushi_stats"))
    if released().get(version) != digest(manifest):
        raise Refused("version_never", version=version[:20])
    same = manifest["versions"].get("typst") == here["versions"]["typst"]
    if same and manifest["fonts_sha256"] == here["fonts_sha256"]:
        kept = {hashlib.sha256(t).hexdigest(): t for t in typeset.templates().values()}
        return kept.get(manifest["template_sha256"])
    return None
