"""The versions of MicroSIP whose sources the schema and the command-line grammar were read off."""

from __future__ import annotations

OLDEST = "3.19.17"
"""The oldest supported version: what a phone of unknown version surely knows."""

NEWEST = "3.22.3"
"""The newest version that is known; later ones are taken to be like it."""
