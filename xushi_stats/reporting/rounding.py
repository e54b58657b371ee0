"""Whether printed figures add up: totals and differences computed again from what is shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from xushi_stats import format
from xushi_stats.faults import Fault
from xushi_stats.formula import Comparison, Formula, Reference
from xushi_stats.ledger import Ledger


@dataclass(frozen=True)
class _Printed:
    """The domain in which a formula is computed from the printed, rounded figures."""

    ledger: Ledger

    def figure(self, reference: Reference) -> Fraction:
        figure = self.ledger.find(str(reference))
        if figure is None or figure.quantity is None or not figure.is_exact:
            raise LookupError
        scale = figure.quantity.unit.scale  # 万元 and 元 add up as money
        if figure.is_observed:
            return figure.quantity.value * scale
        return format.round_to(figure.quantity.value, format.places(figure)) * scale

    def number(self, number: Fraction) -> Fraction:
        return number


def rounding_faults(ledger: Ledger) -> list[Fault]:
    """A warning for each total or difference that the printed figures do not give."""
    found = []
    for comparison, name in _sums(ledger):
        if not _adds_up(comparison, ledger):
            found.append(Fault("rounding", severity="warning", details={"name": name}))
    return found


def unbalanced(ledger: Ledger, figures: Iterable[str]) -> bool:
    """Whether some figures shown together, by id, do not add up as printed."""
    shown = {figure.indicator.id for name in figures if (figure := ledger.find(name))}
    return any(
        {r.indicator for r in comparison.references} <= shown and not _adds_up(comparison, ledger)
        for comparison, _ in _sums(ledger)
    )


def _sums(ledger: Ledger) -> Iterator[tuple[Comparison, str]]:
    """The identities that readers can add up: checks of sums, and derived sums and differences."""
    for check in ledger.catalogue.checks:
        condition = check.condition
        if condition.sign == "==" and condition.left.is_sum and condition.right.is_sum:
            yield condition, f"{check.names['zh']} / {check.names['en']}"
    for figure in ledger.figures.values():
        formula = figure.indicator.formula
        if formula and formula.is_sum and len(formula.references) > 1:
            condition = Comparison(formula, "==", Formula(figure.indicator.id))
            yield condition, f"{figure.indicator.names['zh']} / {figure.indicator.names['en']}"


def _adds_up(comparison: Comparison, ledger: Ledger) -> bool:
    try:
        left, right = (
            side.evaluate(_Printed(ledger)) for side in (comparison.left, comparison.right)
        )
    except LookupError:
        return True
    return left == right
