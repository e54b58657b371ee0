"""How a table shares out the width of the page, and whether it is too long to stand in one piece.

Widths are estimated from the characters, a little generously: asking the typesetter to measure every
cell costs more than all the rest of the page.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

from xushi_stats.reporting.document import Block, Inline, plain

POINT = 72 / 25.4
PAGE = {"draft": 134 * POINT, "internal": 158 * POINT, "public": 158 * POINT}
"""Width of the text in points; the draft has a margin beside it. A test compares the template."""
INSET = 10.5
_SMALLEST = 6.5
LONG = 380
"""Points; a table higher than about half a page may break."""
_CHINESE = re.compile(r"[\u2e80-\uffff]+")
_UNBROKEN = re.compile(r"[^\s\u2e80-\uffff“”‘’…—]+")
_NARROW = set("iljtfIr.,;:'|!()[]- ")
_WIDE = set("mwMW%—")


def text_width(words: str, size: float) -> float:
    """Estimated width of a line of text in points."""
    ems = 0.0
    for char in words:
        if ord(char) > 0x2E7F:
            ems += 1.0
        elif char in _NARROW:
            ems += 0.36
        elif char in _WIDE:
            ems += 0.95
        else:
            ems += 0.7 if char.isupper() else 0.58
    return ems * size


def size_of(block: Block, lang: str, edition: str) -> float:
    """Type size of a table: many columns in English, or beside a margin, need a smaller one."""
    columns = len(block["columns"])
    if columns < 6 or not (lang == "en" or edition == "draft"):
        return 10.5
    return 8.0 if columns > 6 and edition == "draft" else 9.0


def share_out(block: Block, lang: str, edition: str) -> Block:
    """The table with a width for each column and its type size, and ``long`` if it must break.

    Columns that do not wrap get what they hold; what is left goes to the columns of text, by what
    they hold or by the weights that the specification gives.
    """
    size, room = size_of(block, lang, edition), PAGE[edition]
    columns = block["columns"]
    cells = [[row[n] for row in block["rows"]] for n in range(len(columns))]
    while True:  # what cannot be broken must not run into the next column
        least = [
            max(_least(c["c"], size, lang, head=True), *(_least(x, size, lang) for x in own))
            + INSET
            for c, own in zip(columns, cells, strict=True)
        ]
        if sum(least) <= room or size <= _SMALLEST:
            break
        size -= 0.5
    natural = [
        max(low, *(text_width(plain(x), size) + INSET for x in own))
        for low, own in zip(least, cells, strict=True)
    ]
    weights = [c.get("width") for c in columns]
    widths = _fitted(natural, least, weights, [c["align"] for c in columns], room)
    made = [{**c, "width": round(w, 2)} for c, w in zip(columns, widths, strict=True)]
    return {**block, "columns": made, "size": size, "long": height(block, widths, size) > LONG}


def _least(cell: Sequence[Inline], size: float, lang: str, *, head: bool = False) -> float:
    """What a column cannot be narrower than: its longest word, a number whole."""
    if head and lang == "zh":
        return text_width(plain(cell), size)
    words: list[str] = []
    for inline in cell:
        if inline["t"] in ("num", "fixed"):
            words.append(inline["v"])
        else:  # Chinese breaks anywhere; four characters are the least that reads well
            written = plain([inline])
            words += _UNBROKEN.findall(written)
            words += [run[:4] for run in _CHINESE.findall(written)]
    return max((text_width(word, size) for word in words), default=0.0)


def _fitted(
    natural: list[float],
    least: list[float],
    weights: Sequence[Any],
    aligns: Sequence[str],
    room: float,
) -> list[float]:
    if sum(natural) <= room:
        each = (room - sum(natural)) / len(natural)
        return [width + each for width in natural]
    wraps = [a == "left" and w > 60 for a, w in zip(aligns, natural, strict=True)]
    left = room - sum(w for w, wrap in zip(natural, wraps, strict=True) if not wrap)
    known = [float(w) for w, wrap in zip(weights, wraps, strict=True) if w and wrap]
    usual = sum(known) / len(known) if known else 0.0
    parts = [
        (float(weights[n] or usual) if known else min(natural[n], 260.0)) if wraps[n] else 0.0
        for n in range(len(natural))
    ]
    widths = [
        max(least[n], left * parts[n] / sum(parts)) if wraps[n] else natural[n]
        for n in range(len(natural))
    ]
    over = sum(widths) - room
    spare = [max(0.0, width - low) for width, low in zip(widths, least, strict=True)]
    if over <= 0:
        return widths
    if sum(spare) <= over:
        return [width * room / sum(widths) for width in widths]
    return [w - over * s / sum(spare) for w, s in zip(widths, spare, strict=True)]


def height(block: Block, widths: Sequence[float], size: float) -> float:
    """Estimated height in points, notes and title included."""
    lines = [
        max(
            math.ceil(text_width(plain(cell), size) / max(1.0, width - INSET))
            for cell, width in zip(row, widths, strict=True)
        )
        for row in block["rows"]
    ]
    notes = sum(math.ceil(text_width(plain(note), 9) / sum(widths)) for note in block["notes"])
    return sum(max(1, n) * size * 1.55 + 11 for n in lines) + 60 + notes * 15
