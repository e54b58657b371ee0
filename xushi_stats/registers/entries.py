"""What all sections on registers share: where registers lie, how their figures are named and completed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from xushi_stats.catalogue import Indicator
from xushi_stats.faults import Lang
from xushi_stats.formula import Formula
from xushi_stats.ledger import Entry
from xushi_stats.quantity import Unit
from xushi_stats.registers.rules.parameter import Open


def folder_of(data: Path, ref_area: str) -> Path:
    """Where a town's registers lie, outside the repository."""
    return data / ref_area / "registers"


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
    """An indicator that no row of the catalogue has, such as a count; ``name`` is an id without digits."""
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
