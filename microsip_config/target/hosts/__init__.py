"""The Windows that the search asks: ``api`` says what, ``current`` is the one of this process."""
