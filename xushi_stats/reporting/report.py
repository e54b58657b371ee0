"""What a notebook works with: a report that turns figures, prose, tables and charts into blocks.

A notebook holds no arithmetic and no numbers; it says which piece stands where. Each piece is shown
readably in JupyterLab and travels to the exporter as ``application/vnd.xushi.block+json``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xushi_stats import dataset as datasets
from xushi_stats import ledger as ledgers
from xushi_stats import show
from xushi_stats.dataset import Dataset
from xushi_stats.faults import DataFaults, Fault, Lang, errors
from xushi_stats.ledger import Figure, Ledger
from xushi_stats.reporting import document, ledger_files, rows
from xushi_stats.reporting.document import BLOCK, LEDGER, Block, Inline, fixed, num, text
from xushi_stats.show import Edition
from xushi_stats.words import WORDS

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True)
class Piece:
    """Something that a cell shows: blocks for the exporter, and a readable form for people."""

    blocks: list[Block]
    readable: str
    kind: str = "text/markdown"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return {BLOCK: {"version": 1, "blocks": self.blocks}, self.kind: self.readable}


@dataclass(frozen=True)
class Shown:
    """A figure in a notebook: ``f"{report['已脱贫户数']}"`` is a Markdown link to its row."""

    figure: Figure
    lang: Lang
    edition: Edition

    def __str__(self) -> str:
        return show.text(self.figure, self.lang, self.edition)

    def __format__(self, spec: str) -> str:
        value = show.cell(self.figure, self.lang, self.edition) if spec == "cell" else str(self)
        return f"[{value}](#{self.figure.id})" if self.figure.quantity else value

    def _repr_markdown_(self) -> str:
        return rows.card(self.figure, self.lang, self.edition)


class Report:
    """One release of one town, in one language and edition.

    Args:
        ref_area: the town's folder.
        year: the release.
        lang: ``zh`` or ``en``.
        edition: ``draft``, ``internal`` or ``public``.
        data: the data folder.

    Raises:
        DataFaults: the data have errors, or nothing is stated for the year.
    """

    def __init__(
        self,
        ref_area: str,
        year: int,
        *,
        lang: Lang = "zh",
        edition: Edition = "draft",
        data: str | Path = "data",
    ) -> None:
        self.lang, self.edition, self.release = lang, edition, year
        self.dataset, self.internal, self.faults = load(Path(data), ref_area, year)
        self.ledger = self.internal.public() if edition == "public" else self.internal

    def __getitem__(self, name: str) -> Shown:
        figure = self.ledger.find(name)
        if figure is None:
            hint = self.dataset.catalogue.near(name)
            raise DataFaults([Fault("placeholder", value=name, details={"near": hint})])
        return Shown(figure, self.lang, self.edition)

    def frame(self) -> pandas.DataFrame:
        """All figures of this edition as a pandas data frame, for an analyst's own questions."""
        return ledger_files.frame(self.ledger)

    # -- the pieces of a page ------------------------------------------------------------------

    def text(self, name: str) -> Piece:
        """Prose: ``review`` for what opens a section, ``review.poverty`` for one of its parts."""
        section, _, part = name.partition(".")
        prose = document.parts(self.dataset.texts.get((self.lang, section), "")).get(part, "")
        blocks = self._present(document.markdown(prose, self.lang, self.resolve))
        return Piece(blocks, document.readable(blocks))

    def table(self, name: str) -> Piece:
        """A table of ``exhibits.toml``."""
        spec = self.dataset.exhibits["table"][name]
        columns = [{"c": self._line(c), "align": "right", "width": None} for c in spec["columns"]]
        columns[0]["align"] = "left"
        block = {
            "b": "table",
            "key": name,
            "title": self._line(spec["title"]),
            "unit": [],
            "columns": columns,
            "rows": [self._table_row(row) for row in spec["rows"]],
            "total_rows": [i for i, row in enumerate(spec["rows"]) if row.get("total")],
            **self._below(spec, [f for row in spec["rows"] for f in row["figures"]]),
        }
        return Piece([block], document.readable([block]))

    def chart(self, name: str) -> Piece:
        """A chart of ``exhibits.toml``; figures without a value are left out and said so."""
        from xushi_stats import charts

        spec = self.dataset.exhibits["chart"][name]
        bars = [bar for bar in (self._bar(b) for b in spec["bars"]) if bar]
        if not bars:
            return Piece([], "")
        drawn = charts.composition(bars, [part[self.lang] for part in spec["parts"]])
        alt = self._line(spec["alt"])
        block = {
            "b": "figure",
            "key": name,
            "title": self._line(spec["title"]),
            "svg": drawn.svg,
            "alt": alt,
            "width": drawn.width,
            "height": drawn.height,
            "links": drawn.links,
            **self._below(spec, []),
        }
        return Piece([block], drawn.svg, "image/svg+xml")

    def finish(self) -> Piece:
        """The last cell: all figures of this edition, so that the executed notebook converts alone."""
        return _Ledger(rows.ledger_json(self), WORDS[self.lang]["ledger"])

    def rehearse(self) -> list[Fault]:
        """Everything that the pieces of a page would stumble over, with its file."""
        own, faults = self.dataset.ref_area, []
        for (lang, section), prose in self.dataset.texts.items():
            if lang == self.lang:
                faults += self._try(f"{own}/text/{lang}/{section}.md", prose)
        for kind in ("table", "chart"):
            for spec in self.dataset.exhibits.get(kind, {}).values():
                for line in document.strings(spec, self.lang):
                    faults += self._try("exhibits.toml", line)
                for name in document.figures(spec):
                    faults += self._try("exhibits.toml", f"【{name}】")
        for indicator in self.dataset.catalogue.indicators.values():
            faults += self._try("catalogue.csv", indicator.definition[self.lang])
            faults += self._try("catalogue.csv", indicator.assumption[self.lang])
        return faults

    def _try(self, file: str, prose: str) -> list[Fault]:
        """Unknown placeholders and typed digits of one text."""
        faults = []
        for name in dict.fromkeys(document.placeholders(prose)):
            try:
                self.resolve(name)
            except DataFaults as error:
                faults += [replace(fault, file=file) for fault in error.faults]
        blanked = document.inlines(prose, lambda name: [])
        for near in document.typed_digits(self.declare(blanked)):
            faults.append(Fault("digit_in_text", file, details={"near": near}))
        return faults

    # -- placeholders --------------------------------------------------------------------------

    def resolve(self, name: str) -> list[Inline]:
        """What ``【name】`` stands for.

        Raises:
            DataFaults: nothing is called so.
        """
        special = self._special(name)
        if special is not None:
            return special
        kind, _, rest = name.partition(":")
        if kind in ("表", "table"):
            return [{"t": "ref", "kind": "table", "key": rest}]
        if kind in ("图", "figure"):
            return [{"t": "ref", "kind": "figure", "key": rest}]
        figure = self[kind].figure
        if rest in ("时点", "时期", "period"):
            return [fixed(show.period(figure.period, self.lang))]
        return [self._inline(figure, show.text(figure, self.lang, self.edition))]

    def _special(self, name: str) -> list[Inline] | None:
        year = "年" if self.lang == "zh" else ""
        town = self.dataset.town
        special = {
            "年份": lambda: [fixed(f"{self.release}{year}")],
            "下年": lambda: [fixed(f"{self.release + 1}{year}")],
            "镇名": lambda: [text(town["name"][self.lang])],
        }
        english = {"year": "年份", "next": "下年", "town": "镇名"}
        found: Callable[[], list[Inline]] | None = special.get(english.get(name, name))
        return found() if found else None

    def _inline(self, figure: Figure, shown: str) -> Inline:
        return num(figure.id, shown) if figure.quantity and shown != show.NONE else text(shown)

    def _line(self, spec: Mapping[str, Any]) -> list[Inline]:
        return self.declare(document.inlines(spec[self.lang], self.resolve))

    def declare(self, inlines: Iterable[Inline]) -> list[Inline]:
        """Set names that contain digits apart, where ``declared.csv`` has them."""
        return document.declare(list(inlines), self.dataset.declared)

    # -- parts of tables and charts ------------------------------------------------------------

    def _present(self, blocks: list[Block]) -> list[Block]:
        """A paragraph whose figure is missing is marked in the draft, left out of the public edition."""
        kept = []
        for block in blocks:
            block = document.declare_block(block, self.dataset.declared)
            missing = any(
                i.get("v") in show.MISSING[self.lang].values() for i in document.walk(block)
            )
            if missing and self.edition == "public":
                continue
            if missing:
                block["mark"] = WORDS[self.lang]["missing"]
            kept.append(block)
        return kept

    def _table_row(self, row: Mapping[str, Any]) -> list[list[Inline]]:
        cells = [self._line(row)]
        for name in row["figures"]:
            figure = self[name].figure
            cells.append([self._inline(figure, show.cell(figure, self.lang, self.edition))])
        return cells

    def _bar(self, spec: Mapping[str, Any]) -> Any:
        from xushi_stats.charts import Bar, Label

        pairs = [
            (self[count].figure, self[share].figure)
            for count, share in zip(spec["figures"], spec["shares"], strict=True)
        ]
        if any(figure.quantity is None for pair in pairs for figure in pair):
            return None
        labels = [[Label(str(self[f.id]), f.id) for f in pair] for pair in pairs]
        sizes = [count.quantity.value for count, _ in pairs if count.quantity]
        return Bar(spec[self.lang], sizes, labels)

    def _below(self, spec: Mapping[str, Any], figures: list[str]) -> dict[str, Any]:
        words = WORDS[self.lang]
        notes = [self._line(note) for note in spec.get("notes", [])]
        if figures and rows.unbalanced(self, figures):
            notes.append([text(words["adds_up"])])
        names = [self.dataset.sources[s].title[self.lang] for s in spec.get("sources", [])]
        quoted = [f"《{name}》" if self.lang == "zh" else name for name in names]
        source = [text(words["sources"] + words["list"].join(quoted))] if quoted else []
        return {"notes": [[text(words["note"]), *note] for note in notes], "source": source}

    @cached_property
    def title(self) -> list[Inline]:
        """The report's title."""
        return self._line(self.dataset.town["title"])


class _Ledger(Piece):
    """The last cell's output."""

    def __init__(self, content: dict[str, Any], readable: str) -> None:
        super().__init__([], readable)
        object.__setattr__(self, "content", content)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return {LEDGER: self.__dict__["content"], "text/markdown": f"*{self.readable}*"}


def load(data: Path, ref_area: str, year: int) -> tuple[Dataset, Ledger, list[Fault]]:
    """Data and internal ledger of one release, with the warnings.

    Raises:
        DataFaults: anything is wrong.
    """
    dataset = datasets.load(data, ref_area)
    faults: list[Fault] = []
    if year not in dataset.releases:
        raise DataFaults([Fault("nothing", details={"release": str(year)})])
    ledger = ledgers.build(dataset, year, faults)
    if errors(faults):
        raise DataFaults(faults)
    return dataset, ledger, faults
