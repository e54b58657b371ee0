"""Every single fault is named by the audit that should name it; what nothing finds is known, and listed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from audit import seeded
from audit.seeded import FAULTS, Planted
from reporting import copies
from reporting.copies import Release
from towns import ROOT


def of(*audits: str) -> list[object]:
    return [pytest.param(f, id=f.id) for f in FAULTS if f.audit in audits]


def named(planted: Planted, result: tuple[int, str]) -> None:
    code, said = result
    assert code, f"{planted.zh}: not found\n{said}"
    for words in planted.says:
        assert words in said, said


@pytest.fixture(autouse=True)
def in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return copies.copy(tmp_path)


@pytest.fixture
def document(tmp_path: Path, speech: str) -> Path:
    path = tmp_path / "speech.txt"
    path.write_bytes(speech.encode())
    return path


@pytest.fixture(scope="module")
def pdf(xushi: Release) -> bytes:
    return xushi.pdf("zh", "public", "review")


@pytest.fixture
def bundle(xushi: Release, tmp_path: Path) -> Path:
    return Path(shutil.copytree(xushi.folder, tmp_path / "bundle"))


def test_there_are_at_least_forty() -> None:
    assert sum(bool(f.audit) for f in FAULTS) >= 40
    assert len({f.id for f in FAULTS}) == len(FAULTS)


@pytest.mark.parametrize("planted", of("check"))
def test_the_check_names(planted: Planted, data: Path) -> None:
    planted.plant(data)
    named(planted, seeded.check(data))


def test_the_check_finds_nothing_where_nothing_was_planted(data: Path) -> None:
    assert seeded.check(data)[0] == 0


@pytest.mark.parametrize("planted", of("source"))
def test_the_closure_of_the_source_names(planted: Planted, data: Path, document: Path) -> None:
    planted.plant(data, document)
    named(planted, seeded.source(data, document))


def test_the_closure_finds_nothing_where_nothing_was_planted(data: Path, document: Path) -> None:
    assert seeded.source(data, document)[0] == 0


def test_the_comparison_finds_nothing_where_nothing_was_planted(data: Path) -> None:
    assert seeded.compare(ROOT / "data", data)[0] == 0


@pytest.mark.parametrize("planted", of("compare"))
def test_the_comparison_names(planted: Planted, data: Path) -> None:
    planted.plant(data)
    named(planted, seeded.compare(ROOT / "data", data))


@pytest.mark.slow
@pytest.mark.parametrize("planted", of("verify"))
def test_verify_names(planted: Planted, pdf: bytes, tmp_path: Path) -> None:
    path = tmp_path / "review.pdf"
    path.write_bytes(planted.plant(pdf))
    named(planted, seeded.verified(path))


@pytest.fixture
def tables(xushi: Release, tmp_path: Path) -> Path:
    return Path(shutil.copytree(xushi.folder / "zh/internal/tables", tmp_path / "tables"))


def test_recompute_finds_nothing_where_nothing_was_planted(tables: Path) -> None:
    assert seeded.recomputed(tables)[0] == 0


@pytest.mark.parametrize("planted", of("recompute"))
def test_recompute_names(planted: Planted, tables: Path) -> None:
    planted.plant(tables)
    named(planted, seeded.recomputed(tables))


def test_the_list_of_digests_finds_nothing_where_nothing_was_planted(bundle: Path) -> None:
    assert seeded.listed(bundle)[0] == 0


@pytest.mark.parametrize("planted", of("bundle"))
def test_the_list_of_digests_names(planted: Planted, bundle: Path) -> None:
    planted.plant(bundle)
    named(planted, seeded.listed(bundle))


# -- what nothing finds ------------------------------------------------------------------------


def test_figures_entered_under_each_others_indicator_are_not_found(
    data: Path, document: Path
) -> None:
    seeded.indicators_exchanged(data, document)
    assert seeded.source(data, document)[0] == 0
    assert seeded.check(data)[0] == 0


def test_figures_that_no_word_tells_apart_are_said_to_be_unchecked(data: Path) -> None:
    seeded.swapped_alike(data)
    code, said = seeded.check(data)
    assert code == 0
    assert "? 已脱贫户数：" in said and "? 未脱贫户数：" in said


def test_a_report_forged_whole_is_found_only_against_the_source(
    pdf: bytes, tmp_path: Path, document: Path
) -> None:
    from xushi_stats.audit import verify

    path = tmp_path / "review.pdf"
    path.write_bytes(seeded.forged_whole(pdf))
    assert seeded.verified(path)[0] == 0
    assert verify.verify(path, source=document).wrong


def test_the_table_in_docs_is_of_these_faults() -> None:
    shown = (ROOT / "docs" / "faults.md").read_text(encoding="utf-8")
    assert shown == "\n".join(seeded.rendered()) + "\n"
