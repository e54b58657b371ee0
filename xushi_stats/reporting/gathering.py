"""Entries of the printed ledger that say the same but for their time, gathered into one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from xushi_stats.reporting.document import Block, Inline, plain

LEAST = 3
"""How many entries are worth gathering."""
_OWN = ("value", "missing", "period", "pages")


def gathered(entries: Iterable[Block], words: Mapping[str, str]) -> list[Block]:
    """The entries of a ledger, those of one indicator at several times as one ``series``.

    Twelve months of a village's score are one entry with twelve values, each still a place that its
    number leads to. What else an entry says must be the same in all of them.

    Args:
        entries: blocks ``row``, in the order of the page.
        words: of the language: how the lines of an entry are called.

    Returns:
        Blocks ``row`` and ``series``; entries that are alike stand together, where the first of them stood.
    """
    own = {words[key] for key in _OWN}
    alike: dict[str, list[Block]] = {}
    for entry in entries:
        shared = [line for line in entry["lines"] if plain(line["k"]) not in own]
        key = [entry["id"].partition("@")[0], entry["name"], shared]
        alike.setdefault(json.dumps(key, sort_keys=True), []).append(entry)
    found: list[Block] = []
    for group in alike.values():
        found += [_series(group, words)] if _can_be_one(group, words) else group
    return found


def _can_be_one(group: list[Block], words: Mapping[str, str]) -> bool:
    return len(group) >= LEAST and all(_line(entry, words["period"]) for entry in group)


def _series(group: list[Block], words: Mapping[str, str]) -> Block:
    own = {words[key] for key in _OWN}
    first, rows = group[0], []
    for entry in sorted(group, key=lambda e: str(e["id"])):
        said = [line for line in entry["lines"] if plain(line["k"]) in own]
        kept = [line for line in said if plain(line["k"]) != words["period"]]
        rows.append({**entry, "name": _line(entry, words["period"]), "lines": kept})
    shared = [line for line in first["lines"] if plain(line["k"]) not in own]
    return {"b": "series", "name": first["name"], "rows": rows, "lines": shared}


def _line(entry: Block, key: str) -> list[Inline]:
    """What an entry says under a word; nothing where it does not."""
    found: list[Any] = [line["v"] for line in entry["lines"] if plain(line["k"]) == key]
    return found[0] if found else []
