"""A notice of correction or revision: a page every number of which leads to its row."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from reporting import copies
from reporting.conftest import Run
from reporting.copies import Release
from towns import DATA, OBSERVATIONS, Town

from xushi_stats.editions import EDITIONS, LANGS
from xushi_stats.faults import DataFaults
from xushi_stats.reporting import change_log, document
from xushi_stats.reporting.change_log import Grounds
from xushi_stats.revisions import editions
from xushi_stats.revisions.compare import compare
from xushi_stats.revisions.notice import Notice, assembled, notice
from xushi_stats.tables import Row

BASIS = "君政办〔2020〕5号"


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """Xushi with two observations and a public formula changed."""
    town = Town(tmp_path)
    state(town, "party.meetings", value="5次")
    state(town, "epidemic.vehicles.inspected", value="9000余辆")
    town.change(
        "catalogue.csv",
        lambda row: row["id"] == "poverty.household_size",
        formula="poverty.persons.exited / poverty.households",
    )
    return town


def state(town: Town, name: str, **cells: str) -> None:
    town.change(OBSERVATIONS, lambda row: row["indicator"] == name, **cells)


def made(town: Town, log: list[Row] | None = None, **more: Any) -> Notice:
    public = more.get("edition", "public") == "public"
    found = compare(*editions.pair(DATA, town.data, editions.Place("xushi", 2019, public=public)))
    given = {"lang": "zh", "edition": "public", "date": "2020-04-03", "otherwise": "更正"} | more
    return Notice(found, town.load().town, log or [], **given)


def logged(town: Town, kind: str, figure: str = "xushi/party.meetings@2019") -> list[Row]:
    path = town.data / "xushi/changes.csv"
    change = {"figure": figure, "name": "名", "item": "原文写法", "kind": kind}
    change |= {"before": "4次", "after": "5次"}
    grounds = Grounds("2020-04-01", "某经办", "第2行错作第3行", BASIS, "某主任")
    change_log.append(path, [change], grounds)
    return change_log.read(path)


def words(pdf: bytes) -> str:
    return re.sub(r"[\s\u2060\ufffe]+", "", "".join(p.text for p in copies.read(pdf).pages))


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("edition", EDITIONS)
def test_a_notice_is_set_and_every_page_carries_the_line_of_the_town(
    town: Town, lang: str, edition: str
) -> None:
    log = logged(town, "更正")
    content = made(town, log, lang=lang, edition=edition)
    pdf = notice(content)  # read back: an orphan, or another number than the row's, would raise
    line = re.sub(r"\s", "", content.town["notice"][lang])
    pages = copies.read(pdf).pages
    assert pages and all(line in re.sub(r"\s", "", page.text) for page in pages)
    text = words(pdf)
    asked = {
        "zh": ("更正说明", "2020年4月3日", "4次", "5次", "+1次", "7000余辆", "9000余辆"),
        "en": ("Correction", "3April2020", "4meetings", "5meetings", "morethan9,000vehicles"),
    }
    assert [word for word in asked[lang] if word not in text] == []
    assert BASIS in text and "第2行错作第3行" in text and "某主任" in text
    assert "某经办" not in text
    mark = {"draft": "送审稿", "internal": "内部资料", "public": None}[edition]
    if lang == "zh":
        assert mark is None or mark in text
        assert ("内部资料" in text or "送审稿" in text) == (edition != "public")


@pytest.mark.slow
def test_the_same_notice_has_the_same_bytes(town: Town) -> None:
    assert notice(made(town)) == notice(made(town))


def test_a_number_that_is_not_that_of_the_comparison_is_refused(town: Town) -> None:
    from xushi_stats.publishing import pages

    page = assembled(made(town))
    forged = copies_with(page.document, "5次", "6次")
    with pytest.raises(DataFaults) as refused:
        pages.finished(replace(page, document=forged))
    assert {fault.code for fault in refused.value.faults} == {"orphan"}


def copies_with(node: Any, old: str, new: str) -> Any:
    if isinstance(node, dict):
        return {key: copies_with(value, old, new) for key, value in node.items()}
    if isinstance(node, list):
        return [copies_with(value, old, new) for value in node]
    return new if node == old else node


def text_of(content: Notice) -> str:
    return "".join(
        str(n["v"]) for n in document.walk(assembled(content).document) if "t" in n and "v" in n
    )


def test_the_public_notice_shows_nothing_internal(town: Town) -> None:
    public, internal = (text_of(made(town, edition=e)) for e in ("public", "internal"))
    secret = "劝返车辆占检测车辆比重"
    assert secret in internal and "7.1%~8.3%" in internal
    assert secret not in public and "~" not in public
    assert "内部资料" not in public


def test_formulas_stand_in_the_names_of_their_figures(town: Town) -> None:
    text = text_of(made(town))
    assert "算式由建档立卡贫困人口 ÷ 建档立卡贫困户数改为已脱贫人数 ÷ 建档立卡贫困户数" in text
    assert "poverty." not in text


def test_what_the_log_does_not_account_for_is_said_to_be_wanting(town: Town) -> None:
    wanting = "修改原因、依据和批准人待补。"
    assert text_of(made(town)).count(wanting) == 3
    assert text_of(made(town, logged(town, "更正"))).count(wanting) == 2


# -- 更正 or 修订 ------------------------------------------------------------------------------


def titles(content: Notice) -> list[str]:
    masthead = assembled(content).document["masthead"]
    heads = [b["c"] for b in assembled(content).document["body"] if b["b"] == "heading"]
    return [document.plain(run) for run in (masthead["section"], *heads)]


Change = Callable[[Town], None]


@pytest.fixture
def plain(tmp_path: Path) -> Town:
    """Xushi with one observation changed."""
    town = Town(tmp_path)
    state(town, "party.meetings", value="5次")
    return town


@pytest.mark.parametrize("kind", ["更正", "修订"])
def test_the_log_decides_first(plain: Town, kind: str) -> None:
    state(plain, "party.meetings", status="年报数(核定数)" if kind == "更正" else "初步数(引用)")
    log = [*logged(plain, kind)]
    if kind == "更正":  # the status has a row of its own
        path = plain.data / "xushi/changes.csv"
        row = {"figure": "xushi/party.meetings@2019", "name": "名", "item": "数据性质"}
        row |= {"before": "初步数(引用)", "after": "年报数(核定数)", "kind": "更正"}
        change_log.append(path, [row], Grounds("2020-04-01", "甲", "乙", "丙", "丁"))
        log = change_log.read(path)
    content = made(plain, log, otherwise=None)
    assert titles(content)[0] == f"{kind}说明"


def test_then_the_status_does(plain: Town) -> None:
    state(plain, "party.meetings", status="年报数(核定数)")
    assert titles(made(plain, otherwise=None))[0] == "修订说明"


def test_then_it_is_asked_for(plain: Town) -> None:
    with pytest.raises(DataFaults) as refused:
        assembled(made(plain, otherwise=None))
    assert [fault.code for fault in refused.value.faults] == ["kind_open"]
    assert titles(made(plain, otherwise="修订"))[0] == "修订说明"


def test_both_sorts_stand_apart_on_one_page(town: Town) -> None:
    content = made(town, logged(town, "修订"))
    assert titles(content) == ["更正和修订说明", "更正", "原因和依据", "修订", "原因和依据"]
    assert notice(content)


def test_where_nothing_printed_has_changed_there_is_no_notice(tmp_path: Path) -> None:
    town = Town(tmp_path)
    state(town, "industry.lotus.area", value="7千余亩")
    with pytest.raises(DataFaults) as refused:
        assembled(made(town, edition="public"))
    assert [fault.code for fault in refused.value.faults] == ["notice_empty"]


# -- the command, and a finished build ---------------------------------------------------------


def test_the_command_writes_the_page(town: Town, tmp_path: Path, command: Run) -> None:
    file = tmp_path / "out" / "notice.pdf"
    given = ["compare", DATA, town.data, "--notice", file, "--date", "2020-04-03"]
    status, out, complaint = command(*given, "--edition", "public")
    assert (status, file.exists()) == (1, False)
    assert "--kind" in complaint and out == ""
    status, out, complaint = command(*given, "--edition", "public", "--kind", "correction")
    assert (status, complaint) == (0, "")
    assert "更正说明" in words(file.read_bytes()) and "印出的数有变" in out


@pytest.mark.slow
def test_a_finished_build_does_not_differ_from_its_data(xushi: Release, town: Town) -> None:
    for public in (False, True):
        place = editions.Place("xushi", None, public=public)
        assert compare(*editions.pair(xushi.folder, xushi.data, place)).changes == ()
        found = compare(*editions.pair(xushi.folder, town.data, place))
        folders = compare(*editions.pair(DATA, town.data, place))
        left_out = {*found.unread}
        assert [c.entry.id for c in found.changes] == [
            c.entry.id for c in folders.changes if c.entry.id not in left_out
        ]
