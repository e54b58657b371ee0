"""All that a page would stumble over, before any notebook runs: placeholders, typed numbers, wording."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from xushi_stats.checks import wording
from xushi_stats.faults import DataFaults, Fault, errors
from xushi_stats.reporting import document, exhibit_keys, exhibits, named, printed, years
from xushi_stats.reporting.context import Context
from xushi_stats.tables import own_first


def rehearse(report: Context) -> list[Fault]:
    """Everything that the pieces of a page would stumble over, with its file."""
    own = report.dataset.ref_area
    faults: list[Fault] = []
    for (lang, section), prose in report.dataset.texts.items():
        if lang == report.lang:
            for number, line in enumerate(prose.splitlines(), start=1):
                file = f"{own}/text/{lang}/{section}.md"
                faults += _try(report, file, line, number) or _slips(report, file, line, number)
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
        place = f"{file} [table.{name}]"
        yield from _tried(place, partial(_table, report, name))
    for name, spec in every.get("chart", {}).items():
        if report.edition in spec.get("editions", (report.edition,)):
            of_name = years.figure_of if spec["kind"] == "years" else Context.__getitem__
            for figure in dict.fromkeys(document.figures(spec)):
                yield from _tried(f"{file} [chart.{name}]", partial(of_name, report, figure))


def _table(report: Context, name: str) -> None:
    """One table; a cell of it that holds nothing is refused, as it is of the finished page."""
    made = exhibits.table(report, name)
    empty = [*empty_cells([made] if made else [])]
    if empty:
        raise DataFaults([Fault("empty_cell", value=empty[0])])


def _slips(report: Context, file: str, prose: str, row: int) -> Iterator[Fault]:
    """What a line of a text breaks of the rules of wording, with its figures in it."""
    if report.lang == "zh":
        said = document.plain(document.inlines(prose, report.resolve))
        for _, rule, words in slips([said]):
            yield Fault("house_rule_text", file, row, value=words, details={"rule": rule})


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


# -- the house rules of wording, and cells that hold nothing ---------------------------------------


_NUMBER = r"\d[\d,.]*"
_UNIT = r"[^\d，。；：、（）\s]{0,3}"
RULES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("约…左右", re.compile(rf"约{_NUMBER}[余多]?{_UNIT}左右")),
    ("约…余", re.compile(rf"约{_NUMBER}[余多]")),
    ("超过…余", re.compile(rf"超过{_NUMBER}[余多]")),
    ("逾…多", re.compile(rf"逾{_NUMBER}[余多]")),
    ("近…余", re.compile(rf"近{_NUMBER}[余多]")),
    ("余…以上", re.compile(rf"{_NUMBER}[余多]{_UNIT}(以上|以下|左右)")),
    ("截止", re.compile(r"截止")),
    ("数字间的短横", re.compile(r"\d[-–]\d+(?=[个户人亩元万%])|\d–\d")),
    # a count of states is not what one year brought about
    ("时点数写作当年数", re.compile(r"\d{4}年(?:全镇|共|实现|累计)?脱贫\d")),
)


def slips(pages: list[str]) -> Iterator[tuple[int, str, str]]:
    """Breaches in the text of finished pages.

    Args:
        pages: the text of each page, in order.

    Yields:
        Page from 1, the rule's name, and the words that break it.
    """
    for number, page in enumerate(pages, start=1):
        apart = re.sub(r"(?<=\d)\s+(?=[-–]?\d)", "|", page)  # numbers of two cells
        text = re.sub(r"[\s\u2060]+", "", apart)
        for name, rule in RULES:
            for match in rule.finditer(text):
                start, end = match.span()
                yield number, name, text[max(0, start - 6) : end + 6]


def empty_cells(blocks: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Tables with a cell that holds nothing: none, — and 0 are three different things.

    A form is there to be filled in by hand.
    """
    for block in blocks:
        if block["b"] == "table" and not block.get("form"):
            for row in block["rows"]:
                if any(not document.plain(cell).strip() for cell in row):
                    yield document.plain(block["title"])
