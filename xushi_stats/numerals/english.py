"""Where number words stand in an English text: cardinals, parts and multiples, ordinals.

Digits are found by ``finder.find``, whatever the language.
"""

from __future__ import annotations

import re
from functools import cache

from xushi_stats.numerals.chinese import Expression, Form

_ONES = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
    *("twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
    *("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety", "zero"),
)
_SCALES_EN = ("hundred", "thousand", "million", "billion", "dozen")
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


_POINTING = (  # before "one", which then stands for a thing rather than counting it
    *("the", "this", "that", "each", "every", "any", "no", "some", "same", "other", "by", "which"),
    *("earlier", "later", "former", "latter", "last", "next", "right", "new", "old", "only"),
)


@cache
def _english() -> re.Pattern[str]:
    one, scale = "|".join(_ONES), "|".join(f"{s}s?" for s in _SCALES_EN)
    opening = rf"(?:{one}|an?(?=[ -](?:{scale}|half)\b))"
    cardinal = rf"(?:{opening}(?:[ -]+(?:{one}|{scale}|and (?:{one})))*|{scale})"
    part = rf"(?:{cardinal}[ -])?(?:and a )?(?:{'|'.join(_PARTS)})"
    ordinal = rf"(?:{_LABELS})s? (?:{one})|(?:(?:{one})-)?(?:{'|'.join(_ORDINALS)})"
    return re.compile(
        rf"\b(?:(?P<ordinal>{ordinal})|(?P<cardinal>{part}|{cardinal}(?: or {cardinal})?))\b",
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
    following = re.match(r"[\s-]+([A-Za-z]+)", text[match.end() : match.end() + 40])
    before = re.search(r"([A-Za-z]+)\s+$", text[max(0, match.start() - 40) : match.start()])
    if match[0].lower() == "one" and before and before[1].lower() in _POINTING:
        return "word"
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
