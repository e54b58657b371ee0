"""Numeric expressions in Chinese and English texts, and which of them may not be typed."""

from __future__ import annotations

import unicodedata
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from towns import Cells, cases

from xushi_stats.editions import LANGS
from xushi_stats.notation import NUMERIC
from xushi_stats.numerals.chinese import NUMERALS, Expression, find
from xushi_stats.numerals.english import find_english
from xushi_stats.numerals.spelled_out import typed
from xushi_stats.registers.households.words import NUMBER_ZH
from xushi_stats.reporting import words

ALPHABET = (
    NUMERALS + "0123456789.,-~年月日户个亩元余多近约左右第是、（）(): \nS%A①½Ⅲ壹拾伍队统起成村"
)


def forms(found: list[Expression]) -> str:
    return " ".join(f"{e.wording}:{e.form}" for e in found)


@pytest.mark.parametrize("case", cases("numbers_in_text"), ids=lambda c: c["text"])
def test_a_text_holds_the_numbers_of_its_case(case: Cells) -> None:
    assert forms(find(case["text"])) == case["expressions"]
    assert " ".join(e.wording for e in typed(case["text"])) == case["typed"]


@given(st.text(ALPHABET, max_size=40))
@example("以上一万元，两十三点五个百分点，1+N")
def test_every_digit_and_numeral_is_in_exactly_one_expression(text: str) -> None:
    found = find(text)
    assert all(text[e.start : e.end] == e.wording and e.wording for e in found)
    assert all(a.end <= b.start for a, b in pairwise(found))
    covered = {n for e in found for n in range(e.start, e.end)}
    for n, char in enumerate(text):
        if char in NUMERALS or unicodedata.category(char) in NUMERIC:
            assert n in covered, (n, char)


@given(st.text(max_size=60))
def test_any_text_is_searched_without_an_error(text: str) -> None:
    for expression in [*find(text), *find_english(text)]:
        assert text[expression.start : expression.end] == expression.wording
    typed(text)


def test_an_expression_is_read_as_its_quantity() -> None:
    said = find("共1,234户，近千亩，壹拾贰万元，两成，0.5个百分点，万亩")
    values = [e.quantity and (e.quantity.value, e.quantity.unit.text) for e in said]
    assert [v and (float(v[0]), v[1]) for v in values] == [
        *((1234.0, "户"), (1000.0, "亩"), (12.0, "万元"), None),
        *((0.5, "百分点"), (10000.0, "亩")),
    ]


def test_the_speech_holds_so_many_numbers(speech: str) -> None:
    found = find(speech)
    assert len(found) == 225
    assert sum(e.form == "quantity" for e in found) == 86


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("twelve projects", ["twelve"]),
        ("two or three hundred households", ["two or three hundred"]),
        ("Half of the households", ["Half"]),
        ("two-thirds of the area", ["two-thirds"]),
        ("a dozen bases, a hundred mu", ["a dozen", "a hundred"]),
        ("twice as many", ["twice"]),
        ("the number doubled", ["doubled"]),
        ("one household", ["one"]),
        ("twenty-three villages", ["twenty-three"]),
        ("one hundred and four gatherings", ["one hundred and four"]),
        ("thousands of people", ["thousands"]),
        ("zero cases", ["zero"]),
        ("the first half, Part Two, the fourth festival", []),
        ("one by one, each one of them, the one set above", []),
        ("a third of them, a fifth, a third party", ["a third", "a fifth"]),
        ("tenfold, quadrupled, doubling", ["tenfold", "quadrupled", "doubling"]),
        ("None of the villages, second to none", ["None"]),
        ("twenty\u2011one villages, ｔｅｎ roads", ["twenty\u2011one", "ｔｅｎ"]),
        ("the Nineteenth Party Congress, second prize", []),
        ("often, someone, weight, none, the score", []),
    ],
)
def test_english_number_words_count_what_follows_them(text: str, expected: list[str]) -> None:
    assert [e.wording for e in typed(text)] == expected


def test_the_reports_own_words_hold_no_number_but_the_fixed_ones() -> None:
    for lang in LANGS:
        for key, phrase in words.WORDS[lang].items():
            for fixed in words.FIXED_WORDS:
                phrase = phrase.replace(fixed, "")
            assert (key, [e.wording for e in typed(phrase)]) == (key, [])


@pytest.mark.parametrize("char", ["0", "万", "一", "壹", "，1", "第一", "翻", " ", "a", "a/"])
def test_a_long_run_does_not_stop_the_reader(char: str) -> None:
    assert all(e.end for e in find(char * 20_000))


def test_every_fixed_word_is_still_used() -> None:
    used = [phrase for lang in LANGS for phrase in words.WORDS[lang].values()]
    used += [f"{n}项不达标" for n in NUMBER_ZH]
    numbers = ("one", "two", "three", "four", "five", "six")
    used += [f"failing in {n} {'item' if n == 'one' else 'items'}" for n in numbers]
    registers = (Path(__file__).parents[1] / "xushi_stats" / "registers").rglob("*.*")
    used += [path.read_text("utf-8") for path in registers if path.suffix in (".py", ".csv")]
    assert [f for f in words.FIXED_WORDS if not any(f in phrase for phrase in used)] == []


@pytest.mark.parametrize("written", ["五 百 户", "五\u200b百户", "⼗\u3000⼆户", "６２１５ 户"])
def test_a_number_keeps_its_place_whatever_stands_within_it(written: str) -> None:
    text = f"①全镇{written}，"
    (found,) = [e for e in find(text) if e.form == "quantity"]
    assert text[found.start : found.end] == found.wording == written
    assert found.quantity is not None
