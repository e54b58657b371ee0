"""Synthetic registers have the structure that real ones have."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from registers.synthetic import POOR, WATCHED, Tables, day, grouped, states, tables, within, wrong

from xushi_stats.registers.schema import ITEMS
from xushi_stats.synth import Plan, plan, write
from xushi_stats.tables import Row

PLAN = Plan(towns=2, households=500, years=4, first_year=2019, seed="7")
XUSHI = ("柿树岭", "凉亭", "铺子嘴", "金盆", "黄金", "吴王家", "幸福", "天井山")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> list[Tables]:
    """The registers of two towns."""
    towns = [tables(town) for town in write(PLAN, tmp_path_factory.mktemp("synth"))]
    assert [list(wrong(town)) for town in towns] == [[], []]
    return towns


def middle(values: list[int]) -> int:
    return sorted(values)[len(values) // 2]


# -- names -------------------------------------------------------------------------------------


def test_names_of_persons_say_that_they_are_invented(made: list[Tables]) -> None:
    for town, stem in zip(made, "甲乙", strict=True):
        own = [row["name"] for row in town["staff"]]
        own += [
            r["name"]
            for r in town["persons"]
            if r["person"].startswith(f"SYN-{'AB'[stem == '乙']}")
        ]
        assert all(re.fullmatch(rf"合成{stem}职?\d{{4,}}", name) for name in own)


def test_no_village_has_a_name_of_xushi() -> None:
    names = [a + b for a in plan._FIRST for b in plan._SECOND]
    assert len(set(names)) == len(names) >= 40
    assert not [name for name in names for real in XUSHI if real in name or name in real]


def test_villages_differ_in_size(made: list[Tables]) -> None:
    for town in made:
        villages = {row["village"] for row in town["inspection"]}
        assert len(villages) == 25
        assert all(re.fullmatch("..(村|社区)", village) for village in villages)
        sizes = Counter(row["village"] for row in town["households"])
        assert max(sizes.values()) >= 4 * min(sizes.values())


# -- households and persons --------------------------------------------------------------------


def sizes_at(town: Tables, when: date) -> list[int]:
    """Persons of each household on the register; the last day of a stay is not counted."""
    stays = grouped(town["persons"], "household")
    there = [row["household"] for row in town["households"] if within(row, when)]
    return [sum(within(stay, when, "start", "end") for stay in stays[one]) for one in there]


def test_a_household_has_one_to_seven_persons_on_every_day(made: list[Tables]) -> None:
    """Whether the last day of a stay is counted or not."""
    for town in made:
        stays = grouped(town["persons"], "household")
        for household in town["households"]:
            own = stays[household["household"]]
            days = {day(stay[c]) for stay in own for c in ("start", "end") if stay[c]}
            for when in {d + timedelta(n) for d in days for n in (-1, 0, 1)}:
                if within(household, when):
                    last_out = sum(within(stay, when, "start", "end") for stay in own)
                    last_in = last_out + sum(stay["end"] == when.isoformat() for stay in own)
                    assert 1 <= last_out <= last_in <= 7


def test_all_sizes_occur_and_their_mean_is_near_that_of_real_households(made: list[Tables]) -> None:
    for when in (date(2019, 6, 30), date(2022, 12, 31)):
        sizes = [size for town in made for size in sizes_at(town, when)]
        assert set(sizes) == set(range(1, 8))
        assert 26 * len(sizes) <= 10 * sum(sizes) <= 30 * len(sizes)


def test_persons_stay_within_the_time_of_their_household(made: list[Tables]) -> None:
    for town in made:
        time = {row["household"]: row for row in town["households"]}
        for stay in town["persons"]:
            household = time[stay["household"]]
            assert household["entered"] <= stay["start"]
            assert not stay["end"] or stay["start"] < stay["end"]
            if household["left"]:
                assert "" < stay["end"] <= household["left"]


def test_people_are_born_die_and_marry(made: list[Tables]) -> None:
    for town in made:
        time = {row["household"]: row for row in town["households"]}
        later = [r for r in town["persons"] if r["start"] != time[r["household"]]["entered"]]
        sooner = [r for r in town["persons"] if r["end"] != time[r["household"]]["left"]]
        assert min(len(later), len(sooner)) > 30


def test_people_move_within_a_town_and_on_to_the_next_one(made: list[Tables]) -> None:
    stays = defaultdict(list)
    for number, town in enumerate(made):
        for row in town["persons"]:
            stays[row["person"]].append((row["start"], row["end"], row["name"], number))
    moved = [sorted(times) for times in stays.values() if len(times) > 1]
    for first, *rest in moved:
        assert len(rest) == 1
        assert first[1] and first[1] < rest[0][0] and first[2] == rest[0][2]
    ways = Counter((first[3], last[3]) for first, last in moved)
    assert set(ways) == {(0, 0), (1, 1), (0, 1)}
    assert min(ways.values()) >= 3


def test_households_enter_late_and_leave(made: list[Tables]) -> None:
    for town in made:
        entered = Counter(row["entered"][:4] for row in town["households"])
        assert sum(entered[year] for year in ("2014", "2015", "2016")) > 350
        assert sum(entered[year] for year in ("2017", "2018", "2019", "2020")) > 20
        assert sum(entered[year] for year in ("2021", "2022")) > 10
        assert sum(bool(row["left"]) for row in town["households"]) > 5
        last = {one: rows[-1] for one, rows in grouped(town["statuses"], "household").items()}
        for row in town["households"]:
            struck = last[row["household"]]
            assert (struck["status"] == "销户") == bool(row["left"])
            assert not row["left"] or struck["date"] == row["left"]


# -- states, incomes, items --------------------------------------------------------------------

FOLLOWS = {
    "": {"未脱贫", "边缘易致贫户", "突发严重困难户"},
    "未脱贫": {"已脱贫", "销户"},
    "返贫": {"已脱贫", "销户"},
    "已脱贫": {"返贫", "脱贫不稳定户", "突发严重困难户", "销户"},
    **{status: {"风险消除", "销户"} for status in WATCHED},
    "风险消除": {"销户"},
}


def test_states_follow_each_other_as_their_time_allows(made: list[Tables]) -> None:
    seen = set()
    for town in made:
        entered = {row["household"]: row["entered"] for row in town["households"]}
        for household, rows in grouped(town["statuses"], "household").items():
            before, since = "", ""
            assert rows[0]["date"] == entered[household]
            for row in rows:
                assert since < row["date"]
                assert row["status"] in FOLLOWS[before]
                before, since = row["status"], row["date"]
                seen.add(before)
    assert seen == set().union(*FOLLOWS.values())


def test_the_series_breaks_with_the_year_2021(made: list[Tables]) -> None:
    for town in made:
        for row in town["statuses"]:
            if row["status"] == "已脱贫":
                assert "2016-01-01" <= row["date"] < "2021-01-01"
            elif row["status"] in POOR:
                assert row["date"] < "2021-01-01"
            elif row["status"] != "销户":
                assert row["date"] >= "2021-01-01"
        state = states(town)
        there = [row["household"] for row in town["households"] if within(row, date(2020, 12, 31))]
        assert not [one for one in there if state(one, "2020-12-31") in POOR]


def test_some_are_still_poor_at_the_end_of_2019_and_few_fell_back(made: list[Tables]) -> None:
    for town in made:
        state = states(town)
        there = [row["household"] for row in town["households"] if within(row, date(2019, 12, 31))]
        held = Counter(state(one, "2019-12-31") for one in there)
        assert 10 * len(there) < 100 * held["未脱贫"] < 40 * len(there)
        back = sum(row["status"] == "返贫" for row in town["statuses"])
        assert 0 < 100 * back < 8 * len(there)


def test_the_poor_earn_less_and_incomes_grow(made: list[Tables]) -> None:
    for town in made:
        state = states(town)
        earned: dict[tuple[str, bool], list[int]] = defaultdict(list)
        for row in town["incomes"]:
            poor = state(row["household"], f"{row['year']}-12-31") in POOR
            earned[row["year"], poor].append(int(row["income"].replace(".", "")))
        assert 3 * middle(earned["2019", True]) < 2 * middle(earned["2019", False])
        years = [earned[str(year), True] + earned[str(year), False] for year in PLAN.all_years()]
        assert all(105 * middle(a) < 100 * middle(b) for a, b in pairwise(years))
        better_off = sorted(earned["2022", False])
        low, half, high = (better_off[len(better_off) * n // 20] for n in (1, 10, 19))
        assert high - half > half - low  # skewed to the right
        assert high * low * 2 > half * half > high * low // 2  # and even on a scale of logarithms


def test_items_fail_more_often_among_the_poor_and_together(made: list[Tables]) -> None:
    surveys = defaultdict(list)
    for number, town in enumerate(made):
        for row in town["items"]:
            surveys[number, row["household"], row["date"]].append(row)
    state = [states(town) for town in made]
    failing: dict[bool, list[int]] = defaultdict(list)
    by_item = Counter[str]()
    for (number, household, when), rows in surveys.items():
        assert [row["item"] for row in rows] == list(ITEMS)
        fails = sum(row["met"] == "否" for row in rows)
        is_poor = state[number](household, when) in POOR
        failing[is_poor].append(fails)
        by_item.update(row["item"] for row in rows if is_poor and row["met"] == "否")
    poor, others = failing[True], failing[False]
    assert sum(poor) * len(others) > 4 * sum(others) * len(poor) > 0
    assert set(by_item) == set(ITEMS)
    rates = [Fraction(count, len(poor)) for count in by_item.values()]
    mean = Fraction(sum(poor), len(poor))
    variance = sum((fails - mean) ** 2 for fails in poor) / len(poor)
    assert variance > Fraction(11, 10) * sum(rate * (1 - rate) for rate in rates)


def test_what_happens_to_a_household_lies_in_its_time_and_in_the_period(made: list[Tables]) -> None:
    for town in made:
        of = {row["household"]: row for row in town["households"]}
        for row in [row for table in ("items", "measures", "visits") for row in town[table]]:
            assert within(of[row["household"]], day(row["date"]))
            assert day(row["date"]).year in PLAN.all_years()
        earning = {(row["household"], int(row["year"])) for row in town["incomes"]}
        ends = [(one, year) for one in of for year in PLAN.all_years()]
        assert earning == {(h, y) for h, y in ends if within(of[h], date(y, 12, 31))}


def test_who_is_out_of_poverty_is_visited_again_and_a_few_are_missed(made: list[Tables]) -> None:
    for town in made:
        state = states(town)
        assert not [r for r in town["visits"] if state(r["household"], r["date"]) in POOR]
        visited = {row["household"] for row in town["visits"] if row["date"] >= "2022"}
        there = {row["household"] for row in town["households"] if within(row, date(2022, 6, 30))}
        assert 80 * len(there) < 100 * len(visited & there) < 98 * len(there)


def test_the_poor_receive_more_measures(made: list[Tables]) -> None:
    for town in made:
        state = states(town)
        there = [row["household"] for row in town["households"] if within(row, date(2019, 2, 1))]
        given = Counter(r["household"] for r in town["measures"] if r["date"] < "2020")
        by_state = defaultdict(list)
        for one in there:
            by_state[state(one, "2019-02-01") in POOR].append(given[one])
        poor, others = by_state[True], by_state[False]
        assert sum(poor) * len(others) > 2 * sum(others) * len(poor) > 0


# -- staff -------------------------------------------------------------------------------------


def in_post(posts: list[Row], when: date) -> bool:
    return any(day(p["start"]) <= when and (not p["end"] or when <= day(p["end"])) for p in posts)


def test_staff_join_and_leave(made: list[Tables]) -> None:
    for town in made:
        assert {row["instrument"] for row in town["staff"]} == {"机关", "村级"}
        assert sum(row["start"] >= "2019-01-01" for row in town["staff"]) >= 10
        assert sum(bool(row["end"]) for row in town["staff"]) >= 10


def test_some_change_post_even_from_one_instrument_to_the_other(made: list[Tables]) -> None:
    changes = set()
    for town in made:
        for rows in grouped(town["staff"], "person").values():
            ordered = sorted(rows, key=lambda row: row["start"])
            for a, b in pairwise(ordered):
                assert "" < a["end"] < b["start"]
                assert a["unit"] != b["unit"]
                changes.add((a["instrument"], b["instrument"]))
    assert {("机关", "村级"), ("村级", "村级")} <= changes


def test_points_are_given_to_who_is_in_post_by_somebody_else_in_post(made: list[Tables]) -> None:
    for town in made:
        posts = grouped(town["staff"], "person")
        for row in town["assessment"]:
            assert row["person"] != row["entered_by"]
            for person in (row["person"], row["entered_by"]):
                assert in_post(posts[person], day(row["date"]))


def test_entries_are_of_the_four_domains_and_of_both_signs(made: list[Tables]) -> None:
    for town in made:
        kinds = {(row["domain"], row["points"][0] == "-") for row in town["assessment"]}
        domains = ("行为规范", "作风纪律", "勤政廉政", "服务群众")
        assert kinds == {(domain, sign) for domain in domains for sign in (True, False)}
        grounds = defaultdict(set)
        for row in town["assessment"]:
            grounds[row["ground"]].add((row["domain"], row["points"][0] == "-"))
        assert len(grounds) <= 20
        assert all(len(used) == 1 for used in grounds.values())


def test_some_entries_come_late(made: list[Tables]) -> None:
    for town in made:
        numbers = [row["entry"] for row in town["assessment"]]
        assert numbers == sorted(numbers)
        latest, late = date.min, 0
        for row in town["assessment"]:
            late += (latest - day(row["date"])).days > 20
            latest = max(latest, day(row["date"]))
        assert 10 < late < len(numbers) // 6


def test_bad_years_of_a_person_come_in_runs_but_are_few(made: list[Tables]) -> None:
    """So that the rule of two consecutive years has cases."""
    totals: dict[tuple[int, str, int], int] = Counter()
    for number, town in enumerate(made):
        for row in town["assessment"]:
            totals[number, row["person"], int(row["date"][:4])] += int(row["points"])
    bad = {key for key, total in totals.items() if total < -80}
    runs = [(n, person, year) for n, person, year in bad if (n, person, year + 1) in bad]
    assert len(runs) >= 3
    assert 8 * len(bad) < len(totals)


# -- villages and checkpoints ------------------------------------------------------------------


def test_a_village_keeps_its_quality_while_months_differ_and_some_are_missing(
    made: list[Tables],
) -> None:
    for town in made:
        scores = defaultdict(list)
        for row in town["inspection"]:
            scores[row["village"], row["month"][:4]].append(float(row["score"]))
        villages = {village for village, _ in scores}
        mean = {key: sum(values) / len(values) for key, values in scores.items()}
        halves = []
        for year in ("2019", "2022"):
            ranked = sorted(villages, key=lambda village, year=year: mean[village, year])  # type: ignore[misc]
            halves.append(set(ranked[: len(ranked) // 2]))
        assert 3 * len(halves[0] & halves[1]) > 2 * len(halves[0])
        assert all(len(set(values)) > 3 for values in scores.values())
        months = {row["month"] for row in town["inspection"]}
        assert len(months) == 11 * PLAN.years
        reported = {(row["month"], row["village"]) for row in town["inspection"]}
        assert 0.9 < len(reported) / (len(months) * len(villages)) < 1


def test_accountability_is_rare(made: list[Tables]) -> None:
    for town in made:
        assert PLAN.years <= len(town["accountability"]) <= 4 * PLAN.years


def test_checkpoints_count_each_day_of_the_first_quarter_with_the_pattern_of_a_week(
    made: list[Tables],
) -> None:
    for town in made:
        assert set(Counter(row["checkpoint"] for row in town["checkpoints"]).values()) == {91}
        week = Counter[int]()
        for row in town["checkpoints"]:
            assert "2020-01-01" <= row["date"] <= "2020-03-31"
            week[day(row["date"]).weekday()] += int(row["vehicles_checked"])
        assert 10 * min(week[5], week[6]) > 12 * max(week[0], week[1], week[2])
        for kind in ("vehicles", "persons"):
            back, all_ = (
                sum(int(row[f"{kind}_{what}"]) for row in town["checkpoints"])
                for what in ("returned", "checked")
            )
            assert 0 < 100 * back < 10 * all_


def test_an_arrival_has_a_closing_day_exactly_where_it_is_settled(made: list[Tables]) -> None:
    for town in made:
        for row in town["arrivals"]:
            assert bool(row["closed"]) == (row["state"] == "已解除")
            if row["closed"]:
                assert 14 <= (day(row["closed"]) - day(row["date"])).days <= 18
                assert row["closed"] <= "2020-03-31"
        assert {row["state"] for row in town["arrivals"]} >= {"待联系", "跟踪中", "已解除"}
