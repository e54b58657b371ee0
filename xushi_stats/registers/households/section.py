"""Figures of the report on the register of households, with what the public may not see marked.

Counts come from ``household_counts`` and are protected as one system with what earlier reports printed;
shares, means and changes are formulas over them; the measures of poverty are functions of the incomes.
An earlier report is protected again from the register as it now is, in order to know what it printed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xushi_stats.disclosure.table import Rule
from xushi_stats.faults import DataFaults, Fault, errors
from xushi_stats.format import round_to
from xushi_stats.ledger import Entry
from xushi_stats.quantity import Quantity, Unit
from xushi_stats.registers.entries import filled, indicator
from xushi_stats.registers.frames import Engine, Register
from xushi_stats.registers.households import poverty
from xushi_stats.registers.households.aggregates import HOUSEHOLDS, Aggregates, gather, nobody
from xushi_stats.registers.households.incomes import Incomes
from xushi_stats.registers.households.internal_measures import internal_measures, measured, patterns
from xushi_stats.registers.households.table_counts import system
from xushi_stats.registers.households.validation import validate
from xushi_stats.registers.households.words import STATUS, Words, both
from xushi_stats.registers.protected_counts import Protected, entered, protected, share
from xushi_stats.registers.rules import disclosure, town
from xushi_stats.registers.rules.parameter import Open
from xushi_stats.registers.subtraction import held, unproved
from xushi_stats.registers.undefined import Undefined
from xushi_stats.reporting import released
from xushi_stats.reporting.released import Release

if TYPE_CHECKING:
    from xushi_stats.dataset import Dataset

SECTION = "households"
PERCENT, YUAN = Unit("%"), Unit("元")


@dataclass(frozen=True)
class Found:
    """What a register gave for one report; ``refused`` says why there can be no public edition."""

    aggregates: Aggregates
    counts: Protected
    refused: tuple[Fault, ...] = ()


def entries(
    dataset: Dataset,
    release: int,
    folder: Path,
    faults: list[Fault],
    engine: Engine = "pandas",
) -> list[Entry]:
    """The section's figures; none where the town keeps no such register.

    Args:
        dataset: the town.
        release: the year of the report.
        folder: where its registers lie.
        faults: receives what is wrong with register and rules, and what cannot be protected.
        engine: which engine counts; the figures are the same on each.
    """
    made = found(dataset, release, folder, faults, engine)
    if errors(faults):
        return []
    rules = town.load(dataset, []) if kept(folder) else {}
    own = list(_figures(made, rules)) if made else []
    waiting = [rules.get(name) for name in (*_NEEDED, "households.lines")]
    return filled(own, _whole(release), waiting)


def kept(folder: Path) -> bool:
    """Whether the town's register of households is at hand."""
    return any((folder / f"households.{kind}").is_file() for kind in ("csv", "parquet"))


def _whole(release: int) -> Iterator[Entry]:
    """Every figure of the town as a whole, as a register with nobody in it would give them."""
    nothing = nobody(release)
    made = Found(nothing, protected(system(nothing, earlier=False), Rule()))
    yield from (*_figures_of(made), *_incomes(made))


def found(
    dataset: Dataset, release: int, folder: Path, faults: list[Fault], engine: Engine = "pandas"
) -> Found | None:
    """What is counted and protected, made once for a dataset and its rules."""
    if not kept(folder):
        return None
    rules = town.load(dataset, faults)
    if errors(faults) or any(isinstance(rules[name], Open) for name in _NEEDED):
        return None  # nothing is counted of persons as long as it is open what may be printed
    earlier = tuple(year for year in dataset.releases if year < release)
    lines, releases = rules["households.lines"], released.read(dataset.folder)
    settings = (
        disclosure.rule(rules),
        rules["households.revisited"],
        () if isinstance(lines, Open) else tuple(lines.items()),
    )
    key = (SECTION, folder, release, earlier, settings, engine)
    made, wrong = dataset.once(
        key, lambda: _found(folder, release, earlier, settings, engine, releases)
    )
    faults += [fault for fault in wrong if fault not in faults]
    return made


_NEEDED = (*(p.name for p in disclosure.PARAMETERS), "households.revisited")


def _found(
    folder: Path,
    release: int,
    earlier: tuple[int, ...],
    settings: tuple[Any, ...],
    engine: Engine,
    releases: list[Release],
) -> tuple[Found | None, tuple[Fault, ...]]:
    """The register counted and protected, with what is wrong with it."""
    rule, revisited, lines = settings
    faults: list[Fault] = []
    try:
        with Register(folder, engine) as register:
            faults += validate(register)
            if errors(faults):
                return None, tuple(faults)
            printed: dict[str, bool] = {}
            made = None
            for year in (*earlier, release):
                aggregates = gather(register, year, revisited, dict(lines).get(year))
                own = system(aggregates, earlier=bool(made))
                before = releases if year == release else []
                counts, refused = held(own, rule, printed, before)
                printed |= {c.cell: c.cell in counts.hidden for c in own.counts}
                made = Found(aggregates, counts, tuple(refused))
                if aggregates.incomes:
                    more = unproved(list(_incomes(made)), counts, before)
                    made = replace(made, refused=(*refused, *more))
    except DataFaults as error:
        return None, (*faults, *error.faults)
    return made, tuple(faults)


def manifest(
    dataset: Dataset, release: int, folder: Path, *, internal: bool
) -> dict[str, Any] | None:
    """Rule and extent of what the public edition hides."""
    made = found(dataset, release, folder, [])
    return made.counts.manifest(internal=internal) if made else None


# -- figures -----------------------------------------------------------------------------------


def _figures_of(made: Found) -> Iterator[Entry]:
    yield from entered(made.counts, made.counts.system.counts)
    yield from _shares(made)
    yield from _changes(made)


def _figures(made: Found, rules: Mapping[str, Any]) -> Iterator[Entry]:
    yield from _figures_of(made)
    yield from patterns(made.aggregates)
    if made.aggregates.incomes:
        yield from _incomes(made)
    if rules["households.more_measures"] is True:
        yield from internal_measures(made.aggregates, rules)


_SHARES = (
    (
        "lifted.share",
        "households.count.lifted",
        "households.count",
        "在册已脱贫户占在册户比重",
        "registered households out of poverty as a share of all registered",
        "stock",
    ),
    (
        "relapse.rate",
        "households.relapse.cases",
        "households.relapse.base",
        "返贫率",
        "rate of relapse",
        "flow",
    ),
    (
        "visits.rate",
        "households.visits.visited",
        "households.visits.due",
        "回访覆盖率",
        "coverage of re-visits",
        "flow",
    ),
    (
        "needs.share",
        "households.needs.any",
        "households.count",
        "有项目不达标户占在册户比重",
        "households with an item failing as a share of those registered",
        "stock",
    ),
    (
        "measures.share",
        "households.measures.any",
        "households.count",
        "享受帮扶措施户占在册户比重",
        "households with a measure as a share of those registered",
        "stock",
    ),
)


def _shares(made: Found) -> Iterator[Entry]:
    """Shares of printed counts, as formulas; hidden where a reader could learn from one."""
    year = made.aggregates.year
    there = {(count.id, count.period) for count in made.counts.system.counts}
    for name, part, whole, zh, en, basis in _SHARES:
        period = f"{year}-12" if basis == "stock" else str(year)
        if (part, period) not in there or (whole, period) not in there:
            continue
        yield _derived(
            f"households.{name}", f"share({part}, {whole})", PERCENT, both(zh, en), period,
            made.counts.refuses(share(part, whole, period)), basis=basis,
        )  # fmt: skip
    size = share("households.persons", "households.count", f"{year}-12", "mean")
    yield _derived(
        "households.size", "mean(households.persons, households.count)", Unit("人/户"),
        both("在册户户均人口", "persons to a registered household"), f"{year}-12",
        made.counts.refuses(size), decimals=2, shown=both("人", ""),
    )  # fmt: skip


def _derived(
    name: str, formula: str, unit: Unit, names: Words, period: str, hidden: bool,
    *, basis: str = "stock", decimals: int = 2, shown: Words | None = None,
) -> Entry:  # fmt: skip
    made = indicator(
        name, names, unit, both("", ""), section=SECTION, basis=basis, formula=formula,
        decimals=decimals, shown=shown,
    )  # fmt: skip
    return Entry(made, period, hidden=hidden)


def _changes(made: Found) -> Iterator[Entry]:
    """How each class grew or shrank; across the break in the series there is no such figure."""
    found = made.aggregates
    counted = {(count.id, count.period) for count in made.counts.system.counts}
    for status in ("", *found.statuses):
        slug = f".{STATUS[status][0]}" if status else ""
        for unit, kind, zh, en in (
            (HOUSEHOLDS, "count", "户数", "households"),
            (Unit("人"), "persons", "人数", "persons"),
        ):
            one = f"households.{kind}{slug}"
            label = status.removesuffix("户")
            names = both(
                f"在册{label}{zh}比上年末增减",
                f"change in registered {en} {STATUS[status][1] if status else ''}".rstrip(),
            )
            if found.moves.broken:
                entry = indicator(f"{one}.change", names, unit, both("", ""), section=SECTION)
                yield Entry(entry, f"{found.year}-12", reason="series_break")
            elif (one, f"{found.year - 1}-12") in counted:
                change = f"{one} - prior({one})"
                yield _derived(
                    f"{one}.change", change, unit, names, f"{found.year}-12", False, decimals=0
                )  # fmt: skip


# -- incomes -----------------------------------------------------------------------------------


def _incomes(made: Found) -> Iterator[Entry]:
    """The mean income, and how far below the line it lies where it does."""
    found = made.aggregates
    assert found.incomes is not None
    period = str(found.year)
    total = indicator(
        "households.income.total",
        both("登记收入户纯收入合计", "net income of households with an income entered"),
        YUAN,
        both(
            "各户人均纯收入乘以年末人数之和。",
            "The sum over households of net income a person times persons at the end of the year.",
        ),
        section=SECTION,
        audience="internal",
        basis="flow",
    )
    origin = found.origin(found.incomes.query, "income × persons")
    incomes = Incomes(found.incomes.persons)
    exact = Fraction(incomes.total, 100)
    yield Entry(total, period, Quantity.exactly(exact, YUAN), origin=origin)
    mean = indicator(
        "households.income.mean", both("在册户人均纯收入", "mean net income a registered person"),
        Unit("元/人"), _ROUNDED, section=SECTION, basis="flow", decimals=0,
        shown=both("元", "yuan"),
    )  # fmt: skip
    if incomes.population:
        rounded = round_to(exact / incomes.population, -2)
        few = _few(made, f"households.income.stated@{period}")
        quantity = Quantity.exactly(rounded, Unit("元/人"))
        yield Entry(mean, period, quantity, origin=origin, hidden=few)
    else:
        yield Entry(mean, period, reason="not_applicable", origin=origin)
    if found.line is not None:
        yield from _below_line(made, found.line)


_ROUNDED = both(
    "年末在册、登记了收入的户，按人平均；取整后列出，不给出合计。",
    "Over the persons of households with an income entered; given rounded, and without its total.",
)


def _few(made: Found, cell: str) -> bool:
    """Whether an amount rests on too few households: income is sensitive."""
    value = next(count.value for count in made.counts.system.counts if count.cell == cell)
    return value < made.counts.rule.sensitive_threshold


def _below_line(made: Found, line: Fraction) -> Iterator[Entry]:
    """Shares below the line, gap and severity; all go where those below it are too few to be counted."""
    found, period = made.aggregates, str(made.aggregates.year)
    assert found.incomes is not None
    about = both(
        "规则参数所定的人均收入标准线。", "The income line a person that the town's rules set."
    )
    names = both("收入标准线", "income line")
    entry = indicator("households.income.line", names, YUAN, about, section=SECTION, basis="flow")
    origin = f"rules.toml households.lines {period}"
    yield Entry(entry, period, Quantity.exactly(line, YUAN), origin=origin)
    few = False
    for kind, zh, en in (("", "户", "households"), (".persons", "人口", "persons")):
        part = f"households.income.poor{kind}"
        whole = "households.income.persons" if kind else "households.income.stated"
        refused = made.counts.refuses(share(part, whole, period))
        few = few or refused
        yield _derived(
            f"{part}.share", f"share({part}, {whole})", PERCENT,
            both(f"收入低于标准线{zh}比重", f"share of {en} below the income line"), period, refused,
            basis="flow",
        )  # fmt: skip
    sums = Incomes(found.incomes.households).below(line * 100)
    for slug, measure, zh, en, about in (
        ("gap", poverty.gap, "收入差距指数", "income gap index", _GAP),
        ("severity", poverty.severity, "收入差距平方指数", "squared income gap index", _SEVERITY),
    ):
        value = measure(sums)
        value = (
            value if isinstance(value, Undefined) else round_to(value, 3)
        )  # a tenth of a percent
        yield measured(
            f"households.income.{slug}", both(zh, en), about, period, value,
            found.origin(found.incomes.query, f"{slug}, line={line}"), hidden=few, decimals=1,
        )  # fmt: skip


_GAP = both(
    (
        "以户为单位：低于标准线的户，其收入与标准线的差距占标准线的比例，"
        "由全部登记收入户平均（不低于标准线的户按零计）；按所示位数取整。"
    ),
    (
        "By households: what incomes below the line lack, as a part of "
        "the line, averaged over all households with an income entered; rounded to the digits shown."
    ),
)
_SEVERITY = both(
    "以户为单位：收入差距比例的平方，由全部登记收入户平均，收入越低权数越大；按所示位数取整。",
    "By households: the square of that part, averaged likewise, so that the lowest incomes weigh most; "
    "rounded to the digits shown.",
)
