"""What a number format shows: each answer was written by hand; LibreOffice is the second judge."""

from __future__ import annotations

import csv
import subprocess
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from xushi_stats.tables import cell_text, number_format
from xushi_stats.tables.xlsx import Cell

FILE = Path(__file__).parent / "cases" / "number_formats.csv"
ROWS = list(csv.DictReader(FILE.read_text("utf-8-sig").splitlines()))
_NOT_AS_EXCEL = ("!", "[>=100]", "[Color", "DBNum", "*-", "**", "[$€", "#,##0.##")
"""Where LibreOffice shows another thing than Excel, or fills to the width of the column."""


def stored(row: dict[str, str]) -> int | float:
    return float(row["stored"]) if "." in row["stored"] else int(row["stored"])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['format']} {row['stored']}")
def test_what_is_seen_is_read_or_refused(row: dict[str, str]) -> None:
    seen = number_format.number(Decimal(row["stored"]), row["format"])
    assert (seen.shown if seen else "") == row["seen"]
    read = cell_text.read(Cell(stored(row), 1, row["format"], False))
    assert (read.text, read.code) == (row["read"] or row["stored"], row["code"])
    if row["code"] == "cell_seen":
        assert read.stored == row["stored"]


@pytest.mark.parametrize(
    ("shown", "stored", "read", "code"),
    [
        *(('@"万元"', "15.1", "15.1万元", ""), ("0.00", "398户", "398户", "")),
        *((";;;", "398户", "398户", "cell_seen"), ("0;0;0;", "无", "无", "cell_seen")),
        *(('0;0;0;"约"@', "398户", "约398户", ""), ("[Red]@", "398户", "398户", "")),
    ],
)
def test_a_text_is_read_with_the_words_of_its_format(
    shown: str, stored: str, read: str, code: str
) -> None:
    assert cell_text.read(Cell(stored, 1, shown, False))[:2] == (read, code)


@pytest.mark.judge("soffice")
@pytest.mark.slow
def test_libreoffice_shows_the_same(tmp_path: Path) -> None:
    rows = [r for r in ROWS if not any(mark in r["format"] for mark in _NOT_AS_EXCEL)]
    rows = [r for r in rows if r["code"] != "cell_date"]
    book = openpyxl.Workbook()
    for n, row in enumerate(rows, start=1):
        book.active.cell(n, 1, stored(row)).number_format = row["format"]
    book.active.column_dimensions["A"].width = 60
    book.save(tmp_path / "a.xlsx")
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    words = ["soffice", profile, "--headless", "--convert-to"]
    words += ["csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true", "--outdir"]
    subprocess.run([*words, tmp_path, tmp_path / "a.xlsx"], check=True, capture_output=True)
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as file:
        shown = ["".join((line or [""])[0].split()) for line in csv.reader(file)]
    wrong = [
        (row["format"], row["stored"], row["seen"], other)
        for row, other in zip(rows, shown, strict=True)
        if "".join(row["seen"].split()) != other
    ]
    assert not wrong
    assert len(rows) > 60
