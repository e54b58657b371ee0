"""Tables and charts from ``exhibits.toml``: what stands in which cell; no arithmetic, no typed number.

A table's rows are either written out (``rows``), each cell naming a figure, or made from the town's
records (``from`` and ``where``): targets, milestones, honours, rules, from two years of figures
(``years``, ``fulfilment``, ``tasks``; see ``reporting.years``), or from registers (``inspection.ranking``
and the like; see ``reporting.registers``). A cell is a figure's id, ``unit:id``, ``period:id``,
``growth:id``, a text in both languages, or "" for none. A note marked ``two_years`` stands only where
there is a year before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from xushi_stats import format, records
from xushi_stats.charts import chart as charts
from xushi_stats.editions import LANGS
from xushi_stats.reporting import comparisons, rounding, sections, years
from xushi_stats.reporting.document import (
    Block,
    Inline,
    declare,
    fixed,
    inlines,
    num,
    pieces,
    plain,
    text,
)
from xushi_stats.reporting.words import AREA, STATE_EN, WORDS, kind_of
from xushi_stats.tables import Row

if TYPE_CHECKING:
    from xushi_stats.reporting.context import Context

Spec = Mapping[str, Any]
Cells = list[list[Inline]]


def table(report: Context, name: str) -> Block | None:
    """One table; None where this edition has no row of it."""
    spec = report.dataset.exhibits["table"][name]
    if not _for(spec, report.edition):
        return None
    columns = [c for c in spec["columns"] if _for(c, report.edition)]
    return made(report, name, spec, columns, list(_body(report, spec, columns)))


def made(
    report: Context, name: str, spec: Spec, columns: Sequence[Spec], body: Sequence[Cells]
) -> Block | None:
    """A table of rows that are there already; None of no row."""
    if not body:
        return None
    kept = [n for n, c in enumerate(columns) if not (c.get("optional") and _empty(body, n))]
    cells = [[row[n] or [text(format.NONE)] for n in kept] for row in body]
    heads = [report.line(columns[n]) for n in kept]
    shown = [i["id"] for row in cells for cell in row for i in cell if i["t"] == "num"]
    return {
        "b": "table",
        "key": name,
        "title": report.line(spec["title"]),
        "unit": report.line(spec["unit"]) if "unit" in spec else [],
        "columns": [
            {"c": head, "align": _align(cells, n), "width": columns[kept[n]].get("width")}
            for n, head in enumerate(heads)
        ],
        "rows": cells,
        "spans": _spans(cells) if spec.get("merge") else [],
        "total_rows": _totals(spec, len(cells)),
        **_below(report, _with_hidden(spec, cells), shown),
    }


def _with_hidden(spec: Spec, cells: Sequence[Cells]) -> Spec:
    """The specification with a note on the mark of what is withheld, where a cell has it."""
    if not any(inline.get("hidden") for row in cells for cell in row for inline in cell):
        return spec
    note = {key: WORDS[key]["hidden"] for key in LANGS}
    return {**spec, "notes": [*spec.get("notes", ()), note]}


def _totals(spec: Spec, rows_made: int) -> list[int]:
    """The rows set as totals: those written so, or the last of a table with ``total = true``."""
    last = [rows_made - 1] if spec.get("total") else []
    return last or [n for n, row in enumerate(spec.get("rows", ())) if row.get("total")]


def _body(report: Context, spec: Spec, columns: Sequence[Spec]) -> Iterator[Cells]:
    if spec.get("from") in _OVER_YEARS:
        return _OVER_YEARS[spec["from"]](report, spec, columns)
    elsewhere = sections.rows(spec.get("from", ""))
    if elsewhere:
        return elsewhere(report, spec, columns)
    return record_rows(report, spec, columns) if "from" in spec else _written(report, spec)


_OVER_YEARS = {
    "years": years.compared_rows,
    "fulfilment": years.fulfilment_rows,
    "tasks": years.task_rows,
}
"""Tables of this year and the one before; none of them has a row with one year."""


def chart(report: Context, name: str) -> Block | None:
    """One chart; figures without a value are left out, and None is given where nothing is left."""
    return drawn_from(report, name, report.dataset.exhibits["chart"][name])


def drawn_from(report: Context, name: str, spec: Spec) -> Block | None:
    """A chart of a specification; likewise."""
    if not _for(spec, report.edition):
        return None
    elsewhere = sections.drawing(spec["kind"])
    drawn = elsewhere.draw(report, spec) if elsewhere else _DRAWN[spec["kind"]](report, spec)
    if drawn is None:
        return None
    return {
        "b": "figure",
        "key": name,
        "title": report.line(spec["title"]),
        "svg": drawn.svg,
        "declared": [words for words in report.declared if words in drawn.svg],
        "alt": _alt(report, spec),
        "width": drawn.width,
        "height": drawn.height,
        "links": drawn.links,
        "recipe": drawn.recipe,
        "words": _dates(report, spec),
        **_below(report, _with_left_out(report, spec), [link["id"] for link in drawn.links]),
    }


def _dates(report: Context, spec: Spec) -> list[Inline]:
    """The years that the chart itself shows: declared here, since the page has them once each."""
    if spec["kind"] == "years":
        return years.panel_words(report, spec)
    if spec["kind"] != "strip":
        return []
    return [i for key in _LEGEND for i in report.dated(WORDS[report.lang][key])]


def _with_left_out(report: Context, spec: Spec) -> Spec:
    """The specification with a note on the bars that are left out for want of a figure."""
    if spec["kind"] == "years":
        return {**spec, "notes": [*spec.get("notes", ()), *years.panel_notes(report, spec)]}
    elsewhere = sections.drawing(spec["kind"])
    if elsewhere:
        withheld = elsewhere.left_out(report, spec)
        return {**spec, "notes": [*spec.get("notes", ()), withheld]} if withheld else spec
    lost = [
        bar
        for bar in spec.get("bars", ())
        if any(
            report[name].figure.quantity is None and not report.is_unused(report[name].figure)
            for name in (*bar.get("figures", ()), *bar.get("shares", ()), bar.get("figure"))
            if name
        )
    ]
    if not lost:
        return spec
    note = {
        "zh": f"来源资料未列，图中不列：{'、'.join(bar['zh'] for bar in lost)}。",
        "en": f"Not given in the source and left out: {', '.join(bar.get('en', bar['zh']) for bar in lost)}.",
    }
    return {**spec, "notes": [*spec.get("notes", ()), note]}


def _spans(cells: Sequence[Cells]) -> list[int]:
    """How many rows each first cell covers; 0 where the one above covers it too."""
    names = [plain(row[0]) for row in cells]
    spans = [1] * len(names)
    for n in range(len(names) - 1, 0, -1):
        if names[n] == names[n - 1]:
            spans[n - 1] += spans[n]
            spans[n] = 0
    return spans


def _lacks(line: Sequence[Inline]) -> bool:
    """Whether a line of text speaks of a figure that is missing."""
    return any(inline.get("missing") for inline in line)


def _for(spec: Spec, edition: str) -> bool:
    return edition in spec.get("editions", (edition,))


def _empty(body: Sequence[Cells], column: int) -> bool:
    return all(plain(row[column]) in ("", format.NONE) for row in body)


def _align(cells: Sequence[Cells], column: int) -> str:
    """Numbers stand right, all else left; the first column names the row."""
    found = [row[column] for row in cells]
    filled = [cell for cell in found if plain(cell) not in (format.NONE, format.HIDDEN)]
    numbers = filled and all(i["t"] == "num" for cell in filled for i in cell)
    if column and numbers and all(len(cell) == 1 for cell in found):
        return "right"
    short = all(len(plain(cell)) <= 6 for cell in found)
    return "center" if column and short else "left"


def _sources(report: Context, spec: Spec, figures: Sequence[str]) -> list[str]:
    """The documents that the figures and records of a table or chart come from."""
    below = report.ledger.below(list(figures))
    found = {s.source for f in below for s in f.statements}
    rows = report.records(spec["from"]) if spec.get("from") in report.dataset.records else []
    if spec.get("from") == "tasks":
        both = {str(report.release - 1), str(report.release)}
        rows = [r for r in report.dataset.records["milestones"] if r["release"] in both]
    found |= {row["source"] for row in records.select(rows, spec.get("where", {}))}
    if any(f.indicator.query for f in below) or spec.get("kind") == "strip":
        found |= {row["source"] for row in report.records("milestones")}
    return sorted(found)


def _below(report: Context, spec: Spec, figures: Sequence[str]) -> dict[str, Any]:
    """The notes and the source under a table or chart."""
    words = WORDS[report.lang]
    wanted = [note for note in spec.get("notes", []) if _for(note, report.edition)]
    if not comparisons.is_second_year(report.ledger):
        wanted = [note for note in wanted if not note.get("two_years")]
    lines = [report.line(note) for note in wanted]
    notes = [line for line in lines if not _lacks(line)]
    if figures and rounding.unbalanced(report.ledger, figures):
        notes.append([text(words["adds_up"])])
    sources = [report.dataset.sources[s] for s in _sources(report, spec, figures)]
    # titles are long, and stand in full in the notes on compilation and the list of sources
    names = [s.short[report.lang] for s in sources]
    below = report.ledger.below(list(figures))
    own = "本" + kind_of(report.dataset.town["name"]["zh"])
    registers = words["registers"].replace("本镇", own)
    names += [registers] if any(f.origin and not f.indicator.query for f in below) else []
    source = [text(words["sources"] + words["list"].join(names))] if names else []
    source = declare(source, report.declared)
    return {"notes": [[text(words["note"]), *note] for note in notes], "source": source}


# -- rows written out --------------------------------------------------------------------------


def _written(report: Context, spec: Spec) -> Iterator[Cells]:
    """The rows of the specification; a row whose figures this edition may not show is left out."""
    for row in spec["rows"]:
        if _for(row, report.edition) and not _is_unused(report, row):
            yield [report.line(row), *(_cell(report, cell) for cell in row["cells"])]


def _is_unused(report: Context, row: Spec) -> bool:
    """Whether a row has figures, all of indicators that the town does not use."""
    named = (cell.rpartition(":")[2] for cell in row["cells"] if isinstance(cell, str))
    found = [years.figure_of(report, name) for name in named if name]
    return bool(found) and all(figure and report.is_unused(figure) for figure in found)


def _cell(report: Context, cell: str | Spec) -> list[Inline]:
    if not isinstance(cell, str):
        line = report.line(cell)
        return [] if _lacks(line) else line
    kind, _, name = cell.rpartition(":")
    if not name:
        return []
    if kind == "growth":
        figure = report.ledger.find(f"{name}.growth")
        return report.cell(figure) if figure else []
    figure = years.figure_of(report, name)
    if figure is None:
        return []
    if kind == "unit":
        return pieces(format.unit(figure, report.lang))
    if kind == "period":
        return [fixed(format.period(figure.period, report.lang))] if figure.quantity else []
    return report.cell(figure)


# -- rows from records -------------------------------------------------------------------------


def record_rows(report: Context, spec: Spec, columns: Sequence[Spec]) -> Iterator[Cells]:
    """The rows of a table of records that a specification chooses."""
    table = report.records(spec["from"])
    chosen = records.select(table, spec.get("where", {}))
    if spec["from"] == "milestones":
        for project in _projects(report, spec):
            yield [_project_field(report, project, c["field"]) for c in columns]
        return
    for row in chosen:
        cells = [_field(report, row, c["field"]) for c in columns]
        if spec.get("needs") is None or plain(_field(report, row, spec["needs"])):
            yield cells


def _projects(report: Context, spec: Spec) -> Iterator[Mapping[str, Row]]:
    """Projects with a row as ``where`` asks, by the ``years`` that they have a state in.

    ``dropped``: begun, not finished, not named again.
    """
    table, years = report.records("milestones"), spec.get("years", "any")
    chosen = {row["id"] for row in records.select(table, spec.get("where", {}))}
    this, following = str(report.release), str(report.release + 1)
    for name, project in records.by_project(table).items():
        if name not in chosen:
            continue
        now, later = this in project, following in project
        dropped = now and not later and project[this]["status"] not in _DONE
        wanted = {"any": now or later, "this": now, "next": later, "both": now and later}
        if dropped if years == "dropped" else wanted[years]:
            yield project


_DONE = ("完成", "投入使用")


def _project_field(report: Context, project: Mapping[str, Row], field: str) -> list[Inline]:
    this, following = project.get(str(report.release)), project.get(str(report.release + 1))
    row = this or following
    assert row is not None
    if field == "status":
        return _state(report, this)
    if field == "next":
        return _state(report, following)
    if field == "next_verb":
        return _field(report, following, "verb") if following else []
    if field == "note":
        notes = [_field(report, r, "note") for r in (this, following) if r]
        return _joined(report, [note for note in notes if note])
    return _field(report, row, field)


def _state(report: Context, row: Row | None) -> list[Inline]:
    if row is None:
        return []
    return [text(row["status"] if report.lang == "zh" else STATE_EN[row["status"]])]


def _field(report: Context, row: Row, field: str) -> list[Inline]:
    """One cell of a record in the report's language, its placeholders resolved."""
    if field == "figure" or field == "unit":
        name = row["figure"]
        return _cell(report, f"unit:{name}" if field == "unit" else name) if name else []
    if field == "baseline":
        figures = [report.inline(report[name].figure) for name in row["baseline"].split()]
        figures = [figure for figure in figures if not _lacks([figure])]
        words = _field(report, row, "baseline_text")
        return _joined(report, [[f] for f in figures] + ([words] if words else []))
    if field == "due":
        return (
            report.line({"zh": f"{row['due']}年", "en": row["due"]}, date=True)
            if row["due"]
            else []
        )
    if field == "asked":
        value = row["asked"]
        return [text(value if report.lang == "zh" else STATE_EN.get(value, value))]
    if field == "verb":
        value = row["verb"] if report.lang == "zh" else row["verb_en"]
        return [text(f"“{value}”" if value else "")]
    if field == "area":
        return [text(AREA[report.lang][row["area"]])]
    column = {"baseline_text": "baseline"}.get(field, field)
    value = row.cells.get(f"{column}_{report.lang}", "")
    line = report.declare(inlines(value, report.resolve)) if value else []
    return [] if _lacks(line) else line


def _joined(report: Context, runs: Sequence[list[Inline]]) -> list[Inline]:
    sign = "；" if report.lang == "zh" else "; "
    return [i for n, run in enumerate(runs) for i in ([text(sign)] if n else []) + list(run)]


def dropped(report: Context) -> list[Cells]:
    """Projects of the year that are neither finished nor named in the next year's tasks."""
    fields = ("name", "status", "note")
    projects = _projects(report, {"years": "dropped"})
    cells = [[_project_field(report, project, f) for f in fields] for project in projects]
    return [[cell or [text(format.NONE)] for cell in row] for row in cells]


# -- charts ------------------------------------------------------------------------------------


def _label(report: Context, name: str, *, bare: bool = False) -> charts.Label | None:
    """A figure on a chart; ``bare`` leaves the unit to the name of the bar."""
    figure = report[name].figure
    if figure.quantity is None:
        return None
    form = format.cell if bare else format.text
    return charts.Label(form(figure, report.lang, report.edition), figure.id)


def _composition(report: Context, spec: Spec) -> charts.Chart | None:
    bars = []
    for bar in spec["bars"]:
        shares = bar.get("shares", ())
        english = report.lang == "en"  # "77 households" is wider than its part of the bar
        rows = [[_label(report, name, bare=english) for name in bar["figures"]]]
        rows += [[_label(report, share) for share in shares]] if shares else []
        sizes = [report[name].figure.quantity for name in bar["figures"]]
        whole = [[label for label in part if label] for part in zip(*rows, strict=True)]
        if all(sizes) and all(len(part) == len(rows) for part in whole):
            values = [size.value for size in sizes if size]
            bars.append(charts.Bar(bar[report.lang], values, whole))
    parts = [part[report.lang] for part in spec["parts"]]
    return charts.composition(bars, parts) if bars else None


def _bars(report: Context, spec: Spec) -> charts.Chart | None:
    found = []
    for bar in spec["bars"]:
        label, quantity = _label(report, bar["figure"]), report[bar["figure"]].figure.quantity
        if label and quantity:
            found.append(charts.Bar(bar[report.lang], [quantity.value], [[label]]))
    return charts.bars(found) if found else None


def _strip(report: Context, spec: Spec) -> charts.Chart | None:
    rows_found = list(_steps(report, spec))
    states = [state if report.lang == "zh" else STATE_EN[state] for state in _STRIP]
    legend = [plain(report.dated(WORDS[report.lang][key])) for key in _LEGEND]
    legend += [WORDS[report.lang]["hoped"]] if any(step.hoped for step in rows_found) else []
    return charts.strip(rows_found, states, legend) if rows_found else None


_STRIP = ("未启动", "启动", "完成", "投入使用")
_LEGEND = ("this_year", "next_year")


def _steps(report: Context, spec: Spec) -> Iterator[charts.Step]:
    """The projects of which the state now, where it is given, and the one asked for fit the strip."""
    for project in _projects(report, {**spec, "years": "next"}):
        now, asked = project.get(str(report.release)), project[str(report.release + 1)]
        if asked["status"] in _STRIP and (now is None or now["status"] in _STRIP):
            start = _STRIP.index(now["status"]) if now else None
            end, hoped = _STRIP.index(asked["status"]), "力争" in asked["verb"]
            yield charts.Step(asked[f"name_{report.lang}"], start, end, hoped)


def _alt(report: Context, spec: Spec) -> list[Inline]:
    if "alt" in spec:
        return report.line(spec["alt"])
    title = report.line(spec["title"])
    if spec["kind"] == "years":
        return [*title, text(WORDS[report.lang]["colon"]), *years.alt(report, spec)]
    stop, colon = ("；", "：") if report.lang == "zh" else ("; ", ": ")
    found: list[Inline] = [*title, text(colon)]
    if spec["kind"] == "strip":
        words = STATE_EN if report.lang == "en" else {s: s for s in _STRIP}
        hoped = {True: WORDS[report.lang]["hoped"] + " ", False: ""}
        said = [
            f"{s.name} {format.NONE if s.start is None else words[_STRIP[s.start]]}"
            f" → {hoped[s.hoped]}{words[_STRIP[s.end]]}"
            for s in _steps(report, spec)
        ]
        now, asked = (report.dated(WORDS[report.lang][key]) for key in _LEGEND)
        return [*found, *now, text(" → "), *asked, text(stop + stop.join(said))]
    elsewhere = sections.drawing(spec["kind"])
    if elsewhere:
        for name, figure in elsewhere.alt(report, spec):
            shown = format.text(figure, report.lang, report.edition)
            found += [fixed(name), text(" "), num(figure.id, shown), text(stop)]
        return found[:-1]
    for bar in spec["bars"]:
        label = _label(report, bar["figure"])
        if label:
            found += [text(bar[report.lang] + " "), num(label.figure, label.text), text(stop)]
    return found[:-1]


_DRAWN = {"composition": _composition, "bars": _bars, "strip": _strip, "years": years.panels}
