"""A sample for an inspection: 抽查表, a workbook to be filled in with what the original records say.

The sample is drawn with a seed over the ids in order, by ``random.Random(seed).random()`` alone, whose
sequence Python keeps the same on every machine and in every version; a figure above a threshold is
inspected in any case.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from datetime import datetime

from xushi_stats import format, notation
from xushi_stats.dataset import Dataset
from xushi_stats.ledger import Figure, Ledger
from xushi_stats.quantity import UnitError
from xushi_stats.spreadsheets import xlsx_writer
from xushi_stats.spreadsheets.calculations import count, end, stated
from xushi_stats.spreadsheets.xlsx_writer import Column, Content, Live, Sheet

SHEET = "抽查表"
RANDOM, WHOLE = "随机", "全查"
RECORD = 7
"""The column in which the number of the original record is written."""
COLUMNS = (
    *(Column("序号"), Column("代码", 12, 50), Column("指标名称", 12, 36)),
    *(Column("抽取方式", 6, 8, "center"), Column("计量单位", 6, 12, "center")),
    *(Column("报告数", 8, 16), Column("台账数", 8, 14), Column("原始记录数", 12, 14)),
    *(Column("差异", 8, 12), Column("差异原因", 20), Column("被查单位确认", 14)),
    *(Column("检查人", 10), Column("日期", 12)),
)
FOOT = ("　" * 6).join(f"{who}：" for who in ("检查单位", "检查负责人", "被查单位负责人", "日期"))
PLAN = re.compile(r"种子：(.*)　随机抽取：(\d+)　全查：(.*)")
"""How the sheet writes its plan."""


@dataclass(frozen=True)
class Plan:
    """How a sample is drawn.

    Attributes:
        seed: any text; the same seed over the same figures gives the same sample.
        number: how many are drawn at random.
        above: quantities as written (100万元, 1000人): what may exceed one is inspected in any case.
    """

    seed: str
    number: int
    above: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """The plan as it stands on the sheet."""
        return f"种子：{self.seed}　随机抽取：{self.number}　全查：{'、'.join(self.above)}"


@dataclass(frozen=True)
class Sample:
    """The figures drawn: those above a threshold, those drawn at random, and out of how many these are."""

    whole: tuple[Figure, ...]
    random: tuple[Figure, ...]
    others: int

    @property
    def figures(self) -> tuple[Figure, ...]:
        """All of them, in the order of the sheet."""
        return self.whole + self.random


def draw(ledger: Ledger, plan: Plan) -> Sample:
    """Draw a sample of the observed figures of a release; what is derived is recomputed in full."""
    figures = sorted(
        (f for f in ledger.figures.values() if f.is_observed and f.release == ledger.release),
        key=lambda f: f.id,
    )
    figures = [f for f in figures if f.quantity]
    whole = [f for f in figures if any(_exceeds(f, limit) for limit in plan.above)]
    others = [f for f in figures if f not in whole]
    generator = random.Random(plan.seed)
    ranks = {figure.id: generator.random() for figure in others}
    chosen = sorted(others, key=lambda f: ranks[f.id])[: plan.number]
    return Sample(tuple(whole), tuple(sorted(chosen, key=lambda f: f.id)), len(others))


def _exceeds(figure: Figure, limit: str) -> bool:
    """Whether a figure, as far as its range goes, may be above a quantity of its kind."""
    assert figure.quantity is not None
    unit = figure.indicator.unit
    try:
        threshold = notation.in_unit(notation.parse(limit, unit.counts), unit)
    except UnitError:
        return False
    return figure.quantity.high.value > threshold.value


# -- the sheet that goes out -------------------------------------------------------------------


def workbook(dataset: Dataset, ledger: Ledger, plan: Plan) -> bytes:
    """The 抽查表 as a workbook, ready to be filled in."""
    sample = draw(ledger, plan)
    above = (
        plan.line,
        f"可抽查的数共 {len(sample.whole) + sample.others} 个，全查 {len(sample.whole)} 个，"
        f"随机抽取 {len(sample.random)} 个；数据校验值 {dataset.digest[:12]}",
        "在“原始记录数”列填写原始记录所载的数；没有查的留空。概数的原始记录数在其范围内的，不算差错。",
    )
    first = xlsx_writer.top(above)
    rows = [_row(n, first + n, f, f in sample.whole) for n, f in enumerate(sample.figures, 1)]
    title = f"{dataset.town['name']['zh']}{ledger.release}年统计数据抽查表"
    page = Sheet(SHEET, title, COLUMNS, rows, above, ("", FOOT), stays=3)
    notice = dataset.town["notice"]["zh"]
    return xlsx_writer.workbook([page], datetime.fromisoformat(dataset.day(ledger.release)), notice)


def _row(number: int, row: int, figure: Figure, whole: bool) -> list[Content]:
    """A figure to inspect; ``row`` is where Excel has it."""
    assert figure.quantity is not None
    ledger, record = (f"${column}${row}" for column in "GH")
    difference = f"{record}-{ledger}"
    if not figure.is_exact:
        low, high = (end(b, figure) for b in (figure.quantity.low, figure.quantity.high))
        inside = [
            f"{record}{sign}{'=' if bound.closed else ''}{float(own.value):.15g}"
            for own, sign, bound in (
                (low, ">", figure.quantity.low),
                (high, "<", figure.quantity.high),
            )
            if not isinstance(own, str) and not isinstance(own, Live)
        ]
        difference = f"IF(AND({','.join(inside)}),0,{difference})"
    return [
        *(count(number), figure.id, figure.indicator.names["zh"], WHOLE if whole else RANDOM),
        *(figure.indicator.unit.text, format.text(figure, "zh", "internal"), stated(figure), ""),
        *(Live(f'=IF(ISNUMBER({record}),{difference},"")', ""), "", "", "", ""),
    ]
