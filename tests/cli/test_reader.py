"""The quick reader and typer read every command line alike, or the reader leaves it to typer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import typer
from hypothesis import example, given
from hypothesis import strategies as st

from microsip_config.cli import typed
from microsip_config.cli.reader import read
from microsip_config.cli.table import NAMES, load
from microsip_config.cli.verb import Verb, VerbGroup
from microsip_config.job.options import Option

VERBS = [
    verb
    for loaded in map(load, NAMES)
    for verb in (loaded.verbs if isinstance(loaded, VerbGroup) else (loaded,))
]
TEXTS = st.sampled_from(
    [
        "office",
        "a=b",
        "1",
        "0",
        "7",
        "1.5",
        "-1",
        "x y",
        "",
        "-",
        "--",
        "é😀",
        "auto",
        "all",
        "nan",
        "1e3",
        "0x1",
        " 1",
        "1_0",
        "١",
        "--json",
        "-q",
        "=",
        "C:\\x",
        "@file",
        "%NAME%",
        "*",
    ]
)


def with_typer(verb: Verb, words: list[str]) -> Mapping[str, Any] | None:
    """What typer reads, by option; None: help, or a command line that does not fit."""
    found: list[Mapping[str, Any]] = []

    def keep(_: Verb, values: Mapping[str, Any]) -> int:
        found.append(values)
        return 0

    try:
        typed.command(verb, keep).main(words, standalone_mode=False, windows_expand_args=False)
    except typer.TyperException:
        return None
    return found[0] if found else None


def spellings(option: Option) -> st.SearchStrategy[list[str]]:
    """An option as it may be typed, rightly or wrongly."""
    if option.positional:
        return TEXTS.map(lambda text: [text])
    flags = st.sampled_from([*option.flags, *([option.off] if option.off else [])])
    forms = [
        flags.map(lambda flag: [flag]),
        st.tuples(flags, TEXTS).map(list),
        st.tuples(flags, TEXTS).map(lambda pair: ["=".join(pair)]),
        flags.map(lambda flag: [flag[:-1]]),
    ]
    right = [flags.map(lambda flag: [flag])] if option.kind == "flag" else forms[1:3]
    if option.choices:
        right = [st.tuples(flags, st.sampled_from(option.choices)).map(list)]
    return st.one_of(*right, *right, *right, *forms)


@st.composite
def command_lines(draw: st.DrawFn) -> tuple[Verb, list[str]]:
    verb = draw(st.sampled_from(VERBS))
    options = verb.options()
    needed = [option for option in options if option.positional and option.required]
    some = draw(st.lists(st.sampled_from(options), max_size=6)) if options else []
    pieces = [draw(spellings(option)) for option in (*needed, *some)]
    pieces += draw(st.lists(TEXTS.map(lambda text: [text]), max_size=1))
    return verb, [word for piece in draw(st.permutations(pieces)) for word in piece]


@given(command_lines())
@example((VERBS[0], []))
def test_both_read_alike(line: tuple[Verb, list[str]]) -> None:
    verb, words = line
    understood = read(verb, words, {})
    if understood is not None:
        values = with_typer(verb, words)
        assert values is not None, words
        known = {option.name for option in verb.options()}
        assert understood == (verb, {n: v for n, v in values.items() if n in known})
        assert not values["flags"]


@pytest.mark.parametrize(
    "words",
    [
        ["office", "--ini", "x.ini", "--quiet"],
        ["office", "--var=a=b", "--var", "c=d", "--secret", "sip=env:P", "-q"],
        ["office", "--ini", "x.ini", "--ini=y.ini", "--stop-timeout", "5", "--stop-timeout=6"],
        ["a", "b", "--restart", "never", "--stop-timeout", "5", "--no-follow-links", "--json"],
    ],
)
def test_an_ordinary_command_line_needs_no_typer(words: list[str]) -> None:
    verb = load("apply")
    understood = read(verb, words, {})
    assert isinstance(verb, Verb)
    assert understood is not None
    values = with_typer(verb, words)
    assert values is not None
    assert understood[1].items() <= values.items()


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--help"],
        ["office", "--nonsense"],
        ["office", "--dn", "Jo"],
        ["office", "--ini", "-x"],
        ["office", "--ini"],
        ["office", "--quiet=1"],
        ["office", "--restart", "Auto"],
        ["office", "--stop-timeout", "nan"],
        ["--", "office"],
    ],
)
def test_what_is_not_certain_is_left_to_typer(words: list[str]) -> None:
    assert read(load("apply"), words, {}) is None
