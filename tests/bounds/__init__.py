"""Bounded input and bounded work: nothing that is read hangs a run or takes the machine with it."""
