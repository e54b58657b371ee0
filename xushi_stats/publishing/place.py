"""The folder that a build leaves: one build at a time, the old or the new, nobody else's files touched.

A build works in a folder of its own beside it, which takes its place at once where the system can
exchange two names, else by two renames; who reads puts the old one back if a build was cut off
between these. The lock beside it ends with its process, and keeps what the folder was made by.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex

from xushi_stats.faults import DataFaults, Fault
from xushi_stats.publishing import locks
from xushi_stats.tables import unwritable

SUMS = "SHA256SUMS"
"""The list of a bundle's files with their SHA-256."""
_OURS = (SUMS, f"{SUMS}.sig")
_FEW = 3
"""Names that a message tells of many."""
_PATIENCE = 2.0
"""Seconds in which a build that is not cut off has made its second rename."""


@dataclass
class Place:
    """A folder while a build holds it.

    Attributes:
        target: the folder.
        file: the open lock file.
        made_by: what the lock file says that it was made by: a key, and the SHA-256 of its list.
    """

    target: Path
    file: int
    made_by: dict[str, str] = field(default_factory=dict)

    def kept(self, key: str) -> list[str]:
        """The files that a build by ``key`` may keep: listed, unaltered, and made by the same."""
        if self.made_by != {"key": key, "sums": _sha256(self.target / SUMS)}:
            return []
        whole = [n for n, d in listed(self.target).items() if _sha256(self.target / n) == d]
        return whole if "ledger.json" in whole else []

    @contextmanager
    def staged(self, keep: Iterable[str], key: str) -> Iterator[Path]:
        """A folder beside the target, with what is kept of it, that takes its place when all is done."""
        new = _beside(self.target, f"new-{token_hex(4)}")
        try:
            new.mkdir()
            for name in keep:
                (new / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(self.target / name, new / name)
            yield new
            refuse_strangers(self.target)
            made_by = {"key": key, "sums": _sha256(new / SUMS)}
            _swap(self.target, new)
            self.made_by = made_by
        finally:
            shutil.rmtree(new, ignore_errors=True)

    def say(self, **more: object) -> None:
        """Write into the lock file what the folder was made by, and who holds it."""
        content = json.dumps({**self.made_by, **more}).encode()
        os.lseek(self.file, 0, os.SEEK_SET)
        os.ftruncate(self.file, 0)
        os.write(self.file, content)


@contextmanager
def taken(target: Path) -> Iterator[Place]:
    """Hold a target for one build; what builds that were cut off have left beside it is cleared.

    Raises:
        DataFaults: another build holds it, it cannot be written to, or it holds files that no build
            has listed.
    """
    target = _real(target)
    lock = _beside(target, "lock")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        file = locks.hold(lock)
    except OSError as error:
        raise DataFaults([unwritable(target, error)]) from error
    said = _said(lock)
    if file is None:
        details = {"since": said.get("since", "?"), "pid": said.get("pid", "?")}
        raise DataFaults([Fault("busy", target.as_posix(), details=details)])
    place = Place(target, file, {k: said[k] for k in ("key", "sums") if k in said})
    try:
        _put_back(target)
        _clear(target)
        refuse_strangers(target)
        place.say(pid=str(os.getpid()), since=time.strftime("%Y-%m-%d %H:%M:%S"))
        yield place
        place.say()
    except OSError as error:
        raise DataFaults([unwritable(target, error)]) from error
    finally:
        if not target.exists():
            lock.unlink(missing_ok=True)
        os.close(file)


def recover(path: Path) -> None:
    """Before anyone reads a file or folder: put back what a build cut off has left renamed."""
    for folder in (path := Path(os.path.realpath(path)), *path.parents):
        if not folder.exists() and _beside(folder, "old").exists():
            end = time.monotonic() + _PATIENCE
            while not folder.exists() and time.monotonic() < end:
                with suppress(OSError):
                    file = locks.hold(_beside(folder, "lock"))
                    if file is not None:
                        _put_back(folder)
                        os.close(file)
                time.sleep(0.02)


def listed(folder: Path) -> dict[str, str]:
    """The files that a bundle lists, with their SHA-256; none where it has no such list."""
    try:
        lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
        return {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    except (OSError, ValueError):
        return {}


def refuse_strangers(folder: Path) -> None:
    """Refuse to replace a folder in which something lies that no build has listed.

    Raises:
        DataFaults: it names the first of them; nothing has been touched.
    """
    if not folder.is_dir():
        if folder.exists():
            raise DataFaults([Fault("path_bad", folder.as_posix())])
        return
    known = {*listed(folder), *_OURS}
    paths = (path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
    found = sorted({path.relative_to(folder).as_posix() for path in paths} - known)
    if found:
        raise DataFaults([Fault("strangers", folder.as_posix(), details=_names(found))])


def dropped(before: Mapping[str, str], after: Iterable[str], folder: Path) -> list[Fault]:
    """A warning that names what lay there and was neither built now nor kept."""
    gone = sorted(set(before) - set(after))
    if not gone:
        return []
    return [Fault("part_dropped", folder.as_posix(), severity="warning", details=_names(gone))]


def _names(names: list[str]) -> dict[str, str]:
    more = " …" if len(names) > _FEW else ""
    return {"count": str(len(names)), "names": ", ".join(names[:_FEW]) + more}


def _real(target: Path) -> Path:
    """The folder itself where the target is a link to it."""
    if not target.is_symlink():
        return target
    if not target.exists():
        raise DataFaults([Fault("path_bad", target.as_posix())])
    return target.resolve()


def _beside(target: Path, ending: str) -> Path:
    return target.parent / f".{target.name}.{ending}"


def _sha256(path: Path) -> str:
    with suppress(OSError):
        return "" if path.is_symlink() else hashlib.sha256(path.read_bytes()).hexdigest()
    return ""


def _said(lock: Path) -> dict[str, str]:
    try:
        found = json.loads(lock.read_bytes())
        return {str(key): str(value) for key, value in found.items()}
    except (OSError, ValueError, AttributeError):
        return {}


def _put_back(target: Path) -> None:
    old = _beside(target, "old")
    if old.exists() and not target.exists():
        old.rename(target)


def _clear(target: Path) -> None:
    """Remove what builds that were cut off have left, now that none of them can be running."""
    for path in target.parent.iterdir():
        if path == _beside(target, "old") or path.name.startswith(f".{target.name}.new"):
            shutil.rmtree(path, ignore_errors=True)


def _swap(target: Path, new: Path) -> None:
    """Put the new folder in place of the old one, which is then where the new one was, or gone."""
    if target.exists() and _exchange(target, new):
        return
    old = _beside(target, "old")
    if target.exists():
        os.rename(target, old)
    try:
        os.rename(new, target)
    except OSError:
        _put_back(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


_HERE, _EXCHANGE = -100, 2


def _exchange(one: Path, two: Path) -> bool:
    """Exchange two names at once; only Linux can, and not on every kind of disk."""
    try:
        swap = ctypes.CDLL(None).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    return int(swap(_HERE, os.fsencode(one), _HERE, os.fsencode(two), _EXCHANGE)) == 0
