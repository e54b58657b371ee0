"""The command line: ``xushi-stats build | check | show | list | sample``.

Thin; it imports what a command needs.

Exit codes: 0 done, 1 findings in the data, 2 wrong use.
"""

from __future__ import annotations

import argparse
import locale
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from xushi_stats.faults import DataFaults, Fault, Lang
from xushi_stats.words import EDITIONS, LANGS, SECTIONS

DONE, FINDINGS, USAGE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns:
        The exit code.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")  # a Chinese message must not fail on LANG=C
    options = _parser().parse_args(arguments)
    lang = _message_lang(options)
    try:
        code: int = options.run(options, lang)
    except BrokenPipeError:  # the reader of a pipe, such as head, has seen enough
        sys.stderr.close()
        return DONE
    except DataFaults as error:
        _print_faults(error.faults, lang)
        return FINDINGS
    return code


def _message_lang(options: argparse.Namespace) -> Lang:
    """The language of messages: that of --lang if one is given, else the machine's."""
    asked: list[str] = options.lang or []
    if len(asked) == 1:
        return "zh" if asked[0] == "zh" else "en"
    machine = os.environ.get("LC_ALL") or os.environ.get("LANG") or locale.getlocale()[0] or ""
    return "en" if machine.lower().startswith("en") else "zh"


def _print_faults(faults: Sequence[Fault], lang: Lang) -> None:
    for fault in faults:
        print(fault.text(lang), file=sys.stderr)
    wrong = sum(fault.severity == "error" for fault in faults)
    if lang == "zh":
        print(f"共 {wrong} 处错误，{len(faults) - wrong} 处提示。", file=sys.stderr)
    else:
        other = len(faults) - wrong
        print(f"Errors: {wrong}. Warnings: {other}.", file=sys.stderr)


# -- commands ----------------------------------------------------------------------------------


def _build(options: argparse.Namespace, lang: Lang) -> int:
    from xushi_stats.reporting.build import Order, build

    order = Order(
        data=options.data,
        town=options.town,
        year=_year(options),
        out=options.out,
        langs=options.lang or LANGS,
        editions=options.edition or EDITIONS,
        sections=options.section or SECTIONS,
    )
    built = build(order)
    if built.warnings:
        _print_faults(built.warnings, lang)
    for file in built.files:
        print(built.folder / file)
    return DONE


def _check(options: argparse.Namespace, lang: Lang) -> int:
    from xushi_stats.reporting import rows
    from xushi_stats.reporting.report import Report, load

    year = _year(options)
    _, ledger, faults = load(options.data, options.town, year)
    for language in options.lang or LANGS:
        report = Report(options.town, year, lang=language, data=options.data)
        faults += [fault for fault in report.rehearse() if fault not in faults]
    faults += rows.rounding_faults(ledger)
    if any(fault.severity == "error" for fault in faults):
        raise DataFaults(faults)
    if faults:
        _print_faults(faults, lang)
    results = ledger.check()
    holds = sum(result.verdict == "holds" for result in results)
    open_checks = [result.check for result in results if result.verdict == "undecided"]
    figures = [f for f in ledger.figures.values() if f.quantity and f.release == year]
    observed = sum(figure.is_observed for figure in figures)
    derived = len(figures) - observed
    if lang == "zh":
        print(
            f"数据可用：{observed} 个观测数，{derived} 个派生数；"
            f"审核 {holds} 项通过，{len(open_checks)} 项不能判定。"
        )
    else:
        print(
            f"The data are in order: {observed} observed and {derived} derived figures; "
            f"{holds} checks hold, {len(open_checks)} cannot be decided."
        )
    for check in open_checks:
        print(f"  ? {check.id}: {check.names[lang]}")
    return DONE


def _show(options: argparse.Namespace, lang: Lang) -> int:
    from xushi_stats.explain import tree
    from xushi_stats.reporting.report import load

    dataset, ledger, _ = load(options.data, options.town, _year(options))
    figure = ledger.find(options.figure)
    if figure is None:
        hint = dataset.catalogue.near(options.figure)
        raise DataFaults([Fault("figure_unknown", value=options.figure, details={"near": hint})])
    print("\n".join(tree(dataset, ledger, figure, lang)))
    return DONE


def _list(options: argparse.Namespace, lang: Lang) -> int:
    from xushi_stats import show
    from xushi_stats.reporting.report import load

    _, ledger, _ = load(options.data, options.town, _year(options))
    for figure in ledger.figures.values():
        value = show.text(figure, lang, "draft")
        print(f"{figure.id}\t{figure.indicator.names[lang]}\t{value}")
    return DONE


def _sample(options: argparse.Namespace, lang: Lang) -> int:
    from xushi_stats.reporting.report import load

    dataset, ledger, _ = load(options.data, options.town, _year(options))
    if options.read is not None:
        from xushi_stats.audit import inspection

        result = inspection.read(options.read, ledger)
        print("\n".join(inspection.told(result, lang)))
        return FINDINGS if result.wrong else DONE
    from xushi_stats.audit import sample

    plan = sample.Plan(options.seed, options.n, tuple(options.above or ()))
    sample.write(options.out, sample.workbook(dataset, ledger, plan))
    print(options.out)
    return DONE


def _threshold(written: str) -> str:
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


def _year(options: argparse.Namespace) -> int:
    """The release asked for, or the newest that the town has."""
    if options.year is not None:
        return int(options.year)
    from xushi_stats import dataset

    releases = dataset.load(options.data, options.town).releases
    if not releases:
        raise DataFaults([Fault("nothing", details={"release": "?", "known": "—"})])
    return releases[-1]


# -- options -----------------------------------------------------------------------------------


class _Parser(argparse.ArgumentParser):
    """Wrong use is told in both languages, with exit code 2."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        print(f"用法有误 / wrong use: {message}", file=sys.stderr)
        raise SystemExit(USAGE)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="xushi-stats",
        description="从数据表到年度数据资料，每个数都可追溯。 / "
        "From tables of figures to an annual report in which every number can be traced.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND", title="命令 / commands")
    build = _command(commands, "build", _build, "生成报告 / build the report")
    build.add_argument(
        "--edition", action="append", choices=EDITIONS, help="版本，可重复 / edition; repeatable"
    )
    build.add_argument(
        "--section",
        action="append",
        choices=SECTIONS,
        help="只生成该部分，可重复 / this section only; repeatable",
    )
    build.add_argument(
        "--out", type=Path, default=Path("outputs"), help="输出文件夹 / folder for the results"
    )
    _command(commands, "check", _check, "审核数据，一次列出全部问题 / check the data, all at once")
    show = _command(
        commands, "show", _show, "说明一个数的来历 / explain a figure: formula, inputs, places"
    )
    show.add_argument("figure", metavar="FIGURE", help="代码或名称 / id or name")
    _command(commands, "list", _list, "列出全部指标数值 / list all figures")
    _add_sample(commands)
    return parser


def _add_sample(commands: argparse._SubParsersAction[_Parser]) -> None:
    sample = _command(
        commands,
        "sample",
        _sample,
        "抽查：抽取，或读回填好的抽查表 / draw a sample, or read it back",
    )
    what = sample.add_mutually_exclusive_group(required=True)
    what.add_argument("--seed", help="抽取的种子，任意文字 / seed of the draw, any text")
    what.add_argument(
        "--read", type=Path, metavar="FILE", help="读回填好的抽查表 / read a filled sheet"
    )
    sample.add_argument(
        "--n", type=_count, default=30, help="随机抽取的个数 / how many at random (30)"
    )
    sample.add_argument(
        "--above",
        type=_threshold,
        action="append",
        help="超过该数的全查，如100万元，可重复 / all above it too; repeatable",
    )
    sample.add_argument(
        "--out",
        type=Path,
        default=Path("抽查表.xlsx"),
        help="抽查表的文件名 / name of the file",
    )


def _command(
    commands: argparse._SubParsersAction[_Parser], name: str, run: object, about: str
) -> _Parser:
    parser = commands.add_parser(name, help=about, description=about, add_help=False)
    parser.add_argument("-h", "--help", action="help", help="显示帮助 / show this help")
    parser.set_defaults(run=run)
    parser.add_argument(
        "--data", type=Path, default=Path("data"), help="数据文件夹 / data folder (data)"
    )
    parser.add_argument("--town", default="xushi", help="镇的文件夹名 / the town's folder (xushi)")
    parser.add_argument(
        "--year", type=int, help="报告年份，默认最近一年 / release; by default the newest"
    )
    parser.add_argument(
        "--lang", action="append", choices=LANGS, help="语言，可重复 / language; repeatable"
    )
    return parser
