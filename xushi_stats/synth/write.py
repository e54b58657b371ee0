"""From plan to files: each town's registers, streamed, marked synthetic, put in place whole."""

from __future__ import annotations

import csv
import glob
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

import xushi_stats
from xushi_stats.faults import DataFaults, Fault
from xushi_stats.registers.schema import SCHEMAS
from xushi_stats.registers.synthetic_mark import MARK, REGISTERS, is_marked, is_marked_within
from xushi_stats.synth import dirty, families, offices, places, poverty
from xushi_stats.synth.plan import Plan, Town

NOTICE = "SYNTHETIC.txt"
NOTICE_TEXT = """合成数据。本文件夹中的人员、户、村和全部数值均由程序按种子生成，
不涉及任何真实的人、户、村，不得作为统计资料使用。

Synthetic data. A program invented the persons, households, villages and all values
in this folder from a seed. They stand for no real person, household or village
and must not be used as statistics.
"""
_BUFFER = 1 << 20

Rows = Iterable[Sequence[str]]


def write(plan: Plan, out: Path) -> list[Path]:
    """Make the towns of a plan: ``out/<town>/registers/<table>``, with a mark beside them.

    A town that was made there before is replaced. The bytes of CSV files depend on the plan alone;
    those of Parquet files also on the version of DuckDB.

    Args:
        plan: what is to be made.
        out: a folder that is empty, or holds only what this function made.

    Returns:
        The towns' folders.

    Raises:
        DataFaults: the folder holds something that is not marked synthetic, or cannot be written to.
    """
    faults = foreign(out)
    if faults:
        raise DataFaults(faults)
    return [_town(town, out) for town in plan.all_towns()]


def write_into(plan: Plan, data: Path, ref_area: str) -> Path:
    """Make one town's registers for a town of a project: ``data/<town>/registers``, marks within.

    Nothing else of the town's folder is touched; registers made there before are replaced.

    Args:
        plan: what is to be made; its first town.
        data: the project's data folder.
        ref_area: the town's folder name.

    Returns:
        The folder of registers.

    Raises:
        DataFaults: there is no such town, it has registers that are not marked synthetic, or the
            folder cannot be written to.
    """
    folder = data / ref_area
    if not re.fullmatch(r"[\w-]+", ref_area) or not (folder / "town.toml").is_file():
        raise DataFaults([Fault("file_missing", f"{ref_area}/town.toml")])
    place, new, old = (folder / name for name in (REGISTERS, ".synth-new", ".synth-old"))
    if place.exists() and not is_marked_within(place):
        raise DataFaults([Fault("not_synthetic", place.as_posix())])
    try:
        for left in (new, old):
            shutil.rmtree(left, ignore_errors=True)
        (new / REGISTERS).mkdir(parents=True)
        _fill(next(plan.all_towns()), new)
        for mark_file in [path for path in new.iterdir() if path.is_file()]:
            os.replace(mark_file, new / REGISTERS / mark_file.name)
        if place.exists():
            os.replace(place, old)
        os.replace(new / REGISTERS, place)
        for left in (new, old):
            shutil.rmtree(left, ignore_errors=True)
    except OSError as error:
        raise DataFaults([Fault("locked", place.as_posix())]) from error
    return place


def foreign(out: Path) -> list[Fault]:
    """What lies in a folder and was not made here: nothing there may be lost or mixed in.

    Args:
        out: the folder to be written to; it need not exist.
    """
    if out.exists() and not out.is_dir():
        return [Fault("not_synthetic", out.as_posix())]
    inside = sorted(out.iterdir()) if out.exists() else []
    return [Fault("not_synthetic", path.as_posix()) for path in inside if not _is_ours(path)]


def _is_ours(path: Path) -> bool:
    """Whether a folder is a town of this program with nothing in it besides, or one left half made."""
    if path.is_dir() and path.name.startswith(".synth-"):
        return True
    tables = {f"{REGISTERS}/{table}.{kind}" for table in SCHEMAS for kind in ("csv", "parquet")}
    known = tables | {MARK, dirty.FILE, REGISTERS, f"{REGISTERS}/{NOTICE}"}
    found = {inside.relative_to(path).as_posix() for inside in path.rglob("*")}
    return is_marked(path) and found <= known


def _town(town: Town, out: Path) -> Path:
    """Build a town beside its place, then put it there."""
    new, old, place = out / f".{town.id}.new", out / f".{town.id}.old", out / town.id
    try:
        for left in (new, old):
            shutil.rmtree(left, ignore_errors=True)
        (new / REGISTERS).mkdir(parents=True)
        _fill(town, new)
        if place.exists():
            os.replace(place, old)
        os.replace(new, place)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise DataFaults([Fault("locked", place.as_posix())]) from error
    return place


def _fill(town: Town, folder: Path) -> None:
    """Write everything of a town."""
    registers, kind = folder / REGISTERS, town.plan.format
    spoiler = dirty.Spoiler(town, kind)
    _write_tables(registers, spoiler, _of_households(town))
    _write_tables(registers, spoiler, _of_town(town))
    if kind == "parquet":
        _to_parquet(registers, mark(town))
    (registers / NOTICE).write_text(NOTICE_TEXT, encoding="utf-8", newline="\n")
    (folder / MARK).write_text(_toml(mark(town)), encoding="utf-8", newline="\n")
    if town.plan.dirty:
        with _opened(folder / dirty.FILE) as file:
            _writer(file).writerows([dirty.HEADER, *spoiler.listing()])


def mark(town: Town) -> dict[str, str | int | bool]:
    """What is said of a town's registers: that they are synthetic, and how to make them again.

    Args:
        town: the town; how many towns were made is left out, since nothing in it depends on that.
    """
    plan = town.plan
    return {
        "synthetic": True,
        "version": xushi_stats.__version__,
        "town": town.id,
        "seed": plan.seed,
        "households": plan.households,
        "years": plan.years,
        "first_year": plan.first_year,
        "format": plan.format,
        "dirty": plan.dirty,
    }


def _toml(values: Mapping[str, str | int | bool]) -> str:
    """The mark as TOML; a JSON value of printable characters is a TOML value."""
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
    return "\n".join(["# 合成数据 / synthetic data", *lines, ""])


def _of_households(town: Town) -> Iterator[tuple[str, Rows]]:
    """The tables about households, one household after the other."""
    visitors = offices.lasting(town, offices.staff(town))
    for index, household in families.households(town):
        told = poverty.story(town.dice("story", index), household, town.plan.last_day)
        dice = town.dice("events", index)
        yield "households", families.household_rows(household)
        yield "persons", families.person_rows(household)
        yield "statuses", poverty.statuses(told)
        yield "incomes", poverty.incomes(told, town.plan, dice)
        yield "items", poverty.items(told, town.plan, dice)
        yield "measures", poverty.measures(told, town.plan, dice)
        yield "visits", poverty.visits(told, town.plan, visitors, dice)


def _of_town(town: Town) -> Iterator[tuple[str, Rows]]:
    """The other tables."""
    terms = offices.staff(town)
    yield "staff", (term.row() for term in terms)
    yield "assessment", offices.assessment(town, terms)
    yield "inspection", places.inspection(town)
    yield "accountability", places.accountability(town)
    yield "checkpoints", places.checkpoints(town)
    yield "arrivals", places.arrivals(town)


def _write_tables(folder: Path, spoiler: dirty.Spoiler, parts: Iterable[tuple[str, Rows]]) -> None:
    """Write rows as they come, each to its table's file; no table is ever whole in memory."""
    with ExitStack() as stack:
        writers: dict[str, Any] = {}
        for table, rows in parts:
            if table not in writers:
                file = stack.enter_context(_opened(folder / f"{table}.csv"))
                writers[table] = _writer(file)
                writers[table].writerow([column.name for column in SCHEMAS[table]])
            writers[table].writerows(spoiler.pass_on(table, rows))


def _opened(path: Path) -> IO[str]:
    return path.open("w", encoding="utf-8-sig", newline="", buffering=_BUFFER)


def _writer(file: IO[str]) -> Any:
    return csv.writer(file, lineterminator="\n")


def _to_parquet(folder: Path, said: Mapping[str, str | int | bool]) -> None:
    """Turn the CSV files into Parquet, with the mark in each file's metadata.

    Cells stay texts, as they were typed, so that a bad date can be there as well; blank ones are NULL.
    """
    import duckdb

    texts = {key: v if isinstance(v, str) else json.dumps(v) for key, v in said.items()}
    pairs = ", ".join(f"{key}: {_quoted(text)}" for key, text in texts.items())
    with duckdb.connect(config={"threads": 1}) as connection:  # one thread: the same bytes again
        for source in sorted(folder.glob("*.csv")):
            target = source.with_suffix(".parquet")
            connection.execute(
                f"COPY (FROM read_csv({_quoted(glob.escape(source.as_posix()))}, "
                f"all_varchar = true, header = true)) TO {_quoted(target.as_posix())} "
                f"(FORMAT parquet, COMPRESSION zstd, KV_METADATA {{{pairs}}})"
            )
            source.unlink()


def _quoted(text: str) -> str:
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"
