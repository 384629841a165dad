"""The phone's list of calls."""
