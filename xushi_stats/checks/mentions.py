"""The places where figures stand, in prose, in tables and on charts, and the words that name them there.

Prose is cut at its placeholders: what stands between two figures belongs to one of them, by the
punctuation and by the habit of the language, Chinese naming a figure before it stands. In a table the
heads of row and column name it, on a chart the labels.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from xushi_stats import format
from xushi_stats.catalogue import Indicator
from xushi_stats.checks.name_terms import says_something
from xushi_stats.faults import Lang
from xushi_stats.quantity import Unit
from xushi_stats.reporting.document import Inline, plain

Find = Callable[[str], "Indicator | None"]
"""The indicator that a placeholder's name stands for; None if it is no figure."""
Said = tuple[str, float]
"""A text, and how much its words tell of a figure: 1 stands at its side, 0.3 far off."""

PLACEHOLDER = re.compile(r"【([^【】]*)】")
_SENTENCE: dict[Lang, re.Pattern[str]] = {
    "zh": re.compile(r"(?<=[。！？])"),
    "en": re.compile(r"(?<=[.!?])\s+(?=[A-Z【“])"),
}
_CLAUSE: dict[Lang, re.Pattern[str]] = {
    "zh": re.compile(r"[，；：。！？）]"),
    "en": re.compile(r"[,;:.!?)]"),
}
_LINK: dict[Lang, re.Pattern[str]] = {
    "zh": re.compile(r"[，；：。、）]|^(?:以及|[和与及])"),
    "en": re.compile(r"[,;:.)]|\band\b"),
}
_ASIDE = re.compile(r"（[^（）【】]*）|\([^()【】]*\)")
_SHARED: dict[Lang, re.Pattern[str]] = {
    "zh": re.compile(r"分别[为占是达有]?(?:全镇)?"),
    "en": re.compile(r"\brespectively\b"),
}
_LISTED: dict[Lang, re.Pattern[str]] = {
    "zh": re.compile(r"以及|[、和与及]"),
    "en": re.compile(r",\s*and\b|,|\band\b"),
}
_NEXT: dict[Lang, float] = {"zh": 0.4, "en": 0.6}  # what comes after names a figure less in Chinese


@dataclass(frozen=True)
class Site:
    """A place where a figure stands.

    Attributes:
        near: texts that name the figure there.
        wider: the text before those, which names the figure where they name nothing.
        far: what else a reader has in mind there; it speaks only for the figure's own name.
        before, after: what touches the figure, for qualifiers and units.
        sentence: the whole, as written.
        line: line of the file, from 1.
        where: the table or chart, and the row; "" in prose.
        unit: a unit that a table's head states for the figure; "" where none is stated.
        row: ids of the indicators that stand in the same row of a table.
        apart: of ``near``, what tells the figure from those.
        dated: a head or title that may state a year; "" where the row prints its period.
        offset: where the placeholder begins in ``sentence``.
        figure: in a table the figure's full id, which may be of an earlier year.
    """

    indicator: Indicator
    near: Sequence[Said]
    far: Sequence[Said]
    wider: Sequence[Said] = ()
    before: str = ""
    after: str = ""
    sentence: str = ""
    line: int = 0
    where: str = ""
    unit: str = ""
    row: frozenset[str] = frozenset()
    apart: Sequence[Said] = ()
    dated: str = ""
    offset: int = 0
    figure: str = ""


Group = list[Site]
"""Sites that may have been taken for each other: of one sentence, one table, one chart."""


def paragraphs(prose: str) -> Iterator[tuple[int, str, str]]:
    """The paragraphs of Markdown: first line from 1, text on one line, and the last heading."""
    heading, held, first = "", "", 0
    for number, line in enumerate([*prose.splitlines(), ""], start=1):
        if line.startswith("#") or not line.strip():
            if held:
                yield first, held, heading
            held = ""
            if line.startswith("#"):
                yield number, line, heading
                heading = PLACEHOLDER.sub("", line)
        else:
            first = first if held else number
            held += line.strip() if not held or ord(held[-1]) > 0x2E7F else f" {line.strip()}"


def of_prose(template: str, lang: Lang, find: Find, heading: str = "") -> Iterator[Group]:
    """The figures of a paragraph, sentence by sentence.

    Args:
        template: text with placeholders.
        lang: its language.
        find: what a placeholder's name stands for.
        heading: what stands above it.
    """
    before = heading
    for sentence in _SENTENCE[lang].split(template):
        yield _Sentence(sentence, lang, find).sites(before)
        before += PLACEHOLDER.sub("", sentence)


class _Sentence:
    """A sentence cut at its figures: ``texts[n]`` stands before figure n, the last after all."""

    def __init__(self, written: str, lang: Lang, find: Find) -> None:
        self.written, self.lang = written, lang
        self.own: list[Indicator] = []
        self.offsets: list[int] = []
        self.texts = [""]
        at = 0
        for match in PLACEHOLDER.finditer(written):
            self.texts[-1] += written[at : match.start()]
            at = match.end()
            found = find(match.group(1))
            if found:
                self.own.append(found)
                self.offsets.append(match.start())
                self.texts.append("")
        self.texts[-1] += written[at:]
        self.raw = list(self.texts)
        self.texts = [_ASIDE.sub("", text) for text in self.texts]
        self.borrowed: dict[int, str] = {}
        self.items = {
            first + n: noun
            for first, length, nouns in self._enumerated()
            for n, noun in enumerate(nouns)
        }

    def sites(self, before: str) -> Group:
        """Its figures with the words around them."""
        return [
            Site(
                indicator=own,
                near=self._near(n),
                wider=self._wider(n),
                row=self._same_run(n),
                apart=[(self.borrowed[n], 0.7)] if n in self.borrowed else (),
                far=[*self._near(n), *self._far(n), (before, 0.3)],
                before=self.raw[n],
                after=self.raw[n + 1],
                sentence=self.written,
                offset=self.offsets[n],
            )
            for n, own in enumerate(self.own)
        ]

    def _same_run(self, n: int) -> frozenset[str]:
        """The figures from which a borrowed noun tells a figure."""
        first, length = self._run(n) if n in self.borrowed else (n, 0)
        return frozenset(own.id for own in self.own[first : first + length])

    def _near(self, n: int) -> list[Said]:
        if n in self.items:
            return [(self.items[n], 1.0)]
        cut = (_LINK if n else _CLAUSE)[self.lang]
        parts = cut.split(self.texts[n])
        left, (right, is_whole) = parts[-1], self._after(n)
        if self.lang == "en":
            both = n > 0 and len(parts) == 1  # may name the figure before it
            return [(left, 0.6 if both else 1.0), (right, 0.5 if is_whole else 0.9)]
        # in Chinese what follows names a figure where nothing before it does: 【…】村级医务室
        return [(left, 1.0)] if is_whole or says_something(left, "zh") else [(right, 0.7)]

    def _after(self, n: int) -> tuple[str, bool]:
        """What follows a figure, and whether it reaches to the next one without a break."""
        parts = _LINK[self.lang].split(self.texts[n + 1])
        return parts[0], len(parts) == 1 and n + 2 < len(self.texts)

    def _wider(self, n: int) -> list[Said]:
        """The clause before; of an enumeration what stands before its first figure."""
        first = self._run(n)[0]
        if n in self.items:
            return []
        cut = (_LINK if first else _CLAUSE)[self.lang]
        parts = [x for x in cut.split(self.texts[first]) if x.strip()]
        before = parts[-1:] if first < n else parts[-2:-1]
        if not before and first:
            return [(cut.split(self.texts[first - 1])[-1], 0.5)]
        return [(part, 0.7) for part in before]

    def _far(self, n: int) -> Iterator[Said]:
        closeness = 0.8
        for k in range(n, -1, -1):
            if k != self._run(n)[0] or n not in self.items:
                yield self.texts[k], closeness
            closeness *= 0.6 if says_something(self.texts[k], self.lang) else 0.9
        closeness = _NEXT[self.lang]
        for text in self.texts[n + 1 :]:
            yield text, closeness
            closeness *= 0.6

    def _run(self, n: int) -> tuple[int, int]:
        """The first figure and the number of figures of the enumeration that a figure stands in."""
        first, end = n, n + 1
        while first and not says_something(self.texts[first], self.lang):
            first -= 1
        while end < len(self.own) and not says_something(self.texts[end], self.lang):
            end += 1
        return first, end - first

    def _enumerated(self) -> Iterator[tuple[int, int, list[str]]]:
        """Of figures enumerated after as many nouns (A、B分别为【a】、【b】) the nouns.

        Where no nouns are listed (户、人…，分别占【a】和【b】) the figures of the enumeration before
        stand for them; they tell these figures from each other only.
        """
        runs = sorted({self._run(n) for n in range(len(self.own))})
        for (first, length), (start, before) in zip(runs, [(0, 0), *runs], strict=False):
            lead, tail = self.texts[first], self.texts[first + length]
            shared = _SHARED[self.lang]
            if length == 1 or not shared.search(lead if self.lang == "zh" else tail):
                continue
            listed = self._listed(lead, length)
            if listed:
                yield first, length, listed
            elif before == length:
                names = [own.names[self.lang] for own in self.own[start : start + length]]
                self.borrowed |= {first + n: name for n, name in enumerate(names)}
                yield first, length, [""] * length

    def _listed(self, lead: str, length: int) -> list[str]:
        """As many nouns as there are figures: after 分别占, else before it."""
        clause, _, nouns = _SHARED[self.lang].sub("\n", lead).rpartition("\n")
        after = [x for x in _LISTED[self.lang].split(nouns) if says_something(x, self.lang)]
        if len(after) == length:
            return after
        before = _CLAUSE[self.lang].split((clause if self.lang == "zh" else lead).rstrip("，, "))
        found = _LISTED[self.lang].split(before[-1])[-length:]
        return found if len(found) == length and all(found) else []


# -- tables and charts -------------------------------------------------------------------------

_UNIT = re.compile(r"[（(]([^（）()]+)[）)]\s*$")


def template(run: Sequence[Inline]) -> str:
    """A run of the document model as text with placeholders."""
    return "".join(
        f"【{i['id']}】" if i["t"] == "num" else template(i["c"]) if "c" in i else plain([i])
        for i in run
    )


def of_table(block: Mapping[str, Any], lang: Lang, find: Find) -> Iterator[Group]:
    """The figures of a table: those that fill a cell together, those in a cell's text by themselves."""
    heads = [plain(column["c"]) for column in block["columns"]]
    title = plain(block["title"])
    whole = plain(block["unit"]).replace(":", "：").partition("：")[2].strip()
    group: Group = []
    for row in block["rows"]:
        cells = [template(cell) for cell in row]
        where = f"{title} / {cells[1 if block['spans'] else 0]}"
        beside = frozenset(i.id for c in cells for x in PLACEHOLDER.findall(c) if (i := find(x)))
        shows_period = any(i["t"] == "fixed" for cell in row[1:] for i in cell)
        for n, cell in enumerate(cells):
            if PLACEHOLDER.sub("", cell).strip():
                for found in of_prose(cell, lang, find, f"{heads[n]} {cells[0]}"):
                    yield [replace(site, where=where) for site in found]
                continue
            head = [(heads[n], 1.0)]
            if heads.count(heads[n]) > 1:
                head.append((heads[n - 1], 0.7))  # 占比 after 户数 is that of households
            stated = _UNIT.search(heads[n])
            unit = stated.group(1) if stated else whole
            for figure, own in ((id, find(id)) for id in PLACEHOLDER.findall(cell)):
                if own is None:
                    continue
                near = [*_named(cells[:n], own, lang, bool(block["spans"])), *head]
                far = [*near, *((text, 0.6) for text in cells[n:]), (title, 0.3)]
                dated = "" if shows_period else f"{heads[n]}\n{title}"
                site = Site(own, near, far, where=where, unit=unit, figure=figure)
                group.append(replace(site, row=beside, apart=head, dated=dated))
    yield group


def _named(left: Sequence[str], own: Indicator, lang: Lang, merged: bool) -> Iterator[Said]:
    """The cells that name a row; the first only says of what field, where rows are merged under it."""
    for n, cell in enumerate(left):
        if "【" not in cell and cell not in units(own, lang):
            yield cell, 0.3 if merged and n == 0 else 1.0


def units(own: Indicator, lang: Lang) -> frozenset[str]:
    """What a figure's unit may be called in a table's head or after a number."""
    return _units(own.unit, own.shown[lang], lang)


@cache
def _units(unit: Unit, shown: str, lang: Lang) -> frozenset[str]:
    if lang == "zh":
        return frozenset({shown or unit.text, unit.text})
    forms = {format.english_unit(unit, shown, one=one).strip() for one in (True, False)}
    plain_unit = Unit(unit.text.replace("万元", "元").replace("亿元", "元"), unit.counts)
    return frozenset(forms | {format.english_unit(plain_unit, shown, one=False).strip()})


def of_chart(spec: Mapping[str, Any], lang: Lang, find: Find) -> Iterator[Group]:
    """The figures of a chart's specification: each under the label of its bar, and of its part."""
    title = PLACEHOLDER.sub("", spec["title"][lang])
    group: Group = []
    for bar in spec.get("bars", ()):
        listed = [bar["figure"]] if "figure" in bar else []
        parts = [part[lang] for part in spec.get("parts", [{lang: ""}])]
        for names in (listed, bar.get("figures", ()), bar.get("shares", ())):
            for name, part in zip(names, parts, strict=False):
                own = find(name)
                if own:
                    near = [(bar[lang], 1.0), (part, 1.0)]
                    where = f"{title} / {bar[lang]} {part}".strip()
                    site = Site(own, near, [*near, (title, 0.3)], where=where)
                    unit = _unit_of_bar(names, name, lang, find)
                    group.append(replace(site, dated=spec["title"][lang], unit=unit))
    yield group


def _unit_of_bar(names: Sequence[str], name: str, lang: Lang, find: Find) -> str:
    """The unit that the other parts of a bar have."""
    others = [own for other in names if other != name and (own := find(other))]
    return max(units(others[0], lang)) if others else ""
