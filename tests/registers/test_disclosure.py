"""No person can be inferred from a protected table, from tables beside it, or from figures made of it."""

from __future__ import annotations

import itertools
import os
import random
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from counted import attack, cube, drawn, solved, two_way
from towns import Cells, cases

from xushi_stats.disclosure import derived_figures, suppression
from xushi_stats.disclosure import protection as disclosure
from xushi_stats.disclosure.derived_figures import Derived, refused
from xushi_stats.disclosure.intruder import Published, audit, intervals
from xushi_stats.disclosure.protection import Protection, protect
from xushi_stats.disclosure.suppression import is_unsafe
from xushi_stats.disclosure.table import Cell, Relation, Rule, Table, margin
from xushi_stats.faults import MESSAGES, DataFaults
from xushi_stats.registers.rules.disclosure import PARAMETERS, rule

RULES = [Rule(), Rule(zeros="shown"), Rule(zeros="hidden"), Rule(complement=False)]


def codes(table: Table, rule: Rule | None = None) -> dict[str, str]:
    """What stops the build: cell → reason."""
    with pytest.raises(DataFaults) as stopped:
        protect(table, rule or Rule())
    return {fault.value: fault.code.removeprefix("disclosure_") for fault in stopped.value.faults}


def reasons(protection: Protection) -> dict[str, str]:
    return {cell.id: cell.suppressed for cell in protection.cells if cell.suppressed}


def one_way(counts: Mapping[str, int | None], **marks: bool) -> Table:
    """Parts and their total ``all``, given first."""
    cells = [Cell(name, count, **marks) for name, count in counts.items()]  # type: ignore[arg-type]
    return Table(cells, [margin("all", [name for name in counts if name != "all"])], "test")


def is_safe(protection: Protection) -> bool:
    """What the other solver says: each unsafe count has its width, no hidden count is solved."""
    ends = attack(protection.published)
    return all(
        ends[cell][1] - ends[cell][0] > protection.widths.get(cell, 1) - 1e-6
        for cell in protection.published.hidden
    )


# -- thresholds ------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", cases("disclosure_thresholds"))
def test_a_count_below_its_threshold_is_hidden(case: Cells) -> None:
    rule = Rule(int(case["threshold"]), int(case["sensitive_threshold"]), case["zeros"])  # type: ignore[arg-type]
    cell = Cell("x", int(case["count"]), sensitive=case["sensitive"] == "yes")
    assert is_unsafe(cell, rule) == (case["hidden"] == "yes")


@pytest.mark.parametrize(("contributors", "hidden"), [(2, True), (3, False)])
def test_a_sum_of_as_many_respondents_as_the_threshold_is_printed(
    contributors: int, hidden: bool
) -> None:
    cell = Cell("x", 10 * contributors, contributions=(10,) * contributors)
    assert is_unsafe(cell, Rule(threshold=3)) is hidden


@pytest.mark.parametrize(
    ("total_is", "part_is", "rest"),
    [(False, False, {2}), (True, False, {2, 9}), (False, True, {9})],
)
def test_the_rest_of_a_total_wants_the_higher_threshold_of_the_two(
    total_is: bool, part_is: bool, rest: set[int]
) -> None:
    """Of 11 the part of 9 leaves 2, the part of 2 leaves 9: below 10, not below 3."""
    cells = [
        Cell("all", 11, sensitive=total_is),
        Cell("a", 9),
        Cell("b", 2, sensitive=part_is),
    ]
    made = suppression.with_complements(Table(cells, [margin("all", ["a", "b"])]), Rule())
    expected = rest | {2}
    assert {cell.count for cell in made.cells if cell.virtual} == expected


@pytest.mark.parametrize(("zeros", "left"), [("shown", {1}), ("usable", {0, 1})])
def test_a_rest_of_one_is_always_too_few(zeros: str, left: set[int]) -> None:
    table = Table([Cell("all", 9), Cell("a", 8), Cell("b", 9 - 8)], [margin("all", ["a", "b"])])
    whole = Table([Cell("all", 9), Cell("a", 9), Cell("b", 0)], [margin("all", ["a", "b"])])
    rule = Rule(zeros=zeros)  # type: ignore[arg-type]
    found = {
        cell.count
        for one in (table, whole)
        for cell in suppression.with_complements(one, rule).cells
        if cell.virtual
    }
    assert found == left


def test_a_safe_table_is_printed_whole() -> None:
    table = one_way({"all": 30, "a": 10, "b": 9, "c": 11})
    assert protect(table, Rule()).printed() == dict(table.counts)


def test_a_part_rather_than_the_total_is_hidden_for_another() -> None:
    hidden = reasons(protect(one_way({"all": 60, "a": 2, "b": 8, "c": 50}), Rule()))
    assert hidden == {"a": "primary", "b": "complementary"}


def test_all_of_one_kind_is_hidden_though_the_count_is_large() -> None:
    """20 households, all of one status: everyone's status is known."""
    table = one_way({"all": 20, "a": 0, "b": 20, "c": 0})
    assert protect(table, Rule(complement=False)).printed() == dict(table.counts)
    protection = protect(table, Rule())
    ends = intervals(protection.published)
    assert ends["all - b"].high is None or ends["all - b"].high >= 3
    assert reasons(protection)


def test_all_but_two_of_one_kind_is_hidden() -> None:
    """Two small counts that are hidden add to a small count again, by subtraction."""
    protection = protect(one_way({"all": 22, "a": 1, "b": 20, "c": 1}), Rule(width=1))
    printed = protection.printed()
    assert printed["all"] is None or printed["b"] is None


def test_a_complement_at_the_threshold_is_printed() -> None:
    assert not reasons(protect(one_way({"all": 23, "a": 3, "b": 20}), Rule()))


def test_a_total_of_a_single_part_says_nothing_new() -> None:
    assert not reasons(protect(one_way({"all": 20, "a": 20}), Rule()))


@pytest.mark.parametrize("zeros", ["usable", "hidden"])
def test_zeros_are_hidden_as_the_rule_says(zeros: str) -> None:
    table = one_way({"all": 40, "a": 0, "b": 19, "c": 21})
    hidden = reasons(protect(table, Rule(zeros=zeros)))  # type: ignore[arg-type]
    assert ("a" in hidden) == (zeros == "hidden")


def test_zeros_that_are_always_shown_are_shown() -> None:
    for seed in range(20):
        table = two_way(drawn(4, 4, seed, 4))
        printed = protect(table, Rule(zeros="shown")).printed()
        assert all(printed[cell] == 0 for cell, count in table.counts.items() if count == 0)


def test_the_small_count_could_be_at_the_threshold() -> None:
    """So that no reader learns from the sums that a hidden count is below it."""
    for seed in range(20):
        protection = protect(two_way(drawn(4, 4, seed, 6)), Rule())
        for cell, interval in intervals(protection.published).items():
            width = protection.widths.get(cell, 1)
            assert interval.high is None or interval.high - interval.low >= width


def test_a_sensitive_count_wants_the_higher_threshold() -> None:
    counts = {"all": 60, "a": 9, "b": 20, "c": 31}
    assert not reasons(protect(one_way(counts), Rule()))
    assert reasons(protect(one_way(counts, sensitive=True), Rule()))["a"] == "primary"


# -- the attack ------------------------------------------------------------------------------------


@pytest.mark.slow
def test_no_cell_of_a_hundred_tables_is_solved_by_linear_programming() -> None:
    hidden = 0
    for seed in range(100):
        dice = random.Random(seed)
        rows = drawn(dice.randint(2, 6), dice.randint(2, 6), seed, dice.choice([3, 8, 20]))
        protection = protect(two_way(rows), RULES[seed % len(RULES)])
        assert is_safe(protection), seed
        hidden += len(protection.published.hidden)
    assert hidden > 800


def test_the_attack_finds_what_hiding_small_counts_alone_leaves_open() -> None:
    """The other solver can tell: with the unsafe counts alone hidden, most tables are solved."""
    open_tables = 0
    for seed in range(30):
        protection = protect(two_way(drawn(4, 4, seed, 8)), Rule(complement=False))
        hidden = [cell.id for cell in protection.cells if cell.suppressed == "primary"]
        table = protection.table
        visible = {c: n for c, n in table.counts.items() if c not in hidden and n is not None}
        open_tables += bool(solved(Published(visible, hidden, table.relations)))
    assert open_tables > 20


def test_what_is_hidden_does_not_exceed_the_least_by_much() -> None:
    """Against brute force on 3 by 3 tables; where it is more, it is by a cell or two."""
    ours = least = 0
    for seed in range(25):
        rule = RULES[seed % 3]
        protection = protect(two_way(drawn(3, 3, seed, 9)), rule)
        further = [cell.id for cell in protection.cells if cell.suppressed == "complementary"]
        ours += len(further)
        least += fewest(protection, rule, len(further))
    assert least <= ours <= 1.3 * least, (ours, least)


def fewest(protection: Protection, rule: Rule, enough: int) -> int:
    """The least number of further cells that protect the unsafe ones."""
    counts, unsafe = protection.table.counts, set(protection.widths)
    spare = [c for c, n in counts.items() if c not in unsafe and (n or 0) >= rule.floor]
    for number in range(enough):
        for further in itertools.combinations(spare, number):
            hidden = [c for c in counts if c in unsafe or c in further]
            visible = {c: n for c, n in counts.items() if c not in hidden and n is not None}
            floors = {c: rule.floor for c in hidden if " - " not in c}
            if not audit(
                Published(visible, hidden, protection.table.relations, floors), protection.widths
            ):
                return number
    return enough


def test_every_cell_hidden_for_others_is_needed() -> None:
    """Shown again by itself, it would leave a cell unprotected (or its evidence was not found)."""
    superfluous = total = 0
    for seed in range(20):
        protection = protect(two_way(drawn(4, 5, seed, 8)), Rule())
        published = protection.published
        for cell in (c.id for c in protection.cells if c.suppressed == "complementary"):
            hidden = [c for c in published.hidden if c != cell]
            visible = {**published.visible, cell: protection.table.counts[cell] or 0}
            shown = Published(visible, hidden, published.relations, published.floors)
            superfluous += not audit(shown, protection.widths)
            total += 1
    assert superfluous <= total // 20, (superfluous, total)


# -- linked, nested, over years --------------------------------------------------------------------


# -- what is kept in mind while choosing -----------------------------------------------------------


@pytest.fixture
def choice() -> suppression._Choice:
    table = one_way({"all": 30, "a": 2, "b": 9, "c": 0, "d": 19})
    made = suppression._Choice(table, Rule(zeros="usable"), {"a": 3}, dearest_first=True)
    made.hidden, made.moves = set(made.own), []  # as before anything is hidden for others
    return made


@pytest.mark.parametrize(
    ("moves", "width"),
    [
        ([], 0),
        ([{"b": 1}], 0),
        ([{"a": 3}], 3),
        ([{"a": -2}], 2),
        ([{"a": 3}, {"a": -2, "b": 2}], 5),
        ([{"a": 1}, {"a": 3}], 3),
    ],
)
def test_the_width_is_the_distance_of_the_farthest_moves(
    moves: list[dict[str, Fraction]], width: int
) -> None:
    assert suppression._Choice.width("a", moves) == width


def test_a_move_of_just_the_width_that_is_needed_is_enough(choice: suppression._Choice) -> None:
    """With no other cell hidden no further move could be found."""
    assert choice._is_shown_safe("a", {"a"}, [{"a": Fraction(3)}])
    assert not choice._is_shown_safe("a", {"a"}, [{"a": Fraction(2)}])
    assert choice._is_shown_safe("b", {"b"}, [{"b": Fraction(1)}])  # hidden for another
    assert not choice._is_shown_safe("b", {"b"}, [])


def test_a_cell_goes_down_as_far_as_it_can_and_up_for_the_rest(choice: suppression._Choice) -> None:
    assert choice._ways("a") == [(3, 0), (1, 2)]
    assert choice._ways("b") == [(1, 0), (0, 1)]
    assert choice._ways("c") == [(1, 0)]


def test_what_is_hidden_already_costs_nothing_more(choice: suppression._Choice) -> None:
    assert choice.cost("a") == 0 < choice.cost("b")


def test_the_cheaper_of_two_ways_is_taken(
    choice: suppression._Choice, monkeypatch: pytest.MonkeyPatch
) -> None:
    dear, cheap = sorted("bd", key=choice.cost, reverse=True)
    assert choice.cost(dear) > choice.cost(cheap)
    for first in (dear, cheap):
        ways = iter([[{"a": Fraction(3), first: Fraction(-3)}]] + [
            [{"a": Fraction(1), other: Fraction(-1)}] for other in (dear, cheap) if other != first
        ])  # fmt: skip
        chosen = suppression._Choice(
            one_way({"all": 30, "a": 2, "b": 9, "c": 0, "d": 19}), Rule(), {"a": 3}, True
        )
        chosen.hidden, chosen.moves = set(chosen.own), []
        monkeypatch.setattr(chosen, "_is_shown_safe", lambda *_: False)
        monkeypatch.setattr(chosen.network, "moves", lambda *_, ways=ways: next(ways))
        chosen.protect("a")
        assert chosen.further == {cheap}


def test_what_was_hidden_before_is_only_kept_from_being_solved() -> None:
    cells = [Cell("all", 30), Cell("a", 9, hidden_before=True), Cell("b", 21)]
    table = Table(cells, [margin("all", ["a", "b"])])
    made = suppression._Choice(table, Rule(), {"b": 4}, dearest_first=True)
    assert made.needed == {"a": 1, "b": 4}


def test_linked_tables_are_one_system() -> None:
    """Village by status and village by sex share the village margin, and each alone is safe."""
    status = two_way([[2, 14, 9], [12, 20, 11], [15, 13, 19]])
    sexes = {
        f"r{i}": (men, (status.counts[f"r{i}"] or 0) - men) for i, men in enumerate((13, 22, 24), 1)
    }
    cells = list(status.cells)
    relations = list(status.relations)
    for village, (men, women) in sexes.items():
        cells += [Cell(f"{village}m", men), Cell(f"{village}w", women)]
        relations.append(margin(village, [f"{village}m", f"{village}w"]))
    for sex in "mw":
        parts = [f"{village}{sex}" for village in sexes]
        cells.append(Cell(sex, sum(c.count or 0 for c in cells if c.id in parts)))
        relations.append(margin(sex, parts))
    relations.append(margin("all", ["m", "w"]))
    linked = Table(cells, relations, "linked")
    protection = protect(linked, Rule())
    assert is_safe(protection) and "r1c1" in reasons(protection)


def test_a_total_hidden_in_one_table_is_not_given_away_by_the_other() -> None:
    """The village total would protect the first table; the second prints its parts."""
    first = [Cell("v", 22), Cell("a", 2), Cell("b", 20, fixed=True)]
    second = [Cell("m", 12, fixed=True), Cell("w", 10, fixed=True)]
    sums = [margin("v", ["a", "b"]), margin("v", ["m", "w"])]
    alone = protect(Table(first, sums[:1], "first"), Rule())
    assert alone.printed() == {"v": None, "a": None, "b": 20}
    assert codes(Table([*first, *second], sums, "both"))["a"] == "equations"


def test_a_year_does_not_give_the_other_away() -> None:
    """Stock = stock last year + in - out; last year is printed and cannot be changed."""
    stock = Relation({"now": 1, "before": -1, "in": -1, "out": 1})
    before, now = Cell("before", 40, fixed=True), Cell("now", 45)
    flows = [Cell("in", 7), Cell("out", 2)]
    protection = protect(Table([before, now, *flows], [stock], "years"), Rule())
    assert reasons(protection)["out"] == "primary" and is_safe(protection)
    assert len(reasons(protection)) == 2
    apart = protect(Table([before, now, *flows], [], "years"), Rule())
    assert list(reasons(apart)) == ["out"]  # without the relation nobody would see it


def test_what_was_hidden_last_year_stays_hidden() -> None:
    table = Table(
        [
            Cell("y1", 30, fixed=True),
            Cell("y1a", 25, hidden_before=True),
            Cell("y1b", 5, hidden_before=True),
            *(Cell(name, n) for name, n in (("y2", 31), ("y2a", 25), ("y2b", 6))),
            *(Cell(name, 9) for name in ("in", "out")),
        ],
        [
            margin("y1", ["y1a", "y1b"]),
            margin("y2", ["y2a", "y2b"]),
            Relation({"y2a": 1, "y1a": -1, "in": -1, "out": 1}),
        ],
        "years",
    )
    protection = protect(table, Rule())
    hidden = reasons(protection)
    assert hidden["y1a"] == hidden["y1b"] == "before"
    assert is_safe(protection) and len(hidden) > 2  # this year's table would have been safe alone


def test_a_build_stops_where_what_is_published_gives_a_cell_away() -> None:
    cells = [Cell("all", 22, fixed=True), Cell("a", 2), Cell("b", 20, fixed=True)]
    assert codes(Table(cells, [margin("all", ["a", "b"])], "test"))["a"] == "equations"


def test_a_build_stops_where_a_cell_stays_too_narrow() -> None:
    marks = {"fixed": True}
    cells = [Cell("all", 25, **marks), Cell("a", 1), Cell("b", 1), Cell("c", 23, **marks)]
    table = Table(cells, [margin("all", ["a", "b", "c"])], "test")
    found = codes(table, Rule(complement=False))
    assert found == {"a": "narrow", "b": "narrow"}
    assert codes(table)["all - c"] == "equations"


def test_villages_in_towns_in_a_county_are_protected_together() -> None:
    dice = random.Random(7)
    cells: list[Cell] = []
    relations = []
    totals: dict[str, int] = {}
    for town, status in itertools.product("ABC", "xyz"):
        parts = [f"{town}{village}{status}" for village in range(4)]
        counts = [dice.choice([0, 1, 2, 5, 9, 14]) for _ in parts]
        cells += [Cell(name, count) for name, count in zip(parts, counts, strict=True)]
        totals[f"{town}{status}"] = sum(counts)
        relations.append(margin(f"{town}{status}", parts))
    for status in "xyz":
        totals[status] = sum(totals[f"{town}{status}"] for town in "ABC")
        relations.append(margin(status, [f"{town}{status}" for town in "ABC"]))
    for town in "ABC":
        totals[town] = sum(totals[f"{town}{status}"] for status in "xyz")
        relations.append(margin(town, [f"{town}{status}" for status in "xyz"]))
    totals["all"] = sum(totals[status] for status in "xyz")
    relations += [margin("all", ["x", "y", "z"]), margin("all", ["A", "B", "C"])]
    cells += [Cell(name, count) for name, count in totals.items()]
    protection = protect(Table(cells, relations, "county"), Rule())
    assert is_safe(protection)
    assert protection.printed()["all"] == totals["all"]


@pytest.mark.parametrize("seed", range(4))
def test_three_ways_are_protected(seed: int) -> None:
    protection = protect(cube((3, 3, 2), seed, 6), RULES[seed])
    assert reasons(protection) and not solved(protection.published, whole=True)


# -- missing numbers -------------------------------------------------------------------------------


def test_a_number_that_the_office_lacks_is_not_printed_but_known_if_it_follows() -> None:
    safe = protect(one_way({"all": 60, "a": None, "b": 20}), Rule())
    assert safe.printed() == {"all": 60, "a": None, "b": 20} and reasons(safe) == {"a": "missing"}
    unsafe = protect(one_way({"all": 22, "a": None, "b": 20}), Rule())
    assert reasons(unsafe)["a"] == "primary" and len(reasons(unsafe)) > 1


def test_an_open_number_is_left_as_it_is() -> None:
    protection = protect(one_way({"all": 60, "a": None, "b": 20, "c": None}), Rule())
    assert reasons(protection) == {"a": "missing", "c": "missing"}


def test_a_missing_number_that_was_hidden_before_is_no_trouble() -> None:
    cells = [Cell("all", 60), Cell("a", None, hidden_before=True), Cell("b", None), Cell("c", 20)]
    protection = protect(Table(cells, [margin("all", ["a", "b", "c"])], "test"), Rule())
    assert protection.printed() == {"all": 60, "a": None, "b": None, "c": 20}


def test_what_the_audit_takes_for_hidden_is_what_is_not_printed() -> None:
    for seed in range(10):
        protection = protect(two_way(drawn(4, 4, seed, 7)), RULES[seed % 4])
        gone = [cell for cell, count in protection.printed().items() if count is None]
        assert gone == [cell for cell in protection.published.hidden if " - " not in cell]


def test_the_choice_is_made_again_where_the_audit_is_not_content(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first choice is spoilt: it hides nothing more."""
    asked: list[int] = []

    def spoilt(table: Table, rule: Rule, needed: Mapping[str, int]) -> list[str]:
        asked.append(needed["a"])
        return suppression.complementary(table, rule, needed) if len(asked) > 1 else []

    monkeypatch.setattr(disclosure, "complementary", spoilt)
    table = one_way({"all": 60, "a": 2, "b": 8, "c": 50})
    assert is_safe(protect(table, Rule())) and asked == [3, 4]


# -- derived figures -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def village() -> Protection:
    """40 = 2 + 9 + 29, of which 2 and 9 are hidden; 100 in the next village, printed whole."""
    cells = [Cell("v", 40), Cell("a", 2), Cell("b", 9), Cell("c", 29)]
    cells += [Cell("w", 100), Cell("wa", 30), Cell("wb", 68), Cell("wc", 2, fixed=True)]
    sums = [margin("v", ["a", "b", "c"]), margin("w", ["wa", "wb", "wc"])]
    made = protect(Table(cells, sums, "village"), Rule(complement=False))
    assert reasons(made) == {"a": "primary", "b": "complementary"}
    return made


@pytest.mark.parametrize(
    ("figure", "code"),
    [
        (Derived("share of a visible", {"c": 1}, {"v": 1}, "share"), ""),
        (Derived("what is left, together", {"a": 1, "b": 1}), ""),
        (Derived("its share", {"a": 1, "b": 1}, {"v": 1}, "share"), ""),
        (Derived("numerator small", {"a": 1}, {"v": 1}, "share"), "small"),
        (Derived("gives the numerator back", {"b": 1}, {"v": 1}, "share"), "figure_solves"),
        (Derived("rest small", {"b": 1, "c": 1}, {"v": 1}, "share"), "small"),
        (Derived("rest of a visible small", {"wa": 1, "wb": 1}, {"w": 1}, "share"), "small"),
        (Derived("denominator small", {"c": 1}, {"a": 1}, "mean"), "small"),
        (Derived("mean over a hidden one", {"w": 1}, {"b": 1}, "mean"), "figure_solves"),
        (Derived("a hidden count", {"b": 1}), "figure_solves"),
        (Derived("a hidden difference", {"b": 1, "a": -1}, None, "change"), "figure_solves"),
        (Derived("change of visible ones", {"w": 1, "v": -1}, {"v": 1}, "change"), ""),
        (Derived("change on a small base", {"w": 1, "a": -1}, {"a": 1}, "change"), "small"),
        (Derived("two visible ones", {"c": 1, "wb": 1}), ""),
    ],
    ids=lambda value: value.id.replace(" ", "_") if isinstance(value, Derived) else "",
)
def test_a_derived_figure_goes_if_it_says_more_than_the_table(
    village: Protection, figure: Derived, code: str
) -> None:
    assert [fault.code for fault in refused(village, [figure])] == [f"disclosure_{code}"] * bool(
        code
    )


def test_a_figure_that_only_narrows_goes_too() -> None:
    """Four hidden numbers, of which the sum of two leaves each as wide as asked for."""
    hidden = {"a": 2, "b": 50, "c": 60, "d": 70}
    cells = [Cell("all", 182), *(Cell(n, k, hidden_before=True) for n, k in hidden.items())]
    table = Table(cells, [margin("all", list(hidden))], "test")
    (fault,) = refused(protect(table, Rule()), [Derived("pair", {"a": 1, "b": 1})])
    assert (fault.code, fault.value) == ("disclosure_figure_narrows", "pair")


def test_a_figure_of_an_unknown_cell_is_refused(village: Protection) -> None:
    (fault,) = refused(village, [Derived("x", {"nowhere": 1})])
    assert (fault.code, fault.value) == ("disclosure_cell_unknown", "nowhere")


def test_a_published_rate_that_gives_its_numerator_back_is_named_with_the_cell(
    village: Protection,
) -> None:
    (fault,) = refused(village, [Derived("rate", {"b": 1}, {"v": 1}, "share")])
    assert fault.value == "rate" and fault.details["cell"] == "a"  # 40 - 29 - b


def test_figures_that_pass_disclose_nothing_together(village: Protection) -> None:
    """All that pass are added to what the reader has, and no interval moves."""
    names = ["v", "a", "b", "c", "w", "wa"]
    dice = random.Random(3)
    passed = []
    for k in range(300):
        top = {n: dice.choice([-1, 1, 1, 2]) for n in dice.sample(names, 2)}
        bottom = {dice.choice(names): 1}
        figure = Derived(str(k), top, bottom if dice.random() < 0.7 else None, "change")
        if not refused(village, [figure]):
            passed.append(derived_figures._stated(village.table, figure))
    published = village.published
    more = replace(published, relations=[*published.relations, *passed])
    assert len(passed) > 30 and intervals(more) == intervals(published)


# -- what is handed out ----------------------------------------------------------------------------


def test_the_manifest_states_the_rule_and_no_number(village: Protection) -> None:
    internal, public = village.manifest(internal=True), village.manifest(internal=False)
    assert internal["rule"]["threshold"] == 3 and internal["rule"]["zeros"] == "usable"
    assert internal["hidden"] == {
        "primary": 1, "complementary": 1, "before": 0, "missing": 0, "all": 2,
    }  # fmt: skip
    assert internal["unprotected"] == 0
    assert public["hidden"] == {"all": 2}  # by reason, everyone would know which counts are small


def test_virtual_cells_are_not_printed() -> None:
    protection = protect(one_way({"all": 20, "a": 0, "b": 20, "c": 0}), Rule())
    assert set(protection.printed()) == {"all", "a", "b", "c"}


def test_the_text_of_a_protection_holds_no_count() -> None:
    """So that none reaches a log by accident."""
    protection = protect(one_way({"all": 54321, "a": 2, "b": 12345, "c": 41974}), Rule())
    hidden = [c for c in protection.cells if c.suppressed]
    text = repr(replace(protection, cells=hidden))
    assert "54321" not in text and "12345" not in text and "41974" not in text


def test_a_fault_names_the_cell_and_never_its_count() -> None:
    cells = [Cell("all", 7022, fixed=True), Cell("a", 2), Cell("b", 7020, fixed=True)]
    with pytest.raises(DataFaults) as stopped:
        protect(Table(cells, [margin("all", ["a", "b"])], "test"), Rule())
    for fault in stopped.value.faults:
        for lang in ("zh", "en"):
            text = fault.text(lang)  # type: ignore[arg-type]
            assert fault.value in text and "7022" not in text and "7020" not in text
            assert "2" not in text


def test_the_same_table_gives_the_same_choice_under_another_hash_seed(tmp_path: Path) -> None:
    script = (
        "from counted import two_way, drawn\n"
        "from xushi_stats.disclosure.protection import protect\n"
        "from xushi_stats.disclosure.table import Rule\n"
        "for seed in range(6): print(protect(two_way(drawn(5, 5, seed, 7)), Rule()).cells)\n"
    )
    folders = [str(Path(__file__).parent), *sys.path]
    printed = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(folders)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(printed) == 1


# -- faults ----------------------------------------------------------------------------------------

TOTAL = [Cell("all", 5), Cell("a", 2), Cell("b", 3)]
WRONG = {
    "cell_twice": ([*TOTAL, Cell("a", 2)], [margin("all", ["a", "b"])], "a"),
    "negative": ([Cell("all", -1)], [], "all"),
    "fixed": ([Cell("all", 1, fixed=True, hidden_before=True)], [], "all"),
    "cell_unknown": (TOTAL, [margin("all", ["a", "c"])], "c"),
    "sums": ([*TOTAL[:2], Cell("b", 4)], [margin("all", ["a", "b"])], "all"),
}


@pytest.mark.parametrize("code", WRONG)
def test_a_table_that_is_wrong_is_refused(code: str) -> None:
    cells, relations, place = WRONG[code]
    with pytest.raises(DataFaults) as refusal:
        Table(cells, relations, "test")
    assert [(f.code, f.value) for f in refusal.value.faults] == [(f"disclosure_{code}", place)]


def test_contributions_must_add_to_their_cell() -> None:
    with pytest.raises(DataFaults):
        Table([Cell("a", 10, contributions=(4, 5))], [], "test")


def test_missing_numbers_cannot_mend_a_contradiction() -> None:
    assert codes(one_way({"all": 5, "a": 9, "b": None})) == {"": "contradiction"}


def test_what_cannot_be_proved_stops_the_build(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xushi_stats.disclosure.intruder.NODES", 0)
    table = Table(
        [Cell("x", 1), Cell("y", 1), Cell("z", 20, fixed=True)],
        [Relation({"x": 2, "y": 3, "z": 1}, 25)],
        "test",
    )
    assert set(codes(table, Rule(width=1)).values()) == {"unproved"}


def test_every_fault_of_disclosure_is_tried_here() -> None:
    tried = {*WRONG, "equations", "one", "narrow", "unproved", "contradiction"}
    tried |= {"small", "figure_solves", "figure_narrows"}
    assert {f"disclosure_{code}" for code in tried} == {
        code for code in MESSAGES if code.startswith("disclosure_")
    }


# -- parameters ------------------------------------------------------------------------------------


def test_the_parameters_make_the_rule() -> None:
    values = {
        "disclosure.threshold.households": 5,
        "disclosure.threshold.sensitive": 20,
        "disclosure.zeros": "hidden",
        "disclosure.complement": False,
        "disclosure.width": 4,
    }
    read = {p.name: p.read(values[p.name]) for p in PARAMETERS}
    assert rule(read) == Rule(5, 20, "hidden", False, 4)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("disclosure.threshold.households", 1),
        ("disclosure.threshold.households", True),
        ("disclosure.threshold.sensitive", "10"),
        ("disclosure.zeros", "maybe"),
        ("disclosure.complement", 1),
        ("disclosure.width", -1),
    ],
)
def test_a_wrong_value_of_a_parameter_is_refused(name: str, value: object) -> None:
    readers = {p.name: p.read for p in PARAMETERS}
    with pytest.raises(ValueError):
        readers[name](value)


@pytest.mark.parametrize(
    "settings",
    [{"threshold": 0}, {"width": -1}, {"zeros": "x"}],
)
def test_a_rule_out_of_range_is_refused(settings: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        Rule(**settings)  # type: ignore[arg-type]
