"""The field's measures against known answers, and the laws they obey."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from towns import Cells, cases

from xushi_stats import format, notation
from xushi_stats.interval import DivisorMayBeZero, Term
from xushi_stats.measures import (
    ARITY,
    MEASURES,
    annual_growth,
    completion,
    contribution,
    growth,
    mean,
    points,
    pull,
    share,
)
from xushi_stats.quantity import Quantity, Unit, UnitError

positive = st.fractions(min_value=Fraction(1, 1000), max_value=10**6, max_denominator=1000)
numbers = st.fractions(min_value=-(10**6), max_value=10**6, max_denominator=1000)


def term(wording: str, name: str = "x") -> Term:
    return Term.observed(name, notation.parse(wording))


@pytest.mark.parametrize(
    "case", cases("statistics"), ids=lambda c: f"{c['measure']} {c['first']} {c['second']}"
)
def test_a_measure_gives_its_known_answer(case: Cells) -> None:
    given = [case[n] for n in ("first", "second", "third", "fourth") if case[n]]
    answer = MEASURES[case["measure"]](*map(Fraction, given))
    assert not case["exact"] or answer == Fraction(case["exact"])
    shown = answer * 100 if case["percent"] == "yes" else answer
    assert format.round_to(shown, int(case["decimals"])) == Fraction(case["printed"])


def test_every_measure_has_known_answers() -> None:
    assert {case["measure"] for case in cases("statistics")} == set(MEASURES)


# -- laws --------------------------------------------------------------------------------------


@given(numbers, positive, positive)
def test_a_share_does_not_depend_on_the_unit(part: Fraction, whole: Fraction, k: Fraction) -> None:
    assert share(part * k, whole * k) == share(part, whole)


@given(st.lists(positive, min_size=1, max_size=8))
def test_the_shares_of_all_parts_add_up_to_one(parts: list[Fraction]) -> None:
    assert sum(share(part, sum(parts, Fraction(0))) for part in parts) == 1


@given(numbers, numbers)
def test_points_one_way_are_minus_points_the_other(a: Fraction, b: Fraction) -> None:
    assert points(a, b) == -points(b, a)


@given(numbers, numbers, numbers)
def test_points_over_a_middle_add_up(a: Fraction, b: Fraction, c: Fraction) -> None:
    assert points(a, b) + points(b, c) == points(a, c)


@given(positive, positive)
def test_growth_there_and_back_cancels(a: Fraction, b: Fraction) -> None:
    assert (1 + growth(b, a)) * (1 + growth(a, b)) == 1


@given(positive, positive, positive)
def test_growth_over_two_steps_multiplies(a: Fraction, b: Fraction, c: Fraction) -> None:
    assert (1 + growth(b, a)) * (1 + growth(c, b)) == 1 + growth(c, a)


@given(positive, positive, positive)
def test_growth_does_not_depend_on_the_unit(a: Fraction, b: Fraction, k: Fraction) -> None:
    assert growth(a * k, b * k) == growth(a, b)


@given(positive, positive, st.integers(1, 9))
def test_a_mean_does_not_change_when_everything_is_doubled(
    total: Fraction, count: Fraction, times: int
) -> None:
    assert mean(total * times, count * times) == mean(total, count)


@given(positive, positive)
def test_completion_is_the_share_of_the_target(actual: Fraction, target: Fraction) -> None:
    assert completion(actual, target) == share(actual, target)


@given(positive, positive)
def test_terms_and_plain_numbers_give_one_answer(a: Fraction, b: Fraction) -> None:
    values = {"a": a, "b": b, "c": a + b, "d": a + 2 * b}
    terms = [Term.observed(n, Quantity.exactly(v, Unit("%"))) for n, v in values.items()]
    plain = [value / 100 for value in values.values()]
    for name, measure in MEASURES.items():
        over = [Fraction(3)] if name == "annual_growth" else []
        figures = ARITY[name] - len(over)
        expected = measure(*plain[:figures], *over)
        found = measure(*terms[:figures], *map(Term.bare, over))
        assert found.value == expected, name


@given(positive, positive, st.integers(2, 9))
def test_annual_growth_compounds_to_the_growth_of_all_years(
    now: Fraction, first: Fraction, years: int
) -> None:
    compounded = (1 + annual_growth(now, first, Fraction(years))) ** years
    assert abs(compounded - now / first) < Fraction(1, 10**20) * max(1, now / first)


@given(st.lists(st.tuples(positive, positive), min_size=1, max_size=6))
def test_what_the_parts_pull_adds_up_to_the_growth(parts: list[tuple[Fraction, Fraction]]) -> None:
    now, before = (sum((p[n] for p in parts), Fraction(0)) for n in (0, 1))
    assert sum(pull(a, b, before) for a, b in parts) == growth(now, before) * 100
    if now != before:
        assert sum(contribution(a, b, now, before) for a, b in parts) == 1


def test_annual_growth_of_a_range_lies_between_its_ends() -> None:
    over = annual_growth(term("7000余亩"), term("4000亩", "y"), Term.bare(2))
    low, high, tight = over.range
    assert tight
    assert not low.closed
    assert format.round_to(Fraction(low.value) * 100, 1) == Fraction("32.3")
    assert format.round_to(Fraction(high.value) * 100, 1) == Fraction("41.4")


# -- what is refused ---------------------------------------------------------------------------


@pytest.mark.parametrize("measure", [share, growth, completion])
def test_households_are_no_part_of_persons(measure: object) -> None:
    with pytest.raises(UnitError):
        measure(term("321户"), term("1099人", "y"))  # type: ignore[operator]


def test_points_are_made_of_shares_only() -> None:
    households = term("398户")
    with pytest.raises(UnitError):
        points(households, households)
    with pytest.raises(UnitError):
        points(Term.bare(1), Term.bare(2))
    with pytest.raises(UnitError):
        points(share(households, households), Term.bare(1))


@pytest.mark.parametrize("measure", [share, mean, growth, completion])
def test_nothing_is_measured_on_a_base_that_may_be_none(measure: object) -> None:
    with pytest.raises(DivisorMayBeZero):
        measure(term("5户"), term("近7000户", "y"))  # type: ignore[operator]
    with pytest.raises(ZeroDivisionError):
        measure(Fraction(5), Fraction(0))  # type: ignore[operator]


def test_there_is_no_growth_on_a_base_below_zero() -> None:
    loss = term("3户") - term("5户", "y")
    with pytest.raises(ZeroDivisionError):
        growth(term("5户", "z"), loss)
    with pytest.raises(ZeroDivisionError):
        growth(Fraction(5), Fraction(-2))


def test_the_mean_of_persons_over_households_is_persons_a_household() -> None:
    size = mean(term("1099人"), term("398户", "y")).quantity(Unit("人/户"))
    assert size.value == Fraction(1099, 398)
