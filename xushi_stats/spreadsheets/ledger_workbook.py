"""``ledger.xlsx``, the auditor's instrument: every derived figure is a formula over the observations.

Five sheets: 说明, 台账 (the form that offices file), 观测值, 派生指标, 审核. Formulas carry the value that
they have now; Excel and WPS compute them when the file is opened. The workbook is in Chinese.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from xushi_stats import format
from xushi_stats.dataset import Dataset
from xushi_stats.ledger import Figure, Ledger
from xushi_stats.reporting.evidence import ledger_row
from xushi_stats.spreadsheets import xlsx_writer
from xushi_stats.spreadsheets.calculations import NONE, Calculations, count, joined, period, pure
from xushi_stats.spreadsheets.xlsx_writer import Column, Content, Live, Sheet, cell, columns_of

LEDGER = "台账"
ABOVE = ("本年、上年、增减、增减%各列为公式，取自“观测值”“派生指标”两表。",)
LEDGER_COLUMNS = columns_of("ledger")
FOOT = ("　" * 6).join(
    f"{who}：" for who in ("单位负责人", "统计负责人", "填报人", "联系电话", "报出日期")
)


def write_workbook(folder: Path, dataset: Dataset, ledger: Ledger) -> None:
    """Write ``ledger.xlsx``: every figure, internal ones too."""
    (folder / "ledger.xlsx").write_bytes(workbook(dataset, ledger))


def workbook(dataset: Dataset, ledger: Ledger) -> bytes:
    """The workbook of a ledger.

    Args:
        dataset: for the names of sources, the notice, and the date.
        ledger: the internal ledger; a public one has no terms to compute ranges from.
    """
    made = Calculations(dataset, ledger)
    form = _Form(made)
    pages = (form.about(), form.ledger(), made.observed(), made.derived(), made.checks())
    date = dataset.day(ledger.release)
    return xlsx_writer.workbook(pages, datetime.fromisoformat(date), dataset.town["notice"]["zh"])


@dataclass(frozen=True)
class _Form:
    """The sheets for people who file and read: 台账, 说明."""

    made: Calculations

    # -- 台账 -----------------------------------------------------------------------------------

    def ledger(self) -> Sheet:
        """The form that offices file; who fills it in writes the last columns."""
        figures = [
            f for f in self.made.ledger.figures.values() if f.release == self.made.ledger.release
        ]
        first = xlsx_writer.top(ABOVE)
        rows = [self._form_row(n, first + n - 1, f) for n, f in enumerate(figures, 1)]
        title = f"{self.made.dataset.town['name']['zh']}{self.made.ledger.release}年统计台账"
        return Sheet(LEDGER, title, LEDGER_COLUMNS, rows, ABOVE, ("", FOOT), stays=2)

    def _form_row(self, number: int, row: int, figure: Figure) -> list[Content]:
        cells = ledger_row(figure, (), "internal", ("zh",))
        wordings = dict.fromkeys(s.wording for s in figure.statements)
        sources = {self.made.dataset.sources[s.source].short["zh"] for s in figure.statements}
        formula = figure.indicator.formula
        return [
            *(count(number), figure.indicator.names["zh"], figure.indicator.unit.text),
            *(figure.indicator.id, *self._years(row, figure), joined(wordings), period(figure)),
            "由算式计算" if formula else joined(cells["status"]) if sources else "计数",
            "派生指标" if formula else joined(sorted(sources)) if sources else "项目进展表",
            *("", "", "", "", self.made.remark(figure)),
        ]

    def _years(self, row: int, figure: Figure) -> tuple[Content, ...]:
        """This year, the year before, the difference, and the growth where the catalogue has one."""
        growth = self.made.ledger.figures.get(f"{figure.id.replace('@', '.growth@')}")
        this = self.made.linked(figure)
        if growth is None or growth.quantity is None or not isinstance(this, Live):
            return this, NONE, NONE, NONE
        before = self.made.ledger.figures[growth.inputs[1]]
        linked = self.made.linked(before)
        if not (figure.is_exact and before.is_exact and isinstance(linked, Live)):
            return this, linked, NONE, NONE
        a, b = (cell(LEDGER, row, column).partition("!")[2] for column in (4, 5))
        change = pure(figure.quantity.value - before.quantity.value, figure)  # type: ignore[union-attr]
        rate = growth.quantity.value
        return (
            *(this, linked, Live(f"={a}-{b}", float(change), this.digits)),
            Live(f"=ROUND(({a}-{b})/{b}*100,1)", float(format.round_to(rate, 1)), "0.0"),
        )

    # -- 说明 -----------------------------------------------------------------------------------

    def about(self) -> Sheet:
        """What the workbook is, and how it is used."""
        lines = [
            ("内容", "本工作簿列出报告可用的全部指标，供核对计算用；含内部指标，不随公开版发出。"),
            ("台账", "统计台账。提供单位、填报人、审核人、填报日期和表下各项由填报单位填写。"),
            (
                "观测值",
                "来源资料写明的数。原文写法照录；数值列写明余、左右等字样，参与计算的是所写的数。",
            ),
            (
                "派生指标",
                "由观测值计算的数，全部为公式。未舍入值不舍入；印出值四舍五入一次。概数的下限、上限由各概数的下限、上限计算；不能写成公式的，填程序计算的结果。",
            ),
            (
                "核对",
                "√ 为印出值与报告所印相同，或报告所印区间包含下限和上限；× 为不同；— 为不作核对。",
            ),
            (
                "审核",
                "审核关系逐条列为公式。概数按差的下限和上限判定，都符合为 √，都不符合为 ×，其余为 —。",
            ),
            (
                "改数",
                "在“观测值”表中试改一数，各表随之变动；正式改数须改 observations.csv，重新生成。",
            ),
            (
                "精确",
                "电子表格的数约有十五位有效数字，精确值以分数另列；逐项精确复算用 recompute.py。",
            ),
            *((f"来源 {n}", text) for n, text in enumerate(self._sources(), 1)),
            ("数据校验值", self.made.dataset.digest),
        ]
        rows: list[list[Content]] = [list(line) for line in lines]
        columns = (Column("项目", 12, 14), Column("说明", 60, 110))
        return Sheet("说明", "说明", columns, rows)

    def _sources(self) -> list[str]:
        return [
            f"《{s.title['zh']}》，{s.publisher['zh']}，{s.date}，SHA-256 {s.sha256}"
            for s in self.made.dataset.sources.values()
        ]
