"""Whether a file is healthy, and what can be fixed with certainty."""
