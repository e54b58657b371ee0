"""One release of one town, in one language and edition: what all who print a figure need to know.

What a notebook calls (``Report``) stands on it; tables, prose and checks take it, and never the report.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from xushi_stats import compute, format, records, tables
from xushi_stats import dataset as datasets
from xushi_stats.dataset import Dataset
from xushi_stats.editions import EDITIONS, Edition
from xushi_stats.faults import DataFaults, Fault, Lang, errors
from xushi_stats.ledger import Figure, Ledger, Result
from xushi_stats.notation import has_digit
from xushi_stats.numerals.spelled_out import typed
from xushi_stats.reporting import comparisons, document, sections
from xushi_stats.reporting.document import Inline, fixed, num, text
from xushi_stats.reporting.words import FIXED_WORDS, WORDS
from xushi_stats.tables import Row


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
        return card(self.figure, self.lang, self.edition)


def card(figure: Figure, lang: Lang, edition: Edition) -> str:
    """A figure as JupyterLab shows it: name, value, period, and where it comes from."""
    name, value = figure.indicator.names[lang], format.text(figure, lang, edition)
    period = format.period(figure.period, lang)
    lines = [f"**{name}** {value} · {period} · `{figure.id}`"]
    if figure.indicator.formula:
        lines.append(f"`{figure.indicator.formula.text}`")
    lines += [f"“{s.wording}” {s.source} @{s.at}" for s in figure.statements]
    return "  \n".join(lines)


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


class Context:
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
        if edition == "public" and (few := sections.refused(loaded[0], year)):
            raise DataFaults(few)
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

    def in_languages(self, langs: Sequence[Lang]) -> list[Self]:
        """The same report in several languages; the data are not read again."""
        own = (self.dataset, self.internal, self.faults, self.release)
        made = [type(self).__new__(type(self)) for _ in langs]
        for report, lang in zip(made, langs, strict=True):
            report._take(*own, lang, self.edition, self.data)
        return made

    def in_edition(self, edition: Edition) -> Self:
        """The same report in another edition; the data are not read again."""
        made = type(self).__new__(type(self))
        own = (self.dataset, self.internal, self.faults, self.release, self.lang)
        made._take(*own, edition, self.data)
        return made

    @classmethod
    def of_rest(cls, dataset: Dataset, year: int, data: Path) -> Self:
        """A draft of data that are not whole, to look further for faults in: never to be printed."""
        faults: list[Fault] = []
        report = cls.__new__(cls)
        entered = sections.entries(dataset, year, faults)
        ledger = compute.build(dataset, year, faults, entered)
        report._take(dataset, ledger, faults, year, "zh", "draft", data)
        return report

    def __getitem__(self, name: str) -> Shown:
        figure = self.ledger.find(name)
        if figure is None and self.internal.find(name):
            raise DataFaults([Fault("figure_internal", value=name)])
        if figure is None:
            hint = self.dataset.catalogue.near(name)
            raise DataFaults([Fault("placeholder", value=name, details={"near": hint})])
        return Shown(figure, self.lang, self.edition)

    @cached_property
    def _unused(self) -> frozenset[str]:
        """The indicators that the town has never stated, and does not say that it lacks."""
        said = {o.indicator for o in (*self.dataset.observations, *self.dataset.unstated)}
        known = self.dataset.catalogue.indicators.values()
        counts = bool(self.dataset.records["milestones"])
        own = {i.id for i in known if not i.formula and not (i.query and counts)}
        return frozenset(own - said)

    def is_unused(self, figure: Figure) -> bool:
        """Whether a figure is missing since the town does not use its indicator, or what it is made of."""
        if figure.missing is None or figure.missing.reason != "not_reported":
            return False
        made_of = (self.internal.figures.get(i) for i in figure.missing.inputs or (figure.id,))
        return any(f is not None and f.indicator.id in self._unused for f in made_of)

    def checked(self) -> list[Result]:
        """What the checks came to, without those on indicators that the town does not use."""
        found = self.internal.check()
        figures = self.internal.figures
        return [r for r in found if not any(self.is_unused(figures[i]) for i in r.figures)]

    def records(self, table: str) -> list[Row]:
        """The rows of a record table that this release states."""
        return records.of_release(self.dataset.records[table], self.release)

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
            why = self._why_absent(kind)
            lost: Any = "internal" if why == "internal_only" else True
            return [{**text(WORDS[self.lang][why]), "missing": lost}]
        if rest in _PHRASES:
            number = _PHRASES[rest] == "number"
            return comparisons.phrase(self.ledger, figure, self.lang, self.edition, number=number)
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
            why: Any = figure.missing.reason if figure.missing else ""
            lost = "unused" if self.is_unused(figure) else why == "no_register" and why
            return {**text(shown), "missing": lost or True}
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
        return [*self._phrases, *self.dataset.declared, *FIXED_WORDS]

    @cached_property
    def _phrases(self) -> list[str]:
        """Quoted phrases with a number in words, such as 万亩茶园: no figure, in both languages."""
        quotes = self.dataset.records["quotes"]
        written = [row[column].removeprefix("the ") for row in quotes for column in ("text", "en")]
        return [phrase for phrase in written if typed(phrase) and not has_digit(phrase)]

    @cached_property
    def title(self) -> list[Inline]:
        """The report's title."""
        return self.line(self.dataset.town["title"])


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
    # the core is handed what registers give and never fetches it: a house without them is whole
    entered = sections.entries(dataset, year, faults)
    ledger = compute.build(dataset, year, faults, entered)
    if errors(faults):
        raise DataFaults(faults)
    return dataset, ledger, faults
