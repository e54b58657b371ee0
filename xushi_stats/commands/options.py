"""What all commands share: the parser, the options of most of them, exit codes, and how faults are told."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

from xushi_stats.editions import ALL_SECTIONS, EDITIONS, LANGS
from xushi_stats.faults import DataFaults, Fault, Lang
from xushi_stats.tables.visible import visible
from xushi_stats.words import read_rows

if TYPE_CHECKING:
    from xushi_stats.ledger import Figure, Ledger

DONE, FINDINGS, USAGE, NOT_DONE = 0, 1, 2, 3


class Parser(argparse.ArgumentParser):
    """Wrong use is told in both languages, with exit code 2."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, and end."""
        self.print_usage(sys.stderr)
        print(f"用法有误 / wrong use: {message}", file=sys.stderr)
        raise SystemExit(USAGE)


Commands: TypeAlias = "argparse._SubParsersAction[Parser]"


def add_command(commands: Commands, name: str, run: object = None) -> Parser:
    """A command with its options, as ``options.csv`` declares them.

    A row without an option is the command itself; ``takes`` names the rows that it shares with others,
    of an option it says what kind of value there must be.

    Args:
        commands: what it is added to.
        name: as it is typed; of a command within another both words, such as ``audit source``.
        run: what does it; None for one that has commands of its own.
    """
    table = read_rows("xushi_stats.commands", "options.csv")
    own, *options = (row for row in table if row["command"] == name)
    parser = commands.add_parser(
        name.split()[-1], help=_about(own), description=_about(own), add_help=False
    )
    parser.add_argument("-h", "--help", action="help", help="显示帮助 / show this help")
    if run:
        parser.set_defaults(run=run, parser=parser)
    groups: dict[str, argparse._ArgumentGroup] = {}
    shared = [row for kind in own["takes"].split() for row in table if row["command"] == kind]
    for row in (*shared, *options):
        if row["group"] and row["group"] not in groups:
            groups[row["group"]] = parser.add_mutually_exclusive_group(required=True)
        groups.get(row["group"], parser).add_argument(row["option"], **_meant(row))
    return parser


def _about(row: Mapping[str, str]) -> str:
    return f"{row['about_zh']} / {row['about_en']}"


def _meant(row: Mapping[str, str]) -> dict[str, Any]:
    """What a row of ``options.csv`` asks of argparse."""
    if row["many"] == "flag":
        return {"action": "store_true", "help": _about(row)}
    choices = row["choices"]
    given = {
        "type": _KINDS.get(row["takes"]),
        "default": row["default"] or None,
        "choices": _CHOICES.get(choices, choices.split("|")) if choices else None,
        "metavar": row["shown"] or None,
        "action": "append" if row["many"] == "repeatable" else None,
        "nargs": "+" if row["many"] == "several" else None,
        "required": row["many"] == "required" or None,
    }
    return {key: value for key, value in given.items() if value} | {"help": _about(row)}


def year(written: str) -> int:
    """A year as an option has it: four digits 0 to 9, nothing guessed.

    Raises:
        argparse.ArgumentTypeError: it is written otherwise, such as in full-width digits.

    >>> year("2019")
    2019
    """
    if not re.fullmatch(r"[12][0-9]{3}", written):
        told = "年份写作四位半角数字，如 2019 / write a year in four digits, such as 2019"
        raise argparse.ArgumentTypeError(f"{written!r}: {told}")
    return int(written)


def _amount(written: str) -> str:
    """A quantity such as 100万元, kept as it is written."""
    from xushi_stats import notation

    try:
        notation.parse(written)
    except notation.NotationError as error:
        raise argparse.ArgumentTypeError(f"{written} ? (100万元, 1000人)") from error
    return written


def _count(written: str) -> int:
    if not re.fullmatch(r"\d{1,6}", written, re.ASCII):
        raise argparse.ArgumentTypeError(f"{written} ?")
    return int(written)


_CHOICES = {"langs": LANGS, "editions": EDITIONS, "sections": ALL_SECTIONS}
_KINDS: dict[str, Callable[[str], object]] = {
    **{"path": Path, "int": int, "year": year, "day": date.fromisoformat},
    **{"count": _count, "amount": _amount},
}
"""What an option takes, as ``options.csv`` calls it → what reads it."""


def print_faults(faults: Sequence[Fault], lang: Lang) -> None:
    """Tell faults one a line, those of one file or sheet together, and how many there are.

    Files with errors come first, and in a file what is wrong with it as a whole.
    """
    of_place: dict[tuple[str, str], list[Fault]] = {}
    for fault in DataFaults(faults).faults:
        of_place.setdefault((fault.file, fault.sheet), []).append(fault)
    for place, found in sorted(of_place.items(), key=lambda item: _weight(item[1])):
        grouped = len(found) > 1 and place != ("", "")
        if grouped:
            print(visible(" · ".join(filter(None, place))), file=sys.stderr)
        for fault in found:
            print("  " * grouped + visible(fault.text(lang, within=grouped)), file=sys.stderr)
    wrong = sum(fault.severity == "error" for fault in faults)
    if lang == "zh":
        print(f"共 {wrong} 处错误，{len(faults) - wrong} 处提示。", file=sys.stderr)
    else:
        other = len(faults) - wrong
        print(f"Errors: {wrong}. Warnings: {other}.", file=sys.stderr)


def _weight(faults: Sequence[Fault]) -> tuple[bool, bool]:
    """What stands first: a file with errors, and among these one that is wrong as a whole."""
    wrong = [fault for fault in faults if fault.severity == "error"]
    return not wrong, not any(fault.is_of_the_whole for fault in wrong)


def faults_as_json(faults: Sequence[Fault], lang: Lang) -> str:
    """The same for other programs; the keys are stable."""
    rows = []
    for fault in DataFaults(faults).faults:
        rule, mend = fault.parts(lang)
        row = {key: getattr(fault, key) for key in ("file", "sheet", "cell", "row", "column")}
        row |= {"value": fault.value, "code": fault.code, "severity": fault.severity}
        rows.append(row | {"rule": rule, "mend": mend, "near": fault.details.get("near", "")})
    wrong = sum(fault.severity == "error" for fault in faults)
    told = {"errors": wrong, "warnings": len(rows) - wrong, "faults": rows}
    return json.dumps(told, ensure_ascii=False, indent=2)


def town_of(data: Path) -> str:
    """The town that is meant where none is named: Xushi, or the only one.

    Raises:
        DataFaults: there are several others.
    """
    towns = sorted(path.parent.name for path in data.glob("*/town.toml"))
    if "xushi" in towns or not towns:
        return "xushi"
    if len(towns) > 1:
        raise DataFaults([Fault("which_town", details={"known": ", ".join(towns)})])
    return towns[0]


def year_of(options: argparse.Namespace) -> int:
    """The release asked for, or the newest that the town has; 0 where it has none, as loading tells."""
    if options.year is not None:
        return int(options.year)
    from xushi_stats import dataset

    return dataset.newest_release(options.data, options.town) or 0


def figure_of(ledger: Ledger, name: str) -> Figure:
    """The figure that is called so."""
    figure = ledger.find(name)
    if figure is None:
        hint = ledger.catalogue.near(name)
        raise DataFaults([Fault("figure_unknown", value=name, details={"near": hint})])
    return figure


def day(options: argparse.Namespace) -> str:
    """The day asked for, or today."""
    if not options.date:
        return date.today().isoformat()
    try:
        return date.fromisoformat(options.date).isoformat()
    except ValueError as error:
        raise DataFaults([Fault("day", value=options.date)]) from error
