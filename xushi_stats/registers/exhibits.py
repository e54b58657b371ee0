"""Rows of tables, and charts, that come from a town's registers: for the internal editions alone.

Every number is a figure of the ledger; what has no number (names of villages, their order, who is
praised) comes from what the figures were counted from. Where a register is not at hand a table has no row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from xushi_stats import format
from xushi_stats.charts import heatmap
from xushi_stats.charts.chart import Chart, Label
from xushi_stats.faults import Lang
from xushi_stats.ledger import Figure
from xushi_stats.registers.assessment.section import grade_words, listed
from xushi_stats.registers.entries import folder_of, numbered
from xushi_stats.registers.inspection import section
from xushi_stats.registers.inspection.praise_and_criticism import Selection
from xushi_stats.registers.inspection.section import Year
from xushi_stats.registers.rules import town
from xushi_stats.registers.rules.assessment import KEYS, Grade
from xushi_stats.registers.rules.parameter import Rules
from xushi_stats.reporting.document import Inline, fixed, pieces, text
from xushi_stats.reporting.sections import Drawing
from xushi_stats.reporting.words import WORDS

if TYPE_CHECKING:
    from xushi_stats.reporting.context import Context

Spec = Mapping[str, Any]
Cells = list[list[Inline]]
Rows = Iterator[Cells]


def _cell(report: Context, name: str) -> list[Inline]:
    """A figure's cell; nothing where this edition has none."""
    figure = report.ledger.find(name)
    return report.cell(figure) if figure else []


def _at_hand(report: Context, name: str) -> Figure | None:
    """A figure of a register that is at hand and that this edition may show."""
    figure = report.ledger.find(name)
    absent = figure and figure.missing and figure.missing.reason == "no_register"
    return None if absent else figure


def _rules(report: Context) -> Rules:
    return town.load(report.dataset, [])


# -- any figures, and what is open -------------------------------------------------------------


def _figures(report: Context, spec: Spec, columns: Sequence[Spec]) -> Rows:
    """A row a figure that the specification lists: name, unit, value."""
    for name in spec["figures"]:
        figure = _at_hand(report, name)
        if figure:
            unit = (
                ""
                if figure.indicator.unit.kind == "coefficient"
                else format.unit(figure, report.lang)
            )
            words = figure.indicator.names[report.lang]
            cells = {
                "name": [text(words[:1].upper() + words[1:])],
                "unit": pieces(unit),
                "value": report.cell(figure),
            }
            yield [cells[column["field"]] for column in columns]


def _open_rules(report: Context, spec: Spec, columns: Sequence[Spec]) -> Rows:
    """A row a parameter of the town's rules that is open: what it decides, its name, its query."""
    if not town.is_there(report.dataset):
        return
    names = {p.name: p for p in town.parameters(report.dataset)}
    for name, query in _rules(report).open():
        if name.startswith(spec.get("part", "")):
            parameter = names[name]
            about = parameter.about_zh if report.lang == "zh" else parameter.about_en
            cells = {
                "about": pieces(about[:1].upper() + about[1:]),
                "name": [text(name)],
                "query": _query(report, query),
            }
            yield [cells[column["field"]] for column in columns]


def _lacking(report: Context, spec: Spec, columns: Sequence[Spec]) -> Rows:
    """A row a figure that an open parameter keeps from being given."""
    for figure in report.ledger.figures.values():
        missing = figure.missing
        if missing and missing.rule.startswith(spec.get("part", "")) and missing.rule:
            words = figure.indicator.names[report.lang]
            cells = {
                "figure": [text(words[:1].upper() + words[1:])],
                "name": [text(missing.rule)],
                "query": _query(report, missing.query),
            }
            yield [cells[column["field"]] for column in columns]


def _query(report: Context, query: str) -> list[Inline]:
    """The printed number of an open query."""
    number = report.query_numbers.get(query)
    return [fixed(number)] if number else []


# -- the assessment ----------------------------------------------------------------------------


def _grades(report: Context, spec: Spec, columns: Sequence[Spec]) -> Rows:
    """A row a grade, and one for all."""
    if _at_hand(report, "assessment.assessed") is None:
        return
    rules, words = _rules(report), WORDS[report.lang]
    for grade in Grade:
        own = f"effective.{grade.value}"
        ids = {"raw": f"raw.{grade.value}", "effective": own, "share": f"{own}.share"}
        ids |= {key: f"effective.{key}.{grade.value}" for key in KEYS}
        name = grade_words(grade, rules)[0 if report.lang == "zh" else 1]
        yield _row(report, columns, name, ids)
    ids = {"raw": "assessed", "effective": "assessed"} | {key: f"assessed.{key}" for key in KEYS}
    yield _row(report, columns, words["total"], ids)


def _row(
    report: Context,
    columns: Sequence[Spec],
    name: str,
    ids: Mapping[str, str],
    part: str = "assessment",
) -> Cells:
    """A row with a name and a figure for each other column; a blank where there is none."""
    cells = {"name": [text(name[:1].upper() + name[1:])]}
    cells |= {field: _cell(report, f"{part}.{own}") for field, own in ids.items()}
    return [cells.get(column["field"], []) for column in columns]


def _domains(report: Context, spec: Spec, columns: Sequence[Spec]) -> Rows:
    """A row a field assessed: entries, points added and deducted; then all of them."""
    if _at_hand(report, "assessment.register.entries") is None:
        return
    fields = ("entries", "added", "deducted")
    for domain, letter in numbered("domain", list(listed(_rules(report)) or ())).items():
        own = {field: f"{letter}.{field}" for field in fields}
        yield _row(report, columns, report.named(domain), own)
    ids = {field: f"register.{field}" for field in fields}
    yield _row(report, columns, WORDS[report.lang]["total"], ids)


# -- the inspection ----------------------------------------------------------------------------


def _year(report: Context) -> Year | None:
    """The year's inspections; None for the public, and where the register is not at hand."""
    if _at_hand(report, "inspection.villages") is None:
        return None
    folder = folder_of(report.data, report.dataset.ref_area)
    return section.year_of(report.dataset, report.release, folder, [])


def _months(report: Context, spec: Spec, columns: Sequence[Spec]) -> Rows:
    """A row a month: how many were scored, the mean, agreement, and who is praised or criticised."""
    year = _year(report)
    for month in year.months if year else ():
        assert year is not None
        ids = {
            name: f"inspection.{name}@{month}" for name in ("scored", "mean", "tau", *section.ENDS)
        }
        cells = {field: _cell(report, own) for field, own in ids.items()}
        cells["name"] = [fixed(format.period(month, report.lang))]
        chosen = year.chosen(month) if month in year.held else {}
        for end, selection in chosen.items():
            cells[f"{end}_names"] = _names(report, selection)
        yield [cells.get(column["field"], []) for column in columns]


def _names(report: Context, selection: object) -> list[Inline]:
    """The villages chosen; "none" where nobody is, a blank where a rule is open."""
    if not isinstance(selection, Selection):
        return []
    comma = "、" if report.lang == "zh" else ", "
    return [text(comma.join(map(report.named, selection.villages)) or WORDS[report.lang]["nobody"])]


def _ranking(report: Context, spec: Spec, columns: Sequence[Spec]) -> Rows:
    """A row a village, by its rank over the year; ``{month}`` is the last one inspected."""
    year = _year(report)
    if year is None:
        return
    last = year.held[-1] if year.held else ""

    def order(village: str) -> tuple[bool, Fraction]:
        rank = year.whole[village].rank
        return not isinstance(rank, Fraction), rank if isinstance(rank, Fraction) else Fraction(0)

    for village in sorted(year.whole, key=order):
        letter = year.ids[village]
        kinds = ("year.score", "year.rank", "year.months", "year.praised", "year.criticised")
        ids = {kind: f"{kind}.{letter}" for kind in kinds}
        ids |= {kind: f"{kind}.{letter}@{last}" for kind in ("score", "rank", "move")}
        ids |= {f"cases.{key}": f"cases.{key}.{letter}" for key, _ in section.LEVEL_WORDS.values()}
        yield _row(report, columns, report.named(village), ids, "inspection")


ROWS: Mapping[str, Callable[[Context, Spec, Sequence[Spec]], Rows]] = {
    "register.figures": _figures,
    "rules.open": _open_rules,
    "rules.lacking": _lacking,
    "assessment.grades": _grades,
    "assessment.domains": _domains,
    "inspection.months": _months,
    "inspection.ranking": _ranking,
}
"""``from`` of a table in ``exhibits.toml`` → its rows."""


# -- the heat map ------------------------------------------------------------------------------

_MONTHS: Mapping[Lang, tuple[str, ...]] = {
    "zh": tuple(
        f"{n}月"
        for n in ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
    ),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}


def _heat(report: Context, spec: Spec) -> Chart | None:
    """Villages by months: scores, or ranks, where the first bears the darkest shade.

    Args:
        report: the report.
        spec: ``of`` is ``score`` or ``rank``.
    """
    year = _year(report)
    if year is None or not year.held:
        return None
    kind, words = spec["of"], WORDS[report.lang]
    names = {month: _MONTHS[report.lang][int(month[5:]) - 1] for month in year.months}
    cells = {}
    for village, letter in year.ids.items():
        for month, name in names.items():
            figure = report.ledger.find(f"inspection.{kind}.{letter}@{month}")
            if figure and figure.quantity:
                value = figure.quantity.value * (-1 if kind == "rank" else 1)
                label = Label(format.cell(figure, report.lang, report.edition), figure.id)
                cells[report.named(village), name] = heatmap.Cell(value, label)
    legend = (words[f"heat_{kind}_low"], words[f"heat_{kind}_high"], words["heat_missing"])
    rows = [report.named(village) for village in year.ids]
    return heatmap.heat(rows, list(names.values()), cells, legend) if cells else None


HEAT = Drawing(_heat)
