"""Charts drawn on the server: numbers in, SVG out. Pure functions; the chart grammar is told in `svg`."""
