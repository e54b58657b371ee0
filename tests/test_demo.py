"""The invented town with two years: every year-on-year figure against hand-worked cases, and what is said.

``cases/demo_years.csv`` holds each figure with its inputs, the rule in words, and the answer worked by
hand from the two documents; ``cases/demo_verdicts.csv`` what became of each target and task.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from towns import DATA, ROOT, Cells, cases

from xushi_stats import format, records
from xushi_stats.audit import source_document
from xushi_stats.checks import wording
from xushi_stats.checks.preflight import rehearse
from xushi_stats.commands import main
from xushi_stats.dataset import Dataset
from xushi_stats.editions import Edition
from xushi_stats.faults import Lang
from xushi_stats.ledger import Figure, Ledger
from xushi_stats.quantity import Bound
from xushi_stats.readback import orphans as audit
from xushi_stats.reporting import targets, years
from xushi_stats.reporting.context import load
from xushi_stats.reporting.document import plain, walk
from xushi_stats.reporting.report import Piece, Report
from xushi_stats.reporting.words import WORDS

TOWN = "demo"
YEARS = cases("demo_years")
DOCUMENTS = {"work2019": 2019, "work2020": 2020}
OVER_YEARS = ("years", "fulfilment", "tasks")


@cache
def loaded(year: int) -> tuple[Dataset, Ledger]:
    dataset, ledger, _ = load(DATA, TOWN, year)
    return dataset, ledger


@cache
def report(year: int, lang: Lang = "zh", edition: Edition = "public") -> Report:
    return Report(TOWN, year, lang=lang, edition=edition, data=DATA)


def figure(name: str, year: int = 2020) -> Figure:
    return loaded(year)[1].figures[f"{TOWN}/{name}"]


def said(piece: Piece) -> str:
    return "".join(plain([i]) for i in walk(piece.blocks) if "v" in i)


def row(table: str, name: str, year: int = 2020, edition: Edition = "public") -> list[str]:
    """The cells of a table's row that a name opens."""
    (block,) = report(year, "zh", edition).table(table).blocks
    return next([plain(c) for c in r] for r in block["rows"] if plain(r[0]) == name)


def text(year: int, part: str, lang: Lang = "zh", edition: Edition = "public") -> str:
    return said(report(year, lang, edition).text(f"review.{part}"))


# -- every year-on-year figure -----------------------------------------------------------------


def answer(found: Figure) -> str:
    quantity = found.quantity
    assert quantity is not None
    value, *ends = (
        format.pure(x, quantity.unit)
        for x in (quantity.value, quantity.low.value, quantity.high.value)
    )
    return str(value) if quantity.is_exact else f"({ends[0]}, {ends[1]})"


@pytest.mark.parametrize("case", YEARS, ids=lambda case: case["figure"])
def test_a_figure_over_years_is_what_was_worked_by_hand(case: Cells) -> None:
    found = figure(case["figure"])
    if case["answer"].startswith("≈"):  # a root, to the places written
        written = case["answer"][1:]
        places = len(written.partition(".")[2])
        assert abs(Fraction(answer(found)) - Fraction(written)) < Fraction(1, 10**places)
    else:
        assert answer(found) == case["answer"]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("case", YEARS, ids=lambda case: case["figure"])
def test_a_figure_over_years_is_printed_so(case: Cells, lang: Lang) -> None:
    public = report(2020, lang).ledger.figures[f"{TOWN}/{case['figure']}"]
    assert format.text(public, lang, "public") == case[lang]


def test_no_figure_over_years_is_without_a_case() -> None:
    over_years = {
        f.id.removeprefix(f"{TOWN}/")
        for f in loaded(2020)[1].figures.values()
        if f.quantity
        and f.indicator.formula
        and any(r.which for r in f.indicator.formula.references)
    }
    assert over_years == {case["figure"] for case in YEARS}


def test_the_inputs_of_the_cases_are_the_figures_that_the_documents_state() -> None:
    """Plain inputs alone: what stands in the columns 本年 and 上年 as one number."""
    seen = 0
    for case in YEARS:
        found = figure(case["figure"])
        plain_number = re.compile(r"[\d.]+")
        if not found.indicator.id.endswith((".change", ".growth")):
            continue
        for column, name in zip(("this", "before"), found.inputs, strict=False):
            stated = loaded(2020)[1].figures[name]
            if stated.is_observed and stated.is_exact and plain_number.fullmatch(case[column]):
                assert stated.quantity is not None
                value = format.pure(stated.quantity.value, stated.indicator.unit)
                assert Fraction(case[column]) == value, case["figure"]
                seen += 1
    assert seen > 100


# -- targets and tasks -------------------------------------------------------------------------


def test_every_target_and_task_has_the_verdict_worked_by_hand() -> None:
    dataset, ledger = loaded(2020)
    found = [("target", f.row["name_zh"], f.verdict) for f in targets.fulfilments(dataset, ledger)]
    found += [("task", t.asked["name_zh"], t.verdict) for t in targets.tasks(dataset, 2020)]
    wanted = [(c["kind"], c["item"], c["verdict"]) for c in cases("demo_verdicts")]
    assert sorted(found) == sorted(wanted)


def test_every_verdict_is_among_them() -> None:
    assert {c["verdict"] for c in cases("demo_verdicts")} == {
        *("met", "missed", "undecided", "unreported")
    }


def test_the_verdicts_stand_in_the_tables() -> None:
    for table, kind, prefix in (("fulfilment", "target", ""), ("tasks", "task", "task_")):
        for case in cases("demo_verdicts"):
            if case["kind"] == kind:
                assert row(table, case["item"])[-1] == WORDS["zh"][prefix + case["verdict"]]


# -- what is said of gaps, breaks, revisions, dates --------------------------------------------


def test_a_stock_against_another_month_has_both_dates() -> None:
    assert row("society", "低保户数")[-1] == "分别为2020年3月、2020年12月数"
    assert "低保户405户，比2020年3月减少7户" in text(2020, "society")
    assert "405 households, down by 7 households on March 2020" in text(2020, "society", "en")


def test_a_stock_against_the_same_month_has_the_end_of_the_year() -> None:
    assert row("society", "在校学生数")[-1] == "—"
    assert "在校学生2386人，比上年末下降1.2%" in text(2020, "society")


@pytest.mark.parametrize("what", ["growth", "change"])
@pytest.mark.parametrize("name", ["poverty.households", "poverty.persons"])
def test_over_a_break_nothing_is_computed(name: str, what: str) -> None:
    found = figure(f"{name}.{what}@2020-12")
    assert found.quantity is None
    assert found.missing is not None and found.missing.reason == "series_break"


def test_over_a_break_it_is_said_so() -> None:
    cells = row("poverty", "建档立卡户数")
    assert cells[2:4] == ["386", "379"]
    assert cells[-1].endswith("自本年起只计动态调整后的脱贫户")
    assert "（口径变化，与上年不可比）" in text(2020, "poverty")
    assert "(definition changed, not comparable with the year before)" in text(
        2020, "poverty", "en"
    )


def test_the_revised_value_counts_and_is_marked() -> None:
    before = figure("projects.investment@2019")
    assert before.quantity is not None and before.revised is not None
    assert (before.quantity.value, before.revised.wording) == (8712, "8650万元")
    assert row("projects", "固定资产投资额")[-1] == "上年数为修订数"
    office = row("projects", "固定资产投资额", edition="draft")
    assert office[-1] == "上年数为修订数，原为8650万元"
    (chart,) = report(2020).chart("years_recent").blocks
    assert WORDS["zh"]["panel_revised"] in [plain(note[1:]) for note in chart["notes"]]


def test_the_report_of_the_first_year_has_the_value_before_revision() -> None:
    found = figure("projects.investment@2019", 2019)
    assert found.quantity is not None
    assert (found.quantity.value, found.revised) == (8650, None)


@pytest.mark.parametrize(
    ("table", "name", "remark"),
    [
        ("industry", "油菜种植面积", "本年未报"),
        ("society", "城镇新增就业人数", "本年未报"),
        ("industry", "建成高标准农田面积", "上年数未列"),
        ("poverty", "脱贫不稳定户数", "上年数未列"),
    ],
)
def test_a_gap_is_named(table: str, name: str, remark: str) -> None:
    assert row(table, name)[-1] == remark


def test_an_approximate_figure_tells_a_direction_only_where_it_can() -> None:
    said_of_farming = text(2020, "industry")
    assert "茶园面积7000余亩，比上年末增长超过1.4%" in said_of_farming
    assert "养殖水面3100亩，因有概数，比上年末升降不能判定" in said_of_farming


@pytest.mark.parametrize("edition", ["draft", "internal", "public"])
def test_all_editions_say_the_same_of_what_rose_and_fell(edition: Edition) -> None:
    moved = said(report(2020, "zh", edition).movements("industry"))
    rose, fell = moved.index("上升的有"), moved.index("因概数不能判定升降的有：养殖水面面积")
    assert rose < moved.index("茶园面积") < fell
    assert "缺数或口径变化、未作比较的有：油菜种植面积、建成高标准农田面积" in moved


def test_what_stays_is_said_to_stay() -> None:
    assert "行政村18个，与上年末持平" in text(2020, "general")
    assert "18 villages, unchanged on the end of the year before" in text(2020, "general", "en")


def test_three_years_stand_on_the_chart_of_what_has_three() -> None:
    for name, span in (
        ("years", ["2018年", "2019年", "2020年"]),
        ("years_recent", ["2019年", "2020年"]),
    ):
        (chart,) = report(2020).chart(name).blocks
        assert list(dict.fromkeys(i["v"] for i in chart["words"])) == span


# -- with one year -----------------------------------------------------------------------------


def test_with_one_year_there_is_no_figure_over_years() -> None:
    ledger = loaded(2019)[1]
    made = [
        f.id
        for f in ledger.figures.values()
        if f.indicator.formula and any(r.which for r in f.indicator.formula.references)
    ]
    assert [i for i in made if ledger.figures[i].quantity] == []
    assert {f.release for f in ledger.figures.values()} == {2019}


@pytest.mark.parametrize("edition", ["draft", "public"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_with_one_year_no_comparison_is_made_anywhere(lang: Lang, edition: Edition) -> None:
    made = report(2019, lang, edition)
    exhibits = made.dataset.exhibits
    for name, spec in exhibits["table"].items():
        blocks = made.table(name).blocks
        if spec.get("from") in OVER_YEARS and not spec.get("always"):
            assert blocks == []
        if spec.get("from") == "years":
            assert made.movements(name).blocks == []
            heads = [plain(c["c"]) for c in blocks[0]["columns"]]
            prior = [
                c[lang]
                for c in spec["columns"]
                if c["field"] in ("prior", "change", "growth", "annual", "note")
            ]
            assert not set(prior) & set(heads)
    for name in ("years", "years_recent"):
        assert made.chart(name).blocks == []
    parts = ("main", "general", "industry", "projects", "society", "poverty", "fulfilment", "tasks")
    words = "".join(text(2019, part, lang, edition) for part in parts)
    assert not re.search(
        "上年|持平|增长|year before|on the|unchanged"
        if lang == "zh"
        else "year before|up |down |unchanged",
        words,
    )


def test_what_is_asked_for_from_the_second_year_on_is_not_missing_in_the_first() -> None:
    dataset, ledger = loaded(2019)
    later = [i for i in dataset.catalogue.indicators.values() if i.since == 2020]
    assert later
    assert not {i.id for i in later} & {f.indicator.id for f in ledger.figures.values()}


# -- the town ----------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_town_says_on_every_page_that_it_is_invented(lang: Lang) -> None:
    town = loaded(2020)[0].town
    word = {"zh": "虚构", "en": "nvented"}[lang]
    assert word in town["notice"][lang] and word in town["title"][lang]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_number_of_a_document_is_accounted_for(name: str) -> None:
    path = DATA / TOWN / "sources" / f"{DOCUMENTS[name]}.txt"
    written, digest = source_document.read(path)
    found = source_document.audit(written, loaded(2020)[0], name, sha256=digest, name=path.name)
    assert [fault.text("en") for fault in found.faults] == []
    assert found.covered == len(found.expressions) > 50
    assert digest == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("year", [2019, 2020])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_report_can_be_made_without_an_error(year: int, lang: Lang) -> None:
    faults = rehearse(report(year, lang, "draft"))
    assert [fault.text("en") for fault in faults if fault.severity == "error"] == []


def test_every_table_and_chart_stands_in_a_notebook() -> None:
    cells = "".join(
        p.read_text(encoding="utf-8") for p in (ROOT / "notebooks" / TOWN).glob("*.ipynb")
    )
    exhibits: dict[str, Any] = loaded(2020)[0].exhibits
    for kind in ("table", "chart"):
        for name in exhibits[kind]:
            assert f'report.{kind}(\\"{name}\\")' in cells, name


def test_the_milestones_of_a_year_run_from_started_to_in_use() -> None:
    dataset, _ = loaded(2020)
    states = {
        (r["id"], r["release"], r["period"]): r["status"] for r in dataset.records["milestones"]
    }
    assert states["sewage", "2019", "2019"] == "启动"
    assert states["sewage", "2019", "2020"] == states["sewage", "2020", "2020"] == "投入使用"
    assert set(states.values()) <= set(records.STATES)


def test_with_one_year_no_note_speaks_of_a_change() -> None:
    for year, count in ((2019, 0), (2020, 4)):
        made = report(year)
        tables = (b for name in made.dataset.exhibits["table"] for b in made.table(name).blocks)
        notes = "".join(plain(note) for block in tables for note in block["notes"])
        assert len(re.findall("增减|边缘易致贫户", notes)) == count


def test_names_of_documents_with_a_year_are_set_apart_wherever_they_stand() -> None:
    (block,) = report(2020).table("main").blocks
    assert [i["v"] for i in block["source"] if i["t"] == "fixed"] == ["2019年总结", "2020年总结"]


@pytest.mark.slow
@pytest.mark.parametrize("year", [2019, 2020])
def test_the_finished_pages_verify_and_say_that_the_town_is_invented(
    tmp_path: Path, year: int
) -> None:
    """With a revised figure, falls behind 下降 without their sign, and a unit made of two."""
    asked = ["--data", str(DATA), "--town", TOWN, "--year", str(year), "--out", str(tmp_path)]
    assert main.main(["build", *asked, "--lang", "zh", "--edition", "internal"]) == 0
    path = tmp_path / TOWN / str(year) / "zh/internal/report.pdf"
    assert main.main(["verify", str(path)]) == 0
    pages = audit.read(path.read_bytes()).pages
    cover, *others = ["".join(page.text.split()) for page in pages]
    assert "虚构" in cover
    assert all("虚构示例·地名和数据均为编造" in page for page in others)


def test_the_words_of_a_year_are_checked_and_not_those_they_replace() -> None:
    files = {file for file, _ in wording._texts(report(2020))}
    assert {f"demo/text/zh/2020/{name}.md" for name in ("review", "targets")} <= files
    of_any_year = {f"demo/text/zh/{name}.md" for name in ("review", "targets")}
    assert not of_any_year & files
    assert of_any_year <= {file for file, _ in wording._texts(report(2019))}


def test_a_target_of_last_year_is_not_held_against_this_years_target() -> None:
    """Its period is this year, that of the target now set the next."""
    faults = [fault.code for fault in wording.faults(report(2020))]
    assert "time_other" not in faults


def test_a_chart_names_the_months_of_stocks_that_lie_in_another_year() -> None:
    spec = {"figures": ["livelihood.medical", "society.pupils"]}
    words = [i["v"] for i in years.panel_words(report(2020), spec)]
    assert words == ["2020年3月", "2020年12月", "2019年", "2020年"]


@pytest.mark.parametrize(
    ("low", "high", "move"),
    [
        (Bound(Fraction(1)), Bound(Fraction(9)), "rose"),
        (Bound(Fraction(0), closed=False), Bound(Fraction(9)), "rose"),
        (Bound(Fraction(0)), Bound(Fraction(9)), "unclear"),
        (Bound(Fraction(1), stated=False), Bound(Fraction(9)), "unclear"),
        (Bound(Fraction(-9)), Bound(Fraction(-1)), "fell"),
        (Bound(Fraction(-9)), Bound(Fraction(-1), stated=False), "unclear"),
        (Bound(Fraction(-9)), Bound(Fraction(1)), "unclear"),
        (Bound(Fraction(0)), Bound(Fraction(0)), "same"),
    ],
)
def test_a_direction_rests_on_ends_that_are_stated(low: Bound, high: Bound, move: str) -> None:
    found = figure("general.households.change@2020-12")
    assert found.quantity is not None
    change = replace(found, quantity=replace(found.quantity, low=low, high=high))
    now = figure("general.households@2020-12")
    assert years.Comparison(now, None, change, None, None).move == move


@pytest.mark.parametrize(
    ("lang", "words"), [("zh", "（年数不足，未计算）"), ("en", "(too few years to compute it)")]
)
def test_an_annual_growth_of_too_few_years_says_so(lang: Lang, words: str) -> None:
    (said,) = report(2020, lang=lang).resolve("industry.grain.annual")
    assert (said["v"], said["missing"]) == (words, True)
