"""The house rules of wording, held against the finished text of every Chinese page.

What an office sends back: qualifiers that say a thing twice, 截止 for 截至, a dash that is no 浪纹线,
a state read as the year's result.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from xushi_stats.reporting.document import plain

_NUMBER = r"\d[\d,.]*"
_UNIT = r"[^\d，。；：、（）\s]{0,3}"
RULES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("约…左右", re.compile(rf"约{_NUMBER}[余多]?{_UNIT}左右")),
    ("约…余", re.compile(rf"约{_NUMBER}[余多]")),
    ("超过…余", re.compile(rf"超过{_NUMBER}[余多]")),
    ("逾…多", re.compile(rf"逾{_NUMBER}[余多]")),
    ("近…余", re.compile(rf"近{_NUMBER}[余多]")),
    ("余…以上", re.compile(rf"{_NUMBER}[余多]{_UNIT}(以上|以下|左右)")),
    ("截止", re.compile(r"截止")),
    ("数字间的短横", re.compile(r"\d[-–]\d+(?=[个户人亩元万%])|\d–\d")),
    # a count of states is not what one year brought about
    ("时点数写作当年数", re.compile(r"\d{4}年(?:全镇|共|实现|累计)?脱贫\d")),
)


def findings(pages: list[str]) -> Iterator[tuple[int, str, str]]:
    """Breaches in the text of finished pages.

    Args:
        pages: the text of each page, in order.

    Yields:
        Page from 1, the rule's name, and the words that break it.
    """
    for number, page in enumerate(pages, start=1):
        apart = re.sub(r"(?<=\d)\s+(?=[-–]?\d)", "|", page)  # numbers of two cells
        text = re.sub(r"[\s\u2060]+", "", apart)
        for name, rule in RULES:
            for match in rule.finditer(text):
                start, end = match.span()
                yield number, name, text[max(0, start - 6) : end + 6]


def empty_cells(document: dict[str, Any]) -> Iterator[str]:
    """Tables with a cell that holds nothing: none, — and 0 are three different things.

    A form is there to be filled in by hand.
    """
    for part in ("front", "body", "back"):
        for block in document[part]:
            if block["b"] == "table" and not block.get("form"):
                for row in block["rows"]:
                    if any(not plain(cell).strip() for cell in row):
                        yield plain(block["title"])
