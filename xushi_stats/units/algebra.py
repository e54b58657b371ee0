"""Units as Pint multiplies and divides them: a dimension for each thing that is counted."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import cache

import pint

from xushi_stats.units.names import PURE_KINDS, UnitName, listed, unit_name, unit_size

_LABELS: dict[str, str] = {}
"""Pint's name of a counting unit → how it is told to people."""


def unit_label(unit: pint.Unit) -> str:
    """A unit of a calculation for a message; Pint's formatter cannot print Fraction exponents."""
    parts = [_LABELS.get(k, k) + (f"^{v}" if v != 1 else "") for k, v in dict(unit._units).items()]
    return " ".join(parts) or "pure number"


@cache
def product(names: tuple[UnitName, ...], counts: str) -> pint.Unit:
    """The product of a unit's parts in Pint, a counting unit carrying the name of what it counts."""
    first, *others = (_defined(name, counts) for name in names)
    return math.prod((1 / unit for unit in others), start=first)


def _defined(name: UnitName, counts: str) -> pint.Unit:
    """A part in Pint, which learns of it when it is first asked for: each takes a millisecond."""
    units = registry()
    if name.kind in PURE_KINDS:  # a share is a pure number; % is only the way it is shown
        return units.Unit("")
    counts = counts if name.kind == "counting" else ""
    label = _label(name, counts)
    if label not in units:
        size = unit_size(name.size)
        of = unit_name(size[1]) if size else None
        times = f"{size[0]} * {_defined(of, counts)} ** {size[2]}" if size and of else ""
        units.define(f"{label} = {times or f'[{label}]'}")
        _LABELS[label] = f"{name.text}({counts})" if counts else name.text
    return units.Unit(label)


def _label(name: UnitName, counts: str) -> str:
    """An identifier, as Pint wants; what is counted may be any words, and two projects' units differ."""
    told = counts + (f"={name.size}" if name.own else "")
    label = f"{name.text}_{'_'.join(f'{ord(c):x}' for c in told)}" if told else name.text
    return label if label.isidentifier() else f"u{label.encode().hex()}"


@cache
def registry() -> pint.UnitRegistry[Fraction]:
    """Pint's registry with our units alone. The application registry, so that units can be pickled."""
    units: pint.UnitRegistry[Fraction] = pint.UnitRegistry(None, non_int_type=Fraction)
    pint.set_application_registry(units)  # type: ignore[no-untyped-call]
    for name in listed().values():  # a pickled term is read where no other unit was asked for
        if not name.size and name.kind not in ("counting", "currency"):
            units.define(f"{_label(name, '')} = [{_label(name, '')}]")
    return units
