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

from xushi_stats.dataset import Dataset, Source
from xushi_stats.faults import DataFaults, Fault
from xushi_stats.finder import Expression, find
from xushi_stats.tables import Row

NEAR = 400
"""Characters either side within which a wording that has moved is looked for."""
LONGEST = 16
"""Characters; a longer exclusion or quotation could hide a number among its words."""

_WORDING = {
    **{
        "observations": "value",
        "targets": "verb",
        "milestones": "verb",
        "rules": "",
        "honours": "",
    },
    **{"difficulties": "quoted", "quotes": "text", "exclusions": "text"},
}
_ORDER = ("observations", "targets", "milestones", "rules", "honours", "quotes", "exclusions")
_STOPS = re.compile(r"[，。；：！？,;!?\n\r]")
_COUNTABLE = ("discourse", "metadata")  # the only reasons for which a number with its unit is none


@dataclass(frozen=True)
class Claim:
    """A row that says what stands at a place: which table, where, in which words ("": none given)."""

    table: str
    row: Row
    start: int
    wording: str

    @property
    def end(self) -> int:
        """Where its wording ends."""
        return self.start + len(self.wording)

    def covers(self, expression: Expression) -> bool:
        """Whether this row accounts for a number of the document.

        A target's or milestone's number stands in its verb, right behind it, or in the name of the
        task (培育“百亩大户”) and at most ``LONGEST`` characters behind; a rule's and an honour's begins
        where the row says; all other rows hold the number in their wording.
        """
        inside = self.start <= expression.start and expression.end <= self.end
        if self.table in ("targets", "milestones"):
            behind = expression.start - self.end
            named = (
                0 <= behind <= LONGEST
                and expression.form == "quantity"
                and expression.wording in self.row["name_zh"]
            )
            return inside or behind == 0 or named
        if self.table in ("rules", "honours"):
            return expression.start == self.start
        if self.table == "quotes":  # a figure does not hide in a phrase
            return inside and _is_narrow(self.wording) and not _is_figure(expression)
        return inside


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
        for claims in self.accounted:
            if claims:
                first = min(claims, key=lambda claim: _ORDER.index(claim.table))
                reason = first.row["reason"] if first.table == "exclusions" else ""
                found[f"exclusions.{reason}" if reason else first.table] += 1
        return found


def read(path: Path) -> tuple[str, str]:
    """A document's text, line ends untouched, and its SHA-256.

    Raises:
        DataFaults: there is no such file, or it is not UTF-8.
    """
    try:
        data = path.read_bytes()
        return data.decode("utf-8"), hashlib.sha256(data).hexdigest()
    except OSError as error:
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
    standing = _anchored(written, text, sha256 != registered.sha256, faults)
    accounted = [
        tuple(claim for claim in standing if claim.covers(expression)) for expression in expressions
    ]
    for expression, found in zip(expressions, accounted, strict=True):
        faults += _wrong(expression, found, text, name)
    for claim in standing:
        faults += _wrong_claim(claim, expressions)
    return SourceAudit(registered, sha256, tuple(expressions), tuple(accounted), tuple(faults))


def claims(dataset: Dataset, source: str) -> Iterator[Claim]:
    """Every row of the town's tables that cites a document, in the order of the document."""
    rows = {"observations": [o.row for o in dataset.observations], **dataset.records}
    found = [
        Claim(table, row, int(row["start"]), row[column] if column else "")
        for table, column in _WORDING.items()
        for row in rows.get(table, ())
        if row["source"] == source
    ]
    yield from sorted(found, key=lambda claim: claim.start)


# -- places --------------------------------------------------------------------------------------


def _anchored(
    written: Sequence[Claim], text: str, changed: bool, faults: list[Fault]
) -> list[Claim]:
    """The claims where their words stand; those that stand elsewhere or nowhere are faults.

    In a changed document a row moves to where its wording stands once near its place. A wording
    that stands there more than once follows the rows before or after it.
    """
    places = _apart([_place(claim, text) for claim in written], written)
    shifts = [None if p is None else p - c.start for p, c in zip(places, written, strict=True)]
    standing = []
    for n, claim in enumerate(written):
        here = places[n]
        if here is None:
            here = _with_neighbours(n, written, shifts, text)
        if here == claim.start:
            standing.append(claim)
        elif changed and here is not None:
            standing.append(Claim(claim.table, claim.row, here, claim.wording))
            faults.append(_moved(claim, here))
        else:
            faults.append(_not_there(claim, text, here))
    return standing


def _apart(places: Sequence[int | None], written: Sequence[Claim]) -> list[int | None]:
    """The places with no two rows of a table moved to one: it is the nearer row's."""
    nearest: dict[tuple[str, int], int] = {}
    for place, claim in zip(places, written, strict=True):
        if place is not None:
            key = (claim.table, place)
            away = abs(place - claim.start)
            nearest[key] = min(away, nearest.get(key, away))
    return [
        None if p is None or abs(p - c.start) > nearest[c.table, p] else p
        for p, c in zip(places, written, strict=True)
    ]


def _place(claim: Claim, text: str) -> int | None:
    """Where the wording stands: at its place, or else once near it."""
    if not claim.wording:
        return None if claim.start > len(text) else claim.start
    if text.startswith(claim.wording, claim.start):
        return claim.start
    found = list(_occurrences(claim.wording, text, claim.start - NEAR, claim.end + NEAR))
    return found[0] if len(found) == 1 else None


def _occurrences(wording: str, text: str, start: int, end: int) -> Iterator[int]:
    """Where a wording stands by itself: 13户 is not in 113户."""
    for match in re.finditer(re.escape(wording), text[max(0, start) : end]):
        here = max(0, start) + match.start()
        if _is_whole(wording, text, here):
            yield here


def _is_whole(wording: str, text: str, here: int) -> bool:
    """Whether a wording does not begin within a number."""
    before = text[max(0, here - 2) : here]
    return not (wording[:1].isdigit() and re.search(r"\d[.,]?$", before))


def _with_neighbours(
    n: int, written: Sequence[Claim], shifts: Sequence[int | None], text: str
) -> int | None:
    """Where a row stands if it has moved as far as the nearest rows that moved, if they agree."""
    claim = written[n]
    before = next((s for s in reversed(shifts[:n]) if s is not None), None)
    after = next((s for s in shifts[n + 1 :] if s is not None), None)
    places = {
        claim.start + shift
        for shift in (before, after)
        if shift is not None
        and claim.start + shift >= 0
        and text.startswith(claim.wording, claim.start + shift)
        and _is_whole(claim.wording, text, claim.start + shift)
    }
    return places.pop() if len(places) == 1 else None


def _moved(claim: Claim, here: int) -> Fault:
    fault = claim.row.fault("reanchored", "start", wording=claim.wording, place=str(here))
    return Fault(
        fault.code, fault.file, fault.row, fault.column, fault.value, "warning", fault.details
    )


def _not_there(claim: Claim, text: str, near: int | None) -> Fault:
    """What stands at the place instead, and where the wording stands if it stands once."""
    everywhere = list(_occurrences(claim.wording, text, 0, len(text)))
    place = near if near is not None else everywhere[0] if len(everywhere) == 1 else None
    found = _line(text[claim.start : claim.start + max(4, len(claim.wording))])
    code = "not_there" if place is None else "stands_elsewhere"
    details = {"wording": claim.wording, "found": found, "place": str(place)}
    return claim.row.fault(code, "start", **details)


# -- judging -------------------------------------------------------------------------------------


def _is_figure(expression: Expression) -> bool:
    """Whether a number is so plainly one that no phrase can take it in: in digits, or above ten."""
    if expression.form != "quantity":
        return False
    quantity = expression.quantity
    large = quantity is not None and quantity.value > 10
    return expression.in_digits or large


def _is_narrow(wording: str) -> bool:
    return len(wording) <= LONGEST and not _STOPS.search(wording)


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
        elif _is_figure(expression) and claim.row["reason"] not in _COUNTABLE:
            yield claim.row.fault("excluded_figure", "reason", wording=expression.wording)


def _wrong_claim(claim: Claim, expressions: Sequence[Expression]) -> Iterator[Fault]:
    """What is wrong with an observation's or an exclusion's span."""
    if claim.table not in ("observations", "exclusions"):
        return
    touched = list(_touched(claim, expressions))
    for expression in touched:
        if not claim.covers(expression):
            yield claim.row.fault("partial", "start", whole=expression.wording)
    if claim.table == "observations":
        yield from _misread(claim, touched)
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
    if not _is_narrow(rest):
        return False
    return len(touched) == 1 or not any(e.in_digits or _is_figure(e) for e in touched)


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
