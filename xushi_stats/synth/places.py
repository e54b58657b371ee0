"""What is counted by village or checkpoint: inspections, accountability, checkpoints, arrivals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from xushi_stats.registers.schema import FOLLOW_UPS, LEVELS
from xushi_stats.synth.dice import Dice
from xushi_stats.synth.plan import Town, day_of, iso

Rows = Iterator[Sequence[str]]

INSPECTED = ("环境卫生", "垃圾清运", "房前屋后", "河道沟渠", "公共厕所")
"""Items of an inspection; each is worth 20 points."""
GROUNDS = ("道路两侧积存垃圾", "河道漂浮物未清理", "问题整改逾期")
_FOLLOWED = 14
"""Days for which an arrival is followed up."""
_WEEK = (10, 9, 9, 10, 13, 14, 15)
"""Traffic from Monday to Sunday."""


def inspection(town: Town) -> Rows:
    """Monthly scores: a village keeps its quality, a month adds chance, some months are missing."""
    quality = [town.dice("quality", name).bell(12) * 6 for name in town.villages]
    for year in town.plan.all_years():
        missed = town.dice("missed", year).below(12) + 1
        for month in (m for m in range(1, 13) if m != missed):
            dice = town.dice("inspection", year, month)
            for village, usual in zip(town.villages, quality, strict=True):
                if not dice.chance(2):
                    yield from _scores(dice, f"{year}-{month:02d}", village, usual)


def _scores(dice: Dice, month: str, village: str, usual: int) -> Rows:
    """A village's scores in tenths of a point: 11.6 to 18.8 by quality, 1.5 up or down by chance."""
    for item in INSPECTED:
        tenths = min(200, 116 + usual + (dice.bell(6) - 3) * 5)
        tenths = tenths // 10 * 10 if dice.chance(50) else tenths
        whole, tenth = divmod(tenths, 10)
        yield [month, village, item, f"{whole}.{tenth}" if tenth else str(whole)]


def accountability(town: Town) -> Rows:
    """Rare, and drawn without a look at the monthly scores."""
    rows = []
    for year in town.plan.all_years():
        dice = town.dice("accountability", year)
        for _ in range(dice.below(2) + len(town.villages) // 15 + 1):
            day = day_of(year) + dice.below(365)
            rows.append((day, dice.pick(LEVELS), dice.pick(town.villages), dice.pick(GROUNDS)))
    return ([iso(day), *rest] for day, *rest in sorted(set(rows)))


def _year(town: Town) -> int:
    """The year of the epidemic, 2020; the first one where the plan does not reach it."""
    years = town.plan.all_years()
    return 2020 if 2020 in years else town.plan.first_year


def checkpoints(town: Town) -> Rows:
    """Daily counts from January to March, with the pattern of a week."""
    year = _year(town)
    posts = [f"{village}卡点" for village in town.villages[:12]]
    usual = [20 + town.dice("traffic", post).below(120) for post in posts]
    for day in range(day_of(year), day_of(year, 4, 1)):
        dice = town.dice("checkpoints", day)
        weekday = date.fromordinal(day).weekday()
        for post, traffic in zip(posts, usual, strict=True):
            checked = traffic * _WEEK[weekday] * (14 + dice.bell(12)) // 200
            persons = checked + checked * (40 + dice.below(80)) // 100
            back = checked * dice.below(60) // 1000
            persons_back = min(persons, back + back * dice.below(150) // 100)
            yield [iso(day), post, str(checked), str(back), str(persons), str(persons_back)]


def arrivals(town: Town) -> Rows:
    """Arrivals of the same months, with the state of their follow-up at the end of March."""
    year = _year(town)
    first, last = day_of(year), day_of(year, 3, 31)
    dice = town.dice("arrivals")
    days = sorted(dice.between(first, last) for _ in range(20 + 4 * len(town.villages)))
    for number, day in enumerate(days, start=1):
        village = town.villages[dice.weighted(town.weights)]
        closes = day + _FOLLOWED + dice.below(4)
        state = _follow_up(dice, closes <= last)
        closed = iso(closes) if state == "已解除" else ""
        yield [town.number("A", number, 6), village, iso(day), state, closed]


def _follow_up(dice: Dice, over: bool) -> str:
    """Mostly as it should be: settled once the days are over, followed before."""
    waiting, followed, settled, lost = FOLLOW_UPS
    if over:
        return (followed, lost, settled)[dice.weighted((6, 11, 100))]
    return (waiting, lost, followed)[dice.weighted((20, 23, 100))]
