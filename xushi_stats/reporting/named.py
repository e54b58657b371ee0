"""What notebooks name, against what is there: texts and their parts, tables, charts.

The names are read from the notebooks' code, without running it. What is named and missing is an error;
what is there and named by no notebook, a warning. A name that is not written out as such can be checked
only where it is executed, and then nothing is said of what is unused.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xushi_stats.faults import Fault
from xushi_stats.reporting import document, prose
from xushi_stats.reporting.context import Context
from xushi_stats.tables import near, own_first, read_text

PIECES = {
    **{"text": "text", "table": "table", "chart": "chart"},
    **{"movements": "table", "section": "section"},
}
"""What a cell calls → what it names."""


TAGS = ("parameters", "open", "finish")
"""Tags of the cells that a build knows a notebook's beginning and end by."""


@dataclass(frozen=True)
class Named:
    """A piece that a cell names: in which notebook, which cell (0 for the one that runs), and how.

    Attributes:
        name: what is named; None where it is not written out.
    """

    file: str
    cell: int
    call: str
    name: str | None

    def fault(self, code: str, **details: str) -> Fault:
        """A fault at this cell."""
        severity: Any = "warning" if code == "name_open" else "error"
        said = f'report.{self.call}("{self.name}")' if self.name else f"report.{self.call}(…)"
        place = {"cell_zh": f"单元格{self.cell}：", "cell_en": f"cell {self.cell}: "}
        details |= {"call": said} | (place if self.cell else {"cell": ""})
        return Fault(code, self.file, severity=severity, details=details)


def faults(report: Context) -> list[Fault]:
    """What the notebooks of a town name and lack, and what they leave unused, in one language."""
    folder = report.data.resolve().parent / "notebooks"
    if not folder.is_dir() and report.dataset.exhibits:
        return []  # data alone: a build will ask for the notebooks
    wrong, named = list[Fault](), list[Named]()
    stems = {path.stem for path in folder.glob("*.ipynb")}
    stems |= {path.stem for path in (folder / report.dataset.ref_area).glob("*.ipynb")}
    for stem in sorted(stems | set(report.dataset.sections)):
        own = list[Fault]()
        found = of_notebook(report, stem, own)
        if stem in report.dataset.sections:
            wrong += [*own, *_missing(report, found)]
        named += [piece for one in found for piece in spelled_out(report, one)]
    return wrong + list(_unused(report, named))


def of_notebook(report: Context, section: str, faults: list[Fault]) -> list[Named]:
    """What the notebook of a section names; a section that has none is set in order by one call."""
    folder = report.data.resolve().parent / "notebooks"
    path, file = own_first(folder, report.dataset.ref_area, f"{section}.ipynb")
    if not path.exists():
        return [Named(f"notebooks/{file}", 0, "section", section)]
    return list(pieces(path, f"notebooks/{file}", faults))


def called(report: Context) -> list[Named]:
    """All pieces of a report by the order of its sections, those of ``report.section`` one by one."""
    of = (one for name in report.dataset.sections for one in of_notebook(report, name, []))
    return [piece for one in of for piece in spelled_out(report, one)]


def spelled_out(report: Context, one: Named) -> list[Named]:
    """The pieces that ``report.section`` sets in order: each part of the text, then what it points to.

    Tables and charts that no text points to stand at the end of the first section; those of targets
    in the section on targets.
    """
    if one.call != "section" or one.name is None:
        return [one]
    whole = prose.of_section(report, one.name)[0]
    found: list[tuple[str, str]] = []
    for part, words in document.parts(whole).items():
        found.append(("text", f"{one.name}.{part}" if part else one.name))
        for name in document.placeholders(words):
            kind, _, key = name.partition(":")
            if kind in EXHIBITS and key in report.dataset.exhibits.get(EXHIBITS[kind], {}):
                found.append((EXHIBITS[kind], key))
    texts = [text for (lang, _), text in report.dataset.texts.items() if lang == report.lang]
    pointed = {n.partition(":")[2] for text in texts for n in document.placeholders(text)}
    for kind in ("table", "chart"):
        for key, spec in report.dataset.exhibits.get(kind, {}).items():
            if key not in pointed and _home(report, spec) == one.name:
                found.append((kind, key))
    kept = dict.fromkeys(found) if whole else dict.fromkeys(f for f in found if f[0] != "text")
    return [Named(one.file, one.cell, call, name) for call, name in kept]


def _home(report: Context, spec: Mapping[str, Any]) -> str:
    """The section that an exhibit belongs to which no text points to."""
    known = report.dataset.sections
    return str(spec["from"]) if spec.get("from") in known else known[0]


EXHIBITS = {"表": "table", "table": "table", "图": "chart", "figure": "chart"}
"""How a text points to an exhibit → what it is."""


def pieces(path: Path, file: str, faults: list[Fault]) -> Iterator[Named]:
    """What the code of a notebook names; a notebook or cell that cannot be read is told."""
    text = read_text(path, file, faults)
    try:
        cells = json.loads(text or '{"cells": []}')["cells"]
        sources = ["".join(c["source"]) if c["cell_type"] == "code" else "" for c in cells]
        tags = [set(cell["metadata"].get("tags", [])) for cell in cells]
        assert all(isinstance(tag, str) for of in tags for tag in of)
    except (ValueError, TypeError, LookupError, AttributeError, AssertionError, RecursionError):
        faults.append(Fault("notebook", file, details={"cell": "—"}))
        return
    lost = [tag for tag in TAGS if not any(tag in of for of in tags)]
    faults += [Fault("tag_lost", file, value=tag) for tag in lost]
    for number, source in enumerate(sources, start=1):
        lines = source.splitlines()
        plain = [line for line in lines if not line.lstrip().startswith(("%", "!", "?"))]
        try:
            tree = ast.parse("" if source.startswith("%%") else "\n".join(plain))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            faults.append(Fault("notebook", file, details={"cell": str(number)}))
            continue
        for node in ast.walk(tree):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id="report"), attr=call)) if (
                    call in PIECES
                ):
                    given = [*node.args, *(k.value for k in node.keywords)][:1]
                    is_name = given and isinstance(given[0], ast.Constant)
                    value = given[0].value if is_name else None  # type: ignore[attr-defined]
                    yield Named(file, number, call, value if isinstance(value, str) else None)


def _missing(report: Context, named: list[Named]) -> Iterator[Fault]:
    for one in named:
        if one.name is None:
            yield one.fault("name_open")
        else:
            yield from missing(report, one)


def missing(report: Context, one: Named) -> Iterator[Fault]:
    """The fault of a piece that is named and is not there, with what is like it."""
    assert one.name is not None
    kind = PIECES[one.call]
    if kind == "section":
        if one.name not in report.dataset.sections:
            there = ", ".join(report.dataset.sections)
            yield Fault("section_unknown", value=one.name, details={"known": there})
        return
    if kind == "text":
        known, code = _parts(report), "text_named"
        own = report.dataset.ref_area
        file = f"{own}/text/{report.lang}/{one.name.partition('.')[0]}.md"
        details = {"file": file}
    else:
        every = report.dataset.exhibits.get(kind, {})
        over_years = [k for k, spec in every.items() if "figures" in spec]
        names = over_years if one.call == "movements" else every
        known, code, details = dict.fromkeys(names, ("", 0)), "exhibit_named", {}
    if one.name not in known:
        yield one.fault(code, near=near(one.name, known), **details)


def _parts(report: Context) -> dict[str, tuple[str, int]]:
    """The texts of one language and their parts, of every year → file and line."""
    found: dict[str, tuple[str, int]] = {}
    for (lang, name), whole in report.dataset.texts.items():
        if lang != report.lang:
            continue
        section = name.rpartition("/")[2]
        file = f"{report.dataset.ref_area}/text/{lang}/{name}.md"
        for part, line in document.part_lines(whole).items():
            found.setdefault(f"{section}.{part}" if part else section, (file, line))
    return found


def _unused(report: Context, named: list[Named]) -> Iterator[Fault]:
    """Texts, tables and charts that no notebook names; nothing where a name is not written out."""
    used = {(PIECES[one.call], one.name) for one in named}
    texts = report.dataset.texts
    for name, (file, line) in _parts(report).items():
        own = [
            t
            for (lang, of), t in texts.items()
            if (lang, of.rpartition("/")[2]) == (report.lang, name)
        ]
        is_blank = "." not in name and not any(document.parts(text)[""] for text in own)
        if not {("text", name), ("text", None)} & used and not is_blank:
            yield Fault("text_unused", file, line, value=name, severity="warning")
    file = own_first(report.data, report.dataset.ref_area, "exhibits.toml")[1]
    for kind in ("table", "chart"):
        for name in report.dataset.exhibits.get(kind, {}):
            if not {(kind, name), (kind, None)} & used:
                yield Fault("exhibit_unused", file, value=f"{kind}.{name}", severity="warning")
