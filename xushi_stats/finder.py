"""Where numbers stand in a text: every numeric expression, in digits or in words.

It finds and tells the form in which a number is written; whether it is a figure is for those to judge
who ask: the closure of a source document, the check of finished pages, the drafting of data.

Complete by construction: each digit of any script and each Chinese numeral of ``NUMERALS`` belongs to
exactly one expression. Limits: quantities without a numeral (多次, 每月, 首次, 全部, 若干, 几乎) are not
expressions, and 数 and 几 are only beside a numeral or before a unit. 伍, 陆, 拾 and the other letters
of cheques count in a run of two or before 元 and its kin, since 队伍, 陆续 and 收拾 are no numbers.
Where a run of numerals ends is told by the characters alone: 三五年 is one expression, and
一起事故 a quantity only for the listed nouns.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from xushi_stats import notation
from xushi_stats.quantity import Quantity, unit_names

Form = Literal["quantity", "date", "ordinal", "code", "word"]
"""How a number is written: with its unit, as a date, an ordinal, part of a code, or none of these."""

NUMERALS = "零〇一二三四五六七八九十百千万亿两俩仨半双廿卅萬億"
"""Chinese numerals, each of which is found wherever it stands."""

_CHEQUE = "壹贰貳叁參肆伍陆陸柒捌玖拾佰仟"
_AS_WRITTEN_SMALL = str.maketrans(
    "壹贰貳叁參肆伍陆陸柒捌玖拾佰仟萬億", "一二二三三四五六六七八九十百千万亿"
)

# what is counted besides the units of measure of units.csv
_COUNTERS = (
    *(
        "个百分点",
        "个半月",
        "人次",
        "户次",
        "辆次",
        "个月",
        "小时",
        "分钟",
        "千瓦",
        "平方公里",
        "平方米",
        "立方米",
    ),
    *(
        "名",
        "位",
        "座",
        "头",
        "只",
        "株",
        "棵",
        "栋",
        "幢",
        "间",
        "套",
        "台",
        "件",
        "桩",
        "宗",
        "批",
    ),
    *(
        "岁",
        "周",
        "倍",
        "成",
        "番",
        "点",
        "级",
        "种",
        "类",
        "斤",
        "角",
        "度",
        "km",
        "kg",
        "㎡",
        "℃",
        "％",
    ),
    "‰",
)
_BEFORE = (
    *(
        "大约",
        "超过",
        "不低于",
        "不少于",
        "至少",
        "不高于",
        "不超过",
        "至多",
        "低于",
        "不足",
        "不满",
    ),
    *("将近", "接近", "高达", "多达", "逾", "约", "近"),
)
_AFTER = ("左右", "上下", "及以上", "以上", "及以下", "以下", "以内", "有余")


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
        return any(_is_digit(char) for char in self.wording)

    @property
    def quantity(self) -> Quantity | None:
        """What it states, where it is one number with a unit of ``units.csv``."""
        written = unicodedata.normalize("NFKC", self.wording).translate(_AS_WRITTEN_SMALL)
        written = written.replace(",", "").replace("个百分点", "百分点")
        if written[:1] in "万亿":  # 万亩 is ten thousand 亩
            written = f"一{written}"
        try:
            return notation.parse(written)
        except (notation.NotationError, ValueError):
            return None


def _is_digit(char: str) -> bool:
    """Whether a character is a digit or number sign of any script, Chinese numerals excepted."""
    if "0" <= char <= "9":
        return True
    return char > "\x7f" and char not in "〇" and unicodedata.category(char) in ("Nd", "Nl", "No")


def _one_of(words: tuple[str, ...] | list[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


@cache
def _pattern() -> re.Pattern[str]:
    """All forms, tried in this order at each place."""
    d = r"[0-9０-９]"
    han = f"[{NUMERALS}]"
    cheque = rf"[{_CHEQUE}零万亿萬億]{{2,}}|[壹贰貳叁參肆柒捌玖]|[伍陆陸拾](?=[元角万亿圆])"
    number = rf"(?:{d}+(?:[,，]{d}{{3}}(?!{d}))*(?:[.．]{d}+)?|{cheque}|{han}+(?:[点又]{han}+)?)"
    more = rf"(?:[十百千万亿]*[余多几][万亿]?|[十百千万亿]+)"
    scaled = rf"(?:{number}{more}?|[几数][十百千万亿]+[余多]?|几(?=[{''.join(_single())}]))"
    unit = _one_of([*unit_names(), *_COUNTERS])
    to = r"[-~～—–至到]+"
    before = rf"(?:(?<![节契条集合公制违预])约|(?<![最附临远亲靠新])近|{_one_of(_BEFORE[:-2])})"
    # 十分重要, 统一, 一起: no unit follows; 一成立 and 一家人 neither
    loose = rf"(?<=[统唯同专逐划任单万])一|一起(?![案事火车])|十分(?!之)|一家人|一成(?=[不立为员])"
    date = (
        rf"{d}{{4}}[-/.]{d}{{1,2}}(?:[-/.]{d}{{1,2}})?(?!{d})(?: ?{d}{{1,2}}:{d}{{2}}(?::{d}{{2}})?)?"
        rf"|(?:{d}{{4}}|[〇○零一二三四五六七八九]{{4}})(?:{to}(?:{d}{{4}}))?年度?"
        rf"(?:(?:{d}{{1,2}}|[一二三四五六七八九十]{{1,2}})月(?:(?:{d}{{1,2}}|[一二三四五六七八九十]{{1,3}})日)?)?"
        rf"|(?:{d}{{1,2}}|(?<!{han})[一二三四五六七八九十]{{1,2}})月(?:(?:{d}{{1,2}}|[一二三四五六七八九十]{{1,3}})日)?"
        rf"|{d}{{1,2}}{to}{d}{{1,2}}月|[上下前后]半[年月]"
        rf"|{d}{{1,2}}日|{d}{{1,2}}[:：]{d}{{2}}(?::{d}{{2}})?|{d}{{1,2}}[时点](?:{d}{{1,2}}分|半|整)"
    )
    return re.compile(
        rf"(?P<date>{date})"
        rf"|(?P<ordinal>第(?:{d}+|{han}+)|其[一二三四五六七八九十]|[（(](?:{d}{{1,2}}|{han}{{1,3}})[)）]"
        rf"|(?:(?<=[\n。；;:：])|^)\s*(?:{d}{{1,2}}[.．、](?!{d})|{han}{{1,3}}(?:、|是(?!否)))|{han}等奖|(?:{d}+|{han}+)周年)"
        rf"|(?P<ranged>{before}?{scaled}(?:{unit})?{to}{scaled}(?:{unit})(?:{_one_of(_AFTER)})?)"
        rf"|(?P<share>[百千万十]分之{number}|{number}分之{number}|{before}?{number}[%％‰](?:{_one_of(_AFTER)})?)"
        rf"|(?P<code>[A-Za-z][A-Za-z/]*[ -]?{d}+(?:[-.]{d}+)*|{d}+\+[A-Za-z]+|{d}+[A-Z]+(?![a-z])"
        rf"|{d}+(?:-{d}+)+|A{{2,5}}(?=级))"
        rf"|(?P<word>{loose})"
        rf"|(?P<zero>无一?(?:{_one_of(list(unit_names()))})(?!员))"
        rf"|(?P<quantity>{before}?(?:上|数)?{scaled}(?:{unit})(?:半)?(?:{_one_of(_AFTER)})?)"
        rf"|(?P<half>[过大多]半|一半|对半|翻番|翻倍|翻了?{han}+番)"
        rf"|(?P<approximate>{before}(?:{scaled})|(?:上|数)?[十百千万亿]+[余]|{number}[十百千万亿]*余)"
        rf"|(?P<bare>{number}[十百千万亿]*)",
        re.ASCII,
    )


def _single() -> Iterator[str]:
    """Units of one character, before which 几 is a number: 几个, 几户."""
    return (unit for unit in unit_names() if len(unit) == 1 and unit != "%")


_FORM: dict[str, Form] = {
    "date": "date",
    "ordinal": "ordinal",
    "code": "code",
    "word": "word",
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
    for match in _pattern().finditer(text):
        start, end = match.span()
        start += len(match[0]) - len(match[0].lstrip())
        found.extend(_signs(text, last, start))
        form = _FORM.get(match.lastgroup or "", "quantity")
        if form == "word" and _YEAR.fullmatch(match[0]):
            form = "date"
        found.append(Expression(start, end, text[start:end], form))
        last = end
    found.extend(_signs(text, last, len(text)))
    return found


def _signs(text: str, start: int, end: int) -> Iterator[Expression]:
    """Number signs that no form covers: ①, Ⅲ, ½, digits of other scripts."""
    position = start
    while position < end:
        stop = position
        while stop < end and _is_digit(text[stop]):
            stop += 1
        if stop > position:
            yield Expression(position, stop, text[position:stop], "word")
        position = stop + 1


# -- English -----------------------------------------------------------------------------------

_ONES = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
    *("twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
    *("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety", "zero"),
)
_SCALES_EN = ("hundred", "thousand", "million", "billion", "dozen", "score")
_PARTS = (
    *("half", "halves", "quarter", "quarters", "third", "thirds", "fourths", "fifths", "tenths"),
    *(
        "twice",
        "thrice",
        "double",
        "triple",
        "doubled",
        "tripled",
        "halved",
        "twofold",
        "threefold",
    ),
)
_PARTS_OF = ("half", "halves")
_ADJECTIVES = ("third", "quarter", "double", "triple")
_ORDINALS = (
    *("first", "second", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"),
    *("eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth"),
    *("eighteenth", "nineteenth", "twentieth", "thirtieth", "hundredth", "thousandth"),
)
_LABELS = "part|section|chapter|table|figure|item|article|grade|class|phase|stage|annex|step"
_NO_NOUN = (
    *("of", "by", "and", "or", "to", "in", "at", "on", "for", "with", "as", "is", "was", "are"),
    *(
        "another",
        "who",
        "that",
        "which",
        "has",
        "had",
        "can",
        "must",
        "may",
        "from",
        "than",
        "then",
    ),
)


@cache
def _english() -> re.Pattern[str]:
    ones, scales = "|".join(_ONES), "|".join(f"{s}s?" for s in _SCALES_EN)
    cardinal = rf"(?:(?:{ones}|an?(?=[ -](?:{scales}|half)\b))(?:[ -](?:{ones}|{scales}|and (?:{ones})))*|{scales})"
    return re.compile(
        rf"\b(?:(?P<ordinal>(?:{_LABELS})s? (?:{ones})"
        rf"|(?:(?:{ones})-)?(?:{'|'.join(_ORDINALS)}))"
        rf"|(?P<cardinal>(?:{cardinal}[ -])?(?:and a )?(?:{'|'.join(_PARTS)})|{cardinal}(?: or (?:{cardinal}))?))\b",
        re.IGNORECASE,
    )


def find_english(text: str) -> list[Expression]:
    """Every English number word of a text: cardinals, parts and multiples, ordinals.

    A cardinal is a ``quantity`` where it stands before a word that it can count; it is a ``word``
    where it stands alone or before ``of``, ``by`` and the like (one by one, one of them).

    Limitations: ``once``, ``a few``, ``several``, ``both`` and ``pair`` are not number words here;
    ``second``, ``third`` and ``quarter`` may be units or ordinals. Words that a line end hyphenates
    are not joined.

    >>> [(e.wording, e.form) for e in find_english("Part Two: twelve projects, one by one")]
    [('Part Two', 'ordinal'), ('twelve', 'quantity'), ('one', 'word'), ('one', 'word')]
    """
    found = []
    for match in _english().finditer(text):
        form: Form = "ordinal" if match["ordinal"] else _form_in_english(match, text)
        found.append(Expression(match.start(), match.end(), match[0], form))
    return found


def _form_in_english(match: re.Match[str], text: str) -> Form:
    following = re.match(r"[\s-]+([A-Za-z]+)", text[match.end() :])
    return "quantity" if _counts(match[0], following[1] if following else "") else "word"


def _counts(written: str, following: str) -> bool:
    """Whether number words count something: what follows them is the word for it."""
    words = re.split(r"[\s-]+", written.lower())
    if words[-1] in _PARTS:
        if len(words) > 1:  # two thirds, a half
            return True
        if words[0] in _PARTS_OF:
            return following.lower() in ("of", "the", "a", "an", "its", "their")
        return words[0] not in _ADJECTIVES
    if any(scale in words or f"{scale}s" in words for scale in _SCALES_EN):
        return True  # a hundred, dozens: no pronoun, whatever follows
    return bool(following) and following.lower() not in _NO_NOUN


# -- what may not be typed ---------------------------------------------------------------------


def typed(text: str) -> list[Expression]:
    """Quantities written in words, Chinese or English: what prose must take from the ledger.

    Chinese: a numeral with a unit of measure or a counter, a share, a multiple, or a numeral with a
    qualifier (七十七户, 两成, 一半, 近千亩, 千余), and years in Chinese numerals. English: number words
    before a word that they can count. Digits are not looked for here.

    Limitations: it cannot tell a name from a number (三级 in 镇、村、组三级联动, 一户一策, five standards):
    names are declared. Names without a unit (十三五, 一心一意) and ordinals are none.

    >>> [e.wording for e in typed("全镇七十七户，十三五以来万众一心，twelve projects")]
    ['七十七户', 'twelve']
    """
    chinese = [e for e in find(text) if e.form == "quantity" or _year_in_words(e)]
    found = [e for e in chinese if not e.in_digits] + [
        e for e in find_english(text) if e.form == "quantity"
    ]
    return sorted(found, key=lambda e: e.start)


def _year_in_words(expression: Expression) -> bool:
    """Whether it is a year such as 二〇二〇年; 上半年 and 三月 are names of times."""
    return re.match(r"[〇○零一二三四五六七八九]{4}年", expression.wording) is not None
