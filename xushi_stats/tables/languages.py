"""The languages that a town's report is in: one in Chinese alone is never asked for English."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

from xushi_stats.faults import Fault, Lang
from xushi_stats.tables.toml_text import read_toml

T = TypeVar("T")
BOTH: tuple[Lang, ...] = ("zh", "en")
_ASKED: ContextVar[tuple[Lang, ...]] = ContextVar("asked", default=BOTH)
_CHINESE = {"en": "text"}
"""English columns whose Chinese one is not called alike."""


def of(folder: Path) -> tuple[Lang, ...]:
    """The languages that ``town.toml`` of a folder names; both where it names none."""
    file = folder / "town.toml"
    return _named(read_toml(file, "", []) if file.is_file() else {}) or BOTH


def _named(town: dict[str, Any]) -> tuple[Lang, ...]:
    named = town.get("languages", BOTH)
    return tuple(lang for lang in BOTH if lang in named) if isinstance(named, list | tuple) else ()


def asked(load: Callable[[Path, str], T]) -> Callable[[Path, str], T]:
    """Read a town by ``load(data, town)``, asking for its languages alone."""

    @wraps(load)
    def loaded(data: Path, town: str) -> T:
        token = _ASKED.set(of(data / town))
        try:
            return load(data, town)
        finally:
            _ASKED.reset(token)

    return loaded


def is_asked(column: str) -> bool:
    """Whether a column must be filled as far as its language goes."""
    return "en" in _ASKED.get() or not _is_english(column)


def fill(cells: dict[str, str]) -> None:
    """Of a town in Chinese alone: what is not said in English stands in Chinese."""
    for name in () if "en" in _ASKED.get() else filter(_is_english, cells):
        base = _CHINESE.get(name) or name.removesuffix("_en")
        cells[name] = cells[name] or cells.get(f"{base}_zh", cells.get(base, ""))


def _is_english(column: str) -> bool:
    return column.endswith("_en") or column in _CHINESE


def read_town(path: Path, file: str, faults: list[Fault]) -> dict[str, Any]:
    """``town.toml``; what a town in Chinese alone does not say in English stands in Chinese."""
    town = read_toml(path, file, faults)
    if town and not _named(town):
        faults.append(Fault("toml", file, details={"why": "languages ?"}))
    for words in town.values() if "en" not in _ASKED.get() else ():
        for one in (words, *words.values()) if isinstance(words, dict) else ():
            if isinstance(one, dict) and "zh" in one:
                one.setdefault("en", one["zh"])
    return town
