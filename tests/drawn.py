"""A town drawn from a seed: every kind of figure, several years, breaks, revisions, targets, checks."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from random import Random

from towns import DATA, OBSERVATIONS, Town

YEARS = (2018, 2019, 2020)
SIGNS = ("…", "—", "/", "#")
_AROUND = ("{}", "{}", "{}", "{}左右", "约{}", "超过{}", "不低于{}", "至多{}", "近{}", "不足{}")
_LETTERS = "abcdefghjk"
_BASES = (("亩", 4), ("户", 3), ("万元", 4), ("公里", 2), ("%", 2))
_BELOW = ("-{}", "负{}", "赤字{}")


class Drawn(Town):
    """A data folder, and a notebook beside it, that a seed decides."""

    def __init__(
        self,
        folder: Path,
        seed: int,
        *,
        bases: Sequence[tuple[str, int]] = _BASES,
        rows: int = 5,
        prose: bool = True,
    ) -> None:
        super().__init__(folder)
        self.bases, self.rows, self.prose = bases, rows, prose
        self.clear()
        self.random = Random(seed)
        self.groups: dict[str, list[str]] = {}
        self.made: list[str] = []
        self._observed()
        self._derived()
        self._records()
        self._pages()

    def _wording(self, unit: str, size: int) -> str:
        """A number as a source may write it, some way off what the year before had."""
        random = self.random
        if random.random() < 0.05:
            return random.choice(SIGNS)
        if unit == "%":
            if random.random() < 0.3:
                return f"{random.choice(('增长', '下降'))}{random.randrange(1, 90) / 10}%"
            return random.choice(("{}%", "{}%左右", "超过{}%", "近{}%")).format(
                random.randrange(1, 999) / 10
            )
        if random.random() < 0.04:
            return f"零{unit}" if random.random() < 0.5 else f"0{unit}"
        number = max(1, int(size * random.uniform(0.7, 1.4)))
        kind = random.random()
        if kind < 0.1:
            return f"{number}{unit}至{number + random.randrange(1, size)}{unit}"
        if kind < 0.25:
            rough = max(1, number // 10 ** (len(str(number)) - 1)) * 10 ** (len(str(number)) - 1)
            return random.choice(
                (f"{rough}余{unit}", f"{rough}多{unit}", f"{rough}{unit}左右", f"约{rough}{unit}")
            )
        places = random.choice((0, 0, 1, 2)) if unit in ("万元", "公里", "亩") else 0
        written = f"{number}.{random.randrange(10**places):0{places}}" if places else str(number)
        return random.choice(_AROUND).format(written + unit)

    def _balance(self, size: int) -> str:
        """A balance, which may be below zero."""
        wording = self._wording("万元", size)
        if self.random.random() < 0.5 or not re.fullmatch(r"[1-9][\d.]*万元", wording):
            return wording  # about so much below zero is not read
        return self.random.choice(_BELOW).format(wording)

    def _observed(self) -> None:
        rows = [("span", year, year, "3年") for year in YEARS]
        self.indicator("span", "年")
        for unit, many in self.bases:
            self.groups[unit] = []
            for letter in _LETTERS[:many]:
                words = ("mu", "hu", "yuan", "road", "rate")
                name = f"{words[[u for u, _ in self.bases].index(unit)]}.{letter}"
                self.groups[unit].append(name)
                basis = self.random.choice(("flow", "stock"))
                audience = "internal" if self.random.random() < 0.1 else "public"
                places = self.random.choice(("", "0", "1", "2"))
                called = {}
                if unit == "%":
                    called = {"name_zh": f"{name}增速", "name_en": f"growth of {name}"}
                if is_balance := name == "yuan.d":
                    called = {"name_zh": f"{name}收支差额", "name_en": f"balance of {name}"}
                self.indicator(
                    name, unit, basis=basis, audience=audience, decimals=places, **called
                )
                size = self.random.choice((8, 60, 700, 5000, 30000))
                for year in YEARS:
                    written = self._balance(size) if is_balance else self._wording(unit, size)
                    if self.random.random() < 0.93:
                        rows.append((name, year, year, written))
                    if year > YEARS[0] and self.random.random() < 0.12:
                        again = self._balance(size) if is_balance else self._wording(unit, size)
                        rows.append((name, year - 1, year, again))
        blank = dict.fromkeys(self.header(OBSERVATIONS), "")
        self.write(
            OBSERVATIONS,
            [
                blank
                | {
                    "indicator": name,
                    "time_period": str(period),
                    "release": str(release),
                    "value": wording,
                    "source": "speech2020",
                    "start": str(100 + 50 * n),
                    "status": "初步数(引用)",
                    "grade": "丁",
                }
                for n, (name, period, release, wording) in enumerate(rows)
            ],
        )

    def _derived(self) -> None:
        random = self.random
        same = [names for unit, names in self.groups.items() if unit != "%"]
        for number in range(14):
            names = random.choice(same)
            a, b, c = (random.choice(names) for _ in range(3))
            other = random.choice([n for group in same for n in group if group is not names])
            unit = next(u for u, group in self.groups.items() if group is names)
            of_other = next(u for u, group in self.groups.items() if other in group)
            formula, made = random.choice(
                (
                    (f"{a} + {b}", unit),
                    (f"{a} - {b}", unit),
                    (f"{a} + {b} - {c}", unit),
                    (f"-{a} + {b}", unit),
                    (f"share({a}, {b})", "%"),
                    (f"share({a}, {a} + {b})", "%"),
                    (f"share({a} - {b}, {c})", "%"),
                    (f"{a} / ({b} + {c})", "%"),
                    (f"mean({a}, {other})", f"{unit}/{of_other}"),
                    (f"points(share({a}, {c}), share({b}, {c}))", "百分点"),
                    (f"growth({a}, {b})", "%"),
                    (f"growth({a}, prior({a}))", "%"),
                    (f"completion({a}, {b})", "%"),
                    (f"annual_growth({a}, {b}, span)", "%"),
                    (f"contribution({a}, prior({a}), {b}, prior({b}))", "%"),
                    (f"pull({a}, prior({a}), prior({b}))", "百分点"),
                )
            )
            name = f"made.{_LETTERS[number % 10]}{'x' * (number // 10)}"
            places = {} if unit == made else {"decimals": random.choice("0123")}
            self.indicator(name, made, formula, basis="flow", **places)
            self.made.append(name)
            if made == unit:
                names.append(name)
        for number in range(4):
            a, b = (random.choice(random.choice(same)) for _ in range(2))
            a = random.choice(next(group for group in same if b in group))
            sign = random.choice(("==", "<=", "<", ">=", ">"))
            self.check(f"held.{_LETTERS[number]}", f"{a} {sign} {b}", "核实性", explanation="虚构")

    def _records(self) -> None:
        random = self.random
        observed = [n for names in self.groups.values() for n in names if n not in self.made]
        header = ["indicator", "release", "reason_zh", "reason_en"]
        broken = random.sample(observed, random.choice((0, 0, 1)))
        reason = {"reason_zh": "口径有变", "reason_en": "the definition changed"}
        rows = [{"indicator": name, "release": "2020"} | reason for name in broken]
        self.write("xushi/breaks.csv", rows, header)
        town = self.data / "xushi/town.toml"
        text = town.read_text(encoding="utf-8")
        town.write_text('sections = ["review"]\n' + text, encoding="utf-8")

    def _pages(self) -> None:
        """A page with every figure in a sentence, and in a table over years."""
        folder = self.data.parent / "notebooks"
        folder.mkdir()
        source = DATA.parent / "notebooks/review.ipynb"
        notebook = json.loads(source.read_text(encoding="utf-8"))
        opening, closing = notebook["cells"][:2], notebook["cells"][-1:]
        cell = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
        calls = ['report.text("review")']
        hidden, rows = set[str](), []
        for row in self.read("catalogue.csv"):
            named = set(re.findall(r"[a-z_.]+", row["formula"]))
            if row["audience"] == "internal" or named & hidden:
                hidden.add(row["id"])
            else:
                rows.append(row)
        fields = {"name": "指标", "this": "数", "prior": "上年", "growth": "增长"}
        columns = ", ".join(
            f'{{ zh = "{zh}", en = "{en}", field = "{en}" }}' for en, zh in fields.items()
        )
        tables = ""
        for number, first in enumerate(range(0, len(rows), self.rows)):
            key = f"drawn_{_LETTERS[number]}"
            calls.append(f'report.table("{key}")')
            named = ", ".join(f'"{row["id"]}"' for row in rows[first : first + self.rows])
            tables += (
                f'[table.{key}]\ntitle = {{ zh = "各数", en = "Figures" }}\nfrom = "years"\n'
                f"columns = [{columns}]\nfigures = [{named}]\n"
            )
        (self.data / "exhibits.toml").write_text(tables, encoding="utf-8")
        middle = [cell | {"id": f"c{n}", "source": call} for n, call in enumerate(calls)]
        notebook["cells"] = [*opening, *middle, *closing]
        path = folder / "review.ipynb"
        path.write_text(json.dumps(notebook, ensure_ascii=False), encoding="utf-8")
        for lang, words in (("zh", "{name_zh}为【{id}】。"), ("en", "The {name_en} is 【{id}】.")):
            prose = [words.format(**row) for row in rows if self.prose]
            text = self.data / f"xushi/text/{lang}/review.md"
            text.parent.mkdir(parents=True)
            head = {"zh": "# 全部数", "en": "# All figures"}[lang]
            text.write_text("\n\n".join([head, *prose]), encoding="utf-8")

    def with_another(self) -> str:
        """Give the report a second section, so that the drawn one, which is named, can be built alone."""
        town = self.data / "xushi/town.toml"
        text = town.read_text(encoding="utf-8")
        town.write_text(text.replace('["review"]', '["review", "epidemic"]', 1), encoding="utf-8")
        path = self.data.parent / "notebooks/review.ipynb"
        notebook = json.loads(path.read_text(encoding="utf-8"))
        notebook["cells"] = [*notebook["cells"][:2], *notebook["cells"][-1:]]
        other = json.dumps(notebook, ensure_ascii=False)
        (path.parent / "epidemic.ipynb").write_text(other, encoding="utf-8")
        return "review"
