"""Recompute a report's figures from the tables it carries, in a process of its own.

The program is this package's ``recompute.py``; a copy that came with a report is never run.
"""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from xushi_stats.audit.differences import Finding
from xushi_stats.audit.steps import Step, not_done, step, table
from xushi_stats.audit.untrusted_attachments import Carried, Refused
from xushi_stats.publishing.attachments import recompute_program

SECONDS = 120
_DIFFER, _SKIPPED, _END = "出入 / differ", "略过 / skipped", "Differ:"
_NOT_GIVEN = "未公布"
"""In the reason where an edition does not have what would be compared."""


@dataclass(frozen=True)
class Ran:
    """What the program said: lines of what differs and of what it left out, each led by an id."""

    differ: tuple[str, ...]
    skipped: tuple[str, ...]


def run(carried: Carried) -> Ran | None:
    """Run the program over the attached tables, in a folder that holds nothing else.

    Returns:
        What it said; None if this package has no such program.

    Raises:
        Refused: it could make nothing of the tables.
    """
    program = recompute_program()
    if not program:
        return None
    with TemporaryDirectory(prefix="xushi-") as name:
        folder = Path(name)
        for file, content in carried.files.items():
            if file.endswith(".csv"):
                (folder / file).write_bytes(content)
        done = _run(program, folder)
    said = done.stdout.decode("utf-8", errors="replace").splitlines()
    if done.returncode not in (0, 1, 3) or not said or _END not in said[-1]:
        raise Refused("broken_tables")
    found = Ran(_after(_DIFFER, said), _after(_SKIPPED, said))
    if (done.returncode == 1) != bool(found.differ):
        raise Refused("broken_tables")
    return found


def _run(program: bytes, folder: Path) -> subprocess.CompletedProcess[bytes]:
    """Isolated Python: no site packages of the user, no environment, no folder on its path."""
    command = [sys.executable, "-I", "-X", "utf8", "-", str(folder)]
    try:
        return subprocess.run(
            command, input=program, capture_output=True, check=False, cwd=folder, timeout=SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise Refused("broken_tables") from error


def _after(prefix: str, lines: list[str]) -> tuple[str, ...]:
    return tuple(line.removeprefix(prefix).strip() for line in lines if line.startswith(prefix))


def recomputed(carried: Carried, ran: Callable[[], Ran | None]) -> Step:
    """Every derived figure, from the attached observations and formulas."""
    found = ran()
    if found is None:
        return not_done("recompute", ("no_program", {}))
    rows = table(carried, "ledger.csv")
    missing = {row["id"] for row in rows if row["missing"]}
    checks = _ids(carried)
    differ = [line for line in found.differ if _id(line) not in checks]
    skipped = [line for line in found.skipped if _id(line) not in missing | checks]
    left_out = {_id(line) for line in skipped} | missing
    count = sum(1 for row in rows if row["formula"] and row["id"] not in left_out)
    wrong = [("recompute_says", {"line": line}) for line in differ]
    return _done("recompute", wrong, {"count": count, "skipped": len(skipped)}, skipped)


def _in_both(line: str) -> dict[str, str]:
    """A line of the program, ``figure：Chinese / English``, for a sentence in one language."""
    figure, _, why = line.partition("：")
    chinese, _, english = why.partition(" / ")
    return {"figure": figure, "zh": chinese, "en": english or chinese}


def _done(
    name: str, wrong: list[Finding], facts: Mapping[str, int], skipped: Sequence[str]
) -> Step:
    """The step, which was not done where the program could have gone on and did not."""
    left, rest = ([s for s in skipped if (_NOT_GIVEN in s) == is_so] for is_so in (False, True))
    notes: list[Finding] = []
    for key, lines in (("recompute_left", left), ("recompute_skips", rest)):
        if lines:
            notes.append((key, {"count": str(len(lines)), **_in_both(lines[0])}))
    made = step(name, wrong, facts, notes)
    return replace(made, state="not_done", done=None) if left and not wrong else made


def checked(carried: Carried, ran: Callable[[], Ran | None]) -> Step:
    """Every check, on the recomputed figures: the verdict is true, and none that is binding fails.

    One that wants an explanation may fail; the public does not get the explanation.
    """
    found = ran()
    if found is None:
        return not_done("checks", ("no_program", {}))
    rows = table(carried, "checks.csv")
    checks = _ids(carried)
    wrong: list[Finding] = [
        ("recompute_says", {"line": line}) for line in found.differ if _id(line) in checks
    ]
    notes: list[Finding] = []
    for row in rows:
        if row["verdict"] == "fails":
            said = {"zh": row["name_zh"], "en": row["name_en"]}
            if row["kind"] == "核实性":
                notes.append(("check_wants", said))
            else:
                wrong.append(("check_fails", said))
    verdicts = Counter(row["verdict"] for row in rows)
    facts = {"holds": verdicts["holds"], "undecided": verdicts["undecided"]}
    skipped = [line for line in found.skipped if _id(line) in checks]
    made = _done("checks", wrong, facts, skipped)
    return replace(made, findings=(*made.findings, *notes))


def _ids(carried: Carried) -> set[str]:
    return {row["id"] for row in table(carried, "checks.csv")}


def _id(line: str) -> str:
    return line.split("：", 1)[0].split(" “", 1)[0]
