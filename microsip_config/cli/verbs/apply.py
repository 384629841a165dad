"""``apply``: bring a configuration to what templates say."""

from __future__ import annotations

from collections.abc import Iterator

from ...job.operations import OPERATIONS
from ...job.options import TEMPLATES
from ...results import Result
from ..invocation import Invocation
from ..present import Line, also_done, outcome
from ..verb import Verb


def apply(invocation: Invocation) -> None:
    invocation.run(_lines, templates=invocation.values["templates"])


def _lines(result: Result) -> Iterator[Line]:
    yield from outcome(result)
    yield from also_done(result)


VERB = Verb(
    "apply",
    apply,
    OPERATIONS["apply"].summary,
    "apply",
    arguments=(TEMPLATES,),
    examples=(
        "microsip-config apply office --vars desk.toml --secret sip=env:SIP_PASSWORD",
        "microsip-config apply base --ini D:\\MicroSIP\\MicroSIP.ini --json",
    ),
)
