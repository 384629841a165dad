"""One verb per module; each has ``VERB``."""
