"""What the shell is offered for an argument, asked for as the shell does it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("template show of", ["office"]),
        ("template validate base r", ["reception", "remote-worker"]),
        ("template show ./of", []),
        ("explain audioCod", ["audioCodecs"]),
        ("explain utf-8-b", ["utf-8-bom"]),
        ("expl", ["explain"]),
    ],
)
def test_the_shell_is_offered(typed: str, offered: list[str]) -> None:
    surroundings = {
        **os.environ,
        "_MICROSIP_CONFIG_COMPLETE": "complete_bash",
        "COMP_WORDS": f"microsip-config {typed}",
        "COMP_CWORD": str(len(typed.split())),
    }
    done = subprocess.run(
        [sys.executable, "-m", "microsip_config"],
        env=surroundings, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.stdout.split() == offered, done.stderr
