"""Chinese written quantities: ``7千余亩``, ``15.1万元``, ``五个``, ``无一例`` → Quantity, and back.

The convention for 余 and 多 (not a statement of the source) is the open interval up to the next step of
the last non-zero digit written; for 约 and 左右 half such a step either side. Inclusive and exclusive
words follow 民法典 article 1259: 以上, 以下, 不低于 include the number; 超过, 不足, 余 do not.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from typing import cast

from xushi_stats import qualifiers
from xushi_stats.quantity import Bound, Kind, Quantity, Unit, decimals_of
from xushi_stats.units.names import known_unit, once_per_units, spellings, unit_names

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_SMALL = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10**4, "亿": 10**8}
_SCALES = _SMALL | _LARGE
_HAN = "".join(_DIGITS) + "".join(_SMALL)


def _kinds(place: str) -> dict[str, Kind]:
    """Word → kind; 近 is below, and 高达 says nothing of the number."""
    found = qualifiers.kinds("zh", place).items()
    return {w: cast(Kind, "under" if k == "near" else k) for w, k in found if k != "exact"}


_BEFORE, _INSIDE, _AFTER = map(_kinds, ("before", "inside", "after"))

CHANGE = re.compile(
    r"(?:同比|比上年|较上年)?(?:(?P<up>增长|上升|提高|净?增加|结余|盈余)"
    r"|(?P<down>负增长|下降|降低|净?减少|赤字|亏损|负|零下))(?=[^增升提下降减负])"
)
"""Words that make a number a change or a balance, and tell its sign."""
_RATES = tuple(
    p + w
    for p in ("", "同比", "比上年", "较上年")
    for w in ("增长", "上升", "提高", "下降", "降低")
)
"""Those that are said of a rate alone."""

LONGEST = 40
"""Characters; what is longer is no one number, and very long digits would stop the reader."""


class NotationError(ValueError):
    """A wording that is no number with its unit; ``wording`` is the text as given."""

    def __init__(self, wording: str) -> None:
        super().__init__(wording)
        self.wording = wording


def _one_of(words: object) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))  # type: ignore[call-overload]


@once_per_units
def _pattern() -> re.Pattern[str]:
    """One quantity: word before, number, scale, 余, unit, word after."""
    number = (
        r"(?!0\d)(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
        rf"|[{_HAN}]+(?:[万亿][{_HAN}]+)*"
    )
    units, scale = rf"(?:{_one_of(spellings())})(?:/[^\d\s/]+?)*", r"[十百千万亿]*"
    return re.compile(
        r"(?:(?:平均)?(?:每(?P<per>[^\d\s]{1,6}?)|(?P<mean>[人户亩村])均))?"
        rf"(?:(?P<before>{_one_of(_BEFORE)})了?)?"
        rf"(?P<number>{number})(?P<scale>{scale})(?P<more>{_one_of(_INSIDE)})?(?P<scale2>[万亿]?)"
        rf"(?:(?P<unit1>{units})?(?:[-~～—至到])(?P<number2>{number})(?P<scale3>{scale}))?"
        rf"(?P<unit>{units})(?P<after>{_one_of(_AFTER)})?"
    )


@once_per_units
def _zero() -> re.Pattern[str]:
    return re.compile(rf"(?:无一?|零)(?P<unit>{_one_of(spellings())})")


@dataclass(frozen=True)
class _Written:
    """A number as written, before its qualifier: value, written place, step of its last digit."""

    value: Fraction
    place: Fraction
    step: Fraction


def parse(wording: str, counts: str = "") -> Quantity:
    """Read one written quantity.

    Args:
        wording: the number with its unit, as the source has it.
        counts: for counting units, what is counted.

    Returns:
        The quantity in the unit written.

    Raises:
        NotationError: the wording is not one number with its unit, or contradicts itself (约…左右).

    >>> parse("7千余亩").low, parse("7千余亩").high.value
    (Bound(value=Fraction(7000, 1), closed=False, stated=True), Fraction(8000, 1))
    >>> parse("15.1万元").place
    Fraction(1, 10)
    >>> parse("下降3.1%").value
    Fraction(-31, 10)
    """
    text = wording.strip()
    if len(text) > LONGEST:
        raise NotationError(wording)
    change = CHANGE.match(text)
    if change or text.startswith(("-", "−")):
        rest = text[change.end() if change else 1 :]
        return _changed(parse(rest, counts), not change or bool(change["down"]), wording)
    text = _MIXED.sub(_joined, text)
    zero = _zero().fullmatch(text) if text[:1] in ("无", "零") else None
    if zero:
        unit = Unit(known_unit(zero["unit"]), counts)
        return Quantity.exactly(0, unit, None if unit.is_count else Fraction(1))
    match = _pattern().fullmatch(text)
    if match is None:
        raise NotationError(wording)
    per = match["per"] or match["mean"]
    plain = unit = Unit(known_unit(match["unit"] + (f"/{per}" if per else "")), counts)
    if not unit.text:
        raise NotationError(wording)
    scale = match["scale"] + match["scale2"]
    if not set(match["number"]) & set(_LARGE):  # 一亿三千万元 is no number of 万元
        scale, unit = _scale_and_unit(scale, unit)
    first = _written(match["number"], scale, wording)
    if match["number2"]:
        return _range(match, first, unit, plain, wording)
    kind, word = _kind(match, wording)
    if kind == "over" and first.value == 0:
        raise NotationError(wording)
    return replace(_qualified(first, unit, kind), word=word)


_MIXED = re.compile(
    r"(?<![\d.,])(?P<terms>(?:\d+[千百]?[万亿])+(?:\d+[千百]?万|\d+[百十]?))(?=[^\d.,十百千万亿余多来把])"
    r"|(?<![\d.,])(?P<yuan>\d+)元(?P<jiao>\d)角(?:(?P<fen>\d)分)?$",
    re.ASCII,
)


def _joined(match: re.Match[str]) -> str:
    """3万4000 as 34000, 2亿5千万 as 250000000, 123元1角1分 as 123.11元; each part below the one before."""
    if match["yuan"]:
        return f"{match['yuan']}.{match['jiao']}{match['fen'] or ''}元"
    total, least = Fraction(0), Fraction(10**12)
    for digits, scale in re.findall(r"(\d+)([十百千万亿]*)", match["terms"]):
        factor = Fraction(math.prod(_SCALES[c] for c in scale))
        vague = not scale and 10 ** len(digits) != least  # 3万5 is 35000 to some, 30005 to others
        if Fraction(digits) * factor >= least or vague:
            return match[0]
        total, least = total + Fraction(digits) * factor, factor
    return f"{total / 10000}万" if least % 10000 == 0 else str(total)


def _changed(size: Quantity, falls: bool, wording: str) -> Quantity:
    """增长5.2%, 下降3.1%, -31.5万元: the sign of a change; a fall is read where it is exact."""
    only_rates = wording.strip().startswith(_RATES)
    if size.value < 0 or (only_rates and size.unit.kind not in ("share", "points")):
        raise NotationError(wording)
    if not falls:
        return size
    if not size.is_exact:
        raise NotationError(wording)
    return Quantity.exactly(-size.value, size.unit, size.place)


def _scale_and_unit(scale: str, unit: Unit) -> tuple[str, Unit]:
    """``15.1万`` + ``元`` is kept as 15.1 of 万元, the unit it is printed in; 6.3千米 of 千米."""
    joined = scale[-1:] + unit.text
    if scale and joined in unit_names():
        return scale[:-1], Unit(joined, unit.counts)
    return scale, unit


def _kind(match: re.Match[str], wording: str) -> tuple[Kind, str]:
    """What the wording says of the number, and with which word."""
    said: list[tuple[Kind, str]] = []
    if match["before"]:
        said.append((_BEFORE[match["before"]], match["before"]))
    if match["more"]:
        word = match["more"]
        said.append((_INSIDE[word], "左右" if word == "把" else word))
    if match["after"]:
        said.append((_AFTER[match["after"]], match["after"]))
    if len(said) > 1:  # 约7000余, 超过7000余, 7000余左右 say two things at once
        raise NotationError(wording)
    return said[0] if said else ("exact", "")


def _written(number: str, scale: str, wording: str) -> _Written:
    factor = Fraction(math.prod(_SCALES[c] for c in scale))
    if number[0] in _HAN:
        value = Fraction(_han(number + scale, wording))
        large = set(number) & set(_LARGE)
        return _Written(value, Fraction(1) if large else _place(Fraction(1), scale), _step(value))
    digits = number.replace(",", "")
    if not digits.isascii():
        raise NotationError(wording)
    value = Fraction(digits)
    place = Fraction(1, 10 ** len(digits.partition(".")[2]))
    return _Written(value * factor, _place(place, scale), _step(value) * factor)


def _place(place: Fraction, scale: str) -> Fraction:
    """The written place: 2万亩 is written to 万, but 7千亩 is 7000亩 in another spelling."""
    small = place * math.prod(_SMALL.get(c, 1) for c in scale)
    large = math.prod(_LARGE.get(c, 1) for c in scale)
    return min(small, Fraction(1)) * large


def _step(value: Fraction) -> Fraction:
    """The size of the last non-zero digit: 1000 for 7000, 100 for 7200, 1/10 for 15.1."""
    if value == 0:
        return Fraction(1)
    step = Fraction(1)
    while value % step:
        step /= 10
    while value % (step * 10) == 0:
        step *= 10
    return step


def _han(number: str, wording: str) -> int:
    """A whole number in Chinese numerals: 五, 二十三, 一百零五, 两千.

    Raises:
        NotationError: the numerals make no number.
    """
    if all(c in _DIGITS for c in number):
        if len(number) > 1:  # 七八个 is seven or eight, not 78
            raise NotationError(wording)
        return _DIGITS[number]
    if re.search(rf"[百千万亿][{''.join(_DIGITS)[1:10]}两](?:$|[万亿])", number):
        raise NotationError(wording)  # 三千五 is 3500 to some, 3005 to others
    total = section = digit = 0
    last = 10**9
    for position, char in enumerate(number):
        if char in _DIGITS:
            if digit:
                raise NotationError(wording)
            digit = _DIGITS[char]
        elif char in _SMALL:
            if _SMALL[char] >= last:
                raise NotationError(wording)
            last = _SMALL[char]
            if not digit and position and char != "十":
                raise NotationError(wording)  # 千百
            section += (digit or 1) * last
            digit = 0
        else:
            if char == "亿":
                total = (total + section + digit or 1) * _LARGE[char]
            else:  # 万 takes what stands since 亿
                total += (section + digit or 1) * _LARGE[char]
            section, digit, last = 0, 0, 10**9
    return total + section + digit


def _range(
    match: re.Match[str], first: _Written, unit: Unit, plain: Unit, wording: str
) -> Quantity:
    """``3-5万元``, ``3万元~5万元``, ``三到五万元``: the scale behind the second number is that of both."""
    if match["before"] or match["more"] or match["after"]:
        raise NotationError(wording)
    second = _written(match["number2"], match["scale3"], wording)
    whole = match["scale3"] + match["unit"]
    own = match["unit1"] == match["unit"] or match["scale"] not in ("", match["scale3"])
    if own and match["scale"] != match["scale3"]:  # 5000元至1万元: each number has its own scale
        unit = plain
        first = _written(match["number"], match["scale"], wording)
    elif whole in unit_names():
        unit = Unit(whole, unit.counts)
        second = _written(match["number2"], "", wording)
        first = _written(match["number"], "", wording)
    elif match["scale3"] and not match["scale"]:
        first = _written(match["number"], match["scale3"], wording)
    if match["unit1"] not in (None, unit.text, match["unit"]) or first.value >= second.value:
        raise NotationError(wording)
    low, high = Bound(first.value), Bound(second.value)
    place = None if unit.is_count else min(first.place, second.place, Fraction(1))
    return Quantity(first.value, unit, low, high, place, "range")


def _qualified(number: _Written, unit: Unit, kind: Kind) -> Quantity:
    value, step = number.value, number.step
    place = None if unit.is_count else number.place
    here = Bound(value)
    low, high = here, here
    if kind == "over":
        low, high = Bound(value, closed=False), Bound(value + step, False, False)
    elif kind == "about":
        low, high = Bound(value - step / 2, True, False), Bound(value + step / 2, True, False)
    elif kind in ("above", "at_least"):
        low, high = Bound(value, closed=kind == "at_least"), Bound(math.inf, False)
    elif kind in ("under", "at_most"):
        low, high = Bound(Fraction(0), True, False), Bound(value, closed=kind == "at_most")
    if kind != "exact" and place is not None:
        place = min(place, Fraction(1))  # the doubt is in the bounds: 7千余 and 7000余 are one
    return Quantity(value, unit, low, high, place, kind)


def normal(quantity: Quantity) -> str:
    """Write a quantity in the form a report prints: ``7000余亩``, ``2000元左右``, ``15.1万元``.

    Reading what is written gives the same quantity.

    >>> normal(parse("7千余亩")), normal(parse("五个")), normal(parse("3-5万元"))
    ('7000余亩', '5个', '3万元~5万元')
    """
    unit = quantity.unit.text
    number = _digits_to(quantity)
    if quantity.kind == "range":
        return f"{number}{unit}~{digits(Fraction(quantity.high.value), quantity.place)}{unit}"
    if quantity.word in _AFTER:
        return f"{number}{unit}{quantity.word}"
    if quantity.word in _INSIDE:
        # 30余万元, but 2万多元
        scale = unit[0] if unit[0] in _LARGE and quantity.value % 10 else ""
        return f"{number}{scale}{quantity.word}{unit[len(scale) :]}"
    return f"{quantity.word}{number}{unit}"


def _digits_to(quantity: Quantity) -> str:
    """The number, with 万 or 亿 where it was written to no finer place: 2万亩, 1.5万亩.

    A count is exact and keeps no place: 2万份 where whole 万 are all there is.
    """
    place = quantity.place
    if place is None and quantity.value and quantity.kind != "range":
        for scale, size in sorted(_LARGE.items(), key=lambda item: -item[1]):
            if quantity.value % size == 0:
                return digits(quantity.value / size, None) + scale
    for scale, size in _LARGE.items():
        if place is not None and 1 < place <= size:
            return digits(quantity.value / size, place / size) + scale
    return digits(quantity.value, place)


def digits(value: Fraction, place: Fraction | None) -> str:
    """A number in Arabic digits to the place it was written to, without thousands commas.

    >>> digits(Fraction(17), Fraction(1, 10))
    '17.0'
    """
    decimals = decimals_of(place) if place is not None else 0
    scaled = value * 10**decimals
    while (
        scaled.denominator != 1
    ):  # a count such as 1.5万 份 is whole; other values keep their digits
        if decimals == 12:  # 10亩 in 公顷 has no end in digits: here it is rounded, in print alone
            decimals = decimals_of(place) if place is not None else 2
            scaled = Fraction(math.floor(value * 10**decimals + Fraction(1, 2)))
            break
        decimals += 1
        scaled = value * 10**decimals
    whole = str(abs(scaled.numerator)).rjust(decimals + 1, "0")
    sign = "-" if value < 0 else ""
    return sign + (whole if not decimals else f"{whole[:-decimals]}.{whole[-decimals:]}")


def in_unit(quantity: Quantity, unit: Unit) -> Quantity:
    """A written quantity in its indicator's unit: same dimension, same place; the source's kept as ``own``.

    Raises:
        UnitError: the wording's unit has another dimension than the indicator's.
    """
    converted = quantity.to(unit)
    own = None if quantity.unit.base == unit.base else quantity.unit
    return replace(converted, own=own, place=None if unit.is_count else converted.place)


# -- digits of any script ---------------------------------------------------------------------

NUMERIC = ("Nd", "Nl", "No")
"""The Unicode categories of digits and number signs."""


@cache
def is_digit(char: str) -> bool:
    """Whether a character is a digit or number sign of any script; of the Chinese numerals, 〇 is."""
    return "0" <= char <= "9" or (char > "\x7f" and unicodedata.category(char) in NUMERIC)


def has_digit(text: str) -> bool:
    """Whether a text holds a digit or number sign of any script."""
    return any(map(is_digit, text))
