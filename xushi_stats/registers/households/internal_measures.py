"""What the office alone sees of the register of households: items failing together, further measures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from xushi_stats.ledger import Entry
from xushi_stats.quantity import Quantity, Unit
from xushi_stats.registers.entries import indicator
from xushi_stats.registers.households import inequality, multidimensional, poverty
from xushi_stats.registers.households.aggregates import HOUSEHOLDS, Aggregates
from xushi_stats.registers.households.incomes import Incomes
from xushi_stats.registers.households.words import ITEM, Words, both, item_zh
from xushi_stats.registers.rules.parameter import Open
from xushi_stats.registers.schema import ITEMS
from xushi_stats.registers.undefined import Undefined

_Measure = Callable[[multidimensional.Deprivations, multidimensional.Rule], Fraction | Undefined]
_PERCENT = Unit("%")
_PATTERN = both(
    "年末在册户中恰好这些项目不达标、其他项目未发现不达标的户。",
    "Registered households at the end of the year of which just these items fail.",
)


def measured(
    name: str,
    names: Words,
    definition: Words,
    period: str,
    value: Fraction | Decimal | Undefined,
    origin: str,
    *,
    audience: str = "public",
    hidden: bool = False,
    decimals: int = 2,
) -> Entry:
    """A measure of the incomes as a figure in percent, rounded in print only."""
    made = indicator(
        name, names, _PERCENT, definition, section="households", audience=audience,
        basis="flow", decimals=decimals,
    )  # fmt: skip
    if isinstance(value, Undefined):
        return Entry(made, period, reason="not_applicable", origin=origin)
    quantity = Quantity.exactly(Fraction(value) * 100, _PERCENT)
    return Entry(made, period, quantity, origin=origin, hidden=hidden)


def patterns(found: Aggregates) -> Iterator[Entry]:
    """How many households fail in which items together: the few of most of them are for the office."""
    if found.needs is None:
        return
    for items, number in found.needs.overlaps().items():
        if len(items) < 2:
            continue
        slug = "_".join(ITEM[item][0] for item in items)
        zh, en = "、".join(map(item_zh, items)), ", ".join(ITEM[item][1] for item in items)
        made = indicator(
            f"households.needs.together.{slug}",
            both(f"{zh}同时不达标户数", f"households failing in {en} together"),
            HOUSEHOLDS,
            _PATTERN,
            section="households",
            audience="internal",
        )
        origin = found.origin(found.needs.query, f"fails={'、'.join(items)}")
        quantity = Quantity.exactly(number, HOUSEHOLDS)
        yield Entry(made, f"{found.year}-12", quantity, origin=origin)


def internal_measures(found: Aggregates, rules: Mapping[str, Any]) -> Iterator[Entry]:
    """Watts, Sen, Gini and the multidimensional index: computed where the town asks for them."""
    if found.incomes is not None:
        yield from _of_incomes(found)
    at_least = rules["households.dimensions"]
    if found.needs is not None and not isinstance(at_least, Open):
        yield from _of_items(found, at_least)


def _of_incomes(found: Aggregates) -> Iterator[Entry]:
    assert found.incomes is not None
    incomes, period = Incomes(found.incomes.households), str(found.year)

    def entry(slug: str, zh: str, en: str, value: Fraction | Decimal | Undefined) -> Entry:
        about = both(
            "以户为单位，按登记的人均纯收入计算。", "By households, of net income a person."
        )
        origin = found.origin(found.incomes.query, slug) if found.incomes else ""
        return measured(
            f"households.more.{slug}",
            both(zh, en),
            about,
            period,
            value,
            origin,
            audience="internal",
        )

    yield entry("gini", "基尼系数", "Gini coefficient", inequality.gini(incomes.sums))
    if found.line is None:
        return
    line = found.line * 100
    sums = incomes.below(line)
    yield entry("watts", "瓦茨指数", "Watts index", poverty.watts(incomes, line))
    yield entry("sen", "森指数（原式）", "Sen index, as first given", poverty.sen_1976(sums))
    yield entry("sen_limit", "森指数（极限式）", "Sen index, limit form", poverty.sen_limit(sums))
    yield entry(
        "sst", "森—肖罗克斯—索恩指数", "Sen–Shorrocks–Thon index", poverty.sen_shorrocks_thon(sums)
    )


def _of_items(found: Aggregates, at_least: int) -> Iterator[Entry]:
    assert found.needs is not None
    counts: dict[frozenset[str], int] = {}
    for (_, fails, _unknown), number in found.needs.cells.items():
        counts[fails] = counts.get(fails, 0) + number
    deprived = multidimensional.Deprivations(tuple(ITEMS), counts)
    rule = multidimensional.Rule.equal(ITEMS, at_least)
    measures: tuple[tuple[str, str, str, _Measure], ...] = (
        ("ratio", "发生率", "headcount ratio", multidimensional.headcount_ratio),
        ("intensity", "平均剥夺份额", "intensity", multidimensional.intensity),
        (
            "adjusted",
            "调整后发生率",
            "adjusted headcount ratio",
            multidimensional.adjusted_headcount_ratio,
        ),
    )
    for slug, zh, en, measure in measures:
        about = both(
            "各项等权，达到规则参数所定项数的户计入（阿尔凯尔—福斯特法）。",
            (
                "Items weigh the same; a household counts from the number of items that the rules set "
                "(Alkire–Foster)."
            ),
        )
        yield measured(
            f"households.more.{slug}",
            both(f"多维指数：{zh}", f"multidimensional {en}"),
            about,
            str(found.year),
            measure(deprived, rule),
            found.origin(found.needs.query, f"{slug}, items >= {at_least}"),
            audience="internal",
        )
