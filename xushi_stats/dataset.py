"""One town's folder of data, read and validated: all faults at once, or a ``Dataset`` without any."""

from __future__ import annotations

import hashlib
import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from xushi_stats import catalogue, notation, records, series
from xushi_stats.catalogue import Catalogue
from xushi_stats.faults import DataFaults, Fault, Lang, errors
from xushi_stats.quantity import Quantity, UnitError
from xushi_stats.series import BREAK_COLUMNS, Break
from xushi_stats.tables import Column, Row, near, own_first, read_table, read_text
from xushi_stats.typed import has_digit, typed
from xushi_stats.words import ALL_SECTIONS, LANGS, SECTIONS

STATUSES = ("初步数(引用)", "快报数", "初步数", "年报数(核定数)", "修订数", "测算数", "引用数")
FORMS = ("网页", "文件", "报表")
"""What a source is: a web page, whose date is not the document's own; a document; a return."""
GRADES = ("甲", "乙", "丙", "丁")

OBSERVATION_COLUMNS = (
    Column("indicator", "指标", True, about="指标代码或名称 / indicator id or name"),
    Column("time_period", "时期", True, about="2019, 2020-03, 2020-01/2020-03"),
    Column("release", "报告年份", True, about="陈述该数的报告 / the report that states it"),
    Column("value", "原文写法", True, about="原文写法，一字不改 / the wording of the document"),
    Column("read_as", "读作", about="原文不是“数字加单位”时 / where the wording is no number"),
    Column("source", "来源", True, about="sources.csv"),
    Column("start", "位置", True, about="原文字符序号，从0起 / 0-based character offset"),
    Column("status", "数据性质", True, STATUSES),
    Column("grade", "证据等级", True, GRADES),
    Column("note", "备注"),
)
SOURCE_COLUMNS = (
    Column("id", "代码", True),
    Column("title_zh", "名称", True),
    Column("title_en", "英文名称", True),
    Column("short_zh", "简称", True),
    Column("short_en", "英文简称", True),
    Column("publisher_zh", "发布单位", True),
    Column("publisher_en", "英文发布单位", True),
    Column("date", "日期", True),
    Column("reference", "索引号"),
    Column("form", "来源形式", choices=FORMS, about="空白为网页 / blank: web page"),
    Column("sha256", "SHA-256", True),
)
PLACE_COLUMNS = (
    Column("source", "来源", True),
    Column("start", "位置", True),
    Column("label_zh", "出处", True),
    Column("label_en", "英文出处", True),
)
QUERY_COLUMNS = (
    Column("id", "编号", True),
    Column("class", "类别", True, ("A", "B", "C")),
    Column("about", "涉及", True),
    Column("question_zh", "问题", True),
    Column("question_en", "英文问题", True),
    Column("answer", "答复"),
)
DECLARED_COLUMNS = (
    Column("text", "文字", True),
    Column("kind", "类别", True, ("date", "name", "number", "wording")),
    Column("reason", "理由", True),
)
_PERIOD = re.compile(r"\d{4}(-(0[1-9]|1[0-2]))?(/\d{4}(-(0[1-9]|1[0-2]))?)?", re.ASCII)


@dataclass(frozen=True)
class Observation:
    """One statement of a source: what it says of an indicator, and where it says so.

    Attributes:
        wording: as the document has it.
        quantity: what it means, in the indicator's unit.
        start: 0-based character offset of the wording in the document.
    """

    indicator: str
    time_period: str
    release: int
    wording: str
    quantity: Quantity
    source: str
    start: int
    status: str
    grade: str
    note: str
    row: Row


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
    form: str = "网页"

    def place(self, start: int, lang: Lang) -> str:
        """Where an offset lies, for people: 《讲话》第二部分“五是”."""
        found = bisect_right([p[0] for p in self.places], start) - 1
        _, zh, en = self.places[found] if found >= 0 else (0, "", "")
        return f"{self.short[lang]}{zh}" if lang == "zh" else f"{self.short[lang]}, {en}"


@dataclass(frozen=True)
class Query:
    """An open question to the source: A the number may be wrong, B its scope, C wording only."""

    id: str
    grade: str
    about: tuple[str, ...]
    question: Mapping[Lang, str]
    answer: str


@dataclass(frozen=True)
class Dataset:
    """What one town has stated, with the catalogue it is stated in.

    Attributes:
        town: ``town.toml``: names, title, notice.
        records: targets, milestones, honours, difficulties, rules, quotes: rows by table.
        declared: texts with numbers that are no figures: names of roads and plans, quoted phrases.
        texts: (language, section) → the section's prose; of one year alone, (language,
            ``2020/section``).
        exhibits: ``exhibits.toml``: tables and charts.
        digest: SHA-256 over every file read.
        accepted: wordings that ``audit.wording`` accepts, each entered with its reason.
        breaks: where a definition changed, so that nothing is computed over it.
    """

    ref_area: str
    town: Mapping[str, Any]
    catalogue: Catalogue
    observations: tuple[Observation, ...]
    sources: Mapping[str, Source]
    queries: tuple[Query, ...]
    records: Mapping[str, tuple[Row, ...]]
    declared: Mapping[str, str]
    texts: Mapping[tuple[Lang, str], str]
    exhibits: Mapping[str, Any]
    digest: str
    accepted: tuple[str, ...] = ()
    breaks: tuple[Break, ...] = ()

    @property
    def sections(self) -> tuple[str, ...]:
        """The sections of the town's report, in its order."""
        return tuple(self.town.get("sections", SECTIONS))

    @property
    def releases(self) -> list[int]:
        """The years that have a report, ascending."""
        return sorted({o.release for o in self.observations})


def load(data: Path, ref_area: str) -> Dataset:
    """Read one town.

    Args:
        data: the folder with ``catalogue.csv`` and the towns' folders.
        ref_area: the town's folder name.

    Raises:
        DataFaults: anything is wrong; holds every fault found.
    """
    faults: list[Fault] = []
    if not re.fullmatch(r"[\w-]+", ref_area) or not (data / ref_area).is_dir():
        raise DataFaults([Fault("file_missing", f"{data.name}/{ref_area}")])
    folder = data / ref_area
    known = catalogue.load(data, ref_area, faults)
    sources = _sources(data, folder, faults)
    tables = records.load(folder, known.indicators, sources, faults)
    broken = _breaks(folder, known, faults)
    aims = {row["actual"] for row in tables["targets"] if row["direction"] == "不低于"}
    added = series.added(known.indicators.values(), aims)
    known = replace(known, indicators={**known.indicators, **added})
    declared = _declared(folder, faults)
    dataset = Dataset(
        ref_area=ref_area,
        town=_town(folder / "town.toml", f"{ref_area}/town.toml", faults),
        catalogue=known,
        observations=tuple(_observations(folder, known, sources, faults)),
        sources=sources,
        queries=tuple(_queries(folder, faults)),
        records=tables,
        declared=_phrases(tables["quotes"])
        | {text: kind for text, kind in declared.items() if kind != "wording"},
        texts=_texts(folder, faults),
        exhibits=_toml(*own_first(data, ref_area, "exhibits.toml"), faults),
        digest=_digest(data, folder),
        accepted=tuple(text for text, kind in declared.items() if kind == "wording"),
        breaks=tuple(broken),
    )
    if errors(faults):
        raise DataFaults(faults)
    return dataset


def _observations(
    folder: Path, known: Catalogue, sources: Mapping[str, Source], faults: list[Fault]
) -> Iterator[Observation]:
    file = f"{folder.name}/observations.csv"
    places: dict[tuple[str, str], Row] = {}
    said: dict[tuple[str, str, str], Observation] = {}
    for row in read_table(folder / "observations.csv", file, OBSERVATION_COLUMNS, faults):
        observation = _observation(row, known, sources, faults)
        place = (row["source"], row["start"])
        if place in places:
            faults.append(row.fault("place_twice", "start", first=str(places[place].number)))
        places.setdefault(place, row)
        if observation is None:
            continue
        key = (observation.indicator, observation.time_period, row["release"])
        other = said.setdefault(key, observation)
        if not _say_the_same(other.quantity, observation.quantity):
            first = {"first": str(other.row.number), "other": other.wording}
            faults.append(row.fault("contradiction", "value", **first))
        yield observation


def _observation(
    row: Row, known: Catalogue, sources: Mapping[str, Source], faults: list[Fault]
) -> Observation | None:
    before = len(faults)
    indicator = known.find(row["indicator"])
    if row["indicator"] and indicator is None:
        hint = known.near(row["indicator"])
        faults.append(row.fault("indicator_unknown", "indicator", near=hint))
    elif indicator and indicator.formula:
        faults.append(row.fault("indicator_derived", "indicator"))
    if not _is_period(row["time_period"]):
        faults.append(row.fault("period", "time_period"))
    if not re.fullmatch(r"[12]\d{3}", row["release"], re.ASCII):
        faults.append(row.fault("release", "release"))
    if not re.fullmatch(r"\d{1,9}", row["start"], re.ASCII):
        faults.append(row.fault("start", "start"))
    if row["source"] and row["source"] not in sources:
        faults.append(row.fault("source_unknown", "source", near=near(row["source"], sources)))
    quantity = _quantity(row, indicator, faults) if indicator else None
    if len(faults) > before or indicator is None or quantity is None:
        return None
    return Observation(
        indicator=indicator.id,
        time_period=row["time_period"],
        release=int(row["release"]),
        wording=row["value"],
        quantity=quantity,
        source=row["source"],
        start=int(row["start"]),
        status=row["status"],
        grade=row["grade"],
        note=row["note"],
        row=row,
    )


def _is_date(written: str) -> bool:
    try:
        return date.fromisoformat(written).isoformat() == written
    except ValueError:
        return False


def _is_period(written: str) -> bool:
    """Whether it is a year, a month, or two of a kind in order."""
    first, _, last = written.partition("/")
    in_order = not last or (len(first) == len(last) and first <= last)
    return _PERIOD.fullmatch(written) is not None and in_order


def _say_the_same(one: Quantity, other: Quantity) -> bool:
    """Whether two wordings state one number: 7000余亩 and 7000多亩, 15.1万元 and 151000元."""
    return (one.value, one.low, one.high) == (other.value, other.low, other.high)


def _quantity(row: Row, indicator: catalogue.Indicator, faults: list[Fault]) -> Quantity | None:
    column = "read_as" if row["read_as"] else "value"
    if not row[column]:
        return None
    try:
        written = notation.parse(row[column], indicator.unit.counts)
        return notation.in_unit(written, indicator.unit)
    except notation.NotationError:
        faults.append(row.fault("wording", column))
    except UnitError:
        faults.append(row.fault("unit", column, expected=indicator.unit.text))
    return None


def _sources(data: Path, folder: Path, faults: list[Fault]) -> dict[str, Source]:
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
            faults.append(row.fault("id_twice", "id", first=str(rows[row["id"]].number)))
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
    return found


def _queries(folder: Path, faults: list[Fault]) -> Iterator[Query]:
    file = f"{folder.name}/queries.csv"
    for row in read_table(folder / "queries.csv", file, QUERY_COLUMNS, faults):
        question: dict[Lang, str] = {"zh": row["question_zh"], "en": row["question_en"]}
        yield Query(row["id"], row["class"], tuple(row["about"].split()), question, row["answer"])


def _breaks(folder: Path, known: Catalogue, faults: list[Fault]) -> list[Break]:
    path = folder / "breaks.csv"
    file = f"{folder.name}/breaks.csv"
    rows = read_table(path, file, BREAK_COLUMNS, faults) if path.exists() else []
    return series.breaks(rows, known.indicators, faults)


def _declared(folder: Path, faults: list[Fault]) -> dict[str, str]:
    rows = read_table(
        folder / "declared.csv", f"{folder.name}/declared.csv", DECLARED_COLUMNS, faults
    )
    return {row["text"]: row["kind"] for row in rows}


def _phrases(quotes: Sequence[Row]) -> dict[str, str]:
    """Quoted phrases with a number in words, such as 万亩茶园: no figure, in both languages."""
    written = [phrase for row in quotes for phrase in (row["text"], row["en"])]
    phrases = [phrase.removeprefix("the ") for phrase in written]
    return {phrase: "name" for phrase in phrases if typed(phrase) and not has_digit(phrase)}


def _texts(folder: Path, faults: list[Fault]) -> dict[tuple[Lang, str], str]:
    found: dict[tuple[Lang, str], str] = {}
    for lang in LANGS:
        root = folder / "text" / lang
        for path in sorted(root.rglob("*.md")):
            name = path.relative_to(root).with_suffix("").as_posix()
            text = read_text(path, f"{folder.name}/text/{lang}/{name}.md", faults)
            if text is not None:
                found[lang, name] = text.replace("\r\n", "\n")
    return found


def _town(path: Path, file: str, faults: list[Fault]) -> dict[str, Any]:
    """The fixed words of a town, each in both languages."""
    town = _toml(path, file, faults)
    for key in ("name", "county", "title", "notice", "layout"):
        for lang in LANGS:
            words = town.get(key)
            if not (isinstance(words, dict) and isinstance(words.get(lang), str)):
                faults.append(Fault("toml", file, details={"why": f"{key}.{lang} ?"}))
    sections = town.get("sections", [])
    for name in sections if isinstance(sections, list) else [sections]:
        if name not in ALL_SECTIONS:
            why = f"sections: {name} {near(str(name), ALL_SECTIONS)}?"
            faults.append(Fault("toml", file, details={"why": why}))
    return town


def sections(data: Path, ref_area: str) -> tuple[str, ...]:
    """The sections that a town's report has, without reading more; what is wrong shows in ``load``."""
    is_name = re.fullmatch(r"[\w-]+", ref_area)
    named = _toml(data / ref_area / "town.toml", "", []).get("sections") if is_name else None
    named = named if isinstance(named, list) else SECTIONS
    return tuple(section for section in ALL_SECTIONS if section in named)


def _toml(path: Path, file: str, faults: list[Fault]) -> dict[str, Any]:
    text = read_text(path, file, faults)
    try:
        return tomllib.loads(text or "")
    except tomllib.TOMLDecodeError as error:
        faults.append(Fault("toml", file, details={"why": str(error)}))
        return {}


def _digest(data: Path, folder: Path) -> str:
    """SHA-256 over names and contents of the data files, whatever the line ends on this machine."""
    digest = hashlib.sha256()
    shared = [p for p in data.iterdir() if p.suffix in (".csv", ".toml")]
    own = [p for p in folder.rglob("*") if p.suffix in (".csv", ".toml", ".md")]
    for path in sorted((*shared, *own), key=lambda p: p.relative_to(data).as_posix()):
        content = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{path.relative_to(data).as_posix()}\n{len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def descriptor(ref_area: str, title: str) -> dict[str, Any]:
    """The Data Package (v2) descriptor of a town's folder, from the columns that are read."""
    tables = {
        "observations": OBSERVATION_COLUMNS,
        "places": PLACE_COLUMNS,
        "queries": QUERY_COLUMNS,
        "declared": DECLARED_COLUMNS,
        "breaks": BREAK_COLUMNS,
        **records.RECORD_COLUMNS,
    }
    resources = [
        {
            "name": name,
            "path": f"{name}.csv",
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "schema": {"fields": [_field(column) for column in columns]},
        }
        for name, columns in tables.items()
    ]
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": ref_area,
        "title": title,
        "resources": resources,
    }


def _field(column: Column) -> dict[str, Any]:
    whole = column.name in ("start", "release", "period", "due")
    constraints: dict[str, Any] = {"required": True} if column.required else {}
    if column.choices:
        constraints["enum"] = list(column.choices)
    field: dict[str, Any] = {
        "name": column.name,
        "title": column.header,
        "type": "integer" if whole else "string",
    }
    if column.about:
        field["description"] = column.about
    return field | ({"constraints": constraints} if constraints else {})
