"""What all commands share: the parser, the options of most of them, exit codes, and how faults are told."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypeAlias

from xushi_stats.editions import LANGS
from xushi_stats.faults import DataFaults, Fault, Lang
from xushi_stats.tables.visible import visible

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


def bare_command(commands: Commands, name: str, run: object, about: str) -> Parser:
    """A command that needs no data folder."""
    parser = commands.add_parser(name, help=about, description=about, add_help=False)
    parser.add_argument("-h", "--help", action="help", help="显示帮助 / show this help")
    parser.set_defaults(run=run, parser=parser)
    parser.add_argument(
        "--lang", action="append", choices=LANGS, help="语言，可重复 / language; repeatable"
    )
    return parser


def town_command(commands: Commands, name: str, run: object, about: str) -> Parser:
    """A command on the data of a town."""
    parser = bare_command(commands, name, run, about)
    parser.add_argument(
        "--data", type=Path, default=Path("data"), help="数据文件夹 / data folder (data)"
    )
    parser.add_argument(
        "--town",
        help="镇的文件夹名，默认xushi或唯一的镇 / the town's folder; xushi or the only one",
    )
    return parser


def command(commands: Commands, name: str, run: object, about: str) -> Parser:
    """A command on the data of one release of a town."""
    parser = town_command(commands, name, run, about)
    parser.add_argument(
        "--year", type=year, help="报告年份，默认最近一年 / release; by default the newest"
    )
    return parser


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
