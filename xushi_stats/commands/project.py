"""``init``, ``new-year``, ``migrate``: a project from the package alone, its next year, its layout."""

from __future__ import annotations

import argparse
from pathlib import Path

from xushi_stats.commands.options import DONE, Commands, bare_command, town_command
from xushi_stats.commands.options import year as year_option
from xushi_stats.faults import DataFaults, Fault, Lang
from xushi_stats.tables import write_whole


def add(commands: Commands) -> None:
    """Add these commands to the parser."""
    init = bare_command(
        commands,
        "init",
        _init,
        "新建项目，或在项目中另加一个镇 / start a project, or add a town to one",
    )
    init.add_argument(
        "folder", type=Path, metavar="DIR", help="新文件夹，或已有的项目 / new folder, or a project"
    )
    init.add_argument("--town", default="town", help="镇的文件夹名 / the town's folder (town)")
    init.add_argument("--name", default="某镇", help="镇名 / the town's Chinese name")
    init.add_argument("--name-en", default="Town", help="英文镇名 / its English name")
    year = town_command(
        commands, "new-year", _new_year, "生成下一年的填报表 / make the workbook for a new year"
    )
    year.add_argument(
        "release", type=year_option, metavar="YEAR", help="要填报的年份 / year to be filled in"
    )
    migrate = bare_command(
        commands,
        "migrate",
        _migrate,
        "把数据文件夹改为本版程序的格式 / bring a data folder to this version's layout",
    )
    migrate.add_argument(
        "--data", type=Path, default=Path("data"), help="数据文件夹 / data folder (data)"
    )
    migrate.add_argument(
        "--dry-run", action="store_true", help="只说明要改什么 / only say what would be done"
    )


def _init(options: argparse.Namespace, lang: Lang) -> int:
    from xushi_stats.project import scaffold

    names = {"zh": options.name, "en": options.name_en}
    for path in scaffold.create(options.folder, options.town, names):
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
