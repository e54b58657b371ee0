"""What ``data/xushi/datapackage.json`` must say: the tables and columns that are read (Data Package v2)."""

from __future__ import annotations

from typing import Any

from xushi_stats import dataset, observations, periods, records, sources
from xushi_stats.tables import Column


def descriptor(ref_area: str, title: str) -> dict[str, Any]:
    """The Data Package (v2) descriptor of a town's folder, from the columns that are read."""
    tables = {
        "observations": observations.OBSERVATION_COLUMNS,
        "places": sources.PLACE_COLUMNS,
        "queries": dataset.QUERY_COLUMNS,
        "declared": dataset.DECLARED_COLUMNS,
        "breaks": periods.BREAK_COLUMNS,
        **records.RECORD_COLUMNS,
    }
    resources = [
        {
            "name": name,
            "path": f"{name}.csv",
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "schema": {"fields": [_field(column) for column in columns if not column.extra]},
        }
        for name, columns in tables.items()
    ]
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": ref_area,
        "title": title,
        "resources": resources,
    }


def _field(column: Column) -> dict[str, Any]:
    whole = column.name in ("start", "release", "period", "due")
    constraints: dict[str, Any] = {"required": True} if column.required else {}
    if column.choices:
        constraints["enum"] = list(column.choices)
    field: dict[str, Any] = {
        "name": column.name,
        "title": column.header,
        "type": "integer" if whole else "string",
    }
    if column.about:
        field["description"] = column.about
    return field | ({"constraints": constraints} if constraints else {})
