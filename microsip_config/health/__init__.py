"""Is a file healthy, and what of it can be mended with certainty."""
