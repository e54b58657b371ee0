"""The indicators: names, units, formulas, and where each may be printed; and the checks over them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from keyword import iskeyword
from pathlib import Path

from xushi_stats.faults import Fault, Lang
from xushi_stats.formula import Comparison, Formula, FormulaError
from xushi_stats.quantity import Unit
from xushi_stats.records import AREAS, STATES
from xushi_stats.tables import Row, ids, near, own_first, own_units, read_columns, read_table
from xushi_stats.units.names import known_unit, spellings

INDICATOR_COLUMNS = read_columns("xushi_stats", "catalogue")
CHECK_COLUMNS = read_columns("xushi_stats", "checks")
REFUSED_COLUMNS = read_columns("xushi_stats", "refused")
_CONDITION = rf"((本年|下年)=([-*]|{'|'.join(STATES)})|领域=({'|'.join(AREAS)}))"
_QUERY = re.compile(rf"{_CONDITION}( {_CONDITION})*")
_ID = re.compile(r"[a-z一-鿿][a-z_一-鿿]*(\.[a-z一-鿿][a-z_一-鿿]*)*")


@dataclass(frozen=True)
class Indicator:
    """A row of the catalogue: observed, or a formula over others.

    Attributes:
        shown: the unit in print where it is not ``unit`` itself: 人 for the mean 人/户, ``bases`` for 个.
        basis: ``flow`` of a period, ``stock`` at a date, ``cumulative`` since a start.
        query: condition on milestones whose projects are counted; "" where none are.
        decimals: places shown of a derived figure; None follows the written place.
        audience: ``public`` may stand in every edition, ``internal`` not in the public one.
        since: first release that asks for it; None if every release does.
        assumption: under what the formula holds; printed as a note.
        aliases: what else a text may call it; see ``audit.wording``.
        place: the village, checkpoint or measure of a register that it is about; "" for the town.
    """

    id: str
    names: Mapping[Lang, str]
    section: str
    unit: Unit
    shown: Mapping[Lang, str]
    basis: str
    formula: Formula | None
    query: str
    decimals: int | None
    audience: str
    definition: Mapping[Lang, str]
    assumption: Mapping[Lang, str]
    row: Row | None = None
    since: int | None = None
    aliases: Mapping[Lang, tuple[str, ...]] = field(default_factory=lambda: {"zh": (), "en": ()})
    place: str = ""


@dataclass(frozen=True)
class Check:
    """A validation rule: an identity or inequality that must hold.

    Attributes:
        kind: 强制性 (its failure stops the build) or 核实性 (wants an explanation).
    """

    id: str
    kind: str
    condition: Comparison
    names: Mapping[Lang, str]
    explanation: str
    row: Row


@dataclass(frozen=True)
class Catalogue:
    """All indicators by id, and the checks, in the order of their files."""

    indicators: Mapping[str, Indicator]
    checks: tuple[Check, ...]

    def of(self, release: int) -> Catalogue:
        """The indicators that a release asks for."""
        asked = {i: one for i, one in self.indicators.items() if (one.since or release) <= release}
        return Catalogue(asked, self.checks)

    def find(self, name: str) -> Indicator | None:
        """An indicator by id, by its name in either language, or by an alias of it alone."""
        return self.indicators.get(name) or self._by_name.get(name)

    @cached_property
    def _by_name(self) -> dict[str, Indicator]:
        named = ((name, i) for i in self.indicators.values() for name in i.names.values())
        found: dict[str, Indicator] = {}
        for name, indicator in named:
            found.setdefault(name, indicator)
        every = self.indicators.values()
        also = [(a, i) for i in every for said in i.aliases.values() for a in said]
        times = Counter(name for name, _ in also)
        return {name: i for name, i in also if times[name] == 1} | found

    def near(self, name: str) -> str:
        """The most similar id or name, or ""."""
        names = (n for i in self.indicators.values() for n in (i.id, *i.names.values()))
        return near(name, names)

    def in_order(self) -> Iterator[Indicator]:
        """The indicators, each after those its formula names."""
        done: set[str] = set()

        def visit(indicator: Indicator) -> Iterator[Indicator]:
            if indicator.id in done:
                return
            done.add(indicator.id)
            for reference in indicator.formula.references if indicator.formula else ():
                yield from visit(self.indicators[reference.indicator])
            yield indicator

        for indicator in self.indicators.values():
            yield from visit(indicator)


def load(data: Path, town: str, faults: list[Fault]) -> Catalogue:
    """Read ``catalogue.csv``, ``units.csv``, ``refused.csv``, ``checks.csv``; faults go to ``faults``.

    Each is the town's own where it has one, else the one that all towns share.
    """
    own_units.add(data, town, faults)
    rows = read_table(*own_first(data, town, "catalogue.csv"), INDICATOR_COLUMNS, faults)
    named, indicators, first = ids.given(rows), dict[str, Indicator](), dict[str, Row]()
    for row in rows:
        _check_names(row, first, faults)
        indicator = _indicator(row, faults, named)
        if indicator:
            indicators.setdefault(indicator.id, indicator)
    by_id = {row["id"]: row for row in reversed(rows)}
    sound = _check_formulas(indicators, by_id, faults)
    refused = read_table(*own_first(data, town, "refused.csv"), REFUSED_COLUMNS, faults)
    _refuse(sound, by_id, refused, faults)
    checks = read_table(*own_first(data, town, "checks.csv"), CHECK_COLUMNS, faults)
    return Catalogue(sound, tuple(_checks(checks, sound, faults, named)))


def _check_names(row: Row, first: dict[str, Row], faults: list[Fault]) -> None:
    """Ids and names are unique over all languages, and hold no digit that could pass as a figure."""
    if row["id"] and not _is_id(row["id"]):
        faults.append(row.fault("id", "id"))
    for column in ("id", "name_zh", "name_en"):
        value = row[column]
        if not value or (column == "id" and value == ids.of_name(row["name_zh"])):
            continue
        if column != "id" and any(c.isnumeric() and not "\u4e00" <= c <= "\u9fff" for c in value):
            faults.append(row.fault("name_digit", column))
        if first.get(value, row) is not row:
            faults.append(row.fault("id_twice", column, first=first[value].seen_from(row)))
        first.setdefault(value, row)


def _is_id(name: str) -> bool:
    """Whether formulas can name it: ``import.part`` is a word of Python's."""
    return _ID.fullmatch(name) is not None and not any(map(iskeyword, name.split(".")))


def _indicator(row: Row, faults: list[Fault], named: Callable[[str], str]) -> Indicator | None:
    unit = Unit(known_unit(row["unit"]), row["counts"])
    if not unit.text:
        hint = near(row["unit"], spellings())
        faults.append(row.fault("unit_unknown", "unit", near=hint))
        return None
    formula = Formula(named(row["formula"])) if row["formula"] else None
    try:
        formula and formula.tree  # noqa: B018
    except FormulaError as error:
        faults.append(row.fault("formula", "formula", part=error.part))
        return None
    if row["since"] and not re.fullmatch(r"[12]\d{3}", row["since"], re.ASCII):
        faults.append(row.fault("release", "since"))
    if row["query"] and not _QUERY.fullmatch(row["query"]):
        faults.append(row.fault("query", "query"))
        return None
    return Indicator(
        id=row["id"],
        names={"zh": row["name_zh"], "en": row["name_en"]},
        section=row["section"],
        unit=unit,
        basis=row["basis"] or "flow",
        formula=formula,
        query=row["query"],
        decimals=int(row["decimals"]) if row["decimals"].isdecimal() else None,
        audience=row["audience"] or "public",
        shown={"zh": row["shown_zh"], "en": row["shown_en"]},
        definition={"zh": row["definition_zh"], "en": row["definition_en"]},
        assumption={"zh": row["assumption_zh"], "en": row["assumption_en"]},
        row=row,
        since=int(row["since"]) if row["since"].isdecimal() else None,
        aliases={"zh": _aliases(row["aliases_zh"]), "en": _aliases(row["aliases_en"])},
    )


def _aliases(cell: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in re.split("[;；]", cell) if name.strip())


def _check_formulas(
    indicators: dict[str, Indicator], rows: Mapping[str, Row], faults: list[Fault]
) -> dict[str, Indicator]:
    """Drop indicators whose formula names something unknown or runs in a circle."""
    sound = dict(indicators)
    for indicator in indicators.values():
        for reference in indicator.formula.references if indicator.formula else ():
            if reference.indicator not in indicators:
                part = reference.indicator
                hint = near(part, indicators)
                fault = rows[indicator.id].fault("formula_unknown", "formula", part=part, near=hint)
                faults.append(fault)
                sound.pop(indicator.id, None)
    for indicator in indicators.values():
        circle = _circle(indicator.id, indicators, ())
        if circle:
            path = " → ".join(circle)
            faults.append(rows[indicator.id].fault("formula_circle", "formula", part=path))
            sound.pop(indicator.id, None)
    return _without_loose_ends(sound)


def _refuse(
    indicators: Mapping[str, Indicator],
    rows: Mapping[str, Row],
    refused: list[Row],
    faults: list[Fault],
) -> None:
    """What the source does not license is not computed: figures that no formula may bring together.

    A typed number is refused too: a figure comes from a source.
    """
    for indicator in indicators.values():
        if indicator.formula is None or indicator.id not in rows:
            continue
        if indicator.formula.numbers:
            part = indicator.formula.numbers[0]
            faults.append(rows[indicator.id].fault("formula_number", "formula", part=part))
        named = _all_named(indicator, indicators)
        for row in refused:
            if len(named & set(row["figures"].split())) > 1:
                why = {"why_zh": row["reason_zh"], "why_en": row["reason_en"]}
                faults.append(rows[indicator.id].fault("refused", "formula", **why))


def _all_named(indicator: Indicator, indicators: Mapping[str, Indicator]) -> set[str]:
    """Every indicator that a formula names, by way of others too."""
    found: set[str] = set()
    stack = [indicator.id]
    while stack:
        known = indicators.get(stack.pop())
        for reference in known.formula.references if known and known.formula else ():
            if reference.indicator not in found:
                found.add(reference.indicator)
                stack.append(reference.indicator)
    return found


def _without_loose_ends(indicators: dict[str, Indicator]) -> dict[str, Indicator]:
    """Also drop what depends on a dropped indicator; its own fault is reported already."""
    kept = {
        i.id: i
        for i in indicators.values()
        if not i.formula or all(r.indicator in indicators for r in i.formula.references)
    }
    return kept if len(kept) == len(indicators) else _without_loose_ends(kept)


def _circle(
    start: str, indicators: Mapping[str, Indicator], path: tuple[str, ...]
) -> tuple[str, ...]:
    if start in path:
        return (*path[path.index(start) :], start)
    formula = indicators[start].formula if start in indicators else None
    for reference in formula.references if formula else ():
        if reference.which == "":
            found = _circle(reference.indicator, indicators, (*path, start))
            if found:
                return found
    return ()


def _checks(
    rows: list[Row],
    indicators: Mapping[str, Indicator],
    faults: list[Fault],
    named: Callable[[str], str],
) -> Iterator[Check]:
    seen: dict[str, Row] = {}
    for row in rows:
        if row["id"] in seen:
            faults.append(row.fault("id_twice", "id", first=str(seen[row["id"]].number)))
        seen.setdefault(row["id"], row)
        try:
            condition = Comparison.parse(named(row["expression"]))
        except FormulaError as error:
            faults.append(row.fault("formula", "expression", part=error.part))
            continue
        unknown = [r for r in condition.references if r.indicator not in indicators]
        for reference in unknown:
            part, hint = reference.indicator, near(reference.indicator, indicators)
            faults.append(row.fault("formula_unknown", "expression", part=part, near=hint))
        if not unknown:
            names: dict[Lang, str] = {"zh": row["name_zh"], "en": row["name_en"]}
            yield Check(row["id"], row["kind"], condition, names, row["explanation"], row)
