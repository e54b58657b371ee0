"""From an executed notebook to the document: what is linked is explained, what is typed is refused."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import nbformat
import pytest
from reporting.copies import TOWN, Release

from xushi_stats.faults import DataFaults
from xushi_stats.publishing.assembly import NotExecuted, assemble
from xushi_stats.publishing.execution import read_notebook
from xushi_stats.reporting import document
from xushi_stats.reporting.words import WORDS

HOUSEHOLDS = f"{TOWN}/poverty.households@2020-03"


@pytest.fixture
def executed(xushi: Release) -> Any:
    return deepcopy(xushi.executed["zh", "public"])


def show(notebook: Any, **data: Any) -> None:
    """A cell before the last that displays something."""
    mimes = {key.replace("_", "/"): value for key, value in data.items()}
    output = nbformat.v4.new_output("display_data", data=mimes)
    notebook.cells.insert(-1, nbformat.v4.new_code_cell("…", outputs=[output]))


def body(notebook: Any) -> list[dict[str, Any]]:
    return list(assemble(notebook, whole=True).document["body"])


def test_a_notebook_that_was_not_run_is_refused(xushi: Release) -> None:
    with pytest.raises(NotExecuted):
        assemble(read_notebook(xushi.data.parent / "notebooks" / "review.ipynb"))


def test_the_whole_has_cover_and_contents_and_a_section_has_a_masthead(executed: Any) -> None:
    whole, section = assemble(executed, whole=True).document, assemble(executed).document
    assert (bool(whole["cover"]), bool(whole["contents"]), whole["masthead"]) == (True, True, None)
    assert (section["cover"], section["contents"], bool(section["masthead"])) == (None, None, True)


@pytest.mark.parametrize(
    ("edition", "title"), [("draft", "ledger"), ("internal", "ledger"), ("public", "appendix")]
)
def test_the_rows_stand_under_the_title_of_the_edition(
    xushi: Release, edition: str, title: str
) -> None:
    made = assemble(xushi.executed["zh", edition], whole=True).document
    titles = [document.plain(b["c"]) for b in made["back"] if b["b"] == "heading"]
    assert WORDS["zh"][title] in titles


def test_markdown_that_a_cell_displays_stands_in_its_place(executed: Any) -> None:
    show(executed, text_markdown=f"另见[398户](#{HOUSEHOLDS})。")
    assert body(executed)[-1]["c"] == [
        document.text("另见"),
        document.num(HOUSEHOLDS, "398户"),
        document.text("。"),
    ]


def test_a_markdown_cell_of_an_analyst_stands_in_its_place(executed: Any) -> None:
    executed.cells.insert(-1, nbformat.v4.new_markdown_cell("分析员的一段。"))
    assert document.plain(body(executed)[-1]["c"]) == "分析员的一段。"


def test_a_number_typed_into_a_markdown_cell_is_refused_with_its_neighbourhood(
    executed: Any,
) -> None:
    executed.cells.insert(-1, nbformat.v4.new_markdown_cell("分析员写的12户。"))
    with pytest.raises(DataFaults) as caught:
        assemble(executed, whole=True)
    (fault,) = caught.value.faults
    assert (fault.code, fault.details["near"]) == ("digit_in_text", "分析员写的12户。")


def test_a_placeholder_in_a_markdown_cell_is_plain_text(executed: Any) -> None:
    executed.cells.insert(-1, nbformat.v4.new_markdown_cell("见【已脱贫户数】"))
    assert document.plain(body(executed)[-1]["c"]) == "见【已脱贫户数】"


def test_what_a_cell_prints_or_shows_as_html_or_plain_text_stays_out_of_the_page(
    executed: Any,
) -> None:
    before = body(executed)
    show(executed, text_html="<table><tr><td>1234</td></tr></table>", text_plain="1234")
    stream = nbformat.v4.new_output("stream", text="1234")
    executed.cells.insert(-1, nbformat.v4.new_code_cell("print(1234)", outputs=[stream]))
    assert body(executed) == before


def test_a_link_to_a_figure_that_is_not_in_the_ledger_is_refused(executed: Any) -> None:
    show(executed, text_markdown=f"[12户](#{TOWN}/poverty.nothing@2019)")
    with pytest.raises(DataFaults) as caught:
        assemble(executed, whole=True)
    assert [fault.code for fault in caught.value.faults] == ["orphan"]
    assert f"{TOWN}/poverty.nothing@2019" in caught.value.faults[0].text("zh")


def test_a_link_to_an_internal_figure_is_refused_in_the_public_edition(executed: Any) -> None:
    show(executed, text_markdown=f"[3.15个百分点](#{TOWN}/poverty.exited.share_gap@2020-03)")
    with pytest.raises(DataFaults):
        assemble(executed, whole=True)


def test_a_figure_brings_the_rows_of_all_that_it_is_made_from(executed: Any) -> None:
    share = f"{TOWN}/poverty.households.exited.share@2020-03"
    executed.cells = [executed.cells[-1]]
    show(executed, text_markdown=f"[80.65%](#{share})")
    made = assemble(executed)
    expected = {share, f"{TOWN}/poverty.households.exited@2020-03", HOUSEHOLDS}
    (entries,) = (b["rows"] for b in made.document["back"] if b["b"] == "rows")
    assert {row["id"] for row in entries} == expected
    assert set(made.shown) == expected
    assert set(made.uses) == {share}


def test_assembling_changes_nothing_in_the_notebook(executed: Any) -> None:
    before = deepcopy(executed)
    assemble(executed, whole=True)
    assert executed == before


def test_tables_and_charts_are_numbered_through_and_charts_travel_beside(xushi: Release) -> None:
    for (lang, _), notebook in xushi.executed.items():
        made = assemble(notebook, whole=True)
        words = {
            "zh": {"table": "表", "figure": "图"},
            "en": {"table": "Table ", "figure": "Figure "},
        }
        for kind, word in words[lang].items():
            labels = [document.plain(b["label"]) for b in made.document["body"] if b["b"] == kind]
            assert labels == [f"{word}{n + 1}" for n in range(len(labels))]
        charts = [b["chart"] for b in made.document["body"] if b["b"] == "figure"]
        assert list(made.charts) == charts
        assert all(made.charts[chart].lstrip().startswith("<?xml") for chart in charts)
