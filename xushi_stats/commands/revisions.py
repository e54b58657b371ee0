"""``compare`` and ``record``: what changed between two editions, and the change log."""

from __future__ import annotations

import argparse
from typing import Literal

from xushi_stats.commands.options import DONE, Commands, add_command, day
from xushi_stats.editions import Edition
from xushi_stats.faults import Lang
from xushi_stats.tables import write_whole
from xushi_stats.tables.visible import visible

_SORTS: dict[str | None, Literal["更正", "修订"]] = {"correction": "更正", "revision": "修订"}


def add(commands: Commands) -> None:
    """Add these commands to the parser."""
    add_command(commands, "compare", _compare)
    add_command(commands, "record", _record)


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
