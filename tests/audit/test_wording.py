"""Wrong words around a right number are told, with the words and the name that they fit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from audit import planted
from reporting import copies

from xushi_stats.checks import wording
from xushi_stats.checks.name_terms import Names
from xushi_stats.checks.preflight import rehearse
from xushi_stats.checks.wording import Reader
from xushi_stats.commands import main
from xushi_stats.faults import Fault, Lang
from xushi_stats.reporting.report import Report

DATA = planted.ROOT / "data"


@pytest.fixture(scope="module")
def readers() -> dict[Lang, Reader]:
    langs: tuple[Lang, ...] = ("zh", "en")
    return {la: wording.reader_of(Report("xushi", 2019, lang=la, data=DATA)) for la in langs}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the data to spoil."""
    return copies.copy(tmp_path)


def told(reader: Reader, text: str) -> list[tuple[str, str, str]]:
    return [
        (f.code, f.severity, f.details.get("words", "")) for f in reader.prose(text, "review.md")
    ]


# -- names ---------------------------------------------------------------------------------------


def test_the_words_of_another_indicator_are_quoted_with_its_name(readers: Any) -> None:
    (fault,) = readers["zh"].prose("其中，未脱贫【已脱贫户数】。", "review.md")
    assert (fault.code, fault.severity, fault.file, fault.row) == (
        "misnamed",
        "error",
        "review.md",
        1,
    )
    assert fault.text("zh").startswith(
        "[错误] review.md 第1行：“未脱”更符合“未脱贫户数”，此处引用的是“已脱贫户数”"
    )
    assert "'未脱' fits 'remaining poor households' better" in fault.text("en")


def test_the_line_is_that_of_the_paragraph(readers: Any) -> None:
    text = "# 一\n\n在册的有若干。\n\n拆除空心房【危房改造户数】。"
    assert [f.row for f in readers["zh"].prose(text, "review.md")] == [5]


RIGHT = [
    "全镇建档立卡贫困户【建档立卡贫困户数】【建档立卡贫困人口】，其中已脱贫【已脱贫户数】。",
    "湘莲、黄茶基地、水旱轮作试点面积分别为【湘莲种植面积】、【黄茶基地面积】、【水旱轮作试点面积】。",
    "检测点、值守卡点分别为【疫情检测点数】和【疫情值守卡点数】。",
    "发放致村民公开信【致村民信发放份数】，张贴告村民书【告村民书张贴份数】。",
    "【建档立卡贫困户数:时点】，在册建档立卡贫困户【建档立卡贫困户数】。",
]
SWAPPED = [
    "全镇建档立卡贫困户【已脱贫户数】，其中已脱贫【建档立卡贫困户数】。",
    "湘莲、黄茶基地、水旱轮作试点面积分别为【黄茶基地面积】、【湘莲种植面积】、【水旱轮作试点面积】。",
    "检测点、值守卡点分别为【疫情值守卡点数】和【疫情检测点数】。",
    "发放致村民公开信【告村民书张贴份数】，张贴告村民书【致村民信发放份数】。",
    "危房改造落实【拆除空心房户数】。",
]


@pytest.mark.parametrize("text", RIGHT)
def test_a_sentence_whose_words_fit_has_no_fault(readers: Any, text: str) -> None:
    assert told(readers["zh"], text) == []


@pytest.mark.parametrize("text", SWAPPED)
def test_figures_exchanged_in_a_sentence_are_an_error(readers: Any, text: str) -> None:
    assert ("misnamed", "error") in [found[:2] for found in told(readers["zh"], text)]


def test_an_english_enumeration_is_matched_in_its_order(readers: Any) -> None:
    text = "The lotus area and the area of the rotation pilots were 【{}】 and 【{}】 respectively."
    right = text.format("industry.lotus.area", "industry.rotation.area")
    wrong = text.format("industry.rotation.area", "industry.lotus.area")
    assert told(readers["en"], right) == []
    assert {found[:2] for found in told(readers["en"], wrong)} == {("misnamed", "error")}


def test_a_figure_that_no_word_names_is_told(readers: Any) -> None:
    (found,) = told(readers["zh"], "举办文化节，接待游客【城镇新增就业人数】。")
    assert found[:2] == ("unnamed", "warning")


def test_an_alias_is_a_name(readers: Any) -> None:
    text = "打零工的有【城镇新增就业人数】。"
    reader = readers["zh"]
    known = reader.names.catalogue
    jobs = replace(known.indicators["livelihood.jobs"], aliases={"zh": ("打零工",), "en": ()})
    other = replace(known, indicators={**known.indicators, "livelihood.jobs": jobs})
    assert [found[0] for found in told(reader, text)] == ["unnamed"]
    assert told(replace(reader, names=Names(other, "zh")), text) == []


def test_a_wording_accepted_with_a_reason_is_no_fault(data: Path) -> None:
    copies.paragraph(data, "目标是超过【建档立卡贫困户数】的在册贫困户。")
    (fault,) = rehearse(Report("xushi", 2019, data=data))
    assert (fault.code, fault.file) == ("qualifier_exact", "xushi/text/zh/review.md")
    copies.add_row(
        data / "xushi/declared.csv",
        text="超过【建档立卡贫困户数】的",
        kind="wording",
        reason="与上年数比较",
    )
    house = Report("xushi", 2019, data=data)
    assert rehearse(house) == []
    assert "超过【建档立卡贫困户数】的" not in house.dataset.declared


def test_an_accepted_wording_needs_a_reason(data: Path) -> None:
    copies.add_row(data / "xushi/declared.csv", text="超过", kind="wording", reason="")
    with pytest.raises(Exception, match="must not be empty"):
        Report("xushi", 2019, data=data)


# -- what is claimed besides the name ------------------------------------------------------------

CLAIMS: list[tuple[Lang, str, list[tuple[str, str, str]]]] = [
    ("zh", "建档立卡贫困户超过【建档立卡贫困户数】。", [("qualifier_exact", "error", "超过")]),
    ("zh", "建档立卡贫困户【建档立卡贫困户数】左右。", [("qualifier_exact", "error", "左右")]),
    ("zh", "湘莲种植面积约【湘莲种植面积】。", [("qualifier_twice", "error", "约")]),
    (
        "zh",
        "定为不称职：至多连续【连续基本称职改定年数】基本称职。",
        [("qualifier_exact", "error", "至多连续")],
    ),
    (
        "zh",
        "已脱贫户占建档立卡贫困户约【已脱贫户占建档立卡贫困户比重】。",
        [("qualifier_exact", "warning", "约")],
    ),
    ("zh", "大力节约，建档立卡贫困户【建档立卡贫困户数】多为老人。", []),
    ("zh", "建档立卡贫困人口【建档立卡贫困人口】户。", [("unit_twice", "error", "户")]),
    ("zh", "建档立卡贫困户【建档立卡贫困户数】户均人口不多。", []),
    (
        "zh",
        "湘莲面积【黄茶基地数】。",
        [("misnamed", "error", "湘莲面积"), ("unit_other", "error", "面积")],
    ),
    ("zh", "【年份】已脱贫户有【已脱贫户数】。", [("time_other", "error", "2019年")]),
    ("zh", "其中当年已脱贫户【已脱贫户数】。", [("time_other", "error", "当年")]),
    ("zh", "【下年】，城镇新增就业【城镇新增就业人数】。", [("time_other", "error", "2020年")]),
    ("zh", "【年份】，城镇新增就业【城镇新增就业人数】。", []),
    (
        "en",
        "New urban jobs were at least 【livelihood.jobs】.",
        [("qualifier_exact", "error", "at least")],
    ),
    (
        "en",
        "New urban jobs: 【livelihood.jobs】 or more.",
        [("qualifier_exact", "error", "or more")],
    ),
    (
        "en",
        "Tap-water pipe was renovated over 【poverty.water.pipe】.",
        [("qualifier_exact", "warning", "over")],
    ),
    (
        "en",
        "Lotus was planted on more than 【industry.lotus.area】.",
        [("qualifier_twice", "error", "more than")],
    ),
    (
        "en",
        "Registered poor households: 【poverty.households】 yuan.",
        [("unit_twice", "error", "yuan")],
    ),
    (
        "en",
        "In 【next】 new urban jobs were 【livelihood.jobs】.",
        [("time_other", "error", "2020")],
    ),
]


@pytest.mark.parametrize(("lang", "text", "expected"), CLAIMS, ids=[c[1] for c in CLAIMS])
def test_a_qualifier_a_unit_and_a_time_must_be_the_figures_own(
    readers: Any, lang: Lang, text: str, expected: list[tuple[str, str, str]]
) -> None:
    assert told(readers[lang], text) == expected


def test_a_count_at_a_date_is_not_the_result_of_its_year(data: Path) -> None:
    """The register of December 2019 in a sentence that opens with 2019."""
    path = data / "xushi/observations.csv"
    copies.cells(path, "indicator", "poverty.households.exited", time_period="2019-12")
    reader = wording.reader_of(Report("xushi", 2019, data=data))
    assert told(reader, "【年份】已脱贫户【已脱贫户数】。") == [("time_whole", "error", "2019年")]
    assert told(reader, "【年份】末，已脱贫户【已脱贫户数】。") == []
    assert told(reader, "截至【年份】，已脱贫户【已脱贫户数】。") == []


# -- tables and charts ---------------------------------------------------------------------------


def rehearsed(data: Path) -> Iterator[tuple[str, str, int | None]]:
    for fault in rehearse(Report("xushi", 2019, data=data)):
        yield fault.code, fault.file, fault.row


def exchange(data: Path, line: str, one: str, other: str) -> int:
    """Exchange two ids in the lines of ``exhibits.toml`` that hold a text; the first such line."""
    path = data / "exhibits.toml"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    found = [n for n, text in enumerate(lines) if line in text and f'"{one}"' in text]
    for n in found:
        swapped = lines[n].replace(f'"{one}"', '"?"').replace(f'"{other}"', f'"{one}"')
        lines[n] = swapped.replace('"?"', f'"{other}"')
    assert found
    path.write_text("".join(lines), encoding="utf-8", newline="")
    return found[0] + 1


def test_a_cell_under_another_row_is_told_with_its_line(data: Path) -> None:
    line = exchange(data, '"未脱贫"', "poverty.households.remaining", "poverty.households.exited")
    assert ("misnamed", "exhibits.toml", line) in list(rehearsed(data))


def test_a_cell_under_the_unit_of_another_column_is_told(data: Path) -> None:
    line = exchange(data, '"未脱贫"', "poverty.households.remaining", "poverty.persons.remaining")
    assert ("unit_head", "exhibits.toml", line) in list(rehearsed(data))


def test_a_bar_of_another_figure_is_told(data: Path) -> None:
    line = exchange(
        data, 'figure = "industry.tea.area"', "industry.tea.area", "industry.lotus.area"
    )
    assert ("misnamed", "exhibits.toml", line) in list(rehearsed(data))


def test_a_title_of_another_year_is_told(data: Path) -> None:
    copies.swap(
        data / "exhibits.toml", "【镇名】【年份】道路建设里程", "【镇名】【下年】道路建设里程"
    )
    assert {code for code, _, _ in rehearsed(data)} == {"time_other"}


def test_a_table_that_cannot_be_made_is_a_fault_and_no_crash(data: Path) -> None:
    copies.swap(data / "exhibits.toml", "columns = [", "colums = [")
    faults = rehearse(Report("xushi", 2019, data=data))
    told = {(fault.code, fault.file) for fault in faults}
    assert told >= {("exhibit_key", "exhibits.toml"), ("exhibit_lacks", "exhibits.toml")}


def test_check_says_how_far_the_words_reach(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert main.main(["check", "--data", str(DATA), "--lang", "zh"]) == 0
    out = capsys.readouterr().out
    assert "数与文字（zh）：" in out
    assert "  ? 三段道路里程合计：" in out


# -- how good it is ------------------------------------------------------------------------------

LEAST: dict[str, tuple[float, float]] = {
    "unit.clear": (0.95, 0.92),
    "unit.near": (0.75, 0.55),
    "random.clear": (0.95, 0.92),
    "next.clear": (0.90, 0.50),
    "next.near": (0.75, 0.50),
    "replaced.clear": (0.88, 0.70),
    "unit_written": (0.90, 0.95),
    "qualifier": (0.93, 0.78),
    "time": (0.95, 0.95),
    "table.column": (0.95, 0.95),
    "table.row": (0.85, 0.75),
}
"""The least share found as errors, in Chinese and in English; somewhat below what is measured."""


@pytest.fixture(scope="module")
def measured() -> dict[Lang, dict[str, planted.Count]]:
    return {"zh": planted.measure("zh"), "en": planted.measure("en")}


def test_the_real_text_has_no_false_alarm(readers: Any) -> None:
    for lang in ("zh", "en"):
        found: list[Fault] = wording.faults(Report("xushi", 2019, lang=lang, data=DATA))  # type: ignore[arg-type]
        assert [fault.text("zh") for fault in found] == []


@pytest.mark.slow
@pytest.mark.parametrize("kind", LEAST)
def test_planted_faults_are_found(measured: Any, kind: str) -> None:
    for lang, least in zip(("zh", "en"), LEAST[kind], strict=True):
        count = measured[lang][kind]
        assert count.planted > 10
        assert count.recall >= least, (lang, count.missed[:5])


@pytest.mark.slow
def test_what_is_told_is_told_of_the_planted_figure(measured: Any) -> None:
    for counts in measured.values():
        errors, beside = (sum(getattr(c, n) for c in counts.values()) for n in ("errors", "beside"))
        assert beside / (errors + beside) < 0.02


@pytest.mark.slow
def test_the_document_says_what_is_measured(measured: Any) -> None:
    stated = planted.stated()
    assert len(stated) == 2 * (len(planted.KINDS) - 1)
    for (lang, kind), share in stated.items():
        assert share == pytest.approx(measured[lang][kind].recall, abs=0.03), (lang, kind)
