"""``unset``: remove keys, so that the phone's defaults apply."""

from __future__ import annotations

from ...job.operations import OPERATIONS
from ...job.options import Option
from ...job.request import split_name
from ..invocation import Invocation
from ..present import outcome
from ..verb import Verb


def unset(invocation: Invocation) -> None:
    names = invocation.values["names"]
    invocation.run(outcome, edits=lambda: [split_name(name) for name in names])


VERB = Verb(
    "unset",
    unset,
    OPERATIONS["unset"].summary,
    "unset",
    arguments=(
        Option(
            "names",
            "text",
            "Such as Settings.userAgent.",
            metavar="SECTION.KEY...",
            many=True,
            required=True,
            positional=True,
        ),
    ),
    examples=("microsip-config unset Settings.userAgent Account1.proxy",),
)
