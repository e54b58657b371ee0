"""What hangs on a figure, before anyone changes it: figures, checks, sentences, tables and charts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from xushi_stats import format
from xushi_stats.audit.words import IMPACT
from xushi_stats.editions import LANGS
from xushi_stats.faults import Lang
from xushi_stats.ledger import Figure, Ledger
from xushi_stats.reporting import document
from xushi_stats.reporting.report import Report


@dataclass(frozen=True)
class Impact:
    """All that changes with a figure.

    Attributes:
        figures: what is computed from it, by way of others too, in the ledger's order.
        checks, tables, charts, queries: (id, name in both languages) of each.
        sentences: place as ``file:line`` and the sentence, both languages' files.
        records: place and column of other texts and links: records, definitions, ``town.toml``.
    """

    figure: Figure
    figures: tuple[Figure, ...]
    checks: tuple[tuple[str, str, str], ...]
    sentences: tuple[tuple[str, str], ...]
    tables: tuple[tuple[str, str, str], ...]
    charts: tuple[tuple[str, str, str], ...]
    records: tuple[tuple[str, str], ...]
    queries: tuple[tuple[str, str, str], ...]


def impact(reports: dict[Lang, Report], figure: Figure) -> Impact:
    """Find what hangs on a figure.

    Args:
        reports: the draft of the release in each language; texts are read in both.
        figure: a figure of their ledger, observed or derived.
    """
    report = next(iter(reports.values()))
    ledger = report.internal
    figures = dependants(ledger, figure.id)
    ids = {figure.id, *(f.id for f in figures)}
    reach = _Reach(report, ids)
    return Impact(
        figure,
        figures,
        tuple(_checks(ledger, ids)),
        tuple(reach.sentences()),
        tuple(_exhibits(reports, reach, "table")),
        tuple(_exhibits(reports, reach, "chart")),
        tuple(reach.records()),
        tuple(_queries(report, ids)),
    )


def dependants(ledger: Ledger, wanted: str) -> tuple[Figure, ...]:
    """The figures of a ledger that are computed from one, directly or by way of others."""
    known = {wanted}
    for figure in ledger.figures.values():  # inputs come before what is made from them
        if known & set(figure.inputs):
            known.add(figure.id)
    return tuple(f for f in ledger.figures.values() if f.id in known and f.id != wanted)


def _checks(ledger: Ledger, ids: set[str]) -> Iterator[tuple[str, str, str]]:
    for check in ledger.catalogue.checks:
        found = (ledger.meant(reference) for reference in check.condition.references)
        if ids & {f.id for f in found if f}:
            yield check.id, check.names["zh"], check.names["en"]


def _queries(report: Report, ids: set[str]) -> Iterator[tuple[str, str, str]]:
    figures = report.internal.figures
    found = {query.id: query for i in ids for query in figures[i].queries}
    for query in report.dataset.queries:
        if query.id in found:
            yield query.id, query.question["zh"], query.question["en"]


@dataclass(frozen=True)
class _Reach:
    """Which texts name one of some figures."""

    report: Report
    ids: set[str]

    def names(self, name: str) -> bool:
        """Whether a placeholder's name, or a cell's, leads to one of the figures."""
        figure = self.report.internal.find(name.partition(":")[0])
        return figure is not None and figure.id in self.ids

    def text(self, template: str) -> bool:
        return any(self.names(name) for name in document.placeholders(template))

    def sentences(self) -> Iterator[tuple[str, str]]:
        """Each sentence of the prose of this release that prints one of them."""
        dataset, year = self.report.dataset, f"{self.report.release}/"
        for (lang, name), prose in dataset.texts.items():
            base = name.removeprefix(year)
            if (base == name and (lang, year + name) in dataset.texts) or "/" in base:
                continue  # another year's, or this year has its own
            for number, line in enumerate(prose.splitlines(), start=1):
                for sentence in _sentences(line):
                    if self.text(sentence):
                        place = f"{dataset.ref_area}/text/{lang}/{name}.md:{number}"
                        yield place, sentence

    def records(self) -> Iterator[tuple[str, str]]:
        """Rows of other tables whose texts or links name one of them."""
        dataset, own = self.report.dataset, self.report.dataset.ref_area
        for rows in dataset.records.values():
            for row in rows:
                if row.cells.get("release", str(self.report.release)) != str(self.report.release):
                    continue
                for column, cell in row.cells.items():
                    linked = cell.split() if column in ("figure", "baseline") else []
                    if any(map(self.names, linked)) or self.text(cell):
                        yield f"{row.file}:{row.number}", column
        for indicator in dataset.catalogue.indicators.values():
            for column, texts in (
                ("definition", indicator.definition),
                ("assumption", indicator.assumption),
            ):
                for lang in LANGS:
                    if indicator.row and self.text(texts[lang]):
                        yield f"catalogue.csv:{indicator.row.number}", f"{column}_{lang}"
        for lang in LANGS:
            for line in document.strings(dataset.town, lang):
                if self.text(line):
                    yield f"{own}/town.toml", lang

    def exhibit(self, spec: object, lang: Lang) -> bool:
        """Whether a table or chart names one of them in a cell, a bar, a title or a note."""
        cells = map(self.names, document.figures(spec))
        return any(cells) or any(map(self.text, document.strings(spec, lang)))


def _sentences(line: str) -> list[str]:
    """A line of prose by its full stops."""
    return [s.strip() for s in re.split(r"(?<=[。！？；])|(?<=[.;!?]) ", line) if s.strip()]


def _exhibits(
    reports: dict[Lang, Report], reach: _Reach, kind: str
) -> Iterator[tuple[str, str, str]]:
    report = next(iter(reports.values()))
    for name, spec in report.dataset.exhibits.get(kind, {}).items():
        named = any(reach.exhibit(spec, lang) for lang in reports)
        if named or (kind == "table" and "from" in spec and _shows(report, name, reach.ids)):
            titles = [document.plain(one.line(spec["title"])) for one in reports.values()]
            yield name, titles[0], titles[-1]


def _shows(report: Report, name: str, ids: set[str]) -> bool:
    """Whether a table that is filled from records prints one of the figures."""
    blocks = report.table(name).blocks
    return any(node.get("t") == "num" and node["id"] in ids for node in document.walk(blocks))


def lines(found: Impact, lang: Lang) -> Iterator[str]:
    """What hangs on a figure, for the terminal."""
    words = IMPACT[lang]
    yield _figure(found.figure, lang)
    second = 1 if lang == "zh" else 2
    groups: Iterable[tuple[str, list[str]]] = (
        ("figures", [_figure(figure, lang) for figure in found.figures]),
        ("checks", [f"{check[second]}  [{check[0]}]" for check in found.checks]),
        ("sentences", [f"{place}  {sentence}" for place, sentence in found.sentences]),
        ("tables", [f"{table[second]}  [{table[0]}]" for table in found.tables]),
        ("charts", [f"{chart[second]}  [{chart[0]}]" for chart in found.charts]),
        ("records", [f"{place}  {column}" for place, column in found.records]),
        ("queries", [f"{query[second]}  [{query[0]}]" for query in found.queries]),
    )
    used = [(key, told) for key, told in groups if told]
    for key, told in used:
        yield ""
        yield words["count"].format(words[key], len(told))
        yield from (f"  {line}" for line in told)
    if not {key for key, _ in used} - {"queries", "records"}:
        yield words["nothing"]


def _figure(figure: Figure, lang: Lang) -> str:
    value = format.text(figure, lang, "draft")
    return f"{figure.indicator.names[lang]}  {value}  [{figure.id}]"
