"""A number with its unit: value, bounds, written place; exact rational arithmetic throughout."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

import pint

from xushi_stats.units.algebra import product, registry
from xushi_stats.units.names import PURE_KINDS, UnitName, unit_name

Number = Fraction | float
"""A Fraction, or ``math.inf`` / ``-math.inf`` for a side without a limit; never another float."""

PURE = "系数"
"""The unit of a coefficient, which is a pure number and printed without one."""

Kind = Literal["exact", "over", "above", "about", "at_least", "under", "at_most", "range"]
"""What the wording says: 余, 多 (over); 超过, 逾 (above); 约, 左右 (about); 以上 (at_least);
近, 不足 (under); 以下 (at_most); 3至5 (range)."""


class UnitError(ValueError):
    """Units that cannot be added, compared or converted; carries both unit names."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(f"{first} / {second}")
        self.first, self.second = first, second


@dataclass(frozen=True)
class Unit:
    """A unit as printed (``户``, ``人/户``, ``万元``, ``%``) and, for counting units, what they count.

    ``个`` of bases and ``个`` of projects are different dimensions, so they cannot be added.

    >>> Unit("万元").factor_to(Unit("元"))
    Fraction(10000, 1)
    >>> Unit("个", "基地").factor_to(Unit("个", "项目"))
    Traceback (most recent call last):
    xushi_stats.quantity.UnitError: 个(基地) / 个(项目)
    """

    text: str
    counts: str = ""

    def __str__(self) -> str:
        return f"{self.text}({self.counts})" if self.counts else self.text

    @property
    def factors(self) -> tuple[str, ...]:
        """The unit's parts, numerator first: ``人/户`` is ``("人", "户")``."""
        return tuple(self.text.split("/"))

    @property
    def kind(self) -> str:
        """``thing``, ``counting``, ``money``, ``length``, ``area``, ``share`` …; ``ratio`` if compound."""
        return self.names[0].kind if len(self.factors) == 1 else "ratio"

    @property
    def names(self) -> tuple[UnitName, ...]:
        """What is known of each part.

        Raises:
            UnitError: a part is no unit.
        """
        found = [unit_name(part) for part in self.factors]
        if None in found:
            raise UnitError(self.factors[found.index(None)], "?")
        return tuple(name for name in found if name)

    @property
    def base(self) -> str:
        """The unit without scales: 人 of 万人, 元/亩 of 万元/亩."""
        return "/".join(name.base for name in self.names)

    @property
    def is_count(self) -> bool:
        """Whether the unit counts whole things, so that a number in it is exact to the last digit."""
        return self.kind in ("thing", "counting")

    @property
    def algebra(self) -> pint.Unit:
        """The Pint unit that stands for this one in calculations (of ``%``: the pure number).

        Raises:
            UnitError: a part of the unit is not in ``units.csv``.
        """
        return product(self.names, self.counts)

    @property
    def scale(self) -> Fraction:
        """What one of this unit is in base units: 10000 for 万元, 2000/3 for 亩, 1/100 for %."""
        if self.kind in PURE_KINDS:
            return Fraction(self.names[0].size)
        return Fraction(registry().Quantity(Fraction(1), self.algebra).to_base_units().magnitude)

    def factor_to(self, other: Unit) -> Fraction:
        """What one of this unit is in another unit of the same dimension.

        Raises:
            UnitError: the dimensions differ.
        """
        if not self.algebra.is_compatible_with(other.algebra):
            raise UnitError(str(self), str(other))
        return self.scale / other.scale


@dataclass(frozen=True)
class Bound:
    """One end of a range.

    Attributes:
        value: where the range ends, in the quantity's unit.
        closed: whether the end itself belongs to the range.
        stated: whether the source says so (7000 of 7000余), or only a convention does (8000).
    """

    value: Number
    closed: bool = True
    stated: bool = True


@dataclass(frozen=True)
class Quantity:
    """A number as written or computed: value, unit, bounds, and the place it was written to.

    Attributes:
        value: the number itself, exact; for 7000余 it is 7000.
        unit: unit of measure.
        low, high: the ends of the range that the true value lies in.
        place: size of the last written place in the unit (0.1 for 15.1万元); None means exact.
        kind, word: what the wording says of the number, and the word it says it with (余, 左右).
        tight: False where the bounds of a derived figure could not be shown to be the exact range.
        own: the unit of the source, where it measures in another (公顷 for 亩): kept in print.
    """

    value: Fraction
    unit: Unit
    low: Bound
    high: Bound
    place: Fraction | None = None
    kind: Kind = "exact"
    word: str = ""
    tight: bool = True
    own: Unit | None = field(default=None, compare=False)

    @classmethod
    def exactly(cls, value: Fraction | int, unit: Unit, place: Fraction | None = None) -> Quantity:
        """A quantity without doubt about its value.

        >>> Quantity.exactly(398, Unit("户")).low.value
        Fraction(398, 1)
        """
        bound = Bound(Fraction(value))
        return cls(Fraction(value), unit, bound, bound, place)

    @property
    def is_exact(self) -> bool:
        """Whether both bounds are the value itself."""
        return self.low.value == self.value == self.high.value

    def to(self, unit: Unit) -> Quantity:
        """The same quantity in another unit of its dimension.

        Raises:
            UnitError: the dimensions differ.
        """
        factor = self.unit.factor_to(unit)
        if factor == 1 and unit == self.unit:
            return self
        return Quantity(
            self.value * factor,
            unit,
            _scaled(self.low, factor),
            _scaled(self.high, factor),
            None if self.place is None else self.place * factor,
            self.kind,
            self.word,
            self.tight,
        )


def _scaled(bound: Bound, factor: Fraction) -> Bound:
    if isinstance(bound.value, float):
        return bound
    return Bound(bound.value * factor, bound.closed, bound.stated)


def decimals_of(place: Fraction) -> int:
    """How many decimals a written place stands for; never finer than the place.

    >>> decimals_of(Fraction(1, 10)), decimals_of(Fraction(100)), decimals_of(Fraction(1, 15))
    (1, 0, 1)
    """
    power = order(place)
    return max(0, -power if Fraction(10) ** power == place else -power - 1)


def order(number: Fraction) -> int:
    """The power of ten of a number's first digit: 0 for 1…9.99, -1 for 0.1…0.99.

    >>> order(Fraction(151000)), order(Fraction(1, 10)), order(Fraction(99, 1000))
    (5, -1, -2)
    """
    number = abs(number)
    if number == 0:
        return 0
    # the estimate from the digit counts is at most one too high
    guess = len(str(number.numerator)) - len(str(number.denominator))
    return guess if number >= Fraction(10) ** guess else guess - 1


def is_finite(value: Number) -> bool:
    """Whether a bound has a limit on its side."""
    return not (isinstance(value, float) and math.isinf(value))
