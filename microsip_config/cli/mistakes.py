"""What a command line that does not fit was meant to be: words for the error, and how to fix it.

Imported only where something is wrong. No value that was typed is repeated, only names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ..stray_secrets import without_passwords
from ..text import did_you_mean, one_of
from .present import PROGRAM
from .switches import HELP, SWITCH, Told, meant_option, named, near_option
from .table import NAMES, load
from .verb import VerbGroup


def told(error: Any, words: Sequence[str]) -> Told:
    """What is said of an error of typer.

    :param error: a ``TyperException`` that is not the help of a group.
    :param words: the whole command line.
    """
    context = getattr(error, "ctx", None)
    path = path_of(error, words)
    help_hint = f"{path} --help"
    if context is None:
        return Told(without_passwords(error.format_message()), help_hint)
    if hasattr(error, "possibilities"):
        return _no_such_option(error.option_name, words, context, help_hint)
    if error.message.startswith("No such command"):
        return _no_such_verb(words, context, path)
    for word in words:
        meant = meant_option(word, _flags(context))
        if meant and meant != word.partition("=")[0] and not word.startswith("--"):
            return Told(f"unexpected argument {named(word)!r}", f"did you mean '{meant}'?")
    return Told(without_passwords(error.format_message()).removesuffix("."), help_hint)


def path_of(error: Any, words: Sequence[str]) -> str:
    """The program and the verb that an error of typer is about, as help pages name them."""
    context = getattr(error, "ctx", None)
    if context is not None:
        path: str = context.command_path
        return path
    if not words or words[0] not in NAMES:  # what typer noticed before it knew the verb
        return PROGRAM
    verb = load(words[0])
    verbs = [each.name for each in verb.verbs] if isinstance(verb, VerbGroup) else []
    whole = " ".join(words[:2])
    return f"{PROGRAM} {whole if whole in verbs else verb.name}"


def _flags(context: Any) -> list[str]:
    return [
        flag
        for parameter in context.command.get_params(context)
        if parameter.param_type_name == "option"
        for flag in (*parameter.opts, *parameter.secondary_opts)
    ]


def _no_such_option(name: str, words: Sequence[str], context: Any, help_hint: str) -> Told:
    flags = _flags(context)
    if name[:2] != "--":  # typer reads -ini as -i -n -i
        letter = name[1:]
        whole = (w for w in words if w[:1] == "-" and w[1:2] not in ("-", "") and letter in w)
        name = next((w for w in whole if near_option(w, flags)), name)
    shown = named(name)
    near = near_option(name, flags)
    if near == shown:
        return Told(f"no such option: {shown}:...", f"a value follows '=' or a blank: {near} VALUE")
    if near:
        return Told(f"no such option: {shown}", f"did you mean '{near}'?")
    if context.parent is None and shown.lower() in ("-v", "-ver"):
        return Told(f"no such option: {shown}", "did you mean '--version'?")
    if hasattr(context.command, "list_commands"):
        form = f"{context.command_path} COMMAND {'--ini PATH' if shown == '--ini' else shown}"
        return Told(f"no such option here: {shown}", f"options follow the command: {form}")
    return Told(f"no such option: {shown}", help_hint)


def _no_such_verb(words: Sequence[str], context: Any, path: str) -> Told:
    depth = len(path.split()) - 1
    word = words[depth] if depth < len(words) else ""
    message = f"no such command: {word!r}"
    found = SWITCH.fullmatch(word)
    name = found["name"].lower() if found else word.lower()
    if name in HELP or name in ("version", "v", "ver"):
        return Told(message, f"did you mean '--{'help' if name in HELP else 'version'}'?")
    here = context.command.list_commands(context)
    near = did_you_mean(name, here)
    if near:
        return Told(message, near)
    others = [verb for verb in _all_verbs() if verb.split()[-1] == name]
    if not others:
        likely = re.search("'(.*)'", did_you_mean(name, [v.split()[-1] for v in _all_verbs()]))
        others = [verb for verb in _all_verbs() if likely and verb.split()[-1] == likely[1]]
    hint = f"did you mean {one_of([repr(other) for other in others])}?" if others else ""
    return Told(message, hint or f"the commands are {', '.join(here)}")


def _all_verbs() -> list[str]:
    """Every verb by its whole name."""
    loaded = [load(name) for name in NAMES]
    return [
        v.name for each in loaded for v in (each.verbs if isinstance(each, VerbGroup) else (each,))
    ]


def target_options(words: Sequence[str]) -> Mapping[str, str]:
    """The target options of a command line, as far as they can be told."""
    found: dict[str, str] = {}
    waiting = ""
    for word in words:
        if waiting:
            found[waiting], waiting = word, ""
            continue
        if word == "--":
            break
        flag, equals, value = word.partition("=")
        if flag in ("--ini", "--exe", "--portable", "--wine-prefix"):
            name = flag[2:].replace("-", "_")
            if equals:
                found[name] = value
            else:
                waiting = name
    return found
