"""A new project from the installed package alone: shared tables, notebooks, and an empty town."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from xushi_stats.dataset import (
    DECLARED_COLUMNS,
    OBSERVATION_COLUMNS,
    PLACE_COLUMNS,
    QUERY_COLUMNS,
    SOURCE_COLUMNS,
)
from xushi_stats.faults import DataFaults, Fault
from xushi_stats.records import RECORD_COLUMNS
from xushi_stats.series import BREAK_COLUMNS
from xushi_stats.tables import write_whole

SHIPPED: Mapping[str, str] = {
    "data/demo/catalogue.csv": "data/catalogue.csv",
    "data/demo/checks.csv": "data/checks.csv",
    "data/demo/refused.csv": "data/refused.csv",
    "data/demo/exhibits.toml": "data/exhibits.toml",
    "data/demo/text": "text",
    "notebooks/demo": "notebooks",
}
"""What a project starts from, where it lies in the checkout → in the package's ``project/``."""
_IGNORED = "/outputs/\n/data/*/registers/\n.ipynb_checkpoints/\n~$*\n.~lock.*#\n"


def create(folder: Path, town: str, names: Mapping[str, str]) -> list[Path]:
    """Write a project into a new or empty folder.

    Args:
        folder: where it is to lie.
        town: the town's folder name under ``data/``.
        names: the town's name by language.

    Returns:
        The files written.

    Raises:
        DataFaults: the folder holds something already, or the town's folder name is none.
    """
    if not re.fullmatch(r"[\w-]+", town):
        raise DataFaults([Fault("town_name", value=town)])
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DataFaults([Fault("not_empty", folder.as_posix())])
    files = {**dict(_shared()), **dict(_town(town, names)), ".gitignore": _IGNORED.encode()}
    for name, content in files.items():
        write_whole(folder / name, content)
    return [folder / name for name in sorted(files)]


def _shared() -> Iterator[tuple[str, bytes]]:
    """The shared tables and notebooks, and a list of sources without one."""
    for name, path in shipped():
        if not name.startswith("text/"):
            yield name, path.read_bytes()
    yield "data/sources.csv", _header(SOURCE_COLUMNS)


def _town(town: str, names: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    """An empty town: its words, the heads of its tables, and prose with placeholders."""
    folder = f"data/{town}"
    tables = {
        "observations": OBSERVATION_COLUMNS,
        "places": PLACE_COLUMNS,
        "queries": QUERY_COLUMNS,
        "declared": DECLARED_COLUMNS,
        "breaks": BREAK_COLUMNS,
        **RECORD_COLUMNS,
    }
    for name, columns in tables.items():
        yield f"{folder}/{name}.csv", _header(columns)
    for name, path in shipped():
        if name.startswith("text/"):
            yield f"{folder}/{name}", path.read_bytes()
    words = _TOWN.format(**{key: _quoted(value) for key, value in names.items()})
    yield f"{folder}/town.toml", words.encode()


_TOWN = """# 本镇的名称、标题和固定用语；文中【】为占位符 / the town's words; 【】 are placeholders
county = {{ zh = "", en = "" }}
name = {{ zh = {zh}, en = {en} }}
title = {{ zh = "【镇名】【年份】工作回顾和【下年】目标任务数据资料", en = "【town】: review of 【year】 and tasks for 【next】 in figures" }}
layout = {{ zh = "版式参照GB/T 9704部分要素", en = "Layout after parts of GB/T 9704" }}
sections = ["review", "targets"]

[notice]
zh = "样稿·尚未审定，不作为官方统计资料"
en = "Sample; not reviewed; not official statistics"
"""


def _quoted(value: str) -> str:
    """A text as TOML has it."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _header(columns: object) -> bytes:
    names = ",".join(column.name for column in columns)  # type: ignore[attr-defined]
    return b"\xef\xbb\xbf" + names.encode() + b"\n"


def shipped() -> Iterator[tuple[str, Path]]:
    """The files that every project starts from, by their place in a project."""
    package = Path(__file__).parent / "project"
    for source, target in SHIPPED.items():
        root = package / target if package.is_dir() else package.parent.parent / source
        for path in sorted(p for p in (root, *root.rglob("*")) if p.is_file()):
            inner = path.relative_to(root).as_posix()
            if ".ipynb_checkpoints" not in inner:
                yield target if inner == "." else f"{target}/{inner}", path
