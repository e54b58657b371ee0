"""Build a release: run the notebooks, convert them, check every page, and put all in place at once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property, partial
from importlib import import_module
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xushi_stats import dataset as datasets
from xushi_stats.checks import plausibility, preflight
from xushi_stats.editions import EDITIONS, LANGS, Edition
from xushi_stats.faults import DataFaults, Fault, Lang
from xushi_stats.publishing import bundle, made_by, place
from xushi_stats.publishing.bundle import Run
from xushi_stats.publishing.execution import (
    UnknownParameter,
    execute,
    join,
    kernel,
    only,
    read_notebook,
)
from xushi_stats.publishing.progress import Progress
from xushi_stats.reporting import printed, rounding, sections
from xushi_stats.reporting.context import Context
from xushi_stats.reporting.evidence import write_ledger
from xushi_stats.spreadsheets.ledger_workbook import write_workbook
from xushi_stats.tables import languages, own_first, unwritable

if TYPE_CHECKING:
    from xushi_stats.publishing.assembly import Assembled


@dataclass(frozen=True)
class Order:
    """What to build.

    Attributes:
        data: data folder; the notebooks lie beside it.
        sections: sections to build alone; none means all that the town has, and the whole report.
    """

    data: Path
    town: str
    year: int
    out: Path
    langs: Sequence[Lang] = LANGS
    editions: Sequence[Edition] = EDITIONS
    sections: Sequence[str] = ()

    def __post_init__(self) -> None:
        """Each section once, in the order of the report."""
        asked = self.sections or self.all_sections
        object.__setattr__(self, "sections", tuple(s for s in self.all_sections if s in asked))
        for name in asked:
            if name not in self.all_sections:
                known = ", ".join(self.all_sections)
                raise DataFaults([Fault("section_unknown", value=name, details={"known": known})])

    @cached_property
    def all_sections(self) -> tuple[str, ...]:
        """The sections of the town's report."""
        return datasets.sections(self.data, self.town)

    @property
    def is_full(self) -> bool:
        """Whether everything is built, so that nothing of what was there stays."""
        langs = languages.of(self.data / self.town)
        asked = (self.langs, self.editions, self.sections)
        every = (langs, EDITIONS, self.all_sections)
        return all(set(a) >= set(e) for a, e in zip(asked, every, strict=True))

    @property
    def notebooks(self) -> Path:
        """The folder of the sections' notebooks."""
        return self.data.resolve().parent / "notebooks"

    def notebook(self, section: str) -> Path:
        """The notebook of a section: the town's own where it has one, else the one all towns share."""
        return own_first(self.notebooks, self.town, f"{section}.ipynb")[0]

    @property
    def documents(self) -> list[str]:
        """The PDFs that are built, in this order; the whole report comes before its sections."""
        is_whole = self.sections == self.all_sections
        names = ["report", *self.sections] if is_whole else self.sections
        made = product(self.langs, self.editions, names)
        return [f"{lang}/{edition}/{name}.pdf" for lang, edition, name in made]

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


def build(order: Order, progress: Progress | None = None) -> Built:
    """Build reports and ledger, or nothing: what lies in the target stays whole if anything is wrong.

    Args:
        order: what to build.
        progress: is told of each document once the data are in order.

    Raises:
        DataFaults: anything is wrong with the data or with a finished page.
    """
    place.recover(order.target)
    try:
        with kernel(order.data) as manager:
            return _build(order, manager, progress)
    except OSError as error:
        raise DataFaults([unwritable(order.target, error)]) from error


def _build(order: Order, manager: Any, progress: Progress | None) -> Built:
    loaded = Context(order.town, order.year, data=order.data)
    dataset, ledger = loaded.dataset, loaded.internal
    faults = [
        *loaded.faults,
        *plausibility.warnings(dataset, ledger),
        *rehearse(order, loaded),
        *rounding.rounding_faults(ledger),
        *(sections.refused(dataset, order.year) if "public" in order.editions else ()),
        *(printed.undefined(loaded) if "public" in order.editions else ()),
    ]
    if any(fault.severity == "error" for fault in faults):
        raise DataFaults(faults)
    key = made_by.key(order.data, dataset, ledger)
    with place.taken(order.target) as held:
        before = {} if order.is_full else place.listed(held.target)
        keep = held.kept(key) if before else []
        uses = _uses(held.target) if keep else {}
        with held.staged(keep, key) as folder:
            runs: list[Run] = []
            _write_reports(folder, order, manager, uses, runs, progress)
            write_ledger(folder, ledger, dataset.digest, uses)
            write_workbook(folder, dataset, ledger)
            bundle.complete(folder, dataset, order.year, runs, _joined(order))
            found = (p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
            files = tuple(sorted(found))
    faults += place.dropped(before, files, order.target)
    return Built(order.target, files, tuple(faults))


def rehearse(order: Order, loaded: Context) -> list[Fault]:
    """Try every placeholder of prose, tables and charts before a kernel starts."""
    faults: list[Fault] = []
    for report in loaded.in_languages(order.langs):
        faults += [fault for fault in preflight.rehearse(report) if fault not in faults]
    return faults


def _joined(order: Order) -> Any:
    """The notebook of all sections asked for."""
    return join([_notebook(order.notebook(s)) for s in order.sections])


def assembled(order: Order) -> Iterator[tuple[str, Assembled]]:
    """The documents of an order, by name, without their pages: what a finished report must show."""
    with kernel(order.data) as manager:
        for _, _, name, document in _documents(order, manager, []):
            yield name, document


def _documents(
    order: Order, manager: Any, runs: list[Run]
) -> Iterator[tuple[Lang, Edition, str, Assembled]]:
    """The whole report and its sections in each language and edition, one run each."""
    from xushi_stats.publishing.assembly import assemble

    joined = _joined(order)
    for lang, edition in product(order.langs, order.editions):
        parameters = {"ref_area": order.town, "year": order.year}
        parameters |= {"lang": lang, "edition": edition}
        try:
            executed = execute(joined, parameters, order.data, manager)
        except UnknownParameter as error:
            details = {"why": f"no parameter {error.name}"}
            raise DataFaults([Fault("cell", "notebooks", details=details)]) from error
        runs.append(Run(lang, edition, executed))
        if order.sections == order.all_sections:
            yield lang, edition, "report", assemble(executed, whole=True)
        for section in order.sections:
            yield lang, edition, section, assemble(only(executed, section))


def _notebook(path: Path) -> Any:
    try:
        return read_notebook(path)
    except Exception as error:  # nbformat raises whatever the file makes it stumble over
        details = {"why": type(error).__name__}
        raise DataFaults([Fault("cell", path.name, details=details)]) from error


def _write_reports(
    folder: Path,
    order: Order,
    manager: Any,
    uses: dict[str, set[str]],
    runs: list[Run],
    progress: Progress | None,
) -> None:
    """Run, set, check and write every PDF; note in ``uses`` where figures stand, in ``runs`` the rest.

    What is wrong with any of them is told for all of them.

    Raises:
        DataFaults: a page of some report has an orphan or breaks a rule.
    """
    pending: dict[str, Future[bytes]] = {}
    if progress:
        progress.start(len(order.documents))
    # while the kernel runs the next notebook, one thread sets pages and another reads them back:
    # Typst lets other threads run, and pdfium wants to be used by one alone
    with ThreadPoolExecutor(1) as setter, ThreadPoolExecutor(1) as reader:
        setter.submit(import_module, "xushi_stats.publishing.pages")
        for lang, edition, name, assembled in _documents(order, manager, runs):
            runs[-1].documents[name] = assembled
            made = setter.submit(_set_pages, assembled)
            path = f"{lang}/{edition}/{name}.pdf"
            pending[path] = reader.submit(_checked, assembled, made)
            if progress:
                pending[path].add_done_callback(partial(_tell, progress, path))
            for figure, places in assembled.uses.items():
                uses.setdefault(figure, set()).update(places)
    faults: list[Fault] = []
    for name, future in pending.items():
        try:
            pdf = future.result()
        except DataFaults as error:
            faults += [replace(fault, file=name) for fault in error.faults]
            continue
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(pdf)
    if faults:
        raise DataFaults(faults)


def _tell(progress: Progress, path: str, made: Future[bytes]) -> None:
    if not made.cancelled():
        progress.step(path)


def _set_pages(assembled: Assembled) -> bytes:
    from xushi_stats.publishing.pages import set_pages

    return set_pages(assembled)


def _checked(assembled: Assembled, pdf: Future[bytes]) -> bytes:
    from xushi_stats.publishing.pages import checked

    return checked(assembled, pdf.result())


def _uses(folder: Path) -> dict[str, set[str]]:
    """Where figures stand in the parts that stay."""
    found = json.loads((folder / "ledger.json").read_bytes())["figures"]
    return {figure["id"]: set(figure["used_in"]) for figure in found}
