"""``demo``: the main job on a portable folder of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ...errors import UsageError, WriteError
from .. import options
from ..present import say
from ..run import Run
from ..verb import command as make

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


def demo(
    run: Run,
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="[DIR]", readable=False, help="The folder to make; it must not exist."
        ),
    ] = Path("microsip-demo"),
) -> None:
    """Make a portable folder, then plan and apply the bundled template `office` to it, twice."""
    try:
        secret = _make(folder)
    except OSError as error:
        raise WriteError(
            f"the demo cannot be made: {error.strerror}",
            hint="name a folder that can: microsip-config demo DIR",
            where=str(error.filename or folder),
        ) from None
    arguments = ["office", "--portable", str(folder), "--data-dir", str(folder / "data")]
    arguments += ["--var", "extension=101", "--var", "full_name=Zoë Example"]
    arguments += ["--var", "site.domain=sip.example.com", "--var", "site.voicemail=*97"]
    arguments += ["--secret", f"sip=file:{secret}"]
    steps = [["plan", *arguments], ["apply", *arguments], ["apply", *arguments]]
    steps.append(["check", "--portable", str(folder)])
    aloud = not (run.options["json"] or run.options["quiet"])
    codes = [_step(step, aloud) for step in steps]
    run.result.data = {"folder": str(folder), "exit_codes": codes}


def _make(folder: Path) -> Path:
    """Make the folder, and return the file with its password."""
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


def _step(arguments: list[str], aloud: bool) -> int:
    from shlex import join

    from ..app import PROGRAM, group

    if aloud:
        say([f"\n$ {join([PROGRAM, *arguments])}"])
    words = [*arguments] if aloud else [*arguments, "--quiet"]
    code = group().main(words, PROGRAM, standalone_mode=False, windows_expand_args=False)
    if aloud:
        say([f"(exit {code})"])
    return int(code)


def command() -> Any:
    return make(
        demo, shared=(options.output,), examples=("microsip-config demo", "microsip-config demo X")
    )
