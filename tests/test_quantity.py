"""Quantities and units: what may be added, converted and compared."""

from __future__ import annotations

import pickle
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xushi_stats import notation
from xushi_stats.quantity import Quantity, Unit, UnitError, decimals_of, is_finite, order
from xushi_stats.units.names import unit_names

numbers = st.fractions(min_value=-(10**9), max_value=10**9, max_denominator=10**6)


@pytest.mark.parametrize(
    ("one", "other", "factor"),
    [
        ("万元", "元", "10000"),
        ("亿元", "万元", "10000"),
        ("公里", "米", "1000"),
        ("公顷", "亩", "15"),
        ("亩", "公顷", "1/15"),
        ("吨", "公斤", "1000"),
        ("万元/户", "元/户", "10000"),
        ("户", "户", "1"),
    ],
)
def test_a_unit_is_so_many_of_another(one: str, other: str, factor: str) -> None:
    assert Unit(one).factor_to(Unit(other)) == Fraction(factor)


def test_a_mu_is_two_thousand_thirds_of_a_square_metre() -> None:
    assert Unit("亩").scale == Fraction(2000, 3)


def test_a_percent_is_a_hundredth() -> None:
    assert Unit("%").scale == Fraction(1, 100)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Unit("户"), Unit("人")),
        (Unit("户"), Unit("人/户")),
        (Unit("亩"), Unit("公里")),
        (Unit("元"), Unit("吨")),
        (Unit("%"), Unit("百分点")),
        (Unit("个", "基地"), Unit("个", "项目")),
        (Unit("个", "基地"), Unit("个")),
        (Unit("个", "基地"), Unit("处", "基地")),
        (Unit("次"), Unit("批次")),
    ],
    ids=str,
)
def test_units_of_different_things_do_not_convert(one: Unit, other: Unit) -> None:
    with pytest.raises(UnitError) as refused:
        one.factor_to(other)
    assert (refused.value.first, refused.value.second) == (str(one), str(other))


def test_an_unknown_unit_is_refused_by_name() -> None:
    with pytest.raises(UnitError, match="里"):
        Unit("里").algebra  # noqa: B018


@pytest.mark.parametrize(
    "counts", ["村（社区）", "茶楼、餐馆等场所", "a b", "3 + x", "[x]", "#", "", "=", "x" * 60]
)
def test_what_is_counted_may_be_any_words(counts: str) -> None:
    assert Unit("个", counts).factor_to(Unit("个", counts)) == 1


@given(st.text(max_size=8), st.text(max_size=8))
def test_things_counted_differ_as_their_words_do(one: str, other: str) -> None:
    same = Unit("个", one).algebra == Unit("个", other).algebra
    assert same == (one == other)


def test_each_unit_has_both_english_names_or_none() -> None:
    assert [n.text for n in unit_names().values() if bool(n.one) != bool(n.many)] == []


def test_conversion_keeps_value_bounds_place_and_word() -> None:
    there = notation.parse("约15.1万元").to(Unit("元"))
    assert (there.value, there.place) == (151000, 1000)
    assert (there.low.value, there.high.value) == (150500, 151500)
    assert (there.kind, there.word) == ("about", "约")


@given(numbers, st.sampled_from([("万元", "元"), ("亩", "公顷"), ("公里", "米")]))
def test_conversion_there_and_back_changes_nothing(value: Fraction, units: tuple[str, str]) -> None:
    first, second = map(Unit, units)
    quantity = Quantity.exactly(value, first, Fraction(1, 10))
    assert quantity.to(second).to(first) == quantity


def test_a_side_without_a_limit_stays_so() -> None:
    there = notation.parse("逾7000亩").to(Unit("公顷"))
    assert not is_finite(there.high.value)
    assert there.low.value == Fraction(7000, 15)


def test_only_a_quantity_without_doubt_is_exact() -> None:
    assert notation.parse("398户").is_exact
    assert not any(notation.parse(w).is_exact for w in ("7000余亩", "近7000亩", "约7000亩"))


@pytest.mark.parametrize("wording", ["398户", "7000余亩", "15.1万元", "逾7000亩", "3-5万元"])
def test_a_quantity_survives_pickling(wording: str) -> None:
    quantity = notation.parse(wording)
    assert pickle.loads(pickle.dumps(quantity)) == quantity


@given(numbers.filter(bool))
def test_order_is_the_power_of_ten_of_the_first_digit(number: Fraction) -> None:
    power = order(number)
    assert Fraction(10) ** power <= abs(number) < Fraction(10) ** (power + 1)


@given(st.fractions(min_value=Fraction(1, 10**9), max_value=1))
def test_decimals_are_never_finer_than_the_place(place: Fraction) -> None:
    assert Fraction(10) ** -decimals_of(place) >= place
    assert decimals_of(place) == 0 or Fraction(10) ** -decimals_of(place) < place * 10
