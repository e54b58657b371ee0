"""The commands ``audit source`` and ``audit report``: what they print, and what they find."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from xushi_stats import dataset as datasets
from xushi_stats.audit import source_document as closure
from xushi_stats.audit import untrusted_attachments
from xushi_stats.audit.source_document import SourceAudit
from xushi_stats.dataset import Dataset
from xushi_stats.editions import Edition
from xushi_stats.faults import DataFaults, Fault, Lang
from xushi_stats.reporting.words import WORDS
from xushi_stats.tables import near

if TYPE_CHECKING:
    from xushi_stats.audit.recount.compare import Recount
    from xushi_stats.audit.report_audit import ReportAudit

_ACCOUNTS: dict[str, dict[Lang, str]] = {
    "observations": {"zh": "指标数值", "en": "observations"},
    "targets": {"zh": "目标任务", "en": "targets"},
    "milestones": {"zh": "项目进展", "en": "milestones"},
    "rules": {"zh": "办法", "en": "rules"},
    "honours": {"zh": "荣誉", "en": "honours"},
    "quotes": {"zh": "提法", "en": "quoted phrases"},
    "exclusions.date": {"zh": "除外：日期", "en": "set aside: dates"},
    "exclusions.ordinal": {"zh": "除外：序数", "en": "set aside: ordinals"},
    "exclusions.name": {"zh": "除外：名称", "en": "set aside: names"},
    "exclusions.idiom": {"zh": "除外：词语和固定提法", "en": "set aside: idioms"},
    "exclusions.discourse": {"zh": "除外：行文计数", "en": "set aside: counts of the text itself"},
    "exclusions.metadata": {"zh": "除外：网页信息", "en": "set aside: page metadata"},
}
"""What accounts for a number, in words; also the order in which it is told."""


def audit_source(document: Path, data: Path, town: str, source: str | None) -> SourceAudit:
    """Hold a document against a town's tables.

    Args:
        document: the text file.
        data: the data folder.
        town: the town's folder.
        source: its id in ``sources.csv``; None to tell it by its digest, or by the only one cited.

    Raises:
        DataFaults: the tables have faults, the file cannot be read, or it is not told which
            document it is.
    """
    dataset = datasets.load(data, town)
    text, sha256 = closure.read(document)
    return closure.audit(
        text, dataset, source_of(dataset, source, sha256), sha256=sha256, name=document.name
    )


def audit_report(
    pdf: Path,
    data: Path,
    town: str,
    year: int,
    lang: Lang | None = None,
    edition: Edition | None = None,
    ledger: Path | None = None,
) -> ReportAudit:
    """Hold a finished PDF against a town's data: as ``finished.audit``."""
    from xushi_stats.audit import report_audit
    from xushi_stats.publishing.build import Order

    order = Order(data, town, year, pdf.parent)
    return report_audit.audit(pdf, order, lang=lang, edition=edition, ledger=ledger)


def audit_registers(ledger: Path, registers: Path, rules: Path) -> Recount:
    """Count the figures of a bundle's ledger.json again: as ``recount.compare.recount``.

    Raises:
        DataFaults: the ledger is none.
    """
    from xushi_stats.audit.recount.compare import recount
    from xushi_stats.audit.recount.files import Unreadable

    try:
        untrusted_attachments.content(ledger)
        return recount(ledger, registers, rules)
    except (Unreadable, RecursionError, untrusted_attachments.Refused):
        raise DataFaults([Fault("ledger_unreadable", ledger.name)]) from None


def source_of(dataset: Dataset, source: str | None, sha256: str) -> str:
    """Which registered document a file is."""
    if source is not None:
        if source not in dataset.sources:
            hint = near(source, dataset.sources)
            raise DataFaults([Fault("source_unknown", value=source, details={"near": hint})])
        return source
    for known in dataset.sources.values():
        if known.sha256 == sha256:
            return known.id
    cited = {o.source for o in dataset.observations}
    if len(cited) != 1:
        details = {"known": ", ".join(sorted(dataset.sources))}
        raise DataFaults([Fault("source_unnamed", details=details)])
    return cited.pop()


def summary(audit: SourceAudit, lang: Lang) -> list[str]:
    """Coverage in words: how many numbers, how many accounted for, and by what."""
    total, covered = len(audit.expressions), audit.covered
    share = f"{100 * covered // total if total else 100}%"
    title = audit.source.title[lang]
    if lang == "zh":
        opening = f"《{title}》：数字写法 {total} 处，已说明 {covered} 处（{share}）。"
    else:
        opening = f"{title}: {total} numeric expressions, {covered} accounted for ({share})."
    counts = audit.by_table
    return [opening] + [
        f"  {counts[key]:>4}  {words[lang]}" for key, words in _ACCOUNTS.items() if key in counts
    ]


def report_summary(audit: ReportAudit, lang: Lang) -> list[str]:
    """What the PDF is, what was looked at, and whether a ledger lay beside it."""
    words = WORDS[audit.lang]
    edition = words[audit.edition] or ("公开版" if audit.lang == "zh" else "public edition")
    set_again = _SET_AGAIN["same" if audit.compared else "other"][lang]
    if lang == "zh":
        said = "与台账一致" if not audit.faults else f"发现 {len(audit.faults)} 处问题"
        beside = (
            f"已与 {audit.ledger.name} 核对用处"
            if audit.ledger
            else "未见 ledger.json，用处只与数据核对"
        )
        return [
            f"{audit.name}.pdf（{audit.lang}，{edition}）：统计数 {audit.numbers} 处，"
            f"图片说明 {audit.images} 条，{said}；{beside}；{set_again}。"
        ]
    said = "all as in the ledger" if not audit.faults else f"findings: {len(audit.faults)}"
    beside = "uses held against ledger.json" if audit.ledger else "no ledger.json beside it"
    return [
        f"{audit.name}.pdf ({audit.lang}, {edition}): {audit.numbers} figures, "
        f"{audit.images} image descriptions; {said}; {beside}; {set_again}."
    ]


_SET_AGAIN: dict[str, dict[Lang, str]] = {
    "same": {
        "zh": "已用数据重新排版，逐字节比对",
        "en": "set again from the data and compared byte by byte",
    },
    "other": {
        "zh": "文件称由另一版本或字体排版，未能逐字节比对，不能算通过",
        "en": "another version or setting made it, so bytes were not compared, and this is no pass",
    },
}
