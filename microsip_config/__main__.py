"""``python -m microsip_config``."""

from .cli import main

main()
