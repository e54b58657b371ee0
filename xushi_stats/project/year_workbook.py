"""The workbook that a town fills in for its next year: last year beside an empty column, what is due."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from xushi_stats import format, periods, records
from xushi_stats.dataset import Dataset
from xushi_stats.ledger import Ledger
from xushi_stats.observations import GRADES, OBSERVATION_COLUMNS, SAME, STATUSES
from xushi_stats.project import scaffold
from xushi_stats.records import AREAS, RECORD_COLUMNS, STATES
from xushi_stats.reporting.words import STATE_EN
from xushi_stats.spreadsheets.xlsx_writer import stored
from xushi_stats.tables import workbooks

if TYPE_CHECKING:
    from xushi_stats.catalogue import Indicator

_HELP = (
    "填写方法：只填浅黄色的单元格，其余各列已预填，有出入的可以改；没有的数留空。",
    "数照报表或文件写，如 398户、7000余亩、1.2万吨；只写数字也可以，单位在旁边一列。",
    "“…”表示不足一个计量单位，“—”表示没有这一项，“/”表示未报，“#”表示不公布。",
    "“时期”一列：全年数写年份，年末数写年份加“-12”，其他时点写年份和月份，如 2021-03。",
    "“目标任务”表填下一年的目标：填了“目标数”的行才读入；“原文力度”与文件不同的，照文件改。",
    "“项目进展”表：填了“进展”的行才读入；新项目写在空行中。",
    "以上三张表中，填了的行要写全；用英文出资料的，英文各列也要写。",
    "与上年相同的，写“同上年”。指标可以写别名。",
    "填好后存盘，运行 xushi-stats check，全部问题一次列出；改正后运行 xushi-stats build。",
    "How to fill: the yellow cells alone; the others are filled already, and may be changed.",
    "Write figures as the return has them, such as 398户, or the number alone: its unit stands beside.",
    "A target is read once its number (目标数) is filled in, a project once its state (进展) is.",
    "Save, run xushi-stats check, mend what it lists, then run xushi-stats build.",
)
BLANK_ROWS = 20
"""Empty rows for what the town has not had before."""
PRINTED = 12
"""Columns that fit on a page; those to the right are filled already."""
_VERBS = (
    "达到",
    "完成",
    "增长",
    "新增",
    "稳定在",
    "保持",
    "控制在",
    "不低于",
    "不高于",
    "力争达到",
)


@dataclass(frozen=True)
class Page:
    """A sheet for people to fill in.

    Attributes:
        rows: cells by row, as texts.
        fill: columns that are to be filled; their empty cells are coloured.
        choices: column → values to choose from.
        blank: empty rows below.
        guide: columns for whoever fills in, which are not read.
        day: the row whose second cell is a day; -1 for none.
    """

    name: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int]
    fill: Sequence[int] = ()
    choices: Mapping[int, Sequence[str]] = field(default_factory=dict)
    blank: int = 0
    guide: Sequence[int] = ()
    day: int = -1


def workbook(dataset: Dataset, ledger: Ledger | None, year: int) -> bytes:
    """The workbook to fill.

    Args:
        dataset: the town's data.
        ledger: that of the year before; None where there is none.
        year: the release to be filled in.

    Returns:
        An ``.xlsx`` file, the same for the same data, that ``dataset.load`` reads once it is filled.
    """
    pages = [
        _about(dataset, year),
        _observations(dataset, ledger, year),
        _milestones(dataset, year),
        _targets(dataset, ledger, year),
        _due(dataset, ledger),
        _queries(dataset),
    ]
    return _written([page for page in pages if page.rows or page.blank], year)


def _about(dataset: Dataset, year: int) -> Page:
    town = dataset.town["name"]
    said = {
        "材料名称": f"{town['zh']}{year}年统计填报表",
        "英文名称": f"Statistical return of {town['en']}, {year}",
        "简称": f"《{year}年填报表》",
        "英文简称": f"{year} return",
    }
    rows = [(name, said.get(name, "")) for name in workbooks.ABOUT_KEYS]
    day = list(workbooks.ABOUT_KEYS).index("报出日期")
    lines = [*rows, ("", ""), *(("", line) for line in _HELP)]
    return Page("说明", ("项目", "内容"), lines, (16, 90), fill=(1,), day=day)


# -- figures -----------------------------------------------------------------------------------


def _observations(dataset: Dataset, ledger: Ledger | None, year: int) -> Page:
    aims = _aims(dataset, ledger)
    rows = [
        _asked(indicator, ledger, year, aims)
        for indicator in dataset.catalogue.indicators.values()
        if _is_asked(indicator, year)
    ]
    names = ("indicator", "unit", "last", "value", "time_period", "aim", "status", "grade")
    head = _headers(OBSERVATION_COLUMNS, (*names, "note", "release"))
    widths = (32, 9, 14, 18, 12, 18, 15, 9, 24, 9)
    choices = {1: _units(dataset), 6: STATUSES, 7: GRADES}
    free = ["", "", "", "", str(year), "", *_USUAL, "", str(year)]
    rows += [free] * BLANK_ROWS
    return Page(*("观测值", head, rows, widths), fill=(0, 1, 3), choices=choices, guide=(2, 5))


_USUAL = ("初步数", "乙")
"""What a return mostly is: preliminary, and of this grade of evidence."""
_LASTING = re.compile(
    "(总|国土|辖区|行政区域|区域|土地|幅员)面积|海拔|距离?|东西长|南北[长宽]|岸线"
)
"""Names of facts that stay as they are."""


def _is_asked(indicator: Indicator, year: int) -> bool:
    """Whether the year's report asks for it: stated by a source, and a result rather than a target."""
    stated = indicator.formula is None and not indicator.query
    return stated and indicator.section != "targets" and (indicator.since or year) <= year


def _asked(
    indicator: Indicator, ledger: Ledger | None, year: int, aims: Mapping[str, str]
) -> list[str]:
    last = ledger.find(indicator.id) if ledger else None
    known = last is not None and last.quantity is not None
    usual = f"{year}-12" if indicator.basis == "stock" else str(year)
    period = periods.shift(last.period, 1) if last and known else usual
    before = format.text(last, "zh", "internal") if last and known else ""
    aim = aims.get(indicator.id, "")
    same = known and indicator.basis == "stock" and _LASTING.search(indicator.names["zh"])
    value, note = (SAME[0], "沿用上年的数，有变动的请改") if same else ("", "")
    return [
        *(indicator.names["zh"], indicator.unit.text, before, value, period),
        *(aim, *_USUAL, note, str(year)),
    ]


def _units(dataset: Dataset) -> tuple[str, ...]:
    """The units of the catalogue to choose from; a list of a spreadsheet holds 255 characters."""
    found = dict.fromkeys(i.unit.text for i in dataset.catalogue.indicators.values())
    ends = accumulate(len(unit) + 1 for unit in found)
    return tuple(unit for unit, end in zip(found, ends, strict=True) if end <= 255)


def _aims(dataset: Dataset, ledger: Ledger | None) -> dict[str, str]:
    """What the year before set as targets: 不低于500人; one that says itself what it bounds as it is."""
    found = {}
    for row in _set_before(dataset, ledger):
        figure = ledger.find(row["figure"]) if ledger and row["figure"] else None
        if row["actual"] and figure and figure.quantity:
            bounds = "" if not figure.quantity.is_exact else row["direction"]
            found[row["actual"]] = f"{bounds}{format.text(figure, 'zh', 'internal')}"
    return found


def _set_before(dataset: Dataset, ledger: Ledger | None) -> list[Any]:
    """The rows of the targets that the year before set."""
    return records.of_release(dataset.records["targets"], ledger.release) if ledger else []


def _shown(ledger: Ledger | None, name: str) -> str:
    """A figure of the year before as it was printed; "" where there is none."""
    figure = ledger.find(name) if ledger and name else None
    return format.text(figure, "zh", "internal") if figure and figure.quantity else ""


# -- records -----------------------------------------------------------------------------------


def _milestones(dataset: Dataset, year: int) -> Page:
    """Projects that are due or not finished, with the state reached and that of next year to fill in."""
    names = ("name_zh", "name_en", "period", "last", "status", "verb", "verb_en", "area")
    head = _headers(RECORD_COLUMNS["milestones"], (*names, "note_zh", "note_en", "id", "release"))
    rows = [
        [
            *(task["name_zh"], task["name_en"], str(when), why, "", "", "", task["area"], "", ""),
            *(task["id"], str(year)),
        ]
        for task in _open_projects(dataset, year)
        for when, why in ((year, _asked_of(task, year)), (year + 1, "下年任务，没有的留空"))
    ]
    widths = (30, 34, 8, 22, 10, 16, 20, 13, 20, 20, 14, 9)
    choices = {4: STATES, 6: tuple(STATE_EN[s] for s in STATES), 7: AREAS}
    return Page(
        *("项目进展", head, rows, widths),
        fill=(4, 5, 6), choices=choices, blank=BLANK_ROWS, guide=(3,),
    )  # fmt: skip


def _asked_of(task: Any, year: int) -> str:
    """What the year before asked of a project for this one."""
    return f"上年要求：{task['status']}" if task["period"] == str(year) else "上年未完成"


def _open_projects(dataset: Dataset, year: int) -> Iterator[Any]:
    """Last year's tasks for this one, then its projects that were begun and not finished."""
    rows = records.of_release(dataset.records["milestones"], year - 1)
    due = {row["id"]: row for row in rows if row["period"] == str(year)}
    yield from due.values()
    for row in rows:
        finished = row["status"] in ("完成", "投入使用")
        if row["period"] == str(year - 1) and not finished and row["id"] not in due:
            yield row


_TARGET = (
    *("name_zh", "name_en", "kind", "last", "value", "unit", "verb", "verb_en", "direction"),
    *("asked", "area", "note_zh", "note_en", "id", "figure", "baseline", "actual", "stated"),
    *("due", "release"),
)
_TARGET_WIDTHS = (28, 34, 11, 14, 16, 9, 12, 20, 10, 14, 13, 20, 20, 20, 20, 20, 24, 12, 8, 9)


def _targets(dataset: Dataset, ledger: Ledger | None, year: int) -> Page:
    """Next year's targets: those that the year before set, else those usual, each without its number."""
    columns = {column.name: column for column in RECORD_COLUMNS["targets"]}
    choices = {n: columns[c].choices for n, c in enumerate(_TARGET) if columns[c].choices}
    choices |= {_TARGET.index("unit"): _units(dataset), _TARGET.index("verb"): _VERBS}
    rows = [list(row) for row in _next_targets(dataset, ledger, year)]
    head = _headers(RECORD_COLUMNS["targets"], _TARGET)
    return Page(
        *("目标任务", head, rows, _TARGET_WIDTHS),
        fill=(_TARGET.index("value"),), choices=choices, blank=BLANK_ROWS,
        guide=(_TARGET.index("last"),),
    )  # fmt: skip


def _next_targets(dataset: Dataset, ledger: Ledger | None, year: int) -> Iterator[list[str]]:
    known = dataset.catalogue.indicators
    before = [row.cells for row in _set_before(dataset, ledger) if row["figure"]]
    for cells in before or scaffold.usual_targets():
        if cells["figure"] not in known or (cells["actual"] and cells["actual"] not in known):
            continue
        made = {
            **cells, "kind": "定量目标", "stated": "stated", "asked": "", "value": "",
            "note_zh": "", "note_en": "", "last": _shown(ledger, cells["figure"]),
            "unit": known[cells["figure"]].unit.text, "due": str(year + 1), "release": str(year),
        }  # fmt: skip
        yield [made.get(column, "") for column in _TARGET]


def _due(dataset: Dataset, ledger: Ledger | None) -> Page:
    """Every target of the year before, for whoever asks what became of it; nothing is filled here."""
    rows = []
    for row in _set_before(dataset, ledger):
        where = "“观测值”表" if row["actual"] else "“项目进展”表" if row["asked"] else ""
        rows.append(
            [
                *(row["name_zh"], row["kind"], row["verb"], row["direction"]),
                *(_shown(ledger, row["figure"]), row["asked"], where and f"在{where}填报"),
            ]
        )
    head = ("目标任务", "类别", "原文力度", "目标方向", "目标数", "要求达到的进展", "完成情况")
    return Page(DUE, head, rows, (36, 11, 14, 10, 16, 16, 24))


def _queries(dataset: Dataset) -> Page:
    rows = [[q.id, q.grade, q.question["zh"]] for q in dataset.queries if not q.answer]
    head = ("编号", "类别", "问题（答复写入 queries.csv 的“答复”列）")
    return Page(OPEN_QUERIES, head, rows, (24, 6, 90))


DUE, OPEN_QUERIES = workbooks.FOR_PEOPLE
"""Sheets for people alone; the reader passes over them."""


# -- writing -----------------------------------------------------------------------------------


def _headers(columns: Sequence[Any], names: Sequence[str]) -> list[str]:
    headers = {column.name: column.header for column in columns}
    return [headers[name] for name in names]


def _written(pages: Sequence[Page], year: int) -> bytes:
    from xlsxwriter import Workbook  # type: ignore[import-untyped]

    buffer = io.BytesIO()
    book = Workbook(buffer, {"in_memory": True})
    book.set_properties({"created": datetime(year, 12, 31), "author": "xushi_stats"})
    base = {"font_name": "宋体", "font_size": 10, "valign": "vcenter", "text_wrap": True}
    edged = {**base, "border": 1, "border_color": "#BFBFBF", "num_format": "@"}
    empty = {**edged, "bg_color": "#FFF2CC"}
    formats = {
        "head": book.add_format({**edged, "bold": True, "bg_color": "#D9E2F3"}),
        "line": book.add_format(base),
        "cell": book.add_format(edged),
        "guide": book.add_format({**edged, "font_color": "#595959", "bg_color": "#F2F2F2"}),
        "fill": book.add_format(empty),
        "day": book.add_format({**empty, "num_format": "yyyy-mm-dd", "align": "left"}),
    }
    for page in pages:
        _write(book.add_worksheet(page.name), page, formats)
    book.close()
    return stored(buffer.getvalue())


def _write(sheet: Any, page: Page, formats: Mapping[str, Any]) -> None:
    for n, (name, wide) in enumerate(zip(page.head, page.widths, strict=True)):
        sheet.set_column(n, n, wide)
        sheet.write_string(0, n, name, formats["head"])
    blank = [[""] * len(page.head)] * page.blank
    for number, row in enumerate((*page.rows, *blank)):
        for n, value in enumerate(row):
            kind = _kind(page, number, n, row)
            write = sheet.write_string if value else sheet.write_blank
            write(number + 1, n, value, formats[kind])
    last = len(page.rows) + page.blank
    for n, allowed in page.choices.items():
        rule = {"validate": "list", "source": list(allowed), "error_type": "warning"}
        sheet.data_validation(1, n, last, n, rule)
    sheet.freeze_panes(1, 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.print_area(0, 0, max(last, 1), min(len(page.head), PRINTED) - 1)
    sheet.set_footer("&C&P / &N")


def _kind(page: Page, number: int, n: int, row: Sequence[str]) -> str:
    """How a cell looks: to be filled, filled already, or there to be read alone."""
    if page.name == workbooks.ABOUT[1] and not row[0]:
        return "line"
    if n in page.fill and not row[n]:
        return "day" if number == page.day else "fill"
    return "guide" if n in page.guide else "cell"
