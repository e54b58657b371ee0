"""The bundle is whole, describes itself truly, and the public part of it holds nothing internal."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from reporting import copies
from reporting.conftest import Run
from reporting.copies import TOWN, YEAR, Release
from reporting.test_attachments import secrets  # noqa: F401

from xushi_stats.audit import signature, verify
from xushi_stats.editions import EDITIONS, LANGS
from xushi_stats.publishing import bundle
from xushi_stats.publishing.exporters import XushiPDFExporter
from xushi_stats.reporting.evidence import COLUMNS


def listed(folder: Path) -> dict[str, str]:
    lines = (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, name in (line.split("  ", 1) for line in lines)}


def read_json(folder: Path, name: str) -> Any:
    return json.loads((folder / name).read_bytes())


@pytest.fixture
def folder(xushi: Release, tmp_path: Path) -> Path:
    """A bundle to spoil: one edition of one language, with the files at its top."""
    target = tmp_path / "bundle"
    shutil.copytree(xushi.folder / "en/public", target / "en/public")
    for pdf in (target / "en/public").glob("*.pdf"):
        if pdf.stem != "assessment":
            pdf.unlink()
    (target / "SHA256SUMS").write_text(bundle.sums(target), encoding="utf-8")
    return target


# -- what is there -----------------------------------------------------------------------------


def test_the_digests_are_those_of_every_other_file(xushi: Release) -> None:
    found = copies.content(xushi.folder)
    del found["SHA256SUMS"]
    assert listed(xushi.folder) == {n: hashlib.sha256(c).hexdigest() for n, c in found.items()}


def test_sha256sum_accepts_the_list(xushi: Release) -> None:
    done = subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=xushi.folder)
    assert done.returncode == 0


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("lang", LANGS)
def test_each_edition_has_its_notebook_charts_and_tables(
    xushi: Release, lang: str, edition: str
) -> None:
    part = xushi.folder / lang / edition
    assert {p.stem for p in (part / "tables").iterdir()} == set(COLUMNS) - {"units"} | {"text"}
    figures = {
        block["key"]
        for block in xushi.assembled[lang, edition, "report"].document["body"]  # type: ignore[index]
        if block["b"] == "figure"
    }
    assert figures and {p.stem for p in (part / "charts").iterdir()} == figures
    assert (part / "report.ipynb").is_file()


def test_the_executed_notebook_makes_the_report_again(xushi: Release) -> None:
    path = xushi.folder / "zh/public/report.ipynb"
    pdf, _ = XushiPDFExporter().from_notebook_node(nbformat.read(path, as_version=4))
    assert pdf == xushi.pdf("zh", "public")


@pytest.mark.parametrize("name", ["zh/draft/report.ipynb", "en/public/report.ipynb"])
def test_a_notebook_holds_no_timing_path_or_random_id(xushi: Release, name: str) -> None:
    text = (xushi.folder / name).read_text(encoding="utf-8")
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    assert set(notebook.metadata) == {"kernelspec", "language_info", "xushi"}
    assert "version" not in notebook.metadata["language_info"]
    assert all(set(cell.metadata) <= {"tags", "section"} for cell in notebook.cells)
    assert [c.id for c in notebook.cells if re.fullmatch(r"[0-9a-f]{8}", c.id)] == []
    assert not re.search(r"/(tmp|home|root)/|0x[0-9a-f]{6}|papermill|start_time", text)
    counts = [c.execution_count for c in notebook.cells if c.cell_type == "code"]
    assert counts == list(range(1, len(counts) + 1))


def test_the_data_folder_of_the_run_is_not_told() -> None:
    cell = nbformat.v4.new_code_cell('year = 2019\ndata = "数 据"', id="a1b2c3d4")
    cell.metadata["tags"] = ["injected-parameters"]
    made = bundle.notebook_bytes(nbformat.v4.new_notebook(cells=[cell]), whole=True).decode()
    assert "数 据" not in made and "a1b2c3d4" not in made and '\\"data\\"' in made


# -- nothing internal in the public folders ----------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
def test_the_public_folder_holds_nothing_internal(
    xushi: Release,
    secrets: set[str],  # noqa: F811
    lang: str,
) -> None:
    for name, content in copies.content(xushi.folder / lang / "public").items():
        if not name.endswith(".pdf"):
            text = content.decode()
            assert [secret for secret in secrets if secret in text] == [], name


def test_what_is_internal_would_be_found_in_a_notebook(
    xushi: Release,
    secrets: set[str],  # noqa: F811
) -> None:
    text = (xushi.folder / "zh/draft/report.ipynb").read_text(encoding="utf-8")
    assert sum(secret in text for secret in secrets) > 5


# -- descriptions ------------------------------------------------------------------------------


def test_the_data_package_describes_every_table_truly(xushi: Release) -> None:
    package = read_json(xushi.folder, "datapackage.json")
    resources = {resource["path"]: resource for resource in package["resources"]}
    paths = {p.relative_to(xushi.folder).as_posix() for p in xushi.folder.rglob("*.csv")}
    assert set(resources) == paths
    assert len({resource["name"] for resource in resources.values()}) == len(resources)
    for name, resource in resources.items():
        content = (xushi.folder / name).read_bytes()
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        head = next(csv.reader(content.decode("utf-8-sig").splitlines()))
        assert [field["name"] for field in resource["schema"]["fields"]] == head


def test_no_date_in_a_description_is_later_than_the_data(xushi: Release) -> None:
    for name in ("datapackage.json", "ro-crate-metadata.json"):
        text = (xushi.folder / name).read_text(encoding="utf-8")
        dates = set(re.findall(r"\"(20\d\d-\d\d-\d\d)", text))
        assert dates == {"2020-03-16"}


def entities(xushi: Release) -> dict[str, Any]:
    graph = read_json(xushi.folder, "ro-crate-metadata.json")["@graph"]
    return {entity["@id"]: entity for entity in graph}


def test_the_crate_has_an_action_for_each_notebook_with_its_results(xushi: Release) -> None:
    found = entities(xushi)
    runs = [e for e in found.values() if e["@type"] == "CreateAction"]
    assert len(runs) == len(LANGS) * len(EDITIONS)
    for run in runs:
        values = {
            found[o["@id"]]["name"]: found[o["@id"]]["value"]
            for o in run["object"]
            if found[o["@id"]]["@type"] == "PropertyValue"
        }
        folder = f"{values['lang']}/{values['edition']}/"
        assert (values["ref_area"], values["year"]) == (TOWN, str(YEAR))
        assert {r["@id"] for r in run["result"]} == {
            name for name in copies.content(xushi.folder) if name.startswith(folder)
        }
        assert run["instrument"] == {"@id": "notebook.ipynb"}


def test_the_crate_has_every_file_with_its_digest(xushi: Release) -> None:
    found = entities(xushi)
    sums = listed(xushi.folder)
    del sums["ro-crate-metadata.json"]
    assert {n: found[n]["sha256"] for n in sums} == sums


def test_the_crate_names_its_versions(xushi: Release) -> None:
    found = entities(xushi)
    assert all(
        found[f"#{tool}"]["softwareVersion"] for tool in ("xushi_stats", "typst", "papermill")
    )


@pytest.mark.slow
@pytest.mark.judge("ro-crate")
def test_roc_validator_accepts_the_crate(xushi: Release, tmp_path: Path) -> None:
    judge = Path(__file__).with_name("offline_crate.py")
    context = os.environ["XUSHI_RO_CRATE"]
    command = [sys.executable, str(judge), str(xushi.folder), context, str(tmp_path / "cache")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


@pytest.mark.slow
def test_frictionless_accepts_the_data_package(xushi: Release) -> None:
    from frictionless import validate

    result = validate(str(xushi.folder / "datapackage.json"))
    assert result.valid, result.flatten()
    assert len(result.tasks) > 10


# -- verify and sign ---------------------------------------------------------------------------


def wrong(folder: Path) -> dict[str, list[str]]:
    return {
        made.file: [
            key for step in made.steps for key, _ in step.findings if step.state == "failed"
        ]
        for made in verify.verify_bundle(folder)
    }


def test_an_untouched_bundle_verifies(folder: Path) -> None:
    assert wrong(folder) == {"SHA256SUMS": [], "en/public/assessment.pdf": []}


def test_files_altered_missing_and_extra_are_named(folder: Path) -> None:
    (folder / "en/public/tables/ledger.csv").write_bytes(b"id\n")
    (folder / "en/public/tables/sources.csv").unlink()
    (folder / "en/public/more.txt").write_bytes(b"")
    made = next(verify.verify_bundle(folder))
    (step,) = made.steps
    assert sorted((key, details["name"]) for key, details in step.findings) == [
        ("file_altered", "en/public/tables/ledger.csv"),
        ("file_extra", "en/public/more.txt"),
        ("file_missing", "en/public/tables/sources.csv"),
    ]


def test_a_link_in_a_bundle_is_not_the_file(folder: Path) -> None:
    path = folder / "en/public/tables/sources.csv"
    path.rename(folder.parent / "elsewhere.csv")
    path.symlink_to(folder.parent / "elsewhere.csv")
    assert wrong(folder)["SHA256SUMS"] == ["file_altered"]


def test_a_folder_without_a_list_is_no_bundle(tmp_path: Path) -> None:
    assert wrong(tmp_path) == {"SHA256SUMS": ["sums_broken"]}


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """A key of the office, with the list of signers that knows it."""
    path = tmp_path / "key"
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(path)]
    subprocess.run(command, check=True, capture_output=True)
    public = path.with_suffix(".pub").read_text(encoding="utf-8")
    (tmp_path / "signers").write_text(f'office@xushi namespaces="xushi_stats" {public}')
    return path


@pytest.mark.judge("ssh-keygen")
def test_a_signature_names_its_signer_and_breaks_with_the_list(
    command: Run, folder: Path, key: Path
) -> None:
    signers = key.with_name("signers")
    pdf = folder / "en/public/assessment.pdf"
    assert command("sign", folder, "--key", key)[0] == 0
    status, said, _ = command("verify", folder, pdf, "--signers", signers)
    assert status == 0 and said.count("office@xushi") == 2
    assert "电子签章" not in said and "完整性校验" in said
    with open(folder / "SHA256SUMS", "a", encoding="utf-8") as file:
        file.write(f"{'0' * 64}  more\n")
    status, said, _ = command("verify", pdf, "--signers", signers)
    assert status == 1 and "签名无效" in said


@pytest.mark.judge("ssh-keygen")
def test_a_signature_of_a_stranger_is_refused(folder: Path, key: Path, tmp_path: Path) -> None:
    signature.sign(folder / "SHA256SUMS", key)
    stranger = tmp_path / "nobody"
    stranger.write_text("", encoding="utf-8")
    made = next(verify.verify_bundle(folder, signers=stranger))
    assert [step.state for step in made.steps] == ["passed", "failed"]


@pytest.mark.judge("ssh-keygen")
def test_a_report_that_the_signed_list_does_not_hold_is_refused(folder: Path, key: Path) -> None:
    signature.sign(folder / "SHA256SUMS", key)
    pdf = folder / "en/public/assessment.pdf"
    other = pdf.with_name("other.pdf")
    shutil.copy(pdf, other)
    made = verify.verify(other, signers=key.with_name("signers"))
    step = made.of("signature")
    assert step and [finding for finding, _ in step.findings] == ["not_in_signed"]


def test_without_a_signature_the_step_fails_and_without_ssh_keygen_it_is_not_done(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pdf = folder / "en/public/assessment.pdf"
    unsigned = verify.verify(pdf, signers=tmp_path / "signers").of("signature")
    (folder / "SHA256SUMS.sig").write_bytes(b"")
    monkeypatch.setattr(shutil, "which", lambda name: None)
    bare = verify.verify(pdf, signers=tmp_path / "signers").of("signature")
    assert unsigned and bare
    assert [s.findings[0][0] for s in (unsigned, bare)] == ["no_signature", "no_ssh_keygen"]
    assert [s.state for s in (unsigned, bare)] == ["failed", "not_done"]


@pytest.mark.judge("ssh-keygen")
def test_a_bundle_without_a_list_or_with_a_wrong_key_is_not_signed(
    command: Run, folder: Path, tmp_path: Path
) -> None:
    assert command("sign", tmp_path, "--key", tmp_path / "none")[0] == 1
    status, said, complaint = command("sign", folder, "--key", tmp_path / "none")
    assert (status, said) == (1, "") and "未能签名" in complaint
    assert not (folder / "SHA256SUMS.sig").exists()


def test_the_certificate_is_written_by_the_command(
    command: Run, folder: Path, tmp_path: Path
) -> None:
    pdf = folder / "en/public/assessment.pdf"
    out = tmp_path / "核验单.pdf"
    options = ("--certificate", out, "--date", "2020-04-01")
    assert command("verify", pdf, *options)[0] == 0
    assert out.read_bytes().startswith(b"%PDF")
    assert command("verify", folder, *options)[0] == 2
