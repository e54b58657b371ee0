"""Running notebooks: papermill in one warm kernel, with a clean namespace for each run."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any

from xushi_stats.faults import DataFaults, Fault
from xushi_stats.publishing import scratch
from xushi_stats.reporting import notebooks
from xushi_stats.tables import near

# jsonschema, which nbformat imports, tries an optional checker of internationalised addresses whose
# import alone takes two seconds; notebooks hold none, and jsonschema does without it
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


class UnknownParameter(ValueError):
    """A parameter that the notebook does not declare; ``near`` is the closest that it does."""

    def __init__(self, name: str, near: str) -> None:
        super().__init__(name)
        self.name, self.near = name, near


def read_notebook(path: Path) -> Any:
    """A section's notebook, one made for it where it has none; its cells remember the section."""
    import nbformat

    whole = path.read_text("utf-8") if path.exists() else notebooks.one_call(path.stem)
    notebook = nbformat.reads(whole, as_version=4)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        cell.metadata["section"] = path.stem
    return notebook


def join(notebooks: Sequence[Any]) -> Any:
    """One notebook of several sections: parameters and opening once, the ledger last.

    Cells tagged ``parameters``, ``open`` and ``finish`` belong to no section.
    """
    import nbformat

    joined = nbformat.v4.new_notebook(metadata=deepcopy(notebooks[0].metadata))
    joined.metadata.pop("xushi", None)  # of one section alone
    opening = [c for c in notebooks[0].cells if _tags(c) & {"parameters", "open"}]
    closing = [c for c in notebooks[0].cells if "finish" in _tags(c)]
    middle = []
    for notebook in notebooks:
        own = [c for c in notebook.cells if not _tags(c) & {"parameters", "open", "finish"}]
        for cell in deepcopy(own):
            cell["id"] = f"{cell.metadata['section']}-{cell['id']}"[:64]
            middle.append(cell)
    joined.cells = [*opening, *middle, *closing]
    return joined


def only(notebook: Any, section: str) -> Any:
    """An executed notebook with the cells of one section, and those of none."""
    import nbformat

    cells = [
        c for c in notebook.cells if c.metadata.get("section") == section or "finish" in _tags(c)
    ]
    return nbformat.v4.new_notebook(metadata=notebook.metadata, cells=cells)


_WARM_UP = "import xushi_stats.reporting.report, xushi_stats.charts.chart as c; c.warm_up()"


_LAUNCH = (
    "from IPython.core import application as a; from ipykernel import kernelapp as k; "
    "a.ENV_CONFIG_DIRS.clear(); a.SYSTEM_CONFIG_DIRS.clear(); k.launch_new_instance()"
)
"""Starts a kernel that reads no settings of the machine, and no modules from where it stands (-P)."""
_QUIET = ["--log-level=40", "--HistoryManager.enabled=False"]
"""The kernel's advice on its transport is not for an analyst; what notebooks say is not kept."""
_LONGEST_SOCKET = 90
"""Bytes of the name of a socket that every system takes."""
_LAST_OUTPUT = 600
"""Seconds for what a cell shows to arrive after it has ended: nbclient's four are few under load."""


@contextmanager
def kernel(data: Path) -> Iterator[Any]:
    """A Python kernel for several runs: starting one and importing takes most of a run's time.

    It starts and imports while the caller goes on. It sees no settings of the machine or of its user,
    and is spoken to by files of its own folder where the system can, so that it needs no network.
    """
    from jupyter_client.blocking.client import BlockingKernelClient
    from jupyter_client.manager import AsyncKernelManager
    from jupyter_core.utils import run_sync

    with scratch.own() as folder:
        manager = AsyncKernelManager(kernel_name="python3", **_transport(folder))
        manager._kernel_spec = _own_python()
        run_sync(manager.start_kernel)(
            extra_arguments=_QUIET,
            cwd=str(data.resolve().parent),
            env=_environment(folder),
            stderr=subprocess.DEVNULL,  # of a kernel that cannot start one sentence is told
        )
        client = BlockingKernelClient(connection_file=manager.connection_file)
        client.load_connection_file()
        client.start_channels()
        client.execute(_WARM_UP, silent=True)
        try:
            yield manager
        finally:
            client.stop_channels()
            run_sync(manager.shutdown_kernel)(now=True)


def _transport(folder: Path) -> dict[str, str]:
    """Where client and kernel meet: sockets in a folder, or ports where those cannot be."""
    sockets = folder / "k"
    where = {"connection_file": str(folder / "kernel.json")}
    if sys.platform == "win32" or len(os.fsencode(sockets)) > _LONGEST_SOCKET:
        return where
    return {**where, "transport": "ipc", "ip": str(sockets)}


def _environment(folder: Path) -> dict[str, str]:
    """The environment without what would bring in settings: those of IPython, matplotlib, Python."""
    profile, style = folder / "ipython", folder / "matplotlibrc"
    profile.mkdir()
    style.touch()
    kept = {k: v for k, v in os.environ.items() if k not in ("PYTHONSTARTUP", "MPLBACKEND")}
    return {**kept, "IPYTHONDIR": str(profile), "MATPLOTLIBRC": str(style)}


def _own_python() -> Any:
    """The kernel of this very Python; another may be installed under the name python3."""
    from jupyter_client.kernelspec import KernelSpec

    argv = [sys.executable, "-P", "-c", _LAUNCH, "-f", "{connection_file}"]
    encrypted = {"supported_encryption": ["curve"]}
    return KernelSpec(argv=argv, display_name="Python 3", language="python", metadata=encrypted)


def execute(
    notebook: Any, parameters: dict[str, Any], data: Path, manager: Any | None = None
) -> Any:
    """Run a notebook with papermill in the data folder's parent, so that no path gets into it.

    Args:
        notebook: a clean notebook with a cell tagged ``parameters``.
        parameters: values of parameters that it declares; ``data`` is set here.
        data: the data folder.
        manager: a kernel of ``kernel()``; None starts a fresh one.

    Raises:
        UnknownParameter: a parameter is not declared by the notebook.
        DataFaults: a cell failed; the fault names the cell and what it said.
    """
    import nbformat
    import papermill

    if manager is None:
        refuse_unknown(notebook, {**parameters, "data": data.name})
        with kernel(data) as fresh:
            return execute(notebook, parameters, data, fresh)
    data = data.resolve()
    parameters = {**parameters, "data": data.name}
    refuse_unknown(notebook, parameters)
    try:
        executed = papermill.execute_notebook(
            _with_clean_start(notebook),
            None,
            parameters=parameters,
            cwd=str(data.parent),
            kernel_name="python3",
            progress_bar=False,
            log_output=False,
            request_save_on_cell_execute=False,
            autosave_cell_every=0,
            km=manager,
            iopub_timeout=_LAST_OUTPUT,
            extra_arguments=_QUIET,
        )
    except papermill.PapermillExecutionError as error:
        details = {"why": f"{error.ename}: {error.evalue}"}
        cell = error.source.strip()
        fault = Fault("cell", "notebook", value=cell, details=details)
        raise DataFaults([fault]) from error
    except (RuntimeError, TimeoutError) as error:  # a kernel that is dead, or says nothing more
        raise DataFaults([Fault("kernel")]) from error
    del executed.metadata["papermill"]  # it holds the notebook that was run
    del executed.cells[0]
    # as a file of it would be read, its keys in order: pages must not differ from those of the file
    return nbformat.reads(json.dumps(executed, sort_keys=True), as_version=4)


def _with_clean_start(notebook: Any) -> Any:
    """The notebook with a first cell that empties a namespace which another run may have left."""
    import nbformat

    clean = nbformat.v4.new_code_cell("%reset -f", id="clean-start")
    return nbformat.v4.new_notebook(metadata=notebook.metadata, cells=[clean, *notebook.cells])


def refuse_unknown(notebook: Any, parameters: dict[str, Any]) -> None:
    """Papermill only warns of a parameter that the notebook does not declare; here it is an error.

    Raises:
        UnknownParameter: likewise.
    """
    cells = [c for c in notebook.cells if "parameters" in _tags(c)]
    declared = {
        target.id
        for cell in cells
        for node in ast.parse(cell.source).body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    for name in parameters:
        if name not in declared:
            raise UnknownParameter(name, near(name, declared))


def _tags(cell: Any) -> set[str]:
    return set(cell.metadata.get("tags", ()))
