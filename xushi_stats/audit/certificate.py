"""The one-page 数据核验单: what ``verify`` found of one file, with a place for a signature."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from xushi_stats import __version__
from xushi_stats.audit.verify import Verification
from xushi_stats.audit.words import CERTIFICATE, STATES, STEPS, say
from xushi_stats.faults import Lang
from xushi_stats.publishing import typeset
from xushi_stats.reporting.document import text
from xushi_stats.reporting.words import WORDS
from xushi_stats.tables.visible import visible

_MOST_FINDINGS = 3
_LONGEST = 200
"""Characters of a row, so that the page stays one."""


def certificate(made: Verification, day: date, lang: Lang) -> bytes:
    """The certificate as a PDF of one A4 page.

    Args:
        made: what ``verify`` found.
        day: the date that it states and is stamped with.
        lang: zh or en.

    Raises:
        TypesetError: a name holds a character that the fonts lack.
    """
    return typeset.typeset(_document(made, day, lang), {})


def _document(made: Verification, day: date, lang: Lang) -> dict[str, Any]:
    words = CERTIFICATE[lang]
    table = _table(words["table"], _rows(made, day, lang), lang)
    limits = {"b": "para", "c": [text(say("limits", {}, lang))], "mark": None}
    signature = {"b": "para", "c": [text(words["signature"])], "mark": None}
    title = [text(words["title"])]
    return {
        "format": 1,
        "meta": {
            "lang": lang,
            "title": words["title"],
            "date": [day.year, day.month, day.day],
            "edition": "internal",
            "author": "xushi_stats",
            "keywords": [],
        },
        "cover": None,
        "masthead": {"title": [], "section": title, "mark": [], "notice": [], "about": []},
        "running": {"head": [], "mark": [], "foot": []},
        "contents": None,
        "front": [],
        "body": [table, limits, signature],
        "back": [],
    }


def _rows(made: Verification, day: date, lang: Lang) -> list[tuple[str, str]]:
    words, about, facts = CERTIFICATE[lang], made.about, made.facts
    release = " ".join(str(about.get(key, "")) for key in ("ref_area", "release", "section"))
    edition = str(about.get("edition", ""))
    named = words["public"] if edition == "public" else WORDS[lang].get(edition, edition)
    rows = [
        (words["file"], made.file),
        (words["sha256"], _in_groups(made.sha256)),
        (words["report"], release.strip() or "—"),
        (words["edition"], named or "—"),
        (words["data"], _in_groups(str(about.get("data_sha256", ""))) or "—"),
        (words["figures"], _count(facts, "recompute.count", words)),
        (words["printed"], _count(facts, "pages.count", words)),
        (words["unexplained"], _count(facts, "pages.orphans", words)),
        *((STEPS[step.name][lang], STATES[step.state][lang]) for step in made.steps),
        (words["result"], say(*made.result, lang)),
        *(("", said) for said in _findings(made, lang)),
        (words["date"], day.isoformat()),
        (words["version"], f"xushi_stats {__version__}"),
    ]
    return [(name, visible(value)[:_LONGEST]) for name, value in rows]


def _findings(made: Verification, lang: Lang) -> list[str]:
    said = [
        say(*finding, lang)
        for step in made.steps
        if step.state != "passed"
        for finding in step.findings
    ]
    more = len(said) - _MOST_FINDINGS
    return [line[:100] for line in said[:_MOST_FINDINGS]] + ([f"… +{more}"] if more > 0 else [])


def _count(facts: Mapping[str, int], key: str, words: Mapping[str, str]) -> str:
    return str(facts[key]) if key in facts else words["none"]


def _in_groups(digest: str) -> str:
    """A digest in groups of eight, which a person can compare."""
    return " ".join(digest[n : n + 8] for n in range(0, len(digest), 8))


def _table(title: str, rows: list[tuple[str, str]], lang: Lang) -> dict[str, Any]:
    words = CERTIFICATE[lang]
    columns = [
        {"c": [text(words["item"])], "align": "left", "width": 3.0},
        {"c": [text(words["content"])], "align": "left", "width": 7.0},
    ]
    cells = [[[text(name)], [text(value)]] for name, value in rows]
    layout = {"unit": [], "total_rows": [], "notes": [], "source": [], "long": False, "size": 10}
    return {
        "b": "table",
        "label": [],
        "title": [text(title)],
        "columns": columns,
        "rows": cells,
        **layout,
    }
