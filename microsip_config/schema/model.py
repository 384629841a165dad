"""The typed models of a configuration, derived from the declarations of the keys.

``Settings`` and ``Account`` have one field for each key, with its documentation and limits;
``Configuration`` is the whole file. A value is taken as ``Key.admit`` takes it, so a model cannot
hold what MicroSIP would ignore, clamp, truncate or misread. Importing this module costs pydantic.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Self, get_type_hints

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    PlainSerializer,
    PlainValidator,
    ValidationError,
    WithJsonSchema,
    create_model,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from ..errors import InputError
from ..secret import Secret
from . import LEGACY, accounts, find_key, lookup, settings
from .declare import Declaration
from .effective import Effective, Source
from .entries import CALLS, CONTACTS, DIALED, Call, Contact, Entry
from .json_schema import entries_schema, key_schema
from .key import Key
from .rules import violations
from .shortcuts import SHORTCUTS, Shortcut
from .versions import UNKNOWN, Phone
from .violation import Violation


def _custom(kind: str, text: str) -> PydanticCustomError:
    # The text goes in as a value: its braces are not placeholders.
    return PydanticCustomError(kind.replace("-", "_"), "{reason}", {"reason": text})


def _line(code: str, text: str, where: tuple[int | str, ...] = ()) -> InitErrorDetails:
    return InitErrorDetails(type=_custom(code, text), loc=where, input=None)


def _refusal(error: InputError) -> PydanticCustomError:
    text = f"{error.message} ({error.hint})" if error.hint else error.message
    return _custom(error.code, text)


def _admit(key: Key, value: Any) -> Any:
    if value is None and key.default is None:
        return None
    try:
        return key.admit(value)
    except InputError as error:
        refusal = _refusal(error)
    raise refusal


def _field(key: Key, hint: Any) -> Any:
    return Annotated[
        hint,
        PlainValidator(lambda value: _admit(key, value)),
        PlainSerializer(lambda value: key.plain(value), when_used="json"),
        WithJsonSchema(key_schema(key)),
    ]


class _Discreet(BaseModel):
    """A model whose errors contain no input, neither in their text nor in ``errors()``."""

    model_config = ConfigDict(
        extra="forbid",
        validate_assignment=True,
        hide_input_in_errors=True,
        arbitrary_types_allowed=True,
    )

    @model_validator(mode="wrap")
    @classmethod
    def _without_input(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        assigned = isinstance(data, cls)  # an assignment, which pydantic does not take back
        before = (dict(data.__dict__), set(data.model_fields_set)) if assigned else ({}, set())
        try:
            model = handler(data)
        except ValidationError as error:
            found = error.errors(include_input=False, include_url=False, include_context=False)
            lines = [_line(line["type"], line["msg"], line["loc"]) for line in found]
        else:
            # Here and not in an "after" validator, whose errors would contain the input again.
            lines = [_line(rule.code, f"{rule.message} ({rule.hint})") for rule in model._broken()]
            if not lines:
                return model
        if assigned:
            data.__dict__.update(before[0])
            data.__pydantic_fields_set__ = before[1]
        raise ValidationError.from_exception_data(cls.__name__, lines, hide_input=True)

    def _broken(self) -> list[Violation]:
        """The rules that forbid this model as a whole."""
        return []


class _Section(_Discreet):
    """A section whose fields are keys; only fields that were set are written to a file."""

    @model_validator(mode="before")
    @classmethod
    def _known_names(cls, data: Any) -> Any:
        for name in data if isinstance(data, dict) else ():
            if name not in cls.model_fields:
                try:
                    find_key(cls.__name__, str(name))
                except InputError as error:
                    raise _refusal(error) from None
        return data

    def texts(self) -> dict[str, str]:
        """Key name -> logical text of every field that was set, in the order of declaration."""
        written: dict[str, str] = {}
        for name in type(self).model_fields:
            value = getattr(self, name)
            if name in self.model_fields_set and value is not None:
                written[name] = find_key(type(self).__name__, name).encode(value)
        return written


def _section(declaration: type[Declaration], name: str, doc: str) -> Any:
    hints = get_type_hints(declaration)
    fields: dict[str, Any] = {}
    for key in declaration.keys.values():
        # A secret has no default in JSON, hence a factory that the schema does not show.
        default = key.default
        info = Field(default_factory=lambda: Secret("")) if key.kind == "secret" else Field(default)
        fields[key.name] = (_field(key, hints[key.name]), info)
    return create_model(name, __base__=_Section, __doc__=doc, __module__=__name__, **fields)


if TYPE_CHECKING:

    class Settings(_Section, settings.Settings):
        """[Settings], as a type checker sees it."""

    class Account(_Section, accounts.Account):
        """[AccountN], as a type checker sees it."""

else:
    Settings = _section(settings.Settings, "Settings", "The keys of [Settings].")
    Account = _section(accounts.Account, "Account", "The keys of one [AccountN].")


def _numbered(entry: Entry) -> Any:
    def admit(value: Any) -> dict[int, Any]:
        if not isinstance(value, (dict, list, tuple)):
            raise _custom("entries", "a list, or a mapping from numbers to entries")
        items = value.items() if isinstance(value, dict) else enumerate(value)
        try:
            return {
                int(number): find_key(entry.section, str(number)).admit(item)
                for number, item in items
            }
        except InputError as error:
            refusal = _refusal(error)
        raise refusal

    def plain(value: dict[int, Any]) -> dict[int, Any]:
        return {number: entry.plain(item) for number, item in value.items()}

    return (
        PlainValidator(admit),
        PlainSerializer(plain, when_used="json"),
        WithJsonSchema(entries_schema(entry)),
    )


class Configuration(_Discreet):
    """A whole microsip.ini, typed.

    Construction checks every value and then the whole (``rules``): errors raise pydantic's
    ``ValidationError``, warnings are in ``problems()``. ``from_profile`` accepts what is there,
    because a phone runs with it, too.
    """

    settings: Settings = Field(default_factory=lambda: Settings())
    accounts: dict[int, Account] = Field(default_factory=dict)
    legacy_account: Account | None = None
    shortcuts: Annotated[dict[int, Shortcut], *_numbered(SHORTCUTS)] = Field(default_factory=dict)
    dialed: Annotated[dict[int, str], *_numbered(DIALED)] = Field(default_factory=dict)
    calls: Annotated[dict[int, Call | None], *_numbered(CALLS)] = Field(default_factory=dict)
    contacts: Annotated[dict[int, Contact], *_numbered(CONTACTS)] = Field(default_factory=dict)

    def _broken(self) -> list[Violation]:
        return [violation for violation in self.problems() if violation.severity == "error"]

    @classmethod
    def from_profile(cls, profile: Source, phone: Phone = UNKNOWN) -> Configuration:
        """The effective configuration of a file: what ``phone`` takes, not only what is right.

        ``model_fields_set`` of a section tells which keys are in the file.
        """
        effective = Effective(profile, phone)
        numbers = effective.account_numbers()
        return cls.model_construct(
            settings=_loaded(Settings, effective, "Settings"),
            accounts={n: _loaded(Account, effective, f"Account{n}") for n in numbers},
            legacy_account=_legacy(effective) if effective.migrates() else None,
            shortcuts=_entries(effective, "Shortcuts"),
            dialed=_entries(effective, "Dialed"),
            calls=_entries(effective, "Calls"),
            contacts=_entries(effective, "Contacts"),
        )

    def texts(self) -> Iterator[tuple[str, str, str]]:
        """(section, key, logical text) of everything that was set: what a file has to contain."""
        for name, text in self.settings.texts().items():
            yield "Settings", name, text
        if self.legacy_account is not None:
            for name, text in self.legacy_account.texts().items():
                yield "Settings", name, text
        for number, account in sorted(self.accounts.items()):
            for name, text in account.texts().items():
                yield f"Account{number}", name, text
        for section, entries in (
            ("Shortcuts", self.shortcuts),
            ("Dialed", self.dialed),
            ("Calls", self.calls),
            ("Contacts", self.contacts),
        ):
            for number, entry in sorted(entries.items()):
                yield section, str(number), find_key(section, str(number)).encode(entry)

    def problems(self) -> list[Violation]:
        """Every rule that this configuration breaks as a whole."""
        return violations(Effective(_Texts(self.texts())))


class _Texts:
    """A ``Source`` over (section, key, text)."""

    def __init__(self, texts: Iterator[tuple[str, str, str]]) -> None:
        self._sections: dict[str, dict[str, str]] = {}
        for section, key, text in texts:
            self._sections.setdefault(section, {})[key] = text

    def get(self, section: str, key: str) -> str | None:
        return self._sections.get(section, {}).get(key)

    def sections(self) -> list[str]:
        return list(self._sections)

    def keys(self, section: str) -> list[str]:
        return list(self._sections.get(section, ()))


def _present(effective: Effective, section: str) -> dict[str, Any]:
    """Exact key name -> effective value of every known key in a section of the file."""
    values: dict[str, Any] = {}
    for name in effective.names(section):
        key = lookup(section, name)
        if key is not None and not key.legacy:
            values[key.name] = effective.value(section, name)
    return values


def _loaded(model: Any, effective: Effective, section: str) -> Any:
    return model.model_construct(**_present(effective, section))


def _legacy(effective: Effective) -> Any:
    present = {
        name: effective.value("Settings", name)
        for name in LEGACY
        if effective.raw("Settings", name) is not None
    }
    return Account.model_construct(**present)


def _entries(effective: Effective, section: str) -> dict[int, Any]:
    return {int(name): value for name, value in _present(effective, section).items()}
