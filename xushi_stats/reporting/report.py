"""What a notebook works with: a report that turns figures, prose, tables and charts into blocks.

A notebook holds no arithmetic and no numbers; it says which piece stands where. Each piece is shown
readably in JupyterLab and travels to the exporter as ``application/vnd.xushi.block+json``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xushi_stats.editions import Edition
from xushi_stats.faults import DataFaults, Fault, Lang
from xushi_stats.notation import has_digit
from xushi_stats.reporting import (
    document,
    draft_margin,
    evidence,
    exhibits,
    named,
    one_run,
    printed_ledger,
    years,
)
from xushi_stats.reporting.context import Context
from xushi_stats.reporting.document import BLOCK, LEDGER, Block, text
from xushi_stats.reporting.words import WORDS

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True)
class Piece:
    """Something that a cell shows: blocks for the exporter, and a readable form for people.

    Attributes:
        run: what it was run for; the exporter takes only pieces of one run.
    """

    blocks: list[Block]
    readable: str
    kind: str = "text/markdown"
    run: dict[str, Any] = field(default_factory=dict)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        content = {"version": 1, "run": self.run, "blocks": self.blocks}
        return {BLOCK: content, self.kind: self.readable}


class NotThere(DataFaults):
    """A piece that a cell names and that is not there; the cell shows it in the report's language."""

    def __init__(self, fault: Fault, lang: Lang) -> None:
        super().__init__([fault])
        self.lang = lang

    def __str__(self) -> str:
        return self.faults[0].text(self.lang)

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


class Report(Context):
    """What a notebook calls: the context of its arguments, and the pieces that its cells show."""

    def __init__(
        self,
        ref_area: str,
        year: int,
        *,
        lang: Lang = "zh",
        edition: Edition = "draft",
        data: str | Path = "data",
    ) -> None:
        meant = one_run.meant_from_notebook(Path(data), ref_area)
        super().__init__(ref_area, year, lang=lang, edition=edition, data=meant)

    @cached_property
    def _run(self) -> dict[str, Any]:
        return one_run.run_for(self)

    def frame(self) -> pandas.DataFrame:
        """All figures of this edition as a pandas data frame, for an analyst's own questions."""
        return evidence.frame(self.ledger)

    # -- the pieces of a page ------------------------------------------------------------------

    def _want(self, call: str, name: str) -> None:
        """Refuse a piece that is named and is not there.

        Raises:
            NotThere: likewise.
        """
        for fault in named.missing(self, named.Named("", 0, call, name)):
            raise NotThere(fault, self.lang)

    def text(self, name: str) -> Piece:
        """Prose: ``review`` for what opens a section, ``review.poverty`` for one of its parts."""
        self._want("text", name)
        section, _, part = name.partition(".")
        texts = self.dataset.texts
        of_year = texts.get((self.lang, f"{self.release}/{section}"))
        whole = texts.get((self.lang, section), "") if of_year is None else of_year
        prose = document.parts(whole, public=self.edition == "public").get(part, "")
        blocks = self._present(document.markdown(prose, self.lang, self.resolve))
        blocks = document.declare_words(blocks, self.declared)
        return self._piece(blocks)

    def table(self, name: str) -> Piece:
        """A table of ``exhibits.toml``."""
        self._want("table", name)
        return self._exhibit(exhibits.table(self, name))

    def chart(self, name: str) -> Piece:
        """A chart of ``exhibits.toml``."""
        self._want("chart", name)
        return self._exhibit(exhibits.chart(self, name))

    def movements(self, name: str) -> Piece:
        """What rose, fell and stayed in a table over years, in one paragraph; nothing of one year."""
        self._want("movements", name)
        blocks = [draft_margin.with_margin(self, block) for block in years.movements(self, name)]
        return self._piece(blocks)

    def _exhibit(self, block: Block | None) -> Piece:
        if block is None:
            return self._piece([])
        blocks = self._named([draft_margin.with_margin(self, block)])
        block = blocks[0]
        if block["b"] == "figure":
            return Piece(blocks, block["svg"], "image/svg+xml", self._run)
        return self._piece(blocks)

    def _piece(self, blocks: list[Block]) -> Piece:
        return Piece(blocks, document.readable(blocks), run=self._run)

    def _named(self, piece: Any) -> Any:
        """A piece with number words that are declared, and declared documents' names, set apart."""
        sources = self.dataset.sources.values()
        names = [name for s in sources for name in (s.title[self.lang], s.short[self.lang])]
        titles = [d for d in self.dataset.declared if has_digit(d) and any(d in n for n in names)]
        return document.declare_words(piece, self.declared, titles)

    def finish(self) -> Piece:
        """The last cell: all figures of this edition, so that the executed notebook converts alone."""
        content = self._named(printed_ledger.ledger_json(self))
        return _Ledger({**content, "run": self._run}, WORDS[self.lang]["ledger"])

    def _present(self, blocks: list[Block]) -> list[Block]:
        """A paragraph whose figure is missing is marked in the draft, left out of the public edition.

        Internal figures are missing in the public edition, so a paragraph on one is left out there. One
        on a register that is not at hand is left out too, and one sentence says so for all.
        """
        kept, absent = [], False
        for block in blocks:
            block = document.declare_block(block, self.declared)
            lacking = [i for i in document.walk(block) if i.get("missing")]
            if any(i["missing"] == "no_register" for i in lacking):
                absent = True
                continue
            if lacking and self.edition == "public":
                continue
            if lacking:
                block["mark"] = WORDS[self.lang]["missing"]
            kept.append(draft_margin.with_margin(self, block))
        if absent:
            said = [text(WORDS[self.lang]["no_register"])]
            kept.append({"b": "para", "c": said, "mark": None})
        return kept


class _Ledger(Piece):
    """The last cell's output."""

    def __init__(self, content: dict[str, Any], readable: str) -> None:
        super().__init__([], readable)
        object.__setattr__(self, "content", content)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return {LEDGER: self.__dict__["content"], "text/markdown": f"*{self.readable}*"}
