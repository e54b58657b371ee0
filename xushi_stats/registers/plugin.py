"""What a report takes from registers: figures, tables and charts, and what disclosure control did.

The entry point ``xushi_stats.sections`` names this module, so that nothing of the core or of the report
imports it: with the folder gone, reports without registers are what they were.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from importlib import import_module
from typing import Any

from xushi_stats.dataset import Dataset
from xushi_stats.faults import Fault, Lang, errors
from xushi_stats.ledger import Entry
from xushi_stats.registers import exhibits, place_tables
from xushi_stats.registers.entries import folder_of
from xushi_stats.registers.rules import town
from xushi_stats.registers.synthetic_mark import is_marked
from xushi_stats.reporting.released import FOLDER

ROWS = {**exhibits.ROWS, **place_tables.ROWS}
"""``from`` of a table in ``exhibits.toml`` → its rows."""
_STATES = "poor lifted relapsed unstable marginal hardship cleared unstated"
_RATES = ["checked", "returned", "rate", "rate.low", "rate.high"]
FIELDS = {
    "register.figures": "name unit value",
    "register.prefix": "name unit value",
    "rules.open": "about name query",
    "rules.lacking": "figure name query",
    "assessment.grades": "name raw effective share office village",
    "assessment.domains": "name entries added deducted",
    "inspection.months": "name scored mean tau praised criticised praised_names criticised_names",
    "inspection.ranking": "name score rank move cases.city cases.district year.score year.rank "
    "year.months year.praised year.criticised",
    "households.standing": "name count count.prior count.change persons persons.prior "
    "persons.change",
    "households.villages": "name count persons poor lifted relapsed watched cleared unstated",
    "households.moves": f"name total absent {_STATES}",
    "checkpoints.posts": "name days days.missing "
    + " ".join(f"{of}.{kind}" for of in ("vehicles", "persons") for kind in _RATES),
}
"""``from`` of a table → the fields of its columns."""
CHARTS = {"heat": exhibits.HEAT, "places": place_tables.BARS}
"""``kind`` of a chart in ``exhibits.toml`` → how it is drawn, told, and what it leaves out."""
_FOLDERS = {
    **{"assessment": "assessment", "villages": "inspection"},
    **{"households": "households", "checkpoints": "checkpoints"},
}
"""The sections whose figures registers give → the folders that count them."""


def _section(name: str) -> Any:
    """The module whose ``entries(dataset, release, folder, faults)`` gives a section's figures.

    Imported when asked for: a section brings what it counts with.
    """
    return import_module(f"xushi_stats.registers.{_FOLDERS[name]}.section")


def entries(dataset: Dataset, release: int, faults: list[Fault]) -> list[Entry]:
    """The figures of all registers that the town's report has a section on and that are at hand.

    A town names under ``registers`` the sections whose registers its report counts on: where they are
    not at hand, their figures are there, each of them missing for that reason.
    """
    folder = folder_of(dataset.folder.parent, dataset.ref_area)
    wrong = _unmarked(dataset)
    if town.is_there(dataset) or (folder.is_dir() and set(_FOLDERS) & set(dataset.sections)):
        town.load(dataset, wrong)
    faults += wrong
    if errors(wrong):  # under rules that are wrong nothing may be counted of persons
        return []
    found: list[Entry] = []
    kept = dataset.town.get("registers", [])
    for name in dataset.sections:
        if name in _FOLDERS and (folder.is_dir() or name in kept):
            found += _section(name).entries(dataset, release, folder, faults)
    return _in_english(found, dataset.town.get("in_english", {}))


def _in_english(found: list[Entry], names: Mapping[str, str]) -> list[Entry]:
    """The figures with the names of villages and the like, as registers write them, in English."""
    if not names:
        return found
    pattern = re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))))

    def said(words: Mapping[Lang, str]) -> dict[Lang, str]:
        return {**words, "en": pattern.sub(lambda match: names[match[0]], words["en"])}

    made = []
    for entry in found:
        own = entry.indicator
        own = replace(own, names=said(own.names), definition=said(own.definition))
        made.append(replace(entry, indicator=own))
    return made


def manifest(dataset: Dataset, release: int, *, internal: bool) -> dict[str, Any]:
    """What disclosure control did in each section that it covers, for the files of a bundle.

    Args:
        dataset: the town.
        release: the year of the report.
        internal: whether to tell how many numbers each reason hid; the public learns all of them as one.

    Returns:
        Section → rule, cells, cells hidden; empty where no register is at hand.
    """
    folder = folder_of(dataset.folder.parent, dataset.ref_area)
    found = {}
    for name in dataset.sections if folder.is_dir() else ():
        told = getattr(_section(name), "manifest", None) if name in _FOLDERS else None
        said = told and told(dataset, release, folder, internal=internal)
        if said:
            found[name] = said
    return found


def refused(dataset: Dataset, release: int) -> list[Fault]:
    """Why there can be no public edition beside those that were released before."""
    folder = folder_of(dataset.folder.parent, dataset.ref_area)
    if not (folder.is_dir() and (dataset.folder / FOLDER).is_dir()):
        return []
    sections = (_section(name) for name in dataset.sections if name in _FOLDERS)
    counted = (s.found(dataset, release, folder, []) for s in sections if hasattr(s, "found"))
    return [fault for made in counted if made for fault in made.refused]


_SAID: Mapping[Lang, tuple[str, ...]] = {"zh": ("虚构", "合成"), "en": ("invented", "synthetic")}
"""What the notice on each page says where registers are synthetic: one of these words."""


def _unmarked(dataset: Dataset) -> list[Fault]:
    """A fault for each language whose notice hides that the town's registers are synthetic."""
    if not is_marked(dataset.folder):
        return []
    file = f"{dataset.ref_area}/town.toml"
    return [
        Fault(
            "synthetic_unmarked", file, details={"key": f"notice.{lang}", "words": ", ".join(words)}
        )
        for lang, words in _SAID.items()
        if not any(word in dataset.town["notice"][lang].lower() for word in words)
    ]
