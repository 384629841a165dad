"""One verb per module; each has ``command()``, which gives its typer command."""
