"""Judges: tools and texts from outside that some tests need.

A test names its judges with ``@pytest.mark.judge("pdftotext", "qpdf")``. Where one is absent the
test is left out and listed at the end of the run; with XUSHI_CI=1 the run then fails.
"""

import functools
import os
import pickle
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from installed import Installed, install
from judges import PACKAGES
from reporting import copies
from reporting.copies import Release

from xushi_stats.commands import main
from xushi_stats.publishing import build as building
from xushi_stats.publishing import execution
from xushi_stats.publishing.assembly import Assembled
from xushi_stats.synth import write_into

Run = Callable[..., tuple[int, str, str]]
ROOT = Path(__file__).resolve().parent.parent

_left_out = pytest.StashKey[dict[str, str]]()


def why_absent(judge: str) -> str | None:
    """Say in one line why a judge cannot be asked, or None where it can."""
    if judge == "speech":
        path = os.environ.get("XUSHI_SPEECH")
        if not path:
            return "未设 XUSHI_SPEECH / XUSHI_SPEECH names no source text"
        return None if Path(path).is_file() else f"找不到文件 / no such file: {path}"
    if judge == "ro-crate":
        path = os.environ.get("XUSHI_RO_CRATE")
        if not path:
            return "未设 XUSHI_RO_CRATE / XUSHI_RO_CRATE names no JSON-LD context"
        return None if Path(path).is_file() else f"找不到文件 / no such file: {path}"
    if judge == "checkout":
        return None if _is_checkout() else "不在 git 仓库中 / not in a git checkout"
    if judge == "unshare" and not _may_leave_the_network():
        return "不能离开网络 / this machine lets no program leave the network"
    package = PACKAGES[judge]
    return None if shutil.which(judge) else f"没有 {judge} / no {judge}: apt install {package}"


@functools.cache
def _may_leave_the_network() -> bool:
    if not shutil.which("unshare"):
        return False
    return subprocess.run(["unshare", "-rn", "true"], capture_output=True).returncode == 0


def _is_checkout() -> bool:
    return shutil.which("git") is not None and (ROOT / ".git").exists()


@pytest.fixture
def speech() -> str:
    """The source text, as its offsets count it: UTF-8, line ends untouched."""
    with open(os.environ["XUSHI_SPEECH"], encoding="utf-8", newline="") as file:
        return file.read()


@pytest.fixture
def tracked() -> list[Path]:
    """Every file that is, or is about to be, in the repository."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return [path for name in listing.split("\0") if name and (path := ROOT / name).is_file()]


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command line in this process: exit code, what it said, what it complained of."""
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")

    def run(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            status = main.main([str(argument) for argument in arguments])
        except SystemExit as stop:
            status = int(stop.code or 0)
        out, err = capsys.readouterr()
        return status, out, err

    return run


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The package installed from its wheel, without the checkout."""
    return install(tmp_path_factory.mktemp("installed"))


@pytest.fixture(scope="session")
def xushi(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """The full build: every language, edition and section."""

    def make(folder: Path) -> Release:
        return _release(copies.copy(folder), copies.TOWN, copies.YEAR)

    return _made_once(tmp_path_factory, "xushi", make)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """The invented town's sections on registers, synthetic ones made for it, of the later year."""

    def make(folder: Path) -> Release:
        data = copies.copy(folder)
        write_into(copies.DEMO_PLAN, data, copies.DEMO)
        return _release(data, copies.DEMO, copies.DEMO_YEAR, copies.ON_REGISTERS)

    return _made_once(tmp_path_factory, "demo", make)


@pytest.fixture(scope="session")
def demo_first(tmp_path_factory: pytest.TempPathFactory, demo: Release) -> Release:
    """The same registers in the earlier year: one part, since its ledger has every figure anyway."""

    def make(folder: Path) -> Release:
        chosen = {"langs": ("zh",), "editions": ("internal",), "out": folder / "outputs"}
        return _release(demo.data, copies.DEMO, copies.DEMO_YEAR - 1, ("households",), **chosen)

    return _made_once(tmp_path_factory, "demo-first", make)


def _made_once(
    tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Path], Release]
) -> Release:
    """A build that all workers of a run share: the first makes it, the others wait and read it."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return make(tmp_path_factory.mktemp(name))
    folder = tmp_path_factory.getbasetemp().parent / f"shared-{name}"
    pickled, failed = folder / "made.pickle", folder / "failed"
    try:
        folder.mkdir()
    except FileExistsError:
        while not pickled.exists():
            assert not failed.exists(), f"{name}: not made by the worker that tried"
            time.sleep(0.2)
        made: Release = pickle.loads(pickled.read_bytes())
        return made
    try:
        made = make(folder)
    except BaseException:
        failed.touch()
        raise
    whole = folder / "made.part"
    whole.write_bytes(pickle.dumps(made))
    whole.rename(pickled)
    return made


def _release(
    data: Path, town: str, year: int, sections: Sequence[str] = (), **chosen: Any
) -> Release:
    """A build of all languages and editions, or as chosen, and of these sections or the whole."""
    executed: dict[tuple[str, str], Any] = {}
    assembled: dict[tuple[str, str, str], Assembled] = {}

    def execute(notebook: Any, parameters: Any, *rest: Any, **more: Any) -> Any:
        found = execution.execute(notebook, parameters, *rest, **more)
        executed[parameters["lang"], parameters["edition"]] = deepcopy(found)
        return found

    def documents(*rest: Any) -> Iterator[Any]:
        for lang, edition, name, made in real(*rest):
            assembled[lang, edition, name] = made
            yield lang, edition, name, made

    real = building._documents
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(building, "execute", execute)
        patch.setattr(building, "_documents", documents)
        order = {"out": data.parent / "outputs", "sections": sections, **chosen}
        built = building.build(building.Order(data=data, town=town, year=year, **order))
    return Release(data, built, executed, assembled)


TOGETHER = ("demo_first", "demo", "measured", "opened", "installed", "xushi")
"""Fixtures that take long to make: their tests come first, one after another. pytest-xdist hands out the
list in halves and steals from the end, so that one worker has them all (its groups fail on pytest 9.2)."""
FIXTURE_JUDGES = {"speech": "speech", "tracked": "checkout"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """``make golden`` lays down anew what ``reporting/test_frozen.py`` holds."""
    parser.addoption("--remake-golden", action="store_true", help="lay down tests/golden anew")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A fixture that reads from outside brings its judge with it; an unknown judge is an error."""
    known = {*PACKAGES, *FIXTURE_JUDGES.values(), "ro-crate"}
    items.sort(key=_first)
    for item in items:
        for fixture in getattr(item, "fixturenames", ()):
            if fixture in FIXTURE_JUDGES:
                item.add_marker(pytest.mark.judge(FIXTURE_JUDGES[fixture]))
        if unknown := set(_judges(item)) - known:
            raise pytest.UsageError(f"{item.nodeid}: unknown judge {sorted(unknown)}")


def _first(item: pytest.Item) -> int:
    used = [TOGETHER.index(f) for f in getattr(item, "fixturenames", ()) if f in TOGETHER]
    return min(used, default=len(TOGETHER))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave a test out where one of its judges is absent, and keep the reason with it."""
    if reasons := [reason for judge in _judges(item) if (reason := why_absent(judge))]:
        reason = "; ".join(reasons)
        item.user_properties.append(("left out", reason))
        pytest.skip(reason)


def _judges(item: pytest.Item) -> Iterator[str]:
    for marker in item.iter_markers("judge"):
        yield from marker.args


def pytest_configure(config: pytest.Config) -> None:
    """Start the run's list of tests left out."""
    config.stash[_left_out] = {}
    config.pluginmanager.register(_Keeper(config), "xushi-left-out")


class _Keeper:
    """Collect what was left out; under pytest-xdist too, since it reads the reports."""

    def __init__(self, config: pytest.Config) -> None:
        self.left_out = config.stash[_left_out]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped:
            for name, value in report.user_properties:
                if name == "left out":
                    self.left_out[report.nodeid] = str(value)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI a test left out fails the run."""
    if session.config.stash[_left_out] and _in_ci() and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """List the tests left out, and why."""
    left_out = config.stash[_left_out]
    if not left_out:
        return
    terminalreporter.section(f"未执行 / left out: {len(left_out)}", yellow=True)
    for test, reason in left_out.items():
        terminalreporter.line(f"{test}: {reason}")
    if _in_ci():
        terminalreporter.line("XUSHI_CI=1: 故判为不通过 / therefore the run fails", red=True)


def _in_ci() -> bool:
    return os.environ.get("XUSHI_CI") == "1"
