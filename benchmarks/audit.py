"""How long the audit of a release takes beside its build: ``python benchmarks/audit.py``.

Each run builds Xushi's release and verifies it, one after the other, so that a busy machine slows both.
Only ratios are printed: times are of this machine.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUNS = 3


def seconds(*arguments: object) -> float:
    """The time of one command."""
    begun = time.perf_counter()
    command = [sys.executable, "-m", "xushi_stats", *map(str, arguments)]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def main() -> None:
    """Print the ratios."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        release = out / "xushi" / "2019"
        whole, one = [], []
        for _ in range(RUNS):
            built = seconds("build", "--data", "data", "--out", out)
            whole.append(seconds("verify", release) / built)
            section = ("--lang", "zh", "--edition", "public", "--section", "review")
            built = seconds("build", "--data", "data", "--out", out / "one", *section)
            report = out / "one" / "xushi" / "2019" / "zh" / "public" / "review.pdf"
            one.append(seconds("verify", report) / built)
    print(f"verify / build, whole release: {statistics.median(whole):.2f}")
    print(f"verify / build, one section:   {statistics.median(one):.2f}")


if __name__ == "__main__":
    main()
