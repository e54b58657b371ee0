"""The auditor's workbook: formulas that another program computes to the same, text that stays text."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from reporting import calc
from reporting.calc import Cells
from towns import DATA, ROOT, Town

from xushi_stats import compute, format
from xushi_stats import dataset as datasets
from xushi_stats.dataset import Dataset
from xushi_stats.formula import Formula
from xushi_stats.ledger import Ledger
from xushi_stats.spreadsheets import xlsx_writer
from xushi_stats.spreadsheets.cell_formulas import Cell, cells
from xushi_stats.spreadsheets.ledger_workbook import workbook

FORM = [
    *(
        "序号",
        "指标名称",
        "计量单位",
        "代码",
        "本年",
        "上年",
        "增减",
        "增减%",
        "原文写法",
        "时期或时点",
    ),
    *("数据性质", "来源", "提供单位", "填报人", "审核人", "填报日期", "备注"),
]


@pytest.fixture(scope="module")
def shipped() -> tuple[Dataset, Ledger]:
    town = datasets.load(DATA, "xushi")
    return town, compute.build(town, 2019, [])


@pytest.fixture(scope="module")
def made(shipped: tuple[Dataset, Ledger]) -> bytes:
    return workbook(*shipped)


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path / "town").clear()


def table(found: Cells, sheet: str, head: str = "序号") -> list[dict[str, Any]]:
    """The rows of a sheet by their heads, up to where the running numbers end."""
    cells = found[sheet]
    (first,) = (at for at, value in cells.items() if value == head and at.startswith("A"))
    top = int(first[1:])
    columns = {c: cells.get(f"{c}{top}") for c in "ABCDEFGHIJKLMNOPQ" if cells.get(f"{c}{top}")}
    rows, row = [], top + 1
    while isinstance(cells.get(f"A{row}"), (int, float)):
        rows.append({name: cells.get(f"{c}{row}") for c, name in columns.items()} | {"row": row})
        row += 1
    return rows


# -- what it holds -----------------------------------------------------------------------------


def test_it_has_five_sheets_with_frozen_heads_on_a_landscape(made: bytes) -> None:
    book = openpyxl.load_workbook(io.BytesIO(made))
    assert book.sheetnames == ["说明", "台账", "观测值", "派生指标", "审核"]
    for page in book:
        assert page.freeze_panes is not None and page.freeze_panes != "A1"
        assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
        assert page.page_setup.fitToHeight == 0 and page.sheet_properties.pageSetUpPr.fitToPage
        assert page.print_title_rows is not None
        assert "样稿" in page.oddHeader.center.text


def test_the_form_has_its_columns_and_its_foot(
    made: bytes, shipped: tuple[Dataset, Ledger]
) -> None:
    found = calc.values(made)
    rows = table(found, "台账")
    assert list(rows[0])[:-1] == FORM
    assert [row["代码"] for row in rows] == [f.indicator.id for f in shipped[1].figures.values()]
    foot = list(found["台账"].values())[-1]
    for name in ("单位负责人", "统计负责人", "填报人", "联系电话", "报出日期"):
        assert f"{name}：" in foot


def test_every_derived_figure_is_a_formula_over_the_observations(
    made: bytes, shipped: tuple[Dataset, Ledger]
) -> None:
    formulas = calc.formulas(made)["派生指标"]
    rows = table(calc.values(made), "派生指标")
    derived = [f for f in shipped[1].figures.values() if not f.is_observed]
    assert len(rows) == len(derived)
    for row, figure in zip(rows, derived, strict=True):
        assert "'!$E$" in formulas[f"E{row['row']}"]
        ends = {f"F{row['row']}", f"G{row['row']}"} <= set(formulas)
        assert ends != figure.is_exact
        assert (f"H{row['row']}" in formulas) == figure.is_exact
        assert f"J{row['row']}" in formulas


def test_the_cached_values_are_those_of_the_ledger(
    made: bytes, shipped: tuple[Dataset, Ledger]
) -> None:
    compare(calc.values(made), shipped[1])


def compare(found: Cells, ledger: Ledger) -> None:
    """Hold every number of the workbook against the ledger's exact one."""
    derived = [f for f in ledger.figures.values() if not f.is_observed]
    for row, figure in zip(table(found, "派生指标"), derived, strict=True):
        quantity = figure.quantity
        if quantity is None:
            assert row["未舍入值"] == "—"
            continue
        near(row["未舍入值"], format.pure(quantity.value, quantity.unit))
        if figure.is_exact:
            rounded = format.round_to(quantity.value, format.places(figure))
            assert row["印出值"] == float(format.pure(rounded, quantity.unit)), figure.id
        else:
            for column, bound in (("下限", quantity.low), ("上限", quantity.high)):
                if abs(bound.value) == float("inf"):
                    assert row[column] == "无限"
                else:
                    near(row[column], format.pure(bound.value, quantity.unit))
        assert row["核对"] in ("√", "—"), figure.id
    results = {"holds": "√", "fails": "×", "undecided": "—"}
    for row, result in zip(table(found, "审核"), ledger.check(), strict=True):
        assert row["结果"] == results[result.verdict], result.check.id
    current = [f for f in ledger.figures.values() if f.release == ledger.release]
    for row, figure in zip(table(found, "台账"), current, strict=True):
        if figure.quantity and figure.is_observed:
            near(row["本年"], format.pure(figure.quantity.value, figure.quantity.unit))


def near(found: Any, exact: Any) -> None:
    exact = Fraction(exact)
    assert abs(Fraction(found) - exact) <= Fraction(1, 10**13) * max(1, abs(exact))


def test_a_figure_in_the_form_carries_its_word(made: bytes) -> None:
    book = openpyxl.load_workbook(io.BytesIO(made))
    formats = {c.number_format for row in book["台账"].iter_rows() for c in row}
    assert {'0"余"', '0"左右"', '0"多"', "0.00%"} <= formats


def test_nothing_is_cut_off(made: bytes) -> None:
    book = openpyxl.load_workbook(io.BytesIO(made), data_only=True)
    for page in book:
        wide = {
            n: found.width
            for found in page.column_dimensions.values()
            for n in range(found.min, found.max + 1)
        }
        merged = {str(r).partition(":")[0] for r in page.merged_cells.ranges}
        for row in page.iter_rows():
            for c in row:
                if isinstance(c.value, str) and c.coordinate not in merged:
                    height = page.row_dimensions[c.row].height
                    lines = (height - xlsx_writer.SPACE) // xlsx_writer.LINE
                    room = wide[c.column] * lines
                    assert xlsx_writer.width(c.value) <= room, c.coordinate
                elif isinstance(c.value, (int, float)):
                    assert wide[c.column] >= len(f"{c.value:.10g}")


# -- another program computes the same ---------------------------------------------------------


@pytest.mark.slow
@pytest.mark.judge("soffice")
def test_libreoffice_corrects_planted_values_and_agrees(
    made: bytes, shipped: tuple[Dataset, Ledger], tmp_path: Path
) -> None:
    planted = calc.spoiled(made)
    before = calc.values(planted)
    assert {row["未舍入值"] for row in table(before, "派生指标")} == {424242}
    assert {row["结果"] for row in table(before, "审核")} == {"?"}
    after = calc.recalculated(planted, tmp_path)
    compare(after, shipped[1])
    assert {row["核对"] for row in table(after, "派生指标")} == {"√"}
    was = [row["本年"] for row in table(calc.values(made), "台账")]
    now = [row["本年"] for row in table(after, "台账")]
    assert [v for v in now if isinstance(v, str)] == [v for v in was if isinstance(v, str)]
    numbers = [[v for v in found if not isinstance(v, str)] for found in (now, was)]
    assert numbers[0] == pytest.approx(numbers[1], rel=1e-13)


def varied(town: Town) -> tuple[Dataset, Ledger]:
    """Two years, units to be converted, ranges that enter twice, what is missing, checks of each sign."""
    town.indicator("money", "万元", basis="flow")
    town.indicator("small", "元", basis="flow")
    town.indicator("both", "万元", "money + small", decimals="2")
    town.indicator("road", "公里")
    town.indicator("pipe", "米")
    town.indicator("length", "公里", "road + pipe", decimals="2")
    town.indicator("land", "亩")
    town.indicator("field", "公顷")
    town.indicator("all", "亩", "land + field")
    town.indicator("part", "%", "share(land, all)", decimals="1")
    town.indicator("rest", "%", "share(field, all)", decimals="1")
    town.indicator("gap", "百分点", "points(rest, part)", decimals="2")
    town.indicator("beyond", "亩")
    town.indicator("seven", "亩")
    town.indicator("eight", "亩")
    town.indicator("thin", "%", "share(field, beyond)", decimals="1")
    town.indicator("rate", "%")
    town.indicator("lost", "户")
    town.indicator("lost.share", "%", "share(lost, lost)")
    town.indicator("minus", "亩", "-land + field")
    for sign, word in (
        ("==", "same"),
        ("<=", "most"),
        ("<", "less"),
        (">=", "least"),
        (">", "more"),
    ):
        for other in ("land", "all", "field", "beyond", "seven", "eight"):
            explained = {"explanation": "虚构"}
            town.check(f"{word}.{other}", f"land {sign} {other}", "核实性", **explained)
    town.check("lost.check", "lost <= lost", "核实性")
    town.check("units", "road + pipe >= length")
    for release, money in (("2019", "15.1万元"), ("2020", "20.05万元")):
        said = {"release": release, "time_period": release}
        for name, wording in {
            **{"money": money, "small": "3456元", "road": "6.3公里", "pipe": "5800米"},
            **{"land": "7000余亩", "field": "3公顷", "beyond": "超过300亩", "rate": "12.5%"},
            **{"seven": "7000亩", "eight": "8000亩"},
        }.items():
            town.state(name, wording, **said)
    data = town.load()
    return data, compute.build(data, 2020, [])


def test_every_kind_of_figure_and_check_can_be_written(town: Town) -> None:
    data, ledger = varied(town)
    made = workbook(data, ledger)
    compare(calc.values(made), ledger)
    row = next(r for r in table(calc.values(made), "台账") if r["代码"] == "money")
    assert (row["本年"], row["上年"], row["增减"]) == (20.05, 15.1, 4.95)
    assert row["增减%"] == 32.8
    texts = list(calc.formulas(made)["派生指标"].values())
    assert any(text.endswith("/10000") for text in texts)  # 元 added to 万元
    verdicts = {r["结果"] for r in table(calc.values(made), "审核")}
    assert verdicts == {"√", "×", "—"}


@pytest.mark.slow
@pytest.mark.judge("soffice")
def test_libreoffice_agrees_on_every_kind_of_figure_and_check(town: Town, tmp_path: Path) -> None:
    data, ledger = varied(town)
    after = calc.recalculated(calc.spoiled(workbook(data, ledger)), tmp_path)
    compare(after, ledger)
    row = next(r for r in table(after, "台账") if r["代码"] == "money")
    assert (row["增减"], row["增减%"]) == (pytest.approx(4.95), 32.8)


@pytest.mark.slow
@pytest.mark.judge("soffice")
def test_a_changed_observation_changes_what_hangs_on_it(made: bytes, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(made))
    rows = table(calc.values(made), "观测值")
    exited = next(row for row in rows if row["代码"] == "poverty.households.exited")
    book["观测值"][f"E{exited['row']}"] = 312
    changed = io.BytesIO()
    book.save(changed)
    after = calc.recalculated(changed.getvalue(), tmp_path)
    wrong = {row["代码"] for row in table(after, "派生指标") if row["核对"] == "×"}
    assert wrong == {
        "poverty.households.exited.share",
        "poverty.household_size.exited",
        "poverty.exited.share_gap",
    }
    failed = [row["审核内容"] for row in table(after, "审核") if row["结果"] == "×"]
    assert len(failed) == 2 and "已脱贫户数与未脱贫户数之和" in failed[0]


# -- the same bytes, and nothing that runs -----------------------------------------------------


def test_the_file_is_stored_and_bears_the_date_of_the_data(made: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_STORED}
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode()
    assert core.count("2020-03-16T00:00:00Z") == 2


def test_the_same_data_give_the_same_bytes_elsewhere(made: bytes, tmp_path: Path) -> None:
    code = (
        "import sys, hashlib; from pathlib import Path;"
        "from xushi_stats import compute, dataset;"
        "from xushi_stats.spreadsheets.ledger_workbook import workbook;"
        f"d = dataset.load(Path({str(DATA)!r}), 'xushi');"
        "print(hashlib.sha256(workbook(d, compute.build(d, 2019, []))).hexdigest())"
    )
    own = {"TZ": "Asia/Shanghai", "PYTHONHASHSEED": "7", "LC_ALL": "C", "PYTHONPATH": str(ROOT)}
    own |= {"SOURCE_DATE_EPOCH": "1", "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=os.environ | own,
        capture_output=True,
        check=True,
    )
    assert done.stdout.decode().strip() == hashlib.sha256(made).hexdigest()


DANGEROUS = [
    "=1+1",
    "+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "＝1",
    "－1",
    "＋1",
    "＠x",
    "=cmd|' /C calc'!A0",
]


def test_text_that_looks_like_a_formula_stays_text(town: Town) -> None:
    town.indicator("a", "户", definition_zh="=1", name_zh="=HYPERLINK(甲)")
    town.state("a", "398户", note="@SUM(A1)", status="初步数")
    data = town.load()
    statements = tuple(
        replace(data.observations[0], note=note, start=n) for n, note in enumerate(DANGEROUS)
    )
    data = replace(data, observations=statements)
    made = workbook(data, compute.build(data, 2019, []))
    found = calc.formulas(made)
    typed = {text for page in found.values() for text in page.values()}
    assert all("$E$" in text for text in typed)
    book = openpyxl.load_workbook(io.BytesIO(made))
    names = [c for row in book["观测值"].iter_rows() for c in row if c.value == "=HYPERLINK(甲)"]
    assert [(c.data_type, c.quotePrefix) for c in names] == [("s", True)] or [
        c.data_type for c in names
    ] == ["s"]


@pytest.mark.parametrize(
    "text", [*DANGEROUS, "\n=1", "http://example.org", "a\x00b", "_x0041_", "<b>&"]
)
def test_a_text_cell_holds_a_text(text: str) -> None:
    from datetime import datetime

    page = xlsx_writer.Sheet("甲", "标题", [xlsx_writer.Column("列")], [[text]])
    made = xlsx_writer.workbook([page], datetime(2020, 1, 1), "样稿")
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        body = archive.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in body and "hyperlink" not in body
        assert 't="s"' in body
    openpyxl.load_workbook(io.BytesIO(made))


# -- formulas ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ("a + b", "A+B"),
        ("a - (b - c)", "A-(B-C)"),
        ("a - b - c", "A-B-C"),
        ("a / (b * c)", "A/(B*C)"),
        ("a / b / c", "A/B/C"),
        ("(a + b) * c", "(A+B)*C"),
        ("share(a, b + c)", "A/(B+C)"),
        ("points(share(a, b), share(b, c))", "(A/B-B/C)*100"),
        ("growth(a, prior(a))", "(A-A)/A"),
        ("-a + b", "-A+B"),
        ("a - -b", "A-(-B)"),
        ("a * 1.5", "A*3/2"),
    ],
)
def test_a_formula_keeps_its_brackets(formula: str, text: str) -> None:
    made = cells(Formula(formula), lambda reference: Cell(reference.indicator.upper()))
    assert made.text == text


def test_units_enter_as_a_factor_only_where_they_differ() -> None:
    sizes = {"km": Fraction(1000), "m": Fraction(1), "mu": Fraction(2000, 3)}

    def at(reference: Any) -> Cell:
        return Cell(reference.indicator, sizes[reference.indicator])

    assert cells(Formula("km + m"), at).to(Fraction(1000)).text == "km+m/1000"
    assert cells(Formula("m + km"), at).to(Fraction(1)).text == "m+km*1000"
    assert cells(Formula("mu / m"), at).to(Fraction(1)).text == "mu/m*2000/3"
    assert cells(Formula("km / km"), at).to(Fraction(1)).text == "km/km"
