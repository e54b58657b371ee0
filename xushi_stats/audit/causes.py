"""Why a published number changed: from the difference up through its inputs to what a person did.

A cause is another wording, another formula, another unit, another form in print. A figure that only
follows from its inputs has no cause of its own; it has theirs.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from xushi_stats.audit.editions import Book, Entry, languages
from xushi_stats.expression import Formula, FormulaError, in_words
from xushi_stats.faults import Lang
from xushi_stats.words import LANGS, STATUS_EN

What = Literal["changed", "appeared", "vanished", "behind", "described"]
WHATS: tuple[What, ...] = ("changed", "appeared", "vanished", "behind", "described")
"""Changed in print; new; gone; changed behind the rounding; the same number, otherwise described."""

Kind = Literal[
    "value", "wording", "reading", "records", "query", "formula", "unit", "form", "program",
    "period", "status", "name", "assumption", "added", "dropped",
]  # fmt: skip
_REACHING: tuple[Kind, ...] = (
    *("value", "reading", "records", "query", "formula", "unit", "program", "added", "dropped"),
)
"""Causes that reach what is computed from a figure; the others stay with the figure itself."""
_EXPLAINING: tuple[Kind, ...] = (*_REACHING, "form", "wording")
"""Causes that can alter what is printed."""

PROVISIONAL = ("初步数(引用)", "快报数", "初步数", "测算数")
FINAL = ("年报数(核定数)", "修订数")


@dataclass(frozen=True)
class Cause:
    """One thing that was done to one indicator.

    Attributes:
        figure: ``ref_area/indicator``.
        old, new: the two states as they are on file: a wording, a formula, a unit.
        shown: the two states for people, by language.
        final: whether a final figure took the place of a provisional one.
    """

    kind: Kind
    figure: str
    names: Mapping[Lang, str]
    old: str
    new: str
    shown: Mapping[Lang, tuple[str, str]]
    final: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from other causes."""
        return self.figure, self.kind


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
        if self._printed(old) != self._printed(new):
            return "changed"
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
        elif "prior(" in entry.formula:  # growth is made by the program as soon as it can be
            above = list(self._above(entry.inputs, seen, moved=False))
            yield from above
            if above:
                return
        coming = bool(new and new.has_number)
        state = new if coming else old
        assert state is not None
        raw = state.formula or "；".join(state.wordings) or state.value
        texts = {lang: state.shown.get(lang, "") for lang in LANGS}
        pairs: dict[Lang, tuple[str, str]] = {
            lang: ("", text) if coming else (text, "") for lang, text in texts.items()
        }
        before, after = ("", raw) if coming else (raw, "")
        kind: Kind = "added" if coming else "dropped"
        yield Cause(kind, state.indicator, state.names, before, after, pairs)

    def _own(self, old: Entry, new: Entry) -> Iterator[Cause]:
        """What was done to the figure itself, not to what it is made from."""
        if old.unit != new.unit:
            yield self._plain("unit", old.unit, new.unit, new)
        if old.formula != new.formula:
            yield self._formula(old, new)
        elif not new.formula:
            yield from self._observed(old, new)
        if (
            old.form
            and new.form
            and old.form != new.form
            and self._pattern(old) != self._pattern(new)
        ):
            yield self._form(old, new)
        if old.names != new.names:
            pairs = {lang: (old.names[lang], new.names[lang]) for lang in LANGS}
            yield Cause("name", new.indicator, new.names, *pairs["zh"], shown=pairs)
        said = [lang for lang in LANGS if lang in old.assumption and lang in new.assumption]
        if any(old.assumption[lang] != new.assumption[lang] for lang in said):
            shown = {lang: (old.assumption[lang], new.assumption[lang]) for lang in said}
            yield Cause("assumption", new.indicator, new.names, *shown[said[0]], shown=shown)

    def _observed(self, old: Entry, new: Entry) -> Iterator[Cause]:
        differs = _value_differs(old, new) or self._printed(old) != self._printed(new)
        if old.query != new.query:
            yield self._plain("query", old.query, new.query, new)
        elif new.origin and differs:
            yield self._value("records", old, new)
        elif old.wordings != new.wordings:
            if differs:
                yield self._value("value", old, new)
            elif not self.new.public:  # the wording itself is not printed for the public
                yield self._plain("wording", _joined(old.wordings), _joined(new.wordings), new)
        elif _value_differs(old, new) and old.unit == new.unit:
            yield self._value("reading", old, new)
        if old.period != new.period:
            yield self._plain("period", old.period, new.period, new)
        if old.status != new.status:
            yield self._status(old, new)

    def _last_resort(self, old: Entry, new: Entry) -> Iterator[Cause]:
        """The same data and another text: another form in print, or another program."""
        if _value_differs(old, new):
            yield self._value("program", old, new)
            return
        written = [
            self._value("value", before, after)
            for before, after in self._leaves(new)
            if before.wordings != after.wordings
        ]
        # 15.1 written 15.10 is the same value, to another place
        yield from written or [self._form(old, new)]

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

    def _plain(self, kind: Kind, old: str, new: str, entry: Entry) -> Cause:
        shown = dict.fromkeys(LANGS, (old, new))
        return Cause(kind, entry.indicator, entry.names, old, new, shown)

    def _value(self, kind: Kind, old: Entry, new: Entry) -> Cause:
        """Another number: by its wordings where they differ, and in public by what is printed."""
        wordings = _joined(old.wordings), _joined(new.wordings)
        raw = wordings if kind == "value" else (old.value, new.value)
        texts = {lang: (old.shown.get(lang, ""), new.shown.get(lang, "")) for lang in self.langs}
        if kind == "value" and not self.new.public:
            texts = dict.fromkeys(LANGS, wordings)
        return Cause(kind, new.indicator, new.names, *raw, shown=texts, final=_is_final(old, new))

    def _form(self, old: Entry, new: Entry) -> Cause:
        texts = {lang: (old.shown.get(lang, ""), new.shown.get(lang, "")) for lang in self.langs}
        first = self.langs[0]
        return Cause("form", new.indicator, new.names, *texts[first], shown=texts)

    def _status(self, old: Entry, new: Entry) -> Cause:
        english = ["; ".join(STATUS_EN.get(s, s) for s in e.status) for e in (old, new)]
        chinese = _joined(old.status), _joined(new.status)
        shown: dict[Lang, tuple[str, str]] = {"zh": chinese, "en": (english[0], english[1])}
        final = _is_final(old, new)
        return Cause("status", new.indicator, new.names, *chinese, shown=shown, final=final)

    def _formula(self, old: Entry, new: Entry) -> Cause:
        shown = {
            lang: (
                self._words(old.formula, self.old, lang),
                self._words(new.formula, self.new, lang),
            )
            for lang in LANGS
        }
        return Cause("formula", new.indicator, new.names, old.formula, new.formula, shown)

    def _words(self, formula: str, book: Book, lang: Lang) -> str:
        """A formula in the names of its indicators."""
        names = {e.indicator.partition("/")[2]: e.names[lang] for e in book.entries.values()}
        try:
            words = in_words(Formula(formula), lambda r: names.get(r.indicator, str(r)))
        except FormulaError:
            return formula
        return words


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
