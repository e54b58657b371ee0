"""``build``, ``check``, ``show``, ``list``, ``impact``: from data to report, and a figure explained."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from xushi_stats.commands.options import (
    DONE,
    FINDINGS,
    Commands,
    add_command,
    faults_as_json,
    figure_of,
    print_faults,
    year_of,
)
from xushi_stats.editions import EDITIONS
from xushi_stats.faults import DataFaults, Fault, Lang, errors
from xushi_stats.tables import languages, write_whole

if TYPE_CHECKING:
    from xushi_stats.publishing.build import Order
    from xushi_stats.reporting.context import Context


def add(commands: Commands) -> None:
    """Add these commands to the parser."""
    add_command(commands, "build", _build)
    add_command(commands, "check", _check)
    add_command(commands, "show", _show)
    add_command(commands, "list", _list)
    add_command(commands, "impact", _impact)


def _build(options: argparse.Namespace, lang: Lang) -> int:
    from xushi_stats.publishing.build import Order, build
    from xushi_stats.publishing.progress import Progress

    lost = [] if options.edition else _undefined(options)
    order = Order(
        data=options.data,
        town=options.town,
        year=year_of(options),
        out=options.out,
        langs=options.lang or languages.of(options.data / options.town),
        editions=options.edition or EDITIONS[: -1 if lost else None],
        sections=options.section or (),
    )
    with Progress({"zh": "已生成", "en": "built"}[lang]) as progress:
        progress.note({"zh": "审核数据…", "en": "checking the data…"}[lang])
        built = build(order, progress)
    warnings = (*built.warnings, *(replace(fault, severity="warning") for fault in lost))
    if warnings:
        print_faults(warnings, lang)
    many = len(built.files)
    found = {
        "zh": f"共 {many} 个文件，在下面的文件夹中；先看其中的 PDF：",
        "en": f"{many} files are in this folder; begin with the PDF:",
    }
    print(found[lang], file=sys.stderr)
    print(built.folder, built.folder / _main(order, lang), sep="\n")
    return DONE


def _undefined(options: argparse.Namespace) -> list[Fault]:
    """What stands in the way of the public edition, where none is asked for: then it is not built."""
    from xushi_stats.reporting import printed
    from xushi_stats.reporting.context import Context

    try:
        return printed.undefined(Context(options.town, year_of(options), data=options.data))
    except DataFaults:
        return []  # the build will tell


def _main(order: Order, lang: Lang) -> str:
    """The PDF to open first: in the reader's language, for the public, and whole, if there is one."""

    def apart(name: str) -> tuple[bool, bool]:
        its_lang, edition, _ = name.split("/")
        return its_lang != lang, edition != "public"

    return min(order.documents, key=apart)


def _check(options: argparse.Namespace, lang: Lang) -> int:
    from xushi_stats.tables import annotation

    try:
        faults, lines = _checked(options, lang)
    except DataFaults as error:
        faults, lines = DataFaults([*error.faults, *_besides(error, options)]).faults, []
    if options.report:
        from xushi_stats.commands import problem_report

        write_whole(options.report, problem_report.text(faults))
    copies = annotation.write(options.data, faults, options.marked, lang) if options.marked else []
    if options.json:
        print(faults_as_json(faults, lang))
    elif faults:
        print_faults(faults, lang)
    if not options.json:
        print(*lines, *copies, sep="\n", end="\n" if lines or copies else "")
    return FINDINGS if errors(faults) else DONE


def _checked(options: argparse.Namespace, lang: Lang) -> tuple[list[Fault], list[str]]:
    """What is wrong or worth a look, and what the check has to say of data in order."""
    from xushi_stats.checks import plausibility, preflight, wording
    from xushi_stats.reporting import change_log, printed, rounding, sections
    from xushi_stats.reporting.context import Context

    year = year_of(options)
    log = change_log.read(options.data / options.town / change_log.FILE)
    loaded = Context(options.town, year, data=options.data)
    ledger = loaded.internal
    faults = [*loaded.faults, *plausibility.warnings(loaded.dataset, ledger)]
    langs = languages.of(options.data / options.town)
    reports = loaded.in_languages(options.lang or langs)
    for report in reports:
        faults += [fault for fault in preflight.rehearse(report) if fault not in faults]
    faults += [*rounding.rounding_faults(ledger), *sections.refused(loaded.dataset, year)]
    faults += printed.undefined(loaded) if options.edition == "public" else []
    if errors(faults):
        return faults, []
    lines = [_in_order(loaded, year, lang)]
    undecided = (result.check for result in loaded.checked() if result.verdict == "undecided")
    lines += [f"  ? {check.id}: {check.names[lang]}" for check in undecided]
    for report in reports:
        lines += wording.told_apart(report, lang)
        lines += [f"  {line}" for line in printed.told(report, lang) if f"  {line}" not in lines]
    return faults, [*lines, change_log.told(log, lang)]


_OF_TEXTS = (
    *("placeholder", "digit_in_text", "number_in_words", "formula_unit"),
    *("exhibit_", "text_named", "text_unused", "notebook", "name_open"),
)
"""Starts of the codes of faults that do not come of numbers that are wrong or absent."""


def _besides(error: DataFaults, options: argparse.Namespace) -> list[Fault]:
    """What else is wrong, where the rows that are stated have faults: prose, tables, charts, units."""
    from xushi_stats.checks import preflight
    from xushi_stats.dataset import WrongData
    from xushi_stats.reporting.context import Context

    rest = error.rest if isinstance(error, WrongData) else None
    years = rest.releases if rest else []
    year = options.year or (years[-1] if years else None)
    if rest is None or year not in years:
        return []
    report = Context.of_rest(rest, int(year), options.data)
    found = list(report.faults)
    others = [fault for fault in errors(found) if fault.code not in (*_OF_TEXTS, "check_fails")]
    if others:  # of registers and their rules: without their figures no text can be judged
        return others
    for one in report.in_languages(options.lang or languages.of(rest.folder)):
        found += [fault for fault in preflight.rehearse(one) if fault not in found]
    return [fault for fault in found if fault.code.startswith(_OF_TEXTS)]


def _in_order(report: Context, year: int, lang: Lang) -> str:
    """How many figures there are, and how many checks hold."""
    verdicts = [result.verdict for result in report.checked()]
    holds, undecided = verdicts.count("holds"), verdicts.count("undecided")
    figures = [f for f in report.internal.figures.values() if f.quantity and f.release == year]
    observed = sum(figure.is_observed for figure in figures)
    derived = len(figures) - observed
    if lang == "zh":
        return (
            f"数据可用：{observed} 个观测数，{derived} 个派生数；"
            f"审核 {holds} 项通过，{undecided} 项不能判定。"
        )
    return (
        f"The data are in order: {observed} observed and {derived} derived figures; "
        f"{holds} checks hold, {undecided} cannot be decided."
    )


def _show(options: argparse.Namespace, lang: Lang) -> int:
    from xushi_stats.commands.explanation import tree
    from xushi_stats.reporting.context import load

    dataset, ledger, _ = load(options.data, options.town, year_of(options))
    figure = figure_of(ledger, options.figure)
    print("\n".join(tree(dataset, ledger, figure, lang)))
    return DONE


def _list(options: argparse.Namespace, lang: Lang) -> int:
    from xushi_stats import format
    from xushi_stats.reporting.context import load

    _, ledger, _ = load(options.data, options.town, year_of(options))
    for figure in ledger.figures.values():
        value = format.text(figure, lang, "draft")
        print(f"{figure.id}\t{figure.indicator.names[lang]}\t{value}")
    return DONE


def _impact(options: argparse.Namespace, lang: Lang) -> int:
    from xushi_stats.audit.impact import impact, lines
    from xushi_stats.reporting.report import Report

    year = year_of(options)
    loaded = Report(options.town, year, data=options.data.absolute())
    langs = languages.of(options.data / options.town)
    reports = dict(zip(langs, loaded.in_languages(langs), strict=True))
    figure = figure_of(loaded.internal, options.figure)
    for line in lines(impact(reports, figure), lang):
        print(line)
    return DONE
