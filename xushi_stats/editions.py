"""The languages, editions and sections that a report may have."""

from __future__ import annotations

from typing import Literal

from xushi_stats.faults import Lang

Edition = Literal["draft", "internal", "public"]
LANGS: tuple[Lang, ...] = ("zh", "en")
EDITIONS: tuple[Edition, ...] = ("draft", "internal", "public")
SECTIONS = ("review", "targets", "epidemic", "assessment")
"""The sections of a report whose town names none in ``town.toml``; a notebook each."""
ALL_SECTIONS = (*SECTIONS, "villages", "households", "checkpoints")
"""The sections that a town may name."""
