"""Registers: one row a person, village, household or checkpoint; their rules, statistics and protection."""
