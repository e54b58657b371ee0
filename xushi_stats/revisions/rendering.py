"""A comparison in words: causes, reasons from the change log, and a table for the terminal, CSV or JSON."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

from xushi_stats import format
from xushi_stats.editions import LANGS
from xushi_stats.faults import DataFaults, Fault, Lang
from xushi_stats.reporting import change_log
from xushi_stats.revisions.causes import WHATS, Cause, Item
from xushi_stats.revisions.compare import Change, Comparison, swapped
from xushi_stats.tables import Row
from xushi_stats.words import read_words

Sort = Literal["更正", "修订"]

_GROUPS = read_words("xushi_stats.revisions")
HEADINGS = _GROUPS["heading"]
KINDS = _GROUPS["kind"]
ITEMS: dict[Item, str] = {
    "wording": "原文写法",
    "reading": "读作",
    "records": "项目进展",
    "program": "程序",
    "period": "时期",
    "status": "数据性质",
    "query": "计数条件",
    "formula": "算式",
    "unit": "计量单位",
    "form": "印出的形式",
    "name": "名称",
    "assumption": "假定",
}
"""What of a figure was changed, as the change log calls it."""

SORTS = _GROUPS["sort"]
WORDS = _GROUPS["comparison"]
NOTICE = _GROUPS["notice"]


def grounds(cause: Cause, log: Iterable[Row]) -> list[Row]:
    """The rows of the change log that account for a cause."""
    return change_log.chain(log, cause.figure, ITEMS[cause.item], cause.old, cause.new)


def sort_of(cause: Cause, log: Iterable[Row], otherwise: Sort | None = None) -> Sort | None:
    """更正 or 修订: as the change log says, else as the status of the figures says, else as told.

    >>> sort_of(Cause("formula", "formula", "xushi/a", {}, "b", "c", {}), []) is None
    True
    """
    rows = grounds(cause, log)
    if rows:
        return "更正" if any(row["kind"] == "更正" for row in rows) else "修订"
    return "修订" if cause.final else otherwise


def sort_of_change(change: Change, log: Sequence[Row], otherwise: Sort | None) -> Sort:
    """更正 where any of its causes is an error corrected, else 修订.

    Args:
        change: a number that differs.
        log: the change log.
        otherwise: what the command line says of causes that are neither in the log nor clear.

    Raises:
        DataFaults: a cause is of neither sort.
    """
    found = set()
    for cause in change.causes:
        sort = sort_of(cause, log, otherwise)
        if sort is None:
            details = {f"name_{lang}": cause.names[lang] for lang in LANGS}
            raise DataFaults([Fault("kind_open", details=details)])
        found.add(sort)
    return "修订" if found == {"修订"} else "更正"


def cause_text(cause: Cause, lang: Lang) -> str:
    """One cause on a line: ``已脱贫户数：填报的数有变：321户 → 322户``."""
    words = WORDS[lang]
    old, new = cause.shown.get(lang) or next(iter(cause.shown.values()), ("", ""))
    if cause.kind == "period":
        old, new = format.period(old, lang), format.period(new, lang)
    said = words["to"].join(filter(None, (old, new)))
    if old == new:
        said = ""
    parts = (cause.names[lang], KINDS[lang][cause.kind], said)
    return words["colon"].join(filter(None, parts))


def grounds_text(rows: Sequence[Row], lang: Lang) -> str:
    """Reason, basis and approver of the rows that account for a cause."""
    words = WORDS[lang]
    if not rows:
        return words["no_reason"]
    found = []
    for column in ("reason", "basis", "approver"):
        said = list(dict.fromkeys(row[column] for row in rows))
        found.append(words[column] + ("、" if lang == "zh" else ", ").join(said))
    return words["comma"].join(found)


def recorded(added: Sequence[Mapping[str, str]], lang: Lang) -> Iterator[str]:
    """What was added to the change log."""
    words = WORDS[lang]
    if not added:
        yield words["nothing"]
        return
    for row in added:
        states = words["to"].join(filter(None, (row["before"], row["after"])))
        yield f"  {row['figure']}{words['colon']}{row['item']}{words['colon']}{states} [{row['kind']}]"
    yield words["recorded"].format(len(added), added[-1]["hash"][:12])


# -- the terminal ------------------------------------------------------------------------------


def lines(comparison: Comparison, log: Sequence[Row], lang: Lang) -> Iterator[str]:
    """The comparison as a table of plain text."""
    words = WORDS[lang]
    yield f"{words['old']}{comparison.old.name}"
    yield f"{words['new']}{comparison.new.name}"
    numbers = {cause.key: n for n, cause in enumerate(comparison.causes, start=1)}
    for what in WHATS:
        found = comparison.of(what)
        if found:
            yield from ("", f"{HEADINGS[lang][what]} ({len(found)})")
            table = [
                words["head"].split("|"),
                *(_cells(comparison, c, numbers, lang) for c in found),
            ]
            yield from _aligned(table)
    if numbers:
        yield from ("", words["causes"])
    for cause in comparison.causes:
        sort = sort_of(cause, log)
        mark = f" [{SORTS[lang][sort]}]" if sort else ""
        yield f"  {numbers[cause.key]}. {cause_text(cause, lang)}{mark}"
        yield f"     {grounds_text(grounds(cause, log), lang)}"
    for one, other in swapped(comparison.changes):
        yield words["swapped"].format(one.entry.names[lang], other.entry.names[lang])
    if not comparison.changes:
        yield words["none"]
    if comparison.unread:
        yield words["unread"].format(", ".join(comparison.unread))


def _cells(
    comparison: Comparison, change: Change, numbers: dict[tuple[str, str], int], lang: Lang
) -> list[str]:
    old, new = change.shown(lang if lang in comparison.langs else comparison.langs[0])
    if change.what == "behind" and not comparison.public:
        exact = [WORDS[lang]["exact"].format(value) for value in change.exact]
        old, new = old + exact[0], new + exact[1]
    causes = ",".join(str(numbers[cause.key]) for cause in change.causes)
    entry = change.entry
    cells = [
        entry.names[lang],
        format.period(entry.period, lang),
        old,
        new,
        change.difference(lang),
    ]
    return [*(cell or format.NONE for cell in cells), causes]


def _aligned(table: Sequence[Sequence[str]]) -> Iterator[str]:
    """Columns of equal width; a Chinese character is as wide as two Latin ones."""
    widths = [max(map(_width, column)) for column in zip(*table, strict=True)]
    for row in table:
        cells = (c + " " * (w - _width(c)) for c, w in zip(row, widths, strict=True))
        yield ("  " + "  ".join(cells)).rstrip()


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


# -- files -------------------------------------------------------------------------------------


def as_rows(comparison: Comparison, log: Sequence[Row]) -> list[dict[str, str]]:
    """A row a change, in both languages; what is not public is not in a public comparison."""
    return [_row(comparison, change, log) for change in comparison.changes]


def _row(comparison: Comparison, change: Change, log: Sequence[Row]) -> dict[str, str]:
    entry, public = change.entry, comparison.public
    old, new = ("", "") if public else change.exact
    rows = [row for cause in change.causes for row in grounds(cause, log)]
    sorts = [sort_of(cause, log) for cause in change.causes]
    texts = {
        f"shown_{when}_{lang}": change.shown(lang)[n]
        for lang in LANGS
        for n, when in enumerate(("old", "new"))
    }
    return {
        "change": change.what,
        "id": entry.id,
        **{f"name_{lang}": entry.names[lang] for lang in LANGS},
        "period_old": change.old.period if change.old else "",
        "period_new": change.new.period if change.new else "",
        **texts,
        **{f"difference_{lang}": _number(change.difference(lang)) for lang in LANGS},
        "exact_old": old,
        "exact_new": new,
        **{f"causes_{lang}": _causes(change, lang) for lang in LANGS},
        "kind": "；".join(dict.fromkeys(filter(None, sorts))),
        **{
            c: "；".join(dict.fromkeys(r[c] for r in rows)) for c in ("reason", "basis", "approver")
        },
        "used_in": "" if public else "；".join((change.new or entry).used_in or entry.used_in),
    }


def _number(difference: str) -> str:
    """A difference without its unit, which a spreadsheet can add up."""
    return re.sub(r"[^\d.,+-].*", "", difference).replace(",", "")


def _causes(change: Change, lang: Lang) -> str:
    return WORDS[lang]["comma"].join(cause_text(cause, lang) for cause in change.causes)


def as_csv(comparison: Comparison, log: Sequence[Row]) -> bytes:
    """The changes for a spreadsheet (UTF-8 with BOM), in which no text becomes a formula."""
    rows = as_rows(comparison, log)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _inert(cell) for name, cell in row.items()})
    return b"\xef\xbb\xbf" + text.getvalue().encode()


COLUMNS = (
    *("change", "id", "name_zh", "name_en", "period_old", "period_new"),
    *("shown_old_zh", "shown_new_zh", "shown_old_en", "shown_new_en"),
    *("difference_zh", "difference_en", "exact_old", "exact_new", "causes_zh", "causes_en"),
    *("kind", "reason", "basis", "approver", "used_in"),
)


def _inert(text: str) -> str:
    """A text that a spreadsheet takes for text; a plain number with its sign stays a number."""
    starts = text[:1] in tuple("=+-@\t\r＝＋－＠")
    return "'" + text if starts and not re.fullmatch(r"[+-]?\d[\d./]*", text, re.ASCII) else text


def as_json(comparison: Comparison, log: Sequence[Row]) -> bytes:
    """The changes for programs, with the editions that were compared."""
    found: dict[str, Any] = {
        "format": 1,
        "ref_area": comparison.new.ref_area,
        "release": comparison.new.release,
        "edition": "public" if comparison.public else "internal",
        "data_sha256": {"old": comparison.old.digest, "new": comparison.new.digest},
        "changes": as_rows(comparison, log),
        "not_compared": list(comparison.unread),
    }
    return (json.dumps(found, ensure_ascii=False, indent=1) + "\n").encode()
