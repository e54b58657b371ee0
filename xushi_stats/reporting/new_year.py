"""The workbook that a town fills in for its next year: last year beside an empty column, what is due."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from xushi_stats import books, records, series, show
from xushi_stats.dataset import GRADES, STATUSES, Dataset
from xushi_stats.ledger import Ledger
from xushi_stats.quantity import unit_names
from xushi_stats.records import AREAS, RECORD_COLUMNS, STATES
from xushi_stats.reporting.sheets import stored

if TYPE_CHECKING:
    from xushi_stats.catalogue import Indicator

_HELP = (
    "填写方法：只填“观测值”表的“原文写法”一列，其余各列已预填，可改；没有的数留空。",
    "数照报表或文件写，如 398户、7000余亩、1.2万吨；只写数字也可以，单位在旁边一列。",
    "“…”表示不足一个计量单位，“—”表示没有这一项，“/”表示未报，“#”表示不公布。",
    "“项目进展”表只填“进展”一列；“目标任务”表填下一年的目标。",
    "填好后存盘，运行 xushi-stats check，全部问题一次列出；改正后运行 xushi-stats build。",
    "How to fill: only the column 原文写法 (value) of 观测值; leave blank what there is no figure for.",
    "Write figures as the return has them, such as 398户, or the number alone: its unit stands beside.",
    "Save, run xushi-stats check, mend what it lists, then run xushi-stats build.",
)
BLANK_ROWS = 20
"""Empty rows of the sheet for next year's targets."""


@dataclass(frozen=True)
class Page:
    """A sheet: its head, its rows, widths, which columns are to be filled, and lists to choose from."""

    name: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int]
    fill: Sequence[int] = ()
    choices: Mapping[int, Sequence[str]] = field(default_factory=dict)
    blank: int = 0


def workbook(dataset: Dataset, ledger: Ledger | None, year: int) -> bytes:
    """The workbook to fill.

    Args:
        dataset: the town's data.
        ledger: that of the year before; None where there is none.
        year: the release to be filled in.
    """
    pages = [
        _about(dataset, year),
        _observations(dataset, ledger, year),
        _milestones(dataset, year),
        _targets(year),
        _due(dataset, ledger),
        _queries(dataset),
    ]
    return _written([page for page in pages if page.rows or page.blank], year)


def _about(dataset: Dataset, year: int) -> Page:
    town = dataset.town["name"]
    rows = [
        ("材料名称", f"{town['zh']}{year}年统计填报表"),
        ("英文名称", f"Statistical return of {town['en']}, {year}"),
        ("简称", f"{year}年填报表"),
        ("英文简称", f"{year} return"),
        ("提供单位", ""),
        ("英文提供单位", ""),
        ("报出日期", ""),
        ("文号", ""),
    ]
    lines = [*rows, ("", ""), *(("", line) for line in _HELP)]
    return Page("说明", ("项目", "内容"), lines, (16, 90), fill=(1,))


# -- figures -----------------------------------------------------------------------------------

_OBSERVED = (
    *("指标", "计量单位", "上年数", "原文写法", "时期", "报告年份"),
    *("数据性质", "证据等级", "上年目标", "备注"),
)


def _observations(dataset: Dataset, ledger: Ledger | None, year: int) -> Page:
    aims = _aims(dataset, ledger)
    rows = [
        _asked(indicator, ledger, year, aims)
        for indicator in dataset.catalogue.indicators.values()
        if _is_asked(indicator, year)
    ]
    choices = {6: STATUSES, 7: GRADES, 1: tuple(unit_names())}
    widths = (30, 10, 14, 18, 18, 10, 16, 10, 20, 30)
    return Page("观测值", _OBSERVED, rows, widths, fill=(3,), choices=choices, blank=BLANK_ROWS)


def _is_asked(indicator: Indicator, year: int) -> bool:
    """Whether the year's report asks for it: stated by a source, and a result rather than a target."""
    stated = indicator.formula is None and not indicator.query
    return stated and indicator.section != "targets" and (indicator.since or year) <= year


def _asked(
    indicator: Indicator, ledger: Ledger | None, year: int, aims: Mapping[str, str]
) -> list[str]:
    last = ledger.find(indicator.id) if ledger else None
    known = last is not None and last.quantity is not None
    period = series.shift(last.period, 1) if last and known else str(year)
    before = show.text(last, "zh", "internal") if last and known else ""
    unit = indicator.unit.text
    return [
        *(indicator.names["zh"], unit if unit in unit_names() else "", before, "", period),
        *(str(year), "初步数", "乙", aims.get(indicator.id, ""), ""),
    ]


def _aims(dataset: Dataset, ledger: Ledger | None) -> dict[str, str]:
    """What the year before set as targets: 不低于500人."""
    found = {}
    rows = records.of_release(dataset.records["targets"], ledger.release) if ledger else []
    for row in rows:
        aim = ledger.find(row["figure"]) if ledger and row["figure"] else None
        if row["actual"] and aim and aim.quantity:
            found[row["actual"]] = f"{row['direction']}{show.text(aim, 'zh', 'internal')}"
    return found


# -- records -----------------------------------------------------------------------------------


def _milestones(dataset: Dataset, year: int) -> Page:
    """Projects that are due or not finished, each with its state left to be filled."""
    head = (
        "代码",
        "报告年份",
        "领域",
        "项目",
        "英文项目",
        "年份",
        "进展",
        "原文用词",
        "英文用词",
        "备注",
    )
    rows = [
        [
            *(task["id"], str(year), task["area"], task["name_zh"], task["name_en"], str(year)),
            *(
                "",
                "",
                "",
                f"上年要求：{task['status']}" if task["period"] == str(year) else "上年未完成",
            ),
        ]
        for task in _open_projects(dataset, year)
    ]
    widths = (24, 10, 12, 34, 34, 8, 10, 12, 14, 20)
    choices = {2: AREAS, 6: STATES}
    return Page("项目进展", head, rows, widths, fill=(6, 7, 8), choices=choices)


def _open_projects(dataset: Dataset, year: int) -> Iterator[Any]:
    """Last year's tasks for this one, then its projects that were begun and not finished."""
    rows = records.of_release(dataset.records["milestones"], year - 1)
    due = {row["id"]: row for row in rows if row["period"] == str(year)}
    yield from due.values()
    for row in rows:
        finished = row["status"] in ("完成", "投入使用")
        if row["period"] == str(year - 1) and not finished and row["id"] not in due:
            yield row


def _targets(year: int) -> Page:
    columns = RECORD_COLUMNS["targets"]
    head = [column.header for column in columns]
    choices = {n: column.choices for n, column in enumerate(columns) if column.choices}
    widths = [max(10, 2 * len(name) + 2) for name in head]
    return Page("目标任务", head, (), widths, choices=choices, blank=BLANK_ROWS)


def _due(dataset: Dataset, ledger: Ledger | None) -> Page:
    """Every target of the year before, for whoever asks what became of it; nothing is filled here."""
    rows = []
    for row in records.of_release(dataset.records["targets"], ledger.release) if ledger else []:
        aim = ledger.find(row["figure"]) if ledger and row["figure"] else None
        value = show.text(aim, "zh", "internal") if aim and aim.quantity else ""
        where = (
            "在“观测值”表填报" if row["actual"] else "在“项目进展”表填报" if row["asked"] else ""
        )
        rows.append(
            [row["name_zh"], row["kind"], row["verb"], row["direction"], value, row["asked"], where]
        )
    head = ("目标任务", "类别", "原文力度", "目标方向", "目标数", "要求达到的进展", "完成情况")
    return Page(DUE, head, rows, (44, 10, 14, 10, 14, 14, 24))


def _queries(dataset: Dataset) -> Page:
    rows = [[q.id, q.grade, q.question["zh"]] for q in dataset.queries if not q.answer]
    head = ("编号", "类别", "问题（答复写入 queries.csv 的“答复”列）")
    return Page(OPEN_QUERIES, head, rows, (24, 6, 90))


DUE, OPEN_QUERIES = books.FOR_PEOPLE
"""Sheets for people alone; the reader passes over them."""


# -- writing -----------------------------------------------------------------------------------


def _written(pages: Sequence[Page], year: int) -> bytes:
    from xlsxwriter import Workbook  # type: ignore[import-untyped]

    buffer = io.BytesIO()
    book = Workbook(buffer, {"in_memory": True})
    book.set_properties({"created": datetime(year, 12, 31), "author": "xushi_stats"})
    base = {"font_name": "宋体", "font_size": 10, "valign": "vcenter", "text_wrap": True}
    formats = {
        "head": book.add_format({**base, "bold": True, "bg_color": "#D9D9D9", "border": 1}),
        "cell": book.add_format(base),
        "fill": book.add_format({**base, "bg_color": "#FFF8DC", "border": 1, "num_format": "@"}),
    }
    for page in pages:
        _write(book.add_worksheet(page.name), page, formats)
    book.close()
    return stored(buffer.getvalue())


def _write(sheet: Any, page: Page, formats: Mapping[str, Any]) -> None:
    for n, (name, wide) in enumerate(zip(page.head, page.widths, strict=True)):
        sheet.set_column(n, n, wide)
        sheet.write_string(0, n, name, formats["head"])
    for number, row in enumerate(page.rows, start=1):
        for n, value in enumerate(row):
            kind = "fill" if n in page.fill and row[0] and not value else "cell"
            (sheet.write_string if value else sheet.write_blank)(number, n, value, formats[kind])
    last = len(page.rows) + page.blank
    for n, allowed in page.choices.items():
        if last and len(",".join(allowed)) < 255:
            sheet.data_validation(
                1,
                n,
                last,
                n,
                {"validate": "list", "source": list(allowed), "error_type": "warning"},
            )
    sheet.freeze_panes(1, 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
