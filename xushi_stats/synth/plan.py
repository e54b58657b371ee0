"""What is to be made: how many towns, how large, which years; and what a town is made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from itertools import accumulate
from typing import Literal

from xushi_stats.synth.dice import Dice

Format = Literal["csv", "parquet"]

REGISTER_BEGAN = 2014
"""Year in which registers of poor households were first drawn up; no synthetic year lies before it."""
BREAK = date(2021, 1, 1).toordinal()
"""From this day the register knows the monitored classes only."""

_LAST_YEAR = 2099
_CERTAIN = 25
"""Rows that each table has at least, if there are as many households."""

_FIRST = "青白乌赤长短宽斜东南西北上中下里外前后阔"
_SECOND = "石塘桥坡冲湾岗坪溪垄林泉畈港桐枫竹渡"
_STEMS = "甲乙丙丁戊己庚辛壬癸"


@dataclass(frozen=True)
class Plan:
    """What ``xushi-stats synth`` was asked for.

    Attributes:
        towns: number of towns.
        households: households in each town's register, those included that left before the last day.
        years: number of years, from ``first_year`` on.
        first_year: first year of incomes, items, points and scores; states reach back to 2014.
        seed: any printable text; it decides every draw.
        format: kind of files.
        dirty: rows spoilt on purpose in each town.
    """

    towns: int = 1
    households: int = 400
    years: int = 3
    first_year: int = 2019
    seed: str = "1"
    format: Format = "csv"
    dirty: int = 0

    def wrong(self) -> str:
        """What cannot be made as it was asked for, in both languages; "" if all can."""
        if min(self.towns, self.households, self.years) < 1:
            return "镇数、户数、年数至少为1 / towns, households and years must be 1 or more"
        if not REGISTER_BEGAN <= self.first_year <= _LAST_YEAR - self.years + 1:
            return (
                f"年份须在{REGISTER_BEGAN}年至{_LAST_YEAR}年之间 / "
                f"the years must lie between {REGISTER_BEGAN} and {_LAST_YEAR}"
            )
        if not self.seed.isprintable():
            return "种子须为可印出的文字 / the seed must be printable text"
        if not 0 <= self.dirty <= most(self.households):
            return (
                f"这么多户，写错的行数至多为{most(self.households)} / "
                f"with so few households, at most {most(self.households)} rows can be spoilt"
            )
        return ""

    @cached_property
    def first_day(self) -> int:
        """First day of the period, as Python counts days."""
        return date(self.first_year, 1, 1).toordinal()

    @cached_property
    def last_day(self) -> int:
        """Last day of the period."""
        return date(self.first_year + self.years - 1, 12, 31).toordinal()

    def all_years(self) -> range:
        """The years of the period."""
        return range(self.first_year, self.first_year + self.years)

    def all_towns(self) -> Iterator[Town]:
        """Its towns."""
        return (Town(self, index) for index in range(self.towns))


@dataclass(frozen=True)
class Town:
    """One town of a plan; nothing in it depends on how many there are."""

    plan: Plan
    index: int

    @cached_property
    def letters(self) -> str:
        """Its letters in ids: A, B, …, Z, AA, AB and so on."""
        letters, rest = "", self.index + 1
        while rest:
            rest, last = divmod(rest - 1, 26)
            letters = chr(ord("A") + last) + letters
        return letters

    @cached_property
    def id(self) -> str:
        """The name of its folder."""
        return f"synth-{self.letters.lower()}"

    def dice(self, *what: str | int) -> Dice:
        """The draws for one purpose in this town."""
        return Dice(self.plan.seed, self.id, *what)

    @cached_property
    def villages(self) -> list[str]:
        """Its villages and communities, all with invented names."""
        count = min(40, max(5, self.plan.households // 20))
        names = self.dice("villages").shuffled([a + b for a in _FIRST for b in _SECOND])
        return [f"{n}{'社区' if i % 9 == 8 else '村'}" for i, n in enumerate(names[:count])]

    @cached_property
    def weights(self) -> list[int]:
        """The villages' sizes as running totals; the largest are some ten times the smallest."""
        dice = self.dice("sizes")
        return list(accumulate((2 + dice.below(5)) ** 2 for _ in self.villages))

    def number(self, kind: str, serial: int, digits: int = 4) -> str:
        """An id: marked synthetic, and without meaning."""
        return f"SYN-{self.letters}-{kind}{serial:0{digits}d}"

    def name(self, serial: int, post: str = "") -> str:
        """A person's name that nobody can bear, such as 合成甲0001."""
        return f"合成{_STEMS[self.index % len(_STEMS)]}{post}{serial:04d}"


@cache
def iso(day: int) -> str:
    """A day as it is written, such as 2020-01-31."""
    return date.fromordinal(day).isoformat()


@cache
def day_of(year: int, month: int = 1, day: int = 1) -> int:
    """A date as Python counts days."""
    return date(year, month, day).toordinal()


def certain(households: int) -> int:
    """Rows that each of the tables spoilt on purpose has at least."""
    return min(_CERTAIN, households)


def most(households: int) -> int:
    """The most rows that can be spoilt: of eight ways, at most two concern the same table."""
    return 8 * (certain(households) // 2)
