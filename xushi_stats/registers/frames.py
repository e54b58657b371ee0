"""A register on an engine: pandas in a notebook, DuckDB for files larger than memory; one frame a table.

DuckDB reads the files for both engines (``source``), so that a cell means the same on each. In a frame
ids, villages and measures are the texts of the file (007 stays 007); dates, words from a list and money
are whole numbers, and a blank end is ``NO_END``.

Narwhals carries a statistic to both engines. Ibis was tried: it has no pandas engine since version 10
and wants pyarrow.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

import duckdb
import narwhals as nw

from xushi_stats.registers.private import IDS, SCIENTIFIC
from xushi_stats.registers.schema import SCHEMAS
from xushi_stats.registers.source import (
    ENDS,
    NAME,
    Source,
    guarded,
    kind_of,
    open_source,
    parsed,
    quoted,
    value,
)

Engine = Literal["pandas", "duckdb"]
Frame: TypeAlias = "nw.LazyFrame[Any]"

KEPT = 4
"""Frames kept for further statistics; the oldest goes first."""


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
        self._sources: dict[str, Source] = {}
        self._frames: dict[str, Frame] = {}
        self._kept: dict[str, Frame] = {}
        self._tables = 0

    def close(self) -> None:
        """Free what is held and remove what was spilled."""
        self._frames.clear()
        self._kept.clear()
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

    def header(self, table: str, column: str) -> str:
        """What the file calls a column; "" if it has none such."""
        source = self._source(table)
        named = dict(zip(source.columns, source.written, strict=True))
        return named.get(column, "")

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
        parts = [f"{value(source, c)} AS {quoted(c)}" for c in columns]
        needed = [c for c in columns if kind_of(table, c) != "text" and c not in ENDS]
        where = "".join(f" AND {quoted(c)} IS NOT NULL" for c in needed)
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
            parts.append(f"{value(source, column)} AS {quoted(column)}")
            parts.append(f"({blank})::INTEGER AS {column}_blank")
            unread = f"NOT {blank} AND {parsed(source, column)} IS NULL"
            if column in IDS:
                unread = f"regexp_full_match({source.text(column)}, '{SCIENTIFIC}')"
            parts.append(f"({unread})::INTEGER AS {column}_bad")
        rows = f"FROM ({source.scan(True)}) AS source WHERE NOT ({' AND '.join(blanks)})"
        return self._frame(f"SELECT {', '.join(parts)} {rows}", source.path.name)

    def uneven_rows(self, table: str) -> list[int]:
        """Rows of a CSV file with more or fewer cells than its header."""
        source = self._source(table)
        return source.uneven_rows() if source.is_csv else []

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
            return guarded(native.fetchall, self._files())
        return [tuple(row) for row in frame.collect("pandas").rows()]

    def kept(self, key: str, make: Callable[[], Frame]) -> Frame:
        """A frame that several statistics need, made once; DuckDB spills it where memory is short.

        Args:
            key: what the frame is; the same key is the same frame.
            make: makes it at first need.

        Raises:
            DataFaults: a file turned out to be unreadable.
        """
        if key not in self._kept:
            self._kept[key] = self._made(make())
            if len(self._kept) > KEPT:
                self._drop(next(iter(self._kept)))
        return self._kept[key]

    def _made(self, frame: Frame) -> Frame:
        native = frame.to_native()
        if not isinstance(native, duckdb.DuckDBPyRelation):
            return frame
        self._tables += 1
        name = f"kept_{self._tables}"
        create = f"CREATE TEMP TABLE {name} AS {native.sql_query()}"
        guarded(lambda: self._connection.execute(create), self._files())
        made: Frame = nw.from_native(self._connection.table(name)).lazy()
        return made

    def _drop(self, key: str) -> None:
        frame = self._kept.pop(key).to_native()
        if isinstance(frame, duckdb.DuckDBPyRelation):
            self._connection.execute(f"DROP TABLE {frame.alias}")

    def _source(self, table: str) -> Source:
        if table not in self._sources:
            source = open_source(self.folder, table, self._connection)
            if source.decoded is not None:
                self._connection.register(f"decoded_{table}", source.decoded)
            self._sources[table] = source
        return self._sources[table]

    def _files(self) -> str:
        return "、".join(sorted(source.path.name for source in self._sources.values()))

    def _frame(self, query: str, file: str) -> Frame:
        if query not in self._frames:
            native: Any = guarded(lambda: self._connection.sql(query), file)
            if self.engine == "pandas":
                native = guarded(native.df, file)
            self._frames[query] = nw.from_native(native).lazy()
        return self._frames[query]
