"""The margin of the draft: beside each block the bounds and open queries of the figures it shows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from xushi_stats import show
from xushi_stats.reporting.document import Block, Inline, fixed, num, plain, text, walk
from xushi_stats.words import WORDS

if TYPE_CHECKING:
    from xushi_stats.ledger import Figure
    from xushi_stats.reporting.report import Report


def with_margin(report: Report, block: Block) -> Block:
    """The block with what the draft says beside it; other editions have no margin."""
    if report.edition != "draft":
        return block
    ids = [i["id"] for i in walk(block) if i.get("t") == "num"]
    ids += [link["id"] for link in block.get("links", ())]
    figures = [report.ledger.figures[i] for i in dict.fromkeys(ids) if i in report.ledger.figures]
    lines = [line for line in (_line(report, figure) for figure in figures) if line]
    return {**block, "margin": lines} if lines else block


def _line(report: Report, figure: Figure) -> list[Inline]:
    """A figure's range and the numbers of its open queries; the questions stand in the list."""
    words, lang = WORDS[report.lang], report.lang
    open_ones = sorted(
        (report.query_numbers[query.id] for query in figure.queries),
        key=lambda number: (number[0], int(number[1:])),
    )
    said: list[Inline] = []
    if figure.quantity and not figure.is_exact:
        said.append(num(figure.id, show.interval(figure, lang)))
    if open_ones:
        said.append(text((words["comma"] if said else "") + words["margin_query"]))
        for position, number in enumerate(open_ones):
            joiner = words["pages_sep"] if position else ""
            said += [text(joiner), fixed(number)]
    if not said:
        return []
    name = figure.indicator.names[lang]
    return [text(f"{name}：" if lang == "zh" else f"{name[:1].upper()}{name[1:]}: "), *said]


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
