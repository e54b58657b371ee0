"""A report is verified by itself: what was altered is found and named, and nothing it carries runs."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from reporting.copies import Release

from xushi_stats.audit import certificate, untrusted_attachments, verify, words
from xushi_stats.audit.differences import differences
from xushi_stats.audit.verify import Verification, lines
from xushi_stats.publishing import attachments, typeset
from xushi_stats.readback import orphans

Change = Callable[[pikepdf.Pdf], Any]


@pytest.fixture(scope="module")
def pdf(xushi: Release) -> bytes:
    return xushi.pdf("en", "public", "epidemic")


@pytest.fixture
def given(tmp_path: Path, pdf: bytes) -> Callable[[bytes], Verification]:
    """Verify some bytes as a file."""

    def run(data: bytes, **more: Any) -> Verification:
        path = tmp_path / "report.pdf"
        path.write_bytes(data)
        return verify.verify(path, **more)

    return run


def altered(pdf: bytes, change: Change) -> bytes:
    """A PDF that was edited by another program."""
    with pikepdf.open(BytesIO(pdf)) as document:
        change(document)
        made = BytesIO()
        document.save(made)
    return made.getvalue()


def rebuilt(pdf: bytes, change: Callable[[dict[str, Any]], Any]) -> bytes:
    """A PDF that was set again from changed attachments, with a manifest to suit."""
    carried = untrusted_attachments.read(pdf)
    files = dict(carried.files)
    document = json.loads(files["document.json"])
    files["document"] = document
    change(files)
    del files["document"]
    files["document.json"] = json.dumps(document, ensure_ascii=False, sort_keys=True).encode()
    del files["manifest.json"]
    about = carried.manifest["report"]
    files["manifest.json"] = attachments.manifest(files, about, document["meta"]["lang"])
    return typeset.set_files(files, document["meta"]["date"])


def states(made: Verification) -> dict[str, str]:
    return {step.name: step.state for step in made.steps}


def found(made: Verification, step: str) -> list[str]:
    result = made.of(step)
    assert result is not None
    return [key for key, _ in result.findings]


def said(made: Verification) -> str:
    return "\n".join(line for lang in ("zh", "en") for line in lines(made, lang))  # type: ignore[arg-type]


# -- an untouched report -----------------------------------------------------------------------


def test_an_untouched_report_passes_every_step(given: Any, pdf: bytes) -> None:
    made = given(pdf)
    assert set(states(made).values()) == {"passed"}, said(made)
    assert made.wrong == 0
    assert made.sha256 == hashlib.sha256(pdf).hexdigest() and made.sha256 in said(made)
    assert made.facts["pages.orphans"] == 0 < made.facts["pages.count"]
    assert made.facts["recompute.count"] > 0


@pytest.mark.slow
def test_a_whole_report_of_each_edition_passes_every_step(
    xushi: Release,
) -> None:
    for lang, edition in (("zh", "draft"), ("zh", "public"), ("en", "internal")):
        made = verify.verify(xushi.folder / lang / edition / "report.pdf")
        assert set(states(made).values()) == {"passed"}, said(made)


def test_every_sentence_is_there_in_both_languages() -> None:
    for sentences in (words.SENTENCES, words.STEPS, words.STATES):
        for texts in sentences.values():
            assert set(texts) == {"zh", "en"} and all(texts.values())


# -- altered bytes -----------------------------------------------------------------------------


def page_digit(document: pikepdf.Pdf) -> None:
    content = document.pages[1].Contents
    content.write(content.read_bytes().replace(b" 0 ", b" 1 ", 1))


def link(document: pikepdf.Pdf) -> None:
    document.pages[1].obj.Annots[0].Rect[0] = 1


def title(document: pikepdf.Pdf) -> None:
    document.docinfo["/Title"] = "another"


def table(document: pikepdf.Pdf) -> None:
    stream = document.Root.Names.EmbeddedFiles
    for name, spec in pikepdf.NameTree(stream).items():
        if str(name) == "ledger.csv":
            spec.EF.F.write(spec.EF.F.read_bytes().replace(b"2020", b"2021", 1))


def alt_text(document: pikepdf.Pdf) -> None:
    document.Root.StructTreeRoot.K[0].Alt = "1234"


def one_page_less(document: pikepdf.Pdf) -> None:
    del document.pages[-1]


@pytest.mark.parametrize(
    ("change", "step", "key", "place"),
    [
        (page_digit, "recompile", "page_content", "page 2"),
        (link, "recompile", "page_links", "page 2"),
        (title, "recompile", "part_info", "properties"),
        (table, "attachments", "attachment_altered", "ledger.csv"),
        (alt_text, "recompile", "part_structure", "tags"),
        (one_page_less, "recompile", "page_count", "pages"),
    ],
)
def test_what_was_altered_is_named(
    given: Any, pdf: bytes, change: Change, step: str, key: str, place: str
) -> None:
    made = given(altered(pdf, change))
    assert states(made)[step] == "failed"
    assert key in found(made, step) and place in said(made)
    assert made.wrong > 0


@pytest.mark.parametrize("tail", [b"\n", b"% a remark", b"\nstartxref\n9\n%%EOF\n"])
def test_bytes_after_the_end_are_found(given: Any, pdf: bytes, tail: bytes) -> None:
    made = given(pdf + tail)
    expected = "update_appended" if b"startxref" in tail else "bytes_appended"
    assert expected in found(made, "recompile") or found(made, "attachments") == ["not_pdf"]
    assert made.wrong > 0


def test_any_single_byte_altered_is_found(given: Any, pdf: bytes) -> None:
    size = len(pdf)
    for offset in range(11, size, size // 12):
        data = bytearray(pdf)
        data[offset] ^= 1
        made = given(bytes(data))
        assert made.wrong > 0, offset


def test_a_rewritten_file_of_the_same_content_is_said_to_have_other_bytes(pdf: bytes) -> None:
    at = pdf.rindex(b"/Size")
    spaced = pdf[:at] + b" " + pdf[at:]
    ((key, details),) = differences(spaced, pdf)
    assert (key, details["offset"]) == ("bytes_differ", str(at))


def test_another_typst_or_template_is_not_done_and_never_passed(
    given: Any, pdf: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = attachments.setting()
    other = {**here, "template_sha256": "0" * 64, "versions": {**here["versions"], "typst": "9"}}
    monkeypatch.setattr(attachments, "setting", lambda: other)
    made = given(pdf)
    assert states(made)["recompile"] == "not_done"
    assert "Typst" in said(made) and "report.typ" in said(made)
    assert {name for name, state in states(made).items() if state != "passed"} == {"recompile"}


def test_a_number_altered_on_a_page_is_found_without_the_template_too(
    given: Any, pdf: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    forged = rebuilt(pdf, lambda files: _first_number(files["document"]).update(v="99"))
    with pikepdf.open(BytesIO(forged)) as pages, pikepdf.open(BytesIO(pdf)) as document:
        stolen = altered(forged, lambda made: _take_files(made, document))
        assert len(pages.pages) > 1
    here = attachments.setting()
    monkeypatch.setattr(attachments, "setting", lambda: {**here, "fonts_sha256": {}})
    made = given(stolen)
    assert states(made)["recompile"] == "not_done"
    assert {"orphan", "printed_other"} <= set(found(made, "pages"))


def _first_number(value: Any) -> Any:
    stack = [value["body"]]
    while stack:
        node = stack.pop(0)
        if isinstance(node, dict) and node.get("t") == "num":
            return node
        stack[:0] = (
            node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        )
    raise AssertionError


def _take_files(made: pikepdf.Pdf, true: pikepdf.Pdf) -> None:
    mine, theirs = (
        {str(n): spec for n, spec in pikepdf.NameTree(p.Root.Names.EmbeddedFiles).items()}
        for p in (made, true)
    )
    for name, spec in mine.items():
        spec.EF.F.write(theirs[name].EF.F.read_bytes())


# -- a report rebuilt --------------------------------------------------------------------------


def test_a_number_that_the_ledger_does_not_show_is_found_though_the_bytes_agree(
    given: Any, pdf: bytes
) -> None:
    made = given(rebuilt(pdf, lambda files: _first_number(files["document"]).update(v="99")))
    assert states(made)["recompile"] == "passed"
    assert "orphan" in found(made, "pages")


def test_an_observation_forged_without_its_ledger_row_is_found(given: Any, pdf: bytes) -> None:
    def forge(files: dict[str, Any]) -> None:
        old = files["observations.csv"]
        files["observations.csv"] = old.replace(b",398\xe6\x88\xb7,", b",397\xe6\x88\xb7,")
        assert files["observations.csv"] != old

    made = given(rebuilt(pdf, forge))
    assert states(made)["recompile"] == "passed"
    assert states(made)["recompute"] == "failed"


def test_a_forged_derived_value_is_found_by_recomputing(given: Any, pdf: bytes) -> None:
    def forge(files: dict[str, Any]) -> None:
        old = files["ledger.csv"]
        files["ledger.csv"] = old.replace(b"321/398", b"322/398")
        assert files["ledger.csv"] != old

    made = given(rebuilt(pdf, forge))
    assert states(made)["recompute"] == "failed"
    assert "poverty.households.exited.share" in said(made)


def test_a_use_that_the_ledger_does_not_state_is_found(given: Any, pdf: bytes) -> None:
    def forge(files: dict[str, Any]) -> None:
        files["ledger.csv"] = files["ledger.csv"].replace(b"table:epidemic", b"table:poverty", 1)

    assert "use_other" in found(given(rebuilt(pdf, forge)), "pages")


def test_a_report_forged_whole_passes_and_the_limits_say_so(capsys: Any, pdf: bytes) -> None:
    for lang in ("zh", "en"):
        assert "SHA-256" in words.say("limits", {}, lang)  # type: ignore[arg-type]


def test_the_attached_program_is_never_run(
    given: Any, pdf: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = tmp_path / "ran"

    def forge(files: dict[str, Any]) -> None:
        files["recompute.py"] = f"open({str(mark)!r}, 'w')".encode()

    made = given(rebuilt(pdf, forge))
    assert not mark.exists()
    assert found(made, "attachments") == ["program_other"]
    assert states(made)["attachments"] == "passed"


# -- hostile files -----------------------------------------------------------------------------


def carrying(name: str, content: bytes, pdf: bytes) -> bytes:
    def add(document: pikepdf.Pdf) -> None:
        document.attachments[name] = pikepdf.AttachedFileSpec(document, content)

    return altered(pdf, add)


@pytest.mark.parametrize("name", ["../a.csv", "/etc/a.csv", "a/b.csv", "report.typ", "a.csv\0", ""])
def test_a_name_that_is_not_ours_is_refused(given: Any, pdf: bytes, name: str) -> None:
    made = given(carrying(name, b"x", pdf))
    assert found(made, "attachments") == ["name"]
    assert set(states(made)) == {"attachments"}


def test_what_unpacks_to_too_much_is_refused(
    given: Any, pdf: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(untrusted_attachments, "MOST_BYTES", 8 * 2**20)

    def bomb(document: pikepdf.Pdf) -> None:
        packed = zlib.compress(bytes(20 * 2**20))
        stream = pikepdf.Stream(document, b"")
        stream.write(packed, filter=pikepdf.Name.FlateDecode)
        document.Root.Bomb = document.make_indirect(stream)

    assert found(given(altered(pdf, bomb)), "attachments") == ["too_large"]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("meta", "date"), ["2020", "3", "16"]),
        (("meta",), 5),
        (("body",), {"b": "para"}),
        (("body",), [{"b": "figure", "chart": "../../etc/passwd", "links": [], "alt": ""}]),
        (("back",), [7]),
        (("running",), None),
    ],
)
def test_a_document_of_foreign_types_is_refused(
    given: Any, pdf: bytes, path: tuple[str, ...], value: Any
) -> None:
    carried = untrusted_attachments.read(pdf)
    document = dict(carried.document)
    target = document
    for key in path[:-1]:
        target[key] = dict(target[key])
        target = target[key]
    target[path[-1]] = value
    content = json.dumps(document).encode()

    def forge(made: pikepdf.Pdf) -> None:
        for name, spec in pikepdf.NameTree(made.Root.Names.EmbeddedFiles).items():
            if str(name) == "document.json":
                spec.EF.F.write(content)

    made = given(altered(pdf, forge))
    assert states(made)["recompile"] == "failed"


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"\0" * 100, b"%PDF-1.7\n%%EOF"])
def test_what_is_no_pdf_is_said_to_be_none(given: Any, content: bytes) -> None:
    made = given(content)
    assert made.wrong == 1 and found(made, "attachments") == ["not_pdf"]


def test_a_pdf_without_evidence_cannot_be_verified(given: Any) -> None:
    made = BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(made)
    assert found(given(made.getvalue()), "attachments") == ["carries_nothing"]


def test_a_locked_pdf_is_refused(given: Any, pdf: bytes) -> None:
    made = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as document:
        document.save(made, encryption=pikepdf.Encryption(owner="a", user=""))
    assert found(given(made.getvalue()), "attachments") == ["locked"]


def test_a_later_format_is_named_and_not_guessed(given: Any, pdf: bytes) -> None:
    def later(document: pikepdf.Pdf) -> None:
        for name, spec in pikepdf.NameTree(document.Root.Names.EmbeddedFiles).items():
            if str(name) == "manifest.json":
                content = json.loads(spec.EF.F.read_bytes())
                spec.EF.F.write(json.dumps({**content, "format": 99}).encode())

    made = given(altered(pdf, later))
    assert found(made, "attachments") == ["format"] and "99" in said(made)


# -- source, certificate -----------------------------------------------------------------------


def test_the_wordings_stand_in_the_source_at_their_places(
    given: Any, pdf: bytes, speech: str, tmp_path: Path
) -> None:
    path = tmp_path / "speech.txt"
    path.write_bytes(speech.encode())
    made = given(pdf, source=path)
    assert states(made)["source"] == "passed" and made.facts["source.count"] > 60
    path.write_bytes(speech.replace("398户", "389户").encode())
    made = given(pdf, source=path)
    assert {"source_other", "wording_other"} == set(found(made, "source"))
    assert "398户" in said(made)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_certificate_is_one_page_that_states_the_digest(
    given: Any, pdf: bytes, lang: Any
) -> None:
    made = given(pdf)
    page = certificate.certificate(made, date(2020, 4, 1), lang)
    assert page == certificate.certificate(made, date(2020, 4, 1), lang)
    (text,) = orphans.read(page).pages
    bare = "".join(text.text.split())
    assert made.sha256 in bare and "2020-04-01" in bare and "report.pdf" in bare
    with pikepdf.open(BytesIO(page)) as document:
        assert [round(float(n)) for n in document.pages[0].MediaBox] == [0, 0, 595, 842]


def test_a_certificate_of_much_that_is_wrong_still_fits_on_one_page(given: Any, pdf: bytes) -> None:
    made = given(rebuilt(pdf, lambda files: files.update({"ledger.csv": b"id\n"})))
    assert made.wrong
    assert len(orphans.read(certificate.certificate(made, date(2020, 4, 1), "zh")).pages) == 1
