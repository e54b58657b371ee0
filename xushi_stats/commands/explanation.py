"""Where a figure comes from, as a tree that a terminal shows: formula, inputs, places in the source."""

from __future__ import annotations

import re
from collections.abc import Iterator

from xushi_stats import format
from xushi_stats.dataset import Dataset
from xushi_stats.faults import Lang
from xushi_stats.formula import in_words
from xushi_stats.ledger import Figure, Ledger

_LABELS: dict[Lang, dict[str, str]] = {
    "zh": {"formula": "计算", "exact": "精确值", "range": "区间", "missing": "缺项", "query": "待核实", "place": "字符位置", "count": "计数", "assumption": "假定"},
    "en": {"formula": "formula", "exact": "exact", "range": "range", "missing": "missing", "query": "open query", "place": "offset", "count": "count", "assumption": "assumption"},
}  # fmt: skip


def tree(dataset: Dataset, ledger: Ledger, figure: Figure, lang: Lang) -> list[str]:
    """The lines of the tree.

    Args:
        dataset: for the names of sources and places.
        ledger: holds the figure and all it is made from.
        figure: the root.
        lang: language of the names.
    """
    return list(_branch(dataset, ledger, figure, lang, "", ""))


def _branch(
    dataset: Dataset, ledger: Ledger, figure: Figure, lang: Lang, first: str, rest: str
) -> Iterator[str]:
    name, value = figure.indicator.names[lang], format.text(figure, lang, "draft")
    period = f"  {format.period(figure.period, lang)}" if figure.quantity else ""
    yield f"{first}{name}  {value}{period}  [{figure.id}]"
    inputs = [ledger.figures[i] for i in figure.inputs if i in ledger.figures]
    for line in _facts(dataset, ledger, figure, lang):
        yield f"{rest}{'│ ' if inputs else '  '}{line}"
    for position, source in enumerate(inputs):
        last = position == len(inputs) - 1
        branch, below = ("└─ ", "   ") if last else ("├─ ", "│  ")
        yield from _branch(dataset, ledger, source, lang, rest + branch, rest + below)


def _facts(dataset: Dataset, ledger: Ledger, figure: Figure, lang: Lang) -> Iterator[str]:
    labels = _LABELS[lang]
    if figure.indicator.formula:
        names = dataset.catalogue.indicators
        words = in_words(figure.indicator.formula, lambda r: names[r.indicator].names[lang])
        yield f"{labels['formula']}: {words}"
    if figure.origin:
        counted = figure.indicator.query != ""  # the digest over the rows says nothing to people
        said = figure.origin.rpartition(" ")[0] if counted else figure.origin
        yield f"{labels['count']}: {said}"
    if figure.is_exact and not figure.is_observed:
        yield f"{labels['exact']}: {format.exact(figure)}"
    if figure.quantity and not figure.is_exact:
        yield f"{labels['range']}: {format.interval(figure, lang)}"
    for statement in figure.statements:
        place = dataset.sources[statement.source].place_of(statement, lang)
        offset = "" if statement.place else f" ({labels['place']} {statement.start})"
        yield f"“{statement.wording}” {place}{offset}"
    for query in figure.queries:
        yield f"{labels['query']} {query.grade}: {_resolved(query.question[lang], ledger, lang)}"
    if figure.indicator.assumption[lang]:
        yield f"{labels['assumption']}: {figure.indicator.assumption[lang]}"


def _resolved(words: str, ledger: Ledger, lang: Lang) -> str:
    """A text with the values of the figures that it names."""

    def value(match: re.Match[str]) -> str:
        figure = ledger.find(match.group(1))
        return format.text(figure, lang, "draft") if figure else match.group()

    return re.sub("【([^【】]*)】", value, words)
