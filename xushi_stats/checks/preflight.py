"""All that a page would stumble over, before any notebook runs: placeholders, typed numbers, wording."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from xushi_stats.checks import wording
from xushi_stats.faults import DataFaults, Fault, errors
from xushi_stats.reporting import document, exhibit_keys, exhibits, named, printed, years
from xushi_stats.reporting.context import Context
from xushi_stats.tables import own_first


def rehearse(report: Context) -> list[Fault]:
    """Everything that the pieces of a page would stumble over, with its file."""
    own, faults = report.dataset.ref_area, []
    for (lang, section), prose in report.dataset.texts.items():
        if lang == report.lang:
            for number, line in enumerate(prose.splitlines(), start=1):
                faults += _try(report, f"{own}/text/{lang}/{section}.md", line, number)
    wrong = exhibit_keys.faults(report.dataset)
    faults += [*wrong, *named.faults(report)]
    for kind in () if wrong else ("table", "chart"):
        for spec in report.dataset.exhibits.get(kind, {}).values():
            for line in document.strings(spec, report.lang):
                faults += _try(report, "exhibits.toml", line)
            for name in document.figures(spec):
                faults += _try(report, "exhibits.toml", f"【{name}】")
    for table in report.dataset.records.values():
        for row in table:
            for column, value in row.cells.items():
                if column.endswith(f"_{report.lang}"):
                    faults += _try(report, row.file, value, row.number)
    for line in document.strings(report.dataset.town, report.lang):
        faults += _try(report, f"{own}/town.toml", line)
    for query in report.dataset.queries:
        faults += _try(report, f"{own}/queries.csv", query.question[report.lang])
    for source in report.dataset.sources.values():
        for text_of in (source.title, source.short, source.publisher):
            faults += _try(report, "sources.csv", text_of[report.lang])
        for _, zh, en in source.places:
            faults += _try(report, f"{own}/places.csv", zh if report.lang == "zh" else en)
    for indicator in report.dataset.catalogue.indicators.values():
        for words in (indicator.names, indicator.definition, indicator.assumption):
            place = indicator.row.number if indicator.row else None
            faults += _try(report, "catalogue.csv", words[report.lang], place)
    for check in report.dataset.catalogue.checks:
        faults += _try(report, "checks.csv", check.names[report.lang], check.row.number)
    if errors(faults):
        return faults
    for edition in ("draft", "public"):
        faults += _exhibits(report.in_edition(edition))
    if errors(faults):
        return faults
    return [*faults, *printed.faults(report), *wording.faults(report)]


def _exhibits(report: Context) -> Iterator[Fault]:
    """What an edition cannot show: every table is made, of charts only the figures are asked for."""
    every = report.dataset.exhibits
    file = own_first(report.data, report.dataset.ref_area, "exhibits.toml")[1]
    for name in every.get("table", {}):
        yield from _tried(f"{file} [table.{name}]", partial(exhibits.table, report, name))
    for name, spec in every.get("chart", {}).items():
        if report.edition in spec.get("editions", (report.edition,)):
            of_name = years.figure_of if spec["kind"] == "years" else Context.__getitem__
            for figure in dict.fromkeys(document.figures(spec)):
                yield from _tried(f"{file} [chart.{name}]", partial(of_name, report, figure))


def _tried(file: str, make: Callable[[], object]) -> list[Fault]:
    """What making something stumbles over."""
    try:
        make()
    except DataFaults as error:
        return [replace(fault, file=file) for fault in error.faults]
    return []


def _try(report: Context, file: str, prose: str, row: int | None = None) -> list[Fault]:
    """Unknown placeholders and typed numbers of one text, or of one line or row of a file."""
    faults = []
    for name in dict.fromkeys(document.placeholders(prose)):
        try:
            report.resolve(name)
        except DataFaults as error:
            faults += [replace(fault, file=file, row=row) for fault in error.faults]
    blanked = report.declare(document.inlines(prose, lambda name: []))
    for near in document.typed_digits(blanked):
        faults.append(Fault("digit_in_text", file, row, details={"near": near}))
    for near in document.typed_words(blanked):
        faults.append(Fault("number_in_words", file, row, details={"near": near}))
    return faults
