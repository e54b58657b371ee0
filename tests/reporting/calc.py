"""LibreOffice as a judge of workbooks: it is made to compute everything anew, which it does not by itself."""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import openpyxl

SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop></item></oor:items>
"""
Cells = dict[str, dict[str, Any]]


def spoiled(workbook: bytes, value: str = "424242") -> bytes:
    """The workbook with another value in every formula cell that holds a number, and × in the rest."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            content = old.read(name).decode()
            if name.startswith("xl/worksheets/"):
                content = re.sub(r"</f><v>-?\d[\d.eE+-]*</v>", f"</f><v>{value}</v>", content)
                content = re.sub(r"</f><v>[√×—]</v>", "</f><v>?</v>", content)
            new.writestr(name, content)
    return made.getvalue()


def recalculated(workbook: bytes, folder: Path) -> Cells:
    """What LibreOffice computes: sheet → address → value."""
    profile, source, made = folder / "profile", folder / "in.xlsx", folder / "made"
    (profile / "user").mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(SETTINGS, encoding="utf-8")
    source.write_bytes(workbook)
    subprocess.run(
        [
            *("soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless"),
            *("--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(made), str(source)),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return values((made / "in.xlsx").read_bytes())


def values(workbook: bytes) -> Cells:
    """The values that a workbook holds, as the cells have them now."""
    book = openpyxl.load_workbook(io.BytesIO(workbook), data_only=True)
    return {sheet.title: _cells(sheet) for sheet in book}


def formulas(workbook: bytes) -> Cells:
    """The formulas that a workbook holds."""
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    return {
        sheet.title: {
            c.coordinate: c.value for row in sheet.iter_rows() for c in row if c.data_type == "f"
        }
        for sheet in book
    }


def _cells(sheet: Any) -> dict[str, Any]:
    return {c.coordinate: c.value for row in sheet.iter_rows() for c in row if c.value is not None}
