"""复核 / A second opinion: every derived figure computed again from the tables that go with a report.

    python recompute.py FOLDER          Python 3.11，只用标准库 / standard library alone

FOLDER 内为 ledger、observations、catalogue、checks、milestones（有的另有 units）各 CSV，取自成果包或附件。
不引用 xushi_stats：算式用 ast 读，数用分数算，概数的范围取各端的全部组合，对各概数单调的算式为准确；超过
十二个概数的、台账注明 tight=no 的，范围略过。公开版不列的一端（“…”）不核对。单位是否相容、印到哪一位，
照台账。查不出：各表一并伪造，原文不实，原文写法读错。
Nothing of xushi_stats is used: formulas are read by ast, numbers are fractions, ranges are tried at
every combination of ends, which is exact for formulas that are monotone in each; ranges of over twelve
leaves, and those that the ledger calls not tight, are skipped. An end that the public does not get (…)
is not checked. Whether units fit, and the place that is printed, are taken from the ledger. Not found:
tables forged all together, a source that is wrong, a wording that was misread.
退出码 / exit code: 0 无出入 / nothing differs, 1 有出入 / something differs, 2 用法不对 / wrong use,
3 有略过的（缺项和未公布的不算） / something was skipped, not counting what is missing or not published.
"""

from __future__ import annotations

import ast
import csv
import io
import math
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import product
from operator import add, mul, sub, truediv
from pathlib import Path
from typing import Any

Row = dict[str, str]
End = tuple[Any, bool]  # 值和是否含本数 / a value, and whether it belongs to the range
NEAR = Fraction(1, 10**9)  # 紧靠所列数 / just beside the number stated
MOST = 12  # 一个算式中的概数 / ranges in one formula
KEYS = {"ledger": ["id"], "catalogue": ["indicator"], "checks": ["id"]}
KEYS |= {"observations": ["source", "start"], "milestones": ["id", "release", "period"]}
SIZES: dict[str, Any] = {"万元": 10**4, "亿元": 10**8, "公里": 1000, "公顷": 10**4}
SIZES |= {"元": 1, " yuan": 1, "米": 1, "吨": 1, "公斤": Fraction(1, 1000)}
SIZES |= {"亩": Fraction(2000, 3), "%": Fraction(1, 100)}
TENS = {"": 1, "万": 10**4, "亿": 10**8}
NUMBER = r"((?>-?\d[\d,]*(?:\.\d+)?))(?!k yuan|m yuan)([万亿]?)[余多]?({})?"
SIDES = {"不低于": (0, True), "at least": (0, True), "超过": (0, False), "more than": (0, False)}
SIDES |= {"不高于": (1, True), "at most": (1, True), "低于": (1, False), "less than": (1, False)}
OPERATIONS: dict[Any, Callable[..., Any]] = {
    **{ast.Add: add, ast.Sub: sub, ast.Mult: mul, ast.Div: truediv},
    **{"share": truediv, "mean": truediv, "completion": truediv},
    "points": lambda a, b: (a - b) * 100,
    "growth": lambda a, b: a / (b if b > 0 else 0) - 1,  # 基数不大于零无增速 / no such rate
    "annual_growth": lambda a, b, n: root(a / (b if b > 0 else 0), n) - 1,
    "contribution": lambda a, b, c, d: (a - b) / (c - d),  # 贡献率
    "pull": lambda a, b, c: (a - b) / (c if c > 0 else 0) * 100,  # 拉动百分点
}


def root(ratio: Fraction, years: Fraction) -> Fraction:
    """几何平均，30位小数 / The geometric mean of a ratio over years, to 30 decimals."""
    if isinstance(ratio, float) and ratio:  # 无穷 / infinite
        return ratio
    with localcontext(prec=60):
        base, times = (Decimal(n.numerator) / n.denominator for n in (Fraction(ratio), 1 / years))
        return Fraction((base**times).quantize(Decimal("1e-30")))


class Skip(Exception):
    """略过，参数为中英文理由 / Skipped; the arguments say why in both languages."""


def evaluate(node: ast.AST, figure: Callable[[str], Any], signs: list[bool]) -> Any:
    """算式的值 / A formula's value; ``figure`` says what a name stands for, ``signs`` are of divisors."""
    match node:
        case ast.BinOp(left=a, op=sign, right=b):
            operation, args = OPERATIONS[type(sign)], [a, b]
        case ast.Call(func=ast.Name(id=name), args=[_, _, *_] as args):
            operation = OPERATIONS[name]
        case ast.UnaryOp(op=ast.USub(), operand=a):
            return -evaluate(a, figure, signs)
        case ast.Constant(value=number):
            return Fraction(str(number))
        case _:
            return figure(ast.unparse(node))
    values = [evaluate(argument, figure, signs) for argument in args]
    if operation not in (add, sub, mul):
        signs.append((values[-1] if len(values) < 4 else values[2] - values[3]) > 0)
    value = operation(*values)
    if value != value:  # nan
        raise Skip("无界的范围不能相抵", "ranges without end do not cancel")
    return value or Fraction(0)  # 有限数除以无穷得 0.0 / a number over infinity is 0.0


def parse(text: str) -> Any:
    """算式的语法树 / The tree of a formula."""
    return ast.parse(text, mode="eval").body


def indicator(name: str) -> str:
    """代码中的指标 / The indicator of a full id: xushi/poverty.households@2020-03."""
    return name.partition("/")[2].rpartition("@")[0]


def size_of(unit: str, sizes: dict[str, Any] = SIZES) -> Fraction:
    """计量单位合多少基本单位 / A unit's size in base units: 万元/户 10000, 个(黄茶基地) 1."""
    first, *others = (Fraction(sizes.get(part, 1)) for part in unit.partition("(")[0].split("/"))
    return first / math.prod(others, start=Fraction(1))


def rounded(value: Any, decimals: int, way: int) -> Fraction:
    """四舍五入；1下限只舍，2上限只入 / Half up; 1 a lower end down, 2 an upper end up."""
    scaled = value * Fraction(10) ** decimals
    half = math.floor(abs(scaled) + Fraction(1, 2)) * (-1 if value < 0 else 1)
    whole = (half, math.floor(scaled), math.ceil(scaled))[way]
    return Fraction(whole, 1) / Fraction(10) ** decimals


def read_numbers(text: str, of_row: str, sizes: dict[str, Any] = SIZES) -> Iterator[Fraction]:
    """文字中的数，合基本单位 / The numbers of a text in base units; ``of_row``: where it has no unit."""
    size, per = (size_of(u, sizes) for u in (of_row, f"1/{of_row.partition('/')[2]}"))
    first = of_row.partition("(")[0].partition("/")[0]
    units = sorted(map(re.escape, sizes), key=len, reverse=True)
    found = re.findall(NUMBER.format("|".join(units)), text)
    for digits, *own in found:  # 3~5万元：单位写在后一数 / the unit stands with the second number
        times, unit = own if any(own) else found[-1][1:]
        number = Fraction(digits.replace(",", "")) * TENS[times]  # 424公斤/亩
        whole = "/" in unit or " per " in unit  # 6.36吨/公顷
        plain = sizes.get(first + "|") if text.isascii() else None  # 12,000 of 万只
        bare = size if plain is None else plain * per
        yield number * (sizes.get(unit, 1) * (whole or per) if unit or times else bare)


def ends(bounds: str) -> list[End]:
    """台账所列范围的两端 / The two ends of a range; the value None: that end is not published."""
    texts = bounds[1:-1].split(", ")
    values = [None if t == "…" else float(t) if "inf" in t else Fraction(t) for t in texts]
    return list(zip(values, (bounds[0] == "[", bounds[-1] == "]"), strict=True))


def is_floor(row: Row, formula: str) -> bool:
    """目标“不低于”某数的，只取该数 / Of a target of at least a number, the number alone counts."""
    return ends(row["bounds"])[1][0] == math.inf and indicator(row["id"]) not in formula


def verdict(sign: Any, low: End, high: End) -> str:
    """左减右的范围是否合条件 / Whether a range of left less right satisfies a comparison with 0."""
    above, below = low[0] > 0 or low == (0, False), high[0] < 0 or high == (0, False)
    holds = {ast.Eq: low[0] == high[0] == 0, ast.LtE: high[0] <= 0, ast.Lt: below}[sign]
    fails = {ast.Eq: above or below, ast.LtE: above, ast.Lt: low[0] >= 0}[sign]
    return "holds" if holds else "fails" if fails else "undecided"


class Audit:
    """各表，及一致、出入、略过的各项 / The tables, and what agrees, differs or is skipped."""

    def __init__(self, folder: Path) -> None:
        self.agreed, self.differ, self.skipped = Counter[str](), list[str](), list[str]()
        self.tables = {name: list(self.read(folder / f"{name}.csv")) for name in KEYS}
        self.sizes = dict(SIZES)
        with suppress(FileNotFoundError):  # 其他计量单位 / other units of measure
            self.sizes |= {u["unit"]: Fraction(u["size"]) for u in self.read(folder / "units.csv")}
        self.ledger = {row["id"]: row for row in self.tables["ledger"]}
        self.catalogue = {row["indicator"]: row for row in self.tables["catalogue"]}
        self.is_public = all("note" not in row for row in self.tables["observations"])

    def read(self, path: Path) -> Iterator[Row]:
        """一张表 / One table, without the apostrophes that keep Excel from computing."""
        with open(path, encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                yield {key: value.removeprefix("'") for key, value in row.items()}

    def agree(self, what: str, name: str, expected: object, found: object) -> None:
        """比对一项 / Compare one thing; ``what`` is its name in both languages."""
        self.agreed[what] += expected == found
        if expected != found:
            zh, en = what.split(" ", 1)
            said = f"{zh}应为 {expected}，表中为 {found} / {en}: {expected} expected, not {found}"
            self.differ.append(f"{name}：{said}")

    def run(self) -> None:
        """全部核对 / Everything."""
        for table, columns in KEYS.items():
            keys = Counter("@".join(row[c] for c in columns) for row in self.tables[table])
            for key, times in keys.items():
                self.agree("行数 rows", f"{table}.csv {key}", 1, times)
        lost = set(self.catalogue) - {indicator(name) for name in self.ledger}
        lost |= {row["id"] for row in self.tables["observations"]} - set(self.ledger)
        for name in sorted(lost):
            self.agree("台账行数 rows of the ledger", name, 1, 0)
        for step, table in ((self.figure, "ledger"), (self.check, "checks")):
            for row in self.tables[table]:
                try:
                    step(row)
                except Skip as why:
                    self.skipped.append(f"{row['id']}：{why.args[0]} / {why.args[1]}")
                except (KeyError, ValueError, TypeError, ArithmeticError, SyntaxError) as error:
                    self.differ.append(f"{row['id']}：不能读或算 / cannot be computed: {error!r}")

    def figure(self, row: Row) -> None:
        """台账一行 / One row of the ledger."""
        name, entry = row["id"], self.catalogue[indicator(row["id"])]
        entry = entry | {"kind": "derived" if entry["formula"] else "observed"}
        for column in ("name_zh", "name_en", "unit", "formula", "kind"):
            self.agree(f"目录的{column} {column}", name, entry[column], row[column])
        said = [s for s in self.tables["observations"] if s["id"] == name]
        places = "；".join(f"{s['source']}@{s['start']} {s['wording']}" for s in said)
        self.agree("原文 statements", name, places, row["statements"])
        if row["missing"]:
            raise Skip(f"缺项（{row['missing']}）", f"missing: {row['missing']}")
        low, high = ends(row["bounds"])
        exact = low[0] == high[0] is not None
        self.agree("是否准确数 exact", name, "yes" if exact else "no", row["exact"])
        if "…" in row["bounds"]:
            said_so = f"{name}：范围有一端未公布 / an end of the range is not published"
            (self.skipped if self.is_public else self.differ).append(said_so)
        if row["formula"]:
            return self.derived(row)
        if entry["count"]:
            count = str(self.count(entry["count"], row["release"]))
            self.agree("计数 count", name, f"[{count}, {count}]", row["bounds"])
        for s in said:
            for column in ("value", "unit", "time_period"):
                self.agree(f"原文的{column} {column}", name, s[column], row[column])
            opening, closing = "(["[s["low_closed"] == "yes"], ")]"[s["high_closed"] == "yes"]
            bounds = f"{opening}{s['low'] or '…'}, {s['high'] or '…'}{closing}"
            self.agree("原文的范围 range", name, bounds, row["bounds"])
        values = [row["value"], *(s["high"] for s in said[:1] if s["kind"] == "range")]
        cut = (
            99 if said else int(row["decimals"] or 99) + 2 * (row["unit"] == "1")
        )  # 汇总数 / of registers
        self.printed(row, [rounded(Fraction(value), cut, 0) for value in values])

    def count(self, query: str, release: str) -> int:
        """按条件数项目 / Count the projects whose states are as asked: 领域=projects 本年=完成."""
        projects: dict[str, dict[str, Row]] = {}
        for row in self.tables["milestones"]:
            if row["release"] == release:
                projects.setdefault(row["id"], {})[row["period"]] = row

        def holds(project: dict[str, Row], key: str, asked: str) -> bool:
            row = project.get(str(int(release) + (key == "下年")), {})
            cell = row.get("area" if key == "领域" else "status", "-")
            return cell == asked or (asked == "*" and cell != "-")

        conditions = [condition.split("=") for condition in query.split()]
        return sum(all(holds(p, *c) for c in conditions) for p in projects.values())

    def derived(self, row: Row) -> None:
        """派生数：值、范围、印出的数 / A derived figure: value, range, printed number."""
        name, tree, size = row["id"], parse(row["formula"]), size_of(row["unit"], self.sizes)
        value = self.compute(tree, row, {}, []) / size
        if row["value"]:  # 公开版的概数不列值 / the public has no value of what is not exact
            self.agree("数值 value", name, value, Fraction(row["value"]))
        if row["tight"] == "no":
            raise Skip("台账注明范围不紧", "the ledger calls the range not tight")
        low, high = sides = [(end / size, closed) for end, closed in self.extent(tree, row, NEAR)]
        if not low[0] <= value <= high[0]:
            raise Skip("算式不单调", "the formula is not monotone")
        whats = ("下限 lower end", "上限 upper end")
        for what, side, (end, closed) in zip(whats, sides, ends(row["bounds"]), strict=True):
            if end is not None:
                self.agree(what, name, f"{side[0]} {side[1]}", f"{end} {closed}")
        places = int(row["decimals"]) + 2 * (row["unit"] == "1")  # 比重以百分数印 / in percent
        text = row.get("shown") or row["shown_zh"]
        words = [SIDES[word] for word in SIDES if word in text]
        if low == high:
            self.printed(row, [rounded(value, places, 0)])
        elif words:  # 只说一端 / one side
            which, closed = words[0]
            cut = rounded(sides[which][0], places, which + 1)
            self.agree("含本数 closed end", f"{name} “{text}”", sides[which] == (cut, True), closed)
            self.printed(row, [cut])
        elif re.search(r"\d", text) or (row["value"] and high[0] - low[0] < math.inf):
            self.printed(row, [rounded(end, places, way) for way, (end, _) in enumerate(sides, 1)])

    def printed(self, row: Row, values: list[Fraction]) -> None:
        """印出的数 / The numbers that are printed, against values in the unit of the row."""
        size = size_of(row["unit"], self.sizes)
        for text in (row[c] for c in ("shown", "shown_zh", "shown_en") if c in row):
            expected = " ".join(str(value * size) for value in values)
            found = " ".join(map(str, read_numbers(text, row["unit"], self.sizes)))
            self.agree("印出的数 printed number", f"{row['id']} “{text}”", expected, found)

    def compute(self, tree: Any, row: Row, at: dict[str, Any], signs: list[bool]) -> Any:
        """算式的值，合基本单位 / A formula in base units; ``at``: values of ranges, else those stated."""

        def figure(name: str) -> Any:
            which, _, asked = name.rstrip(")").rpartition("(")
            rows = [self.ledger[i] for i in row["inputs"].split("；")]
            rows = [r for r in rows if (indicator(r["id"]) == asked) == (which != "target")]
            now = row["release"], row.get("time_period", "")[:4]
            before = {r["id"] for r in rows if (r["release"], r["time_period"][:4]) < now}
            (found,) = (r for r in rows if (r["id"] in before) == bool(which))
            if formula := found["formula"]:
                return self.compute(parse(formula), found, at, signs)
            return at.get(
                found["id"], Fraction(found["value"]) * size_of(found["unit"], self.sizes)
            )

        return evaluate(tree, figure, signs)

    def leaves(self, row: Row) -> Iterator[str]:
        """算式所依据的概数 / The ranges that a formula rests on."""
        for found in (self.ledger[name] for name in row["inputs"].split("；")):
            if found["formula"]:
                yield from self.leaves(found)
            elif found["exact"] == "no" and not is_floor(found, row.get("formula", found["id"])):
                yield found["id"]

    def extent(self, tree: Any, row: Row, beyond: Any) -> list[End]:
        """两端，未公布的设在所列数外 / Both ends; those not published are set ``beyond`` what is stated."""
        leaves, sides = list(dict.fromkeys(self.leaves(row))), []
        if len(leaves) > MOST:
            raise Skip(f"概数超过{MOST}个", f"more than {MOST} ranges")
        for leaf in map(self.ledger.__getitem__, leaves):
            size, value = size_of(leaf["unit"], self.sizes), Fraction(leaf["value"])
            off = (abs(value) or 1) * beyond
            pair = zip(ends(leaf["bounds"]), (value - off, value + off), strict=True)
            sides.append([((far if v is None else v) * size, closed) for (v, closed), far in pair])
        values, trails = {}, set()
        for corner in product((0, 1), repeat=len(leaves)):
            trail: list[bool] = []
            at = {leaf: side[c][0] for leaf, side, c in zip(leaves, sides, corner, strict=True)}
            values[corner] = self.compute(tree, row, at, trail)
            trails.add(tuple(trail))
        if len(trails) > 1:
            raise Skip("除数可能为零", "a divisor may be 0")

        def reached(corner: tuple[int, ...]) -> bool:
            """开端若无影响也算达到 / Also where the ends that are open make no difference."""
            at = {}
            for leaf, side, c in zip(leaves, sides, corner, strict=True):
                (end, closed), (other, _) = side[c], side[1 - c]
                at[leaf] = end if closed else min(max(other, end - 1), end + 1)
            is_finite = math.inf not in map(abs, at.values())
            return is_finite and self.compute(tree, row, at, []) == values[corner]

        limits = (min(values.values()), max(values.values()))
        return [(end, any(reached(c) for c in values if values[c] == end)) for end in limits]

    def check(self, row: Row) -> None:
        """审核关系 / A check: the range of left less right against 0."""
        tree = parse(row["expression"])
        sign, sides = type(tree.ops[0]), [tree.left, tree.comparators[0]]
        if sign in (ast.GtE, ast.Gt):
            sign, sides = {ast.GtE: ast.LtE, ast.Gt: ast.Lt}[sign], sides[::-1]
        rows = [self.ledger[name] for name in row["figures"].split("；")]
        found = "undecided"
        if not any(r["missing"] for r in rows):
            asked = {"inputs": row["figures"], "release": max(r["release"] for r in rows)}
            hidden = any("…" in self.ledger[leaf]["bounds"] for leaf in self.leaves(asked))
            less = ast.BinOp(sides[0], ast.Sub(), sides[1])
            with suppress(ZeroDivisionError):
                found = verdict(sign, *self.extent(less, asked, math.inf))
            if found == "undecided" and hidden:
                raise Skip("有一端未公布，不能判定", "an end is not published")
        self.agree(f"审核{row['verdict']} check {row['verdict']}", row["id"], found, row["verdict"])


def main(arguments: list[str]) -> int:
    """核对一个文件夹 / Go through a folder."""
    folder = Path(arguments[0]) if len(arguments) == 1 else None
    lacking = [name for name in KEYS if folder and not (folder / f"{name}.csv").is_file()]
    if folder is None or lacking:
        said = [__doc__, *(f"缺 / missing: {name}.csv" for name in lacking)]
        print(*said, sep="\n", file=sys.stderr)
        return 2
    audit = Audit(folder)
    audit.run()
    for what, times in sorted(audit.agreed.items()):
        print(f"一致 / agree    {what.replace(' ', ' / ', 1)}: {times}")
    for label, lines in (("略过 / skipped", audit.skipped), ("出入 / differ  ", audit.differ)):
        print("".join(f"{label}  {line}\n" for line in lines), end="")
    total, skipped, differ = sum(audit.agreed.values()), len(audit.skipped), len(audit.differ)
    print(f"一致 {total} 项，略过 {skipped} 项，出入 {differ} 项。", end=" ")
    print(f"Agree: {total}. Skipped: {skipped}. Differ: {differ}.")
    left = [line for line in audit.skipped if "：缺项" not in line and "未公布" not in line]
    return 1 if differ else 3 if left else 0


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):  # 中文版 Windows / consoles of another encoding
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8")
    sys.exit(main(sys.argv[1:]))
