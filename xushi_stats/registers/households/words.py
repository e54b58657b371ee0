"""What the figures of the register of households are called, in Chinese and English, and by id."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from xushi_stats.faults import Lang
from xushi_stats.registers.schema import ABSENT, NO_STATUS

Words = Mapping[Lang, str]

STATUS: Mapping[str, tuple[str, str]] = {
    "未脱贫": ("poor", "in poverty"),
    "已脱贫": ("lifted", "out of poverty"),
    "返贫": ("relapsed", "back in poverty"),
    "脱贫不稳定户": ("unstable", "unstably out of poverty"),
    "边缘易致贫户": ("marginal", "on the margin of poverty"),
    "突发严重困难户": ("hardship", "in sudden hardship"),
    "风险消除": ("cleared", "risk removed"),
    NO_STATUS: ("unstated", "status not entered"),
    ABSENT: ("absent", "not on the register"),
}
"""Status → part of an id, English name."""

ITEM: Mapping[str, tuple[str, str]] = {
    "吃": ("food", "food"),
    "穿": ("clothing", "clothing"),
    "义务教育": ("schooling", "compulsory schooling"),
    "基本医疗": ("medical", "basic medical care"),
    "住房安全": ("housing", "safe housing"),
    "饮水安全": ("water", "safe drinking water"),
}
ITEM_ZH: Mapping[str, str] = {"吃": "吃饭", "穿": "穿衣"}
"""Items whose column name is too short for a sentence."""

MOVED: Mapping[str, Mapping[Lang, str]] = {
    "new": {"zh": "上年末不在册", "en": "Not on the register then"}
}
"""Head of the row of those that were not on the register at the end of the year before."""

NUMBER = ("one", "two", "three", "four", "five", "six")
NUMBER_ZH = ("一", "两", "三", "四", "五", "六")


def both(zh: str, en: str) -> Words:
    """A text in both languages."""
    return {"zh": zh, "en": en}


def status_zh(status: str) -> str:
    """A status before 户数: 脱贫不稳定 for 脱贫不稳定户.

    >>> status_zh("边缘易致贫户"), status_zh("已脱贫")
    ('边缘易致贫', '已脱贫')
    """
    return status.removesuffix("户")


def item_zh(item: str) -> str:
    """An item as a sentence has it."""
    return ITEM_ZH.get(item, item)


_SENSITIVE = re.compile(
    "健康|医|病|残|护理|康复|精神|失能|孕|艾|低保|最低生活|收入|特困|五保|救助|救济|兜底|养老金|失业"
)
"""What the name of a measure holds that tells of a household's health, disability or income."""


def is_sensitive(measure: str) -> bool:
    """Whether receiving a measure tells of health, disability or income.

    >>> is_sensitive("残疾人“两项补贴”"), is_sensitive("易地搬迁")
    (True, False)
    """
    return bool(_SENSITIVE.search(unicodedata.normalize("NFKC", measure)))
