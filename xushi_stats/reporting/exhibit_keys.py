"""What ``exhibits.toml`` may hold, to the last key: which there are, which must be, what each holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from xushi_stats import records
from xushi_stats.dataset import Dataset
from xushi_stats.editions import EDITIONS, LANGS
from xushi_stats.faults import Fault
from xushi_stats.reporting import sections
from xushi_stats.tables import languages, near, own_first
from xushi_stats.words import read_rows


def _read() -> dict[str, dict[str, tuple[bool, str]]]:
    found: dict[str, dict[str, tuple[bool, str]]] = {}
    for row in read_rows("xushi_stats.reporting", "exhibit_keys.csv"):
        found.setdefault(row["part"], {})[row["key"]] = row["must"] == "yes", row["holds"]
    return found


KEYS = _read()
"""Part of the file → its keys, with whether each must be there and what it holds."""
NEEDS: Mapping[str, tuple[str, ...]] = {
    **{"": ("rows",), "years": ("figures",), "register.figures": ("figures",)},
    **{"register.prefix": ("prefix",), "bars": ("bars",), "composition": ("bars", "parts")},
    **{"chart years": ("figures",), "heat": ("of",), "places": ("of",)},
}
"""``from`` of a table or ``kind`` of a chart → the keys that it needs besides."""
_OF_BARS = {"bars": {"figure"}, "composition": {"figures", "shares"}}
_SPECIAL = {
    **{"figure": "figure", "unit": "figure", "baseline": "baseline", "due": "due"},
    **{"asked": "asked", "verb": "verb", "area": "area", "baseline_text": "baseline_zh"},
    "acceptance": "responsible_zh",  # left blank on the page, to be filled in by hand
}
"""Fields of a record besides its texts in two languages → the column that each is made from."""
_FIELDS: Mapping[str, str] = {
    "years": "name unit note period this prior change growth annual",
    "fulfilment": "verdict period unit target actual rate",
    "tasks": "verdict asked now verb",
    "milestones": "status next next_verb note",
}


def fields(source: str) -> set[str] | None:
    """The fields of a table's columns, by its ``from``; None where there is no such ``from``."""
    of = {"fulfilment": "targets", "tasks": "milestones"}.get(source, source)
    columns = {column.name for column in records.RECORD_COLUMNS.get(of, ())}
    found = {name[:-3] for name in columns if name.endswith("_zh")}
    found |= {field for field, column in _SPECIAL.items() if column in columns}
    own = sections.fields(source) or _FIELDS.get(source, "").split()
    return found | set(own) or None


def faults(dataset: Dataset) -> list[Fault]:
    """What is wrong with the keys of a town's tables and charts."""
    file = own_first(dataset.folder.parent, dataset.ref_area, "exhibits.toml")[1]
    found = list(_unknown("", dataset.exhibits, ("table", "chart")))
    for kind in ("table", "chart"):
        for name, spec in dataset.exhibits.get(kind, {}).items():
            told = list(_keys(f"{kind}.{name}", kind, spec))
            # a town in Chinese alone need not say it in English
            told = [f for f in told if f.value != "en" or "en" in languages.of(dataset.folder)]
            found += told or list(_together(f"{kind}.{name}", kind, spec))
    return [Fault(f.code, file, value=f.value, details=f.details) for f in found]


def _wrong(code: str, name: str, key: str, value: str, hint: str = "") -> Fault:
    return Fault(code, value=value, details={"name": name, "key": key, "near": hint})


def _unknown(name: str, spec: Mapping[str, Any], known: Iterable[str]) -> Iterator[Fault]:
    for key in spec.keys() - set(known):
        yield _wrong("exhibit_key", name, key, key, near(key, known))


def _keys(name: str, part: str, spec: Any) -> Iterator[Fault]:
    """Keys that are unknown, missing, or hold something else than they should."""
    if not isinstance(spec, dict):
        yield _wrong("exhibit_words" if part == "words" else "exhibit_parts", name, part, "")
        return
    yield from _unknown(name, spec, KEYS[part])
    lost = [key for key, (must, _) in KEYS[part].items() if must and key not in spec]
    yield from (_wrong("exhibit_lacks", name, key, key) for key in lost)
    for key, value in spec.items():
        holds = KEYS[part].get(key, (False, ""))[1]
        if holds == "parts" and isinstance(value, list):
            for one in value:
                yield from _keys(name, f"{part}.{key}", one)
        elif holds == "words":
            yield from _keys(name, "words", value)
        elif holds == "cells" and isinstance(value, list):
            for one in value:
                yield from () if isinstance(one, str) else _keys(name, "words", one)
        elif holds and not _fits(holds, value):
            yield _wrong(f"exhibit_{holds}", name, key, "")


def _fits(holds: str, value: Any) -> bool:
    """Whether a value is what a key holds."""
    is_list = isinstance(value, list) and all(isinstance(one, str) for one in value)
    return {
        "text": isinstance(value, str),
        "yes": isinstance(value, bool),
        "number": isinstance(value, int | float) and not isinstance(value, bool) and value > 0,
        "names": is_list,
        "editions": is_list and set(value) <= set(EDITIONS),
        "where": isinstance(value, dict)
        and all(isinstance(one, str) or _fits("names", one) for one in value.values()),
    }.get(holds, False)


def _together(name: str, kind: str, spec: Mapping[str, Any]) -> Iterator[Fault]:
    """What does not go together: sources and kinds with their keys, fields, conditions, cells."""
    which, chosen = ("from", spec.get("from", "")) if kind == "table" else ("kind", spec["kind"])
    own = fields(chosen) if kind == "table" and chosen else set()
    known = sections.CHARTS_OWN if kind == "chart" else (*records.RECORD_COLUMNS, *_FIELDS)
    names = [*known, *sections.names(kind)]
    if own is None or (kind == "chart" and chosen not in names):
        yield _wrong("exhibit_choice", name, which, chosen, near(chosen, names))
        return
    needs = NEEDS.get(f"{kind} {chosen}", NEEDS.get(chosen, ()))
    yield from (_wrong("exhibit_lacks", name, key, key) for key in needs if key not in spec)
    for bar in spec.get("bars", ()):
        lost = _OF_BARS.get(chosen, set()) - bar.keys()
        yield from (_wrong("exhibit_lacks", name, key, key) for key in sorted(lost))
    columns = spec.get("columns", ())
    for key in [c.get("field", "") for c in columns] + [spec.get("needs", "")] if own else ():
        if key not in own and (key or "needs" in spec or not all(c.get("field") for c in columns)):
            yield _wrong("exhibit_choice", name, "field", key, near(key, own))
    of = {"tasks": "milestones"}.get(chosen, "milestones" if chosen == "strip" else chosen)
    asked = {column.name for column in records.RECORD_COLUMNS.get(of, ())}
    yield from _unknown(f"{name} where", spec.get("where", {}), asked) if asked else ()
    for row in spec.get("rows", ()):
        if len(row["cells"]) + 1 != len(columns):
            yield _wrong("exhibit_row", name, "cells", row[LANGS[0]])
