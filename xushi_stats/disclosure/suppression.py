"""Which cells are hidden: first those that are unsafe themselves, then others so that they stay hidden.

The choice is a heuristic and proves nothing; ``protection_audit`` does. Same table, same rule: same choice.

Sources: Hundepool et al., Statistical Disclosure Control (2012), ch. 4: threshold rule, secondary
suppression by linear programmes, one for each unsafe cell, as in Kelly, Golden and Assad (1992), Cell
suppression: disclosure protection for sensitive tabular data, Networks 22, with their clean-up of what
is superfluous; the τ-ARGUS manual for what a hidden cell costs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from copy import copy
from fractions import Fraction
from typing import Literal

from xushi_stats.disclosure.alternative_tables import Move, Network
from xushi_stats.disclosure.table import Cell, Relation, Rule, Table

Reason = Literal["", "primary", "complementary", "before", "missing"]
"""Why a cell has no number: unsafe itself; to protect another; hidden in an earlier publication; the
office has none."""

# -- primary -------------------------------------------------------------------------------------


def primary(table: Table, rule: Rule) -> list[str]:
    """The cells that are unsafe themselves, virtual ones included, in the order of the table."""
    return [cell.id for cell in table.cells if cell.virtual or is_unsafe(cell, rule)]


def is_unsafe(cell: Cell, rule: Rule) -> bool:
    """Whether a cell discloses by itself: a small count, or a sum of too few respondents.

    >>> [is_unsafe(Cell("x", n), Rule(threshold=3, zeros="shown")) for n in range(4)]
    [False, True, True, False]
    """
    if cell.count is None or cell.fixed:
        return False
    if cell.contributions:
        return len(cell.contributions) < rule.threshold_of(cell)
    return (0 if rule.zeros == "hidden" else 1) <= cell.count < rule.threshold_of(cell)


def with_complements(table: Table, rule: Rule) -> Table:
    """The table and, as virtual cells, each total without one part that is below the threshold.

    A reader forms these by subtraction; the sum of two small hidden counts is a small count again.
    """
    cells = {cell.id: cell for cell in table.cells}
    added: dict[str, Cell] = {}
    relations: list[Relation] = []
    for relation in table.relations if rule.complement else ():
        for part in relation.parts if len(relation.parts) > 1 else ():
            rest = _rest(cells[relation.total], cells[part], rule)
            if rest is not None and rest.id not in added:
                added[rest.id] = rest
                relations.append(Relation({relation.total: 1, part: -1, rest.id: -1}))
    return Table([*table.cells, *added.values()], [*table.relations, *relations], table.name)


def _rest(total: Cell, part: Cell, rule: Rule) -> Cell | None:
    """A total without a part, if that is too few."""
    if total.count is None or part.count is None or not total.count:
        return None
    name, sensitive = f"{total.id} - {part.id}", total.sensitive or part.sensitive
    rest = Cell(name, total.count - part.count, sensitive=sensitive, virtual=True)
    least = 1 if rule.zeros == "shown" else 0
    return rest if least <= total.count - part.count < rule.threshold_of(rest) else None


def widths(table: Table, rule: Rule, unsafe: Collection[str]) -> dict[str, int]:
    """How far apart the ends of the interval of each unsafe cell must lie."""
    return {c.id: rule.width or rule.threshold_of(c) for c in table.cells if c.id in unsafe}


# -- complementary ---------------------------------------------------------------------------------

TRIES, EFFORT = 40, 10_000_000
"""How many exchanges are tried for a cheaper choice: at most so many, and fewer of a large table, by
the square of its cells times the cells to protect."""


def complementary(table: Table, rule: Rule, needed: Mapping[str, int]) -> list[str]:
    """Further cells to hide, so that each unsafe cell has an interval of the width it needs.

    Args:
        table: the true counts.
        rule: how zeros are treated.
        needed: unsafe cell → width.

    Returns:
        The further cells, in the order of the table.
    """
    best = min(
        (_Choice(table, rule, needed, dearest) for dearest in (True, False)),
        key=lambda choice: choice.total,
    )
    open_ = best.dearest()
    size = len(table.cells) * len(best.own) or 1
    for _ in range(min(TRIES, EFFORT // size**2)):
        better = best.without(open_.pop(0)) if open_ else None
        if better:
            best, open_ = better, better.dearest()
    return [cell.id for cell in table.cells if cell.id in best.further]


class _Choice:
    """What is hidden so far, and the moves that prove it enough: tables that a reader cannot exclude."""

    def __init__(
        self, table: Table, rule: Rule, needed: Mapping[str, int], dearest_first: bool
    ) -> None:
        self.network = Network(table, rule)
        before = {c.id for c in table.cells if c.hidden_before and c.id in self.network.room}
        self.needed = {cell: needed.get(cell, 1) for cell in {*needed, *before}}
        self.own = frozenset(self.needed)
        self.hidden = set(self.own)
        self.moves: list[Move] = []
        self._protect_all(dearest_first)

    def _protect_all(self, dearest_first: bool, banned: Collection[str] = ()) -> bool:
        """Protect every cell and show again what is superfluous; whether each has what it needs."""
        sign = -1 if dearest_first else 1
        order = sorted(self.own, key=lambda c: (sign * self.network.costs[c], c))
        done = [self.protect(cell, banned) for cell in order]
        self.clean_up()
        return all(done)

    @property
    def total(self) -> int:
        """What all that is hidden for others costs."""
        return sum(self.network.costs[cell] for cell in self.further)

    def dearest(self) -> list[str]:
        """The cells hidden for others, the dearest first."""
        return sorted(self.further, key=lambda c: (-self.network.costs[c], c))

    def without(self, cell: str) -> _Choice | None:
        """A cheaper choice in which a cell is shown: others take its place, or all is chosen anew."""
        for hidden, dearest_first in ((self.hidden - {cell}, True), (set(self.own), False)):
            made = copy(self)
            made.hidden = hidden
            made.moves = [move for move in self.moves if move.keys() <= hidden]
            if made._protect_all(dearest_first, {cell}) and made.total < self.total:
                return made
        return None

    @property
    def further(self) -> set[str]:
        """The cells hidden for others."""
        return self.hidden - self.own

    def cost(self, cell: str) -> int:
        """What it costs to hide a cell that is not hidden yet."""
        return 0 if cell in self.hidden else self.network.costs[cell]

    def protect(self, cell: str, banned: Collection[str] = ()) -> bool:
        """Hide what the cell still wants, upwards or first downwards, whichever costs less."""
        if self._is_shown_safe(cell, self.hidden, self.moves):
            return True
        prices = {c: self.cost(c) for c in (self.network.free | self.hidden) - {*banned}}
        ways = [self.network.moves(cell, *way, prices) for way in self._ways(cell)]
        best = min(filter(None, ways), key=self._price, default=[])
        self.moves += best
        self.hidden |= {c for move in best for c in move}
        return bool(best)

    def clean_up(self) -> None:
        """Show again what is superfluous, the dearest first."""
        for cell in self.dearest():
            hidden = self.hidden - {cell}
            moves = [move for move in self.moves if cell not in move]
            if all(self._is_shown_safe(other, hidden, moves) for other in sorted(hidden)):
                self.hidden, self.moves = hidden, moves

    def _is_shown_safe(self, cell: str, hidden: set[str], moves: list[Move]) -> bool:
        """Whether moves of hidden cells alone give a cell its width; new ones are added to the moves."""
        if self.width(cell, moves) >= self.needed.get(cell, 1):
            return True
        prices = dict.fromkeys(hidden, 0)
        ways = (self.network.moves(cell, *way, prices) for way in self._ways(cell))
        found = next(filter(None, ways), [])
        moves += found
        return bool(found)

    def _ways(self, cell: str) -> list[tuple[int, int]]:
        """How far up and how far down: all up, or down as far as it can go and the rest up."""
        width = self.needed.get(cell, 1)
        down = min(width, self.network.room[cell])
        return [(width, 0), (width - down, down)] if down else [(width, 0)]

    def _price(self, way: Iterable[Move]) -> int:
        return sum(self.cost(c) for c in {c for move in way for c in move})

    @staticmethod
    def width(cell: str, moves: Iterable[Move]) -> Fraction:
        """How far apart the values of a cell lie in the tables that the moves lead to."""
        places = [Fraction(0), *(move.get(cell, Fraction(0)) for move in moves)]
        return max(places) - min(places)
