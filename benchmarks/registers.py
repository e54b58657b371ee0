"""Household statistics at size: ours on DuckDB and pandas beside hand-written SQL and pandas.

    .venv/bin/python benchmarks/registers.py [--sizes 100000 1000000 10000000] [--runs 3 3 1]

Each way computes the same figures from the same Parquet files in a process of its own; the ways take
turns, so that a busy machine slows all alike; their answers must be equal. Writes
``docs/registers-benchmark.md``. The registers lie in a temporary folder (10 million: about 1.5 GB).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from xushi_stats.registers.frames import Register
from xushi_stats.registers.households import counts as household_counts
from xushi_stats.registers.households import services
from xushi_stats.registers.households.validation import validate
from xushi_stats.registers.schema import ITEMS

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "registers-benchmark.md"
THREADS, MEMORY = 2, "3GB"
LARGEST_FOR_PANDAS = 1_000_000
START, END = date(2019, 12, 31), date(2020, 12, 31)
YEAR = (date(2020, 1, 1), END)
Answers = dict[str, Any]
Clock = dict[str, tuple[float, float]]
"""Figure → wall time and CPU time in seconds."""

MAKE = {
    "households": """
        SELECT {id} AS household, '村' || hash(i) % 200 AS village,
            DATE '2014-01-01' + (hash(i, 1) % 2400)::INTEGER AS entered,
            CASE WHEN hash(i, 2) % 30 = 0 THEN DATE '2020-06-01' END AS "left"
        FROM range({n}) t(i)""",
    "persons": """
        SELECT 'p' || lpad((i * 8 + k)::VARCHAR, 10, '0') AS person, {id} AS household,
            '虚构' AS name, DATE '2014-01-01' + (hash(i, 1) % 2400)::INTEGER AS start,
            CASE WHEN hash(i, k, 3) % 20 = 0 THEN DATE '2020-03-01' END AS "end"
        FROM range({n}) t(i), range(7) u(k) WHERE k <= hash(i, 4) % 7""",
    "statuses": """
        SELECT {id} AS household, DATE '2017-01-01' + (k * 500 + hash(i, k) % 400)::INTEGER AS date,
            ['未脱贫', '已脱贫', '返贫', '已脱贫'][1 + (k + (hash(i, 5) % 20 = 0)::INTEGER) % 4]
                AS status
        FROM range({n}) t(i), range(3) u(k)""",
    "incomes": """
        SELECT {id} AS household, 2019 + k AS year,
            ((hash(i, k, 6) % 1000000) / 100)::DECIMAL(12, 2) AS income
        FROM range({n}) t(i), range(2) u(k)""",
    "items": """
        SELECT {id} AS household, DATE '2020-01-01' + (hash(i, 7) % 300)::INTEGER AS date,
            [{items}][1 + k] AS item, CASE WHEN hash(i, k, 8) % 25 = 0 THEN '否' ELSE '是' END AS met
        FROM range({n}) t(i), range(6) u(k) WHERE hash(i, 9) % 2 = 0""",
    "measures": """
        SELECT {id} AS household, DATE '2020-01-01' + (hash(i, k, 10) % 400)::INTEGER AS date,
            '措施' || hash(i, k) % 12 AS measure
        FROM range({n}) t(i), range(3) u(k) WHERE hash(i, k, 11) % 2 = 0""",
    "visits": """
        SELECT {id} AS household, DATE '2020-01-01' + (hash(i, k, 12) % 400)::INTEGER AS date
        FROM range({n}) t(i), range(2) u(k) WHERE hash(i, k, 13) % 2 = 0""",
}


def make(folder: Path, n: int) -> int:
    """Write a register of n households without a fault; the number of all rows."""
    folder.mkdir(parents=True, exist_ok=True)
    connection, rows = duckdb.connect(config={"threads": THREADS, "memory_limit": MEMORY}), 0
    for table, query in MAKE.items():
        items = ", ".join(f"'{item}'" for item in ITEMS)
        made = query.format(n=n, id="'h' || lpad(i::VARCHAR, 9, '0')", items=items)
        path = folder / f"{table}.parquet"
        if not path.exists():
            connection.execute(f"COPY ({made}) TO '{path}' (COMPRESSION zstd)")
        rows += connection.sql(f"SELECT count(*) FROM '{path}'").fetchall()[0][0]
    return int(rows)


# -- ours ----------------------------------------------------------------------------------------


def ours(folder: Path, engine: Any, clock: Clock) -> Answers:
    """The library's figures."""
    with Register(folder, engine, memory=MEMORY, threads=THREADS) as register:
        timed = timer(clock)
        counts = timed("counts", lambda: household_counts.counts(register, END))
        moved = timed("transitions", lambda: household_counts.transitions(register, START, END))
        fallen = timed("relapse", lambda: household_counts.relapse(register, START, END))
        seen = timed("re-visits", lambda: services.coverage(register, *YEAR, ["已脱贫"]))
        needs = timed("items", lambda: services.needs(register, END))
        given = timed("measures", lambda: services.measures(register, *YEAR))
        incomes = timed("incomes", lambda: services.incomes(register, 2020, END))
    return {
        "counts": [(*k, v.households, v.persons) for k, v in counts.cells.items()],
        "transitions": [(*k, n) for k, n in moved.cells.items()],
        "relapse": [
            (v, n) for v in villages(seen) for n in (fallen.base(v), fallen.cases(village=v))
        ],
        "re-visits": [(v, seen.due[v], seen.visited[v], seen.visits[v]) for v in villages(seen)]
        + [("", 0, seen.other_households, seen.other_visits)],
        "items": [
            (v, sum(1 << ITEMS.index(i) for i in f), sum(1 << ITEMS.index(i) for i in u), n)
            for (v, f, u), n in needs.cells.items()
        ],
        "measures": [(*k, n) for k, n in given.cells.items()]
        + [(v, "", n) for v, n in given.without.items()],
        "incomes": [(c, n, incomes.persons.get(c, 0)) for c, n in incomes.households.items()],
    }


def villages(seen: services.Coverage) -> Iterable[str]:
    return sorted(seen.due)


def timer(clock: Clock) -> Callable[[str, Callable[[], Any]], Any]:
    def timed(name: str, run: Callable[[], Any]) -> Any:
        wall, cpu = time.perf_counter(), time.process_time()
        done = run()
        clock[name] = (time.perf_counter() - wall, time.process_time() - cpu)
        return done

    return timed


def check(folder: Path, clock: Clock) -> Answers:
    """The library's validation, on DuckDB."""
    with Register(folder, "duckdb", memory=MEMORY, threads=THREADS) as register:
        faults = timer(clock)("validate", lambda: validate(register))
    return {"validate": sorted({fault.code for fault in faults})}


# -- by hand, SQL --------------------------------------------------------------------------------

HERE = """entered <= DATE '{on}' AND ("left" IS NULL OR "left" > DATE '{on}')
    AND status IS DISTINCT FROM '销户'"""
STANDING = (
    """SELECT household, village, coalesce(status, '状态未登记') AS status
    FROM households LEFT JOIN (SELECT household, arg_max(status, date) AS status FROM statuses
        WHERE date <= DATE '{on}' GROUP BY household) USING (household) WHERE """
    + HERE
)
SIZES = """SELECT household, count(*) AS n FROM persons
    WHERE start <= DATE '{on}' AND ("end" IS NULL OR "end" > DATE '{on}') GROUP BY household"""
AT_END, AT_START = "FROM standing_end", STANDING.format(on=START)
IN_YEAR = f"date BETWEEN DATE '{YEAR[0]}' AND DATE '{YEAR[1]}'"
BITS = ", ".join(
    f"arg_max(met, date) FILTER (item = '{item}') AS i{k}" for k, item in enumerate(ITEMS)
)
FAILS = " + ".join(f"CASE WHEN i{k} = '否' THEN {1 << k} ELSE 0 END" for k in range(6))
UNKNOWN = " + ".join(f"CASE WHEN i{k} IS NULL THEN {1 << k} ELSE 0 END" for k in range(6))
SQL = {
    "counts": [
        f"""SELECT village, status, count(*), coalesce(sum(n), 0) FROM ({AT_END})
        LEFT JOIN ({SIZES.format(on=END)}) USING (household) GROUP BY ALL"""
    ],
    "transitions": [
        f"""WITH latest AS (SELECT household,
            arg_max(status, date) FILTER (date <= DATE '{START}') AS a,
            arg_max(status, date) AS b
            FROM statuses WHERE date <= DATE '{END}' GROUP BY household),
        moved AS (SELECT village,
            CASE WHEN {HERE.format(on=START).replace("status", "a")}
                THEN coalesce(a, '状态未登记') ELSE '不在册' END AS a,
            CASE WHEN {HERE.format(on=END).replace("status", "b")}
                THEN coalesce(b, '状态未登记') ELSE '不在册' END AS b
            FROM households LEFT JOIN latest USING (household))
        SELECT village, a, b, count(*) FROM moved WHERE a <> '不在册' OR b <> '不在册' GROUP BY ALL"""
    ],
    "relapse": [
        f"""WITH fallen AS (SELECT DISTINCT household FROM statuses WHERE status = '返贫'
            AND date > DATE '{START}' AND date <= DATE '{END}'),
        found AS (SELECT village, count(*) AS base, count(fallen.household) AS cases
            FROM ({AT_START}) LEFT JOIN fallen USING (household)
            WHERE status IN ('已脱贫', '风险消除') GROUP BY village)
        SELECT village, unnest([base, cases]) FROM found"""
    ],
    "re-visits": [
        f"""WITH seen AS (SELECT household, count(*) AS n FROM visits WHERE {IN_YEAR} GROUP BY ALL),
        due AS (SELECT * FROM ({STANDING.format(on=YEAR[0])}) WHERE status = '已脱贫')
        SELECT village, count(*), count(n), coalesce(sum(n), 0) FROM due LEFT JOIN seen
            USING (household) GROUP BY village
        UNION ALL SELECT '', 0, count(*), sum(n) FROM seen ANTI JOIN due USING (household)"""
    ],
    "items": [
        f"""WITH latest AS (SELECT household, {BITS} FROM items WHERE date <= DATE '{END}'
            GROUP BY household)
        SELECT village, {FAILS}, {UNKNOWN}, count(*) FROM ({AT_END})
        LEFT JOIN latest USING (household) GROUP BY ALL"""
    ],
    "measures": [
        f"""SELECT village, measure, count(*) FROM ({AT_END}) JOIN (SELECT DISTINCT household, measure
            FROM measures WHERE {IN_YEAR}) USING (household) GROUP BY ALL""",
        f"""SELECT village, '', count(*) FILTER (m.household IS NULL) FROM ({AT_END}) h LEFT JOIN
            (SELECT DISTINCT household FROM measures WHERE {IN_YEAR}) m USING (household)
            GROUP BY village""",
    ],
    "incomes": [
        f"""SELECT (income * 100)::BIGINT, count(*), coalesce(sum(n), 0) FROM ({AT_END})
        JOIN (SELECT household, income FROM incomes WHERE year = 2020) USING (household)
        LEFT JOIN ({SIZES.format(on=END)}) USING (household) GROUP BY ALL"""
    ],
}


def sql(folder: Path, clock: Clock) -> Answers:
    """The same figures in SQL written by hand; what many of them need is made once."""
    settings: dict[str, Any] = {"threads": THREADS, "memory_limit": MEMORY}
    with tempfile.TemporaryDirectory() as spill:
        connection = duckdb.connect(config=settings | {"temp_directory": spill})
        for table in MAKE:
            connection.execute(f"CREATE VIEW {table} AS FROM '{folder}/{table}.parquet'")
        timed = timer(clock)
        once = f"CREATE TEMP TABLE standing_end AS {STANDING.format(on=END)}"
        timed("shared", lambda: connection.execute(once))
        return {
            name: timed(
                name, lambda qs=queries: [r for q in qs for r in connection.sql(q).fetchall()]
            )
            for name, queries in SQL.items()
        }


# -- by hand, pandas -----------------------------------------------------------------------------


def pandas(folder: Path, clock: Clock) -> Answers:
    """The same figures in pandas written by hand; DuckDB reads the files, there being no pyarrow."""
    timed, on = timer(clock), pd.Timestamp(END)
    t: dict[str, pd.DataFrame] = timed("read", lambda: read(folder))
    year = (pd.Timestamp(YEAR[0]), pd.Timestamp(YEAR[1]))

    @cache
    def latest(at: pd.Timestamp) -> pd.Series:
        past = t["statuses"][t["statuses"].date <= at]
        return (
            past.sort_values("date")
            .drop_duplicates("household", keep="last")
            .set_index("household")["status"]
        )

    @cache
    def whole(at: pd.Timestamp) -> pd.DataFrame:
        h = t["households"].assign(status=t["households"].household.map(latest(at)))
        here = (h.entered <= at) & ~(h.left <= at) & (h.status != "销户")
        return h[here].assign(status=h.status.fillna("状态未登记"))

    def standing(at: pd.Timestamp) -> pd.DataFrame:
        return whole(at).copy()

    @cache
    def sizes(at: pd.Timestamp) -> pd.Series:
        p = t["persons"]
        return p[(p.start <= at) & ~(p.end <= at)].household.value_counts()

    def counts() -> list[Any]:
        h = standing(on)
        h["n"] = h.household.map(sizes(on)).fillna(0).astype(int)
        return rows(h.groupby(["village", "status"]).n.agg(["size", "sum"]))

    def transitions() -> list[Any]:
        h = t["households"][["household", "village"]]
        for name, at in (("a", pd.Timestamp(START)), ("b", on)):
            now = standing(at).set_index("household").status
            h = h.assign(**{name: h.household.map(now).fillna("不在册")})
        h = h[(h.a != "不在册") | (h.b != "不在册")]
        return rows(h.groupby(["village", "a", "b"]).size().to_frame())

    def relapse() -> list[Any]:
        s, start = t["statuses"], pd.Timestamp(START)
        fallen = s[(s.status == "返贫") & (s.date > start) & (s.date <= on)].household.unique()
        h = standing(start)
        h = h[h.status.isin(["已脱贫", "风险消除"])]
        h["fallen"] = h.household.isin(fallen)
        found = rows(h.groupby("village").fallen.agg(["size", "sum"]))
        return [(v, n) for v, *both in found for n in both]

    def revisits() -> list[Any]:
        v = t["visits"][t["visits"].date.between(*year)].household.value_counts()
        h = standing(year[0])
        h = h[h.status == "已脱贫"]
        n = h.household.map(v).fillna(0).astype(int)
        h = h.assign(seen=n > 0, n=n)
        found = h.groupby("village").agg(a=("n", "size"), b=("seen", "sum"), c=("n", "sum"))
        other = v[~v.index.isin(h.household)]
        return [*rows(found), ("", 0, len(other), int(other.sum()))]

    def items() -> list[Any]:
        i = t["items"][t["items"].date <= on].sort_values("date")
        i = i.drop_duplicates(["household", "item"], keep="last")
        bit = i.item.map({item: 1 << k for k, item in enumerate(ITEMS)})
        bits = pd.DataFrame({"h": i.household, "known": bit, "fails": bit.where(i.met == "否", 0)})
        masks = bits.groupby("h").sum()
        h = standing(on).join(masks, on="household")
        h["fails"] = h.fails.fillna(0).astype(int)
        h["unknown"] = 63 - h.known.fillna(0).astype(int)
        return rows(h.groupby(["village", "fails", "unknown"]).size().to_frame())

    def measures() -> list[Any]:
        m = t["measures"][t["measures"].date.between(*year)]
        m = m.drop_duplicates(["household", "measure"])
        h = standing(on)[["household", "village"]]
        given = h.merge(m, on="household").groupby(["village", "measure"]).size().to_frame()
        without = (~h.household.isin(m.household.unique())).groupby(h.village).sum()
        return rows(given) + [(v, "", int(n)) for v, n in without.items()]

    def incomes() -> list[Any]:
        i = t["incomes"][t["incomes"].year == 2020]
        h = standing(on).merge(i, on="household")
        h["n"] = h.household.map(sizes(on)).fillna(0).astype(int)
        return rows(h.groupby("cents").n.agg(["size", "sum"]))

    return {
        name: timed(name, run)
        for name, run in {
            "counts": counts,
            "transitions": transitions,
            "relapse": relapse,
            "re-visits": revisits,
            "items": items,
            "measures": measures,
            "incomes": incomes,
        }.items()
    }


def read(folder: Path) -> dict[str, pd.DataFrame]:
    connection = duckdb.connect(config={"threads": THREADS, "memory_limit": MEMORY})
    columns = {
        "persons": 'household, start, "end"',
        "incomes": "household, year, (income * 100)::BIGINT AS cents",
    }
    return {
        table: connection.sql(
            f"SELECT {columns.get(table, '*')} FROM '{folder}/{table}.parquet'"
        ).df()
        for table in MAKE
    }


def rows(frame: pd.DataFrame) -> list[Any]:
    return (
        list(frame.itertuples(name=None))
        if frame.index.nlevels == 1
        else [
            (*index, *values) for index, values in zip(frame.index, frame.to_numpy(), strict=True)
        ]
    )


# -- the runs ------------------------------------------------------------------------------------

WAYS: dict[str, Callable[[Path, Clock], Answers]] = {
    "ours-duckdb": lambda folder, clock: ours(folder, "duckdb", clock),
    "sql": sql,
    "ours-pandas": lambda folder, clock: ours(folder, "pandas", clock),
    "pandas": pandas,
    "validate": check,
}


def child(way: str, folder: Path) -> None:
    """Run one way and print its times, its peak memory and a digest of its answers."""
    clock: Clock = {}
    answers = WAYS[way](folder, clock)
    plain = {
        name: sorted([[c if isinstance(c, str) else int(c) for c in row] for row in found])
        for name, found in answers.items()
        if name != "validate"
    }
    digests = {k: hashlib.sha256(json.dumps(v).encode()).hexdigest()[:12] for k, v in plain.items()}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"clock": clock, "peak": peak, "answers": digests}))


def run(way: str, folder: Path) -> dict[str, Any]:
    """One way in a process of its own."""
    command = [sys.executable, __file__, "--child", way, "--folder", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    if done.returncode:
        raise SystemExit(f"{way}: {done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def measure(folder: Path, ways: list[str], runs: int) -> dict[str, dict[str, Any]]:
    """Medians over some runs, the ways in turns; stops if two ways disagree."""
    seen: dict[str, list[dict[str, Any]]] = {way: [] for way in ways}
    for turn in range(runs):
        for way in ways:
            if way == "validate" and turn:
                continue  # beside nothing; once is enough
            seen[way].append(run(way, folder))
            print(len(seen[way]), way, seen[way][-1]["clock"], flush=True)
    answers = {
        json.dumps(r["answers"], sort_keys=True) for w in ways for r in seen[w] if r["answers"]
    }
    if len(answers) != 1:
        raise SystemExit("the ways disagree:\n" + "\n".join(sorted(answers)))
    return {way: medians(found) for way, found in seen.items()}


def medians(found: list[dict[str, Any]]) -> dict[str, Any]:
    """The medians of one way's runs."""
    clocks = [r["clock"] for r in found]
    return {
        "cpu of": {k: statistics.median(clock[k][1] for clock in clocks) for k in clocks[0]},
        "wall": statistics.median(sum(wall for wall, _ in clock.values()) for clock in clocks),
        "cpu": statistics.median(sum(cpu for _, cpu in clock.values()) for clock in clocks),
        "peak": statistics.median(r["peak"] for r in found),
    }


def page(results: dict[int, tuple[int, dict[str, dict[str, Any]]]], runs: list[int]) -> str:
    """The tables as Markdown."""
    taken = ", ".join(f"{r} at {n:,}" for n, r in zip(results, runs, strict=True))
    lines = [
        "# Household statistics at size",
        "",
        "Made by `benchmarks/registers.py`; not edited by hand. Registers in Parquet; DuckDB with "
        f"{THREADS} threads and a memory limit of {MEMORY}; medians of runs ({taken} households), the "
        "ways in turns, each in a process of its own, reading included; validation once. The machine "
        "was shared with much other work: wall times swing with it, CPU times (all threads) hardly. All "
        "ways gave the same answers, to the last digit.",
        "",
        "| households | rows | way | seconds | beside by hand | CPU seconds | beside by hand | peak |",
        "|---:|---:|---|---:|---:|---:|---:|---:|",
    ]
    names = {
        "ours-duckdb": ("this library on DuckDB", "sql"),
        "sql": ("SQL by hand on DuckDB", ""),
        "ours-pandas": ("this library on pandas", "pandas"),
        "pandas": ("pandas by hand", ""),
        "validate": ("validation, on DuckDB", ""),
    }
    for n, (count, found) in results.items():
        for way, one in found.items():
            name, hand = names[way]
            timed = [
                part
                for kind in ("wall", "cpu")
                for part in (
                    f"{one[kind]:.1f}",
                    f"{one[kind] / found[hand][kind]:.2f}" if hand else "—",
                )
            ]
            cells = (f"{n:,}", f"{count:,}", name, *timed, f"{one['peak'] / 2**30:.2f} GiB")
            lines.append(f"| {' | '.join(cells)} |")
    largest = max(results)
    ours_, hand_ = (results[largest][1][way]["cpu of"] for way in ("ours-duckdb", "sql"))
    lines += [
        "",
        "The households at the end of the year are made once and shared by the figures: by hand before "
        "the first, here with it.",
        "",
        f"By figure, CPU seconds for {largest:,} households on DuckDB:",
        "",
        "| figure | this library | SQL by hand | ratio |",
        "|---|---:|---:|---:|",
        *(
            f"| {name} | {ours_[name]:.1f} | {hand_[name]:.1f} | {ours_[name] / hand_[name]:.2f} |"
            for name in SQL
        ),
        f"| shared by the figures | — | {hand_['shared']:.1f} | — |",
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    """Measure all sizes and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100_000, 1_000_000, 10_000_000])
    parser.add_argument(
        "--runs", type=int, nargs="+", default=[3], help="one for all, or one a size"
    )
    parser.add_argument("--child", choices=WAYS)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--out", type=Path, default=PAGE)
    given = parser.parse_args()
    if given.child:
        child(given.child, given.folder)
        return
    results = {}
    with tempfile.TemporaryDirectory() as temporary:
        runs = given.runs * len(given.sizes) if len(given.runs) == 1 else given.runs
        for n, turns in zip(given.sizes, runs, strict=True):
            folder = (given.folder or Path(temporary)) / str(n)
            count = make(folder, n)
            ways = list(WAYS) if n <= LARGEST_FOR_PANDAS else ["ours-duckdb", "sql", "validate"]
            results[n] = (count, measure(folder, ways, turns))
    given.out.write_text(page(results, runs), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
