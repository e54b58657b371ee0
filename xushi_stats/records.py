"""The tables of a town that are no figures: targets, milestones, honours, rules, what is set aside."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from xushi_stats.faults import Fault
from xushi_stats.tables import Column, Row, choices_of, near, read_columns, read_table

_TABLES = ("targets", "milestones", "honours", "difficulties", "rules", "exclusions", "quotes")
RECORD_COLUMNS: Mapping[str, Sequence[Column]] = {
    table: read_columns("xushi_stats", table) for table in _TABLES
}
"""Table name → its columns; the file is ``<name>.csv`` in the town's folder."""
AREAS = choices_of(RECORD_COLUMNS["targets"], "area")
TARGET_KINDS = choices_of(RECORD_COLUMNS["targets"], "kind")
STATES = choices_of(RECORD_COLUMNS["milestones"], "status")
"""States of a project, from the first to the last."""


def load(
    folder: Path,
    indicators: Mapping[str, object],
    sources: Mapping[str, object],
    faults: list[Fault],
    stated: list[Fault],
) -> dict[str, tuple[Row, ...]]:
    """Read all record tables of a town; one that the town does not have is empty.

    Args:
        folder: the town's.
        indicators: those of the catalogue.
        sources: those on file.
        faults: receives what is wrong with tables that other texts rest on: phrases and targets.
        stated: receives what is wrong with the others.
    """
    found = {}
    for name in RECORD_COLUMNS:
        told = faults if name in ("quotes", "targets") else stated
        own = rows(folder, name, told)
        for row in own:
            told.extend(_wrong(row, indicators, sources))
        told.extend(_twice(own))
        found[name] = tuple(own)
    return found


def rows(folder: Path, name: str, faults: list[Fault]) -> list[Row]:
    """The rows of a record table as they stand, those of a template that are still open left out."""
    path, file = folder / f"{name}.csv", f"{folder.name}/{name}.csv"
    columns = RECORD_COLUMNS[name]
    found = read_table(path, file, columns, faults, optional=True, is_open=_is_open)
    return [row for row in found if not _is_open(row)]


def _is_open(row: Row) -> bool:
    """Whether it is a template's row still to be filled: a project's state, the number of a target."""
    if not row.sheet:
        return False
    if "status" in row.cells and "verb" in row.cells:
        return not (row["status"] or "status" in row.unread)
    asks = "value" in row.letters and bool(row.cells.get("figure"))
    return asks and not (row["value"] or "value" in row.unread)


def stated(targets: Sequence[Row]) -> Iterator[Row]:
    """The numbers that stand in the rows of targets themselves, as rows of ``observations.csv``.

    Args:
        targets: rows of ``targets.csv``; the number of a target may stand there, in the column ``value``,
            or as a statement of its ``figure`` among the observations.
    """
    for row in targets:
        if row["value"] and row["figure"]:
            due = row["due"] or (str(int(row["release"]) + 1) if row["release"].isdecimal() else "")
            cells = {"indicator": row["figure"], "time_period": due, "read_as": "", **_MEANT}
            kept = {name: row[name] for name in ("release", "value", "unit", "source", "start")}
            yield replace(row, cells={**cells, **kept})


_MEANT = {"status": "初步数", "grade": "乙", "note": "", "last": "", "aim": "", "use": ""}
"""What a number that stands in a row of targets is as a statement: a return's, not final."""


def _wrong(
    row: Row, indicators: Mapping[str, object], sources: Mapping[str, object]
) -> Iterator[Fault]:
    if row["start"] and not (row.own or row["start"].isdecimal()):
        yield row.fault("start", "start")
    if row["source"] and row["source"] not in sources:
        yield row.fault("source_unknown", "source", near=near(row["source"], sources))
    if row.cells.get("actual") and not row["direction"]:
        yield row.fault("required", "direction")
    if "figure" in row.cells and row.cells.get("value") and not row["figure"]:
        yield row.fault("required", "figure")
    for column in ("figure", "baseline", "actual"):
        for name in row.cells.get(column, "").split():
            if name not in indicators:
                yield row.fault("indicator_unknown", column, near=near(name, indicators))
    for column in ("release", "period", "due"):
        year = row.cells.get(column, "")
        if year and not (year.isdecimal() and len(year) == 4):
            yield row.fault("release", column)


def _twice(rows: Sequence[Row]) -> Iterator[Fault]:
    """An id stands once in a report; in a table of years, once a year."""
    first: dict[tuple[str, ...], Row] = {}
    for row in rows:
        key = tuple(row.cells.get(column, "") for column in ("id", "release", "period"))
        if key[0] and key in first:
            yield row.fault("id_twice", "id", first=first[key].seen_from(row))
        first.setdefault(key, row)


def of_release(rows: Sequence[Row], release: int) -> list[Row]:
    """The rows that one report states; 2020's tasks in the report of 2019 are no results of 2020."""
    return [row for row in rows if row["release"] == str(release)]


def select(rows: Sequence[Row], where: Mapping[str, object]) -> list[Row]:
    """The rows whose cells are as asked: ``{"kind": "节点任务", "area": ["party", "poverty"]}``."""
    wanted = {c: v if isinstance(v, list) else [v] for c, v in where.items()}
    return [row for row in rows if all(row[c] in values for c, values in wanted.items())]


def by_project(milestones: Sequence[Row]) -> dict[str, dict[str, Row]]:
    """Milestones as project → year → row, projects in the order of their first row."""
    found: dict[str, dict[str, Row]] = {}
    for row in milestones:
        found.setdefault(row["id"], {})[row["period"]] = row
    return found


def count(milestones: Sequence[Row], query: str, year: int) -> int:
    """How many projects are in some state: ``本年=完成``, ``领域=projects 本年=启动 下年=*``.

    Args:
        milestones: the rows of ``milestones.csv``.
        query: conditions that all hold; ``*`` is any state, ``-`` is no row; 领域 is the area under
            which the project is listed in the year.
        year: what 本年 stands for.
    """
    conditions = [condition.partition("=") for condition in query.split()]
    areas = {area for key, _, area in conditions if key == "领域"}
    conditions = [condition for condition in conditions if condition[0] != "领域"]
    years = {"本年": str(year), "下年": str(year + 1)}
    return sum(
        all(_holds(project.get(years[when]), state) for when, _, state in conditions)
        for project in by_project(milestones).values()
        if not areas or (str(year) in project and project[str(year)]["area"] in areas)
    )


def _holds(row: Row | None, state: str) -> bool:
    if state == "-":
        return row is None
    return row is not None and state in ("*", row["status"])


def digest(rows: Sequence[Row]) -> str:
    """SHA-256 over the cells of a table: what a count was made from."""
    cells = "\n".join("\x1f".join(row.cells.values()) for row in rows)
    return hashlib.sha256(cells.encode()).hexdigest()
