"""A small report made by hand: cover, contents, two tables, one chart, eight figures."""

from __future__ import annotations

from typing import Any

from xushi_stats.publishing.columns import share_out

Node = dict[str, Any]

HOUSEHOLDS = "xushi/poverty.households@2020-03"
PERSONS = "xushi/poverty.persons@2020-03"
HOUSEHOLDS_OUT = "xushi/poverty.households.exited@2020-03"
PERSONS_OUT = "xushi/poverty.persons.exited@2020-03"
HOUSEHOLDS_LEFT = "xushi/poverty.households.remaining@2020-03"
PERSONS_LEFT = "xushi/poverty.persons.remaining@2020-03"
SHARE_HOUSEHOLDS_OUT = "xushi/poverty.households.exited.share@2020-03"
SHARE_PERSONS_OUT = "xushi/poverty.persons.exited.share@2020-03"
SHARE_HOUSEHOLDS_LEFT = "xushi/poverty.households.remaining.share@2020-03"
SHARE_PERSONS_LEFT = "xushi/poverty.persons.remaining.share@2020-03"
SIZE = "xushi/poverty.household_size@2020-03"
SIZE_OUT = "xushi/poverty.household_size.exited@2020-03"
SIZE_LEFT = "xushi/poverty.household_size.remaining@2020-03"

CHART = "poverty.svg"

# id, name zh, name en, number, unit zh, unit en, formula
ROWS: list[tuple[str, str, str, str, str, str, str]] = [
    (HOUSEHOLDS, "建档立卡贫困户", "Registered poor households", "398", "户", " households", ""),
    (PERSONS, "建档立卡贫困人口", "Registered poor persons", "1099", "人", " persons", ""),
    (HOUSEHOLDS_OUT, "已脱贫户数", "Households lifted out", "321", "户", " households", ""),
    (PERSONS_OUT, "已脱贫人数", "Persons lifted out", "921", "人", " persons", ""),
    (
        HOUSEHOLDS_LEFT,
        "未脱贫户数",
        "Households remaining",
        "77",
        "户",
        " households",
        "建档立卡贫困户 − 已脱贫户数",
    ),
    (
        PERSONS_LEFT,
        "未脱贫人数",
        "Persons remaining",
        "178",
        "人",
        " persons",
        "建档立卡贫困人口 − 已脱贫人数",
    ),
    (
        SHARE_HOUSEHOLDS_OUT,
        "已脱贫户占建档立卡贫困户比重",
        "Share of households lifted out",
        "80.65",
        "%",
        "%",
        "已脱贫户数 ÷ 建档立卡贫困户",
    ),
    (
        SHARE_PERSONS_OUT,
        "已脱贫人口占建档立卡贫困人口比重",
        "Share of persons lifted out",
        "83.80",
        "%",
        "%",
        "已脱贫人数 ÷ 建档立卡贫困人口",
    ),
    (
        SHARE_HOUSEHOLDS_LEFT,
        "未脱贫户占建档立卡贫困户比重",
        "Share of households remaining",
        "19.35",
        "%",
        "%",
        "未脱贫户数 ÷ 建档立卡贫困户",
    ),
    (
        SHARE_PERSONS_LEFT,
        "未脱贫人口占建档立卡贫困人口比重",
        "Share of persons remaining",
        "16.20",
        "%",
        "%",
        "未脱贫人数 ÷ 建档立卡贫困人口",
    ),
    (
        SIZE,
        "建档立卡贫困户户均人口",
        "Persons per registered household",
        "2.76",
        "人/户",
        " persons",
        "建档立卡贫困人口 ÷ 建档立卡贫困户",
    ),
    (
        SIZE_OUT,
        "已脱贫户户均人口",
        "Persons per household lifted out",
        "2.87",
        "人/户",
        " persons",
        "已脱贫人数 ÷ 已脱贫户数",
    ),
    (
        SIZE_LEFT,
        "未脱贫户户均人口",
        "Persons per remaining household",
        "2.31",
        "人/户",
        " persons",
        "未脱贫人数 ÷ 未脱贫户数",
    ),
]


def text(value: str) -> Node:
    """Plain text."""
    return {"t": "text", "v": value}


def num(value: str, key: str) -> Node:
    """A figure."""
    return {"t": "num", "v": value, "id": key}


def fixed(value: str) -> Node:
    """A declared string with digits."""
    return {"t": "fixed", "v": value}


def para(*items: Node, mark: str | None = None) -> Node:
    """A paragraph."""
    return {"b": "para", "c": list(items), "mark": mark}


def heading(level: int, number: str, *items: Node) -> Node:
    """A heading that stands in the contents."""
    return {"b": "heading", "level": level, "number": number, "c": list(items), "outlined": True}


def figures(lang: str) -> dict[str, str]:
    """id -> the text in a sentence."""
    return {row[0]: row[3] + (row[4] if lang == "zh" else row[5]) for row in ROWS}


def shown(lang: str) -> dict[str, set[str]]:
    """id -> every text the report may show: bare in tables, with its unit in sentences."""
    return {row[0]: {row[3], row[3] + (row[4] if lang == "zh" else row[5])} for row in ROWS}


def chart(lang: str = "zh") -> str:
    """Two bars of 100 percent, labelled directly."""
    names = ("户", "人") if lang == "zh" else ("Households", "Persons")
    bars = [("80.65", "19.35", 20), ("83.80", "16.20", 70)]
    parts = []
    for name, (out, left, y) in zip(names, bars, strict=True):
        cut = 80 + 3.4 * float(out)
        parts.append(
            f'<rect x="80" y="{y}" width="{cut - 80:.1f}" height="30" fill="#40566b"/>'
            f'<rect x="{cut:.1f}" y="{y}" width="{420 - cut:.1f}" height="30" fill="#c9d3dc"/>'
            f'<text x="70" y="{y + 19}" text-anchor="end">{name}</text>'
            f'<text x="90" y="{y + 19}" fill="#fff">{out}%</text>'
            f'<text x="{cut + 8:.1f}" y="{y + 19}">{left}%</text>'
        )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="440pt" height="120pt" '
        'viewBox="0 0 440 120" font-family="Noto Sans SC" font-size="11">'
        + "".join(parts)
        + "</svg>"
    )


def chart_links() -> list[Node]:
    """Where the chart shows figures, in points from its top left."""
    places = [
        (SHARE_HOUSEHOLDS_OUT, 90.0, 20.0),
        (SHARE_HOUSEHOLDS_LEFT, 88 + 3.4 * 80.65, 20.0),
        (SHARE_PERSONS_OUT, 90.0, 70.0),
        (SHARE_PERSONS_LEFT, 88 + 3.4 * 83.80, 70.0),
    ]
    return [{"id": key, "x": x, "y": y + 8, "w": 40.0, "h": 14.0} for key, x, y in places]


ALT = {
    "zh": "两条百分比条形：户和人中已脱贫与未脱贫的比重。",
    "en": "Two bars of one hundred percent: lifted out and remaining, by households and persons.",
}


def document(lang: str = "zh") -> Node:
    """The whole report.

    Args:
        lang: zh or en.

    Returns:
        A document of format 1 whose only chart is `CHART`.
    """
    zh = lang == "zh"
    title = (
        [
            text("许市镇"),
            fixed("2019年"),
            text("工作回顾和\n"),
            fixed("2020年"),
            text("目标任务数据资料"),
        ]
        if zh
        else [text("Xushi Town: work of "), fixed("2019"), text(" and targets for "), fixed("2020")]
    )
    notice = (
        "样稿·依据公开讲话整理，未经许市镇人民政府审定，不作为官方统计资料"
        if zh
        else "Sample compiled from a public speech; not reviewed by the town government; "
        "not official statistics"
    )
    mark = "送审稿" if zh else "Draft for review"
    return {
        "format": 1,
        "meta": {
            "lang": lang,
            "title": "".join(item["v"] for item in title).replace("\n", ""),
            "date": [2020, 3, 16],
            "edition": "internal",
            "author": "xushi_stats",
            "keywords": ["许市镇", "统计资料"] if zh else ["Xushi Town", "statistics"],
        },
        "cover": {
            "title": title,
            "subtitle": [text("脱贫攻坚" if zh else "Poverty alleviation")],
            "mark": [text(mark)],
            "notice": [text(notice)],
            "lines": [
                [text("版式参照"), fixed("GB/T 9704"), text("部分要素")]
                if zh
                else [text("Layout after parts of "), fixed("GB/T 9704")],
                [fixed("2020年3月16日" if zh else "16 March 2020")],
            ],
        },
        "masthead": None,
        "running": {
            "head": [text(notice)],
            "mark": [text(mark)],
            "foot": [text("核验码 " if zh else "Check code "), fixed("3f9c01d27ab4")],
        },
        "contents": {"title": [text("目录" if zh else "Contents")]},
        "front": _front(zh),
        "body": [
            *_body(zh),
            *(share_out(b, lang, "internal") if b["b"] == "table" else b for b in _tables(zh)),
            _figure(lang),
            *_close(zh),
        ],
        "back": _back(lang),
    }


def _front(zh: bool) -> list[Node]:
    if not zh:
        return [
            heading(1, "", text("About these data")),
            para(text("The figures are preliminary and quoted from a public speech.")),
            {"b": "break"},
        ]
    notes = [
        "资料来源：镇党委、政府工作讲话（以下简称《讲话》）。本资料只摘录其中的数据，文字另行整理。",
        "数据性质：初步数（引用），未与原始记录逐项核对。",
        "时间口径：时点数以《讲话》当日为准；时期数为全年累计。",
        "计算与取舍：比重写到小数点后第二位，由未经取舍的数值计算。",
    ]
    return [
        heading(1, "", text("编制说明")),
        para(text("为便于查阅和核对，现将有关数据整理如下，并对口径作简要说明。")),
        {"b": "list", "ordered": True, "items": [[text(note)] for note in notes]},
        para(text("来源资料未列"), fixed("2018年"), text("数据，不计算同比。")),
        {"b": "break"},
    ]


def _body(zh: bool) -> list[Node]:
    f = figures("zh" if zh else "en")
    n = {key: num(value, key) for key, value in f.items()}
    if not zh:
        return [
            heading(1, "1.", text("Work of "), fixed("2019")),
            heading(2, "1.1", text("Poverty alleviation")),
            para(
                text("The town has "),
                n[HOUSEHOLDS],
                text(" on the register, with "),
                n[PERSONS],
                text(". Of these, "),
                n[HOUSEHOLDS_OUT],
                text(" with "),
                n[PERSONS_OUT],
                text(" have been lifted out of poverty: "),
                n[SHARE_HOUSEHOLDS_OUT],
                text(" of households and "),
                n[SHARE_PERSONS_OUT],
                text(" of persons."),
            ),
            para(n[HOUSEHOLDS_LEFT], text(" with "), n[PERSONS_LEFT], text(" remain.")),
        ]
    return [
        heading(1, "一、", fixed("2019年"), text("工作回顾")),
        heading(2, "（一）", text("脱贫攻坚")),
        para(
            text("截至"),
            fixed("2020年3月16日"),
            text("，全镇建档立卡贫困户"),
            n[HOUSEHOLDS],
            n[PERSONS],
            text("，其中已脱贫"),
            n[HOUSEHOLDS_OUT],
            n[PERSONS_OUT],
            text("，占建档立卡贫困户的"),
            n[SHARE_HOUSEHOLDS_OUT],
            text("、建档立卡贫困人口的"),
            n[SHARE_PERSONS_OUT],
            text("；未脱贫"),
            n[HOUSEHOLDS_LEFT],
            n[PERSONS_LEFT],
            text("，按上级统一部署"),
            {"t": "strong", "c": [text("确保完成")]},
            text("。"),
        ),
        para(
            text("省道"),
            fixed("S306"),
            text(
                "沿线各村的帮扶责任人已全部到户，帮扶台账按月更新，"
                "易地搬迁、危房改造、产业扶贫和就业培训同步推进。"
            ),
        ),
        heading(3, "1.", text("户均人口")),
        para(
            text("未脱贫户户均人口"),
            n[SIZE_LEFT],
            text("，低于已脱贫户的"),
            n[SIZE_OUT],
            text("。"),
            mark="待核实：户均人口的口径",
        ),
    ]


def _tables(zh: bool) -> list[Node]:
    if not zh:
        heads = ["Item", "Households", "Share (%)", "Persons", "Share (%)", "Persons per household"]
        names = ["Registered", "Lifted out", "Remaining"]
    else:
        heads = ["项目", "户数（户）", "占比（%）", "人数（人）", "占比（%）", "户均人口（人/户）"]
        names = ["建档立卡贫困户", "已脱贫", "未脱贫"]
    cells = [
        [
            num("398", HOUSEHOLDS),
            fixed("100.00"),
            num("1099", PERSONS),
            fixed("100.00"),
            num("2.76", SIZE),
        ],
        [
            num("321", HOUSEHOLDS_OUT),
            num("80.65", SHARE_HOUSEHOLDS_OUT),
            num("921", PERSONS_OUT),
            num("83.80", SHARE_PERSONS_OUT),
            num("2.87", SIZE_OUT),
        ],
        [
            num("77", HOUSEHOLDS_LEFT),
            num("19.35", SHARE_HOUSEHOLDS_LEFT),
            num("178", PERSONS_LEFT),
            num("16.20", SHARE_PERSONS_LEFT),
            num("2.31", SIZE_LEFT),
        ],
    ]
    source = "资料来源：《讲话》第二部分。" if zh else "Source: the speech, second part."
    first = {
        "b": "table",
        "label": [fixed("表1" if zh else "Table 1")],
        "again": ["续", ""] if zh else ["", " (continued)"],
        "title": [text("建档立卡贫困户和贫困人口" if zh else "Registered households and persons")],
        "unit": [],
        "columns": [
            {"c": [text(head)], "align": "left" if n == 0 else "right", "width": None}
            for n, head in enumerate(heads)
        ],
        "rows": [
            [[text(name)], *([cell] for cell in row)]
            for name, row in zip(names, cells, strict=True)
        ],
        "total_rows": [],
        "notes": [
            [
                text(
                    "注：已脱贫、未脱贫为时点状态数，不是当年脱贫数；占比的分母为全镇建档立卡贫困户（人），"
                    "不是农村户籍人口，不等于贫困发生率。"
                    if zh
                    else "Note: status counts at a date, not flows of a year."
                )
            ]
        ],
        "source": [text(source)],
    }
    second = {
        "b": "table",
        "label": [fixed("表2" if zh else "Table 2")],
        "again": ["续", ""] if zh else ["", " (continued)"],
        "title": [text("按状态分的户数" if zh else "Households by status")],
        "unit": [text("单位：户" if zh else "Unit: household")],
        "columns": [
            {"c": [text("状态" if zh else "Status")], "align": "left", "width": None},
            {"c": [text("户数" if zh else "Households")], "align": "right", "width": None},
            {"c": [text("备注" if zh else "Remarks")], "align": "left", "width": None},
        ],
        "rows": [
            [[text(names[1])], [num("321", HOUSEHOLDS_OUT)], [text("—")]],
            [
                [text(names[2])],
                [num("77", HOUSEHOLDS_LEFT)],
                [text("按上级统一部署执行" if zh else "as directed by the county")],
            ],
            [[text("合计" if zh else "Total")], [num("398", HOUSEHOLDS)], [text("—")]],
        ],
        "total_rows": [2],
        "notes": [],
        "source": [text(source)],
    }
    return [first, second]


def _figure(lang: str) -> Node:
    zh = lang == "zh"
    return {
        "b": "figure",
        "label": [fixed("图1" if zh else "Figure 1")],
        "title": [text("建档立卡贫困户和贫困人口构成" if zh else "Composition of the register")],
        "chart": CHART,
        "alt": ALT[lang],
        "width": 440,
        "height": 120,
        "links": chart_links(),
        "notes": [
            [
                text(
                    "注：深色为已脱贫，浅色为未脱贫。"
                    if zh
                    else "Note: dark: lifted out; light: remaining."
                )
            ]
        ],
        "source": [text("资料来源：《讲话》。" if zh else "Source: the speech.")],
    }


def _close(zh: bool) -> list[Node]:
    return [
        {"b": "break"},
        heading(
            1,
            "二、" if zh else "2.",
            fixed("2020年" if zh else "2020"),
            text("目标任务" if zh else " targets"),
        ),
        heading(2, "（一）" if zh else "2.1", text("总体要求" if zh else "In general")),
        para(
            text("确保剩余" if zh else "The remaining "),
            num(figures("zh" if zh else "en")[HOUSEHOLDS_LEFT], HOUSEHOLDS_LEFT),
            text("如期脱贫，已脱贫户稳定巩固。" if zh else " are to be lifted out this year."),
        ),
        {
            "b": "list",
            "ordered": False,
            "items": [
                [text("落实帮扶责任" if zh else "Keep the helpers in place")],
                [text("杜绝数字脱贫" if zh else "No progress on paper only")],
            ],
        },
        {"b": "note", "c": [text("注：以上为定性要求。" if zh else "Note: qualitative aims.")]},
    ]


def _back(lang: str) -> list[Node]:
    zh = lang == "zh"
    full = figures(lang)
    keys = ("数值", "计算", "代码", "所在页") if zh else ("Value", "Formula", "Code", "Pages")
    rows: list[Node] = [
        {"b": "break"},
        heading(1, "", text("附录 指标口径与计算说明" if zh else "Appendix: definitions")),
    ]
    for key, name_zh, name_en, _, _, _, formula in ROWS:
        lines = [{"k": [text(keys[0])], "v": [num(full[key], key)]}]
        if formula and zh:
            lines.append({"k": [text(keys[1])], "v": [text(formula)]})
        lines.append({"k": [text(keys[2])], "v": [fixed(key)]})
        pages = {
            "t": "pages",
            "id": key,
            "none": "未用" if zh else "not used",
            "sep": "、" if zh else ", ",
        }
        lines.append({"k": [text(keys[3])], "v": [pages]})
        rows.append(
            {"b": "row", "id": key, "name": [text(name_zh if zh else name_en)], "lines": lines}
        )
    return rows
