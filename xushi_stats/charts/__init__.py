"""Charts as SVG: bars, strips, heat maps, small multiples."""

from xushi_stats.charts.chart import (
    FONT,
    Bar,
    Chart,
    Label,
    Step,
    bars,
    composition,
    fonts,
    strip,
    warm_up,
)

__all__ = [
    "FONT",
    "Bar",
    "Chart",
    "Label",
    "Step",
    "bars",
    "composition",
    "fonts",
    "strip",
    "warm_up",
]
