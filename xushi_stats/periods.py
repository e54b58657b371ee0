"""Several years of one indicator: whose year a statement is, where a series breaks, what two years give.

A report may state the year before once more: then its value counts, and the earlier one is kept as what
it was before the revision. Where a definition changed, nothing is computed over the break.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from xushi_stats.catalogue import Indicator
from xushi_stats.faults import Fault, Lang
from xushi_stats.formula import Formula, Reference
from xushi_stats.observations import Observation, used
from xushi_stats.quantity import Unit
from xushi_stats.tables import Row, near, read_columns
from xushi_stats.words import by_key, read_words

BREAK_COLUMNS = read_columns("xushi_stats", "breaks")
ADDED = ("growth", "change", "annual", "completion")
"""What is made of two years without being asked, as the last part of an id."""

Stated = Mapping[str, Mapping[str, Sequence["Observation"]]]
"""Indicator → period → the statements that count."""


@dataclass(frozen=True)
class Break:
    """A change of definition: figures from ``release`` on are not comparable with those before."""

    indicator: str
    release: int
    reason: Mapping[Lang, str]


def breaks(rows: Iterable[Row], known: Mapping[str, object], faults: list[Fault]) -> list[Break]:
    """The rows of ``breaks.csv``."""
    found = []
    for row in rows:
        if row["indicator"] not in known:
            hint = near(row["indicator"], known)
            faults.append(row.fault("indicator_unknown", "indicator", near=hint))
        if not re.fullmatch(r"[12]\d{3}", row["release"], re.ASCII):
            faults.append(row.fault("release", "release"))
            continue
        reason: dict[Lang, str] = {"zh": row["reason_zh"], "en": row["reason_en"]}
        found.append(Break(row["indicator"], int(row["release"]), reason))
    return found


# -- whose year a statement is -----------------------------------------------------------------


def shift(period: str, years: int) -> str:
    """A period some years later.

    >>> shift("2020", -1), shift("2020-01/2020-03", 1)
    ('2019', '2021-01/2021-03')
    """
    return re.sub(r"\d{4}", lambda year: f"{int(year[0]) + years:04}", period, flags=re.ASCII)


def length(period: str) -> str:
    """The kind of a period: two of one kind are the same months of different years.

    >>> length("2020-01/2020-03") == length("2021-01/2021-03"), length("2020") == length("2020-03")
    (True, False)
    """
    first = period[:4]
    return shift(period, -int(first)) if first.isdecimal() else period


def by_year(observations: Iterable[Observation], release: int) -> dict[int, Stated]:
    """What is known of each year when a report comes out.

    Of a period that several reports state, the latest report counts.

    Args:
        observations: all statements of a town.
        release: the report; later ones are not known yet.
    """
    known = [o for o in observations if o.release <= release]
    latest: dict[tuple[str, str], int] = {}
    for said in known:
        key = (said.indicator, said.time_period)
        latest[key] = max(latest.get(key, 0), said.release)
    found: dict[int, dict[str, dict[str, list[Observation]]]] = {release: {}}
    for said, year in zip(known, _years(known), strict=True):
        if said.release == latest[said.indicator, said.time_period]:
            periods = found.setdefault(year, {}).setdefault(said.indicator, {})
            periods.setdefault(said.time_period, []).append(said)
    return dict(sorted(found.items()))


def _years(known: Sequence[Observation]) -> list[int]:
    """The year that each statement belongs to: its report's, or an earlier one that it states again."""
    first: dict[tuple[str, str], int] = {}
    newest: dict[tuple[str, int, str], str] = {}
    for said in known:
        place = (said.indicator, said.time_period)
        first[place] = min(first.get(place, said.release), said.release)
        kin = (said.indicator, said.release, length(said.time_period))
        newest[kin] = max(newest.get(kin, ""), said.time_period)
    found = []
    for said in known:
        kin = (said.indicator, said.release, length(said.time_period))
        back = int(newest[kin][:4]) - int(said.time_period[:4])
        if back == 0 and said.time_period.isdecimal():  # 2019 alone in the report of 2020
            back = max(0, said.release - int(said.time_period))
        again = first[said.indicator, said.time_period]
        found.append(min(said.release - back, again))
    return found


def before_revision(of_period: Iterable[Observation], release: int) -> Observation | None:
    """The statement that the latest one replaced with another number; None if it stood.

    Args:
        of_period: all statements of one indicator and period.
        release: the report; later ones are not known yet.
    """
    by_release: dict[int, list[Observation]] = {}
    for said in of_period:
        if said.release <= release:
            by_release.setdefault(said.release, []).append(said)
    stood = [used(by_release[year])[0] for year in sorted(by_release)]
    older = [o for o in stood[:-1] if o.quantity != stood[-1].quantity]
    return older[-1] if older else None


# -- what two years give -----------------------------------------------------------------------


def added(indicators: Iterable[Indicator], aims: Iterable[str]) -> dict[str, Indicator]:
    """The indicators that two or more years of others give.

    Args:
        indicators: the catalogue's.
        aims: ids of indicators for which the year before set a number to reach.
    """
    found: dict[str, Indicator] = {}
    wanted = set(aims)
    indicators = list(indicators)
    own = {one.id for one in indicators}
    for one in indicators:
        if one.section in ("targets", "assessment") or one.id.rpartition(".")[2] in ADDED:
            continue
        if one.unit.text == "百分点" or any(r.which for r in _references(one)):
            continue  # a change has no growth of its own
        share = one.unit.text == "%"
        if not share and one.basis != "cumulative":
            found[f"{one.id}.growth"] = growth(one)
            found[f"{one.id}.annual"] = _made(
                one, "annual", _ANNUAL.format(one.id, 2), Unit("%"), 1
            )
        if share:
            points = f"points({one.id}, prior({one.id}))"
            found[f"{one.id}.change"] = _made(one, "change", points, Unit("百分点"), one.decimals)
        else:
            change = f"{one.id} - prior({one.id})"
            found[f"{one.id}.change"] = _made(one, "change", change, one.unit, one.decimals)
        if one.id in wanted:
            rate = f"completion({one.id}, target({one.id}))"
            found[f"{one.id}.completion"] = _made(one, "completion", rate, Unit("%"), 1)
    return {name: made for name, made in found.items() if name not in own}


def growth(one: Indicator) -> Indicator:
    """Growth on the year before."""
    return _made(one, "growth", f"growth({one.id}, prior({one.id}))", Unit("%"), 1)


def annual(one: Indicator, years: int) -> Indicator:
    """The same indicator of average growth over another number of years."""
    base = one.id.removesuffix(".annual")
    return replace(one, formula=Formula(_ANNUAL.format(base, years)))


_ANNUAL = "annual_growth({0}, first({0}), {1})"
_WORDS = by_key(read_words("xushi_stats")["made"])


def _made(one: Indicator, what: str, formula: str, unit: Unit, decimals: int | None) -> Indicator:
    names, meant = _WORDS[what], _WORDS[f"{what}.definition"]
    return Indicator(
        id=f"{one.id}.{what}",
        names={lang: text.format(one.names[lang]) for lang, text in names.items()},
        section=one.section,
        unit=unit,
        shown=one.shown if what == "change" and unit == one.unit else {"zh": "", "en": ""},
        basis=one.basis,
        formula=Formula(formula),
        query="",
        decimals=decimals,
        audience=one.audience,
        definition=meant,
        assumption={"zh": "", "en": ""},
    )


def _references(one: Indicator) -> Iterable[Reference]:
    return one.formula.references if one.formula else ()
