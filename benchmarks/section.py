"""How long one section takes, beside the usual way and beside the floor; ratios, medians of a few runs.

    .venv/bin/python benchmarks/section.py [--runs 5] [--other PYTHON]

The usual way is ``papermill`` and then ``jupyter nbconvert --to webpdf`` (or ``--to pdf``) of the
same notebook, each where it is installed; ``--other`` names another Python that has them. The floor
is the cells run in one warm Python process and the Typst compile. Whole processes are timed, in
turns, so that a busy machine slows all of them alike.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SECTION = "review"


def timed(run: Callable[[], object]) -> float:
    """Wall time of one run in seconds."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def command(*arguments: object, cwd: Path = ROOT) -> None:
    """Run a command quietly; stop the benchmark with its last words if it fails."""
    done = subprocess.run(list(map(str, arguments)), cwd=cwd, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, arguments))}\n{done.stderr[-800:]}")


def build(out: Path, *options: str) -> None:
    """Our command line."""
    fixed = ("--lang", "zh", "--data", ROOT / "data", "--out", out)
    command(sys.executable, "-m", "xushi_stats", "build", *fixed, *options)


def usual(python: str, out: Path, target: str) -> None:
    """Papermill, then nbconvert, as two command lines."""
    executed = out / "executed.ipynb"
    notebook = ROOT / "notebooks" / f"{SECTION}.ipynb"
    parameters = ("-p", "edition", "public", "-p", "data", ROOT / "data", "--no-progress-bar")
    command(python, "-m", "papermill", notebook, executed, *parameters)
    command(python, "-m", "nbconvert", "--to", target, *_SANDBOX[target], executed)


_SANDBOX = {"webpdf": ("--disable-chromium-sandbox",), "pdf": ()}


def available(python: str, target: str) -> bool:
    """Whether the usual way to a kind of PDF can be run here."""
    if target == "pdf":
        return shutil.which("xelatex") is not None and shutil.which("pandoc") is not None
    found = subprocess.run([python, "-c", "import playwright, papermill"], capture_output=True)
    return found.returncode == 0


def floor() -> Callable[[], None]:
    """The cells in this process, warm, and the Typst compile."""
    import nbformat

    from xushi_stats import Report
    from xushi_stats.publishing import assembly, typeset
    from xushi_stats.reporting import document

    def run() -> None:
        report = Report("xushi", 2019, edition="public", data=ROOT / "data")
        notebook = nbformat.read(ROOT / "notebooks" / f"{SECTION}.ipynb", as_version=4)
        for cell in notebook.cells[2:]:
            piece = eval(cell.source, {"report": report})
            data = piece._repr_mimebundle_()
            kept = {k: v for k, v in data.items() if k in (document.BLOCK, document.LEDGER)}
            cell.outputs = [nbformat.v4.new_output("display_data", data=kept)]
        made = assembly.assemble(notebook)
        typeset.typeset(made.document, made.charts)

    run()
    return run


def main() -> None:
    """Time everything in turns and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--other", default=sys.executable)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        cases: dict[str, Callable[[], object]] = {
            "one section": lambda: build(out, "--section", SECTION, "--edition", "public"),
            "whole report, three editions": lambda: build(out),
            "floor of one section": floor(),
        }
        for target in ("webpdf", "pdf"):
            if available(options.other, target):
                cases[f"papermill + {target}"] = lambda t=target: usual(options.other, out, t)  # type: ignore[misc]
            else:
                print(f"papermill + {target}: not installed here")
        found: dict[str, list[float]] = {name: [] for name in cases}
        for _ in range(options.runs):
            for name, run in cases.items():
                found[name].append(timed(run))
    base = statistics.median(found["one section"])
    print(f"{'':32}{'median s':>10}{'min':>8}{'ratio to one section':>24}")
    for name, times in found.items():
        middle = statistics.median(times)
        print(f"{name:32}{middle:10.2f}{min(times):8.2f}{middle / base:24.2f}")


if __name__ == "__main__":
    main()
