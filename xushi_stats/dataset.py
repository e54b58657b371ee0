"""One town's folder of data, read and validated: all faults at once, or a ``Dataset`` without any."""

from __future__ import annotations

import hashlib
import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from xushi_stats import books, catalogue, notation, records, series
from xushi_stats.catalogue import Catalogue
from xushi_stats.faults import DataFaults, Fault, Lang, errors
from xushi_stats.quantity import Quantity, UnitError, unit_names
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
    Column(
        "value",
        "原文写法",
        True,
        about="原文写法，一字不改；… — / # 各有含义 / the wording; or … — / #",
    ),
    Column("unit", "计量单位", about="数值只写数字时 / if the value is a bare number", extra=True),
    Column(
        "last", "上年数", about="供填报人对照，不读入 / for whoever fills in; not read", extra=True
    ),
    Column("aim", "上年目标", about="同上 / likewise", extra=True),
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
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x2212: "-"}
"""Full-width signs and the minus sign → those that are read."""
_PERIOD = re.compile(r"\d{4}(-(0[1-9]|1[0-2]))?(/\d{4}(-(0[1-9]|1[0-2]))?)?", re.ASCII)


STATES: Mapping[str, str] = {
    **dict.fromkeys(("…", "……", "⋯", "⋯⋯", "..."), "below_unit"),
    **dict.fromkeys(("—", "——", "–", "-", "－", "―", "─"), "not_applicable"),
    **dict.fromkeys(("/", "／"), "not_reported"),
    **dict.fromkeys(("#", "＃"), "suppressed"),
}
"""Sign in place of a number → why there is none (a reason of ``ledger.Missing``)."""


@dataclass(frozen=True, kw_only=True)
class Statement:
    """What a source says of an indicator, and where: a number, or why there is none.

    Attributes:
        wording: as the document has it.
        start: 0-based character offset of the wording in the document; -1 where it has none.
        place: sheet and cell of a workbook that is its own source: ``观测值!D7``; else "".
        state: why no number is given: ``below_unit``, ``not_applicable``, ``not_reported`` or
            ``suppressed``; "" where one is.
    """

    indicator: str
    time_period: str
    release: int
    wording: str
    source: str
    start: int
    status: str
    grade: str
    note: str
    row: Row
    state: str = ""
    place: str = ""

    @property
    def at(self) -> str:
        """The address within the source: an offset, or a sheet with its cell."""
        return self.place or str(self.start)


@dataclass(frozen=True, kw_only=True)
class Observation(Statement):
    """A statement of a number.

    Attributes:
        quantity: what the wording means, in the indicator's unit.
    """

    quantity: Quantity


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

    def place_of(self, said: Statement, lang: Lang) -> str:
        """Where a statement stands, for people: 《讲话》第二部分“五是”, 《年报》观测值!D7."""
        if not said.place:
            return self.place(said.start, lang)
        return f"{self.short[lang]}{said.place if lang == 'zh' else f', {said.place}'}"


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
        folder: where the town's files lie.
        unstated: statements that give no number, with their ``state``.
        warnings: what was noticed while reading, none of it an error.
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
    unstated: tuple[Statement, ...] = ()
    warnings: tuple[Fault, ...] = field(default=(), compare=False)
    breaks: tuple[Break, ...] = ()
    folder: Path = field(default=Path(), compare=False)

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
    books.unread(folder, faults)
    said = list(_observations(folder, known, sources, tables["targets"], faults))
    rows = [o.row for o in said] + [row for table in tables.values() for row in table]
    own = {row["source"] for row in rows if row.own}
    sources = _cited(folder, sources, own, faults)
    dataset = Dataset(
        ref_area=ref_area,
        town=_town(folder / "town.toml", f"{ref_area}/town.toml", faults),
        catalogue=known,
        observations=tuple(o for o in said if isinstance(o, Observation)),
        sources=sources,
        queries=tuple(_queries(folder, faults)),
        records=tables,
        declared=_phrases(tables["quotes"])
        | {words: "name" for name in own if name in sources for words in _names(sources[name])}
        | {text: kind for text, kind in declared.items() if kind != "wording"},
        texts=_texts(folder, faults),
        exhibits=_toml(*own_first(data, ref_area, "exhibits.toml"), faults),
        digest=_digest(data, folder),
        accepted=tuple(text for text, kind in declared.items() if kind == "wording"),
        breaks=tuple(broken),
        folder=folder,
        unstated=tuple(o for o in said if not isinstance(o, Observation)),
    )
    if errors(faults):
        raise DataFaults(faults)
    return replace(dataset, warnings=tuple(faults))


def _observations(
    folder: Path,
    known: Catalogue,
    sources: Mapping[str, Source],
    targets: Sequence[Row],
    faults: list[Fault],
) -> Iterator[Statement]:
    file = f"{folder.name}/observations.csv"
    places: dict[tuple[str, str], Row] = {}
    said: dict[tuple[str, str, str], Statement] = {}
    path = folder / "observations.csv"
    rows = read_table(path, file, OBSERVATION_COLUMNS, faults, is_open=_is_open)
    _tell_open([row for row in rows if _is_open(row)], known, faults)
    for row in (*rows, *records.stated(targets)):
        if _is_open(row):
            continue
        observation = _observation(row, known, sources, faults)
        place = (row["source"], row["start"])
        if row["start"] and place in places:
            faults.append(row.fault("place_twice", "start", first=places[place].seen_from(row)))
        places.setdefault(place, row)
        if observation is None:
            continue
        key = (observation.indicator, observation.time_period, row["release"])
        other = said.setdefault(key, observation)
        if not _say_the_same(other, observation):
            first = {"first": other.row.seen_from(row), "other": other.wording}
            faults.append(row.fault("contradiction", "value", **first))
        yield observation


def _is_open(row: Row) -> bool:
    """Whether it is a template's row whose value is still to be filled: an indicator and no number."""
    filled = any(row[c] or c in row.unread for c in ("value", "read_as", "start"))
    return bool(row["indicator"]) and not filled


def _tell_open(rows: Sequence[Row], known: Catalogue, faults: list[Fault]) -> None:
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        if known.find(row["indicator"]) is None:
            hint = known.near(row["indicator"])
            faults.append(row.fault("indicator_unknown", "indicator", near=hint))
        else:
            found.setdefault((row.file, row.sheet), []).append(row)
    for (file, sheet), of_sheet in found.items():
        count, first = {"count": str(len(of_sheet))}, of_sheet[0].number
        faults.append(Fault("not_filled", file, first, "", "", "warning", count, sheet))


def _observation(
    row: Row, known: Catalogue, sources: Mapping[str, Source], faults: list[Fault]
) -> Statement | None:
    before = len(faults)
    indicator = known.find(row["indicator"])
    if row["indicator"] and indicator is None:
        hint = known.near(row["indicator"])
        faults.append(row.fault("indicator_unknown", "indicator", near=hint))
    elif indicator and indicator.formula:
        faults.append(row.fault("indicator_derived", "indicator"))
    if row["time_period"] and not _is_period(row["time_period"]):
        faults.append(row.fault("period", "time_period"))
    if row["release"] and not re.fullmatch(r"[12]\d{3}", row["release"], re.ASCII):
        faults.append(row.fault("release", "release"))
    if row["start"] and not (row.own or re.fullmatch(r"\d{1,9}", row["start"], re.ASCII)):
        faults.append(row.fault("start", "start"))
    if row["source"] and row["source"] not in sources:
        faults.append(row.fault("source_unknown", "source", near=near(row["source"], sources)))
    state = "" if row["read_as"] else STATES.get(row["value"], "")
    quantity = _quantity(row, indicator, faults) if indicator and not state else None
    is_whole = all(row[c.name] or not c.required for c in OBSERVATION_COLUMNS)
    if len(faults) > before or not is_whole or indicator is None or not (quantity or state):
        return None
    stated = Statement(
        indicator=indicator.id,
        time_period=row["time_period"],
        release=int(row["release"]),
        wording=row["value"] if state else _wording(row),
        source=row["source"],
        start=-1 if row.own else int(row["start"]),
        status=row["status"],
        grade=row["grade"],
        note=row["note"],
        row=row,
        state=state,
        place=row["start"] if row.own else "",
    )
    return Observation(**vars(stated), quantity=quantity) if quantity else stated


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


def _say_the_same(one: Statement, other: Statement) -> bool:
    """Whether two wordings state one number: 7000余亩 and 7000多亩, 15.1万元 and 151000元."""
    if not (isinstance(one, Observation) and isinstance(other, Observation)):
        return one.state == other.state
    first, second = one.quantity, other.quantity
    return (first.value, first.low, first.high) == (second.value, second.low, second.high)


def _quantity(row: Row, indicator: catalogue.Indicator, faults: list[Fault]) -> Quantity | None:
    column = "read_as" if row["read_as"] else "value"
    if not row[column] or column in row.unread:
        return None
    change = notation.CHANGE.match(row[column])
    if change and not set("增升降减") & set(indicator.names["zh"]):
        name = {f"name_{lang}": indicator.names[lang] for lang in LANGS}
        faults.append(row.fault("change_word", column, word=change[0], **name))
        return None
    try:
        written = _written(row, column, indicator, faults)
        return written and notation.in_unit(written, indicator.unit)
    except notation.NotationError:
        text = row[column]
        if text.startswith(("-", "−", "－")):
            faults.append(row.fault("negative", column))
        else:
            faults.append(row.fault("wording", column, near=_half_width(text, row["unit"])))
    except UnitError:
        faults.append(row.fault("unit", column, expected=indicator.unit.text))
    return None


def _written(
    row: Row, column: str, indicator: catalogue.Indicator, faults: list[Fault]
) -> Quantity | None:
    """The number of a cell, with the unit of the column beside it where it is a bare number."""
    text, unit, counts = row[column], row["unit"], indicator.unit.counts
    if not unit:
        return notation.parse(text, counts)
    if unit not in unit_names():
        faults.append(row.fault("unit_unknown", "unit"))
        return None
    try:
        written = notation.parse(text, counts)
    except notation.NotationError:
        return notation.parse(text + unit, counts)
    if written.unit.text != unit:
        faults.append(row.fault("unit_two", column, other=unit))
        return None
    return written


def _wording(row: Row) -> str:
    """What the source says: of a workbook, the number with the unit beside it."""
    value, unit = row["value"], row["unit"]
    return value + unit if row.own and unit not in value else value


def _half_width(text: str, unit: str) -> str:
    """The same number in half-width signs, as a hint; "" where that is no number either."""
    narrow = text.translate(_NARROW) + unit
    try:
        notation.parse(narrow)
    except notation.NotationError:
        return ""
    return narrow if narrow != text + unit else ""


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
    return {**{books.source_id(path): _book(path, {}) for path in books.paths(folder)}, **found}


def _cited(
    folder: Path, sources: Mapping[str, Source], own: set[str], faults: list[Fault]
) -> dict[str, Source]:
    """The sources on file, and of the workbooks those that are a source themselves."""
    found = {name: source for name, source in sources.items() if source.sha256}
    for path in books.paths(folder):
        name = books.source_id(path)
        if name not in own or name in found:
            continue
        about = books.about(path, faults)
        found[name] = _book(path, {**about, "sha256": books.digest(path)})
    return found


def _book(path: Path, about: Mapping[str, str]) -> Source:
    """A workbook as a source; what it says in Chinese alone stands for English too."""
    cells = {column.name: about.get(column.name, "") for column in SOURCE_COLUMNS}
    title = cells["title_zh"]
    short = cells["short_zh"] or (f"《{title}》" if title else "")

    return Source(
        books.source_id(path),
        {"zh": title, "en": cells["title_en"] or title},
        {"zh": short, "en": cells["short_en"] or cells["title_en"] or short},
        {"zh": cells["publisher_zh"], "en": cells["publisher_en"] or cells["publisher_zh"]},
        cells["date"],
        cells["reference"],
        cells["sha256"],
        (),
        FORMS[2],
    )


def _queries(folder: Path, faults: list[Fault]) -> Iterator[Query]:
    file = f"{folder.name}/queries.csv"
    for row in read_table(folder / "queries.csv", file, QUERY_COLUMNS, faults):
        question: dict[Lang, str] = {"zh": row["question_zh"], "en": row["question_en"]}
        yield Query(row["id"], row["class"], tuple(row["about"].split()), question, row["answer"])


def _breaks(folder: Path, known: Catalogue, faults: list[Fault]) -> list[Break]:
    path = folder / "breaks.csv"
    file = f"{folder.name}/breaks.csv"
    rows = read_table(path, file, BREAK_COLUMNS, faults, optional=True)
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


def _names(source: Source) -> list[str]:
    """What a workbook calls itself: 2021年统计年报 is a name, not a figure."""
    words = (*source.title.values(), *source.short.values(), *source.publisher.values())
    return [name for name in words if has_digit(name)]


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
    own = [p for p in own if "registers" not in p.relative_to(folder).parts]  # they never leave
    own += [*books.paths(data), *books.paths(folder)]
    for path in sorted((*shared, *own), key=lambda p: p.relative_to(data).as_posix()):
        content = path.read_bytes()
        if path.suffix.lower() != ".xlsx":
            content = content.replace(b"\r\n", b"\n")
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
            "schema": {"fields": [_field(column) for column in columns if not column.extra]},
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
