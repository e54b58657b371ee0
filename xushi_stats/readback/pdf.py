"""A finished report as a reader's program sees it: characters, links and images, by rectangle.

It knows nothing of how the PDF was made.
"""

from __future__ import annotations

import ctypes
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium

__all__ = ["Image", "Link", "Page", "PdfText", "Rect", "Source", "bare", "read", "whole"]

POINTS_PER_MM = 72 / 25.4
HEAD = 30 * POINTS_PER_MM  # the page margins of templates/report.typ; a test compares them
FOOT = 25 * POINTS_PER_MM
BELOW = 5.0  # points that a comma of the last line may hang below the text
MOST_PAGES = 3000
"""Ten times as many as a report of a hundred tables has."""
LARGEST = 14400.0
"""Points of a page's side; no format allows more."""
TOLERANCE = 3.0  # points above and below a link within which a character still belongs to it
AROUND = 12  # characters of neighbourhood either side
GAP = "\ufffc"  # stands for a link's text, so that what is left and right of it stays apart

Rect = tuple[float, float, float, float]
Source = bytes | str | Path


@dataclass(frozen=True)
class Link:
    """A link of the report: where it is, where it leads and what is written in it.

    `page` and `to_page` count from 0. `target` is the named destination, or None where the link
    leads to a page. `note` is the description that screen readers get.
    """

    page: int
    rects: tuple[Rect, ...]
    target: str | None
    to_page: int | None
    note: str
    text: str = ""
    start: int = 0


@dataclass(frozen=True)
class Page:
    """The characters of a page in reading order, each with its link (-1: none) and its zone.

    Zones are `head`, `foot`, `body` and, within it, `repeat`: what the file marks as no content of
    its own, such as a table's head repeated on the next page.
    `number` is the printed page number that the page's label states; None on cover and contents.
    """

    index: int
    number: int | None
    chars: list[str]
    owners: list[int]
    zones: list[str]

    @cached_property
    def text(self) -> str:
        """All characters, links included."""
        return "".join(self.chars)

    def outside(self, zone: str) -> str:
        """The characters of a zone, one a position; links and other zones are `GAP`."""
        return "".join(
            char if owner < 0 and where == zone else GAP
            for char, owner, where in zip(self.chars, self.owners, self.zones, strict=True)
        )

    def around(self, start: int, stop: int) -> str:
        """What stands at start..stop, with about 12 characters either side, blanks joined."""
        before = bare(self.text[max(0, start - 4 * AROUND) : start])[-AROUND:]
        after = bare(self.text[stop : stop + 4 * AROUND])[:AROUND]
        return whole(before + self.text[start:stop] + after)


@dataclass(frozen=True)
class Image:
    """An image of the structure tree: its page (from 0, None if not stated) and description."""

    page: int | None
    alt: str


@dataclass(frozen=True)
class PdfText:
    """A report as read: pages, links and images.

    `order` holds positions in `links` as the structure tree has them; `lang` is the file's own tag.
    """

    pages: tuple[Page, ...]
    links: tuple[Link, ...]
    images: tuple[Image, ...]
    order: tuple[int, ...] = ()
    lang: str = ""

    def in_order(self) -> list[Link]:
        """The links in reading order; those that no structure element has stand last."""
        rest = sorted(set(range(len(self.links))) - set(self.order))
        return [self.links[n] for n in (*self.order, *rest)]

    @property
    def alts(self) -> tuple[str, ...]:
        """The descriptions of the images."""
        return tuple(image.alt for image in self.images)


def read(pdf: Source) -> PdfText:
    """Read links, characters and descriptions of a finished report.

    Args:
        pdf: the PDF, or where it is.

    Returns:
        Pages with every character, links with the text inside them, images.

    Raises:
        OSError: the file cannot be read.
        pikepdf.PdfError: it is not a PDF, or of a form in which no report of ours is.

    Limitations: sees text, not drawings: a digit in a raster image or drawn as an outline is
        not found. Pages are taken as upright, with their origin at the lower left.
    """
    data = pdf if isinstance(pdf, bytes) else Path(pdf).read_bytes()
    try:
        return _read(data)
    except (MemoryError, pikepdf.PdfError):
        raise
    except Exception as error:  # a link without a rectangle, a label that is none, ...
        raise pikepdf.PdfError("not of a form that is known") from error


def _read(data: bytes) -> PdfText:
    with pikepdf.open(BytesIO(data)) as document:
        if len(document.pages) > MOST_PAGES:
            raise pikepdf.PdfError("too many pages")
        places = {page.objgen: n for n, page in enumerate(document.pages)}
        labels = [_printed_number(str(page.label)) for page in document.pages]
        links = list(_links(document, places))
        images = tuple(_images(document, places))
        order = tuple(_order(document))
        lang = str(document.Root.get("/Lang", ""))
    pages, texts = [], {}
    reader = pypdfium2.PdfDocument(data)
    try:
        for index, label in enumerate(labels):
            mine = {n: link for n, link in enumerate(links) if link.page == index}
            page, inside = _page(reader[index], index, label, mine)
            pages.append(page)
            texts.update(inside)
    finally:
        reader.close()
    filled = (_filled(link, pages[link.page], texts.get(n, [])) for n, link in enumerate(links))
    return PdfText(tuple(pages), tuple(filled), images, order, lang)


def _printed_number(label: str) -> int | None:
    """The number in a page label like `— 3 —`."""
    digits = re.search(r"\d+", label)
    return int(digits[0]) if digits else None


def _links(document: pikepdf.Pdf, places: Mapping[Any, int]) -> Iterator[Link]:
    """The link annotations of all pages, in their order."""
    names = _destinations(document)
    for index, page in enumerate(document.pages):
        for note in page.obj.get("/Annots", pikepdf.Array()):
            if note.get("/Subtype") != pikepdf.Name.Link:
                continue
            target, to_page = _destination(note, names, places)
            yield Link(index, _rects(note), target, to_page, str(note.get("/Contents", "")))


def _destinations(document: pikepdf.Pdf) -> dict[str, Any]:
    """The named destinations: name -> where to."""
    names = document.Root.get("/Names", pikepdf.Dictionary()).get("/Dests")
    return {} if names is None else dict(_named(names, _DEEPEST))


_DEEPEST = 20
"""Levels of a tree of names; one that leads back to itself has no end."""


def _named(tree: Any, levels: int) -> Iterator[tuple[str, Any]]:
    """Names with where they lead. Read as text, a name would lose the bytes that PDF has no letter for."""
    pairs = tree.get("/Names", pikepdf.Array())
    for n in range(0, len(pairs) - 1, 2):
        yield _utf8(pairs[n]), pairs[n + 1]
    for kid in tree.get("/Kids", pikepdf.Array()) if levels else ():
        yield from _named(kid, levels - 1)


def _utf8(name: Any) -> str:
    """A name as it was written: Typst writes UTF-8, which would be read as PDFDocEncoding."""
    try:
        return bytes(name).decode("utf-8") if isinstance(name, pikepdf.String) else str(name)
    except UnicodeError:
        return str(name)


def _destination(
    note: Any, names: Mapping[str, Any], places: Mapping[Any, int]
) -> tuple[str | None, int | None]:
    """Where an annotation leads: (name, page); an address on the web counts as a name."""
    action = note.get("/A", pikepdf.Dictionary())
    where = note.get("/Dest", action.get("/D"))
    if where is None:
        return str(action.get("/URI", "")), None
    name = None
    if not isinstance(where, pikepdf.Array):
        name = str(where)[1:] if isinstance(where, pikepdf.Name) else _utf8(where)
        where = names.get(name)
        if isinstance(where, pikepdf.Dictionary):
            where = where.get("/D")
    if not isinstance(where, pikepdf.Array):
        return name, None
    return name, places.get(where[0].objgen)


def _rects(note: Any) -> tuple[Rect, ...]:
    """The rectangles of a link: its quadrilaterals, or the one it has."""
    points = [float(value) for value in note.get("/QuadPoints", pikepdf.Array())]
    if not points:
        x0, y0, x1, y1 = (float(value) for value in note["/Rect"])
        return ((min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)),)
    quads = (points[n : n + 8] for n in range(0, len(points), 8))
    return tuple((min(q[::2]), min(q[1::2]), max(q[::2]), max(q[1::2])) for q in quads)


def _page(
    page: Any, index: int, number: int | None, links: Mapping[int, Link]
) -> tuple[Page, dict[int, list[int]]]:
    """A page's characters, and for each link the positions of the characters inside it."""
    height = page.get_height()
    bands = _bands(links)
    chars, owners, zones = [], [], []
    inside: dict[int, list[int]] = defaultdict(list)
    for n, (char, x, y, repeated) in enumerate(_characters(page)):
        owner = -1 if char.isspace() else _owner(x, y, bands)
        within = "repeat" if repeated else "body"
        chars.append(char)
        owners.append(owner)
        zones.append("head" if y > height - HEAD else "foot" if y < FOOT - BELOW else within)
        if owner >= 0:
            inside[owner].append(n)
    return Page(index, number, chars, owners, zones), inside


def _characters(page: Any) -> Iterator[tuple[str, float, float, bool]]:
    """Characters with the centre of their boxes, and whether they are marked as an artifact.

    Blanks take the place of what went before.
    """
    text = page.get_textpage()
    box = [ctypes.c_double() for _ in range(4)]
    left, right, bottom, top = (ctypes.byref(value) for value in box)
    marks: dict[int, bool] = {}
    x, y, artifact = 0.0, 0.0, False
    for n in range(pdfium.FPDFText_CountChars(text)):
        char = chr(pdfium.FPDFText_GetUnicode(text, n))
        if not char.isspace():
            pdfium.FPDFText_GetCharBox(text, n, left, right, bottom, top)
            x = (box[0].value + box[1].value) / 2
            y = (box[2].value + box[3].value) / 2
            artifact = _artifact(pdfium.FPDFText_GetTextObject(text, n), marks)
        yield char, x, y, artifact
    text.close()


def _artifact(run: Any, known: dict[int, bool]) -> bool:
    """Whether a run of text is marked as an artifact; a repeated table head is one."""
    if not run:
        return False
    place = ctypes.addressof(run.contents)
    if place not in known:
        marks = (
            pdfium.FPDFPageObj_GetMark(run, n) for n in range(pdfium.FPDFPageObj_CountMarks(run))
        )
        known[place] = any(_mark_name(mark) == "Artifact" for mark in marks)
    return known[place]


def _mark_name(mark: Any) -> str:
    """The name of a mark in the page's content."""
    name, size = (ctypes.c_ushort * 32)(), ctypes.c_ulong()
    pdfium.FPDFPageObjMark_GetName(mark, name, ctypes.sizeof(name), ctypes.byref(size))
    return bytes(name).decode("utf-16-le").rstrip("\0")


_Bands = dict[int, list[tuple[float, float, float, float, int]]]
_BAND = 24.0


def _bands(links: Mapping[int, Link]) -> _Bands:
    """Link rectangles by horizontal bands of the page, tolerance included."""
    bands: _Bands = defaultdict(list)
    for n, link in links.items():
        for x0, y0, x1, y1 in link.rects:
            low, high = max(y0 - TOLERANCE, -LARGEST), min(y1 + TOLERANCE, LARGEST)
            for band in range(int(low // _BAND), int(high // _BAND) + 1):
                bands[band].append((x0, y0, x1, y1, n))
    return bands


def _owner(x: float, y: float, bands: _Bands) -> int:
    """The link a character belongs to: the one vertically nearest, within the tolerance."""
    best, nearest = -1, TOLERANCE
    for x0, y0, x1, y1, n in bands.get(int(y // _BAND), ()):
        if x0 <= x <= x1:
            away = max(y0 - y, y - y1, 0.0)
            if away < nearest or (best < 0 and away == nearest):
                best, nearest = n, away
    return best


def _filled(link: Link, page: Page, positions: list[int]) -> Link:
    """The link with the text that stands inside it."""
    start = positions[0] if positions else 0
    stop = positions[-1] + 1 if positions else 0
    mine = set(positions)
    kept = (c for n, c in enumerate(page.chars[start:stop], start) if n in mine or c.isspace())
    text = " ".join(whole("".join(kept)).split())
    return Link(link.page, link.rects, link.target, link.to_page, link.note, text, start)


def _images(document: pikepdf.Pdf, places: Mapping[Any, int]) -> Iterator[Image]:
    """The figures of the structure tree, and whatever else carries a description."""
    tree = document.Root.get("/StructTreeRoot")
    stack: list[tuple[Any, int | None]] = [] if tree is None else [(tree, None)]
    seen: set[tuple[int, int]] = set()
    while stack:
        element, page = stack.pop()
        if _met(element, seen):
            continue
        if "/Pg" in element:
            page = places.get(element.Pg.objgen, page)
        if element.get("/S") == pikepdf.Name.Figure or "/Alt" in element:
            yield Image(_page_of(element, places, page), str(element.get("/Alt", "")))
        stack.extend((child, page) for child in reversed(_children(element)))


def _order(document: pikepdf.Pdf) -> Iterator[int]:
    """The link annotations, by position, as the structure tree has them; each once."""
    notes = (
        note
        for page in document.pages
        for note in page.obj.get("/Annots", pikepdf.Array())
        if note.get("/Subtype") == pikepdf.Name.Link
    )
    known = {note.objgen: n for n, note in enumerate(notes)}
    tree = document.Root.get("/StructTreeRoot")
    stack: list[Any] = [] if tree is None else [tree]
    seen: set[tuple[int, int]] = set()
    while stack:
        element = stack.pop()
        if _met(element, seen):
            continue
        if element.get("/Type") == pikepdf.Name.OBJR:
            place = known.pop(element.Obj.objgen, None)
            if place is not None:
                yield place
        stack.extend(reversed(_children(element)))


def _met(element: Any, seen: set[tuple[int, int]]) -> bool:
    """Whether an element was met before, as in a tree that leads back to itself; keeps it in mind."""
    place = element.objgen
    known = place in seen
    if place[0]:
        seen.add(place)
    return known


def _children(element: Any) -> list[Any]:
    """The structure elements, references and contents below an element; numbers left out."""
    below = element.get("/K")
    children = list(below) if isinstance(below, pikepdf.Array) else [below]
    return [child for child in children if isinstance(child, pikepdf.Dictionary)]


def _page_of(element: Any, places: Mapping[Any, int], page: int | None) -> int | None:
    """The page an element stands on: its own, or the first one stated below it."""
    for child in (element, *_children(element)):
        if "/Pg" in child:
            return places.get(child.Pg.objgen, page)
    return page


def bare(text: str) -> str:
    """Text without blanks."""
    return "".join(text.split())


def whole(text: str) -> str:
    """Text in which halves of one character (UTF-16) are joined, as PDFium may give them."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
