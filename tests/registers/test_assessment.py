"""The assessment's totals: base, entries, part-years, transfers."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from assessed import all_open, day, entry, is_open, register, rules, service
from hypothesis import given
from hypothesis import strategies as st

from xushi_stats.registers.assessment.register import Entry, Service
from xushi_stats.registers.assessment.scores import (
    BASE,
    DomainPoints,
    Score,
    by_domain,
    limited,
    scores,
)
from xushi_stats.registers.rules.parameter import Open, Rules

POINTS = st.lists(st.integers(-300, 300), max_size=12)


def one(found: list[Score]) -> Score:
    (score,) = found
    return score


def year(rules: Rules, *rows: Service | Entry, of: int = 2020) -> Score:
    return one(scores(register(*rows), of, rules))


# -- whole years -----------------------------------------------------------------------------------


def test_a_year_without_entries_is_the_base() -> None:
    score = year(all_open(), service())
    assert (score.total, score.days, score.of, score.unassessed) == (BASE, 366, 366, "")


def test_entries_of_the_year_are_added_to_the_base() -> None:
    rows = (entry(5), entry(-20), entry(7, "2019-12-31"), entry(9, "2021-01-01"))
    score = year(all_open(), *rows)
    assert (score.total, score.net, len(score.entries)) == (985, -15, 2)


def test_the_first_and_the_last_day_are_of_the_year() -> None:
    assert year(all_open(), entry(-1, "2020-01-01"), entry(-1, "2020-12-31")).total == 998


def test_an_entry_of_another_person_does_not_count() -> None:
    found = scores(register(entry(5), entry(-9, person="p2")), 2020, rules())
    assert [(s.person, s.total) for s in found] == [("p1", 1005), ("p2", 991)]


@given(POINTS, st.integers(-300, 300))
def test_an_entry_raises_the_total_by_its_points(points: list[int], more: int) -> None:
    free = rules(total__negative=True)
    rows = [entry(p, id=str(n)) for n, p in enumerate(points)]
    before = year(free, service(), *rows).total
    after = year(free, service(), *rows, entry(more, id="more")).total
    assert isinstance(before, Fraction) and after == before + more


@given(POINTS, st.randoms(use_true_random=False))
def test_the_order_of_entries_does_not_matter(points: list[int], shuffle: random.Random) -> None:
    rows = [entry(p, id=str(n)) for n, p in enumerate(points)]
    mixed = list(rows)
    shuffle.shuffle(mixed)
    limits = rules(total__maximum=1050)
    assert year(limits, service(), *rows) == year(limits, service(), *mixed)


@pytest.mark.parametrize(
    ("points", "maximum", "negative", "total"),
    [
        (50, "none", False, 1050),
        (50, 1000, False, 1000),
        (50, 1030, False, 1030),
        (20, 1030, False, 1020),
        (-1000, "none", False, 0),
        (-1005, "none", False, 0),
        (-1005, "none", True, -5),
        (-1005, 1000, True, -5),
    ],
)
def test_the_limits_of_a_total(points: int, maximum: object, negative: bool, total: int) -> None:
    found = rules(total__maximum=maximum, total__negative=negative)
    score = year(found, entry(points))
    assert (score.total, score.uncut) == (total, BASE + points)


def test_a_limit_is_wanted_only_beyond_the_base_and_below_zero() -> None:
    waiting = all_open()
    assert limited(Fraction(1000), waiting) == 1000 and limited(Fraction(0), waiting) == 0
    assert is_open(limited(Fraction(1001), waiting), "total.maximum")
    assert is_open(limited(Fraction(-1), waiting), "total.negative")


# -- joiners and leavers ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2020-07-01", "", 184),
        ("2020-12-31", "", 1),
        ("2020-01-01", "", 366),
        ("2019-05-01", "2020-01-01", 1),
        ("2020-03-01", "2020-03-31", 31),
    ],
)
def test_days_in_post_count_both_ends(start: str, end: str, days: int) -> None:
    assert year(rules(), service(start=start, end=end)).days == days


def test_who_was_not_in_post_in_the_year_has_no_score() -> None:
    rows = (service("p1", "2021-01-01"), service("p2", "2018-01-01", "2019-12-31"))
    assert scores(register(*rows), 2020, rules()) == []


@pytest.mark.parametrize(
    ("start", "minimum", "unassessed"),
    [("2020-07-01", 184, ""), ("2020-07-01", 185, "service"), ("2020-12-31", 0, "")],
)
def test_with_fewer_days_than_wanted_there_is_no_assessment(
    start: str, minimum: int, unassessed: str
) -> None:
    score = year(rules(service__minimum=minimum), service(start=start), entry(-9, "2020-12-31"))
    assert score.unassessed == unassessed
    assert score.total == (None if unassessed else 991)


def test_a_minimum_of_a_leap_year_does_not_shut_out_a_common_year() -> None:
    assert year(rules(service__minimum=366), service(), of=2019).unassessed == ""


@pytest.mark.parametrize(("leavers", "unassessed"), [(True, ""), (False, "left")])
def test_leavers_are_assessed_or_not(leavers: bool, unassessed: str) -> None:
    score = year(rules(service__leavers=leavers), service(end="2020-12-30"))
    assert score.unassessed == unassessed


def test_who_leaves_on_the_last_day_of_the_year_is_no_leaver() -> None:
    assert year(all_open(), service(end="2020-12-31")).unassessed == ""


@pytest.mark.parametrize(("way", "total"), [("full", 970), ("by_days", 940)])
def test_part_years_stand_as_they_are_or_are_brought_to_a_year(way: str, total: int) -> None:
    rows = (service(start="2020-07-02"), entry(-30, "2020-08-01"))
    score = year(rules(service__part_year=way), *rows)
    assert (score.days, score.total) == (183, total)


def test_a_part_year_is_brought_to_a_year_exactly() -> None:
    rows = (service(start="2020-07-01"), entry(-30, "2020-08-01"))
    assert year(rules(service__part_year="by_days"), *rows).total == 1000 - Fraction(30 * 366, 184)


@given(st.integers(1, 365), st.integers(-200, 200))
def test_bringing_to_a_year_is_the_base_in_proportion_to_the_days(days: int, net: int) -> None:
    """The other reading of the rule, 1000 × score ÷ (1000 × days ÷ 366), gives the same."""
    start = day("2020-12-31").toordinal() - days + 1
    rows = (service(start=str(day("2020-01-01").fromordinal(start))), entry(net, "2020-12-31"))
    score = year(rules(service__part_year="by_days", service__minimum=0), *rows)
    base = Fraction(BASE * days, 366)
    assert score.uncut == (base + net) / base * BASE


# -- transfers -------------------------------------------------------------------------------------

MOVED = (
    service(start="2019-01-01", end="2020-03-31", instrument="机关"),
    service(start="2020-04-01", instrument="村级"),
    entry(-10, "2020-03-31"),
    entry(4, "2020-04-01"),
)


@pytest.mark.parametrize(
    ("instrument", "entries", "graded", "total", "days"),
    [
        ("first", "all", "机关", 994, 366),
        ("first", "own", "机关", 990, 91),
        ("last", "all", "村级", 994, 366),
        ("last", "own", "村级", 1004, 275),
        ("longer", "own", "村级", 1004, 275),
        ("longer", "all", "村级", 994, 366),
    ],
)
def test_a_transfer_is_graded_under_one_instrument(
    instrument: str, entries: str, graded: str, total: int, days: int
) -> None:
    found = rules(
        transfer__instrument=instrument,
        transfer__entries=entries,
        service__minimum=0,
    )
    score = year(found, *MOVED)
    assert (score.instrument, score.total, score.days) == (graded, total, days)
    assert len(score.entries) + len(score.left_out) == 2


def test_equal_days_go_to_the_instrument_at_the_end_of_the_year() -> None:
    rows = (
        service(end="2020-07-01", instrument="村级"),
        service(start="2020-07-02", instrument="机关"),
    )
    assert year(rules(transfer__instrument="longer"), *rows).instrument == "机关"


def test_the_longer_service_may_be_the_first() -> None:
    rows = (
        service(end="2020-10-01", instrument="村级"),
        service(start="2020-10-02", instrument="机关"),
    )
    assert year(rules(transfer__instrument="longer"), *rows).instrument == "村级"


def test_a_move_within_one_instrument_is_no_transfer() -> None:
    rows = (service(end="2020-03-31"), service(start="2020-04-01"), entry(-1, "2020-01-02"))
    score = year(all_open(), *rows)
    assert (score.total, score.days, score.instrument) == (999, 366, "机关")


# -- what is open ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "rows", "field"),
    [
        ("service.leavers", (service(end="2020-06-30"),), "unassessed"),
        ("service.minimum", (service(start="2020-06-30"),), "unassessed"),
        ("service.part_year", (service(start="2020-06-01"), entry(1, "2020-08-01")), "total"),
        ("total.maximum", (entry(1),), "total"),
        ("total.negative", (entry(-1001),), "total"),
        ("transfer.instrument", MOVED, "instrument"),
        ("transfer.entries", MOVED, "total"),
    ],
)
def test_an_open_rule_leaves_open_what_needs_it(
    name: str, rows: tuple[Service | Entry, ...], field: str
) -> None:
    settings = {name.replace(".", "__"): ...}
    assert is_open(getattr(year(rules(**settings), *rows), field), name)


def test_an_open_rule_leaves_alone_who_does_not_need_it() -> None:
    found = scores(register(service("p1", "2020-06-30"), service("p2")), 2020, all_open())
    assert [isinstance(s.total, Open) for s in found] == [True, False]


def test_own_entries_wait_for_the_instrument() -> None:
    score = year(rules(transfer__instrument=..., transfer__entries="own"), *MOVED)
    assert is_open(score.total, "transfer.instrument") and score.entries == ()


# -- by domain, at a date --------------------------------------------------------------------------


def test_entries_are_broken_down_by_domain() -> None:
    rows = [entry(5), entry(-2), entry(0), entry(-7, domain="行为规范")]
    assert by_domain(rows) == {
        "服务群众": DomainPoints(3, 5, 2),
        "行为规范": DomainPoints(1, 0, 7),
    }


@given(st.lists(st.tuples(st.integers(-99, 99), st.sampled_from("甲乙丙"))))
def test_domains_sum_to_the_whole(rows: list[tuple[int, str]]) -> None:
    found = by_domain([entry(points, domain=domain) for points, domain in rows])
    assert sum(d.entries for d in found.values()) == len(rows)
    assert sum(d.added - d.deducted for d in found.values()) == sum(points for points, _ in rows)
