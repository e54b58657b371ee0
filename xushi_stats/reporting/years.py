"""Two and more years side by side: rows, sentences and panels, from data alone; nothing of one year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from xushi_stats import format, periods, records
from xushi_stats.charts import small_multiples
from xushi_stats.charts.chart import Chart, Label
from xushi_stats.ledger import Figure
from xushi_stats.reporting import comparisons, targets
from xushi_stats.reporting.comparisons import Comparison
from xushi_stats.reporting.document import Block, Inline, fixed, num, pieces, text
from xushi_stats.reporting.words import STATE_EN, WORDS

if TYPE_CHECKING:
    from xushi_stats.reporting.context import Context

Spec = Mapping[str, Any]
Cells = list[list[Inline]]


def comparison(report: Context, name: str) -> Comparison | None:
    """An indicator over two years; None until anything is known of the year before.

    Also None of one that this report does not have yet: see ``figure_of``.
    """
    now = figure_of(report, name)
    is_known = now and comparisons.is_second_year(report.ledger)
    return comparisons.compare(report.ledger, now) if now and is_known else None


def figure_of(report: Context, name: str) -> Figure | None:
    """A figure of this report; None where it is asked for later or made of a year that is not there.

    Raises:
        DataFaults: nothing is called so, or this edition may not show it.
    """
    known = report.dataset.catalogue.find(name)
    if known and report.internal.find(name) is None:
        return None
    return report[name].figure


def _compared(report: Context, spec: Spec) -> list[Comparison]:
    """The comparisons that a specification lists."""
    found = [comparison(report, name) for name in spec["figures"]]
    return [c for c in found if c and (c.now.quantity or (c.before and c.before.quantity))]


# -- tables ------------------------------------------------------------------------------------


def compared_rows(report: Context, spec: Spec, columns: Sequence[Spec]) -> Iterator[Cells]:
    """A row an indicator: name, unit, year before, this year, change, growth, annual growth, remark.

    With one year there is none, or, where the table is to stand ``always``, this year's figures alone
    and their ``period``.
    """
    for one in _compared(report, spec):
        yield [compared_cell(report, one, column["field"]) for column in columns]
    if spec.get("always") and not comparisons.is_second_year(report.ledger):
        for now in filter(None, (figure_of(report, name) for name in spec["figures"])):
            if now.quantity:
                yield [single_cell(report, now, column["field"]) for column in columns]


def single_cell(report: Context, now: Figure, field: str) -> list[Inline]:
    """A cell of a row with this year alone."""
    if field == "period":
        return [fixed(format.period(now.period, report.lang))]
    alone = Comparison(now, None, None, None, None)
    return compared_cell(report, alone, field) if field in ("name", "unit", "this") else []


def compared_cell(report: Context, one: Comparison, field: str) -> list[Inline]:
    """A cell of a row with the year before."""
    if field == "name":
        return [text(capital(one.now.indicator.names[report.lang]))]
    if field == "unit":
        return pieces(format.unit(one.now, report.lang))
    if field == "note":
        return remark(report, one)
    if field == "period":  # two years have two; where they differ the remark says both
        return []
    figure = {
        "this": one.now,
        "prior": one.before,
        "change": one.change,
        "growth": one.growth,
        "annual": one.annual,
    }[field]
    return report.cell(figure) if figure else []


def remark(report: Context, one: Comparison) -> list[Inline]:
    """What the reader must know of a comparison: dates that differ, a revision, a break, a gap."""
    said = []
    both = one.before and one.before.quantity and one.now.quantity
    if both and one.before and periods.length(one.before.period) != periods.length(one.now.period):
        said.append(_dates(report, one.before, one.now))
    if one.before and one.before.revised:
        said.append(_revised(report, one.before))
    said += [report.line({report.lang: b.reason[report.lang]}) for b in _breaks(report, one.now)]
    words = WORDS[report.lang]
    if one.now.quantity is None:
        said.append([text(words["gap_this"])])
    elif one.before is None or one.before.quantity is None:
        said.append([text(words["gap_prior"])])
    return [i for n, run in enumerate(said) for i in ([text(words["list"])] if n else []) + run]


def _dates(report: Context, before: Figure, now: Figure) -> list[Inline]:
    both = [fixed(format.period(f.period, report.lang)) for f in (before, now)]
    opening, between, closing = WORDS[report.lang]["two_dates"].split("{}")
    return [text(opening), both[0], text(between), both[1], *([text(closing)] if closing else [])]


def _revised(report: Context, figure: Figure) -> list[Inline]:
    words = WORDS[report.lang]
    assert figure.revised is not None
    if report.edition == "public":
        return [text(words["revised"])]
    opening, closing = words["revised_from"].split("{}")
    return [text(opening), num(figure.id, figure.revised.wording), text(closing)]


def _breaks(report: Context, figure: Figure) -> list[periods.Break]:
    made_from = report.ledger.made_from(figure.indicator.id)
    return [
        b for b in report.dataset.breaks if b.release == report.release and b.indicator in made_from
    ]


def fulfilment_rows(report: Context, spec: Spec, columns: Sequence[Spec]) -> Iterator[Cells]:
    """A row a number that the year before set: target, result, completion, verdict."""
    for one in targets.fulfilments(report.dataset, report.internal):
        if all(f is None or f.id in report.ledger.figures for f in (one.target, one.actual)):
            yield [_fulfilment_cell(report, one, column["field"]) for column in columns]


def _fulfilment_cell(report: Context, one: targets.Fulfilment, field: str) -> list[Inline]:
    if field == "verdict":
        return [text(WORDS[report.lang][one.verdict])]
    if field == "period":
        dated = one.actual
        return [fixed(format.period(dated.period, report.lang))] if dated else []
    if field == "unit":
        return pieces(format.unit(one.target, report.lang)) if one.target else []
    if field in ("target", "actual", "rate"):
        figure = {"target": one.target, "actual": one.actual, "rate": one.rate}[field]
        shown = figure and report.ledger.figures.get(figure.id)
        return report.cell(shown) if shown else []
    value = one.row[field if field in one.row.cells else f"{field}_{report.lang}"]
    return report.line({report.lang: value}) if value else []


def task_rows(report: Context, spec: Spec, columns: Sequence[Spec]) -> Iterator[Cells]:
    """A row a project that the year before asked for: state asked, state now, verdict."""
    for task in targets.tasks(report.dataset, report.release):
        if records.select([task.asked], spec.get("where", {})):
            yield [_task_cell(report, task, column["field"]) for column in columns]


def _task_cell(report: Context, task: targets.Task, field: str) -> list[Inline]:
    lang = report.lang
    if field == "verdict":
        return [text(WORDS[lang][f"task_{task.verdict}"])]
    if field in ("asked", "now"):
        row = task.asked if field == "asked" else task.now
        return [text(row["status"] if lang == "zh" else STATE_EN[row["status"]])] if row else []
    if field == "verb":
        return [text("“" + task.asked["verb" if lang == "zh" else "verb_en"] + "”")]
    row = task.now or task.asked
    value = row[f"{field}_{lang}"]
    return report.line({lang: value}) if value else []


# -- sentences ---------------------------------------------------------------------------------


def movements(report: Context, name: str) -> list[Block]:
    """What rose, fell and stayed, of the indicators of a table over years, as one paragraph."""
    spec = report.dataset.exhibits["table"][name]
    compared = _compared(report, spec)
    words = WORDS[report.lang]
    sentences: list[list[Inline]] = []
    for move in ("rose", "fell", "same", "unclear", None):
        chosen = [c for c in compared if c.move == move]
        if chosen:
            opening, closing = words[f"moves_{move}"].split("{}")
            sentences.append([text(opening), *_listed(report, chosen), text(closing)])
    if not sentences:
        return []
    sign, stop = ("；", "。") if report.lang == "zh" else ("; ", ".")
    run = [i for n, s in enumerate(sentences) for i in ([text(sign)] if n else []) + s]
    return [{"b": "para", "c": [text(words["moves"]), *run, text(stop)], "mark": None}]


def _listed(report: Context, compared: Sequence[Comparison]) -> list[Inline]:
    comma = "、" if report.lang == "zh" else ", "
    found: list[Inline] = []
    for n, one in enumerate(compared):
        found += [text(comma)] if n else []
        found.append(text(one.now.indicator.names[report.lang]))
        how = _how_much(report, one)
        found += [text("（"), *how, text("）")] if report.lang == "zh" and how else []
        found += [text(" ("), *how, text(")")] if report.lang == "en" and how else []
    return found


def _how_much(report: Context, one: Comparison) -> list[Inline]:
    """``增长2.5%``, ``下降1.25个百分点``; nothing where it stayed or cannot be said."""
    rate = one.rate
    if one.move not in ("rose", "fell") or rate is None:
        return []
    word = WORDS[report.lang][f"{one.move}_{comparisons.manner(rate)}"]
    return [text(word), num(rate.id, format.size(rate, report.lang, report.edition))]


# -- panels ------------------------------------------------------------------------------------


def panels(report: Context, spec: Spec) -> Chart | None:
    """Small multiples over the years that anything of theirs is known of; None with one year."""
    drawn = _drawn(report, spec)
    return small_multiples.multiples(drawn, format.NONE) if drawn else None


def _drawn(report: Context, spec: Spec) -> list[small_multiples.Panel]:
    """A panel for each figure that has two years or more, all over the same years."""
    figures = _listed_figures(report, spec)
    span = _span(report, figures)
    found = [_panel(report, figure, span) for figure in figures]
    return [p for p in found if sum(c.size is not None for c in p.columns) > 1]


def _listed_figures(report: Context, spec: Spec) -> list[Figure]:
    """The figures that a specification lists and this report has."""
    return [f for f in (figure_of(report, name) for name in spec["figures"]) if f]


def _span(report: Context, figures: Sequence[Figure]) -> range:
    """From the first year that one of some figures is known of to the report's, no year left out."""
    wanted = {f.indicator.id for f in figures}
    kin = (f for f in report.ledger.figures.values() if f.indicator.id in wanted and f.quantity)
    return range(min((f.release for f in kin), default=report.release), report.release + 1)


def _panel(report: Context, now: Figure, span: range) -> small_multiples.Panel:
    lang = report.lang
    unit = format.unit(now, lang)
    title = capital(now.indicator.names[lang])
    title += f"（{unit}）" if lang == "zh" else f" ({unit})"
    return small_multiples.Panel(title, [_column(report, now, year, span) for year in span])


def _column(report: Context, now: Figure, year: int, span: range) -> small_multiples.Column:
    own = now.indicator.id
    figure = _in_year(report, now, year)
    broken = year > span[0] and report.ledger.is_broken(own, year)
    name = format.period(_dated(report, now, year, span), report.lang)
    if figure is None or figure.quantity is None:
        return small_multiples.Column(name, breaks=broken)
    label = Label(format.cell(figure, report.lang, report.edition), figure.id)
    size, revised = figure.quantity.value, figure.revised is not None
    return small_multiples.Column(name, size, label, revised, broken)


def _in_year(report: Context, now: Figure, year: int) -> Figure | None:
    """The figure of a year that is compared with this one."""
    back = report.release - year
    return report.ledger.before(now.indicator.id, back) if back else now


def _dated(report: Context, now: Figure, year: int, span: range) -> str:
    """The year of a column, or the figure's own date where one of them lies in another year."""
    figures = {y: f for y in span if (f := _in_year(report, now, y)) and f.quantity}
    apart = any(not f.period.startswith(str(y)) for y, f in figures.items())
    return figures[year].period if apart and year in figures else str(year)


def panel_words(report: Context, spec: Spec) -> list[Inline]:
    """The years that the panels show, as often as they stand there."""
    return [fixed(c.name) for p in _drawn(report, spec) for c in p.columns]


def panel_notes(report: Context, spec: Spec) -> list[dict[str, str]]:
    """What the marks of the panels mean, where they are used."""
    used = set[str]()
    for own in (f.indicator.id for f in _listed_figures(report, spec)):
        kin = [f for f in report.ledger.figures.values() if f.indicator.id == own]
        used |= {"panel_revised"} if any(f.revised for f in kin) else set()
        years = {f.release for f in kin if f.quantity}
        broken = any(report.ledger.is_broken(own, y) for y in years if y > min(years))
        used |= {"panel_break"} if broken else set()
    order = ("panel_revised", "panel_break")
    return [{lang: WORDS[lang][key] for lang in WORDS} for key in order if key in used]


def alt(report: Context, spec: Spec) -> list[Inline]:
    """The panels in words: every indicator with its years."""
    stop = "；" if report.lang == "zh" else "; "
    found: list[Inline] = []
    figures = _listed_figures(report, spec)
    for own in figures:
        found.append(text(own.indicator.names[report.lang]))
        span = _span(report, figures)
        for year in span:
            figure = _in_year(report, own, year)
            if figure and figure.quantity:
                dated = format.period(_dated(report, own, year, span), report.lang)
                found += [text(" "), fixed(dated), text(" "), report.inline(figure)]
        found.append(text(stop))
    return found[:-1]


def capital(name: str) -> str:
    """A name as it begins a row."""
    return name[:1].upper() + name[1:]
