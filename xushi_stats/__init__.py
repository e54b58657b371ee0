"""Reproducible annual reports for a Chinese township, with every number traceable.

Importing this package loads nothing else; a name is fetched when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xushi_stats.reporting.report import Report

__all__ = ["Report"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name == "Report":
        from xushi_stats.reporting.report import Report

        return Report
    raise AttributeError(name)
