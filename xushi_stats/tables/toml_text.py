"""Reads TOML files: what cannot be read is told, and so is what is nested deeper than anything here."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from xushi_stats.faults import Fault
from xushi_stats.tables.csv_text import read_text

DEEPEST = 20
"""Tables and lists within one another."""


def read_toml(
    path: Path, file: str, faults: list[Fault], *, twofold: bool = False
) -> dict[str, Any]:
    """A TOML file's content; empty where it cannot be read.

    Args:
        path: where it lies.
        file: its name for people.
        faults: receives what is wrong.
        twofold: whether it holds nothing but tables of tables: ``[table.roads]``.
    """
    if twofold and not path.exists():
        return {}  # a town may have no tables and charts of its own
    text, why = read_text(path, file, faults), {"why_zh": "层次过深", "why_en": "nested too deeply"}
    try:
        found = tomllib.loads((text or "").replace("\r\n", "\n"))
        loose = [key for key, one in found.items() if twofold and not _is_of_tables(one)]
        if not loose and not _is_deeper(found, DEEPEST):
            return found
        why = {"why": f"{', '.join(loose)} ?"} if loose else why
    except RecursionError:
        pass
    except ValueError as error:  # a number of too many digits is one too
        why = {"why": str(error)}
    faults.append(Fault("toml", file, details=why))
    return {}


def _is_of_tables(node: object) -> bool:
    return isinstance(node, dict) and all(isinstance(one, dict) for one in node.values())


def _is_deeper(node: object, levels: int) -> bool:
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return levels == 0 or any(_is_deeper(one, levels - 1) for one in inner)
