"""The text of a workbook's cell as a person means it: nothing guessed, no value changed."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from xushi_stats.tables.xlsx import Cell

DIGITS = 15
"""Digits that a spreadsheet keeps of a typed number; what has more was computed."""

_LITERAL = re.compile(r'"[^"]*"|[\\!_*].|\[[^\]]*\]')
_SCALED = re.compile(r"[0#?],+(?![0#?,])")
_SIMPLE = re.compile(r"[^0#?.%,]*[#0?,]*[0#?](?:\.[0#?]*)?\s*%?[^0#?.%,]*")
_INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"


def clean(text: str) -> str:
    r"""A text without blanks of any kind at its ends: U+3000, NBSP, and those of no width.

    >>> clean("\u3000398户\u200b\xa0")
    '398户'
    """
    stripped = text.strip()
    while stripped and (stripped[0] in _INVISIBLE or stripped[-1] in _INVISIBLE):
        stripped = stripped.strip(_INVISIBLE).strip()
    return stripped


def read(cell: Cell, kind: str = "text") -> tuple[str, str]:
    """A cell's text, and what is wrong with it ("" if nothing).

    Args:
        cell: the cell of a workbook.
        kind: of its column: ``text``, ``period`` or ``date``.

    Returns:
        The text, and a code of ``faults.MESSAGES``; ``cell_shown`` is only a warning.

    >>> read(Cell(0.123, 1, "0.0%", False)), read(Cell(17, 1, "0.0", False))
    (('12.3%', ''), ('17.0', ''))
    """
    value = cell.value
    if cell.is_error:
        return str(value), "cell_error"
    if value is None:
        return (cell.formula, "cell_formula") if cell.is_formula else ("", "")
    if isinstance(value, bool):
        return str(value).upper(), "cell_boolean"
    if isinstance(value, (int, float)):
        return _number(value, "General" if kind == "period" else cell.digits)
    if isinstance(value, (date, time, timedelta)):
        return _date(value, cell.digits, kind)
    return clean(str(value)), ""


def _number(value: int | float, shown: str) -> tuple[str, str]:
    """A number to the places its format shows, never to fewer than it has."""
    exact = Decimal(repr(value))
    if not math.isfinite(value) or len(exact.normalize().as_tuple().digits) > DIGITS:
        return str(value), "cell_digits"
    section = _LITERAL.sub("", shown.split(";")[0]).strip()
    if _SCALED.search(section):
        return _written(exact, 0), "cell_scale"
    percent = "%" if "%" in section else ""
    if percent:
        exact = exact.scaleb(2)
    places = re.search(r"\.([0#?]*)", section)
    zeros, most = (places[1].count("0"), len(places[1])) if places else (0, 0)
    if not _SIMPLE.fullmatch(section):  # General, scientific, fractions
        return _written(exact, 0) + percent, ""
    text = _written(exact, zeros)
    hidden = len(text.partition(".")[2]) > most
    return text + percent, "cell_shown" if hidden else ""


def _written(exact: Decimal, zeros: int) -> str:
    text = format(exact.normalize(), "f") if exact else "0"
    whole, _, rest = text.partition(".")
    rest = rest.ljust(zeros, "0")
    return f"{whole}.{rest}" if rest else whole


def _date(value: date | time | timedelta, shown: str, kind: str) -> tuple[str, str]:
    """A date is a period where its column holds periods and its format shows year and month alone."""
    text = value.isoformat() if not isinstance(value, timedelta) else str(value)
    if not isinstance(value, date):
        return text, "cell_date"
    text = text.removesuffix("T00:00:00")
    parts = _LITERAL.sub("", shown.split(";")[0]).lower()
    is_day = not isinstance(value, datetime) or value.time() == time()
    if kind == "date" and is_day:
        return text, ""
    if kind == "period" and "y" in parts and not set(parts) & set("dhs"):
        return (text[:7] if "m" in parts else text[:4]), ""
    return text, "cell_date"
