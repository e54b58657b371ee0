"""What is wrong with a register of households: file, rows and rule, never an id or a name.

Each rule is written once, on frames, and runs on both engines. A fault names the first rows and how many
there are; its value stays empty, since a shifted column may hold a name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import narwhals as nw

from xushi_stats.faults import DataFaults, Fault, Severity
from xushi_stats.registers.frames import Frame, Register
from xushi_stats.registers.households.counts import BREAK, NEW_CLASSES
from xushi_stats.registers.private import IDS, NAMES, misspelt
from xushi_stats.registers.schema import SCHEMAS, STATUSES

TABLES = ("households", "persons", "statuses", "incomes", "items", "measures", "visits")
"""The tables of the register of households; only the first must be there."""
KEYS = {
    "households": ("household",),
    "statuses": ("household", "date", "status"),
    "incomes": ("household", "year"),
    "items": ("household", "date", "item", "met"),
}
"""What may stand in one row only."""
SAID_ONCE = frozenset({"statuses", "items"})
"""Of these, rows that are equal but for the last part of the key contradict each other."""
SHOWN = 10
"""Rows that a message names."""


def validate(register: Register) -> list[Fault]:
    """Everything wrong with a register, in the order of its tables.

    Returns:
        Faults; errors must be mended before a figure is taken from the register, warnings looked at.

    >>> from pathlib import Path
    >>> [fault.text("en") for fault in validate(Register(Path("nowhere")))]
    ['[error] households.csv: the file is missing. Mend: put it there, or check --data and --town']
    """
    faults: list[Fault] = []
    for table in TABLES:
        if not register.has(table) and table != "households":
            continue
        try:
            faults.extend(_table_faults(register, table))
        except DataFaults as unread:
            faults.extend(_uneven(register, table) or unread.faults)
    return faults


def _uneven(register: Register, table: str) -> list[Fault]:
    """Why a CSV file could not be read, if its rows are uneven."""
    try:
        rows = register.uneven_rows(table)
    except (DataFaults, UnicodeError, OSError):
        return []
    if not rows:
        return []
    return [_fault("register_uneven", register.file(table), "", rows[:SHOWN], len(rows))]


def _table_faults(register: Register, table: str) -> Iterator[Fault]:
    yield from _cell_faults(register, table)
    yield from _near_names(register, table)
    if table == "incomes":
        below = _readable(register, table, ("income",)).filter(nw.col("income") < 0)
        yield from _faults(register, table, "income", "register_negative", below, "warning")
    if table in KEYS:
        yield from _twice(register, table)
    if table in SAID_ONCE:
        yield from _conflicts(register, table)
    if table == "households":
        yield from _out_of_order(register, table, "entered", "left")
        if register.has("statuses"):
            yield from _without_status(register)
        return
    yield from _strangers(register, table)
    if table == "persons":
        yield from _out_of_order(register, table, "start", "end")
        yield from _overlaps(register)
    if table == "statuses":
        yield from _odd_dates(register)


def _cell_faults(register: Register, table: str) -> Iterator[Fault]:
    """Blank cells that must be filled, and cells that cannot be read; one pass counts them all."""
    cells = register.cells(table)
    columns = [column for column in SCHEMAS[table] if column.name != "name"]
    flags = [f"{c.name}_blank" for c in columns if c.required] + [f"{c.name}_bad" for c in columns]
    ((*found,),) = register.rows(cells.select(nw.col(flag).sum() for flag in flags))
    for flag, n in zip(flags, found, strict=True):
        if n:
            name, _, kind = flag.rpartition("_")
            rows = cells.filter(nw.col(flag) == 1)
            code = "register_value" if kind == "bad" else "register_blank"
            code = "register_id_number" if kind == "bad" and name in IDS else code
            yield from _faults(register, table, name, code, rows, wanted=_wanted(table, name))


def _near_names(register: Register, table: str) -> Iterator[Fault]:
    """Rows with a name that nearly equals a much more frequent one of its column."""
    for column in (c.name for c in SCHEMAS[table] if c.name in NAMES and not c.choices):
        cells = register.cells(table)
        counts = dict(register.rows(cells.group_by(column).agg(nw.len().alias("n"))))
        rare = misspelt({str(name): n for name, n in counts.items() if name})
        if rare:
            rows = cells.filter(nw.col(column).is_in(rare))
            yield from _faults(register, table, column, "register_near", rows, "warning")


def _wanted(table: str, name: str) -> str:
    choices = next(column.choices for column in SCHEMAS[table] if column.name == name)
    return "、".join(choices) or {"year": "2020", "income": "4523.29"}.get(name, "2020-03-16")


def _twice(register: Register, table: str) -> Iterator[Fault]:
    """Rows whose key stood in an earlier row."""
    key = KEYS[table]
    cells = _readable(register, table, key)
    first = cells.group_by(*key).agg(nw.col("record").min().alias("first"), nw.len().alias("n"))
    again = cells.join(first.filter(nw.col("n") > 1), on=list(key), how="inner")
    again = again.filter(nw.col("record") > nw.col("first"))
    yield from _faults(register, table, key[0], "register_twice", again)


def _conflicts(register: Register, table: str) -> Iterator[Fault]:
    """Rows that say another thing of the same day."""
    *key, said = KEYS[table]
    cells = _readable(register, table, KEYS[table])
    range_ = cells.group_by(*key).agg(
        nw.col(said).min().alias("low"), nw.col(said).max().alias("high")
    )
    unequal = range_.filter(nw.col("low") != nw.col("high"))
    yield from _faults(
        register, table, said, "register_conflict", cells.join(unequal, on=key, how="semi")
    )


def _strangers(register: Register, table: str) -> Iterator[Fault]:
    known = _readable(register, "households", ("household",)).select("household").unique()
    rows = _readable(register, table, ("household",)).join(known, on="household", how="anti")
    yield from _faults(register, table, "household", "register_stranger", rows)


def _out_of_order(register: Register, table: str, begin: str, end: str) -> Iterator[Fault]:
    rows = _readable(register, table, (begin,)).filter(nw.col(end) < nw.col(begin))
    yield from _faults(register, table, end, "register_ends", rows)


def _overlaps(register: Register) -> Iterator[Fault]:
    """Rows of a person that begin before the row before them has ended."""
    cells = _readable(register, "persons", ("person", "start"))
    previous = nw.col("end").shift(1).over("person", order_by=["start", "record"])
    rows = cells.with_columns(previous=previous).filter(nw.col("previous") > nw.col("start"))
    yield from _faults(register, "persons", "start", "register_two_places", rows)


def _without_status(register: Register) -> Iterator[Fault]:
    stated = _readable(register, "statuses", ("household",)).select("household").unique()
    rows = _readable(register, "households", ("household",))
    rows = rows.join(stated, on="household", how="anti")
    yield from _faults(register, "households", "household", "register_no_status", rows, "warning")


def _odd_dates(register: Register) -> Iterator[Fault]:
    """Statuses before the household's entry, after its exit, or of a class that was not yet."""
    cells = _readable(register, "statuses", ("household", "date"))
    stays = (
        _readable(register, "households", ("household", "entered"))
        .group_by("household")
        .agg(nw.col("entered").min(), nw.col("left").max())
    )
    dated = cells.join(stays, on="household", how="inner")
    new = [i for i, status in enumerate(STATUSES, start=1) if status in NEW_CLASSES]
    early = cells.filter(nw.col("status").is_in(new), nw.col("date") < BREAK.toordinal())
    for code, rows in (
        ("register_before_entry", dated.filter(nw.col("date") < nw.col("entered"))),
        ("register_after_exit", dated.filter(nw.col("date") > nw.col("left"))),
        ("register_class_early", early),
    ):
        yield from _faults(register, "statuses", "date", code, rows, "warning")


def _readable(register: Register, table: str, columns: Sequence[str]) -> Frame:
    """Rows of which these cells are filled and can be read; what is not is said once, elsewhere."""
    flags = [nw.col(f"{column}_{kind}") for column in columns for kind in ("blank", "bad")]
    return register.cells(table).filter(*(flag == 0 for flag in flags))


def _faults(
    register: Register,
    table: str,
    column: str,
    code: str,
    rows: Frame,
    severity: Severity = "error",
    **details: str,
) -> Iterator[Fault]:
    """One fault for all rows of a rule, if there are any."""
    ((n,),) = register.rows(rows.select(nw.len()))
    if not n:
        return
    first = register.rows(rows.select("record").sort("record").head(SHOWN))
    numbers = register.row_numbers(table, [record for (record,) in first])
    details["header"] = register.header(table, column)
    yield _fault(code, register.file(table), column, numbers, n, severity, **details)


def _fault(
    code: str,
    file: str,
    column: str,
    numbers: Sequence[int],
    n: int,
    severity: Severity = "error",
    **details: str,
) -> Fault:
    shown = ", ".join(map(str, numbers))
    more = n > len(numbers)
    details |= {
        "rows_zh": f"第{shown.replace(', ', '、')}行{f'等共{n}行' if more else ''}",
        "rows_en": f"{'rows' if n > 1 else 'row'} {shown}{f' and more, {n} in all' if more else ''}",
    }
    return Fault(code, file, numbers[0], column, severity=severity, details=details)
