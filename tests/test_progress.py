"""How far work has come: a line rewritten on a terminal, plain lines elsewhere; where it all ends."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from requirements import installing
from xushi_stats.commands.data import _main
from xushi_stats.editions import ALL_SECTIONS, EDITIONS, LANGS, SECTIONS
from xushi_stats.publishing.build import Order
from xushi_stats.publishing.progress import Progress

ROOT = Path(__file__).resolve().parent.parent


class Terminal(io.StringIO):
    """A stream whose lines can be written over."""

    def isatty(self) -> bool:
        """It says so."""
        return True


def _run(stream: io.StringIO, many: int) -> str:
    with Progress("built", stream) as progress:
        progress.note("checking")
        progress.start(many)
        for n in range(many):
            progress.step(f"{n}.pdf")
    return stream.getvalue()


def test_on_a_terminal_one_line_is_written_over_and_cleared_at_the_end() -> None:
    said = _run(Terminal(), 25)
    assert "\n" not in said
    shown = said.split("\r\x1b[K")
    assert shown[:4] == ["", "checking", "built 0/25", "built 1/25  0.pdf"]
    assert shown[-2:] == ["built 25/25  24.pdf", ""]


@pytest.mark.parametrize(("many", "lines"), [(0, 0), (1, 1), (7, 7), (10, 10), (31, 10), (999, 10)])
def test_elsewhere_there_are_plain_lines_and_ten_at_most(many: int, lines: int) -> None:
    said = _run(io.StringIO(), many)
    assert "\r" not in said and "\x1b" not in said
    assert len(said.splitlines()) == lines
    if many:
        assert said.splitlines()[-1] == f"built {many}/{many}  {many - 1}.pdf"


def test_steps_of_many_threads_are_each_counted() -> None:
    stream = io.StringIO()
    with Progress("built", stream) as progress, ThreadPoolExecutor(8) as pool:
        progress.start(400)
        list(pool.map(progress.step, map(str, range(400))))
    assert progress.done == 400
    counts = [line.split()[1] for line in stream.getvalue().splitlines()]
    assert counts == [f"{n}/400" for n in range(40, 401, 40)]


def test_the_line_is_cleared_before_a_fault_is_told() -> None:
    stream = Terminal()
    with pytest.raises(OSError), Progress("built", stream) as progress:
        progress.start(3)
        raise OSError
    assert stream.getvalue().endswith("\r\x1b[K")


def _order(**chosen: object) -> Order:
    return Order(ROOT / "data", "xushi", 2019, Path("outputs"), **chosen)  # type: ignore[arg-type]


def test_the_pdf_named_at_the_end_is_the_readers_whole_report_for_the_public() -> None:
    assert _main(_order(), "zh") == "zh/public/report.pdf"
    assert _main(_order(), "en") == "en/public/report.pdf"
    assert _main(_order(langs=["en"], editions=["draft"]), "zh") == "en/draft/report.pdf"
    assert _main(_order(sections=["targets", "epidemic"]), "zh") == "zh/public/targets.pdf"


def test_an_order_names_each_document_that_is_built() -> None:
    assert set(SECTIONS) <= set(ALL_SECTIONS)
    every = len(LANGS) * len(EDITIONS)
    assert len(_order().documents) == every * (1 + len(SECTIONS))
    assert len(_order(sections=["review"]).documents) == every


# -- set-up --------------------------------------------------------------------------------------


def _install(folder: Path, lock: str) -> subprocess.CompletedProcess[str]:
    (folder / "some.lock").write_text(lock, encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-m", "requirements.installing", "some.lock"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT), "LC_ALL": "C"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_set_up_counts_what_is_there_and_what_is_for_other_machines(tmp_path: Path) -> None:
    pytest_version = pytest.__version__
    lock = f"pytest=={pytest_version} --hash=sha256:{'0' * 64}\n"
    lock += f"nothing-such==1 ; sys_platform == 'nowhere' --hash=sha256:{'0' * 64}\n"
    done = _install(tmp_path, lock)
    assert (done.returncode, done.stdout) == (0, "")
    told = [line.rpartition("  ") for line in done.stderr.splitlines() if "/2" in line]
    assert sorted(name for *_, name in told) == ["nothing-such", "pytest"]
    assert told[-1][0] == "取得 | fetched 2/2"


def test_wheels_made_for_another_machine_are_refused_in_both_languages(tmp_path: Path) -> None:
    (tmp_path / "wheels").mkdir()
    (tmp_path / installing.MADE_FOR).write_text("Python 2.7 dos\n", encoding="utf-8")
    done = _install(tmp_path, "")
    assert done.returncode == 1
    zh, en = done.stderr.split(" | ")
    for words in (zh, en):
        assert "Python 2.7 dos" in words and installing.here() in words
    assert "make offline" in zh and "make offline" in en
