"""Install what a lock names into the running Python, with or without a network: ``make`` calls it.

    python -m requirements.installing requirements/report.lock
    python -m requirements.installing --offline outputs/offline

It runs before anything is installed, so it uses the standard library alone.
"""

from __future__ import annotations

import fnmatch
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from xushi_stats.publishing.progress import Progress

WHEELS = Path("wheels")
"""What ``make offline`` laid beside the Makefile; where it is, nothing is fetched."""
MADE_FOR = WHEELS / "made-for.txt"
_TOLD = re.compile(
    r"(?:Collecting|Requirement already satisfied:|Ignoring) ([\w.-]+)"
    r"|Processing .*?([\w.]+)-\d[^/]*\.whl"
)
"""How pip begins what it says of a package in a lock, once each."""


def here() -> str:
    """The kind of machine that files made on this one are for."""
    return f"Python {'.'.join(platform.python_version_tuple()[:2])} {sysconfig.get_platform()}"


PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
LOCK = Path("requirements/report.lock")
TAKEN = (
    *("Makefile", "pyproject.toml", "README.md", "README.en.md", "LICENSE", "CHANGELOG.md"),
    *(LOCK.as_posix(), "requirements/installing.py", "xushi_stats", "data", "notebooks", "docs"),
)
"""What goes along with the wheels: all that ``make report`` and its reader need."""
_LEFT = ("__pycache__", ".ipynb_checkpoints", "~$*", ".~lock.*#")


def install(lock: Path) -> int:
    """Install a lock's packages; what is there already stays.

    Returns:
        pip's exit code.
    """
    offline = []
    if MADE_FOR.is_file():
        made_for = MADE_FOR.read_text(encoding="utf-8").strip()
        if made_for != here():
            say = (
                f"wheels/ 供 {made_for} 使用，本机为 {here()}；"
                "请用同样的 Python（make PYTHON=…），或在同样的机器上重新运行 make offline | "
                f"wheels/ are for {made_for}, this is {here()}; "
                "name that Python with make PYTHON=…, or run make offline on a machine like this"
            )
            print(say, file=sys.stderr)
            return 1
        offline = ["--no-index", "--find-links", str(WHEELS)]
    return _call(["install", *offline], lock)


def take_along(target: Path) -> int:
    """Write a folder from which ``make report`` runs on a machine without a network.

    Registers stay behind: rows about people go nowhere that nobody named.

    Returns:
        pip's exit code.
    """
    new = target.with_name(f".{target.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    for name in TAKEN:
        place = new / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if Path(name).is_dir():
            shutil.copytree(name, place, ignore=_left_behind)
        else:
            shutil.copy2(name, place)
    # what an earlier folder holds need not be fetched again
    known = ["--find-links", str(target / WHEELS)] if (target / WHEELS).is_dir() else []
    wheels = ["--only-binary", ":all:", "--dest", str(new / WHEELS)]
    if code := _call(["download", *known, *wheels], LOCK):
        return code
    (new / MADE_FOR).write_text(f"{here()}\n", encoding="utf-8")
    shutil.rmtree(target, ignore_errors=True)
    new.rename(target)
    say = (
        f"供 {here()} 使用；整个文件夹拷到不联网的机器上，在其中运行 make report。不含登记数据 | "
        f"for {here()}; copy the whole folder to a machine without a network and run make report "
        "in it. Registers are not in it"
    )
    print(say, file=sys.stderr)
    print(target)
    return 0


def _left_behind(folder: str, names: list[str]) -> set[str]:
    is_of_town = Path(folder).parent == Path("data")
    left = {name for pattern in _LEFT for name in fnmatch.filter(names, pattern)}
    return left | ({"registers"} & set(names) if is_of_town else set())


def _call(what: Sequence[str], lock: Path) -> int:
    """Let pip do this with a lock, and show how far it is; what went wrong it says itself."""
    command = [*PIP, *what, "--no-input", "--progress-bar", "off"]
    command += ["--require-hashes", "-r", str(lock)]
    locked = len(re.findall(r"^[\w.-]+==", lock.read_text(encoding="utf-8"), re.MULTILINE))
    with TemporaryFile() as complaints:
        code = _run(command, locked, complaints)
        if code:  # pip warns of much that ends well
            complaints.seek(0)
            lines = complaints.read().decode(errors="replace").splitlines()
            print(*(x for x in lines if not x.startswith("WARNING")), sep="\n", file=sys.stderr)
    return code


def _run(command: Sequence[str], locked: int, complaints: IO[bytes]) -> int:
    """Run pip, show how far it is, and keep what it complains of."""
    pip = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=complaints, encoding="utf-8", errors="replace"
    )
    with Progress() as progress, pip:
        assert pip.stdout
        progress.start(locked, "取得 | fetched")
        for line in pip.stdout:
            if told := _TOLD.match(line):
                progress.step(told[1] or told[2])
            elif line.startswith("Installing collected packages: "):
                break
        else:
            return pip.wait()
        names = line.partition(": ")[2].split(", ")
        there = _there()
        progress.start(len(names), "安装 | installed")
        while pip.poll() is None:  # pip says nothing until all are in, so what is in is counted
            time.sleep(0.2)
            for name in sorted(_there() - there):
                progress.step(name.partition("-")[0])
                there.add(name)
        return pip.returncode


def _there() -> set[str]:
    return {path.name for path in Path(sysconfig.get_path("purelib")).glob("*.dist-info")}


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # not under LC_ALL=C
    *option, asked = sys.argv[1:]
    raise SystemExit((take_along if option == ["--offline"] else install)(Path(asked)))
