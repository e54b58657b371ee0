"""Reading a workbook that came back from people: nothing in it runs, and nothing makes it swell."""

from __future__ import annotations

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xushi_stats.faults import DataFaults, Fault

LARGEST, UNPACKED, MEMBERS, RATIO = 20 * 2**20, 100 * 2**20, 1000, 200
"""Bytes of a file, bytes unpacked, members, and how many times larger a member may become."""
_HARMLESS = 2**20
"""Bytes up to which a member may be packed as tightly as it likes."""
TAGS, CELLS = 3_000_000, 400_000
"""XML tags of a workbook, and cells that a sheet, its merged ranges or its links may span."""

_CHINESE_DATES = {
    **dict.fromkeys((27, 36, 50, 52, 57), 'yyyy"年"m"月"'),
    **dict.fromkeys((28, 29, 51, 53, 54, 58), 'm"月"d"日"'),
    **{30: "m-d-yy", 31: 'yyyy"年"m"月"d"日"'},
    **dict.fromkeys((32, 33, 34, 35, 55, 56), 'h"时"mm"分"'),
}
"""Formats that a Chinese Excel or WPS writes by number alone; openpyxl takes them for General."""


@dataclass(frozen=True)
class Cell:
    """A cell: its value, its row and column as Excel counts, its number format.

    Of a formula the value is the one that was last computed; None if it never was.

    Attributes:
        is_error: whether the value is one of #REF!, #N/A and the like.
        formula: what is computed, as typed; "" where nothing is.
    """

    value: Any
    row: int
    digits: str
    is_formula: bool
    column: int = 0
    is_error: bool = False
    formula: str = ""


Page = Sequence[Sequence[Cell]]
Range = tuple[int, int, int, int]
"""First row, first column, last row, last column."""


@dataclass(frozen=True)
class Sheet:
    """A sheet: its cells by row and column, and what a person does not see at once.

    Attributes:
        state: ``visible``, ``hidden`` or ``veryHidden``.
        hidden_columns: first and last column of each hidden stretch.
    """

    name: str
    state: str
    cells: Mapping[tuple[int, int], Cell]
    merged: tuple[Range, ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: tuple[tuple[int, int], ...] = ()

    def hides_column(self, column: int) -> bool:
        """Whether a column is hidden."""
        return any(first <= column <= last for first, last in self.hidden_columns)


def sheets(path: Path) -> list[Sheet]:
    """The sheets of a workbook in its order, hidden ones too; of a stray cell only itself is held.

    Raises:
        DataFaults: there is no such file, it is no workbook, or one that could do harm.
    """
    import openpyxl  # type: ignore[import-untyped]

    _refuse_harm(path)
    try:
        with warnings.catch_warnings(action="ignore"):  # of drop-down lists and the like
            typed = openpyxl.load_workbook(path)
            computed = openpyxl.load_workbook(path, data_only=True)
        found = [_sheet(page, computed[page.title], typed.epoch) for page in typed.worksheets]
    except Exception as error:  # openpyxl raises whatever a broken file makes it stumble over
        raise _refused(path, type(error).__name__, type(error).__name__) from error
    if not found:
        with zipfile.ZipFile(path) as archive:
            if any(b"purl.oclc.org/ooxml" in archive.read(m) for m in archive.namelist()):
                raise _refused(path, "是“Strict Open XML”格式", "it is 'Strict Open XML'")
        raise _refused(path, "没有工作表", "it has no worksheet")
    return found


def read(path: Path) -> Mapping[str, Page]:
    """The sheets of a workbook by name, hidden ones too, row by row.

    Raises:
        DataFaults: as ``sheets``; or a sheet spans more cells than can be looked through.
    """
    return {sheet.name: list(_rows(path, sheet)) for sheet in sheets(path)}


def _rows(path: Path, sheet: Sheet) -> Iterator[list[Cell]]:
    height = max((row for row, _ in sheet.cells), default=0)
    width = max((column for _, column in sheet.cells), default=0)
    if height * width > CELLS:
        raise _refused(path, "单元格过多", "too many cells")
    for row in range(1, height + 1):
        yield [
            sheet.cells.get((row, column)) or Cell(None, row, "General", False, column)
            for column in range(1, width + 1)
        ]


def _sheet(page: Any, computed: Any, epoch: Any) -> Sheet:
    # iterating over rows would make every cell up to a stray one in XFD1048576
    made = (_cell(cell, computed._cells.get(place), epoch) for place, cell in page._cells.items())
    rows, columns = page.row_dimensions.values(), page.column_dimensions.values()
    return Sheet(
        page.title,
        page.sheet_state,
        {(c.row, c.column): c for c in made if c.value is not None or c.is_formula},
        tuple((m.min_row, m.min_col, m.max_row, m.max_col) for m in page.merged_cells.ranges),
        frozenset(r.index for r in rows if r.hidden or r.height == 0),
        tuple((c.min, c.max) for c in columns if (c.hidden or c.width == 0) and c.min),
    )


def _cell(typed: Any, computed: Any, epoch: Any) -> Cell:
    from openpyxl.utils.datetime import from_excel  # type: ignore[import-untyped]

    value = None if computed is None else computed.value
    shown, style = typed.number_format, typed._style.numFmtId if typed.has_style else 0
    if shown == "General" and style in _CHINESE_DATES:
        shown = _CHINESE_DATES[style]
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            value = from_excel(value, epoch)
    is_formula = typed.data_type == "f"
    formula = getattr(typed.value, "text", None) or str(typed.value) if is_formula else ""
    is_error = computed is not None and computed.data_type == "e"
    return Cell(value, typed.row, shown, is_formula, typed.column, is_error, formula)


def _refuse_harm(path: Path) -> None:
    """Refuse what is too large, swells when unpacked, or declares entities, before it is parsed."""
    try:
        if path.stat().st_size > LARGEST:
            raise _refused(path, "文件过大", "too large")
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            swells = any(
                m.file_size > max(_HARMLESS, RATIO * m.compress_size) or m.flag_bits & 1
                for m in members
            )
            if swells or len(members) > MEMBERS or sum(m.file_size for m in members) > UNPACKED:
                raise _refused(path, "解压后过大或已加密", "swells when unpacked, or is encrypted")
            tags = 0
            for member in members:
                content = archive.read(member)
                if _declares(content):
                    raise _refused(path, "含有 DOCTYPE 声明", "it declares a DOCTYPE")
                tags += content.count(b"<")
                if tags > TAGS or _spans(content) > CELLS:
                    raise _refused(path, "单元格过多", "too many cells")
    except OSError as error:
        raise DataFaults([Fault("file_missing", path.name)]) from error
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, ValueError) as error:
        raise _refused(path, *_kind(path)) from error


def _declares(content: bytes) -> bool:
    """Whether XML declares a document type, in whatever encoding."""
    return any("<!DOCTYPE".encode(code) in content for code in ("ascii", "utf-16-le", "utf-16-be"))


_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_SPAN = re.compile(rb"<(?:\w+:)?(?:mergeCell|hyperlink)\s[^>]*?\bref\s*=\s*[\"']([^\"']*)")
_CORNERS = re.compile(rb"\$?([A-Za-z]{1,3})\$?(\d{1,7})(?::\$?([A-Za-z]{1,3})\$?(\d{1,7}))?")


def _spans(content: bytes) -> int:
    """How many cells openpyxl would make of a sheet: its own, and all that it merges or links."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")):
        return CELLS + 1  # no program writes a sheet in UTF-16, and nothing could be counted in it
    total = len(_CELL.findall(content))
    for ref in _SPAN.findall(content):
        corners = _CORNERS.fullmatch(ref.strip())
        if corners is None:  # an escaped colon, whole columns
            return CELLS + 1
        if corners[3]:
            width = abs(_column(corners[3]) - _column(corners[1])) + 1
            total += width * (abs(int(corners[4]) - int(corners[2])) + 1)
    return total


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def letters(column: int) -> str:
    """A column's letters.

    >>> letters(4), letters(16384)
    ('D', 'XFD')
    """
    text = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def _kind(path: Path) -> tuple[str, str]:
    """What a file is that is no workbook, in both languages."""
    content = path.read_bytes()[:LARGEST]
    if not content:
        return "空文件", "the file is empty"
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        if "EncryptedPackage".encode("utf-16-le") in content:
            return "文件已加密", "it is encrypted"
        return "是旧版 .xls 文件", "it is an old .xls file"
    if content.startswith(b"PK"):
        return "文件已损坏", "it is damaged"
    if b"\0" not in content[:1000]:
        return "是文本文件，不是 .xlsx 文件", "it is a text file, not an .xlsx file"
    return "不是 .xlsx 文件", "not an .xlsx file"


def _refused(path: Path, why_zh: str, why_en: str) -> DataFaults:
    return DataFaults([Fault("workbook", path.name, details={"why_zh": why_zh, "why_en": why_en})])
