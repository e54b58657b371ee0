"""``build``, ``check``, ``show``, ``list``, ``impact``: from data to report, and a figure explained."""

from __future__ import annotations

import argparse
from pathlib import Path

from xushi_stats.commands.options import DONE, Commands, command, figure_of, print_faults, year_of
from xushi_stats.faults import DataFaults, Lang
from xushi_stats.words import ALL_SECTIONS, EDITIONS, LANGS


def add(commands: Commands) -> None:
    """Add these commands to the parser."""
    build = command(commands, "build", _build, "生成报告 / build the report")
    build.add_argument(
        "--edition", action="append", choices=EDITIONS, help="版本，可重复 / edition; repeatable"
    )
    build.add_argument(
        "--section",
        action="append",
        choices=ALL_SECTIONS,
        help="只生成该部分，可重复 / this section only; repeatable",
    )
    build.add_argument(
        "--out", type=Path, default=Path("outputs"), help="输出文件夹 / folder for the results"
    )
    command(commands, "check", _check, "审核数据，一次列出全部问题 / check the data, all at once")
    show = command(
        commands, "show", _show, "说明一个数的来历 / explain a figure: formula, inputs, places"
    )
    show.add_argument("figure", metavar="FIGURE", help="代码或名称 / id or name")
    command(commands, "list", _list, "列出全部指标数值 / list all figures")
    impact = command(
        commands, "impact", _impact, "列出某个数所影响的数、正文、表、图 / what hangs on a figure"
    )
    impact.add_argument("figure", metavar="FIGURE", help="代码或名称 / id or name")


def _build(options: argparse.Namespace, lang: Lang) -> int:
    from xushi_stats.reporting.build import Order, build

    order = Order(
        data=options.data,
        town=options.town,
        year=year_of(options),
        out=options.out,
        langs=options.lang or LANGS,
        editions=options.edition or EDITIONS,
        sections=options.section or (),
    )
    built = build(order)
    if built.warnings:
        print_faults(built.warnings, lang)
    for file in built.files:
        print(built.folder / file)
    return DONE


def _check(options: argparse.Namespace, lang: Lang) -> int:
    from xushi_stats import changes
    from xushi_stats.audit import revisions, wording
    from xushi_stats.reporting import rows
    from xushi_stats.reporting.report import Report, load

    year = year_of(options)
    log = changes.read(options.data / options.town / changes.FILE)
    _, ledger, faults = load(options.data, options.town, year)
    languages = options.lang or LANGS
    reports = [Report(options.town, year, lang=one, data=options.data) for one in languages]
    for report in reports:
        faults += [fault for fault in report.rehearse() if fault not in faults]
    faults += rows.rounding_faults(ledger)
    if any(fault.severity == "error" for fault in faults):
        raise DataFaults(faults)
    if faults:
        print_faults(faults, lang)
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
    for report in reports:
        print("\n".join(wording.told_apart(report, lang)))
    print(revisions.log_text(log, lang))
    return DONE


def _show(options: argparse.Namespace, lang: Lang) -> int:
    from xushi_stats.explain import tree
    from xushi_stats.reporting.report import load

    dataset, ledger, _ = load(options.data, options.town, year_of(options))
    figure = figure_of(ledger, options.figure)
    print("\n".join(tree(dataset, ledger, figure, lang)))
    return DONE


def _list(options: argparse.Namespace, lang: Lang) -> int:
    from xushi_stats import show
    from xushi_stats.reporting.report import load

    _, ledger, _ = load(options.data, options.town, year_of(options))
    for figure in ledger.figures.values():
        value = show.text(figure, lang, "draft")
        print(f"{figure.id}\t{figure.indicator.names[lang]}\t{value}")
    return DONE


def _impact(options: argparse.Namespace, lang: Lang) -> int:
    from xushi_stats.audit.impact import impact, lines
    from xushi_stats.reporting.report import Report

    year = year_of(options)
    reports = {la: Report(options.town, year, lang=la, data=options.data) for la in LANGS}
    figure = figure_of(reports["zh"].internal, options.figure)
    for line in lines(impact(reports, figure), lang):
        print(line)
    return DONE
