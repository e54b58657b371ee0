"""What a text claims of a figure besides its name: a qualifier, a unit, a time; held against the figure.

A figure prints its own qualifier and unit (7000余亩, more than 7,000 mu), so any word that adds
another contradicts it or says it twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from xushi_stats import format
from xushi_stats import qualifiers as table
from xushi_stats.checks.mentions import PLACEHOLDER, Site, units
from xushi_stats.faults import Lang, Severity
from xushi_stats.ledger import Figure
from xushi_stats.quantity import Unit
from xushi_stats.units.names import unit_names


@dataclass(frozen=True)
class Claim:
    """Words that do not agree with a figure: the code of the fault, the words, and what the figure is."""

    code: str
    words: str
    true: str = ""
    severity: Severity = "error"


# -- qualifiers --------------------------------------------------------------------------------

_LIMITS = ("at_least", "at_most")
_TIGHT = ("about", "near", "under", "above", "exact")
_LOOSE_ZH = table.pattern("zh", "before", _LIMITS).replace("不", "不(?:得|应)?")
_BEFORE: dict[Lang, re.Pattern[str]] = {
    "zh": re.compile(
        rf"((?:{_LOOSE_ZH})[^，。；：、的【】]{{0,6}}"
        rf"|(?:{table.pattern('zh', 'before', _TIGHT)})(?:了|有|为|到|达到?|共)?)$"
    ),
    "en": re.compile(
        rf"\b((?:{table.pattern('en', 'before', _LIMITS)})(?: [a-z]+){{0,2}}"
        rf"|{table.pattern('en', 'before', _TIGHT)}) ?$",
        re.IGNORECASE,
    ),
}
_AFTER: dict[Lang, re.Pattern[str]] = {
    "zh": re.compile(
        rf"({table.pattern('zh', 'after')}|{table.pattern('zh', 'inside', ('over',))})"
    ),
    "en": re.compile(rf" ?({table.pattern('en', 'after')})\b(?! than)"),
}


def _is_about(words: str, lang: Lang) -> bool:
    return any(
        re.search(table.pattern(lang, place, ("about", "near")), words, re.IGNORECASE)
        for place in ("before", "after")
    )


def qualifier(site: Site, figure: Figure, lang: Lang) -> Iterator[Claim]:
    """A qualifier in the prose: the figure is exact, or prints its own."""
    before = _BEFORE[lang].search(site.before)
    after = _AFTER[lang].match(site.after)
    for match in filter(None, (before, after)):
        words = match.group(1).strip()
        mild = words.lower() in table.mild(lang) or (_is_rounded(figure) and _is_about(words, lang))
        severity: Severity = "warning" if mild else "error"
        code = "qualifier_exact" if figure.is_exact else "qualifier_twice"
        yield Claim(code, words, format.text(figure, lang, "draft"), severity)


def _is_rounded(figure: Figure) -> bool:
    """Whether it is shown rounded, so that 约 is only more than is needed."""
    quantity = figure.quantity
    if quantity is None or figure.is_observed or not quantity.is_exact:
        return False
    return format.round_to(quantity.value, format.places(figure)) != quantity.value


# -- units -------------------------------------------------------------------------------------


def unit(site: Site, figure: Figure, lang: Lang) -> Iterator[Claim]:
    """A unit after a number that prints its own, or a table's head with another unit."""
    own = format.unit(figure, lang)
    if site.unit and site.unit not in units(figure.indicator, lang) and is_unit(site.unit, lang):
        yield Claim("unit_head", site.unit, own)
    yield from _measure(site, figure, lang)
    found = _unit_after(site.after, figure, lang)
    if found:
        yield Claim("unit_twice", found, format.text(figure, lang, "draft"))


_MEASURE: dict[Lang, re.Pattern[str]] = {
    "zh": re.compile(
        r"(?:(?P<户>户数?)|(?P<人>人口|人数)|(?P<area>面积)|(?P<length>里程|长度)"
        r"|(?P<money>金额|资金|投资额?|经费)|(?P<share>比重|占比|比例))"
        r"(?:分别|合计|列?为|达到?|是|有|共|计)*$"
    ),
    "en": re.compile(
        r"\b(?:(?P<area>area)|(?P<length>length)|(?P<money>funds|investment|subsidy)"
        r"|(?P<share>share|proportion))(?: (?:of|is|was|were|came to|comes to|at))*\s?$"
    ),
}
_KINDS = {
    "户": ("人",),
    "人": ("户",),
    "area": ("thing", "counting", "money", "length", "share"),
    "length": ("thing", "counting", "money", "area", "share"),
    "money": ("thing", "counting", "length", "area", "share"),
    "share": ("thing", "counting", "money", "length", "area"),
}
"""What cannot follow: units (户, 人) or kinds of unit."""


def _measure(site: Site, figure: Figure, lang: Lang) -> Iterator[Claim]:
    """What is measured, said right before a figure that measures something else: 户 before persons."""
    named = _MEASURE[lang].search(site.before)
    if named is None or named.lastgroup is None:
        return
    unit = figure.indicator.unit
    kind = Unit(unit.factors[0]).kind
    if unit.text in _KINDS[named.lastgroup] or kind in _KINDS[named.lastgroup]:
        severity: Severity = "warning" if named.lastgroup == "money" else "error"
        shown = format.text(figure, lang, "draft")
        yield Claim("unit_other", named.group(named.lastgroup), shown, severity)


def _unit_after(text: str, figure: Figure, lang: Lang) -> str:
    if lang == "zh":
        listed = "|".join(sorted(map(re.escape, unit_names()), key=len, reverse=True))
        match = re.match(
            rf"((?:{listed})(?=[，。；：、）\s（【和与及]|$)|万元|亿元|公里|公顷|批次)", text
        )
        return match.group(1) if match else ""
    match = re.match(r" ?(?!are\b)([A-Za-z%]+)", text)  # the verb, not 公亩
    own = figure.indicator.shown["en"].split("|")[-1].split(" ")[-1]
    return (
        match.group(1) if match and (match.group(1) == own or is_unit(match.group(1), lang)) else ""
    )


def is_unit(text: str, lang: Lang) -> bool:
    """Whether a text is the name of a unit."""
    if lang == "zh":
        return all(part in unit_names() for part in text.split("/"))
    return any(text in (name.one, name.many) for name in unit_names().values() if name.many)


# -- time --------------------------------------------------------------------------------------

_YEARS = {"年份": 0, "year": 0, "下年": 1, "next": 1}
_OPENS: dict[Lang, re.Pattern[str]] = {
    "zh": re.compile(r"(?:^|[，；。：（])(截至|截止|到|至|在|于)?$"),
    "en": re.compile(r"(?:^|[,;:.(])\s*(as of|by|at|in|during|for)?\s*$", re.IGNORECASE),
}
_WHOLE: dict[Lang, re.Pattern[str]] = {
    "zh": re.compile(r"(全年|当年|本年|年内)"),
    "en": re.compile(r"\b((?:in|during) the year)\b", re.IGNORECASE),
}
_POINT = re.compile(r"^(末|底|以来|之?前)")
_OTHER: dict[Lang, re.Pattern[str]] = {
    "zh": re.compile(r"截至|以来|目前|现有|期间|上年|往年"),
    "en": re.compile(r"\b(?:up to|since|at present|so far|the year before)\b", re.IGNORECASE),
}
Months = tuple[int, int]
"""A period as its first and last month, counted from year 0."""


@dataclass(frozen=True)
class Time:
    """A time that a text states for the figures after it; ``whole``: a year, not a day in it."""

    words: str
    months: Months
    whole: bool


def months(period: str) -> Months:
    """The months of a period as data write it.

    >>> months("2019") == (2019 * 12, 2019 * 12 + 11)
    True
    """
    first, _, last = period.partition("/")
    start, end = first, last or first
    return (
        int(start[:4]) * 12 + (int(start[5:]) - 1 if len(start) > 4 else 0),
        int(end[:4]) * 12 + (int(end[5:]) - 1 if len(end) > 4 else 11),
    )


def time(figure: Figure, stated: Time | None, lang: Lang) -> Iterator[Claim]:
    """A time stated for a figure of another; a year's result made of a count at a date."""
    if stated is None or figure.quantity is None:
        return
    own, said = months(figure.period), format.period(figure.period, lang)
    apart = own[1] < stated.months[0] or stated.months[1] < own[0]
    if apart:
        yield Claim("time_other", stated.words, said)
    elif stated.whole and figure.indicator.basis == "stock" and own[1] - own[0] < 11:
        yield Claim("time_whole", stated.words, said)


def time_of(site: Site, year: int, lang: Lang, period: Callable[[str], str | None]) -> Time | None:
    """The time that opens the clause of a figure, or one before it in its sentence.

    Args:
        site: the figure's place in prose.
        year: of the report.
        lang: language of the text.
        period: the period that a placeholder like 已脱贫户数:时点 prints; None for any other.
    """
    if not site.sentence:
        return _dated(site.dated, year, lang)
    text = site.sentence[: site.offset]
    found: Time | None = None
    at = 0
    for match in PLACEHOLDER.finditer(text):
        gap, name, after = text[at : match.start()], match.group(1), site.sentence[match.end() :]
        at = match.end()
        if _OTHER[lang].search(gap):
            found = None
        opens = _OPENS[lang].search(text[: match.start()])
        close = not PLACEHOLDER.search(text[match.end() :]) and not re.search(
            r"[，；：。,;:.]", text[match.end() :]
        )
        if name in _YEARS and (opens or (close and _YEARS[name] == 0 and lang == "zh")):
            whole = not (_POINT.match(after) or (opens and opens.group(1) in ("截至", "截止")))
            found = Time(_shown(year + _YEARS[name], lang), months(str(year + _YEARS[name])), whole)
        elif opens and period(name):
            written = period(name) or ""
            found = Time(format.period(written, lang), months(written), False)
    last = re.split(r"[，；：。,;:.]", text[at:])[-1]
    whole_year = _WHOLE[lang].search(last) or _WHOLE[lang].match(text.strip())
    if whole_year:
        return Time(whole_year.group(1), months(str(year)), True)
    return None if _OTHER[lang].search(text[at:]) else found


def _dated(head: str, year: int, lang: Lang) -> Time | None:
    """The one year that a column's head states, or else a title."""
    for text in head.split("\n"):
        stated = [
            year + later
            for words, later in (("【年份】", 0), ("【year】", 0), ("【下年】", 1), ("【next】", 1))
            if words in text
        ] or [y for y in (year, year + 1) if str(y) in text]
        if len(stated) == 1:
            return Time(_shown(stated[0], lang), months(str(stated[0])), False)
        if stated:
            break
    return None


def _shown(year: int, lang: Lang) -> str:
    return f"{year}年" if lang == "zh" else str(year)
