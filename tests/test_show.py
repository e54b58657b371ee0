"""Figures in print: rounding, bounds outwards, the wording of each edition and language."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any, get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from towns import Cells, Town, cases

from xushi_stats import format, notation
from xushi_stats.catalogue import Indicator
from xushi_stats.faults import Lang
from xushi_stats.format import NONE, Edition
from xushi_stats.formula import Formula, Reference
from xushi_stats.interval import Term
from xushi_stats.ledger import Figure, Missing, Reason
from xushi_stats.quantity import Bound, Quantity, Unit
from xushi_stats.units.names import unit_names

LANGS: tuple[Lang, ...] = ("zh", "en")
EDITIONS: tuple[Edition, ...] = get_args(Edition)
ROUNDINGS = cases("rounding")


def number(text: str) -> Fraction:
    """A number of a case: ``12.1498``, ``321/398*100``."""
    fraction, _, times = text.partition("*")
    top, _, bottom = fraction.partition("/")
    return Fraction(top) / Fraction(bottom or 1) * Fraction(times or 1)


@pytest.fixture(scope="module")
def indicator(tmp_path_factory: pytest.TempPathFactory) -> Indicator:
    town = Town(tmp_path_factory.mktemp("show")).clear()
    town.indicator("x", "户")
    return town.load().catalogue.indicators["x"]


@pytest.fixture(scope="module", autouse=True)
def _made(indicator: Indicator) -> None:
    """Hypothesis cannot ask for a fixture of its own in each example."""
    Made.indicator = indicator


class Made:
    """Makes figures of an indicator that each test may vary."""

    indicator: Indicator

    @classmethod
    def observed(cls, wording: str, unit: str = "", shown: str = "") -> Figure:
        quantity = notation.parse(wording, "物" if unit and is_counting(unit) else "")
        return cls._figure(quantity, None, None, {"zh": "", "en": shown})

    @classmethod
    def derived(
        cls, text: str, decimals: int | None, unit: Unit, wordings: dict[str, str]
    ) -> Figure:
        terms = {n: Term.observed(n, notation.parse(w)) for n, w in wordings.items() if w}
        quantity = Formula(text).evaluate(_Terms(terms)).quantity(unit)
        return cls.of(quantity, decimals, text)

    @classmethod
    def of(cls, quantity: Quantity, decimals: int | None, text: str = "x / y") -> Figure:
        return cls._figure(quantity, Formula(text), decimals, {"zh": "", "en": ""})

    @classmethod
    def missing(cls, reason: Reason) -> Figure:
        made = cls.of(Quantity.exactly(0, Unit("户")), 0)
        return replace(made, quantity=None, missing=Missing(reason, ("xushi/y@2019",)))

    @classmethod
    def _figure(
        cls,
        quantity: Quantity,
        formula: Formula | None,
        decimals: int | None,
        shown: dict[Lang, str],
    ) -> Figure:
        indicator = replace(
            cls.indicator, unit=quantity.unit, formula=formula, decimals=decimals, shown=shown
        )
        return Figure("xushi/x@2019", indicator, "2019", 2019, quantity)


class _Terms:
    def __init__(self, terms: dict[str, Term]) -> None:
        self.terms = terms

    def figure(self, reference: Reference) -> Term:
        return self.terms[str(reference)]

    def number(self, number: Fraction) -> Term:
        return Term.bare(number)


def is_counting(unit: str) -> bool:
    return unit_names()[unit].kind == "counting"


# -- rounding ----------------------------------------------------------------------------------


@pytest.mark.parametrize("case", ROUNDINGS, ids=lambda c: f"{c['value']} {c['decimals']}")
def test_rounding_gives_its_known_answer(case: Cells) -> None:
    value, decimals = number(case["value"]), int(case["decimals"])
    assert format.round_to(value, decimals) == number(case["half_up"])
    assert format.round_to(value, decimals, "half_even") == number(case["half_even"])
    assert format.round_out(value, decimals, "low") == number(case["down"])
    assert format.round_out(value, decimals, "high") == number(case["up"])


numbers = st.fractions(min_value=-(10**6), max_value=10**6, max_denominator=10**6)
places = st.integers(-3, 4)


@given(numbers, places)
def test_rounding_moves_by_half_a_step_at_most(value: Fraction, decimals: int) -> None:
    step = Fraction(10) ** -decimals
    for rounding in ("half_up", "half_even"):
        rounded = format.round_to(value, decimals, rounding)  # type: ignore[arg-type]
        assert abs(rounded - value) <= step / 2
        assert rounded % step == 0


@given(numbers, places)
def test_rounding_treats_both_signs_alike(value: Fraction, decimals: int) -> None:
    assert format.round_to(-value, decimals) == -format.round_to(value, decimals)


@given(st.integers(-(10**6), 10**6), places)
def test_a_half_goes_away_from_zero_or_to_even(whole: int, decimals: int) -> None:
    step = Fraction(10) ** -decimals
    half = (whole + Fraction(1, 2)) * step
    up = format.round_to(half, decimals)
    assert abs(up) > abs(half)
    assert format.round_to(half, decimals, "half_even") / step % 2 == 0


@given(numbers, places)
def test_a_bound_rounded_outwards_never_comes_in(value: Fraction, decimals: int) -> None:
    step = Fraction(10) ** -decimals
    low, high = (format.round_out(value, decimals, side) for side in ("low", "high"))  # type: ignore[arg-type]
    assert low <= value <= high
    assert high - low == (0 if value % step == 0 else step)


def test_half_even_is_used_when_asked_for() -> None:
    half = Made.of(Quantity.exactly(Fraction("0.125"), Unit("公里")), 2)
    assert format.text(half, "zh", "public") == "0.13公里"
    assert format.text(half, "zh", "public", "half_even") == "0.12公里"
    assert format.cell(half, "en", "public", "half_even") == "0.12"


# -- known answers -----------------------------------------------------------------------------


@pytest.mark.parametrize("case", cases("observed"), ids=lambda c: c["wording"])
def test_an_observed_figure_reads_as_its_case_says(case: Cells) -> None:
    figure = Made.observed(case["wording"], case["unit"], case["shown_en"])
    for edition in EDITIONS:
        assert format.text(figure, "zh", edition) == case["zh"]
        assert format.cell(figure, "zh", edition) == case["zh_cell"]
        assert format.text(figure, "en", edition) == case["en"]
        assert format.cell(figure, "en", edition) == case["en_cell"]


@pytest.mark.parametrize(
    "case", cases("derived"), ids=lambda c: f"{c['formula']} {c['x']} {c['y']} {c['decimals']}"
)
def test_a_derived_figure_reads_as_its_case_says(case: Cells) -> None:
    decimals = int(case["decimals"]) if case["decimals"] else None
    wordings = {name: case[name] for name in "xyz"}
    figure = Made.derived(case["formula"], decimals, Unit(case["unit"]), wordings)
    for lang in LANGS:
        for edition, column in (("draft", "draft"), ("internal", "draft"), ("public", "public")):
            if expected := case[f"{column}_{lang}"]:  # a blank cell asks nothing
                assert format.text(figure, lang, edition) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize("case", cases("periods"), ids=lambda c: c["written"])
def test_a_period_reads_as_its_case_says(case: Cells) -> None:
    assert format.period(case["written"], "zh") == case["zh"]
    assert format.period(case["written"], "en") == case["en"]


def test_the_exact_value_of_a_share_is_a_fraction_of_one() -> None:
    share = Made.derived("x / y", 2, Unit("%"), {"x": "321户", "y": "398户"})
    assert format.exact(share) == "321/398"


# -- bounds and qualifiers ---------------------------------------------------------------------


def written(text: str) -> list[Fraction]:
    """The numbers in a printed text, in its own unit; 2万份 is 20000 of 份, 万元 is a unit."""
    found = re.findall(r"(-?\d[\d,]*(?:\.\d+)?)(万(?![余多]?元))?", text)
    return [Fraction(n.replace(",", "")) * (10**4 if large else 1) for n, large in found]


def in_print(text: str, lang: Lang, unit: Unit) -> list[Fraction]:
    """The same in the figure's unit: English prints 万元 as yuan."""
    scale = 10**4 if lang == "en" and unit.text.startswith("万元") else 1
    return [n / scale for n in written(text)]


@st.composite
def intervals(draw: st.DrawFn) -> tuple[Figure, Quantity]:
    unit = Unit(draw(st.sampled_from(["%", "户", "亩/户", "万元", "万元/户", "公里", "百分点"])))
    low, width = draw(numbers), draw(st.fractions(min_value=0, max_value=10**4))
    bounds = [
        Bound(end, draw(st.booleans()), draw(st.booleans())) for end in (low, low + width + 1)
    ]
    quantity = Quantity(low, unit, *bounds)
    return Made.of(quantity, draw(st.integers(0, 4))), quantity


@given(intervals(), st.sampled_from(LANGS), st.booleans())
@example(None, "zh", False)
def test_a_printed_interval_contains_the_exact_one(
    case: tuple[Figure, Quantity] | None, lang: Lang, cell: bool
) -> None:
    if case is None:  # 7.2%~8.2% would leave out a true 7001
        figure = Made.derived("x / y", 1, Unit("%"), {"x": "575辆", "y": "7000余辆"})
        case = figure, figure.quantity  # type: ignore[assignment]
    assert case
    figure, quantity = case
    low, high = in_print(format.interval(figure, lang, cell=cell), lang, quantity.unit)
    assert low <= quantity.low.value and quantity.high.value <= high
    step = 2 * Fraction(10) ** -format.places(figure)
    assert quantity.low.value - low < step and high - quantity.high.value < step


@given(intervals(), st.sampled_from(LANGS))
def test_the_public_never_sees_more_than_one_stated_side(
    case: tuple[Figure, Quantity], lang: Lang
) -> None:
    figure, quantity = case
    text = format.text(figure, lang, "public")
    ends = in_print(text, lang, quantity.unit)
    stated = [b for b in (quantity.low, quantity.high) if b.stated]
    assert len(ends) == (1 if len(stated) == 1 else 0)
    if ends and quantity.low.stated:
        assert ends[0] <= quantity.low.value
    elif ends:
        assert ends[0] >= quantity.high.value


@given(intervals())
def test_a_side_said_to_be_left_out_is_not_in_the_range(case: tuple[Figure, Quantity]) -> None:
    """超过 and 低于 leave the number out: true only of an open or an outward rounded end."""
    figure, quantity = case
    text = format.text(figure, "zh", "public")
    for bound, word in ((quantity.low, "超过"), (quantity.high, "低于")):
        if text.startswith(word):
            assert not bound.closed or written(text)[0] != bound.value


LINT = re.compile(
    r"约.*左右|超过.*[余多]|逾.*[余多]|近.*余|[余多].*以上|截止|\d–\d|约.*余|余.*左右"
)
QUALIFIED = [
    *("7000余户", "200多户", "约7000户", "2000户左右", "逾7000户", "近7000户"),
    *("不足7000户", "7000户以上", "不低于7000户", "7000户以下", "3000-5000户"),
]


@pytest.mark.parametrize("first", QUALIFIED)
@pytest.mark.parametrize("second", QUALIFIED)
@pytest.mark.parametrize("text", ["x + y", "x - y", "x"])
def test_no_print_says_two_things_at_once(first: str, second: str, text: str) -> None:
    derived = Made.derived(text, 0, Unit("户"), {"x": first, "y": second})
    for figure in (derived, Made.observed(first)):
        for edition in EDITIONS:
            for shown in (format.text(figure, "zh", edition), format.cell(figure, "zh", edition)):
                assert not LINT.search(shown), shown


@pytest.mark.parametrize("wording", ["7000余辆", "约7000辆", "逾7000辆", "近7000辆", "575辆"])
def test_the_public_never_sees_a_conventional_end_of_what_the_source_says(wording: str) -> None:
    figure = Made.observed(wording, "辆", "vehicles")
    for lang in LANGS:
        assert len(written(format.text(figure, lang, "public"))) == 1


WORDINGS = [c["wording"] for c in cases("notation")]


@pytest.mark.parametrize("wording", WORDINGS)
def test_english_prints_the_number_that_chinese_prints(wording: str) -> None:
    quantity = notation.parse(wording, "物")
    figure = Made._figure(quantity, None, None, {"zh": "", "en": "things"})
    scale = {"万元": 10**4, "亿元": 10**8}.get(quantity.unit.text, 1)
    chinese, english = (written(format.text(figure, lang, "public")) for lang in LANGS)
    assert [n * scale for n in chinese] == english


# -- places ------------------------------------------------------------------------------------


@given(numbers, st.integers(-3, 3), st.one_of(st.none(), st.integers(0, 4)))
def test_a_figure_is_never_shown_finer_than_its_place(
    value: Fraction, power: int, decimals: int | None
) -> None:
    place = Fraction(10) ** power
    figure = Made.of(Quantity.exactly(value, Unit("公里"), place), decimals)
    assert Fraction(10) ** -format.places(figure) >= place


@pytest.mark.parametrize("place", ["1/15", "3/20", "3/2", "15", "150"])
def test_a_place_between_powers_of_ten_is_not_made_finer(place: str) -> None:
    figure = Made.of(Quantity.exactly(4321, Unit("亩"), Fraction(place)), None)
    assert Fraction(10) ** -format.places(figure) >= Fraction(place)


@given(numbers, st.integers(0, 4), st.sampled_from(["公里", "%", "百分点", "万元", "户"]))
def test_what_is_printed_is_the_rounded_value(value: Fraction, decimals: int, unit: str) -> None:
    figure = Made.of(Quantity.exactly(value, Unit(unit)), decimals)
    for lang in LANGS:
        text = format.text(figure, lang, "draft")
        assert in_print(text, lang, Unit(unit)) == [format.round_to(value, decimals)]
        if lang == "zh":
            _, _, rest = re.match(r"-?(\d+)(?:\.(\d+))?", text).group(0).partition(".")  # type: ignore[union-attr]
            assert len(rest) == decimals


@given(st.integers(1, 10**9))
def test_english_has_thousands_commas_and_chinese_has_none(value: int) -> None:
    figure = Made.of(Quantity.exactly(value, Unit("户")), 0)
    assert format.cell(figure, "en", "public") == f"{value:,}"
    assert format.cell(figure, "zh", "public") == str(value)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        ("1", "户", "1 household"),
        ("0", "户", "0 households"),
        ("2", "人", "2 persons"),
        ("1", "人/户", "1 person per household"),
        ("1", "元/人", "1 yuan per person"),
        ("1", "百分点", "1 percentage point"),
        ("-1", "百分点", "-1 percentage point"),
        ("50", "%", "50%"),
    ],
)
def test_english_units_follow_their_number(value: str, unit: str, text: str) -> None:
    figure = Made.of(Quantity.exactly(Fraction(value), Unit(unit)), 0)
    assert format.text(figure, "en", "draft") == text


@pytest.mark.parametrize("lang", LANGS)
def test_a_unit_without_an_english_name_leaves_no_loose_blank(lang: Lang) -> None:
    for unit in ("个", "亩/个"):
        figure = Made.of(Quantity.exactly(5, Unit(unit, "基地")), 0)
        assert format.text(figure, lang, "draft") == format.text(figure, lang, "draft").strip()


# -- missing -----------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", get_args(Reason))
@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("edition", EDITIONS)
def test_a_missing_figure_is_a_phrase_and_in_a_cell_a_sign(
    reason: Reason, lang: Lang, edition: Edition
) -> None:
    figure = Made.missing(reason)
    phrase = format.text(figure, lang, edition)
    assert phrase and not any(c.isnumeric() for c in phrase if not "一" <= c <= "龥")
    assert not re.search("[零〇一二三四五六七八九十百千万亿]", phrase.replace("一个", ""))
    sign = format.HIDDEN if reason == "suppressed" else NONE
    assert format.cell(figure, lang, edition) == sign
    assert (NONE, format.HIDDEN) == ("—", "*")


def test_every_phrase_exists_in_both_languages() -> None:
    assert set(format.MISSING["zh"]) == set(format.MISSING["en"]) >= set(get_args(Reason))


def test_zero_is_printed_as_a_number() -> None:
    zero = Made.observed("无一例", "例", "cases")
    assert format.text(zero, "zh", "public") == "0例"
    assert format.cell(zero, "zh", "public") == "0"


def test_nothing_is_printed_of_a_range_without_any_stated_end() -> None:
    quantity = Quantity(Fraction(5), Unit("户"), Bound(-math.inf, False), Bound(math.inf, False))
    for lang in LANGS:
        assert not written(format.text(Made.of(quantity, 0), lang, "public"))


# -- the shipped figures ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> list[Figure]:
    return list(Town(tmp_path_factory.mktemp("shipped")).ledger().figures.values())


def shown(figures: list[Figure]) -> Iterator[tuple[Any, ...]]:
    for figure in figures:
        for lang in LANGS:
            for edition in EDITIONS:
                yield figure, lang, edition, format.text(figure, lang, edition)


def test_every_shipped_figure_reads_in_every_edition_and_language(shipped: list[Figure]) -> None:
    for figure, lang, edition, text in shown(shipped):
        assert text == text.strip() != "", (figure.id, lang, edition)
        assert format.cell(figure, lang, edition)
        if edition == "public":
            assert not LINT.search(text)
        if lang == "en":
            assert text.isascii(), (figure.id, text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("poverty.households", "398户"),
        ("poverty.households.exited.share", "80.65%"),
        ("poverty.persons.exited.share", "83.80%"),
        ("poverty.households.remaining.share", "19.35%"),
        ("poverty.persons.remaining.share", "16.20%"),
        ("poverty.exited.share_gap", "3.15个百分点"),
    ],
)
def test_the_register_reads_as_the_office_prints_it(
    shipped: list[Figure], name: str, text: str
) -> None:
    figure = next(f for f in shipped if f.indicator.id == name)
    assert format.text(figure, "zh", "draft") == text


@pytest.mark.parametrize(
    ("place", "decimals"),
    [("1", 0), ("0.1", 1), ("10", -1), ("0.5", 0), ("0.05", 1), ("2", -1), ("20", -2)],
)
def test_the_last_place_is_the_coarsest_decimal_that_is_not_finer(
    place: str, decimals: int
) -> None:
    assert format._decimals_signed(Fraction(place)) == decimals
