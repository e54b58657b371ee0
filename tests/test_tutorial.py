"""The tutorial, step by step: what it tells a reader to do is done, and prints what it shows."""

from __future__ import annotations

import contextlib
import io
import os
from pathlib import Path

import pytest
from tutorial import Addition, Command, Filling, fill, matches, steps

from xushi_stats import cli

DOCS = Path(__file__).resolve().parent.parent / "docs"


def run(words: tuple[str, ...]) -> str:
    """What a command prints, on either stream."""
    if words[0] == "cd":
        os.chdir(words[1])
        return ""
    assert words[0] == "xushi-stats", words
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        cli.main(words[1:])
    return printed.getvalue()
