"""The orphan check on finished reports: what was typed is found, named and placed."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from reporting import documents as made

from xushi_stats.publishing import typeset as typesetting
from xushi_stats.readback import finding as orphan
from xushi_stats.readback import orphans
from xushi_stats.readback.orphans import Orphan, PdfText

Spoil = Callable[[dict[str, Any]], None]


def judged(
    pdf: orphans.Source | PdfText, document: dict[str, Any] | None = None, lang: str = "zh"
) -> list[Orphan]:
    """The findings on a PDF, measured by what the clean document declares."""
    clean = document or made.document(lang)
    return orphans.orphans(
        pdf,
        made.shown(lang),
        typesetting.declared(clean),
        typesetting.running(clean),
        typesetting.alts(clean),
    )


def spoiled(spoil: Spoil, svg: str | None = None) -> list[Orphan]:
    """The findings after something was done to the document."""
    document = made.document()
    spoil(document)
    return judged(typesetting.typeset(document, {made.CHART: svg or made.chart()}))


@pytest.fixture(scope="module")
def clean() -> PdfText:
    return orphans.read(typesetting.typeset(made.document(), {made.CHART: made.chart()}))


def block(document: dict[str, Any], kind: str) -> dict[str, Any]:
    found: dict[str, Any] = next(b for b in document["body"] if b["b"] == kind)
    return found


def in_para(document: dict[str, Any]) -> None:
    block(document, "para")["c"].append(made.text("另有养殖大户1234户"))


def in_cell(document: dict[str, Any]) -> None:
    block(document, "table")["rows"][1][0] = [made.text("已脱贫1234")]


def in_caption(document: dict[str, Any]) -> None:
    block(document, "figure")["title"] = [made.text("构成1234")]


def in_note(document: dict[str, Any]) -> None:
    block(document, "table")["notes"].append([made.text("注：另1234")])


def in_heading(document: dict[str, Any]) -> None:
    block(document, "heading")["c"] = [made.text("工作1234回顾")]


def in_list(document: dict[str, Any]) -> None:
    block(document, "list")["items"].append([made.text("帮扶1234")])


def in_mark(document: dict[str, Any]) -> None:
    block(document, "para")["mark"] = "待核实1234"


@pytest.mark.parametrize(
    "spoil", [in_para, in_cell, in_caption, in_note, in_heading, in_list, in_mark]
)
def test_a_digit_typed_into_text_is_found_with_page_and_neighbourhood(spoil: Spoil) -> None:
    findings = [finding for finding in spoiled(spoil) if finding.kind == "stray"]
    assert [finding.text for finding in findings] == ["1234"]
    (finding,) = findings
    place = (5, 3) if spoil is in_list else (4, 2)
    assert (finding.page, finding.number) == place
    assert "1234" in finding.neighbourhood
    assert len(finding.neighbourhood) <= 4 + 2 * orphans.AROUND


def test_the_neighbourhood_is_twelve_characters_either_side() -> None:
    (finding,) = spoiled(in_para)
    assert finding.neighbourhood == "部署确保完成。另有养殖大户1234户省道S306沿线各村的"[1:]


WORDED = {
    "para": lambda document: block(document, "para")["c"].append(made.text("，另有五个基地")),
    "cell": lambda document: block(document, "table")["rows"][1].__setitem__(
        0, [made.text("五个基地")]
    ),
    "caption": lambda document: block(document, "figure").update(title=[made.text("五个基地")]),
    "note": lambda document: block(document, "table")["notes"].append([made.text("五个基地")]),
    "list": lambda document: block(document, "list")["items"].append([made.text("五个基地")]),
    "heading": lambda document: block(document, "heading").update(c=[made.text("五个基地")]),
}


@pytest.mark.parametrize("place", WORDED)
def test_a_quantity_in_words_is_found_with_page_and_neighbourhood(place: str) -> None:
    findings = [finding for finding in spoiled(WORDED[place]) if finding.kind == "words"]
    assert [finding.text for finding in findings] == ["五个"]
    assert "五个基地" in findings[0].neighbourhood


def test_a_quantity_in_words_in_the_contents_and_in_a_chart_is_found() -> None:
    assert "contents" in {finding.kind for finding in spoiled(WORDED["heading"])}
    svg = made.chart().replace("</svg>", '<text x="200" y="112">五个基地</text></svg>')
    (finding,) = spoiled(lambda document: None, svg)
    assert (finding.kind, finding.page, finding.text) == ("words", 4, "五个")


def test_a_quantity_in_words_is_found_across_a_lines_end_in_both_languages() -> None:
    for words in (
        "七\r\n十七户",
        "twenty-\r\nthree villages",
        "hundred\x02mu growers",
        "近\n千亩",
    ):
        assert len(list(orphans._words(f"甲{orphans.GAP}，{words}。"))) == 1, words
    assert list(orphans._words(f"共三{orphans.GAP}户，十三五\n时期")) == []


def test_a_declared_phrase_may_stand_anywhere_and_break_at_a_lines_end() -> None:
    strings = orphans._Declared({"一户一策": 1, "three-no": 1, "2020年": 1, "一、": 2})
    assert strings.phrases == {"一户一策", "three-no"}
    for words in ("一户一策", "一户\r\n一策", "three\x02no", "three-no"):
        assert set(strings.hidden(words, 0)) == {orphans.GAP}, words
    assert strings.places == {}


def test_a_declared_phrase_may_go_over_a_page_break() -> None:
    strings = orphans._Declared({"six dos and six don'ts": 1, "一户一策": 1})
    pages = ["roll out the six dos\n" + orphans.GAP, "and six don'ts, one", "按一户", " 一策办"]
    hidden = strings.hidden_over_breaks(pages)
    assert [text.replace(orphans.GAP, "").strip() for text in hidden] == [
        *("roll out the", ", one", "按", "办")
    ]
    assert strings.hidden_over_breaks(["六户", "一策"]) == ["六户", "一策"]


def test_a_digit_in_the_contents_is_found_there_too() -> None:
    findings = spoiled(in_heading)
    assert [finding.kind for finding in findings if finding.page == 2] == ["contents"]


def test_a_digit_typed_into_a_chart_is_found() -> None:
    svg = made.chart().replace("</svg>", '<text x="200" y="112">1234</text></svg>')
    (finding,) = spoiled(lambda document: None, svg)
    assert (finding.kind, finding.page, finding.text) == ("stray", 4, "1234")


def test_a_chart_that_shows_another_number_is_a_mismatch() -> None:
    (finding,) = spoiled(lambda document: None, made.chart().replace("80.65%", "81.65%"))
    assert (finding.kind, finding.text) == ("mismatch", "81.65%")
    assert finding.target == made.SHARE_HOUSEHOLDS_OUT


def test_another_description_of_an_image_is_found() -> None:
    def spoil(document: dict[str, Any]) -> None:
        block(document, "figure")["alt"] = made.ALT["zh"] + "占80.65%"

    (finding,) = spoiled(spoil)
    assert (finding.kind, finding.page) == ("alt", 4)
    assert "80.65%" in finding.text


def test_a_number_linked_to_the_wrong_row_is_a_mismatch() -> None:
    def spoil(document: dict[str, Any]) -> None:
        items = block(document, "para")["c"]
        next(item for item in items if item.get("id") == made.PERSONS)["id"] = made.PERSONS_OUT

    (finding,) = spoiled(spoil)
    assert (finding.kind, finding.page, finding.text) == ("mismatch", 4, "1099人")
    assert finding.target == made.PERSONS_OUT
    assert "921人" in finding.expected
    assert "398户1099人，其中" in finding.neighbourhood


def test_a_number_without_a_row_in_the_ledger_is_an_unknown_target(clean: PdfText) -> None:
    shown = made.shown("zh")
    del shown[made.SIZE_LEFT]
    document = made.document()
    findings = orphans.orphans(
        clean,
        shown,
        typesetting.declared(document),
        typesetting.running(document),
        typesetting.alts(document),
    )
    assert {(f.kind, f.target) for f in findings} == {("unknown_target", made.SIZE_LEFT)}


def test_a_second_copy_of_a_declared_date_is_found() -> None:
    def spoil(document: dict[str, Any]) -> None:
        block(document, "para")["c"].append(made.text("（2020年3月16日）"))

    (finding,) = spoiled(spoil)
    assert (finding.kind, finding.text) == ("declared_count", "2020年3月16日")
    assert finding.expected == ("2", "3")
    assert finding.page == 4


def test_a_table_head_repeated_on_the_next_page_counts_once() -> None:
    def long(head: made.Node) -> dict[str, Any]:
        document = made.document()
        table = block(document, "table")
        table["rows"] = [table["rows"][1]] * 80
        table["long"] = True
        table["columns"][0]["c"] = [head]
        return document

    declared, typed = long(made.fixed("口径1234")), long(made.text("口径1234"))
    charts = {made.CHART: made.chart()}
    assert judged(typesetting.typeset(declared, charts), declared) == []
    findings = judged(typesetting.typeset(typed, charts), typed)
    assert {finding.page for finding in findings if finding.text == "1234"} == {4, 5, 6}


def test_a_declared_string_that_is_missing_is_found() -> None:
    def spoil(document: dict[str, Any]) -> None:
        items = block(document, "para")["c"]
        items[1] = made.text("当日")

    (finding,) = spoiled(spoil)
    assert (finding.kind, finding.expected) == ("declared_count", ("2", "1"))


def test_a_longer_number_does_not_hide_behind_a_declared_one() -> None:
    def spoil(document: dict[str, Any]) -> None:
        block(document, "para")["c"].append(made.text("12020年3月16日5"))

    strays = [finding.text for finding in spoiled(spoil) if finding.kind == "stray"]
    assert strays == ["1", "5"]


@pytest.mark.parametrize("digit", ["5", "５", "①", "Ⅲ", "½", "²"])
def test_digits_of_every_kind_are_digits(digit: str, clean: PdfText) -> None:
    page = clean.pages[3]
    at = page.text.index("级统一")
    chars = [*page.chars[:at], digit, *page.chars[at + 1 :]]
    pages = (*clean.pages[:3], replace(page, chars=chars), *clean.pages[4:])
    (finding,) = judged(replace(clean, pages=pages))
    assert (finding.kind, finding.text) == ("stray", digit)


def test_decimals_are_one_finding_each() -> None:
    assert list(orphans._runs("甲1,234.5，乙2。丙3.")) == [(1, 8), (10, 11), (13, 14)]


def test_other_text_in_head_or_foot_is_found() -> None:
    for place, page in (("head", 2), ("foot", 1), ("mark", 2)):
        document = made.document()
        document["running"][place].append(made.text("第7稿"))
        findings = judged(typesetting.typeset(document, {made.CHART: made.chart()}))
        assert {finding.kind for finding in findings} == {"running"}
        assert findings[0].text == "第7稿"
        assert findings[0].page == page


def test_a_wrong_page_number_in_the_foot_is_found(clean: PdfText) -> None:
    page = clean.pages[4]
    at = page.text.rindex("3")
    pages = list(clean.pages)
    pages[4] = replace(page, chars=[*page.chars[:at], "4", *page.chars[at + 1 :]])
    (finding,) = judged(replace(clean, pages=tuple(pages)))
    assert (finding.kind, finding.page, finding.text) == ("running", 5, "—4—")


def test_page_labels_that_skip_are_found(clean: PdfText) -> None:
    pages = list(clean.pages)
    pages[-1] = replace(pages[-1], number=9)
    assert "page_number" in {finding.kind for finding in judged(replace(clean, pages=tuple(pages)))}


def test_a_reference_to_another_page_is_found(clean: PdfText) -> None:
    links = list(clean.links)
    n = next(n for n, link in enumerate(links) if link.target is None)
    links[n] = replace(links[n], to_page=4)
    (finding,) = judged(replace(clean, links=tuple(links)))
    assert (finding.kind, finding.text, finding.expected) == ("page_reference", "2", ("3",))


def test_a_contents_entry_with_another_page_is_found(clean: PdfText) -> None:
    links = list(clean.links)
    n = next(n for n, link in enumerate(links) if "回顾" in link.text)
    links[n] = replace(links[n], to_page=4)
    (finding,) = judged(replace(clean, links=tuple(links)))
    assert (finding.kind, finding.page, finding.expected) == ("contents", 2, ("3",))


def test_links_on_neighbouring_lines_keep_their_own_text() -> None:
    keys = [row[0] for row in made.ROWS]
    values = [f"{n * 1357 + 11}" for n in range(len(keys))]
    document = made.document()
    stack = {
        "b": "table",
        "label": [],
        "title": [made.text("并列")],
        "unit": [],
        "columns": [{"c": [made.text("值")], "align": "right", "width": None}],
        "rows": [
            [[made.num(a, k), made.text("\n"), made.num(b, k)]]
            for a, b, k in zip(values, reversed(values), keys, strict=True)
        ],
        "total_rows": [],
        "notes": [],
        "source": [],
    }
    document["front"], document["body"] = [], [stack]
    text = orphans.read(typesetting.typeset(document, {}))
    body = [value for page, _, value in orphans.numbers(text) if page == 3]
    assert body == [v for a, b in zip(values, reversed(values), strict=True) for v in (a, b)]


def test_a_report_is_read_from_a_path_as_from_bytes(tmp_path: Path, clean: PdfText) -> None:
    path = tmp_path / "许市镇 报告.pdf"
    path.write_bytes(typesetting.typeset(made.document(), {made.CHART: made.chart()}))
    assert orphans.read(path) == clean


def test_targets_survive_another_program_that_writes_the_file(clean: PdfText) -> None:
    data = typesetting.typeset(made.document(), {made.CHART: made.chart()})
    again = BytesIO()
    with pikepdf.open(BytesIO(data)) as document:
        document.save(again, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    assert orphans.read(again.getvalue()) == clean


def test_a_drawing_that_is_no_annotation_adds_no_link(clean: PdfText) -> None:
    assert all(link.text for link in clean.links)
    assert {link.target for link in clean.links if link.page == 3} <= set(made.shown("zh"))


def test_1500_links_are_read_in_about_a_second() -> None:
    document = made.document()
    items = [made.num(text, key) for _ in range(116) for key, text in made.figures("zh").items()]
    document["body"] = [made.para(*items[n : n + 20]) for n in range(0, len(items), 20)]
    pdf = typesetting.typeset(document, {made.CHART: made.chart()})
    start = time.perf_counter()
    found = judged(pdf, document)
    assert time.perf_counter() - start < 4
    assert found == []


def test_margins_are_those_of_the_template() -> None:
    template = Path(typesetting.__file__).parent / "templates" / "report.typ"
    found = re.search(r"margin: \(top: (\d+)mm, bottom: (\d+)mm", template.read_text("utf-8"))
    assert found is not None
    head, foot = (int(size) * 72 / 25.4 for size in found.groups())
    assert pytest.approx((head, foot)) == (orphans.HEAD, orphans.FOOT)


def test_findings_read_as_sentences_in_both_languages() -> None:
    finding = Orphan("stray", 4, "1234", "大户1234户", None, 2)
    assert orphans.describe(finding, "zh") == (
        "第4页（页码2）：数字“1234”无台账依据，也未声明；上下文：“大户1234户”"
    )
    assert orphans.describe(finding, "en") == (
        "page 4 (printed 2): the number “1234” has no row in the ledger and was not declared; "
        "context: “大户1234户”"
    )


def test_every_kind_of_finding_has_words_in_both_languages() -> None:
    kinds = set(orphan._WORDS["zh"])
    assert kinds == set(orphan._WORDS["en"])
    for kind in kinds:
        for lang in ("zh", "en"):
            finding = Orphan(kind, 0, "7", "", "x/y@2020", None, ("1", "2"))
            assert "{" not in orphans.describe(finding, lang)
