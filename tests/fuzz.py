"""Throw damaged files at the readers: ``python tests/fuzz.py 2000 7`` (examples, seed).

With a third word, such as ``exhibits``, a file of Xushi of that kind is damaged and ``check`` is run on
it: it must end with its exit codes within a minute. With one such as ``pdf`` a finished report is damaged,
and what ``verify`` and ``compare`` do with it is done, in a process with their limits: it may not be
stopped, nor raise, nor accept what is not as it was. A fourth word is how many seconds it may take, a fifth
a bundle to damage; without it one section is built.

Each example takes a file of ``broken/files``, damages it, lays it into the small town and loads that. All
may come of it but another exception than ``DataFaults``; a file that brings one is kept and named. At the
end stands how much memory the process needed above what it had after the imports.
"""

from __future__ import annotations

import io
import resource
import shutil
import subprocess
import sys
import tempfile
import traceback
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout, suppress
from datetime import date
from fnmatch import fnmatch
from hashlib import sha256
from itertools import count
from pathlib import Path
from random import Random
from time import monotonic

import openpyxl  # noqa: F401  its memory is not the reader's
import pikepdf

from xushi_stats import dataset
from xushi_stats.audit import limits, signature, verify
from xushi_stats.audit.certificate import certificate
from xushi_stats.commands.main import main
from xushi_stats.editions import LANGS
from xushi_stats.faults import DataFaults
from xushi_stats.publishing.typeset import TypesetError
from xushi_stats.readback import orphans
from xushi_stats.revisions import editions
from xushi_stats.tables.visible import visible

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
FINISHED = ("pdf", "objects", "manifest", "ledger", "bundle", "signature", "certificate")
"""What is damaged of a finished report."""
ATTACHED = {
    "manifest": ("manifest.json", "document.json"),
    "ledger": ("ledger.csv", "catalogue.csv"),
}


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


def reworked(pdf: bytes, random: Random) -> bytes:
    """A PDF in which values of some objects have been changed for others."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        held = [o for o in document.objects if isinstance(o, pikepdf.Dictionary | pikepdf.Stream)]
        for _ in range(random.choice((1, 1, 3, 9))):
            target, other = random.choice(held), random.choice(held)
            numbers = (0, -1, 10**12, 1.5, True)
            odd = (pikepdf.Array([]), pikepdf.Name.X, pikepdf.String("\x1b[2K"), *numbers)
            key = random.choice(sorted(target.keys()) or ["/X"])
            if key != "/Length":
                target[key] = other if random.random() < 0.4 else random.choice(odd)
        saved = io.BytesIO()
        try:
            document.save(saved)
        except pikepdf.PdfError:  # what writes it does not understand it any more
            return damaged(pdf, random)
    return saved.getvalue()


def recarried(pdf: bytes, names: Sequence[str], random: Random) -> bytes:
    """A PDF one of whose attachments is damaged, half the time with its digest set right."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        specs = {str(n): s for n, s in pikepdf.NameTree(document.Root.Names.EmbeddedFiles).items()}
        name = random.choice([n for n in names if n in specs])
        before = specs[name].EF.F.read_bytes()
        after = random.choice((swapped, damaged))(before, random)
        specs[name].EF.F.write(after)
        if random.random() < 0.5 and name != "manifest.json":
            listed = specs["manifest.json"].EF.F.read_bytes()
            old, new = (sha256(c).hexdigest().encode() for c in (before, after))
            specs["manifest.json"].EF.F.write(listed.replace(old, new))
        saved = io.BytesIO()
        document.save(saved)
    return saved.getvalue()


def tried(bundle: Path, kind: str, random: Random) -> tuple[str, bytes, bool]:
    """Damage a copy of a bundle in one way, and look into it as the commands do.

    Returns:
        The path and content of what was damaged, and whether its evidence could be read.
    """
    pdf = min(bundle.rglob("*.pdf"))
    path, signers = pdf, bundle.with_name("signers")
    if kind in ATTACHED:
        changed = recarried(pdf.read_bytes(), ATTACHED[kind], random)
    elif kind == "certificate":
        made = verify.Verification("a.pdf", "0" * 64, ())
        changed = reworked(certificate(made, date(2020, 4, 1), "en"), random)
    elif kind in ("pdf", "objects"):
        changed = (damaged if kind == "pdf" else reworked)(pdf.read_bytes(), random)
    else:
        listed = [bundle / "SHA256SUMS", *bundle.glob("ledger.*"), *bundle.glob("*.json")]
        vouch = [bundle / "SHA256SUMS.sig", signers]
        path = random.choice(listed if kind == "bundle" else vouch)
        changed = random.choice((swapped, damaged))(path.read_bytes() or b"\n", random)
    whole = path.read_bytes()
    path.write_bytes(changed)
    place = editions.Place("xushi", 2019, True)
    found, read = [], False
    with suppress(DataFaults):
        editions.read(bundle if kind == "bundle" else pdf, place)
    if kind in ("bundle", "signature"):
        found.append(next(verify.verify_bundle(bundle, signers=signers)))
    else:
        with suppress(pikepdf.PdfError):
            orphans.read(changed)
        found.append(verify.verify(pdf))
        read = bool(found[0].about)
        with suppress(TypesetError):
            certificate(found[0], date(2020, 4, 1), "zh")
    told = "".join(line for one in found for lang in LANGS for line in verify.lines(one, lang))
    assert visible(told, "\n") == told
    if changed != whole and path != signers:
        assert any(one.wrong or one.undone for one in found), "accepted"
    return path.name, changed, read


def attempts(
    bundle: str, kind: str, seed: int, first: int
) -> Iterator[tuple[int, str, str, bytes, bool]]:
    """Examples from the first on, each from a seed of its own: its number, and what came of it."""
    for number in count(first):
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "bundle"
            shutil.copytree(bundle, copy)
            shutil.copy(Path(bundle).with_name("signers"), copy.with_name("signers"))
            random, wrong, found = Random(f"{seed} {kind} {number}"), "", ("", b"", False)
            kinds = FINISHED if kind == "finished" else [kind]
            try:
                found = tried(copy, random.choice(kinds), random)
            except Exception:
                wrong = traceback.format_exc()
        yield number, wrong, *found


def finished(examples: int, seed: int, kind: str, seconds: float = 1e9, given: str = "") -> int:
    """Damage so many finished reports, or for so long; how many did not end well."""
    failed = done = read = 0
    began = monotonic()
    with tempfile.TemporaryDirectory() as folder:
        bundle = Path(folder) / "whole"
        if given:
            small = ["SHA256SUMS", "*.json", "ledger.*", "en", "public", "assessment.pdf"]
            shutil.copytree(given, bundle, ignore=lambda _, names: {
                n for n in names if not any(fnmatch(n, s) for s in small)
            })  # fmt: skip
        else:
            asked = ["--lang", "en", "--edition", "public", "--section", "assessment"]
            options = ["--data", str(HERE.parents[1] / "data"), "--out", folder]
            assert main(["build", *options, *asked]) == 0
            (Path(folder) / "xushi/2019").rename(bundle)
        key = Path(folder) / "key"
        make = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(key)]
        subprocess.run(make, check=True, capture_output=True)
        signers = f"office@xushi {key.with_suffix('.pub').read_text()}"
        bundle.with_name("signers").write_text(signers)
        signature.sign(bundle / "SHA256SUMS", key)
        while done < examples and monotonic() - began < seconds:
            try:
                for number, wrong, name, _, was_read in limits.each(
                    attempts, str(bundle), kind, seed, done
                ):
                    done, read = number + 1, read + was_read
                    if wrong:
                        failed += 1
                        print(f"{kind} {seed} {number} {name}\n{wrong}", flush=True)
                    if done >= examples or monotonic() - began > seconds:
                        break
            except limits.Stopped:
                failed, done = failed + 1, done + 1
                print(f"{kind} {seed} {done - 1} stopped", flush=True)
    print(f"{kind}: examples {done}, read {read}, failed {failed}")
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
    if known and known[0] in (*FINISHED, "finished"):
        raise SystemExit(min(1, finished(*numbers, *known, *limit, *sys.argv[5:6])))
    raise SystemExit(min(1, check(*numbers, *known, *limit) if known else run(*numbers)))
