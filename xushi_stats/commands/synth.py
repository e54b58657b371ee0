"""``synth``: synthetic registers of any size, from a seed."""

from __future__ import annotations

import argparse
from pathlib import Path

from xushi_stats.commands.options import DONE, Commands, bare_command
from xushi_stats.faults import Lang


def add(commands: Commands) -> None:
    """Add this command to the parser."""
    about = (
        "生成合成登记数据，供试用和测试 / make synthetic registers, to try things out and to test"
    )
    synth = bare_command(commands, "synth", _synth, about)
    for name, default, what in (
        ("towns", 1, "镇的个数 / number of towns"),
        ("households", 400, "每镇户数 / households in each town"),
        ("years", 3, "年数 / number of years"),
        ("first-year", 2019, "起始年份，2014年起 / first year, 2014 or later"),
        ("dirty", 0, "每镇有意写错的行数 / rows spoilt on purpose in each town"),
    ):
        synth.add_argument(f"--{name}", type=int, default=default, help=f"{what} ({default})")
    synth.add_argument("--seed", default="1", help="种子，任意文字 / seed, any text (1)")
    synth.add_argument(
        "--format",
        choices=("csv", "parquet"),
        default="csv",
        help="文件格式 / kind of files (csv)",
    )
    synth.add_argument(
        "--out",
        type=Path,
        required=True,
        help="输出文件夹，须为空或只有合成数据 / folder: empty, or with synthetic data only",
    )
    synth.add_argument(
        "--town",
        default="",
        help="只为该镇生成，存入 --out 中该镇的 registers / "
        "registers of this town alone, put into its folder below --out",
    )


def _synth(options: argparse.Namespace, lang: Lang) -> int:
    from xushi_stats.synth import Plan, write, write_into

    plan = Plan(
        towns=options.towns,
        households=options.households,
        years=options.years,
        first_year=options.first_year,
        seed=options.seed,
        format=options.format,
        dirty=options.dirty,
    )
    if wrong := plan.wrong():
        options.parser.error(wrong)
    if options.town and options.towns != 1:
        options.parser.error("--town 与 --towns 不能同用 / --town and --towns do not go together")
    into = options.town and write_into(plan, options.out, options.town)
    for made in [into] if into else write(plan, options.out):
        print(made)
    if lang == "zh":
        print("以上均为合成数据，不涉及真实的人、户、村。")
    else:
        print("All of it is synthetic: no real person, household or village is in it.")
    return DONE
