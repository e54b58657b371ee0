"""A town's data for a test: a copy of the shipped folder, or one made of a few indicators."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from hypothesis import settings

from xushi_stats import compute, dataset
from xushi_stats.dataset import Dataset
from xushi_stats.faults import DataFaults, Fault
from xushi_stats.ledger import Ledger

settings.register_profile("xushi", deadline=None, max_examples=60, derandomize=True)
settings.load_profile("xushi")  # the same examples each time, however busy the machine

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "data"
CASES = ROOT / "tests" / "cases"
OBSERVATIONS = "xushi/observations.csv"
Cells = dict[str, str]


def cases(name: str) -> list[Cells]:
    """The rows of ``cases/<name>.csv``: inputs and the answer."""
    with open(CASES / f"{name}.csv", encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


class Town:
    """A data folder that a test may change."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        shutil.copytree(DATA, self.data)

    # -- tables --------------------------------------------------------------------------------

    def read(self, file: str) -> list[Cells]:
        with open(self.data / file, encoding="utf-8-sig", newline="") as opened:
            return list(csv.DictReader(opened))

    def header(self, file: str) -> list[str]:
        with open(self.data / file, encoding="utf-8-sig", newline="") as opened:
            return next(csv.reader(opened))

    def write(self, file: str, rows: Sequence[Cells], header: Sequence[str] = ()) -> None:
        text = io.StringIO(newline="")
        names = list(header or self.header(file))
        table = csv.DictWriter(text, names, lineterminator="\n")
        table.writeheader()
        table.writerows(rows)
        (self.data / file).write_text(text.getvalue(), encoding="utf-8-sig", newline="\n")

    def change(self, file: str, wanted: Callable[[Cells], bool], **cells: str) -> int:
        """Change the first such row; its number as Excel counts it."""
        rows = self.read(file)
        position = next(i for i, row in enumerate(rows) if wanted(row))
        rows[position] |= cells
        self.write(file, rows)
        return position + 2

    def add(self, file: str, **cells: str) -> int:
        """Add a row; its number as Excel counts it."""
        rows = self.read(file)
        self.write(file, [*rows, dict.fromkeys(self.header(file), "") | cells])
        return len(rows) + 2

    def keep(self, file: str, wanted: Callable[[Cells], bool]) -> None:
        """Drop all other rows."""
        self.write(file, [row for row in self.read(file) if wanted(row)])

    def rewrite(self, file: str, change: Callable[[bytes], bytes]) -> None:
        path = self.data / file
        path.write_bytes(change(path.read_bytes()))

    # -- a town of its own ---------------------------------------------------------------------

    def clear(self) -> Town:
        """Leave no indicator, check, observation, query or text."""
        kept = {"sources.csv", "places.csv", "declared.csv"}
        for path in self.data.rglob("*.csv"):
            if path.name not in kept:
                self.keep(path.relative_to(self.data).as_posix(), lambda row: False)
        shutil.rmtree(self.data / "xushi/text")
        (self.data / "xushi/rules.toml").unlink()  # it names queries
        (self.data / "exhibits.toml").write_text("", encoding="utf-8")
        return self

    def indicator(self, id: str, unit: str, formula: str = "", **cells: str) -> int:
        made = {
            "id": id,
            "name_zh": f"{id}的名称",
            "name_en": f"name of {id}",
            "section": "made",
            "unit": unit,
            "basis": "stock",
            "formula": formula,
            "audience": "public",
            "definition_zh": "口径",
            "definition_en": "definition",
        }
        return self.add("catalogue.csv", **(made | cells))

    def check(self, id: str, expression: str, kind: str = "强制性", **cells: str) -> int:
        made = {"id": id, "kind": kind, "expression": expression}
        names = {"name_zh": f"{id}的内容", "name_en": f"content of {id}"}
        return self.add("checks.csv", **(made | names | cells))

    def state(self, indicator: str, value: str, **cells: str) -> int:
        """One statement, at a place of its own."""
        start = max((int(r["start"]) for r in self.read(OBSERVATIONS)), default=0) + 100
        made = {
            "indicator": indicator,
            "time_period": "2019",
            "release": "2019",
            "value": value,
            "source": "speech2020",
            "start": str(start),
            "status": "初步数(引用)",
            "grade": "丁",
        }
        return self.add(OBSERVATIONS, **(made | cells))

    # -- what comes of it ----------------------------------------------------------------------

    def load(self) -> Dataset:
        return dataset.load(self.data, "xushi")

    def ledger(self, release: int = 2019) -> Ledger:
        """The internal ledger of data without a fault."""
        faults: list[Fault] = []
        made = compute.build(self.load(), release, faults)
        assert [f.text("en") for f in faults] == []
        return made

    def faults(self, release: int = 2019) -> list[Fault]:
        """Everything that loading and building say is wrong."""
        found: list[Fault] = []
        try:
            compute.build(self.load(), release, found)
        except DataFaults as error:
            return error.faults
        return found
