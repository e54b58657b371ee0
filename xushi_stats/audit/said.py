"""What a report says, bound to what it counts: the step ``words`` of ``verify``.

Every number of the document is one that its figure's value has in that place: with its unit in prose,
bare in a cell, without its sign only behind the word for its direction. Unit, qualifier, time and name
beside it are judged by the rules of ``check``. What is exempt is a date, an ordinal, or declared. All
words are those of ``text.csv``, in which the figures are blank.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from xushi_stats import format, periods
from xushi_stats.audit import remade
from xushi_stats.audit.differences import MOST, Finding
from xushi_stats.audit.steps import Step, not_done, step, table
from xushi_stats.audit.untrusted_attachments import Carried
from xushi_stats.catalogue import Catalogue
from xushi_stats.charts import redraw
from xushi_stats.checks import qualifiers, wording
from xushi_stats.checks.mentions import Group, Site, of_chart, of_table, units
from xushi_stats.checks.name_terms import Names
from xushi_stats.checks.wording import Reader
from xushi_stats.faults import Fault, Lang
from xushi_stats.ledger import Figure
from xushi_stats.notation import has_digit
from xushi_stats.publishing.attachments import TEXT_TABLE, text_table
from xushi_stats.reporting.document import plain, runs, walk
from xushi_stats.reporting.words import FIXED_WORDS, WORDS
from xushi_stats.units.names import UnitName, add_units, once_per_units, unit_names
from xushi_stats.words import rows_of

_PARTS = ("front", "body", "back")
_LABEL = re.compile(r"((附?表|图)|(Table|Figure)( A| )?)\d+|[A-Z]\d+|\d+[.．]?")
_DATE = re.compile(
    r"(?:[0-3]?\d )?(?:[A-Z][a-z]+ )?((?:19|20)\d{2})(?:年.*|-.*)?|.* ((?:19|20)\d{2})"
)
_NUMERALS = re.compile(r"[〇零一二三四五六七八九十百千万亿两]{3,}")
_TIMES = {"年", "天", "月", "日", "分"}
_ALIKE = re.compile(r"[\u2e80-\u2fdf\uf900-\ufaff]|(?<![A-Za-z])[lIO]{2,}(?=[\u4e00-\u9fff])")
"""What looks like a number and is none: radicals for numerals, letters for digits."""
_DECLARED, _UNIT = "declared:", "unit:"


class _Reader(Reader):
    """Reads a document, in which a period has taken the place of its placeholder."""

    def period(self, name: str) -> str | None:
        """The period that 【2020-03:时点】 prints."""
        known, _, what = name.partition(":")
        return known if what == "时点" else None

    def claimed(self, site: Site) -> Iterator[Fault]:
        """What the head of a row or bar says of its figure besides the name."""
        figure = self.figure(site.figure or site.indicator.id)
        if figure and figure.quantity:
            for claim in qualifiers.qualifier(site, figure, self.lang):
                yield wording.claimed(site, claim)


@dataclass(frozen=True)
class Said:
    """A document with the figures that its ledger holds.

    Attributes:
        document: what was set.
        figures: the ledger's rows, by id.
        known: its catalogue.
        tables: the attached tables that say what may be dated: ledger, observations, sources.
        declared: text → kind, of what is declared to hold a number and be no figure.
    """

    document: Mapping[str, Any]
    figures: Mapping[str, Figure]
    known: Catalogue
    tables: Mapping[str, list[dict[str, str]]]
    declared: Mapping[str, str]
    release: int
    lang: Lang
    edition: Any

    # -- numbers ---------------------------------------------------------------------------------

    def misprinted(self) -> Iterator[Finding]:
        """Numbers that are no form of their figure, or not the one that may stand there."""
        for part in _PARTS:
            for block in self.document[part]:
                yield from self._misprinted(block)

    def _misprinted(self, block: Mapping[str, Any]) -> Iterator[Finding]:
        cells = [cell for row in block["rows"] for cell in row] if block["b"] == "table" else []
        bare = {id(cell) for cell in cells if all(i["t"] == "num" for i in cell)}
        entry = block["b"] in ("row", "rows", "series")
        aside = {id(run) for run in runs(block.get("margin", []))}
        below = WORDS[self.lang]["margin_more"]  # what the margin had no room for
        aside |= {id(run) for run in runs(block) if plain(run).startswith(below)}
        for run in runs(block):
            before = ""
            for inline in run:
                if inline.get("t") == "num":
                    figure = self.figures[inline["id"]]
                    allowed = self._forms(
                        figure, before, bare=id(run) in bare, entry=entry or id(run) in aside
                    )
                    if inline["v"] not in allowed:
                        found = {"figure": figure.id, "text": f"{before[-8:]}{inline['v']}"}
                        yield "form_other", {**found, "expected": " / ".join(sorted(allowed))}
                before += plain([inline])

    def _forms(self, figure: Figure, before: str, *, bare: bool, entry: bool) -> set[str]:
        lang, edition = self.lang, self.edition
        allowed = {format.text(figure, lang, edition)}
        if bare:
            allowed.add(format.cell(figure, lang, edition))
        if figure.quantity is None:
            return set()
        if self.edition != "public":
            allowed |= {row["revised"] for row in self.tables["ledger"] if row["id"] == figure.id}
        if entry:
            allowed |= self._of_entry(figure)
        way = self._way(before)
        if way and figure.indicator.row is None:
            falls = figure.quantity.value < 0
            return {format.size(figure, lang, edition)} if falls == (way == "fell") else set()
        return allowed

    def _way(self, before: str) -> str:
        """The direction that the words before a number end with: ``rose``, ``fell`` or none."""
        words = WORDS[self.lang]
        for way in ("rose", "fell"):
            if any(before.endswith(words[f"{way}_{of}"]) for of in ("rate", "points", "number")):
                return way
        return ""

    def _of_entry(self, figure: Figure) -> set[str]:
        """What the entry of a figure shows besides: wordings, the exact value, the range."""
        if self.edition == "public":
            return set()
        more = {row["wording"] for row in self.tables["observations"] if row["id"] == figure.id}
        exact = {format.exact(figure)} if figure.is_exact else {format.interval(figure, self.lang)}
        return more | exact

    # -- words -----------------------------------------------------------------------------------

    def misworded(self) -> Iterator[Finding]:
        """Units, qualifiers, times and names beside numbers that are not the figure's."""
        heading = ""
        for block in [b for part in ("front", "body") for b in self.document[part]]:
            if block["b"] == "heading":
                heading = plain(block["c"])
            for fault in self._faults(block, heading):
                if fault.severity == "error":
                    yield "words_other", {lang: fault.text(lang) for lang in ("zh", "en")}

    def _faults(self, block: Mapping[str, Any], heading: str) -> Iterator[Fault]:
        reader = self._reader
        groups: Iterator[Group] = iter(())
        if block["b"] == "table":
            groups = of_table(block, self.lang, reader.find)
            yield from self._other_unit(block)
        elif block["b"] == "figure":
            groups = of_chart(self._spec(block), self.lang, reader.find)
        for group in groups:
            yield from (fault for _, fault in reader.judge(group))
            for site in group if group and group[0].where else ():
                heads = (replace(site, before=words, after="") for words, _ in site.near)
                yield from (fault for head in heads for fault in reader.claimed(head))
        for key in ("c", "items", "notes"):
            for run in runs(block.get(key, [])):
                yield from reader.prose(self._template(run), "", heading)

    def _other_unit(self, block: Mapping[str, Any]) -> Iterator[Fault]:
        """Rows that name a unit which is not that of their figures."""
        heads = [plain(column["c"]) for column in block["columns"]]
        for row in block["rows"]:
            named = [t for t in map(plain, row) if t and qualifiers.is_unit(t, self.lang)]
            cells = (
                cell for cell, head in zip(row, heads, strict=True) if head[-1:] not in ("）", ")")
            )
            for cell in cells if named else ():
                if len(cell) == 1 and cell[0]["t"] == "num":
                    own = self._reader.find(cell[0]["id"])
                    if own and own.row and not set(named) & units(own, self.lang):
                        told = {f"own_{lang}": own.names[lang] for lang in ("zh", "en")}
                        told |= {
                            "words": named[0],
                            "true": max(units(own, self.lang)),
                            "around": plain(row[0]),
                        }
                        yield Fault("unit_head", details=told)

    @cached_property
    def _reader(self) -> _Reader:
        return _Reader(
            Names(self._judged, self.lang),
            self._figure,
            self.release,
            tuple(text for text, kind in self.declared.items() if kind == "wording"),
        )

    @cached_property
    def _judged(self) -> Catalogue:
        """What the town's own catalogue has or gives; figures of registers are named by their rows."""
        kept = {
            name: one
            for name, one in self.known.indicators.items()
            if one.row is not None or name.rpartition(".")[2] in periods.ADDED
        }
        return Catalogue(kept, ())

    @cached_property
    def _latest(self) -> dict[str, Figure]:
        mine = [f for f in self.figures.values() if f.release == self.release]
        return {f.indicator.id: f for f in sorted(mine, key=lambda f: f.period)}

    def _figure(self, name: str) -> Figure | None:
        return self.figures.get(name) or self._latest.get(name)

    def _template(self, run: list[Any]) -> str:
        """A run as a text with placeholders: those that a figure or a time of its own stands for."""
        year = "年" if self.lang == "zh" else ""
        times = {f"{self.release}{year}": "年份", f"{self.release + 1}{year}": "下年"}
        times = {**{said: f"{p}:时点" for p, said in self._periods.items()}, **times}
        found = ""
        for inline in run:
            figure = self.figures.get(inline.get("id", ""))
            if "c" in inline:
                found += self._template(inline["c"])
            elif inline["t"] == "num" and figure and self._is_named(figure):
                found += f"【{figure.indicator.id}】"
            elif inline["t"] == "fixed" and inline["v"] in times:
                found += f"【{times[inline['v']]}】"
            else:
                found += plain([inline])
        return found

    def _is_named(self, figure: Figure) -> bool:
        """Whether the words around it must name it: not so a change, nor what an earlier year had."""
        return figure.indicator.row is not None and figure is self._latest.get(figure.indicator.id)

    @cached_property
    def _periods(self) -> dict[str, str]:
        """The times of figures that are not whole years, as they are printed."""
        found = {f.period for f in self.figures.values() if not f.period.isdecimal()}
        return {period: format.period(period, self.lang) for period in found}

    def _spec(self, block: Mapping[str, Any]) -> dict[str, Any]:
        """A chart's bars as ``exhibits.toml`` would list them."""
        recipe = block["recipe"]
        if recipe["draw"] not in ("bars", "composition"):
            return {"title": {self.lang: plain(block["title"])}}
        rows, *parts = recipe["args"]
        bars = []
        for row in rows:
            pairs = [
                [label["figure"].partition("/")[2].partition("@")[0] for label in part]
                for part in row["labels"]
            ]
            bar = {self.lang: row["name"], "figures": [pair[0] for pair in pairs]}
            bars.append(bar | {"shares": [pair[1] for pair in pairs if len(pair) > 1]})
        named = [{self.lang: part} for part in parts[0]] if parts else [{self.lang: ""}]
        return {"title": {self.lang: plain(block["title"])}, "bars": bars, "parts": named}

    # -- what is exempt --------------------------------------------------------------------------

    def undeclared(self) -> Iterator[Finding]:
        """Texts that hold a number, lead to no figure, and are no date, ordinal or declared name."""
        strict = [self.document[part] for part in ("cover", "front", "body")]
        for text in dict.fromkeys(_exempt(strict)):
            if not self._is_exempt(text):
                yield "exempt_other", {"text": text}
        rest = [self.document[part] for part in ("masthead", "running", "back")]
        for text in dict.fromkeys((*_exempt(rest), *self.declared)):
            known = self.declared.get(text) == "wording" or text in self._own
            if not known and _is_sized(text):
                yield "exempt_other", {"text": text}

        for node in walk(self.document):
            if node.get("t") == "text" and _ALIKE.search(node["v"]):
                yield "exempt_other", {"text": node["v"][:40]}
            if node.get("b") == "figure" and has_digit(self._unaccounted(node)):
                yield "exempt_other", {"text": node["alt"][:40]}

    def _unaccounted(self, block: Mapping[str, Any]) -> str:
        """What a chart's description says besides its figures and times."""
        shown = [self.figures[link["id"]] for link in block["links"]]
        known = {
            form(f, self.lang, self.edition) for f in shown for form in (format.text, format.cell)
        }
        known |= {n["v"] for n in walk([block["title"], block["words"]]) if n.get("t") == "fixed"}
        rest = str(block["alt"])
        for text in sorted(known | set(self.declared), key=len, reverse=True):
            rest = rest.replace(text, " ")
        return rest

    def _is_exempt(self, text: str) -> bool:
        dated = _DATE.fullmatch(text)
        if dated:
            return int(dated[1] or dated[2]) in self._years
        if text in self.declared or text in self._own:
            return True
        if not has_digit(text) or _LABEL.fullmatch(text):
            return not _NUMERALS.search(text)
        return self.edition != "public" and not _is_sized(text)  # rules as they are entered

    @property
    def _own(self) -> tuple[str, ...]:
        """Numbers in the house's own words."""
        return (*FIXED_WORDS, WORDS[self.lang]["front_area"])

    @cached_property
    def _years(self) -> set[int]:
        own = {int(y) for f in self.figures.values() for y in re.findall(r"\d{4}", f.period)}
        return own | {self.release - 1, self.release, self.release + 1}

    @property
    def accepted(self) -> Iterator[Finding]:
        """Sentences that are declared to be right as they are, and so are not judged."""
        for text, kind in self.declared.items():
            if kind == "wording":
                yield "accepted_wording", {"text": text}


def _exempt(node: Any) -> Iterator[str]:
    for inline in walk(node):
        if inline.get("t") == "fixed" or inline.get("declared") is True:
            yield inline["v"]


def _is_sized(text: str) -> bool:
    """Whether a text says an amount: 4980户, 四千九百八十."""
    return bool(_sized().search(text) or _NUMERALS.search(text))


@once_per_units
def _sized() -> re.Pattern[str]:
    units = "|".join(map(re.escape, set(unit_names()) - _TIMES))
    return re.compile(rf"(?<![\"“\d.,])\d[\d,.]*\s*[万亿]?(?:{units})")


# -- the step ----------------------------------------------------------------------------------


def bound(carried: Carried) -> Step:
    """What is said follows from what is counted, and is what ``text.csv`` says."""
    words = carried.files.get(TEXT_TABLE)
    if words is None:
        return not_done("words", ("no_text", {"name": TEXT_TABLE}))
    said = _read(carried)
    rows, lang, edition = said.tables["ledger"], said.lang, said.edition
    found = [*remade.differing(rows, said.figures, lang, edition), *said.misprinted()]
    found += [*said.misworded(), *said.undeclared(), *_other_text(carried, said.declared)]
    numbers = sum(1 for n in walk(carried.document) if n.get("t") == "num")
    return step("words", found[:MOST], {"count": numbers}, said.accepted)


def _read(carried: Carried) -> Said:
    about = carried.manifest["report"]
    names = ("ledger", "observations", "catalogue", "text")
    tables = {name: table(carried, f"{name}.csv") for name in names}
    _take_units(tables["text"])
    known = remade.catalogue(tables["catalogue"])
    declared = (row for row in tables["text"] if row["place"].startswith(_DECLARED))
    return Said(
        carried.document,
        remade.figures(tables["ledger"], known, tables["observations"]),
        known,
        tables,
        {row["text"]: row["place"].removeprefix(_DECLARED) for row in declared},
        int(about["release"]),
        carried.document["meta"]["lang"],
        carried.document["meta"]["edition"],
    )


def _take_units(rows: list[dict[str, str]]) -> None:
    """Know the units of measure that the report's project has of its own."""
    known = unit_names()
    new = []
    for row in rows:
        text = row["text"]
        if row["place"].startswith(_UNIT) and text not in known:
            _, kind, size, one, many = row["place"].split(":")
            new.append(UnitName(text, kind, size, one, many, base=text, own=True))
    if new:
        add_units([*(name for name in known.values() if name.own), *new])


def _other_text(carried: Carried, declared: Mapping[str, str]) -> Iterator[Finding]:
    """Where the document is not what ``text.csv`` says."""
    charts = {n: c.decode() for n, c in carried.files.items() if n.endswith(".svg")}
    kept = {text: f"{_DECLARED}{kind}" for text, kind in declared.items()}
    rows = table(carried, TEXT_TABLE)
    kept |= {row["text"]: row["place"] for row in rows if row["place"].startswith(_UNIT)}
    made = text_table(carried.document, charts, kept)
    if made == carried.files[TEXT_TABLE]:
        return
    here, there = (_places(t) for t in (made, carried.files[TEXT_TABLE]))
    for place in dict.fromkeys((*there, *here)):
        if here.get(place) != there.get(place):
            said = {"found": here.get(place, "—")[:80], "expected": there.get(place, "—")[:80]}
            yield "text_other", {"place": place, **said}


def _places(content: bytes) -> dict[str, str]:
    return {row["place"]: row["text"] for row in rows_of(content)}


def drawn(carried: Carried) -> Step:
    """Every chart is drawn again from its names and the ledger's values, and compared."""
    import matplotlib

    blocks = [b for b in carried.document["body"] if b["b"] == "figure"]
    if any("recipe" not in b for b in blocks):
        return not_done("charts", ("no_recipe", {}))
    other = {str(b["recipe"]["with"])[:20] for b in blocks} - {matplotlib.__version__}
    if other:
        here = {"made": ", ".join(other), "here": matplotlib.__version__}
        return not_done("charts", ("other_setting", {"what": "Matplotlib", **here}))
    said = _read(carried)
    found = [finding for block in blocks for finding in _misdrawn(block, said, carried)]
    return step("charts", found, {"count": len(blocks)})


def _misdrawn(block: Mapping[str, Any], said: Said, carried: Carried) -> Iterator[Finding]:
    made = redraw.redrawn(block["recipe"])
    name = {"name": block["chart"]}
    if made.svg.encode() != carried.files[block["chart"]] or made.links != block["links"]:
        yield "chart_other", name
    for size, text, figure in redraw.sized(block["recipe"]):
        own = said.figures[figure]
        forms = {f(own, said.lang, said.edition) for f in (format.text, format.cell)}
        value = own.quantity.value if own.quantity else None
        turned = value is not None and block["recipe"]["draw"] == "heat" and size == -value
        if text not in forms or not (size in (None, value) or turned):
            yield "chart_number", {**name, "figure": figure, "text": text}
