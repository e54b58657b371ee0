"""Registers written for a test."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import towns  # noqa: F401  (its profile: the same examples each time, no deadline)

from xushi_stats.registers.schema import SCHEMAS


def write(folder: Path, table: str, rows: Sequence[Sequence[object]], zh: bool = False) -> None:
    """One register as CSV; row 2 is the first of ``rows``."""
    columns = SCHEMAS[table]
    with open(folder / f"{table}.csv", "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([c.header if zh else c.name for c in columns])
        writer.writerows(rows)
