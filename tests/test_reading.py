"""Whatever is typed, and however it is stored: the same number is read, or a fault; never another one."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from reporting.copies import Release

from xushi_stats import notation, tables
from xushi_stats.faults import Fault
from xushi_stats.notation import NotationError
from xushi_stats.tables import Column, cell_text, xlsx
from xushi_stats.tables import rows as reader
from xushi_stats.tables.xlsx import Cell
from xushi_stats.units.names import unit_names

HERE = Path(__file__).resolve().parent
UNITS = [u for u in unit_names() if u != "百分点"]
WIDE = str.maketrans("0123456789.,%-", "０１２３４５６７８９．，％－")
typed = st.builds(
    lambda digits, places: Decimal(digits).scaleb(-places),
    st.integers(0, 10**15 - 1),
    st.integers(0, 9),
)
"""A number that a person could type into a cell: at most fifteen digits."""


def number(value: Decimal, shown: str = "General") -> tuple[str, str]:
    stored = int(value) if value == value.to_integral_value() else float(value)
    return cell_text.read(Cell(stored, 1, shown, False))[:2]


def plain(value: Decimal) -> str:
    return format(value.normalize(), "f") if value else "0"


def counts(unit: str) -> str:
    return "物" if unit_names()[unit].kind == "counting" else ""


# -- numeric cells -------------------------------------------------------------------------------


@given(typed)
@example(Decimal("15.1"))
@example(Decimal("0.1"))
@example(Decimal("999999999999999"))
def test_a_typed_number_is_read_as_typed(value: Decimal) -> None:
    assert number(value) == (plain(value), "")


@given(typed)
@example(Decimal("0.07"))
@example(Decimal("0.123"))
def test_a_cell_formatted_as_a_percentage_is_a_hundred_times_its_number(value: Decimal) -> None:
    text, _ = number(value, "0%")
    assert text.endswith("%") and Fraction(text[:-1]) == Fraction(value) * 100


@given(typed, st.integers(0, 6))
def test_a_format_adds_zeros_and_takes_no_digit(value: Decimal, places: int) -> None:
    text, code = number(value, "0." + "0" * places if places else "0")
    assert Fraction(text) == Fraction(value)
    assert len(text.partition(".")[2]) >= places
    assert (code == "cell_shown") == (len(plain(value).partition(".")[2]) > places)


@given(st.floats())
def test_any_stored_number_is_read_exactly_or_refused(value: float) -> None:
    text, code, _ = cell_text.read(Cell(value, 1, "General", False))
    if not code:
        assert Fraction(text) == Fraction(repr(value))
    assert code in ("", "cell_digits")


FORMATS = ["0,", "0.0,,", '0.0,"千"', "#,##0,", "0!.0,", "0\\.0,", "[Red]0,;-0,"]


@pytest.mark.parametrize("shown", FORMATS)
def test_a_format_that_shows_thousandths_is_refused(shown: str) -> None:
    assert cell_text.read(Cell(162000, 1, shown, False))[1:] == ("cell_seen", "162000")


@pytest.mark.parametrize("shown", ["0", "#,##0", "[$-804]0", "General", "0_ ", "@"])
def test_a_format_that_shows_the_number_itself_is_read(shown: str) -> None:
    assert cell_text.read(Cell(162000, 1, shown, False)) == ("162000", "", "")


def test_a_percent_sign_that_is_only_text_is_a_unit() -> None:
    assert cell_text.read(Cell(12.3, 1, '0.0"%"', False)) == ("12.3%", "", "12.3")


@given(st.lists(typed, min_size=1, max_size=40))
def test_what_a_workbook_stores_comes_back(values: list[Decimal]) -> None:
    book = openpyxl.Workbook()
    for value in values:
        whole = value == value.to_integral_value()
        book.active.append([int(value) if whole else float(value), plain(value)])
    saved = io.BytesIO()
    book.save(saved)
    book = openpyxl.load_workbook(saved)
    for (stored, written), value in zip(book.active.iter_rows(), values, strict=True):
        found = cell_text.read(Cell(stored.value, 1, stored.number_format, False))
        assert found == (plain(value), "", "")
        assert found == cell_text.read(Cell(written.value, 1, "@", False))


# -- texts -----------------------------------------------------------------------------------------


@given(typed, st.sampled_from(UNITS), st.sampled_from(["", ",", "wide", "minus"]))
def test_a_typed_text_is_the_same_number_or_refused(value: Decimal, unit: str, how: str) -> None:
    assume(len(plain(value)) < 30)
    text = f"{value.normalize():,f}" if how == "," and value else plain(value)
    text = text.translate(WIDE) if how == "wide" else text
    text = f"−{text}" if how == "minus" else text
    try:
        read = notation.parse(text + unit, counts(unit))
    except NotationError:
        assert how
        return
    sign = -1 if how == "minus" else 1
    assert read.value * (read.unit.scale if unit == "%" else 1) == sign * Fraction(value) * (
        read.unit.scale if unit == "%" else 1
    )


@given(typed, st.sampled_from(["增长", "下降", "同比增长", "比上年下降", "-", "−", "提高", "降低"]))
@example(Decimal("5.2"), "增长")
@example(Decimal("0"), "下降")
def test_a_change_is_written_and_read_back(value: Decimal, word: str) -> None:
    for unit in ("%", "个百分点"):
        read = notation.parse(f"{word}{plain(value)}{unit}")
        falls = word in ("下降", "比上年下降", "-", "−", "降低")
        assert read.value == (-1 if falls else 1) * Fraction(value)
        assert notation.parse(notation.normal(read)) == read


@pytest.mark.parametrize(
    "wording",
    [
        *("增长5户", "下降3.1万元", "负-5户", "增长-5%", "--5%", "下降下降5%"),
        *("增长下降5%", "下降约3%", "下降近3%", "增长", "-", "增长%", "+5%", "约-5%", "增长5.2"),
    ],
)
def test_a_change_of_another_kind_is_refused(wording: str) -> None:
    with pytest.raises(NotationError):
        notation.parse(wording)


def test_a_growth_keeps_its_qualifier() -> None:
    read = notation.parse("增长近6%")
    assert (read.value, read.kind, read.low.value) == (6, "under", 0)


@pytest.mark.parametrize(
    "blank", ["\u3000", "\u00a0", "\u200b", "\ufeff", " \t\u2009 ", "\u200b \u3000"]
)
def test_blanks_of_every_kind_are_blank(blank: str) -> None:
    assert cell_text.clean(blank) == ""
    assert cell_text.clean(f"{blank}398户{blank}") == "398户"


# -- tables ------------------------------------------------------------------------------------------


def read(tmp_path: Path, content: bytes, faults: list[Fault]) -> list[tables.Row]:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    columns = (Column("a", "甲", True), Column("b", "乙"))
    return tables.read_table(path, "t.csv", columns, faults)


def test_reading_stops_where_nothing_is_right(tmp_path: Path) -> None:
    faults: list[Fault] = []
    read(tmp_path, b"a,b\n" + b",x\n" * 5000, faults)
    assert faults[-1].code == "many" and len(faults) == reader.MANY + 2


def test_a_text_file_that_is_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xushi_stats.tables.csv_text.LARGEST", 10)
    faults: list[Fault] = []
    assert read(tmp_path, b"a,b\n1,2\n3,4\n5,6\n", faults) == []
    assert [fault.code for fault in faults] == ["file_large"]


@given(st.lists(st.tuples(st.text('甲乙1,;"\n\t ，', min_size=1), st.text('xy, "\r\n'))))
def test_a_table_that_the_csv_module_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]
) -> None:
    import csv

    text = io.StringIO(newline="")
    csv.writer(text).writerows([("a", "b"), *rows])
    faults: list[Fault] = []
    found = read(tmp_path_factory.mktemp("t"), text.getvalue().encode(), faults)
    kept = [r for r in rows if cell_text.clean(r[0]) or cell_text.clean(r[1])]
    told = {f.row for f in faults}
    expected = [tuple(map(cell_text.clean, r)) for r in kept]
    assert [(r["a"], r["b"]) for r in found] == expected
    assert all(fault.code == "required" for fault in faults), told


# -- what could do harm ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "part",
    [
        b'<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>',
        b'<mergeCells><mergeCell ref="A1&#58;XFD1048576"/></mergeCells>',
        b'<mergeCells><x:mergeCell ref="$A$1:$XFD$1048576"/></mergeCells>',
        b'<hyperlinks><hyperlink ref="A1:XFD1048576" location="a"/></hyperlinks>',
        b"<c/>" * 500_000,
    ],
    ids=["merge", "escaped", "prefixed", "link", "cells"],
)
def test_a_sheet_that_spans_too_many_cells_is_refused_before_it_is_parsed(part: bytes) -> None:
    assert xlsx._spans(b"<worksheet><sheetData/>" + part + b"</worksheet>") > xlsx.CELLS


def test_a_usual_sheet_does_not_span_too_many_cells() -> None:
    part = b'<c r="A1"><v>1</v></c><cols><col min="1"/></cols><mergeCell ref="A1:J1"/>'
    assert xlsx._spans(part) == 11


def test_a_stray_cell_costs_nothing(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["XFD1048576"] = 1
    book.save(tmp_path / "a.xlsx")
    (sheet,) = xlsx.sheets(tmp_path / "a.xlsx")
    assert list(sheet.cells) == [(1048576, 16384)]


@pytest.mark.slow
def test_damaged_files_bring_faults_and_nothing_else() -> None:
    """Bounded: so many examples each time, from a seed; more by hand with ``tests/fuzz.py``."""
    examples = os.environ.get("XUSHI_FUZZ", "250")
    done = subprocess.run(
        [sys.executable, HERE / "fuzz.py", examples, "20"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    numbers = dict(part.rsplit(" ", 1) for part in done.stdout.strip()[:-3].split(", "))
    assert int(numbers["failed"]) == 0 < int(numbers["read"])
    assert int(numbers["more memory"]) < 300


@pytest.mark.slow
@pytest.mark.judge("ssh-keygen")
def test_damaged_reports_are_looked_into_to_the_end(xushi: Release) -> None:
    """Bounded, as above; of each kind by hand with ``tests/fuzz.py 9999 7 pdf 180``."""
    examples = os.environ.get("XUSHI_FUZZ", "12")
    command = [sys.executable, HERE / "fuzz.py", examples, "20", "finished", "999", xushi.folder]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0 and "failed 0" in done.stdout, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["notebooks", "exhibits", "checks", "towns"])
def test_damaged_projects_are_checked_to_the_end(kind: str) -> None:
    """Bounded, as above; for so many seconds by hand with ``tests/fuzz.py 9999 7 exhibits 180``."""
    examples = os.environ.get("XUSHI_FUZZ", "6")
    done = subprocess.run(
        [sys.executable, HERE / "fuzz.py", examples, "20", kind], capture_output=True, text=True
    )
    assert done.returncode == 0 and "failed 0" in done.stdout, done.stdout + done.stderr
