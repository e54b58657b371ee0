"""The monthly inspection: scores, ranks, lists, gaps; what is open is not given."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tables import write
from towns import Cells, cases

from xushi_stats.faults import Fault
from xushi_stats.registers.aggregates import Room
from xushi_stats.registers.inspection import praise_and_criticism, section
from xushi_stats.registers.inspection import scores as inspection
from xushi_stats.registers.inspection.praise_and_criticism import Selection
from xushi_stats.registers.inspection.scores import Case, Inspection, Score, Standing
from xushi_stats.registers.reasons import REASONS, NotGiven
from xushi_stats.registers.rules.inspection import PARAMETERS, InspectionRules
from xushi_stats.registers.rules.parameter import Rules

RULES = InspectionRules(
    score="mean",
    missing_items="none",
    tie="min",
    cumulative="scored",
    start="2020-03",
    best_by="count",
    best_value=Fraction(1),
    best_ties="with",
    worst_by="count",
    worst_value=Fraction(1),
    worst_ties="with",
)
"""One setting of everything."""
FEW = ("东村", "西村", "南村")


def register(**months: str) -> Inspection:
    """``m03="90 80 -"``: the scores of the three villages in March, on one item; - is none."""
    scores = [
        Score(f"2020-{month[1:]}", village, "道路", Fraction(score))
        for month, row in months.items()
        for village, score in zip(FEW, row.split(), strict=True)
        if score != "-"
    ]
    return Inspection(tuple(scores), villages=FEW)


def two_items() -> Inspection:
    scores = {
        ("东村", "道路"): "90",
        ("东村", "水塘"): "80.5",
        ("西村", "道路"): "95",
        ("南村", "道路"): "70",
        ("南村", "水塘"): "75",
    }
    return Inspection(tuple(Score("2020-03", *key, Fraction(s)) for key, s in scores.items()))


def ranks(found: dict[str, Standing]) -> list[object]:
    return [s.rank.code if isinstance(s.rank, NotGiven) else s.rank for s in found.values()]


# -- a month -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("score", "answer"), [("sum", "341/2"), ("mean", "341/4")])
def test_a_month_is_the_sum_or_the_mean_of_its_items(score: Any, answer: str) -> None:
    rules = replace(RULES, score=score)
    assert inspection.month_score(two_items(), rules, "2020-03", "东村") == Fraction(answer)


def test_a_village_lacking_an_item_has_no_score_and_no_rank() -> None:
    found = inspection.monthly(two_items(), RULES, "2020-03")
    assert found["西村"].score == found["西村"].rank == NotGiven("items_missing", ("水塘",))
    assert ranks(found) == [1, "items_missing", 2]
    assert {s.of for s in found.values()} == {2}


def test_the_mean_may_be_of_the_items_scored() -> None:
    found = inspection.monthly(two_items(), replace(RULES, missing_items="scored"), "2020-03")
    assert found["西村"].score == 95 and ranks(found) == [2, 1, 3]


def test_a_sum_is_never_filled_with_a_zero() -> None:
    with pytest.raises(ValueError, match="missing_items"):
        replace(RULES, score="sum", missing_items="scored")


def test_a_village_not_inspected_is_named_and_not_last() -> None:
    found = inspection.monthly(register(m03="90 - 80"), RULES, "2020-03")
    assert found["西村"].rank == NotGiven("not_inspected", ("2020-03 西村",))
    assert ranks(found) == [1, "not_inspected", 2]


# -- a period ----------------------------------------------------------------------------------

THREE = register(m03="90 80 70", m05="80 - 75.5")


def test_the_months_of_a_period_run_from_the_start_without_a_gap() -> None:
    assert inspection.span(THREE, RULES, "2020-01", "2020-05") == ["2020-03", "2020-04", "2020-05"]
    early = replace(RULES, start="2019-11")
    assert inspection.span(THREE, early, "2019-12", "2020-02") == ["2019-12", "2020-01", "2020-02"]
    year = inspection.span(THREE, early, "2019-10", "2020-12")
    assert (year[0], year[1], year[2], year[-1], len(year)) == (
        *("2019-11", "2019-12", "2020-01", "2020-12"),
        14,
    )
    unknown = replace(RULES, start=None)
    assert inspection.span(THREE, unknown, "2020-01", "2020-04") == ["2020-03", "2020-04"]
    assert inspection.span(THREE, unknown, "2020-06", "2020-07") == []


def test_a_period_is_the_mean_of_the_months_scored() -> None:
    found = inspection.cumulative(THREE, RULES, "2020-01", "2020-05")
    assert [s.score for s in found.values()] == [85, 80, Fraction(291, 4)]
    assert found["西村"].months == ("2020-03",)
    assert ranks(found) == [1, 2, 3]


def test_a_period_may_need_all_its_months() -> None:
    found = inspection.cumulative(THREE, replace(RULES, cumulative="all"), "2020-01", "2020-05")
    assert found["东村"].score == NotGiven("months_missing", ("2020-04",))
    assert found["西村"].score == NotGiven("months_missing", ("2020-04", "2020-05"))
    whole = inspection.cumulative(THREE, replace(RULES, cumulative="all"), "2020-01", "2020-03")
    assert ranks(whole) == [1, 2, 3]


def test_all_months_cannot_be_known_while_the_start_is_open() -> None:
    rules = replace(RULES, cumulative="all", start=None)
    found = inspection.cumulative(THREE, rules, "2020-01", "2020-03")
    assert found["东村"].score == NotGiven("open", ("inspection.start",))


def test_gaps_name_months_villages_items_and_changes() -> None:
    scores = (
        *two_items().scores,
        Score("2020-05", "东村", "道路", Fraction(80)),
        Score("2020-05", "南村", "道路", Fraction(70)),
    )
    found = inspection.gaps(Inspection(scores), RULES, "2020-01", "2020-06")
    assert found.months == ("2020-04", "2020-06")
    assert found.villages == {"2020-05": ("西村",)}
    assert found.items == {("2020-03", "西村"): ("水塘",)}
    assert found.item_changes == ("2020-05",)


# -- movement and agreement --------------------------------------------------------------------


def test_movement_is_places_gained_against_the_month_before() -> None:
    found = praise_and_criticism.movement(
        register(m03="90 80 70", m04="60 80 70"), RULES, "2020-04"
    )
    assert [m.places for m in found.values() if isinstance(m, praise_and_criticism.Movement)] == [
        -2,
        1,
        1,
    ]


def test_a_missing_month_before_is_not_skipped() -> None:
    found = praise_and_criticism.movement(THREE, RULES, "2020-05")
    assert found["东村"] == NotGiven("not_inspected", ("2020-04 东村",))
    first = praise_and_criticism.movement(THREE, RULES, "2020-03")
    assert set(first.values()) == {NotGiven("no_earlier_month")}


def test_january_follows_december() -> None:
    scores = [Score(m, "东村", "道路", Fraction(1)) for m in ("2019-12", "2020-01")]
    found = praise_and_criticism.movement(Inspection(tuple(scores)), RULES, "2020-01")
    assert found["东村"] == praise_and_criticism.Movement(Fraction(0), 1, 1)


def test_months_are_compared_over_the_villages_scored_in_both() -> None:
    found = praise_and_criticism.consistency(THREE, RULES, "2020-03", "2020-05")
    assert found.villages == ("东村", "南村") and found.left_out == ("西村",)
    assert found.tau_b.exact == 1  # type: ignore[union-attr]


def test_concordance_leaves_out_and_names_what_is_incomplete() -> None:
    found = praise_and_criticism.concordance(THREE, RULES, "2020-01", "2020-05")
    assert found == praise_and_criticism.Concordance(
        ("2020-03", "2020-05"), ("东村", "南村"), ("西村",), Fraction(1)
    )


# -- praise and criticism ----------------------------------------------------------------------


def by_letter(text: str) -> Inspection:
    scores = [Score("2020-03", part[0], "道路", Fraction(part[1:])) for part in text.split()]
    return Inspection(tuple(scores))


@pytest.mark.parametrize(
    "case",
    cases("best_and_worst"),
    ids=lambda c: " ".join(c[k] for k in ("end", "by", "value", "ties")),
)
def test_the_best_and_the_worst_are_those_worked_by_hand(case: Cells) -> None:
    end, settings = case["end"], {"by": case["by"], "ties": case["ties"]}
    named: Any = {f"{end}_{k}": v for k, v in settings.items()}
    rules = replace(RULES, **named, **{f"{end}_value": Fraction(case["value"])})
    found = inspection.monthly(by_letter(case["scores"]), rules, "2020-03")
    select = {"best": praise_and_criticism.praised, "worst": praise_and_criticism.criticised}[end]
    chosen, boundary = tuple(case["chosen"].split()), tuple(case["boundary"].split())
    assert select(found, rules) == Selection(chosen, boundary, case["ties"] == "with")


def test_times_in_a_list_are_counted_by_village() -> None:
    held = register(m03="90 80 70", m04="60 80 70")
    months = [inspection.monthly(held, RULES, m) for m in ("2020-03", "2020-04")]
    assert praise_and_criticism.times(praise_and_criticism.praised(m, RULES) for m in months) == {
        "东村": 1,
        "西村": 1,
    }
    assert praise_and_criticism.times(
        praise_and_criticism.criticised(m, RULES) for m in months
    ) == {"南村": 1, "东村": 1}


# -- accountability ----------------------------------------------------------------------------


def test_accountability_comes_from_its_own_table_whatever_the_ranks() -> None:
    cases_ = (
        Case(date(2020, 3, 1), "市", "东村"),
        Case(date(2020, 3, 31), "区", "东村"),
        Case(date(2020, 3, 31), "区", "中学"),
        Case(date(2020, 4, 1), "区", "南村"),
    )
    for scores in (register(m03="90 80 70"), register(m03="10 80 90")):
        held = replace(scores, cases=cases_)
        found = praise_and_criticism.accountability(held, date(2020, 3, 1), date(2020, 3, 31))
        assert found.counts == {("东村", "市"): 1, ("东村", "区"): 1, ("中学", "区"): 1}
        assert found.not_ranked == ("中学",)


# -- what is open ------------------------------------------------------------------------------


def test_each_parameter_is_a_setting_and_each_setting_a_parameter() -> None:
    names = [p.name.removeprefix("inspection.") for p in PARAMETERS]
    assert names == list(InspectionRules.__dataclass_fields__)


def results(rules: InspectionRules) -> dict[str, Any]:
    month = inspection.monthly(THREE, rules, "2020-03")
    period = inspection.cumulative(THREE, rules, "2020-03", "2020-03")
    return {
        "score": month["东村"].score,
        "rank": month["东村"].rank,
        "period": period["东村"].score,
        "period rank": period["东村"].rank,
        "praised": praise_and_criticism.praised(month, rules),
        "criticised": praise_and_criticism.criticised(month, rules),
        "tau": praise_and_criticism.consistency(THREE, rules, "2020-03", "2020-05").tau_b,
        "w": praise_and_criticism.concordance(THREE, rules, "2020-03", "2020-05").w,
        "movement": praise_and_criticism.movement(
            register(m03="1 2 3", m04="1 2 3"), rules, "2020-04"
        )["东村"],
        "counts": praise_and_criticism.accountability(
            THREE, date(2020, 1, 1), date(2020, 1, 2)
        ).counts,
    }


NEEDS = {
    "score": {"score", "rank", "period", "period rank", "praised", "criticised", "tau", "w"}
    | {"movement"},
    "tie": {"rank", "period rank", "movement"},
    "cumulative": {"period", "period rank"},
    **{f"best_{name}": {"praised"} for name in ("by", "value", "ties")},
    **{f"worst_{name}": {"criticised"} for name in ("by", "value", "ties")},
    "missing_items": set(),
    "start": set(),
}
"""Setting → what cannot be given without it here; missing_items and start have tests of their own."""


@pytest.mark.parametrize("name", InspectionRules.__dataclass_fields__)
def test_an_open_setting_holds_back_what_needs_it_and_nothing_else(name: str) -> None:
    open_: Any = {name: None}
    found = results(replace(RULES, **open_))
    refused = {k for k, r in found.items() if r == NotGiven("open", (f"inspection.{name}",))}
    assert refused == NEEDS[name]
    whole = results(RULES)
    assert {k: r for k, r in found.items() if k not in refused} == {
        k: r for k, r in whole.items() if k not in refused
    }


def test_a_missing_item_waits_for_its_rule() -> None:
    found = inspection.monthly(two_items(), replace(RULES, missing_items=None), "2020-03")
    assert found["西村"].score == NotGiven("open", ("inspection.missing_items",))
    assert found["东村"].score == Fraction(341, 4)
    assert found["东村"].rank == NotGiven("open", ("inspection.missing_items",))


@pytest.mark.parametrize("name", ["score", "missing_items"])
def test_what_is_counted_of_scores_that_are_open_is_open_and_no_zero(name: str) -> None:
    rules: Any = {name: None}
    year = section.Year(two_items(), replace(RULES, **rules), 2020)
    room = Room("inspection", "inspection", {}, Rules({}))
    made, whole = (
        {(e.indicator.id, e.period): e for e in section.figures(room, one)}
        for one in (year, section.Year(two_items(), RULES, 2020))
    )
    for figure, period in (
        *(("scored", "2020-03"), ("mean", "2020-03")),
        *(("concordance", "2020"), ("concordance.villages", "2020")),
    ):
        key = (f"inspection.{figure}", period)
        assert whole[key].reason != "open_rule"
        assert (made[key].reason, made[key].quantity) == ("open_rule", None)
    months = [e for (i, _), e in made.items() if i.startswith("inspection.year.months.")]
    assert "open_rule" in {e.reason for e in months}


def test_one_reason_names_all_that_is_open() -> None:
    found = inspection.cumulative(THREE, InspectionRules(), "2020-03", "2020-03")["东村"].rank
    names = ("inspection.tie", "inspection.cumulative", "inspection.score")
    assert found == NotGiven("open", names)
    assert "inspection.tie、inspection.cumulative" in NotGiven("open", names).text("zh")


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("inspection.score", {"sum": "sum"}, ["Sum", "", 1, None]),
        ("inspection.tie", {"average": "average"}, ["max"]),
        ("inspection.start", {"2020年3月": "2020-03"}, ["2020", 202003, "2020-13"]),
        ("inspection.best_value", {3: Fraction(3), 90.1: Fraction(901, 10)}, [True, -1, "x", None]),
    ],
)
def test_a_parameter_is_read_or_refused(name: str, good: dict[Any, Any], bad: list[Any]) -> None:
    (reader,) = [p.read for p in PARAMETERS if p.name == name]
    assert {value: reader(value) for value in good} == good
    for value in bad:
        with pytest.raises(ValueError):
            reader(value)


@pytest.mark.parametrize("value", [Fraction(0), Fraction(5, 2)])
def test_a_count_of_villages_is_whole(value: Fraction) -> None:
    with pytest.raises(ValueError):
        replace(RULES, worst_value=value)


@pytest.mark.parametrize("code", REASONS)
def test_each_reason_is_said_in_both_languages(code: str) -> None:
    for lang in ("zh", "en"):
        said = NotGiven(code, ("甲", "乙")).text(lang)  # type: ignore[arg-type]
        assert said and "{" not in said


# -- laws --------------------------------------------------------------------------------------

boards = st.dictionaries(st.sampled_from("甲乙丙丁戊己庚"), st.integers(0, 30), min_size=2)


def board(scores: dict[str, int], more: int = 0) -> Inspection:
    rows = [Score("2020-03", v, "道路", Fraction(s + more, 10)) for v, s in scores.items()]
    return Inspection(tuple(rows))


@given(boards, st.integers(1, 50))
def test_a_constant_added_to_all_scores_leaves_ranks_and_lists(
    scores: dict[str, int], more: int
) -> None:
    one, other = (inspection.monthly(board(scores, n), RULES, "2020-03") for n in (0, more))
    assert ranks(one) == ranks(other)
    assert praise_and_criticism.praised(one, RULES) == praise_and_criticism.praised(other, RULES)


@given(boards, st.randoms(use_true_random=False))
def test_other_names_permute_the_ranks(scores: dict[str, int], dice: Any) -> None:
    names = list(scores)
    dice.shuffle(names)
    renamed = dict(zip(scores, names, strict=True))
    one = inspection.monthly(board(scores), RULES, "2020-03")
    other = inspection.monthly(
        board({renamed[v]: score for v, score in scores.items()}), RULES, "2020-03"
    )
    assert {renamed[v]: s.rank for v, s in one.items()} == {v: s.rank for v, s in other.items()}


@given(boards)
def test_the_best_are_the_worst_of_the_scores_turned_round(scores: dict[str, int]) -> None:
    turned = {v: 30 - score for v, score in scores.items()}
    best = praise_and_criticism.praised(inspection.monthly(board(scores), RULES, "2020-03"), RULES)
    worst = praise_and_criticism.criticised(
        inspection.monthly(board(turned), RULES, "2020-03"), RULES
    )
    assert best == worst


# -- reading -----------------------------------------------------------------------------------

NO_CASES: list[list[object]] = []


def read(
    folder: Path, rows: list[list[object]], cases_: list[list[object]] = NO_CASES, **more: Any
) -> tuple[Inspection, list[Fault]]:
    write(folder, "inspection", rows, zh=True)
    write(folder, "accountability", cases_)
    faults: list[Fault] = []
    return inspection.read(folder, faults, **more), faults


def test_a_register_is_read_exactly(tmp_path: Path) -> None:
    rows = [["2020-03", "东村", "道路", "９５．５"], ["2020年4月", "东村", "道路", "1,000"]]
    found, faults = read(tmp_path, rows, [["2020/3/16", "市", "东村", "垃圾堆积"]])
    assert faults == []
    assert [(s.month, s.score) for s in found.scores] == [
        ("2020-03", Fraction(191, 2)),
        ("2020-04", 1000),
    ]
    assert found.cases == (Case(date(2020, 3, 16), "市", "东村"),)


@pytest.mark.parametrize(
    "score", ["95.55", "1,00", "-3", "9²", "①", "½", "九十", "95分", "1e2", ".5", "٣", "nan", "+9"]
)
def test_a_score_that_is_none_is_a_fault_and_never_another_number(
    tmp_path: Path, score: str
) -> None:
    found, faults = read(tmp_path, [["2020-03", "东村", "道路", score]])
    assert [(f.code, f.row, f.column, f.value) for f in faults] == [("score", 2, "score", "")]
    assert found.scores == ()


@pytest.mark.parametrize("month", ["2020-13", "Mar-20", "202003", "2020", "20-03", "2020-03-01"])
def test_a_month_that_is_none_is_a_fault(tmp_path: Path, month: str) -> None:
    _, faults = read(tmp_path, [[month, "东村", "道路", "90"]])
    assert [(f.code, f.value) for f in faults] == [("month", "")]


def test_all_faults_of_both_tables_are_said_together(tmp_path: Path) -> None:
    rows = [
        ["2020-03", "东村", "道路", "90"],
        ["2020年3月", "东村", "道路", "91"],
        ["2020-3x", "西村", "道路", "x"],
        ["2020-03", "东庄", "", "90"],
    ]
    cases_ = [
        ["2020-02-30", "市", "东村", "甲"],
        ["2020-03-01", "省", "东村", "乙"],
        ["2020-03-02", "区", "东村", "丙"],
        ["2020/3/2", "区", "东村", "丙"],
    ]
    _, faults = read(tmp_path, rows, cases_, villages=["东村", "西村"])
    assert sorted((f.file.split("/")[1], f.row, f.code) for f in faults) == [
        ("accountability.csv", 2, "date"),
        ("accountability.csv", 3, "choice"),
        ("accountability.csv", 5, "row_twice"),
        ("inspection.csv", 3, "row_twice"),
        ("inspection.csv", 4, "month"),
        ("inspection.csv", 4, "score"),
        ("inspection.csv", 5, "required"),
        ("inspection.csv", 5, "village_unknown"),
    ]
    said = "\n".join(fault.text("zh") for fault in faults)
    assert "与第2行重复（月份、村（社区）、检查项目相同）" in said


def test_two_cases_of_one_day_differ_by_their_ground(tmp_path: Path) -> None:
    rows: list[list[object]] = [["2020-03-02", "区", "东村", ground] for ground in ("甲", "乙")]
    found, faults = read(tmp_path, [], rows)
    assert faults == [] and len(found.cases) == 2


def test_a_fault_never_holds_the_ground_of_a_case(tmp_path: Path) -> None:
    write(tmp_path, "accountability", [["2020-03-02", "区", "东村", "失职", "书记王小明"]])
    write(tmp_path, "inspection", [])
    faults: list[Fault] = []
    inspection.read(tmp_path, faults)
    assert [f.code for f in faults] == ["cells"]
    assert "王小明" not in faults[0].text("zh") + repr(faults)
