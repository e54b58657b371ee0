"""A page of 更正 or 修订 that can be published: what was printed, what holds now, why, and by whose leave.

Every number of the page leads to the row that explains it, as in a report, and is read back from the
finished page before the page is given out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xushi_stats import dataset as datasets
from xushi_stats import format
from xushi_stats.editions import Edition
from xushi_stats.faults import DataFaults, Fault, Lang
from xushi_stats.publishing import pages
from xushi_stats.publishing.assembly import Assembled
from xushi_stats.publishing.columns import share_out
from xushi_stats.reporting import document
from xushi_stats.reporting.document import Block, Inline, fixed, num, text
from xushi_stats.reporting.words import WORDS
from xushi_stats.revisions.causes import Cause
from xushi_stats.revisions.compare import Change, Comparison
from xushi_stats.revisions.editions import is_data
from xushi_stats.revisions.rendering import KINDS, NOTICE, Sort, grounds, sort_of_change
from xushi_stats.tables import Row

_SORTS: tuple[Sort, ...] = ("更正", "修订")


@dataclass(frozen=True)
class Notice:
    """What a notice is made from.

    Attributes:
        town: ``town.toml``: its name, the report's title, the line that every page carries.
        log: the change log, for reasons.
        otherwise: 更正 or 修订, where neither log nor status decides it.
        date: the day of the notice, ``2020-03-16``.
    """

    comparison: Comparison
    town: Mapping[str, Any]
    log: Sequence[Row]
    lang: Lang
    edition: Edition
    date: str
    otherwise: Sort | None = None

    @property
    def by_sort(self) -> dict[Sort, list[Change]]:
        """The changes that a reader of the print can see, by sort.

        Raises:
            DataFaults: whether a change is 更正 or 修订 is open, or there is none.
        """
        wanted = ["changed", "appeared", "vanished"]
        if self.edition != "public":
            wanted += ["behind", "described"]
        seen = [change for change in self.comparison.changes if change.what in wanted]
        if not seen:
            raise DataFaults([Fault("notice_empty")])
        found: dict[Sort, list[Change]] = {}
        for change in seen:
            sort = sort_of_change(change, self.log, self.otherwise)
            found.setdefault(sort, []).append(change)
        return {sort: found[sort] for sort in _SORTS if sort in found}


def of(
    comparison: Comparison,
    data: Path,
    log: Sequence[Row],
    lang: Lang,
    edition: Edition,
    day: str,
    otherwise: Sort | None,
) -> bytes:
    """The notice of a comparison, with the words of its town: of its own data folder, else of ``data``.

    Raises:
        DataFaults: as ``notice``; or the town's folder is missing.
    """
    own = Path(comparison.new.name)
    folder = own if is_data(own) else data
    town = datasets.load(folder, comparison.new.ref_area).town
    return notice(Notice(comparison, town, log, lang, edition, day, otherwise))


def notice(content: Notice) -> bytes:
    """Set the page.

    Returns:
        The PDF; the same content gives the same bytes.

    Raises:
        DataFaults: nothing printed has changed; a change is neither 更正 nor 修订 for certain; or a
            number on the page is not that of the comparison.
    """
    return pages.finished(assembled(content))


def assembled(content: Notice) -> Assembled:
    """The page as a document, with the texts that its numbers may have."""
    words, by_sort = NOTICE[content.lang], content.by_sort
    body: list[Block] = []
    for sort, found in by_sort.items():
        if len(by_sort) > 1:
            body.append(_heading(words[f"head_{sort}"], level=1))
        body += _section(content, sort, found, level=len(by_sort))
    body = document.number_blocks(body, content.lang)
    body = [share_out(b, content.lang, _layout(content)) if b["b"] == "table" else b for b in body]
    changes = [change for found in by_sort.values() for change in found]
    back: list[Block] = [_heading(words["rows"], level=1) | {"number": ""}]
    back += [_row(content, change) for change in changes]
    title = "both" if len(by_sort) > 1 else next(iter(by_sort))
    made = _document(content, words[title], body, back)
    shown = {change.entry.id: frozenset(_texts(content, change)) for change in changes}
    return Assembled(made, {}, shown, {})


def _layout(content: Notice) -> Edition:
    """A notice has no remarks in the margin, so that of the draft needs none."""
    return "internal" if content.edition == "draft" else content.edition


def _section(content: Notice, sort: Sort, found: Sequence[Change], level: int) -> Iterator[Block]:
    words = NOTICE[content.lang]
    yield {"b": "para", "c": [text(words[f"lead_{sort}"])], "mark": None}
    heads = words["columns"].split("|")
    yield {
        "b": "table",
        "key": sort,
        "title": [text(words[f"table_{sort}"])],
        "unit": [],
        "columns": [{"c": [text(h)], "align": "left", "width": None} for h in heads],
        "rows": [_cells(content, change) for change in found],
        "spans": [],
        "total_rows": [],
        "notes": [],
        "source": [],
    }
    yield _heading(words["reasons"], level=level)
    causes = {cause.key: cause for change in found for cause in change.causes}
    ids = {key: c.entry.id for c in found for key in (c.entry.indicator, c.entry.id)}
    items = [_reason(content, cause, ids) for cause in causes.values()]
    yield {"b": "list", "ordered": False, "items": items}


def _cells(content: Notice, change: Change) -> list[list[Inline]]:
    entry, lang = change.entry, content.lang
    old, new = _old_and_new(content, change)
    texts = (old, new, change.difference(lang))
    cells = [[num(entry.id, t)] if t else [text(format.NONE)] for t in texts]
    return [[text(entry.names[lang])], [fixed(format.period(entry.period, lang))], *cells]


def _old_and_new(content: Notice, change: Change) -> tuple[str, str]:
    """What is printed before and now; what changed behind the rounding, unrounded."""
    return change.exact if change.what == "behind" else change.shown(content.lang)


def _reason(content: Notice, cause: Cause, ids: Mapping[str, str]) -> list[Inline]:
    """What was done to one figure, and what the change log says of it."""
    words = NOTICE[content.lang]
    rows = grounds(cause, content.log)
    run = [*_said(content, cause, ids), text(words["stop"])]
    if not rows:
        return [*run, text(words["no_reason"] + words["stop"])]
    for position, column in enumerate(("reason", "basis", "approver")):
        told = list(dict.fromkeys(row[column] for row in rows))
        run.append(text((words["semicolon"] if position else "") + words[column]))
        run += _declared(words["semicolon"].join(told).rstrip("。."))
    return [*run, text(words["stop"])]


def _said(content: Notice, cause: Cause, ids: Mapping[str, str]) -> list[Inline]:
    lang = content.lang
    words = NOTICE[lang]
    run = [text(_named(cause, lang).removesuffix("有变"))]
    old, new = cause.shown.get(lang) or next(iter(cause.shown.values()), ("", ""))
    if old == new:
        return [text(_named(cause, lang))]
    if cause.kind == "period":
        old, new = (format.period(said, lang) for said in (old, new))
    where = ids.get(cause.figure) if cause.kind in _NUMBERS else None
    signs = (words["from"], words["to"]) if old and new else (words["dropped"], words["added"])
    for sign, said in zip(signs, (old, new), strict=True):
        if said:
            run += [text(sign), *([num(where, said)] if where else _declared(said))]
    return run


def _named(cause: Cause, lang: Lang) -> str:
    """The figure and what was done to it: ``已脱贫户数：填报的数有变``."""
    name = cause.names[lang]
    return f"{name[:1].upper()}{name[1:]}{NOTICE[lang]['colon']}{KINDS[lang][cause.kind]}"


_NUMBERS = ("value", "wording", "reading", "records", "program", "form", "added", "dropped")


def _declared(said: str) -> list[Inline]:
    """Words of the change log, of a formula or a unit: their digits are theirs, such as 〔2020〕5号."""
    pieces = re.split(r"([^\s，。；：、（）]{0,8}\d[^\s，。；：、（）]{0,8})", said)
    return [fixed(p) if n % 2 else text(p) for n, p in enumerate(pieces) if p]


def _row(content: Notice, change: Change) -> Block:
    """The row that the numbers of one figure lead to."""
    lang, entry = content.lang, change.entry
    words = NOTICE[lang]
    old, new = _old_and_new(content, change)
    ids = dict.fromkeys((entry.indicator, entry.id), entry.id)
    causes: list[Inline] = []
    for cause in change.causes:
        causes += ([text(words["semicolon"])] if causes else []) + _said_in_row(content, cause, ids)
    found = [
        ("old", [num(entry.id, old)] if old else []),
        ("new", [num(entry.id, new)] if new else []),
        ("change", [num(entry.id, d)] if (d := change.difference(lang)) else []),
        ("cause", causes),
    ]
    listed = [{"k": [text(words[key])], "v": value} for key, value in found if value]
    name = [text(entry.names[lang][:1].upper() + entry.names[lang][1:])]
    return {"b": "row", "id": entry.id, "name": name, "lines": listed, "compact": True}


def _said_in_row(content: Notice, cause: Cause, ids: Mapping[str, str]) -> list[Inline]:
    """Its own cause in full; that of another figure by name."""
    if cause.figure in ids:
        return _said(content, cause, ids)
    return [text(_named(cause, content.lang))]


def _texts(content: Notice, change: Change) -> Iterator[str]:
    """The texts that a link to a figure's row may have."""
    lang = content.lang
    yield from filter(None, (*_old_and_new(content, change), change.difference(lang)))
    for cause in change.causes:
        own = cause.figure in (change.entry.id, change.entry.indicator)
        if own and cause.kind in _NUMBERS:
            yield from filter(None, cause.shown.get(lang, ()))


# -- the document around it --------------------------------------------------------------------


def _document(content: Notice, title: str, body: list[Block], back: list[Block]) -> dict[str, Any]:
    lang, town = content.lang, content.town
    words = WORDS[lang]
    mark = [text(words[content.edition])] if words[content.edition] else []
    own = _line(content, town["title"][lang])
    warning = _line(content, town["notice"][lang])
    day = fixed(format.day(content.date, lang))
    return {
        "format": 1,
        "meta": {
            "lang": lang,
            "title": f"{document.plain(own)} {title}",
            "date": [int(part) for part in content.date.split("-")],
            "edition": _layout(content),
            "author": "xushi_stats",
            "keywords": [town["name"][lang], str(content.comparison.new.release)],
        },
        "cover": None,
        "masthead": {
            "title": own,
            "section": [text(title)],
            "mark": mark,
            "notice": warning,
            "about": [[day]],
        },
        "running": {"head": warning, "mark": mark, "foot": []},
        "contents": None,
        "front": [],
        "body": body,
        "back": back,
    }


def _line(content: Notice, template: str) -> list[Inline]:
    """A line of ``town.toml`` with its placeholders resolved."""
    year, lang = content.comparison.new.release, content.lang
    ending = "年" if lang == "zh" else ""
    known = {
        "年份": fixed(f"{year}{ending}"),
        "下年": fixed(f"{year + 1}{ending}"),
        "镇名": text(content.town["name"][lang]),
    }
    english = {"year": "年份", "next": "下年", "town": "镇名"}
    return document.inlines(template, lambda n: [known.get(english.get(n, n), text(n))])


def _heading(words: str, *, level: int) -> Block:
    return {"b": "heading", "level": level, "c": [text(words)], "outlined": True}
