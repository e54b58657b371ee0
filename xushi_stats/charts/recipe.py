"""What a chart was drawn from, as plain JSON: enough to draw it again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from fractions import Fraction
from functools import wraps
from typing import Any, ParamSpec, TypeVar

_P = ParamSpec("_P")
_Chart = TypeVar("_Chart")


def recorded(draw: Callable[_P, _Chart]) -> Callable[_P, _Chart]:
    """A drawing whose chart says what it was drawn from, and with which Matplotlib."""

    @wraps(draw)
    def drawn(*args: _P.args, **named: _P.kwargs) -> _Chart:
        import matplotlib

        made = draw(*args, **named)
        told = {"draw": draw.__name__, "with": matplotlib.__version__, "args": _plain(args)}
        return replace(made, recipe=told)  # type: ignore[type-var]

    return drawn


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        parts = {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
        return {"is": type(value).__name__, **parts}
    if isinstance(value, Fraction):
        return {"is": "Fraction", "of": str(value)}
    if isinstance(value, Mapping):
        return {"is": "map", "of": [[_plain(k), _plain(v)] for k, v in value.items()]}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
