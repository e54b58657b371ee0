"""Where numbers stand in a text: every numeric expression, in digits or in words.

It finds and tells the form in which a number is written; whether it is a figure is for those to judge
who ask: the closure of a source document, the check of finished pages, the drafting of data.

Complete by construction: each digit of any script and each Chinese numeral of ``NUMERALS`` belongs to
exactly one expression. Limits: quantities without a numeral (多次, 每月, 首次, 全部, 若干, 几个, 无人) are
no expressions; 数 and 几 are only beside a numeral (数十, 十几). 伍, 陆, 拾 and the other letters
of cheques count in a run of two or before 元 and its kin, since 队伍, 陆续 and 收拾 are no numbers.
Where a run of numerals ends is told by the characters alone: 三五年 is one expression, and
一起事故 a quantity only for the listed nouns.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Literal

from xushi_stats import notation, qualifiers
from xushi_stats.notation import is_digit
from xushi_stats.quantity import Quantity
from xushi_stats.units.names import once_per_units, spellings

Form = Literal["quantity", "date", "ordinal", "code", "word"]
"""How a number is written: with its unit, as a date, an ordinal, part of a code, or none of these."""

NUMERALS = "零〇一二三四五六七八九十百千万亿两俩仨半双廿卅卌萬億両"
"""Chinese numerals, each of which is found wherever it stands."""

_CHEQUE = "壹贰貳叁參肆伍陆陸柒捌玖拾佰仟"
FORMAL = str.maketrans(
    "壹贰貳叁參肆伍陆陸柒捌玖拾佰仟萬億両", "一二二三三四五六六七八九十百千万亿两"
) | {ord("廿"): "二十", ord("卅"): "三十", ord("卌"): "四十"}

_IN_WORDS = (
    "户|人|个|处|家|项|条|篇|份|起|次|批次|人次|例|辆|所|天|年|分|名|元|万元|亿元|米|公里|亩|公顷|平方公里|吨|公斤|百分点"
    "|个百分点|户次|辆次|个月|小时|分钟|千瓦|千瓦时|平方米|立方米|位|座|头|只|株|棵|栋|幢|间|套|台|件|桩|宗|岁|周|倍|种"
    "|类|斤|度|系数|%|‰|℃|㎡|km|kg|个半月|月|口子|口人|批|成|番|点|级|角|％"
)
"""What a number in words counts; with all the units there are 五期间 and 千方百计 would be quantities."""
_BEFORE = rf"(?:{qualifiers.pattern('zh', 'before')})了?"
_AFTER = qualifiers.pattern("zh", "after")


@dataclass(frozen=True)
class Expression:
    """A numeric expression: where it stands (0-based, end excluded), its wording and form."""

    start: int
    end: int
    wording: str
    form: Form

    @property
    def in_digits(self) -> bool:
        """Whether it is written in digits rather than in words."""
        return any(is_digit(char) and char != "〇" for char in self.wording)

    @property
    def quantity(self) -> Quantity | None:
        """What it states, where it is one number with a unit of ``units.csv``."""
        written = unicodedata.normalize("NFKC", self.wording).translate(FORMAL)
        written = (
            re.sub(r"[,\s\u200b-\u200d\u2060\ufeff]", "", written)
            .replace("个百分点", "百分点")
            .replace("口子", "人")
        )
        share = re.fullmatch(rf"(.*)百分之([{NUMERALS}]+)(?:点([{NUMERALS}]+))?", written)
        if share:
            written = f"{share[1]}{_of_hundred(share[2], share[3] or '')}%"
        if re.fullmatch(r"\d+(?:\.\d+)?‰", written, re.ASCII):
            written = f"{Decimal(written[:-1]) / 10:f}%"
        if written[:1] in "万亿":  # 万亩 is ten thousand 亩
            written = f"一{written}"
        try:
            return notation.parse(written)
        except (notation.NotationError, ValueError):
            return None


def _of_hundred(whole: str, part: str) -> str:
    """The number of 百分之九十八点五: 98.5."""
    digits = "".join(str("零一二三四五六七八九".find(c.replace("〇", "零"))) for c in part)
    try:
        return f"{notation.parse(f'{whole}个').value}" + (f".{digits}" if digits else "")
    except notation.NotationError:
        return whole


def _one_of(words: Sequence[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


_D = r"[0-9０-９]"
_HAN = f"[{NUMERALS}]"
_HAN_SMALL = "[一二三四五六七八九十]"
_TO = r"[-~～—–至到]+"
_CHEQUES = (
    rf"(?=[伍陆陸拾]{{0,20}}[壹贰貳叁參肆柒捌玖佰仟])[{_CHEQUE}零万亿萬億]{{2,}}"
    "|[壹贰貳叁參肆柒捌玖]|(?<![队入退行落])伍(?=[元角万亿圆户人亩个名家])"
    "|(?<![大登着内上])[陆陸](?=[元角万亿圆户亩个名家])|(?<![收捡])拾(?=[元角万亿圆户人亩名家])"
)
# ++ gives nothing back: a page of zeros is read in one go
_DIGITS = rf"{_D}++(?:[,，]{_D}{{3}}(?!{_D}))*(?:[.．]{_D}++)?"
_NUMBER = rf"(?:{_DIGITS}|{_CHEQUES}|{_HAN}++(?:[点又]{_HAN}++)?)"
_MORE = (  # 7千余, 2万多, 十几, 五十来, 百把, 3万4000
    r"(?:[十百千万亿]+[0-9０-９]++[十百千万]*|[十百千万亿]*[余多几来把][万亿]?|(?!百分点)[十百千万亿]+)"
)
_SCALED = rf"(?:{_NUMBER}{_MORE}?|[几数][十百千万亿]+[余多]?)"
_SIGN = r"(?:(?<![0-9A-Za-z％%）)年月日时村镇区县组期号第])[-−－](?=[0-9])|负(?![责担债荷面重伤]))"
_QUALIFIED = f"(?:{_BEFORE}|{_SIGN})"

_LARGE_HAN = (  # 三百九十八 without a unit; 五十 only at the end of a clause
    rf"(?:(?<!{_HAN})[一二三四五六七八九两][百千]{_HAN}*+|(?<!{_HAN})[二三四五六七八九]十"
    r"[一二三四五六七八九]?(?=[，。；、：！？）,;]|\s|$))"
)

_YEARS = rf"(?:{_D}{{4}}|[〇○零一二三四五六七八九]{{4}})(?:{_TO}{_D}{{4}})?年度?"
_DAY = rf"(?:{_D}{{1,2}}|{_HAN_SMALL}{{1,3}})日"
_MONTH = rf"(?:{_D}{{1,2}}|(?<!{_HAN}){_HAN_SMALL}{{1,2}})月(?:{_DAY})?"
_CLOCK = rf"{_D}{{1,2}}[:：]{_D}{{2}}(?::{_D}{{2}})?"
_ISO = rf"{_D}{{4}}[-/.]{_D}{{1,2}}(?:[-/.]{_D}{{1,2}})?(?!{_D})(?: ?{_CLOCK})?"
_DATES = (
    *(
        rf"{_YEARS}(?:{_MONTH})?",
        _MONTH,
        rf"{_D}{{1,2}}{_TO}{_D}{{1,2}}月",
        rf"{_D}{{1,2}}日",
    ),
    *(r"[上下前后]半[年月]", _CLOCK, rf"{_D}{{1,2}}[时点](?:{_D}{{1,2}}分|半|整)"),
)
_ORDINALS_HAN = (
    *(rf"第(?:{_D}++|{_HAN}++|几)", f"其{_HAN_SMALL}", rf"{_HAN}等奖", rf"(?:{_D}++|{_HAN}++)周年"),
    rf"[（(](?:{_D}{{1,2}}|{_HAN}{{1,3}})[)）]",
    rf"(?:(?<=[\n。；;:：])|^)[^\S\n]*(?:{_D}{{1,2}}[.．、](?!{_D})|{_HAN}{{1,3}}(?:、|是(?!否)))",
)
_CODES = (
    # S306, GB/T 9704; GDP391.5亿元 is none
    rf"(?<![A-Za-z])[A-Za-z][A-Za-z/]{{0,20}}+[ -]?{_D}++(?:[-.]{_D}++)*+(?![万亿]?(?:元|户|人|亩|%|％))",
    *(rf"{_D}+\+[A-Za-z]+", rf"{_D}+[A-Z]+(?![a-z])", rf"{_D}+(?:-{_D}+)+", "A{2,5}(?=级)"),
)
_LOOSE = (  # 一 and 十 in words that take no unit: 统一, 哪一年, 一起抓, 十分重要, 万元 as a unit
    *(
        rf"(?<=[统唯同专逐划任单万哪某每另这那该此前后上下])一(?!{_HAN})",
        "一起(?![案事火车])",
        "十分(?!之)",
    ),
    rf"一[批种类点级度位名件番套些定般](?!{_HAN})",  # as an article: 一批项目
    *("一家人", "一成(?=[不立为员])", rf"(?<!{_HAN})[万亿](?=元)"),
)


@once_per_units
def _units() -> str:
    """What a number counts: in digits any unit there is."""
    known = {u: re.escape(u) + ("(?![A-Za-z])" if u.isascii() else "") for u in spellings()}
    every = "|".join(known[u] for u in sorted(known, key=len, reverse=True))
    digit = rf"(?:(?<={_D})|(?<={_D} )|(?<={_D}[十百千万亿])|(?<={_D}[百千万亿][余多万亿]))"
    return f"{digit}(?:{every})|{_one_of(_IN_WORDS.split('|'))}"


@once_per_units
def _pattern() -> re.Pattern[str]:
    """All forms; at each place the first that fits."""
    unit = _units()
    forms = {
        # 1286.4万元 is no month of a year
        "date": (rf"{_ISO}(?![十百千万亿]|{unit})", *_DATES),
        "ordinal": _ORDINALS_HAN,
        "range": (rf"{_QUALIFIED}?{_SCALED}(?:{unit})?{_TO}{_SCALED}(?:{unit})(?:{_AFTER})?",),
        "share": (
            *(rf"{_QUALIFIED}?[百千万十]分之{_NUMBER}", rf"{_NUMBER}分之{_NUMBER}"),
            rf"{_QUALIFIED}?{_NUMBER} ?[%％‰](?:{_AFTER})?",
        ),
        "code": _CODES,
        "loose": _LOOSE,
        "zero": (rf"无一(?:{_one_of(_IN_WORDS.split('|'))})",),
        "number": (
            rf"{_QUALIFIED}?{_D}++元{_D}角(?:{_D}分)?",
            rf"{_QUALIFIED}?(?:上(?=[十百千万亿]))?{_SCALED}(?: (?={unit}))?(?:{unit})半?(?:{_AFTER})?",
            rf"{_LARGE_HAN}(?![{NUMERALS}年届大国强里行万亿])",
        ),
        "part": ("[过大多]半", "一半", "对半", "翻番", "翻倍", rf"翻了?{_HAN}+番"),
        "about": (rf"{_QUALIFIED}{_SCALED}", "上?[十百千万亿]+余", rf"{_NUMBER}[十百千万亿]*余"),
        "bare": (rf"{_NUMBER}[十百千万亿]*",),
    }
    parts = (f"(?P<{name}>{'|'.join(ways)})" for name, ways in forms.items())
    return re.compile("|".join(parts), re.ASCII)


_FORM: dict[str, Form] = {
    "date": "date",
    "ordinal": "ordinal",
    "code": "code",
    "loose": "word",
    "bare": "word",
}
_YEAR = re.compile(r"(?:19|20)[0-9]{2}", re.ASCII)


def find(text: str) -> list[Expression]:
    """Every numeric expression of a Chinese text, in order, none overlapping another.

    Args:
        text: any text; offsets count its characters.

    Returns:
        The expressions. A qualifier that stands by the number belongs to it (近千亩, 2000元左右).

    >>> [e.wording for e in find("（二）君山区近千亩茶园，有一半在七个村，由S306相连")]
    ['（二）', '近千亩', '一半', '七个', 'S306']
    >>> [(e.wording, e.form) for e in find("2019年无一例，万众一心")]
    [('2019年', 'date'), ('无一例', 'quantity'), ('万', 'word'), ('一', 'word')]
    """
    found: list[Expression] = []
    last = 0
    plain, places = _plain(text)
    for match in _pattern().finditer(plain):
        first, stop = match.span()
        start = places[first + len(match[0]) - len(match[0].lstrip())]
        end = places[stop - 1] + 1
        found.extend(_signs(text, last, start))
        form = _FORM.get(match.lastgroup or "", "quantity")
        if form == "word" and _YEAR.fullmatch(match[0]):
            form = "date"
        found.append(Expression(start, end, text[start:end], form))
        last = end
    found.extend(_signs(text, last, len(text)))
    return found


_WITHIN = re.compile(
    rf"[\u200b-\u200d\u2060\ufeff]|(?<={_HAN})[ \u3000\xa0]+(?=[{NUMERALS}余多来户人亩元个家名])"
)


def _plain(text: str) -> tuple[str, Sequence[int]]:
    """A text with every look-alike as the common letter, no blank within 五 百 户, and its offsets."""
    if not text.isascii():
        text = "".join(map(common, text))
    parts = list(_WITHIN.finditer(text))
    if not parts:
        return text, range(len(text) + 1)
    left_out = {n for part in parts for n in range(*part.span())}
    places = [n for n in range(len(text)) if n not in left_out]
    return "".join(text[n] for n in places), places


@cache
def common(char: str) -> str:
    """⼗ as 十, ８ as 8, Ａ as A; signs that stand for more than one letter, and ①, stay."""
    if unicodedata.category(char) not in ("Nd", "So", "Lo", "Lu", "Ll", "Nl"):
        return char
    common = unicodedata.normalize("NFKC", char)
    return common if len(common) == 1 else char


def _signs(text: str, start: int, end: int) -> Iterator[Expression]:
    """Number signs that no form covers: ①, Ⅲ, ½, digits of other scripts."""
    position = start
    while position < end:
        stop = position
        while stop < end and is_digit(text[stop]):
            stop += 1
        if stop > position:
            yield Expression(position, stop, text[position:stop], "word")
        position = stop + 1
