"""A number being computed: its value, its range over the leaves, its unit and its precision.

A formula is evaluated once with ``Term`` objects. Each remembers how it was made, so the exact range
of a result is found from the signs of its slopes in the observations (the leaves) and two more
evaluations; step-by-step interval arithmetic would make x - x a range around 0.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import cached_property

import pint

from xushi_stats.quantity import Bound, Number, Quantity, Unit, UnitError, is_finite, order
from xushi_stats.units.algebra import registry, unit_label

_BITS = 4096
Slope = tuple[Number, Number]
Operation = Callable[[Number, Number], Number]


class DivisorMayBeZero(ZeroDivisionError):
    """A divisor is 0, or its range holds 0: no figure follows."""


class TooLarge(DivisorMayBeZero):
    """A number of more digits than any figure has: products of products of products."""


@dataclass(frozen=True, eq=False)
class Term:
    """A node of a calculation, in base units.

    Attributes:
        value: the number at the stated values of the leaves.
        low, high: the natural interval, an outer bound of the range.
        slopes: for each leaf that is a range, between what the slope in it lies.
        leaves: the ends of those leaves.
        unit: Pint unit of the number; None for a bare number in a formula.
        place: absolute size of the last written place; None if exact.
        digits: significant digits; None if exact.
    """

    value: Fraction
    low: Bound
    high: Bound
    unit: pint.Unit | None = field(repr=False)  # Pint cannot print Fraction exponents
    place: Fraction | None = None
    digits: int | None = None
    slopes: Mapping[str, Slope] = field(default_factory=dict)
    leaves: Mapping[str, tuple[Bound, Bound]] = field(default_factory=dict)
    operation: Operation | None = None
    operands: tuple[Term, ...] = ()
    leaf: str = ""

    def __post_init__(self) -> None:
        if max(abs(self.value.numerator), self.value.denominator).bit_length() > _BITS:
            raise TooLarge

    # -- how terms come to be ------------------------------------------------------------------

    @classmethod
    def observed(cls, name: str, quantity: Quantity) -> Term:
        """A leaf: one observation, whichever places of the source state it."""
        scale = quantity.unit.scale
        low, high = _times(quantity.low, scale), _times(quantity.high, scale)
        exact = quantity.is_exact
        return cls(
            quantity.value * scale,
            low,
            high,
            _base(quantity.unit.algebra),
            None if quantity.place is None else quantity.place * scale,
            _digits(quantity.value, quantity.place),
            {} if exact else {name: (Fraction(1), Fraction(1))},
            {} if exact else {name: (low, high)},
            leaf=name,
        )

    @classmethod
    def bare(cls, number: Fraction | int) -> Term:
        """A number that stands in a formula: it may scale a figure, never be added to one."""
        bound = Bound(Fraction(number))
        return cls(Fraction(number), bound, bound, None)

    def stated(self) -> Term:
        """The number that the wording names, without its range: 1000 of 不低于1000."""
        bound = Bound(self.value)
        return replace(self, low=bound, high=bound, slopes={}, leaves={}, operation=None)

    # -- arithmetic ----------------------------------------------------------------------------

    def __add__(self, other: Term) -> Term:
        return self._sum(other, operator.add, 1)

    def __sub__(self, other: Term) -> Term:
        return self._sum(other, operator.sub, -1)

    def __neg__(self) -> Term:
        return Term.bare(-1) * self

    def _sum(self, other: Term, operation: Operation, sign: int) -> Term:
        if self.unit != other.unit:  # a bare number has no unit, so it is refused here too
            raise UnitError(self.unit_name, other.unit_name)
        low, high = (
            (other.low, other.high) if sign > 0 else (_negative(other.high), _negative(other.low))
        )
        slopes = {
            leaf: _slope_sum(self.slopes.get(leaf), other.slopes.get(leaf), sign)
            for leaf in (*self.slopes, *(x for x in other.slopes if x not in self.slopes))
        }
        value = Fraction(operation(self.value, other.value))
        places = [p for p in (self.place, other.place) if p is not None]
        place = max(places) if places else None
        return Term(
            value,
            _joined(self.low, low),
            _joined(self.high, high),
            self.unit,
            place,
            _digits(value, place),
            slopes,
            {**self.leaves, **other.leaves},
            operation,
            (self, other),
        )

    def __mul__(self, other: Term) -> Term:
        low, high = _product(self, other)
        slopes = {
            leaf: _slope_sum(
                _between(self.slopes.get(leaf), (other.low.value, other.high.value)),
                _between(other.slopes.get(leaf), (self.low.value, self.high.value)),
                1,
            )
            for leaf in (*self.slopes, *(x for x in other.slopes if x not in self.slopes))
        }
        return self._product_of(other, operator.mul, self.value * other.value, low, high, slopes)

    def __truediv__(self, other: Term) -> Term:
        if other.low.value <= 0 <= other.high.value:
            raise DivisorMayBeZero
        inverse = (_inverse(other.high), _inverse(other.low))
        low, high = _corners((self.low, self.high), inverse)
        # d(u/v) = (u' - (u/v) v') / v
        over = (inverse[0].value, inverse[1].value)
        quotient = (low.value, high.value)
        slopes = {}
        for leaf in (*self.slopes, *(x for x in other.slopes if x not in self.slopes)):
            inner = _slope_sum(
                self.slopes.get(leaf), _between(other.slopes.get(leaf), quotient), -1
            )
            slopes[leaf] = _between(inner, over) or (Fraction(0), Fraction(0))
        return self._product_of(
            other, operator.truediv, self.value / other.value, low, high, slopes
        )

    def _product_of(
        self,
        other: Term,
        operation: Operation,
        value: Fraction,
        low: Bound,
        high: Bound,
        slopes: Mapping[str, Slope],
    ) -> Term:
        """A product or quotient: units multiply, significant digits are those of the coarsest."""
        known = [d for d in (self.digits, other.digits) if d is not None]
        digits = min(known) if known else None
        place = None if digits is None else Fraction(10) ** (order(value) - digits + 1)
        unit = _unit_of(self.unit, other.unit, operation)
        leaves = {**self.leaves, **other.leaves}
        return Term(value, low, high, unit, place, digits, slopes, leaves, operation, (self, other))

    def in_points(self) -> Term:
        """A difference of shares in percentage points.

        Raises:
            UnitError: the term is not a pure number that was made from figures.
        """
        if self.unit is None or not self.unit.dimensionless:
            raise UnitError(self.unit_name, "%")
        return replace(self * Term.bare(100), unit=Unit("百分点").algebra)

    def annualised(self, years: Term) -> Term:
        """A ratio over some years as growth a year: its root, less one; it rises with the ratio.

        Raises:
            UnitError: the term is not a pure number that was made from figures.
            DivisorMayBeZero: the ratio may be below 0, or the years are not exactly one or more.
        """
        if self.unit is None or not self.unit.dimensionless:
            raise UnitError(self.unit_name, "%")
        if years.value < 1 or years.low.value != years.high.value or self.low.value < 0:
            raise DivisorMayBeZero
        low, high = (
            replace(end, value=annualised(end.value, years.value)) if is_finite(end.value) else end
            for end in (self.low, self.high)
        )
        # the root's slope, root / (years * ratio), lies between these, the root being nearer to 1
        steep = (
            Fraction(1 / (years.value * max(1, self.high.value))),
            1 / (years.value * min(1, self.low.value)) if self.low.value else math.inf,
        )
        return replace(
            self,
            value=annualised(self.value, years.value),
            low=low,
            high=high,
            digits=None,
            slopes={leaf: _between(s, steep) or s for leaf, s in self.slopes.items()},
            operation=annualised,
            operands=(self, years),
        )

    @property
    def unit_name(self) -> str:
        """The unit for a message."""
        return "bare number" if self.unit is None else unit_label(self.unit)

    def same_unit(self, other: Term) -> bool:
        """Whether two terms measure the same thing."""
        return self.unit == other.unit

    # -- the exact range -----------------------------------------------------------------------

    @cached_property
    def range(self) -> tuple[Bound, Bound, bool]:
        """Low bound, high bound, and whether they are the exact range over the leaves."""
        active = {leaf: slope for leaf, slope in self.slopes.items() if slope != (0, 0)}
        if not active:
            bound = Bound(self.value)
            return bound, bound, True
        if self._each_leaf_once():  # nothing cancels, so end by end is already exact
            return self.low, self.high, True
        signs = {leaf: _sign(slope) for leaf, slope in active.items()}
        if None not in signs.values():
            with suppress(OverflowError):  # a number beyond all floats beside one without a limit
                low, high = (self._corner(active, signs, side) for side in (-1, 1))
                if low.value <= high.value:  # not so where ends without a limit do not cancel: nan
                    return low, high, True
        return self.low, self.high, False  # not tight, and told

    def _corner(
        self, active: Mapping[str, Slope], signs: Mapping[str, int | None], side: int
    ) -> Bound:
        chosen = {
            leaf: self.leaves[leaf][1 if (signs[leaf] or 0) * side > 0 else 0] for leaf in active
        }
        stated = all(bound.stated for bound in chosen.values())
        at = {leaf: bound.value for leaf, bound in chosen.items()}
        # an end that is open is reached all the same where nothing hangs on the open ends
        inside = {leaf: self._inside(leaf, b) for leaf, b in chosen.items() if not b.closed}
        value = self._at(at, {})
        return Bound(value, value == self._at({**at, **inside}, {}), stated and is_finite(value))

    def _inside(self, leaf: str, end: Bound) -> Number:
        """A finite number of a leaf's range other than an open end of it."""
        low, high = (bound.value for bound in self.leaves[leaf])
        if not is_finite(end.value):
            return low if is_finite(low) else high if is_finite(high) else Fraction(0)
        return max(low, end.value - 1) if end.value == high else min(high, end.value + 1)

    def _at(self, leaves: Mapping[str, Number], known: dict[int, Number]) -> Number:
        """The value at other values of the leaves."""
        if self.leaf in leaves:
            return leaves[self.leaf]
        if self.operation is None:
            return self.value
        if id(self) not in known:
            first, second = (operand._at(leaves, known) for operand in self.operands)
            is_root = self.operation is annualised and not is_finite(first)
            made = first if is_root else self.operation(first, second)
            # a float is without limit, or nan, or 0 that something without limit divides
            known[id(self)] = made if made and isinstance(made, float) else Fraction(made)
        return known[id(self)]

    def _each_leaf_once(self) -> bool:
        """Whether no range enters twice: then the natural interval is the exact one."""
        seen: set[str] = set()
        for leaf in self._ranges():
            if leaf in seen:
                return False
            seen.add(leaf)
        return True

    def _ranges(self) -> Iterable[str]:
        if self.leaf in self.leaves:
            yield self.leaf
        for operand in self.operands:
            yield from operand._ranges()

    def quantity(self, unit: Unit) -> Quantity:
        """The result in the unit it is to be shown in.

        Raises:
            UnitError: the result has another dimension.
        """
        own = self.unit if self.unit is not None else registry().Unit("")
        if own != _base(unit.algebra):
            raise UnitError(self.unit_name, str(unit))
        low, high, tight = self.range
        scale = 1 / unit.scale
        place = None if self.place is None else self.place * scale
        if self.digits is not None and self.operation in (operator.mul, operator.truediv):
            # significant digits count in the unit shown: 1.6亩/户, not 2 for 1067平方米
            place = Fraction(10) ** (order(self.value * scale) - self.digits + 1)
        return Quantity(
            self.value * scale, unit, _times(low, scale), _times(high, scale), place, tight=tight
        )


registry()  # the application registry must be ours before a pickled term is read


def _base(unit: pint.Unit) -> pint.Unit:
    base: pint.Unit = registry().Unit(registry().Quantity(Fraction(1), unit).to_base_units().units)
    return base


def _unit_of(
    first: pint.Unit | None, second: pint.Unit | None, operation: Operation
) -> pint.Unit | None:
    if first is None and second is None:
        return None
    none = registry().Unit("")
    a, b = first if first is not None else none, second if second is not None else none
    made: pint.Unit = a * b if operation is operator.mul else a / b
    return made


def annualised(ratio: Number, years: Number) -> Fraction:
    """``ratio ** (1 / years) - 1`` to 30 places, correctly rounded to far beyond any shown.

    >>> f"{float(annualised(Fraction(13000, 9000), 3)):.12f}"
    '0.130403814338'
    """
    with localcontext(prec=60):
        exact, over = Fraction(ratio), Fraction(years)
        if exact == 0:
            return Fraction(-1)
        logarithm = (Decimal(exact.numerator) / Decimal(exact.denominator)).ln()
        root = (logarithm * Decimal(over.denominator) / Decimal(over.numerator)).exp()
        return Fraction(root.quantize(Decimal("1e-30"))) - 1


def _digits(value: Fraction, place: Fraction | None) -> int | None:
    """Significant digits of a number written to a place."""
    if place is None:
        return None
    return max(1, order(value / place) + 1)


# -- intervals: ends with a limit or without --------------------------------------------------


def _add(a: Number, b: Number) -> Number:
    return a + b


def _mul(a: Number, b: Number) -> Number:
    if a == 0 or b == 0:
        return Fraction(0)  # 0 times no limit is 0 here: the factor 0 is attained
    return a * b


def _times(bound: Bound, factor: Fraction) -> Bound:
    return Bound(_mul(bound.value, factor), bound.closed, bound.stated)


def _negative(bound: Bound) -> Bound:
    return Bound(-bound.value, bound.closed, bound.stated)


def _inverse(bound: Bound) -> Bound:
    value = 1 / bound.value if is_finite(bound.value) else Fraction(0)
    finite = is_finite(bound.value)
    return Bound(value, bound.closed and finite, bound.stated and finite)


def _joined(a: Bound, b: Bound) -> Bound:
    return Bound(_add(a.value, b.value), a.closed and b.closed, a.stated and b.stated)


def _corners(a: tuple[Bound, Bound], b: tuple[Bound, Bound]) -> tuple[Bound, Bound]:
    """The least and the greatest product of two ranges."""
    products = [
        Bound(
            _mul(x.value, y.value),
            (x.closed and y.closed) or (x.value == 0 and x.closed) or (y.value == 0 and y.closed),
            x.stated and y.stated,
        )
        for x in a
        for y in b
    ]
    # among equal ends the closed one counts: the value is attained there
    low = min(products, key=lambda p: (p.value, not p.closed))
    high = max(products, key=lambda p: (p.value, p.closed))
    return low, high


def _product(a: Term, b: Term) -> tuple[Bound, Bound]:
    return _corners((a.low, a.high), (b.low, b.high))


def _slope_sum(a: Slope | None, b: Slope | None, sign: int) -> Slope:
    zero = (Fraction(0), Fraction(0))
    low, high = b or zero
    if sign < 0:
        low, high = -high, -low
    return _plus((a or zero)[0], low, -math.inf), _plus((a or zero)[1], high, math.inf)


def _plus(a: Number, b: Number, without_limit: float) -> Number:
    if is_finite(a) and is_finite(b):
        return a + b
    return without_limit


def _between(slope: Slope | None, factor: Slope) -> Slope | None:
    if slope is None:
        return None
    products = [_mul(x, y) for x in slope for y in factor]
    return min(products), max(products)


def _sign(slope: Slope) -> int | None:
    if slope[0] >= 0:
        return 1
    return -1 if slope[1] <= 0 else None
