"""The words and signs that make a number approximate or one-sided: one table, ``qualifiers.csv``.

Reading, the audit of sources, the check of prose and print take theirs from it.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache

from xushi_stats.words import Lang, read_rows

Rows = list[dict[str, str]]


def rows(lang: Lang, place: str) -> Rows:
    """The rows of a language and place, long words first.

    Args:
        lang: language of the words.
        place: ``before``, ``inside`` or ``after`` the number; or ``text``, ``cell``, as it is printed.
    """
    table = read_rows("xushi_stats", "qualifiers.csv")
    found = [row for row in table if (row["lang"], row["place"]) == (lang, place)]
    return sorted(found, key=lambda row: -len(row["word"]))


@cache
def kinds(lang: Lang, place: str) -> dict[str, str]:
    """Word → what it says of the number; ``near`` (近) is below it, but not far.

    >>> kinds("zh", "inside")
    {'有余': 'over', '余': 'over', '多': 'over', '来': 'about', '把': 'about'}
    """
    return {row["word"]: row["kind"] for row in rows(lang, place)}


@cache
def frames(lang: Lang, place: str) -> dict[str, str]:
    """Kind → how a number of it is printed, in a ``text`` or in a ``cell``.

    >>> frames("en", "cell")["at_least"]
    '≥{}'
    """
    return {row["kind"]: row["word"] for row in rows(lang, place)}


def pattern(lang: Lang, place: str, kinds: Collection[str] = ()) -> str:
    """A regular expression of the words of some kinds (of all), none within another word (节约, 附近)."""
    return "|".join(
        (f"(?<![{row['not_after']}])" if row["not_after"] else "")
        + re.escape(row["word"]).replace(r"\ ", " ")
        + (f"(?![{row['not_before']}])" if row["not_before"] else "")
        for row in rows(lang, place)
        if not kinds or row["kind"] in kinds
    )


def mild(lang: Lang) -> frozenset[str]:
    """Words that may be of place: renovated over 5,800 m."""
    return frozenset(row["word"] for row in rows(lang, "before") if row["mild"])
