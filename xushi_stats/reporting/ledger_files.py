"""The ledger as files: ``ledger.csv`` for people with a spreadsheet, ``ledger.json`` for programs."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xushi_stats import show
from xushi_stats.ledger import Figure, Ledger
from xushi_stats.quantity import Quantity

if TYPE_CHECKING:
    import pandas


def write_ledger(folder: Path, ledger: Ledger, digest: str, uses: dict[str, set[str]]) -> None:
    """Write ``ledger.csv`` (with BOM, for Excel) and ``ledger.json``: every figure, internal ones too."""
    figures = [_ledger_row(f, sorted(uses.get(f.id, ()))) for f in ledger.figures.values()]
    table = io.StringIO(newline="")
    writer = csv.DictWriter(table, fieldnames=list(figures[0]), lineterminator="\n")
    writer.writeheader()
    for row in figures:
        writer.writerow({k: "；".join(v) if isinstance(v, list) else v for k, v in row.items()})
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ledger.csv").write_bytes(b"\xef\xbb\xbf" + table.getvalue().encode())
    content = {
        "format": 1,
        "ref_area": ledger.ref_area,
        "release": ledger.release,
        "data_sha256": digest,
        "figures": figures,
    }
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    (folder / "ledger.json").write_bytes(text.encode())


def frame(ledger: Ledger) -> pandas.DataFrame:
    """The ledger as a data frame for an analyst's own questions, indexed by full id.

    Exact values are ``Fraction`` objects in the column ``value``; a missing figure has None.
    """
    import pandas

    rows = [_ledger_row(figure, []) for figure in ledger.figures.values()]
    for row, figure in zip(rows, ledger.figures.values(), strict=True):
        row["value"] = figure.quantity.value if figure.quantity else None
    return pandas.DataFrame(rows).set_index("id").drop(columns=["used_in"])


def _ledger_row(figure: Figure, uses: list[str]) -> dict[str, Any]:
    quantity, indicator = figure.quantity, figure.indicator
    return {
        "id": figure.id,
        "name_zh": indicator.names["zh"],
        "name_en": indicator.names["en"],
        "kind": "observed" if figure.is_observed else "derived",
        "audience": indicator.audience,
        "time_period": figure.period,
        "release": str(figure.release),
        "value": show.exact(figure) if quantity else "",
        "bounds": _bounds(quantity) if quantity else "",
        "exact": ("yes" if figure.is_exact else "no") if quantity else "",
        "tight": ("yes" if quantity.tight else "no") if quantity else "",
        "unit": "1" if indicator.unit.text == "%" else str(indicator.unit),
        "basis": indicator.basis,
        "shown_zh": show.text(figure, "zh", "draft"),
        "shown_en": show.text(figure, "en", "draft"),
        "missing": figure.missing.reason if figure.missing else "",
        "formula": indicator.formula.text if indicator.formula else "",
        "inputs": list(figure.missing.inputs if figure.missing else figure.inputs),
        "origin": figure.origin,
        "statements": [f"{s.source}@{s.start} {s.wording}" for s in figure.statements],
        "status": sorted({s.status for s in figure.statements}),
        "grade": sorted({s.grade for s in figure.statements}),
        "assumption": indicator.assumption["zh"],
        "queries": [q.id for q in figure.queries],
        "used_in": uses,
    }


def _bounds(quantity: Quantity) -> str:
    """An interval in the usual signs: ``[398, 398]``, ``(7000, 8000)``, ``[2000, inf)``."""
    low, high = (show.pure(b.value, quantity.unit) for b in (quantity.low, quantity.high))
    opening = "[" if quantity.low.closed else "("
    closing = "]" if quantity.high.closed else ")"
    return f"{opening}{low}, {high}{closing}"
