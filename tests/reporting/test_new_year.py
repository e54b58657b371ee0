"""The workbook for a new year: what it asks, what it shows beside, and that it is read as it is filled."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from towns import DATA, Town

from xushi_stats import compute, dataset
from xushi_stats.commands import main
from xushi_stats.dataset import Dataset
from xushi_stats.faults import DataFaults, Fault
from xushi_stats.ledger import Ledger
from xushi_stats.project import scaffold, year_workbook
from xushi_stats.reporting import targets

Run = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def demo() -> tuple[Dataset, Ledger]:
    """The invented town as it stands before its third year."""
    data = dataset.load(DATA, "demo")
    return data, compute.build(data, 2020, [])


@pytest.fixture(scope="module")
def third(demo: tuple[Dataset, Ledger]) -> Any:
    return openpyxl.load_workbook(io.BytesIO(year_workbook.workbook(*demo, 2021)))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    scaffold.create(tmp_path, "shili", {"zh": "示例镇", "en": "Shili Town"})
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    return tmp_path


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str) -> tuple[int, str]:
        capsys.readouterr()
        status = main.main(arguments)
        return status, "".join(reversed(capsys.readouterr()))

    return run


def rows(sheet: Any) -> list[dict[str, Any]]:
    head, *body = sheet.iter_rows(values_only=True)
    return [dict(zip(head, cells, strict=True)) for cells in body if any(cells)]


def fill(path: Path, sheet: str, **cells: Any) -> None:
    """What a clerk types: figures by indicator, or what the sheet 说明 asks."""
    book = openpyxl.load_workbook(path)
    page = book[sheet]
    head = [cell.value for cell in page[1]]
    column = {"观测值": "原文写法", "目标任务": "目标数"}.get(sheet, "内容")
    for name, value in cells.items():
        (number,) = (n for n in range(2, page.max_row + 1) if page.cell(n, 1).value == name)
        page.cell(number, head.index(column) + 1).value = value
    book.save(path)


def filled(project: Path, year: int = 2021, **figures: Any) -> Path:
    path = project / f"data/shili/{year}.xlsx"
    if not path.exists():
        assert main.main(["new-year", str(year)]) == 0
    fill(path, "说明", 提供单位="示例镇", 报出日期=f"{year + 1}-01-20")
    fill(path, "观测值", **figures)
    return path


def faults(project: Path) -> list[tuple[str, str, str]]:
    """Code, sheet and cell of every error."""
    try:
        dataset.load(project / "data", "shili")
    except DataFaults as error:
        return [(f.code, f.sheet, f.cell) for f in error.faults if f.severity == "error"]
    return []


# -- what it asks ------------------------------------------------------------------------------


def test_every_stated_indicator_has_a_row_with_last_years_figure_beside_it(
    demo: tuple[Dataset, Ledger], third: Any
) -> None:
    data, ledger = demo
    written = [row for row in rows(third["观测值"]) if row["指标"]]
    asked = {row["指标"]: row for row in written}
    stated = [
        one
        for one in data.catalogue.indicators.values()
        if not one.formula and not one.query and one.section != "targets"
    ]
    assert set(asked) == {one.names["zh"] for one in stated}
    assert len(asked) == len(written)
    for name, before, unit, period in (
        ("户籍人口", ledger.find("general.population"), "人", "2021-12"),
        ("固定资产投资额", ledger.find("projects.investment"), "万元", "2021"),
    ):
        assert before and before.statements
        row = asked[name]
        assert row["上年数"] == before.statements[0].wording
        assert (row["计量单位"], row["时期"], row["报告年份"]) == (unit, period, "2021")
        assert row["原文写法"] is None


def test_blank_rows_carry_period_status_grade_and_year(third: Any) -> None:
    blank = [row for row in rows(third["观测值"]) if not row["指标"]]
    assert len(blank) == year_workbook.BLANK_ROWS
    for row in blank:
        assert {head: cell for head, cell in row.items() if cell} == {
            "时期": "2021", "数据性质": "初步数", "证据等级": "乙", "报告年份": "2021"
        }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "basis", "carried"),
    [
        ("总面积", "stock", True),
        ("平均海拔", "stock", True),
        ("距县城里程", "stock", True),
        ("耕地面积", "stock", False),
        ("常住人口总数", "stock", False),
        ("造林总面积", "flow", False),
    ],
)
def test_a_fact_that_lasts_is_carried_on_and_marked_so(
    tmp_path: Path, name: str, basis: str, carried: bool
) -> None:
    town = Town(tmp_path).clear()
    town.indicator("fact", "亩", name_zh=name, basis=basis)
    town.state("fact", "120450亩")
    book = year_workbook.workbook(town.load(), town.ledger(), 2020)
    first = rows(openpyxl.load_workbook(io.BytesIO(book))["观测值"])[0]
    assert (first["指标"], first["上年数"]) == (name, "120450亩")
    assert first["原文写法"] == ("同上年" if carried else None)
    assert bool(first["备注"]) is carried


def test_what_last_year_did_not_state_has_no_figure_beside_it(third: Any) -> None:
    asked = {row["指标"]: row["上年数"] for row in rows(third["观测值"])}
    assert asked["城镇新增就业人数"] is None


def test_last_years_targets_stand_beside_their_indicators(third: Any) -> None:
    asked = {row["指标"]: row["上年目标"] for row in rows(third["观测值"])}
    assert asked["粮食总产量"] == "15000吨以上"
    assert asked["村卫生室数"] == "等于18个"
    assert asked["户籍户数"] is None


def test_every_target_of_last_year_is_listed_as_due(
    demo: tuple[Dataset, Ledger], third: Any
) -> None:
    due = rows(third["上年目标"])
    set_before = [r for r in demo[0].records["targets"] if r["release"] == "2020"]
    assert [row["目标任务"] for row in due] == [row["name_zh"] for row in set_before]
    by_name = {row["目标任务"]: row["完成情况"] for row in due}
    assert by_name["粮食总产量"] == "在“观测值”表填报"
    assert by_name["子虚大桥"] == "在“项目进展”表填报"


def test_projects_that_are_due_have_a_row_for_this_year_and_one_for_the_next(third: Any) -> None:
    found = {(row["项目"], row["年份"]): row for row in rows(third["项目进展"])}
    assert set(found) == {
        (name, year) for name in ("中心小学教学楼", "子虚大桥", "农贸市场改造") for year in ("2021", "2022")
    }  # fmt: skip
    assert found["中心小学教学楼", "2021"]["上年情况"] == "上年要求：投入使用"
    assert {row["进展"] for row in found.values()} == {None}


def test_next_years_targets_are_those_of_last_year_with_their_numbers_left_out(third: Any) -> None:
    found = {row["目标任务"]: row for row in rows(third["目标任务"])}
    grain = found["粮食总产量"]
    assert (grain["上年目标"], grain["目标数"], grain["计量单位"]) == ("15000吨以上", None, "吨")
    assert (grain["时限"], grain["报告年份"]) == ("2022", "2021")
    assert {row["类别"] for row in found.values()} == {"定量目标"}


def test_open_queries_are_listed_and_answered_ones_are_not(
    demo: tuple[Dataset, Ledger], third: Any
) -> None:
    assert {row["编号"] for row in rows(third["上年待核实"])} == {q.id for q in demo[0].queries}


def test_xushi_is_asked_for_what_the_report_would_want_next(tmp_path: Path) -> None:
    data = dataset.load(DATA, "xushi")
    made = year_workbook.workbook(data, compute.build(data, 2019, []), 2020)
    asked = {row["指标"]: row for row in rows(openpyxl.load_workbook(io.BytesIO(made))["观测值"])}
    new = [one.names["zh"] for one in data.catalogue.indicators.values() if one.since == 2020]
    assert len(new) >= 20
    assert set(new) <= set(asked)
    assert {asked[name]["上年数"] for name in new} == {None}


def test_the_first_year_of_a_town_asks_for_the_usual_targets_beside_nothing(project: Path) -> None:
    data = dataset.load(project / "data", "shili")
    book = openpyxl.load_workbook(io.BytesIO(year_workbook.workbook(data, None, 2021)))
    assert {row["上年数"] for row in rows(book["观测值"])} == {None}
    usual = [row["name_zh"] for row in scaffold.usual_targets()]
    assert [row["目标任务"] for row in rows(book["目标任务"])] == usual
    assert "上年目标" not in book.sheetnames
    assert rows(book["项目进展"]) == []


def test_the_workbook_is_the_same_each_time(demo: tuple[Dataset, Ledger]) -> None:
    assert year_workbook.workbook(*demo, 2021) == year_workbook.workbook(*demo, 2021)


def test_the_header_stays_in_sight_and_cells_to_fill_are_coloured(third: Any) -> None:
    for sheet in third.worksheets:
        assert sheet.freeze_panes == "B2"
        assert sheet.print_title_rows == "$1:$1"
    page = third["观测值"]
    head = [cell.value for cell in page[1]]
    colours = {
        name: page.cell(2, head.index(name) + 1).fill.fgColor.rgb for name in ("原文写法", "指标")
    }
    assert colours["原文写法"] == "FFFFF2CC" != colours["指标"]
    lists = {str(rule.sqref) for rule in page.data_validations.dataValidation}
    assert len(lists) == 3


# -- how it is read ----------------------------------------------------------------------------


def test_an_untouched_workbook_states_nothing_and_is_no_error(project: Path, command: Run) -> None:
    assert command("new-year", "2021") == (0, "data/shili/2021.xlsx\n")
    assert faults(project) == []
    assert dataset.load(project / "data", "shili").releases == []


def test_what_a_clerk_types_is_read_as_it_is_typed(project: Path) -> None:
    filled(
        project,
        户籍户数=6215,
        一般公共预算收入=826.5,
        耕地面积="1.92万亩",
        养殖水面面积="3000余亩",
        镇域面积="…",
        旅游收入="—",
        公务接待费="/",
        接待游客人次="12万人次",
    )
    town = dataset.load(project / "data", "shili")
    assert {o.indicator: o.wording for o in town.observations} == {
        "general.households": "6215户",
        "finance.revenue": "826.5万元",
        "general.arable": "1.92万亩",
        "industry.aquatic.area": "3000余亩",
        "tourism.visits": "12万人次",
    }
    assert {o.indicator: o.state for o in town.unstated} == {
        "general.area": "below_unit",
        "tourism.revenue": "not_applicable",
        "finance.reception": "not_reported",
    }
    assert {o.place for o in town.observations} >= {"观测值!D4"}
    (source,) = town.sources.values()
    assert (source.publisher["zh"], source.date) == ("示例镇", "2022-01-20")


@pytest.mark.parametrize(
    ("value", "code"),
    [("=6000+215", "cell_formula"), (datetime(2021, 3, 1), "cell_date"), ("若干", "wording")],
)
def test_a_cell_that_cannot_be_read_is_told_with_its_address(
    project: Path, value: Any, code: str
) -> None:
    filled(project, 户籍户数=value, 户籍人口=21480)
    assert faults(project) == [(code, "观测值", "D4")]


def test_a_workbook_that_does_not_say_who_supplies_it_is_a_fault(project: Path) -> None:
    path = filled(project, 户籍户数=6215)
    fill(path, "说明", 提供单位=None, 报出日期=None)
    assert [code for code, *_ in faults(project)] == ["about_field", "about_field"]


def test_a_day_may_be_typed_as_a_date(project: Path) -> None:
    path = filled(project, 户籍户数=6215)
    fill(path, "说明", 报出日期=datetime(2022, 1, 20))
    (source,) = dataset.load(project / "data", "shili").sources.values()
    assert source.date == "2022-01-20"


def test_the_number_of_a_target_is_a_statement_of_the_year_that_it_is_for(project: Path) -> None:
    path = filled(project, 粮食总产量=9860)
    fill(path, "目标任务", 粮食总产量="1万吨以上", 固定资产投资=5600)
    town = dataset.load(project / "data", "shili")
    set_now = {o.indicator: o for o in town.observations if o.indicator.startswith("targets.")}
    assert {i: (o.wording, o.time_period, o.release) for i, o in set_now.items()} == {
        "targets.grain": ("1万吨以上", "2022", 2021),
        "targets.investment": ("5600万元", "2022", 2021),
    }
    assert set_now["targets.grain"].place == "目标任务!E2"
    assert [row["name_zh"] for row in town.records["targets"]] == ["粮食总产量", "固定资产投资"]


def test_a_number_of_a_target_that_cannot_be_read_is_told_with_its_cell(project: Path) -> None:
    path = filled(project, 粮食总产量=9860)
    fill(path, "目标任务", 粮食总产量="一些")
    assert faults(project) == [("wording", "目标任务", "E2")]


def test_a_target_that_is_not_set_again_is_still_judged(project: Path) -> None:
    fill(filled(project, 粮食总产量=9860, 村卫生室数=11), "目标任务", 粮食总产量=10000, 村卫生室=12)
    fill(filled(project, 2022, 粮食总产量=10150, 村卫生室数=12), "目标任务", 粮食总产量=10500)
    town = dataset.load(project / "data", "shili")
    wrong: list[Fault] = []
    found = targets.fulfilments(town, compute.build(town, 2022, wrong))
    assert wrong == []
    assert [(one.row["name_zh"], one.verdict) for one in found] == [
        ("粮食总产量", "met"),
        ("村卫生室", "met"),
    ]


# -- where it is refused -----------------------------------------------------------------------


def test_a_workbook_that_is_there_is_not_written_over(project: Path, command: Run) -> None:
    path = filled(project, 户籍户数=6215)
    before = path.read_bytes()
    fill(path, "观测值", 户籍户数=None)
    kept = path.read_bytes()
    status, said = command("new-year", "2021")
    assert (status, "2021.xlsx" in said, "不覆盖" in said) == (1, True, True)
    assert path.read_bytes() == kept != before


def test_a_year_that_has_data_already_is_refused(
    project: Path, command: Run, tmp_path: Path
) -> None:
    path = filled(project, 户籍户数=6215)
    path.rename(path.with_name("return.xlsx"))
    status, said = command("new-year", "2021")
    assert (status, "2021年已有数据" in said) == (1, True)
    assert not path.exists()


@pytest.mark.parametrize("year", ["0", "21", "20211", "-2021"])
def test_a_year_that_is_none_is_refused(project: Path, command: Run, year: str) -> None:
    with pytest.raises(SystemExit) as ended:
        command("new-year", "--town", "shili", "--", year)
    assert ended.value.code == 2
    assert not list((project / "data/shili").glob("*.xlsx"))
