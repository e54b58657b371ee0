"""Tables, charts and prose on registers: with them at hand, without them, and for the public."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from reporting import copies

from xushi_stats.checks.preflight import rehearse
from xushi_stats.editions import Edition
from xushi_stats.faults import Lang
from xushi_stats.registers.rules.town import PARTS
from xushi_stats.reporting import printed_ledger
from xushi_stats.reporting.document import plain, readable, walk
from xushi_stats.reporting.report import Report
from xushi_stats.reporting.words import WORDS
from xushi_stats.synth import write_into

TABLES = (
    *("assessment_persons", "assessment_grades", "assessment_domains", "assessment_totals"),
    *("villages_extent", "villages_ranking", "villages_months", "villages_times"),
)
CHARTS = ("assessment_grades", "villages_scores", "villages_ranks")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's data with synthetic registers."""
    made = copies.copy(tmp_path_factory.mktemp("registers"))
    write_into(copies.DEMO_PLAN, made, copies.DEMO)
    return made


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's data without registers."""
    made = copies.copy(tmp_path_factory.mktemp("bare"))
    shutil.rmtree(made / copies.DEMO / "registers", ignore_errors=True)
    return made


def report(data: Path, lang: Lang = "zh", edition: Edition = "internal") -> Report:
    return Report(copies.DEMO, copies.DEMO_YEAR, lang=lang, edition=edition, data=data)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_with_registers_each_table_and_chart_is_there(data: Path, lang: Lang) -> None:
    made = report(data, lang)
    assert [name for name in TABLES if not made.table(name).blocks] == []
    assert [name for name in CHARTS if not made.chart(name).blocks] == []


@pytest.mark.parametrize("edition", ["draft", "internal", "public"])
def test_without_registers_no_table_or_chart_is_there(bare: Path, edition: Edition) -> None:
    made = report(bare, edition=edition)
    assert [name for name in TABLES if made.table(name).blocks] == []
    assert [name for name in CHARTS if made.chart(name).blocks] == []
    assert [f for f in rehearse(made) if f.severity == "error"] == []


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("part", ["assessment.persons", "assessment.grades", "villages.extent"])
def test_without_registers_one_sentence_says_so(bare: Path, lang: Lang, part: str) -> None:
    heading, said = report(bare, lang).text(part).blocks
    assert heading["b"] == "heading" and plain(said["c"]) == WORDS[lang]["no_register"]
    assert report(bare, lang, "public").text(part).blocks == []


def test_the_public_has_neither_table_nor_chart_nor_prose(data: Path) -> None:
    made = report(data, edition="public")
    assert [name for name in TABLES if made.table(name).blocks] == []
    assert [name for name in CHARTS if made.chart(name).blocks] == []
    for part in ("assessment.persons", "assessment.points", "villages.scores", "assessment.open"):
        assert made.text(part).blocks == []


def test_villages_stand_in_the_order_of_the_year(data: Path) -> None:
    (table,) = report(data).table("villages_ranking").blocks
    ranks = [int(plain(row[2])) for row in table["rows"]]
    assert ranks == sorted(ranks) and len(ranks) == 6


def test_a_total_is_that_of_its_column(data: Path) -> None:
    for name in ("assessment_grades", "assessment_domains"):
        (table,) = report(data).table(name).blocks
        *rows, total = table["rows"]
        assert table["total_rows"] == [len(rows)]
        for column in (1, 2):
            assert sum(int(plain(r[column])) for r in rows) == int(plain(total[column])), name


def test_every_number_of_the_tables_is_a_link(data: Path) -> None:
    made = report(data)
    for name in TABLES:
        for block in made.table(name).blocks:
            texts = [i["v"] for row in block["rows"] for i in walk(row) if i.get("t") == "text"]
            assert not [words for words in texts if any(c.isdigit() for c in words)], name


def test_who_is_praised_is_who_the_rules_choose(data: Path) -> None:
    """Two are praised each month, and the names are as many as the figure says."""
    (table,) = report(data).table("villages_months").blocks
    names = [plain(row[4]).split("、") for row in table["rows"] if plain(row[4]) != "—"]
    assert len(names) == 11 and {len(found) for found in names} == {2}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_is_open_is_listed_with_its_query(data: Path, lang: Lang) -> None:
    made = report(data, lang)
    assert made.table("assessment_parameters").blocks
    number = made.query_numbers["pay.reclassified"]
    shown = readable(made.table("assessment_lacking").blocks)
    assert "assessment.pay.reclassified" in shown.replace("\\", "") and number in shown


def test_xushi_lists_every_open_parameter_for_the_office_alone() -> None:
    data = copies.ROOT / "data"
    for edition, count in (
        ("draft", len(PARTS["assessment"])),
        ("internal", len(PARTS["assessment"])),
        ("public", 0),
    ):
        made = Report("xushi", 2019, edition=edition, data=data)  # type: ignore[arg-type]
        blocks = made.table("assessment_parameters").blocks
        assert sum(len(block["rows"]) for block in blocks) == count


HAN = re.compile("[\u4e00-\u9fff]")


def test_names_of_the_registers_are_english_in_english_and_as_written_in_chinese(
    data: Path,
) -> None:
    """Tables, charts and names of figures; what an origin selects by stays as the register has it."""
    tables = (*TABLES, "households_villages", "households_measures", "checkpoints_persons")
    made = report(data, "en")
    said = [plain(i for i in walk(made.table(name).blocks) if "v" in i) for name in tables]
    said += [made.chart(name).readable for name in CHARTS]
    said += [f.indicator.names["en"] for f in made.ledger.figures.values()]
    assert not [words for words in said if HAN.search(words)]
    assert "Shangwan" in "".join(said)
    chinese = report(data)
    assert chinese.named("上湾村") == "上湾村"
    assert any("上湾村" in f.indicator.names["zh"] for f in chinese.ledger.figures.values())


def test_a_name_without_english_stays_as_it_is(data: Path) -> None:
    assert report(data, "en").named("外村") == "外村"


def opened(data: Path, tmp_path: Path, part: str) -> Path:
    """A copy in which every parameter of a part of the rules is open."""
    made = Path(shutil.copytree(data, tmp_path / "data"))
    rules = made / copies.DEMO / "rules.toml"
    lines, inside = [], False
    for line in rules.read_text("utf-8").splitlines():
        inside = line.startswith(f"[{part}") if line.startswith("[") else inside
        is_value = inside and re.match(r"\w+ = ", line)
        lines.append(f'{line.split(" = ")[0]} = "open:tea.exact"' if is_value else line)
    rules.write_text("\n".join(lines) + "\n", "utf-8")
    return made


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_with_every_rule_of_the_inspection_open_the_ledger_says_so(
    data: Path, tmp_path: Path, lang: Lang
) -> None:
    made = report(opened(data, tmp_path, "inspection"), lang)
    shown = json.dumps(printed_ledger.ledger_json(made)["rows"], ensure_ascii=False)
    assert "inspection.score" in shown


def test_a_village_whose_name_has_a_blank_is_printed_whole(data: Path, tmp_path: Path) -> None:
    made = Path(shutil.copytree(data, tmp_path / "data"))
    for path in (made / copies.DEMO / "registers").glob("*.csv"):
        path.write_text(path.read_text("utf-8-sig").replace("上湾村", "上 湾村"), "utf-8")
    shown = json.dumps(printed_ledger.ledger_json(report(made))["rows"], ensure_ascii=False)
    assert "村为上 湾村" in shown
