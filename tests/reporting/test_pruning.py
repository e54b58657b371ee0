"""What has nothing to say is left out, and nothing else."""

from typing import Any

from xushi_stats.publishing.assembly import without_empty

TABLE = {"b": "table", "key": "main"}


def heading(level: int, words: str) -> dict[str, Any]:
    return {"b": "heading", "level": level, "c": [{"t": "text", "s": words}]}


def para(*inlines: dict[str, Any]) -> dict[str, Any]:
    return {"b": "para", "c": [{"t": "text", "s": "见"}, *inlines], "mark": None}


def ref(key: str, kind: str = "table") -> dict[str, Any]:
    return {"t": "ref", "kind": kind, "key": key}


NUMBER = {"t": "num", "id": "a", "s": "1"}


def test_a_paragraph_that_points_to_nothing_is_left_out() -> None:
    assert without_empty([TABLE, para(ref("none"))]) == [TABLE]
    assert without_empty([TABLE, para(ref("main", "figure"))]) == [TABLE]


def test_a_paragraph_that_points_to_a_table_says_a_number_or_points_to_none_stays() -> None:
    blocks = [TABLE, para(ref("main")), para(ref("none"), ref("main")), para(NUMBER, ref("none"))]
    blocks += [para(), {"b": "note", "c": []}]
    assert without_empty(blocks) == blocks


def test_a_heading_with_nothing_below_it_is_left_out() -> None:
    one, two, three = heading(2, "甲"), heading(2, "乙"), heading(3, "丙")
    assert without_empty([one, two, para()]) == [two, para()]
    assert without_empty([one, para(), two]) == [one, para()]
    assert without_empty([one, three, two, para()]) == [two, para()]
    assert without_empty([one, para(ref("none")), heading(1, "丁")]) == [heading(1, "丁")]


def test_a_heading_over_a_lower_one_with_text_stays() -> None:
    blocks = [heading(2, "甲"), heading(3, "乙"), para(), heading(2, "丙"), TABLE]
    assert without_empty(blocks) == blocks


def test_the_title_of_a_section_stays_whatever_follows() -> None:
    blocks = [heading(1, "甲"), heading(1, "乙")]
    assert without_empty(blocks) == blocks
