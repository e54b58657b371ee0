"""What changed between two editions, why, and the notice that says so."""
