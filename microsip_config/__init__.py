"""Configures the MicroSIP softphone: the operations of the command line as a Python API.

Names are imported when they are first used, so that ``import microsip_config`` costs nothing.
"""

# `python -m microsip_config` runs this while the current folder is still the first place to import
# from (see `__main__`): nothing may be imported here that is not loaded already, not even typing
# or __future__.
from importlib import import_module

from .version import __version__ as __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .errors import MicrosipConfigError
    from .job.job_run import run_job
    from .job.request import Job
    from .job.surroundings import Surroundings, of_this_process
    from .operations.configurator import Configurator
    from .operations.context import Policy
    from .operations.edits import edits
    from .operations.ledger import Ledger
    from .operations.phones import phone_for
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
    "Job": "job.request",
    "Ledger": "operations.ledger",
    "Policy": "operations.context",
    "Result": "results",
    "Secret": "secret",
    "Surroundings": "job.surroundings",
    "Target": "results",
    "TargetRequest": "target",
    "World": "target",
    "edits": "operations.edits",
    "every": "target",
    "find": "target",
    "load_template": "template",
    "of_this_process": "job.surroundings",
    "phone_for": "operations.phones",
    "resolve": "target",
    "run_job": "job.job_run",
}

__all__ = [
    "Change",
    "Configuration",
    "Configurator",
    "Issue",
    "Job",
    "Ledger",
    "MicrosipConfigError",
    "Policy",
    "Result",
    "Secret",
    "Surroundings",
    "Target",
    "TargetRequest",
    "World",
    "edits",
    "every",
    "find",
    "load_template",
    "of_this_process",
    "phone_for",
    "resolve",
    "run_job",
]


def __getattr__(name: str) -> "Any":
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(f".{_HOME[name]}", __name__)
    return getattr(module, "load" if name == "load_template" else name)
