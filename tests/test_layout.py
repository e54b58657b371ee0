"""A data folder says which layout it has: old ones are read, newer ones refused, none loses anything."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest
from conftest import Run

from xushi_stats import dataset
from xushi_stats.faults import DataFaults
from xushi_stats.project import scaffold as starting
from xushi_stats.publishing import build as building
from xushi_stats.publishing.build import Order, build
from xushi_stats.tables import layout

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def data(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "data", tmp_path / "data")
    return tmp_path / "data"


def _said(data: Path, text: str | bytes) -> None:
    (data / layout.FILE).write_bytes(text if isinstance(text, bytes) else text.encode())


def _content(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def _refused(call: Callable[[], object]) -> str:
    with pytest.raises(DataFaults) as error:
        call()
    (fault,) = error.value.faults
    return fault.code


def test_the_shipped_data_and_a_new_project_have_the_newest_layout(tmp_path: Path) -> None:
    starting.create(tmp_path / "report", "shili", {"zh": "示例镇", "en": "Shili"})
    for data in (ROOT / "data", tmp_path / "report/data"):
        assert (data / layout.FILE).read_bytes() == layout.text()
        assert layout.of(data) == layout.LAYOUT


def test_a_folder_that_says_nothing_is_read_as_before(data: Path) -> None:
    known = dataset.load(data, "xushi").digest
    (data / layout.FILE).unlink()
    assert layout.of(data) == 0
    assert dataset.load(data, "xushi").digest == known


@pytest.mark.parametrize("saved", ["1", "1\r\n", "\ufeff1\r\nabout", " 1 \n\n"])
def test_a_number_is_read_however_an_editor_saved_it(data: Path, saved: str) -> None:
    _said(data, saved)
    assert layout.of(data) == 1


@pytest.mark.parametrize(
    "saved", ["", "one", "1.5", "-1", "1a", "一", "\n\n", "９", b"\xff\xfe1\0"]
)
def test_what_is_no_number_is_refused(data: Path, saved: str | bytes) -> None:
    _said(data, saved)
    assert _refused(lambda: dataset.load(data, "xushi")) == "layout_unread"


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("asked", ["check", "list", "migrate"])
def test_a_newer_folder_is_refused_in_a_sentence(
    command: Run, asked: str, lang: str, data: Path
) -> None:
    newer = str(layout.LAYOUT + 1)
    _said(data, newer)
    before = _content(data)
    status, said, complaint = command(asked, "--data", data, "--lang", lang)
    assert (status, said) == (1, "")
    assert {"zh": "换用新版程序", "en": "use a newer version"}[lang] in complaint
    assert newer in complaint and str(layout.LAYOUT) in complaint
    assert complaint.count(layout.FILE) == 1
    assert _content(data) == before


def test_nothing_is_built_from_a_newer_folder(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "kernel", lambda *_: nullcontext())
    _said(data, str(layout.LAYOUT + 1))
    order = Order(data, "xushi", 2019, tmp_path / "outputs")
    assert _refused(lambda: build(order)) == "layout_newer"
    assert not (tmp_path / "outputs").exists()


# -- migrate -------------------------------------------------------------------------------------


def test_a_dry_run_says_what_would_be_done_and_does_nothing(command: Run, data: Path) -> None:
    (data / layout.FILE).unlink()
    before = _content(data)
    status, said, _ = command("migrate", "--data", data, "--dry-run")
    assert status == 0
    assert said.splitlines() == [
        f"新增 {data / layout.FILE}",
        f"格式 0 → {layout.LAYOUT}，尚未改动；去掉 --dry-run 即改。",
    ]
    assert _content(data) == before


def test_migrating_does_what_the_dry_run_said_and_once_is_enough(command: Run, data: Path) -> None:
    (data / layout.FILE).unlink()
    before = _content(data)
    status, said, _ = command("migrate", "--data", data, "--lang", "en")
    assert status == 0
    assert said.splitlines() == [f"new: {data / layout.FILE}", f"Layout 0 → {layout.LAYOUT}."]
    after = _content(data)
    assert after == {**before, layout.FILE: layout.text()}
    status, said, _ = command("migrate", "--data", data)
    assert (status, said) == (0, f"格式已是 {layout.LAYOUT}，无须改动。\n")
    assert _content(data) == after


def test_a_folder_that_is_not_there_is_a_fault(command: Run, tmp_path: Path) -> None:
    status, said, complaint = command("migrate", "--data", tmp_path / "nowhere")
    assert (status, said) == (1, "")
    assert complaint.startswith("[错误]")


@pytest.fixture
def renamed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A next layout, which writes over the catalogue and adds a table."""

    def step(data: Path) -> dict[str, bytes]:
        old = (data / "catalogue.csv").read_bytes()
        return {"catalogue.csv": old + b"more\n", "xushi/added.csv": b"new\n"}

    monkeypatch.setattr(layout, "STEPS", (*layout.STEPS, step))
    monkeypatch.setattr(layout, "LAYOUT", layout.LAYOUT + 1)


@pytest.mark.usefixtures("renamed")
def test_what_is_written_over_is_kept(command: Run, data: Path) -> None:
    before = _content(data)
    status, said, _ = command("migrate", "--data", data)
    kept = f"before-layout-{layout.LAYOUT}"
    assert status == 0
    assert f"改写 {data / 'catalogue.csv'}（原件存为 {data / kept / 'catalogue.csv'}）" in said
    after = _content(data)
    assert after["catalogue.csv"] == before["catalogue.csv"] + b"more\n"
    assert after["xushi/added.csv"] == b"new\n"
    for name in ("catalogue.csv", layout.FILE):
        assert after[f"{kept}/{name}"] == before[name]
    assert {name for name in before if after[name] != before[name]} == {
        "catalogue.csv",
        layout.FILE,
    }


@pytest.mark.usefixtures("renamed")
def test_what_was_cut_off_is_done_again_and_the_first_content_is_kept(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = (data / "catalogue.csv").read_bytes()
    real = layout.write_whole

    def cut_off(path: Path, content: bytes) -> None:
        if path == data / layout.FILE:
            raise KeyboardInterrupt
        real(path, content)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(layout, "write_whole", cut_off)
        layout.migrate(data)
    assert layout.of(data) == layout.LAYOUT - 1
    layout.migrate(data)
    assert layout.of(data) == layout.LAYOUT
    assert (data / f"before-layout-{layout.LAYOUT}" / "catalogue.csv").read_bytes() == first
