"""The verbs by name; each is imported when it is asked for: start-up counts at each logon.

Written out, so that what freezes a program for Windows sees every module.
"""

from __future__ import annotations

from .verb import Verb, VerbGroup

NAMES = (
    "locate", "show", "set", "unset", "plan", "apply", "check", "repair", "capture", "backups",
    "restore", "phone", "calls", "template", "explain", "job", "schema", "demo",
)  # fmt: skip
"""In the order of the help page."""


def load(name: str) -> Verb | VerbGroup:
    """The verb called ``name``, one of `NAMES`."""
    match name:
        case "apply":
            from .verbs import apply

            return apply.VERB
        case "plan":
            from .verbs import plan

            return plan.VERB
        case "check":
            from .verbs import check

            return check.VERB
        case "show":
            from .verbs import show

            return show.VERB
        case "locate":
            from .verbs import locate

            return locate.VERB
        case "set":
            from .verbs import set as set_verb

            return set_verb.VERB
        case "unset":
            from .verbs import unset

            return unset.VERB
        case "repair":
            from .verbs import repair

            return repair.VERB
        case "capture":
            from .verbs import capture

            return capture.VERB
        case "backups":
            from .verbs import backups

            return backups.VERB
        case "restore":
            from .verbs import restore

            return restore.VERB
        case "phone":
            from .verbs import phone

            return phone.VERB
        case "calls":
            from .verbs import calls

            return calls.VERB
        case "template":
            from .verbs import template

            return template.VERB
        case "explain":
            from .verbs import explain

            return explain.VERB
        case "job":
            from .verbs import job

            return job.VERB
        case "schema":
            from .verbs import schema

            return schema.VERB
        case "demo":
            from .verbs import demo

            return demo.VERB
        case _:
            raise KeyError(name)
