"""The attached ledger made again: each row as a figure, and what the house writes for its value.

What a row says of a number in words (``shown``, ``cell``, ``interval``) is not believed: it follows from
the observation's wording, or from value, range, decimals and unit, by the same formatter that printed it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from xushi_stats import format
from xushi_stats.audit.differences import Finding
from xushi_stats.catalogue import Catalogue, Indicator
from xushi_stats.editions import LANGS, Edition
from xushi_stats.faults import DataFaults, Lang
from xushi_stats.formula import Formula
from xushi_stats.ledger import Figure, Missing
from xushi_stats.notation import NotationError
from xushi_stats.numerals import entered
from xushi_stats.quantity import Bound, Quantity, Unit, UnitError
from xushi_stats.tables import Row

Cells = Mapping[str, str]
_BOUNDS = re.compile(r"([\[(])([^,]+), ([^,]+)([\])])")
_INFINITE = {"…": 1, "inf": 1, "-inf": -1}


def catalogue(rows: Sequence[Cells]) -> Catalogue:
    """The attached catalogue, without its checks."""
    return Catalogue({row["indicator"]: _indicator(row) for row in rows}, ())


def _indicator(row: Cells) -> Indicator:
    name, counts = re.fullmatch(r"([^(]*)(?:\((.*)\))?", row["unit"], re.DOTALL).groups()  # type: ignore[union-attr]
    unit = Unit("%" if name == "1" else name, counts or "")
    unit.algebra  # noqa: B018  refuses an unknown unit
    return Indicator(
        id=row["indicator"],
        names={lang: row[f"name_{lang}"] for lang in LANGS},
        section=row["section"],
        unit=unit,
        shown={lang: row[f"shown_{lang}"] for lang in LANGS},
        basis=row["basis"],
        formula=Formula(row["formula"]) if row["formula"] else None,
        query=row["count"],
        decimals=None,
        audience=row["audience"],
        definition={lang: row[f"definition_{lang}"] for lang in LANGS},
        assumption={lang: row[f"assumption_{lang}"] for lang in LANGS},
        row=Row("catalogue.csv", 0, dict(row), {}) if row["listed"] == "yes" else None,
        aliases={lang: tuple(filter(None, row[f"aliases_{lang}"].split("；"))) for lang in LANGS},
    )


def figures(ledger: Sequence[Cells], known: Catalogue, said: Sequence[Cells]) -> dict[str, Figure]:
    """Every row of the attached ledger as a figure, by id.

    Args:
        ledger: rows of ``ledger.csv``.
        known: the attached catalogue.
        said: rows of ``observations.csv``.

    Raises:
        KeyError, ValueError: a row is not of our form.
    """
    statements: dict[str, list[Cells]] = {}
    for row in said:
        statements.setdefault(row["id"], []).append(row)
    return {row["id"]: _figure(row, known, statements.get(row["id"], ())) for row in ledger}


def _figure(row: Cells, known: Catalogue, said: Sequence[Cells]) -> Figure:
    own = row["id"].partition("/")[2].rpartition("@")[0]
    indicator = known.indicators[own]
    if row["decimals"]:
        indicator = _with_decimals(indicator, int(row["decimals"]))
    return Figure(
        id=row["id"],
        indicator=indicator,
        period=row["time_period"],
        release=int(row["release"]),
        quantity=None if row["missing"] else _quantity(row, indicator, said),
        missing=Missing(row["missing"]) if row["missing"] else None,  # type: ignore[arg-type]
        origin=row["origin"],
    )


def _with_decimals(indicator: Indicator, decimals: int) -> Indicator:
    return Indicator(**{**vars(indicator), "decimals": decimals})


def _quantity(row: Cells, indicator: Indicator, said: Sequence[Cells]) -> Quantity:
    unit = indicator.unit
    for stated in said:
        try:
            return _worded(stated, indicator)
        except (DataFaults, NotationError, UnitError):
            continue
    scale = 100 if unit.text == "%" else 1
    opening, low, high, closing = _BOUNDS.fullmatch(row["bounds"]).groups()  # type: ignore[union-attr]
    # whether the source states an end is not in the row; the public one lists none that it does not
    said_so = "interval" not in row or row["cell"] != format.NONE
    ends = (
        _bound(low, -1, opening == "[", scale, said_so),
        _bound(high, 1, closing == "]", scale, said_so),
    )
    finite = [Fraction(end.value) for end in ends if isinstance(end.value, Fraction)]
    value = Fraction(row["value"]) * scale if row["value"] else next(iter(finite), Fraction(0))
    return Quantity(value, unit, *ends, tight=row["tight"] != "no")


def _worded(stated: Cells, indicator: Indicator) -> Quantity:
    """What a wording means, read as when it was entered."""
    cells = {"value": stated["wording"], "read_as": stated["read_as"], "unit": ""}
    column = "read_as" if stated["read_as"] else "value"
    return entered.read(Row("observations.csv", 0, cells, {}), column, indicator)


def _bound(written: str, side: int, closed: bool, scale: int, stated: bool) -> Bound:
    if written in _INFINITE:
        return Bound(float("inf") * side * abs(_INFINITE[written]), False, False)
    return Bound(Fraction(written) * scale, closed, stated)


def differing(
    ledger: Sequence[Cells], made: Mapping[str, Figure], lang: Lang, edition: Edition
) -> Iterator[Finding]:
    """Rows whose words for a number are not those that its value has."""
    for row in ledger:
        figure = made[row["id"]]
        texts = {"shown": format.text, "cell": format.cell}
        expected = {column: form(figure, lang, edition) for column, form in texts.items()}
        if "interval" in row:
            ranged = figure.quantity is not None and not figure.is_exact
            expected["interval"] = format.interval(figure, lang) if ranged else ""
        for column, text in expected.items():
            if row[column] != text:
                details = {"figure": figure.id, "column": column, "text": row[column]}
                yield "row_other", {**details, "expected": text}
