"""Poor households, counted one by one: who is on the register, moves, re-visits, needs, incomes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import partial
from itertools import product

from . import measures
from .checkpoints import withheld
from .files import Counted, Files, Make, Row, Rules, Unreadable, Value, amount, lettered

ABSENT, UNSTATED, CLOSED = "absent", "unstated", "销户"
OLD = {"未脱贫": "poor", "已脱贫": "lifted", "返贫": "relapsed"}
WATCHED = {"脱贫不稳定户": "unstable", "边缘易致贫户": "marginal", "突发严重困难户": "hardship"}
NEW = {"已脱贫": "lifted", **WATCHED, "风险消除": "cleared"}
SLUGS = {**OLD, **NEW}
BREAK = date(2021, 1, 1)
"""From this day there are classes under watch: they have no figures before it, no class a change."""
LATE = {*WATCHED.values(), "cleared"}
ITEMS = {
    "吃": "food", "穿": "clothing", "义务教育": "schooling", "基本医疗": "medical",
    "住房安全": "housing", "饮水安全": "water",
}  # fmt: skip


@dataclass
class Household:
    """All that the tables say of one household."""

    village: str
    entered: date
    left: date
    statuses: list[tuple[date, str]] = field(default_factory=list)
    stays: list[tuple[date, date]] = field(default_factory=list)

    def state(self, on: date) -> str:
        """The latest status by a date; ``ABSENT`` before the entry, from the exit on, and once closed."""
        if not self.entered <= on < self.left:
            return ABSENT
        _, status = max((s for s in self.statuses if s[0] <= on), default=(on, ""))
        return ABSENT if status == CLOSED else SLUGS.get(status, UNSTATED)

    def persons(self, on: date) -> int:
        """Members at a date: from the day they join to the day before they leave."""
        return sum(start <= on < end for start, end in self.stays)


class Year:
    """A year's report: the households, and where each stands at its start and end."""

    def __init__(self, files: Files, rules: Rules, year: int) -> None:
        self.files, self.rules, self.year, self.found = files, rules, year, Counted("households")
        self.start, self.end = date(year - 1, 12, 31), date(year, 12, 31)
        self.homes = _households(files)
        self.was = {home: house.state(self.start) for home, house in self.homes.items()}
        self.now = {home: house.state(self.end) for home, house in self.homes.items()}
        self.here = [home for home, state in self.now.items() if state != ABSENT]
        usual = (NEW if self.end >= BREAK else OLD).values()
        known = {*usual, *self.was.values(), *self.now.values()}
        self.classes = [slug for slug in (*SLUGS.values(), UNSTATED) if slug in known]
        self.broken = self.start < BREAK <= self.end
        self.wants_more = rules.get("households.more_measures") is True

    def stock(self, name: str, value: int, place: str = "") -> None:
        """Enter a count at the end of the year."""
        self.found.put(name, f"{self.end:%Y-%m}", value, place)

    def flow(self, name: str, value: Value | Make) -> None:
        """Enter a figure of the whole year."""
        self.found.put(name, self.year, value)

    def persons(self, homes: Iterable[str], on: date) -> int:
        """Persons of some households."""
        return sum(self.homes[home].persons(on) for home in homes)

    def rows(self, table: str) -> list[tuple[str, Row]]:
        """The rows of a table that are dated in the year, with their household."""
        rows = self.files.rows(table)
        return [(row["household"], row) for row in rows if row.day("date").year == self.year]


def _households(files: Files) -> dict[str, Household]:
    homes = {
        row["household"]: Household(row["village"], row.day("entered"), row.end("left"))
        for row in files.rows("households")
    }
    for row in files.rows("statuses"):
        homes[row.one_of("household", homes)].statuses.append((row.day("date"), row["status"]))
    for row in files.rows("persons"):
        homes[row.one_of("household", homes)].stays.append((row.day("start"), row.end("end")))
    return homes


def count(files: Files, rules: Rules, year: int) -> Counted:
    """All figures of a year; a table that cannot be read leaves out those that need it."""
    if withheld(rules) or rules.get("households.revisited") is None:
        return Counted("households")
    made = Year(files, rules, year)
    _standing(made, made.start, made.was)
    _standing(made, made.end, made.now)
    _villages(made)
    _moves(made)
    parts = {"visits": _visits, "items": _needs, "measures": _measures, "incomes": _incomes}
    for table, part in parts.items():
        try:
            part(made) if files.has(table) else None
        except Unreadable as why:
            made.found.unread.append(why)
    return made.found


def _standing(made: Year, on: date, states: dict[str, str]) -> None:
    """Households and persons by status at one of the dates, and the change between them."""
    period, found = f"{on:%Y-%m}", made.found
    for slug in ("", *(slug for slug in made.classes if slug not in LATE or on >= BREAK)):
        homes = [home for home, s in states.items() if (s == slug if slug else s != ABSENT)]
        for kind, number in (("count", len(homes)), ("persons", made.persons(homes, on))):
            name = f"{kind}.{slug}".strip(".")
            found.put(name, period, number)
            before = found.values.get(f"households.{name}@{made.start:%Y-%m}")
            change = "series_break" if made.broken else number - (before or 0)  # type: ignore[operator]
            if on == made.end and (made.broken or before is not None):
                found.put(f"{name}.change", period, change)
    if on >= BREAK:
        watched = sum(state in WATCHED.values() for state in states.values())
        found.put("count.watched", period, watched)
    if on == made.end:
        found.share("lifted.share", period, "count.lifted", "count")
        found.share("size", period, "persons", "count")


def _villages(made: Year) -> None:
    """Households of each village by status, classes under watch together, and persons."""
    every = {made.homes[h].village for h in made.homes if {made.was[h], made.now[h]} != {ABSENT}}
    groups = {slug: {slug} for slug in made.classes if slug not in LATE}
    if made.end >= BREAK:
        groups |= {"watched": {*WATCHED.values()}, "cleared": {"cleared"}}
    for letters, village in lettered(sorted(every)):
        own = [home for home in made.here if made.homes[home].village == village]
        made.stock(f"village.{letters}", len(own), village)
        made.stock(f"village.{letters}.persons", made.persons(own, made.end), village)
        for slug, states in groups.items():
            number = sum(made.now[home] in states for home in own)
            made.stock(f"village.{letters}.{slug}", number, village)


def _moves(made: Year) -> None:
    """Each household's status a year ago against that at the end; relapse at any time between."""
    pairs = Counter((made.was[home], made.now[home]) for home in made.homes)
    before = [slug for slug in made.classes if not (slug in LATE and made.broken)]
    for was, now in product((*before, ABSENT), (*made.classes, ABSENT)):
        if was != ABSENT or now != ABSENT:
            made.flow(f"moved.{was}.{now}", pairs[was, now])
    made.flow("entered", sum(n for (was, now), n in pairs.items() if was == ABSENT != now))
    made.flow("gone", sum(n for (was, now), n in pairs.items() if now == ABSENT != was))
    lifted = [made.homes[h] for h, state in made.was.items() if state in ("lifted", "cleared")]
    given = [{s for day, s in h.statuses if made.start < day <= made.end} for h in lifted]
    made.flow("relapse.base", len(lifted))
    made.flow("relapse.cases", sum("返贫" in statuses for statuses in given))
    made.found.share("relapse.rate", made.year, "relapse.cases", "relapse.base")
    if made.end >= BREAK:
        made.flow("watched.cases", sum(bool(statuses & {*WATCHED}) for statuses in given))


def _visits(made: Year) -> None:
    """Households due by their status on the first day; their visits."""
    wanted = {SLUGS[status] for status in made.rules("households.revisited")}
    first = date(made.year, 1, 1)
    due = {home for home, house in made.homes.items() if house.state(first) in wanted}
    visits = [home for home, _ in made.rows("visits") if home in due]
    made.flow("visits.due", len(due))
    made.flow("visits.visited", len({*visits}))
    made.flow("visits.missed", len(due - {*visits}))
    made.flow("visits.times", len(visits))
    made.found.share("visits.rate", made.year, "visits.visited", "visits.due")


def _needs(made: Year) -> None:
    """Items that fail at their latest check, alone and together; the multidimensional index."""
    checks: dict[tuple[str, str], tuple[date, str]] = {}
    for row in made.files.rows("items"):
        key, check = (row["household"], row["item"]), (row.day("date"), row["met"])
        if check[0] <= made.end and check[0] >= checks.get(key, check)[0]:
            checks[key] = check
    fails = [
        tuple(slug for item, slug in ITEMS.items() if checks.get((home, item), ("", ""))[1] == "否")
        for home in made.here
    ]
    made.stock("needs.none", fails.count(()))
    made.stock("needs.any", len(fails) - fails.count(()))
    made.found.share("needs.share", f"{made.end:%Y-%m}", "needs.any", "count")
    for number, slug in enumerate(ITEMS.values(), start=1):
        made.stock(f"needs.{slug}", sum(slug in items for items in fails))
        made.stock(f"needs.level.{chr(96 + number)}", sum(len(f) == number for f in fails))
    for items, number in Counter(fails).items():
        if len(items) > 1:
            made.stock(f"needs.together.{'_'.join(items)}", number)
    least = made.rules.get("households.dimensions")
    if (
        made.wants_more and least
    ):  # Alkire and Foster's H, A and H·A (J. Public Economics 95 (2011))
        poor = [len(items) for items in fails if len(items) >= least]
        made.flow("more.ratio", lambda: Fraction(len(poor), len(fails)))
        made.flow("more.intensity", lambda: Fraction(sum(poor), len(poor) * len(ITEMS)))
        made.flow("more.adjusted", lambda: Fraction(sum(poor), len(fails) * len(ITEMS)))


def _measures(made: Year) -> None:
    """Who of those on the register at the end received which measure in the year."""
    here = {*made.here}
    pairs = {(row["measure"], home) for home, row in made.rows("measures") if home in here}
    for letters, measure in lettered(sorted({measure for measure, _ in pairs})):
        made.stock(f"measures.{letters}", sum(own == measure for own, _ in pairs), measure)
    receivers = {home for _, home in pairs}
    made.stock("measures.any", len(receivers))
    made.stock("measures.none", len(here - receivers))
    made.found.share("measures.share", f"{made.end:%Y-%m}", "measures.any", "count")


def _incomes(made: Year) -> None:
    """Incomes a person of the year, of those on the register at its end, and who is below the line."""
    of_year = [row for row in made.files.rows("incomes") if row["year"] == str(made.year)]
    stated = {row["household"]: row.number("income") for row in of_year}
    persons = {home: made.homes[home].persons(made.end) for home in made.here}
    here = {home: stated[home] for home in made.here if home in stated}
    incomes, of_stated = [*here.values()], sum(persons[home] for home in here)
    made.flow("income.stated", len(here))
    made.flow("income.missing", len(made.here) - len(here))
    made.flow("income.persons", of_stated)
    made.flow("income.missing.persons", sum(persons.values()) - of_stated)
    made.flow("income.total", sum((y * persons[home] for home, y in here.items()), Fraction(0)))
    total = made.found.values[f"{made.found.section}.income.total@{made.year}"]
    made.flow("income.mean", lambda: measures.nearest(Fraction(total) / of_stated, 100))
    if made.wants_more:
        made.flow("more.gini", lambda: measures.gini(incomes))
    lines = made.rules.get("households.lines") or {}
    if str(made.year) in lines:
        _below(made, here, persons, amount(lines[str(made.year)]))


def _index(incomes: list[Fraction], line: Fraction, power: int) -> Fraction:
    return measures.nearest(measures.fgt(incomes, line, power), Fraction(1, 1000))


def _below(made: Year, here: dict[str, Fraction], persons: dict[str, int], line: Fraction) -> None:
    """Who is below the line, and how far."""
    poor, incomes = [home for home, income in here.items() if income < line], [*here.values()]
    made.flow("income.line", line)
    made.flow("income.poor", len(poor))
    made.flow("income.poor.persons", sum(persons[home] for home in poor))
    made.found.share("income.poor.share", made.year, "income.poor", "income.stated")
    names = ("income.poor.persons.share", "income.poor.persons", "income.persons")
    made.found.share(names[0], made.year, *names[1:])
    for name, power in (("gap", 1), ("severity", 2)):
        made.flow(f"income.{name}", partial(_index, incomes, line, power))
    if made.wants_more:
        made.flow("more.watts", lambda: measures.watts(incomes, line))
        made.flow("more.sen", lambda: measures.sen(incomes, line))
        made.flow("more.sen_limit", lambda: measures.sen_limit(incomes, line))
        made.flow("more.sst", lambda: measures.sen_shorrocks_thon(incomes, line))
