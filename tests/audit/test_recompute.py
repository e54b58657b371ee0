"""The second opinion: it agrees with the library on sound tables, and names each thing that is altered."""

from __future__ import annotations

import ast
import csv
import io
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from towns import DATA, Town

from xushi_stats import compute
from xushi_stats import dataset as datasets
from xushi_stats.audit import recompute
from xushi_stats.audit.recompute import Audit, main
from xushi_stats.dataset import Dataset
from xushi_stats.editions import EDITIONS, LANGS
from xushi_stats.ledger import Ledger
from xushi_stats.reporting.evidence import tables

SCRIPT = Path(recompute.__file__)
Rows = list[dict[str, str]]
EXITED = "xushi/poverty.households.exited@2020-03"
SHARE = "xushi/poverty.households.exited.share@2020-03"
VEHICLES = "xushi/epidemic.vehicles.returned_share@2020-01/2020-03"
MEAN = "xushi/poverty.housing.mean@2019"
LOTUS = "xushi/industry.lotus.area@2019"
SUM = "poverty.households.sum"
COST = "poverty.housing.mean"
DONE = "projects.listed.completed"
BASE = "xushi/industry.tea.area_per_base@2019"


@pytest.fixture(scope="module")
def shipped() -> tuple[Dataset, Ledger]:
    town = datasets.load(DATA, "xushi")
    return town, compute.build(town, 2019, [])


def write(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture
def folder(shipped: tuple[Dataset, Ledger], tmp_path: Path) -> Path:
    return write(tmp_path / "tables", tables(*shipped, "zh", "internal", {}))


def audited(folder: Path) -> Audit:
    audit = Audit(folder)
    audit.run()
    return audit


def alter(folder: Path, table: str, change: Callable[[Rows], Rows | None]) -> None:
    path = folder / f"{table}.csv"
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
    before, names = [dict(row) for row in rows], list(rows[0])
    rows = change(rows) or rows
    assert rows != before
    with open(path, "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


# -- what it is --------------------------------------------------------------------------------


def test_it_uses_the_standard_library_alone() -> None:
    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"))
    named = {a.name for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names}
    named |= {str(n.module) for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in named} <= sys.stdlib_module_names
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)]
    assert {c.func.id for c in calls if isinstance(c.func, ast.Name)} & {"eval", "exec"} == set()


def test_it_can_be_read_in_ten_minutes() -> None:
    assert len(SCRIPT.read_text(encoding="utf-8").splitlines()) <= 386


def test_it_runs_by_itself_from_another_folder(folder: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-I", str(SCRIPT), str(folder)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8")
    assert (done.returncode, done.stderr) == (0, "")
    assert "出入 0 项" in done.stdout and "Differ: 0." in done.stdout


# -- sound tables ------------------------------------------------------------------------------


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("lang", LANGS)
def test_the_tables_of_every_edition_agree(
    shipped: tuple[Dataset, Ledger], tmp_path: Path, lang: str, edition: str
) -> None:
    found = tables(*shipped, lang, edition, {})  # type: ignore[arg-type]
    audit = audited(write(tmp_path / "tables", found))
    assert audit.differ == []
    derived = sum(not f.is_observed for f in shipped[1].figures.values())
    if edition == "public":
        assert all("未公布" in line for line in audit.skipped) and audit.skipped
        assert 0 < audit.agreed["数值 value"] < derived
    else:
        assert audit.skipped == []
        assert audit.agreed["数值 value"] == derived
    assert audit.agreed["审核holds check holds"] == len(shipped[1].catalogue.checks)
    assert audit.agreed["计数 count"] == 3


WORDINGS = {
    "over": "7000余亩",
    "about": "2000亩左右",
    "above": "超过300亩",
    "least": "不低于300亩",
    "most": "400亩以下",
    "under": "近500亩",
    "between": "3000亩至5000亩",
    "exact": "12.5亩",
    "hectares": "3公顷",
}
FORMULAS = {
    "sum": "exact + over + hectares",
    "difference": "over - about",
    "share.over": "share(over, over + about)",
    "share.nested": "share(sum, sum + between)",
    "mean.over": "mean(between, over)",
    "gap": "points(share.over, share.nested)",
    "rest": "share(between - over, over)",
    "own": "share(over, over)",
    "nothing": "over - over",
    "part": "share(exact, above)",
    "two.sides": "share(under, least)",
    "sum.above": "above + least",
    "minus": "-most + over",
    "change": "growth(about, over)",
    "twice": "(over + about) / (over + over)",
}


def ranges(town: Town) -> Town:
    for name, wording in WORDINGS.items():
        town.indicator(name, "亩")
        town.state(name, wording)
    points = {"gap": "百分点"}
    plain = {"sum", "difference", "nothing", "sum.above", "minus"}
    for name, formula in FORMULAS.items():
        unit = points.get(name, "亩" if name in plain else "%")
        town.indicator(name, unit, formula, decimals="2")
    for number, sign in enumerate(("==", "<=", "<", ">=", ">")):
        letter = "abcde"[number]
        town.check(f"one.{letter}", f"over {sign} about", "核实性", explanation="虚构")
        town.check(f"two.{letter}", f"over {sign} over", "核实性", explanation="虚构")
        town.check(f"three.{letter}", f"most {sign} over", "核实性", explanation="虚构")
        town.check(f"four.{letter}", f"under {sign} most", "核实性", explanation="虚构")
    return town


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path).clear()


@pytest.mark.parametrize("lang", LANGS)
def test_it_agrees_with_the_library_on_ranges_of_every_kind(
    town: Town, tmp_path: Path, lang: str
) -> None:
    data = ranges(town).load()
    made = compute.build(data, 2019, [])
    audit = audited(
        write(tmp_path / "tables", tables(data, made, lang, "internal", {}))  # type: ignore[arg-type]
    )
    assert audit.differ == []
    assert [line.partition("：")[0] for line in audit.skipped] == [
        "xushi/gap@2019",
        "xushi/own@2019",
    ]
    assert audit.agreed["下限 lower end"] == len(FORMULAS) - len(audit.skipped)
    verdicts = [what for what in audit.agreed if what.startswith("审核")]
    assert len(verdicts) == 3 and sum(audit.agreed[v] for v in verdicts) == 20
    public = audited(write(tmp_path / "public", tables(data, made, lang, "public", {})))  # type: ignore[arg-type]
    assert public.differ == []


def test_it_agrees_over_two_years_and_several_units(town: Town, tmp_path: Path) -> None:
    town.indicator("money", "万元", basis="flow")
    town.indicator("small", "元", basis="flow")
    town.indicator("both", "万元", "money + small")
    town.indicator("road", "公里")
    town.indicator("pipe", "米")
    town.indicator("length", "公里", "road + pipe")
    town.indicator("bases", "个", counts="基地")
    town.indicator("cost", "元/个", "mean(both, bases)", counts="基地", decimals="0")
    for release, money, small in (("2019", "15.1万元", "3000元"), ("2020", "20.05万元", "4567元")):
        cells = {"release": release, "time_period": release}
        town.state("money", money, **cells)
        town.state("small", small, **cells)
        town.state("road", "6.3公里", **cells)
        town.state("pipe", "5800米", **cells)
        town.state("bases", "五个", **cells)
    data = town.load()
    made = compute.build(data, 2020, [])
    assert "xushi/money.growth@2020" in made.figures
    for lang in LANGS:
        found = tables(data, made, lang, "internal", {})
        audit = audited(write(tmp_path / lang, found))
        assert (audit.differ, audit.skipped) == ([], [])


def test_more_than_twelve_ranges_are_said_to_be_skipped(town: Town, tmp_path: Path) -> None:
    letters = "abcdefghijklm"
    for letter in letters:
        town.indicator(letter, "亩")
        town.state(letter, "7000余亩")
    town.indicator("all", "亩", " + ".join(letters))
    town.indicator("most", "亩", " + ".join(letters[1:]))
    data = town.load()
    audit = audited(write(tmp_path, tables(data, compute.build(data, 2019, []), "zh", "draft", {})))
    assert audit.differ == []
    assert [line for line in audit.skipped if "12" in line] == [
        "xushi/all@2019：概数超过12个 / more than 12 ranges"
    ]


def test_what_is_missing_is_said_to_be_missing(town: Town, tmp_path: Path) -> None:
    town.indicator("here", "户")
    town.indicator("lost", "户")
    town.indicator("share", "%", "share(lost, here)")
    town.check("part", "lost <= here")
    town.state("here", "398户")
    data = town.load()
    audit = audited(write(tmp_path, tables(data, compute.build(data, 2019, []), "zh", "draft", {})))
    assert audit.differ == []
    assert [line.partition("：")[0] for line in audit.skipped] == [
        "xushi/lost@2019",
        "xushi/share@2019",
    ]


# -- what is altered is named ------------------------------------------------------------------


def cell(identity: str, column: str, old: str, new: str, key: str = "id") -> Callable[[Rows], None]:
    """Replace text in one cell of every row with this id."""

    def change(rows: Rows) -> None:
        for row in rows:
            if row[key] == identity:
                assert old in row[column]
                row[column] = row[column].replace(old, new, 1)

    return change


def drop(identity: str, key: str = "id") -> Callable[[Rows], Rows]:
    return lambda rows: [row for row in rows if row[key] != identity]


def twice(identity: str, key: str = "id") -> Callable[[Rows], Rows]:
    return lambda rows: rows + [row for row in rows if row[key] == identity][:1]


FAULTS: list[tuple[str, str, Callable[[Rows], Rows | None], str]] = [
    ("a digit of an observation", "observations", cell(EXITED, "value", "321", "312"), EXITED),
    ("one of two statements", "observations", lambda r: r[:55] + r[56:], "xushi/"),
    ("a wording", "observations", cell(LOTUS, "wording", "7千", "8千"), LOTUS),
    ("the end of a range", "observations", cell(LOTUS, "high", "8000", "9000"), LOTUS),
    ("an end made closed", "observations", cell(LOTUS, "low_closed", "no", "yes"), LOTUS),
    ("a unit of an observation", "observations", cell(EXITED, "unit", "户", "人"), EXITED),
    ("a period of an observation", "observations", cell(EXITED, "time_period", "03", "02"), EXITED),
    ("a lost observation", "observations", drop(LOTUS), LOTUS),
    ("an observation twice", "observations", twice(LOTUS), "2762"),
    ("an observation of nothing", "observations", cell(LOTUS, "id", "lotus", "rice"), "rice.area"),
    (
        "swapped numerator and denominator",
        "catalogue",
        cell(
            "poverty.households.exited.share",
            "formula",
            "poverty.households.exited, poverty.households",
            "poverty.households, poverty.households.exited",
            "indicator",
        ),
        SHARE,
    ),
    ("a formula", "ledger", cell(SHARE, "formula", "exited,", "remaining,"), SHARE),
    ("a unit in the catalogue", "catalogue", cell(COST, "unit", "万元", "元", "indicator"), MEAN),
    ("a lost indicator", "catalogue", drop(COST, "indicator"), MEAN),
    ("an indicator twice", "catalogue", twice(COST, "indicator"), COST),
    ("a name", "catalogue", cell(COST, "name_zh", "户均", "人均", "indicator"), MEAN),
    ("a value of the ledger", "ledger", cell(SHARE, "value", "321/398", "322/398"), SHARE),
    ("an observed value of the ledger", "ledger", cell(EXITED, "value", "321", "312"), EXITED),
    ("a bound", "ledger", cell(VEHICLES, "bounds", "23/320", "23/310"), VEHICLES),
    ("an end of the ledger made closed", "ledger", cell(VEHICLES, "bounds", "(", "["), VEHICLES),
    ("an end of the ledger left out", "ledger", cell(VEHICLES, "bounds", "23/280", "…"), VEHICLES),
    ("a printed digit", "ledger", cell(SHARE, "shown", "80.65", "80.66"), SHARE),
    ("a printed bound rounded inwards", "ledger", cell(VEHICLES, "shown", "8.3", "8.2"), VEHICLES),
    ("a printed observation", "ledger", cell(EXITED, "shown", "321", "312"), EXITED),
    ("a printed unit", "ledger", cell(MEAN, "shown", "万元", "元"), MEAN),
    ("no printed number", "ledger", cell(SHARE, "shown", "80.65%", "大部分"), SHARE),
    ("a unit of the ledger", "ledger", cell(MEAN, "unit", "万元", "元"), MEAN),
    ("swapped inputs", "ledger", cell(SHARE, "inputs", "exited", "remaining"), SHARE),
    ("a place that is printed", "ledger", cell(SHARE, "decimals", "2", "1"), SHARE),
    ("exact said of a range", "ledger", cell(LOTUS, "exact", "no", "yes"), LOTUS),
    ("a kind", "ledger", cell(SHARE, "kind", "derived", "observed"), SHARE),
    ("a lost derived figure", "ledger", drop(SHARE), "poverty.households.exited.share"),
    ("a lost observed figure", "ledger", drop(LOTUS), LOTUS),
    ("a figure twice", "ledger", twice(SHARE), SHARE),
    ("a verdict", "checks", cell(SUM, "verdict", "holds", "fails"), SUM),
    ("an expression", "checks", cell(SUM, "expression", "==", "<"), SUM),
    ("a check twice", "checks", twice(SUM), SUM),
    ("the state of a project", "milestones", cell("road.xingfu", "status", "完成", "启动"), DONE),
    ("a project twice", "milestones", twice("road.xingfu"), "road.xingfu"),
    ("a lost project", "milestones", drop("road.xingfu"), DONE),
]  # fmt: skip


@pytest.mark.parametrize(
    ("table", "change", "named"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS]
)
def test_what_is_altered_is_named(
    folder: Path,
    table: str,
    change: Callable[[Rows], Rows | None],
    named: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    alter(folder, table, change)
    assert main([str(folder)]) == 1
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("出入")]
    assert [line for line in lines if named in line], lines


def test_at_least_turned_into_at_most_is_named(
    shipped: tuple[Dataset, Ledger], tmp_path: Path
) -> None:
    for lang, old, new in (("zh", "超过", "低于"), ("en", "more than", "at least")):
        found = tables(*shipped, lang, "public", {})  # type: ignore[arg-type]
        folder = write(tmp_path / lang, found)
        alter(folder, "ledger", cell(BASE, "shown", old, new))
        assert [line for line in audited(folder).differ if line.startswith(BASE)]


def test_an_end_that_only_the_public_may_lack_is_skipped_there_alone(
    shipped: tuple[Dataset, Ledger], tmp_path: Path
) -> None:
    public = audited(write(tmp_path, tables(*shipped, "zh", "public", {})))
    assert [line for line in public.skipped if line.startswith(LOTUS)]


@pytest.mark.parametrize("lost", ["ledger", "observations", "catalogue", "checks", "milestones"])
def test_a_table_that_is_not_there_is_wrong_use(
    folder: Path, lost: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / f"{lost}.csv").unlink()
    assert main([str(folder)]) == 2
    assert f"{lost}.csv" in capsys.readouterr().err


def test_without_a_folder_it_says_how_it_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "FOLDER" in capsys.readouterr().err


# -- its parts ---------------------------------------------------------------------------------


@pytest.mark.parametrize("base", [0, -5])
def test_there_is_no_growth_on_a_base_of_zero_or_less(base: int) -> None:
    values = {"a": Fraction(5), "b": Fraction(base)}
    with pytest.raises(ZeroDivisionError):
        recompute.evaluate(recompute.parse("growth(a, b)"), values.__getitem__, [])


@pytest.mark.parametrize(
    ("sign", "low", "high", "found"),
    [
        (ast.Eq, (0, True), (0, True), "holds"),
        (ast.Eq, (0, False), (5, True), "fails"),
        (ast.Eq, (-5, True), (0, False), "fails"),
        (ast.Eq, (0, True), (5, True), "undecided"),
        (ast.LtE, (-5, True), (0, True), "holds"),
        (ast.LtE, (0, False), (5, True), "fails"),
        (ast.LtE, (0, True), (5, True), "undecided"),
        (ast.Lt, (-5, True), (0, False), "holds"),
        (ast.Lt, (-5, True), (0, True), "undecided"),
        (ast.Lt, (0, True), (5, True), "fails"),
    ],
)
def test_a_verdict_minds_whether_the_ends_are_reached(
    sign: type, low: recompute.End, high: recompute.End, found: str
) -> None:
    assert recompute.verdict(sign, low, high) == found


@pytest.mark.parametrize(
    ("text", "unit", "numbers"),
    [
        ("3~5万元", "元", [30000, 50000]),
        ("0.3 to 0.5 yuan", "万元", [Fraction(3, 10), Fraction(1, 2)]),
        ("2万份", "份", [20000]),
        ("200多万元", "元", [2000000]),
        ("2万多元", "元", [20000]),
        ("more than 7,000 mu", "公里", [7000000]),
        ("1.16万元/户", "万元/户", [11600]),
        ("7.5万元/亩", "万元/亩", [Fraction(225, 2)]),
        ("75,000 yuan per mu", "万元/亩", [Fraction(225, 2)]),
        ("7.5万元", "万元/亩", [Fraction(225, 2)]),
        ("424公斤/亩", "公斤/亩", [Fraction(424 * 3, 2 * 10**6)]),
        ("more than 1 km per 10k yuan", "公里/万元", [Fraction(1, 10)]),
        ("80.65%", "1", [Fraction(8065, 10000)]),
        ("5800米", "公里", [5800]),
        ("5.8公里", "米", [5800]),
        ("大部分", "1", []),
    ],
)
def test_the_numbers_of_a_text_are_read_in_base_units(
    text: str, unit: str, numbers: list[Fraction]
) -> None:
    assert list(recompute.read_numbers(text, unit)) == numbers


def test_projects_are_counted_by_their_states(folder: Path) -> None:
    audit = Audit(folder)
    states = {"a": {"2019": "启动", "2020": "完成"}, "b": {"2019": "启动"}, "c": {"2020": "启动"}}
    audit.tables["milestones"] = [
        {"id": i, "release": "2019", "period": period, "status": status, "area": "projects"}
        for i, found in states.items()
        for period, status in found.items()
    ]
    queries = {
        "本年=启动": 2,
        "本年=启动 下年=*": 1,
        "本年=启动 下年=-": 1,
        "本年=-": 1,
        "下年=*": 2,
    }
    queries |= {
        "领域=projects 本年=启动": 2,
        "领域=poverty 本年=启动": 0,
        "领域=projects 下年=启动": 0,
    }
    assert {query: audit.count(query, "2019") for query in queries} == queries


def test_a_divisor_whose_range_holds_zero_is_said_to_be_skipped(folder: Path) -> None:
    inspected = "xushi/epidemic.vehicles.inspected@2020-01/2020-03"
    alter(folder, "observations", cell(inspected, "low", "7000", "-1"))
    alter(folder, "ledger", cell(inspected, "bounds", "7000", "-1"))
    assert [x for x in audited(folder).skipped if x.startswith(VEHICLES) and "a divisor" in x]
