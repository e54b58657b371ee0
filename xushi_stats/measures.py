"""The field's measures, written with operators alone.

Each works on ``Term`` (figures with units and ranges), on ``Fraction`` (plain numbers), and on anything
else with the four operations, so that one definition gives the value, the words and the spreadsheet
formula. The catalogue's formulas may call the functions in ``MEASURES``.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from inspect import signature
from typing import Any, Protocol, Self, TypeVar

from xushi_stats.interval import DivisorMayBeZero, annualised
from xushi_stats.quantity import UnitError


class Operand(Protocol):
    """What a measure needs of a number."""

    def __add__(self, other: Self, /) -> Self: ...
    def __sub__(self, other: Self, /) -> Self: ...
    def __truediv__(self, other: Self, /) -> Self: ...


T = TypeVar("T", bound=Operand)


def share(part: T, whole: T) -> T:
    """Part of a whole, both in one unit, as a pure number.

    Formula: part / whole. Source: 国家统计局 结构相对数.

    Raises:
        UnitError: the two are in different units.

    >>> from fractions import Fraction
    >>> share(Fraction(321), Fraction(398))
    Fraction(321, 398)
    """
    _need_one_unit(part, whole)
    return part / whole


def mean(total: T, count: T) -> T:
    """A total per unit of another thing: persons per household, money per project.

    Formula: total / count. Unit: that of the total over that of the count.

    >>> from fractions import Fraction
    >>> mean(Fraction(1099), Fraction(398))
    Fraction(1099, 398)
    """
    return total / count


def points(share_a: T, share_b: T) -> T:
    """Difference of two shares in percentage points (百分点); the only way to make points.

    Formula: (a - b) × 100.

    Raises:
        UnitError: one of the two is not a share.

    >>> from fractions import Fraction
    >>> points(Fraction(4, 5), Fraction(3, 4))
    Fraction(5, 1)
    """
    _need_one_unit(share_a, share_b)
    difference: Any = share_a - share_b
    made: T = difference.in_points() if hasattr(difference, "in_points") else difference * 100
    return made


def growth(current: T, earlier: T) -> T:
    """Relative change on an earlier value, as a pure number; no rate on a base of 0 or less.

    Formula: (current - earlier) / earlier. Source: 国家统计局 增长速度.

    Raises:
        UnitError: the two are in different units.
        DivisorMayBeZero: the base is 0, or may be.
        ZeroDivisionError: likewise, of plain numbers.

    >>> from fractions import Fraction
    >>> growth(Fraction(110), Fraction(100))
    Fraction(1, 10)
    """
    _need_base(earlier)
    return (current - earlier) / earlier


def completion(actual: T, target: T) -> T:
    """How much of a target was reached, as a pure number (完成率).

    Formula: actual / target.

    Raises:
        UnitError: the two are in different units.

    >>> from fractions import Fraction
    >>> completion(Fraction(9), Fraction(12))
    Fraction(3, 4)
    """
    return share(actual, target)


def annual_growth(current: T, first: T, years: T) -> T:
    """Average growth a year over some years, as a pure number (年均增长速度).

    Formula: (current / first) ** (1 / years) - 1, the root to 30 places. Source: 国家统计局
    平均增长速度, geometric form.

    Raises:
        UnitError: the first two are in different units.
        DivisorMayBeZero: the base is 0 or less, or may be.

    >>> from fractions import Fraction
    >>> annual_growth(Fraction(121), Fraction(100), Fraction(2))
    Fraction(1, 10)
    """
    _need_base(first)
    ratio: Any = share(current, first)
    periods: Any = years
    made: Any = (
        ratio.annualised(years) if hasattr(ratio, "annualised") else annualised(ratio, periods)
    )
    grown: T = made
    return grown


def contribution(part: T, part_before: T, whole: T, whole_before: T) -> T:
    """A part's share in the change of the whole, as a pure number (贡献率).

    Formula: (part - part before) / (whole - whole before). Source: 国家统计局 贡献率.

    Raises:
        UnitError: the figures are in different units.
        DivisorMayBeZero: the whole has not changed, or may not have.

    >>> from fractions import Fraction
    >>> contribution(Fraction(70), Fraction(60), Fraction(120), Fraction(100))
    Fraction(1, 2)
    """
    return share(part - part_before, whole - whole_before)


def pull(part: T, part_before: T, whole_before: T) -> T:
    """Percentage points of the whole's growth that a part brings (拉动百分点).

    Formula: (part - part before) / whole before × 100; over all parts they add up to the growth.

    Raises:
        UnitError: the figures are in different units.
        DivisorMayBeZero: the base is 0 or less, or may be.

    >>> from fractions import Fraction
    >>> pull(Fraction(70), Fraction(60), Fraction(100))
    Fraction(10, 1)
    """
    _need_base(whole_before)
    brought: Any = share(part - part_before, whole_before)
    made: T = brought.in_points() if hasattr(brought, "in_points") else brought * 100
    return made


def _need_base(base: Any) -> None:
    """Raise ZeroDivisionError on a base that is, or may be, 0 or less; words have no value."""
    low = base.low.value if hasattr(base, "low") else base
    if isinstance(low, (int, float, Fraction)) and low <= 0:
        raise DivisorMayBeZero


def _need_one_unit(a: Any, b: Any) -> None:
    if hasattr(a, "same_unit") and not a.same_unit(b):
        raise UnitError(a.unit_name, b.unit_name)


MEASURES: dict[str, Callable[..., Any]] = {
    measure.__name__: measure
    for measure in (
        *(share, mean, points, growth, completion),
        *(annual_growth, contribution, pull),
    )
}
ARITY = {name: len(signature(measure).parameters) for name, measure in MEASURES.items()}
"""How many figures or numbers each measure takes."""
