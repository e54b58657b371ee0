"""``outcome``: a person's assessment explained, entry by entry; for the person and those who decide."""

from __future__ import annotations

import argparse

from xushi_stats.commands.options import DONE, Commands, add_command, year_of
from xushi_stats.faults import DataFaults, Fault, Lang, errors


def add(commands: Commands) -> None:
    """Add this command to the parser."""
    add_command(commands, "outcome", _outcome)


def _outcome(options: argparse.Namespace, lang: Lang) -> int:
    for step in explained(options, year_of(options)):
        print(step[lang])
    return DONE


def explained(options: argparse.Namespace, year: int) -> list[dict[Lang, str]]:
    """The steps of a person's year in both languages.

    Raises:
        DataFaults: registers or rules are wrong or not there, or the id is not known for that year.
    """
    from xushi_stats import dataset as datasets
    from xushi_stats.registers.aggregates import at_hand
    from xushi_stats.registers.assessment.explanation import explain
    from xushi_stats.registers.assessment.section import TABLES, all_outcomes, read_register
    from xushi_stats.registers.entries import folder_of
    from xushi_stats.registers.rules import town

    dataset = datasets.load(options.data, options.town)
    folder = folder_of(options.data, options.town)
    if not at_hand(folder, TABLES):
        raise DataFaults([Fault("file_missing", f"{options.town}/registers/{TABLES[0]}.csv")])
    faults: list[Fault] = []
    rules = town.load(dataset, faults)
    register = read_register(dataset, folder, rules, faults)
    if errors(faults):
        raise DataFaults(faults)
    of_year = {
        o.score.person: o for o in all_outcomes(register, year, rules) if o.score.year == year
    }
    if options.person not in of_year:
        # what was typed may be a name: it is not said again
        raise DataFaults([Fault("person_unknown", details={"year": str(year)})])
    return [
        {"zh": s.text("zh"), "en": s.text("en")} for s in explain(of_year[options.person], rules)
    ]
