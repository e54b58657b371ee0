"""Outcomes of the assessment: score, grades and consequences of each person's year; their distribution."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from xushi_stats.registers.assessment.grade_history import (
    Consequences,
    GradedYear,
    Standing,
    consequences,
    standings,
)
from xushi_stats.registers.assessment.grades import RawGrade, raw_grades
from xushi_stats.registers.assessment.register import Register
from xushi_stats.registers.assessment.scores import DomainPoints, Score, by_domain, scores
from xushi_stats.registers.rules.assessment import Grade
from xushi_stats.registers.rules.parameter import Open, Rules

T = TypeVar("T")


@dataclass(frozen=True)
class Outcome:
    """A person's year from entries to consequences."""

    score: Score
    raw: RawGrade
    standing: Standing
    consequences: Consequences


def outcomes(register: Register, years: Iterable[int], rules: Rules) -> list[Outcome]:
    """The outcome of each person's year, by person and year.

    Args:
        register: services and entries of all those years.
        years: the years, from the first that the register covers: earlier years bear on later ones.
        rules: the town's rules; where one that is needed is open, the result is ``Open``.
    """
    rows: list[tuple[Score, RawGrade]] = []
    for year in sorted(set(years)):
        of_year = scores(register, year, rules)
        raw = raw_grades(of_year, rules)
        rows += [(score, raw[score.person]) for score in of_year]
    histories: dict[str, list[tuple[Score, RawGrade]]] = {}
    for score, grade in rows:
        histories.setdefault(score.person, []).append((score, grade))
    return [o for _, history in sorted(histories.items()) for o in _person(history, rules)]


def _person(history: Sequence[tuple[Score, RawGrade]], rules: Rules) -> list[Outcome]:
    graded = [GradedYear(s.year, raw.grade, s.instrument) for s, raw in history]
    return [
        Outcome(score, raw, standing, consequences(standing, rules))
        for (score, raw), standing in zip(history, standings(graded, rules), strict=True)
    ]


# -- distribution ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Distribution:
    """Statistics of a year, before disclosure control; never to be printed as they are.

    Counts are integers; the mean and the median are exact, in points, and None where nobody was
    assessed. What an open parameter decides is ``Open``.

    Attributes:
        persons: in post on a day of the year.
        assessed: of these, with an assessment.
        raw, effective: persons by grade; every grade is there, 0 if nobody has it.
        reclassified, ended: persons reclassified as not competent, and whose post ends.
        domains: entries that count, by domain.
    """

    persons: int
    assessed: int | Open
    raw: Mapping[Grade, int] | Open
    effective: Mapping[Grade, int] | Open
    reclassified: int | Open
    ended: int | Open
    mean: Fraction | Open | None
    median: Fraction | Open | None
    entries: int
    domains: Mapping[str, DomainPoints]


def distribution(of_year: Sequence[Outcome]) -> Distribution:
    """Distribution of the outcomes of one year, or of a part of it such as one instrument."""
    totals = _settled([o.score.total for o in of_year])
    found = [t for t in totals if t is not None] if not isinstance(totals, Open) else totals
    entries = [entry for o in of_year for entry in o.score.entries]
    unassessed = _settled([o.score.unassessed for o in of_year])
    return Distribution(
        persons=len(of_year),
        assessed=unassessed if isinstance(unassessed, Open) else unassessed.count(""),
        raw=_by_grade([o.raw.grade for o in of_year]),
        effective=_by_grade([o.standing.effective for o in of_year]),
        reclassified=_count([o.standing.reclassified for o in of_year]),
        ended=_count([o.standing.ended for o in of_year]),
        mean=found if isinstance(found, Open) else (_mean(found)),
        median=found if isinstance(found, Open) else (statistics.median(found) if found else None),
        entries=len(entries),
        domains=by_domain(entries),
    )


def _mean(totals: Sequence[Fraction]) -> Fraction | None:
    return sum(totals, Fraction(0)) / len(totals) if totals else None


def _settled(values: Sequence[T | Open]) -> list[T] | Open:
    """The values, or the first open parameter among them."""
    settled: list[T] = []
    for value in values:
        if isinstance(value, Open):
            return value
        settled.append(value)
    return settled


def _by_grade(grades: Sequence[Grade | Open | None]) -> Mapping[Grade, int] | Open:
    found = _settled(grades)
    if isinstance(found, Open):
        return found
    counts = Counter(found)
    return {grade: counts[grade] for grade in Grade}


def _count(flags: Sequence[bool | Open]) -> int | Open:
    found = _settled(flags)
    return found if isinstance(found, Open) else sum(found)
