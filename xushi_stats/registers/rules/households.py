"""What a town settles for its register of households, in ``rules.toml`` under ``households``."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from xushi_stats.registers import written
from xushi_stats.registers.rules.parameter import Parameter
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


PARAMETERS: tuple[Parameter[Any], ...] = (
    Parameter(
        "households.revisited",
        list_of(one_of(*STATUSES)),
        '应回访哪些状态的户（以年初状态为准），如 ["已脱贫", "风险消除"]。',
        "Which households are to be visited again, by their status at the start of the year.",
    ),
    Parameter(
        "households.lines",
        lines,
        '各年的人均收入标准线（元），低于该线的计入；如 { 2020 = "4000" }；某年未列的不计算。',
        "Income lines by year in yuan a person, below which a household counts; a year that is not "
        "listed has no such figures.",
    ),
    Parameter(
        "households.more_measures",
        yes_no,
        "是否在内部版另列 Watts、Sen、基尼系数和多维指数：true 或 false；公开版一律不列。",
        "Whether the internal edition has Watts, Sen, Gini and the multidimensional index besides: true "
        "or false; the public edition never has.",
    ),
    Parameter(
        "households.dimensions",
        whole(1, len(ITEMS)),
        "多维指数：至少几项不达标的户计入。",
        "The multidimensional index: how many items must fail for a household to count.",
    ),
)
"""Name, reader and what each decides."""
