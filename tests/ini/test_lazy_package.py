"""ConfigUpdater's modules without its ``__init__``, and the whole package for whoever wants it."""

from __future__ import annotations

import subprocess
import sys

import pytest

SAME = """
assert engine.ConfigUpdater is configupdater.ConfigUpdater
assert engine.Comment is configupdater.Comment and engine.Option is configupdater.Option
assert configupdater.__version__[0].isdigit()
assert configupdater.block.Comment is engine.Comment
assert configupdater.configupdater.ConfigUpdater is engine.ConfigUpdater
import configupdater.parser as parser
assert configupdater.parser is parser and configupdater.Parser is parser.Parser
names = {}
exec("from configupdater import *", names)
assert names["ConfigUpdater"] is engine.ConfigUpdater and set(configupdater.__all__) <= set(names)
updater = configupdater.ConfigUpdater()
updater.read_string("[a]\\nb=1\\n")
assert str(updater) == "[a]\\nb=1\\n"
try:
    configupdater.nonsense
except AttributeError:
    print("the same")
"""
FIRST = "import sys; from microsip_config.ini import engine\n"
CHEAP = "assert not {'importlib.metadata', 'email'} & sys.modules.keys()\n"


@pytest.mark.parametrize(
    "code",
    [
        f"{FIRST}{CHEAP}import configupdater\n{SAME}",
        f"{FIRST}{CHEAP}from configupdater import ConfigUpdater\nimport configupdater\n{SAME}",
        f"import configupdater\n{FIRST}{SAME}",
        f"import configupdater.option\n{FIRST}{SAME}",
        f"{FIRST}import importlib, configupdater\nimportlib.reload(configupdater)\n{SAME}",
    ],
    ids=["after", "from after", "before", "a module of it before", "loaded again"],
)
def test_whoever_imports_the_package_gets_the_same_classes(code: str) -> None:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("the same\n", "")
