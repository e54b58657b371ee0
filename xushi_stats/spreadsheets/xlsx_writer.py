"""Workbooks for Excel and WPS: heads that stay, text that stays text, the same bytes on every machine."""

from __future__ import annotations

import io
import math
import unicodedata
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from xushi_stats.reporting.evidence import inert
from xushi_stats.words import read_rows

if TYPE_CHECKING:
    from xlsxwriter import Workbook  # type: ignore[import-untyped]
    from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

LINE, SPACE = 13.5, 4.5
"""Points of a line of text, and of what is left around the lines of a row."""
_FONT = {"font_name": "宋体", "font_size": 10, "valign": "vcenter"}
_GREY, _PALE = "#D9D9D9", "#F2F2F2"


@dataclass(frozen=True)
class Number:
    """A number typed into a cell: its value, the number format, and how it then reads."""

    value: Fraction
    digits: str
    shown: str


@dataclass(frozen=True)
class Live:
    """A formula with the value that it has now, which a reader sees before anything recalculates."""

    formula: str
    value: float | str
    digits: str = "General"


Content = str | Number | Live


@dataclass(frozen=True)
class Column:
    """A column's head, the least and the greatest width in Latin characters, where its texts stand."""

    head: str
    least: int = 6
    most: int = 30
    align: str = "left"


def columns_of(sheet: str) -> tuple[Column, ...]:
    """The columns of one of the ledger's sheets, from ``columns.csv`` beside this file."""
    return tuple(
        Column(row["head"], int(row["least"]), int(row["most"]), row["align"])
        for row in read_rows("xushi_stats.spreadsheets", "columns.csv")
        if row["sheet"] == sheet
    )


@dataclass(frozen=True)
class Sheet:
    """One sheet: title, lines above the table, table, lines below.

    Attributes:
        stays: how many columns stay in view.
    """

    name: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Content]]
    above: Sequence[str] = ()
    below: Sequence[str] = ()
    stays: int = 0

    @property
    def top(self) -> int:
        """The 0-based row of the first row of the table."""
        return top(self.above)


def top(above: Sequence[str]) -> int:
    """The 0-based row in which a table starts under its title, some lines, and its head."""
    return len(above) + 2


def cell(sheet: str, row: int, column: int) -> str:
    """The address of a cell from another sheet.

    >>> cell("观测值", 3, 4)
    "'观测值'!$E$4"
    """
    from xlsxwriter.utility import xl_rowcol_to_cell  # type: ignore[import-untyped]

    return f"'{sheet}'!{xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True)}"


def workbook(sheets: Sequence[Sheet], created: datetime, notice: str) -> bytes:
    """The file.

    Args:
        sheets: in their order.
        created: the date that the file bears; the data's own, never the clock's.
        notice: the line on the head of every printed page.
    """
    from xlsxwriter import Workbook

    buffer = io.BytesIO()
    book = Workbook(buffer, {"in_memory": True})
    book.set_properties({"created": created, "author": "xushi_stats"})
    formats = _Formats(book)
    for sheet in sheets:
        _write(book.add_worksheet(sheet.name), sheet, formats, notice)
    book.close()
    return stored(buffer.getvalue())


def stored(archive: bytes) -> bytes:
    """The same zip without compression and clock: deflate differs between machines."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(packed, "w") as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name)  # of 1 January 1980
            entry.create_system, entry.external_attr = 0, 0
            new.writestr(entry, old.read(name), zipfile.ZIP_STORED)
    return packed.getvalue()


def width(text: str) -> int:
    """How many Latin characters a text is wide; a Chinese one counts as two.

    >>> width("398户")
    5
    """
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)


class _Formats:
    """Formats of cells by what they are to be, each made once."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self.made: dict[tuple[tuple[str, Any], ...], Any] = {}

    def __call__(self, **wanted: Any) -> Any:
        key = tuple(sorted(wanted.items()))
        if key not in self.made:
            self.made[key] = self.book.add_format(_FONT | wanted)
        return self.made[key]


def _write(page: Worksheet, sheet: Sheet, formats: _Formats, notice: str) -> None:
    widths = [_column_width(sheet, n) for n in range(len(sheet.columns))]
    for n, wide in enumerate(widths):
        page.set_column(n, n, wide)
    title = formats(bold=True, font_name="黑体", font_size=16, align="center")
    _across(page, 0, sheet.title, widths, title, 2 * LINE)
    line = formats(text_wrap=True)
    for row, text in enumerate(sheet.above, start=1):
        _across(page, row, text, widths, line)
    head = formats(
        bold=True, font_name="黑体", align="center", text_wrap=True, border=1, bg_color=_GREY
    )
    for n, column in enumerate(sheet.columns):
        page.write_string(sheet.top - 1, n, column.head, head)
    page.set_row(sheet.top - 1, _height([c.head for c in sheet.columns], widths))
    for row, contents in enumerate(sheet.rows, start=sheet.top):
        for n, content in enumerate(contents):
            _put(page, row, n, content, sheet.columns[n].align, formats)
        page.set_row(row, _height([_shown(c) for c in contents], widths))
    for row, text in enumerate(sheet.below, start=sheet.top + len(sheet.rows)):
        _across(page, row, text, widths, line)
    _arrange(page, sheet, notice)


def _put(
    page: Worksheet, row: int, column: int, content: Content, align: str, formats: _Formats
) -> None:
    if isinstance(content, Number):
        own = formats(border=1, num_format=content.digits, align="right", indent=1)
        page.write_number(row, column, float(content.value), own)
    elif isinstance(content, Live):
        side: dict[str, Any] = {"align": "right", "indent": 1}
        if isinstance(content.value, str):
            side = {"align": "center"}
        own = formats(border=1, num_format=content.digits, bg_color=_PALE, **side)
        page.write_formula(row, column, content.formula, own, content.value)
    else:
        # who edits a cell that starts with = must not make a formula of it either
        align = "center" if content == "—" else align
        quote = inert(content) != content
        own = formats(border=1, text_wrap=True, align=align, quote_prefix=quote)
        page.write_string(row, column, content, own)


def _across(
    page: Worksheet, row: int, text: str, widths: Sequence[float], own: Any, least: float = 0
) -> None:
    """A line over the whole breadth of the table."""
    if len(widths) > 1:
        page.merge_range(row, 0, row, len(widths) - 1, "", own)
    page.write_string(row, 0, text, own)
    page.set_row(row, max(least, _height([text], [sum(widths)])))


def _arrange(page: Worksheet, sheet: Sheet, notice: str) -> None:
    """What stays in view, and how it prints: A4 landscape, one page broad, the head on each page."""
    page.freeze_panes(sheet.top, sheet.stays)
    page.set_landscape()
    page.set_paper(9)
    page.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
    page.fit_to_pages(1, 0)
    page.repeat_rows(sheet.top - 1)
    page.set_header("&C" + notice.replace("&", "&&"))
    page.set_footer("&C第 &P 页，共 &N 页")
    if sheet.rows and len(sheet.columns) > 2:
        last = sheet.top + len(sheet.rows) - 1
        page.autofilter(sheet.top - 1, 0, last, len(sheet.columns) - 1)


def _shown(content: Content) -> str:
    """How a cell reads, for its width; of what is computed about as much as is seen."""
    if isinstance(content, Number):
        return content.shown
    if isinstance(content, Live):
        return content.value if isinstance(content.value, str) else f"{content.value:.10g}"
    return content


def _column_width(sheet: Sheet, n: int) -> float:
    """Broad enough for what stands in the column; what is longer is wrapped."""
    column = sheet.columns[n]
    found = [width(line) for row in sheet.rows for line in _shown(row[n]).splitlines()]
    head = math.ceil(width(column.head) / (2 if width(column.head) > 8 else 1))
    return min(max([column.least, head + 2, *(w + 3 for w in found)]), column.most)


def _height(texts: Sequence[str], widths: Sequence[float]) -> float:
    """The height of a row in which nothing is cut off."""
    lines = 1
    for text, wide in zip(texts, widths, strict=True):
        # a line holds a little less than its width says: no character is broken
        parts = text.splitlines() or [""]
        lines = max(lines, sum(max(1, math.ceil(width(p) / max(1, wide - 2))) for p in parts))
    return lines * LINE + SPACE
