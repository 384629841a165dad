"""Configures the MicroSIP softphone: the operations of the command line as a Python API.

Names are imported when they are first used, so that ``import microsip_config`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from .errors import MicrosipConfigError
    from .operations.configurator import Configurator, edits
    from .operations.run import Policy
    from .phone import phone_for
    from .results import Change, Issue, Result, Target
    from .schema.model import Configuration
    from .secret import Secret
    from .target import TargetRequest, World, every, find, resolve
    from .template import load as load_template

_HOME = {
    "Change": "results",
    "Configuration": "schema.model",
    "Configurator": "operations.configurator",
    "Issue": "results",
    "MicrosipConfigError": "errors",
    "Policy": "operations.run",
    "Result": "results",
    "Secret": "secret",
    "Target": "results",
    "TargetRequest": "target",
    "World": "target",
    "edits": "operations.configurator",
    "every": "target",
    "find": "target",
    "load_template": "template",
    "phone_for": "phone",
    "resolve": "target",
}

__all__ = [
    "Change",
    "Configuration",
    "Configurator",
    "Issue",
    "MicrosipConfigError",
    "Policy",
    "Result",
    "Secret",
    "Target",
    "TargetRequest",
    "World",
    "edits",
    "every",
    "find",
    "load_template",
    "phone_for",
    "resolve",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(f".{_HOME[name]}", __name__)
    return getattr(module, "load" if name == "load_template" else name)
