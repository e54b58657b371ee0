"""How well the words around a figure fit its own name, and the name of any other indicator.

A name is taken apart into terms: pairs of characters in Chinese, stems of words in English. A term
weighs more the fewer indicators share it. Two indicators are compared by the terms that one has and
the other has not, so what they share (建档立卡, 贫困) decides nothing and 已 or 未 decides all.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from xushi_stats.catalogue import Catalogue, Indicator
from xushi_stats.faults import Lang

_HAN = re.compile(r"[\u3400-\u9fff]+")
_WORD = re.compile(r"[A-Za-z]+")
_ENDINGS = re.compile(r"(?:ations?|ings?|ed|ies|es|s|e|y)$")
_STEM = 6
_EMPTY_EN = frozenset(
    re.findall(
        r"\w+",
        "a an the of in on at to for and or as by with from into that this these those it its is are"
        " was were be been has have had which whose who all up over per one each if than there",
    )
)
_EMPTY_ZH = re.compile(r"[的了为有是达共计在和与及、其中各等由将被对也并均]+")

_SAME = {"人口": "人数", "人员": "人数", "占比": "比重"}
"""Words of one meaning, read as one."""

Spot = tuple[int, int]
"""Where a term stands in a text: start and end."""


@lru_cache(maxsize=20_000)
def terms(text: str, lang: Lang) -> tuple[tuple[str, Spot], ...]:
    """The terms of a text with their places.

    >>> [term for term, _ in terms("已脱贫户数", "zh")]
    ['已脱', '脱贫', '贫户', '户数']
    >>> [term for term, _ in terms("Households whose houses were demolished", "en")]
    ['househ', 'hous', 'demoli']
    """
    if lang == "zh":
        for word, other in _SAME.items():
            text = text.replace(word, other)
        runs = ((m.group(), m.start()) for m in _HAN.finditer(text))
        return tuple(
            (run[n : n + 2], (at + n, at + n + 2)) for run, at in runs for n in range(len(run) - 1)
        )
    words = ((m.group().lower(), m.span()) for m in _WORD.finditer(text))
    return tuple((_stem(word), spot) for word, spot in words if word not in _EMPTY_EN)


def _stem(word: str) -> str:
    """A word without its ending: renovated and renovation are one."""
    bare = _ENDINGS.sub("", word)
    return (bare if len(bare) > 2 else word)[:_STEM]


def abbreviates(text: str, name: str) -> bool:
    """Whether a text is a Chinese name with characters left out.

    >>> abbreviates("已脱贫户占比", "已脱贫户占建档立卡贫困户比重")
    True
    """
    rest = iter(name)
    return len(text) > 1 and all(char in rest for char in text)


def says_something(text: str, lang: Lang) -> bool:
    """Whether a text holds more than particles and connectives."""
    if lang == "zh":
        return bool(_HAN.search(_EMPTY_ZH.sub("", text)))
    return bool(terms(text, lang))


@dataclass(frozen=True)
class Names:
    """The terms of every indicator's names in one language, and what each term weighs."""

    catalogue: Catalogue
    lang: Lang

    @cached_property
    def rivals(self) -> Mapping[str, Indicator]:
        """Indicators whose name a text may mean; the growth of another only where it is cited."""
        return {i.id: i for i in self.catalogue.indicators.values() if i.row is not None}

    @cached_property
    def _terms(self) -> dict[str, frozenset[str]]:
        return {i.id: self._of(i) for i in self.catalogue.indicators.values()}

    def _of(self, indicator: Indicator) -> frozenset[str]:
        said = [indicator.names[self.lang], *indicator.aliases[self.lang]]
        if self.lang == "zh" and indicator.unit.is_count:
            said.append(indicator.unit.counts)
        return frozenset(term for name in said for term, _ in terms(name, self.lang))

    @cached_property
    def _weights(self) -> dict[str, float]:
        shared = Counter(term for i in self.rivals for term in self._terms[i])
        return {term: math.log(len(self.rivals) / n) for term, n in shared.items()}

    def of(self, indicator: Indicator) -> frozenset[str]:
        """The terms of an indicator's names."""
        return self._terms[indicator.id]

    def weight(self, term: str) -> float:
        """What a term tells: much if it is one indicator's alone, little if many share it."""
        return self._weights.get(term, 0.0)


def quoted(texts: Iterable[str], wanted: Collection[str], lang: Lang) -> str:
    """The words of some texts that make up wanted terms, as written.

    >>> quoted(["其中未脱贫"], {"未脱", "脱贫"}, "zh")
    '未脱贫'
    """
    found: list[str] = []
    for text in texts:
        end = -1
        for term, (start, stop) in terms(text, lang):
            if term not in wanted:
                continue
            joins = start <= end if lang == "zh" else text[end:start].isspace()
            if joins and end >= 0:
                found[-1] += text[end:stop]
            else:
                found.append(text[start:stop])
            end = stop
    return ("、" if lang == "zh" else ", ").join(dict.fromkeys(found))
