"""Every figure that a ledger takes from registers against what the registers give."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from . import assessment, checkpoints, households, inspection
from .files import Counted, Files, Rules, Unreadable, Value

SECTIONS: Mapping[str, Callable[[Files, Rules, int], Counted]] = {
    "assessment": assessment.count,
    "inspection": inspection.count,
    "households": households.count,
    "checkpoints": checkpoints.count,
}
"""What an id begins with → what counts all such figures of a year."""
NAMES = {
    "assessment": ("考核", "assessment"),
    "inspection": ("村级检查", "inspection"),
    "households": ("贫困户", "households"),
    "checkpoints": ("卡点", "checkpoints"),
}
Row = Mapping[str, Any]
ORIGIN = re.compile(r"((?:[\w-]+\.(?:csv|parquet|toml) )+)sha256:([0-9a-f]{64})")
WITHOUT = ("no_register", "open_rule")
"""Why a ledger has no figure at all; where there is an origin, it was counted and not given."""
WORDS = {
    "value": ("台账为{0}，由登记表复算为{1}", "is {0} in the ledger and {1} by the registers"),
    "place": ("所指应为{1}，台账名称中没有", "is of {1}, which its name in the ledger is not"),
    "new": ("台账中没有此数，由登记表复算为{1}", "is not in the ledger and {1} by the registers"),
    "digest": (
        "的SHA-256与台账所记的不同（{0}个数的来源）",
        "has another SHA-256 than the origin of {0} figures in the ledger",
    ),
    "unknown": (
        "未复算：{0}",
        "not recounted: {1}",
    ),
}
UNKNOWN = (
    "本程序不识此数，或登记表不能给出",
    "this program does not know it, or the registers do not give it",
)
UNFIT = ("登记表或规则不合要求", "registers or rules are not as they must be")
OPEN = ("取决于待定的规则，须人工核对", "an open rule decides it; to be checked by hand")


@dataclass(frozen=True)
class Finding:
    """A figure or file that differs, or was not recounted.

    Attributes:
        code: ``value``, ``place``, ``new``, ``digest`` differ; ``unknown`` was not recounted.
        name: the figure's id, or the files.
        said: two words for the sentence: what the ledger has, what was counted; or Chinese and English.
    """

    code: str
    name: str
    said: tuple[str, str] = ("", "")

    def text(self, lang: str) -> str:
        """The finding on one line."""
        return f"{self.name} {WORDS[self.code][lang != 'zh'].format(*self.said)}"


@dataclass(frozen=True)
class Recount:
    """What the comparison came to.

    Attributes:
        figures: section → figures that the ledger takes from its registers.
        findings: differences first, then what was not recounted.
    """

    figures: Mapping[str, int]
    findings: tuple[Finding, ...]

    @property
    def unknown(self) -> list[Finding]:
        """What was not recounted."""
        return [finding for finding in self.findings if finding.code == "unknown"]

    @property
    def differences(self) -> list[Finding]:
        """What differs."""
        return [finding for finding in self.findings if finding.code != "unknown"]

    def lines(self, lang: str) -> list[str]:
        """Findings and summary; the last line says so where something was not recounted."""
        left = Counter(finding.name.partition("/")[2].partition(".")[0] for finding in self.unknown)
        parts = [
            f"{NAMES[section][lang != 'zh']} {number - left[section]}/{number}"
            for section, number in self.figures.items()
        ]
        total, rest, wrong = sum(self.figures.values()), len(self.unknown), len(self.differences)
        said = [finding.text(lang) for finding in self.findings]
        if lang == "zh":
            said.append(f"由登记表另行复算：{'，'.join(parts)}")
            said.append(f"应复算 {total} 个数，复算 {total - rest} 个，不符 {wrong} 处")
            return [*said, *([f"有 {rest} 个数未复算，不能算核对完毕"] if rest else [])]
        said.append(f"counted again from the registers: {', '.join(parts)}")
        said.append(f"figures: {total}; counted again: {total - rest}; differing: {wrong}")
        return [*said, *([f"not recounted: {rest}; this check is not complete"] if rest else [])]


def recount(ledger: Path, registers: Path, rules: Path) -> Recount:
    """Count the figures of a bundle's ledger.json again.

    Raises:
        Unreadable: the ledger is none.
    """
    try:
        content = json.loads(ledger.read_bytes())
        year, rows = int(content["release"]), {row["id"]: row for row in content["figures"]}
        told = {i: row for i, row in rows.items() if _section(i) in SECTIONS and _given(row)}
    except (OSError, ValueError, KeyError, TypeError):
        raise Unreadable(f"{ledger.name}不是台账", f"{ledger.name} is no ledger") from None
    findings = _digests(told.values(), registers, rules)
    for section in filter({_section(figure) for figure in rows}.__contains__, SECTIONS):
        own = {i: row for i, row in rows.items() if _section(i) == section}
        findings += _of_section(section, own, (content["ref_area"], year), registers, rules)
    findings.sort(key=lambda finding: finding.code == "unknown")
    figures = Counter(map(_section, told))
    return Recount({s: figures[s] for s in SECTIONS if figures[s]}, tuple(findings))


def _of_section(
    section: str, rows: Mapping[str, Row], of: tuple[str, int], registers: Path, rules: Path
) -> list[Finding]:
    """What a section's figures come to; where its files cannot be read, none is recounted."""
    told = [figure for figure, row in rows.items() if _given(row)]
    area, year = of
    try:
        counted = SECTIONS[section](Files(registers), Rules(rules), year)
    except Unreadable as unread:
        return [Finding("unknown", figure, unread.args) for figure in told]
    except (LookupError, ValueError, TypeError, ArithmeticError):  # its words might be a cell's
        return [Finding("unknown", figure, UNFIT) for figure in told]
    values = {f"{area}/{name}": value for name, value in counted.values.items()}
    places = {f"{area}/{name}": place for name, place in counted.places.items()}
    found = [_compared(i, rows.get(i), value, places[i]) for i, value in values.items()]
    why = counted.unread[0].args if counted.unread else UNKNOWN
    return [f for f in found if f] + [Finding("unknown", i, why) for i in told if i not in values]


def _compared(figure: str, row: Row | None, value: Value, place: str) -> Finding | None:
    """One figure of both; what the ledger has not, only where the registers give a number."""
    if row is None or not _given(row):
        return None if isinstance(value, str) else Finding("new", figure, ("", str(value)))
    said = str(row["value"] or row["missing"])
    if said == str(value):
        return None if place in row["name_zh"] else Finding("place", figure, (said, place))
    if "open_rule" in (said, value):
        return Finding("unknown", figure, OPEN)
    return Finding("value", figure, (said, str(value)))


def _digests(told: Iterable[Row], registers: Path, rules: Path) -> list[Finding]:
    """The files that are not those of the figures' origin."""
    named = Counter(match.groups() for row in told for match in ORIGIN.finditer(row["origin"]))
    found = []
    for (files, digest), figures in named.items():
        paths = [rules if name == rules.name else registers / name for name in files.split()]
        sums = [sha256(p.read_bytes()).hexdigest() if p.is_file() else "" for p in paths]
        whole = "".join(f"{p.name} {s}\n" for p, s in zip(paths, sums, strict=True))
        actual = sums[0] if len(sums) == 1 else sha256(whole.encode()).hexdigest()
        if actual != digest:
            found.append(Finding("digest", files.strip(), (str(figures), "")))
    return found


def _section(figure: str) -> str:
    return figure.partition("/")[2].partition(".")[0]


def _given(row: Row) -> bool:
    return bool(row["origin"] or row["missing"] not in WITHOUT)
