"""A copy of a workbook in which the faulty cells are coloured and say what is wrong with them."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from xushi_stats.faults import DataFaults, Fault, Lang
from xushi_stats.tables import write_whole

COLOURS = {"error": "FFFFC7CE", "warning": "FFFFEB9C"}
"""Fill of a cell, as Excel's own styles for bad and neutral have it."""
_AUTHOR = "xushi-stats"


def write(data: Path, faults: Sequence[Fault], folder: Path, lang: Lang) -> list[Path]:
    """Write a marked copy of each workbook that has faults with a place; the originals stay as they are.

    Args:
        data: the data folder.
        faults: what ``check`` found.
        folder: where the copies go; outside the data folder, which would read them.
        lang: language of the comments.

    Returns:
        The copies.

    Raises:
        DataFaults: the folder lies within the data folder, or cannot be written to.
    """
    if folder.resolve().is_relative_to(data.resolve()):
        raise DataFaults([Fault("marked_inside", folder.as_posix())])
    of_file: dict[str, list[Fault]] = {}
    for fault in faults:
        if fault.sheet:
            of_file.setdefault(fault.file, []).append(fault)
    written = []
    for file, found in of_file.items():
        path = folder / file
        write_whole(path, marked(data / file, found, lang))
        written.append(path)
    return written


def marked(path: Path, faults: Iterable[Fault], lang: Lang) -> bytes:
    """A workbook with the faults of its cells as fills and comments; text stays text."""
    import openpyxl  # type: ignore[import-untyped]

    with warnings.catch_warnings(action="ignore"):
        book = openpyxl.load_workbook(path)
    at: dict[tuple[str, str], list[Fault]] = {}
    for fault in faults:
        at.setdefault((fault.sheet, _anchor(book[fault.sheet], fault)), []).append(fault)
    for (sheet, cell), found in at.items():
        _mark(book[sheet][cell], found, lang)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _anchor(page: Any, fault: Fault) -> str:
    """The cell that carries a fault: its own, the first of its row or sheet, the corner of a merge."""
    first = fault.cell.partition(":")[0]
    cell = f"A{fault.row or 1}" if not first or first.isdecimal() else first
    for merged in page.merged_cells.ranges:
        if cell in merged:
            return f"{re.sub('[0-9]', '', merged.coord.partition(':')[0])}{merged.min_row}"
    return cell


def _mark(cell: Any, faults: Sequence[Fault], lang: Lang) -> None:
    from openpyxl.comments import Comment  # type: ignore[import-untyped]
    from openpyxl.styles import PatternFill  # type: ignore[import-untyped]

    worst = "error" if any(fault.severity == "error" for fault in faults) else "warning"
    cell.fill = PatternFill("solid", fgColor=COLOURS[worst])
    said = [cell.comment.text] if cell.comment else []
    said += [fault.text(lang, within=True) for fault in faults]
    cell.comment = Comment("\n\n".join(said), _AUTHOR, height=120, width=320)
