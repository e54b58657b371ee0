"""``audit report``: a PDF from anywhere against data, uses and ledger."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from reporting import copies
from reporting.copies import TOWN, Release

from xushi_stats.audit import report_audit
from xushi_stats.commands import main
from xushi_stats.editions import EDITIONS, LANGS, SECTIONS
from xushi_stats.publishing import typeset
from xushi_stats.publishing.build import Order

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def audit(
    monkeypatch: pytest.MonkeyPatch, command: Run, xushi: Release
) -> Callable[..., tuple[int, str, str]]:
    """The command with the documents of the session, so that no notebook runs again."""

    def assembled(order: Order) -> Iterator[tuple[str, Any]]:
        for (lang, edition, name), document in xushi.assembled.items():
            if (lang,) == tuple(order.langs) and (edition,) == tuple(order.editions):
                yield name, document

    monkeypatch.setattr(report_audit, "assembled", assembled)
    return lambda path, *options: command("audit", "report", path, "--data", xushi.data, *options)


def place(xushi: Release, lang: str, edition: str, name: str) -> Path:
    return xushi.folder / lang / edition / f"{name}.pdf"


@pytest.mark.parametrize(("lang", "edition"), list(product(LANGS, EDITIONS)))
def test_every_report_agrees_with_data_and_ledger_and_is_told_what_it_is(
    audit: Run, xushi: Release, lang: str, edition: str
) -> None:
    sections = SECTIONS if edition == "internal" else ()
    for name in ("report", *sections):
        status, out, complaint = audit(place(xushi, lang, edition, name), "--lang", "en")
        assert (status, complaint) == (main.DONE, ""), name
        assert out.startswith(f"{name}.pdf ({lang}, ")
        assert "all as in the ledger; uses held against ledger.json" in out


@pytest.mark.slow
def test_a_pdf_from_anywhere_is_audited_with_notebooks_that_run(
    command: Run, xushi: Release, tmp_path: Path
) -> None:
    copy = tmp_path / "收到的 文件.pdf"
    shutil.copy(place(xushi, "zh", "public", "assessment"), copy)
    status, out, complaint = command("audit", "report", copy, "--data", xushi.data)
    assert (status, complaint) == (main.DONE, "")
    assert out.startswith("assessment.pdf（zh，公开版）") and "未见 ledger.json" in out


def set_again(xushi: Release, tmp_path: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    """A report on the epidemic whose document was changed before it was set."""
    made = xushi.assembled["zh", "public", "epidemic"]
    document = json.loads(json.dumps(made.document))
    change(document)
    path = tmp_path / "changed.pdf"
    path.write_bytes(typeset.typeset(document, made.charts))
    return path


def first_para(document: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = next(
        block["c"]
        for block in document["body"]
        if block["b"] == "para" and sum(i["t"] == "num" for i in block["c"]) >= 2
    )
    return found


def typed_digit(document: dict[str, Any]) -> None:
    first_para(document).append({"t": "text", "v": "另有1234户"})


def typed_words(document: dict[str, Any]) -> None:
    first_para(document).append({"t": "text", "v": "另有七十七户"})


def another_text(document: dict[str, Any]) -> None:
    next(i for i in first_para(document) if i["t"] == "num")["v"] = "5个"


def swapped(document: dict[str, Any]) -> None:
    run = first_para(document)
    first, second = [n for n, item in enumerate(run) if item["t"] == "num"][:2]
    run[first], run[second] = run[second], run[first]


def moved(document: dict[str, Any]) -> None:
    run = first_para(document)
    number = next(item for item in run if item["t"] == "num")
    run.remove(number)
    document["body"][-1].setdefault("c", []).append(number)
    document["body"].append({"b": "para", "c": [number], "mark": None})


FORGED: dict[str, tuple[Callable[[dict[str, Any]], None], str]] = {
    "a digit": (typed_digit, "数字“1234”无台账依据"),
    "words": (typed_words, "用文字写出的数“七十七户”"),
    "another text": (another_text, "数值与台账不符：印为“5个”"),
    "two numbers swapped": (swapped, "不应出现在此处"),
    "a number moved": (moved, "不应出现在此处"),
}


@pytest.mark.parametrize("forgery", FORGED)
def test_a_pdf_set_from_a_changed_document_is_told_what_is_wrong(
    audit: Run, xushi: Release, tmp_path: Path, forgery: str
) -> None:
    change, said = FORGED[forgery]
    status, out, complaint = audit(set_again(xushi, tmp_path, change))
    assert status == main.FINDINGS
    assert said in complaint and "发现" in out
    assert "Traceback" not in complaint


def test_a_pdf_of_another_edition_than_asked_for_does_not_pass(audit: Run, xushi: Release) -> None:
    path = place(xushi, "zh", "draft", "assessment")
    assert audit(path, "--edition", "public")[0] == main.FINDINGS


def test_a_changed_description_of_an_image_is_named(
    audit: Run, xushi: Release, tmp_path: Path
) -> None:
    changed = BytesIO()
    with pikepdf.open(place(xushi, "zh", "public", "review")) as pdf:
        stack: list[Any] = [pdf.Root.StructTreeRoot]
        while stack:
            element = stack.pop()
            if "/Alt" in element:
                element["/Alt"] = pikepdf.String("共五个基地")
                break
            below = element.get("/K")
            children = list(below) if isinstance(below, pikepdf.Array) else [below]
            stack.extend(c for c in children if isinstance(c, pikepdf.Dictionary))
        pdf.save(changed)
    path = tmp_path / "alt.pdf"
    path.write_bytes(changed.getvalue())
    status, _, complaint = audit(path)
    assert status == main.FINDINGS
    assert "图片说明“共五个基地”不在核定范围内" in complaint


def test_a_ledger_that_does_not_name_a_use_is_told(
    audit: Run, xushi: Release, tmp_path: Path
) -> None:
    content = json.loads((xushi.folder / "ledger.json").read_bytes())
    made = xushi.assembled["zh", "public", "assessment"]
    figure = next(f for f in content["figures"] if f["id"] in made.uses)
    figure["used_in"] = []
    content["data_sha256"] = "0" * 64
    path = tmp_path / "ledger.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    pdf = place(xushi, "zh", "public", "assessment")
    status, _, complaint = audit(pdf, "--ledger", path)
    assert status == main.FINDINGS
    assert f"没有登记“{figure['id']}”用于" in complaint and "另一份数据" in complaint


def test_a_file_that_is_no_pdf_or_no_ledger_is_told(
    audit: Run, xushi: Release, tmp_path: Path
) -> None:
    wrong = tmp_path / "file"
    wrong.write_text("text", encoding="utf-8")
    pdf = place(xushi, "zh", "public", "assessment")
    for arguments, said in (
        ([wrong], "不是PDF文件"),
        ([tmp_path / "none.pdf"], "找不到文件"),
        ([pdf, "--ledger", wrong], "不是本程序写出的"),
        ([pdf, "--ledger", tmp_path / "none.json"], "不是本程序写出的"),
    ):
        status, _, complaint = audit(*arguments)
        assert status == main.FINDINGS
        assert said in complaint and "Traceback" not in complaint


def test_the_town_of_the_data_is_asked_for(audit: Run, xushi: Release) -> None:
    path = place(xushi, "zh", "public", "assessment")
    assert audit(path, "--town", "nowhere")[0] == main.FINDINGS
    assert audit(path, "--town", TOWN)[0] == main.DONE
    assert copies.YEAR == 2019
