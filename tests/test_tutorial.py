"""The tutorial, step by step: what it tells a reader to do is done, and prints what it shows."""

from __future__ import annotations

import contextlib
import io
import re
import subprocess
from pathlib import Path

import pytest
from installed import Installed
from tutorial import Addition, Command, Filling, Step, add, fill, matches, steps

from xushi_stats.commands import main

DOCS = Path(__file__).resolve().parent.parent / "docs"
LOCALES = {"tutorial.md": "zh_CN.UTF-8", "tutorial.en.md": "en_US.UTF-8"}


def _documents() -> dict[str, list[Step]]:
    return {name: list(steps((DOCS / name).read_text(encoding="utf-8"))) for name in LOCALES}


def _walk(name: str, wheel: Path, folder: Path) -> Path:
    """Take every step of a tutorial in a folder, holding what is printed against what is shown."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LC_ALL", LOCALES[name])
        patch.chdir(folder)
        for step in _documents()[name]:
            if isinstance(step, Filling):
                fill(step, Path.cwd())
            elif isinstance(step, Addition):
                add(step, Path.cwd())
            elif step.words[0] == "cd":
                patch.chdir(step.words[1])
            elif step.words[0] in ("python3", "."):  # the environment: this one stands for it
                assert step.words in (
                    ("python3", "-m", "venv", "xushi"),
                    (".", "xushi/bin/activate"),
                )
            elif step.words[0] == "python":
                assert step.words == ("python", "-m", "pip", "install", wheel.name)
            else:
                printed = _printed(step)
                assert matches(printed, step.printed), f"{' '.join(step.words)}\n{printed}"
        return Path.cwd()


def _printed(command: Command) -> str:
    """What a command prints, faults first, as in a terminal."""
    assert command.words[0] == "xushi-stats"
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        main.main(command.words[1:])
    return err.getvalue() + out.getvalue()


@pytest.fixture(scope="module")
def project(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project that the Chinese tutorial makes."""
    return _walk("tutorial.md", installed.wheel, tmp_path_factory.mktemp("tutorial"))


@pytest.mark.slow
def test_every_step_does_what_the_chinese_tutorial_says(project: Path) -> None:
    for town, year, name in (
        ("shili", "2021", "report"),
        ("shili", "2022", "report"),
        ("fanli", "2022", "review"),
    ):
        assert (project / f"outputs/{town}/{year}/zh/public/{name}.pdf").is_file()


@pytest.mark.slow
def test_every_step_does_what_the_english_tutorial_says(
    installed: Installed, tmp_path: Path
) -> None:
    project = _walk("tutorial.en.md", installed.wheel, tmp_path)
    for town, year in (("shili", "2021"), ("shili", "2022"), ("fanli", "2022")):
        assert (project / f"outputs/{town}/{year}/en/public/review.pdf").is_file()


def _lines(pdf: Path) -> list[str]:
    done = subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, check=True)
    return [" ".join(line.split()) for line in done.stdout.decode().splitlines()]


@pytest.mark.slow
@pytest.mark.judge("pdftotext")
def test_growth_and_what_became_of_the_targets_are_in_the_second_year_alone(project: Path) -> None:
    first, second = (
        _lines(project / f"outputs/shili/{year}/zh/public/report.pdf") for year in (2021, 2022)
    )
    prose = {year: re.sub(r"\s", "", "".join(lines)) for year, lines in ((1, first), (2, second))}
    for words in ("上年所提", "比上年增长", "逐年比较", "未完成"):
        assert words not in prose[1]
        assert words in prose[2]
    assert "粮食总产量10150吨，比上年增长2.9%" in prose[2]
    for row in ("粮食总产量 吨 10000 10150 101.5 完成", "固定资产投资 万元 5600 5480 97.9 未完成"):
        assert row in second
    assert "村卫生室 个 12 12 — 完成" in second  # set for this year, and not again for the next


@pytest.mark.slow
@pytest.mark.judge("pdftotext")
def test_no_page_has_a_pointer_to_nothing_or_a_word_of_the_invented_town(project: Path) -> None:
    pages = [_lines(path) for path in sorted((project / "outputs").rglob("*.pdf"))]
    text = re.sub(r"\s", "", "".join(line for lines in pages for line in lines))
    assert "示例镇" in text
    for words in ("见—", "见图—", "、—）", "虚构", "乌有", "子虚"):
        assert words not in text


def test_both_tutorials_give_the_same_commands() -> None:
    def plain(document: list[Step]) -> list[tuple[str, ...]]:
        words = [step.words for step in document if isinstance(step, Command)]
        words = [w for w in words if w[0] == "xushi-stats"]
        return [w[:2] if w[1] in ("show", "build") else w for w in words]

    chinese, english = map(plain, _documents().values())
    assert chinese == english
    assert len(chinese) > 12


def test_an_ellipsis_stands_for_any_text_and_nothing_else_does() -> None:
    assert matches("a\nb\nc\n", ["a", "…"])
    assert matches("a\nb\nc\n", ["…", "c"])
    assert matches("共 1 处\n", ["共 … 处"])
    assert not matches("a\nb\n", ["a"])
    assert not matches("a\nb\n", ["…", "a"])
    assert not matches("a.c\n", ["abc"])
