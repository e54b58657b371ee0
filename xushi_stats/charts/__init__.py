"""Charts as SVG: bars, strips, heat maps, small multiples."""
