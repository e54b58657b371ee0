"""A report that proves itself consistent: what ``xushi-stats verify`` does with a PDF alone.

No data folder and no network are needed, and nothing that the file carries is ever run.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cache, partial
from itertools import chain
from pathlib import Path
from typing import Any

from xushi_stats.audit import limits, recomputing, said, signature, steps, untrusted_attachments
from xushi_stats.audit.steps import Step
from xushi_stats.audit.untrusted_attachments import Carried, Refused
from xushi_stats.audit.words import STATES, STEPS, say
from xushi_stats.faults import Lang
from xushi_stats.tables.visible import visible

FEW = 5
"""PDFs; so many are worth a process."""
MOST_WORKERS = 4
MOST_TOLD = 200
"""Findings of one step that are told; a file that is not ours may have millions."""


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
    def undone(self) -> int:
        """How many steps were not done, or not to the end: what they look for may be wrong."""
        return sum(s.state == "not_done" for s in self.steps)

    @property
    def result(self) -> tuple[str, dict[str, str]]:
        """What it comes to: a key of ``audit.words`` and its details."""
        key = "not_well" if self.wrong else "not_all_done" if self.undone else "all_well"
        return key, {"count": str(self.wrong or self.undone)}

    @property
    def facts(self) -> dict[str, int]:
        """What was counted in all steps, as ``step.fact``."""
        return {f"{s.name}.{key}": n for s in self.steps for key, n in s.facts.items()}

    def of(self, name: str) -> Step | None:
        """A step by its name."""
        return next((step for step in self.steps if step.name == name), None)


def verify(
    pdf: Path, *, source: Path | None = None, signers: Path | None = None, apart: bool = False
) -> Verification:
    """Verify a report by what it carries.

    Args:
        pdf: the report.
        source: the source document, if its wordings are to be read there.
        signers: allowed signers for ``ssh-keygen``, if the signature beside it is to be checked.
        apart: whether to look inside the file in a process with limits, as the command does.

    Returns:
        Every step with its result; a file that cannot be read gives a failed step too.

    Limitations: a report rebuilt whole from forged data agrees with itself; it is told only by its
        digest, a signature, or the source document.
    """
    if apart:
        (made,) = _apart([pdf], source)
    else:
        *_, made = _looked_at(pdf, source)
    return replace(made, steps=(*made.steps, *_signature(pdf, signers)))


def _looked_at(pdf: Path, source: Path | None) -> Iterator[Verification]:
    """A file before and after each step inside it."""
    made = Verification(pdf.name, "", ())
    yield made
    try:
        data = untrusted_attachments.content(pdf)
        made = replace(made, sha256=hashlib.sha256(data).hexdigest())
        yield made
        carried = untrusted_attachments.read(data)
    except Refused as error:
        refused = Step("attachments", "failed", None, ((error.reason, error.details),))
        yield replace(made, steps=(refused,))
        return
    made = replace(made, about=dict(carried.manifest["report"]))
    for name, run in _plan(data, carried, source):
        made = replace(made, steps=(*made.steps, steps.guarded(name, run)))
        yield made


def _all(pdfs: Sequence[Path], source: Path | None) -> Iterator[tuple[int, Verification]]:
    for n, pdf in enumerate(pdfs):
        yield from ((n, made) for made in _looked_at(pdf, source))


def _apart(pdfs: Sequence[Path], source: Path | None) -> list[Verification]:
    """Files in a process with limits; one that brings it down does not hold up those after it."""
    done: list[Verification] = []
    while len(done) < len(pdfs):
        rest = pdfs[len(done) :]
        found: dict[int, Verification] = {0: Verification(rest[0].name, "", ())}
        try:
            found.update(limits.each(_all, rest, source))
        except limits.Stopped:
            last = max(found)
            found[last] = _stopped(found[last], source)
        done += found.values()
    return done


def _stopped(made: Verification, source: Path | None) -> Verification:
    """One that came to no end: the step at which it was has failed, those after it were not done."""
    left = [*_NAMES, *(["source"] if source else [])][len(made.steps) :]
    later = [steps.not_done(name, ("after_stopped", {})) for name in left[1:]]
    failed = Step(left[0], "failed", None, (("stopped", limits.WHAT),))
    return replace(made, steps=(*made.steps, failed, *later))


_NAMES = ("attachments", "recompile", "recompute", "checks", "pages", "words", "charts")


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
    yield "words", partial(said.bound, carried)
    yield "charts", partial(said.drawn, carried)
    if source is not None:
        yield "source", partial(steps.source, carried, source)


def _signature(file: Path, signers: Path | None) -> Iterator[Step]:
    """The signature of a file or of the list of digests that holds it, if that was asked for."""
    if signers is None:
        return
    signed = signature.signed(file)
    if signed is None:
        yield Step("signature", "failed", None, (("no_signature", {}),))
        return
    try:
        signer = signature.verify(signed, signers)
    except signature.NoSshKeygen:
        yield steps.not_done("signature", ("no_ssh_keygen", {}))
        return
    except signature.BadSignature as error:
        bad = (error.key, {"file": error.file, "why": error.why})
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
    digest = signature.digest(sums) if sums.is_file() else ""
    names = [name for name in listed if name.endswith(".pdf") and (folder / name).is_file()]
    none = [] if names else [steps.not_done("pages", ("no_pdf_listed", {}))]
    yield Verification(signature.SUMS, digest, (step, *none, *_signature(sums, signers)))
    parts = [[folder / name for name in names[n : n + FEW]] for n in range(0, len(names), FEW)]
    with ThreadPoolExecutor(min(os.cpu_count() or 1, MOST_WORKERS)) as pool:
        done = chain.from_iterable(pool.map(partial(_apart, source=source), parts))
        yield from (replace(made, file=name) for made, name in zip(done, names, strict=True))


def _sums(folder: Path) -> tuple[list[str], Step]:
    """The names in SHA256SUMS, and what is altered, missing or not listed."""
    try:
        lines = untrusted_attachments.content(folder / signature.SUMS).decode().splitlines()
        listed = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    except (Refused, ValueError):
        return [], Step("sums", "failed", None, (("sums_broken", {}),))
    own = {signature.SUMS, f"{signature.SUMS}.sig"}
    paths = (path for path in folder.rglob("*") if path.is_file() or path.is_symlink())
    there = {path.relative_to(folder).as_posix() for path in paths} - own
    found = [("file_missing", {"name": name}) for name in sorted(listed.keys() - there)]
    found += [("file_extra", {"name": name}) for name in sorted(there - listed.keys())]
    for name in sorted(there & listed.keys()):
        path = folder / name
        if path.is_symlink() or signature.digest(path) != listed[name]:
            found.append(("file_altered", {"name": name}))
    return sorted(there & listed.keys()), steps.step("sums", found, {"count": len(listed)})


# -- in words ----------------------------------------------------------------------------------


def lines(made: Verification, lang: Lang) -> Iterator[str]:
    """What was done and found, line by line, without the closing remark."""
    zh = lang == "zh"
    yield visible(made.file)
    if made.sha256:
        yield f"  SHA-256 {made.sha256}"
    for step in made.steps:
        name, state = STEPS[step.name][lang], STATES[step.state][lang]
        said = say(*step.done, lang) if step.done else ""
        yield f"  [{state}] {name}{'：' if zh else ': '}{said}".rstrip("： :")
        yield from (f"      {say(*finding, lang)}" for finding in step.findings[:MOST_TOLD])
        if len(step.findings) > MOST_TOLD:
            yield f"      … +{len(step.findings) - MOST_TOLD}"
    yield f"  {say(*made.result, lang)}"


def brief(made: Verification, lang: Lang) -> Iterator[str]:
    """One line where nothing is wrong and there is nothing more to tell; else all of it."""
    notes = {key for step in made.steps for key, _ in step.findings} - {"recompute_skips"}
    plain = all(s.state == "passed" and s.name != "signature" for s in made.steps)
    if plain and not notes:
        yield f"[{STATES['passed'][lang]}] {visible(made.file)}  {made.sha256}"
    else:
        yield from lines(made, lang)
