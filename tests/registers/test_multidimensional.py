"""The Alkire–Foster measures: published answers, the definitions written out, and the laws."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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

    def censored(self, item: int) -> Fraction:
        cells = zip(self.rows, self.poor, strict=True)
        return Fraction(sum(row[item] for row, poor in cells if poor), len(self.rows))


def of_case(case: Cells) -> tuple[Deprivations, Rule, Naive]:
    items = case["items"].split()
    rows = [tuple(map(int, row)) for row in case["rows"].split()]
    members = [int(number) for number in case["members"].split()]
    parts = [Fraction(weight) for weight in case["weights"].split()]
    rule = Rule(dict(zip(items, parts, strict=True)), Fraction(case["cutoff"]))
    units = [row for row, number in zip(rows, members, strict=True) for _ in range(number)]
    return Deprivations.of_matrix(items, rows, members), rule, Naive(units, rule)


MEASURES: dict[str, Callable[[Deprivations, Rule, str], object]] = {
    "headcount_ratio": lambda d, rule, _: md.headcount_ratio(d, rule),
    "intensity": lambda d, rule, _: md.intensity(d, rule),
    "adjusted_headcount_ratio": lambda d, rule, _: md.adjusted_headcount_ratio(d, rule),
    "censored_headcount_ratio": lambda d, rule, item: md.censored_headcount_ratios(d, rule)[item],  # type: ignore[index]
    "contribution": lambda d, rule, item: md.contributions(d, rule)[item],  # type: ignore[index]
    "failing": lambda d, _, item: d.failing()[item],
}


@pytest.mark.parametrize(
    "case",
    cases("multidimensional"),
    ids=lambda c: f"{c['measure']} {c['item']} {c['rows']} {c['cutoff']}",
)
def test_a_measure_gives_its_known_answer(case: Cells) -> None:
    deprivations, rule, naive = of_case(case)
    answer = MEASURES[case["measure"]](deprivations, rule, case["item"])
    assert answer == Fraction(case["exact"])
    assert format.round_to(answer, int(case["decimals"])) == Fraction(case["printed"])
    assert md.headcount_ratio(deprivations, rule) == naive.headcount_ratio()
    assert md.adjusted_headcount_ratio(deprivations, rule) == naive.adjusted()


def test_every_measure_has_known_answers() -> None:
    assert {case["measure"] for case in cases("multidimensional")} == set(MEASURES)
    assert all(case["source"] for case in cases("multidimensional"))


def test_the_example_of_amounts_by_alkire_and_foster() -> None:
    """Four persons, four dimensions, k = 2 (Alkire & Foster 2011; OPHI Working Paper 32).

    The matrix was checked against a public copy; the answers follow from the definition by hand.
    """
    items = ("income", "schooling", "health", "services")
    tenths = [(131, 14, 4, 1), (152, 7, 5, 0), (125, 10, 1, 0), (200, 11, 3, 1)]
    achievements = [(Fraction(income, 10), *rest) for income, *rest in tenths]
    gaps = md.normalized_gaps(achievements, (13, 12, 3, 1))
    assert gaps[1] == (0, Fraction(5, 12), 0, 1)
    assert gaps[2] == (Fraction(1, 26), Fraction(1, 6), Fraction(2, 3), 1)
    rule = Rule.equal(items, 2)
    assert md.adjusted_fgt(items, gaps, rule, 0) == Fraction(3, 8)
    of_the_poor = [Fraction(5, 12), 1, Fraction(1, 26), Fraction(1, 6), Fraction(2, 3), 1]
    assert md.adjusted_fgt(items, gaps, rule, 1) == Fraction(sum(of_the_poor), 16)
    assert md.adjusted_fgt(items, gaps, rule, 2) == Fraction(sum(g * g for g in of_the_poor), 16)
    first = md.adjusted_fgt(items, gaps, rule, 1)
    assert format.round_to(first, 3) == Fraction("0.206")  # type: ignore[arg-type]


def test_the_dimensions_of_the_human_development_report_add_up_to_all() -> None:
    """33.3% education, 29.6% health, 37.0% living standards, from the ten items."""
    case = next(c for c in cases("multidimensional") if c["items"].startswith("schooling"))
    deprivations, rule, _ = of_case(case)
    parts = md.contributions(deprivations, rule)
    assert not isinstance(parts, Undefined)
    dimensions = [list(parts.values())[a:b] for a, b in ((0, 2), (2, 4), (4, 10))]
    assert [sum(d) for d in dimensions] == [Fraction(1, 3), Fraction(8, 27), Fraction(10, 27)]


# -- against the definitions -------------------------------------------------------------------


@given(matrices, rules)
def test_each_measure_follows_its_definition(rows: Matrix, rule: Rule) -> None:
    deprivations, naive = Deprivations.of_matrix(ITEMS, rows), Naive(rows, rule)
    assert md.headcount_ratio(deprivations, rule) == naive.headcount_ratio()
    assert md.adjusted_headcount_ratio(deprivations, rule) == naive.adjusted()
    ratios = md.censored_headcount_ratios(deprivations, rule)
    assert ratios == {item: naive.censored(n) for n, item in enumerate(ITEMS)}
    if any(naive.poor):
        assert md.intensity(deprivations, rule) == naive.adjusted() / naive.headcount_ratio()


@given(matrices, rules, st.data())
def test_a_household_counted_by_persons_is_as_many_units_as_members(
    rows: Matrix, rule: Rule, data: st.DataObject
) -> None:
    members = [data.draw(st.integers(1, 7)) for _ in rows]
    persons = [row for row, number in zip(rows, members, strict=True) for _ in range(number)]
    by_persons = Deprivations.of_matrix(ITEMS, rows, members)
    assert by_persons == Deprivations.of_matrix(ITEMS, persons)
    assert md.adjusted_headcount_ratio(by_persons, rule) == Naive(persons, rule).adjusted()


@given(matrices, rules)
def test_items_of_yes_and_no_are_amounts_whose_gaps_are_whole(rows: Matrix, rule: Rule) -> None:
    gaps = md.normalized_gaps([[1 - entry for entry in row] for row in rows], (1, 1, 1))
    whole = md.adjusted_headcount_ratio(Deprivations.of_matrix(ITEMS, rows), rule)
    for alpha in range(3):
        assert md.adjusted_fgt(ITEMS, gaps, rule, alpha) == whole


# -- laws --------------------------------------------------------------------------------------


@given(matrices, rules)
def test_the_items_parts_add_up(rows: Matrix, rule: Rule) -> None:
    deprivations = Deprivations.of_matrix(ITEMS, rows)
    total = md.adjusted_headcount_ratio(deprivations, rule)
    ratios = md.censored_headcount_ratios(deprivations, rule)
    assert not isinstance(ratios, Undefined)
    assert sum(rule.weights[item] * ratio for item, ratio in ratios.items()) == total
    parts = md.contributions(deprivations, rule)
    if total == 0:
        assert parts == Undefined("no_poor")
    else:
        assert sum(parts.values()) == 1  # type: ignore[union-attr]


@given(st.lists(matrices, min_size=1, max_size=4), rules)
def test_groups_put_together_have_the_weighted_mean_and_parts_of_one(
    groups: list[Matrix], rule: Rule
) -> None:
    villages = {f"村{n}": Deprivations.of_matrix(ITEMS, rows) for n, rows in enumerate(groups)}
    whole = md.merged(villages.values())
    assert whole == Deprivations.of_matrix(ITEMS, [row for rows in groups for row in rows])
    scores = {
        name: md.adjusted_headcount_ratio(village, rule) * village.population  # type: ignore[operator]
        for name, village in villages.items()
    }
    total = md.adjusted_headcount_ratio(whole, rule)
    assert total == sum(scores.values()) / whole.population
    parts = md.group_contributions(villages, rule)
    if total == 0:
        assert parts == Undefined("no_poor")
    else:
        assert parts == {name: s / (total * whole.population) for name, s in scores.items()}  # type: ignore[operator]
        assert sum(parts.values()) == 1  # type: ignore[union-attr]


@given(matrices, rules, st.integers(2, 4))
def test_replication_and_order_change_no_measure(rows: Matrix, rule: Rule, times: int) -> None:
    once, often = (Deprivations.of_matrix(ITEMS, r) for r in (rows, rows[::-1] * times))
    for measure in (md.headcount_ratio, md.intensity, md.adjusted_headcount_ratio):
        assert measure(once, rule) == measure(often, rule)
    assert md.contributions(once, rule) == md.contributions(often, rule)


@given(matrices, rules, st.data())
def test_what_those_not_poor_fail_does_not_matter(
    rows: Matrix, rule: Rule, data: st.DataObject
) -> None:
    naive = Naive(rows, rule)
    others = [n for n, poor in enumerate(naive.poor) if not poor]
    assume(others)
    who = data.draw(st.sampled_from(others))
    better = [*rows[:who], (0, 0, 0), *rows[who + 1 :]]
    before, after = (Deprivations.of_matrix(ITEMS, r) for r in (rows, better))
    assert md.censored_headcount_ratios(before, rule) == md.censored_headcount_ratios(after, rule)


@given(matrices, rules, st.data())
def test_another_failing_item_of_the_poor_raises_the_adjusted_ratio(
    rows: Matrix, rule: Rule, data: st.DataObject
) -> None:
    naive = Naive(rows, rule)
    open_cells = [(n, j) for n, row in enumerate(rows) for j in range(3) if naive.poor[n] > row[j]]
    assume(open_cells)
    who, item = data.draw(st.sampled_from(open_cells))
    row = tuple(1 if j == item else entry for j, entry in enumerate(rows[who]))
    before, after = (
        Deprivations.of_matrix(ITEMS, r) for r in (rows, [*rows[:who], row, *rows[who + 1 :]])
    )
    assert md.headcount_ratio(before, rule) == md.headcount_ratio(after, rule)
    assert md.adjusted_headcount_ratio(before, rule) < md.adjusted_headcount_ratio(after, rule)  # type: ignore[operator]


@given(matrices)
def test_the_union_counts_who_fails_any_item_and_the_intersection_who_fails_all(
    rows: Matrix,
) -> None:
    deprivations = Deprivations.of_matrix(ITEMS, rows)
    any_item, all_items = (Fraction(sum(map(f, rows)), len(rows)) for f in (any, all))
    assert md.headcount_ratio(deprivations, Rule.equal(ITEMS, 1)) == any_item
    assert md.headcount_ratio(deprivations, Rule.equal(ITEMS, 3)) == all_items


# -- overlaps ----------------------------------------------------------------------------------


def test_overlaps_are_the_units_that_fail_exactly_these_items() -> None:
    rows = [(1, 1, 0)] * 3 + [(1, 0, 0)] * 5 + [(0, 0, 1)] * 3 + [(0, 0, 0)] * 9 + [(0, 1, 0)] * 3
    found = Deprivations.of_matrix(ITEMS, rows).overlaps()
    assert found == [(("吃",), 5), (("穿",), 3), (("住房安全",), 3), (("吃", "穿"), 3)]


@given(matrices)
def test_overlaps_add_up_to_the_units_that_fail_an_item(rows: Matrix) -> None:
    deprivations = Deprivations.of_matrix(ITEMS, rows)
    overlaps = deprivations.overlaps()
    assert sum(count for _, count in overlaps) == sum(map(any, rows))
    for n, item in enumerate(ITEMS):
        with_item = sum(count for items, count in overlaps if item in items)
        assert deprivations.failing()[item] == with_item == sum(row[n] for row in rows)


# -- without a value, and refused --------------------------------------------------------------


def test_no_records_have_no_measure() -> None:
    nobody, rule = Deprivations.of_matrix(ITEMS, []), Rule.equal(ITEMS, 1)
    for measure in (
        md.headcount_ratio,
        md.intensity,
        md.adjusted_headcount_ratio,
        md.censored_headcount_ratios,
        md.contributions,
    ):
        assert measure(nobody, rule) == Undefined("empty")
    assert md.group_contributions({"村": nobody}, rule) == Undefined("empty")
    assert md.adjusted_fgt(ITEMS, [], rule, 1) == Undefined("empty")


def test_where_nobody_is_poor_there_is_neither_intensity_nor_contribution() -> None:
    healthy, rule = Deprivations.of_matrix(ITEMS, [(0, 0, 0), (1, 0, 0)]), Rule.equal(ITEMS, 2)
    assert md.headcount_ratio(healthy, rule) == 0
    assert md.adjusted_headcount_ratio(healthy, rule) == 0
    assert md.intensity(healthy, rule) == Undefined("no_poor")
    assert md.contributions(healthy, rule) == Undefined("no_poor")
    assert md.group_contributions({"村": healthy}, rule) == Undefined("no_poor")


THIRD = Fraction(1, 3)
REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "weights below one in all": (lambda: Rule({"a": THIRD, "b": THIRD}, THIRD), "weights"),
    "weights above one in all": (lambda: Rule({"a": Fraction(1), "b": THIRD}, THIRD), "weights"),
    "a weight of zero": (lambda: Rule({"a": Fraction(1), "b": Fraction(0)}, THIRD), "weights"),
    "a weight that is not exact": (lambda: Rule({"a": 1.0}, THIRD), "weights"),  # type: ignore[dict-item]
    "a cut-off that is not exact": (lambda: Rule({"a": Fraction(1)}, 0.5), "cutoff"),  # type: ignore[arg-type]
    "no item": (lambda: Rule.equal("", 1), "weights"),
    "amounts without weights": (
        lambda: md.adjusted_fgt("ab", [(THIRD, THIRD)], Rule.equal("a", 1), 1),
        "weights",
    ),
    "a cut-off of zero": (lambda: Rule({"a": Fraction(1)}, Fraction(0)), "cutoff"),
    "a cut-off above one": (lambda: Rule({"a": Fraction(1)}, Fraction(4, 3)), "cutoff"),
    "a short row": (lambda: Deprivations.of_matrix(ITEMS, [(1, 0)]), "row"),
    "an entry that is no yes or no": (lambda: Deprivations.of_matrix("a", [(2,)]), "row"),
    "a household without members": (lambda: Deprivations.of_matrix("a", [(1,)], [0]), "weight"),
    "an item twice": (lambda: Deprivations(("a", "a"), {}), "row"),
    "a pattern of another item": (lambda: Deprivations(("a",), {frozenset("b"): 1}), "row"),
    "a negative count": (lambda: Deprivations(("a",), {frozenset("a"): -1}), "weight"),
    "an item without weight": (
        lambda: md.headcount_ratio(Deprivations(("a", "b"), {}), Rule.equal("a", 1)),
        "weights",
    ),
    "a weight without item": (
        lambda: md.intensity(Deprivations.of_matrix("a", [(1,)]), Rule.equal("ab", 1)),
        "weights",
    ),
    "groups of other items": (
        lambda: md.merged([Deprivations(("a",), {}), Deprivations(("b",), {})]),
        "row",
    ),
    "no group": (lambda: md.merged([]), "row"),
    "a cut-off of an item that is zero": (lambda: md.normalized_gaps([(1,)], (0,)), "cutoff"),
    "a negative achievement": (lambda: md.normalized_gaps([(-1,)], (1,)), "row"),
    "a short row of achievements": (lambda: md.normalized_gaps([(1,)], (1, 2)), "row"),
    "a negative power": (lambda: md.adjusted_fgt("a", [], Rule.equal("a", 1), -1), "power"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_no_measure_takes_is_refused(what: str) -> None:
    refused, code = REFUSED[what]
    with pytest.raises(MeasureError) as caught:
        refused()
    assert caught.value.code == code


def test_one_negative_achievement_among_others_is_refused() -> None:
    with pytest.raises(MeasureError):
        md.normalized_gaps([(3, -1)], (4, 5))
