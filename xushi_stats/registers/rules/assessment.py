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
from xushi_stats.registers.rules.parameter import Open, Parameter, Rules
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


SCORE_PARAMETERS: tuple[Parameter[object], ...] = (
    Parameter(
        "assessment.total.maximum",
        or_none(whole(BASE, 10**6)),
        '总分上限：不超过多少分；不设上限写 "none"；1000 即总分不超过基本分。',
        'Upper limit of a total; "none" for no limit, 1000 if it may not exceed the base.',
    ),
    Parameter(
        "assessment.total.negative",
        yes_no,
        "总分扣完后是否可为负分：true 可以，false 以0分计。",
        "Whether a total may fall below 0: true, or false to count it as 0.",
    ),
    Parameter(
        "assessment.points.domains",
        list_of(text),
        "考核内容的全部名目（讲话列名四项，后有“等”字）；登记表只能用这些名目。",
        "All fields assessed (the speech names four, and others); the register may use no other.",
    ),
    Parameter(
        "assessment.publication.dates",
        list_of(month_day),
        '定期公开考核情况的日期（月-日），如 ["03-31", "06-30", "09-30", "12-31"]。',
        'Days on which results are made public, such as ["06-30", "12-31"].',
    ),
    Parameter(
        "assessment.service.minimum",
        whole(0, 366),
        "参加年度考核须在任的最少天数；不足的为未考核；0 即不限。",
        "Days in post that a year's assessment wants; with fewer a person is not assessed; 0 for any.",
    ),
    Parameter(
        "assessment.service.part_year",
        one_of("full", "by_days"),
        "任职不满全年的：full 基本分不折算，加减分照计；"
        "by_days 基本分按任职天数折算，再换算为全年（等于加减分乘以全年天数与任职天数之比）。",
        "Less than a year in post: full, the whole base and the points as entered; by_days, the base in "
        "proportion to the days and the total brought to a year (the points times days of the year over "
        "days in post).",
    ),
    Parameter(
        "assessment.service.leavers",
        yes_no,
        "年末已不在任的是否参加年终总评：true 参加，false 不参加。",
        "Whether those no longer in post at the end of the year are assessed: true or false.",
    ),
    Parameter(
        "assessment.transfer.instrument",
        one_of("first", "last", "longer"),
        "年内在两个办法之间转任的，按哪个办法定档：first 转任前的，last 年末的，"
        "longer 任职天数多的（相等的按年末的）。",
        "Which measures grade a person who moves between the two in a year: first, last, or longer, "
        "those of more days (the last where equal).",
    ),
    Parameter(
        "assessment.transfer.entries",
        one_of("all", "own"),
        "年内转任的，加减分和任职天数：all 全年的都计，own 只计在定档办法之下的。",
        "Points and days of such a person: all of the year, or own, only those under the measures that "
        "grade.",
    ),
)
GRADE_PARAMETERS: tuple[Parameter[object], ...] = (
    Parameter(
        "assessment.grades.fourth",
        _names,
        "讲话未列名的档次（优秀之下、基本称职之上）的名称；建议“称职”：公务员考核即分优秀、称职、"
        "基本称职、不称职四档，以本镇办法为准。",
        "Name of the grade that the speech leaves out, between excellent and basically competent; "
        "称职 (competent) is suggested, as the civil service grades so; the town's measures decide.",
    ),
    Parameter(
        "assessment.grades.method",
        one_of("cutoffs", "quotas", "cutoffs_and_quota"),
        "定档方法：cutoffs 按分数线，quotas 按名次和比例，cutoffs_and_quota 按分数线且优秀限名额"
        "（超出名额的降一档）。",
        "How grades are set: cutoffs, by score; quotas, by rank and share; cutoffs_and_quota, by score "
        "with a quota for excellent (those over it take the next grade).",
    ),
    Parameter(
        "assessment.grades.cutoffs",
        or_none(by_instrument(_cutoffs)),
        "前三档各自的最低分（含本数），从高到低；两个办法不同的写 { office = [...], village = [...] }；"
        '不按分数线的写 "none"。',
        "Lowest total of each of the upper three grades, highest first, the number itself included; "
        '{ office = [...], village = [...] } where the measures differ; "none" where cut-offs are not used.',
    ),
    Parameter(
        "assessment.quotas.shares",
        or_none(by_instrument(_shares)),
        "前三档各占参加考核人数的比例，其余为不称职；cutoffs_and_quota 只写优秀一项。一个列表：两类人员"
        '合并排名；{ office = [...], village = [...] }：分别排名。不设名额的写 "none"。',
        "Shares of those assessed in the upper three grades, the rest being not competent; excellent "
        "alone with cutoffs_and_quota. One list ranks both groups together, "
        '{ office = [...], village = [...] } each by itself; "none" without quotas.',
    ),
    Parameter(
        "assessment.quotas.rounding",
        or_none(one_of("down", "half_up", "up")),
        "名额不是整数的：down 舍去，half_up 四舍五入，up 进一；逐档累计后取整，故各档合计等于参加考核人数。",
        "A quota that is no whole number of persons: down, half_up or up, on the quotas added from the "
        "top, so that the grades sum to those assessed.",
    ),
    Parameter(
        "assessment.quotas.ties",
        or_none(one_of("up", "down")),
        "总分相同而跨越名额界线的：up 都定较高档（可超名额），down 都定较低档。",
        "Equal totals across a boundary: up, all take the higher grade and the quota may be exceeded; "
        "down, all take the lower.",
    ),
    Parameter(
        "assessment.history.first",
        whole(1949, 2999),
        "“连续两年”从哪一年度的结果起算。",
        "First year whose result counts towards two consecutive years.",
    ),
    Parameter(
        "assessment.history.gap",
        one_of("breaks", "skipped"),
        "未考核（含不在任）的年度：breaks 中断连续，skipped 跳过不计（前后两个考核年度视为连续）。",
        "A year without assessment, or not in post: breaks a run, or is skipped so that the years "
        "around it adjoin.",
    ),
    Parameter(
        "assessment.history.transfer",
        one_of("breaks", "continues"),
        "两年按不同办法考核的：breaks 不算连续，continues 连续计算。",
        "Two years under different measures: breaks a run, or continues it.",
    ),
    Parameter(
        "assessment.history.after_reclassified",
        one_of("restart", "continue"),
        "改定为不称职之后，基本称职的年数：restart 重新起算，continue 接着算"
        "（下一年仍为基本称职的再次改定）。",
        "Years as basically competent after a year was reclassified: restart the count, or continue it "
        "(one more such year is reclassified again).",
    ),
    Parameter(
        "assessment.history.reclassified_counts",
        yes_no,
        "由基本称职改定的不称职年度，是否计入“连续两年不称职”：true 计入，false 不计入。",
        "Whether a year reclassified as not competent counts towards two such years: true or false.",
    ),
    Parameter(
        "assessment.history.after_end",
        one_of("restart", "continue"),
        "终止职务之后又有考核结果的：restart 重新起算，continue 接着算。",
        "Results after a post has ended: restart the count, or continue it.",
    ),
    Parameter(
        "assessment.pay.excellent",
        fraction(1, 10),
        '优秀的“考核工资”为标准的几倍（讲话为“增加”，未写多少），如 "1.2"。',
        'Assessment pay of the excellent as a multiple of the standard, such as "1.2" (the speech says '
        "that it rises, not by how much).",
    ),
    Parameter(
        "assessment.pay.fourth",
        fraction(),
        '讲话未列名的档次发放“考核工资”的比例，如 "1"。',
        'Share of assessment pay in the grade that the speech leaves out, such as "1".',
    ),
    Parameter(
        "assessment.pay.basic",
        fraction(),
        '基本称职“按比例发放”的比例，如 "60%"。',
        'Share of assessment pay of the basically competent, such as "60%".',
    ),
    Parameter(
        "assessment.pay.reclassified",
        one_of("none", "basic"),
        "由基本称职改定为不称职的当年“考核工资”：none 不享受，basic 仍按基本称职的比例。",
        "Assessment pay of a year reclassified as not competent: none, or basic, the share of the "
        "basically competent.",
    ),
    Parameter(
        "assessment.pay.unassessed",
        fraction(),
        '未考核年度发放“考核工资”的比例，如 "0"。',
        'Share of assessment pay in a year without assessment, such as "0".',
    ),
    Parameter(
        "assessment.talk.deadline",
        whole(1, 366),
        "基本称职的“限期改进”期限（天）。",
        "Days within which the basically competent must improve.",
    ),
    Parameter(
        "assessment.talk.reclassified",
        yes_no,
        "由基本称职改定为不称职的，是否仍作诫勉谈话、限期改进：true 是，false 否。",
        "Whether those reclassified as not competent still have the talk and the time limit.",
    ),
)
PARAMETERS: tuple[Parameter[object], ...] = (*SCORE_PARAMETERS, *GRADE_PARAMETERS)
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
