"""From an executed notebook to the document: collect the blocks, keep the rows that are used, number.

What a page uses is what its outputs link to; nothing tracks calls.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from xushi_stats.faults import DataFaults, Fault, Lang
from xushi_stats.publishing import mixed_runs, typeset
from xushi_stats.publishing.attachments import LEDGER_TABLE, with_uses
from xushi_stats.publishing.columns import share_out
from xushi_stats.publishing.gathering import gathered
from xushi_stats.publishing.margins import with_room
from xushi_stats.publishing.pruning import without_empty
from xushi_stats.reporting import document
from xushi_stats.reporting.document import BLOCK, LEDGER, Block, Inline, fixed, text
from xushi_stats.reporting.draft_margin import without_repeats
from xushi_stats.reporting.words import WORDS


class NotExecuted(DataFaults):
    """The notebook has no ledger output: its last cell was not run."""

    def __init__(self) -> None:
        details = {"why": "run all cells first / 请先运行全部单元格"}
        super().__init__([Fault("cell", "notebook", details=details)])


@dataclass(frozen=True)
class Assembled:
    """A document with what its pages are checked against.

    Attributes:
        document: what the template sets.
        charts: file name → SVG.
        shown: figure id → texts that a link to it may have, as the ledger has them.
        uses: figure id → where in the body it stands: ``text``, ``table:…``, ``figure:…``.
        tables: file name → evidence that the PDF carries.
        about: what it is, for the manifest: town, release, language, edition, section, data.
    """

    document: dict[str, Any]
    charts: Mapping[str, str]
    shown: Mapping[str, frozenset[str]]
    uses: Mapping[str, tuple[str, ...]]
    tables: Mapping[str, bytes] = field(default_factory=dict)
    about: Mapping[str, Any] = field(default_factory=dict)


def assemble(notebook: Any, *, whole: bool = False) -> Assembled:
    """Make the document of an executed notebook.

    Args:
        notebook: a notebook node whose last cell has emitted the ledger.
        whole: the whole report with cover and contents; else one section with a masthead.

    Raises:
        NotExecuted: there is no ledger among the outputs.
        DataFaults: a cell was run for something else than the last one, or a number is typed into
            text, a caption or an alt text.
    """
    content = _ledger(notebook)
    mixed_runs.refuse(notebook, content["run"])
    meta, lang = content["meta"], content["meta"]["lang"]
    body = document.number_blocks(without_empty(_blocks(notebook, lang)), lang)
    body = without_repeats(body)
    charts = _take_charts(body)
    uses = typeset.uses(body)
    known = {row["id"]: row for row in content["rows"]}
    unknown = sorted(set(uses) - set(known))
    if unknown:
        what = "、".join(unknown)
        raise DataFaults([Fault("orphan", details={"what": what})])
    front, lists = (content["front"], content["lists"]) if whole else ([], [])
    opening, body = ([], body) if whole else _opening(body)
    body, lists = (_with_widths(blocks, meta) for blocks in (body, lists))
    body = with_room(body, lang)
    linked = {i["id"] for i in document.walk([front, lists]) if i.get("t") == "num"}
    used = _with_inputs({*uses, *linked}, known)
    place = {figure: n for n, figure in enumerate(uses)}  # first what the body shows, in its order
    rows = [row for row in content["rows"] if row["id"] in used]
    rows.sort(key=lambda row: place.get(row["id"], len(place)))
    back = [*_back(rows, meta), *lists]
    made = _document(meta, front, body, back if whole else back[1:], whole)
    if not whole:
        made["masthead"] |= {"section": opening, "about": content["about"]}
    pieces = {key: made[key] for key in ("cover", "masthead", "front", "body", "back")}
    _refuse_typed_numbers(pieces, f"{meta['ref_area']} {meta['lang']}")
    shown = {row["id"]: frozenset(row["shown"]) for row in rows}
    about = _about(meta, "report" if whole else _section(notebook))
    return Assembled(made, charts, shown, uses, _tables(content, uses), about)


def _section(notebook: Any) -> str:
    """The section that a notebook's cells belong to; several are joined, of none it is empty.

    The cells that open and finish a notebook may stem from another section's. One that was not run by
    ``build`` says in its own metadata which section it is.
    """
    common = {"parameters", "open", "finish"}
    own = (c for c in notebook.cells if not common & set(c.metadata.get("tags", ())))
    found = dict.fromkeys(c.metadata["section"] for c in own if "section" in c.metadata)
    return "+".join(found) or str(notebook.metadata.get("xushi", {}).get("section", ""))


def _about(meta: Mapping[str, Any], section: str) -> dict[str, Any]:
    kept = {key: meta[key] for key in ("ref_area", "release", "lang", "edition")}
    return {**kept, "section": section, "data_sha256": meta["digest"]}


def _tables(content: Mapping[str, Any], uses: Mapping[str, tuple[str, ...]]) -> dict[str, bytes]:
    """The edition's evidence; the ledger says where this very document uses each figure."""
    tables = {name: table.encode() for name, table in content.get("tables", {}).items()}
    if LEDGER_TABLE in tables:
        tables[LEDGER_TABLE] = with_uses(tables[LEDGER_TABLE], uses)
    return tables


def _opening(body: list[Block]) -> tuple[list[Inline], list[Block]]:
    """The heading that a section opens with, which is its title when it stands alone, and the rest."""
    if not body or body[0]["b"] != "heading" or body[0]["level"] > 1:
        return [], body
    title, *rest = body
    return title["c"], [
        {**b, "level": max(1, b["level"] - 1)} if b["b"] == "heading" else b for b in rest
    ]


def _with_widths(blocks: list[Block], meta: Mapping[str, Any]) -> list[Block]:
    return [share_out(b, meta["lang"], meta["edition"]) if b["b"] == "table" else b for b in blocks]


def _ledger(notebook: Any) -> dict[str, Any]:
    for cell in reversed(notebook.cells):
        for output in cell.get("outputs", ()):
            found = output.get("data", {}).get(LEDGER)
            if found:
                return {"run": {}, **_in_order(found)}
    raise NotExecuted


def _in_order(content: Mapping[str, Any]) -> dict[str, Any]:
    """What an output holds, keys in order: as in a saved file, whichever tool ran the notebook.

    The order in which a report first shows its figures is that of the keys.
    """
    return dict(json.loads(json.dumps(content, sort_keys=True)))


def _blocks(notebook: Any, lang: Lang) -> Iterable[Block]:
    """The blocks of all cells in order: our own, Markdown cells, and Markdown that a cell displays."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            yield from _plain_markdown(cell.source, lang)
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            if LEDGER in data:
                continue
            if BLOCK in data:
                yield from _in_order(data[BLOCK])["blocks"]
            elif "text/markdown" in data:
                yield from _plain_markdown(data["text/markdown"], lang)


def _plain_markdown(source: str, lang: Lang) -> list[Block]:
    return document.markdown(source, lang, lambda name: [text(f"【{name}】")])


def _take_charts(body: list[Block]) -> dict[str, str]:
    """Take the pictures out of the blocks: they travel beside the document."""
    charts: dict[str, str] = {}
    for block in body:
        if block["b"] == "figure":
            _refuse_typed_numbers(block["alt"], "alt")
            _restore_floats(block)
            block["chart"] = f"chart-{len(charts) + 1}.svg"
            block["alt"] = document.plain(block["alt"])
            charts[block["chart"]] = block.pop("svg")
    return charts


def _restore_floats(figure: Block) -> None:
    """Sizes as they were drawn: JupyterLab saves 92.0 as 92, which would be other bytes."""
    sizes = [(figure, ("width", "height")), *((link, "xywh") for link in figure["links"])]
    for holder, keys in sizes:
        holder.update({key: float(holder[key]) for key in keys})


def _with_inputs(linked: set[str], known: Mapping[str, Mapping[str, Any]]) -> set[str]:
    found: set[str] = set()
    stack = list(linked)
    while stack:
        current = stack.pop()
        if current not in found and current in known:
            found.add(current)
            named = (i["id"] for i in document.walk(known[current]["lines"]) if i.get("t") == "num")
            stack.extend([*known[current]["inputs"], *named])
    return found


def _back(rows: list[dict[str, Any]], meta: Mapping[str, Any]) -> list[Block]:
    """The ledger, or in the public edition the appendix of definitions and calculations."""
    public = meta["edition"] == "public"
    words = WORDS[meta["lang"]]
    title = words["appendix" if public else "ledger"]
    intro = words["appendix_intro" if public else "ledger_intro"]
    foot = {"b": "note", "c": [text(words["ledger_foot"])]}
    kept = ("id", "name", "lines")
    entries = [{"b": "row", **{key: row[key] for key in kept}} for row in rows]
    return [
        {"b": "break"},
        {"b": "heading", "level": 1, "number": "", "c": [text(title)], "outlined": True},
        {"b": "para", "c": [text(intro)], "mark": None, "lead": True},
        *([{"b": "rows", "rows": entries}] if public else [*gathered(entries, words), foot]),
    ]


def _document(
    meta: Mapping[str, Any], front: list[Block], body: list[Block], back: list[Block], whole: bool
) -> dict[str, Any]:
    words = WORDS[meta["lang"]]
    mark = [text(words[meta["edition"]])] if words[meta["edition"]] else []
    opening = {"title": meta["title"], "mark": mark, "notice": meta["notice"]}
    cover = {**opening, "subtitle": [text(meta["county"])], "lines": [meta["layout"]]}
    return {
        "format": 1,
        "meta": {
            "lang": meta["lang"],
            "title": document.plain(meta["title"]),
            "date": meta["date"],
            "edition": meta["edition"],
            "author": "xushi_stats",
            "keywords": [meta["town"], str(meta["release"])],
        },
        "cover": cover if whole else None,
        "masthead": None if whole else opening,
        "running": {
            "head": meta["notice"],
            "mark": mark,
            "foot": [fixed(meta["code"])] if meta["code"] else [],
        },
        "contents": {"title": [text(words["contents"])]} if whole else None,
        "front": [*front, {"b": "break"}] if front else [],
        "body": body,
        "back": back,
    }


def _refuse_typed_numbers(pieces: Any, where: str) -> None:
    """Find typed numbers before typesetting: the page check would too, but only by page."""
    digits, words = document.typed_digits(pieces), document.typed_words(pieces)
    faults = [Fault("digit_in_text", where, details={"near": near}) for near in digits]
    faults += [Fault("number_in_words", where, details={"near": near}) for near in words]
    if faults:
        raise DataFaults(faults)
