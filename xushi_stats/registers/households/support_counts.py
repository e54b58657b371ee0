"""Counts of what is done for the households of the register, and every sum between them."""

from __future__ import annotations

from xushi_stats.disclosure.table import Relation
from xushi_stats.registers.entries import letters, numbered
from xushi_stats.registers.households import services
from xushi_stats.registers.households.aggregates import PERSONS, VISITS
from xushi_stats.registers.households.maker import Maker
from xushi_stats.registers.households.words import (
    ITEM,
    NUMBER,
    NUMBER_ZH,
    both,
    is_sensitive,
    item_zh,
)
from xushi_stats.registers.schema import ITEMS


def visits(make: Maker, visits: services.Coverage) -> None:
    """Households due, of these visited and not, and visits."""
    about = both(
        "应回访户按年初状态确定；年内有回访记录的计为已回访。",
        (
            "Households due are set by their status at the start "
            "of the year; visited are those with a visit in it."
        ),
    )
    due, visited = sum(visits.due.values()), sum(visits.visited.values())
    add = make.add
    total = add(
        "households.visits.due",
        due,
        both("应回访户数", "households due for a re-visit"),
        about,
        visits.query,
        selected="due",
        flow=True,
    )
    parts = (
        add(
            "households.visits.visited",
            visited,
            both("已回访户数", "households visited"),
            about,
            visits.query,
            selected="visited",
            flow=True,
        ),
        add(
            "households.visits.missed",
            due - visited,
            both("未回访户数", "households not visited"),
            about,
            visits.query,
            selected="due - visited",
            flow=True,
        ),
    )
    make.sums(total, parts)
    add(
        "households.visits.times", sum(visits.visits.values()),
        both("回访次数", "re-visits"), about, visits.query,
        selected="visits", flow=True, unit=VISITS, of="households.visits.visited",
    )  # fmt: skip
    # on the first of January it is nearly the end of the year before: the difference may be one household
    _difference(make, total, f"households.relapse.base@{make.found.year}")


def _difference(make: Maker, one: str, other: str) -> None:
    """Two totals of nearly the same households: what lies between them is a count as well."""
    values = {count.cell: count.value for count in make.counts}
    between = values[one] - values[other]
    larger, smaller = (one, other) if between >= 0 else (other, one)
    if between == 0:
        make.relations.append(Relation({one: 1, other: -1}))
    else:
        make.totals.append((larger, smaller, True))


def needs(make: Maker, needs: services.Needs) -> None:
    """Items that fail, and by how many of them fail together."""
    about = both(
        "年末在册户，各项以截至年末最新核查结果为准；从未核查的不计为不达标。",
        (
            "Registered households; each item by its latest check by the "
            "end of the year; an item never checked does not count as failing."
        ),
    )
    add, query = make.add, needs.query
    none = add(
        "households.needs.none", needs.households() - needs.any_failing(),
        both("未发现不达标项目户数", "households with no item failing"), about, query,
        selected="fails=none", sensitive=True,
    )  # fmt: skip
    failing = add(
        "households.needs.any", needs.any_failing(),
        both("有项目不达标户数", "households with an item failing"), about, query,
        selected="fails=any", sensitive=True,
    )  # fmt: skip
    make.sums(f"households.count@{make.end}", [none, failing])
    items = [
        add(
            f"households.needs.{ITEM[item][0]}", needs.failing(item),
            both(f"{item_zh(item)}不达标户数", f"households failing in {ITEM[item][1]}"), about, query,
            selected=f"fails={item}", sensitive=True,
        )
        for item in ITEMS
    ]  # fmt: skip
    together = dict.fromkeys(range(1, len(ITEMS) + 1), 0)
    for pattern, households_ in needs.overlaps().items():
        if pattern:
            together[len(pattern)] += households_
    levels = [
        add(
            f"households.needs.level.{letters(n - 1)}",
            value,
            both(
                f"{NUMBER_ZH[n - 1]}项不达标户数",
                f"households failing in {NUMBER[n - 1]} item{'s' * (n > 1)}",
            ),
            about,
            query,
            selected=f"items failing: {n}",
            sensitive=True,
        )
        for n, value in together.items()
    ]
    make.sums(failing, levels)
    weights = {cell: -n for n, cell in enumerate(levels, start=1)}
    make.relations.append(Relation(dict.fromkeys(items, 1) | weights))


def measures(make: Maker, measures: services.Measures) -> None:
    """Households that received each measure, any, and none."""
    about = both(
        "年末在册户中年内享受过该项帮扶措施的；享受多项的分别计，各项不能相加。",
        (
            "Registered households that received the measure in the year; "
            "a household with several counts under each, so they do not add."
        ),
    )
    everybody, without = (sum(m.values()) for m in (measures.households, measures.without))
    for name, cell in numbered("households.measures", list(measures.names)).items():
        make.add(
            cell, measures.of(name), both(f"享受{name}户数", f"households receiving: {name}"), about,
            measures.query, selected=f"measure={name}", place=name, sensitive=is_sensitive(name),
        )  # fmt: skip
    parts = (
        make.add(
            "households.measures.any",
            everybody - without,
            both("享受帮扶措施户数", "households with a measure"),
            about,
            measures.query,
            selected="any",
        ),
        make.add(
            "households.measures.none",
            without,
            both("未享受帮扶措施户数", "households with no measure"),
            about,
            measures.query,
            selected="none",
        ),
    )
    make.sums(f"households.count@{make.end}", parts)


def incomes(make: Maker, incomes: services.Incomes) -> None:
    """Households and persons whose income is entered, and not."""
    about = both(
        "年末在册、登记了当年人均纯收入的户。",
        "Registered households of which the year's net income a person is entered.",
    )
    stated, persons = sum(incomes.households.values()), sum(incomes.persons.values())
    missing = incomes.missing

    def add(name: str, value: int, zh: str, en: str, selected: str = "") -> str:
        return make.add(
            f"households.income.{name}", value, both(zh, en), about, incomes.query,
            selected=selected, flow=True, sensitive=True,
        )  # fmt: skip

    def people(name: str, value: int, zh: str, en: str, selected: str = "") -> str:
        own = "persons" if name == "stated" else f"{name}.persons"
        return make.add(
            f"households.income.{own}", value, both(zh, en), about, incomes.query,
            selected=selected, flow=True, unit=PERSONS, of=f"households.income.{name}",
            sensitive=True,
        )  # fmt: skip

    en = "with an income entered"
    total = add("stated", stated, "登记收入户数", f"households {en}")
    lacking = add(
        "missing",
        missing.households,
        "未登记收入户数",
        "households with no income entered",
        "missing",
    )
    make.sums(f"households.count@{make.end}", (total, lacking))
    heads = people("stated", persons, "登记收入户人数", f"persons of households {en}")
    others = people(
        "missing",
        missing.persons,
        "未登记收入户人数",
        "persons of households with no income entered",
        "missing",
    )
    make.sums(f"households.persons@{make.end}", (heads, others))
    if make.found.line is not None:
        line = make.found.line * 100
        poor, poor_persons = (
            sum(n for cents, n in counted.items() if cents < line)
            for counted in (incomes.households, incomes.persons)
        )
        selected = f"income < {make.found.line}"
        cell = add("poor", poor, "收入低于标准线户数", "households below the income line", selected)
        people(
            "poor", poor_persons, "收入低于标准线人数", "persons below the income line", selected
        )
        make.totals.append((total, cell, True))
