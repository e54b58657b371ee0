"""The developers' pages: the tree is the repository's, and each function named is in its file."""

from __future__ import annotations

import ast
import re
import tomllib

import pages
import pytest
from pages import ROOT

from xushi_stats.editions import LANGS

PAGE = "docs/developer"
FOLDED = (
    "data/demo/",
    "notebooks/demo/",
    "xushi_stats/synth/",
    "xushi_stats/project/skeleton/",
)
"""Folders whose one line in the tree stands for all that is in them."""


def _block(lang: str) -> str:
    (block,) = (b for _, b in pages.blocks(PAGE, lang) if b.startswith("xushi_stats/\n"))
    return block


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
@pytest.mark.parametrize("lang", LANGS)
def test_the_tree_shows_the_files_that_there_are(lang: str, folder: str) -> None:
    drawn = {path for path in pages.tree(_block(lang)) if path.startswith(f"{folder}/")}
    there = _files(folder)
    name = pages.path(PAGE, lang).name
    assert sorted(there - drawn) == [], f"not in the tree of {name}"
    assert sorted(drawn - there) == [], f"in the tree of {name}, but not there"


@pytest.mark.parametrize("lang", LANGS)
def test_a_folder_that_is_folded_says_what_is_in_it(lang: str) -> None:
    said = dict(zip(pages.tree(_block(lang)), _block(lang).splitlines(), strict=True))
    for folder in FOLDED:
        name, about = said[folder].split(maxsplit=1)
        assert folder.endswith(name) and about and not re.search(r"\d", about)
        assert [path for path in said if path != folder and path.startswith(folder)] == []


def test_both_trees_have_the_same_order_and_show_no_folder_that_does_not_exist() -> None:
    zh, en = (pages.tree(_block(lang)) for lang in LANGS)
    assert zh == en
    assert [path for path in zh if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("lang", LANGS)
def test_the_picture_has_the_layers_that_lint_holds_the_code_to(lang: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    (layers,) = (one["layers"] for one in contracts if one["type"] == "layers")
    held = [[name for name in layer.split(" | ") if "(" not in name] for layer in layers[1:]]
    (block,) = (b for _, b in pages.blocks(PAGE, lang) if b.startswith("commands "))
    drawn = [line[:26].split() for line in block.splitlines()]
    assert drawn == [layer for layer in held if layer]


# -- functions ---------------------------------------------------------------------------------


def _named(lang: str) -> list[tuple[str, str, str]]:
    """The functions that a page names: file, name, link."""
    prose = pages.prose(PAGE, lang)
    return re.findall(r"\[`([\w/]+\.py):([\w.]+)`\]\(([^)]+)\)", prose)


def _defined(tree: ast.Module) -> set[str]:
    """The functions, classes, methods and constants of a module."""
    found: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            goals = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {goal.id for goal in goals if isinstance(goal, ast.Name)}
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            methods = (inner for inner in node.body if isinstance(inner, ast.FunctionDef))
            found |= {f"{node.name}.{inner.name}" for inner in methods}
    return found


@pytest.mark.parametrize("lang", LANGS)
def test_each_function_that_is_named_is_in_the_file_that_is_linked(lang: str) -> None:
    for file, name, link in _named(lang):
        path = (ROOT / "docs" / link).resolve()
        assert path == ROOT / "xushi_stats" / file
        assert name in _defined(ast.parse(path.read_text(encoding="utf-8"))), f"{file}: {name}"


def test_both_languages_name_the_same_functions_from_the_row_to_the_audit() -> None:
    zh, en = (_named(lang) for lang in LANGS)
    assert zh == en
    steps = pages.table(pages.prose(PAGE, "zh"), "段")
    assert len(steps) > 15
    assert list(dict.fromkeys(cells[0] for cells in steps)) == ["读数", "记账", "成页", "审计"]


@pytest.mark.parametrize("lang", LANGS)
def test_each_program_that_is_run_exists(lang: str) -> None:
    programs = [words[1] for words in pages.commands(PAGE, lang, ".venv/bin/python")]
    assert len(programs) > 3
    assert [path for path in programs if not (ROOT / path).is_file()] == []


def test_the_figure_that_is_followed_is_stated_as_the_page_says() -> None:
    rows = (ROOT / "data/xushi/observations.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len([row for row in rows if row.startswith("poverty.projects.funds,")]) == 1
    assert any(row.startswith("poverty.projects.funds,2019,2019,115.9万元,") for row in rows)
