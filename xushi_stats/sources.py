"""The documents that figures come from: where each number stands in them, and what identifies them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

from xushi_stats.faults import Fault, Lang
from xushi_stats.notation import has_digit
from xushi_stats.tables import (
    Row,
    choices_of,
    contents,
    own_first,
    read_columns,
    read_table,
    workbooks,
)

SOURCE_COLUMNS = read_columns("xushi_stats", "sources")
FORMS = choices_of(SOURCE_COLUMNS, "form")
"""What a source is: a web page, whose date is not the document's own; a document; a return."""
PLACE_COLUMNS = read_columns("xushi_stats", "places")


class Located(Protocol):
    """What stands somewhere in a source: at an offset, or in a cell of a workbook."""

    @property
    def start(self) -> int:
        """0-based character offset; -1 where there is none."""

    @property
    def place(self) -> str:
        """Sheet and cell; "" where there is none."""


@dataclass(frozen=True)
class Source:
    """A document that figures come from; it is not kept here, its digest is."""

    id: str
    title: Mapping[Lang, str]
    short: Mapping[Lang, str]
    publisher: Mapping[Lang, str]
    date: str
    reference: str
    sha256: str
    places: tuple[tuple[int, str, str], ...]
    form: str = "文件"

    @property
    def what(self) -> str:
        """What it is, for people: a speech is one on a web page too."""
        return "讲话" if "讲话" in self.title["zh"] else self.form

    def place(self, start: int, lang: Lang) -> str:
        """Where an offset lies, for people: 《讲话》第二部分“五是”."""
        found = bisect_right([p[0] for p in self.places], start) - 1
        _, zh, en = self.places[found] if found >= 0 else (0, "", "")
        return f"{self.short[lang]}{zh}" if lang == "zh" else f"{self.short[lang]}, {en}"

    def place_of(self, said: Located, lang: Lang) -> str:
        """Where a statement stands, for people: 《讲话》第二部分“五是”, 《年报》观测值!D7."""
        if not said.place:
            return self.place(said.start, lang)
        return f"{self.short[lang]}{said.place if lang == 'zh' else f', {said.place}'}"


def load(data: Path, folder: Path, faults: list[Fault]) -> dict[str, Source]:
    """The sources on file, and each workbook of the town, which may be its own source."""
    places: dict[str, list[tuple[int, str, str]]] = {}
    file = f"{folder.name}/places.csv"
    for row in read_table(folder / "places.csv", file, PLACE_COLUMNS, faults):
        if not row["start"].isdecimal():
            faults.append(row.fault("start", "start"))
            continue
        place = (int(row["start"]), row["label_zh"], row["label_en"])
        places.setdefault(row["source"], []).append(place)
    found: dict[str, Source] = {}
    rows: dict[str, Row] = {}
    for row in read_table(*own_first(data, folder.name, "sources.csv"), SOURCE_COLUMNS, faults):
        if row["id"] in rows:
            faults.append(row.fault("id_twice", "id", first=rows[row["id"]].seen_from(row)))
        rows.setdefault(row["id"], row)
        if row["date"] and not _is_date(row["date"]):
            faults.append(row.fault("date", "date"))
        if not re.fullmatch(r"[0-9a-f]{64}", row["sha256"]):
            faults.append(row.fault("sha256", "sha256"))
        found[row["id"]] = Source(
            row["id"],
            {"zh": row["title_zh"], "en": row["title_en"]},
            {"zh": row["short_zh"], "en": row["short_en"]},
            {"zh": row["publisher_zh"], "en": row["publisher_en"]},
            row["date"],
            row["reference"],
            row["sha256"],
            tuple(sorted(places.get(row["id"], []))),
            row["form"] or FORMS[0],
        )
    return {
        **{workbooks.source_id(path): _book(path, {}) for path in workbooks.paths(folder)},
        **found,
    }


def cited(
    folder: Path, sources: Mapping[str, Source], own: set[str], faults: list[Fault]
) -> dict[str, Source]:
    """The sources on file, and of the workbooks those that are a source themselves."""
    found = {name: source for name, source in sources.items() if source.sha256}
    for path in workbooks.paths(folder):
        name = workbooks.source_id(path)
        if name not in own or name in found:
            continue
        about = workbooks.about(path, faults)
        found[name] = _book(path, {**about, "sha256": contents.digest(path)})
    return found


def _book(path: Path, about: Mapping[str, str]) -> Source:
    """A workbook as a source; what it says in Chinese alone stands for English too."""
    cells = {column.name: about.get(column.name, "") for column in SOURCE_COLUMNS}
    title = cells["title_zh"]
    short = cells["short_zh"] or (f"《{title}》" if title else "")
    return Source(
        workbooks.source_id(path),
        {"zh": title, "en": cells["title_en"] or title},
        {"zh": short, "en": cells["short_en"] or cells["title_en"] or short},
        {"zh": cells["publisher_zh"], "en": cells["publisher_en"] or cells["publisher_zh"]},
        cells["date"],
        cells["reference"],
        cells["sha256"],
        (),
        FORMS[2],
    )


def names(source: Source) -> list[str]:
    """What a workbook calls itself: 2021年统计年报 is a name, not a figure."""
    words = (*source.title.values(), *source.short.values(), *source.publisher.values())
    return [name for name in words if has_digit(name)]


def _is_date(written: str) -> bool:
    try:
        return date.fromisoformat(written).isoformat() == written
    except ValueError:
        return False
