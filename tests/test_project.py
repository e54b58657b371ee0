"""Facts about the project itself, so that no picture of it drifts."""

import json
import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).resolve().parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = {name: ROOT / f"requirements/{name}.lock" for name in ("report", "test", "lab")}
"""What `make report` installs, and what `make test` and `make lab` have with it."""
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")

MACHINE_PATH = re.compile(rb"(?<![\w.~-])/(?:work|root|opt)/")
INDEX_ADDRESS = re.compile(
    rb"(?:index[-_]url|find[-_]links)['\"]?[ =:]+['\"]?(?:https?:|file:|/)|https?://[^\s\"')]+/simple\b"
)
BINARY = {".docx", ".pdf", ".png", ".xlsx"}


def _lock_entries(name: str) -> list[tuple[Requirement, list[str]]]:
    """A lock's requirements, each with its hashes."""
    lock = LOCKS[name].read_text(encoding="utf-8")
    lines = [line for line in lock.splitlines() if not line.lstrip().startswith("#")]
    entries = []
    for entry in "\n".join(lines).replace("\\\n", " ").splitlines():
        requirement, *hashes = re.split(r"\s+--hash=", entry)
        entries.append((Requirement(requirement), hashes))
    return entries


def _pins(name: str) -> set[str]:
    """What a lock holds, without the machines that it is for."""
    return {f"{_normal(r.name)}{r.specifier}" for r, _ in _lock_entries(name)}


def _declared() -> list[tuple[str, Requirement]]:
    """What pyproject.toml asks for, with each lock that has to have it."""
    project = PYPROJECT["project"]
    extras = project["optional-dependencies"]
    report = [*project["dependencies"], *PYPROJECT["build-system"]["requires"], *extras["build"]]
    asked = {"report": report, "test": report + extras["test"], "lab": report + extras["lab"]}
    return [(name, Requirement(line)) for name, lines in asked.items() for line in lines]


def _targets() -> set[str]:
    """The Makefile's targets, without stamps and `help`, which is what `make` alone does."""
    return set(re.findall(r"^([a-z][\w-]*):", MAKEFILE, re.MULTILINE)) - {"help"}


@pytest.mark.parametrize(("lock", "requirement"), _declared(), ids=str)
def test_each_dependency_is_locked_at_a_version_its_range_admits(
    lock: str, requirement: Requirement
) -> None:
    locked = [r for r, _ in _lock_entries(lock) if _normal(r.name) == _normal(requirement.name)]
    assert locked
    for entry in locked:
        (pin,) = entry.specifier
        assert pin.operator == "=="
        assert requirement.specifier.contains(pin.version)


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("name", LOCKS)
def test_each_locked_requirement_has_a_hash(name: str) -> None:
    assert [str(requirement) for requirement, hashes in _lock_entries(name) if not hashes] == []


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_no_address_and_no_path_but_that_of_another(name: str) -> None:
    lock = LOCKS[name].read_text(encoding="utf-8")
    lock = re.sub(r"-c requirements/\w+\.lock", "", lock)
    assert re.findall(r"https?:|file:|index|find-links|.*/.*", lock) == []


def test_what_one_lock_installs_no_other_takes_away_or_replaces() -> None:
    pins = {name: _pins(name) for name in LOCKS}
    for more in ("test", "lab"):
        names = {pin.partition("==")[0] for pin in pins["report"]}
        absent = names - {pin.partition("==")[0] for pin in pins[more]}
        # only PyPy needs these
        assert absent <= {"cffi", "pycparser"}
    every = pins["report"] | pins["test"] | pins["lab"]
    versions = [pin.partition("==")[0] for pin in sorted(every)]
    assert [name for name in versions if versions.count(name) > 1] == []


def test_a_report_needs_neither_jupyterlab_nor_what_tests_need() -> None:
    project = PYPROJECT["project"]["optional-dependencies"]
    more = {_normal(Requirement(line).name) for line in [*project["test"], *project["lab"]]}
    assert more & {pin.partition("==")[0] for pin in _pins("report")} == set()


def test_environment_yml_installs_exactly_what_make_report_installs() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    python, pip, packages = environment["dependencies"]
    assert environment["name"] == PYPROJECT["project"]["name"]
    assert SpecifierSet(PYPROJECT["project"]["requires-python"]).contains(python.split("=")[1])
    assert pip == "pip"
    assert packages == {"pip": ["-r requirements/report.lock"]}


def test_the_makefile_refuses_what_requires_python_refuses() -> None:
    (major, minor), *more = re.findall(r"sys\.version_info < \((\d+), (\d+)\)", MAKEFILE)
    assert not more
    assert PYPROJECT["project"]["requires-python"] == f">={major}.{minor}"


@pytest.mark.judge("make")
def test_make_alone_prints_each_target_in_chinese_and_english() -> None:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    printed = subprocess.run(
        ["make"], cwd=ROOT, env=environ | {"LC_ALL": "C"}, capture_output=True, check=True
    ).stdout.decode("utf-8")
    lines = [re.fullmatch(r"make (\S+) +(.+) \| (.+)", line) for line in printed.splitlines()]
    assert all(line and re.search(r"[一-鿿]", line[2]) and line[3].isascii() for line in lines)
    assert [line[1] for line in lines if line] == re.findall(r"^(\w+):.* ## ", MAKEFILE, re.M)
    assert {line[1] for line in lines if line} == _targets()


def test_notebooks_hold_no_outputs_and_no_execution_counts() -> None:
    executed = []
    for path in sorted((ROOT / "notebooks").rglob("*.ipynb")):
        if ".ipynb_checkpoints" in path.parts:
            continue
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        if any(cell.get("outputs") or cell.get("execution_count") for cell in cells):
            executed.append(path.name)
    assert executed == [], "make strip"


def test_no_file_holds_a_machine_path(tracked: list[Path]) -> None:
    assert _holding(MACHINE_PATH, tracked) == []


def test_no_file_holds_the_address_of_an_index(tracked: list[Path]) -> None:
    assert _holding(INDEX_ADDRESS, tracked) == []


def _holding(pattern: re.Pattern[bytes], files: list[Path]) -> list[str]:
    found = []
    for path in files:
        if path.suffix not in BINARY and (match := pattern.search(path.read_bytes())):
            found.append(f"{path.relative_to(ROOT)}: {match[0].decode()}")
    return found


@pytest.mark.judge("checkout")
def test_no_output_is_tracked() -> None:
    command = ["git", "ls-files", "outputs"]
    assert subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout == b""


BROKEN = ROOT / "tests/broken/files"
"""Files that are wrong on purpose."""


def test_every_text_file_is_utf8_with_line_feeds(tracked: list[Path]) -> None:
    faults = []
    for path in tracked:
        if path.suffix in BINARY or path.parent == BROKEN:
            continue
        content = path.read_bytes()
        if not _is_utf8(content) or (b"\r" in content and path.suffix != ".csv"):
            faults.append(str(path.relative_to(ROOT)))
    assert faults == []


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def test_every_csv_file_starts_with_a_bom(tracked: list[Path]) -> None:
    bare = [
        str(path.relative_to(ROOT))
        for path in tracked
        if path.suffix == ".csv"
        and path.parent != BROKEN
        and not path.read_bytes().startswith(b"\xef\xbb\xbf")
    ]
    assert bare == []


# -- set-up --------------------------------------------------------------------------------------


@pytest.fixture
def ready(tmp_path: Path) -> Path:
    """A checkout in which `make report` has set up what it needs, a while ago."""
    for path in (ROOT / "Makefile", ROOT / "pyproject.toml", *LOCKS.values()):
        place = tmp_path / path.relative_to(ROOT)
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(path.read_bytes())
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/python").touch()
    for name in (".report", ".ready"):
        (tmp_path / ".venv" / name).write_text(f"{tmp_path.resolve()}\n")
    return tmp_path


def _set_up(folder: Path, target: str) -> list[str]:
    """The locks that a target would install, and whether it would begin anew or link the project."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    command = ["make", "--dry-run", target]
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, check=True)
    pattern = r"installing requirements/(\w+)\.lock|-m (venv) --clear|(--editable)"
    return ["".join(found) for found in re.findall(pattern, done.stdout.decode())]


@pytest.mark.judge("make")
def test_a_second_report_sets_nothing_up_and_other_targets_add_their_own(ready: Path) -> None:
    targets = ("report", "check", "test", "lint", "lab")
    assert [_set_up(ready, target) for target in targets] == [[], [], ["test"], ["test"], ["lab"]]
    for name in (".test", ".lab"):
        (ready / ".venv" / name).touch()
    assert [_set_up(ready, target) for target in targets] == [[]] * 5


@pytest.mark.judge("make")
@pytest.mark.parametrize(
    ("gone", "done_again"),
    [
        (".venv/.ready", ["--editable"]),
        (".venv/.report", ["venv", "report", "--editable"]),
        (".venv/bin/python", ["venv", "report", "--editable"]),
    ],
)
def test_what_was_cut_off_is_done_again(ready: Path, gone: str, done_again: list[str]) -> None:
    (ready / gone).unlink()
    assert _set_up(ready, "report") == done_again


@pytest.mark.judge("make")
def test_a_checkout_that_was_moved_is_linked_anew(ready: Path) -> None:
    moved = ready.with_name("年报")
    ready.rename(moved)
    assert _set_up(moved, "report") == ["--editable"]
