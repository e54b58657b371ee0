"""The tables that travel with an edition: whole for the office, nothing internal for the public."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from towns import DATA, Town

from xushi_stats import compute
from xushi_stats import dataset as datasets
from xushi_stats.dataset import Dataset
from xushi_stats.editions import EDITIONS, LANGS
from xushi_stats.ledger import Ledger
from xushi_stats.reporting import evidence
from xushi_stats.reporting.evidence import COLUMNS, INTERNAL_COLUMNS, as_csv, tables

Tables = dict[str, list[dict[str, str]]]


def read(files: dict[str, bytes]) -> Tables:
    found = {}
    for name, content in files.items():
        assert content.startswith(b"\xef\xbb\xbf") and b"\r" not in content
        text = io.StringIO(content.decode("utf-8-sig"), newline="")
        found[name.removesuffix(".csv")] = list(csv.DictReader(text))
    return found


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path).clear()


@pytest.fixture(scope="module")
def shipped() -> tuple[Dataset, Ledger]:
    town = datasets.load(DATA, "xushi")
    return town, compute.build(town, 2019, [])


@pytest.fixture(scope="module")
def internal(shipped: tuple[Dataset, Ledger]) -> Tables:
    return read(tables(*shipped, "zh", "internal", {}))


@pytest.fixture(scope="module", params=LANGS)
def public(shipped: tuple[Dataset, Ledger], request: pytest.FixtureRequest) -> Tables:
    return read(tables(*shipped, request.param, "public", {}))


def by_id(rows: list[dict[str, str]], key: str = "id") -> dict[str, dict[str, str]]:
    return {row[key]: row for row in rows}


# -- what they hold ----------------------------------------------------------------------------


def test_every_edition_has_the_same_tables_with_its_columns(
    shipped: tuple[Dataset, Ledger],
) -> None:
    for edition in EDITIONS:
        found = tables(*shipped, "zh", edition, {})
        assert set(found) == {f"{name}.csv" for name in COLUMNS if name != "units"}
        for name, columns in COLUMNS.items() - {("units", COLUMNS["units"])}:
            head = found[f"{name}.csv"].decode("utf-8-sig").splitlines()[0].split(",")
            left_out = INTERNAL_COLUMNS.get(name, ()) if edition == "public" else ()
            assert head == [column for column in columns if column not in left_out]


def test_the_ledger_has_a_row_a_figure_and_the_observations_a_row_a_statement(
    shipped: tuple[Dataset, Ledger], internal: Tables
) -> None:
    figures = shipped[1].figures
    assert [row["id"] for row in internal["ledger"]] == list(figures)
    places = [(row["id"], row["start"]) for row in internal["observations"]]
    assert len(places) == len(set(places)) == len(shipped[0].observations)
    assert {row["indicator"] for row in internal["catalogue"]} == {
        f.indicator.id for f in figures.values()
    }


def test_an_observation_has_its_wording_and_what_it_means(internal: Tables) -> None:
    rows = by_id(internal["observations"])
    lotus = rows["xushi/industry.lotus.area@2019"]
    assert [lotus[c] for c in ("wording", "value", "low", "low_closed", "high", "high_closed")] == [
        *("7千余亩", "7000", "7000", "no", "8000", "no"),
    ]
    funds = rows["xushi/poverty.housing.funds@2019"]
    assert (funds["value"], funds["unit"], funds["written_to"]) == ("151/10", "万元", "1/10")
    assert funds["place"] == "《讲话》第二部分“五是”"


def test_a_derived_figure_has_formula_inputs_exact_value_and_text(internal: Tables) -> None:
    share = by_id(internal["ledger"])["xushi/poverty.households.exited.share@2020-03"]
    assert share["value"] == "321/398" and share["unit"] == "1" and share["kind"] == "derived"
    assert share["inputs"].split("；") == [
        "xushi/poverty.households.exited@2020-03",
        "xushi/poverty.households@2020-03",
    ]
    assert (share["shown"], share["cell"], share["decimals"]) == ("80.65%", "80.65", "2")


def test_values_are_computable_from_the_observations_of_the_same_tables(internal: Tables) -> None:
    said = by_id(internal["observations"])
    for row in internal["ledger"]:
        if row["kind"] == "observed" and not row["origin"] and not row["missing"]:
            assert Fraction(row["value"]) == Fraction(said[row["id"]]["value"])


def test_the_uses_are_those_that_are_given(shipped: tuple[Dataset, Ledger]) -> None:
    figure = "xushi/poverty.households@2020-03"
    found = read(tables(*shipped, "en", "draft", {figure: ("text", "table:a")}))
    assert {row["id"]: row["used_in"] for row in found["ledger"] if row["used_in"]} == {
        figure: "table:a；text"
    }


def test_a_check_has_its_figures_and_what_it_came_to(internal: Tables) -> None:
    check = by_id(internal["checks"])["poverty.households.sum"]
    assert check["verdict"] == "holds"
    assert check["figures"].split("；")[-1] == "xushi/poverty.households@2020-03"


def test_the_same_data_give_the_same_bytes(shipped: tuple[Dataset, Ledger]) -> None:
    again = datasets.load(DATA, "xushi")
    once = tables(*shipped, "zh", "public", {})
    assert once == tables(again, compute.build(again, 2019, []), "zh", "public", {})


# -- what the public does not get --------------------------------------------------------------


def secrets(dataset: Dataset) -> Iterator[str]:
    """Every text of the data that is for the office alone."""
    for indicator in dataset.catalogue.indicators.values():
        if indicator.audience == "internal":
            yield from (indicator.id, *indicator.names.values(), *indicator.definition.values())
            yield from filter(None, indicator.assumption.values())
    for query in dataset.queries:
        yield from (query.id, *query.question.values())
    yield from (o.note for o in dataset.observations if o.note)
    yield from (c.explanation for c in dataset.catalogue.checks if c.explanation)
    yield from (r[c] for r in dataset.records["milestones"] for c in ("note_zh", "note_en") if r[c])
    yield from (r["open_zh"] for r in dataset.records["rules"] if r["open_zh"])


def cells_of(found: Tables) -> list[str]:
    return [cell for rows in found.values() for row in rows for cell in row.values()]


def printed(dataset: Dataset) -> set[str]:
    """Remarks that the public table of quantitative targets prints, whoever else makes them."""
    rows = [row for row in dataset.records["targets"] if row["kind"] == "定量目标"]
    return {row[column] for row in rows for column in ("note_zh", "note_en")}


def leaks(hidden: set[str], found: Tables) -> list[str]:
    """Those texts that stand in the tables: as a cell, or, if long enough to be told, within one."""
    cells = {cell for rows in found.values() for row in rows for cell in row.values()}
    whole = "\n".join(cells)
    return sorted(s for s in hidden if s in cells or (len(s) > 8 and s in whole))


def test_nothing_internal_is_in_the_public_tables(
    shipped: tuple[Dataset, Ledger], public: Tables, internal: Tables
) -> None:
    said = "\n".join(printed(shipped[0]))
    hidden = {secret for secret in secrets(shipped[0]) if secret not in said}
    assert leaks(hidden, public) == []
    assert len(leaks(hidden, internal)) > 60  # so what is left out would be found


def test_no_interval_and_no_convention_is_in_the_public_tables(
    shipped: tuple[Dataset, Ledger], public: Tables
) -> None:
    inside = shipped[1].figures
    for row in public["ledger"]:
        figure = inside[row["id"]]
        if figure.quantity is None or figure.is_exact:
            continue
        opened = row["bounds"].strip("[]()").split(", ")
        conventional = [
            end
            for end, bound in zip(opened, (figure.quantity.low, figure.quantity.high), strict=True)
            if not bound.stated and end != "…"
        ]
        assert conventional == [], row["id"]
        assert figure.is_observed or "…" in opened
        assert figure.is_observed or row["value"] == ""
    lotus = by_id(public["observations"])["xushi/industry.lotus.area@2019"]
    assert (lotus["low"], lotus["high"], lotus["high_closed"]) == ("7000", "", "")


def test_the_share_of_vehicles_and_its_range_stay_inside(public: Tables, internal: Tables) -> None:
    assert "(23/320, 23/280)" in cells_of(internal)
    assert [c for c in cells_of(public) if "23/320" in c or "23/280" in c or "8.3%" in c] == []


def test_the_public_knows_the_one_side_that_is_printed(public: Tables) -> None:
    area = by_id(public["ledger"])["xushi/industry.tea.area_per_base@2019"]
    assert (area["value"], area["bounds"]) == ("", "(600, …)")


def test_an_interval_between_stated_ends_is_not_public_either(town: Town) -> None:
    town.indicator("money", "万元")
    town.indicator("things", "户")
    town.indicator("each", "万元/户", "mean(money, things)")
    town.state("money", "3万元至5万元")
    town.state("things", "2户")
    data = town.load()
    found = read(tables(data, compute.build(data, 2019, []), "zh", "public", {}))
    each = by_id(found["ledger"])["xushi/each@2019"]
    assert (each["value"], each["bounds"]) == ("", "(…, …)")
    assert by_id(found["ledger"])["xushi/money@2019"]["bounds"] == "[3, 5]"


def test_the_public_has_the_projects_that_its_counts_are_made_from_and_no_others(
    public: Tables,
) -> None:
    this_year = {row["id"]: row["area"] for row in public["milestones"] if row["period"] == "2019"}
    assert set(this_year.values()) == {"projects"} and len(this_year) >= 10
    assert {row["id"] for row in public["milestones"]} == set(this_year)
    assert all("sha" not in row["origin"] and len(row["origin"]) < 60 for row in public["ledger"])


def test_the_public_has_the_tasks_that_its_tables_print(public: Tables) -> None:
    kinds = {row["kind"] for row in public["targets"]}
    assert kinds == {"定量目标", "节点任务", "提升任务"}
    assert {row["kind"] for row in public["targets"] if row["note_zh"]} == {"定量目标"}


def test_a_source_that_only_the_office_uses_is_not_named_to_the_public(town: Town) -> None:
    town.indicator("open", "户")
    town.indicator("secret", "户", audience="internal")
    source = dict(town.read("sources.csv")[0], id="other", title_zh="内部材料")
    town.add("sources.csv", **source)
    town.state("open", "398户")
    town.state("secret", "77户", source="other")
    data = town.load()
    made = compute.build(data, 2019, [])
    assert "内部材料" in tables(data, made, "zh", "internal", {})["sources.csv"].decode()
    found = tables(data, made, "zh", "public", {})
    assert "内部材料" not in b"".join(found.values()).decode()
    assert [row["id"] for row in read(found)["sources"]] == ["speech2020"]


def test_a_public_ledger_is_refused_since_it_has_no_verdicts(
    shipped: tuple[Dataset, Ledger],
) -> None:
    with pytest.raises(ValueError, match="internal"):
        tables(shipped[0], shipped[1].public(), "zh", "public", {})


# -- text stays text ---------------------------------------------------------------------------


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_a_text_that_would_be_a_formula_is_a_text(start: str) -> None:
    content = as_csv([{"a": f"{start}cmd|' /C calc'!A0"}], ["a"])
    (row,) = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    assert row["a"] == f"'{start}cmd|' /C calc'!A0".replace("\r", "\n")


@pytest.mark.parametrize("number", ["-5", "-5/3", "-inf", "321/398", "[-1, 2]", ""])
def test_a_number_is_written_as_it_is(number: str) -> None:
    assert evidence.inert(number) == number
