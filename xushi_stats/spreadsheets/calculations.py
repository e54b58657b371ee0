"""The sheets 观测值, 派生指标 and 审核: what the sources state, and all else as formulas over it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from xushi_stats import format
from xushi_stats.dataset import Dataset
from xushi_stats.formula import Comparison, Formula, Reference, in_words
from xushi_stats.interval import DivisorMayBeZero, Term
from xushi_stats.ledger import Figure, Ledger, Result
from xushi_stats.quantity import Bound, UnitError, is_finite
from xushi_stats.reporting.evidence import ledger_row
from xushi_stats.spreadsheets import xlsx_writer
from xushi_stats.spreadsheets.cell_formulas import Cell, Grid, factor
from xushi_stats.spreadsheets.xlsx_writer import (
    Content,
    Live,
    Number,
    Sheet,
    cell,
    columns_of,
)

OBSERVED, DERIVED, CHECKS = "观测值", "派生指标", "审核"
VALUE, LOW, HIGH = 4, 5, 6
"""Columns of a figure's value and of the ends of its range, in both sheets of figures."""
PRINTED = 7
ENDS = (8, 9)
"""Columns of the ends of left less right in the sheet of checks."""
SIGNS = {"holds": "√", "fails": "×", "undecided": "—"}
RELATIONS = {"==": "＝", "<=": "≤", "<": "＜", ">=": "≥", ">": "＞"}
NONE = format.NONE

OBSERVED_COLUMNS = columns_of("observed")
DERIVED_COLUMNS = columns_of("derived")
CHECK_COLUMNS = columns_of("checks")
ABOVE: Mapping[str, tuple[str, ...]] = {
    OBSERVED: (
        "各数照来源资料登记，一数一行；概数另列范围，余、多的上限和左右的两端是本资料的约定。",
    ),
    DERIVED: ("未舍入值、下限、上限、印出值、核对各列为公式，随“观测值”表中的数变动。",),
    CHECKS: ("左边的值、右边的值、差、结果各列为公式：√ 通过，× 未通过，— 不能判定。",),
}
"""The lines above each table."""


@dataclass(frozen=True)
class _Terms:
    """The domain in which the two sides of a check give terms, for the slopes of their difference."""

    ledger: Ledger
    inputs: Mapping[Reference, str]

    def figure(self, reference: Reference) -> Term:
        return self.ledger.terms[self.inputs[reference]]

    def number(self, number: Fraction) -> Term:
        return Term.bare(number)


@dataclass(frozen=True)
class Calculations:
    """The three sheets, and where each figure stands in them."""

    dataset: Dataset
    ledger: Ledger

    @cached_property
    def places(self) -> dict[str, tuple[str, int]]:
        """Figure id → its sheet and 0-based row."""
        found: dict[str, tuple[str, int]] = {}
        for sheet, observed in ((OBSERVED, True), (DERIVED, False)):
            first = xlsx_writer.top(ABOVE[sheet])
            found |= {f.id: (sheet, n) for n, f in enumerate(self._figures(observed), first)}
        return found

    @cached_property
    def grid(self) -> Grid:
        """The addresses of the figures."""
        places = self.places.items()
        columns = (VALUE, LOW, HIGH)
        return Grid(
            self.ledger,
            {
                id: (cell(*at, columns[0]), cell(*at, columns[1]), cell(*at, columns[2]))
                for id, at in places
            },
        )

    def _figures(self, observed: bool) -> list[Figure]:
        return [f for f in self.ledger.figures.values() if f.is_observed == observed]

    # -- 观测值 ---------------------------------------------------------------------------------

    def observed(self) -> Sheet:
        """What the sources state, a figure a row."""
        rows = [self._observed(n, f) for n, f in enumerate(self._figures(True), 1)]
        return Sheet(OBSERVED, OBSERVED, OBSERVED_COLUMNS, rows, ABOVE[OBSERVED], stays=3)

    def _observed(self, number: int, figure: Figure) -> list[Content]:
        row, quantity = ledger_row(figure, (), "internal", ("zh",)), figure.quantity
        value: list[Content] = [stated(figure) if quantity else row["shown"], NONE, NONE, NONE]
        if quantity and not figure.is_exact:
            ends = (end(bound, figure) for bound in (quantity.low, quantity.high))
            value = [value[0], *ends, row["bounds"]]
        wordings = dict.fromkeys(s.wording for s in figure.statements)
        return [
            *(count(number), figure.indicator.id, figure.indicator.names["zh"], joined(wordings)),
            *(*value, figure.indicator.unit.text, period(figure)),
            *(self._origin(figure), joined(row["status"]), joined(row["grade"])),
            self.remark(figure),
        ]

    # -- 派生指标 -------------------------------------------------------------------------------

    def derived(self) -> Sheet:
        """Every figure that is made from others, as a formula."""
        rows = [self._derived(n, f) for n, f in enumerate(self._figures(False), 1)]
        return Sheet(DERIVED, DERIVED, DERIVED_COLUMNS, rows, ABOVE[DERIVED], stays=3)

    def _derived(self, number: int, figure: Figure) -> list[Content]:
        row, formula = ledger_row(figure, (), "internal", ("zh",)), figure.indicator.formula
        assert formula is not None
        return [
            *(
                count(number),
                figure.indicator.id,
                figure.indicator.names["zh"],
                self._words(formula),
            ),
            *(self._computed(figure, formula) if figure.quantity else (NONE,) * 4),
            *(row["shown"], self._compared(figure)),
            *(figure.indicator.unit.text, period(figure), row["value"] or NONE),
            self.remark(figure),
        ]

    def _computed(self, figure: Figure, formula: Formula) -> list[Content]:
        """The unrounded value, the two ends, and the value as it is rounded."""
        quantity, inputs = figure.quantity, self.grid.inputs(figure)
        assert quantity is not None
        scale, term = factor(quantity.unit), self.ledger.terms[figure.id]
        made = self.grid.value(formula, inputs).to(scale)
        value = Live(f"={made.text}", float(pure(quantity.value, figure)))
        if figure.is_exact:
            unrounded = _here(*self.places[figure.id], VALUE)
            text = f"=ROUND({unrounded},{_places(figure)})"
            return [value, NONE, NONE, Live(text, float(_rounded(figure)), _digits(figure))]
        ends = [
            _live(self.grid.end(formula, inputs, term, side), scale, end(bound, figure))
            for side, bound in ((-1, quantity.low), (1, quantity.high))
        ]
        return [value, *ends, NONE]

    def _compared(self, figure: Figure) -> Content:
        """Whether what is computed here is what the report prints."""
        quantity = figure.quantity
        if quantity is None:
            return NONE
        if figure.is_exact:
            printed = _here(*self.places[figure.id], PRINTED)
            return Live(f'=IF(ABS({printed}-{_typed(_rounded(figure))})<1E-9,"√","×")', "√")
        if not (is_finite(quantity.low.value) and is_finite(quantity.high.value)):
            return NONE
        first, second = (_here(*self.places[figure.id], column) for column in (LOW, HIGH))
        low = format.round_out(Fraction(quantity.low.value), format.places(figure), "low")
        high = format.round_out(Fraction(quantity.high.value), format.places(figure), "high")
        least, most = (_typed(pure(end, figure)) for end in (low, high))
        return Live(f'=IF(AND({least}<={first}+1E-9,{second}<={most}+1E-9),"√","×")', "√")

    # -- 审核 -----------------------------------------------------------------------------------

    def checks(self) -> Sheet:
        """Each check computed from the cells, with what it comes to."""
        first = xlsx_writer.top(ABOVE[CHECKS])
        rows = [self._check(n, first + n - 1, r) for n, r in enumerate(self.ledger.check(), 1)]
        return Sheet(CHECKS, CHECKS, CHECK_COLUMNS, rows, ABOVE[CHECKS], stays=3)

    def _check(self, number: int, row: int, result: Result) -> list[Content]:
        check, condition = result.check, result.check.condition
        left, right, low, high, sign = self._compare(row, result)
        return [
            *(count(number), check.kind, check.names["zh"], self._words(condition.left), left),
            *(RELATIONS[condition.sign], self._words(condition.right), right, low, high, sign),
            check.explanation or ("缺项，不能判定" if left == NONE else ""),
        ]

    def _compare(self, row: int, result: Result) -> tuple[Content, ...]:
        """Left, right, the ends of left less right, and what the check comes to."""
        condition, sign = result.check.condition, SIGNS[result.verdict]
        inputs = dict(zip(condition.references, result.figures, strict=False))
        if len(inputs) < len(condition.references) or not set(result.figures) <= set(
            self.ledger.terms
        ):
            return NONE, NONE, NONE, NONE, sign
        sides = (condition.left, condition.right)
        try:
            first, second = (side.evaluate(_Terms(self.ledger, inputs)) for side in sides)
            term = first - second
        except (UnitError, DivisorMayBeZero):
            return NONE, NONE, NONE, NONE, sign
        scale = self.grid.value(condition.left, inputs).factor
        values = [
            Live(f"={self.grid.value(side, inputs).to(scale).text}", float(found.value / scale))
            for side, found in zip(sides, (first, second), strict=True)
        ]
        difference = Formula(f"({condition.left.text}) - ({condition.right.text})")
        low, high, _ = term.range
        ends = [
            _live(self.grid.end(difference, inputs, term, side), scale, _over(bound.value, scale))
            for side, bound in ((-1, low), (1, high))
        ]
        if not all(isinstance(end, str) for end in ends) and "无限" not in ends:
            return *values, *ends, Live(_verdict(condition, row, low, high), sign)
        return *values, *ends, sign

    def linked(self, figure: Figure) -> Content:
        """A figure's cell in another sheet, with the word that belongs to it: 7000余."""
        if figure.quantity is None:
            return NONE
        if figure.is_observed:
            said = stated(figure)
            return Live(f"={self.grid.addresses[figure.id][0]}", float(said.value), said.digits)
        if figure.is_exact:
            printed = cell(*self.places[figure.id], PRINTED)
            return Live(f"={printed}", float(_rounded(figure)), _digits(figure))
        return format.cell(figure, "zh", "internal")

    # -- words ---------------------------------------------------------------------------------

    def _words(self, formula: Formula) -> str:
        """A formula in the names of the indicators."""
        indicators = self.ledger.catalogue.indicators

        def name(reference: Reference) -> str:
            own = indicators[reference.indicator].names["zh"]
            return _WHICH[reference.which] + own

        return in_words(formula, name)

    def _origin(self, figure: Figure) -> str:
        """Where the sources say it; of a count, what was counted."""
        sources = self.dataset.sources
        said = [sources[s.source].place_of(s, "zh") for s in figure.statements]
        query = figure.indicator.query
        return f"项目进展表：{query}" if query else joined(said)

    def remark(self, figure: Figure) -> str:
        """Remarks, assumption and open queries."""
        notes = list(dict.fromkeys(s.note for s in figure.statements if s.note))
        assumption = figure.indicator.assumption["zh"]
        notes += [f"假定：{assumption}"] if assumption else []
        notes += [f"待核实（{grade}类）" for grade in sorted({q.grade for q in figure.queries})]
        return "；".join(notes)


_WHICH = {"": "", "prior": "上年", "first": "首年", "target": "目标"}
"""How a formula in words says which of an indicator's values it names."""


# -- cells -------------------------------------------------------------------------------------


def count(number: int) -> Number:
    """A running number."""
    return Number(Fraction(number), "0", str(number))


def joined(words: Iterable[str]) -> str:
    """Some texts in one cell."""
    return "；".join(words) or NONE


def period(figure: Figure) -> str:
    """The period that a figure is about, for people."""
    return format.period(figure.period, "zh") if figure.quantity else NONE


def pure(value: Fraction, figure: Figure) -> Fraction:
    """A value as it stands in a cell: of a share the pure number."""
    return value / 100 if figure.indicator.unit.text == "%" else value


def _places(figure: Figure) -> int:
    """The decimals that a cell is rounded to; a share stands in it as a pure number."""
    return format.places(figure) + (2 if figure.indicator.unit.text == "%" else 0)


def _rounded(figure: Figure) -> Fraction:
    assert figure.quantity is not None
    return pure(format.round_to(figure.quantity.value, format.places(figure)), figure)


def _digits(figure: Figure) -> str:
    """The number format of a rounded value: 0.00, 0.00%."""
    decimals = max(0, format.places(figure))
    percent = "%" if figure.indicator.unit.text == "%" else ""
    return ("0." + "0" * decimals if decimals else "0") + percent


def stated(figure: Figure) -> Number:
    """An observed value; its number format carries the word that belongs to it: 7000余, ≥2000."""
    assert figure.quantity is not None
    shown = format.cell(figure, "zh", "internal")
    value = pure(figure.quantity.value, figure)
    match = re.fullmatch(r"(\D*)(\d+(?:\.\d+)?)(.*)", shown)
    if match is None or Fraction(match[2]) != figure.quantity.value:
        return Number(value, "General", shown)  # rounded in print, or with 万 behind the number
    before, number, after = match.groups()
    decimals = number.partition(".")[2]
    percent = "%" if figure.indicator.unit.text == "%" else ""
    words = [f'"{word}"' if word else "" for word in (before, after)]
    digits = f"{words[0]}0{'.' if decimals else ''}{'0' * len(decimals)}{percent}{words[1]}"
    return Number(value, digits, shown)


def end(bound: Bound, figure: Figure) -> Content:
    """An end of a range; that of an exact figure is the figure itself."""
    return _over(format.pure(bound.value, figure.indicator.unit), Fraction(1))


def _over(end: Fraction | float, scale: Fraction) -> Content:
    """An end in a unit of this size."""
    if not is_finite(end):
        return "无限"
    value = Fraction(end) / scale
    return Number(value, "General", f"{float(value):.10g}")


def _live(end: Cell | None, scale: Fraction, own: Content) -> Content:
    """An end as a formula; where there is none, what the library computed."""
    if end is None or not isinstance(own, Number):
        return own
    return Live(f"={end.to(scale).text}", float(own.value))


def _here(sheet: str, row: int, column: int) -> str:
    """The address of a cell within its own sheet."""
    return cell(sheet, row, column).partition("!")[2]


def _typed(value: Fraction) -> str:
    """A decimal number as it is typed into a formula."""
    return f"{float(value):.15g}"


def _verdict(condition: Comparison, row: int, low: Bound, high: Bound) -> str:
    """The verdict on left less right, from the cells of its two ends; a tiny difference is none."""
    first, second = (_here(CHECKS, row, column) for column in ENDS)
    above = f"{first}>{'1E-9' if low.closed else '-1E-9'}"
    below = f"{second}<{'-1E-9' if high.closed else '1E-9'}"
    not_below, not_above = f"{first}>-1E-9", f"{second}<1E-9"
    holds, fails = {
        "==": (f"AND({not_below},{first}<1E-9,{second}>-1E-9,{not_above})", f"OR({above},{below})"),
        "<=": (not_above, above),
        "<": (below, not_below),
        ">=": (not_below, below),
        ">": (above, not_above),
    }[condition.sign]
    return f'=IF({holds},"√",IF({fails},"×","—"))'
