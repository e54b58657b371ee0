"""Raw and effective grades, their consequences: every setting of the rules."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from assessed import QUERY, all_open, is_open, rules, with_totals
from hypothesis import given
from hypothesis import strategies as st
from towns import Cells, cases

from xushi_stats.registers.assessment.grade_history import (
    GradedYear,
    Standing,
    consequences,
    standings,
)
from xushi_stats.registers.assessment.grades import RawGrade, by_cutoffs, places, raw_grades
from xushi_stats.registers.rules.assessment import PARAMETERS, Grade, grade_name
from xushi_stats.registers.rules.parameter import Open, OpenParameter, Rules

E, F, B, U = Grade
LETTERS = {"E": E, "F": F, "B": B, "U": U, "-": None}


def letters(found: dict[str, RawGrade]) -> str:
    """The grades of p0, p1, ... as letters; ? where open."""
    names: dict[object, str] = {grade: letter for letter, grade in LETTERS.items()}
    return "".join(names.get(found[p].grade, "?") for p in sorted(found, key=lambda p: int(p[1:])))


def standing_rules(**settings: Any) -> Rules:
    return rules(**{f"history__{name}": value for name, value in settings.items()})


# -- the truth table -------------------------------------------------------------------------------

SETTINGS: dict[str, tuple[str, dict[str, Any]]] = {
    "改定后的连续年数": (
        "history.after_reclassified",
        {"重新起算": "restart", "接着算": "continue"},
    ),
    "改定年度是否计入终止": ("history.reclassified_counts", {"计入": True, "不计入": False}),
    "未考核年度": ("history.gap", {"中断": "breaks", "跳过": "skipped"}),
    "更换考核办法": ("history.transfer", {"中断": "breaks", "连续": "continues"}),
    "改定当年考核工资": ("pay.reclassified", {"不享受": "none", "按比例": "basic"}),
    "终止之后": ("history.after_end", {"重新起算": "restart", "接着算": "continue"}),
    "起算年度": ("history.first", {"第一年": 2020, "第二年": 2021, "第三年": 2022}),
}
YEARS = ("第一年", "第二年", "第三年")
NAMES = {"优秀": E, "称职": F, "基本称职": B, "不称职": U, "未考核": None}
CHANGED = "（改按村级办法）"
TABLE = cases("grades")


def settings_of(row: Cells) -> dict[str, Any]:
    """The settings of a row; a blank one is left open, so that the answer cannot hang on it."""
    return {
        name.replace(".", "__"): words[row[header]] if row[header] else ...
        for header, (name, words) in SETTINGS.items()
    }


def history_of(row: Cells) -> list[GradedYear]:
    instrument, history = "机关", []
    for year, header in enumerate(YEARS, start=2020):
        instrument = "村级" if CHANGED in row[header] else instrument
        history.append(GradedYear(year, NAMES[row[header].removesuffix(CHANGED)], instrument))
    return history


@pytest.mark.parametrize("row", TABLE, ids=[str(n) for n in range(2, len(TABLE) + 2)])
def test_the_truth_table_of_grades_holds(row: Cells) -> None:
    found = rules(**settings_of(row))
    made = standings(history_of(row), found)
    assert [s.effective for s in made] == [NAMES[row[f"{year}定档"]] for year in YEARS]
    ended = [year for year, s in zip(YEARS, made, strict=True) if s.ended is True]
    assert ("、".join(ended) or "否") == row["终止职务"]
    assert not any(isinstance(s.ended, Open) for s in made)
    paid = [consequences(s, found).pay for s in made]
    assert paid == [Fraction(row[f"{y}考核工资"].removesuffix("%")) / 100 for y in YEARS]


@pytest.mark.parametrize("header", SETTINGS)
def test_each_setting_of_the_truth_table_changes_some_outcome(header: str) -> None:
    """For each setting two rows that differ in it alone have different answers."""
    answers = [f"{y}定档" for y in YEARS] + ["终止职务"] + [f"{y}考核工资" for y in YEARS]
    given: dict[tuple[str, ...], dict[str, set[tuple[str, ...]]]] = {}
    for row in TABLE:
        if row[header]:
            years = tuple(row[y] for y in YEARS)
            answer = tuple(row[a] for a in answers)
            given.setdefault(years, {}).setdefault(row[header], set()).add(answer)
    _, words = SETTINGS[header]
    different = {
        pair
        for by_setting in given.values()
        for pair in itertools.combinations(words, 2)
        if set(pair) <= set(by_setting) and by_setting[pair[0]] != by_setting[pair[1]]
    }
    assert {word for pair in different for word in pair} == set(words)


# -- a second, naive reading of the rules on consecutive years ---------------------------------------

HISTORY = ("after_reclassified", "reclassified_counts", "gap", "transfer", "after_end")
CHOICES: tuple[tuple[Any, Any], ...] = (
    ("restart", "continue"),
    (True, False),
    ("breaks", "skipped"),
    ("breaks", "continues"),
    ("restart", "continue"),
)


def counted(history: list[tuple[int, str, str]], setting: dict[str, Any]) -> list[tuple[str, bool]]:
    """Effective grade and end of each year, by counting runs up and down."""
    basic = poor = 0
    under = ""
    found = []
    for year, raw, instrument in history:
        if raw == "-":
            if setting["gap"] == "breaks":
                basic = poor = 0
            found.append(("-", False))
            continue
        if under not in ("", instrument) and setting["transfer"] == "breaks":
            basic = poor = 0
        under = instrument
        effective = raw
        basic = basic + 1 if raw == "B" else 0
        if basic >= 2:
            effective = "U"
            basic = 0 if setting["after_reclassified"] == "restart" else basic
            poor += 1 if setting["reclassified_counts"] else -poor
        else:
            poor = poor + 1 if raw == "U" else 0
        ended = poor >= 2
        if (ended and setting["after_end"] == "restart") or year < setting["first"]:
            basic = poor = 0
        found.append((effective, ended))
    return found


def shown(standing: Standing) -> tuple[str, bool]:
    names: dict[object, str] = {grade: letter for letter, grade in LETTERS.items()}
    assert isinstance(standing.ended, bool)
    return names[standing.effective], standing.ended


def agree(raws: str, groups: str, first: int, values: tuple[Any, ...]) -> None:
    setting = dict(zip(HISTORY, values, strict=True)) | {"first": first}
    years = range(2020, 2020 + len(raws))
    history = list(zip(years, raws, groups, strict=True))
    instruments = {"o": "机关", "v": "村级"}
    made = standings(
        [GradedYear(y, LETTERS[raw], instruments[g]) for y, raw, g in history],
        Rules({f"assessment.history.{name}": value for name, value in setting.items()}),
    )
    assert [shown(s) for s in made] == counted(history, setting), (raws, groups, setting)


@pytest.mark.parametrize("first", [2020, 2021, 2022])
def test_every_history_of_three_years_agrees_with_a_naive_count(first: int) -> None:
    for raws in itertools.product("EBU-", repeat=3):
        for values in itertools.product(*CHOICES):
            agree("".join(raws), "ooo", first, values)


@given(
    st.lists(
        st.tuples(st.sampled_from("EFBBBUUU-"), st.sampled_from("ov")), min_size=1, max_size=7
    ),
    st.integers(2019, 2024),
    st.tuples(*(st.sampled_from(choice) for choice in CHOICES)),
)
def test_longer_histories_agree_with_a_naive_count(
    years: list[tuple[str, str]], first: int, values: tuple[Any, ...]
) -> None:
    agree("".join(r for r, _ in years), "".join(g for _, g in years), first, values)


@given(
    st.lists(
        st.tuples(st.sampled_from("FBBBUUU-"), st.sampled_from("oov")), min_size=2, max_size=6
    ),
    st.sets(st.sampled_from((*HISTORY, "first"))),
    st.tuples(*(st.sampled_from(choice) for choice in CHOICES)),
)
def test_an_open_setting_is_never_guessed(
    years: list[tuple[str, str]], left_open: set[str], values: tuple[Any, ...]
) -> None:
    """What is given with a setting open is given alike whatever the setting."""
    instruments = {"o": "机关", "v": "村级"}
    history = [
        GradedYear(2020 + n, LETTERS[raw], instruments[group])
        for n, (raw, group) in enumerate(years)
    ]
    setting: dict[str, Any] = dict(zip(HISTORY, values, strict=True)) | {"first": 2020}
    waiting = {n: Open(QUERY, n) if n in left_open else v for n, v in setting.items()}
    partly = standings(history, Rules({f"assessment.history.{n}": v for n, v in waiting.items()}))
    choices = {**dict(zip(HISTORY, CHOICES, strict=True)), "first": (2019, 2021, 2022, 2030)}
    for filled in itertools.product(*(choices[n] for n in sorted(left_open))):
        whole = {**setting, **dict(zip(sorted(left_open), filled, strict=True))}
        made = standings(history, Rules({f"assessment.history.{n}": v for n, v in whole.items()}))
        for part, full in zip(partly, made, strict=True):
            for name in ("effective", "reclassified", "ended"):
                given_now = getattr(part, name)
                assert isinstance(given_now, Open) or given_now == getattr(full, name)


def test_histories_may_come_in_any_order() -> None:
    history = [GradedYear(2020, B, "机关"), GradedYear(2021, B, "机关")]
    assert standings(history[::-1], rules()) == standings(history, rules())


def test_a_year_missing_from_the_history_is_a_year_without_assessment() -> None:
    history = [GradedYear(2020, B, "机关"), GradedYear(2022, B, "机关")]
    assert [s.effective for s in standings(history, standing_rules(gap="breaks"))] == [B, B]
    assert [s.effective for s in standings(history, standing_rules(gap="skipped"))] == [B, U]


# -- open history ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raws", "name", "effective", "ended"),
    [
        ("BB", "first", [B, None], [False, False]),
        ("UU", "first", [U, U], [False, None]),
        ("B-B", "gap", [B, "-", None], [False] * 3),
        ("BBU", "reclassified_counts", [B, U, U], [False, False, None]),
        ("BBB", "after_reclassified", [B, U, None], [False, False, None]),
        ("UUU", "after_end", [U, U, U], [False, True, None]),
        ("BBFB", "after_reclassified", [B, U, F, B], [False] * 4),
    ],
)
def test_an_open_rule_on_consecutive_years_leaves_open_what_turns_on_it(
    raws: str, name: str, effective: list[Any], ended: list[Any]
) -> None:
    history = [GradedYear(2020 + n, LETTERS[raw], "机关") for n, raw in enumerate(raws)]
    made = standings(history, standing_rules(**{name: ...}))
    for standing, grade, end in zip(made, effective, ended, strict=True):
        if grade is None:
            assert is_open(standing.effective, f"history.{name}")
        else:
            assert standing.effective is (None if grade == "-" else grade)
        if end is None:
            assert is_open(standing.ended, f"history.{name}")
        else:
            assert standing.ended is end


def test_after_an_open_grade_the_next_year_waits_only_if_it_turns_on_it() -> None:
    waiting = Open(QUERY, "assessment.grades.method")
    for raw, settled in ((E, True), (F, True), (B, False), (U, True)):
        history = [GradedYear(2020, waiting, "机关"), GradedYear(2021, raw, "机关")]
        first, second = standings(history, rules())
        assert first.effective == waiting
        assert (second.effective == raw) is settled
    assert second.ended == waiting


def test_a_year_whose_own_grade_is_open_has_nothing_settled() -> None:
    waiting = Open(QUERY, "assessment.grades.method")
    history = [GradedYear(2020, B, "机关"), GradedYear(2021, waiting, "机关")]
    made = standings(history, rules())[1]
    assert made.effective == made.reclassified == made.ended == waiting
    assert consequences(made, rules()).pay == waiting


# -- consequences ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "pay", "talk", "deadline", "promotion"),
    [
        (E, Fraction(6, 5), False, None, True),
        (F, Fraction(1), False, None, False),
        (B, Fraction(3, 5), True, 90, False),
        (U, Fraction(0), False, None, False),
        (None, Fraction(0), False, None, False),
    ],
)
def test_what_follows_from_a_grade(
    raw: Grade | None, pay: Fraction, talk: bool, deadline: int | None, promotion: bool
) -> None:
    (made,) = standings([GradedYear(2020, raw, "机关")], rules())
    found = consequences(made, rules())
    assert (found.pay, found.talk, found.deadline) == (pay, talk, deadline)
    assert found.promotion is promotion


@pytest.mark.parametrize(("talk", "deadline"), [(True, 90), (False, None)])
def test_the_talk_after_reclassification(talk: bool, deadline: int | None) -> None:
    history = [GradedYear(2020, B, "机关"), GradedYear(2021, B, "机关")]
    found = rules(talk__reclassified=talk)
    after = consequences(standings(history, found)[1], found)
    assert (after.talk, after.deadline, after.pay) == (talk, deadline, 0)


def test_without_settings_the_stated_consequences_stand() -> None:
    waiting = all_open()
    made = {raw: standings([GradedYear(2020, raw, "机关")], waiting)[0] for raw in (E, F, B, U)}
    found = {raw: consequences(standing, waiting) for raw, standing in made.items()}
    assert found[U].pay == 0 and found[E].promotion is True and found[B].talk is True
    for raw, name in ((E, "excellent"), (F, "fourth"), (B, "basic")):
        assert is_open(found[raw].pay, f"pay.{name}")
    assert is_open(found[B].deadline, "talk.deadline")


# -- raw grades: cut-offs --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("total", "grade"),
    [(1050, E), (1049, F), (950, F), (949, B), (850, B), (849, U), (-5, U), (5000, E)],
)
def test_a_cutoff_belongs_to_the_grade_above_it(total: int, grade: Grade) -> None:
    assert by_cutoffs(Fraction(total), (1050, 950, 850)) is grade
    assert raw_grades(with_totals(total), rules())["p0"].grade is grade


def test_a_total_just_below_a_cutoff_is_below_it() -> None:
    assert by_cutoffs(Fraction(1049999, 1000), (1050, 950, 850)) is F


@pytest.mark.parametrize("example", ["cutoffs", "quotas", "both"])
def test_a_total_of_zero_is_a_total(example: str) -> None:
    found = raw_grades(with_totals(0, 1000, 1000, 1000), rules(example))["p0"].grade
    assert found is (B if example == "quotas" else U)


def test_instruments_may_have_their_own_cutoffs() -> None:
    own = {"office": [1050, 950, 850], "village": [1020, 940, 850]}
    found = raw_grades(with_totals(1030, 1030, instruments="机村"), rules(grades__cutoffs=own))
    assert letters(found) == "FE"


# -- raw grades: quotas ----------------------------------------------------------------------------


def ranked(
    totals: tuple[int, ...], shares: Any, instruments: str = "", **settings: Any
) -> dict[str, RawGrade]:
    found = rules("quotas", quotas__shares=shares, **settings)
    return raw_grades(with_totals(*totals, instruments=instruments), found)


@pytest.mark.parametrize(
    ("rounding", "expected"), [("down", (1, 8, 9)), ("half_up", (2, 9, 10)), ("up", (2, 9, 10))]
)
def test_places_of_ten_persons(rounding: str, expected: tuple[int, ...]) -> None:
    shares = [Fraction(15, 100), Fraction(70, 100), Fraction(10, 100)]
    assert places(shares, 10, rounding) == expected


def test_the_rounding_modes_differ_only_in_the_fraction() -> None:
    third = [Fraction(1, 3)]
    assert [places(third, 4, way) for way in ("down", "half_up", "up")] == [(1,), (1,), (2,)]
    assert [places(third, 6, way) for way in ("down", "half_up", "up")] == [(2,), (2,), (2,)]


def test_grades_by_rank() -> None:
    totals = (900, 1100, 1000, 1050, 700)
    assert letters(ranked(totals, ["20%", "40%", "20%"])) == "BEFFU"


@pytest.mark.parametrize(
    ("totals", "up", "down"),
    [
        ((1100, 1000, 1000, 900, 800), "EEEBU", "EFFBU"),
        ((1100, 1100, 1000, 900, 800), "EEFBU", "EEFBU"),
        ((1000, 1000, 1000, 1000, 1000), "EEEEE", "UUUUU"),
        ((1100, 1050, 1000, 1000, 800), "EEFFU", "EEBBU"),
    ],
)
def test_ties_across_a_boundary(totals: tuple[int, ...], up: str, down: str) -> None:
    shares = ["40%", "20%", "20%"]
    assert letters(ranked(totals, shares, quotas__ties="up")) == up
    assert letters(ranked(totals, shares, quotas__ties="down")) == down


def test_each_group_has_its_own_ranking_or_both_have_one() -> None:
    totals, groups = (1100, 1050, 1000, 950), "机机村村"
    one = ["50%", "25%", "25%"]
    assert letters(ranked(totals, one, groups)) == "EEFB"
    two = {"office": one, "village": one}
    assert letters(ranked(totals, two, groups, quotas__rounding="half_up")) == "EFEF"
    assert letters(ranked(totals, two, groups, quotas__rounding="down")) == "EBEB"


@given(
    st.lists(st.integers(900, 1010), min_size=1, max_size=40),
    st.tuples(*[st.integers(0, 33)] * 3),
    st.sampled_from(["down", "half_up", "up"]),
    st.sampled_from(["up", "down"]),
)
def test_by_quotas_everybody_has_one_grade_and_equal_totals_have_equal_grades(
    totals: list[int], percents: tuple[int, ...], rounding: str, ties: str
) -> None:
    shares = [f"{percent}%" for percent in percents]
    found = ranked(tuple(totals), shares, quotas__rounding=rounding, quotas__ties=ties)
    order = list(Grade)
    grades = [order.index(found[f"p{n}"].grade) for n in range(len(totals))]  # type: ignore[arg-type]
    assert len(found) == len(totals)
    by_total: dict[int, set[int]] = {}
    for total, grade in zip(totals, grades, strict=True):
        by_total.setdefault(total, set()).add(grade)
    assert all(len(found_grades) == 1 for found_grades in by_total.values())
    descending = [min(by_total[total]) for total in sorted(by_total, reverse=True)]
    assert descending == sorted(descending)
    round_to = {
        "down": math.floor,
        "up": math.ceil,
        "half_up": lambda x: math.floor(x * 2 + 1) // 2,
    }
    for n in range(3):
        quota = round_to[rounding](Fraction(sum(percents[: n + 1]), 100) * len(totals))
        within = sum(grade <= n for grade in grades)
        if len(by_total) == len(totals):
            assert within == quota
        assert within >= quota if ties == "up" else within <= quota


def test_those_without_an_assessment_take_no_place() -> None:
    scores = with_totals(1100, 1000, 900, 800)
    absent = replace(scores[0], total=None, uncut=None, unassessed="service")
    found = raw_grades([absent, *scores[1:]], rules("quotas", quotas__shares=["1/3", "1/3", "1/3"]))
    assert letters(found) == "-EFB" and found["p1"].of == 3


# -- raw grades: cut-offs with a quota ---------------------------------------------------------------


def both(totals: tuple[int, ...], groups: str = "", **settings: Any) -> dict[str, RawGrade]:
    settings = {"grades__cutoffs": [1050, 950, 850]} | settings
    return raw_grades(with_totals(*totals, instruments=groups), rules("both", **settings))


def test_the_quota_takes_the_highest_of_those_who_reach_the_cutoff() -> None:
    totals = (1060, 1100, 1090, 1000, 900, 800, 950, 960, 970, 980)
    assert letters(both(totals)) == "FEEFBUFFFF"


def test_places_that_nobody_reaches_stay_empty() -> None:
    assert (
        letters(both((1060, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000))) == "E" + "F" * 9
    )


@pytest.mark.parametrize(("ties", "expected"), [("up", "EEFFF"), ("down", "FFFFF")])
def test_ties_at_the_quota_for_excellent(ties: str, expected: str) -> None:
    assert letters(both((1060, 1060, 1000, 1000, 1000), quotas__ties=ties)) == expected


def test_who_misses_the_own_cutoff_takes_no_place_from_others() -> None:
    own = {"office": [1080, 950, 850], "village": [1020, 950, 850]}
    found = both((1070, 1030, 1000, 1000, 1000), "机村村村村", grades__cutoffs=own)
    assert letters(found) == "FEFFF"


# -- raw grades: what is open ------------------------------------------------------------------------


def test_without_a_method_no_grade_is_given() -> None:
    found = raw_grades(with_totals(1100, 800), rules(grades__method=...))
    assert all(is_open(raw.grade, "grades.method") for raw in found.values())


@pytest.mark.parametrize(
    ("example", "name"),
    [
        ("cutoffs", "grades.cutoffs"),
        ("quotas", "quotas.shares"),
        ("quotas", "quotas.rounding"),
        ("both", "grades.cutoffs"),
        ("both", "quotas.shares"),
        ("both", "quotas.rounding"),
    ],
)
def test_without_a_rule_of_its_method_no_grade_is_given(example: str, name: str) -> None:
    found = raw_grades(with_totals(1100, 800), rules(example, **{name.replace(".", "__"): ...}))
    assert all(is_open(raw.grade, name) for raw in found.values())


def test_the_tie_rule_is_wanted_only_by_those_it_decides() -> None:
    totals, shares = (1100, 1000, 1000, 900, 800), ["40%", "20%", "20%"]
    assert letters(ranked(totals, shares, quotas__ties=...)) == "E??BU"


def test_an_open_total_leaves_its_ranking_open_and_no_other() -> None:
    waiting = Open(QUERY, "assessment.total.maximum")
    scores = with_totals(1100, 1000, 900, 800, instruments="机机村村")
    scores[0] = replace(scores[0], total=waiting)
    shares = ["50%", "25%", "25%"]
    own = {"office": shares, "village": shares}
    quotas = rules("quotas", quotas__shares=own, quotas__rounding="down")
    assert letters(raw_grades(scores, quotas)) == "??EB"
    together = rules("quotas", quotas__shares=shares)
    assert letters(raw_grades(scores, together)) == "????"
    assert letters(raw_grades(scores, rules())) == "?FBU"


def test_an_open_instrument_leaves_open_what_turns_on_it() -> None:
    waiting = Open(QUERY, "assessment.transfer.instrument")
    scores = with_totals(1100, 1000, 900, 800)
    scores[0] = replace(scores[0], instrument=waiting)
    shares = ["50%", "25%", "25%"]
    assert letters(raw_grades(scores, rules("quotas", quotas__shares=shares))) == "EEFB"
    own = rules("quotas", quotas__shares={"office": shares, "village": shares})
    assert letters(raw_grades(scores, own)) == "????"
    assert letters(raw_grades(scores, rules())) == "?FBU"


# -- names -----------------------------------------------------------------------------------------


def test_the_fourth_grade_has_the_name_that_the_town_gives_it() -> None:
    names = {"zh": "合格", "en": "satisfactory"}
    found = rules(grades__fourth=names)
    assert [grade_name(g, found, "zh") for g in Grade] == ["优秀", "合格", "基本称职", "不称职"]
    assert grade_name(F, found, "en") == "satisfactory"
    with pytest.raises(OpenParameter):
        grade_name(F, all_open(), "zh")
    assert grade_name(E, all_open(), "zh") == "优秀"


def test_every_rule_on_consecutive_years_is_a_column_of_the_truth_table() -> None:
    headers = {name for name, _ in SETTINGS.values()}
    history = {p.name.removeprefix("assessment.") for p in PARAMETERS if ".history." in p.name}
    assert history <= headers
