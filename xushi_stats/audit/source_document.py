"""A source document against the tables: every number in it is accounted for, or named.

Each numeric expression that ``finder.find`` sees must be an observation, a target, a milestone, a rule,
an honour or a quoted phrase, or stand in ``exclusions.csv`` with a reason; and every row that names a
place in the document must find its wording there.

Limits: what the finder does not call a number (多次, 每月, 全部) is not asked for. The tables are taken
at their word on *which* indicator a number belongs to. A Chinese numeral up to ten with a unit may be
excluded as an idiom (一个, 六个一); one in digits, or a greater one, never.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from xushi_stats.audit.claims import Claim, anchored, claims, is_figure, is_narrow
from xushi_stats.audit.untrusted_attachments import Refused, content
from xushi_stats.dataset import Dataset
from xushi_stats.faults import DataFaults, Fault
from xushi_stats.numerals.chinese import Expression, find
from xushi_stats.sources import Source

_ORDER = ("observations", "targets", "milestones", "rules", "honours", "quotes", "exclusions")
_COUNTABLE = ("discourse", "metadata")  # the only reasons for which a number with its unit is none


@dataclass(frozen=True)
class SourceAudit:
    """What came of it.

    Attributes:
        source: the document as registered.
        sha256: digest of the document that was read.
        expressions: every number of the document.
        accounted: for each of them the rows that account for it.
        faults: what is wrong; re-anchored rows are warnings with their new offset.
    """

    source: Source
    sha256: str
    expressions: tuple[Expression, ...]
    accounted: tuple[tuple[Claim, ...], ...]
    faults: tuple[Fault, ...]

    @property
    def is_changed(self) -> bool:
        """Whether this is another document than the registered one."""
        return self.sha256 != self.source.sha256

    @property
    def covered(self) -> int:
        """How many numbers are accounted for."""
        return sum(map(bool, self.accounted))

    @property
    def by_table(self) -> Mapping[str, int]:
        """Numbers by what accounts for them first; exclusions by reason."""
        found: Counter[str] = Counter()
        for holders in self.accounted:
            if holders:
                first = min(holders, key=lambda claim: _ORDER.index(claim.table))
                reason = first.row["reason"] if first.table == "exclusions" else ""
                found[f"exclusions.{reason}" if reason else first.table] += 1
        return found


def read(path: Path) -> tuple[str, str]:
    """A document's text, line ends untouched, and its SHA-256.

    Raises:
        DataFaults: there is no such file, or it is not UTF-8.
    """
    try:
        data = content(path)
        return data.decode("utf-8"), hashlib.sha256(data).hexdigest()
    except Refused as error:
        raise DataFaults([Fault("file_missing", path.as_posix())]) from error
    except UnicodeDecodeError as error:
        raise DataFaults([Fault("document_encoding", path.name)]) from error


def audit(text: str, dataset: Dataset, source: str, *, sha256: str, name: str = "") -> SourceAudit:
    """Hold a document against the rows that cite it.

    Args:
        text: the document; offsets count its characters.
        dataset: the town's tables.
        source: the document's id in ``sources.csv``.
        sha256: its digest.
        name: its file name for people.

    Returns:
        Coverage and every fault found.
    """
    registered = dataset.sources[source]
    written = list(claims(dataset, source))
    expressions = find(text)
    faults: list[Fault] = []
    if sha256 != registered.sha256:
        digests = {"expected": registered.sha256[:16], "found": sha256[:16]}
        faults.append(Fault("document_changed", name, details=digests))
    standing = anchored(written, text, sha256 != registered.sha256, faults)
    accounted = [
        tuple(claim for claim in standing if claim.covers(expression)) for expression in expressions
    ]
    for expression, found in zip(expressions, accounted, strict=True):
        faults += _wrong(expression, found, text, name)
    for claim in standing:
        known = dataset.catalogue.find(claim.row.cells.get("indicator", ""))
        faults += _wrong_claim(claim, expressions, text, known.names["zh"] if known else "")
    return SourceAudit(registered, sha256, tuple(expressions), tuple(accounted), tuple(faults))


# -- judging -------------------------------------------------------------------------------------


def _wrong(expression: Expression, found: Sequence[Claim], text: str, name: str) -> Iterator[Fault]:
    """What is wrong with how a number is accounted for."""
    excluded = [claim for claim in found if claim.table == "exclusions"]
    observed = [claim for claim in found if claim.table == "observations"]
    if not found:
        place = {"start": str(expression.start), "around": _around(text, expression)}
        line = text.count("\n", 0, expression.start) + 1
        yield Fault("unaccounted", name, line, value=expression.wording, details=place)
    for claim in excluded[1:]:
        yield claim.row.fault("excluded_twice", "text", first=str(excluded[0].row.number))
    for claim in excluded:
        if observed:
            first = {"first": str(observed[0].row.number)}
            yield claim.row.fault("excluded_observed", "text", **first)
        elif is_figure(expression) and claim.row["reason"] not in _COUNTABLE:
            yield claim.row.fault("excluded_figure", "reason", wording=expression.wording)


_FALLS = re.compile(r"(下降|降低|负增长|净?减少|赤字|亏损)(?:了|幅度?为|额?为|达)?$")
_FALLS_IN_NAME = set("降减赤亏")


def _wrong_claim(
    claim: Claim, expressions: Sequence[Expression], text: str, name: str
) -> Iterator[Fault]:
    """What is wrong with an observation's or an exclusion's span."""
    if claim.table not in ("observations", "exclusions"):
        return
    touched = list(_touched(claim, expressions))
    for expression in touched:
        if not claim.covers(expression):
            yield claim.row.fault("partial", "start", whole=expression.wording)
    if claim.table == "observations":
        yield from _misread(claim, touched)
        lost = _FALLS.search(text[max(0, claim.start - 8) : claim.start])
        if lost and not _FALLS_IN_NAME & set(name) and not claim.wording.startswith("-"):
            yield claim.row.fault("sign_lost", "value", word=lost[1])
    elif not touched:
        yield claim.row.fault("excluded_nothing", "text")
    elif not _narrow_exclusion(claim, touched):
        yield claim.row.fault("excluded_wide", "text")


def _touched(claim: Claim, expressions: Sequence[Expression]) -> Iterator[Expression]:
    """The numbers that a claim's wording shares a character with."""
    n = bisect_left(expressions, claim.start, key=lambda expression: expression.end - 1)
    while n < len(expressions) and expressions[n].start < claim.end:
        yield expressions[n]
        n += 1


def _narrow_exclusion(claim: Claim, touched: Sequence[Expression]) -> bool:
    """Whether an exclusion holds one number, or a short phrase with none that is a figure."""
    rest = claim.wording
    for expression in touched:
        rest = rest.replace(expression.wording, "", 1)
    if not is_narrow(rest):
        return False
    return len(touched) == 1 or not any(e.in_digits or is_figure(e) for e in touched)


def _misread(claim: Claim, touched: Sequence[Expression]) -> Iterator[Fault]:
    """An observation that reads a number as another one, or holds more than one."""
    if len(touched) > 1:
        yield claim.row.fault("observed_wide", "value")
    elif touched and claim.row["read_as"]:
        said, (whole,) = find(claim.row["read_as"]), touched
        if whole.quantity and said and said[0].quantity:
            one, other = whole.quantity, said[0].quantity
            if (one.value, one.low, one.high) != (other.value, other.low, other.high):
                yield claim.row.fault("misread", "read_as", wording=whole.wording)


def _around(text: str, expression: Expression) -> str:
    return _line(text[max(0, expression.start - 8) : expression.end + 8])


def _line(text: str) -> str:
    return " ".join(text.split())
