"""What hangs on a figure: exactly what changes in the report when the figure does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from towns import DATA, OBSERVATIONS, Town

from xushi_stats.audit.impact import Impact, dependants, impact
from xushi_stats.editions import LANGS
from xushi_stats.reporting.report import Report
from xushi_stats.revisions import editions
from xushi_stats.revisions.compare import compare

Run = Callable[..., tuple[int, str, str]]


def found(town: Town, name: str) -> Impact:
    reports = {lang: Report("xushi", 2019, lang=lang, data=town.data) for lang in LANGS}
    return impact(reports, reports["zh"][name].figure)


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """Two observations, a share, a mean over the share's sum, and one that nothing uses."""
    town = Town(tmp_path).clear()
    for name in ("one", "two", "alone"):
        town.indicator(name, "户")
        town.state(name, "10户")
    town.indicator("whole", "户", "one + two")
    town.indicator("part", "%", "share(one, whole)", decimals="2")
    town.check("sum", "one + two == whole")
    town.check("other", "alone <= whole", kind="核实性")
    return town


def write(town: Town, file: str, text: str) -> None:
    path = town.data / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_figures_are_found_by_way_of_others_and_inputs_are_not(town: Town) -> None:
    def named(name: str) -> list[str]:
        return [figure.indicator.id for figure in found(town, name).figures]

    assert named("one") == ["whole", "part"]
    assert named("two") == ["whole", "part"]
    assert named("whole") == ["part"]
    assert named("part") == named("alone") == []


def test_checks_are_found_through_what_is_computed(town: Town) -> None:
    assert [check[0] for check in found(town, "one").checks] == ["sum", "other"]
    assert [check[0] for check in found(town, "alone").checks] == ["other"]
    assert found(town, "part").checks == ()


def test_sentences_are_found_by_file_and_line_in_both_languages(town: Town) -> None:
    write(
        town,
        "xushi/text/zh/review.md",
        "# 回顾\n\n共【whole】。占【part的名称】；另有【alone】。\n",
    )
    write(
        town,
        "xushi/text/en/review.md",
        "# Review\n\nNothing.\n\nA share of 【part】. And 【alone】.\n",
    )
    assert found(town, "one").sentences == (
        ("xushi/text/zh/review.md:3", "共【whole】。"),
        ("xushi/text/zh/review.md:3", "占【part的名称】；"),
        ("xushi/text/en/review.md:5", "A share of 【part】."),
    )
    assert [s for _, s in found(town, "alone").sentences] == ["另有【alone】。", "And 【alone】."]


def test_the_text_of_another_year_is_not_this_ones(town: Town) -> None:
    write(town, "xushi/text/zh/review.md", "共【whole】。\n")
    write(town, "xushi/text/zh/2020/review.md", "后来共【whole】。\n")
    assert [place for place, _ in found(town, "one").sentences] == ["xushi/text/zh/review.md:1"]
    write(town, "xushi/text/zh/2019/review.md", "当年共【whole】。\n")
    assert [place for place, _ in found(town, "one").sentences] == [
        "xushi/text/zh/2019/review.md:1"
    ]


EXHIBITS = """
[table.cells]
title = { zh = "甲", en = "A" }
columns = [{ zh = "项目", en = "Item" }, { zh = "数", en = "Number" }]
rows = [{ zh = "占比", en = "Share", cells = ["part"] }]

[table.note]
title = { zh = "乙", en = "B" }
columns = [{ zh = "项目", en = "Item" }, { zh = "数", en = "Number" }]
rows = [{ zh = "另", en = "Alone", cells = ["alone"] }]
notes = [{ zh = "共【whole】", en = "【whole】 in all" }]

[table.targets]
title = { zh = "丙", en = "C" }
from = "targets"
columns = [{ zh = "任务", en = "Task", field = "name" }, { zh = "数", en = "No", field = "figure" }]

[chart.bars]
title = { zh = "丁", en = "D" }
kind = "bars"
bars = [{ zh = "一", en = "one", figure = "one" }]
"""


def test_tables_and_charts_are_found_by_cell_note_bar_and_record(town: Town) -> None:
    write(town, "exhibits.toml", EXHIBITS)
    row = town.add(
        "xushi/targets.csv",
        **{"id": "task", "release": "2019", "area": "party", "kind": "定量目标"},
        **{"name_zh": "任务", "name_en": "task", "figure": "two", "verb": "完成"},
        **{"verb_en": "do", "stated": "stated", "source": "speech2020", "start": "7"},
    )
    one, two, alone = (found(town, name) for name in ("one", "two", "alone"))
    assert [table[0] for table in one.tables] == ["cells", "note"]
    assert [table[0] for table in two.tables] == ["cells", "note", "targets"]
    assert [chart[0] for chart in one.charts] == ["bars"] and two.charts == ()
    assert [table[0] for table in alone.tables] == ["note"]
    assert two.records == ((f"xushi/targets.csv:{row}", "figure"),)
    assert one.tables[0] == ("cells", "甲", "A")


def test_a_missing_figure_has_its_places_too(town: Town) -> None:
    write(town, "exhibits.toml", EXHIBITS)
    town.keep(OBSERVATIONS, lambda row: row["indicator"] != "one")
    assert [figure.indicator.id for figure in found(town, "one").figures] == ["whole", "part"]
    assert [chart[0] for chart in found(town, "one").charts] == ["bars"]


def test_on_xushi_what_is_foretold_of_each_observation_is_what_comes(tmp_path: Path) -> None:
    """The figures said to hang on one are those that a comparison lists once it has changed."""
    report = Report("xushi", 2019)
    place = editions.Place("xushi", 2019, public=False)
    for name in ("projects.road.xingfu", "poverty.housing.funds", "party.meetings"):
        town = Town(tmp_path / name)
        rows = town.read(OBSERVATIONS)
        for row in rows:
            if row["indicator"] == name:
                row["value"] = f"9{row['value']}"
        town.write(OBSERVATIONS, rows)
        seen = compare(*editions.pair(DATA, town.data, place)).changes
        figure = report[name].figure
        foretold = {f.id for f in dependants(report.internal, figure.id)} | {figure.id}
        assert {change.entry.id for change in seen} == foretold


def test_an_indicator_that_nothing_uses_is_said_to_be_unused(town: Town, command: Run) -> None:
    town.keep("checks.csv", lambda row: False)
    status, out, _ = command("impact", "alone", "--data", town.data)
    assert status == 0
    assert out.splitlines()[-1] == "没有算式、审核、正文、表或图用到它。"
    assert "No formula" in command("impact", "alone", "--data", town.data, "--lang", "en")[1]


def test_an_unknown_name_is_one_finding_with_the_nearest(town: Town, command: Run) -> None:
    status, out, complaint = command("impact", "whol", "--data", town.data)
    assert (status, out) == (1, "")
    assert "“whole”" in complaint and "xushi-stats list" in complaint


def test_the_command_lists_each_sort_with_its_number(command: Run) -> None:
    status, out, _ = command("impact", "已脱贫户数", "--data", DATA)
    assert status == 0
    for words in ("由它计算的数（3）", "审核关系（2）", "正文（", "表（2）", "图（1）"):
        assert words in out
    assert "许市镇建档立卡贫困户构成" in out
    assert out == command("impact", "poverty.households.exited", "--data", DATA)[1]
    english = command("impact", "已脱贫户数", "--data", DATA, "--lang", "en")[1]
    assert "Figures computed from it (3)" in english
