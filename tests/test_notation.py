"""Reading written quantities: every wording of the speech, the other forms, and what is refused."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from towns import Cells, cases

from xushi_stats import notation
from xushi_stats.notation import NotationError
from xushi_stats.quantity import Quantity, Unit, UnitError
from xushi_stats.units.names import unit_names

WORDINGS = cases("notation")


def counts(unit: str) -> str:
    return "物" if unit_names()[unit].kind == "counting" else ""


def read(wording: str, unit: str) -> Quantity:
    return notation.parse(wording, counts(unit))


@pytest.mark.parametrize("case", WORDINGS, ids=lambda c: c["wording"])
def test_a_wording_is_read_as_its_case_says(case: Cells) -> None:
    quantity = notation.parse(case["wording"], counts(case["unit"]))
    low = Fraction(case["low"])
    high = Fraction(case["high"]) if case["high"] else math.inf
    assert (quantity.value, quantity.unit.text) == (Fraction(case["value"]), case["unit"])
    assert (quantity.low.value, quantity.high.value) == (low, high)
    closed = case["low_closed"] == "yes", case["high_closed"] == "yes"
    assert (quantity.low.closed, quantity.high.closed) == closed
    assert quantity.kind == case["kind"]


@pytest.mark.parametrize("case", WORDINGS, ids=lambda c: c["wording"])
def test_a_wording_is_printed_as_its_case_says(case: Cells) -> None:
    assert notation.normal(notation.parse(case["wording"], "物")) == case["printed"]


@pytest.mark.parametrize("case", cases("refused_wordings"), ids=lambda c: repr(c["wording"]))
def test_a_wording_that_is_no_one_number_is_refused(case: Cells) -> None:
    with pytest.raises(NotationError) as refused:
        notation.parse(case["wording"])
    assert refused.value.wording == case["wording"]


@pytest.mark.parametrize("case", WORDINGS, ids=lambda c: c["wording"])
def test_what_is_printed_is_read_as_the_same_quantity(case: Cells) -> None:
    quantity = read(case["wording"], case["unit"])
    assert notation.parse(notation.normal(quantity), quantity.unit.counts) == quantity


# -- any number ------------------------------------------------------------------------------------

BEFORE = ("约", "大约", "超过", "逾", "不低于", "不少于", "至少", "不高于", "不超过", "低于", "近")
AFTER = ("左右", "以上", "及以上", "以下", "及以下", "以内")
PLAIN = [u for u in unit_names() if u != "百分点"]
decimals = st.builds(
    lambda whole, rest: f"{whole}.{rest}" if rest else str(whole),
    st.integers(1, 10**7),
    st.text("0123456789", max_size=3),
)
frames = st.one_of(
    st.just("{n}{s}{u}"),
    st.sampled_from([f"{w}{{n}}{{s}}{{u}}" for w in BEFORE]),
    st.sampled_from([f"{{n}}{{s}}{{u}}{w}" for w in AFTER]),
    st.sampled_from(["{n}{s}余{u}", "{n}{s}多{u}"]),
)
scales = st.sampled_from(["", "", "百", "千", "万"])
SIZE = {"": 1, "百": 100, "千": 1000, "万": 10**4}


@st.composite
def wordings(draw: st.DrawFn) -> tuple[str, Fraction]:
    """A wording, and its number in base units (万元 as 元)."""
    unit, number = draw(st.sampled_from(PLAIN)), draw(decimals)
    scale = draw(scales) if unit not in ("万元", "亿元") else ""
    size = SIZE[scale] * Unit(unit).scale
    return draw(frames).format(n=number, s=scale, u=unit), Fraction(number) * size


@given(wordings())
def test_reading_never_changes_the_value(case: tuple[str, Fraction]) -> None:
    wording, value = case
    quantity = notation.parse(wording, "物")
    assert quantity.value * quantity.unit.scale == value


@given(wordings())
@example(("2万亩", Fraction(20000)))
@example(("1.5万余亩", Fraction(15000)))
@example(("零元", Fraction(0)))
def test_what_normal_writes_is_read_back_unchanged(case: tuple[str, Fraction]) -> None:
    quantity = notation.parse(case[0], "物")
    assert notation.parse(notation.normal(quantity), "物") == quantity


@given(wordings())
def test_a_read_value_lies_within_its_bounds(case: tuple[str, Fraction]) -> None:
    quantity = notation.parse(case[0], "物")
    assert quantity.low.value <= quantity.value <= quantity.high.value


@given(st.integers(1, 10**8 - 1))
def test_thousands_commas_change_nothing(number: int) -> None:
    assert notation.parse(f"{number:,}户") == notation.parse(f"{number}户")


HAN = "零一二三四五六七八九"


def han(number: int) -> str:
    """A whole number below 10^8 in Chinese numerals, as it is spoken."""
    if number >= 10**4:
        high, low = divmod(number, 10**4)
        between = "零" if 0 < low < 1000 else ""
        return f"{han(high)}万{between}{han(low) if low else ''}"
    spoken, gap = "", False
    for size, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // size % 10
        if digit:
            spoken += ("零" if gap else "") + HAN[digit] + name
            gap = False
        elif spoken and number % size:
            gap = True
    return spoken


@given(st.integers(1, 10**8 - 1))
def test_chinese_numerals_are_read_as_the_number_they_say(number: int) -> None:
    assert notation.parse(f"{han(number)}户").value == number


@given(st.integers(1, 9999), st.sampled_from(["万元", "亿元"]))
def test_chinese_numerals_of_money_are_read_as_the_sum_they_say(number: int, unit: str) -> None:
    assert notation.parse(f"{han(number)}{unit}").to(Unit(unit)).value == number


@given(st.text(max_size=12))
def test_any_text_is_read_or_refused_by_name(text: str) -> None:
    try:
        notation.parse(text)
    except NotationError as error:
        assert error.wording == text


@given(
    st.text("0123456789.,零一二两三十百千万亿余多约近不足以上下左右-~至到元户亩%个", max_size=10)
)
def test_any_jumble_of_its_own_signs_is_read_or_refused(text: str) -> None:
    try:
        quantity = notation.parse(text)
    except NotationError:
        return
    assert notation.parse(notation.normal(quantity)) == quantity


# -- places and units --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wording", "place"),
    [("15.1万元", "1/10"), ("24.05万元", "1/100"), ("60万元", "1"), ("6.30公里", "1/100")],
)
def test_the_written_place_is_kept(wording: str, place: str) -> None:
    assert notation.parse(wording).place == Fraction(place)


@pytest.mark.parametrize("wording", ["398户", "7000余辆", "2万份", "五个"])
def test_counts_are_exact_to_the_last_digit(wording: str) -> None:
    assert notation.parse(wording).place is None


def test_the_upper_end_of_a_rough_count_is_a_convention() -> None:
    over, about = notation.parse("7000余亩"), notation.parse("2000元左右")
    assert (over.low.stated, over.high.stated) == (True, False)
    assert (about.low.stated, about.high.stated) == (False, False)


def test_7千余_and_7000余_are_one_quantity() -> None:
    assert notation.parse("7千余亩") == notation.parse("7000余亩")


@pytest.mark.parametrize(("first", "second"), [("3千亩", "3000亩"), ("三千亩", "3000亩")])
def test_a_scale_sign_is_only_another_spelling(first: str, second: str) -> None:
    assert notation.parse(first) == notation.parse(second)


def test_zero_is_a_measurement() -> None:
    zero = notation.parse("无一例", "病例")
    assert zero.is_exact and zero.value == 0


def test_blanks_around_a_wording_are_passed_over() -> None:
    assert notation.parse(" 398户 ") == notation.parse("398户")


def test_a_wording_in_another_unit_of_its_dimension_is_converted() -> None:
    kilometres = notation.in_unit(notation.parse("5800米"), Unit("公里"))
    assert notation.normal(kilometres) == "5.800公里"


def test_a_wording_of_another_dimension_is_refused() -> None:
    with pytest.raises(UnitError):
        notation.in_unit(notation.parse("398户"), Unit("人"))


def test_a_quantity_without_an_end_in_digits_can_be_printed() -> None:
    hectares = notation.in_unit(notation.parse("10亩"), Unit("公顷"))
    assert notation.normal(hectares).endswith("公顷")


@pytest.mark.parametrize(
    ("text", "has"), [("第3页", True), ("３户", True), ("三户", False), ("", False), ("398", True)]
)
def test_one_digit_among_other_characters_is_enough(text: str, has: bool) -> None:
    assert notation.has_digit(text) is has
