"""Draws that are the same on every machine and with every version of Python."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from hashlib import sha256
from random import Random
from typing import TypeVar

T = TypeVar("T")

_BITS = 53


class Dice:
    """Integers drawn for one purpose; the purpose is the seed.

    Python promises that ``Random.random`` keeps its sequence for a given integer seed; ``randrange``,
    ``choice`` and ``shuffle`` are not promised and not used. ``random`` gives a multiple of 2⁻⁵³, so
    that scaling it to an integer is exact.

    Args:
        address: what the draws are for, such as seed, town, table and number.

    >>> Dice("7", "synth-a", "example").below(1000) == Dice("7", "synth-a", "example").below(1000)
    True
    """

    __slots__ = ("_random",)

    def __init__(self, *address: str | int) -> None:
        seed = sha256("\x1f".join(map(str, address)).encode()).digest()
        self._random = Random(int.from_bytes(seed, "big")).random

    def below(self, end: int) -> int:
        """One of 0, 1, …, end - 1."""
        return (int(self._random() * (1 << _BITS)) * end) >> _BITS

    def between(self, first: int, last: int) -> int:
        """One of first, …, last; first where last lies before it."""
        return first + self.below(max(1, last - first + 1))

    def chance(self, share: int, of: int = 100) -> bool:
        """True in ``share`` of ``of`` cases."""
        return self.below(of) < share

    def pick(self, among: Sequence[T]) -> T:
        """One of these."""
        return among[self.below(len(among))]

    def weighted(self, bounds: Sequence[int]) -> int:
        """A position drawn by weight; the weights are given as running totals."""
        return bisect_right(bounds, self.below(bounds[-1]))

    def bell(self, tosses: int) -> int:
        """Heads among so many tosses of a coin: a binomial number with its middle at tosses / 2."""
        return self.below(1 << tosses).bit_count()

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """These in another order (Fisher–Yates)."""
        mixed = list(items)
        for last in range(len(mixed) - 1, 0, -1):
            other = self.below(last + 1)
            mixed[last], mixed[other] = mixed[other], mixed[last]
        return mixed
