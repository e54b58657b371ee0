"""What a town's rules decide about disclosure control."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from xushi_stats.disclosure.table import Rule, Zeros
from xushi_stats.registers.rules.parameter import Parameter
from xushi_stats.registers.rules.settings import one_of, whole, yes_no

PARAMETERS: tuple[Parameter[Any], ...] = (
    Parameter(
        "disclosure.threshold.households",
        whole(2, 1000),
        "最小户数：公布表中户数（人数）小于此数的单元格不公布；建议 3。",
        "Least count of households (persons) that is printed; smaller ones are hidden. 3 is suggested.",
    ),
    Parameter(
        "disclosure.threshold.sensitive",
        whole(2, 1000),
        "敏感项目的最小户数：健康、残疾、收入等项目小于此数的不公布；建议 10。",
        "The same for sensitive variables (health, disability, income). 10 is suggested.",
    ),
    Parameter(
        "disclosure.zeros",
        one_of(*get_args(Zeros)),
        "零的处理：shown 一律公布；usable 必要时可隐去，以保护其他单元格；hidden 视同小于最小户数。",
        "Zeros: shown, always printed; usable, may be hidden to protect another cell; hidden, count as "
        "below the threshold.",
    ),
    Parameter(
        "disclosure.complement",
        yes_no,
        "合计减去其中一项的余数小于最小户数（如全村或几乎全村同属一类）时，是否也须保护：true 或 false。",
        "Whether a total without one of its parts wants the threshold too (a village all, or nearly all, "
        "of one kind): true or false.",
    ),
    Parameter(
        "disclosure.width",
        whole(0, 10**6),
        "隐去的小数可能取值的上下限至少相差多少；0 即取最小户数。",
        "How far apart the ends of what a hidden small count may be must lie; 0 for the threshold itself.",
    ),
)
"""Name, reader (raises ValueError), and what it decides, for ``rules.toml``."""


def rule(values: Mapping[str, Any]) -> Rule:
    """The rule that a town has set.

    Args:
        values: parameter name → value, as the readers of ``PARAMETERS`` return it.

    >>> rule({"disclosure.threshold.households": 3, "disclosure.threshold.sensitive": 10,
    ...       "disclosure.zeros": "usable", "disclosure.complement": True, "disclosure.width": 0}) == Rule()
    True
    """
    return Rule(
        threshold=values["disclosure.threshold.households"],
        sensitive_threshold=values["disclosure.threshold.sensitive"],
        zeros=values["disclosure.zeros"],
        complement=values["disclosure.complement"],
        width=values["disclosure.width"],
    )
