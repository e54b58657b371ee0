"""``audit``, ``verify``, ``sign``, ``sample``: source, finished report and bundle held to account."""

from __future__ import annotations

import argparse
import re
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from xushi_stats.commands.options import (
    DONE,
    FINDINGS,
    NOT_DONE,
    Commands,
    bare_command,
    command,
    print_faults,
    year_of,
)
from xushi_stats.editions import EDITIONS
from xushi_stats.faults import DataFaults, Fault, Lang
from xushi_stats.tables import write_whole

if TYPE_CHECKING:
    from xushi_stats.audit.verify import Verification


def add(commands: Commands) -> None:
    """Add these commands to the parser."""
    _add_audit(commands)
    _add_verify(commands)
    _add_sign(commands)
    _add_sample(commands)


def _add_audit(commands: Commands) -> None:
    about = "核验来源文件或成品 / audit a source document or a finished report"
    audit = commands.add_parser("audit", help=about, description=about, add_help=False)
    audit.add_argument("-h", "--help", action="help", help="显示帮助 / show this help")
    kinds = audit.add_subparsers(required=True, metavar="WHAT", title="核验对象 / what to audit")
    source = command(
        kinds,
        "source",
        _audit_source,
        "来源文件中的每个数字写法都已登记 / every number of a source is accounted for",
    )
    source.add_argument("document", type=Path, metavar="DOCUMENT", help="UTF-8 文本 / UTF-8 text")
    source.add_argument("--id", help="来源代码，见 sources.csv / its id in sources.csv")
    report = command(
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
    registers = command(
        kinds,
        "registers",
        _audit_registers,
        "由登记表另行复算台账中的汇总数 / count a ledger's register figures again",
    )
    registers.add_argument("bundle", type=Path, metavar="BUNDLE", help="成果文件夹 / the bundle")
    registers.add_argument(
        "--registers", type=Path, required=True, help="登记表文件夹 / folder of the registers"
    )


def _add_verify(commands: Commands) -> None:
    about = "核验成品：只需PDF本身或成果文件夹 / verify a PDF, or a whole bundle, by itself"
    verify = bare_command(commands, "verify", _verify, about)
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


def _add_sign(commands: Commands) -> None:
    about = "对成果文件夹的SHA256SUMS签名 / sign a bundle's SHA256SUMS"
    sign = bare_command(commands, "sign", _sign, about)
    sign.add_argument("bundle", type=Path, metavar="BUNDLE", help="成果文件夹 / the bundle")
    sign.add_argument(
        "--key", type=Path, required=True, help="OpenSSH私钥 / private key of OpenSSH"
    )


def _audit_source(options: argparse.Namespace, lang: Lang) -> int:
    from xushi_stats.audit import commands

    audit = commands.audit_source(options.document, options.data, options.town, options.id)
    print("\n".join(commands.summary(audit, lang)))
    if audit.faults:
        print_faults(audit.faults, lang)
    return FINDINGS if audit.faults else DONE


def _audit_report(options: argparse.Namespace, lang: Lang) -> int:
    from xushi_stats.audit import commands, limits

    audit = limits.call(
        options.pdf.name, commands.audit_report,
        options.pdf, options.data, options.town, year_of(options),
        (options.lang or [None])[0], options.edition, options.ledger, seconds=2 * limits.SECONDS,
    )  # fmt: skip
    print("\n".join(commands.report_summary(audit, lang)))
    if audit.faults:
        print_faults(audit.faults, lang)
    return FINDINGS if audit.faults else DONE


def _audit_registers(options: argparse.Namespace, lang: Lang) -> int:
    from xushi_stats import dataset
    from xushi_stats.audit.recount.compare import recount
    from xushi_stats.audit.recount.files import Unreadable

    rules = dataset.load(options.data, options.town).folder / "rules.toml"
    try:
        made = recount(options.bundle / "ledger.json", options.registers, rules)
    except Unreadable:
        raise DataFaults([Fault("ledger_unreadable", "ledger.json")]) from None
    print(*made.lines(lang), sep="\n")
    return FINDINGS if made.findings else DONE


def _verify(options: argparse.Namespace, lang: Lang) -> int:
    from xushi_stats.publishing import scratch

    with scratch.own():
        return _verified(options, lang)


def _verified(options: argparse.Namespace, lang: Lang) -> int:
    from xushi_stats.audit import verify, words

    if options.certificate and (len(options.file) > 1 or options.file[0].is_dir()):
        options.parser.error("--certificate: 一次一个PDF / one PDF at a time")
    wrong = undone = 0
    asked = {"source": options.source, "signers": options.signers}
    for path in options.file:
        tell = verify.brief if path.is_dir() else verify.lines
        one = (verify.verify(path, **asked, apart=True) for _ in "1")
        for made in verify.verify_bundle(path, **asked) if path.is_dir() else one:
            print(*tell(made, lang), sep="\n")
            wrong, undone = wrong + made.wrong, undone + made.undone
            if options.certificate:
                _write_certificate(options, made, lang)
    print(words.say("limits", {}, lang))
    return FINDINGS if wrong else NOT_DONE if undone else DONE


def _write_certificate(options: argparse.Namespace, made: Verification, lang: Lang) -> None:
    from xushi_stats.audit.certificate import certificate
    from xushi_stats.publishing.typeset import TypesetError

    try:
        page = certificate(made, options.date or date.today(), lang)
    except TypesetError as error:
        raise DataFaults([Fault("layout", details={"why": str(error)})]) from error
    write_whole(options.certificate, page)
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


def _add_sample(commands: Commands) -> None:
    sample = command(
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


def _sample(options: argparse.Namespace, lang: Lang) -> int:
    from xushi_stats.reporting.context import load

    dataset, ledger, _ = load(options.data, options.town, year_of(options))
    if options.read is not None:
        from xushi_stats.audit import sampling_result

        result = sampling_result.read(options.read, ledger)
        print("\n".join(sampling_result.told(result, lang)))
        return FINDINGS if result.wrong else DONE
    from xushi_stats.audit import sampling

    plan = sampling.Plan(options.seed, options.n, tuple(options.above or ()))
    write_whole(options.out, sampling.workbook(dataset, ledger, plan))
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
