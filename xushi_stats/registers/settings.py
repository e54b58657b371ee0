"""Readers of a town's parameters: a value of rules.toml as written → the setting, or ValueError."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from xushi_stats.registers import written

Parameter = tuple[str, Callable[[Any], Any], str, str]
"""Dotted name, reader, what it decides in Chinese and in English."""


def one_of(*allowed: str) -> Callable[[Any], str]:
    """A reader of one of these words."""

    def read(value: Any) -> str:
        if value not in allowed:
            raise ValueError(f"{value!r}: {', '.join(allowed)}")
        return str(value)

    return read


def whole(value: Any) -> int:
    """A whole number from 1."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(repr(value))
    return value


def amount(value: Any) -> Fraction:
    """A number from 0, exact; a decimal is the one written.

    >>> amount(90.1), amount("90.1")
    (Fraction(901, 10), Fraction(901, 10))
    """
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal, str)):
        raise ValueError(repr(value))
    return written.number(str(value), 9)


def first_month(value: Any) -> str:
    """A month, as 2020-03."""
    if not isinstance(value, str):
        raise ValueError(repr(value))
    return written.month(value)
