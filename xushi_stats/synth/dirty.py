"""Rows spoilt on purpose, so that whoever reads the registers can be tested: each is listed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from xushi_stats.registers.schema import SCHEMAS
from xushi_stats.synth.plan import Town, certain

FILE = "dirty.csv"
HEADER = ("file", "row", "column", "what", "about")
_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


@dataclass(frozen=True)
class Spoiling:
    """A way to spoil a row: what it is called, in which column, how; or the row written twice."""

    what: str
    table: str
    column: str
    about: str
    change: Callable[[str, Mapping[str, str]], str] | None = None


SPOILINGS = (
    Spoiling("duplicate", "households", "household", "同一行重复登记 / the same row twice"),
    Spoiling(
        "bad_date",
        "households",
        "entered",
        "没有这一天 / no such day",
        lambda value, row: f"{value[:4]}-02-30",
    ),
    Spoiling(
        "unknown_person",
        "assessment",
        "person",
        "人员名册中没有此人 / no such person among the staff",
        lambda value, row: "SYN-X-S0000",
    ),
    Spoiling(
        "full_width",
        "checkpoints",
        "vehicles_checked",
        "数字为全角 / full-width digits",
        lambda value, row: value.translate(_WIDE),
    ),
    Spoiling(
        "returned_exceeds_checked",
        "checkpoints",
        "persons_returned",
        "劝返人员多于检测人员 / more persons returned than checked",
        lambda value, row: str(int(row["persons_checked"]) + 1),
    ),
    Spoiling(
        "unknown_household",
        "statuses",
        "household",
        "没有这一户 / no such household",
        lambda value, row: "SYN-X-H0000000",
    ),
    Spoiling(
        "unknown_status",
        "statuses",
        "status",
        "不是规定的状态 / not one of the states",
        lambda value, row: "脱贫",
    ),
    Spoiling(
        "blank",
        "persons",
        "start",
        "必填项空白 / a cell that must be filled is empty",
        lambda value, row: "",
    ),
)
"""They are used in this order, again and again, until there are enough."""


class Spoiler:
    """Spoils rows of one town as they pass by on their way to the files.

    Args:
        town: the town; its plan says how many rows are spoilt.
        suffix: ending of the files.
    """

    def __init__(self, town: Town, suffix: str) -> None:
        self._listed: list[tuple[str, int, Spoiling]] = []
        self._suffix = suffix
        self._planned = _planned(town)
        self._passed = dict.fromkeys(self._planned, 0)
        self._number = dict.fromkeys(self._planned, 1)

    def pass_on(self, table: str, rows: Iterable[Sequence[str]]) -> Iterable[Sequence[str]]:
        """The next rows of a table, those spoilt whose turn it is.

        Args:
            table: a key of ``SCHEMAS``.
            rows: its rows as they should be.
        """
        if not self._planned.get(table):
            return rows
        return [given for row in rows for given in self._spoilt(table, row)]

    def listing(self) -> list[list[str]]:
        """What was spoilt: file, row as Excel counts it, column, what, and the same in words."""
        ordered = sorted(self._listed, key=lambda one: one[:2])
        return [
            [f"registers/{table}.{self._suffix}", str(row), how.column, how.what, how.about]
            for table, row, how in ordered
        ]

    def _spoilt(self, table: str, row: Sequence[str]) -> list[Sequence[str]]:
        """A row as it is written: once, spoilt, or twice."""
        spoiling = self._planned[table].pop(self._passed[table], None)
        self._passed[table] += 1
        given: list[Sequence[str]] = [row]
        if spoiling and spoiling.change:
            names = (column.name for column in SCHEMAS[table])
            cells = dict(zip(names, row, strict=True))
            cells[spoiling.column] = spoiling.change(cells[spoiling.column], cells)
            given = [list(cells.values())]
        elif spoiling:
            given = [row, row]
        self._number[table] += len(given)
        if spoiling:
            self._listed.append((table, self._number[table], spoiling))
        return given


def _planned(town: Town) -> dict[str, dict[int, Spoiling]]:
    """Table → place → what is done there; no row is spoilt twice."""
    planned: dict[str, dict[int, Spoiling]] = defaultdict(dict)
    dice = town.dice("dirty")
    for number in range(town.plan.dirty):
        spoiling = SPOILINGS[number % len(SPOILINGS)]
        taken = planned[spoiling.table]
        rows = range(certain(town.plan.households))
        taken[dice.pick([place for place in rows if place not in taken])] = spoiling
    return dict(planned)
