"""What the exporter makes from the ledger around the body: 编制说明 before it, lists and sources behind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from xushi_stats import format
from xushi_stats.reporting import change_log
from xushi_stats.reporting.document import Block, Inline, declare, fixed, inlines, text
from xushi_stats.reporting.words import CHECK_KIND_EN, GRADE_EN, STATUS, VERDICTS, WORDS

if TYPE_CHECKING:
    from xushi_stats.faults import Lang
    from xushi_stats.ledger import Figure
    from xushi_stats.reporting.context import Context
    from xushi_stats.sources import Source


def notes_on_compilation(report: Context) -> list[Block]:
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
        ("front_symbols", _symbols(report)),
        ("front_comparison", _comparison(report)),
        ("front_missing", _missing(report)),
    ]
    blocks: list[Block] = [_heading(words["front"])]
    for key, run in items:
        if run:
            content = [{"t": "strong", "c": [text(words[key])]}, *run]
            blocks.append({"b": "para", "c": content, "mark": None})
    return blocks


def about(report: Context) -> list[list[Inline]]:
    """What a section that stands alone says of itself: source, nature of the data, signs."""
    words = WORDS[report.lang]
    gap = [] if report.lang == "zh" else [text(" ")]
    status = [*_sources(report), *gap, *_statuses(report)]
    return [
        [text(words["front_about"]), *status],
        [text(words["front_symbols"]), *_symbols(report)],
    ]


def _symbols(report: Context) -> list[Inline]:
    words = WORDS[report.lang]
    before, after = words["front_symbols_text"].split("{area}")
    return [text(before), fixed(words["front_area"]), text(after)]


def _sources(report: Context) -> list[Inline]:
    """The documents of this report, and those that earlier years are taken from."""
    words = WORDS[report.lang]
    figures = [f for f in report.ledger.figures.values() if f.statements]
    now = {s.source for f in figures if f.release == report.release for s in f.statements}
    before = {s.source for f in figures for s in f.statements} - now
    run = _said_of(report, words["front_source_text"], sorted(now), first=True)
    return run + (_said_of(report, words["front_source_before"], sorted(before)) if before else [])


def _said_of(
    report: Context, template: str, names: Sequence[str], *, first: bool = False
) -> list[Inline]:
    before, after = template.split("{documents}")
    run: list[Inline] = [text(before)]
    for n, name in enumerate(names):
        run += [text("、" if report.lang == "zh" else "; ")] if n else []
        run += _document(report, name, named=first)
    return [*run, text(after)]


def _document(report: Context, name: str, *, named: bool) -> list[Inline]:
    """A document by title, with who gave it out and when; with its short name at the first mention."""
    words, lang = WORDS[report.lang], report.lang
    source = report.dataset.sources[name]
    title = f"《{source.title[lang]}》" if lang == "zh" else source.title[lang]
    short = words["hereafter"].format(source.short[lang]) if named else ""
    dated = words["source_date" if source.form == "网页" else "source_dated"]
    filled = words["front_source_document"].format(
        title=title, named=short, publisher=source.publisher[lang], dated=dated, date="\0"
    )
    opening, closing = filled.split("\0")
    if not source.date:
        opening = opening.removesuffix(words["comma"].rstrip() + dated).removesuffix(dated)
        return report.declare([text(opening.rstrip("；; ，,") + closing)])
    day = fixed(format.day(source.date, lang))
    return [*report.declare([text(opening)]), day, text(closing)]


def _statuses(report: Context) -> list[Inline]:
    words = WORDS[report.lang]
    found = sorted({(s.status, s.grade) for f in _observed(report) for s in f.statements})
    names = sorted({status for status, _ in found})
    said = WORDS[report.lang]["pages_sep"].join(STATUS[report.lang][name] for name in names)
    run = [text(words["front_status_text"].format(status=said))]
    if {grade for _, grade in found} == {"丁"}:
        edition = "public" if report.edition == "public" else "text"
        run.append(text(words[f"front_grade_{edition}"].format(what=_what(report))))
    return run


def _what(report: Context) -> str:
    """What the documents of this report are, in a word; sources where they are several things."""
    found = {report.dataset.sources[s.source].what for f in _observed(report) for s in f.statements}
    key = f"what_{found.pop()}" if len(found) == 1 else "what_来源资料"
    return WORDS[report.lang][key]


def _periods(report: Context) -> list[Inline]:
    """Which periods the figures are about, each with the sections that it rules."""
    words = WORDS[report.lang]
    found = sorted({f.period for f in _observed(report)})
    run: list[Inline] = [text(words["front_period_text"])]
    for position, period in enumerate(found):
        if position:
            run.append(text("、" if report.lang == "zh" else ", "))
        run.append(fixed(format.period(period, report.lang)))
    return [*run, text(words["front_period_end"])]


def _approximate(report: Context) -> list[Inline]:
    if all(f.is_exact for f in _observed(report)):
        return []
    edition = "public" if report.edition == "public" else "office"
    return [text(WORDS[report.lang][f"front_approximate_{edition}"])]


def _comparison(report: Context) -> list[Inline]:
    """What is compared and what is not; with one year, why there is no growth."""
    if any(f.quantity and f.release < report.release for f in report.ledger.figures.values()):
        return _compared(report)
    before = format.period(str(report.release - 1), report.lang)
    opening, closing = WORDS[report.lang]["front_comparison_text"].split("{year}")
    return [text(opening), fixed(before), text(closing)]


def _compared(report: Context) -> list[Inline]:
    """How two years are compared, where a definition changed, and what was revised."""
    lang, words = report.lang, WORDS[report.lang]
    comma = words["pages_sep"]
    now = [
        f for f in report.ledger.figures.values() if f.is_observed and f.release == report.release
    ]
    broken = {b.indicator for b in report.dataset.breaks if b.release == report.release}
    names = [f.indicator.names[lang] for f in now if f.indicator.id in broken]
    before = [report.ledger.before(f.indicator.id) for f in now]
    revised = [f.indicator.names[lang] for f in before if f and f.revised]
    run = words["front_compared"]
    run += words["front_broken"].format(comma.join(names)) if names else ""
    run += words["front_revised"].format(comma.join(revised)) if revised else ""
    return report.declare([text(run)])


def _missing(report: Context) -> list[Inline]:
    """The indicators that the source does not give."""
    lang = report.lang
    names = [
        f.indicator.names[lang]
        for f in report.ledger.figures.values()
        if f.is_observed and f.release == report.release
        if f.missing and f.missing.reason == "not_reported" and not report.is_unused(f)
    ]
    if not names:
        return []
    joined = ("、" if lang == "zh" else "; ").join(names)
    return [text(WORDS[lang]["front_missing_text"].format(names=joined))]


def _observed(report: Context) -> list[Figure]:
    figures = report.ledger.figures.values()
    return [f for f in figures if f.statements and f.release == report.release]


# -- behind the body ---------------------------------------------------------------------------


def lists(report: Context) -> list[Block]:
    """Behind the ledger: checks, queries, changes, evidence, signatures, what is not taken up; sources.

    The public edition has the sources alone.
    """
    blocks: list[Block] = []
    if report.edition != "public":
        blocks += [*_checks(report), *_queries(report), *_dropped(report)]
        blocks += [*_changes(report), *_evidence(report)]
    if report.edition == "internal":
        blocks += _signatures(report)
    return [*_numbered(report, blocks), *_source_list(report)]


def _numbered(report: Context, blocks: list[Block]) -> Iterator[Block]:
    """The tables behind the body have numbers of their own: 附表1, 附表2."""
    words, count = WORDS[report.lang], 0
    for block in blocks:
        if block["b"] == "table":
            count += 1
            label = fixed(words["back_table"].format(count))
            block = {**block, "label": [label], "again": words["again"].split("{}")}
        yield block


def _checks(report: Context) -> Iterator[Block]:
    words, lang = WORDS[report.lang], report.lang
    rows = []
    for result in report.checked():
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
                values or [text(format.NONE)],
                [text(VERDICTS[lang][result.verdict])],
                [text(explained or format.NONE)],
            ]
        )
    if not rows:
        return  # a town may have no checks, or none on what it uses
    heads = ("check_name", "check_kind", "check_values", "check_result", "check_reason")
    yield _heading(words["checks"])
    yield _table("checks", words["checks_title"], [words[h] for h in heads], rows)


def _queries(report: Context) -> Iterator[Block]:
    words, lang = WORDS[report.lang], report.lang
    numbers = report.query_numbers
    if not numbers:
        return
    yield _heading(words["queries_list"])
    rows = []
    queries = {query.id: query for query in report.dataset.queries}
    for query, number in ((queries[key], number) for key, number in numbers.items()):
        names = [
            report.internal.catalogue.indicators[i].names[lang]
            for i in query.about
            if i in report.internal.catalogue.indicators
        ]
        about = ("、" if lang == "zh" else ", ").join(names)
        question = report.declare(inlines(query.question[lang], report.resolve))
        rows.append([[fixed(number)], question, [text(about or format.NONE)]])
    heads = [words["query_number"], words["query_question"], words["query_about"]]
    note = [text(words["note"] + words["queries_note"])]
    yield _table("queries", words["queries_title"], heads, rows, note)


def _dropped(report: Context) -> Iterator[Block]:
    from xushi_stats.reporting.exhibits import dropped

    words = WORDS[report.lang]
    rows = dropped(report)
    if rows:
        yield _heading(report.dated(words["dropped"]))
        keys = ("dropped_name", "dropped_state", "dropped_note")
        heads = [report.dated(words[key]) for key in keys]
        yield _table("dropped", report.dated(words["dropped_title"]), heads, rows)


def _changes(report: Context) -> Iterator[Block]:
    """The change log; a town that has none says so."""
    words = WORDS[report.lang]
    yield _heading(words["changes"])
    log = change_log.read(report.data / report.dataset.ref_area / change_log.FILE)
    if not log:
        yield {"b": "para", "c": [text(words["changes_none"])], "mark": None}
        return
    fields = ("date", "name", "before", "after", "reason", "basis", "approver")
    heads = [words[f"change_{field}"] for field in fields]
    rows = [[[fixed(row[field] or format.NONE)] for field in fields] for row in log]
    yield _table("changes", words["changes_title"], heads, rows)


def _evidence(report: Context) -> Iterator[Block]:
    """Each document that figures were taken from, with what identifies it; blank where not on file."""
    words, lang = WORDS[report.lang], report.lang
    yield _heading(words["evidence"])
    for source in _used(report):
        figures = report.ledger.figures.values()
        grades = {s.grade for f in figures for s in f.statements if s.source == source.id}
        names = sorted(grades) if lang == "zh" else [GRADE_EN[g] for g in sorted(grades)]
        grade = words["list"].join(names) or format.NONE
        on_web = source.form == "网页"
        pairs: list[tuple[str, *tuple[Inline, ...]]] = [
            ("evidence_number", fixed(source.id)),
            ("evidence_name", *declare([text(source.title[lang])], report.declared)),
            ("evidence_reference", fixed(source.reference or format.NONE)),
            ("evidence_date", *_dated(words["evidence_date_text"], source, lang)),
            ("evidence_publisher", text(source.publisher[lang])),
            ("evidence_place", text(words["evidence_place_text"])),
            ("evidence_digest", *_grouped(source.sha256)),
            ("evidence_original", text(format.NONE)),
            ("evidence_public", text(words["evidence_public_text"] if on_web else format.NONE)),
            ("evidence_grade", text(grade)),
        ]
        rows = [[[text(words[key])], list(value)] for key, *value in pairs]
        heads = [words["evidence_item"], words["evidence_content"]]
        yield _table("evidence", words["evidence_title"], heads, rows)


def _used(report: Context) -> list[Source]:
    """The documents that a report's figures, tasks and projects come from, in the order of the list."""
    named = {s.source for f in report.internal.figures.values() for s in f.statements}
    named |= {row["source"] for table in RECORDS_USED for row in report.records(table)}
    return [source for name, source in report.dataset.sources.items() if name in named]


RECORDS_USED = ("targets", "milestones", "honours", "difficulties", "rules")


def _dated(template: str, source: Source, lang: Lang) -> list[Inline]:
    """The day of a document; of a web page the day of the page, since it states none of its own."""
    if not source.date:
        return [fixed(format.NONE)]
    day = format.day(source.date, lang)
    if source.form != "网页":
        return [fixed(day)]
    before, after = template.split("{date}")
    return [text(before), fixed(day), text(after)]


def _grouped(digest: str) -> list[Inline]:
    """A digest in groups, between which a line may break."""
    groups = [fixed(digest[n : n + 16]) for n in range(0, len(digest), 16)]
    return [part for group in groups for part in (group, text(" "))][:-1]


def _signatures(report: Context) -> Iterator[Block]:
    """The page to sign, for exactly these data."""
    words = WORDS[report.lang]
    yield {"b": "break"}
    yield _heading(words["signatures"])
    heads = [words[key] for key in ("sign_step", "sign_name", "sign_office", "sign_date")]
    blank: list[Inline] = []
    rows = [[[text(step)], blank, blank, blank] for step in words["sign_steps"].split()]
    opening, closing = words["signatures_note"].split("{}")
    digest = fixed(report.dataset.digest[:12])
    note = [text(words["note"] + opening), digest, text(closing)]
    table = _table("signatures", words["signatures_title"], heads, rows, note)
    yield {**table, "form": True}


def _source_list(report: Context) -> Iterator[Block]:
    """Each source with its publisher, date, index number and digest."""
    words, lang = WORDS[report.lang], report.lang
    yield _heading(words["sources_list"])
    items = []
    for source in _used(report):
        title = f"《{source.title[lang]}》" if lang == "zh" else source.title[lang]
        dated = "source_date" if source.form == "网页" else "source_dated"
        pairs = [(dated, fixed(format.day(source.date, lang)))] if source.date else []
        if source.reference:
            pairs.append(("source_reference", fixed(source.reference)))
        pairs.append(("source_digest", fixed(source.sha256[:16])))
        item = [text(title), text(words["comma"]), text(source.publisher[lang])]
        for key, value in pairs:
            item += [text(words["comma"] + words[key]), value]
        items.append(declare(item, report.declared))
    yield {"b": "list", "ordered": False, "items": items}
    yield {"b": "note", "c": [text(words["sources_note"])]}


def _heading(title: str | list[Inline]) -> Block:
    return {"b": "heading", "level": 1, "number": "", "c": _run(title), "outlined": True}


def _run(words: str | list[Inline]) -> list[Inline]:
    return [text(words)] if isinstance(words, str) else words


def _table(
    key: str,
    title: str | list[Inline],
    heads: Sequence[str] | Sequence[list[Inline]],
    rows: list[list[list[Inline]]],
    note: list[Inline] | None = None,
) -> Block:
    """A plain list as a table; its columns share the width by what they hold."""
    return {
        "b": "table",
        "key": key,
        "label": [],
        "title": _run(title),
        "unit": [],
        "columns": [{"c": _run(head), "align": "left", "width": None} for head in heads],
        "rows": rows,
        "total_rows": [],
        "notes": [note] if note else [],
        "source": [],
    }
