"""The command line: ``xushi-stats build | check | show | list …``. Thin; it imports what a command needs.

Exit codes: 0 done, 1 findings in the data, 2 wrong use. Numbers that differ between two editions are no
fault: ``compare`` ends with 0.
"""

from __future__ import annotations

import argparse
import locale
import os
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NoReturn

from xushi_stats.faults import DataFaults, Fault, Lang
from xushi_stats.words import EDITIONS, LANGS, SECTIONS, Edition

if TYPE_CHECKING:
    from xushi_stats.ledger import Figure, Ledger

if TYPE_CHECKING:
    from xushi_stats.audit.verify import Verification

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
    from xushi_stats import changes
    from xushi_stats.audit import revisions
    from xushi_stats.reporting import rows
    from xushi_stats.reporting.report import Report, load

    year = _year(options)
    log = changes.read(options.data / options.town / changes.FILE)
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
    print(revisions.log_text(log, lang))
    return DONE


def _show(options: argparse.Namespace, lang: Lang) -> int:
    from xushi_stats.explain import tree
    from xushi_stats.reporting.report import load

    dataset, ledger, _ = load(options.data, options.town, _year(options))
    figure = _figure(ledger, options.figure)
    print("\n".join(tree(dataset, ledger, figure, lang)))
    return DONE


def _figure(ledger: Ledger, name: str) -> Figure:
    """The figure that is called so."""
    figure = ledger.find(name)
    if figure is None:
        hint = ledger.catalogue.near(name)
        raise DataFaults([Fault("figure_unknown", value=name, details={"near": hint})])
    return figure


def _list(options: argparse.Namespace, lang: Lang) -> int:
    from xushi_stats import show
    from xushi_stats.reporting.report import load

    _, ledger, _ = load(options.data, options.town, _year(options))
    for figure in ledger.figures.values():
        value = show.text(figure, lang, "draft")
        print(f"{figure.id}\t{figure.indicator.names[lang]}\t{value}")
    return DONE


def _verify(options: argparse.Namespace, lang: Lang) -> int:
    from xushi_stats.audit import verify, words

    if options.certificate and (len(options.file) > 1 or options.file[0].is_dir()):
        _parser().error("--certificate: 一次一个PDF / one PDF at a time")
    wrong = 0
    for path in options.file:
        if path.is_dir():
            found = verify.verify_bundle(path, source=options.source, signers=options.signers)
            for made in found:
                print(*verify.brief(made, lang), sep="\n")
                wrong += made.wrong
            continue
        made = verify.verify(path, source=options.source, signers=options.signers)
        print(*verify.lines(made, lang), sep="\n")
        wrong += made.wrong
        if options.certificate:
            _write_certificate(options, made, lang)
    print(words.say("limits", {}, lang))
    return FINDINGS if wrong else DONE


def _write_certificate(options: argparse.Namespace, made: Verification, lang: Lang) -> None:
    from xushi_stats.audit.certificate import certificate
    from xushi_stats.reporting.typeset import TypesetError

    try:
        page = certificate(made, options.date or date.today(), lang)
        options.certificate.write_bytes(page)
    except TypesetError as error:
        raise DataFaults([Fault("layout", details={"why": str(error)})]) from error
    except OSError as error:
        raise DataFaults([Fault("locked", options.certificate.as_posix())]) from error
    print(options.certificate)


def _sign(options: argparse.Namespace, lang: Lang) -> int:
    from xushi_stats.audit import signature, words

    sums = options.bundle / signature.SUMS
    if not sums.is_file():
        raise DataFaults([Fault("file_missing", sums.as_posix())])
    try:
        print(signature.sign(sums, options.key))
    except signature.NoSshKeygen:
        print(words.say("no_ssh_keygen", {}, lang), file=sys.stderr)
        return FINDINGS
    except signature.BadSignature as error:
        details = {"file": error.file, "why": error.why}
        print(words.say("cannot_sign", details, lang), file=sys.stderr)
        return FINDINGS
    return DONE


def _audit_source(options: argparse.Namespace, lang: Lang) -> int:
    from xushi_stats.audit import commands

    audit = commands.audit_source(options.document, options.data, options.town, options.id)
    print("\n".join(commands.summary(audit, lang)))
    if audit.faults:
        _print_faults(audit.faults, lang)
    return FINDINGS if audit.faults else DONE


def _compare(options: argparse.Namespace, lang: Lang) -> int:
    from xushi_stats import changes
    from xushi_stats.audit import editions, revisions
    from xushi_stats.audit.compare import compare

    place = editions.Place(options.town, options.year, options.edition == "public")
    found = compare(*editions.pair(options.old, options.new, place))
    log = changes.read(found.new.log or options.data / found.new.ref_area / changes.FILE)
    files = {}
    if options.notice:
        from xushi_stats.reporting import notice

        edition: Edition = "public" if found.public else options.edition
        files[options.notice] = notice.of(
            found, options.data, log, lang, edition, _day(options), _SORTS.get(options.kind)
        )
    if options.csv:
        files[options.csv] = revisions.as_csv(found, log)
    if options.json:
        files[options.json] = revisions.as_json(found, log)
    for path, content in files.items():
        _write(path, content)
    for line in revisions.lines(found, log, lang):
        print(line)
    return DONE


def _record(options: argparse.Namespace, lang: Lang) -> int:
    from xushi_stats import changes
    from xushi_stats.audit import recording, revisions

    answers = changes.Grounds(
        _day(options), options.by, options.reason, options.basis, options.approver
    )
    place = recording.Where(options.data, options.town, options.year)
    added = recording.record(
        options.old, place, answers, options.figure or [], _SORTS.get(options.kind)
    )
    for line in revisions.recorded(added, lang):
        print(line)
    return DONE


def _impact(options: argparse.Namespace, lang: Lang) -> int:
    from xushi_stats.audit.impact import impact, lines
    from xushi_stats.reporting.report import Report

    year = _year(options)
    reports = {la: Report(options.town, year, lang=la, data=options.data) for la in LANGS}
    figure = _figure(reports["zh"].internal, options.figure)
    for line in lines(impact(reports, figure), lang):
        print(line)
    return DONE


_SORTS: dict[str | None, Literal["更正", "修订"]] = {"correction": "更正", "revision": "修订"}


def _day(options: argparse.Namespace) -> str:
    """The day asked for, or today."""
    if not options.date:
        return date.today().isoformat()
    try:
        return date.fromisoformat(options.date).isoformat()
    except ValueError as error:
        raise DataFaults([Fault("day", value=options.date)]) from error


def _write(path: Path, content: bytes) -> None:
    """A file whole or not at all."""
    new = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new.write_bytes(content)
        os.replace(new, path)
    except OSError as error:  # it is open in another program, or no such file can be made
        new.unlink(missing_ok=True)
        raise DataFaults([Fault("locked", path.as_posix())]) from error


def _audit_report(options: argparse.Namespace, lang: Lang) -> int:
    from xushi_stats.audit import commands

    audit = commands.audit_report(
        options.pdf, options.data, options.town, _year(options),
        lang=(options.lang or [None])[0], edition=options.edition, ledger=options.ledger,
    )  # fmt: skip
    print("\n".join(commands.report_summary(audit, lang)))
    if audit.faults:
        _print_faults(audit.faults, lang)
    return FINDINGS if audit.faults else DONE


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
    impact = _command(
        commands, "impact", _impact, "列出某个数所影响的数、正文、表、图 / what hangs on a figure"
    )
    impact.add_argument("figure", metavar="FIGURE", help="代码或名称 / id or name")
    _compare_options(commands)
    _record_options(commands)
    _add_audit(commands)
    _add_verify(commands)
    _add_sign(commands)
    return parser


_INPUT = "成果文件夹、PDF或数据文件夹 / bundle, PDF or data folder"


def _compare_options(commands: argparse._SubParsersAction[_Parser]) -> None:
    about = (
        "比较两份资料：哪些数变了，为什么；有变动也以0退出 / "
        "compare two editions: which numbers changed, and why; ends with 0 if some did"
    )
    compare = _command(commands, "compare", _compare, about)
    compare.add_argument("old", metavar="OLD", type=Path, help=f"原{_INPUT}, before")
    compare.add_argument("new", metavar="NEW", type=Path, help=f"现{_INPUT}, now")
    compare.add_argument(
        "--edition",
        choices=EDITIONS,
        default="internal",
        help="版本，默认内部版 / edition (internal)",
    )
    files = (("csv", "CSV"), ("json", "JSON"), ("notice", "PDF"))
    whats = ("变动表 / table of changes", "变动表 / changes", "更正或修订说明 / notice to publish")
    for (name, kind), what in zip(files, whats, strict=True):
        compare.add_argument(f"--{name}", metavar="FILE", type=Path, help=f"{what} ({kind})")
    _kind_and_date(compare)


def _record_options(commands: argparse._SubParsersAction[_Parser]) -> None:
    about = "把数据的变动记入修改记录 / add what changed to the change log"
    record = _command(commands, "record", _record, about)
    record.add_argument("old", metavar="OLD", type=Path, help=f"原{_INPUT}, before")
    record.add_argument(
        "--figure",
        metavar="FIGURE",
        action="append",
        help="只记该指标，可重复 / this figure only; repeatable",
    )
    for name, word, what in (
        ("by", "NAME", "操作人 / who does it"),
        ("reason", "TEXT", "修改原因 / why"),
        ("basis", "TEXT", "修改依据 / on what basis"),
        ("approver", "NAME", "批准人 / who approved it"),
    ):
        record.add_argument(f"--{name}", metavar=word, required=True, help=what)
    _kind_and_date(record)


def _kind_and_date(parser: _Parser) -> None:
    parser.add_argument(
        "--kind",
        choices=[kind for kind in _SORTS if kind],
        help="不能由记录或数据性质断定时：更正或修订 / where neither log nor status decides it",
    )
    parser.add_argument("--date", metavar="DATE", help="日期，默认今天 / day, by default today")


def _add_verify(commands: argparse._SubParsersAction[_Parser]) -> None:
    about = "核验成品：只需PDF本身或成果文件夹 / verify a PDF, or a whole bundle, by itself"
    verify = _bare_command(commands, "verify", _verify, about)
    verify.add_argument(
        "file", type=Path, nargs="+", metavar="FILE", help="PDF或成果文件夹 / PDF or bundle"
    )
    verify.add_argument(
        "--source", type=Path, help="来源文件，逐处核对原文 / read the wordings in this document"
    )
    verify.add_argument(
        "--signers", type=Path, help="允许的签名人（OpenSSH） / allowed signers of OpenSSH"
    )
    verify.add_argument(
        "--certificate", type=Path, help="写出数据核验单PDF / write a certificate of one page"
    )
    verify.add_argument(
        "--date",
        type=date.fromisoformat,
        help="核验单的日期，默认今天 / the certificate's date; by default today",
    )


def _add_sign(commands: argparse._SubParsersAction[_Parser]) -> None:
    about = "对成果文件夹的SHA256SUMS签名 / sign a bundle's SHA256SUMS"
    sign = _bare_command(commands, "sign", _sign, about)
    sign.add_argument("bundle", type=Path, metavar="BUNDLE", help="成果文件夹 / the bundle")
    sign.add_argument(
        "--key", type=Path, required=True, help="OpenSSH私钥 / private key of OpenSSH"
    )


def _bare_command(
    commands: argparse._SubParsersAction[_Parser], name: str, run: object, about: str
) -> _Parser:
    parser = commands.add_parser(name, help=about, description=about, add_help=False)
    parser.add_argument("-h", "--help", action="help", help="显示帮助 / show this help")
    parser.set_defaults(run=run)
    parser.add_argument(
        "--lang", action="append", choices=LANGS, help="语言，可重复 / language; repeatable"
    )
    return parser


def _add_audit(commands: argparse._SubParsersAction[_Parser]) -> None:
    about = "核验来源文件或成品 / audit a source document or a finished report"
    audit = commands.add_parser("audit", help=about, description=about, add_help=False)
    audit.add_argument("-h", "--help", action="help", help="显示帮助 / show this help")
    kinds = audit.add_subparsers(required=True, metavar="WHAT", title="核验对象 / what to audit")
    source = _command(
        kinds,
        "source",
        _audit_source,
        "来源文件中的每个数字写法都已登记 / every number of a source is accounted for",
    )
    source.add_argument("document", type=Path, metavar="DOCUMENT", help="UTF-8 文本 / UTF-8 text")
    source.add_argument("--id", help="来源代码，见 sources.csv / its id in sources.csv")
    report = _command(
        kinds,
        "report",
        _audit_report,
        "成品PDF中的每个数都与台账一致 / every number of a finished PDF is the ledger's",
    )
    report.add_argument("pdf", type=Path, metavar="FILE", help="PDF 文件 / PDF file")
    report.add_argument(
        "--edition", choices=EDITIONS, help="版本，默认由页眉判断 / edition; by default by its mark"
    )
    report.add_argument(
        "--ledger", type=Path, help="同一次生成的 ledger.json / ledger.json of its build"
    )


def _command(
    commands: argparse._SubParsersAction[_Parser], name: str, run: object, about: str
) -> _Parser:
    parser = _bare_command(commands, name, run, about)
    parser.add_argument(
        "--data", type=Path, default=Path("data"), help="数据文件夹 / data folder (data)"
    )
    parser.add_argument("--town", default="xushi", help="镇的文件夹名 / the town's folder (xushi)")
    parser.add_argument(
        "--year", type=int, help="报告年份，默认最近一年 / release; by default the newest"
    )
    return parser
