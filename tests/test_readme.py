"""The pages for people: what they show is what the program does, and every link leads somewhere."""

from __future__ import annotations

import argparse
import re
import shlex
import tomllib
from collections.abc import Sequence
from pathlib import Path

import pages
import pytest
from judges import PACKAGES
from pages import PAGES, ROOT
from reference import commands as every_command
from reference import targets

import xushi_stats
from xushi_stats.commands import main
from xushi_stats.editions import EDITIONS, LANGS
from xushi_stats.editions import SECTIONS as USUAL
from xushi_stats.reporting.context import load
from xushi_stats.reporting.evidence import write_ledger

LOCALE = {"zh": "zh_CN.UTF-8", "en": "en_US.UTF-8"}
PROGRAM = ".venv/bin/xushi-stats"


@pytest.fixture(params=LANGS)
def lang(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """A reader's language; commands run where a reader of that language runs them."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("LC_ALL", LOCALE[request.param])
    monkeypatch.setenv("COLUMNS", "200")
    return str(request.param)


def _commands(lang: str, start: str) -> list[list[str]]:
    return [words for page in PAGES for words in pages.commands(page, lang, start)]


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


def test_each_command_that_is_shown_is_understood_and_each_command_is_shown(
    lang: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    commands = [w[1:] for start in (PROGRAM, "xushi-stats") for w in _commands(lang, start)]
    shown = {" ".join(words[: 1 + (words[0] == "audit")]) for words in commands}
    assert shown == {name for name, _ in every_command()}
    assert _refusals(commands, monkeypatch, capsys) == []


def test_each_make_command_that_is_shown_names_a_target_and_variables_that_exist(
    lang: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    variables = set(re.findall(r"^([A-Z_]+) \??=", makefile, re.MULTILINE))
    known = {name for name, _, _ in targets()}
    commands = _commands(lang, "make")
    assert ["make", "report"] in commands and ["make", "test"] in commands
    for _, target, *settings in commands:
        assert target in known
        given = dict(setting.split("=", 1) for setting in settings)
        assert set(given) <= variables
        if target in ("report", "check") and "ARGS" in given:
            command = {"report": "build"}.get(target, target)
            words = [command, *shlex.split(given["ARGS"])]
            assert _refusals([words], monkeypatch, capsys) == []


def test_what_a_command_prints_is_what_is_shown(
    lang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    blocks = [content for kind, content in pages.blocks("docs/auditor", lang) if kind == "console"]
    for block in blocks:
        command, shown = block.removeprefix("$ ").split("\n", 1)
        program, *arguments = shlex.split(command)
        assert program == PROGRAM
        assert main.main(arguments) == main.DONE
        assert "".join(capsys.readouterr()) == shown, command
    assert len(blocks) == 1


def test_the_other_commands_that_only_read_end_well(lang: str) -> None:
    only_read = {"check", "show", "list", "impact"}
    commands = [words[1:] for words in _commands(lang, PROGRAM) if words[1] in only_read]
    commands = [words for words in commands if "--year" not in words]  # those of another year
    commands += [w[1:] for w in _commands(lang, PROGRAM) if w[1:3] == ["audit", "source"]]
    assert len(commands) > 3
    assert [words for words in commands if main.main(words) != main.DONE] == []


# -- files and links ---------------------------------------------------------------------------


def test_each_link_and_picture_leads_to_a_file_and_a_heading_that_exist() -> None:
    broken = []
    for page in pages.every():
        for link in pages.links(page.read_text(encoding="utf-8")):
            if "://" in link:
                continue
            name, _, anchor = link.partition("#")
            target = page.parent / name if name else page
            there = target.is_file() and (
                not anchor or anchor in pages.anchors(target.read_text(encoding="utf-8"))
            )
            broken += [] if there else [f"{page.name}: {link}"]
    assert broken == []


def test_a_link_stays_in_the_language_of_its_page(lang: str) -> None:
    other = ".en.md" if lang == "zh" else r"(?<!\.en)\.md"
    for page in PAGES:
        in_both = [link for link in pages.links(pages.text(page, lang)) if _in_both(link)]
        strays = [link for link in in_both if re.search(f"{other}(#|$)", link)]
        assert strays == [pages.path(page, "en" if lang == "zh" else "zh").name]


def _in_both(link: str) -> bool:
    name = link.partition("#")[0].rpartition("/")[2].removesuffix(".md").removesuffix(".en")
    return name in {page.rpartition("/")[2] for page in (*PAGES, "tutorial")}


def test_each_page_can_be_reached_from_the_first(lang: str) -> None:
    first = pages.path("README", lang)
    reached, found = {first}, [first]
    while found:
        page = found.pop()
        for link in pages.links(page.read_text(encoding="utf-8")):
            target = (page.parent / link.partition("#")[0]).resolve()
            if target.suffix == ".md" and target not in reached:
                reached.add(target)
                found.append(target)
    assert reached == set(pages.every())


def test_paths_named_in_the_text_exist(lang: str) -> None:
    pattern = r"`((?:data|docs|notebooks|tests|xushi_stats)/[^`\s<]*)`"
    named = {path for page in PAGES for path in re.findall(pattern, pages.prose(page, lang))}
    of_the_example = {path for path in named if path.startswith("data/shili/")}
    of_the_example |= {"data/units.csv"}  # a project may have it, ours has none
    assert named - of_the_example
    assert [path for path in named - of_the_example if not (ROOT / path).exists()] == []


def test_what_is_built_is_what_the_picture_of_outputs_shows(lang: str) -> None:
    (block,) = (b for _, b in pages.blocks("docs/publisher", lang) if b.startswith("outputs/"))
    names = {path.rstrip("/").rsplit("/", 1)[-1] for path in pages.tree(block)}
    documents = {f"{name}.pdf" for name in ("report", *USUAL)}
    top = {"SHA256SUMS", "datapackage.json", "ledger.csv", "ledger.json", "ledger.xlsx"}
    top |= {"notebook.ipynb", "recompute.py", "ro-crate-metadata.json"}
    inside = {"report.ipynb", "charts", "tables"}
    assert names == {"2019", "zh", *top, *inside, *EDITIONS, *documents}
    assert {"zh", "en"} == set(LANGS)


def test_the_columns_of_the_ledger_that_are_explained_exist(lang: str, tmp_path: Path) -> None:
    _, ledger, _ = load(ROOT / "data", "xushi", 2019)
    write_ledger(tmp_path, ledger, "", {})
    columns = (tmp_path / "ledger.csv").read_text(encoding="utf-8-sig").splitlines()[0].split(",")
    rows = pages.table(pages.prose("docs/auditor", lang), {"zh": "列", "en": "column"}[lang])
    named = [name for cells in rows for name in re.findall(r"`(\w+)`", cells[0])]
    assert [name for name in [*named, "audience"] if name not in columns] == []


# -- the two languages, and the first page -----------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_both_languages_have_the_same_headings_tables_lists_and_blocks(page: str) -> None:
    kinds = r"^(#+|```\w*|\||-|\d+\.|>|<img)(?= |\n|$)"
    zh, en = (re.findall(kinds, pages.text(page, lang), re.MULTILINE) for lang in LANGS)
    assert zh == en


def test_the_first_page_is_short_and_opens_the_three_doors(lang: str) -> None:
    text = pages.text("README", lang)
    assert len(text.splitlines()) <= 150
    heading = pages.headings("README", lang)[2]
    doors = pages.table(text.partition(heading)[2], {"zh": "要做的事", "en": "to"}[lang])
    led = [re.search(r"docs/(\w+)", cells[1])[1] for cells in doors]  # type: ignore[index]
    assert led == ["analyst", "publisher", "auditor"]


def test_the_first_page_carries_the_notice_of_the_town_and_the_two_commands(lang: str) -> None:
    town = tomllib.loads((ROOT / "data/xushi/town.toml").read_text(encoding="utf-8"))
    first = pages.text("README", lang).partition(f"\n{pages.headings('README', lang)[2]}\n")[0]
    assert f"> {town['notice'][lang]}\n" in first
    assert "\nmake report " in first and "\nmake test " in first


def test_the_picture_is_small(lang: str) -> None:
    (picture,) = re.findall(r'<img src="([^"]+)"', pages.text("README", lang))
    content = (ROOT / picture).read_bytes()
    assert content.startswith(b"\x89PNG")
    assert len(content) < 150_000


def test_the_conda_commands_are_those_of_environment_yml(lang: str) -> None:
    header = (ROOT / "environment.yml").read_text(encoding="utf-8")
    expected = re.findall(r"^#   (conda .+)$", header, re.MULTILINE)
    blocks = [b for _, b in pages.blocks("docs/developer", lang) if b.startswith("conda")]
    assert [line for block in blocks for line in block.splitlines()] == expected


def test_each_package_that_a_test_judges_with_is_named(lang: str) -> None:
    prose = pages.prose("docs/developer", lang)
    (line,) = re.findall(r"^(?:测试要用|The tests use) .+$", prose, re.MULTILINE)
    assert [package for package in PACKAGES.values() if package not in line] == []


def test_the_changelog_has_the_version_of_the_package() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^## \[([\d.]+)\]", changelog, re.MULTILINE)[0] == xushi_stats.__version__
