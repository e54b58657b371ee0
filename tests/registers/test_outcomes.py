"""From the register to outcomes, their explanation and their distribution."""

from __future__ import annotations

import string
from fractions import Fraction

import pytest
from assessed import all_open, entry, is_open, register, rules, service
from hypothesis import given
from hypothesis import strategies as st

from xushi_stats.registers.assessment.explanation import TEXTS, Step, explain
from xushi_stats.registers.assessment.outcomes import Outcome, distribution, outcomes
from xushi_stats.registers.assessment.scores import DomainPoints
from xushi_stats.registers.rules.assessment import Grade
from xushi_stats.registers.rules.parameter import Open, Rules

E, F, B, U = Grade
TOWN = register(
    *(service(p, "2020-01-01") for p in ("p1", "p2", "p3", "p4")),
    service("p5", "2021-10-01"),
    service("p6", "2020-01-01", "2021-03-31", "机关"),
    service("p6", "2021-04-01", "", "村级"),
    entry(60, "2020-05-01", "p1"),
    entry(-120, "2020-06-01", "p2", "作风纪律"),
    entry(-110, "2021-06-01", "p2", "作风纪律"),
    entry(-200, "2020-06-01", "p3"),
    entry(-200, "2021-06-01", "p3"),
    entry(-30, "2021-02-01", "p6", "行为规范"),
    entry(10, "2021-05-01", "p6", "行为规范"),
)


def of_year(found: list[Outcome], year: int) -> dict[str, Outcome]:
    return {o.score.person: o for o in found if o.score.year == year}


def texts(outcome: Outcome, found: Rules, lang: str = "zh") -> list[str]:
    return [step.text(lang) for step in explain(outcome, found)]  # type: ignore[arg-type]


# -- outcomes --------------------------------------------------------------------------------------


def test_outcomes_over_two_years() -> None:
    found = outcomes(TOWN, (2021, 2020), rules())
    assert [(o.score.person, o.score.year) for o in found] == sorted(
        (o.score.person, o.score.year) for o in found
    )
    first, second = of_year(found, 2020), of_year(found, 2021)
    assert {p: o.standing.effective for p, o in first.items()} == {
        "p1": E, "p2": B, "p3": U, "p4": F, "p6": F,
    }  # fmt: skip
    assert {p: o.standing.effective for p, o in second.items()} == {
        "p1": F, "p2": U, "p3": U, "p4": F, "p5": None, "p6": F,
    }  # fmt: skip
    assert second["p2"].raw.grade is B and second["p2"].standing.reclassified is True
    assert second["p3"].standing.ended is True and second["p2"].standing.ended is False
    assert (second["p2"].consequences.pay, first["p2"].consequences.pay) == (0, Fraction(3, 5))


def test_a_later_year_alone_knows_no_earlier_one() -> None:
    assert of_year(outcomes(TOWN, (2021,), rules()), 2021)["p2"].standing.effective is B


def test_with_everything_open_no_grade_is_given_and_each_says_why() -> None:
    for outcome in outcomes(TOWN, (2020, 2021), all_open()):
        if outcome.raw.grade is not None:
            assert isinstance(outcome.raw.grade, Open) and outcome.raw.grade.name
        assert isinstance(outcome.standing.effective, Open)
        assert isinstance(outcome.consequences.pay, Open)


# -- explanations ----------------------------------------------------------------------------------


def test_an_explanation_goes_entry_by_entry() -> None:
    found = rules()
    person = of_year(outcomes(TOWN, (2020, 2021), found), 2021)["p2"]
    assert texts(person, found) == [
        "人员编号p2，2021年度考核。",
        "按机关干部职工考核办法定档，计入任职365天（全年365天）。",
        "基本分1000分。",
        "2021-06-01，作风纪律，-110分（记分编号p2-2021-06-01--110），累计890分。",
        "年度总分890分。",
        "前三档最低分为1050、950、850分，当年档次：基本称职。",
        "2020年度、2021年度连续两年基本称职，定为不称职。",
        "定档：不称职。",
        "不享受“考核工资”。",
        "诫勉谈话，限期改进。",
        "改进期限90天。",
    ]
    assert texts(person, found, "en")[3:8] == [
        "2021-06-01, 作风纪律: -110 (entry p2-2021-06-01--110), making 890.",
        "Total of the year: 890 points.",
        "Lowest totals of the upper three grades: 1050, 950, 850. "
        "Grade of the year: basically competent.",
        "Basically competent in 2020 and 2021, two consecutive years: classed as not competent.",
        "Effective grade: not competent.",
    ]


def test_an_explanation_says_how_a_part_year_and_a_limit_work() -> None:
    rows = register(service(start="2020-07-02"), entry(130, "2020-08-01"))
    found = rules("quotas", total__maximum=1200)
    (outcome,) = outcomes(rows, (2020,), found)
    assert texts(outcome, found)[3:7] == [
        "2020-08-01，服务群众，+130分（记分编号p1-2020-08-01-130），累计1130分。",
        "任职不满全年，加减分净额+130分乘以366/183，加基本分为1260分。",
        "1260分超出限额，以1200分计。",
        "年度总分1200分。",
    ]


def test_a_total_that_is_no_whole_number_is_shown_exactly() -> None:
    rows = register(service(start="2020-07-01"), entry(-31, "2020-08-01"))
    found = rules("quotas")
    (outcome,) = outcomes(rows, (2020,), found)
    assert outcome.score.total == Fraction(86327, 92)
    assert "年度总分86327/92（约938.34）分。" in texts(outcome, found)
    assert "Total of the year: 86327/92 (about 938.34) points." in texts(outcome, found, "en")


def test_an_explanation_by_rank_names_ranks_and_places() -> None:
    rows = register(*(entry(points, person=f"p{n}") for n, points in enumerate((9, 5, 5, 1))))
    found = rules("quotas", quotas__shares=["1/4", "1/2", "1/4"])
    made = outcomes(rows, (2020,), found)
    assert "在参加考核的4人中排第2—3名，名额自上累计为1、3、4人，当年档次：称职。" in texts(
        made[1], found
    )
    assert any("Ranks 1 of 4 assessed" in text for text in texts(made[0], found, "en"))


def test_an_explanation_with_a_quota_for_excellent() -> None:
    rows = register(*(entry(points, person=f"p{n}") for n, points in enumerate((60, 70, 0, 0, 0))))
    found = rules("both")
    made = outcomes(rows, (2020,), found)
    expected = "达到优秀分数线，在达线者中排第2名，参加考核5人，优秀名额1人，当年档次：称职。"
    assert expected in texts(made[0], found)
    assert any(text.startswith("前三档最低分为") for text in texts(made[2], found))


def test_an_explanation_of_no_assessment_says_why() -> None:
    found = rules()
    joined = of_year(outcomes(TOWN, (2021,), found), 2021)["p5"]
    assert "任职天数不足规定的183天，为未考核。" in texts(joined, found)
    (left,) = outcomes(register(service(end="2020-06-30")), (2020,), found)
    assert "年末已不在任，不参加年终总评。" in texts(left, found)
    assert not any("定档" in text for text in texts(left, found)[2:])


def test_an_explanation_lists_the_entries_that_do_not_count() -> None:
    found = rules(transfer__entries="own", service__part_year="full")
    moved = of_year(outcomes(TOWN, (2021,), found), 2021)["p6"]
    said = texts(moved, found)
    assert "2021-02-01，行为规范，-30分（记分编号p6-2021-02-01--30），不计入。" in said
    assert "年度总分1010分。" in said


def test_an_explanation_of_an_end_names_both_years() -> None:
    found = rules()
    ended = of_year(outcomes(TOWN, (2020, 2021), found), 2021)["p3"]
    assert "2020年度、2021年度连续两年不称职，自然终止职务。" in texts(ended, found)


def test_an_explanation_names_what_is_open_and_the_query() -> None:
    rows = register(entry(5))
    found = all_open()
    (outcome,) = outcomes(rows, (2020,), found)
    said = texts(outcome, found)
    assert (
        "年度总分不能确定：规则参数 assessment.total.maximum 尚未确定（待核实事项 grades.unnamed）。"
        in said
    )
    assert any(
        text.startswith("The grade of the year cannot be") for text in texts(outcome, found, "en")
    )


def test_a_grade_without_a_name_is_said_to_have_none() -> None:
    found = rules(grades__fourth=...)
    (outcome,) = outcomes(register(service()), (2020,), found)
    assert outcome.standing.effective is F
    assert "定档：（名称未定的一档）。" in texts(outcome, found)


@given(st.lists(st.integers(-400, 200), max_size=8), st.sampled_from(["cutoffs", "quotas", "both"]))
def test_an_explanation_adds_up(points: list[int], example: str) -> None:
    """Base plus the points of the steps is the running total of the last, and the total."""
    found = rules(example, total__maximum="none", total__negative=True)
    rows = register(service(), *(entry(p, id=str(n)) for n, p in enumerate(points)))
    (outcome,) = outcomes(rows, (2020,), found)
    steps = explain(outcome, found)
    entries = [step for step in steps if step.code == "entry"]
    running = 1000 + sum(int(str(step.values["points"])) for step in entries)
    assert len(entries) == len(points) and outcome.score.total == running
    assert str(running) in next(s for s in steps if s.code == "total").text("zh")
    assert not entries or entries[-1].values["running"] == str(running)


@pytest.mark.parametrize("code", TEXTS)
def test_the_texts_of_a_step_name_the_same_things_in_both_languages(code: str) -> None:
    fields = [
        {name for _, name, _, _ in string.Formatter().parse(text) if name}
        for text in TEXTS[code].values()
    ]
    assert fields[0] == fields[1]
    step = Step(code, dict.fromkeys(fields[0], "1"))
    assert "{" not in step.text("zh") + step.text("en")


# -- distribution ----------------------------------------------------------------------------------


def test_the_distribution_of_a_year() -> None:
    found = distribution(list(of_year(outcomes(TOWN, (2020, 2021), rules()), 2021).values()))
    assert (found.persons, found.assessed, found.reclassified, found.ended) == (6, 5, 1, 1)
    assert found.raw == {E: 0, F: 3, B: 1, U: 1}
    assert found.effective == {E: 0, F: 3, B: 0, U: 2}
    assert found.mean == Fraction(1000 + 890 + 800 + 1000 + 980, 5)
    assert found.median == 980
    assert found.entries == 4
    assert found.domains == {
        "作风纪律": DomainPoints(1, 0, 110),
        "服务群众": DomainPoints(1, 0, 200),
        "行为规范": DomainPoints(2, 10, 30),
    }


def test_the_median_of_an_even_number_is_exact() -> None:
    rows = register(*(entry(p, person=f"p{n}") for n, p in enumerate((1, 2, 5, 9))))
    found = distribution(outcomes(rows, (2020,), rules()))
    assert (found.median, found.mean) == (Fraction(2007, 2), Fraction(4017, 4))


def test_nobody_assessed_has_no_mean() -> None:
    found = distribution(outcomes(register(service(end="2020-03-01")), (2020,), rules()))
    assert (found.persons, found.assessed, found.mean, found.median) == (1, 0, None, None)
    assert found.effective == dict.fromkeys(Grade, 0)
    assert distribution([]).persons == 0


def test_what_is_open_leaves_its_statistics_open_and_no_others() -> None:
    made = outcomes(register(service(), entry(-5)), (2020,), rules(grades__method=...))
    found = distribution(made)
    assert is_open(found.raw, "grades.method") and is_open(found.effective, "grades.method")
    assert (found.persons, found.assessed, found.mean, found.entries) == (1, 1, 995, 1)


def test_an_open_total_leaves_the_mean_open() -> None:
    found = distribution(outcomes(register(entry(5)), (2020,), rules(total__maximum=...)))
    assert is_open(found.mean, "total.maximum") and is_open(found.median, "total.maximum")
    assert found.assessed == 1 and found.domains["服务群众"].added == 5


@given(st.lists(st.integers(-200, 80), min_size=1, max_size=20))
def test_grades_sum_to_those_assessed(points: list[int]) -> None:
    rows = register(*(entry(p, person=f"p{n}") for n, p in enumerate(points)))
    for example in ("cutoffs", "quotas", "both"):
        found = distribution(outcomes(rows, (2020,), rules(example)))
        assert isinstance(found.raw, dict) and isinstance(found.effective, dict)
        assert sum(found.raw.values()) == sum(found.effective.values()) == found.assessed


def test_the_statistics_of_both_groups_sum_to_the_whole() -> None:
    made = outcomes(TOWN, (2021,), rules())
    groups = [[o for o in made if o.score.instrument == i] for i in ("机关", "村级")]
    parts, whole = [distribution(group) for group in groups], distribution(made)
    assert sum(p.persons for p in parts) == whole.persons
    assert sum(p.entries for p in parts) == whole.entries
