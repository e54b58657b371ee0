"""What is hidden, held against τ-ARGUS: the same tables, its optimal suppression, our audit of both."""

from __future__ import annotations

import random
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from counted import cube, drawn, two_way

from xushi_stats.disclosure.intruder import Published, audit
from xushi_stats.disclosure.protection import protect
from xushi_stats.disclosure.table import Rule, Table

pytauargus = pytest.importorskip("pytauargus", reason="make test installs it")
RULES = (Rule(complement=False, zeros="shown", width=1), Rule(complement=False))
SAFETY = "FREQ(3,30)"


@dataclass(frozen=True)
class Judged:
    """One table: what each hides, in value, and what our audit finds in its solution."""

    ours: int
    theirs: int
    found: dict[str, str]

    @property
    def ratio(self) -> float:
        return self.ours / self.theirs if self.theirs else 1.0 + self.ours


def tables(seeds: range) -> Iterator[tuple[Table, dict[tuple[str, ...], str]]]:
    """Two ways and three, each with the names of its cells by code."""
    for seed in seeds:
        dice = random.Random(seed * 7 + 1)
        sides = dice.randint(3, 7), dice.randint(3, 7)
        table = two_way(drawn(*sides, seed, dice.choice([3, 8, 20])))
        rows, columns = (
            [*(f"{way}{n}" for n in range(1, side + 1)), ""]
            for way, side in zip("rc", sides, strict=True)
        )
        yield table, {(row, column): row + column or "all" for row in rows for column in columns}
        three = cube((3, 3, 2 + seed % 2), seed, (4, 8, 15)[seed % 3])
        yield three, {tuple(c if c != "*" else "" for c in cell): cell for cell in three.counts}


def by_tau_argus(table: Table, names: dict[tuple[str, ...], str], folder: Path) -> set[str]:
    """The cells that τ-ARGUS hides."""
    ways = [f"way{n}" for n in range(len(next(iter(names))))]
    persons: dict[str, list[object]] = {way: [] for way in (*ways, "persons")}
    for codes, name in names.items():
        for _ in range(table.counts[name] or 0) if all(codes) else ():
            for way, code in zip(ways, codes, strict=True):
                persons[way].append(f"c{code}")
            persons["persons"].append(1)
    found = pytauargus.protect(persons, ways, "persons", SAFETY, "OPT(1)", workdir=str(folder))
    hidden = set()
    for row in found.tables[0].rows:
        codes = ("" if row[way] == "Total" else str(row[way])[1:] for way in ways)
        if row["status"] in ("U", "M"):
            hidden.add(names[tuple(codes)])
    return hidden


def judged(table: Table, names: dict[tuple[str, ...], str], rule: Rule, folder: Path) -> Judged:
    theirs = by_tau_argus(table, names, folder)
    made = protect(table, rule)
    ours = {cell.id for cell in made.cells if cell.count is None}
    visible = {c: n for c, n in table.counts.items() if c not in theirs and n is not None}
    floors = dict.fromkeys(theirs, rule.floor) if rule.floor else {}
    published = Published(visible, sorted(theirs), table.relations, floors)
    own = {cell: width for cell, width in made.widths.items() if cell in theirs}
    found: dict[str, str] = dict(audit(published, own))
    found |= dict.fromkeys(made.widths.keys() - theirs, "shown")
    value = {
        side: sum(table.counts[c] or 0 for c in cells) for side, cells in enumerate((ours, theirs))
    }
    return Judged(value[0], value[1], found)


def compared(seeds: range, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Judged]:
    monkeypatch.chdir(tmp_path)  # its logs go where it is run
    return [
        judged(table, names, rule, tmp_path)
        for rule in RULES
        for table, names in tables(seeds)
    ]  # fmt: skip


def accepted(found: list[Judged]) -> list[float]:
    return sorted(one.ratio for one in found if not one.found)


@pytest.mark.slow
def test_we_hide_no_more_than_tau_argus_in_a_few_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ratios = accepted(compared(range(100, 103), tmp_path, monkeypatch))
    assert len(ratios) >= 4 and statistics.median(ratios) <= 1.05 and ratios[-1] <= 1.2, ratios


@pytest.mark.long
def test_we_hide_no_more_than_tau_argus_in_many_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = compared(range(100, 130), tmp_path, monkeypatch)
    ratios, solved = (
        accepted(found),
        sum(bool({"equations", "one"} & {*j.found.values()}) for j in found),
    )
    told = f"{len(ratios)} of {len(found)} accepted, {solved} solved; {ratios[-4:]}"
    print(told)
    assert statistics.median(ratios) <= 1.05 and ratios[-1] <= 1.25, told
