"""The tutorial, step by step: what it tells a reader to do is done, and prints what it shows."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from installed import Installed
from tutorial import Addition, Command, Filling, Step, add, fill, matches, steps

from xushi_stats import cli

DOCS = Path(__file__).resolve().parent.parent / "docs"
LOCALES = {"tutorial.md": "zh_CN.UTF-8", "tutorial.en.md": "en_US.UTF-8"}


def _documents() -> dict[str, list[Step]]:
    return {name: list(steps((DOCS / name).read_text(encoding="utf-8"))) for name in LOCALES}


@pytest.mark.slow
@pytest.mark.parametrize("name", LOCALES)
def test_every_step_does_what_the_tutorial_says(
    name: str,
    installed: Installed,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("LC_ALL", LOCALES[name])
    monkeypatch.chdir(tmp_path)
    for step in _documents()[name]:
        if isinstance(step, Filling):
            fill(step, Path.cwd())
        elif isinstance(step, Addition):
            add(step, Path.cwd())
        elif step.words[0] == "cd":
            monkeypatch.chdir(step.words[1])
        elif step.words[:3] == ("python", "-m", "pip"):
            assert installed.wheel.name in step.words
        else:
            assert step.words[0] == "xushi-stats"
            capsys.readouterr()
            cli.main(step.words[1:])
            printed = "".join(reversed(capsys.readouterr()))
            assert matches(printed, step.printed), f"{' '.join(step.words)}\n{printed}"
    for year in ("2021", "2022"):
        assert list((tmp_path / "report/outputs/shili" / year).rglob("review.pdf"))
    assert list((tmp_path / "report/outputs/fanli/2022").rglob("review.pdf"))


@pytest.mark.slow
@pytest.mark.judge("pdftotext")
def test_the_second_year_prints_growth_and_what_became_of_the_targets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    monkeypatch.chdir(tmp_path)
    for step in _documents()["tutorial.md"]:
        if isinstance(step, Filling):
            fill(step, Path.cwd())
        elif isinstance(step, Command) and step.words[0] == "cd":
            monkeypatch.chdir(step.words[1])
        elif isinstance(step, Command) and step.words[1] in ("init", "new-year"):
            cli.main(step.words[1:])
    order = ("build", "--town", "shili", "--lang", "zh", "--edition", "public", "--section")
    text = {}
    for year in ("2021", "2022"):
        assert cli.main([*order, "review", "--year", year]) == 0
        pdf = Path("outputs/shili") / year / "zh/public/review.pdf"
        done = subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, check=True)
        text[year] = done.stdout.decode()
    capsys.readouterr()
    for words in ("增长", "上年所提", "比上年", "逐年"):
        assert words not in text["2021"]
        assert words in text["2022"]
    assert "粮食总产量10150吨，比上年增长2.9%" in text["2022"].replace(" ", "")
    for row in ("5600 5480 97.9 未完成", "10000 10150 101.5 完成", "10 10.6 106 完成"):
        assert any(row in " ".join(line.split()) for line in text["2022"].splitlines()), row
    for words in ("见—", "图—", "虚构", "乌有", "子虚"):
        assert words not in "".join(text.values())


def test_both_languages_take_the_same_steps() -> None:
    chinese, english = _documents().values()
    assert [type(step) for step in chinese if not _is_target_of_the_second_year(step)] == [
        type(step) for step in english
    ]
    commands = [
        [step.words[:2] for step in document if isinstance(step, Command)]
        for document in (chinese, english)
    ]
    assert commands[0] == commands[1]


def _is_target_of_the_second_year(step: Step) -> bool:
    return isinstance(step, Filling) and (step.sheet, step.book[-9:]) == ("目标任务", "2022.xlsx")


def test_an_ellipsis_stands_for_any_text_and_nothing_else_does() -> None:
    assert matches("a\nb\nc\n", ["a", "…"])
    assert matches("a\nb\nc\n", ["…", "c"])
    assert matches("共 1 处\n", ["共 … 处"])
    assert not matches("a\nb\n", ["a"])
    assert not matches("a\nb\n", ["…", "a"])
    assert not matches("a.c\n", ["abc"])
