"""What can be wrong with data: where, what was read, which rule, how to mend it, in two languages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from xushi_stats.words import Lang as Lang
from xushi_stats.words import read_rows, read_words

Severity = Literal["error", "warning"]


MESSAGES: dict[str, dict[Lang, tuple[str, str]]] = {
    row["code"]: {
        "zh": (row["rule_zh"], row["mend_zh"]),
        "en": (row["rule_en"], row["mend_en"]),
    }
    for row in read_rows("xushi_stats", "faults.csv")
}
"""Reason code → language → (what is wrong, how to mend it)."""

_JOIN = read_words("xushi_stats")["fault"]


_OF_THE_WHOLE = ("column_", "merged", "row_hidden", "rows_above", "header_twice", "sheet_", "quote")
"""Starts of the codes that concern a table as a whole, though they stand in a row."""


@dataclass(frozen=True)
class Fault:
    """One thing wrong with the data.

    Attributes:
        code: reason code, a key of ``MESSAGES``.
        file: the file's name as people know it, relative to the data folder.
        row: row as Excel counts it (the header is 1), or None.
        column: header of the column, or "".
        value: the value as read.
        severity: an error stops the build, a warning does not.
        details: what the message names besides; ``near`` is the nearest valid name.
        sheet: of a workbook; "" elsewhere.
        cell: its address within the sheet, such as D7 or B3:B7; "" where it is no cell.
    """

    code: str
    file: str = ""
    row: int | None = None
    column: str = ""
    value: str = ""
    severity: Severity = "error"
    details: dict[str, str] = field(default_factory=dict)
    sheet: str = ""
    cell: str = ""

    @property
    def is_of_the_whole(self) -> bool:
        """Whether it concerns a file or a sheet as a whole, though it may stand in a row."""
        return self.row is None or self.code.startswith(_OF_THE_WHOLE)

    def text(self, lang: Lang, *, within: bool = False) -> str:
        """The fault on one line: where, the value as read, the rule, how to mend it.

        Args:
            lang: language of the line.
            within: whether file and sheet have been named above, and are left out.
        """
        words = _JOIN[lang]
        place = self.place(lang, within=within)
        rule, mend = self.parts(lang)
        value = f"“{self.value}” " if self.value and "{value}" not in _what(self, lang) else ""
        colon, stop = ("：", "。") if lang == "zh" else (": ", ". ")
        head = f"[{words[self.severity]}] {place}{colon if place else ''}"
        return f"{head}{value}{rule}{stop}{words['mend']}{mend}"

    def place(self, lang: Lang, *, within: bool = False) -> str:
        """Where it is: ``xushi/observations.csv 第7行 “原文写法”列``, ``2020.xlsx · 观测值 · D7``."""
        words = _JOIN[lang]
        where = [] if within or not self.file else [self.file]
        if self.sheet:
            inside = [] if within else [self.sheet]
            row = words["row"].format(self.row) if self.row is not None else ""
            where = [" · ".join(filter(None, (*where, *inside, self.cell or row)))]
        elif self.row is not None:
            where.append(words["row"].format(self.row))
        if self.column and not self.code.startswith("column_"):
            where.append(words["column"].format(self.details.get("header", "") or self.column))
        return " ".join(filter(None, where))

    def parts(self, lang: Lang) -> tuple[str, str]:
        """The rule that is broken, and how to mend it."""
        words = _JOIN[lang]
        what, mend = MESSAGES[self.code][lang]
        near = self.details.get("near", self.details.get(f"near_{lang}", ""))
        if near and "{near}" in what and not what.startswith(("正文", "a digit", "a number")):
            near = words["near"].format(near)
        own = {k.removesuffix(f"_{lang}"): v for k, v in self.details.items()}
        if own.get("first", "").isdecimal():
            own["first"] = words["row"].format(own["first"])
        known = {"column": self.column, "value": self.value, **own, "near": near}
        return what.format(**known), mend.format(**known)


def _what(fault: Fault, lang: Lang) -> str:
    return MESSAGES[fault.code][lang][0]


class DataFaults(Exception):
    """Everything wrong with the data at once.

    Attributes:
        faults: all of them, errors first.
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = sorted(faults, key=_order)
        super().__init__(f"{len(self.faults)} faults")

    def __reduce__(self) -> tuple[type[DataFaults], tuple[list[Fault]]]:
        return DataFaults, (self.faults,)  # so that it can come back from another process

    def __str__(self) -> str:
        return "\n".join(fault.text("en") for fault in self.faults)


def _order(fault: Fault) -> tuple[bool, str, str, bool, int, int, str, str]:
    is_cell, row = not fault.is_of_the_whole, fault.row or 0
    letters = fault.cell.partition(":")[0].rstrip("0123456789")
    place = (fault.file, fault.sheet, is_cell, row, len(letters), letters, fault.column)
    return (fault.severity == "warning", *place)


def errors(faults: Iterable[Fault]) -> list[Fault]:
    """Those faults that stop a build."""
    return [fault for fault in faults if fault.severity == "error"]
