"""Copies of Xushi's data to spoil, and ways to spoil them that outlast the wording of the data."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from xushi_stats.publishing.assembly import Assembled
from xushi_stats.publishing.build import Built
from xushi_stats.readback import orphans as audit
from xushi_stats.synth import Plan

ROOT = Path(__file__).resolve().parents[2]
TOWN, YEAR = "xushi", 2019
DEMO, DEMO_YEAR = "demo", 2020
ON_REGISTERS = ("assessment", "villages", "households", "checkpoints")
DEMO_PLAN = Plan(households=120, years=2, first_year=2019, seed="demo")
BOM = "\ufeff"


def copy(folder: Path, name: str = "data") -> Path:
    """Data and notebooks in a folder of their own; the data folder."""
    shutil.copytree(ROOT / "data", folder / name)
    ignore = shutil.ignore_patterns(".ipynb_checkpoints")
    shutil.copytree(ROOT / "notebooks", folder / "notebooks", ignore=ignore)
    return folder / name


def edit(path: Path, change: Callable[[str], str]) -> None:
    """Change a text file; a change that changes nothing is a mistake of the test."""
    before = path.read_text(encoding="utf-8")
    after = change(before)
    assert after != before
    path.write_text(after, encoding="utf-8", newline="")


def swap(path: Path, old: str, new: str) -> None:
    edit(path, lambda text: text.replace(old, new, 1))


def unstated(path: Path, *indicators: str) -> None:
    """State of these indicators that there is no number: the sign stands in place of the value."""

    def say(rows: list[dict[str, str]]) -> None:
        for row in rows:
            if row["indicator"] in indicators:
                row.update(value="/", read_as="")

    table(path, say)


def table(path: Path, change: Callable[[list[dict[str, str]]], Any]) -> None:
    """Change the rows of a CSV file with English headers."""
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
    names = list(rows[0])
    before = deepcopy(rows)
    changed = change(rows)
    rows = changed if isinstance(changed, list) else rows
    assert rows != before
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(BOM + text.getvalue(), encoding="utf-8", newline="")


def cells(path: Path, key: str, match: str, /, **new: str) -> None:
    """Put cells into the rows of a CSV file in which a column has a value."""

    def change(rows: list[dict[str, str]]) -> None:
        found = [row for row in rows if row[key] == match]
        assert found
        for row in found:
            row.update(new)

    table(path, change)


def without(path: Path, key: str, *values: str) -> None:
    """Take the rows out of a CSV file in which a column has one of some values."""
    table(path, lambda rows: [row for row in rows if row[key] not in values])


def add_row(path: Path, **new: str) -> None:
    table(path, lambda rows: [*rows, dict.fromkeys(rows[0], "") | new])


def toml(path: Path, change: Callable[[Any], Any]) -> None:
    """Change what a TOML file holds."""
    content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    before = deepcopy(content)
    change(content)
    assert content != before
    lines = [f"{json.dumps(key)} = {_toml(value)}\n" for key, value in content.items()]
    path.write_text("".join(lines), encoding="utf-8", newline="")


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        inside = (f"{json.dumps(k)} = {_toml(v)}" for k, v in value.items())
        return "{ " + ", ".join(inside) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def paragraph(data: Path, text: str, lang: str = "zh") -> None:
    """Put a paragraph into the part on poverty, which the notebook of the review shows."""
    swap(data / TOWN / "text" / lang / "review.md", "{poverty}\n", f"{{poverty}}\n\n{text}\n")


def notebook(data: Path, change: Callable[[Any], Any], section: str = "review") -> None:
    """Change a section's notebook."""
    path = data.parent / "notebooks" / f"{section}.ipynb"
    content = json.loads(path.read_text(encoding="utf-8"))
    before = deepcopy(content)
    change(content)
    assert content != before
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def code(source: str, name: str = "extra") -> dict[str, Any]:
    """A code cell as a notebook file has it."""
    empty: dict[str, Any] = {"execution_count": None, "metadata": {}, "outputs": []}
    return {"cell_type": "code", "id": name, "source": source, **empty}


def add_cell(data: Path, source: str) -> None:
    """A cell before the last one of the review."""
    notebook(data, lambda content: content["cells"].insert(-1, code(source)))


def poverty_alone(data: Path) -> None:
    """A review of poverty alone, which is set sooner."""

    def wanted(cell: Any) -> bool:
        source = "".join(cell["source"])
        return cell["metadata"].get("tags") or "poverty" in source or source.endswith('("review")')

    def reduce(content: Any) -> None:
        content["cells"] = list(filter(wanted, content["cells"]))

    notebook(data, reduce)


def content(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def run(
    *command: object, cwd: Path = ROOT, env: Mapping[str, str] | None = None, umask: int = -1
) -> subprocess.CompletedProcess[str]:
    """Run Python with this checkout's package, from any folder."""
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), **(env or {})}
    return subprocess.run(
        [sys.executable, *map(str, command)],
        cwd=cwd,
        env=environ,
        umask=umask,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )


def cli(
    *arguments: object, cwd: Path = ROOT, env: Mapping[str, str] | None = None, umask: int = -1
) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own."""
    return run("-m", "xushi_stats", *arguments, cwd=cwd, env=env, umask=umask)


@cache
def read(pdf: bytes) -> audit.PdfText:
    """A PDF as the audit reads it."""
    return audit.read(pdf)


@dataclass(frozen=True)
class Release:
    """One build of all languages and editions, with what went into it.

    executed: (language, edition) -> the executed notebook of all sections.
    assembled: (language, edition, name) -> the document that a PDF was made from.
    """

    data: Path
    built: Built
    executed: Mapping[tuple[str, str], Any]
    assembled: Mapping[tuple[str, str, str], Assembled]

    @property
    def folder(self) -> Path:
        return self.built.folder

    def pdf(self, lang: str, edition: str, name: str = "report") -> bytes:
        return (self.folder / lang / edition / f"{name}.pdf").read_bytes()

    def text(self, lang: str, edition: str, name: str = "report") -> audit.PdfText:
        return read(self.pdf(lang, edition, name))

    def ledger(self) -> dict[str, dict[str, Any]]:
        """The figures of ledger.json by id."""
        found = json.loads((self.folder / "ledger.json").read_bytes())
        return {figure["id"]: figure for figure in found["figures"]}


def fingerprint(made: Assembled) -> str:
    """All that a PDF is made from and checked against."""
    shown = {figure: sorted(texts) for figure, texts in made.shown.items()}
    tables = {name: table.decode() for name, table in made.tables.items()}
    parts = [made.document, dict(made.charts), shown, tables, dict(made.about)]
    return json.dumps(parts, sort_keys=True)
