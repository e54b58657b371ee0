"""The Alkire–Foster measures: published answers, the definitions written out, and the laws."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from towns import Cells, cases

from xushi_stats import format
from xushi_stats.registers.households import multidimensional as md
from xushi_stats.registers.households.multidimensional import Deprivations, Rule
from xushi_stats.registers.undefined import MeasureError, Undefined

Matrix = list[tuple[int, ...]]
ITEMS = ("吃", "穿", "住房安全")

weights = st.tuples(*[st.integers(1, 6)] * 3).map(lambda w: [Fraction(x, sum(w)) for x in w])
rules = st.builds(
    lambda w, k: Rule(dict(zip(ITEMS, w, strict=True)), k),
    weights,
    st.fractions(min_value=Fraction(1, 12), max_value=1, max_denominator=12),
)
matrices = st.lists(st.tuples(*[st.integers(0, 1)] * 3), min_size=1, max_size=9)


def patterns(rows: Iterable[Sequence[int]], items: Sequence[str] = ITEMS) -> Deprivations:
    """What fails together, from a matrix: a row a unit, an entry an item, 1 where it fails."""
    failing = (frozenset(i for i, fails in zip(items, row, strict=True) if fails) for row in rows)
    return Deprivations(tuple(items), Counter(failing))


class Naive:
    """The measures over the matrix itself, a row a unit."""

    def __init__(self, rows: Sequence[tuple[int, ...]], rule: Rule) -> None:
        self.rows, self.weights = rows, list(rule.weights.values())
        self.scores = [sum(w * e for w, e in zip(self.weights, r, strict=True)) for r in rows]
        self.poor = [score >= rule.cutoff for score in self.scores]

    def headcount_ratio(self) -> Fraction:
        return Fraction(sum(self.poor), len(self.rows))

    def adjusted(self) -> Fraction:
        cells = zip(self.scores, self.poor, strict=True)
        return Fraction(sum(s for s, poor in cells if poor)) / len(self.rows)


def of_case(case: Cells) -> tuple[Deprivations, Rule, Naive]:
    items = case["items"].split()
    rows = [tuple(map(int, row)) for row in case["rows"].split()]
    members = [int(number) for number in case["members"].split()]
    parts = [Fraction(weight) for weight in case["weights"].split()]
    rule = Rule(dict(zip(items, parts, strict=True)), Fraction(case["cutoff"]))
    units = [row for row, number in zip(rows, members, strict=True) for _ in range(number)]
    return patterns(units, items), rule, Naive(units, rule)


MEASURES: dict[str, Callable[[Deprivations, Rule], Fraction | Undefined]] = {
    "headcount_ratio": md.headcount_ratio,
    "intensity": md.intensity,
    "adjusted_headcount_ratio": md.adjusted_headcount_ratio,
}


@pytest.mark.parametrize(
    "case",
    cases("multidimensional"),
    ids=lambda c: f"{c['measure']} {c['rows']} {c['cutoff']}",
)
def test_a_measure_gives_its_known_answer(case: Cells) -> None:
    deprivations, rule, naive = of_case(case)
    answer = MEASURES[case["measure"]](deprivations, rule)
    assert not isinstance(answer, Undefined)
    assert answer == Fraction(case["exact"])
    assert format.round_to(answer, int(case["decimals"])) == Fraction(case["printed"])
    assert md.headcount_ratio(deprivations, rule) == naive.headcount_ratio()
    assert md.adjusted_headcount_ratio(deprivations, rule) == naive.adjusted()


def test_every_measure_has_known_answers() -> None:
    assert {case["measure"] for case in cases("multidimensional")} == set(MEASURES)
    assert all(case["source"] for case in cases("multidimensional"))


# -- against the definitions -------------------------------------------------------------------


@given(matrices, rules)
def test_each_measure_follows_its_definition(rows: Matrix, rule: Rule) -> None:
    deprivations, naive = patterns(rows), Naive(rows, rule)
    assert md.headcount_ratio(deprivations, rule) == naive.headcount_ratio()
    assert md.adjusted_headcount_ratio(deprivations, rule) == naive.adjusted()
    if any(naive.poor):
        assert md.intensity(deprivations, rule) == naive.adjusted() / naive.headcount_ratio()


# -- laws --------------------------------------------------------------------------------------


@given(matrices, rules, st.integers(2, 4))
def test_replication_and_order_change_no_measure(rows: Matrix, rule: Rule, times: int) -> None:
    once, often = (patterns(r) for r in (rows, rows[::-1] * times))
    for measure in MEASURES.values():
        assert measure(once, rule) == measure(often, rule)


@given(matrices, rules, st.data())
def test_another_failing_item_of_the_poor_raises_the_adjusted_ratio(
    rows: Matrix, rule: Rule, data: st.DataObject
) -> None:
    naive = Naive(rows, rule)
    open_cells = [(n, j) for n, row in enumerate(rows) for j in range(3) if naive.poor[n] > row[j]]
    assume(open_cells)
    who, item = data.draw(st.sampled_from(open_cells))
    row = tuple(1 if j == item else entry for j, entry in enumerate(rows[who]))
    before, after = (patterns(r) for r in (rows, [*rows[:who], row, *rows[who + 1 :]]))
    assert md.headcount_ratio(before, rule) == md.headcount_ratio(after, rule)
    assert md.adjusted_headcount_ratio(before, rule) < md.adjusted_headcount_ratio(after, rule)  # type: ignore[operator]


@given(matrices)
def test_the_union_counts_who_fails_any_item_and_the_intersection_who_fails_all(
    rows: Matrix,
) -> None:
    deprivations = patterns(rows)
    any_item, all_items = (Fraction(sum(map(f, rows)), len(rows)) for f in (any, all))
    assert md.headcount_ratio(deprivations, Rule.equal(ITEMS, 1)) == any_item
    assert md.headcount_ratio(deprivations, Rule.equal(ITEMS, 3)) == all_items


# -- without a value, and refused --------------------------------------------------------------


def test_no_records_have_no_measure() -> None:
    nobody, rule = patterns([]), Rule.equal(ITEMS, 1)
    for measure in MEASURES.values():
        assert measure(nobody, rule) == Undefined("empty")


def test_where_nobody_is_poor_there_is_no_intensity() -> None:
    healthy, rule = patterns([(0, 0, 0), (1, 0, 0)]), Rule.equal(ITEMS, 2)
    assert md.headcount_ratio(healthy, rule) == 0
    assert md.adjusted_headcount_ratio(healthy, rule) == 0
    assert md.intensity(healthy, rule) == Undefined("no_poor")


THIRD = Fraction(1, 3)
REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "weights below one in all": (lambda: Rule({"a": THIRD, "b": THIRD}, THIRD), "weights"),
    "weights above one in all": (lambda: Rule({"a": Fraction(1), "b": THIRD}, THIRD), "weights"),
    "a weight of zero": (lambda: Rule({"a": Fraction(1), "b": Fraction(0)}, THIRD), "weights"),
    "a weight that is not exact": (lambda: Rule({"a": 1.0}, THIRD), "weights"),  # type: ignore[dict-item]
    "a cut-off that is not exact": (lambda: Rule({"a": Fraction(1)}, 0.5), "cutoff"),  # type: ignore[arg-type]
    "no item": (lambda: Rule.equal("", 1), "weights"),
    "a cut-off of zero": (lambda: Rule({"a": Fraction(1)}, Fraction(0)), "cutoff"),
    "a cut-off above one": (lambda: Rule({"a": Fraction(1)}, Fraction(4, 3)), "cutoff"),
    "an item twice": (lambda: Deprivations(("a", "a"), {}), "row"),
    "a pattern of another item": (lambda: Deprivations(("a",), {frozenset("b"): 1}), "row"),
    "a negative count": (lambda: Deprivations(("a",), {frozenset("a"): -1}), "weight"),
    "an item without weight": (
        lambda: md.headcount_ratio(Deprivations(("a", "b"), {}), Rule.equal("a", 1)),
        "weights",
    ),
    "a weight without item": (
        lambda: md.intensity(Deprivations(("a",), {frozenset("a"): 1}), Rule.equal("ab", 1)),
        "weights",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_no_measure_takes_is_refused(what: str) -> None:
    refused, code = REFUSED[what]
    with pytest.raises(MeasureError) as caught:
        refused()
    assert caught.value.code == code
