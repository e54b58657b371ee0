"""What the assessment's rules state, and what they leave open: the parameters of points, grades and pay.

Stated in the speech: a base of 1000 points; four grades, three of them named; two consecutive years as
基本称职 make 不称职; two consecutive years as 不称职 end the post. How these rules meet is open.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import Any, Generic, TypeVar

from xushi_stats.faults import Fault, Lang
from xushi_stats.registers.rules.parameter import Open, Rules, declared
from xushi_stats.registers.rules.settings import (
    WrongValue,
    exact,
    fraction,
    list_of,
    month_day,
    one_of,
    or_none,
    text,
    whole,
    yes_no,
)
from xushi_stats.registers.schema import INSTRUMENTS

T = TypeVar("T")
BASE = 1000
"""Points that each person starts a year with; stated."""


class Grade(Enum):
    """The four grades; the second has no name in the speech."""

    EXCELLENT = "excellent"
    FOURTH = "fourth"
    BASIC = "basic"
    INCOMPETENT = "incompetent"


NAMES: Mapping[Grade, Mapping[Lang, str]] = {
    Grade.EXCELLENT: {"zh": "优秀", "en": "excellent"},
    Grade.BASIC: {"zh": "基本称职", "en": "basically competent"},
    Grade.INCOMPETENT: {"zh": "不称职", "en": "not competent"},
}
"""The grades that the speech names."""


def grade_name(grade: Grade, rules: Rules, lang: Lang) -> str:
    """A grade's name.

    Raises:
        OpenParameter: it is the fourth, and its name is not set.
    """
    known = NAMES.get(grade)
    return known[lang] if known else str(rules.value("assessment.grades.fourth")[lang])


# -- parameters ------------------------------------------------------------------------------------


KEYS = dict(zip(("office", "village"), INSTRUMENTS, strict=True))
"""How a rules file names the instruments: its keys are ASCII."""


@dataclass(frozen=True)
class ByInstrument(Generic[T]):
    """A rule of each instrument; ``shared`` if one rule, and one list of persons, is for both."""

    values: Mapping[str, T]
    shared: bool

    def of(self, instrument: str) -> T:
        """The rule of an instrument; a shared rule is that of any."""
        return next(iter(self.values.values())) if self.shared else self.values[instrument]


def by_instrument(read: Callable[[object], T]) -> Callable[[object], ByInstrument[T]]:
    """One value for both instruments, or a table with a value for each."""

    def read_both(value: object) -> ByInstrument[T]:
        if not isinstance(value, dict):
            return ByInstrument(dict.fromkeys(INSTRUMENTS, read(value)), shared=True)
        if set(value) != set(KEYS):
            raise WrongValue(
                "分办法写的，须写明 office（机关）和 village（村级）",
                "a table must hold office and village",
            )
        return ByInstrument({KEYS[key]: read(item) for key, item in value.items()}, shared=False)

    return read_both


def _names(value: object) -> Mapping[str, str]:
    """The fourth grade's name in both languages, unlike the three others."""
    if isinstance(value, dict) and set(value) == {"zh", "en"}:
        taken = {name for names in NAMES.values() for name in names.values()}
        if all(isinstance(v, str) and v.strip() and v not in taken for v in value.values()):
            return {lang: name.strip() for lang, name in value.items()}
    raise WrongValue(
        '写作 { zh = "称职", en = "competent" }，且不同于已列名的三个档次',
        'must be { zh = "称职", en = "competent" }, and none of the three named grades',
    )


def _cutoffs(value: object) -> tuple[int, ...]:
    if isinstance(value, list) and len(value) == 3:
        found = tuple(map(whole(-(10**6), 10**6), value))
        if found[0] > found[1] > found[2]:
            return found
    raise WrongValue(
        "须为三个从高到低的整数，如 [950, 800, 600]",
        "must be three whole numbers going down, such as [950, 800, 600]",
    )


def _shares(value: object) -> tuple[Fraction, ...]:
    if isinstance(value, list) and len(value) in (1, 3):
        found = tuple(exact(item) for item in value)
        known = tuple(share for share in found if share is not None)
        if len(known) == len(found) and sum(known) <= 1:
            return known
    raise WrongValue(
        '须为一个或三个比例，合计不超过1，如 ["15%", "70%", "10%"]',
        'must be one share or three, 1 at most together, such as ["15%", "70%", "10%"]',
    )


PARAMETERS = declared(
    {
        "assessment.total.maximum": or_none(whole(BASE, 10**6)),
        "assessment.total.negative": yes_no,
        "assessment.points.domains": list_of(text),
        "assessment.publication.dates": list_of(month_day),
        "assessment.service.minimum": whole(0, 366),
        "assessment.service.part_year": one_of("full", "by_days"),
        "assessment.service.leavers": yes_no,
        "assessment.transfer.instrument": one_of("first", "last", "longer"),
        "assessment.transfer.entries": one_of("all", "own"),
        "assessment.grades.fourth": _names,
        "assessment.grades.method": one_of("cutoffs", "quotas", "cutoffs_and_quota"),
        "assessment.grades.cutoffs": or_none(by_instrument(_cutoffs)),
        "assessment.quotas.shares": or_none(by_instrument(_shares)),
        "assessment.quotas.rounding": or_none(one_of("down", "half_up", "up")),
        "assessment.quotas.ties": or_none(one_of("up", "down")),
        "assessment.history.first": whole(1949, 2999),
        "assessment.history.gap": one_of("breaks", "skipped"),
        "assessment.history.transfer": one_of("breaks", "continues"),
        "assessment.history.after_reclassified": one_of("restart", "continue"),
        "assessment.history.reclassified_counts": yes_no,
        "assessment.history.after_end": one_of("restart", "continue"),
        "assessment.pay.excellent": fraction(1, 10),
        "assessment.pay.fourth": fraction(),
        "assessment.pay.basic": fraction(),
        "assessment.pay.reclassified": one_of("none", "basic"),
        "assessment.pay.unassessed": fraction(),
        "assessment.talk.deadline": whole(1, 366),
        "assessment.talk.reclassified": yes_no,
    }
)
"""Every parameter of the assessment, for ``rules.load``."""


def agree(rules: Rules, file: str, faults: list[Fault]) -> None:
    """Add a fault for each pair of settings of the assessment that contradict each other."""
    method = _set(rules, "assessment.grades.method")
    if method in ("cutoffs", "cutoffs_and_quota"):
        _wanted(rules, "assessment.grades.cutoffs", file, faults)
    if method in ("quotas", "cutoffs_and_quota"):
        for name in ("shares", "rounding", "ties"):
            _wanted(rules, f"assessment.quotas.{name}", file, faults)
        shares = _set(rules, "assessment.quotas.shares")
        count = 3 if method == "quotas" else 1
        if shares and any(len(found) != count for found in shares.values.values()):
            zh = f"该方法须写{count}个比例"
            en = f"this method wants {count} share(s)"
            faults.append(_conflict("assessment.quotas.shares", zh, en, file))


def _set(rules: Rules, name: str) -> Any:
    """A value, or None where it is open, "none" or a fault."""
    found = rules.get(name)
    return None if isinstance(found, Open) else found


def _wanted(rules: Rules, name: str, file: str, faults: list[Fault]) -> None:
    if name in rules and rules[name] is None:
        faults.append(
            _conflict(name, '该方法需要此项，不能写 "none"', "this method wants it", file)
        )


def _conflict(name: str, zh: str, en: str, file: str) -> Fault:
    details = {"key": name, "other": "assessment.grades.method", "why_zh": zh, "why_en": en}
    return Fault("rule_conflict", file, details=details)
