"""Running notebooks: unknown parameters refused, failures told, no run seen by the next."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from reporting import copies
from reporting.copies import TOWN, YEAR, Release

from xushi_stats.editions import SECTIONS
from xushi_stats.faults import DataFaults
from xushi_stats.publishing import execution
from xushi_stats.publishing.assembly import assemble
from xushi_stats.publishing.execution import (
    UnknownParameter,
    execute,
    join,
    kernel,
    only,
    read_notebook,
    refuse_unknown,
)
from xushi_stats.publishing.pages import finished

PARAMETERS = {"ref_area": TOWN, "year": YEAR, "lang": "zh", "edition": "public"}


def notebook(*cells: str, parameters: str = 'ref_area = ""\nyear = 1\ndata = ""') -> Any:
    first = nbformat.v4.new_code_cell(parameters, metadata={"tags": ["parameters"]})
    kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernelspec, "language_info": {"name": "python"}}
    code = map(nbformat.v4.new_code_cell, cells)
    return nbformat.v4.new_notebook(metadata=metadata, cells=[first, *code])


def printed(executed: Any) -> str:
    outputs = [output for cell in executed.cells for output in cell.get("outputs", ())]
    return "".join(output.get("text", "") for output in outputs)


def sections(data: Path) -> list[Any]:
    return [read_notebook(data.parent / "notebooks" / f"{section}.ipynb") for section in SECTIONS]


# -- parameters --------------------------------------------------------------------------------


@pytest.mark.parametrize(("typed", "meant"), [("yaer", "year"), ("refarea", "ref_area"), ("q", "")])
def test_an_unknown_parameter_is_refused_with_the_nearest_name(typed: str, meant: str) -> None:
    with pytest.raises(UnknownParameter) as caught:
        refuse_unknown(notebook(), {"year": 2019, typed: 2030})
    assert (caught.value.name, caught.value.near) == (typed, meant)


def test_an_unknown_parameter_is_refused_before_anything_runs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import papermill

    monkeypatch.setattr(papermill, "execute_notebook", None)
    with pytest.raises(UnknownParameter):
        execute(notebook(), {"yaer": 2030}, tmp_path)


def test_a_parameter_declared_with_its_type_is_known() -> None:
    refuse_unknown(notebook(parameters="year: int = 2019"), {"year": 2030})


def test_a_name_set_in_another_cell_is_no_parameter() -> None:
    with pytest.raises(UnknownParameter):
        refuse_unknown(notebook("edition = 'draft'"), {"edition": "public"})


def test_every_section_declares_exactly_the_parameters_of_the_house() -> None:
    for one in sections(copies.ROOT / "data"):
        refuse_unknown(one, {**PARAMETERS, "data": "data"})
        cell = next(c for c in one.cells if "parameters" in c.metadata.get("tags", ()))
        names = [line.split(" ")[0] for line in cell.source.splitlines()]
        assert sorted(names) == sorted([*PARAMETERS, "data"])


def test_a_notebook_without_one_of_the_parameters_is_a_fault_without_a_traceback(
    refused: Callable[..., str], data: Path
) -> None:
    def drop(content: Any) -> None:
        for cell in content["cells"]:
            if "parameters" in cell["metadata"].get("tags", ()):
                lines = "".join(cell["source"]).splitlines()
                cell["source"] = "\n".join(line for line in lines if "edition" not in line)

    for section in SECTIONS:
        copies.notebook(data, drop, section)
    assert "edition" in refused()


# -- failures ----------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_failing_cell_is_one_fault_that_names_it(refused: Callable[..., str], data: Path) -> None:
    copies.add_cell(data, "wanted = report['没有这个指标']")
    complaint = refused()
    lines = [line for line in complaint.splitlines() if line.startswith("[错误]")]
    assert len(lines) == 1
    assert "没有这个指标" in lines[0]
    assert "\x1b" not in complaint


def test_a_notebook_whose_last_cell_is_gone_is_a_fault_without_a_traceback(
    refused: Callable[..., str], rerun: Callable[..., None]
) -> None:
    def forget(executed: Any) -> None:
        del executed.cells[-1]

    rerun(forget)
    refused()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"cells": 1}'])
def test_a_notebook_that_cannot_be_read_is_a_fault_that_names_it(
    refused: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
    data: Path,
    content: str,
) -> None:
    path = data.parent / "notebooks" / "review.ipynb"
    path.write_text(content)
    assert "review.ipynb" in refused()


def test_a_kernel_of_another_python_on_the_machine_is_not_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "kernels" / "python3"
    folder.mkdir(parents=True)
    spec = {"argv": ["false", "{connection_file}"], "display_name": "other", "language": "python"}
    (folder / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    assert printed(execute(notebook("print('ran')"), {}, tmp_path)) == "ran\n"


# -- one kernel for many runs ------------------------------------------------------------------


@pytest.mark.slow
def test_a_variable_of_one_run_is_not_seen_in_the_next(tmp_path: Path) -> None:
    probe = notebook("print('left' in globals(), year)\nleft = year\nimport json")
    with kernel(tmp_path) as manager:
        said = [printed(execute(probe, {"year": n}, tmp_path, manager)) for n in (1, 2)]
        with pytest.raises(DataFaults):
            execute(notebook("broken = year\n1 / 0"), {"year": 3}, tmp_path, manager)
        said.append(
            printed(execute(notebook("print('broken' in globals())"), {}, tmp_path, manager))
        )
        process = manager.provisioner
        assert process.has_process
    assert said == ["False 1\n", "False 2\n", "False\n"]
    assert not process.has_process


LATE = """import time
kernel = get_ipython().kernel
publish = kernel._publish_status
def late(status, *rest, **named):
    if status == "idle":
        kernel._publish_status = publish
        kernel.iopub_thread.schedule(lambda: time.sleep(5))
    publish(status, *rest, **named)
kernel._publish_status = late
print("late")"""
"""The cell ends at once; that it has shown all comes after more seconds than the library waits by itself."""


@pytest.mark.slow
def test_what_a_cell_shows_is_waited_for_and_a_kernel_that_shows_nothing_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert printed(execute(notebook(LATE), {}, tmp_path)) == "late\n"
    monkeypatch.setattr(execution, "_LAST_OUTPUT", 1)
    with pytest.raises(DataFaults) as raised:
        execute(notebook(LATE), {}, tmp_path)
    assert [fault.code for fault in raised.value.faults] == ["kernel"]


@pytest.mark.slow
def test_a_warm_kernel_gives_the_same_bytes_as_a_fresh_one(xushi: Release) -> None:
    """The session's last run had a kernel that five runs had used."""
    lang, edition = list(xushi.executed)[-1]
    parameters = {**PARAMETERS, "lang": lang, "edition": edition}
    fresh = execute(join(sections(xushi.data)), parameters, xushi.data)
    section = SECTIONS[-1]
    assert finished(assemble(only(fresh, section))) == xushi.pdf(lang, edition, section)
    assert shown(fresh) == shown(xushi.executed[lang, edition])


def shown(executed: Any) -> list[Any]:
    return [output.get("data") for cell in executed.cells for output in cell.get("outputs", ())]


def test_no_path_of_the_machine_gets_into_an_executed_notebook(xushi: Release) -> None:
    for executed in xushi.executed.values():
        cells = json.dumps(executed.cells)
        assert str(xushi.data.parent) not in cells
        assert str(copies.ROOT) not in cells


# -- several sections in one notebook ----------------------------------------------------------


def tagged(joined: Any, tag: str) -> list[int]:
    return [n for n, cell in enumerate(joined.cells) if tag in cell.metadata.get("tags", ())]


def twice() -> list[Any]:
    """Two sections: the first notebook under another name as well."""
    first, second = (read_notebook(copies.ROOT / "notebooks" / "review.ipynb") for _ in range(2))
    for cell in second.cells:
        cell.metadata["section"] = "other"
    return [first, second]


def test_joined_sections_open_once_and_finish_last() -> None:
    joined = join(twice())
    assert tagged(joined, "parameters") == [0]
    assert tagged(joined, "open") == [1]
    assert tagged(joined, "finish") == [len(joined.cells) - 1]
    assert len({cell["id"] for cell in joined.cells}) == len(joined.cells)
    nbformat.validate(joined)


def test_a_section_of_a_joined_notebook_has_its_own_cells_alone() -> None:
    joined = join(twice())
    for section in ("review", "other"):
        mine = only(joined, section)
        sources = [c.source for c in mine.cells if not c.metadata.get("tags")]
        alone = read_notebook(copies.ROOT / "notebooks" / "review.ipynb")
        assert sources == [c.source for c in alone.cells if not c.metadata.get("tags")]


def test_the_build_knows_a_notebook_for_each_section_and_no_other() -> None:
    found = {path.stem for path in (copies.ROOT / "notebooks").glob("*.ipynb")}
    assert found == set(SECTIONS)
