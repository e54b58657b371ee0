"""What a notebook works with: figures, prose, tables and charts as blocks, with a readable form."""

from __future__ import annotations

import csv
import io
import json
import tomllib
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from reporting import copies
from reporting.copies import ROOT, TOWN, YEAR, Release

from xushi_stats import format
from xushi_stats.checks.preflight import rehearse
from xushi_stats.faults import DataFaults
from xushi_stats.reporting import document
from xushi_stats.reporting.document import BLOCK, LEDGER
from xushi_stats.reporting.evidence import frame
from xushi_stats.reporting.report import NotThere, Report

DATA = ROOT / "data"
EXHIBITS = tomllib.loads((DATA / "exhibits.toml").read_text(encoding="utf-8"))
SHARE = f"{TOWN}/poverty.households.exited.share@2020-03"


def report(data: Path = DATA, **more: Any) -> Report:
    return Report(TOWN, YEAR, data=data, **more)


def rows(made: dict[str, Any]) -> list[list[str]]:
    """A table's cells as they read."""
    return [[document.plain(cell) for cell in row] for row in made["rows"]]


# -- figures -----------------------------------------------------------------------------------


def test_a_figure_in_an_f_string_is_a_link_to_its_row() -> None:
    figure = report()["已脱贫户占建档立卡贫困户比重"]
    assert f"{figure}" == f"[80.65%](#{SHARE})"
    assert f"{figure:cell}" == f"[80.65](#{SHARE})"
    assert str(figure) == "80.65%"


def test_a_figure_is_found_by_its_name_in_both_languages_and_by_its_ids() -> None:
    house = report()
    indicator = house["poverty.households.exited.share"].figure.indicator
    names = [*indicator.names.values(), indicator.id, f"{indicator.id}@2020-03", SHARE]
    assert {house[name].figure.id for name in names} == {SHARE}


def test_every_figure_of_the_catalogue_is_found_by_its_name() -> None:
    house = report()
    lost = [
        figure.indicator.names["zh"]
        for figure in house.ledger.figures.values()
        if house.ledger.find(figure.indicator.names["zh"]) is None
    ]
    assert lost == []


def test_a_name_that_is_no_figure_is_refused_with_the_nearest() -> None:
    with pytest.raises(DataFaults) as caught:
        report()["已脱贫户占建档立卡贫困户比"]
    assert caught.value.faults[0].details["near"] == "已脱贫户占建档立卡贫困户比重"


def test_a_figure_shows_a_card_in_jupyterlab() -> None:
    card = report()["已脱贫户数"]._repr_markdown_()
    for part in ("已脱贫户数", "321户", "2020年3月", "speech2020", "3189", "6370"):
        assert part in card


def test_the_public_report_knows_no_internal_figure() -> None:
    internal, public = report(edition="internal"), report(edition="public")
    hidden = [f for f in internal.ledger.figures.values() if f.indicator.audience == "internal"]
    assert hidden
    assert all(public.ledger.find(figure.id) is None for figure in hidden)
    assert all(figure.id not in public.frame().index for figure in hidden)


@pytest.mark.parametrize("wrong", [{"lang": "fr"}, {"edition": "Public"}, {"edition": "final"}])
def test_a_language_or_edition_that_does_not_exist_is_refused(wrong: Any) -> None:
    """An edition misspelt must not open the internal ledger."""
    with pytest.raises((DataFaults, ValueError)):
        report(**wrong)


def test_a_year_without_data_is_refused() -> None:
    with pytest.raises(DataFaults) as caught:
        Report(TOWN, 1999, data=DATA)
    assert [fault.code for fault in caught.value.faults] == ["nothing"]


# -- pieces ------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("kind", ["table", "chart"])
def test_every_exhibit_travels_as_blocks_beside_a_readable_form(lang: Any, kind: str) -> None:
    house = report(lang=lang)
    for name in EXHIBITS.get(kind, {}):
        bundle = getattr(house, kind)(name)._repr_mimebundle_()
        readable = {"table": "text/markdown", "chart": "image/svg+xml"}[kind]
        assert set(bundle) == {BLOCK, readable}
        (block,) = bundle[BLOCK]["blocks"]
        assert (block["key"], bundle[BLOCK]["version"]) == (name, 1)
        assert bundle[readable]


@pytest.mark.parametrize("edition", ["draft", "internal", "public"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_exhibit_has_an_empty_cell_or_a_typed_digit(lang: Any, edition: Any) -> None:
    house = report(lang=lang, edition=edition)
    for name in EXHIBITS.get("table", {}):
        for block in house.table(name).blocks:
            assert {len(row) for row in block["rows"]} == {len(block["columns"])}
            assert all(cell.strip() for row in rows(block) for cell in row), name
            assert document.typed_digits(block) == []


def test_the_poverty_table_is_that_of_the_plan() -> None:
    (block,) = report(edition="public").table("poverty_register").blocks
    assert rows(block) == [
        ["建档立卡贫困户", "398", "100.00", "1099", "100.00", "2.76"],
        ["已脱贫", "321", "80.65", "921", "83.80", "2.87"],
        ["未脱贫", "77", "19.35", "178", "16.20", "2.31"],
    ]
    assert [column["align"] for column in block["columns"]] == ["left", *["right"] * 5]


def test_the_last_cell_emits_every_figure_of_the_edition() -> None:
    house = report(edition="public")
    emitted = house.finish()._repr_mimebundle_()[LEDGER]
    assert [row["id"] for row in emitted["rows"]] == list(house.ledger.figures)
    assert emitted["meta"]["edition"] == "public"


def test_prose_of_a_part_that_does_not_exist_is_told_in_the_cell() -> None:
    with pytest.raises(NotThere, match=r"review\.nothing"):
        report().text("review.nothing")


def test_rehearsing_finds_nothing_wrong_with_the_data_of_xushi() -> None:
    assert [f.text("en") for lang in ("zh", "en") for f in rehearse(report(lang=lang))] == []


# -- printed operands and totals ---------------------------------------------------------------


def spoil(data: Path, indicator: str, wording: str) -> None:
    copies.cells(data / TOWN / "observations.csv", "indicator", indicator, value=wording)


def test_shares_that_do_not_add_up_as_printed_get_a_note_and_a_warning(data: Path) -> None:
    """Half a hundredth on either side: 80.125 and 19.875 print as 80.13 and 19.88."""
    spoil(data, "poverty.households", "800户")
    spoil(data, "poverty.households.exited", "641户")
    spoil(data, "poverty.households.remaining", "159户")
    house = report(data, edition="public")
    (block,) = house.table("poverty_register").blocks
    notes = [document.plain(note) for note in block["notes"]]
    assert [row[2] for row in rows(block)] == ["100.00", "80.13", "19.88"]
    assert any("因四舍五入" in note for note in notes)
    from xushi_stats.reporting.rounding import rounding_faults

    assert any("占比" in fault.details["name"] for fault in rounding_faults(house.internal))


def test_shares_that_add_up_as_printed_get_no_note() -> None:
    (block,) = report(edition="public").table("poverty_register").blocks
    assert not any("因四舍五入" in document.plain(note) for note in block["notes"])


def test_changing_one_observation_changes_exactly_the_figures_that_depend_on_it(
    data: Path,
) -> None:
    spoil(data, "poverty.persons", "1100人")
    spoil(data, "poverty.persons.remaining", "179人")
    before, after = report().ledger.figures, report(data).ledger.figures
    moved = {i for i in before if before[i].quantity != after[i].quantity}
    assert moved == depending(before, {"poverty.persons", "poverty.persons.remaining"})


def depending(figures: Any, changed: set[str]) -> set[str]:
    """Figures made from some indicators; x / x of a changed x is 1 all the same."""
    found: set[str] = set()
    for figure in figures.values():
        touched = figure.indicator.id in changed or found & set(figure.inputs)
        if touched and (figure.is_observed or len(set(figure.inputs)) > 1):
            found.add(figure.id)
    return found


# -- the ledger as files -----------------------------------------------------------------------


def test_both_ledger_files_hold_the_same_rows_in_the_same_order(xushi: Release) -> None:
    data = (xushi.folder / "ledger.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    table = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    figures = list(xushi.ledger().values())
    assert [row["id"] for row in table] == [figure["id"] for figure in figures]
    for row, figure in zip(table, figures, strict=True):
        flat = {k: "；".join(v) if isinstance(v, list) else v for k, v in figure.items()}
        assert row == flat


def test_the_ledger_file_is_evidence_enough_to_compute_a_share_again(xushi: Release) -> None:
    ledger = xushi.ledger()
    share = ledger[SHARE]
    over, under = (Fraction(ledger[name]["value"]) for name in share["inputs"])
    assert Fraction(share["value"]) == over / under
    assert [s.split(" ")[0] for s in ledger[share["inputs"][0]]["statements"]] == [
        "speech2020@3189",
        "speech2020@6370",
    ]


def test_the_data_frame_holds_exact_values() -> None:
    table = frame(report().ledger)
    share = table.loc[SHARE]
    assert (share["value"], share["unit"]) == (Fraction(321, 398), "1")
    assert "used_in" not in table.columns
    assert list(table.index) == list(report().ledger.figures)


def test_the_texts_that_a_number_may_have_are_those_that_are_shown() -> None:
    house = report(edition="public")
    for row in house.finish()._repr_mimebundle_()[LEDGER]["rows"]:
        figure = house.ledger.figures[row["id"]]
        if figure.quantity is None:
            assert row["shown"] == []
            continue
        assert format.text(figure, "zh", "public") in row["shown"]
        assert set(row["shown"]) <= {
            format.text(figure, "zh", "public"),
            format.cell(figure, "zh", "public"),
            *(statement.wording for statement in figure.statements),
        }


@pytest.mark.parametrize(
    "piece",
    [
        'table.%s]\nfrom = "years"\nfigures = ["poverty.projects.mean"]\n'
        'columns = [{ zh = "数", en = "Figure", field = "this" }]',
        'table.%s]\nrows = [{ zh = "数", en = "Figure", cells = ["poverty.projects.mean"] }]\n'
        'columns = [{ zh = "项", en = "Item" }, { zh = "数", en = "Figure" }]',
        'chart.%s]\nkind = "years"\nfigures = ["poverty.projects.mean"]',
        'chart.%s]\nkind = "bars"\n'
        'bars = [{ zh = "数", en = "Figure", figure = "poverty.projects.mean" }]',
    ],
)
@pytest.mark.parametrize("editions", [("draft", "internal"), ("public",), ()])
def test_a_figure_that_the_public_edition_has_not_is_told_before_any_page_is_made(
    data: Path, piece: str, editions: tuple[str, ...]
) -> None:
    """Of an exhibit for other editions alone nothing is said."""
    path = data / "exhibits.toml"
    own = f"editions = {json.dumps(editions)}\n" if editions else ""
    title = 'title = { zh = "各数", en = "Figures" }\n'
    text = path.read_text(encoding="utf-8") + "\n[" + piece % "added" + "\n" + title + own
    path.write_text(text, encoding="utf-8")
    found = {f.code for f in rehearse(report(data)) if f.severity == "error"}
    assert found == (set() if "draft" in editions else {"figure_internal"})


def test_a_fault_of_a_text_names_its_file_and_line(data: Path) -> None:
    copies.paragraph(data, "另有12户。")
    (fault,) = rehearse(report(data))
    assert fault == replace(fault, code="digit_in_text", file=f"{TOWN}/text/zh/review.md")
    text = (data / TOWN / "text" / "zh" / "review.md").read_text(encoding="utf-8")
    assert text.splitlines()[(fault.row or 0) - 1] == "另有12户。"


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("截止目前，【已脱贫户数】已脱贫。", "截止"),
        ("约【已脱贫户数】左右已脱贫。", "约…左右"),
        ("截至目前，【已脱贫户数】已脱贫。", ""),
    ],
)
def test_what_the_finished_page_would_be_refused_for_is_told_by_the_rehearsal(
    data: Path, line: str, rule: str
) -> None:
    copies.paragraph(data, line)
    found = [f for f in rehearse(report(data)) if f.severity == "error"]
    told = [f for f in found if f.code == "house_rule_text"]
    assert [f.details["rule"] for f in told] == [rule] * bool(rule)
    for fault in told:
        assert (fault.file, bool(fault.row)) == (f"{TOWN}/text/zh/review.md", True)
        assert rule in fault.text("zh") and rule in fault.text("en")


@pytest.mark.parametrize(
    ("lang", "typed"),
    [
        *(
            ("zh", "另有七十七户。"),
            ("zh", "茶园近千亩。"),
            ("zh", "增长两成。"),
            ("zh", "一半的村有路。"),
        ),
        *(
            ("zh", "新建五个基地。"),
            ("zh", "占百分之三十。"),
            ("zh", "千余户受益。"),
            ("zh", "**两处**。"),
        ),
        *(("en", "It completed twelve projects."), ("en", "Half of the villages have a road.")),
        *(("en", "One hundred households gained."), ("en", "The area doubled.")),
    ],
)
def test_a_number_typed_in_words_is_told_with_file_and_line(
    data: Path, lang: Any, typed: str
) -> None:
    copies.paragraph(data, typed, lang)
    (fault,) = rehearse(report(data, lang=lang))
    file = f"{TOWN}/text/{lang}/review.md"
    assert (fault.code, fault.file) == ("number_in_words", file)
    text = (data / TOWN / "text" / lang / "review.md").read_text(encoding="utf-8")
    assert text.splitlines()[(fault.row or 0) - 1] == typed


@pytest.mark.parametrize(
    "named",
    [
        *("“十三五”时期，全镇一心一意。", "第一书记到第四届文化节。", "“一户一策”“四类人员”。"),
        *("打造“万亩茶园”。", "（一）统一部署，进一步推进一批项目。"),
    ],
)
def test_names_ordinals_and_declared_phrases_pass(data: Path, named: str) -> None:
    copies.paragraph(data, named)
    assert rehearse(report(data)) == []


def test_a_phrase_that_is_declared_no_more_is_a_typed_number(data: Path) -> None:
    copies.without(data / TOWN / "quotes.csv", "text", "一户一策")
    found = [fault for fault in rehearse(report(data)) if "一户一策" in fault.details["near"]]
    assert {fault.code for fault in found} == {"number_in_words"}


def test_a_name_of_an_indicator_holds_no_number_in_words(data: Path) -> None:
    copies.cells(data / "catalogue.csv", "id", "poverty.households", name_zh="建档立卡的三十户")
    assert ("number_in_words", "catalogue.csv") in [
        (f.code, f.file) for f in rehearse(report(data))
    ]
