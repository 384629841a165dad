"""Templates: parse, layer, fill in.

``load([...], bundled).render(variables, secrets)`` gives a `Desired`.
"""

from __future__ import annotations

from ..errors import InputErrors
from .layers import Template, load
from .model import Assignment, Desired, Selector

__all__ = ["Assignment", "Desired", "InputErrors", "Selector", "Template", "load"]
