"""Two editions of one report side by side: which published numbers changed, by how much, and why."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from xushi_stats.faults import Lang
from xushi_stats.revisions.causes import Cause, Walk, What
from xushi_stats.revisions.editions import Book, Entry, languages


@dataclass(frozen=True)
class Change:
    """One number that differs, with the causes at the root of it."""

    what: What
    old: Entry | None
    new: Entry | None
    causes: tuple[Cause, ...]

    @property
    def entry(self) -> Entry:
        """The figure as it is now; of a number that is gone, as it was."""
        entry = self.old if self.what == "vanished" else self.new
        assert entry is not None
        return entry

    def shown(self, lang: Lang) -> tuple[str, str]:
        """What was and what is printed; "" where there is no number."""
        first, second = (
            e.shown.get(lang, "") if e and e.has_number else "" for e in (self.old, self.new)
        )
        return first, second

    @property
    def exact(self) -> tuple[str, str]:
        """The unrounded values, or the ranges, before and after."""
        first, second = (
            (e.value if e.exact else e.ends) if e and e.has_number else ""
            for e in (self.old, self.new)
        )
        return first, second

    def difference(self, lang: Lang) -> str:
        """By how much the printed number changed: ``+3``, ``-0.25个百分点``; "" where it cannot be said."""
        old, new = self.old, self.new
        if not (old and new and old.exact and new.exact and old.unit == new.unit):
            return ""
        numbers = [re.findall(r"-?[\d,]+(?:\.\d+)?", text) for text in self.shown(lang)]
        if [len(found) for found in numbers] != [1, 1]:
            return ""
        first, second = (found[0].replace(",", "") for found in numbers)
        places = max(len(n.partition(".")[2]) for n in (first, second))
        change = Fraction(second) - Fraction(first)
        if not change:
            return ""
        number = f"{float(change):+,.{places}f}"
        if new.unit in ("1", "百分点"):
            return number + ("个百分点" if lang == "zh" else " percentage points")
        if lang == "en":  # +1 households is no English
            return number
        tails = {re.sub(r"^.*\d", "", text) for text in self.shown(lang)}
        return number.replace(",", "") + (tails.pop() if len(tails) == 1 else "")


@dataclass(frozen=True)
class Comparison:
    """What differs between two editions, in the order of the ledger."""

    old: Book
    new: Book
    changes: tuple[Change, ...]

    @property
    def public(self) -> bool:
        """Whether it is made from what the public may see."""
        return self.new.public

    @property
    def unread(self) -> tuple[str, ...]:
        """Figures that could not be compared."""
        return tuple(sorted({*self.old.unread, *self.new.unread}))

    @property
    def langs(self) -> tuple[Lang, ...]:
        """The languages that both editions have."""
        return languages(self.old, self.new)

    @cached_property
    def causes(self) -> tuple[Cause, ...]:
        """Every cause once, in the order of the changes."""
        found = {cause.key: cause for change in self.changes for cause in change.causes}
        return tuple(found.values())

    def of(self, what: What) -> list[Change]:
        """The changes of one sort."""
        return [change for change in self.changes if change.what == what]


def compare(old: Book, new: Book) -> Comparison:
    """Find what differs between two editions, and why.

    Args:
        old: the edition that was published.
        new: the one that takes its place, of the same town and year.

    Returns:
        The changes; numbers that are the same in both are not among them.
    """
    walk = Walk(old, new)
    unread = {*old.unread, *new.unread}
    found = []
    for before, after in walk.pairs:
        what = walk.what(before, after)
        if what and not unread & {e.id for e in (before, after) if e}:
            found.append(Change(what, before, after, walk.causes(before, after)))
    return Comparison(old, new, tuple(found))


def swapped(changes: Iterable[Change]) -> list[tuple[Change, Change]]:
    """Pairs of observed figures that have taken each other's value: what an exchange looks like."""
    own = [c for c in changes if c.what == "changed" and not c.entry.formula and c.exact[0]]
    return [
        (one, other)
        for n, one in enumerate(own)
        for other in own[n + 1 :]
        if one.exact == other.exact[::-1] and one.entry.unit == other.entry.unit
    ]
