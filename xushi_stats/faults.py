"""What can be wrong with data: where, what was read, which rule, how to mend it, in two languages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

Lang = Literal["zh", "en"]
Severity = Literal["error", "warning"]

MESSAGES: dict[str, dict[Lang, tuple[str, str]]] = {
    "file_missing": {
        "zh": ("找不到文件", "放入该文件，或检查 --data 和 --town"),
        "en": ("the file is missing", "put it there, or check --data and --town"),
    },
    "encoding": {
        "zh": ("文件编码不是UTF-8或GB18030", "用 Excel 或 WPS 另存为“CSV UTF-8”"),
        "en": ("the file is neither UTF-8 nor GB18030", "save it as 'CSV UTF-8'"),
    },
    "toml": {
        "zh": ("文件不能读取：{why}", "按该位置改正"),
        "en": ("the file cannot be read: {why}", "mend it at that place"),
    },
    "column_missing": {
        "zh": ("缺少列“{column}”", "在表头加上该列"),
        "en": ("the column '{column}' is missing", "add it to the header"),
    },
    "column_unknown": {
        "zh": ("不认识的列“{column}”{near}", "改正列名，或删去该列"),
        "en": ("unknown column '{column}'{near}", "correct its name, or remove it"),
    },
    "column_twice": {
        "zh": ("列“{column}”出现两次", "删去其中一列"),
        "en": ("the column '{column}' stands twice", "remove one"),
    },
    "cells": {
        "zh": ("本行的单元格比表头多", "检查多出的逗号或单元格"),
        "en": ("the row has more cells than the header", "look for a stray comma or cell"),
    },
    "required": {
        "zh": ("不能为空", "填写该单元格"),
        "en": ("must not be empty", "fill the cell"),
    },
    "choice": {
        "zh": ("只能是：{allowed}{near}", "改为其中之一"),
        "en": ("must be one of: {allowed}{near}", "use one of them"),
    },
    "indicator_unknown": {
        "zh": ("指标目录中没有该指标{near}", "改正指标，或先在 catalogue.csv 中登记"),
        "en": (
            "no such indicator in the catalogue{near}",
            "correct it, or enter it in catalogue.csv",
        ),
    },
    "indicator_derived": {
        "zh": ("该指标由公式计算，不能填报", "删去本行，或改填它的基础指标"),
        "en": ("this indicator is computed", "remove the row, or state what it is computed from"),
    },
    "id_twice": {
        "zh": ("“{value}”重复登记（首见第{first}行）", "删去或改名"),
        "en": ("'{value}' is entered twice (first in row {first})", "remove or rename it"),
    },
    "id": {
        "zh": ("不能作代码", "用小写英文字母和下划线，以点分段，不用数字和Python保留字"),
        "en": ("cannot be an id", "use small letters and _, parts joined by dots, no keywords"),
    },
    "name_digit": {
        "zh": ("名称中不能有数字", "改名；含数字的专名在 declared.csv 中登记"),
        "en": ("a name must hold no digit", "rename it; names with digits go into declared.csv"),
    },
    "wording": {
        "zh": ("不是“数字加计量单位”的写法", "照原文写法填写，如 398户、7千余亩；必要时另填“读作”"),
        "en": ("is no number with its unit", "write it as the source does, or fill 'read_as'"),
    },
    "unit": {
        "zh": ("计量单位与指标目录不符（目录为“{expected}”）", "核对数值的单位，或改指标目录"),
        "en": ("is in another unit than the catalogue's '{expected}'", "check the unit"),
    },
    "unit_unknown": {
        "zh": ("不认识的计量单位", "改正单位，或在 units.csv 中登记"),
        "en": ("unknown unit of measure", "correct it, or enter it in units.csv"),
    },
    "period": {
        "zh": ("不是有效的时期", "写作 2019、2020-03 或 2020-01/2020-03"),
        "en": ("is no period", "write 2019, 2020-03 or 2020-01/2020-03"),
    },
    "date": {
        "zh": ("不是有效的日期", "写作 2020-03-16"),
        "en": ("is no date", "write 2020-03-16"),
    },
    "release": {
        "zh": ("不是有效的年份", "写作四位数字，如 2019"),
        "en": ("is no year", "write four digits, such as 2019"),
    },
    "start": {
        "zh": ("不是有效的位置", "写原文中的字符序号（从0起）"),
        "en": ("is no character offset", "write the 0-based offset in the document"),
    },
    "source_unknown": {
        "zh": ("来源表中没有该来源{near}", "改正，或在 sources.csv 中登记"),
        "en": ("no such source{near}", "correct it, or enter it in sources.csv"),
    },
    "sha256": {
        "zh": ("不是SHA-256（64位十六进制）", "重新计算文件的SHA-256"),
        "en": ("is no SHA-256", "compute the file's SHA-256 again"),
    },
    "place_twice": {
        "zh": ("原文同一处登记了两次（首见第{first}行）", "删去其中一行"),
        "en": (
            "the same place of the source is entered twice (first in row {first})",
            "remove one",
        ),
    },
    "contradiction": {
        "zh": ("与第{first}行的“{other}”不一致", "核对原文，两处须一致；确有出入的列入待核实事项"),
        "en": ("contradicts '{other}' in row {first}", "check the source; both places must agree"),
    },
    "formula": {
        "zh": ("公式不能识别：{part}", "只能用指标、数、加减乘除、括号和登记的统计函数"),
        "en": ("cannot be read: {part}", "use ids, numbers, + - * /, brackets and the measures"),
    },
    "formula_unknown": {
        "zh": ("公式中的指标“{part}”不在目录中{near}", "改正公式"),
        "en": ("names an indicator that is not in the catalogue: '{part}'{near}", "correct it"),
    },
    "formula_circle": {
        "zh": ("公式循环引用：{part}", "改正公式"),
        "en": ("the formula depends on itself: {part}", "correct it"),
    },
    "formula_unit": {
        "zh": ("公式的计量单位不成立：{part}", "检查公式或计量单位"),
        "en": ("the units do not fit: {part}", "check formula and unit"),
    },
    "formula_number": {
        "zh": ("公式中直接写了数（{part}）", "数须来自来源：先登记为指标，再引用"),
        "en": ("a number is typed into the formula ({part})", "enter it as an indicator first"),
    },
    "refused": {
        "zh": ("来源资料不支持这样计算：{why}", "删去该派生指标；依据见 refused.csv"),
        "en": ("the source does not license this: {why}", "remove it; see refused.csv"),
    },
    "query": {
        "zh": ("计数条件不能识别", "写作 本年=完成 或 本年=启动 下年=*"),
        "en": ("is no condition", "write 本年=完成 or 本年=启动 下年=*"),
    },
    "check_fails": {
        "zh": ("审核不通过：{name}（{values}）", "核对这些数值；审核条件见 checks.csv 的“{value}”"),
        "en": ("the check fails: {name} ({values})", "check these figures; the rule is '{value}'"),
    },
    "check_wants_reason": {
        "zh": (
            "核实性审核未满足：{name}（{values}）",
            "核对，或在 checks.csv 的“{value}”写明情况说明",
        ),
        "en": ("wants an explanation: {name} ({values})", "check, or explain it in '{value}'"),
    },
    "placeholder": {
        "zh": ("没有名为“{value}”的指标{near}", "改正占位符"),
        "en": ("no figure is called '{value}'{near}", "correct the placeholder"),
    },
    "figure_unknown": {
        "zh": ("没有名为“{value}”的指标{near}", "用 xushi-stats list 查看全部代码和名称"),
        "en": ("no figure is called '{value}'{near}", "xushi-stats list shows all ids and names"),
    },
    "digit_in_text": {
        "zh": ("正文中直接写了数字（“{near}”）", "改用占位符；日期和专名须先声明"),
        "en": (
            "a digit is typed into the text ('{near}')",
            "use a placeholder, or declare the name",
        ),
    },
    "rounding": {
        "zh": ("印出的数不能直接加总：{name}", "已加注说明；如需可多留一位小数"),
        "en": (
            "printed figures do not add up: {name}",
            "a note says so; one more decimal may help",
        ),
    },
    "orphan": {
        "zh": ("{what}", "数须来自台账：改用占位符，或先登记为指标"),
        "en": ("{what}", "every number must come from the ledger"),
    },
    "cell": {
        "zh": ("笔记本单元格运行出错：{why}", "在 JupyterLab 中打开该笔记本检查"),
        "en": ("a notebook cell failed: {why}", "open the notebook in JupyterLab"),
    },
    "layout": {
        "zh": ("不能排版：{why}", "检查所指的文字，例如字体中没有的生僻字"),
        "en": (
            "the page cannot be set: {why}",
            "look at the text it names, such as a rare character",
        ),
    },
    "house_rule": {
        "zh": ("第{page}页“{value}”不合写法：{rule}", "改写该句"),
        "en": ("page {page}, '{value}' breaks the rule {rule}", "reword it"),
    },
    "empty_cell": {
        "zh": ("表“{value}”有空单元格", "无数据写“—”，零写0"),
        "en": ("the table '{value}' has an empty cell", "write a dash for none, 0 for zero"),
    },
    "nothing": {
        "zh": ("{release}年没有任何数据（已有：{known}）", "检查 --year，或填写 observations.csv"),
        "en": ("nothing is stated for {release} (there is: {known})", "check --year"),
    },
    "workbook": {
        "zh": ("不能作为工作簿读取：{why}", "用 Excel 或 WPS 另存为 .xlsx；抽查表不要改动表头"),
        "en": (
            "cannot be read as a workbook: {why}",
            "save it as .xlsx, and leave the heads of the sheet as they are",
        ),
    },
    "sample_row": {
        "zh": ("与按种子从当前数据抽取的不同", "用抽取时的数据读取；表中的行和台账数不要增删改动"),
        "en": (
            "is not what the seed draws from these data",
            "read it with the data it was drawn from; change no row and no number of the ledger",
        ),
    },
    "sample_number": {
        "zh": ("不是数，或计量单位不符", "填写数字，如 398；没有查的留空"),
        "en": ("is no number, or in another unit", "write a number such as 398, or leave it empty"),
    },
    "locked": {
        "zh": ("文件正被其他程序打开，不能写入", "关闭该文件后重试"),
        "en": ("the file is open in another program", "close it and try again"),
    },
}
"""Reason code → language → (what is wrong, how to mend it)."""

_JOIN: dict[Lang, dict[str, str]] = {
    "zh": {
        "row": "第{}行",
        "column": "“{}”列",
        "mend": "改法：",
        "near": "，是否为“{}”",
        "error": "错误",
        "warning": "提示",
    },
    "en": {
        "row": "row {}",
        "column": "column '{}'",
        "mend": "Mend: ",
        "near": "; did you mean '{}'?",
        "error": "error",
        "warning": "warning",
    },
}


@dataclass(frozen=True)
class Fault:
    """One thing wrong with the data.

    Attributes:
        code: reason code, a key of ``MESSAGES``.
        file: the file's name as people know it, relative to the data folder.
        row: row as Excel counts it (the header is 1), or None.
        column: header of the column, or "".
        value: the value as read.
        severity: an error stops the build, a warning does not.
        details: what the message names besides; ``near`` is the nearest valid name.
    """

    code: str
    file: str = ""
    row: int | None = None
    column: str = ""
    value: str = ""
    severity: Severity = "error"
    details: dict[str, str] = field(default_factory=dict)

    def text(self, lang: Lang) -> str:
        """The fault on one line: where, the value as read, the rule, how to mend it."""
        words = _JOIN[lang]
        what, mend = MESSAGES[self.code][lang]
        near = self.details.get("near", "")
        if near and "{near}" in what and not what.startswith(("正文", "a digit")):
            near = words["near"].format(near)
        own = {k.removesuffix(f"_{lang}"): v for k, v in self.details.items()}
        known = {"column": self.column, "value": self.value, **own, "near": near}
        header = self.details.get("header", "")
        where = [self.file] if self.file else []
        if self.row is not None:
            where.append(words["row"].format(self.row))
        if self.column and self.code not in ("column_missing", "column_unknown", "column_twice"):
            where.append(words["column"].format(header or self.column))
        place = " ".join(where)
        value = f"“{self.value}” " if self.value and "{value}" not in what else ""
        colon, stop = ("：", "。") if lang == "zh" else (": ", ". ")
        said = f"{value}{what.format(**known)}{stop}{words['mend']}{mend.format(**known)}"
        return f"[{words[self.severity]}] {place}{colon if place else ''}{said}"


class DataFaults(Exception):
    """Everything wrong with the data at once.

    Attributes:
        faults: all of them, errors first.
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = sorted(faults, key=_order)
        super().__init__(f"{len(self.faults)} faults")

    def __reduce__(self) -> tuple[type[DataFaults], tuple[list[Fault]]]:
        return DataFaults, (self.faults,)  # so that it can come back from another process

    def __str__(self) -> str:
        return "\n".join(fault.text("en") for fault in self.faults)


def _order(fault: Fault) -> tuple[bool, str, int, str]:
    return (fault.severity == "warning", fault.file, fault.row or 0, fault.column)


def errors(faults: Iterable[Fault]) -> list[Fault]:
    """Those faults that stop a build."""
    return [fault for fault in faults if fault.severity == "error"]
