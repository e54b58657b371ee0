"""Measures of inequality: Gini in two forms, Theil T and L, Atkinson, Lorenz curve and shares.

Gini, Lorenz curve and shares are exact; logarithms and roots are ``Decimal`` of 50 decimals. Gini is
O(1) in the sums, the rest O(d) in the number of different incomes, of which the Lorenz curve has one
point each. Notation: n units, yᵢ the i-th lowest income, μ the mean.

Sources: Cowell (2011), *Measuring Inequality*, 3rd ed., Oxford; Theil (1967), *Economics and
Information Theory*; Atkinson (1970), *Journal of Economic Theory* 2(3), 244–263.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from xushi_stats.registers.households.incomes import AllSums, Incomes
from xushi_stats.registers.households.logarithms import WORKING, decimal, log_sum, rounded
from xushi_stats.registers.undefined import MeasureError, Undefined

Point = tuple[Fraction, Fraction]


def gini(sums: AllSums) -> Fraction | Undefined:
    """Gini coefficient of a whole population (总体基尼系数); 0 to (n − 1)/n.

    Formula: (2 Σ i·yᵢ − (n + 1) Σ y)/(n Σ y), which is half the mean difference of all n² pairs over
    the mean, and twice the area between the diagonal and the Lorenz curve. Undefined if all incomes
    are 0.

    >>> gini(Incomes.by_households([1, 1, 4]).sums)
    Fraction(1, 3)
    """
    if sums.population == 0:
        return Undefined("empty")
    if sums.total == 0:
        return Undefined("all_zero")
    units = sums.population
    return Fraction(2 * sums.ranked - (units + 1) * sums.total, units * sums.total)


def gini_n_minus_1(sums: AllSums) -> Fraction | Undefined:
    """Gini coefficient with n − 1 for n (样本基尼系数), for a sample; 0 to 1.

    Formula: G·n/(n − 1): the mean difference is over the n(n − 1) pairs of different units. Undefined
    of one unit. A register that holds everybody calls for ``gini``.

    >>> gini_n_minus_1(Incomes.by_households([1, 1, 4]).sums)
    Fraction(1, 2)
    """
    whole = gini(sums)
    if isinstance(whole, Undefined):
        return whole
    if sums.population == 1:
        return Undefined("one_unit")
    return whole * Fraction(sums.population, sums.population - 1)


def theil_t(incomes: Incomes) -> Decimal | Undefined:
    """Theil's first index T: 0 to ln n; an income of 0 adds 0, the limit of y·ln y.

    Formula: (1/n) Σ (y/μ) ln(y/μ) = Σ y ln y/Σ y − ln μ.

    >>> str(theil_t(Incomes.by_households([1, 1, 4])))[:8]
    '0.231049'
    """
    lacking = _lacking(incomes)
    if lacking:
        return lacking
    weighted = log_sum((y, y * count) for y, count in incomes.counts.items() if y)
    mean_log = WORKING.divide(weighted, Decimal(incomes.total))
    return rounded(WORKING.subtract(mean_log, _log_of_mean(incomes)))


def theil_l(incomes: Incomes) -> Decimal | Undefined:
    """Theil's second index L, the mean log deviation; undefined where an income is 0.

    Formula: (1/n) Σ ln(μ/y) = ln μ − (1/n) Σ ln y.

    >>> str(theil_l(Incomes.by_households([1, 1, 4])))[:8]
    '0.231049'
    """
    lacking = _lacking(incomes)
    if lacking:
        return lacking
    if 0 in incomes.counts:
        return Undefined("zero_income")
    mean_log = WORKING.divide(log_sum(incomes.counts.items()), Decimal(incomes.population))
    return rounded(WORKING.subtract(_log_of_mean(incomes), mean_log))


def atkinson(incomes: Incomes, epsilon: Fraction | int) -> Decimal | Undefined:
    """Atkinson's index with aversion ε to inequality: 0 to 1.

    Formula: 1 − (mean of y^(1−ε))^(1/(1−ε))/μ; for ε = 1, 1 − (geometric mean)/μ. With an income of 0
    and ε ≥ 1 it is 1, for the equally distributed equivalent income is 0. For ε = 2 it is rational,
    but its denominator is of the size of the incomes' least common multiple, so it is a ``Decimal``
    like the others.

    Raises:
        MeasureError: ε is negative.

    >>> str(atkinson(Incomes.by_households([1, 1, 4]), 1))[:8]
    '0.206299'
    """
    exponent = 1 - Fraction(epsilon)
    if exponent > 1:
        raise MeasureError("power", "aversion to inequality is not negative")
    lacking = _lacking(incomes)
    if lacking:
        return lacking
    if exponent <= 0 and 0 in incomes.counts:
        return Decimal(1)
    equivalent = _equivalent(incomes, exponent)
    mean = decimal(Fraction(incomes.total, incomes.population))
    return rounded(WORKING.subtract(Decimal(1), WORKING.divide(equivalent, mean)))


def lorenz_curve(incomes: Incomes) -> tuple[Point, ...] | Undefined:
    """The corners of the Lorenz curve: share of units, and share of income that they have.

    >>> [(str(p), str(share)) for p, share in lorenz_curve(Incomes.by_households([1, 1, 4]))]
    [('0', '0'), ('2/3', '1/3'), ('1', '1')]
    """
    lacking = _lacking(incomes)
    if lacking:
        return lacking
    points = [(Fraction(0), Fraction(0))]
    units = amount = 0
    for income, count in incomes.counts.items():
        units, amount = units + count, amount + income * count
        points.append((Fraction(units, incomes.population), Fraction(amount, incomes.total)))
    return tuple(points)


def quantile_shares(incomes: Incomes, parts: int = 5) -> tuple[Fraction, ...] | Undefined:
    """Shares of income of equal parts of the units, from the poorest up (五等份); they add up to 1.

    A unit on the border of two parts is divided between them, as on the Lorenz curve; of n units
    below the number of parts, too.

    Raises:
        MeasureError: there is no part.

    >>> [str(share) for share in quantile_shares(Incomes.by_households([1, 1, 4]), 2)]
    ['1/4', '3/4']
    """
    if parts < 1:
        raise MeasureError("power", "there is at least one part")
    lacking = _lacking(incomes)
    if lacking:
        return lacking
    # in units of 1/parts of a unit all borders are whole: income × units counts 1/parts of 分
    amounts = [0] * parts
    part, room = 0, incomes.population
    for income, count in incomes.counts.items():
        left = count * parts
        while left:
            taken = min(left, room)
            amounts[part] += income * taken
            left, room = left - taken, room - taken
            if room == 0:
                part, room = part + 1, incomes.population
    return tuple(Fraction(amount, parts * incomes.total) for amount in amounts)


def _lacking(incomes: Incomes) -> Undefined | None:
    if incomes.population == 0:
        return Undefined("empty")
    return Undefined("all_zero") if incomes.total == 0 else None


def _log_of_mean(incomes: Incomes) -> Decimal:
    return WORKING.ln(decimal(Fraction(incomes.total, incomes.population)))


def _equivalent(incomes: Incomes, exponent: Fraction) -> Decimal:
    """The income that, had by all, is as good: the general mean of that exponent."""
    if exponent == 0:
        mean_log = WORKING.divide(log_sum(incomes.counts.items()), Decimal(incomes.population))
        return WORKING.exp(mean_log)
    total = Decimal(0)
    for income, count in incomes.counts.items():
        total = WORKING.fma(Decimal(count), _power(Decimal(income), exponent), total)
    mean = WORKING.divide(total, Decimal(incomes.population))
    return WORKING.power(mean, decimal(1 / exponent))


def _power(income: Decimal, exponent: Fraction) -> Decimal:
    if exponent.denominator == 2:  # ε = ½, 1½, …: a root is ten times as fast as exp(ln)
        return WORKING.power(WORKING.sqrt(income), exponent.numerator)
    return WORKING.power(income, decimal(exponent))
