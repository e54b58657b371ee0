"""A figure as text, in Chinese and English, for each edition; rounding happens here and only here."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from typing import Literal

from xushi_stats import notation, qualifiers
from xushi_stats.editions import Edition
from xushi_stats.faults import Lang
from xushi_stats.ledger import Figure
from xushi_stats.quantity import (
    PURE,
    Bound,
    Number,
    Quantity,
    Unit,
    is_finite,
    order,
)
from xushi_stats.words import read_words

Side = Literal["low", "high"]
Rounding = Literal["half_up", "half_even"]

MISSING = read_words("xushi_stats")["missing"]
NONE = "—"
"""What a table cell without a value holds."""
HIDDEN = "*"
"""What a table cell holds whose value the public may not see."""

_ONE_SIDED = {
    **{("low", False): "above", ("low", True): "at_least"},
    **{("high", False): "under", ("high", True): "at_most"},
}
"""The stated side and whether it can be reached → kind of ``qualifiers.frames``."""


def round_to(value: Fraction, decimals: int, rounding: Rounding = "half_up") -> Fraction:
    """Round once, on the exact value.

    Args:
        value: any rational number.
        decimals: places kept; negative rounds to tens, hundreds …
        rounding: ``half_up``, 四舍五入, away from zero; ``half_even``, GB/T 8170.

    >>> round_to(Fraction("0.35"), 1), round_to(Fraction("10.5"), 0, "half_even")
    (Fraction(2, 5), Fraction(10, 1))
    """
    scale = Fraction(10) ** decimals
    scaled = abs(value) * scale
    whole, rest = divmod(scaled, 1)
    up = rest > Fraction(1, 2) or (
        rest == Fraction(1, 2) and (rounding == "half_up" or whole % 2 == 1)
    )
    result = (whole + up) / scale
    return -result if value < 0 else result


def round_out(value: Fraction, decimals: int, side: Side) -> Fraction:
    """Round a bound outwards: 下限只舍不入, 上限只入不舍.

    >>> round_out(Fraction(23, 3), 1, "low"), round_out(Fraction(23, 3), 1, "high")
    (Fraction(38, 5), Fraction(77, 10))
    """
    scaled = value * Fraction(10) ** decimals
    whole = scaled.__floor__() if side == "low" else scaled.__ceil__()
    return Fraction(whole) / Fraction(10) ** decimals


def places(figure: Figure) -> int:
    """How many decimals a figure is shown with: the catalogue's, but never finer than its place."""
    quantity = figure.quantity
    assert quantity is not None
    finest = None if quantity.place is None else _decimals_signed(quantity.place)
    wanted = figure.indicator.decimals
    if wanted is not None and _is_rate(figure):
        return wanted
    if wanted is None:
        return finest if finest is not None else 0 if quantity.value.denominator == 1 else 2
    return wanted if finest is None else min(wanted, finest)


_RATES = ("growth(", "annual_growth(", "completion(", "contribution(", "pull(")


def _is_rate(figure: Figure) -> bool:
    """Whether it is a rate of change: all of a column have one number of decimals, by custom.

    By significant digits 13.6 to 11.2 is down 18% where its neighbours are down 2.2%.
    """
    formula = figure.indicator.formula
    return formula is not None and formula.text.startswith(_RATES)


def _decimals_signed(place: Fraction) -> int:
    power = order(place)
    return -power if Fraction(10) ** power == place else -power - 1


def text(figure: Figure, lang: Lang, edition: Edition, rounding: Rounding = "half_up") -> str:
    """A figure in a sentence, with its unit: ``398户``, ``80.65%``, ``more than 7,000 mu``."""
    return _shown(figure, lang, edition, rounding, cell=False)


def cell(figure: Figure, lang: Lang, edition: Edition, rounding: Rounding = "half_up") -> str:
    """A figure in a table, its unit being in the head: ``398``, ``7000余``, ``—``."""
    return _shown(figure, lang, edition, rounding, cell=True)


def size(figure: Figure, lang: Lang, edition: Edition) -> str:
    """A figure without its sign, behind a word that says it: 下降3.2%, down 3.2%."""
    quantity = figure.quantity
    if quantity is None or quantity.value >= 0 or not quantity.is_exact:
        return text(figure, lang, edition)
    value = -quantity.value
    turned = replace(quantity, value=value, low=Bound(value), high=Bound(value))
    return text(replace(figure, quantity=turned), lang, edition)


def _shown(figure: Figure, lang: Lang, edition: Edition, rounding: Rounding, *, cell: bool) -> str:
    quantity = figure.quantity
    if quantity is None:
        assert figure.missing is not None
        none = HIDDEN if is_hidden(figure) else NONE
        return none if cell else MISSING[lang][figure.missing.reason]
    if figure.is_observed and not is_aggregate(figure):
        return _observed(quantity, figure.indicator.shown[lang], lang, cell)
    if quantity.is_exact:
        number = round_to(quantity.value, places(figure), rounding)
        return _number(
            number, places(figure), quantity.unit, figure.indicator.shown[lang], lang, cell
        )
    if edition == "public":
        return _one_sided(figure, lang, cell)
    return interval(figure, lang, cell=cell)


def is_hidden(figure: Figure) -> bool:
    """Whether disclosure control keeps the value from this reader."""
    return figure.missing is not None and figure.missing.reason == "suppressed"


def is_aggregate(figure: Figure) -> bool:
    """Whether a register gives it, with no wording to keep: rounded as what is derived."""
    return figure.origin != "" and figure.indicator.decimals is not None


def interval(figure: Figure, lang: Lang, *, cell: bool = False) -> str:
    """Both bounds of a figure that is not exact, rounded outwards: ``7.1%~8.3%``."""
    quantity = figure.quantity
    assert quantity is not None
    if not (is_finite(quantity.low.value) and is_finite(quantity.high.value)):
        return _one_sided(figure, lang, cell)
    decimals = places(figure)
    low = round_out(Fraction(quantity.low.value), decimals, "low")
    high = round_out(Fraction(quantity.high.value), decimals, "high")
    unit, own = quantity.unit, figure.indicator.shown[lang]
    if lang == "zh":
        ends = [_number(v, decimals, unit, own, lang, cell) for v in (low, high)]
        return "~".join(ends)
    first = _number(low, decimals, unit, own, lang, True)
    second = _number(high, decimals, unit, own, lang, cell)
    return f"{first}{_sign(unit, cell)} to {second}"


def _sign(unit: Unit, cell: bool) -> str:
    """What stands with both ends of a range: 7.1% to 8.3%."""
    return unit.text if unit.kind == "share" and not cell else ""


def _one_sided(figure: Figure, lang: Lang, cell: bool) -> str:
    """What may be said of a derived figure whose inputs are approximate: the stated side alone."""
    quantity = figure.quantity
    assert quantity is not None
    both: tuple[tuple[Side, Bound], ...] = (("low", quantity.low), ("high", quantity.high))
    sides = [(side, bound) for side, bound in both if bound.stated and is_finite(bound.value)]
    if len(sides) != 1:
        return NONE if cell else MISSING[lang]["conventional"]
    side, bound = sides[0]
    decimals = places(figure)
    value = round_out(Fraction(bound.value), decimals, side)
    exact = value == bound.value
    number = _number(value, decimals, quantity.unit, figure.indicator.shown[lang], lang, cell)
    # a bound that was rounded outwards cannot be reached any more
    kind = _ONE_SIDED[side, bound.closed and exact]
    return qualifiers.frames(lang, "text")[kind].format(number)


def _observed(quantity: Quantity, own: str, lang: Lang, cell: bool) -> str:
    if quantity.own and not cell:  # 3公顷 stays so in a sentence; a column has one unit
        quantity, own = quantity.to(quantity.own), ""
    if lang == "zh" and not cell:
        return notation.normal(quantity)
    if lang == "zh":
        return _cell_zh(quantity)
    converted = _english_unit(quantity)
    decimals = len(notation.digits(converted.value, converted.place).partition(".")[2])
    number = _number(converted.value, decimals, converted.unit, own, lang, cell)
    if quantity.kind == "range":
        low = _number(converted.value, decimals, converted.unit, own, lang, True)
        end = Fraction(converted.high.value)
        low += _sign(converted.unit, cell)
        return f"{low} to {_number(end, decimals, converted.unit, own, lang, cell)}"
    kind = "near" if _BEFORE.get(quantity.word) == "near" else quantity.kind
    frames = qualifiers.frames("en", "cell" if cell else "text")
    return frames.get(kind, "{}").format(number)


_BEFORE = qualifiers.kinds("zh", "before")


def _cell_zh(quantity: Quantity) -> str:
    number = notation.digits(quantity.value, quantity.place)
    if quantity.kind == "range":
        return f"{number}~{notation.digits(Fraction(quantity.high.value), quantity.place)}"
    frame = qualifiers.frames("zh", "cell").get(quantity.kind)
    if frame:
        return frame.format(number)
    word = quantity.word
    return f"{word}{number}" if word in _BEFORE else f"{number}{word}"


def _english_unit(quantity: Quantity) -> Quantity:
    """A scaled unit as the plain one, money in yuan: English has no 万."""
    first, *others = quantity.unit.names
    plain = "/".join((first.base, *(name.text for name in others)))
    return quantity.to(Unit(plain, quantity.unit.counts))


def _number(value: Fraction, decimals: int, unit: Unit, own: str, lang: Lang, cell: bool) -> str:
    """A rounded number with its unit; English has thousands commas and names for units."""
    if lang == "en":
        plain = _english_unit(Quantity.exactly(value, unit))
        shift = order(plain.value / value) if value else 0
        value, unit, decimals = plain.value, plain.unit, decimals - shift
    decimals = max(0, decimals)
    scaled = round_to(value, decimals)
    sign = "-" if scaled < 0 else ""
    digits = str(abs(scaled.numerator) * 10**decimals // scaled.denominator).rjust(
        decimals + 1, "0"
    )
    whole, rest = (digits[:-decimals], "." + digits[-decimals:]) if decimals else (digits, "")
    if lang == "en":
        whole = re.sub(r"\B(?=(\d{3})+$)", ",", whole)
    number = sign + whole + rest
    if cell:
        return number
    if lang == "zh":
        # 百分点 is counted: 3.15个百分点
        written = "" if unit.text == PURE else unit.text
        return number + (own or ("个" if unit.kind == "points" else "") + written)
    return number + english_unit(unit, own, one=number.lstrip("-") == "1")


def unit(figure: Figure, lang: Lang) -> str:
    """A figure's unit as a table's column has it: 户, 公里; households, km, yuan."""
    own, written = figure.indicator.shown[lang], figure.indicator.unit
    if lang == "zh":
        return own or written.text
    plain = _english_unit(Quantity.exactly(1, written)).unit
    return english_unit(plain, own, one=False).strip()


def english_unit(unit: Unit, own: str, *, one: bool) -> str:
    """A unit's English name with the blank before it: `` households``, ``%``, `` persons per household``."""
    if unit.kind == "share":
        return unit.text
    if own:
        single, _, many = own.partition("|")  # month|months
        return f" {single if one or not many else many}"
    first, *others = unit.names
    said = [first.one if one else first.many]  # yuan per person, yuan each where a word counts
    said += [f"per {n.one}" if n.one else "each" for n in others if n.one or first.one]
    return "".join(f" {word}" for word in said if word)


def exact(figure: Figure) -> str:
    """The exact value as a fraction or a whole number; of a share the pure number: ``321/398``."""
    assert figure.quantity is not None
    return str(pure(figure.quantity.value, figure.quantity.unit))


def pure(value: Number, unit: Unit) -> Number:
    """A value in its unit; of a percentage the pure number."""
    return value / 100 if unit.text == "%" else value


def period(written: str, lang: Lang) -> str:
    """A time period for people: 2020-01/2020-03 is 2020年1—3月, January to March 2020.

    >>> period("2020-03", "zh"), period("2020-01/2020-03", "zh"), period("2020-03", "en")
    ('2020年3月', '2020年1—3月', 'March 2020')
    """
    first, _, last = written.partition("/")
    if not last or first == last:
        return _date(first, lang)
    if lang == "zh":
        if first[:4] == last[:4] and "-" in first:
            return f"{_date(first, lang)[:-1]}—{int(last[5:])}月"
        return f"{_date(first, lang).removesuffix('年')}—{_date(last, lang)}"
    start = _date(first, lang)
    if first[:4] == last[:4] and "-" in first:
        start = start.partition(" ")[0]
    return f"{start} to {_date(last, lang)}"


_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def day(written: str, lang: Lang) -> str:
    """A calendar day for people.

    >>> day("2020-03-16", "zh"), day("2020-03-16", "en")
    ('2020年3月16日', '16 March 2020')
    """
    year, month, date = written.split("-")
    if lang == "zh":
        return f"{year}年{int(month)}月{int(date)}日"
    return f"{int(date)} {_MONTHS[int(month) - 1]} {year}"


def _date(written: str, lang: Lang) -> str:
    year, _, month = written.partition("-")
    if lang == "zh":
        return f"{year}年" + (f"{int(month)}月" if month else "")
    return f"{_MONTHS[int(month) - 1]} {year}" if month else year
