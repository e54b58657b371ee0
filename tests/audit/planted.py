"""Wrong words planted in the real text, tables and charts, and how many of them are found.

``python tests/audit/planted.py`` measures and writes the table in ``docs/wording.md``.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from itertools import combinations
from pathlib import Path

from xushi_stats.catalogue import Indicator
from xushi_stats.checks import mentions as S
from xushi_stats.checks import wording
from xushi_stats.checks.wording import Reader
from xushi_stats.faults import Fault, Lang
from xushi_stats.reporting import exhibits
from xushi_stats.reporting.report import Report

ROOT = Path(__file__).resolve().parents[2]
SEED, DRAWN = 20200316, 300
ALIKE = 0.6
PLACEHOLDER = S.PLACEHOLDER


@dataclass
class Count:
    """Of planted faults of one kind: all, found as errors, found as warnings, and false alarms."""

    planted: int = 0
    errors: int = 0
    warnings: int = 0
    beside: int = 0
    missed: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        return self.errors / self.planted if self.planted else 1.0

    @property
    def precision(self) -> float:
        said = self.errors + self.beside
        return self.errors / said if said else 1.0

    def note(self, found: Sequence[Fault], own: set[str], what: str) -> None:
        """Count one planted fault: found, if what is said is of one of the changed figures."""
        self.planted += 1
        hits = [f for f in found if f.details["own_zh"] in own]
        severe = [f for f in hits if f.severity == "error"]
        self.errors += bool(severe)
        self.warnings += bool(hits and not severe)
        self.beside += any(f.severity == "error" for f in found if f not in hits)
        if not hits:
            self.missed.append(what)


@dataclass(frozen=True)
class Spot:
    """A placeholder of a figure in a paragraph of the real text."""

    paragraph: int
    start: int
    end: int
    own: Indicator

    @property
    def written(self) -> str:
        return f"【{self.own.id}】"


class Text:
    """The real prose of one language, a paragraph at a time."""

    def __init__(self, report: Report) -> None:
        self.reader: Reader = wording.reader_of(report)
        self.lang: Lang = report.lang
        self.paragraphs: list[tuple[str, str]] = []
        self.spots: list[Spot] = []
        for (lang, _), text in report.dataset.texts.items():
            for _, paragraph, heading in S.paragraphs(text) if lang == self.lang else ():
                self._add(paragraph, heading)

    def _add(self, paragraph: str, heading: str) -> None:
        self.paragraphs.append((paragraph, heading))
        for match in PLACEHOLDER.finditer(paragraph):
            own = self.reader.find(match.group(1))
            if own:
                spot = Spot(len(self.paragraphs) - 1, match.start(), match.end(), own)
                self.spots.append(spot)

    def judge(self, *changes: tuple[Spot, str]) -> list[Fault]:
        """What is said of the paragraphs in which spots are written otherwise."""
        found: list[Fault] = []
        for n in sorted({spot.paragraph for spot, _ in changes}):
            paragraph, heading = self.paragraphs[n]
            mine = sorted((c for c in changes if c[0].paragraph == n), key=lambda c: -c[0].start)
            for spot, new in mine:
                paragraph = paragraph[: spot.start] + new + paragraph[spot.end :]
            for group in S.of_prose(paragraph, self.lang, self.reader.find, heading):
                found += [fault for _, fault in self.reader.judge(group)]
        return found

    def exchange(self, one: Spot, other: Spot) -> list[Fault]:
        return self.judge((one, other.written), (other, one.written))

    def around(self, spot: Spot) -> str:
        paragraph, _ = self.paragraphs[spot.paragraph]
        return paragraph[max(0, spot.start - 20) : spot.end + 10]


def alike(one: Indicator, other: Indicator, lang: Lang) -> bool:
    """Whether two names share most of their characters: 已脱贫户数, 未脱贫户数."""
    a, b = one.names[lang], other.names[lang]
    return SequenceMatcher(None, a, b, autojunk=False).ratio() >= ALIKE


def same_unit(text: Text, one: Indicator, other: Indicator) -> bool:
    return bool(S.units(one, text.lang) & S.units(other, text.lang))


# -- prose ---------------------------------------------------------------------------------------


def exchanged(text: Text, pairs: Sequence[tuple[Spot, Spot]]) -> tuple[Count, Count]:
    """Two figures exchanged: those with clearly different names, and those nearly alike."""
    clear, near = Count(), Count()
    for one, other in pairs:
        count = near if alike(one.own, other.own, text.lang) else clear
        both = {one.own.names["zh"], other.own.names["zh"]}
        what = f"{text.around(one)} <> {text.around(other)}"
        count.note(text.exchange(one, other), both, what)
    return clear, near


def pairs_of_one_unit(text: Text) -> list[tuple[Spot, Spot]]:
    return [
        (a, b)
        for a, b in combinations(text.spots, 2)
        if a.own.id != b.own.id and same_unit(text, a.own, b.own)
    ]


def random_pairs(text: Text) -> list[tuple[Spot, Spot]]:
    every = [(a, b) for a, b in combinations(text.spots, 2) if a.own.id != b.own.id]
    return random.Random(SEED).sample(every, DRAWN)


def neighbours(text: Text) -> list[tuple[Spot, Spot]]:
    """Figures that follow each other in a sentence."""
    stop = re.compile(r"[。！？]|[.!?]\s")
    return [
        (a, b)
        for a, b in zip(text.spots, text.spots[1:], strict=False)
        if a.paragraph == b.paragraph
        and a.own.id != b.own.id
        and not stop.search(text.paragraphs[a.paragraph][0][a.end : b.start])
    ]


def replaced(text: Text) -> tuple[Count, Count]:
    """One figure replaced by any other of the catalogue."""
    draw, clear, near = random.Random(SEED), Count(), Count()
    others = list(text.reader.names.rivals.values())
    for _ in range(DRAWN):
        spot, other = draw.choice(text.spots), draw.choice(others)
        if other.id != spot.own.id:
            count = near if alike(spot.own, other, text.lang) else clear
            found = text.judge((spot, f"【{other.id}】"))
            count.note(found, {other.names["zh"]}, f"{text.around(spot)} := {other.id}")
    return clear, near


def other_unit(text: Text) -> Count:
    """The figure of the same thing in another unit: persons for households."""
    count = Count()
    for spot in text.spots:
        for other in text.reader.names.rivals.values():
            kin = alike(spot.own, other, text.lang) and other.id != spot.own.id
            if kin and not same_unit(text, spot.own, other):
                found = text.judge((spot, f"【{other.id}】"))
                count.note(found, {other.names["zh"]}, f"{text.around(spot)} := {other.id}")
    return count


UNITS: dict[Lang, tuple[str, ...]] = {
    "zh": ("户", "人", "个", "万元", "亩"),
    "en": (" households", " persons", " yuan", " mu"),
}


def unit_written(text: Text) -> Count:
    """A unit typed after a figure."""
    count, draw = Count(), random.Random(SEED)
    for spot in text.spots:
        unit = draw.choice(UNITS[text.lang])
        found = text.judge((spot, f"{spot.written}{unit}"))
        count.note(found, {spot.own.names["zh"]}, text.around(spot) + unit)
    return count


QUALIFIERS: dict[Lang, tuple[str, ...]] = {
    "zh": (
        *("约{}", "大约{}", "近{}", "将近{}", "超过{}", "逾{}", "至少{}", "至多{}", "不低于{}"),
        *("不超过{}", "不足{}", "{}左右", "{}以上", "{}以下", "{}余", "{}多"),
    ),
    "en": (
        *("about {}", "nearly {}", "more than {}", "over {}", "at least {}", "at most {}"),
        *("no fewer than {}", "no more than {}", "less than {}", "almost {}", "{} or more"),
        *("{} or less", "approximately {}", "some {}"),
    ),
}


def qualified(text: Text) -> Count:
    """A qualifier put to a figure."""
    count = Count()
    for spot in text.spots:
        for frame in QUALIFIERS[text.lang]:
            found = text.judge((spot, frame.format(spot.written)))
            count.note(found, {spot.own.names["zh"]}, f"{frame}: {text.around(spot)}")
    return count


DATED: dict[Lang, re.Pattern[str]] = {
    "zh": re.compile(r"年份|下年|时[点期]】|全年|当年|本年|截至|以来|期间|目前|现有"),
    "en": re.compile(r"year|next|period|[Uu]p to|[Ss]ince"),
}


def misdated(text: Text) -> Count:
    """A year that is not the figures' put before a sentence without a time, or instead of its own."""
    count = Count()
    year, later = ("【年份】", "【下年】") if text.lang == "zh" else ("【year】", "【next】")
    opening, ends = ("{}，", r"(?<=[。])") if text.lang == "zh" else ("In {}, ", r"(?<=\.) ")
    for paragraph, heading in text.paragraphs:
        for sentence in re.split(ends, paragraph):
            if sentence.startswith("#") or "，不" in sentence:
                continue
            own = [text.reader.find(name) for name in PLACEHOLDER.findall(sentence)]
            figures = [text.reader.figure(i.id) for i in own if i]
            if not figures or any(f is None or f.quantity is None for f in figures):
                continue
            wrong = year if figures[0] and figures[0].period.startswith("2020") else later
            right = later if wrong == year else year
            if re.match(rf"(In )?{right}", sentence):
                planted = sentence.replace(right, wrong, 1)
            elif not DATED[text.lang].search(sentence):
                planted = opening.format(wrong) + sentence
            else:
                continue
            found: list[Fault] = []
            for group in S.of_prose(planted, text.lang, text.reader.find, heading):
                found += [fault for _, fault in text.reader.judge(group)]
            count.note(found, {i.names["zh"] for i in own if i}, planted[:50])
    return count


# -- tables and charts ---------------------------------------------------------------------------


def groups_of(report: Report, reader: Reader) -> Iterator[S.Group]:
    """The figures of every table and chart."""
    for name in report.dataset.exhibits["table"]:
        block = exhibits.table(report, name)
        if block:
            yield from S.of_table(block, report.lang, reader.find)
    for spec in report.dataset.exhibits["chart"].values():
        yield from S.of_chart(spec, report.lang, reader.find)


def in_tables(report: Report) -> dict[str, Count]:
    """Two figures of a table or chart exchanged: of one row, of one column or chart, or neither."""
    reader = wording.reader_of(report)
    counts = {"row": Count(), "column": Count()}
    for group in groups_of(report, reader):
        for a, b in combinations(range(len(group)), 2):
            one, other = group[a], group[b]
            if one.indicator.id == other.indicator.id or one.sentence:
                continue
            same_row = other.indicator.id in one.row
            if not same_row and one.apart != other.apart:
                continue
            swap = {one.indicator.id: other.indicator, other.indicator.id: one.indicator}
            changed = [_exchanged(site, swap, (one.where, other.where)) for site in group]
            both = {one.indicator.names["zh"], other.indicator.names["zh"]}
            what = f"{one.where} <> {other.where}"
            found = [fault for _, fault in reader.judge(changed)]
            counts["row" if same_row else "column"].note(found, both, what)
    return counts


def _exchanged(site: S.Site, swap: dict[str, Indicator], rows: tuple[str, str]) -> S.Site:
    """A site after two indicators were exchanged in two rows."""
    if site.where not in rows:
        return site
    row = frozenset(swap[i].id if i in swap else i for i in site.row)
    return replace(site, indicator=swap.get(site.indicator.id, site.indicator), row=row, figure="")


# -- the measured table --------------------------------------------------------------------------

KINDS = {
    "untouched": ("原文不改", "untouched text, tables and charts"),
    "unit.clear": (
        "同单位两数互换，名称明显不同",
        "two figures of one unit exchanged, names clearly different",
    ),
    "unit.near": (
        "同单位两数互换，名称相近",
        "two figures of one unit exchanged, names nearly alike",
    ),
    "random.clear": (
        "任意两数互换，名称明显不同",
        "any two figures exchanged, names clearly different",
    ),
    "random.near": ("任意两数互换，名称相近", "any two figures exchanged, names nearly alike"),
    "next.clear": (
        "同句相邻两数互换，名称明显不同",
        "neighbours in a sentence exchanged, names clearly different",
    ),
    "next.near": (
        "同句相邻两数互换，名称相近",
        "neighbours in a sentence exchanged, names nearly alike",
    ),
    "replaced.clear": (
        "一数换成另一指标，名称明显不同",
        "a figure replaced by another, names clearly different",
    ),
    "replaced.near": (
        "一数换成另一指标，名称相近",
        "a figure replaced by another, names nearly alike",
    ),
    "other_unit": (
        "换成同一事物另一单位的数",
        "the same thing in another unit: persons for households",
    ),
    "unit_written": ("数后另写单位", "a unit typed after the figure"),
    "qualifier": ("加限定词", "a qualifier added"),
    "time": ("时间不符", "a wrong year opens the sentence"),
    "table.column": (
        "表中上下两行、图中两条互换",
        "two rows of a column, two bars of a chart exchanged",
    ),
    "table.row": ("表中同行两数互换", "two figures of a row exchanged"),
}


def measure(lang: Lang, data: Path = ROOT / "data") -> dict[str, Count]:
    """Everything planted in one language."""
    report = Report("xushi", 2019, lang=lang, data=data)
    text = Text(report)
    counts: dict[str, Count] = {"untouched": untouched(report)}
    kinds: dict[str, Callable[[Text], list[tuple[Spot, Spot]]]] = {
        "unit": pairs_of_one_unit,
        "random": random_pairs,
        "next": neighbours,
    }
    for kind, pairs in kinds.items():
        counts[f"{kind}.clear"], counts[f"{kind}.near"] = exchanged(text, pairs(text))
    counts["replaced.clear"], counts["replaced.near"] = replaced(text)
    counts["other_unit"] = other_unit(text)
    counts["unit_written"] = unit_written(text)
    counts["qualifier"] = qualified(text)
    counts["time"] = misdated(text)
    tables = in_tables(report)
    counts["table.column"], counts["table.row"] = tables["column"], tables["row"]
    return counts


def untouched(report: Report) -> Count:
    """The real text as it is: what is said of it is a false alarm unless it is true."""
    found = wording.faults(report)
    count = Count()
    count.beside = sum(f.severity == "error" for f in found)
    count.warnings = sum(f.severity == "warning" for f in found)
    return count


HEAD = (
    "| 写错的方式 / fault | 中文：处 | 查出 | 提示 | 旁及 | en: planted | found | warned | beside |\n"
    "|---|---:|---:|---:|---:|---:|---:|---:|---:|\n"
)
DOCUMENT = ROOT / "docs" / "wording.md"


def table(measured: dict[Lang, dict[str, Count]]) -> str:
    """The measured table as Markdown."""
    lines = []
    for kind, (zh, en) in KINDS.items():
        cells = [f"{zh}<br>{en}"]
        for counts in measured.values():
            count = counts[kind]
            found = f"{count.recall:.1%}" if count.planted else "—"
            cells += [str(count.planted or "—"), found, str(count.warnings), str(count.beside)]
        lines.append(f"| {' | '.join(cells)} |\n")
    return HEAD + "".join(lines)


def written(measured: dict[Lang, dict[str, Count]]) -> str:
    """The document with its table measured anew."""
    text = DOCUMENT.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines(keepends=True) if line.startswith("|")]
    return text.replace("".join(lines), table(measured))


def stated() -> dict[tuple[Lang, str], float]:
    """The share found of each kind, as the document says."""
    kinds = {f"{zh}<br>{en}": kind for kind, (zh, en) in KINDS.items()}
    found: dict[tuple[Lang, str], float] = {}
    for line in DOCUMENT.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[0] in kinds:
            for lang, cell in (("zh", cells[2]), ("en", cells[6])):
                if cell != "—":
                    found[lang, kinds[cells[0]]] = float(cell.rstrip("%")) / 100
    return found


if __name__ == "__main__":
    counts: dict[Lang, dict[str, Count]] = {lang: measure(lang) for lang in ("zh", "en")}
    DOCUMENT.write_text(written(counts), encoding="utf-8", newline="\n")
    print(table(counts))
    for lang, of_lang in counts.items():
        for kind, count in of_lang.items():
            some = random.Random(SEED).sample(count.missed, min(4, len(count.missed)))
            print("\n".join(f"{lang} {kind}: {line}" for line in some))
