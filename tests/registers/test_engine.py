"""A cell of a register means the same on both engines and in every kind of file, exactly."""

from __future__ import annotations

import csv
import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import duckdb
import narwhals as nw
import pytest

from xushi_stats.faults import DataFaults
from xushi_stats.registers.frames import Engine, Query, Register
from xushi_stats.registers.households.validation import TABLES, validate
from xushi_stats.registers.schema import SCHEMAS
from xushi_stats.registers.source import NO_END

HAND = Path(__file__).with_name("households")
ENGINES = get_args(Engine)
HOUSEHOLDS = "household,village,entered,left\n"
INCOMES = "household,year,income\n"


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Engine:
    return request.param


def cells(folder: Path, engine: Engine, table: str, *columns: str) -> list[tuple[object, ...]]:
    with Register(folder, engine) as register:
        return sorted(register.rows(register.table(table, *columns)))


def parquet(folder: Path, table: str, query: str) -> None:
    duckdb.sql(f"COPY ({query}) TO '{folder / table}.parquet'")


def codes(folder: Path, engine: Engine = "duckdb") -> list[str]:
    with Register(folder, engine) as register:
        found = [fault.code for fault in validate(register)]
    return [code for code in found if code != "register_negative"]  # 009 had a loss


# -- money ---------------------------------------------------------------------------------------

MONEY = {
    "0.29": 29,
    "1.15": 115,
    "8.70": 870,
    "8.7": 870,
    "5000": 500_000,
    "-120.5": -12_050,
    "0": 0,
    "1.10": 110,
    "4.35": 435,
    "2.675": None,
    "0.295": None,
    "1,099": None,
    "１２": None,
    "1e3": None,
    ".5": None,
    "+5": None,
    "5.": None,
    "nan": None,
    "90071992547409.93": 9_007_199_254_740_993,
    "99999999999999.99": 9_999_999_999_999_999,
    "100000000000000": None,
}
"""What is written → 分; None is no amount. The two long ones no float holds."""


@pytest.mark.parametrize(("written", "cents"), MONEY.items())
def test_money_is_read_exactly_or_not_at_all(
    tmp_path: Path, engine: Engine, written: str, cents: int | None
) -> None:
    (tmp_path / "incomes.csv").write_text(f'{INCOMES}007,2019,"{written}"\n', encoding="utf-8")
    found = cells(tmp_path, engine, "incomes", "income")
    assert found == ([] if cents is None else [(cents,)])
    (tmp_path / "households.csv").write_text(f"{HOUSEHOLDS}007,村,2014-06-01,\n", "utf-8")
    assert codes(tmp_path, engine) == ([] if cents is not None else ["register_value"])


@pytest.mark.parametrize("stored", ["VARCHAR", "DECIMAL(12, 2)", "DECIMAL(9, 1)", "INTEGER"])
def test_money_in_parquet_is_exact_in_each_type_that_holds_it(
    tmp_path: Path, engine: Engine, stored: str
) -> None:
    amount = {"DECIMAL(9, 1)": "8.7", "INTEGER": "8"}.get(stored, "8.70")
    parquet(tmp_path, "incomes", f"SELECT '7' household, 2019 AS year, '{amount}'::{stored} income")
    assert cells(tmp_path, engine, "incomes", "income") == [(800 if stored == "INTEGER" else 870,)]


@pytest.mark.parametrize(
    ("table", "query", "column"),
    [
        ("incomes", "SELECT '7' household, 2019 AS year, 8.7::DOUBLE income", "income"),
        ("incomes", "SELECT 7 household, 2019 AS year, '8.7' income", "household"),
        ("visits", "SELECT '7' household, 43831 AS date", "date"),
    ],
)
def test_a_parquet_type_that_has_lost_something_is_refused(
    tmp_path: Path, table: str, query: str, column: str
) -> None:
    parquet(tmp_path, table, query)
    with Register(tmp_path) as register, pytest.raises(DataFaults) as refused:
        register.table(table, "household")
    assert [(f.code, f.column) for f in refused.value.faults] == [("register_type", column)]


def test_a_sum_beyond_floats_is_exact(tmp_path: Path, engine: Engine) -> None:
    rows = "a,2019,90071992547409.93\nb,2019,90071992547409.93\nc,2019,0.01\n"
    (tmp_path / "incomes.csv").write_text(INCOMES + rows, encoding="utf-8")
    with Register(tmp_path, engine) as register:
        total = register.table("incomes", "income").select(nw.col("income").sum())
        assert register.rows(total) == [(18_014_398_509_481_987,)]


# -- ids and dates -------------------------------------------------------------------------------


def test_ids_stay_texts(tmp_path: Path, engine: Engine) -> None:
    rows = "007,村,2014-06-01,\n7,村,2014-06-01,\n1e3,村,2014-06-01,\nNA,村,2014-06-01,\n"
    (tmp_path / "households.csv").write_text(HOUSEHOLDS + rows, encoding="utf-8")
    found = cells(tmp_path, engine, "households", "household")
    assert found == [("007",), ("1e3",), ("7",), ("NA",)]


@pytest.mark.parametrize(
    "written", ["2020-3-16", "2020/03/16", "20200316", "2020-02-30", "43831", "２０２０-03-16", "x"]
)
def test_a_date_written_otherwise_is_a_fault(tmp_path: Path, engine: Engine, written: str) -> None:
    rows = f"007,村,{written},\n008,村,2014-06-01,{written}\n"
    (tmp_path / "households.csv").write_text(HOUSEHOLDS + rows, encoding="utf-8")
    with Register(tmp_path, engine) as register:
        found = [
            *(
                (f.code, f.column, f.row)
                for f in validate(register)
                if f.code != "register_negative"
            )
        ]
    assert found == [("register_value", "entered", 2), ("register_value", "left", 3)]


def test_a_blank_end_has_not_come(tmp_path: Path, engine: Engine) -> None:
    (tmp_path / "households.csv").write_text(f"{HOUSEHOLDS}007,村,0001-01-02,\n", "utf-8")
    assert cells(tmp_path, engine, "households", "entered", "left") == [(2, NO_END)]


# -- files ---------------------------------------------------------------------------------------


def english(table: str, text: str) -> str:
    first, rest = text.split("\n", 1)
    for column in SCHEMAS[table]:
        first = first.replace(column.header, column.name)
    return f"{first}\n{rest}"


FORMS: dict[str, Callable[[str, str], bytes]] = {
    "no bom": lambda table, text: text.encode(),
    "gb18030": lambda table, text: text.encode("gb18030"),
    "english": lambda table, text: english(table, text).encode(),
    "crlf": lambda table, text: text.replace("\n", "\r\n").encode(),
    "blank rows": lambda table, text: text.replace(
        "\n", f"\n\n{',' * text.split()[0].count(',')}\n", 3
    ).encode(),
    "spaces": lambda table, text: text.replace(",", "　, ").encode(),
    "quotes": lambda table, text: (
        "\n".join(",".join(f'"{c}"' for c in line.split(",")) for line in text.splitlines()) + "\n"
    ).encode(),
}


def hand(folder: Path, form: str) -> Path:
    """The hand-worked register in another form."""
    for table in TABLES:
        text = (HAND / f"{table}.csv").read_text(encoding="utf-8-sig")
        if form == "parquet":
            names = ", ".join(
                f"'{c.name}'" for c in SCHEMAS[table][: text.split()[0].count(",") + 1]
            )
            parquet(
                folder,
                table,
                f"FROM read_csv('{HAND / table}.csv', all_varchar = true, names = [{names}])",
            )
        else:
            (folder / f"{table}.csv").write_bytes(FORMS[form](table, text))
    return folder


@pytest.mark.parametrize("form", [*FORMS, "parquet"])
@pytest.mark.parametrize("table", TABLES)
def test_a_table_is_the_same_in_every_form(
    tmp_path: Path, engine: Engine, form: str, table: str
) -> None:
    columns = [c.name for c in SCHEMAS[table] if c.name != "name"]
    expected = cells(HAND, engine, table, *columns)
    assert len(expected) > 5
    assert cells(hand(tmp_path, form), engine, table, *columns) == expected


def test_types_of_parquet_give_the_same_as_texts(tmp_path: Path, engine: Engine) -> None:
    source = f"read_csv('{HAND / 'statuses.csv'}', all_varchar = true, names = ['h', 'd', 's'])"
    typed = f"SELECT h AS 户编号, d::DATE AS 日期, s AS 状态 FROM {source}"
    parquet(tmp_path, "statuses", typed)
    columns = ("household", "date", "status")
    found = cells(tmp_path, engine, "statuses", *columns)
    assert found == cells(HAND, engine, "statuses", *columns)


def test_a_folder_with_signs_of_patterns_is_only_a_folder(tmp_path: Path, engine: Engine) -> None:
    folder = tmp_path / "镇 [2020]*?'x"
    shutil.copytree(HAND, folder)
    other = tmp_path / "镇 2"
    shutil.copytree(HAND, other)
    assert len(cells(folder, engine, "households", "household")) == 12
    with Register(folder, engine) as register:
        digest = hashlib.sha256((HAND / "visits.csv").read_bytes()).hexdigest()
        assert register.sha256("visits") == digest


def test_an_origin_names_function_condition_and_files() -> None:
    with Register(HAND) as register:
        made = register.origin(Query("households.counts", "on=2019-12-31", ("persons", "items")))
    digests = [
        (name, hashlib.sha256((HAND / name).read_bytes()).hexdigest())
        for name in ("persons.csv", "items.csv")
    ]
    assert list(made.files) == digests
    assert str(made) == "households.counts(on=2019-12-31) " + " ".join(map(":".join, digests))


def test_a_table_that_is_missing_or_there_twice_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "visits.csv").write_text("household,date\n", encoding="utf-8")
    parquet(tmp_path, "visits", "SELECT '7' household, '2020-01-01' date")
    for table, code in (("visits", "register_both"), ("items", "file_missing")):
        with Register(tmp_path) as register, pytest.raises(DataFaults) as refused:
            register.table(table, "household")
        assert [fault.code for fault in refused.value.faults] == [code]


def test_no_engine_of_another_name() -> None:
    with pytest.raises(ValueError, match="polars"):
        Register(HAND, "polars")  # type: ignore[arg-type]


# -- names ---------------------------------------------------------------------------------------


def test_no_frame_holds_a_name(engine: Engine) -> None:
    with Register(HAND, engine) as register:
        with pytest.raises(ValueError):
            register.table("persons", "person", "name")
        for frame in (register.table("persons", "person"), register.cells("persons")):
            assert "虚构" not in str(register.rows(frame))


@pytest.mark.parametrize("broken", ["p9,001,（虚构）秘,2014-06-01,,x", 'p9,001,"（虚构）秘', "p9"])
def test_a_broken_row_is_a_fault_that_quotes_nothing(
    tmp_path: Path, engine: Engine, broken: str
) -> None:
    shutil.copytree(HAND, tmp_path, dirs_exist_ok=True)
    with (tmp_path / "persons.csv").open("a", encoding="utf-8") as file:
        file.write(broken + "\n")
    with Register(tmp_path, engine) as register:
        found = [fault for fault in validate(register) if fault.file == "persons.csv"]
    assert found and {f.code for f in found} <= {"register_uneven", "register_unreadable"}
    assert [f.row for f in found] == [25]
    with pytest.raises(DataFaults) as refused:
        cells(tmp_path, engine, "persons", "person")
    assert refused.value.__suppress_context__ or refused.value.__context__ is None
    for text in [f.text(lang) for f in [*found, *refused.value.faults] for lang in ("zh", "en")]:
        assert "虚构" not in text and "p9" not in text


def test_what_was_spilled_is_removed() -> None:
    register = Register(HAND, "duckdb")
    spill = Path(register._spill.name)
    assert spill.is_dir() and spill.stat().st_mode & 0o077 == 0
    register.close()
    assert not spill.exists()


# -- validation ----------------------------------------------------------------------------------

FAULTS = [
    ("households", ["001,东村,2014-06-01,"], ("register_twice", "household", 14)),
    ("households", ["020,,2014-06-01,"], ("register_blank", "village", 14)),
    ("households", ["020,东村,2014-06-01,2014-05-31"], ("register_ends", "left", 14)),
    ("persons", ["q1,999,（虚构）,2014-06-01,"], ("register_stranger", "household", 25)),
    ("persons", ["p01,002,（虚构）,2015-06-01,"], ("register_two_places", "start", 25)),
    ("persons", ["p01,001,（虚构）,2014-06-01,"], ("register_two_places", "start", 25)),
    ("persons", ["q1,001,（虚构）,2014-06-01,2013-01-01"], ("register_ends", "end", 25)),
    ("statuses", ["001,2018-11-30,已脱贫"], ("register_twice", "household", 30)),
    ("statuses", ["001,2018-11-30,返贫"], ("register_conflict", "status", 3)),
    ("statuses", ["001,2014-05-31,未脱贫"], ("register_before_entry", "date", 30)),
    ("statuses", ["003,2020-07-01,返贫"], ("register_after_exit", "date", 30)),
    ("statuses", ["001,2020-12-31,边缘易致贫户"], ("register_class_early", "date", 30)),
    ("statuses", ["001,2020-12-31,脱贫"], ("register_value", "status", 30)),
    ("statuses", ["999,2020-12-31,已脱贫"], ("register_stranger", "household", 30)),
    ("incomes", ["001,2019,1"], ("register_twice", "household", 12)),
    ("incomes", ["001,19,1"], ("register_value", "year", 12)),
    ("items", ["001,2019-06-01,吃,否"], ("register_conflict", "met", 2)),
    ("items", ["001,2019-06-02,吃,合格"], ("register_value", "met", 19)),
    ("measures", ["001,2019-06-02,"], ("register_blank", "measure", 10)),
    ("visits", ["", ",,", "999,2019-06-02,"], ("register_stranger", "household", 13)),
]


@pytest.mark.parametrize(("table", "rows", "fault"), FAULTS, ids=[str(f[2][0]) for f in FAULTS])
def test_a_fault_of_a_register_is_found_with_its_row(
    tmp_path: Path, engine: Engine, table: str, rows: list[str], fault: tuple[str, str, int]
) -> None:
    shutil.copytree(HAND, tmp_path, dirs_exist_ok=True)
    with (tmp_path / f"{table}.csv").open("a", encoding="utf-8") as file:
        file.write("".join(f"{row}\n" for row in rows))
    with Register(tmp_path, engine) as register:
        found = validate(register)
    mine = [f for f in found if f.code not in ("register_no_status", "register_negative")]
    assert [(f.code, f.column, f.row, f.file) for f in mine] == [(*fault, f"{table}.csv")]
    for text in [f.text(lang) for f in mine for lang in ("zh", "en")]:
        assert "虚构" not in text and "p01" not in text and "999" not in text and "{" not in text
        assert str(fault[2]) in text


def test_a_fault_of_many_rows_names_the_first_and_their_number(
    tmp_path: Path, engine: Engine
) -> None:
    rows = "".join(f"{i},村,2014-06-01,昨天\n" for i in range(25))
    (tmp_path / "households.csv").write_text(HOUSEHOLDS + rows, encoding="utf-8")
    with Register(tmp_path, engine) as register:
        (fault,) = validate(register)
    assert "第2、3、4、5、6、7、8、9、10、11行等共25行" in fault.text("zh")
    assert "rows 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and more, 25 in all" in fault.text("en")


@pytest.mark.parametrize("header", ["村（社区）", "village"])
def test_a_fault_names_the_header_that_the_file_has(tmp_path: Path, header: str) -> None:
    rows = f"household,{header},entered\n1,,2014-06-01\n"
    (tmp_path / "households.csv").write_text(rows, encoding="utf-8")
    with Register(tmp_path) as register:
        (fault,) = validate(register)
    assert f"“{header}”列" in fault.text("zh")


def test_rows_of_parquet_are_counted_as_in_a_sheet(tmp_path: Path, engine: Engine) -> None:
    rows = "('1', '村', '2014-06-01'), ('2', '村', '')"
    parquet(tmp_path, "households", f"FROM (VALUES {rows}) t(household, village, entered)")
    with Register(tmp_path, engine) as register:
        found = [(f.code, f.row) for f in validate(register)]
    assert found == [("register_blank", 3)]


def test_the_hand_worked_register_has_one_household_without_status(engine: Engine) -> None:
    with Register(HAND, engine) as register:
        found = [(f.code, f.row, f.severity) for f in validate(register)]
    expected = [("register_no_status", 13, "warning"), ("register_negative", 9, "warning")]
    assert sorted(found) == sorted(expected)


def test_the_hand_worked_register_is_marked_as_invented() -> None:
    with (HAND / "persons.csv").open(encoding="utf-8-sig", newline="") as file:
        assert all(row["姓名"].startswith("（虚构）") for row in csv.DictReader(file))


def test_a_misspelt_village_an_id_as_number_and_a_loss_are_told_and_not_quoted(
    tmp_path: Path, engine: Engine
) -> None:
    villages = ["上塘村"] * 9 + ["下塘村"] * 6 + ["上墉村"]
    rows = [f"h{n},{village},2015-01-01" for n, village in enumerate(villages)]
    rows.append("4.30626E+17,下塘村,2015-01-01")
    (tmp_path / "households.csv").write_text(
        "household,village,entered\n" + "\n".join(rows) + "\n", encoding="utf-8"
    )
    (tmp_path / "incomes.csv").write_text("household,year,income\nh1,2019,-3.5\n", "utf-8")
    with Register(tmp_path, engine) as register:
        found = validate(register)
    assert [(f.code, f.row, f.severity) for f in found] == [
        ("register_id_number", 18, "error"),
        ("register_near", 17, "warning"),
        ("register_negative", 2, "warning"),
    ]
    said = "".join(f.text(lang) for f in found for lang in ("zh", "en"))
    assert not any(word in said for word in ("上墉村", "上塘村", "4.30626", "3.5", "{"))
