"""What a bundle, a PDF or a data folder publishes, in one form: a ``Book`` of entries to be compared.

A bundle is read from its ``ledger.json``, a PDF from the files attached to it, a data folder by making
its ledger. All give the same entries, so any two of them can be held side by side.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from xushi_stats import format
from xushi_stats.audit import untrusted_attachments
from xushi_stats.editions import LANGS
from xushi_stats.faults import DataFaults, Fault, Lang
from xushi_stats.ledger import Figure
from xushi_stats.quantity import Quantity
from xushi_stats.reporting import change_log
from xushi_stats.words import rows_of

Cells = Mapping[str, Any]


@dataclass(frozen=True)
class Entry:
    """A figure as one edition has it.

    Attributes:
        indicator: ``ref_area/indicator``: the id without its period.
        value, ends: the exact value and the range, as text; "" where the edition may not have them.
        shown: language → the text printed; only the languages that the edition has.
        form: decimals and units in print as the catalogue asks; None where it is not at hand.
        wordings: what the source says, each place once.
    """

    id: str
    indicator: str
    names: Mapping[Lang, str]
    period: str
    release: int
    audience: str
    value: str
    ends: str
    exact: bool
    unit: str
    shown: Mapping[Lang, str]
    missing: str
    formula: str
    inputs: tuple[str, ...]
    origin: str
    wordings: tuple[str, ...]
    status: tuple[str, ...]
    assumption: Mapping[Lang, str]
    form: tuple[str, ...] | None = None
    used_in: tuple[str, ...] = ()

    @property
    def has_number(self) -> bool:
        """Whether there is anything to print."""
        return not self.missing

    @property
    def query(self) -> str:
        """Of a count its condition, without the digest of the rows it was counted from."""
        return re.sub(r"^\S+ | ?[0-9a-f]{64}$", "", self.origin)


@dataclass(frozen=True)
class Book:
    """All that one edition publishes.

    Attributes:
        digest: SHA-256 of the data it was made from.
        public: whether it holds only what the public may see.
        unread: ids whose public form is not on file here.
        log: the change log that lies with it, or None.
    """

    name: str
    ref_area: str
    release: int
    digest: str
    public: bool
    entries: Mapping[str, Entry]
    unread: tuple[str, ...] = ()
    log: Path | None = None


@dataclass(frozen=True)
class Place:
    """Where to look: a data folder holds several towns and years, and has to be told which."""

    town: str
    year: int | None
    public: bool


def is_data(path: Path) -> bool:
    """Whether a folder is a data folder."""
    return (path / "catalogue.csv").is_file()


def pair(old: Path, new: Path, place: Place) -> tuple[Book, Book]:
    """Read two editions of one report; if one of them is public, both are read so.

    Raises:
        DataFaults: one of them cannot be read, or they are of different towns or years.
    """
    books = _both(old, new, place)
    if not place.public and any(book.public for book in books):
        books = _both(old, new, replace(place, public=True))
    first, second = books
    for code, attribute in (("compare_town", "ref_area"), ("compare_year", "release")):
        ours, theirs = (str(getattr(book, attribute)) for book in books)
        if ours != theirs:
            raise DataFaults([Fault(code, second.name, details={"old": ours, "new": theirs})])
    if not languages(first, second):
        raise DataFaults([Fault("compare_langs", second.name)])
    return first, second


def languages(old: Book, new: Book) -> tuple[Lang, ...]:
    """The languages that both editions have."""
    first, second = ({lang for e in b.entries.values() for lang in e.shown} for b in (old, new))
    return tuple(lang for lang in LANGS if lang in first & second)


def _both(old: Path, new: Path, place: Place) -> tuple[Book, Book]:
    """A finished report says itself of which year it is; a data folder takes the other's."""
    if is_data(old) and not is_data(new):
        later = read(new, place)
        return read(old, replace(place, year=place.year or later.release)), later
    earlier = read(old, place)
    return earlier, read(new, replace(place, year=place.year or earlier.release))


def read(path: Path, place: Place) -> Book:
    """Read a bundle folder, a PDF, or a data folder.

    Args:
        path: a folder with ``ledger.json``, a PDF with its evidence attached, or a data folder.
        place: town and year for a data folder; whether only what is public is wanted.

    Raises:
        DataFaults: it is none of these, or cannot be read.
    """
    if is_data(path):
        return _from_data(path, place)
    if (path / "ledger.json").is_file():
        return _from_bundle(path, place)
    if path.is_file():
        with open(path, "rb") as file:
            starts = file.read(5)
        if starts == b"%PDF-":
            return _from_pdf(path, place)
    raise DataFaults([Fault("compare_input", path.as_posix())])


# -- a data folder -----------------------------------------------------------------------------


def _from_data(data: Path, place: Place) -> Book:
    from xushi_stats import dataset as datasets
    from xushi_stats.reporting.context import load

    year = place.year or (datasets.load(data, place.town).releases or [0])[-1]
    dataset, ledger, _ = load(data, place.town, year)
    ledger = ledger.public() if place.public else ledger
    entries = (_entry_of(figure, place.public) for figure in ledger.figures.values())
    log = data / place.town / change_log.FILE
    found = {entry.id: entry for entry in entries}
    return Book(
        data.as_posix(), place.town, year, dataset.digest, place.public, found, log=_if_there(log)
    )


def _if_there(path: Path) -> Path | None:
    return path if path.is_file() else None


def _entry_of(figure: Figure, public: bool) -> Entry:
    indicator, quantity = figure.indicator, figure.quantity
    # of what is derived from approximate figures, the public has the text alone
    hidden = quantity is None or (public and not figure.is_observed and not figure.is_exact)
    unsure = hidden or (public and not figure.is_exact)
    form = (str(indicator.decimals), indicator.shown["zh"], indicator.shown["en"])
    missing = figure.missing
    return Entry(
        id=figure.id,
        indicator=figure.id.rpartition("@")[0],
        names=indicator.names,
        period=figure.period,
        release=figure.release,
        audience=indicator.audience,
        value="" if hidden else format.exact(figure),
        ends="" if unsure or quantity is None else _ends(quantity),
        exact=figure.is_exact,
        unit="1" if indicator.unit.text == "%" else str(indicator.unit),
        shown={lang: format.text(figure, lang, "public" if public else "draft") for lang in LANGS},
        missing=missing.reason if missing else "",
        formula=indicator.formula.text if indicator.formula else "",
        inputs=missing.inputs if missing else figure.inputs,
        origin=figure.origin,
        wordings=tuple(dict.fromkeys(s.wording for s in figure.statements)),
        status=tuple(sorted({s.status for s in figure.statements})),
        assumption=indicator.assumption,
        form=form,
    )


def _ends(quantity: Quantity) -> str:
    low, high = (format.pure(b.value, quantity.unit) for b in (quantity.low, quantity.high))
    opening, closing = "[" if quantity.low.closed else "(", "]" if quantity.high.closed else ")"
    return _bare(f"{opening}{low}, {high}{closing}")


def _bare(ends: str) -> str:
    """A range without the signs of an open side, which ledger and evidence write differently."""
    return re.sub(r"…|-?inf", "", ends)


# -- a bundle ----------------------------------------------------------------------------------


def _from_bundle(folder: Path, place: Place) -> Book:
    try:
        content = json.loads(untrusted_attachments.content(folder / "ledger.json"))
        rows = {e.id: e for e in map(_entry, content["figures"])}
        book = Book(
            folder.as_posix(),
            content["ref_area"],
            int(content["release"]),
            content["data_sha256"],
            False,
            rows,
            log=_if_there(folder / change_log.FILE),
        )
    except MemoryError:
        raise
    except Exception as error:  # whatever another's file holds
        raise DataFaults([Fault("compare_unreadable", f"{folder.name}/ledger.json")]) from error
    return _public(book, folder, place) if place.public else book


def _public(book: Book, folder: Path, place: Place) -> Book:
    """A bundle's public face: what its public PDFs carry; without them, what is certainly public."""
    found = [folder / lang / "public" / "report.pdf" for lang in LANGS]
    carried = [_from_pdf(path, place) for path in found if path.is_file() and _attachments(path)]
    if carried:
        first = carried[0]
        entries = {key: _joined(key, carried) for key in first.entries}
        return replace(book, public=True, entries=entries, digest=first.digest)
    kept: dict[str, Entry] = {}
    unread: list[str] = []
    for entry in book.entries.values():
        if entry.audience != "public" or any(i not in kept for i in entry.inputs if i != entry.id):
            continue
        kept[entry.id] = replace(entry, ends=entry.ends if entry.exact else "")
        if entry.formula and not entry.exact and entry.has_number:
            unread.append(entry.id)  # its interval is internal, and its public form is not here
            blank = dict.fromkeys(entry.shown, "")
            kept[entry.id] = replace(entry, value="", ends="", shown=blank)
    return replace(book, public=True, entries=kept, unread=tuple(unread))


def _joined(key: str, books: Iterable[Book]) -> Entry:
    """One entry with the texts of all languages."""
    found = [book.entries[key] for book in books if key in book.entries]
    shown = {lang: text for entry in found for lang, text in entry.shown.items()}
    said = {lang: text for entry in found for lang, text in entry.assumption.items()}
    return replace(found[0], shown=shown, assumption=said)


def released(path: Path, place: Place) -> Book | None:
    """The public ledger of an edition, with what is hidden in it; None where it has none."""
    place = replace(place, public=True)
    if is_data(path):
        return read(path, place)
    if not (path / "ledger.json").is_file():
        book = read(path, replace(place, public=False))
        return book if book.public else None
    tables = [path / lang / "public" / "tables" / "ledger.csv" for lang in LANGS]
    found = [table.read_bytes() for table in tables if table.is_file()]
    if not found:
        return None
    rows = (_entry(_from_csv(row), public=True) for row in rows_of(found[0]))
    return replace(
        _from_bundle(path, replace(place, public=False)), entries={e.id: e for e in rows}
    )


# -- a PDF -------------------------------------------------------------------------------------


def _from_pdf(path: Path, place: Place) -> Book:
    files = _attachments(path)
    if not files:
        raise DataFaults([Fault("compare_evidence", path.as_posix())])
    try:
        about = json.loads(files.get("manifest.json", b"{}")).get("report", {})
        lang: Lang = "en" if about.get("lang") == "en" else "zh"
        if "ledger.json" in files:
            content = json.loads(files["ledger.json"])
            about = {**content, **about}
            rows: list[Cells] = content["figures"]
        else:
            rows = [_from_csv(row) for row in rows_of(files["ledger.csv"])]
        public = about.get("edition") == "public"
        entries = {e.id: e for e in (_entry(row, lang, public) for row in rows)}
        book = Book(
            path.as_posix(),
            str(about.get("ref_area") or next(iter(entries)).partition("/")[0]),
            int(about.get("release") or max(e.release for e in entries.values())),
            str(about.get("data_sha256", "")),
            public,
            entries,
        )
    except MemoryError:
        raise
    except Exception as error:  # whatever another's file holds
        raise DataFaults([Fault("compare_unreadable", path.as_posix())]) from error
    if place.public and not public:  # a draft PDF: show only what is certainly public of it
        return _public(book, path, place)
    return book


def _attachments(path: Path) -> dict[str, bytes]:
    """The evidence inside a PDF by file name; nothing where it carries no ledger."""
    try:
        files = untrusted_attachments.attachments(untrusted_attachments.content(path))
    except untrusted_attachments.Refused as error:
        raise DataFaults([Fault("compare_unreadable", path.as_posix())]) from error
    return files if {"ledger.json", "ledger.csv"} & set(files) else {}


def _from_csv(row: Mapping[str, str]) -> dict[str, Any]:
    """A row of ``ledger.csv``: lists joined by ；, and an apostrophe before what could be a formula."""
    lists = ("inputs", "statements", "status", "used_in")
    cells = {name: re.sub("^'(?=[=+@\\t\\r\\n＝＋－＠-])", "", cell) for name, cell in row.items()}
    return {**cells, **{k: cells[k].split("；") if cells.get(k) else [] for k in lists}}


def _entry(row: Cells, lang: Lang = "zh", public: bool = False) -> Entry:
    """A row of ``ledger.json``, or of the ledger of a PDF that has one language."""
    texts: dict[Lang, str] = {one: row[f"shown_{one}"] for one in LANGS if f"shown_{one}" in row}
    unsure = public and row["exact"] != "yes"
    said = [statement.partition(" ")[2] for statement in row["statements"]]
    return Entry(
        id=row["id"],
        indicator=row["id"].rpartition("@")[0],
        names={"zh": row["name_zh"], "en": row["name_en"]},
        period=row["time_period"],
        release=int(row["release"]),
        audience=row.get("audience", "public"),
        value="" if unsure and row["formula"] else row["value"],
        ends="" if unsure else _bare(row["bounds"]),
        exact=row["exact"] == "yes",
        unit=row["unit"],
        shown=texts or {lang: row["shown"]},
        missing=row["missing"],
        formula=row["formula"],
        inputs=tuple(row["inputs"]),
        origin=row["origin"],
        wordings=tuple(dict.fromkeys(said)),
        status=tuple(row["status"]),
        assumption={lang: row["assumption"]},
        used_in=tuple(row["used_in"]),
    )
