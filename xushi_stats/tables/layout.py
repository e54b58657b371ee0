"""For which version of its layout a data folder is: ``layout.txt``, and the way from one to the next."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from xushi_stats.faults import DataFaults, Fault
from xushi_stats.tables.table import write_whole

FILE = "layout.txt"
_ABOUT = "数据文件夹的格式，由程序写出 / the layout of this folder, written by the program"
Step = Callable[[Path], dict[str, bytes]]
"""What leads to the next layout: reads a data folder, gives files to write by their place in it."""
STEPS: Sequence[Step] = (lambda data: {},)
"""The nth leads from layout n to the next. The first folders had no ``layout.txt``: that is layout 0."""
LAYOUT = len(STEPS)
"""The newest that this program knows."""


@dataclass(frozen=True)
class Migration:
    """What leads a folder to the newest layout.

    Attributes:
        found: the layout it has.
        added: files that come to be.
        changed: files that are written over; what they held is kept in ``kept``.
        kept: the folder of what they held.
    """

    found: int
    added: tuple[Path, ...] = ()
    changed: tuple[Path, ...] = ()
    kept: Path = Path()


def text() -> bytes:
    """What ``layout.txt`` of the newest layout holds."""
    return f"{LAYOUT}\n{_ABOUT}\n".encode()


def of(data: Path) -> int:
    """The layout of a data folder; one of which nothing is said is as the first were.

    Raises:
        DataFaults: what is said is no number, or is of a newer program.
    """
    try:
        said = (data / FILE).read_bytes().decode("utf-8-sig", "replace").strip()
    except FileNotFoundError:
        return 0
    number = re.match(r"[0-9]{1,6}(?!\S)", said)
    if not number:
        raise DataFaults([Fault("layout_unread", FILE)])
    if int(number[0]) > LAYOUT:
        raise DataFaults(
            [Fault("layout_newer", FILE, value=number[0], details={"known": str(LAYOUT)})]
        )
    return int(number[0])


def migrate(data: Path, *, is_dry: bool = False) -> Migration:
    """Bring a data folder to the newest layout; nothing that it held is lost.

    Args:
        data: the folder.
        is_dry: whether it is only told what would be done.

    Raises:
        DataFaults: the folder is of a newer program, or cannot be written to.
    """
    if not data.is_dir():
        raise DataFaults([Fault("file_missing", data.as_posix())])
    found = of(data)
    kept = data / f"before-layout-{LAYOUT}"
    made: dict[str, bytes] = {}
    for step in STEPS[found:]:
        made |= step(data)
    if found == LAYOUT:
        return Migration(found)
    made[FILE] = text()  # last, so that what was cut off is done again
    changed = tuple(data / name for name in made if (data / name).exists())
    added = tuple(data / name for name in made if data / name not in changed)
    if not is_dry:
        for path in changed:
            copy = kept / path.relative_to(data)
            if not copy.exists():  # what the first try found, not what it wrote
                write_whole(copy, path.read_bytes())
        for name, content in made.items():
            write_whole(data / name, content)
    return Migration(found, added, changed, kept)
