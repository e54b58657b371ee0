"""The heat map: every score a link, what is missing hatched, nothing told by colour alone."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import combinations, pairwise

import pytest
from reporting.test_charts import boxes, drawn, overlap, within

from xushi_stats.charts import heatmap
from xushi_stats.charts.chart import DARK, INK, PAPER, Label
from xushi_stats.charts.heatmap import SHADES, Cell, heat

__all__ = ["drawn"]  # a fixture

MONTHS = [f"{n}月" for n in (*"一二三四五六七八九十", "十一", "十二")]
VILLAGES = [f"{c}家桥村" for c in "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申"] + ["文化路第一社区"]
WORDS = ("得分低", "得分高", "没有检查记录")


def cells(villages: list[str], months: list[str]) -> dict[tuple[str, str], Cell]:
    """Scores from 60.0, one for each place but those of the second month."""
    found = {}
    for m, village in enumerate(villages):
        for n, month in enumerate(months):
            if month != "二月":
                score = Fraction(600 + 12 * n + 7 * m, 10)
                found[village, month] = Cell(score, Label(f"{float(score):.1f}", f"{m}.{n}"))
    return found


@pytest.mark.slow
def test_twenty_villages_by_twelve_months_can_be_read(drawn: list[object]) -> None:
    made = heat(VILLAGES, MONTHS, cells(VILLAGES, MONTHS), WORDS)
    texts = boxes(drawn[-1])
    page = (0.0, 0.0, made.width, made.height)
    assert [text for text, box in texts if not within(box, page)] == []
    assert [(a[0], b[0]) for a, b in combinations(texts, 2) if overlap(a[1], b[1])] == []
    assert made.height < 500


def test_every_score_is_shown_and_lies_in_its_link(drawn: list[object]) -> None:
    held = cells(VILLAGES[:5], MONTHS)
    made = heat(VILLAGES[:5], MONTHS, held, WORDS)
    numbers = [(text, box) for text, box in boxes(drawn[-1]) if re.search(r"\d", text)]
    rects = {n["id"]: (n["x"], n["y"], n["x"] + n["w"], n["y"] + n["h"]) for n in made.links}
    assert sorted(text for text, _ in numbers) == sorted(c.label.text for c in held.values())
    for cell in held.values():
        inside = [text for text, box in numbers if within(box, rects[cell.label.figure])]
        assert inside == [cell.label.text]
        assert f">{cell.label.text}<" in made.svg


def test_what_is_missing_is_hatched_and_nothing_else(drawn: list[object]) -> None:
    def hatched(held: dict[tuple[str, str], Cell]) -> int:
        heat(VILLAGES[:2], MONTHS[:3], held, WORDS)
        return len(drawn[-1].axes[0].lines) - 1  # type: ignore[attr-defined]  # the legend's

    held = cells(VILLAGES[:2], MONTHS[:3])
    assert hatched(held) == 2
    assert hatched(dict(list(held.items())[:-1])) == 3


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    r, g, b = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


@pytest.mark.parametrize("fill", SHADES)
def test_a_number_stands_out_from_its_shade(fill: str) -> None:
    pair = sorted(map(luminance, (fill, PAPER if fill == DARK else INK)))
    assert (pair[1] + 0.05) / (pair[0] + 0.05) >= 4.5


def test_the_shades_grow_darker_so_that_grey_print_keeps_their_order() -> None:
    order = [luminance(fill) for fill in SHADES]
    assert order == sorted(order, reverse=True)
    assert min(a - b for a, b in pairwise(order)) > 0.1


def test_a_higher_score_is_never_lighter() -> None:
    steps = [heatmap.shade(Fraction(n), Fraction(0), Fraction(40)) for n in range(41)]
    assert steps == sorted(steps) and set(steps) == {0, 1, 2, 3}
    assert heatmap.shade(Fraction(5), Fraction(5), Fraction(5)) == 1


def test_a_heat_map_is_drawn_twice_with_the_same_bytes() -> None:
    one, other = (
        heat(VILLAGES[:3], MONTHS, cells(VILLAGES[:3], MONTHS), WORDS).svg for _ in range(2)
    )
    assert one == other


def test_what_cannot_be_read_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing"):
        heat([], MONTHS, {}, WORDS)
    with pytest.raises(ValueError, match="too many"):
        heat(VILLAGES, [f"{m}{n}" for m in MONTHS for n in "甲乙丙"], {}, WORDS)
