"""Units: how each is read, converted and printed; a project's own; what a stranger can compute again."""

from __future__ import annotations

import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest
from towns import OBSERVATIONS, Cells, Town, cases

from xushi_stats import format, notation
from xushi_stats.audit import recompute
from xushi_stats.faults import MESSAGES
from xushi_stats.ledger import Ledger
from xushi_stats.quantity import Unit, UnitError
from xushi_stats.reporting import evidence
from xushi_stats.units.names import add_units, listed, unit_names

CASES = cases("units")
OWN = [
    {"unit": "篓", "size": "25公斤", "one": "basket", "many": "baskets", "spelled": ""},
    {"unit": "砣", "size": "", "one": "", "many": "", "spelled": ""},
]


def id_of(number: int) -> str:
    return "case." + "".join("abcdefghij"[int(digit)] for digit in str(number))


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """An indicator a case, over units of the package and two of the project's own."""
    made = Town(tmp_path_factory.mktemp("units")).clear()
    made.write("units.csv", OWN, list(OWN[0]))
    made.write(OBSERVATIONS, [], [*made.header(OBSERVATIONS), "unit"])
    for number, case in enumerate(CASES):
        letters = id_of(number)
        made.indicator(letters, case["unit"], name_zh=f"平均{letters}", name_en=f"mean {letters}")
        made.state(letters, case["wording"], unit=case["beside"])
    return made


@pytest.fixture(scope="module")
def ledger(town: Town) -> Ledger:
    return town.ledger()


@pytest.mark.parametrize(
    ("number", "case"), list(enumerate(CASES)), ids=[f"{c['unit']} {c['wording']}" for c in CASES]
)
def test_a_wording_is_converted_and_the_unit_of_the_source_stays_in_print(
    ledger: Ledger, number: int, case: Cells
) -> None:
    figure = ledger.find(id_of(number))
    assert figure is not None and figure.quantity is not None
    assert figure.quantity.value == Fraction(case["value"])
    for lang in ("zh", "en"):
        found = [
            format.text(figure, lang, "public"),  # type: ignore[arg-type]
            format.cell(figure, lang, "public"),  # type: ignore[arg-type]
            format.unit(figure, lang),  # type: ignore[arg-type]
        ]
        assert found == [case[lang], case[f"{lang}_cell"], case[f"{lang}_unit"]]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("edition", ["internal", "public"])
def test_who_has_the_tables_alone_computes_what_was_printed(
    town: Town, ledger: Ledger, tmp_path: Path, lang: str, edition: str
) -> None:
    tables = evidence.tables(town.load(), ledger, lang, edition, {})  # type: ignore[arg-type]
    for name, content in tables.items():
        (tmp_path / name).write_bytes(content)
    command = [sys.executable, "-I", str(recompute.__file__), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8")
    assert (done.returncode, done.stderr) == (0, ""), done.stdout


COMMON = (
    "座 头 只 株 匹 羽 尾 棵 栋 幢 间 套 台 件 桩 宗 批 口 眼 孔 面 盏 杆 根 支 "
    "枝 枚 张 幅 本 册 部 卷 箱 袋 桶 瓶 包 盒 罐 筐 捆 车 船 艘 架 块 片 段 节 "
    "层 道 扇 门 堂 课 期 届 场 班 组 队 团 笔 单 封 通 则 首 顶 副 双 对 床 席 "
    "桌 顿 餐 剂 针 样 粒 颗 朵 丘 畦 垄 栏 窝 群 趟 遍 版 页 章 款 类 种 站 村 "
    "镇 县 校 班次 户次 车次 场次 件次 台次 辆次 台套 亩次 工日 课时 周 个月 名 位 户 "
    "人 个 处 家 项 条 篇 份 起 次 例 辆 所 天 年 分 岁 串 盆 碗 铺 座 尊 垛 床位 "
    "车位 "
)


@pytest.mark.parametrize("word", dict.fromkeys(COMMON.split()))
def test_a_measure_word_in_common_use_is_known(word: str) -> None:
    quantity = notation.parse(f"15{word}")
    assert (quantity.value, quantity.unit.text, quantity.place) == (15, word, None)


@pytest.mark.parametrize(
    "wording", ["5元/火星", "5元//人", "5/人", "每户", "每5户", "人均", "5元/"]
)
def test_what_is_no_unit_is_refused(wording: str) -> None:
    with pytest.raises(notation.NotationError):
        notation.parse(wording)


@pytest.mark.parametrize(
    ("one", "other"),
    [("℃", "度"), ("美元", "元"), ("美元", "港元"), ("人次", "人"), ("头", "只"), ("吨公里", "吨"),
     ("千伏", "千瓦"), ("立方米", "平方米"), ("元/人", "元"), ("吨标准煤", "吨"), ("小时", "天")],
)  # fmt: skip
def test_what_measures_something_else_is_not_converted(one: str, other: str) -> None:
    with pytest.raises(UnitError):
        Unit(one).factor_to(Unit(other))


def test_every_unit_says_in_english_one_and_many_or_neither() -> None:
    assert [n.text for n in unit_names().values() if bool(n.one) != bool(n.many)] == []


def test_no_spelling_is_of_two_units() -> None:
    ways = [way for n in listed().values() if n.kind != "scale" for way in (n.text, *n.spelled)]
    assert sorted(ways) == sorted(set(ways))


def test_no_message_sends_anyone_into_the_installed_package() -> None:
    said = " ".join(text for lines in MESSAGES.values() for pair in lines.values() for text in pair)
    assert not re.findall(r"site-packages|xushi_stats/", said)
    assert said.count("units.csv") == said.count("data/units.csv")


def test_a_unit_of_one_project_is_unknown_to_the_next(town: Town, tmp_path: Path) -> None:
    town.load()
    assert notation.parse("3篓").value == 3
    Town(tmp_path).load()
    with pytest.raises(notation.NotationError):
        notation.parse("3篓")
    assert Unit("篓").scale == Fraction(1, 40)  # a figure read before is printed all the same
    town.load()


def test_two_projects_may_mean_two_things_by_one_word(tmp_path: Path) -> None:
    sizes = []
    for number, size in enumerate(("25公斤", "30公斤", "")):
        made = Town(tmp_path / str(number))
        made.write("units.csv", [OWN[0] | {"size": size}], list(OWN[0]))
        made.load()
        sizes.append(Unit("篓").scale)
    add_units(())
    assert sizes == [Fraction(1, 40), Fraction(3, 100), 1]


def test_a_part_of_a_thousand_persons_is_refused_and_one_of_ten_thousand_is_not(
    tmp_path: Path,
) -> None:
    made = Town(tmp_path).clear()
    made.indicator("people", "万人")
    made.state("people", "2.15035万人")
    assert [fault.code for fault in made.faults()] == ["count_part"]
