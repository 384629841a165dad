"""The call history of the phone: read, kept as CSV, followed."""
