"""``audit``, ``verify``, ``sign``, ``sample``: source, finished report and bundle held to account."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from typing import TYPE_CHECKING

from xushi_stats.commands.options import (
    DONE,
    FINDINGS,
    NOT_DONE,
    Commands,
    add_command,
    print_faults,
    year_of,
)
from xushi_stats.faults import DataFaults, Fault, Lang
from xushi_stats.tables import write_whole

if TYPE_CHECKING:
    from xushi_stats.audit.verify import Verification


def add(commands: Commands) -> None:
    """Add these commands to the parser."""
    kinds = add_command(commands, "audit").add_subparsers(
        required=True, metavar="WHAT", title="核验对象 / what to audit"
    )
    add_command(kinds, "audit source", _audit_source)
    add_command(kinds, "audit report", _audit_report)
    add_command(kinds, "audit registers", _audit_registers)
    add_command(commands, "verify", _verify)
    add_command(commands, "sign", _sign)
    add_command(commands, "sample", _sample)


def _audit_source(options: argparse.Namespace, lang: Lang) -> int:
    from xushi_stats.audit import commands, limits

    asked = (options.document, options.data, options.town, options.id)
    audit = limits.call(options.document.name, commands.audit_source, *asked)
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
    return FINDINGS if audit.faults else DONE if audit.compared else NOT_DONE


def _audit_registers(options: argparse.Namespace, lang: Lang) -> int:
    from xushi_stats import dataset
    from xushi_stats.audit import commands, limits

    rules = dataset.load(options.data, options.town).folder / "rules.toml"
    asked = (options.bundle / "ledger.json", options.registers, rules)
    made = limits.call("ledger.json", commands.audit_registers, *asked, seconds=20 * limits.SECONDS)
    print(*made.lines(lang), sep="\n")
    if made.differences:
        return FINDINGS
    return NOT_DONE if made.unknown else DONE  # what was not recounted has not passed


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
