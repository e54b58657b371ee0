"""The fixed words of a report, in both languages, from ``words.csv`` beside this file."""

from __future__ import annotations

from xushi_stats.words import read_words

_GROUPS = read_words("xushi_stats.reporting")
WORDS = _GROUPS["words"]
STATUS = _GROUPS["status"]
"""The data write half-width brackets, print has the full-width ones."""
VERDICTS = _GROUPS["verdict"]
AREA = _GROUPS["area"]
STATUS_EN, CHECK_KIND_EN = STATUS["en"], _GROUPS["check"]["en"]
STATE_EN, GRADE_EN = _GROUPS["state"]["en"], _GROUPS["grade"]["en"]
ORIGIN_ZH = _GROUPS["origin"]["zh"]
"""What the origin of a register's figure selects by, and the first word of what it computes."""

FIXED_WORDS = (
    *("四舍五入一次", "两位小数", "两个年份", "两个时点"),
    *("two decimals", "two dates", "one indicator", "one definition"),
    *(f"{number}项不达标" for number in "一两三四五六"),
    *("failing in one item", "failing in two items", "failing in three items"),
    *("failing in four items", "failing in five items", "failing in six items"),
    *("百分之九十五", "ninety-five percent"),
)
"""Numbers of ``WORDS`` that are no figures: how the report is made."""

KINDS = ("街道", "社区", "镇", "乡", "村")
"""What a place may be, by the end of its name."""


def kind_of(name: str) -> str:
    """The kind of place that a name says: 乡 of 清溪乡; a town where it says none."""
    return next((kind for kind in KINDS if name.endswith(kind)), "镇")
