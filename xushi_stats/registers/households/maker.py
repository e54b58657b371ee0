"""Collects the counts of the report on households, and the sums between them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from xushi_stats.disclosure.table import Relation, margin
from xushi_stats.quantity import Unit
from xushi_stats.registers.frames import Query
from xushi_stats.registers.households.aggregates import HOUSEHOLDS, Aggregates
from xushi_stats.registers.households.words import Words
from xushi_stats.registers.protected_counts import Count


@dataclass
class Maker:
    """Collects counts and relations."""

    found: Aggregates
    counts: list[Count] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    totals: list[tuple[str, str, bool]] = field(default_factory=list)

    def add(
        self,
        name: str,
        value: int,
        names: Words,
        definition: Words,
        query: Query,
        *,
        selected: str = "",
        period: str = "",
        unit: Unit = HOUSEHOLDS,
        sensitive: bool = False,
        of: str = "",
        printed: bool = True,
        flow: bool = False,
        place: str = "",
    ) -> str:
        """Enter a count; its cell."""
        period = period or (str(self.found.year) if flow else self.end)
        origin = self.found.origin(query, selected)
        count = Count(
            name, period, value, unit, names, definition, origin, sensitive, of, printed, True,
            flow, place,
        )  # fmt: skip
        self.counts.append(count)
        return count.cell

    @property
    def end(self) -> str:
        """The end of the year as a period."""
        return f"{self.found.year}-12"

    @property
    def start(self) -> str:
        """The end of the year before."""
        return f"{self.found.year - 1}-12"

    def sums(self, total: str, parts: Iterable[str]) -> None:
        """A total and its parts, of which none leaves too few."""
        parts = tuple(parts)
        self.relations.append(replace(margin(total, parts), total="", parts=()))
