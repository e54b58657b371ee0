"""Which indicator the words at a site fit: that of the figure there, or another.

Another name speaks only by the words at the figure's side; the figure's own name by all that a
reader has in mind there. So a sentence that takes its subject from the one before is left alone,
and one that names something else is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace

from xushi_stats.catalogue import Indicator
from xushi_stats.checks.mentions import Group, Said, Site, units
from xushi_stats.checks.name_terms import Names, abbreviates, quoted, says_something, terms
from xushi_stats.faults import Lang

ERROR, WARNING = 2.2, 1.6
"""How much better another name must fit; a term that only one indicator of eighty has weighs 4.4."""
NAMED: dict[Lang, float] = {"zh": 0.05, "en": 0.0}
MEANT = {False: 0.5, True: 0.65}
"""How little of its own name leaves a figure unnamed, and how much of another's says what is meant."""
NOUN = 0.9
"""How much the noun counts that an English number prints itself: 12 religious venues."""
COVER, SHARE = 0.3, 0.25
"""How much of the other name must be there, and how much of what tells it from the own one."""


@dataclass(frozen=True)
class Likeness:
    """Another indicator's name at a site: how much better it fits, and which words say so."""

    rival: Indicator
    margin: float
    words: str


def better(group: Group, n: int, names: Names) -> Likeness | None:
    """The indicator whose name fits a site better than that of the figure there, if any does.

    Args:
        group: figures of one sentence, table or chart. Where each of two has the other's words,
            they were exchanged, and each place is evidence for the other.
        n: which of them is asked about.
        names: of all indicators, in the language of the text.
    """
    site, best = group[n], None
    heard = _Heard(site, site.indicator, names)
    beside = {other.indicator.id: other for other in group}
    for rival in names.rivals.values():
        if heard.beside.isdisjoint(names.of(rival)):
            continue  # not a word speaks for it
        margin = heard.margin(rival)
        if rival.id in beside and rival.id != site.indicator.id:
            here = heard.margin(rival, beside=True)
            there = _Heard(beside[rival.id], rival, names).margin(site.indicator, beside=True)
            margin = max(margin + there, here + there) if here > 0 and there >= 0 else 0.0
        elif heard.cover(rival) < COVER:
            continue
        if (
            margin >= WARNING
            and heard.share(rival) >= SHARE
            and (best is None or margin > best.margin)
        ):
            best = Likeness(rival, margin, heard.words(rival))
    return best


def unnamed(group: Group, n: int, names: Names) -> tuple[bool, Indicator | None]:
    """Whether nothing around a site names its figure, and which indicator is named there if any is.

    An English number that prints a noun names itself; it is unnamed only where another is named.
    """
    site = group[n]
    heard = _Heard(site, site.indicator, names)
    labels = [text for text, _ in site.near if text]
    is_label = not site.sentence  # a name in foreign letters says nothing either way
    if heard.fit() > NAMED[names.lang] or (
        is_label and not all(says_something(text, names.lang) for text in labels)
    ):
        return False, None
    beside = {other.indicator.id for other in group}
    kin = {r.indicator for r in site.indicator.formula.references} if site.indicator.formula else ()
    rest = [i for i in names.rivals.values() if i.id not in beside and i.id not in kin]
    best = max(rest, key=heard.cover, default=None)
    meant = best if best and heard.cover(best) >= MEANT[bool(heard.printed)] else None
    return not heard.printed or meant is not None, meant


def not_told_apart(site: Site, names: Names) -> tuple[list[Indicator], bool]:
    """The indicators of the same unit that could stand at a site without the words saying so.

    Returns:
        Those indicators, and whether they are all that there are: then the site is not checked.
    """
    own, lang = site.indicator, names.lang
    kin = [i for i in names.rivals.values() if i.id != own.id and units(i, lang) & units(own, lang)]
    heard = _Heard(replace(site, row=site.row - {own.id}), own, names)
    left = [rival for rival in kin if _passes(heard.as_if_of(rival), own)]
    return left, bool(left) and len(left) == len(kin)


def _passes(heard: _Heard, right: Indicator) -> bool:
    """Whether a wrong figure could stand at a site without a word from us."""
    is_named = heard.fit() > NAMED[heard.lang] or bool(heard.printed)
    return is_named and heard.margin(right) < WARNING


class _Heard:
    """The terms that a reader meets at a site where a figure stands, each with how close it is."""

    def __init__(self, site: Site, own: Indicator, names: Names) -> None:
        self.site, self.names, self.lang = site, names, names.lang
        self.near = self._terms(site.near)
        self.apart = self._terms(site.apart)
        self.wider = self._terms(site.wider)
        self.far = self._terms([*site.near, *site.far])
        self.beside = {*self.near, *self.apart, *self.wider}
        self._take(own)

    def _take(self, own: Indicator) -> None:
        self.own = own
        # 12 religious venues names itself
        noun = own.shown[self.lang] if self.site.sentence else ""
        self.printed = {term: NOUN for term, _ in terms(noun, self.lang)}
        name, near = own.names[self.lang], self.site.near
        self.short = set(self._terms([said for said in near if abbreviates(said[0], name)]))

    def as_if_of(self, own: Indicator) -> _Heard:
        """The same words as heard where another figure stands."""
        other = copy(self)
        other._take(own)
        return other

    def _terms(self, said: Sequence[Said]) -> dict[str, float]:
        found: dict[str, float] = {}
        for text, closeness in said:
            for term, _ in terms(text, self.lang):
                found[term] = max(found.get(term, 0.0), closeness)
        return found

    def _beside(self, rival: Indicator) -> dict[str, float]:
        """What names the figure: against another of its row the head of the column alone.

        Where the nearest words do not tell the two apart, those before them are heard too.
        """
        near = self.apart if rival.id in self.site.row else self.near
        telling = self.names.of(rival) ^ self.names.of(self.own)
        if any(t in near for t in telling) or not units(rival, self.lang) & units(
            self.own, self.lang
        ):
            return near
        return self.wider | near

    def margin(self, rival: Indicator, *, beside: bool = False) -> float:
        """What the words say for another name, less what they say for the figure's own.

        With ``beside``, words farther off do not speak for the own name: if the two were exchanged
        they are those of the other place.
        """
        unit = self.site.unit
        if self.own.id == rival.id or (unit and unit not in units(rival, self.lang)):
            return 0.0
        mine, other, weight = self.names.of(self.own), self.names.of(rival), self.names.weight
        near = self._beside(rival)
        far = (near if beside else self.far) | self.printed
        for_rival = sum(weight(t) * near.get(t, 0.0) for t in other - mine - self.short)
        return for_rival - sum(weight(t) * far.get(t, 0.0) for t in mine - other)

    def fit(self) -> float:
        """How much of the figure's own name is met at all; 1 where it cannot be said."""
        mine, weight = self.names.of(self.own), self.names.weight
        whole = sum(map(weight, mine))
        return sum(weight(t) * self.far.get(t, 0.0) for t in mine) / whole if whole else 1.0

    def share(self, rival: Indicator) -> float:
        """How much of what tells another name from the figure's own is said at its side."""
        near = self._beside(rival)
        telling = self.names.of(rival) - self.names.of(self.own) - self.short
        whole = sum(map(self.names.weight, telling))
        return sum(self.names.weight(t) for t in telling if near.get(t)) / whole if whole else 0.0

    def cover(self, rival: Indicator) -> float:
        """How much of another name a reader finds here."""
        other, weight = self.names.of(rival), self.names.weight
        if any(abbreviates(text, rival.names[self.lang]) for text, _ in self.site.near):
            return 1.0
        whole, met = sum(map(weight, other)), [t for t in other if self.far.get(t, 0.0) >= 0.3]
        return sum(map(weight, met)) / whole if whole and len(met) > 1 else 0.0

    def words(self, rival: Indicator) -> str:
        """The words that another name has and the figure's own has not."""
        near = self.site.apart if rival.id in self.site.row else self.site.near
        wanted = self.names.of(rival) - self.names.of(self.own) - self.short
        said = quoted([text for text, _ in near], wanted, self.lang)
        return said or quoted([text for text, _ in self.site.wider], wanted, self.lang)
