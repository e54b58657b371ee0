"""The rows of a town's tables that cite a document: what they say stands where, and where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xushi_stats.dataset import Dataset
from xushi_stats.faults import Fault
from xushi_stats.numerals.chinese import Expression
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
_STOPS = re.compile(r"[，。；：！？,;!?\n\r]")


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
            return inside and is_narrow(self.wording) and not is_figure(expression)
        return inside


def claims(dataset: Dataset, source: str) -> Iterator[Claim]:
    """Every row of the town's tables that cites a document, in the order of the document."""
    rows = {"observations": [o.row for o in dataset.observations], **dataset.records}
    found = [
        Claim(table, row, int(row["start"]), row[column] if column else "")
        for table, column in _WORDING.items()
        for row in rows.get(table, ())
        if row["source"] == source and not row.own
    ]
    yield from sorted(found, key=lambda claim: claim.start)


# -- places --------------------------------------------------------------------------------------


def anchored(
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
    found = " ".join(text[claim.start : claim.start + max(4, len(claim.wording))].split())
    code = "not_there" if place is None else "stands_elsewhere"
    details = {"wording": claim.wording, "found": found, "place": str(place)}
    return claim.row.fault(code, "start", **details)


def is_figure(expression: Expression) -> bool:
    """Whether a number is so plainly one that no phrase can take it in: in digits, or above ten."""
    if expression.form != "quantity":
        return False
    quantity = expression.quantity
    large = quantity is not None and quantity.value > 10
    return expression.in_digits or large


def is_narrow(wording: str) -> bool:
    """Whether a wording is too short, and too much one phrase, for a figure to hide in it."""
    return len(wording) <= LONGEST and not _STOPS.search(wording)
