"""From an assembled document to finished pages: typeset, read back, and refuse any orphan."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from xushi_stats.checks.preflight import empty_cells, slips
from xushi_stats.faults import DataFaults, Fault, Lang
from xushi_stats.publishing import attachments, typeset
from xushi_stats.publishing.assembly import Assembled
from xushi_stats.readback.orphans import Orphan, PdfText, describe, orphans, read
from xushi_stats.readback.placement import misplaced


def finished(assembled: Assembled) -> bytes:
    """The PDF of a document, every number of which has been read back from its page.

    Raises:
        DataFaults: as ``set_pages`` and ``checked``.
    """
    return checked(assembled, set_pages(assembled))


def set_pages(assembled: Assembled) -> bytes:
    """Typeset a document.

    Raises:
        DataFaults: Typst refuses it.
    """
    try:
        carried = attachments.pack(
            assembled.document, assembled.charts, assembled.tables, assembled.about
        )
        return typeset.typeset(assembled.document, assembled.charts, carried)
    except typeset.TypesetError as error:
        raise DataFaults([Fault("layout", details={"why": str(error)})]) from error


def checked(assembled: Assembled, pdf: bytes) -> bytes:
    """Read a PDF back, and return it if nothing is wrong with it.

    Raises:
        DataFaults: a number does not lead to its row, a digit stands outside every link, or the
            text breaks a rule of wording.
    """
    document = assembled.document
    content = read(pdf)
    found = findings(assembled, content)
    if found:
        lang = cast(Lang, document["meta"]["lang"])
        file = "report.pdf" if document["cover"] else "section.pdf"
        faults = [Fault("orphan", file, details={"what": describe(o, lang)}) for o in found]
        raise DataFaults(faults)
    broken = [*_breaches(document, content)]
    if broken:
        raise DataFaults(broken)
    return pdf


def findings(assembled: Assembled, content: PdfText) -> list[Orphan]:
    """What a PDF shows that its document does not, and the other way round, by page."""
    document = assembled.document
    found = orphans(
        content,
        shown=assembled.shown,
        declared=typeset.declared(document),
        running=typeset.running(document),
        alts=typeset.alts(document),
    )
    return sorted([*found, *misplaced(content, document)], key=lambda orphan: orphan.page)


def _breaches(document: dict[str, Any], content: PdfText) -> Iterator[Fault]:
    """The rules of wording, over what the pages say."""
    blocks = (block for part in ("front", "body", "back") for block in document[part])
    for title in empty_cells(blocks):
        yield Fault("empty_cell", value=title)
    if document["meta"]["lang"] == "zh":
        for page, rule, words in slips([page.text for page in content.pages]):
            details = {"page": str(page), "rule": rule}
            yield Fault("house_rule", value=words, details=details)
