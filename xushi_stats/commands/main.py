"""The command line: ``xushi-stats build | check | show | list …``; the commands are in ``commands/``.

Exit codes: 0 done, 1 findings in the data, 2 wrong use, 3 a verification was not done in full. Numbers
that differ between two editions are no fault: ``compare`` ends with 0.
"""

from __future__ import annotations

import argparse
import locale
import os
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from pathlib import Path

from xushi_stats.commands import data, persons, project, proofs, revisions, synth
from xushi_stats.commands.options import (
    DONE,
    FINDINGS,
    NOT_DONE,
    USAGE,
    Parser,
    print_faults,
    town_of,
)
from xushi_stats.faults import DataFaults, Lang
from xushi_stats.tables import unwritable
from xushi_stats.tables.visible import VisibleStream

__all__ = ["DONE", "FINDINGS", "NOT_DONE", "USAGE", "main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns:
        The exit code.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # a Chinese message must not fail on LANG=C, nor half a character anywhere
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    options = _parser().parse_args(arguments)
    lang = _message_lang(options)
    try:
        if getattr(options, "town", "") is None:
            options.town = town_of(options.data)
        _recover(options)
        with redirect_stdout(VisibleStream(sys.stdout)):
            code: int = options.run(options, lang)
    except BrokenPipeError:  # the reader of a pipe, such as head, has seen enough
        sys.stderr.close()
        return DONE
    except DataFaults as error:
        print_faults(error.faults, lang)
        return FINDINGS
    except OSError as error:
        name = error.filename if isinstance(error.filename, str) else ""
        print_faults([unwritable(Path(name).name, error)], lang)
        return FINDINGS
    return code


def _recover(options: argparse.Namespace) -> None:
    """Put back what a build that was cut off has left renamed, if a command is to read it."""
    for value in vars(options).values():
        for path in value if isinstance(value, list) else [value]:
            if isinstance(path, Path) and not path.exists():
                from xushi_stats.publishing import place

                place.recover(path)


def _message_lang(options: argparse.Namespace) -> Lang:
    """The language of messages: that of --lang if one is given, else the machine's."""
    asked: list[str] = options.lang or []
    if len(asked) == 1:
        return "zh" if asked[0] == "zh" else "en"
    machine = os.environ.get("LC_ALL") or os.environ.get("LANG") or locale.getlocale()[0] or ""
    return "en" if machine.lower().startswith("en") else "zh"


def _parser() -> Parser:
    parser = Parser(
        prog="xushi-stats",
        description="从数据表到年度数据资料，每个数都可追溯。 / "
        "From tables of figures to an annual report in which every number can be traced.",
        epilog="退出码：0 完成，1 有错或不符，2 用法有误，3 有未做的核验，不能算通过。 / "
        "Exit codes: 0 done, 1 faults or findings, 2 wrong use, 3 something was not verified, no pass.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND", title="命令 / commands")
    for room in (data, persons, project, proofs, revisions, synth):
        room.add(commands)
    return parser
