"""What notebooks name and what is there: the missing is an error, the unused a warning."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from reporting import copies
from towns import ROOT

from xushi_stats.checks import preflight
from xushi_stats.faults import DataFaults, Fault, errors
from xushi_stats.reporting.context import Context
from xushi_stats.reporting.report import Report

CODES = ("text_", "exhibit_", "name_open", "notebook")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return copies.copy(tmp_path)


def told(data: Path, town: str = "xushi", year: int = 2019) -> list[Fault]:
    """What is said of names and keys, in both languages, each once."""
    found: list[Fault] = []
    for report in Context(town, year, data=data).in_languages(("zh", "en")):
        found += [f for f in preflight.rehearse(report) if f not in found]
    assert all(f.text(lang) for f in found for lang in ("zh", "en"))  # type: ignore[arg-type]
    return [f for f in found if f.code.startswith(CODES)]


def cell(data: Path, section: str, old: str, new: str, town: str = "") -> None:
    """Change the code of one cell of a notebook."""
    path = data.parent / "notebooks" / town / f"{section}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    (found,) = (c for c in notebook["cells"] if old in "".join(c["source"]))
    found["source"] = "".join(found["source"]).replace(old, new)
    path.write_text(json.dumps(notebook), encoding="utf-8")


@pytest.mark.parametrize(("town", "year"), [("xushi", 2019), ("demo", 2020), ("demo", 2019)])
def test_the_shipped_towns_name_all_they_have_and_no_more(town: str, year: int) -> None:
    assert told(ROOT / "data", town, year) == []


def test_one_letter_that_is_missing_is_told_with_its_notebook_and_cell(data: Path) -> None:
    cell(data, "review", "review.poverty", "review.povrty")
    found = told(data)
    assert {f.code for f in errors(found)} == {"text_named"}
    assert {f.file for f in errors(found)} == {"notebooks/review.ipynb"}
    for f in errors(found):
        assert "cell 16: " in f.text("en") and "“review.poverty”" in f.text("zh")
        assert "单元格16：" in f.text("zh")
    unused = [f for f in found if f.severity == "warning"]
    assert {(f.code, f.value, f.row) for f in unused} == {("text_unused", "review.poverty", 37)}


@pytest.mark.parametrize("lost", ["text/en/review.md", "text/zh/targets.md", "text/en", "text"])
def test_a_text_that_is_not_there_is_told(data: Path, lost: str) -> None:
    path = data / "xushi" / lost
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert {f.code for f in told(data)} == {"text_named"}


def test_a_part_that_is_not_there_is_told_in_its_language_alone(data: Path) -> None:
    copies.edit(data / "xushi/text/en/review.md", lambda t: re.sub(r" \{party\}", " {parties}", t))
    assert sorted((f.code, f.severity, f.value) for f in told(data)) == [
        ("text_named", "error", ""),
        ("text_unused", "warning", "review.parties"),
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('table("roads")', 'table("rods")'),
        ('chart("roads_chart")', 'chart("roads")'),  # a table of that name there is
        ('table("roads")', 'movements("roads")'),  # over years only
    ],
)
def test_an_exhibit_that_is_not_there_is_told(data: Path, old: str, new: str) -> None:
    cell(data, "review", old, new)
    assert [f.code for f in errors(told(data))] == ["exhibit_named"]


def test_what_no_notebook_names_is_a_warning(data: Path) -> None:
    for call in ('report.table("roads")', 'report.chart("roads_chart")'):
        cell(data, "review", call, "")
    (data / "xushi/text/zh/conduct.md").write_text("# 作风\n\n另说。\n", encoding="utf-8")
    found = {(f.severity, f.value) for f in told(data)}
    assert {("warning", "table.roads"), ("warning", "chart.roads_chart")} <= found
    assert ("warning", "conduct") in found and not errors(told(data))


def test_a_name_that_is_not_written_out_is_told_and_nothing_is_called_unused(data: Path) -> None:
    cell(data, "review", 'report.table("roads")', 'for n in ["roads"]:\n    report.table(n)')
    cell(data, "review", 'report.table("areas")', "report.text(name='review.party')")
    assert [(f.code, f.severity) for f in told(data)] == [("name_open", "warning")]


def test_other_calls_and_the_magics_of_a_notebook_are_let_be(data: Path) -> None:
    code = '%matplotlib inline\n!ls\nax.text("x")\nreport.table("roads")'
    cell(data, "review", 'report.table("roads")', code)
    cell(data, "review", 'report.text("review")', '%%time\nreport.text("review")')
    assert [(f.severity, f.value) for f in told(data)] == [("warning", "review")] * 2


def test_the_text_of_another_year_is_known(data: Path) -> None:
    shutil.move(data / "demo/text/zh/2020/targets.md", data / "demo/text/zh/targets.md")
    assert told(data, "demo", 2019) == told(data, "demo", 2020) == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: "{",
        lambda text: "[1]",
        lambda text: '{"cells": [{}]}',
        lambda text: text.replace('"metadata": {}', '"metadata": 3', 1),
        lambda text: re.sub(r'"report.text\(\\"review\\"\)"', '"report.text("', text),
        lambda text: text.replace("year = 2019", "year = = 2019"),
        lambda text: "[" * 5000,
    ],
)
@pytest.mark.parametrize("command_name", ["check", "build"])
def test_a_notebook_that_cannot_be_read_is_a_message(
    data: Path, spoil: Callable[[str], str], command_name: str, command: Callable[..., tuple]
) -> None:
    copies.edit(data.parent / "notebooks/review.ipynb", spoil)
    out = () if command_name == "check" else ("--out", data.parent / "out", "--lang", "zh")
    status, said, complaint = command(command_name, "--data", data, "--town", "xushi", *out)
    assert status == 1 and "notebooks/review.ipynb" in said + complaint
    assert "Traceback" not in said + complaint


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_cell_itself_says_so_in_the_language_of_the_report(lang: str) -> None:
    report = Report("xushi", 2019, lang=lang, data=ROOT / "data")  # type: ignore[arg-type]
    for call, name in (("text", "review.povrty"), ("table", "rods"), ("chart", "roads")):
        with pytest.raises(DataFaults) as caught:
            getattr(report, call)(name)
        (line,) = caught.value._render_traceback_()  # type: ignore[attr-defined]
        assert line == str(caught.value)
        assert ("错误" in line) == (lang == "zh") and f'report.{call}("{name}")' in line
    assert report.text("review.poverty").blocks


def test_a_build_stops_with_it(data: Path, command: Callable[..., tuple]) -> None:
    (data / "xushi/text/en/review.md").unlink()
    status, said, complaint = command("build", "--data", data, "--out", data.parent / "out")
    assert status == 1 and "xushi/text/en/review.md" in said + complaint
    assert not (data.parent / "out/xushi/2019").exists()


# -- the keys of exhibits.toml -------------------------------------------------------------------

SPOILED = [
    ("mrege", "exhibit_key", lambda t: t.replace("merge = true", "mrege = true", 1)),
    ("tabel", "exhibit_key", lambda t: t.replace("[table.roads]", "[tabel.roads]", 1)),
    ("milstones", "exhibit_choice", lambda t: t.replace('from = "milestones"', 'from = "milstones"', 1)),
    ("nmae", "exhibit_choice", lambda t: t.replace('field = "name"', 'field = "nmae"', 1)),
    ("bar", "exhibit_choice", lambda t: t.replace('kind = "bars"', 'kind = "bar"', 1)),
    ("aera", "exhibit_key", lambda t: t.replace("where = { area", "where = { aera", 1)),
    ("kind", "exhibit_lacks", lambda t: t.replace('kind = "bars"\n', "", 1)),
    ("bars", "exhibit_lacks", lambda t: re.sub(r"\nbars = \[.*?\n\]", "", t, count=1, flags=re.S)),
    ("merge", "exhibit_yes", lambda t: t.replace("merge = true", 'merge = "yes"', 1)),
    ("title", "exhibit_words", lambda t: re.sub(r"title = \{.*\}", 'title = "x"', t, count=1)),
    ("en", "exhibit_lacks", lambda t: re.sub(r'(title = \{.*?), en = ".*?"', r"\1", t, count=1)),
    ("ne", "exhibit_key", lambda t: re.sub(r'(title = \{.*?), en = "', r'\1, ne = "', t, count=1)),
    ("columns", "exhibit_parts", lambda t: re.sub(r"(?s)columns = \[.*?\n\]", "columns = 3", t, count=1)),
    ("figure", "exhibit_lacks", lambda t: re.sub(r', figure = ".*?"', "", t, count=1)),
    ("公开", "exhibit_editions", lambda t: t.replace('["draft", "internal"]', '["公开"]', 1)),
    ("cells", "exhibit_row", lambda t: t.replace(', "projects.road.shishuling"]', "]", 1)),
    ("width", "exhibit_number", lambda t: t.replace("width = 6", "width = 0", 1)),
    ("editions", "exhibit_editions", lambda t: t.replace('["draft", "internal"]', '"draft"', 1)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("named", "code", "spoil"), SPOILED, ids=[f"{s[1]}-{s[0]}" for s in SPOILED]
)
def test_the_keys_of_exhibits_are_checked_to_the_last(
    data: Path, named: str, code: str, spoil: Callable[[str], str]
) -> None:
    copies.edit(data / "exhibits.toml", spoil)
    found = [f for f in told(data) if f.code == code]
    assert found and found[0].file == "exhibits.toml" and found[0].severity == "error"
    if code in ("exhibit_key", "exhibit_choice", "exhibit_lacks"):
        assert any(named in f.text("zh") for f in found)


@pytest.mark.parametrize(
    "text", ["table = 3\n", "chart = []", "[chart]\nx = 3\n", "[table.x]\n[more]\na = 1"]
)
def test_what_is_no_table_of_tables_is_told(data: Path, text: str) -> None:
    (data / "exhibits.toml").write_text(text, encoding="utf-8")
    with pytest.raises(DataFaults) as caught:
        Context("xushi", 2019, data=data)
    assert [(f.code, f.file) for f in caught.value.faults] == [("toml", "exhibits.toml")]


def test_a_key_that_is_nearly_right_is_pointed_to(data: Path) -> None:
    copies.swap(data / "exhibits.toml", "merge = true", "mrege = true")
    (found,) = (f for f in told(data) if f.code == "exhibit_key")
    assert "“table.main”" in found.text("zh") and "是否为“merge”" in found.text("zh")
