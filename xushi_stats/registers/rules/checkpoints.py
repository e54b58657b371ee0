"""What a town decides about its checkpoints; None is open."""

from __future__ import annotations

from dataclasses import dataclass

from xushi_stats.registers.rules.parameter import declared
from xushi_stats.registers.rules.settings import whole


@dataclass(frozen=True)
class CheckpointRules:
    """A town's settings; None is open.

    Attributes:
        overdue_days: an arrival not released is overdue once more than so many days have passed.
    """

    overdue_days: int | None = None


PARAMETERS = declared({"checkpoints.overdue_days": whole(1, 9999)})
"""What rules.toml may set: dotted name, reader, what it decides in Chinese and in English."""
