"""Sampling: the same seed draws the same figures, and the filled sheet gives the rate of errors."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from towns import DATA, ROOT, Town

from xushi_stats import compute
from xushi_stats import dataset as datasets
from xushi_stats.audit import sampling, sampling_result
from xushi_stats.audit.sampling import Plan, draw
from xushi_stats.audit.sampling_result import most_wrong
from xushi_stats.commands import main
from xushi_stats.dataset import Dataset
from xushi_stats.faults import DataFaults
from xushi_stats.ledger import Ledger

PLAN = Plan("2024", 12, ("100万元",))
FUNDS = "xushi/poverty.projects.funds@2019"
LOTUS = "xushi/industry.lotus.area@2019"


@pytest.fixture(scope="module")
def shipped() -> tuple[Dataset, Ledger]:
    town = datasets.load(DATA, "xushi")
    return town, compute.build(town, 2019, [])


@pytest.fixture(scope="module")
def blank(shipped: tuple[Dataset, Ledger]) -> bytes:
    return sampling.workbook(*shipped, PLAN)


# -- drawing -----------------------------------------------------------------------------------


def ids(found: sampling.Sample) -> list[str]:
    return [figure.id for figure in found.figures]


def test_the_same_seed_draws_the_same_and_another_others(shipped: tuple[Dataset, Ledger]) -> None:
    ledger = shipped[1]
    assert ids(draw(ledger, PLAN)) == ids(draw(ledger, PLAN))
    assert ids(draw(ledger, PLAN)) != ids(draw(ledger, Plan("2025", 12, ("100万元",))))


def test_a_seed_draws_these_on_every_machine(shipped: tuple[Dataset, Ledger]) -> None:
    """Known answers: who changes the way of drawing makes sheets unreadable that are out."""
    assert ids(draw(shipped[1], Plan("2024", 3))) == [
        "xushi/poverty.education.subsidy@2019",
        "xushi/poverty.households.remaining@2020-03",
        "xushi/poverty.housing.funds@2019",
    ]


def test_the_order_of_the_data_does_not_matter(shipped: tuple[Dataset, Ledger]) -> None:
    ledger = shipped[1]
    turned = Ledger(
        ledger.ref_area, ledger.release, dict(reversed(ledger.figures.items())), ledger.catalogue
    )
    assert ids(draw(turned, PLAN)) == ids(draw(ledger, PLAN))


def test_what_is_above_a_threshold_of_its_kind_is_drawn_in_any_case(
    shipped: tuple[Dataset, Ledger],
) -> None:
    found = draw(shipped[1], Plan("1", 5, ("100万元", "7500亩", "300户")))
    assert [figure.id for figure in found.whole] == [
        "xushi/environment.houses.demolished@2019",
        "xushi/industry.lotus.area@2019",  # 7000余 may be 7900
        "xushi/industry.rotation.area@2019",
        "xushi/livelihood.subsidy.households@2019",
        "xushi/poverty.households.exited@2020-03",
        "xushi/poverty.households@2020-03",
        FUNDS,
    ]
    assert len(found.random) == 5
    assert len(set(ids(found))) == 5 + len(found.whole)
    assert found.others + len(found.whole) == 66


def test_a_figure_at_the_threshold_is_not_above_it(shipped: tuple[Dataset, Ledger]) -> None:
    assert FUNDS not in ids(draw(shipped[1], Plan("1", 0, ("115.9万元",))))
    assert FUNDS in ids(draw(shipped[1], Plan("1", 0, ("115.8万元",))))


def test_no_more_are_drawn_than_there_are(shipped: tuple[Dataset, Ledger]) -> None:
    found = draw(shipped[1], Plan("1", 1000))
    assert len(found.random) == found.others == 66


def test_derived_and_missing_figures_are_not_drawn(town: Town) -> None:
    town.indicator("here", "户")
    town.indicator("lost", "户")
    town.indicator("part", "%", "share(here, here)")
    town.state("here", "398户")
    assert ids(draw(town.ledger(), Plan("1", 10))) == ["xushi/here@2019"]


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path / "town").clear()


def test_the_sheet_has_the_columns_of_an_inspection(blank: bytes) -> None:
    page = openpyxl.load_workbook(io.BytesIO(blank))["抽查表"]
    heads = next(r for r in page.iter_rows(values_only=True) if r[0] == "序号")
    wanted = (
        "报告数",
        "台账数",
        "原始记录数",
        "差异",
        "差异原因",
        "被查单位确认",
        "检查人",
        "日期",
    )
    assert heads[-8:] == wanted
    assert page["A2"].value == PLAN.line == "种子：2024　随机抽取：12　全查：100万元"


def test_the_same_seed_gives_the_same_file_elsewhere(blank: bytes, tmp_path: Path) -> None:
    out = tmp_path / "另一处" / "表.xlsx"
    own = {"TZ": "Asia/Shanghai", "PYTHONHASHSEED": "3", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "xushi_stats", "sample", "--data", str(DATA), "--seed", "2024"]
    command += ["--n", "12", "--above", "100万元", "--out", str(out)]
    subprocess.run(command, cwd=tmp_path, env=os.environ | own, check=True, capture_output=True)
    assert out.read_bytes() == blank
    assert [path.name for path in out.parent.iterdir()] == [out.name]


# -- reading back ------------------------------------------------------------------------------

Fill = Callable[[Any, int], None]


def filled(blank: bytes, path: Path, change: Fill = lambda page, row: None) -> Path:
    """The sheet with every record as the ledger has it (a figure of a range inside it), then a change."""
    book = openpyxl.load_workbook(io.BytesIO(blank))
    page = book["抽查表"]
    for row in rows(page):
        about = "余" in page.cell(row, 6).value or "多" in page.cell(row, 6).value
        page.cell(row, 8).value = page.cell(row, 7).value + (1 if about else 0)
    change(page, min(rows(page)))
    book.save(path)
    return path


def rows(page: Any) -> dict[int, str]:
    """Row number → id."""
    return {
        c.row: page.cell(c.row, 2).value
        for (c,) in page.iter_rows(max_col=1)
        if type(c.value) is int
    }


def at(page: Any, identity: str) -> int:
    return next(row for row, name in rows(page).items() if name == identity)


def put(value: Any, column: int = 8) -> Fill:
    def change(page: Any, row: int) -> None:
        page.cell(row, column).value = value

    return change


def test_a_sheet_without_an_error_has_a_rate_of_zero_and_a_limit(
    blank: bytes, shipped: tuple[Dataset, Ledger], tmp_path: Path
) -> None:
    result = sampling_result.read(filled(blank, tmp_path / "a.xlsx"), shipped[1])
    assert (len(result.checked), result.unchecked, result.wrong) == (13, (), [])
    assert result.rate == 0
    assert result.most == most_wrong(65, 12, 0)
    said = list(sampling_result.told(result, "zh"))
    assert said[0] == "抽查 13 个（随机 12 个，全查 1 个）；已查 13 个，未查 0 个。"
    assert said[1] == "有差错 0 个，差错率 0.00%（0/13）。"
    assert f"65 个中有差错的不超过 {result.most} 个" in said[2]


def test_a_record_that_differs_is_an_error_and_is_told_with_its_reason(
    blank: bytes, shipped: tuple[Dataset, Ledger], tmp_path: Path
) -> None:
    def change(page: Any, row: int) -> None:
        page.cell(at(page, FUNDS), 8).value = 115.8
        page.cell(at(page, FUNDS), 10).value = "多报"

    result = sampling_result.read(filled(blank, tmp_path / "a.xlsx", change), shipped[1])
    assert result.rate == Fraction(1, 13)
    assert [(found.figure.id, found.record) for found in result.wrong] == [
        (FUNDS, Fraction("115.8"))
    ]
    zh, en = (list(sampling_result.told(result, lang)) for lang in ("zh", "en"))  # type: ignore[arg-type]
    assert zh[1].endswith("台账 115.9万元，原始记录 115.8万元  多报")
    assert "record 1,158,000 yuan" in en[1]
    assert "差错率 7.69%（1/13）" in zh[2] and "7.69% (1/13)" in en[2]
    # the one singled out says nothing of the others
    assert result.most == most_wrong(65, 12, 0)


def test_a_row_left_empty_is_not_checked_and_nothing_is_inferred(
    blank: bytes, shipped: tuple[Dataset, Ledger], tmp_path: Path
) -> None:
    def change(page: Any, row: int) -> None:
        page.cell(max(rows(page)), 8).value = None
        page.cell(max(rows(page)) - 1, 8).value = "　"

    result = sampling_result.read(filled(blank, tmp_path / "a.xlsx", change), shipped[1])
    assert (len(result.checked), len(result.unchecked), result.most) == (11, 2, None)
    said = list(sampling_result.told(result, "zh"))
    assert sum(line.startswith("  未查") for line in said) == 2
    assert said[-1] == "随机抽取的尚未查完，不推断其余的数。"


def test_a_sheet_that_nobody_filled_has_no_rate(
    blank: bytes, shipped: tuple[Dataset, Ledger], tmp_path: Path
) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(blank)
    result = sampling_result.read(path, shipped[1])
    assert result.rate is None
    assert list(sampling_result.told(result, "zh"))[-1] == "没有已查的数，不计算差错率。"


@pytest.mark.parametrize(
    ("record", "wrong"), [(7321, False), (7000, True), (8000, True), (6999, True), (7999.5, False)]
)
def test_a_record_within_the_range_of_an_approximate_figure_is_no_error(
    shipped: tuple[Dataset, Ledger], tmp_path: Path, record: float, wrong: bool
) -> None:
    whole = sampling.workbook(*shipped, Plan("1", 0, ("7500亩",)))
    path = filled(whole, tmp_path / "a.xlsx", lambda page, row: put(record)(page, at(page, LOTUS)))
    assert bool(sampling_result.read(path, shipped[1]).wrong) == wrong


@pytest.mark.parametrize(
    "record", [115.9, "115.9", "115.9万元", "１１５．９", "1159000元", " 115.9 ", "115.90"]
)
def test_a_record_may_be_written_in_the_ways_people_write(
    blank: bytes, shipped: tuple[Dataset, Ledger], tmp_path: Path, record: Any
) -> None:
    path = filled(blank, tmp_path / "a.xlsx", lambda page, row: put(record)(page, at(page, FUNDS)))
    assert sampling_result.read(path, shipped[1]).wrong == []


@pytest.mark.parametrize(
    "record", ["约115.9万元", "一百多", "115.9户", True, "=1+1", "1,15.9", "没有"]
)
def test_a_record_that_is_no_number_is_named_with_its_place(
    blank: bytes, shipped: tuple[Dataset, Ledger], tmp_path: Path, record: Any
) -> None:
    path = filled(blank, tmp_path / "a.xlsx", lambda page, row: put(record)(page, at(page, FUNDS)))
    with pytest.raises(DataFaults) as raised:
        sampling_result.read(path, shipped[1])
    (fault,) = raised.value.faults
    assert (fault.code, fault.file, fault.column) == ("sample_number", "a.xlsx", "原始记录数")
    assert "a.xlsx 第6行 “原始记录数”列" in fault.text("zh")


def remove(page: Any, row: int) -> None:
    page.delete_rows(row)


def double(page: Any, row: int) -> None:
    page.cell(row + 1, 2).value = page.cell(row, 2).value


def other_seed(page: Any, row: int) -> None:
    page["A2"].value = page["A2"].value.replace("2024", "2025")


@pytest.mark.parametrize(
    "change", [remove, double, other_seed, put(1, 7), put("xushi/nothing@2019", 2)]
)
def test_a_sheet_that_was_tampered_with_is_refused(
    blank: bytes, shipped: tuple[Dataset, Ledger], tmp_path: Path, change: Fill
) -> None:
    with pytest.raises(DataFaults) as raised:
        sampling_result.read(filled(blank, tmp_path / "a.xlsx", change), shipped[1])
    assert {fault.code for fault in raised.value.faults} == {"sample_row"}


def test_a_row_twice_and_the_one_it_took_the_place_of_are_both_named(
    blank: bytes, shipped: tuple[Dataset, Ledger], tmp_path: Path
) -> None:
    with pytest.raises(DataFaults) as raised:
        sampling_result.read(filled(blank, tmp_path / "a.xlsx", double), shipped[1])
    named = {(fault.row, fault.value) for fault in raised.value.faults}
    assert (7, FUNDS) in named and len(named) >= 2


def test_a_share_may_be_written_as_percent_or_as_a_number(town: Town, tmp_path: Path) -> None:
    town.indicator("rate", "%")
    town.state("rate", "12.5%")
    ledger = town.ledger()
    blank = sampling.workbook(town.load(), ledger, Plan("1", 5))

    def percent(page: Any, row: int) -> None:
        page.cell(row, 8).value = 0.125
        page.cell(row, 8).number_format = "0.0%"

    for change in (percent, put(12.5), put("12.5%")):
        result = sampling_result.read(filled(blank, tmp_path / "a.xlsx", change), ledger)
        assert (len(result.checked), result.wrong) == (1, [])
    result = sampling_result.read(filled(blank, tmp_path / "a.xlsx", put(0.125)), ledger)
    assert len(result.wrong) == 1  # 0.125 in a plain cell is an eighth of a percent


def test_without_a_random_part_nothing_is_inferred(
    shipped: tuple[Dataset, Ledger], tmp_path: Path
) -> None:
    whole = sampling.workbook(*shipped, Plan("1", 0, ("100万元",)))
    result = sampling_result.read(filled(whole, tmp_path / "a.xlsx"), shipped[1])
    assert result.most is None
    assert list(sampling_result.told(result, "zh"))[-1] == "没有随机抽取，不推断。"
    assert "None was drawn at random" in list(sampling_result.told(result, "en"))[-1]


def test_data_that_changed_since_are_told(blank: bytes, tmp_path: Path) -> None:
    town = Town(tmp_path / "town")
    town.change(
        "xushi/observations.csv",
        lambda row: row["indicator"] == "poverty.projects.funds",
        value="116.9万元",
    )
    path = filled(blank, tmp_path / "a.xlsx")
    with pytest.raises(DataFaults) as raised:
        sampling_result.read(path, town.ledger())
    assert [(f.code, f.column) for f in raised.value.faults] == [("sample_row", "台账数")]


@pytest.mark.parametrize(
    "spoil", [lambda b: b.remove(b["抽查表"]), lambda b: b["抽查表"].delete_rows(2)]
)
def test_a_workbook_that_is_no_sample_is_refused(
    blank: bytes, shipped: tuple[Dataset, Ledger], tmp_path: Path, spoil: Callable[[Any], None]
) -> None:
    book = openpyxl.load_workbook(io.BytesIO(blank))
    book.create_sheet("别的")
    spoil(book)
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(DataFaults) as raised:
        sampling_result.read(tmp_path / "a.xlsx", shipped[1])
    assert [fault.code for fault in raised.value.faults] == ["workbook"]


# -- how many may be wrong ---------------------------------------------------------------------


def chance(population: int, bad: int, drawn: int, most: int) -> Fraction:
    """The chance to draw so few bad ones, by going through all samples."""
    draws = list(combinations(range(population), drawn))
    few = sum(sum(item < bad for item in chosen) <= most for chosen in draws)
    return Fraction(few, len(draws))


@pytest.mark.parametrize("population", [5, 6, 8, 9, 10, 11])
def test_the_limit_is_the_last_number_that_one_sample_in_twenty_would_hide(population: int) -> None:
    for drawn in range(1, population + 1):
        for wrong in range(min(drawn, 3) + 1):
            possible = range(wrong, population - drawn + wrong + 1)
            hidden = [n for n in possible if chance(population, n, drawn, wrong) > Fraction(1, 20)]
            assert most_wrong(population, drawn, wrong) == max(hidden), (drawn, wrong)


def test_of_a_large_population_the_limit_is_the_usual_one() -> None:
    """Rule of three, exactly: 59 without an error leave 5%."""
    assert Fraction(most_wrong(10000, 59, 0), 10000) < Fraction(5, 100)
    assert Fraction(most_wrong(10000, 58, 0), 10000) > Fraction(5, 100)


# -- the command -------------------------------------------------------------------------------


def run(*arguments: object) -> int:
    try:
        return main.main([str(a) for a in arguments])
    except SystemExit as stop:
        return int(stop.code or 0)


def test_the_command_draws_and_reads_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    common = ("sample", "--data", DATA, "--lang", "zh")
    assert run(*common, "--seed", "2024", "--n", "12") == main.DONE
    path = tmp_path / "抽查表.xlsx"
    assert capsys.readouterr().out == "抽查表.xlsx\n"
    assert run(*common, "--read", path) == main.DONE
    good = filled(path.read_bytes(), tmp_path / "好.xlsx")
    assert run(*common, "--read", good) == main.DONE
    bad = filled(path.read_bytes(), tmp_path / "坏.xlsx", put(999999))
    assert run(*common, "--read", bad) == main.FINDINGS
    assert "差错率 8.33%（1/12）" in capsys.readouterr().out


WRONG: Mapping[str, tuple[str, ...]] = {
    "neither": (),
    "both": ("--seed", "1", "--read", "a.xlsx"),
    "threshold": ("--seed", "1", "--above", "很多"),
    "number": ("--seed", "1", "--n", "-3"),
    "no number": ("--seed", "1", "--n", "３"),
}


@pytest.mark.parametrize("options", WRONG.values(), ids=WRONG)
def test_wrong_use_is_told(options: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert run("sample", "--data", DATA, *options) == main.USAGE
    assert "用法有误 / wrong use" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("sample", "--data", DATA, "--read", tmp_path / "没有.xlsx") == main.FINDINGS
    assert "没有.xlsx" in capsys.readouterr().err


def test_a_place_that_cannot_be_written_to_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "in the way").write_text("")
    out = tmp_path / "in the way" / "a.xlsx"
    assert run("sample", "--data", DATA, "--seed", "1", "--out", out) == main.FINDINGS
    assert "Traceback" not in capsys.readouterr().err
