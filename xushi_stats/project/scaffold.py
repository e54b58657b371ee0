"""A new project from the installed package alone: shared tables, notebooks, and an empty town."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from xushi_stats.dataset import DECLARED_COLUMNS, QUERY_COLUMNS
from xushi_stats.faults import DataFaults, Fault
from xushi_stats.observations import OBSERVATION_COLUMNS
from xushi_stats.periods import BREAK_COLUMNS
from xushi_stats.records import RECORD_COLUMNS
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


def create(folder: Path, town: str, names: Mapping[str, str]) -> list[Path]:
    """Write a project into a new or empty folder; into a project, one more town.

    Args:
        folder: where it is to lie.
        town: the town's folder name under ``data/``.
        names: the town's name by language.

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
    shared = {} if is_project else dict(_shared(town, names))
    files = {**shared, **dict(_town(town, names))}
    for name, content in files.items():
        write_whole(folder / name, content)
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


def _shared(town: str, names: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    """Tables and notebooks without what is the invented town's own, and no source yet."""
    for name, path in shipped():
        text = path.read_text(encoding="utf-8-sig")
        if name.endswith(".toml"):  # what rests on registers stands at the end
            text = text.partition(_FROM_REGISTERS)[0].rstrip() + "\n"
        for old, new in _REWORDED.items():
            text = text.replace(old, new.replace("{town}", town))
        yield name, _table(text) if name.endswith(".csv") else text.encode()
    yield "data/sources.csv", _csv([column.name for column in SOURCE_COLUMNS], [])
    yield f"data/{layout.FILE}", layout.text()
    yield "README.md", _filled("README.md", {**names, "town": town}).encode()
    yield ".gitignore", _IGNORED.encode()


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


def _town(town: str, names: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    """An empty town: its words, the heads of its tables, and prose with placeholders."""
    folder = f"data/{town}"
    tables: dict[str, Iterable[Column]] = {
        "observations": OBSERVATION_COLUMNS,
        "places": PLACE_COLUMNS,
        "queries": QUERY_COLUMNS,
        "breaks": BREAK_COLUMNS,
        **RECORD_COLUMNS,
    }
    for name, columns in tables.items():
        head = [column.name for column in columns if not column.extra]
        yield f"{folder}/{name}.csv", _csv(head, [])
    declared = _rows((SKELETON / "declared.csv").read_text(encoding="utf-8-sig"))
    head = [column.name for column in DECLARED_COLUMNS]
    yield f"{folder}/declared.csv", _csv(head, (list(row.values()) for row in declared))
    for path in sorted((SKELETON / "text").rglob("*.md")):
        yield f"{folder}/{path.relative_to(SKELETON).as_posix()}", path.read_bytes()
    quoted = {lang: json.dumps(name, ensure_ascii=False) for lang, name in names.items()}
    yield f"{folder}/town.toml", _filled("town.toml", quoted).encode()


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
