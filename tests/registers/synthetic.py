"""Reading synthetic registers back, with rules of the tests' own."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path

from xushi_stats.faults import Fault
from xushi_stats.registers.schema import SCHEMAS
from xushi_stats.tables import Row, read_table

POOR = ("未脱贫", "返贫")
WATCHED = ("脱贫不稳定户", "边缘易致贫户", "突发严重困难户")
Tables = Mapping[str, list[Row]]
Wrong = Iterator[tuple[str, int, str]]
"""Table, row as Excel counts it, column."""

DATES = ("date", "start", "end", "entered", "left", "closed")
FORMS = {
    **dict.fromkeys(DATES, r"\d{4}-\d\d-\d\d"),
    "month": r"\d{4}-(0[1-9]|1[0-2])",
    "year": r"\d{4}",
    "points": r"-?[1-9][0-9]*",
    "score": r"(1?[0-9]|20)(\.[1-9])?",
    "income": r"[0-9]+\.[0-9]{2}",
    **dict.fromkeys(("vehicles_checked", "vehicles_returned"), "[0-9]+"),
    **dict.fromkeys(("persons_checked", "persons_returned"), "[0-9]+"),
    **dict.fromkeys(("person", "household", "entry", "entered_by"), r"SYN-[A-Z]+-[A-Z]\d+"),
}
KEYS = {
    "households": ("household",),
    "persons": ("person", "household"),
    "statuses": ("household", "date"),
    "incomes": ("household", "year"),
    "items": ("household", "date", "item"),
    "measures": ("household", "date", "measure"),
    "visits": ("household", "date"),
    "staff": ("person", "start"),
    "assessment": ("entry",),
    "inspection": ("month", "village", "item"),
    "checkpoints": ("date", "checkpoint"),
    "arrivals": ("person",),
}
OF_HOUSEHOLDS = ("persons", "statuses", "incomes", "items", "measures", "visits")


def tables(town: Path, faults: list[Fault] | None = None) -> Tables:
    """All registers of a town; a fault fails the test unless it is asked for."""
    found: list[Fault] = [] if faults is None else faults
    read = {
        table: read_table(town / "registers" / f"{table}.csv", f"{table}.csv", columns, found)
        for table, columns in SCHEMAS.items()
    }
    assert faults is not None or found == []
    return read


def hashes(folder: Path) -> dict[str, str]:
    """Each file's SHA-256."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def day(text: str) -> date:
    """A date; only the one form that is written."""
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", text)
    return date.fromisoformat(text)


def within(row: Row, when: date, start: str = "entered", end: str = "left") -> bool:
    """Whether a day lies in the time of a row; the last day is not in it."""
    return day(row[start]) <= when and (not row[end] or when < day(row[end]))


def grouped(rows: list[Row], column: str) -> dict[str, list[Row]]:
    """The rows by what they have in a column."""
    groups = defaultdict(list)
    for row in rows:
        groups[row[column]].append(row)
    return groups


def states(town: Tables) -> Callable[[str, str], str]:
    """The state of a household at the end of a day."""
    of = grouped(town["statuses"], "household")
    return lambda household, when: [r["status"] for r in of[household] if r["date"] <= when][-1]


def wrong(town: Tables) -> Wrong:
    """Every cell that holds what it must not."""
    yield from _wrong_forms(town)
    yield from _unresolved(town)
    yield from _doubled(town)
    for row in town["checkpoints"]:
        for kind in ("vehicles", "persons"):
            counts = [row[f"{kind}_{what}"] for what in ("returned", "checked")]
            if all(re.fullmatch(r"[0-9]+", c) for c in counts) and int(counts[0]) > int(counts[1]):
                yield "checkpoints", row.number, f"{kind}_returned"


def _wrong_forms(town: Tables) -> Wrong:
    for table, rows in town.items():
        for row in rows:
            for column in SCHEMAS[table]:
                value = row[column.name]
                if not value and not column.required:
                    continue
                fits = re.fullmatch(FORMS.get(column.name, ".+"), value, re.ASCII) is not None
                fits = fits and (not column.choices or value in column.choices)
                if not fits or (column.name in DATES and not _is_day(value)):
                    yield table, row.number, column.name


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _unresolved(town: Tables) -> Wrong:
    """Foreign keys that lead nowhere."""
    households = {row["household"] for row in town["households"]}
    staff = {row["person"] for row in town["staff"]}
    villages = {row["unit"] for row in town["staff"] if row["instrument"] == "村级"}
    keys = [("households", "village", villages)]
    keys += [(table, "village", villages) for table in ("inspection", "accountability", "arrivals")]
    keys += [("assessment", column, staff) for column in ("person", "entered_by")]
    keys += [("visits", "visited_by", staff | {""})]
    keys += [(table, "household", households) for table in OF_HOUSEHOLDS]
    for table, column, known in keys:
        for row in town[table]:
            if row[column] not in known:
                yield table, row.number, column


def _doubled(town: Tables) -> Wrong:
    for table, key in KEYS.items():
        seen = set()
        for row in town[table]:
            values = tuple(row[column] for column in key)
            if values in seen:
                yield table, row.number, key[0]
            seen.add(values)
