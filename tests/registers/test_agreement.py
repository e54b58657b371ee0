"""Ranks under each tie rule, and the agreement of rankings, against published answers and scipy."""

from __future__ import annotations

import warnings
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from towns import Cells, cases

from xushi_stats.registers.inspection.rank_agreement import (
    Correlation,
    concordance,
    rank,
    tau_b,
)
from xushi_stats.registers.reasons import NotGiven
from xushi_stats.registers.rules.inspection import TIES, Tie

tenths = st.integers(0, 60).map(lambda n: Fraction(n, 10))  # few values, so that many tie
columns = st.integers(2, 9).flatmap(
    lambda n: st.lists(st.lists(tenths, min_size=n, max_size=n), min_size=2, max_size=5)
)


def fractions(text: str) -> list[Fraction]:
    return [Fraction(part) for part in text.split()]


@pytest.mark.parametrize("case", cases("ranks"), ids=lambda c: f"{c['tie']} {c['scores']}")
def test_ranks_are_those_worked_by_hand(case: Cells) -> None:
    scores = dict(enumerate(fractions(case["scores"])))
    assert list(rank(scores, case["tie"]).values()) == fractions(case["ranks"])  # type: ignore[arg-type]


def test_every_tie_rule_is_worked_by_hand() -> None:
    assert {case["tie"] for case in cases("ranks")} == set(TIES)


@pytest.mark.parametrize(
    "case", cases("rank_agreement"), ids=lambda c: f"{c['measure']} {c['source'][:30]}"
)
def test_a_coefficient_has_its_published_value(case: Cells) -> None:
    rankings = [fractions(part) for part in case["scores"].split("|")]
    places = Decimal(1).scaleb(-len(case["printed"].split(".")[1]))
    if case["measure"] == "w":
        w = concordance(rankings)
        assert isinstance(w, Fraction)
        found = Decimal(w.numerator) / w.denominator
    else:
        coefficient = tau_b(*rankings)
        assert isinstance(coefficient, Correlation)
        found = coefficient.decimal
    assert found.quantize(places) == Decimal(case["printed"])


def test_kendalls_own_parts_are_found() -> None:
    case = next(c for c in cases("rank_agreement") if "example 3.4" in c["source"])
    one, other = (fractions(part) for part in case["scores"].split("|"))
    assert tau_b(one, other) == Correlation(Fraction(34), Fraction(116 * 60), 17)


@given(st.lists(tenths, min_size=1, max_size=12), st.sampled_from(TIES))
def test_ranks_are_those_of_scipy(scores: list[Fraction], tie: Tie) -> None:
    theirs = stats.rankdata([-float(score) for score in scores], method=tie)
    assert [float(place) for place in rank(dict(enumerate(scores)), tie).values()] == list(theirs)


@given(columns)
def test_tau_b_is_that_of_scipy(rankings: list[list[Fraction]]) -> None:
    one, other = rankings[:2]
    a, b = ([float(score) for score in scores] for scores in (one, other))
    found = tau_b(one, other)
    if isinstance(found, NotGiven):
        assert len(set(one)) == 1 or len(set(other)) == 1
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = float(stats.kendalltau(a, b).statistic)
    assert float(found.decimal) == pytest.approx(theirs, abs=1e-12)


@given(columns)
def test_w_follows_from_friedmans_statistic_of_scipy(rankings: list[list[Fraction]]) -> None:
    """W = χ² / (m(n - 1)), with the same correction for ties."""
    w, n = concordance(rankings), len(rankings[0])
    if isinstance(w, NotGiven) or n < 3:
        return
    samples = [[float(scores[i]) for scores in rankings] for i in range(n)]
    chi = float(stats.friedmanchisquare(*samples).statistic)
    assert float(w) == pytest.approx(chi / (len(rankings) * (n - 1)), abs=1e-9)


# -- laws --------------------------------------------------------------------------------------


@given(columns)
def test_tau_b_is_symmetric_and_turns_with_the_order(rankings: list[list[Fraction]]) -> None:
    one, other = rankings[:2]
    found = tau_b(one, other)
    assert tau_b(other, one) == found
    turned = tau_b([-score for score in one], other)
    if isinstance(found, Correlation):
        assert isinstance(turned, Correlation)
        assert (turned.over, turned.under) == (-found.over, found.under)
        assert found.square <= 1


@given(st.lists(tenths, min_size=2, max_size=9), st.integers(2, 5))
def test_equal_orders_agree_wholly(scores: list[Fraction], months: int) -> None:
    if len(set(scores)) == 1:
        assert isinstance(concordance([scores] * months), NotGiven)
        return
    stretched = [score**3 + 7 for score in scores]
    assert concordance([scores] * (months - 1) + [stretched]) == 1
    found = tau_b(scores, stretched)
    assert isinstance(found, Correlation) and found.exact == 1


@given(columns, st.randoms(use_true_random=False))
def test_w_is_between_0_and_1_and_blind_to_names(rankings: list[list[Fraction]], dice) -> None:  # type: ignore[no-untyped-def]
    w = concordance(rankings)
    order = list(range(len(rankings[0])))
    dice.shuffle(order)
    assert concordance([[scores[n] for n in order] for scores in rankings]) == w
    assert isinstance(w, NotGiven) or 0 <= w <= 1


@given(st.dictionaries(st.text(min_size=1), tenths, min_size=1), tenths, st.sampled_from(TIES))
def test_a_constant_added_to_all_leaves_the_ranks(
    scores: dict[str, Fraction], more: Fraction, tie: Tie
) -> None:
    assert rank({k: v + more for k, v in scores.items()}, tie) == rank(scores, tie)


@given(st.lists(tenths, min_size=1, max_size=12))
def test_mid_ranks_keep_their_sum(scores: list[Fraction]) -> None:
    n = len(scores)
    assert sum(rank(dict(enumerate(scores)), "average").values()) == Fraction(n * (n + 1), 2)


def test_what_cannot_be_compared_is_not_given() -> None:
    one, two = [Fraction(1)], [Fraction(1), Fraction(2)]
    assert tau_b(one, one) == NotGiven("too_few", ("1",))
    assert tau_b(two, [Fraction(3)] * 2) == NotGiven("all_tied", ("2",))
    assert concordance([two]) == NotGiven("too_few", ("1×2",))
    assert concordance([]) == NotGiven("too_few", ("0×0",))


def test_a_root_that_is_a_fraction_keeps_its_sign() -> None:
    assert Correlation(Fraction(-1), Fraction(4), 5).exact == Fraction(-1, 2)
    assert Correlation(Fraction(0), Fraction(3), 5).exact == 0


def test_a_root_has_fifty_digits_and_its_sign() -> None:
    found = Correlation(Fraction(-1), Fraction(2), 5)
    assert found.exact is None and found.square == Fraction(1, 2)
    assert found.decimal == Decimal("-0.70710678118654752440084436210484903928483593768847")
