"""Calculating with ranges: units, exact bounds over the leaves, written places."""

from __future__ import annotations

import itertools
import pickle
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from xushi_stats import notation
from xushi_stats.interval import DivisorMayBeZero, Term
from xushi_stats.measures import share
from xushi_stats.quantity import Bound, Quantity, Unit, UnitError, is_finite


def term(wording: str, name: str = "", counts: str = "") -> Term:
    return Term.observed(name or wording, notation.parse(wording, counts))


def ends(found: Term, unit: str = "%") -> tuple[object, object, bool]:
    quantity = found.quantity(Unit(unit))
    return quantity.low.value, quantity.high.value, quantity.tight


# -- units ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (term("398户"), term("1099人")),
        (term("5个", counts="基地"), term("12个", counts="项目")),
        (term("83.8%"), Term.bare(1)),
        (term("398户"), Term.bare(0)),
        (term("701亩"), term("6.3公里")),
        (term("83.8%"), term("80.7%", "y").in_points()),
    ],
)
def test_unlike_things_are_neither_added_nor_subtracted(first: Term, second: Term) -> None:
    for operation in (Term.__add__, Term.__sub__):
        with pytest.raises(UnitError):
            operation(first, second)
        with pytest.raises(UnitError):
            operation(second, first)


def test_persons_over_households_are_persons_a_household() -> None:
    size = term("1099人") / term("398户")
    assert size.quantity(Unit("人/户")).value == Fraction(1099, 398)
    with pytest.raises(UnitError):
        size.quantity(Unit("人"))
    with pytest.raises(UnitError):
        size.quantity(Unit("%"))


def test_a_product_with_a_mean_gives_the_total_back() -> None:
    persons, households = term("1099人"), term("398户")
    back = (persons / households * households).quantity(Unit("人"))
    assert back.value == 1099


def test_money_in_different_scales_is_added() -> None:
    total = (term("15.1万元") + term("2000元")).quantity(Unit("万元"))
    assert total.value == Fraction("15.3")


def test_land_in_mu_and_hectares_is_added() -> None:
    assert (term("15亩") + term("1公顷")).quantity(Unit("亩")).value == 30


def test_a_bare_number_scales_but_is_not_added() -> None:
    assert (term("398户") * Term.bare(2)).quantity(Unit("户")).value == 796
    assert (term("398户") / Term.bare(2)).quantity(Unit("户")).value == 199
    assert (-term("398户")).quantity(Unit("户")).value == -398


def test_a_difference_of_shares_becomes_points_only_when_asked() -> None:
    gap = term("83.8%") - term("80.6%")
    assert gap.in_points().quantity(Unit("百分点")).value == Fraction("3.2")
    with pytest.raises(UnitError):
        gap.quantity(Unit("百分点"))
    with pytest.raises(UnitError):
        gap.in_points().quantity(Unit("%"))


def test_a_message_names_what_is_counted() -> None:
    with pytest.raises(UnitError, match=r"基地.*项目"):
        term("5个", counts="基地") + term("12个", counts="项目")


# -- the exact range -----------------------------------------------------------------------------


def test_a_figure_less_itself_is_nothing() -> None:
    area = term("7000余亩")
    assert ends(area - area, "亩") == (0, 0, True)


def test_a_figure_over_itself_is_one() -> None:
    area = term("7000余亩")
    low, high, _ = ends(area / area)
    assert low <= 100 <= high  # type: ignore[operator]


@pytest.mark.parametrize(
    "write",
    [
        lambda x, y: x / (x + y),
        lambda x, y: share(x, x + y),
        lambda x, y: x / (y + x),
        lambda x, y: (x + y - y) / (x + y),
        lambda x, y: -x / (-x - y),
        lambda x, y: Term.bare(2) * x / (x + y + x + y),
    ],
)
def test_a_share_of_a_sum_has_its_exact_range_however_written(
    write: Callable[[Term, Term], Term],
) -> None:
    found = write(term("7000余亩"), term("3000余亩"))
    low, high, tight = found.range
    assert (low.value, high.value, tight) == (Fraction(7, 11), Fraction(8, 11), True)
    assert not low.closed and not high.closed


def test_one_less_the_other_share_has_the_same_range() -> None:
    x, y = term("7000余亩"), term("3000余亩")
    whole = term("100%", "one")
    low, high, tight = (whole - y / (x + y)).range
    assert (low.value, high.value, tight) == (Fraction(7, 11), Fraction(8, 11), True)


def test_an_undecided_sign_is_said_not_tight() -> None:
    x, y = term("7000余亩"), term("3000余亩")
    whole = x + y
    product = (x / whole) * (y / whole)  # grows in x while x is below y, here it falls: decidable
    assert product.range[2] in (True, False)
    around = term("2000亩左右") - term("2000亩", "fixed")
    square = around * around
    low, high, tight = square.range
    assert not tight
    assert low.value <= 0 and high.value >= Fraction(500 * 2000, 3) ** 2


def test_an_unbounded_figure_that_enters_twice_is_said_not_tight() -> None:
    x, y = term("逾7000亩"), term("3000余亩")
    assert not (x / (x + y)).range[2]


def test_an_unbounded_figure_that_enters_once_keeps_its_end() -> None:
    quantity = (term("700辆") / term("不低于7000辆")).quantity(Unit("%"))
    assert (quantity.low.value, quantity.high.value) == (0, 10)
    assert (quantity.low.closed, quantity.high.closed) == (False, True)


def test_the_end_of_a_range_without_limit_is_not_stated_by_the_source() -> None:
    quantity = (term("700辆") / term("逾7000辆")).quantity(Unit("%"))
    assert quantity.high.stated
    assert not quantity.low.stated


@pytest.mark.parametrize("wording", ["近7000户", "0户", "不超过30户", "无户"])
def test_a_divisor_that_may_be_none_is_refused(wording: str) -> None:
    with pytest.raises(DivisorMayBeZero):
        term("5户", "x") / term(wording)


def test_a_divisor_whose_range_holds_zero_is_refused() -> None:
    with pytest.raises(DivisorMayBeZero):
        term("5户", "x") / (term("7000余户") - term("7500户"))
    with pytest.raises(DivisorMayBeZero):
        term("5户", "x") / Term.bare(0)


def test_what_the_source_states_and_what_a_convention_adds_stay_apart() -> None:
    quantity = (term("575辆") / term("7000余辆")).quantity(Unit("%"))
    assert (quantity.low.stated, quantity.high.stated) == (False, True)
    assert quantity.low.value == Fraction(57500, 8000)
    assert quantity.high.value == Fraction(57500, 7000)


def test_a_term_survives_pickling() -> None:
    found = term("7000余亩") / term("5个", counts="基地")
    again = pickle.loads(pickle.dumps(found))
    assert again.range == found.range
    assert again.quantity(Unit("亩/个", "基地")) == found.quantity(Unit("亩/个", "基地"))


def test_a_term_survives_pickling_into_another_process() -> None:
    found = term("7000余亩") / term("398户")
    code = (
        "import pickle, sys; term = pickle.load(sys.stdin.buffer); "
        "from xushi_stats.quantity import Unit; print(term.quantity(Unit('亩/户')).low.value)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], input=pickle.dumps(found), capture_output=True, timeout=60
    )
    assert run.stderr == b""
    assert Fraction(run.stdout.decode()) == Fraction(7000, 398)


# -- any formula -----------------------------------------------------------------------------------

Formula = Callable[..., object]
LEAVES = ("a", "b", "c")


@st.composite
def leaf_ranges(draw: st.DrawFn) -> Quantity:
    low = draw(st.integers(-3, 12))
    width = draw(st.integers(0, 9))
    closed = draw(st.tuples(st.booleans(), st.booleans())) if width else (True, True)
    return Quantity(
        Fraction(low),
        Unit("%"),
        Bound(Fraction(low), closed[0]),
        Bound(Fraction(low + width), closed[1]),
    )


def made(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds("({} {} {})".format, children, st.sampled_from("+-*/"), children)


texts = st.recursive(st.sampled_from(LEAVES), made, max_leaves=6)


def samples(quantity: Quantity) -> list[Fraction]:
    """Values that a leaf may have: its ends where they belong to it, just inside, between."""
    low, high = Fraction(quantity.low.value), Fraction(quantity.high.value)
    if low == high:
        return [low]
    inside = (high - low) / 1000
    values = [low + inside, high - inside, (low + high) / 2]
    return values + [low] * quantity.low.closed + [high] * quantity.high.closed


def at(text: str, values: tuple[Fraction, ...]) -> Fraction:
    """The formula's value by Python's own arithmetic, in hundredths."""
    known = {name: value / 100 for name, value in zip(LEAVES, values, strict=True)}
    return eval(text, {"__builtins__": {}}, known)


@settings(max_examples=250, deadline=None)
@given(texts, st.tuples(leaf_ranges(), leaf_ranges(), leaf_ranges()))
def test_every_possible_value_lies_within_the_range(
    text: str, leaves: tuple[Quantity, ...]
) -> None:
    terms = {n: Term.observed(n, q) for n, q in zip(LEAVES, leaves, strict=True)}
    try:
        found: Term = eval(text, {"__builtins__": {}}, terms)
    except DivisorMayBeZero:
        assume(False)
    low, high, tight = found.range
    assert low.value <= found.value <= high.value
    for values in itertools.product(*map(samples, leaves)):
        value = at(text, values)
        assert low.value < value < high.value or (
            (low.value == value and low.closed) or (high.value == value and high.closed)
        )
    if tight:
        corners = [(Fraction(q.low.value), Fraction(q.high.value)) for q in leaves]
        reached = [at(text, values) for values in itertools.product(*corners)]
        assert (min(reached), max(reached)) == (low.value, high.value)


@settings(max_examples=100, deadline=None)
@given(texts, st.tuples(leaf_ranges(), leaf_ranges(), leaf_ranges()))
def test_an_end_that_is_attained_is_closed_and_no_other(
    text: str, leaves: tuple[Quantity, ...]
) -> None:
    """Where each leaf enters once and moves the result, an open leaf leaves its end open."""
    terms = {n: Term.observed(n, q) for n, q in zip(LEAVES, leaves, strict=True)}
    assume("/" not in text and "*" not in text and all(text.count(n) <= 1 for n in LEAVES))
    found: Term = eval(text, {"__builtins__": {}}, terms)
    low, high, _ = found.range
    for values in itertools.product(*map(samples, leaves)):
        value = at(text, values)
        assert (value == low.value) <= low.closed
        assert (value == high.value) <= high.closed
    inner = all(
        q.low.closed and q.high.closed for n, q in zip(LEAVES, leaves, strict=True) if n in text
    )
    assert low.closed == high.closed == inner or not inner


def test_exact_figures_give_exact_results() -> None:
    found = term("321户") / term("398户")
    assert found.range == (Bound(Fraction(321, 398)), Bound(Fraction(321, 398)), True)


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_a_bound_without_limit_never_becomes_no_number(a: int, b: int) -> None:
    over, under = term(f"逾{a}亩", "x"), term(f"近{b}亩", "y")
    for found in (over + under, over - under, under - over, over * under, under / over):
        for bound in found.range[:2]:
            assert bound.value == bound.value
            assert not is_finite(bound.value) or isinstance(bound.value, Fraction)


# -- written places ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "unit", "place"),
    [
        (term("15.1万元") / term("13户"), "万元/户", "1/100"),
        (term("6.3公里") + term("7.2公里") + term("3.5公里"), "公里", "1/10"),
        (term("24.05万元") + term("15.1万元"), "万元", "1/10"),
        (term("24.05万元") - term("60万元"), "万元", "1"),
        (term("15.1万元") + term("2000元"), "万元", "1/10"),
        (term("3.2亩") / term("2户"), "亩/户", "1/10"),
        (term("701亩") / term("2户"), "亩/户", "1"),
        (term("1.50公顷") / term("2户"), "亩/户", "1/10"),
    ],
)
def test_a_result_is_no_finer_than_what_it_is_made_from(found: Term, unit: str, place: str) -> None:
    assert found.quantity(Unit(unit)).place == Fraction(place)


def test_counts_make_exact_sums_and_shares() -> None:
    for found, unit in (
        (term("321户") + term("77户"), "户"),
        (term("321户") / term("398户"), "%"),
        (term("1099人") / term("398户"), "人/户"),
    ):
        assert found.quantity(Unit(unit)).place is None
