"""Indicators without an id: their name serves, in formulas too, which may name any by its name."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from xushi_stats.tables.columns import Row

_NO_PART = re.compile(r"[^a-z_一-鿿]+")


def of_name(name: str) -> str:
    """The id that a name makes.

    >>> of_name("茶叶产量（干毛茶）")
    '茶叶产量_干毛茶'
    """
    return _NO_PART.sub("_", name.lower()).strip("_")


def given(rows: Sequence[Row]) -> Callable[[str], str]:
    """Give each row that has no id that of its name.

    Returns:
        What writes ids for the names in a formula; the longest name that fits is meant.

    >>> rows = [Row("", 2, {"id": i, "name_zh": n}, {}) for i, n in (("grain", "产量"), ("", "早稻产量"))]
    >>> given(rows)("share(早稻产量, 产量)")
    'share(早稻产量, grain)'
    """
    for row in rows:
        row.cells["id"] = row["id"] or of_name(row["name_zh"])
    ids = {row[column]: row["id"] for row in rows for column in ("name_zh", "id") if row[column]}
    han = [name for name in ids if not name.isascii()]
    names = re.compile("|".join(map(re.escape, sorted(han, key=len, reverse=True))) or "(?!)")
    return lambda formula: names.sub(lambda found: ids[found[0]], formula)
