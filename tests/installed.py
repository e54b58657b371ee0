"""The package as people get it: a wheel, and a program in an environment without the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Installed:
    """A wheel, and the environment that it is installed in."""

    wheel: Path
    program: Path

    def run(self, *arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
        """One command, outside the checkout."""
        environ = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
        return subprocess.run(
            [self.program, *map(str, arguments)],
            cwd=cwd,
            env=environ | {"LC_ALL": "C.UTF-8"},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )


def install(folder: Path) -> Installed:
    """Build a wheel and install it: offline, with the libraries that are here already."""
    _call(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    (wheel,) = folder.glob("*.whl")
    _call(sys.executable, "-m", "venv", "--without-pip", folder / "venv", cwd=folder)
    (site,) = (folder / "venv").glob("**/site-packages")
    libraries = Path(sysconfig.get_paths()["purelib"])
    # entry by entry, so that the link to the checkout does not come along
    shared = folder / "libraries"
    shared.mkdir()
    for entry in libraries.iterdir():
        if not entry.name.startswith(("xushi_stats", "_xushi_stats", "_editable")):
            (shared / entry.name).symlink_to(entry)
    (site / "libraries.pth").write_text(f"{shared}\n", encoding="utf-8")
    options = ("--no-deps", "--no-index", "--offline", "--python", folder / "venv")
    _call(sys.executable, "-m", "uv", "pip", "install", *options, wheel, cwd=folder)
    return Installed(wheel, folder / "venv" / "bin" / "xushi-stats")


def _call(*command: object, cwd: Path) -> None:
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
