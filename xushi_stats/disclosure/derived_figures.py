"""Which figures made of a protected table may stand beside it, and which would give a hidden cell away.

A rate with one hidden member is that member again: numerator = rate × denominator is one more equation for
the reader. So are a mean, a difference and a sum; rounded, they are a narrow interval. Nothing
is printed that a reader could not compute from the printed counts.

Source: Hundepool et al., Statistical Disclosure Control (2012), ch. 4 (linked tables); the rule on
numerator, denominator and complement is the office's (``disclosure.threshold``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from xushi_stats.disclosure.intruder import Published, audit
from xushi_stats.disclosure.linear_program import Row, eliminated, reduced
from xushi_stats.disclosure.protection import Protection
from xushi_stats.disclosure.table import Relation, Table
from xushi_stats.faults import Fault

Kind = Literal["count", "share", "mean", "change"]


@dataclass(frozen=True)
class Derived:
    """A figure computed from cells, to be published beside them.

    Attributes:
        id: name of the figure.
        numerator: cell → coefficient.
        denominator: the same; None for a sum or difference.
        kind: ``count``, a number of persons or households: it wants the threshold; ``share``: numerator,
            denominator and what is left of it do; ``mean``: numerator and denominator do;
            ``change``, a difference between two dates: its base does, if it has one.
    """

    id: str
    numerator: Mapping[str, int]
    denominator: Mapping[str, int] | None = None
    kind: Kind = "count"


def refused(protection: Protection, figures: Iterable[Derived]) -> list[Fault]:
    """The derived figures that must not be printed beside the table.

    A figure may be printed if its numerator and denominator (and, of a share, what is left) are not
    below the threshold, and it says nothing that does not follow from the printed counts: a reader
    could compute it. Then any number of such figures together discloses nothing either.

    Args:
        protection: the protected table.
        figures: sums, differences, shares and means of its cells, exact.

    Returns:
        A fault for each figure to leave out, naming a hidden cell that it would give away, if one.
    """
    basis = reduced(protection.published.equations())
    faults = (_refusal(protection, figure, basis) for figure in figures)
    return [fault for fault in faults if fault is not None]


def _refusal(protection: Protection, figure: Derived, basis: Mapping[int, Row]) -> Fault | None:
    table = protection.table
    for cell in {**figure.numerator, **(figure.denominator or {})}:
        if cell not in table.counts:
            return Fault("disclosure_cell_unknown", table.name, value=cell)
    if (small := _small_member(protection, figure)) is not None:
        return Fault("disclosure_small", table.name, value=figure.id, details=small)
    stated = _stated(table, figure)
    if _follows(replace(protection.published, relations=[stated]), basis):
        return None
    relations = [*protection.published.relations, stated]
    exposed = audit(replace(protection.published, relations=relations), protection.widths)
    code = "disclosure_figure_solves" if exposed else "disclosure_figure_narrows"
    return Fault(code, table.name, value=figure.id, details={"cell": next(iter(exposed), "")})


def _follows(stated: Published, basis: Mapping[int, Row]) -> bool:
    """Whether an equation says nothing that does not follow from others, given in reduced form."""
    row = next(iter(stated.equations()), {})
    for column in [c for c in row if c in basis]:
        row = eliminated(row, column, basis[column])
    return not row


_MEMBERS = {
    "numerator": {"member_zh": "分子", "member_en": "the numerator"},
    "denominator": {"member_zh": "分母", "member_en": "the denominator"},
    "rest": {"member_zh": "分母减分子的余数", "member_en": "the denominator without the numerator"},
}


_WANTED: Mapping[Kind, tuple[str, ...]] = {
    "count": ("numerator",),
    "share": ("numerator", "denominator", "rest"),
    "mean": ("numerator", "denominator"),
    "change": ("denominator",),
}


def _small_member(protection: Protection, figure: Derived) -> dict[str, str] | None:
    """Which of numerator, denominator and rest is below the threshold, or not known."""
    counts, rule = protection.table.counts, protection.rule
    names = {*figure.numerator, *(figure.denominator or {})}
    sensitive = any(cell.sensitive for cell in protection.table.cells if cell.id in names)
    top = _value(figure.numerator, counts)
    bottom = _value(figure.denominator or {}, counts)
    members = {
        "numerator": top,
        "denominator": bottom,
        "rest": None if top is None or bottom is None else bottom - top,
    }
    threshold = rule.sensitive_threshold if sensitive else rule.threshold
    for member in _WANTED[figure.kind]:
        value = members[member]
        unused = member == "denominator" and figure.denominator is None
        if not unused and (value is None or value < threshold):
            return _MEMBERS[member]
    return None


def _value(form: Mapping[str, int], counts: Mapping[str, int | None]) -> int | None:
    total = 0
    for cell, times in form.items():
        count = counts[cell]
        if count is None:
            return None
        total += times * count
    return total


def _stated(table: Table, figure: Derived) -> Relation:
    """What a figure says, as an equation: form = value, or numerator - ratio · denominator = 0."""
    top = _value(figure.numerator, table.counts) or 0
    if figure.denominator is None:
        return Relation(figure.numerator, top)
    ratio = Fraction(top, _value(figure.denominator, table.counts) or 1)
    terms = {cell: times * ratio.denominator for cell, times in figure.numerator.items()}
    for cell, times in figure.denominator.items():
        terms[cell] = terms.get(cell, 0) - times * ratio.numerator
    return Relation({cell: times for cell, times in terms.items() if times})
