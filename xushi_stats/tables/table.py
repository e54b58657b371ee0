"""Tables as people save them: CSV files and sheets of workbooks, headers in Chinese or English."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from xushi_stats.faults import DataFaults, Fault
from xushi_stats.tables import csv_text, workbooks, xlsx
from xushi_stats.tables.columns import Column, Row
from xushi_stats.tables.csv_text import read_text
from xushi_stats.tables.rows import Line, Reader, known_names, lines_of, score


def own_first(data: Path, town: str, name: str) -> tuple[Path, str]:
    """A file that a town may have of its own, else the one all towns share; and its name for people."""
    if (data / town / name).exists():
        return data / town / name, f"{town}/{name}"
    return data / name, name


MAY_BE_ABSENT = ("checks", "refused", "places", "queries", "declared")
"""Tables that a project may do without."""


def read_table(
    path: Path,
    file: str,
    columns: Sequence[Column],
    faults: list[Fault],
    *,
    optional: bool = False,
    is_open: Callable[[Row], bool] = lambda row: False,
) -> list[Row]:
    """Read a table: a CSV file and the sheets of its name in the workbooks beside it.

    Args:
        path: where the CSV file lies.
        file: its name for people.
        columns: what the table may and must hold.
        faults: receives what is wrong, warnings too.
        optional: whether the table may be absent.
        is_open: which rows are a template's, and need not be filled.

    Returns:
        The rows that could be read, those of the CSV file first; blank rows are passed over.
    """
    optional = optional or path.stem in MAY_BE_ABSENT
    pages = list(workbooks.sheets(path.parent, path.stem, faults))
    rows: list[Row] = []
    if path.exists() or not (pages or optional):
        rows += _read_csv(path, file, columns, faults, is_open)
    for book, sheet in pages:
        name = f"{book.parent.name}/{book.name}" if "/" in file else book.name
        source = workbooks.source_id(book) if path.stem in workbooks.OWN else ""
        rows += Reader(name, columns, lines_of(sheet), faults, is_open, sheet, source).rows()
    return rows


def _read_csv(
    path: Path,
    file: str,
    columns: Sequence[Column],
    faults: list[Fault],
    is_open: Callable[[Row], bool],
) -> list[Row]:
    text = read_text(path, file, faults)
    if text is None:
        return []
    known = known_names(columns)
    records = csv_text.read_lines(text, file, lambda cells: score(cells, known), faults)
    if not text.strip():
        faults.append(Fault("file_empty", file))
        return []
    lines = [
        Line(n, {c: xlsx.Cell(v, n, "General", False, c) for c, v in enumerate(record, 1) if v})
        for n, record in enumerate(records, 1)
    ]
    return Reader(file, columns, lines, faults, is_open).rows()


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all.

    Raises:
        DataFaults: it lies open in another program, or the place cannot be written to.
    """
    new = path.with_name(f".{path.name[:_PLAIN]}.{os.getpid()}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new.write_bytes(content)
        os.replace(new, path)
    except OSError as error:
        raise DataFaults([unwritable(path, error)]) from error
    finally:
        with suppress(OSError):
            new.unlink(missing_ok=True)


_PLAIN = 40
"""Characters of a file's name in that of the one which takes its place."""
_WHY = {
    "disk_full": (errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)),
    "no_leave": (errno.EROFS, errno.EACCES, errno.EPERM),
    "name_long": (errno.ENAMETOOLONG,),
    "path_bad": (errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ELOOP),
}
_OPEN_ELSEWHERE = 32
"""What Windows says of a file that lies open in another program, as a lack of leave."""


def unwritable(path: Path | str, error: OSError) -> Fault:
    """Why the machine could not write, as a fault that says what to do."""
    if tempfile.tempdir and str(error.filename or "").startswith(tempfile.tempdir):
        path = "TMPDIR"  # its place is this machine's alone
    codes = (code for code, numbers in _WHY.items() if error.errno in numbers)
    code = next(codes, "locked")
    if getattr(error, "winerror", None) == _OPEN_ELSEWHERE:
        code = "locked"
    return Fault(code, path.as_posix() if isinstance(path, Path) else path)
