"""From one document (plain data) to a PDF: tagged, archival, the same bytes every time.

The document is described in `templates/report.typ`, which walks it. Text travels as JSON strings,
so that nothing typed into data can become markup. This module checks what Typst would report
badly, compiles, and says which strings the page shows besides the figures.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from xushi_stats.notation import has_digit
from xushi_stats.numerals.spelled_out import typed

__all__ = [
    "TypesetError",
    "alts",
    "declared",
    "numbers",
    "running",
    "set_files",
    "shown",
    "template",
    "typeset",
    "uses",
]

FORMAT = 1
PARTS = ("front", "body", "back")
_CHART_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\.svg")

Node = dict[str, Any]


class TypesetError(Exception):
    """A document that cannot be typeset.

    Attributes:
        reason: one of `format`, `duplicate_row`, `missing_row`, `missing_chart`, `chart_name`,
            `figure_in_heading`, `figure_in_head` (of a table or page), `pages_outside_back`,
            `heading_level`, `layout`.
        subject: what it is about: an id, a chart's name, a heading, or the message of Typst.
        hints: what Typst suggests, if anything.
    """

    def __init__(self, reason: str, subject: str, hints: tuple[str, ...] = ()) -> None:
        super().__init__(reason, subject, hints)
        self.reason = reason
        self.subject = subject
        self.hints = hints

    def __str__(self) -> str:
        return "; ".join((f"{self.reason}: {self.subject}", *self.hints))


def typeset(
    document: dict[str, Any],
    charts: Mapping[str, str],
    attachments: Mapping[str, bytes] | None = None,
) -> bytes:
    """Typeset a document as PDF/A-3a and PDF/UA-1.

    Args:
        document: the document, format 1.
        charts: file name -> SVG text, for every chart that the document names.
        attachments: what `attachments.pack` made of both; None for a PDF that carries nothing.

    Returns:
        The PDF. The same arguments give the same bytes, on any day.

    Raises:
        TypesetError: the document contradicts itself, or Typst refuses it (a character that the
            fonts lack, an image without a description).

    Limitations: must not run in a child forked from a process that has typeset before.
    """
    check(document, charts)
    if attachments is None:
        text = json.dumps(document, ensure_ascii=False, sort_keys=True)
        pictures = {name: svg.encode() for name, svg in charts.items()}
        nothing = {"document.json": text.encode(), "manifest.json": b'{"attachments": []}'}
        return set_files({**nothing, **pictures}, document["meta"]["date"])
    return set_files(attachments, document["meta"]["date"])


def templates() -> dict[str, bytes]:
    """The templates that walk a document: `report.typ`, and `<version>.typ` of versions released."""
    folder = files("xushi_stats.publishing").joinpath("templates")
    return {f.name: f.read_bytes() for f in folder.iterdir() if f.name.endswith(".typ")}


def template() -> bytes:
    """The present template."""
    return templates()["report.typ"]


def set_files(content: Mapping[str, bytes], date: list[int], template: bytes = b"") -> bytes:
    """Typeset `document.json` with all that its manifest attaches, in a fresh folder.

    Args:
        content: file name -> content; the names are plain.
        date: year, month, day that the PDF is stamped with.
        template: that of a released version; without it the present one.

    Raises:
        TypesetError: as `typeset`.
    """
    with TemporaryDirectory(prefix="xushi-") as folder:
        root = Path(folder).resolve()
        (root / "report.typ").write_bytes(template or templates()["report.typ"])
        for name, data in content.items():
            (root / name).write_bytes(data)
        return _compile(root, date)


def _compile(root: Path, date: list[int]) -> bytes:
    """Run Typst on a folder. Raises TypesetError with no path of this machine in it."""
    import pylopdf_fonts_zh_cn as fonts
    import typst

    folders = {fonts.sans_path().parent, fonts.serif_path().parent}
    year, month, day = date
    try:
        pdf: bytes = typst.compile(
            root / "report.typ",
            root=root,
            format="pdf",
            font_paths=sorted(folders),
            ignore_system_fonts=True,
            pdf_standards=["a-3a", "ua-1"],
            timestamp=datetime(year, month, day, tzinfo=UTC),
        )
    except typst.TypstError as error:
        raise _readable(error, root) from None
    return pdf


def _readable(error: Exception, root: Path) -> TypesetError:
    """Turn an error of Typst into one of ours, without the temporary folder's name."""
    message = getattr(error, "message", None) or str(error)
    hints = tuple(str(hint) for hint in getattr(error, "hints", ()) or ())
    clean = [text.replace(str(root), "").replace(root.name, "") for text in (message, *hints)]
    return TypesetError("layout", clean[0].strip(), tuple(clean[1:]))


# ---- what a document holds ---------------------------------------------------------------------


def _nodes(value: Any) -> Iterator[Node]:
    """Every object of a document (blocks, inlines, links), in reading order."""
    if isinstance(value, dict):
        yield value
        for child in value.values():
            yield from _nodes(child)
    elif isinstance(value, list):
        for child in value:
            yield from _nodes(child)


def _blocks(document: Node, kind: str) -> Iterator[Node]:
    """The blocks of one kind, through front, body and back."""
    for part in PARTS:
        yield from (block for block in document[part] if block["b"] == kind)


def _rows(document: Node) -> Iterator[Node]:
    """The entries of ledger or appendix."""
    yield from _blocks(document, "row")
    for kind in ("rows", "series"):
        for group in _blocks(document, kind):
            yield from group["rows"]


def check(document: Node, charts: Mapping[str, str]) -> None:
    """Refuse a document that contradicts itself.

    Args:
        document: the document, format 1.
        charts: file name -> SVG text.

    Raises:
        TypesetError: the first contradiction found.

    Limitations: not a schema; a block of a wrong shape is found by Typst (`layout`).
    """
    if document.get("format") != FORMAT:
        raise TypesetError("format", str(document.get("format")))
    _check_rows(document)
    _check_charts(document, charts)
    _check_headings(document)
    _check_places(document)


def _check_rows(document: Node) -> None:
    """Every figure that is linked has exactly one row to lead to."""
    counts = Counter(row["id"] for row in _rows(document))
    for key, count in counts.items():
        if count > 1:
            raise TypesetError("duplicate_row", key)
    links = (link for figure in _blocks(document, "figure") for link in figure["links"])
    for node in [*_nodes(document), *links]:
        key = node.get("id")
        if key is not None and node.get("t") != "pages" and key not in counts:
            raise TypesetError("missing_row", key)


def _check_charts(document: Node, charts: Mapping[str, str]) -> None:
    """Charts have plain file names, and those that the document names are there."""
    for name in charts:
        if not _CHART_NAME.fullmatch(name):
            raise TypesetError("chart_name", name)
    for figure in _blocks(document, "figure"):
        if figure["chart"] not in charts:
            raise TypesetError("missing_chart", figure["chart"])


def _check_headings(document: Node) -> None:
    """Headings go down one level at a time and, where the contents repeat them, hold no figure."""
    level = 0
    for heading in _blocks(document, "heading"):
        text = heading["number"] + plain(heading["c"])
        if heading["level"] > level + 1:
            raise TypesetError("heading_level", text)
        level = heading["level"]
        if any(node.get("t") == "num" for node in _nodes(heading["c"])):
            raise TypesetError("figure_in_heading", text)


def _check_places(document: Node) -> None:
    """Figures stand where a link may stand, references to pages only at the back.

    A table's head is repeated on the next page, running lines on every page, and what is repeated
    may hold no link.
    """
    heads = [column for table in _blocks(document, "table") for column in table["columns"]]
    for node in _nodes([heads, document["running"], document["cover"], document["contents"]]):
        if node.get("t") == "num":
            raise TypesetError("figure_in_head", node["v"])
    for node in _nodes([document["front"], document["body"]]):
        if node.get("t") == "pages":
            raise TypesetError("pages_outside_back", node["id"])


# ---- what the page shows besides the figures ---------------------------------------------------


def plain(inlines: list[Node]) -> str:
    """The text of inlines as it reads, page references left out."""
    return "".join(plain(item["c"]) if "c" in item else item.get("v", "") for item in inlines)


def declared(document: Node) -> dict[str, int]:
    """The declared strings that hold digits, with how often the pages show each.

    Args:
        document: the document, format 1.

    Returns:
        string -> count, outside running lines and contents: what `audit.report.orphans` expects.
        Ordinals that the layout adds (`1.` in a list, numbers of headings) are counted as well.
        Phrases with a number in words are among them, also those that a chart says it shows.

    Limitations: digits inside charts are not seen here; who makes a chart declares its dates.
    """
    strings = [block["number"] for block in _blocks(document, "heading")]
    for block in _blocks(document, "list"):
        strings += [f"{n}." for n in range(1, len(block["items"]) + 1) if block["ordered"]]
    for part in ("cover", "masthead", *PARTS):
        nodes = list(_nodes(document[part]))
        strings += [n["v"] for n in nodes if n.get("t") == "fixed" or n.get("declared") is True]
    for figure in _blocks(document, "figure"):
        strings += [text for text in figure.get("declared", ()) if not has_digit(text)]
    return dict(Counter(t for t in strings if any(c.isnumeric() for c in t) or typed(t)))


def running(document: Node) -> list[str]:
    """The strings that stand in the head and foot of pages, as they read."""
    texts = (plain(document["running"][place]) for place in ("head", "mark", "foot"))
    return [text for text in texts if text]


def alts(document: Node) -> list[str]:
    """The descriptions of the charts."""
    return [figure["alt"] for figure in _blocks(document, "figure")]


def shown(document: Node) -> dict[str, set[str]]:
    """What the document itself shows for each figure: id -> texts.

    Args:
        document: the document, format 1.

    Returns:
        id -> every text that a number of that id has; ids of rows without a number have none.

    Limitations: this is the document's own claim. An audit takes the texts from the ledger.
    """
    texts: dict[str, set[str]] = {row["id"]: set() for row in _rows(document)}
    for node in _nodes(document):
        if node.get("t") == "num":
            texts[node["id"]].add(node["v"])
    return texts


def uses(body: list[Node]) -> dict[str, tuple[str, ...]]:
    """Where in the body figures stand: id -> `text`, `table:...`, `figure:...`."""
    found: dict[str, list[str]] = {}
    for block in body:
        place = f"{block['b']}:{block['key']}" if "key" in block else "text"
        ids = [node["id"] for node in _nodes(block) if node.get("t") == "num"]
        for figure in (*ids, *(link["id"] for link in block.get("links", ()))):
            if place not in found.setdefault(figure, []):
                found[figure].append(place)
    return {figure: tuple(places) for figure, places in found.items()}


def numbers(document: Node) -> Iterator[tuple[str, str | None]]:
    """Every number that the pages show: (id, text), the text being None in a chart."""
    for node in _nodes(document):
        if node.get("t") == "num":
            yield node["id"], node["v"]
    for figure in _blocks(document, "figure"):
        yield from ((link["id"], None) for link in figure["links"])
