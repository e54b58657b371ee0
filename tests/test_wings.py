"""Each wing can be taken away, and what does not rest on it goes on as before."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
READ = ("list", "show 已脱贫户数", "check")
BUILD = "build --lang zh --edition public --section epidemic --out {out}"
ELSEWHERE = (*READ[:2], "check --data {root}/tests/broken/data --town shili")
"""Xushi prints a table of its open rules, which registers make; the town of the broken files does not."""
STILL = {
    "synth": (*READ, BUILD),
    "registers": ELSEWHERE,
    "disclosure": ELSEWHERE,
    "revisions": (*READ, BUILD),
    "audit": READ,
    "project": (*READ, BUILD),
    "spreadsheets": READ,
    "publishing": READ,
    "readback": READ,
    "checks": READ[:2],
}
"""A wing -> the commands that must go on without it; a build packs the audit's own program."""
CARRIES = {"disclosure": ("registers", "synth"), "registers": ("synth",)}
ABOVE = ("audit", "checks", "commands", "disclosure", "project", "publishing", "readback")
ABOVE += ("registers", "revisions", "spreadsheets", "synth")
CORE_TESTS = ("quantity", "notation", "term", "expression", "statistics", "show", "series")
Without = Callable[..., dict[str, str]]


@pytest.fixture
def without(tmp_path: Path) -> Without:
    """The surroundings of a process that finds the package without some of its folders."""

    def make(*wings: str) -> dict[str, str]:
        gone = [str(ROOT / "xushi_stats" / wing) for wing in wings]

        def left_out(folder: str, names: list[str]) -> list[str]:
            return [n for n in names if n == "__pycache__" or f"{folder}/{n}" in gone]

        shutil.copytree(ROOT / "xushi_stats", tmp_path / "xushi_stats", ignore=left_out)
        return {**os.environ, "PYTHONPATH": str(tmp_path), "LC_ALL": "zh_CN.UTF-8"}

    return make


def run(env: dict[str, str], *words: str) -> str:
    """What a process says that must end well; it may not find the package that is whole."""
    command = [sys.executable, *words]
    done = subprocess.run(
        command, cwd=env["PYTHONPATH"], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


@pytest.mark.parametrize("wing", STILL)
def test_what_does_not_rest_on_a_wing_goes_on_without_it(
    wing: str, without: Without, tmp_path: Path
) -> None:
    env = without(wing, *CARRIES.get(wing, ()))
    for name in ("data", "notebooks"):
        (tmp_path / name).symlink_to(ROOT / name)
    for command in STILL[wing]:
        words = command.format(out=tmp_path / "out", root=ROOT).split()
        assert run(env, "-m", "xushi_stats", *words)


def test_the_core_passes_its_tests_with_every_wing_above_it_gone(without: Without) -> None:
    env = without(*ABOVE)
    files = [str(ROOT / "tests" / f"test_{name}.py") for name in CORE_TESTS]
    options = ["-q", "--noconftest", "-p", "no:cacheprovider", "-n0", "--rootdir", str(ROOT)]
    said = run(env, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), *options, *files)
    assert " passed" in said and "failed" not in said


def test_a_wing_that_is_installed_but_lacks_what_it_needs_is_no_wing_that_is_absent(
    without: Without,
) -> None:
    env = without("disclosure")
    words = ["-c", "from xushi_stats.reporting import sections; sections.wings()"]
    done = subprocess.run([sys.executable, *words], cwd=env["PYTHONPATH"], env=env, check=False)
    assert done.returncode != 0
