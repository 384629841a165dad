"""A configured phone -> the template that makes another one like it.

It has what differs from MicroSIP's defaults, as the phone reads it: no passwords, and no data that
the phone maintains itself. What fits one machine only is a comment.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Literal, NamedTuple

from ..errors import InputError, ValueRefused
from ..ini.profile import Profile
from ..planning.make import make
from ..schema import SECTIONS, find_key, lookup
from ..schema.effective import Effective
from ..secret import Secret, revealed
from ..stray_secrets import holds_password
from ..template.layers import Template
from ..template.parse import parse
from ..text import control

if TYPE_CHECKING:
    from ..ini.file import Source
    from ..schema.key import Key

AccountHeaders = Literal["by", "number"]

_LOGIN_IN_URL = re.compile(r"//[^/?#]*@")
_NO_LITERAL = re.compile(r"\{\{|\{%|\{#")
_SWITCH = {True: "yes", False: "no"}
_HEAD = """\
# Captured from a configured phone: what differs from MicroSIP's defaults, as the phone takes it.
"""


class _Lines(NamedTuple):
    """A section of the template in the making."""

    header: str
    lines: list[str]


def capture(
    source: Source,
    *,
    accounts: AccountHeaders = "by",
    name: str = "",
    parametrise: bool = False,
) -> str:
    """The template text (lines end in LF) for the configuration in ``source``.

    :param accounts: ``by`` finds accounts by user name and domain, whatever their number is on
        the other machine; ``number`` keeps ``[AccountN]``.
    :param name: the template's description.
    :param parametrise: puts variables in place of user name, caller name, login and label; what
        they were is in comments.

    The template is tried on a new phone: settings that apply would refuse there for what they do
    to each other are left out, with the reason as a comment; any other refusal is at the top.
    """
    left_out: dict[str, str] = {}
    while True:
        made = _Capture(source, accounts, parametrise, left_out)
        text = made.text(name)
        refusal = made.refusal(text)
        if refusal is None:
            return text
        section, _, key = refusal.where.rpartition(", ")[2].partition(".")
        if section != "Settings" or key not in made.settings:
            return f"# apply refuses this to a new phone: {_in_words(refusal)}\n{text}"
        left_out[key] = _in_words(refusal)


class _Capture:
    """One template; ``left_out`` are keys of [Settings] and why they are left out."""

    def __init__(
        self,
        source: Source,
        headers: AccountHeaders,
        parametrise: bool,
        left_out: Mapping[str, str],
    ) -> None:
        self.profile = source.profile
        self.phone = source.phone
        self.effective = Effective(source.profile, source.phone)
        self.headers = headers
        self.parametrise = parametrise
        self.left_out = left_out
        self.numbers = [n for n in sorted(self.effective.account_numbers()) if self._loads(n)]
        self.variables: dict[str, str] = {}
        self.secrets: list[str] = []
        self.settings: set[str] = set()  # the keys of [Settings] that are taken over

    def _loads(self, number: int) -> bool:
        section = f"Account{number}"
        return number == 0 or bool(self.effective.value(section, "domain"))

    def text(self, name: str) -> str:
        active = self.effective.active_account()
        settings = _Lines("Settings", [*self._legacy_account(), *self._plain_section("Settings")])
        if active == 0 and self.effective.value("Settings", "enableLocalAccount"):
            settings.lines.append("accountId = 0")
        sections = [settings]
        headers = self._account_headers(active)
        sections += [_Lines(headers[n], [*self._account(n)]) for n in self.numbers]
        sections.append(_Lines("Shortcuts", [*self._numbered("Shortcuts")]))
        blocks = [
            _HEAD + "".join(self._values_were()),
            self._template_section(name, headers, active),
        ]
        blocks += [
            f"[{section.header}]\n" + "".join(f"{line}\n" for line in section.lines)
            for section in sections
            if section.lines
        ]
        if len(blocks) == 2:
            blocks.append("[Settings]\n# Nothing differs from MicroSIP's defaults.\n")
        return "\n".join(blocks)

    def refusal(self, text: str) -> InputError | None:
        """Why a new phone could not be made with this template."""
        secrets = dict.fromkeys(self.secrets, Secret("x"))
        try:
            template = Template([parse(text, "the template")])
            wanted = template.render(self.variables, secrets, allow_commands=True)
            make(Profile(""), wanted, phone=self.phone)
        except InputError as error:
            return error
        return None

    # -- headers ---------------------------------------------------------------------------------

    def _template_section(self, name: str, headers: dict[int, str], active: int) -> str:
        lines = ["[template]"]
        description = _one_line(name).replace("{", "(").strip(" \t\"'")
        if description:
            lines.append(f"description = {description}")
        required = [*self.variables, *(f"secret.{secret}" for secret in self.secrets)]
        if required:
            lines.append(f"requires = {', '.join(required)}")
        if active > 0 and active in headers:
            lines.append(f"activate = {headers[active]}")
        return "\n".join(lines) + "\n"

    def _values_were(self) -> Iterator[str]:
        if self.variables:
            yield "# The variables, with their values on that phone:\n"
        for variable, value in self.variables.items():
            yield f"#   {variable} = {_one_line(value)}\n"

    def _account_headers(self, active: int) -> dict[int, str]:
        """``activate`` names a header, so the active account gets one that no other one has."""
        identities = [self._identity(number) for number in self.numbers]
        counted = Counter(identities)
        headers = {}
        places = enumerate(self.numbers, 0 if 0 in self.numbers else 1)  # a new phone has no gap
        for (place, number), identity in zip(places, identities, strict=True):
            unique = counted[identity] == 1 and all(identity)
            if self.headers == "number":
                headers[number] = f"Account{number}"
            elif number == 0 or not unique:
                headers[number] = f"Account{place}"
            elif number == active or active not in self.numbers:
                headers[number] = "Account by username, domain"
            else:
                headers[number] = "Account by domain, username"
        return headers

    def _identity(self, number: int) -> tuple[str, str]:
        """User name and domain, each empty if no template can say it."""
        username, domain = (
            str(self.effective.value(f"Account{number}", name)) for name in ("username", "domain")
        )
        keys = SECTIONS["Account"]
        return (
            username if _can_name(keys["username"], username) else "",
            domain.lower() if _can_name(keys["domain"], domain) else "",
        )

    # -- sections --------------------------------------------------------------------------------

    def _plain_section(self, section: str) -> Iterator[str]:
        for declared in SECTIONS[section].values():
            key = declared.of(self.phone)
            if key.name != "accountId" and not (key.volatile or key.until):
                yield from self._key(section, key)

    def _legacy_account(self) -> Iterator[str]:
        if self.effective.migrates():
            yield "# left out: the account in [Settings], where old versions kept it."
            yield "# Start MicroSIP once, which moves it to [Account1], then capture again."

    def _account(self, number: int) -> Iterator[str]:
        section = f"Account{number}"
        identity = {"username", "domain"} if self.headers == "by" else set()
        variables = self._learn(section, number) if self.parametrise else {}
        for name, declared in SECTIONS["Account"].items():
            # In [Account0] some mean something else if they are absent.
            key = (declared if number else find_key(section, name)).of(self.phone)
            if key.kind == "secret":
                yield from self._password(section, key, number)
            elif key.volatile or key.until:
                continue
            elif self.parametrise and key.per_user:
                yield from self._per_user(section, key, variables, always=key.name in identity)
            else:
                yield from self._key(section, key, always=key.name in identity)

    def _numbered(self, section: str) -> Iterator[str]:
        for name in self.profile.keys(section):
            key = lookup(section, name)
            if key is not None:
                yield from self._key(section, key)

    def _password(self, section: str, key: Key, number: int) -> Iterator[str]:
        if not revealed(self.effective.value(section, key.name)):
            return
        secret = "sip" if len(self.numbers) == 1 else f"sip{number}"
        self.secrets.append(secret)
        yield f"# left out: give it with --secret {secret}=SOURCE"
        yield f"{key.name} = {{{{ secret.{secret} }}}}"

    def _learn(self, section: str, number: int) -> dict[str, str]:
        """Name the variables of an account: a login or label that equals the user name is it."""
        suffix = "" if len(self.numbers) == 1 else str(number)
        variables: dict[str, str] = {}
        # The user name first and the label last: what equals an earlier one is the same variable.
        named = [key.name for key in SECTIONS["Account"].values() if key.per_user][::-1]
        named.sort(key=lambda name: name != "username")
        for key in (find_key(section, name) for name in named):
            value = str(self.effective.value(section, key.name))
            if value in {"", key.default} or holds_password(value) or not _survives(key, value):
                continue
            if value not in variables.values():
                variables[f"{key.per_user}{suffix}"] = value
        self.variables |= variables
        return variables

    def _per_user(
        self, section: str, key: Key, variables: dict[str, str], *, always: bool
    ) -> Iterator[str]:
        value = str(self.effective.value(section, key.name))
        known = [name for name, text in variables.items() if text == value]
        if known and _survives(key, value):
            yield f"{key.name} = {{{{ {known[0]} }}}}"
        else:
            yield from self._key(section, key, always=always)

    # -- one key ---------------------------------------------------------------------------------

    def _key(self, section: str, key: Key, *, always: bool = False) -> Iterator[str]:
        reading = key.read(self.effective.raw(section, key.name))
        if reading.origin == "default" or (reading.value == key.default and not always):
            return
        text = key.encode(reading.value)
        if holds_password(text) or (key.name == "usersDirectory" and _LOGIN_IN_URL.search(text)):
            yield f"# {key.name}: its address contains a login, which is left out"
            return
        if not _survives(key, text):
            yield "# left out, since MicroSIP does not read it as it is written:"
            yield f"#   {key.name} = {_one_line(text)}"
            return
        value = _SWITCH[reading.value] if key.kind == "bool" else template_value(text)
        if key.kind == "command" and value.startswith("{{"):
            yield f"# {key.name}: left out, a template cannot express this command"
            return
        line = f"{key.name} = {value}" if value else f"{key.name} ="
        if section == "Settings" and key.name in self.left_out:
            yield f"# left out: {self.left_out[key.name]}"
            yield f"#   {line}"
            return
        if key.is_machine_specific(text):
            yield "# fits only the machine that it comes from:"
            yield f"#   {line}"
            return
        if key.kind == "command":
            yield "# runs a program: apply accepts it only with --allow-commands"
        if section == "Settings":
            self.settings.add(key.name)
        yield line


def _in_words(refusal: InputError) -> str:
    return _one_line("; ".join(filter(None, (refusal.message, refusal.hint))))


def _can_name(key: Key, text: str) -> bool:
    """Whether a header may find an account by ``text``."""
    return _survives(key, text) and not holds_password(text)


def _survives(key: Key, text: str) -> bool:
    """Whether a template that says ``text`` puts the same value into the file."""
    try:
        written = key.encode(key.parse(text))
    except ValueRefused:
        return False
    return key.same(written, text)


def template_value(text: str) -> str:
    """How a template has to write ``text`` for it to be rendered as exactly that."""
    if not _NO_LITERAL.search(text):
        enclosed = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
        if not enclosed and text == text.strip(" \t"):
            return text
        quote = "'" if '"' in text else '"'
        if quote not in text:
            return f"{quote}{text}{quote}"
    return "{{ " + json.dumps(text, ensure_ascii=False) + " }}"


def _one_line(text: str) -> str:
    """``text`` for a comment or description, which no control character may end."""
    return control().sub("?", text)
