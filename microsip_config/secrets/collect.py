"""The secrets of a run, by name, each read from its source when it is first used.

So a template that does not need a secret never prompts for it. A secret of several lines is
refused, for no key could hold it. No message contains a secret, and none repeats a source that was
not understood, since it may well be the secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from ..errors import UsageError
from ..secret import Secret
from ..text import did_you_mean
from .sources import FORMS, SOURCES
from .sources.source import LIMIT, SecretSpec, SecretWorld, cannot_read, without_line_end

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NAME_RULE = "a name is letters, digits and underscores"
_LINE_ENDS = re.compile("[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")


class Secrets(Mapping[str, Secret]):
    """The secrets by name: ``given`` ones, and those of ``specs``, each read at most once.

    Raises ``SecretError`` from the look-up when the source does not give it.
    """

    def __init__(
        self,
        specs: Sequence[SecretSpec],
        world: SecretWorld,
        given: Mapping[str, Secret] | None = None,
    ) -> None:
        self._given = dict(given or {})
        self._specs = {spec.name: spec for spec in specs}
        self._world = world
        self._read: dict[str, Secret] = {}

    def __getitem__(self, name: str) -> Secret:
        if name in self._given:
            return self._given[name]
        if name not in self._read:
            secret = Secret(_text(self._specs[name], self._world))
            self._world.seen(secret)
            self._read[name] = secret
        return self._read[name]

    def __contains__(self, name: object) -> bool:
        return name in self._given or name in self._specs

    def __iter__(self) -> Iterator[str]:
        return iter({**self._given, **self._specs})

    def __len__(self) -> int:
        return len({**self._given, **self._specs})

    def __repr__(self) -> str:
        return f"<secrets {', '.join(self)}>"

    def unused(self) -> list[str]:
        """The names of those that were not read, as no template asked for them."""
        return [name for name in self._specs if name not in self._read]

    @property
    def variables(self) -> frozenset[str]:
        """The environment variables that hold secrets, read or not."""
        return frozenset(spec.argument for spec in self._specs.values() if spec.kind == "env")


def collect(
    specs: Sequence[str], world: SecretWorld, given: Mapping[str, Secret] | None = None
) -> Secrets:
    """Understand all ``NAME=SOURCE`` at once; read them when they are used.

    :param given: secrets whose text is known already, by name.
    :raises UsageError: one cannot be understood, or two do not go together.
    """
    parsed = [parse(spec) for spec in specs]
    names = [*(given or ()), *(spec.name for spec in parsed)]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"--secret: {name!r} is given more than once")
    if sum(spec.kind == "stdin" for spec in parsed) > 1:
        raise UsageError("--secret: only one secret can be read from stdin")
    return Secrets(parsed, world, given)


def parse(spec: str) -> SecretSpec:
    """Understand one ``NAME=SOURCE``. Raises ``UsageError``."""
    name, equals, source = spec.partition("=")
    if not equals or not _NAME.fullmatch(name):
        raise UsageError(
            f"--secret: expected NAME=SOURCE; {_NAME_RULE}", hint=f"SOURCE is one of {FORMS}"
        )
    kind, colon, argument = source.partition(":")
    known = SOURCES.get(kind)
    if known is None or bool(colon) is not (":" in known.form):
        raise UsageError(
            f"--secret: the source of {name!r} is not understood (and not repeated here)",
            hint=f"it is one of {FORMS}; the secret itself does not belong on a command line",
        )
    if colon and not known.is_complete(argument):
        raise UsageError(f"--secret: the source of {name!r} is incomplete", hint=f"one of {FORMS}")
    return SecretSpec(name, kind, argument)


def from_request(request: Mapping[str, object]) -> tuple[dict[str, Secret], list[str]]:
    """The secrets of a JSON request: the given ones, and ``NAME=SOURCE`` of the others.

    :param request: by name the text, or ``{"source": "env:VAR"}``.
    :raises UsageError: something else; the message names the field and repeats no value.
    """
    given: dict[str, Secret] = {}
    specs = []
    for name, value in request.items():
        if not _NAME.fullmatch(name):
            raise UsageError(f"the name of a secret is not valid: {_NAME_RULE}", where="secrets")
        where = f"secrets.{name}"
        if isinstance(value, str):
            _check(value, where)
            given[name] = Secret(value)
            continue
        if not isinstance(value, Mapping):
            raise UsageError("expected a text or an object", where=where)
        for field in value:
            if field != "source":
                hint = did_you_mean(field, ["source"]) or "the field is source"
                shown = "".join(c if c.isprintable() else "?" for c in str(field)[:60])
                raise UsageError("unknown field", hint=hint, where=f"{where}.{shown}")
        source = value.get("source")
        if not isinstance(source, str):
            raise UsageError("expected a text", where=f"{where}.source")
        spec = f"{name}={source}"
        parse(spec)
        specs.append(spec)
    return given, specs


def _check(text: str, where: str) -> None:
    fault = _fault(text)
    if "\0" in text or (not text.isascii() and any("\ud800" <= c <= "\udfff" for c in text)):
        fault = "it contains a NUL or half a character"
    elif len(text) > LIMIT:
        fault = f"it is longer than {LIMIT} characters"
    if fault:
        raise UsageError(f"the secret cannot be used: {fault}", where=where)


def _text(spec: SecretSpec, world: SecretWorld) -> str:
    text = without_line_end(SOURCES[spec.kind].read(spec, world))
    fault = _fault(text)
    if fault:
        raise cannot_read(spec, fault)
    return text


def _fault(text: str) -> str:
    if not text:
        return "it is empty"
    return "it has more than one line" if _LINE_ENDS.search(text) else ""
