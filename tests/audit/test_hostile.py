"""Files from outside: whatever they hold, a command ends in time, with a sentence and the right code."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from reporting.copies import Release
from test_verify import altered, found, said, states

from xushi_stats.audit import (
    certificate,
    limits,
    recomputing,
    signature,
    untrusted_attachments,
    verify,
    versions,
    words,
)
from xushi_stats.audit.steps import Step
from xushi_stats.audit.verify import Verification
from xushi_stats.commands import main
from xushi_stats.faults import DataFaults, Fault
from xushi_stats.publishing import attachments, typeset
from xushi_stats.readback import orphans
from xushi_stats.tables.visible import visible

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def pdf(xushi: Release) -> bytes:
    return xushi.pdf("en", "public", "epidemic")


@pytest.fixture
def file(tmp_path: Path, pdf: bytes) -> Path:
    path = tmp_path / "report.pdf"
    path.write_bytes(pdf)
    return path


def manifest(pdf: bytes, change: Callable[[dict[str, Any]], Any]) -> bytes:
    """A PDF with words of its manifest changed and nothing else."""

    def forge(document: pikepdf.Pdf) -> None:
        for name, spec in pikepdf.NameTree(document.Root.Names.EmbeddedFiles).items():
            if str(name) == "manifest.json":
                content = json.loads(spec.EF.F.read_bytes())
                change(content)
                spec.EF.F.write(json.dumps(content).encode())

    return altered(pdf, forge)


# -- not done is not passed ----------------------------------------------------------------------


def made(*of: str) -> Verification:
    return Verification("a.pdf", "0" * 64, tuple(Step("pages", state) for state in of))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("of", "key", "count"),
    [
        (("passed", "passed"), "all_well", "0"),
        (("passed", "not_done", "not_done"), "not_all_done", "2"),
        (("failed", "not_done"), "not_well", "1"),
    ],
)
def test_what_was_not_done_changes_the_last_sentence_and_the_certificate(
    of: tuple[str, ...], key: str, count: str
) -> None:
    one = made(*of)
    assert one.result == (key, {"count": count})
    for lang in ("zh", "en"):
        sentence = words.say(key, {"count": count}, lang)  # type: ignore[arg-type]
        assert list(verify.lines(one, lang))[-1].strip() == sentence  # type: ignore[arg-type]
        page = certificate.certificate(one, date(2020, 4, 1), lang)  # type: ignore[arg-type]
        (text,) = orphans.read(page).pages
        assert "".join(sentence.split()) in "".join(text.text.split())
    well = words.say("all_well", {}, "en").rstrip(".")
    assert (well in words.say(key, {"count": count}, "en")) == (key == "all_well")


@pytest.mark.parametrize(
    ("states", "code"),
    [
        ((("passed",), ("passed",)), main.DONE),
        ((("passed",), ("not_done",)), main.NOT_DONE),
        ((("failed",), ("not_done",)), main.FINDINGS),
    ],
)
def test_the_exit_code_is_that_of_the_worst_file(
    command: Run, monkeypatch: pytest.MonkeyPatch, states: Any, code: int
) -> None:
    results: Iterator[Verification] = (made(*of) for of in states)
    monkeypatch.setattr(verify, "verify", lambda *_, **__: next(results))
    assert command("verify", "a.pdf", "b.pdf")[0] == code


def test_a_list_without_a_pdf_is_no_verified_bundle(command: Run, tmp_path: Path) -> None:
    (tmp_path / "SHA256SUMS").write_bytes(b"")
    status, out, _ = command("verify", tmp_path)
    assert status == main.NOT_DONE and "不能算通过" in out


def test_a_source_in_which_nothing_can_be_looked_up_is_not_passed(
    file: Path, tmp_path: Path
) -> None:
    scan = tmp_path / "scan.bin"
    scan.write_bytes(b"\xff\xfe\xff")
    one = verify.verify(file, source=scan)
    assert found(one, "source") == ["source_no_text"]
    assert (one.wrong, one.result[0]) == (0, "not_all_done")


@pytest.mark.parametrize(
    ("line", "state", "key"),
    [
        ("范围有一端未公布 / an end of the range is not published", "passed", "recompute_skips"),
        ("概数超过12个 / more than 12 ranges", "not_done", "recompute_left"),
        ("台账注明范围不紧 / the ledger calls the range not tight", "not_done", "recompute_left"),
    ],
)
def test_what_could_have_been_recomputed_and_was_not_is_not_passed(
    pdf: bytes, line: str, state: str, key: str
) -> None:
    carried = untrusted_attachments.read(pdf)
    rows = recomputing.table(carried, "ledger.csv")
    name = next(row["id"] for row in rows if row["formula"])
    step = recomputing.recomputed(carried, lambda: recomputing.Ran((), (f"{name}：{line}",)))
    assert (step.state, [k for k, _ in step.findings]) == (state, [key])


# -- versions ------------------------------------------------------------------------------------


def test_the_table_of_versions_has_the_present_one() -> None:
    here = attachments.setting()
    assert versions.released()[here["versions"]["xushi_stats"]] == versions.digest(here), (
        "python tests/reference.py 重写该行 / writes the row again"
    )


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """This machine has a later version, with another template."""
    here = {**attachments.setting(), "template_sha256": "0" * 64}
    here["versions"] = {**here["versions"], "xushi_stats": "9.0.0"}
    monkeypatch.setattr(attachments, "setting", lambda: here)
    return here


def test_a_report_of_a_released_version_is_no_failure_and_names_what_to_install(
    file: Path, later: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(typeset, "templates", lambda: {"report.typ": b""})
        one = verify.verify(file)
    assert [state for state in states(one).values() if state != "passed"] == ["not_done"]
    assert said(one).count("pip install xushi_stats==0.1.0") == 2
    assert one.result[0] == "not_all_done"


def test_the_template_of_a_released_version_that_is_kept_sets_its_reports_again(
    file: Path, later: dict[str, Any]
) -> None:
    assert set(states(verify.verify(file)).values()) == {"passed"}


@pytest.mark.parametrize(
    "change",
    [
        lambda m: m["versions"].update(typst="0.1.0"),
        lambda m: m["versions"].update(xushi_stats="0.0.9"),
        lambda m: m["versions"].update(xushi_stats="99.0.0"),
        lambda m: m["versions"].update(xushi_stats=["0.1.0"]),
        lambda m: m["versions"].clear(),
        lambda m: m.update(template_sha256="1" * 64),
        lambda m: m["fonts_sha256"].popitem(),
        lambda m: m["fonts_sha256"].update(more="2" * 64),
    ],
)
def test_a_version_that_never_was_is_refused(
    file: Path, pdf: bytes, change: Callable[[dict[str, Any]], Any]
) -> None:
    file.write_bytes(manifest(pdf, change))
    one = verify.verify(file)
    assert found(one, "recompile") == ["version_never"] and one.wrong


# -- signatures ----------------------------------------------------------------------------------


@pytest.fixture
def signed(tmp_path: Path) -> Path:
    """A list of digests and a key, both without content of weight."""
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(tmp_path / "key")]
    subprocess.run(command, check=True, capture_output=True)
    (tmp_path / "SHA256SUMS").write_text("")
    signature.sign(tmp_path / "SHA256SUMS", tmp_path / "key")
    return tmp_path


def signers(folder: Path, principal: str) -> Path:
    public = (folder / "key.pub").read_text(encoding="utf-8")
    path = folder / "signers"
    path.write_text(f'{principal} namespaces="xushi_stats" {public}', encoding="utf-8")
    return path


@pytest.mark.judge("ssh-keygen")
@pytest.mark.parametrize("principal", ["*", "**", "*@xushi", "office@xush?", "office@xushi,*"])
def test_a_signer_that_is_a_pattern_is_refused(signed: Path, principal: str) -> None:
    one = next(verify.verify_bundle(signed, signers=signers(signed, principal)))
    assert found(one, "signature") == ["signer_pattern"]


@pytest.mark.judge("ssh-keygen")
def test_a_signer_with_a_name_is_accepted(signed: Path) -> None:
    one = next(verify.verify_bundle(signed, signers=signers(signed, "office@xushi")))
    assert states(one)["signature"] == "passed"


@pytest.mark.judge("ssh-keygen")
def test_a_wrong_key_leaves_the_good_signature_where_it_was(command: Run, signed: Path) -> None:
    before = (signed / "SHA256SUMS.sig").read_bytes()
    (signed / "bad").write_text("no key")
    for key in ("bad", "absent"):
        assert command("sign", signed, "--key", signed / key)[0] == main.FINDINGS
        assert (signed / "SHA256SUMS.sig").read_bytes() == before
    assert command("sign", signed, "--key", signed / "key")[0] == main.DONE
    one = next(verify.verify_bundle(signed, signers=signers(signed, "office@xushi")))
    assert states(one)["signature"] == "passed"


@pytest.mark.judge("ssh-keygen")
def test_with_signers_a_report_without_a_signature_fails(
    command: Run, signed: Path, file: Path
) -> None:
    alone = signed / "elsewhere" / "report.pdf"
    alone.parent.mkdir()
    shutil.copy(file, alone)
    (signed / "SHA256SUMS.sig").unlink()
    assert command("verify", alone, "--signers", signers(signed, "office@xushi"))[0] == 1


# -- limits --------------------------------------------------------------------------------------


def spins(_: str) -> Iterator[int]:
    yield 1
    while True:
        pass


def sleeps(_: str) -> Iterator[int]:
    yield 1
    time.sleep(600)


def swells(_: str) -> Iterator[int]:
    yield 1
    kept = []
    while True:
        kept.append(bytearray(2**26))


def falls(_: str) -> Iterator[int]:
    yield 1
    os.abort()


def errs(_: str) -> Iterator[int]:
    yield 1
    raise KeyError("unforeseen")


def leaves_a_child(pids: str) -> Iterator[int]:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    Path(pids).write_text(str(child.pid))
    yield 1
    while True:
        pass


@pytest.mark.parametrize("work", [spins, sleeps, swells, falls, errs])
def test_what_does_not_end_well_is_stopped_and_what_it_gave_before_is_kept(work: Any) -> None:
    given = []
    with pytest.raises(limits.Stopped):
        for item in limits.each(work, "", seconds=1):
            given.append(item)
    assert given == [1]


def test_what_is_stopped_takes_with_it_what_it_started(tmp_path: Path) -> None:
    pids = tmp_path / "pid"
    with pytest.raises(limits.Stopped):
        list(limits.each(leaves_a_child, str(pids), seconds=1))
    state = Path(f"/proc/{pids.read_text()}/stat")
    for _ in range(50):
        if not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z":
            return
        time.sleep(0.1)
    raise AssertionError("it goes on")


def gives(number: int) -> int:
    if number < 0:
        raise DataFaults([Fault("no_pdf", "a.pdf")])
    return number


def test_a_fault_of_the_work_is_told_as_it_is_and_a_stop_by_the_name_of_the_file() -> None:
    assert limits.call("a.pdf", gives, 7) == 7
    with pytest.raises(DataFaults) as error:
        limits.call("a.pdf", gives, -1)
    assert error.value.faults[0].code == "no_pdf"
    with pytest.raises(DataFaults) as error:
        limits.call("a.pdf", gives, "no number")
    (fault,) = error.value.faults
    assert (fault.code, fault.file) == ("stopped", "a.pdf")
    assert all(fault.text(lang) for lang in ("zh", "en"))  # type: ignore[arg-type]


def test_a_file_at_which_the_process_falls_does_not_hold_up_those_after_it(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def each(work: Any, pdfs: Any, source: Any) -> Iterator[tuple[int, Verification]]:
        for n, one in work(pdfs, source):
            yield n, one
            if n == 1 and len(one.steps) == 1:
                raise limits.Stopped

    monkeypatch.setattr(limits, "each", each)
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"")
    first, second, third = verify._apart([broken, file, broken], None)
    assert found(first, "attachments") == found(third, "attachments") == ["not_pdf"]
    assert states(second) == {
        "attachments": "passed",
        "recompile": "failed",
        **dict.fromkeys(verify._NAMES[2:], "not_done"),
    }
    assert found(second, "recompile") == ["stopped"]


def test_a_file_that_is_too_large_or_no_file_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    large, pipe = tmp_path / "large.pdf", tmp_path / "pipe.pdf"
    with open(large, "wb") as stream:
        stream.truncate(6 * 2**30)
    os.mkfifo(pipe)
    for path, key in (
        (large, "too_large"),
        (pipe, "unreadable"),
        (tmp_path / "absent.pdf", "unreadable"),
        (tmp_path / "with\0.pdf", "unreadable"),
        (Path("/dev/zero"), "unreadable"),
    ):
        assert found(verify.verify(path), "attachments") == [key]


def test_what_is_no_pdf_is_told_in_a_sentence(command: Run, tmp_path: Path) -> None:
    path = tmp_path / "note.pdf"
    path.write_text("hello")
    status, out, err = command("verify", path)
    assert status == main.FINDINGS and "不是PDF文件" in out
    assert "0x" not in out + err and "BytesIO" not in out + err


# -- what is printed -----------------------------------------------------------------------------

HOSTILE = "\x1b[1A\x1b[2K\u202e\n  [passed] \u2066\x9b8m\x7f\r\u2028\ud800"


def test_nothing_of_a_manifest_is_obeyed_by_a_terminal_or_hides_on_the_certificate(
    command: Run, file: Path, pdf: bytes, tmp_path: Path
) -> None:
    def spoof(content: dict[str, Any]) -> None:
        content["attachments"][0]["name"] = HOSTILE
        content["versions"]["xushi_stats"] = HOSTILE
        content["report"]["ref_area"] = HOSTILE

    file.write_bytes(manifest(pdf, spoof))
    page = tmp_path / "certificate.pdf"
    status, out, err = command("verify", file, "--certificate", page)
    assert status == main.FINDINGS
    assert visible(out + err, "\n") == out + err
    assert not [line for line in out.splitlines() if line.startswith("  [passed]")]
    (text,) = orphans.read(page.read_bytes()).pages
    assert "\\u202e" in "".join(text.text.split())


def test_json_stays_json_with_the_same_content() -> None:
    text = json.dumps({"a": HOSTILE + "\U000e0001"}, ensure_ascii=False)
    assert json.loads(visible(text)) == json.loads(text)


def test_text_of_people_stays_as_it_is() -> None:
    text = "许市镇 2019年：398户，占80.65%　“一户一策”·×—…㎡\U00020000"
    assert visible(text) == text


def test_a_name_with_control_characters_is_printed_without_them(
    command: Run, tmp_path: Path
) -> None:
    path = tmp_path / "a\x1b[2K\n[通过] b.pdf"
    path.write_bytes(b"")
    for words_ in (("verify", path), ("audit", "report", path), ("compare", path, path)):
        status, out, err = command(*words_)
        assert status == main.FINDINGS and visible(out + err, "\n") == out + err
        assert not [line for line in (out + err).splitlines() if line.startswith("[通过]")]


# -- odd PDFs ------------------------------------------------------------------------------------


def structure_cycle(document: pikepdf.Pdf) -> None:
    tree = document.Root.StructTreeRoot
    tree.K = pikepdf.Array([document.make_indirect(pikepdf.Dictionary(S=pikepdf.Name.Div, K=tree))])


def link_to_the_moon(document: pikepdf.Pdf) -> None:
    document.pages[1].obj.Annots[0].Rect = pikepdf.Array([0, 0, 10**12, 10**12])


def link_without_a_place(document: pikepdf.Pdf) -> None:
    del document.pages[1].obj.Annots[0].Rect


def link_of_three_numbers(document: pikepdf.Pdf) -> None:
    document.pages[1].obj.Annots[0].Rect = pikepdf.Array([0, 0, 1])


def link_with_odd_corners(document: pikepdf.Pdf) -> None:
    document.pages[1].obj.Annots[0].QuadPoints = pikepdf.Array([1, 2, 3])


def notes_that_are_a_number(document: pikepdf.Pdf) -> None:
    document.pages[1].obj.Annots = 7


def label_that_is_none(document: pikepdf.Pdf) -> None:
    document.Root.PageLabels = pikepdf.Dictionary(Nums=pikepdf.Array([0, 5]))


def twenty_thousand_pages_of_one(document: pikepdf.Pdf) -> None:
    page = document.pages[1].obj
    document.Root.Pages.Kids = pikepdf.Array([page] * 20000)
    document.Root.Pages.Count = 20000


def form_within_itself(document: pikepdf.Pdf) -> None:
    form = document.make_stream(b"/F Do /F Do")
    form.Type, form.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
    form.BBox = pikepdf.Array([0, 0, 9, 9])
    form.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(F=form))
    page = document.pages[1].obj
    page.Resources.XObject = pikepdf.Dictionary(F=form)
    page.Contents = document.make_stream(b"/F Do " * 9)


def name_in_place_of_content(document: pikepdf.Pdf) -> None:
    document.pages[1].obj.Contents = pikepdf.Name.Nothing


def files_in_a_circle(document: pikepdf.Pdf) -> None:
    tree = document.make_indirect(pikepdf.Dictionary())
    tree.Kids = pikepdf.Array([tree])
    document.Root.Names.EmbeddedFiles = tree


def page_of_no_size(document: pikepdf.Pdf) -> None:
    document.pages[1].obj.MediaBox = pikepdf.Array([0, 0, 10**12, -5])


def outlines_in_a_circle(document: pikepdf.Pdf) -> None:
    item = document.make_indirect(pikepdf.Dictionary(Title="a"))
    item.Next = item
    document.Root.Outlines = pikepdf.Dictionary(First=item, Last=item)


ODD = (
    *(structure_cycle, link_to_the_moon, link_without_a_place, link_of_three_numbers),
    *(link_with_odd_corners, notes_that_are_a_number, label_that_is_none),
    *(twenty_thousand_pages_of_one, name_in_place_of_content),
    *(files_in_a_circle, page_of_no_size, outlines_in_a_circle),
)


@pytest.mark.parametrize("change", ODD)
def test_an_odd_pdf_fails_a_step_and_nothing_else(
    file: Path, pdf: bytes, change: Callable[[pikepdf.Pdf], Any]
) -> None:
    file.write_bytes(altered(pdf, change))
    one = verify.verify(file)
    assert one.wrong and said(one)
    with suppress(pikepdf.PdfError):
        orphans.read(file.read_bytes())


def test_drawings_without_end_are_stopped(file: Path, pdf: bytes) -> None:
    file.write_bytes(altered(pdf, form_within_itself))
    steps: list[str] = []
    with pytest.raises(limits.Stopped):
        for _, one in limits.each(verify._all, [file], None, seconds=3):
            steps = list(states(one))
    assert steps == ["attachments", "recompile", "recompute", "checks"]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("meta", "date"), [10**30, 1, 1]),
        (("meta", "date"), [0, 0, 0]),
        (("meta", "date"), []),
        (("body",), [{"b": "para", "c": [], "margin": 3}]),
        (("meta", "title"), "\ud800"),
    ],
)
def test_an_odd_document_fails_a_step_and_nothing_else(
    file: Path, pdf: bytes, path: tuple[str, ...], value: Any
) -> None:
    content = json.loads(untrusted_attachments.read(pdf).files["document.json"])
    target = content
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value

    def forge(made: pikepdf.Pdf) -> None:
        for name, spec in pikepdf.NameTree(made.Root.Names.EmbeddedFiles).items():
            if str(name) == "document.json":
                spec.EF.F.write(json.dumps(content).encode())

    file.write_bytes(altered(pdf, forge))
    one = verify.verify(file)
    assert {"attachments", "recompile"} <= {s.name for s in one.steps if s.state == "failed"}


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[" * 10**5, b"\xff", b'{"figures": 3}', b'{"figures": [{}], "ref_area": []}'],
)
def test_an_odd_ledger_is_told(command: Run, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "ledger.json").write_bytes(content)
    status, _, err = command("compare", tmp_path, tmp_path)
    assert status == main.FINDINGS
    assert "ledger.json" in err and not re.search(r"[a-z]Error|Traceback|dict", err)


def test_the_commands_look_into_files_in_a_process_with_limits(
    command: Run, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: Any, **__: Any) -> Any:
        raise limits.Stopped

    monkeypatch.setattr(limits, "each", stopped)
    for words_ in (("verify", file), ("audit", "report", file), ("compare", file, file)):
        status, out, err = command(*words_)
        assert status == main.FINDINGS and "中途停止" in out + err
