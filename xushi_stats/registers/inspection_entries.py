"""The monthly inspection's figures for the ledger: scores, ranks, periods, agreement, praise, cases.

All of them are internal. A village's figures are told apart by letters in their ids, in the order of
the register; months are periods of one indicator.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from xushi_stats.faults import Fault, errors
from xushi_stats.quantity import PURE, Unit
from xushi_stats.registers import standings, town_rules
from xushi_stats.registers.aggregates import Room, Value, Words, digests
from xushi_stats.registers.agreement import Correlation
from xushi_stats.registers.entries import Entry, numbered
from xushi_stats.registers.inspection import (
    Inspection,
    Standing,
    cumulative,
    gaps,
    monthly,
    read,
    span,
)
from xushi_stats.registers.inspection_rules import InspectionRules
from xushi_stats.registers.reasons import NotGiven
from xushi_stats.registers.schema import LEVELS
from xushi_stats.registers.standings import Selection

if TYPE_CHECKING:
    from xushi_stats.dataset import Dataset

TABLES = ("inspection", "accountability")
PREFIX = "inspection"
_SCORE, _RANK, _PLACES = Unit("分", "检查"), Unit("名", "检查"), Unit("名", "升降")
_VILLAGES, _MONTHS, _TIMES = Unit("个", "村（社区）"), Unit("个", "月"), Unit("次", "检查")
_CASES, _COEFFICIENT = Unit("起", "问责"), Unit(PURE)
_SHOWN = {
    _SCORE: ("", "points"),
    _RANK: ("", ""),
    _PLACES: ("", "places"),
    _VILLAGES: ("", "villages"),
    _MONTHS: ("个月", "months"),
    _TIMES: ("", "times"),
    _CASES: ("", "cases"),
    _COEFFICIENT: ("", ""),
}
LEVEL_KEYS: Mapping[str, tuple[str, str, str]] = {
    LEVELS[0]: ("city", "市级", "city"),
    LEVELS[1]: ("district", "区级", "district"),
}
"""Level of an inspection as the register has it → key, and its names."""


@dataclass(frozen=True)
class _Office:
    """What every statistic of a year needs."""

    room: Room
    inspection: Inspection
    rules: InspectionRules
    year: int

    @property
    def since(self) -> str:
        return f"{self.year}-01"

    @property
    def through(self) -> str:
        return f"{self.year}-12"

    @property
    def months(self) -> list[str]:
        """The months that had to be inspected, those without any score too."""
        return span(self.inspection, self.rules, self.since, self.through)

    @property
    def held(self) -> list[str]:
        """The months with any score."""
        return [month for month in self.months if month in self.inspection.items]

    def make(
        self,
        name: str,
        period: str,
        value: Value,
        unit: Unit,
        said: tuple[str, str, str, str],
        function: str,
        *,
        village: str = "",
        decimals: int = 0,
    ) -> Entry:
        zh, en, about_zh, about_en = said
        words = Words((zh, en), (about_zh, about_en), unit, _SHOWN[unit], decimals)
        where = f"{'month' if '-' in period else 'year'}={period}"
        where += f" village={village}" if village else ""
        return self.room.entry(name, words, period, value, function, where)


def entries(dataset: Dataset, release: int, folder: Path, faults: list[Fault]) -> list[Entry]:
    """The figures of a year's inspections.

    Args:
        dataset: the town; its rules are read.
        release: the year.
        folder: the town's registers.
        faults: receives what is wrong with registers and rules; then there are no figures.
    """
    found: list[Fault] = []
    rules = town_rules.load(dataset, found)
    inspection = read(folder, found)
    faults.extend(fault for fault in found if fault not in faults)
    if errors(found):
        return []
    files = digests(folder, TABLES, dataset.folder / town_rules.FILE)
    room = Room("villages", PREFIX, files, rules)
    return list(figures(room, inspection, town_rules.inspection(rules), release))


def figures(
    room: Room, inspection: Inspection, rules: InspectionRules, year: int
) -> Iterator[Entry]:
    """All figures of a year."""
    office = _Office(room, inspection, rules, year)
    villages = numbered("", list(inspection.villages))
    yield from _extent(office)
    for month in office.months:
        yield from _month(office, villages, month)
    yield from _year(office, villages)
    yield from _cases(office, villages)


# -- extent ------------------------------------------------------------------------------------


def _extent(office: _Office) -> Iterator[Entry]:
    period = str(office.year)
    missing = gaps(office.inspection, office.rules, office.since, office.through)
    lacking = sum(map(len, missing.villages.values()))
    changed = len(missing.item_changes)
    found: tuple[tuple[str, int, Unit, str, str, str, str], ...] = (
        (
            "villages",
            len(office.inspection.villages),
            _VILLAGES,
            "检查村（社区）数",
            "Villages inspected",
            "登记表列有得分的村（社区）数。",
            "Villages and communities with a score in the register.",
        ),
        (
            "months.due",
            len(office.months),
            _MONTHS,
            "应检查月数",
            "Months due",
            "规定起始月份之后、当年应检查的月数。",
            "Months of the year from the first that had to be inspected.",
        ),
        (
            "months.held",
            len(office.held),
            _MONTHS,
            "已检查月数",
            "Months inspected",
            "当年有检查记录的月数。",
            "Months of the year with a score.",
        ),
        (
            "months.missing",
            len(missing.months),
            _MONTHS,
            "缺检查月数",
            "Months without inspection",
            "当年应检查而没有记录的月数。",
            "Months due in which nobody was inspected.",
        ),
        (
            "villages.missing",
            lacking,
            _TIMES,
            "漏检次数",
            "Villages left out",
            "有检查的月份中，未得分的村（社区）按月累计的次数。",
            "Villages without a score in a month in which others had one, added over the months.",
        ),
        (
            "items.changed",
            changed,
            _TIMES,
            "检查项目变动次数",
            "Changes of items",
            "检查项目与上一次检查不同的次数；变动前后的总分含义不同。",
            "How often the items differ from those scored before; totals then differ in meaning.",
        ),
    )
    for name, value, unit, *said in found:
        zh, en, about_zh, about_en = said
        yield office.make(name, period, value, unit, (zh, en, about_zh, about_en), "count")


# -- months ------------------------------------------------------------------------------------


def _month(office: _Office, villages: Mapping[str, str], month: str) -> Iterator[Entry]:
    found = monthly(office.inspection, office.rules, month)
    for village, standing in found.items():
        letter = villages[village]
        yield office.make(
            f"score{letter}",
            month,
            standing.score,
            _SCORE,
            _score_words(village),
            office.rules.score or "score",
            village=village,
            decimals=_score_places(office),
        )
        yield office.make(
            f"rank{letter}",
            month,
            standing.rank,
            _RANK,
            _rank_words(village),
            "rank of score",
            village=village,
            decimals=_rank_places(office),
        )
    given = [s.score for s in found.values() if isinstance(s.score, Fraction)]
    undecided = next((s.score for s in found.values() if isinstance(s.score, NotGiven)), None)
    mean: Value = sum(given, Fraction(0)) / len(given) if given else undecided
    said = (
        "当月平均得分",
        "Mean score of the month",
        "当月有得分的村（社区）得分的算术平均数。",
        "Arithmetic mean of the scores of the villages scored.",
    )
    yield office.make("mean", month, mean, _SCORE, said, "mean", decimals=2)
    said = (
        "当月得分村（社区）数",
        "Villages scored in the month",
        "当月有得分的村（社区）数。",
        "Villages with a score of the month.",
    )
    yield office.make("scored", month, len(given), _VILLAGES, said, "count")
    yield from _agreement(office, month)
    for end, chosen in _selections(found, office.rules):
        value = len(chosen.villages) if isinstance(chosen, Selection) else chosen
        if month in office.held:
            yield office.make(end, month, value, _VILLAGES, _END_WORDS[end], f"count {end}")


def _score_words(village: str) -> tuple[str, str, str, str]:
    return (
        f"{village}检查得分",
        f"Score of {village}",
        "当月各检查项目得分按规则参数合成的得分。",
        "The items' scores of the month, put together as the rules say.",
    )


def _rank_words(village: str) -> tuple[str, str, str, str]:
    return (
        f"{village}当月名次",
        f"Rank of {village}",
        "当月得分由高到低的名次，同分按规则参数处理。",
        "Rank by score, the highest first; ties as the rules say.",
    )


def _score_places(office: _Office) -> int:
    """A sum of items has one decimal, as they have; a mean two."""
    return 1 if office.rules.score == "sum" else 2


def _rank_places(office: _Office) -> int:
    return 1 if office.rules.tie == "average" else 0


def _agreement(office: _Office, month: str) -> Iterator[Entry]:
    """Kendall's tau-b with the month inspected before; of the first there is none."""
    earlier = [held for held in office.held if held < month]
    if not earlier or month not in office.held:
        return
    found = standings.consistency(office.inspection, office.rules, earlier[-1], month)
    value: Value = found.tau_b if isinstance(found.tau_b, NotGiven) else _coefficient(found.tau_b)
    said = (
        "与上次检查的名次一致程度",
        "Agreement with the inspection before",
        "两次检查得分的肯德尔等级相关系数τ-b，由两次均有得分的村（社区）计算；负一至一，一为次序完全相同；"
        "无理数取五十位有效数字。",
        "Kendall's tau-b of the scores of two inspections, over the villages scored in both; from minus "
        "one to one, one for the same order; an irrational value is taken to fifty digits.",
    )
    yield office.make("tau", month, value, _COEFFICIENT, said, "tau-b", decimals=2)


def _coefficient(found: Correlation) -> Fraction:
    exact = found.exact
    return Fraction(found.decimal) if exact is None else exact


_END_WORDS = {
    "praised": (
        "当月表扬村（社区）数",
        "Villages praised in the month",
        "按规则参数列入表扬的村（社区）数。",
        "Villages to be praised under the rules.",
    ),
    "criticised": (
        "当月通报批评村（社区）数",
        "Villages criticised in the month",
        "按规则参数列入通报批评的村（社区）数。",
        "Villages to be criticised publicly under the rules.",
    ),
}


def _selections(
    found: Mapping[str, Standing], rules: InspectionRules
) -> tuple[tuple[str, Selection | NotGiven], ...]:
    return (
        ("praised", standings.praised(found, rules)),
        ("criticised", standings.criticised(found, rules)),
    )


# -- the year ----------------------------------------------------------------------------------


def _year(office: _Office, villages: Mapping[str, str]) -> Iterator[Entry]:
    period, held = str(office.year), office.held
    whole = cumulative(office.inspection, office.rules, office.since, office.through)
    moved = standings.movement(office.inspection, office.rules, held[-1]) if held else {}
    by_month = [monthly(office.inspection, office.rules, month) for month in held]
    times = {end: _times(by_month, office.rules, end) for end in _END_WORDS}
    for village, standing in whole.items():
        letter = villages[village]
        yield office.make(
            f"year.score{letter}",
            period,
            standing.score,
            _SCORE,
            (
                f"{village}全年平均得分",
                f"Mean score of {village} over the year",
                "当年各月得分的算术平均数，缺月按规则参数处理。",
                "Arithmetic mean of the year's months; missing months as the rules say.",
            ),
            "mean of months",
            village=village,
            decimals=2,
        )
        yield office.make(
            f"year.rank{letter}",
            period,
            standing.rank,
            _RANK,
            (
                f"{village}全年名次",
                f"Rank of {village} over the year",
                "全年平均得分由高到低的名次。",
                "Rank by the mean score of the year.",
            ),
            "rank of mean",
            village=village,
            decimals=_rank_places(office),
        )
        yield office.make(
            f"year.months{letter}",
            period,
            len(standing.months),
            _MONTHS,
            (
                f"{village}得分月数",
                f"Months scored, {village}",
                "当年有得分的月数。",
                "Months of the year with a score.",
            ),
            "count months",
            village=village,
        )
        if held and village in moved:
            change = moved[village]
            places = change if isinstance(change, NotGiven) else change.places
            yield office.make(
                f"move{letter}",
                held[-1],
                places,
                _PLACES,
                (
                    f"{village}名次比上月升降",
                    f"Places gained by {village}",
                    "上月名次减当月名次，正数为上升；上月未检查的不比较。",
                    "Rank of the calendar month before less the rank now, positive for a rise.",
                ),
                "movement",
                village=village,
                decimals=_rank_places(office),
            )
        for end, (zh, en) in {
            "praised": ("表扬", "praised"),
            "criticised": ("通报批评", "criticised"),
        }.items():
            counts = times[end]
            value = counts if isinstance(counts, NotGiven) else counts.get(village, 0)
            yield office.make(
                f"year.{end}{letter}",
                period,
                value,
                _TIMES,
                (
                    f"{village}全年{zh}次数",
                    f"Months {en}, {village}",
                    f"当年按月列入{zh}的次数。",
                    f"Months of the year in which the village was {en}.",
                ),
                f"count {end}",
                village=village,
            )
    w = standings.concordance(office.inspection, office.rules, office.since, office.through)
    yield office.make(
        "concordance",
        period,
        w.w,
        _COEFFICIENT,
        (
            "全年各月名次一致程度",
            "Agreement of the months",
            "肯德尔和谐系数W（计同分校正），由各次检查均有得分的村（社区）计算；零至一，一为各月次序完全相同。",
            "Kendall's W, corrected for ties, over the villages scored in each month inspected; from zero to "
            "one, one for the same order in all.",
        ),
        "Kendall W",
        decimals=2,
    )
    yield office.make(
        "concordance.villages",
        period,
        len(w.villages),
        _VILLAGES,
        (
            "各月均有得分的村（社区）数",
            "Villages scored in every month",
            "当年各次检查均有得分的村（社区）数。",
            "Villages with a score in each month inspected.",
        ),
        "count",
    )


def _times(
    by_month: list[dict[str, Standing]], rules: InspectionRules, end: str
) -> Mapping[str, int] | NotGiven:
    """How often each village was praised or criticised; not given where a parameter is open."""
    chosen = [dict(_selections(found, rules))[end] for found in by_month]
    refused = next((c for c in chosen if isinstance(c, NotGiven)), None)
    return refused or standings.times(chosen)


# -- accountability ----------------------------------------------------------------------------


def _cases(office: _Office, villages: Mapping[str, str]) -> Iterator[Entry]:
    period = str(office.year)
    found = standings.accountability(
        office.inspection, date(office.year, 1, 1), date(office.year, 12, 31)
    )
    for level, (key, zh, en) in LEVEL_KEYS.items():
        total = sum(number for (_, where), number in found.counts.items() if where == level)
        said = (
            f"{zh}检查问责起数",
            f"Cases after {en} inspections",
            f"当年因{zh}检查启动问责的起数，与每月排名无关。",
            f"Cases of accountability that {en} inspections brought; monthly ranks have no part in them.",
        )
        yield office.make(f"cases.{key}", period, total, _CASES, said, f"count level={level}")
        for village, letter in villages.items():
            number = found.counts.get((village, level), 0)
            said = (
                f"{village}{zh}检查问责起数",
                f"Cases of {village} after {en} inspections",
                *said[2:],
            )
            yield office.make(
                f"cases.{key}{letter}",
                period,
                number,
                _CASES,
                said,
                f"count level={level}",
                village=village,
            )
    units = sum(n for (unit, _), n in found.counts.items() if unit in found.not_ranked)
    said = (
        "不参加排名单位的问责起数",
        "Cases of units that are not ranked",
        "当年问责中，不在每月排名之列的单位的起数。",
        "Cases of units that the monthly inspection does not rank.",
    )
    yield office.make("cases.others", period, units, _CASES, said, "count units not ranked")
