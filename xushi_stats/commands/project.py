"""``init``, ``new-year``: a project from the package alone, and the workbook for its next year."""

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
