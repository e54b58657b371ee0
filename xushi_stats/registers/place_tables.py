"""Rows and charts on the register of households and on checkpoints, from figures of the ledger alone.

What the public may not see stands as one mark; villages and checkpoints are found by the figures' ids,
so that no register is read here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from xushi_stats import format
from xushi_stats.charts import chart as charts
from xushi_stats.ledger import Figure
from xushi_stats.registers.households.words import MOVED, STATUS
from xushi_stats.registers.schema import ABSENT
from xushi_stats.reporting.document import Inline, fixed, pieces, text
from xushi_stats.reporting.sections import Drawing
from xushi_stats.reporting.words import WORDS

if TYPE_CHECKING:
    from xushi_stats.reporting.context import Context

Spec = Mapping[str, Any]
Cells = list[list[Inline]]
Rows = Iterator[Cells]

_VILLAGE, _POST = "households.village.", "checkpoints.post."


def _cell(report: Context, name: str) -> list[Inline]:
    """A figure's cell; nothing where this edition has none."""
    figure = report.ledger.find(name)
    return report.cell(figure) if figure else []


def _at_hand(report: Context, name: str) -> bool:
    """Whether the register that a figure comes from is at hand."""
    figure = report.ledger.find(name)
    absent = figure and figure.missing and figure.missing.reason == "no_register"
    return figure is not None and not absent


def _row(columns: Sequence[Spec], cells: Mapping[str, list[Inline]]) -> Cells:
    return [cells.get(column["field"], []) for column in columns]


def _statuses(report: Context) -> list[str]:
    """The statuses that the ledger counts, in the order of the schema."""
    return [
        status
        for status, (slug, _) in STATUS.items()
        if _at_hand(report, f"households.count.{slug}")
    ]


def _status(report: Context, status: str) -> list[Inline]:
    english = STATUS[status][1]
    return [text(status if report.lang == "zh" else english[:1].upper() + english[1:])]


def _standing(report: Context, spec: Spec, columns: Sequence[Spec]) -> Rows:
    """A row a status: households and persons at the end of the year before and of the year; the total."""
    if not _at_hand(report, "households.count"):
        return
    for status in (*_statuses(report), ""):
        slug = f".{STATUS[status][0]}" if status else ""
        cells = {"name": _status(report, status) if status else _total(report)}
        for unit in ("count", "persons"):
            name = f"households.{unit}{slug}"
            before = report.ledger.find(f"{name}@{report.release - 1}-12")
            cells[f"{unit}.prior"] = report.cell(before) if before else []
            cells[unit] = _cell(report, f"{name}@{report.release}-12")
            cells[f"{unit}.change"] = _cell(report, f"{name}.change")
        yield _row(columns, cells)


def _total(report: Context) -> list[Inline]:
    return [text(WORDS[report.lang]["total"])]


def named(report: Context, prefix: str, suffix: str) -> dict[str, str]:
    """Id → name of the villages or checkpoints that the ledger counts, without the figure's own words.

    Args:
        report: the report.
        prefix: what the ids begin with.
        suffix: what follows the letters in the id of the figure whose name is taken.
    """
    found = {}
    for figure in report.ledger.figures.values():
        own = figure.indicator.id
        letters = own.removeprefix(prefix).removesuffix(suffix)
        if own == f"{prefix}{letters}{suffix}" and "." not in letters and own not in found:
            found[f"{prefix}{letters}"] = report.named(figure.indicator.place)
    return found


def _villages(report: Context, spec: Spec, columns: Sequence[Spec]) -> Rows:
    """A row a village: households, persons, households by status; the town."""
    end = f"@{report.release}-12"
    kinds = ("poor", "lifted", "relapsed", "watched", "cleared", "unstated", "persons")
    for name, village in named(report, _VILLAGE, "").items():
        cells = {"name": [fixed(village)], "count": _cell(report, name + end)}
        cells |= {kind: _cell(report, f"{name}.{kind}{end}") for kind in kinds}
        yield _row(columns, cells)
    if _at_hand(report, "households.count"):
        cells = {"name": _total(report), "count": _cell(report, f"households.count{end}")}
        cells |= {kind: _cell(report, f"households.count.{kind}{end}") for kind in kinds}
        cells["persons"] = _cell(report, f"households.persons{end}")
        yield _row(columns, cells)


def _moves(report: Context, spec: Spec, columns: Sequence[Spec]) -> Rows:
    """The matrix: a row a status at the end of the year before, a column one at the end of the year."""
    if not _at_hand(report, "households.entered"):
        return
    statuses = _statuses(report)
    before = f"@{report.release - 1}-12"
    for status in (*statuses, ABSENT):
        slug = STATUS[status][0]
        cells = {"name": _status(report, status) if status != ABSENT else _new(report)}
        cells |= {
            after: _cell(report, f"households.moved.{slug}.{after}")
            for after in (STATUS[s][0] for s in (*statuses, ABSENT))
        }
        total = "households.entered" if status == ABSENT else f"households.count.{slug}{before}"
        cells["total"] = _cell(report, total)
        if any(cells[name] for name in cells if name != "name"):
            yield _row(columns, cells)
    end = f"@{report.release}-12"
    cells = {STATUS[s][0]: _cell(report, f"households.count.{STATUS[s][0]}{end}") for s in statuses}
    cells |= {"name": _total(report), "absent": _cell(report, "households.gone")}
    yield _row(columns, cells)


def _new(report: Context) -> list[Inline]:
    return [text(MOVED["new"][report.lang])]


def _prefixed(report: Context, spec: Spec, columns: Sequence[Spec]) -> Rows:
    """A row a figure whose id begins so: name and value."""
    for figure in report.ledger.figures.values():
        own = figure.indicator.id
        if own.startswith(spec["prefix"]) and figure.release == report.release:
            absent = figure.missing and figure.missing.reason == "no_register"
            if absent or (spec.get("only_places") and not figure.indicator.place):
                continue
            words = report.named(figure.indicator.place) or figure.indicator.names[report.lang]
            cells = {"name": [text(words[:1].upper() + words[1:])], "value": report.cell(figure)}
            cells["unit"] = pieces(format.unit(figure, report.lang))
            yield _row(columns, cells)


def _posts(report: Context, spec: Spec, columns: Sequence[Spec]) -> Rows:
    """A row a checkpoint, and one for all."""
    kinds = tuple(
        f"{unit}.{kind}"
        for unit in ("vehicles", "persons")
        for kind in ("checked", "returned", "rate", "rate.low", "rate.high")
    )
    for name, post in named(report, _POST, ".days").items():
        cells = {kind: _cell(report, f"{name}.{kind}") for kind in (*kinds, "days", "days.missing")}
        yield _row(columns, cells | {"name": [fixed(post)]})
    if _at_hand(report, "checkpoints.days"):
        cells = {
            kind: _cell(report, f"checkpoints.{kind}") for kind in (*kinds, "days", "days.missing")
        }
        yield _row(columns, cells | {"name": _total(report)})


ROWS: Mapping[str, Callable[[Context, Spec, Sequence[Spec]], Rows]] = {
    "households.standing": _standing,
    "households.villages": _villages,
    "households.moves": _moves,
    "register.prefix": _prefixed,
    "checkpoints.posts": _posts,
}
"""``from`` of a table in ``exhibits.toml`` → its rows."""


# -- bars by village or checkpoint -------------------------------------------------------------


def _drawn(report: Context, spec: Spec) -> charts.Chart | None:
    """A bar a village or checkpoint; what is hidden or missing has none, as a note says."""
    drawn = [
        charts.Bar(name, [figure.quantity.value], [[_label(report, figure)]])
        for name, figure in _bars(report, spec)
        if figure.quantity
    ]
    return charts.bars(drawn) if drawn else None


def _label(report: Context, figure: Figure) -> charts.Label:
    return charts.Label(format.text(figure, report.lang, report.edition), figure.id)


def _bars(report: Context, spec: Spec) -> Iterator[tuple[str, Figure]]:
    of, suffix = spec["of"], spec.get("measure", "")
    prefix = {"villages": _VILLAGE, "posts": _POST}[of]
    for name, place in named(report, prefix, suffix).items():
        figure = report.ledger.find(f"{name}{suffix}")
        if figure:
            yield place, figure


def _left_out(report: Context, spec: Spec) -> dict[str, str] | None:
    """The note on the bars that the public may not see; None where there is none."""
    names = [name for name, figure in _bars(report, spec) if format.is_hidden(figure)]
    if not names:
        return None
    return {
        "zh": f"按规定不予公布，图中不列：{'、'.join(names)}。",
        "en": f"Withheld by rule and left out: {', '.join(names)}.",
    }


def _alt(report: Context, spec: Spec) -> Iterator[tuple[str, Figure]]:
    """What the chart shows, for those who cannot see it."""
    for name, figure in _bars(report, spec):
        if figure.quantity:
            yield name, figure


BARS = Drawing(_drawn, _alt, _left_out)
