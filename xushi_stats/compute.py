"""Making the ledger of a release: every indicator entered, after those that its formula names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from xushi_stats import periods, records
from xushi_stats.catalogue import Catalogue, Indicator
from xushi_stats.dataset import Dataset
from xushi_stats.faults import Fault, Lang
from xushi_stats.formula import Formula, Reference
from xushi_stats.interval import DivisorMayBeZero, Term, TooLarge
from xushi_stats.ledger import Entry, Figure, Ledger, Missing, Result, Terms
from xushi_stats.notation import digits
from xushi_stats.observations import Observation, used
from xushi_stats.quantity import Quantity, UnitError
from xushi_stats.words import by_key, read_words


def build(
    dataset: Dataset, release: int, faults: list[Fault], entered: Sequence[Entry] = ()
) -> Ledger:
    """Make the internal ledger of a release.

    Args:
        dataset: the town's data.
        release: the year whose report it is; the release before serves ``prior``.
        faults: receives formulas whose units do not fit, and checks that fail.
        entered: figures of this release that come from elsewhere, such as counts of registers.

    Raises:
        KeyError: never; what cannot be computed is a missing figure with its reason.
    """
    ledger: Ledger | None = None
    stated = periods.by_year(dataset.observations, release)
    # years ascend, since growth of one asks the ledger of the year before; faults of earlier years
    # were told when their reports were made
    for year in stated:
        wrong = faults if year == release else []
        own = entered if year == release else []
        ledger = _figures(_with(dataset, own), year, release, stated[year], ledger, wrong, own)
    assert ledger is not None  # the release itself is always among the years
    for result in ledger.check():
        fault = _check_fault(result, ledger)
        if fault:
            faults.append(fault)
    return ledger


def _with(dataset: Dataset, entered: Sequence[Entry]) -> Dataset:
    """The dataset with the indicators of the registers' figures in its catalogue."""
    made = {entry.indicator.id: entry.indicator for entry in entered}
    known = dataset.catalogue
    return replace(dataset, catalogue=replace(known, indicators={**known.indicators, **made}))


def _figures(
    dataset: Dataset,
    year: int,
    release: int,
    stated: periods.Stated,
    earlier: Ledger | None,
    faults: list[Fault],
    entered: Sequence[Entry] = (),
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
    by_indicator: dict[str, list[Entry]] = {}
    for entry in entered:
        by_indicator.setdefault(entry.indicator.id, []).append(entry)
    maker = _Maker(dataset, year, release, stated, ledger, figures, terms, faults, by_indicator)
    for indicator in dataset.catalogue.in_order():
        maker.add(indicator)
    hidden = {maker.id_of(entry) for entry in entered if entry.hidden}
    return replace(ledger, catalogue=maker.catalogue(), hidden=frozenset(hidden))


def _aims(dataset: Dataset, figures: Mapping[str, Figure], year: int) -> dict[str, str]:
    """The figures that the report of the year before set as targets, by what measures the result."""
    by_indicator = {f.indicator.id: f.id for f in figures.values() if f.release == year - 1}
    rows = records.of_release(dataset.records["targets"], year - 1)
    return {
        row["actual"]: by_indicator[row["figure"]]
        for row in rows
        if row["actual"] and row["figure"] in by_indicator
    }


@dataclass
class _Maker:
    """Adds an indicator's figures to a ledger that is being made."""

    dataset: Dataset
    release: int
    known_in: int
    stated: periods.Stated
    ledger: Ledger
    figures: dict[str, Figure]
    terms: dict[str, Term]
    faults: list[Fault]
    entered: Mapping[str, list[Entry]]

    def add(self, indicator: Indicator) -> None:
        if indicator.id in self.entered and not indicator.formula:
            for figure in self._entered(self.entered[indicator.id]):
                self.ledger.enter(figure)
            return
        if indicator.since and self.release < indicator.since:
            return
        if indicator.row is None and self.release < self.known_in:
            return  # what two years give is given for the report's own year alone
        if indicator.id.endswith(".annual"):
            years = self.ledger.run(indicator.id.removesuffix(".annual"))
            if years < 2:
                return  # of one year it is the growth
            indicator = periods.annual(indicator, years)
        if indicator.query:
            made = self._counted(indicator)
        else:
            made = self._derived(indicator) if indicator.formula else self._observed(indicator)
        for figure in made:
            self.ledger.enter(figure)

    def id_of(self, entry: Entry) -> str:
        """The full id of a register's figure."""
        return f"{self.dataset.ref_area}/{entry.indicator.id}@{entry.period}"

    def _entered(self, found: Sequence[Entry]) -> Iterator[Figure]:
        """What a register gives: observed, its origin being a query on the register."""
        for entry in found:
            reason: Any = entry.reason or "not_reported"
            missing = None if entry.quantity else Missing(reason, (), entry.rule, entry.query)
            figure = self._figure(entry.indicator, entry.period, entry.quantity, missing=missing)
            figure = replace(figure, origin=entry.origin)
            if entry.quantity:
                self.terms[figure.id] = Term.observed(figure.id, entry.quantity)
            yield figure

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
        for period, of_period in sorted(said.items()):
            statements = used(of_period)
            all_said = self.dataset.said_of[indicator.id, period]
            revised = periods.before_revision(all_said, self.known_in)
            figure = self._figure(
                indicator, period, statements[0].quantity, statements=tuple(statements)
            )
            figure = replace(figure, revised=revised)
            self.terms[figure.id] = Term.observed(figure.id, statements[0].quantity)
            yield figure
        if not said:
            missing = Missing(self._why_unstated(indicator))
            yield self._figure(indicator, self._lacking_in(indicator), None, missing=missing)

    def _lacking_in(self, indicator: Indicator) -> str:
        """The period that a figure lacks: of a target that last year set for this one, the next."""
        this = f"{self.dataset.ref_area}/{indicator.id}@{self.release}"
        return str(self.release + 1 if this in self.figures else self.release)

    def _why_unstated(self, indicator: Indicator) -> Any:
        """Why a report gives no number: the sign that stands in its place, if any does."""
        said = [
            o.state
            for o in self.dataset.unstated
            if (o.indicator, o.release) == (indicator.id, self.release)
        ]
        return said[0] if said else "not_reported"

    def _derived(self, indicator: Indicator) -> Iterator[Figure]:
        formula = indicator.formula
        assert formula is not None
        found = {r: self.ledger.meant(r) for r in formula.references}
        inputs = {r: f for r, f in found.items() if f}
        if len(inputs) < len(found):
            return  # absent, not zero, until that release, or that target, exists
        lacking = tuple(dict.fromkeys(x for f in inputs.values() for x in _lacking(f)))
        ids = tuple(f.id for f in inputs.values())
        of_year = [f for r, f in inputs.items() if r.which == "" and f.quantity]
        stocks = _stocks_at_year_end(formula, of_year)
        now = {f.period for f in of_year if f not in stocks}
        period = max(now, default=str(self.release))
        if stocks:
            indicator = _said_of(indicator, stocks)
            of_flows = {r: f for r, f in inputs.items() if f not in stocks}
        else:
            of_flows = inputs
        if lacking:
            reason = next(f.missing.reason for f in inputs.values() if f.missing)
            yield self._without(indicator, period, Missing(reason, lacking), ids)
        elif self._breaks(indicator, inputs):
            yield self._without(indicator, period, Missing("series_break", ids), ids)
        elif len(now) > 1 or not _comparable(indicator, of_flows):
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

    def _computed(
        self, indicator: Indicator, formula: Formula, period: str, inputs: dict[Reference, str]
    ) -> Figure:
        ids = tuple(inputs.values())
        try:
            term = formula.evaluate(Terms(self.ledger, inputs))
            quantity = term.quantity(indicator.unit)
        except DivisorMayBeZero as error:
            if isinstance(error, TooLarge) and indicator.row:
                self.faults.append(indicator.row.fault("formula_large", "formula"))
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


def _stocks_at_year_end(formula: Formula, inputs: Sequence[Figure]) -> list[Figure]:
    """The stocks at a year's end that a year's result is divided by or into: 总收入 / 年末人口."""
    years = {f.period for f in inputs if f.indicator.basis != "stock"}
    stocks = [f for f in inputs if f.indicator.basis == "stock" and f.period not in years]
    at_end = len(years) == 1 and all(f"{f.period[:4]}-12" == f.period for f in stocks)
    is_quotient = formula.text.startswith(("mean(", "share(")) or " / " in formula.text
    return stocks if at_end and is_quotient and {f.period[:4] for f in stocks} == years else []


def _said_of(indicator: Indicator, stocks: Sequence[Figure]) -> Indicator:
    """The indicator with a note of the stocks that it is computed on."""
    said: dict[Lang, str] = {}
    for lang, words in _YEAR_END.items():
        names = ("、" if lang == "zh" else ", ").join(f.indicator.names[lang] for f in stocks)
        parts = (indicator.assumption[lang], words.format(names))
        said[lang] = ("" if lang == "zh" else " ").join(filter(None, parts))
    return replace(indicator, assumption=said)


_YEAR_END = by_key(read_words("xushi_stats")["made"])["year_end"]


def _comparable(indicator: Indicator, inputs: Mapping[Reference, Figure]) -> bool:
    """Whether the periods of this year and of the one before are of one kind; stocks need not be."""
    if indicator.basis == "stock":
        return True
    kinds = {
        periods.length(f.period) for r, f in inputs.items() if r.which in ("", "prior", "first")
    }
    return len(kinds) == 1


def _lacking(figure: Figure) -> tuple[str, ...]:
    """The observed figures that a figure lacks: itself, or what its own inputs lack."""
    if figure.missing is None:
        return ()
    return figure.missing.inputs or (figure.id,)


def _check_fault(result: Result, ledger: Ledger) -> Fault | None:
    check = result.check
    file, row = check.row.file, check.row.number
    if result.units:
        details = {"part": result.units}
        return Fault("formula_unit", file, row, "expression", check.id, details=details)
    if result.verdict != "fails" and not result.lacking:
        return None
    details = {f"name_{lang}": name for lang, name in check.names.items()}
    for lang in check.names:
        details[f"values_{lang}"] = _values(result, ledger, lang) + _apart(result, ledger, lang)
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


_APART = read_words("xushi_stats")["apart"]


def _apart(result: Result, ledger: Ledger, lang: Lang) -> str:
    """Both sides of a check and how far they are apart, with what such a difference often means."""
    words, condition = _APART[lang], result.check.condition
    known = [f.quantity for f in map(ledger.figures.__getitem__, result.figures) if f.quantity]
    if result.sides is None or not known or not all(q.is_exact for q in known):
        return ""
    unit = known[0].unit
    try:
        left, right = (side.quantity(unit).value for side in result.sides)
    except UnitError:  # a product or a quotient of figures
        return ""
    written = [digits(q.value, None) for q in known if q.unit == unit]
    step = Fraction(1, 10 ** max(len(number.partition(".")[2]) for number in written))
    said = {
        name: f"{digits(value, None)}{unit.text}"
        for name, value in (("left", left), ("right", right), ("apart", abs(left - right)))
    }
    said["lacking"] = ("、" if lang == "zh" else ", ").join(
        ledger.figures[name].indicator.names[lang] for name in result.lacking
    )
    sums = [len(side.parts) > 1 for side in (condition.left, condition.right)]
    if sums == [False, True]:
        said |= {"left": said["right"], "right": said["left"]}
    kind = "lacking" if result.lacking else "sum" if any(sums) else "sides"
    hint = words[_slip(abs(left - right) / step)] if condition.sign == "==" else ""
    return words[kind].format(**said) + ("" if result.lacking else hint)


def _slip(steps: Fraction) -> str:
    """What a difference in last places points to: two digits exchanged, one digit wrong; or nothing."""
    if steps.denominator > 1:
        return "none"
    if set(str(steps).rstrip("0")) == {"1"} and str(steps).count("1") == 1:
        return "power"
    return "nine" if steps % 9 == 0 else "none"
