"""The finished report against itself: no number in it that does not lead to its row.

Reads the PDF as a reader's program does, by rectangle, and knows nothing of how it was made:
what stands inside a link must be what the ledger shows for the link's target; a digit outside
every link must belong to a declared string, and occur no more often than was declared.
"""

from __future__ import annotations

import ctypes
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium

__all__ = ["Image", "Link", "Orphan", "Page", "PdfText", "describe", "numbers", "orphans", "read"]

POINTS_PER_MM = 72 / 25.4
HEAD = 30 * POINTS_PER_MM  # the page margins of templates/report.typ; a test compares them
FOOT = 25 * POINTS_PER_MM
BELOW = 5.0  # points that a comma of the last line may hang below the text
TOLERANCE = 3.0  # points above and below a link within which a character still belongs to it
AROUND = 12  # characters of neighbourhood either side
SECTION = "section/"  # named destinations of headings; all others are ids of figures
GAP = "\ufffc"  # stands for a link's text, so that what is left and right of it stays apart
NUMERIC = ("Nd", "Nl", "No")

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
        before = _bare(self.text[max(0, start - 4 * AROUND) : start])[-AROUND:]
        after = _bare(self.text[stop : stop + 4 * AROUND])[:AROUND]
        return _whole(before + self.text[start:stop] + after)


@dataclass(frozen=True)
class Image:
    """An image of the structure tree: its page (from 0, None if not stated) and description."""

    page: int | None
    alt: str


@dataclass(frozen=True)
class PdfText:
    """A report as read: pages, links and images."""

    pages: tuple[Page, ...]
    links: tuple[Link, ...]
    images: tuple[Image, ...]

    @property
    def alts(self) -> tuple[str, ...]:
        """The descriptions of the images."""
        return tuple(image.alt for image in self.images)


@dataclass(frozen=True)
class Orphan:
    """A number, or a text that should hold none, which the report cannot account for.

    Attributes:
        kind: `mismatch`, `unknown_target`, `page_reference`, `contents`, `stray`,
            `declared_count`, `running`, `page_number` or `alt`.
        page: the page counted from 1; 0 where the finding has no place.
        text: what was found.
        neighbourhood: the same with about 12 characters either side.
        target: where the link leads, if it is one.
        number: the printed page number, if the page has one.
        expected: what should stand there.
    """

    kind: str
    page: int
    text: str
    neighbourhood: str
    target: str | None = None
    number: int | None = None
    expected: tuple[str, ...] = field(default=())


# ---- reading -----------------------------------------------------------------------------------


def read(pdf: Source) -> PdfText:
    """Read links, characters and descriptions of a finished report.

    Args:
        pdf: the PDF, or where it is.

    Returns:
        Pages with every character, links with the text inside them, images.

    Raises:
        OSError: the file cannot be read.
        pikepdf.PdfError: it is not a PDF.

    Limitations: sees text, not drawings: a digit in a raster image or drawn as an outline is
        not found. Pages are taken as upright, with their origin at the lower left.
    """
    data = pdf if isinstance(pdf, bytes) else Path(pdf).read_bytes()
    with pikepdf.open(BytesIO(data)) as document:
        places = {page.objgen: n for n, page in enumerate(document.pages)}
        labels = [_printed_number(str(page.label)) for page in document.pages]
        links = list(_links(document, places))
        images = tuple(_images(document, places))
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
    return PdfText(tuple(pages), tuple(filled), images)


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
    if names is None:
        return {}
    return {_utf8(str(name)): where for name, where in pikepdf.NameTree(names).items()}


def _utf8(name: str) -> str:
    """A name as it was written: Typst writes UTF-8, which is read as PDFDocEncoding."""
    try:
        return name.encode("pdfdoc").decode("utf-8")
    except UnicodeError:
        return name


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
        name = str(where).removeprefix("/") if isinstance(where, pikepdf.Name) else str(where)
        name = _utf8(name)
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
            for band in range(int((y0 - TOLERANCE) // _BAND), int((y1 + TOLERANCE) // _BAND) + 1):
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
    text = " ".join(_whole("".join(kept)).split())
    return Link(link.page, link.rects, link.target, link.to_page, link.note, text, start)


def _images(document: pikepdf.Pdf, places: Mapping[Any, int]) -> Iterator[Image]:
    """The figures of the structure tree, and whatever else carries a description."""
    tree = document.Root.get("/StructTreeRoot")
    stack: list[tuple[Any, int | None]] = [] if tree is None else [(tree, None)]
    while stack:
        element, page = stack.pop()
        if "/Pg" in element:
            page = places.get(element.Pg.objgen, page)
        if element.get("/S") == pikepdf.Name.Figure or "/Alt" in element:
            yield Image(_page_of(element, places, page), str(element.get("/Alt", "")))
        stack.extend((child, page) for child in reversed(_children(element)))


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


# ---- judging -----------------------------------------------------------------------------------


def orphans(
    pdf: Source | PdfText,
    shown: Mapping[str, Collection[str]],
    declared: Mapping[str, int],
    running: Collection[str],
    alts: Collection[str],
) -> list[Orphan]:
    """Find every number that a finished report cannot account for.

    Args:
        pdf: the PDF, where it is, or what `read` made of it.
        shown: id -> the texts that the ledger shows for it.
        declared: string with digits -> how often it stands outside links; head, foot, contents and
            the heads of tables repeated on a further page are not counted.
        running: the strings of head and foot.
        alts: the descriptions that images may have.

    Returns:
        The findings, by page; none if every number leads to its row.

    Raises:
        OSError, pikepdf.PdfError: as `read`.

    Limitations: as `read`. Chinese numerals (三, 十) are not judged. A declared string that is the
        beginning of a longer declared one must not be followed by the rest of it as plain text.
    """
    text = pdf if isinstance(pdf, PdfText) else read(pdf)
    strings = _Declared(declared)
    found = [
        *_wrong_links(text, shown, strings),
        *_strays(text, strings),
        *strings.miscounted(text),
        *_wrong_margins(text, running),
        *_wrong_numbers(text),
        *_wrong_images(text, alts),
    ]
    return sorted(found, key=lambda orphan: orphan.page)


def numbers(pdf: Source | PdfText) -> Iterator[tuple[int, str, str]]:
    """The figures of a report as printed.

    Args:
        pdf: the PDF, where it is, or what `read` made of it.

    Yields:
        (page from 1, id, text), in the order of the pages.
    """
    text = pdf if isinstance(pdf, PdfText) else read(pdf)
    for link in text.links:
        if link.target is not None and not link.target.startswith(SECTION):
            yield link.page + 1, link.target, link.text


def _bare(text: str) -> str:
    """Text without blanks."""
    return "".join(text.split())


def _whole(text: str) -> str:
    """Text in which halves of one character (UTF-16) are joined, as PDFium may give them."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _numeric(char: str) -> bool:
    """Whether a character is a digit or number of any script, Chinese numerals excepted."""
    return unicodedata.category(char) in NUMERIC


def _orphan(text: PdfText, kind: str, index: int, found: str, near: str, **more: Any) -> Orphan:
    """A finding on a page."""
    return Orphan(kind, index + 1, found, near, number=text.pages[index].number, **more)


class _Declared:
    """The declared strings: hides them in a text and counts what was hidden."""

    def __init__(self, declared: Mapping[str, int]) -> None:
        self.expected: Counter[str] = Counter()
        for string, count in declared.items():
            if any(_numeric(char) for char in string):
                self.expected[_bare(string)] += count
        self.places: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
        longest = sorted(declared, key=lambda string: (-len(string), string))
        options = (r"\s*".join(map(re.escape, s.split())) for s in longest if _bare(s) in self)
        self.pattern = re.compile("|".join(options) or r"(?!)")

    def __contains__(self, string: str) -> bool:
        return string in self.expected

    def hidden(self, text: str, page: int | None = None) -> str:
        """The text with declared strings blanked out; counted if a page is given."""

        def blank(match: re.Match[str]) -> str:
            if page is not None:
                self.places[_bare(match[0])].append((page, match.start(), match.end()))
            return GAP * len(match[0])

        return self.pattern.sub(blank, text)

    def miscounted(self, text: PdfText) -> Iterator[Orphan]:
        """Strings that stand on the pages more or less often than declared."""
        for string, expected in self.expected.items():
            places = self.places.get(string, [])
            if len(places) == expected:
                continue
            wanted = (str(expected), str(len(places)))
            if not places:
                yield Orphan("declared_count", 0, string, "", expected=wanted)
                continue
            page, start, stop = places[-1]
            near = text.pages[page].around(start, stop)
            yield _orphan(text, "declared_count", page, string, near, expected=wanted)


def _wrong_links(
    text: PdfText, shown: Mapping[str, Collection[str]], strings: _Declared
) -> Iterator[Orphan]:
    """Links whose text is not what their target stands for."""
    allowed = {key: {_bare(string) for string in texts} for key, texts in shown.items()}
    for link in text.links:
        kind, expected = _fault(link, text, allowed, strings)
        if kind is None and not _true_note(link, text):
            kind, expected = "page_reference", (_number_at(text, link),)
        if kind is not None:
            page = text.pages[link.page]
            near = page.around(link.start, link.start + len(link.text))
            more = {"target": link.target, "expected": expected}
            yield _orphan(text, kind, link.page, link.text, near, **more)


def _fault(
    link: Link, text: PdfText, allowed: Mapping[str, Collection[str]], strings: _Declared
) -> tuple[str | None, tuple[str, ...]]:
    """What is wrong with a link (None: nothing), and what should stand in it."""
    number = _number_at(text, link)
    if link.target is None:
        return (None if link.text == number else "page_reference"), (number,)
    if link.target.startswith(SECTION) and text.pages[link.page].number is None:
        title = strings.hidden(link.text.removesuffix(number))
        wrong = not link.text.endswith(number) or any(map(_numeric, title))
        return ("contents" if wrong or not number else None), (number,)
    if link.target not in allowed or link.to_page is None:
        return "unknown_target", ()
    expected = allowed[link.target]
    return (None if _bare(link.text) in expected else "mismatch"), tuple(sorted(expected))


def _number_at(text: PdfText, link: Link) -> str:
    """The printed number of the page a link leads to."""
    number = None if link.to_page is None else text.pages[link.to_page].number
    return "" if number is None else str(number)


def _true_note(link: Link, text: PdfText) -> bool:
    """Whether the link's description, if it names a page, names the one the link leads to."""
    digits = re.findall(r"\d+", link.note)
    return not digits or digits == [_number_at(text, link)]


def _strays(text: PdfText, strings: _Declared) -> Iterator[Orphan]:
    """Digits outside links that no declared string accounts for, run by run."""
    for page in text.pages:
        rest = strings.hidden(page.outside("body"), page.index)
        again = strings.hidden(page.outside("repeat"))
        for start, stop in sorted([*_runs(rest), *_runs(again)]):
            found = page.text[start:stop]
            yield _orphan(text, "stray", page.index, found, page.around(start, stop))


def _runs(text: str) -> Iterable[tuple[int, int]]:
    """Where numbers stand in a text: digits with the points and commas between them."""
    start = None
    for n, char in enumerate(text + GAP):
        if _numeric(char):
            start = n if start is None else start
        elif start is not None and not (char in ".," and _numeric(text[n + 1 : n + 2] or GAP)):
            yield start, n
            start = None


def _wrong_margins(text: PdfText, running: Collection[str]) -> Iterator[Orphan]:
    """Text in head or foot that is neither a running line nor the page's number."""
    for page in text.pages:
        number = [] if page.number is None else [f"—{page.number}—"]
        for zone, lines in (("head", list(running)), ("foot", [*running, *number])):
            written = _bare(
                "".join(c for c, where in zip(page.chars, page.zones, strict=True) if where == zone)
            )
            rest = written
            for line in sorted(map(_bare, lines), key=len, reverse=True):
                rest = rest.replace(line, "", 1)
            if rest:
                yield _orphan(text, "running", page.index, rest, written, expected=tuple(lines))
            elif zone == "foot" and number and number[0] not in written:
                expected = tuple(number)
                yield _orphan(text, "page_number", page.index, "", written, expected=expected)


def _wrong_numbers(text: PdfText) -> Iterator[Orphan]:
    """Pages whose label breaks the count: none at first, then 1, 2, 3 to the end."""
    first = next((page.index for page in text.pages if page.number is not None), len(text.pages))
    for page in text.pages[first:]:
        expected = page.index - first + 1
        if page.number != expected:
            found = "" if page.number is None else str(page.number)
            wanted = (str(expected),)
            yield _orphan(text, "page_number", page.index, found, found, expected=wanted)


def _wrong_images(text: PdfText, alts: Collection[str]) -> Iterator[Orphan]:
    """Images whose description is not one of those that were given."""
    for image in text.images:
        if image.alt in alts:
            continue
        near = image.alt if len(image.alt) <= 4 * AROUND else image.alt[: 4 * AROUND] + "…"
        if image.page is None:
            yield Orphan("alt", 0, image.alt, near)
        else:
            yield _orphan(text, "alt", image.page, image.alt, near)


# ---- in words ----------------------------------------------------------------------------------

_WORDS = {
    "zh": {
        "mismatch": "数值与台账不符：印为“{text}”，应为{expected}，指向{target}",
        "unknown_target": "数值“{text}”所指向的{target}不在台账内",
        "page_reference": "页码引用“{text}”与所指页不符，应为{expected}",
        "contents": "目录条目“{text}”的页码或数字不符，页码应为{expected}",
        "stray": "数字“{text}”无台账依据，也未声明",
        "declared_count": "已声明文字“{text}”声明{expected}",
        "running": "页眉或页脚有规定以外的文字“{text}”",
        "page_number": "页码“{text}”不符，应为{expected}",
        "alt": "图片说明“{text}”不在核定范围内",
    },
    "en": {
        "mismatch": "the number “{text}” is not what the ledger shows ({expected}) for {target}",
        "unknown_target": "the number “{text}” leads to {target}, which is not in the ledger",
        "page_reference": "the page reference “{text}” should be {expected}",
        "contents": "contents entry “{text}”: page or digits are wrong; the page is {expected}",
        "stray": "the number “{text}” has no row in the ledger and was not declared",
        "declared_count": "the declared text “{text}” was declared {expected}",
        "running": "head or foot holds other text than the running lines: “{text}”",
        "page_number": "the page number “{text}” should be {expected}",
        "alt": "the image description “{text}” is not one that was given",
    },
}
_PLACES = {
    "zh": (
        "全文",
        "第{page}页",
        "第{page}页（页码{number}）",
        "、",
        "{0}次，实有{1}次",
        "；上下文：“{0}”",
    ),
    "en": (
        "document",
        "page {page}",
        "page {page} (printed {number})",
        " or ",
        "{0} times and stands {1} times",
        "; context: “{0}”",
    ),
}


def describe(orphan: Orphan, lang: str = "zh") -> str:
    """Say a finding in one sentence.

    Args:
        orphan: the finding.
        lang: zh or en.

    Returns:
        The place, what is wrong, and the text around it.
    """
    anywhere, page, printed, joiner, counts, context = _PLACES[lang]
    place = anywhere if orphan.page == 0 else page if orphan.number is None else printed
    expected = joiner.join(f"“{text}”" for text in orphan.expected)
    if orphan.kind == "declared_count":
        expected = counts.format(*orphan.expected)
    words = _WORDS[lang][orphan.kind].format(
        text=orphan.text, expected=expected or "—", target=orphan.target
    )
    near = context.format(orphan.neighbourhood) if orphan.neighbourhood else ""
    colon = "：" if lang == "zh" else ": "
    return place.format(page=orphan.page, number=orphan.number) + colon + words + near
