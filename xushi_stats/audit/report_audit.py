"""A finished report, from anywhere, against what the data give: ``audit report``.

The document is made again from data and notebooks, and the PDF is read as any reader would: what it
shows must be what the document says, at the places that the ledger names. Then the pages are set again
from the data and every byte is compared, unless another version or setting made the PDF, which is said.

Limits: which section a PDF is, is told by which document of its language and edition it agrees with
best. What was typeset from other data is a finding at each place where it shows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pikepdf

from xushi_stats import dataset as datasets
from xushi_stats.audit import untrusted_attachments, versions
from xushi_stats.audit.differences import differences
from xushi_stats.audit.words import say
from xushi_stats.editions import EDITIONS, LANGS, Edition
from xushi_stats.faults import DataFaults, Fault, Lang
from xushi_stats.publishing import attachments, pages
from xushi_stats.publishing.assembly import Assembled
from xushi_stats.publishing.build import Order, assembled
from xushi_stats.readback.orphans import Orphan, describe, numbers
from xushi_stats.readback.pdf import PdfText, bare, read
from xushi_stats.reporting.context import Context
from xushi_stats.reporting.words import WORDS

_QUERY = re.compile(r"(?<![A-Za-z0-9])[A-Z]\d+(?!\d)", re.ASCII)
"""How an open query is numbered in the margin of the draft."""


@dataclass(frozen=True)
class ReportAudit:
    """What a PDF was taken for, and what is wrong with it.

    Attributes:
        name: ``report`` or the section.
        numbers: how many figures its pages show.
        images: how many images with a description.
        ledger: the ledger file it was held against, if one was there.
        faults: what is wrong, in the PDF's own language where it cites the page.
        compared: whether it was set again from the data and compared, byte by byte.
    """

    lang: Lang
    edition: Edition
    name: str
    numbers: int
    images: int
    ledger: Path | None
    faults: tuple[Fault, ...]
    compared: bool = False


def audit(
    pdf: Path,
    order: Order,
    *,
    lang: Lang | None = None,
    edition: Edition | None = None,
    ledger: Path | None = None,
) -> ReportAudit:
    """Hold a PDF against the data.

    Args:
        pdf: the file.
        order: data, town and year; its languages, editions and sections are not used.
        lang: its language, where the file does not say.
        edition: its edition; None to tell it by the mark in its running lines.
        ledger: ``ledger.json`` of its build; None to look two folders above the PDF.

    Raises:
        DataFaults: the file is no PDF, or the data have faults.
    """
    content = _read(pdf)
    lang = language(content) or lang or "zh"
    edition = edition or edition_of(content, lang)
    made = Order(order.data, order.town, order.year, order.out, (lang,), (edition,))
    found = [
        (name, document, pages.findings(document, content)) for name, document in assembled(made)
    ]
    whole = content.pages[0].number is None
    found = [entry for entry in found if (entry[0] == "report") == whole]
    name, document, orphans = min(found, key=lambda entry: len(entry[2]))
    faults = [_fault(orphan, pdf.name, lang) for orphan in orphans]
    if edition == "public":
        draft = Context(order.town, order.year, lang=lang, edition="draft", data=order.data)
        faults += _internal(draft, content, orphans, pdf.name)
    beside = ledger or _beside(pdf)
    if beside:
        faults += _ledger_faults(document, datasets.load(order.data, order.town).digest, beside)
    data = untrusted_attachments.content(pdf)
    other = list(not_as_set(data, pages.set_pages(document), pdf.name))
    compared = not other or _set_here(data)
    faults += other if compared else []
    count, images = sum(1 for _ in numbers(content)), len(content.images)
    return ReportAudit(lang, edition, name, count, images, beside, tuple(faults), compared)


def not_as_set(given: bytes, made: bytes, file: str) -> Iterator[Fault]:
    """Where a PDF is not what the data give, by page and part."""
    if given == made:
        return
    try:
        found = differences(given, made)
    except untrusted_attachments.Refused as refused:
        found = [(refused.reason, refused.details)]
    for key, details in found:
        said = {f"what_{lang}": say(key, details, lang) for lang in LANGS}
        yield Fault("not_as_set", file, details=said)


def _set_here(data: bytes) -> bool:
    """Whether a PDF says that this very version and setting made it; one that says nothing is ours."""
    try:
        manifest = untrusted_attachments.read(data).manifest
        return versions.digest(manifest) == versions.digest(attachments.setting())
    except (untrusted_attachments.Refused, KeyError):
        return True


def _read(pdf: Path) -> PdfText:
    try:
        return read(pdf)
    except OSError as error:
        raise DataFaults([Fault("file_missing", pdf.as_posix())]) from error
    except pikepdf.PdfError as error:
        raise DataFaults([Fault("no_pdf", pdf.name)]) from error


def language(content: PdfText) -> Lang | None:
    """The language that the file says it is in."""
    tag = content.lang[:2].lower()
    return tag if tag in WORDS else None


def edition_of(content: PdfText, lang: Lang) -> Edition:
    """The edition by the mark in the running lines; one without a mark is public."""
    running = bare(
        "".join(
            char
            for page in content.pages
            for char, zone in zip(page.chars, page.zones, strict=True)
            if zone in ("head", "foot")
        )
    )
    marked = (e for e in EDITIONS if WORDS[lang][e] and bare(WORDS[lang][e]) in running)
    return next(marked, "public")


def _fault(orphan: Orphan, file: str, lang: Lang) -> Fault:
    return Fault("orphan", file, details={"what": describe(orphan, lang)})


def _internal(
    draft: Context, content: PdfText, orphans: list[Orphan], file: str
) -> Iterator[Fault]:
    """What a public edition shows of the draft: internal figures, numbers of open queries."""
    internal = set(draft.internal.figures) - set(draft.internal.public().figures)
    for page, figure, text in numbers(content):
        if figure in internal:
            yield _leak(f"{text} ({figure})", page, file, draft.lang)
    asked = set(draft.query_numbers.values())
    for orphan in orphans:
        words = _QUERY.findall(orphan.neighbourhood) if orphan.kind == "stray" else ()
        for query in dict.fromkeys(word for word in words if word in asked):
            if orphan.text in query:
                yield _leak(query, orphan.page, file, draft.lang)


def _leak(what: str, page: int, file: str, lang: Lang) -> Fault:
    place = f"第{page}页 {what}" if lang == "zh" else f"page {page}, {what}"
    return Fault("internal_in_public", file, details={"what": place})


# -- the ledger beside it ----------------------------------------------------------------------


def _beside(pdf: Path) -> Path | None:
    """The ledger of the build that a PDF lies in: <release>/<language>/<edition>/<name>.pdf."""
    found = pdf.resolve().parent.parent.parent / "ledger.json"
    return found if found.is_file() else None


def _ledger_faults(document: Assembled, digest: str, ledger: Path) -> list[Fault]:
    """Uses that the ledger does not name, and a ledger that was made from other data."""
    try:
        content = json.loads(ledger.read_bytes())
        named = {figure["id"]: set(figure["used_in"]) for figure in content["figures"]}
        found = str(content["data_sha256"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataFaults([Fault("ledger_unreadable", ledger.as_posix())]) from error
    faults = []
    if found != digest:
        digests = {"expected": digest[:16], "found": found[:16]}
        faults.append(Fault("ledger_of_other_data", ledger.name, details=digests))
    for figure, places in document.uses.items():
        for place in set(places) - named.get(figure, set()):
            details = {"place": place}
            faults.append(Fault("use_not_in_ledger", ledger.name, value=figure, details=details))
    return faults
