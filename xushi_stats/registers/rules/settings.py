"""What the value of a parameter in ``rules.toml`` must be: readers of TOML values, exact or refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from xushi_stats.registers import written

T = TypeVar("T")


class WrongValue(ValueError):
    """A value that a parameter does not take; says in two languages what it takes."""

    def __init__(self, zh: str, en: str) -> None:
        self.zh, self.en = zh, en
        super().__init__(en)


def one_of(*values: str) -> Callable[[object], str]:
    """One of some words.

    >>> one_of("up", "down")("up")
    'up'
    """

    def read(value: object) -> str:
        if isinstance(value, str) and value in values:
            return value
        raise WrongValue(f"只能是：{'、'.join(values)}", f"must be one of: {', '.join(values)}")

    return read


def yes_no(value: object) -> bool:
    """``true`` or ``false``."""
    if isinstance(value, bool):
        return value
    raise WrongValue("只能是 true（是）或 false（否）", "must be true or false")


def whole(least: int, most: int) -> Callable[[object], int]:
    """A whole number between two.

    >>> whole(0, 366)(183)
    183
    """

    def read(value: object) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        raise WrongValue(
            f"须为{least}至{most}的整数", f"must be a whole number from {least} to {most}"
        )

    return read


_FRACTION = re.compile(
    r"([0-9]{1,9})(?:/([0-9]{1,9})|\.([0-9]{1,9}))?(%)?", re.ASCII
)  # 1, 1/2, 0.5, 50%


def fraction(least: Fraction | int = 0, most: Fraction | int = 1) -> Callable[[object], Fraction]:
    """An exact share between two, written as text: "0.5", "1/2" or "50%"; never a TOML float.

    >>> fraction()("50%"), fraction()("0.5"), fraction()("1/2")
    (Fraction(1, 2), Fraction(1, 2), Fraction(1, 2))
    """

    def read(value: object) -> Fraction:
        found = exact(value)
        if found is not None and least <= found <= most:
            return found
        raise WrongValue(
            f'须为{least}至{most}的数，写作带引号的 "0.5"、"1/2" 或 "50%"',
            f'must be from {least} to {most}, written as text: "0.5", "1/2" or "50%"',
        )

    return read


def exact(value: object) -> Fraction | None:
    """The number that a text such as "50%" states, or None."""
    match = _FRACTION.fullmatch(value) if isinstance(value, str) else None
    if not match or (match[2] and (match[4] or not int(match[2]))):
        return None
    number = Fraction(match[0].removesuffix("%"))
    return number / 100 if match[4] else number


def month_day(value: object) -> tuple[int, int]:
    """A day of any year, written "12-31"; February has 28 days.

    >>> month_day("06-30")
    (6, 30)
    """
    match = re.fullmatch(r"(\d\d)-(\d\d)", value, re.ASCII) if isinstance(value, str) else None
    days = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    if match and 1 <= int(match[1]) <= 12 and 1 <= int(match[2]) <= days[int(match[1]) - 1]:
        return int(match[1]), int(match[2])
    raise WrongValue('须为月日，写作 "06-30"', 'must be month and day, written "06-30"')


def text(value: object) -> str:
    """A text that is not empty."""
    if isinstance(value, str) and value.strip():
        return value.strip()
    raise WrongValue("须为文字，不能为空", "must be a text, not empty")


def list_of(read: Callable[[object], T], *, least: int = 1) -> Callable[[object], tuple[T, ...]]:
    """A list of values, none of them twice.

    >>> list_of(month_day)(["06-30", "12-31"])
    ((6, 30), (12, 31))
    """

    def read_list(value: object) -> tuple[T, ...]:
        if not isinstance(value, list) or len(value) < least:
            raise WrongValue(
                f"须为列表，至少{least}项", f"must be a list of at least {least} item(s)"
            )
        found = tuple(map(read, value))
        if any(item in found[:place] for place, item in enumerate(found)):
            raise WrongValue("列表中有重复", "an item of the list stands twice")
        return found

    return read_list


def or_none(read: Callable[[object], T]) -> Callable[[object], T | None]:
    """A value, or "none" where the town has no such rule."""

    def read_or_none(value: object) -> T | None:
        if value == "none":
            return None
        try:
            return read(value)
        except WrongValue as error:
            raise WrongValue(
                f'{error.zh}；没有此项规定的写 "none"',
                f'{error.en}; or "none" where there is no such rule',
            ) from error

    return read_or_none


def amount(value: object) -> Fraction:
    """A number from 0, exact; a decimal is the one written.

    >>> amount(90.1), amount("90.1")
    (Fraction(901, 10), Fraction(901, 10))
    """
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal, str)):
        raise WrongValue("须为不小于零的数", "must be a number from 0")
    try:
        return written.number(str(value), 9)
    except ValueError:
        raise WrongValue("须为不小于零的数", "must be a number from 0") from None


def first_month(value: object) -> str:
    """A month, as 2020-03."""
    try:
        return written.month(value if isinstance(value, str) else "")
    except ValueError:
        raise WrongValue("须为月份，如 2020-03", "must be a month such as 2020-03") from None
