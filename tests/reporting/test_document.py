"""The document model: nothing is lost, nothing is interpreted, no digit stays unseen."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xushi_stats.readback.orphans import NUMERIC
from xushi_stats.reporting import document
from xushi_stats.reporting.document import Inline, declare, fixed, markdown, num, text, typed_digits


def resolve(name: str) -> list[Inline]:
    return [num(f"xushi/{name}@2019", "398户")]


def words(prose: str, lang: Any = "zh") -> str:
    """All words of some Markdown."""
    return "|".join(
        document.plain(run) for block in markdown(prose, lang, resolve) for run in runs(block)
    )


def runs(block: dict[str, Any]) -> list[list[Inline]]:
    return block["items"] if "items" in block else [block["c"]]


def test_parts_are_found_by_the_anchors_of_their_headings() -> None:
    prose = (
        "# 回顾\n\n开头\n\n## 脱贫攻坚 {poverty}\n\n正文\n\n### 小节\n\n细目\n\n## 党建 {party}\n党"
    )
    assert document.parts(prose) == {
        "": "# 回顾\n\n开头",
        "poverty": "## 脱贫攻坚\n\n正文\n\n### 小节\n\n细目",
        "party": "## 党建\n党",
    }


def test_placeholders_become_numbers_and_the_rest_stays_text() -> None:
    (block,) = markdown("全镇【households】在册。", "zh", resolve)
    assert block["c"] == [text("全镇"), num("xushi/households@2019", "398户"), text("在册。")]


def test_a_link_to_a_figure_is_a_number_and_any_other_link_is_its_words() -> None:
    (block,) = markdown(
        "[80.65%](#xushi/a.b@2020-01/2020-03)和[站点](https://example.org/12)", "zh", resolve
    )
    assert block["c"] == [num("xushi/a.b@2020-01/2020-03", "80.65%"), text("和"), text("站点")]


def test_the_id_of_a_town_with_a_chinese_name_survives_its_link() -> None:
    (block,) = markdown("[1户](#许市镇/a@2019)", "zh", resolve)
    assert block["c"] == [num("许市镇/a@2019", "1户")]


@pytest.mark.parametrize(
    "literal",
    [
        "<script>alert()</script>",
        "<div>块</div>",
        "前<b>粗</b>后",
        "a < b & c > d",
        "$x$ 与 $$y$$",
        '#read("/etc/passwd")',
        "~~删~~ ==亮== | 竖 | 线 |",
        "{{ jinja }} {% raw %} \\(x\\)",
        "https://example.org/a",
    ],
)
def test_what_is_no_markdown_of_ours_stays_the_words_it_is(literal: str) -> None:
    assert words(literal) == literal.replace("\\(x\\)", "(x)")


@pytest.mark.parametrize(
    ("prose", "expected"),
    [
        ("一行\n二行", "一行二行"),
        ("`码`", "码"),
        ("> 引文", "引文"),
        ("    缩进的码", "缩进的码"),
        ("```\n码\n```", "码"),
        ("- 甲\n- 乙", "甲|乙"),
        ("- 甲\n  - 丙\n- 乙", "甲|丙|乙"),
        ("1. 甲\n\n   续段\n2. 乙", "甲续段|乙"),
        ("![图的说明](a.png)", "图的说明"),
        ("**粗**和*斜*", "粗和斜"),
    ],
)
def test_no_words_are_lost(prose: str, expected: str) -> None:
    assert words(prose).replace("|", "") == expected.replace("|", "")


def test_lines_of_a_paragraph_are_joined_as_the_language_has_it() -> None:
    assert words("one\ntwo", "en") == "one two"
    assert words("甲\n乙", "zh") == "甲乙"


@settings(max_examples=150, deadline=None)
@given(st.text("12①①3甲乙 *_`~#>-+[]()!<>&|\\$\n", max_size=40))
def test_every_digit_of_prose_is_found_or_is_an_ordinal_or_lies_in_an_address(prose: str) -> None:
    made = list(markdown(prose, "zh", resolve))
    shown = "".join(document.plain(run) for block in made for run in runs(block))
    assert bool(typed_digits(made)) == any(unicodedata.category(c) in NUMERIC for c in shown)


def test_every_digit_that_the_page_check_knows_is_found_in_text() -> None:
    """The check before the build must know all that the check of the page knows (〇 as well)."""
    unseen = [
        char
        for code in range(0x110000)
        if unicodedata.category(char := chr(code)) in NUMERIC and not document.digits_in(char)
    ]
    assert "".join(unseen) == ""


def test_words_and_chinese_numerals_are_no_digits() -> None:
    assert document.digits_in("三十二个村，第二部分，百分之五，abc ㎡ ℃ % ±") == []


def test_declared_words_are_marked_wherever_they_stand() -> None:
    block = {"b": "table", "rows": [[[text("按两种模式计，另有两处")]]], "key": "两种模式"}
    made = document.declare_words(block, ["两种模式", "S306"])
    run = made["rows"][0][0]
    assert [(i["v"], i.get("declared", False)) for i in run] == [
        *(("按", False), ("两种模式", True)),
        ("计，另有两处", False),
    ]
    assert made["key"] == "两种模式"
    assert document.typed_words(made) == ["计，另有两处"]


def test_the_neighbourhood_of_a_digit_is_on_one_line() -> None:
    (near,) = document.digits_in("标题\n\n另有12户")
    assert "12户" in near
    assert "\n" not in near


def test_digits_close_together_are_one_finding_and_others_are_not() -> None:
    assert document.digits_in("共12户34人") == ["共12户34人"]
    assert len(document.digits_in("共12户" + "字" * 30 + "34人")) == 2


# -- declared names ----------------------------------------------------------------------------


def test_declared_names_are_set_apart_the_longest_first() -> None:
    run = [text("沿S306和S3"), num("x", "S306"), {"t": "strong", "c": [text("S306线")]}]
    assert declare(run, ["S3", "S306"]) == [
        text("沿"),
        fixed("S306"),
        text("和"),
        fixed("S3"),
        num("x", "S306"),
        {"t": "strong", "c": [fixed("S306"), text("线")]},
    ]


def test_a_declared_name_inside_a_number_does_not_hide_it() -> None:
    assert typed_digits(declare([text("共398户")], ["98"])) != []


def test_declaring_a_name_keeps_what_else_is_known_of_a_text() -> None:
    run = [{**text("来源资料未列"), "missing": True}]
    assert declare(run, ["S306"]) == run


def test_nothing_is_declared_where_nothing_is_listed() -> None:
    assert typed_digits(declare([text("S306")], [])) == ["S306"]


# -- numbers of headings, tables, figures ------------------------------------------------------


def heading(level: int) -> dict[str, Any]:
    return {"b": "heading", "level": level, "c": [text("题")]}


def test_chinese_headings_are_numbered_as_official_documents_are() -> None:
    blocks = [heading(level) for level in (1, 2, 2, 3, 4, 4, 3, 1, 2, 2)]
    numbers = [block["number"] for block in document.number_blocks(blocks, "zh")]
    assert numbers == [
        "一、",
        "（一）",
        "（二）",
        "1.",
        "（1）",
        "（2）",
        "2.",
        "二、",
        "（一）",
        "（二）",
    ]
    assert {block["number"] for block in document.number_blocks(blocks, "en")} == {""}


@pytest.mark.parametrize("level", range(1, 7))
def test_a_heading_of_any_depth_that_markdown_has_is_numbered(level: int) -> None:
    first, second = document.number_blocks([heading(level), heading(level)], "zh")
    assert first["number"] != second["number"]


def test_a_single_heading_below_another_has_no_number() -> None:
    blocks = [heading(level) for level in (1, 2, 3, 1, 2, 2)]
    numbers = [block["number"] for block in document.number_blocks(blocks, "zh")]
    assert numbers == ["一、", "", "1.", "二、", "（一）", "（二）"]


@pytest.mark.parametrize(("lang", "expected"), [("zh", "表2和图1"), ("en", "Table 2和Figure 1")])
def test_references_find_their_numbers_before_and_after(lang: Any, expected: str) -> None:
    refs = [{"t": "ref", "kind": "table", "key": "b"}, text("和")]
    para = {"b": "para", "c": [*refs, {"t": "ref", "kind": "figure", "key": "a"}]}
    table: dict[str, Any] = {"b": "table", "rows": [], "notes": []}
    blocks = [para, {**table, "key": "a"}, {**table, "key": "b"}, {"b": "figure", "key": "a"}]
    made = document.number_blocks(blocks, lang)
    assert document.plain(made[0]["c"]) == expected


def test_chinese_numerals_of_ninety_nine_numbers_differ() -> None:
    assert len({document.han(n) for n in range(1, 100)}) == 99
    assert [document.han(n) for n in (1, 10, 11, 19, 20, 21, 99)] == (
        ["一", "十", "十一", "十九", "二十", "二十一", "九十九"]
    )


# -- the readable form -------------------------------------------------------------------------

CELL = st.text("甲乙*_`[]<>#|~\\!&", min_size=1, max_size=12)


@settings(max_examples=100, deadline=None)
@given(CELL)
def test_the_readable_form_of_a_text_reads_as_the_text(value: str) -> None:
    block = {"b": "para", "c": [text("始" + value + "终"), num("xushi/a@2019", "398户")]}
    (again,) = markdown(document.readable([block]), "zh", resolve)
    assert document.plain(again["c"]) == document.plain(block["c"])
    assert [i for i in again["c"] if i["t"] == "num"] == [num("xushi/a@2019", "398户")]


def test_the_readable_form_of_a_table_has_all_its_cells_and_notes() -> None:
    table = {
        "b": "table",
        "title": [text("题")],
        "columns": [{"c": [text("项目")]}, {"c": [text("户数")]}],
        "rows": [[[text("已脱贫")], [num("x", "321")]]],
        "notes": [[text("注：甲")]],
    }
    readable = document.readable([table])
    assert "| 项目 | 户数 |" in readable
    assert "| 已脱贫 | [321](#x) |" in readable
    assert "注：甲" in readable
