"""The monthly inspection's figures for the ledger: scores, ranks, periods, agreement, praise, cases.

All of them are internal. A village's figures are told apart by letters in their ids, in the order of
the register; months are periods of one indicator.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from xushi_stats.faults import Fault, errors
from xushi_stats.ledger import Entry
from xushi_stats.registers.aggregates import (
    Both,
    Room,
    Value,
    at_hand,
    digests,
    is_kept,
    without_register,
)
from xushi_stats.registers.entries import letters
from xushi_stats.registers.inspection import praise_and_criticism
from xushi_stats.registers.inspection.praise_and_criticism import Selection
from xushi_stats.registers.inspection.rank_agreement import Correlation
from xushi_stats.registers.inspection.scores import (
    Gaps,
    Inspection,
    Standing,
    cumulative,
    gaps,
    monthly,
    read,
    span,
)
from xushi_stats.registers.reasons import NotGiven, undecided
from xushi_stats.registers.rules import town
from xushi_stats.registers.rules.inspection import InspectionRules
from xushi_stats.registers.schema import LEVELS

if TYPE_CHECKING:
    from xushi_stats.dataset import Dataset

SECTION, PREFIX = "villages", "inspection"
TABLES = ("inspection", "accountability")
LEVEL_WORDS: Mapping[str, tuple[str, Both]] = {
    LEVELS[0]: ("city", ("市级", "city")),
    LEVELS[1]: ("district", ("区级", "district")),
}
"""Level of an inspection as the register has it → its key, and its name."""
ENDS = ("praised", "criticised")


@dataclass(frozen=True)
class Year:
    """A year's inspections under a town's rules: what tables and figures are made from."""

    inspection: Inspection
    rules: InspectionRules
    year: int

    @property
    def _ends(self) -> tuple[str, str]:
        return f"{self.year}-01", f"{self.year}-12"

    @cached_property
    def months(self) -> list[str]:
        """The months that had to be inspected, those without any score too."""
        return span(self.inspection, self.rules, *self._ends)

    @cached_property
    def held(self) -> list[str]:
        """The months with any score."""
        return [month for month in self.months if month in self.inspection.items]

    @cached_property
    def by_month(self) -> dict[str, dict[str, Standing]]:
        """Month → village → score and rank."""
        return {m: monthly(self.inspection, self.rules, m) for m in self.months}

    @cached_property
    def whole(self) -> dict[str, Standing]:
        """Village → score and rank over the year."""
        return cumulative(self.inspection, self.rules, *self._ends)

    @cached_property
    def ids(self) -> dict[str, str]:
        """Village → its letters in ids."""
        return {village: letters(n) for n, village in enumerate(self.inspection.villages)}

    def chosen(self, month: str) -> dict[str, Selection | NotGiven]:
        """Who is praised and who is criticised for a month."""
        found = self.by_month[month]
        return {
            "praised": praise_and_criticism.praised(found, self.rules),
            "criticised": praise_and_criticism.criticised(found, self.rules),
        }

    def gaps(self) -> Gaps:
        """What the year lacks."""
        return gaps(self.inspection, self.rules, *self._ends)

    def concordance(self) -> praise_and_criticism.Concordance:
        """How far the months agree."""
        return praise_and_criticism.concordance(self.inspection, self.rules, *self._ends)


def entries(dataset: Dataset, release: int, folder: Path, faults: list[Fault]) -> list[Entry]:
    """The figures of a year's inspections.

    Args:
        dataset: the town; its rules are read.
        release: the year.
        folder: the town's registers.
        faults: receives what is wrong with registers and rules; then there are no figures.
    """
    year = year_of(dataset, release, folder, faults)
    there = at_hand(folder, TABLES)
    if year is None or not (there or is_kept(dataset, SECTION)):
        return []
    files = digests(folder, TABLES, dataset.folder / town.FILE)
    rules = town.load(dataset, faults)
    made = list(figures(Room(SECTION, PREFIX, files, rules), year))
    return made if there else without_register(made)


def year_of(dataset: Dataset, release: int, folder: Path, faults: list[Fault]) -> Year | None:
    """A year's inspections as the registers have them; None where these or the rules have faults.

    The registers are read once for a dataset: tables print who is praised from what the figures were
    counted from.
    """
    key = (SECTION, folder, release)
    made, found = dataset.once(key, lambda: _year_of(dataset, release, folder))
    faults.extend(fault for fault in found if fault not in faults)
    return made


def _year_of(dataset: Dataset, release: int, folder: Path) -> tuple[Year | None, list[Fault]]:
    found: list[Fault] = []
    rules = town.load(dataset, found)
    inspection = read(folder, found) if at_hand(folder, TABLES) else Inspection(())
    return None if errors(found) else Year(inspection, town.inspection(rules), release), found


def figures(room: Room, year: Year) -> Iterator[Entry]:
    """All figures of a year."""
    yield from _extent(room, year)
    for month in year.months:
        yield from _month(room, year, month)
    yield from _whole(room, year)
    yield from _times(room, year)
    yield from _cases(room, year)


def _extent(room: Room, year: Year) -> Iterator[Entry]:
    period, missing = str(year.year), year.gaps()
    for kind, number in (
        ("villages", len(year.inspection.villages)),
        ("months.due", len(year.months)),
        ("months.held", len(year.held)),
        ("months.missing", len(missing.months)),
        ("villages.missing", sum(map(len, missing.villages.values()))),
        ("items.changed", len(missing.item_changes)),
    ):
        yield room.entry(kind, period, number)


# -- months ------------------------------------------------------------------------------------


def _month(room: Room, year: Year, month: str) -> Iterator[Entry]:
    found = year.by_month[month]
    for village, standing in found.items():
        yield from _standing(room, year, village, standing, month)
    scores = [standing.score for standing in found.values()]
    given = [score for score in scores if isinstance(score, Fraction)]
    refused = undecided(*scores)
    lacking = next((score for score in scores if isinstance(score, NotGiven)), None)
    mean: Value = sum(given, Fraction(0)) / len(given) if given else lacking
    yield room.entry("scored", month, refused or len(given))
    yield room.entry("mean", month, refused or mean, "mean")
    if month in year.held:
        yield from _agreement(room, year, month)
        for end, chosen in year.chosen(month).items():
            value = len(chosen.villages) if isinstance(chosen, Selection) else chosen
            yield room.entry(end, month, value, f"count {end}")


def _standing(
    room: Room, year: Year, village: str, standing: Standing, period: str, prefix: str = ""
) -> Iterator[Entry]:
    """A village's score and rank of a month, or with ``year.`` of a year."""
    named, end = (village, village), year.ids[village]
    rules = year.rules
    # a sum of items has one decimal as they have, a mean two; ranks are whole but for mid-ranks
    exact = 2 if prefix else 1 if rules.score == "sum" else 2
    function = "mean of months" if prefix else rules.score or "score"
    kinds = (
        ("score", standing.score, function, exact),
        ("rank", standing.rank, "rank of score", int(rules.tie == "average")),
    )
    for kind, value, what, places in kinds:
        name = f"{prefix}{kind}"
        yield room.entry(
            name, period, value, what, end=f"{name}.{end}", decimals=places, village=named
        )


def _agreement(room: Room, year: Year, month: str) -> Iterator[Entry]:
    """Kendall's tau-b with the inspection before; of the first there is none."""
    earlier = [held for held in year.held if held < month]
    if earlier:
        found = praise_and_criticism.consistency(
            year.inspection, year.rules, earlier[-1], month
        ).tau_b
        value: Value = found if isinstance(found, NotGiven) else _coefficient(found)
        yield room.entry("tau", month, value, f"tau-b with {earlier[-1]}")


def _coefficient(found: Correlation) -> Fraction:
    exact = found.exact
    return Fraction(found.decimal) if exact is None else exact


# -- the year ----------------------------------------------------------------------------------


def _whole(room: Room, year: Year) -> Iterator[Entry]:
    period, last = str(year.year), year.held[-1:]
    moved = praise_and_criticism.movement(year.inspection, year.rules, last[0]) if last else {}
    for village, standing in year.whole.items():
        named, end = (village, village), year.ids[village]
        yield from _standing(room, year, village, standing, period, "year.")
        own = (year.by_month[m].get(village) for m in year.months)
        months = undecided(*(s.score for s in own if s)) or len(standing.months)
        yield room.entry("year.months", period, months, end=f"year.months.{end}", village=named)
        if village in moved:
            change = moved[village]
            places = change if isinstance(change, NotGiven) else change.places
            decimals = int(year.rules.tie == "average")
            yield room.entry(
                "move",
                last[0],
                places,
                "movement",
                end=f"move.{end}",
                decimals=decimals,
                village=named,
            )
    found = year.concordance()
    yield room.entry("concordance", period, found.w, "Kendall W")
    scores = (s.score for m in year.held for s in year.by_month[m].values())
    yield room.entry("concordance.villages", period, undecided(*scores) or len(found.villages))


def _times(room: Room, year: Year) -> Iterator[Entry]:
    """How many months each village was praised or criticised; not given where a rule is open."""
    for end in ENDS:
        chosen = [year.chosen(month)[end] for month in year.held]
        refused = next((c for c in chosen if isinstance(c, NotGiven)), None)
        counts = praise_and_criticism.times(chosen)
        for village, letter in year.ids.items():
            value: Value = refused or counts[village]
            name, named = f"year.{end}", (village, village)
            yield room.entry(
                name, str(year.year), value, f"count {end}", end=f"{name}.{letter}", village=named
            )


def _cases(room: Room, year: Year) -> Iterator[Entry]:
    """Accountability, from its own table: the monthly rank has no part in it."""
    period = str(year.year)
    days = date(year.year, 1, 1), date(year.year, 12, 31)
    found = praise_and_criticism.accountability(year.inspection, *days)
    for level, (key, words) in LEVEL_WORDS.items():
        total = sum(number for (_, where), number in found.counts.items() if where == level)
        yield room.entry("cases", period, total, end=f"cases.{key}", level=words)
        for village, letter in year.ids.items():
            number = found.counts.get((village, level), 0)
            yield room.entry(
                "cases.village",
                period,
                number,
                end=f"cases.{key}.{letter}",
                village=(village, village),
                level=words,
            )
    others = sum(n for (unit, _), n in found.counts.items() if unit in found.not_ranked)
    yield room.entry("cases.others", period, others)
