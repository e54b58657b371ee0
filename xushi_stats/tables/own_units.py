"""A project's own units of measure: ``units.csv`` in the data folder, or in that of a town."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from xushi_stats.faults import Fault
from xushi_stats.tables.columns import Row, read_columns
from xushi_stats.tables.table import own_first, read_table
from xushi_stats.units.names import UnitName, add_units, spellings, unit_name, unit_size

UNIT_COLUMNS = read_columns("xushi_stats", "units")


def add(data: Path, town: str, faults: list[Fault]) -> None:
    """Make the units known in place of those of a project read before; faults go to ``faults``."""
    add_units(())
    place = own_first(data, town, "units.csv")
    add_units(list(_units(read_table(*place, UNIT_COLUMNS, faults, optional=True), faults)))


def _units(rows: list[Row], faults: list[Fault]) -> Iterator[UnitName]:
    """A project's own units: words that count, or so much of a unit there is."""
    seen: dict[str, Row] = {}
    for row in rows:
        faulty = len(faults)
        text, size = row["unit"], unit_size(row["size"])
        ways = tuple(filter(None, map(str.strip, re.split("[;；]", row["spelled"]))))
        for way in filter(None, (text, *ways)):
            column = "unit" if way == text else "spelled"
            known = unit_name(way)
            if way in spellings() or (known and not known.own):
                faults.append(row.fault("unit_listed", column))
            elif way in seen:
                faults.append(row.fault("id_twice", column, first=seen[way].seen_from(row)))
            elif not re.fullmatch(r"[^\W\d_]+", way):
                faults.append(row.fault("unit_letters", column))
            seen.setdefault(way, row)
        if row["size"] and size is None:
            faults.append(row.fault("unit_size", "size"))
        of = unit_name(size[1]) if size else None
        many = row["many"] or row["one"]
        kind = of.kind if of else "counting"
        if len(faults) == faulty:  # what is wrong must not be known to what is read later
            yield UnitName(text, kind, row["size"], row["one"] or many, many, ways, text, own=True)
