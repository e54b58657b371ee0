"""Entries of the printed ledger that say the same but for their time, gathered into one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from xushi_stats.reporting.document import Block, plain

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
    alike: dict[str, list[Block]] = {}
    for entry in entries:
        _, shared = _parted(entry, words)
        key = [entry["id"].partition("@")[0], entry["name"], shared]
        alike.setdefault(json.dumps(key, sort_keys=True), []).append(entry)
    found: list[Block] = []
    for group in alike.values():
        found += [_series(group, words)] if _can_be_one(group, words) else group
    return found


def _parted(entry: Block, words: Mapping[str, str]) -> tuple[dict[str, Any], list[Any]]:
    """What an entry says of its time alone, by the word for it; and its other lines."""
    own = {plain(line["k"]): line for line in entry["lines"]}
    told = {words[key]: own[words[key]] for key in _OWN if words[key] in own}
    return told, [line for line in entry["lines"] if plain(line["k"]) not in told]


def _can_be_one(group: list[Block], words: Mapping[str, str]) -> bool:
    return len(group) >= LEAST and all(words["period"] in _parted(e, words)[0] for e in group)


def _series(group: list[Block], words: Mapping[str, str]) -> Block:
    rows = []
    for entry in sorted(group, key=lambda e: str(e["id"])):
        told, _ = _parted(entry, words)
        period = told.pop(words["period"])
        rows.append({**entry, "name": period["v"], "lines": list(told.values())})
    return {
        "b": "series",
        "name": group[0]["name"],
        "rows": rows,
        "lines": _parted(group[0], words)[1],
    }
