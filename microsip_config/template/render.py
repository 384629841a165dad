"""`Template` + variables + secrets -> `Desired`.

Each value is rendered on its own and then validated by its key, so no variable can add a line, a
key or a section. Later layers win, key by key, together with their operator: ``?=`` in a later
layer turns an earlier ``=`` into a proposal, and the reverse. Jinja2 takes 40 ms to import, so mere
names (``{{ site.stun }}``) are filled in here, with the same outcome.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ..errors import ErrorList, InputError, TemplateError, ValueRefused, VariableError
from ..limits import GUESSED_AMONG, GUESSES, TEXT
from ..secret import Secret
from ..text import did_you_mean
from .discreet import discreet, is_secret_name, unreadable
from .lines import normal_header
from .model import Assignment, Desired, Entry, Section, Selector
from .scope import (
    BUILT_IN,
    Scope,
    UndefinedName,
    as_text,
    is_absent,
    simple_parts,
    without_expressions,
)
from .typed import shown_name, typed_text
from .uses import needs_secret

if TYPE_CHECKING:
    from .layers import Template
    from .sandbox import Evaluator

__all__ = ["Assignment", "Desired", "Selector", "render"]


def render(
    template: Template,
    variables: Mapping[str, Any],
    secrets: Mapping[str, Secret],
    *,
    allow_commands: bool = False,
    ignore_secrets: bool = False,
) -> Desired:
    """Fill in the variables and validate every value.

    :param variables: by name; tables are nested mappings, functions are called when needed
        (see `variables.collect`).
    :param secrets: the values of ``{{ secret.NAME }}``. A value that used one, and every
        password, comes out as a `Secret`, and no error shows it.
    :param allow_commands: let the template set ``cmd*`` keys, which run programs.
    :param ignore_secrets: leave out passwords and what a secret is part of; no secret is read.
    :raises InputError: `VariableError`, `TemplateError` or `ValueRefused` with its location, or
        `InputErrors` with all of them.
    """
    required = template.requires
    if ignore_secrets:
        required = tuple(name for name in required if not is_secret_name(name))
    _check_required(template, required, variables, secrets)
    return _Renderer(variables, secrets, allow_commands, ignore_secrets).render(template)


def _check_required(
    template: Template,
    required: tuple[str, ...],
    variables: Mapping[str, Any],
    secrets: Mapping[str, Secret],
) -> None:
    if not required:
        return
    scope = Scope(variables, secrets)
    missing = []
    for name in required:
        try:
            scope.find(name)
        except UndefinedName:
            missing.append(name)
        except VariableError:
            pass  # Reported with its location when the value is rendered.
    if missing:
        last = next(layer.name for layer in template.layers if missing[0] in layer.requires)
        raise VariableError(
            f"missing variable{'s' * (len(missing) > 1)}: {', '.join(missing)}",
            where=last,
            hint=_how_to_give(missing, variables),
        )


def _how_to_give(names: Iterable[str], variables: Mapping[str, Any]) -> str:
    """How to fix missing variables: what to give, set or write instead."""
    options, others = [], []
    for name in names:
        first, _, rest = name.partition(".")
        if first == "secret":
            options.append(f"--secret {rest}=SOURCE")
        elif first == "env":
            others.append(f"set the environment variable {rest}")
        elif first in BUILT_IN:
            known = sorted(f"{first}.{fact}" for fact in variables.get(first, {}))
            others.append(f"known names are {', '.join(known)}" if known else "")
        else:
            options.append(f"--var {name}=...")
    return "; ".join(filter(None, ("give " + " ".join(options) if options else "", *others)))


class _Renderer:
    def __init__(
        self,
        variables: Mapping[str, Any],
        secrets: Mapping[str, Secret],
        allow_commands: bool,
        ignore_secrets: bool,
    ) -> None:
        self.scope = Scope(variables, secrets)
        self.variables = variables
        self.secrets = secrets
        self.allow_commands = allow_commands
        self.ignore_secrets = ignore_secrets
        self.left_out: dict[str, None] = {}
        self.errors = ErrorList()
        self.found: dict[tuple[object, ...], Assignment] = {}
        self.accounts: dict[tuple[object, ...], Selector] = {}
        self.selectors: dict[str, dict[Selector, None]] = {}  # by header
        self._evaluator: Evaluator | None = None

    def render(self, template: Template) -> Desired:
        for layer in template.layers:
            here: dict[tuple[object, ...], Section] = {}
            for section in layer.sections:
                self._section(section, here)
        activate = None
        try:
            activate = self._activate(template)
        except InputError as error:
            self.errors.add(error)
        self.errors.settle()
        wanted = tuple(a for a in self.found.values() if a.text is not None or not a.only_if_absent)
        where = template.activate[1] if template.activate else ""
        return Desired(template.description, wanted, activate, where, tuple(self.left_out))

    def _section(self, section: Section, here: dict[tuple[object, ...], Section]) -> None:
        texts: dict[str, str | Secret | None] = {}
        for entry in section.entries:
            if self._leaves_out(section, entry):
                continue
            try:
                texts[entry.key.name] = self._text(section, entry)
            except InputError as error:
                self.errors.add(error)
        try:
            selector = self._selector(section, texts)
        except InputError as error:
            self.errors.add(error)
            return
        identity = _identity(selector)
        if section.kind == "by" and identity in here:
            other = here[identity].where
            self.errors.add(
                TemplateError(
                    f"[{section.header}] is the same account as the section at {other}",
                    where=section.where,
                    hint="put their keys into one section",
                )
            )
        here[identity] = section
        # The same account may be named by the same keys in another order: one selector for both.
        selector = self.accounts.setdefault(identity, selector)
        self.selectors.setdefault(section.header, {})[selector] = None
        for entry in section.entries:
            if entry.key.name in texts:
                self.found[*identity, entry.key.name] = Assignment(
                    selector,
                    entry.key,
                    entry.only_if_absent,
                    texts[entry.key.name],
                    entry.where,
                )
            else:  # left out, or an error: what a lower layer says does not count, either
                self.found.pop((*identity, entry.key.name), None)

    def _leaves_out(self, section: Section, entry: Entry) -> bool:
        if not (self.ignore_secrets and needs_secret(entry)):
            return False
        if entry.key in section.identity:
            self.errors.add(
                TemplateError(
                    f"'{entry.key.name}' identifies the account and cannot come from a secret",
                    where=entry.where,
                )
            )
        self.left_out[f"{shown_name(entry.key)} ({entry.where})"] = None
        return True

    def _selector(self, section: Section, texts: Mapping[str, str | Secret | None]) -> Selector:
        match = []
        for key in section.identity:
            if key.name not in texts:
                # Already reported; this account is not any in particular.
                match.append((key.name, f"\0{section.where}"))
                continue
            text = texts[key.name]
            where = next(e.where for e in section.entries if e.key is key)
            if isinstance(text, Secret):
                raise TemplateError(
                    f"'{key.name}' identifies the account and cannot come from a secret",
                    where=where,
                )
            if not text:
                raise TemplateError(
                    f"'{key.name}' identifies the account and cannot be empty", where=where
                )
            match.append((key.name, text))
        return Selector(section.kind, section.name, tuple(match))

    def _activate(self, template: Template) -> Selector | None:
        if template.activate is None:
            return None
        header, where = normal_header(template.activate[0]), template.activate[1]
        chosen = self.selectors.get(header, {})
        if len(chosen) > 1:
            raise TemplateError(
                f"'activate' names '{header}', which is {len(chosen)} accounts",
                where=where,
                hint="give the one to activate a header of its own, such as [Account by username]",
            )
        rival = next((a for a in self.found.values() if a.key.name == "accountId"), None)
        if rival is not None and rival.text is not None:
            raise TemplateError(
                f"'activate' and 'accountId' ({rival.where}) both choose the active account",
                where=where,
                hint="keep one of them",
            )
        # One without a section in the template must be in the file: the plan checks that.
        return next(iter(chosen), Selector("section", header))

    # -- one value -------------------------------------------------------------------------------

    def _text(self, section: Section, entry: Entry) -> str | Secret | None:
        command = entry.key.kind == "command"
        if command and not self.allow_commands and not is_absent(entry.source):
            raise TemplateError(
                f"'{entry.key.name}' runs a program, and commands are not allowed",
                where=entry.where,
                hint="use --allow-commands if you trust this template",
            )
        if entry.literal is not None:
            return entry.literal
        self.scope.tainted = False
        hidden = entry.key.kind == "secret"
        try:
            text, origin = self._command(entry) if command else self._expand(entry.source, hidden)
        except UndefinedName as reason:
            raise self._unknown(reason.args[0], entry) from None
        except InputError as reason:
            told = discreet(reason, entry.key, entry.source)
            message = f"{shown_name(entry.key)}: {told.message}"
            raise type(told)(message, hint=told.hint, where=entry.where) from None
        if text is None:
            if entry.key in section.identity:
                raise TemplateError(
                    f"'{entry.key.name}' identifies the account and cannot be absent",
                    where=entry.where,
                )
            return None
        if entry.key.section == "Shortcuts":
            _check_fields(entry, text, origin)
        if hidden:
            origin = ", ".join(filter(is_secret_name, origin.split(", ")))
        return typed_text(entry.key, text, entry.where, tainted=self.scope.tainted, origin=origin)

    def _expand(self, source: str, hidden: bool) -> tuple[str | None, str]:
        """The text of a value (None for ``absent``), and the variables in it, for messages."""
        parts = simple_parts(source)
        if parts is None:
            if self._evaluator is None:
                from .sandbox import Evaluator

                self._evaluator = Evaluator(self.scope)
            return self._evaluator.evaluate(source, hidden)
        names = ", ".join(dict.fromkeys(parts[1::2]))
        if parts == ["", "absent", ""]:
            return None, names
        for number in range(1, len(parts), 2):
            parts[number] = as_text(self.scope.find(parts[number]))
        text = "".join(parts)
        if len(text) > TEXT:
            raise VariableError(f"the value has more than {TEXT} characters")
        return text, names

    def _command(self, entry: Entry) -> tuple[str | None, str]:
        from .commands import expand_command

        def expand(expression: str) -> str | None:
            return self._expand(expression, False)[0]

        text, origin = expand_command(entry.source, expand)
        if self.scope.tainted:
            raise TemplateError(
                "a secret cannot be part of a command: every user can see it in the process list"
            )
        return text, origin

    def _unknown(self, name: str, entry: Entry) -> InputError:
        shown = shown_name(entry.key)
        if entry.key.kind == "secret" and not is_secret_name(name):
            told = unreadable()
            return told.with_(message=f"{shown}: {told.message}", where=entry.where)
        hint = "; or ".join(filter(None, (self._guess(name), _how_to_give([name], self.variables))))
        return VariableError(f"{shown}: undefined variable '{name}'", hint=hint, where=entry.where)

    def _guess(self, name: str) -> str:
        first, _, rest = name.partition(".")
        if len(self.errors.errors) >= GUESSES:
            return ""
        if first == "secret":
            return did_you_mean(rest, self.secrets)
        return (
            "" if first in BUILT_IN else did_you_mean(name, _names(self.variables)[:GUESSED_AMONG])
        )


def _check_fields(entry: Entry, text: str, origin: str) -> None:
    """Refuse a variable that adds fields to ``label;number;type``: nothing escapes a ';'."""
    literal = without_expressions(entry.source)
    if literal and "{%" not in literal and text.count(";") != literal.count(";"):
        raise ValueRefused(
            f"{shown_name(entry.key)}: a variable contains ';', which separates the fields",
            hint=f"it comes from {origin}",
            where=entry.where,
        )


def _identity(selector: Selector) -> tuple[object, ...]:
    return (selector.kind, selector.name, frozenset(selector.match))


def _names(table: Mapping[str, Any], prefix: str = "") -> list[str]:
    names = []
    for name, value in table.items():
        names.append(f"{prefix}{name}")
        if isinstance(value, Mapping) and not prefix:
            names += _names(value, f"{name}.")
    return names
