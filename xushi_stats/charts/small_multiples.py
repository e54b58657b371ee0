"""Small multiples over years: a panel an indicator, a column a year, each with its number above it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from xushi_stats.charts.chart import (
    DARK,
    GREY,
    LIGHT,
    PAPER,
    WIDTH,
    Chart,
    Label,
    _canvas,
    _extent,
    _finish,
    styled,
)
from xushi_stats.charts.recipe import recorded

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Text

HEIGHT = 118.0
"""Points of a panel."""


@dataclass(frozen=True)
class Column:
    """A year of a panel: its name, and size and label where there is a figure.

    Attributes:
        revised: it replaces an earlier figure.
        breaks: the definition is new from this year on.
    """

    name: str
    size: Fraction | None = None
    label: Label | None = None
    revised: bool = False
    breaks: bool = False


@dataclass(frozen=True)
class Panel:
    """An indicator with its unit, and its years from left to right, gaps included."""

    name: str
    columns: Sequence[Column]


@recorded
def multiples(panels: Sequence[Panel], none: str) -> Chart:
    """Draw the panels, up to three a row, each from zero on its own scale.

    Args:
        panels: in reading order.
        none: what stands where a year has no figure.
    """
    across = min(3 if max(len(p.columns) for p in panels) <= 4 else 2, len(panels))
    down = math.ceil(len(panels) / across)
    with styled():
        figure, axes = _canvas(WIDTH, HEIGHT * down + 4)
        found: list[tuple[Text, str]] = []
        longest = max(_extent(p.name) for p in panels)
        size = min(9.5, WIDTH / across * 0.94 / max(1.0, longest))  # one size for all names
        for n, panel in enumerate(panels):
            row, place = divmod(n, across)
            left = (0.0 if across > 1 else 0.5) + place * 1.0
            found += _panel(axes, panel, left, float(down - 1 - row), none, size)
        axes.set(xlim=(0, across if across > 1 else 2), ylim=(-0.03, down + 0.01))
        return _finish(figure, found)


def _panel(
    axes: Axes, panel: Panel, left: float, bottom: float, none: str, size: float
) -> list[tuple[Text, str]]:
    """One panel in a square of side 1 at a corner."""
    found = []
    axes.text(left + 0.5, bottom + 0.97, panel.name, ha="center", va="top", fontsize=size)
    sizes = [c.size for c in panel.columns if c.size is not None]
    largest = max((abs(s) for s in sizes), default=Fraction(0))
    step = 0.88 / len(panel.columns)
    base, room = bottom + 0.15, 0.58
    axes.plot([left + 0.05, left + 0.95], [base, base], color=GREY, linewidth=0.8, zorder=3)
    for n, column in enumerate(panel.columns):
        x = left + 0.06 + step * (n + 0.5)
        axes.text(x, bottom + 0.03, column.name, ha="center", va="bottom", fontsize=9)
        if column.breaks:
            edge = x - step / 2
            axes.plot([edge, edge], [base, base + room + 0.09], color=GREY, linewidth=1, ls="--")
        if column.size is None or column.label is None:
            axes.text(x, base + 0.03, none, ha="center", va="bottom", fontsize=9, color=GREY)
            continue
        high = float(column.size / largest) * room if largest else 0.0
        last = n == len(panel.columns) - 1
        axes.bar(
            x,
            max(0.0, high),
            width=min(step * 0.62, 0.22),
            bottom=base,
            color=PAPER if column.revised else DARK if last else LIGHT,
            edgecolor=DARK,
            linewidth=0.8,
            hatch="////" if column.revised else None,
        )
        top = base + max(0.0, high) + 0.02
        shown = axes.text(x, top, column.label.text, ha="center", va="bottom", fontsize=9)
        found.append((shown, column.label.figure))
    return found
