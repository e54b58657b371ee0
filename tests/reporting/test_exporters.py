"""The exporter: found by its name, cheap to construct, useful from JupyterLab and the shell."""

from __future__ import annotations

import tomllib
from copy import deepcopy
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

import nbformat
import pytest
from reporting import copies
from reporting.copies import Release

from xushi_stats.editions import SECTIONS
from xushi_stats.faults import DataFaults
from xushi_stats.publishing.execution import only
from xushi_stats.publishing.exporters import XushiPDFExporter

HEAVY = ("typst", "pypdfium2", "matplotlib", "papermill", "pandas", "pikepdf")


def test_the_exporter_is_registered_under_its_name() -> None:
    (found,) = entry_points(group="nbconvert.exporters", name="xushi-pdf")
    assert issubclass(found.load(), XushiPDFExporter)


def test_nbconvert_finds_the_exporter_by_its_name_and_lists_it() -> None:
    from nbconvert.exporters import get_export_names, get_exporter

    assert issubclass(get_exporter("xushi-pdf"), XushiPDFExporter)
    assert "xushi-pdf" in get_export_names()


def test_jupyterlab_shows_the_exporter_in_its_menu() -> None:
    exporter = XushiPDFExporter()
    assert exporter.export_from_notebook
    assert (exporter.output_mimetype, exporter.file_extension) == ("application/pdf", ".pdf")


def test_jupyterlab_lists_the_name_that_its_server_can_address_and_no_other() -> None:
    project = tomllib.loads((copies.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    names = project["project"]["entry-points"]["nbconvert.exporters"]
    listed = {
        name
        for name, place in names.items()
        if EntryPoint(name, place, "").load()().export_from_notebook
    }
    assert set(names) == {"xushi-pdf", "xushi_pdf"} and listed == {"xushi_pdf"}


def test_constructing_the_exporter_loads_nothing_heavy() -> None:
    done = copies.run(
        "-c",
        "import sys\n"
        "from xushi_stats.publishing.exporters import XushiPDFExporter\n"
        "XushiPDFExporter()\n"
        f"print(*[name for name in {HEAVY} if name in sys.modules])",
    )
    assert (done.returncode, done.stdout.strip()) == (0, "")


def write(notebook: Any, folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / "审 阅.ipynb"
    nbformat.write(notebook, path)
    return path


def convert(path: Path) -> Any:
    command = ("-m", "nbconvert", "--to", "xushi-pdf", "--log-level", "ERROR", path)
    return copies.run(*command, cwd=path.parent)


@pytest.mark.slow
def test_nbconvert_turns_an_executed_notebook_into_a_pdf(xushi: Release, tmp_path: Path) -> None:
    section = SECTIONS[-1]
    path = write(only(xushi.executed["en", "public"], section), tmp_path / "笔 记")
    done = convert(path)
    assert done.returncode == 0, done.stderr
    assert path.with_suffix(".pdf").read_bytes() == xushi.pdf("en", "public", section)


@pytest.mark.slow
def test_nbconvert_says_clearly_that_a_notebook_has_not_been_run(tmp_path: Path) -> None:
    notebook = nbformat.read(copies.ROOT / "notebooks" / "review.ipynb", as_version=4)
    path = write(notebook, tmp_path)
    done = convert(path)
    assert done.returncode != 0
    last = done.stderr.strip().splitlines()[-1]
    assert "运行" in last or "run" in last.lower()
    assert not path.with_suffix(".pdf").exists()


def test_the_notebook_says_whether_it_is_the_whole_report(xushi: Release) -> None:
    notebook = deepcopy(xushi.executed["zh", "public"])
    notebook.metadata["xushi"] = {"whole": True}
    pdf, resources = XushiPDFExporter().from_notebook_node(notebook)
    assert pdf == xushi.pdf("zh", "public")
    assert resources["output_extension"] == ".pdf"


def test_the_exporter_leaves_the_notebook_as_it_was(xushi: Release) -> None:
    notebook = only(xushi.executed["zh", "public"], SECTIONS[-1])
    before = deepcopy(notebook)
    XushiPDFExporter().from_notebook_node(notebook)
    assert notebook == before


def test_the_exporter_refuses_a_number_without_a_row(xushi: Release) -> None:
    notebook = deepcopy(xushi.executed["zh", "public"])
    notebook.cells.insert(-1, nbformat.v4.new_markdown_cell("另有12户"))
    with pytest.raises(DataFaults, match="12户"):
        XushiPDFExporter().from_notebook_node(notebook)
