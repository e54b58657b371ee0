"""What a reader learns who subtracts an edition released before from the one to be published.

The difference of two tables is a table: where a cell of it is not zero and smaller than the threshold,
it is the count of those few households that came, went or changed. Whole numbers of households only are
known of the earlier edition, so that a difference of persons counts as that of its households.

Source: Hundepool et al., Statistical Disclosure Control (2012), ch. 4 (differencing, linked tables).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from xushi_stats.disclosure.linear_program import RIGHT, Infeasible, Row, reduced
from xushi_stats.disclosure.table import Rule
from xushi_stats.faults import DataFaults, Fault, Lang
from xushi_stats.format import pure
from xushi_stats.ledger import Entry
from xushi_stats.registers.protected_counts import Count, Earlier, Protected, System, protected
from xushi_stats.reporting.released import Release

BASES = {
    **dict.fromkeys(
        (f"households.income.{kind}" for kind in ("mean", "gap", "severity")),
        "households.income.stated",
    ),
    "checkpoints.arrivals.mean_days": "checkpoints.arrivals.released",
}
"""Figure that is no count → the count of those whom it is about."""


def held(
    system: System, rule: Rule, earlier: Earlier, releases: Sequence[Release]
) -> tuple[Protected, list[Fault]]:
    """Hide what must be hidden, and nothing shown that was hidden while it has not changed.

    Args:
        system: everything that one report publishes together.
        rule: the town's rule.
        earlier: cells that earlier reports published, and whether they hid them.
        releases: the public ledgers that readers hold.

    Returns:
        The system as the public may see it, and why it may not see it at all.
    """
    made, bound = protected(system, rule, earlier), _bound(system.counts, releases)
    if any((cell in made.hidden) != was for cell, was in bound.items()):
        changed = {c.cell for c in system.counts if any(c.cell in r.values for r in releases)}
        own = {cell: was for cell, was in earlier.items() if cell not in changed} | bound
        try:
            made = protected(system, rule, own)
        except DataFaults as error:
            return made, [replace(fault, file=releases[-1].file) for fault in error.faults]
    return made, [fault for release in releases for fault in _few(made, release)]


def _value(count: Count, release: Release) -> str | None:
    """What a release says of a count, by name where ids follow the list of villages; "" for nothing."""
    key = f"{count.names['zh']}@{count.period}" if count.place else count.cell
    return release.values.get(key, "")


def _bound(counts: Sequence[Count], releases: Sequence[Release]) -> dict[str, bool]:
    """The cells that readers know already, and those kept from them, which have not been told since."""
    found: dict[str, bool] = {}
    for count in counts:
        said = [_value(count, release) for release in releases]
        if str(count.value) in said:
            found[count.cell] = False
        elif None in said:
            found[count.cell] = True
    return found


def _few(made: Protected, release: Release) -> Iterator[Fault]:
    """One fault for all cells whose change since a release is that of too few."""
    few = [count.names for count in _changed_by_few(made, release)]
    if few:
        yield named(few, release, made.rule)


def named(names: Sequence[Mapping[Lang, str]], release: Release, rule: Rule) -> Fault:
    """The fault that names figures of which too few have changed since a release."""
    once = list({each["zh"]: each for each in names}.values())
    details = {"cells_zh": "、".join(each["zh"] for each in once)}
    details |= {"cells_en": "; ".join(each["en"] for each in once), "least": str(rule.threshold)}
    details |= {"more": str(rule.sensitive_threshold)}
    return Fault("released_few", release.file, details=details)


def _changed_by_few(made: Protected, release: Release) -> Iterator[Count]:
    """The counts of which a reader can work out a change of fewer households than the threshold."""
    shown = {c.cell: c for c in made.system.counts if c.printed and c.public}
    if not any(cell in release.values for cell in shown):
        return
    known, rule = _known(made, release), made.rule
    counts = {count.cell: count for count in made.system.counts}
    for cell, count in shown.items():
        if not (change := known.get(cell)):
            continue
        own = known.get(count.base) if count.base else change
        least = rule.sensitive_threshold if count.sensitive else rule.threshold
        if own is None or abs(own) < least:
            yield count
    for total, part, _ in made.system.totals:
        if rule.complement and total in known and part in known and total in shown:
            rest = abs(known[total] - known[part])
            sensitive = counts[total].sensitive or counts[part].sensitive
            if 0 < rest < (rule.sensitive_threshold if sensitive else rule.threshold):
                yield counts[total]


def _known(made: Protected, release: Release) -> dict[str, Fraction]:
    """Cell → by how much it changed, where a reader of both editions can tell."""
    places = {count.cell: n for n, count in enumerate(made.system.counts)}
    printed: dict[str, int] = {}
    for count in made.system.counts:
        before = _value(count, release)
        if count.printed and before and count.cell not in made.hidden:
            printed[count.cell] = count.value - int(before)
    rows: list[Row] = []
    for relation in made.system.relations:
        row = {places[c]: times for c, times in relation.terms.items() if c not in printed}
        right = -sum(t * printed[c] for c, t in relation.terms.items() if c in printed)
        if row:
            rows.append({**row, RIGHT: right} if right else row)
    found = {cell: Fraction(change) for cell, change in printed.items()}
    try:
        basis = reduced(rows)
    except Infeasible:  # a village came or went, so that the sums are of other parts
        return found
    cells = list(places)
    for column, row in basis.items():
        if not row.keys() - {column, RIGHT}:
            found[cells[column]] = Fraction(row.get(RIGHT, 0), row[column])
    return found


def unproved(
    entries: Sequence[Entry], made: Protected, releases: Sequence[Release]
) -> Iterator[Fault]:
    """A fault where a mean or index of a section changed and those whom it is about did not by enough."""
    for release in releases:
        known, few = _known(made, release), []
        for entry in entries:
            own, quantity = entry.indicator, entry.quantity
            base, before = BASES.get(own.id), release.values.get(f"{own.id}@{entry.period}")
            if base is None or quantity is None or entry.hidden or not before:
                continue
            changes = (d for cell, d in known.items() if cell.startswith(f"{base}@"))
            change = next(changes, Fraction(0))
            now = pure(quantity.value, own.unit)
            if Fraction(before) != now and abs(change) < made.rule.sensitive_threshold:
                few.append(own.names)
        if few:
            yield named(few, release, made.rule)
