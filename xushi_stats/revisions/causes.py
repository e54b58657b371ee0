"""Why a published number changed: from the difference up through its inputs to what a person did.

A cause is another wording, another formula, another unit, another form in print. A figure that only
follows from its inputs has no cause of its own; it has theirs.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from xushi_stats.editions import LANGS
from xushi_stats.faults import Lang
from xushi_stats.formula import Formula, FormulaError, in_words
from xushi_stats.reporting.words import STATUS_EN
from xushi_stats.revisions.editions import Book, Entry, languages

What = Literal["changed", "appeared", "vanished", "behind", "described"]
WHATS: tuple[What, ...] = ("changed", "appeared", "vanished", "behind", "described")
"""Changed in print; new; gone; changed behind the rounding; the same number, otherwise described."""

Item = Literal[
    "wording", "reading", "records", "program", "period", "status",
    "query", "formula", "unit", "form", "name", "assumption",
]  # fmt: skip
Kind = Item | Literal["value", "added", "dropped"]
_REACHING: tuple[Kind, ...] = (
    *("value", "reading", "records", "query", "formula", "unit", "program", "added", "dropped"),
)
"""Causes that reach what is computed from a figure; the others stay with the figure itself."""
_EXPLAINING: tuple[Kind, ...] = (*_REACHING, "form", "wording")
"""Causes that can alter what is printed."""

PROVISIONAL = ("初步数(引用)", "快报数", "初步数", "测算数")
FINAL = ("年报数(核定数)", "修订数")


_STATES: dict[Item, Callable[[Entry], str]] = {
    "wording": lambda e: _joined(e.wordings),
    "reading": lambda e: e.value,
    "records": lambda e: e.value,
    "program": lambda e: e.value,
    "period": lambda e: e.period,
    "status": lambda e: _joined(e.status),
    "query": lambda e: e.query,
    "formula": lambda e: e.formula,
    "unit": lambda e: e.unit,
    "form": lambda e: next(iter(e.shown.values()), ""),
    "name": lambda e: e.names["zh"],
    "assumption": lambda e: next(iter(e.assumption.values()), ""),
}
_OF_THE_FIGURE: tuple[Item, ...] = (
    *("wording", "reading", "records", "program", "period", "status"),
)
"""What belongs to one period; the other items are of the indicator, whatever the period."""


def state(entry: Entry | None, item: Item) -> str:
    """An item of a figure as it is on file; "" where there is none."""
    return _STATES[item](entry) if entry else ""


@dataclass(frozen=True)
class Cause:
    """One thing that was done to one figure.

    Attributes:
        figure: the figure's id; of what is the indicator's, ``ref_area/indicator``.
        item: what of it was changed.
        old, new: the two states as they are on file: a wording, a formula, a unit.
        shown: the two states for people, by language.
        final: whether a final figure took the place of a provisional one.
    """

    kind: Kind
    item: Item
    figure: str
    names: Mapping[Lang, str]
    old: str
    new: str
    shown: Mapping[Lang, tuple[str, str]]
    final: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from other causes."""
        return self.figure, self.item


@dataclass
class Walk:
    """Both books, entries that belong together, and the way from a figure up to what changed it."""

    old: Book
    new: Book

    @cached_property
    def pairs(self) -> list[tuple[Entry | None, Entry | None]]:
        """Entries by id; what is left over by indicator and release, where that is unambiguous.

        So a figure stays one figure when its period is corrected, or when its observation is dropped.
        """
        loose = [e for e in self.old.entries.values() if e.id not in self.new.entries]
        many = Counter(_place(e) for e in loose)
        fresh = Counter(
            _place(e) for e in self.new.entries.values() if e.id not in self.old.entries
        )
        moved = {_place(e): e for e in loose if many[_place(e)] == fresh[_place(e)] == 1}
        found: list[tuple[Entry | None, Entry | None]] = []
        for entry in self.new.entries.values():
            before = self.old.entries.get(entry.id)
            found.append((before or moved.pop(_place(entry), None), entry))
        matched = {e.id for e, _ in found if e}
        gone = (e for e in self.old.entries.values() if e.id not in matched)
        return [*found, *((entry, None) for entry in gone)]

    @cached_property
    def partner(self) -> dict[str, tuple[Entry | None, Entry | None]]:
        """The pair that an id of either book belongs to; the new book's ids come first."""
        found = {before.id: (before, after) for before, after in self.pairs if before}
        return found | {after.id: (before, after) for before, after in self.pairs if after}

    @cached_property
    def langs(self) -> tuple[Lang, ...]:
        """The languages that both books have."""
        return languages(self.old, self.new)

    # -- what happened -----------------------------------------------------------------------

    def what(self, old: Entry | None, new: Entry | None) -> What | None:
        """In what way two states of one figure differ; None where they are the same."""
        before, after = (bool(e and e.has_number) for e in (old, new))
        if not (before or after):
            return None
        if not (old and new and before and after):
            return "appeared" if after else "vanished"
        if self._printed(old) != self._printed(new) or old.unit != new.unit:
            return "changed"  # a sentence may keep the source's unit, a table does not
        if _value_differs(old, new):
            return "behind"
        moved = old.period != new.period
        return "described" if moved or any(self._own(old, new)) else None

    # -- why ---------------------------------------------------------------------------------

    def causes(self, old: Entry | None, new: Entry | None) -> tuple[Cause, ...]:
        """The root causes of one difference."""
        found = {c.key: c for c in self._roots(old, new, set())}
        explained = any(c.kind in _EXPLAINING for c in found.values())
        if old and new and not explained and self.what(old, new) in ("changed", "behind"):
            found = {c.key: c for c in self._last_resort(old, new)} | found
        return tuple(found.values())

    def _roots(self, old: Entry | None, new: Entry | None, seen: set[str]) -> Iterator[Cause]:
        entry = new or old
        if entry is None or entry.id in seen:
            return
        seen.add(entry.id)
        if old is None or new is None or old.has_number != new.has_number:
            yield from self._come_or_gone(old, new, seen)
            return
        yield from self._own(old, new)
        moved = old.period != new.period
        if moved or self.what(old, new) != "described":
            yield from self._above(new.inputs, seen, moved)

    def _above(self, inputs: Collection[str], seen: set[str], moved: bool) -> Iterator[Cause]:
        """The causes, of the inputs that changed, that reach what is computed from them."""
        for name in inputs:
            old, new = self.partner.get(name, (None, None))
            what = self.what(old, new)
            reaching = () if what in (None, "described") else _REACHING
            wanted = (*reaching, "period") if moved else reaching
            if wanted:
                yield from (c for c in self._roots(old, new, seen) if c.kind in wanted)

    def _come_or_gone(
        self, old: Entry | None, new: Entry | None, seen: set[str]
    ) -> Iterator[Cause]:
        """A number that came or went of itself, or with an input, or by another formula."""
        entry = new or old
        assert entry is not None
        if old and new:  # the indicator is in both books
            if old.formula != new.formula:
                yield self._formula(old, new)
            lacking = new if old.has_number else old
            above = list(self._above(lacking.inputs, seen, moved=True))
            yield from above
            if above or old.formula != new.formula:
                return
        elif _over_years(entry.formula):  # growth is made by the program as soon as it can be
            above = list(self._above(entry.inputs, seen, moved=False))
            yield from above
            if above:
                return
        coming = bool(new and new.has_number)
        there = new if coming else old
        assert there is not None
        texts = {lang: there.shown.get(lang, "") for lang in self.langs}
        shown = {lang: ("", t) if coming else (t, "") for lang, t in texts.items()}
        item: Item = "formula" if there.formula else "wording"
        if coming:
            yield _cause("added", item, None, there, shown)
        else:
            yield _cause("dropped", item, there, None, shown)

    def _own(self, old: Entry, new: Entry) -> Iterator[Cause]:
        """What was done to the figure itself, not to what it is made from."""
        if old.unit != new.unit:
            yield self._plain("unit", old, new)
        if old.formula != new.formula:
            yield self._formula(old, new)
        elif not new.formula:
            yield from self._observed(old, new)
        known = old.form and new.form and old.form != new.form
        if known and self._pattern(old) != self._pattern(new):
            yield self._printing("form", old, new)
        if old.names != new.names:
            names = {lang: (old.names[lang], new.names[lang]) for lang in LANGS}
            yield _cause("name", "name", old, new, names)
        said = [lang for lang in LANGS if lang in old.assumption and lang in new.assumption]
        pairs = {lang: (old.assumption[lang], new.assumption[lang]) for lang in said}
        if any(first != second for first, second in pairs.values()):
            yield _cause("assumption", "assumption", old, new, pairs)

    def _observed(self, old: Entry, new: Entry) -> Iterator[Cause]:
        differs = _value_differs(old, new) or self._printed(old) != self._printed(new)
        if old.query != new.query:
            yield self._plain("query", old, new)
        elif new.origin and differs:
            yield self._printing("records", old, new)
        elif old.wordings != new.wordings:
            if differs:
                yield self._value(old, new)
            elif not self.new.public:  # the wording itself is not printed for the public
                yield self._plain("wording", old, new)
        elif _value_differs(old, new) and old.unit == new.unit:
            yield self._printing("reading", old, new)
        if old.period != new.period:
            yield self._plain("period", old, new)
        if old.status != new.status:
            first, second = ("; ".join(STATUS_EN.get(s, s) for s in e.status) for e in (old, new))
            yield _cause(
                "status",
                "status",
                old,
                new,
                {"zh": (_joined(old.status), _joined(new.status)), "en": (first, second)},
            )

    def _last_resort(self, old: Entry, new: Entry) -> Iterator[Cause]:
        """The same data and another text: another form in print, or another program."""
        if _value_differs(old, new):
            yield self._printing("program", old, new)
            return
        written = [
            self._value(before, after)
            for before, after in self._leaves(new)
            if before.wordings != after.wordings
        ]
        # 15.1 written 15.10 is the same value, to another place
        yield from written or [self._printing("form", old, new)]

    def _leaves(self, entry: Entry) -> Iterator[tuple[Entry, Entry]]:
        stack, seen = list(entry.inputs), set[str]()
        while stack:
            name = stack.pop(0)
            old, new = self.partner.get(name, (None, None))
            if name in seen or old is None or new is None:
                continue
            seen.add(name)
            stack.extend(new.inputs)
            if not new.inputs:
                yield old, new

    # -- causes in words ---------------------------------------------------------------------

    def _printed(self, entry: Entry) -> list[str]:
        return [entry.shown.get(lang, "") for lang in self.langs]

    def _pattern(self, entry: Entry) -> list[str]:
        """What is printed but for the digits themselves: how many decimals, and the words."""
        number = re.compile(r"[\d,]+(\.\d+)?")
        return [number.sub(lambda m: "0" * len(m[1] or ""), text) for text in self._printed(entry)]

    def _plain(self, item: Item, old: Entry, new: Entry) -> Cause:
        """A cause whose states are read as they are on file."""
        states = state(old, item), state(new, item)
        return _cause(item, item, old, new, dict.fromkeys(LANGS, states))

    def _printing(self, item: Item, old: Entry, new: Entry) -> Cause:
        """A cause that is told by what is printed."""
        texts = {lang: (old.shown.get(lang, ""), new.shown.get(lang, "")) for lang in self.langs}
        return _cause(item, item, old, new, texts)

    def _value(self, old: Entry, new: Entry) -> Cause:
        """Another number in the source: by its wordings, in public by what is printed."""
        texts = {lang: (old.shown.get(lang, ""), new.shown.get(lang, "")) for lang in self.langs}
        if not self.new.public:
            texts["zh"] = state(old, "wording"), state(new, "wording")
        return _cause("value", "wording", old, new, texts)

    def _formula(self, old: Entry, new: Entry) -> Cause:
        books = (old, self.old), (new, self.new)
        words = {la: [self._words(e.formula, book, la) for e, book in books] for la in LANGS}
        shown = {lang: (first, second) for lang, (first, second) in words.items()}
        return _cause("formula", "formula", old, new, shown)

    def _words(self, formula: str, book: Book, lang: Lang) -> str:
        """A formula in the names of its indicators."""
        names = {e.indicator.partition("/")[2]: e.names[lang] for e in book.entries.values()}
        try:
            words = in_words(Formula(formula), lambda r: names.get(r.indicator, str(r)))
        except FormulaError:
            return formula
        return words


def _cause(
    kind: Kind,
    item: Item,
    old: Entry | None,
    new: Entry | None,
    shown: Mapping[Lang, tuple[str, str]],
) -> Cause:
    entry = new or old
    assert entry is not None
    figure = entry.id if item in _OF_THE_FIGURE else entry.indicator
    states = state(old, item), state(new, item)
    final = bool(old and new and _is_final(old, new))
    return Cause(kind, item, figure, entry.names, *states, shown=shown, final=final)


def _value_differs(old: Entry, new: Entry) -> bool:
    return (old.value, old.ends) != (new.value, new.ends)


def _place(entry: Entry) -> tuple[str, int]:
    return entry.indicator, entry.release


def _joined(texts: Iterable[str]) -> str:
    return "；".join(texts)


def _is_final(old: Entry, new: Entry) -> bool:
    """Whether provisional figures have given way to final ones, as their status says."""
    return (
        bool(old.status and new.status)
        and set(old.status) <= set(PROVISIONAL)
        and set(new.status) <= set(FINAL)
    )


def _over_years(formula: str) -> bool:
    """Whether a formula names a figure of another year."""
    return any(f"{which}(" in formula for which in ("prior", "first", "target"))
