"""The rows of one file or sheet: header, cells, and what a person does not see."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from xushi_stats.faults import Fault, Severity
from xushi_stats.tables import cell_text, languages, xlsx
from xushi_stats.tables.columns import Column, Row, near

HEAD_WITHIN = 10
"""Rows among which the header is looked for."""
_KINDS = {**dict.fromkeys(("time_period", "period", "due", "release"), "period"), "date": "date"}
"""What a cell of a workbook may mean in the columns of these names; elsewhere a date is refused."""
_PLACE = ("source", "start")
MANY = 1000
"""Faults of one table after which it is not read on."""
_TOTAL = re.compile(r"(本页|本表|累)?(合计|总计|小计|共计|总和)|(grand |sub)?total", re.IGNORECASE)
_NOTE = re.compile(
    r"(注|备注|说明|资料来源|数据来源|填报人|审核人|制表人?|单位负责人|统计负责人|负责人|联系电话"
    r"|报出日期|填报日期|单位：|notes?\b|source\b|remarks?\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Line:
    """A row as it stands in a file: its number, and its cells by column."""

    number: int
    cells: Mapping[int, xlsx.Cell]


def lines_of(sheet: xlsx.Sheet) -> list[Line]:
    """The filled rows of a sheet, top down."""
    rows: dict[int, dict[int, xlsx.Cell]] = {}
    for (row, column), cell in sorted(sheet.cells.items()):
        rows.setdefault(row, {})[column] = cell
    return [Line(number, found) for number, found in rows.items()]


def known_names(columns: Sequence[Column]) -> dict[str, str]:
    """Name of a column by its name or header, as people may write them."""
    return {_plain(word): c.name for c in columns for word in (c.name, c.header)}


def _plain(word: str) -> str:
    """A header without blanks, line breaks, full-width letters, capitals and the star of required."""
    return re.sub(r"[\s*]", "", unicodedata.normalize("NFKC", word)).casefold()


def score(written: Iterable[str], known: Mapping[str, str]) -> int:
    """How many different columns some cells name."""
    return len({known[w] for w in map(_plain, written) if w in known})


class Reader:
    """Reads the lines of one file or sheet as rows of a table.

    Args:
        file: its name for people.
        columns: what the table may and must hold.
        lines: its rows as they stand there.
        faults: receives what is wrong.
        is_open: which rows are a template's, and need not be filled.
        sheet: of a workbook; None for a text file.
        source: the id of the workbook where it may be its own source; else "".
    """

    def __init__(
        self,
        file: str,
        columns: Sequence[Column],
        lines: Sequence[Line],
        faults: list[Fault],
        is_open: Callable[[Row], bool],
        sheet: xlsx.Sheet | None = None,
        source: str = "",
    ) -> None:
        self.file, self.columns, self.faults, self.sheet = file, columns, faults, sheet
        self.is_open, self.source = is_open, source
        self.lines = [line for line in map(_without_blanks, lines) if line.cells]
        self.known = known_names(columns)
        self.passed: set[int] = set()
        """Rows that hold no row of the table: titles above, totals, notes."""

    def rows(self) -> list[Row]:
        """The rows of the table; what is wrong is told."""
        if not self.lines:
            if self.sheet:
                self._tell("file_empty", None, severity="warning")
            return []
        position = self._head()
        if not score(map(_text, self.lines[position].cells.values()), self.known):
            self._tell("header_missing", None)
            return []
        self._tell_above(position)
        names = self._names(self.lines[position])
        if names is None:
            return []
        found, before = [], len(self.faults)
        for line in self.lines[position + 1 :]:
            if len(self.faults) - before > MANY:
                self._tell("many", line.number)
                break
            row = self._row(line, names)
            if row:
                found.append(row)
        if self.sheet:
            self._tell_unseen(self.sheet, self.lines[position], names)
        return found

    # -- the header ----------------------------------------------------------------------------

    def _head(self) -> int:
        """The line that names most columns, if it is not the first."""
        scores = [score(map(_text, x.cells.values()), self.known) for x in self.lines[:HEAD_WITHIN]]
        return scores.index(max(scores)) if max(scores) > 1 else 0

    def _tell_above(self, position: int) -> None:
        numbers = [line.number for line in self.lines[:position]]
        self.passed.update(numbers)
        if numbers:
            place, details = f"{numbers[0]}:{numbers[-1]}", {"rows": _span(numbers)}
            self._tell("rows_above", numbers[0], cell=place, details=details, severity="warning")

    def _names(self, line: Line) -> dict[int, str] | None:
        """Column number → name; None if one that is needed is missing."""
        self.headers: dict[str, str] = {}
        self.letters: dict[str, str] = {}
        names: dict[int, str] = {}
        for number, cell in line.cells.items():
            written = _text(cell)
            name = self.known.get(_plain(written), "")
            place = f"{xlsx.letters(number)}{line.number}"
            if not name and written:
                hint = near(written, [w for c in self.columns for w in (c.name, c.header)])
                self._tell("column_unknown", line.number, "", written, place, {"near": hint})
            elif name in self.headers:
                self._tell("column_twice", line.number, "", written, place)
                name = ""
            if written:
                names[number] = name
            if name:
                self.headers[name] = written
                self.letters[name] = xlsx.letters(number)
        found = {*names.values(), *(_PLACE if self.source else ())}
        missing = [c for c in self.columns if c.required and c.name not in found]
        missing = [column for column in missing if languages.is_asked(column.name)]
        for column in missing:
            self._tell("column_missing", line.number, column=f"{column.header} / {column.name}")
        return None if missing else names

    # -- the rows ------------------------------------------------------------------------------

    def _row(self, line: Line, names: Mapping[int, str]) -> Row | None:
        """One row; None where the line is none, or holds cells that no column has."""
        filled = line.cells
        first, written = next((c, _text(cell)) for c, cell in filled.items())
        if len(filled) > 1 and all(_plain(_text(c)) in self.known for c in filled.values()):
            self._tell("header_twice", line.number, cell=f"{line.number}:{line.number}")
            return None
        if first == min(names) and _TOTAL.fullmatch(re.sub(r"[\s:：]", "", written)):
            self._pass("total_row", line, written)
            return None
        note = _NOTE.match(written) if len(filled) == 1 else None
        if note:  # what follows may be a person's name
            self._pass("note_row", line, f"{note[0]}…")
            return None
        stray = [cell for c, cell in filled.items() if c not in names]
        for cell in stray:
            place = f"{xlsx.letters(cell.column)}{line.number}"
            self._tell("cells", line.number, _text(cell), cell=place)
        if stray:
            return None
        return self._filled(line, {name: filled.get(c) for c, name in names.items() if name})

    def _pass(self, code: str, line: Line, written: str) -> None:
        self.passed.add(line.number)
        place = f"{xlsx.letters(next(iter(line.cells)))}{line.number}"
        self._tell(code, line.number, written, cell=place, severity="warning")

    def _filled(self, line: Line, found: Mapping[str, xlsx.Cell | None]) -> Row:
        values = dict.fromkeys((c.name for c in self.columns), "")
        sheet = self.sheet.name if self.sheet else ""
        row = Row(self.file, line.number, values, self.headers, sheet, self.letters, stored={})
        unread = set()
        for name, cell in found.items():
            if cell is None:
                continue
            values[name], code, stored = cell_text.read(cell, _KINDS.get(name, "text"))
            if stored:
                row.stored[name] = stored
            if code == "cell_shown":
                self.faults.append(replace(row.fault(code, name), severity="warning"))
            elif code:
                self.faults.append(
                    row.as_seen(name) if code == "cell_seen" else row.fault(code, name)
                )
                values[name] = ""
                unread.add(name)
        languages.fill(values)
        row = replace(row, unread=frozenset(unread)) if unread else row
        is_open = self.is_open(row)
        if self.source and not is_open and not any(values[c] or c in unread for c in _PLACE):
            row = self._its_own(row, line)
        _check_cells(row, self.columns, self.faults, is_open)
        return row

    def _its_own(self, row: Row, line: Line) -> Row:
        """A row that cites no document: its workbook is the source, its cell the place."""
        first = f"{xlsx.letters(min(line.cells))}{line.number}"
        place = f"{row.sheet.strip()}!{row.cell('value') or first}"
        cited = dict(zip(_PLACE, (self.source, place), strict=True))
        return replace(row, cells=row.cells | cited, own=True)

    # -- what a person does not see ------------------------------------------------------------

    def _tell_unseen(self, sheet: xlsx.Sheet, head: Line, names: Mapping[int, str]) -> None:
        body = [x for x in self.lines if x.number > head.number and x.number not in self.passed]
        hidden = [line.number for line in body if line.number in sheet.hidden_rows]
        for run in _runs(hidden):
            place = f"{run[0]}:{run[-1]}"
            self._tell("row_hidden", run[0], cell=place, details={"rows": _span(run)})
        for number, name in names.items():
            filled = any(number in line.cells for line in body)
            if name and filled and sheet.hides_column(number):
                place = f"{xlsx.letters(number)}{head.number}"
                self._tell("column_hidden", head.number, column=self.headers[name], cell=place)
        for merged in sheet.merged:
            if self._matters(merged, sheet, head, names):
                first = f"{xlsx.letters(merged[1])}{merged[0]}"
                last = f"{xlsx.letters(merged[3])}{merged[2]}"
                value = _text(sheet.cells[merged[:2]])
                self._tell("merged", merged[0], value, cell=f"{first}:{last}")

    def _matters(
        self, merged: xlsx.Range, sheet: xlsx.Sheet, head: Line, names: Mapping[int, str]
    ) -> bool:
        """Whether a merged range holds a value that stands for several cells of the table."""
        top, left, bottom, _ = merged
        inside = bottom >= head.number and left <= max(names)
        alone = top == bottom and top in self.passed
        return inside and not alone and (top, left) in sheet.cells

    def _tell(
        self,
        code: str,
        row: int | None,
        value: str = "",
        column: str = "",
        cell: str = "",
        details: dict[str, str] | None = None,
        severity: Severity = "error",
    ) -> None:
        sheet = self.sheet.name if self.sheet else ""
        details = details or {}
        fault = Fault(code, self.file, row, column, value, severity, details, sheet, cell)
        self.faults.append(fault)


def _text(cell: xlsx.Cell) -> str:
    return cell_text.read(cell).text


def _without_blanks(line: Line) -> Line:
    return Line(line.number, {c: cell for c, cell in line.cells.items() if _text(cell)})


def _runs(numbers: Sequence[int]) -> Iterator[list[int]]:
    """Ascending numbers in stretches without a gap."""
    run: list[int] = []
    for number in numbers:
        if run and number != run[-1] + 1:
            yield run
            run = []
        run.append(number)
    if run:
        yield run


def _span(numbers: Sequence[int]) -> str:
    return str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]}–{numbers[-1]}"


def _check_cells(row: Row, columns: Sequence[Column], faults: list[Fault], is_open: bool) -> None:
    for column in columns:
        value = row[column.name]
        is_asked = column.required and languages.is_asked(column.name)
        if is_asked and not (value or is_open or column.name in row.unread):
            faults.append(row.fault("required", column.name))
        elif value and column.choices and value not in column.choices:
            allowed = "、".join(column.choices)
            faults.append(
                row.fault("choice", column.name, allowed=allowed, near=near(value, column.choices))
            )
