"""Recompute a report's figures from the tables it carries, by this package's own program."""

from __future__ import annotations

from xushi_stats.audit.attached import Carried
from xushi_stats.audit.steps import Step, not_done


def recomputed(carried: Carried) -> Step:
    """Every derived figure, from the attached observations and formulas."""
    return not_done("recompute", ("no_program", {}))


def checked(carried: Carried) -> Step:
    """Every check, on the recomputed figures."""
    return not_done("checks", ("no_program", {}))
