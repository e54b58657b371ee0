"""The invented town's report on synthetic registers: audited, and no person in any file of it."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest
from reporting import copies
from reporting.copies import Release

from xushi_stats.editions import LANGS
from xushi_stats.reporting.document import plain
from xushi_stats.reporting.words import WORDS

pytestmark = pytest.mark.slow
SECTIONS = ("assessment", "villages")
MARKS = ("SYN-", "合成甲")
"""How every id and every name of a synthetic register begins."""


def persons(data: Path) -> set[str]:
    """Every id and name of the registers: of persons, entries and households."""
    found = set()
    for path in (data / copies.DEMO / "registers").glob("*.csv"):
        with open(path, encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                columns = ("person", "name", "entry", "entered_by", "household", "visited_by")
                found |= {row[c] for c in columns if row.get(c)}
    assert len(found) > 1000 and {"SYN-A-S0001", "合成甲职0001"} <= found
    return found


def texts(folder: Path) -> Iterator[tuple[str, str]]:
    """Every file that a build left, and what lies within it, as text."""
    for name, content in copies.content(folder).items():
        yield from inside(name, content)


def inside(name: str, content: bytes) -> Iterator[tuple[str, str]]:
    """A file as text; of a PDF its pages and attachments, of a workbook its parts."""
    if name.endswith(".pdf"):
        pages = copies.read(content)
        yield name, "".join(line for page in pages.pages for line in page.text)
        with pikepdf.open(io.BytesIO(content)) as pdf:
            yield name, str(pdf.docinfo) + str(pdf.open_metadata())
            for attached, spec in pdf.attachments.items():
                yield from inside(f"{name}/{attached}", spec.get_file().read_bytes())
    elif zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            for part in parts.namelist():
                yield from inside(f"{name}/{part}", parts.read(part))
    else:
        yield name, content.decode("utf-8", errors="replace")


def test_no_person_is_in_any_file_of_a_build(demo: Release) -> None:
    assert all(one.startswith(MARKS) for one in persons(demo.data))
    read = 0
    for name, text in texts(demo.folder):
        read += 1
        assert not [mark for mark in MARKS if mark in text], name
    assert read > 100
    for notebook in demo.executed.values():
        text = json.dumps(notebook, ensure_ascii=False, default=str)
        assert not [mark for mark in MARKS if mark in text]


def test_a_person_in_a_file_would_be_found(demo: Release, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "book.xlsx", "w") as book:
        book.writestr("xl/sharedStrings.xml", "<t>SYN-A-S0001</t>")
    assert [text for _, text in texts(tmp_path) if "SYN-A-S0001" in text]


def test_the_public_has_no_figure_of_either_section(demo: Release) -> None:
    internal = {
        f["id"] for f in demo.ledger().values() if f["id"].startswith(("demo/assess", "demo/insp"))
    }
    assert len(internal) > 200
    for lang in ("zh", "en"):
        for path in (demo.folder / lang / "public").rglob("*.csv"):
            assert "demo/assessment." not in path.read_text(encoding="utf-8-sig"), path
            assert "demo/inspection." not in path.read_text(encoding="utf-8-sig"), path
        for section in SECTIONS:
            links = demo.text(lang, "public", section).links
            assert not [
                link for link in links if "assessment." in str(link) or "inspection." in str(link)
            ]


def test_the_public_has_the_rules_as_stated(demo: Release) -> None:
    page = "".join(line for p in demo.text("zh", "public", "assessment").pages for line in p.text)
    assert "连续基本称职的改定为不称职" in page and "年内在任" not in page


@pytest.mark.parametrize("edition", ["draft", "internal"])
def test_an_open_rule_and_the_figure_that_it_keeps_back_are_shown(
    demo: Release, edition: str
) -> None:
    page = "".join(line for p in demo.text("zh", edition, "assessment").pages for line in p.text)
    assert "因规则未定不能给出的数" in page and "不享受考核工资人数" in page
    assert "assessment.pay.reclassified" in unicodedata.normalize("NFKC", page)  # ﬁ is one sign


def test_every_page_says_that_the_town_is_invented(demo: Release) -> None:
    for lang, mark in (("zh", "虚构示例"), ("en", "Invented example")):
        for edition in ("draft", "internal", "public"):
            for section in SECTIONS:
                for page in demo.text(lang, edition, section).pages:
                    assert mark in "".join(page.text)


def test_each_month_inspected_is_a_figure_on_the_heat_map(demo: Release) -> None:
    figures = demo.ledger()
    scored = [
        i for i, f in figures.items() if i.startswith("demo/inspection.score.") and f["value"]
    ]
    assert len(scored) == 6 * 11 - 1
    made = demo.assembled["zh", "internal", "villages"]
    drawn = json.dumps(made.document, ensure_ascii=False, default=str)
    assert not [figure for figure in scored if figure not in drawn]


def test_the_months_of_a_village_are_one_entry_of_the_ledger_in_words_of_the_language(
    demo: Release,
) -> None:
    for lang in LANGS:
        back = demo.assembled[lang, "internal", "villages"].document["back"]
        series = {str(b["rows"][0]["id"]).partition("@")[0]: b for b in back if b["b"] == "series"}
        assert len(series["demo/inspection.score.a"]["rows"]) == 11
        assert len(series) >= 12
    said = [
        plain(line["v"])
        for made in demo.assembled.values()
        if made.about["lang"] == "zh"
        for block in made.document["back"]
        for line in block.get("lines", ())
        if plain(line["k"]) == WORDS["zh"]["formula"]
    ]
    computed = {words.rpartition("算法：")[2] for words in said if "算法：" in words}
    assert len(computed) > 4
    assert all(re.fullmatch("[一-龥]+[Wτ]?(?:-b)?", words) for words in computed), computed
