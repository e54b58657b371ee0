"""Aggregates of a town's registers as figures: observed, each with the query that it comes from.

A register's statistics enter the ledger as ``Entry``: an indicator made for the purpose, a quantity,
and an origin that names table, SHA-256, filter and function, so that whoever may have the register can
have the figure computed again. What disclosure control hides is marked here and leaves the ledger where
the public one is made.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xushi_stats import synth
from xushi_stats.catalogue import Indicator
from xushi_stats.faults import Fault, Lang, errors
from xushi_stats.formula import Formula
from xushi_stats.quantity import Quantity, Unit
from xushi_stats.registers import town
from xushi_stats.registers.parameters import Open

if TYPE_CHECKING:
    from xushi_stats.dataset import Dataset

ROOMS: Mapping[str, str] = {
    "assessment": "xushi_stats.registers.assessment.section",
    "villages": "xushi_stats.registers.inspection.section",
    "households": "xushi_stats.registers.households.section",
    "checkpoints": "xushi_stats.registers.checkpoints.section",
}
"""Section → the module whose ``entries(dataset, release, folder, faults)`` gives its figures."""


@dataclass(frozen=True)
class Entry:
    """A figure that a register gives.

    Attributes:
        indicator: observed, or with a formula over other entries.
        period: what it is about.
        quantity: None where it cannot be given, and for a formula.
        reason: why there is no quantity: a reason of ``ledger.Missing``.
        rule, query: for ``open_rule`` the parameter that is open and its query.
        origin: ``households.csv sha256:… filter: … function: …``; "" for a formula.
        hidden: whether the public may not see it.
    """

    indicator: Indicator
    period: str
    quantity: Quantity | None = None
    reason: str = ""
    rule: str = ""
    query: str = ""
    origin: str = ""
    hidden: bool = False


def folder_of(data: Path, ref_area: str) -> Path:
    """Where a town's registers lie, outside the repository."""
    return data / ref_area / "registers"


def entries(dataset: Dataset, release: int, faults: list[Fault]) -> list[Entry]:
    """The figures of all registers that the town's report has a section on and that are at hand.

    A town names under ``registers`` the sections whose registers its report counts on: where they are
    not at hand, their figures are there, each of them missing for that reason.
    """
    folder = folder_of(dataset.folder.parent, dataset.ref_area)
    wrong = _unmarked(dataset)
    if town.is_there(dataset) or (folder.is_dir() and set(ROOMS) & set(dataset.sections)):
        town.load(dataset, wrong)
    faults += wrong
    if errors(wrong):
        return []
    found: list[Entry] = []
    kept = dataset.town.get("registers", [])
    for section in dataset.sections:
        if section in ROOMS and (folder.is_dir() or section in kept):
            room: Any = import_module(ROOMS[section])
            found += room.entries(dataset, release, folder, faults)
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
    for section in dataset.sections if folder.is_dir() else ():
        room: Any = import_module(ROOMS[section]) if section in ROOMS else None
        said = hasattr(room, "manifest") and room.manifest(
            dataset, release, folder, internal=internal
        )
        if said:
            found[section] = said
    return found


_SAID: Mapping[Lang, tuple[str, ...]] = {"zh": ("虚构", "合成"), "en": ("invented", "synthetic")}
"""What the notice on each page says where registers are synthetic: one of these words."""


def _unmarked(dataset: Dataset) -> list[Fault]:
    """A fault for each language whose notice hides that the town's registers are synthetic."""
    if not synth.is_marked(dataset.folder):
        return []
    file = f"{dataset.ref_area}/town.toml"
    return [
        Fault(
            "synthetic_unmarked", file, details={"key": f"notice.{lang}", "words": ", ".join(words)}
        )
        for lang, words in _SAID.items()
        if not any(word in dataset.town["notice"][lang].lower() for word in words)
    ]


def indicator(
    name: str,
    names: Mapping[Lang, str],
    unit: Unit,
    definition: Mapping[Lang, str],
    *,
    section: str,
    audience: str = "public",
    basis: str = "stock",
    formula: str = "",
    decimals: int | None = None,
    shown: Mapping[Lang, str] | None = None,
    place: str = "",
) -> Indicator:
    """An indicator that a register's section needs; ``name`` is an id without digits."""
    return Indicator(
        id=name,
        names=names,
        section=section,
        unit=unit,
        shown=shown or {"zh": "", "en": ""},
        basis=basis,
        formula=Formula(formula) if formula else None,
        query="",
        decimals=decimals,
        audience=audience,
        definition=definition,
        assumption={"zh": "", "en": ""},
        place=place,
    )


def filled(found: list[Entry], whole: Iterable[Entry], needed: Iterable[Any] = ()) -> list[Entry]:
    """The figures of a section, and every other that a text may name, missing with its reason.

    Args:
        found: what the registers gave.
        whole: all figures of the town as a whole, whatever the registers hold.
        needed: values of the parameters that figures wait for; the first open one is the reason.
    """
    there = {entry.indicator.id for entry in found}
    waiting = next((value for value in needed if isinstance(value, Open)), None)
    reason = "open_rule" if waiting else "no_register"
    rule, query = (waiting.name, waiting.query) if waiting else ("", "")
    return found + [
        replace(e, quantity=None, reason=reason, rule=rule, query=query, origin="", hidden=False)
        for e in whole
        if e.indicator.id not in there
    ]


def letters(number: int) -> str:
    """A running number in letters, since ids hold no digits.

    >>> letters(0), letters(25), letters(26)
    ('a', 'z', 'ba')
    """
    more, last = divmod(number, 26)
    return (letters(more) if more else "") + "abcdefghijklmnopqrstuvwxyz"[last]


def numbered(prefix: str, names: Iterator[str] | list[str]) -> dict[str, str]:
    """An id for each of some names, such as villages: ``inspection.score.a``, in their order."""
    return {name: f"{prefix}.{letters(n)}" for n, name in enumerate(names)}
