"""What happens to a household: states, incomes, the six items, measures, re-visits.

All of it leans on one hidden standing, a number from 0 to 12: the lower it is, the later a household
leaves poverty, the less it earns, the more items fail.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from xushi_stats.registers.schema import ITEMS
from xushi_stats.synth.dice import Dice
from xushi_stats.synth.families import Household, Life
from xushi_stats.synth.plan import BREAK, Plan, day_of, iso

State = tuple[int, str]
"""A day, and the state from it on."""
Rows = Iterator[Sequence[str]]

POOR = ("未脱贫", "返贫")
MONITORED = ("脱贫不稳定户", "边缘易致贫户", "突发严重困难户")
MEASURES = (
    "产业扶持",
    "转移就业",
    "公益性岗位",
    "小额信贷",
    "危房改造",
    "易地搬迁",
    "教育资助",
    "健康帮扶",
    "低保兜底",
    "消费帮扶",
)
_TOSSES = 12
_LAST_EXIT = 2020
_EARN = {
    "未脱贫": 50,
    "返贫": 45,
    "已脱贫": 100,
    "脱贫不稳定户": 65,
    "边缘易致贫户": 65,
    "突发严重困难户": 50,
    "风险消除": 95,
}
"""Income in each state, percent of what the standing would bring."""
_FAILS = dict(zip(ITEMS, (8, 10, 40, 90, 140, 80), strict=True))
"""Poor households in a thousand that fail an item; in hardship five times as many."""
_SURVEY = 60
"""Days from 1 October in which a year's items are looked at."""


@dataclass(frozen=True)
class Story:
    """A household with its standing and its states."""

    household: Household
    standing: int
    states: list[State]

    def state(self, day: int) -> str:
        """Its state at the end of a day; the first one before it entered."""
        return next((s for since, s in reversed(self.states) if since <= day), self.states[0][1])


def story(dice: Dice, household: Household, last_day: int) -> Story:
    """Draw a household's standing and states up to the last day."""
    lived, standing = household.life, dice.bell(_TOSSES)
    late = lived.entered >= BREAK
    states = list(_monitored(dice, lived) if late else _poor(dice, lived, standing))
    end = last_day + 1 if lived.left is None else lived.left
    states = [state for state in states if state[0] < end]
    if lived.left is not None:
        states.append((lived.left, "销户"))
    return Story(household, standing, states)


def _monitored(dice: Dice, lived: Life) -> Iterator[State]:
    """A household that was never registered as poor and is watched from the day it enters."""
    yield lived.entered, "边缘易致贫户" if dice.chance(70) else "突发严重困难户"
    if dice.chance(75):
        yield lived.entered + dice.between(180, 700), "风险消除"


def _poor(dice: Dice, lived: Life, standing: int) -> Iterator[State]:
    """Out of poverty from 2016 to 2020, a few fall back, all are out before the break; some are watched."""
    yield lived.entered, "未脱贫"
    first = max(2016, date.fromordinal(lived.entered + 150).year)
    place = min(199, max(0, dice.below(100) + (9 - standing) * 25))
    exit_year = first + place * (_LAST_EXIT - first + 1) // 200
    yield day_of(exit_year, 12, 1) + dice.below(28), "已脱贫"
    if exit_year <= _LAST_EXIT - 2 and dice.chance(6 - standing // 3):
        back = day_of(exit_year + 1, 2, 1) + dice.below(240)
        yield back, "返贫"
        again = exit_year + 1 + dice.below(_LAST_EXIT - exit_year)
        yield day_of(again, 12, 1) + dice.below(28), "已脱贫"
    if dice.chance(14 - standing):
        watched = BREAK + 30 + dice.below(900)
        yield watched, "脱贫不稳定户" if dice.chance(80) else "突发严重困难户"
        if dice.chance(70):
            yield watched + dice.between(180, 500), "风险消除"


def statuses(told: Story) -> Rows:
    """Rows of the register's states."""
    return ([told.household.id, iso(day), state] for day, state in told.states)


def incomes(told: Story, plan: Plan, dice: Dice) -> Rows:
    """Net income a person in each year at whose end the household is on the register."""
    for year in plan.all_years():
        if told.household.life.holds(day_of(year, 12, 31)):
            earned = _earned(told, year, dice)
            yield [told.household.id, str(year), f"{earned // 100}.{earned % 100:02d}"]


def _earned(told: Story, year: int, dice: Dice) -> int:
    """Income in 分: like a log-normal number, since factors are multiplied and not terms added."""
    earned = _usual(year) * 100
    for steps, percent in ((told.standing - _TOSSES // 2, 122), (dice.bell(6) - 3, 110)):
        for _ in range(abs(steps)):
            earned = earned * percent // 100 if steps > 0 else earned * 100 // percent
    share = _EARN[told.state(day_of(year, 12, 31))]
    return earned * share // 100 + dice.below(20_000)


def _usual(year: int) -> int:
    """What a household of middling standing earns a person, in 元: grows by 18 and then by 9 percent."""
    earned = 3600
    for one in range(2015, year + 1):
        earned = earned * (118 if one <= _LAST_EXIT else 109) // 100
    return earned


def items(told: Story, plan: Plan, dice: Dice) -> Rows:
    """The six items, looked at once a year; where one fails, others are likelier to fail as well."""
    weak = dice.pick(ITEMS[2:]) if dice.below(_TOSSES + 8) >= told.standing + 6 else ""
    for year in plan.all_years():
        day = day_of(year, 10, 1) + dice.below(_SURVEY)
        if not told.household.life.holds(day):
            continue
        poor = told.state(day) in POOR
        share = (9 if poor else 1) * (5 if dice.chance(2 * (_TOSSES - told.standing)) else 1)
        for item in ITEMS:
            fails = dice.below(9_000) < _FAILS[item] * share
            fails = fails or (poor and item == weak and dice.chance(70))
            yield [told.household.id, iso(day), item, "否" if fails else "是"]


def measures(told: Story, plan: Plan, dice: Dice) -> Rows:
    """Measures received: more while poor or watched, some after, since help goes on."""
    for year in plan.all_years():
        day = day_of(year, 2, 1)
        state = told.state(day)
        count = dice.below(3) + 1 if state in POOR or state in MONITORED else dice.below(2)
        first, step = dice.below(len(MEASURES)), 3
        for place in range(count):
            received = day + dice.below(300)
            if told.household.life.holds(received):
                measure = MEASURES[(first + place * step) % len(MEASURES)]
                yield [told.household.id, iso(received), measure]


def visits(told: Story, plan: Plan, visitors: Sequence[str], dice: Dice) -> Rows:
    """Re-visits of households that are out of poverty or watched; one in ten is missed in a year."""
    for year in plan.all_years():
        first = day_of(year) + dice.below(60)
        for time in range((0, 1, 1, 1, 1, 1, 2, 2, 2, 2)[dice.below(10)]):
            day = first + time * 150 + dice.below(120)
            by = dice.pick(visitors) if dice.chance(97) else ""
            if told.household.life.holds(day) and told.state(day) not in POOR:
                yield [told.household.id, iso(day), by]
