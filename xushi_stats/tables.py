"""Tables as people save them: CSV with or without BOM, headers in Chinese or English; files written whole."""

from __future__ import annotations

import csv
import difflib
import io
import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from xushi_stats.faults import DataFaults, Fault


@dataclass(frozen=True)
class Column:
    """A column of a table: its name, its Chinese header, whether every row must fill it.

    Attributes:
        choices: the only values allowed; empty for any.
    """

    name: str
    header: str
    required: bool = False
    choices: tuple[str, ...] = ()
    about: str = ""


@dataclass(frozen=True)
class Row:
    """A row of a table with its place: file, row number as Excel counts it, cells and headers by column."""

    file: str
    number: int
    cells: dict[str, str]
    headers: Mapping[str, str] = field(compare=False)

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def fault(self, code: str, column: str, **details: str) -> Fault:
        """A fault in one cell of this row."""
        details = {"header": self.headers.get(column, ""), **details}
        return Fault(code, self.file, self.number, column, self.cells[column], details=details)


def own_first(data: Path, town: str, name: str) -> tuple[Path, str]:
    """A file that a town may have of its own, else the one all towns share; and its name for people."""
    if (data / town / name).exists():
        return data / town / name, f"{town}/{name}"
    return data / name, name


def near(word: str, words: Iterable[str]) -> str:
    """The most similar of some words, or ""."""
    found = difflib.get_close_matches(word, list(words), n=1, cutoff=0.6)
    return found[0] if found else ""


def read_table(path: Path, file: str, columns: Sequence[Column], faults: list[Fault]) -> list[Row]:
    """Read a CSV file; what is wrong with it is added to ``faults``.

    Args:
        path: where the file lies.
        file: its name for people.
        columns: what the table may and must hold.
        faults: receives the faults.

    Returns:
        The rows that could be read; blank rows are passed over.
    """
    text = read_text(path, file, faults)
    if text is None:
        return []
    csv.field_size_limit(max(csv.field_size_limit(), len(text)))  # a long note is no crash
    lines = csv.reader(io.StringIO(text, newline=""))
    written = next(lines, [])
    names = header_names(written, file, columns, faults)
    if names is None:
        return []
    headers = {name: cell.strip() for name, cell in zip(names, written, strict=True) if name}
    rows = []
    for number, cells in enumerate(lines, start=2):
        cells = [cell.strip() for cell in cells]
        if not any(cells):
            continue
        if any(cells[len(names) :]):
            stray = next(filter(None, cells[len(names) :]))
            faults.append(Fault("cells", file, number, value=stray))
            continue
        cells += [""] * (len(names) - len(cells))
        filled = dict.fromkeys((c.name for c in columns), "") | dict(
            zip(names, cells, strict=False)
        )
        row = Row(file, number, filled, headers)
        rows.append(row)
        _check_cells(row, columns, faults)
    return rows


def read_text(path: Path, file: str, faults: list[Fault]) -> str | None:
    """A text file's content: BOM, then strict UTF-8, then GB18030 (what Excel in China writes)."""
    try:
        data = path.read_bytes()
    except OSError:
        faults.append(Fault("file_missing", file))
        return None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    faults.append(Fault("encoding", file))
    return None


def header_names(
    cells: list[str], file: str, columns: Sequence[Column], faults: list[Fault]
) -> list[str] | None:
    """The columns' names in the file's order; None if one that is needed is missing."""
    known = {c.name: c.name for c in columns} | {c.header: c.name for c in columns}
    names = []
    for cell in (cell.strip() for cell in cells):
        name = known.get(cell, "")
        if not name and cell:
            faults.append(
                Fault("column_unknown", file, 1, cell, details={"near": near(cell, known)})
            )
        elif name and name in names:
            faults.append(Fault("column_twice", file, 1, cell))
        names.append(name)
    missing = [c for c in columns if c.required and c.name not in names]
    faults.extend(Fault("column_missing", file, 1, f"{c.header} / {c.name}") for c in missing)
    return None if missing else names


def _check_cells(row: Row, columns: Sequence[Column], faults: list[Fault]) -> None:
    for column in columns:
        value = row[column.name]
        if column.required and not value:
            faults.append(row.fault("required", column.name))
        elif value and column.choices and value not in column.choices:
            allowed = "、".join(column.choices)
            faults.append(
                row.fault("choice", column.name, allowed=allowed, near=near(value, column.choices))
            )


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all.

    Raises:
        DataFaults: it lies open in another program, or the place cannot be written to.
    """
    new = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new.write_bytes(content)
        os.replace(new, path)
    except OSError as error:
        with suppress(OSError):
            new.unlink(missing_ok=True)
        raise DataFaults([Fault("locked", path.as_posix())]) from error
