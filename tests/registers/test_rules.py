"""A town's rules: each set or open, nothing taken for granted."""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from assessed import EXAMPLES
from hypothesis import given
from hypothesis import strategies as st
from towns import DATA

from xushi_stats.faults import Fault
from xushi_stats.registers.assessment.scores import PARAMETERS
from xushi_stats.registers.rules import parameter as reading
from xushi_stats.registers.rules import settings
from xushi_stats.registers.rules.assessment import agree
from xushi_stats.registers.rules.parameter import Open, OpenParameter, Parameter, Rules

LANGS = ("zh", "en")
TWO: tuple[Parameter[Any], ...] = (
    Parameter("part.way", settings.one_of("left", "right"), "走哪边", "which way"),
    Parameter("part.size", settings.whole(0, 9), "多大", "how large"),
)
GOOD = 'part.way = "left"\npart.size = 3\n'


def load(tmp_path: Path, text: str, queries: tuple[str, ...] = ()) -> tuple[Rules, list[Fault]]:
    path = tmp_path / "xushi" / "rules.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    faults: list[Fault] = []
    return reading.load(path, TWO, queries, faults), faults


def said(fault: Fault) -> list[str]:
    texts = [fault.text("zh"), fault.text("en")]
    for text in texts:
        assert "{" not in text and "\n" not in text and fault.file in text
    return texts


# -- the file --------------------------------------------------------------------------------------


def test_set_parameters_are_read(tmp_path: Path) -> None:
    rules, faults = load(tmp_path, GOOD)
    assert (dict(rules), faults) == ({"part.way": "left", "part.size": 3}, [])
    assert rules.value("part.way") == "left" and rules.open() == []


@pytest.mark.parametrize(
    "text", ['[part]\nway = "left"\nsize = 3', 'part = { way = "left", size = 3 }', GOOD + "\r\n"]
)
def test_the_ways_that_toml_writes_a_table_are_one(tmp_path: Path, text: str) -> None:
    rules, faults = load(tmp_path, text)
    assert (dict(rules), faults) == ({"part.way": "left", "part.size": 3}, [])


def test_an_open_parameter_names_its_query(tmp_path: Path) -> None:
    rules, faults = load(tmp_path, GOOD.replace("3", '"open:size.asked"'), ("size.asked",))
    assert faults == []
    assert rules["part.size"] == Open("size.asked", "part.size")
    assert rules.open() == [("part.size", "size.asked")]
    with pytest.raises(OpenParameter) as needed:
        rules.value("part.size")
    assert (needed.value.name, needed.value.query) == ("part.size", "size.asked")
    assert reading.settle(lambda: rules.value("part.size") + 1) == rules["part.size"]
    assert reading.settle(lambda: rules.value("part.way")) == "left"


@pytest.mark.parametrize("written", ["open", "open:", "open:size.aked", "open: size.asked"])
def test_open_without_a_query_of_the_town_is_a_fault(tmp_path: Path, written: str) -> None:
    text = GOOD.replace("3", f'"{written}"')
    rules, faults = load(tmp_path, text, ("size.asked",))
    (fault,) = faults
    assert fault.code == "rule_value" and fault.details["key"] == "part.size"
    assert "part.size" not in rules
    assert all("part.size" in line for line in said(fault))
    if "aked" in written:
        assert (
            "did you mean 'size.asked'" in said(fault)[1] and "是否为“size.asked”" in said(fault)[0]
        )


def test_open_is_no_text_of_a_parameter_that_takes_any_text(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text('name = "open"', encoding="utf-8")
    faults: list[Fault] = []
    reading.load(path, [Parameter("name", settings.text, "", "")], (), faults)
    assert [f.code for f in faults] == ["rule_value"]


def test_an_unknown_key_is_a_fault_with_the_nearest_name(tmp_path: Path) -> None:
    rules, faults = load(tmp_path, GOOD + "part.sise = 4\nother = 1\n")
    assert [(f.code, f.details["key"], f.details["near"]) for f in faults] == [
        ("rule_unknown", "part.sise", "part.size"),
        ("rule_unknown", "other", ""),
    ]
    assert "did you mean 'part.size'" in said(faults[0])[1]
    assert rules["part.size"] == 3


def test_an_unknown_table_is_a_fault_even_when_it_is_empty(tmp_path: Path) -> None:
    _, faults = load(tmp_path, GOOD + "[spare]\n")
    assert [(f.code, f.details["key"]) for f in faults] == [("rule_unknown", "spare")]


def test_a_missing_key_is_a_fault_and_has_no_default(tmp_path: Path) -> None:
    rules, faults = load(tmp_path, 'part.way = "left"')
    (fault,) = faults
    assert fault.code == "rule_missing" and all("part.size" in line for line in said(fault))
    with pytest.raises(KeyError):
        rules["part.size"]


def test_a_wrong_value_is_a_fault_with_file_key_and_value(tmp_path: Path) -> None:
    _, faults = load(tmp_path, 'part.way = "up"\npart.size = 3.0')
    assert [(f.code, f.file, f.details["key"], f.value) for f in faults] == [
        ("rule_value", "xushi/rules.toml", "part.way", "up"),
        ("rule_value", "xushi/rules.toml", "part.size", "3.0"),
    ]
    assert "只能是：left、right" in said(faults[0])[0]
    assert "must be one of: left, right" in said(faults[0])[1]


def test_all_faults_of_a_file_are_said_at_once(tmp_path: Path) -> None:
    _, faults = load(tmp_path, 'part.way = "up"\nextra = 1')
    assert [f.code for f in faults] == ["rule_unknown", "rule_value", "rule_missing"]


@pytest.mark.parametrize(("content", "code"), [("x = ", "toml"), (None, "file_missing")])
def test_a_file_that_cannot_be_read_is_a_fault(
    tmp_path: Path, content: str | None, code: str
) -> None:
    path = tmp_path / "rules.toml"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    faults: list[Fault] = []
    reading.load(path, TWO, (), faults)
    assert faults[0].code == code


# -- readers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("read", "value", "expected"),
    [
        (settings.fraction(), "0.5", Fraction(1, 2)),
        (settings.fraction(), "1/2", Fraction(1, 2)),
        (settings.fraction(), "50%", Fraction(1, 2)),
        (settings.fraction(), "12.5%", Fraction(1, 8)),
        (settings.fraction(), "0", Fraction(0)),
        (settings.fraction(1, 2), "1.2", Fraction(6, 5)),
        (settings.whole(0, 366), 366, 366),
        (settings.month_day, "02-28", (2, 28)),
        (settings.month_day, "12-31", (12, 31)),
        (settings.yes_no, False, False),
        (settings.text, " 称职 ", "称职"),
        (settings.list_of(settings.whole(0, 9)), [3, 1], (3, 1)),
        (settings.or_none(settings.whole(0, 9)), "none", None),
        (settings.or_none(settings.whole(0, 9)), 3, 3),
    ],
)
def test_a_reader_reads(read: Any, value: object, expected: object) -> None:
    assert read(value) == expected


@pytest.mark.parametrize(
    ("read", "value"),
    [
        *((settings.fraction(), v) for v in (0.5, 1, True, "1/0", "1/2%", "1.1", "-0.5", ".5")),
        *((settings.fraction(), v) for v in ("０.５", "1,5", "5e-1", "", "half", "1 / 2", "九成")),
        *((settings.whole(0, 366), v) for v in (-1, 367, 1.0, "1", True, None)),
        *((settings.month_day, v) for v in ("02-29", "13-01", "00-10", "6-30", "06-31", "０６-30")),
        (settings.month_day, 630),
        *((settings.yes_no, v) for v in ("true", 1, 0)),
        *((settings.text, v) for v in ("", " ", 1)),
        *((settings.list_of(settings.text), v) for v in ([], "a", ["a", "a"], [1])),
        (settings.or_none(settings.whole(0, 9)), "None"),
        (settings.one_of("a"), "A"),
    ],
)
def test_a_reader_refuses_what_it_would_have_to_guess(read: Any, value: object) -> None:
    with pytest.raises(ValueError) as refused:
        read(value)
    assert isinstance(refused.value, settings.WrongValue)
    assert refused.value.zh and refused.value.en


@given(st.fractions(0, 1, max_denominator=10**6))
def test_a_fraction_is_read_exactly(number: Fraction) -> None:
    assert settings.fraction()(f"{number.numerator}/{number.denominator}") == number


# -- the files that are there ----------------------------------------------------------------------


def queries() -> set[str]:
    """The town's queries."""
    with open(DATA / "xushi" / "queries.csv", encoding="utf-8-sig", newline="") as file:
        return {row["id"] for row in csv.DictReader(file)}


def of_assessment(faults: list[Fault]) -> list[Fault]:
    return [f for f in faults if f.details.get("key", "assessment.").startswith("assessment.")]


def test_xushi_has_every_parameter_of_the_assessment_open() -> None:
    faults: list[Fault] = []
    rules = reading.load(DATA / "xushi" / "rules.toml", PARAMETERS, queries(), faults)
    assert of_assessment(faults) == []
    assert [name for name, _ in rules.open()] == [p.name for p in PARAMETERS]


def test_the_comments_of_xushis_rules_are_those_of_the_parameters() -> None:
    text = (DATA / "xushi" / "rules.toml").read_text(encoding="utf-8")
    for parameter in PARAMETERS:
        key = parameter.name.rpartition(".")[2]
        assert f"# {parameter.about_zh}\n# {parameter.about_en}\n{key} = " in text, parameter.name


@pytest.mark.parametrize("name", ["cutoffs", "quotas", "both"])
def test_the_examples_are_whole_and_agree(name: str) -> None:
    faults: list[Fault] = []
    rules = reading.load(EXAMPLES / f"{name}.toml", PARAMETERS, (), faults)
    agree(rules, "rules.toml", faults)
    assert faults == [] and rules.open() == [] and len(rules) == len(PARAMETERS)


@pytest.mark.parametrize(
    ("example", "name", "value"),
    [
        ("cutoffs", "grades.cutoffs", None),
        ("both", "grades.cutoffs", None),
        ("both", "quotas.ties", None),
        ("quotas", "quotas.shares", None),
        ("quotas", "quotas.rounding", None),
        ("cutoffs", "grades.method", "quotas"),
        ("quotas", "grades.method", "cutoffs_and_quota"),
        ("both", "grades.method", "quotas"),
    ],
)
def test_settings_that_contradict_each_other_are_a_fault(
    example: str, name: str, value: object
) -> None:
    read = dict(reading.load(EXAMPLES / f"{example}.toml", PARAMETERS, (), []))
    faults: list[Fault] = []
    agree(Rules({**read, f"assessment.{name}": value}), "xushi/rules.toml", faults)
    assert faults and {f.code for f in faults} == {"rule_conflict"}
    for fault in faults:
        assert all("assessment.grades.method" in line for line in said(fault))


def test_open_settings_contradict_nothing() -> None:
    faults: list[Fault] = []
    agree(Rules({p.name: Open("q", p.name) for p in PARAMETERS}), "rules.toml", faults)
    agree(Rules({}), "rules.toml", faults)
    assert faults == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("grades.fourth", {"zh": "优秀", "en": "good"}),
        ("grades.fourth", {"zh": "称职"}),
        ("grades.fourth", "称职"),
        ("grades.cutoffs", [850, 950, 1050]),
        ("grades.cutoffs", [950, 950, 850]),
        ("grades.cutoffs", [950, 850]),
        ("grades.cutoffs", {"office": [950, 900, 850]}),
        ("grades.cutoffs", [950.5, 900, 850]),
        ("quotas.shares", ["50%", "40%", "20%"]),
        ("quotas.shares", ["50%", "40%"]),
        ("quotas.shares", [0.5]),
        ("pay.excellent", "80%"),
        ("pay.basic", 0.6),
        ("total.maximum", 900),
    ],
)
def test_a_parameter_of_the_assessment_refuses(name: str, value: object) -> None:
    parameter = next(p for p in PARAMETERS if p.name == f"assessment.{name}")
    with pytest.raises(ValueError):
        parameter.read(value)
