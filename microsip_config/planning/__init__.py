"""From what is wanted and what is there to an ordered list of changes."""
