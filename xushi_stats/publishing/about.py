"""What a bundle is, for all that describes it: its town, release, names, date and sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xushi_stats.dataset import Dataset

SUMS = "SHA256SUMS"
WORKFLOW = "notebook.ipynb"


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
