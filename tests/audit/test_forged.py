"""Every forgery of a finished report is told: by ``verify`` alone, or else by ``audit report``."""

from __future__ import annotations

from pathlib import Path

import pytest
from audit.forgeries import FORGERIES, Forgery
from audit.seeded import recomputed
from reporting.copies import Release

from xushi_stats.audit import recompute, report_audit, untrusted_attachments, verify
from xushi_stats.publishing import pages

FAST = ("set-tail", "set-tail-text", "edit-font-downgraded", "set-notice-text")
"""Those of every run; all the others are long."""


def cases() -> list[object]:
    marks = {f.id: () if f.id in FAST else (pytest.mark.long,) for f in FORGERIES}
    return [pytest.param(f, id=f.id, marks=marks[f.id]) for f in FORGERIES]


@pytest.fixture(scope="module")
def pdf(xushi: Release) -> bytes:
    return xushi.pdf("zh", "public", "review")


def test_there_are_at_least_eighty() -> None:
    assert len({forgery.id for forgery in FORGERIES}) == len(FORGERIES) >= 80


@pytest.mark.slow
@pytest.mark.parametrize("forgery", cases())
def test_a_forgery_is_told(forgery: Forgery, pdf: bytes, tmp_path: Path) -> None:
    path = tmp_path / "review.pdf"
    path.write_bytes(forgery.make(pdf))
    made = verify.verify(path)
    alone = bool(made.wrong or made.undone)
    assert alone != forgery.passes, "\n".join(verify.lines(made, "en"))
    # with the data at hand the true pages are set again, and these are not they
    assert list(report_audit.not_as_set(path.read_bytes(), pdf, path.name))


def test_the_true_report_is_what_the_data_give(xushi: Release, pdf: bytes) -> None:
    document = xushi.assembled["zh", "public", "review"]
    assert not list(report_audit.not_as_set(pdf, pages.set_pages(document), "review.pdf"))


@pytest.mark.long
def test_what_recompute_says_of_forged_words_is_nothing(pdf: bytes, tmp_path: Path) -> None:
    """It computes figures and reads no page: words are for the other two."""
    forgery = next(f for f in FORGERIES if f.id == "set-notice-text")
    carried = untrusted_attachments.read(forgery.make(pdf))
    for name, content in carried.files.items():
        (tmp_path / name).write_bytes(content)
    assert recompute.main([str(tmp_path)]) == 0 == recomputed(tmp_path)[0]
