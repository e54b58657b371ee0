"""Other tables that a reader could not tell from the true one, found as cheaply as can be.

A move says by how much every cell differs in such a table. Where a move exists, the reader cannot exclude
what it leads to: the cells it touches must be hidden, and are then at least that uncertain.

Source: the linear programme for one unsafe cell in Kelly, Golden and Assad (1992), Networks 22, and
Hundepool et al., Statistical Disclosure Control (2012), ch. 4.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from xushi_stats.disclosure.linear_program import RIGHT, Infeasible, Program, Row, reduced
from xushi_stats.disclosure.table import Rule, Table

Move = dict[str, Fraction]
"""Cell → by how much it differs; cells that keep their count are left out."""

SCALE = 8
"""How many cells may be hidden to keep one household more in print."""

_UP, _DOWN, _TOO_FAR, _ROOM = range(4)
_PROHIBITIVE = 10**15


class Network:
    """The cells and sums of a table, as the moves along them see it.

    Args:
        table: the true counts.
        rule: how zeros are treated.

    Attributes:
        room: cell → how far it can go down.
        free: the cells that may be hidden.
        costs: cell → what it costs to hide it: the value that is lost, and a little for each cell.
    """

    def __init__(self, table: Table, rule: Rule) -> None:
        self.relations = table.relations
        self.room: dict[str, int] = {}
        self.free: set[str] = set()
        for cell in table.cells:
            if cell.count is None or cell.fixed:
                continue
            self.room[cell.id] = max(0, cell.count - rule.floor_of(cell))
            if cell.count >= rule.floor:
                self.free.add(cell.id)
        self.order = {cell.id: place for place, cell in enumerate(table.cells)}
        self.costs = _costs(table)

    def moves(self, cell: str, up: int, down: int, prices: Mapping[str, int]) -> list[Move] | None:
        """The moves that show a cell to be so much higher and so much lower; None if there are none.

        Args:
            cell: the cell to protect.
            up: how far up it must be able to go.
            down: how far down.
            prices: the cells that may change → what each costs.
        """
        made = [self._move(cell, amount, prices) for amount in (up, -down) if amount]
        return None if None in made else [move for move in made if move is not None]

    def _move(self, cell: str, amount: int, prices: Mapping[str, int]) -> Move | None:
        """The cheapest change of cells that changes one by an amount and keeps every sum.

        Formula: min Σ price · (u + v) subject to Σ a (u - v) = 0, u - v = amount for the cell,
        u, v >= 0, v <= room. The limits of large cells are set only when they are passed.
        """
        if amount < -self.room[cell]:
            return None
        names = sorted(prices.keys() - {cell}, key=self.order.__getitem__)
        try:
            basis = reduced(self._rows(cell, amount, names))
        except Infeasible:
            return None
        limited = {n for n, c in enumerate(names) if 0 < self.room[c] < abs(amount)}
        while True:
            found = self._solve(basis, names, limited, prices)
            if found is None:
                return None
            passed = {n for n, v in found.items() if -v > self.room[names[n]]}
            if not passed:
                return {cell: Fraction(amount), **{names[n]: v for n, v in found.items()}}
            limited |= passed

    def _rows(self, cell: str, amount: int, names: list[str]) -> list[Row]:
        columns = {name: column for column, name in enumerate(names)}
        rows = []
        for relation in self.relations:
            row = {columns[c]: a for c, a in relation.terms.items() if c in columns}
            if right := -relation.terms.get(cell, 0) * amount:
                row[RIGHT] = right
            if row:
                rows.append(row)
        return rows

    def _solve(
        self,
        basis: Mapping[int, Row],
        names: list[str],
        limited: set[int],
        prices: Mapping[str, int],
    ) -> dict[int, Fraction] | None:
        """Solve the programme, starting where each basic cell goes the way its row wants.

        A cell has up to four columns: up, down, down further than it may (at a prohibitive price, so
        that a start always exists), and the room that is left.
        """
        rows: dict[int, Row] = {}
        gain: Row = {}
        for column, row in basis.items():
            sign = -1 if row.get(RIGHT, 0) < 0 else 1
            split: Row = {RIGHT: sign * row[RIGHT]} if RIGHT in row else {}
            for c, a in row.items():
                if c != RIGHT:
                    split[4 * c + _UP] = sign * a
                    if self.room[names[c]]:
                        split[4 * c + _DOWN] = -sign * a
            start = 4 * column + (_UP if sign > 0 else _TOO_FAR)
            if sign < 0:
                split[start] = row[column]
            rows[start] = split
        for c, name in enumerate(names):
            gain[4 * c + _UP] = gain[4 * c + _DOWN] = -prices[name]
            gain[4 * c + _TOO_FAR] = -_PROHIBITIVE
        for c in limited:
            rows[4 * c + _ROOM] = {4 * c + _DOWN: 1, 4 * c + _ROOM: 1, RIGHT: self.room[names[c]]}
        program = Program.at(rows)
        program.maximise(gain)
        moved: dict[int, Fraction] = {}
        for column, value in program.point().items():
            cell, way = divmod(column, 4)
            if way == _TOO_FAR:
                return None
            if way != _ROOM:
                moved[cell] = moved.get(cell, Fraction(0)) + (value if way == _UP else -value)
        return {cell: value for cell, value in moved.items() if value}


def _costs(table: Table) -> dict[str, int]:
    return {cell.id: 1 + SCALE * (cell.count or 0) for cell in table.cells}
