"""The call history of the phone: read, kept as CSV, followed."""

CALL_LOG = "call_log.db"
"""The phone's call log beside its ini, whatever the names of the exe and the ini are."""
