"""Wilson's interval of a proportion against Newcombe's table, scipy, and its own definition."""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from towns import Cells, cases

from xushi_stats.registers.checkpoints.proportion_interval import Z, wilson

parts = st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize("case", cases("intervals"), ids=lambda c: f"{c['part']} of {c['whole']}")
def test_an_interval_is_the_published_one(case: Cells) -> None:
    found = wilson(int(case["part"]), int(case["whole"]))
    assert (f"{found.low:.4f}", f"{found.high:.4f}") == (case["low"], case["high"])


@given(st.integers(1, 600).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_is_that_of_scipy(counts: tuple[int, int]) -> None:
    found = wilson(*counts)
    theirs = stats.binomtest(*counts).proportion_ci(method="wilson")
    assert float(found.low) == pytest.approx(theirs.low, abs=1e-9)
    assert float(found.high) == pytest.approx(theirs.high, abs=1e-9)


def test_z_leaves_a_fortieth_above_it() -> None:
    """The integral of the normal density from 0 to z is 19/40, by its Taylor series."""
    pi = Decimal("3.1415926535897932384626433832795028841971693993751058209749445923")
    with localcontext() as context:
        context.prec = 75
        term, total, n = Z, Decimal(0), 0
        while abs(term) > Decimal("1e-70"):
            total += term / (2 * n + 1)
            n += 1
            term = -term * Z * Z / (2 * n)
        assert abs(total / (2 * pi).sqrt() - Decimal(19) / 40) < Decimal("1e-60")


@given(parts)
def test_at_wilsons_limits_the_score_is_z(counts: tuple[int, int]) -> None:
    part, whole = counts
    found = wilson(part, whole)
    with localcontext() as context:
        context.prec = 60
        for p in (found.low, found.high):
            if 0 < p < 1:
                score = (Decimal(part) - whole * p) ** 2 / (whole * p * (1 - p))
                assert abs(score - Z * Z) < Decimal("1e-40")


@given(parts)
def test_an_interval_holds_its_rate_and_mirrors(counts: tuple[int, int]) -> None:
    part, whole = counts
    found, mirrored = (wilson(x, whole) for x in (part, whole - part))
    assert 0 <= found.low <= found.high <= 1
    assert Fraction(found.low) <= Fraction(part, whole) <= Fraction(found.high)
    assert abs(found.low + mirrored.high - 1) < Decimal("1e-27")
    assert (found.low == 0) == (part == 0) and (found.high == 1) == (part == whole)


@given(parts)
def test_ten_times_the_counts_make_wilsons_interval_narrower(counts: tuple[int, int]) -> None:
    part, whole = counts
    one, ten = wilson(part, whole), wilson(10 * part, 10 * whole)
    assert ten.high - ten.low < one.high - one.low


@pytest.mark.parametrize("counts", [(1, 0), (0, 0), (-1, 5), (6, 5)])
def test_what_is_no_part_of_a_whole_has_no_interval(counts: tuple[int, int]) -> None:
    with pytest.raises(ValueError):
        wilson(*counts)
