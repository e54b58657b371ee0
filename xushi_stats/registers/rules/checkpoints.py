"""What a town decides about its checkpoints; None is open."""

from __future__ import annotations

from dataclasses import dataclass

from xushi_stats.registers.rules.parameter import Parameter
from xushi_stats.registers.rules.settings import whole


@dataclass(frozen=True)
class CheckpointRules:
    """A town's settings; None is open.

    Attributes:
        overdue_days: an arrival not released is overdue once more than so many days have passed.
    """

    overdue_days: int | None = None


PARAMETERS: tuple[Parameter[int], ...] = (
    Parameter(
        "checkpoints.overdue_days",
        whole(1, 9999),
        "到达后超过多少天未解除跟踪的为超期",
        "an arrival is overdue if it is not released after so many days",
    ),
)
"""What rules.toml may set: dotted name, reader, what it decides in Chinese and in English."""
