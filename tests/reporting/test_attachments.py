"""What a report carries: the evidence of its edition, what it was set from, and a true manifest."""

from __future__ import annotations

import hashlib
import json
import subprocess
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from reporting import documents as made
from reporting.copies import TOWN, YEAR, Release

from xushi_stats import compute
from xushi_stats import dataset as datasets
from xushi_stats.audit import untrusted_attachments
from xushi_stats.editions import EDITIONS, LANGS, SECTIONS
from xushi_stats.publishing import attachments
from xushi_stats.publishing.attachments import pack, with_uses
from xushi_stats.publishing.typeset import typeset
from xushi_stats.reporting.evidence import COLUMNS

ABOUT = {"ref_area": TOWN, "edition": "draft"}
TABLES = {"ledger.csv": b"id,used_in\nxushi/a@2019,\n"}


@pytest.fixture(scope="module")
def packed() -> dict[str, bytes]:
    return pack(made.document(), {made.CHART: made.chart()}, TABLES, ABOUT)


@pytest.fixture(scope="module")
def pdf(packed: dict[str, bytes]) -> bytes:
    return typeset(made.document(), {made.CHART: made.chart()}, packed)


def manifest(files: Any) -> Any:
    return json.loads(files["manifest.json"])


def test_a_pdf_carries_exactly_what_was_packed(pdf: bytes, packed: dict[str, bytes]) -> None:
    assert untrusted_attachments.attachments(pdf) == packed
    assert {"document.json", made.CHART, "ledger.csv", "manifest.json"} <= set(packed)


def test_the_same_pack_gives_the_same_bytes(pdf: bytes, packed: dict[str, bytes]) -> None:
    backwards = dict(reversed(packed.items()))
    assert typeset(made.document(), {made.CHART: made.chart()}, backwards) == pdf


def test_attachments_change_nothing_on_the_pages(pdf: bytes) -> None:
    bare = typeset(made.document(), {made.CHART: made.chart()})
    with pikepdf.open(BytesIO(pdf)) as one, pikepdf.open(BytesIO(bare)) as other:
        contents = [[page.Contents.read_bytes() for page in p.pages] for p in (one, other)]
    assert contents[0] == contents[1]


def test_a_reader_sees_what_each_attachment_is(pdf: bytes) -> None:
    with pikepdf.open(BytesIO(pdf)) as found:
        table, picture = found.attachments["ledger.csv"], found.attachments[made.CHART]
        assert (table.relationship, table.get_file().mime_type) == ("/Data", "text/csv")
        assert (picture.relationship, picture.get_file().mime_type) == ("/Source", "image/svg+xml")
        assert all(spec.description for spec in found.attachments.values())


def test_the_manifest_has_the_digest_of_every_other_attachment(packed: dict[str, bytes]) -> None:
    listed = {e["name"]: (e["sha256"], e["bytes"]) for e in manifest(packed)["attachments"]}
    assert listed == {
        name: (hashlib.sha256(content).hexdigest(), len(content))
        for name, content in packed.items()
        if name != "manifest.json"
    }


def test_the_manifest_names_what_set_the_pages(packed: dict[str, bytes]) -> None:
    found = manifest(packed)
    assert found["format"] == attachments.FORMAT
    assert found["report"] == ABOUT
    assert set(found["versions"]) == {"typst", "xushi_stats"}
    assert len(found["fonts_sha256"]) == 2 and len(found["template_sha256"]) == 64


def test_the_ledger_says_where_this_document_uses_a_figure() -> None:
    ledger = with_uses(TABLES["ledger.csv"], {"xushi/a@2019": ("text", "table:b")})
    assert ledger.decode("utf-8-sig").splitlines() == ["id,used_in", "xushi/a@2019,table:b；text"]


# -- the reports of Xushi ----------------------------------------------------------------------


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("lang", LANGS)
def test_every_report_carries_the_evidence_of_its_edition(
    xushi: Release, lang: str, edition: str
) -> None:
    for name in ("report", *SECTIONS):
        carried = untrusted_attachments.read(xushi.pdf(lang, edition, name))
        # sizes of units travel where a town has unusual ones, and this one has none
        assert {f"{table}.csv" for table in COLUMNS if table != "units"} <= set(carried.files)
        assert set(xushi.assembled[lang, edition, name].charts) <= set(carried.files)
        assert carried.document == xushi.assembled[lang, edition, name].document
        found = carried.manifest["report"]
        said = [found[key] for key in ("ref_area", "release", "lang", "edition", "section")]
        assert said == [TOWN, YEAR, lang, edition, name]


@pytest.fixture(scope="module")
def secrets(xushi: Release) -> set[str]:
    """What only the office may see: internal indicators and their names, queries, remarks."""
    dataset = datasets.load(xushi.data, TOWN)
    ledger = compute.build(dataset, YEAR, [])
    public = {figure.indicator.id for figure in ledger.public().figures.values()}
    hidden = [i for i in dataset.catalogue.indicators.values() if i.audience != "public"]
    assert hidden and not public & {i.id for i in hidden}
    found = {name for i in hidden for name in (i.id, *i.names.values())}
    found |= {text for q in dataset.queries for text in (*q.question.values(), q.answer)}
    found |= {o.note for o in dataset.observations}
    found |= {check.explanation for check in dataset.catalogue.checks}
    return {text for text in found if len(text) > 3}


@pytest.mark.parametrize("lang", LANGS)
def test_nothing_internal_travels_with_the_public_edition(
    xushi: Release, secrets: set[str], lang: str
) -> None:
    for name in ("report", *SECTIONS):
        for file, content in untrusted_attachments.attachments(
            xushi.pdf(lang, "public", name)
        ).items():
            text = content.decode()
            assert [secret for secret in secrets if secret in text] == [], (name, file)


def test_what_is_internal_would_be_found(xushi: Release, secrets: set[str]) -> None:
    files = untrusted_attachments.attachments(xushi.pdf("zh", "internal"))
    text = "".join(content.decode() for content in files.values())
    assert sum(secret in text for secret in secrets) > 5


@pytest.mark.judge("qpdf")
@pytest.mark.slow
def test_qpdf_finds_nothing_wrong_with_the_attachments(xushi: Release) -> None:
    path = xushi.folder / "en/public/report.pdf"
    done = subprocess.run(["qpdf", "--check", str(path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
