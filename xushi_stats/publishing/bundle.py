"""What a build leaves besides the reports: executed notebooks, charts, tables, and what describes them."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from xushi_stats.dataset import Dataset
from xushi_stats.editions import Edition
from xushi_stats.faults import Lang
from xushi_stats.publishing.assembly import Assembled
from xushi_stats.publishing.attachments import RECOMPUTE, describe, recompute_program
from xushi_stats.publishing.crate import WORKFLOW, About, metadata
from xushi_stats.publishing.place import SUMS
from xushi_stats.reporting import sections

DISCLOSURE = "disclosure.json"
_LANGUAGE = {"name": "python", "file_extension": ".py", "mimetype": "text/x-python"}
_KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
_OURS = ("tags", "section")


@dataclass
class Run:
    """One language and edition: the notebook as executed, and the documents made from it by name."""

    lang: Lang
    edition: Edition
    notebook: Any
    documents: dict[str, Assembled] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        """Whether it is the whole report."""
        return "report" in self.documents


def complete(folder: Path, dataset: Dataset, release: int, runs: list[Run], clean: Any) -> None:
    """Write all that belongs to a bundle and is not there yet, its list of digests last.

    Args:
        folder: where the reports and the ledger have been written.
        dataset: the data that they were made from.
        release: the year of the report.
        runs: what was run; parts of a report fill only what the whole one has not left.
        clean: the notebook that was run, before it was.
    """
    for run in runs:
        _write_run(folder / run.lang / run.edition, run)
    whole = all(run.whole for run in runs)
    _put(folder / WORKFLOW, notebook_bytes(clean, whole=whole), anew=whole)
    _put_disclosure(folder, dataset, release, runs)
    program = recompute_program()
    if program:
        _put(folder / RECOMPUTE, program)
    about = About.of(dataset, release)
    _put(folder / "datapackage.json", as_json(datapackage(folder, about)))
    _put(folder / "ro-crate-metadata.json", as_json(metadata(folder, about)))
    (folder / f"{SUMS}.sig").unlink(missing_ok=True)  # it was the signature of another list
    _put(folder / SUMS, sums(folder).encode())


def _put_disclosure(folder: Path, dataset: Dataset, release: int, runs: list[Run]) -> None:
    """What was withheld: the rule beside each public edition, the reasons beside the ledger."""
    said = sections.manifest(dataset, release, internal=True)
    if not said:
        return
    _put(folder / DISCLOSURE, as_json(said))
    public = as_json(sections.manifest(dataset, release, internal=False))
    for run in runs:
        if run.edition == "public":
            _put(folder / run.lang / run.edition / DISCLOSURE, public)


def _write_run(folder: Path, run: Run) -> None:
    """The executed notebook, the charts by name, and the evidence tables of one edition."""
    _put(folder / "report.ipynb", notebook_bytes(run.notebook, whole=run.whole), anew=run.whole)
    documents = [run.documents["report"]] if run.whole else list(run.documents.values())
    for made in documents:
        for block in made.document["body"]:
            if block["b"] == "figure":
                svg = made.charts[block["chart"]].encode()
                _put(folder / "charts" / f"{block['key']}.svg", svg, anew=run.whole)
        for name, table in made.tables.items():
            _put(folder / "tables" / name, table, anew=run.whole)


def _put(path: Path, content: bytes, *, anew: bool = True) -> None:
    if anew or not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def as_json(content: Any) -> bytes:
    """JSON that is the same everywhere: sorted keys, UTF-8, LF."""
    return (json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


# -- notebooks ---------------------------------------------------------------------------------


def notebook_bytes(notebook: Any, *, whole: bool) -> bytes:
    """A notebook without what differs from run to run or machine to machine.

    Timings, paths, versions and random ids go; ``nbconvert --to xushi-pdf`` still makes the same
    PDF of it.
    """
    import nbformat

    made = json.loads(json.dumps(notebook))  # a copy without nodes: far faster to go through
    made["metadata"] = {
        "kernelspec": _KERNEL,
        "language_info": _LANGUAGE,
        "xushi": {"whole": whole},
    }
    runs = 0
    for cell in made["cells"]:
        kept, tags = cell["metadata"], cell["metadata"].get("tags", ())
        cell["metadata"] = {key: kept[key] for key in _OURS if key in kept}
        if "injected-parameters" in tags:
            cell["id"] = "injected-parameters"
            cell["source"] = re.sub(r"(?m)^data = .*$", 'data = "data"', cell["source"])
        if cell["cell_type"] == "code" and cell["execution_count"] is not None:
            runs += 1
            cell["execution_count"] = runs
            for output in cell["outputs"]:
                _normalise(output, runs)
        cell["source"] = cell["source"].splitlines(keepends=True)
    nbformat.validate(made)
    return as_json(made)


def _normalise(output: dict[str, Any], count: int) -> None:
    """Number an output anew, leave out the plain form of what has a readable one; break its lines."""
    if "execution_count" in output:
        output["execution_count"] = count
    data = output.get("data", {})
    if {"text/markdown", "image/svg+xml"} & set(data):
        data.pop("text/plain", None)
    for holder, key in ((output, "text"), *((data, kind) for kind in data)):
        if isinstance(holder.get(key), str):
            holder[key] = holder[key].splitlines(keepends=True)


# -- descriptions ------------------------------------------------------------------------------


def datapackage(folder: Path, about: About) -> dict[str, Any]:
    """A Data Package (v2) of the tables in a folder; every cell is text, so that none is rounded."""
    paths = sorted(path for path in folder.rglob("*.csv"))
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": f"{_slug(about.ref_area)}-{about.release}",
        "title": about.title,
        "description": about.notice,
        "created": f"{about.date}T00:00:00Z",
        "sources": [{"title": source["name"]} for source in about.sources],
        "resources": [_resource(folder, path) for path in paths],
    }


def _resource(folder: Path, path: Path) -> dict[str, Any]:
    content = path.read_bytes()
    head = next(csv.reader([content.decode("utf-8-sig").split("\n", 1)[0]]))
    name = path.relative_to(folder).as_posix()
    return {
        "name": _slug(name.removesuffix(".csv")),
        "path": name,
        "title": " / ".join(describe(path.name)),
        "type": "table",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "schema": {
            "fields": [{"name": column, "type": "string"} for column in head],
            "missingValues": [""],
        },
    }


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "town"


def sums(folder: Path) -> str:
    """SHA-256 and name of every file in a folder, as ``sha256sum`` writes and reads them."""
    return "".join(f"{digest}  {name}\n" for name, digest in _digests(folder))


def _digests(folder: Path) -> Iterator[tuple[str, str]]:
    names = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*")}
    for name in sorted(names):
        if names[name].is_file() and name != SUMS:
            yield name, hashlib.sha256(names[name].read_bytes()).hexdigest()
