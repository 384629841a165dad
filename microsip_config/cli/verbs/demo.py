"""``demo``: the main job on a portable folder of its own."""

from __future__ import annotations

from pathlib import Path
from shlex import join
from typing import TYPE_CHECKING

from ...errors import UsageError, WriteError
from ...job.options import RECORDS, Option
from ...system.current import system
from ..invocation import Invocation, run_verb
from ..output import say
from ..present import PROGRAM
from ..reader import read
from ..verb import Verb
from . import apply, check, plan

_INI = """\
; Made by microsip-config demo: a file as a phone has it after some months.
[Settings]
accountId=1
singleMode=1
; the user likes it loud
volumeRing = 80
audioCodecs=PCMA/8000/1 PCMU/8000/1
updatesInterval=weekly
mainX=1140

[Account1]
label=Old exchange
server=old.example.com
domain=old.example.com
username=7

[Calls]
0=5550100;Reception;1;1767225600;42;
1=5550123;Grete Muster;0;1767229200;7;
"""

if TYPE_CHECKING:
    from ...job.job_run import JobRun


def demo(invocation: Invocation) -> None:
    invocation.perform(lambda run: _demo(run, invocation))


def _demo(run: JobRun, invocation: Invocation) -> None:
    folder = Path(invocation.values["folder"])
    if str(folder).startswith("-"):  # the commands below would read it as an option
        folder = folder.absolute()
    try:
        secret = _make(folder)
    except OSError as error:
        raise WriteError(
            f"the demo cannot be made: {error.strerror}",
            hint="name a folder that can be made: microsip-config demo DIR",
            where=str(error.filename or folder),
        ) from None
    arguments = ["office", "--portable", str(folder), "--data-dir", str(folder / "data")]
    arguments += ["--var", "extension=101", "--var", "full_name=Zoë Example"]
    arguments += ["--var", "site.domain=sip.example.com", "--var", "site.voicemail=*97"]
    arguments += ["--secret", f"sip=file:{secret}"]
    steps = [(plan.VERB, arguments), (apply.VERB, arguments), (apply.VERB, arguments)]
    steps.append((check.VERB, ["--portable", str(folder)]))
    aloud = not (invocation.json or invocation.quiet)
    codes = [_step(verb, words, aloud) for verb, words in steps]
    run.ledger.answer({"folder": str(folder), "exit_codes": codes})


def _make(folder: Path) -> Path:
    """Make the folder, and return the file with its password."""
    system.secure_path(folder.absolute())  # raises for root where another user could lead it away
    try:
        folder.mkdir(parents=True)
    except FileExistsError as error:
        if not folder.exists():  # something on the way to it is a file
            raise
        raise UsageError(
            f"{folder} exists already", hint="remove it, or name another folder"
        ) from error
    (folder / "MicroSIP.ini").write_bytes(
        b"\xff\xfe" + _INI.replace("\n", "\r\n").encode("utf-16-le")
    )
    secret = folder / "password.txt"
    secret.touch(mode=0o600)
    secret.write_text("correct horse battery staple\n", encoding="ascii")
    return secret


def _step(verb: Verb, words: list[str], aloud: bool) -> int:
    if aloud:
        say(["", f"$ {join([PROGRAM, verb.name, *words])}"])
    understood = read(verb, words if aloud else [*words, "--quiet"], {})
    if understood is None:
        raise AssertionError("the demo's own words are plain")
    code = run_verb(*understood)
    if aloud:
        say([f"(exit {code})"])
    return int(code)


VERB = Verb(
    "demo",
    demo,
    "Make a demo folder and configure it. The bundled template `office` is planned and applied to "
    "a portable copy, twice.",
    groups=(RECORDS,),
    own=(
        Option(
            "folder",
            "path",
            "The folder to make; it must not exist.",
            metavar="[DIR]",
            default="microsip-demo",
            positional=True,
        ),
    ),
    examples=("microsip-config demo", "microsip-config demo X"),
)
