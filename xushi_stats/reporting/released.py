"""The public ledgers released so far, kept in ``data/<town>/released/``: what readers hold already.

``record`` writes them. Whoever holds two editions can subtract one from the other, so that a later
edition is held against every one of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from xushi_stats.faults import DataFaults, Fault

FOLDER = "released"


@dataclass(frozen=True)
class Release:
    """One public ledger as it was released.

    Attributes:
        file: where it is kept, for people.
        values: id without the town, or Chinese name, each ``@period`` → exact value; None where hidden.
    """

    file: str
    values: Mapping[str, str | None]


def read(folder: Path) -> list[Release]:
    """The releases of a town, oldest first; none where there is no such folder.

    Raises:
        DataFaults: a file is none that ``write`` left.
    """
    return [_release(path, folder.name) for path in sorted((folder / FOLDER).glob("*.json"))]


def _release(path: Path, town: str) -> Release:
    file = f"{town}/{FOLDER}/{path.name}"
    values: dict[str, str | None] = {}
    try:
        for row in json.loads(path.read_bytes())["figures"]:
            value = None if row["missing"] == "suppressed" else row["value"]
            values[row["figure"]] = values[f"{row['name_zh']}@{row['period']}"] = value
    except (ValueError, KeyError, TypeError) as error:
        raise DataFaults([Fault("released_unreadable", file)]) from error
    return Release(file, values)


def write(folder: Path, year: int, rows: Iterable[Mapping[str, str]]) -> Path | None:
    """Keep one more public ledger; None where the last one of the year says the same.

    Args:
        folder: the town's.
        year: of the report.
        rows: ``figure`` (with its period, without the town), ``name_zh``, ``period``, ``value``, ``missing``.
    """
    from xushi_stats.tables import write_whole

    content = json.dumps({"figures": list(rows)}, ensure_ascii=False, indent=1) + "\n"
    kept = sorted((folder / FOLDER).glob(f"{year}-*.json"))
    if kept and kept[-1].read_text("utf-8") == content:
        return None
    path = folder / FOLDER / f"{year}-{len(kept) + 1:03d}.json"
    path.parent.mkdir(exist_ok=True)
    write_whole(path, content.encode())
    return path
