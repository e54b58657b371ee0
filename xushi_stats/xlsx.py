"""Reading a workbook that came back from people: nothing in it runs, and nothing makes it swell."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xushi_stats.faults import DataFaults, Fault

LARGEST, UNPACKED, MEMBERS, RATIO = 20 * 2**20, 100 * 2**20, 1000, 200
"""Bytes of a file, bytes unpacked, members, and how many times larger a member may become."""
_HARMLESS = 2**20
"""Bytes up to which a member may be packed as tightly as it likes."""


@dataclass(frozen=True)
class Cell:
    """A cell: its value, its row as Excel counts, its number format, whether it is a formula.

    Of a formula the value is the one that was last computed; None if it never was.
    """

    value: Any
    row: int
    digits: str
    is_formula: bool


Page = Sequence[Sequence[Cell]]


def read(path: Path) -> Mapping[str, Page]:
    """The sheets of a workbook by name, hidden ones too, row by row.

    Raises:
        DataFaults: there is no such file, it is no workbook, or one that could do harm.
    """
    import openpyxl  # type: ignore[import-untyped]

    _refuse_harm(path)
    try:
        typed = openpyxl.load_workbook(path)
        computed = openpyxl.load_workbook(path, data_only=True)
        return {page.title: list(_rows(page, computed[page.title])) for page in typed.worksheets}
    except Exception as error:  # openpyxl raises whatever a broken file makes it stumble over
        raise _refused(path, type(error).__name__, type(error).__name__) from error


def _rows(typed: Any, computed: Any) -> Iterator[list[Cell]]:
    for row, values in zip(typed.iter_rows(), computed.iter_rows(), strict=True):
        yield [
            Cell(value.value, cell.row, cell.number_format, cell.data_type == "f")
            for cell, value in zip(row, values, strict=True)
        ]


def _refuse_harm(path: Path) -> None:
    """Refuse what is too large, swells when unpacked, or declares entities, before it is parsed."""
    try:
        if path.stat().st_size > LARGEST:
            raise _refused(path, "文件过大", "too large")
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            swells = any(
                m.file_size > max(_HARMLESS, RATIO * m.compress_size) or m.flag_bits & 1
                for m in members
            )
            if swells or len(members) > MEMBERS or sum(m.file_size for m in members) > UNPACKED:
                raise _refused(path, "解压后过大或已加密", "swells when unpacked, or is encrypted")
            for member in members:
                if _declares(archive.read(member)):
                    raise _refused(path, "含有 DOCTYPE 声明", "it declares a DOCTYPE")
    except OSError as error:
        raise DataFaults([Fault("file_missing", path.name)]) from error
    except (zipfile.BadZipFile, NotImplementedError, EOFError) as error:
        raise _refused(path, "不是 .xlsx 文件", "not an .xlsx file") from error


def _declares(content: bytes) -> bool:
    """Whether XML declares a document type, in whatever encoding."""
    return any("<!DOCTYPE".encode(code) in content for code in ("ascii", "utf-16-le", "utf-16-be"))


def _refused(path: Path, why_zh: str, why_en: str) -> DataFaults:
    return DataFaults([Fault("workbook", path.name, details={"why_zh": why_zh, "why_en": why_en})])
