"""The ledger as it is printed: for each figure the row that explains it, in one language and edition."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from xushi_stats import format, periods
from xushi_stats.catalogue import Indicator
from xushi_stats.faults import Lang
from xushi_stats.formula import written_out
from xushi_stats.ledger import Figure
from xushi_stats.notation import has_digit
from xushi_stats.reporting import evidence, front_matter
from xushi_stats.reporting.document import Inline, fixed, inlines, num, pieces, text
from xushi_stats.reporting.words import AREA, GRADE_EN, ORIGIN_ZH, STATE_EN, STATUS, WORDS
from xushi_stats.units.names import unit_names

if TYPE_CHECKING:
    from xushi_stats.reporting.context import Context


def ledger_json(report: Context) -> dict[str, Any]:
    """What the last cell of a notebook emits: all that the exporter needs besides the blocks."""
    return {
        "version": 1,
        "meta": _meta(report, report.dataset.day(report.release)),
        "front": front_matter.notes_on_compilation(report),
        "about": front_matter.about(report),
        "lists": front_matter.lists(report),
        "rows": [_row(report, figure) for figure in report.ledger.figures.values()],
        "tables": {name: table.decode() for name, table in _tables(report).items()},
        "told": _told(report),
    }


def _told(report: Context) -> dict[str, str]:
    """What whoever verifies must know of the words: texts that are declared, units of the town's own."""
    kinds = {**report.dataset.declared, **dict.fromkeys(report.dataset.accepted, "wording")}
    own = [name for name in unit_names().values() if name.own]
    units = {n.text: f"unit:{n.kind}:{n.size}:{n.one}:{n.many}" for n in own}
    return {text: f"declared:{kind}" for text, kind in kinds.items()} | units


def _tables(report: Context) -> dict[str, bytes]:
    """The evidence that the edition carries; where figures are used is known when pages are made."""
    return evidence.tables(report.dataset, report.internal, report.lang, report.edition, {})


def _meta(report: Context, date: str) -> dict[str, Any]:
    town, lang = report.dataset.town, report.lang
    code = report.dataset.digest[:12]
    return {
        "lang": lang,
        "edition": report.edition,
        "ref_area": report.dataset.ref_area,
        "release": report.release,
        "title": report.title,
        "town": town["name"][lang],
        "county": town["county"][lang],
        "notice": report.line(town["notice"]),
        "layout": report.line(town["layout"]),
        "date": [int(part) for part in date.split("-")],
        "code": WORDS[lang]["code"].format(code) if report.edition == "draft" else "",
        "digest": report.dataset.digest,
    }


def _row(report: Context, figure: Figure) -> dict[str, Any]:
    lang, words = report.lang, WORDS[report.lang]
    lines = [
        {"k": [text(words[key])], "v": value} for key, value in _lines(report, figure) if value
    ]
    return {
        "id": figure.id,
        "name": [text(_capital(figure.indicator.names[lang]))],
        "lines": lines,
        "inputs": list(figure.inputs),
        "shown": sorted(set(_shown(report, figure))),
    }


def _shown(report: Context, figure: Figure) -> Iterator[str]:
    """The texts that a link to this row may have."""
    if figure.quantity is None:
        return
    yield format.text(figure, report.lang, report.edition)
    yield format.cell(figure, report.lang, report.edition)
    if figure.is_exact and figure.quantity.value < 0:
        yield format.size(figure, report.lang, report.edition)
    if report.edition != "public" and figure.revised:
        yield figure.revised.wording
    if report.edition != "public":
        yield from (s.wording for s in figure.statements)
        yield format.exact(figure)
        if not figure.is_exact:
            yield format.interval(figure, report.lang)


def _lines(report: Context, figure: Figure) -> Iterator[tuple[str, list[Inline]]]:
    lang, edition, words = report.lang, report.edition, WORDS[report.lang]
    indicator = figure.indicator
    if figure.quantity is None:
        yield "missing", _missing(report, figure)
    else:
        yield "value", [num(figure.id, format.text(figure, lang, edition))]
    dated = figure.quantity or figure.origin  # a month without an inspection is a month
    yield "period", [fixed(format.period(figure.period, lang))] if dated else []
    yield "formula", _formula(report, figure) or _count(report, figure)
    if edition != "public" and figure.quantity and not figure.is_observed:
        if not figure.is_exact:
            yield "interval", [num(figure.id, format.interval(figure, lang))]
        elif figure.quantity.value.denominator > 1:
            yield "exact", [num(figure.id, format.exact(figure))]
    if edition != "public" or not _is_over_years(indicator):  # the notes on compilation say how
        yield "definition", report.declare(inlines(indicator.definition[lang], report.resolve))
    yield "assumption", report.declare(inlines(indicator.assumption[lang], report.resolve))
    yield ("place" if edition == "public" else "statement"), _statements(report, figure)
    if edition != "public":
        yield "status", _status(figure, lang)
        yield "before_revision", _before_revision(report, figure)
        for query in figure.queries:
            question = report.declare(inlines(query.question[lang], report.resolve))
            yield "queries", [fixed(report.query_numbers[query.id]), text(" "), *question]
        yield "code_of", [text(indicator.id)]
    none = words["no_pages"]
    yield "pages", [{"t": "pages", "id": figure.id, "none": none, "sep": words["pages_sep"]}]


def _is_over_years(indicator: Indicator) -> bool:
    """Whether two years give it without being asked."""
    return indicator.row is None and indicator.id.rpartition(".")[2] in periods.ADDED


def _missing(report: Context, figure: Figure) -> list[Inline]:
    assert figure.missing is not None
    reason = format.MISSING[report.lang][figure.missing.reason]
    if figure.missing.rule:
        number = report.query_numbers.get(figure.missing.query, format.NONE)
        opening, closing = WORDS[report.lang]["open_rule"].split("{}")
        run = [text(f"{reason}{opening}{figure.missing.rule}{closing}"), fixed(number)]
        return [*run, text("）" if report.lang == "zh" else ")")]
    names = [report.ledger.figures[i].indicator.names[report.lang] for i in figure.missing.inputs]
    if not names:
        return [text(reason)]
    joined = ("、" if report.lang == "zh" else ", ").join(names)
    return [text(f"{reason}（{joined}）" if report.lang == "zh" else f"{reason} ({joined})")]


def _statements(report: Context, figure: Figure) -> list[Inline]:
    """Where the source says it; the wording itself is for the office, print has its own form."""
    found: list[Inline] = []
    for statement in figure.statements:
        if found:
            found.append(text(WORDS[report.lang]["list"]))
        source = report.dataset.sources[statement.source]
        words = source.place_of(statement, report.lang)
        place = fixed(words) if statement.place else text(words)  # a cell's address has a digit
        if report.edition == "public":
            found.append(place)
            continue
        opening, closing = ("“", "”，") if report.lang == "zh" else ("“", "”, ")
        found += [text(opening), num(figure.id, statement.wording), text(closing), place]
    return found


def _before_revision(report: Context, figure: Figure) -> list[Inline]:
    """What an earlier report stated, where another number has taken its place."""
    said = figure.revised
    if said is None:
        return []
    place = report.dataset.sources[said.source].place(said.start, report.lang)
    return [num(figure.id, said.wording), text(WORDS[report.lang]["comma"] + place)]


def _status(figure: Figure, lang: Lang) -> list[Inline]:
    pairs = sorted({(s.status, s.grade) for s in figure.statements})
    if lang == "zh":
        said = [f"{STATUS[lang][status]}，证据等级{grade}级" for status, grade in pairs]
    else:
        said = [f"{STATUS[lang][status]}; evidence: {GRADE_EN[grade]}" for status, grade in pairs]
    return [text("；".join(said))] if said else []


def _formula(report: Context, figure: Figure) -> list[Inline]:
    """The formula in names and values: 已脱贫户数（321户）÷ 建档立卡贫困户数（398户）."""
    formula = figure.indicator.formula
    if formula is None or figure.quantity is None:
        return []
    opening, closing = ("（", "）") if report.lang == "zh" else (" (", ")")
    run: list[Inline] = []
    for piece in written_out(formula):
        if isinstance(piece, str):
            run.append(fixed(piece) if has_digit(piece) else text(piece))
            continue
        source = report.ledger.figures[figure.inputs[formula.references.index(piece)]]
        run.append(text(source.indicator.names[report.lang]))
        if source.period != figure.period and piece.which:
            run += [text(opening), fixed(format.period(source.period, report.lang)), text(closing)]
        run.append(text(opening))
        run += [report.inline(source), text(closing)]
    return run


def _count(report: Context, figure: Figure) -> list[Inline]:
    """What a count was made from: the conditions on the table of milestones."""
    if not figure.origin:
        return []
    words = WORDS[report.lang]
    if not figure.indicator.query:
        return [text(words["from_register"]), *_abridged(figure, report.lang)]
    said = []
    for condition in figure.indicator.query.split():
        key, _, value = condition.partition("=")
        if key == "领域":
            said.append(words["count_area"].format(AREA[report.lang][value]))
        elif value == "*":
            said.append(words[key] + words["any_state"])
        else:
            state = value if report.lang == "zh" else STATE_EN[value]
            said.append(words[key] + words["state"].format(state))
    return [text(words["count"].format(words["and"].join(said)))]


def _abridged(figure: Figure, lang: Lang) -> list[Inline]:
    """An origin for people: digests by their first digits; the ledger's files hold it whole.

    The figure's own period, which stands above, is not repeated.
    """
    words = WORDS[lang]
    said = re.sub(r"(sha256:[0-9a-f]{12})[0-9a-f]{52}", r"\1…", figure.origin)
    said = re.sub(rf"={re.escape(figure.period)}(?= |$)", f"={words['its_period']}", said)
    match = re.fullmatch(r"(.*) filter: (.*) function: (.*)", said)
    if match is None:
        return pieces(said)
    files, rows, function = match.groups()
    if lang == "zh":
        terms = (term.partition("=") for term in re.split(r" (?=\w+=)", rows))
        rows = "、".join(f"{ORIGIN_ZH.get(key, key)}为{value}" for key, _, value in terms)
        first = function.split(" ")[0]  # the definition below says of what
        function = ORIGIN_ZH.get(first, first)
    opened = [pieces(files), [text(words["of_rows"])], pieces(rows), [text(words["computed"])]]
    return [inline for part in (*opened, pieces(function)) for inline in part]


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]
