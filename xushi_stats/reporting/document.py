"""The one document model: what a report's pages, HTML and Word are all made from, as plain JSON.

Content travels as data, never as markup. A *block* is a heading, paragraph, list, note, table, figure
or ledger row; an *inline* is a run of text (``text``), a figure (``num``, with the id it leads to),
declared text with digits (``fixed``), a table's or chart's number (``ref``), or emphasis.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from xushi_stats.faults import Lang
from xushi_stats.notation import has_digit
from xushi_stats.numerals.spelled_out import typed
from xushi_stats.reporting.words import WORDS

BLOCK = "application/vnd.xushi.block+json"
"""Media type of what a cell shows, for the exporter."""
LEDGER = "application/vnd.xushi.ledger+json"
"""Media type of what the last cell emits."""

Inline = dict[str, Any]
Block = dict[str, Any]
Resolve = Callable[[str], list[Inline]]
"""What a placeholder's name stands for."""

_PLACEHOLDER = re.compile(r"【([^【】]*)】")
_ANCHOR = re.compile(r"(?<!\s)\s*\{([\w.]+)( internal)?\}\s*$")
_HAN_NUMBERS = "零一二三四五六七八九"


def text(value: str) -> Inline:
    """Plain text; a digit in it is an orphan and fails the build."""
    return {"t": "text", "v": value}


def fixed(value: str) -> Inline:
    """Declared text with digits: a date, the name of a road."""
    return {"t": "fixed", "v": value}


def pieces(words: str) -> list[Inline]:
    """A text of the rules, or a unit, whose numbers, in digits or words, are declared as they stand.

    百分点 and 千米 are units and no number of hundreds or thousands. Words with digits are declared
    one by one, so that pages may divide the text.

    >>> [piece["v"] for piece in pieces("at most 1000 points")]
    ['at most ', '1000', ' points']
    """
    parts = re.split(r"(\S*\d\S*)", words)
    return [fixed(p) if has_digit(p) else _declared(p) if typed(p) else text(p) for p in parts if p]


def num(figure: str, value: str) -> Inline:
    """A figure as shown, leading to the row of the ledger that explains it."""
    return {"t": "num", "v": value, "id": figure}


def plain(inlines: Iterable[Inline]) -> str:
    """The words of some inlines."""
    return "".join(i["v"] if "v" in i else plain(i.get("c", ())) for i in inlines)


def walk(node: Any) -> Iterator[Mapping[str, Any]]:
    """Every block and inline below a piece of the document, itself included."""
    if isinstance(node, Mapping):
        yield node
        for value in node.values():
            yield from walk(value)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from walk(value)


def runs(node: Any) -> Iterator[list[Inline]]:
    """Every run of inlines below a piece of the document, in reading order, those within runs too."""
    if isinstance(node, list) and node and all(isinstance(i, dict) and "t" in i for i in node):
        yield node
    values = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for value in values:
        yield from runs(value)


def inlines(template: str, resolve: Resolve) -> list[Inline]:
    """A line of text with its placeholders resolved."""
    found: list[Inline] = []
    pieces = _PLACEHOLDER.split(template)
    for position, piece in enumerate(pieces):
        if position % 2:
            found.extend(resolve(piece))
        elif piece:
            found.append(text(piece))
    return found


def placeholders(template: str) -> list[str]:
    """The names in 【 】 of a text, in order."""
    return _PLACEHOLDER.findall(template)


def parts(prose: str, *, public: bool = False) -> dict[str, str]:
    """A section's Markdown by the anchors of its headings: ``## 脱贫攻坚 {poverty}``.

    What stands before the first anchored heading is the part ``""``. A part anchored
    ``{open internal}`` is not in the public edition.
    """
    found: dict[str, list[str]] = {"": []}
    current, hidden = "", False
    for line in prose.splitlines():
        anchor = _ANCHOR.search(line) if line.startswith("#") else None
        if anchor:
            current = anchor.group(1)
            found[current] = []
            line = line[: anchor.start()]
            hidden = public and bool(anchor.group(2))
        if not hidden:
            found[current].append(line)
    return {name: "\n".join(lines).strip() for name, lines in found.items()}


def part_lines(prose: str) -> dict[str, int]:
    """The parts of a section's Markdown, as ``parts`` has them, with the line that each begins in."""
    lines = enumerate(prose.splitlines(), start=1)
    heads = [(_ANCHOR.search(line), n) for n, line in lines if line.startswith("#")]
    return {"": 1} | {anchor.group(1): n for anchor, n in heads if anchor}


def markdown(prose: str, lang: Lang, resolve: Resolve) -> list[Block]:
    """Markdown to blocks; raw HTML, code and the like stay the words they are.

    Limitations: headings, paragraphs, lists and emphasis; anything else becomes plain paragraphs.
    """
    import mistune

    tokens: Any = mistune.create_markdown(renderer=None)(prose)
    return list(_blocks(tokens, lang, resolve))


def _blocks(tokens: list[dict[str, Any]], lang: Lang, resolve: Resolve) -> Iterator[Block]:
    for token in tokens:
        kind = token["type"]
        if kind == "heading":
            content = _inline(token["children"], lang, resolve)
            yield {"b": "heading", "level": token["attrs"]["level"], "c": content}
        elif kind in ("paragraph", "block_text"):
            yield {"b": "para", "c": _inline(token["children"], lang, resolve), "mark": None}
        elif kind == "list":
            items = [_item(item, lang, resolve) for item in token["children"]]
            yield {"b": "list", "ordered": bool(token["attrs"]["ordered"]), "items": items}
        elif kind == "block_quote":
            yield from _blocks(token["children"], lang, resolve)
        elif token.get("raw", "").strip():
            yield {"b": "para", "c": inlines(token["raw"].strip(), resolve), "mark": None}


def _item(item: dict[str, Any], lang: Lang, resolve: Resolve) -> list[Inline]:
    blocks = _blocks(item["children"], lang, resolve)
    runs = (run for block in blocks for run in block.get("items", [block.get("c", [])]))
    return [inline for run in runs for inline in run]


def _inline(tokens: list[dict[str, Any]], lang: Lang, resolve: Resolve) -> list[Inline]:
    found: list[Inline] = []
    for token in tokens:
        kind = token["type"]
        if kind in ("strong", "emphasis"):
            content = _inline(token["children"], lang, resolve)
            found.append({"t": "strong" if kind == "strong" else "emph", "c": content})
        elif kind == "link":
            found.extend(_link(token, lang, resolve))
        elif kind in ("softbreak", "linebreak"):
            found.append(text("" if lang == "zh" else " "))
        elif "raw" in token:
            found.extend(inlines(token["raw"], resolve))
        else:
            found.extend(_inline(token.get("children", []), lang, resolve))
    return found


def _link(token: dict[str, Any], lang: Lang, resolve: Resolve) -> list[Inline]:
    """``[80.65%](#xushi/…@2020-03)`` is a figure; any other link is only its words."""
    from urllib.parse import unquote

    content = _inline(token["children"], lang, resolve)
    url = unquote(token["attrs"]["url"])
    return [num(url[1:], plain(content))] if url.startswith("#") else content


def number_blocks(blocks: Iterable[Block], lang: Lang) -> list[Block]:
    """Give headings, tables and figures their numbers, and resolve references to them.

    Chinese headings are 一、 (一) 1. (1), as 公文 has them; English ones carry none.
    """
    blocks = list(blocks)
    counts = [0] * 6
    labels: dict[tuple[str, str], str] = {}
    totals = {"table": 0, "figure": 0}
    words = {"zh": {"table": "表", "figure": "图"}, "en": {"table": "Table ", "figure": "Figure "}}
    numbered = []
    for block in blocks:
        block = dict(block)
        if block["b"] == "heading":
            level = block["level"]
            counts[level - 1] += 1
            counts[level:] = [0] * (6 - level)
            block["number"] = _heading_number(level, counts[level - 1]) if lang == "zh" else ""
            block.setdefault("outlined", level <= 2)
        elif block["b"] in totals:
            totals[block["b"]] += 1
            label = f"{words[lang][block['b']]}{totals[block['b']]}"
            labels[block["b"], block["key"]] = label
            block["label"] = [fixed(label)]
            block["again"] = WORDS[lang]["again"].split("{}")
        numbered.append(block)
    _spare_only_children(numbered)
    return [_resolve_references(block, labels) for block in numbered]


def _spare_only_children(blocks: list[Block]) -> None:
    """A single heading of the second level below one of the first: no （一） without （二）."""
    headings = [block for block in blocks if block["b"] == "heading" and block["level"] < 3]
    levels = [1, *(heading["level"] for heading in headings), 1]
    for before, heading, after in zip(levels, headings, levels[2:], strict=False):
        if (before, heading["level"], after) == (1, 2, 1):
            heading["number"] = ""


def _resolve_references(node: Any, labels: Mapping[tuple[str, str], str]) -> Any:
    if isinstance(node, Mapping):
        if node.get("t") == "ref":
            return fixed(labels.get((node["kind"], node["key"]), "—"))
        return {key: _resolve_references(value, labels) for key, value in node.items()}
    if isinstance(node, list):
        return [_resolve_references(value, labels) for value in node]
    return node


def _heading_number(level: int, count: int) -> str:
    if level == 1:
        return f"{han(count)}、"
    if level == 2:
        return f"（{han(count)}）"
    return f"{count}." if level == 3 else f"（{count}）"


def han(number: int) -> str:
    """A number from 1 to 99 in Chinese numerals.

    >>> han(6), han(10), han(12), han(20), han(35)
    ('六', '十', '十二', '二十', '三十五')
    """
    tens, ones = divmod(number, 10)
    if not tens:
        return _HAN_NUMBERS[ones]
    head = "十" if tens == 1 else f"{_HAN_NUMBERS[tens]}十"
    return head + (_HAN_NUMBERS[ones] if ones else "")


def declare(run: list[Inline], declared: Iterable[str]) -> list[Inline]:
    """Set declared texts apart in the text of some inlines: ``S306``, ``GB/T 9704``, ``一户一策``.

    One with digits is kept on one line; one with number words is running text, marked as declared.
    """
    names = tuple(declared)
    if not names:
        return run
    pattern = _any_of(names)
    found: list[Inline] = []
    for inline in run:
        if inline["t"] == "text":
            pieces = pattern.split(inline["v"])
            found.extend(
                _declared(p) if n % 2 else {**inline, "v": p} for n, p in enumerate(pieces) if p
            )
        elif "c" in inline:
            found.append({**inline, "c": declare(inline["c"], names)})
        else:
            found.append(inline)
    return found


@cache
def _any_of(names: tuple[str, ...]) -> re.Pattern[str]:
    longest = sorted(names, key=len, reverse=True)
    return re.compile("(" + "|".join(map(re.escape, longest)) + ")")


def _declared(name: str) -> Inline:
    return fixed(name) if has_digit(name) else {**text(name), "declared": True}


def declare_words(node: Any, declared: Iterable[str], titles: Iterable[str] = ()) -> Any:
    """The same for declared number words, and for titles of documents, anywhere below a piece."""
    words = (*titles, *(name for name in declared if not has_digit(name)))

    def apart(piece: Any) -> Any:
        if isinstance(piece, Mapping):
            return {key: apart(value) for key, value in piece.items()}
        if isinstance(piece, list):
            made = [apart(value) for value in piece]
            has_text = any(isinstance(i, Mapping) and i.get("t") == "text" for i in made)
            return declare(made, words) if has_text else made
        return piece

    return apart(node)


def declare_block(block: Block, declared: Iterable[str]) -> Block:
    """The same for the running text of a block."""
    block = dict(block)
    if "c" in block:
        block["c"] = declare(block["c"], declared)
    if "items" in block:
        block["items"] = [declare(item, declared) for item in block["items"]]
    return block


def typed_digits(node: Any) -> list[str]:
    """Texts below a piece of the document in which a digit is typed, each with its neighbourhood."""
    found = []
    for inline in walk(node):
        if inline.get("t") == "text":
            found.extend(digits_in(inline["v"]))
    return found


def digits_in(value: str) -> list[str]:
    """The neighbourhoods of digits in a text: ASCII, full-width, circled, any script's but Chinese.

    >>> digits_in("共有12户")
    ['共有12户']
    """
    spots = [n for n, c in enumerate(value) if has_digit(c)]
    merged: list[int] = []
    for spot in spots:
        if not merged or spot > merged[-1] + 8:
            merged.append(spot)
    return ["".join(value[max(0, spot - 8) : spot + 9].split()) for spot in merged]


def typed_words(node: Any) -> list[str]:
    """Texts below a piece of the document in which a number is typed in words, undeclared."""
    found = []
    for inline in walk(node):
        if inline.get("t") == "text" and not inline.get("declared"):
            found.extend(words_in(inline["v"]))
    return found


def words_in(value: str) -> list[str]:
    """The neighbourhoods of quantities written in words, Chinese or English.

    >>> words_in("共有七十七户"), words_in("“十三五”的第二年")
    (['共有七十七户'], [])
    """
    spots = [(e.start, e.end) for e in typed(value)]
    return ["".join(value[max(0, a - 8) : b + 8].splitlines()) for a, b in spots]


def strings(spec: Any, lang: Lang) -> Iterator[str]:
    """Every text in one language below a piece of ``exhibits.toml``."""
    for node in walk(spec):
        if isinstance(node.get(lang), str):
            yield node[lang]


def figures(spec: Any) -> Iterator[str]:
    """Every figure that a piece of ``exhibits.toml`` lists."""
    for node in walk(spec):
        cells = (cell for cell in node.get("cells", ()) if isinstance(cell, str) and cell)
        yield from (cell.rpartition(":")[2] for cell in cells)
        yield from (name for name in node.get("figures", ()) if isinstance(name, str))
        yield from node.get("shares", ())
        if isinstance(node.get("figure"), str):
            yield node["figure"]


_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~])")


def readable(blocks: Iterable[Block]) -> str:
    """Blocks as Markdown, for people in JupyterLab; the exporter does not read it."""
    return "\n\n".join(_readable(block) for block in blocks)


def _readable(block: Block) -> str:
    if block["b"] == "heading":
        return f"{'#' * block['level']} {_as_markdown(block['c'])}"
    if block["b"] == "list":
        return "\n".join(f"- {_as_markdown(item)}" for item in block["items"])
    if block["b"] == "table":
        head = [_as_markdown(column["c"]) for column in block["columns"]]
        lines = [head, ["---"] * len(head)]
        lines += [[_as_markdown(cell) for cell in row] for row in block["rows"]]
        table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
        notes = "\n\n".join(_as_markdown(note) for note in block["notes"])
        return f"**{_as_markdown(block['title'])}**\n\n{table}\n\n{notes}"
    return _as_markdown(block.get("c", []))


def _as_markdown(run: Iterable[Inline]) -> str:
    found = ""
    for inline in run:
        if inline["t"] == "num":
            found += f"[{inline['v']}](#{inline['id']})"
        elif "c" in inline:
            found += f"**{_as_markdown(inline['c'])}**"
        elif inline["t"] == "ref":  # numbers are given when the whole document is put together
            found += f"`{inline['key']}`"
        else:
            found += _MARKDOWN.sub(r"\\\1", inline.get("v", ""))
    return found
