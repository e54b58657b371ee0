"""All that a page would stumble over, before any notebook runs: placeholders, typed numbers, wording."""

from __future__ import annotations

from dataclasses import replace

from xushi_stats.checks import wording
from xushi_stats.faults import DataFaults, Fault, errors
from xushi_stats.reporting import document, exhibit_keys, named
from xushi_stats.reporting.context import Context


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
    return faults if errors(faults) else [*faults, *wording.faults(report)]


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
