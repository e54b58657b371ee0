"""Every figure of the household register is the hand-worked one, on both engines."""

from __future__ import annotations

import csv
import random
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xushi_stats.ledger import Missing
from xushi_stats.registers.frames import Engine, Register
from xushi_stats.registers.households import counts as households
from xushi_stats.registers.households import services
from xushi_stats.registers.households.counts import ABSENT, LIFTED, MONITORED, NO_STATUS, Pair
from xushi_stats.registers.schema import ITEMS, SCHEMAS, STATUSES

HAND = Path(__file__).with_name("households")
ENGINES = get_args(Engine)
Answers = dict[tuple[str, str], str]


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Engine:
    return request.param


@pytest.fixture
def register(engine: Engine) -> Iterator[Register]:
    with Register(HAND, engine) as opened:
        yield opened


# -- the hand-worked answers ---------------------------------------------------------------------


def in_words(pair: Pair | Missing) -> str:
    if isinstance(pair, Missing):
        return pair.reason
    return f"{pair.households}户{pair.persons}人"


def plain(value: int | Fraction | Missing) -> str:
    return value.reason if isinstance(value, Missing) else str(value)


def counts(register: Register, start: str, end: str) -> Answers:
    found = households.counts(register, day(end))
    return {k: in_words(v) for k, v in found.cells.items()} | {("", ""): in_words(found.of())}


def change(register: Register, start: str, end: str) -> Answers:
    before, after = (households.counts(register, day(d)) for d in (start, end))
    names = ("已脱贫", "返贫", "脱贫不稳定户")
    return {("", name): in_words(households.change(before, after, name)) for name in names}


def transitions(register: Register, start: str, end: str) -> Answers:
    found = households.transitions(register, day(start), day(end))
    return {(v, f"{a}→{b}"): str(n) for (v, a, b), n in found.cells.items()}


def relapse(register: Register, start: str, end: str) -> Answers:
    found = households.relapse(register, day(start), day(end))
    return {
        ("", "脱贫户"): plain(found.base()),
        ("", "返贫"): plain(found.cases()),
        ("", "返贫率"): plain(found.rate()),
        ("", "监测"): plain(found.cases(MONITORED)),
        ("", "监测率"): plain(found.rate(MONITORED)),
        ("", "新增监测"): plain(found.cases(MONITORED, new=True)),
        ("西村", "返贫率"): plain(found.rate(village="西村")),
    }


def coverage(register: Register, start: str, end: str) -> Answers:
    found = services.coverage(register, day(start), day(end), ["已脱贫"])
    return {
        (village, ""): f"到期{due}户，访到{found.visited[village]}户，{found.visits[village]}次"
        for village, due in found.due.items()
    } | {
        ("", "未到期"): f"{found.other_households}户{found.other_visits}次",
        ("", "回访覆盖率"): plain(found.rate()),
    }


def needs(register: Register, start: str, end: str) -> Answers:
    found = services.needs(register, day(end))
    items = {("", i): f"{found.failing(i)}户不达标，{found.unchecked(i)}户未查" for i in ITEMS}
    together = {("", f"只有（{'、'.join(k)}）"): str(n) for k, n in found.overlaps().items()}
    whole = {("", "户"): found.households(), ("", "任一不达标"): found.any_failing()}
    return items | together | {k: str(n) for k, n in whole.items()}


def measures(register: Register, start: str, end: str) -> Answers:
    found = services.measures(register, day(start), day(end))
    without = {(v, "没有"): f"{found.households[v]}户中{n}户" for v, n in found.without.items()}
    return {k: str(n) for k, n in found.cells.items()} | without


def incomes(register: Register, start: str, end: str) -> Answers:
    found = services.incomes(register, int(start), day(end))
    cents = {
        ("", str(c)): in_words(Pair(n, found.persons.get(c, 0)))
        for c, n in found.households.items()
    }
    return cents | {("", "未登记"): in_words(found.missing)}


STATISTICS: dict[str, Callable[[Register, str, str], Answers]] = {
    f.__name__: f
    for f in (counts, change, transitions, relapse, coverage, needs, measures, incomes)
}


def day(text: str) -> date:
    return date.fromisoformat(text)


def answers() -> dict[tuple[str, str, str], Answers]:
    found: dict[tuple[str, str, str], Answers] = defaultdict(dict)
    with (HAND / "answers.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            place = (row["statistic"], row["start"], row["end"])
            found[place][row["village"], row["key"]] = row["answer"]
    return found


@pytest.mark.parametrize(("asked", "answer"), answers().items(), ids=lambda x: str(x)[:50])
def test_a_figure_is_the_one_worked_by_hand(
    register: Register, asked: tuple[str, str, str], answer: Answers
) -> None:
    statistic, start, end = asked
    assert STATISTICS[statistic](register, start, end) == answer


def test_every_statistic_has_answers() -> None:
    assert {statistic for statistic, _, _ in answers()} == set(STATISTICS)


# -- random registers ----------------------------------------------------------------------------

Table = list[dict[str, str]]
Tables = dict[str, Table]
DAYS = [
    date(2019, 1, 1),
    date(2019, 12, 31),
    date(2020, 6, 30),
    date(2020, 12, 31),
    date(2021, 5, 1),
]
START, END = date(2019, 12, 31), date(2020, 12, 31)
LATER = date(2021, 12, 31)


def invented(seed: int) -> Tables:
    """A small register: late entries, exits, moves, blanks and incomes that repeat."""
    dice = random.Random(seed)
    made: Tables = {table: [] for table in SCHEMAS}

    def some(most: int) -> range:
        return range(dice.randint(0, most))

    def on() -> str:
        return str(dice.choice(DAYS))

    for h in range(dice.randint(1, 9)):
        left = dice.choice(["", "", "", on()])
        place = dice.choice(["东村", "西村"])
        made["households"].append(
            {"household": f"0{h}", "village": place, "entered": on(), "left": left}
        )
        own = {"household": f"0{h}"}
        for p in some(4):
            end = dice.choice(["", on()])
            made["persons"].append(
                {"person": f"{h}-{p}", **own, "name": "", "start": on(), "end": end}
            )
        for day_ in dice.sample(DAYS, dice.randint(0, 4)):
            made["statuses"].append({**own, "date": str(day_), "status": dice.choice(STATUSES)})
        for year in range(2019, 2019 + dice.randint(0, 2)):
            amount = dice.choice(["0.29", "1.15", "8.70", "-3"])
            made["incomes"].append({**own, "year": str(year), "income": amount})
        for item in ITEMS:
            for day_ in dice.sample(DAYS, dice.randint(0, 2)):
                met = dice.choice("是否")
                made["items"].append({**own, "date": str(day_), "item": item, "met": met})
        for _ in some(3):
            made["measures"].append({**own, "date": on(), "measure": dice.choice("甲乙")})
        for _ in some(3):
            made["visits"].append({**own, "date": on(), "visited_by": ""})
    for rows in made.values():
        dice.shuffle(rows)
    return made


def write(folder: Path, made: Tables) -> Path:
    for table in ("households", "persons", "statuses", "incomes", "items", "measures", "visits"):
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, [c.name for c in SCHEMAS[table]])
            writer.writeheader()
            writer.writerows(made[table])
    return folder


def all_figures(register: Register) -> dict[str, object]:
    """Every figure, without its query."""
    return {
        "counts": households.counts(register, END).cells,
        "transitions": households.transitions(register, START, LATER).cells,
        "relapse": households.relapse(register, START, LATER).cells,
        "coverage": vars(services.coverage(register, START, END, LIFTED)),
        "needs": services.needs(register, END).cells,
        "measures": vars(services.measures(register, START, END)),
        "incomes": vars(services.incomes(register, 2020, END)),
    }


def on_engine(made: Tables, engine: Engine) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        register = Register(write(Path(folder), made), engine, threads=1)
        found = all_figures(register)
        register.close()
    return found


# the same once more, by loops


def state(made: Tables, household: dict[str, str], on: date) -> str:
    if not household["entered"] <= str(on) < (household["left"] or "9999"):
        return ABSENT
    own = [s for s in made["statuses"] if s["household"] == household["household"]]
    past = sorted((s["date"], s["status"]) for s in own if s["date"] <= str(on))
    status = past[-1][1] if past else NO_STATUS
    return ABSENT if status == "销户" else status


def size(made: Tables, household: str, on: date) -> int:
    own = [p for p in made["persons"] if p["household"] == household]
    return sum(p["start"] <= str(on) < (p["end"] or "9999") for p in own)


def by_loops(made: Tables) -> dict[str, object]:
    counts: dict[tuple[str, str], Pair] = {}
    moved: dict[tuple[str, str, str], int] = defaultdict(int)
    needs: dict[tuple[str, frozenset[str], frozenset[str]], int] = defaultdict(int)
    incomes: dict[int, int] = defaultdict(int)
    given: dict[tuple[str, str], int] = defaultdict(int)
    for h in made["households"]:
        key, place, now = h["household"], h["village"], state(made, h, END)
        before, after = state(made, h, START), state(made, h, LATER)
        if (before, after) != (ABSENT, ABSENT):
            moved[place, before, after] += 1
        if now == ABSENT:
            continue
        pair = Pair(1, size(made, key, END))
        counts[place, now] = counts.get((place, now), Pair(0, 0)) + pair
        latest = {
            i["item"]: i["met"]
            for i in sorted(made["items"], key=lambda i: i["date"])
            if i["household"] == key and i["date"] <= str(END)
        }
        fails = frozenset(i for i, met in latest.items() if met == "否")
        needs[place, fails, frozenset(ITEMS) - set(latest)] += 1
        for i in made["incomes"]:
            if i["household"] == key and i["year"] == "2020":
                incomes[int(Fraction(i["income"]) * 100)] += 1
        received = {
            m["measure"]
            for m in made["measures"]
            if m["household"] == key and str(START) <= m["date"] <= str(END)
        }
        for measure in received:
            given[place, measure] += 1
    return {
        "counts": counts,
        "transitions": moved,
        "needs": needs,
        "incomes": incomes,
        "measures": given,
    }


seeds = given(seed=st.integers(0, 10**9))
few = settings(max_examples=8, deadline=None)


@pytest.mark.slow
@few
@seeds
def test_both_engines_give_the_same_as_plain_loops(seed: int) -> None:
    made = invented(seed)
    first, second = (on_engine(made, engine) for engine in ENGINES)
    del first["coverage"]["query"], second["coverage"]["query"]  # type: ignore[attr-defined]
    assert first == second
    looped = by_loops(made)
    for name in ("counts", "transitions", "needs"):
        assert first[name] == looped[name], name
    assert first["incomes"]["households"] == looped["incomes"]  # type: ignore[index]
    assert first["measures"]["cells"] == looped["measures"]  # type: ignore[index]


@pytest.mark.slow
@few
@seeds
def test_the_order_of_rows_changes_nothing(seed: int) -> None:
    made = invented(seed)
    turned = {table: rows[::-1] for table, rows in made.items()}
    for engine in ENGINES:
        assert on_engine(made, engine) == on_engine(turned, engine)


@pytest.mark.slow
@few
@seeds
def test_the_margins_of_transitions_are_the_counts(seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        register = Register(write(Path(folder), invented(seed)), "duckdb", threads=1)
        moved = households.transitions(register, START, LATER)
        before, after = (households.counts(register, on) for on in (START, LATER))
        register.close()
    for place in (None, "东村", "西村"):
        for status in (*STATUSES, NO_STATUS):
            assert moved.of(before=status, village=place) == before.of([status], place).households
            assert moved.of(after=status, village=place) == after.of([status], place).households
        gone = moved.of(after=ABSENT, village=place)
        assert moved.of(village=place) - gone == after.of(village=place).households


@pytest.mark.slow
@few
@seeds
def test_villages_add_up_to_the_whole(seed: int) -> None:
    made = invented(seed)
    whole = invented(seed)
    for row in whole["households"]:
        row["village"] = "全镇"
    parts, total = (on_engine(tables, "duckdb") for tables in (made, whole))
    for name in ("counts", "transitions", "relapse", "needs"):
        summed: dict[object, Pair | int] = {}
        for (_, *rest), n in parts[name].items():  # type: ignore[attr-defined]
            key = ("全镇", *rest)
            summed[key] = summed[key] + n if key in summed else n  # type: ignore[operator]
        assert summed == total[name]


def test_incomes_of_some_households_only(register: Register) -> None:
    found = services.incomes(register, 2019, START, statuses=["已脱贫"], villages=["东村"])
    assert found.households == {389115: 1, 452329: 2}
    assert found.persons == {389115: 1, 452329: 5}
    assert found.missing == Pair(0, 0)
    assert "statuses=已脱贫 villages=东村" in found.query.condition


def test_a_status_that_does_not_exist_is_refused(register: Register) -> None:
    with pytest.raises(ValueError):
        services.coverage(register, START, END, ["脱贫"])


def test_a_period_that_ends_before_it_begins_is_refused(register: Register) -> None:
    for ask in (
        lambda: households.transitions(register, END, START),
        lambda: households.relapse(register, END, START),
        lambda: services.coverage(register, END, START, LIFTED),
        lambda: services.measures(register, END, START),
    ):
        with pytest.raises(ValueError):
            ask()


def test_a_rate_of_nothing_is_missing(register: Register) -> None:
    early = date(2010, 1, 1)
    assert households.relapse(register, early, early).rate() == Missing("not_applicable")
    empty = services.coverage(register, early, early, LIFTED)
    assert empty.rate() == Missing("not_applicable")
    assert (empty.other_households, empty.other_visits) == (0, 0)
    assert services.incomes(register, 2019, early).missing == Pair(0, 0)


def test_many_dates_give_what_each_alone_gives(engine: Engine) -> None:
    """More dates than frames are kept."""
    dates = [date(2019, 12, 31), date(2020, 3, 1), date(2020, 12, 31), date(2021, 12, 31)]
    with Register(HAND, engine) as many:
        together = [households.counts(many, on).cells for on in (*dates, *dates)]
    alone = []
    for on in dates:
        with Register(HAND, engine) as one:
            alone.append(households.counts(one, on).cells)
    assert together == alone * 2


# -- days on the edge ----------------------------------------------------------------------------


def one_household(left: str, *statuses: tuple[str, str]) -> Tables:
    made: Tables = {table: [] for table in SCHEMAS}
    own = {"household": "007"}
    made["households"] = [{**own, "village": "东村", "entered": "2014-06-01", "left": left}]
    made["statuses"] = [{**own, "date": on, "status": status} for on, status in statuses]
    return made


@pytest.mark.parametrize(
    ("left", "statuses", "here"),
    [
        ("2020-12-31", [("2014-06-01", "已脱贫")], 0),
        ("2021-01-01", [("2014-06-01", "已脱贫")], 1),
        ("", [("2014-06-01", "已脱贫"), ("2020-12-31", "销户")], 0),
        ("", [("2014-06-01", "已脱贫"), ("2021-01-01", "销户")], 1),
    ],
)
def test_a_household_is_gone_on_the_day_it_leaves_or_is_closed(
    tmp_path: Path, engine: Engine, left: str, statuses: list[tuple[str, str]], here: int
) -> None:
    with Register(write(tmp_path, one_household(left, *statuses)), engine) as register:
        assert households.counts(register, END).of() == Pair(here, 0)


@pytest.mark.parametrize(
    ("on", "cases", "new"),
    [("2019-12-31", 0, 0), ("2020-01-01", 1, 0), ("2020-12-31", 1, 0), ("2021-01-01", 0, 0)],
)
def test_relapse_counts_from_the_day_after_the_start_to_the_end(
    tmp_path: Path, engine: Engine, on: str, cases: int, new: int
) -> None:
    made = one_household("", ("2018-01-01", "已脱贫"), (on, "返贫"))
    with Register(write(tmp_path, made), engine) as register:
        found = households.relapse(register, START, END)
    assert (found.cases(), found.cases(new=True)) == (cases, new)
