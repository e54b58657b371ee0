"""Figures of households and checkpoints: the same on both engines, and none gives a household away."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from xushi_stats import compute
from xushi_stats import dataset as datasets
from xushi_stats.audit.recount.compare import Recount, recount
from xushi_stats.audit.recount.files import Unreadable
from xushi_stats.checks.preflight import rehearse
from xushi_stats.dataset import Dataset
from xushi_stats.disclosure.intruder import audit
from xushi_stats.faults import Fault, errors
from xushi_stats.ledger import Entry, Ledger
from xushi_stats.registers.checkpoints import section as checkpoint_section
from xushi_stats.registers.entries import folder_of
from xushi_stats.registers.frames import Engine
from xushi_stats.registers.households import section as household_section
from xushi_stats.reporting import sections
from xushi_stats.reporting.evidence import write_ledger
from xushi_stats.reporting.report import Report
from xushi_stats.synth import Plan, write_into

DATA = Path(__file__).resolve().parents[2] / "data"
PLAN = Plan(households=120, years=3, first_year=2019, seed="demo")
Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("town") / "data"
    shutil.copytree(DATA, data)
    write_into(PLAN, data, "demo")
    return data


@pytest.fixture
def data(made: Path, tmp_path: Path) -> Path:
    """A copy whose registers a test may change."""
    return Path(shutil.copytree(made, tmp_path / "data"))


def town(data: Path) -> Dataset:
    found = datasets.load(data, "demo")
    return replace(found, town={**found.town, "sections": ["review", "households", "checkpoints"]})


def figures(data: Path, year: int = 2020, engine: Engine = "pandas") -> list[Entry]:
    faults: list[Fault] = []
    found = household_section.entries(town(data), year, folder_of(data, "demo"), faults, engine)
    assert not errors(faults), [fault.text("en") for fault in faults]
    return found


def change(data: Path, table: str, edit: Callable[[Rows], None]) -> None:
    path = folder_of(data, "demo") / f"{table}.csv"
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    edit(rows)
    with open(path, "w", encoding="utf-8", newline="") as file:
        table_file = csv.DictWriter(file, list(rows[0]))
        table_file.writeheader()
        table_file.writerows(rows)


def book(data: Path, year: int = 2020) -> Ledger:
    faults: list[Fault] = []
    dataset = town(data)
    return compute.build(dataset, year, faults, sections.entries(dataset, year, faults))


@pytest.mark.parametrize("year", [2019, 2020, 2021])
def test_both_engines_give_the_same_exact_figures(made: Path, year: int) -> None:
    pandas, duckdb = figures(made, year), figures(made, year, "duckdb")
    assert len(pandas) > 100
    for one, other in zip(pandas, duckdb, strict=True):
        assert (one.indicator.id, one.period) == (other.indicator.id, other.period)
        assert (one.quantity, one.hidden, one.origin) == (
            other.quantity,
            other.hidden,
            other.origin,
        )


@pytest.mark.parametrize("year", [2019, 2020, 2021])
def test_no_printed_count_of_a_few_households_and_no_hidden_one_can_be_solved(
    made: Path, year: int
) -> None:
    found = household_section.found(town(made), year, folder_of(made, "demo"), [])
    assert found is not None
    counts = found.counts
    assert not audit(counts.protection.published, counts.protection.widths)
    by_cell = {count.cell: count for count in counts.system.counts}
    for cell, count in by_cell.items():
        households = by_cell[count.base].value if count.base else count.value
        least = 10 if count.sensitive else 3
        if 0 < households < least:
            assert cell in counts.hidden
        if count.base:
            assert (cell in counts.hidden) == (count.base in counts.hidden)


def test_a_cell_of_two_households_is_hidden_with_another_of_its_row_and_column(data: Path) -> None:
    """Two households of one village fall back into poverty: the cell, and what would solve it, goes."""
    with open(folder_of(data, "demo") / "households.csv", encoding="utf-8-sig") as file:
        rows = [r for r in csv.DictReader(file) if r["entered"] < "2019" and not r["left"]]
    village = max({r["village"] for r in rows}, key=lambda v: sum(r["village"] == v for r in rows))
    chosen = [r["household"] for r in rows if r["village"] == village][:2]

    def relapse(statuses: Rows) -> None:
        for household in chosen:
            statuses.append({"household": household, "date": "2020-12-30", "status": "返贫"})

    change(data, "statuses", relapse)
    found = figures(data)
    rows_of = {e.indicator.id: e for e in found if e.indicator.place == village}
    prefix = next(i for i in rows_of if i.endswith(".relapsed")).removesuffix(".relapsed")
    cell = rows_of[f"{prefix}.relapsed"]
    assert cell.quantity is not None and cell.quantity.value == 2 and cell.hidden
    in_row = [rows_of[f"{prefix}{s}"].hidden for s in ("", ".poor", ".lifted")]
    in_column = [
        e.hidden for e in found
        if e.indicator.id.endswith(".relapsed") and e.period == "2020-12" and e is not cell
        and not e.indicator.id.startswith(("households.moved", "households.persons"))
    ]  # fmt: skip
    assert any(in_row) and any(in_column)
    public = book(data).public()
    shown = public.find(f"{prefix}.relapsed@2020-12")
    assert shown is not None and shown.quantity is None and shown.origin == ""
    assert shown.missing is not None and shown.missing.reason == "suppressed"


def test_what_a_hidden_count_gives_is_hidden_too(made: Path) -> None:
    ledger = book(made)
    public, hidden = ledger.public(), ledger.hidden
    assert hidden
    below = [f for f in ledger.figures.values() if set(f.inputs) & hidden]
    assert below
    for figure in below:
        kept = public.figures.get(figure.id)
        assert kept is None or kept.quantity is None


def test_monitored_classes_begin_with_a_break(made: Path) -> None:
    found = {(e.indicator.id, e.period): e for e in figures(made, 2021)}
    assert ("households.count.marginal", "2020-12") not in found
    assert ("households.count.marginal", "2021-12") in found
    assert found["households.count.marginal.change", "2021-12"].reason == "series_break"
    assert ("households.watched.cases", "2021") in found


def test_over_the_break_no_change_is_computed_of_any_class_or_the_whole(made: Path) -> None:
    found = {(e.indicator.id, e.period): e for e in figures(made, 2021)}
    changes = {e.reason for (name, _), e in found.items() if name.endswith(".change")}
    assert changes == {"series_break"}
    assert ("households.count.change", "2021-12") in found
    before = {e.reason for e in figures(made, 2020) if e.indicator.id.endswith(".change")}
    assert before == {""}


def test_the_monitored_classes_are_one_total(made: Path) -> None:
    found = {e.indicator.id: e.quantity for e in figures(made, 2021) if e.period == "2021-12"}
    classes = ("unstable", "marginal", "hardship")
    parts = [found[f"households.count.{name}"] for name in classes]
    total = found["households.count.watched"]
    assert total and total.value == sum(q.value for q in parts if q) > 0


def test_further_measures_are_for_those_who_ask_and_never_for_the_public(data: Path) -> None:
    more = [e for e in figures(data) if ".more." in e.indicator.id]
    assert {e.indicator.id.rpartition(".")[2] for e in more} >= {"watts", "sen", "gini", "adjusted"}
    assert {e.indicator.audience for e in more} == {"internal"}
    rules = data / "demo" / "rules.toml"
    text = rules.read_text("utf-8")
    rules.write_text(text.replace("more_measures = true", "more_measures = false"), "utf-8")
    assert not [e for e in figures(data) if ".more." in e.indicator.id]


def test_a_rule_that_is_missing_is_a_fault(data: Path) -> None:
    rules = data / "demo" / "rules.toml"
    text = rules.read_text("utf-8")
    rules.write_text(text.replace("more_measures = true", ""), "utf-8")
    faults: list[Fault] = []
    household_section.entries(town(data), 2020, folder_of(data, "demo"), faults)
    assert [f.details["key"] for f in faults if f.code == "rule_missing"] == [
        "households.more_measures"
    ]


def test_without_registers_every_figure_says_so_and_tables_are_left_out(tmp_path: Path) -> None:
    data = Path(shutil.copytree(DATA, tmp_path / "data"))
    shutil.rmtree(folder_of(data, "demo"), ignore_errors=True)
    report = Report("demo", 2020, data=data)
    figure = report["households.count"].figure
    assert figure.missing is not None and figure.missing.reason == "no_register"
    assert not errors(rehearse(report))
    tables = [n for n in report.dataset.exhibits["table"] if n.startswith(("households", "checkp"))]
    assert len(tables) > 8
    assert all(not report.table(name).blocks for name in tables)


# -- counted again -----------------------------------------------------------------------------


def leave(data: Path, out: Path) -> Path:
    write_ledger(out, book(data), "0" * 64, {})
    return out / "ledger.json"


def again(ledger: Path, data: Path) -> Recount:
    return recount(ledger, folder_of(data, "demo"), data / "demo" / "rules.toml")


@pytest.mark.parametrize("year", [2019, 2020, 2021])
def test_the_ledger_is_what_the_registers_give(made: Path, tmp_path: Path, year: int) -> None:
    """Over the break in the series too, when there are classes under watch."""
    write_ledger(tmp_path, book(made, year), "0" * 64, {})
    found = again(tmp_path / "ledger.json", made)
    assert sum(found.figures.values()) > 100 and found.findings == ()


def test_a_register_with_one_row_changed_is_found_by_the_figures_it_changes(
    data: Path, tmp_path: Path
) -> None:
    ledger = leave(data, tmp_path / "out")

    def visit_again(rows: Rows) -> None:
        visited = next(row for row in rows if row["date"].startswith("2020"))
        rows.append({**visited, "date": "2020-12-28"})

    change(data, "visits", visit_again)
    found = again(ledger, data).differences
    assert [d.name for d in found if d.code == "value"] == ["demo/households.visits.times@2020"]
    assert [d.name for d in found if d.code == "digest"] == [
        "households.csv statuses.csv visits.csv"
    ]
    assert len(found) == 2


def test_a_ledger_that_was_changed_is_found(data: Path, tmp_path: Path) -> None:
    ledger = leave(data, tmp_path / "out")
    content = json.loads(ledger.read_text("utf-8"))
    name = "demo/checkpoints.persons.checked@2020-01/2020-03"
    row = next(r for r in content["figures"] if r["id"] == name)
    row["value"] = str(int(row["value"]) + 1)
    ledger.write_text(json.dumps(content), "utf-8")
    (found,) = again(ledger, data).findings
    assert (found.code, found.name) == ("value", row["id"])


def test_a_ledger_that_cannot_be_read_is_told(data: Path, tmp_path: Path) -> None:
    broken = tmp_path / "ledger.json"
    broken.write_text("{", "utf-8")
    with pytest.raises(Unreadable):
        again(broken, data)


# -- checkpoints -------------------------------------------------------------------------------


def test_a_printed_interval_of_a_rate_contains_the_rate(made: Path) -> None:
    faults: list[Fault] = []
    found = checkpoint_section.entries(town(made), 2020, folder_of(made, "demo"), faults)
    ledger = book(made)
    ends = {e.indicator.id: e.quantity for e in found if e.indicator.id.endswith((".low", ".high"))}
    assert ends and {e.indicator.audience for e in found if e.indicator.id in ends} == {"internal"}
    for name in {i.rpartition(".")[0] for i in ends}:
        rate = ledger.find(name)
        low, high = ends[f"{name}.low"], ends[f"{name}.high"]
        assert rate is not None and rate.quantity and low and high
        assert low.value <= rate.quantity.value <= high.value
        assert (low.value * 100).denominator == (high.value * 100).denominator == 1


def test_few_arrivals_in_a_state_are_hidden(made: Path) -> None:
    found = checkpoint_section.entries(town(made), 2020, folder_of(made, "demo"), [])
    states = {
        e.indicator.id: e for e in found
        if e.indicator.id.startswith("checkpoints.arrivals.") and e.quantity and not e.indicator.decimals
    }  # fmt: skip
    small = [e for e in states.values() if e.quantity and 0 < e.quantity.value < 10]
    assert small and all(e.hidden for e in small)
