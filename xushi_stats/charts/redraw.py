"""A chart drawn again from its recipe, and what of a recipe is to be held against figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from xushi_stats.charts import chart, heatmap, small_multiples
from xushi_stats.charts.chart import Chart

Sized = tuple[Fraction | None, str, str]
"""A size that is drawn, the text beside it, and the figure that both are of."""


_KINDS: Mapping[str, Callable[..., Any]] = {
    kind.__name__: kind
    for kind in (
        *(chart.Label, chart.Bar, chart.Step, heatmap.Cell),
        *(small_multiples.Column, small_multiples.Panel),
    )
}
_DRAW: Mapping[str, Callable[..., Chart]] = {
    draw.__name__: draw
    for draw in (
        *(chart.composition, chart.bars, chart.strip),
        *(heatmap.heat, small_multiples.multiples),
    )
}


def _made(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_made(item) for item in value)
    if not isinstance(value, Mapping):
        return value
    if value["is"] == "Fraction":
        return Fraction(value["of"])
    if value["is"] == "map":
        return {_made(k): _made(v) for k, v in value["of"]}
    return _KINDS[value["is"]](**{key: _made(part) for key, part in value.items() if key != "is"})


def redrawn(recipe: Mapping[str, Any]) -> Chart:
    """The chart again.

    Raises:
        KeyError, TypeError, ValueError: the recipe is none of ours.
    """
    return _DRAW[recipe["draw"]](*_made(recipe["args"]))


def sized(recipe: Mapping[str, Any]) -> Iterator[Sized]:
    """Everything of a recipe that is drawn in proportion or written as a number."""
    stack = [recipe["args"]]
    while stack:
        value = stack.pop()
        if isinstance(value, list):
            stack += value
        elif isinstance(value, Mapping):
            if value["is"] == "Bar":
                for size, labels in zip(value["sizes"], value["labels"], strict=True):
                    yield from _labelled(size, labels)
            elif value["is"] in ("Cell", "Column"):
                size = value["value" if value["is"] == "Cell" else "size"]
                if size is not None or value["label"] is not None:
                    yield from _labelled(size, [value["label"]])
            else:
                stack += [part for key, part in value.items() if key != "is"]


def _labelled(size: Mapping[str, Any], labels: list[Mapping[str, Any]]) -> Iterator[Sized]:
    """A size is that of its first label; of a share beside it the text alone is told."""
    for n, label in enumerate(labels):
        yield None if n else Fraction(size["of"]), label["text"], label["figure"]
