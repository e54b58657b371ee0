"""The parts of a section's text as an edition prints them: without the clauses whose figure is missing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from xushi_stats.faults import Fault
from xushi_stats.reporting import clauses, document
from xushi_stats.reporting.document import Block, Inline, text, walk
from xushi_stats.reporting.words import WORDS

if TYPE_CHECKING:
    from xushi_stats.reporting.context import Context


def of_section(report: Context, section: str) -> tuple[str, str]:
    """The prose of a section in the report's language: of this year alone where there is one; its name."""
    names = (f"{report.release}/{section}", section)
    texts = report.dataset.texts
    return next(((texts[report.lang, n], n) for n in names if (report.lang, n) in texts), ("", ""))


def part(report: Context, name: str) -> list[Block]:
    """``review`` or ``review.poverty``: its blocks, every placeholder resolved."""
    section, _, inner = name.partition(".")
    whole, public = of_section(report, section)[0], report.edition == "public"
    prose = document.parts(whole, public=public).get(inner, "")
    return document.markdown(prose, report.lang, report.resolve)


def present(report: Context, blocks: list[Block], *, cut_all: bool = False) -> list[Block]:
    """What an edition prints of a text.

    A clause on an indicator that the town does not use is left out everywhere; one whose figure is
    missing is left out of the public edition, and its paragraph marked in the others. A paragraph on an
    internal figure is not for the public. One on a register that is not at hand is left out, and one
    sentence says so for all.
    """
    kept, absent = [], False
    for block in blocks:
        block = document.declare_block(block, report.declared)
        lacking = {i["missing"] for i in walk(block) if i.get("missing")}
        if "no_register" in lacking:
            absent = True
        elif "internal" not in lacking or report.edition != "public":
            kept += _shown(report, block, cut_all) if lacking else [block]
    if absent:
        said = [text(WORDS[report.lang]["no_register"])]
        kept.append({"b": "para", "c": said, "mark": None})
    return kept


def _shown(report: Context, block: Block, cut_all: bool) -> list[Block]:
    def lacks(inline: Inline) -> bool:
        return cut_all or report.edition == "public" or inline["missing"] == "unused"

    if block["b"] == "list":
        items = (clauses.cut(item, report.lang, lacks)[0] for item in block["items"])
        block = {**block, "items": [item for item in items if item]}
        return [block] if block["items"] else []
    run = clauses.cut(block["c"], report.lang, lacks)[0]
    block = {**block, "c": run}
    if any(i.get("missing") for i in walk(run)):
        block["mark"] = WORDS[report.lang]["missing"]
    return [block] if run else []


def faults(report: Context, section: str) -> Iterator[Fault]:
    """The clauses of a section that are left out since a figure is missing, by line of the text."""
    whole, name = of_section(report, section)
    file = f"{report.dataset.ref_area}/text/{report.lang}/{name}.md"

    def resolve(placeholder: str) -> list[Inline]:
        return [{**i, "of": placeholder} for i in report.resolve(placeholder)]

    def lacks(inline: Inline) -> bool:
        return inline["missing"] is True

    for number, line in enumerate(whole.splitlines(), start=1):
        run = [] if line.startswith("#") else document.inlines(line, resolve)
        lost = dict.fromkeys(i["of"] for i in run if i.get("missing") and lacks(i))
        _, out = clauses.cut(run, report.lang, lacks)
        if lost:
            details = {"names": ", ".join(lost)}
            said = " … ".join(out)
            yield Fault("clause_left_out", file, number, "", said, "warning", details)
