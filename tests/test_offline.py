"""One folder is enough: what `make offline` writes makes a report on a machine without a network."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from requirements import installing

ROOT = Path(__file__).resolve().parent.parent
ALONE = (
    "import fcntl, os, socket, struct, sys\n"
    # a machine without a network still reaches itself, and the notebooks' kernel asks for that
    "fcntl.ioctl(socket.socket(), 0x8914, struct.pack('16sh', b'lo', 0x41))\n"
    "try:\n"
    "    socket.create_connection(('192.0.2.1', 80), 2)\n"
    "except OSError as error:\n"
    "    print('reached:', os.strerror(error.errno), flush=True)\n"
    "os.execvp(sys.argv[1], sys.argv[1:])\n"
)
"""Runs a command in this network once it is shown that nothing else can be reached."""


def _offline(target: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "requirements.installing", "--offline", target],
        cwd=ROOT,
        env=os.environ | environ,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.slow
@pytest.mark.judge("make", "unshare")
def test_the_folder_makes_a_report_without_a_network(tmp_path: Path) -> None:
    made = _offline(tmp_path / "made")
    assert made.returncode == 0, made.stderr
    assert made.stdout.splitlines() == [str(tmp_path / "made")]
    folder = (tmp_path / "made").rename(tmp_path / "离线 年报")
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "MAKE", "PYTHON"))}
    done = subprocess.run(
        [
            *("unshare", "-rn", sys.executable, "-c", ALONE),
            *("make", "report", f"PYTHON={sys._base_executable}"),  # type: ignore[attr-defined]
            "ARGS=--section epidemic --lang zh --edition public",
        ],
        cwd=folder,
        env=environ | {"LC_ALL": "C", "PIP_CONFIG_FILE": os.devnull},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "reached: Network is unreachable\n" in done.stdout
    last = done.stdout.splitlines()[-1]
    assert last == "outputs/xushi/2019/zh/public/epidemic.pdf"
    assert (folder / last).read_bytes().startswith(b"%PDF")


def test_registers_and_what_programs_left_stay_behind(tmp_path: Path) -> None:
    for name in ("xushi/registers/households.csv", "xushi/~$2019.xlsx", "xushi/town.toml"):
        (tmp_path / "data" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "data" / name).touch()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        shutil.copytree("data", "copy", ignore=installing._left_behind)
    copied = {p.relative_to(tmp_path / "copy").as_posix() for p in (tmp_path / "copy").rglob("*")}
    assert copied == {"xushi", "xushi/town.toml"}
    # the package has a folder of the same name, which is code
    assert installing._left_behind("xushi_stats", ["registers"]) == set()


def test_a_folder_that_was_whole_stays_where_fetching_fails(tmp_path: Path) -> None:
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "kept").touch()
    none = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path), "PIP_CONFIG_FILE": os.devnull}
    done = _offline(tmp_path / "made", **none)
    assert done.returncode == 1
    assert "No matching distribution" in done.stderr
    assert [path.name for path in (tmp_path / "made").iterdir()] == ["kept"]


def test_all_that_is_taken_along_exists() -> None:
    assert [name for name in installing.TAKEN if not (ROOT / name).exists()] == []
