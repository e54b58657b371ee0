"""Notes beside a draft: as many as a page holds, the rest below, whatever a lawful report shows."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from drawn import Drawn
from hypothesis import given
from hypothesis import strategies as st
from towns import ROOT

from xushi_stats.editions import LANGS
from xushi_stats.faults import Lang
from xushi_stats.publishing import columns, margins
from xushi_stats.publishing.build import Order, build
from xushi_stats.publishing.columns import POINT
from xushi_stats.reporting.document import Block, plain, text

LINE = st.builds(lambda n: [text("某" * n)], st.integers(1, 60))
LINES = st.lists(LINE, max_size=40)


def _para(size: int, lines: list[Any]) -> Block:
    return {"b": "para", "c": [text("文" * size)], "margin": lines}


def _table(rows: int, lines: list[Any]) -> Block:
    cells = [[[text("甲")], [text("乙")]]] * rows
    made = {"b": "table", "rows": cells, "notes": [], "size": 10.5, "long": False}
    return made | {"columns": [{"width": 100.0}, {"width": 100.0}], "margin": lines}


BLOCKS = st.lists(
    st.builds(_para, st.integers(0, 400), LINES) | st.builds(_table, st.integers(1, 60), LINES),
    max_size=12,
)


def said(block: Block) -> str:
    runs = [*block["margin"], *block.get("notes", [])] if "margin" in block else [block["c"]]
    return "".join(map(plain, runs))


@given(BLOCKS)
def test_no_line_is_lost(blocks: list[Block]) -> None:
    lead, between = "旁注（续）：", "；"
    made = margins.with_room(blocks, "zh")
    after = "".join(map(said, made)).replace(lead, "").replace(between, "")
    assert after == "".join(map(said, blocks))


@given(st.lists(LINES, max_size=12))
def test_beside_a_page_of_blocks_without_height_stands_no_more_than_a_page(
    groups: list[list[Any]],
) -> None:
    made = margins.with_room([_para(0, lines) for lines in groups], "zh")
    lines = [line for block in made for line in block.get("margin", [])]
    high = sum(9.4 * -(-len(plain(line)) * 7.5 // 105) + 4.5 for line in lines)
    assert high <= (297 - 30 - 25) * POINT


def test_few_notes_stay_where_they_are() -> None:
    blocks = [_para(200, [[text("某数：范围")]] * 3), _table(8, [[text("某数：范围")]] * 9)]
    assert margins.with_room(blocks, "zh") == blocks


def test_a_table_with_notes_below_may_break_over_pages() -> None:
    (made,) = margins.with_room([_table(3, [[text("某数：范围")]] * 200)], "zh")
    assert made["long"] and len(made["notes"]) == 1


def test_room_is_that_of_the_template() -> None:
    source = ROOT / "xushi_stats/publishing/templates/report.typ"
    template = source.read_text(encoding="utf-8")
    top, bottom = re.search(r"margin: \(top: (\d+)mm, bottom: (\d+)mm", template).groups()  # type: ignore[union-attr]
    assert (297 - int(top) - int(bottom)) * POINT == margins.ROOM
    assert f"width: sides.right - {5}mm - {12}mm" in template
    assert "right: 54mm" in template and (54 - 5 - 12) * POINT == margins.WIDTH
    assert columns.PAGE["draft"] == (210 - 22 - 54) * POINT


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGS)
def test_a_large_table_of_ranges_is_built_as_a_draft(lang: Lang, tmp_path: Path) -> None:
    """Every number has been read back from its page, or the build would have refused it."""
    bases = [(unit, 10) for unit in ("亩", "户", "万元", "公里", "%")]
    town = Drawn(tmp_path, 5, bases=bases, rows=99, prose=False)
    order = Order(town.data, "xushi", 2020, tmp_path / "outputs", (lang,), ("draft",))
    assert sum(name.endswith(".pdf") for name in build(order).files) == 2
