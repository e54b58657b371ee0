"""From an assembled document to finished pages: typeset, read back, and refuse any orphan."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, cast

from xushi_stats.faults import DataFaults, Fault, Lang
from xushi_stats.publishing import attachments, typeset
from xushi_stats.publishing.assembly import Assembled
from xushi_stats.readback.orphans import Orphan, PdfText, describe, orphans, read
from xushi_stats.readback.placement import misplaced
from xushi_stats.reporting.document import plain


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
    for title in empty_cells(document):
        yield Fault("empty_cell", value=title)
    if document["meta"]["lang"] == "zh":
        for page, rule, words in slips([page.text for page in content.pages]):
            details = {"page": str(page), "rule": rule}
            yield Fault("house_rule", value=words, details=details)


# -- the house rules of wording, and cells that hold nothing ---------------------------------------


_NUMBER = r"\d[\d,.]*"
_UNIT = r"[^\d，。；：、（）\s]{0,3}"
RULES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("约…左右", re.compile(rf"约{_NUMBER}[余多]?{_UNIT}左右")),
    ("约…余", re.compile(rf"约{_NUMBER}[余多]")),
    ("超过…余", re.compile(rf"超过{_NUMBER}[余多]")),
    ("逾…多", re.compile(rf"逾{_NUMBER}[余多]")),
    ("近…余", re.compile(rf"近{_NUMBER}[余多]")),
    ("余…以上", re.compile(rf"{_NUMBER}[余多]{_UNIT}(以上|以下|左右)")),
    ("截止", re.compile(r"截止")),
    ("数字间的短横", re.compile(r"\d[-–]\d+(?=[个户人亩元万%])|\d–\d")),
    # a count of states is not what one year brought about
    ("时点数写作当年数", re.compile(r"\d{4}年(?:全镇|共|实现|累计)?脱贫\d")),
)


def slips(pages: list[str]) -> Iterator[tuple[int, str, str]]:
    """Breaches in the text of finished pages.

    Args:
        pages: the text of each page, in order.

    Yields:
        Page from 1, the rule's name, and the words that break it.
    """
    for number, page in enumerate(pages, start=1):
        apart = re.sub(r"(?<=\d)\s+(?=[-–]?\d)", "|", page)  # numbers of two cells
        text = re.sub(r"[\s\u2060]+", "", apart)
        for name, rule in RULES:
            for match in rule.finditer(text):
                start, end = match.span()
                yield number, name, text[max(0, start - 6) : end + 6]


def empty_cells(document: dict[str, Any]) -> Iterator[str]:
    """Tables with a cell that holds nothing: none, — and 0 are three different things.

    A form is there to be filled in by hand.
    """
    for part in ("front", "body", "back"):
        for block in document[part]:
            if block["b"] == "table" and not block.get("form"):
                for row in block["rows"]:
                    if any(not plain(cell).strip() for cell in row):
                        yield plain(block["title"])
