"""Code for ``sitecustomize`` that makes the program fail, or tell its secrets on purpose."""

from __future__ import annotations

BUG = """
import importlib
secret = {secret!r}

def broken(*arguments, **named):
    value, table = secret, {{"password": secret}}
    group = ExceptionGroup(value, [kind(value) for kind in ({kinds})])
    try:
        raise UnicodeEncodeError("ascii", value, 0, 1, value)
    except UnicodeEncodeError:
        raise group from ValueError(table)

home = importlib.import_module("microsip_config.{module}")
{setting}
"""
# Leaks that the search must find; without the redactor, which would take most of them out.
UNREDACTED = """
import base64, sys
from microsip_config.secrets import redact
from microsip_config.secret import Secret, revealed
redact.Redactor.text = lambda self, text: text
"""
SHOWN = """
from microsip_config.cli import present
present.visible = lambda text: revealed(text) or ""
"""
REASON = """
from microsip_config.planning import make as plan
from microsip_config.operations import configurator
from urllib.parse import quote
original = plan.change_of
plan.change_of = lambda *given: original(*given)._replace(reason=quote(revealed(given[4]) or ""))
"""
LOGGED = """
from microsip_config.operations import locked_run
def names(plan):
    return " ".join(base64.b64encode(b"x" + (revealed(c.new) or "").encode("utf-16-le")).decode()
                    for c in plan.changes)
locked_run._in_names = names
"""
RECORDED = """
from microsip_config.records import fingerprint, record_format
derive, render, seen = fingerprint.derive, record_format.render, []
def remembering(password, *rest):
    seen.append(password)
    return derive(password, *rest)
fingerprint.derive = remembering
record_format.render = lambda *given: render(*given) + seen[0].encode("utf-16-be").hex().encode()
"""
REPORTED = """
from microsip_config.planning import make as plan
from microsip_config.operations import configurator
redact._message = str
def broken(*given, **named):
    raise ValueError({secret!r})
plan.make = configurator.make = broken
"""
RAISED = """
from microsip_config.errors import MicrosipConfigError
from microsip_config.operations import configurator
def broken(*given, **named):
    raise ValueError({secret!r})
configurator.make = broken
configurator._bug = lambda error, ledger: MicrosipConfigError(ascii(error))
"""
LEFT_BEHIND = """
from microsip_config.system import atomic
atomic.discard = lambda path: None
"""
OPEN_BACKUPS = """
from microsip_config.records import backups
replace = backups.atomic.replace
def open_to_all(path, data):
    replace(path, data)
    path.chmod(0o644)
backups.atomic = type("atomic", (), {**vars(backups.atomic), "replace": open_to_all})
"""
IN_ARGUMENTS = """
from microsip_config.phone.wine import WinePhone
launch = WinePhone._launch
def telling(self, invocation, running):
    more = (*invocation.arguments, "/password:" + {env!r})
    return launch(self, type("I", (), {{"arguments": more}}), running)
WinePhone._launch = telling
"""
IN_ENVIRONMENT = """
import os
from microsip_config.job.job_run import JobRun
JobRun.world = property(lambda self: self.surroundings.world)
"""
PLANTED = {
    "on the screen": (UNREDACTED + SHOWN, "output"),
    "in a reason, as in URLs": (UNREDACTED + REASON, "output"),
    "in the log, as base64": (UNREDACTED + LOGGED, "microsip-config.log"),
    "in the record, as hex": (UNREDACTED + RECORDED, "state.json"),
    "in the bug report": (UNREDACTED + REPORTED, "bug-"),
    "in the message of a bug": (UNREDACTED + RAISED, "output"),
    "in a temporary file": (UNREDACTED + LEFT_BEHIND, ".microsip-config-"),
    "in the arguments of a program": (IN_ARGUMENTS, "given.txt"),
    "in the environment of a program": (IN_ENVIRONMENT, "given.txt"),
}
