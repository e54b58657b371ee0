"""Formulas of the catalogue as a spreadsheet computes them: ``'观测值'!$F$36/'观测值'!$F$34``.

The measures of ``statistics`` are evaluated on cells, so a formula has one definition for its value, its
words and its spreadsheet form. Units enter as a factor only where they differ: 公里 added to 米.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from xushi_stats.formula import Formula, Reference
from xushi_stats.interval import Term
from xushi_stats.ledger import Figure, Ledger
from xushi_stats.quantity import Bound, Unit, is_finite

_TIGHT = 3
"""How tightly a cell binds; a product 2, a sum 1."""


@dataclass(frozen=True)
class Cell:
    """A spreadsheet expression being made.

    Attributes:
        text: the expression, without the equals sign.
        factor: what one of its unit is in base units.
        binding: how tightly its outermost operation binds.
    """

    text: str
    factor: Fraction = Fraction(1)
    binding: int = _TIGHT

    def __add__(self, other: Cell) -> Cell:
        return self._sum(other, "+", 1)

    def __sub__(self, other: Cell) -> Cell:
        return self._sum(other, "-", 2)

    def __mul__(self, other: Cell) -> Cell:
        text = f"{self._within(2)}*{other._within(2)}"
        return Cell(text, self.factor * other.factor, 2)

    def __truediv__(self, other: Cell) -> Cell:
        text = f"{self._within(2)}/{other._within(_TIGHT)}"
        return Cell(text, self.factor / other.factor, 2)

    def __neg__(self) -> Cell:
        return Cell(f"-{self._within(_TIGHT)}", self.factor, 1)

    def in_points(self) -> Cell:
        """A difference of shares in percentage points."""
        return Cell(f"{self._within(2)}*100", self.factor, 2)

    def annualised(self, years: Cell) -> Cell:
        """A ratio over some years as growth a year."""
        return Cell(f"{self._within(_TIGHT)}^(1/{years._within(_TIGHT)})-1", self.factor, 1)

    def to(self, factor: Fraction) -> Cell:
        """The same quantity in another unit.

        >>> Cell("A1", Fraction(1000)).to(Fraction(1)).text
        'A1*1000'
        """
        times = self.factor / factor
        text = self._within(2) if times != 1 else self.text
        text += f"*{times.numerator}" if times.numerator != 1 else ""
        text += f"/{times.denominator}" if times.denominator != 1 else ""
        return Cell(text, factor, self.binding if times == 1 else 2)

    def _sum(self, other: Cell, sign: str, right: int) -> Cell:
        same = other.to(self.factor)
        return Cell(f"{self._within(1)}{sign}{same._within(right)}", self.factor, 1)

    def _within(self, binding: int) -> str:
        return self.text if self.binding >= binding else f"({self.text})"


@dataclass(frozen=True)
class _Cells:
    """The domain in which a formula gives its spreadsheet form."""

    cell: Callable[[Reference], Cell]

    def figure(self, reference: Reference) -> Cell:
        return self.cell(reference)

    def number(self, number: Fraction) -> Cell:
        text = str(number)
        return Cell(text, binding=2 if "/" in text else 1 if number < 0 else _TIGHT)


def factor(unit: Unit) -> Fraction:
    """What one of a unit is in base units; a share stands in its cell as a pure number."""
    return Fraction(1) if unit.text == "%" else unit.scale


def cells(formula: Formula, cell: Callable[[Reference], Cell]) -> Cell:
    """A formula over cells, in whatever unit it comes to.

    >>> cells(Formula("points(share(a, b), c)"), lambda r: Cell(r.indicator.upper())).text
    '(A/B-C)*100'
    """
    return formula.evaluate(_Cells(cell))


# -- figures in cells --------------------------------------------------------------------------

Inputs = Mapping[Reference, str]
"""What a formula names → the id of the figure that is meant."""


@dataclass(frozen=True)
class Grid:
    """Where the figures of a ledger stand: addresses of value, lower end and upper end.

    Attributes:
        addresses: figure id → the three addresses.
    """

    ledger: Ledger
    addresses: Mapping[str, tuple[str, str, str]]

    def inputs(self, figure: Figure) -> Inputs:
        """The figures that a derived figure's formula names."""
        formula = figure.indicator.formula
        return dict(zip(formula.references, figure.inputs, strict=True)) if formula else {}

    def value(self, formula: Formula, inputs: Inputs) -> Cell:
        """A formula over the cells of the figures that it names."""
        return cells(formula, lambda reference: self._at(inputs[reference], 0))

    def end(self, formula: Formula, inputs: Inputs, term: Term, side: int) -> Cell | None:
        """The lower end (side -1) or upper end (1) of a formula, over the ends of the observations.

        None where the term's slopes do not say which end of an observation gives it, or where that
        end has no limit.
        """
        signs = {leaf: _sign(slope) for leaf, slope in term.slopes.items()}
        if not term.range[2] or None in signs.values():
            return None
        chosen = {leaf: 1 if (sign or 0) * side < 0 else 2 for leaf, sign in signs.items()}
        ends = [_chosen(term.leaves[leaf], column) for leaf, column in chosen.items()]
        if not all(is_finite(end.value) for end in ends):
            return None
        return self._expanded(formula, inputs, chosen)

    def _expanded(self, formula: Formula, inputs: Inputs, chosen: Mapping[str, int]) -> Cell:
        """A formula down to the observations: one that enters twice must take one end in both."""

        def over(reference: Reference) -> Cell:
            figure = self.ledger.figures[inputs[reference]]
            inner = figure.indicator.formula
            if inner is None:
                return self._at(figure.id, chosen.get(figure.id, 0))
            return self._expanded(inner, self.inputs(figure), chosen)

        return cells(formula, over)

    def _at(self, figure: str, column: int) -> Cell:
        unit = self.ledger.figures[figure].indicator.unit
        return Cell(self.addresses[figure][column], factor(unit))


def _chosen(ends: tuple[Bound, Bound], column: int) -> Bound:
    return ends[column - 1]


def _sign(slope: tuple[Fraction | float, Fraction | float]) -> int | None:
    """Which way a figure moves with an observation; None if that cannot be said."""
    if slope == (0, 0):
        return 0
    return 1 if slope[0] >= 0 else -1 if slope[1] <= 0 else None
