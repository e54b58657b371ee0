"""Figures of the report on checkpoints and arrivals, with what the public may not see marked.

Reported are the days of the report's year that the register holds. The limits of an interval are figures
of their own, rounded outwards to what is printed; they are for the office, since an interval of counts
that are complete is easily misread.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xushi_stats.disclosure.table import Relation, Rule
from xushi_stats.faults import DataFaults, Fault, errors
from xushi_stats.format import round_to
from xushi_stats.ledger import Entry
from xushi_stats.quantity import Quantity, Unit
from xushi_stats.registers.checkpoints import counts as checkpoint_counts
from xushi_stats.registers.checkpoints.counts import Arrival, Day, FollowUp, Rate, Totals
from xushi_stats.registers.entries import filled, indicator, numbered
from xushi_stats.registers.households.words import Words, both
from xushi_stats.registers.protected_counts import (
    Count,
    Protected,
    System,
    entered,
    share,
)
from xushi_stats.registers.reasons import NotGiven
from xushi_stats.registers.rules import disclosure, town
from xushi_stats.registers.rules.checkpoints import CheckpointRules
from xushi_stats.registers.rules.parameter import Open, Rules
from xushi_stats.registers.subtraction import held, unproved
from xushi_stats.reporting import released
from xushi_stats.reporting.released import Release

if TYPE_CHECKING:
    from xushi_stats.dataset import Dataset

SECTION = "checkpoints"
PERCENT, DAYS, PERSONS = Unit("%"), Unit("天", "日数"), Unit("人")
VEHICLES = Unit("辆", "车辆")
_STATES = {
    "待联系": ("waiting", "to be contacted"),
    "跟踪中": ("followed", "being followed up"),
    "已解除": ("released", "released"),
    "失联": ("lost", "lost sight of"),
}
_UNITS: tuple[tuple[str, str, str, Unit], ...] = (
    ("vehicles", "车辆", "vehicles", VEHICLES),
    ("persons", "人员", "persons", PERSONS),
)
_COUNTED = both(
    "登记表所列各卡点逐日上报数之和；缺报日没有估计补数。",
    "The sum of the days that checkpoints reported; nothing is put in for days missing.",
)
_FOLLOWED = both(
    "截至登记表最后一日的跟踪名单，按抵达人次计。",
    "The follow-up list at the last day of the register, by arrivals.",
)


@dataclass(frozen=True)
class Found:
    """What the registers gave for one report."""

    since: dt.date
    through: dt.date
    posts: Mapping[str, str]
    totals: Mapping[str, Totals]
    missing: Mapping[str, checkpoint_counts.Coverage]
    list: FollowUp | None
    counts: Protected
    digests: Mapping[str, str] = field(repr=False)
    refused: tuple[Fault, ...] = ()

    @property
    def period(self) -> str:
        """The months that the days lie in."""
        first, last = f"{self.since:%Y-%m}", f"{self.through:%Y-%m}"
        return first if first == last else f"{first}/{last}"


def entries(dataset: Dataset, release: int, folder: Path, faults: list[Fault]) -> list[Entry]:
    """The section's figures; none where no checkpoint reported in the year.

    Args:
        dataset: the town.
        release: the year of the report.
        folder: where its registers lie.
        faults: receives what is wrong with registers and rules, and what cannot be protected.
    """
    made = found(dataset, release, folder, faults)
    if errors(faults):
        return []
    rules = town.load(dataset, []) if kept(folder) else {}
    waiting = [rules.get(p.name) for p in disclosure.PARAMETERS]
    return filled(list(_figures(made)) if made else [], _whole(release), waiting)


def kept(folder: Path) -> bool:
    """Whether the town's register of checkpoints is at hand."""
    return (folder / "checkpoints.csv").is_file()


def _whole(release: int) -> Iterator[Entry]:
    """Every figure of the town as a whole, as a register of one empty day would give them."""
    day = dt.date(release, 1, 1)
    nothing = [Day(day, "-", 0, 0, 0, 0)]
    nobody = [Arrival("", "", day, "待联系", None)]
    digests = {"checkpoints.csv": "", "arrivals.csv": ""}
    settings = (Rule(zeros="shown"), CheckpointRules(overdue_days=1))
    made = _counted(nothing, nobody, release, digests, settings)
    for entry in _figures(made):
        if ".post." not in entry.indicator.id:
            yield replace(entry, period=str(release))


def found(dataset: Dataset, release: int, folder: Path, faults: list[Fault]) -> Found | None:
    """What is counted and protected, made once for a dataset and its rules."""
    if not kept(folder):
        return None
    rules = town.load(dataset, faults)
    if _unsettled(rules):
        return None
    settings = (disclosure.rule(rules), town.checkpoint(rules))
    key = (SECTION, folder, release, settings)
    made, wrong = dataset.once(
        key, lambda: _found(folder, release, settings, released.read(dataset.folder))
    )
    faults += [fault for fault in wrong if fault not in faults]
    return made


def _unsettled(rules: Rules) -> bool:
    """Whether it is open what may be printed of persons: then nothing is."""
    return any(isinstance(rules.get(p.name, Open("")), Open) for p in disclosure.PARAMETERS)


def manifest(
    dataset: Dataset, release: int, folder: Path, *, internal: bool
) -> dict[str, Any] | None:
    """Rule and extent of what the public edition hides."""
    made = found(dataset, release, folder, [])
    return made.counts.manifest(internal=internal) if made else None


def _found(
    folder: Path,
    release: int,
    settings: tuple[Rule, CheckpointRules],
    releases: list[Release],
) -> tuple[Found | None, tuple[Fault, ...]]:
    """The registers counted and protected, with what is wrong with them."""
    faults: list[Fault] = []
    names = ("checkpoints.csv", "arrivals.csv")
    files = {n: (folder / n).read_bytes() for n in names if (folder / n).is_file()}
    digests = {name: sha256(content).hexdigest() for name, content in files.items()}
    days = checkpoint_counts.read_days(folder, faults)
    arrivals = []
    if (folder / "arrivals.csv").is_file():
        arrivals = checkpoint_counts.read_arrivals(folder, faults)
    own = [day for day in days if day.date.year == release]
    if errors(faults) or not own:
        return None, tuple(faults)
    try:
        return _counted(own, arrivals, release, digests, settings, releases), tuple(faults)
    except DataFaults as error:
        return None, (*faults, *error.faults)


def _counted(
    days: list[Day],
    arrivals: list[Arrival],
    release: int,
    digests: Mapping[str, str],
    settings: tuple[Rule, CheckpointRules],
    releases: Sequence[Release] = (),
) -> Found:
    rule, rules = settings
    since, through = min(day.date for day in days), max(day.date for day in days)
    own = [arrival for arrival in arrivals if arrival.date.year == release]
    at = max([through, *(arrival.date for arrival in own)])
    at = max([at, *(a.closed for a in own if a.closed and a.closed.year == release)])
    totals = checkpoint_counts.by_checkpoint(days)
    made = Found(
        since,
        through,
        numbered("checkpoints.post", sorted(totals)),
        {"": checkpoint_counts.totals(days), **totals},
        checkpoint_counts.coverage(days, since, through),
        checkpoint_counts.follow_up(own, at, rules) if own else None,
        None,  # type: ignore[arg-type]
        digests,
    )
    counts, refused = held(_system(made, f"{at:%Y-%m}"), rule, {}, releases)
    whole = replace(made, counts=counts)
    means = [_mean_days(whole, whole.list)] if whole.list else []
    return replace(whole, refused=(*refused, *unproved(means, counts, releases)))


# -- counts and their sums ---------------------------------------------------------------------


def _system(found: Found, at: str) -> System:
    counts: list[Count] = []
    relations: list[Relation] = []
    totals: list[tuple[str, str, bool]] = []
    for slug, zh, en, unit in _UNITS:
        for measure, verb_zh, verb_en in _MEASURES:
            cells = []
            for post, name in {"": "checkpoints", **found.posts}.items():
                value = getattr(getattr(found.totals[post], slug), measure)
                where_zh, where_en = (f"{post}", f"{post}: ") if post else ("各卡点", "")
                count = Count(
                    f"{name}.{slug}.{measure}", found.period, value, unit,
                    both(f"{where_zh}{verb_zh}{zh}数", f"{where_en}{en} {verb_en}"), _COUNTED,
                    _origin(found, "checkpoints.totals", post, "checkpoints.csv"), flow=True,
                    place=post,
                )  # fmt: skip
                counts.append(count)
                cells.append(count.cell)
            total, *parts = cells
            relations.append(Relation({total: 1, **dict.fromkeys(parts, -1)}))
            totals += [(total, part, True) for part in parts] if len(parts) > 1 else []
        for name in ("checkpoints", *found.posts.values()):
            both_of = [
                f"{name}.{slug}.{measure}@{found.period}" for measure in ("checked", "returned")
            ]
            totals.append((both_of[0], both_of[1], True))
    if found.list:
        _list(found, found.list, at, counts, relations, totals)
    return System(SECTION, counts, relations, totals)


_MEASURES = (("checked", "检测", "checked"), ("returned", "劝返", "turned back"))


def _origin(found: Found, function: str, selected: str, file: str) -> str:
    period = f"{found.since}..{found.through}"
    chosen = f" [checkpoint={selected}]" if selected else ""
    return f"{function}(date={period}){chosen} {file} sha256:{found.digests[file]}"


def _list(
    found: Found,
    on: FollowUp,
    at: str,
    counts: list[Count],
    relations: list[Relation],
    totals: list[tuple[str, str, bool]],
) -> None:
    """The follow-up list: whoever is on it is a person under watch for their health."""

    def add(slug: str, value: int, zh: str, en: str) -> str:
        count = Count(
            f"checkpoints.arrivals{slug}", at, value, PERSONS, both(zh, en), _FOLLOWED,
            _origin(found, f"checkpoints.follow_up{slug}", "", "arrivals.csv"), sensitive=True,
        )  # fmt: skip
        counts.append(count)
        return count.cell

    everybody = add("", on.arrivals, "登记抵达人数", "arrivals registered")
    states = on.states
    if isinstance(states, NotGiven):
        parts = [
            add(".released", on.released, "跟踪已解除人数", "arrivals released"),
            add(".open", on.open, "尚在跟踪名单人数", "arrivals still on the list"),
        ]
    else:
        parts = [
            add(f".{slug}", states[state], f"跟踪状态为{state}人数", f"arrivals {en}")
            for state, (slug, en) in _STATES.items()
        ]
    relations.append(Relation({everybody: 1, **dict.fromkeys(parts, -1)}))
    totals += [(everybody, part, True) for part in parts]
    if not isinstance(on.overdue, NotGiven):
        late = add(".overdue", on.overdue, "超期未解除人数", "arrivals overdue")
        if isinstance(states, NotGiven):
            totals.append((parts[1], late, True))


# -- figures -----------------------------------------------------------------------------------


def _figures(found: Found) -> Iterator[Entry]:
    yield from entered(found.counts, found.counts.system.counts)
    for post, name in {"": "checkpoints", **found.posts}.items():
        for slug, zh, en, _ in _UNITS:
            where_zh, where_en = (post, f"{post}: ") if post else ("各卡点", "")
            words = both(f"{where_zh}{zh}劝返比重", f"{where_en}{en} turned back as a share")
            yield from _rate(found, f"{name}.{slug}", words, getattr(found.totals[post], slug))
        yield from _days(found, post, name)
    if found.list and isinstance(found.list.overdue, NotGiven):
        names = both("超期未解除人数", "arrivals overdue")
        made = indicator("checkpoints.arrivals.overdue", names, PERSONS, _FOLLOWED, section=SECTION)
        rule = "checkpoints.overdue_days"
        yield Entry(made, found.period, reason="open_rule", rule=rule)
    if found.list:
        yield _mean_days(found, found.list)


def _rate(found: Found, name: str, words: Words, rate: Rate) -> Iterator[Entry]:
    """The share turned back, as a formula; the limits of its interval for the office."""
    part, whole = f"{name}.returned", f"{name}.checked"
    refused = found.counts.refuses(share(part, whole, found.period))
    made = indicator(
        f"{name}.rate", words, PERCENT, both("", ""), section=SECTION, basis="flow",
        formula=f"share({part}, {whole})", decimals=2,
    )  # fmt: skip
    yield Entry(made, found.period, hidden=refused)
    if isinstance(rate.interval, NotGiven):
        return
    about = both(
        "威尔逊法区间（置信水平百分之九十五）的一端，向外取至所示位数；按每辆（人）独立计算，供内部参考。",
        (
            "A limit of Wilson's interval at ninety-five percent, rounded "
            "outwards; each vehicle (person) is taken as independent."
        ),
    )
    ends: tuple[tuple[str, str, str, Decimal, str], ...] = (
        ("low", "下限", "lower limit", rate.interval.low, ROUND_FLOOR),
        ("high", "上限", "upper limit", rate.interval.high, ROUND_CEILING),
    )
    for slug, zh, en, value, rounding in ends:
        outward = (value * 100).quantize(Decimal("0.01"), rounding=rounding)
        limit = indicator(
            f"{name}.rate.{slug}", both(f"{words['zh']}区间{zh}", f"{words['en']}, {en}"), PERCENT,
            about, section=SECTION, basis="flow", audience="internal", decimals=2,
        )  # fmt: skip
        origin = _origin(
            found,
            f"intervals.wilson({rate.returned}, {rate.checked}).{slug}",
            "",
            "checkpoints.csv",
        )
        yield Entry(
            limit, found.period, Quantity.exactly(Fraction(outward), PERCENT), origin=origin
        )


def _days(found: Found, post: str, name: str) -> Iterator[Entry]:
    """Days reported and missing; of all checkpoints together the days of each are added."""
    chosen = [found.missing[post]] if post else list(found.missing.values())
    counted: tuple[tuple[str, str, str, Callable[[checkpoint_counts.Coverage], int]], ...] = (
        ("days", "上报天数", "days reported", lambda c: c.reported),
        ("days.missing", "缺报天数", "days missing", _missing),
    )
    for slug, zh, en, count in counted:
        about = both(
            "登记表所涉期间内没有上报记录的日数为缺报；各卡点合计为各卡点之和。",
            "Missing are days without a row in the period of the register; all checkpoints are added.",
        )
        names = both(
            f"{post or '各卡点合计'}{zh}", f"{post}: {en}" if post else f"{en}, all checkpoints"
        )
        made = indicator(
            f"{name}.{slug}",
            names,
            DAYS,
            about,
            section=SECTION,
            basis="flow",
            shown=both("天", "days"),
            place=post,
        )
        quantity = Quantity.exactly(sum(map(count, chosen)), DAYS)
        origin = _origin(found, f"checkpoints.coverage.{slug}", post, "checkpoints.csv")
        yield Entry(made, found.period, quantity, origin=origin)


def _missing(found: checkpoint_counts.Coverage) -> int:
    return len(found.before) + len(found.within) + len(found.after)


def _mean_days(found: Found, on: FollowUp) -> Entry:
    """How long it took to release those released."""
    names = both("平均跟踪天数（已解除）", "mean days to release")
    made = indicator(
        "checkpoints.arrivals.mean_days", names, DAYS, _FOLLOWED, section=SECTION, basis="flow",
        decimals=1, shown=both("天", "days"),
    )  # fmt: skip
    if isinstance(on.mean_days, NotGiven):
        return Entry(made, found.period, reason="not_applicable")
    hidden = any(cell.startswith("checkpoints.arrivals.released@") for cell in found.counts.hidden)
    origin = _origin(found, "checkpoints.follow_up.mean_days", "", "arrivals.csv")
    return Entry(
        made,
        found.period,
        Quantity.exactly(round_to(on.mean_days, 1), DAYS),
        origin=origin,
        hidden=hidden,
    )
