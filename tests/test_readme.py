"""What the READMEs show is what the program does: commands, outputs, options, tree, links."""

from __future__ import annotations

import argparse
import re
import shlex
import shutil
import tomllib
from collections.abc import Sequence
from pathlib import Path

import pytest
from conftest import PACKAGES

import xushi_stats
from xushi_stats import cli
from xushi_stats.reporting import build
from xushi_stats.reporting.ledger_files import write_ledger
from xushi_stats.reporting.report import load

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
            cli.main(command)
        except Parsed:
            continue
        except SystemExit:
            refused.append(f"{shlex.join(command)}: {capsys.readouterr().err}")
    return refused


def test_each_command_that_is_shown_is_understood(
    lang: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    commands = [words[1:] for words in _commands(lang, PROGRAM)]
    assert {words[0] for words in commands} == set(_help(capsys)[0])
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
        assert cli.main(arguments) == cli.DONE
        assert "".join(capsys.readouterr()) == shown, command


def test_the_other_commands_that_only_read_end_well(lang: str) -> None:
    commands = [words[1:] for words in _commands(lang, PROGRAM) if words[1] != "build"]
    assert [words for words in commands if cli.main(words) != cli.DONE] == []


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
    (shown,) = (block for _, block in _blocks(lang) if block.startswith("["))
    assert cli.main(["check", "--data", str(faulty)]) == cli.FINDINGS
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
    assert cli.main(["build", "--data", str(faulty), "--out", str(out)]) == cli.FINDINGS
    assert [path for path in out.rglob("*") if path.is_file()] == [old]
    assert old.read_bytes() == b"old"


# -- options and exit codes --------------------------------------------------------------------


def _help(capsys: pytest.CaptureFixture[str]) -> tuple[list[str], dict[str, list[str]]]:
    """What `--help` says: commands with what they are given, and each option's commands."""

    def printed(*arguments: str) -> str:
        with pytest.raises(SystemExit) as ended:
            cli.main([*arguments, "--help"])
        assert ended.value.code == cli.DONE
        return capsys.readouterr().out

    capsys.readouterr()
    commands = re.findall(r"^ {4}(\w+) ", printed(), re.MULTILINE)
    options: dict[str, list[str]] = {}
    for command in commands:
        for option in re.findall(r"^  (--\w+(?: \S+)?)(?:  |$)", printed(command), re.MULTILINE):
            options.setdefault(option, []).append(command)
    return commands, options


def test_the_table_of_options_is_that_of_help(
    lang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = _table(lang, {"zh": "选项", "en": "option"}[lang])
    shown = {option.strip("`"): re.findall(r"`(\w+)`", commands) for option, commands, _ in rows}
    assert shown == _help(capsys)[1]
    assert len(shown) == len(rows)


def test_the_table_of_commands_is_that_of_help(
    lang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _, _, after = _prose(lang).partition({"zh": "## 命令行\n", "en": "## Command line\n"}[lang])
    table = after.strip().split("\n\n", 1)[0]
    assert re.findall(r"^\| `(\w+)", table, re.MULTILINE) == _help(capsys)[0]


def test_the_table_of_exit_codes_names_each(lang: str) -> None:
    rows = _table(lang, {"zh": "退出码", "en": "exit code"}[lang])
    assert [int(code) for code, _ in rows] == [cli.DONE, cli.FINDINGS, cli.USAGE] == [0, 1, 2]
    assert cli.main(["show", "没有这个指标"]) == cli.FINDINGS
    for wrong in (["nothing"], ["check", "--lang", "fr"], []):
        with pytest.raises(SystemExit) as ended:
            cli.main(wrong)
        assert ended.value.code == cli.USAGE


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


def _files(folder: str) -> set[str]:
    """The files of a folder and the folders they are in, as the tree draws them."""
    left_out = {"__pycache__", ".ipynb_checkpoints", "registers"}
    found = {f"{folder}/"}
    for path in (ROOT / folder).rglob("*"):
        inside = path.relative_to(ROOT)
        hidden = left_out & set(inside.parts) or path.name.startswith((".", "~$"))
        if path.is_file() and not hidden and path.name != "__init__.py":
            found.add(inside.as_posix())
            found |= {f"{parent.as_posix()}/" for parent in inside.parents[:-1]}
    return found


@pytest.mark.parametrize("folder", ["xushi_stats", "data", "notebooks"])
def test_the_tree_shows_the_files_that_there_are(lang: str, folder: str) -> None:
    drawn = {path for path in _tree(lang, "xushi_stats/") if path.startswith(f"{folder}/")}
    there = _files(folder)
    assert sorted(there - drawn) == [], f"not in the tree of {README[lang]}"
    assert sorted(drawn - there) == [], f"in the tree of {README[lang]}, but not there"


def test_the_tree_shows_no_folder_that_does_not_exist(lang: str) -> None:
    assert [path for path in _tree(lang, "xushi_stats/") if not (ROOT / path).exists()] == []


def test_both_trees_have_the_same_order() -> None:
    zh, en = (_tree(lang, "xushi_stats/") for lang in README)
    assert zh == en


def test_what_is_built_is_what_the_picture_of_outputs_shows(lang: str) -> None:
    drawn = {path.rstrip("/") for path in _tree(lang, "outputs/xushi/2019/")}
    names = {path.rsplit("/", 1)[-1] for path in drawn}
    documents = {f"{name}.pdf" for name in ("report", *build.SECTIONS)}
    assert names == {"2019", "ledger.csv", "ledger.json", "zh", *cli.EDITIONS, *documents}
    assert {"zh", "en"} == set(cli.LANGS)


def test_links_and_pictures_lead_to_files(lang: str) -> None:
    prose = _prose(lang)
    links = re.findall(r"\]\(([^)]+)\)", prose) + re.findall(r'(?:src|href)="([^"]+)"', prose)
    local = [link for link in links if "://" not in link]
    assert {README["en" if lang == "zh" else "zh"], "LICENSE", "CHANGELOG.md"} <= set(local)
    assert [link for link in local if not (ROOT / link).is_file()] == []


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
