"""What the registers' figures are made with: their words, their origin, and how a result becomes one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from xushi_stats.faults import Lang
from xushi_stats.quantity import Quantity, Unit
from xushi_stats.registers.entries import Entry, indicator
from xushi_stats.registers.reasons import NotGiven
from xushi_stats.registers.rules import Open, Rules

Value = Fraction | int | Open | NotGiven | None
"""What a statistic gives: a number, or why there is none."""
_REASONS = {"not_inspected": "not_inspected", "items_missing": "not_inspected"}
"""Reason of ``reasons`` → reason of the ledger, where it is not just that the figure does not apply."""


@dataclass(frozen=True)
class Words:
    """How a figure is called and what it means.

    Attributes:
        name: in each language; unlike that of any other figure.
        about: its definition.
        unit: unit of measure; ``shown`` is what is printed for it where that differs.
        decimals: places printed.
    """

    name: tuple[str, str]
    about: tuple[str, str]
    unit: Unit
    shown: tuple[str, str] = ("", "")
    decimals: int = 0


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
        name: str,
        words: Words,
        period: str,
        value: Value,
        function: str,
        where: str = "",
        basis: str = "flow",
    ) -> Entry:
        """One figure, for the internal editions.

        Args:
            name: id without the prefix.
            words: its name and definition.
            period: what it is about.
            value: the number, or why there is none.
            function: what was done to the rows, as the origin says it.
            where: which rows; those of the period if left out.
            basis: as ``Indicator.basis``.
        """
        made = indicator(
            f"{self.prefix}.{name}",
            _both(words.name),
            words.unit,
            _both(words.about),
            section=self.section,
            audience="internal",
            basis=basis,
            decimals=words.decimals,
            shown=_both(words.shown),
        )
        filtered = where or f"period={period}"
        origin = f"{_files(self.files)} filter: {filtered} function: {function}"
        if isinstance(value, (Fraction, int)):
            return Entry(made, period, Quantity.exactly(value, words.unit), origin=origin)
        rule = _open(value, self.rules)
        if rule:
            return Entry(made, period, None, "open_rule", rule.name, rule.query, origin)
        code = value.code if isinstance(value, NotGiven) else ""
        return Entry(made, period, None, _REASONS.get(code, "not_applicable"), origin=origin)

    def share(self, name: str, words: Words, period: str, part: str, whole: str) -> Entry:
        """A share of two other figures of the section."""
        made = indicator(
            f"{self.prefix}.{name}",
            _both(words.name),
            Unit("%"),
            _both(words.about),
            section=self.section,
            audience="internal",
            basis="flow",
            formula=f"share({self.prefix}.{part}, {self.prefix}.{whole})",
            decimals=2,
        )
        return Entry(made, period)


def digests(folder: Path, tables: Sequence[str], rules: Path) -> dict[str, str]:
    """File name → SHA-256 of its bytes: the registers used, and the rules."""
    paths = [folder / f"{table}.csv" for table in tables] + [rules]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def _files(files: Mapping[str, str]) -> str:
    return " ".join(f"{name} sha256:{digest}" for name, digest in files.items())


def _open(value: Value, rules: Rules) -> Open | None:
    """The open parameter that a figure lacks, with its query."""
    if isinstance(value, Open):
        return value
    if isinstance(value, NotGiven) and value.code == "open":
        found = rules.get(value.about[0])
        return found if isinstance(found, Open) else Open("", value.about[0])
    return None


def _both(words: tuple[str, str]) -> dict[Lang, str]:
    return {"zh": words[0], "en": words[1]}
