"""The temporary folder of one process and of all that it starts.

What a killed process leaves there, the next one removes: a folder whose lock nobody holds.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from xushi_stats.faults import DataFaults, Fault
from xushi_stats.publishing import locks

PREFIX = "xushi-"
_LOCK = "lock"
_DAY = 86400.0


@contextmanager
def own() -> Iterator[Path]:
    """A folder in which this process and its children make their temporary files.

    Raises:
        DataFaults: there is no folder for temporary files.
        OSError: nothing can be made in it.
    """
    try:
        sweep(Path(tempfile.gettempdir()))
    except FileNotFoundError as error:
        raise DataFaults([Fault("no_temporary")]) from error
    folder = Path(tempfile.mkdtemp(prefix=PREFIX)).resolve()
    before = tempfile.tempdir, os.environ.get("TMPDIR")
    file = None
    try:
        file = locks.hold(folder / _LOCK)
        tempfile.tempdir = os.environ["TMPDIR"] = str(folder)
        yield folder
    finally:
        tempfile.tempdir = before[0]
        os.environ.pop("TMPDIR", None)
        if before[1] is not None:
            os.environ["TMPDIR"] = before[1]
        shutil.rmtree(folder, ignore_errors=True)
        if file is not None:
            os.close(file)


def sweep(place: Path) -> None:
    """Remove what processes that are gone have left in a folder for temporary files."""
    with suppress(OSError):
        for folder in place.glob(f"{PREFIX}*"):
            if folder.is_dir() and not folder.is_symlink():
                with suppress(OSError):
                    _remove_if_left(folder)


def _remove_if_left(folder: Path) -> None:
    """One without a lock is just being made, or is of a program before there were locks."""
    if not (folder / _LOCK).exists():
        if time.time() - folder.stat().st_mtime > _DAY:
            shutil.rmtree(folder)
        return
    file = locks.hold(folder / _LOCK)
    if file is not None:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(file)
