"""A report that proves itself consistent: what ``xushi-stats verify`` does with a PDF alone.

No data folder and no network are needed, and nothing that the file carries is ever run.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from xushi_stats.audit import recomputing, signature, steps, untrusted_attachments
from xushi_stats.audit.steps import Step
from xushi_stats.audit.untrusted_attachments import Carried, Refused
from xushi_stats.audit.words import STATES, STEPS, say
from xushi_stats.faults import Lang

FEW = 6
"""PDFs; so many are worth a process for each core."""
MOST_WORKERS = 4


@dataclass(frozen=True)
class Verification:
    """What was done with one file, and what came of it.

    Attributes:
        about: what the file's manifest says it is; empty if it could not be read.
    """

    file: str
    sha256: str
    steps: tuple[Step, ...]
    about: Mapping[str, Any] = field(default_factory=dict)

    @property
    def wrong(self) -> int:
        """How many things are wrong; steps that were not done are none."""
        return sum(max(1, len(s.findings)) for s in self.steps if s.state == "failed")

    @property
    def facts(self) -> dict[str, int]:
        """What was counted in all steps, as ``step.fact``."""
        return {f"{s.name}.{key}": n for s in self.steps for key, n in s.facts.items()}

    def of(self, name: str) -> Step | None:
        """A step by its name."""
        return next((step for step in self.steps if step.name == name), None)


def verify(pdf: Path, *, source: Path | None = None, signers: Path | None = None) -> Verification:
    """Verify a report by what it carries.

    Args:
        pdf: the report.
        source: the source document, if its wordings are to be read there.
        signers: allowed signers for ``ssh-keygen``, if the signature beside it is to be checked.

    Returns:
        Every step with its result; a file that cannot be read gives a failed step too.

    Limitations: a report rebuilt whole from forged data agrees with itself; it is told only by its
        digest, a signature, or the source document.
    """
    try:
        data = pdf.read_bytes()
    except OSError as error:
        unreadable = ("unreadable", {"why": error.strerror or type(error).__name__})
        return Verification(pdf.name, "", (Step("attachments", "failed", None, (unreadable,)),))
    digest = hashlib.sha256(data).hexdigest()
    try:
        carried = untrusted_attachments.read(data)
    except Refused as error:
        refused = Step("attachments", "failed", None, ((error.reason, error.details),))
        return Verification(pdf.name, digest, (refused, *_signature(pdf, signers)))
    made = [steps.guarded(name, run) for name, run in _plan(data, carried, source)]
    about = dict(carried.manifest["report"])
    return Verification(pdf.name, digest, (*made, *_signature(pdf, signers)), about)


def _plan(
    data: bytes, carried: Carried, source: Path | None
) -> Iterator[tuple[str, Callable[[], Step]]]:
    """The steps that look inside the file, in order."""
    ran = cache(partial(recomputing.run, carried))
    yield "attachments", partial(steps.compared_with_manifest, carried)
    yield "recompile", partial(steps.set_again, data, carried)
    yield "recompute", partial(recomputing.recomputed, carried, ran)
    yield "checks", partial(recomputing.checked, carried, ran)
    yield "pages", partial(steps.pages, data, carried)
    if source is not None:
        yield "source", partial(steps.source, carried, source)


def _signature(file: Path, signers: Path | None) -> Iterator[Step]:
    """The signature of a file or of the list of digests that holds it, if that was asked for."""
    if signers is None:
        return
    signed = signature.signed(file)
    if signed is None:
        yield steps.not_done("signature", ("no_signature", {}))
        return
    try:
        signer = signature.verify(signed, signers)
    except signature.NoSshKeygen:
        yield steps.not_done("signature", ("no_ssh_keygen", {}))
        return
    except signature.BadSignature as error:
        bad = ("signature_bad", {"file": error.file, "why": error.why})
        yield Step("signature", "failed", None, (bad,))
        return
    if signed != file and not signature.lists(signed, file):
        yield Step("signature", "failed", None, (("not_in_signed", {}),))
        return
    yield Step("signature", "passed", ("done_signature", {"file": signed.name, "signer": signer}))


# -- a folder ----------------------------------------------------------------------------------


def verify_bundle(
    folder: Path, *, source: Path | None = None, signers: Path | None = None
) -> Iterator[Verification]:
    """Verify a bundle: its list of digests first, then each PDF in it.

    Yields:
        One result for the folder, then one a PDF, as they are done.
    """
    sums = folder / signature.SUMS
    listed, step = _sums(folder)
    digest = hashlib.sha256(sums.read_bytes()).hexdigest() if sums.is_file() else ""
    yield Verification(signature.SUMS, digest, (step, *_signature(sums, signers)))
    names = [name for name in listed if name.endswith(".pdf") and (folder / name).is_file()]
    one = partial(_one, folder, source)
    if len(names) < FEW:
        yield from map(one, names)
        return
    # spawned, not forked: a process that has typeset must not fork and typeset in the child
    workers = min(os.cpu_count() or 1, MOST_WORKERS)
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield from pool.map(one, names)


def _one(folder: Path, source: Path | None, name: str) -> Verification:
    return replace(verify(folder / name, source=source), file=name)


def _sums(folder: Path) -> tuple[list[str], Step]:
    """The names in SHA256SUMS, and what is altered, missing or not listed."""
    try:
        lines = (folder / signature.SUMS).read_text(encoding="utf-8").splitlines()
        listed = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    except (OSError, ValueError):
        return [], Step("sums", "failed", None, (("sums_broken", {}),))
    own = {signature.SUMS, f"{signature.SUMS}.sig"}
    paths = (path for path in folder.rglob("*") if path.is_file() or path.is_symlink())
    there = {path.relative_to(folder).as_posix() for path in paths} - own
    found = [("file_missing", {"name": name}) for name in sorted(listed.keys() - there)]
    found += [("file_extra", {"name": name}) for name in sorted(there - listed.keys())]
    for name in sorted(there & listed.keys()):
        path = folder / name
        if path.is_symlink() or hashlib.sha256(path.read_bytes()).hexdigest() != listed[name]:
            found.append(("file_altered", {"name": name}))
    return sorted(there & listed.keys()), steps.step("sums", found, {"count": len(listed)})


# -- in words ----------------------------------------------------------------------------------


def lines(made: Verification, lang: Lang) -> Iterator[str]:
    """What was done and found, line by line, without the closing remark."""
    zh = lang == "zh"
    yield made.file
    if made.sha256:
        yield f"  SHA-256 {made.sha256}"
    for step in made.steps:
        name, state = STEPS[step.name][lang], STATES[step.state][lang]
        said = say(*step.done, lang) if step.done else ""
        yield f"  [{state}] {name}{'：' if zh else ': '}{said}".rstrip("： :")
        yield from (f"      {say(*finding, lang)}" for finding in step.findings)
    count = {"count": str(made.wrong)}
    yield f"  {say('not_well' if made.wrong else 'all_well', count, lang)}"


def brief(made: Verification, lang: Lang) -> Iterator[str]:
    """One line where nothing is wrong and there is nothing more to tell; else all of it."""
    notes = {key for step in made.steps for key, _ in step.findings} - {"recompute_skips"}
    plain = all(s.state == "passed" and s.name != "signature" for s in made.steps)
    if plain and not notes:
        yield f"[{STATES['passed'][lang]}] {made.file}  {made.sha256}"
    else:
        yield from lines(made, lang)
