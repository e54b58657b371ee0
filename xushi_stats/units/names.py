"""The names of units, from ``units.csv`` and a project's own: what each is called and how much it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import TypeVar

from xushi_stats.words import read_rows

PURE_KINDS = ("share", "coefficient")
_UNSCALED = (*PURE_KINDS, "points", "temperature", "level")


@dataclass(frozen=True)
class UnitName:
    """One row of ``units.csv``: a unit as printed, its kind, what it is in others, its English names.

    Attributes:
        base: 人 of 万人, where 万 is a scale before a unit; else the unit itself.
        own: whether a project lists it, not the package.
    """

    text: str
    kind: str
    size: str
    one: str
    many: str
    spelled: tuple[str, ...] = ()
    base: str = ""
    own: bool = False


@cache
def listed() -> dict[str, UnitName]:
    """The rows of ``units.csv``."""
    rows = read_rows("xushi_stats.units", "units.csv")
    bases = {scale["unit"] + "元": "元" for scale in rows if scale["kind"] == "scale"}
    return {
        r["unit"]: UnitName(
            *(r["unit"], r["kind"], r["size"], r["one"], r["many"]),
            tuple(r["spelled"].split()),
            bases.get(r["unit"], r["unit"]),
        )
        for r in rows
    }


_OWN: dict[str, UnitName] = {}
_EVER: dict[str, UnitName] = {}
"""Units of projects read before: a figure of one can still be printed beside another's."""
_CACHES: list[Callable[[], None]] = []
_T = TypeVar("_T")


def once_per_units(make: Callable[..., _T]) -> Callable[..., _T]:
    """A cache of what depends on the units known, emptied when a project adds others."""
    found = cache(make)
    _CACHES.append(found.cache_clear)
    return found


def add_units(names: Iterable[UnitName]) -> None:
    """Take the units of a project (``data/units.csv``) in place of those of the one before."""
    own = {name.text: name for name in names}
    if own != _OWN:
        _OWN.clear()
        _OWN.update(own)
        _EVER.update(own)
        for clear in _CACHES:
            clear()


@once_per_units
def unit_names() -> dict[str, UnitName]:
    """The units that a figure may be written in, by their Chinese text."""
    return {t: n for t, n in {**listed(), **_OWN}.items() if n.kind != "scale"}


@once_per_units
def spellings() -> dict[str, str]:
    """Each way to write a unit → the unit: ㎡ and 平方米 are 平方米."""
    return {way: n.text for n in unit_names().values() for way in (*n.spelled, n.text)}


@cache
def scales() -> dict[str, Fraction]:
    """What may stand before a unit: 万 → 10000."""
    return {n.text: Fraction(n.size) for n in listed().values() if n.kind == "scale"}


@once_per_units
def unit_name(text: str) -> UnitName | None:
    """A unit by its text, one with a scale before it too (万人, 亿立方米); None if it is none."""
    known = unit_names().get(text)
    if known:
        return known
    for scale, size in scales().items():
        base = unit_names().get(text.removeprefix(scale)) if text.startswith(scale) else None
        if base and base.text == base.base and base.kind not in _UNSCALED:
            word = f"{listed()[scale].one} {base.many}".strip()
            return UnitName(text, base.kind, f"{size} * {base.text}", word, word, (), base.text)
    return _EVER.get(text)  # last, so that no project's unit is ever in the place of one of ours


def known_unit(text: str) -> str:
    """A unit in the form that is printed, 元/㎡ as 元/平方米; "" where a part of it is unknown."""
    parts = [spellings().get(part, part) for part in text.split("/")]
    return "/".join(parts) if all(map(unit_name, parts)) else ""


def unit_size(written: str) -> tuple[Fraction, str, int] | None:
    """``50公斤`` or ``1/1000 * 米 ** 3`` as number, unit and power; None where it is no such thing."""
    found = re.fullmatch(r"([\d./]+) ?\*? ?(\D+?)(?: \*\* ([23]))?", written)
    unit = unit_name(found[2]) if found else None
    try:
        size = Fraction(found[1]) if found and unit and unit.kind not in PURE_KINDS else 0
    except (ValueError, ZeroDivisionError):
        return None
    return (Fraction(size), found[2], int(found[3] or 1)) if found and size else None
