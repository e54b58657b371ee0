"""Synthetic registers: the same bytes from the same seed, true to the schema, marked, put in place whole."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from registers.synthetic import DATES, hashes, tables, wrong

import xushi_stats
from xushi_stats.commands import main
from xushi_stats.faults import DataFaults, Fault
from xushi_stats.registers.schema import SCHEMAS
from xushi_stats.synth import Plan, families, write
from xushi_stats.synth.dice import Dice
from xushi_stats.synth.dirty import SPOILINGS

CASES = Path(__file__).resolve().parents[1] / "cases" / "synthetic.csv"
"""SHA-256 of each register of a town of 40 households, 2019 to 2021, seed 7."""

# -- the same bytes ----------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    write(Plan(towns=2, households=30, years=2, seed="七 seven", dirty=8), tmp_path / "a")
    write(Plan(towns=2, households=30, years=2, seed="七 seven", dirty=8), tmp_path / "b")
    write(Plan(towns=2, households=30, years=2, seed="8", dirty=8), tmp_path / "c")
    one, same, other = (hashes(tmp_path / name) for name in "abc")
    assert one == same
    assert one.keys() == other.keys()
    alike = {Path(file).name for file, value in one.items() if other[file] == value}
    assert alike == {"SYNTHETIC.txt"}


def test_the_bytes_are_those_of_every_other_machine(tmp_path: Path) -> None:
    """Written down once: what alters a byte, be it Python, the machine or the code, shows here."""
    write(Plan(households=40, years=3, first_year=2019, seed="7"), tmp_path)
    with CASES.open(encoding="utf-8-sig", newline="") as file:
        expected = {row["file"]: row["sha256"] for row in csv.DictReader(file)}
    found = hashes(tmp_path / "synth-a" / "registers")
    assert {name: value for name, value in found.items() if name.endswith(".csv")} == expected


def test_neither_hash_seed_nor_locale_nor_time_zone_changes_a_byte(tmp_path: Path) -> None:
    script = "import sys; from xushi_stats.commands.main import main; main(sys.argv[1:])"
    root = str(Path(xushi_stats.__file__).parents[1])
    for name, number, zone, locale in (
        ("a", "0", "UTC", "C"),
        ("b", "1", "Asia/Shanghai", "zh_CN.UTF-8"),
    ):
        environ = {"PYTHONHASHSEED": number, "TZ": zone, "LC_ALL": locale, "PYTHONPATH": root}
        arguments = ["synth", "--households", "30", "--years", "1", "--out", str(tmp_path / name)]
        command = [sys.executable, "-c", script, *arguments]
        subprocess.run(command, env=environ, check=True, capture_output=True)
    assert hashes(tmp_path / "a") == hashes(tmp_path / "b")


def test_a_town_is_the_same_however_many_there_are(tmp_path: Path) -> None:
    for towns in (1, 3):
        write(Plan(towns=towns, households=60, years=2), tmp_path / str(towns))
    alone, *towns_made = (
        hashes(tmp_path / name) for name in ("1/synth-a", "3/synth-a", "3/synth-b", "3/synth-c")
    )
    assert alone == towns_made[0]
    files = Counter(value for town in towns_made for value in town.values())
    assert [value for value, count in files.items() if count > 1] == [
        alone["registers/SYNTHETIC.txt"]
    ]


def test_dice_cover_their_range_evenly_and_only_that() -> None:
    dice = Dice("address")
    seen = Counter(dice.below(6) for _ in range(6000))
    assert set(seen) == set(range(6))
    assert 800 < min(seen.values()) <= max(seen.values()) < 1200
    assert {dice.between(3, 5) for _ in range(100)} == {3, 4, 5}
    assert {dice.weighted((3, 3, 10)) for _ in range(200)} == {0, 2}
    assert {dice.bell(2) for _ in range(100)} == {0, 1, 2}
    assert sorted(dice.shuffled(range(50))) == list(range(50)) != dice.shuffled(range(50))


def test_an_address_in_parts_is_not_the_address_in_one() -> None:
    ways = (("a", "bc"), ("ab", "c"), ("abc",), ("a", "b", "c"))
    assert len({Dice(*way).below(1 << 53) for way in ways}) == len(ways)


# -- the schema --------------------------------------------------------------------------------


@pytest.mark.parametrize("households", [1, 9, 11, 200])
@pytest.mark.parametrize(("first_year", "years"), [(2014, 1), (2020, 1), (2016, 6), (2025, 2)])
def test_towns_of_any_size_and_years_fit_the_schema(
    tmp_path: Path, households: int, first_year: int, years: int
) -> None:
    plan = Plan(towns=2, households=households, years=years, first_year=first_year)
    last = f"{first_year + years - 1}-12-31"
    for folder in write(plan, tmp_path):
        town = tables(folder)
        assert list(wrong(town)) == []
        assert len(town["households"]) == households
        assert households < 200 or all(town[t] for t in SCHEMAS if t != "visits" or last > "2016")
        days = [row[c] for rows in town.values() for row in rows for c in DATES if c in row.cells]
        assert max(days) <= last


def test_towns_have_names_beyond_the_alphabet() -> None:
    ids = [town.id.removeprefix("synth-") for town in Plan(towns=703).all_towns()]
    assert [ids[0], ids[1], ids[25], ids[26], ids[27], ids[702]] == [
        *("a", "b", "z", "aa", "ab", "aaa")
    ]
    assert len(set(ids)) == 703


def test_households_are_made_one_at_a_time() -> None:
    """However many there are, none waits for the others."""
    stream = families.households(next(Plan(households=10**12).all_towns()))
    assert [next(stream)[0] for _ in range(12)] == list(range(12))


# -- dirty rows --------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, len(SPOILINGS), 30, 96])
def test_exactly_the_listed_rows_are_dirty(tmp_path: Path, count: int) -> None:
    (town,) = write(Plan(households=60, years=2, dirty=count), tmp_path)
    lines = (town / "dirty.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "file,row,column,what,about"
    listed = [line.split(",") for line in lines[1:]]
    kinds = Counter(what for _, _, _, what, _ in listed)
    assert max(kinds.values()) - min(kinds.values()) <= 1
    assert len(kinds) == min(count, len(SPOILINGS))
    places = {(Path(file).stem, int(row), column) for file, row, column, _, _ in listed}
    assert len(places) == len(listed) == count
    assert {file.rpartition("/")[0] for file, *_ in listed} == {"registers"}
    assert set(wrong(tables(town, []))) == places


def test_the_reader_of_tables_finds_the_dirty_rows_that_break_the_schema(tmp_path: Path) -> None:
    (town,) = write(Plan(households=60, years=2, dirty=len(SPOILINGS)), tmp_path)
    faults: list[Fault] = []
    tables(town, faults)
    assert {(f.file, f.column, f.code) for f in faults} == {
        ("persons.csv", "start", "required"),
        ("statuses.csv", "status", "choice"),
    }


def test_clean_registers_have_no_list_of_dirty_rows(tmp_path: Path) -> None:
    (town,) = write(Plan(households=30, years=1), tmp_path)
    assert sorted(path.name for path in town.iterdir()) == ["registers", "synth.toml"]


# -- marks -------------------------------------------------------------------------------------


def test_each_folder_says_in_both_languages_that_it_is_synthetic(tmp_path: Path) -> None:
    (town,) = write(Plan(households=30, years=1), tmp_path)
    said = (town / "registers" / "SYNTHETIC.txt").read_text(encoding="utf-8")
    assert "合成数据" in said and "Synthetic data" in said


def test_the_mark_says_how_to_make_the_same_again(tmp_path: Path) -> None:
    (town,) = write(Plan(households=30, years=1, seed='a "seed" \\', dirty=3), tmp_path / "first")
    mark = tomllib.loads((town / "synth.toml").read_text(encoding="utf-8"))
    assert (mark["synthetic"], mark["version"]) == (True, xushi_stats.__version__)
    known = {name: value for name, value in mark.items() if name in Plan.__dataclass_fields__}
    assert set(Plan.__dataclass_fields__) - set(known) == {"towns"}
    (again,) = write(Plan(**known), tmp_path / "again")
    assert hashes(again) == hashes(town)


def test_parquet_holds_the_same_cells_and_the_mark(tmp_path: Path) -> None:
    import duckdb

    (text,) = write(Plan(households=40, years=2, dirty=8), tmp_path / "csv")
    (town,) = write(Plan(households=40, years=2, dirty=8, format="parquet"), tmp_path / "[a]'*")
    files = {path.name for path in (town / "registers").iterdir()}
    assert files == {"SYNTHETIC.txt", *(f"{table}.parquet" for table in SCHEMAS)}
    for table, rows in tables(text, []).items():
        path = str(town / "registers" / f"{table}.parquet")
        found = duckdb.read_parquet(path)
        assert found.columns == [column.name for column in SCHEMAS[table]]
        assert {str(kind) for kind in found.types} == {"VARCHAR"}
        assert found.fetchall() == [
            tuple(value or None for value in row.cells.values()) for row in rows
        ]
        query = "SELECT decode(key), decode(value) FROM parquet_kv_metadata(?)"
        said = dict(duckdb.execute(query, [path]).fetchall())
        assert (said["synthetic"], said["seed"]) == ("true", "1")
        assert said["version"] == xushi_stats.__version__
    listed = [(folder / "dirty.csv").read_bytes() for folder in (text, town)]
    assert listed[0].replace(b".csv,", b".parquet,") == listed[1]


# -- the command -------------------------------------------------------------------------------

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command: exit code, what it said, what it complained of."""
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")

    def synth(*arguments: object) -> tuple[int, str, str]:
        try:
            status = main.main(["synth", *map(str, arguments)])
        except SystemExit as stop:
            status = int(stop.code or 0)
        said = capsys.readouterr()
        return status, said.out, said.err

    return synth


def test_the_command_makes_the_towns_and_says_that_they_are_synthetic(
    run: Run, tmp_path: Path
) -> None:
    small = ("--towns", 2, "--households", 20, "--years", 1, "--first-year", 2020, "--seed", "x")
    status, out, _ = run(*small, "--out", tmp_path)
    assert status == main.DONE
    assert [str(tmp_path / name) in out for name in ("synth-a", "synth-b")] == [True, True]
    assert "合成数据" in out
    before = hashes(tmp_path)
    status, out, _ = run(*small, "--out", tmp_path, "--lang", "en")
    assert (status, "synthetic" in out) == (main.DONE, True)
    assert hashes(tmp_path) == before


def test_help_is_in_both_languages(run: Run) -> None:
    status, out, _ = run("--help")
    assert status == main.DONE
    entries = re.split(r"\n  (?=\S)", out.split("\n\n", 2)[-1])
    assert len(entries) == 12
    for entry in entries[1:]:
        assert re.search("[\u4e00-\u9fff]", entry) and " / " in re.sub(r"\s+", " ", entry)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--towns", 0],
        ["--households", 0],
        ["--years", -1],
        ["--first-year", 2013],
        ["--first-year", 2099, "--years", 2],
        ["--households", 2, "--dirty", 9],
        ["--dirty", -1],
        ["--dirty", 97],
        ["--seed", "a\nb"],
        ["--format", "xlsx"],
    ],
    ids=lambda arguments: " ".join(map(repr, arguments)),
)
def test_what_cannot_be_made_is_told_and_nothing_is_written(
    run: Run, tmp_path: Path, arguments: list[object]
) -> None:
    status, out, complaint = run(*arguments, "--out", tmp_path / "out")
    assert (status, out) == (main.USAGE, "")
    assert "用法有误" in complaint
    assert not (tmp_path / "out").exists()


def foreign_file(folder: Path) -> None:
    (folder / "notes.txt").write_text("x")


def real_town(folder: Path, name: str = "xushi") -> None:
    (folder / name / "registers").mkdir(parents=True)
    (folder / name / "registers" / "households.csv").write_text("x")


def real_town_of_the_same_name(folder: Path) -> None:
    real_town(folder, "synth-a")


def town_that_denies_it(folder: Path) -> None:
    real_town(folder)
    (folder / "xushi" / "synth.toml").write_text("synthetic = false\n")


def town_with_a_broken_mark(folder: Path) -> None:
    real_town(folder)
    (folder / "xushi" / "synth.toml").write_text("synthetic = ")


def synthetic_town_with_something_added(folder: Path) -> None:
    write(Plan(households=5, years=1), folder)
    (folder / "synth-a" / "registers" / "remarks.csv").write_text("x")


@pytest.mark.parametrize(
    "fill",
    [
        foreign_file,
        real_town,
        real_town_of_the_same_name,
        town_that_denies_it,
        town_with_a_broken_mark,
        synthetic_town_with_something_added,
    ],
)
def test_nothing_is_written_beside_what_is_not_marked_synthetic(
    run: Run, tmp_path: Path, fill: Callable[[Path], None]
) -> None:
    fill(tmp_path)
    before = hashes(tmp_path)
    status, out, complaint = run("--households", 6, "--out", tmp_path)
    assert (status, out) == (main.FINDINGS, "")
    assert "没有标明是合成数据" in complaint
    assert hashes(tmp_path) == before


def test_a_file_in_the_place_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("x")
    with pytest.raises(DataFaults) as refused:
        write(Plan(households=1), tmp_path / "out")
    assert [fault.code for fault in refused.value.faults] == ["not_synthetic"]


def test_a_town_that_cannot_be_finished_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from xushi_stats.synth import places

    write(Plan(households=20, years=1), tmp_path)
    before = hashes(tmp_path / "synth-a")

    def full(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(places, "arrivals", full)
    with pytest.raises(DataFaults):
        write(Plan(households=21, years=1), tmp_path)
    assert hashes(tmp_path / "synth-a") == before
    monkeypatch.undo()
    write(Plan(households=21, years=1), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["synth-a"]
    assert hashes(tmp_path / "synth-a") != before
