"""Throw damaged files at the readers: ``python tests/fuzz.py 2000 7`` (examples, seed).

With a third word, such as ``exhibits``, a file of Xushi of that kind is damaged and ``check`` is run on
it: it must end with its exit codes within a minute.

Each example takes a file of ``broken/files``, damages it, lays it into the small town and loads that. All
may come of it but another exception than ``DataFaults``; a file that brings one is kept and named. At the
end stands how much memory the process needed above what it had after the imports.
"""

from __future__ import annotations

import io
import resource
import shutil
import sys
import tempfile
import traceback
import zipfile
from collections import Counter
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from random import Random
from time import monotonic

import openpyxl  # noqa: F401  its memory is not the reader's

from xushi_stats import dataset
from xushi_stats.commands.main import main
from xushi_stats.faults import DataFaults

HERE = Path(__file__).resolve().parent / "broken"
WORDS = (
    *(
        b"\0",
        b"\xff",
        b"\xef\xbb\xbf",
        b'"',
        b"\n",
        b"\r",
        b",,,,",
        b";",
        b"\t",
        b"=1+1",
        b"-0",
        b"NaN",
    ),
    *(
        b"1e309",
        b"9" * 400,
        "余".encode(),
        "多".encode(),
        "％".encode(),
        "１２".encode(),
        b"<",
        b">",
        b"</c>",
    ),
    *(
        b'r="XFD1048576"',
        b't="e"',
        b't="b"',
        b't="d"',
        b't="s"',
        b"<v>-1</v>",
        b"<v>1e400</v>",
        b'ref="A1:Z9"',
    ),
    *(
        "亿".encode(),
        "万".encode(),
        "…".encode(),
        b"#REF!",
        b"%",
        b"2022-13",
        b"<f>A1</f>",
        b'hidden="1"',
    ),
)


def damaged(content: bytes, random: Random) -> bytes:
    """Some bytes changed, taken out, doubled, or put in."""
    data = bytearray(content)
    for _ in range(random.choice((1, 1, 1, 2, 6))):
        at = random.randrange(len(data) + 1)
        many = random.choice((1, 1, 2, 8, 40))
        kind = random.randrange(6)
        if kind == 0 and at < len(data):
            data[at] = random.randrange(256)
        elif kind == 1:
            del data[at : at + many]
        elif kind == 2:
            data[at:at] = data[at : at + many]
        elif kind == 3:
            data[at:at] = random.choice(WORDS)
        elif kind == 4:
            data[at : at + many] = random.choice(WORDS)
        elif random.random() < 0.1:
            del data[at:]
    return bytes(data)


def damaged_inside(content: bytes, random: Random) -> bytes:
    """A workbook one of whose parts is damaged, packed again so that it can be opened."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, RuntimeError):
        return damaged(content, random)
    sheets = [name for name in members if "sheet" in name or "styles" in name] or list(members)
    chosen = random.choice(sheets if random.random() < 0.8 else list(members))
    members[chosen] = damaged(members[chosen], random)
    saved = io.BytesIO()
    with zipfile.ZipFile(saved, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return saved.getvalue()


def example(random: Random, seeds: list[Path]) -> tuple[str, bytes]:
    """A file name and a content."""
    sound = [path for path in seeds if path.stem.startswith(("good", "noticed"))]
    seed = random.choice(random.choice((sound, sound, seeds)))
    content = seed.read_bytes()
    if random.random() < 0.03:
        return seed.suffix, random.randbytes(random.randrange(3000))
    if seed.suffix == ".xlsx" and random.random() < 0.8:
        return ".xlsx", damaged_inside(content, random)
    return seed.suffix, damaged(content, random)


KINDS = {
    "notebooks": "notebooks/*.ipynb",
    "exhibits": "data/exhibits.toml",
    "checks": "data/checks.csv",
    "catalogue": "data/catalogue.csv",
    "towns": "data/xushi/*.toml",
    "tables": "data/xushi/*.csv",
    "texts": "data/xushi/text/*/*.md",
}
"""What ``check`` reads of a project."""
SYNTAX = (
    b"[ ] { } [[ ]] \" ' = . , : ( ) * / - 3 true zh en from kind cells \\ \\u0000 null {{".split()
)
SLOWEST = 60


def swapped(content: bytes, random: Random) -> bytes:
    """Two lines changed for one another, one left out, a word put in, or some bytes damaged."""
    lines = content.splitlines(keepends=True)
    one, other = (random.randrange(len(lines)) for _ in range(2))
    kind = random.randrange(5)
    if kind == 0:
        lines[one], lines[other] = lines[other], lines[one]
    elif kind == 1:
        del lines[one : one + random.choice((1, 1, 2, 9))]
    elif kind == 2:
        at = random.randrange(len(lines[one]) + 1)
        lines[one] = lines[one][:at] + random.choice(SYNTAX) + lines[one][at:]
    elif kind == 3:
        words = lines[one].split(b" ")
        words[random.randrange(len(words))] = random.choice((*SYNTAX, *lines[other].split(b" ")))
        lines[one] = b" ".join(words)
    else:
        return damaged(content, random)
    return b"".join(lines)


def check(examples: int, seed: int, kind: str, seconds: float = 1e9) -> int:
    """Run ``check`` on so many damaged projects, or for so long; how many it did not end well with."""
    random, failed, done, began, codes = Random(seed), 0, 0, monotonic(), Counter[object]()
    with tempfile.TemporaryDirectory() as folder:
        for part in ("data", "notebooks"):
            shutil.copytree(HERE.parents[1] / part, Path(folder) / part)
        seeds = sorted(Path(folder).glob(KINDS[kind]))
        while done < examples and monotonic() - began < seconds:
            path = random.choice(seeds)
            whole, done, started = path.read_bytes(), done + 1, monotonic()
            content = swapped(whole, random)
            path.write_bytes(content)
            options = ["--data", f"{folder}/data", "--town", "xushi", "--lang", "en"]
            wrong, code = "", -1
            try:
                with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
                    code = main(["check", *options])
            except BaseException:
                wrong = traceback.format_exc()
            codes[code] += 1
            if wrong or code not in (0, 1) or monotonic() - started > SLOWEST:
                failed += 1
                kept = Path(tempfile.gettempdir()) / f"fuzz-{kind}-{seed}-{done}{path.suffix}"
                kept.write_bytes(content)
                print(f"{kept} exit {code}, {monotonic() - started:.0f} s\n{wrong}")
            path.write_bytes(whole)
    print(f"{kind}: examples {done}, failed {failed}, exit codes {dict(codes)}")
    return failed


def run(examples: int, seed: int) -> int:
    """Load so many examples; how many brought another exception than they may."""
    random, failed = Random(seed), 0
    seeds = [p for p in sorted((HERE / "files").iterdir()) if p.suffix in (".csv", ".xlsx")]
    seeds = [p for p in seeds if p.stem != "xlsx-bomb"]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    read = 0
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        shutil.copytree(HERE / "data", data)
        whole = (data / "shili/observations.csv").read_bytes()
        for number in range(examples):
            suffix, content = example(random, seeds)
            path = data / "shili" / ("observations.csv" if suffix == ".csv" else "2022.xlsx")
            path.write_bytes(content)
            try:
                dataset.load(data, "shili")
                read += 1
            except DataFaults as error:
                _ = [fault.text(lang) for fault in error.faults for lang in ("zh", "en")]  # type: ignore[arg-type]
            except Exception:
                failed += 1
                kept = Path(tempfile.gettempdir()) / f"fuzz-{seed}-{number}{suffix}"
                kept.write_bytes(content)
                print(f"{kept}\n{traceback.format_exc()}")
            path.unlink()
            (data / "shili/observations.csv").write_bytes(whole)
    more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
    print(f"examples {examples}, read {read}, failed {failed}, more memory {more} MB")
    return failed


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:3]]
    known, limit = sys.argv[3:4], [float(word) for word in sys.argv[4:5]]
    raise SystemExit(min(1, check(*numbers, *known, *limit) if known else run(*numbers)))
