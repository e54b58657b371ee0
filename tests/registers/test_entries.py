"""A small town's registers become figures; each answer is worked out by hand."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from fractions import Fraction as F
from pathlib import Path

import pytest
from reporting import copies

from xushi_stats import compute, dataset, format
from xushi_stats.faults import Fault
from xushi_stats.ledger import Ledger
from xushi_stats.registers.rules import town
from xushi_stats.reporting import sections

STAFF = """person,name,instrument,unit,start,end
q1,甲,机关,办公室,2015-01-01,
q2,乙,机关,办公室,2015-01-01,
q3,丙,村级,东村,2015-01-01,
q4,丁,村级,东村,2015-01-01,
q5,戊,村级,西村,2020-11-01,
q6,己,村级,西村,2015-01-01,2020-03-31
"""
ASSESSMENT = """entry,person,date,domain,points,ground,entered_by
e1,q1,2020-02-01,服务群众,30,略,q2
e2,q2,2020-02-01,作风纪律,-60,略,q1
e3,q3,2019-05-01,作风纪律,-120,略,q1
e4,q3,2020-05-01,作风纪律,-130,略,q1
e5,q4,2019-05-01,作风纪律,-300,略,q1
e6,q4,2020-05-01,行为规范,-310,略,q1
"""
# 2020 (cut-offs 1020, 960, 850 in offices and 1010, 950, 840 in villages): q1 1030, q2 940, q3 870 after
# 880, q4 690 after 700; q5 is 61 days in post, q6 left in March.
INSPECTION = """month,village,item,score
2020-01,东村,路,10
2020-01,西村,路,8
2020-01,北村,路,6
2020-02,东村,路,9
2020-02,西村,路,9
2020-02,北村,路,5.5
2020-04,东村,路,7
2020-04,西村,路,10
"""
ACCOUNTABILITY = """date,level,village,ground
2020-03-02,市,北村,略
2020-03-09,区,水厂,略
"""
SETTINGS = {
    'start = "2019-01"': 'start = "2020-01"',
    "worst_value = 70": "worst_value = 6",
    "best_value = 2": "best_value = 1",
}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The demo's data with the registers above."""
    data = copies.copy(tmp_path)
    folder = data / "demo" / "registers"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, text in (
        *(("staff", STAFF), ("assessment", ASSESSMENT)),
        *(("inspection", INSPECTION), ("accountability", ACCOUNTABILITY)),
    ):
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    for old, new in SETTINGS.items():
        copies.swap(data / "demo" / "rules.toml", old, new)
    copies.edit(
        data / "demo" / "town.toml",
        lambda text: (
            text.replace(', "households"', "").replace(', "checkpoints"', "")
            + "# registers of this test alone\n"
        ),
    )
    return data


def ledger(data: Path, faults: list[Fault] | None = None) -> Ledger:
    found: list[Fault] = []
    town = dataset.load(data, "demo")
    made = compute.build(town, 2020, found, sections.entries(town, 2020, found))
    wrong = [fault for fault in found if fault.severity == "error"]
    assert faults is not None or wrong == [], [fault.text("en") for fault in wrong]
    if faults is not None:
        faults += wrong
    return made


def value(made: Ledger, name: str) -> F | None:
    figure = made.figures[f"demo/{name}"]
    return figure.quantity.value if figure.quantity else None


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("persons", 6),
        ("persons.office", 2),
        ("persons.village", 4),
        ("assessed", 4),
        ("assessed.office", 2),
        ("assessed.village", 2),
        ("unassessed.left", 1),
        ("unassessed.service", 1),
        ("joined", 1),
        ("left", 1),
        ("moved", 0),
        ("raw.excellent", 0),  # a fifth of two, rounded, is no place
        ("raw.fourth", 1),
        ("raw.basic", 2),
        ("raw.incompetent", 1),
        ("effective.fourth", 1),
        ("effective.basic", 1),
        ("effective.incompetent", 2),
        ("effective.office.basic", 1),
        ("effective.village.incompetent", 2),
        ("effective.incompetent.share", 50),
        ("reclassified", 1),
        ("ended", 1),
        ("talks", 2),  # q2, and q3 who is reclassified
        ("total.mean", F(1030 + 940 + 870 + 690, 4)),
        ("total.mean.village", F(870 + 690, 2)),
        ("total.median", F(940 + 870, 2)),
        ("total.median.office", F(1030 + 940, 2)),
        ("register.entries", 4),
        ("register.added", 30),
        ("register.deducted", 500),
        ("domain.a.deducted", 310),  # 行为规范, the first field that the rules list
        ("domain.b.deducted", 190),
        ("domain.b.entries", 2),
        ("domain.c.entries", 0),
        ("domain.d.added", 30),
    ],
)
def test_the_assessment_comes_to_what_was_worked_out_by_hand(
    data: Path, name: str, answer: F | int
) -> None:
    assert value(ledger(data), f"assessment.{name}@2020") == answer


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("villages@2020", 3),
        ("months.due@2020", 12),
        ("months.held@2020", 3),
        ("months.missing@2020", 9),
        ("villages.missing@2020", 1),
        ("score.a@2020-01", 10),
        ("rank.a@2020-02", 1),
        ("rank.b@2020-02", 1),  # tied with the first
        ("rank.c@2020-02", 3),
        ("rank.c@2020-04", None),
        ("mean@2020-02", F(47, 6)),
        ("scored@2020-04", 2),
        ("tau@2020-04", None),  # 东村 and 西村 were tied in February
        ("praised@2020-02", 2),
        ("criticised@2020-01", 1),
        ("year.score.a@2020", F(26, 3)),
        ("year.score.b@2020", 9),
        ("year.rank.b@2020", 1),
        ("year.rank.a@2020", 2),
        ("year.months.c@2020", 2),
        ("year.praised.a@2020", 2),
        ("year.criticised.c@2020", 2),
        ("move.a@2020-04", None),  # March was not inspected
        ("concordance.villages@2020", 2),
        ("cases.city@2020", 1),
        ("cases.city.c@2020", 1),
        ("cases.district@2020", 1),
        ("cases.others@2020", 1),
    ],
)
def test_the_inspection_comes_to_what_was_worked_out_by_hand(
    data: Path, name: str, answer: F | int | None
) -> None:
    assert value(ledger(data), f"inspection.{name}") == answer


def test_agreement_of_two_months_is_kendalls_tau_b(data: Path) -> None:
    """Three villages, one pair tied in February: (C - D) / √(3 · 2) = 2 / √6, to fifty digits."""
    found = value(ledger(data), "inspection.tau@2020-02")
    assert found is not None and abs(found**2 - F(4, 6)) < F(1, 10**48) and found > 0


def test_an_open_rule_leaves_a_figure_without_value_and_says_which(data: Path) -> None:
    figure = ledger(data).figures["demo/assessment.pay.none@2020"]
    assert figure.quantity is None and figure.missing is not None
    missing = figure.missing
    assert (missing.reason, missing.rule, missing.query) == (
        *("open_rule", "assessment.pay.reclassified"),
        "pay.reclassified",
    )
    assert [query.id for query in figure.queries] == ["pay.reclassified"]


def test_an_open_rule_of_the_inspection_leaves_its_figures_without_value(data: Path) -> None:
    copies.swap(
        data / "demo" / "rules.toml", 'worst_by = "threshold"', 'worst_by = "open:pay.reclassified"'
    )
    made = ledger(data)
    for name in ("criticised@2020-01", "year.criticised.c@2020"):
        missing = made.figures[f"demo/inspection.{name}"].missing
        assert missing and (missing.reason, missing.rule) == ("open_rule", "inspection.worst_by")
    assert value(made, "inspection.praised@2020-01") == 1


def test_an_origin_names_files_filter_and_function(data: Path) -> None:
    import hashlib

    digest = hashlib.sha256((data / "demo/registers/inspection.csv").read_bytes()).hexdigest()
    origin = ledger(data).figures["demo/inspection.score.a@2020-02"].origin
    assert origin.startswith(f"inspection.csv sha256:{digest} ")
    assert origin.endswith(" filter: month=2020-02 village=东村 function: sum")


def test_every_figure_of_both_sections_is_internal(data: Path) -> None:
    made = ledger(data)
    own = {"assessment", "villages"}
    assert {f.indicator.section for f in made.figures.values()} >= own
    assert not [f.id for f in made.public().figures.values() if f.indicator.section in own]


def test_no_id_holds_a_digit_and_no_two_figures_share_a_name(data: Path) -> None:
    indicators = {
        f.indicator.id: f.indicator
        for f in ledger(data).figures.values()
        if f.indicator.section in ("assessment", "villages")
    }
    assert not [name for name in indicators if any(c.isdigit() for c in name)]
    for lang in ("zh", "en"):
        names = [one.names[lang] for one in indicators.values()]  # type: ignore[index]
        assert len(set(names)) == len(names)


def test_a_mean_is_exact_and_rounded_in_print_alone(data: Path) -> None:
    made = ledger(data)
    figure = made.figures["demo/inspection.mean@2020-02"]
    assert format.text(figure, "zh", "internal") == "7.83分"
    assert format.exact(figure) == "47/6"
    tau = made.figures["demo/inspection.tau@2020-02"]
    assert format.text(tau, "zh", "internal") == format.text(tau, "en", "internal") == "0.82"
    month = made.figures["demo/inspection.months.missing@2020"]
    assert format.text(month, "en", "internal") == "9 months"
    case = made.figures["demo/inspection.cases.city@2020"]
    assert format.text(case, "en", "internal") == "1 case"


def test_registers_not_at_hand_leave_their_figures_missing_for_that_reason(data: Path) -> None:
    shutil.rmtree(data / "demo" / "registers")
    missing = ledger(data).figures["demo/assessment.persons@2020"].missing
    assert missing is not None and missing.reason == "no_register"


@pytest.mark.parametrize(
    ("file", "old", "new", "codes"),
    [
        ("registers/staff.csv", "q1,甲", ",甲", {"required", "register_person"}),
        ("registers/inspection.csv", "路,5.5", "路,5.55", {"score"}),
        ("rules.toml", 'tie = "min"', 'tie = "mim"', {"rule_value"}),
        ("rules.toml", 'missing_items = "none"', 'missing_items = "scored"', {"rule_conflict"}),
        ("rules.toml", "best_value = 1", 'best_value = "1.5"', {"rule_conflict"}),
    ],
)
def test_what_is_wrong_with_registers_and_rules_is_told_and_gives_no_figure(
    data: Path, file: str, old: str, new: str, codes: set[str]
) -> None:
    copies.swap(data / "demo" / file, old, new)
    faults: list[Fault] = []
    made = ledger(data, faults)
    assert {fault.code for fault in faults} == codes
    told = [fault.text(lang) for fault in faults for lang in ("zh", "en")]  # type: ignore[arg-type]
    assert not [line for line in told if "甲" in line or "q1" in line]
    spoilt = "inspection" if "inspection" in file else "assessment"
    assert f"demo/{spoilt}.persons@2020" not in made.figures


def test_xushis_rules_are_read_without_a_register() -> None:
    found: list[Fault] = []
    rules = town.load(dataset.load(copies.ROOT / "data", "xushi"), found)
    assert found == [] and len(rules.open()) == len(town.PARTS["assessment"])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_synthetic_registers_want_a_notice_that_says_so(data: Path, lang: str) -> None:
    (data / "demo" / "registers" / "synth.toml").write_text("synthetic = true\n", encoding="utf-8")
    assert ledger(data)
    words: Sequence[tuple[str, str]] = {
        "zh": [("虚构示例", "示例")],
        "en": [("Invented example", "Example")],
    }[lang]
    for old, new in words:
        path = data / "demo" / "town.toml"
        head, tail = path.read_text(encoding="utf-8").split("[notice]")
        path.write_text(f"{head}[notice]{tail.replace(old, new)}", encoding="utf-8")
    faults: list[Fault] = []
    ledger(data, faults)
    assert [(f.code, f.details["key"]) for f in faults] == [
        ("synthetic_unmarked", f"notice.{lang}")
    ]
