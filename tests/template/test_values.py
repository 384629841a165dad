"""What an expression makes is a text of its own, or refused; and nothing of a password is told."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from microsip_config.errors import InputError
from microsip_config.secret import Secret, revealed
from microsip_config.template import InputErrors, Template
from microsip_config.template.check import problems
from microsip_config.template.parse import parse
from microsip_config.template.variables import collect

VARIABLES: dict[str, Any] = {
    "codecs": ["opus", "G722"],
    "site": {"stun": "stun.example.com"},
    "on": True,
    "rate": 0.5,
    "ports": [1, 2],
}


def rendered(value: str, variables: dict[str, Any] | None = None, key: str = "userAgent") -> Any:
    section = "Account1" if key == "password" else "Settings"
    template = Template([parse(f"[{section}]\n{key} = {value}\n", "t.ini")])
    desired = template.render(variables or VARIABLES, {"sip": Secret("zebra-42")})
    return revealed(desired.assignments[0].text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("{{ codecs }}", "opus, G722"),
        ("x{{ codecs }}y", "xopus, G722y"),
        ("{{ codecs | join(' ') }}", "opus G722"),
        ("{{ ['a', 'b'] | join(',') }}", "a,b"),
        ("{{ ['a', on] | join(',') }}", "a,true"),
        ("{{ ['a', 'b'][0] }}", "a"),
        ("{{ ports[0:1] }}", "1"),
        ("{{ on }}", "true"),
        ("{{ not on }}", "false"),
        ("{{ 'a' ~ on ~ 1 }}", "atrue1"),
        ("{{ rate }}", "0.5"),
        ("{{ [absent][0] }}", None),
        ("{{ absent if on else 'x' }}", None),
    ],
)
def test_a_value_has_one_text(value: str, text: str | None) -> None:
    assert rendered(value) == text


LISTS = [
    "{{ ['a', 'b'] }}",
    "{{ [] }}",
    "x{{ [1] }}y",
    "{{ 'x' ~ [1] }}",
    "{{ ['a', 'b'][0:1] }}",
    "{{ nothing | default(['a']) }}",
    "{{ ['a'] if on else 'b' }}",
    "{{ ['a'] | string }}",
    "{{ 'a' | replace('a', ['b']) }}",
    "{{ ['a'] | upper }}",
    "{% if on %}{{ ['a'] }}{% endif %}",
]
OTHERS = [
    "{{ [absent] }}",
    "{{ [absent] | join(',') }}",
    "{{ (absent, 'a') }}",
    "{{ ('a', ['b']) }}",
    "{{ [[1]] | join }}",
    "{{ [site] | join }}",
    "x{{ absent }}",
    "{{ 'x' ~ absent }}",
    "{{ absent | upper }}",
    "{{ site }}",
    "{{ site ~ 'x' }}",
    "{{ {'a': 1} }}",
    "{{ none }}",
    "{{ None }}",
    "{{ none ~ 'x' }}",
    "{{ [none] | join }}",
    "{{ nothing | default(none) }}",
    "{{ range }}",
    "{{ cycler }}",
    "{{ dict }}",
    "{{ lipsum }}",
    "{{ namespace }}",
    "{{ self }}",
    "{{ [1] | map('upper') }}",
    "{{ codecs | batch(2) }}",
    "{{ codecs | select }}",
    "{{ 'a'.upper }}",
    "{{ codecs.append }}",
    "{{ site.items }}",
    "{{ 1e400 }}",
    "{{ -1e400 }}",
    "{{ 9999999999999999999999 }}",
]


@pytest.mark.parametrize("value", [*LISTS, *OTHERS])
def test_what_has_no_text_is_refused_and_says_where(value: str) -> None:
    with pytest.raises(InputError) as caught:
        rendered(value)
    error = caught.value
    assert (error.exit_code, error.where) == (3, "t.ini:2")
    assert "object at 0x" not in str(error) + error.hint
    assert "Undefined" not in str(error) + error.hint
    if value in LISTS:
        assert "join" in error.hint


@pytest.mark.parametrize("value", [b"x", date(2026, 1, 1), {1, 2}, object(), iter("a"), len, None])
def test_a_variable_of_another_type_is_refused(value: Any) -> None:
    given = {"x": value} if not callable(value) else {"x": lambda: value}
    for source in ("{{ x }}", "{{ [x] }}", "{{ x | default('a') }}"):
        with pytest.raises(InputError) as caught:
            rendered(source, given)
        assert "0x" not in str(caught.value)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize("source", ["{{ x }}", "{{ x ~ '' }}", "{{ x | string }}"])
def test_a_number_that_is_none(value: float, source: str) -> None:
    with pytest.raises(InputError):
        rendered(source, {"x": value})


def test_dates_and_times_of_toml_are_as_toml_writes_them(tmp_path: Path) -> None:
    file = tmp_path / "v.toml"
    file.write_text("d = 2026-01-02\nt = 03:04:05\nb = 2026-01-02T03:04:05Z\n", encoding="utf-8")
    variables = collect(files=[file])
    assert rendered("{{ d }} {{ t }} {{ b }}", variables) == (
        "2026-01-02 03:04:05 2026-01-02T03:04:05+00:00"
    )


WORD = "hunter2"
FORGOTTEN = [
    f"{{{{ {WORD} }}}}",
    f"x{{{{ {WORD} }}}}",
    f"{{{{{WORD}}}}}",
    f"{{{{ {WORD} | upper }}}}",
    f"{{{{ {WORD}.{WORD} }}}}",
    f"{{{{ {WORD}['{WORD}'] }}}}",
    f"{{{{ site.{WORD} }}}}",
    f"{{{{ codecs.{WORD} }}}}",
    f"{{{{ secret.sip.{WORD} }}}}",
    f"{{{{ env.{WORD} }}}}",
    f"{{{{ user.{WORD} }}}}",
    f"{{{{ 'x' | {WORD} }}}}",
    f"{{{{ on is {WORD} }}}}",
    f"{{{{ {WORD}() }}}}",
    f"{{{{ _{WORD} }}}}",
    f"{{{{ é{WORD} }}}}",
    f"{{{{ a {WORD} }}}}",
    f"{{{{ '{WORD}' + 1 }}}}",
    f"{{{{ '{WORD}' | join({WORD}) }}}}",
    f"{{{{ '{WORD}' | int }}}}",
    f"{{{{ ['{WORD}'] }}}}",
    f"{{{{ absent ~ '{WORD}' }}}}",
    f"{{{{ {WORD}! }}}}",
    f"{{{{ {WORD}",
    f"{{% {WORD} %}}",
    f"{{% if {WORD} %}}x{{% endif %}}",
    f"{{# {WORD} ",
    f"{{{{ 1{WORD} }}}}",
    f"{{{{ {WORD}-{WORD} }}}}",
    f"{{{{ {WORD} }}}} {{{{ {WORD} }}}}",
]


@pytest.mark.parametrize("value", FORGOTTEN)
@pytest.mark.parametrize("known", [{}, {f"{WORD}x": "1"}, {WORD: {"a": "1"}}, {WORD: None}])
def test_the_expression_of_a_password_is_not_repeated(value: str, known: dict[str, Any]) -> None:
    text = f"[Account1]\npassword = {value}\n"
    told = ""
    try:
        template = Template([parse(text, "t.ini")])
        report = problems(template)
        told += repr([*report.errors, *report.warnings])
        template.render({**VARIABLES, **known}, {"sip": Secret("zebra-42")})
    except InputError as error:
        parts = error.all if isinstance(error, InputErrors) else (error,)
        assert all(part.where == "t.ini:2" for part in parts)
        told += repr([(str(part), part.hint) for part in parts])
    assert WORD not in told


def test_the_name_of_a_secret_is_repeated() -> None:
    with pytest.raises(InputError, match=r"undefined variable 'secret\.sipp'") as caught:
        rendered("{{ secret.sipp }}", key="password")
    assert "did you mean 'sip'?" in caught.value.hint


def test_the_names_in_other_values_are_repeated() -> None:
    with pytest.raises(InputError, match="undefined variable 'exension'"):
        rendered("{{ exension }}")
