"""Whether two wordings of one figure can state one number, and which of them says more."""

from __future__ import annotations

from fractions import Fraction

from xushi_stats.quantity import Number, Quantity


def agree(one: Quantity, other: Quantity) -> bool:
    """Whether one is within what the other leaves open: 13779 in 13700余, 15.12万元 in 15.1万元."""
    first, second = sorted((one, other), key=width)
    if ends(first) == ends(second):
        return True
    if second.is_exact:  # 15.12万元 is 15.1万元, rounded
        coarse, fine = second.place or Fraction(0), first.place or Fraction(0)
        return coarse > fine and abs(first.value - second.value) <= coarse / 2
    above = first.low.value > second.low.value or (first.is_exact and second.low.closed)
    below = first.high.value < second.high.value or (first.is_exact and second.high.closed)
    inside = second.low.value <= first.low.value and first.high.value <= second.high.value
    return inside and above and below


def ends(quantity: Quantity) -> tuple[object, ...]:
    """The number and its range, by which two wordings are one."""
    return quantity.value, quantity.low, quantity.high


def width(quantity: Quantity) -> tuple[Number, Fraction]:
    """How much a wording leaves open: the range, and where it is exact the place it is written to."""
    return quantity.high.value - quantity.low.value, quantity.place or Fraction(0)
