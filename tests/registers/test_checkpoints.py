"""Checkpoints and arrivals: totals, rates, missing days, follow-up; no person in any fault."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tables import write

from xushi_stats.faults import Fault
from xushi_stats.registers.checkpoints import counts
from xushi_stats.registers.checkpoints.counts import Arrival, Coverage, Day
from xushi_stats.registers.checkpoints.proportion_interval import wilson
from xushi_stats.registers.reasons import NotGiven
from xushi_stats.registers.rules.checkpoints import PARAMETERS, CheckpointRules
from xushi_stats.registers.schema import FOLLOW_UPS

FEB = [date(2020, 2, n) for n in range(1, 11)]
DAYS = [
    Day(FEB[0], "东口", 100, 10, 148, 15),
    Day(FEB[1], "东口", 0, 0, 0, 0),
    Day(FEB[3], "东口", 48, 5, 52, 0),
    Day(FEB[1], "西口", 7, 7, 0, 0),
]


# -- totals and rates --------------------------------------------------------------------------


def test_totals_are_sums_over_the_days_reported() -> None:
    found = counts.by_checkpoint(DAYS)
    assert list(found) == ["东口", "西口"]
    east = found["东口"]
    assert (east.days, east.vehicles.returned, east.vehicles.checked) == (3, 15, 148)
    assert east.vehicles.value == Fraction(15, 148)
    assert (east.persons.returned, east.persons.checked) == (15, 200)
    assert counts.totals(DAYS).vehicles.value == Fraction(22, 155)


def test_the_printed_interval_is_wilsons() -> None:
    found = counts.rate(15, 148)
    assert found.interval == wilson(15, 148)


def test_there_is_no_rate_where_nobody_was_checked() -> None:
    found = counts.by_checkpoint(DAYS)["西口"].persons
    assert found.value == found.interval == NotGiven("none_checked")


@given(st.lists(st.tuples(st.sampled_from("东西南"), st.integers(0, 9), st.integers(0, 9))))
def test_the_totals_of_the_checkpoints_add_up(rows: list[tuple[str, int, int]]) -> None:
    days = [Day(FEB[0], name, a + b, b, 2 * a + b, a) for name, a, b in rows]
    parts, whole = counts.by_checkpoint(days).values(), counts.totals(days)
    assert sum(part.days for part in parts) == whole.days
    assert sum(part.vehicles.checked for part in parts) == whole.vehicles.checked
    assert sum(part.persons.returned for part in parts) == whole.persons.returned


# -- missing days ------------------------------------------------------------------------------


def test_missing_days_are_named_by_checkpoint() -> None:
    found = counts.coverage(DAYS, FEB[0], FEB[4], ["东口", "南口"])
    assert found["东口"] == Coverage(3, (), (FEB[2],), (FEB[4],))
    assert found["西口"] == Coverage(1, (FEB[0],), (), tuple(FEB[2:5]))
    assert found["南口"] == Coverage(0, tuple(FEB[:5]), (), ())


def test_a_day_outside_the_period_does_not_count() -> None:
    found = counts.coverage(DAYS, FEB[2], FEB[3])
    assert found["东口"] == Coverage(1, (FEB[2],), (), ())
    assert found["西口"] == Coverage(0, (FEB[2], FEB[3]), (), ())


@given(st.sets(st.integers(0, 9)), st.integers(0, 9), st.integers(0, 9))
def test_each_day_of_a_period_is_reported_or_missing(held: set[int], a: int, b: int) -> None:
    first, last = sorted((a, b))
    days = [Day(FEB[n], "东口", 1, 0, 1, 0) for n in held]
    found = counts.coverage(days, FEB[first], FEB[last], ["东口"])["东口"]
    missing = [*found.before, *found.within, *found.after]
    assert found.reported + len(missing) == last - first + 1
    assert missing == [d for n, d in enumerate(FEB) if first <= n <= last and n not in held]


# -- follow-up ---------------------------------------------------------------------------------

ARRIVALS = [
    Arrival("p1", "东村", FEB[0], "已解除", FEB[5]),
    Arrival("p2", "东村", FEB[0], "跟踪中", None),
    Arrival("p3", "西村", FEB[1], "已解除", FEB[9]),
    Arrival("p1", "西村", FEB[7], "待联系", None),
    Arrival("p4", "西村", FEB[8], "失联", None),
]
RULES = CheckpointRules(overdue_days=7)


def test_the_follow_up_list_at_the_registers_date() -> None:
    found = counts.follow_up(ARRIVALS, FEB[9], RULES)
    assert (found.arrivals, found.persons, found.released, found.open) == (5, 4, 2, 3)
    assert found.states == {"待联系": 1, "跟踪中": 1, "已解除": 2, "失联": 1}
    assert found.overdue == 1
    assert found.mean_days == Fraction(13, 2)


def test_at_an_earlier_date_only_release_is_known() -> None:
    found = counts.follow_up(ARRIVALS, FEB[5], RULES)
    assert (found.arrivals, found.persons, found.released, found.open) == (3, 3, 1, 2)
    assert found.states == NotGiven("register_later", ("2020-02-10",))
    assert found.mean_days == 5


def test_an_arrival_is_overdue_after_the_settled_days_not_on_them() -> None:
    eighth, ninth = (counts.follow_up(ARRIVALS[:2], FEB[n], RULES) for n in (7, 8))
    assert (eighth.overdue, ninth.overdue) == (0, 1)


def test_a_release_on_the_day_counts_as_released() -> None:
    before, on = (counts.follow_up(ARRIVALS[:1], FEB[n], RULES) for n in (4, 5))
    assert (before.released, on.released) == (0, 1)


def test_what_is_open_or_empty_is_not_given() -> None:
    found = counts.follow_up([], FEB[0], CheckpointRules())
    assert found.overdue == NotGiven("open", ("checkpoints.overdue_days",))
    assert found.mean_days == NotGiven("none_released")
    assert found.states == dict.fromkeys(FOLLOW_UPS, 0)


@given(st.lists(st.tuples(st.integers(0, 9), st.none() | st.integers(0, 9))), st.integers(0, 12))
def test_every_arrival_is_released_or_open(rows: list[tuple[int, int | None]], at: int) -> None:
    arrivals = [
        Arrival(str(n), "东村", FEB[a], "跟踪中", None if b is None else FEB[a] + timedelta(b))
        for n, (a, b) in enumerate(rows)
    ]
    found = counts.follow_up(arrivals, FEB[0] + timedelta(at), RULES)
    assert found.released + found.open == found.arrivals == sum(a <= at for a, _ in rows)
    assert isinstance(found.overdue, int) and found.overdue <= found.open


def test_each_parameter_is_a_setting() -> None:
    (parameter,) = PARAMETERS
    name, reader = parameter.name, parameter.read
    assert [name.removeprefix("checkpoints.")] == list(CheckpointRules.__dataclass_fields__)
    assert reader(14) == 14
    for bad in (0, -1, True, 1.5, "14", None):
        with pytest.raises(ValueError):
            reader(bad)


# -- reading the counts ------------------------------------------------------------------------


def days(folder: Path, *rows: list[object]) -> tuple[list[Day], list[Fault]]:
    write(folder, "checkpoints", rows)
    faults: list[Fault] = []
    return counts.read_days(folder, faults), faults


def test_counts_are_read_exactly(tmp_path: Path) -> None:
    found, faults = days(tmp_path, ["2020/2/1", "东口", "１００", "10", "1,480", "15.0"])
    assert faults == []
    assert found == [Day(FEB[0], "东口", 100, 10, 1480, 15)]


@pytest.mark.parametrize("count", ["1.5", "-1", "1,48", "约100", "100辆", "²", "1e3", "#DIV/0!"])
def test_a_count_that_is_none_is_a_fault(tmp_path: Path, count: str) -> None:
    found, faults = days(tmp_path, ["2020-02-01", "东口", count, "0", "0", "0"])
    assert [(f.code, f.row, f.column, f.value) for f in faults] == [
        ("count", 2, "vehicles_checked", "")
    ]
    assert found == []


def test_more_turned_back_than_checked_is_a_fault(tmp_path: Path) -> None:
    found, faults = days(tmp_path, ["2020-02-01", "东口", "5", "6", "9", "9"])
    assert [(f.code, f.column, f.value) for f in faults] == [
        ("returned_above", "vehicles_returned", "")
    ]
    assert "5" not in faults[0].text("zh")
    assert found == []


def test_all_faults_of_the_counts_are_said_together(tmp_path: Path) -> None:
    _, faults = days(
        tmp_path,
        ["2020-02-01", "东口", "5", "0", "9", "9"],
        ["2020年2月1日", "东口", "5", "0", "9", "9"],
        ["2月1日", "", "5", "x", "", "9"],
    )
    assert sorted((f.row or 0, f.code, f.column) for f in faults) == [
        (3, "row_twice", "date"),
        (4, "count", "vehicles_returned"),
        (4, "date", "date"),
        (4, "required", "checkpoint"),
        (4, "required", "persons_checked"),
    ]


# -- reading arrivals --------------------------------------------------------------------------

ID = "43060219900101001X"


def arrivals(folder: Path, *rows: list[object]) -> tuple[list[Arrival], list[Fault]]:
    write(folder, "arrivals", rows, zh=True)
    faults: list[Fault] = []
    return counts.read_arrivals(folder, faults), faults


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        ([ID, "东村", "2020-02-01", "已解除", ""], "closed_missing", "closed"),
        ([ID, "东村", "2020-02-01", "跟踪中", "2020-02-03"], "closed_open", "state"),
        ([ID, "东村", "2020-02-05", "已解除", "2020-02-03"], "closed_before", "closed"),
        ([ID, "东村", ID, "跟踪中", ""], "date", "date"),
        ([ID, "东村", "2020-02-05", ID, ""], "choice", "state"),
        ([ID, "东村", "2020-02-05", "已解除", ID], "date", "closed"),
        ([ID, "", "2020-02-05", "跟踪中", ""], "required", "village"),
    ],
)
def test_a_fault_of_an_arrival_names_its_place_and_nobody(
    tmp_path: Path, row: list[object], code: str, column: str
) -> None:
    _, faults = arrivals(tmp_path, row)
    assert [(f.code, f.file, f.row, f.column) for f in faults] == [
        (code, "registers/arrivals.csv", 2, column)
    ]
    said = repr(faults) + faults[0].text("zh") + faults[0].text("en")
    assert ID not in said


def test_a_person_arriving_twice_on_a_day_is_a_repeated_row(tmp_path: Path) -> None:
    row: list[object] = [ID, "东村", "2020-02-01", "跟踪中", ""]
    _, faults = arrivals(tmp_path, row, row, [ID, "东村", "2020-02-08", "跟踪中", ""])
    assert [(f.code, f.row, f.details["first"]) for f in faults] == [("row_twice", 3, "2")]
    assert ID not in repr(faults) + faults[0].text("zh")


def test_a_file_without_header_does_not_show_its_first_person(tmp_path: Path) -> None:
    text = f"{ID},王小明,2020-02-01,跟踪中,\n"
    (tmp_path / "arrivals.csv").write_text(text, encoding="utf-8")
    faults: list[Fault] = []
    assert counts.read_arrivals(tmp_path, faults) == []
    assert "header_missing" in {f.code for f in faults}
    said = repr(faults) + "".join(f.text("zh") + f.text("en") for f in faults)
    assert ID not in said and "王小明" not in said


def test_a_header_misspelt_is_still_shown(tmp_path: Path) -> None:
    (tmp_path / "arrivals.csv").write_text("person,vilage,date,state,closed\n", encoding="utf-8")
    faults: list[Fault] = []
    counts.read_arrivals(tmp_path, faults)
    assert any("vilage" in f.text("en") and "village" in f.text("en") for f in faults)


def test_a_stray_cell_does_not_show_a_person(tmp_path: Path) -> None:
    text = f"person,village,date,state,closed\np1,东村,2020-02-01,跟踪中,,{ID}\n"
    (tmp_path / "arrivals.csv").write_text(text, encoding="utf-8")
    faults: list[Fault] = []
    counts.read_arrivals(tmp_path, faults)
    assert [f.code for f in faults] == ["cells"]
    assert ID not in repr(faults) + faults[0].text("zh")


def test_a_printed_arrival_shows_no_person() -> None:
    assert "p1" not in repr(ARRIVALS[0])


def test_no_fault_quotes_a_cell_and_a_misspelt_checkpoint_is_told(tmp_path: Path) -> None:
    rows = [[f"2020-02-{n:02}", "国道东口", "5", "0", "9", "9"] for n in range(1, 9)]
    rows += [["2020-02-09", "国道东囗", "5", "0", "9", "9"], *[["王某", "王某"] + ["王某"] * 4]]
    _, faults = days(tmp_path, *rows)
    assert [(f.row, f.code) for f in faults if f.severity == "warning"] == [(10, "register_near")]
    said = "".join(f.text(lang) for f in faults for lang in ("zh", "en"))
    assert "王某" not in said and "国道" not in said and "{" not in said
