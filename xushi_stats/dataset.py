"""One town's folder of data, read and validated: all faults at once, or a ``Dataset`` without any."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from xushi_stats import catalogue, observations, periods, records, sources
from xushi_stats.catalogue import Catalogue
from xushi_stats.editions import ALL_SECTIONS, LANGS, SECTIONS
from xushi_stats.faults import DataFaults, Fault, Lang, errors
from xushi_stats.observations import Observation, Statement
from xushi_stats.periods import BREAK_COLUMNS, Break
from xushi_stats.sources import Source
from xushi_stats.tables import Row, near, own_first, read_columns, read_table, read_text, workbooks
from xushi_stats.tables.contents import one_pass, read_bytes
from xushi_stats.tables.languages import asked, read_town
from xushi_stats.tables.layout import of as layout_of
from xushi_stats.tables.toml_text import read_toml
from xushi_stats.words import by_key, read_words

_T = TypeVar("_T")

QUERY_COLUMNS = read_columns("xushi_stats", "queries")
DECLARED_COLUMNS = read_columns("xushi_stats", "declared")


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
        declared: texts with numbers that are no figures: names of roads and plans.
        texts: (language, section) → the section's prose; of one year alone, (language,
            ``2020/section``).
        exhibits: ``exhibits.toml``: tables and charts.
        digest: SHA-256 over every file read.
        accepted: wordings that ``audit.wording`` accepts, each entered with its reason.
        breaks: where a definition changed, so that nothing is computed over it.
        folder: where the town's files lie.
        unstated: statements that give no number, with their ``state``.
        kept: what ``once`` has made.
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
    kept: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def sections(self) -> tuple[str, ...]:
        """The sections of the town's report, in its order."""
        return tuple(self.town.get("sections", SECTIONS))

    @cached_property
    def said_of(self) -> Mapping[tuple[str, str], list[Observation]]:
        """(indicator, period) → all that is stated of it, in the order of the rows."""
        found: dict[tuple[str, str], list[Observation]] = {}
        for said in self.observations:
            found.setdefault((said.indicator, said.time_period), []).append(said)
        return found

    def once(self, key: Hashable, make: Callable[[], _T]) -> _T:
        """What a wing reads or counts besides: made when first asked for, and not again."""
        made: _T = self.kept[key] if key in self.kept else self.kept.setdefault(key, make())
        return made

    def day(self, year: int) -> str:
        """The day of the newest document; the end of a year where none has one."""
        return max((s.date for s in self.sources.values() if s.date), default=f"{year}-12-31")

    @property
    def releases(self) -> list[int]:
        """The years that have a report, ascending."""
        return sorted({o.release for o in self.observations})


@one_pass()
@asked
def load(data: Path, ref_area: str) -> Dataset:
    """Read one town, each of its files once.

    Args:
        data: the folder with ``catalogue.csv`` and the towns' folders.
        ref_area: the town's folder name.

    Raises:
        WrongData: anything is wrong; holds every fault found.
    """
    faults: list[Fault] = []
    stated: list[Fault] = []  # of what is stated alone: the rest can then be checked all the same
    if not re.fullmatch(r"[\w-]+", ref_area) or not (data / ref_area).is_dir():
        raise DataFaults([Fault("file_missing", f"{data.name}/{ref_area}")])
    layout_of(data)  # what a newer program wrote may read as something else
    folder = data / ref_area
    known = catalogue.load(data, ref_area, faults)
    found = sources.load(data, folder, faults)
    tables = records.load(folder, known.indicators, found, faults, stated)
    broken = _breaks(folder, known, faults)
    aims = {row["actual"] for row in tables["targets"] if row["direction"] == "不低于"}
    added = periods.added(known.indicators.values(), aims)
    known = replace(known, indicators={**known.indicators, **added})
    declared = _declared(folder, faults)
    workbooks.unread(folder, stated)
    said = list(observations.load(folder, known, found, tables["targets"], stated))
    rows = [o.row for o in said] + [row for table in tables.values() for row in table]
    own = {row["source"] for row in rows if row.own}
    found = sources.cited(folder, found, own, stated)
    queries = list(_queries(folder, faults))
    differing = list(observations.contradictions(said))
    queries += _contradicted(differing, known, found)
    dataset = Dataset(
        ref_area=ref_area,
        town=_town(folder / "town.toml", f"{ref_area}/town.toml", faults),
        catalogue=known,
        observations=tuple(o for o in said if isinstance(o, Observation)),
        sources=found,
        queries=tuple(queries),
        records=tables,
        declared={
            words: "name" for name in own if name in found for words in sources.names(found[name])
        }
        | {text: kind for text, kind in declared.items() if kind != "wording"}
        | {f"“{one.wording}”": "number" for pair in differing for one in pair},
        texts=_texts(folder, faults),
        exhibits=read_toml(*own_first(data, ref_area, "exhibits.toml"), faults, twofold=True),
        digest=_digest(data, folder),
        accepted=tuple(text for text, kind in declared.items() if kind == "wording"),
        breaks=tuple(broken),
        folder=folder,
        unstated=tuple(o for o in said if not isinstance(o, Observation)),
    )
    new = (fault for fault in stated if fault not in faults)  # a workbook is read by both
    every = (*faults, *new)
    if errors(every):
        raise WrongData(every, None if errors(faults) else dataset)
    return replace(dataset, warnings=every)


@one_pass()
def newest_release(data: Path, ref_area: str) -> int | None:
    """The newest year that a town states numbers of, from their tables alone; faults show in ``load``."""
    folder = data / ref_area
    if not re.fullmatch(r"[\w-]+", ref_area) or not folder.is_dir():
        return None
    rows = [*observations.rows(folder, []), *records.stated(records.rows(folder, "targets", []))]
    none = (*observations.STATES, *observations.SAME)
    years = (row["release"] for row in rows if row["value"] not in none)
    return max((int(y) for y in years if re.fullmatch(r"[12]\d{3}", y, re.ASCII)), default=None)


class WrongData(DataFaults):
    """The faults of a town's data.

    Attributes:
        rest: the data without the rows that are wrong, where nothing but what is stated is.
    """

    def __init__(self, faults: Iterable[Fault], rest: Dataset | None) -> None:
        super().__init__(faults)
        self.rest = rest


def _queries(folder: Path, faults: list[Fault]) -> Iterator[Query]:
    file = f"{folder.name}/queries.csv"
    for row in read_table(folder / "queries.csv", file, QUERY_COLUMNS, faults):
        question: dict[Lang, str] = {"zh": row["question_zh"], "en": row["question_en"]}
        yield Query(row["id"], row["class"], tuple(row["about"].split()), question, row["answer"])


_WORDS = by_key(read_words("xushi_stats")["contradicted"])


def _contradicted(
    differing: Iterable[tuple[Statement, Statement]],
    known: Catalogue,
    found: Mapping[str, Source],
) -> Iterator[Query]:
    """A query for each contradiction on record: both statements, their places, which one is used."""
    for pair in differing:
        name = pair[0].indicator
        if any(one.source not in found for one in pair):
            continue
        marks = [one.row["use"] for one in pair]
        open_ = "未定" in marks or not {"是", "否"} & set(marks)
        first = "是" in marks[:1] or marks[1:] == ["否"]
        key = "open" if open_ else "first" if first else "second"
        question: dict[Lang, str] = {}
        for lang in LANGS:
            places = [found[one.source].place_of(one, lang) for one in pair]
            words = [known.indicators[name].names[lang], *places, *(one.wording for one in pair)]
            question[lang] = _WORDS["both"][lang].format(*words) + _WORDS[key][lang]
        yield Query(f"contradiction.{name}", "A", (name,), question, "")


def _breaks(folder: Path, known: Catalogue, faults: list[Fault]) -> list[Break]:
    path = folder / "breaks.csv"
    file = f"{folder.name}/breaks.csv"
    rows = read_table(path, file, BREAK_COLUMNS, faults, optional=True)
    return periods.breaks(rows, known.indicators, faults)


def _declared(folder: Path, faults: list[Fault]) -> dict[str, str]:
    file = f"{folder.name}/declared.csv"
    rows = read_table(folder / "declared.csv", file, DECLARED_COLUMNS, faults)
    return {row["text"]: row["kind"] for row in rows}


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
    town = read_town(path, file, faults)
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
    names = town.get("in_english", {})
    if not (isinstance(names, dict) and all(isinstance(name, str) for name in names.values())):
        faults.append(Fault("toml", file, details={"why": "in_english ?"}))
    return town


def sections(data: Path, ref_area: str) -> tuple[str, ...]:
    """The sections that a town's report has, without reading more; what is wrong shows in ``load``."""
    is_name = re.fullmatch(r"[\w-]+", ref_area)
    named = read_toml(data / ref_area / "town.toml", "", []).get("sections") if is_name else None
    named = named if isinstance(named, list) else SECTIONS
    return tuple(section for section in ALL_SECTIONS if section in named)


def _digest(data: Path, folder: Path) -> str:
    """SHA-256 over names and contents of the data files, whatever the line ends on this machine."""
    digest = hashlib.sha256()
    shared = [p for p in data.iterdir() if p.suffix in (".csv", ".toml") and p.is_file()]
    own = [p for p in folder.rglob("*") if p.suffix in (".csv", ".toml", ".md") and p.is_file()]
    own = [p for p in own if "registers" not in p.relative_to(folder).parts]  # they never leave
    own += [*workbooks.paths(data), *workbooks.paths(folder)]
    for path in sorted((*shared, *own), key=lambda p: p.relative_to(data).as_posix()):
        content = read_bytes(path)
        if path.suffix.lower() != ".xlsx":
            content = content.replace(b"\r\n", b"\n")
        digest.update(f"{path.relative_to(data).as_posix()}\n{len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()
