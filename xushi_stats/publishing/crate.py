"""The provenance of a bundle as an RO-Crate 1.1 that follows Workflow Run Crate 0.5."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xushi_stats import __version__
from xushi_stats.dataset import Dataset
from xushi_stats.publishing.place import SUMS

if TYPE_CHECKING:
    from rocrate.rocrate import ROCrate  # type: ignore[import-untyped]

WORKFLOW = "notebook.ipynb"
NAME = "ro-crate-metadata.json"
_PROFILES = (
    ("https://w3id.org/ro/wfrun/process/0.5", "Process Run Crate", "0.5"),
    ("https://w3id.org/ro/wfrun/workflow/0.5", "Workflow Run Crate", "0.5"),
    ("https://w3id.org/workflowhub/workflow-ro-crate/1.0", "Workflow RO-Crate", "1.0"),
)
_PARAMETERS = {"ref_area": "Text", "year": "Integer", "lang": "Text", "edition": "Text"}
_TOOLS = ("papermill", "nbconvert", "typst", "matplotlib", "pylopdf-fonts-zh-cn")
_TYPES = {
    ".csv": "text/csv",
    ".ipynb": "application/x-ipynb+json",
    ".json": "application/json",
    ".pdf": "application/pdf",
    ".py": "text/x-python",
    ".svg": "image/svg+xml",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class About:
    """What a bundle is: town, release, names, date and sources of its data."""

    ref_area: str
    release: int
    title: str
    notice: str
    date: str
    digest: str
    sources: tuple[Mapping[str, str], ...]

    @classmethod
    def of(cls, dataset: Dataset, release: int) -> About:
        """Of a town's data; the date is that of its newest source."""
        name, notice = dataset.town["name"], dataset.town["notice"]
        sources = tuple(
            {"id": s.id, "name": s.title["zh"], "date": s.date, "sha256": s.sha256}
            for s in dataset.sources.values()
        )
        return cls(
            dataset.ref_area,
            release,
            f"{name['zh']} {release} / {name['en']} {release}",
            f"{notice['zh']} / {notice['en']}",
            max(source["date"] for source in sources),
            dataset.digest,
            sources,
        )


def metadata(folder: Path, about: About) -> dict[str, Any]:
    """The crate of a bundle as JSON-LD: one action a notebook, with inputs, parameters and results.

    Args:
        folder: the bundle, all of whose other files are written.
        about: what it is. All dates are those of its data: when it ran is not recorded, since two
            runs give the same bytes.
    """
    from rocrate.rocrate import ROCrate

    crate = ROCrate(gen_preview=False, version="1.1")
    crate.metadata.extra_terms["sha256"] = "https://w3id.org/ro/terms/workflow-run#sha256"
    _describe_root(crate, about)
    files = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*"))}
    names = [n for n, path in files.items() if path.is_file() and n not in (SUMS, NAME)]
    for name in names:
        if name != WORKFLOW:
            crate.add_file(files[name], dest_path=name, properties=_of_file(files[name]))
    _add_workflow(crate, files[WORKFLOW])
    _add_inputs(crate, about)
    for notebook in (name for name in names if name.endswith("/report.ipynb")):
        _add_action(crate, about, notebook, names)
    made: dict[str, Any] = crate.metadata.generate()
    made["@graph"].sort(key=lambda entity: entity["@id"])
    return made


def _add(crate: ROCrate, entity: str, /, **properties: Any) -> None:
    from rocrate.model.contextentity import ContextEntity  # type: ignore[import-untyped]

    given = {key.replace("type_", "@type"): value for key, value in properties.items()}
    crate.add(ContextEntity(crate, entity, properties=given))


def _describe_root(crate: ROCrate, about: About) -> None:
    root = crate.root_dataset
    root["name"], root["description"] = about.title, about.notice
    root["datePublished"] = about.date
    root["license"] = {"@id": "#use"}
    root["conformsTo"] = [{"@id": identifier} for identifier, _, _ in _PROFILES]
    _add(crate, "#use", type_="CreativeWork", name=about.notice)
    for identifier, name, number in _PROFILES:
        _add(crate, identifier, type_="CreativeWork", name=name, version=number)


def _of_file(path: Path) -> dict[str, Any]:
    content = path.read_bytes()
    return {
        "name": path.name,
        "encodingFormat": _TYPES.get(path.suffix, "application/octet-stream"),
        "contentSize": str(len(content)),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def _add_workflow(crate: ROCrate, path: Path) -> None:
    """The notebook that was run, with the parameters that it declares."""
    from rocrate.model.computationalworkflow import ComputationalWorkflow  # type: ignore[import-untyped]

    _add(
        crate,
        "#python",
        type_="ComputerLanguage",
        name="Python (Jupyter Notebook)",
        identifier={"@id": "https://www.python.org/"},
        url={"@id": "https://www.python.org/"},
    )
    workflow = ComputationalWorkflow(crate, path, WORKFLOW, properties=_of_file(path))
    crate.add(workflow)
    workflow["name"] = "report"
    workflow["programmingLanguage"] = {"@id": "#python"}
    workflow["input"] = [{"@id": f"#parameter-{name}"} for name in _PARAMETERS]
    workflow["softwareRequirements"] = [{"@id": f"#{tool}"} for tool in ("xushi_stats", *_TOOLS)]
    crate.mainEntity = workflow
    for name, kind in _PARAMETERS.items():
        parameter = "FormalParameter"
        _add(
            crate,
            f"#parameter-{name}",
            type_=parameter,
            name=name,
            additionalType=kind,
            conformsTo={"@id": "https://bioschemas.org/profiles/FormalParameter/1.0-RELEASE"},
        )
    for tool in ("xushi_stats", *_TOOLS):
        number = __version__ if tool == "xushi_stats" else version(tool)
        _add(crate, f"#{tool}", type_="SoftwareApplication", name=tool, softwareVersion=number)


def _add_inputs(crate: ROCrate, about: About) -> None:
    """What went in: the source documents and the data, which are not in the bundle, by digest."""
    for source in about.sources:
        _add(
            crate,
            f"#source-{source['id']}",
            type_="CreativeWork",
            name=source["name"],
            datePublished=source["date"],
            sha256=source["sha256"],
        )
    _add(crate, "#data", type_="PropertyValue", name="data_sha256", value=about.digest)


def _add_action(crate: ROCrate, about: About, notebook: str, names: list[str]) -> None:
    """The run that made one language and edition."""
    folder = notebook.rsplit("/", 1)[0]
    lang, edition = folder.split("/")
    run = f"{lang}-{edition}"
    values = {"ref_area": about.ref_area, "year": about.release, "lang": lang, "edition": edition}
    for name, value in values.items():
        example = {"@id": f"#parameter-{name}"}
        identifier = f"#{run}-{name}"
        _add(
            crate,
            identifier,
            type_="PropertyValue",
            name=name,
            value=str(value),
            exampleOfWork=example,
        )
    inputs = [*(f"#{run}-{name}" for name in values), "#data", *_sources(about)]
    results = [name for name in names if name.startswith(f"{folder}/")]
    _add(
        crate,
        f"#run-{run}",
        type_="CreateAction",
        name=f"{about.title} · {lang} · {edition}",
        instrument={"@id": WORKFLOW},
        object=[{"@id": identifier} for identifier in inputs],
        result=[{"@id": name} for name in results],
        actionStatus="http://schema.org/CompletedActionStatus",
    )
    crate.root_dataset.append_to("mentions", {"@id": f"#run-{run}"})


def _sources(about: About) -> Iterator[str]:
    return (f"#source-{source['id']}" for source in about.sources)
