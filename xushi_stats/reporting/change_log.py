"""The change log of a town (修改记录): what was changed, why, on what basis, by whose leave.

``data/<town>/changes.csv`` is written by ``xushi-stats record``, never by hand. Rows are only added; each
carries the hash of the one before and its own, so that a row altered, removed or moved is found.

Limitations: rows cut off at the end, or a log written anew as a whole, cannot be found from the file
alone: the last hash, which ``check`` prints, has to be on file elsewhere.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from xushi_stats.faults import DataFaults, Fault, Lang
from xushi_stats.tables import Row, read_columns, read_table, write_whole

FILE = "changes.csv"
KINDS = ("更正", "修订")
"""An error corrected; a final figure in the place of a provisional one."""

COLUMNS = read_columns("xushi_stats.reporting", "changes")
START = "0" * 64
"""What the first row carries as the hash of the one before."""


@dataclass(frozen=True)
class Grounds:
    """What a person answers for: who, when, why, on what basis, by whose leave."""

    date: str
    by: str
    reason: str
    basis: str
    approver: str


def read(path: Path) -> list[Row]:
    """The rows of a change log whose chain is whole; none where there is no file.

    Raises:
        DataFaults: the file is no change log, or its chain is broken; each fault names its row.
    """
    if not path.is_file():
        return []
    faults: list[Fault] = []
    rows = read_table(path, f"{path.parent.name}/{path.name}", COLUMNS, faults)
    faults += _breaks(rows)
    if faults:
        raise DataFaults(faults)
    return rows


def _breaks(rows: Sequence[Row]) -> Iterator[Fault]:
    """The rows that were altered, and those before which something was removed, added or moved."""
    previous = START
    for row in rows:
        if row["previous"] != previous:
            yield row.fault("chain_before", "previous")
        if row["hash"] != digest(row.cells):
            yield row.fault("chain_row", "hash")
        previous = row["hash"]


def digest(cells: Mapping[str, str]) -> str:
    """SHA-256 over a row's cells but its own hash."""
    text = "\x1f".join(cells[column.name] for column in COLUMNS if column.name != "hash")
    return hashlib.sha256(text.encode()).hexdigest()


def append(
    path: Path, found: Iterable[Mapping[str, str]], grounds: Grounds
) -> list[dict[str, str]]:
    """Add rows to a change log, in one go.

    Args:
        path: the log; made where there is none.
        found: ``figure``, ``name``, ``item``, ``before``, ``after`` and ``kind`` of each change.
        grounds: what holds for all of them.

    Returns:
        The rows as written.

    Raises:
        DataFaults: the chain is broken; nothing is then written.
    """
    rows = [row.cells for row in read(path)]
    previous = rows[-1]["hash"] if rows else START
    added: list[dict[str, str]] = []
    for change in found:
        cells = {**change, **vars(grounds), "previous": previous}
        row = {c.name: " ".join(cells[c.name].split()) for c in COLUMNS if c.name != "hash"}
        previous = row["hash"] = digest(row)
        added.append(row)
    if added:
        _write(path, [*rows, *added])
    return added


def _write(path: Path, rows: Iterable[Mapping[str, str]]) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(column.header for column in COLUMNS)
    writer.writerows([row[column.name] for column in COLUMNS] for row in rows)
    write_whole(path, b"\xef\xbb\xbf" + text.getvalue().encode())


def chain(rows: Iterable[Row], figure: str, item: str, before: str, after: str) -> list[Row]:
    """The rows that lead one item of one figure from a state to another; [] where none end there.

    A figure corrected twice since the last edition has two rows.
    """
    own = [row for row in rows if (row["figure"], row["item"]) == (figure, item)]
    ends = [n for n, row in enumerate(own) if same(row["after"], after)]
    if not ends:
        return []
    last = ends[-1]
    starts = [n for n, row in enumerate(own[: last + 1]) if same(row["before"], before)]
    return own[starts[-1] if starts else last : last + 1]


def same(one: str, other: str) -> bool:
    """Whether two states are one: the log holds every cell on a single line."""
    return one.split() == other.split()


def accepted(rows: Iterable[Row], figure: str, item: str) -> str | None:
    """The last state of an item that the log knows; None where it knows nothing of it."""
    found = [row["after"] for row in rows if (row["figure"], row["item"]) == (figure, item)]
    return found[-1] if found else None


_TOLD: Mapping[Lang, tuple[str, str]] = {
    "zh": ("修改记录 {} 条，校验链完整；末行校验值 {}", "无修改记录。"),
    "en": (
        "The change log has {} rows, its chain is whole; last hash {}",
        "There is no change log.",
    ),
}


def told(log: Sequence[Row], lang: Lang) -> str:
    """What is on file in a change log whose chain is whole."""
    rows, none = _TOLD[lang]
    return rows.format(len(log), log[-1]["hash"][:12]) if log else none
