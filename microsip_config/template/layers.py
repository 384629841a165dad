"""Template files -> `Template`: finds the files, follows ``extends``, orders the layers.

Parents come before the template that extends them; later layers win, key by key. A file that is
reached twice counts once, where it comes first, so that two children of one base keep their own
values.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ErrorList, InputError, TemplateError
from ..limits import (
    ALL_TEMPLATES,
    IDENTITIES,
    TEMPLATE_BYTES,
    TEMPLATE_LINES,
    TEMPLATE_SECTIONS,
    TEMPLATES,
)
from ..schema import account_number, canonical_section
from ..secret import Secret
from ..text import did_you_mean
from .library import TemplateFile, find, folder, read_text
from .lines import normal_header
from .model import Desired, Layer, TemplateText
from .parse import parse
from .render import render

if TYPE_CHECKING:
    from ..schema.key import Key


class Template:
    """The layers of one or several templates, lowest first."""

    __slots__ = ("layers", "texts")

    def __init__(self, layers: Sequence[Layer], texts: Sequence[str] = ()) -> None:
        self.layers = tuple(layers)
        self.texts = tuple(texts)

    def sha256(self) -> str:
        """Of the texts of the layers, lowest first, as UTF-8: which templates a run applied."""
        from hashlib import sha256

        return sha256("".join(self.texts).encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def description(self) -> str:
        """The description of the highest layer that has one."""
        return next((layer.description for layer in reversed(self.layers) if layer.description), "")

    @property
    def requires(self) -> tuple[str, ...]:
        """The variables that some layer requires, in order of appearance."""
        return tuple(dict.fromkeys(name for layer in self.layers for name in layer.requires))

    @property
    def activate(self) -> tuple[str, str] | None:
        """The header of the account to make active and where it is set; the highest layer wins."""
        return next((layer.activate for layer in reversed(self.layers) if layer.activate), None)

    def render(
        self,
        variables: Mapping[str, object],
        secrets: Mapping[str, Secret],
        *,
        allow_commands: bool = False,
        ignore_secrets: bool = False,
    ) -> Desired:
        """Fill the variables in; see `render.render`."""
        return render(
            self,
            variables,
            secrets,
            allow_commands=allow_commands,
            ignore_secrets=ignore_secrets,
        )


def load(
    names: Sequence[str | os.PathLike[str] | TemplateText],
    bundled: Path | None = None,
    *,
    caller: int | None = None,
) -> Template:
    """Read templates and everything they extend.

    :param names: names of bundled templates, or paths; `find` says which of them a name is. Or
        texts. Later ones win.
    :param bundled: the folder of the bundled templates; None: those of this package.
    :param caller: the user whose files root may read; see ``System.open_given``.
    :raises InputError: the error; `InputErrors` if there are several.
    """
    loader = _Loader(bundled or folder(), caller)
    for name in names:
        if isinstance(name, TemplateText):
            loader.take_text(name)
        else:
            loader.take(os.fspath(name))
    loader.errors.settle()
    template = Template(loader.layers, loader.texts)
    _check_activate(template)
    return template


class _Loader:
    def __init__(self, bundled: Path, caller: int | None) -> None:
        self.bundled = bundled
        self.caller = caller
        self.layers: list[Layer] = []
        self.texts: list[str] = []
        self.errors = ErrorList()
        self._done: set[Path] = set()
        self._open: list[tuple[Path, str]] = []
        self._count = self._characters = self._lines = self._sections = 0
        self._identities: set[frozenset[Key]] = set()

    def take(self, name: str) -> None:
        """Load a template that the user names."""
        try:
            self._load(find(name, self.bundled), "")
        except InputError as error:
            self.errors.add(error)

    def take_text(self, template: TemplateText) -> None:
        """Load a template that is given as a text; what it extends is looked up as for a user."""
        try:
            if len(template.text) > TEMPLATE_BYTES:
                message = f"the template is larger than {TEMPLATE_BYTES // 1024} KiB"
                raise TemplateError(message, where=template.name)
            text = template.text.removeprefix("\ufeff")
            self._add(self._parsed(text, template.name), text, None)
        except InputError as error:
            self.errors.add(error)

    def _load(self, template: TemplateFile, where: str) -> None:
        path, shown = template
        real = Path(os.path.realpath(path))  # Path.resolve() has no answer for a circle of links
        if real in (opened for opened, _ in self._open):
            chain = " -> ".join([*(name for _, name in self._open), shown])
            raise TemplateError(f"templates extend each other in a circle: {chain}", where=where)
        if real in self._done:
            return
        text = read_text(path, shown, caller=self.caller)
        layer = self._parsed(text, shown)
        self._open.append((real, shown))
        self._add(layer, text, path.parent)
        self._open.pop()
        self._done.add(real)

    def _parsed(self, text: str, shown: str) -> Layer:
        """The layer of a text, if all templates of the run together stay within their limits."""
        self._count += 1
        self._characters += len(text)
        self._lines += text.count("\n") + text.count("\r")
        _refuse_beyond(self._count, TEMPLATES, "templates", shown)
        _refuse_beyond(self._characters, ALL_TEMPLATES, "characters", shown)
        _refuse_beyond(self._lines, TEMPLATE_LINES, "lines", shown)
        layer = parse(text, shown)
        self._sections += len(layer.sections)
        _refuse_beyond(self._sections, TEMPLATE_SECTIONS, "sections", shown)
        self._identities |= {frozenset(each.identity) for each in layer.sections}
        _refuse_beyond(
            len(self._identities), IDENTITIES, "different sets of keys in [Account by ...]", shown
        )
        return layer

    def _add(self, layer: Layer, text: str, relative_to: Path | None) -> None:
        """Put a layer on top of those that it extends, ``relative_to`` its folder."""
        for name, where in layer.extends:
            try:
                self._load(find(name, self.bundled, relative_to=relative_to, where=where), where)
            except InputError as error:
                self.errors.add(error)
        self.layers.append(layer)
        self.texts.append(text)


def _refuse_beyond(number: int, limit: int, what: str, shown: str) -> None:
    if number > limit:
        raise TemplateError(
            f"the templates of this run have more than {limit:,} {what}",
            where=shown,
            hint="use several runs",
            code="too-large",
        )


def _check_activate(template: Template) -> None:
    if template.activate is None:
        return
    header, where = normal_header(template.activate[0]), template.activate[1]
    headers = [section.header for layer in template.layers for section in layer.sections]
    by_identity = [each for each in headers if each.startswith("Account by ")]
    if _is_numbered(header) or header in by_identity:
        return
    # A header that appears twice may be two accounts: it is not proposed.
    usable = [each for each in by_identity if by_identity.count(each) == 1]
    near = did_you_mean(header.strip("[] "), [*filter(_is_numbered, headers), *usable])
    if not near and len(usable) == 1 and header.startswith("Account by "):
        near = f"did you mean '{usable[0]}'?"
    hint = near or "name one account, such as Account1 or the header of an [Account by ...] section"
    if header == "Account0":
        hint = "set accountId and enableLocalAccount in [Settings] for the local account"
    raise TemplateError(f"'activate' cannot be '{header}'", where=where, hint=hint)


def _is_numbered(header: str) -> bool:
    """Whether it is [AccountN], which may be in the template or only in the phone's file."""
    return bool(account_number(header)) and header == canonical_section(header)
