"""Every figure of the household register is the hand-worked one, on both engines."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import get_args

import pytest

from xushi_stats.ledger import Missing
from xushi_stats.registers import households, support
from xushi_stats.registers.engine import Engine, Register
from xushi_stats.registers.households import MONITORED, Pair
from xushi_stats.registers.schema import ITEMS

HAND = Path(__file__).with_name("households")
ENGINES = get_args(Engine)
Answers = dict[tuple[str, str], str]


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Engine:
    return request.param


@pytest.fixture
def register(engine: Engine) -> Iterator[Register]:
    with Register(HAND, engine) as opened:
        yield opened


# -- the hand-worked answers ---------------------------------------------------------------------


def in_words(pair: Pair | Missing) -> str:
    if isinstance(pair, Missing):
        return pair.reason
    return f"{pair.households}户{pair.persons}人"


def plain(value: int | Fraction | Missing) -> str:
    return value.reason if isinstance(value, Missing) else str(value)


def counts(register: Register, start: str, end: str) -> Answers:
    found = households.counts(register, day(end))
    return {k: in_words(v) for k, v in found.cells.items()} | {("", ""): in_words(found.of())}


def change(register: Register, start: str, end: str) -> Answers:
    before, after = (households.counts(register, day(d)) for d in (start, end))
    names = ("已脱贫", "返贫", "脱贫不稳定户")
    return {("", name): in_words(households.change(before, after, name)) for name in names}


def transitions(register: Register, start: str, end: str) -> Answers:
    found = households.transitions(register, day(start), day(end))
    return {(v, f"{a}→{b}"): str(n) for (v, a, b), n in found.cells.items()}


def relapse(register: Register, start: str, end: str) -> Answers:
    found = households.relapse(register, day(start), day(end))
    return {
        ("", "脱贫户"): plain(found.base()),
        ("", "返贫"): plain(found.cases()),
        ("", "返贫率"): plain(found.rate()),
        ("", "监测"): plain(found.cases(MONITORED)),
        ("", "监测率"): plain(found.rate(MONITORED)),
        ("", "新增监测"): plain(found.cases(MONITORED, new=True)),
        ("西村", "返贫率"): plain(found.rate(village="西村")),
    }


def coverage(register: Register, start: str, end: str) -> Answers:
    found = support.coverage(register, day(start), day(end), ["已脱贫"])
    return {
        (village, ""): f"到期{due}户，访到{found.visited[village]}户，{found.visits[village]}次"
        for village, due in found.due.items()
    } | {
        ("", "未到期"): f"{found.other_households}户{found.other_visits}次",
        ("", "回访覆盖率"): plain(found.rate()),
    }


def needs(register: Register, start: str, end: str) -> Answers:
    found = support.needs(register, day(end))
    items = {("", i): f"{found.failing(i)}户不达标，{found.unchecked(i)}户未查" for i in ITEMS}
    together = {("", f"只有（{'、'.join(k)}）"): str(n) for k, n in found.overlaps().items()}
    whole = {("", "户"): found.households(), ("", "任一不达标"): found.any_failing()}
    return items | together | {k: str(n) for k, n in whole.items()}


def measures(register: Register, start: str, end: str) -> Answers:
    found = support.measures(register, day(start), day(end))
    without = {(v, "没有"): f"{found.households[v]}户中{n}户" for v, n in found.without.items()}
    return {k: str(n) for k, n in found.cells.items()} | without


def incomes(register: Register, start: str, end: str) -> Answers:
    found = support.incomes(register, int(start), day(end))
    cents = {
        ("", str(c)): in_words(Pair(n, found.persons.get(c, 0)))
        for c, n in found.households.items()
    }
    return cents | {("", "未登记"): in_words(found.missing)}


STATISTICS: dict[str, Callable[[Register, str, str], Answers]] = {
    f.__name__: f
    for f in (counts, change, transitions, relapse, coverage, needs, measures, incomes)
}


def day(text: str) -> date:
    return date.fromisoformat(text)


def answers() -> dict[tuple[str, str, str], Answers]:
    found: dict[tuple[str, str, str], Answers] = defaultdict(dict)
    with (HAND / "answers.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            place = (row["statistic"], row["start"], row["end"])
            found[place][row["village"], row["key"]] = row["answer"]
    return found


@pytest.mark.parametrize(("asked", "answer"), answers().items(), ids=lambda x: str(x)[:50])
def test_a_figure_is_the_one_worked_by_hand(
    register: Register, asked: tuple[str, str, str], answer: Answers
) -> None:
    statistic, start, end = asked
    assert STATISTICS[statistic](register, start, end) == answer


def test_every_statistic_has_answers() -> None:
    assert {statistic for statistic, _, _ in answers()} == set(STATISTICS)
