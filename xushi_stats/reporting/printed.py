"""What a report prints: the pieces that its notebooks name, and tables of what no piece shows.

Everything entered is printed: figures that no text, table or chart names stand, by the catalogue's
sections and in its order, at the end of a section of the report; the parts of a sum have a chart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

from xushi_stats import periods
from xushi_stats.editions import LANGS
from xushi_stats.faults import Fault, Lang
from xushi_stats.ledger import Figure
from xushi_stats.reporting import comparisons, document, exhibits, named, prose, years
from xushi_stats.reporting.comparisons import Comparison
from xushi_stats.reporting.document import Block
from xushi_stats.reporting.words import AREA, WORDS
from xushi_stats.tables import languages

if TYPE_CHECKING:
    from xushi_stats.reporting.context import Context

_FIELDS = ("name", "unit", "prior", "this", "change", "growth", "period", "note")
_ALWAYS = ("name", "unit", "this")
_RECORDS = {
    "milestones": ("name", "status", "next", "note"),
    "targets": ("name", "unit", "figure", "verb", "note"),
    "honours": ("name", "level"),
    "rules": ("topic", "stated"),
}
"""Tables of records that have a table of their own where no exhibit is made from them → its fields."""
_MOST_PARTS = 3
"""Parts of a sum that a chart can tell apart."""


def shown(report: Context) -> set[str]:
    """The figures that the pieces of a report show, whatever the edition."""
    draft = report.in_edition("draft")
    found: set[str] = set()
    for one in named.called(report):
        if one.name is None:
            continue
        if one.call == "text":
            blocks: list[Any] = prose.present(draft, prose.part(draft, one.name), cut_all=True)
            found |= _numbers(blocks)
        elif one.name in draft.dataset.exhibits.get(named.PIECES[one.call], {}):
            spec = draft.dataset.exhibits[named.PIECES[one.call]][one.name]
            known = (draft.internal.find(name) for name in document.figures(spec))
            found |= {figure.id for figure in known if figure}
            if one.call == "table":
                found |= _numbers(exhibits.table(draft, one.name))
    return found


def _numbers(piece: Any) -> set[str]:
    return {i["id"] for i in document.walk(piece) if i.get("t") == "num"}


def left_over(report: Context) -> dict[tuple[str, str], list[Figure]]:
    """(section of the report, section of the catalogue) → the figures that no piece shows, in order.

    ``not_printed`` of ``town.toml`` names what is to stay out.
    """

    def find() -> dict[tuple[str, str], list[Figure]]:
        seen, out = shown(report), report.dataset.town.get("not_printed", [])
        found: dict[tuple[str, str], list[Figure]] = {}
        entered = [f for f in report.internal.figures.values() if _is_entered(report, f)]
        for one in report.dataset.catalogue.indicators.values():
            for figure in (f for f in entered if f.indicator.id == one.id):
                if figure.id not in seen and one.id not in out:
                    home = one.section if one.section in report.dataset.sections else ""
                    home = home or report.dataset.sections[0]
                    found.setdefault((home, one.section), []).append(figure)
        return found

    key = ("left over", report.lang, report.release)
    return report.dataset.once(key, find) if report.dataset.sections else {}


def _is_entered(report: Context, figure: Figure) -> bool:
    """Whether a figure of this year was stated, or is made by a formula or count of the catalogue."""
    own = figure.indicator
    if figure.release != report.release or not figure.quantity or own.row is None:
        return False
    return bool(figure.statements) or own.id.rpartition(".")[2] not in periods.ADDED


def rest(report: Context) -> dict[str, list[Block]]:
    """Section of the report → what its own pieces leave over: a heading and a table for each group."""
    found: dict[str, list[Block]] = {}
    for (home, group), figures in left_over(report).items():
        here = [f for f in figures if f.id in report.ledger.figures]
        blocks = [_figures(report, group, here), *_sums(report, group, here)]
        _add(report, found, home, area(report, group), blocks)
    for table in _records_left(report):
        homes = report.dataset.sections
        home = table if table in homes else homes[0]
        _add(report, found, home, _words(f"records_{table}"), [_record_table(report, table)])
    return found


def _add(
    report: Context,
    found: dict[str, list[Block]],
    home: str,
    title: dict[str, str],
    blocks: Sequence[Block | None],
) -> None:
    there = [block for block in blocks if block]
    if there:
        head = {"b": "heading", "level": 2, "c": report.line(title)}
        found.setdefault(home, []).extend([head, *there])


def area(report: Context, group: str) -> dict[str, str]:
    """What a section of the catalogue is called: by ``town.toml``, by the program, or as it is written."""
    named_so = report.dataset.town.get("parts", {}).get(group)
    if named_so:
        return dict(named_so)
    if group in report.dataset.sections:
        return _words("other_figures")
    return {lang: AREA[lang].get(group, years.capital(group)) for lang in LANGS}


def _words(key: str) -> dict[str, str]:
    return {lang: WORDS[lang][key] for lang in LANGS}


def _spec(report: Context, title: dict[str, str], fields: Sequence[str]) -> dict[str, Any]:
    columns = [
        {**_words(f"column_{f}"), "field": f, "optional": f not in _ALWAYS, "width": _WIDE.get(f)}
        for f in fields
    ]
    heads = {lang: WORDS[lang]["self_made"].format(title[lang]) for lang in LANGS}
    return {"title": heads, "columns": columns}


_WIDE = {"name": 7, "unit": 3}


def _figures(report: Context, group: str, figures: Sequence[Figure]) -> Block | None:
    """A row a figure, with the year before where there is one."""
    spec = _spec(report, area(report, group), _FIELDS)
    two = comparisons.is_second_year(report.ledger)
    body = []
    for figure in figures:
        latest = report.ledger.find(figure.indicator.id)
        compared = two and latest is not None and latest.id == figure.id
        one = comparisons.compare(report.ledger, figure) if compared else None
        body.append([_cell(report, figure, one, field) for field in _FIELDS])
    return exhibits.made(report, f"rest_{group}", spec, spec["columns"], body)


def _cell(report: Context, figure: Figure, one: Comparison | None, field: str) -> Any:
    if one is None or field == "period":
        return years.single_cell(report, figure, field)
    return years.compared_cell(report, one, field)


def _sums(report: Context, group: str, figures: Sequence[Figure]) -> Iterator[Block | None]:
    """A chart for each sum whose parts are all here: of few parts what each makes up, else bars."""
    here = {
        f.indicator.id: f for f in figures if f.is_exact and f.quantity and f.quantity.value > 0
    }
    for total, parts in sums(report).items():
        if (
            total not in here
            or here[total].indicator.unit.text == "%"
            or not here.keys() >= set(parts)
            or len(parts) < 2
        ):
            continue
        names = {i: here[i].indicator.names for i in (total, *parts)}
        bar: dict[str, Any] = {**{lang: names[total][lang] for lang in LANGS}, "figures": parts}
        said = [{lang: f"{names[i][lang]} 【{i}】" for lang in LANGS} for i in parts]
        stop = {"zh": "；", "en": "; "}
        heads = {lang: WORDS[lang]["made_up"].format(names[total][lang]) for lang in LANGS}
        alt = {lang: heads[lang] + WORDS[lang]["colon"] for lang in LANGS}
        spec: dict[str, Any] = {
            "title": heads,
            "alt": {lang: alt[lang] + stop[lang].join(s[lang] for s in said) for lang in LANGS},
        }
        if len(parts) > _MOST_PARTS:
            spec |= {"kind": "bars", "bars": [{**dict(names[i]), "figure": i} for i in parts]}
        else:
            spec |= {"kind": "composition", "bars": [bar], "parts": [names[i] for i in parts]}
        yield exhibits.drawn_from(report, f"parts_{total}", spec)


def sums(report: Context) -> dict[str, list[str]]:
    """Indicators that a formula or a check says to be the sum of others → these."""
    known = report.dataset.catalogue
    found = {
        i.id: (i.formula.text, [r.indicator for r in i.formula.references])
        for i in known.indicators.values()
        if i.formula and i.formula.is_sum
    }
    for check in known.checks:
        sides = (check.condition.left, check.condition.right)
        for one, other in (sides, sides[::-1]):
            alone = [str(r) for r in one.references] == [one.text.strip()]
            if check.condition.sign == "==" and alone and other.is_sum:
                parts = [r.indicator for r in other.references]
                found.setdefault(one.text.strip(), (other.text, parts))
    return {total: parts for total, (text, parts) in found.items() if "-" not in text}


def _records_left(report: Context) -> list[str]:
    """The tables of records with rows of this year that no exhibit of the report is made from."""
    made = {(one.call, one.name) for one in named.called(report)}
    specs = [
        spec
        for kind, call in (("table", "table"), ("chart", "chart"))
        for name, spec in report.dataset.exhibits.get(kind, {}).items()
        if (call, name) in made
    ]
    used = {spec.get("from", "") for spec in specs}
    return [name for name in _RECORDS if report.records(name) and name not in used]


def _record_table(report: Context, name: str) -> Block | None:
    spec = _spec(report, _words(f"records_{name}"), _RECORDS[name]) | {"from": name}
    body = exhibits.record_rows(report, spec, spec["columns"])
    return exhibits.made(report, f"rest_{name}", spec, spec["columns"], list(body))


# -- what a check says of it -------------------------------------------------------------------


def told(report: Context, lang: Lang) -> list[str]:
    """What no piece shows, by group: where it stands all the same, or that it is not printed."""
    lines = []
    words, comma = WORDS[lang], WORDS[lang]["pages_sep"]
    for (home, group), figures in left_over(report).items():
        names = dict.fromkeys(f.indicator.names[lang] for f in figures)
        where = area(report, group)[lang]
        lines.append(words["told_rest"].format(home=home, group=where, names=comma.join(names)))
    for table in _records_left(report):
        where = words[f"records_{table}"]
        lines.append(words["told_rest"].format(home="", group=where, names=f"{table}.csv").strip())
    out = report.dataset.town.get("not_printed", [])
    names = dict.fromkeys(
        f.indicator.names[lang]
        for f, name in product(report.internal.figures.values(), out)
        if f.indicator.id == name and f.quantity and f.release == report.release
    )
    return [*lines, *([words["told_out"].format(names=comma.join(names))] if names else [])]


def undefined(report: Context) -> list[Fault]:
    """The figures of the public edition whose indicator has no definition."""
    own = {f.indicator.id: f.indicator for f in report.internal.public().figures.values()}
    return [
        one.row.fault("definition_missing", f"definition_{lang}", names=one.names[lang])
        for one in own.values()
        for lang in languages.of(report.dataset.folder)
        if one.row and not one.definition[lang]
        if any(f.indicator.id == one.id and f.quantity for f in report.internal.figures.values())
    ]


def faults(report: Context) -> Iterator[Fault]:
    """Names in ``not_printed`` that there are not, and clauses left out of the texts that are printed."""
    out, known = report.dataset.town.get("not_printed", []), report.dataset.catalogue
    for name in out if isinstance(out, list) else [out]:
        if known.find(str(name)) is None:
            details = {"near": known.near(str(name))}
            file = f"{report.dataset.ref_area}/town.toml"
            yield Fault("figure_unknown", file, value=str(name), details=details)
    texts = {one.name.partition(".")[0] for one in named.called(report) if one.name}
    for section in sorted(texts & set(report.dataset.sections)):
        yield from prose.faults(report, section)
