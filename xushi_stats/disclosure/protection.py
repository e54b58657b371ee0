"""Persons are protected: a table goes in, the table that may be published comes out, or the build stops.

The stages: what the office lacks but a reader could work out is filled in; unsafe cells are found; further
cells are hidden for them; the reader's side is audited. Nothing that narrows a hidden cell may be printed
beside it: ``derived_figures`` names the figures that must go.

One mark stands for every hidden number. Were the reasons printed, everyone would know which numbers are
below the threshold; so reasons, and how many cells each hid, stay in the internal edition.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, get_args

from xushi_stats.disclosure.intruder import Published, Why, audit, intervals
from xushi_stats.disclosure.linear_program import Infeasible
from xushi_stats.disclosure.suppression import (
    Reason,
    complementary,
    primary,
    widths,
    with_complements,
)
from xushi_stats.disclosure.table import Rule, Table
from xushi_stats.faults import DataFaults, Fault

ROUNDS = 4
"""How often the choice is made again with wider intervals where the audit is not content."""


@dataclass(frozen=True)
class ProtectedCell:
    """One number as it may be published.

    Attributes:
        id: name of the cell.
        count: the number, or None where there is none to print.
        suppressed: why there is none, for the internal edition; "" where there is one.
    """

    id: str
    count: int | None
    suppressed: Reason


@dataclass(frozen=True)
class Protection:
    """A table after protection. Holds the true counts: it is not written anywhere; its results are.

    Attributes:
        cells: what may be published, in the order of the table.
        rule: the rule followed.
        table: the true table, virtual cells included.
        published: what a reader has.
        widths: unsafe cell → how far apart the ends of its interval lie at least.
    """

    cells: Sequence[ProtectedCell]
    rule: Rule
    table: Table = field(repr=False)
    published: Published = field(repr=False)
    widths: Mapping[str, int] = field(repr=False)

    def printed(self) -> dict[str, int | None]:
        """Cell → number to print, None for the one mark of a hidden number."""
        return {cell.id: cell.count for cell in self.cells}

    def manifest(self, *, internal: bool) -> dict[str, Any]:
        """The rule and how many numbers it hid, by reason in the internal edition; never a number.

        ``unprotected`` counts what the audit, made once more, finds.
        """
        reasons = [cell.suppressed for cell in self.cells]
        hidden: dict[str, int] = {}
        if internal:
            hidden = {reason: reasons.count(reason) for reason in get_args(Reason) if reason}
        return {
            "rule": asdict(self.rule),
            "cells": len(reasons),
            "hidden": hidden | {"all": sum(1 for reason in reasons if reason)},
            "unprotected": len(audit(self.published, self.widths)),
        }


def protect(table: Table, rule: Rule) -> Protection:
    """Hide what must be hidden and audit it.

    Args:
        table: the true counts of everything published together.
        rule: what is hidden.

    Returns:
        The table that may be published.

    Raises:
        DataFaults: the counts contradict each other, or a cell cannot be protected, since too much
            was published before or is fixed. The build must stop.

    >>> from xushi_stats.disclosure.table import Cell, margin
    >>> counts = {"all": 30, "a": 2, "b": 13, "c": 15}
    >>> cells = [Cell(name, count) for name, count in counts.items()]
    >>> protect(Table(cells, [margin("all", ["a", "b", "c"])]), Rule()).printed()
    {'all': 30, 'a': None, 'b': None, 'c': 15}
    """
    full = with_complements(completed(table), rule)
    unsafe = primary(full, rule)
    needed = widths(full, rule, unsafe)
    wanted = dict(needed)
    for _ in range(ROUNDS):
        further = complementary(full, rule, wanted)
        published = _published(full, rule, {*unsafe, *further})
        failed = _audited(published, needed, table.name)
        if not failed:
            break
        wider = failed.keys() & needed.keys() or needed.keys()
        wanted |= {cell: wanted[cell] + 1 for cell in wider}
    else:
        raise DataFaults(_fault(table.name, cell, why) for cell, why in failed.items())
    reasons = _reasons(table, published, unsafe)
    cells = [
        ProtectedCell(cell.id, None if reasons[cell.id] else cell.count, reasons[cell.id])
        for cell in table.cells
    ]
    return Protection(cells, rule, full, published, needed)


def completed(table: Table) -> Table:
    """The table with the numbers that the office lacks, where anyone could work them out.

    Raises:
        DataFaults: the counts contradict each other.
    """
    missing = [cell.id for cell in table.cells if cell.count is None]
    if not missing:
        return table
    visible = {cell: count for cell, count in table.counts.items() if count is not None}
    try:
        found = intervals(Published(visible, missing, table.relations))
    except Infeasible:
        raise DataFaults([Fault("disclosure_contradiction", table.name)]) from None
    known = {c: i.low for c, i in found.items() if i.determined or (i.proved and i.low == i.high)}
    cells = [replace(cell, count=known.get(cell.id, cell.count)) for cell in table.cells]
    return Table(cells, table.relations, table.name)


def _published(table: Table, rule: Rule, hidden: set[str]) -> Published:
    gone = [c for c in table.cells if c.id in hidden or c.hidden_before or c.count is None]
    names = {cell.id for cell in gone}
    return Published(
        {c.id: c.count for c in table.cells if c.id not in names and c.count is not None},
        [cell.id for cell in gone],
        table.relations,
        {cell.id: floor for cell in gone if (floor := rule.floor_of(cell))},
    )


def _audited(published: Published, needed: Mapping[str, int], name: str) -> dict[str, Why]:
    try:
        return audit(published, needed)
    except Infeasible:
        raise DataFaults([Fault("disclosure_contradiction", name)]) from None


def _reasons(table: Table, published: Published, unsafe: Iterable[str]) -> dict[str, Reason]:
    """Why each cell has no number; whatever the audit took for hidden has one."""
    reasons: dict[str, Reason] = dict.fromkeys(published.visible, "")
    reasons |= dict.fromkeys(published.hidden, "complementary")
    reasons |= {cell.id: "missing" for cell in table.cells if cell.count is None}
    reasons |= {cell.id: "before" for cell in table.cells if cell.hidden_before}
    reasons |= dict.fromkeys(unsafe, "primary")
    return reasons


def _fault(name: str, cell: str, why: Why) -> Fault:
    return Fault(f"disclosure_{why}", name, value=cell)
