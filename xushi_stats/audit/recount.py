"""Every figure of a ledger that comes from registers, counted again from the registers themselves.

Whoever may have the registers gives their folder; the counting is done on the other engine than the
build's, DuckDB, and compared with the bundle's ledger figure by figure.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xushi_stats.dataset import Dataset
from xushi_stats.faults import DataFaults, Fault, Lang, errors
from xushi_stats.format import pure
from xushi_stats.ledger import Entry
from xushi_stats.registers.checkpoints import section as checkpoint_section
from xushi_stats.registers.households import section as household_section

SECTIONS = ("households", "checkpoints")
"""The sections of which every register figure is counted again."""


@dataclass(frozen=True)
class Difference:
    """A figure that the registers do not give as the ledger has it.

    Attributes:
        code: ``value``: another number; ``digest``: the number agrees, the registers are other files;
            ``absent``: the registers give no such figure; ``new``: the ledger has no such figure.
        ledger, counted: the exact values, "" where there is none.
    """

    code: str
    figure: str
    ledger: str = ""
    counted: str = ""

    def text(self, lang: Lang) -> str:
        """The difference on one line."""
        words = _WORDS[self.code][lang]
        return f"{self.figure} {words.format(ledger=self.ledger, counted=self.counted)}"


_WORDS: dict[str, dict[Lang, str]] = {
    "value": {
        "zh": "台账为{ledger}，由登记表复算为{counted}",
        "en": "is {ledger} in the ledger and {counted} by the registers",
    },
    "digest": {
        "zh": "数相符，但登记表文件的SHA-256不同",
        "en": "agrees, but the registers' files have another SHA-256",
    },
    "absent": {"zh": "登记表不能给出此数", "en": "is not given by the registers"},
    "new": {"zh": "台账中没有此数", "en": "is not in the ledger"},
}


@dataclass(frozen=True)
class Recount:
    """What the comparison came to: figures counted again, and those that differ."""

    figures: int
    differences: tuple[Difference, ...]


def recount(ledger: Path, dataset: Dataset, folder: Path) -> Recount:
    """Count the register figures of a ledger again.

    Args:
        ledger: a build's ``ledger.json``.
        dataset: the town, for its rules.
        folder: the registers.

    Raises:
        DataFaults: the ledger or the registers cannot be read.
    """
    release, rows = _ledger(ledger)
    made = {
        f"{dataset.ref_area}/{e.indicator.id}@{e.period}": e
        for e in _counted(dataset, release, folder)
    }
    told = {i: row for i, row in rows.items() if row["origin"] and _section(i) in SECTIONS}
    found = [Difference("absent", i, told[i]["value"]) for i in told if i not in made]
    found += [Difference("new", i, "", _value(made[i])) for i in made if i not in told]
    for name in (i for i in told if i in made):
        ours, theirs = told[name]["value"], _value(made[name])
        if ours != theirs:
            found.append(Difference("value", name, ours, theirs))
        elif told[name]["origin"] != made[name].origin:
            found.append(Difference("digest", name, ours, theirs))
    return Recount(len(made), tuple(sorted(found, key=lambda d: (d.code != "value", d.figure))))


def _counted(dataset: Dataset, release: int, folder: Path) -> list[Entry]:
    """The figures that come from registers; formulas over them are recomputed by ``verify``."""
    faults: list[Fault] = []
    found: list[Entry] = []
    if "households" in dataset.sections:
        found += household_section.entries(dataset, release, folder, faults, "duckdb")
    if "checkpoints" in dataset.sections:
        found += checkpoint_section.entries(dataset, release, folder, faults)
    if errors(faults):
        raise DataFaults(faults)
    return [entry for entry in found if entry.origin]


def _ledger(path: Path) -> tuple[int, dict[str, dict[str, Any]]]:
    try:
        content = json.loads(path.read_bytes())
        return int(content["release"]), {row["id"]: row for row in content["figures"]}
    except (OSError, ValueError, KeyError, TypeError):
        raise DataFaults([Fault("ledger_unreadable", path.name)]) from None


def _section(figure: str) -> str:
    return figure.partition("/")[2].partition(".")[0]


def _value(entry: Entry) -> str:
    quantity = entry.quantity
    return str(pure(quantity.value, quantity.unit)) if quantity else ""
