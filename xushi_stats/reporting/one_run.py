"""What the outputs of a notebook were run for, so that those of two runs never become one report.

Each output carries it. JupyterLab keeps the outputs of earlier runs until their cells run again, and
a cell that ran for the draft shows what is not for the public.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xushi_stats import dataset as datasets
from xushi_stats.reporting.evidence import ledger_row
from xushi_stats.tables import own_first

if TYPE_CHECKING:
    from xushi_stats.reporting.context import Context

SET_FOR_A_RUN = frozenset({"parameters", "injected-parameters"})
"""Tags of cells that say what a run is for; what they say is in ``run_for`` by itself."""


def run_for(report: Context) -> dict[str, Any]:
    """Town, release, language, edition, and the digests of data, figures and notebooks.

    The figures are those of this edition alone: from a digest over others they could be guessed. They
    tell of registers, which the digest of the data leaves out.
    """
    figures = report.ledger.figures.values()
    rows = [ledger_row(figure, (), report.edition, (report.lang,)) for figure in figures]
    return {
        "ref_area": report.dataset.ref_area,
        "release": report.release,
        "lang": report.lang,
        "edition": report.edition,
        "data": report.dataset.digest,
        "figures": hashlib.sha256(json.dumps(rows).encode()).hexdigest(),
        "notebooks": notebooks_digest(report.data, report.dataset.ref_area),
    }


def notebooks_digest(data: Path, ref_area: str) -> str:
    """SHA-256 over the cells of a town's notebooks, as they are on file: outputs do not count."""
    digest = hashlib.sha256()
    folder = data.resolve().parent / "notebooks"
    for section in datasets.sections(data, ref_area):
        path, _ = own_first(folder, ref_area, f"{section}.ipynb")
        digest.update(json.dumps([section, _cells(path)]).encode())
    return digest.hexdigest()


def _cells(path: Path) -> list[list[str]]:
    """Kind and source of each cell; nothing where there is no notebook to be read."""
    try:
        cells = json.loads(path.read_bytes())["cells"]
        return [
            [cell["cell_type"], "".join(cell["source"])]
            for cell in cells
            if not SET_FOR_A_RUN & set(cell["metadata"].get("tags", ()))
        ]
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return []  # what is wrong with it is told when it is run


def meant_from_notebook(data: Path, ref_area: str) -> Path:
    """The data folder that a notebook means by ``../data``, from wherever it was started.

    JupyterLab starts it in its own folder, papermill where the user stands: then the project that
    the folder is in, known by its ``notebooks/``, has the data.
    """
    if not data.parts or data.parts[0] != "..":
        return data
    inner = Path(*(part for part in data.parts if part != ".."))
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "notebooks").is_dir() and (folder / inner / ref_area).is_dir():
            return folder / inner
    return data
