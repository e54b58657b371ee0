"""The ledger: ids, inputs, missing figures, releases, checks, the public edition, dependence."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from towns import Town

from xushi_stats import compute, format
from xushi_stats.dataset import Dataset
from xushi_stats.ledger import Figure, Ledger
from xushi_stats.quantity import Bound, Quantity, is_finite
from xushi_stats.reporting import rounding
from xushi_stats.reporting.report import Report


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path).clear()


@pytest.fixture(scope="module")
def xushi(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return Town(tmp_path_factory.mktemp("xushi")).load()


@pytest.fixture(scope="module")
def shipped(xushi: Dataset) -> Ledger:
    return compute.build(xushi, 2019, [])


def value(ledger: Ledger, name: str) -> Fraction:
    figure = ledger.find(name)
    assert figure and figure.quantity
    return figure.quantity.value


# -- ids and inputs ----------------------------------------------------------------------------


def test_an_id_is_town_indicator_and_period(shipped: Ledger) -> None:
    for full, figure in shipped.figures.items():
        assert full == figure.id == f"xushi/{figure.indicator.id}@{figure.period}"


def test_inputs_stand_before_what_is_made_from_them(shipped: Ledger) -> None:
    seen: set[str] = set()
    for figure in shipped.figures.values():
        assert set(figure.inputs) <= seen
        seen.add(figure.id)


def test_a_figure_is_found_by_each_of_its_names(shipped: Ledger) -> None:
    for figure in shipped.figures.values():
        for name in (figure.id, figure.id.partition("/")[2], figure.indicator.id):
            assert shipped.find(name) == figure
        for name in figure.indicator.names.values():
            assert shipped.find(name) == figure
    assert shipped.find("nothing") is None


@pytest.mark.parametrize("formula", ["", "x + x"])
def test_the_last_figure_of_the_catalogue_is_found_too(town: Town, formula: str) -> None:
    town.indicator("x", "户")
    town.indicator("last", "户", formula)
    town.state("x", "5户")
    found = town.ledger().find("last")
    assert found and found.id == "xushi/last@2019"


def test_of_several_periods_the_latest_is_meant(town: Town) -> None:
    town.indicator("x", "户")
    town.indicator("double", "户", "x + x")
    town.state("x", "5户", time_period="2018")
    town.state("x", "6户", time_period="2019")
    ledger = town.ledger()
    assert value(ledger, "x") == 6 and value(ledger, "x@2018") == 5
    assert value(ledger, "double") == 12


def test_two_places_make_one_leaf(town: Town) -> None:
    town.indicator("x", "亩")
    town.indicator("none", "亩", "x - x")
    town.state("x", "7000余亩")
    town.state("x", "7千余亩")
    ledger = town.ledger()
    figure = ledger.find("x")
    assert figure and len(figure.statements) == 2
    none = ledger.find("none")
    assert none and none.quantity and none.quantity.is_exact and none.quantity.value == 0


def test_a_range_is_exact_through_figures_of_figures(town: Town) -> None:
    """x/(x+y) over (7000, 8000), (3000, 4000), the sum being a figure of its own."""
    for name, wording in (("x", "7000余亩"), ("y", "3000余亩")):
        town.indicator(name, "亩")
        town.state(name, wording)
    town.indicator("both", "亩", "x + y")
    town.indicator("rest", "亩", "both - y")
    town.indicator("part", "%", "share(rest, both)")
    part = town.ledger().find("part")
    assert part and part.quantity and part.quantity.tight
    assert part.quantity.low.value == Fraction(700, 11)
    assert part.quantity.high.value == Fraction(800, 11)


def test_below_a_figure_is_all_that_it_is_made_from(shipped: Ledger) -> None:
    gap = shipped.find("xushi/poverty.exited.share_gap@2020-03")
    assert gap
    found = {figure.indicator.id for figure in shipped.below([gap.id])}
    assert found == {
        *("poverty.exited.share_gap", "poverty.households", "poverty.households.exited"),
        *("poverty.persons", "poverty.persons.exited"),
        *("poverty.households.exited.share", "poverty.persons.exited.share"),
    }


# -- missing -------------------------------------------------------------------------------------


def test_a_figure_over_missing_ones_names_them(town: Town) -> None:
    for name in ("a", "b", "c"):
        town.indicator(name, "户")
    town.indicator("sum", "户", "a + b + c")
    town.indicator("share", "%", "share(a, sum)")
    town.state("a", "5户")
    ledger = town.ledger()
    for name in ("sum", "share"):
        figure = ledger.find(name)
        assert figure and figure.quantity is None and figure.missing
        assert figure.missing.reason == "not_reported"
        assert figure.missing.inputs == ("xushi/b@2019", "xushi/c@2019")


def test_a_missing_observed_figure_says_so_itself(town: Town) -> None:
    town.indicator("a", "户")
    town.indicator("b", "户")
    town.state("a", "5户")
    figure = town.ledger().find("b")
    assert figure and figure.missing and figure.missing.inputs == () and not figure.quantity


def test_a_zero_is_not_missing(town: Town) -> None:
    town.indicator("a", "户")
    town.state("a", "0户")
    assert value(town.ledger(), "a") == 0


def test_nothing_follows_where_a_divisor_may_be_none(town: Town) -> None:
    for name, wording in (("a", "5户"), ("none", "0户"), ("near", "近7户")):
        town.indicator(name, "户")
        town.state(name, wording)
    town.indicator("over.none", "%", "share(a, none)")
    town.indicator("over.near", "%", "share(a, near)")
    ledger = town.ledger()
    for name in ("over.none", "over.near"):
        figure = ledger.find(name)
        assert figure and figure.missing and figure.missing.reason == "not_applicable"


@pytest.mark.parametrize(
    ("formula", "unit", "period", "expected"),
    [
        ("mean(income, people)", "元/人", "2019-12", "16050"),
        ("income / people", "元/人", "2019-12", "16050"),
        ("share(births, people)", "‰", "2019-12", "7.5"),
        ("mean(income, people)", "元/人", "2019-11", "periods_differ"),
        ("mean(income, people)", "元/人", "2018-12", "periods_differ"),
        ("mean(income, people)", "元/人", "2019", "16050"),
        ("people + births", "人", "2019-12", "periods_differ"),
    ],
)
def test_a_years_result_is_divided_by_the_stock_at_its_end_and_says_so(
    town: Town, formula: str, unit: str, period: str, expected: str
) -> None:
    town.indicator("income", "万元", basis="flow")
    town.indicator("births", "人", basis="flow")
    town.indicator("people", "人", name_zh="常住人口", name_en="resident population")
    town.indicator("made.mean", unit, formula, basis="flow", assumption_zh="不含外出。")
    town.state("income", "3210万元")
    town.state("births", "15人")
    town.state("people", "2000人", time_period=period)
    figure = town.ledger().find("made.mean")
    assert figure is not None
    if expected == "periods_differ":
        assert figure.missing and figure.missing.reason == expected
        return
    assert figure.quantity and figure.quantity.value == Fraction(expected)
    assert figure.period == "2019"
    said = figure.indicator.assumption
    if period == "2019":
        assert said == {"zh": "不含外出。", "en": ""}
    else:
        assert said["zh"] == "不含外出。按年末的常住人口计算。"
        assert said["en"] == "Computed on resident population at the end of the year."


def test_figures_of_different_periods_are_not_brought_together(town: Town) -> None:
    town.indicator("a", "户")
    town.indicator("b", "户")
    town.indicator("sum", "户", "a + b")
    town.indicator("twice", "户", "sum + sum")
    town.state("a", "5户", time_period="2019")
    town.state("b", "6户", time_period="2020-03")
    ledger = town.ledger()
    figure = ledger.find("sum")
    assert figure and figure.missing and figure.missing.reason == "periods_differ"
    twice = ledger.find("twice")
    assert twice and twice.missing and twice.quantity is None
    assert twice.missing.reason == "periods_differ"


# -- releases ------------------------------------------------------------------------------------


def with_growth(town: Town) -> Town:
    town.indicator("a", "户")
    town.indicator("a.rate", "%", "growth(a, prior(a))", decimals="1")
    town.indicator("a.rate.more", "%", "a.rate + a.rate")
    town.state("a", "110户", time_period="2019", release="2019")
    return town


def test_growth_is_absent_until_there_is_a_release_before(town: Town) -> None:
    assert with_growth(town).ledger().find("a.rate") is None


def test_growth_appears_with_the_release_before(town: Town) -> None:
    with_growth(town).state("a", "100户", time_period="2018", release="2018")
    ledger = town.ledger()
    assert value(ledger, "a.rate") == 10
    rate = ledger.find("a.rate")
    assert rate and set(rate.inputs) == {"xushi/a@2019", "xushi/a@2018"}
    assert value(ledger, "a") == 110 and value(ledger, "a@2018") == 100
    assert value(ledger, "a.rate.more") == 20


def test_growth_on_a_release_two_years_before_is_absent(town: Town) -> None:
    with_growth(town).state("a", "100户", time_period="2017", release="2017")
    assert town.ledger().find("a.rate") is None


def test_growth_on_an_earlier_figure_that_is_missing_is_missing(town: Town) -> None:
    with_growth(town).indicator("b", "户")
    town.state("b", "1户", time_period="2018", release="2018")
    rate = town.ledger().find("a.rate")
    assert rate and rate.missing and rate.missing.inputs == ("xushi/a@2018",)


def test_the_release_before_is_a_report_of_its_own(town: Town) -> None:
    with_growth(town).state("a", "100户", time_period="2018", release="2018")
    earlier = town.ledger(2018)
    assert value(earlier, "a") == 100
    assert earlier.find("a.rate") is None and "xushi/a@2019" not in earlier.figures


@pytest.mark.parametrize("earlier", [False, True])
def test_every_input_that_is_named_is_in_the_ledger(town: Town, earlier: bool) -> None:
    """What is made from an absent growth is absent too, or names figures that exist."""
    with_growth(town).indicator("chain", "户", "prior(chain) + a")
    if earlier:
        town.state("a", "100户", time_period="2018", release="2018")
    ledger = town.ledger()
    for figure in ledger.figures.values():
        named = {*figure.inputs, *(figure.missing.inputs if figure.missing else ())}
        assert named <= set(ledger.figures), figure.id


def test_a_flow_has_growth_without_being_asked(town: Town) -> None:
    town.indicator("a", "户", basis="flow")
    town.state("a", "110户")
    assert town.ledger().find("a.growth") is None
    town.state("a", "100户", time_period="2018", release="2018")
    assert value(town.ledger(), "a.growth") == 10


def test_a_target_is_not_the_figure_itself(town: Town) -> None:
    """No target is on file: the completion is missing or absent, not 100%."""
    town.indicator("a", "户")
    town.indicator("done", "%", "completion(a, target(a))")
    town.state("a", "110户")
    found = town.ledger().find("done")
    assert found is None or found.quantity is None


def test_a_unit_fault_is_said_once_over_two_releases(town: Town) -> None:
    with_growth(town).state("a", "100户", time_period="2018", release="2018")
    town.indicator("odd", "人", "a + a")
    assert [fault.code for fault in town.faults()] == ["formula_unit"]


# -- checks --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "a", "b", "verdict"),
    [
        ("a == b", "5户", "5户", "holds"),
        ("a == b", "5户", "6户", "fails"),
        ("a == b", "7000余户", "7500户", "undecided"),
        ("a == b", "7000余户", "7000户", "fails"),
        ("a == b", "7000余户", "8000户", "fails"),
        ("a == b", "7000余户", "9000户", "fails"),
        ("a == b", "约7000户", "7500户", "undecided"),
        ("a == a", "7000余户", "5户", "holds"),
        ("a + b == b + a", "7000余户", "约300户", "holds"),
        ("a <= b", "5户", "5户", "holds"),
        ("a <= b", "6户", "5户", "fails"),
        ("a <= b", "575户", "7000余户", "holds"),
        ("a <= b", "7000户", "7000余户", "holds"),
        ("a <= b", "7500户", "7000余户", "undecided"),
        ("a <= b", "8000户", "7000余户", "fails"),
        ("a < b", "5户", "5户", "fails"),
        ("a < b", "7000户", "7000余户", "holds"),
        ("a < b", "7000户", "不低于7000户", "undecided"),
        ("a < b", "6999户", "不低于7000户", "holds"),
        ("a < b", "7000余户", "7000户", "fails"),
        ("a >= b", "5户", "5户", "holds"),
        ("a >= b", "逾7000户", "7000户", "holds"),
        ("a >= b", "近7000户", "7000户", "fails"),
        ("a >= b", "近7000户", "6000户", "undecided"),
        ("a > b", "5户", "5户", "fails"),
        ("a > b", "逾7000户", "7000户", "holds"),
        ("a > b", "不低于7000户", "7000户", "undecided"),
        ("a > b", "不超过7000户", "7000户", "fails"),
        ("a == b", "5户", "", "undecided"),
        ("a <= b", "", "5户", "undecided"),
        ("share(a, b) <= share(b, b)", "5户", "0户", "undecided"),
    ],
)
def test_a_check_holds_fails_or_cannot_be_decided(
    town: Town, condition: str, a: str, b: str, verdict: str
) -> None:
    for name, wording in (("a", a), ("b", b)):
        town.indicator(name, "户")
        if wording:
            town.state(name, wording)
    town.check("x", condition, "核实性", explanation="已说明")
    (result,) = town.ledger().check()
    assert result.verdict == verdict


@pytest.mark.parametrize(
    ("expression", "said", "zh", "en"),
    [
        ("a + b + c == t", "10 23 5 47", "总数47户，相差9户，差数能被9整除", "9户, which is divisible by 9"),
        ("t == a + b + c", "10 23 5 110", "各项合计38户，总数110户，相差72户", "72户, which is div"),
        ("a + b + c == t", "10 23 5 48", "相差10户，差数是10的整次方", "10户, a power of ten"),
        ("a + b == t", "10 23 - 34", "相差1户，差数是10的整次方", "1户, a power of ten"),
        ("a + b + c == t", "10 23 5 44", "相差6户）", "the difference 6户)"),
        ("a + b + c == t", "10 39 - 44", "其余各项合计49户，已比总数44户多5户", "49户 already, 5户 more"),
        ("t == a + b + c", "10 39 - 44", "缺丙，其余各项合计49户，已比总数44户多5户", "without name of c"),
        ("a + b + c <= t", "10 39 - 44", "缺丙，其余各项合计49户", "without name of c"),
        ("a + b + c == t", "10 29 - 44", "", ""),
        ("a + b + c >= t", "10 39 - 44", "", ""),
        ("t <= a + b + c", "10 39 - 44", "", ""),
        ("a <= t", "10 - - 9", "左边10户，右边9户，相差1户）", "left 10户, right 9户"),
    ],
)  # fmt: skip
def test_a_failing_check_says_how_far_both_sides_are_apart(
    town: Town, expression: str, said: str, zh: str, en: str
) -> None:
    for name, number in zip("abct", said.split(), strict=True):
        town.indicator(name, "户", name_zh={"a": "甲", "b": "乙", "c": "丙", "t": "总户数"}[name])
        if number != "-":
            town.state(name, f"{number}户")
    town.check("of.parts", expression)
    found = [f for f in town.faults() if f.code == "check_fails"]
    assert [zh in f.text("zh") and en in f.text("en") for f in found] == ([True] if zh else [])


def test_a_part_that_may_be_below_zero_can_still_save_the_sum(town: Town) -> None:
    for name, called in (("a", "甲"), ("b", "净增人数"), ("t", "总数")):
        town.indicator(name, "人", name_zh=called)
    town.state("a", "50人")
    town.state("t", "44人")
    town.check("of.parts", "a + b == t")
    assert town.faults() == []


def test_a_check_may_compare_with_the_release_before(town: Town) -> None:
    with_growth(town).state("a", "120户", time_period="2018", release="2018")
    town.check("a.grows", "a >= prior(a)", "核实性", explanation="已说明")
    (result,) = town.ledger().check()
    assert result.verdict == "fails"


def test_every_shipped_check_holds_or_says_that_it_cannot_be_decided(shipped: Ledger) -> None:
    verdicts = {result.check.id: result.verdict for result in shipped.check()}
    assert "fails" not in verdicts.values()
    assert verdicts["poverty.households.sum"] == verdicts["poverty.persons.sum"] == "holds"


# -- the public ledger ---------------------------------------------------------------------------


def everything(thing: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """All that an object holds, with the path to it."""
    yield path, thing
    if dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        for field in dataclasses.fields(thing):
            yield from everything(getattr(thing, field.name), f"{path}.{field.name}")
    elif isinstance(thing, dict):
        for key, entry in thing.items():
            yield from everything(entry, f"{path}[{key}]")
    elif isinstance(thing, (tuple, list)):
        for position, entry in enumerate(thing):
            yield from everything(entry, f"{path}[{position}]")


def secretive(town: Town) -> Ledger:
    """An internal figure, what is made from it, a query, remarks, and a rough figure."""
    town.indicator("open", "户")
    town.indicator("rough", "户")
    town.indicator("secret", "户", audience="internal")
    town.indicator("of.secret", "%", "share(secret, open)")
    town.indicator("of.that", "%", "of.secret + of.secret")
    town.indicator("of.open", "%", "share(open, rough)")
    town.indicator("own", "户", "open + open", audience="internal")
    town.state("open", "398户", note="内部备注")
    town.state("rough", "7000余户", note="内部备注")
    town.state("secret", "77户")
    question = {"question_zh": "内部问题", "question_en": "an internal question"}
    town.add("xushi/queries.csv", id="q", **{"class": "A"}, about="open rough", **question)
    internal = town.ledger()
    assert internal.figures["xushi/open@2019"].queries
    return internal.public()


def test_the_public_ledger_holds_no_internal_figure_nor_what_is_made_from_one(town: Town) -> None:
    public = secretive(town)
    assert {f.indicator.id for f in public.figures.values()} == {"open", "rough", "of.open"}
    assert public.audience == "public" and not public.terms
    assert public.find("secret") is None and public.find("of.that") is None


def test_the_public_ledger_holds_no_query_and_no_remark(town: Town) -> None:
    for figure in secretive(town).figures.values():
        held = [(path, x) for path, x in everything(figure) if isinstance(x, str) and "内部" in x]
        assert held == []


def test_the_public_ledger_holds_no_end_that_is_only_a_convention(town: Town) -> None:
    for figure in secretive(town).figures.values():
        for path, thing in everything(figure, figure.id):
            if isinstance(thing, Bound) and is_finite(thing.value):
                assert thing.stated, path


def test_the_shipped_public_ledger_keeps_inside_what_is_inside(shipped: Ledger) -> None:
    public = shipped.public()
    for figure in public.figures.values():
        assert figure.indicator.audience == "public" and figure.queries == ()
        assert set(figure.inputs) <= set(public.figures)
        for path, thing in everything(figure, figure.id):
            if isinstance(thing, Bound) and is_finite(thing.value):
                assert thing.stated, path
    assert "xushi/poverty.exited.share_gap@2020-03" not in public.figures


def test_the_public_reads_what_the_internal_ledger_lets_it_read(shipped: Ledger) -> None:
    for full, figure in shipped.public().figures.items():
        for lang in ("zh", "en"):
            inside = format.text(shipped.figures[full], lang, "public")  # type: ignore[arg-type]
            assert format.text(figure, lang, "public") == inside  # type: ignore[arg-type]


# -- change one, change those that depend on it ------------------------------------------------


def reached(ledger: Ledger, origin: str) -> set[str]:
    """A figure and all that is made from it, through the inputs."""
    found = {origin}
    for figure in ledger.figures.values():
        if found & set(figure.inputs):
            found.add(figure.id)
    return found


def restated(dataset: Dataset, figure: Figure) -> Dataset:
    """The same data with another number at each place that states the figure."""
    places = {(s.source, s.start) for s in figure.statements}
    changed = []
    for observation in dataset.observations:
        if (observation.source, observation.start) in places:
            quantity = _moved(observation.quantity)
            observation = dataclasses.replace(observation, quantity=quantity)
        changed.append(observation)
    return dataclasses.replace(dataset, observations=tuple(changed))


def _moved(quantity: Quantity) -> Quantity:
    """Seventeen more, at every end."""
    low, high = (dataclasses.replace(b, value=b.value + 17) for b in (quantity.low, quantity.high))
    return dataclasses.replace(quantity, value=quantity.value + 17, low=low, high=high)


def changed(before: Ledger, after: Ledger) -> set[str]:
    pairs = [(full, before.figures.get(full), after.figures.get(full)) for full in before.figures]
    assert set(before.figures) == set(after.figures)
    return {full for full, a, b in pairs if a and b and a.quantity != b.quantity}


def test_changing_one_figure_changes_those_that_depend_on_it_and_no_other(
    xushi: Dataset, shipped: Ledger
) -> None:
    constant = {"poverty.households.share", "poverty.persons.share"}  # a whole's share of itself
    observed = [f for f in shipped.figures.values() if f.statements]
    assert len(observed) > 50
    for figure in observed:
        after = compute.build(restated(xushi, figure), 2019, [])
        expected = {
            full
            for full in reached(shipped, figure.id)
            if shipped.figures[full].quantity and shipped.figures[full].indicator.id not in constant
        }
        assert changed(shipped, after) == expected, figure.id


def test_the_ledger_is_the_same_each_time(xushi: Dataset, shipped: Ledger) -> None:
    again = compute.build(xushi, 2019, [])
    assert again.figures == shipped.figures and list(again.figures) == list(shipped.figures)


# -- printed figures add up, or a note says so ---------------------------------------------------


def printed(figure: Figure | None) -> Fraction:
    assert figure and figure.quantity
    return format.round_to(figure.quantity.value, format.places(figure))


def thirds(town: Town, a: int, b: int, decimals: int = 0) -> None:
    """Shares of a whole: a and b parts and their sum, each rounded."""
    for name, number in (("a", a), ("b", b), ("whole", a + b + 1)):
        town.indicator(name, "户")
        town.state(name, f"{number}户")
    for name, formula in (
        ("a.part", "share(a, whole)"),
        ("b.part", "share(b, whole)"),
        ("both", "a.part + b.part"),
    ):
        town.indicator(name, "%", formula, decimals=str(decimals))


def test_a_printed_total_that_does_not_add_up_is_warned_of(town: Town) -> None:
    thirds(town, 1, 1)  # 33% + 33% = 67%
    (fault,) = rounding.rounding_faults(town.ledger())
    assert (fault.code, fault.severity) == ("rounding", "warning")
    for lang in ("zh", "en"):
        assert "both" in fault.text(lang) and "{" not in fault.text(lang)  # type: ignore[arg-type]


def test_a_check_of_a_sum_is_warned_of_too(town: Town) -> None:
    thirds(town, 1, 1)
    town.check("parts", "a.part + b.part == both")
    assert len(rounding.rounding_faults(town.ledger())) == 2


def test_the_shipped_figures_add_up_as_printed(shipped: Ledger) -> None:
    assert rounding.rounding_faults(shipped) == []


def test_a_table_carries_the_note_where_its_figures_do_not_add_up(town: Town) -> None:
    thirds(town, 1, 1)
    for edition in ("draft", "public"):
        report = Report("xushi", 2019, data=town.data, edition=edition)  # type: ignore[arg-type]
        assert rounding.unbalanced(report.ledger, ["a.part", "b.part", "both"])
        assert not rounding.unbalanced(report.ledger, ["a.part", "b.part"])


def test_the_release_before_is_not_added_up_with_this_one(town: Town) -> None:
    thirds(town, 1, 2)  # 25% + 50% = 75%
    for name, number in (("a", 1), ("b", 1), ("whole", 3)):
        town.state(name, f"{number}户", time_period="2018", release="2018")
    assert rounding.rounding_faults(town.ledger()) == []


def test_a_total_in_other_units_adds_up_after_conversion(town: Town) -> None:
    for name, unit, wording in (("a", "万元", "1.0万元"), ("b", "元", "5000元")):
        town.indicator(name, unit)
        town.state(name, wording)
    town.indicator("both", "元", "a + b", decimals="0")
    ledger = town.ledger()
    assert value(ledger, "both") == 15000
    assert rounding.rounding_faults(ledger) == []


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    made = Town(tmp_path_factory.mktemp("parts")).clear()
    thirds(made, 1, 1)
    return made.load()


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 400), st.integers(1, 400))
def test_printed_operands_give_the_printed_total_or_there_is_a_warning(
    parts: Dataset, a: int, b: int
) -> None:
    numbers = {"a": a, "b": b, "whole": a + b + 7}
    stated = tuple(
        dataclasses.replace(o, quantity=Quantity.exactly(numbers[o.indicator], o.quantity.unit))
        for o in parts.observations
    )
    ledger = compute.build(dataclasses.replace(parts, observations=stated), 2019, [])
    total = printed(ledger.find("a.part")) + printed(ledger.find("b.part"))
    both = ledger.figures["xushi/both@2019"]
    assert bool(rounding.rounding_faults(ledger)) == (total != printed(both))
