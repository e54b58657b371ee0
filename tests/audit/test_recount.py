"""Registers counted again: each statistic of the library is broken once, and the recount tells it."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import comb
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import narwhals as nw
import pytest
from conftest import Run
from reporting import copies
from reporting.copies import Release

from xushi_stats import compute
from xushi_stats import dataset as datasets
from xushi_stats.audit import limits
from xushi_stats.audit import recount as program
from xushi_stats.audit.recount import compare
from xushi_stats.audit.recount.compare import SECTIONS, Recount, recount
from xushi_stats.faults import errors
from xushi_stats.registers import protected_counts, subtraction
from xushi_stats.registers.aggregates import Room
from xushi_stats.registers.assessment import grade_history, grades, outcomes, scores
from xushi_stats.registers.assessment import section as assessment
from xushi_stats.registers.checkpoints import counts as checkpoint_counts
from xushi_stats.registers.checkpoints import proportion_interval
from xushi_stats.registers.checkpoints import section as checkpoints
from xushi_stats.registers.households import (
    aggregates,
    counts,
    incomes,
    inequality,
    multidimensional,
    poverty,
    services,
    support_counts,
)
from xushi_stats.registers.households import section as households
from xushi_stats.registers.inspection import praise_and_criticism, rank_agreement
from xushi_stats.registers.inspection import scores as inspection_scores
from xushi_stats.registers.inspection import section as inspection
from xushi_stats.registers.rules.assessment import Grade
from xushi_stats.registers.schema import INSTRUMENTS
from xushi_stats.reporting.evidence import write_ledger
from xushi_stats.synth import write_into

FOLDER = Path(program.__file__).parent
MODULES = {
    "assessment": assessment,
    "inspection": inspection,
    "households": households,
    "checkpoints": checkpoints,
}
YEAR = copies.DEMO_YEAR


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo town with its registers; the folder of data."""
    data = copies.copy(tmp_path_factory.mktemp("town"))
    write_into(copies.DEMO_PLAN, data, copies.DEMO)
    return data


def registers(data: Path) -> Path:
    return data / copies.DEMO / "registers"


def made(data: Path, out: Path, *sections: str) -> Path:
    """A ledger with the figures of some sections, as the library now counts them."""
    town = datasets.load(data, copies.DEMO)
    entered, faults = [], []
    for name in sections:
        entered += MODULES[name].entries(town, YEAR, registers(data), faults)
    assert not errors(faults), [fault.text("en") for fault in faults]
    write_ledger(out, compute.build(town, YEAR, [], entered), "0" * 64, {})
    return out / "ledger.json"


def again(ledger: Path, data: Path) -> Recount:
    return recount(ledger, registers(data), data / copies.DEMO / "rules.toml")


def given(ledger: Path) -> dict[str, dict[str, Any]]:
    """The figures that come from registers, derived ones too."""
    rows = json.loads(ledger.read_text("utf-8"))["figures"]
    names = {row["id"]: row for row in rows if row["origin"] or row["formula"]}
    return {i: row for i, row in names.items() if i.split("/")[1].split(".")[0] in SECTIONS}


@pytest.fixture(scope="module")
def whole(town: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ledger of all four sections."""
    return made(town, tmp_path_factory.mktemp("whole"), *MODULES)


# -- statistics of the library, each broken once -----------------------------------------------


@dataclass(frozen=True)
class Broken:
    """A function of the library, and what takes its place; ``how`` says what is wrong with it."""

    owner: Any
    name: str
    how: str
    make: Callable[[Any], Any]


def result(owner: Any, name: str, how: str, spoil: Callable[[Any], Any]) -> Broken:
    """The function's result is spoiled."""
    return Broken(owner, name, how, lambda real: lambda *a, **k: spoil(real(*a, **k)))


def instead(owner: Any, name: str, how: str, other: Any) -> Broken:
    """Another function, or another constant, takes its place."""
    return Broken(owner, name, how, lambda real: other)


def one_more(number: Any) -> Any:
    return number + 1 if isinstance(number, (int, Fraction)) else number


def members_for_ever(register: Any, on: date) -> Any:
    rows = register.table("persons", "household", "start", "end")
    here = rows.filter(nw.col("start") <= on.toordinal())
    return here.group_by("household").agg(nw.len().alias("persons"))


def turned(cells: dict[Any, Any]) -> dict[Any, Any]:
    """The cells in the wrong places."""
    return dict(zip(cells, reversed(cells.values()), strict=True))


def let_through(real: Any) -> Any:
    return lambda returned, checked: real(checked - returned, checked)


def wrong_formula(real: Any) -> Any:
    def derived(name: str, formula: str, *rest: Any, **more: Any) -> Any:
        formula = formula.replace(" - ", " + ")
        formula = re.sub(r"\((\S+), (\S+)\)", r"(\2, \1)", formula)
        return real(name, formula, *rest, **more)

    return derived


def of_other_units(found: Any) -> Any:
    others = tuple(unit for unit, _ in found.counts)
    return replace(found, counts=extra(found.counts), not_ranked=others)


def in_poverty(real: Any) -> Any:
    def of(own: Any, statuses: Any = None, village: Any = None) -> Any:
        return real(own, ["未脱贫"] if statuses == ["已脱贫"] else statuses, village)

    return of


def half_year(real: Any) -> Any:
    def of_half(register: Any, start: date, end: date, *rest: Any) -> Any:
        return real(register, start, end.replace(month=6, day=30), *rest)

    return of_half


def year_before(real: Any) -> Any:
    return lambda register, year, *rest, **more: real(register, year - 1, *rest, **more)


def upside_down(real: Any) -> Any:
    def made(*rest: Any, formula: str = "", **more: Any) -> Any:
        return real(*rest, formula=re.sub(r"\((\S+), (\S+)\)", r"(\2, \1)", formula), **more)

    return made


def wrong_share(real: Any) -> Any:
    def entry(room: Any, *rest: Any, formula: str = "", **more: Any) -> Any:
        formula = formula.replace("assessment.assessed", "assessment.persons")
        return real(room, *rest, formula=formula, **more)

    return entry


def extra(found: dict[Any, Any]) -> dict[Any, Any]:
    return {key: one_more(value) for key, value in found.items()}


def more_of(*names: str) -> Callable[[Any], Any]:
    return lambda found: replace(found, **{name: one_more(getattr(found, name)) for name in names})


def persons_lost(found: Any) -> Any:
    return replace(found, persons=dict(list(found.persons.items())[1:]))


OTHER = {"best": "worst", "worst": "best"}
BROKEN: dict[str, Sequence[Broken]] = {
    "households": (
        instead(counts, "_until", "a status of any date is the latest", lambda day, key: key),
        instead(counts, "members", "persons who have left are counted", members_for_ever),
        result(counts, "counts", "statuses and villages in the wrong cells",
               lambda c: replace(c, cells=turned(c.cells))),
        result(counts, "counts", "a class of a village left out",
               lambda c: replace(c, cells=dict(list(c.cells.items())[1:]))),
        Broken(counts.Counts, "of", "those in poverty for those out of it", in_poverty),
        result(counts, "transitions", "moves in the wrong cells",
               lambda t: replace(t, cells=turned(t.cells))),
        result(counts.Transitions, "of", "one too many in each move", one_more),
        result(counts.Relapse, "base", "one too many out of poverty before", one_more),
        result(counts.Relapse, "cases", "one too many fell back", one_more),
        Broken(services, "coverage", "visits of half a year", half_year),
        result(services, "coverage", "a household less is due",
               lambda c: replace(c, due={v: n - 1 for v, n in c.due.items()})),
        result(services, "coverage", "a household more was visited",
               lambda c: replace(c, visited=extra(c.visited))),
        instead(services, "_FAILS", "items that are met count as failing", 1),
        result(services.Needs, "failing", "one too many of each item", one_more),
        result(services.Needs, "overlaps", "patterns in the wrong cells", turned),
        Broken(services, "measures", "measures of half a year", half_year),
        result(services.Measures, "of", "one too many of each measure", one_more),
        Broken(services, "incomes", "incomes of the year before", year_before),
        result(services, "incomes", "persons of one income left out", persons_lost),
        result(services, "incomes", "a household more without income",
               lambda i: replace(i, missing=counts.Pair(i.missing.households + 1, i.missing.persons + 1))),
        result(services, "incomes", "an income of nobody",
               lambda i: replace(i, households={**i.households, 1: 1}, persons={**i.persons, 1: 1})),
        instead(incomes.Incomes, "total", "incomes not weighted", property(lambda i: sum(i.counts))),
        result(inequality, "gini", "the form for samples", lambda g: g * Fraction(112, 111)),
        instead(poverty, "gap", "the headcount for the gap", lambda sums: poverty.fgt(sums, 0)),
        instead(poverty, "severity", "the gap for the severity", lambda sums: poverty.fgt(sums, 1)),
        result(poverty, "watts", "the last of 50 decimals", lambda w: w + Decimal("1e-50")),
        instead(poverty, "sen_1976", "the limit form for the first form", poverty.sen_limit),
        instead(poverty, "sen_limit", "the first form for the limit form", poverty.sen_1976),
        instead(poverty, "sen_shorrocks_thon", "Sen's for Shorrocks's", poverty.sen_1976),
        instead(multidimensional.Rule, "is_poor", "poor above the cut-off, not from it",
                lambda rule, pattern: rule.score(pattern) > rule.cutoff),
        result(multidimensional, "headcount_ratio", "twice the ratio", lambda r: 2 * r),
        result(multidimensional, "intensity", "twice the intensity", lambda r: 2 * r),
        result(multidimensional, "adjusted_headcount_ratio", "twice M0", lambda r: 2 * r),
        Broken(households, "_derived", "shares upside down, sums for changes", wrong_formula),
        Broken(aggregates, "numbered", "villages under each other's letters",
               lambda real: lambda prefix, names: turned(real(prefix, names))),
        Broken(support_counts, "numbered", "measures under each other's letters",
               lambda real: lambda prefix, names: turned(real(prefix, names))),
        result(services.Needs, "any_failing", "one too many with an item failing", one_more),
        Broken(households, "_below_line", "another line in the ledger",
               lambda real: lambda found, line: real(found, line + 1)),
        result(households, "gather", "another line", lambda a: replace(a, line=a.line * 2)),
    ),
    "checkpoints": (
        Broken(checkpoint_counts, "rate", "those let through as turned back", let_through),
        result(checkpoint_counts, "rate", "one too many checked",
               lambda r: replace(r, checked=r.checked + 1)),
        result(checkpoint_counts, "by_checkpoint", "posts exchanged", turned),
        instead(proportion_interval, "Z", "another level", Decimal("1.6448536269514722")),
        result(checkpoint_counts, "coverage", "no day reported, one missing",
               lambda c: {k: replace(v, reported=0, before=(date.min,)) for k, v in c.items()}),
        result(checkpoint_counts, "follow_up", "an arrival too many", more_of("arrivals")),
        result(checkpoint_counts, "_states", "states exchanged", turned),
        result(checkpoint_counts, "_states", "one too many in each state", extra),
        result(checkpoint_counts, "_overdue", "one too many overdue", one_more),
        result(checkpoint_counts, "_mean_days", "a day longer", one_more),
        Broken(checkpoints, "indicator", "shares upside down", upside_down),
    ),
    "assessment": (
        result(scores, "_instrument", "under the other measures",
               lambda own: next(i for i in INSTRUMENTS if i != own)),
        instead(scores, "of_year", "parts of a year not brought to a year",
                lambda net, days, of, rules: Fraction(1000 + net)),
        instead(scores, "limited", "no total above the base",
                lambda points, rules: min(points, Fraction(1000))),
        instead(scores, "_unassessed", "whoever left is assessed", lambda *_: ""),
        Broken(grades, "by_cutoffs", "cut-offs too high",
               lambda real: lambda total, cutoffs: real(total - 30, cutoffs)),
        result(grades, "places", "no places in the best grade", lambda places: (0,) * len(places)),
        instead(grades, "_grade_of_ranks", "everybody in the best grade",
                lambda *_: Grade.EXCELLENT),
        instead(grade_history, "_is_second_basic", "nobody is reclassified", lambda *_: False),
        instead(grade_history, "_ends", "no post ends", lambda *_: False),
        instead(grade_history, "_pay", "an open rule taken as settled", lambda *_: Fraction(1)),
        result(outcomes, "consequences", "a talk for those who are due none",
               lambda c: replace(c, talk=not c.talk)),
        result(outcomes, "_mean", "a point too many", one_more),
        instead(outcomes, "statistics", "the greatest for the median", SimpleNamespace(median=max)),
        result(assessment, "distribution", "one too many persons", more_of("persons", "assessed")),
        result(assessment, "distribution", "one too many in each grade",
               lambda d: replace(d, raw=extra(d.raw), effective=extra(d.effective))),
        result(assessment, "distribution", "one too many ended", more_of("reclassified", "ended")),
        result(assessment, "_movers", "one too many joined, left and moved", extra),
        result(assessment, "by_domain", "added for deducted",
               lambda d: {k: replace(p, added=p.deducted, deducted=p.added) for k, p in d.items()}),
        result(assessment, "by_domain", "an entry too many",
               lambda d: {k: replace(p, entries=p.entries + 1) for k, p in d.items()}),
        Broken(assessment, "numbered", "fields under each other's letters",
               lambda real: lambda prefix, names: turned(real(prefix, names))),
        Broken(Room, "entry", "shares of all in post", wrong_share),
    ),
    "inspection": (
        result(inspection_scores, "month_score", "a point too many", one_more),
        result(rank_agreement, "rank", "a place lower", extra),
        Broken(rank_agreement, "rank", "ties by the mean place",
               lambda real: lambda found, tie: real(found, "average")),
        result(rank_agreement, "tau_b", "tau-a, as if nothing were tied",
               lambda t: replace(t, under=Fraction(comb(t.count, 2)) ** 2)),
        result(rank_agreement, "concordance", "a half of W", lambda w: w / 2),
        result(inspection_scores, "_over_months", "a point too many over the year", one_more),
        result(inspection, "gaps", "nothing is missing",
               lambda g: replace(g, months=(), villages={}, item_changes=("2020-02",))),
        result(inspection, "span", "a month less", lambda months: months[:-1]),
        result(inspection, "monthly", "no village but the first",
               lambda found: dict(list(found.items())[:1])),
        result(inspection, "cumulative", "a month less of each village",
               lambda found: {v: replace(s, months=s.months[1:]) for v, s in found.items()}),
        result(praise_and_criticism, "movement", "a place more",
               lambda found: {v: replace(m, places=m.places + 1) for v, m in found.items()}),
        Broken(praise_and_criticism, "_selected", "the best for the worst",
               lambda real: lambda found, rules, end: real(found, rules, OTHER[end])),
        result(praise_and_criticism, "times", "a month more of each village",
               lambda n: Counter(extra(n) | {"上塘村": 9})),
        result(praise_and_criticism, "_complete", "a village less in all months",
               lambda found: (found[0][1:], *found[1:])),
        result(praise_and_criticism, "accountability", "a case too many, all of other units",
               of_other_units,
        ),
        result(inspection, "read", "a village too many",
               lambda i: inspection_scores.Inspection(i.scores, i.cases, (*i.villages, "某村"))),
        instead(inspection, "letters", "villages under each other's letters",
                lambda number: "fedcba"[number]),
    ),
}  # fmt: skip


class Unprotected(protected_counts.Protected):
    """Counts that nothing is hidden of, since a count that is wrong may stop their protection."""

    def refuses(self, figure: Any) -> bool:
        return False


def unprotected(system: Any, rule: Any, earlier: Any = None) -> Unprotected:
    return Unprotected(system, rule, frozenset(), {}, None)  # type: ignore[arg-type]


def kind(figure: str) -> str:
    """What a figure is about, whatever the village and the period."""
    name = figure.partition("/")[2].partition("@")[0]
    name = re.sub(r"\.(moved|together)\..*", r".\1", name)
    return re.sub(r"\.[a-z](?=\.|$)", "", name)


@pytest.mark.slow
@pytest.mark.parametrize("section", BROKEN)
def test_each_statistic_that_is_broken_is_told(
    section: str, town: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each function by itself; and there is no kind of figure that none of them spoils."""
    monkeypatch.setattr(households, "protected", unprotected)
    monkeypatch.setattr(subtraction, "protected", unprotected)
    honest = made(town, tmp_path, section)
    assert again(honest, town).findings == ()
    wanted, told = {kind(figure) for figure in given(honest)}, set[str]()
    for broken in BROKEN[section]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(
                broken.owner, broken.name, broken.make(getattr(broken.owner, broken.name))
            )
            findings = again(made(town, tmp_path, section), town).findings
        assert findings, f"{section}: {broken.name}: {broken.how}"
        assert all(finding.code != "digest" for finding in findings)
        told |= {kind(finding.name) for finding in findings}
    assert wanted - told == set()


# -- towns with other rules --------------------------------------------------------------------

OTHERS = (
    {"method": '"quotas"', "shares": '["15%", "60%", "15%"]', "ties": '"up"', "rounding": '"down"'},
    {
        "method": '"quotas"',
        "shares": '{ office = ["15%", "60%", "15%"], village = ["20%", "50%", "20%"] }',
        "gap": '"skipped"',
    },
    {"method": '"cutoffs"', "part_year": '"full"', "leavers": "true", "minimum": "0"},
    {"shares": '["10%"]', "ties": '"open:pay.reclassified"'},
    {"maximum": "1010", "negative": "true", "first": "2020"},
    {"after_reclassified": '"continue"', "reclassified_counts": "false", "after_end": '"continue"'},
    {"score": '"mean"', "missing_items": '"scored"', "tie": '"dense"', "best_value": "4"},
    {"tie": '"average"', "cumulative": '"all"', "best_ties": '"without"'},
    {"start": '"2020-03"', "best_by": '"threshold"', "best_value": '"75.1"', "worst_by": '"count"',
     "worst_value": "3", "worst_ties": '"without"'},
    {"start": '"open:pay.reclassified"', "tie": '"open:pay.reclassified"'},
    {"score": '"open:pay.reclassified"'},
    {"missing_items": '"open:pay.reclassified"'},
)  # fmt: skip
"""What other towns may decide; ``shares`` and the like stand once in the file."""


@pytest.mark.parametrize("others", OTHERS, ids=lambda others: " ".join(others))
def test_library_and_recount_agree_whatever_the_rules(
    others: dict[str, str], town: Path, tmp_path: Path
) -> None:
    data = moved(town, tmp_path)

    def decide(text: str) -> str:
        for key, value in others.items():
            text, times = re.subn(rf"(?m)^{key} = .*$", f"{key} = {value}", text, count=1)
            assert times == 1
        return text

    copies.edit(data / copies.DEMO / "rules.toml", decide)
    found = again(made(data, tmp_path, "assessment", "inspection"), data)
    assert sum(found.figures.values()) > 250 and found.findings == ()


# -- figures and files -------------------------------------------------------------------------


def change(ledger: Path, edit: Callable[[dict[str, Any]], None]) -> Path:
    """The ledger with each register figure edited."""
    content, own = json.loads(ledger.read_text("utf-8")), given(ledger)
    for row in (row for row in content["figures"] if row["id"] in own):
        edit(row)
    ledger.write_text(json.dumps(content), "utf-8")
    return ledger


def test_the_build_of_the_demo_town_is_counted_again_whole(demo: Release) -> None:
    ledger = demo.folder / "ledger.json"
    found = again(ledger, demo.data)
    assert found.findings == ()
    assert sum(found.figures.values()) == len(given(ledger)) > 500
    assert set(found.figures) == set(SECTIONS)


def test_each_figure_that_is_another_is_told(whole: Path, town: Path, tmp_path: Path) -> None:
    def another(row: dict[str, Any]) -> None:
        row["value"] = str(Fraction(row["value"]) + Fraction(1, 10**9)) if row["value"] else "0"

    ledger = change(Path(shutil.copy(whole, tmp_path)), another)
    told = {finding.name for finding in again(ledger, town).findings}
    assert told == set(given(ledger))


def test_each_figure_that_the_ledger_lacks_is_told(whole: Path, town: Path, tmp_path: Path) -> None:
    content = json.loads(Path(shutil.copy(whole, tmp_path)).read_text("utf-8"))
    own = given(whole)
    kept = {next(i for i in own if f"/{section}." in i) for section in SECTIONS}
    content["figures"] = [r for r in content["figures"] if r["id"] not in own or r["id"] in kept]
    (tmp_path / "ledger.json").write_text(json.dumps(content), "utf-8")
    found = again(tmp_path / "ledger.json", town).findings
    assert {f.name for f in found} == {i for i, r in own.items() if r["value"]} - kept
    assert {f.code for f in found} == {"new"}


def test_a_figure_that_the_program_does_not_know_is_named(
    whole: Path, town: Path, tmp_path: Path
) -> None:
    def rename(row: dict[str, Any]) -> None:
        row["id"] = row["id"].replace("households.visits.times", "households.visits.of_whom")

    ledger = change(Path(shutil.copy(whole, tmp_path)), rename)
    found = again(ledger, town)
    assert [f.name for f in found.unknown] == ["demo/households.visits.of_whom@2020"]
    assert found.lines("en")[-1] == "not recounted: 1; this check is not complete"
    assert found.lines("zh")[-1].startswith("有 1 个数未复算")


def moved(town: Path, tmp_path: Path) -> Path:
    """A data folder whose registers a test may change."""
    shutil.copytree(town, tmp_path / "data")
    return tmp_path / "data"


@pytest.mark.parametrize(
    ("table", "why"),
    [("incomes.parquet", "incomes.parquet: Parquet"), ("staff.csv", "staff.csv is not there")],
)
def test_what_cannot_be_read_is_named_and_the_rest_counted(
    whole: Path, town: Path, tmp_path: Path, table: str, why: str
) -> None:
    data = moved(town, tmp_path)
    path = registers(data) / table
    path.unlink() if path.suffix == ".csv" else path.write_bytes(b"PAR1")
    found = again(whole, data)
    section = "income" if path.suffix == ".parquet" else "assessment"
    assert {why} < {f.text("en").partition("recounted: ")[2][: len(why)] for f in found.unknown} | {
        ""
    }
    assert all(
        f".{section}" in f.name or f"/{section}" in f.name or ".more." in f.name
        for f in found.unknown
    )
    assert {f.code for f in found.differences} <= {"digest"}


def test_no_cell_is_quoted(whole: Path, town: Path, tmp_path: Path) -> None:
    """A name that slipped into a column of dates, an id that no household has."""
    for table, column in (("households", "entered"), ("persons", "household"), ("staff", "start"),
                          ("assessment", "points"), ("items", "date"), ("incomes", "income"),
                          ("checkpoints", "persons_checked"), ("inspection", "score")):  # fmt: skip
        data = moved(town, tmp_path / table)
        copies.table(
            registers(data) / f"{table}.csv", lambda rows, c=column: rows[3].update({c: "合成某"})
        )
        found = again(whole, data)
        said = "\n".join(found.lines("zh") + found.lines("en"))
        assert found.unknown and f"{table}.csv第5行{column}列不能读" in said
        assert "合成某" not in said and not re.search(r"SYN-[A-Z]+-", said)


# -- the program -------------------------------------------------------------------------------


def test_the_program_imports_the_standard_library_alone() -> None:
    for path in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                assert node.level in (0, 1) and (
                    node.level == 0 or (FOLDER / f"{node.module}.py").is_file() or not node.module
                )
                names = [str(node.module)] if node.level == 0 else []
            assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names, path.name


def test_the_program_runs_where_nothing_else_is(whole: Path, town: Path, tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path / "recount", ignore=shutil.ignore_patterns("__pycache__"))
    files = whole, registers(town), town / "demo" / "rules.toml"
    command = [sys.executable, "-E", "-s", "-S", "-m", "recount"]
    done = subprocess.run([*command, *files], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "differing: 0" in done.stdout.splitlines()[-1]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True).returncode == 2


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_command_tells_it_in_the_language_asked_for(
    whole: Path, town: Path, tmp_path: Path, command: Run, lang: str
) -> None:
    Path(shutil.copy(whole, tmp_path))
    options = ("--data", town, "--town", "demo", "--lang", lang)
    asked = ("audit", "registers", tmp_path, "--registers", registers(town), *options)
    status, said, wrong = command(*asked)
    assert (status, wrong) == (0, "")
    assert {"zh": "不符 0 处", "en": "differing: 0"}[lang] in said

    def one(row: dict[str, Any]) -> None:
        if row["id"] == "demo/inspection.concordance@2020":
            row["value"] = "1"

    change(tmp_path / "ledger.json", one)
    status, said, _ = command(*asked)
    assert status == 1
    assert {"zh": "台账为1，由登记表复算为", "en": "is 1 in the ledger and"}[
        lang
    ] in said.splitlines()[0]


def test_what_was_not_recounted_is_neither_passed_nor_a_difference(
    tmp_path: Path, command: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing wrong is 0, a difference 1, and 3 where nothing differs and not all was recounted."""
    unknown, differs = compare.Finding("unknown", "a/b"), compare.Finding("value", "a/c")
    options = ("--registers", tmp_path, "--data", copies.ROOT / "data", "--town", "xushi")
    for findings, status in {(): 0, (unknown,): 3, (differs, unknown): 1}.items():
        made = compare.Recount({"inspection": 2}, findings)
        monkeypatch.setattr(limits, "call", lambda *_, made=made, **__: made)
        asked = command("audit", "registers", tmp_path, *options, "--lang", "en")
        assert asked[0] == status
        assert ("not recounted: 1" in asked[1]) == bool(made.unknown)
