"""The ledger as files: ``ledger.csv`` for people with a spreadsheet, ``ledger.json`` for programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from xushi_stats import format
from xushi_stats.ledger import Ledger
from xushi_stats.reporting.evidence import as_csv, ledger_row

if TYPE_CHECKING:
    import pandas


def write_ledger(folder: Path, ledger: Ledger, digest: str, uses: dict[str, set[str]]) -> None:
    """Write ``ledger.csv`` (with BOM, for Excel) and ``ledger.json``: every figure, internal ones too."""
    figures = [ledger_row(f, uses.get(f.id, ())) for f in ledger.figures.values()]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ledger.csv").write_bytes(as_csv(figures, list(figures[0])))
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

    Exact values are ``Fraction`` objects in the column ``value``, in the unit that the row states: a
    share is a pure number of the unit 1, as in ``ledger.csv``. A missing figure has None.
    """
    import pandas

    rows = [ledger_row(figure, ()) for figure in ledger.figures.values()]
    for row, figure in zip(rows, ledger.figures.values(), strict=True):
        quantity = figure.quantity
        row["value"] = format.pure(quantity.value, quantity.unit) if quantity else None
    return pandas.DataFrame(rows).set_index("id").drop(columns=["used_in"])
