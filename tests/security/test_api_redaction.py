"""The Python API is as safe as the command line, whatever a secret happens to be equal to."""

from __future__ import annotations

import base64
import json
import traceback
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from microsip_config import (
    Change,
    Configurator,
    Issue,
    Ledger,
    MicrosipConfigError,
    Policy,
    Result,
    Secret,
    Target,
    edits,
)
from microsip_config.errors import InputError, InputErrors, InternalError
from microsip_config.operations import configurator as operations
from microsip_config.template.model import Desired

UNLIKELY = "Zk7#pw/ä q9"
# A user name, a part of the path, words of the contract, a display name.
SECRETS = (UNLIKELY, "user4711", "planted-desk", "changed", "Account1", "Ada Lovelace", "set")


def forms(secret: str) -> Iterator[str]:
    yield secret
    yield quote(secret, safe="")
    yield json.dumps(secret)[1:-1]
    if len(secret) >= 4:
        yield secret.encode().hex()
        yield base64.b64encode(secret.encode()).decode().rstrip("=")[:-1]
        yield base64.b64encode(secret.encode("utf-16-le")).decode().rstrip("=")[:-1]


def reachable(error: BaseException | None, seen: set[int] | None = None) -> str:
    """All that is told by an error, what led to it, its parts and the frames that it was in."""
    seen = set() if seen is None else seen
    if error is None or id(error) in seen:
        return ""
    seen.add(id(error))
    text = [str(error), repr(error), "".join(traceback.format_exception(error))]
    for name, value in vars(error).items():
        if name == "all":  # the errors of InputErrors
            text += [reachable(part, seen) for part in value]
        else:
            text.append(f"{name} {value!r}")
    text += [reachable(error.__cause__, seen), reachable(error.__context__, seen)]
    return "\n".join(text)


def wanted(password: str, **keys: str) -> Desired:
    given = {"domain": "sip.example.com", "username": "1", **keys}
    keys_of_account = [("Account1", key, text) for key, text in given.items()]
    return edits([*keys_of_account, ("Account1", "password", Secret(password))])


@pytest.fixture
def log() -> list[str]:
    return []


@pytest.fixture
def phone(tmp_path: Path, log: list[str]) -> Configurator:
    folder = tmp_path / "planted-desk"
    folder.mkdir()
    return Configurator(
        Target(str(folder / "MicroSIP.ini"), mode="given"),
        data_dir=tmp_path / "data",
        policy=Policy(create=True),
        log=log.append,
    )


def free_texts(result: Result) -> str:
    """Everything of a result but the exact words of the contract, names and paths."""
    envelope = result.as_json()
    rows = [{k: row[k] for k in ("old", "new", "reason")} for row in envelope["changes"]]
    issues = [
        {k: row[k] for k in ("message", "hint", "where")}
        for row in (*envelope["warnings"], *envelope["errors"])
    ]
    return json.dumps([rows, issues, envelope["phone"], envelope["data"]], ensure_ascii=False)


@pytest.mark.parametrize("secret", SECRETS)
def test_no_value_that_equals_a_secret_is_shown(
    phone: Configurator, log: list[str], secret: str
) -> None:
    user = quote(secret, safe="")
    desired = wanted(secret, username=user, displayName=secret)
    ledger = Ledger("apply")
    ledger.answer({"given": [secret, {"deep": secret}], "code": "a-code"})
    for result in (phone.plan(desired), phone.apply(desired, ledger=ledger), phone.apply(desired)):
        for form in forms(secret):
            assert form not in free_texts(result)
    envelope = ledger.result().as_json()
    assert (envelope["command"], envelope["status"], envelope["changed"]) == (
        "apply",
        "changed",
        True,
    )
    assert envelope["target"]["ini"] == phone.target.ini
    assert envelope["data"]["code"] == "a-code"
    assert {row["section"] for row in envelope["changes"]} == {"Account1", "Settings"}
    assert {row["key"] for row in envelope["changes"]} >= {"username", "displayName", "password"}
    assert {row["action"] for row in envelope["changes"]} == {"add"}
    assert all(form not in line for line in log for form in forms(secret))


def test_neither_repr_nor_data_show_a_secret(phone: Configurator) -> None:
    result = phone.apply(wanted(UNLIKELY, displayName=UNLIKELY))
    for form in forms(UNLIKELY):
        assert form not in repr(result)
        assert form not in str(result)


def test_the_old_password_is_a_secret_too(phone: Configurator) -> None:
    phone.apply(wanted("first-password", displayName="first-password"))
    result = phone.apply(wanted(UNLIKELY, displayName="other"))
    assert "first-password" not in free_texts(result)
    assert "first-password" not in repr(result)


@pytest.mark.parametrize(
    "raised",
    [
        ValueError(UNLIKELY),
        KeyError(quote(UNLIKELY, safe="")),
        InputError(f"bad {UNLIKELY}", hint=UNLIKELY, where=UNLIKELY),
        InputErrors([InputError(f"bad {UNLIKELY}"), InputError("other", hint=UNLIKELY)]),
    ],
    ids=["bug", "encoded", "input", "several"],
)
def test_no_error_leads_to_a_secret(
    phone: Configurator, monkeypatch: pytest.MonkeyPatch, raised: Exception
) -> None:
    def broken(*_given: object, **_named: object) -> None:
        raise raised from RuntimeError(UNLIKELY)

    monkeypatch.setattr(operations, "make", broken)
    desired = wanted(UNLIKELY)
    with pytest.raises(MicrosipConfigError) as caught:
        phone.apply(desired)
    told = reachable(caught.value)
    for form in forms(UNLIKELY):
        assert form not in told
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    ours = isinstance(raised, MicrosipConfigError)
    assert caught.value.code == (raised.code if isinstance(raised, InputError) else "bug")
    if not ours:
        assert isinstance(caught.value, InternalError)
        assert "test_api_redaction.py" in caught.value.traceback_text
        assert type(raised).__name__ in str(caught.value)


@pytest.mark.parametrize("method", ["load", "configuration", "backups", "check", "show", "capture"])
def test_no_method_lets_another_exception_out(
    phone: Configurator, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    def broken(*_given: object, **_named: object) -> None:
        raise ValueError(UNLIKELY)

    monkeypatch.setattr("microsip_config.operations.configurator.load", broken)
    monkeypatch.setattr("microsip_config.records.backups.entries", broken)
    with pytest.raises(MicrosipConfigError) as caught:
        getattr(phone, method)()
    assert caught.value.code == "bug"
    assert UNLIKELY not in reachable(caught.value)


def test_a_pressed_ctrl_c_passes(phone: Configurator, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_given: object, **_named: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(operations, "make", interrupted)
    with pytest.raises(KeyboardInterrupt):
        phone.plan(wanted(UNLIKELY))


def test_a_ledger_redacts_what_it_was_given_before_it_knew() -> None:
    ledger = Ledger("phone dial", Target("x.ini"))
    ledger.warn(Issue("a-code", f"says {UNLIKELY}", UNLIKELY, UNLIKELY))
    ledger.phone_sent(f"MicroSIP.exe {UNLIKELY}")
    ledger.planned([Change("Account1", "label", "set", UNLIKELY, UNLIKELY, UNLIKELY)], [])
    ledger.answer({"code": "a-code", "text": UNLIKELY})
    ledger.register_secrets(Secret(UNLIKELY))
    ledger.fail(InputError(UNLIKELY))
    result = ledger.result()
    assert UNLIKELY not in repr(result)
    assert UNLIKELY not in json.dumps(result.as_json(), ensure_ascii=False)
    assert (result.exit_code, result.warnings[0].code) == (3, "a-code")
