"""Two at once, cut off, full: what lies there is the old report or the new, whole, and nothing beside it.

The numbers are small here; ``-m long`` makes them large: 100 builds killed, 50 pairs, 20 killed
between the two renames.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from reporting import copies
from reporting.copies import TOWN, YEAR
from reporting.endings import OTHER, SMALL, Ground, ended, ground, kernels, told

from xushi_stats.faults import DataFaults
from xushi_stats.publishing import locks, made_by, place, scratch
from xushi_stats.publishing.execution import execute, read_notebook

Run = Callable[..., tuple[int, str, str]]

pytestmark = pytest.mark.slow
as_root = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0 or not shutil.which("mount"),
    reason="只有 root 能挂载文件系统 / only root can mount a file system",
)
LONG = pytest.mark.long


def points(ordinary: tuple[int, ...], more: tuple[int, ...]) -> list[object]:
    """Values for a test, most of them for ``-m long`` alone."""
    return [*ordinary, *(pytest.param(value, marks=LONG) for value in more)]


@pytest.fixture(scope="module")
def yard(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    return ground(tmp_path_factory.mktemp("yard"))


@pytest.fixture
def safe(yard: Ground) -> Iterator[Ground]:
    """Afterwards a build runs through, leaves a whole report, and nothing else."""
    yield yard
    status, complaint = yard.build()
    assert status == 0, complaint
    assert copies.content(yard.target) == yard.whole[0]
    assert yard.left_behind() == set()


# -- cut off -----------------------------------------------------------------------------------


def length(yard: Ground) -> float:
    begun = time.monotonic()
    yard.build()
    return time.monotonic() - begun


def killed(yard: Ground, dice: random.Random, times: int) -> dict[str, int]:
    """Kill so many builds, each at a drawn moment and over the other report; count what was left."""
    seconds, counts = length(yard), {"old": 0, "new": 0, "ended before": 0}
    complaints = []
    which = 1
    while counts["old"] + counts["new"] < times:
        before = copies.content(yard.target)
        process = yard.start(which)
        time.sleep(dice.uniform(0.05, seconds))
        process.kill()
        complaints.append(ended(process)[1])
        assert yard.is_whole()
        if process.returncode != -signal.SIGKILL:
            counts["ended before"] += 1
        else:
            counts["old" if copies.content(yard.target) == before else "new"] += 1
        which = int(copies.content(yard.target) == yard.whole[0])
    assert told(complaints) == []
    time.sleep(1.5)  # a kernel looks once a second whether who started it is alive
    assert kernels(yard.folder / "tmp") == []
    return counts


def test_builds_killed_at_any_point_leave_the_old_report_or_the_new(safe: Ground) -> None:
    killed(safe, random.Random(1), 2)


@LONG
def test_a_hundred_builds_killed(safe: Ground, capsys: pytest.CaptureFixture[str]) -> None:
    counts = killed(safe, random.Random(100), 100)
    with capsys.disabled():
        print("\nkilled:", counts)


CUT = """
import os, signal, sys
from xushi_stats.publishing import place
from xushi_stats.commands.main import main
place._exchange = lambda *names: False
rename = os.rename
def cut(old, new):
    rename(old, new)
    if str(new).endswith(".old"):
        os.kill(os.getpid(), signal.SIGKILL)
os.rename = cut
main(sys.argv[1:])
"""


def cut_between_renames(yard: Ground) -> None:
    process = yard.popen([sys.executable, "-c", CUT, *yard.command(1)[2:]])
    ended(process)
    assert process.returncode == -signal.SIGKILL
    assert not yard.target.exists()


READERS = ("verify", "compare", "audit report", "audit registers", "sign", "record", "build")


ANSWERS = ("--by", "a", "--reason", "b", "--basis", "c", "--approver", "d")


def read_by(yard: Ground, reader: str) -> None:
    """What a command that reads does first with the paths that it is given."""
    data, bundle = str(yard.folder / "one/data"), str(yard.target)
    commands = {
        "verify": [bundle],
        "compare": [bundle, data],
        "audit report": [f"{bundle}/zh/public/epidemic.pdf", "--data", data],
        "audit registers": [bundle, "--data", data, "--registers", data],
        "sign": [bundle, "--key", "no key"],
        "record": [
            bundle,
            "--data",
            data,
            *(["--by", "a", "--reason", "b", "--basis", "c", "--approver", "d"]),
        ],
        "build": yard.command()[3:],
    }
    command = [sys.executable, "-m", "xushi_stats", *reader.split(), *commands[reader]]
    _, complaint = ended(yard.popen(command))
    assert told([complaint]) == []


@pytest.mark.parametrize("reader", READERS[:1])
def test_who_reads_puts_back_what_was_cut_off_between_two_renames(
    safe: Ground, reader: str
) -> None:
    cut_between_renames(safe)
    read_by(safe, reader)
    assert safe.is_whole()


@LONG
def test_twenty_builds_cut_off_between_their_renames(safe: Ground) -> None:
    for number in range(20):
        cut_between_renames(safe)
        read_by(safe, READERS[number % len(READERS)])
        assert safe.is_whole(), READERS[number % len(READERS)]


def test_a_system_that_cannot_exchange_names_renames_twice(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(place, "_exchange", lambda *_: False)
    test_a_folder_is_replaced_whole(tmp_path)


def test_a_folder_is_replaced_whole(tmp_path: Path) -> None:
    target = tmp_path / "2019"
    for content in ("one", "two"):
        with place.taken(target) as held, held.staged([], "key") as folder:
            (folder / "ledger.json").write_text(content)
            (folder / "SHA256SUMS").write_text("0  ledger.json\n")
        assert (target / "ledger.json").read_text() == content
    assert {path.name for path in tmp_path.iterdir()} == {"2019", ".2019.lock"}


# -- two at once -------------------------------------------------------------------------------


def pairs(yard: Ground, dice: random.Random, times: int) -> dict[str, int]:
    """Start so many pairs of builds of two data sets, the second at a drawn moment of the first."""
    seconds, counts = length(yard), {"both built": 0, "one told": 0}
    for _ in range(times):
        first = yard.start(0)
        time.sleep(dice.choice((0.0, dice.uniform(0, 0.1), dice.uniform(0, 1.2))) * seconds)
        second = yard.start(1)
        found = [ended(process) for process in (first, second)]
        assert told(complaint for _, complaint in found) == []
        codes = sorted(code for code, _ in found)
        assert codes in ([0, 0], [0, 1]), found
        if codes == [0, 1]:
            said = next(complaint for code, complaint in found if code)
            assert "另一次生成" in said or "another build" in said
        counts["both built" if codes == [0, 0] else "one told"] += 1
        assert yard.is_whole()
        assert yard.left_behind() == set()
    return counts


def test_two_builds_at_once_leave_one_report_whole(safe: Ground) -> None:
    pairs(safe, random.Random(2), 1)


@LONG
def test_fifty_pairs_of_builds(safe: Ground, capsys: pytest.CaptureFixture[str]) -> None:
    counts = pairs(safe, random.Random(50), 50)
    with capsys.disabled():
        print("\npairs:", counts)


def test_the_second_build_is_told_who_holds_the_folder_and_since_when(tmp_path: Path) -> None:
    first, second = (place.taken(tmp_path / "2019") for _ in range(2))
    with first, pytest.raises(DataFaults) as caught, second:
        pass
    (fault,) = caught.value.faults
    assert fault.code == "busy"
    assert fault.details["pid"] == str(os.getpid())
    assert fault.details["since"].startswith("20")


def test_a_lock_ends_with_its_process(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    code = "import sys; from pathlib import Path; from xushi_stats.publishing import locks\n"
    code += f"print(locks.hold(Path({str(path)!r}))); sys.stdout.flush(); input()"
    command = [sys.executable, "-c", code]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, cwd=copies.ROOT, stdin=pipe, stdout=pipe)
    assert process.stdout and process.stdout.readline().strip().isdigit()
    assert locks.hold(path) is None
    process.kill()
    process.communicate()
    file = locks.hold(path)
    assert file is not None
    os.close(file)


# -- full, read-only, links, names -------------------------------------------------------------

LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2)
from xushi_stats.commands.main import main
raise SystemExit(main(sys.argv[2:]))
"""


def assert_told(yard: Ground, process: subprocess.Popen[str]) -> None:
    """The build failed with a sentence, the report is whole, and nothing is left behind."""
    status, complaint = ended(process)
    assert status == 1, complaint
    assert told([complaint]) == []
    assert "改法：" in complaint or "Mend:" in complaint
    assert yard.is_whole()
    assert yard.left_behind() == set()


@pytest.mark.parametrize("size", points((0, 100_000), (300, 3_000, 10_000, 30_000, 60_000)))
def test_files_that_may_not_be_large_are_one_sentence(safe: Ground, size: int) -> None:
    command = [sys.executable, "-c", LIMITED, str(size), *safe.command(1)[2:]]
    assert_told(safe, safe.popen(command))


@as_root
@pytest.mark.parametrize("room", points((160,), (0, 4, 40, 80, 240, 320, 400, 640, 960)))
def test_a_full_disk_is_one_sentence(yard: Ground, tmp_path: Path, room: int) -> None:
    """At ten points: a disk with room, in kilobytes, for ever more of the new report."""
    disk = tmp_path / "disk"
    disk.mkdir()
    old = sum(len(content) for content in yard.whole[0].values()) // 1024
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={old + 400}k", "none", disk], check=True)
    try:
        full = Ground(disk, yard.whole)
        shutil.copytree(yard.target, full.target)
        filler = disk / "filler"
        free = shutil.disk_usage(disk).free
        filler.write_bytes(bytes(max(0, free - room * 1024)))
        command = [*yard.command(1)[:4], *yard.command(1)[4:]]
        command[command.index(str(yard.out))] = str(full.out)
        before = copies.content(full.target)
        status, complaint = ended(yard.popen([sys.executable, *command]))
        assert told([complaint]) == []
        if status:
            assert "磁盘空间不足" in complaint or "no room" in complaint
            assert copies.content(full.target) == before
        names = {path.name for path in full.target.parent.iterdir()}
        assert names <= {str(YEAR), f".{YEAR}.lock"}
    finally:
        subprocess.run(["umount", disk], check=True)
    assert yard.left_behind() == set()


@as_root
@pytest.mark.parametrize("room", points((64,), (0, 4, 16, 128, 256, 512, 1024, 1536, 2048)))
def test_a_full_temporary_folder_is_one_sentence(safe: Ground, tmp_path: Path, room: int) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={max(4, room)}k", "none", disk], check=True
    )
    try:
        if room < 4:
            (disk / "filler").write_bytes(bytes(4096))
        process = safe.start(1, TMPDIR=str(disk))
        _, complaint = ended(process)
        assert told([complaint]) == []
        assert safe.is_whole()
        assert {path.name for path in disk.iterdir()} <= {"filler"}
    finally:
        subprocess.run(["umount", disk], check=True)


@contextmanager
def mounted(folder: Path) -> Iterator[None]:
    """A folder that can be made read-only while a build goes on."""
    subprocess.run(["mount", "--bind", folder, folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


def forbid_writing(folder: Path) -> None:
    command = ["mount", "-o", "remount,ro,bind", str(folder)]
    while subprocess.run(command, capture_output=True).returncode:  # a file is open just now
        time.sleep(0.01)


@as_root
@pytest.mark.parametrize(
    ("where", "builds"),
    [
        ("out", False),
        pytest.param(f"out/{TOWN}", False, marks=LONG),
        pytest.param(f"out/{TOWN}/{YEAR}", False, marks=LONG),
        pytest.param("tmp", True, marks=LONG),  # the system has another
        pytest.param("two/data", True, marks=LONG),
        pytest.param("two", True, marks=LONG),
    ],
)
def test_a_read_only_folder_is_one_sentence(safe: Ground, where: str, builds: bool) -> None:
    with mounted(safe.folder / where):
        forbid_writing(safe.folder / where)
        status, complaint = safe.build(1)
    assert told([complaint]) == []
    assert safe.is_whole()
    assert status == (0 if builds else 1)
    busy = where.endswith(str(YEAR))  # a folder that is a disk of its own cannot be exchanged
    assert builds or ("不能写入" if busy else "不允许写入") in complaint


@LONG
@as_root
@pytest.mark.parametrize("percent", [5, 25, 50, 75, 90])
@pytest.mark.parametrize("where", ["out", "tmp"])
def test_a_folder_that_becomes_read_only_is_one_sentence(
    safe: Ground, where: str, percent: int
) -> None:
    seconds = length(safe)
    with mounted(safe.folder / where):
        process = safe.start(1)
        time.sleep(seconds * percent / 100)
        forbid_writing(safe.folder / where)
        status, complaint = ended(process)
    assert told([complaint]) == []
    assert safe.is_whole()
    assert status == 0 or "不允许写入" in complaint or "not allowed" in complaint


def chosen(data: Path, out: Path) -> tuple[object, ...]:
    return ("build", "--data", data, "--out", out, *SMALL)


@pytest.mark.parametrize("name", ["outputs", f"outputs/{TOWN}", f"outputs/{TOWN}/{YEAR}"])
def test_a_link_that_leads_nowhere_is_one_sentence(command: Run, data: Path, name: str) -> None:
    link = data.parent / name
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(data.parent / "nowhere")
    status, _, complaint = command(*chosen(data, data.parent / "outputs"))
    assert status == 1
    assert "失效的链接" in complaint
    assert link.is_symlink() and not link.exists()


def test_a_name_that_is_too_long_is_one_sentence(command: Run, data: Path) -> None:
    status, _, complaint = command(*chosen(data, data.parent / ("长" * 200)))
    assert (status, "过长" in complaint) == (1, True)


def test_a_folder_that_is_a_link_is_built_where_it_leads(yard: Ground, tmp_path: Path) -> None:
    real = tmp_path / "real"
    shutil.copytree(yard.target, real)
    link = tmp_path / "out" / TOWN / str(YEAR)
    link.parent.mkdir(parents=True)
    link.symlink_to(real)
    command = yard.command(1)
    command[command.index(str(yard.out))] = str(tmp_path / "out")
    status, complaint = ended(yard.popen([sys.executable, *command]))
    assert status == 0, complaint
    assert link.is_symlink()
    assert copies.content(real) == yard.whole[1]
    assert {path.name for path in tmp_path.iterdir()} == {"real", ".real.lock", "out"}


def test_a_kernel_that_dies_is_one_sentence(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    import papermill

    def dies(*_: object, **__: object) -> None:
        raise RuntimeError("Kernel died before replying to kernel_info")

    monkeypatch.setattr(papermill, "execute_notebook", dies)
    path = data.parent / "notebooks/epidemic.ipynb"
    parameters = {"ref_area": TOWN, "year": YEAR, "lang": "zh", "edition": "public"}
    with pytest.raises(DataFaults) as caught:
        execute(read_notebook(path), parameters, data, object())
    assert [fault.code for fault in caught.value.faults] == ["kernel"]


# -- what is not ours --------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["zh/public/stray.pdf", "new folder/notes.txt"])
def test_a_file_that_no_build_has_made_is_never_deleted(safe: Ground, name: str) -> None:
    path = safe.target / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("mine")
    before = copies.content(safe.target)
    try:
        status, complaint = safe.build(1)
        assert (status, name in complaint) == (1, True)
        assert copies.content(safe.target) == before
    finally:
        path.unlink()
        if not any(path.parent.iterdir()):
            path.parent.rmdir()


def test_what_a_killed_process_left_for_temporary_files_is_swept(tmp_path: Path) -> None:
    left, lives, fresh = (tmp_path / f"xushi-{name}" for name in ("left", "lives", "fresh"))
    for folder in (left, lives, fresh):
        folder.mkdir()
        (folder / "kernel.json").write_text("key")
    (left / "lock").touch()
    file = locks.hold(lives / "lock")
    scratch.sweep(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"xushi-lives", "xushi-fresh"}
    assert file is not None
    os.close(file)


# -- part builds -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def both(yard: Ground, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with two languages built, one after the other."""
    folder = tmp_path_factory.mktemp("both")
    copies.copy(folder)
    for lang in ("zh", "en"):
        status, complaint = part(folder, lang)
        assert status == 0, complaint
    names = copies.content(folder / "outputs" / TOWN / str(YEAR))
    assert {"zh/public/epidemic.pdf", "en/public/epidemic.pdf"} <= set(names)
    return folder


def part(folder: Path, lang: str, **more: str) -> tuple[int, str]:
    options = ("--lang", lang, "--edition", "public", "--section", "epidemic")
    done = copies.cli("build", *options, cwd=folder, env=more)
    return done.returncode, done.stderr


@pytest.fixture
def project(both: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(both, tmp_path / "project"))


def listed(folder: Path) -> dict[str, str]:
    return place.listed(folder / "outputs" / TOWN / str(YEAR))


def spoil_page(folder: Path) -> None:
    (folder / f"outputs/{TOWN}/{YEAR}/en/public/epidemic.pdf").write_bytes(b"forged")


def spoil_list(folder: Path) -> None:
    """A forged page with a list of digests that agrees with it."""
    from xushi_stats.publishing import bundle

    spoil_page(folder)
    target = folder / f"outputs/{TOWN}/{YEAR}"
    (target / "SHA256SUMS").write_text(bundle.sums(target))


def change_notebook(folder: Path) -> None:
    copies.notebook(folder / "data", lambda n: n["cells"].insert(-1, copies.code("1")), "epidemic")


def change_program(folder: Path) -> None:
    """As if the folder had been made by a program that differs in one character."""
    lock = folder / f"outputs/{TOWN}/.{YEAR}.lock"
    lock.write_text(json.dumps({**json.loads(lock.read_text()), "key": "0" * 64}))


@pytest.mark.parametrize("spoil", [spoil_page, spoil_list, change_notebook, change_program])
def test_a_part_build_drops_and_names_what_it_cannot_vouch_for(
    project: Path, spoil: Callable[[Path], None]
) -> None:
    spoil(project)
    status, complaint = part(project, "zh")
    assert status == 0
    assert "en/public/epidemic.pdf" in complaint or "…" in complaint
    assert "没有保留" in complaint or "left out" in complaint
    assert "en/public/epidemic.pdf" not in listed(project)
    assert "zh/public/epidemic.pdf" in listed(project)


def test_a_part_build_keeps_what_the_same_program_made_of_the_same(project: Path) -> None:
    before = listed(project)
    status, complaint = part(project, "zh")
    assert status == 0 and "[" not in complaint  # progress alone
    assert listed(project) == before


def test_the_key_of_a_bundle_names_program_and_template() -> None:
    first = made_by.program_digest()
    assert len(first) == 64
    path = copies.ROOT / "xushi_stats/publishing/templates/report.typ"
    made_by.program_digest.cache_clear()
    with pytest.MonkeyPatch.context() as patch:
        real = Path.read_bytes
        patch.setattr(Path, "read_bytes", lambda p: real(p) + b" " * (p.name == path.name))
        assert made_by.program_digest() != first
    made_by.program_digest.cache_clear()


# -- settings of the machine -------------------------------------------------------------------


def test_a_build_sees_no_settings_of_the_machine(project: Path, tmp_path: Path) -> None:
    """matplotlibrc, profile, startup files and modules of the same names as libraries."""
    ran = tmp_path / "ran"
    strange = f"open({str(ran)!r}, 'a').write(__file__ if '__file__' in globals() else 'ran')\n"
    home = tmp_path / "home"
    startup = home / ".ipython/profile_default/startup"
    for folder in (startup, home / ".config/matplotlib"):
        folder.mkdir(parents=True)
    style = "lines.linewidth: 9\nfont.size: 30\nsvg.fonttype: path\naxes.facecolor: red\n"
    for file in (project / "matplotlibrc", home / ".config/matplotlib/matplotlibrc"):
        file.write_text(style)
    (startup / "00.py").write_text(strange)
    (startup.parent / "ipython_kernel_config.py").write_text(strange)
    (tmp_path / "pythonstartup.py").write_text(strange)
    for module in ("pandas", "csv", "mistune", "matplotlib"):
        (project / f"{module}.py").write_text(strange)
    before = copies.content(project / "outputs" / TOWN / str(YEAR))
    environ = {"HOME": str(home), "PYTHONSTARTUP": str(tmp_path / "pythonstartup.py")}
    status, complaint = part(project, "zh", **environ, MPLBACKEND="svg")
    assert status == 0 and "[" not in complaint  # progress alone
    assert copies.content(project / "outputs" / TOWN / str(YEAR)) == before
    assert not ran.exists()
    assert list(home.rglob("history.sqlite*")) == []


def test_a_chart_is_the_same_whatever_style_is_set() -> None:
    import matplotlib

    from xushi_stats.reporting.report import Report

    def drawn() -> str:
        house = Report(TOWN, YEAR, data=copies.ROOT / "data")
        return "".join(
            house.chart(name).blocks[0]["svg"] for name in ("roads_chart", "areas_chart")
        )

    first = drawn()
    with matplotlib.rc_context({"font.size": 30, "lines.linewidth": 9, "axes.facecolor": "red"}):
        assert drawn() == first


@pytest.mark.skipif(
    not shutil.which("unshare") or os.geteuid() != 0, reason="只有 root 能断网 / root only"
)
def test_a_build_needs_no_network_not_even_loopback(safe: Ground) -> None:
    status, complaint = ended(safe.start(0, "unshare", "-n"))
    assert status == 0, complaint
    assert OTHER not in complaint
