"""Numbers typed in words: what prose, captions and charts must take from the ledger instead."""

from __future__ import annotations

import re
from functools import lru_cache

from xushi_stats.numerals.chinese import Expression, find
from xushi_stats.numerals.english import find_english


@lru_cache(maxsize=1 << 16)
def typed(text: str) -> tuple[Expression, ...]:
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
    return tuple(sorted(found, key=lambda e: e.start))


def _year_in_words(expression: Expression) -> bool:
    """Whether it is a year such as 二〇二〇年; 上半年 and 三月 are names of times."""
    return re.match(r"[〇○零一二三四五六七八九]{4}年", expression.wording) is not None
