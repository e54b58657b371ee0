"""How much stands beside the text of a draft: what the margin of a page cannot hold is set below.

Heights are estimated, as in ``columns``: those of notes generously, those of the text sparingly, so
that the notes of a page never need more than a page.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from xushi_stats.faults import Lang
from xushi_stats.publishing.columns import PAGE, POINT, height, text_width
from xushi_stats.reporting.document import Block, Inline, plain, text
from xushi_stats.reporting.words import WORDS

ROOM = (297 - 30 - 25) * POINT
"""Height of the text of a page in points. A test compares the template."""
WIDTH = (54 - 5 - 12) * POINT
_PAGE = PAGE["draft"]
_SIZE, _LINE, _BELOW, _GAP = 7.5, 9.4, 4.5, 3.0
_SPARING = 0.8


def with_room(blocks: Iterable[Block], lang: Lang) -> list[Block]:
    """The blocks of a draft, none with more beside it than its page has room for.

    Args:
        blocks: blocks of the body, tables with their widths.
        lang: language of the words that lead what is set below.

    Returns:
        The blocks; what is too much stands among the notes of its table, else in a note after it.
    """
    placed: list[tuple[float, float]] = []  # where a note begins in the text, its height
    made: list[Block] = []
    position = 0.0
    for block in blocks:
        lines = block.get("margin", [])
        free = ROOM - sum(high for start, high in placed if position - start < ROOM) - _GAP
        kept, taken = 0, 0.0
        while kept < len(lines) and taken + _line(lines[kept]) <= free:
            taken += _line(lines[kept])
            kept += 1
        placed.append((position, taken + _GAP if kept else 0.0))
        made += _below(block, kept, lang) if kept < len(lines) else [block]
        position += _SPARING * _text(block)
    return made


def _line(line: list[Inline]) -> float:
    return max(1, math.ceil(text_width(plain(line), _SIZE) / (0.9 * WIDTH))) * _LINE + _BELOW


def _text(block: Block) -> float:
    """About the height of a block in points, rather too little."""
    if block["b"] == "table":
        widths = [column["width"] for column in block["columns"]]
        return height(block, widths, block["size"])
    if block["b"] == "figure":
        high, wide = float(block["height"]), float(block["width"])
        return min(high, 190 * POINT, high / wide * _PAGE)
    runs = block["items"] if block["b"] == "list" else [block.get("c", [])]
    return sum(math.ceil(text_width(plain(run), 12) / _PAGE) * 18.0 for run in runs)


def _below(block: Block, kept: int, lang: Lang) -> list[Block]:
    """The block with as many lines beside it, the others under it in one run."""
    words = WORDS[lang]
    run: list[Inline] = [text(words["margin_more"])]
    for n, line in enumerate(block["margin"][kept:]):
        run += [*([text(words["semicolon"])] if n else []), *line]
    block = {**block, "margin": block["margin"][:kept]}
    if block["b"] == "table":  # one that must stand in one piece could become higher than a page
        return [{**block, "notes": [*block["notes"], run], "long": True}]
    return [block, {"b": "note", "c": run}]
