"""A document becomes a PDF: the same bytes, text as it was typed, nothing lost on the page."""

from __future__ import annotations

import copy
import random
import subprocess
from collections import Counter
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from reporting import documents as made

from xushi_stats.publishing.typeset import TypesetError, alts, declared, running, typeset
from xushi_stats.publishing.typeset import shown as shown_in
from xushi_stats.readback import orphans

LANGUAGES = ("zh", "en")
METACHARACTERS = '#read("/etc/passwd") $x$ *a* <b> _u_ = h // c @ref `raw` \\ ~ #let'


@pytest.fixture(scope="module", params=LANGUAGES)
def lang(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def pdf(lang: str) -> bytes:
    return typeset(made.document(lang), {made.CHART: made.chart(lang)})


@pytest.fixture(scope="module")
def text(pdf: bytes) -> orphans.PdfText:
    return orphans.read(pdf)


def section() -> dict[str, Any]:
    """The Chinese document as a section: masthead, no cover, no contents."""
    document = made.document("zh")
    cover = document["cover"]
    masthead = {part: cover[part] for part in ("title", "mark", "notice")}
    masthead |= {"section": [made.text("脱贫攻坚")], "about": [[made.text("数据为初步数。")]]}
    return {**document, "cover": None, "contents": None, "masthead": masthead}


def plain(*blocks: made.Node) -> dict[str, Any]:
    """A document of nothing but some blocks and the rows their figures lead to."""
    keys = dict.fromkeys(
        item["id"] for block in blocks for item in block.get("c", []) if item["t"] == "num"
    )
    rows = [{"b": "row", "id": key, "name": [made.text("指标")], "lines": []} for key in keys]
    return {**section(), "masthead": None, "front": [], "body": list(blocks), "back": rows}


def test_the_same_document_gives_the_same_bytes(lang: str, pdf: bytes) -> None:
    assert typeset(made.document(lang), {made.CHART: made.chart(lang)}) == pdf


def test_the_order_of_keys_and_of_charts_does_not_matter(pdf: bytes, lang: str) -> None:
    document = dict(reversed(made.document(lang).items()))
    charts = {made.CHART: made.chart(lang)}
    spare = {"spare.svg": made.chart(lang)}
    assert typeset(document, {**spare, **charts}) == typeset(document, {**charts, **spare}) == pdf


def test_every_number_reads_back_as_often_as_it_was_written(
    lang: str, text: orphans.PdfText
) -> None:
    expected: Counter[tuple[str, str]] = Counter()
    stack: list[Any] = [made.document(lang)]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            if node.get("t") == "num":
                expected[node["id"], node["v"].strip()] += 1
            stack.extend(node.values())
        elif isinstance(node, list):
            stack.extend(node)
    for key, value in (
        (made.SHARE_HOUSEHOLDS_OUT, "80.65%"),
        (made.SHARE_HOUSEHOLDS_LEFT, "19.35%"),
        (made.SHARE_PERSONS_OUT, "83.80%"),
        (made.SHARE_PERSONS_LEFT, "16.20%"),
    ):
        expected[key, value] += 1
    assert Counter((key, value) for _, key, value in orphans.numbers(text)) == expected


def test_a_finished_report_has_no_orphans(lang: str, text: orphans.PdfText) -> None:
    document = made.document(lang)
    findings = orphans.orphans(
        text, made.shown(lang), declared(document), running(document), alts(document)
    )
    assert [orphans.describe(finding, lang) for finding in findings] == []


def test_page_references_name_the_pages_where_a_figure_is_used(text: orphans.PdfText) -> None:
    uses: dict[str, set[int | None]] = {}
    for link in text.links:
        if link.target and link.to_page != link.page and not link.target.startswith("section/"):
            uses.setdefault(link.target, set()).add(text.pages[link.page].number)
    references = [link for link in text.links if link.target is None]
    assert sum(map(len, uses.values())) == len(references)
    assert uses[made.HOUSEHOLDS_LEFT] == {2, 3}
    for link in references:
        assert link.to_page is not None
        assert link.text == str(text.pages[link.to_page].number)


def test_cover_and_contents_have_no_page_number_and_the_rest_counts_from_one(
    text: orphans.PdfText,
) -> None:
    numbers = [page.number for page in text.pages]
    assert numbers == [None, None, *range(1, len(numbers) - 1)]


def test_a_section_begins_with_its_masthead_on_page_one() -> None:
    text = orphans.read(typeset(section(), {made.CHART: made.chart()}))
    assert [page.number for page in text.pages] == list(range(1, len(text.pages) + 1))
    assert "目标任务数据资料" in text.pages[0].text
    assert "数据为初步数。" in text.pages[0].text
    assert "编制说明" in text.pages[0].text


def test_no_page_is_empty_even_where_breaks_pile_up() -> None:
    pause = {"b": "break"}
    document = plain(pause, made.para(made.text("甲")), pause, pause, made.para(made.text("乙")))
    document["back"] = [pause, *document["back"], pause]
    assert len(orphans.read(typeset(document, {})).pages) == 2


def test_1500_random_numbers_read_back_unbroken() -> None:
    dice = random.Random(2019)
    filler = "按照统一部署，坚持精准方略（含边缘户），做好“动态监测”；产业扶贫、就业培训同步推进。"
    keys = [f"xushi/random.{n}@2020-03" for n in range(150)]
    written, blocks = [], []
    for _ in range(150):
        items = []
        for _ in range(10):
            value = f"{dice.random() * 10 ** dice.randint(1, 7):.2f}" + dice.choice("%户人亩")
            written.append((dice.choice(keys), value))
            items += [made.text(filler[: dice.randint(1, 40)]), made.num(value, written[-1][0])]
        blocks.append(made.para(*items))
    text = orphans.read(typeset(plain(*blocks), {}))
    assert [(key, value) for _, key, value in orphans.numbers(text)] == written


def test_declared_strings_are_never_broken_over_lines() -> None:
    words = [made.text("字" * n) for n in range(1, 40)]
    items = [item for word in words for item in (word, made.fixed("2020年3月16日"))]
    page = orphans.read(typeset(plain(made.para(*items)), {})).pages[0]
    assert page.text.count("2020年3月16日") == len(words)


@pytest.mark.parametrize("place", ["para", "heading", "cell", "caption", "note", "list", "row"])
def test_metacharacters_stay_the_characters_they_are(place: str) -> None:
    document = section()
    typed = made.text(METACHARACTERS)
    table = next(block for block in document["body"] if block["b"] == "table")
    if place == "para":
        document["body"].append(made.para(typed))
    elif place == "heading":
        document["body"].append(made.heading(1, "", typed))
    elif place == "cell":
        table["rows"][0][0] = [typed]
    elif place == "caption":
        table["title"] = [typed]
    elif place == "note":
        table["notes"] = [[typed]]
    elif place == "list":
        document["body"].append({"b": "list", "ordered": True, "items": [[typed]]})
    else:
        document["back"][-1]["name"] = [typed]
    text = orphans.read(typeset(document, {made.CHART: made.chart()}))
    squeezed = "".join("".join(page.text.split()) for page in text.pages)
    assert "".join(METACHARACTERS.split()) in squeezed


def test_metadata_and_language_are_those_of_the_document(pdf: bytes, lang: str) -> None:
    with pikepdf.open(BytesIO(pdf)) as document:
        info = document.open_metadata()
        assert info["dc:title"] == made.document(lang)["meta"]["title"]
        assert info["pdfaid:part"] == "3" and info["pdfaid:conformance"] == "A"
        assert info["pdfuaid:part"] == "1"
        assert str(document.Root.Lang).startswith(lang)
        assert str(document.docinfo["/CreationDate"]).startswith("D:20200316")


def test_rows_are_named_destinations_but_not_bookmarks(pdf: bytes) -> None:
    with pikepdf.open(BytesIO(pdf)) as document:
        names = {str(name) for name in pikepdf.NameTree(document.Root.Names.Dests)}
        with document.open_outline() as outline:
            bookmarks = {item.title for item in outline.root}
    assert {row[0] for row in made.ROWS} <= names
    assert not bookmarks & {row[1] for row in made.ROWS}


def test_pdfua_finds_nothing(pdf: bytes, tmp_path: Path) -> None:
    pdfua = pytest.importorskip("pdfua")
    path = tmp_path / "report.pdf"
    path.write_bytes(pdf)
    assert [(f.rule_id, f.message) for f in pdfua.validate(str(path)).findings] == []


@pytest.mark.judge("qpdf")
def test_qpdf_finds_no_fault(pdf: bytes, tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(pdf)
    assert subprocess.run(["qpdf", "--check", str(path)], capture_output=True).returncode == 0


def test_long_tables_repeat_their_head_on_every_page() -> None:
    table = copy.deepcopy(next(b for b in made.document()["body"] if b["b"] == "table"))
    table["rows"], table["long"] = [table["rows"][0]] * 80, True
    document = section()
    document["body"] = [table]
    pages = orphans.read(typeset(document, {made.CHART: made.chart()})).pages
    holding = [page for page in pages if "100.00" in page.text]
    assert len(holding) > 1
    assert all("户均人口（人/户）" in page.text for page in holding)


def test_what_the_document_shows_is_what_the_figures_may_show(lang: str) -> None:
    mine = {key: {v.strip() for v in values} for key, values in made.shown(lang).items()}
    for key, values in shown_in(made.document(lang)).items():
        assert {value.strip() for value in values} <= mine[key]


def row(document: dict[str, Any]) -> dict[str, Any]:
    return next(block for block in document["back"] if block["b"] == "row")


def without_row(document: dict[str, Any]) -> None:
    document["back"].remove(row(document))


def row_twice(document: dict[str, Any]) -> None:
    document["back"].append(row(document))


def chart_from_elsewhere(document: dict[str, Any]) -> None:
    next(block for block in document["body"] if block["b"] == "figure")["chart"] = "../x.svg"


def figure_in_heading(document: dict[str, Any]) -> None:
    document["body"].append(made.heading(1, "", made.num("398户", made.HOUSEHOLDS)))


def figure_in_table_head(document: dict[str, Any]) -> None:
    table = next(block for block in document["body"] if block["b"] == "table")
    table["columns"][1]["c"] = [made.num("398户", made.HOUSEHOLDS)]


def pages_in_body(document: dict[str, Any]) -> None:
    pages = {"t": "pages", "id": made.HOUSEHOLDS, "none": "", "sep": ""}
    document["body"].append(made.para(pages))


def heading_skips(document: dict[str, Any]) -> None:
    document["front"].append(made.heading(4, "", made.text("跳级")))


def other_format(document: dict[str, Any]) -> None:
    document["format"] = 2


def missing_glyph(document: dict[str, Any]) -> None:
    document["body"].append(made.para(made.text("\U0001f600")))


@pytest.mark.parametrize(
    ("spoil", "reason", "subject"),
    [
        (without_row, "missing_row", made.HOUSEHOLDS),
        (row_twice, "duplicate_row", made.HOUSEHOLDS),
        (chart_from_elsewhere, "missing_chart", "../x.svg"),
        (figure_in_heading, "figure_in_heading", "398户"),
        (figure_in_table_head, "figure_in_head", "398户"),
        (pages_in_body, "pages_outside_back", made.HOUSEHOLDS),
        (heading_skips, "heading_level", "跳级"),
        (other_format, "format", "2"),
        (missing_glyph, "layout", "\U0001f600"),
    ],
)
def test_a_contradiction_is_refused_and_named(spoil: Any, reason: str, subject: str) -> None:
    document = made.document()
    spoil(document)
    with pytest.raises(TypesetError) as caught:
        typeset(document, {made.CHART: made.chart()})
    assert caught.value.reason == reason
    assert subject in caught.value.subject
    assert "xushi-" not in str(caught.value) and "/tmp" not in str(caught.value)


@pytest.mark.parametrize("name", ["../a.svg", "a/b.svg", "document.json", "report.typ", ".svg"])
def test_a_chart_may_not_take_the_name_of_another_file(name: str) -> None:
    with pytest.raises(TypesetError) as caught:
        typeset(made.document(), {made.CHART: made.chart(), name: made.chart()})
    assert (caught.value.reason, caught.value.subject) == ("chart_name", name)
