"""What the READMEs show is what the program does: commands, outputs, options, tree, links."""

from __future__ import annotations

import argparse
import csv
import io
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import nbformat
import pytest
from judges import PACKAGES

import xushi_stats
from xushi_stats import catalogue, format, formula, measures, observations, records
from xushi_stats.commands import main
from xushi_stats.editions import EDITIONS, LANGS
from xushi_stats.editions import SECTIONS as USUAL
from xushi_stats.faults import Lang
from xushi_stats.reporting import document
from xushi_stats.reporting.ledger_files import write_ledger
from xushi_stats.reporting.report import Report, load
from xushi_stats.tables import workbooks

ROOT = Path(__file__).resolve().parent.parent
README = {"zh": "README.md", "en": "README.en.md"}
LOCALE = {"zh": "zh_CN.UTF-8", "en": "en_US.UTF-8"}
PROGRAM = ".venv/bin/xushi-stats"

SECTIONS = {
    "xushi_stats": "xushi_stats",
    "两条命令": "Two commands",
    "生成的文件": "What is built",
    "核对一个数": "Following a number",
    "改数和改文字": "Correcting a figure or a sentence",
    "填报和审核": "Filling in and checking",
    "增加内容": "Adding to it",
    "一个数": "A figure",
    "一个算式": "A formula",
    "一句话": "A sentence",
    "表中一行": "A row of a table",
    "一张表": "A table",
    "一个年度": "A year",
    "另一个镇": "Another town",
    "登记数据": "Registers",
    "make 目标": "Make targets",
    "命令行": "Command line",
    "目录": "Rooms",
    "conda": "conda",
    "已核对和未核对的事项": "What is checked and what is not",
    "许可": "Licence",
}

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def _text(lang: str) -> str:
    return (ROOT / README[lang]).read_text(encoding="utf-8")


def _blocks(lang: str) -> list[tuple[str, str]]:
    """The code blocks, each with its language."""
    return FENCE.findall(_text(lang))


def _prose(lang: str) -> str:
    """All but the code blocks."""
    return FENCE.sub("", _text(lang))


def _commands(lang: str, start: str) -> list[list[str]]:
    """The words of the commands that start so, of all code blocks, and of code within a line."""
    lines = [line.removeprefix("$ ") for _, block in _blocks(lang) for line in block.splitlines()]
    lines += re.findall(r"`([^`\n]+)`", _prose(lang))
    return [shlex.split(line, comments=True) for line in lines if line.startswith(f"{start} ")]


def _sessions(lang: str) -> list[tuple[str, str]]:
    """The console blocks: a command and what it prints."""
    sessions = [block.split("\n", 1) for kind, block in _blocks(lang) if kind == "console"]
    return [(command.removeprefix("$ "), output) for command, output in sessions]


def _table(lang: str, first: str) -> list[list[str]]:
    """The rows of the table whose head starts with this cell."""
    _, head, after = _prose(lang).partition(f"\n| {first} |")
    assert head, f"no table that starts with {first!r}"
    lines = after.split("\n\n", 1)[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


@pytest.fixture(params=["zh", "en"])
def lang(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """A README's language; its commands run where a reader of that language runs them."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("LC_ALL", LOCALE[request.param])
    monkeypatch.setenv("COLUMNS", "200")
    return str(request.param)


# -- commands ----------------------------------------------------------------------------------


class Parsed(Exception):
    """The options were read without fault."""


def _refusals(
    commands: Sequence[Sequence[str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> list[str]:
    """What the command line says of those commands that it does not understand; none is run."""
    parse = argparse.ArgumentParser.parse_args

    def only_parse(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> None:
        parse(parser, arguments)
        raise Parsed

    monkeypatch.setattr(argparse.ArgumentParser, "parse_args", only_parse)
    refused = []
    for command in commands:
        try:
            main.main(command)
        except Parsed:
            continue
        except SystemExit:
            refused.append(f"{shlex.join(command)}: {capsys.readouterr().err}")
    return refused


def test_each_command_that_is_shown_is_understood(
    lang: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    commands = [words[1:] for words in _commands(lang, PROGRAM)]
    known = {name.split()[0] for name in _help(capsys)[0]}
    assert {words[0] for words in commands} == known
    assert _refusals(commands, monkeypatch, capsys) == []


def test_each_make_command_that_is_shown_names_a_target_and_variables_that_exist(
    lang: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    variables = set(re.findall(r"^([A-Z]+) \??=", makefile, re.MULTILINE))
    commands = _commands(lang, "make")
    assert ["make", "report"] in commands and ["make", "test"] in commands
    for _, target, *settings in commands:
        assert target in targets
        given = dict(setting.split("=", 1) for setting in settings)
        assert set(given) <= variables
        if target in ("report", "check") and "ARGS" in given:
            command = {"report": "build"}.get(target, target)
            words = [command, *shlex.split(given["ARGS"])]
            assert _refusals([words], monkeypatch, capsys) == []


def test_what_a_command_prints_is_what_is_shown(
    lang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    sessions = _sessions(lang)
    assert [shlex.split(command)[1] for command, _ in sessions] == ["show"]
    for command, shown in sessions:
        program, *arguments = shlex.split(command)
        assert program == PROGRAM
        assert main.main(arguments) == main.DONE
        assert "".join(capsys.readouterr()) == shown, command


def test_the_other_commands_that_only_read_end_well(lang: str) -> None:
    made = (
        "build",
        "audit",
        "verify",
        "sign",
        "sample",
        "synth",
        "init",
        "new-year",
    )  # these need what a build leaves, or leave it
    commands = [words[1:] for words in _commands(lang, PROGRAM) if words[1] not in made]
    commands = [words for words in commands if "--year" not in words]  # those of another year
    assert [words for words in commands if main.main(words) != main.DONE] == []


# -- a fault in the data -----------------------------------------------------------------------


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    """The data with the READMEs' mistake: one of the two places corrected, the other forgotten."""
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
    (shown,) = (b for kind, b in _blocks(lang) if kind == "text" and b.startswith("["))
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


@dataclass(frozen=True)
class Step:
    """A code block that adds something, and what the words before it say of where it goes."""

    kind: str
    content: str
    file: str
    anchor: str
    cell: str


def _chapter(lang: str, title: str) -> str:
    """What stands under the heading that has this Chinese title, code blocks and all."""
    name = title if lang == "zh" else SECTIONS[title]
    _, _, after = _text(lang).partition(f"\n### {name}\n")
    assert after, f"no heading {name!r}"
    return re.split(r"^##+ ", after, maxsplit=1, flags=re.MULTILINE)[0]


def _steps(lang: str, title: str) -> list[Step]:
    """The blocks of a chapter; the line before each says where it goes."""
    found, chapter = [], _chapter(lang, title)
    for fence in FENCE.finditer(chapter):
        line = chapter[: fence.start()].rstrip().splitlines()[-1]
        words = [*re.findall(r"`([^`]+)`", line), ""]
        file, anchor, cell = (
            next((word for word in words if re.fullmatch(pattern, word)), "")
            for pattern in (r"(?:data|notebooks)/.+", r"[{\[].+[}\]]", r"report\..+")
        )
        found.append(Step(fence[1], fence[2], file, anchor.strip("{}[]"), cell))
    return found


ADDITIONS = ["一个数", "一个算式", "一句话", "表中一行", "一张表"]


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
    """The copy with all that the READMEs add to the year of the shipped data."""
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
        zh, en = (_steps(lang, title) for lang in README)
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
    path.write_bytes("".join(x for x in lines if "标准化" not in x).encode())
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


def test_the_columns_of_the_catalogue_that_are_explained_exist(lang: str) -> None:
    chapter = _chapter(lang, "一个数")
    explained = re.findall(r"^\| (`.+?) \| (.+) \|$", chapter, re.MULTILINE)
    columns = {column.name: column for column in catalogue.INDICATOR_COLUMNS}
    named = {name: text for names, text in explained for name in re.findall(r"`(\w+)`", names)}
    assert set(named) <= set(columns)
    for name in ("basis", "audience"):
        assert tuple(re.findall(r"`(\w+)`", named[name])) == columns[name].choices


def test_the_functions_of_a_formula_are_those_that_there_are(lang: str) -> None:
    named = re.findall(r"^\| `(\w+)\(", _chapter(lang, "一个算式"), re.MULTILINE)
    others = [which for which in get_args(formula.Which) if which]
    assert named == [*measures.MEASURES, *others]


def test_a_placeholder_prints_what_is_shown(lang: Lang) -> None:
    report = Report("xushi", 2019, lang=lang, data="data")
    rows = re.findall(r"^\| (【.+】) \| (.+) \|$", _chapter(lang, "一句话"), re.MULTILINE)
    assert len(rows) == 7
    for names, shown in rows:
        for name in document.placeholders(names):
            (inline,) = report.resolve(name)
            if inline["t"] == "ref":
                kind = {"table": "table", "figure": "chart"}[inline["kind"]]
                assert inline["key"] in report.dataset.exhibits[kind]
            else:
                assert document.plain([inline]) == shown


def test_a_placeholder_over_two_years_prints_what_is_shown(lang: Lang) -> None:
    report = Report("demo", 2020, lang=lang, data="data")
    rows = re.findall(r"^\| (【.+】) \| (.+) \|$", _chapter(lang, "一个年度"), re.MULTILINE)
    assert len(rows) == 4
    for names, shown in rows:
        printed = {document.plain(report.resolve(n)) for n in document.placeholders(names)}
        assert printed == {shown}


def test_the_signs_in_place_of_a_number_are_those_that_are_explained(lang: Lang) -> None:
    rows = _table(lang, {"zh": "写", "en": "write"}[lang])
    signs = {sign.strip("`"): meaning for sign, meaning in rows if sign.startswith("`")}
    states = {sign: observations.STATES[sign] for sign in signs}
    assert set(states.values()) == set(observations.STATES.values())
    printed = {sign: format.MISSING[lang][state] for sign, state in states.items()}
    assert [sign for sign in signs if not signs[sign].startswith(printed[sign])] == []


def test_the_sheets_of_a_workbook_are_named_as_they_are_read(lang: str) -> None:
    rows = _table(lang, {"zh": "表 | 工作表", "en": "table | sheet"}[lang])
    named = {row[i].strip("`"): row[i + 1] for row in rows for i in (0, 2)}
    assert named and {table: workbooks.SHEETS[table] for table in named} == named


def test_the_tables_of_records_are_those_that_there_are(lang: str) -> None:
    rows = _table(lang, {"zh": "文件", "en": "file"}[lang])
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


# -- options and exit codes --------------------------------------------------------------------


def _help(capsys: pytest.CaptureFixture[str]) -> tuple[list[str], dict[str, list[str]]]:
    """What `--help` says: commands with what they are given, and each option's commands."""

    def printed(*arguments: str) -> str:
        with pytest.raises(SystemExit) as ended:
            main.main([*arguments, "--help"])
        assert ended.value.code == main.DONE
        return capsys.readouterr().out

    capsys.readouterr()

    def named(*command: str) -> list[str]:
        return re.findall(r"^ {4}([\w-]+)(?: |$)", printed(*command), re.MULTILINE)

    commands = [f"{name} {kind}".strip() for name in named() for kind in named(name) or [""]]
    options: dict[str, list[str]] = {}
    for command in commands:
        about = printed(*command.split())
        for option in re.findall(r"^  (--[\w-]+(?: \S+)?)(?:  |$)", about, re.MULTILINE):
            options.setdefault(option, []).append(command)
    return commands, options


def test_the_table_of_options_is_that_of_help(
    lang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = _table(lang, {"zh": "选项", "en": "option"}[lang])
    shown = {
        option.strip("`"): re.findall(r"`([\w -]+)`", commands) for option, commands, _ in rows
    }
    assert shown == _help(capsys)[1]
    assert len(shown) == len(rows)


def test_the_table_of_commands_is_that_of_help(
    lang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _, _, after = _prose(lang).partition({"zh": "## 命令行\n", "en": "## Command line\n"}[lang])
    table = after.strip().split("\n\n", 1)[0]
    assert re.findall(r"^\| `([a-z -]+?)(?: [A-Z]+)*`", table, re.MULTILINE) == _help(capsys)[0]


def test_the_table_of_exit_codes_names_each(lang: str) -> None:
    rows = _table(lang, {"zh": "退出码", "en": "exit code"}[lang])
    assert [int(code) for code, _ in rows] == [main.DONE, main.FINDINGS, main.USAGE] == [0, 1, 2]
    assert main.main(["show", "没有这个指标"]) == main.FINDINGS
    for wrong in (["nothing"], ["check", "--lang", "fr"], []):
        with pytest.raises(SystemExit) as ended:
            main.main(wrong)
        assert ended.value.code == main.USAGE


# -- files -------------------------------------------------------------------------------------


def _tree(lang: str, root: str) -> list[str]:
    """The paths that the code block which starts with this folder draws; two blanks a level."""
    (block,) = (block for _, block in _blocks(lang) if block.startswith(f"{root}\n"))
    paths, above = [], [""]
    for line in block.splitlines():
        name = line.split()[0]
        level = (len(line) - len(line.lstrip())) // 2
        above = [*above[: level + 1], above[level] + name]
        paths.append(above[-1])
    return paths


FOLDED = (
    "data/demo/",
    "notebooks/demo/",
    "xushi_stats/registers/synth/",
    "xushi_stats/skeleton/",
)
"""Folders whose one line in the tree stands for all that is in them."""


def _files(folder: str) -> set[str]:
    """The files of a folder and the folders they are in, as the tree draws them."""
    left_out = {"__pycache__", ".ipynb_checkpoints"}
    found = {f"{folder}/"}
    for path in (ROOT / folder).rglob("*"):
        inside = path.relative_to(ROOT)
        hidden = left_out & set(inside.parts) or path.name.startswith((".", "~$"))
        hidden = hidden or inside.match("data/*/registers/*")
        if path.is_file() and not hidden and path.name != "__init__.py":
            found.add(inside.as_posix())
            found |= {f"{parent.as_posix()}/" for parent in inside.parents[:-1]}
    return {path for path in found if path in FOLDED or not path.startswith(FOLDED)}


@pytest.mark.parametrize("folder", ["xushi_stats", "data", "notebooks"])
def test_the_tree_shows_the_files_that_there_are(lang: str, folder: str) -> None:
    drawn = {path for path in _tree(lang, "xushi_stats/") if path.startswith(f"{folder}/")}
    there = _files(folder)
    assert sorted(there - drawn) == [], f"not in the tree of {README[lang]}"
    assert sorted(drawn - there) == [], f"in the tree of {README[lang]}, but not there"


def test_a_folder_that_is_folded_says_what_is_in_it(lang: str) -> None:
    (block,) = (block for _, block in _blocks(lang) if block.startswith("xushi_stats/\n"))
    said = dict(zip(_tree(lang, "xushi_stats/"), block.splitlines(), strict=True))
    for folder in FOLDED:
        name, about = said[folder].split(maxsplit=1)
        assert folder.endswith(name) and about and not re.search(r"\d", about)
        assert [path for path in said if path != folder and path.startswith(folder)] == []


def test_the_tree_shows_no_folder_that_does_not_exist(lang: str) -> None:
    assert [path for path in _tree(lang, "xushi_stats/") if not (ROOT / path).exists()] == []


def test_both_trees_have_the_same_order() -> None:
    zh, en = (_tree(lang, "xushi_stats/") for lang in README)
    assert zh == en


def test_what_is_built_is_what_the_picture_of_outputs_shows(lang: str) -> None:
    drawn = {path.rstrip("/") for path in _tree(lang, "outputs/xushi/2019/")}
    names = {path.rsplit("/", 1)[-1] for path in drawn}
    documents = {f"{name}.pdf" for name in ("report", *USUAL)}
    top = {"SHA256SUMS", "datapackage.json", "ledger.csv", "ledger.json", "ledger.xlsx"}
    top |= {"notebook.ipynb", "recompute.py", "ro-crate-metadata.json"}
    inside = {"report.ipynb", "charts", "tables"}
    assert names == {"2019", "zh", *top, *inside, *EDITIONS, *documents}
    assert {"zh", "en"} == set(LANGS)


def test_links_and_pictures_lead_to_files(lang: str) -> None:
    prose = _prose(lang)
    links = re.findall(r"\]\(([^)]+)\)", prose) + re.findall(r'(?:src|href)="([^"]+)"', prose)
    local = [link for link in links if "://" not in link and not link.startswith("#")]
    assert {README["en" if lang == "zh" else "zh"], "LICENSE", "CHANGELOG.md"} <= set(local)
    assert [link for link in local if not (ROOT / link).is_file()] == []
    headings = re.findall(r"^#+ (.+)$", _prose(lang), re.MULTILINE)
    anchors = {f"#{heading.lower().replace(' ', '-')}" for heading in headings}
    assert [link for link in links if link.startswith("#") and link not in anchors] == []


def test_paths_named_in_the_text_exist(lang: str) -> None:
    named = re.findall(r"`((?:data|docs|notebooks|tests|xushi_stats)/[^`\s]*)`", _prose(lang))
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_pictures_are_small(lang: str) -> None:
    (picture,) = re.findall(r'<img src="([^"]+)"', _text(lang))
    content = (ROOT / picture).read_bytes()
    assert content.startswith(b"\x89PNG")
    assert len(content) < 150_000


def test_the_columns_of_the_ledger_that_are_explained_exist(lang: str, tmp_path: Path) -> None:
    _, ledger, _ = load(ROOT / "data", "xushi", 2019)
    write_ledger(tmp_path, ledger, "", {})
    columns = (tmp_path / "ledger.csv").read_text(encoding="utf-8-sig").splitlines()[0].split(",")
    rows = _table(lang, {"zh": "列", "en": "column"}[lang])
    named = [name for cells in rows for name in re.findall(r"`(\w+)`", cells[0])]
    assert [name for name in [*named, "audience"] if name not in columns] == []


# -- the two READMEs ---------------------------------------------------------------------------


def test_both_have_the_same_sections_in_the_same_order() -> None:
    zh, en = (re.findall(r"^#+ (.+)$", _prose(lang), re.MULTILINE) for lang in README)
    assert zh == list(SECTIONS)
    assert en == list(SECTIONS.values())


def test_both_have_the_same_tables_lists_and_blocks() -> None:
    zh, en = (_skeleton(lang) for lang in README)
    assert zh == en


def _skeleton(lang: str) -> list[str]:
    """The kind of each line that is not plain text: heading, fence, row, item, quotation."""
    kinds = r"^(#+|```\w*|\||-|>|<img)(?= |\n|$)"
    return re.findall(kinds, _text(lang), re.MULTILINE)


def test_each_carries_the_notice_of_the_town_and_the_two_commands_first(lang: str) -> None:
    town = tomllib.loads((ROOT / "data/xushi/town.toml").read_text(encoding="utf-8"))
    first = _text(lang).partition(f"## {list(SECTIONS.items())[2][lang == 'en']}")[0]
    assert f"> {town['notice'][lang]}\n" in first
    assert "\nmake report " in first and "\nmake test " in first


def test_the_conda_commands_are_those_of_environment_yml(lang: str) -> None:
    header = (ROOT / "environment.yml").read_text(encoding="utf-8")
    expected = re.findall(r"^#   (conda .+)$", header, re.MULTILINE)
    blocks = [block for _, block in _blocks(lang) if block.startswith("conda")]
    assert [line for block in blocks for line in block.splitlines()] == expected


def test_each_package_that_a_test_judges_with_is_named(lang: str) -> None:
    (line,) = re.findall(r"^(?:测试要用|The tests use) .+$", _prose(lang), re.MULTILINE)
    assert [package for package in PACKAGES.values() if package not in line] == []


def test_the_changelog_has_the_version_of_the_package() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^## \[([\d.]+)\]", changelog, re.MULTILINE)[0] == xushi_stats.__version__
