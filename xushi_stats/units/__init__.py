"""Units of measure: their names, and how they multiply."""
