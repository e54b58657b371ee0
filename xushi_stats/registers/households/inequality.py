"""Inequality of incomes: the Gini coefficient, exact, and O(1) in the sums.

Notation: n units, yᵢ the i-th lowest income. Source: Cowell (2011), *Measuring Inequality*, 3rd ed.,
Oxford.
"""

from __future__ import annotations

from fractions import Fraction

from xushi_stats.registers.households.incomes import AllSums
from xushi_stats.registers.undefined import Undefined


def gini(sums: AllSums) -> Fraction | Undefined:
    """Gini coefficient of a whole population (总体基尼系数); 0 to (n − 1)/n.

    Formula: (2 Σ i·yᵢ − (n + 1) Σ y)/(n Σ y), which is half the mean difference of all n² pairs over
    the mean, and twice the area between the diagonal and the Lorenz curve. Undefined if all incomes
    are 0.

    >>> gini(AllSums(population=3, total=6, ranked=15))  # of 1, 1 and 4
    Fraction(1, 3)
    """
    if sums.population == 0:
        return Undefined("empty")
    if sums.total == 0:
        return Undefined("all_zero")
    units = sums.population
    return Fraction(2 * sums.ranked - (units + 1) * sums.total, units * sums.total)
