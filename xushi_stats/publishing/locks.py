"""A lock on a file that ends with the process that holds it, however that ends."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

if sys.platform == "win32":  # written by the book; it was not run there
    import msvcrt

    _FAR = 1 << 30
    """Beyond what is written, since on Windows others cannot read what is locked."""

    def _take(file: int) -> None:
        os.lseek(file, _FAR, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _take(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


_HELD = (errno.EACCES, errno.EAGAIN, errno.EDEADLK)


def hold(path: Path) -> int | None:
    """Hold the lock of a file, which is made if need be.

    Returns:
        The open file, whose closing frees it; None if another process holds it.

    Raises:
        OSError: the file cannot be made, or locks do not work in its folder.
    """
    while True:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            _take(file)
            if os.path.samestat(os.fstat(file), os.stat(path)):
                return file
        except OSError as error:
            os.close(file)
            if error.errno in _HELD:
                return None
            if error.errno != errno.ENOENT:
                raise
        else:
            os.close(file)  # who held it has removed it meanwhile: that was another file
