"""What is unlikely is told as a warning, and a remark in the row answers it."""

from __future__ import annotations

from pathlib import Path

import pytest
from towns import Cells, Town, cases

from xushi_stats import compute
from xushi_stats.checks import plausibility
from xushi_stats.faults import Fault


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path).clear()


def warned(town: Town, release: int = 2019) -> list[Fault]:
    data = town.load()
    return plausibility.warnings(data, compute.build(data, release, []))


@pytest.mark.parametrize(
    "case", cases("plausibility"), ids=lambda c: f"{c['last']} {c['this']} {c['note']}"
)
def test_an_unlikely_figure_is_told_where_it_is_stated(town: Town, case: Cells) -> None:
    town.indicator("a", case["unit"])
    if case["last"]:
        town.state("a", case["last"], time_period="2018", release="2018")
    row = town.state("a", case["this"], note=case["note"])
    found = warned(town)
    assert sorted(fault.code for fault in found) == case["expected"].split()
    for fault in found:
        assert (fault.file, fault.row, fault.severity) == ("xushi/observations.csv", row, "warning")
        assert "{" not in fault.text("zh") + fault.text("en")


def test_a_derived_share_above_the_whole_is_asked_for_at_its_numerator(town: Town) -> None:
    town.indicator("a", "户")
    town.indicator("b", "户")
    town.indicator("c", "%", formula="share(a, b)")
    row = town.state("a", "36300户")
    town.state("b", "10户")
    (fault,) = warned(town)
    assert (fault.code, fault.row, fault.severity) == ("share_above", row, "warning")
    assert "363000" in fault.text("zh") and "363,000" in fault.text("en")


def test_a_remark_answers_for_a_derived_share_and_a_balance_may_be_negative(town: Town) -> None:
    town.indicator("a", "户")
    town.indicator("b", "户")
    town.indicator("c", "%", formula="share(a, b)")
    town.indicator("d", "人", name_zh="净迁移人数")
    town.state("a", "36300户", note="含外镇")
    town.state("b", "10户")
    town.state("d", "减少12人")
    assert warned(town) == []


def test_a_growth_rate_may_be_above_the_whole(town: Town) -> None:
    town.indicator("a", "%", name_zh="产值增长速度")
    town.state("a", "120%")
    assert warned(town) == []


def test_a_stock_of_another_month_is_not_compared(town: Town) -> None:
    town.indicator("a", "户")
    town.state("a", "100户", time_period="2018-03", release="2018")
    town.state("a", "2000户", time_period="2019-12")
    assert warned(town) == []


@pytest.mark.parametrize(
    ("shares", "open_"),
    [
        (("60%", "40%"), False),
        (("60%", "41%"), False),
        (("60%", "42%"), True),
        (("33.3%", "33.3%", "33.3%"), False),  # each may be off by 0.05
        (("33.3%", "33.3%", "33.2%"), True),
        (("80.65%", "19.34%"), False),
        (("80.65%", "19.30%"), True),
        (("约60%", "60%"), False),  # nothing can be said
    ],
)
def test_shares_that_make_up_the_whole_add_up(
    town: Town, shares: tuple[str, ...], open_: bool
) -> None:
    for name, wording in zip("abc", shares, strict=False):
        town.indicator(name, "%")
        town.state(name, wording)
    listed = ", ".join(f'"{name}"' for name in "abc"[: len(shares)])
    (town.data / "exhibits.toml").write_text(f"[table.parts]\ncloses = [{listed}]\n", "utf-8")
    assert [fault.code for fault in warned(town)] == (["shares_open"] if open_ else [])
