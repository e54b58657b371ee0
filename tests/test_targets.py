"""What became of targets and tasks, on the cases of ``cases/targets.csv`` and on a small town."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from towns import Cells, Town, cases

from xushi_stats import notation
from xushi_stats.quantity import Quantity, Unit, UnitError
from xushi_stats.reporting import targets

TARGETS = "xushi/targets.csv"
MILESTONES = "xushi/milestones.csv"


def name(case: Cells) -> str:
    return f"{case['direction']} {case['target']}: {case['actual']}"


@pytest.mark.parametrize("case", cases("targets"), ids=name)
def test_a_result_is_judged_by_what_is_stated(case: Cells) -> None:
    actual, target = notation.parse(case["actual"]), notation.parse(case["target"])
    assert targets.judge(actual, target, case["direction"]) == case["verdict"]


def test_every_direction_has_cases_of_every_verdict() -> None:
    found = {(case["direction"], case["verdict"]) for case in cases("targets")}
    assert len(found) == 9


def exactly(number: int) -> Quantity:
    return Quantity.exactly(number, Unit("户"))


@given(st.integers(0, 9), st.integers(0, 9))
def test_exact_numbers_are_always_decided(actual: int, target: int) -> None:
    floor = targets.judge(exactly(actual), exactly(target), "不低于")
    ceiling = targets.judge(exactly(actual), exactly(target), "不高于")
    same = targets.judge(exactly(actual), exactly(target), "等于")
    assert floor == ("met" if actual >= target else "missed")
    assert ceiling == ("met" if actual <= target else "missed")
    assert (same == "met") == (floor == ceiling == "met")


def test_another_measure_is_no_result() -> None:
    with pytest.raises(UnitError):
        targets.judge(notation.parse("7000亩"), notation.parse("7000户"), "不低于")


# -- a small town ------------------------------------------------------------------------------


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """A town that asks in 2019 for at least 1000 of an output in 2020."""
    made = Town(tmp_path).clear()
    made.indicator("output", "吨", basis="flow")
    made.indicator("aim", "吨", basis="flow", section="targets")
    made.state("output", "900吨")
    made.state("aim", "1000吨以上", time_period="2020")
    ask(made, figure="aim", actual="output", direction="不低于")
    return made


def ask(town: Town, **cells: str) -> int:
    made = {
        **{"id": "output.aim", "release": "2019", "area": "industry", "kind": "定量目标"},
        **{"name_zh": "产量", "name_en": "Output", "verb": "达到", "verb_en": "reach"},
        **{"stated": "stated", "source": "speech2020", "start": "9000"},
    }
    return town.add(TARGETS, **(made | cells))


def fulfilled(town: Town, release: int = 2020) -> list[targets.Fulfilment]:
    return targets.fulfilments(town.load(), town.ledger(release))


def test_a_floor_is_reached_by_its_number_and_has_a_completion(town: Town) -> None:
    town.state("output", "1100吨", time_period="2020", release="2020")
    (found,) = fulfilled(town)
    assert found.verdict == "met"
    assert found.rate is not None and found.rate.quantity is not None
    assert found.rate.quantity.value == 110  # of the 1000 asked for, not of all from 1000 up
    assert found.rate.is_exact


def test_a_result_of_another_year_does_not_count(town: Town) -> None:
    town.state("output", "1100吨", time_period="2020", release="2020")
    town.change(TARGETS, lambda row: True, due="2021")
    (found,) = fulfilled(town)
    assert (found.verdict, found.actual) == ("unreported", None)


def test_a_result_that_is_not_there_is_not_reported(town: Town) -> None:
    town.indicator("other", "吨", basis="flow")
    town.state("other", "1吨", time_period="2020", release="2020")
    (found,) = fulfilled(town)
    assert (found.verdict, found.rate) == ("unreported", None)


def test_with_one_year_no_target_is_due(town: Town) -> None:
    assert fulfilled(town, 2019) == []


@pytest.mark.parametrize("direction", ["不高于", "等于"])
def test_a_ceiling_and_a_number_to_hold_have_no_completion(town: Town, direction: str) -> None:
    town.state("output", "1000吨", time_period="2020", release="2020")
    town.change(TARGETS, lambda row: True, direction=direction)
    (found,) = fulfilled(town)
    assert found.rate is None


def test_a_target_of_zero_has_no_completion(town: Town) -> None:
    town.change("xushi/observations.csv", lambda row: row["indicator"] == "aim", value="0吨")
    town.state("output", "5吨", time_period="2020", release="2020")
    (found,) = fulfilled(town)
    assert (found.verdict, found.rate) == ("met", None)


# -- tasks -------------------------------------------------------------------------------------


def mark(town: Town, release: str, period: str, status: str) -> int:
    made = {
        **{"id": "bridge", "area": "projects", "name_zh": "大桥", "name_en": "Bridge"},
        **{"verb": "做", "verb_en": "do", "source": "speech2020", "start": "8000"},
    }
    return town.add(MILESTONES, **made, release=release, period=period, status=status)


@pytest.mark.parametrize(
    ("asked", "reached", "verdict"),
    [
        ("启动", "启动", "met"),
        ("启动", "投入使用", "met"),
        ("完成", "推进", "missed"),
        ("投入使用", "完成", "missed"),
        ("启动", "规划", "missed"),
        ("启动", None, "unreported"),
    ],
)
def test_a_task_is_reached_by_its_state_or_a_later_one(
    town: Town, asked: str, reached: str | None, verdict: str
) -> None:
    mark(town, "2019", "2020", asked)
    if reached:
        mark(town, "2020", "2020", reached)
    assert [task.verdict for task in targets.tasks(town.load(), 2020)] == [verdict]


def test_what_is_asked_for_a_later_year_is_not_due(town: Town) -> None:
    mark(town, "2019", "2021", "完成")
    assert list(targets.tasks(town.load(), 2020)) == []
