"""Town staff and village cadres, and the entries of their assessment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xushi_stats.registers.schema import INSTRUMENTS
from xushi_stats.synth.dice import Dice
from xushi_stats.synth.plan import Town, day_of, iso

Rows = Iterator[Sequence[str]]

UNITS = (
    "党政综合办公室",
    "党建办公室",
    "经济发展办公室",
    "社会事务办公室",
    "自然资源和生态环境办公室",
    "社会治安和应急管理办公室",
    "综合行政执法大队",
    "政务服务中心",
)
DOMAINS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "行为规范": (("主动公开办事流程",), ("工作时间无故离岗", "未按规定请假")),
    "作风纪律": (("按时报送材料",), ("会议迟到", "未按时报送材料")),
    "勤政廉政": (("完成临时任务", "工作获上级通报表扬"), ("督办事项逾期", "台账记载不全")),
    "服务群众": (("及时化解纠纷", "上门办理事项"), ("来访登记不及时", "群众反映办事拖延")),
}
"""What an entry is about, with the grounds for points added and for points deducted."""
_HOLDERS = 5
"""Posts of an office or village."""


@dataclass(frozen=True)
class Term:
    """A person's time in a post."""

    person: str
    name: str
    instrument: str
    unit: str
    start: int
    end: int | None

    def row(self) -> list[str]:
        """As the register has it."""
        end = "" if self.end is None else iso(self.end)
        return [self.person, self.name, self.instrument, self.unit, iso(self.start), end]


@dataclass(frozen=True)
class _Vacancy:
    start: int
    end: int | None
    instrument: str
    unit: str


def staff(town: Town) -> list[Term]:
    """Everybody in every post of the period; who leaves one post may take up another."""
    vacancies = sorted(_vacancies(town), key=lambda v: (v.start, v.instrument, v.unit, v.end or 0))
    dice = town.dice("staff")
    terms: list[Term] = []
    free: list[Term] = []
    for vacancy in vacancies:
        person, name = _successor(town, dice, vacancy, free, len(terms))
        term = Term(person, name, vacancy.instrument, vacancy.unit, vacancy.start, vacancy.end)
        terms.append(term)
        if term.end is not None:
            free.append(term)
    return sorted(terms, key=lambda term: (term.person, term.start))


def _vacancies(town: Town) -> Iterator[_Vacancy]:
    """Every post from one holder to the next; each fifth post keeps its holder."""
    office, village = INSTRUMENTS
    units = [(office, unit) for unit in UNITS] + [(village, name) for name in town.villages]
    posts = [unit for unit in units for _ in range(_HOLDERS)]
    for number, (instrument, unit) in enumerate(posts):
        dice = town.dice("post", number)
        start = town.plan.first_day - 1 - dice.below(3000)
        for year in town.plan.all_years():
            if number % _HOLDERS and dice.chance(9):
                end = day_of(year, 2, 1) + dice.below(300)
                yield _Vacancy(start, end, instrument, unit)
                start = end + 1 + dice.below(45)
        if start <= town.plan.last_day:
            yield _Vacancy(start, None, instrument, unit)


def _successor(
    town: Town, dice: Dice, vacancy: _Vacancy, free: list[Term], serial: int
) -> tuple[str, str]:
    """Somebody who left another post within two months, or a new person."""
    for term in free:
        recent = term.end is not None and term.end < vacancy.start <= term.end + 60
        if recent and term.unit != vacancy.unit and dice.chance(50):
            free.remove(term)
            return term.person, term.name
    return town.number("S", serial + 1), town.name(serial + 1, "职")


def lasting(town: Town, terms: Sequence[Term]) -> list[str]:
    """Persons who stay in one post through the whole period: they visit, and enter points."""
    return [t.person for t in terms if t.start < town.plan.first_day and t.end is None]


def assessment(town: Town, terms: Sequence[Term]) -> Rows:
    """Entries in the order in which they were entered, some long after the day they are about."""
    keepers = lasting(town, terms)
    entries = sorted(entry for term in terms for entry in _entries(town, term, keepers))
    for number, (_, *rest) in enumerate(entries, start=1):
        yield [town.number("E", number, 6), *rest]


def _entries(
    town: Town, term: Term, keepers: Sequence[str]
) -> Iterator[tuple[int, str, str, str, str, str, str]]:
    """One person's entries: day of entry, person, date, domain, points, ground, entered by.

    A person keeps one tendency through the years, so that runs of bad years occur.
    """
    tendency = town.dice("tendency", term.person).weighted((3, 13, 75, 100))
    dice = town.dice("entries", term.person, term.start)
    for year in town.plan.all_years():
        first = max(day_of(year), term.start)
        last = day_of(year, 12, 31) if term.end is None else min(day_of(year, 12, 31), term.end)
        for _ in range((2 + dice.below(7)) * max(0, last - first + 1) // 365):
            day = dice.between(first, last)
            domain = dice.pick(list(DOMAINS))
            good = dice.chance((5, 25, 62, 88)[tendency])
            points = dice.pick((5, 10, 10, 20, 30) if good else (-5, -10, -10, -20, -40))
            if not good and tendency < 2:
                points *= (6, 3)[tendency]
            ground = dice.pick(DOMAINS[domain][0 if good else 1])
            by = dice.pick([k for k in keepers if k != term.person])
            entered = day + (dice.between(25, 60) if dice.chance(6) else dice.below(4))
            yield entered, term.person, iso(day), domain, str(points), ground, by
