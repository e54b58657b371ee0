"""Text files as people save them: which encoding, which separator; nothing is guessed silently."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from itertools import islice
from pathlib import Path

from xushi_stats.faults import Fault
from xushi_stats.tables.contents import read_bytes

LARGEST = 20 * 2**20
"""Bytes of a text file."""
MOST_ROWS = 50_000
"""Rows of a table; people fill in some hundreds."""
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_CONTROL = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f]")
_SEPARATORS = {"\t": "Tab", ";": "“;”", "，": "“，”", "；": "“；”"}
_REFUSED = "，；"
"""Full-width marks: they may be part of a cell's own words."""


def read_text(path: Path, file: str, faults: list[Fault]) -> str | None:
    """A text file's content: BOM, then strict UTF-8, then GB18030 (what Excel in China writes).

    The encoding is told in a warning where it was another than UTF-8.
    """
    try:
        if path.exists() and not path.is_file():  # a pipe or a device has no end
            faults.append(Fault("file_special", file))
            return None
        if path.stat().st_size > LARGEST:
            faults.append(Fault("file_large", file))
            return None
        data = read_bytes(path)
    except OSError:
        faults.append(Fault("file_missing", file))
        return None
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        faults.append(Fault("text_is_book", file))
        return None
    text = _decoded(data, file, faults)
    found = _CONTROL.search(text or "")
    if text is None or found is None:
        return text
    row = text.count("\n", 0, found.start()) + 1
    faults.append(Fault("control", file, row, value=f"U+{ord(found[0]):04X}"))
    return None


def _decoded(data: bytes, file: str, faults: list[Fault]) -> str | None:
    marked = next((code for bom, code in _BOMS if data.startswith(bom)), "")
    for encoding in (marked,) if marked else ("utf-8", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not encoding.startswith("utf-8"):
            name = encoding.upper()
            faults.append(Fault("encoding_other", file, value=name, severity="warning"))
        return text
    faults.append(Fault("encoding", file))
    return None


def read_lines(
    text: str, file: str, known: Callable[[list[str]], int], faults: list[Fault]
) -> list[list[str]]:
    """The records of a CSV text, cells as written.

    Args:
        text: the file's content.
        file: its name for people.
        known: how many names of columns a record holds; it tells by which mark cells are divided.
        faults: receives what is wrong.
    """
    csv.field_size_limit(max(csv.field_size_limit(), len(text)))  # a long note is no crash
    separator = _separator(text, file, known, faults)
    if separator in _REFUSED:
        return []
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    found: list[list[str]] = []
    try:
        found.extend(islice(lines, MOST_ROWS + 1))
    except csv.Error:
        faults.append(Fault("quote", file, len(found) + 1))
    if len(found) > MOST_ROWS:
        faults.append(Fault("rows_many", file, MOST_ROWS + 1, details={"most": str(MOST_ROWS)}))
        return []
    return found


def _separator(text: str, file: str, known: Callable[[list[str]], int], faults: list[Fault]) -> str:
    head = text.splitlines()[:10]
    scores = {
        s: max((known(line.split(s)) for line in head), default=0) for s in (",", *_SEPARATORS)
    }
    best = max(scores, key=lambda separator: scores[separator])
    if best == "," or scores[best] < 2:
        return ","
    refused = best in _REFUSED
    code = "separator_wide" if refused else "separator"
    severity = "error" if refused else "warning"
    faults.append(Fault(code, file, value=_SEPARATORS[best], severity=severity))  # type: ignore[arg-type]
    return best
