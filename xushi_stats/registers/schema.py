"""The registers' tables: which files a town keeps outside the repository, and what their columns hold.

A register lies in ``data/<town>/registers/`` as CSV or Parquet. Ids are texts without meaning; ``name``
is the one column with a person's name, and no statistic reads it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xushi_stats.tables import Column, choices_of, read_columns
from xushi_stats.words import read_rows

SCHEMAS: Mapping[str, Sequence[Column]] = {
    table: read_columns("xushi_stats.registers", table)
    for table in dict.fromkeys(
        row["table"] for row in read_rows("xushi_stats.registers", "columns.csv")
    )
}
"""Table → its columns; the file is ``<table>.csv`` or ``<table>.parquet``."""
INSTRUMENTS = choices_of(SCHEMAS["staff"], "instrument")
"""Whom the assessment covers: town staff, village cadres."""
LEVELS = choices_of(SCHEMAS["accountability"], "level")
"""Whose inspection brought accountability."""
STATUSES = choices_of(SCHEMAS["statuses"], "status")
"""State of a household at a date; the first three before 2021, the monitored classes after it."""
ABSENT = "不在册"
"""Not in the register at the date: not yet entered, or gone."""
NO_STATUS = "状态未登记"
"""In the register without any status on or before the date."""
ITEMS = choices_of(SCHEMAS["items"], "item")
"""两不愁 (the first two), 三保障 (the next three), and drinking water."""
FOLLOW_UPS = choices_of(SCHEMAS["arrivals"], "state")
