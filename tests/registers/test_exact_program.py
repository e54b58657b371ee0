"""The exact programme finds what an approximate solver finds, and proves it."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest
from scipy.optimize import linprog

from xushi_stats.disclosure import linear_program
from xushi_stats.disclosure.linear_program import RIGHT, Infeasible, Program, Row, reduced


def drawn(seed: int) -> tuple[list[Row], list[int]]:
    """Equations with a solution in whole numbers most of the time, and an objective."""
    dice = random.Random(seed)
    columns = dice.randint(2, 8)
    point = [dice.choice([0, 0, 1, 2, 5]) for _ in range(columns)]
    rows = []
    for _ in range(dice.randint(1, 6)):
        row = {c: v for c in range(columns) if (v := dice.randint(-3, 3))}
        right = sum(v * point[c] for c, v in row.items()) + (dice.random() < 0.1)
        rows.append({**row, RIGHT: right})
    return rows, [dice.randint(-4, 4) for _ in range(columns)]


def by_scipy(rows: list[Row], goal: list[int]) -> tuple[int, float | None]:
    matrix = np.array([[row.get(c, 0) for c in range(len(goal))] for row in rows], dtype=float)
    right = np.array([row.get(RIGHT, 0) for row in rows], dtype=float)
    answer = linprog(-np.array(goal, dtype=float), A_eq=matrix, b_eq=right, method="highs-ds")
    return answer.status, None if answer.fun is None else -answer.fun


@pytest.mark.parametrize("patience", [0, 200], ids=["Bland", "steepest"])
def test_the_optimum_is_that_of_another_solver(
    patience: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(linear_program, "PATIENCE", patience)
    kinds = {"optimal": 0, "unbounded": 0, "infeasible": 0}
    for seed in range(300):
        rows, goal = drawn(seed)
        status, best = by_scipy(rows, goal)
        try:
            program = Program(rows)
        except Infeasible:
            assert status in (2, 4), seed  # HiGHS says 4 where it cannot tell 2 from 3
            kinds["infeasible"] += 1
            continue
        if not program.maximise(dict(enumerate(goal))):
            assert status in (3, 4), seed
            kinds["unbounded"] += 1
            continue
        kinds["optimal"] += 1
        point = program.point()
        value = sum(goal[c] * v for c, v in point.items())
        assert status == 0 and best is not None and abs(float(value) - best) < 1e-6, seed
        assert all(v > 0 for v in point.values())
        for row in rows:
            assert sum(v * point.get(c, 0) for c, v in row.items() if c != RIGHT) == row[RIGHT]
    assert min(kinds.values()) > 20, kinds


def test_the_search_does_not_run_in_a_circle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beale's example (1955), in which the steepest column alone returns to its start for ever."""
    monkeypatch.setattr(linear_program, "PATIENCE", 6)
    rows: list[Row] = [
        {0: 1, 3: 25, 4: -6000, 5: -4, 6: 900},  # each row times a whole number
        {1: 1, 3: 50, 4: -9000, 5: -2, 6: 300},
        {2: 1, 5: 1, RIGHT: 1},
    ]
    rows[0][0], rows[1][1] = 100, 100
    program = Program.at(dict(enumerate(rows)))
    goal = {3: 75, 4: -15000, 5: 2, 6: -600}  # 100 times 3/4, -150, 1/50, -6
    assert program.maximise(goal)
    assert sum(goal[c] * v for c, v in program.point().items() if c in goal) == 5  # 100 times 1/20


def test_a_contradiction_is_found_by_the_equations() -> None:
    with pytest.raises(Infeasible):
        reduced([{0: 1, 1: 1, RIGHT: 5}, {0: 2, 1: 2, RIGHT: 11}])


def test_a_contradiction_with_zero_is_found() -> None:
    with pytest.raises(Infeasible):
        Program([{0: 1, 1: 1, RIGHT: 5}, {0: 1, RIGHT: 6}])


def test_an_answer_is_exact_where_floats_are_not() -> None:
    """1/3 + 10^-30 is told from 1/3."""
    big = 10**30
    program = Program([{0: 3 * big, RIGHT: big + 3}])
    assert program.point() == {0: Fraction(1, 3) + Fraction(1, big)}


def test_the_determined_columns_are_those_in_the_row_space() -> None:
    for seed in range(100):
        rows, goal = drawn(seed)
        matrix = np.array([[row.get(c, 0) for c in range(len(goal))] for row in rows])
        rank = np.linalg.matrix_rank(matrix)
        try:
            program = Program(rows)
        except Infeasible:
            continue
        for column in range(len(goal)):
            unit = np.eye(len(goal))[column]
            in_space = np.linalg.matrix_rank(np.vstack([matrix, unit])) == rank
            assert (column in program.determined) == in_space
