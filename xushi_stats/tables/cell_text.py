"""The text of a workbook's cell as a person sees it: nothing guessed, no value changed."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import NamedTuple

from xushi_stats.tables import number_format
from xushi_stats.tables.xlsx import Cell

DIGITS = 15
"""Digits that a spreadsheet keeps of a typed number; what has more was computed."""

_RUN = re.compile(r"(?:\d+ )?\d+/\d+|(?:\d[\d,]*(?:\.\d*)?|\.\d+)(?P<power>E[+-]?\d+)?", re.ASCII)
_YEAR = ("年", "年度")
_INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"


class Reading(NamedTuple):
    """What a cell says.

    Attributes:
        text: as it is read.
        code: what is wrong, a code of ``faults.MESSAGES``; "" if nothing, ``cell_shown`` a warning.
        stored: the number that is stored, where its format adds words to it or shows another; else "".
    """

    text: str
    code: str = ""
    stored: str = ""


def clean(text: str) -> str:
    r"""A text without blanks of any kind at its ends: U+3000, NBSP, and those of no width.

    >>> clean("\u3000398户\u200b\xa0")
    '398户'
    """
    stripped = text.strip()
    while stripped and (stripped[0] in _INVISIBLE or stripped[-1] in _INVISIBLE):
        stripped = stripped.strip(_INVISIBLE).strip()
    return stripped


def read(cell: Cell, kind: str = "text") -> Reading:
    """A cell's text, and what is wrong with it.

    A number is read with every word that its format shows (``398户``), to the places shown, never to
    fewer than it has. Where the format shows another number than is stored, the cell is refused.

    Args:
        cell: the cell of a workbook.
        kind: of its column: ``text``, ``period`` or ``date``.

    >>> read(Cell(0.123, 1, "0.0%", False)).text, read(Cell(17, 1, '0.0"万元"', False))
    ('12.3%', Reading(text='17.0万元', code='', stored='17'))
    >>> read(Cell(162000, 1, '0!.0000"万元"', False))
    Reading(text='16.2000万元', code='cell_seen', stored='162000')
    """
    value = cell.value
    if cell.is_error:
        return Reading(str(value), "cell_error")
    if value is None:
        return Reading(cell.formula, "cell_formula") if cell.is_formula else Reading("")
    if isinstance(value, bool):
        return Reading(str(value).upper(), "cell_boolean")
    if isinstance(value, (int, float)):
        return _number(value, cell.digits, kind)
    if isinstance(value, (date, time, timedelta)):
        return Reading(*_date(value, cell.digits, kind))
    stored = clean(str(value))
    seen = clean(number_format.text(stored, cell.digits))
    if stored and not seen:
        return Reading(stored, "cell_seen", stored)
    return Reading(seen, "", stored if seen != stored else "")


def _number(value: int | float, shown: str, kind: str) -> Reading:
    """A number as it is seen, if it is the one that is stored."""
    exact = Decimal(repr(value))
    if not math.isfinite(value) or len(exact.normalize().as_tuple().digits) > DIGITS:
        return Reading(str(value), "cell_digits")
    stored, seen = number_format.plain(exact), number_format.number(exact, shown)
    if seen is None:
        return Reading(stored, "cell_date")
    refused = Reading(seen.shown or stored, "cell_seen", stored)
    runs = list(_RUN.finditer(seen.text))
    if len(runs) != 1:
        return refused
    before, after = seen.text[: runs[0].start()], seen.text[runs[0].end() :]
    minus = before.endswith(("-", "−"))
    negative = minus or (before.endswith("(") and after.startswith(")"))
    if negative:
        before, after = before[:-1], after if minus else after[1:]
    digits, code = _digits(runs[0], abs(exact).scaleb(2 * seen.percents))
    if not digits or ((exact < 0) != negative and exact and Fraction(digits)):
        return refused
    sign = "-" if exact < 0 else ""
    if kind == "period" and not before and after.strip() in _YEAR:
        after = ""
    words = clean(before + after) != "%" * seen.percents or digits[:1] == "0" < digits[1:2]
    text = clean(f"{before}{sign}{digits}{after}")
    return Reading(text, code, stored if words else "")


def _digits(run: re.Match[str], exact: Decimal) -> tuple[str, str]:
    """A number's digits as seen, or as stored where they are rounded; "" where it is another number."""
    shown = run[0].replace(",", "")
    if "/" in shown:
        same = sum(map(Fraction, shown.split())) == Fraction(exact)
        return (number_format.plain(exact) if same else ""), ""
    value = Decimal(shown)
    if value == exact:
        bare = run["power"] or shown.startswith(".")
        return number_format.plain(exact) if bare else shown.removesuffix("."), ""
    if exact.quantize(Decimal(1).scaleb(int(value.as_tuple().exponent)), ROUND_HALF_UP) == value:
        return number_format.plain(exact), "cell_shown"
    return "", ""


def _date(value: date | time | timedelta, shown: str, kind: str) -> tuple[str, str]:
    """A date is read where its format shows all of it: a period by year and month alone."""
    text = value.isoformat() if not isinstance(value, timedelta) else str(value)
    if not isinstance(value, date):
        return text, "cell_date"
    text = text.removesuffix("T00:00:00")
    tokens = number_format.sections(shown)[0]
    parts = {t.text.lower() for t in tokens if t.kind in ("other", "mark")}
    is_day = not isinstance(value, datetime) or value.time() == time()
    if kind == "date" and is_day and parts >= set("ymd"):
        return text, ""
    if kind == "period" and "y" in parts and not parts & set("dhs"):
        return (text[:7] if "m" in parts else text[:4]), ""
    return text, "cell_date"
