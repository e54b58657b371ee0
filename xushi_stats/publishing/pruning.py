"""What a page leaves out because there is nothing to it: pointers to no table, headings of no text."""

from __future__ import annotations

from collections.abc import Iterable

from xushi_stats.reporting.document import Block, walk


def without_empty(blocks: Iterable[Block]) -> list[Block]:
    """The blocks of a document that have something to say.

    A year without targets of the year before has no table of their fulfilment; then the sentence that
    points to it and the heading above go too, so that one text serves every year.

    Args:
        blocks: headings, paragraphs, tables and figures in order, references not yet resolved.

    >>> len(without_empty([{"b": "heading", "level": 2, "c": []}, {"b": "heading", "level": 2, "c": []}]))
    0
    """
    blocks = list(blocks)
    there = {(b["b"], b["key"]) for b in blocks if b["b"] in ("table", "figure")}
    return _without_bare_headings([b for b in blocks if not _points_nowhere(b, there)])


def _points_nowhere(block: Block, there: set[tuple[str, str]]) -> bool:
    """Whether a paragraph refers to tables and figures alone, and none of them is in the document."""
    if block["b"] != "para":
        return False
    kinds = {inline.get("t") for inline in walk(block["c"])}
    found = {(i["kind"], i["key"]) for i in walk(block["c"]) if i.get("t") == "ref"}
    return bool(found) and "num" not in kinds and not found & there


def _without_bare_headings(blocks: list[Block]) -> list[Block]:
    """No heading below the first level that another of its level, a higher one or the end follows."""
    kept: list[Block] = []
    above = 1
    for block in reversed(blocks):
        level = block["level"] if block["b"] == "heading" else 0
        if level > 1 and above and level >= above:
            continue
        above = level
        kept.append(block)
    return kept[::-1]
