"""Right number, wrong words: whether the words around a figure are its own.

Asked before any notebook runs. Four rules, each of which says in words what it found: another
indicator's name fits better; a qualifier (超过, at least) contradicts the figure; a unit follows that
is not the figure's, or is printed already; a time is stated that is not the figure's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from xushi_stats import show
from xushi_stats.audit.likeness import Names, terms
from xushi_stats.audit.sites import Group, Said, Site
from xushi_stats.catalogue import Indicator
from xushi_stats.faults import Lang

ERROR, WARNING = 3.0, 1.8
"""How much better another name must fit; a term that one indicator of eighty has weighs 4.4."""
COVER = 0.4
"""How much of the other name must be there."""


@dataclass(frozen=True)
class Likeness:
    """How much better another name fits: by how much, how much of it is there, and which words."""

    rival: Indicator
    margin: float
    cover: float
    words: str


def likenesses(group: Group, n: int, names: Names) -> list[Likeness]:
    """Every other indicator against the one of a site, the one that fits best first.

    Where the other stands in the same sentence or table, both places are asked: if each has the
    other's words, they were exchanged.
    """
    site = group[n]
    beside = {other.indicator.id: other for other in group}
    found = []
    for rival in names.rivals.values():
        if rival.id == site.indicator.id:
            continue
        margin = _margin(site, rival, names)
        if margin > 0 and rival.id in beside:
            margin += max(0.0, _margin(beside[rival.id], site.indicator, names))
        near = _heard(site.near, names)
        other = names.of(rival) - names.of(site.indicator)
        found.append(Likeness(rival, margin, _cover(site, rival, names), _joined(site, near, other, names)))
    return sorted(found, key=lambda x: -x.margin)


def _margin(site: Site, rival: Indicator, names: Names) -> float:
    own, other = names.of(site.indicator), names.of(rival)
    near, far = _heard(site.near, names), _heard(site.far, names)
    for_rival = sum(names.weight(t) * near.get(t, 0.0) for t in other - own)
    for_own = sum(names.weight(t) * far.get(t, 0.0) for t in own - other)
    return for_rival - for_own


def _cover(site: Site, rival: Indicator, names: Names) -> float:
    far = _heard(site.far, names)
    other = names.of(rival)
    total = sum(map(names.weight, other))
    return sum(names.weight(t) for t in other if far.get(t, 0) >= 0.3) / total if total else 0.0


def _heard(said: Sequence[Said], names: Names) -> dict[str, float]:
    found: dict[str, float] = {}
    for text, closeness in said:
        for term, _ in terms(text, names.lang):
            found[term] = max(found.get(term, 0.0), closeness)
    return found


def _joined(site, near, other, names):
    return " ".join(t for t in near if t in other)
