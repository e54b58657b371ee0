"""Ledger entries that differ only in their time are one entry, and none is lost."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from xushi_stats.publishing.assembly import gathered
from xushi_stats.reporting.document import fixed, num, text
from xushi_stats.reporting.words import WORDS

ZH = WORDS["zh"]


def entry(
    indicator: str, month: int, *, definition: str = "口径甲", name: str = "得分"
) -> dict[str, Any]:
    figure = f"{indicator}@2020-{month:02}"
    lines = [
        ("value", [num(figure, f"{month}分")]),
        ("period", [fixed(f"2020年{month}月")]),
        ("definition", [text(definition)]),
        ("pages", [{"t": "pages", "id": figure, "none": "", "sep": "、"}]),
    ]
    said = [{"k": [text(ZH[key])], "v": value} for key, value in lines]
    return {"b": "row", "id": figure, "name": [text(name)], "lines": said}


def test_three_months_of_one_indicator_are_one_entry_in_their_order() -> None:
    (made,) = gathered([entry("score", 3), entry("score", 1), entry("score", 2)], ZH)
    assert made["b"] == "series"
    assert [row["id"] for row in made["rows"]] == [f"score@2020-0{n}" for n in (1, 2, 3)]
    assert [row["name"] for row in made["rows"]] == [[fixed(f"2020年{n}月")] for n in (1, 2, 3)]
    assert [line["k"][0]["v"] for line in made["lines"]] == [ZH["definition"]]
    assert [line["k"][0]["v"] for line in made["rows"][0]["lines"]] == [ZH["value"], ZH["pages"]]


def test_two_months_stay_as_they_are() -> None:
    both = [entry("score", 1), entry("score", 2)]
    assert gathered(both, ZH) == both


def test_what_says_something_else_of_itself_stays_apart() -> None:
    months = [entry("score", n) for n in (1, 2, 3)]
    for other in (
        entry("score", 4, definition="口径乙"),
        entry("score", 4, name="名次"),
        entry("rank", 4),
    ):
        series, alone = gathered([*months, other], ZH)
        assert (series["b"], alone) == ("series", other)


def test_an_entry_without_a_period_keeps_its_indicator_apart() -> None:
    months = [entry("score", n) for n in (1, 2, 3)]
    del months[0]["lines"][1]
    assert gathered(months, ZH) == months


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 12)), unique=True))
def test_every_entry_is_there_once(keys: list[tuple[str, int]]) -> None:
    made = gathered([entry(*key) for key in keys], ZH)
    found = [e["id"] for block in made for e in block.get("rows", [block])]
    assert sorted(found) == sorted(f"{name}@2020-{month:02}" for name, month in keys)
