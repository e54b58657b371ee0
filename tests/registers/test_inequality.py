"""Measures of inequality: published answers, the definitions written out, and the laws."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from registers import naive_measures as naive
from towns import Cells, cases

from xushi_stats import format
from xushi_stats.registers.households import inequality
from xushi_stats.registers.households.incomes import Incomes
from xushi_stats.registers.households.inequality import atkinson, lorenz_curve, quantile_shares
from xushi_stats.registers.undefined import MeasureError, Undefined

Measure = Callable[[Incomes], Fraction | Decimal | Undefined]
EPSILONS = (Fraction(1, 2), Fraction(1), Fraction(4, 3), Fraction(2))
MEASURES: dict[str, Measure] = {
    "gini": lambda incomes: inequality.gini(incomes.sums),
    "gini_n_minus_1": lambda incomes: inequality.gini_n_minus_1(incomes.sums),
    "theil_t": inequality.theil_t,
    "theil_l": inequality.theil_l,
    **{f"atkinson {e}": lambda incomes, e=e: atkinson(incomes, e) for e in EPSILONS},  # type: ignore[misc]
}
OF_A_POPULATION = [name for name in MEASURES if name != "gini_n_minus_1"]
"""Those that replication leaves alone."""

some = st.lists(st.integers(0, 400), min_size=1, max_size=9)
earning = st.lists(st.integers(1, 400), min_size=1, max_size=9)
several = st.lists(st.integers(1, 400), min_size=2, max_size=9)


def measured(name: str, incomes: list[int]) -> Fraction | Decimal | Undefined:
    return MEASURES[name](Incomes.by_households(incomes))


def value(name: str, incomes: list[int]) -> Fraction:
    found = measured(name, incomes)
    assert not isinstance(found, Undefined), (name, found)
    return Fraction(found)


def answered(case: Cells) -> Fraction | Decimal | Undefined:
    """What the library says to a row of the cases."""
    incomes = Incomes.by_households(naive.units(case["incomes"]))
    if case["measure"] == "atkinson":
        return atkinson(incomes, Fraction(case["parameter"]))
    if case["measure"] == "quantile_share":  # 2/5 is the second of five
        part, parts = map(int, case["parameter"].split("/"))
        shares = quantile_shares(incomes, parts)
        assert not isinstance(shares, Undefined)
        return shares[part - 1]
    if case["measure"] == "lorenz":
        curve = lorenz_curve(incomes)
        assert not isinstance(curve, Undefined)
        return dict(curve)[Fraction(case["parameter"])]
    return MEASURES[case["measure"]](incomes)


@pytest.mark.parametrize(
    "case", cases("inequality"), ids=lambda c: f"{c['measure']} {c['parameter']} {c['incomes']}"
)
def test_a_measure_gives_its_known_answer(case: Cells) -> None:
    answer = answered(case)
    assert not isinstance(answer, Undefined)
    if case["exact"]:
        assert answer == Fraction(case["exact"])
    assert format.round_to(Fraction(answer), int(case["decimals"])) == Fraction(case["printed"])


def test_every_measure_has_known_answers() -> None:
    known = {case["measure"] for case in cases("inequality")}
    others = {"atkinson", "quantile_share", "lorenz"}
    assert known == {name for name in MEASURES if " " not in name} | others
    assert all(case["source"] for case in cases("inequality"))


# -- against the definitions -------------------------------------------------------------------


@given(several)
def test_each_measure_follows_its_definition(incomes: list[int]) -> None:
    assert measured("gini", incomes) == naive.gini(incomes)
    assert measured("gini_n_minus_1", incomes) == naive.gini_n_minus_1(incomes)
    assert naive.close(value("theil_t", incomes), naive.theil_t(incomes))
    assert naive.close(value("theil_l", incomes), naive.theil_l(incomes))


@given(earning, st.fractions(min_value=0, max_value=4, max_denominator=6))
def test_atkinson_follows_its_definition(incomes: list[int], epsilon: Fraction) -> None:
    found = atkinson(Incomes.by_households(incomes), epsilon)
    assert isinstance(found, Decimal)
    assert naive.close(found, naive.atkinson(incomes, epsilon))


@given(some)
def test_incomes_of_zero_are_taken_where_the_limit_is(incomes: list[int]) -> None:
    assume(any(incomes))
    assert naive.close(value("theil_t", incomes), naive.theil_t(incomes))
    for epsilon in (Fraction(1, 2), Fraction(1, 3), Fraction(3)):
        found = atkinson(Incomes.by_households(incomes), epsilon)
        assert naive.close(Fraction(found), naive.atkinson(incomes, epsilon))  # type: ignore[arg-type]


@given(some, st.integers(1, 11))
def test_shares_of_equal_parts_follow_their_definition(incomes: list[int], parts: int) -> None:
    assume(any(incomes))
    found = quantile_shares(Incomes.by_households(incomes), parts)
    assert list(found) == naive.quantile_shares(incomes, parts)  # type: ignore[arg-type]
    assert sum(found) == 1  # type: ignore[arg-type]
    assert sorted(found) == list(found)  # type: ignore[arg-type,type-var]


@given(some)
def test_gini_is_twice_the_area_between_the_diagonal_and_the_lorenz_curve(
    incomes: list[int],
) -> None:
    assume(any(incomes))
    curve = lorenz_curve(Incomes.by_households(incomes))
    assert not isinstance(curve, Undefined)
    below = sum((p2 - p1) * (share1 + share2) for (p1, share1), (p2, share2) in pairwise(curve))
    assert measured("gini", incomes) == 1 - below


# -- laws --------------------------------------------------------------------------------------


@given(several, st.integers(2, 100))
def test_a_change_of_unit_changes_no_measure(incomes: list[int], unit: int) -> None:
    table = Incomes.by_households([y * unit for y in incomes])
    for name in MEASURES:
        assert measured(name, [y * unit for y in incomes]) == measured(name, incomes), name
    assert lorenz_curve(table) == lorenz_curve(Incomes.by_households(incomes))


@given(several, st.integers(2, 5))
def test_replication_changes_no_measure_of_a_population(incomes: list[int], times: int) -> None:
    for name in OF_A_POPULATION:
        assert measured(name, incomes * times) == measured(name, incomes), name
    lower = value("gini_n_minus_1", incomes * times) <= value("gini_n_minus_1", incomes)
    assert lower, "the correction for a sample shrinks as the sample grows"


@given(several, st.data())
def test_a_transfer_from_a_richer_to_a_poorer_lowers_each_measure(
    incomes: list[int], data: st.DataObject
) -> None:
    ordered = sorted(incomes)
    low = data.draw(st.integers(0, len(ordered) - 2))
    high = data.draw(st.integers(low + 1, len(ordered) - 1))
    assume(ordered[high] - ordered[low] > 1)
    given_away = data.draw(st.integers(1, (ordered[high] - ordered[low]) // 2))
    after = ordered[:]
    after[low], after[high] = ordered[low] + given_away, ordered[high] - given_away
    for name in MEASURES:
        assert value(name, after) < value(name, ordered), name


@given(several, st.integers(1, 300))
def test_the_same_sum_for_each_lowers_inequality_and_the_same_share_does_not(
    incomes: list[int], more: int
) -> None:
    assume(len(set(incomes)) > 1)
    for name in MEASURES:
        assert value(name, [y + more for y in incomes]) < value(name, incomes), name


@given(st.integers(1, 400), st.integers(2, 9))
def test_of_equal_incomes_each_measure_is_exactly_zero(income: int, number: int) -> None:
    for name in MEASURES:
        assert measured(name, [income] * number) == 0, name
    table = Incomes.by_households([income] * number)
    assert quantile_shares(table) == (Fraction(1, 5),) * 5
    assert quantile_shares(table, 4) == (Fraction(1, 4),) * 4


@given(st.integers(1, 400), st.integers(2, 9))
def test_where_one_has_all_each_measure_is_at_its_limit(income: int, number: int) -> None:
    all_to_one = [income] + [0] * (number - 1)
    assert measured("gini", all_to_one) == Fraction(number - 1, number)
    assert measured("gini_n_minus_1", all_to_one) == 1
    with localcontext() as context:
        context.prec = 70
        assert naive.close(value("theil_t", all_to_one), Decimal(number).ln())
    assert measured("atkinson 2", all_to_one) == 1


@given(earning, earning)
def test_theil_of_two_groups_is_that_within_and_that_between_them(
    first: list[int], second: list[int]
) -> None:
    """T weights groups by income, L by units; between them each is that of the groups' means."""
    whole = first + second
    total, units = sum(whole), len(whole)
    t_parts = l_parts = Fraction(0)
    with localcontext() as context:
        context.prec = 70
        mean = Decimal(total) / units
        for group in (first, second):
            log = Fraction((Decimal(sum(group)) / len(group) / mean).ln())
            t_parts += Fraction(sum(group), total) * (value("theil_t", group) + log)
            l_parts += Fraction(len(group), units) * (value("theil_l", group) - log)
    assert naive.close(value("theil_t", whole), t_parts)
    assert naive.close(value("theil_l", whole), l_parts)


@given(several)
def test_more_aversion_finds_no_less_inequality(incomes: list[int]) -> None:
    found = [value(f"atkinson {epsilon}", incomes) for epsilon in EPSILONS]
    assert found == sorted(found)


@given(several)
def test_atkinson_of_one_is_the_mean_log_deviation_in_another_form(incomes: list[int]) -> None:
    with localcontext() as context:
        context.prec = 70
        deviation = measured("theil_l", incomes)
        assert isinstance(deviation, Decimal)
        assert naive.close(value("atkinson 1", incomes), 1 - (-deviation).exp())


# -- without a value, and refused --------------------------------------------------------------


@pytest.mark.parametrize(
    ("incomes", "reason"), [([], "empty"), ([0], "all_zero"), ([0, 0], "all_zero")]
)
def test_without_records_or_income_there_is_no_inequality(incomes: list[int], reason: str) -> None:
    table = Incomes.by_households(incomes)
    for name, measure in MEASURES.items():
        found = measure(table)
        assert isinstance(found, Undefined) and found.reason == reason, name
    for found in (lorenz_curve(table), quantile_shares(table)):
        assert isinstance(found, Undefined) and found.reason == reason


def test_one_unit_has_no_gini_of_a_sample() -> None:
    assert measured("gini", [5]) == 0
    assert measured("gini_n_minus_1", [5]) == Undefined("one_unit")


def test_the_mean_log_deviation_of_an_income_of_zero_has_no_value() -> None:
    assert measured("theil_l", [0, 5]) == Undefined("zero_income")


def test_parameters_out_of_range_are_refused() -> None:
    table = Incomes.by_households([1, 2])
    for refused in (
        lambda: atkinson(table, Fraction(-1, 2)),
        lambda: quantile_shares(table, 0),
        lambda: atkinson(Incomes({}), -1),
    ):
        with pytest.raises(MeasureError):
            refused()
