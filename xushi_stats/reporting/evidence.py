"""The plain tables that travel with an edition: enough to compute every derived figure again.

What the public may not have is left out here, and nowhere else: internal indicators and all that is
made from them (``Ledger.public``), remarks, queries, explanations of checks, and what the public
tables of tasks do not print. Of a range the public has what the words say (7000余: above 7000) and the
one side of a derived figure that is printed; another end is left blank, and so is the value of a
figure that has no exact one. The wordings and their places are in every edition: the source is public,
and without them nobody could hold the figures against it.

So a recomputation from the public tables checks every exact figure and every printed side; it cannot
check ends that are only a convention, nor digests over columns that the public does not have.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xushi_stats import format, records
from xushi_stats.catalogue import Indicator
from xushi_stats.dataset import Dataset
from xushi_stats.editions import LANGS, Edition
from xushi_stats.faults import Lang
from xushi_stats.ledger import Figure, Ledger, Result
from xushi_stats.quantity import Bound, Unit, is_finite
from xushi_stats.sources import Source
from xushi_stats.tables import Row
from xushi_stats.words import read_rows

if TYPE_CHECKING:
    import pandas

Cells = dict[str, Any]
Ends = tuple[Bound | None, Bound | None]

_TABLE = read_rows("xushi_stats.reporting", "evidence.csv")
COLUMNS: Mapping[str, tuple[str, ...]] = {
    name: tuple(row["column"] for row in _TABLE if row["table"] == name)
    for name in dict.fromkeys(row["table"] for row in _TABLE)
}
"""File name without ``.csv`` → its columns in the draft and internal editions."""
INTERNAL_COLUMNS: Mapping[str, tuple[str, ...]] = {
    name: tuple(row["column"] for row in _TABLE if row["table"] == name and not row["public"])
    for name in COLUMNS
}
"""The columns that the public edition does not have."""

_WITH_SOURCE = ("observations", "targets", "milestones")
_PUBLIC_TASKS = ("定量目标", "节点任务", "提升任务")
_WITH_PUBLIC_NOTE = ("定量目标",)


def tables(
    dataset: Dataset,
    ledger: Ledger,
    lang: Lang,
    edition: Edition,
    uses: Mapping[str, Collection[str]],
) -> dict[str, bytes]:
    """All evidence that an edition may show, as CSV (UTF-8 with BOM, LF).

    Args:
        dataset: the town's data.
        ledger: its internal ledger; for the public edition the public one is made from it here.
        lang: language of the texts shown and of the places in the source.
        edition: the edition that the tables travel with.
        uses: figure id → where it stands in that edition.

    Returns:
        File name → content; the same names for every edition.

    Raises:
        ValueError: a public ledger was given; the verdicts of the checks cannot be had from it.
    """
    if ledger.audience != "internal":
        raise ValueError("the tables are made from the internal ledger")
    public = edition == "public"
    shown = ledger.public() if public else ledger
    figures = list(shown.figures.values())
    known = {figure.indicator.id for figure in figures}
    rows: dict[str, list[Cells]] = {
        "observations": [row for f in figures for row in _observations(dataset, f, lang, edition)],
        "catalogue": [_indicator(i) for i in ledger.catalogue.in_order() if i.id in known],
        "checks": [_check(r) for r in ledger.check() if _names_only(r, known)],
        "targets": [_record(row, known) for row in _targets(dataset, ledger, public)],
        "milestones": [_record(row, known) for row in _milestones(dataset, shown, public)],
        "ledger": [ledger_row(f, uses.get(f.id, ()), edition, (lang,)) for f in figures],
    }
    cited = {row["source"] for name in _WITH_SOURCE for row in rows[name]}
    sources = [s for s in dataset.sources.values() if not public or s.id in cited]
    rows["sources"] = [_source(source) for source in sources]
    rows |= {"units": found} if (found := list(_units(figures))) else {}
    return {f"{name}.csv": as_csv(found, _columns(name, public)) for name, found in rows.items()}


def ledger_row(
    figure: Figure, uses: Collection[str], edition: Edition = "draft", langs: Sequence[Lang] = LANGS
) -> Cells:
    """A figure as a row of a ledger file; lists are for the writer to join.

    In one language the text shown is ``shown`` and ``cell``, in both ``shown_zh`` and ``shown_en``.
    """
    quantity, indicator = figure.quantity, figure.indicator
    derived = quantity is not None and not figure.is_observed
    is_rounded = derived or (quantity is not None and format.is_aggregate(figure))
    is_rounded = is_rounded or (quantity is not None and not figure.is_exact)  # its range is
    hidden = edition == "public" and derived and not figure.is_exact
    return {
        "id": figure.id,
        "name_zh": indicator.names["zh"],
        "name_en": indicator.names["en"],
        "kind": "observed" if figure.is_observed else "derived",
        "audience": indicator.audience,
        "time_period": figure.period,
        "release": str(figure.release),
        "value": format.exact(figure) if quantity and not hidden else "",
        "bounds": _bounds(_ends(figure, edition), indicator.unit) if quantity else "",
        "exact": _yes(figure.is_exact) if quantity else "",
        "tight": _yes(quantity.tight) if quantity else "",
        "decimals": str(format.places(figure)) if is_rounded else "",
        "unit": _unit(indicator.unit),
        "basis": indicator.basis,
        **_shown(figure, edition, langs),
        "interval": ""
        if quantity is None or figure.is_exact
        else format.interval(figure, langs[0]),
        "missing": figure.missing.reason if figure.missing else "",
        "formula": indicator.formula.text if indicator.formula else "",
        "inputs": list(figure.missing.inputs if figure.missing else figure.inputs),
        "origin": _origin(figure, edition),
        "statements": [f"{s.source}@{s.at} {s.wording}" for s in figure.statements],
        "status": sorted({s.status for s in figure.statements}),
        "grade": sorted({s.grade for s in figure.statements}),
        "assumption": indicator.assumption[langs[0]],
        "queries": [q.id for q in figure.queries],
        "revised": figure.revised.wording if figure.revised else "",
        "used_in": sorted(uses),
    }


def as_csv(rows: Sequence[Cells], columns: Sequence[str]) -> bytes:
    """A table as people with a spreadsheet can open it; no text of it becomes a formula there."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for row in rows:
        cells = {k: "；".join(v) if isinstance(v, list) else str(v) for k, v in row.items()}
        writer.writerow(
            {k: inert(v.replace("\r\n", "\n").replace("\r", "\n")) for k, v in cells.items()}
        )
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def inert(text: str) -> str:
    """A text that a spreadsheet takes for text: what would start a formula gets an apostrophe.

    >>> inert("=1+1"), inert("-a + b"), inert("-5/3")
    ("'=1+1", "'-a + b", '-5/3')
    """
    starts = text[:1] in ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
    number = re.fullmatch(r"-\d+(/\d+)?|-inf", text, re.ASCII)
    return "'" + text if text and starts and not number else text


def write_ledger(folder: Path, ledger: Ledger, digest: str, uses: dict[str, set[str]]) -> None:
    """Write ``ledger.csv`` (with BOM, for Excel) and ``ledger.json``: every figure, internal ones too."""
    figures = [ledger_row(f, uses.get(f.id, ())) for f in ledger.figures.values()]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ledger.csv").write_bytes(as_csv(figures, list(figures[0])))
    content = {
        "format": 1,
        "ref_area": ledger.ref_area,
        "release": ledger.release,
        "data_sha256": digest,
        "figures": figures,
    }
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    (folder / "ledger.json").write_bytes(text.encode())


def frame(ledger: Ledger) -> pandas.DataFrame:
    """The ledger as a data frame for an analyst's own questions, indexed by full id.

    Exact values are ``Fraction`` objects in the column ``value``, in the unit that the row states: a
    share is a pure number of the unit 1, as in ``ledger.csv``. A missing figure has None.
    """
    import pandas

    rows = [ledger_row(figure, ()) for figure in ledger.figures.values()]
    for row, figure in zip(rows, ledger.figures.values(), strict=True):
        quantity = figure.quantity
        row["value"] = format.pure(quantity.value, quantity.unit) if quantity else None
    return pandas.DataFrame(rows).set_index("id").drop(columns=["used_in"])


_USUAL = frozenset(
    ["元", "万元", "亿元", "米", "公里", "亩", "公顷", "平方公里", "吨", "公斤", "%"]
)
"""Units whose size whoever computes again knows, and whose English stands in the same unit."""


def _units(figures: Sequence[Figure]) -> Iterator[Cells]:
    """The size in base units of each other unit, as it is called in each language."""
    found: dict[str, Fraction] = {}
    for figure in figures:
        own = figure.quantity.own if figure.quantity else None
        for unit in filter(None, (figure.indicator.unit, own)):
            for name in unit.names:
                if own or not (name.text in _USUAL or Unit(name.text).scale == 1):
                    plain = Unit(name.base)
                    english = {f" {n}" for n in (plain.names[0].one, plain.names[0].many) if n}
                    found |= dict.fromkeys(english, plain.scale) | {
                        name.text: Unit(name.text).scale
                    }
                    if name.text != name.base:  # a number in English, where words have no name
                        found[f"{name.text}|"] = plain.scale
            if own and len(unit.names) > 1:
                english = {format.english_unit(unit, "", one=one) for one in (True, False)}
                found |= dict.fromkeys({unit.text, *english}, unit.scale)
    for written, size in sorted(found.items()):
        yield {"unit": written, "size": size}


# -- the rows of each table --------------------------------------------------------------------


def _observations(
    dataset: Dataset, figure: Figure, lang: Lang, edition: Edition
) -> Iterator[Cells]:
    """The statements of a figure, with what the wording means."""
    low, high = _ends(figure, edition)
    unit = figure.indicator.unit
    for said in figure.statements:
        place = said.quantity.place
        yield {
            "id": figure.id,
            "indicator": figure.indicator.id,
            "time_period": said.time_period,
            "release": said.release,
            "wording": said.wording,
            "read_as": said.row["read_as"],
            "value": format.pure(said.quantity.value, unit),
            "low": _end(low, unit),
            "low_closed": _yes(low.closed) if low else "",
            "high": _end(high, unit),
            "high_closed": _yes(high.closed) if high else "",
            "unit": _unit(unit),
            "kind": said.quantity.kind,
            "written_to": "" if place is None else format.pure(place, unit),
            "source": said.source,
            "start": said.at,
            "place": dataset.sources[said.source].place_of(said, lang),
            "status": said.status,
            "grade": said.grade,
            "note": said.note,
        }


def _indicator(indicator: Indicator) -> Cells:
    return {
        "indicator": indicator.id,
        "name_zh": indicator.names["zh"],
        "name_en": indicator.names["en"],
        "section": indicator.section,
        "unit": _unit(indicator.unit),
        **{f"shown_{lang}": indicator.shown[lang] for lang in LANGS},
        **{f"aliases_{lang}": list(indicator.aliases[lang]) for lang in LANGS},
        "basis": indicator.basis,
        "formula": indicator.formula.text if indicator.formula else "",
        "count": indicator.query,
        "audience": indicator.audience,
        "listed": _yes(indicator.row is not None),
        **{f"definition_{lang}": indicator.definition[lang] for lang in LANGS},
        **{f"assumption_{lang}": indicator.assumption[lang] for lang in LANGS},
    }


def _names_only(result: Result, known: Collection[str]) -> bool:
    """Whether a check names none but indicators that may be shown."""
    return all(r.indicator in known for r in result.check.condition.references)


def _check(result: Result) -> Cells:
    check, condition = result.check, result.check.condition
    return {
        "id": check.id,
        "kind": check.kind,
        "expression": f"{condition.left.text} {condition.sign} {condition.right.text}",
        "name_zh": check.names["zh"],
        "name_en": check.names["en"],
        "figures": list(result.figures),
        "verdict": result.verdict,
        "explanation": check.explanation,
    }


def _of_years(table: Sequence[Row], ledger: Ledger) -> list[Row]:
    """The rows of the reports whose figures a ledger holds: its own and earlier ones."""
    years = {str(figure.release) for figure in ledger.figures.values()}
    return [row for row in table if row["release"] in years]


def _targets(dataset: Dataset, ledger: Ledger, public: bool) -> list[Row]:
    """The tasks that the reports state; to the public those of the tables they print."""
    rows = _of_years(dataset.records["targets"], ledger)
    if not public:
        return rows
    return [_noted(row) for row in rows if row["kind"] in _PUBLIC_TASKS]


def _noted(row: Row) -> Row:
    """A task without its remark where the public table prints none."""
    if row["kind"] in _WITH_PUBLIC_NOTE:
        return row
    return Row(row.file, row.number, {**row.cells, "note_zh": "", "note_en": ""}, row.headers)


def _milestones(dataset: Dataset, ledger: Ledger, public: bool) -> list[Row]:
    """The states of projects; to the public those of the projects that its counts are made from."""
    rows = _of_years(dataset.records["milestones"], ledger)
    if not public:
        return rows
    queries = [f.indicator.query for f in ledger.figures.values() if f.indicator.query]
    found = re.findall(r"领域=(\w+)", " ".join(queries))
    areas = found if len(found) == len(queries) else records.AREAS
    read = {row["id"] for row in rows if queries and row["area"] in areas}
    return [row for row in rows if row["id"] in read]


def _record(row: Row, known: Collection[str]) -> Cells:
    """A row of a town's table; its links to figures are cut down to those that may be shown."""
    linked = [c for c in ("figure", "baseline") if c in row.cells]
    return row.cells | {c: " ".join(n for n in row[c].split() if n in known) for c in linked}


def _source(source: Source) -> Cells:
    return {
        "id": source.id,
        **{f"title_{lang}": source.title[lang] for lang in LANGS},
        **{f"publisher_{lang}": source.publisher[lang] for lang in LANGS},
        "date": source.date,
        "reference": source.reference,
        "sha256": source.sha256,
    }


# -- cells -------------------------------------------------------------------------------------


def _columns(name: str, public: bool) -> list[str]:
    left_out = INTERNAL_COLUMNS.get(name, ()) if public else ()
    return [column for column in COLUMNS[name] if column not in left_out]


def _origin(figure: Figure, edition: Edition) -> str:
    """What a count was made from; the digest is over columns that the public does not have."""
    return figure.origin.rpartition(" ")[0] if edition == "public" else figure.origin


def _shown(figure: Figure, edition: Edition, langs: Sequence[Lang]) -> Cells:
    if len(langs) > 1:
        return {f"shown_{lang}": format.text(figure, lang, edition) for lang in langs}
    texts = {"shown": format.text(figure, langs[0], edition)}
    return texts | {"cell": format.cell(figure, langs[0], edition)}


def _ends(figure: Figure, edition: Edition) -> Ends:
    """The ends of a figure's range; None for one that the edition may not show."""
    quantity = figure.quantity
    if quantity is None:
        return None, None
    if edition != "public":
        return quantity.low, quantity.high
    low, high = (b if b.stated else None for b in (quantity.low, quantity.high))
    if figure.is_observed or figure.is_exact:
        return low, high
    # of what is derived print has one side or nothing, so the table has no interval either
    low, high = (b if b and is_finite(b.value) else None for b in (low, high))
    return (None, None) if low and high else (low, high)


def _bounds(ends: Ends, unit: Unit) -> str:
    """An interval in the usual signs: ``[398, 398]``, ``(7000, 8000)``, ``[2000, inf)``; … is no end."""
    low, high = ends
    opening = "[" if low and low.closed else "("
    closing = "]" if high and high.closed else ")"
    return f"{opening}{_end(low, unit) or '…'}, {_end(high, unit) or '…'}{closing}"


def _end(bound: Bound | None, unit: Unit) -> str:
    return str(format.pure(bound.value, unit)) if bound else ""


def _unit(unit: Unit) -> str:
    """A unit with what it counts; of a share 1, since its values are pure numbers."""
    return "1" if unit.text == "%" else str(unit)


def _yes(holds: bool) -> str:
    return "yes" if holds else "no"
