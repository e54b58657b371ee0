"""What a town settles for its register of households, in ``rules.toml`` under ``households``."""

from __future__ import annotations

from fractions import Fraction

from xushi_stats.registers import written
from xushi_stats.registers.rules.parameter import declared
from xushi_stats.registers.rules.settings import WrongValue, list_of, one_of, whole, yes_no
from xushi_stats.registers.schema import ITEMS, STATUSES


def lines(value: object) -> dict[int, Fraction]:
    """Poverty lines in 元 a person by year, written ``{ 2020 = "4000" }``.

    >>> lines({"2019": "3747", "2020": "4000"})
    {2019: Fraction(3747, 1), 2020: Fraction(4000, 1)}
    """
    wrong = WrongValue(
        '须为年份和金额，如 { 2020 = "4000" }，金额至多两位小数',
        'must be years and amounts such as { 2020 = "4000" }, with two decimals at most',
    )
    if not isinstance(value, dict):
        raise wrong
    try:
        found = {int(year): written.number(str(amount), 2) for year, amount in value.items()}
    except ValueError:
        raise wrong from None
    if any(amount <= 0 or not 1000 <= year <= 9999 for year, amount in found.items()):
        raise wrong
    return found


PARAMETERS = declared(
    {
        "households.revisited": list_of(one_of(*STATUSES)),
        "households.lines": lines,
        "households.more_measures": yes_no,
        "households.dimensions": whole(1, len(ITEMS)),
    }
)
"""Name, reader and what each decides."""
