"""The exact audit: what a reader who knows every printed number, sum and rule can say of a hidden one.

It stands on the reader's side: it sees no hidden count and shares no code with the choice of what to
hide. Two questions are asked of each hidden cell. Do the equations alone determine it (rank test)?
And, since counts are whole numbers not below zero, which is the least and the greatest it can be
(interval audit)? The second finds what the first lets pass.

Sources: Hundepool et al., Statistical Disclosure Control (2012), ch. 4 (feasibility interval, audit of a
suppression pattern); Willenborg and de Waal, Elements of Statistical Disclosure Control (2001), ch. 6.

What is not modelled: inference from the algorithm's choices (why this cell and no other), and respondents
who subtract themselves or pool what they know; thresholds and widths are set with them in mind.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from xushi_stats.disclosure.linear_program import RIGHT, Infeasible, Program, Row
from xushi_stats.disclosure.table import Relation

Why = Literal["equations", "one", "narrow", "unproved"]
"""``equations``: solved by the sums; ``one``: only one whole number is possible; ``narrow``: the interval
is narrower than asked for; ``unproved``: the search for whole numbers was given up."""

NODES = 400
"""How many programmes the search for whole numbers solves for one end before it is given up."""


@dataclass(frozen=True)
class Published:
    """What a reader has: the printed counts, the names of the hidden cells, every sum, every rule.

    Attributes:
        visible: cell → count.
        hidden: the cells without a number.
        relations: the sums; also the equations that published derived figures state.
        floors: the least a hidden cell can be by the rule on zeros, where it is not 0.
    """

    visible: Mapping[str, int]
    hidden: Sequence[str]
    relations: Sequence[Relation]
    floors: Mapping[str, int] = field(default_factory=dict)

    def equations(self) -> list[Row]:
        """The relations as rows over the hidden cells, each counted from its floor.

        Raises:
            Infeasible: the visible counts contradict a relation.
        """
        columns = {cell: place for place, cell in enumerate(self.hidden)}
        rows = []
        for relation in self.relations:
            row: Row = {}
            right = relation.constant
            for cell, times in relation.terms.items():
                if cell in columns:
                    row[columns[cell]] = times
                    right -= times * self.floors.get(cell, 0)
                else:
                    right -= times * self.visible[cell]
            if right:
                row[RIGHT] = right
            if row:
                rows.append(row)
        return rows


@dataclass(frozen=True)
class Interval:
    """The whole numbers that a hidden cell can be, as a reader can find out.

    Attributes:
        low, high: the ends; no ``high`` where there is no limit.
        determined: whether the equations alone solve the cell.
        proved: whether both ends are exact; if not, the interval lies inside the true one.
    """

    low: int
    high: int | None
    determined: bool = False
    proved: bool = True

    def why_unsafe(self, width: int) -> Why | None:
        """Why the interval does not protect its cell, or None if it does.

        >>> Interval(0, 3).why_unsafe(3), Interval(0, 3).why_unsafe(4), Interval(2, 2).why_unsafe(0)
        (None, 'narrow', 'one')
        """
        if self.determined:
            return "equations"
        if self.high is None or (self.high - self.low >= width and self.high > self.low):
            return None
        if not self.proved:
            return "unproved"
        return "one" if self.high == self.low else "narrow"


def audit(published: Published, widths: Mapping[str, int]) -> dict[str, Why]:
    """The hidden cells that are not protected, each with the reason; empty if all are.

    Args:
        published: what the reader has.
        widths: hidden cell → how far apart the ends of its interval must lie; 1 if not named.

    Raises:
        Infeasible: the printed numbers contradict each other.

    >>> audit(Published({"all": 5, "men": 4}, ["women"], [Relation({"all": 1, "men": -1, "women": -1})]), {})
    {'women': 'equations'}
    """
    found = intervals(published)
    reasons = {cell: found[cell].why_unsafe(widths.get(cell, 1)) for cell in published.hidden}
    return {cell: why for cell, why in reasons.items() if why}


def intervals(published: Published) -> dict[str, Interval]:
    """The exact feasibility interval of every hidden cell.

    Formula: min and max of the cell over all tables of whole numbers >= the floor that keep every
    relation and every visible count (Hundepool et al. 2012, ch. 4). Never to be published.

    Raises:
        Infeasible: the printed numbers contradict each other.
    """
    search = _Search(published.equations(), len(published.hidden))
    found = {}
    for column, cell in enumerate(published.hidden):
        low, sure_low = search.end(column, -1)
        high, sure_high = search.end(column, 1)
        floor = published.floors.get(cell, 0)
        found[cell] = Interval(
            (low or 0) + floor,
            None if high is None else high + floor,
            column in search.determined,
            sure_low and sure_high,
        )
    return found


class _Search:
    """Least and greatest whole values; every whole-numbered table met on the way is kept as evidence."""

    def __init__(self, rows: list[Row], columns: int) -> None:
        self.rows, self.columns = rows, columns
        self.program = Program(rows)
        self.determined = self.program.determined
        self.seen: dict[int, tuple[int, int]] = {}
        self._keep(self.program.point())

    def end(self, column: int, sign: int) -> tuple[int | None, bool]:
        """One end of a column's interval, None for no limit; and whether it is exact."""
        if sign < 0 and self._seen(column, -1) == 0:
            return 0, True
        if not self.program.maximise({column: sign}):
            return None, True
        point = self.program.point()
        self._keep(point)
        limit = sign * (point.get(column, Fraction(0)) * sign // 1)  # the end, rounded inwards
        if self._seen(column, sign) == limit:
            return int(limit), True
        return self._whole_end(column, sign)

    def _whole_end(self, column: int, sign: int) -> tuple[int | None, bool]:
        """Branch and bound: split at a fractional cell until the vertices are whole numbers."""
        open_branches: list[list[Row]] = [[]]
        for _ in range(NODES):
            if not open_branches:
                if not self.seen:
                    raise Infeasible
                return self._seen(column, sign), True
            branch = open_branches.pop()
            try:
                program = Program([*self.rows, *branch])
            except Infeasible:
                continue
            if not program.maximise({column: sign}):
                return None, True
            point = program.point()
            best = self._seen(column, sign)
            if best is not None and point.get(column, Fraction(0)) * sign // 1 <= best * sign:
                continue
            self._keep(point)
            if broken := _fractional(point, self.columns):
                open_branches += _split(branch, min(broken), point, self.columns + len(branch))
        return self._seen(column, sign) or 0, False

    def _seen(self, column: int, sign: int) -> int | None:
        if not self.seen:
            return None
        return self.seen.get(column, (0, 0))[sign > 0]

    def _keep(self, point: Mapping[int, Fraction]) -> None:
        """Widen what was seen by a table of whole numbers."""
        if _fractional(point, self.columns):
            return
        first = not self.seen
        for column in range(self.columns):
            value = int(point.get(column, 0))
            low, high = (value, value) if first else self.seen[column]
            self.seen[column] = (min(low, value), max(high, value))


def _fractional(point: Mapping[int, Fraction], columns: int) -> list[int]:
    return [c for c, value in point.items() if c < columns and value.denominator != 1]


def _split(
    branch: list[Row], column: int, point: Mapping[int, Fraction], slack: int
) -> Iterable[list[Row]]:
    """The two halves without the fractional value: at most its floor, at least the next number."""
    below = int(point[column] // 1)
    at_most: Row = {column: 1, slack: 1}
    if below:
        at_most[RIGHT] = below
    return [*branch, at_most], [*branch, {column: 1, slack: -1, RIGHT: below + 1}]
