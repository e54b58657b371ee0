"""Build a release: run the notebooks, convert them, check every page, and put all in place at once."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xushi_stats import show
from xushi_stats.faults import DataFaults, Fault, Lang
from xushi_stats.ledger import Figure, Ledger
from xushi_stats.quantity import Bound
from xushi_stats.reporting import rows
from xushi_stats.reporting.report import Report, load
from xushi_stats.show import EDITIONS, Edition

if TYPE_CHECKING:
    from xushi_stats.reporting.assembly import Assembled

SECTIONS = ("review",)
"""The sections of the whole report, in its order; a notebook each."""
LANGS: tuple[Lang, ...] = ("zh", "en")


class UnknownParameter(ValueError):
    """A parameter that the notebook does not declare; ``near`` is the closest that it does."""

    def __init__(self, name: str, near: str) -> None:
        super().__init__(name)
        self.name, self.near = name, near


@dataclass(frozen=True)
class Order:
    """What to build.

    Attributes:
        data: data folder; the notebooks lie beside it.
        sections: sections to build alone; the whole report is built when all of them are asked for.
    """

    data: Path
    town: str
    year: int
    out: Path
    langs: Sequence[Lang] = LANGS
    editions: Sequence[Edition] = EDITIONS
    sections: Sequence[str] = SECTIONS

    @property
    def notebooks(self) -> Path:
        """The folder of the sections' notebooks."""
        return self.data.resolve().parent / "notebooks"

    @property
    def target(self) -> Path:
        """The folder that the build leaves."""
        return self.out / self.town / str(self.year)


@dataclass(frozen=True)
class Built:
    """What a build made: its folder, its files, and the warnings."""

    folder: Path
    files: tuple[str, ...]
    warnings: tuple[Fault, ...]


def build(order: Order) -> Built:
    """Build reports and ledger, or nothing: what lies in the target stays whole if anything is wrong.

    Raises:
        DataFaults: anything is wrong with the data or with a finished page.
    """
    dataset, ledger, warnings = load(order.data, order.town, order.year)
    faults = [*warnings, *preflight(order), *rows.rounding_faults(ledger)]
    if any(fault.severity == "error" for fault in faults):
        raise DataFaults(faults)
    uses: dict[str, set[str]] = {}
    with _staged(order.target, keep=_same_data(order.target, dataset.digest)) as folder:
        for lang in order.langs:
            for edition in order.editions:
                for name, assembled in _documents(order, lang, edition):
                    _write_report(folder / lang / edition / f"{name}.pdf", assembled)
                    for figure, places in assembled.uses.items():
                        uses.setdefault(figure, set()).update(places)
        write_ledger(folder, ledger, dataset.digest, uses)
        files = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    return Built(order.target, tuple(files), tuple(faults))


def preflight(order: Order) -> list[Fault]:
    """Try every placeholder of prose, tables and charts before a kernel starts."""
    faults: list[Fault] = []
    for lang in order.langs:
        report = Report(order.town, order.year, lang=lang, edition="draft", data=order.data)
        faults += report.rehearse()
    return faults


def _documents(order: Order, lang: Lang, edition: Edition) -> Iterator[tuple[str, Assembled]]:
    """The whole report and the sections, from one run of one notebook."""
    from xushi_stats.reporting.assembly import assemble

    parameters = {"ref_area": order.town, "year": order.year, "lang": lang, "edition": edition}
    notebook = join([read_notebook(order.notebooks / f"{s}.ipynb") for s in order.sections])
    executed = execute(notebook, parameters, order.data)
    if set(order.sections) == set(SECTIONS):
        yield "report", assemble(executed, whole=True)
    for section in order.sections:
        yield section, assemble(only(executed, section))


def _write_report(path: Path, assembled: Assembled) -> None:
    from xushi_stats.reporting.pages import finished

    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(finished(assembled))


# -- notebooks ---------------------------------------------------------------------------------


def read_notebook(path: Path) -> Any:
    """A section's notebook; its cells remember the section they belong to."""
    import nbformat

    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.metadata["section"] = path.stem
    return notebook


def join(notebooks: Sequence[Any]) -> Any:
    """One notebook of several sections: parameters and opening once, the ledger last.

    Cells tagged ``parameters``, ``open`` and ``finish`` belong to no section.
    """
    import nbformat

    joined = nbformat.v4.new_notebook(metadata=notebooks[0].metadata)
    opening = [c for c in notebooks[0].cells if _tags(c) & {"parameters", "open"}]
    closing = [c for c in notebooks[0].cells if "finish" in _tags(c)]
    middle = []
    for notebook in notebooks:
        own = [c for c in notebook.cells if not _tags(c) & {"parameters", "open", "finish"}]
        for cell in own:
            cell["id"] = f"{cell.metadata['section']}-{cell['id']}"
        middle += own
    joined.cells = [*opening, *middle, *closing]
    return joined


def only(notebook: Any, section: str) -> Any:
    """An executed notebook with the cells of one section, and those of none."""
    import nbformat

    cells = [
        c for c in notebook.cells if c.metadata.get("section") == section or "finish" in _tags(c)
    ]
    return nbformat.v4.new_notebook(metadata=notebook.metadata, cells=cells)


def execute(notebook: Any, parameters: dict[str, Any], data: Path) -> Any:
    """Run a notebook with papermill in the data folder's parent, so that no path gets into it.

    Raises:
        UnknownParameter: a parameter is not declared by the notebook.
        DataFaults: a cell found something wrong with the data.
    """
    import nbformat
    import papermill

    data = data.resolve()
    parameters = {**parameters, "data": data.name}
    refuse_unknown(notebook, parameters)
    with tempfile.TemporaryDirectory(prefix="xushi-") as folder:
        source, target = Path(folder, "in.ipynb"), Path(folder, "out.ipynb")
        nbformat.write(notebook, source)
        papermill.execute_notebook(
            str(source),
            str(target),
            parameters=parameters,
            cwd=str(data.parent),
            kernel_name="python3",
            progress_bar=False,
            log_output=False,
            extra_arguments=["--log-level=40"],  # the kernel's advice on transport is not for users
        )
        return nbformat.read(target, as_version=4)


def refuse_unknown(notebook: Any, parameters: dict[str, Any]) -> None:
    """Papermill only warns of a parameter that the notebook does not declare; here it is an error.

    Raises:
        UnknownParameter: likewise.
    """
    import ast

    from xushi_stats.tables import near

    cells = [c for c in notebook.cells if "parameters" in _tags(c)]
    declared = {
        target.id
        for cell in cells
        for node in ast.parse(cell.source).body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for name in parameters:
        if name not in declared:
            raise UnknownParameter(name, near(name, declared))


def _tags(cell: Any) -> set[str]:
    return set(cell.metadata.get("tags", ()))


# -- the ledger as files -----------------------------------------------------------------------


def write_ledger(folder: Path, ledger: Ledger, digest: str, uses: dict[str, set[str]]) -> None:
    """Write ``ledger.csv`` (with BOM, for Excel) and ``ledger.json``: every figure, internal ones too."""
    figures = [_ledger_row(f, sorted(uses.get(f.id, ()))) for f in ledger.figures.values()]
    table = io.StringIO(newline="")
    writer = csv.DictWriter(table, fieldnames=list(figures[0]), lineterminator="\n")
    writer.writeheader()
    for row in figures:
        writer.writerow({k: "；".join(v) if isinstance(v, list) else v for k, v in row.items()})
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ledger.csv").write_bytes(b"\xef\xbb\xbf" + table.getvalue().encode())
    content = {
        "format": 1,
        "ref_area": ledger.ref_area,
        "release": ledger.release,
        "data_sha256": digest,
        "figures": figures,
    }
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    (folder / "ledger.json").write_bytes(text.encode())


def _ledger_row(figure: Figure, uses: list[str]) -> dict[str, Any]:
    quantity, indicator = figure.quantity, figure.indicator
    return {
        "id": figure.id,
        "name_zh": indicator.names["zh"],
        "name_en": indicator.names["en"],
        "kind": "observed" if figure.is_observed else "derived",
        "audience": indicator.audience,
        "time_period": figure.period,
        "release": str(figure.release),
        "value": str(quantity.value) if quantity else "",
        "bounds": _bounds(quantity.low, quantity.high) if quantity else "",
        "exact": ("yes" if figure.is_exact else "no") if quantity else "",
        "tight": ("yes" if quantity.tight else "no") if quantity else "",
        "unit": str(indicator.unit),
        "basis": indicator.basis,
        "shown_zh": show.text(figure, "zh", "draft"),
        "shown_en": show.text(figure, "en", "draft"),
        "missing": figure.missing.reason if figure.missing else "",
        "formula": indicator.formula.text if indicator.formula else "",
        "inputs": list(figure.missing.inputs if figure.missing else figure.inputs),
        "statements": [f"{s.source}@{s.start} {s.wording}" for s in figure.statements],
        "status": sorted({s.status for s in figure.statements}),
        "grade": sorted({s.grade for s in figure.statements}),
        "assumption": indicator.assumption["zh"],
        "queries": [q.id for q in figure.queries],
        "used_in": uses,
    }


def _bounds(low: Bound, high: Bound) -> str:
    """An interval in the usual signs: ``[398, 398]``, ``(7000, 8000)``, ``[2000, inf)``."""
    opening, closing = "[" if low.closed else "(", "]" if high.closed else ")"
    return f"{opening}{low.value}, {high.value}{closing}"


# -- whole or not at all -----------------------------------------------------------------------


def _same_data(target: Path, digest: str) -> bool:
    """Whether what lies there was built from the same data: only then may parts of it stay."""
    try:
        found = json.loads((target / "ledger.json").read_bytes())
        return bool(found["data_sha256"] == digest)
    except (OSError, ValueError, KeyError):
        return False


@contextmanager
def _staged(target: Path, *, keep: bool) -> Iterator[Path]:
    """A folder beside the target that takes its place when all is done; leftovers are cleared first."""
    old, new = target.with_name(f".{target.name}.old"), target.with_name(f".{target.name}.new")
    target.parent.mkdir(parents=True, exist_ok=True)
    if old.exists() and not target.exists():  # stopped between the two renames
        old.rename(target)
    for leftover in (old, new):
        shutil.rmtree(leftover, ignore_errors=True)
    if keep and target.exists():
        shutil.copytree(target, new)
    else:
        new.mkdir()
    try:
        yield new
        try:
            if target.exists():
                os.rename(target, old)
            os.rename(new, target)
        except PermissionError as error:  # Windows: a file is open in a viewer
            if old.exists() and not target.exists():
                os.rename(old, target)
            raise DataFaults([Fault("locked", target.as_posix())]) from error
    finally:
        shutil.rmtree(new, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)
