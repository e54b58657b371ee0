"""The finished report against itself: no number in it that does not lead to its row.

Judges what ``audit.pdf`` has read: what stands inside a link must be what the ledger shows for the
link's target; a digit outside every link must belong to a declared string, and occur no more often
than was declared; a quantity in words outside every link must be a declared phrase.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from xushi_stats.notation import NUMERIC, has_digit
from xushi_stats.numerals.spelled_out import typed
from xushi_stats.readback.finding import Orphan, describe
from xushi_stats.readback.pdf import (
    AROUND,
    FOOT,
    GAP,
    HEAD,
    Image,
    Link,
    Page,
    PdfText,
    Source,
    bare,
    read,
)

__all__ = [
    "AROUND",
    "FOOT",
    "HEAD",
    "NUMERIC",
    "Image",
    "Link",
    "Orphan",
    "Page",
    "PdfText",
    "Source",
    "describe",
    "numbers",
    "orphans",
    "read",
]

SECTION = "section/"  # named destinations of headings; all others are ids of figures
SOFT_BREAK = "\x02"  # what PDFium gives for a hyphen at a line's end
HYPHEN = f"[-{SOFT_BREAK}]"


def orphans(
    pdf: Source | PdfText,
    shown: Mapping[str, Collection[str]],
    declared: Mapping[str, int],
    running: Collection[str],
    alts: Collection[str],
) -> list[Orphan]:
    """Find every number that a finished report cannot account for.

    Args:
        pdf: the PDF, where it is, or what `read` made of it.
        shown: id -> the texts that the ledger shows for it.
        declared: string with a number -> how often it stands outside links; head, foot, contents and
            the heads of tables repeated on a further page are not counted. Phrases with number
            words alone (一户一策) may stand anywhere, and are not counted.
        running: the strings of head and foot.
        alts: the descriptions that images may have.

    Returns:
        The findings, by page; none if every number leads to its row.

    Raises:
        OSError, pikepdf.PdfError: as `read`.

    Limitations: as `read`. Numbers in words are judged as `typed.typed` tells them: a numeral
        without a unit (三 alone) is not, nor is one that a link, a column or a hyphen at a line's end
        cuts from its unit. A declared string that is the beginning of a longer declared one must not
        be followed by the rest of it as plain text.
    """
    text = pdf if isinstance(pdf, PdfText) else read(pdf)
    strings = _Declared(declared)
    found = [
        *_wrong_links(text, shown, strings),
        *_strays(text, strings),
        *strings.miscounted(text),
        *_wrong_margins(text, running),
        *_wrong_numbers(text),
        *_wrong_images(text, alts),
    ]
    return sorted(found, key=lambda orphan: orphan.page)


def numbers(pdf: Source | PdfText) -> Iterator[tuple[int, str, str]]:
    """The figures of a report as printed.

    Args:
        pdf: the PDF, where it is, or what `read` made of it.

    Yields:
        (page from 1, id, text), in the order of the pages.
    """
    text = pdf if isinstance(pdf, PdfText) else read(pdf)
    for link in text.links:
        if link.target is not None and not link.target.startswith(SECTION):
            yield link.page + 1, link.target, link.text


def _orphan(text: PdfText, kind: str, index: int, found: str, near: str, **more: Any) -> Orphan:
    """A finding on a page."""
    return Orphan(kind, index + 1, found, near, number=text.pages[index].number, **more)


class _Declared:
    """The declared strings: hides them in a text and counts what was hidden."""

    def __init__(self, declared: Mapping[str, int]) -> None:
        self.expected: Counter[str] = Counter()
        self.phrases = {
            bare(string) for string in declared if not has_digit(string) and typed(string)
        }
        for string, count in declared.items():
            if has_digit(string):
                self.expected[bare(string)] += count
        self.places: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
        longest = sorted(declared, key=lambda string: (-len(string), string))
        options = (self._option(s) for s in longest if bare(s) in self)
        self.pattern = re.compile("|".join(options) or r"(?!)")

    def __contains__(self, string: str) -> bool:
        return string in self.expected or string in self.phrases

    def _option(self, string: str) -> str:
        """How it may stand on a page: a phrase may be broken at a line's end."""
        if bare(string) in self.expected:
            return r"\s*".join(map(re.escape, string.split()))
        letters = (re.escape(char) if char != "-" else HYPHEN for char in bare(string))
        return r"\s*".join(letters)

    def hidden(self, text: str, page: int | None = None) -> str:
        """The text with declared strings blanked out; counted if a page is given."""

        def blank(match: re.Match[str]) -> str:
            if page is not None and bare(match[0]) in self.expected:
                self.places[bare(match[0])].append((page, match.start(), match.end()))
            return GAP * len(match[0])

        return self.pattern.sub(blank, text)

    def hidden_over_breaks(self, pages: Iterable[str]) -> list[str]:
        """The texts of pages in order, in which a phrase that ends on the next page is blanked too."""
        texts = [list(page) for page in pages]
        places = [[n for n, c in enumerate(t) if not c.isspace() and c != GAP] for t in texts]
        for one, two, ends, begins in zip(texts, texts[1:], places, places[1:], strict=False):
            before, after = "".join(one[n] for n in ends), "".join(two[n] for n in begins)
            for phrase in self.phrases:
                for cut in range(1, len(phrase)):
                    if before.endswith(phrase[:cut]) and after.startswith(phrase[cut:]):
                        for n in ends[-cut:]:
                            one[n] = GAP
                        for n in begins[: len(phrase) - cut]:
                            two[n] = GAP
        return ["".join(text) for text in texts]

    def miscounted(self, text: PdfText) -> Iterator[Orphan]:
        """Strings that stand on the pages more or less often than declared."""
        for string, expected in self.expected.items():
            places = self.places.get(string, [])
            if len(places) == expected:
                continue
            wanted = (str(expected), str(len(places)))
            if not places:
                yield Orphan("declared_count", 0, string, "", expected=wanted)
                continue
            page, start, stop = places[-1]
            near = text.pages[page].around(start, stop)
            yield _orphan(text, "declared_count", page, string, near, expected=wanted)


def _wrong_links(
    text: PdfText, shown: Mapping[str, Collection[str]], strings: _Declared
) -> Iterator[Orphan]:
    """Links whose text is not what their target stands for."""
    allowed = {key: {bare(string) for string in texts} for key, texts in shown.items()}
    for link in text.links:
        kind, expected = _fault(link, text, allowed, strings)
        if kind is None and not _true_note(link, text):
            kind, expected = "page_reference", (_number_at(text, link),)
        if kind is not None:
            page = text.pages[link.page]
            near = page.around(link.start, link.start + len(link.text))
            more = {"target": link.target, "expected": expected}
            yield _orphan(text, kind, link.page, link.text, near, **more)


def _fault(
    link: Link, text: PdfText, allowed: Mapping[str, Collection[str]], strings: _Declared
) -> tuple[str | None, tuple[str, ...]]:
    """What is wrong with a link (None: nothing), and what should stand in it."""
    number = _number_at(text, link)
    if link.target is None:
        return (None if link.text == number else "page_reference"), (number,)
    if link.target.startswith(SECTION) and text.pages[link.page].number is None:
        title = strings.hidden(link.text.removesuffix(number))
        wrong = not link.text.endswith(number) or has_digit(title) or typed(title)
        return ("contents" if wrong or not number else None), (number,)
    if link.target not in allowed or link.to_page is None:
        return "unknown_target", ()
    expected = allowed[link.target]
    return (None if bare(link.text) in expected else "mismatch"), tuple(sorted(expected))


def _number_at(text: PdfText, link: Link) -> str:
    """The printed number of the page a link leads to."""
    number = None if link.to_page is None else text.pages[link.to_page].number
    return "" if number is None else str(number)


def _true_note(link: Link, text: PdfText) -> bool:
    """Whether the link's description, if it names a page, names the one the link leads to."""
    digits = re.findall(r"\d+", link.note)
    return not digits or digits == [_number_at(text, link)]


def _strays(text: PdfText, strings: _Declared) -> Iterator[Orphan]:
    """Digits and number words outside links that no declared string accounts for, run by run."""
    bodies = [strings.hidden(page.outside("body"), page.index) for page in text.pages]
    for page, rest in zip(text.pages, strings.hidden_over_breaks(bodies), strict=True):
        again = strings.hidden(page.outside("repeat"))
        for zone in (rest, again):
            for start, stop in _runs(zone):
                near = page.around(start, stop)
                yield _orphan(text, "stray", page.index, page.text[start:stop], near)
            for start, stop, wording in _words(zone):
                near = " ".join(page.around(start, stop).split())
                yield _orphan(text, "words", page.index, wording, near)


def _words(text: str) -> Iterator[tuple[int, int, str]]:
    """Where quantities in words stand in a text whose lines may end within one."""
    places: list[int] = []
    letters: list[str] = []
    for n, char in enumerate(text):
        if char.isspace():
            if not letters or letters[-1] == " " or letters[-1] > "\u2e7f":
                continue  # Chinese is broken anywhere; a blank there is none
            char = " "
        elif char > "\u2e7f" and char != GAP and letters and letters[-1] == " ":
            letters.pop(), places.pop()
        places.append(n)
        letters.append("-" if char == SOFT_BREAK else char)
    for expression in typed("".join(letters)):
        start, stop = places[expression.start], places[expression.end - 1] + 1
        yield start, stop, expression.wording


def _runs(text: str) -> Iterable[tuple[int, int]]:
    """Where numbers stand in a text: digits with the points and commas between them."""
    start = None
    for n, char in enumerate(text + GAP):
        if has_digit(char):
            start = n if start is None else start
        elif start is not None and not (char in ".," and has_digit(text[n + 1 : n + 2])):
            yield start, n
            start = None


def _wrong_margins(text: PdfText, running: Collection[str]) -> Iterator[Orphan]:
    """Text in head or foot that is neither a running line nor the page's number."""
    for page in text.pages:
        number = [] if page.number is None else [f"—{page.number}—"]
        for zone, lines in (("head", list(running)), ("foot", [*running, *number])):
            written = bare(
                "".join(c for c, where in zip(page.chars, page.zones, strict=True) if where == zone)
            )
            rest = written
            for line in sorted(map(bare, lines), key=len, reverse=True):
                rest = rest.replace(line, "", 1)
            if rest:
                yield _orphan(text, "running", page.index, rest, written, expected=tuple(lines))
            elif zone == "foot" and number and number[0] not in written:
                expected = tuple(number)
                yield _orphan(text, "page_number", page.index, "", written, expected=expected)


def _wrong_numbers(text: PdfText) -> Iterator[Orphan]:
    """Pages whose label breaks the count: none at first, then 1, 2, 3 to the end."""
    first = next((page.index for page in text.pages if page.number is not None), len(text.pages))
    for page in text.pages[first:]:
        expected = page.index - first + 1
        if page.number != expected:
            found = "" if page.number is None else str(page.number)
            wanted = (str(expected),)
            yield _orphan(text, "page_number", page.index, found, found, expected=wanted)


def _wrong_images(text: PdfText, alts: Collection[str]) -> Iterator[Orphan]:
    """Images whose description is not one of those that were given."""
    for image in text.images:
        if image.alt in alts:
            continue
        near = image.alt if len(image.alt) <= 4 * AROUND else image.alt[: 4 * AROUND] + "…"
        if image.page is None:
            yield Orphan("alt", 0, image.alt, near)
        else:
            yield _orphan(text, "alt", image.page, image.alt, near)
