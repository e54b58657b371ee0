"""Rows about people stay out of the repository."""

from __future__ import annotations

import csv
import io
import subprocess
from pathlib import Path

import pytest

from xushi_stats.registers.schema import SCHEMAS
from xushi_stats.synth import Plan, write

ROOT = Path(__file__).resolve().parents[2]
CODE = ("xushi_stats/registers/", "tests/registers/")
"""The two folders of this name that hold programs and no rows."""
KINDS = ("csv", "parquet", "xlsx")
NAMES = {"姓名", "名字", "户主", "户主姓名", "name", "full_name", "person_name"}
"""Headers under which a person's name could stand."""


def ignored(paths: list[str]) -> list[str]:
    """The paths that git passes over."""
    command = ["git", "check-ignore", "--no-index", "--stdin", "-z"]
    run = subprocess.run(command, cwd=ROOT, input="\0".join(paths).encode(), capture_output=True)
    return [path for path in run.stdout.decode().split("\0") if path]


def rows_of_registers(files: list[str]) -> list[str]:
    """Files in a folder of registers that holds no programs, and tables with a register's name."""
    tables = {f"{table}.{kind}" for table in SCHEMAS for kind in KINDS}
    return [
        file
        for file in files
        if ("registers" in Path(file).parts[:-1] and not file.startswith(CODE))
        or (file.startswith(("data/", "xushi_stats/")) and Path(file).name in tables)
        or file.endswith(".parquet")
    ]


def names_in(content: bytes) -> list[str]:
    """The headers of a CSV file under which names stand; an empty column is no harm."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        return []  # a broken file of the corpus, which nothing reads
    rows = csv.DictReader(io.StringIO(text, newline=""))
    found = {
        h
        for row in rows
        for h in NAMES
        if any(_is(h, k) and _is_of_someone(v) for k, v in row.items())
    }
    return sorted(found)


def _is_of_someone(value: object) -> bool:
    """Whether it could be a person's; the hand-made register says that its persons are invented."""
    return bool(value) and not str(value).startswith("（虚构）")


def _is(header: str, written: object) -> bool:
    return isinstance(written, str) and written.strip().lower() == header


@pytest.mark.judge("checkout")
def test_git_passes_over_registers_in_any_town_and_not_over_the_code() -> None:
    towns = ("data/xushi", "data/许市镇", "synthetic/synth-a", "outputs/synthetic/synth-a")
    files = [f"{town}/registers/{t}.{k}" for town in towns for t in SCHEMAS for k in KINDS]
    assert ignored(files) == files
    assert ignored([f"{folder}schema.py" for folder in CODE]) == []


@pytest.mark.judge("checkout")
def test_no_register_is_in_the_repository(tracked: list[Path]) -> None:
    files = [path.relative_to(ROOT).as_posix() for path in tracked]
    assert f"{CODE[0]}schema.py" in files
    assert rows_of_registers(files) == []


@pytest.mark.judge("checkout")
def test_no_table_in_the_repository_has_a_column_of_names(tracked: list[Path]) -> None:
    tables = [path for path in tracked if path.suffix == ".csv"]
    assert len(tables) > 10
    named = {path.relative_to(ROOT).as_posix(): names_in(path.read_bytes()) for path in tables}
    assert {file: headers for file, headers in named.items() if headers} == {}


def test_a_register_that_was_added_by_force_would_be_found(tmp_path: Path) -> None:
    write(Plan(households=5, years=1), tmp_path)
    files = sorted(path for path in tmp_path.rglob("*") if path.suffix == ".csv")
    inside = [f"data/{path.relative_to(tmp_path).as_posix()}" for path in files]
    assert len(inside) == len(SCHEMAS)
    assert rows_of_registers(inside) == inside
    assert rows_of_registers(["xushi_stats/registers/persons.csv", "data/a/persons.csv"])
    assert {path.stem for path in files if names_in(path.read_bytes())} == {"persons", "staff"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("header", ["姓名", " Name ", "户主"])
def test_names_are_found_in_any_encoding_and_an_empty_column_is_none(
    header: str, encoding: str
) -> None:
    assert names_in(f"村,{header}\n合成村,合成甲\n".encode(encoding)) == [header.strip().lower()]
    assert names_in(f"村,{header}\n合成村,\n".encode(encoding)) == []
    assert names_in(f"村,name_zh\n合成村,{header}\n".encode(encoding)) == []
