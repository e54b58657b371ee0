"""The frequency table and its sums: the same integers, whichever way they were made."""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from registers import naive_measures as naive

from xushi_stats.registers.households.incomes import AllSums, Incomes
from xushi_stats.registers.households.inequality import gini
from xushi_stats.registers.households.logarithms import log_sum, rounded
from xushi_stats.registers.undefined import REASONS, MeasureError, Undefined

some = st.lists(st.integers(0, 300), max_size=12)


@given(some, st.fractions(min_value=1, max_value=300))
def test_sums_are_those_over_the_sorted_units(incomes: list[int], line: Fraction) -> None:
    table, ordered = naive.table(incomes), sorted(incomes)
    poor = [y for y in ordered if y < line]
    sums = table.below(line, 3)
    assert sums.powers == tuple(sum(y**k for y in poor) for k in range(4))
    assert sums.ranked == sum(i * y for i, y in enumerate(poor, 1))
    assert sums.population == table.population == len(incomes)
    ranked = sum(i * y for i, y in enumerate(ordered, 1))
    assert table.sums == AllSums(len(incomes), sum(incomes), ranked)


def test_an_engines_integers_do_not_overflow() -> None:
    column = np.full(3, 2**62, dtype=np.int64)  # an engine's own sum would wrap around
    table = naive.table(column)
    assert table.counts == {2**62: 3}
    assert type(next(iter(table.counts))) is int
    assert table.total == 3 * 2**62
    assert gini(table.sums) == 0
    assert table.below(2**63, 2).powers[2] == 3 * 2**124


@pytest.mark.parametrize(
    ("counts", "code"),
    [
        ({-1: 2}, "income"),
        ({1.5: 2}, "income"),
        ({"100": 2}, "income"),
        ({Decimal(100): 2}, "income"),
        ({100: 0}, "weight"),
        ({100: -1}, "weight"),
        ({100: 1.0}, "income"),
    ],
)
def test_what_is_no_table_of_incomes_is_refused(counts: dict[int, int], code: str) -> None:
    with pytest.raises(MeasureError) as caught:
        Incomes(counts)
    assert caught.value.code == code


def test_a_refusal_does_not_repeat_the_value() -> None:
    with pytest.raises(MeasureError) as caught:
        naive.table([-98765])
    assert "98765" not in str(caught.value)


def test_sums_that_cannot_be_are_refused() -> None:
    for sums in ((-1, 0, 0), (1, -1, 0), (1, 1, -1)):
        with pytest.raises(MeasureError):
            AllSums(*sums)


@given(st.lists(st.tuples(st.integers(1, 10**9), st.integers(1, 10**12)), max_size=8))
def test_a_sum_of_logarithms_is_that_of_the_logarithms(terms: list[tuple[int, int]]) -> None:
    with localcontext() as context:
        context.prec = 120
        one_by_one = sum(k * Decimal(y).ln() for y, k in terms)
        assert abs(log_sum(terms) - one_by_one) < Decimal("1e-75")


def test_what_is_zero_but_for_the_working_digits_is_zero_without_a_sign() -> None:
    assert str(rounded(Decimal("-3e-90"))) == "0E-50"


def test_every_reason_is_said_in_both_languages() -> None:
    for reason in REASONS:
        assert all(Undefined(reason).text(lang) for lang in ("zh", "en"))
