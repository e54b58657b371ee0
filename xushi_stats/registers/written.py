"""Registers as people fill them: cells read exactly or refused, all faults together, no person in any.

What a cell holds is never changed in value: full-width digits and well-placed thousands commas are read,
anything that could mean two things (Mar-20, 1,00, 95.55 where one decimal is the rule) is a fault.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import TypeVar

from xushi_stats.faults import Fault
from xushi_stats.registers import private
from xushi_stats.registers.schema import SCHEMAS
from xushi_stats.tables import Row, near

T = TypeVar("T")

_HALF = str.maketrans("０１２３４５６７８９．，－／：", "0123456789.,-/:")
_NUMBER = re.compile(r"(?P<whole>\d{1,3}(?:,\d{3})+|\d{1,9})(?:\.(?P<part>\d{1,9}))?", re.ASCII)
_YEAR, _MONTH, _DAY = r"(?P<year>\d{4})", r"(?P<month>\d{1,2})", r"(?P<day>\d{1,2})"
_DATES = (
    re.compile(rf"{_YEAR}(?P<sep>[-/.]){_MONTH}(?P=sep){_DAY}(?: 00?:00(?::00)?)?", re.ASCII),
    re.compile(rf"{_YEAR}年{_MONTH}月{_DAY}日", re.ASCII),
)
_MONTHS = (
    re.compile(rf"{_YEAR}[-/]{_MONTH}", re.ASCII),
    re.compile(rf"{_YEAR}年{_MONTH}月", re.ASCII),
)


def number(text: str, decimals: int = 0) -> Fraction:
    """A number of at most so many decimals, exact.

    Raises:
        ValueError: it is none, or has more decimals.

    >>> number("９５.5", 1), number("1,000"), number("12.0")
    (Fraction(191, 2), Fraction(1000, 1), Fraction(12, 1))
    >>> number("1,00")
    Traceback (most recent call last):
    ValueError: 1,00
    """
    match = _NUMBER.fullmatch(text.translate(_HALF))
    if match is None:
        raise ValueError(text)
    value = Fraction(f"{match['whole'].replace(',', '')}.{match['part'] or 0}")
    if (value * 10**decimals).denominator != 1:
        raise ValueError(text)
    return value


def score(text: str) -> Fraction:
    """A score: not negative, one decimal at most.

    Raises:
        ValueError: it is none.
    """
    return number(text, 1)


def count(text: str) -> int:
    """A count.

    Raises:
        ValueError: it is none.
    """
    return int(number(text))


def day(text: str) -> date:
    """A date whose year comes first: 2020-03-16, 2020/3/16, 2020年3月16日.

    Raises:
        ValueError: it is none.
    """
    match = _matched(_DATES, text)
    return date(int(match["year"]), int(match["month"]), int(match["day"]))


def month(text: str) -> str:
    """A month as 2020-03; 2020/3 and 2020年3月 are read too.

    Raises:
        ValueError: it is none.

    >>> month("2020年3月")
    '2020-03'
    """
    match = _matched(_MONTHS, text)
    return f"{date(int(match['year']), int(match['month']), 1):%Y-%m}"


def _matched(patterns: Sequence[re.Pattern[str]], text: str) -> re.Match[str]:
    for pattern in patterns:
        match = pattern.fullmatch(text.translate(_HALF))
        if match and match["year"] >= "1949":
            return match
    raise ValueError(text)


def rows(folder: Path, table: str, faults: list[Fault]) -> list[Row]:
    """The rows of a register's CSV file.

    Args:
        folder: the town's ``registers`` folder.
        table: a key of ``SCHEMAS``.
        faults: receives what is wrong; it quotes no cell, since a shifted row puts a person into any.
    """
    return private.read_register(
        folder / f"{table}.csv", f"registers/{table}.csv", SCHEMAS[table], faults
    )


class Cells:
    """Reads the cells of one register's rows; what cannot be read is added to the faults.

    Attributes:
        faults: all found so far.
    """

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults

    def read(self, row: Row, column: str, reader: Callable[[str], T], code: str) -> T | None:
        """One cell, or None where it is empty (said already if it must not be) or a fault."""
        if not row[column]:
            return None
        try:
            return reader(row[column])
        except ValueError:
            self.add(row, code, column)
            return None

    def add(self, row: Row, code: str, column: str, **details: str) -> None:
        """A fault in one cell."""
        self.faults.append(private.wrong(row, code, column, **details))

    def known(self, row: Row, column: str, names: Sequence[str] | None) -> None:
        """A fault where a cell names none of the villages known; nothing if none is given."""
        if names is not None and row[column] and row[column] not in names:
            self.add(row, "village_unknown", column, near=near(row[column], names))


def twice(read: Sequence[tuple[Row, tuple[object, ...]]], columns: str, cells: Cells) -> None:
    """A fault for each row whose key stands in an earlier row.

    Args:
        read: rows with their keys.
        columns: names of the key's columns, joined by commas; the first is where the fault is shown.
        cells: receives the faults.
    """
    first: dict[tuple[object, ...], Row] = {}
    names = columns.split(",")
    for row, key in read:
        earlier = first.setdefault(key, row)
        if earlier is not row:
            headers = "、".join(row.headers.get(name, name) for name in names)
            cells.add(row, "row_twice", names[0], first=str(earlier.number), key=headers)
