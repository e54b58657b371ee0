"""Measures of poverty: published answers, the definitions written out, and the axioms."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from registers import naive_measures as naive
from towns import Cells, cases

from xushi_stats import format
from xushi_stats.registers.households import poverty
from xushi_stats.registers.households.incomes import Incomes, PoorSums
from xushi_stats.registers.households.poverty import fgt, watts
from xushi_stats.registers.undefined import MeasureError, Undefined

ON_SUMS: dict[str, Callable[[PoorSums], Fraction | Undefined]] = {
    "headcount": lambda sums: fgt(sums, 0),
    "gap": poverty.gap,
    "severity": poverty.severity,
    "sen_1976": poverty.sen_1976,
    "sen_limit": poverty.sen_limit,
    "sen_shorrocks_thon": poverty.sen_shorrocks_thon,
}
INVARIANT = [name for name in ON_SUMS if name != "sen_1976"]
"""Those that replication leaves alone; Sen's own index depends on the number of the poor."""

lines = st.fractions(min_value=Fraction(1, 3), max_value=300, max_denominator=7)
amounts = st.integers(0, 300)
some = st.lists(amounts, min_size=1, max_size=9)
earning = st.lists(st.integers(1, 300), min_size=1, max_size=9)


def measured(name: str, incomes: list[int], line: Fraction | int) -> Fraction | Decimal | Undefined:
    table = naive.table(incomes)
    if name == "watts":
        return watts(table, line)
    return ON_SUMS[name](table.below(line))


def value(name: str, incomes: list[int], line: Fraction | int) -> Fraction:
    found = measured(name, incomes, line)
    assert not isinstance(found, Undefined), (name, found)
    return Fraction(found)


@pytest.mark.parametrize(
    "case", cases("poverty"), ids=lambda c: f"{c['measure']} {c['incomes']} below {c['line']}"
)
def test_a_measure_gives_its_known_answer(case: Cells) -> None:
    answer = value(case["measure"], naive.units(case["incomes"]), Fraction(case["line"]))
    if case["exact"]:
        assert answer == Fraction(case["exact"])
    assert format.round_to(answer, int(case["decimals"])) == Fraction(case["printed"])


def test_every_measure_has_known_answers() -> None:
    assert {case["measure"] for case in cases("poverty")} == {*ON_SUMS, "watts"}
    assert all(case["source"] for case in cases("poverty"))


# -- against the definitions -------------------------------------------------------------------


@given(some, lines, st.integers(0, 5))
def test_the_index_from_sums_of_powers_is_the_mean_of_gaps(
    incomes: list[int], line: Fraction, alpha: int
) -> None:
    sums = naive.table(incomes).below(line, alpha)
    assert fgt(sums, alpha) == naive.fgt(incomes, line, alpha)


@given(some, lines)
def test_each_form_of_sen_follows_its_definition(incomes: list[int], line: Fraction) -> None:
    assert value("sen_1976", incomes, line) == naive.sen_1976(incomes, line)
    assert value("sen_limit", incomes, line) == naive.sen_limit(incomes, line)
    assert value("sen_shorrocks_thon", incomes, line) == naive.sen_shorrocks_thon(incomes, line)
    assert value("sen_shorrocks_thon", incomes, line) == naive.sst_of_the_handbook(incomes, line)


@given(earning, lines)
def test_watts_follows_its_definition(incomes: list[int], line: Fraction) -> None:
    found = watts(naive.table(incomes), line)
    assert isinstance(found, Decimal)
    assert naive.close(found, naive.watts(incomes, line))
    assert found.as_tuple().exponent == -50


def test_millions_just_below_the_line_do_not_cost_a_decimal() -> None:
    found = watts(Incomes({99_999_999: 10_000_000, 5: 1}), 100_000_000)
    with localcontext() as context:
        context.prec = 90
        logs = (Decimal(100_000_000) / 99_999_999).ln() * 10_000_000 + Decimal(20_000_000).ln()
        expected = logs / 10_000_001
    assert isinstance(found, Decimal)
    assert abs(Fraction(found) - Fraction(expected)) <= Fraction(1, 2 * 10**50)


@given(some, lines)
def test_measures_lie_between_none_and_all(incomes: list[int], line: Fraction) -> None:
    for name in ON_SUMS:
        assert 0 <= value(name, incomes, line) <= 1, name


# -- the axioms --------------------------------------------------------------------------------


@given(earning, lines, st.integers(2, 100))
def test_a_change_of_unit_changes_no_measure(incomes: list[int], line: Fraction, unit: int) -> None:
    assume(min(incomes) < line)
    for name in (*ON_SUMS, "watts"):
        in_fen = measured(name, [y * unit for y in incomes], line * unit)
        assert in_fen == measured(name, incomes, line), name


@given(earning, lines, st.randoms(use_true_random=False))
def test_the_order_of_records_does_not_matter(incomes: list[int], line: Fraction, mixer) -> None:  # type: ignore[no-untyped-def]
    mixed = incomes[:]
    mixer.shuffle(mixed)
    for name in (*ON_SUMS, "watts"):
        assert measured(name, mixed, line) == measured(name, incomes, line), name


@given(earning, lines, st.integers(2, 5))
def test_replication_changes_no_measure_but_sens_own(
    incomes: list[int], line: Fraction, times: int
) -> None:
    for name in (*INVARIANT, "watts"):
        assert measured(name, incomes * times, line) == measured(name, incomes, line), name


@given(some, lines)
def test_sens_own_index_comes_to_its_limit_by_replication(
    incomes: list[int], line: Fraction
) -> None:
    counts = {y: 10**9 * n for y, n in naive.table(incomes).counts.items()}
    many = poverty.sen_1976(Incomes(counts).below(line))
    assert isinstance(many, Fraction)
    assert 0 <= value("sen_limit", incomes, line) - many < Fraction(1, 10**8)


@given(earning, lines, st.integers(1, 500))
def test_the_income_of_those_not_poor_does_not_matter(
    incomes: list[int], line: Fraction, more: int
) -> None:
    assume(min(incomes) < line)
    richer = [y if y < line else y + more for y in incomes]
    for name in (*ON_SUMS, "watts"):
        assert measured(name, richer, line) == measured(name, incomes, line), name


@given(earning, lines, st.data())
def test_a_poor_unit_that_loses_income_raises_poverty(
    incomes: list[int], line: Fraction, data: st.DataObject
) -> None:
    poor = [n for n, y in enumerate(incomes) if 1 < y < line]
    assume(poor)
    who = data.draw(st.sampled_from(poor))
    worse = incomes[:]
    worse[who] -= data.draw(st.integers(1, incomes[who] - 1))
    assert value("headcount", worse, line) == value("headcount", incomes, line)
    for name in {*ON_SUMS, "watts"} - {"headcount"}:
        assert value(name, worse, line) > value(name, incomes, line), name


@given(earning, lines, st.data())
def test_a_transfer_from_the_less_poor_to_the_poorer_lowers_the_measures_of_severity(
    incomes: list[int], line: Fraction, data: st.DataObject
) -> None:
    poor = sorted((y, n) for n, y in enumerate(incomes) if y < line)
    assume(len(poor) > 1 and poor[-1][0] - poor[0][0] > 1)
    (low, taker), (high, giver) = poor[0], poor[-1]
    given_away = data.draw(st.integers(1, (high - low) // 2))
    after = incomes[:]
    after[taker], after[giver] = low + given_away, high - given_away
    assert value("gap", after, line) == value("gap", incomes, line)
    for name in ("severity", "sen_1976", "sen_limit", "sen_shorrocks_thon", "watts"):
        assert value(name, after, line) < value(name, incomes, line), name


@given(earning, earning, lines, st.integers(0, 4))
def test_of_groups_put_together_the_index_is_the_weighted_mean(
    first: list[int], second: list[int], line: Fraction, alpha: int
) -> None:
    groups, whole = [naive.table(first), naive.table(second)], naive.table(first + second)
    parts = [Fraction(fgt(g.below(line, alpha), alpha)) * g.population for g in groups]  # type: ignore[arg-type]
    assert fgt(whole.below(line, alpha), alpha) == sum(parts) / whole.population
    logs = [Fraction(watts(g, line)) * g.population for g in groups]  # type: ignore[arg-type]
    assert naive.close(watts(whole, line), sum(logs) / whole.population)  # type: ignore[arg-type]


@given(earning, lines, lines)
def test_a_higher_line_never_lowers_poverty(incomes: list[int], a: Fraction, b: Fraction) -> None:
    low, high = sorted((a, b))
    for name in ("headcount", "gap", "severity", "sen_shorrocks_thon", "watts"):
        assert value(name, incomes, low) <= value(name, incomes, high), name


# -- without a value, and refused --------------------------------------------------------------


def test_no_records_have_no_measure() -> None:
    for name in (*ON_SUMS, "watts"):
        assert measured(name, [], 100) == Undefined("empty"), name


def test_where_nobody_is_poor_each_measure_is_zero() -> None:
    for name in (*ON_SUMS, "watts"):
        assert measured(name, [100, 200], 100) == 0, name


def test_watts_of_an_income_of_zero_has_no_value() -> None:
    assert measured("watts", [0, 200], 100) == Undefined("zero_income")


@pytest.mark.parametrize("line", [0, -1, Fraction(-1, 2), 125.0])
def test_a_line_that_is_not_exact_and_above_zero_is_refused(line: Fraction) -> None:
    table = naive.table([100])
    for refused in (
        lambda: table.below(line),
        lambda: watts(table, line),
        lambda: PoorSums(line, 1, (0, 0, 0)),
    ):
        with pytest.raises(MeasureError) as caught:
            refused()
        assert caught.value.code == "line"


def test_an_index_whose_sums_are_not_there_is_refused() -> None:
    heads = naive.table([100, 300]).below(200, 0)
    assert fgt(heads, 0) == Fraction(1, 2)
    for measure in (poverty.gap, poverty.severity, poverty.sen_limit):
        with pytest.raises(MeasureError) as caught:
            measure(heads)
        assert caught.value.code == "powers"
    with pytest.raises(MeasureError):
        fgt(heads, -1)


def test_the_sum_of_incomes_is_enough_but_for_severity() -> None:
    sums = naive.table([100, 300]).below(200, 1)
    assert poverty.gap(sums) == Fraction(1, 4)
    assert poverty.sen_limit(sums) == Fraction(1, 4)


@pytest.mark.parametrize(
    "sums", [(1, (2, 5), 5), (-1, (0, 0), 0), (1, (-1, 0), 0), (1, (1, -5), 0), (1, (), 0)]
)
def test_sums_that_cannot_be_are_refused(sums: tuple[int, tuple[int, ...], int]) -> None:
    with pytest.raises(MeasureError) as caught:
        PoorSums(Fraction(10), *sums)
    assert caught.value.code == "sums"
