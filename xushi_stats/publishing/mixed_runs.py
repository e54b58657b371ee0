"""Refuses a notebook whose outputs were not all run for one report, and names the cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from xushi_stats.faults import DataFaults, Fault
from xushi_stats.reporting.document import BLOCK

_DIGEST, _SHORT = 64, 8
"""Characters of a digest, and those of them that are told."""


def refuse(notebook: Any, run: Mapping[str, Any]) -> None:
    """Refuse a notebook if any output was run for something else than its last cell.

    Args:
        notebook: an executed notebook.
        run: what its last cell was run for; empty if it does not say.

    Raises:
        DataFaults: a fault for each such cell, with its number, what it was run for, and its text.
    """
    faults = [
        Fault(
            "mixed_run", "notebook", value=_first_line(cell), details={"cell": str(number), **why}
        )
        for number, cell in enumerate(notebook.cells, 1)
        for why in _differing(notebook, cell, run)
    ]
    if faults or not run:
        raise DataFaults(faults or [Fault("run_unknown", "notebook")])


def _differing(notebook: Any, cell: Any, run: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """What the cell was run for and what the last one was, where they differ."""
    for output in cell.get("outputs", ()):
        data = output.get("data", {})
        if BLOCK in data:
            own = data[BLOCK].get("run", {})
            other = [key for key in run if own.get(key) != run[key]]
            if other:
                yield {"found": _told(own, other), "wanted": _told(run, other)}
                return
        elif "text/markdown" in data and not _between(notebook, cell):
            yield {"found": "?", "wanted": _told(run, ["lang", "edition"])}
            return


def _told(run: Mapping[str, Any], keys: list[str]) -> str:
    values = {key: str(run.get(key, "?")) for key in keys}
    short = (v[:_SHORT] if len(v) == _DIGEST else v for v in values.values())
    return ", ".join(f"{key} {value}" for key, value in zip(values, short, strict=True))


def _between(notebook: Any, cell: Any) -> bool:
    """Whether a cell ran after the one that opens the report and before the one that finishes it.

    An analyst's own Markdown does not say what it was run for; only the order of running tells.
    """
    opened, finished = (_count(notebook, tag) for tag in ("open", "finish"))
    count = cell.get("execution_count")
    if None in (opened, finished, count) or cell.metadata.get("tags"):
        return True
    return bool(opened < count < finished)


def _count(notebook: Any, tag: str) -> Any:
    tagged = (c for c in notebook.cells if tag in c.metadata.get("tags", ()))
    return next((c.get("execution_count") for c in tagged), None)


def _first_line(cell: Any) -> str:
    return next(iter(cell.source.strip().splitlines()), "")
