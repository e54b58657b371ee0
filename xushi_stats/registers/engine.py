"""A register on an engine: pandas in a notebook, DuckDB for files larger than memory; one frame a table.

DuckDB reads the files for both engines, so that a cell means the same on each. What a frame holds:
ids, villages and measures are the texts of the file (007 stays 007); a date is its ordinal
(``date.toordinal``), a blank end is ``NO_END``; a word from a fixed list is its place in the list,
from 1; money is whole 分. Money never passes through a float: a text must match ``MONEY`` and is
cast to DECIMAL(18, 2), which holds two decimals exactly, and × 100 to BIGINT.

Narwhals carries a statistic to both engines. Ibis was tried: it has no pandas engine since version 10
and wants pyarrow.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, TypeAlias, TypeVar, get_args

import duckdb
import narwhals as nw
import pandas as pd

from xushi_stats.faults import DataFaults, Fault
from xushi_stats.registers.schema import SCHEMAS
from xushi_stats.tables import Column, header_names

Engine = Literal["pandas", "duckdb"]
Frame: TypeAlias = "nw.LazyFrame[Any]"
T = TypeVar("T")

NO_END = date.max.toordinal()
"""The end of what has not ended."""
MONEY = r"-?[0-9]{1,15}(\.[0-9]{1,2})?"
"""元 with at most two decimals; nothing is guessed of 1,099 or １２."""
DATES = frozenset({"date", "entered", "left", "start", "end"})
ENDS = frozenset({"left", "end"})
NAME = "name"
CHUNK = 1 << 20


@dataclass(frozen=True)
class Query:
    """What an aggregate asks of a register: the function, its conditions, the tables it reads."""

    function: str
    condition: str
    tables: tuple[str, ...]


@dataclass(frozen=True)
class Origin:
    """Where an aggregate comes from, so that whoever has the register can count it again.

    Attributes:
        files: name and SHA-256 of each file read.
    """

    query: Query
    files: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        files = " ".join(f"{name}:{digest}" for name, digest in self.files)
        return f"{self.query.function}({self.query.condition}) {files}"


class Register:
    """The tables of one folder on one engine.

    Args:
        folder: holds ``<table>.csv`` or ``<table>.parquet``.
        engine: ``pandas`` or ``duckdb``.
        memory: what DuckDB may hold in memory; more is spilled to a private temporary folder.
        threads: how many DuckDB may use; None leaves it to DuckDB.

    Raises:
        ValueError: there is no such engine.
    """

    def __init__(
        self,
        folder: Path,
        engine: Engine = "pandas",
        *,
        memory: str = "3GB",
        threads: int | None = None,
    ) -> None:
        if engine not in get_args(Engine):
            raise ValueError(f"no engine {engine!r}")
        self.folder, self.engine = folder, engine
        self._spill = tempfile.TemporaryDirectory(prefix="xushi-", ignore_cleanup_errors=True)
        settings: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": memory,
            "temp_directory": self._spill.name,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        if threads:
            settings["threads"] = threads
        self._connection = duckdb.connect(":memory:", config=settings)
        self._sources: dict[str, _Source] = {}
        self._frames: dict[str, Frame] = {}

    def close(self) -> None:
        """Free what is held and remove what was spilled."""
        self._frames.clear()
        self._sources.clear()
        self._connection.close()
        self._spill.cleanup()

    def __enter__(self) -> Register:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def has(self, table: str) -> bool:
        """Whether the register has the table."""
        return any((self.folder / f"{table}.{kind}").is_file() for kind in ("csv", "parquet"))

    def file(self, table: str) -> str:
        """The table's file for people."""
        return self._source(table).path.name

    def sha256(self, table: str) -> str:
        """SHA-256 of the table's file."""
        return self._source(table).sha256

    def origin(self, query: Query) -> Origin:
        """What was asked, of which files."""
        files = tuple((self.file(table), self.sha256(table)) for table in query.tables)
        return Origin(query, files)

    def table(self, table: str, *columns: str) -> Frame:
        """Some columns of a table, as the statistics take them.

        Rows are left out whose date, number or word cannot be read: ``validate`` finds them.

        Args:
            table: a key of ``SCHEMAS``.
            columns: those wanted, and no other is read; never ``name``.

        Raises:
            DataFaults: the file is missing, cannot be read, or lacks a column.
            ValueError: a name was asked for.
        """
        source = self._source(table)
        parts = [f"{_value(source, c)} AS {_quoted(c)}" for c in columns]
        needed = [c for c in columns if _kind(table, c) != "text" and c not in ENDS]
        where = "".join(f" AND {_quoted(c)} IS NOT NULL" for c in needed)
        inner = f"SELECT {', '.join(parts)} FROM ({source.scan(False)}) AS source"
        return self._frame(f"SELECT * FROM ({inner}) WHERE true{where}", source.path.name)

    def cells(self, table: str) -> Frame:
        """All rows that are not blank, with what ``validate`` needs of each column but the name.

        Beside each column: ``<column>_blank`` and ``<column>_bad`` (1 if it cannot be read), and
        ``record``, the number of the row from 1, blank lines not counted.

        Raises:
            DataFaults: the file is missing, cannot be read, or lacks a column.
        """
        source = self._source(table)
        parts, blanks = ["record"], []
        for column in (c.name for c in SCHEMAS[table]):
            blank = f"coalesce({source.text(column)}, '') = ''"
            blanks.append(blank)
            if column == NAME:
                continue
            parts.append(f"{_value(source, column)} AS {_quoted(column)}")
            parts.append(f"({blank})::INTEGER AS {column}_blank")
            unread = f"NOT {blank} AND {_parsed(source, column)} IS NULL"
            parts.append(f"({unread})::INTEGER AS {column}_bad")
        rows = f"FROM ({source.scan(True)}) AS source WHERE NOT ({' AND '.join(blanks)})"
        return self._frame(f"SELECT {', '.join(parts)} {rows}", source.path.name)

    def row_numbers(self, table: str, records: Sequence[int]) -> list[int]:
        """Rows as Excel counts them, of records as ``cells`` counts them."""
        return self._source(table).row_numbers(records)

    def rows(self, frame: Frame) -> list[tuple[Any, ...]]:
        """A result's rows as plain Python values; whole numbers of any size stay exact.

        Raises:
            DataFaults: a file turned out to be unreadable.
        """
        native = frame.to_native()
        if isinstance(native, duckdb.DuckDBPyRelation):
            return _guarded(native.fetchall, self._files())
        return [tuple(row) for row in frame.collect("pandas").rows()]

    def _source(self, table: str) -> _Source:
        if table not in self._sources:
            source = _open(self.folder, table, self._connection)
            if source.decoded is not None:
                self._connection.register(f"decoded_{table}", source.decoded)
            self._sources[table] = source
        return self._sources[table]

    def _files(self) -> str:
        return "、".join(sorted(source.path.name for source in self._sources.values()))

    def _frame(self, query: str, file: str) -> Frame:
        if query not in self._frames:
            native: Any = _guarded(lambda: self._connection.sql(query), file)
            if self.engine == "pandas":
                native = _guarded(native.df, file)
            self._frames[query] = nw.from_native(native).lazy()
        return self._frames[query]


@dataclass
class _Source:
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
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    @property
    def is_csv(self) -> bool:
        return self.path.suffix == ".csv"

    def text(self, column: str) -> str:
        """SQL for a cell as text."""
        if column not in self.types:  # a column that need not be there
            return "''"
        own = f"source.{_quoted(column)}"
        if self.types[column] != "VARCHAR":
            return f"{own}::VARCHAR"
        return f"trim({own})" if self.is_csv else own

    def scan(self, numbered: bool) -> str:
        """SQL for the file's rows; with the record's number where it is asked for."""
        if not self.is_csv:
            number = ", file_row_number + 1 AS record" if numbered else ""
            named = zip(self.written, self.columns, strict=True)
            parts = ", ".join(f"{_quoted(old)} AS {_quoted(new)}" for old, new in named)
            rows = f"read_parquet({_text(str(self.path))}, file_row_number = {numbered})"
            return f"SELECT {parts}{number} FROM {rows}"
        rows = f"decoded_{self.table}" if self.decoded is not None else self._read_csv()
        return f"SELECT *{', row_number() OVER () AS record' if numbered else ''} FROM {rows}"

    def _read_csv(self) -> str:
        columns = ", ".join(f"{_text(c)}: 'VARCHAR'" for c in self.columns)
        form = "delim = ',', quote = '\"', escape = '\"', header = true, auto_detect = false"
        return f"read_csv({_text(str(self.path))}, {form}, columns = {{{columns}}})"

    def row_numbers(self, records: Sequence[int]) -> list[int]:
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


def _open(folder: Path, table: str, connection: duckdb.DuckDBPyConnection) -> _Source:
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


def _open_csv(table: str, path: Path, connection: duckdb.DuckDBPyConnection) -> _Source:
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
    source = _Source(table, path, filled, filled, dict.fromkeys(filled, "VARCHAR"))
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


def _decoded(source: _Source) -> pd.DataFrame:
    kept = [i for i, column in enumerate(source.columns) if column != NAME]

    def read() -> pd.DataFrame:
        text = io.StringIO(source.path.read_text("gb18030"), newline="")
        return pd.read_csv(
            text, header=0, names=source.columns, usecols=kept, dtype=str, keep_default_na=False
        )

    try:
        return read()
    except (ValueError, pd.errors.ParserError):
        raise DataFaults([Fault("register_unreadable", source.path.name)]) from None


def _open_parquet(table: str, path: Path, connection: duckdb.DuckDBPyConnection) -> _Source:
    question = f"DESCRIBE SELECT * FROM read_parquet({_text(str(path))})"
    described = _guarded(lambda: connection.sql(question).fetchall(), path.name)
    written = [str(row[0]) for row in described]
    faults: list[Fault] = []
    names = header_names(written, path.name, SCHEMAS[table], faults)
    if names is None or faults:
        raise DataFaults(faults)
    types = {name: str(row[1]) for name, row in zip(names, described, strict=True)}
    return _Source(table, path, written, names, types)


READABLE = {
    "text": ("VARCHAR",),
    "code": ("VARCHAR", "ENUM"),
    "date": ("VARCHAR", "DATE"),
    "money": ("VARCHAR", "DECIMAL", "INTEGER", "BIGINT"),
    "year": ("VARCHAR", "SMALLINT", "INTEGER", "BIGINT"),
}
"""Kind of column → the Parquet types that hold it without loss: an id stored as a number has lost its
zeros, money stored as a float its last digits."""


def _check_types(source: _Source) -> None:
    faults = []
    for column, stored in source.types.items():
        if column == NAME or source.is_csv:
            continue
        fitting = READABLE[_kind(source.table, column)]
        if not stored.startswith(fitting):
            details = {"stored": stored, "fitting": "、".join(fitting)}
            faults.append(Fault("register_type", source.path.name, column=column, details=details))
    if faults:
        raise DataFaults(faults)


def _guarded(read: Callable[[], T], file: str) -> T:
    """Do what may fail on a damaged file; DuckDB's own message would print a row, so it is dropped."""
    try:
        return read()
    except duckdb.Error:
        raise DataFaults([Fault("register_unreadable", file)]) from None


def _kind(table: str, column: str) -> str:
    known = {c.name: c for c in SCHEMAS[table]}
    if column == NAME or column not in known:
        raise ValueError(f"no statistic reads {table}.{column}")
    if known[column].choices:
        return "code"
    if column in DATES:
        return "date"
    return {"income": "money", "year": "year"}.get(column, "text")


def _value(source: _Source, column: str) -> str:
    """SQL for a cell as a statistic takes it."""
    parsed = _parsed(source, column)
    if _kind(source.table, column) == "text":
        return f"coalesce({parsed}, '')"
    return f"coalesce({parsed}, {NO_END})" if column in ENDS else parsed


def _parsed(source: _Source, column: str) -> str:
    """SQL for what a cell says, NULL where it says nothing that can be read."""
    kind, text = _kind(source.table, column), source.text(column)
    stored = source.types.get(column, "VARCHAR")
    own = f"source.{_quoted(column)}"
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


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(words: str) -> str:
    return "'" + words.replace("'", "''") + "'"
