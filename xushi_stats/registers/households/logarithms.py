"""Logarithms of whole numbers in ``decimal``: the same 50 decimals on every machine."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import MAX_EMAX, MIN_EMIN, ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

WORKING = Context(prec=100, rounding=ROUND_HALF_EVEN, Emax=MAX_EMAX, Emin=MIN_EMIN)
"""Twice the digits kept, so that neither sums of millions nor differences reach the last one."""
_LAST = Decimal(1).scaleb(-50)


def log_sum(terms: Iterable[tuple[int, int]]) -> Decimal:
    """Σ k·ln(y) over pairs (y, k) of whole numbers, y and k above 0.

    ln(y₁) + ln(y₂) is ln(y₁·y₂): the y are multiplied, one product a binary digit of k, and only the
    products are logarithmed. One multiplication for k = 1, as many as k has binary ones else, instead
    of one logarithm a pair.

    >>> rounded(log_sum([(2, 3), (4, 1)]) - log_sum([(2, 5)]))
    Decimal('0E-50')
    """
    products: list[Decimal] = []
    for number, times in terms:
        factor = Decimal(number)
        place = 0
        while times:
            if place == len(products):
                products.append(Decimal(1))
            if times & 1:
                products[place] = WORKING.multiply(products[place], factor)
            times >>= 1
            place += 1
    total = Decimal(0)
    for place, product in enumerate(products):
        total = WORKING.fma(Decimal(2**place), WORKING.ln(product), total)
    return total


def decimal(number: Fraction | int) -> Decimal:
    """A rational number to the working digits."""
    exact = Fraction(number)
    return WORKING.divide(Decimal(exact.numerator), Decimal(exact.denominator))


def rounded(number: Decimal) -> Decimal:
    """To 50 decimals; what is 0 but for the working digits is 0, without a sign."""
    return WORKING.add(WORKING.quantize(number, _LAST), Decimal(0))
