"""Several years of one indicator, on tiny towns: whose year a statement is, revisions, breaks, runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from towns import OBSERVATIONS, Town

from xushi_stats import periods as series
from xushi_stats.catalogue import Indicator
from xushi_stats.periods import BREAK_COLUMNS

BREAKS = "xushi/breaks.csv"


@pytest.fixture
def town(tmp_path: Path) -> Town:
    made = Town(tmp_path).clear()
    made.indicator("output", "吨", basis="flow")
    made.indicator("insured", "人")
    return made


def said(town: Town, indicator: str, value: str, period: str, release: int) -> None:
    town.state(indicator, value, time_period=period, release=str(release))


def years(town: Town, release: int) -> dict[int, dict[str, list[str]]]:
    """Year → indicator@period → wordings."""
    found = series.by_year(town.load().observations, release)
    return {
        year: {
            f"{indicator}@{period}": [s.wording for s in statements]
            for indicator, periods in stated.items()
            for period, statements in periods.items()
        }
        for year, stated in found.items()
    }


def broken(town: Town, indicator: str, release: str = "2020") -> None:
    names = [column.name for column in BREAK_COLUMNS]
    row = {"indicator": indicator, "release": release, "reason_zh": "口径", "reason_en": "scope"}
    town.write(BREAKS, [row], names)


def comes_to(town: Town, name: str, release: int = 2020) -> str:
    """The value of a figure, or why it has none; "" where there is no such figure."""
    figure = town.ledger(release).find(name)
    if figure is None:
        return ""
    return (
        str(figure.quantity.value)
        if figure.quantity
        else str(figure.missing and figure.missing.reason)
    )


# -- periods -----------------------------------------------------------------------------------

PERIODS = st.sampled_from(["2019", "2019-03", "2018-01/2018-12", "2018/2019", "2020-12"])


@given(PERIODS, st.integers(-5, 5))
def test_a_shift_and_back_is_where_one_was(period: str, by: int) -> None:
    assert series.shift(series.shift(period, by), -by) == period


@given(PERIODS, st.integers(-5, 5))
def test_a_shift_does_not_change_the_kind_of_a_period(period: str, by: int) -> None:
    assert series.length(series.shift(period, by)) == series.length(period)


@pytest.mark.parametrize(
    ("one", "other"),
    [("2020-03", "2020-12"), ("2020", "2020-12"), ("2020-01/2020-03", "2020-01/2020-06")],
)
def test_other_months_are_another_kind_of_period(one: str, other: str) -> None:
    assert series.length(one) != series.length(other)


# -- whose year --------------------------------------------------------------------------------


def test_a_statement_belongs_to_the_year_of_its_report(town: Town) -> None:
    said(town, "output", "10吨", "2019", 2019)
    said(town, "insured", "5人", "2020-03", 2019)  # the report came out in March
    assert years(town, 2019) == {2019: {"output@2019": ["10吨"], "insured@2020-03": ["5人"]}}


def test_an_earlier_year_that_a_report_adds_belongs_to_that_year(town: Town) -> None:
    said(town, "output", "8吨", "2018", 2020)
    said(town, "output", "10吨", "2020", 2020)
    assert set(years(town, 2020)) == {2018, 2020}


def test_the_year_before_alone_in_a_report_belongs_to_that_year(town: Town) -> None:
    said(town, "output", "10吨", "2019", 2020)
    assert years(town, 2020)[2019] == {"output@2019": ["10吨"]}


def test_a_target_belongs_to_the_report_that_sets_it(town: Town) -> None:
    said(town, "output", "10吨", "2021", 2020)
    assert years(town, 2020) == {2020: {"output@2021": ["10吨"]}}


def test_a_stock_said_again_stays_with_the_year_that_said_it_first(town: Town) -> None:
    said(town, "insured", "5人", "2020-03", 2019)
    said(town, "insured", "5人", "2020-03", 2020)
    said(town, "insured", "7人", "2020-12", 2020)
    found = years(town, 2020)
    assert found[2019] == {"insured@2020-03": ["5人"]}
    assert found[2020] == {"insured@2020-12": ["7人"]}


def test_a_later_report_is_not_known_yet(town: Town) -> None:
    said(town, "output", "10吨", "2019", 2019)
    said(town, "output", "11吨", "2019", 2020)
    assert years(town, 2019) == {2019: {"output@2019": ["10吨"]}}


# -- revisions ---------------------------------------------------------------------------------


def test_the_latest_report_of_a_period_counts_and_what_it_replaced_is_kept(town: Town) -> None:
    said(town, "output", "10吨", "2019", 2019)
    said(town, "output", "11吨", "2019", 2020)
    said(town, "output", "22吨", "2020", 2020)
    figure = town.ledger(2020).find("output@2019")
    assert figure is not None and figure.quantity is not None and figure.revised is not None
    assert (figure.quantity.value, figure.revised.wording) == (11, "10吨")
    assert comes_to(town, "output.growth") == "100"
    assert comes_to(town, "output@2019", 2019) == "10"


def test_the_same_number_said_again_is_no_revision(town: Town) -> None:
    said(town, "output", "10吨", "2019", 2019)
    said(town, "output", "10吨", "2019", 2020)
    said(town, "output", "11吨", "2020", 2020)
    observations = town.load().said_of["output", "2019"]
    assert series.before_revision(observations, 2020) is None


def test_of_several_revisions_the_last_but_one_is_named(town: Town) -> None:
    for release, value in ((2019, "10吨"), (2020, "11吨"), (2021, "12吨")):
        said(town, "output", value, "2019", release)
    observations = town.load().said_of["output", "2019"]
    found = [series.before_revision(observations, y) for y in (2019, 2020, 2021)]
    assert [f and f.wording for f in found] == [None, "10吨", "11吨"]


# -- runs and breaks ---------------------------------------------------------------------------


def three_years(town: Town) -> None:
    for year, value in ((2018, "100吨"), (2019, "110吨"), (2020, "144吨")):
        said(town, "output", value, str(year), 2020)


def test_three_years_without_a_gap_give_annual_growth(town: Town) -> None:
    three_years(town)
    assert town.ledger(2020).run("output") == 2
    assert comes_to(town, "output.annual") == "20"  # 144 is 100 × 1.2 × 1.2


def test_two_years_give_growth_and_no_annual_growth(town: Town) -> None:
    said(town, "output", "100吨", "2019", 2019)
    said(town, "output", "110吨", "2020", 2020)
    assert town.ledger(2020).run("output") == 1
    assert (comes_to(town, "output.growth"), comes_to(town, "output.annual")) == ("10", "")


def test_a_run_stops_at_a_gap(town: Town) -> None:
    said(town, "output", "100吨", "2018", 2020)
    said(town, "output", "144吨", "2020", 2020)
    assert town.ledger(2020).run("output") == 0
    assert comes_to(town, "output.growth") in ("", "not_reported")


def test_with_one_year_nothing_is_made(town: Town) -> None:
    said(town, "output", "100吨", "2019", 2019)
    found = [comes_to(town, f"output.{what}", 2019) for what in series.ADDED]
    assert found == ["", "", "", ""]


@pytest.mark.parametrize("what", ["growth", "change"])
def test_nothing_is_computed_over_a_break(town: Town, what: str) -> None:
    said(town, "output", "100吨", "2019", 2019)
    said(town, "output", "110吨", "2020", 2020)
    broken(town, "output")
    assert comes_to(town, f"output.{what}") == "series_break"


def test_a_break_of_an_input_breaks_what_is_made_from_it(town: Town) -> None:
    town.indicator("area", "亩", basis="flow")
    town.indicator("per", "吨/亩", "mean(output, area)", basis="flow", decimals="2")
    for year in (2019, 2020):
        said(town, "output", "100吨", str(year), year)
        said(town, "area", "50亩", str(year), year)
    broken(town, "area")
    assert comes_to(town, "per") == "2"
    assert comes_to(town, "per.growth") == "series_break"
    assert comes_to(town, "output.growth") == "0"


def test_a_run_stops_at_a_break(town: Town) -> None:
    three_years(town)
    broken(town, "output", "2019")
    assert town.ledger(2020).run("output") == 1
    assert comes_to(town, "output.annual") == ""
    assert comes_to(town, "output.growth") != "series_break"


@pytest.mark.parametrize(
    ("cells", "code"),
    [({"indicator": "outputs"}, "indicator_unknown"), ({"release": "20"}, "release")],
)
def test_a_wrong_break_is_named(town: Town, cells: dict[str, str], code: str) -> None:
    broken(town, **({"indicator": "output", "release": "2020"} | cells))
    assert [fault.code for fault in town.faults()] == [code]


# -- what two years give -----------------------------------------------------------------------


def added(town: Town, *aims: str) -> dict[str, Indicator]:
    own = [i for i in town.load().catalogue.indicators.values() if i.row]
    return series.added(own, aims)


def test_a_share_changes_by_points_and_has_no_growth(town: Town) -> None:
    town.indicator("rate", "%")
    made = added(town)
    assert {name for name in made if name.startswith("rate.")} == {"rate.change"}
    assert made["rate.change"].unit.text == "百分点"


def test_a_count_since_a_start_has_a_change_and_no_growth(town: Town) -> None:
    town.indicator("visits", "人次", basis="cumulative", counts="游客")
    assert {name for name in added(town) if name.startswith("visits.")} == {"visits.change"}


def test_targets_and_what_is_a_change_already_have_none(town: Town) -> None:
    town.indicator("aim", "吨", section="targets")
    town.indicator("rise", "百分点")
    town.indicator("more", "吨", "output - prior(output)", basis="flow")
    made = added(town)
    assert not [name for name in made if name.partition(".")[0] in ("aim", "rise", "more")]


def test_only_what_has_a_target_has_a_completion(town: Town) -> None:
    assert "output.completion" in added(town, "output")
    assert "output.completion" not in added(town)


def test_what_the_catalogue_makes_itself_is_left_to_it(town: Town) -> None:
    town.indicator("output.growth", "%", "growth(output, prior(output))", basis="flow")
    assert "output.growth" not in added(town)


def test_a_base_of_zero_gives_a_change_and_no_growth(town: Town) -> None:
    said(town, "output", "0吨", "2019", 2019)
    said(town, "output", "5吨", "2020", 2020)
    assert (comes_to(town, "output.change"), comes_to(town, "output.growth")) == (
        "5",
        "not_applicable",
    )


def test_a_flow_of_other_months_is_not_compared(town: Town) -> None:
    said(town, "output", "10吨", "2020-01/2020-03", 2019)
    said(town, "output", "20吨", "2020", 2020)
    assert comes_to(town, "output.growth") == "periods_differ"


def test_a_stock_of_another_month_is_compared(town: Town) -> None:
    said(town, "insured", "10人", "2020-03", 2019)
    said(town, "insured", "12人", "2020-12", 2020)
    assert comes_to(town, "insured.change") == "2"
    assert len(town.read(OBSERVATIONS)) == 2
