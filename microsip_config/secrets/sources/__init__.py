"""``--secret NAME=SOURCE``: where secrets come from.

Sources: ``env:VAR``, ``file:PATH``, ``keyring:SERVICE/USER``, ``stdin``, ``prompt``. Each is read
when the secret is first used, so a template that does not need a secret never prompts for it.

``file:`` and ``stdin`` give the whole content, UTF-8 (or what a byte-order mark says), less one
final line end; a secret of several lines is refused, for no key could hold it. No message holds
a secret, and none repeats a source that was not understood, since it may well be the secret.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, NoReturn

from ...errors import SecretError, UsageError
from ...secret import Secret
from .file import read_secret_file

LIMIT = 8 * 1024  # bytes; MicroSIP reads 1040 characters of a password

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_FORMS = "env:VAR, file:PATH, keyring:SERVICE/USER, stdin or prompt"
_WITH_ARGUMENT = frozenset({"env", "file", "keyring"})
_LINE_ENDS = re.compile("[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)


class Source(NamedTuple):
    """One ``--secret``: the name in templates, the kind of source, and its argument."""

    name: str
    kind: str
    argument: str = ""


def from_keyring(service: str, user: str) -> str | None:
    """Ask the system's keyring; ``None`` if it knows no such password."""
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        raise SecretError(
            "secrets from a keyring need the package 'keyring'",
            hint="pip install microsip-config[keyring]",
            code="no-keyring",
        ) from None
    try:
        return keyring.get_password(service, user)
    except KeyringError as error:
        kind = type(error).__name__
    raise SecretError(f"the keyring does not answer ({kind})", hint="is it unlocked?")


def _nothing(_: Secret) -> None:
    """Nobody wants to know which secrets are read."""


class SecretWorld(NamedTuple):
    """What secrets are read from, handed in by the caller.

    :param environ: the environment variables.
    :param read_stdin: reads at most so many bytes of standard input, as ``sys.stdin.buffer.read``.
    :param is_terminal: is standard input a terminal, with a person before it?
    :param prompt: shows a text and returns what is typed, unseen, as ``getpass.getpass``.
    :param allow_open_files: take files that others may read.
    :param keyring: answers ``(service, user)`` with a password or ``None``.
    :param seen: told of each secret when it is read; for the redactor.
    """

    environ: Mapping[str, str]
    read_stdin: Callable[[int], bytes]
    is_terminal: Callable[[], bool]
    prompt: Callable[[str], str]
    allow_open_files: bool = False
    keyring: Callable[[str, str], str | None] = from_keyring
    seen: Callable[[Secret], None] = _nothing


class Secrets(Mapping[str, Secret]):
    """The secrets by name, each read when it is first asked for, and only once.

    Raises ``SecretError`` from the look-up when the source does not give it.
    """

    def __init__(self, sources: Sequence[Source], world: SecretWorld) -> None:
        self._sources = {source.name: source for source in sources}
        self._world = world
        self._read: dict[str, Secret] = {}

    def __getitem__(self, name: str) -> Secret:
        if name not in self._read:
            secret = Secret(_text(self._sources[name], self._world))
            self._world.seen(secret)
            self._read[name] = secret
        return self._read[name]

    def __contains__(self, name: object) -> bool:
        return name in self._sources

    def __iter__(self) -> Iterator[str]:
        return iter(self._sources)

    def __len__(self) -> int:
        return len(self._sources)

    def __repr__(self) -> str:
        return f"<secrets {', '.join(self._sources)}>"

    def unused(self) -> list[str]:
        """The names that nobody asked for."""
        return [name for name in self._sources if name not in self._read]


def collect(specs: Sequence[str], world: SecretWorld) -> Secrets:
    """Understand all ``NAME=SOURCE`` at once (``UsageError``), read them when used."""
    sources = [parse(spec) for spec in specs]
    names = [source.name for source in sources]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"--secret: {name!r} is given more than once")
    if sum(source.kind == "stdin" for source in sources) > 1:
        raise UsageError("--secret: only one secret can be read from stdin")
    return Secrets(sources, world)


def parse(spec: str) -> Source:
    """Understand one ``NAME=SOURCE``. Raises ``UsageError``."""
    name, equals, source = spec.partition("=")
    if not equals or not _NAME.fullmatch(name):
        raise UsageError(
            "--secret: expected NAME=SOURCE, where NAME is letters, digits and underscores",
            hint=f"SOURCE is one of {_FORMS}",
        )
    kind, colon, argument = source.partition(":")
    if source in ("stdin", "prompt"):
        return Source(name, source)
    if kind not in _WITH_ARGUMENT or not colon:
        raise UsageError(
            f"--secret: the source of {name!r} is not understood (and not repeated here)",
            hint=f"it is one of {_FORMS}; the secret itself does not belong on a command line",
        )
    if not argument or (kind == "keyring" and not all(argument.rpartition("/")[::2])):
        raise UsageError(f"--secret: the source of {name!r} is incomplete", hint=f"one of {_FORMS}")
    return Source(name, kind, argument)


def _text(source: Source, world: SecretWorld) -> str:
    text = _READERS[source.kind](source, world)
    if not text:
        _fail(source, "it is empty")
    if _LINE_ENDS.search(text):
        _fail(source, "it has more than one line")
    return text


def _from_env(source: Source, world: SecretWorld) -> str:
    if source.argument not in world.environ:
        _fail(source, f"there is no environment variable {source.argument!r}")
    return world.environ[source.argument]


def _from_file(source: Source, world: SecretWorld) -> str:
    data = read_secret_file(Path(source.argument), LIMIT, allow_open=world.allow_open_files)
    return _decoded(source, data)


def _from_stdin(source: Source, world: SecretWorld) -> str:
    if world.is_terminal():
        _fail(source, "stdin is a terminal, which would show it", "use prompt")
    try:
        data = world.read_stdin(LIMIT + 1)
    except OSError as error:
        _fail(source, f"stdin cannot be read: {error.strerror}")
    if len(data) > LIMIT:
        _fail(source, f"it is longer than {LIMIT} bytes")
    return _decoded(source, data)


def _from_prompt(source: Source, world: SecretWorld) -> str:
    if not world.is_terminal():
        _fail(source, "there is no terminal to ask at", f"use one of {_FORMS}")
    with suppress(EOFError):
        return world.prompt(f"{source.name}: ")
    return ""  # the caller refuses it


def _from_keyring(source: Source, world: SecretWorld) -> str:
    service, _, user = source.argument.rpartition("/")
    password = world.keyring(service, user)
    if password is None:
        _fail(source, f"the keyring has no password of {user!r} for {service!r}")
    return password


_READERS: dict[str, Callable[[Source, SecretWorld], str]] = {
    "env": _from_env,
    "file": _from_file,
    "stdin": _from_stdin,
    "prompt": _from_prompt,
    "keyring": _from_keyring,
}


def _decoded(source: Source, data: bytes) -> str:
    encoding = "utf-8"
    for mark, name in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            data, encoding = data[len(mark) :], name
            break
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = None
    if text is None:  # outside, because that error carries the bytes
        _fail(source, "it is not UTF-8 text", "save it as UTF-8")
    if "\0" in text:
        _fail(source, "it holds a NUL character")
    return re.sub(r"\r?\n\Z", "", text)


def _fail(source: Source, why: str, hint: str = "") -> NoReturn:
    raise SecretError(f"the secret {source.name!r} cannot be had: {why}", hint=hint)
