"""Slow is wrong too: whatever is read is read in a time that grows as its size, or is refused."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from time import process_time

import pytest
from towns import OBSERVATIONS, Town

from xushi_stats import dataset
from xushi_stats.dataset import load
from xushi_stats.faults import DataFaults
from xushi_stats.numerals import chinese, english, spelled_out
from xushi_stats.reporting import document
from xushi_stats.tables import csv_text, read_text

PIECES = (
    *("\n", " ", "\t", "\r\n", "　", "。\n", "。 ", "1", "1,", "1,000", "1.", "1-", "1 ", "-", "１"),
    *("一", "十", "万", "伍", "伍元", "壹", "零", "〇", "几", "数", "半", "余", "点", "一点", "第", "第一"),
    *("约", "不低于", "超过", "上", "无", "无一", "至", "1至", "一至", "年", "1年", "2019年", "1月", "（一"),
    *("（1", "(1)", "A", "A1", "A1-", "S306", "GB/T ", "1+", "1A", "%", "1%", "分之", "一分之", "亩", "1亩"),
    *("翻", "翻了", "过半", "一起", "十分", "one ", "twenty-", "hundred ", "half a ", "a", "【", "【x", "】"),
    *("#", "# ", "## x {", "{a", "{a} ", "*", "_", "**a", "[", "[a](", "](", "`", "<", "> ", "- ", "\\"),
)  # fmt: skip


def slope(run: Callable[[str], object], piece: str, size: int = 2000) -> float:
    """How many times longer twice the text takes, of the best of three; 2 is linear, 4 quadratic."""
    times = []
    for many in (size, 2 * size, 4 * size):
        text = "一、" + piece * many + "x"
        best = min(_timed(run, text) for _ in range(3))
        times.append(max(best, 0.002))  # below that the clock decides
    return (times[2] / times[0]) ** 0.5


def _timed(run: Callable[[str], object], text: str) -> float:
    before = process_time()
    run(text)
    return process_time() - before


READERS: dict[str, Callable[[str], object]] = {
    "chinese": chinese.find,
    "english": english.find_english,
    "typed": lambda text: list(spelled_out.typed(text)),
    "parts": document.parts,
    "digits": lambda text: list(document.inlines(text, lambda name: [])),
}


def grows_as_the_text(reader: str, piece: str) -> bool:
    """Whether it does, once at least: another process may have held it up."""
    return any(slope(READERS[reader], piece) < 3 for _ in range(3))


@pytest.mark.parametrize(
    ("reader", "piece"),
    [("chinese", "\n"), ("chinese", " "), ("chinese", "伍"), ("chinese", "1"), ("parts", "# ")],
)
def test_the_time_grows_as_the_text(reader: str, piece: str) -> None:
    assert grows_as_the_text(reader, piece)


@pytest.mark.parametrize("reader", ["chinese", "parts"])
def test_that_time_would_show_a_pattern_that_is_not(reader: str) -> None:
    slow = {"chinese": r"(?:(?<=[\n。])|^)\s*(?:[0-9]、)", "parts": r"\s*\{(\w+)\}\s*$"}[reader]
    pattern = re.compile(slow)
    assert slope(lambda text: list(pattern.finditer(text)), "\n", 1000) > 3


@pytest.mark.long
@pytest.mark.parametrize("piece", PIECES, ids=repr)
@pytest.mark.parametrize("reader", READERS)
def test_the_time_grows_as_the_text_whatever_it_is_made_of(reader: str, piece: str) -> None:
    assert grows_as_the_text(reader, piece)


def test_blank_lines_change_nothing_that_is_found() -> None:
    for text in ("\n\n  1. 甲", "甲。\n\n二、乙", "。 \t三是丙", "\r\n\r\n1、丁", " 一、戊"):
        assert [e.form for e in chinese.find(text)] == ["ordinal"]
        assert [e.start for e in chinese.find(text)] == [len(re.split(r"[1二三一]", text)[0])]


# -- what is refused ---------------------------------------------------------------------------


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path).clear()


def codes(town: Town) -> set[str]:
    return {fault.code for fault in town.faults()}


@pytest.mark.parametrize("formula", ["{0} * {0}", "({0} + {0}) * {0}", "{0} / ({0} * {0} + x)"])
def test_numbers_that_grow_from_row_to_row_are_refused_with_the_row(
    town: Town, formula: str
) -> None:
    town.indicator("x", "%")
    town.state("x", "33.3%")
    before = "x"
    for number in range(23):
        name = "a" * (number + 1)
        town.indicator(name, "%", formula.format(before))
        before = name
    faults = [f for f in town.faults() if f.code == "formula_large"]
    assert [f.file for f in faults] == ["catalogue.csv"] and faults[0].row
    assert "层层叠加" in faults[0].text("zh")


def test_a_table_has_so_many_rows(town: Town, tmp_path: Path) -> None:
    path = town.data / OBSERVATIONS
    head = path.read_text(encoding="utf-8-sig").splitlines()[0]
    path.write_text(head + "\n" + "x\n" * csv_text.MOST_ROWS, encoding="utf-8")
    (fault,) = (f for f in town.faults() if f.code == "rows_many")
    assert fault.row == csv_text.MOST_ROWS + 1 and "50000" in fault.text("en")


@pytest.mark.parametrize("name", ["queries.csv", "town.toml", "text/zh/review.md", "rules.csv"])
@pytest.mark.parametrize("kind", ["pipe", "device", "folder"])
def test_only_regular_files_are_read(town: Town, name: str, kind: str) -> None:
    path = town.data / "xushi" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    else:
        path.mkdir()
    faults = [f for f in town.faults() if f.code == "file_special"]
    assert {f.file for f in faults} == {f"xushi/{name}"}


@pytest.mark.parametrize("name", ["other.csv", "2020.xlsx", "registers/x.csv"])
def test_what_is_no_table_is_not_opened_to_take_its_digest(town: Town, name: str) -> None:
    path = town.data / "xushi" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(path)
    try:
        load(town.data, "xushi")
    except DataFaults as error:
        assert error.faults


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 5000 + "]" * 5000,
        ".".join("a" for _ in range(3000)) + " = 1",
        "a = " + "{ a = " * 2000 + "1" + "}" * 2000,
        "[" + ".".join("a" for _ in range(3000)) + "]",
        "a = " + "[" * 30 + "]" * 30,
        "a = " + "9" * 5000,
    ],
)
@pytest.mark.parametrize("name", ["xushi/town.toml", "exhibits.toml", "xushi/rules.toml"])
def test_toml_that_is_nested_too_deeply_is_told(town: Town, name: str, text: str) -> None:
    (town.data / name).write_text(text + "\n", encoding="utf-8")
    if name == "xushi/rules.toml":
        from xushi_stats.registers.rules import town as rules

        found: list = []
        rules.load(dataset.load(town.data, "xushi"), found)
        assert found
    else:
        assert "toml" in codes(town)


def test_a_file_that_is_not_there_is_still_missing(tmp_path: Path) -> None:
    faults: list = []
    assert read_text(tmp_path / "x.csv", "x.csv", faults) is None
    assert [fault.code for fault in faults] == ["file_missing"]
