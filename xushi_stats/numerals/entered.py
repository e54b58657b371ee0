"""The number in a cell of a table, with the unit of the column beside it: read, or refused with a hint."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Protocol

from xushi_stats import notation
from xushi_stats.editions import LANGS
from xushi_stats.faults import DataFaults, Fault, Lang
from xushi_stats.numerals.chinese import FORMAL
from xushi_stats.quantity import Quantity, Unit, UnitError
from xushi_stats.tables import Row, near
from xushi_stats.units.names import known_unit, spellings, unit_names

_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x2212: "-"}
"""Full-width signs and the minus sign → those that are read."""
_BRACKETS = str.maketrans("【〔［〈", "[[[[") | str.maketrans("】〕］〉", "]]]]")
_LATIN = re.compile(r"(?<=[\d万亿千百十余多])([万亿]?)([A-Za-z㎞㎡㎢㎏℃°²³·23/]+)$")
"""A unit in Latin letters behind its number: km2, t, k㎡."""
_NONE = ("无", "没有", "暂无")
_LARGE = ("万", "亿")
_TIMES = ("年", "天", "周", "个月")
MAY_BE_NEGATIVE = set("增减升降变净差余盈亏赤")
"""Signs of a name that says a change or a balance."""
_SIGNED = ("money", "currency", "share", "points", "coefficient", "temperature", "ratio")
"""Kinds of unit whose number may be below zero."""
"""Kinds of unit whose amount is below zero in a change alone; of money it is only asked for."""


class Asked(Protocol):
    """What a cell is a number of: an indicator of the catalogue."""

    @property
    def names(self) -> Mapping[Lang, str]:
        """Its name in each language."""

    @property
    def unit(self) -> Unit:
        """The unit that it is kept in."""

    @property
    def decimals(self) -> int | None:
        """Places that it has; None where nothing is said."""


def read(row: Row, column: str, indicator: Asked) -> Quantity:
    """The number that a cell states of an indicator, in the indicator's unit.

    Args:
        row: a row with the columns ``value``, ``read_as`` and ``unit``.
        column: ``value`` or ``read_as``.
        indicator: what it is a number of.

    Raises:
        DataFaults: it is no number, has another unit, or its number format shows something else.
    """
    text, name = row[column], indicator.names["zh"]
    change = notation.CHANGE.match(text)
    if change and change[0] not in ("负", "零下") and not MAY_BE_NEGATIVE & set(name):
        names = {f"name_{lang}": indicator.names[lang] for lang in LANGS}
        raise DataFaults([row.fault("change_word", column, word=change[0], **names)])
    if change and _says_the_fall(name, change[0]):
        text = text[change.end() :]
    try:
        written = _with_unit(row, column, text, indicator)
        meant = notation.in_unit(_as_ratio(written, indicator), indicator.unit)
    except notation.NotationError as error:
        code = "none_word" if text in _NONE else "wording"
        code = "scientific" if re.match(r"[-+]?[\d.]+[Ee][-+]?\d", text) else code
        hint = _near_wording(row[column], row["unit"])
        raise _refused(row, column, row.fault(code, column, near=hint)) from error
    except UnitError as error:
        fault = row.fault("unit", column, expected=indicator.unit.text)
        raise _refused(row, column, fault) from error
    if meant.value < 0 and indicator.unit.kind not in _SIGNED and not MAY_BE_NEGATIVE & set(name):
        raise DataFaults([row.fault("negative", column)])
    ends = (meant.value, meant.high.value if meant.kind == "range" else meant.value)
    timed = indicator.unit.text in _TIMES  # 1.5年 is a length of time
    counts_whole = indicator.unit.is_count and not (indicator.decimals or timed)
    size = indicator.unit.scale if counts_whole else 1  # 2.15万人 are whole
    if counts_whole and any(Fraction(end * size).denominator != 1 for end in ends):
        raise DataFaults([row.fault("count_part", column, unit=indicator.unit.text)])
    return meant


def _refused(row: Row, column: str, fault: Fault) -> DataFaults:
    """The fault; where a number format adds to the cell, both readings instead."""
    return DataFaults([row.as_seen(column) if column in row.stored else fault])


def _as_ratio(written: Quantity, indicator: Asked) -> Quantity:
    """15800元 of 人均收入 in 元/人: its name says over what it is."""
    per = "/".join(indicator.unit.factors[1:])
    over = Unit(f"{written.unit.text}/{per}", written.unit.counts)
    of_each = per and set("均每单") & set(indicator.names["zh"]) and "/" not in written.unit.text
    return replace(written, unit=over) if of_each else written


def _says_the_fall(name: str, word: str) -> bool:
    """Whether an amount's name is of falls alone: 减少12人 of 减少人数 is no negative of it."""
    falls = [sign for sign in ("减", "赤字", "亏") if sign in word]
    return any(sign in name for sign in falls) and not set("增盈余差净变") & set(name)


def _with_unit(row: Row, column: str, text: str, indicator: Asked) -> Quantity:
    unit, counts = row["unit"], indicator.unit.counts
    money = re.fullmatch(r"([-−]?)[¥￥] ?([\d,.]+)", text)
    text = f"{money[1]}{money[2]}元" if money else text
    if not unit:
        return notation.parse(text, counts)
    known = known_unit(unit)
    if not known:
        bare = unicodedata.normalize("NFKC", unit.strip("()（）[]【】〔〕［］ "))
        narrow = known_unit(bare) or known_unit(_in_chinese(bare))
        raise DataFaults(
            [row.fault("unit_unknown", "unit", near=narrow or near(unit, spellings()))]
        )
    scaled = text.endswith(_LARGE)
    try:
        written = notation.parse(text, counts)
    except notation.NotationError:
        if text in _NONE or (scaled and unit.startswith(_LARGE)):  # 4410万 beside 万元
            raise
        written = notation.parse(text + unit, counts)
    else:
        own = written.unit.text
        whole = unit != own and unit.startswith(_LARGE) and text.endswith(unit)  # 2.15万人
        if own != known and not whole and not (scaled and own.endswith(unit)):
            raise _refused(row, column, row.fault("unit_two", column, other=unit))
    stored = row.stored.get(column, "")
    if stored and _in_base(stored, unit) not in (None, written.value * written.unit.scale):
        raise DataFaults([row.as_seen(column)])
    return written


def _in_base(stored: str, unit: str) -> Fraction | None:
    """What is stored in a cell, in base units; None where that is no number with the unit."""
    try:
        meant = notation.parse(stored if stored.endswith(unit) else stored + unit)
    except notation.NotationError:
        return None
    return meant.value * meant.unit.scale


def _in_chinese(letters: str) -> str:
    """The unit that Latin letters stand for, m2 as 平方米; themselves where they are none."""
    known = {unicodedata.normalize("NFKC", way).casefold(): u for way, u in spellings().items()}
    for unit in unit_names().values():
        for said in (unit.one, unit.many):
            known.setdefault(said.casefold(), unit.text)
    parts = unicodedata.normalize("NFKC", letters).casefold().split("/")
    return "/".join(known.get(part, part) for part in parts)


def _near_wording(text: str, unit: str) -> str:
    """The same number in half-width signs, without blanks and leading zeros; "" where that is none."""
    narrow = re.sub(r"\s", "", text.translate(_NARROW))
    narrow = re.sub(r"(?<![\d.,])0+(?=\d)", "", re.sub(r"^'|^=\"|\"$", "", narrow))
    narrow = narrow[:-1] if narrow.endswith(_LARGE) and unit[:1] == narrow[-1] else narrow
    narrow = re.sub(r"[(\[]([^()\[\]\d]+[23]?)[)\]]$", r"\1", narrow.translate(_BRACKETS))
    narrow = _LATIN.sub(lambda m: m[1] + _in_chinese(m[2]), narrow).translate(FORMAL)
    for said in (narrow, narrow + unicodedata.normalize("NFKC", unit)):
        try:
            notation.parse(said)
        except notation.NotationError:
            continue
        return said if said not in (text, text + unit) else ""
    return ""
