"""A number as a clerk enters it is read, or refused with what to write instead."""

from __future__ import annotations

import dataclasses
import zipfile
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
from towns import Cells, Town, cases

from xushi_stats import compute
from xushi_stats.faults import DataFaults, Fault
from xushi_stats.numerals import entered
from xushi_stats.reporting import comparisons
from xushi_stats.reporting.document import plain
from xushi_stats.tables import Column, Row, rows, xlsx


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path).clear()


def row(value: str, unit: str, read_as: str = "", stored: str = "") -> Row:
    cells = {"value": value, "unit": unit, "read_as": read_as}
    return Row("a.xlsx", 3, cells, {}, "观测值", stored={"value": stored} if stored else {})


@pytest.mark.parametrize("case", cases("entered"), ids=lambda c: f"{c['value']} {c['column']}")
@pytest.mark.parametrize("column", ["value", "read_as"])
def test_a_number_is_read_or_refused(town: Town, case: Cells, column: str) -> None:
    town.indicator("a", case["unit"], name_zh=case["called"])
    own = town.load().catalogue.find("a")
    assert own is not None
    meant = row(case["value"], case["column"], case["value"] if column == "read_as" else "")
    if not case["code"]:
        assert entered.read(meant, column, own).value == Fraction(case["read"])
        return
    with pytest.raises(DataFaults) as caught:
        entered.read(meant, column, own)
    (fault,) = caught.value.faults
    assert (fault.code, fault.details.get("near", "")) == (case["code"], case["hint"])
    assert "{" not in fault.text("zh") + fault.text("en")


@pytest.mark.parametrize(
    ("text", "stored", "unit", "own", "seen"),
    [
        *(("398户", "398", "户", "户", ""), ("826万元", "826", "万元", "万元", "")),
        *(("98.5%", "98.5", "%", "%", ""), ("约15万元", "15", "万元", "万元", "")),
        *(("15.1亿元", "15.1", "万元", "万元", "x"), ("1.50万亩", "1.5", "亩", "亩", "x")),
        *(("2.15万", "2.15", "人", "人", "x"), ("400户", "400", "人", "人", "x")),
        *(("00398", "398", "户", "户", "x"), ("12万", "12", "元", "元", "x")),
        *(("¥1234.50", "1234.5", "元", "元", ""), ("¥1234.50", "1234.5", "万元", "万元", "x")),
    ],
)
def test_a_unit_in_a_number_format_counts(
    town: Town, text: str, stored: str, unit: str, own: str, seen: str
) -> None:
    town.indicator("a", own)
    known = town.load().catalogue.find("a")
    assert known is not None
    try:
        entered.read(row(text, unit, stored=stored), "value", known)
        assert not seen
    except DataFaults as caught:
        (fault,) = caught.faults
        assert seen and fault.code == "cell_seen"
        for lang in ("zh", "en"):
            assert text in fault.text(lang) and stored in fault.text(lang)


def test_a_catalogue_may_say_that_parts_are_counted(town: Town) -> None:
    town.indicator("a", "次")
    own = town.load().catalogue.find("a")
    assert own is not None
    with pytest.raises(DataFaults):
        entered.read(row("1.5次", ""), "value", own)
    own = dataclasses.replace(own, decimals=1)
    assert entered.read(row("1.5次", ""), "value", own).value == Fraction(3, 2)


def test_what_a_format_shows_reaches_the_fault_with_its_cell(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "观测值"
    book.active.append(["指标", "原文写法"])
    shown = ["0!.0000", ";;;", '0"户"', "0"]
    for line, number_format in enumerate(shown, start=2):
        book.active.append(["甲", 162000])
        book.active.cell(line, 2).number_format = number_format
    book.save(tmp_path / "a.xlsx")
    (sheet,) = xlsx.sheets(tmp_path / "a.xlsx")
    faults: list[Fault] = []
    columns = (Column("indicator", "指标"), Column("value", "原文写法"))
    lines = rows.lines_of(sheet)
    found = rows.Reader("a.xlsx", columns, lines, faults, lambda _: False, sheet).rows()
    assert [r["value"] for r in found] == ["", "", "162000户", "162000"]
    assert [(f.code, f.cell, f.details["stored"]) for f in faults] == [
        ("cell_seen", "B2", "162000"),
        ("cell_seen", "B3", "162000"),
    ]


def test_a_strict_open_xml_workbook_is_told_in_a_sentence(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["指标", "原文写法"])
    book.save(tmp_path / "plain.xlsx")
    strict = tmp_path / "strict.xlsx"
    with (
        zipfile.ZipFile(tmp_path / "plain.xlsx") as plain_book,
        zipfile.ZipFile(strict, "w") as made,
    ):
        for member in plain_book.namelist():  # the names of ISO/IEC 29500 Strict
            text = plain_book.read(member)
            for part, name in (("spreadsheetml/2006/main", "spreadsheetml/main"),
                               ("officeDocument/2006/relationships",
                                "officeDocument/relationships")):  # fmt: skip
                text = text.replace(
                    f"http://schemas.openxmlformats.org/{part}".encode(),
                    f"http://purl.oclc.org/ooxml/{name}".encode(),
                )
            made.writestr(member, text)
    with pytest.raises(DataFaults) as caught:
        xlsx.sheets(strict)
    (fault,) = caught.value.faults
    for lang in ("zh", "en"):
        assert "Strict Open XML" in fault.text(lang)


@pytest.mark.parametrize(
    ("now", "zh", "en"),
    [
        *(
            ("100001户", "与上年基本持平", "little changed"),
            ("100000户", "与上年持平", "unchanged"),
        ),
        *(("99999户", "与上年基本持平", "little changed"), ("101000户", "增长1.0%", "1.0%")),
    ],
)
def test_a_change_that_rounds_to_nothing_is_told_as_such(
    town: Town, now: str, zh: str, en: str
) -> None:
    town.indicator("a", "户", basis="flow")
    town.indicator("a.growth", "%", formula="growth(a, prior(a))", decimals="1")
    town.state("a", "100000户", time_period="2018", release="2018")
    town.state("a", now)
    ledger = compute.build(town.load(), 2019, [])
    figure = ledger.find("a")
    assert figure is not None
    for lang, said in (("zh", zh), ("en", en)):
        run = comparisons.phrase(ledger, figure, lang, "public", number=False)
        assert said in plain(run)
