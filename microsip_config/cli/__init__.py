"""The command line: typer, one verb per module; the only room that prints, exits or reads the
environment."""

from .app import main

__all__ = ["main"]
