"""Synthetic registers: towns of any size, invented from a seed, marked as invented wherever they go.

Every draw comes from a generator seeded by its own address (seed, town, table, number), so that a town
stays the same when more towns are made. What guarantees the same bytes: SHA-256, the sequence of
``random.Random.random`` (which Python's documentation promises to keep) and arithmetic on integers;
nothing written passes through a float. No row stands for a real person, household or village.
"""

from xushi_stats.synth.plan import Plan
from xushi_stats.synth.write import write, write_into

__all__ = ["Plan", "write", "write_into"]
