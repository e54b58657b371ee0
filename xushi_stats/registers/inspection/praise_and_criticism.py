"""What follows from the ranks of an inspection, and what does not: accountability.

Movement between months, agreement of months, praise and public criticism are read from the standings.
Accountability comes from city and district inspections alone (table ``accountability``): no function
here takes a rank to it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from xushi_stats.registers.inspection import rank_agreement
from xushi_stats.registers.inspection.rank_agreement import Correlation
from xushi_stats.registers.inspection.scores import Inspection, Standing, month_score, monthly, span
from xushi_stats.registers.reasons import NotGiven, undecided
from xushi_stats.registers.rules.inspection import InspectionRules

End = Literal["best", "worst"]


# -- movement ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Movement:
    """Places gained (lost, if negative) against the month before.

    Attributes:
        before_of, now_of: how many were ranked; places among different numbers compare with care.
    """

    places: Fraction
    before_of: int
    now_of: int


def movement(
    inspection: Inspection, rules: InspectionRules, month: str
) -> dict[str, Movement | NotGiven]:
    """Each village's movement against the calendar month before; a missing month is not skipped."""
    now = monthly(inspection, rules, month)
    if not any(held < month for held in inspection.items):
        return dict.fromkeys(now, NotGiven("no_earlier_month"))
    before = monthly(inspection, rules, _month_before(month))
    return {village: _moved(before[village], now[village]) for village in now}


def _moved(before: Standing, now: Standing) -> Movement | NotGiven:
    for standing in (now, before):
        if isinstance(standing.rank, NotGiven):
            return standing.rank
    assert isinstance(before.rank, Fraction) and isinstance(now.rank, Fraction)
    return Movement(before.rank - now.rank, before.of, now.of)


def _month_before(month: str) -> str:
    year, number = map(int, month.split("-"))
    return f"{year:04}-{number - 1:02}" if number > 1 else f"{year - 1:04}-12"


# -- agreement of months -----------------------------------------------------------------------


@dataclass(frozen=True)
class Consistency:
    """How far two months order the villages alike.

    Attributes:
        villages: those with a score in both months; ``left_out`` the others.
    """

    villages: tuple[str, ...]
    left_out: tuple[str, ...]
    tau_b: Correlation | NotGiven


def consistency(
    inspection: Inspection, rules: InspectionRules, one: str, other: str
) -> Consistency:
    """Kendall's tau-b of two months; it does not depend on the tie rule."""
    kept, columns, refused = _complete(inspection, rules, [one, other])
    return Consistency(
        kept,
        tuple(v for v in inspection.villages if v not in kept),
        refused or rank_agreement.tau_b(*columns),
    )


@dataclass(frozen=True)
class Concordance:
    """How far all months of a period order the villages alike.

    Attributes:
        months: those with any score; villages: those with a score in each of them.
        w: Kendall's coefficient, corrected for ties.
    """

    months: tuple[str, ...]
    villages: tuple[str, ...]
    left_out: tuple[str, ...]
    w: Fraction | NotGiven


def concordance(
    inspection: Inspection, rules: InspectionRules, since: str, through: str
) -> Concordance:
    """Kendall's W over the months of a period, of the villages scored in all of them."""
    months = [m for m in span(inspection, rules, since, through) if m in inspection.items]
    kept, columns, refused = _complete(inspection, rules, months)
    left_out = tuple(v for v in inspection.villages if v not in kept)
    return Concordance(
        tuple(months), kept, left_out, refused or rank_agreement.concordance(columns)
    )


def _complete(
    inspection: Inspection, rules: InspectionRules, months: list[str]
) -> tuple[tuple[str, ...], list[list[Fraction]], NotGiven | None]:
    """The villages with a score in each month, the scores by month, and what is undecided."""
    scores = {
        v: [month_score(inspection, rules, m, v) for m in months] for v in inspection.villages
    }
    whole = {
        village: [score for score in row if isinstance(score, Fraction)]
        for village, row in scores.items()
    }
    kept = [village for village, row in whole.items() if len(row) == len(months)]
    columns = [[whole[village][n] for village in kept] for n in range(len(months))]
    refused = undecided(*(score for row in scores.values() for score in row))
    return tuple(kept), columns, refused


# -- praise and public criticism ---------------------------------------------------------------


@dataclass(frozen=True)
class Selection:
    """The best or the worst.

    Attributes:
        villages: from the outermost score inwards.
        boundary: those that tie at the boundary: in ``villages`` if ``included``.
    """

    villages: tuple[str, ...]
    boundary: tuple[str, ...]
    included: bool


def praised(standings: Mapping[str, Standing], rules: InspectionRules) -> Selection | NotGiven:
    """The villages to be praised, by the settings ``best_*``."""
    return _selected(standings, rules, "best")


def criticised(standings: Mapping[str, Standing], rules: InspectionRules) -> Selection | NotGiven:
    """The villages to be criticised publicly, by the settings ``worst_*``."""
    return _selected(standings, rules, "worst")


def _selected(
    standings: Mapping[str, Standing], rules: InspectionRules, end: End
) -> Selection | NotGiven:
    needs = rules.open(f"{end}_by", f"{end}_value", f"{end}_ties")
    refused = undecided(needs, *(standing.score for standing in standings.values()))
    if refused:
        return refused
    sign = 1 if end == "best" else -1
    scores = {v: sign * s.score for v, s in standings.items() if isinstance(s.score, Fraction)}
    order = sorted(scores, key=lambda village: -scores[village])
    value: Fraction = getattr(rules, f"{end}_value")
    if getattr(rules, f"{end}_by") == "threshold":
        line = sign * value
        boundary = tuple(v for v in order if scores[v] == line)
    else:
        line = scores[order[min(int(value), len(order)) - 1]] if order else Fraction(0)
        at_line = tuple(v for v in order if scores[v] == line)
        beyond = sum(score > line for score in scores.values())
        boundary = at_line if beyond + len(at_line) > value else ()
    included = getattr(rules, f"{end}_ties") == "with"
    inside = [v for v in order if scores[v] >= line and (included or v not in boundary)]
    return Selection(tuple(inside), boundary, included)


def times(selections: Iterable[Selection | NotGiven]) -> Counter[str]:
    """How many of the selections (months) each village is in; those not given count for nobody."""
    return Counter(
        v for found in selections if isinstance(found, Selection) for v in found.villages
    )


# -- accountability ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Accountability:
    """Cases of a period.

    Attributes:
        counts: for (village or unit, level) the number of cases.
        not_ranked: units with a case that the monthly inspection does not rank.
    """

    counts: Mapping[tuple[str, str], int]
    not_ranked: tuple[str, ...]


def accountability(inspection: Inspection, since: date, through: date) -> Accountability:
    """The cases that city and district inspections brought, from ``since`` to ``through`` inclusive."""
    cases = [case for case in inspection.cases if since <= case.date <= through]
    units = dict.fromkeys(case.village for case in cases)
    return Accountability(
        Counter((case.village, case.level) for case in cases),
        tuple(unit for unit in units if unit not in inspection.villages),
    )
