"""Template files -> `Template`: finds the files, follows ``extends``, puts the layers in order.

Parents come before the template that extends them; later layers win, key by key. A file that is
reached twice counts once, at its first place, so that two children of one base keep their own
values.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..errors import InputError, TemplateError
from ..schema import account_number, canonical_section
from ..secret import Secret
from .bundled import folder
from .files import read_text
from .find import Place, find
from .model import Desired, Layer
from .parse import normal_header, parse
from .trouble import ErrorList, did_you_mean

MAX_LAYERS = 64


class Template:
    """The layers of one or several templates, lowest first."""

    __slots__ = ("layers",)

    def __init__(self, layers: Sequence[Layer]) -> None:
        self.layers = tuple(layers)

    @property
    def description(self) -> str:
        """What the highest layer with a description says of itself."""
        return next((layer.description for layer in reversed(self.layers) if layer.description), "")

    @property
    def requires(self) -> tuple[str, ...]:
        """The variables that some layer requires, in order of appearance."""
        return tuple(dict.fromkeys(name for layer in self.layers for name in layer.requires))

    @property
    def activate(self) -> tuple[str, str] | None:
        """The header of the account to make active, and its place: the highest layer's word."""
        return next((layer.activate for layer in reversed(self.layers) if layer.activate), None)

    def render(
        self,
        variables: Mapping[str, object],
        secrets: Mapping[str, Secret],
        *,
        allow_commands: bool = False,
    ) -> Desired:
        """Fill the variables in; see `render.render`."""
        from .render import render

        return render(self, variables, secrets, allow_commands=allow_commands)


def load(names: Sequence[str | os.PathLike[str]], bundled: Path | None = None) -> Template:
    """Read templates and everything they extend.

    :param names: names of ready templates, or paths; which of them a name is, `find` says. Later
        ones win.
    :param bundled: the folder of the ready templates; None: those of this package.
    :raises InputError: the error; `InputErrors` if there are several.
    """
    loader = _Loader(bundled or folder())
    for name in names:
        loader.take(os.fspath(name))
    loader.trouble.settle()
    template = Template(loader.layers)
    _check_activate(template)
    return template


class _Loader:
    def __init__(self, bundled: Path) -> None:
        self.bundled = bundled
        self.layers: list[Layer] = []
        self.trouble = ErrorList()
        self._done: set[Path] = set()
        self._open: list[tuple[Path, str]] = []

    def take(self, name: str) -> None:
        """Load a template that the user names."""
        try:
            self._load(find(name, self.bundled), "")
        except InputError as error:
            self.trouble.add(error)

    def _load(self, template: Place, where: str) -> None:
        path, shown = template
        real = path.resolve()
        if real in (opened for opened, _ in self._open):
            chain = " -> ".join([*(name for _, name in self._open), shown])
            raise TemplateError(f"templates extend each other in a circle: {chain}", where=where)
        if real in self._done:
            return
        if len(self._done) + len(self._open) >= MAX_LAYERS:
            raise TemplateError(f"more than {MAX_LAYERS} templates", where=where)
        layer = parse(read_text(path, shown), shown)
        self._open.append((real, shown))
        for name, place in layer.extends:
            try:
                found = find(name, self.bundled, beside=path.parent, where=place)
                self._load(found, place)
            except InputError as error:
                self.trouble.add(error)
        self._open.pop()
        self._done.add(real)
        self.layers.append(layer)


def _check_activate(template: Template) -> None:
    if template.activate is None:
        return
    header, where = normal_header(template.activate[0]), template.activate[1]
    headers = [section.header for layer in template.layers for section in layer.sections]
    by_identity = [each for each in headers if each.startswith("Account by ")]
    if _is_numbered(header) or header in by_identity:
        return
    # A header that comes twice may turn out to be two accounts: it is not proposed.
    usable = [each for each in by_identity if by_identity.count(each) == 1]
    near = did_you_mean(header.strip("[] "), [*filter(_is_numbered, headers), *usable])
    if not near and len(usable) == 1 and header.startswith("Account by "):
        near = f"did you mean '{usable[0]}'?"
    hint = near or "name one account, such as Account1 or the header of an [Account by ...] section"
    if header == "Account0":
        hint = "set accountId and enableLocalAccount in [Settings] for the local account"
    raise TemplateError(f"'activate' cannot take '{header}'", where=where, hint=hint)


def _is_numbered(header: str) -> bool:
    """Whether it is [AccountN], which may be in the template or only in the phone's file."""
    return bool(account_number(header)) and header == canonical_section(header)
