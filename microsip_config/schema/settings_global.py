"""[Global]: what the phone notes for itself since 3.22.4 .. 3.22.10."""

from __future__ import annotations

from . import declare
from .key import INT_MIN
from .versions import NEWEST


class Global(declare.Declaration, section="Global"):
    """Nothing to provision: the phone alone writes it."""

    version: str = declare.text(
        default="",
        kind="state",
        since="3.22.4",
        group="runtime-state",
        volatile=True,
        own=True,
        example=NEWEST,
        history="in [Settings] in 3.22.3",
        doc="Version of MicroSIP that last used the file; updated when another version starts.",
    )
    checkUpdatesTime: int = declare.number(
        default=0,
        minimum=INT_MIN,
        since="3.22.4",
        group="update",
        own=True,
        unit="Unix time",
        example="1700000000",
        history="in [Settings] up to 3.22.3",
        doc="When the phone last looked for a new version; no known version writes it, so that it "
        "looks at every start.",
    )
