"""A new project from the installed package alone: shared tables, notebooks, and an empty town."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from xushi_stats.catalogue import INDICATOR_COLUMNS
from xushi_stats.dataset import DECLARED_COLUMNS, QUERY_COLUMNS
from xushi_stats.faults import DataFaults, Fault
from xushi_stats.observations import OBSERVATION_COLUMNS
from xushi_stats.periods import BREAK_COLUMNS
from xushi_stats.records import RECORD_COLUMNS
from xushi_stats.reporting.words import kind_of
from xushi_stats.sources import PLACE_COLUMNS, SOURCE_COLUMNS
from xushi_stats.tables import layout, write_whole
from xushi_stats.tables.columns import Column

SHIPPED: Mapping[str, str] = {
    "data/demo/catalogue.csv": "data/catalogue.csv",
    "data/demo/checks.csv": "data/checks.csv",
    "data/demo/refused.csv": "data/refused.csv",
    "data/demo/exhibits.toml": "data/exhibits.toml",
    "notebooks/demo": "notebooks",
}
"""What a project takes over from the invented town: place in the checkout → in a project.

The wheel holds the same files under ``xushi_stats/project/`` (see pyproject.toml).
"""
SKELETON = Path(__file__).parent / "skeleton"
"""What an empty town has and the invented one has not: neutral prose, words, usual targets."""
_IGNORED = "/outputs/\n/data/*/registers/\n.ipynb_checkpoints/\n~$*\n.~lock.*#\n"

_OF_THE_DEMO = ("livelihood.medical.rise",)
"""Indicators that only a source of the invented town states."""
_NATIONAL = "poverty."
"""Indicators whose ``since`` is that of the country, not of the invented town's reports."""
_REWORDED = {
    "；来源数据的部门口径未写明": "",
    "; which office's count is not stated": "",
    'ref_area = \\"demo\\"': 'ref_area = \\"{town}\\"',
    "../../data": "../data",
}
"""What the invented town's tables and notebooks say of it → what a project's say."""


def create(
    folder: Path, town: str, names: Mapping[str, str], groups: Sequence[str] | None = None
) -> list[Path]:
    """Write a project into a new or empty folder; into a project, one more town.

    Args:
        folder: where it is to lie.
        town: the town's folder name under ``data/``.
        names: the town's name by language; in Chinese alone, the report is too.
        groups: the parts of the catalogue to begin with, none for a bare project; without it all of
            them, with their tables, charts and texts.

    Returns:
        The files written.

    Raises:
        DataFaults: the folder holds something else, the town is there already, or its folder name
            is none.
    """
    if not re.fullmatch(r"[\w-]+", town):
        raise DataFaults([Fault("town_name", value=town)])
    is_project = (folder / "data" / "catalogue.csv").is_file()
    if is_project and (folder / "data" / town).exists():
        raise DataFaults([Fault("exists", (folder / "data" / town).as_posix())])
    if not is_project and folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DataFaults([Fault("not_empty", folder.as_posix())])
    shared = {} if is_project else dict(_shared(town, names, groups))
    files = {**shared, **dict(_town(town, names, groups))}
    for name, content in files.items():
        if name == "README.md":
            content = _without_absent(content, files)
        write_whole(folder / name, _of_kind(content, names["zh"]))
    return [folder / name for name in sorted(files)]


def usual_targets() -> list[dict[str, str]]:
    """The targets that a town usually sets: rows of ``targets.csv`` without year, number and source."""
    return _rows((SKELETON / "targets.csv").read_text(encoding="utf-8-sig"))


def shipped() -> Iterator[tuple[str, Path]]:
    """The files that are taken over, by their place in a project."""
    package = Path(__file__).parent / "shipped"
    for source, target in SHIPPED.items():
        root = package / target if package.is_dir() else Path(__file__).parents[2] / source
        for path in sorted(p for p in (root, *root.rglob("*")) if p.is_file()):
            inner = path.relative_to(root).as_posix()
            if ".ipynb_checkpoints" not in inner and _is_begun_with(inner):
                yield target if inner == "." else f"{target}/{inner}", path


def _is_begun_with(name: str) -> bool:
    """Whether a new project has it: a notebook on registers wants registers and rules first."""
    return not name.endswith(".ipynb") or Path(name).stem in ("review", "targets")


# -- what all towns of a project share ---------------------------------------------------------


_FROM_REGISTERS = "# 考核和检查"
"""The comment before the tables and charts on registers."""


def group_of(indicator: str) -> str:
    """The part of the catalogue that an indicator belongs to, for whoever chooses among them."""
    return indicator.partition(".")[0]


def groups() -> list[str]:
    """The parts of the catalogue that a project may begin with."""
    text = dict(shipped())["data/catalogue.csv"].read_text(encoding="utf-8-sig")
    found = (group_of(row["id"]) for row in _rows(text))
    return [group for group in dict.fromkeys(found) if group != "targets"]


def _shared(
    town: str, names: Mapping[str, str], groups: Sequence[str] | None
) -> Iterator[tuple[str, bytes]]:
    """Tables and notebooks without what is the invented town's own, and no source yet."""
    yield "README.md", _filled("README.md", {**names, "town": town, "en": _english(names)}).encode()
    yield ".gitignore", _IGNORED.encode()
    yield "data/sources.csv", _csv(_asked(SOURCE_COLUMNS, names), [])
    yield f"data/{layout.FILE}", layout.text()
    if groups is not None:
        yield from _chosen(names, groups)
        return
    for name, path in shipped():
        text = path.read_text(encoding="utf-8-sig")
        if name.endswith(".toml"):  # what rests on registers stands at the end
            text = text.partition(_FROM_REGISTERS)[0].rstrip() + "\n"
        for old, new in _REWORDED.items():
            text = text.replace(old, new.replace("{town}", town))
        yield name, _table(text) if name.endswith(".csv") else text.encode()


def _chosen(names: Mapping[str, str], groups: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """The indicators of some groups, with the checks that need no other; of none, the head alone."""
    files = dict(shipped())
    read = {n: _table(files[f"data/{n}.csv"].read_text("utf-8-sig")) for n in _BY_GROUP}
    rows = {name: _rows(table.decode("utf-8-sig")) for name, table in read.items()}
    known = {row["id"] for row in rows["catalogue"]}
    kept = {i for i in known if group_of(i) in groups}
    lost = {i for i in known if i not in kept}
    for name, table in rows.items() if groups else ():
        yield (
            f"data/{name}.csv",
            _csv(
                list(table[0]),
                (
                    list(row.values())
                    for row in table
                    if (name != "catalogue" or row["id"] in kept) and not lost & set(_words(row))
                ),
            ),
        )
    if not groups:
        small = [column for column in INDICATOR_COLUMNS if column.name in _SMALL]
        yield "data/catalogue.csv", _csv(_asked(small, names), [])


_BY_GROUP = ("catalogue", "checks", "refused")
_SMALL = ("name_zh", "name_en", "section", "unit")
"""The columns of an indicator without which there is none."""


def _asked(columns: Iterable[Column], names: Mapping[str, str]) -> list[str]:
    """The names of columns, those of English only where the town has a name in it."""
    every = [column.name for column in columns if not column.extra]
    return [name for name in every if "en" in names or not name.endswith("_en")]


def _english(names: Mapping[str, str]) -> str:
    return names.get("en", names["zh"])


def _without_absent(readme: bytes, files: Mapping[str, bytes]) -> bytes:
    """The table of contents of a project without the files that it does not have."""
    lines = readme.decode().splitlines(keepends=True)
    named = ((line, re.search(r"\| `((?:data|notebooks)/[^`…]*)` \|", line)) for line in lines)
    kept = [line for line, path in named if not path or any(f.startswith(path[1]) for f in files)]
    return "".join(kept).encode()


def _of_kind(content: bytes, name: str) -> bytes:
    """A file in the words of the kind of place: 全乡 of a 乡, and a township."""
    kind = kind_of(name)
    said, english = _KIND_WORDS.get(kind, ((), ""))
    text = content.decode("utf-8")
    for old, new in zip(("全镇", "本镇", "镇情", "镇域"), said, strict=False):
        text = text.replace(old, new)
    return re.sub(r"\b([Tt]he) town\b", rf"\1 {english or 'town'}", text).encode()


_KIND_WORDS = {
    "乡": (("全乡", "本乡", "乡情", "乡域"), "township"),
    "街道": (("全街道", "本街道", "街道情况", "街道辖区"), "subdistrict"),
    "社区": (("全社区", "本社区", "社区情况", "社区辖区"), "community"),
    "村": (("全村", "本村", "村情", "村域"), "village"),
}


def _table(text: str) -> bytes:
    """A shared table: every year asks for what it lists, and nothing in it is the invented town's."""
    rows = [row for row in _rows(text) if not any(own in _words(row) for own in _OF_THE_DEMO)]
    for row in rows:
        if "since" in row and not row["id"].startswith(_NATIONAL):
            row["since"] = ""
    return _csv(list(rows[0]), (list(row.values()) for row in rows))


def _words(row: Mapping[str, str]) -> list[str]:
    """The names that a row's own id, formula or expression holds."""
    written = (row.get(column) or "" for column in ("id", "formula", "expression", "figures"))
    return re.findall(r"[\w.]+", " ".join(written))


# -- one town ----------------------------------------------------------------------------------


def _town(
    town: str, names: Mapping[str, str], groups: Sequence[str] | None
) -> Iterator[tuple[str, bytes]]:
    """An empty town: its words, the heads of its tables, and prose with placeholders."""
    folder = f"data/{town}"
    tables: dict[str, Iterable[Column]] = {
        "observations": OBSERVATION_COLUMNS,
        "places": PLACE_COLUMNS,
        "queries": QUERY_COLUMNS,
        "breaks": BREAK_COLUMNS,
        **RECORD_COLUMNS,
    }
    whole = groups is None
    for name, columns in tables.items() if whole else [("observations", OBSERVATION_COLUMNS)]:
        yield f"{folder}/{name}.csv", _csv(_asked(columns, names), [])
    town_words = _town_words(names, whole).encode()
    yield f"{folder}/town.toml", town_words
    if not whole:
        return
    declared = _rows((SKELETON / "declared.csv").read_text(encoding="utf-8-sig"))
    head = [column.name for column in DECLARED_COLUMNS]
    yield f"{folder}/declared.csv", _csv(head, (list(row.values()) for row in declared))
    for path in sorted(p for lang in names for p in (SKELETON / "text" / lang).rglob("*.md")):
        yield f"{folder}/{path.relative_to(SKELETON).as_posix()}", path.read_bytes()


def _town_words(names: Mapping[str, str], whole: bool) -> str:
    """``town.toml``, without English where the town has no name in it."""
    both = {"en": "", **names}
    quoted = {lang: json.dumps(name, ensure_ascii=False) for lang, name in both.items()}
    text = _filled("town.toml", quoted)
    if not whole:
        text = text.replace('["review", "targets"]', '["review"]')
        text = re.sub(r'"(版式|Layout after)[^"]*9704[^"]*"', '""', text)
    if "en" in names:
        return text
    text = re.sub(r', en = "[^"]*"', "", re.sub(r"(?m)^en = .*\n", "", text))
    return text.replace("sections =", 'languages = ["zh"]\nsections =', 1)


def _filled(name: str, words: Mapping[str, str]) -> str:
    """A file of the skeleton with ``{zh}``, ``{en}`` and ``{town}`` filled in."""
    text = (SKELETON / name).read_text(encoding="utf-8")
    return re.sub(r"\{(zh|en|town)\}", lambda found: words[found[1]], text)


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def _csv(head: list[str], rows: Iterable[list[str]]) -> bytes:
    made = io.StringIO(newline="")
    csv.writer(made, lineterminator="\n").writerows([head, *rows])
    return made.getvalue().encode("utf-8-sig")
