"""The notebooks: they run as an analyst opens them, and hold neither numbers nor arithmetic."""

from __future__ import annotations

import ast
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import nbformat
import pytest
from reporting import copies
from reporting.copies import ROOT, TOWN

from xushi_stats.dataset import sections
from xushi_stats.editions import SECTIONS
from xushi_stats.readback import orphans as audit
from xushi_stats.reporting.document import BLOCK, LEDGER

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
OF_TOWNS = sorted((ROOT / "notebooks").glob("*/*.ipynb"))
"""A town's own, which come before those that all towns share."""
PLAIN = (str, bool, type(None))


def name(path: Path) -> str:
    """``review`` of those that towns share, ``demo/review`` of a town's own."""
    return path.relative_to(ROOT / "notebooks").with_suffix("").as_posix()


@pytest.fixture(params=[*NOTEBOOKS, *OF_TOWNS], ids=name)
def path(request: pytest.FixtureRequest) -> Path:
    return Path(request.param)


def sources(path: Path, *, parameters: bool = False) -> list[str]:
    """The code of a notebook's cells, without or with the parameters."""
    cells = nbformat.read(path, as_version=4).cells
    tags = [set(cell.metadata.get("tags", ())) for cell in cells]
    return [
        cell.source
        for cell, tag in zip(cells, tags, strict=True)
        if cell.cell_type == "code" and ("parameters" in tag) == parameters
    ]


def test_there_is_a_notebook_for_each_section_of_the_report() -> None:
    assert {path.stem for path in NOTEBOOKS} == set(SECTIONS)


def test_a_notebook_of_a_town_is_one_of_its_sections() -> None:
    for path in OF_TOWNS:
        assert path.stem in sections(ROOT / "data", path.parent.name)


def test_a_notebook_of_a_town_opens_its_own_data() -> None:
    for path in OF_TOWNS:
        (source,) = sources(path, parameters=True)
        given = {n.targets[0].id: n.value.value for n in ast.parse(source).body}  # type: ignore[attr-defined]
        assert given["ref_area"] == path.parent.name
        assert (path.parent / given["data"]).resolve() == ROOT / "data"


def test_a_notebook_is_valid_and_its_cells_have_ids(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    names = [cell["id"] for cell in notebook.cells]
    assert len(set(names)) == len(names)


def test_no_cell_computes(path: Path) -> None:
    for source in sources(path):
        for node in ast.walk(ast.parse(source)):
            assert not isinstance(node, ast.BinOp | ast.UnaryOp | ast.AugAssign | ast.Compare)
            if isinstance(node, ast.Constant):
                assert isinstance(node.value, PLAIN), source


def test_no_cell_holds_a_digit(path: Path) -> None:
    assert [source for source in sources(path) if any(c.isnumeric() for c in source)] == []


def test_the_only_number_among_the_parameters_is_the_year(path: Path) -> None:
    (source,) = sources(path, parameters=True)
    numbers = {
        target.id
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
        and isinstance(node.value, ast.Constant)
        and not isinstance(node.value.value, str)
    }
    assert numbers == {"year"}


def test_a_notebook_imports_the_package_and_nothing_below_it(path: Path) -> None:
    found = set()
    for source in sources(path):
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                found.add(node.module or "")
    assert found == {"xushi_stats"}


def test_no_prose_stands_in_a_notebook(path: Path) -> None:
    """Prose belongs to the town: data/<town>/text/."""
    cells = nbformat.read(path, as_version=4).cells
    assert [cell.source for cell in cells if cell.cell_type != "code"] == []


def test_every_section_opens_and_finishes_alike() -> None:
    first = nbformat.read(NOTEBOOKS[0], as_version=4)
    for other in [*NOTEBOOKS, *OF_TOWNS]:
        cells = nbformat.read(other, as_version=4).cells
        for position in (1, -1) if other in OF_TOWNS else (0, 1, -1):
            assert cells[position].source == first.cells[position].source
            assert cells[position].metadata == first.cells[position].metadata


# -- as an analyst opens them ------------------------------------------------------------------


def run(notebook: Any, folder: Path) -> Any:
    """Run a notebook in its folder with its own parameters."""
    from nbclient import NotebookClient

    resources = {"metadata": {"path": str(folder)}}
    client = NotebookClient(notebook, timeout=90, kernel_name="python3", resources=resources)
    return client.execute()


@pytest.fixture(scope="module")
def opened() -> dict[str, Any]:
    """Every notebook as it runs in notebooks/."""
    paths = [*NOTEBOOKS, *OF_TOWNS]
    notebooks = [nbformat.read(path, as_version=4) for path in paths]
    with ThreadPoolExecutor(2) as threads:
        executed = threads.map(run, notebooks, [path.parent for path in paths])
        return dict(zip(map(name, paths), executed, strict=True))


@pytest.mark.slow
def test_a_notebook_runs_where_it_lies(path: Path, opened: dict[str, Any]) -> None:
    outputs = [output for cell in opened[name(path)].cells for output in cell.get("outputs", ())]
    assert outputs
    assert {output.output_type for output in outputs} <= {"execute_result", "display_data"}


@pytest.mark.slow
def test_every_block_has_a_readable_form_beside_it(path: Path, opened: dict[str, Any]) -> None:
    outputs = [output for cell in opened[name(path)].cells for output in cell.get("outputs", ())]
    bundles = [output.data for output in outputs]
    assert LEDGER in bundles[-1]
    assert sum(BLOCK in bundle for bundle in bundles) == len(bundles) - 1
    for bundle in bundles:
        assert {"text/markdown", "image/svg+xml"} & set(bundle)
        assert "text/html" not in bundle


@pytest.mark.slow
def test_an_opened_notebook_exports_to_a_pdf(path: Path, opened: dict[str, Any]) -> None:
    from xushi_stats.publishing.exporters import XushiPDFExporter

    pdf, _ = XushiPDFExporter().from_notebook_node(opened[name(path)])
    without_registers = path.parent.name == "demo" and path.stem not in ("review", "targets")
    assert bool(list(audit.numbers(pdf))) != without_registers


@pytest.mark.slow
def test_a_figure_that_an_analyst_writes_into_markdown_is_a_linked_number(
    tmp_path: Path,
) -> None:
    from xushi_stats.publishing.exporters import XushiPDFExporter

    copies.copy(tmp_path)
    folder = tmp_path / "notebooks"
    notebook = nbformat.read(folder / "review.ipynb", as_version=4)
    source = (
        "from IPython.display import Markdown, display\n"
        "figure = report['已脱贫户数']\n"
        "display(Markdown(f'**另**有{figure}；{figure:cell}。'))"
    )
    notebook.cells = [*notebook.cells[:2], nbformat.v4.new_code_cell(source), notebook.cells[-1]]
    pdf, _ = XushiPDFExporter().from_notebook_node(run(notebook, folder))
    numbers = [(figure, text) for page, figure, text in audit.numbers(pdf) if page == 1]
    exited = f"{TOWN}/poverty.households.exited@2020-03"
    assert numbers[:2] == [(exited, "321户"), (exited, "321")]
