"""What a notebook works with: a report that turns figures, prose, tables and charts into blocks.

A notebook holds no arithmetic and no numbers; it says which piece stands where. Each piece is shown
readably in JupyterLab and travels to the exporter as ``application/vnd.xushi.block+json``.
"""

from __future__ import annotations

from base64 import b64encode
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
    printed,
    printed_ledger,
    prose,
    years,
)
from xushi_stats.reporting.context import Context
from xushi_stats.reporting.document import BLOCK, LEDGER, Block
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
        shown = prose.present(self, prose.part(self, name))
        blocks = [draft_margin.with_margin(self, block) for block in shown]
        return self._piece(document.declare_words(blocks, self.declared))

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

    def section(self, name: str) -> Piece:
        """A whole section in order: each part of its text, then the tables and charts it points to."""
        self._want("section", name)
        title = {"b": "heading", "level": 1, "c": self.dated(WORDS[self.lang][f"section_{name}"])}
        has_text = bool(prose.of_section(self, name)[0])
        found = [] if has_text else [self._piece([title])]
        for one in named.spelled_out(self, named.Named("", 0, "section", name)):
            found.append(getattr(self, one.call)(one.name))
        shown = (p.readable if p.kind == "text/markdown" else _picture(p.readable) for p in found)
        return Piece([b for p in found for b in p.blocks], "\n\n".join(shown), run=self._run)

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
        rest = {name: self._dressed(blocks) for name, blocks in printed.rest(self).items()}
        content |= {"rest": rest} if rest else {}
        shown = [f"*{WORDS[self.lang]['ledger']}*", *map(document.readable, rest.values())]
        return _Ledger({**content, "run": self._run}, "\n\n".join(shown))

    def _dressed(self, blocks: list[Block]) -> list[Block]:
        """The blocks with what the draft says beside them, and declared words set apart."""
        made = [draft_margin.with_margin(self, block) for block in blocks]
        return document.declare_words(self._named(made), self.declared)  # type: ignore[no-any-return]


def _picture(svg: str) -> str:
    """A chart within Markdown."""
    return f"![](data:image/svg+xml;base64,{b64encode(svg.encode()).decode()})"


class _Ledger(Piece):
    """The last cell's output."""

    def __init__(self, content: dict[str, Any], readable: str) -> None:
        super().__init__([], readable)
        object.__setattr__(self, "content", content)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return {LEDGER: self.__dict__["content"], "text/markdown": self.readable}
