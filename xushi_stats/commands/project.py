"""``init``, ``new-year``, ``migrate``: a project from the package alone, its next year, its layout."""

from __future__ import annotations

import argparse

from xushi_stats.commands.options import DONE, Commands, add_command
from xushi_stats.faults import DataFaults, Fault, Lang
from xushi_stats.tables import write_whole


def add(commands: Commands) -> None:
    """Add these commands to the parser."""
    add_command(commands, "init", _init)
    add_command(commands, "new-year", _new_year)
    add_command(commands, "migrate", _migrate)


def _init(options: argparse.Namespace, lang: Lang) -> int:
    from xushi_stats.project import scaffold

    names = {"zh": options.name, **({"en": options.name_en} if options.name_en else {})}
    chosen = [] if options.bare else options.catalogue
    for group in chosen or ():
        if group not in scaffold.groups():
            known = ", ".join(scaffold.groups())
            raise DataFaults([Fault("group_unknown", value=group, details={"known": known})])
    for path in scaffold.create(options.folder, options.town, names, chosen):
        print(path)
    return DONE


def _new_year(options: argparse.Namespace, lang: Lang) -> int:
    from xushi_stats import compute, dataset
    from xushi_stats.project.year_workbook import workbook
    from xushi_stats.reporting import sections

    data, year = dataset.load(options.data, options.town), options.release
    if not 1000 <= year <= 2999:
        raise DataFaults([Fault("release", value=str(year))])
    path = options.data / options.town / f"{year}.xlsx"
    if path.exists():
        raise DataFaults([Fault("exists", path.as_posix())])
    if year in data.releases:
        raise DataFaults([Fault("year_stated", value=str(year))])
    last, ledger = year - 1, None
    if last in data.releases:
        ledger = compute.build(data, last, [], sections.entries(data, last, []))
    write_whole(path, workbook(data, ledger, year))
    print(path)
    return DONE


def _migrate(options: argparse.Namespace, lang: Lang) -> int:
    from xushi_stats.tables import layout

    done = layout.migrate(options.data, is_dry=options.dry_run)
    for path in done.added:
        print({"zh": f"新增 {path}", "en": f"new: {path}"}[lang])
    for path in done.changed:
        copy = done.kept / path.relative_to(options.data)
        print(
            {"zh": f"改写 {path}（原件存为 {copy}）", "en": f"changed: {path} (old: {copy})"}[lang]
        )
    way = f"{done.found} → {layout.LAYOUT}"
    said = {
        (True, "zh"): f"格式已是 {layout.LAYOUT}，无须改动。",
        (True, "en"): f"The layout is {layout.LAYOUT} already; nothing to do.",
        (
            False,
            "zh",
        ): f"格式 {way}{'，尚未改动；去掉 --dry-run 即改。' if options.dry_run else '。'}",
        (
            False,
            "en",
        ): f"Layout {way}{'; not done yet: run it without --dry-run.' if options.dry_run else '.'}",
    }
    print(said[done.found == layout.LAYOUT, lang])
    return DONE
