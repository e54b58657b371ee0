"""A build: exactly its files, the same bytes everywhere, and nothing but whole reports."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import nbformat
import pytest
from reporting import copies
from reporting.copies import TOWN, YEAR, Release

from xushi_stats.editions import EDITIONS, LANGS, SECTIONS
from xushi_stats.faults import DataFaults
from xushi_stats.publishing import build as building
from xushi_stats.publishing import place, typeset
from xushi_stats.publishing.assembly import Assembled
from xushi_stats.publishing.build import Order, build
from xushi_stats.publishing.pages import finished
from xushi_stats.readback import orphans as audit
from xushi_stats.reporting import document
from xushi_stats.reporting.words import WORDS

Refused = Callable[..., str]
Rerun = Callable[..., None]
Run = Callable[..., tuple[int, str, str]]

KINDS = list(product(LANGS, EDITIONS))
NAMES = ("report", *SECTIONS)
REVIEW = f"{TOWN}/text/zh/review.md"


def reports(langs: Any = LANGS, editions: Any = EDITIONS, names: Any = NAMES) -> set[str]:
    return {f"{lang}/{e}/{name}.pdf" for lang, e, name in product(langs, editions, names)}


TOP = {
    "SHA256SUMS",
    "datapackage.json",
    "ledger.csv",
    "ledger.json",
    "ledger.xlsx",
    "notebook.ipynb",
    "recompute.py",
    "ro-crate-metadata.json",
}


def parts(found: Iterable[str]) -> set[str]:
    """The names in a bundle without the charts and tables, which other tests look at."""
    return {name for name in found if "/charts/" not in name and "/tables/" not in name}


def bundle(langs: Any = LANGS, editions: Any = EDITIONS) -> set[str]:
    notebooks = {f"{lang}/{e}/report.ipynb" for lang, e in product(langs, editions)}
    return TOP | reports(langs, editions) | notebooks


def order(data: Path, out: Path, **more: Any) -> Order:
    return Order(data=data, town=TOWN, year=YEAR, out=out, **more)


# -- what a build leaves -----------------------------------------------------------------------


def test_a_build_leaves_exactly_the_bundle(xushi: Release) -> None:
    assert parts(copies.content(xushi.folder)) == bundle()
    assert set(xushi.built.files) == set(copies.content(xushi.folder))
    assert xushi.folder.parts[-2:] == (TOWN, str(YEAR))


def test_a_build_leaves_nothing_beside_its_folder_but_its_lock(xushi: Release) -> None:
    found = {path.name for path in xushi.folder.parent.iterdir()}
    assert found == {str(YEAR), f".{YEAR}.lock"}


def test_the_data_of_xushi_build_without_an_error(xushi: Release) -> None:
    assert [fault for fault in xushi.built.warnings if fault.severity == "error"] == []


CLOCK = """
import datetime, time

AHEAD = 4000 * 86400
real, real_ns = time.time, time.time_ns
time.time, time.time_ns = (lambda: real() + AHEAD), (lambda: real_ns() + AHEAD * 10**9)

class Later(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(time.time(), tz)

    utcnow = today = now

class Day(datetime.date):
    today = classmethod(lambda cls: cls.fromtimestamp(time.time()))

datetime.datetime, datetime.date = Later, Day
"""


@pytest.fixture
def another_clock(tmp_path: Path) -> str:
    """A PYTHONPATH on which each Python that starts, the kernel too, is eleven years ahead."""
    folder = tmp_path / "clock"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(CLOCK, encoding="utf-8")
    path = os.pathsep.join([str(copies.ROOT), str(folder)])
    now = "import datetime, time; print(datetime.date.today().year, time.time())"
    year, seconds = copies.run("-c", now, env={"PYTHONPATH": path}).stdout.split()
    assert float(seconds) > time.time() + 3999 * 86400
    assert int(year) == time.gmtime(float(seconds)).tm_year
    return path


@pytest.mark.slow
def test_another_machine_makes_the_same_bytes(
    xushi: Release, tmp_path: Path, another_clock: str
) -> None:
    data = copies.copy(tmp_path / "年报 2019", "数 据")
    home = tmp_path / "家 目录"
    home.mkdir()
    environ = {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONHASHSEED": "20190316"}
    environ |= {"HOME": str(home), "MPLCONFIGDIR": str(home), "SOURCE_DATE_EPOCH": "0"}
    environ["PYTHONPATH"] = another_clock
    chosen = ("--lang", "zh", "--edition", "draft", "--edition", "public")
    done = copies.cli("build", "--data", data, *chosen, cwd=tmp_path, env=environ, umask=0o077)
    assert done.returncode == 0, done.stderr
    target = Path("outputs", TOWN, str(YEAR))
    made = copies.content(tmp_path / target)
    assert done.stdout.splitlines() == [str(target), str(target / "zh/public/report.pdf")]
    *told, last = done.stderr.splitlines()
    assert last.startswith(f"共 {len(made)} 个文件")
    # ten documents, each named when it is done, and nothing else is said
    assert [line.split()[1] for line in told] == [f"{n}/10" for n in range(1, 11)]
    named = {line.split()[2] for line in told}
    assert named == {name for name in made if name.endswith(".pdf")}
    known = copies.content(xushi.folder)
    both = {name for name in known if name.startswith(("zh/draft/", "zh/public/"))}
    both.add("notebook.ipynb")
    assert [name for name in both if made.get(name) != known[name]] == []
    assert {name for name in made if name.startswith("zh/")} == both - {"notebook.ipynb"}


@pytest.mark.slow
@pytest.mark.parametrize("section", sorted({SECTIONS[0], SECTIONS[-1]}))
def test_a_section_built_alone_has_the_same_bytes(
    xushi: Release, tmp_path: Path, section: str
) -> None:
    chosen = order(xushi.data, tmp_path, langs=("zh",), editions=("public",), sections=(section,))
    made = (build(chosen).folder / f"zh/public/{section}.pdf").read_bytes()
    assert made == xushi.pdf("zh", "public", section)


def test_sections_asked_for_twice_or_in_another_order_are_the_same_report(
    monkeypatch: pytest.MonkeyPatch, xushi: Release, tmp_path: Path
) -> None:
    def cells(sections: tuple[str, ...]) -> list[str]:
        with pytest.raises(_Ran) as ran:
            build(order(xushi.data, tmp_path, sections=sections))
        return [cell.source for cell in ran.value.args[0].cells]

    def execute(notebook: Any, *rest: Any) -> Any:
        raise _Ran(notebook)

    monkeypatch.setattr(building, "kernel", lambda *_: nullcontext())
    monkeypatch.setattr(building, "execute", execute)
    assert cells((*reversed(SECTIONS), SECTIONS[0])) == cells(SECTIONS)


class _Ran(Exception):
    """Carries the notebook that was to run."""


def test_a_town_may_have_a_chinese_name(xushi: Release) -> None:
    made = xushi.assembled["zh", "public", SECTIONS[-1]]
    named = json.dumps([made.document, {i: sorted(t) for i, t in made.shown.items()}])
    renamed, shown = json.loads(named.replace(f'"{TOWN}/', '"许市镇/'))
    pdf = finished(Assembled(renamed, made.charts, shown, {}))
    assert {figure.split("/")[0] for _, figure, _ in audit.numbers(pdf)} == {"许市镇"}


# -- whole or not at all -----------------------------------------------------------------------


def test_a_full_build_takes_nothing_over_from_the_folder_before(
    monkeypatch: pytest.MonkeyPatch, data: Path, old: Path
) -> None:
    (old / "zh/public/report.pdf").write_bytes(b"altered")
    monkeypatch.setattr(building, "kernel", lambda *_: nullcontext())
    monkeypatch.setattr(building, "_documents", lambda *_: iter(()))
    build(order(data, old.parents[1]))
    assert set(copies.content(old)) == TOP


def test_a_partial_build_keeps_what_was_built_from_the_same_data(
    command: Run, data: Path, xushi: Release, old: Path, rerun: Rerun
) -> None:
    rerun()
    (old / "zh/public/report.pdf").write_bytes(b"spoiled")
    (old / "ledger.csv").write_bytes(b"spoiled")
    options = ("--lang", "zh", "--edition", "public")
    assert command("build", "--data", data, "--out", old.parents[1], *options)[0] == 0
    assert copies.content(old) == copies.content(xushi.folder)


def test_a_partial_build_drops_what_was_built_from_other_data(
    command: Run, data: Path, old: Path, rerun: Rerun
) -> None:
    rerun()
    copies.edit(data / REVIEW, lambda text: text + "\n")
    options = ("--lang", "zh", "--edition", "public")
    assert command("build", "--data", data, "--out", old.parents[1], *options)[0] == 0
    assert parts(copies.content(old)) == bundle(["zh"], ["public"])


def test_a_page_that_fails_after_others_leaves_the_old_report(
    refused: Refused, rerun: Rerun
) -> None:
    def spoil(notebook: Any) -> None:
        if any('lang = "en"' in cell.source for cell in notebook.cells):
            change_svg(notebook, "</svg>", "<text x='9' y='20'>1234</text></svg>")

    rerun(spoil)
    complaint = refused("--edition", "public", "--section", "review")
    assert "1234" in complaint


def test_a_build_stopped_between_its_two_renames_is_put_right(
    command: Run, data: Path, xushi: Release, old: Path, rerun: Rerun
) -> None:
    rerun()
    stopped(old)
    options = ("--lang", "zh", "--edition", "public")
    assert command("build", "--data", data, "--out", old.parents[1], *options)[0] == 0
    assert copies.content(old) == copies.content(xushi.folder)


def test_a_stopped_build_is_put_right_even_if_the_next_one_finds_faults(
    command: Run, data: Path, xushi: Release, old: Path
) -> None:
    stopped(old)
    copies.paragraph(data, "另有养殖大户12户。")
    try:
        assert command("build", "--data", data, "--out", old.parents[1])[0] == 1
        assert old.is_dir()
        assert copies.content(old) == copies.content(xushi.folder)
    finally:
        tidy(old)


def stopped(target: Path) -> None:
    """As if the machine had stopped when the old folder was renamed and the new one was not."""
    target.rename(target.with_name(f".{target.name}.old"))
    half = target.with_name(f".{target.name}.new")
    half.mkdir()
    (half / "ledger.json").write_text("{")


def tidy(target: Path) -> None:
    for name in ("old", "new"):
        shutil.rmtree(target.with_name(f".{target.name}.{name}"), ignore_errors=True)


@pytest.mark.parametrize("error", [PermissionError(13, "in use"), OSError(28, "no space left")])
def test_a_rename_that_fails_leaves_the_old_report(
    monkeypatch: pytest.MonkeyPatch, data: Path, xushi: Release, old: Path, error: OSError
) -> None:
    real = os.rename

    def rename(source: Any, target: Any) -> None:
        if ".new-" in Path(source).name:
            raise error
        real(source, target)

    monkeypatch.setattr(place, "_exchange", lambda *_: False)
    monkeypatch.setattr(os, "rename", rename)
    monkeypatch.setattr(building, "kernel", lambda *_: nullcontext())
    monkeypatch.setattr(building, "_documents", lambda *_: iter(()))
    try:
        with pytest.raises(DataFaults):
            build(order(data, old.parents[1]))
        assert old.is_dir()
        assert copies.content(old) == copies.content(xushi.folder)
    finally:
        tidy(old)


def test_an_interrupted_build_leaves_the_old_report(
    monkeypatch: pytest.MonkeyPatch, data: Path, xushi: Release, old: Path
) -> None:
    def documents(*_: Any) -> Iterator[Any]:
        raise KeyboardInterrupt
        yield

    monkeypatch.setattr(building, "_documents", documents)
    with pytest.raises(KeyboardInterrupt):
        build(order(data, old.parents[1]))
    assert copies.content(old) == copies.content(xushi.folder)


def test_a_folder_that_cannot_be_made_is_one_fault(command: Run, data: Path) -> None:
    (data.parent / "outputs").write_text("a file, not a folder")
    status, _, complaint = command("build", "--data", data, "--out", data.parent / "outputs")
    assert status == 1
    assert "Traceback" not in complaint


# -- every number of every report --------------------------------------------------------------


@pytest.mark.parametrize(("lang", "edition"), KINDS)
@pytest.mark.parametrize("name", NAMES)
def test_every_number_of_a_report_reads_back(
    xushi: Release, lang: str, edition: str, name: str
) -> None:
    made = xushi.assembled[lang, edition, name]
    found = audit.orphans(
        xushi.text(lang, edition, name),
        made.shown,
        typeset.declared(made.document),
        typeset.running(made.document),
        typeset.alts(made.document),
    )
    assert [audit.describe(orphan) for orphan in found] == []


@pytest.mark.parametrize(("lang", "edition"), KINDS)
@pytest.mark.parametrize("name", NAMES)
def test_every_number_of_a_report_is_one_of_its_row_in_the_ledger_file(
    xushi: Release, lang: str, edition: str, name: str
) -> None:
    ledger = xushi.ledger()
    numbers = list(audit.numbers(xushi.text(lang, edition, name)))
    assert numbers
    wrong = [
        (page, figure, text)
        for page, figure, text in numbers
        if not (digits(text) and digits(text) <= allowed(ledger[figure]))
        and text not in wordings(ledger[figure])
    ]
    assert wrong == []


def digits(text: str) -> set[str]:
    return set(re.findall(r"\d[\d.]*", text.replace(",", "")))


def allowed(row: dict[str, Any]) -> set[str]:
    """The numbers that a row of ledger.json knows."""
    known = (row["shown_zh"], row["shown_en"], row["value"], row["bounds"])
    return digits(" ".join((*known, *wordings(row))))


def wordings(row: dict[str, Any]) -> list[str]:
    """What the source wrote; 两个 holds no digit."""
    return [statement.partition(" ")[2] for statement in row["statements"]]


def entries(made: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The entries of ledger or appendix."""
    for block in made["back"]:
        yield from block.get("rows", []) if block["b"] == "rows" else []
        yield from [block] if block["b"] == "row" else []


def spread(words: str) -> str:
    """Text without blanks, each character in its plain form, so that places can be compared."""
    return "".join(unicodedata.normalize("NFKC", char)[0] for char in words if not char.isspace())


@pytest.mark.parametrize(("lang", "edition"), KINDS)
@pytest.mark.parametrize("name", NAMES)
def test_a_row_links_back_to_each_page_on_which_its_number_stands(
    xushi: Release, lang: str, edition: str, name: str
) -> None:
    text = xushi.text(lang, edition, name)
    made = xushi.assembled[lang, edition, name].document
    rows = [row["id"] for row in entries(made)]
    title = next(block for block in made["back"] if block["b"] == "heading")
    heading = bare(document.plain(title["c"]))
    first = min(link.to_page for link in text.links if link.target in rows and link.to_page)
    back = (first, spread(text.pages[first].text).index(heading))
    pages: dict[str, list[int]] = {row: [] for row in rows}
    for link in text.links:
        before = (link.page, len(spread(text.pages[link.page].text[: link.start]))) < back
        if link.target in pages and before and link.page not in pages[link.target]:
            pages[link.target].append(link.page)
    expected = [page for row in rows for page in sorted(pages[row])]
    found = [link for link in text.links if link.target is None and link.page >= back[0]]
    assert [link.to_page for link in found] == expected
    assert [link.text for link in found] == [str(text.pages[page].number) for page in expected]


@pytest.mark.parametrize(("lang", "edition"), KINDS)
def test_a_report_explains_the_figures_it_shows_and_what_they_are_made_from_and_no_others(
    xushi: Release, lang: str, edition: str
) -> None:
    ledger = xushi.ledger()
    made = xushi.assembled[lang, edition, "report"].document
    rows = list(entries(made))
    others = [block for block in made["back"] if block["b"] not in ("row", "rows")]
    stack = [
        node["id"]
        for node in document.walk([made["front"], made["body"], others])
        if "id" in node and node.get("t") != "pages"
    ]
    wanted = set()
    while stack:
        figure = stack.pop()
        if figure not in wanted:
            wanted.add(figure)
            stack += ledger[figure]["inputs"]
    assert {block["id"] for block in rows} == wanted


def test_the_ledger_says_where_a_figure_stands(xushi: Release) -> None:
    for figure, row in xushi.ledger().items():
        places = {p for made in xushi.assembled.values() for p in made.uses.get(figure, ())}
        assert row["used_in"] == sorted(places), figure


# -- what a reader finds -----------------------------------------------------------------------


def bare(text: str) -> str:
    """Text without blanks and word joiners, full-width signs as ASCII."""
    return "".join(unicodedata.normalize("NFKC", text).replace("\u2060", "").split())


@pytest.fixture(scope="module")
def printed(xushi: Release) -> Callable[[str, str], str]:
    """The text of a report as poppler reads it, without blanks."""

    @cache
    def text(lang: str, edition: str) -> str:
        path = xushi.folder / lang / edition / "report.pdf"
        found = subprocess.run(["pdftotext", path, "-"], capture_output=True, check=True).stdout
        return bare(found.decode())

    return text


@pytest.mark.judge("pdftotext")
@pytest.mark.parametrize("figure", ["80.65%", "83.80%", "19.35%", "16.20%", "2.76", "2.87", "2.31"])
def test_the_public_report_holds_the_shares_and_sizes(
    printed: Callable[[str, str], str], figure: str
) -> None:
    assert re.search(rf"(?<![\d.]){re.escape(figure)}(?!\d)", printed("zh", "public"))


@pytest.mark.judge("pdftotext")
@pytest.mark.parametrize(
    "line",
    [
        "样稿·依据公开讲话整理,未经许市镇人民政府审定,不作为官方统计资料",
        "注:已脱贫、未脱贫为时点状态数,不是2019年当年脱贫数;占比的分母为全镇建档立卡贫困户(人),"
        "不是农村户籍人口,不等于贫困发生率。",
        "未脱贫77户178人,《讲话》未单列数值目标,按上级统一部署执行。",
    ],
)
@pytest.mark.parametrize("edition", EDITIONS)
def test_every_chinese_report_holds_the_notice_and_the_notes(
    printed: Callable[[str, str], str], line: str, edition: str
) -> None:
    assert bare(line) in printed("zh", edition)


@pytest.mark.judge("pdftotext")
@pytest.mark.parametrize("lang", LANGS)
def test_the_public_report_holds_nothing_that_is_for_the_office(
    printed: Callable[[str, str], str], xushi: Release, lang: str
) -> None:
    text = printed(lang, "public")
    for word in ("draft", "internal", "queries"):
        assert bare(WORDS[lang][word]) not in text
    assert bare(WORDS[lang]["code"].format("")) not in text
    assert not re.search(r"(?<![\d.])3\.15(?!\d)", text)
    hidden = {row["id"] for row in xushi.ledger().values() if row["audience"] == "internal"}
    assert hidden
    assert not hidden & {link.target for link in xushi.text(lang, "public").links}


@pytest.mark.judge("pdftotext")
@pytest.mark.parametrize("lang", LANGS)
def test_the_draft_has_the_check_code_on_every_page_and_the_open_queries(
    printed: Callable[[str, str], str], xushi: Release, lang: str
) -> None:
    digest = json.loads((xushi.folder / "ledger.json").read_bytes())["data_sha256"]
    code = bare(WORDS[lang]["code"].format(digest[:12]))
    assert printed(lang, "draft").count(code) == len(xushi.text(lang, "draft").pages)
    assert bare(WORDS[lang]["queries"]) in printed(lang, "draft")
    assert bare(WORDS[lang]["queries"]) in printed(lang, "internal")
    assert printed(lang, "internal").count(digest[:12]) == 1, "on the page to sign"
    assert digest[:12] not in printed(lang, "public")


@pytest.mark.parametrize(("lang", "edition"), KINDS)
@pytest.mark.parametrize("name", NAMES)
def test_every_page_carries_the_notice_and_the_mark_of_its_edition(
    xushi: Release, lang: str, edition: str, name: str
) -> None:
    meta = xushi.assembled[lang, edition, name].document
    notice = bare(document.plain(meta["running"]["head"]))
    assert notice
    marks = {e: bare(WORDS[lang][e]) for e in EDITIONS if WORDS[lang][e]}
    for page in xushi.text(lang, edition, name).pages:
        text = bare(page.text)
        assert notice in text, page.index
        assert [e for e in marks if marks[e] in text] == [e for e in marks if e == edition]


@pytest.mark.judge("pdftotext")
def test_the_draft_names_both_places_in_the_speech(printed: Callable[[str, str], str]) -> None:
    text = printed("zh", "draft")
    assert bare("“321户”，《讲话》第二部分“五是”；“321户”，《讲话》第三部分（三）") in text


# -- numbers from nowhere ----------------------------------------------------------------------


TYPED = {
    "prose": (REVIEW, lambda data: copies.paragraph(data, "另有养殖大户12户。")),
    "a list": (REVIEW, lambda data: copies.paragraph(data, "- 另有养殖大户12户。")),
    "emphasis": (REVIEW, lambda data: copies.paragraph(data, "**另有12户。**")),
    "a heading": (REVIEW, lambda data: copies.paragraph(data, "### 养殖大户12户")),
    "raw HTML": (REVIEW, lambda data: copies.paragraph(data, "<b>12户</b>")),
    "a full-width digit": (REVIEW, lambda data: copies.paragraph(data, "另有养殖大户１２户。")),
    "a circled digit": (REVIEW, lambda data: copies.paragraph(data, "另有⑫户。")),
    "a year": (REVIEW, lambda data: copies.paragraph(data, "2019年，全镇上下齐心。")),
    "a table's title": ("exhibits.toml", lambda data: exhibit(data, "table", "title", "zh")),
    "a table's column": ("exhibits.toml", lambda data: exhibit(data, "table", "columns", 1, "zh")),
    "a table's cell": ("exhibits.toml", lambda data: exhibit(data, "table", "rows", 0, "zh")),
    "a table's note": ("exhibits.toml", lambda data: exhibit(data, "table", "notes", 0, "zh")),
    "a chart's title": ("exhibits.toml", lambda data: exhibit(data, "chart", "title", "zh")),
    "an alt text": ("exhibits.toml", lambda data: exhibit(data, "chart", "alt", "zh")),
    "a chart's part": ("exhibits.toml", lambda data: exhibit(data, "chart", "parts", 0, "zh")),
    "a chart's bar": ("exhibits.toml", lambda data: exhibit(data, "chart", "bars", 0, "zh")),
    "a definition": ("catalogue.csv", lambda data: catalogue(data, definition_zh="含12户")),
    "an assumption": ("catalogue.csv", lambda data: catalogue(data, assumption_zh="假定12户")),
    "the title": (
        f"{TOWN}/town.toml",
        lambda data: copies.toml(
            data / TOWN / "town.toml", lambda town: town["title"].update(zh="12户情况")
        ),
    ),
    "a query": (
        f"{TOWN}/queries.csv",
        lambda data: copies.table(
            data / TOWN / "queries.csv", lambda rows: rows[0].update(question_zh="是12日吗？")
        ),
    ),
    "the name of a place": (
        f"{TOWN}/places.csv",
        lambda data: copies.cells(
            data / TOWN / "places.csv", "label_zh", "第二部分“五是”", label_zh="第12部分"
        ),
    ),
    "the title of a source": (
        "sources.csv",
        lambda data: copies.cells(
            data / "sources.csv", "id", "speech2020", title_zh="12次会议讲话"
        ),
    ),
}


def exhibit(data: Path, kind: str, *path: Any) -> None:
    """Type a number at some place of a table or chart on poverty."""
    name = {"table": "poverty_register", "chart": "poverty_composition"}[kind]

    def change(spec: Any) -> None:
        node = spec[kind][name]
        for step in path[:-1]:
            node = node[step]
        node[path[-1]] += "12户"

    copies.toml(data / "exhibits.toml", change)


def catalogue(data: Path, **new: str) -> None:
    copies.cells(data / "catalogue.csv", "id", "poverty.households", **new)


@pytest.mark.parametrize("place", TYPED)
def test_a_typed_number_fails_the_build_and_is_named(
    refused: Refused, rerun: Rerun, data: Path, place: str
) -> None:
    file, spoil = TYPED[place]
    spoil(data)
    complaint = refused("--lang", "zh", "--edition", "draft", "--section", "review")
    found = [
        line for line in complaint.splitlines() if re.search("[12１２⑫]+[户日部次]|2019年", line)
    ]
    assert len(found) == 1
    assert file in found[0]


@pytest.mark.parametrize(
    "typed", ["另有12户。", "另有１２户。", "另有❷户。", "另有三十户，⑫个。", "面积²亩。", "Ⅻ户。"]
)
def test_a_typed_digit_of_any_script_is_found_before_a_notebook_runs(
    refused: Refused, monkeypatch: pytest.MonkeyPatch, data: Path, typed: str
) -> None:
    def execute(*_: Any) -> Any:
        raise AssertionError("ran")

    monkeypatch.setattr(building, "execute", execute)
    copies.paragraph(data, typed)
    assert REVIEW in refused()


def change_svg(notebook: Any, before: str, after: str) -> None:
    changed = False
    for block in blocks(notebook):
        if block["b"] == "figure":
            svg = block["svg"].replace(before, after, 1)
            changed |= svg != block["svg"]
            block["svg"] = svg
    assert changed


def blocks(notebook: Any) -> Iterator[dict[str, Any]]:
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            yield from output.get("data", {}).get(document.BLOCK, {}).get("blocks", ())


def in_picture(notebook: Any) -> None:
    change_svg(notebook, "</svg>", '<text x="9" y="20">1234</text></svg>')


def in_label(notebook: Any) -> None:
    change_svg(notebook, "80.65%", "81.65%")


def in_alt(notebook: Any) -> None:
    for block in blocks(notebook):
        if block["b"] == "figure":
            block["alt"].append(document.text("共1234户"))


def in_row(notebook: Any) -> None:
    for block in blocks(notebook):
        if block["b"] == "table":
            block["rows"][0][0].append(document.text("1234"))


def in_number(notebook: Any) -> None:
    number = next(n for b in blocks(notebook) for n in document.walk(b) if n.get("v") == "398户")
    assert number["t"] == "num"
    for block in blocks(notebook):
        replace(block, "398户", "399户")


def replace(node: Any, old: str, new: str) -> None:
    if isinstance(node, dict):
        for key, value in node.items():
            if value == old:
                node[key] = new
            replace(value, old, new)
    elif isinstance(node, list):
        for value in node:
            replace(value, old, new)


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (in_picture, "1234"),
        (in_label, "81.65%"),
        (in_alt, "1234"),
        (in_row, "1234"),
        (in_number, "399户"),
    ],
)
def test_a_number_put_into_a_notebooks_output_fails_the_build(
    refused: Refused, rerun: Rerun, spoil: Callable[[Any], None], named: str
) -> None:
    rerun(spoil)
    complaint = refused()
    assert any(named in line for line in complaint.splitlines())


@pytest.mark.slow
def test_a_number_that_a_notebook_draws_into_a_chart_fails_the_build_with_its_page(
    refused: Refused, data: Path
) -> None:
    copies.poverty_alone(data)
    copies.add_cell(
        data,
        "piece = report.chart('poverty_composition')\n"
        "piece.blocks[0]['key'] = 'again'\n"
        "piece.blocks[0]['svg'] = piece.blocks[0]['svg'].replace("
        "'</svg>', '<text x=\"9\" y=\"20\">1234</text></svg>')\n"
        "piece",
    )
    complaint = refused()
    assert re.search(r"第\d+页.*“1234”", complaint)


def test_a_number_dressed_as_a_link_to_a_row_must_be_that_rows_number(
    refused: Refused, rerun: Rerun
) -> None:
    dressed = f"全镇[399户](#{TOWN}/poverty.households@2020-03)。"
    cell = nbformat.v4.new_markdown_cell(dressed, metadata={"section": "review"})
    rerun(lambda notebook: notebook.cells.insert(-1, cell))
    assert "399户" in refused()


def test_a_declared_name_passes_and_a_typed_number_beside_it_does_not(
    refused: Refused, data: Path
) -> None:
    copies.add_row(data / TOWN / "declared.csv", text="S306", kind="name", reason="省道编号")
    copies.paragraph(data, "省道S306沿线12户。")
    (line,) = [line for line in refused().splitlines() if REVIEW in line]
    assert "12户" in line


def test_a_declared_date_does_not_license_a_typed_copy(refused: Refused, data: Path) -> None:
    copies.paragraph(data, "【建档立卡贫困户数:时点】，即2020年3月，在册户如下。")
    (line,) = [line for line in refused().splitlines() if REVIEW in line]
    assert "2020年3月" in line


def test_a_placeholder_without_a_figure_is_refused_with_the_nearest_name(
    refused: Refused, data: Path
) -> None:
    copies.paragraph(data, "已脱贫【已脱贫户】。")
    (line,) = [line for line in refused().splitlines() if REVIEW in line]
    assert "“已脱贫户数”" in line


def test_a_reference_to_a_table_that_does_not_exist_is_refused(
    refused: Refused, rerun: Rerun, data: Path
) -> None:
    rerun()
    copies.paragraph(data, "见【表:poverty_registre】。")
    (line,) = [line for line in refused().splitlines() if "poverty_registre" in line]
    assert REVIEW in line


def test_all_faults_of_prose_and_tables_come_at_once(refused: Refused, data: Path) -> None:
    for spoil in ("prose", "a table's title", "a definition"):
        TYPED[spoil][1](data)
    complaint = refused("--lang", "zh", "--edition", "draft", "--section", "review")
    for file in (REVIEW, "exhibits.toml", "catalogue.csv"):
        assert file in complaint


# -- text stays text ---------------------------------------------------------------------------

HOSTILE = (
    '#read("/etc/passwd") $x$ *a* _b_ <script>alert()</script> [x](javascript:void) '
    "![i](file:///etc/passwd) `raw` \\ ~ @ref // c"
)


@pytest.fixture(scope="module")
def strange(tmp_path_factory: pytest.TempPathFactory) -> audit.PdfText:
    """A public report of data that hold markup of every kind and a declared name."""
    folder = tmp_path_factory.mktemp("strange")
    data = copies.copy(folder)
    copies.add_row(data / TOWN / "declared.csv", text="T801", kind="name", reason="省道编号")
    copies.paragraph(
        data,
        '#read("/etc/passwd") $x$ *a* <script>alert()</script> [x](javascript:void) 完\n\n'
        "<div onclick=alert()>块</div>\n\n![i](file:///etc/passwd)\n\n"
        "省道T801沿线，**T801**两侧。\n\n- 省道T801",
    )
    catalogue(data, definition_zh=HOSTILE, assumption_zh="省道T801沿线的户")
    note, other = {"zh": HOSTILE, "en": HOSTILE}, {"zh": "含省道T801沿线。", "en": "Along T801."}

    def change(spec: Any) -> None:
        spec["table"]["poverty_register"]["notes"] += [note, other]
        spec["chart"]["poverty_composition"]["parts"][1]["zh"] = PART

    copies.toml(data / "exhibits.toml", change)
    copies.poverty_alone(data)
    chosen = order(data, folder / "out", langs=("zh",), editions=("public",), sections=("review",))
    made = build(chosen)
    return audit.read(made.folder / "zh/public/review.pdf")


PART = "<b>&amp;$x$ *a*"


def whole(text: audit.PdfText) -> str:
    return bare("".join(page.text for page in text.pages))


@pytest.mark.slow
def test_markup_in_a_definition_and_a_note_is_printed_as_typed(strange: audit.PdfText) -> None:
    assert whole(strange).count(bare(HOSTILE)) == 2


@pytest.mark.slow
def test_markup_in_a_chart_is_printed_as_typed(strange: audit.PdfText) -> None:
    assert bare(PART) in whole(strange)


@pytest.mark.slow
def test_markup_in_prose_is_at_most_emphasis(strange: audit.PdfText) -> None:
    printed = whole(strange)
    assert '#read("/etc/passwd")$x$a<script>alert()</script>x完' in printed
    assert "<divonclick=alert()>块</div>" in printed
    assert "root:" not in printed


@pytest.mark.slow
def test_a_link_in_the_data_leads_nowhere(strange: audit.PdfText) -> None:
    assert {link.target.split("/")[0] for link in strange.links if link.target} == {TOWN}


@pytest.mark.slow
def test_a_declared_name_may_stand_in_prose_notes_and_definitions(strange: audit.PdfText) -> None:
    assert whole(strange).count("T801") == 5


@pytest.mark.parametrize("depth", [4, 5, 6])
def test_headings_of_any_depth_are_set_or_refused_as_a_fault(
    data: Path, refused: Refused, rerun: Rerun, xushi: Release, depth: int
) -> None:
    def deepen(notebook: Any) -> None:
        block = {"b": "heading", "level": depth, "c": [document.text("细目")]}
        found = next(b for b in blocks(notebook) if b["b"] == "heading")
        found.update(block)

    rerun(deepen)
    refused()


# -- missing figures ---------------------------------------------------------------------------

LOST = ("poverty.persons.exited", "poverty.persons.remaining")


@pytest.fixture(scope="module")
def gap(tmp_path_factory: pytest.TempPathFactory) -> dict[str, audit.PdfText]:
    """Draft and public report of a town that does not state how many persons exited or remain."""
    folder = tmp_path_factory.mktemp("gap")
    data = copies.copy(folder)
    copies.unstated(data / TOWN / "observations.csv", *LOST)
    copies.paragraph(
        data,
        "全部数据齐全的一段：【建档立卡贫困户数】。\n\n缺数的一段：【已脱贫人数】。\n\n"
        "内部的一段：【poverty.exited.share_gap】。",
    )
    copies.poverty_alone(data)
    editions = ("draft", "public")
    chosen = order(data, folder / "out", langs=("zh",), editions=editions, sections=("review",))
    made = build(chosen)
    return {e: audit.read(made.folder / f"zh/{e}/review.pdf") for e in ("draft", "public")}


def body(text: audit.PdfText) -> str:
    """The text between the opening of a section and its ledger."""
    words = {key: bare(WORDS["zh"][key]) for key in ("ledger", "appendix", "front_area")}
    _opening, begun, rest = whole(text).partition(words["front_area"])
    found = re.split(f"{words['ledger']}|{words['appendix']}", rest)
    assert begun and len(found) > 1
    return found[0]


@pytest.mark.slow
def test_the_draft_marks_a_paragraph_whose_figure_is_missing(gap: dict[str, Any]) -> None:
    text = body(gap["draft"])
    assert f"{WORDS['zh']['missing']}缺数的一段:来源资料未列" in text
    assert f"{WORDS['zh']['missing']}全部数据齐全" not in text


@pytest.mark.slow
def test_the_public_report_leaves_out_a_paragraph_whose_figure_is_missing(
    gap: dict[str, Any],
) -> None:
    text = body(gap["public"])
    assert "缺数的一段" not in text
    assert "全部数据齐全的一段:398户" in text


@pytest.mark.slow
def test_the_public_report_leaves_out_a_note_whose_figure_is_missing(
    gap: dict[str, Any],
) -> None:
    assert "来源资料未列" not in body(gap["public"]).split("图1")[0]


@pytest.mark.slow
@pytest.mark.parametrize("edition", ["draft", "public"])
def test_a_table_shows_a_dash_for_a_missing_figure(gap: dict[str, Any], edition: str) -> None:
    assert "已脱贫32180.65———" in body(gap[edition])


@pytest.mark.slow
@pytest.mark.parametrize("edition", ["draft", "public"])
def test_a_chart_leaves_out_a_missing_bar_and_says_so(gap: dict[str, Any], edition: str) -> None:
    text = body(gap[edition])
    chart = text[text.index("资料来源") :]
    assert "按户计" in chart
    said = chart.replace("按户计", "", 1)
    assert re.search("注:.*按人计", said), "left out without a word"
    assert said.count("按人计") == 1
