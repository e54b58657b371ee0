"""Words and messages that the program prints: CSV files in its folders, which a translator can open."""

from __future__ import annotations

import csv
import io
from functools import cache
from importlib import resources
from typing import Literal

Lang = Literal["zh", "en"]
Words = dict[Lang, dict[str, str]]
"""Language → key → text."""


@cache
def read_rows(package: str, file: str) -> list[dict[str, str]]:
    """The rows of a table that lies beside a module of the program, UTF-8 with BOM."""
    return rows_of(resources.files(package).joinpath(file).read_bytes())


def rows_of(content: bytes) -> list[dict[str, str]]:
    """The rows of a CSV file that the program itself has written, UTF-8 with BOM."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def read_words(package: str) -> dict[str, Words]:
    """The words of a folder by group, from its ``words.csv``."""
    found: dict[str, Words] = {}
    for row in read_rows(package, "words.csv"):
        group = found.setdefault(row["group"], {"zh": {}, "en": {}})
        group["zh"][row["key"]], group["en"][row["key"]] = row["zh"], row["en"]
    return found


def by_key(words: Words) -> dict[str, dict[Lang, str]]:
    """Key → language → text, for those who say one thing in both languages."""
    return {key: {"zh": zh, "en": words["en"][key]} for key, zh in words["zh"].items()}
