"""What a town's rules leave open, as named parameters in one file: ``data/<town>/rules.toml``.

Each parameter is set, or stands open with the query that asks for it: ``"open:grades.unnamed"``. There
is no silent default: a missing key, an unknown key and a wrong value are faults, and what needs an open
parameter is not computed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from xushi_stats.faults import Fault
from xushi_stats.registers.rules.settings import WrongValue
from xushi_stats.tables import near
from xushi_stats.tables.toml_text import read_toml
from xushi_stats.words import read_rows

T = TypeVar("T")
OPEN = "open:"


@dataclass(frozen=True)
class Parameter(Generic[T]):
    """A rule that the town has to settle.

    Attributes:
        name: dotted, such as ``assessment.grades.method``.
        read: validates the value in the TOML file; raises ValueError if it is none.
        about_zh, about_en: what it decides and what it may be.
    """

    name: str
    read: Callable[[object], T]
    about_zh: str
    about_en: str


@dataclass(frozen=True)
class Open:
    """A parameter that is not set.

    Attributes:
        query: id of the query that asks for it.
        name: the parameter's name.
    """

    query: str
    name: str = ""


def declared(readers: Mapping[str, Callable[[object], Any]]) -> tuple[Parameter[Any], ...]:
    """Parameters by name and reader; what each decides stands in ``parameters.csv``."""
    rows = read_rows("xushi_stats.registers.rules", "parameters.csv")
    about = {row["parameter"]: (row["about_zh"], row["about_en"]) for row in rows}
    return tuple(Parameter(name, read, *about[name]) for name, read in readers.items())


class OpenParameter(LookupError):
    """What was asked for needs a parameter that is open."""

    def __init__(self, name: str, query: str) -> None:
        self.name, self.query = name, query
        super().__init__(name, query)

    @property
    def open(self) -> Open:
        """The parameter, as a result."""
        return Open(self.query, self.name)


class Rules(Mapping[str, Any]):
    """A town's parameters, each with its value or open."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = dict(values)

    def __getitem__(self, name: str) -> Any:
        """The value, or ``Open``.

        Raises:
            KeyError: there is no such parameter, or its value was a fault.
        """
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def value(self, name: str) -> Any:
        """The value.

        Raises:
            OpenParameter: it is open.
            KeyError: there is no such parameter.
        """
        found = self._values[name]
        if isinstance(found, Open):
            raise OpenParameter(name, found.query)
        return found

    def open(self) -> list[tuple[str, str]]:
        """The open parameters, each with its query."""
        return [(name, v.query) for name, v in self._values.items() if isinstance(v, Open)]


def settle(compute: Callable[[], T]) -> T | Open:
    """The result, or the open parameter that it needs."""
    try:
        return compute()
    except OpenParameter as needed:
        return needed.open


# -- the file --------------------------------------------------------------------------------------


def load(
    path: Path,
    parameters: Sequence[Parameter[Any]],
    queries: Collection[str],
    faults: list[Fault],
    file: str = "",
) -> Rules:
    """Read a town's rules; what is wrong with them is added to ``faults``.

    Args:
        path: the file, ``data/<town>/rules.toml``.
        parameters: those of all parts, in the order of a list of what is open.
        queries: the ids in the town's ``queries.csv``.
        faults: receives the faults.
        file: the file's name for people; the path's last two parts if left out.

    Returns:
        The parameters that could be read; one with a fault is not among them.
    """
    file = file or "/".join(path.parts[-2:])
    known = {parameter.name: parameter for parameter in parameters}
    written = dict(_flat(read_toml(path, file, faults), known))
    for key in (key for key in written if key not in known):
        faults.append(Fault("rule_unknown", file, details={"key": key, "near": near(key, known)}))
    values = {}
    for name, parameter in known.items():
        if name not in written:
            faults.append(Fault("rule_missing", file, details={"key": name}))
            continue
        try:
            values[name] = _read(parameter, written[name], queries)
        except ValueError as error:
            faults.append(_wrong(file, name, written[name], error))
    return Rules(values)


def _flat(
    table: Mapping[str, object], known: Collection[str], above: str = ""
) -> Iterator[tuple[str, object]]:
    """Dotted name and value; a table is a value where a parameter has its name."""
    for key, value in table.items():
        name = f"{above}{key}"
        if isinstance(value, dict) and name not in known and value:
            yield from _flat(value, known, f"{name}.")
        else:
            yield name, value


def _read(parameter: Parameter[T], value: object, queries: Collection[str]) -> T | Open:
    if not (isinstance(value, str) and value.partition(":")[0] == "open"):
        return parameter.read(value)
    query = value.removeprefix(OPEN)
    if query in queries:
        return Open(query, parameter.name)
    offered = near(query, queries)
    zh, en = (f"，是否为“{offered}”", f"; did you mean '{offered}'?") if offered else ("", "")
    raise WrongValue(f"queries.csv 中没有该待核实事项{zh}", f"must name a query of queries.csv{en}")


def _wrong(file: str, name: str, value: object, error: ValueError) -> Fault:
    zh, en = (error.zh, error.en) if isinstance(error, WrongValue) else (str(error), str(error))
    details = {"key": name, "why_zh": zh, "why_en": en}
    return Fault("rule_value", file, value=_shown(value), details=details)


def _shown(value: object) -> str:
    """A TOML value on one line, for a message."""
    if isinstance(value, bool):
        return str(value).lower()
    return re.sub(r"\s+", " ", value if isinstance(value, str) else repr(value))[:60]
