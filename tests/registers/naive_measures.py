"""The measures from their definitions: a list entry a unit, sums over pairs, logarithms one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal, localcontext
from fractions import Fraction

from xushi_stats.registers.households.incomes import Incomes

Units = Sequence[int]
TINY = Fraction(1, 10**45)


def units(text: str) -> list[int]:
    """Incomes as a case has them: ``100 110:3`` is one unit with 100 and three with 110."""
    pairs = ((*word.split(":"), "1")[:2] for word in text.split())
    return [int(income) for income, times in pairs for _ in range(int(times))]


def table(incomes: Iterable[int]) -> Incomes:
    """The frequency table of a list of incomes."""
    return Incomes(Counter(incomes))


def fgt(incomes: Units, line: Fraction, alpha: int) -> Fraction:
    poor = [1 - y / line for y in incomes if y < line]
    return sum((gap**alpha for gap in poor), Fraction(0)) / len(incomes)


def income_gap_ratio(incomes: Units, line: Fraction) -> Fraction:
    poor = [1 - y / line for y in incomes if y < line]
    return sum(poor) / len(poor)


def watts(incomes: Units, line: Fraction) -> Decimal:
    with localcontext() as context:
        context.prec = 70
        exact = Decimal(line.numerator) / line.denominator
        return sum((exact / y).ln() for y in incomes if y < line) / Decimal(len(incomes))


def sen_1976(incomes: Units, line: Fraction) -> Fraction:
    """Sen's theorem: the headcount, the gap ratio and the Gini of the poor, corrected for q."""
    poor = [y for y in incomes if y < line]
    if not poor:
        return Fraction(0)
    share, gap = Fraction(len(poor), len(incomes)), income_gap_ratio(incomes, line)
    inequality = gini(poor) if sum(poor) else 0
    return share * (1 - (1 - gap) * (1 - inequality * Fraction(len(poor), len(poor) + 1)))


def sen_limit(incomes: Units, line: Fraction) -> Fraction:
    """The World Bank's Handbook, equation 4.8."""
    poor = [y for y in incomes if y < line]
    if not poor:
        return Fraction(0)
    inequality = gini(poor) if sum(poor) else Fraction(0)
    return fgt(incomes, line, 0) * inequality + fgt(incomes, line, 1) * (1 - inequality)


def sen_shorrocks_thon(incomes: Units, line: Fraction) -> Fraction:
    """(z - Sen mean)/z of the censored incomes; the Sen mean is the mean lesser of all pairs."""
    censored = [min(Fraction(y), line) for y in incomes]
    lesser = sum(min(a, b) for a in censored for b in censored) / len(censored) ** 2
    return (line - lesser) / line


def sst_of_the_handbook(incomes: Units, line: Fraction) -> Fraction:
    """Headcount × gap of the poor × (1 + Gini of the gaps of all)."""
    gaps = [max(Fraction(0), 1 - y / line) for y in incomes]
    mean = fgt(incomes, line, 1)
    return mean * (1 + gini(gaps)) if mean else Fraction(0)


def gini(incomes: Sequence[int | Fraction]) -> Fraction:
    pairs = sum(abs(Fraction(a) - b) for a in incomes for b in incomes)
    return pairs / (2 * len(incomes) * sum(incomes))


def close(a: Decimal | Fraction, b: Decimal | Fraction) -> bool:
    """Whether two numbers agree to 45 decimals; as fractions, for Decimal's own context has 28 digits."""
    return abs(Fraction(a) - Fraction(b)) < TINY
