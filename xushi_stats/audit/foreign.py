"""What a PDF holds that no report of ours has: notes, layers, forms, scripts, pictures, hidden text.

Looked for whether or not the pages can be set again here, since only that compares every byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO

import pikepdf

from xushi_stats.audit.differences import Finding
from xushi_stats.audit.untrusted_attachments import unpacked

_ROOT = ("/OCProperties", "/AcroForm", "/OpenAction", "/AA", "/Collection", "/Perms")
_Told = tuple[str, str]
"""What it is, and the page that it is on."""
_HIDDEN = re.compile(rb"(?<![\w.])[1-7]\s+Tr\b")
"""A mode of text in which it is not filled."""


def foreign(data: bytes) -> list[Finding]:
    """Parts that are none of ours, with their pages.

    Args:
        data: the PDF; one that ``untrusted_attachments.read`` has accepted.
    """
    with pikepdf.open(BytesIO(data)) as pdf:
        told = dict.fromkeys((*_of_file(pdf), *_of_pages(pdf), *_of_objects(pdf)))
    return [("foreign", {"what": what, "page": page}) for what, page in told]


def _told(what: str, page: str = "—") -> _Told:
    return what, page


def _of_file(pdf: pikepdf.Pdf) -> Iterator[_Told]:
    names = pdf.Root.get("/Names", pikepdf.Dictionary())
    yield from (_told(key) for key in _ROOT if key in pdf.Root)
    if "/JavaScript" in names:
        yield _told("/JavaScript")
    for name, spec in pikepdf.NameTree(names.EmbeddedFiles).items():
        other = [key for key in spec.EF.keys() if spec.EF[key].objgen != spec.EF.F.objgen]  # noqa: SIM118
        if other or any(str(spec.get(key, name)) != str(name) for key in ("/F", "/UF")):
            yield _told(str(name)[:60])


def _of_pages(pdf: pikepdf.Pdf) -> Iterator[_Told]:
    for number, page in enumerate(pdf.pages, 1):
        place = str(number)
        for note in page.obj.get("/Annots", pikepdf.Array()):
            action = note.get("/A", pikepdf.Dictionary()).get("/S", pikepdf.Name.GoTo)
            if note.get("/Subtype") != pikepdf.Name.Link or action != pikepdf.Name.GoTo:
                yield _told(str(note.get("/Subtype")), place)
        if (
            page.obj.get("/Rotate", 0) != 0
            or "/AA" in page.obj
            or list(page.cropbox) != list(page.mediabox)
        ):
            yield _told("/Page", place)


def _of_objects(pdf: pikepdf.Pdf) -> Iterator[_Told]:
    """Pictures in dots, and text that is not filled; charts are drawn with lines and text."""
    for item in pdf.objects:
        if isinstance(item, pikepdf.Stream):
            kind = item.get("/Subtype")
            if kind == pikepdf.Name.Image:
                yield _told("/Image")
            elif kind in (None, pikepdf.Name.Form) and _HIDDEN.search(unpacked(item)):
                yield _told("Tr")
