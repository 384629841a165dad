"""``python -m microsip_config``."""

from .cli import entry

entry()
