"""Linear systems and linear programmes without rounding: elimination and the simplex method in whole numbers.

An approximate solver cannot prove that a hidden number stays hidden: it answers 1.9999999 where the
truth is 2. A row of coefficients stands for one equation; it may be multiplied by any positive whole
number, so every row is kept in whole numbers, and no fraction is needed before the answer is read off.
In tables with margins nearly all coefficients stay -1, 0 or 1.

Sources: Bareiss (1968) for elimination in whole numbers; Bland (1977) for the rule that ends the simplex
method; Chvátal, Linear Programming (1983), ch. 3 for the start with one artificial variable.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import gcd

Row = dict[int, int]
"""Column → coefficient, zeros left out; the right-hand side stands under ``RIGHT``."""

RIGHT = -1
_ARTIFICIAL = -2
PATIENCE = 200
"""Steps without progress before Bland's rule, which is slow but never circles."""


class Infeasible(Exception):
    """No point satisfies the equations."""


def eliminated(row: Row, column: int, by: Row) -> Row:
    """The row with one column removed by adding a multiple of another row; its sign is kept.

    >>> eliminated({0: 1, 1: 1, RIGHT: 5}, 1, {1: 2, 2: 1, RIGHT: 4})
    {0: 2, -1: 6, 2: -1}
    """
    pivot, entry = by[column], row[column]
    common = gcd(pivot, entry) * (1 if pivot > 0 else -1)
    times, minus = pivot // common, entry // common
    made = dict(row) if times == 1 else {c: v * times for c, v in row.items()}
    for c, v in by.items():
        left = made.get(c, 0) - v * minus
        if left:
            made[c] = left
        else:
            made.pop(c, None)
    divisor = gcd(*made.values())
    return {c: v // divisor for c, v in made.items()} if divisor > 1 else made


def reduced(rows: Iterable[Row]) -> dict[int, Row]:
    """Reduced row echelon form: basic column → its row, in which no other basic column stands.

    Raises:
        Infeasible: the equations contradict each other.

    >>> reduced([{0: 1, 1: 1, RIGHT: 5}, {0: 1, 1: -1, RIGHT: 1}])
    {0: {0: 1, -1: 3}, 1: {1: 1, -1: 2}}
    """
    basis: dict[int, Row] = {}
    for given in rows:
        row = {c: v for c, v in given.items() if v}
        for column in [c for c in row if c in basis]:
            row = eliminated(row, column, basis[column])
        columns = [c for c in row if c != RIGHT]
        if not columns:
            if row:
                raise Infeasible
            continue
        pivot = min(columns)
        divisor = gcd(*row.values()) * (1 if row[pivot] > 0 else -1)
        row = {c: v // divisor for c, v in row.items()}
        for column, other in basis.items():
            if pivot in other:
                basis[column] = eliminated(other, pivot, row)
        basis[pivot] = row
    return basis


class Program:
    """The points ``x >= 0`` of a linear system, and a vertex of them from which to look further.

    Args:
        rows: the equations.

    Attributes:
        rows: the equations solved for the basic columns: basic column → its row.
        determined: the columns that the equations alone solve (the rank test): a unit vector lies in
            the row space exactly if the reduced form has a row with no other column.

    Raises:
        Infeasible: there is no such point.

    >>> program = Program([{0: 1, 1: 1, RIGHT: 5}])
    >>> program.maximise({0: 1}), program.point()
    (True, {0: Fraction(5, 1)})
    """

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows = reduced(rows)
        self.determined = {c for c, row in self.rows.items() if not row.keys() - {c, RIGHT}}
        if any(row.get(RIGHT, 0) < 0 for row in self.rows.values()):
            self._find_vertex()

    @classmethod
    def at(cls, rows: dict[int, Row]) -> Program:
        """The programme at a vertex that is known: basic column → row, right-hand sides >= 0."""
        made = cls(())
        made.rows = rows
        return made

    def point(self) -> dict[int, Fraction]:
        """The vertex reached; columns left out are 0."""
        return {
            c: Fraction(row[RIGHT], row[c]) for c, row in self.rows.items() if row.get(RIGHT, 0)
        }

    def maximise(self, objective: Mapping[int, int]) -> bool:
        """Go to a vertex where the objective is greatest; False if it has no limit.

        The steepest column enters; after many steps without progress Bland's rule takes over until
        there is some, so that the search cannot run in a circle.
        """
        gain = {c: v for c, v in objective.items() if v}
        for column in [c for c in gain if c in self.rows]:
            gain = eliminated(gain, column, self.rows[column])
        stalled = 0
        while better := [c for c, v in gain.items() if v > 0 and c != RIGHT]:
            steepest = max(better, key=lambda c: (gain[c], -c))
            entering = steepest if stalled < PATIENCE else min(better)
            leaving = self._leaving(entering)
            if leaving is None:
                return False
            stalled = 0 if self.rows[leaving].get(RIGHT) else stalled + 1
            self._pivot(entering, leaving)
            gain = eliminated(gain, entering, self.rows[entering])
        return True

    def _leaving(self, entering: int) -> int | None:
        """The basic column that reaches 0 first as another one grows (the ratio test)."""
        best: tuple[Fraction, int] | None = None
        for column, row in self.rows.items():
            if row.get(entering, 0) > 0:
                ratio = (Fraction(row.get(RIGHT, 0), row[entering]), column)
                best = ratio if best is None else min(best, ratio)
        return None if best is None else best[1]

    def _pivot(self, entering: int, leaving: int) -> None:
        row = self.rows.pop(leaving)
        if row[entering] < 0:
            row = {c: -v for c, v in row.items()}
        for column, other in self.rows.items():
            if entering in other:
                self.rows[column] = eliminated(other, entering, row)
        self.rows[entering] = row

    def _find_vertex(self) -> None:
        """Phase one: an artificial column lifts every row to a right-hand side >= 0, and then goes to 0."""
        for row in self.rows.values():
            if row.get(RIGHT, 0) < 0:
                row[_ARTIFICIAL] = -1
        worst = min(self.rows, key=lambda c: (self.rows[c].get(RIGHT, 0), c))
        self._pivot(_ARTIFICIAL, worst)
        self.maximise({_ARTIFICIAL: -1})
        if _ARTIFICIAL in self.rows:
            row = self.rows[_ARTIFICIAL]
            if row.get(RIGHT):
                raise Infeasible
            others = [c for c in row if c not in (RIGHT, _ARTIFICIAL)]
            if others:
                self._pivot(min(others), _ARTIFICIAL)
            else:
                del self.rows[_ARTIFICIAL]
        for row in self.rows.values():
            row.pop(_ARTIFICIAL, None)
