"""Forgeries of a finished report, each of which changes what it says, and what passes ``verify`` alone.

Three kinds: edits of the finished PDF, the same with a manifest that names another Typst, and PDFs set
again by this program from forged words, charts or tables. Of the last each is tried with the attached text
left as it was, and with the attached text forged to suit. ``audit report`` with the data compares bytes,
so every one of them differs there; what passes ``verify`` alone is listed in ``docs/faults.md``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pikepdf

from xushi_stats.audit import untrusted_attachments
from xushi_stats.charts import redraw
from xushi_stats.publishing import attachments, typeset

Edit = Callable[[pikepdf.Pdf], Any]
Files = dict[str, Any]
Change = Callable[[Files], Any]


@dataclass(frozen=True)
class Forgery:
    """One forgery: its kind, what it does, and whether the file alone can tell.

    Attributes:
        make: the forged PDF, from the true one.
        passes: whether ``verify`` alone finds nothing.
    """

    id: str
    zh: str
    en: str
    make: Callable[[bytes], bytes]
    passes: bool = False


FORGERIES: list[Forgery] = []

# -- edits of the finished PDF -------------------------------------------------------------------


def edited(pdf: bytes, change: Edit, *, downgraded: bool = False) -> bytes:
    """A PDF that another program edited; ``downgraded``: whose manifest names another Typst."""
    with pikepdf.open(BytesIO(pdf)) as document:
        change(document)
        if downgraded:
            stream = _attached(document, "manifest.json")
            manifest = json.loads(stream.read_bytes())
            manifest["versions"]["typst"] = "0.15.9"
            stream.write(json.dumps(manifest).encode())
        made = BytesIO()
        document.save(made)
    return made.getvalue()


def _attached(document: pikepdf.Pdf, name: str) -> Any:
    files = dict(pikepdf.NameTree(document.Root.Names.EmbeddedFiles).items())
    return next(spec.EF.F for key, spec in files.items() if str(key) == name)


def _draw(document: pikepdf.Pdf, content: bytes) -> None:
    document.pages[1].contents_add(b"q " + content + b" Q")


def _annotate(document: pikepdf.Pdf, kind: str, **more: Any) -> None:
    note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name(f"/{kind}"))
    note.Rect, note.Contents = [100, 600, 300, 640], "498"
    for key, value in more.items():
        note[f"/{key}"] = value
    document.pages[1].Annots.append(document.make_indirect(note))


def _content(document: pikepdf.Pdf, old: bytes, new: bytes) -> None:
    stream = document.pages[1].Contents
    content = stream.read_bytes()
    assert old in content
    stream.write(content.replace(old, new, 1))


def _font(document: pikepdf.Pdf) -> None:
    for item in document.objects:
        if (
            isinstance(item, pikepdf.Dictionary)
            and item.get("/Type") == pikepdf.Name.FontDescriptor
        ):
            stream = item.get("/FontFile3") or item.get("/FontFile2")
            data = bytearray(stream.read_bytes())
            data[len(data) // 2] ^= 1
            stream.write(bytes(data))
            return


def _codes(document: pikepdf.Pdf) -> None:
    for item in document.objects:
        if isinstance(item, pikepdf.Dictionary) and "/ToUnicode" in item:
            item.ToUnicode.write(item.ToUnicode.read_bytes().replace(b"<0036>", b"<0039>"))


def _layer(document: pikepdf.Pdf) -> None:
    group = document.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.OCG, Name="a"))
    document.Root.OCProperties = pikepdf.Dictionary(OCGs=[group], D=pikepdf.Dictionary(OFF=[group]))


def _second(document: pikepdf.Pdf) -> None:
    for name, spec in pikepdf.NameTree(document.Root.Names.EmbeddedFiles).items():
        if str(name) == "ledger.csv":
            spec.EF.UF = document.make_stream(b"id,value\n")


EDITS: list[tuple[str, str, str, Edit]] = [
    ("content", "页面内容", "content of a page", lambda d: _content(d, b" 0 ", b" 1 ")),
    (
        "box",
        "白框盖住一行",
        "a white box over a row",
        lambda d: _draw(d, b"1 g 90 500 300 30 re f"),
    ),
    (
        "path",
        "用线条画数字",
        "digits drawn as paths",
        lambda d: _draw(d, b"0 g 90 500 m 99 520 l S"),
    ),
    ("hidden", "隐藏文字", "hidden text", lambda d: _draw(d, b"BT 3 Tr /F0 9 Tf (498) Tj ET")),
    ("note", "批注", "a note", lambda d: _annotate(d, "FreeText")),
    ("stamp", "图章", "a stamp", lambda d: _annotate(d, "Stamp")),
    (
        "field",
        "表单域",
        "a form field",
        lambda d: _annotate(d, "Widget", FT=pikepdf.Name.Tx, V="498"),
    ),
    ("link", "移动链接", "a link moved", lambda d: d.pages[1].Annots[0].Rect.__setitem__(0, 1)),
    ("font", "字形", "an outline of a font", _font),
    ("codes", "字形与文字的对应", "what the codes of a font stand for", _codes),
    ("layer", "图层", "a layer", _layer),
    ("second", "同名附件另藏一份", "a second file of the same name", _second),
    ("turned", "页面旋转", "a page turned", lambda d: d.pages[1].__setattr__("Rotate", 180)),
    (
        "cropped",
        "页面裁切",
        "a page cropped",
        lambda d: d.pages[1].__setattr__("CropBox", [0, 0, 99, 99]),
    ),
    ("dropped", "删页", "a page dropped", lambda d: d.pages.__delitem__(1)),
    ("doubled", "重页", "a page doubled", lambda d: d.pages.append(d.pages[1])),
    ("moved", "页序", "pages in another order", lambda d: d.pages.reverse()),
    ("title", "标题属性", "the title", lambda d: d.docinfo.__setitem__("/Title", "498")),
    ("bookmark", "书签", "a bookmark", lambda d: d.Root.Outlines.First.__setattr__("Title", "498")),
    (
        "script",
        "打开时运行程序",
        "a script on opening",
        lambda d: d.Root.__setattr__(
            "OpenAction", pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        ),
    ),
    (
        "alt",
        "图的替代文字",
        "an alt text",
        lambda d: d.Root.StructTreeRoot.K[0].__setattr__("Alt", "498"),
    ),
    (
        "ledger",
        "所附台账",
        "the attached ledger",
        lambda d: _attached(d, "ledger.csv").write(
            _attached(d, "ledger.csv").read_bytes().replace(b"398", b"498")
        ),
    ),
    (
        "text",
        "所附原文",
        "the attached text",
        lambda d: _attached(d, "text.csv").write(
            _attached(d, "text.csv").read_bytes().replace("万元".encode(), "亿元".encode())
        ),
    ),
]
"""Edits; with the manifest downgraded the step that compares bytes is not done, which is no pass."""

for _id, _zh, _en, _change in EDITS:
    for _down in (False, True):
        FORGERIES.append(
            Forgery(
                f"edit-{_id}{'-downgraded' if _down else ''}",
                f"成品中改{_zh}{'，并改清单中的版本' if _down else ''}",
                f"in the finished PDF: {_en}{', and the version in the manifest' if _down else ''}",
                lambda pdf, change=_change, down=_down: edited(pdf, change, downgraded=down),
            )
        )


# -- set again -----------------------------------------------------------------------------------


def set_again(pdf: bytes, change: Change, *, with_text: bool) -> bytes:
    """A PDF set from forged attachments with a manifest to suit, the attached text too if so asked."""
    carried = untrusted_attachments.read(pdf)
    files: Files = dict(carried.files)
    document = json.loads(files["document.json"])
    before = json.dumps(document), dict(files)
    change({"document": document, "files": files})
    assert (json.dumps(document), files) != before, "a forgery that changes nothing"
    files["document.json"] = json.dumps(document, ensure_ascii=False, sort_keys=True).encode()
    if with_text:
        charts = {n: c.decode() for n, c in files.items() if n.endswith(".svg")}
        declared = {
            v["v"]: "declared:number"
            for v in nodes(document)
            if v.get("t") == "fixed" or v.get("declared") is True
        }
        files["text.csv"] = attachments.text_table(document, charts, declared)
    del files["manifest.json"]
    about = carried.manifest["report"]
    files["manifest.json"] = attachments.manifest(files, about, document["meta"]["lang"])
    return typeset.set_files(files, document["meta"]["date"])


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Every object of a document."""
    if isinstance(value, dict):
        yield value
    for child in (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    ):
        yield from nodes(child)


def words(*pairs: tuple[str, str], part: str = "body") -> Change:
    """Texts replaced, the first time that each stands in a part; exchanged if the pairs say so."""

    def change(made: Files) -> None:
        texts = [n for n in nodes(made["document"][part]) if n.get("t") in ("text", "fixed")]
        for old, new in pairs:
            node = next(n for n in texts if old in n["v"])
            node["v"] = node["v"].replace(old, new, 1)

    return change


def behind(figure: str, shown: str, tail: str) -> Change:
    """A figure of prose shown in other form, with something behind it."""

    def change(made: Files) -> None:
        for block in made["document"]["body"]:
            for n, item in enumerate(block.get("c", [])):
                if item.get("t") == "num" and f"/{figure}@" in item["id"]:
                    item["v"] = shown
                    block["c"].insert(n + 1, {"t": "text", "v": tail})
                    return

    return change


def added(inline: dict[str, Any]) -> Change:
    """Something added to the first paragraph of the body."""

    def change(made: Files) -> None:
        next(b for b in made["document"]["body"] if b["b"] == "para")["c"].append(inline)

    return change


def rows(table: str, one: int, two: int) -> Change:
    """The names of two rows of a table exchanged."""

    def change(made: Files) -> None:
        found = next(b for b in made["document"]["body"] if b.get("key") == table)["rows"]
        found[one][0], found[two][0] = found[two][0], found[one][0]

    return change


def drawn(change: Callable[[str], str]) -> Change:
    """The first chart's picture edited."""

    def forged(made: Files) -> None:
        made["files"]["chart-1.svg"] = change(made["files"]["chart-1.svg"].decode()).encode()

    return forged


def recipe(change: Callable[[Any], Any]) -> Change:
    """The first chart drawn from a forged recipe, picture and links to suit."""

    def forged(made: Files) -> None:
        block = next(b for b in made["document"]["body"] if b["b"] == "figure")
        change(block["recipe"]["args"][0])
        chart = redraw.redrawn(block["recipe"])
        block["links"] = chart.links
        made["files"][block["chart"]] = chart.svg.encode()

    return forged


def ledger(old: str, new: str, *, shown: tuple[str, str]) -> Change:
    """The ledger's words for a number forged, and the document to suit."""

    def forged(made: Files) -> None:
        content = made["files"]["ledger.csv"].decode()
        assert old in content
        made["files"]["ledger.csv"] = content.replace(old, new).encode()
        for node in nodes(made["document"]):
            if (
                node.get("t") == "num"
                and "/poverty.households@" in node["id"]
                and node["v"] == shown[0]
            ):
                node["v"] = shown[1]

    return forged


def _swap_names(bars: list[dict[str, Any]]) -> None:
    bars[0]["name"], bars[2]["name"] = bars[2]["name"], bars[0]["name"]


def _bare(old: str, new: str) -> Callable[[str], str]:
    return lambda svg: svg.replace(old, "\0").replace(new, old).replace("\0", new)


FORGED: list[tuple[str, str, str, Change]] = [
    (
        "tail",
        "60万元印作60亿元",
        "60万元 printed as 60亿元",
        behind("poverty.entrusted.funds", "60", "亿元"),
    ),
    (
        "mille",
        "80.65%印作80.65‰",
        "80.65% printed as 80.65‰",
        behind("poverty.households.exited.share", "80.65", "‰"),
    ),
    (
        "unit",
        "数后另加单位",
        "another unit behind a number",
        behind("livelihood.jobs", "611人", "户"),
    ),
    (
        "head_money",
        "表头万元改亿元",
        "万元 to 亿元 in a table's head",
        words(("（万元）", "（亿元）")),
    ),
    ("head_count", "表头户改人", "户 to 人 in a table's head", words(("户数（户）", "户数（人）"))),
    (
        "table_length",
        "表的单位公里改米",
        "公里 to 米 over a table",
        words(("单位：公里", "单位：米")),
    ),
    (
        "table_area",
        "表的单位亩改公顷",
        "亩 to 公顷 over a table",
        words(("单位：亩", "单位：公顷")),
    ),
    ("row_unit", "表中一行的单位公里改米", "公里 to 米 in a row", words(("公里", "米"))),
    ("rows", "两行的名称互换", "names of two rows exchanged", rows("poverty_register", 1, 2)),
    ("rows_roads", "两条路的行名互换", "names of two roads' rows exchanged", rows("roads", 0, 2)),
    ("rows_env", "两项的行名互换", "names of two rows exchanged", rows("environment", 0, 1)),
    (
        "names",
        "正文中两个名称互换",
        "two names exchanged in prose",
        words(("完成柿树岭村道路窄加宽", "完成幸福路"), ("、幸福路", "、柿树岭村道路窄加宽")),
    ),
    (
        "exited",
        "正文中已脱贫改未脱贫",
        "exited to remaining in prose",
        words(("其中，已脱贫", "其中，未脱贫")),
    ),
    ("name", "正文中一个名称改动", "a name changed in prose", words(("拆除空心房", "新建住房"))),
    (
        "under",
        "准确数前加不足",
        "less than before an exact number",
        words(("城镇新增就业", "城镇新增就业不足")),
    ),
    (
        "over",
        "准确数前加超过",
        "more than before an exact number",
        words(("改造自来水管网", "改造自来水管网超过")),
    ),
    (
        "about",
        "概数前加超过",
        "more than before a number with its own qualifier",
        words(("湘莲种植面积", "湘莲种植面积不足")),
    ),
    ("year", "正文年份改动", "a year changed in prose", words(("2019年", "2017年"))),
    (
        "year_near",
        "正文年份改为上年",
        "a year changed to the one before",
        words(("2019年", "2018年")),
    ),
    ("month", "时点改动", "a month changed", words(("2020年3月", "2016年3月"))),
    (
        "checked",
        "未逐项核对改已逐项核对",
        "not checked to checked",
        words(("，未与原始", "，已与原始")),
    ),
    (
        "notice",
        "页首样稿说明删去",
        "the notice of every page removed",
        lambda made: made["document"]["running"].update(head=[]),
    ),
    ("title", "题名改动", "the title changed", words(("许市镇", "许家镇"), part="masthead")),
    ("paragraph", "删去一段", "a paragraph dropped", lambda made: made["document"]["body"].pop(5)),
    ("column", "列名改动", "the head of a column changed", words(("数值", "增量"))),
    ("caption", "表题改动", "a table's title changed", words(("主要工作数据见", "主要计划数据见"))),
    ("heading", "标题改动", "a heading changed", words(("脱贫攻坚", "返贫情况"))),
    (
        "source",
        "资料来源改动",
        "the source under a table changed",
        words(("资料来源：《讲话》", "资料来源：统计年鉴")),
    ),
    ("sum", "合计改平均", "total to mean", words(("合计", "平均"))),
    ("basis", "全年改累计", "in the year to so far", words(("全年拆除", "历年累计拆除"))),
    (
        "fixed",
        "另有4980户作例外文字",
        "a number entered as exempt",
        added({"t": "fixed", "v": "另有4980户"}),
    ),
    (
        "declared",
        "汉字数作例外文字",
        "a number in words entered as exempt",
        added({"t": "text", "v": "另有四千九百八十户", "declared": True}),
    ),
    ("typed", "直接打入数字", "a number typed", added({"t": "text", "v": "另有4980户。"})),
    (
        "letters",
        "字母充数字lOO户",
        "letters for digits: lOO户",
        added({"t": "text", "v": "另有lOO户。"}),
    ),
    (
        "radicals",
        "部首充数字⼗⼆户",
        "radicals for numerals: ⼗⼆户",
        added({"t": "text", "v": "另有⼗⼆户。"}),
    ),
    (
        "alt",
        "图的替代文字中的数",
        "a number in an alt text",
        lambda made: next(b for b in made["document"]["body"] if b["b"] == "figure").__setitem__(
            "alt", "幸福路 8.5公里"
        ),
    ),
    (
        "definition",
        "附录口径改动",
        "a definition in the appendix",
        words(("示范屋场个数", "示范屋场面积"), part="back"),
    ),
    (
        "place",
        "附录出处改动",
        "a place in the appendix",
        words(("第二部分", "第三部分"), part="back"),
    ),
    (
        "bar",
        "图中条形改长",
        "a bar of a chart lengthened",
        drawn(lambda svg: svg.replace("241.888889", "341.888889")),
    ),
    (
        "labels",
        "图中名称互换",
        "names on a chart exchanged",
        drawn(_bare(">柿树岭村道路<", ">幸福路<")),
    ),
    (
        "faint",
        "图中真数字淡至不可见",
        "a number on a chart too faint to see",
        drawn(
            lambda svg: svg.replace(
                "text-anchor: start; fill: #1a1a1a",
                "text-anchor: start; fill: #1a1a1a; opacity: 0.004",
                1,
            )
        ),
    ),
    (
        "outline",
        "图中用线条另画数字",
        "digits drawn on a chart as paths",
        drawn(
            lambda svg: svg.replace(
                "</svg>", '<path d="M 351 10 L 360 30" style="stroke: #000000"/></svg>'
            )
        ),
    ),
    (
        "sizes",
        "作图依据中的数改动并重画",
        "a size in a chart's recipe",
        recipe(lambda bars: bars[2]["sizes"].__setitem__(0, {"is": "Fraction", "of": "8"})),
    ),
    (
        "chart_names",
        "作图依据中的名称互换并重画",
        "names in a chart's recipe exchanged",
        recipe(_swap_names),
    ),
    (
        "cell",
        "台账的表内写法498户",
        "the ledger's cell: 498 for 398",
        ledger(",398户,398,", ",398户,498,", shown=("398", "498")),
    ),
    (
        "shown",
        "台账的正文写法398人",
        "the ledger's text: 398人 for 398户",
        ledger(",398户,398,", ",398人,398,", shown=("398户", "398人")),
    ),
    (
        "money",
        "台账的正文写法改单位",
        "the ledger's text in another unit",
        ledger(",398户,398,", ",398万户,398,", shown=("398户", "398万户")),
    ),
]
"""Words, charts and tables forged and all set again."""

PASS = {
    *("name", "year_near", "checked", "notice", "title", "column", "caption", "heading"),
    *("source", "sum", "basis", "definition", "place"),
}
"""Those that no number contradicts: with the attached text forged too, ``verify`` alone passes them."""

for _id, _zh, _en, _forge in FORGED:
    for _both in (False, True):
        FORGERIES.append(
            Forgery(
                f"set-{_id}{'-text' if _both else ''}",
                f"{_zh}后重排{'，所附原文一并伪造' if _both else ''}",
                f"{_en}, set again{', the attached text forged too' if _both else ''}",
                lambda pdf, change=_forge, both=_both: set_again(pdf, change, with_text=both),
                _both and _id in PASS,
            )
        )
