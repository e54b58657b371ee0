"""What a finished report carries inside: its evidence, what it was set from, and a manifest of both.

The PDF can be set again from its attachments alone, to the same bytes, with the template and the
fonts that the manifest names by their digests.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import PurePath
from typing import Any

from xushi_stats import __version__
from xushi_stats.checks.mentions import template
from xushi_stats.faults import Lang
from xushi_stats.reporting.evidence import as_csv
from xushi_stats.words import rows_of

FORMAT = 1
MANIFEST = "manifest.json"
DOCUMENT = "document.json"
RECOMPUTE = "recompute.py"
LEDGER_TABLE = "ledger.csv"
TEXT_TABLE = "text.csv"

_TYPES = {
    ".csv": "text/csv",
    ".json": "application/json",
    ".py": "text/x-python",
    ".svg": "image/svg+xml",
}
_RELATIONSHIPS = {".csv": "data", ".json": "source", ".py": "supplement", ".svg": "source"}
_ABOUT: dict[str, tuple[str, str]] = {
    "catalogue.csv": ("指标目录：名称、口径、计量单位、算式", "Indicators: name, definition, unit, formula"),
    "checks.csv": ("审核关系及结果", "Checks and what they came to"),
    LEDGER_TABLE: ("统计台账：每个数的精确值、算式、来源和使用处", "Ledger: value, formula, origin and use"),
    "observations.csv": ("观测数：原文写法和出处", "Observations: wording and place in the source"),
    "sources.csv": ("来源文件及其 SHA-256", "Source documents with their SHA-256"),
    "targets.csv": ("目标", "Targets"),
    TEXT_TABLE: ("全文，数的位置留空", "The text, with a blank for each figure"),
    DOCUMENT: ("排版所依据的全文", "The text that was set"),
    RECOMPUTE: ("独立复算程序", "Independent recalculation"),
}  # fmt: skip
_OTHER: dict[str, tuple[str, str]] = {
    ".csv": ("数据表", "Table"),
    ".json": ("数据", "Data"),
    ".py": ("程序", "Program"),
    ".svg": ("插图", "Chart"),
}


def pack(
    document: Mapping[str, Any],
    charts: Mapping[str, str],
    tables: Mapping[str, bytes],
    about: Mapping[str, Any],
) -> dict[str, bytes]:
    """All files that a report carries, and from which it is set.

    Args:
        document: the document, format 1.
        charts: file name → SVG.
        tables: file name → evidence of the report's edition.
        about: what the report is: town, release, language, edition, section, digest of the data.

    Returns:
        File name → content: tables, ``document.json``, charts, ``recompute.py``, ``manifest.json``.
    """
    text = json.dumps(document, ensure_ascii=False, sort_keys=True)
    content = {
        **tables,
        DOCUMENT: text.encode(),
        **{name: svg.encode() for name, svg in charts.items()},
    }
    program = recompute_program()
    if program:
        content[RECOMPUTE] = program
    return {**content, MANIFEST: manifest(content, about, document["meta"]["lang"])}


def manifest(content: Mapping[str, bytes], about: Mapping[str, Any], lang: Lang) -> bytes:
    """The list of a report's attachments with their digests, and of what sets them.

    Returns:
        JSON with sorted keys; the template attaches what it lists, in its order.
    """
    listed = [_entry(name, content[name], lang) for name in sorted(content)]
    made = {"format": FORMAT, "report": dict(about), **setting(), "attachments": listed}
    return (json.dumps(made, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _entry(name: str, content: bytes, lang: Lang) -> dict[str, Any]:
    suffix = PurePath(name).suffix
    description = describe(name)[lang == "en"]
    return {
        "name": name,
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
        "type": _TYPES[suffix],
        "relationship": _RELATIONSHIPS[suffix],
        "description": description,
    }


def describe(name: str) -> tuple[str, str]:
    """What a file of that name is, in Chinese and in English."""
    return _ABOUT.get(name, _OTHER[PurePath(name).suffix])


@cache
def setting() -> dict[str, Any]:
    """What pages are set with on this machine: versions, and digests of template and fonts."""
    import pylopdf_fonts_zh_cn as fonts

    from xushi_stats.publishing.typeset import template

    paths = (fonts.sans_path(), fonts.serif_path())
    return {
        "versions": {"xushi_stats": __version__, "typst": version("typst")},
        "template_sha256": hashlib.sha256(template()).hexdigest(),
        "fonts_sha256": {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in paths},
    }


def recompute_program() -> bytes:
    """The independent recalculation as this package has it; empty where it has none."""
    program = files("xushi_stats.audit").joinpath(RECOMPUTE)
    return program.read_bytes() if program.is_file() else b""


def text_table(
    document: Mapping[str, Any], charts: Mapping[str, str], told: Mapping[str, str]
) -> bytes:
    """All words of a document by their place, each figure by its id, and the digests of its charts.

    Args:
        document: the document, format 1.
        charts: file name → SVG.
        told: text that holds a number and is no figure → ``declared:kind``, and unit of the
            project's own → ``unit:kind:size:one:many``; those that the document has are listed.
    """
    rows = list(_said(document, ""))
    whole = "\n".join(words for _, words in rows)
    rows += [(kind, text) for text, kind in told.items() if text in whole]
    rows += [(name, hashlib.sha256(svg.encode()).hexdigest()) for name, svg in charts.items()]
    return as_csv([{"place": place, "text": words} for place, words in rows], ("place", "text"))


def _said(node: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, list) and node and all(isinstance(i, dict) and "t" in i for i in node):
        yield place, template(node)
    elif isinstance(node, Mapping):
        for key in sorted(node):
            yield from _said(node[key], f"{place}/{key}")
    elif isinstance(node, list):
        for n, item in enumerate(node):
            yield from _said(item, f"{place}/{n}")
    elif isinstance(node, str | int):
        yield place, str(node)


def with_uses(ledger: bytes, uses: Mapping[str, tuple[str, ...]]) -> bytes:
    """The ledger's table with where one document uses each figure."""
    rows = rows_of(ledger)
    made = [{**row, "used_in": sorted(uses.get(row["id"], ()))} for row in rows]
    return as_csv(made, list(rows[0])) if rows else ledger
