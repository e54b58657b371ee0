"""Checkpoints on the roads, and arrivals."""
