"""Right number, wrong words: whether the words around a figure are its own.

Asked before any notebook runs. Four rules, each of which says what it found: another indicator's
name fits better; a qualifier (超过, at least) is not the figure's; a unit is not the figure's, or is
printed already; a time is not the figure's. What the words cannot decide is said to be not checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from xushi_stats.catalogue import Indicator
from xushi_stats.checks import qualifiers
from xushi_stats.checks.mentions import Group, Site, of_chart, of_prose, of_table, paragraphs
from xushi_stats.checks.name_match import ERROR, better, not_told_apart, unnamed
from xushi_stats.checks.name_terms import Names
from xushi_stats.editions import LANGS
from xushi_stats.faults import Fault, Lang, Severity
from xushi_stats.ledger import Figure
from xushi_stats.reporting.document import strings
from xushi_stats.tables import own_first

if TYPE_CHECKING:
    from xushi_stats.reporting.context import Context

EXHIBITS = "exhibits.toml"


@dataclass(frozen=True)
class Reader:
    """What is needed to judge a text: the names in its language, the figures, the year of the report.

    Attributes:
        figure: a figure of the report by its indicator's id.
        accepted: pieces of text that ``declared.csv`` accepts as they are, with a reason.
    """

    names: Names
    figure: Callable[[str], Figure | None]
    year: int
    accepted: tuple[str, ...] = ()

    @property
    def lang(self) -> Lang:
        """The language of the text."""
        return self.names.lang

    def find(self, name: str) -> Indicator | None:
        """The indicator that a placeholder, or a figure of the document model, stands for."""
        return self.names.catalogue.find(name.partition("@")[0].rpartition("/")[2])

    def period(self, name: str) -> str | None:
        """The period that 【name:时点】 prints."""
        known, _, what = name.partition(":")
        indicator = self.find(known) if what in ("时点", "时期", "period") else None
        figure = self.figure(indicator.id) if indicator else None
        return figure.period if figure and figure.quantity else None

    def prose(self, text: str, file: str, context: str = "") -> Iterator[Fault]:
        """What is wrong with the words of a text with placeholders, under a heading or other words."""
        for line, group in self.groups(text, context):
            yield from (replace(fault, file=file, row=line) for _, fault in self.judge(group))

    def groups(self, text: str, context: str = "") -> Iterator[tuple[int, Group]]:
        """The figures of a text by sentence, each with its line."""
        for line, paragraph, heading in paragraphs(text):
            for group in of_prose(paragraph, self.lang, self.find, heading or context):
                yield line, group

    def judge(self, group: Group) -> Iterator[tuple[Site, Fault]]:
        """What is wrong with the words around figures that stand together."""
        for n, site in enumerate(group):
            if any(text in (site.sentence or site.where) for text in self.accepted):
                continue
            yield from ((site, fault) for fault in self._name(group, n))
            yield from ((site, claimed(site, claim)) for claim in self._claims(site))

    def _name(self, group: Group, n: int) -> Iterator[Fault]:
        fits = better(group, n, self.names)
        if fits:
            severity: Severity = "error" if fits.margin >= ERROR else "warning"
            details = {f"fits_{lang}": name for lang, name in fits.rival.names.items()}
            yield _fault("misnamed", group[n], severity, words=fits.words, **details)
            return
        is_unnamed, meant = unnamed(group, n, self.names)
        if is_unnamed:
            details = {f"near_{k}": meant.names[k] if meant else "" for k in LANGS}
            yield _fault("unnamed", group[n], "error" if meant else "warning", **details)

    def _claims(self, site: Site) -> Iterator[qualifiers.Claim]:
        figure = self.figure(site.figure or site.indicator.id)
        if figure is None or figure.quantity is None:
            return
        if figure.release != self.year:  # beside this year's: the table's title is not about it
            site = replace(site, dated=site.dated.partition("\n")[0])
        yield from qualifiers.qualifier(site, figure, self.lang)
        yield from qualifiers.unit(site, figure, self.lang)
        stated = qualifiers.time_of(site, self.year, self.lang, self.period)
        yield from qualifiers.time(figure, stated, self.lang)


def claimed(site: Site, claim: qualifiers.Claim) -> Fault:
    """What is claimed of a figure at a place and is not so, as a fault."""
    return _fault(claim.code, site, claim.severity, words=claim.words, true=claim.true)


def _fault(code: str, site: Site, severity: Severity, **details: str) -> Fault:
    """A fault with the figure's name, and with where it stands as people find it."""
    own = {f"own_{lang}": name for lang, name in site.indicator.names.items()}
    return Fault(code, severity=severity, details={**own, "around": _around(site), **details})


def _around(site: Site) -> str:
    end = site.sentence.find("】", site.offset) + 7
    return site.where or site.sentence[max(0, site.offset - 16) : end].strip()


# -- a whole report ----------------------------------------------------------------------------


def reader_of(report: Context) -> Reader:
    """The reader of a report's texts."""
    names = Names(report.dataset.catalogue.of(report.release), report.lang)
    return Reader(names, report.ledger.find, report.release, report.dataset.accepted)


def faults(report: Context) -> list[Fault]:
    """What is wrong with the words around the figures of a report: prose, records, tables, charts."""
    reader, found = reader_of(report), []
    for place, text in _texts(report):
        found += list(reader.prose(text, place))
    for row in (row for table in report.dataset.records.values() for row in table):
        said = [text for column, text in row.cells.items() if column.endswith(f"_{report.lang}")]
        for text in said:
            told = reader.prose(text, row.file, " ".join(said))
            found += [replace(fault, row=row.number) for fault in told]
    path, file = own_first(report.data, report.dataset.ref_area, EXHIBITS)
    toml = path.read_text(encoding="utf-8-sig").splitlines() if path.exists() else []
    for kind, name in _exhibits(report):
        header = f"[{kind}.{name}]"
        try:
            groups = _groups(report, reader, kind, name)
        except (LookupError, TypeError, AttributeError, ValueError) as error:
            why = {
                "why": f"{header} {error}"
            }  # whatever a wrong specification makes it stumble over
            found.append(Fault("toml", file, _line(toml, header, ""), details=why))
            continue
        for site, fault in (judged for group in groups for judged in reader.judge(group)):
            label = site.where.rpartition(" / ")[2]
            line = _line(toml, header, site.indicator.id, label)
            found.append(replace(fault, file=file, row=line))
    return found


def told_apart(report: Context, lang: Lang) -> list[str]:
    """For people, how far the words of a report reach, and the places that are not checked."""
    reader = reader_of(report)
    groups = [group for _, text in _texts(report) for _, group in reader.groups(text)]
    groups += [g for kind, name in _exhibits(report) for g in _groups(report, reader, kind, name)]
    places = [site for group in groups for site in group]
    judged = [not_told_apart(site, reader.names) for site in places]
    none = [site for site, (_, is_open) in zip(places, judged, strict=True) if is_open]
    some = sum(bool(left) and not is_open for left, is_open in judged)
    full = len(places) - some - len(none)
    said = _REACH[lang].format(report.lang, len(places), full, some, len(none))
    colon = "：" if lang == "zh" else ": "
    return [said, *(f"  ? {s.indicator.names[lang]}{colon}{_around(s)}" for s in none)]


_REACH: dict[Lang, str] = {
    "zh": "数与文字（{}）：{}处，其中{}处能与同单位的各指标区分，{}处不能全部区分，{}处不能区分、未核对。",
    "en": "Figures and words ({}): {} places; {} told apart from every indicator of their unit, "
    "{} from some, {} from none and so not checked.",
}


def _texts(report: Context) -> Iterator[tuple[str, str]]:
    """The prose of a report's language and year, with its files; what the year has of its own first."""
    texts = report.dataset.texts
    for (lang, name), text in texts.items():
        is_replaced = (lang, f"{report.release}/{name}") in texts
        of_year = name.partition("/")[0] in (name, str(report.release))
        if lang == report.lang and of_year and not is_replaced:
            yield f"{report.dataset.ref_area}/text/{lang}/{name}.md", text


def _exhibits(report: Context) -> Iterator[tuple[str, str]]:
    """The tables and charts of ``exhibits.toml``, by kind and name."""
    for kind in ("table", "chart"):
        yield from ((kind, name) for name in report.dataset.exhibits.get(kind, {}))


def _groups(report: Context, reader: Reader, kind: str, name: str) -> list[Group]:
    """The figures of a table or chart, and of the texts below it."""
    from xushi_stats.reporting import exhibits

    spec = report.dataset.exhibits[kind][name]
    if kind == "chart":
        groups = list(of_chart(spec, report.lang, reader.find))
    else:
        block = exhibits.table(report, name)
        groups = list(of_table(block, report.lang, reader.find)) if block else []
    below = {key: spec[key] for key in ("alt", "notes") if key in spec}
    for text in strings(below, report.lang):
        groups += [group for _, group in reader.groups(text)]
    return groups


def _line(toml: Sequence[str], header: str, figure: str, label: str = "") -> int | None:
    """The line that lists a figure under a header, in the row of a label; else the header's."""
    start = next((n for n, line in enumerate(toml) if line.strip() == header), None)
    if start is None:
        return None
    found = []
    for number, line in enumerate(toml[start + 1 :], start=start + 2):
        if line.startswith("["):
            break
        if f'"{figure}"' in line:
            found.append((f'"{label}"' not in line, number))
    return min(found)[1] if found else start + 1
