"""No error, no repr and no exception chain of a rendering shows a secret."""

from __future__ import annotations

import traceback
from typing import Any

import pytest

from microsip_config.errors import InputError
from microsip_config.secret import Secret
from microsip_config.template import InputErrors, Template
from microsip_config.template.parse import parse

SECRET = "S3cretTh1ng"
FAULTS = [
    ("password", "{{ secret.sip }}\n", "x" * 300),
    ("password", "{{ secret.sip }}", f"{SECRET}\nline"),
    ("password", "{{ secret.sip | nosuchfilter }}", ""),
    ("password", f"{SECRET} {{{{ open", ""),
    ("password", f"{{{{ a {SECRET} }}}}", ""),
    ("password", f"{{{{ '{SECRET}' + 1 }}}}", ""),
    ("password", f"{{{{ '{SECRET}' | }}}}", ""),
    ("password", f"{SECRET}\u2028", ""),
    ("password", f'"{SECRET}" "{SECRET}"', ""),
    ("transport", "{{ secret.sip }}", ""),
    ("registerRefresh", "{{ secret.sip }}", ""),
    ("registerRefresh", "{{ secret.sip | int }}", ""),
    ("registerRefresh", "{{ secret.sip + 1 }}", ""),
    ("registerRefresh", "{{ secret.sip < 1 }}", ""),
    ("server", "sip:{{ secret.sip }}", ""),
    ("server", "{{ secret.sip | lower ~ ' x' }}", ""),
    ("displayName", '{{ secret.sip }}"', ""),
    ("displayName", "{{ secret.sip.part }}", ""),
    ("displayName", "{{ secret.sip | replace('', secret.long) }}", ""),
    ("displayName", "{{ secret[secret.sip] }}", ""),
    ("displayName", "{{ secret.sip[99] }}", ""),
    ("displayName", "{{ secret.sip.lower() }}", ""),
    ("displayName", "{{ table[secret.sip] }}", ""),
    ("displayName", "{{ secret }}", ""),
    ("displayName", "{{ secret.sip ~ absent }}", ""),
    ("dialPlan", "{{ secret.sip }}[", ""),
    ("label", "{{ hidden }}{{ secret.long }}{{ secret.long }}", ""),
]


def everything_shown(error: BaseException | None, *, frames: bool = True) -> str:
    """All texts of an error, its group and its chain; with the variables of its frames."""
    shown = ""
    while error is not None:
        shown += "".join(traceback.format_exception(error)) + repr(error) + repr(vars(error))
        for frame, _ in traceback.walk_tb(error.__traceback__):
            if frames and "microsip_config" in frame.f_code.co_filename:
                shown += repr(frame.f_locals)
        if isinstance(error, InputErrors):
            shown += repr(error.issues) + "".join(everything_shown(one) for one in error.all)
        error = error.__cause__ or error.__context__
    return shown


def rendering_error(text: str, secrets: dict[str, Secret]) -> InputError:
    variables: dict[str, Any] = {"table": {}, "hidden": Secret(SECRET)}
    with pytest.raises(InputError) as caught:
        Template([parse(text, "t.ini")]).render(variables, secrets)
    return caught.value


@pytest.mark.parametrize(("key", "value", "secret"), FAULTS)
def test_errors_are_silent_about_secrets(key: str, value: str, secret: str) -> None:
    text = f"[Account1]\n{key} = {value}\n"
    error = rendering_error(
        text, {"sip": Secret(secret or SECRET), "long": Secret(f"{SECRET} " * 300)}
    )

    assert error.where == "t.ini:2"
    # What the template itself contains is in the frames that read it.
    shown = everything_shown(error, frames=SECRET not in value)
    assert SECRET.lower() not in shown.lower()


def test_several_errors_are_silent_as_well() -> None:
    text = "[Account1]\n" + "".join(
        f"{key} = {{{{ secret.sip }}}}\n" for key in ("transport", "SRTP")
    )
    error = rendering_error(text, {"sip": Secret(SECRET)})

    assert isinstance(error, InputErrors)
    assert len(error.issues) == 2
    assert SECRET not in everything_shown(error)


def test_the_detector_finds_planted_leaks() -> None:
    try:
        parse_failing = int(SECRET)
    except ValueError as reason:
        chained = InputError("harmless")
        chained.__context__ = reason
    else:
        raise AssertionError(parse_failing)

    assert SECRET in everything_shown(chained)
    assert SECRET in everything_shown(InputErrors([InputError("harmless", hint=SECRET)]))


def test_a_secret_among_the_variables_hides_its_value_too() -> None:
    lines = ["label = {{ pin }}", "displayName = {{ table.pin | upper }}", "authID = {{ user }}"]
    text = "\n".join(["[Account1]", *lines])
    variables = {"pin": Secret(SECRET), "table": {"pin": Secret(SECRET)}, "user": "open"}
    desired = Template([parse(text, "t.ini")]).render(variables, {})

    texts = [assignment.text for assignment in desired.assignments]
    assert texts == [Secret(SECRET), Secret(SECRET.upper()), "open"]
    assert SECRET.lower() not in repr(desired).lower()


def test_a_literal_password_is_hidden_as_well() -> None:
    layer = parse(f"[Account1]\npassword = {SECRET}\n", "t.ini")

    assert Template([layer]).render({}, {}).assignments[0].text == Secret(SECRET)
