"""Checkpoints and arrivals, counted from their rows."""

from __future__ import annotations

from bisect import bisect_left
from datetime import date
from fractions import Fraction

from . import measures
from .files import Counted, Files, Row, Rules, lettered

Z = Fraction("1.959963984540054")
"""The normal quantile at 0.975, as statistics.NormalDist().inv_cdf gives it."""
STATES = {"待联系": "waiting", "跟踪中": "followed", "已解除": "released", "失联": "lost"}


def count(files: Files, rules: Rules, year: int) -> Counted:
    """All figures of a year: days reported, vehicles and persons, rates, the follow-up list."""
    found = Counted("checkpoints")
    own = [(day, row) for row in files.rows("checkpoints") if (day := row.day("date")).year == year]
    if not own or withheld(rules):
        return found
    first, last = min(day for day, _ in own), max(day for day, _ in own)
    period = "/".join(dict.fromkeys(f"{day:%Y-%m}" for day in (first, last)))
    due, posts = (last - first).days + 1, sorted({row["checkpoint"] for _, row in own})
    _reported(found, "", period, own, due * len(posts))
    for letters, post in lettered(posts):
        part = [(day, row) for day, row in own if row["checkpoint"] == post]
        _reported(found, f"post.{letters}.", period, part, due, post)
    if files.has("arrivals"):
        _arrivals(found, files, rules, last, period)
    return found


def withheld(rules: Rules) -> bool:
    """Whether it is open what may be printed of persons: then the build counts none."""
    names = ("zeros", "complement", "width", "threshold.households", "threshold.sensitive")
    return any(rules.get(f"disclosure.{name}") is None for name in names)


def _reported(
    found: Counted, name: str, period: str, rows: list[tuple[date, Row]], due: int, place: str = ""
) -> None:
    """Sums of some rows, rates with their intervals, days reported and missing of the days due."""
    for unit in (f"{name}vehicles", f"{name}persons"):
        column = unit.rpartition(".")[2]
        checked = sum(int(row.number(f"{column}_checked")) for _, row in rows)
        returned = sum(int(row.number(f"{column}_returned")) for _, row in rows)
        found.put(f"{unit}.checked", period, checked, place)
        found.put(f"{unit}.returned", period, returned, place)
        found.share(f"{unit}.rate", period, f"{unit}.returned", f"{unit}.checked")
        if checked:
            low, high = wilson(returned, checked)
            found.put(f"{unit}.rate.low", period, low, place)
            found.put(f"{unit}.rate.high", period, high, place)
    days = len({(row["checkpoint"], day) for day, row in rows})
    found.put(f"{name}days", period, days, place)
    found.put(f"{name}days.missing", period, due - days, place)


def wilson(part: int, whole: int) -> tuple[Fraction, Fraction]:
    """Wilson's limits at 95%, outwards to a hundredth of a percent.

    Of all hundredths x, the interval holds those whose distance from the share p is less than
    z·√(x(1 − x)/n) (E. B. Wilson, JASA 22 (1927) 209–212); no root is taken here.
    """
    p = Fraction(part, whole)

    def inside(step: int) -> bool:
        x = Fraction(step, 10_000)
        return (p - x) ** 2 * whole < Z**2 * x * (1 - x)

    middle = int(p * 10_000)  # hundredths to here lie at or below the share, the others above
    low = bisect_left(range(middle + 1), True, key=inside) - 1
    high = bisect_left(range(middle + 1, 10_001), True, key=lambda step: not inside(step))
    return Fraction(max(low, 0), 10_000), Fraction(min(middle + 1 + high, 10_000), 10_000)


def _arrivals(found: Counted, files: Files, rules: Rules, through: date, period: str) -> None:
    """The follow-up list at the last day on which anything of the year is entered."""
    every = [(r.day("date"), r.end("closed"), r["state"]) for r in files.rows("arrivals")]
    own = [one for one in every if one[0].year == through.year]
    if not own:
        return
    dated = [day for one in own for day in one[:2] if day.year == through.year]
    at = max([through, *dated])
    released = [(closed - come).days for come, closed, _ in own if closed <= at]
    waiting = [(at - come).days for come, closed, _ in own if closed > at]
    parts = {"": len(own)}
    if any(at < closed < date.max for _, closed, _ in own):  # states are those of a later day
        parts |= {".released": len(released), ".open": len(waiting)}
    else:
        parts |= {f".{slug}": sum(s == state for *_, s in own) for state, slug in STATES.items()}
    if late := rules.get("checkpoints.overdue_days"):
        parts[".overdue"] = sum(days > late for days in waiting)
    for slug, number in parts.items():
        found.put(f"arrivals{slug}", f"{at:%Y-%m}", number)
    found.put(
        "arrivals.mean_days",
        period,
        lambda: measures.nearest(Fraction(sum(released), len(released)), Fraction(1, 10)),
    )
