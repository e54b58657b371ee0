"""Two and more years side by side: rows, sentences and panels, from data alone; nothing of one year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from xushi_stats import format, periods, records
from xushi_stats.charts import Chart, Label, small_multiples
from xushi_stats.ledger import Figure
from xushi_stats.reporting import targets
from xushi_stats.reporting.document import Block, Inline, fixed, num, text
from xushi_stats.reporting.words import STATE_EN, WORDS

if TYPE_CHECKING:
    from xushi_stats.reporting.report import Report

Spec = Mapping[str, Any]
Cells = list[list[Inline]]
Move = Literal["rose", "fell", "same", "unclear"]


@dataclass(frozen=True)
class Comparison:
    """An indicator in this year and the one before, and what follows; absent what does not follow."""

    now: Figure
    before: Figure | None
    change: Figure | None
    growth: Figure | None
    annual: Figure | None

    @property
    def move(self) -> Move | None:
        """Which way it moved; None where the two years cannot be compared.

        An end that only a convention gives (the upper one of 7000余) tells no direction, so that all
        editions say the same.
        """
        quantity = self.change.quantity if self.change else None
        if quantity is None:
            return None
        low, high = quantity.low, quantity.high
        if low.value == high.value == 0:
            return "same"
        if low.stated and (low.value > 0 or (low.value == 0 and not low.closed)):
            return "rose"
        below = high.value < 0 or (high.value == 0 and not high.closed)
        return "fell" if high.stated and below else "unclear"

    @property
    def rate(self) -> Figure | None:
        """How much: the growth, of a share its points, and the change where there is no growth."""
        if self.growth and self.growth.quantity:
            return self.growth
        return self.change if self.change and self.change.quantity else None


def comparison(report: Report, name: str) -> Comparison | None:
    """An indicator over two years; None until anything is known of the year before.

    Also None of one that this report does not have yet: see ``figure_of``.
    """
    now = figure_of(report, name)
    return _over_years(report, now) if now and is_second_year(report) else None


def _over_years(report: Report, now: Figure) -> Comparison:
    own, ledger = now.indicator.id, report.ledger
    made = (ledger.find(f"{own}.{what}") for what in ("change", "growth", "annual"))
    return Comparison(now, ledger.before(own), *made)


def is_second_year(report: Report) -> bool:
    """Whether anything is known of the year before."""
    before = report.release - 1
    return any(f.quantity and f.release == before for f in report.ledger.figures.values())


def figure_of(report: Report, name: str) -> Figure | None:
    """A figure of this report; None where it is asked for later or made of a year that is not there.

    Raises:
        DataFaults: nothing is called so, or this edition may not show it.
    """
    known = report.dataset.catalogue.find(name)
    if known and report.internal.find(name) is None:
        return None
    return report[name].figure


def _compared(report: Report, spec: Spec) -> list[Comparison]:
    """The comparisons that a specification lists."""
    found = [comparison(report, name) for name in spec["figures"]]
    return [c for c in found if c and (c.now.quantity or (c.before and c.before.quantity))]


# -- tables ------------------------------------------------------------------------------------


def compared_rows(report: Report, spec: Spec, columns: Sequence[Spec]) -> Iterator[Cells]:
    """A row an indicator: name, unit, year before, this year, change, growth, annual growth, remark.

    With one year there is none, or, where the table is to stand ``always``, this year's figures alone
    and their ``period``.
    """
    for one in _compared(report, spec):
        yield [_compared_cell(report, one, column["field"]) for column in columns]
    if spec.get("always") and not is_second_year(report):
        for now in filter(None, (figure_of(report, name) for name in spec["figures"])):
            if now.quantity:
                yield [_single_cell(report, now, column["field"]) for column in columns]


def _single_cell(report: Report, now: Figure, field: str) -> list[Inline]:
    """A cell of a row with this year alone."""
    if field == "period":
        return [fixed(format.period(now.period, report.lang))]
    alone = Comparison(now, None, None, None, None)
    return _compared_cell(report, alone, field) if field in ("name", "unit", "this") else []


def _compared_cell(report: Report, one: Comparison, field: str) -> list[Inline]:
    if field == "name":
        return [text(_capital(one.now.indicator.names[report.lang]))]
    if field == "unit":
        return [text(format.unit(one.now, report.lang))]
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


def remark(report: Report, one: Comparison) -> list[Inline]:
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


def _dates(report: Report, before: Figure, now: Figure) -> list[Inline]:
    both = [fixed(format.period(f.period, report.lang)) for f in (before, now)]
    opening, between, closing = WORDS[report.lang]["two_dates"].split("{}")
    return [text(opening), both[0], text(between), both[1], *([text(closing)] if closing else [])]


def _revised(report: Report, figure: Figure) -> list[Inline]:
    words = WORDS[report.lang]
    assert figure.revised is not None
    if report.edition == "public":
        return [text(words["revised"])]
    opening, closing = words["revised_from"].split("{}")
    return [text(opening), num(figure.id, figure.revised.wording), text(closing)]


def _breaks(report: Report, figure: Figure) -> list[periods.Break]:
    made_from = report.ledger.made_from(figure.indicator.id)
    return [
        b for b in report.dataset.breaks if b.release == report.release and b.indicator in made_from
    ]


def fulfilment_rows(report: Report, spec: Spec, columns: Sequence[Spec]) -> Iterator[Cells]:
    """A row a number that the year before set: target, result, completion, verdict."""
    for one in targets.fulfilments(report.dataset, report.internal):
        if all(f is None or f.id in report.ledger.figures for f in (one.target, one.actual)):
            yield [_fulfilment_cell(report, one, column["field"]) for column in columns]


def _fulfilment_cell(report: Report, one: targets.Fulfilment, field: str) -> list[Inline]:
    if field == "verdict":
        return [text(WORDS[report.lang][one.verdict])]
    if field == "period":
        dated = one.actual
        return [fixed(format.period(dated.period, report.lang))] if dated else []
    if field == "unit":
        return [text(format.unit(one.target, report.lang))] if one.target else []
    if field in ("target", "actual", "rate"):
        figure = {"target": one.target, "actual": one.actual, "rate": one.rate}[field]
        shown = figure and report.ledger.figures.get(figure.id)
        return report.cell(shown) if shown else []
    value = one.row[field if field in one.row.cells else f"{field}_{report.lang}"]
    return report.line({report.lang: value}) if value else []


def task_rows(report: Report, spec: Spec, columns: Sequence[Spec]) -> Iterator[Cells]:
    """A row a project that the year before asked for: state asked, state now, verdict."""
    for task in targets.tasks(report.dataset, report.release):
        if records.select([task.asked], spec.get("where", {})):
            yield [_task_cell(report, task, column["field"]) for column in columns]


def _task_cell(report: Report, task: targets.Task, field: str) -> list[Inline]:
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


def movements(report: Report, name: str) -> list[Block]:
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


def _listed(report: Report, compared: Sequence[Comparison]) -> list[Inline]:
    comma = "、" if report.lang == "zh" else ", "
    found: list[Inline] = []
    for n, one in enumerate(compared):
        found += [text(comma)] if n else []
        found.append(text(one.now.indicator.names[report.lang]))
        how = _how_much(report, one)
        found += [text("（"), *how, text("）")] if report.lang == "zh" and how else []
        found += [text(" ("), *how, text(")")] if report.lang == "en" and how else []
    return found


def _how_much(report: Report, one: Comparison) -> list[Inline]:
    """``增长2.5%``, ``下降1.25个百分点``; nothing where it stayed or cannot be said."""
    rate = one.rate
    if one.move not in ("rose", "fell") or rate is None:
        return []
    word = WORDS[report.lang][f"{one.move}_{_manner(rate)}"]
    return [text(word), num(rate.id, format.size(rate, report.lang, report.edition))]


def _manner(rate: Figure) -> str:
    if rate.indicator.unit.text == "百分点":
        return "points"
    return "rate" if rate.indicator.id.endswith(".growth") else "number"


def phrase(report: Report, name: str, *, number: bool) -> list[Inline]:
    """``，比上年增长2.5%`` behind a figure of a sentence; nothing where no year before is known.

    ``number`` gives the difference rather than the rate: ``，比上年增加3所``.
    """
    one, words = comparison(report, name), WORDS[report.lang]
    if one is None or one.now.quantity is None:
        return []
    if one.move is None:
        broken = one.change and one.change.missing and one.change.missing.reason == "series_break"
        return [text(words["phrase_break" if broken else "phrase_gap"])]
    on = _on(report, one)
    if one.move == "same":
        on[0] = text(on[0]["v"].replace("比", "与", 1))  # 与上年持平
    if one.move in ("same", "unclear"):
        return [text(words["comma"]), *_framed(words[f"phrase_{one.move}"], on)]
    rate = one.change if number else one.rate
    assert rate is not None
    word = WORDS[report.lang][f"{one.move}_{_manner(rate)}"]
    much: list[Inline] = [text(word), num(rate.id, format.size(rate, report.lang, report.edition))]
    found = [*on, *much] if report.lang == "zh" else [*much, text(" "), *on]
    return [text(words["comma"]), *found]


def _on(report: Report, one: Comparison) -> list[Inline]:
    """``比上年``, ``比上年末``, ``比2020年3月``: what the figure is compared with."""
    words = WORDS[report.lang]
    assert one.before is not None
    if one.now.indicator.basis != "flow" and periods.length(one.before.period) != periods.length(
        one.now.period
    ):
        opening, closing = words["on_date"].split("{}")
        run = [text(opening), fixed(format.period(one.before.period, report.lang)), text(closing)]
        return [i for i in run if i["v"]]
    if one.now.period.isdecimal():
        return [text(words["on_year"])]
    return [text(words["on_year_end" if one.now.period.endswith("-12") else "on_same_time"])]


def _framed(frame: str, middle: list[Inline]) -> list[Inline]:
    opening, closing = frame.split("{}")
    return [i for i in (text(opening), *middle, text(closing)) if i["v"]]


# -- panels ------------------------------------------------------------------------------------


def panels(report: Report, spec: Spec) -> Chart | None:
    """Small multiples over the years that anything of theirs is known of; None with one year."""
    drawn = _drawn(report, spec)
    return small_multiples.multiples(drawn, format.NONE) if drawn else None


def _drawn(report: Report, spec: Spec) -> list[small_multiples.Panel]:
    """A panel for each figure that has two years or more, all over the same years."""
    figures = _listed_figures(report, spec)
    span = _span(report, figures)
    found = [_panel(report, figure, span) for figure in figures]
    return [p for p in found if sum(c.size is not None for c in p.columns) > 1]


def _listed_figures(report: Report, spec: Spec) -> list[Figure]:
    """The figures that a specification lists and this report has."""
    return [f for f in (figure_of(report, name) for name in spec["figures"]) if f]


def _span(report: Report, figures: Sequence[Figure]) -> range:
    """From the first year that one of some figures is known of to the report's, no year left out."""
    wanted = {f.indicator.id for f in figures}
    kin = (f for f in report.ledger.figures.values() if f.indicator.id in wanted and f.quantity)
    return range(min((f.release for f in kin), default=report.release), report.release + 1)


def _panel(report: Report, now: Figure, span: range) -> small_multiples.Panel:
    lang = report.lang
    unit = format.unit(now, lang)
    title = _capital(now.indicator.names[lang])
    title += f"（{unit}）" if lang == "zh" else f" ({unit})"
    return small_multiples.Panel(title, [_column(report, now, year, span) for year in span])


def _column(report: Report, now: Figure, year: int, span: range) -> small_multiples.Column:
    own = now.indicator.id
    figure = _in_year(report, now, year)
    broken = year > span[0] and report.ledger.is_broken(own, year)
    name = format.period(_dated(report, now, year, span), report.lang)
    if figure is None or figure.quantity is None:
        return small_multiples.Column(name, breaks=broken)
    label = Label(format.cell(figure, report.lang, report.edition), figure.id)
    size, revised = figure.quantity.value, figure.revised is not None
    return small_multiples.Column(name, size, label, revised, broken)


def _in_year(report: Report, now: Figure, year: int) -> Figure | None:
    """The figure of a year that is compared with this one."""
    back = report.release - year
    return report.ledger.before(now.indicator.id, back) if back else now


def _dated(report: Report, now: Figure, year: int, span: range) -> str:
    """The year of a column, or the figure's own date where one of them lies in another year."""
    figures = {y: f for y in span if (f := _in_year(report, now, y)) and f.quantity}
    apart = any(not f.period.startswith(str(y)) for y, f in figures.items())
    return figures[year].period if apart and year in figures else str(year)


def panel_words(report: Report, spec: Spec) -> list[Inline]:
    """The years that the panels show, as often as they stand there."""
    return [fixed(c.name) for p in _drawn(report, spec) for c in p.columns]


def panel_notes(report: Report, spec: Spec) -> list[dict[str, str]]:
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


def alt(report: Report, spec: Spec) -> list[Inline]:
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


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]
