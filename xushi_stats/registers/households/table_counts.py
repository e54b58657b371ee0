"""The counts of a year's report on the register of households, and every sum between them.

They are of households and persons by status at the end of the year and of the year before, by village,
the moves between the two dates, relapse, re-visits, items that fail, measures and incomes.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from xushi_stats.registers.frames import Query
from xushi_stats.registers.households import counts as household_counts
from xushi_stats.registers.households import support_counts
from xushi_stats.registers.households.aggregates import (
    HARMLESS,
    HOUSEHOLDS,
    PERSONS,
    SENSITIVE,
    Aggregates,
)
from xushi_stats.registers.households.counts import BREAK, LIFTED, MONITORED, RELAPSED, Pair
from xushi_stats.registers.households.maker import Maker
from xushi_stats.registers.households.words import STATUS, Words, both, status_zh
from xushi_stats.registers.protected_counts import System
from xushi_stats.registers.schema import ABSENT


def system(found: Aggregates, earlier: bool) -> System:
    """The counts of a report and their sums.

    Args:
        found: what was counted.
        earlier: whether the report of the year before had such a section, so that its villages bind.
    """
    make = Maker(found)
    for counts, period, villages in (
        (found.before, make.start, earlier),
        (found.now, make.end, True),
    ):
        _standing(make, counts, period, villages=villages, printed=period == make.end)
    _moves(make)
    _relapse(make)
    if found.visits:
        support_counts.visits(make, found.visits)
    if found.needs:
        support_counts.needs(make, found.needs)
    if found.measures:
        support_counts.measures(make, found.measures)
    if found.incomes:
        support_counts.incomes(make, found.incomes)
    return System("households", make.counts, make.relations, make.totals)


# -- who is on the register --------------------------------------------------------------------

_AT_END = both(
    "年末在册的户（人）：已建档、未销户，状态为截至年末最新登记的状态。",
    "On the register at the end of the year: entered and not left; the status is the latest entered by then.",
)


def _standing(
    make: Maker, counts: household_counts.Counts, period: str, *, villages: bool, printed: bool
) -> None:
    """Households and persons by status, and by village."""
    parts = list(_by_status(make, counts, period))
    for unit, name in ((HOUSEHOLDS, "households.count"), (PERSONS, "households.persons")):
        total = f"{name}@{period}"
        cells = [f"{name}.{STATUS[s][0]}@{period}" for s in parts]
        make.sums(total, cells)
        if unit == HOUSEHOLDS:
            make.totals += [(total, c, s in HARMLESS) for c, s in zip(cells, parts, strict=True)]
    if counts.on >= BREAK:
        _watched(make, counts, period)
    if villages:
        _villages(make, counts, period, printed=printed)


def _watched(make: Maker, counts: household_counts.Counts, period: str) -> None:
    """The households of all classes under watch."""
    classes = [f"households.count.{STATUS[s][0]}@{period}" for s in MONITORED]
    total = make.add(
        "households.count.watched",
        counts.of(MONITORED).households,
        both("在册监测对象户数", "registered households under watch"),
        _AT_END,
        counts.query,
        selected=f"status={'、'.join(MONITORED)}",
        period=period,
        sensitive=True,
    )
    make.sums(total, classes)
    make.totals += [(total, cell, False) for cell in classes]
    make.totals.append((f"households.count@{period}", total, False))


def _by_status(make: Maker, counts: household_counts.Counts, period: str) -> Iterator[str]:
    """The town's counts; the statuses that it has."""
    all_of = counts.of()
    _pair(make, counts.query, period, "", all_of, both("在册", "households on the register"))
    for status in make.found.statuses:
        if status in household_counts.NEW_CLASSES and counts.on < BREAK:
            continue  # the class did not exist
        slug, english = STATUS[status]
        words = both(f"在册{status_zh(status)}", f"registered households {english}")
        sensitive = status in SENSITIVE
        _pair(make, counts.query, period, status, counts.of([status]), words, f".{slug}", sensitive)
        yield status


def _pair(
    make: Maker,
    query: Query,
    period: str,
    status: str,
    pair: Pair,
    words: Words,
    slug: str = "",
    sensitive: bool = False,
) -> None:
    selected = f"status={status}" if status else ""
    names = both(f"{words['zh']}户数", words["en"])
    make.add(
        f"households.count{slug}", pair.households, names, _AT_END, query,
        selected=selected, period=period, sensitive=sensitive,
    )  # fmt: skip
    names = both(f"{words['zh']}人数", words["en"].replace("households", "persons"))
    make.add(
        f"households.persons{slug}", pair.persons, names, _AT_END, query,
        selected=selected, period=period, sensitive=sensitive, unit=PERSONS,
        of=f"households.count{slug}",
    )  # fmt: skip


def _villages(make: Maker, counts: household_counts.Counts, period: str, *, printed: bool) -> None:
    """Households by village and status, persons by village."""
    groups = _village_groups(make.found, counts.on)
    columns: dict[str, list[str]] = {}
    for village, name in make.found.villages.items():
        row = []
        for slug, (words, statuses) in groups.items():
            pair = counts.of(statuses or None, village)
            cell = make.add(
                f"{name}{slug}",
                pair.households,
                both(f"{village}在册{words['zh']}户数", f"{village}: households {words['en']}"),
                _AT_END,
                counts.query,
                selected=f"village={village} status={'、'.join(statuses) or '*'}",
                period=period,
                sensitive=bool(SENSITIVE & set(statuses)),
                printed=printed,
                place=village,
            )
            columns.setdefault(slug, []).append(cell)
            row.append((cell, bool(statuses) and set(statuses) <= HARMLESS))
        total, *rest = row
        make.sums(total[0], [cell for cell, _ in rest])
        make.totals += [(total[0], cell, harmless) for cell, harmless in rest]
        cell = make.add(
            f"{name}.persons", counts.of(None, village).persons,
            both(f"{village}在册人数", f"{village}: registered persons"), _AT_END, counts.query,
            selected=f"village={village}", period=period, unit=PERSONS, of=name, printed=printed,
            place=village,
        )  # fmt: skip
        columns.setdefault(".persons", []).append(cell)
    _columns(make, columns, period)


def _village_groups(found: Aggregates, on: date) -> dict[str, tuple[Words, tuple[str, ...]]]:
    """Columns of the table by village: the classes under watch stand together, since each is few."""
    groups: dict[str, tuple[Words, tuple[str, ...]]] = {
        "": (both("", "on the register"), ()),
    }
    for status in found.statuses:
        slug, english = STATUS[status]
        if status in MONITORED:
            groups[".watched"] = (both("监测对象", "under watch"), MONITORED)
        else:
            groups[f".{slug}"] = (both(status_zh(status), english), (status,))
    if on < BREAK:
        groups.pop(".watched", None)
        groups.pop(".cleared", None)
    return groups


def _columns(make: Maker, columns: dict[str, list[str]], period: str) -> None:
    """The town is the sum of its villages, in each column."""
    for slug, cells in columns.items():
        if slug == ".persons":
            make.sums(f"households.persons@{period}", cells)
            continue
        total = f"households.count{slug}@{period}"
        make.sums(total, cells)
        make.totals += [(total, cell, True) for cell in cells]


# -- moves and relapse -------------------------------------------------------------------------

_MOVED = both(
    "上年末和本年末状态的对照：按户统计，只对照上年末和本年末，不计年内的中间变动。",
    (
        "Status at the end of the year before against that at "
        "the end of the year; changes in between do not count."
    ),
)


def _moves(make: Maker) -> None:
    """The matrix; its rows add to the year before, its columns to the year."""
    moves = make.found.moves
    known = {
        s for s in make.found.statuses if not (s in household_counts.NEW_CLASSES and moves.broken)
    }
    rows = [s for s in make.found.statuses if moves.start >= BREAK or s in known]
    columns = list(make.found.statuses)
    for before in (*rows, ABSENT):
        cells = []
        for after in (*columns, ABSENT):
            if before != ABSENT or after != ABSENT:
                cells.append(_move(make, before, after))
        if before == ABSENT:
            total = _entered(
                make, "entered", moves.of(ABSENT), "年内新增在册户数", "entered the register"
            )
        else:
            total = f"households.count.{STATUS[before][0]}@{make.start}"
        make.sums(total, cells)
    for after in (*columns, ABSENT):
        cells = [
            f"{_move_id(b, after)}@{make.found.year}"
            for b in (*rows, ABSENT)
            if b != ABSENT or after != ABSENT
        ]
        if after == ABSENT:
            total = _entered(
                make, "gone", moves.of(None, ABSENT), "年内退出登记户数", "left the register"
            )
        else:
            total = f"households.count.{STATUS[after][0]}@{make.end}"
        make.sums(total, cells)


def _entered(make: Maker, slug: str, value: int, zh: str, en: str) -> str:
    names = both(zh, f"households that {en} in the year")
    return make.add(f"households.{slug}", value, names, _MOVED, make.found.moves.query, flow=True)


def _move_id(before: str, after: str) -> str:
    return f"households.moved.{STATUS[before][0]}.{STATUS[after][0]}"


def _move(make: Maker, before: str, after: str) -> str:
    zh = f"由{status_zh(before)}转为{status_zh(after)}户数"
    en = f"households from {STATUS[before][1]} to {STATUS[after][1]}"
    if before == after:
        zh, en = (
            f"年初年末均为{status_zh(after)}户数",
            f"households {STATUS[after][1]} at both dates",
        )
    elif before == ABSENT:
        zh, en = (
            f"新增在册{status_zh(after)}户数",
            f"households newly registered, {STATUS[after][1]}",
        )
    elif after == ABSENT:
        zh = f"{status_zh(before)}退出登记户数"
        en = f"households {STATUS[before][1]} that left the register"
    return make.add(
        _move_id(before, after), make.found.moves.of(before, after), both(zh, en), _MOVED,
        make.found.moves.query, selected=f"before={before} after={after}", flow=True,
        sensitive=bool(SENSITIVE & {before, after}),
    )  # fmt: skip


def _relapse(make: Maker) -> None:
    """Households that were out of poverty and fell back, or came under watch."""
    relapse = make.found.relapse
    base = make.add(
        "households.relapse.base",
        relapse.base(),
        both("年初已脱贫（含风险消除）户数", "households out of poverty at the start of the year"),
        both(
            "上年末状态为已脱贫或风险消除的在册户。",
            "Registered households out of poverty, or with the risk removed, at the end of the year before.",
        ),
        relapse.query,
        flow=True,
    )
    parts = [f"households.count.{STATUS[s][0]}@{make.start}" for s in LIFTED]
    make.sums(base, [p for p in parts if p in {c.cell for c in make.counts}])
    for slug, classes, zh, en in (
        ("relapse", (RELAPSED,), "返贫", "fell back into poverty"),
        ("watched", MONITORED, "纳入监测", "came under watch"),
    ):
        cases = relapse.cases(classes)
        if isinstance(cases, int):
            cell = make.add(
                f"households.{slug}.cases",
                cases,
                both(f"年内{zh}户数", f"households that {en} in the year"),
                both(
                    f"年初已脱贫（含风险消除）、年内曾登记为{zh}的户，按户计，不重复，年内又消除的也计。",
                    (
                        f"Households out of poverty at the start that {en} "
                        "at some time of the year, even if it did not last."
                    ),
                ),
                relapse.query,
                selected="、".join(classes),
                flow=True,
                sensitive=True,
            )
            make.totals.append((base, cell, True))
