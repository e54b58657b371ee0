"""A heat map: rows by columns, each cell with its number as a link over its text; what is missing is hatched.

The shade repeats what the number says, so that nothing is told by colour alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from xushi_stats.charts import chart
from xushi_stats.charts.chart import DARK, GREY, INK, LIGHT, PAPER, WIDTH, Chart, Label
from xushi_stats.charts.recipe import recorded

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Text

SHADES = ("#F1F5F8", LIGHT, "#8FAFC3", DARK)
"""From low to high, one hue; each bears its ink with a contrast of 4.5 to 1 or more."""
_ROW, _HEAD, _FOOT = 17.0, 20.0, 24.0
_LARGEST, _SMALLEST = 9.0, 6.5
"""Sizes of the numbers, in points; below the smallest nobody reads them."""


@dataclass(frozen=True)
class Cell:
    """A cell: the number that decides its shade, and the label shown."""

    value: Fraction
    label: Label


@recorded
def heat(
    rows: Sequence[str],
    columns: Sequence[str],
    cells: Mapping[tuple[str, str], Cell],
    legend: tuple[str, str, str],
) -> Chart:
    """Rows (villages) by columns (months).

    Args:
        rows: names from top to bottom.
        columns: names from left to right; without digits (三月, Mar), since a number is a link.
        cells: for (row, column) its cell; what is not there is hatched.
        legend: words for the lowest shade, the highest, and for what is missing.

    Raises:
        ValueError: nothing to draw, or too much to be read in the width of a page.
    """
    if not rows or not columns:
        raise ValueError("a heat map of nothing")
    names = max(map(chart._extent, rows)) * _LARGEST + 8
    across = (WIDTH - names - 1) / len(columns)
    longest = max((chart._extent(cell.label.text) for cell in cells.values()), default=1.0)
    widest = max(longest, *map(chart._extent, columns))
    size = min(_LARGEST, (across - 3) / widest)
    if size < _SMALLEST:
        raise ValueError("too many columns, or names too long, to be read")
    bottom = _HEAD + _ROW * len(rows)
    with chart.styled():
        figure, axes = chart._canvas(WIDTH, bottom + _FOOT)
        axes.set(xlim=(0, WIDTH), ylim=(bottom + _FOOT, 0))
        for n, name in enumerate(columns):
            _write(axes, names + across * (n + 0.5), _HEAD / 2, name, size)
        found = []
        for m, row in enumerate(rows):
            top = _HEAD + _ROW * m
            axes.text(names - 5, top + _ROW / 2, row, ha="right", va="center", fontsize=_LARGEST)
            for n, column in enumerate(columns):
                place = (names + across * n, top, across)
                found += _cell(axes, place, cells.get((row, column)), _range(cells), size)
        _legend(axes, names, bottom + _FOOT / 2 + 2, legend)
        return chart._finish(figure, found)


def shade(value: Fraction, low: Fraction, high: Fraction) -> int:
    """Which of the shades: as many classes of one width from the lowest value to the highest.

    >>> [shade(Fraction(n), Fraction(80), Fraction(100)) for n in (80, 84, 85, 99, 100)]
    [0, 0, 1, 3, 3]
    """
    if low == high:
        return 1
    return min(int((value - low) / (high - low) * len(SHADES)), len(SHADES) - 1)


def _range(cells: Mapping[tuple[str, str], Cell]) -> tuple[Fraction, Fraction]:
    values = [cell.value for cell in cells.values()] or [Fraction(0)]
    return min(values), max(values)


def _cell(
    axes: Axes,
    place: tuple[float, float, float],
    cell: Cell | None,
    span: tuple[Fraction, Fraction],
    size: float,
) -> list[tuple[Text, str]]:
    left, top, across = place
    if cell is None:
        _hatched(axes, left, top, across, _ROW)
        return []
    step = shade(cell.value, *span)
    _box(axes, left, top, across, _ROW, SHADES[step])
    ink = PAPER if SHADES[step] == DARK else INK
    shown = _write(axes, left + across / 2, top + _ROW / 2, cell.label.text, size, ink)
    return [(shown, cell.label.figure)]


def _write(axes: Axes, x: float, y: float, text: str, size: float, ink: str = INK) -> Text:
    return axes.text(x, y, text, ha="center", va="center", fontsize=size, color=ink)


def _box(axes: Axes, left: float, top: float, width: float, height: float, fill: str) -> None:
    from matplotlib.patches import Rectangle

    axes.add_patch(
        Rectangle((left, top), width, height, facecolor=fill, edgecolor=PAPER, linewidth=1)
    )


def _hatched(axes: Axes, left: float, top: float, width: float, height: float) -> None:
    """Slanted lines, drawn one by one: a pattern fill is not shown by every reader of SVG."""
    left, top, width, height = left + 1, top + 1, width - 2, height - 2
    xs: list[float] = []
    ys: list[float] = []
    reach = 5.0
    while reach < width + height:
        begin, end = max(0.0, reach - height), min(reach, width)
        xs += [left + begin, left + end, float("nan")]
        ys += [top + reach - begin, top + reach - end, float("nan")]
        reach += 5.0
    axes.plot(xs, ys, color=GREY, linewidth=0.6, solid_capstyle="butt")


def _legend(axes: Axes, left: float, y: float, words: tuple[str, str, str]) -> None:
    """Low, the shades, high; then a hatched square and what it means."""
    low, high, missing = words
    x = left
    axes.text(x, y, low, ha="left", va="center", fontsize=_LARGEST)
    x += chart._extent(low) * _LARGEST + 5
    for fill in SHADES:
        _box(axes, x, y - 6, 14, 12, fill)
        x += 14
    axes.text(x + 5, y, high, ha="left", va="center", fontsize=_LARGEST)
    x += chart._extent(high) * _LARGEST + 26
    _hatched(axes, x, y - 6, 16, 12)
    axes.text(x + 21, y, missing, ha="left", va="center", fontsize=_LARGEST)
