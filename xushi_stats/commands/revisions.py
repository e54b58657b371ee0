"""``compare`` and ``record``: what changed between two editions, and the change log."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Literal

from xushi_stats.commands.options import DONE, Commands, Parser, command, day
from xushi_stats.editions import EDITIONS, Edition
from xushi_stats.faults import Lang
from xushi_stats.tables import write_whole
from xushi_stats.tables.visible import visible

_INPUT = "成果文件夹、PDF或数据文件夹 / bundle, PDF or data folder"
_SORTS: dict[str | None, Literal["更正", "修订"]] = {"correction": "更正", "revision": "修订"}


def add(commands: Commands) -> None:
    """Add these commands to the parser."""
    _compare_options(commands)
    _record_options(commands)


def _compare_options(commands: Commands) -> None:
    about = (
        "比较两份资料：哪些数变了，为什么；有变动也以0退出 / "
        "compare two editions: which numbers changed, and why; ends with 0 if some did"
    )
    compare = command(commands, "compare", _compare, about)
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


def _record_options(commands: Commands) -> None:
    about = "把数据的变动记入修改记录 / add what changed to the change log"
    record = command(commands, "record", _record, about)
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


def _kind_and_date(parser: Parser) -> None:
    parser.add_argument(
        "--kind",
        choices=[kind for kind in _SORTS if kind],
        help="不能由记录或数据性质断定时：更正或修订 / where neither log nor status decides it",
    )
    parser.add_argument("--date", metavar="DATE", help="日期，默认今天 / day, by default today")


def _compare(options: argparse.Namespace, lang: Lang) -> int:
    from xushi_stats.audit import limits
    from xushi_stats.reporting import change_log
    from xushi_stats.revisions import editions, rendering
    from xushi_stats.revisions.compare import compare

    place = editions.Place(options.town, options.year, options.edition == "public")
    names = f"{options.old.name}, {options.new.name}"
    found = compare(*limits.call(names, editions.pair, options.old, options.new, place))
    log = change_log.read(found.new.log or options.data / found.new.ref_area / change_log.FILE)
    files = {}
    if options.notice:
        from xushi_stats.revisions import notice

        edition: Edition = "public" if found.public else options.edition
        files[options.notice] = notice.of(
            found, options.data, log, lang, edition, day(options), _SORTS.get(options.kind)
        )
    if options.csv:
        files[options.csv] = rendering.as_csv(found, log)
    if options.json:
        files[options.json] = rendering.as_json(found, log)
    for path, content in files.items():
        write_whole(path, content)
    for line in rendering.lines(found, log, lang):
        print(visible(line))
    return DONE


def _record(options: argparse.Namespace, lang: Lang) -> int:
    from xushi_stats.reporting import change_log
    from xushi_stats.revisions import recording, rendering

    answers = change_log.Grounds(
        day(options), options.by, options.reason, options.basis, options.approver
    )
    place = recording.Where(options.data, options.town, options.year)
    added = recording.record(
        options.old, place, answers, options.figure or [], _SORTS.get(options.kind)
    )
    for line in rendering.recorded(added, lang):
        print(visible(line))
    return DONE
