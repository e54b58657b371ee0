"""Make the files of this folder again: ``python tests/broken/make.py``.

``data/`` is a small invented town without a fault; each of ``files/`` spoils it in one way when it is
laid at the place that ``expected.csv`` or ``noticed.csv`` names. What must be found is written there by
hand: the first list holds errors, the second what is only a warning.
"""

from __future__ import annotations

import io
import re
import struct
import sys
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl

HERE = Path(__file__).resolve().parent
HEAD = [
    "指标",
    "时期",
    "报告年份",
    "原文写法",
    "计量单位",
    "来源",
    "位置",
    "数据性质",
    "证据等级",
    "备注",
]
ENGLISH = ["indicator", "time_period", "release", "value", "read_as", "source", "start", "status"]
ENGLISH += ["grade", "note"]
STATUS, GRADE = "年报数(核定数)", "乙"

Book = openpyxl.Workbook
Members = dict[str, bytes]


# -- tables as text ----------------------------------------------------------------------------


def line(indicator: str, value: str, start: int | str = 10, **other: str) -> str:
    """A row of observations.csv."""
    cells = {"period": "2021", "release": "2021", "read_as": "", "source": "report2021"}
    cells |= {"status": STATUS, "grade": GRADE, "note": ""} | other
    order = ("period", "release")
    tail = ("status", "grade", "note")
    return ",".join(
        [
            *(indicator, *(cells[c] for c in order), value, cells["read_as"], cells["source"]),
            *(str(start), *(cells[c] for c in tail)),
        ]
    )


GOOD = [
    line("households", "398户", 10),
    line("funds", "15.1万元", 20),
    line("growth", "增长5.2%", 30),
]


def table(*lines: str, head: str = ",".join(ENGLISH), end: str = "\n") -> bytes:
    return ("\ufeff" + "".join(one + end for one in (head, *GOOD[1:], *lines))).encode()


def csv(*lines: str, **more: str) -> Callable[[], bytes]:
    return lambda: table(*lines, **more)


def saved_as(encoding: str, *lines: str) -> Callable[[], bytes]:
    return lambda: table(*lines).decode("utf-8-sig").encode(encoding)


def divided_by(mark: str) -> Callable[[], bytes]:
    return lambda: table(GOOD[0]).replace(b",", mark.encode())


# -- workbooks -----------------------------------------------------------------------------------


def row(indicator: str, value: Any, unit: str | None = None, start: Any = 110) -> list[Any]:
    return [indicator, 2022, 2022, value, unit, "report2021", start, STATUS, GRADE]


FIRST = row("资金", 16.2, "万元", 100)


def book(
    *rows: list[Any], change: Callable[[Any], None] | None = None, name: str = "观测值"
) -> Book:
    made = openpyxl.Workbook()
    page = made.active
    page.title = name
    for cells in (HEAD, FIRST, *rows):
        page.append(cells)
    if change:
        change(page)
    return made


def content(made: Book) -> Members:
    saved = io.BytesIO()
    made.save(saved)
    with zipfile.ZipFile(saved) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(members: Members) -> bytes:
    """A workbook that is the same each time it is made."""
    saved = io.BytesIO()
    with zipfile.ZipFile(saved, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            if name == "docProps/core.xml":
                data = re.sub(rb"\d{4}-\d\d-\d\dT[\d:]+Z", b"2022-01-01T00:00:00Z", data)
            info = zipfile.ZipInfo(name, (2022, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return saved.getvalue()


def xlsx(
    *rows: list[Any], change: Callable[[Any], None] | None = None, name: str = "观测值"
) -> Any:
    return lambda: packed(content(book(*rows, change=change, name=name)))


def in_xml(old: bytes, new: bytes, *rows: list[Any]) -> Callable[[], bytes]:
    """A workbook whose first sheet is changed as no program would let a person."""

    def make() -> bytes:
        members = content(book(*rows))
        sheet = members["xl/worksheets/sheet1.xml"]
        assert old in sheet
        return packed(members | {"xl/worksheets/sheet1.xml": sheet.replace(old, new, 1)})

    return make


def formatted(shown: str, cell: str = "D3") -> Callable[[Any], None]:
    def change(page: Any) -> None:
        page[cell].number_format = shown

    return change


def chinese_date() -> bytes:
    """A date in the format that a Chinese Excel names by number alone."""
    members = content(book(row("户数", 44621, "户"), change=formatted("mm-dd-yy")))
    styles = members["xl/styles.xml"].replace(b'numFmtId="14"', b'numFmtId="57"')
    return packed(members | {"xl/styles.xml": styles})


OWN_HEAD = [name for name in HEAD if name not in ("来源", "位置")]
ABOUT = [["材料名称", "示例镇2022年统计年报"], ["提供单位", "示例镇"], ["报出日期", "2023-01-20"]]


def own(*about: list[Any], values: tuple[Any, ...] = (400,)) -> Callable[[], bytes]:
    """A workbook that cites no document, with what it says of itself."""

    def make() -> bytes:
        made = openpyxl.Workbook()
        page = made.active
        page.title = "观测值"
        page.append(OWN_HEAD)
        for value in values:
            page.append(["户数", 2022, 2022, value, "户", STATUS, GRADE])
        if about:
            sheet = made.create_sheet("说明")
            for cells in about:
                sheet.append(cells)
        return packed(content(made))

    return make


def put(**cells: Any) -> Callable[[Any], None]:
    def change(page: Any) -> None:
        for cell, value in cells.items():
            page[cell] = value

    return change


def merged(place: str) -> Callable[[Any], None]:
    return lambda page: page.merge_cells(place)


def hidden_rows(*numbers: int) -> Callable[[Any], None]:
    def change(page: Any) -> None:
        for number in numbers:
            page.row_dimensions[number].hidden = True

    return change


def hidden_column(letter: str) -> Callable[[Any], None]:
    def change(page: Any) -> None:
        page.column_dimensions[letter].hidden = True

    return change


def another(name: str, state: str = "visible") -> Callable[[Any], None]:
    """A second sheet with one observation."""

    def change(page: Any) -> None:
        other = page.parent.create_sheet(name)
        other.append(HEAD)
        other.append(row("户数", "398户"))
        other.sheet_state = state

    return change


def titles(count: int, *, head: bool = True) -> Callable[[Any], None]:
    def change(page: Any) -> None:
        page.insert_rows(1, count)
        for number in range(count):
            page.cell(number + 1, 1, f"示例镇统计表之{'一二三四五六七八九十甲乙'[number]}")

    return change


def bomb() -> bytes:
    members = content(book())
    return packed(members | {"xl/media/image1.png": bytes(4 * 2**20)})


def entity() -> bytes:
    members = content(book())
    name = "xl/worksheets/sheet1.xml"
    dtd = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><worksheet'
    return packed(members | {name: members[name].replace(b"<worksheet", dtd, 1)})


def sealed() -> bytes:
    """The start of an encrypted workbook: an OLE file with a stream of that name."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le")


def locked_member() -> bytes:
    data = bytearray(packed(content(book())))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            struct.pack_into("<H", data, at + place, 1)
            at = data.find(mark, at + 4)
    return bytes(data)


def old_excel() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def targets(*cells: str) -> Callable[[], bytes]:
    """A workbook with a sheet of targets, headers in English."""
    head = ["id", "release", "area", "kind", "name_zh", "name_en", "baseline_zh", "baseline_en"]
    head += ["verb", "verb_en", "stated"]
    head += ["responsible_zh", "responsible_en", "source", "start", "note_zh", "note_en"]

    def make() -> bytes:
        made = book()
        page = made.create_sheet("目标任务")
        page.append(head)
        page.append([int(c) if c.isdecimal() else c for c in cells])
        return packed(content(made))

    return make


TARGET = [
    "roads",
    "2022",
    "projects",
    "节点任务",
    "修路",
    "Roads",
    "",
    "",
    "完成",
    "finish",
    "stated",
]
TARGET += ["", "", "report2021", "300", "", ""]


def target(position: int, value: str) -> Callable[[], bytes]:
    cells = list(TARGET)
    cells[position] = value
    return targets(*cells)


def on_day(shown: str, value: Any = datetime(2022, 3, 15)) -> Callable[[Any], None]:
    def change(page: Any) -> None:
        page["B3"], page["B3"].number_format = value, shown

    return change


def indicators(*lines: str) -> Callable[[], bytes]:
    """The catalogue with more rows: id, two names, unit, formula."""
    head, *rest = (HERE / "data/catalogue.csv").read_text("utf-8-sig").splitlines()
    rows = [one.split("|") for one in lines]
    more = [f'{i},{zh},{en},,{unit},,,,,"{formula}",,,,,,,' for i, zh, en, unit, formula in rows]
    return lambda: "".join(one + "\n" for one in ("\ufeff" + head, *rest, *more)).encode()


def words(*lines: str, without: str = "") -> Callable[[], bytes]:
    """``town.toml`` with more lines, and without what a pattern matches."""
    text = (HERE / "data/shili/town.toml").read_text("utf-8")
    text = re.sub(without, "", text) if without else text
    return lambda: "\n".join((*text.splitlines(), *lines, "")).encode()


CSV, BOOK = "shili/observations.csv", "shili/2022.xlsx"
N = row("户数", 400, "户")
FILES: dict[str, tuple[str, Callable[[], bytes]]] = {
    # the file as a whole
    "csv-empty": (CSV, lambda: b""),
    "csv-blank": (CSV, lambda: b"\xef\xbb\xbf\n \n"),
    "csv-nul": (CSV, lambda: table(GOOD[0]) + b"\0\0"),
    "csv-control": (CSV, csv(line("households", "39\x0b8户"))),
    "csv-utf16-no-bom": (CSV, saved_as("utf-16-le", GOOD[0])),
    "csv-no-encoding": (CSV, lambda: table(GOOD[0]) + b"\xff\xff\n"),
    "csv-is-xlsx": (CSV, xlsx()),
    "csv-is-xls": (CSV, old_excel),
    "csv-quote": (CSV, csv(line("households", "398户", note='"未完'), line("persons", "9人", 40))),
    "csv-quote-inside": (CSV, csv(line("households", '"39"8户'))),
    "csv-wide-commas": (CSV, divided_by("，")),
    "csv-wide-semicolons": (CSV, divided_by("；")),
    "xlsx-empty": (BOOK, lambda: b""),
    "xlsx-is-csv": (BOOK, csv(GOOD[0])),
    "xlsx-is-xls": (BOOK, old_excel),
    "xlsx-sealed": (BOOK, sealed),
    "xlsx-locked": (BOOK, locked_member),
    "xlsx-cut": (BOOK, lambda: xlsx()()[:-300]),
    "xlsx-torn": (BOOK, in_xml(b"</sheetData>", b"</sheetDat")),
    "xlsx-bomb": (BOOK, bomb),
    "xlsx-doctype": (BOOK, entity),
    "xlsx-wide-merge": (
        BOOK,
        in_xml(
            b"</sheetData>",
            b'</sheetData><mergeCells count="1"><mergeCell ref="A9:XFD1048576"/></mergeCells>',
        ),
    ),
    "xls": ("shili/2022.xls", old_excel),
    "et": ("shili/2022.et", old_excel),
    "xlsx-other-sheets": (BOOK, xlsx(name="Sheet1")),
    # headers
    "csv-column-missing": (CSV, csv(head=",".join(ENGLISH).replace("grade", "rank"))),
    "csv-column-misspelt": (CSV, csv(head=",".join(ENGLISH).replace("read_as", "raed_as"))),
    "csv-column-twice": (CSV, csv(head=",".join(ENGLISH).replace("note", "status"))),
    "csv-header-twice": (CSV, csv(",".join(ENGLISH), GOOD[0])),
    "csv-no-header": (CSV, lambda: "\n".join(GOOD).encode()),
    "csv-more-cells": (CSV, csv(GOOD[0] + ",,多出")),
    "xlsx-column-missing": (BOOK, xlsx(change=put(D1=None))),
    "xlsx-column-misspelt": (BOOK, xlsx(change=put(A1="指标名"))),
    "xlsx-column-twice": (BOOK, xlsx(change=put(J1="时期"))),
    "xlsx-header-in-two-rows": (
        BOOK,
        xlsx(
            change=lambda page: (
                page.insert_rows(2),
                [
                    page.cell(2, c + 1, v)
                    for c, v in enumerate(
                        [
                            "indicator",
                            "time_period",
                            "release",
                            "value",
                            "unit",
                            "source",
                            "start",
                            "status",
                            "grade",
                            "note",
                        ]
                    )
                ],
            )[0]
        ),
    ),
    "xlsx-header-merged": (
        BOOK,
        xlsx(change=lambda page: (put(J1=None, K1=None)(page), merged("I1:J1")(page))[0]),
    ),
    "xlsx-header-too-low": (BOOK, xlsx(change=titles(12))),
    # what a person does not see
    "xlsx-merged-down": (BOOK, xlsx(N, row("人数", 900, "人", 120), change=merged("B3:B4"))),
    "xlsx-merged-across": (BOOK, xlsx(N, change=merged("D3:E3"))),
    "xlsx-hidden-row": (BOOK, xlsx(N, change=hidden_rows(3))),
    "xlsx-hidden-rows": (BOOK, xlsx(N, row("人数", 900, "人", 120), change=hidden_rows(3, 4))),
    "xlsx-hidden-column": (BOOK, xlsx(N, change=hidden_column("D"))),
    "xlsx-hidden-sheet": (BOOK, xlsx(change=another("observations", "hidden"))),
    "xlsx-very-hidden-sheet": (BOOK, xlsx(change=another("observations", "veryHidden"))),
    "xlsx-stray-cell": (BOOK, xlsx(N, change=put(XFD1048576="x"))),
    "xlsx-stray-number": (BOOK, xlsx(N, change=put(L7=15))),
    "xlsx-note-inside": (BOOK, xlsx(["以下为预计"], N)),
    # cells
    "xlsx-formula": (BOOK, xlsx(row("户数", "=200+200", "户"))),
    "xlsx-formula-period": (BOOK, xlsx(N, change=put(B3="=YEAR(TODAY())"))),
    "xlsx-error": (BOOK, xlsx(row("户数", "#REF!", "户"))),
    "xlsx-error-cached": (
        BOOK,
        in_xml(
            b'<c r="D3"><f>200+200</f><v></v>',
            b'<c r="D3" t="e"><f>200+200</f><v>#DIV/0!</v>',
            row("户数", "=200+200", "户"),
        ),
    ),
    "xlsx-boolean": (BOOK, xlsx(row("户数", True, "户"))),
    "xlsx-date-as-number": (BOOK, xlsx(row("户数", date(2022, 3, 1), "户"))),
    "xlsx-chinese-date-as-number": (BOOK, chinese_date),
    "xlsx-time-as-number": (BOOK, xlsx(row("户数", time(9, 30), "户"))),
    "xlsx-day-as-period": (BOOK, xlsx(N, change=on_day("yyyy-mm-dd"))),
    "xlsx-serial-as-period": (BOOK, xlsx(N, change=put(B3=44621))),
    "xlsx-too-many-digits": (BOOK, xlsx(row("户数", 1234567890123456, "户"))),
    "xlsx-computed-noise": (
        BOOK,
        in_xml(b"<v>0.5</v>", b"<v>0.30000000000000004</v>", row("耕地面积", 0.5, "亩")),
    ),
    "xlsx-shown-in-thousands": (BOOK, xlsx(row("资金", 162000, "元"), change=formatted("0.0,"))),
    "xlsx-shown-in-wan": (BOOK, xlsx(row("资金", 162000, "元"), change=formatted("0!.0,"))),
    "xlsx-no-unit": (BOOK, xlsx(row("户数", 400))),
    "xlsx-percent-without-sign": (BOOK, xlsx(row("覆盖率", 0.85))),
    "xlsx-percent-in-unit-of-count": (BOOK, xlsx(row("户数", 0.4, "户"), change=formatted("0%"))),
    "xlsx-two-units": (BOOK, xlsx(row("户数", "400户", "人"))),
    "xlsx-unit-unknown": (BOOK, xlsx(row("户数", 400, "戶"))),
    "xlsx-unit-other": (BOOK, xlsx(row("户数", 400, "人"))),
    "xlsx-negative-count": (BOOK, xlsx(row("户数", -400, "户"))),
    "xlsx-negative-minus-sign": (BOOK, xlsx(row("户数", "−400", "户"))),
    "xlsx-growth-of-a-share": (BOOK, xlsx(row("覆盖率", "增长5.2%"))),
    "xlsx-growth-of-a-count": (BOOK, xlsx(row("户数", "增长5户"))),
    "xlsx-fall-about": (BOOK, xlsx(row("收入增速", "下降约3%"))),
    "xlsx-text-in-value": (BOOK, xlsx(row("户数", "待核", "户"))),
    "xlsx-comma-full-width": (BOOK, xlsx(row("户数", "1，099", "户"))),
    "xlsx-digits-full-width": (BOOK, xlsx(row("户数", "４００户"))),
    "xlsx-superscript": (BOOK, xlsx(row("户数", "40²户"))),
    "xlsx-comma-misplaced": (BOOK, xlsx(row("户数", "40,00", "户"))),
    "xlsx-sign-for-a-contradiction": (BOOK, xlsx(N, row("户数", "/", None, 120))),
    "xlsx-indicator-misspelt": (BOOK, xlsx(row("户 数量", 400, "户"))),
    "xlsx-open-row-misspelt": (
        BOOK,
        xlsx(["户数数", 2022, 2022, None, "户", None, None, STATUS, GRADE]),
    ),
    "xlsx-no-indicator": (BOOK, xlsx(row("", 400, "户"))),
    "xlsx-period-impossible": (BOOK, xlsx(N, change=put(B3="2022-13"))),
    "xlsx-period-decimal": (BOOK, xlsx(N, change=put(B3=2022.03))),
    "xlsx-release": (BOOK, xlsx(N, change=put(C3=22))),
    "xlsx-start": (BOOK, xlsx(N, change=put(G3="第三页"))),
    "xlsx-place-twice": (BOOK, xlsx(N, row("人数", 900, "人", 110))),
    "xlsx-source-unknown": (BOOK, xlsx(N, change=put(F3="report2012"))),
    "xlsx-status": (BOOK, xlsx(N, change=put(H3="年报"))),
    "xlsx-contradiction": (BOOK, xlsx(N, row("户数", 401, "户", 120))),
    "xlsx-and-csv-contradict": (
        BOOK,
        xlsx(["户数", 2021, 2021, 399, "户", "report2021", 90, STATUS, GRADE]),
    ),
    "csv-contradiction": (CSV, csv(GOOD[0], line("households", "399户", 50))),
    "csv-contradiction-both-used": (
        CSV,
        csv(
            f"{GOOD[0]},是",
            line("households", "399户", 50) + ",是",
            head=",".join([*ENGLISH, "use"]),
        ),
    ),
    "csv-same-as-a-year-that-is-not-there": (CSV, csv(line("households", "同上年"))),
    "units-known-already": ("units.csv", lambda: "\ufeffunit,size\n篓,\n万亩,\n".encode()),
    "units-no-size": ("units.csv", lambda: "\ufeffunit,size\n篓,25公今\n".encode()),
    "units-with-a-digit": ("units.csv", lambda: "\ufeffunit,size\n5篓,\n".encode()),
    "units-twice": ("units.csv", lambda: "\ufeffunit,size\n篓,25公斤\n篓,\n".encode()),
    "csv-place-twice": (CSV, csv(GOOD[0], line("persons", "99人", 10))),
    "csv-value-blank": (CSV, csv(line("households", "\u3000\u00a0"))),
    "csv-many": (
        CSV,
        csv(
            line(
                "household",
                "四百户左右以上",
                "x",
                period="21",
                release="21",
                source="?",
                status="?",
                grade="?",
            )
        ),
    ),
    "xlsx-own-without-about": (BOOK, own()),
    "xlsx-own-without-publisher": (BOOK, own(ABOUT[0], ABOUT[2])),
    "xlsx-own-date": (BOOK, own(*ABOUT[:2], ["报出日期", "2023年1月"])),
    "xlsx-source-without-place": (BOOK, xlsx(N, change=put(G3=None))),
    "xlsx-place-without-source": (BOOK, xlsx(N, change=put(F3=None))),
    "xlsx-target-area": (BOOK, target(2, "road")),
    "xlsx-target-release": (BOOK, target(1, "今年")),
    "xlsx-target-blank": (BOOK, targets(*TARGET[:4], "", *TARGET[5:])),
}
FILES |= {
    # the catalogue and the town's words
    "catalogue-no-english": ("catalogue.csv", indicators("|茶园||亩|")),
    "catalogue-name-twice": ("catalogue.csv", indicators("|茶园|tea|亩|", "|茶园|gardens|亩|")),
    "catalogue-name-unknown": ("catalogue.csv", indicators("|户均|mean|人/户|mean(人数, 村户)")),
    "catalogue-name-wide": ("catalogue.csv", indicators("|户均|mean|人/户|mean(人数，户数)")),
    "catalogue-name-circle": ("catalogue.csv", indicators("|茶园|tea|亩|茶园 + 耕地面积")),
    "town-language": ("shili/town.toml", words('languages = ["fr"]')),
    "town-languages-text": ("shili/town.toml", words('languages = "zh"')),
    "town-no-english": ("shili/town.toml", words(without=', en = "Some County"')),
}
"""Name → where the file is laid, and what makes it; each is an error."""

NOTICED: dict[str, tuple[str, Callable[[], bytes]]] = {
    "noticed-gb18030": (CSV, saved_as("gb18030", GOOD[0])),
    "noticed-utf16": (CSV, saved_as("utf-16", GOOD[0])),
    "noticed-tabs": (CSV, divided_by("\t")),
    "noticed-semicolons": (CSV, divided_by(";")),
    "noticed-title-in-csv": (CSV, lambda: "示例镇统计表,,,,,,,,,\n".encode() + table(GOOD[0])[3:]),
    "noticed-titles": (BOOK, xlsx(N, change=titles(2))),
    "noticed-title-merged": (
        BOOK,
        xlsx(N, change=lambda page: (titles(1)(page), merged("A1:J1")(page))[0]),
    ),
    "noticed-total": (BOOK, xlsx(N, ["合　计", None, None, 400])),
    "noticed-notes": (BOOK, xlsx(N, [], ["注：数据为年报数。"], ["填报人：某某"])),
    "noticed-open-rows": (
        BOOK,
        xlsx(N, ["人数", 2022, 2022, None, "人", None, None, STATUS, GRADE]),
    ),
    "noticed-sheet": (BOOK, xlsx(N, change=another("观测数"))),
    "noticed-file": ("shili/observation.csv", csv(GOOD[0])),
    "noticed-file-of-ones-own": ("shili/备忘.csv", csv(GOOD[0])),
    "noticed-file-tabs": ("shili/observations.tsv", divided_by("\t")),
    "noticed-file-rule": ("shili/rule.toml", lambda: b"[one]\n"),
    "noticed-decimals": (BOOK, xlsx(row("覆盖率", 0.8525), change=formatted("0.0%"))),
    "noticed-empty-sheet": (BOOK, xlsx(N, change=lambda page: page.parent.create_sheet("荣誉"))),
}
"""What is read, and told with a warning."""

ASIDE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "good-mixed-ends": (CSV, lambda: table(GOOD[0]).replace(b"\n", b"\r\n", 2)),
    "good-old-mac-ends": (CSV, lambda: table(GOOD[0]).replace(b"\n", b"\r")),
    "good-percent": (BOOK, xlsx(row("覆盖率", 0.123), change=formatted("0.0%"))),
    "good-blanks": (BOOK, xlsx(row("\u3000户数\u00a0", " 400户\u200b"))),
    "good-signs": (
        BOOK,
        xlsx(
            row("户数", "…"),
            row("人数", "—", "人", 111),
            row("耕地面积", "/", None, 112),
            row("覆盖率", "#", None, 113),
        ),
    ),
    "good-names-as-ids": (
        "catalogue.csv",
        indicators("|户均人口|persons per household|人/户|mean(人数, 户数)"),
    ),
    "good-chinese-alone": (
        "shili/town.toml",
        words('languages = ["zh"]', without=', en = "[^"]*"'),
    ),
    "good-own": (BOOK, own(*ABOUT, values=(400, "400户"))),
    "good-month": (BOOK, xlsx(N, change=on_day('yyyy"年"m"月"', datetime(2022, 3, 1)))),
    "good-english": (BOOK, xlsx(N, name="Observations")),
    "good-cached": (
        BOOK,
        in_xml(
            b"<f>200+200</f><v></v>", b"<f>200+200</f><v>400</v>", row("户数", "=200+200", "户")
        ),
    ),
    "good-spelling": (
        BOOK,
        xlsx(
            row("耕地面积", "7千余亩"),
            row("户数", "1,099", "户", 111),
            row("收入增速", "下降3.1%", None, 112),
            change=put(A1="指 标", D1="原文\n写法*"),
        ),
    ),
}
"""What looks odd and is right: nothing is said."""


def main(folder: Path = HERE / "files") -> None:
    """Write all files."""
    for name, (place, make) in (FILES | NOTICED | ASIDE).items():
        (folder / f"{name}{Path(place).suffix}").write_bytes(make())


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
