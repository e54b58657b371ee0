"""From two states of the data to rows of the change log: what differs and is not yet on file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from xushi_stats.audit import limits
from xushi_stats.editions import LANGS
from xushi_stats.faults import DataFaults, Fault
from xushi_stats.reporting import change_log, released
from xushi_stats.reporting.change_log import Grounds
from xushi_stats.revisions import editions
from xushi_stats.revisions.causes import Cause, state
from xushi_stats.revisions.compare import Comparison, compare
from xushi_stats.revisions.rendering import ITEMS, Sort
from xushi_stats.tables import Row


@dataclass(frozen=True)
class Where:
    """The data as they are: folder, town, and year of the report (None: the newest)."""

    data: Path
    town: str
    year: int | None

    @property
    def log(self) -> Path:
        """The town's change log."""
        return self.data / self.town / change_log.FILE


def record(
    old: Path, where: Where, grounds: Grounds, figures: Sequence[str], otherwise: Sort | None
) -> list[dict[str, str]]:
    """Add to the change log what differs between an earlier edition and the data as they are.

    What the log holds already counts as accepted: of a figure corrected twice, the second row starts
    where the first ended. The public ledger of the earlier edition is kept among those released.

    Args:
        old: a bundle, PDF or data folder from before.
        where: the data as they are.
        grounds: who, when, why, on what basis, by whose leave; none may be blank.
        figures: only these, by id or name; all where empty.
        otherwise: 更正 or 修订, where the status of the figures does not say it.

    Returns:
        The rows that were added.

    Raises:
        DataFaults: a ground is blank, a figure unknown, the sort open, or the chain broken.
    """
    blank = [Fault("blank", column=f"--{k}") for k, v in vars(grounds).items() if not v.strip()]
    if blank:
        raise DataFaults(blank)
    place = editions.Place(where.town, where.year, public=False)
    found = compare(*limits.call(old.name, editions.pair, old, where.data, place))
    if found.public:
        raise DataFaults([Fault("compare_public", old.as_posix())])
    wanted = _wanted(found, figures)
    log = change_log.read(where.log)
    rows = list(_rows(found, log, wanted, otherwise))
    kept = editions.released(old, place)
    added = change_log.append(where.log, rows, grounds)
    if kept:
        released.write(where.data / where.town, kept.release, map(_kept, kept.entries.values()))
    return added


def _kept(entry: editions.Entry) -> dict[str, str]:
    return {
        "figure": entry.id.partition("/")[2],
        "name_zh": entry.names["zh"],
        "period": entry.period,
        "value": entry.value,
        "missing": entry.missing,
    }


def _rows(
    found: Comparison, log: Sequence[Row], wanted: set[str], otherwise: Sort | None
) -> Iterator[dict[str, str]]:
    for cause in [*found.causes, *_taken_back(found, log)]:
        if wanted and cause.figure.partition("@")[0] not in wanted:
            continue
        known = change_log.accepted(log, cause.figure, ITEMS[cause.item])
        before = cause.old if known is None else known
        if change_log.same(before, cause.new):
            continue  # on file already
        sort: Sort | None = "修订" if cause.final else otherwise
        if sort is None:
            details = {f"name_{lang}": cause.names[lang] for lang in LANGS}
            raise DataFaults([Fault("kind_open", details=details)])
        item, name = ITEMS[cause.item], cause.names["zh"]
        states = {"before": before, "after": cause.new}
        yield {"figure": cause.figure, "name": name, "item": item, "kind": sort, **states}


def _taken_back(found: Comparison, log: Sequence[Row]) -> Iterator[Cause]:
    """What the log holds as changed and the data have again as it was before."""
    causes = {cause.key for cause in found.causes}
    items = {word: item for item, word in ITEMS.items()}
    entries = {e.indicator: e for e in found.new.entries.values()} | dict(found.new.entries)
    for figure, word in dict.fromkeys((row["figure"], row["item"]) for row in log):
        entry, item = entries.get(figure), items.get(word)
        if entry and item and (figure, item) not in causes:
            now = state(entry, item)
            yield Cause(item, item, figure, entry.names, now, now, {})


def _wanted(found: Comparison, figures: Sequence[str]) -> set[str]:
    """The indicators meant, by full id, id or name."""
    wanted: set[str] = set()
    entries = [*found.new.entries.values(), *found.old.entries.values()]
    for name in figures:
        own = {
            e.indicator
            for e in entries
            if name in (e.id, e.indicator, e.indicator.partition("/")[2], *e.names.values())
        }
        if not own:
            raise DataFaults([Fault("figure_unknown", value=name)])
        wanted |= own
    return wanted
