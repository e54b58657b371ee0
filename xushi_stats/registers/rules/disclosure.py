"""What a town's rules decide about disclosure control."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from xushi_stats.disclosure.table import Rule, Zeros
from xushi_stats.registers.rules.parameter import declared
from xushi_stats.registers.rules.settings import one_of, whole, yes_no

PARAMETERS = declared(
    {
        "disclosure.threshold.households": whole(2, 1000),
        "disclosure.threshold.sensitive": whole(2, 1000),
        "disclosure.zeros": one_of(*get_args(Zeros)),
        "disclosure.complement": yes_no,
        "disclosure.width": whole(0, 10**6),
    }
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
