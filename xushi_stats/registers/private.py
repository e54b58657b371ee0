"""Reading a register without letting a word of it out: its faults name the place and the rule only."""

from __future__ import annotations

import csv
import datetime
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from xushi_stats.faults import Fault
from xushi_stats.tables import Column, Row, read_table, read_text

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_WHOLE = re.compile(r"[+-]?[0-9]{1,9}", re.ASCII)


def read_register(
    path: Path, file: str, columns: Sequence[Column], faults: list[Fault]
) -> list[Row]:
    """Read a register's CSV file as ``tables.read_table`` does, but no fault holds what a cell says.

    A cell that slipped into the wrong column, or a file without a header, would otherwise put a
    person's name into a message.
    """
    found: list[Fault] = []
    rows = read_table(path, file, columns, found)
    found += _doubtful(rows, [column.name for column in columns])
    header = _header(path) if any(f.code.startswith("column_") for f in found) else []
    faults.extend(_without_words(fault, header) for fault in found)
    return rows


IDS = ("household", "person", "entry")
"""Columns of ids, which a spreadsheet may have turned into numbers."""
NAMES = ("village", "unit", "item", "measure", "checkpoint")
"""Columns of names that come again and again, so that a misspelt one shows."""
SCIENTIFIC = r"[0-9]+([.][0-9]+)?[Ee][+]?[0-9]+"
"""An id that lost its digits: 4.30626E+17."""
_RARE, _FREQUENT = 2, 8

_TELLING = set("上下东西南北中前后左右大小新老内外一二三四五六七八九十甲乙丙丁")
"""Signs by which neighbours are told apart: 上塘村 and 下塘村 are two villages."""


def misspelt(counts: Mapping[str, int]) -> list[str]:
    """The names that stand once or twice and nearly equal one that is at least eight times as frequent.

    Names that differ in blanks or full-width letters alone are one, however frequent.

    >>> misspelt({"上塘村": 40, "下塘村": 2, "上墉村": 1, "东 村": 9, "东村": 9})
    ['东 村', '上墉村']
    """
    plain = {n: re.sub(r"\s", "", unicodedata.normalize("NFKC", n)) for n in counts if n}
    often = sorted(plain, key=lambda name: (-counts[name], plain[name] != name, name))
    return [
        name
        for n, name in enumerate(often)
        if any(
            plain[name] == plain[other]
            or (
                counts[name] <= _RARE
                and counts[other] >= _FREQUENT * counts[name]
                and _one_apart(plain[name], plain[other])
            )
            for other in often[:n]
        )
    ]


def _one_apart(one: str, other: str) -> bool:
    """Whether two names of three signs or more differ in one sign, or in two that changed places."""
    if min(len(one), len(other)) < 3 or abs(len(one) - len(other)) > 1:
        return False
    apart = [{a, b} for a, b in zip(one, other, strict=False) if a != b]
    if len(one) == len(other) and len(apart) == 1 and apart[0] <= _TELLING:
        return False
    start = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    if start is None:
        return True
    tails = one[start:], other[start:]
    cuts = ((1, 1), (0, 1), (1, 0))
    swapped = tails[0][:2] == tails[1][:2][::-1] and tails[0][2:] == tails[1][2:]
    return swapped or any(tails[0][a:] == tails[1][b:] for a, b in cuts)


def _doubtful(rows: Sequence[Row], columns: Sequence[str]) -> Iterator[Fault]:
    """Ids that became numbers, and names that nearly equal another."""
    for column in columns:
        if column in IDS:
            for row in rows:
                if re.fullmatch(SCIENTIFIC, row[column]):
                    yield row.fault("register_id_number", column, **_said(row))
        elif column in NAMES:
            rare = set(misspelt(Counter(row[column] for row in rows)))
            for row in rows:
                if row[column] in rare:
                    fault = row.fault("register_near", column, **_said(row))
                    yield replace(fault, severity="warning")


def _said(row: Row) -> dict[str, str]:
    return {"rows_zh": f"第{row.number}行", "rows_en": f"row {row.number}"}


def _header(path: Path) -> list[str]:
    text = read_text(path, "", []) or ""
    return [cell.strip() for cell in next(csv.reader(io.StringIO(text, newline="")), [])]


def _without_words(fault: Fault, header: Sequence[str]) -> Fault:
    stray = fault.code == "column_unknown" and not fault.details.get("near")
    if stray or fault.code == "column_twice":  # a file without a header begins with a person
        places = [n for n, cell in enumerate(header, start=1) if cell == fault.column]
        place = places[-1] if fault.code == "column_twice" else places[0]
        return Fault("register_header", fault.file, 1, details={"position": str(place)})
    return without_value(fault)  # what it offers instead is a word of the schema


def without_value(fault: Fault) -> Fault:
    """The fault without what was read; its place says enough."""
    return replace(fault, value="")


def wrong(row: Row, code: str, column: str, **details: str) -> Fault:
    """A fault in one cell of a register, without what the cell says."""
    return without_value(row.fault(code, column, **details))


def day(row: Row, column: str, faults: list[Fault]) -> datetime.date | None:
    """The date in a cell, written 2020-03-16; None if it is empty or none."""
    cell = row[column]
    if not cell:
        return None
    try:
        if _DAY.fullmatch(cell):
            return datetime.date.fromisoformat(cell)
    except ValueError:
        pass
    faults.append(wrong(row, "date", column))
    return None


def whole_number(row: Row, column: str, faults: list[Fault]) -> int | None:
    """The whole number in a cell, in plain digits with or without a sign; else a fault and None.

    Full-width digits, separators and decimals are refused, never read as something else.
    """
    cell = row[column]
    if _WHOLE.fullmatch(cell):
        return int(cell)
    if cell:
        faults.append(wrong(row, "register_points", column))
    return None


def say_twice(rows: Sequence[Row], column: str, faults: list[Fault]) -> None:
    """A fault for each id that stands twice in a column."""
    first: dict[str, int] = {}
    for row in rows:
        before = first.setdefault(row[column], row.number)
        if before != row.number and row[column]:
            faults.append(wrong(row, "register_id_twice", column, first=str(before)))
