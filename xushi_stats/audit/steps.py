"""The steps of ``verify``: each looks at a report in one way, and says what it did and found."""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pikepdf

from xushi_stats.audit import untrusted_attachments, versions
from xushi_stats.audit.differences import Finding, differences
from xushi_stats.audit.foreign import foreign
from xushi_stats.audit.untrusted_attachments import Carried, Refused
from xushi_stats.publishing import attachments, typeset
from xushi_stats.readback import orphans

_NEAR = 24
"""Characters of a block that tell where a finding stands."""

State = Literal["passed", "failed", "not_done"]


@dataclass(frozen=True)
class Step:
    """One step: what came of it, and the sentences for it as (key of ``audit.words``, details).

    Attributes:
        done: what was done; None if it was not, or not to the end.
        findings: what is wrong, or why the step was not done.
        facts: what was counted, for the certificate.
    """

    name: str
    state: State
    done: Finding | None = None
    findings: tuple[Finding, ...] = ()
    facts: Mapping[str, int] = field(default_factory=dict)


def step(
    name: str, found: Iterable[Finding], facts: Mapping[str, int], notes: Iterable[Finding] = ()
) -> Step:
    """A step that was done: failed if anything was found; notes are said either way."""
    findings = tuple(found)
    details = {key: str(value) for key, value in facts.items()}
    done = None if findings else (f"done_{name}", details)
    return Step(name, "failed" if findings else "passed", done, (*findings, *notes), facts)


def not_done(name: str, *why: Finding) -> Step:
    """A step that could not be done."""
    return Step(name, "not_done", findings=why)


def guarded(name: str, run: Callable[[], Step]) -> Step:
    """Run a step on matter from a stranger: what is not of our form fails the step, nothing more."""
    try:
        return run()
    except Refused as error:
        return Step(name, "failed", findings=((error.reason, error.details),))
    except typeset.TypesetError as error:
        why = str(error).splitlines()[0][:200]
        return Step(name, "failed", findings=(("cannot_set", {"why": why}),))
    except MemoryError:
        raise
    except pikepdf.PdfError:
        return Step(name, "failed", findings=(("not_pdf", {}),))
    except Exception:  # whatever a library makes of it
        return Step(name, "failed", findings=(("broken_json", {"name": attachments.DOCUMENT}),))


def table(carried: Carried, name: str) -> list[dict[str, str]]:
    """An attached table.

    Raises:
        Refused: it is absent or no table.
    """
    if name not in carried.files:
        raise Refused("no_table", name=name)
    try:
        text = io.StringIO(carried.files[name].decode("utf-8-sig"), newline="")
        rows = list(csv.DictReader(text, strict=True))
    except (ValueError, csv.Error) as error:
        raise Refused("broken_table", name=name) from error
    if any(None in row or None in row.values() for row in rows):
        raise Refused("broken_table", name=name)
    # without the apostrophes that keep a spreadsheet from computing -29人
    return [{key: value.removeprefix("'") for key, value in row.items()} for row in rows]


# -- attachments and bytes ---------------------------------------------------------------------


def compared_with_manifest(carried: Carried) -> Step:
    """Every attachment has the digest that the manifest states, and none is more or less."""
    program = carried.files.get(attachments.RECOMPUTE, b"")
    other = program and program != attachments.recompute_program()
    notes = [("program_other", {"name": attachments.RECOMPUTE})] if other else []
    count = len(carried.manifest["attachments"])
    return step("attachments", untrusted_attachments.compare(carried), {"count": count}, notes)


def set_again(data: bytes, carried: Carried) -> Step:
    """The PDF is set again from its attachments, and every byte compared."""
    template = versions.template(carried.manifest)
    if template is None:
        other = _other_setting(carried.manifest)
        named = {"version": str(carried.manifest["versions"]["xushi_stats"])}
        return not_done("recompile", *other, ("set_by_version", named), ("words_not_compared", {}))
    charts = {n: c.decode() for n, c in carried.files.items() if n.endswith(".svg")}
    typeset.check(carried.document, charts)
    made = typeset.set_files(carried.files, _date(carried.document), template)
    return step("recompile", differences(data, made), {"size": len(data)})


def _date(document: Mapping[str, Any]) -> list[int]:
    date = document["meta"]["date"]
    if not all(isinstance(part, int) for part in date):
        raise TypeError("a date has three numbers")
    return list(date)


def _other_setting(manifest: Mapping[str, Any]) -> Iterator[Finding]:
    """What of Typst, template and fonts is not as it was when the file was made."""
    here = attachments.setting()
    made = {"Typst": manifest["versions"].get("typst"), "report.typ": manifest["template_sha256"]}
    mine = {"Typst": here["versions"]["typst"], "report.typ": here["template_sha256"]}
    for what, value in {**made, **manifest["fonts_sha256"]}.items():
        found = {**mine, **here["fonts_sha256"]}.get(what)
        if value != found:
            shown = {"made": str(value)[:12], "here": str(found)[:12]}
            yield "other_setting", {"what": what[:60], **shown}


# -- pages -------------------------------------------------------------------------------------


def pages(data: bytes, carried: Carried) -> Step:
    """Every number on the pages is one that the ledger shows, where the document has it."""
    document = carried.document
    typeset.check(document, {n: "" for n in carried.files if n.endswith(".svg")})
    content = orphans.read(data)
    found = orphans.orphans(
        content,
        shown=allowed(carried),
        declared=typeset.declared(document),
        running=typeset.running(document),
        alts=typeset.alts(document),
    )
    said = [("orphan", {lang: orphans.describe(o, lang) for lang in ("zh", "en")}) for o in found]
    said += list(_miscounted(content, document))
    said += list(_other_uses(carried))
    said += [*_internal(carried), *foreign(data)]
    numbers = sum(1 for _ in orphans.numbers(content))
    made = step("pages", said, {"pages": len(content.pages), "count": numbers})
    return Step(
        made.name, made.state, made.done, made.findings, {**made.facts, "orphans": len(found)}
    )


def allowed(carried: Carried) -> dict[str, set[str]]:
    """Figure id → the texts that the ledger lets a page show for it."""
    texts: dict[str, set[str]] = {}
    for row in table(carried, "ledger.csv"):
        if not row["missing"]:
            forms = (row.get(key, "") for key in ("shown", "cell", "interval", "value", "revised"))
            texts[row["id"]] = {form for form in forms if form}
            # behind 下降 or “down” a fall stands without its sign
            texts[row["id"]] |= {row["shown"].removeprefix("-")}
    if carried.manifest["report"].get("edition") != "public":
        for row in table(carried, "observations.csv"):
            texts.setdefault(row["id"], set()).add(row["wording"])
    return texts


def _bare(text: str) -> str:
    return "".join(text.split())


def _miscounted(content: orphans.PdfText, document: dict[str, Any]) -> Iterator[Finding]:
    """Numbers that the pages show more or less often than the document does."""
    printed = Counter((figure, _bare(text)) for _, figure, text in orphans.numbers(content))
    wanted: Counter[tuple[str, str]] = Counter()
    more: Counter[str] = Counter()  # the document does not have the texts of charts
    for figure, text in typeset.numbers(document):
        if text is None:
            more[figure] += 1
        else:
            wanted[figure, _bare(text)] += 1
    for key, count in (printed - wanted).items():
        more[key[0]] -= count
    missing = {key: wanted[key] for key in wanted - printed}
    excess = {key: wanted[key] for key in printed - wanted if more[key[0]] != 0}
    for (figure, text), expected in sorted({**missing, **excess}.items()):
        counts = {"found": str(printed[figure, text]), "expected": str(expected)}
        yield "printed_other", {"figure": figure, "text": text, **counts}


def _other_uses(carried: Carried) -> Iterator[Finding]:
    """Figures that the document's body uses elsewhere than the ledger says."""
    uses = typeset.uses(carried.document["body"])
    for row in table(carried, "ledger.csv"):
        said = sorted(filter(None, row["used_in"].split("；")))
        found = sorted(uses.get(row["id"], ()))
        if said != found:
            joined = {"said": "、".join(said) or "—", "found": "、".join(found) or "—"}
            yield "use_other", {"figure": row["id"], **joined}


def _internal(carried: Carried) -> Iterator[Finding]:
    """What an edition that says it is public holds of the draft: its margin, internal figures."""
    document = carried.document
    said = (carried.manifest["report"].get("edition"), document["meta"].get("edition"))
    if "public" not in said:
        return
    for block in document["body"]:
        near = typeset.plain(block.get("title") or block.get("c") or [])[:_NEAR]
        for line in block.get("margin", ()):
            yield "internal_margin", {"near": near, "note": typeset.plain(line)}
    rows = table(carried, "ledger.csv")
    public = {row["id"] for row in rows if row.get("audience", "public") == "public"}
    for figure in sorted({figure for figure, _ in typeset.numbers(document)} - public):
        yield "internal_figure", {"figure": figure}


# -- the source --------------------------------------------------------------------------------


def source(carried: Carried, document: Path) -> Step:
    """Every wording of the observations stands in the source document at its place."""
    content = untrusted_attachments.content(document)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:  # a workbook or a scan holds no characters to count
        return not_done("source", ("source_no_text", {}))
    digest = hashlib.sha256(content).hexdigest()
    sources = table(carried, "sources.csv")
    named = [row["id"] for row in sources if row["sha256"] == digest]
    said: list[Finding] = [] if named else [("source_other", {})]
    mine = named or [row["id"] for row in sources]
    rows = [row for row in table(carried, "observations.csv") if row["source"] in mine]
    rows = [row for row in rows if row["start"].isdecimal()]  # no cell of a workbook
    for row in rows:
        start = int(row["start"])
        if text[start : start + len(row["wording"])] != row["wording"]:
            details = {"figure": row["id"], "start": row["start"], "wording": row["wording"]}
            said.append(("wording_other", details))
    if not rows:
        return not_done("source", *said, ("source_nothing", {}))
    return step("source", said, {"count": len(rows)})
