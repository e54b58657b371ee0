"""What ``verify`` and its certificate say, in both languages, from ``words.csv`` beside this file."""

from __future__ import annotations

from collections.abc import Mapping

from xushi_stats.tables.visible import visible
from xushi_stats.words import Lang, by_key, read_words

_GROUPS = read_words("xushi_stats.audit")
STATES = by_key(_GROUPS["state"])
STEPS = by_key(_GROUPS["step"])
SENTENCES = by_key(_GROUPS["sentence"])
CERTIFICATE = _GROUPS["certificate"]
IMPACT = _GROUPS["impact"]


def say(key: str, details: Mapping[str, str], lang: Lang) -> str:
    """A sentence with its details, in which nothing from the file can begin a line of its own."""
    shown = {name: visible(value) for name, value in details.items()}
    return SENTENCES[key][lang].format(**shown).strip()
