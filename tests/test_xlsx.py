"""Workbooks that come back from people: read with care, refused before they can do harm."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from xushi_stats.faults import DataFaults
from xushi_stats.tables import xlsx

Members = dict[str, bytes]


def saved(path: Path) -> Path:
    book = openpyxl.Workbook()
    page = book.active
    page.title = "甲"
    page.append(["指标", 398, None, "=1+1"])
    page["B1"].number_format = "0.00%"
    hidden = book.create_sheet("乙")
    hidden.sheet_state = "veryHidden"
    book.save(path)
    return path


def changed(
    path: Path, change: Callable[[Members], None], packing: int = zipfile.ZIP_DEFLATED
) -> Path:
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(path, "w", packing) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_the_cells_come_with_row_format_and_kind(tmp_path: Path) -> None:
    pages = xlsx.read(saved(tmp_path / "a.xlsx"))
    assert list(pages) == ["甲", "乙"]
    (row,) = pages["甲"]
    assert [cell.value for cell in row] == ["指标", 398, None, None]
    assert [cell.is_formula for cell in row] == [False, False, False, True]
    assert (row[1].row, row[1].digits) == (1, "0.00%")


def entity(members: Members) -> None:
    name = "xl/worksheets/sheet1.xml"
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    members[name] = members[name].replace(b"<worksheet", bomb + b"<worksheet", 1)


def entity_in_utf16(members: Members) -> None:
    entity(members)
    name = "xl/worksheets/sheet1.xml"
    text = members[name].decode().replace("utf-8", "utf-16").replace("UTF-8", "UTF-16")
    members[name] = text.encode("utf-16")


def bomb(members: Members) -> None:
    members["xl/media/image1.png"] = bytes(30 * 2**20)


def crowd(members: Members) -> None:
    members |= {f"xl/media/{n}.txt": b"" for n in range(2000)}


def many_large(members: Members) -> None:
    import random

    noise = random.Random(0).randbytes(2**16) * 64  # tight enough to pass the ratio of one member
    members |= {f"xl/media/{n}.bin": noise for n in range(26)}


@pytest.mark.parametrize("change", [entity, entity_in_utf16, bomb, crowd, many_large])
def test_what_could_do_harm_is_refused_before_it_is_parsed(
    tmp_path: Path, change: Callable[[Members], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = changed(saved(tmp_path / "a.xlsx"), change)

    def parsed(*_: object, **__: object) -> None:
        raise AssertionError("parsed")

    monkeypatch.setattr(openpyxl, "load_workbook", parsed)
    with pytest.raises(DataFaults) as raised:
        xlsx.read(path)
    assert [fault.code for fault in raised.value.faults] == ["workbook"]


def test_a_file_that_is_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsx, "LARGEST", 100)
    with pytest.raises(DataFaults, match="too large"):
        xlsx.read(saved(tmp_path / "a.xlsx"))


def torn(members: Members) -> None:
    members["xl/workbook.xml"] = members["xl/workbook.xml"][:50]


def test_a_broken_workbook_is_one_fault(tmp_path: Path) -> None:
    with pytest.raises(DataFaults) as raised:
        xlsx.read(changed(saved(tmp_path / "a.xlsx"), torn))
    assert [(f.code, f.file) for f in raised.value.faults] == [("workbook", "a.xlsx")]
    for lang in ("zh", "en"):
        assert "a.xlsx" in raised.value.faults[0].text(lang)  # type: ignore[arg-type]


@pytest.mark.parametrize("content", [b"", b"PK", b"a,b\n1,2\n", b"\xd0\xcf\x11\xe0" + bytes(500)])
def test_what_is_no_xlsx_is_told_to_be_saved_as_one(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(content)
    with pytest.raises(DataFaults) as raised:
        xlsx.read(path)
    assert "另存为 .xlsx" in raised.value.faults[0].text("zh")


def test_a_file_that_is_cut_short_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx")
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(DataFaults):
        xlsx.read(path)


def test_a_folder_or_nothing_at_all_is_a_missing_file(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.xlsx"):
        with pytest.raises(DataFaults) as raised:
            xlsx.read(path)
        assert raised.value.faults[0].code == "file_missing"


def test_the_reader_uses_the_parser_that_refuses_entities() -> None:
    assert openpyxl.DEFUSEDXML
