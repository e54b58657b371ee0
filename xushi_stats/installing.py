"""Install what a lock names into the running Python, and show how far that is: ``make`` calls it.

It runs before anything is installed, so it uses the standard library alone.
"""

from __future__ import annotations

import platform
import re
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

from xushi_stats.progress import Progress

WHEELS = Path("wheels")
"""What ``make offline`` laid beside the Makefile; where it is, nothing is fetched."""
MADE_FOR = WHEELS / "made-for.txt"
_TOLD = re.compile(r"(?:Collecting|Requirement already satisfied:|Ignoring) ([\w.-]+)")
"""How pip begins what it says of a package in a lock, once each."""


def here() -> str:
    """The kind of machine that files made on this one are for."""
    return f"Python {'.'.join(platform.python_version_tuple()[:2])} {sysconfig.get_platform()}"


def install(lock: Path) -> int:
    """Install a lock's packages; what is there already stays.

    Returns:
        pip's exit code; what went wrong pip has said itself.
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
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install"]
    command += ["--no-input", "--progress-bar", "off", *offline]
    command += ["--require-hashes", "-r", str(lock)]
    locked = len(re.findall(r"^[\w.-]+==", lock.read_text(encoding="utf-8"), re.MULTILINE))
    with (
        Progress() as progress,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, encoding="utf-8", errors="replace"
        ) as pip,
    ):
        assert pip.stdout
        progress.start(locked, "取得 | fetched")
        for line in pip.stdout:
            if told := _TOLD.match(line):
                progress.step(told[1])
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
    raise SystemExit(install(Path(sys.argv[1])))
