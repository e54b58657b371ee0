"""The register of the monthly inspection: scores, ranks, periods, and what is missing.

What the town has not decided is ``None`` in ``InspectionRules``; what needs it is then not given, with
the parameter's name. Nothing missing is filled: a village without a score of the month has no rank.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from xushi_stats.faults import Fault
from xushi_stats.registers import written
from xushi_stats.registers.inspection import rank_agreement
from xushi_stats.registers.reasons import NotGiven, undecided
from xushi_stats.registers.rules.inspection import InspectionRules
from xushi_stats.registers.schema import LEVELS


@dataclass(frozen=True)
class Score:
    """What a village scored on one item in one month."""

    month: str
    village: str
    item: str
    score: Fraction


@dataclass(frozen=True)
class Case:
    """A case of accountability after a city or district inspection; its ground is not kept."""

    date: date
    level: str
    village: str


@dataclass(frozen=True)
class Inspection:
    """The two tables, and the villages that are to be inspected.

    Attributes:
        villages: the town's list; if none was given, those that the scores name.
        totals: for (month, village) its scores by item.
        items: for each month the items that anyone was scored on.
    """

    scores: tuple[Score, ...]
    cases: tuple[Case, ...] = ()
    villages: tuple[str, ...] = ()
    totals: Mapping[tuple[str, str], Mapping[str, Fraction]] = field(init=False, repr=False)
    items: Mapping[str, tuple[str, ...]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        totals: dict[tuple[str, str], dict[str, Fraction]] = {}
        items: dict[str, dict[str, None]] = {}
        for row in self.scores:
            totals.setdefault((row.month, row.village), {})[row.item] = row.score
            items.setdefault(row.month, {})[row.item] = None
        object.__setattr__(self, "totals", totals)
        object.__setattr__(self, "items", {m: tuple(found) for m, found in items.items()})
        if not self.villages:
            object.__setattr__(self, "villages", tuple({row.village: None for row in self.scores}))


def read(folder: Path, faults: list[Fault], villages: Sequence[str] | None = None) -> Inspection:
    """Read ``inspection.csv`` and ``accountability.csv``.

    Args:
        folder: the town's ``registers`` folder.
        faults: receives what is wrong with both.
        villages: the town's list; then a score of any other is a fault. The units that accountability
            may concern are not only villages, and are not checked.
    """
    cells = written.Cells(faults)
    scores, keys = [], []
    for row in written.rows(folder, "inspection", faults):
        month = cells.read(row, "month", written.month, "month")
        score = cells.read(row, "score", written.score, "score")
        cells.known(row, "village", villages)
        if month is not None and row["village"] and row["item"]:
            keys.append((row, (month, row["village"], row["item"])))
            if score is not None:
                scores.append(Score(month, row["village"], row["item"], score))
    written.twice(keys, "month,village,item", cells)
    return Inspection(tuple(scores), tuple(_cases(folder, faults)), tuple(villages or ()))


def _cases(folder: Path, faults: list[Fault]) -> list[Case]:
    cells = written.Cells(faults)
    cases, keys = [], []
    for row in written.rows(folder, "accountability", faults):
        found = cells.read(row, "date", written.day, "date")
        if found is not None and row["level"] in LEVELS and row["village"]:
            keys.append((row, (found, row["level"], row["village"], row["ground"])))
            cases.append(Case(found, row["level"], row["village"]))
    written.twice(keys, "date,level,village,ground", cells)
    return cases


# -- scores and ranks --------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """A village's score and rank, in a month or a period.

    Attributes:
        rank: 1 is best; among ``of`` villages that have a score.
        months: the months that the score rests on.
    """

    village: str
    score: Fraction | NotGiven
    rank: Fraction | NotGiven
    of: int
    months: tuple[str, ...]


def span(inspection: Inspection, rules: InspectionRules, since: str, through: str) -> list[str]:
    """The months of a period that had to be inspected: from the start, or from the first on record."""
    known = sorted({row.month for row in inspection.scores if since <= row.month <= through})
    starts = [max(rules.start, since)] if rules.start else []
    first = min(starts + known[:1], default=None)
    return [] if first is None else list(_months(first, through))


def _months(first: str, last: str) -> Iterable[str]:
    year, month = map(int, first.split("-"))
    while (found := f"{year:04}-{month:02}") <= last:
        yield found
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def month_score(
    inspection: Inspection, rules: InspectionRules, month: str, village: str
) -> Fraction | NotGiven:
    """A village's score of a month, or why it has none."""
    scored = inspection.totals.get((month, village))
    if scored is None:
        return NotGiven("not_inspected", (f"{month} {village}",))
    lacking = tuple(item for item in inspection.items[month] if item not in scored)
    refused = rules.open("score", *(("missing_items",) if lacking else ()))
    if refused:
        return refused
    if lacking and rules.missing_items == "none":
        return NotGiven("items_missing", lacking)
    total = sum(scored.values(), Fraction(0))
    return total if rules.score == "sum" else total / len(scored)


def monthly(inspection: Inspection, rules: InspectionRules, month: str) -> dict[str, Standing]:
    """Score and rank of each village in a month."""
    scores = {v: month_score(inspection, rules, month, v) for v in inspection.villages}
    return _ranked(scores, rules, dict.fromkeys(scores, (month,)))


def cumulative(
    inspection: Inspection, rules: InspectionRules, since: str, through: str
) -> dict[str, Standing]:
    """Score and rank of each village over a period: the mean of its months.

    A sum of items is comparable between months only if the items stay the same; ``gaps`` names them.
    """
    months = span(inspection, rules, since, through)
    scores: dict[str, Fraction | NotGiven] = {}
    used: dict[str, tuple[str, ...]] = {}
    for village in inspection.villages:
        found = {m: month_score(inspection, rules, m, village) for m in months}
        scores[village] = _over_months(found, rules, village)
        used[village] = tuple(m for m, score in found.items() if isinstance(score, Fraction))
    return _ranked(scores, rules, used)


def _over_months(
    found: Mapping[str, Fraction | NotGiven], rules: InspectionRules, village: str
) -> Fraction | NotGiven:
    needs = ("cumulative", "start") if rules.cumulative == "all" else ("cumulative",)
    refused = undecided(rules.open(*needs), *found.values())
    if refused:
        return refused
    given = [score for score in found.values() if isinstance(score, Fraction)]
    missing = tuple(month for month, score in found.items() if isinstance(score, NotGiven))
    if missing and rules.cumulative == "all":
        return NotGiven("months_missing", missing)
    if not given:
        return NotGiven("not_inspected", (village,))
    return sum(given, Fraction(0)) / len(given)


def _ranked(
    scores: Mapping[str, Fraction | NotGiven],
    rules: InspectionRules,
    months: Mapping[str, tuple[str, ...]],
) -> dict[str, Standing]:
    given = _given(scores)
    places = rank_agreement.rank(given, rules.tie) if rules.tie else {}
    waits = undecided(rules.open("tie"), *scores.values())  # a score that is open moves each rank
    return {
        village: Standing(
            village,
            score,
            waits or (score if isinstance(score, NotGiven) else places[village]),
            len(given),
            months[village],
        )
        for village, score in scores.items()
    }


def _given(scores: Mapping[str, Fraction | NotGiven]) -> dict[str, Fraction]:
    return {name: score for name, score in scores.items() if isinstance(score, Fraction)}


# -- what is missing ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Gaps:
    """What a period lacks.

    Attributes:
        months: months without any score.
        villages: for each other month the villages without a score.
        items: for (month, village) the items that others were scored on and it was not.
        item_changes: months scored on other items than the month scored before, so that sums differ
            in meaning.
    """

    months: tuple[str, ...]
    villages: Mapping[str, tuple[str, ...]]
    items: Mapping[tuple[str, str], tuple[str, ...]]
    item_changes: tuple[str, ...]


def gaps(inspection: Inspection, rules: InspectionRules, since: str, through: str) -> Gaps:
    """Name every month, village and item of a period that has no score."""
    months = span(inspection, rules, since, through)
    held = [month for month in months if month in inspection.items]
    absent = {
        m: tuple(v for v in inspection.villages if (m, v) not in inspection.totals) for m in held
    }
    lacking = {
        (month, village): tuple(i for i in inspection.items[month] if i not in scored)
        for (month, village), scored in inspection.totals.items()
        if month in held
    }
    return Gaps(
        tuple(month for month in months if month not in held),
        {month: villages for month, villages in absent.items() if villages},
        {place: items for place, items in lacking.items() if items},
        tuple(b for a, b in pairwise(held) if set(inspection.items[a]) != set(inspection.items[b])),
    )
