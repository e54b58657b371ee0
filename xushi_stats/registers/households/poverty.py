"""Measures of poverty below a line: Foster–Greer–Thorbecke, Watts, and three forms of Sen.

Income equal to the line is not poor. Rational measures are exact and O(1) in the sums; Watts is a
``Decimal`` of 50 decimals and O(d) in the number of different incomes. Notation: n units, q of them
poor, z the line, yᵢ the i-th lowest income.

Sources: Foster, Greer & Thorbecke (1984), *Econometrica* 52(3), 761–766; Watts (1968); Sen (1976),
*Econometrica* 44(2), 219–231; Shorrocks (1995), *Econometrica* 63(5), 1225–1230; Haughton & Khandker
(2009), *Handbook on Poverty and Inequality*, World Bank, chapter 4.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import comb

from xushi_stats.registers.households.incomes import Incomes, PoorSums, need_line
from xushi_stats.registers.households.logarithms import WORKING, decimal, log_sum, rounded
from xushi_stats.registers.undefined import MeasureError, Undefined


def fgt(sums: PoorSums, alpha: int) -> Fraction | Undefined:
    """Foster–Greer–Thorbecke index P_α: the mean of the poor's relative gaps, to the power α.

    Formula: (1/n) Σ_{y<z} ((z − y)/z)^α, here by the binomial theorem from sums of powers.

    Args:
        sums: with powers up to α.
        alpha: a whole number: 0 headcount ratio, 1 gap, 2 severity.

    Returns:
        A pure number from 0 to 1; undefined of no units.

    Raises:
        MeasureError: α is negative, or the sums lack a power.

    >>> sums = Incomes({100: 1, 110: 1, 150: 1, 160: 1}).below(125)
    >>> [str(fgt(sums, alpha)) for alpha in (0, 1, 2)]
    ['1/2', '2/25', '17/1250']
    """
    if not 0 <= alpha < len(sums.powers):
        raise MeasureError("powers", f"the index for {alpha} needs the sums up to that power")
    if sums.population == 0:
        return Undefined("empty")
    over = -1 / sums.line
    gaps = sum(comb(alpha, k) * over**k * sums.powers[k] for k in range(alpha + 1))
    return Fraction(gaps) / sums.population


def gap(sums: PoorSums) -> Fraction | Undefined:
    """Poverty gap index (贫困深度): the mean relative gap over all units, P₁."""
    return fgt(sums, 1)


def severity(sums: PoorSums) -> Fraction | Undefined:
    """Squared poverty gap index (贫困强度): P₂, which falls when the poor become more equal."""
    return fgt(sums, 2)


def watts(incomes: Incomes, line: Fraction | int) -> Decimal | Undefined:
    """Watts index: the mean over all units of ln(z/y), 0 for those who are not poor.

    Formula: (1/n) Σ_{y<z} ln(z/y). Undefined where an income is 0.

    Returns:
        A pure number with 50 decimals.

    Raises:
        MeasureError: the line is not above 0.

    >>> str(watts(Incomes({100: 1, 110: 1, 150: 1, 160: 1}), 125))[:12]
    '0.0877442307'
    """
    need_line(line)
    if incomes.population == 0:
        return Undefined("empty")
    poor = [(income, count) for income, count in incomes.counts.items() if income < line]
    if poor and poor[0][0] == 0:
        return Undefined("zero_income")
    units = Decimal(sum(count for _, count in poor))
    lines = WORKING.multiply(units, WORKING.ln(decimal(line)))
    logs = WORKING.subtract(lines, log_sum(poor))
    return rounded(WORKING.divide(logs, Decimal(incomes.population)))


def sen_1976(sums: PoorSums) -> Fraction | Undefined:
    """Sen's index as he gave it: gaps weighted by the rank among the poor.

    Formula: 2/((q+1)·n·z) Σ_{i≤q} (z − yᵢ)(q + 1 − i). Source: Sen (1976). It depends a little on the
    number of the poor: doubling every unit changes it. ``sen_limit`` is its limit, which does not.

    >>> print(sen_1976(Incomes({100: 1, 110: 1, 150: 1, 160: 1}).below(125)))
    13/150
    """
    if sums.population == 0:
        return Undefined("empty")
    poor = sums.poor
    weighted = sums.line * poor * (poor + 1) / 2 - (poor + 1) * _first(sums) + sums.ranked
    return 2 * weighted / ((poor + 1) * sums.population * sums.line)


def sen_limit(sums: PoorSums) -> Fraction | Undefined:
    """Sen's index in its form for many poor: P₀·(I + (1 − I)·G), G the Gini coefficient of the poor.

    The form of the World Bank's Handbook (2009, chapter 4) and of R's ``ineq``. Source: Sen (1976),
    as the limit of his index when every unit is replicated without end.

    >>> print(sen_limit(Incomes({100: 1, 110: 1, 150: 1, 160: 1}).below(125)))
    9/100
    """
    if sums.population == 0:
        return Undefined("empty")
    if sums.poor == 0:
        return Fraction(0)
    poor, first = sums.poor, _first(sums)
    # (1 − I)·G is (Σy/(q·z)) · (2R − (q+1)Σy)/(q·Σy): Σy cancels, so that poor without income count
    inequality = (2 * sums.ranked - (poor + 1) * first) / (poor * poor * sums.line)
    return Fraction(poor, sums.population) * (1 - first / (poor * sums.line) + inequality)


def sen_shorrocks_thon(sums: PoorSums) -> Fraction | Undefined:
    """The Sen–Shorrocks–Thon index: gaps weighted by the rank among all units.

    Formula: 1/(n²·z) Σ_{i≤q} (z − yᵢ)(2n − 2i + 1), which is P₀·I·(1 + G) with G the Gini coefficient
    of the gaps of all units. Source: Shorrocks (1995), his "modified Sen index", the limit of Thon's
    (1979).

    >>> print(sen_shorrocks_thon(Incomes({100: 1, 110: 1, 150: 1, 160: 1}).below(125)))
    1/8
    """
    if sums.population == 0:
        return Undefined("empty")
    units, poor = sums.population, sums.poor
    weighted = sums.line * poor * (2 * units - poor) - (2 * units + 1) * _first(sums)
    return (weighted + 2 * sums.ranked) / (units * units * sums.line)


def _first(sums: PoorSums) -> int:
    """Sum of the poor's incomes."""
    if len(sums.powers) < 2:
        raise MeasureError("powers", "this measure needs the sum of the incomes of the poor")
    return sums.powers[1]
