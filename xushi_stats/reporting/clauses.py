"""A sentence of which a figure is missing: the clause that needs it goes, the rest stays a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from xushi_stats.faults import Lang
from xushi_stats.reporting.document import Inline, plain, text, walk

_SIGNS: dict[Lang, re.Pattern[str]] = {
    "zh": re.compile(r"([。！？；：，、])"),
    "en": re.compile(r"([.;!?:](?= |$)|,(?= ))"),
}
_ENDS, _HEADS, _ITEMS = "。！？；.;!?", "：:", "、"
_LEANS: dict[Lang, re.Pattern[str]] = {
    "zh": re.compile(
        r"占|比|较|同比|环比|与|为|达|共|合|其中|分别|均|即|且|并|而|也|又|还|居|列|使|折|约"
        r"|增长|增加|减少|提高|下降|上升|降低"
    ),
    "en": re.compile(
        r"(and )?(up|down|unchanged|little|with no|of (which|them|these)|which|that|or|being|an? "
        r"(rise|fall|increase|decrease|drop)|compared|accounting|making|thus|respectively|more|fewer"
        r"|less|namely|including)\b"
    ),
}
"""How a clause begins that says something of the one before, and falls with it."""
_OF_WHICH = re.compile(r"其中|(and )?of (which|them|these)\b")
"""How a clause begins that all the rest of the sentence hangs on."""
_BRACKETS = ("（）", "()", "“”", "《》")


@dataclass
class _Unit:
    """What stands between two signs of punctuation, and the sign behind it."""

    run: list[Inline]
    sign: str = ""

    def has(self, key: str) -> bool:
        """Whether a number (``num``) or one that is missing (``cut``) is in it."""
        nodes = walk(self.run)
        return any(i.get("t") == "num" if key == "num" else bool(i.get(key)) for i in nodes)

    @property
    def words(self) -> str:
        return plain(self.run).strip()


def cut(
    run: Sequence[Inline], lang: Lang, lacks: Callable[[Inline], bool] = lambda inline: True
) -> tuple[list[Inline], list[str]]:
    """Leave out what needs a figure that is missing, clause by clause.

    Args:
        run: a paragraph or an item of a list, its placeholders resolved.
        lang: its language.
        lacks: which of the figures that are missing count.

    Returns:
        What stays, nothing where no sentence does, and the words left out.

    >>> gap = {**text("?"), "missing": True}
    >>> one = {"t": "num", "v": "12亩", "id": "a"}
    >>> kept, lost = cut([text("茶园"), one, text("，橘园"), gap, text("，占"), gap, text("。")], "zh")
    >>> plain(kept), lost
    ('茶园12亩。', ['橘园?', '占?'])
    """
    run = [_seen(i, lacks) for i in run]
    if not any(i.get("cut") for i in walk(run)):
        return run, []
    sentences: list[list[_Unit]] = [[]]
    for unit in _units(run, lang):
        sentences[-1].append(unit)
        if unit.sign and unit.sign in _ENDS:
            sentences.append([])
    kept: list[_Unit] = []
    lost: list[str] = []
    for sentence in filter(None, sentences):
        whole = not any(unit.has("cut") for unit in sentence)
        left = sentence if whole else _sentence(sentence, lang)
        lost += [u.words for u in sentence if not any(u is one for one in left) and u.words]
        if left and not whole:
            left[-1].sign = sentence[-1].sign
        if left and (left[0] is not sentence[0] or not kept) and lang == "en":
            _open(
                left[0], sentence[0] if kept else sentences[0][0], not kept or kept[-1].sign != ";"
            )
        kept += left
    if kept:
        kept[-1].sign = [u for s in sentences for u in s][-1].sign
    return [
        i for unit in kept for i in (*unit.run, *([text(unit.sign)] if unit.sign else []))
    ], lost


def _seen(inline: Inline, lacks: Callable[[Inline], bool]) -> Inline:
    """An inline in which the missing figures that count are marked, all of which will go."""
    if "c" in inline:
        return {**inline, "c": [_seen(one, lacks) for one in inline["c"]]}
    return {**inline, "cut": True} if inline.get("missing") and lacks(inline) else inline


def _units(run: Sequence[Inline], lang: Lang) -> list[_Unit]:
    found = [_Unit([])]
    for inline in run:
        if inline["t"] != "text" or inline.get("cut"):
            found[-1].run.append(inline)
            continue
        for n, piece in enumerate(_SIGNS[lang].split(inline["v"])):
            if n % 2:
                found[-1].sign = piece
                found.append(_Unit([]))
            elif piece:
                found[-1].run.append({**inline, "v": piece})
    return [unit for unit in found if unit.run or unit.sign]


def _sentence(units: list[_Unit], lang: Lang) -> list[_Unit]:
    """What stays of one sentence; nothing where no number would, or a bracket would stay open."""
    kept: list[_Unit] = []
    clauses: list[list[_Unit]] = [[]]
    for unit in units:
        clauses[-1].append(unit)
        if unit.sign not in _ITEMS:
            clauses.append([])
    fell = False
    for clause in filter(None, clauses):
        leans = fell and _leans(clause, lang)
        if leans and (_OF_WHICH.match(clause[0].words) or clause[-1].sign in _HEADS):
            break  # the rest of the sentence is part of what fell
        left = [] if leans else _clause(clause)
        fell = not left
        if left:
            left[-1].sign = clause[-1].sign
        elif clause[-1].sign and clause[-1].sign in _HEADS:
            break
        kept += left
    said = "".join(plain(unit.run) for unit in kept)
    is_open = any(said.count(pair[0]) != said.count(pair[1]) for pair in _BRACKETS)
    return kept if any(u.has("num") for u in kept) and not is_open else []


def _leans(clause: list[_Unit], lang: Lang) -> bool:
    """Whether a clause says something of the one before: it begins so, or with its number, or has none."""
    words = clause[0].words
    numbered = any(unit.has("num") or unit.has("cut") for unit in clause)
    return _is_bare(clause[0]) or not numbered or bool(_LEANS[lang].match(words))


def _is_bare(unit: _Unit) -> bool:
    """Whether it begins with its number."""
    first = next((i for i in unit.run if plain([i]).strip()), {})
    return first.get("t") == "num" or bool(first.get("cut"))


def _clause(units: list[_Unit]) -> list[_Unit]:
    """What stays of a clause: of items, those that are whole, where the others say what they are."""
    good = [unit for unit in units if not unit.has("cut")]
    if len(good) == len(units):
        return units
    if not good or not any(unit.has("num") for unit in good):
        return []
    last = units[-1]
    tail = last.run[-1] if last.run else {}
    says_more = last.has("cut") and not tail.get("cut") and bool(plain([tail]).strip())
    return [] if says_more or (_is_bare(good[0]) and good[0] is not units[0]) else good


def _open(unit: _Unit, before: _Unit, capital: bool) -> None:
    """Begin a sentence that begins later than it did: with the blank it had, and a ``capital``."""
    if unit is before:
        return
    gap = " " if plain(before.run).startswith(" ") else ""
    while len(unit.run) > 1 and not plain(unit.run[:1]).strip():
        unit.run = unit.run[1:]
    first, *rest = unit.run
    if first["t"] == "text":
        words = first["v"].lstrip()
        opened = words[:1].upper() + words[1:] if capital else words
        unit.run = [{**first, "v": gap + opened}, *rest]
    else:
        unit.run = [*([text(gap)] if gap else []), first, *rest]
