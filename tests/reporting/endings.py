"""Builds in processes of their own that are cut off, meet another one, or find the disk full."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from reporting import copies
from reporting.copies import TOWN, YEAR

SMALL = ("--lang", "zh", "--edition", "public", "--section", "epidemic")
"""An order that takes seconds."""
OTHER = "另一段。"


@dataclass(frozen=True)
class Ground:
    """A project whose builds may come to any end.

    Attributes:
        folder: data and notebooks; a second project beside it has other words.
        whole: what a build of either leaves: names and contents.
    """

    folder: Path
    whole: tuple[dict[str, bytes], ...] = ()

    @property
    def out(self) -> Path:
        return self.folder / "out"

    @property
    def target(self) -> Path:
        return self.out / TOWN / str(YEAR)

    @property
    def temporary(self) -> Path:
        """The folder for temporary files, this project's alone."""
        path = self.folder / "tmp"
        path.mkdir(exist_ok=True)
        return path

    def command(self, which: int = 0, *options: str) -> list[str]:
        data = self.folder / ("one", "two")[which] / "data"
        return [
            "-m",
            "xushi_stats",
            "build",
            "--data",
            str(data),
            "--out",
            str(self.out),
            *SMALL,
            *options,
        ]

    def start(self, which: int = 0, *prefix: str, **more: str) -> subprocess.Popen[str]:
        command = [*prefix, sys.executable, *self.command(which)]
        return self.popen(command, **more)

    def popen(self, command: list[str], **more: str) -> subprocess.Popen[str]:
        environ = {
            **os.environ,
            "PYTHONPATH": str(copies.ROOT),
            "TMPDIR": str(self.temporary),
            **more,
        }
        pipe = subprocess.PIPE
        return subprocess.Popen(
            command, cwd=self.folder, env=environ, stdout=pipe, stderr=pipe, encoding="utf-8"
        )

    def build(self, which: int = 0, **more: str) -> tuple[int, str]:
        """A build to its end: exit code, what it complained of."""
        return ended(self.start(which, **more))

    def is_whole(self) -> bool:
        """Whether what lies there is one of the two reports, whole."""
        return self.target.is_dir() and copies.content(self.target) in self.whole

    def left_behind(self) -> set[str]:
        """What lies beside the report or in the temporary folder, except the lock."""
        beside = {path.name for path in self.target.parent.iterdir()}
        return beside - {str(YEAR), f".{YEAR}.lock"} | {p.name for p in self.temporary.iterdir()}


def ended(process: subprocess.Popen[str], seconds: float = 120) -> tuple[int, str]:
    _, complaint = process.communicate(timeout=seconds)
    return process.returncode, complaint


def ground(folder: Path) -> Ground:
    """Two projects that differ in one sentence, and what each of them builds."""
    for name in ("one", "two"):
        copies.copy(folder / name)
    changed = folder / "two" / "data" / TOWN / "text" / "zh" / "epidemic.md"
    copies.edit(changed, lambda text: f"{text.rstrip()}\n\n{OTHER}\n")
    made = Ground(folder)
    whole = []
    for which in (0, 1):
        status, complaint = made.build(which)
        assert status == 0, complaint
        whole.append(copies.content(made.target))
    assert whole[0] != whole[1]
    return Ground(folder, tuple(whole))


def kernels(folder: Path) -> list[int]:
    """The processes that work below a folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                command = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if os.fsencode(folder) in command:
                found.append(int(entry.name))
    return found


def told(complaints: Iterable[str]) -> list[str]:
    """Complaints that are more than sentences."""
    return [complaint for complaint in complaints if "Traceback" in complaint]


Environ = Mapping[str, str]
