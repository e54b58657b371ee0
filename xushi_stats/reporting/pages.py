"""From an assembled document to finished pages: typeset, read back, and refuse any orphan."""

from __future__ import annotations

from typing import cast

from xushi_stats.audit.report import describe, orphans
from xushi_stats.faults import DataFaults, Fault, Lang
from xushi_stats.reporting import typeset
from xushi_stats.reporting.assembly import Assembled


def finished(assembled: Assembled) -> bytes:
    """The PDF of a document, every number of which has been read back from its page.

    Raises:
        DataFaults: a number does not lead to its row, a digit stands outside every link, or Typst
            refuses the document.
    """
    document = assembled.document
    try:
        pdf = typeset.typeset(document, assembled.charts)
    except typeset.TypesetError as error:
        raise DataFaults([Fault("layout", details={"why": str(error)})]) from error
    found = orphans(
        pdf,
        shown=assembled.shown,
        declared=typeset.declared(document),
        running=typeset.running(document),
        alts=typeset.alts(document),
    )
    if found:
        lang = cast(Lang, document["meta"]["lang"])
        file = "report.pdf" if document["cover"] else "section.pdf"
        faults = [Fault("orphan", file, details={"what": describe(o, lang)}) for o in found]
        raise DataFaults(faults)
    return pdf
