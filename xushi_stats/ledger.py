"""Every figure that a report may show and where it came from; the public ledger from the internal one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property, reduce
from operator import add
from typing import Literal

from xushi_stats import periods
from xushi_stats.catalogue import Catalogue, Check, Indicator
from xushi_stats.dataset import Query
from xushi_stats.formula import Reference
from xushi_stats.interval import DivisorMayBeZero, Term
from xushi_stats.observations import Observation
from xushi_stats.quantity import Bound, Quantity, UnitError

Reason = Literal[
    "not_reported",
    "suppressed",
    "not_applicable",
    "below_unit",
    "periods_differ",
    "series_break",
    "open_rule",
    "no_register",
    "not_inspected",
]
Verdict = Literal["holds", "fails", "undecided"]


@dataclass(frozen=True)
class Missing:
    """Why a figure has no value, and which observed figures it lacks.

    Attributes:
        rule, query: the parameter of the town's rules that is open, and the query that asks for it.
    """

    reason: Reason
    inputs: tuple[str, ...] = ()
    rule: str = ""
    query: str = ""


@dataclass(frozen=True)
class Figure:
    """A row of the ledger.

    Attributes:
        id: full id, ``ref_area/indicator@time_period``.
        quantity: value and bounds; None where the figure is missing.
        statements: where the source says it; empty for a derived figure.
        origin: table, condition and digest of a count; "" for all else.
        inputs: ids of the figures that the formula names, in its order.
        revised: what an earlier report had stated, where this one states another number.
    """

    id: str
    indicator: Indicator
    period: str
    release: int
    quantity: Quantity | None
    missing: Missing | None = None
    statements: tuple[Observation, ...] = ()
    inputs: tuple[str, ...] = ()
    queries: tuple[Query, ...] = ()
    origin: str = ""
    revised: Observation | None = None

    @property
    def is_observed(self) -> bool:
        """Whether the source states it; else it is derived."""
        return self.indicator.formula is None

    @property
    def is_exact(self) -> bool:
        """Whether there is a value without doubt."""
        return self.quantity is not None and self.quantity.is_exact


@dataclass(frozen=True)
class Entry:
    """A figure that comes from elsewhere than the town's statements, such as a count of a register.

    The ledger takes it as it is: an indicator made for the purpose, a quantity, and an origin that names
    table, SHA-256, filter and function, so that whoever may have the register can compute it again.

    Attributes:
        indicator: observed, or with a formula over other entries.
        period: what it is about.
        quantity: None where it cannot be given, and for a formula.
        reason: why there is no quantity: a reason of ``Missing``.
        rule, query: for ``open_rule`` the parameter that is open and its query.
        origin: ``households.csv sha256:… filter: … function: …``; "" for a formula.
        hidden: whether the public may not see it.
    """

    indicator: Indicator
    period: str
    quantity: Quantity | None = None
    reason: str = ""
    rule: str = ""
    query: str = ""
    origin: str = ""
    hidden: bool = False


@dataclass(frozen=True)
class Result:
    """What a check came to.

    Attributes:
        figures: those that the condition names.
        units: those that do not fit, if that is why it is undecided.
        sides: left and right, where both are known; of a sum that lacks a part, without it.
        lacking: figures without a value that cannot save the sum: the others exceed it already.
    """

    check: Check
    verdict: Verdict
    figures: tuple[str, ...] = ()
    units: str = ""
    sides: tuple[Term, Term] | None = None
    lacking: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ledger:
    """All figures of one release, by full id, inputs before what is made from them.

    Attributes:
        audience: ``internal`` holds everything; ``public`` what anyone may see.
        breaks: where a definition changed.
        hidden: figures that disclosure control keeps from the public.
        aims: indicator → id of the figure that the year before set as its target.
    """

    ref_area: str
    release: int
    figures: Mapping[str, Figure]
    catalogue: Catalogue
    audience: Literal["internal", "public"] = "internal"
    terms: Mapping[str, Term] = field(default_factory=dict, repr=False)
    earlier: Ledger | None = field(default=None, repr=False)
    breaks: tuple[periods.Break, ...] = ()
    aims: Mapping[str, str] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()

    @cached_property
    def _by_release(self) -> dict[tuple[str, int], list[Figure]]:
        found: dict[tuple[str, int], list[Figure]] = {}
        for figure in self.figures.values():
            found.setdefault((figure.indicator.id, figure.release), []).append(figure)
        return found

    def enter(self, figure: Figure) -> None:
        """Add a figure to a ledger that is being made; its index grows with it."""
        assert isinstance(self.figures, dict)
        index = self._by_release  # made of the figures so far, before this one is among them
        replaced = self.figures.get(figure.id)
        if replaced:
            index[replaced.indicator.id, replaced.release].remove(replaced)
        self.figures[figure.id] = figure
        index.setdefault((figure.indicator.id, figure.release), []).append(figure)

    def find(self, name: str) -> Figure | None:
        """A figure by full id, by indicator id (with or without @period), or by name.

        Of several periods of an indicator the latest is meant.
        """
        if name in self.figures:
            return self.figures[name]
        full = f"{self.ref_area}/{name}"
        if full in self.figures:
            return self.figures[full]
        indicator = self.catalogue.find(name)
        found = self._by_release.get((indicator.id, self.release), []) if indicator else []
        return max(found, key=lambda f: f.period) if found else None

    def meant(self, reference: Reference) -> Figure | None:
        """The figure that a formula or check names; None where there is no such year or target."""
        if reference.which == "":
            return self.find(reference.indicator)
        if reference.which == "target":
            return self.figures.get(self.aims.get(reference.indicator, ""))
        years = self.run(reference.indicator) if reference.which == "first" else 1
        return self.before(reference.indicator, years) if years else None

    def before(self, indicator: str, years: int = 1) -> Figure | None:
        """The figure of some years ago that is to be compared: of the same months if there is one."""
        now = self.find(indicator)
        then = now and self.figures.get(
            f"{self.ref_area}/{indicator}@{periods.shift(now.period, -years)}"
        )
        if then:
            return then
        kin = self._by_release.get((indicator, self.release - years), [])
        return max(kin, key=lambda f: f.period) if kin else None

    def run(self, indicator: str) -> int:
        """How many years back the series goes without a gap and without a change of definition."""
        now, years = self.find(indicator), 0
        while now and not self.is_broken(indicator, self.release - years):
            then = self.figures.get(
                f"{self.ref_area}/{indicator}@{periods.shift(now.period, -years - 1)}"
            )
            if then is None or then.quantity is None:
                break
            years += 1
        return years

    def is_broken(self, indicator: str, release: int) -> bool:
        """Whether the definition of a figure, or of anything that it is made from, is new in a year."""
        return any(
            b.release == release and b.indicator in self.made_from(indicator) for b in self.breaks
        )

    def made_from(self, indicator: str) -> frozenset[str]:
        """An indicator and all that its formula names, by way of others too."""
        found, stack = set[str](), [indicator]
        while stack:
            one = stack.pop()
            if one not in found:
                found.add(one)
                known = self.catalogue.indicators.get(one)
                stack += (
                    [r.indicator for r in known.formula.references]
                    if known and known.formula
                    else []
                )
        return frozenset(found)

    def below(self, ids: Iterator[str] | list[str]) -> list[Figure]:
        """Some figures and all that they are made from, in the ledger's order."""
        wanted: set[str] = set()
        stack = list(ids)
        while stack:
            current = stack.pop()
            if current not in wanted and current in self.figures:
                wanted.add(current)
                stack.extend(self.figures[current].inputs)
        return [f for f in self.figures.values() if f.id in wanted]

    def public(self) -> Ledger:
        """What the public may see: the one place where internal matter is taken out.

        Internal indicators go, and with them everything that names one; queries and the provider's
        remarks go; bounds that are only a convention go, so that no interval can be printed; what
        disclosure control hides keeps no value, and neither does what is made from it.
        """
        kept: dict[str, Figure] = {}
        for figure in self.figures.values():
            if figure.indicator.audience != "public" or not all(i in kept for i in figure.inputs):
                continue
            if figure.id in self.hidden or any(_is_suppressed(kept[i]) for i in figure.inputs):
                kept[figure.id] = _suppressed(figure)
                continue
            statements = tuple(_for_the_public(s) for s in figure.statements)
            quantity = figure.quantity and _without_conventions(figure.quantity)
            revised = figure.revised and _for_the_public(figure.revised)
            kept[figure.id] = replace(
                figure, statements=statements, quantity=quantity, queries=(), revised=revised
            )
        return replace(self, figures=kept, audience="public", terms={}, earlier=None)

    def check(self) -> list[Result]:
        """Evaluate every check of the catalogue on exact ranges."""
        return [self._check(check) for check in self.catalogue.checks]

    def _check(self, check: Check) -> Result:
        condition = check.condition
        found = [self.meant(r) for r in condition.references]
        ids = tuple(f.id for f in found if f)
        try:
            left, right = (s.evaluate(Terms(self)) for s in (condition.left, condition.right))
            low, high, _ = (left - right).range
        except (MissingInput, DivisorMayBeZero):
            return self._exceeded(check, ids) or Result(check, "undecided", ids)
        except UnitError as error:
            return Result(check, "undecided", ids, f"{error.first} / {error.second}")
        return Result(check, _verdict(condition.sign, low, high), ids, sides=(left, right))

    def _exceeded(self, check: Check, ids: tuple[str, ...]) -> Result | None:
        """A sum whose known parts are more than the whole, whatever the part that is missing."""
        condition = check.condition
        sides = [condition.left, condition.right]
        if condition.sign not in ("==", "<=") or not any(len(s.parts) > 1 for s in sides):
            return None
        flipped = len(sides[0].parts) < 2
        parts, whole = (sides[1], sides[0]) if flipped else sides
        if flipped and condition.sign == "<=":
            return None
        known, lacking = [], []
        for part in parts.parts:
            figure = self.meant(part.references[0])
            if figure is None or not _is_amount(figure):
                return None
            try:
                known.append(part.evaluate(Terms(self)))
            except MissingInput:
                lacking.append(figure.id)
        try:
            total = whole.evaluate(Terms(self))
            together = reduce(add, known) if known else total
            exceeds = all(t.low.value >= 0 for t in known) and together.low.value > total.high.value
        except (MissingInput, DivisorMayBeZero, UnitError):
            return None
        both = (total, together) if flipped else (together, total)
        return Result(check, "undecided", ids, "", both, tuple(lacking)) if exceeds else None


def _is_amount(figure: Figure) -> bool:
    """Whether it cannot be below zero: no change, no balance, no temperature."""
    of_change = set("增减升降变净差余盈亏赤") & set(figure.indicator.names["zh"])
    return not of_change and figure.indicator.unit.kind not in ("points", "temperature")


class MissingInput(Exception):
    """A formula met a figure without a value."""


@dataclass
class Terms:
    """The domain in which a formula gives a ``Term``: names are figures of the ledger."""

    ledger: Ledger
    inputs: Mapping[Reference, str] | None = None

    def figure(self, reference: Reference) -> Term:
        """The term of a figure that a formula names."""
        if self.inputs is not None:
            found: str | None = self.inputs[reference]
        else:
            figure = self.ledger.meant(reference)
            found = figure.id if figure else None
        if found is None or found not in self.ledger.terms:
            raise MissingInput
        term = self.ledger.terms[found]
        return term.stated() if self._is_threshold(reference, found) else term

    def _is_threshold(self, reference: Reference, found: str) -> bool:
        """Whether a target is all that is at least some number: then the number is what was asked."""
        quantity = self.ledger.figures[found].quantity
        if reference.which != "target" or quantity is None:
            return False
        return quantity.kind in ("at_least", "above")

    def number(self, number: Fraction) -> Term:
        """A number that stands in a formula."""
        return Term.bare(number)


def _suppressed(figure: Figure) -> Figure:
    """A figure of which the public learns only that it is not published: no value, no inputs."""
    bare = Missing("suppressed")
    return replace(
        figure, quantity=None, missing=bare, statements=(), inputs=(), queries=(), origin=""
    )


def _is_suppressed(figure: Figure) -> bool:
    return figure.missing is not None and figure.missing.reason == "suppressed"


def _for_the_public(said: Observation) -> Observation:
    """A statement without the provider's remark and without conventional ends."""
    row = replace(said.row, cells={**said.row.cells, "note": ""})
    return replace(said, note="", row=row, quantity=_without_conventions(said.quantity))


def _without_conventions(quantity: Quantity) -> Quantity:
    """Open a range where only a convention ends it: 7000余 is then simply above 7000."""
    if quantity.is_exact:
        return quantity
    nothing = float("inf")
    low = quantity.low if quantity.low.stated else Bound(-nothing, False, False)
    high = quantity.high if quantity.high.stated else Bound(nothing, False, False)
    return replace(quantity, low=low, high=high)


def _verdict(sign: str, low: Bound, high: Bound) -> Verdict:
    """Whether left - right, somewhere in a range, satisfies a comparison with 0."""
    if sign in (">", ">="):
        turned = Bound(-high.value, high.closed), Bound(-low.value, low.closed)
        return _verdict("<" if sign == ">" else "<=", *turned)
    above = low.value > 0 or (low.value == 0 and not low.closed)
    below = high.value < 0 or (high.value == 0 and not high.closed)
    if sign == "==":
        if low.value == high.value == 0:
            return "holds"
        return "fails" if above or below else "undecided"
    if sign == "<=":
        return "holds" if high.value <= 0 else "fails" if above else "undecided"
    return "holds" if below else "fails" if low.value >= 0 else "undecided"
