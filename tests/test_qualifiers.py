"""One table of qualifiers: what reads, finds, checks and prints agrees with it."""

from __future__ import annotations

import re

import pytest

from xushi_stats import notation, qualifiers
from xushi_stats.audit import recompute
from xushi_stats.checks import qualifiers as check
from xushi_stats.numerals.chinese import find

BEFORE, AFTER = qualifiers.kinds("zh", "before"), qualifiers.kinds("zh", "after")


@pytest.mark.parametrize("word", [w for w, kind in BEFORE.items() if kind != "exact"])
def test_a_word_before_a_number_is_read_found_and_checked(word: str) -> None:
    wording = f"{word}40户"
    read = notation.parse(wording)
    assert not read.is_exact and notation.parse(notation.normal(read)) == read
    assert [e.wording for e in find(f"全镇{wording}。")] == [wording]
    assert check._BEFORE["zh"].search(f"全镇{word}")


@pytest.mark.parametrize("word", [w for w, kind in AFTER.items() if kind != "exact"])
def test_a_word_behind_a_number_is_read_found_and_checked(word: str) -> None:
    wording = f"40户{word}"
    assert notation.normal(notation.parse(wording)) == wording
    assert [e.wording for e in find(f"全镇{wording}。")] == [wording]
    assert check._AFTER["zh"].match(word)


@pytest.mark.parametrize("word", [*qualifiers.kinds("en", "before")])
def test_an_english_word_beside_a_figure_is_seen(word: str) -> None:
    assert check._BEFORE["en"].search(f"There were {word} ")


def test_the_program_that_shares_no_code_has_the_same_words_for_the_sides() -> None:
    sides = {"at_least": (0, True), "above": (0, False), "at_most": (1, True), "under": (1, False)}
    for lang in ("zh", "en"):
        frames = qualifiers.frames(lang, "text")
        for kind, side in sides.items():
            assert recompute.SIDES[frames[kind].removesuffix("{}").strip()] == side
    assert len(recompute.SIDES) == 2 * len(sides)


def test_no_word_is_within_another_that_is_no_qualifier() -> None:
    for word in ("节约", "附近", "最近", "条约"):
        assert not re.search(rf"(?:{qualifiers.pattern('zh', 'before')})$", word), word
