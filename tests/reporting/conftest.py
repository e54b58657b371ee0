"""One build of Xushi for all tests of the reporting rooms, and runs of it with something spoiled."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from reporting import copies
from reporting.copies import Release, fingerprint

from xushi_stats.publishing import build as building
from xushi_stats.publishing import pages
from xushi_stats.publishing.assembly import Assembled

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="session")
def known(xushi: Release) -> dict[str, bytes]:
    """The PDFs of the session by what they were made from."""
    return {fingerprint(made): xushi.pdf(*key) for key, made in xushi.assembled.items()}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the data to spoil, with the notebooks beside it."""
    return copies.copy(tmp_path)


@pytest.fixture
def old(tmp_path: Path, xushi: Release) -> Iterator[Path]:
    """A finished report that lies where the next build goes; at the end its lock alone lies beside it."""
    target = tmp_path / "outputs" / copies.TOWN / str(copies.YEAR)
    shutil.copytree(xushi.folder, target)
    lock = f".{target.name}.lock"
    shutil.copy(xushi.folder.parent / lock, target.parent)
    yield target
    assert {path.name for path in target.parent.iterdir()} == {target.name, lock}


@pytest.fixture
def refused(
    monkeypatch: pytest.MonkeyPatch, command: Run, data: Path, old: Path
) -> Callable[..., str]:
    """A build that must fail: exit code 1, no traceback, the old report left whole; what it said.

    Its kernel starts when a notebook is to run, not before.
    """
    monkeypatch.setattr(building, "kernel", lambda *_: nullcontext())

    def run(*options: str) -> str:
        before = copies.content(old)
        out = old.parents[1]
        options = options or ("--lang", "zh", "--edition", "public", "--section", "review")
        status, said, complaint = command("build", "--data", data, "--out", out, *options)
        assert status == 1, complaint
        assert "Traceback" not in said + complaint
        assert said == ""
        assert copies.content(old) == before
        return complaint

    return run


@pytest.fixture
def rerun(
    monkeypatch: pytest.MonkeyPatch, xushi: Release, known: dict[str, bytes]
) -> Callable[..., None]:
    """Builds of this test take the notebooks as executed for the session, with a change to each.

    A page of which nothing has changed is not set again.
    """
    set_pages, checked = pages.set_pages, pages.checked

    def set_again(made: Assembled) -> bytes:
        return known.get(fingerprint(made)) or set_pages(made)

    def check_again(made: Assembled, pdf: bytes) -> bytes:
        return pdf if fingerprint(made) in known else checked(made, pdf)

    def arrange(change: Callable[[Any], Any] = lambda notebook: None) -> None:
        def execute(notebook: Any, parameters: Any, *rest: Any, **more: Any) -> Any:
            found = deepcopy(xushi.executed[parameters["lang"], parameters["edition"]])
            change(found)
            return found

        monkeypatch.setattr(building, "kernel", lambda *_: nullcontext())
        monkeypatch.setattr(building, "execute", execute)
        monkeypatch.setattr(pages, "set_pages", set_again)
        monkeypatch.setattr(pages, "checked", check_again)

    return arrange
