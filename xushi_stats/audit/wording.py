"""Right number, wrong words: whether the words around a figure are its own.

Asked before any notebook runs. Four rules, each of which says what it found: another indicator's
name fits better; a qualifier (超过, at least) is not the figure's; a unit is not the figure's, or is
printed already; a time is not the figure's. What the words cannot decide is said to be not checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from xushi_stats.audit import claims
from xushi_stats.audit.likeness import Names, abbreviates, quoted, says_something, terms
from xushi_stats.audit.sites import (
    Group,
    Said,
    Site,
    of_chart,
    of_prose,
    of_table,
    paragraphs,
    units,
)
from xushi_stats.catalogue import Indicator
from xushi_stats.faults import Fault, Lang, Severity
from xushi_stats.ledger import Figure
from xushi_stats.reporting.document import strings
from xushi_stats.words import LANGS

if TYPE_CHECKING:
    from xushi_stats.reporting.report import Report

ERROR, WARNING = 2.2, 1.6
"""How much better another name must fit; a term that only one indicator of eighty has weighs 4.4."""
NAMED: dict[Lang, float] = {"zh": 0.05, "en": 0.0}
MEANT = {False: 0.5, True: 0.65}
"""How little of its own name leaves a figure unnamed, and how much of another's says what is meant."""
NOUN = 0.9
"""How much the noun counts that an English number prints itself: 12 religious venues."""
EXHIBITS = "exhibits.toml"
COVER, SHARE = 0.3, 0.25
"""How much of the other name must be there, and how much of what tells it from the own one."""


@dataclass(frozen=True)
class Likeness:
    """Another indicator's name at a site: how much better it fits, and which words say so."""

    rival: Indicator
    margin: float
    words: str


def better(group: Group, n: int, names: Names) -> Likeness | None:
    """The indicator whose name fits a site better than that of the figure there, if any does.

    Args:
        group: figures of one sentence, table or chart. Where each of two has the other's words,
            they were exchanged, and each place is evidence for the other.
        n: which of them is asked about.
        names: of all indicators, in the language of the text.
    """
    site, best = group[n], None
    heard = _Heard(site, site.indicator, names)
    beside = {other.indicator.id: other for other in group}
    for rival in names.rivals.values():
        margin = heard.margin(rival)
        if rival.id in beside and rival.id != site.indicator.id:
            here = heard.margin(rival, beside=True)
            there = _Heard(beside[rival.id], rival, names).margin(site.indicator, beside=True)
            margin = max(margin + there, here + there) if here > 0 and there >= 0 else 0.0
        elif heard.cover(rival) < COVER:
            continue
        if (
            margin >= WARNING
            and heard.share(rival) >= SHARE
            and (best is None or margin > best.margin)
        ):
            best = Likeness(rival, margin, heard.words(rival))
    return best


def unnamed(group: Group, n: int, names: Names) -> tuple[bool, Indicator | None]:
    """Whether nothing around a site names its figure, and which indicator is named there if any is.

    An English number that prints a noun names itself; it is unnamed only where another is named.
    """
    site = group[n]
    heard = _Heard(site, site.indicator, names)
    labels = [text for text, _ in site.near if text]
    is_label = not site.sentence  # a name in foreign letters says nothing either way
    if heard.fit() > NAMED[names.lang] or (
        is_label and not all(says_something(text, names.lang) for text in labels)
    ):
        return False, None
    beside = {other.indicator.id for other in group}
    kin = {r.indicator for r in site.indicator.formula.references} if site.indicator.formula else ()
    rest = [i for i in names.rivals.values() if i.id not in beside and i.id not in kin]
    best = max(rest, key=heard.cover, default=None)
    meant = best if best and heard.cover(best) >= MEANT[bool(heard.printed)] else None
    return not heard.printed or meant is not None, meant


def not_told_apart(site: Site, names: Names) -> tuple[list[Indicator], bool]:
    """The indicators of the same unit that could stand at a site without the words saying so.

    Returns:
        Those indicators, and whether they are all that there are: then the site is not checked.
    """
    own, lang = site.indicator, names.lang
    kin = [i for i in names.rivals.values() if i.id != own.id and units(i, lang) & units(own, lang)]
    left = [rival for rival in kin if _passes(site, rival, names)]
    return left, bool(left) and len(left) == len(kin)


def _passes(site: Site, wrong: Indicator, names: Names) -> bool:
    """Whether another figure could stand at a site without a word from us."""
    heard = _Heard(replace(site, row=site.row - {site.indicator.id}), wrong, names)
    is_named = heard.fit() > NAMED[names.lang] or bool(heard.printed)
    return is_named and heard.margin(site.indicator) < WARNING


class _Heard:
    """The terms that a reader meets at a site where a figure stands, each with how close it is."""

    def __init__(self, site: Site, own: Indicator, names: Names) -> None:
        self.site, self.own, self.names, self.lang = site, own, names, names.lang
        noun = own.shown[self.lang] if site.sentence else ""  # 12 religious venues names itself
        self.printed = {term: NOUN for term, _ in terms(noun, self.lang)}
        self.near = self._terms(site.near)
        self.apart = self._terms(site.apart)
        self.wider = self._terms(site.wider)
        self.far = self._terms([*site.near, *site.far])
        name = own.names[self.lang]
        self.short = set(self._terms([said for said in site.near if abbreviates(said[0], name)]))

    def _terms(self, said: Sequence[Said]) -> dict[str, float]:
        found: dict[str, float] = {}
        for text, closeness in said:
            for term, _ in terms(text, self.lang):
                found[term] = max(found.get(term, 0.0), closeness)
        return found

    def _beside(self, rival: Indicator) -> dict[str, float]:
        """What names the figure: against another of its row the head of the column alone.

        Where the nearest words do not tell the two apart, those before them are heard too.
        """
        near = self.apart if rival.id in self.site.row else self.near
        telling = self.names.of(rival) ^ self.names.of(self.own)
        if any(t in near for t in telling) or not units(rival, self.lang) & units(
            self.own, self.lang
        ):
            return near
        return self.wider | near

    def margin(self, rival: Indicator, *, beside: bool = False) -> float:
        """What the words say for another name, less what they say for the figure's own.

        With ``beside``, words farther off do not speak for the own name: if the two were exchanged
        they are those of the other place.
        """
        unit = self.site.unit
        if self.own.id == rival.id or (unit and unit not in units(rival, self.lang)):
            return 0.0
        mine, other, weight = self.names.of(self.own), self.names.of(rival), self.names.weight
        near = self._beside(rival)
        far = (near if beside else self.far) | self.printed
        for_rival = sum(weight(t) * near.get(t, 0.0) for t in other - mine - self.short)
        return for_rival - sum(weight(t) * far.get(t, 0.0) for t in mine - other)

    def fit(self) -> float:
        """How much of the figure's own name is met at all; 1 where it cannot be said."""
        mine, weight = self.names.of(self.own), self.names.weight
        whole = sum(map(weight, mine))
        return sum(weight(t) * self.far.get(t, 0.0) for t in mine) / whole if whole else 1.0

    def share(self, rival: Indicator) -> float:
        """How much of what tells another name from the figure's own is said at its side."""
        near = self._beside(rival)
        telling = self.names.of(rival) - self.names.of(self.own) - self.short
        whole = sum(map(self.names.weight, telling))
        return sum(self.names.weight(t) for t in telling if near.get(t)) / whole if whole else 0.0

    def cover(self, rival: Indicator) -> float:
        """How much of another name a reader finds here."""
        other, weight = self.names.of(rival), self.names.weight
        if any(abbreviates(text, rival.names[self.lang]) for text, _ in self.site.near):
            return 1.0
        whole, met = sum(map(weight, other)), [t for t in other if self.far.get(t, 0.0) >= 0.3]
        return sum(map(weight, met)) / whole if whole and len(met) > 1 else 0.0

    def words(self, rival: Indicator) -> str:
        """The words that another name has and the figure's own has not."""
        near = self.site.apart if rival.id in self.site.row else self.site.near
        wanted = self.names.of(rival) - self.names.of(self.own) - self.short
        said = quoted([text for text, _ in near], wanted, self.lang)
        return said or quoted([text for text, _ in self.site.wider], wanted, self.lang)


# -- faults ------------------------------------------------------------------------------------


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
            yield from ((site, _claimed(site, claim)) for claim in self._claims(site))

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

    def _claims(self, site: Site) -> Iterator[claims.Claim]:
        figure = self.figure(site.indicator.id)
        if figure is None or figure.quantity is None:
            return
        yield from claims.qualifier(site, figure, self.lang)
        yield from claims.unit(site, figure, self.lang)
        stated = claims.time_of(site, self.year, self.lang, self.period)
        yield from claims.time(figure, stated, self.lang)


def _claimed(site: Site, claim: claims.Claim) -> Fault:
    return _fault(claim.code, site, claim.severity, words=claim.words, true=claim.true)


def _fault(code: str, site: Site, severity: Severity, **details: str) -> Fault:
    """A fault with the figure's name, and with where it stands as people find it."""
    own = {f"own_{lang}": name for lang, name in site.indicator.names.items()}
    return Fault(code, severity=severity, details={**own, "around": _around(site), **details})


def _around(site: Site) -> str:
    end = site.sentence.find("】", site.offset) + 7
    return site.where or site.sentence[max(0, site.offset - 16) : end].strip()


# -- a whole report ----------------------------------------------------------------------------


def reader_of(report: Report) -> Reader:
    """The reader of a report's texts."""
    names = Names(report.dataset.catalogue, report.lang)
    return Reader(names, report.ledger.find, report.release, report.dataset.accepted)


def faults(report: Report) -> list[Fault]:
    """What is wrong with the words around the figures of a report: prose, records, tables, charts."""
    reader, found = reader_of(report), []
    for file, text in _texts(report):
        found += list(reader.prose(text, file))
    for row in (row for table in report.dataset.records.values() for row in table):
        said = [text for column, text in row.cells.items() if column.endswith(f"_{report.lang}")]
        for text in said:
            told = reader.prose(text, row.file, " ".join(said))
            found += [replace(fault, row=row.number) for fault in told]
    toml = (report.data / EXHIBITS).read_text(encoding="utf-8-sig").splitlines()
    for kind, name in _exhibits(report):
        header = f"[{kind}.{name}]"
        try:
            groups = _groups(report, reader, kind, name)
        except (LookupError, TypeError, AttributeError, ValueError) as error:
            why = {
                "why": f"{header} {error}"
            }  # whatever a wrong specification makes it stumble over
            found.append(Fault("toml", EXHIBITS, _line(toml, header, ""), details=why))
            continue
        for site, fault in (judged for group in groups for judged in reader.judge(group)):
            label = site.where.rpartition(" / ")[2]
            line = _line(toml, header, site.indicator.id, label)
            found.append(replace(fault, file=EXHIBITS, row=line))
    return found


def told_apart(report: Report, lang: Lang) -> list[str]:
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


def _texts(report: Report) -> Iterator[tuple[str, str]]:
    """The prose of a report's language and year, with its files."""
    for (lang, name), text in report.dataset.texts.items():
        if lang == report.lang and name.partition("/")[0] in (name, str(report.release)):
            yield f"{report.dataset.ref_area}/text/{lang}/{name}.md", text


def _exhibits(report: Report) -> Iterator[tuple[str, str]]:
    """The tables and charts of ``exhibits.toml``, by kind and name."""
    for kind in ("table", "chart"):
        yield from ((kind, name) for name in report.dataset.exhibits.get(kind, {}))


def _groups(report: Report, reader: Reader, kind: str, name: str) -> list[Group]:
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
