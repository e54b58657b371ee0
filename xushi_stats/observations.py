"""Statements of a town's sources, one a row: what each says of an indicator, as written and as meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from xushi_stats import records
from xushi_stats.catalogue import Catalogue, Indicator
from xushi_stats.faults import DataFaults, Fault, Lang
from xushi_stats.numerals import agreement, entered
from xushi_stats.numerals.agreement import ends, width
from xushi_stats.quantity import Quantity
from xushi_stats.sources import Source
from xushi_stats.tables import Row, choices_of, near, read_columns, read_table
from xushi_stats.words import read_words

OBSERVATION_COLUMNS = read_columns("xushi_stats", "observations")
STATUSES = choices_of(OBSERVATION_COLUMNS, "status")
GRADES = choices_of(OBSERVATION_COLUMNS, "grade")
_PERIOD = re.compile(r"\d{4}(-(0[1-9]|1[0-2]))?(/\d{4}(-(0[1-9]|1[0-2]))?)?", re.ASCII)


STATES: Mapping[str, str] = {
    **dict.fromkeys(("…", "……", "⋯", "⋯⋯", "..."), "below_unit"),
    **dict.fromkeys(("—", "——", "–", "-", "－", "―", "─"), "not_applicable"),
    **dict.fromkeys(("/", "／"), "not_reported"),
    **dict.fromkeys(("#", "＃"), "suppressed"),
}
"""Sign in place of a number → why there is none (a reason of ``ledger.Missing``)."""


SAME = ("同上年", "同去年", "与上年相同", "与去年相同", "无变化")
"""What stands in place of a number that has not changed since the year before."""


@dataclass(frozen=True, kw_only=True)
class Statement:
    """What a source says of an indicator, and where: a number, or why there is none.

    Attributes:
        wording: as the document has it.
        start: 0-based character offset of the wording in the document; -1 where it has none.
        place: sheet and cell of a workbook that is its own source: ``观测值!D7``; else "".
        state: why no number is given: ``below_unit``, ``not_applicable``, ``not_reported`` or
            ``suppressed``; "" where one is.
    """

    indicator: str
    time_period: str
    release: int
    wording: str
    source: str
    start: int
    status: str
    grade: str
    note: str
    row: Row
    state: str = ""
    place: str = ""

    @property
    def at(self) -> str:
        """The address within the source: an offset, or a sheet with its cell."""
        return self.place or str(self.start)


@dataclass(frozen=True, kw_only=True)
class Observation(Statement):
    """A statement of a number.

    Attributes:
        quantity: what the wording means, in the indicator's unit.
    """

    quantity: Quantity


def load(
    folder: Path,
    known: Catalogue,
    sources: Mapping[str, Source],
    targets: Sequence[Row],
    faults: list[Fault],
) -> Iterator[Statement]:
    """The statements of a town, those of a target's own row too; what is wrong is added to ``faults``."""
    places: dict[tuple[str, str], Row] = {}
    said: dict[tuple[str, str, str], list[Statement]] = {}
    found = _read(folder, faults)
    values: dict[tuple[str, str], Quantity] = {}
    filled = [row for row in (*found, *records.stated(targets)) if not _is_open(row)]
    filled.sort(key=lambda row: row["release"] if row["value"] in SAME else "")
    for row in filled:  # those that repeat the year before come last, a year after the other
        observation = _observation(row, known, sources, values, faults)
        place = (row["source"], row["start"])
        if row["start"] and place in places:
            faults.append(row.fault("place_twice", "start", first=places[place].seen_from(row)))
        places.setdefault(place, row)
        if observation is None:
            continue
        key = (observation.indicator, observation.time_period, row["release"])
        others = said.setdefault(key, [])
        for other in others:
            if not agree(other, observation) and not _is_recorded(other, observation):
                first = {"first": other.row.seen_from(row), "other": other.wording}
                faults.append(row.fault("contradiction", "value", **first))
                break
        others.append(observation)
        if isinstance(observation, Observation):
            values.setdefault((observation.indicator, row["release"]), observation.quantity)
        yield observation
    _tell_open([row for row in found if _is_open(row)], known, values, faults)


def _read(folder: Path, faults: list[Fault]) -> list[Row]:
    file = f"{folder.name}/observations.csv"
    path = folder / "observations.csv"
    return read_table(path, file, OBSERVATION_COLUMNS, faults, is_open=_is_open)


def rows(folder: Path, faults: list[Fault]) -> list[Row]:
    """The rows of the table as they stand, those of a template that are still open left out."""
    return [row for row in _read(folder, faults) if not _is_open(row)]


def _is_open(row: Row) -> bool:
    """Whether it is a template's row whose value is still to be filled, or one that is still blank."""
    filled = any(row[c] or c in row.unread for c in ("value", "read_as", "start"))
    blank = row["status"] and row["grade"] and not any(row[c] for c in ("unit", "source", "note"))
    return bool(row["indicator"] or blank) and not filled


def _tell_open(
    rows: Sequence[Row],
    known: Catalogue,
    values: Mapping[tuple[str, str], Quantity],
    faults: list[Fault],
) -> None:
    """Rows without a value, by sheet; those that had one the year before by name."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in (row for row in rows if row["indicator"]):
        if known.find(row["indicator"]) is None:
            hint = known.near(row["indicator"])
            faults.append(row.fault("indicator_unknown", "indicator", near=hint))
        else:
            found.setdefault((row.file, row.sheet), []).append(row)
    for (file, sheet), of_sheet in found.items():
        details, first = {"count": str(len(of_sheet))}, of_sheet[0].number
        lapsed = [one for row in of_sheet if (one := _lapsed(row, known, values))]
        for lang, (words, comma) in _LAPSED.items():
            names = comma.join(one.names[lang] for one in lapsed)
            details[f"lapsed_{lang}"] = words.format(names) if lapsed else ""
        faults.append(Fault("not_filled", file, first, "", "", "warning", details, sheet))


_WORDS = read_words("xushi_stats")["open"]
_LAPSED: Mapping[Lang, tuple[str, str]] = {
    "zh": (_WORDS["zh"]["lapsed"], "、"),
    "en": (_WORDS["en"]["lapsed"], "; "),
}


def _lapsed(
    row: Row, known: Catalogue, values: Mapping[tuple[str, str], Quantity]
) -> Indicator | None:
    """The indicator of a row without a value that had one the year before."""
    indicator, year = known.find(row["indicator"]), row["release"]
    before = str(int(year) - 1) if year.isdecimal() else ""
    had = indicator and (indicator.id, before) in values and (indicator.id, year) not in values
    return indicator if had else None


def _observation(
    row: Row,
    known: Catalogue,
    sources: Mapping[str, Source],
    values: Mapping[tuple[str, str], Quantity],
    faults: list[Fault],
) -> Statement | None:
    before = len(faults)
    indicator = known.find(row["indicator"])
    if row["indicator"] and indicator is None:
        hint = known.near(row["indicator"])
        faults.append(row.fault("indicator_unknown", "indicator", near=hint))
    elif indicator and indicator.formula:
        faults.append(row.fault("indicator_derived", "indicator"))
    if row["time_period"] and not _is_period(row["time_period"]):
        faults.append(row.fault("period", "time_period"))
    if row["release"] and not re.fullmatch(r"[12]\d{3}", row["release"], re.ASCII):
        faults.append(row.fault("release", "release"))
    if row["start"] and not (row.own or re.fullmatch(r"\d{1,9}", row["start"], re.ASCII)):
        faults.append(row.fault("start", "start"))
    if row["source"] and row["source"] not in sources:
        faults.append(row.fault("source_unknown", "source", near=near(row["source"], sources)))
    state = "" if row["read_as"] else STATES.get(row["value"], "")
    if row["value"] in SAME and not row["read_as"]:
        quantity = _same(row, indicator, values, faults) if indicator else None
    else:
        quantity = _quantity(row, indicator, faults) if indicator and not state else None
    is_whole = all(row[c.name] or not c.required for c in OBSERVATION_COLUMNS)
    if len(faults) > before or not is_whole or indicator is None or not (quantity or state):
        return None
    stated = Statement(
        indicator=indicator.id,
        time_period=row["time_period"],
        release=int(row["release"]),
        wording=row["value"] if state else _wording(row),
        source=row["source"],
        start=-1 if row.own else int(row["start"]),
        status=row["status"],
        grade=row["grade"],
        note=row["note"],
        row=row,
        state=state,
        place=row["start"] if row.own else "",
    )
    return Observation(**vars(stated), quantity=quantity) if quantity else stated


def _is_period(written: str) -> bool:
    """Whether it is a year, a month, or two of a kind in order."""
    first, _, last = written.partition("/")
    in_order = not last or (len(first) == len(last) and first <= last)
    return _PERIOD.fullmatch(written) is not None and in_order


def _is_recorded(one: Statement, other: Statement) -> bool:
    """Whether a contradiction is the source's own, as the column 采用 says; two cannot be used both."""
    marks = [one.row["use"], other.row["use"]]
    return any(marks) and marks != ["是", "是"]


def agree(one: Statement, other: Statement) -> bool:
    """Whether two wordings can state one number: 7000余亩 and 7000多亩, 13700余 and 13779."""
    if isinstance(one, Observation) and isinstance(other, Observation):
        return agreement.agree(one.quantity, other.quantity)
    return one.state == other.state


def used(statements: Sequence[Observation]) -> list[Observation]:
    """Those of one figure's statements that state the number used, the nearest wording first.

    That is the one marked as used, else the first not marked as unused; of those that agree with it
    the exact one: 13779 rather than 13700余.
    """
    ranks = {"是": 0, "": 1, "未定": 1, "否": 2}
    first = min(statements, key=lambda said: ranks[said.row["use"]])
    kin = [said for said in statements if agree(first, said)]
    nearest = first
    for said in kin:
        if ends(said.quantity) != ends(nearest.quantity):
            nearest = min(nearest, said, key=lambda one: width(one.quantity))
    return [said for said in kin if ends(said.quantity) == ends(nearest.quantity)]


def contradictions(said: Iterable[Statement]) -> Iterator[tuple[Statement, Statement]]:
    """The first statement of each figure that another contradicts, and that other."""
    by_key: dict[tuple[str, str, int], list[Statement]] = {}
    for one in said:
        by_key.setdefault((one.indicator, one.time_period, one.release), []).append(one)
    for of_figure in by_key.values():
        pairs = ((a, b) for n, a in enumerate(of_figure) for b in of_figure[n + 1 :])
        yield from [pair for pair in pairs if not agree(*pair)][:1]


def _quantity(row: Row, indicator: Indicator, faults: list[Fault]) -> Quantity | None:
    column = "read_as" if row["read_as"] else "value"
    if not row[column] or column in row.unread:
        return None
    try:
        return entered.read(row, column, indicator)
    except DataFaults as found:
        faults.extend(found.faults)
        return None


def _same(
    row: Row,
    indicator: Indicator,
    values: Mapping[tuple[str, str], Quantity],
    faults: list[Fault],
) -> Quantity | None:
    """The number of the year before, where a row says that it has not changed."""
    year = row["release"]
    found = values.get((indicator.id, str(int(year) - 1))) if year.isdecimal() else None
    if found is None:
        faults.append(row.fault("same_as_none", "value"))
    return found


def _wording(row: Row) -> str:
    """What the source says: of a workbook, the number with the unit beside it."""
    value, unit = row["value"], row["unit"]
    return value + unit if row.own and unit not in value and value not in SAME else value
