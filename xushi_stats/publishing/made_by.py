"""What a bundle was made by: only what was made by the same may lie beside what is built now."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from xushi_stats.dataset import Dataset
from xushi_stats.ledger import Ledger
from xushi_stats.publishing.attachments import setting
from xushi_stats.reporting.evidence import ledger_row
from xushi_stats.reporting.one_run import notebooks_digest

_DRAWS: Sequence[str] = ("matplotlib", "papermill")


def key(data: Path, dataset: Dataset, ledger: Ledger) -> str:
    """SHA-256 over data, figures, notebooks, program, template, fonts and what draws and runs.

    The figures are those of registers as well, which the digest of the data leaves out. It is kept on
    the machine that builds: a hash over figures that are not public must not be published.
    """
    figures = [ledger_row(figure, ()) for figure in ledger.figures.values()]
    parts: list[Any] = [dataset.digest, figures, notebooks_digest(data, dataset.ref_area)]
    parts += [setting(), program_digest(), {name: version(name) for name in _DRAWS}]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


@cache
def program_digest() -> str:
    """SHA-256 over the files of this package, its template among them."""
    digest = hashlib.sha256()
    with as_file(files("xushi_stats")) as folder:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(f"{path.relative_to(folder).as_posix()}\n".encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()
