"""What the exporter makes from the ledger around the body: 编制说明 before it, lists and sources behind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from xushi_stats import show
from xushi_stats.reporting.document import Block, Inline, fixed, inlines, text
from xushi_stats.words import CHECK_KIND_EN, STATUS_EN, VERDICTS, WORDS

if TYPE_CHECKING:
    from xushi_stats.ledger import Figure
    from xushi_stats.reporting.report import Report


def notes_on_compilation(report: Report) -> list[Block]:
    """编制说明: source, nature of the data, period, approximations, rounding, symbols, comparison.

    Each sentence follows from the data: no approximation is explained where there is none.
    """
    words = WORDS[report.lang]
    items = [
        ("front_source", _sources(report)),
        ("front_status", _statuses(report)),
        ("front_period", _periods(report)),
        ("front_approximate", _approximate(report)),
        ("front_rounding", [text(words["front_rounding_text"])]),
        ("front_symbols", [text(words["front_symbols_text"])]),
        ("front_comparison", _comparison(report)),
        ("front_missing", _missing(report)),
    ]
    blocks: list[Block] = [_heading(words["front"])]
    for key, run in items:
        if run:
            content = [{"t": "strong", "c": [text(words[key])]}, *run]
            blocks.append({"b": "para", "c": content, "mark": None})
    return blocks


def _sources(report: Report) -> list[Inline]:
    words, lang = WORDS[report.lang], report.lang
    used = sorted({s.source for f in _observed(report) for s in f.statements})
    run: list[Inline] = []
    for name in used:
        source = report.dataset.sources[name]
        title = f"《{source.title[lang]}》" if lang == "zh" else source.title[lang]
        opening, middle = words["front_source_text"].split("{title}")
        run += [text(opening + title), *_between(middle, source.publisher[lang], source.date, lang)]
    return run


def _between(template: str, publisher: str, date: str, lang: str) -> list[Inline]:
    before, after = template.format(publisher=publisher, date="\0").split("\0")
    return [text(before), fixed(show.day(date, "zh" if lang == "zh" else "en")), text(after)]


def _statuses(report: Report) -> list[Inline]:
    words = WORDS[report.lang]
    found = sorted({(s.status, s.grade) for f in _observed(report) for s in f.statements})
    names = sorted({status for status, _ in found})
    said = ("、" if report.lang == "zh" else ", ").join(
        name if report.lang == "zh" else STATUS_EN[name] for name in names
    )
    run = [text(words["front_status_text"].format(status=said))]
    if {grade for _, grade in found} == {"丁"}:
        run.append(text(words["front_grade_text"]))
    return run


def _periods(report: Report) -> list[Inline]:
    """Which periods the figures are about, each with the sections that it rules."""
    words = WORDS[report.lang]
    found = sorted({f.period for f in _observed(report)})
    run: list[Inline] = [text(words["front_period_text"])]
    for position, period in enumerate(found):
        if position:
            run.append(text("、" if report.lang == "zh" else ", "))
        run.append(fixed(show.period(period, report.lang)))
    return [*run, text(words["front_period_end"])]


def _approximate(report: Report) -> list[Inline]:
    if all(f.is_exact for f in _observed(report)):
        return []
    return [text(WORDS[report.lang]["front_approximate_text"])]


def _comparison(report: Report) -> list[Inline]:
    """Why there is no growth, as long as there is no earlier report."""
    if report.release - 1 in report.dataset.releases:
        return []
    before = show.period(str(report.release - 1), report.lang)
    opening, closing = WORDS[report.lang]["front_comparison_text"].split("{year}")
    return [text(opening), fixed(before), text(closing)]


def _missing(report: Report) -> list[Inline]:
    """The indicators that the source does not give."""
    lang = report.lang
    names = [
        f.indicator.names[lang]
        for f in report.ledger.figures.values()
        if f.is_observed and f.missing and f.release == report.release
    ]
    if not names:
        return []
    joined = ("、" if lang == "zh" else "; ").join(names)
    return [text(WORDS[lang]["front_missing_text"].format(names=joined))]


def _observed(report: Report) -> list[Figure]:
    figures = report.ledger.figures.values()
    return [f for f in figures if f.statements and f.release == report.release]


# -- behind the body ---------------------------------------------------------------------------


def lists(report: Report) -> list[Block]:
    """Behind the ledger: checks, open queries and what is not taken up again; the sources.

    The public edition has the sources alone.
    """
    blocks: list[Block] = []
    if report.edition != "public":
        blocks += [*_checks(report), *_queries(report), *_dropped(report)]
    return [*blocks, *_source_list(report)]


def _checks(report: Report) -> Iterator[Block]:
    words, lang = WORDS[report.lang], report.lang
    yield _heading(words["checks"])
    rows = []
    for result in report.internal.check():
        kind = result.check.kind if lang == "zh" else CHECK_KIND_EN[result.check.kind]
        figures = [report.internal.figures[i] for i in result.figures]
        values: list[Inline] = []
        for figure in figures:
            if values:
                values.append(text("、" if lang == "zh" else ", "))
            values.append(report.inline(figure))
        explained = result.check.explanation if lang == "zh" else ""
        rows.append(
            [
                [text(result.check.names[lang])],
                [text(kind)],
                values,
                [text(VERDICTS[lang][result.verdict])],
                [text(explained or show.NONE)],
            ]
        )
    heads = ("check_name", "check_kind", "check_values", "check_result", "check_reason")
    yield _table("checks", words["checks_title"], [words[h] for h in heads], rows)


def _queries(report: Report) -> Iterator[Block]:
    words, lang = WORDS[report.lang], report.lang
    queries = [q for q in report.dataset.queries if not q.answer]
    if not queries:
        return
    yield _heading(words["queries_list"])
    rows = []
    for query in sorted(queries, key=lambda q: q.grade):
        names = [
            report.dataset.catalogue.indicators[i].names[lang]
            for i in query.about
            if i in report.dataset.catalogue.indicators
        ]
        about = ("、" if lang == "zh" else ", ").join(names)
        question = report.declare(inlines(query.question[lang], report.resolve))
        rows.append([[text(query.grade)], question, [text(about or show.NONE)]])
    heads = [words["query_class"], words["query_question"], words["query_about"]]
    yield _table("queries", words["queries_title"], heads, rows)


def _dropped(report: Report) -> Iterator[Block]:
    from xushi_stats.reporting.exhibits import dropped

    words = WORDS[report.lang]
    rows = dropped(report)
    if rows:
        yield _heading(words["dropped"])
        heads = [words["dropped_name"], words["dropped_state"], words["dropped_note"]]
        yield _table("dropped", words["dropped_title"], heads, rows)


def _source_list(report: Report) -> Iterator[Block]:
    """Each source with its publisher, date, index number and digest."""
    words, lang = WORDS[report.lang], report.lang
    yield _heading(words["sources_list"])
    items = []
    for source in report.dataset.sources.values():
        title = f"《{source.title[lang]}》" if lang == "zh" else source.title[lang]
        pairs = [("source_date", fixed(show.day(source.date, lang)))]
        if source.reference:
            pairs.append(("source_reference", fixed(source.reference)))
        pairs.append(("source_digest", fixed(source.sha256[:16])))
        item = [text(title), text(words["comma"]), text(source.publisher[lang])]
        for key, value in pairs:
            item += [text(words["comma"] + words[key]), value]
        items.append(item)
    yield {"b": "list", "ordered": False, "items": items}
    yield {"b": "note", "c": [text(words["sources_note"])]}


def _heading(title: str) -> Block:
    return {"b": "heading", "level": 1, "number": "", "c": [text(title)], "outlined": True}


def _table(
    key: str,
    title: str,
    heads: Sequence[str],
    rows: list[list[list[Inline]]],
    note: list[Inline] | None = None,
) -> Block:
    """A plain list as a table; its columns share the width by what they hold."""
    return {
        "b": "table",
        "key": key,
        "label": [],
        "title": [text(title)],
        "unit": [],
        "columns": [{"c": [text(head)], "align": "left", "width": None} for head in heads],
        "rows": rows,
        "total_rows": [],
        "notes": [note] if note else [],
        "source": [],
    }
