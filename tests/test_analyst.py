"""The analysts' page: each step of it works, and prints what is shown."""

from __future__ import annotations

import csv
import io
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import pages
import pytest
from pages import ROOT, Step

from xushi_stats import records
from xushi_stats.commands import main
from xushi_stats.editions import EDITIONS, LANGS
from xushi_stats.reporting import document
from xushi_stats.reporting.report import Report

PAGE = "docs/analyst"
LOCALE = {"zh": "zh_CN.UTF-8", "en": "en_US.UTF-8"}
ADDITIONS = ["一个数", "一个算式", "一句话", "表中一行", "一张表"]


def _steps(lang: str, title: str) -> list[Step]:
    return list(pages.steps(PAGE, title, lang))


@pytest.fixture(params=LANGS)
def lang(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """A reader's language, and the place where such a reader works."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("LC_ALL", LOCALE[request.param])
    return str(request.param)


# -- a fault in the data -----------------------------------------------------------------------


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    """The data with the mistake of the example: one of the two places corrected, the other forgotten."""
    data = tmp_path / "data"
    shutil.copytree(ROOT / "data", data)
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks")
    path = data / "xushi" / "observations.csv"
    text = path.read_bytes().decode()
    assert text.count("poverty.households.exited,2020-03,2019,321户,") == 2
    path.write_bytes(text.replace(",321户,", ",312户,", 1).encode())
    return data


def test_a_fault_reads_as_it_is_shown(
    lang: str, faulty: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    blocks = (b for kind, b in pages.blocks(PAGE, lang) if kind == "text")
    (shown,) = (b for b in blocks if "xushi/observations.csv" in b)
    assert main.main(["check", "--data", str(faulty)]) == main.FINDINGS
    printed = capsys.readouterr()
    assert printed.out == ""
    assert _without_rows(printed.err) == _without_rows(shown), printed.err


def _without_rows(text: str) -> str:
    """A message with its row numbers left open: rows added to the data move them."""
    return re.sub(r"(?<=第)\d+(?=行)|(?<=row )\d+", "…", text)


def test_while_the_data_are_at_fault_nothing_is_built_and_the_old_files_stay(
    faulty: Path, tmp_path: Path
) -> None:
    out = tmp_path / "outputs"
    old = out / "xushi" / "2019" / "zh" / "public" / "report.pdf"
    old.parent.mkdir(parents=True)
    old.write_bytes(b"old")
    assert main.main(["build", "--data", str(faulty), "--out", str(out)]) == main.FINDINGS
    assert [path for path in out.rglob("*") if path.is_file()] == [old]
    assert old.read_bytes() == b"old"


# -- adding to it ------------------------------------------------------------------------------


def _do(step: Step, folder: Path) -> None:
    """What a reader does with a block that is data."""
    path = folder / step.file
    if step.kind == "csv":
        _add_rows(path, step.content)
    elif step.kind == "markdown":
        heading = rf"(^##.*\{{{step.anchor}\}}\n)"
        _put(path, heading, rf"\n{step.content}")
    elif step.kind == "toml" and step.anchor:
        rows = rf"(^\[{re.escape(step.anchor)}\]\n(?:(?!\[).*\n)*?rows = \[\n(?:  .*\n)*)"
        _put(path, rows, step.content)
    elif step.kind == "toml":
        path.write_text(f"{path.read_text(encoding='utf-8')}\n{step.content}", encoding="utf-8")
    elif step.kind == "python":
        notebook = nbformat.read(path, as_version=4)
        (place,) = (n for n, cell in enumerate(notebook.cells) if cell.source == step.cell)
        cell = nbformat.v4.new_code_cell(step.content.strip())
        notebook.cells.insert(place + 1, cell)
        nbformat.write(notebook, path)


def _put(path: Path, place: str, content: str) -> None:
    """Insert text behind the one place of a file that fits."""
    text = path.read_bytes().decode()
    changed, times = re.subn(place, lambda m: m[1] + content, text, flags=re.MULTILINE)
    assert times == 1, f"{times} places in {path.name}"
    path.write_bytes(changed.encode())


def _add_rows(path: Path, block: str) -> None:
    """Add rows that name only some of the columns, as a spreadsheet would."""
    new = list(csv.DictReader(io.StringIO(block)))
    with open(path, encoding="utf-8-sig", newline="") as file:
        header = next(csv.reader(file))
    assert set(new[0]) <= set(header)
    with open(path, "a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, header, restval="", lineterminator="\n").writerows(new)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A folder with a copy of data/ and notebooks/."""
    for name in ("data", "notebooks"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


@pytest.fixture
def grown(copy: Path) -> Path:
    """The copy with all that the page adds to the year of the shipped data."""
    for title in ADDITIONS:
        for step in _steps("zh", title):
            _do(step, copy)
    return copy


def _said(report: Report, kind: str, name: str) -> str:
    """The words of a piece, without the word joiners around numbers."""
    piece = getattr(report, kind)(name)
    runs = [node for node in document.walk(piece.blocks) if "v" in node and "t" in node]
    return document.plain(runs).replace("\u2060", "")


def test_the_blocks_to_add_are_the_same_in_both() -> None:
    for title in [*ADDITIONS, "一个年度"]:
        zh, en = (_steps(lang, title) for lang in LANGS)
        assert zh and zh == en


def test_the_data_are_in_order_after_each_addition(copy: Path) -> None:
    for title in ADDITIONS:
        for step in _steps("zh", title):
            _do(step, copy)
        assert main.main(["check", "--data", str(copy / "data")]) == main.DONE, title


def test_what_was_added_is_shown(grown: Path) -> None:
    zh, en = (Report("xushi", 2019, lang=lang, data=grown / "data") for lang in LANGS)
    assert "标准化村级医务室8家，占村级医务室的72.73%（见" in _said(zh, "text", "review.livelihood")
    assert "8 clinics are up to the standard, or 72.73% (see " in _said(
        en, "text", "review.livelihood"
    )
    assert "标准化村级医务室家82019年" in _said(zh, "table", "livelihood")
    assert "村级医务室11其中标准化8" in _said(zh, "table", "clinics")
    notebook = (grown / "notebooks" / "review.ipynb").read_text(encoding="utf-8")
    assert notebook.index('report.table(\\"livelihood') < notebook.index('report.table(\\"clinics')


def test_a_paragraph_whose_figure_is_missing_is_left_out_of_the_public_edition(
    grown: Path,
) -> None:
    path = grown / "data" / "xushi" / "observations.csv"
    lines = path.read_bytes().decode().splitlines(keepends=True)
    told = (x.replace(",8家,", ",/,") for x in lines)  # the source says that it is not reported
    path.write_bytes("".join(told).encode())
    draft, internal, public = (
        Report("xushi", 2019, edition=edition, data=grown / "data") for edition in EDITIONS
    )
    assert "标准化" not in _said(public, "text", "review.livelihood")
    for report in (draft, internal):
        assert "标准化" in _said(report, "text", "review.livelihood")
        marks = [b.get("mark") for b in report.text("review.livelihood").blocks]
        assert marks.count("缺项") == 1


def test_what_is_anchored_internal_is_left_out_of_the_public_edition() -> None:
    draft, public = (Report("xushi", 2019, edition=e, data="data") for e in ("draft", "public"))
    assert _said(draft, "text", "assessment.open")
    assert not _said(public, "text", "assessment.open")


def test_the_example_of_a_place_is_the_command_that_finds_it(lang: str, tmp_path: Path) -> None:
    (block,) = (s.content for s in _steps(lang, "一个数") if s.kind == "sh")
    (tmp_path / "speech.txt").write_bytes("\r\n一是，标准化8家。".encode())
    command = [sys.executable, *shlex.split(block)[1:]]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True, text=True)
    assert run.stdout.strip() == str("\r\n一是，标准化8家。".index("8家"))


def test_the_tables_of_records_are_those_that_there_are(lang: str) -> None:
    rows = pages.table(pages.prose(PAGE, lang), {"zh": "文件", "en": "file"}[lang])
    named = {n for cells in rows for n in re.findall(r"xushi/(\w+)\.csv", cells[0])}
    assert named == {*records.RECORD_COLUMNS, "queries"}
    exhibits = tomllib.loads((ROOT / "data/exhibits.toml").read_text(encoding="utf-8"))
    used = {
        table["from"].partition(".")[0] for table in exhibits["table"].values() if "from" in table
    }
    assert used == named - {"queries", "difficulties", "quotes", "exclusions"}


@pytest.mark.slow
def test_another_year_has_growth(
    grown: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    *steps, run = _steps("zh", "一个年度")
    for step in steps:
        _do(step, grown)
    monkeypatch.chdir(grown)
    check, built = (shlex.split(line)[1:] for line in run.content.splitlines())
    assert main.main(check) == main.DONE
    only = ["--lang", "zh", "--edition", "public", "--section", "review"]
    assert main.main([*built, *only]) == main.DONE, capsys.readouterr().err
    words = _words(grown / "outputs" / "xushi" / "2020" / "zh" / "public" / "review.pdf")
    assert "比上年增长（%）" in words and "党建专题会议次525.02020年" in words
    assert "标准化村级医务室9家，占村级医务室的81.82%" in words
    assert "村级医务室情况" in words and "资料来源：《示例讲话》" in words
    report = Report("xushi", 2019, data=grown / "data")
    assert "比上年增长" not in _said(report, "table", "main")


def _words(path: Path) -> str:
    """The text of a PDF without blanks."""
    import pypdfium2

    with pypdfium2.PdfDocument(path) as pdf:
        pages = [page.get_textpage().get_text_range() for page in pdf]
    return re.sub(r"[\s\u2060\ufffe]+", "", "".join(pages))
