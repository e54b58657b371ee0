"""A report of each release is kept, which every later ``verify`` must be able to read.

Template, fonts and Typst go on, so setting it again may be left out; all else must pass as it did.
A new one is stored with a release:

    xushi-stats build --lang en --edition public --section epidemic --out /tmp/golden &&
    cp /tmp/golden/xushi/2019/en/public/epidemic.pdf tests/golden/xushi-2019-VERSION.pdf
"""

from __future__ import annotations

from pathlib import Path

import pytest

import xushi_stats
from xushi_stats.audit import untrusted_attachments, verify
from xushi_stats.audit.steps import not_done
from xushi_stats.publishing import attachments

GOLDEN = sorted((Path(__file__).resolve().parents[1] / "golden").glob("*.pdf"))


def test_the_report_of_this_version_is_kept_and_small() -> None:
    kept = [path for path in GOLDEN if path.stem.endswith(f"-{xushi_stats.__version__}")]
    assert kept and all(path.stat().st_size < 700_000 for path in kept)


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_report_of_an_earlier_release_still_verifies(path: Path) -> None:
    made = verify.verify(path)
    states = {step.name: step.state for step in made.steps}
    here, there = attachments.setting(), untrusted_attachments.read(path.read_bytes()).manifest
    same = all(there[key] == here[key] for key in ("template_sha256", "fonts_sha256"))
    same = same and there["versions"]["typst"] == here["versions"]["typst"]
    assert states.pop("recompile") == ("passed" if same else not_done("").state)
    # one that was set before the text was attached can only say so
    words = {states.pop("words"), states.pop("charts")}
    assert words <= {"passed", "not_done"}
    assert set(states) == {"attachments", "recompute", "checks", "pages"}
    assert set(states.values()) == {"passed"}, list(verify.lines(made, "en"))
