"""What a PDF carries, read with distrust: sizes and names are limited before anything is used."""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf

from xushi_stats.publishing.attachments import DOCUMENT, FORMAT, MANIFEST
from xushi_stats.readback.pdf import MOST_PAGES

MOST_BYTES = 64 * 2**20  # of a PDF, and of all that it holds when unpacked
MOST_FILES = 64
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,60}\.(csv|json|py|svg|xlsx)", re.ASCII)
_ENTRY = {
    "name": str,
    "sha256": str,
    "bytes": int,
    "type": str,
    "relationship": str,
    "description": str,
}


class Refused(Exception):
    """A file that is not read further; ``reason`` is a key of ``audit.words``."""

    def __init__(self, reason: str, **details: str) -> None:
        super().__init__(reason, details)
        self.reason, self.details = reason, details


@dataclass(frozen=True)
class Carried:
    """The attachments of a PDF by name, with its manifest and document."""

    files: Mapping[str, bytes]
    manifest: Mapping[str, Any]
    document: dict[str, Any]


def content(path: Path) -> bytes:
    """The bytes of a file, once it is known to be one and not too large.

    Raises:
        Refused: it is too large, no file, or cannot be opened.
    """
    try:
        if not path.is_file():  # a pipe or a device has no end
            raise Refused("unreadable")
        if path.stat().st_size > MOST_BYTES:
            raise Refused("too_large")
        return path.read_bytes()
    except (OSError, ValueError) as error:  # a name with a NUL
        raise Refused("unreadable") from error


def read(data: bytes) -> Carried:
    """Read the attachments of a PDF.

    Raises:
        Refused: it is no PDF, is locked, is too large when unpacked, carries nothing, or what it
            carries has names, types or a format that no report of ours has.
    """
    files = attachments(data)
    if MANIFEST not in files or DOCUMENT not in files:
        raise Refused("carries_nothing")
    manifest = _parsed(MANIFEST, files[MANIFEST])
    if manifest.get("format") != FORMAT:
        raise Refused("format", found=str(manifest.get("format"))[:20], known=str(FORMAT))
    _check_manifest(manifest)
    return Carried(files, manifest, _parsed(DOCUMENT, files[DOCUMENT]))


def attachments(data: bytes) -> dict[str, bytes]:
    """The attached files by name.

    Raises:
        Refused: as ``read``, short of manifest and document.
    """
    if len(data) > MOST_BYTES:
        raise Refused("too_large")
    try:
        with pikepdf.open(BytesIO(data)) as pdf:
            if pdf.is_encrypted:
                raise Refused("locked")
            if len(pdf.pages) > MOST_PAGES:
                raise Refused("too_large")
            _refuse_bombs(pdf)
            return dict(_files(pdf))
    except (MemoryError, Refused):
        raise
    except Exception as error:  # whatever a library makes of it
        raise Refused("not_pdf") from error


def _refuse_bombs(pdf: pikepdf.Pdf) -> None:
    """Unpack every stream within a limit, since other readers unpack them without one."""
    left = MOST_BYTES
    for item in pdf.objects:
        if isinstance(item, pikepdf.Stream):
            left -= len(unpacked(item, left))


def unpacked(stream: pikepdf.Object, limit: int = MOST_BYTES) -> bytes:
    """The content of a stream that is deflated or plain, as all of ours are.

    Raises:
        Refused: it is larger than the limit, broken, or packed otherwise.
    """
    raw = stream.read_raw_bytes()
    filters = stream.get("/Filter")
    if isinstance(filters, pikepdf.Array) and len(filters) == 1:
        filters = filters[0]
    if filters is None or filters == pikepdf.Array():
        content = raw[: limit + 1]
    elif filters == pikepdf.Name.FlateDecode:
        try:
            content = zlib.decompressobj().decompress(raw, limit + 1)
        except zlib.error as error:
            raise Refused("broken_stream", number=str(stream.objgen[0])) from error
    else:
        raise Refused("filter", number=str(stream.objgen[0]))
    if len(content) > limit:
        raise Refused("too_large")
    return content


def _files(pdf: pikepdf.Pdf) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file in the tree of embedded files."""
    tree = pdf.Root.get("/Names", pikepdf.Dictionary()).get("/EmbeddedFiles")
    if tree is None:
        return
    for count, (name, spec) in enumerate(pikepdf.NameTree(tree).items(), 1):
        if count > MOST_FILES:
            raise Refused("too_many")
        if not _NAME.fullmatch(str(name)):
            raise Refused("name", name=str(name)[:80])
        yield str(name), unpacked(spec.EF.F)


def _parsed(name: str, content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise Refused("broken_json", name=name) from error
    if not isinstance(found, dict):
        raise Refused("broken_json", name=name)
    return found


def _check_manifest(manifest: Mapping[str, Any]) -> None:
    """Refuse a manifest whose parts are of other types than ours."""
    entries = manifest.get("attachments")
    dicts = ("report", "versions", "fonts_sha256")
    good = isinstance(entries, list) and all(isinstance(manifest.get(d), dict) for d in dicts)
    for entry in entries if isinstance(entries, list) else ():
        typed = isinstance(entry, dict) and set(entry) == set(_ENTRY)
        good = good and typed and all(isinstance(entry[k], t) for k, t in _ENTRY.items())
    if not good or not isinstance(manifest.get("template_sha256"), str):
        raise Refused("broken_json", name=MANIFEST)


def compare(carried: Carried) -> list[tuple[str, dict[str, str]]]:
    """What the manifest lists against what is there.

    Returns:
        (key of ``audit.words``, details) for each attachment altered, missing or not listed.
    """
    listed = {entry["name"]: entry["sha256"] for entry in carried.manifest["attachments"]}
    found: list[tuple[str, dict[str, str]]] = []
    for name in sorted({*listed, *carried.files} - {MANIFEST}):
        if name not in carried.files:
            found.append(("attachment_missing", {"name": name}))
        elif name not in listed:
            found.append(("attachment_extra", {"name": name}))
        elif hashlib.sha256(carried.files[name]).hexdigest() != listed[name]:
            found.append(("attachment_altered", {"name": name}))
    return found
