"""A lawful report passes its own checks: towns drawn with every kind of figure agree with themselves."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import lawful
import pytest
from drawn import Drawn
from towns import Town

from xushi_stats import compute
from xushi_stats.audit.recompute import Audit
from xushi_stats.editions import EDITIONS, LANGS
from xushi_stats.faults import Fault
from xushi_stats.ledger import Ledger
from xushi_stats.quantity import Quantity
from xushi_stats.reporting.evidence import tables


def audits(town: Town, folder: Path, release: int = 2020) -> tuple[Ledger, dict[str, Audit]]:
    """The second opinion on the tables of each edition in each language."""
    data, faults, found = town.load(), list[Fault](), {}
    ledger = compute.build(data, release, faults)
    assert [fault.text("en") for fault in faults] == []
    for lang in LANGS:
        for edition in EDITIONS:
            place = folder / f"{lang}-{edition}"
            place.mkdir()
            for name, content in tables(data, ledger, lang, edition, {}).items():
                (place / name).write_bytes(content)
            found[place.name] = Audit(place)
            found[place.name].run()
    return ledger, found


def agree(seed: int, folder: Path) -> Counter[str]:
    """A drawn town agrees with itself in every edition; what kinds of figures it had."""
    ledger, found = audits(Drawn(folder, seed), folder)
    assert {name: audit.differ for name, audit in found.items() if audit.differ} == {}
    assert found["zh-public"].agreed["印出的数 printed number"] > 20
    assert (
        found["zh-public"].agreed["数值 value"] and found["zh-draft"].agreed["下限 lower end"] > 5
    )
    figures = ledger.figures.values()
    return Counter(f.quantity.kind if f.quantity else str(f.missing) for f in figures)


@pytest.mark.parametrize("seed", [1, 20, 24, 36, 72])
def test_the_tables_of_a_drawn_town_agree(seed: int, tmp_path: Path) -> None:
    kinds = agree(seed, tmp_path)
    assert {"exact", "about", "under", "above"} <= set(kinds)


@pytest.mark.slow
def test_the_reports_of_drawn_towns_verify_and_recompute(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One with the whole report in Chinese, one in English; ``make long`` does two hundred."""
    failed, said = lawful.run(2, 10), capsys.readouterr().out
    assert failed == 0, said
    assert said.startswith("towns 2, verified 9, recomputed 6, ")


def quantity_of(ledger: Ledger, name: str) -> Quantity | None:
    figure = ledger.find(name)
    assert figure
    return figure.quantity


# -- what drawn towns brought to light, each by itself ------------------------------------------


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path).clear()


def years(town: Town, name: str, *wordings: str, unit: str = "亩", **cells: str) -> None:
    town.indicator(name, unit, basis="flow", **cells)
    for year, wording in zip(range(2021 - len(wordings), 2021), wordings, strict=True):
        town.state(name, wording, release=str(year), time_period=str(year))


def test_the_growth_of_an_approximate_figure_agrees_in_public(town: Town, tmp_path: Path) -> None:
    years(town, "gain", "2000元左右", "2100元左右", unit="元")
    ledger, found = audits(town, tmp_path)
    assert "xushi/gain.growth@2020" in ledger.figures
    assert [audit.differ for audit in found.values()] == [[]] * 6


@pytest.mark.parametrize("before", ["100余亩", "近100亩", "约100亩", "超过100亩", "至多100亩"])
@pytest.mark.parametrize("now", ["120亩", "100多亩", "不足150亩", "零亩", "90亩至110亩"])
def test_two_years_of_every_wording_agree(
    town: Town, tmp_path: Path, before: str, now: str
) -> None:
    years(town, "area", before, now)
    years(town, "other", now, before)
    town.indicator("part", "%", "share(area, area + other)", decimals="2")
    town.indicator("given", "%", "contribution(area, prior(area), other, prior(other))")
    town.indicator("brought", "百分点", "pull(area, prior(area), prior(other))")
    town.check("kept", "area / other <= other / area", "核实性", explanation="虚构")
    _, found = audits(town, tmp_path)
    assert [audit.differ for audit in found.values()] == [[]] * 6


def test_a_mean_over_land_is_read_in_its_own_unit(town: Town, tmp_path: Path) -> None:
    years(town, "money", "300万元", unit="万元")
    years(town, "land", "40亩")
    town.indicator("crop", "万元/亩", "mean(money, land)", decimals="1")
    town.indicator("named", "万元/亩", "mean(money, land)", shown_zh="万元", shown_en="yuan")
    ledger, found = audits(town, tmp_path)
    assert quantity_of(ledger, "crop")
    assert [audit.differ for audit in found.values()] == [[]] * 6


@pytest.mark.parametrize(
    ("a", "b", "low", "high"),
    [
        ("近877亩", "约30000亩", True, False),  # a is never reached, though b makes no odds at 0
        ("不足6亩", "10余亩", True, False),
        ("至多6亩", "约10亩", True, True),
        ("10余亩", "约10亩", False, False),
    ],
)
def test_an_end_is_closed_only_where_it_is_reached(
    town: Town, tmp_path: Path, a: str, b: str, low: bool, high: bool
) -> None:
    years(town, "a", a)
    years(town, "b", b)
    town.indicator("part", "%", "share(a, a + b)")
    ledger, found = audits(town, tmp_path)
    quantity = quantity_of(ledger, "part")
    assert quantity and (quantity.low.closed, quantity.high.closed) == (low, high)
    assert [audit.differ for audit in found.values()] == [[]] * 6


def test_annual_growth_between_open_ends_is_open(town: Town, tmp_path: Path) -> None:
    years(town, "road", "5000余亩", "5500亩", "6000余亩")
    ledger, found = audits(town, tmp_path)
    annual = quantity_of(ledger, "road.annual")
    assert annual and not annual.low.closed and not annual.high.closed
    assert [audit.differ for audit in found.values()] == [[]] * 6


@pytest.mark.parametrize(
    ("span", "ratio"), [("2年", "21/100"), ("1.5年", ""), ("约2年", None), ("0.5年", None)]
)
def test_annual_growth_wants_exact_years(
    town: Town, tmp_path: Path, span: str, ratio: str | None
) -> None:
    years(town, "first_one", "10000亩")
    years(town, "last_one", "14641亩")
    years(town, "span", span, unit="年")
    town.indicator("rate", "%", "annual_growth(last_one, first_one, span)", decimals="1")
    ledger, found = audits(town, tmp_path)
    rate = quantity_of(ledger, "rate")
    assert (rate is None) == (ratio is None)
    if rate and ratio:
        assert str(rate.value / 100) == ratio
    elif rate:  # 1.4641 to the power of two thirds
        assert abs(float(rate.value / 100) - (1.4641 ** (2 / 3) - 1)) < 1e-12
    assert [audit.differ for audit in found.values()] == [[]] * 6


@pytest.mark.parametrize("formula", ["whole - part", "whole - part + part - part"])
@pytest.mark.parametrize(("other", "verdict"), [("超过200亩", "fails"), ("超过20亩", "undecided")])
def test_a_check_beside_an_end_without_limit_is_decided_by_what_does_not_cancel(
    town: Town, tmp_path: Path, formula: str, other: str, verdict: str
) -> None:
    years(town, "whole", "约100亩")
    years(town, "part", "不足70亩")
    years(town, "other", other)
    town.indicator("again", "亩", f"{formula} + part")
    town.check("kept", "again == other", "核实性", explanation="虚构")
    ledger, found = audits(town, tmp_path)
    assert [result.verdict for result in ledger.check()] == [verdict]
    assert [audit.differ for audit in found.values()] == [[]] * 6


def test_a_range_is_exact_also_where_an_end_has_no_limit(town: Town, tmp_path: Path) -> None:
    years(town, "a", "超过10亩")
    years(town, "b", "约40亩")
    town.indicator("twice", "亩", "a + b + a")
    town.indicator("part", "%", "share(b, a + b)", decimals="1")
    ledger, found = audits(town, tmp_path)
    twice, part = (quantity_of(ledger, name) for name in ("twice", "part"))
    assert twice and (str(twice.low.value), twice.low.closed, twice.tight) == ("55", False, True)
    assert part and part.tight and (part.low.value, part.low.closed) == (0, False)
    assert (str(part.high.value), part.high.closed) == ("900/11", False)
    assert [audit.differ for audit in found.values()] == [[]] * 6
