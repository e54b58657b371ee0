"""The monthly inspection of villages, counted from its rows."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import cache, partial
from itertools import combinations, pairwise
from math import isqrt

from .files import Counted, Files, Make, Rules, Value, amount, lettered

Scores = dict[str, Fraction]
LEVELS = {"市": "city", "区": "district"}


class Year:
    """The scores by month, village and item; ``villages`` in the order in which they come up."""

    def __init__(self, files: Files, rules: Rules, year: int) -> None:
        self.rules = rules
        self.items: dict[str, dict[str, Scores]] = {}
        villages: dict[str, None] = {}
        for row in files.rows("inspection"):
            of_month = self.items.setdefault(row.month("month"), {})
            of_month.setdefault(row["village"], {})[row["item"]] = row.number("score")
            villages[row["village"]] = None
        self.villages = list(villages)
        every = [f"{year}-{number:02}" for number in range(1, 13)]
        held, start = [m for m in every if m in self.items], rules.get("inspection.start")
        first = min([*held[:1], *([start] if start else [])], default="9999")
        self.months = [month for month in every if month >= first]  # those that had to be inspected
        self.held = [month for month in self.months if month in self.items]
        self.scores = cache(self._scores)

    def _scores(self, month: str) -> Scores:
        """The scores of a month, of the villages that have one."""
        found = {village: self.score(month, village) for village in self.items.get(month, {})}
        return Scores({v: score for v, score in found.items() if isinstance(score, Fraction)})

    def score(self, month: str, village: str) -> Value:
        """A village's score of a month; a rule that others wait for does not hold it back."""
        of_month = self.items.get(month, {})
        if village not in of_month:
            return "not_inspected"
        own, way = of_month[village], self.rules("inspection.score")
        whole = own.keys() == {item for other in of_month.values() for item in other}
        if not whole and self.rules("inspection.missing_items") != "scored":
            return "not_inspected"
        return sum(own.values(), Fraction(0)) / (1 if way == "sum" else len(own))

    def place(self, village: str, scores: Scores) -> Value:
        """A village's rank by the town's rule on ties."""
        tie = self.rules("inspection.tie")
        return rank(scores, village, tie) if village in scores else "not_inspected"

    def own(self, village: str) -> list[Fraction]:
        """A village's scores of the year's months."""
        found = (self.score(month, village) for month in self.months)
        return [score for score in found if isinstance(score, Fraction)]

    def mean(self, village: str) -> Value:
        """A village's score of the year."""
        own = self.own(village)
        way = self.rules("inspection.cumulative")
        if way == "all" and self.rules("inspection.start") and len(own) < len(self.months):
            return "not_applicable"
        return sum(own, Fraction(0)) / len(own) if own else "not_inspected"

    def year_place(self, village: str) -> Value:
        """A village's rank of the year."""
        means = {v: m for v in self.villages if isinstance(m := self.mean(v), Fraction)}
        return self.place(village, means) if village in means else self.mean(village)

    def moved(self, village: str) -> Value:
        """Places gained in the last month on the calendar month before; no month is skipped."""
        month = self.held[-1]
        if month == min(self.items):
            return "not_applicable"
        number = int(month[:4]) * 12 + int(month[5:]) - 2
        before = f"{number // 12}-{number % 12 + 1:02}"
        was, now = (self.place(village, self.scores(m)) for m in (before, month))
        return "not_inspected" if isinstance(was, str) or isinstance(now, str) else was - now

    def chosen(self, month: str, end: str) -> set[str]:
        """The villages to be praised (``best``) or criticised (``worst``) for a month."""
        names = (f"inspection.{end}_{what}" for what in ("by", "value", "ties"))
        by, value, ties = map(self.rules, names)
        sign, limit = (1 if end == "best" else -1), amount(value)
        scores = {village: sign * score for village, score in self.scores(month).items()}
        if by == "threshold":
            line = sign * limit
            return {v for v, s in scores.items() if s > line or (s == line and ties == "with")}
        places = {v: sum(other > s for other in scores.values()) for v, s in scores.items()}
        inside = {village for village, above in places.items() if above < limit}
        if ties == "with" or len(inside) <= limit:
            return inside
        return {v for v in inside if places[v] < max(places[w] for w in inside)}

    def always(self) -> list[str]:
        """The villages with a score in each month that was held."""
        return [v for v in self.villages if all(v in self.scores(m) for m in self.held)]


def rank(scores: Scores, village: str, tie: str) -> Fraction:
    """A village's place: how many are above it, and what those with its own score share."""
    own = scores[village]
    above = [score for score in scores.values() if score > own]
    if tie == "dense":
        return Fraction(len({*above}) + 1)
    tied = sum(score == own for score in scores.values())
    return len(above) + (Fraction(tied + 1, 2) if tie == "average" else Fraction(1))


def tau_b(one: Scores, other: Scores) -> Fraction:
    """Kendall's tau-b (Biometrika 33 (1945) 239–251); 50 digits where it is no fraction.

    Concordant less discordant pairs, over the root of the pairs untied in one × in the other.
    """
    over = first = second = 0
    for a, b in combinations(sorted(one.keys() & other.keys()), 2):
        x, y = one[a] - one[b], other[a] - other[b]
        over += (x * y > 0) - (x * y < 0)
        first, second = first + (x != 0), second + (y != 0)
    if isqrt(first * second) ** 2 == first * second:
        return Fraction(over, isqrt(first * second))
    with localcontext(prec=70) as context:
        value = over / Decimal(first * second).sqrt()
        context.prec = 50
        return Fraction(+value)


def concordance(months: list[Scores], villages: list[str]) -> Fraction:
    """Kendall's W (Annals of Mathematical Statistics 10 (1939) 275–287), corrected for ties.

    The spread of the sums of mid-ranks, over the greatest that the ties of each month leave it.
    """
    m, n = len(months), len(villages)
    own = [{village: month[village] for village in villages} for month in months]
    sums = [sum(rank(month, village, "average") for month in own) for village in villages]
    spread = sum((total - Fraction(m * (n + 1), 2)) ** 2 for total in sums)
    tied = sum(t**3 - t for month in own for t in Counter(month.values()).values())
    return Fraction(spread) / (Fraction(m * m * (n**3 - n) - m * tied) / 12 if m > 1 else 0)


def count(files: Files, rules: Rules, year: int) -> Counted:
    """All figures of a year: months, villages, agreement, praise and criticism, cases."""
    found, made = Counted("inspection"), Year(files, rules, year)
    months, held, villages = made.months, made.held, made.villages
    items = [{item for own in made.items[m].values() for item in own} for m in held]
    found.put("villages", year, len(villages))
    found.put("months.due", year, len(months))
    found.put("months.held", year, len(held))
    found.put("months.missing", year, len(months) - len(held))
    found.put("villages.missing", year, sum(v not in made.items[m] for m in held for v in villages))
    found.put("items.changed", year, sum(a != b for a, b in pairwise(items)))
    found.put("concordance", year, lambda: concordance([*map(made.scores, held)], made.always()))
    found.put("concordance.villages", year, lambda: len(made.always()))
    for month in months:
        _month(found, made, month)
    for letters, village in lettered(villages):
        _village(found, made, village, letters, year)
    if files.has("accountability"):
        _cases(found, files, villages, year)
    return found


def _month(found: Counted, made: Year, month: str) -> None:
    scores = partial(made.scores, month)

    def mean() -> Value:
        own = scores().values()
        return sum(own, Fraction(0)) / len(own) if own else "not_inspected"

    for letters, village in lettered(made.villages):
        own = lambda v=village: made.score(month, v)  # noqa: E731
        place = lambda v=village: made.place(v, scores())  # noqa: E731
        found.put(f"score.{letters}", month, own, village)
        found.put(f"rank.{letters}", month, place, village)
    found.put("scored", month, lambda: len(scores()))
    found.put("mean", month, mean)
    if month in made.held:
        found.put("praised", month, lambda: len(made.chosen(month, "best")))
        found.put("criticised", month, lambda: len(made.chosen(month, "worst")))
    if month in made.held[1:]:
        before = made.held[made.held.index(month) - 1]
        found.put("tau", month, lambda: tau_b(made.scores(before), scores()))


def _village(found: Counted, made: Year, village: str, letters: str, year: int) -> None:
    def times(end: str) -> int:
        return sum(village in made.chosen(month, end) for month in made.held)

    def put(name: str, make: Make) -> None:
        found.put(f"year.{name}.{letters}", year, make, village)

    put("score", partial(made.mean, village))
    put("rank", partial(made.year_place, village))
    put("praised", partial(times, "best"))
    put("criticised", partial(times, "worst"))
    put("months", lambda: len(made.own(village)))
    if made.held:
        found.put(f"move.{letters}", made.held[-1], partial(made.moved, village), village)


def _cases(found: Counted, files: Files, villages: list[str], year: int) -> None:
    """Cases of accountability, by level and village, and of units that are no village inspected."""
    rows = [row for row in files.rows("accountability") if row.day("date").year == year]
    for level, slug in LEVELS.items():
        own = [row["village"] for row in rows if row["level"] == level]
        found.put(f"cases.{slug}", year, len(own))
        for letters, village in lettered(villages):
            found.put(f"cases.{slug}.{letters}", year, own.count(village), village)
    found.put("cases.others", year, sum(row["village"] not in villages for row in rows))
