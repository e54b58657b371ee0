"""Proof after the fact: verification, recomputation, samples, sources."""
