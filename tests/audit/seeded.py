"""Single faults planted on Xushi's data, documents and finished files, and the audit that must name each.

Each fault is planted alone on a copy. ``says`` are words that the audit must use; a fault without an
audit is one that nothing here finds, and is kept in the list so that nobody believes otherwise.
``docs/faults.md`` is written from this list: ``python tests/audit/seeded.py > docs/faults.md``.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
from audit.forgeries import FORGERIES
from reporting.copies import TOWN, add_row, cells, edit, paragraph, swap, table, toml, without

from xushi_stats.audit import recompute, untrusted_attachments, verify
from xushi_stats.commands import main
from xushi_stats.publishing import attachments, typeset
from xushi_stats.reporting import change_log

Plant = Callable[..., Any]
EXITED, PERSONS = "poverty.households.exited", "poverty.persons.exited"
SHARE = f"{EXITED}.share"


@dataclass(frozen=True)
class Planted:
    """One fault: its name in both languages, how it is planted, which audit names it, and how.

    Attributes:
        audit: ``check``, ``source``, ``compare``, ``verify``, ``bundle`` or ``recompute``; "" if no
            audit finds it.
        says: words that the audit must use.
        why: for what nothing finds, the reason and what is left to do.
    """

    id: str
    zh: str
    en: str
    plant: Plant
    audit: str
    says: tuple[str, ...] = ()
    why: tuple[str, str] = ("", "")


FAULTS: list[Planted] = []
"""All of them, in the order of the table."""


def fault(
    audit: str, zh: str, en: str, *says: str, why: tuple[str, str] = ("", "")
) -> Callable[[Plant], Plant]:
    """Put a way to plant a fault into the list."""

    def register(plant: Plant) -> Plant:
        FAULTS.append(Planted(plant.__name__, zh, en, plant, audit, says, why))
        return plant

    return register


# -- the audits --------------------------------------------------------------------------------


def run(*arguments: object) -> tuple[int, str]:
    """A command in this process: exit code and all that it said."""
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        code = main.main([str(argument) for argument in arguments])
    return code, said.getvalue()


def check(data: Path) -> tuple[int, str]:
    """The check of data, prose, tables and charts; every build begins with it."""
    return run("check", "--data", data)


def source(data: Path, document: Path) -> tuple[int, str]:
    """The closure of the source document."""
    return run("audit", "source", document, "--data", data)


def compare(old: Path, new: Path) -> tuple[int, str]:
    """What changed since another state of the data, for the office and for the public."""
    results = [run("compare", old, new, "--edition", e) for e in ("internal", "public")]
    said = [text for _, text in results]
    assert all(code == 0 for code, _ in results), said
    return sum("没有变动" not in text for text in said), "".join(said)


def verified(pdf: Path) -> tuple[int, str]:
    """A report by what it carries."""
    made = verify.verify(pdf)
    return made.wrong, "\n".join(verify.lines(made, "zh"))


def listed(folder: Path) -> tuple[int, str]:
    """A bundle by its list of digests."""
    made = next(verify.verify_bundle(folder))
    return made.wrong, "\n".join(verify.lines(made, "zh"))


def recomputed(folder: Path) -> tuple[int, str]:
    """Tables by the program that shares no code with the library."""
    said = io.StringIO()
    with redirect_stdout(said):
        code = recompute.main([str(folder)])
    return code, said.getvalue()


# -- data, formulas, prose, tables and charts: check -------------------------------------------


@fault(
    "check",
    "观测数改一个数字，与合计不符",
    "a digit of an observation, against its sum",
    "建档立卡贫困户数",
)
def digit(data: Path) -> None:
    cells(data / TOWN / "observations.csv", "value", "398户", value="399户")


@fault("check", "同一数在两处不一致", "one figure stated differently at two places", "第57行")
def two_statements(data: Path) -> None:
    cells(data / TOWN / "observations.csv", "start", "6370", value="322户")


@fault(
    "check",
    "观测数的计量单位错（户写作人）",
    "the unit of an observation (persons for households)",
    "398人",
)
def unit(data: Path) -> None:
    cells(data / TOWN / "observations.csv", "value", "398户", value="398人")


@fault("check", "占比的分子、分母颠倒", "numerator and denominator of a share swapped", "按户计算")
def swapped_share(data: Path) -> None:
    formula = "share(poverty.households, poverty.households.exited)"
    cells(data / "catalogue.csv", "id", SHARE, formula=formula)


@fault(
    "check",
    "占比的分母换成另一总体（户比人）",
    "a share over another population (households over persons)",
    "户 / 人",
)
def other_base(data: Path) -> None:
    formula = "share(poverty.households.exited, poverty.persons)"
    cells(data / "catalogue.csv", "id", SHARE, formula=formula)


@fault("check", "算式引用不存在的指标", "a formula names no indicator", "poverty.household")
def unknown_input(data: Path) -> None:
    formula = "share(poverty.households.exited, poverty.household)"
    cells(data / "catalogue.csv", "id", SHARE, formula=formula)


@fault(
    "check",
    "来源不支持的计算（投入额除以人数）",
    "a computation that the source does not license",
    "委托帮扶",
)
def refused(data: Path) -> None:
    new = dict.fromkeys(("section", "decimals"), "")
    new |= {"id": "poverty.entrusted.mean", "name_zh": "委托帮扶人均资金", "unit": "万元/人"}
    new |= {"name_en": "entrusted funds per person", "section": "poverty", "basis": "flow"}
    new |= {"formula": "mean(poverty.entrusted.funds, poverty.entrusted.persons)"}
    new |= {"audience": "internal", "definition_zh": "甲。", "definition_en": "A."}
    add_row(data / "catalogue.csv", **new)


@fault("check", "指标代码重复", "an indicator's id twice", EXITED)
def id_twice(data: Path) -> None:
    table(
        data / "catalogue.csv",
        lambda rows: [*rows, next(row for row in rows if row["id"] == EXITED)],
    )


@fault("check", "同一处原文登记两次", "one place of the source entered twice", "observations.csv")
def statement_twice(data: Path) -> None:
    table(
        data / TOWN / "observations.csv",
        lambda rows: [*rows, next(row for row in rows if row["value"] == "398户")],
    )


@fault("check", "审核关系写错一个运算符", "a wrong operator in a check", "poverty.households.sum")
def check_turned(data: Path) -> None:
    expression = "poverty.households.exited - poverty.households.remaining == poverty.households"
    cells(data / "checks.csv", "id", "poverty.households.sum", expression=expression)


@fault("check", "正文中打入一个数字", "a number typed into prose", "review.md", "78户")
def typed(data: Path) -> None:
    paragraph(data, "尚有78户未脱贫。")


@fault("check", "正文中打入全角数字", "a number typed in full-width digits", "review.md")
def typed_wide(data: Path) -> None:
    paragraph(data, "尚有７８户未脱贫。")


@fault(
    "check", "正文中用中文数字写数", "a number typed in Chinese numerals", "review.md", "七十七户"
)
def typed_han(data: Path) -> None:
    paragraph(data, "尚有七十七户未脱贫。")


@fault(
    "check",
    "正文中用“过半”“两成”一类词写数",
    "a share typed in words (近两成)",
    "review.md",
    "两成",
)
def typed_share(data: Path) -> None:
    paragraph(data, "未脱贫户近两成。")


@fault(
    "check", "英文正文中用单词写数", "a number word typed into English prose", "review.md", "welve"
)
def typed_word(data: Path) -> None:
    paragraph(data, "Twelve projects were completed.", "en")


@fault("check", "表题中打入数字", "a number typed into a table's title", "exhibits.toml")
def typed_title(data: Path) -> None:
    toml(
        data / "exhibits.toml",
        lambda t: t["table"]["roads"]["title"].update(zh="道路17公里建设情况"),
    )


@fault("check", "表注中打入数字", "a number typed into a table's note", "exhibits.toml")
def typed_note(data: Path) -> None:
    toml(
        data / "exhibits.toml",
        lambda t: t["table"]["roads"]["notes"][0].update(zh="按3段计算。"),
    )


@fault("check", "图中标签打入数字", "a number typed into a chart's label", "exhibits.toml")
def typed_chart(data: Path) -> None:
    toml(
        data / "exhibits.toml",
        lambda t: t["chart"]["roads_chart"]["bars"][0].update(zh="柿树岭6.3"),
    )


@fault(
    "check", "图的替代文字中打入数字", "a number typed into a chart's description", "exhibits.toml"
)
def typed_alt(data: Path) -> None:
    toml(
        data / "exhibits.toml",
        lambda t: t["chart"]["roads_chart"].update(
            alt={"zh": "三段共17公里", "en": "Three, 17 km"}
        ),
    )


@fault("check", "占位符写错一个字", "a placeholder with a wrong character", "已脱贫户")
def placeholder(data: Path) -> None:
    paragraph(data, "已脱贫【已脱贫户】。")


def reword(data: Path, old: str, new: str, lang: str = "zh", section: str = "review") -> None:
    swap(data / TOWN / "text" / lang / f"{section}.md", old, new)


@fault(
    "check",
    "正文中两个数互换（已脱贫、未脱贫）",
    "two figures swapped in prose (exited, remaining)",
    "review.md",
    "已脱",
)
def swapped_prose(data: Path) -> None:
    reword(data, "其中，已脱贫【已脱贫户数】", "其中，已脱贫【未脱贫户数】")


@fault(
    "check",
    "正文中两个数互换（宗教场所、密集场所）",
    "two figures swapped in prose (venues)",
    "epidemic.md",
)
def swapped_venues(data: Path) -> None:
    path = data / TOWN / "text" / "zh" / "epidemic.md"
    one, two = "【关闭宗教场所数】", "【关闭人口密集场所数】"
    edit(path, lambda t: t.replace(one, "@").replace(two, one).replace("@", two))


@fault("check", "英文正文中两个数互换", "two figures swapped in English prose", "review.md")
def swapped_english(data: Path) -> None:
    _exchange(data, "【industry.lotus.area】", "【industry.tea.area】")


def _exchange(data: Path, one: str, two: str) -> None:
    path = data / TOWN / "text" / "en" / "review.md"
    edit(path, lambda t: t.replace(one, "@").replace(two, one).replace("@", two))


@fault("check", "表中两行的数互换", "the figures of two rows of a table swapped", "exhibits.toml")
def swapped_table(data: Path) -> None:
    def change(content: Any) -> None:
        rows = content["table"]["poverty_register"]["rows"]
        rows[1]["cells"], rows[2]["cells"] = rows[2]["cells"], rows[1]["cells"]

    toml(data / "exhibits.toml", change)


@fault(
    "check", "图中两个标签的数互换", "the figures of two bars of a chart swapped", "exhibits.toml"
)
def swapped_bars(data: Path) -> None:
    def change(content: Any) -> None:
        one, two = content["chart"]["roads_chart"]["bars"][:2]
        one["figure"], two["figure"] = two["figure"], one["figure"]

    toml(data / "exhibits.toml", change)


@fault("check", "准确数前写“超过”", "more than before an exact figure", "超过")
def more_than(data: Path) -> None:
    reword(data, "其中，已脱贫【已脱贫户数】", "其中，已脱贫超过【已脱贫户数】")


@fault("check", "“超过”改成“不足”", "more than turned into less than", "不足")
def less_than(data: Path) -> None:
    paragraph(data, "湘莲种植面积不足【湘莲种植面积】。")


@fault("check", "“至少”改成“至多”", "at least turned into at most", "at most")
def at_most(data: Path) -> None:
    paragraph(data, "The lotus area is at most 【industry.lotus.area】.", "en")


@fault("check", "人数后又写“户”", "households after a number of persons", "户")
def unit_after(data: Path) -> None:
    paragraph(data, "已脱贫人口【已脱贫人数】户。")


@fault(
    "check", "时点状态数写作当年数", "a state written as what the year brought", "2019年", "脱贫"
)
def year_of_state(data: Path) -> None:
    paragraph(data, "2019年脱贫【已脱贫户数】。")


@fault("check", "修改记录中改动一行", "a row of the change log altered", "changes.csv")
def log_altered(data: Path) -> None:
    path = data / TOWN / change_log.FILE
    keys = ("figure", "name", "item", "before", "after", "kind")
    found = dict(zip(keys, (EXITED, "已脱贫户数", "value", "320户", "321户", "更正"), strict=True))
    grounds = change_log.Grounds("2020-04-01", "甲", "抄录错行", "原件", "乙")
    change_log.append(path, [found], grounds)
    edit(path, lambda text: text.replace("抄录错行", "另有原因", 1))


# -- the source document: source ---------------------------------------------------------------


@fault(
    "source",
    "两个观测数同改，合计仍相符",
    "two observations changed so that their sum still holds",
    "322户",
)
def consistent_forgery(data: Path, document: Path) -> None:
    path = data / TOWN / "observations.csv"
    for old, new in (("321户", "322户"), ("77户", "76户")):
        edit(path, lambda text, old=old, new=new: text.replace(f",{old},", f",{new},"))


@fault("source", "观测数的位置移动", "an observation's place moved", "398户")
def place_moved(data: Path, document: Path) -> None:
    table(data / TOWN / "observations.csv", lambda rows: _shift(rows, "398户"))


def _shift(rows: list[dict[str, str]], value: str) -> None:
    row = next(row for row in rows if row["value"] == value)
    row["start"] = str(int(row["start"]) + 7)


@fault("source", "漏登一个观测数", "an observation dropped", "15.1万元")
def observation_dropped(data: Path, document: Path) -> None:
    without(data / TOWN / "observations.csv", "value", "15.1万元")


@fault("source", "少一行除外", "an exclusion dropped", "jsxsz/2020-1670209")
def exclusion_dropped(data: Path, document: Path) -> None:
    without(data / TOWN / "exclusions.csv", "text", "jsxsz/2020-1670209")


@fault("source", "用除外遮住一个统计数", "an exclusion that hides a figure", "17个")
def exclusion_hides(data: Path, document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    document.write_text(text + "\n全镇有行政村17个。", encoding="utf-8")
    row = {"text": "17个", "reason": "idiom", "source": "speech2020"}
    add_row(data / TOWN / "exclusions.csv", start=str(len(text) + 6), **row)


@fault("source", "来源文件多出一个数", "a number added to the source document", "17个")
def document_grown(data: Path, document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    document.write_text(text + "\n全镇有行政村17个。", encoding="utf-8")


@fault("source", "来源文件中改动一个数", "a number altered in the source document", "398户")
def document_altered(data: Path, document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    document.write_text(text.replace("398户", "389户", 1), encoding="utf-8")


# -- what nothing but a comparison shows -------------------------------------------------------


@fault(
    "compare",
    "合计漏加一段，改动前后各自自洽",
    "a stretch left out of a sum, consistent in itself",
    "三段道路里程合计",
    "算式",
)
def road_left_out(data: Path) -> None:
    formula = "projects.road.shishuling + projects.road.tianjingshan"
    cells(data / "catalogue.csv", "id", "projects.roads", formula=formula)


@fault("compare", "取舍位数改变", "the number of decimals changed", "已脱贫户占建档立卡贫困户比重")
def decimals(data: Path) -> None:
    cells(data / "catalogue.csv", "id", SHARE, decimals="1")


@fault("compare", "内部指标改为公开", "an internal indicator made public", "劝返车辆占检测车辆比重")
def made_public(data: Path) -> None:
    cells(data / "catalogue.csv", "id", "epidemic.vehicles.returned_share", audience="public")


# -- a finished PDF: verify --------------------------------------------------------------------


def altered(pdf: bytes, change: Callable[[pikepdf.Pdf], Any]) -> bytes:
    """A PDF edited by another program."""
    with pikepdf.open(BytesIO(pdf)) as document:
        change(document)
        made = BytesIO()
        document.save(made)
    return made.getvalue()


def rebuilt(pdf: bytes, change: Callable[[_Both], Any]) -> bytes:
    """A PDF set again from changed attachments, with a manifest to suit them."""
    carried = untrusted_attachments.read(pdf)
    files: dict[str, Any] = dict(carried.files)
    document = json.loads(files.pop("document.json"))
    change(_Both(files, document))
    files["document.json"] = json.dumps(document, ensure_ascii=False, sort_keys=True).encode()
    files.pop("manifest.json")
    about = carried.manifest["report"]
    files["manifest.json"] = attachments.manifest(files, about, document["meta"]["lang"])
    return typeset.set_files(files, document["meta"]["date"])


@dataclass
class _Both:
    """What a forger changes: the attachments, and the document that the pages are set from."""

    files: dict[str, Any]
    document: dict[str, Any]

    def replace(self, name: str, old: str, new: str) -> None:
        before = self.files[name]
        self.files[name] = before.replace(old.encode(), new.encode())
        assert self.files[name] != before, (name, old)


def _attachment(document: pikepdf.Pdf, name: str) -> Any:
    found = pikepdf.NameTree(document.Root.Names.EmbeddedFiles).items()
    return next(spec.EF.F for key, spec in found if str(key) == name)


@fault("verify", "用其他程序改动页面内容", "the content of a page edited", "第2页")
def page_edited(pdf: bytes) -> bytes:
    def change(document: pikepdf.Pdf) -> None:
        content = document.pages[1].Contents
        content.write(content.read_bytes().replace(b" 0 ", b" 1 ", 1))

    return altered(pdf, change)


@fault("verify", "移动一个链接", "a link moved", "第2页")
def link_moved(pdf: bytes) -> bytes:
    return altered(pdf, lambda d: d.pages[1].obj.Annots[0].Rect.__setitem__(0, 1))


@fault("verify", "改动图的替代文字", "an alt text edited", "标签")
def alt_edited(pdf: bytes) -> bytes:
    return altered(pdf, lambda d: setattr(d.Root.StructTreeRoot.K[0], "Alt", "1234"))


@fault("verify", "改动文件标题", "the title edited", "属性")
def title_edited(pdf: bytes) -> bytes:
    return altered(pdf, lambda d: d.docinfo.__setitem__("/Title", "another"))


@fault("verify", "删去一页", "a page removed", "页")
def page_removed(pdf: bytes) -> bytes:
    return altered(pdf, lambda d: d.pages.__delitem__(-1))


@fault("verify", "文件末尾追加内容", "bytes appended", "末尾")
def appended(pdf: bytes) -> bytes:
    return pdf + b"\n% a remark\n"


@fault("verify", "改动附件中的台账", "the attached ledger edited", "ledger.csv")
def attachment_edited(pdf: bytes) -> bytes:
    def change(document: pikepdf.Pdf) -> None:
        stream = _attachment(document, "ledger.csv")
        stream.write(stream.read_bytes().replace(b"321/398", b"322/398", 1))

    return altered(pdf, change)


@fault("verify", "换上旧图（附件中的图）", "a stale chart among the attachments", ".svg")
def chart_stale(pdf: bytes) -> bytes:
    def change(document: pikepdf.Pdf) -> None:
        stream = _attachment(document, "chart-1.svg")
        stream.write(stream.read_bytes().replace(b"</svg>", b"<g/></svg>"))

    return altered(pdf, change)


@fault("verify", "删去一个附件", "an attachment removed", "observations.csv")
def attachment_removed(pdf: bytes) -> bytes:
    def change(document: pikepdf.Pdf) -> None:
        del document.attachments["observations.csv"]

    return altered(pdf, change)


@fault("verify", "改动清单中的校验值", "a digest of the manifest edited", "ledger.csv")
def manifest_edited(pdf: bytes) -> bytes:
    def change(document: pikepdf.Pdf) -> None:
        stream = _attachment(document, "manifest.json")
        content = json.loads(stream.read_bytes())
        for row in content["attachments"]:
            if row["name"] == "ledger.csv":
                row["sha256"] = "0" * 64
        stream.write(json.dumps(content).encode())

    return altered(pdf, change)


@fault("verify", "换掉附带的复算程序", "the attached program replaced", "recompute.py")
def program_replaced(pdf: bytes) -> bytes:
    def change(document: pikepdf.Pdf) -> None:
        _attachment(document, "recompute.py").write(b"print('all agree')")

    return altered(pdf, change)


@fault("verify", "改动页面上一个数后整本重排", "a printed number changed and all set again", "99")
def printed_forged(pdf: bytes) -> bytes:
    return rebuilt(pdf, lambda made: _first_number(made.document).update(v="99"))


@fault(
    "verify",
    "正文中两个数互换后整本重排",
    "two printed numbers exchanged and all set again",
    "台账",
)
def printed_swapped(pdf: bytes) -> bytes:
    def change(made: _Both) -> None:
        one, two = list(_numbers(made.document["body"]))[:2]
        one["v"], two["v"] = two["v"], one["v"]

    return rebuilt(pdf, change)


def _numbers(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if node.get("t") == "num":
            yield node
        for child in node.values():
            yield from _numbers(child)
    elif isinstance(node, list):
        for child in node:
            yield from _numbers(child)


def _first_number(document: dict[str, Any]) -> dict[str, Any]:
    return next(_numbers(document["body"]))


@fault(
    "verify",
    "页面上添一个无来历的数后整本重排",
    "a number of no origin added and all set again",
    "第",
)
def printed_orphan(pdf: bytes) -> bytes:
    def change(made: _Both) -> None:
        para = next(block for block in made.document["body"] if block["b"] == "para")
        para["c"].append({"t": "text", "v": "另有77户。"})

    return rebuilt(pdf, change)


@fault(
    "verify", "伪造观测数、不改台账后重排", "an observation forged without its ledger row", "398"
)
def observation_forged(pdf: bytes) -> bytes:
    return rebuilt(pdf, lambda made: made.replace("observations.csv", ",398户,", ",397户,"))


@fault("verify", "伪造派生数后重排", "a derived value forged", SHARE)
def derived_forged(pdf: bytes) -> bytes:
    return rebuilt(pdf, lambda made: made.replace("ledger.csv", "321/398", "322/398"))


@fault("verify", "算式改动后重排", "a formula altered", SHARE)
def formula_forged(pdf: bytes) -> bytes:
    old = "share(poverty.households.exited, poverty.households)"
    new = "share(poverty.households.remaining, poverty.households)"
    return rebuilt(pdf, lambda made: made.replace("catalogue.csv", old, new))


@fault(
    "verify", "舍入方式改变（80.65印作80.66）后重排", "another rounding (80.66 for 80.65)", "80.66"
)
def rounding_forged(pdf: bytes) -> bytes:
    def change(made: _Both) -> None:
        made.replace("ledger.csv", "80.65", "80.66")
        for number in _numbers(made.document):
            number["v"] = number["v"].replace("80.65", "80.66")

    return rebuilt(pdf, change)


@fault("verify", "台账中的用处改动后重排", "a use in the ledger altered", "table:")
def use_forged(pdf: bytes) -> bytes:
    return rebuilt(pdf, lambda made: made.replace("ledger.csv", "table:main", "table:roads"))


# -- tables: recompute -------------------------------------------------------------------------


@fault(
    "recompute",
    "区间向内取舍（7.1%~8.3%作7.2%~8.2%）",
    "a range rounded inwards (7.2%–8.2%)",
    "7.2",
)
def rounded_inwards(tables: Path) -> None:
    edit(tables / "ledger.csv", lambda text: re.sub(r"7\.1%?\s?~8\.3%", "7.2%~8.2%", text))


@fault("recompute", "台账中的单位改动", "a unit of the ledger altered", "projects.roads")
def unit_altered(tables: Path) -> None:
    table(tables / "ledger.csv", lambda rows: _unit(rows))


def _unit(rows: list[dict[str, str]]) -> None:
    row = next(row for row in rows if row["id"].startswith(f"{TOWN}/projects.roads@"))
    assert row["unit"] == "公里"
    row["unit"] = "米"


@fault("recompute", "漏一行观测数", "an observation's row dropped", "poverty.households@")
def row_dropped(tables: Path) -> None:
    without(tables / "observations.csv", "indicator", "poverty.households")


@fault("recompute", "台账中一行重复", "a row of the ledger twice", SHARE)
def row_twice(tables: Path) -> None:
    table(
        tables / "ledger.csv",
        lambda rows: [*rows, next(row for row in rows if SHARE in row["id"])],
    )


@fault("recompute", "审核关系的式子改动", "a check's expression altered", "poverty.households.sum")
def check_altered(tables: Path) -> None:
    path = tables / "checks.csv"
    edit(
        path,
        lambda text: text.replace(
            "exited + poverty.households.rem", "exited - poverty.households.rem", 1
        ),
    )


# -- the bundle --------------------------------------------------------------------------------


@fault(
    "bundle", "改动已执行笔记本的输出", "an output of an executed notebook altered", "report.ipynb"
)
def notebook_altered(folder: Path) -> None:
    edit(folder / "zh/internal/report.ipynb", lambda text: text.replace("80.65", "80.66", 1))


@fault(
    "bundle",
    "内部版放到公开版的位置",
    "the internal edition in the place of the public one",
    "zh/public/report.pdf",
)
def edition_exchanged(folder: Path) -> None:
    inside = (folder / "zh/internal/report.pdf").read_bytes()
    (folder / "zh/public/report.pdf").write_bytes(inside)


@fault("bundle", "少一个文件", "a file missing", "ledger.csv")
def file_missing(folder: Path) -> None:
    (folder / "ledger.csv").unlink()


@fault("bundle", "多一个文件", "a file too many", "extra.csv")
def file_extra(folder: Path) -> None:
    (folder / "extra.csv").write_text("a", encoding="utf-8")


@fault("bundle", "换上旧图（成果文件夹）", "a stale chart in the bundle", "roads_chart.svg")
def bundle_chart(folder: Path) -> None:
    edit(
        folder / "zh/public/charts/roads_chart.svg",
        lambda text: text.replace("</svg>", "<!-- --></svg>"),
    )


# -- what nothing finds ------------------------------------------------------------------------


@fault(
    "",
    "原文写法都对，但两个单位相同的数登记到对方的指标",
    "two figures of one unit, worded as in the source, entered under each other's indicator",
    why=("登记时须双人录入并比对", "enter the data twice, independently, and compare"),
)
def indicators_exchanged(data: Path, document: Path) -> None:
    def change(rows: list[dict[str, str]]) -> None:
        one = next(row for row in rows if row["indicator"] == "epidemic.letters")
        two = next(row for row in rows if row["indicator"] == "epidemic.notices")
        one["indicator"], two["indicator"] = two["indicator"], one["indicator"]

    table(data / TOWN / "observations.csv", change)


@fault(
    "",
    "数据、台账、页面、清单一并伪造，自成一套",
    "data, ledger, pages and manifest forged together into a consistent whole",
    why=(
        "与公布的SHA-256核对，或校验签名，或用 --source 核对原文",
        "compare the published SHA-256, check a signature, or read the source with --source",
    ),
)
def forged_whole(pdf: bytes) -> bytes:
    def change(made: _Both) -> None:
        for name in ("observations.csv", "ledger.csv"):
            lines = made.files[name].decode().split("\n")
            forged = [line.replace("611", "612") if JOBS in line else line for line in lines]
            made.files[name] = "\n".join(forged).encode()
        for number in _numbers(made.document):
            if JOBS in number["id"]:
                number["v"] = number["v"].replace("611", "612")

    return rebuilt(pdf, change)


JOBS = "livelihood.jobs"


@fault(
    "",
    "英文正文中两个数互换，近旁的词不能区分二者（已脱贫、未脱贫户数）",
    "two figures swapped in English where no word beside them tells them apart",
    why=("`check` 列为未核对", "`check` lists both places as not told apart"),
)
def swapped_alike(data: Path) -> None:
    _exchange(data, f"【{EXITED}】", "【poverty.households.remaining】")


# -- the table ---------------------------------------------------------------------------------

AUDITS = {
    "check": "`check`（每次生成之前）/ `check`, before every build",
    "source": "`audit source`",
    "compare": "`compare`",
    "verify": "`verify`（PDF）",
    "bundle": "`verify`（成果文件夹 / bundle）",
    "recompute": "`recompute.py`",
    "": "查不出 / not found",
}


def rendered() -> Iterator[str]:
    """``docs/faults.md``."""
    found = sum(bool(f.audit) for f in FAULTS)
    yield "# 差错试验 / Seeded faults"
    yield ""
    yield (
        f"在许市镇的数据、来源文件和成品上逐个埋入差错，每次一个，共{len(FAULTS)}个；"
        f"{found}个由所列审核查出并指明，{len(FAULTS) - found}个查不出，一并列明。"
        "由 `python tests/audit/seeded.py` 写出，每次 `make test` 逐个试验。"
    )
    yield ""
    yield (
        f"{len(FAULTS)} faults planted one at a time on Xushi's data, source document and finished "
        f"files: {found} are named by the audit beside them, {len(FAULTS) - found} are not found and "
        "are listed too. Written by `python tests/audit/seeded.py`; `make test` tries every one."
    )
    yield ""
    yield "| | 差错 | Fault | 查出者 / found by |"
    yield "|---|---|---|---|"
    for number, planted in enumerate(FAULTS, start=1):
        by = AUDITS[planted.audit]
        if not planted.audit:
            by += "；" + " / ".join(planted.why)
        yield f"| {number} | {planted.zh} | {planted.en} | {by} |"
    yield ""
    yield from forged()
    yield ""
    yield (
        "其他工具对其中几种差错的结果，见 [neighbours.md](neighbours.md)。 / "
        "What other tools say to some of these faults: [neighbours.md](neighbours.md)."
    )


def forged() -> Iterator[str]:
    """What became of the forgeries of a finished report, and those that the file alone cannot tell."""
    passed = [forgery for forgery in FORGERIES if forgery.passes]
    told, count = len(FORGERIES) - len(passed), len(FORGERIES)
    yield "## 伪造成品 / Forged reports"
    yield ""
    yield (
        f"对许市镇公开版的工作回顾另作{count}种伪造：改动成品；改动成品并改清单中的版本；"
        "改动字句、图、表后用本程序整本重排，所附原文不改或一并伪造。"
        f"`verify` 单凭文件指出{told}种，或说明有步骤未做、不算通过；其余{len(passed)}种列在下面，"
        "都是所附原文一并伪造、又与任何数都不矛盾的。"
        "全部由 `audit report` 用数据重排、逐字节比对查出；没有数据的，"
        "只能与公布的SHA-256核对或校验签名（字句），或用 --source 核对原文（数）。"
        "`recompute.py` 只算数，不看页面和字句。"
        "`python -m pytest -m long tests/audit/test_forged.py` 逐个试验。"
    )
    yield ""
    yield (
        f"{count} forgeries of Xushi's public review: edits of the finished PDF; the same with another "
        "version in the manifest; words, charts and tables "
        "forged and all set again by this program, the "
        "attached text left as it was or forged too. `verify` "
        f"tells {told} by the file alone, or says that a "
        f"step was not done, which is no pass; the other {len(passed)} "
        "are below: in all of them the attached "
        "text was forged too and no number contradicts it. `audit "
        "report` tells every one, since it sets the "
        "report again from the data and compares bytes; without "
        "the data, words can only be held against the "
        "published SHA-256 or a signature, and numbers against "
        "the source (--source). `recompute.py` computes "
        "figures and reads neither pages nor words. `python -m "
        "pytest -m long tests/audit/test_forged.py` tries "
        "each of them."
    )
    yield ""
    yield "| | `verify` 单凭文件查不出的 | Not found by `verify` alone |"
    yield "|---|---|---|"
    for number, forgery in enumerate(passed, start=1):
        yield f"| {number} | {forgery.zh} | {forgery.en} |"


if __name__ == "__main__":
    print("\n".join(rendered()))
