"""The bytes of files, each read once while a town's folder is read: what is parsed is what is hashed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path

from xushi_stats.faults import DataFaults
from xushi_stats.tables import xlsx
from xushi_stats.tables.xlsx import Sheet


@dataclass(frozen=True)
class _Kept:
    """What was read in one pass; ``parsed`` holds the sheets of each workbook, or why it has none."""

    content: dict[Path, bytes] = field(default_factory=dict)
    parsed: dict[Path, tuple[Sheet, ...] | DataFaults] = field(default_factory=dict)


_KEPT: ContextVar[_Kept | None] = ContextVar("kept", default=None)


@contextmanager
def one_pass() -> Iterator[None]:
    """While it lasts a file is read when first asked for, and never again."""
    token = _KEPT.set(_KEPT.get() or _Kept())
    try:
        yield
    finally:
        _KEPT.reset(token)


def read_bytes(path: Path) -> bytes:
    """The content of a file.

    Raises:
        OSError: it cannot be read.
    """
    kept = _KEPT.get()
    if kept is None:  # outside of a pass a file may have changed since, so it is read again
        return path.read_bytes()
    if path not in kept.content:
        kept.content[path] = path.read_bytes()
    return kept.content[path]


def read_sheets(path: Path) -> tuple[Sheet, ...]:
    """The sheets of a workbook, hidden ones too.

    Raises:
        DataFaults: as ``xlsx.sheets``.
        OSError: it cannot be read.
    """
    kept = _KEPT.get()
    if kept is None:
        return tuple(xlsx.sheets(path))
    if path not in kept.parsed:
        try:
            kept.parsed[path] = tuple(xlsx.sheets(path))
        except DataFaults as error:
            kept.parsed[path] = error
    found = kept.parsed[path]
    if isinstance(found, DataFaults):
        raise found
    return found


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(read_bytes(path)).hexdigest()
