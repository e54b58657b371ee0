"""Where each number stands: the links of a PDF, in its reading order, against the document's uses.

Limits: compares which figures follow one another, by their ids; that a link's text is its figure's is
for ``report.orphans``. A number moved within a run of the same figure is not told apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from xushi_stats.readback.orphans import SECTION, Orphan
from xushi_stats.readback.pdf import Link, PdfText

_PARTS = ("front", "body", "back")
# the order in which a block is set; the margin is anchored before its paragraph
_SET = (
    "margin",
    "title",
    "unit",
    "c",
    "items",
    "columns",
    "name",
    "rows",
    "lines",
    "k",
    "v",
    "links",
)
_BELOW = ("notes", "source")


@dataclass(frozen=True)
class Use:
    """A figure's use in a document: ``text``, ``table:key``, ``figure:key``, ``margin`` or ``ledger``."""

    id: str
    place: str


def uses(document: Mapping[str, Any]) -> list[Use]:
    """Every use of a figure in a document, in reading order.

    Args:
        document: what the template sets (``Assembled.document``).
    """
    blocks = (block for part in _PARTS for block in document[part])
    return [use for block in blocks for use in _uses(block, _place(block))]


def _place(block: Mapping[str, Any]) -> str:
    if block["b"] in ("row", "series"):
        return "ledger"
    return f"{block['b']}:{block['key']}" if "key" in block else "text"


def _uses(node: Any, place: str) -> Iterator[Use]:
    if isinstance(node, list):
        for item in node:
            yield from _uses(item, place)
    elif isinstance(node, Mapping):
        if node.get("t") == "num" or ("id" in node and "t" not in node and "b" not in node):
            yield Use(node["id"], place)
        for key in (*_SET, *_BELOW):
            yield from _uses(node.get(key), "margin" if key == "margin" else place)


def misplaced(text: PdfText, document: Mapping[str, Any]) -> list[Orphan]:
    """Numbers that stand where the document does not use them, and uses that no page shows.

    Args:
        text: the PDF as read.
        document: what it should show.

    Returns:
        Findings of kind ``misplaced`` (expected: none) and ``missing_use`` (expected: the place).
    """
    links = [link for link in text.in_order() if _is_figure(link)]
    expected = uses(document)
    matcher = SequenceMatcher(
        None, [link.target for link in links], [use.id for use in expected], autojunk=False
    )
    found = []
    for what, start, stop, first, last in matcher.get_opcodes():
        if what != "equal":
            found += [_extra(link, text) for link in links[start:stop]]
            found += [_lacking(use) for use in expected[first:last]]
    return found


def _is_figure(link: Link) -> bool:
    return link.target is not None and not link.target.startswith(SECTION)


def _extra(link: Link, text: PdfText) -> Orphan:
    page = text.pages[link.page]
    near = page.around(link.start, link.start + len(link.text))
    return Orphan("misplaced", link.page + 1, link.text, near, link.target, page.number)


def _lacking(use: Use) -> Orphan:
    return Orphan("missing_use", 0, use.id, "", use.id, expected=(use.place,))
