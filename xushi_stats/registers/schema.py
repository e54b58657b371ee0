"""The registers' tables: which files a town keeps outside the repository, and what their columns hold.

A register lies in ``data/<town>/registers/`` as CSV or Parquet. Ids are texts without meaning; ``name``
is the one column with a person's name, and no statistic reads it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xushi_stats.tables import Column

INSTRUMENTS = ("机关", "村级")
"""Whom the assessment covers: town staff, village cadres."""
LEVELS = ("市", "区")
"""Whose inspection brought accountability."""
STATUSES = (
    "未脱贫",
    "已脱贫",
    "返贫",
    "脱贫不稳定户",
    "边缘易致贫户",
    "突发严重困难户",
    "风险消除",
    "销户",
)
"""State of a household at a date; the first three before 2021, the monitored classes after it."""
ABSENT = "不在册"
"""Not in the register at the date: not yet entered, or gone."""
NO_STATUS = "状态未登记"
"""In the register without any status on or before the date."""
ITEMS = ("吃", "穿", "义务教育", "基本医疗", "住房安全", "饮水安全")
"""两不愁 (the first two), 三保障 (the next three), and drinking water."""
FOLLOW_UPS = ("待联系", "跟踪中", "已解除", "失联")

SCHEMAS: Mapping[str, Sequence[Column]] = {
    "staff": (
        Column("person", "人员编号", True),
        Column("name", "姓名"),
        Column("instrument", "考核办法", True, INSTRUMENTS),
        Column("unit", "单位", True),
        Column("start", "任职日期", True, about="2020-01-01"),
        Column("end", "离任日期", about="空白为在任 / blank while in post"),
    ),
    "assessment": (
        Column("entry", "记分编号", True),
        Column("person", "人员编号", True),
        Column("date", "日期", True),
        Column("domain", "考核内容", True),
        Column(
            "points", "加减分", True, about="整数，扣分为负 / whole points, deductions negative"
        ),
        Column("ground", "事由", True),
        Column("entered_by", "记分人", True),
    ),
    "inspection": (
        Column("month", "月份", True, about="2020-03"),
        Column("village", "村（社区）", True),
        Column("item", "检查项目", True),
        Column("score", "得分", True, about="整数或一位小数 / whole or one decimal"),
    ),
    "accountability": (
        Column("date", "日期", True),
        Column("level", "检查层级", True, LEVELS),
        Column("village", "村（社区）", True),
        Column("ground", "事由", True),
    ),
    "households": (
        Column("household", "户编号", True),
        Column("village", "村（社区）", True),
        Column("entered", "建档日期", True),
        Column("left", "销户日期"),
    ),
    "persons": (
        Column("person", "人员编号", True),
        Column("household", "户编号", True),
        Column("name", "姓名"),
        Column("start", "入户日期", True),
        Column("end", "离户日期"),
    ),
    "statuses": (
        Column("household", "户编号", True),
        Column("date", "日期", True),
        Column("status", "状态", True, STATUSES),
    ),
    "incomes": (
        Column("household", "户编号", True),
        Column("year", "年份", True),
        Column("income", "人均纯收入（元）", True, about="至多两位小数 / two decimals at most"),
    ),
    "items": (
        Column("household", "户编号", True),
        Column("date", "日期", True),
        Column("item", "项目", True, ITEMS),
        Column("met", "是否达标", True, ("是", "否")),
    ),
    "measures": (
        Column("household", "户编号", True),
        Column("date", "日期", True),
        Column("measure", "帮扶措施", True),
    ),
    "visits": (
        Column("household", "户编号", True),
        Column("date", "回访日期", True),
        Column("visited_by", "回访人"),
    ),
    "checkpoints": (
        Column("date", "日期", True),
        Column("checkpoint", "卡点", True),
        Column("vehicles_checked", "检测车辆", True),
        Column("vehicles_returned", "劝返车辆", True),
        Column("persons_checked", "检测人员", True),
        Column("persons_returned", "劝返人员", True),
    ),
    "arrivals": (
        Column("person", "人员编号", True),
        Column("village", "村（社区）", True),
        Column("date", "到达日期", True),
        Column("state", "跟踪状态", True, FOLLOW_UPS),
        Column("closed", "解除日期"),
    ),
}
"""Table → its columns; the file is ``<table>.csv`` or ``<table>.parquet``."""
