"""A town's ``rules.toml`` read once for all its registers: which parameters must be set or stand open.

A part of the file (assessment, inspection, checkpoints, disclosure) is wanted where the town's report has
a section that needs it; a part that is written all the same is read and checked too.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import TYPE_CHECKING, Any

from xushi_stats.faults import Fault, errors
from xushi_stats.registers.rules import assessment as assessment_parameters
from xushi_stats.registers.rules import checkpoints as checkpoint_parameters
from xushi_stats.registers.rules import disclosure
from xushi_stats.registers.rules import households as household_parameters
from xushi_stats.registers.rules import inspection as inspection_parameters
from xushi_stats.registers.rules.checkpoints import CheckpointRules
from xushi_stats.registers.rules.inspection import InspectionRules
from xushi_stats.registers.rules.parameter import Open, Parameter, Rules
from xushi_stats.registers.rules.parameter import load as read
from xushi_stats.tables.toml_text import read_toml

if TYPE_CHECKING:
    from xushi_stats.dataset import Dataset

FILE = "rules.toml"
PARTS: Mapping[str, tuple[Parameter[Any], ...]] = {
    "assessment": assessment_parameters.PARAMETERS,
    "inspection": inspection_parameters.PARAMETERS,
    "checkpoints": checkpoint_parameters.PARAMETERS,
    "households": household_parameters.PARAMETERS,
    "disclosure": disclosure.PARAMETERS,
}
"""Table of the file → its parameters."""
NEEDS: Mapping[str, tuple[str, ...]] = {
    "assessment": ("assessment",),
    "villages": ("inspection",),
    "households": ("households", "disclosure"),
    "checkpoints": ("checkpoints", "disclosure"),
}
"""Section of a report → the parts that it needs."""


def parameters(dataset: Dataset) -> list[Parameter[Any]]:
    """The parameters that a town's file must hold, in the order of ``PARTS``."""
    wanted = {part for section in dataset.sections for part in NEEDS.get(section, ())}
    wanted |= set(_written(dataset))
    return [p for part, found in PARTS.items() if part in wanted for p in found]


def load(dataset: Dataset, faults: list[Fault]) -> Rules:
    """A town's rules, read once for a dataset.

    Args:
        dataset: the town.
        faults: receives what is wrong with the file, what is there already not once more.

    Returns:
        The parameters; one with a fault is not among them.
    """
    queries = frozenset(query.id for query in dataset.queries)
    key = (FILE, dataset.folder, dataset.sections, queries)
    rules, found = dataset.once(key, lambda: _read(dataset, queries))
    faults.extend(fault for fault in found if fault not in faults)
    return rules


def _read(dataset: Dataset, queries: Set[str]) -> tuple[Rules, list[Fault]]:
    found: list[Fault] = []
    file = f"{dataset.ref_area}/{FILE}"
    rules = read(dataset.folder / FILE, parameters(dataset), queries, found, file)
    if not errors(found):
        assessment_parameters.agree(rules, file, found)
        _agree(rules, file, found)
    return rules, found


def is_there(dataset: Dataset) -> bool:
    """Whether the town has written its rules down."""
    return (dataset.folder / FILE).is_file()


def inspection(rules: Rules) -> InspectionRules:
    """The settings of the inspection; None is open.

    Raises:
        ValueError: they contradict each other, which is a fault of ``load``.
    """
    return InspectionRules(**_settings(rules, "inspection"))


def checkpoint(rules: Rules) -> CheckpointRules:
    """The settings of the checkpoints; None is open."""
    return CheckpointRules(**_settings(rules, "checkpoints"))


def _settings(rules: Rules, part: str) -> dict[str, Any]:
    names = [p.name for p in PARTS[part]]
    settled = {name: rules[name] for name in names if name in rules}
    return {
        name.removeprefix(f"{part}."): None if isinstance(value, Open) else value
        for name, value in settled.items()
    }


def _agree(rules: Rules, file: str, faults: list[Fault]) -> None:
    """A fault where the settings of the inspection contradict each other."""
    try:
        inspection(rules)
    except ValueError:
        if rules["inspection.score"] == "sum" and rules["inspection.missing_items"] == "scored":
            key, other = "inspection.missing_items", "inspection.score"
            zh, en = (
                "按得分之和计分的，缺项不能按已检查项目平均",
                "a sum without an item counts it as 0",
            )
        else:
            ends = [e for e in ("best", "worst") if rules[f"inspection.{e}_by"] == "count"]
            bad = [e for e in ends if _no_count(rules[f"inspection.{e}_value"])]
            key, other = f"inspection.{bad[0]}_value", f"inspection.{bad[0]}_by"
            zh, en = "按个数确定的，须为不小于1的整数", "a count is a whole number from 1"
        details = {"key": key, "other": other, "why_zh": zh, "why_en": en}
        faults.append(Fault("rule_conflict", file, details=details))


def _no_count(value: Any) -> bool:
    return not isinstance(value, Open) and (value < 1 or value.denominator != 1)


def _written(dataset: Dataset) -> list[str]:
    """The parts that stand in the file; what TOML cannot read shows in ``load``."""
    return [part for part in read_toml(dataset.folder / FILE, FILE, []) if part in PARTS]
