"""Measures of inequality and poverty, each by its published definition over single households.

Notation: n households, incomes y from the lowest up, q of them below the line z.
"""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import accumulate, pairwise


def gini(incomes: list[Fraction]) -> Fraction:
    """Gini coefficient: one less twice the area under the Lorenz curve, by trapezoids."""
    sums = [Fraction(0), *accumulate(sorted(incomes))]
    return 1 - sum(a + b for a, b in pairwise(sums)) / (sums[-1] * len(incomes))


def fgt(incomes: list[Fraction], line: Fraction, power: int) -> Fraction:
    """The mean of ((z − y)/z)^power of the poor (Foster, Greer and Thorbecke 1984)."""
    gaps = (((line - income) / line) ** power for income in incomes if income < line)
    return sum(gaps, Fraction(0)) / len(incomes)


def watts(incomes: list[Fraction], line: Fraction) -> Fraction:
    """Watts's index: the mean of ln(z/y) of the poor, to 50 decimals (Watts 1968)."""
    ratios = [line / income for income in incomes if income < line]
    with localcontext(prec=110):
        logs = [(Decimal(ratio.numerator) / ratio.denominator).ln() for ratio in ratios]
        mean = Fraction(sum(logs, Decimal(0))) / len(incomes)
        exact = Decimal(mean.numerator) / mean.denominator
        return Fraction(exact.quantize(Decimal("1e-50")))


def sen(incomes: list[Fraction], line: Fraction) -> Fraction:
    """Sen's index as first given: 2/((q + 1)nz) · Σ (z − y)(q + 1 − i) (Econometrica 44 (1976))."""
    poor = sorted(income for income in incomes if income < line)
    weighted = [(line - income) * (len(poor) - i) for i, income in enumerate(poor)]
    return 2 * sum(weighted, Fraction(0)) / ((len(poor) + 1) * len(incomes) * line)


def sen_limit(incomes: list[Fraction], line: Fraction) -> Fraction:
    """Its limit for many poor: H·(I + (1 − I)·G), with G the Gini coefficient of the poor."""
    poor = [income for income in incomes if income < line]
    lacking = fgt(poor, line, 1) if poor else Fraction(0)
    unequal = (1 - lacking) * gini(poor) if poor and lacking < 1 else 0
    return Fraction(len(poor), len(incomes)) * (lacking + unequal)


def sen_shorrocks_thon(incomes: list[Fraction], line: Fraction) -> Fraction:
    """1/(n²z) · Σ (z − y)(2n − 2i + 1), of the poor (Shorrocks, Econometrica 63 (1995))."""
    poor, n = sorted(income for income in incomes if income < line), len(incomes)
    weighted = [(line - income) * (2 * n - 2 * i - 1) for i, income in enumerate(poor)]
    return sum(weighted, Fraction(0)) / (n * n * line)


def nearest(amount: Fraction, step: Fraction | int) -> Fraction:
    """The multiple of a step that lies nearest, upwards from the middle."""
    return Fraction((amount / step + Fraction(1, 2)) // 1 * step)
