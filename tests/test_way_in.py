"""The way in: a township of forty figures of its own, and a project that asks for nothing needless."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from towns import Town, cases

from xushi_stats import dataset
from xushi_stats.commands import main
from xushi_stats.faults import DataFaults, Fault
from xushi_stats.project import scaffold
from xushi_stats.readback import pdf
from xushi_stats.reporting import document, front_matter, notebooks, printed
from xushi_stats.reporting.context import Context
from xushi_stats.reporting.report import Report

FIGURES = cases("township")
"""Forty figures of an invented township, none in the catalogue that a project may begin with."""
CHINESE = {"zh": "清溪乡"}
Start = Callable[..., Path]


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Start:
    """A bare project with some indicators and, of one year, their figures."""

    def started(rows: list[dict[str, str]], more: list[str] | None = None) -> Path:
        scaffold.create(tmp_path / "p", "qingxi", CHINESE, [])
        monkeypatch.chdir(tmp_path / "p")
        file = Path("data/catalogue.csv")
        head = ["name_zh", "section", "unit", "formula", "basis"]
        made = io.StringIO(newline="")
        table = csv.writer(made, lineterminator="\n")
        table.writerow(head)
        table.writerows([r["indicator"], r["section"], r["unit"], "", "flow"] for r in rows)
        table.writerows(line.split("|") for line in more or ())
        file.write_bytes(made.getvalue().encode("utf-8-sig"))
        assert main.main(["new-year", "2022", "--lang", "zh"]) == 0
        return fill(Path("data/qingxi/2022.xlsx"), {r["indicator"]: r["value"] for r in rows})

    return started


def fill(path: Path, values: dict[str, str]) -> Path:
    """Type what a clerk types: who reports, the day, and the figures."""
    book = openpyxl.load_workbook(path)
    about = {"提供单位": "清溪乡人民政府", "报出日期": "2023-01-20"}
    for page, known in ((book["说明"], about), (book["观测值"], values)):
        column = 2 if page.title == "说明" else 4
        for row in range(1, page.max_row + 1):
            value = known.get(str(page.cell(row, 1).value))
            if value:
                number = re.fullmatch(r"[\d.]+", value) and page.title == "观测值"
                page.cell(row, column).value = float(value) if number else value
    book.save(path)
    return path


def left_over(report: Context) -> list[str]:
    return [
        f.indicator.names["zh"] for figures in printed.left_over(report).values() for f in figures
    ]


# -- forty figures -----------------------------------------------------------------------------


def test_the_township_is_not_in_the_catalogue_that_a_project_begins_with() -> None:
    assert len(FIGURES) == 40
    shipped = dict(scaffold.shipped())["data/catalogue.csv"].read_text("utf-8-sig")
    assert [row["indicator"] for row in FIGURES if f",{row['indicator']}," in shipped] == []


def test_every_figure_of_a_township_is_printed_and_linked(
    start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    start(FIGURES, ["户均人口|综合|人/户|mean(常住人口, 常住户数)|"])
    assert main.main(["check", "--lang", "zh"]) == 0
    told = capsys.readouterr().out
    assert [row["indicator"] for row in FIGURES if row["indicator"] not in told] == []
    command = ["build", "--lang", "zh", "--edition", "draft", "--section", "review"]
    assert main.main(command) == 0
    found = pdf.read(Path("outputs/qingxi/2022/zh/draft/review.pdf"))
    linked = {link.target for link in found.links}
    names = [*(row["indicator"] for row in FIGURES), "户均人口"]
    assert [name for name in names if f"qingxi/{name}@2022" not in linked] == []
    # what was typed: 3 cells an indicator, one figure each, two on the workbook; before this there
    # were 20 columns an indicator in two languages, a text, tables and a notebook besides
    files = [path for path in Path().rglob("*") if path.is_file() and "outputs" not in path.parts]
    assert len(files) == 8


def test_a_figure_that_a_text_names_does_not_stand_in_the_rest(start: Start) -> None:
    start(FIGURES[:3])
    file = Path("data/qingxi/text/zh/review.md")
    file.parent.mkdir(parents=True)
    file.write_text(f"# 概况\n\n全乡有{FIGURES[1]['indicator']}【{FIGURES[1]['indicator']}】。\n")
    report = Report("qingxi", 2022, data="data")
    assert left_over(report) == [FIGURES[0]["indicator"], FIGURES[2]["indicator"]]
    shown = report.section("review").readable
    assert shown.startswith("# 概况") and "@2022)" in shown


def test_the_parts_of_a_sum_have_a_chart_and_other_figures_none(start: Start) -> None:
    rows = [row for row in FIGURES if row["section"] in ("农林", "综合")]
    start(rows, ["三样杂粮|农林|吨|马铃薯产量 + 玉米产量 + 荞麦产量|"])
    blocks = printed.rest(Report("qingxi", 2022, data="data"))["review"]
    assert [b["key"] for b in blocks if b["b"] == "figure"] == ["parts_三样杂粮"]
    assert [b["key"] for b in blocks if b["b"] == "table"] == ["rest_综合", "rest_农林"]


def test_what_the_town_says_is_not_to_be_printed_is_told(
    start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    start(FIGURES[:3])
    town = Path("data/qingxi/town.toml")
    name = FIGURES[0]["indicator"]
    old = town.read_text("utf-8")
    town.write_text(old.replace("sections", f'not_printed = ["{name}"]\nsections', 1), "utf-8")
    assert main.main(["check", "--lang", "zh"]) == 0
    assert f"写明不印：{name}" in capsys.readouterr().out
    assert name not in left_over(Context("qingxi", 2022, data=Path("data")))
    town.write_text(old.replace("sections", 'not_printed = ["没有"]\nsections', 1), "utf-8")
    assert main.main(["check", "--lang", "zh"]) == 1
    assert "没有名为“没有”的指标" in capsys.readouterr().err


# -- the shipped towns -------------------------------------------------------------------------


@pytest.mark.parametrize(("town", "year"), [("xushi", 2019), ("demo", 2019), ("demo", 2020)])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_shipped_towns_leave_nothing_over(town: str, year: int, lang: str) -> None:
    from towns import DATA

    report = Context(town, year, lang=lang, data=DATA)  # type: ignore[arg-type]
    assert left_over(report) == [] and printed.rest(report) == {}


def test_every_figure_that_the_speech_states_is_shown_by_a_piece() -> None:
    from towns import DATA

    report = Context("xushi", 2019, data=DATA)
    stated = {f.id for f in report.internal.figures.values() if f.statements}
    assert stated and stated <= printed.shown(report)


def test_a_clause_that_is_left_out_is_told_with_its_line(
    start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    start(FIGURES[:3])
    one, two, _ = (row["indicator"] for row in FIGURES[:3])
    file = Path("data/qingxi/text/zh/review.md")
    file.parent.mkdir(parents=True)
    file.write_text(f"# 概况\n\n{one}【{one}】，{two}【{two}】。\n", "utf-8")
    book = Path("data/qingxi/2022.xlsx")
    fill(book, {two: "/"})
    assert main.main(["check", "--lang", "zh"]) == 0
    told = capsys.readouterr().err
    assert "review.md" in told and "第3行" in told and two in told
    public = Report("qingxi", 2022, edition="public", data="data").text("review").readable
    assert public.endswith(")。") and two not in public


# -- small by default --------------------------------------------------------------------------


def test_a_bare_project_has_seven_files_and_asks_for_no_english(tmp_path: Path) -> None:
    files = scaffold.create(tmp_path, "qingxi", CHINESE, [])
    assert len(files) == 7
    assert dataset.load(tmp_path / "data", "qingxi").warnings == ()
    assert "en" not in (tmp_path / "data/catalogue.csv").read_text("utf-8-sig")


def test_chosen_groups_come_with_their_checks_and_no_others(tmp_path: Path) -> None:
    scaffold.create(tmp_path, "qingxi", {**CHINESE, "en": "Qingxi"}, ["industry", "income"])
    known = dataset.load(tmp_path / "data", "qingxi").catalogue
    assert {scaffold.group_of(i) for i in known.indicators if "." in i} == {"industry", "income"}
    assert known.checks


def test_an_unknown_group_is_refused_with_those_there_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(["init", str(tmp_path / "p"), "--catalogue", "grain", "--lang", "zh"]) == 1
    told = capsys.readouterr().err
    assert "“grain”" in told and "finance" in told and "targets" not in told


@pytest.mark.parametrize(
    ("name", "word", "english"),
    [
        ("清溪镇", "全镇", "town"),
        ("清溪乡", "全乡", "township"),
        ("清溪街道", "全街道", "subdistrict"),
        ("清溪社区", "全社区", "community"),
        ("清溪村", "全村", "village"),
    ],
)
def test_the_kind_of_place_decides_its_words(
    tmp_path: Path, name: str, word: str, english: str
) -> None:
    scaffold.create(tmp_path, "qingxi", {"zh": name, "en": "Qingxi"})
    files = [p for p in tmp_path.rglob("*") if p.suffix in (".md", ".csv", ".toml")]
    text = "".join(p.read_text("utf-8-sig") for p in files)
    assert word in text and f"the {english} " in text
    others = {"全镇", "全乡", "全街道", "全社区", "全村"} - {word}
    assert [one for one in others if one in text] == []


def test_a_definition_is_asked_for_by_the_public_edition_alone(
    start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    start(FIGURES[:2])
    assert main.main(["check", "--lang", "zh"]) == 0
    capsys.readouterr()
    assert main.main(["check", "--lang", "zh", "--edition", "public"]) == 1
    told = capsys.readouterr().err
    assert told.count("没有口径") == 2 and "第2行" in told and "第3行" in told


# -- names serve as ids ------------------------------------------------------------------------


def test_a_name_serves_in_formulas_whatever_its_id(tmp_path: Path) -> None:
    town = Town(tmp_path)
    row = next(r for r in town.read("catalogue.csv") if r["formula"].startswith("share("))
    own = {r["id"]: r["name_zh"] for r in town.read("catalogue.csv")}
    named = re.sub(r"[a-z_]+(\.[a-z_]+)+", lambda found: own[found[0]], row["formula"])
    assert named != row["formula"]
    before = dataset.load(town.data, "xushi").catalogue.indicators[row["id"]].formula
    town.change("catalogue.csv", lambda r: r["id"] == row["id"], formula=named)
    after = dataset.load(town.data, "xushi").catalogue.indicators[row["id"]].formula
    assert before == after


@pytest.mark.parametrize(
    "formula", ["ｓhare(常住人口, 常住户数)", "常住人口 + 无此数", "常住人口²"]
)
def test_a_formula_of_names_is_refused_as_one_of_ids_is(start: Start, formula: str) -> None:
    with pytest.raises(AssertionError):
        start(FIGURES[:3], [f"新数|综合|人|{formula}|"])


@pytest.mark.parametrize("tag", ["parameters", "open", "finish"])
def test_a_lost_tag_is_told_as_such(
    start: Start, capsys: pytest.CaptureFixture[str], tag: str
) -> None:
    start(FIGURES[:1])
    file = Path("notebooks/review.ipynb")
    file.parent.mkdir()
    whole = notebooks.one_call("review", "qingxi", 2022)
    file.write_text(whole, "utf-8")
    assert main.main(["check", "--lang", "zh"]) == 0
    capsys.readouterr()
    made = json.loads(whole)
    for cell in made["cells"]:
        cell["metadata"]["tags"] = [t for t in cell["metadata"].get("tags", []) if t != tag]
    file.write_text(json.dumps(made), "utf-8")
    assert main.main(["check", "--lang", "zh"]) == 1
    assert f"没有带“{tag}”标签的单元格" in capsys.readouterr().err


# -- what lies beside --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "near"),
    [("observation.csv", "observations.csv"), ("备忘.csv", ""), ("towns.toml", "town.toml")],
)
def test_a_file_that_is_not_read_is_told(start: Start, file: str, near: str) -> None:
    start(FIGURES[:1])
    Path("data/qingxi", file).write_text("a\n", "utf-8")
    told = [f for f in dataset.load(Path("data"), "qingxi").warnings if f.code == "file_unknown"]
    assert [(f.file, f.details["near"]) for f in told] == [(f"qingxi/{file}", near)]


def test_the_report_for_a_maintainer_holds_no_data(start: Start, tmp_path: Path) -> None:
    start(FIGURES[:3])
    fill(Path("data/qingxi/2022.xlsx"), {FIGURES[0]["indicator"]: "三十又一些"})
    assert main.main(["check", "--lang", "zh", "--report", str(tmp_path / "r.json")]) == 1
    text = (tmp_path / "r.json").read_text("utf-8")
    made = json.loads(text)
    assert made["packages"]["typst"] and made["python"]
    assert {"cell": "D2", "in_sheet": True, "kind": "xlsx"}.items() <= made["faults"][0].items()
    secret = ["三十", "qingxi", "清溪", *(row["indicator"] for row in FIGURES)]
    assert [word for word in secret if word in text] == []


def faults_of(data: Path, town: str) -> list[Fault]:
    try:
        return list(dataset.load(data, town).warnings)
    except DataFaults as error:
        return list(error.faults)


def test_a_chinese_town_is_never_asked_for_english_and_another_is(tmp_path: Path) -> None:
    for names, asked in ((CHINESE, 0), ({**CHINESE, "en": "Qingxi"}, 1)):
        folder = tmp_path / str(asked)
        scaffold.create(folder, "qingxi", names, [])
        head = "name_zh,name_en,section,unit\n" if asked else "name_zh,section,unit\n"
        row = "蜂群数,,农林,个\n" if asked else "蜂群数,农林,个\n"
        (folder / "data/catalogue.csv").write_text(head + row, "utf-8-sig")
        told = [f for f in faults_of(folder / "data", "qingxi") if f.code == "required"]
        assert [f.column for f in told] == ["name_en"] * asked


# -- what is printed of a source ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "title", "date", "said", "never"),
    [
        (
            "网页",
            "乡情介绍",
            "2022-05-06",
            ("网页生成日期2022年5月6日", "数据均出自网页"),
            ("讲话",),
        ),
        (
            "公报",
            "统计公报",
            "2022-05-06",
            ("，日期2022年5月6日）", "可追溯至公报"),
            ("讲话", "网页"),
        ),
        ("登记册", "林地登记册", "", ("登记册",), ("讲话", "网页", "日期")),
        ("", "工作报告", "", ("数据均出自文件",), ("讲话", "网页", "日期")),
        ("网页", "在会上的讲话", "2022-05-06", ("数据均出自讲话", "网页生成日期"), ("公报",)),
    ],
)
def test_what_is_said_of_a_source_is_what_it_is_and_what_was_entered(
    start: Start, form: str, title: str, date: str, said: tuple[str, ...], never: tuple[str, ...]
) -> None:
    start(FIGURES[:1])
    Path("data/qingxi/2022.xlsx").unlink()
    head = "id,title_zh,short_zh,publisher_zh,date,form,sha256\n"
    row = f"one,{title},《{title}》,清溪乡,{date},{form},{'0' * 64}\n"
    Path("data/sources.csv").write_text(head + row, "utf-8-sig")
    names = "indicator,time_period,release,value,source,start,status,grade\n"
    figure = f"{FIGURES[0]['indicator']},2022,2022,31个,one,5,引用数,丁\n"
    Path("data/qingxi/observations.csv").write_text(names + figure, "utf-8-sig")
    report = Report("qingxi", 2022, edition="public", data="data")
    notes = document.plain(
        run for block in front_matter.notes_on_compilation(report)[1:3] for run in block["c"]
    )
    listed = document.plain(
        run
        for block in front_matter.lists(report)
        for item in block.get("items", ())
        for run in item
    )
    assert [words for words in said if words not in notes] == []
    assert [words for words in never if words in (notes + listed).replace("登记册", "")] == []
    assert report.finish()._repr_mimebundle_()
