"""Numbers in the reading order of a PDF against the uses of its document."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from reporting import documents as made

from xushi_stats.publishing import typeset as typesetting
from xushi_stats.readback import orphans, placement
from xushi_stats.readback.pdf import PdfText

Document = dict[str, Any]


def read(document: Document) -> PdfText:
    return orphans.read(typesetting.typeset(document, {made.CHART: made.chart()}))


@pytest.fixture(scope="module")
def clean() -> PdfText:
    return read(made.document())


def findings(content: PdfText, document: Document | None = None) -> list[tuple[str, str | None]]:
    found = placement.misplaced(content, document or made.document())
    return [(orphan.kind, orphan.target) for orphan in found]


def para(document: Document) -> Document:
    found: Document = next(block for block in document["body"] if block["b"] == "para")
    return found


def test_the_order_of_the_pages_is_that_of_the_document(clean: PdfText) -> None:
    assert clean.lang.startswith("zh")
    assert sorted(clean.order) == list(range(len(clean.links)))
    assert findings(clean) == []


def test_uses_tell_text_tables_figures_and_the_ledger_apart() -> None:
    places = {use.place.partition(":")[0] for use in placement.uses(made.document())}
    assert {"text", "table", "figure", "ledger"} >= places
    assert {"text", "ledger"} <= places


def test_a_number_that_the_document_does_not_use_there_is_named_with_its_page() -> None:
    changed = made.document()
    para(changed)["c"].append(made.num("77户", made.HOUSEHOLDS_LEFT))
    (orphan,) = placement.misplaced(read(changed), made.document())
    assert (orphan.kind, orphan.text, orphan.target) == ("misplaced", "77户", made.HOUSEHOLDS_LEFT)
    assert (orphan.page, orphan.number) == (4, 2)


def test_a_number_that_is_missing_from_its_place_is_named_with_the_place() -> None:
    changed = made.document()
    items = para(changed)["c"]
    gone = next(item for item in items if item.get("t") == "num")
    items[items.index(gone)] = made.text("若干户")
    (orphan,) = placement.misplaced(read(changed), made.document())
    assert (orphan.kind, orphan.target, orphan.expected) == ("missing_use", gone["id"], ("text",))


def swap(items: list[Document]) -> None:
    """Exchange the first two numbers of a run, links and all."""
    first, second = [n for n, item in enumerate(items) if item.get("t") == "num"][:2]
    items[first], items[second] = items[second], items[first]


def test_two_numbers_that_changed_places_are_found() -> None:
    changed = made.document()
    swap(para(changed)["c"])
    assert {kind for kind, _ in findings(read(changed))} == {"misplaced", "missing_use"}


def test_a_link_that_leads_to_another_row_is_found(clean: PdfText) -> None:
    links = list(clean.links)
    n = next(n for n, link in enumerate(links) if link.target == made.PERSONS)
    links[n] = replace(links[n], target=made.PERSONS_OUT)
    found = findings(replace(clean, links=tuple(links)))
    assert sorted(found) == [("misplaced", made.PERSONS_OUT), ("missing_use", made.PERSONS)]


def test_without_a_structure_tree_the_links_stand_in_the_order_of_the_file(clean: PdfText) -> None:
    assert replace(clean, order=()).in_order() == list(clean.links)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_findings_read_as_sentences(lang: str, clean: PdfText) -> None:
    document = deepcopy(made.document())
    del para(document)["c"][:]
    said = [orphans.describe(o, lang) for o in placement.misplaced(clean, document)]
    assert said and all("{" not in sentence for sentence in said)
