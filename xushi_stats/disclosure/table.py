"""A table before protection: its cells, the sums between them, and the rule that protects persons in it.

Linked tables, levels of a hierarchy and years are one system: a cell that stands in two tables has one
id, and every sum a reader can form (total = parts, stock = stock last year + in - out) is a relation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from xushi_stats.faults import DataFaults, Fault

Zeros = Literal["shown", "usable", "hidden"]
"""``shown``: a zero is always printed; ``usable``: a zero may be hidden to protect another cell;
``hidden``: a zero counts as below the threshold."""


@dataclass(frozen=True)
class Cell:
    """One number of a table.

    Attributes:
        id: name of the cell; it is the same in every table where the number stands.
        count: whole number >= 0 (of a magnitude table: in its smallest unit, such as 分), or None
            where the office itself has no number.
        sensitive: whether the higher threshold holds.
        fixed: whether the cell cannot be hidden: published in an earlier year, or known to everyone.
        hidden_before: whether the cell was hidden in an earlier publication, and so stays hidden.
        virtual: a number that is not printed, but that a reader can form (a total without one part);
            it is always protected.
        contributions: in a magnitude table, what each respondent contributes; empty for counts.
    """

    id: str
    count: int | None
    sensitive: bool = False
    fixed: bool = False
    hidden_before: bool = False
    virtual: bool = False
    contributions: tuple[int, ...] = ()


@dataclass(frozen=True)
class Relation:
    """A sum that every reader can form: the terms, each a whole multiple of a cell, add to a constant.

    Attributes:
        terms: cell id → coefficient.
        constant: what the terms add to; 0 for a margin.
        total, parts: set where the relation divides a total among groups.
    """

    terms: Mapping[str, int]
    constant: int = 0
    total: str = ""
    parts: tuple[str, ...] = ()


def margin(total: str, parts: Sequence[str]) -> Relation:
    """The relation total = sum of the parts.

    >>> margin("all", ["men", "women"]).terms
    {'all': 1, 'men': -1, 'women': -1}
    """
    return Relation({total: 1, **dict.fromkeys(parts, -1)}, 0, total, tuple(parts))


@dataclass(frozen=True)
class Rule:
    """What is hidden, set by the office and recorded in the manifest.

    Attributes:
        threshold: a count below it is hidden (households; default of TRUST.md section 3).
        sensitive_threshold: the same for sensitive variables.
        zeros: what happens to a count of 0.
        complement: whether a total without one of its parts wants the threshold too. Where all but two
            households of a village are of one kind, or all of them, their kind is known (group
            disclosure: Willenborg and de Waal 2001, ch. 6). Where zeros are always shown, "all of
            them" is shown with them, and only the case of a few is hidden.
        width: how far apart the ends of the interval of a hidden small cell must lie; 0 stands for
            the cell's own threshold, so that no reader learns that the count is below it. Other hidden
            cells must only be undetermined.

    Raises:
        ValueError: a setting is out of its range.
    """

    threshold: int = 3
    sensitive_threshold: int = 10
    zeros: Zeros = "usable"
    complement: bool = True
    width: int = 0

    def __post_init__(self) -> None:
        if self.zeros not in get_args(Zeros):
            raise ValueError(self.zeros)
        if min(self.threshold, self.sensitive_threshold) < 1 or self.width < 0:
            raise ValueError("threshold")

    def threshold_of(self, cell: Cell) -> int:
        """The threshold that holds for a cell."""
        return self.sensitive_threshold if cell.sensitive else self.threshold

    @property
    def floor(self) -> int:
        """The least that a number hidden by this rule can be, as everyone knows who knows the rule."""
        return 1 if self.zeros == "shown" else 0

    def floor_of(self, cell: Cell) -> int:
        """The least that this cell can be; where another rule or none hides it, nothing is known."""
        return 0 if cell.hidden_before or cell.virtual or cell.count is None else self.floor


@dataclass(frozen=True)
class Table:
    """Cells and relations of everything published together, checked when made.

    Attributes:
        cells: every cell once.
        relations: every sum between them.
        name: what the table is called in a fault.

    Raises:
        DataFaults: a cell stands twice, is negative, or a relation names no cell or does not hold.
    """

    cells: Sequence[Cell]
    relations: Sequence[Relation]
    name: str = ""
    counts: Mapping[str, int | None] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "counts", {cell.id: cell.count for cell in self.cells})
        if faults := [*self._cell_faults(), *self._relation_faults()]:
            raise DataFaults(faults)

    def _cell_faults(self) -> Iterable[Fault]:
        seen: set[str] = set()
        for cell in self.cells:
            if cell.id in seen:
                yield Fault("disclosure_cell_twice", self.name, value=cell.id)
            if cell.count is not None and cell.count < 0:
                yield Fault("disclosure_negative", self.name, value=cell.id)
            if cell.fixed and cell.hidden_before:
                yield Fault("disclosure_fixed", self.name, value=cell.id)
            if cell.contributions and sum(cell.contributions) != cell.count:
                yield Fault("disclosure_sums", self.name, value=cell.id)
            seen.add(cell.id)

    def _relation_faults(self) -> Iterable[Fault]:
        for relation in self.relations:
            if unknown := [cell for cell in relation.terms if cell not in self.counts]:
                yield Fault("disclosure_cell_unknown", self.name, value=unknown[0])
                continue
            values = [(self.counts[cell], times) for cell, times in relation.terms.items()]
            if all(count is not None for count, _ in values) and relation.constant != sum(
                times * (count or 0) for count, times in values
            ):
                yield Fault("disclosure_sums", self.name, value=next(iter(relation.terms)))
