"""What disclosure control hides is in no file that the public gets, and the office sees it."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from reporting import copies
from reporting.copies import Release
from reporting.test_demo_registers import texts

from xushi_stats.audit.verify import verify
from xushi_stats.ledger import Ledger
from xushi_stats.reporting.document import BLOCK, walk
from xushi_stats.reporting.report import Report

pytestmark = pytest.mark.slow
LANGS = ("zh", "en")


@pytest.fixture(scope="module")
def internal(demo: Release) -> Ledger:
    return Report(copies.DEMO, copies.DEMO_YEAR, data=demo.data).internal


def withheld(ledger: Ledger) -> set[str]:
    """Hidden figures, and those made from them."""
    gone = set(ledger.hidden)
    for figure in ledger.figures.values():
        if set(figure.inputs) & gone:
            gone.add(figure.id)
    return {i for i in gone if ledger.figures[i].indicator.audience == "public"}


def public(demo: Release) -> Iterator[Path]:
    for lang in LANGS:
        yield demo.folder / lang / "public"


def test_something_is_withheld_in_both_sections(internal: Ledger) -> None:
    gone = withheld(internal)
    assert len(gone) > 20
    assert {i.partition("/")[2].partition(".")[0] for i in gone} == {"households", "checkpoints"}


def test_rows_of_the_public_ledger_have_the_mark_and_nothing_else(
    demo: Release, internal: Ledger
) -> None:
    gone = withheld(internal)
    for folder in public(demo):
        with open(folder / "tables" / "ledger.csv", encoding="utf-8-sig", newline="") as file:
            rows = {row["id"]: row for row in csv.DictReader(file)}
        for name in gone:
            row = rows[name]
            told = ("value", "bounds", "exact", "inputs", "origin", "statements", "decimals")
            assert [row[column] for column in told] == [""] * len(told), name
            assert (row["cell"], row["missing"]) == ("*", "suppressed")


def test_no_exact_value_that_is_withheld_stands_in_a_public_file(
    demo: Release, internal: Ledger
) -> None:
    """Fractions are unlike any other text, so that one anywhere would be found."""
    values = {
        str(q.value) for i in withheld(internal) if (q := internal.figures[i].quantity) is not None
    }
    telling = {value for value in values if "/" in value and len(value) > 6}
    assert telling
    for folder in public(demo):
        for name, text in texts(folder):
            assert not [value for value in telling if value in text], name
    everything = (demo.folder / "ledger.json").read_text("utf-8")
    pure = {str(f["value"]) for f in json.loads(everything)["figures"]}
    assert len(pure) > 100  # the office's ledger has values, or this test could not fail


def numbers(node: Any) -> set[str]:
    return {str(i["id"]) for i in walk(node) if i.get("t") == "num"}


def test_no_link_chart_or_alt_text_leads_to_a_withheld_figure(
    demo: Release, internal: Ledger
) -> None:
    gone = withheld(internal)
    seen = 0
    for lang in LANGS:
        for cell in demo.executed[lang, "public"].cells:
            for output in cell.get("outputs", ()):
                for block in output.get("data", {}).get(BLOCK, {}).get("blocks", ()):
                    linked = numbers(block) | {link["id"] for link in block.get("links", ())}
                    assert not linked & gone
                    seen += len(linked)
        for section in copies.ON_REGISTERS:
            targets = {link.target for link in demo.text(lang, "public", section).links}
            assert not targets & gone
    assert seen > 200


def test_a_withheld_cell_has_a_mark_and_the_table_says_what_it_means(demo: Release) -> None:
    for lang, words in (("zh", "“*”表示按规定不予公布"), ("en", "* stands for a number withheld")):
        tables = [
            block
            for cell in demo.executed[lang, "public"].cells
            for output in cell.get("outputs", ())
            for block in output.get("data", {}).get(BLOCK, {}).get("blocks", ())
            if block["b"] == "table"
        ]
        marked = [t for t in tables if any(i.get("hidden") for i in walk(t["rows"]))]
        assert len(marked) >= 4
        for table in marked:
            assert words in json.dumps(table["notes"], ensure_ascii=False)
        chart = next(
            block
            for cell in demo.executed[lang, "public"].cells
            for output in cell.get("outputs", ())
            for block in output.get("data", {}).get(BLOCK, {}).get("blocks", ())
            if block["b"] == "figure" and block["key"] == "households_villages"
        )
        said = json.dumps(chart["notes"], ensure_ascii=False)
        assert ("图中不列" if lang == "zh" else "left out") in said


@pytest.mark.parametrize("edition", ["draft", "internal"])
def test_the_office_sees_every_count(demo: Release, internal: Ledger, edition: str) -> None:
    shown = demo.assembled["zh", edition, "households"].shown
    village = [i for i in withheld(internal) if "village" in i and i in shown]
    assert village
    assert all(str(internal.figures[i].quantity.value) in shown[i] for i in village)  # type: ignore[union-attr]


def test_the_manifest_of_a_public_edition_tells_no_reasons(demo: Release) -> None:
    office = json.loads((demo.folder / "disclosure.json").read_bytes())
    for folder in public(demo):
        told = json.loads((folder / "disclosure.json").read_bytes())
        assert told.keys() == {"households", "checkpoints"}
        for section, said in told.items():
            assert said["hidden"].keys() == {"all"} and said["unprotected"] == 0
            assert said["rule"]["threshold"] == 3 and said["rule"]["sensitive_threshold"] == 10
            parts = office[section]["hidden"]
            assert parts["all"] == said["hidden"]["all"] == sum(parts.values()) - parts["all"]


@pytest.mark.parametrize(("lang", "edition"), [("zh", "public"), ("en", "internal")])
@pytest.mark.parametrize("section", ["households", "checkpoints"])
def test_a_section_verifies_by_itself(demo: Release, lang: str, edition: str, section: str) -> None:
    made = verify(demo.folder / lang / edition / f"{section}.pdf")
    assert made.wrong == 0, [step for step in made.steps if step.state == "failed"]
