"""Effective grades: the raw grades of consecutive years, as the rules on consecutive years leave them.

Two consecutive years as 基本称职 make the second 不称职 (it is *reclassified*); two consecutive years as
不称职 end the post. A point on which the rules are open is asked for only where a person's years turn
on it: what a year is then depends on the open parameter, and says which.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from xushi_stats.registers.rules.assessment import Grade
from xushi_stats.registers.rules.parameter import Open, OpenParameter, Rules, settle

V = TypeVar("V")


@dataclass(frozen=True)
class GradedYear:
    """A year of a person's history: the raw grade (None without an assessment) and its instrument."""

    year: int
    raw: Grade | Open | None
    instrument: str | Open


@dataclass(frozen=True)
class Standing:
    """What the history makes of a year.

    Attributes:
        effective: the grade that counts; None without an assessment.
        reclassified: whether it is 不称职 by two years as 基本称职.
        before: the year with which it makes two consecutive years, or None.
        ended: whether the post ends.
    """

    now: GradedYear
    effective: Grade | Open | None
    reclassified: bool | Open = False
    ended: bool | Open = False
    before: int | None = None


@dataclass(frozen=True)
class Consequences:
    """What follows from a year.

    Attributes:
        pay: share of assessment pay (考核工资), 1 the standard.
        talk: whether there is an admonishing talk (诫勉谈话) and a time limit for improvement.
        deadline: that time limit in days, or None.
        promotion: whether the person has priority for promotion.
    """

    pay: Fraction | Open
    talk: bool | Open
    deadline: int | Open | None
    promotion: bool | Open


def standings(history: Sequence[GradedYear], rules: Rules) -> list[Standing]:
    """The standing of each year, in order of years; years missing from the history have no assessment.

    >>> from xushi_stats.registers.rules.parameter import Rules
    >>> rules = Rules({"assessment.history.first": 2020})
    >>> [s.effective.name for s in standings(
    ...     [GradedYear(2020, Grade.BASIC, "村级"), GradedYear(2021, Grade.BASIC, "村级")], rules)]
    ['BASIC', 'INCOMPETENT']
    """
    found: list[Standing] = []
    before: Standing | None = None
    for now in sorted(history, key=lambda graded: graded.year):
        made = _standing(before, now, rules)
        found.append(made)
        if now.raw is not None:
            before = made
    return found


def _standing(before: Standing | None, now: GradedYear, rules: Rules) -> Standing:
    if isinstance(now.raw, Open) and before:
        return Standing(now, now.raw, now.raw, now.raw)
    if now.raw not in (Grade.BASIC, Grade.INCOMPETENT) or before is None:
        return Standing(now, now.raw)
    reclassified: bool | Open = False
    effective: Grade | Open | None = now.raw
    if now.raw is Grade.BASIC:
        reclassified = settle(lambda: _is_second_basic(before, now, rules))
        if reclassified:
            effective = reclassified if isinstance(reclassified, Open) else Grade.INCOMPETENT
    ended = settle(lambda: _ends(before, now, reclassified, rules))
    pair = before.now.year if reclassified is True or ended is True else None
    return Standing(now, effective, reclassified, ended, pair)


def _is_second_basic(before: Standing, now: GradedYear, rules: Rules) -> bool:
    return _every(
        lambda: _known(before.now.raw) is Grade.BASIC,
        lambda: (
            not _known(before.reclassified)
            or rules.value("assessment.history.after_reclassified") == "continue"
        ),
        lambda: _same_post(before, rules),
        *_adjoining(before.now, now, rules),
    )


def _ends(before: Standing, now: GradedYear, reclassified: bool | Open, rules: Rules) -> bool:
    counts: Callable[[], bool] = lambda: rules.value("assessment.history.reclassified_counts")  # noqa: E731
    return _every(
        lambda: now.raw is Grade.INCOMPETENT or _known(reclassified),
        lambda: _known(before.effective) is Grade.INCOMPETENT,
        lambda: not _known(before.reclassified) or counts(),
        lambda: _same_post(before, rules),
        *_adjoining(before.now, now, rules),
    )


def _same_post(before: Standing, rules: Rules) -> bool:
    """Whether the year before still counts: a post that ended with it may begin the count anew."""
    return not _known(before.ended) or rules.value("assessment.history.after_end") == "continue"


def _adjoining(before: GradedYear, now: GradedYear, rules: Rules) -> tuple[Callable[[], bool], ...]:
    """What makes two assessed years consecutive."""
    return (
        lambda: before.year >= rules.value("assessment.history.first"),
        lambda: now.year - before.year == 1 or rules.value("assessment.history.gap") == "skipped",
        lambda: (
            _known(before.instrument) == _known(now.instrument)
            or rules.value("assessment.history.transfer") == "continues"
        ),
    )


def _known(value: V | Open) -> V:
    if isinstance(value, Open):
        raise OpenParameter(value.name, value.query)
    return value


def _every(*conditions: Callable[[], bool]) -> bool:
    """Whether all hold; one that fails decides, even where another is open."""
    needed: OpenParameter | None = None
    for condition in conditions:
        try:
            if not condition():
                return False
        except OpenParameter as error:
            needed = needed or error
    if needed:
        raise needed
    return True


# -- consequences ----------------------------------------------------------------------------------


def consequences(standing: Standing, rules: Rules) -> Consequences:
    """What the rules attach to a year's effective grade."""
    effective, reclassified = standing.effective, standing.reclassified
    if isinstance(effective, Open):
        return Consequences(effective, effective, effective, effective)
    pay = settle(lambda: _pay(effective, _known(reclassified), rules))
    talk = settle(
        lambda: (
            effective is Grade.BASIC
            or (bool(_known(reclassified)) and rules.value("assessment.talk.reclassified"))
        )
    )
    deadline: int | Open | None = None
    if isinstance(talk, Open):
        deadline = talk
    elif talk:
        deadline = rules["assessment.talk.deadline"]
    return Consequences(pay, talk, deadline, effective is Grade.EXCELLENT)


def _pay(effective: Grade | None, reclassified: bool, rules: Rules) -> Fraction:
    if effective is Grade.INCOMPETENT:
        if reclassified and rules.value("assessment.pay.reclassified") == "basic":
            return Fraction(rules.value("assessment.pay.basic"))
        return Fraction(0)
    grade = effective.value if effective else "unassessed"
    return Fraction(rules.value(f"assessment.pay.{grade}"))
