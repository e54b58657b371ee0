"""Counts that a report takes from registers, and which of them the public may not see.

All counts of a part of the report that hang together by sums are one system: margins, villages, two dates
and the moves between them, and what an earlier report published. A count of persons stands on its
households: it is hidden where theirs is, and theirs where it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from xushi_stats.disclosure.derived_figures import Derived, Kind, refused
from xushi_stats.disclosure.protection import Protection, protect
from xushi_stats.disclosure.table import Cell, Relation, Rule, Table
from xushi_stats.faults import Lang
from xushi_stats.ledger import Entry
from xushi_stats.quantity import Quantity, Unit
from xushi_stats.registers.entries import indicator

_ENGLISH = {"车辆": "vehicles", "回访": "visits"}
"""What a counting unit counts → its English name."""
Earlier = Mapping[str, bool]
"""Cell of an earlier report → whether it was hidden there."""


@dataclass(frozen=True)
class Count:
    """A whole number taken from a register.

    Attributes:
        id: the indicator.
        period: what it is about.
        value: the number.
        unit: 户, 人.
        names, definition: in both languages.
        origin: the query and the register's digest.
        sensitive: whether the higher threshold holds.
        of: id of the households that a number of persons, or of visits, stands on, of the same period.
        printed: False where only an earlier report printed it, and it only binds the others.
        public: whether it may stand in the public edition at all.
        flow: counted over a period, not at a date.
        place: the village, checkpoint or measure that it is about.
    """

    id: str
    period: str
    value: int
    unit: Unit
    names: Mapping[Lang, str]
    definition: Mapping[Lang, str]
    origin: str
    sensitive: bool = False
    of: str = ""
    printed: bool = True
    public: bool = True
    flow: bool = False
    place: str = ""

    @property
    def cell(self) -> str:
        """Its name in the system of cells."""
        return f"{self.id}@{self.period}"

    @property
    def base(self) -> str:
        """The cell of the households that it stands on; "" where it is one of households."""
        return f"{self.of}@{self.period}" if self.of else ""


@dataclass(frozen=True)
class System:
    """Counts and every sum between them that a reader can form.

    Attributes:
        totals: (total, part, whether nothing left of the total is harmless): of a part with too few
            left over the kind of these few would be known.
    """

    name: str
    counts: Sequence[Count]
    relations: Sequence[Relation]
    totals: Sequence[tuple[str, str, bool]] = ()


@dataclass(frozen=True)
class Protected:
    """A system as the public may see it.

    Attributes:
        hidden: the cells that are not printed.
        earlier: the cells that an earlier report published.
        protection: what the audit passed.
    """

    system: System
    rule: Rule
    hidden: frozenset[str]
    earlier: Earlier = field(repr=False)
    protection: Protection = field(repr=False)

    def manifest(self, *, internal: bool) -> dict[str, Any]:
        """The rule and how much it hid; why, for the office alone."""
        said = self.protection.manifest(internal=internal)
        cells = {count.cell for count in self.system.counts}
        hidden = {"all": len(self.hidden)}
        if internal:
            reasons = Counter(
                self._reason(c.id, c.suppressed) for c in self.protection.cells if c.id in cells
            )
            hidden |= {reason: reasons[reason] for reason in ("primary", "complementary", "before")}
        return {
            "rule": _said(self.rule),
            "cells": len(cells),
            "hidden": hidden,
            "unprotected": said["unprotected"],
        }

    def _reason(self, cell: str, reason: str) -> str:
        """Why a cell is hidden; one that goes with its households, or they with it, is complementary."""
        return "complementary" if reason == "before" and not self.earlier.get(cell) else reason

    def refuses(self, figure: Derived) -> bool:
        """Whether a share or mean must not be printed; one that says 0% or 100% of printed counts may."""
        if not self.hidden & {*figure.numerator, *(figure.denominator or {})}:
            counts = self.protection.table.counts
            top, bottom = (
                sum(times * (counts[cell] or 0) for cell, times in form.items())
                for form in (figure.numerator, figure.denominator or {})
            )
            if bottom and top in (0, bottom):
                return False
        return bool(refused(self.protection, [figure]))


def _said(rule: Rule) -> dict[str, Any]:
    names = ("threshold", "sensitive_threshold", "zeros", "complement", "width")
    return {name: getattr(rule, name) for name in names}


def protected(system: System, rule: Rule, earlier: Earlier | None = None) -> Protected:
    """Hide what must be hidden.

    Args:
        system: everything that one report publishes together.
        rule: the town's rule.
        earlier: cells that earlier reports published, and whether they hid them.

    Raises:
        DataFaults: the counts contradict each other, or the audit finds a cell that cannot be protected.
    """
    own = replace(
        rule, complement=False
    )  # made here, where it is known which remainder is harmless
    bases = {count.cell: count.base for count in system.counts if count.base}
    known = {count.cell for count in system.counts}
    earlier = {cell: was for cell, was in (earlier or {}).items() if cell in known}
    forced = {cell for cell, was_hidden in earlier.items() if was_hidden}
    # households first, so that persons are hidden after their pattern and not by another of their own
    first = protect(_table(_without(system, bases), rule, earlier, forced), own)
    hidden = {cell.id for cell in first.cells if cell.count is None} & known
    while True:
        twins = {base for cell, base in bases.items() if cell in hidden}
        twins |= {cell for cell, base in bases.items() if base in hidden}
        forced |= {cell for cell in twins | hidden if earlier.get(cell) is not False}
        made = protect(_table(system, rule, earlier, forced), own)
        hidden = {cell.id for cell in made.cells if cell.count is None} & known
        if hidden <= forced:
            return Protected(system, rule, frozenset(hidden), earlier, made)


def _without(system: System, cells: Collection[str]) -> System:
    """The system without some cells and every sum that names one."""
    return replace(
        system,
        counts=[count for count in system.counts if count.cell not in cells],
        relations=[r for r in system.relations if not r.terms.keys() & set(cells)],
        totals=[t for t in system.totals if not {t[0], t[1]} & set(cells)],
    )


def _table(system: System, rule: Rule, earlier: Earlier, forced: Collection[str]) -> Table:
    by_cell = {count.cell: count for count in system.counts}
    cells = [
        Cell(
            count.cell,
            count.value,
            sensitive=count.sensitive,
            fixed=earlier.get(count.cell) is False,
            hidden_before=count.cell in forced,
            contributions=_even(count.value, by_cell[count.base].value) if count.base else (),
        )
        for count in system.counts
    ]
    relations = list(system.relations)
    for total, part, harmless in system.totals if rule.complement else ():
        if earlier.get(total) is not None and earlier.get(part) is not None:
            continue  # it stood in an earlier report, and was protected there
        rest = by_cell[total].value - by_cell[part].value
        sensitive = by_cell[total].sensitive or by_cell[part].sensitive
        name = f"{total} - {part}"
        cell = Cell(name, rest, sensitive=sensitive, virtual=True)
        least = 1 if harmless or rule.zeros == "shown" else 0
        if least <= rest < rule.threshold_of(cell) and by_cell[total].value:
            cells.append(cell)
            relations.append(Relation({total: 1, part: -1, name: -1}))
    return Table(cells, relations, system.name)


def _even(total: int, households: int) -> tuple[int, ...]:
    """A number of persons in parts, one a household, since the threshold is one of households."""
    whole, more = divmod(total, households) if households else (0, 0)
    return tuple(whole + (n < more) for n in range(households))


def entered(found: Protected | None, counts: Iterable[Count]) -> list[Entry]:
    """The counts as figures of the ledger, marked where the public may not see them."""
    hidden = found.hidden if found else frozenset()
    return [
        Entry(
            indicator(
                count.id,
                count.names,
                count.unit,
                count.definition,
                section=count.id.partition(".")[0],
                audience="public" if count.public else "internal",
                basis="flow" if count.flow else "stock",
                place=count.place,
                shown={"zh": "", "en": _ENGLISH.get(count.unit.counts, "")},
            ),
            count.period,
            Quantity.exactly(count.value, count.unit),
            origin=count.origin,
            hidden=count.cell in hidden,
        )
        for count in counts
        if count.printed
    ]


def share(part: str, whole: str, period: str, kind: Kind = "share") -> Derived:
    """A share or mean of two counts of one period, for ``Protected.refuses``."""
    return Derived(part, {f"{part}@{period}": 1}, {f"{whole}@{period}": 1}, kind)
