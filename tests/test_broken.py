"""Broken files: exactly what is wrong is told, no traceback, and the report that was there stays."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
import sys
import zipfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from xushi_stats import dataset
from xushi_stats.commands import main
from xushi_stats.faults import DataFaults, Fault
from xushi_stats.reporting import context, evidence
from xushi_stats.tables import xlsx

HERE = Path(__file__).resolve().parent / "broken"
sys.path.insert(0, str(HERE))
import make  # noqa: E402

TOWN = "shili"
Found = tuple[str, ...]
Lay = Callable[[str], Path]
Run = Callable[..., tuple[int, str, str]]


def listed(name: str) -> dict[str, list[Found]]:
    """Case → what must be found: sheet, cell, row, column, code, severity, value."""
    found: dict[str, list[Found]] = {}
    with open(HERE / name, encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            assert make_of(row["case"])[0] == row["place"]
            found.setdefault(row["case"], []).append(tuple(row.values())[2:])
    return found


def make_of(case: str) -> tuple[str, Any]:
    return (make.FILES | make.NOTICED | make.ASIDE)[case]


EXPECTED, NOTICED = listed("expected.csv"), listed("noticed.csv")


def told(fault: Fault) -> Found:
    row = "" if fault.row is None else str(fault.row)
    return (*(fault.sheet, fault.cell, row, fault.column, fault.code), fault.severity, fault.value)


@pytest.fixture
def lay(tmp_path: Path) -> Lay:
    """The small town with one broken file in it."""

    def laid(case: str) -> Path:
        data = tmp_path / "data"
        shutil.copytree(HERE / "data", data)
        place = make_of(case)[0]
        shutil.copy(HERE / "files" / f"{case}{Path(place).suffix}", data / place)
        return data

    return laid


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")

    def ran(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        status = main.main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return status, out, err

    return ran


def contents(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()
    }


def test_there_are_more_than_sixty_of_them_and_each_is_listed() -> None:
    assert len(EXPECTED) >= 60
    assert set(EXPECTED) == set(make.FILES) and set(NOTICED) == set(make.NOTICED)


def test_the_files_are_those_that_the_script_makes(tmp_path: Path) -> None:
    make.main(tmp_path)
    committed = {path.name: path for path in (HERE / "files").iterdir()}
    assert set(committed) == {path.name for path in tmp_path.iterdir()}
    for path in tmp_path.iterdir():
        assert inside(path) == inside(committed[path.name]), path.name


def inside(path: Path) -> object:
    """The content, however tightly this machine packs it."""
    if path.stem in ("xlsx-cut", "xlsx-locked"):
        return path.read_bytes()[:4]
    if not zipfile.is_zipfile(path):
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_town_that_they_are_laid_into_has_no_fault() -> None:
    assert dataset.load(HERE / "data", TOWN).warnings == ()


@pytest.mark.parametrize("case", EXPECTED)
def test_a_broken_file_gives_exactly_its_findings(lay: Lay, case: str) -> None:
    data, file = lay(case), make_of(case)[0]
    with pytest.raises(DataFaults) as refused:
        dataset.load(data, TOWN)
    assert sorted(map(told, refused.value.faults)) == sorted(EXPECTED[case])
    assert {fault.file for fault in refused.value.faults} == {file}
    for fault in refused.value.faults:
        for lang in ("zh", "en"):
            text = fault.text(lang)  # type: ignore[arg-type]
            assert "{" not in text and "\n" not in text
            assert all(part in text for part in (fault.file, fault.sheet, fault.value))
            assert not fault.sheet or fault.cell in text


@pytest.mark.parametrize("case", EXPECTED)
def test_a_broken_file_stops_check_and_build_and_the_old_report_stays(
    lay: Lay, run: Run, tmp_path: Path, case: str
) -> None:
    data, out = lay(case), tmp_path / "outputs"
    for year in ("2021", "2022"):
        (out / TOWN / year / "zh").mkdir(parents=True)
        (out / TOWN / year / "zh" / "report.pdf").write_bytes(b"%PDF of before")
        (out / TOWN / year / "ledger.json").write_bytes(b"{}")
    before, given = contents(out), contents(data)
    for command, *more in (("check",), ("build", "--out", out)):
        status, said, complaint = run(command, "--data", data, "--town", TOWN, *more)
        assert (status, said) == (1, "")
        assert "[错误]" in complaint and "Traceback" not in complaint
    assert contents(out) == before
    assert contents(data) == given


@pytest.mark.parametrize("case", NOTICED)
def test_what_is_only_noticed_is_told_and_read(lay: Lay, case: str) -> None:
    loaded = dataset.load(lay(case), TOWN)
    assert sorted(map(told, loaded.warnings)) == sorted(NOTICED[case])
    assert len(loaded.observations) >= 3


@pytest.mark.parametrize("case", make.ASIDE)
def test_what_looks_odd_and_is_right_is_no_finding(lay: Lay, case: str) -> None:
    assert dataset.load(lay(case), TOWN).warnings == ()


# -- what is read of it --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("case", "indicator", "wording", "value"),
    [
        ("good-percent", "coverage", "12.3%", "12.3"),
        ("good-blanks", "households", "400户", "400"),
        ("good-cached", "households", "400", "400"),
        ("good-spelling", "area", "7千余亩", "7000"),
        ("good-spelling", "households", "1,099", "1099"),
        ("good-spelling", "growth", "下降3.1%", "-3.1"),
        ("noticed-decimals", "coverage", "85.25%", "85.25"),
        ("good-english", "funds", "16.2", "16.2"),
        ("noticed-total", "households", "400", "400"),
        ("noticed-gb18030", "households", "398户", "398"),
        ("noticed-utf16", "households", "398户", "398"),
        ("noticed-tabs", "households", "398户", "398"),
    ],
)
def test_a_cell_is_read_as_it_is_meant(
    lay: Lay, case: str, indicator: str, wording: str, value: str
) -> None:
    loaded = dataset.load(lay(case), TOWN)
    said = [o for o in loaded.observations if o.indicator == indicator][-1]
    assert (said.wording, said.quantity.value) == (wording, Fraction(value))


def test_the_rows_of_a_workbook_join_those_of_the_csv_file(lay: Lay) -> None:
    loaded = dataset.load(lay("good-spelling"), TOWN)
    assert loaded.releases == [2021, 2022]
    files = {o.release: o.row.file for o in loaded.observations}
    assert files == {2021: "shili/observations.csv", 2022: "shili/2022.xlsx"}
    assert loaded.observations[-1].row.cell("value") == "D5"


def test_the_signs_in_place_of_a_number_are_different_states(lay: Lay) -> None:
    unstated = {s.indicator: s.state for s in dataset.load(lay("good-signs"), TOWN).unstated}
    assert unstated == {
        "households": "below_unit",
        "persons": "not_applicable",
        "area": "not_reported",
        "coverage": "suppressed",
    }


def test_a_month_shown_as_such_is_a_period(lay: Lay) -> None:
    said = dataset.load(lay("good-month"), TOWN).observations[-1]
    assert said.time_period == "2022-03"


def test_a_workbook_counts_in_the_digest_of_the_data(lay: Lay) -> None:
    digest = dataset.load(lay("good-percent"), TOWN).digest
    assert digest != dataset.load(HERE / "data", TOWN).digest


def test_a_lock_file_of_a_program_is_no_workbook(lay: Lay) -> None:
    data = lay("good-percent")
    (data / TOWN / "~$2022.xlsx").write_bytes(b"\x05user")
    (data / TOWN / ".~lock.2022.xlsx#").write_bytes(b",user")
    assert dataset.load(data, TOWN).warnings == ()


def test_the_log_of_changes_is_not_read_from_a_workbook(lay: Lay, run: Run) -> None:
    data = lay("good-percent")
    book = openpyxl.load_workbook(data / TOWN / "2022.xlsx")
    book.create_sheet("changes").append(["seq"])
    book.save(data / TOWN / "2022.xlsx")
    assert [f.code for f in dataset.load(data, TOWN).warnings] == ["sheet_unknown"]


def test_a_workbook_that_cites_nothing_is_its_own_source(lay: Lay) -> None:
    data = lay("good-own")
    loaded = dataset.load(data, TOWN)
    first, second = loaded.observations[-2:]
    source = loaded.sources[first.source]
    assert (source.id, source.title["zh"]) == ("2022", "示例镇2022年统计年报")
    assert (source.publisher["zh"], source.date) == ("示例镇", "2023-01-20")
    assert source.sha256 == hashlib.sha256((data / TOWN / "2022.xlsx").read_bytes()).hexdigest()
    assert [o.wording for o in (first, second)] == ["400户", "400户"]
    assert [(o.start, o.place, o.at) for o in (first, second)] == [
        (-1, "观测值!D2", "观测值!D2"),
        (-1, "观测值!D3", "观测值!D3"),
    ]
    assert source.place_of(first, "zh") == "《示例镇2022年统计年报》观测值!D2"
    assert source.place_of(first, "en") == "《示例镇2022年统计年报》, 观测值!D2"


def test_a_workbook_that_cites_documents_is_no_source(lay: Lay) -> None:
    assert set(dataset.load(lay("good-percent"), TOWN).sources) == {"report2021"}


def test_the_evidence_names_sheet_and_cell(lay: Lay) -> None:
    data = lay("good-own")
    loaded, made, _ = context.load(data, TOWN, 2022)
    tables = evidence.tables(loaded, made, "zh", "internal", {})
    said, figures = (tables[name].decode() for name in ("observations.csv", "ledger.csv"))
    assert ",2022,观测值!D2,《示例镇2022年统计年报》观测值!D2," in said
    assert "2022@观测值!D2 400户；2022@观测值!D3 400户" in figures
    assert "示例镇2022年统计年报" in loaded.declared


# -- how it is told ------------------------------------------------------------------------------


def test_a_fault_names_the_cell_and_the_nearest_name(lay: Lay, run: Run) -> None:
    _, _, complaint = run("check", "--data", lay("xlsx-open-row-misspelt"), "--town", TOWN)
    lines = complaint.splitlines()
    assert lines[0].startswith("[错误] shili/2022.xlsx · 观测值 · A3 “指标”列：“户数数” ")
    assert "是否为“户数”" in lines[0]


def test_a_single_fault_of_a_file_is_one_line(lay: Lay, run: Run) -> None:
    _, _, complaint = run("check", "--data", lay("xlsx-other-sheets"), "--town", TOWN)
    assert [line[:4] for line in complaint.splitlines()[:2]] == ["[错误]", "[提示]"]


def test_several_faults_stand_under_their_sheet(lay: Lay, run: Run) -> None:
    _, _, complaint = run("check", "--data", lay("xlsx-merged-across"), "--town", TOWN)
    head, first, second, count = complaint.splitlines()
    assert head == "shili/2022.xlsx · 观测值"
    assert first.startswith("  [错误] D3:E3：“400” ")
    assert second.startswith("  [错误] D3 “原文写法”列：“400” ")
    assert count == "共 2 处错误，0 处提示。"


KEYS = ["file", "sheet", "cell", "row", "column", "value", "code", "severity", "rule", "mend"]


@pytest.mark.parametrize("case", ["xlsx-formula", "csv-many", "xlsx-bomb", "noticed-total"])
def test_json_says_the_same(lay: Lay, run: Run, case: str) -> None:
    expected = (EXPECTED | NOTICED)[case]
    status, out, complaint = run("check", "--json", "--data", lay(case), "--town", TOWN)
    said = json.loads(out)
    wrong = sum(found[5] == "error" for found in expected)
    assert (status, complaint) == (1 if wrong else 0, "")
    assert (said["errors"], said["warnings"]) == (wrong, len(expected) - wrong)
    for row in said["faults"]:
        assert list(row)[:10] == KEYS and row["rule"] and row["mend"]
    found = sorted(
        tuple("" if row[k] is None else str(row[k]) for k in ("sheet", "cell", "row", "code"))
        for row in said["faults"]
    )
    assert found == sorted((f[0], f[1], f[2], f[4]) for f in expected)


BOOKS = [case for case, found in (EXPECTED | NOTICED).items() if any(f[0] for f in found)]


@pytest.mark.parametrize("case", BOOKS)
def test_a_marked_copy_carries_each_finding_and_the_original_stays(
    lay: Lay, run: Run, tmp_path: Path, case: str
) -> None:
    data, marked = lay(case), tmp_path / "marked"
    before = contents(data)
    run("check", "--data", data, "--town", TOWN, "--marked", marked, "--lang", "en")
    assert contents(data) == before
    (name,) = contents(marked)
    book = openpyxl.load_workbook(marked / name)
    comments = {
        (page.title, cell.coordinate): cell.comment.text
        for page in book.worksheets
        for cell in page._cells.values()
        if cell.comment
    }
    for sheet, cell, row, _, _, severity, _ in (EXPECTED | NOTICED)[case]:
        if not sheet:
            continue
        first = cell.partition(":")[0]
        at = first if first and not first.isdecimal() else f"A{row or 1}"
        text = comments.get((sheet, at)) or comments[sheet, at[0] + "3"]  # corner of a merge
        assert f"[{severity}]" in text and "Mend: " in text
    first_sheet = xlsx.sheets(data / name)[0]
    copied = xlsx.sheets(marked / name)[0]
    assert {k: (c.formula, c.digits) for k, c in first_sheet.cells.items()} == {
        k: (c.formula, c.digits) for k, c in copied.cells.items()
    }


def test_text_that_looks_like_a_formula_stays_text_in_the_copy(
    lay: Lay, run: Run, tmp_path: Path
) -> None:
    data = lay("xlsx-formula")
    book = openpyxl.load_workbook(data / TOWN / "2022.xlsx")
    cell = book["观测值"]["J3"]
    cell.value, cell.data_type = '=HYPERLINK("http://x","y")', "s"
    book.save(data / TOWN / "2022.xlsx")
    run("check", "--data", data, "--town", TOWN, "--marked", tmp_path / "marked")
    sheet = xlsx.sheets(tmp_path / "marked" / TOWN / "2022.xlsx")[0]
    assert (sheet.cells[3, 10].is_formula, sheet.cells[3, 4].is_formula) == (False, True)


def test_marked_copies_are_not_written_among_the_data(lay: Lay, run: Run) -> None:
    data = lay("xlsx-formula")
    status, _, complaint = run(
        "check", "--data", data, "--town", TOWN, "--marked", data / TOWN / "marked"
    )
    assert status == 1 and "数据文件夹之内" in complaint
    assert not (data / TOWN / "marked").exists()
