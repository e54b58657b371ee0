"""The mark that synthetic registers bear, so that no report passes them off as real ones."""

from __future__ import annotations

import tomllib
from pathlib import Path

MARK = "synth.toml"
REGISTERS = "registers"


def is_marked(town: Path) -> bool:
    """Whether a town's folder says of itself that its registers are synthetic.

    Args:
        town: the folder with ``registers/`` in it.
    """
    return _says_so(town / MARK) or is_marked_within(town / REGISTERS)


def is_marked_within(registers: Path) -> bool:
    """Whether a folder of registers holds the mark itself, as in a project."""
    return _says_so(registers / MARK)


def _says_so(path: Path) -> bool:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8")).get("synthetic") is True
    except (OSError, ValueError, RecursionError):
        return False
