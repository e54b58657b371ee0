"""What each section's counting stands on: rows of register files, the rules, and what was counted.

Plain CSV alone is read. What cannot be read is told by file, row and column, never by what a cell says.
"""

from __future__ import annotations

import csv
import io
import re
import tomllib
import unicodedata
from collections.abc import Callable, Container, Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
_HEADERS = (
    "人员编号=person 考核办法=instrument 任职日期=start 离任日期=end 日期=date 考核内容=domain "
    "加减分=points 月份=month 村(社区)=village 检查项目=item 得分=score 检查层级=level "
    "户编号=household 建档日期=entered 销户日期=left 入户日期=start 离户日期=end 状态=status "
    "年份=year 人均纯收入(元)=income 项目=item 是否达标=met 帮扶措施=measure 回访日期=date "
    "卡点=checkpoint 检测车辆=vehicles_checked 劝返车辆=vehicles_returned 到达日期=date "
    "检测人员=persons_checked 劝返人员=persons_returned 跟踪状态=state 解除日期=closed"
)
HEADERS = dict(pair.split("=") for pair in _HEADERS.split())
"""Header in Chinese → column."""
DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?( 0?0:00(:00)?)?")
MONTH = re.compile(r"(\d{4})[-/年](\d{1,2})月?")
NUMBER = re.compile(r"[+-]?\d[\d,]*(\.\d+)?")
Value = Fraction | int | str
"""A number, or why there is none, in the ledger's words: open_rule, not_applicable."""
Make = Callable[[], Value]


class Unreadable(Exception):
    """What cannot be read, in Chinese and English; never what stands there."""


class Open(Exception):
    """A rule that the town has left open decides what was asked for."""


class Row(dict[str, str]):
    """One row of a register, by column."""

    def __init__(self, cells: dict[str, str], file: str, number: int) -> None:
        super().__init__(cells)
        self.place = (f"{file}第{number}行", f"{file}: row {number}, ")

    def read(self, column: str, form: re.Pattern[str], make: Callable[[re.Match[str]], T]) -> T:
        """A cell of a certain form, full-width digits as plain ones."""
        match = form.fullmatch(unicodedata.normalize("NFKC", self.get(column, "")))
        try:
            return make(match)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            raise self.unreadable(column) from None

    def unreadable(self, column: str) -> Unreadable:
        """Where a cell stands that cannot be read."""
        zh, en = self.place
        return Unreadable(f"{zh}{column}列不能读", f"{en}{column} cannot be read")

    def one_of(self, column: str, names: Container[str]) -> str:
        """A cell that must be one of some names."""
        if self[column] not in names:
            raise self.unreadable(column)
        return self[column]

    def number(self, column: str) -> Fraction:
        """An exact number; marks between thousands do not count."""
        return self.read(column, NUMBER, lambda match: Fraction(match[0].replace(",", "")))

    def day(self, column: str) -> date:
        """A date, its year first."""
        return self.read(column, DAY, lambda m: date(int(m[1]), int(m[2]), int(m[3])))

    def end(self, column: str) -> date:
        """A date that may be blank: what has not ended ends at the end of time."""
        return self.day(column) if self.get(column) else date.max

    def month(self, column: str) -> str:
        """A month as 2020-03."""
        return self.read(column, MONTH, lambda match: f"{match[1]}-{int(match[2]):02}")


class Files:
    """The folder of registers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def has(self, table: str) -> bool:
        """Whether there is such a table, in whatever form."""
        return any((self.folder / f"{table}.{kind}").is_file() for kind in ("csv", "parquet"))

    def rows(self, table: str) -> Iterator[Row]:
        """The rows of a table that are not blank."""
        file = f"{table}.csv"
        if (self.folder / f"{table}.parquet").is_file():
            raise Unreadable(
                f"{table}.parquet：不读Parquet", f"{table}.parquet: Parquet is not read"
            )
        head, *lines = csv.reader(io.StringIO(_text(self.folder / file), newline=""))
        plain = [re.sub(r"[\s*]", "", unicodedata.normalize("NFKC", cell)).lower() for cell in head]
        names = [HEADERS.get(cell, cell) for cell in plain]
        for number, line in enumerate(lines, start=2):
            cells = [cell.strip() for cell in line]
            if any(cells):
                yield Row(dict(zip(names, cells, strict=False)), file, number)


def _text(path: Path) -> str:
    """A text in UTF-8 or GB18030."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return path.read_text(encoding)
        except UnicodeDecodeError:
            continue
        except OSError:
            raise Unreadable(f"没有{path.name}", f"{path.name} is not there") from None
    raise Unreadable(f"{path.name}的编码不能读", f"{path.name}: unknown encoding")


class Rules:
    """The town's rules.toml; a rule is named by its dotted name."""

    def __init__(self, path: Path) -> None:
        self.content: Any = tomllib.loads(_text(path))

    def __call__(self, name: str) -> Any:
        """A rule as written; ``Open`` where the town has left it open."""
        found = self.content
        for part in name.split("."):
            found = found[part]
        if str(found).startswith("open:"):
            raise Open(name)
        return found

    def get(self, name: str) -> Any:
        """A rule as written; None where it is open."""
        try:
            return self(name)
        except Open:
            return None


def amount(written: object) -> Fraction:
    """A number of the rules: 60%, 1/2, 1.2 or 70."""
    text = str(written)
    return Fraction(text.removesuffix("%")) / (100 if text.endswith("%") else 1)


class Counted:
    """The figures of a section: by id and period, with the place that an id of letters stands for."""

    def __init__(self, section: str) -> None:
        self.section = section
        self.values: dict[str, Value] = {}
        self.places: dict[str, str] = {}
        self.unread: list[Unreadable] = []

    def put(self, name: str, period: object, make: Value | Make, place: str = "") -> None:
        """Enter a figure; a division by nothing has no result, and an open rule leaves none."""
        try:
            value = make() if callable(make) else make
        except ZeroDivisionError:
            value = "not_applicable"
        except Open:
            value = "open_rule"
        self.values[f"{self.section}.{name}@{period}"] = value
        self.places[f"{self.section}.{name}@{period}"] = place

    def share(self, name: str, period: object, part: str, whole: str) -> None:
        """Enter one figure over another of the same period."""
        top, below = (self.values[f"{self.section}.{n}@{period}"] for n in (part, whole))
        reason = next((value for value in (top, below) if isinstance(value, str)), None)
        self.put(name, period, reason or (lambda: Fraction(top) / Fraction(below)))


def lettered(names: list[str]) -> Iterator[tuple[str, str]]:
    """Each name with its letters in ids: a to z, then ba."""
    for number, name in enumerate(names):
        more, last = divmod(number, 26)
        yield (chr(97 + more) if more else "") + chr(97 + last), name
