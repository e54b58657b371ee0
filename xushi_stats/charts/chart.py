"""The house style of figures: direct labels, no numeric ticks, every number a link over its text.

A chart is SVG with its words kept as text, so that the finished page can be read back, and beside it
the rectangles of its numbers, which the page turns into links.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xushi_stats.charts.recipe import recorded

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas
    from matplotlib.text import Text

FONT = "Noto Sans SC"
DARK, LIGHT, GREY, INK, PAPER = "#2F5D7C", "#C9D9E3", "#8A8F94", "#1A1A1A", "#FFFFFF"
"""Dark and light of one hue: they stay apart in grey print and for colour-blind readers."""
WIDTH = 430.0
"""Points; the text width of a page."""


@dataclass(frozen=True)
class Label:
    """A number on a chart: the text shown and the figure it leads to."""

    text: str
    figure: str


@dataclass(frozen=True)
class Bar:
    """One bar of a composition: its name, and for each part the size and the labels."""

    name: str
    sizes: Sequence[Fraction]
    labels: Sequence[Sequence[Label]]


@dataclass(frozen=True)
class Chart:
    """A drawn chart.

    Attributes:
        svg: the picture, the same bytes for the same data.
        width, height: natural size in points.
        links: figure id and rectangle (x, y from the top left corner, width, height; points).
        recipe: what it was drawn from, for who draws it again.
    """

    svg: str
    width: float
    height: float
    links: list[dict[str, Any]]
    recipe: dict[str, Any] = field(default_factory=dict)


def fonts() -> Path:
    """The folder of the fonts that every file of a report is set in."""
    import pylopdf_fonts_zh_cn

    return Path(pylopdf_fonts_zh_cn.__file__).parent


@cache
def _style() -> Any:
    import matplotlib
    from matplotlib import font_manager

    matplotlib.use("agg")
    for path in sorted(fonts().glob("*.otf")):
        font_manager.fontManager.addfont(path)
    return {
        "font.family": [FONT],
        "font.size": 10.5,
        "text.color": INK,
        "text.hinting": "none",
        "text.parse_math": False,
        "svg.fonttype": "none",
        "svg.hashsalt": "xushi_stats",
        "axes.unicode_minus": False,
    }


@contextmanager
def styled() -> Iterator[None]:
    """Draw in the house style alone, whatever style the machine or an analyst has set."""
    import matplotlib

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_style())
        yield


def warm_up() -> None:
    """Load what drawing needs, so that the first chart does not wait for it."""
    import matplotlib.backends.backend_svg  # noqa: F401

    _style()
    _canvas(1, 1)


@recorded
def composition(bars: Sequence[Bar], parts: Sequence[str]) -> Chart:
    """Bars of 100%, one a row, each part labelled with its count and share.

    Args:
        bars: from top to bottom; sizes of a bar add up to its whole.
        parts: names of the parts, in the order of the sizes.
    """
    with styled():
        figure, axes = _canvas(WIDTH, 42 + 56 * len(bars))
        labels: list[tuple[Text, str]] = []
        for row, bar in enumerate(bars):
            y = len(bars) - 1 - row
            axes.text(-0.015, y, bar.name, ha="right", va="center")
            labels += _stack(axes, y, bar)
        _legend(axes, parts, len(bars))
        axes.set(xlim=(-_NAMES, 1.01), ylim=(-0.5, len(bars) - 0.02))
        return _finish(figure, labels)


_NAMES = 0.19
"""Room left of a composition for the names of its bars; its width is 1."""


def _centres(sizes: Sequence[Fraction], labels: Sequence[Sequence[Label]]) -> list[float]:
    """Where the labels of the parts stand: in the middle, or pushed aside so that none overlap."""
    total = float(sum(sizes, Fraction(0))) or 1.0
    em = 10 * (1.01 + _NAMES) / WIDTH
    needs = [max(_extent(label.text) for label in part) * em * 1.1 + 0.012 for part in labels]
    found: list[float] = []
    left = 0.0
    for size, need in zip(sizes, needs, strict=True):
        middle = float(sum(sizes[: len(found)], Fraction(0))) / total + float(size) / total / 2
        found.append(max(middle, left + need / 2))
        left = found[-1] + need / 2
    right = 1.0
    for n in reversed(range(len(found))):
        found[n] = min(found[n], right - needs[n] / 2)
        right = found[n] - needs[n] / 2
    return found


def _stack(axes: Axes, y: float, bar: Bar) -> list[tuple[Text, str]]:
    """One bar; a part too narrow for its labels has them small, in the middle of what it has."""
    total, left, found = sum(bar.sizes, Fraction(0)), Fraction(0), []
    colours = [(DARK, PAPER), (LIGHT, INK), (GREY, INK)]
    if len(bar.sizes) > len(colours):
        raise ValueError("more parts than colours that can be told apart")
    centres = _centres(bar.sizes, bar.labels)
    parts = zip(bar.sizes, bar.labels, colours, centres, strict=False)
    for size, labels, (fill, ink), centre in parts:
        width = size / total if total else Fraction(0)
        axes.barh(
            y, float(width), left=float(left), height=0.62, color=fill, edgecolor=PAPER, linewidth=1
        )
        middle = centre
        aside = abs(centre - float(left + width / 2)) > 0.001
        behind = {"facecolor": PAPER, "edgecolor": "none", "pad": 0.5} if aside else None
        for line, label in enumerate(labels):
            offset = 0.13 if line == 0 else -0.13
            shown = axes.text(
                middle,
                y + offset,
                label.text,
                ha="center",
                va="center",
                fontsize=10,
                color=INK if aside else ink,
                bbox=behind,
            )
            found.append((shown, label.figure))
        left += width
    return found


def _legend(axes: Axes, parts: Sequence[str], bars: int) -> None:
    """The names of the parts above the bars, each behind a square of its colour."""
    x, y = 0.0, bars - 0.28
    for name, fill in zip(parts, (DARK, LIGHT, GREY), strict=False):
        axes.barh(y, 0.022, left=x, height=0.14, color=fill)
        axes.text(x + 0.032, y, name, ha="left", va="center", fontsize=10)
        x += 0.07 + 0.026 * sum(2 if ord(c) > 255 else 1 for c in name) / 2 * 1.1


def _canvas(width: float, height: float) -> tuple[Canvas, Axes]:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width / 72, height / 72), dpi=72)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_axis_off()
    return figure, axes


def _finish(figure: Canvas, labels: list[tuple[Text, str]]) -> Chart:
    """Save as SVG, and take the rectangle of each number from the text as it is laid out."""
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    width, height = figure.get_size_inches() * 72
    links = []
    for shown, target in labels:
        box = shown.get_window_extent(renderer)
        links.append(
            {
                "id": target,
                "x": round(float(box.x0) - 1, 2),
                "y": round(float(height - box.y1) - 1, 2),
                "w": round(float(box.width) + 2, 2),
                "h": round(float(box.height) + 2, 2),
            }
        )
    file = io.StringIO()
    figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    return Chart(file.getvalue(), round(float(width), 2), round(float(height), 2), links)


@recorded
def bars(rows: Sequence[Bar]) -> Chart:
    """Solid bars of one unit, each with its label behind the end.

    Args:
        rows: from top to bottom; a bar has one size and one label.
    """
    with styled():
        figure, axes = _canvas(WIDTH, 14 + 26 * len(rows))
        longest = max(bar.sizes[0] for bar in rows)
        found: list[tuple[Text, str]] = []
        for row, bar in enumerate(rows):
            y = len(rows) - 1 - row
            width = float(bar.sizes[0] / longest) if longest else 0.0
            axes.text(-0.02, y, bar.name, ha="right", va="center", fontsize=10)
            axes.barh(y, width, height=0.56, color=DARK)
            for label in bar.labels[0]:
                shown = axes.text(width + 0.02, y, label.text, ha="left", va="center", fontsize=10)
                found.append((shown, label.figure))
        names = max(_extent(bar.name) for bar in rows) * 10 + 12
        labels = max(_extent(label.text) for bar in rows for label in bar.labels[0]) * 10 + 14
        room = WIDTH - names - labels
        axes.set(xlim=(-names / room, 1 + labels / room), ylim=(-0.6, len(rows) - 0.4))
        return _finish(figure, found)


@dataclass(frozen=True)
class Step:
    """A project on the strip: the state it has, if the source gives one, and the state asked for.

    ``hoped``: the source promises to try, no more.
    """

    name: str
    start: int | None
    end: int
    hoped: bool = False


@recorded
def strip(rows: Sequence[Step], states: Sequence[str], legend: Sequence[str]) -> Chart:
    """Projects along the states from not started to in use: a full dot now, an open one next year.

    What is only hoped for stands as an open square.

    Args:
        rows: from top to bottom.
        states: names of the states, from left to right.
        legend: what the full dot, the open dot and, if it is used, the square mean.
    """
    rows = [replace(step, name=_wrapped(step.name)) for step in rows]
    with styled():
        figure, axes = _canvas(WIDTH, 46 + 21 * len(rows))
        top = len(rows)
        for x, state in enumerate(states):
            axes.plot([x, x], [-0.6, top - 0.4], color=LIGHT, linewidth=0.8, zorder=0)
            axes.text(x, top - 0.05, state, ha="center", va="bottom", fontsize=10)
        for row, step in enumerate(rows):
            _step(axes, len(rows) - 1 - row, step)
        names = max(_extent(line) for step in rows for line in step.name.split("\n")) * 9.5 + 26
        scale = (WIDTH - names - 40) / (len(states) - 1)
        left = -(names + 10) / scale
        marks = (("o", DARK), ("o", PAPER), ("s", PAPER))
        for n, ((mark, face), word) in enumerate(zip(marks, legend, strict=False)):
            edge, height = left + 0.1, top + 0.7 * (len(legend) - n) - 0.65
            axes.plot([edge], [height], mark, color=DARK, markerfacecolor=face, markersize=6)
            axes.text(edge + 10 / scale, height, word, ha="left", va="center", fontsize=9)
        axes.set(xlim=(left, len(states) - 1 + 30 / scale), ylim=(-0.7, top + 0.7 * len(legend)))
        return _finish(figure, [])


def _wrapped(name: str) -> str:
    """A long name on two lines, so that the states keep their room."""
    return textwrap.fill(name, 32) if _extent(name) > 17 else name


def _step(axes: Axes, y: float, step: Step) -> None:
    size = 8 if "\n" in step.name else 9.5
    axes.text(-0.12, y, step.name, ha="right", va="center", fontsize=size, linespacing=1.0)
    if step.start is not None and step.end != step.start:
        axes.plot([step.start, step.end], [y, y], color=DARK, linewidth=1.4, zorder=1)
    asked = "s" if step.hoped else "o"
    for x, mark, face in ((step.start, "o", DARK), (step.end, asked, PAPER)):
        if x is not None:  # silence of the source is not drawn as "not started"
            axes.plot([x], [y], mark, color=DARK, markerfacecolor=face, markersize=6.5, zorder=2)


def _extent(name: str) -> float:
    """Width of a name in ems: a Chinese character is one, others about half."""
    return sum(1.0 if ord(c) > 0x2E7F else 0.56 for c in name)
