"""One run or none: outputs of two runs never become one report, and every road gives the same bytes."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from copy import deepcopy
from fractions import Fraction
from itertools import permutations, product
from pathlib import Path
from typing import Any

import nbformat
import pytest
from reporting import copies
from reporting.copies import TOWN, YEAR, Release

from xushi_stats.audit import verify
from xushi_stats.editions import EDITIONS, LANGS, SECTIONS
from xushi_stats.faults import DataFaults
from xushi_stats.publishing import pages
from xushi_stats.publishing.assembly import assemble
from xushi_stats.publishing.execution import only
from xushi_stats.publishing.exporters import XushiPDFExporter
from xushi_stats.reporting.document import BLOCK, LEDGER, fixed, num, text
from xushi_stats.reporting.one_run import meant_from_notebook, notebooks_digest
from xushi_stats.reporting.report import Report

Run = Callable[..., tuple[int, str, str]]
PAIRS = [*product(SECTIONS, LANGS, permutations(EDITIONS, 2))]


def contents(notebook: Any) -> list[dict[str, Any]]:
    """What the exporter reads of each output."""
    outputs = [output.data for cell in notebook.cells for output in cell.get("outputs", ())]
    return [data.get(BLOCK) or data[LEDGER] for data in outputs]


def shown(notebook: Any) -> list[tuple[int, Any]]:
    """The cells that show something, by number, without the last."""
    numbered = enumerate(notebook.cells[:-1], 1)
    return [(number, cell) for number, cell in numbered if cell.get("outputs")]


def refusals(notebook: Any) -> list[str]:
    with pytest.raises(DataFaults) as caught:
        XushiPDFExporter().from_notebook_node(notebook)
    assert {fault.code for fault in caught.value.faults} == {"mixed_run"}
    return str(caught.value).splitlines()


# -- what an output carries --------------------------------------------------------------------


def test_each_output_says_what_it_was_run_for(xushi: Release) -> None:
    ledger = json.loads((xushi.folder / "ledger.json").read_bytes())
    for (lang, edition), executed in xushi.executed.items():
        wanted = {
            "ref_area": TOWN,
            "release": YEAR,
            "lang": lang,
            "edition": edition,
            "data": ledger["data_sha256"],
            "notebooks": notebooks_digest(xushi.data, TOWN),
        }
        runs = [content["run"] for content in contents(executed)]
        assert {key: runs[0][key] for key in wanted} == wanted
        assert set(runs[0]) == {*wanted, "figures"}
        assert all(run == runs[0] for run in runs)


def test_the_digest_of_the_notebooks_is_of_their_cells_not_of_outputs_or_parameters(
    data: Path,
) -> None:
    before = notebooks_digest(data, TOWN)

    def choose(content: Any) -> None:
        content["cells"][0]["source"] = 'edition = "public"'
        content["cells"][2]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "1"}]

    copies.notebook(data, choose)
    assert notebooks_digest(data, TOWN) == before
    copies.add_cell(data, "1")
    assert notebooks_digest(data, TOWN) != before


# -- runs that are mixed -----------------------------------------------------------------------


@pytest.mark.parametrize(("section", "lang", "pair"), PAIRS)
def test_cells_of_another_edition_are_refused_and_named(
    xushi: Release, section: str, lang: str, pair: tuple[str, str]
) -> None:
    """As an analyst leaves it who changes the edition and runs the first cells and the last."""
    stale, last = (only(xushi.executed[lang, edition], section) for edition in pair)
    said = refusals(nbformat.v4.new_notebook(cells=[*stale.cells[:-1], last.cells[-1]]))
    for line, (number, cell) in zip(said, shown(stale), strict=True):
        assert f"cell {number} was run for edition {pair[0]}" in line
        assert cell.source.splitlines()[0] in line


@pytest.mark.parametrize(
    ("key", "other"),
    [
        ("edition", "draft"),
        ("lang", "en"),
        ("ref_area", "demo"),
        ("release", 2018),
        ("data", "0" * 64),
        ("figures", "0" * 64),
        ("notebooks", "0" * 64),
    ],
)
def test_one_cell_run_for_something_else_is_refused_and_named(
    xushi: Release, key: str, other: Any
) -> None:
    notebook = only(xushi.executed["zh", "public"], SECTIONS[0])
    for place, (number, _) in enumerate(shown(notebook)):
        spoiled = deepcopy(notebook)
        contents(spoiled)[place]["run"][key] = other
        (said,) = refusals(spoiled)
        assert f"cell {number} was run for {key} {str(other)[:8]}" in said


def test_an_output_that_does_not_say_what_it_was_run_for_is_refused(xushi: Release) -> None:
    notebook = deepcopy(only(xushi.executed["zh", "public"], SECTIONS[0]))
    contents(notebook)[0].pop("run")
    assert f"cell {shown(notebook)[0][0]} " in refusals(notebook)[0]
    for content in contents(notebook):
        content.pop("run", None)
    with pytest.raises(DataFaults) as caught:
        XushiPDFExporter().from_notebook_node(notebook)
    assert [fault.code for fault in caught.value.faults] == ["run_unknown"]


@pytest.mark.parametrize(("count", "good"), [(1, False), (2, False), (7, True), (99, False)])
def test_markdown_of_ones_own_must_have_run_between_opening_and_end(
    xushi: Release, count: int, good: bool
) -> None:
    """It does not say what it was run for; the order in which cells ran does."""
    notebook = deepcopy(xushi.executed["zh", "public"])
    data = {"text/markdown": "另有一段。"}
    output = nbformat.v4.new_output("display_data", data=data)
    own = nbformat.v4.new_code_cell("Markdown(said)", outputs=[output], execution_count=count)
    notebook.cells.insert(-1, own)
    ends = [
        cell for cell in notebook.cells if {"open", "finish"} & set(cell.metadata.get("tags", ()))
    ]
    for cell, number in zip(ends, (2, 90), strict=True):
        cell.execution_count = number
    if good:
        assemble(notebook)
    else:
        assert f"cell {len(notebook.cells) - 1} " in refusals(notebook)[0]


# -- internal content in a public PDF ----------------------------------------------------------


@pytest.fixture(scope="module")
def leaking(xushi: Release) -> bytes:
    """A public section with a margin of the draft and an internal figure, set as if all were well."""
    made = deepcopy(xushi.assembled["zh", "public", "review"])
    draft = xushi.assembled["zh", "draft", "review"].document["body"]
    margin = next(block["margin"] for block in draft if block.get("margin"))
    hidden = next(id for id, row in xushi.ledger().items() if row["audience"] == "internal")
    blocks = made.document["body"]
    blocks.insert(1, {"b": "para", "c": [text("另有"), num(hidden, "3")], "mark": None})
    blocks[1]["margin"] = [[fixed("B6"), text(" 某数")], *margin[:1]]
    entries = next(b["rows"] for b in made.document["back"] if b["b"] == "rows")
    entries.append({**entries[0], "id": hidden})
    return pages.set_pages(made)


@pytest.fixture
def leaked(leaking: bytes, xushi: Release, tmp_path: Path) -> Path:
    path = tmp_path / "review.pdf"
    path.write_bytes(leaking)
    return path


def test_verify_names_the_margin_and_the_internal_figure_of_a_public_pdf(leaked: Path) -> None:
    step = verify.verify(leaked).of("pages")
    assert step and step.state == "failed"
    said = {key: details for key, details in step.findings if key.startswith("internal_")}
    assert said["internal_figure"]["figure"].startswith(f"{TOWN}/")
    assert said["internal_margin"]["note"]


def test_audit_report_names_the_query_and_the_internal_figure_of_a_public_pdf(
    leaked: Path, xushi: Release, command: Run
) -> None:
    status, _, complaint = command("audit", "report", leaked, "--data", xushi.data)
    assert status == 1
    said = [line for line in complaint.splitlines() if "公开版中有内部内容" in line]
    assert any("B6" in line for line in said)
    assert any(f"{TOWN}/" in line for line in said)


def test_a_draft_may_hold_its_margin(xushi: Release) -> None:
    step = verify.verify(xushi.folder / "zh/draft/review.pdf").of("pages")
    assert step and step.state == "passed"


# -- the data frame ----------------------------------------------------------------------------


def test_the_data_frame_has_every_value_in_the_unit_that_it_states(xushi: Release) -> None:
    """The same number as ledger.json: a share is 321/398 of the unit 1, not 80.65."""
    table = Report(TOWN, YEAR, data=xushi.data).frame()
    for figure, row in xushi.ledger().items():
        assert table.loc[figure, "unit"] == row["unit"]
        if row["value"]:
            assert table.loc[figure, "value"] == Fraction(row["value"]), figure


# -- the field's own commands ------------------------------------------------------------------


@pytest.mark.parametrize("place", [".", "notebooks", "notebooks/demo"])
def test_a_notebook_finds_the_data_of_its_project_from_wherever_it_is_started(
    data: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.chdir(data.parent / place)
    for written in ("../data", "../../data"):
        assert meant_from_notebook(Path(written), TOWN).resolve() == data
    assert meant_from_notebook(Path("data"), TOWN) == Path("data")
    assert meant_from_notebook(data, TOWN) == data
    assert meant_from_notebook(Path("../nowhere"), TOWN) == Path("../nowhere")


def papermill(xushi: Release, folder: Path, section: str, lang: str, edition: str) -> Path:
    """``papermill notebooks/review.ipynb out.ipynb -p year 2019 …`` from the project's root."""
    made = folder / "out.ipynb"
    chosen = ("-p", "year", YEAR, "-p", "lang", lang, "-p", "edition", edition)
    source = f"notebooks/{section}.ipynb"
    quiet = ("--no-progress-bar", "--log-level", "ERROR")
    done = copies.run("-m", "papermill", source, made, *chosen, *quiet, cwd=xushi.data.parent)
    assert done.returncode == 0, done.stderr
    return made


def convert(path: Path, *options: str, cwd: Path) -> None:
    command = ("-m", "nbconvert", "--to", "xushi-pdf", "--log-level", "ERROR", *options, path)
    done = copies.run(*command, cwd=cwd)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("section", "lang", "edition"), [("review", "en", "public"), ("assessment", "zh", "draft")]
)
def test_papermill_from_the_root_and_nbconvert_give_what_build_gives(
    xushi: Release, tmp_path: Path, section: str, lang: str, edition: str
) -> None:
    made = papermill(xushi, tmp_path, section, lang, edition)
    convert(made, cwd=tmp_path)
    assert made.with_suffix(".pdf").read_bytes() == xushi.pdf(lang, edition, section)


@pytest.mark.slow
def test_nbconvert_that_runs_the_notebook_itself_gives_what_build_gives(
    xushi: Release, tmp_path: Path
) -> None:
    notebook = xushi.data.parent / "notebooks/assessment.ipynb"
    convert(notebook, "--execute", "--output-dir", str(tmp_path), cwd=xushi.data.parent)
    assert (tmp_path / "assessment.pdf").read_bytes() == xushi.pdf("zh", "draft", "assessment")


def as_javascript_saves(notebook: Path) -> None:
    """JupyterLab writes 92.0 as 92."""
    saved = re.sub(r"(?m)(: -?\d+)\.0(?=,?$)", r"\1", notebook.read_text(encoding="utf-8"))
    notebook.write_text(saved, encoding="utf-8")


@pytest.mark.slow
def test_the_export_of_jupyterlab_gives_what_build_gives(xushi: Release, tmp_path: Path) -> None:
    pytest.importorskip("jupyter_server")
    made = papermill(xushi, tmp_path, "review", "en", "public")
    as_javascript_saves(made)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root"]
    command += [f"--port={port}", "--IdentityProvider.token=t", f"--ServerApp.root_dir={tmp_path}"]
    with open(tmp_path / "log", "w") as log:
        server = subprocess.Popen(command, cwd=copies.ROOT, stdout=log, stderr=log)
    try:
        pdf = fetched(f"http://127.0.0.1:{port}/nbconvert/xushi_pdf/out.ipynb?token=t")
    finally:
        server.kill()
        server.wait()
    assert pdf == xushi.pdf("en", "public", "review")


def fetched(address: str, seconds: int = 90) -> bytes:
    """What a server that is starting answers."""
    for _ in range(seconds):
        try:
            found: bytes = urllib.request.urlopen(address, timeout=seconds).read()
            return found
        except urllib.error.HTTPError:
            raise
        except OSError:
            time.sleep(1)
    raise AssertionError("no answer")
