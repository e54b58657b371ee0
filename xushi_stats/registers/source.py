"""A register's files: which there are, what their columns hold, and a cell as SQL.

A date is its ordinal (``date.toordinal``), a word from a fixed list its place in the list, from 1,
money whole 分. Money never passes through a float: a text must match ``MONEY``, is cast to
DECIMAL(18, 2), which holds two decimals exactly, and × 100 to BIGINT.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import duckdb

from xushi_stats.faults import DataFaults, Fault
from xushi_stats.registers.schema import SCHEMAS
from xushi_stats.tables import Column

if TYPE_CHECKING:
    import pandas as pd

T = TypeVar("T")

NO_END = date.max.toordinal()
"""The end of what has not ended."""
MONEY = r"-?[0-9]{1,14}(\.[0-9]{1,2})?"
"""元 with at most two decimals; nothing is guessed of 1,099 or １２."""
DATES = frozenset({"date", "entered", "left", "start", "end"})
ENDS = frozenset({"left", "end"})
NAME = "name"
BLANKS = " \t\r\n\u00a0\u3000"
"""What is no part of a cell at its ends."""
CHUNK = 1 << 20


@dataclass
class Source:
    """A table's file: how it is read, and which of its columns is which."""

    table: str
    path: Path
    written: list[str]
    columns: list[str]
    types: dict[str, str]
    decoded: pd.DataFrame | None = None
    """A CSV file in GB18030, which DuckDB does not read, without names."""

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the file, read in pieces."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    @property
    def is_csv(self) -> bool:
        """Whether it is text; else it is Parquet."""
        return self.path.suffix == ".csv"

    def text(self, column: str) -> str:
        """SQL for a cell as text."""
        if column not in self.types:  # a column that need not be there
            return "''"
        own = f"source.{quoted(column)}"
        if self.types[column] != "VARCHAR":
            return f"{own}::VARCHAR"
        return f"trim({own}, {_text(BLANKS)})" if self.is_csv else own

    def scan(self, numbered: bool) -> str:
        """SQL for the file's rows; with the record's number where it is asked for."""
        if not self.is_csv:
            number = ", file_row_number + 1 AS record" if numbered else ""
            named = zip(self.written, self.columns, strict=True)
            parts = ", ".join(f"{quoted(old)} AS {quoted(new)}" for old, new in named)
            rows = f"read_parquet({_text(str(self.path))}, file_row_number = {numbered})"
            return f"SELECT {parts}{number} FROM {rows}"
        rows = f"decoded_{self.table}" if self.decoded is not None else self._read_csv()
        return f"SELECT *{', row_number() OVER () AS record' if numbered else ''} FROM {rows}"

    def _read_csv(self) -> str:
        columns = ", ".join(f"{_text(c)}: 'VARCHAR'" for c in self.columns)
        form = "delim = ',', quote = '\"', escape = '\"', header = true, auto_detect = false"
        return f"read_csv({_text(str(self.path))}, {form}, columns = {{{columns}}})"

    def row_numbers(self, records: Sequence[int]) -> list[int]:
        """Rows as Excel counts them, of records, which leave out blank lines."""
        if not self.is_csv or not records:
            return [record + 1 for record in records]
        wanted, found, record = set(records), [], 0
        for number, cells in self._lines():
            record += bool(cells)
            if cells and record in wanted:
                found.append(number)
        return found

    def uneven_rows(self) -> list[int]:
        """Rows with more or fewer cells than the header."""
        return [n for n, cells in self._lines() if cells and len(cells) != len(self.columns)]

    def _lines(self) -> Iterator[tuple[int, list[str]]]:
        encoding = "utf-8-sig" if self.decoded is None else "gb18030"
        with self.path.open(encoding=encoding, newline="") as file:
            lines = csv.reader(file)
            next(lines, None)
            yield from enumerate(lines, start=2)


def open_source(folder: Path, table: str, connection: duckdb.DuckDBPyConnection) -> Source:
    """Find a table's file and read its header.

    Raises:
        DataFaults: there is no file or there are two, it cannot be read, or its header is wrong.
    """
    paths = [folder.resolve() / f"{table}.{kind}" for kind in ("csv", "parquet")]
    there = [path for path in paths if path.is_file()]
    if len(there) != 1:
        code = "register_both" if there else "file_missing"
        raise DataFaults([Fault(code, f"{table}.csv")])
    source = (_open_csv if there[0].suffix == ".csv" else _open_parquet)(
        table, there[0], connection
    )
    _check_types(source)
    return source


def _open_csv(table: str, path: Path, connection: duckdb.DuckDBPyConnection) -> Source:
    columns: Sequence[Column] = SCHEMAS[table]
    faults: list[Fault] = []
    encoding = _encoding(path)
    if encoding is None:
        raise DataFaults([Fault("encoding", path.name)])
    with path.open(encoding=encoding, newline="") as file:
        written = next(csv.reader(file), [])
    names = header_names(written, path.name, columns, faults)
    if names is None or faults:
        raise DataFaults(faults)
    filled = [name or f"blank_{i}" for i, name in enumerate(names)]
    headers = [cell.strip() for cell in written]
    source = Source(table, path, headers, filled, dict.fromkeys(filled, "VARCHAR"))
    if encoding == "gb18030":
        source.decoded = _decoded(source)
    return source


def _encoding(path: Path) -> str | None:
    """UTF-8 with or without BOM, or else GB18030 (what Excel in China writes); None for neither."""
    for encoding in ("utf-8-sig", "gb18030"):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            with path.open("rb") as file:
                while chunk := file.read(CHUNK):
                    decoder.decode(chunk)
                decoder.decode(b"", final=True)
            return encoding
        except UnicodeDecodeError:
            continue
    return None


def _decoded(source: Source) -> pd.DataFrame:
    kept = [i for i, column in enumerate(source.columns) if column != NAME]

    import pandas as pd

    def read() -> pd.DataFrame:
        text = io.StringIO(source.path.read_text("gb18030"), newline="")
        return pd.read_csv(
            text, header=0, names=source.columns, usecols=kept, dtype=str, keep_default_na=False
        )

    try:
        return read()
    except (ValueError, pd.errors.ParserError):
        raise DataFaults([Fault("register_unreadable", source.path.name)]) from None


def _open_parquet(table: str, path: Path, connection: duckdb.DuckDBPyConnection) -> Source:
    question = f"DESCRIBE SELECT * FROM read_parquet({_text(str(path))})"
    described = guarded(lambda: connection.sql(question).fetchall(), path.name)
    written = [str(row[0]) for row in described]
    faults: list[Fault] = []
    names = header_names(written, path.name, SCHEMAS[table], faults)
    if names is None or faults:
        raise DataFaults(faults)
    types = {name: str(row[1]) for name, row in zip(names, described, strict=True)}
    return Source(table, path, written, names, types)


READABLE = {
    "text": ("VARCHAR",),
    "code": ("VARCHAR", "ENUM"),
    "date": ("VARCHAR", "DATE"),
    "money": ("VARCHAR", "DECIMAL", "INTEGER", "BIGINT"),
    "year": ("VARCHAR", "SMALLINT", "INTEGER", "BIGINT"),
}
"""Kind of column → the Parquet types that hold it without loss: an id stored as a number has lost its
zeros, money stored as a float its last digits."""


def _check_types(source: Source) -> None:
    faults = []
    for column, stored in source.types.items():
        if column == NAME or source.is_csv:
            continue
        fitting = READABLE[kind_of(source.table, column)]
        if not stored.startswith(fitting):
            details = {"stored": stored, "fitting": "、".join(fitting)}
            faults.append(Fault("register_type", source.path.name, column=column, details=details))
    if faults:
        raise DataFaults(faults)


def guarded(read: Callable[[], T], file: str) -> T:
    """Do what may fail on a damaged file; DuckDB's own message would print a row, so it is dropped."""
    try:
        return read()
    except duckdb.Error:
        raise DataFaults([Fault("register_unreadable", file)]) from None


def kind_of(table: str, column: str) -> str:
    """What a column holds, a key of ``READABLE``.

    Raises:
        ValueError: no statistic reads the column; the name is such a one.
    """
    known = {c.name: c for c in SCHEMAS[table]}
    if column == NAME or column not in known:
        raise ValueError(f"no statistic reads {table}.{column}")
    if known[column].choices:
        return "code"
    if column in DATES:
        return "date"
    return {"income": "money", "year": "year"}.get(column, "text")


def value(source: Source, column: str) -> str:
    """SQL for a cell as a statistic takes it."""
    read = parsed(source, column)
    if kind_of(source.table, column) == "text":
        return f"coalesce({read}, '')"
    return f"coalesce({read}, {NO_END})" if column in ENDS else read


def parsed(source: Source, column: str) -> str:
    """SQL for what a cell says, NULL where it says nothing that can be read."""
    kind, text = kind_of(source.table, column), source.text(column)
    stored = source.types.get(column, "VARCHAR")
    own = f"source.{quoted(column)}"
    if kind == "code":
        choices = next(c.choices for c in SCHEMAS[source.table] if c.name == column)
        cases = " ".join(f"WHEN {_text(word)} THEN {i}" for i, word in enumerate(choices, 1))
        return f"CASE {text} {cases} END"
    if kind == "date":
        return f"({own if stored == 'DATE' else _iso_date(text)} - DATE '0001-01-01' + 1)::INTEGER"
    if kind == "money":
        if stored.startswith("DECIMAL") and stored.endswith((",2)", ",1)", ",0)")):
            return f"({own}::DECIMAL(18, 2) * 100)::BIGINT"
        exact = f"CASE WHEN regexp_full_match({text}, '{MONEY}') THEN {text} END"
        return f"(({exact})::DECIMAL(18, 2) * 100)::BIGINT"
    if kind == "year":
        return f"CASE WHEN regexp_full_match({text}, '[0-9]{{4}}') THEN {text} END::INTEGER"
    return text


def _iso_date(text: str) -> str:
    """SQL: a date written 2020-03-16 and no other way."""
    written = f"length({text}) = 10 AND {text}[5] = '-' AND {text}[8] = '-'"
    return f"CASE WHEN {written} AND {text}[1] <> '-' THEN TRY_CAST({text} AS DATE) END"


def quoted(name: str) -> str:
    """A column's name in SQL."""
    return '"' + name.replace('"', '""') + '"'


def _text(words: str) -> str:
    return "'" + words.replace("'", "''") + "'"


def header_names(
    cells: Sequence[str], file: str, columns: Sequence[Column], faults: list[Fault]
) -> list[str] | None:
    """The columns' names in the order of a register's header; None if one that is needed is missing.

    Of a header only its place is told: a file without one begins with a person.
    """
    known = {c.name: c.name for c in columns} | {c.header: c.name for c in columns}
    names: list[str] = []
    for position, cell in enumerate((cell.strip() for cell in cells), start=1):
        name = known.get(cell, "")
        if cell and (not name or name in names):
            faults.append(Fault("register_header", file, 1, details={"position": str(position)}))
        names.append(name)
    missing = [c for c in columns if c.required and c.name not in names]
    faults.extend(Fault("column_missing", file, 1, f"{c.header} / {c.name}") for c in missing)
    return None if missing else names
