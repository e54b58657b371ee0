"""The whole speech in print: what each edition must hold, and what it must not."""

from __future__ import annotations

import csv
import re
import subprocess
import unicodedata
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from reporting import copies
from reporting.copies import Release

from xushi_stats import records
from xushi_stats.checks import preflight
from xushi_stats.dataset import load
from xushi_stats.editions import EDITIONS, LANGS, SECTIONS
from xushi_stats.faults import DataFaults
from xushi_stats.publishing.build import Order, build
from xushi_stats.publishing.columns import PAGE, POINT
from xushi_stats.reporting import report as reports

DATA = copies.ROOT / "data"


@pytest.fixture(scope="module")
def printed(xushi: Release) -> Callable[[str, str], str]:
    """A report as poppler reads it, without blanks, full-width signs as ASCII."""

    @cache
    def text(lang: str, edition: str) -> str:
        path = xushi.folder / lang / edition / "report.pdf"
        found = subprocess.run(["pdftotext", path, "-"], capture_output=True, check=True).stdout
        return "".join(unicodedata.normalize("NFKC", found.decode()).split())

    return text


@pytest.mark.judge("pdftotext")
@pytest.mark.parametrize(
    "words",
    [
        *("1.16", "17.0", "超过600", "7000余", "20余次", "2000元左右"),
        "注:已脱贫、未脱贫为时点状态数,不是2019年当年脱贫数;占比的分母为全镇建档立卡贫困户(人),"
        "不是农村户籍人口,不等于贫困发生率。",
        "注:各项资金口径可能交叉,不作合计。",
        "注:各项地块是否重叠未核实,不作合计。",
        "注:未脱贫77户178人,《讲话》未单列数值目标,按上级统一部署执行。",
    ],
)
def test_the_public_report_holds(printed: Callable[[str, str], str], words: str) -> None:
    assert words in printed("zh", "public")


@pytest.mark.judge("pdftotext")
@pytest.mark.parametrize(
    "words",
    [
        "7.2%",
        "8.2%",
        "7.1%",
        "8.3%",
        "11,615",
        "11615",
        "7千余",
        "60.0%",
        "33.3%",
        "5128",
        "待核实",
    ],
)
def test_the_public_report_does_not_hold(printed: Callable[[str, str], str], words: str) -> None:
    assert words not in printed("zh", "public")


@pytest.mark.judge("pdftotext")
def test_the_public_report_has_no_en_dash_between_digits_and_no_growth(
    printed: Callable[[str, str], str],
) -> None:
    text = printed("zh", "public")
    assert not re.search(r"\d–\d", text)
    assert not re.search(
        r"比上年|同比(?!。2018年数据来源资料未列)(?!。)", text.replace("不计算同比", "")
    )


@pytest.mark.judge("pdftotext")
@pytest.mark.parametrize("edition", ["draft", "internal"])
@pytest.mark.parametrize(
    "words", ["7.1%~8.3%", "7.73万元", "3.15个百分点", "待核实事项", "数据核对单"]
)
def test_the_office_sees_intervals_and_internal_figures(
    printed: Callable[[str, str], str], edition: str, words: str
) -> None:
    assert words in printed("zh", edition)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("edition", EDITIONS)
def test_no_page_is_empty(xushi: Release, lang: str, edition: str) -> None:
    for page in xushi.text(lang, edition).pages:
        assert len("".join(page.outside("body").split())) + len(page.text) > 100, page.index + 1


@pytest.mark.parametrize("lang", LANGS)
def test_the_notes_on_compilation_take_one_page_and_stand_first(xushi: Release, lang: str) -> None:
    first = next(page for page in xushi.text(lang, "public").pages if page.number == 1)
    second = next(page for page in xushi.text(lang, "public").pages if page.number == 2)
    words = {
        "zh": ("编制说明", "一、2019年工作回顾"),
        "en": ("Notes on compilation", "Review of 2019"),
    }
    assert words[lang][0] in first.text
    assert words[lang][1] in second.text


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("name", ["report", *SECTIONS])
def test_pdfua_finds_nothing(xushi: Release, lang: str, edition: str, name: str) -> None:
    pdfua = pytest.importorskip("pdfua")
    path = xushi.folder / lang / edition / f"{name}.pdf"
    assert [(f.rule_id, f.message) for f in pdfua.validate(str(path)).findings] == []


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_columns_share_out_the_width_that_the_template_has(edition: str) -> None:
    template = (copies.ROOT / "xushi_stats/publishing/templates/report.typ").read_text("utf-8")
    margin = "draft" if edition == "draft" else "else"
    sides = re.search(
        r'"draft" \{ \(left: (\d+)mm, right: (\d+)mm\) \} else \{ \(left: (\d+)mm, right: (\d+)mm\)',
        template,
    )
    assert sides is not None
    left, right = map(int, sides.groups()[:2] if margin == "draft" else sides.groups()[2:])
    assert pytest.approx((210 - left - right) * POINT) == PAGE[edition]


# -- what the source does not license ----------------------------------------------------------


def refused_pairs() -> list[tuple[str, str]]:
    with (DATA / "refused.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row["figures"].split() for row in csv.DictReader(file)]
    return [
        (row[a], row[b]) for row in rows for a in range(len(row)) for b in range(a + 1, len(row))
    ]


def derived(data: Path, formula: str, unit: str) -> list[str]:
    """The fault codes that a new derived indicator gives."""
    row = {
        **{"id": "poverty.tried", "name_zh": "试算", "name_en": "tried", "section": "poverty"},
        **{"unit": unit, "basis": "flow", "formula": formula, "audience": "public"},
        **{"definition_zh": "试算。", "definition_en": "Tried."},
    }
    copies.add_row(data / "catalogue.csv", **row)
    with pytest.raises(DataFaults) as caught:
        load(data, "xushi")
    return [fault.code for fault in caught.value.faults]


@pytest.mark.parametrize("pair", refused_pairs())
@pytest.mark.parametrize("formula", ["{} / {}", "{} + {}", "mean({1}, {0})", "{} * {}"])
def test_figures_that_the_source_keeps_apart_are_not_brought_together(
    data: Path, pair: tuple[str, str], formula: str
) -> None:
    assert "refused" in derived(data, formula.format(*pair), "%")


@pytest.mark.parametrize(
    "formula",
    [
        "3 / party.courtyards",
        "4 / projects.villages",
        "industry.tea.area / 10000",
        "600000 / poverty.entrusted.persons",
        "poverty.entrusted.funds / 2",
        "poverty.workshop.persons * 2000",
        "livelihood.jobs / 600 - 1",
    ],
)
def test_a_number_typed_into_a_formula_is_refused(data: Path, formula: str) -> None:
    assert "formula_number" in derived(data, formula, "%")


PUBLISHED = {
    "poverty.households.exited.share": ("80.65%", "public"),
    "poverty.persons.exited.share": ("83.80%", "public"),
    "poverty.households.remaining.share": ("19.35%", "public"),
    "poverty.persons.remaining.share": ("16.20%", "public"),
    "poverty.household_size": ("2.76人", "public"),
    "poverty.household_size.exited": ("2.87人", "public"),
    "poverty.household_size.remaining": ("2.31人", "public"),
    "poverty.housing.mean": ("1.16万元", "public"),
    "projects.roads": ("17.0公里", "public"),
    "industry.tea.area_per_base": ("超过600亩", "public"),
    "poverty.exited.share_gap": ("3.15个百分点", "internal"),
    "poverty.projects.mean": ("7.73万元", "internal"),
    "epidemic.vehicles.returned_share": ("7.1%~8.3%", "internal"),
}


def test_the_derived_figures_are_exactly_those_that_may_be_printed() -> None:
    internal = reports.Report("xushi", 2019, edition="internal", data=DATA)
    public = reports.Report("xushi", 2019, edition="public", data=DATA)
    whole = {"poverty.households.share", "poverty.persons.share"}
    found = {f.indicator.id for f in internal.ledger.figures.values() if not f.is_observed}
    assert found - whole == set(PUBLISHED)
    for name, (shown, audience) in PUBLISHED.items():
        if audience == "public":
            assert str(public[name]) == shown
        else:
            assert str(internal[name]) == shown
            assert public.ledger.find(name) is None


# -- growth ------------------------------------------------------------------------------------


def test_growth_is_absent_without_an_earlier_report_and_appears_with_one(data: Path) -> None:
    growth = "livelihood.jobs.growth"
    now = reports.Report("xushi", 2019, data=data)
    assert now.internal.find(growth) is None
    assert "增长" not in now.table("main").readable
    old = {"indicator": "livelihood.jobs", "time_period": "2018", "release": "2018"}
    said = {"value": "600人", "source": "speech2020", "start": "1", "grade": "丁"}
    copies.add_row(data / "xushi/observations.csv", **old, **said, status="初步数(引用)")
    later = reports.Report("xushi", 2019, data=data)
    assert str(later["livelihood.jobs.growth"]) == "1.8%"
    assert "比上年增长" in later.table("main").readable
    assert "1.8" in later.table("main").readable
    assert later.internal.find("livelihood.subsidy.programmes.growth").quantity is None  # type: ignore[union-attr]


# -- half of the data --------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("kept", [0, 1])
def test_with_half_of_the_observations_the_report_stands_and_says_what_is_missing(
    data: Path, tmp_path: Path, kept: int
) -> None:
    def half(rows: list[dict[str, str]]) -> None:
        for row in rows[1 - kept :: 2]:
            row.update(value="/", read_as="")

    copies.table(data / "xushi/observations.csv", half)
    built = build(Order(data, "xushi", 2019, tmp_path / "out", ("zh",), ("public",)))
    pdf = (built.folder / "zh/public/report.pdf").read_bytes()
    pages = copies.read(pdf).pages
    notes = "".join(next(page.text for page in pages if page.number == 1).split())
    assert "缺项" in notes
    body = "".join("".join(page.text.split()) for page in pages if (page.number or 0) > 1)
    assert "—" in body
    assert "来源资料未列、" not in body
    assert "来源资料未列户" not in body


# -- records -----------------------------------------------------------------------------------


def test_the_speech_has_so_many_figures_targets_and_milestones() -> None:
    dataset = load(DATA, "xushi")
    town = {o.indicator for o in dataset.observations if o.time_period != "2020"}
    assert len(town) == 53
    kinds = [row["kind"] for row in dataset.records["targets"]]
    assert {kind: kinds.count(kind) for kind in records.TARGET_KINDS}["定量目标"] == 6
    assert len(kinds) == 169
    assert len(dataset.records["milestones"]) == 60
    assert len(dataset.queries) == 39


def test_every_verb_and_formula_stands_in_the_speech_where_it_is_said_to(speech: str) -> None:
    dataset = load(DATA, "xushi")
    for table, column in (
        ("targets", "verb"),
        ("milestones", "verb"),
        ("quotes", "text"),
        ("exclusions", "text"),
    ):
        for row in dataset.records[table]:
            start, words = int(row["start"]), row[column]
            assert speech[start : start + len(words)] == words, (table, row.number)
    for row in dataset.records["difficulties"]:
        assert not row["quoted"] or speech[int(row["start"]) :].startswith(row["quoted"])


def test_no_sentence_of_the_speech_is_in_the_project(speech: str) -> None:
    """But for its title, and for clauses that are a name or a list of names."""
    title, _, body = speech.partition("\n")
    sentences = [s for s in re.split(r"[。!?;\n]", body) if len(s) > 20]
    assert len(sentences) > 100
    for path in [*DATA.rglob("*.md"), *DATA.rglob("*.csv"), *DATA.rglob("*.toml")]:
        text = unicodedata.normalize("NFKC", path.read_text("utf-8-sig")).replace(title, "")
        assert [s for s in sentences if s in text] == [], path.name


# -- the rules of wording ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("约2000元左右", "约…左右"),
        ("约7000余亩", "约…余"),
        ("超过7000余亩", "超过…余"),
        ("逾7000多亩", "逾…多"),
        ("近700余万元", "近…余"),
        ("7000余亩以上", "余…以上"),
        ("截止目前", "截止"),
        ("增长7.2–8.2%", "数字间的短横"),
        ("3-5万元", "数字间的短横"),
        ("2019年脱贫321户", "时点数写作当年数"),
        ("2019年\n脱贫321户", "时点数写作当年数"),
    ],
)
def test_wording_that_an_office_sends_back_is_found(text: str, rule: str) -> None:
    assert rule in [name for _, name, _ in preflight.slips([text])]


@pytest.mark.parametrize(
    "text",
    [
        *("截至2020年3月", "7000余亩", "2000元左右", "超过600亩", "3万元~5万元", "2020年1—3月"),
        *("2020年3月，全镇已脱贫321户", "近700万元", "GB/T 9704", "2020-1670209"),
        *("约567.7 700左右", "近5\r\n7余", "12 -3个"),  # numbers of two cells
    ],
)
def test_wording_that_is_right_passes(text: str) -> None:
    assert list(preflight.slips([text])) == []


# -- years in one folder -----------------------------------------------------------------------


def test_a_year_may_have_a_text_of_its_own(data: Path) -> None:
    copies.cells(data / "xushi/observations.csv", "indicator", "party.meetings", release="2020")
    own = data / "xushi/text/zh/2020"
    own.mkdir()
    (own / "review.md").write_text("# 回顾\n\n## 党建工作 {party}\n\n另一年。\n", encoding="utf-8")
    assert "另一年" in reports.Report("xushi", 2020, data=data).text("review.party").readable
    assert "另一年" not in reports.Report("xushi", 2019, data=data).text("review.party").readable


def test_the_tasks_of_one_report_are_no_results_of_the_next(data: Path) -> None:
    copies.cells(data / "xushi/observations.csv", "indicator", "party.meetings", release="2020")
    report = reports.Report("xushi", 2020, data=data)
    for table in ("projects", "honours", "targets_nodes", "assessment_scheme"):
        assert report.table(table).blocks == []
    assert report.internal.find("projects.listed.completed").quantity is None  # type: ignore[union-attr]
