"""Registers: a town's rows about people and places, counted into entries of the ledger."""
