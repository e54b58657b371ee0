"""How a register's statistic becomes a figure: its words from ``figures.csv``, its origin, its reason."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from xushi_stats.faults import Lang
from xushi_stats.ledger import Entry
from xushi_stats.quantity import Quantity, Unit
from xushi_stats.registers.entries import indicator
from xushi_stats.registers.reasons import NotGiven
from xushi_stats.registers.rules.parameter import Open, Rules
from xushi_stats.words import read_rows

if TYPE_CHECKING:
    from xushi_stats.catalogue import Indicator
    from xushi_stats.dataset import Dataset

Value = Fraction | int | Open | NotGiven | None
"""What a statistic gives: a number, or why there is none."""
Both = tuple[str, str]
"""A word in Chinese and in English."""
_REASONS = {"not_inspected": "not_inspected", "items_missing": "not_inspected"}
"""Code of ``reasons`` → reason of the ledger, where it is not just that the figure does not apply."""


@cache
def words() -> dict[str, dict[str, str]]:
    """What figures are called and mean, by id: the rows of ``figures.csv``."""
    return {row["id"]: row for row in read_rows("xushi_stats.registers", "figures.csv")}


@dataclass(frozen=True)
class Room:
    """What the figures of one section share.

    Attributes:
        section: the report's section; ``prefix`` opens the ids.
        files: what the figures are made from: name → SHA-256.
        rules: the town's rules, for the queries of what is open.
    """

    section: str
    prefix: str
    files: Mapping[str, str]
    rules: Rules

    def entry(
        self,
        kind: str,
        period: str,
        value: Value,
        function: str = "count",
        *,
        end: str = "",
        decimals: int | None = None,
        formula: str = "",
        **named: Both,
    ) -> Entry:
        """One figure, for the internal editions.

        Args:
            kind: its row in ``figures.csv``, without the prefix.
            period: what it is about.
            value: the number, or why there is none; of no effect with a formula.
            function: what was done to the rows, as the origin says it.
            end: what the id has for the row's ``kind``, where one row serves several figures.
            decimals: places printed, where the row's do not serve.
            formula: of a figure that is made from others.
            named: what stands for ``{village}`` and the like in name and definition.
        """
        row = words()[f"{self.prefix}.{kind}"]
        unit = Unit(row["unit"], row["counts"])
        made = indicator(
            f"{self.prefix}.{end or kind}",
            _filled(row, "name", named),
            unit,
            _filled(row, "definition", named),
            section=self.section,
            audience="internal",
            basis="flow",
            formula=formula,
            decimals=int(row["decimals"]) if decimals is None else decimals,
            shown={"zh": row["shown_zh"], "en": row["shown_en"]},
        )
        if formula:
            return Entry(made, period)
        return self._observed(made, period, value, function, named)

    def _observed(
        self, made: Indicator, period: str, value: Value, function: str, named: Mapping[str, Both]
    ) -> Entry:
        where = [f"{'month' if '-' in period else 'year'}={period}"]
        where += [f"{key}={zh}" for key, (zh, _) in named.items()]
        files = " ".join(f"{name} sha256:{digest}" for name, digest in self.files.items())
        origin = f"{files} filter: {' '.join(where)} function: {function}"
        if isinstance(value, (Fraction, int)):
            return Entry(made, period, Quantity.exactly(value, made.unit), origin=origin)
        needed = _open(value, self.rules)
        if needed:
            return Entry(made, period, None, "open_rule", needed.name, needed.query, origin)
        code = value.code if isinstance(value, NotGiven) else ""
        return Entry(made, period, None, _REASONS.get(code, "not_applicable"), origin=origin)


def _filled(row: Mapping[str, str], column: str, named: Mapping[str, Both]) -> dict[Lang, str]:
    zh = row[f"{column}_zh"].format(**{key: both[0] for key, both in named.items()})
    en = row[f"{column}_en"].format(**{key: both[1] for key, both in named.items()})
    return {"zh": zh, "en": en}


def _open(value: Value, rules: Rules) -> Open | None:
    """The open parameter that a figure lacks, with its query."""
    if isinstance(value, Open):
        return value
    if isinstance(value, NotGiven) and value.code == "open":
        found = rules.get(value.about[0])
        return found if isinstance(found, Open) else Open("", value.about[0])
    return None


# -- files, and registers that are not there ---------------------------------------------------


def digests(folder: Path, tables: Sequence[str], rules: Path) -> dict[str, str]:
    """File name → SHA-256 of its bytes: the registers used, and the rules."""
    paths = [path for t in tables if (path := folder / f"{t}.csv").is_file()] + [rules]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def at_hand(folder: Path, tables: Sequence[str]) -> bool:
    """Whether any of the tables lies in the folder of registers."""
    return any((folder / f"{table}.csv").is_file() for table in tables)


def is_kept(dataset: Dataset, section: str) -> bool:
    """Whether the town says that it keeps the registers of a section, so that its report counts on them."""
    return section in dataset.town.get("registers", [])


def without_register(entries: Iterable[Entry]) -> list[Entry]:
    """The figures of a register that is not at hand: all of them missing, for that reason."""
    bare = {"quantity": None, "reason": "no_register", "rule": "", "query": "", "origin": ""}
    return [entry if entry.indicator.formula else replace(entry, **bare) for entry in entries]  # type: ignore[arg-type]
