"""Sections whose figures come from elsewhere than the town's tables: wings that plug in by entry point.

A distribution names under ``xushi_stats.sections`` a module that is a ``Wing``. None needs to be there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from typing import Any, Protocol

from xushi_stats.charts.chart import Chart
from xushi_stats.dataset import Dataset
from xushi_stats.faults import Fault
from xushi_stats.ledger import Entry, Figure
from xushi_stats.reporting.document import Inline

Spec = Mapping[str, Any]
Rows = Callable[[Any, Spec, Sequence[Spec]], Iterator[list[list[Inline]]]]
"""Rows of a table from (context, specification, columns)."""


@dataclass(frozen=True)
class Drawing:
    """A kind of chart that a wing draws.

    Attributes:
        draw: the chart from (context, specification); None where it has nothing to show.
        alt: name and figure of what it shows, for those who cannot see it.
        left_out: the note on what it leaves out, by language; None where it leaves out nothing.
    """

    draw: Callable[[Any, Spec], Chart | None]
    alt: Callable[[Any, Spec], Iterable[tuple[str, Figure]]] = lambda context, spec: ()
    left_out: Callable[[Any, Spec], dict[str, str] | None] = lambda context, spec: None


class Wing(Protocol):
    """What a module offers that gives sections their figures."""

    ROWS: Mapping[str, Rows]
    FIELDS: Mapping[str, str]
    CHARTS: Mapping[str, Drawing]

    def entries(self, dataset: Dataset, release: int, faults: list[Fault]) -> list[Entry]:
        """The figures that it gives a release, with what is wrong."""

    def manifest(self, dataset: Dataset, release: int, *, internal: bool) -> dict[str, Any]:
        """What disclosure control did, by section."""

    def refused(self, dataset: Dataset, release: int) -> list[Fault]:
        """Why there can be no public edition beside those that were released before."""


@cache
def wings() -> tuple[Wing, ...]:
    """The wings that are installed, by name; one whose folder was taken away is not there."""
    found = sorted(entry_points(group="xushi_stats.sections"), key=lambda point: point.name)
    return tuple(wing for wing in map(_loaded, found) if wing is not None)


def _loaded(point: Any) -> Wing | None:
    try:
        wing: Wing = point.load()
        return wing
    except ModuleNotFoundError as error:
        package = point.value.rpartition(".")[0]
        if error.name in (point.value, package):
            return None
        raise  # it is there, and lacks something


def entries(dataset: Dataset, release: int, faults: list[Fault]) -> list[Entry]:
    """The figures of a release that all wings give."""
    return [entry for wing in wings() for entry in wing.entries(dataset, release, faults)]


def manifest(dataset: Dataset, release: int, *, internal: bool) -> dict[str, Any]:
    """What disclosure control did in each section that it covers, for the files of a bundle."""
    found: dict[str, Any] = {}
    for wing in wings():
        found |= wing.manifest(dataset, release, internal=internal)
    return found


def refused(dataset: Dataset, release: int) -> list[Fault]:
    """Why there can be no public edition beside those that were released before."""
    return [fault for wing in wings() for fault in wing.refused(dataset, release)]


def rows(source: str) -> Rows | None:
    """The rows of a table whose ``from`` a wing knows."""
    return next((wing.ROWS[source] for wing in wings() if source in wing.ROWS), None)


def drawing(kind: str) -> Drawing | None:
    """The kind of chart that a wing draws."""
    return next((wing.CHARTS[kind] for wing in wings() if kind in wing.CHARTS), None)


CHARTS_OWN = ("composition", "bars", "strip", "years")
"""The kinds of charts that need no wing."""


def names(kind: str) -> list[str]:
    """What wings add to ``from`` of a table, or to ``kind`` of a chart."""
    return [one for wing in wings() for one in (wing.ROWS if kind == "table" else wing.CHARTS)]


def fields(source: str) -> list[str]:
    """The fields of the rows of a table whose ``from`` a wing knows."""
    return next((wing.FIELDS[source].split() for wing in wings() if source in wing.ROWS), [])
