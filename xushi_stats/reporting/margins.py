"""The margin of the draft: beside each block the bounds and open queries of the figures it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xushi_stats import show
from xushi_stats.reporting.document import Block, Inline, num, text, walk
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
    lines = [*_ranges(report, figures), *_queries(report, figures)]
    return {**block, "margin": lines} if lines else block


def _ranges(report: Report, figures: list[Figure]) -> list[list[Inline]]:
    label = WORDS[report.lang]["margin_range"]
    return [
        [
            text(f"{label} {figure.indicator.names[report.lang]} "),
            num(figure.id, show.interval(figure, report.lang)),
        ]
        for figure in figures
        if figure.quantity and not figure.is_exact
    ]


def _queries(report: Report, figures: list[Figure]) -> list[list[Inline]]:
    """One line a class: the figures it concerns; the questions stand in the ledger."""
    lines: list[list[Inline]] = []
    for grade in ("A", "B", "C"):
        names = [
            figure.indicator.names[report.lang]
            for figure in figures
            if any(query.grade == grade for query in figure.queries)
        ]
        if names:
            label = WORDS[report.lang]["margin_query"].format(grade)
            colon, comma = ("：", "、") if report.lang == "zh" else (": ", ", ")
            lines.append([text(label + colon + comma.join(names))])
    return lines
