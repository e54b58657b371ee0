"""Every figure that a report may show and where it came from; the public ledger from the internal one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import Literal

from xushi_stats import records, series
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
        breaks: where a definition changed.
        aims: indicator → id of the figure that the year before set as its target.
    """

    ref_area: str
    release: int
    figures: Mapping[str, Figure]
    catalogue: Catalogue
    audience: Literal["internal", "public"] = "internal"
    terms: Mapping[str, Term] = field(default_factory=dict, repr=False)
    earlier: Ledger | None = field(default=None, repr=False)
    breaks: tuple[series.Break, ...] = ()
    aims: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def _by_release(self) -> dict[tuple[str, int], list[Figure]]:
        found: dict[tuple[str, int], list[Figure]] = {}
        for figure in self.figures.values():
            found.setdefault((figure.indicator.id, figure.release), []).append(figure)
        return found

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
            f"{self.ref_area}/{indicator}@{series.shift(now.period, -years)}"
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
                f"{self.ref_area}/{indicator}@{series.shift(now.period, -years - 1)}"
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
    ledger: Ledger | None = None
    stated = series.by_year(dataset.observations, release)
    for year in stated:
        wrong = faults if year == release else []
        ledger = _figures(dataset, year, release, stated[year], ledger, wrong)
    assert ledger is not None  # the release itself is always among the years
    for result in ledger.check():
        fault = _check_fault(result, ledger)
        if fault:
            faults.append(fault)
    return ledger


def _figures(
    dataset: Dataset,
    year: int,
    release: int,
    stated: series.Stated,
    earlier: Ledger | None,
    faults: list[Fault],
) -> Ledger:
    """The figures of a year, as a report of that year or a later one knows them, and those before."""
    figures: dict[str, Figure] = dict(earlier.figures) if earlier else {}
    terms: dict[str, Term] = dict(earlier.terms) if earlier else {}
    ledger = Ledger(
        dataset.ref_area,
        year,
        figures,
        dataset.catalogue,
        terms=terms,
        earlier=earlier,
        breaks=dataset.breaks,
        aims=_aims(dataset, figures, year),
    )
    maker = _Maker(dataset, year, release, stated, ledger, figures, terms, faults)
    for indicator in dataset.catalogue.in_order():
        maker.add(indicator)
    return replace(ledger, catalogue=maker.catalogue())


def _aims(dataset: Dataset, figures: Mapping[str, Figure], year: int) -> dict[str, str]:
    """The figures that the report of the year before set as targets, by what measures the result."""
    by_indicator = {f.indicator.id: f.id for f in figures.values() if f.release == year - 1}
    rows = records.of_release(dataset.records["targets"], year - 1)
    return {
        row["actual"]: by_indicator[row["figure"]]
        for row in rows
        if row["actual"] and row["figure"] in by_indicator
    }


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
    known_in: int
    stated: series.Stated
    ledger: Ledger
    figures: dict[str, Figure]
    terms: dict[str, Term]
    faults: list[Fault]

    def add(self, indicator: Indicator) -> None:
        if indicator.since and self.release < indicator.since:
            return
        if indicator.row is None and self.release < self.known_in:
            return  # what two years give is given for the report's own year alone
        if indicator.id.endswith(".annual"):
            years = self.ledger.run(indicator.id.removesuffix(".annual"))
            if years < 2:
                return  # of one year it is the growth
            indicator = series.annual(indicator, years)
        if indicator.query:
            made = self._counted(indicator)
        else:
            made = self._derived(indicator) if indicator.formula else self._observed(indicator)
        for figure in made:
            self.figures[figure.id] = figure
        self.ledger.__dict__.pop("_by_indicator", None)
        self.ledger.__dict__.pop("_by_release", None)

    def catalogue(self) -> Catalogue:
        """The catalogue with the formulas that this ledger's figures have."""
        made = {f.indicator.id: f.indicator for f in self.figures.values()}
        known = self.dataset.catalogue.indicators
        return replace(
            self.dataset.catalogue, indicators={i: made.get(i, one) for i, one in known.items()}
        )

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
        said = self.stated.get(indicator.id, {})
        for period, statements in sorted(said.items()):
            revised = series.before_revision(
                self.dataset.observations, indicator.id, period, self.known_in
            )
            figure = self._figure(
                indicator, period, statements[0].quantity, statements=tuple(statements)
            )
            figure = replace(figure, revised=revised)
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
        ids = tuple(f.id for f in inputs.values())
        now = {f.period for r, f in inputs.items() if r.which == "" and f.quantity}
        period = max(now, default=str(self.release))
        if lacking:
            reason = next(f.missing.reason for f in inputs.values() if f.missing)
            yield self._without(indicator, period, Missing(reason, lacking), ids)
        elif self._breaks(indicator, inputs):
            yield self._without(indicator, period, Missing("series_break", ids), ids)
        elif len(now) > 1 or not _comparable(indicator, inputs):
            yield self._without(indicator, period, Missing("periods_differ", ids), ids)
        else:
            yield self._computed(indicator, formula, period, {r: f.id for r, f in inputs.items()})

    def _without(
        self, indicator: Indicator, period: str, missing: Missing, inputs: tuple[str, ...]
    ) -> Figure:
        return self._figure(indicator, period, None, missing=missing, inputs=inputs)

    def _breaks(self, indicator: Indicator, inputs: Mapping[Reference, Figure]) -> bool:
        """Whether a comparison with the year before goes over a change of definition."""
        return any(
            r.which == "prior" and self.ledger.is_broken(r.indicator, self.release) for r in inputs
        )

    def _input(self, reference: Reference) -> Figure | None:
        return self.ledger.meant(reference)

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


def _comparable(indicator: Indicator, inputs: Mapping[Reference, Figure]) -> bool:
    """Whether the periods of this year and of the one before are of one kind; stocks need not be."""
    if indicator.basis == "stock":
        return True
    kinds = {
        series.length(f.period) for r, f in inputs.items() if r.which in ("", "prior", "first")
    }
    return len(kinds) == 1


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
