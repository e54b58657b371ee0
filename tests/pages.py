"""The pages for people: the READMEs and what lies in ``docs/``, each in Chinese and English."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOORS = ("analyst", "auditor", "publisher", "developer")
PAGES = ("README", *(f"docs/{name}" for name in ("first-report", *DOORS, "reference")))
"""Pages that come in both languages with the same parts, without their endings."""

FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)


def path(page: str, lang: str) -> Path:
    """Where a page lies: ``README.md``, ``docs/auditor.en.md``."""
    return ROOT / (page + (".md" if lang == "zh" else ".en.md"))


def text(page: str, lang: str) -> str:
    return path(page, lang).read_text(encoding="utf-8")


def every() -> list[Path]:
    """All pages there are, those in one language too."""
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


def blocks(page: str, lang: str) -> list[tuple[str, str]]:
    """The code blocks of a page, each with its language."""
    return [(kind, content) for _, kind, content in FENCE.findall(text(page, lang))]


def prose(page: str, lang: str) -> str:
    """All of a page but its code blocks."""
    return FENCE.sub("", text(page, lang))


def headings(page: str, lang: str) -> list[str]:
    return re.findall(r"^(#+ .+)$", prose(page, lang), re.MULTILINE)


def anchors(written: str) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    found: list[str] = []
    for heading in re.findall(r"^#+ (.+)$", FENCE.sub("", written), re.MULTILINE):
        plain = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        found.append(f"{plain}-{found.count(plain)}" if plain in found else plain)
    return set(found)


def chapter(page: str, title: str, lang: str) -> str:
    """What stands under the heading with this Chinese title, in either language."""
    titles = [heading.lstrip("# ") for heading in headings(page, "zh")]
    heading = headings(page, lang)[titles.index(title)]
    after = text(page, lang).partition(f"\n{heading}\n")[2]
    level = heading.index(" ")
    return re.split(rf"^#{{1,{level}}} ", after, maxsplit=1, flags=re.MULTILINE)[0]


def table(written: str, first: str) -> list[list[str]]:
    """The rows of the table whose head starts with this cell."""
    _, head, after = written.partition(f"| {first} |")
    assert head, f"no table that starts with {first!r}"
    lines = after.split("\n\n", 1)[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def commands(page: str, lang: str, start: str) -> list[list[str]]:
    """The words of the commands that start so, of code blocks and of code within a line."""
    found = [content for _, content in blocks(page, lang)]
    lines = [line.strip().removeprefix("$ ") for block in found for line in block.splitlines()]
    lines += re.findall(r"`([^`\n]+)`", prose(page, lang))
    return [shlex.split(line, comments=True) for line in lines if line.startswith(f"{start} ")]


def links(written: str) -> list[str]:
    """Where a page leads to."""
    bare = re.sub(r"`[^`\n]*`", "``", FENCE.sub("", written))
    return re.findall(r"\]\(([^)\s]+)\)", bare) + re.findall(r'(?:src|href)="([^"]+)"', bare)


def tree(block: str) -> list[str]:
    """The paths that a picture of folders draws; two blanks a level."""
    found, above = [], [""]
    for line in block.splitlines():
        level = (len(line) - len(line.lstrip())) // 2
        above = [*above[: level + 1], above[level] + line.split()[0]]
        found.append(above[-1])
    return found


@dataclass(frozen=True)
class Step:
    """A code block that adds something, and what the words before it say of where it goes."""

    kind: str
    content: str
    file: str
    anchor: str
    cell: str


def steps(page: str, title: str, lang: str) -> Iterator[Step]:
    """The blocks of a chapter; the line before each says where it goes."""
    written = chapter(page, title, lang)
    for fence in FENCE.finditer(written):
        line = written[: fence.start()].rstrip().splitlines()[-1]
        words = [*re.findall(r"`([^`]+)`", line), ""]
        file, anchor, cell = (
            next((word for word in words if re.fullmatch(pattern, word)), "")
            for pattern in (r"(?:data|notebooks)/.+", r"[{\[].+[}\]]", r"report\..+")
        )
        yield Step(fence[2], fence[3], file, anchor.strip("{}[]"), cell)
