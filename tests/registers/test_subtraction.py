"""Two editions held side by side: what a reader learns who subtracts one from the other."""

from __future__ import annotations

import csv
import json
import math
import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from counted import attack
from scipy.optimize import linprog

from xushi_stats import compute
from xushi_stats import dataset as datasets
from xushi_stats.dataset import Dataset
from xushi_stats.faults import DataFaults, Fault, errors
from xushi_stats.ledger import Ledger
from xushi_stats.registers.entries import folder_of
from xushi_stats.registers.households import section
from xushi_stats.registers.households.words import is_sensitive
from xushi_stats.reporting import released, sections
from xushi_stats.reporting.context import Context
from xushi_stats.revisions import editions
from xushi_stats.synth import Plan, write_into

DATA = Path(__file__).resolve().parents[2] / "data"
VILLAGE = "上塘村"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A town whose edition of 2020 has been released."""
    data = tmp_path_factory.mktemp("town") / "data"
    shutil.copytree(DATA, data)
    write_into(Plan(households=120, years=2, first_year=2019, seed="demo"), data, "demo")
    release(data)
    return data


@pytest.fixture
def data(kept: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(kept, tmp_path / "data"))


def release(data: Path, year: int = 2020) -> Path | None:
    """Keep the public ledger as ``record`` does."""
    book = editions.released(data, editions.Place("demo", year, public=True))
    assert book is not None
    rows = (
        {
            "figure": e.id.partition("/")[2],
            "name_zh": e.names["zh"],
            "period": e.period,
            "value": e.value,
            "missing": e.missing,
        }
        for e in book.entries.values()
    )
    return released.write(data / "demo", year, rows)


def town(data: Path) -> Dataset:
    found = datasets.load(data, "demo")
    return replace(found, town={**found.town, "sections": ["households", "checkpoints"]})


def refused(data: Path) -> list[Fault]:
    return sections.refused(town(data), 2020)


def book(data: Path) -> Ledger:
    faults: list[Fault] = []
    dataset = town(data)
    ledger = compute.build(dataset, 2020, faults, sections.entries(dataset, 2020, faults))
    assert not errors(faults)
    return ledger


def append(data: Path, table: str, *rows: tuple[str, ...]) -> None:
    with open(folder_of(data, "demo") / f"{table}.csv", "a", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def settle(data: Path, households: int, first: int = 0) -> None:
    """Households that were out of poverty all along, with an income and three persons each."""
    for n in range(first, first + households):
        name = f"SYN-A-H{990000 + n}"
        append(data, "households", (name, VILLAGE, "2018-03-01", ""))
        for k in range(3):
            append(data, "persons", (f"SYN-A-P{990000 + 10 * n + k}", name, "某", "2018-03-01", ""))
        append(data, "statuses", (name, "2018-03-01", "已脱贫"))
        append(data, "incomes", (name, "2020", "1234.56"))


# -- the difference --------------------------------------------------------------------------------


def test_an_edition_as_it_was_released_may_be_built_again(data: Path) -> None:
    assert refused(data) == [] and release(data) is None


def test_one_household_more_is_refused_and_its_cells_are_named(data: Path) -> None:
    settle(data, 1)
    (fault,) = refused(data)
    assert fault.code == "released_few" and fault.file == "demo/released/2020-001.json"
    for lang, words in {
        "zh": ("上塘村在册户数", "在册人数", "登记收入户数", "下次公布", "不足3户"),
        "en": ("households on the register", "next release", "fewer than 3"),
    }.items():
        text = fault.text(lang)  # type: ignore[arg-type]
        assert all(word in text for word in words), text
    for edition in ("draft", "internal"):
        Context("demo", 2020, edition=edition, data=data)  # type: ignore[arg-type]
    with pytest.raises(DataFaults):
        Context("demo", 2020, edition="public", data=data)


def test_as_many_households_as_the_thresholds_ask_may_be_published(data: Path) -> None:
    settle(data, 9)
    assert {fault.code for fault in refused(data)} == {"released_few"}  # incomes are sensitive
    settle(data, 1, first=9)
    assert refused(data) == []


def test_a_person_more_in_a_household_that_was_there_is_refused(data: Path) -> None:
    """The households are the same, so that the one who came may be the only one."""
    with open(folder_of(data, "demo") / "households.csv", encoding="utf-8-sig") as file:
        home = next(row for row in csv.DictReader(file) if not row["left"])["household"]
    append(data, "persons", ("SYN-A-P990000", home, "某", "2018-03-01", ""))
    (fault,) = refused(data)
    assert "在册人数" in fault.details["cells_zh"] and "在册户数" not in fault.details["cells_zh"]


def test_an_income_corrected_is_refused_where_the_mean_tells_of_it(data: Path) -> None:
    path = folder_of(data, "demo") / "incomes.csv"
    rows = path.read_text("utf-8-sig").splitlines()
    at = next(n for n, row in enumerate(rows) if ",2020," in row)
    home = rows[at].split(",")[0]
    rows[at] = f"{home},2020,900000.00"
    path.write_text("\n".join(rows) + "\n", "utf-8")
    (fault,) = refused(data)
    assert "人均纯收入" in fault.details["cells_zh"]


def test_every_release_is_held_against_not_the_last_alone(data: Path) -> None:
    """Ten come, then nine of them and another leave: between the first and the third is one."""
    settle(data, 12)
    assert refused(data) == [] and release(data) is not None
    path = folder_of(data, "demo") / "households.csv"
    lines = path.read_text("utf-8-sig").splitlines()
    gone = [line for line in lines if "H99000" in line or "H99001" in line][:11]
    path.write_text("\n".join(line for line in lines if line not in gone) + "\n", "utf-8")
    for table in ("persons", "statuses", "incomes"):
        own = folder_of(data, "demo") / f"{table}.csv"
        homes = [line.split(",")[0] for line in gone]
        rows = own.read_text("utf-8-sig").splitlines()
        left = [row for row in rows if not any(home in row.split(",") for home in homes)]
        own.write_text("\n".join(left) + "\n", "utf-8")
    assert [fault.file[-8:] for fault in refused(data)] == ["001.json"]


def test_what_was_hidden_and_has_not_changed_stays_hidden(data: Path) -> None:
    before = book(data)
    settle(data, 14)
    after = book(data)
    for name in before.hidden:
        now, then = after.figures[name].quantity, before.figures[name].quantity
        assert name in after.hidden or now != then, name


def test_a_cell_released_and_unchanged_is_known_to_the_audit(data: Path) -> None:
    """Hidden in the new edition it would be no secret, so that nothing may lean on it."""
    found = section.found(town(data), 2020, folder_of(data, "demo"), [])
    assert found is not None
    (kept,) = (data / "demo" / released.FOLDER).iterdir()
    told = json.loads(kept.read_bytes())
    hidden = min(found.counts.hidden, key=lambda cell: (cell.count("."), cell))
    for row in told["figures"]:
        if row["figure"] == hidden:
            count = next(c for c in found.counts.system.counts if c.cell == hidden)
            row |= {"value": str(count.value), "missing": ""}
    kept.write_text(json.dumps(told, ensure_ascii=False), "utf-8")
    again = section.found(town(data), 2020, folder_of(data, "demo"), [])
    assert again is not None
    assert hidden not in again.counts.protection.published.hidden or again.refused


# -- the commands ----------------------------------------------------------------------------------


@pytest.mark.slow
def test_record_keeps_the_ledger_and_check_and_build_refuse(data: Path, command: Run) -> None:
    old = Path(shutil.copytree(data, data.parent / "old"))
    shutil.rmtree(data / "demo" / released.FOLDER)
    where = ("--town", "demo", "--year", "2020", "--data", data)
    grounds = ("--by", "甲", "--reason", "首次公布", "--basis", "登记册", "--approver", "乙")
    assert command("record", old, *where, *grounds, "--kind", "revision")[0] == 0
    assert command("check", *where)[0] == 0
    settle(data, 1)
    for lang, words in (("zh", "内部版不受影响"), ("en", "Ways out")):
        status, _, err = command("check", *where, "--lang", lang)
        assert status == 1 and words in err and VILLAGE in err
    out = data.parent / "out"
    status, _, err = command("build", *where, "--edition", "public", "--out", out)
    assert status == 1 and "2020-001.json" in err and not out.exists()


def test_a_file_that_is_no_release_is_named(data: Path) -> None:
    (data / "demo" / released.FOLDER / "2020-002.json").write_text("{", "utf-8")
    with pytest.raises(DataFaults) as stopped:
        sections.entries(town(data), 2020, [])
    assert [fault.code for fault in stopped.value.faults] == ["released_unreadable"]


# -- amounts of money, and what is sensitive -------------------------------------------------------


def test_the_public_ledger_has_no_amount_to_the_fen_and_no_total(kept: Path) -> None:
    ledger = book(kept)
    assert ledger.figures["demo/households.income.total@2020"].indicator.audience == "internal"
    public = ledger.public()
    assert not [i for i in public.figures if "income.total" in i]
    seen = 0
    for figure in public.figures.values():
        unit, quantity = str(figure.indicator.unit), figure.quantity
        if figure.id.startswith("demo/households.") and quantity and "元" in unit:
            assert quantity.value % 100 == 0, figure.id
            seen += 1
        if figure.id.startswith(("demo/households.income.gap", "demo/households.income.sev")):
            assert quantity is None or (quantity.value * 10).denominator == 1
            assert not figure.inputs and not figure.indicator.formula
    assert seen >= 2


@pytest.mark.parametrize(
    ("measure", "sensitive"),
    [
        *((name, True) for name in ("健康帮扶", "大病救助", "残疾人“两项补贴”", "低保兜底", "医疗救助")),
        *((name, False) for name in ("产业扶持", "易地搬迁", "危房改造", "教育资助", "小额信贷")),
    ],
)  # fmt: skip
def test_measures_that_tell_of_health_disability_or_income(measure: str, sensitive: bool) -> None:
    assert is_sensitive(measure) is sensitive


def test_health_disability_and_income_want_the_higher_threshold_in_every_table(kept: Path) -> None:
    found = section.found(town(kept), 2020, folder_of(kept, "demo"), [])
    assert found is not None
    counts = found.counts.system.counts
    about = [
        count
        for count in counts
        if count.id.startswith(("households.income.", "households.needs."))
        or (count.id.startswith("households.measures.") and is_sensitive(count.place))
    ]
    assert len(about) > 15 and all(count.sensitive for count in about)
    by_cell = {count.cell: count for count in counts}
    for count in about:
        people = by_cell[count.base] if count.base else count
        if 0 < people.value < 10:
            assert count.cell in found.counts.hidden, count.id


def test_a_mean_of_incomes_of_too_few_households_is_hidden(kept: Path) -> None:
    found = section.found(town(kept), 2020, folder_of(kept, "demo"), [])
    assert found is not None
    rule = replace(found.counts.rule, sensitive_threshold=10**6)
    made = replace(found, counts=replace(found.counts, rule=rule))
    (mean,) = (e for e in section._incomes(made) if e.indicator.id == "households.income.mean")
    assert mean.hidden and isinstance(mean.quantity and mean.quantity.value, Fraction)


# -- the attack ------------------------------------------------------------------------------------


def ends(relations: list[dict[str, int]], known: dict[str, int], cell: str) -> tuple[float, float]:
    """Least and greatest change of a cell, by another solver, of all that a reader can hold true."""
    names = sorted({c for terms in relations for c in terms} - known.keys())
    if cell not in names:
        return (known[cell], known[cell]) if cell in known else (-np.inf, np.inf)
    matrix = np.array([[terms.get(c, 0) for c in names] for terms in relations], dtype=float)
    right = [-sum(t * known.get(c, 0) for c, t in terms.items()) for terms in relations]
    found = []
    for sign in (1, -1):
        goal = np.array([sign * (c == cell) for c in names], dtype=float)
        answer = linprog(goal, A_eq=matrix, b_eq=right, bounds=(None, None))
        found.append(sign * answer.fun if answer.status == 0 else -sign * np.inf)
    return found[0], found[1]


def attacked(data: Path, seed: int) -> tuple[int, int]:
    """Three revisions of a town, each published where it may be; how many were, and were not."""
    dice, first, told = random.Random(seed), 0, []
    for revision in range(4):
        if revision:
            number = dice.choice([1, 2, 11, 14])
            settle(data, number, first)
            first += number
        if revision and refused(data):
            told.append(False)
            continue
        told.append(True)
        made = section.found(town(data), 2020, folder_of(data, "demo"), [])
        assert made is not None
        counts = made.counts
        for cell, (low, high) in attack(counts.protection.published, whole=True).items():
            width = counts.protection.widths.get(cell, 1)
            assert math.ceil(low - 1e-6) + width <= high + 1e-6, (seed, revision, cell)
        own = {c.cell: c for c in counts.system.counts}
        relations = [dict(r.terms) for r in counts.system.relations]
        for before in released.read(data / "demo"):
            shown = {
                cell: count.value - int(value)
                for cell, count in own.items()
                if count.printed
                and cell not in counts.hidden
                and (value := before.values.get(cell))
            }
            for cell, count in own.items():
                low, high = ends(relations, shown, cell) if count.unit.text == "户" else (0, 0)
                least = 10 if count.sensitive else 3
                assert low != high or not 0 < abs(round(low)) < least, (seed, revision, cell)
        release(data)
    return sum(told), told.count(False)


@pytest.mark.slow
def test_three_revisions_of_a_town_subtracted_tell_of_no_few_households(data: Path) -> None:
    assert attacked(data, 3)[0] >= 2


@pytest.mark.long
@pytest.mark.parametrize("seed", range(20))
def test_three_revisions_of_drawn_towns_subtracted_tell_of_no_few_households(
    tmp_path: Path, seed: int
) -> None:
    data = tmp_path / "data"
    shutil.copytree(DATA, data)
    write_into(
        Plan(households=40 + 8 * seed, years=2, first_year=2019, seed=f"{seed}"), data, "demo"
    )
    released_, held_back = attacked(data, seed)
    assert released_ + held_back == 4
