"""The inspection of villages, month by month."""
