"""Run what takes hours, piece by piece: ``make long``, or a part: ``python tests/long.py --minutes 10 fuzz``.

Each campaign is cut into numbered pieces. What a piece said is kept in ``.long/`` under the state of the
sources, so that a second run goes on where the first was cut off, and anything changed is tried anew.
``docs/long.md`` is written from what is kept, and from nothing else. ``--draw 10 --seed WORD`` runs a tenth
of each campaign instead and writes no table: CI does that, with the commit as the word.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / ".long"
TABLE = ROOT / "docs" / "long.md"
MUTANTS = ROOT / "docs" / "mutants.md"
REASONS = ROOT / "benchmarks" / "survivors.csv"
"""Why a mutant that no test notices is none: file, change, zh, en."""
SOURCES = (
    "xushi_stats",
    "tests",
    "benchmarks",
    "data",
    "notebooks",
    "requirements",
    "Makefile",
    "pyproject.toml",
)
LIMIT = 3600
"""Seconds after which a piece has failed."""
FUZZED, BUILT, MUTATED, TESTED = 100, 40, 20, 10
"""Into how many pieces fuzzing, drawn towns, each group of mutants, and the tests on each Python are cut."""
TOWNS, ALIKE = 5, 30
"""Towns of a piece; tests of one function, with other parameters, that are one piece at most."""
FINISHED = ("pdf", "objects", "manifest", "ledger", "bundle", "signature", "certificate")
"""What is damaged of a finished report, three minutes each."""
GROUPS = ("rounding", "suppression", "statistics", "notation", "verification")
PYTHONS = ("3.12", "3.13")
"""Besides the one that `make test` runs on."""
COUNTED = {
    "fuzz": r"examples (?P<examples>\d+), read (?P<read>\d+), failed (?P<failed>\d+)",
    "towns": r"towns (?P<towns>\d+), verified (?P<verified>\d+), recomputed (?P<recomputed>\d+), "
    r"numbers (?P<numbers>\d+), failed (?P<failed>\d+)",
    "mutants": r"(?P<killed>\d+) of (?P<mutants>\d+) killed",
    "": r"(?P<n>\d+) (?P<what>passed|failed|skipped|error)",
}
"""What is added up of what the pieces of a campaign say; "" for those that are pytest's."""

_TEST = re.compile(r"^(?P<function>\S+\.py::\w+).*$", re.MULTILINE)


@dataclass(frozen=True)
class Piece:
    """One numbered part of a campaign; the words of its command that need a Python name it ``python``."""

    campaign: str
    number: int
    command: tuple[str, ...]

    @property
    def name(self) -> str:
        """What its record is called."""
        return f"{self.campaign.replace(' ', '-')}-{self.number}"


def pieces() -> Iterator[Piece]:
    """Every piece of every campaign."""
    for n in range(1, FUZZED + 1):
        yield Piece("fuzz", n, ("python", "tests/fuzz.py", "400", str(n)))
    for n, kind in enumerate(FINISHED, FUZZED + 1):
        yield Piece("fuzz", n, ("python", "tests/fuzz.py", "9999", str(n), kind, "180"))
    for n in range(BUILT):
        yield Piece("towns", n + 1, ("python", "tests/lawful.py", str(TOWNS), str(n * TOWNS)))
    for g, group in enumerate(GROUPS):
        for n in range(MUTATED):
            command = ("python", "benchmarks/mutants.py", group)
            command += ("--every", str(MUTATED), "--from", str(n))
            yield Piece("mutants", g * MUTATED + n + 1, command)
    for n, tests in enumerate(_marked_long(), 1):
        yield Piece("tests", n, ("python", "-m", "pytest", "-q", "-m", "long", *tests))
    files = sorted(p.relative_to(ROOT).as_posix() for p in (ROOT / "tests").rglob("test_*.py"))
    for version in PYTHONS:
        for n in range(TESTED):
            command = ("python", "-m", "pytest", "-q", "-n", "2", "--dist", "worksteal")
            command += tuple(files[n::TESTED])
            yield Piece(f"python {version}", n + 1, command)


def _marked_long() -> Iterator[list[str]]:
    """The tests that `make test` leaves out, those of a function together, but not too many."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-m", "long"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout
    for _, alike in groupby(_TEST.finditer(said), lambda found: found["function"]):
        tests = [found[0] for found in alike]
        for first in range(0, len(tests), ALIKE):
            yield tests[first : first + ALIKE]


def drawn(every: Iterable[Piece], seed: str, one_of: int) -> list[Piece]:
    """One piece of so many, of each campaign, and in what order they are run."""
    chosen: list[Piece] = []
    of: dict[str, list[Piece]] = {}
    for piece in every:
        of.setdefault(piece.campaign, []).append(piece)
    for campaign, its in of.items():
        chosen += Random(f"{seed} {campaign}").sample(its, -(-len(its) // one_of))
    Random(seed).shuffle(chosen)
    return chosen


def _git(*words: str) -> str:
    return subprocess.run(
        ["git", *words], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout


def state() -> str:
    """The sources as committed, in a word; what was kept under another says nothing of them."""
    return hashlib.sha256(_git("ls-tree", "HEAD", *SOURCES).encode()).hexdigest()[:12]


def _interpreter(version: str) -> Path | None:
    """A Python of this version, where the machine has one."""
    known = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = [shutil.which(f"python{version}"), *sorted(known.glob(f"{version}.*/bin/python"))]
    for path in filter(None, found):  # a shim may be there that leads to none
        if subprocess.run([path, "-c", ""], capture_output=True).returncode == 0:
            return Path(path)
    return None


def _place(piece: Piece) -> tuple[Path, Path] | None:
    """The folder in which a piece is run and its Python; None where the machine has no such Python."""
    kind, _, version = piece.campaign.partition(" ")
    if kind != "python":
        return ROOT, Path(sys.executable)
    found = _interpreter(version)
    if not found:
        return None
    folder = KEPT / f"python-{version}"
    if not folder.exists():
        _git("clone", "--quiet", str(ROOT), str(folder))
    _git("-C", str(folder), "fetch", "--quiet", str(ROOT), "HEAD")
    _git("-C", str(folder), "checkout", "--quiet", "--force", _git("rev-parse", "HEAD").strip())
    environ = {k: v for k, v in os.environ.items() if not k.startswith("MAKE")}
    setup = ["make", ".venv/.ready", ".venv/.test", f"PYTHON={found}"]
    subprocess.run(setup, cwd=folder, env=environ, check=True)
    return folder, folder / ".venv/bin/python"


def run(piece: Piece, kept: Path, seconds: float = LIMIT) -> dict[str, object] | None:
    """What a piece said: kept from before, or run now and kept.

    None where it cannot be run here, or did not end in the seconds that are left, if those are fewer
    than it may take: of a piece that is stopped nothing is known, and nothing is kept.
    """
    record = kept / f"{piece.name}.json"
    if record.exists():
        found: dict[str, object] = json.loads(record.read_text(encoding="utf-8"))
        return found
    place = _place(piece)
    if place is None:
        return None
    folder, python = place
    command = [str(python) if word == "python" else word for word in piece.command]
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "PYTEST"))}
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environ,
        stdout=pipe,
        stderr=pipe,
        text=True,
        start_new_session=True,
    )
    try:
        out, err = process.communicate(timeout=min(seconds, LIMIT))
        failed, said = process.returncode != 0, out + err * bool(process.returncode)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)  # with all that it started
        process.communicate()
        if seconds < LIMIT:
            return None
        failed, said = True, f"did not end within {LIMIT} s"
    found = {"failed": failed, "said": said[-20000:], "at": datetime.now(UTC).isoformat()}
    record.parent.mkdir(parents=True, exist_ok=True)
    part = record.with_suffix(".part")
    part.write_text(json.dumps({**found, "command": piece.command}, indent=1), encoding="utf-8")
    part.rename(record)  # whole or not at all: what was cut off is run again
    return found


def counted(campaign: str, said: Iterable[str]) -> str:
    """The numbers that the pieces of a campaign gave, added up."""
    total: Counter[str] = Counter()
    for text in said:
        for match in re.finditer(COUNTED.get(campaign, COUNTED[""]), text):
            names = match.groupdict()
            if "what" in names:
                names = {names["what"]: names["n"]}
            total.update({name: int(number) for name, number in names.items()})
    return ", ".join(f"{number} {name}" for name, number in total.items()) or "—"


def table(every: Sequence[Piece], kept: Path, commit: str) -> str:
    """What ``docs/long.md`` says: of each campaign how much was run, and what came of it."""
    records = {
        piece: json.loads((kept / f"{piece.name}.json").read_text(encoding="utf-8"))
        for piece in every
        if (kept / f"{piece.name}.json").exists()
    }
    last = max((str(record["at"])[:10] for record in records.values()), default="—")
    lines = [
        "# 长时间的试验 / What takes hours",
        "",
        f"由 `make long` 写出：提交 {commit}，{last}。每项分为若干份，可分次做完；未做的份数如数列明。"
        "每次提交由 `.ci/run` 另抽 fuzz 和 towns 的十分之一执行。",
        "",
        f"Written by `make long`: commit {commit}, {last}. Each campaign is cut into pieces that need "
        "not be run in one go; how many have been run is told. `.ci/run` draws a tenth of fuzz and of "
        "towns for every commit.",
        "",
        "| 项目 / campaign | 已做份数 / pieces run | 不通过 / failed | 合计 / in all |",
        "|---|---|---|---|",
    ]
    for campaign in dict.fromkeys(piece.campaign for piece in every):
        its = [piece for piece in every if piece.campaign == campaign]
        done = [records[piece] for piece in its if piece in records]
        failed = sum(bool(record["failed"]) for record in done)
        numbers = counted(campaign, (str(record["said"]) for record in done))
        lines.append(f"| {campaign} | {len(done)} / {len(its)} | {failed} | {numbers} |")
    return "\n".join([*lines, "", "变异 / Mutants: [mutants.md](mutants.md)", ""])


def mutants_page(said: str, of: dict[str, int], made: str) -> str:
    """What ``docs/mutants.md`` says: killed of tried of all in each group, and each survivor with why.

    Args:
        said: what the pieces of the campaign printed.
        of: group → how many mutants it has, or how many are drawn of it.
        made: of which commit, and on what day.
    """
    lines = [
        "# 变异 / Mutants",
        "",
        f"由 `make long` 写出：{made}。程序每次改动一处（运算符、比较、整数、真假、函数），测试应当察觉。"
        "舍入、隐去、核验的改动全部要试，统计方法和数字写法各抽200处；没有试的照实列出。",
        "",
        f"Written by `make long`: {made}. One operator, comparison, whole number, truth or function of the "
        "program is changed at a time, and the tests should notice. Of rounding, suppression and "
        "verification all changes are to be tried, of statistics and notation 200 are drawn each; what "
        "was not tried is told.",
        "",
        "| 组 / group | 察觉 / killed | 已试 / tried | 应试 / to be tried |",
        "|---|---|---|---|",
    ]
    for group, many in of.items():
        found = re.findall(rf"^{group}: (\d+) of (\d+) killed", said, re.MULTILINE)
        killed, tried = (sum(int(pair[n]) for pair in found) for n in (0, 1))
        lines.append(f"| {group} | {killed if tried else '—'} | {tried} | {many} |")
    with open(REASONS, encoding="utf-8-sig", newline="") as file:
        known = {(row["file"], row["change"]): row for row in csv.DictReader(file)}
    survivors = re.findall(r"^  survives: (\S+?):(\d+) (.+)$", said, re.MULTILINE)
    if survivors:
        lines += [
            "",
            "没有察觉的 / Not noticed:",
            "",
            "| 处 / place | 改动 / change | 原因 / why |",
            "|---|---|---|",
        ]
    for name, line, change in sorted(set(survivors)):
        why = known.get((name, change))
        told = f"{why['zh']} / {why['en']}" if why else "尚未判断 / not judged yet"
        lines.append(f"| `{name}:{line}` | `{change.replace('|', chr(92) + '|')}` | {told} |")
    return "\n".join([*lines, ""])


def _mutants_in_all() -> dict[str, int]:
    sys.path.insert(0, str(ROOT / "benchmarks"))
    import mutants

    return {group: len(mutants.of_group(group)) for group in GROUPS}


def main() -> int:
    """Run what is asked for; how many pieces failed decides the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("campaign", nargs="*", help="all if none is named")
    parser.add_argument("--draw", type=int, metavar="N", help="run one piece of N, write no table")
    parser.add_argument("--seed", default="long", help="what the draw and the order come from")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="stop after")
    options = parser.parse_args()
    every, kept = list(pieces()), KEPT / state()
    end = time.monotonic() + options.minutes * 60
    commit = _git("rev-parse", "--short", "HEAD").strip()  # another may have come before the end
    if _git("status", "--porcelain", *SOURCES):
        kept = KEPT / "uncommitted"  # of which nothing can be said later
        shutil.rmtree(kept, ignore_errors=True)
    asked = [p for p in every if not options.campaign or p.campaign in options.campaign]
    passed = failed = absent = 0
    chosen = drawn(asked, options.seed, options.draw or 1)
    for n, piece in enumerate(chosen, 1):
        left = end - time.monotonic()
        if left <= 0:
            absent += 1
            continue
        found = run(piece, kept, left)
        absent += found is None
        passed += found is not None and not found["failed"]
        failed += found is not None and bool(found["failed"])
        word = "left out" if found is None else "FAILED" if found["failed"] else "ok"
        print(f"{n}/{len(chosen)}  {piece.name}  {word}", flush=True)
        if found and found["failed"]:
            print(found["said"], flush=True)
    if not options.draw and kept.name != "uncommitted":
        TABLE.write_text(table(every, kept, commit), encoding="utf-8")
        said = [
            json.loads(p.read_text("utf-8"))["said"] for p in sorted(kept.glob("mutants-*.json"))
        ]
        made = f"{commit}, {datetime.now(UTC).date()}"
        MUTANTS.write_text(mutants_page("\n".join(said), _mutants_in_all(), made), encoding="utf-8")
    print(f"long: {passed} passed, {failed} failed, {absent} skipped")
    return min(failed, 1)


if __name__ == "__main__":
    raise SystemExit(main())
