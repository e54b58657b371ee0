"""Indicators without an id: their name serves, in formulas too, which may name any by its name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from xushi_stats.tables.columns import Row

_NO_PART = re.compile(r"[^a-z_一-鿿]+")


def given(rows: Sequence[Row]) -> dict[str, str]:
    """Give each row that has no id its name as id, and write ids for names in the formulas.

    Returns:
        Name or id → id.
    """
    for row in rows:
        row.cells["id"] = row["id"] or _NO_PART.sub("_", row["name_zh"].lower()).strip("_")
    ids = {row[column]: row["id"] for row in rows for column in ("name_zh", "id") if row[column]}
    write(rows, "formula", ids)
    return ids


def write(rows: Sequence[Row], column: str, ids: Mapping[str, str]) -> None:
    """Write ids for the names in formulas; the longest name that fits is meant.

    >>> row = Row("", 2, {"formula": "share(早稻产量, 粮食产量（吨）)"}, {})
    >>> write([row], "formula", {"粮食产量（吨）": "grain", "产量": "x", "早稻产量": "早稻产量"})
    >>> row["formula"]
    'share(早稻产量, grain)'
    """
    han = [name for name in ids if not name.isascii()]
    names = re.compile("|".join(map(re.escape, sorted(han, key=len, reverse=True))) or "(?!)")
    for row in rows:
        row.cells[column] = names.sub(lambda found: ids[found[0]], row[column])
