"""Where a PDF differs from what it should be: the page, the attachment, the part, or the object."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pikepdf

from xushi_stats.audit.untrusted_attachments import unpacked

Finding = tuple[str, dict[str, str]]

MOST = 20
_HOW_PACKED = {"/Length", "/Filter", "/DecodeParms"}
_UP = {"/Parent", "/P", "/Pg"}
_PARTS = {
    "/Metadata": "part_metadata",
    "/Names": "part_names",
    "/AF": "part_files",
    "/StructTreeRoot": "part_structure",
    "/Outlines": "part_outline",
    "/PageLabels": "part_labels",
    "/Pages": "part_pages",
    "/OutputIntents": "part_colour",
}
_ON_PAGE = {
    "/Contents": "page_content",
    "/Annots": "page_links",
    "/Resources": "page_resources",
}


def differences(given: bytes, expected: bytes) -> list[Finding]:
    """Name the places in which two PDFs differ.

    Args:
        given: the PDF as it was handed in; one that ``attached.read`` has accepted.
        expected: the PDF as set again.

    Returns:
        (key of ``audit.words``, details); empty only if the bytes are equal.
    """
    if given == expected:
        return []
    if given.startswith(expected):
        return [_appended(given[len(expected) :]), *_by_content(given, expected)]
    return _by_content(given, expected) or [_rewritten(given, expected)]


def _appended(tail: bytes) -> Finding:
    kind = "update_appended" if b"startxref" in tail else "bytes_appended"
    return kind, {"count": str(len(tail))}


def _by_content(given: bytes, expected: bytes) -> list[Finding]:
    with pikepdf.open(BytesIO(given)) as one, pikepdf.open(BytesIO(expected)) as other:
        found = list(dict.fromkeys(_walk(one, other)))[:MOST]
    return [(key, dict(details)) for key, details in found]


def _rewritten(given: bytes, expected: bytes) -> Finding:
    """The same content in other bytes: where they part, and in which object that lies."""
    pairs = enumerate(zip(given, expected, strict=False))
    offset = next((n for n, (a, b) in pairs if a != b), min(len(given), len(expected)))
    before = list(re.finditer(rb"(\d+) 0 obj\b", expected[:offset]))
    number = before[-1][1].decode() if before else "—"
    return "bytes_differ", {"offset": str(offset), "number": number}


Named = tuple[str, tuple[tuple[str, str], ...]]


def _walk(one: pikepdf.Pdf, other: pikepdf.Pdf) -> Iterator[Named]:
    """Differences of content: page by page first, then the rest of the file."""
    seen: set[tuple[int, int]] = {page.obj.objgen for page in one.pages}
    if len(one.pages) != len(other.pages):
        counts = (("found", str(len(one.pages))), ("expected", str(len(other.pages))))
        yield "page_count", counts
    for number, (page, wanted) in enumerate(zip(one.pages, other.pages, strict=False), 1):
        place = (("page", str(number)),)
        for key in _keys(page.obj, wanted.obj):
            if _differ(page.obj.get(key), wanted.obj.get(key), seen):
                yield _ON_PAGE.get(key, "page_other"), place
    for name, key in _files(one, other, seen):
        yield key, (("name", name),)
    for key in _keys(one.Root, other.Root):
        if _differ(one.Root.get(key), other.Root.get(key), seen):
            yield _PARTS.get(key, "part_other"), (("key", key),) if key not in _PARTS else ()
    if _differ(one.trailer.get("/Info"), other.trailer.get("/Info"), seen):
        yield "part_info", ()


def _files(
    one: pikepdf.Pdf, other: pikepdf.Pdf, seen: set[tuple[int, int]]
) -> Iterator[tuple[str, str]]:
    """Attachments whose description, kind or content is not as set again."""
    mine, wanted = (dict(_embedded(pdf)) for pdf in (one, other))
    for name in sorted({*mine, *wanted}):
        if name not in wanted or name not in mine:
            yield name, "attachment_extra" if name in mine else "attachment_missing"
        elif _differ(mine[name], wanted[name], seen):
            yield name, "attachment_entry"


def _embedded(pdf: pikepdf.Pdf) -> Iterator[tuple[str, Any]]:
    tree = pdf.Root.get("/Names", pikepdf.Dictionary()).get("/EmbeddedFiles")
    if tree is not None:
        yield from ((str(name), spec) for name, spec in pikepdf.NameTree(tree).items())


def _kind(value: Any) -> Any:
    """A name, a stream and an array are one type to Python."""
    return getattr(value, "_type_code", type(value))


def _keys(one: Any, other: Any) -> list[str]:
    return sorted({*one.keys(), *other.keys()} - _UP)


def _differ(one: Any, other: Any, seen: set[tuple[int, int]]) -> bool:
    """Whether two objects differ in anything but how they are numbered and packed.

    An object that was compared before is not compared again, so the first place that uses it is
    the one that is named.
    """
    stack = [(one, other)]
    while stack:
        mine, wanted = stack.pop()
        if isinstance(mine, pikepdf.Object) and mine.is_indirect:
            if mine.objgen in seen:
                continue
            seen.add(mine.objgen)
        if _kind(mine) != _kind(wanted):
            return True
        if isinstance(mine, pikepdf.Stream) and unpacked(mine) != unpacked(wanted):
            return True
        if isinstance(mine, pikepdf.Dictionary | pikepdf.Stream):
            keys = _keys(mine, wanted)
            if isinstance(mine, pikepdf.Stream):
                keys = [key for key in keys if key not in _HOW_PACKED]
            stack += [(mine.get(key), wanted.get(key)) for key in keys]
        elif isinstance(mine, pikepdf.Array):
            if len(mine) != len(wanted):
                return True
            stack += list(zip(mine, wanted, strict=True))
        elif mine != wanted:
            return True
    return False
