"""The page on a first report: the few tables and columns that it names are enough, and all needed."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pages
import pytest
from reference import TABLES

from xushi_stats import dataset
from xushi_stats.commands import main
from xushi_stats.editions import LANGS
from xushi_stats.tables import workbooks

PAGE = "docs/first-report"
RETURNS, DOCUMENT = "由各单位填报的：一个工作簿", "照原文抄录的：两张表"
VALUES = {
    **{"材料名称": "统计年报", "提供单位": "示例镇党政综合办公室", "报出日期": "2022-01-20"},
    **{"指标": "粮食总产量", "时期": "2021", "报告年份": "2021", "原文写法": "9860吨"},
    **{"数据性质": "快报数", "证据等级": "乙"},
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project that the page starts."""
    monkeypatch.chdir(tmp_path)
    (init,) = (c for c in pages.commands(PAGE, "zh", "xushi-stats") if c[1] == "init")
    assert main.main(init[1:]) == main.DONE
    monkeypatch.chdir("report")
    return tmp_path / "report"


def _at_least(lang: str) -> dict[str, list[str]]:
    """What the sheets of a workbook must have, by sheet."""
    head = {"zh": "工作表 | 至少要有的", "en": "sheet | at least"}[lang]
    rows = pages.table(pages.chapter(PAGE, RETURNS, lang), head)
    return {sheet: re.split("[、,] ?", names) for sheet, names in rows}


def _of_a_document(project: Path, left_out: str = "") -> None:
    """The two tables as the page shows them."""
    for step in pages.steps(PAGE, DOCUMENT, "zh"):
        rows = list(csv.DictReader(io.StringIO(step.content)))
        head = [name for name in rows[0] if name != left_out]
        with open(project / step.file, "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, head, extrasaction="ignore")
            writer.writeheader()
            writer.writerows(rows)


def _own_workbook(project: Path, left_out: str = "") -> None:
    """A workbook with what the page names, and nothing else."""
    about, figures = ([n for n in names if n != left_out] for names in _at_least("zh").values())
    book = openpyxl.Workbook()
    book.active.title = "说明"
    for name in about:
        book.active.append((name, VALUES[name]))
    sheet = book.create_sheet("观测值")
    sheet.append(figures)
    sheet.append([VALUES[name] for name in figures])
    book.save(project / "data/shili/own.xlsx")


def _new_year(project: Path) -> None:
    """The workbook that the program makes, filled in as the page says."""
    assert main.main(["new-year", "2021"]) == main.DONE
    path = project / "data/shili/2021.xlsx"
    book = openpyxl.load_workbook(path)
    for row in book["说明"].iter_rows():
        if row[0].value in ("提供单位", "报出日期"):
            row[1].value = VALUES[row[0].value]
    head, *rows = book["观测值"].iter_rows()
    names = [cell.value for cell in head]
    (row,) = (row for row in rows if row[names.index("指标")].value == VALUES["指标"])
    row[names.index("原文写法")].value = 9860
    book.save(path)


@pytest.mark.parametrize("fill", [_of_a_document, _own_workbook, _new_year])
def test_with_what_the_page_names_alone_the_data_are_in_order(
    project: Path, fill: Callable[[Path], None]
) -> None:
    fill(project)
    assert main.main(["check"]) == main.DONE
    stated = {(o.indicator, o.release) for o in dataset.load(Path("data"), "shili").observations}
    assert ("industry.grain", 2021) in stated


COLUMNS = {
    c for s in pages.steps(PAGE, DOCUMENT, "zh") for c in s.content.split("\n")[0].split(",")
}


@pytest.mark.parametrize("column", sorted(COLUMNS - {"date"}))
def test_of_the_two_tables_no_column_can_be_left_out(project: Path, column: str) -> None:
    _of_a_document(project, left_out=column)
    assert main.main(["check"]) == main.FINDINGS


@pytest.mark.parametrize("name", sorted(VALUES))
def test_of_a_workbook_nothing_can_be_left_out(project: Path, name: str) -> None:
    _own_workbook(project, left_out=name)
    assert main.main(["check"]) == main.FINDINGS


def test_the_form_of_the_source_follows_the_page(project: Path) -> None:
    _of_a_document(project)
    assert dataset.load(Path("data"), "shili").sources["work"].form == "文件"
    path = project / "data/sources.csv"
    head, row = path.read_text(encoding="utf-8").splitlines()
    path.write_text(f"{head},form\n{row},网页\n", encoding="utf-8")
    assert dataset.load(Path("data"), "shili").sources["work"].form == "网页"


def test_a_title_with_digits_is_entered_among_the_names_first(project: Path) -> None:
    _of_a_document(project)
    sources, title = project / "data/sources.csv", "示例镇2021年工作报告"
    text = sources.read_text(encoding="utf-8").replace("示例镇政府工作报告", title)
    sources.write_text(text, encoding="utf-8")
    assert main.main(["check"]) == main.FINDINGS
    with open(project / "data/shili/declared.csv", "a", encoding="utf-8") as file:
        file.write(f"{title},name,来源名称\n")
    assert main.main(["check"]) == main.DONE


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGS)
def test_the_report_leaves_out_what_was_not_filled_in(project: Path, lang: str) -> None:
    import pypdfium2

    _of_a_document(project)
    (build,) = (c for c in pages.commands(PAGE, lang, "xushi-stats") if c[1] == "build")
    assert main.main(build[1:]) == main.DONE
    with pypdfium2.PdfDocument(Path(f"outputs/shili/2021/{lang}/public/report.pdf")) as pdf:
        text = "".join(page.get_textpage().get_text_range() for page in pdf)
    words = re.sub(r"[\s\u2060\ufffe]+", "", text)
    there, sentence, missing = {
        "zh": (("9860吨", "平均亩产411公斤/亩"), "年末茶园面积", "茶园面积"),
        "en": (("9,860t", "411kgpermu"), "theteagardenscovered", "teagardens"),
    }[lang]
    assert [word for word in there if word not in words] == []
    assert sentence not in words
    assert missing in words  # in the notes on compilation


def test_every_table_is_named_and_so_is_their_number() -> None:
    for lang in LANGS:
        later = set(re.findall(r"`(\w+)`", pages.chapter(PAGE, "以后再填的", lang)))
        assert later - {"record"} >= set(TABLES) - {"observations", "sources"}
        assert str(len(TABLES)) in pages.prose(PAGE, lang).split("\n\n")[2]


def test_both_languages_name_the_same_sheets_columns_and_rows() -> None:
    assert _at_least("zh") == _at_least("en")
    required = {
        name for name, key in workbooks.ABOUT_KEYS.items() if key in workbooks.ABOUT_REQUIRED
    }
    assert set(_at_least("zh")["说明"]) == required
    steps = [list(pages.steps(PAGE, DOCUMENT, lang)) for lang in LANGS]
    assert steps[0] and steps[0] == steps[1]
    zh, en = (pages.commands(PAGE, lang, "xushi-stats") for lang in LANGS)
    assert [words for words in zh if words[1] != "build"] == [w for w in en if w[1] != "build"]
