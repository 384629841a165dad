"""Is a file healthy, and what of it can be fixed with certainty."""
