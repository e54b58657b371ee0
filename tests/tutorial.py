"""The steps of ``docs/tutorial*.md``: commands with what they print, cells to fill in, text to add."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

WILD = "…"
_BLOCK = re.compile(r"^```[\s\S]*?^```$|^.+(?:\n(?!```).+)*", re.MULTILINE)
"""A fenced block, a table or a paragraph."""


@dataclass(frozen=True)
class Command:
    """A line after ``$``, and what the tutorial says that it prints."""

    section: str
    words: tuple[str, ...]
    printed: tuple[str, ...]


@dataclass(frozen=True)
class Filling:
    """A table of cells: the first column names the row, with 年份 where a project has several."""

    section: str
    book: str
    sheet: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Addition:
    """Text to add at the end of a file."""

    section: str
    file: str
    text: str


Step = Command | Filling | Addition


def steps(document: str) -> Iterator[Step]:
    """What a reader does, in order."""
    section, above, book = "", "", ""
    for block in _BLOCK.findall(document):
        if block.startswith("## "):
            section = block.removeprefix("## ")
        elif block.startswith("```console"):
            yield from _commands(section, block.splitlines()[1:-1])
        elif block.startswith("```markdown"):
            (file,) = re.findall(r"`([^`]+\.md)`", above)
            yield Addition(section, file, "\n".join(block.splitlines()[1:-1]))
        elif block.startswith("| ") and _sheet(above):
            book = _last(r"`([^`]+\.xlsx)`", above, book)
            head, _, *rows = ([c.strip() for c in r.strip("| ").split("|")] for r in _lines(block))
            found = tuple(map(tuple, rows))
            yield Filling(section, book, _sheet(above), tuple(head), found)
        above = block


def _commands(section: str, lines: Sequence[str]) -> Iterator[Command]:
    for part in re.split(r"^\$ ", "\n".join(lines), flags=re.MULTILINE)[1:]:
        command, *printed = part.rstrip("\n").splitlines()
        yield Command(section, tuple(shlex.split(command)), tuple(printed))


def _lines(block: str) -> list[str]:
    return [re.sub(r"`", "", line) + " " for line in block.splitlines()]


def _sheet(above: str) -> str:
    return _last(r"`(说明|观测值|项目进展|目标任务)`", above, "")


def _last(pattern: str, text: str, default: str) -> str:
    return [default, *re.findall(pattern, text)][-1]


def fill(filling: Filling, folder: Path) -> None:
    """Type the cells as a clerk does: numbers as numbers, anything else as text."""
    path = folder / filling.book
    book = openpyxl.load_workbook(path)
    page = book[filling.sheet]
    columns = {page.cell(1, n).value: n for n in range(1, page.max_column + 1)}
    for row in filling.rows:
        cells = dict(zip(filling.head, row, strict=True))
        number = _row(page, cells, columns)
        for header, written in cells.items():
            if written:
                page.cell(number, columns[header]).value = _typed(written)
    book.save(path)


def add(addition: Addition, folder: Path) -> None:
    """Write at the end of a file."""
    path = folder / addition.file
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{addition.text}\n", encoding="utf-8")


def _row(page: Worksheet, cells: dict[str, str], columns: dict[object, int]) -> int:
    """The row that is called so, or the first empty one."""
    keys = [next(iter(cells)), *(["年份"] if "年份" in cells else [])]
    wanted = [cells[key] for key in keys]
    for number in range(2, page.max_row + 2):
        found = [page.cell(number, columns[key]).value for key in keys]
        if found == wanted or not any(found):
            return number
    raise AssertionError(wanted)


def _typed(written: str) -> str | int | float:
    if re.fullmatch(r"\d+", written):
        return int(written)
    return float(written) if re.fullmatch(r"\d+\.\d+", written) else written


def matches(printed: str, expected: Sequence[str]) -> bool:
    """Whether a command printed what is shown; ``…`` stands for any text, on a line of its own for lines."""
    pattern = ""
    for line in expected:
        pattern += r"(?:.*\n)*?" if line.strip() == WILD else _line(line) + r"\n"
    printed += "" if printed.endswith("\n") or not printed else "\n"
    return re.fullmatch(pattern, printed) is not None


def _line(line: str) -> str:
    return ".*".join(re.escape(piece) for piece in line.split(WILD))
