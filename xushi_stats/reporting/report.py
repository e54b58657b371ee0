"""What a notebook works with: a report that turns figures, prose, tables and charts into blocks.

A notebook holds no arithmetic and no numbers; it says which piece stands where. Each piece is shown
readably in JupyterLab and travels to the exporter as ``application/vnd.xushi.block+json``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xushi_stats import compute, format, records, tables
from xushi_stats import dataset as datasets
from xushi_stats.checks import plausibility, wording
from xushi_stats.dataset import Dataset
from xushi_stats.editions import EDITIONS, Edition
from xushi_stats.faults import DataFaults, Fault, Lang, errors
from xushi_stats.ledger import Figure, Ledger
from xushi_stats.numerals.spelled_out import has_digit
from xushi_stats.reporting import (
    document,
    draft_margin,
    exhibits,
    ledger_files,
    printed_ledger,
    years,
)
from xushi_stats.reporting.document import BLOCK, LEDGER, Block, Inline, fixed, num, text
from xushi_stats.reporting.words import FIXED_WORDS, WORDS
from xushi_stats.tables import Row

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
        return format.text(self.figure, self.lang, self.edition)

    def __format__(self, spec: str) -> str:
        value = format.cell(self.figure, self.lang, self.edition) if spec == "cell" else str(self)
        return f"[{value}](#{self.figure.id})" if self.figure.quantity else value

    def _repr_markdown_(self) -> str:
        return printed_ledger.card(self.figure, self.lang, self.edition)


_PHRASES = {
    "比上年": "rate",
    "on_year": "rate",
    "比上年增减": "number",
    "change_on_year": "number",
}
"""``【粮食产量:比上年】`` is ，比上年增长2.5%; with 增减 the difference instead of the rate."""

_EXHIBITS = {
    "表": ("table", "table"),
    "table": ("table", "table"),
    "图": ("figure", "chart"),
    "figure": ("figure", "chart"),
}


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
        if lang not in WORDS or edition not in EDITIONS:
            raise ValueError(f"no such language or edition: {lang}, {edition}")
        loaded = load(Path(data), ref_area, year)
        self._take(*loaded, year, lang, edition, Path(data))

    def _take(
        self,
        dataset: Dataset,
        ledger: Ledger,
        faults: list[Fault],
        year: int,
        lang: Lang,
        edition: Edition,
        data: Path,
    ) -> None:
        self.dataset, self.internal, self.faults = dataset, ledger, faults
        self.release, self.lang, self.edition, self.data = year, lang, edition, data
        self.ledger = ledger.public() if edition == "public" else ledger

    def in_languages(self, langs: Sequence[Lang]) -> list[Report]:
        """The same report in several languages; the data are not read again."""
        own = (self.dataset, self.internal, self.faults, self.release)
        made = [Report.__new__(Report) for _ in langs]
        for report, lang in zip(made, langs, strict=True):
            report._take(*own, lang, self.edition, self.data)
        return made

    @classmethod
    def of_rest(cls, dataset: Dataset, year: int, data: Path) -> Report:
        """A draft of data that are not whole, to look further for faults in: never to be printed."""
        faults: list[Fault] = []
        report = cls.__new__(cls)
        ledger = compute.build(dataset, year, faults)
        report._take(dataset, ledger, faults, year, "zh", "draft", data)
        return report

    def __getitem__(self, name: str) -> Shown:
        figure = self.ledger.find(name)
        if figure is None:
            hint = self.dataset.catalogue.near(name)
            raise DataFaults([Fault("placeholder", value=name, details={"near": hint})])
        return Shown(figure, self.lang, self.edition)

    def records(self, table: str) -> list[Row]:
        """The rows of a record table that this release states."""
        return records.of_release(self.dataset.records[table], self.release)

    def frame(self) -> pandas.DataFrame:
        """All figures of this edition as a pandas data frame, for an analyst's own questions."""
        return ledger_files.frame(self.ledger)

    # -- the pieces of a page ------------------------------------------------------------------

    def text(self, name: str) -> Piece:
        """Prose: ``review`` for what opens a section, ``review.poverty`` for one of its parts."""
        section, _, part = name.partition(".")
        texts = self.dataset.texts
        of_year = texts.get((self.lang, f"{self.release}/{section}"))
        whole = texts.get((self.lang, section), "") if of_year is None else of_year
        prose = document.parts(whole, public=self.edition == "public").get(part, "")
        blocks = self._present(document.markdown(prose, self.lang, self.resolve))
        blocks = document.declare_words(blocks, self.declared)
        return Piece(blocks, document.readable(blocks))

    def table(self, name: str) -> Piece:
        """A table of ``exhibits.toml``."""
        return self._exhibit(exhibits.table(self, name))

    def chart(self, name: str) -> Piece:
        """A chart of ``exhibits.toml``."""
        return self._exhibit(exhibits.chart(self, name))

    def movements(self, name: str) -> Piece:
        """What rose, fell and stayed in a table over years, in one paragraph; nothing of one year."""
        blocks = [draft_margin.with_margin(self, block) for block in years.movements(self, name)]
        return Piece(blocks, document.readable(blocks))

    def _exhibit(self, block: Block | None) -> Piece:
        if block is None:
            return Piece([], "")
        blocks = self._named([draft_margin.with_margin(self, block)])
        block = blocks[0]
        if block["b"] == "figure":
            return Piece(blocks, block["svg"], "image/svg+xml")
        return Piece(blocks, document.readable(blocks))

    def _named(self, piece: Any) -> Any:
        """A piece with number words that are declared, and declared documents' names, set apart."""
        sources = self.dataset.sources.values()
        names = [name for s in sources for name in (s.title[self.lang], s.short[self.lang])]
        titles = [d for d in self.dataset.declared if has_digit(d) and any(d in n for n in names)]
        return document.declare_words(piece, self.declared, titles)

    def finish(self) -> Piece:
        """The last cell: all figures of this edition, so that the executed notebook converts alone."""
        content = self._named(printed_ledger.ledger_json(self))
        return _Ledger(content, WORDS[self.lang]["ledger"])

    def rehearse(self) -> list[Fault]:
        """Everything that the pieces of a page would stumble over, with its file."""
        own, faults = self.dataset.ref_area, []
        for (lang, section), prose in self.dataset.texts.items():
            if lang == self.lang:
                for number, line in enumerate(prose.splitlines(), start=1):
                    faults += self._try(f"{own}/text/{lang}/{section}.md", line, number)
        for kind in ("table", "chart"):
            for spec in self.dataset.exhibits.get(kind, {}).values():
                for line in document.strings(spec, self.lang):
                    faults += self._try("exhibits.toml", line)
                for name in document.figures(spec):
                    faults += self._try("exhibits.toml", f"【{name}】")
        for table in self.dataset.records.values():
            for row in table:
                for column, value in row.cells.items():
                    if column.endswith(f"_{self.lang}"):
                        faults += self._try(row.file, value, row.number)
        for line in document.strings(self.dataset.town, self.lang):
            faults += self._try(f"{own}/town.toml", line)
        for query in self.dataset.queries:
            faults += self._try(f"{own}/queries.csv", query.question[self.lang])
        for source in self.dataset.sources.values():
            for text_of in (source.title, source.short, source.publisher):
                faults += self._try("sources.csv", text_of[self.lang])
            for _, zh, en in source.places:
                faults += self._try(f"{own}/places.csv", zh if self.lang == "zh" else en)
        for indicator in self.dataset.catalogue.indicators.values():
            for words in (indicator.names, indicator.definition, indicator.assumption):
                place = indicator.row.number if indicator.row else None
                faults += self._try("catalogue.csv", words[self.lang], place)
        for check in self.dataset.catalogue.checks:
            faults += self._try("checks.csv", check.names[self.lang], check.row.number)
        return faults if errors(faults) else [*faults, *wording.faults(self)]

    def _try(self, file: str, prose: str, row: int | None = None) -> list[Fault]:
        """Unknown placeholders and typed numbers of one text, or of one line or row of a file."""
        faults = []
        for name in dict.fromkeys(document.placeholders(prose)):
            try:
                self.resolve(name)
            except DataFaults as error:
                faults += [replace(fault, file=file, row=row) for fault in error.faults]
        blanked = self.declare(document.inlines(prose, lambda name: []))
        for near in document.typed_digits(blanked):
            faults.append(Fault("digit_in_text", file, row, details={"near": near}))
        for near in document.typed_words(blanked):
            faults.append(Fault("number_in_words", file, row, details={"near": near}))
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
        if kind in _EXHIBITS:
            what, table = _EXHIBITS[kind]
            known = self.dataset.exhibits.get(table, {})
            if rest not in known:
                details = {"near": tables.near(rest, known)}
                raise DataFaults([Fault("placeholder", value=name, details=details)])
            return [{"t": "ref", "kind": what, "key": rest}]
        figure = self._figure(kind)
        if figure is None:
            return [{**text(WORDS[self.lang][self._why_absent(kind)]), "missing": True}]
        if rest in _PHRASES:
            return years.phrase(self, figure.id, number=_PHRASES[rest] == "number")
        if rest in ("上年", "prior"):
            found = self.ledger.before(figure.indicator.id)
            missing = {**text(WORDS[self.lang]["no_prior"]), "missing": True}
            return [self.inline(found) if found else missing]
        if rest in ("时点", "时期", "period"):
            return [fixed(format.period(self._period(figure), self.lang))]
        return [self.inline(figure)]

    def _period(self, figure: Figure) -> str:
        """A figure's period; of a missing one that of most figures of its kind."""
        kin = [
            f.period
            for f in self.ledger.figures.values()
            if f.quantity
            and f.release == self.release
            and f.indicator.section == figure.indicator.section
            and f.indicator.basis == figure.indicator.basis
        ]
        return figure.period if figure.quantity or not kin else max(set(kin), key=kin.count)

    def _figure(self, name: str) -> Figure | None:
        """A figure of this edition; None if only another edition has it.

        Raises:
            DataFaults: no edition has it.
        """
        known = self.internal.find(name) or self.dataset.catalogue.find(name)
        return self.ledger.find(name) if known else self[name].figure

    def _why_absent(self, name: str) -> str:
        """Why there is no such figure in this edition, a key of ``WORDS``."""
        if self.internal.find(name):
            return "internal_only"
        indicator = self.dataset.catalogue.find(name)
        is_over_years = indicator is not None and indicator.id.endswith(".annual")
        return "few_years" if is_over_years else "no_prior"

    def _special(self, name: str) -> list[Inline] | None:
        year = "年" if self.lang == "zh" else ""
        town = self.dataset.town
        special = {
            "年份": lambda: [fixed(f"{self.release}{year}")],
            "下年": lambda: [fixed(f"{self.release + 1}{year}")],
            "上年": lambda: [fixed(f"{self.release - 1}{year}")],
            "镇名": lambda: [text(town["name"][self.lang])],
        }
        english = {"year": "年份", "next": "下年", "prior": "上年", "town": "镇名"}
        found: Callable[[], list[Inline]] | None = special.get(english.get(name, name))
        return found() if found else None

    def inline(self, figure: Figure) -> Inline:
        """A figure in a sentence; where it has nothing to show, the phrase that says so."""
        shown = format.text(figure, self.lang, self.edition)
        if figure.quantity is None or shown in format.MISSING[self.lang].values():
            why = figure.missing.reason if figure.missing else ""
            return {**text(shown), "missing": why if why == "no_register" else True}
        return num(figure.id, shown)

    def cell(self, figure: Figure) -> list[Inline]:
        """A figure in a table, its unit being in the head; nothing where it is missing."""
        shown = format.cell(figure, self.lang, self.edition)
        if format.is_hidden(figure):
            return [{**text(format.HIDDEN), "hidden": True}]
        return [num(figure.id, shown)] if figure.quantity and shown != format.NONE else []

    def named(self, name: str) -> str:
        """What a register calls a village, checkpoint or measure, in the report's language."""
        names: Mapping[str, str] = self.dataset.town.get("in_english", {})
        return names.get(name, name) if self.lang == "en" else name

    def line(self, spec: Mapping[str, Any], *, date: bool = False) -> list[Inline]:
        """A text in the report's language with its placeholders resolved; a ``date`` is declared."""
        if date:
            return [fixed(spec[self.lang])]
        return self.declare(document.inlines(spec[self.lang], self.resolve))

    def dated(self, template: str) -> list[Inline]:
        """Words with ``{this}`` and ``{next}``, the years of the report and its targets."""
        year = "年" if self.lang == "zh" else ""
        years = {"{this}": f"{self.release}{year}", "{next}": f"{self.release + 1}{year}"}
        pieces = re.split(r"(\{this\}|\{next\})", template)
        return [fixed(years[p]) if p in years else text(p) for p in pieces if p]

    @cached_property
    def query_numbers(self) -> dict[str, str]:
        """The open queries by their printed numbers, class A first: A1, A2 and so on."""
        found: dict[str, str] = {}
        counts: Counter[str] = Counter()
        for query in sorted(self.dataset.queries, key=lambda q: q.grade):
            if not query.answer:
                counts[query.grade] += 1
                found[query.id] = f"{query.grade}{counts[query.grade]}"
        return found

    def declare(self, inlines: Iterable[Inline]) -> list[Inline]:
        """Set names that contain numbers apart, where ``declared.csv`` or ``quotes.csv`` has them."""
        return document.declare(list(inlines), self.declared)

    @property
    def declared(self) -> list[str]:
        """Texts with numbers that are no figures: the town's names, and the report's own words."""
        return [*self.dataset.declared, *FIXED_WORDS]

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

    @cached_property
    def title(self) -> list[Inline]:
        """The report's title."""
        return self.line(self.dataset.town["title"])


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
    faults = list(dataset.warnings)
    if not dataset.releases:
        raise DataFaults([Fault("no_release", value=ref_area)])
    if year not in dataset.releases:
        known = ", ".join(map(str, dataset.releases)) or "—"
        raise DataFaults([Fault("nothing", details={"release": str(year), "known": known})])
    ledger = compute.build(dataset, year, faults)
    if errors(faults):
        raise DataFaults(faults)
    return dataset, ledger, [*faults, *plausibility.warnings(dataset, ledger)]
