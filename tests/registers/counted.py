"""Tables for the tests of protection, and a reader who attacks them with another solver.

The reader is written apart from the library: it takes the printed numbers and the sums, and asks scipy.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Mapping, Sequence

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from xushi_stats.disclosure.intruder import Published
from xushi_stats.disclosure.table import Cell, Relation, Table, margin

Counts = dict[str, int]


def two_way(rows: Sequence[Sequence[int]], **marks: bool) -> Table:
    """Rows and columns with every margin: ``r1c1``, ``r1``, ``c1``, ``all``."""
    counts: Counts = {}
    for i, row in enumerate(rows, 1):
        counts |= {f"r{i}c{j}": count for j, count in enumerate(row, 1)}
        counts[f"r{i}"] = sum(row)
    columns = list(zip(*rows, strict=True))
    counts |= {f"c{j}": sum(column) for j, column in enumerate(columns, 1)}
    counts["all"] = sum(map(sum, rows))
    cells = [Cell(name, count, **marks) for name, count in counts.items()]  # type: ignore[arg-type]
    return Table(cells, two_way_sums(len(rows), len(columns)), "test")


def two_way_sums(rows: int, columns: int) -> list[Relation]:
    across, down = range(1, columns + 1), range(1, rows + 1)
    return [
        *(margin(f"r{i}", [f"r{i}c{j}" for j in across]) for i in down),
        *(margin(f"c{j}", [f"r{i}c{j}" for i in down]) for j in across),
        margin("all", [f"r{i}" for i in down]),
        margin("all", [f"c{j}" for j in across]),
    ]


def read_printed(text: str) -> Published:
    """A printed table, one row a line between slashes, margins last, ``?`` for a hidden number."""
    grid = [line.split() for line in text.split("/")]
    rows, columns = len(grid) - 1, len(grid[0]) - 1
    names = [
        [
            "all"
            if (i, j) == (rows, columns)
            else (f"r{i + 1}" if i < rows else "") + (f"c{j + 1}" if j < columns else "")
            for j in range(columns + 1)
        ]
        for i in range(rows + 1)
    ]
    pairs = [
        (n, v)
        for line, words in zip(names, grid, strict=True)
        for n, v in zip(line, words, strict=True)
    ]
    visible = {name: int(word) for name, word in pairs if word != "?"}
    hidden = [name for name, word in pairs if word == "?"]
    return Published(visible, hidden, two_way_sums(rows, columns))


def drawn(rows: int, columns: int, seed: int, mean: float) -> list[list[int]]:
    dice = random.Random(seed)
    return [[int(dice.expovariate(1 / mean)) for _ in range(columns)] for _ in range(rows)]


def cube(sides: tuple[int, int, int], seed: int, mean: float) -> Table:
    """A three-way table with every margin of every order; ``*`` stands for a sum."""
    dice = random.Random(seed)
    inside = {
        place: int(dice.expovariate(1 / mean)) for place in itertools.product(*map(range, sides))
    }
    axes = [[*map(str, range(side)), "*"] for side in sides]
    counts: Counts = {}
    relations = []
    for place in itertools.product(*axes):
        counts["".join(place)] = sum(
            count
            for at, count in inside.items()
            if all(want in ("*", str(have)) for want, have in zip(place, at, strict=True))
        )
        for axis in range(3):
            if place[axis] == "*":
                parts = ["".join([*place[:axis], k, *place[axis + 1 :]]) for k in axes[axis][:-1]]
                relations.append(margin("".join(place), parts))
    return Table([Cell(name, count) for name, count in counts.items()], relations, "cube")


# -- the reader ------------------------------------------------------------------------------------


def system(published: Published) -> tuple[np.ndarray, np.ndarray]:
    """The sums over the hidden cells: matrix and right-hand side."""
    matrix = np.zeros((len(published.relations), len(published.hidden)))
    right = np.zeros(len(published.relations))
    place = {cell: k for k, cell in enumerate(published.hidden)}
    for k, relation in enumerate(published.relations):
        right[k] = relation.constant
        for cell, times in relation.terms.items():
            if cell in place:
                matrix[k, place[cell]] = times
            else:
                right[k] -= times * published.visible[cell]
    return matrix, right


def attack(published: Published, *, whole: bool = False) -> dict[str, tuple[float, float]]:
    """Least and greatest value of every hidden cell by HiGHS, of whole numbers if asked."""
    matrix, right = system(published)
    low = np.array([float(published.floors.get(cell, 0)) for cell in published.hidden])
    found = {}
    for k, cell in enumerate(published.hidden):
        ends = []
        for sign in (1.0, -1.0):
            goal = np.zeros(len(low))
            goal[k] = sign
            if whole:
                answer = milp(
                    goal,
                    constraints=[LinearConstraint(matrix, right, right)],
                    bounds=Bounds(low, np.inf),
                    integrality=np.ones(len(low)),
                )
                none = answer.x is None
            else:
                limits = np.column_stack([low, np.full(len(low), np.inf)])
                answer = linprog(goal, A_eq=matrix, b_eq=right, bounds=limits)
                none = answer.status == 3
                assert answer.status in (0, 3), answer.message
            ends.append(sign * math.inf * -1 if none else sign * float(answer.fun))
        found[cell] = (ends[0], ends[1])
    return found


def solved(published: Published, whole: bool = False) -> list[str]:
    """The hidden cells for which one whole number is left."""
    return [
        cell
        for cell, (low, high) in attack(published, whole=whole).items()
        if math.isfinite(high) and math.ceil(low - 1e-6) >= math.floor(high + 1e-6)
    ]


def without_numbers(text: str, counts: Mapping[str, int | None]) -> bool:
    """Whether a text holds none of the counts as a number of its own."""
    words = {word.strip("，。'\"“”;,.") for word in text.split()}
    return not words & {str(count) for count in counts.values()}
