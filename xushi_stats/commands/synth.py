"""``synth``: synthetic registers of any size, from a seed."""

from __future__ import annotations

import argparse

from xushi_stats.commands.options import DONE, Commands, add_command
from xushi_stats.faults import Lang


def add(commands: Commands) -> None:
    """Add this command to the parser."""
    synth = add_command(commands, "synth", _synth)
    synth.set_defaults(town="")  # no data of a town are read, so none is meant where none is named


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
