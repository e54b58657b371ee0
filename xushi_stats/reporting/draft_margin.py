"""The margin of the draft: beside each block the bounds and open queries of the figures it shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from xushi_stats import format
from xushi_stats.reporting.document import Block, Inline, fixed, num, plain, text, walk
from xushi_stats.reporting.words import WORDS

if TYPE_CHECKING:
    from xushi_stats.ledger import Figure
    from xushi_stats.reporting.context import Context


def with_margin(report: Context, block: Block) -> Block:
    """The block with what the draft says beside it; other editions have no margin."""
    if report.edition != "draft":
        return block
    ids = [i["id"] for i in walk(block) if i.get("t") == "num"]
    ids += [link["id"] for link in block.get("links", ())]
    figures = [report.ledger.figures[i] for i in dict.fromkeys(ids) if i in report.ledger.figures]
    lines = [*_ranges(report, figures), *_asked(report, figures)]
    return {**block, "margin": lines} if lines else block


def _ranges(report: Context, figures: list[Figure]) -> Iterator[list[Inline]]:
    """The range of each approximate figure, after the numbers of its open queries."""
    for figure in figures:
        if figure.quantity and not figure.is_exact:
            name = text(_name(report, figure) + WORDS[report.lang]["colon"])
            range_ = num(figure.id, format.interval(figure, report.lang))
            yield [*_numbers(report, figure), name, range_]


def _asked(report: Context, figures: list[Figure]) -> Iterator[list[Inline]]:
    """The other figures with open queries, those with the same ones on a line; the questions are listed."""
    groups: dict[str, tuple[list[Inline], list[str]]] = {}
    for figure in figures:
        if figure.queries and (figure.is_exact or not figure.quantity):
            numbers = _numbers(report, figure)
            groups.setdefault(plain(numbers), (numbers, []))[1].append(_name(report, figure))
    for numbers, names in groups.values():
        yield [*numbers, text(WORDS[report.lang]["list"].join(names))]


def _numbers(report: Context, figure: Figure) -> list[Inline]:
    found = sorted(
        (report.query_numbers[query.id] for query in figure.queries),
        key=lambda number: (number[0], int(number[1:])),
    )
    run: list[Inline] = []
    for number in found:
        run += [text(WORDS[report.lang]["pages_sep"]), fixed(number)]
    return [*run[1:], text(" ")] if run else []


def _name(report: Context, figure: Figure) -> str:
    name = figure.indicator.names[report.lang]
    return name[:1].upper() + name[1:]


def without_repeats(blocks: Iterable[Block]) -> list[Block]:
    """Say each line once under a heading: text, table and chart show the same figures."""
    seen: set[str] = set()
    kept = []
    for block in blocks:
        if block["b"] == "heading":
            seen.clear()
        if "margin" in block:
            lines = [line for line in block["margin"] if plain(line) not in seen]
            seen.update(plain(line) for line in lines)
            block = {**block, "margin": lines}
        kept.append(block)
    return kept
