"""The counts of a year's report on the register of households, and every sum between them.

They are of households and persons by status at the end of the year and of the year before, by village,
the moves between the two dates, relapse, re-visits, items that fail, measures and incomes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from hashlib import sha256

from xushi_stats.quantity import Unit
from xushi_stats.registers import households, support
from xushi_stats.registers.counted import Count, System
from xushi_stats.registers.engine import Engine, Query, Register
from xushi_stats.registers.entries import letters, numbered
from xushi_stats.registers.household_words import (
    ITEM,
    NUMBER,
    NUMBER_ZH,
    STATUS,
    Words,
    both,
    item_zh,
    status_zh,
)
from xushi_stats.registers.households import ABSENT, BREAK, LIFTED, MONITORED, RELAPSED, Pair
from xushi_stats.registers.published_table import Relation, margin
from xushi_stats.registers.schema import ITEMS

HOUSEHOLDS, PERSONS = Unit("户"), Unit("人")
VISITS = Unit("次", "回访")
OLD = ("未脱贫", "已脱贫", RELAPSED)
NEW = ("已脱贫", *MONITORED, "风险消除")
SENSITIVE = frozenset({RELAPSED, *MONITORED, "风险消除"})
"""Statuses with the higher threshold: relapse, and being or having been under watch."""
HARMLESS = frozenset({"已脱贫"})
"""That all of a village are of this status says nothing to anyone's harm."""


@dataclass(frozen=True)
class Aggregates:
    """What the engine counted for one year.

    Attributes:
        line: the year's income line in 元 a person; None where the town has set none.
        digests: table → name and SHA-256 of its file.
    """

    year: int
    now: households.Counts
    before: households.Counts
    moves: households.Transitions
    relapse: households.Relapse
    visits: support.Coverage | None
    needs: support.Needs | None
    measures: support.Measures | None
    incomes: support.Incomes | None
    line: Fraction | None
    digests: dict[str, tuple[str, str]] = field(repr=False)

    @property
    def statuses(self) -> tuple[str, ...]:
        """The statuses of the time, and any other that occurs."""
        found = {status for counts in (self.now, self.before) for _, status in counts.cells}
        usual = NEW if self.now.on >= BREAK else OLD
        return tuple(s for s in STATUS if s != ABSENT and (s in usual or s in found))

    @property
    def villages(self) -> dict[str, str]:
        """Village → part of an id; those with a household at either date."""
        names = sorted({*self.now.villages, *self.before.villages})
        return numbered("households.village", names)

    def origin(self, query: Query, selected: str = "") -> str:
        """A query, what of its result is meant, the files, and a digest over theirs."""
        files = [self.digests[table] for table in query.tables]
        digest = sha256("".join(f"{name} {sha}\n" for name, sha in files).encode()).hexdigest()
        names = " ".join(name for name, _ in files)
        chosen = f" [{selected}]" if selected else ""
        return f"{query.function}({query.condition}){chosen} {names} sha256:{digest}"


def gather(
    register: Register, year: int, revisited: Sequence[str], line: Fraction | None = None
) -> Aggregates:
    """Count everything that a year's report needs.

    Args:
        register: an open register.
        year: the year of the report.
        revisited: statuses at the start of the year that are to be visited again.
        line: income line of the year in 元 a person.

    Raises:
        DataFaults: a table cannot be read.
    """
    first, last, before = date(year, 1, 1), date(year, 12, 31), date(year - 1, 12, 31)
    has = register.has
    return Aggregates(
        year,
        households.counts(register, last),
        households.counts(register, before),
        households.transitions(register, before, last),
        households.relapse(register, before, last),
        support.coverage(register, first, last, revisited) if has("visits") else None,
        support.needs(register, last) if has("items") else None,
        support.measures(register, first, last) if has("measures") else None,
        support.incomes(register, year, last) if has("incomes") else None,
        line,
        {t: (register.file(t), register.sha256(t)) for t in _TABLES if has(t)},
    )


def nobody(year: int) -> Aggregates:
    """The aggregates of a register with nobody in it, to know which figures there would be."""
    last, before = date(year, 12, 31), date(year - 1, 12, 31)
    none = Query("", "", ())
    return Aggregates(
        year,
        households.Counts(none, last, {}),
        households.Counts(none, before, {}),
        households.Transitions(none, before, last, {}),
        households.Relapse(none, before, last, {}),
        support.Coverage(none, {}, {}, {}, 0, 0),
        support.Needs(none, {}),
        support.Measures(none, {}, {}, {}),
        support.Incomes(none, {}, {}, Pair(0, 0)),
        Fraction(1),
        {},
    )


_TABLES = ("households", "persons", "statuses", "incomes", "items", "measures", "visits")
ENGINES: tuple[Engine, ...] = ("pandas", "duckdb")


@dataclass
class _Maker:
    """Collects counts and relations."""

    found: Aggregates
    counts: list[Count] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    totals: list[tuple[str, str, bool]] = field(default_factory=list)

    def add(
        self,
        name: str,
        value: int,
        names: Words,
        definition: Words,
        query: Query,
        *,
        selected: str = "",
        period: str = "",
        unit: Unit = HOUSEHOLDS,
        sensitive: bool = False,
        of: str = "",
        printed: bool = True,
        flow: bool = False,
        place: str = "",
    ) -> str:
        """Enter a count; its cell."""
        period = period or (str(self.found.year) if flow else self.end)
        origin = self.found.origin(query, selected)
        count = Count(
            name, period, value, unit, names, definition, origin, sensitive, of, printed, True,
            flow, place,
        )  # fmt: skip
        self.counts.append(count)
        return count.cell

    @property
    def end(self) -> str:
        """The end of the year as a period."""
        return f"{self.found.year}-12"

    @property
    def start(self) -> str:
        """The end of the year before."""
        return f"{self.found.year - 1}-12"

    def sums(self, total: str, parts: Iterable[str]) -> None:
        """A total and its parts, of which none leaves too few."""
        parts = tuple(parts)
        self.relations.append(replace(margin(total, parts), total="", parts=()))


def system(found: Aggregates, earlier: bool) -> System:
    """The counts of a report and their sums.

    Args:
        found: what was counted.
        earlier: whether the report of the year before had such a section, so that its villages bind.
    """
    make = _Maker(found)
    for counts, period, villages in (
        (found.before, make.start, earlier),
        (found.now, make.end, True),
    ):
        _standing(make, counts, period, villages=villages, printed=period == make.end)
    _moves(make)
    _relapse(make)
    if found.visits:
        _visits(make, found.visits)
    if found.needs:
        _needs(make, found.needs)
    if found.measures:
        _measures(make, found.measures)
    if found.incomes:
        _incomes(make, found.incomes)
    return System("households", make.counts, make.relations, make.totals)


# -- who is on the register --------------------------------------------------------------------

_AT_END = both(
    "年末在册的户（人）：已建档、未销户，状态为截至年末最新登记的状态。",
    "On the register at the end of the year: entered and not left; the status is the latest entered by then.",
)


def _standing(
    make: _Maker, counts: households.Counts, period: str, *, villages: bool, printed: bool
) -> None:
    """Households and persons by status, and by village."""
    parts = list(_by_status(make, counts, period))
    for unit, name in ((HOUSEHOLDS, "households.count"), (PERSONS, "households.persons")):
        total = f"{name}@{period}"
        cells = [f"{name}.{STATUS[s][0]}@{period}" for s in parts]
        make.sums(total, cells)
        if unit == HOUSEHOLDS:
            make.totals += [(total, c, s in HARMLESS) for c, s in zip(cells, parts, strict=True)]
    if villages:
        _villages(make, counts, period, printed=printed)


def _by_status(make: _Maker, counts: households.Counts, period: str) -> Iterator[str]:
    """The town's counts; the statuses that it has."""
    all_of = counts.of()
    _pair(make, counts.query, period, "", all_of, both("在册", "households on the register"))
    for status in make.found.statuses:
        if status in households.NEW_CLASSES and counts.on < BREAK:
            continue  # the class did not exist
        slug, english = STATUS[status]
        words = both(f"在册{status_zh(status)}", f"registered households {english}")
        sensitive = status in SENSITIVE
        _pair(make, counts.query, period, status, counts.of([status]), words, f".{slug}", sensitive)
        yield status


def _pair(
    make: _Maker,
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


def _villages(make: _Maker, counts: households.Counts, period: str, *, printed: bool) -> None:
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
    _columns(make, columns, groups, period)


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


def _columns(
    make: _Maker,
    columns: dict[str, list[str]],
    groups: dict[str, tuple[Words, tuple[str, ...]]],
    period: str,
) -> None:
    """The town is the sum of its villages, in each column."""
    for slug, cells in columns.items():
        if slug == ".persons":
            make.sums(f"households.persons@{period}", cells)
            continue
        statuses = groups[slug][1]
        totals = [f"households.count.{STATUS[s][0]}@{period}" for s in statuses]
        totals = totals or [f"households.count@{period}"]
        make.relations.append(Relation(dict.fromkeys(totals, 1) | dict.fromkeys(cells, -1)))
        if len(totals) == 1:
            make.totals += [(totals[0], cell, True) for cell in cells]


# -- moves and relapse -------------------------------------------------------------------------

_MOVED = both(
    "上年末和本年末状态的对照：按户统计，只对照上年末和本年末，不计年内的中间变动。",
    "Status at the end of the year before against that at the end of the year; changes in between do not count.",
)


def _moves(make: _Maker) -> None:
    """The matrix; its rows add to the year before, its columns to the year."""
    moves = make.found.moves
    known = {s for s in make.found.statuses if not (s in households.NEW_CLASSES and moves.broken)}
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


def _entered(make: _Maker, slug: str, value: int, zh: str, en: str) -> str:
    names = both(zh, f"households that {en} in the year")
    return make.add(f"households.{slug}", value, names, _MOVED, make.found.moves.query, flow=True)


def _move_id(before: str, after: str) -> str:
    return f"households.moved.{STATUS[before][0]}.{STATUS[after][0]}"


def _move(make: _Maker, before: str, after: str) -> str:
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


def _relapse(make: _Maker) -> None:
    """Households that were out of poverty and fell back, or came under watch."""
    relapse = make.found.relapse
    base = make.add(
        "households.relapse.base", relapse.base(),
        both("年初已脱贫（含风险消除）户数", "households out of poverty at the start of the year"),
        both("上年末状态为已脱贫或风险消除的在册户。", "Registered households out of poverty, or with the risk removed, at the end of the year before."),
        relapse.query, flow=True,
    )  # fmt: skip
    parts = [f"households.count.{STATUS[s][0]}@{make.start}" for s in LIFTED]
    make.sums(base, [p for p in parts if p in {c.cell for c in make.counts}])
    for slug, classes, zh, en in (
        ("relapse", (RELAPSED,), "返贫", "fell back into poverty"),
        ("watched", MONITORED, "纳入监测", "came under watch"),
    ):
        cases = relapse.cases(classes)
        if isinstance(cases, int):
            cell = make.add(
                f"households.{slug}.cases", cases,
                both(f"年内{zh}户数", f"households that {en} in the year"),
                both(
                    f"年初已脱贫（含风险消除）、年内曾登记为{zh}的户，按户计，不重复，年内又消除的也计。",
                    f"Households out of poverty at the start that {en} at some time of the year, even if it did not last.",
                ),
                relapse.query, selected="、".join(classes), flow=True, sensitive=True,
            )  # fmt: skip
            make.totals.append((base, cell, True))


# -- support -----------------------------------------------------------------------------------


def _visits(make: _Maker, visits: support.Coverage) -> None:
    """Households due, of these visited and not, and visits."""
    about = both(
        "应回访户按年初状态确定；年内有回访记录的计为已回访。",
        "Households due are set by their status at the start of the year; visited are those with a visit in it.",
    )
    due, visited = sum(visits.due.values()), sum(visits.visited.values())
    add = make.add
    total = add("households.visits.due", due, both("应回访户数", "households due for a re-visit"), about, visits.query, selected="due", flow=True)  # fmt: skip
    parts = (
        add("households.visits.visited", visited, both("已回访户数", "households visited"), about, visits.query, selected="visited", flow=True),
        add("households.visits.missed", due - visited, both("未回访户数", "households not visited"), about, visits.query, selected="due - visited", flow=True),
    )  # fmt: skip
    make.sums(total, parts)
    add(
        "households.visits.times", sum(visits.visits.values()),
        both("回访次数", "re-visits"), about, visits.query,
        selected="visits", flow=True, unit=VISITS, of="households.visits.visited",
    )  # fmt: skip
    # on the first of January it is nearly the end of the year before: the difference may be one household
    _difference(make, total, f"households.relapse.base@{make.found.year}")


def _difference(make: _Maker, one: str, other: str) -> None:
    """Two totals of nearly the same households: what lies between them is a count as well."""
    values = {count.cell: count.value for count in make.counts}
    between = values[one] - values[other]
    larger, smaller = (one, other) if between >= 0 else (other, one)
    if between == 0:
        make.relations.append(Relation({one: 1, other: -1}))
    else:
        make.totals.append((larger, smaller, True))


def _needs(make: _Maker, needs: support.Needs) -> None:
    """Items that fail, and by how many of them fail together."""
    about = both(
        "年末在册户，各项以截至年末最新核查结果为准；从未核查的不计为不达标。",
        "Registered households; each item by its latest check by the end of the year; an item never checked does not count as failing.",
    )
    add, query = make.add, needs.query
    none = add(
        "households.needs.none", needs.households() - needs.any_failing(),
        both("未发现不达标项目户数", "households with no item failing"), about, query, selected="fails=none",
    )  # fmt: skip
    failing = add(
        "households.needs.any", needs.any_failing(),
        both("有项目不达标户数", "households with an item failing"), about, query,
        selected="fails=any", sensitive=True,
    )  # fmt: skip
    make.sums(f"households.count@{make.end}", [none, failing])
    items = [
        add(
            f"households.needs.{ITEM[item][0]}", needs.failing(item),
            both(f"{item_zh(item)}不达标户数", f"households failing in {ITEM[item][1]}"), about, query,
            selected=f"fails={item}", sensitive=True,
        )
        for item in ITEMS
    ]  # fmt: skip
    together = dict.fromkeys(range(1, len(ITEMS) + 1), 0)
    for pattern, households_ in needs.overlaps().items():
        if pattern:
            together[len(pattern)] += households_
    levels = [
        add(
            f"households.needs.level.{letters(n - 1)}", value,
            both(f"{NUMBER_ZH[n - 1]}项不达标户数", f"households failing in {NUMBER[n - 1]} item{'s' * (n > 1)}"), about, query,
            selected=f"items failing: {n}", sensitive=True,
        )
        for n, value in together.items()
    ]  # fmt: skip
    make.sums(failing, levels)
    weights = {cell: -n for n, cell in enumerate(levels, start=1)}
    make.relations.append(Relation(dict.fromkeys(items, 1) | weights))


def _measures(make: _Maker, measures: support.Measures) -> None:
    """Households that received each measure, any, and none."""
    about = both(
        "年末在册户中年内享受过该项帮扶措施的；享受多项的分别计，各项不能相加。",
        "Registered households that received the measure in the year; a household with several counts under each, so they do not add.",
    )
    everybody, without = (sum(m.values()) for m in (measures.households, measures.without))
    for name, cell in numbered("households.measures", list(measures.names)).items():
        make.add(
            cell, measures.of(name), both(f"享受{name}户数", f"households receiving: {name}"), about,
            measures.query, selected=f"measure={name}", place=name,
        )  # fmt: skip
    parts = (
        make.add("households.measures.any", everybody - without, both("享受帮扶措施户数", "households with a measure"), about, measures.query, selected="any"),
        make.add("households.measures.none", without, both("未享受帮扶措施户数", "households with no measure"), about, measures.query, selected="none"),
    )  # fmt: skip
    make.sums(f"households.count@{make.end}", parts)


def _incomes(make: _Maker, incomes: support.Incomes) -> None:
    """Households and persons whose income is entered, and not."""
    about = both(
        "年末在册、登记了当年人均纯收入的户。",
        "Registered households of which the year's net income a person is entered.",
    )
    stated, persons = sum(incomes.households.values()), sum(incomes.persons.values())
    missing = incomes.missing

    def add(name: str, value: int, zh: str, en: str, selected: str = "") -> str:
        return make.add(
            f"households.income.{name}", value, both(zh, en), about, incomes.query,
            selected=selected, flow=True,
        )  # fmt: skip

    def people(name: str, value: int, zh: str, en: str, selected: str = "") -> str:
        own = "persons" if name == "stated" else f"{name}.persons"
        return make.add(
            f"households.income.{own}", value, both(zh, en), about, incomes.query,
            selected=selected, flow=True, unit=PERSONS, of=f"households.income.{name}",
            sensitive=name == "poor",
        )  # fmt: skip

    en = "with an income entered"
    total = add("stated", stated, "登记收入户数", f"households {en}")
    lacking = add("missing", missing.households, "未登记收入户数", "households with no income entered", "missing")  # fmt: skip
    make.sums(f"households.count@{make.end}", (total, lacking))
    heads = people("stated", persons, "登记收入户人数", f"persons of households {en}")
    others = people("missing", missing.persons, "未登记收入户人数", "persons of households with no income entered", "missing")  # fmt: skip
    make.sums(f"households.persons@{make.end}", (heads, others))
    if make.found.line is not None:
        line = make.found.line * 100
        poor, poor_persons = (
            sum(n for cents, n in counted.items() if cents < line)
            for counted in (incomes.households, incomes.persons)
        )
        selected = f"income < {make.found.line}"
        cell = make.add(
            "households.income.poor", poor,
            both("收入低于标准线户数", "households below the income line"), about, incomes.query,
            selected=selected, flow=True, sensitive=True,
        )  # fmt: skip
        people(
            "poor", poor_persons, "收入低于标准线人数", "persons below the income line", selected
        )
        make.totals.append((total, cell, True))
