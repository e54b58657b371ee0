"""Every figure that a report may show and where it came from; the public ledger from the internal one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import Literal

from xushi_stats import records
from xushi_stats.catalogue import Catalogue, Check, Indicator
from xushi_stats.dataset import Dataset, Observation, Query
from xushi_stats.expression import Formula, Reference
from xushi_stats.faults import Fault, Lang
from xushi_stats.quantity import Bound, Quantity, UnitError
from xushi_stats.term import DivisorMayBeZero, Term

Reason = Literal[
    "not_reported", "suppressed", "not_applicable", "below_unit", "periods_differ", "series_break"
]
Verdict = Literal["holds", "fails", "undecided"]


@dataclass(frozen=True)
class Missing:
    """Why a figure has no value, and which observed figures it lacks."""

    reason: Reason
    inputs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Figure:
    """A row of the ledger.

    Attributes:
        id: full id, ``ref_area/indicator@time_period``.
        quantity: value and bounds; None where the figure is missing.
        statements: where the source says it; empty for a derived figure.
        origin: table, condition and digest of a count; "" for all else.
        inputs: ids of the figures that the formula names, in its order.
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

    @property
    def is_observed(self) -> bool:
        """Whether the source states it; else it is derived."""
        return self.indicator.formula is None

    @property
    def is_exact(self) -> bool:
        """Whether there is a value without doubt."""
        return self.quantity is not None and self.quantity.is_exact


@dataclass(frozen=True)
class Result:
    """What a check came to; ``units`` names those that do not fit, if that is why it is undecided."""

    check: Check
    verdict: Verdict
    figures: tuple[str, ...] = ()
    units: str = ""


@dataclass(frozen=True)
class Ledger:
    """All figures of one release, by full id, inputs before what is made from them.

    Attributes:
        audience: ``internal`` holds everything; ``public`` what anyone may see.
    """

    ref_area: str
    release: int
    figures: Mapping[str, Figure]
    catalogue: Catalogue
    audience: Literal["internal", "public"] = "internal"
    terms: Mapping[str, Term] = field(default_factory=dict, repr=False)
    earlier: Ledger | None = field(default=None, repr=False)

    @cached_property
    def _by_indicator(self) -> dict[str, list[Figure]]:
        found: dict[str, list[Figure]] = {}
        for figure in self.figures.values():
            if figure.release == self.release:
                found.setdefault(figure.indicator.id, []).append(figure)
        return found

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
        found = self._by_indicator.get(indicator.id, []) if indicator else []
        return max(found, key=lambda f: f.period) if found else None

    def meant(self, reference: Reference) -> Figure | None:
        """The figure that a formula or check names; of a target none is on file."""
        ledger = {"": self, "prior": self.earlier}.get(reference.which)
        return ledger.find(reference.indicator) if ledger else None

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
        remarks go; bounds that are only a convention go, so that no interval can be printed.
        """
        kept: dict[str, Figure] = {}
        for figure in self.figures.values():
            if figure.indicator.audience == "public" and all(i in kept for i in figure.inputs):
                statements = tuple(_for_the_public(s) for s in figure.statements)
                quantity = figure.quantity and _without_conventions(figure.quantity)
                kept[figure.id] = replace(
                    figure, statements=statements, quantity=quantity, queries=()
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
            left, right = (s.evaluate(_Terms(self)) for s in (condition.left, condition.right))
            low, high, _ = (left - right).range
        except (_MissingInput, DivisorMayBeZero):
            return Result(check, "undecided", ids)
        except UnitError as error:
            return Result(check, "undecided", ids, f"{error.first} / {error.second}")
        return Result(check, _verdict(condition.sign, low, high), ids)


def build(dataset: Dataset, release: int, faults: list[Fault]) -> Ledger:
    """Make the internal ledger of a release.

    Args:
        dataset: the town's data.
        release: the year whose report it is; the release before serves ``prior``.
        faults: receives formulas whose units do not fit, and checks that fail.

    Raises:
        KeyError: never; what cannot be computed is a missing figure with its reason.
    """
    earlier = _figures(dataset, release - 1, None, []) if release - 1 in dataset.releases else None
    ledger = _figures(dataset, release, earlier, faults)
    for result in ledger.check():
        fault = _check_fault(result, ledger)
        if fault:
            faults.append(fault)
    return ledger


def _figures(dataset: Dataset, release: int, earlier: Ledger | None, faults: list[Fault]) -> Ledger:
    figures: dict[str, Figure] = dict(earlier.figures) if earlier else {}
    terms: dict[str, Term] = dict(earlier.terms) if earlier else {}
    ledger = Ledger(
        dataset.ref_area, release, figures, dataset.catalogue, terms=terms, earlier=earlier
    )
    maker = _Maker(dataset, release, ledger, earlier, figures, terms, faults)
    for indicator in dataset.catalogue.in_order():
        maker.add(indicator)
    return ledger


class _MissingInput(Exception):
    """A formula met a figure without a value."""


@dataclass
class _Terms:
    """The domain in which a formula gives a ``Term``: names are figures of the ledger."""

    ledger: Ledger
    inputs: Mapping[Reference, str] | None = None

    def figure(self, reference: Reference) -> Term:
        if self.inputs is not None:
            found: str | None = self.inputs[reference]
        else:
            figure = self.ledger.meant(reference)
            found = figure.id if figure else None
        if found is None or found not in self.ledger.terms:
            raise _MissingInput
        return self.ledger.terms[found]

    def number(self, number: Fraction) -> Term:
        return Term.bare(number)


@dataclass
class _Maker:
    """Adds an indicator's figures to a ledger that is being made."""

    dataset: Dataset
    release: int
    ledger: Ledger
    earlier: Ledger | None
    figures: dict[str, Figure]
    terms: dict[str, Term]
    faults: list[Fault]

    def add(self, indicator: Indicator) -> None:
        if indicator.query:
            made = self._counted(indicator)
        else:
            made = self._derived(indicator) if indicator.formula else self._observed(indicator)
        for figure in made:
            self.figures[figure.id] = figure
        self.ledger.__dict__.pop("_by_indicator", None)

    def _counted(self, indicator: Indicator) -> Iterator[Figure]:
        """A count over the town's milestones: observed, its origin being a query."""
        rows = records.of_release(self.dataset.records["milestones"], self.release)
        if not rows:
            missing = Missing("not_reported")
            yield self._figure(indicator, str(self.release), None, missing=missing)
            return
        number = records.count(rows, indicator.query, self.release)
        quantity = Quantity.exactly(number, indicator.unit)
        figure = self._figure(indicator, str(self.release), quantity)
        figure = replace(figure, origin=f"milestones.csv {indicator.query} {records.digest(rows)}")
        self.terms[figure.id] = Term.observed(figure.id, quantity)
        yield figure

    def _observed(self, indicator: Indicator) -> Iterator[Figure]:
        said: dict[str, list[Observation]] = {}
        for observation in self.dataset.observations:
            if (observation.indicator, observation.release) == (indicator.id, self.release):
                said.setdefault(observation.time_period, []).append(observation)
        for period, statements in sorted(said.items()):
            figure = self._figure(
                indicator, period, statements[0].quantity, statements=tuple(statements)
            )
            self.terms[figure.id] = Term.observed(figure.id, statements[0].quantity)
            yield figure
        if not said:
            missing = Missing("not_reported")
            yield self._figure(indicator, str(self.release), None, missing=missing)

    def _derived(self, indicator: Indicator) -> Iterator[Figure]:
        formula = indicator.formula
        assert formula is not None
        found = {r: self._input(r) for r in formula.references}
        inputs = {r: f for r, f in found.items() if f}
        if len(inputs) < len(found):
            return  # absent, not zero, until that release, or that target, exists
        lacking = tuple(dict.fromkeys(x for f in inputs.values() for x in _lacking(f)))
        periods = {f.period for r, f in inputs.items() if r.which == "" and f.quantity}
        ids = tuple(f.id for f in inputs.values())
        period = max(periods, default=str(self.release))
        if lacking:
            reason = next(f.missing.reason for f in inputs.values() if f.missing)
            missing = Missing(reason, lacking)
            yield self._figure(indicator, period, None, missing=missing, inputs=ids)
        elif len(periods) > 1:
            missing = Missing("periods_differ", ids)
            yield self._figure(indicator, period, None, missing=missing, inputs=ids)
        else:
            yield self._computed(indicator, formula, period, {r: f.id for r, f in inputs.items()})

    def _input(self, reference: Reference) -> Figure | None:
        if reference.which == "target":
            return None  # no target is a figure yet; never the figure itself
        ledger = self.earlier if reference.which == "prior" else self.ledger
        return ledger.find(reference.indicator) if ledger else None

    def _computed(
        self, indicator: Indicator, formula: Formula, period: str, inputs: dict[Reference, str]
    ) -> Figure:
        ids = tuple(inputs.values())
        try:
            term = formula.evaluate(_Terms(self.ledger, inputs))
            quantity = term.quantity(indicator.unit)
        except DivisorMayBeZero:
            missing = Missing("not_applicable", ids)
            return self._figure(indicator, period, None, missing=missing, inputs=ids)
        except UnitError as error:
            part = f"{error.first} / {error.second}"
            if indicator.row:
                self.faults.append(indicator.row.fault("formula_unit", "formula", part=part))
            missing = Missing("not_applicable", ids)
            return self._figure(indicator, period, None, missing=missing, inputs=ids)
        figure = self._figure(indicator, period, quantity, inputs=ids)
        self.terms[figure.id] = term
        return figure

    def _figure(
        self,
        indicator: Indicator,
        period: str,
        quantity: Quantity | None,
        missing: Missing | None = None,
        statements: tuple[Observation, ...] = (),
        inputs: tuple[str, ...] = (),
    ) -> Figure:
        queries = tuple(q for q in self.dataset.queries if indicator.id in q.about and not q.answer)
        full = f"{self.dataset.ref_area}/{indicator.id}@{period}"
        return Figure(
            full, indicator, period, self.release, quantity, missing, statements, inputs, queries
        )


def _lacking(figure: Figure) -> tuple[str, ...]:
    """The observed figures that a figure lacks: itself, or what its own inputs lack."""
    if figure.missing is None:
        return ()
    return figure.missing.inputs or (figure.id,)


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


def _check_fault(result: Result, ledger: Ledger) -> Fault | None:
    check = result.check
    file, row = check.row.file, check.row.number
    if result.units:
        details = {"part": result.units}
        return Fault("formula_unit", file, row, "expression", check.id, details=details)
    if result.verdict != "fails":
        return None
    details = {f"name_{lang}": name for lang, name in check.names.items()}
    for lang in check.names:
        details[f"values_{lang}"] = _values(result, ledger, lang)
    if check.kind == "强制性":
        return Fault("check_fails", value=check.id, details=details)
    if check.explanation:
        return None
    return Fault("check_wants_reason", value=check.id, severity="warning", details=details)


def _values(result: Result, ledger: Ledger, lang: Lang) -> str:
    """The figures of a check by name, as the source writes them, with where they are entered."""
    said = []
    for figure in (ledger.figures[i] for i in result.figures):
        rows = [f"{s.row.file} {s.row.number}" for s in figure.statements]
        wording = figure.statements[0].wording if figure.statements else ""
        place = f" [{', '.join(rows)}]" if rows else ""
        said.append(f"{figure.indicator.names[lang]} {wording}{place}".strip())
    return ("、" if lang == "zh" else ", ").join(said)
