"""Where number words stand in an English text: cardinals, parts and multiples, ordinals.

Digits are found by ``finder.find``, whatever the language.
"""

from __future__ import annotations

import re
from functools import cache

from xushi_stats.numerals.chinese import Expression, Form, common

_ONES = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
    *("twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
    *("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety", "zero"),
)
_SCALES_EN = ("hundred", "thousand", "million", "billion", "trillion", "dozen")
_PIECES = (
    *("half", "halve", "third", "quarter", "fourth", "fifth", "sixth", "seventh", "eighth"),
    *("ninth", "tenth", "hundredth", "thousandth"),
)
_TIMES = r"(?:doubl|tripl|trebl|quadrupl|quintupl|halv)(?:e|es|ed|ing)|twice|thrice"
_FOLD = r"(?:[ -]?fold)"
_PARTS_OF = ("half", "halves")
_ADJECTIVES = ("third", "thirds", "quarter", "quarters", "double", "triple")
_ORDINALS = (
    *("first", "second", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"),
    *("eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth"),
    *("eighteenth", "nineteenth", "twentieth", "thirtieth", "hundredth", "thousandth"),
)
_LABELS = "part|section|chapter|table|figure|item|article|grade|class|phase|stage|annex|step"
_OF_NONE = ("of", "was", "were", "is", "are", "has", "have", "had")
_HYPHENS = {0x2010: "-", 0x2011: "-", 0xA0: " "}
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


_POINTING = (  # before "one", which then stands for a thing rather than counting it
    *("the", "this", "that", "each", "every", "any", "no", "some", "same", "other", "by", "which"),
    *("earlier", "later", "former", "latter", "last", "next", "right", "new", "old", "only"),
)


@cache
def _english() -> re.Pattern[str]:
    one, scale = "|".join(_ONES), "|".join(f"{s}s?" for s in _SCALES_EN)
    piece = rf"(?:{'|'.join(_PIECES)})"
    opening = rf"(?:{one}|an?(?=[ -](?:{scale}|half)\b))"
    cardinal = rf"(?:{opening}(?:[ -]+(?:{one}|{scale}|and (?:{one})))*|{scale})"
    # a third of, one fifth, two thirds, tenfold, quadrupled; a third time is none
    share = rf"an? (?:{piece})(?=[ -](?:of|more|less|fewer|lower|higher|as)\b|\W*$|[,.;:)])"
    share += rf"|(?:{cardinal})[ -](?:and an? )?(?:{piece}s?)|{cardinal}(?: and)? a half"
    part = rf"(?:{share}|{cardinal}{_FOLD}|{_TIMES}|half|halves|thirds?|quarters?)"
    ordinal = rf"(?:{_LABELS})s? (?:{one})|(?:(?:{one})-)?(?:{'|'.join(_ORDINALS)})"
    return re.compile(
        rf"\b(?:(?P<none>none)|(?P<part>{part})|(?P<ordinal>{ordinal})"
        rf"|(?P<cardinal>{cardinal}(?: or {cardinal})?))\b",
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
    plain = "".join(map(common, text)).translate(_HYPHENS)  # sign for sign
    for match in _english().finditer(plain):
        form: Form = "ordinal" if match["ordinal"] else _form_in_english(match, plain)
        start, end = match.span()
        found.append(Expression(start, end, text[start:end], form))
    return found


def _form_in_english(match: re.Match[str], text: str) -> Form:
    following = re.match(r"[\s-]+([A-Za-z]+)", text[match.end() : match.end() + 40])
    before = re.search(r"([A-Za-z]+)\s+$", text[max(0, match.start() - 40) : match.start()])
    if match["none"]:
        return "quantity" if following and following[1].lower() in _OF_NONE else "word"
    if match[0].lower() == "one" and before and before[1].lower() in _POINTING:
        return "word"
    counts = _counts(match[0], following[1] if following else "", bool(match["part"]))
    return "quantity" if counts else "word"


def _counts(written: str, following: str, is_part: bool) -> bool:
    """Whether number words count something: what follows them is the word for it."""
    words = re.split(r"[\s-]+", written.lower())
    if len(words) == 1 and words[0] in _PARTS_OF:
        return following.lower() in ("of", "the", "a", "an", "its", "their")
    if is_part:  # two thirds, a half
        return len(words) > 1 or words[0] not in _ADJECTIVES
    if any(scale in words or f"{scale}s" in words for scale in _SCALES_EN):
        return True  # a hundred, dozens: no pronoun, whatever follows
    return bool(following) and following.lower() not in _NO_NOUN
