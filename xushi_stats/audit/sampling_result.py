"""The 抽查表 that comes back filled in: which figures the original records contradict, and the 差错率."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import comb
from pathlib import Path

from xushi_stats import format, notation
from xushi_stats.audit.sampling import PLAN, SHEET, Plan, Sample, draw
from xushi_stats.faults import DataFaults, Fault, Lang
from xushi_stats.ledger import Figure, Ledger
from xushi_stats.quantity import Quantity, UnitError
from xushi_stats.tables import xlsx

_RISK = Fraction(1, 20)


@dataclass(frozen=True)
class Checked:
    """A figure that was inspected: what the original record says, and why it differs."""

    figure: Figure
    record: Fraction
    reason: str

    @property
    def is_wrong(self) -> bool:
        """Whether the record contradicts the ledger: of 7000余 only what is not in its range does."""
        quantity = self.figure.quantity
        assert quantity is not None
        low, high, record = quantity.low, quantity.high, self.record
        below = record < low.value or (record == low.value and not low.closed)
        above = record > high.value or (record == high.value and not high.closed)
        return below or above


@dataclass(frozen=True)
class Result:
    """What a filled sheet says.

    Attributes:
        unchecked: figures whose row has no record.
    """

    sample: Sample
    checked: tuple[Checked, ...]
    unchecked: tuple[Figure, ...]

    @property
    def wrong(self) -> list[Checked]:
        """The figures that differ from the record."""
        return [found for found in self.checked if found.is_wrong]

    @property
    def rate(self) -> Fraction | None:
        """差错率: wrong over checked; None where nothing was checked."""
        return Fraction(len(self.wrong), len(self.checked)) if self.checked else None

    @property
    def most(self) -> int | None:
        """How many of the figures not singled out may be wrong, at 95% confidence.

        None while a row of the random part is not checked: what is left open may not be left open by
        chance.
        """
        drawn = {figure.id for figure in self.sample.random}
        if not drawn or drawn & {figure.id for figure in self.unchecked}:
            return None
        wrong = sum(found.figure.id in drawn for found in self.wrong)
        return most_wrong(self.sample.others, len(drawn), wrong)


def most_wrong(population: int, drawn: int, wrong: int) -> int:
    """The most of a population that may be wrong: with more, so few would be found in 1 of 20 samples.

    Exact, by the hypergeometric distribution.

    >>> most_wrong(60, 30, 0), most_wrong(60, 60, 2)
    (4, 2)
    """
    most = wrong
    while most < population - drawn + wrong:
        found = sum(
            comb(most + 1, k) * comb(population - most - 1, drawn - k) for k in range(wrong + 1)
        )
        if Fraction(found, comb(population, drawn)) <= _RISK:
            break
        most += 1
    return most


# -- the sheet that comes back -----------------------------------------------------------------

Cells = Mapping[str, xlsx.Cell]


def read(path: Path, ledger: Ledger) -> Result:
    """Read a filled sheet.

    Args:
        path: the workbook.
        ledger: of the data that the sample was drawn from.

    Raises:
        DataFaults: it is no such workbook, its rows are not those that the plan draws from these
            data, or a record is no number.
    """
    plan, rows = _table(path)
    sample, faults = draw(ledger, plan), list[Fault]()
    drawn = {figure.id: figure for figure in sample.figures}
    found: dict[str, Cells] = {}
    for cells in rows:
        name = str(cells["代码"].value)
        if name in found or name not in drawn:
            faults.append(_fault(path, "sample_row", cells, "代码"))
        found.setdefault(name, cells)
    faults += [Fault("sample_row", path.name, value=n) for n in drawn if n not in found]
    checked: list[Checked] = []
    unchecked: list[Figure] = []
    for name in (name for name in drawn if name in found):
        record = _record(path, found[name], drawn[name], faults)
        reason = str(found[name]["差异原因"].value or "")
        if record is None:
            unchecked.append(drawn[name])
        else:
            checked.append(Checked(drawn[name], record, reason))
    if faults:
        raise DataFaults(faults)
    return Result(sample, tuple(checked), tuple(unchecked))


def _table(path: Path) -> tuple[Plan, list[Cells]]:
    """The plan and the rows of a sheet, each by the heads of its columns."""
    page = xlsx.read(path).get(SHEET, [])
    plan, heads, rows = None, list[str](), list[Cells]()
    for row in page:
        texts = ["" if cell.value is None else str(cell.value) for cell in row]
        match = PLAN.fullmatch(texts[0]) if texts else None
        if match:
            above = tuple(match[3].split("、")) if match[3] else ()
            plan = Plan(match[1], int(match[2]), above)
        elif not heads and {"代码", "台账数", "原始记录数", "差异原因"} <= set(texts):
            heads = texts
        elif heads and texts[0].isdecimal():
            rows.append(dict(zip(heads, row, strict=False)))
    if plan is None or not heads:
        why = {
            "why_zh": f"没有“{SHEET}”或其表头",
            "why_en": "it has no sheet of a sample, or no heads",
        }
        raise DataFaults([Fault("workbook", path.name, details=why)])
    return plan, rows


def _record(path: Path, cells: Cells, figure: Figure, faults: list[Fault]) -> Fraction | None:
    """The number of the original record; None where the row was not checked."""
    assert figure.quantity is not None
    if _number(cells["台账数"], figure) != figure.quantity.value:
        faults.append(_fault(path, "sample_row", cells, "台账数"))
    cell = cells["原始记录数"]
    if not cell.is_formula and (cell.value is None or not str(cell.value).strip()):
        return None
    number = _number(cell, figure)
    if number is None:
        faults.append(_fault(path, "sample_number", cells, "原始记录数"))
    return number


def _number(cell: xlsx.Cell, figure: Figure) -> Fraction | None:
    """A cell as a number in the figure's unit: 398, ３９８, 1,099, 398户; None if it is no number."""
    unit = figure.indicator.unit
    if isinstance(cell.value, (int, float)) and not isinstance(cell.value, bool):
        number = Fraction(f"{cell.value:.12g}")  # 0.1+0.2 is 0.3 to whoever typed it
        return number * 100 if "%" in cell.digits and unit.text == "%" else number
    text = unicodedata.normalize("NFKC", cell.value).strip() if isinstance(cell.value, str) else ""
    if re.fullmatch(r"-?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?", text, re.ASCII):
        return Fraction(text.replace(",", ""))
    try:
        quantity = notation.in_unit(notation.parse(text, unit.counts), unit)
    except (notation.NotationError, UnitError):
        return None
    return quantity.value if quantity.is_exact else None


def _fault(path: Path, code: str, cells: Cells, column: str) -> Fault:
    value = cells[column].value
    shown = "" if value is None else str(value)
    return Fault(code, path.name, cells[column].row, column, shown)


# -- what it says ------------------------------------------------------------------------------


def told(result: Result, lang: Lang) -> Iterator[str]:
    """The result in plain words, a line each."""
    zh = lang == "zh"
    sample, checked, wrong = result.sample, len(result.checked), len(result.wrong)
    parts = (
        len(sample.figures),
        len(sample.random),
        len(sample.whole),
        checked,
        len(result.unchecked),
    )
    if zh:
        yield "抽查 {} 个（随机 {} 个，全查 {} 个）；已查 {} 个，未查 {} 个。".format(*parts)
    else:
        yield "Drawn: {} ({} at random, {} in any case). Checked: {}. Not checked: {}.".format(
            *parts
        )
    for found in result.wrong:
        yield _told_wrong(found, lang)
    for figure in result.unchecked:
        yield f"  {'未查' if zh else 'not checked'}  {figure.id}  {figure.indicator.names[lang]}"
    if result.rate is None:
        yield (
            "没有已查的数，不计算差错率。"
            if zh
            else "Nothing was checked, so there is no rate of errors."
        )
        return
    rate = _percent(result.rate)
    if zh:
        yield f"有差错 {wrong} 个，差错率 {rate}（{wrong}/{checked}）。"
    else:
        yield f"Wrong: {wrong}. Rate of errors: {rate} ({wrong}/{checked})."
    yield _told_most(result, zh)


def _told_wrong(found: Checked, lang: Lang) -> str:
    figure = found.figure
    name, stated = figure.indicator.names[lang], format.text(figure, lang, "internal")
    exactly = Quantity.exactly(found.record, figure.indicator.unit)
    record = format.text(replace(figure, quantity=exactly), lang, "internal")
    if lang == "zh":
        return (
            f"  ×  {figure.id}  {name}：台账 {stated}，原始记录 {record}  {found.reason}".rstrip()
        )
    return f"  ×  {figure.id}  {name}: ledger {stated}, record {record}  {found.reason}".rstrip()


def _told_most(result: Result, zh: bool) -> str:
    """What the random part says of the figures that were not drawn."""
    if result.most is None:
        if not result.sample.random:
            return (
                "没有随机抽取，不推断。"
                if zh
                else "None was drawn at random: nothing follows for the rest."
            )
        if zh:
            return "随机抽取的尚未查完，不推断其余的数。"
        return "The random part is not all checked: nothing follows for the rest."
    others, most = result.sample.others, result.most
    share = _percent(Fraction(most, others))
    if zh:
        return f"随机抽取部分：以95%的把握，{others} 个中有差错的不超过 {most} 个（{share}）。"
    return f"Random part: at 95% confidence at most {most} of {others} are wrong ({share})."


def _percent(share: Fraction) -> str:
    return f"{float(format.round_to(share * 100, 2)):.2f}%"
