"""Build drawn towns, verify and recompute them: ``python tests/lawful.py 5 100`` (how many, from which seed).

A lawful report passes its own checks. Each town is built by the build of the house in its three editions,
half of the towns in Chinese and half in English, each fifth with the whole report beside its section; every
PDF must verify, and every edition's tables must come out the same when they are computed again. One kernel
serves them all, since a start costs as much as a town.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from drawn import Drawn

from xushi_stats.audit import verify
from xushi_stats.audit.recompute import Audit
from xushi_stats.editions import EDITIONS, LANGS
from xushi_stats.faults import DataFaults
from xushi_stats.publishing import build as building
from xushi_stats.publishing.build import Order
from xushi_stats.publishing.execution import kernel

YEAR = 2020
COUNTED = ("towns", "verified", "recomputed", "numbers")
"""Towns built, PDFs that verify, editions whose tables agree, numbers that came out the same."""


@contextmanager
def one_kernel(folder: Path) -> Iterator[None]:
    """While it lasts, builds meet in one kernel, which goes to the project of each."""
    from jupyter_client.blocking.client import BlockingKernelClient

    with kernel(folder / "data") as manager:
        client = BlockingKernelClient(connection_file=manager.connection_file)
        client.load_connection_file()
        client.start_channels()

        @contextmanager
        def shared(data: Path) -> Iterator[Any]:
            there = f"import os; os.chdir({str(data.resolve().parent)!r})"
            assert client.execute(there, silent=True, reply=True)["content"]["status"] == "ok"
            yield manager

        try:
            with patch.object(building, "kernel", shared):
                yield
        finally:
            client.stop_channels()


def unlawful(folder: Path, seed: int, counts: Counter[str]) -> Iterator[str]:
    """What the checks say against the reports of the town that a seed draws; they are counted."""
    town = Drawn(folder, seed)
    langs = (LANGS[seed % 2],)
    sections = () if seed % 5 == 0 else (town.with_another(),)
    order = Order(town.data, "xushi", YEAR, folder / "outputs", langs, sections=sections)
    built = building.build(order)
    counts["towns"] += 1
    for made in verify.verify_bundle(built.folder):
        counts["verified"] += not made.wrong and made.file.endswith(".pdf")
        # a range that the ledger calls not tight is left out by the second opinion, which says so
        if made.wrong or any(step.state == "failed" for step in made.steps):
            yield "\n".join(verify.lines(made, "en"))
    editions = sorted(built.folder.glob("*/*/tables"))
    if len(editions) != len(EDITIONS):
        yield f"editions: {len(editions)}"
    for tables in editions:
        audit = Audit(tables)
        audit.run()
        counts["recomputed"] += not audit.differ
        counts["numbers"] += sum(audit.agreed.values())
        yield from audit.differ
        if audit.agreed["印出的数 printed number"] <= 20:
            yield f"{tables}: {dict(audit.agreed)}"


def run(towns: int, first: int) -> int:
    """Build, verify and recompute so many towns; how many are not as they must be."""
    counts, failed = Counter[str](), 0
    with tempfile.TemporaryDirectory() as place:
        (Path(place) / "data").mkdir()
        with one_kernel(Path(place)):
            for seed in range(first, first + towns):
                folder = Path(place) / str(seed)
                folder.mkdir()
                try:
                    said = list(unlawful(folder, seed, counts))
                except DataFaults as error:
                    said = [f"{fault.file}: {fault.text('en')}" for fault in error.faults]
                except Exception:
                    said = [traceback.format_exc()]
                if said:
                    failed += 1
                    print(f"town {seed}", *said, sep="\n", flush=True)
                shutil.rmtree(folder)
    done = ", ".join(f"{name} {counts[name]}" for name in COUNTED)
    print(f"{done}, failed {failed}, CPU seconds {sum(os.times()[:4]):.0f}")
    return failed


if __name__ == "__main__":
    raise SystemExit(min(1, run(*map(int, sys.argv[1:3]))))
