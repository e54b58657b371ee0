"""The Gini coefficient: published answers, the definition written out, and the laws."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from registers import naive_measures as naive
from towns import Cells, cases

from xushi_stats import format
from xushi_stats.registers.households import inequality
from xushi_stats.registers.undefined import Undefined

several = st.lists(st.integers(1, 400), min_size=2, max_size=9)


def gini(incomes: list[int]) -> Fraction:
    found = inequality.gini(naive.table(incomes).sums)
    assert not isinstance(found, Undefined), found
    return found


@pytest.mark.parametrize("case", cases("inequality"), ids=lambda c: c["incomes"])
def test_gini_gives_its_known_answer(case: Cells) -> None:
    answer = gini(naive.units(case["incomes"]))
    if case["exact"]:
        assert answer == Fraction(case["exact"])
    assert format.round_to(answer, int(case["decimals"])) == Fraction(case["printed"])
    assert case["measure"] == "gini" and case["source"]


@given(st.lists(st.integers(0, 400), min_size=1, max_size=9))
def test_gini_follows_its_definition(incomes: list[int]) -> None:
    assume(any(incomes))
    assert gini(incomes) == naive.gini(incomes)


# -- laws --------------------------------------------------------------------------------------


@given(several, st.integers(2, 100))
def test_a_change_of_unit_changes_nothing(incomes: list[int], unit: int) -> None:
    assert gini([y * unit for y in incomes]) == gini(incomes)


@given(several, st.integers(2, 5))
def test_replication_changes_nothing(incomes: list[int], times: int) -> None:
    assert gini(incomes * times) == gini(incomes)


@given(several, st.data())
def test_a_transfer_from_a_richer_to_a_poorer_lowers_it(
    incomes: list[int], data: st.DataObject
) -> None:
    ordered = sorted(incomes)
    low = data.draw(st.integers(0, len(ordered) - 2))
    high = data.draw(st.integers(low + 1, len(ordered) - 1))
    assume(ordered[high] - ordered[low] > 1)
    given_away = data.draw(st.integers(1, (ordered[high] - ordered[low]) // 2))
    after = ordered[:]
    after[low], after[high] = ordered[low] + given_away, ordered[high] - given_away
    assert gini(after) < gini(ordered)


@given(several, st.integers(1, 300))
def test_the_same_sum_for_each_lowers_it(incomes: list[int], more: int) -> None:
    assume(len(set(incomes)) > 1)
    assert gini([y + more for y in incomes]) < gini(incomes)


@given(st.integers(1, 400), st.integers(1, 9))
def test_it_is_zero_of_equal_incomes_and_at_its_limit_where_one_has_all(
    income: int, number: int
) -> None:
    assert gini([income] * number) == 0
    assert gini([income] + [0] * (number - 1)) == Fraction(number - 1, number)


# -- without a value ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("incomes", "reason"), [([], "empty"), ([0], "all_zero"), ([0, 0], "all_zero")]
)
def test_without_records_or_income_there_is_no_inequality(incomes: list[int], reason: str) -> None:
    found = inequality.gini(naive.table(incomes).sums)
    assert isinstance(found, Undefined) and found.reason == reason
