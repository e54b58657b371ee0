"""What a maintainer needs to help with a check: versions and faults, and nothing of the data."""

from __future__ import annotations

import json
import locale
import platform
import sys
from collections.abc import Sequence
from importlib.metadata import distributions
from typing import Any

from xushi_stats.faults import Fault

_KEPT = ("code", "severity", "row", "cell")


def text(faults: Sequence[Fault]) -> bytes:
    """The report as JSON: of each fault its code and place, without names and values.

    Files and sheets are told by their kind alone, since people name them after places and persons.
    """
    rows = []
    for fault in faults:
        row: dict[str, Any] = {key: getattr(fault, key) for key in _KEPT}
        kind = fault.file.rpartition(".")[2] if "." in fault.file else ""
        rows.append(row | {"kind": kind, "in_sheet": bool(fault.sheet)})
    found = {d.metadata["Name"]: d.version for d in distributions() if d.metadata["Name"]}
    made = {
        "python": sys.version.split()[0],
        "system": platform.system(),
        "encoding": locale.getpreferredencoding(),
        "packages": dict(sorted(found.items(), key=lambda item: item[0].lower())),
        "faults": rows,
    }
    return (json.dumps(made, ensure_ascii=False, indent=2) + "\n").encode()
