"""The bytes of every output, and what every command says, are those of ``golden/digests.csv``.

What is meant to change is laid down anew, and told, by ``make golden``; the difference then stands
in the table, and in ``golden/commands.zh.txt`` and ``.en.txt``, for whoever reads the commit.
"""

from __future__ import annotations

import csv
import difflib
import hashlib
import io
import os
import re
import shlex
import shutil
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

import pytest
from reporting import copies
from reporting.copies import Release

Run = Callable[..., tuple[int, str, str]]
Rerun = Callable[..., None]
Found = Mapping[str, tuple[str, str]]
"""Name of a file or a command -> exit code, empty for a file, and SHA-256."""
Hold = Callable[[str, Found], None]

GOLDEN = copies.ROOT / "tests" / "golden"
TABLE = GOLDEN / "digests.csv"
HEAD = ["what", "output", "exit", "sha256"]
REMAKE = "若有意改动，运行 make golden / if this is meant: make golden"
LOCALES = {"zh": "zh_CN.UTF-8", "en": "en_US.UTF-8"}
SHARE = "poverty.households.exited.share"
SPOILT = (("faulty", ",321户,", ",312户,", 1), ("before", ",1389人,", ",1388人,", -1))
"""Folder of spoilt data, a value in it, and what it is in how many of its places."""
LONG = 80
"""Texts of more lines than this are kept by their digest alone."""

HELP = """
build check show list impact outcome init new-year audit audit-source audit-report
audit-registers verify sign sample compare record synth migrate
"""
COMMANDS = f"""
build --lang LANG --edition public --section epidemic
build --town nowhere
check
check --data faulty/data
check --data faulty/data --json
show {SHARE}
show {SHARE}s
list
list --year 1999
impact {SHARE}
impact
outcome SYN-A-S0005 --town demo --year 2020
outcome nobody --town demo --year 2020
init project --town shili
init project --town shili
new-year 2019
migrate --dry-run
audit source data/demo/sources/2019.txt --town demo --id work2019
audit source data/demo/sources/2020.txt --town demo --id work2019
audit report xushi-2019/en/public/epidemic.pdf
audit report data/xushi/town.toml
audit registers demo-2020 --town demo --registers data/demo/registers
audit registers nowhere --town demo --registers data/demo/registers
verify xushi-2019/en/public/epidemic.pdf --certificate certificate.pdf --date 2020-04-01
verify data/xushi/town.toml
sign signed --key key
sign nowhere --key key
sample --seed 1 --n 5 --out sheet.xlsx
sample --read sheet.xlsx
sample
compare before/data data --csv changes.csv --json changes.json
compare nowhere data
record before/data --by 甲 --reason 核对 --basis 原文 --approver 乙 --date 2020-04-01 --kind correction
record nowhere
new-year 2020
synth --out made --households 20 --years 1 --seed 1
synth --out made --households 0
"""


# -- what is held ------------------------------------------------------------------------------


def test_the_bytes_of_every_output_are_those_laid_down(
    xushi: Release, demo: Release, demo_first: Release, hold: Hold
) -> None:
    for made in (xushi, demo, demo_first):
        hold("-".join(made.folder.parts[-2:]), _files(made.folder))


@pytest.mark.parametrize("lang", LOCALES)
def test_what_every_command_says_and_leaves_is_what_is_laid_down(
    command: Run,
    rerun: Rerun,
    place: Path,
    hold: Hold,
    remakes: bool,
    monkeypatch: pytest.MonkeyPatch,
    lang: str,
) -> None:
    rerun()
    monkeypatch.setenv("LC_ALL", LOCALES[lang])
    before = _files(place)
    said = _said(command, lang)
    left = {name: row for name, row in _files(place).items() if before.get(name) != row}
    texts = GOLDEN / f"commands.{lang}.txt"
    kept = texts.read_text(encoding="utf-8") if texts.exists() else ""
    if remakes:
        texts.write_text(_readable(said), encoding="utf-8", newline="")
    else:
        changed = difflib.unified_diff(kept.splitlines(), _readable(said).splitlines(), n=1)
        assert kept == _readable(said), "\n".join([texts.name, *changed, REMAKE])
    hold(f"commands-{lang}", {name: (code, _digest(text)) for name, (code, text) in said.items()})
    hold(f"left-{lang}", left)


# -- the table ---------------------------------------------------------------------------------


@pytest.fixture
def remakes(pytestconfig: pytest.Config) -> bool:
    return bool(pytestconfig.getoption("--remake-golden"))


@pytest.fixture
def hold(remakes: bool, capsys: pytest.CaptureFixture[str]) -> Hold:
    """Hold what was found against the table, or lay it down there and tell what changed."""

    def held(what: str, found: Found) -> None:
        rows = _rows()
        known = {name: row for (kind, name), row in rows.items() if kind == what}
        differing = list(_differing(what, known, found))
        if not remakes:
            assert not differing, "\n".join([*differing, REMAKE])
        elif differing:
            others = {key: row for key, row in rows.items() if key[0] != what}
            _write(others | {(what, name): row for name, row in found.items()})
            with capsys.disabled():
                print("", *differing, sep="\n")

    return held


def _differing(what: str, known: Found, found: Found) -> Iterator[str]:
    """One line for each row that is new, gone or changed."""
    for name in sorted({*known, *found}):
        if name not in known:
            yield f"新增 / new: {what} {name}"
        elif name not in found:
            yield f"不再有 / gone: {what} {name}"
        elif known[name] != found[name]:
            yield f"有变 / changed: {what} {name}"


def _rows() -> dict[tuple[str, str], tuple[str, str]]:
    if not TABLE.exists():
        return {}
    with open(TABLE, encoding="utf-8-sig", newline="") as file:
        _, *rows = csv.reader(file)
    return {(what, name): (code, digest) for what, name, code, digest in rows}


def _write(rows: Mapping[tuple[str, str], tuple[str, str]]) -> None:
    text = io.StringIO(newline="")
    table = csv.writer(text, lineterminator="\n")
    table.writerows([HEAD, *sorted((*key, *row) for key, row in rows.items())])
    TABLE.write_text(text.getvalue(), encoding="utf-8-sig", newline="")


def _files(folder: Path) -> dict[str, tuple[str, str]]:
    """What is left, except locks: they hold the digest of the program, and are for this machine."""
    found = copies.content(folder).items()
    return {n: ("", hashlib.sha256(c).hexdigest()) for n, c in found if not n.endswith(".lock")}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


# -- the commands ------------------------------------------------------------------------------


@pytest.fixture
def place(tmp_path: Path, xushi: Release, demo: Release, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project, two bundles and spoilt data in the folder in which the commands run.

    All paths are relative, all dates and seeds given, and a terminal is so wide that no line breaks
    (Pythons differ in where they break usage): next to nothing that is said needs to be made alike.
    """
    folder = tmp_path / "place"
    copies.copy(folder)
    shutil.copytree(demo.data / copies.DEMO / "registers", folder / "data/demo/registers")
    for made in (xushi, demo):
        (folder / "-".join(made.folder.parts[-2:])).symlink_to(made.folder)
    for name, wording, other, times in SPOILT:
        copies.copy(folder / name)
        path = folder / name / "data/xushi/observations.csv"
        copies.edit(path, partial(_replaced, wording, other, times))
    (folder / "signed").mkdir()
    shutil.copy(xushi.folder / "SHA256SUMS", folder / "signed")
    _stand_in(tmp_path / "bin/ssh-keygen")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=os.pathsep)
    monkeypatch.setenv("COLUMNS", "1000")
    monkeypatch.chdir(folder)
    return folder


def _replaced(wording: str, other: str, times: int, text: str) -> str:
    return text.replace(wording, other, times)


def _stand_in(path: Path) -> None:
    """A program for OpenSSH's, whose signatures would need a key kept here."""
    path.parent.mkdir()
    path.write_text("#!/bin/sh\ncat > /dev/null\necho BEGIN SSH SIGNATURE\n")
    path.chmod(0o755)


def _said(command: Run, lang: str) -> dict[str, tuple[str, str]]:
    """The exit code of each command and all it said; what is done twice is numbered."""
    helps = [f"{name.replace('audit-', 'audit ')} --help" for name in HELP.split()]
    said: dict[str, tuple[str, str]] = {}
    for words in ["", "--help", *helps, *COMMANDS.strip().splitlines()]:
        code, out, complaint = command(*shlex.split(words.replace("LANG", lang)))
        times = sum(name.partition(" #")[0] == words for name in said)
        name = f"{words} #{times + 1}" if times else words
        said[name] = (str(code), _alike("".join(_parts(out, complaint))))
    return said


def _alike(text: str) -> str:
    """A text without the one thing that differs from run to run.

    ``verify`` of what is no PDF repeats what pikepdf says, and with it where an object lies in memory.
    """
    return re.sub(r"0x[0-9a-f]+", "0x…", text)


def _parts(out: str, complaint: str) -> Iterator[str]:
    yield out
    if complaint:
        yield f"-- stderr\n{complaint}"


def _readable(said: Mapping[str, tuple[str, str]]) -> str:
    """The texts for a reader of a diff; the long ones are cut, since the table has their digests."""
    return "\n".join(
        f"$ xushi-stats {name}\n{_cut(text)}exit {code}\n" for name, (code, text) in said.items()
    )


def _cut(text: str) -> str:
    lines = text.splitlines(keepends=True)
    if len(lines) <= LONG:
        return text
    return "".join([*lines[:LONG], f"… {len(lines) - LONG} more lines\n"])
