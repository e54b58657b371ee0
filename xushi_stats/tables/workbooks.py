"""The workbooks in a folder: which of their sheets is which table."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from xushi_stats.faults import DataFaults, Fault
from xushi_stats.tables import cell_text, contents, xlsx

SHEETS = {
    "observations": "观测值",
    "targets": "目标任务",
    "milestones": "项目进展",
    "honours": "荣誉",
    "difficulties": "困难",
    "rules": "考核规定",
    "queries": "待核实事项",
    "declared": "专名",
    "places": "位置",
    "quotes": "提法",
    "exclusions": "不计数字",
    "breaks": "口径变动",
    "catalogue": "指标目录",
    "checks": "审核关系",
    "sources": "来源",
    "refused": "不作计算",
}
"""Table → Chinese name of its sheet."""
ABOUT = ("about", "说明")
"""The sheet that says what the workbook is."""
ABOUT_KEYS = {
    "材料名称": "title_zh",
    "英文名称": "title_en",
    "简称": "short_zh",
    "英文简称": "short_en",
    "提供单位": "publisher_zh",
    "英文提供单位": "publisher_en",
    "报出日期": "date",
    "文号": "reference",
}
"""What stands in the first column of that sheet → column of ``sources.csv``, which may stand there too."""
ABOUT_REQUIRED = ("title_zh", "publisher_zh", "date")
OWN = ("observations", "targets", "milestones", "honours", "difficulties", "rules")
"""Tables whose rows may leave source and place empty in a workbook: it is the source itself."""
FOR_PEOPLE = ("上年目标", "上年待核实")
"""Sheets that ``new-year`` makes for whoever fills the workbook in; they are passed over."""
OTHER_KINDS = (".xls", ".xlsm", ".xlsb", ".xltx", ".et", ".ods", ".numbers")
_NAMES = {**{english: english for english in SHEETS}, **{v: k for k, v in SHEETS.items()}}
_OTHER_TABLES = ("changes",)
_TOML = ("town", "rules", "exhibits")


def paths(folder: Path) -> list[Path]:
    """The workbooks of a folder, without those that a program keeps beside an open one."""
    found = (p for p in folder.glob("*") if p.suffix.lower() == ".xlsx" and p.is_file())
    return sorted(p for p in found if not p.name.startswith(("~$", ".")))


def table_of(sheet: str) -> str:
    """The table that a sheet's name means, or "".

    >>> table_of("观测值"), table_of(" Observations "), table_of("Sheet1")
    ('observations', 'observations', '')
    """
    return _NAMES.get(sheet.strip().lower(), "")


def source_id(path: Path) -> str:
    """The id of a workbook as a source.

    >>> source_id(Path("data/xushi/2020年 统计表(1).xlsx"))
    '2020年_统计表_1'
    """
    return re.sub(r"[^\w-]+", "_", path.stem).strip("_") or "_"


def about(path: Path, faults: list[Fault]) -> dict[str, str]:
    """What a workbook says of itself, by the columns of ``sources.csv``; what it lacks is told."""
    found = [s for s in opened(path, path.parent.name, faults) if s.name.strip().lower() in ABOUT]
    if not found:
        faults.append(Fault("about_missing", _file(path)))
        return {}
    sheet, said = found[0], dict[str, str]()
    for (row, column), cell in sorted(sheet.cells.items()):
        key = cell_text.read(cell).text.rstrip("：: ")
        name = ABOUT_KEYS.get(key, key if key in ABOUT_KEYS.values() else "")
        beside = sheet.cells.get((row, column + 1))
        if not name or name in said or beside is None:
            continue
        said[name], code, stored = cell_text.read(beside, "date" if name == "date" else "text")
        if name == "date" and not code and not _is_day(said[name]):
            code = "date"
        if code:
            place = f"{xlsx.letters(column + 1)}{row}"
            told = Fault(code, _file(path), row, key, said[name], sheet=sheet.name, cell=place)
            faults.append(replace(told, details={"stored": stored}))
    names = {name: key for key, name in ABOUT_KEYS.items()}
    for name in ABOUT_REQUIRED:
        if not said.get(name):
            details = {"field_zh": names[name], "field_en": name}
            faults.append(Fault("about_field", _file(path), details=details, sheet=sheet.name))
    return said


def sheets(folder: Path, table: str, faults: list[Fault]) -> Iterator[tuple[Path, xlsx.Sheet]]:
    """Every sheet of a folder's workbooks that holds a table; hidden ones are faults."""
    if table not in SHEETS:
        return
    for path in paths(folder):
        for sheet in opened(path, folder.name, faults):
            if table_of(sheet.name) != table:
                continue
            if sheet.state == "visible":
                yield path, sheet
            else:
                faults.append(Fault("sheet_hidden", _file(path), sheet=sheet.name))


def opened(path: Path, folder: str, faults: list[Fault]) -> tuple[xlsx.Sheet, ...]:
    """The sheets of a workbook; one that cannot be read is one fault, however often it is asked for."""
    try:
        return contents.read_sheets(path)
    except OSError:
        new = [Fault("file_missing", _file(path))]
    except DataFaults as error:
        new = [
            Fault(f.code, f"{folder}/{f.file}", value=f.value, details=f.details)
            for f in error.faults
        ]
    faults.extend(fault for fault in new if fault not in faults)
    return ()


def unread(folder: Path, faults: list[Fault]) -> None:
    """Tell what lies in a town's folder and is not read: other sheets, other kinds of files."""
    words = [*_NAMES, *ABOUT]
    for path in paths(folder):
        found = opened(path, folder.name, faults)
        for sheet in found:
            if table_of(sheet.name) or sheet.name.strip().lower() in (*ABOUT, *FOR_PEOPLE):
                continue
            if not sheet.cells and sheet.state == "visible":  # the empty Sheet2 of a new workbook
                continue
            details = {"near": _near(sheet.name, words)}
            faults.append(_warning("sheet_unknown", path, sheet.name, details))
        if found and not any(table_of(sheet.name) for sheet in found):
            faults.append(Fault("book_without_table", _file(path)))
    for path in sorted(folder.glob("*")):
        if path.name.startswith(("~$", ".")):
            continue
        if path.suffix.lower() in OTHER_KINDS:
            faults.append(Fault("file_kind", _file(path), value=path.suffix))
        suffix = path.suffix.lower()
        known = _TOML if suffix == ".toml" else (*SHEETS, *_OTHER_TABLES)
        if suffix == ".tsv" or (suffix in (".csv", ".toml") and path.stem not in known):
            near = _near(path.stem, known)
            details = {"near": near and f"{near}{'.csv' if suffix == '.tsv' else suffix}"}
            faults.append(_warning("file_unknown", path, "", details))


def _is_day(written: str) -> bool:
    try:
        return date.fromisoformat(written).isoformat() == written
    except ValueError:
        return False


def _file(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def _near(word: str, words: list[str] | tuple[str, ...]) -> str:
    found = difflib.get_close_matches(word.strip().lower(), words, n=1, cutoff=0.6)
    return found[0] if found else ""


def _warning(code: str, path: Path, sheet: str, details: dict[str, str]) -> Fault:
    return Fault(code, _file(path), severity="warning", details=details, sheet=sheet)
