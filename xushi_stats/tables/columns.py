"""What a table's columns and rows are, wherever they were read from."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from xushi_stats.faults import Fault
from xushi_stats.words import read_rows


@dataclass(frozen=True)
class Column:
    """A column of a table: its name, its Chinese header, whether every row must fill it.

    Attributes:
        choices: the only values allowed; empty for any.
        extra: whether a table is whole without it, so that no schema needs to name it.
    """

    name: str
    header: str
    required: bool = False
    choices: tuple[str, ...] = ()
    about: str = ""
    extra: bool = False


def read_columns(package: str, table: str) -> tuple[Column, ...]:
    """The columns of a table, as the ``columns.csv`` of a folder of the program declares them."""
    return tuple(
        Column(
            *(row["column"], row["header"], bool(row["required"])),
            choices=tuple(row["choices"].split("|")) if row["choices"] else (),
            about=row["about"],
            extra=bool(row["extra"]),
        )
        for row in read_rows(package, "columns.csv")
        if row["table"] == table
    )


def choices_of(columns: Iterable[Column], name: str) -> tuple[str, ...]:
    """The values that one of some columns may hold."""
    return next(column.choices for column in columns if column.name == name)


@dataclass(frozen=True)
class Row:
    """A row of a table with its place: file, row number as Excel counts it, cells and headers by column.

    Attributes:
        sheet: of a workbook; "" in a CSV file.
        letters: letters of the columns that the table has, such as D.
        own: whether its workbook is its source, and the place is its own cell.
        unread: columns whose cell could not be read; the fault is told, and the cell is "".
        stored: what is stored in a cell whose number format shows more, or another number.
    """

    file: str
    number: int
    cells: dict[str, str]
    headers: Mapping[str, str] = field(compare=False)
    sheet: str = ""
    letters: Mapping[str, str] = field(default_factory=dict, compare=False)
    unread: frozenset[str] = frozenset()
    own: bool = False
    stored: dict[str, str] = field(default_factory=dict, compare=False)

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def fault(self, code: str, column: str, **details: str) -> Fault:
        """A fault in one cell of this row."""
        details = {"header": self.headers.get(column, ""), **details}
        return Fault(
            *(code, self.file, self.number, column, self.cells[column]),
            details=details,
            sheet=self.sheet,
            cell=self.cell(column),
        )

    def as_seen(self, column: str) -> Fault:
        """The fault of a cell that shows another number or unit than is stored: both readings."""
        return self.fault("cell_seen", column, stored=self.stored[column])

    def cell(self, column: str) -> str:
        """A cell's address within its sheet: D7; "" for a column that the table does not have."""
        return f"{self.letters[column]}{self.number}" if column in self.letters else ""

    def seen_from(self, other: Row) -> str:
        """Where this row is, for a message on another row: its number, with its file if that differs."""
        if (self.file, self.sheet) == (other.file, other.sheet):
            return str(self.number)
        return " · ".join(filter(None, (self.file, self.sheet, str(self.number))))


def near(word: str, words: Iterable[str]) -> str:
    """The most similar of some words, or ""."""
    found = difflib.get_close_matches(word, list(words), n=1, cutoff=0.6)
    return found[0] if found else ""
