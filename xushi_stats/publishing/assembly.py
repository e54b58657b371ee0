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
from xushi_stats.publishing.attachments import LEDGER_TABLE, TEXT_TABLE, text_table, with_uses
from xushi_stats.publishing.columns import share_out
from xushi_stats.publishing.margins import with_room
from xushi_stats.reporting import document
from xushi_stats.reporting.document import BLOCK, LEDGER, Block, Inline, fixed, plain, text, walk
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
    body = document.number_blocks(
        without_empty(_blocks(notebook, lang, content.get("rest", {}))), lang
    )
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
    linked = {i["id"] for i in walk([front, lists]) if i.get("t") == "num"}
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
    tables = _tables(content, uses)
    tables[TEXT_TABLE] = text_table(made, charts, content.get("told", {}))
    return Assembled(made, charts, shown, uses, tables, about)


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


def _blocks(notebook: Any, lang: Lang, rest: Mapping[str, list[Block]]) -> Iterable[Block]:
    """The blocks of all cells in order: our own, Markdown cells, and Markdown that a cell displays.

    Args:
        notebook: executed.
        lang: of the report.
        rest: by section, what stands behind its last cell: tables of what no cell shows.
    """
    common = {"parameters", "injected-parameters", "open", "finish"}
    own = str(notebook.metadata.get("xushi", {}).get("section", ""))
    of = [
        "" if common & set(c.metadata.get("tags", ())) else c.metadata.get("section", own)
        for c in notebook.cells
    ]
    last = {section: n for n, section in enumerate(of) if section in rest}
    for n, cell in enumerate(notebook.cells):
        if n and last.get(of[n - 1]) == n - 1:
            yield from rest[of[n - 1]]
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
            block["alt"] = plain(block["alt"])
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
            named = (i["id"] for i in walk(known[current]["lines"]) if i.get("t") == "num")
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
            "title": plain(meta["title"]),
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


# -- what a page leaves out, and what it gathers ---------------------------------------------------


def without_empty(blocks: Iterable[Block]) -> list[Block]:
    """The blocks of a document that have something to say.

    A year without targets of the year before has no table of their fulfilment; then the sentence that
    points to it and the heading above go too, so that one text serves every year.

    Args:
        blocks: headings, paragraphs, tables and figures in order, references not yet resolved.

    >>> len(without_empty([{"b": "heading", "level": 2, "c": []}, {"b": "heading", "level": 2, "c": []}]))
    0
    """
    blocks = list(blocks)
    there = {(b["b"], b["key"]) for b in blocks if b["b"] in ("table", "figure")}
    return _without_bare_headings([b for b in blocks if not _points_nowhere(b, there)])


def _points_nowhere(block: Block, there: set[tuple[str, str]]) -> bool:
    """Whether a paragraph refers to tables and figures alone, and none of them is in the document."""
    if block["b"] != "para":
        return False
    kinds = {inline.get("t") for inline in walk(block["c"])}
    found = {(i["kind"], i["key"]) for i in walk(block["c"]) if i.get("t") == "ref"}
    return bool(found) and "num" not in kinds and not found & there


def _without_bare_headings(blocks: list[Block]) -> list[Block]:
    """No heading below the first level that another of its level, a higher one or the end follows."""
    kept: list[Block] = []
    above = 1
    for block in reversed(blocks):
        level = block["level"] if block["b"] == "heading" else 0
        if level > 1 and above and level >= above:
            continue
        above = level
        kept.append(block)
    return kept[::-1]


_LEAST = 3
"""How many entries are worth gathering."""
_OWN = ("value", "missing", "period", "pages")


def gathered(entries: Iterable[Block], words: Mapping[str, str]) -> list[Block]:
    """The entries of a ledger, those of one indicator at several times as one ``series``.

    Twelve months of a village's score are one entry with twelve values, each still a place that its
    number leads to. What else an entry says must be the same in all of them.

    Args:
        entries: blocks ``row``, in the order of the page.
        words: of the language: how the lines of an entry are called.

    Returns:
        Blocks ``row`` and ``series``; entries that are alike stand together, where the first of them stood.
    """
    alike: dict[str, list[Block]] = {}
    for entry in entries:
        _, shared = _parted(entry, words)
        key = [entry["id"].partition("@")[0], entry["name"], shared]
        alike.setdefault(json.dumps(key, sort_keys=True), []).append(entry)
    found: list[Block] = []
    for group in alike.values():
        found += [_series(group, words)] if _can_be_one(group, words) else group
    return found


def _parted(entry: Block, words: Mapping[str, str]) -> tuple[dict[str, Any], list[Any]]:
    """What an entry says of its time alone, by the word for it; and its other lines."""
    own = {plain(line["k"]): line for line in entry["lines"]}
    told = {words[key]: own[words[key]] for key in _OWN if words[key] in own}
    return told, [line for line in entry["lines"] if plain(line["k"]) not in told]


def _can_be_one(group: list[Block], words: Mapping[str, str]) -> bool:
    return len(group) >= _LEAST and all(words["period"] in _parted(e, words)[0] for e in group)


def _series(group: list[Block], words: Mapping[str, str]) -> Block:
    rows = []
    for entry in sorted(group, key=lambda e: str(e["id"])):
        told, _ = _parted(entry, words)
        period = told.pop(words["period"])
        rows.append({**entry, "name": period["v"], "lines": list(told.values())})
    return {
        "b": "series",
        "name": group[0]["name"],
        "rows": rows,
        "lines": _parted(group[0], words)[1],
    }
