"""Names are filled in without Jinja2, exactly as Jinja2 would; and variables stay values."""

from __future__ import annotations

from typing import Any

import jinja2
import pytest
from hypothesis import assume, event, example, given, settings
from hypothesis import strategies as st

from microsip_config.errors import InputError, VariableError
from microsip_config.ini.document import Document
from microsip_config.ini.profile import Profile
from microsip_config.schema import Key, all_keys, find_key
from microsip_config.secret import Secret, revealed
from microsip_config.template import Template
from microsip_config.template.parse import parse
from microsip_config.template.sandbox import Evaluator
from microsip_config.template.scope import Scope, UndefinedName, as_text, is_literal, simple_parts

VARIABLES: dict[str, Any] = {
    "a": "A",
    "b": "{{ a }}",
    "n": 5,
    "yes": True,
    "real": 1.5,
    "list": ("x", 2, False),
    "t": {"u": "U", "v": {"w": "W"}, "if": "word", "self": "me"},
    "if": "if!",
}
PIECES = st.sampled_from(
    ["{{ a }}", "{{a}}", "{{ b }}", "{{ n }}", "{{ yes }}", "{{ real }}", "{{ list }}", "{{ t.u }}",
     "{{ t.v.w }}", "{{\tt.u\t}}", "{{ t.if }}", "{{ t.self }}", "{{ if }}", "{{ nope }}",
     "{{ t.nope }}", "{{ t.nope.x }}", "{{ t }}", "{{ t.v }}", "{{ a.b }}", "{{ true }}",
     "{{ none }}", "{{ not }}", "{{ self }}", "{{- a -}}", "{{ t . u }}", "{{", "}}", "{", "}", "%",
     "{%", "%}", "{#", "#}", "#", " ", "text", "'", '"', "\\", "é"]
)  # fmt: skip


def natively(source: str) -> tuple[str, str]:
    parts = simple_parts(source)
    assume(parts is not None)
    assert parts is not None
    scope = Scope(VARIABLES, {})
    try:
        for number in range(1, len(parts), 2):
            parts[number] = as_text(scope.find(parts[number]))
    except UndefinedName as missing:
        return "missing", str(missing.args[0])
    except VariableError:
        return "refused", ""
    return "text", "".join(parts)


def by_our_sandbox(source: str) -> tuple[str, str]:
    try:
        text, _ = Evaluator(Scope(VARIABLES, {})).evaluate(source, hidden=False)
    except UndefinedName as missing:
        return "missing", str(missing.args[0])
    except VariableError:
        return "refused", ""
    return "text", str(text)


def by_plain_jinja(source: str) -> tuple[str, str]:
    def finalize(value: Any) -> Any:
        return as_text(value) if isinstance(value, (bool, float, tuple)) else value

    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, finalize=finalize)
    try:
        return "text", environment.from_string(source).render(VARIABLES)
    except jinja2.UndefinedError:
        return "missing", ""


@given(st.lists(PIECES, max_size=6).map("".join))
@example("{{ a }}}")
@example("{{{ a }}}")
@example("{{{ a }}")
@example("{{ a }}{{ b }}")
@example("{{ t.if }}")
@example("{# {{ a }} #}")
def test_names_without_jinja_read_as_with_jinja(source: str) -> None:
    ours = natively(source)

    assert by_our_sandbox(source) == ours
    if ours[0] == "text":
        assert by_plain_jinja(source) == ours
    elif ours[0] == "missing":
        assert by_plain_jinja(source)[0] == "missing"


@given(st.text(alphabet="{}%# -a'\\", max_size=12))
def test_a_literal_is_what_jinja_leaves_alone(source: str) -> None:
    assume(is_literal(source))

    assert by_plain_jinja(source) == ("text", source)


def test_values_are_not_expanded_again() -> None:
    assert by_our_sandbox("{{ b ~ '' }}") == ("text", "{{ a }}")


# -- variables stay values -----------------------------------------------------------------------

KEYS = [key for key in all_keys() if key.section in ("Settings", "Account") and not key.own]
FREE = [key for key in KEYS if key.name in ("label", "displayName", "password", "userAgent")]
SHAPES = st.sampled_from(
    ["{{ one }}", "x{{ one }}", "{{ one }}{{ two }}", '" {{ one }} "', "{{ one ~ two }}"]
)
HARMLESS = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=20)
HOSTILE = HARMLESS | HARMLESS | st.text(max_size=20) | st.lists(
    st.sampled_from(
        ["\r\n", "\n", "\r", "\v", "\x85", "\u2028", "\0", "[Evil]", "x=y", ";", "#", "=", "]", '"',
         "'", " ", "\t", "{{ two }}", "{%", "password", "101", "a.example.com", "\ud800", "opus"]
    ),
    max_size=5,
).map("".join)  # fmt: skip


@given(st.sampled_from(FREE) | st.sampled_from(KEYS), SHAPES, HOSTILE, HOSTILE)
@example(find_key("Account1", "label"), "{{ one }}{{ two }}", " [Evil];", "'\"")
@example(find_key("Account1", "password"), "{{ one ~ two }}", '"', '"')
@settings(max_examples=400)
def test_a_variable_adds_nothing(key: Key, shape: str, one: str, two: str) -> None:
    section = "Settings" if key.section == "Settings" else "Account7"
    layer = parse(f"[{section}]\n{key.name} = {shape}\n", "t.ini")
    try:
        desired = Template([layer]).render({"one": one, "two": two}, {})
    except InputError:
        return

    (assignment,) = desired.assignments
    text = revealed(assignment.text)
    assert text is not None
    document = Document("[First]\r\na=1\r\n[Last]\r\nb=2\r\n")
    document.set(assignment.selector.name, assignment.key.name, text, quoted=key.quoted)
    profile = Profile(document.render())
    assert profile.sections() == ["First", "Last", section]
    assert [profile.keys(name) for name in profile.sections()] == [["a"], ["b"], [key.name]]
    assert profile.get(section, key.name) == text
    event("accepted")


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\v", "\f", "\x85", "\u2028", "\u2029", "\0"])
@pytest.mark.parametrize("value", ["{{ one }}", "{{ one | lower }}", "x{{ one }}y"])
def test_no_line_end_comes_in(end: str, value: str) -> None:
    template = Template([parse(f"[Account1]\nlabel = {value}\n", "t.ini")])

    with pytest.raises(InputError) as caught:
        template.render({"one": f"a{end}b"}, {})

    assert caught.value.where == "t.ini:2"
    assert "it comes from one" in caught.value.hint


@pytest.mark.parametrize("value", ["{{ one }}", "{{ one[0] }}", "{{ one | length }}"])
def test_a_variable_longer_than_any_value(value: str) -> None:
    template = Template([parse(f"[Account1]\nlabel = {value}\n", "t.ini")])

    with pytest.raises(VariableError, match="variable 'one' is longer than 4096 characters"):
        template.render({"one": "x" * 4097}, {})


@pytest.mark.parametrize("number", [float("inf"), float("nan"), (1, float("-inf"))])
@pytest.mark.parametrize("value", ["{{ t.one }}", "{{ t.one | string }}", "{{ t['one'] | int }}"])
def test_a_number_that_is_not_finite(number: object, value: str) -> None:
    template = Template([parse(f"[Account1]\nlabel = {value}\n", "t.ini")])

    with pytest.raises(VariableError, match=r"variable 't\.one' is not a number"):
        template.render({"t": {"one": number}}, {})


def test_lazy_facts_are_asked_once_and_only_when_used() -> None:
    asked = []

    def name() -> str:
        asked.append("name")
        return "Jo"

    def mail() -> str:
        raise AssertionError("nobody asked for it")

    text = "[Account1]\nlabel = {{ user.name }}\ndisplayName = {{ user.name | upper }}\n"
    desired = Template([parse(text, "t.ini")]).render({"user": {"name": name, "mail": mail}}, {})

    assert [assignment.text for assignment in desired.assignments] == ["Jo", "JO"]
    assert asked == ["name"]


def test_assignments_carry_the_declared_key_and_their_line() -> None:
    desired = Template([parse("[Account1]\n\nlabel = x\n", "dir/t.ini")]).render({}, {})

    assert desired.assignments[0].key is find_key("Account1", "label")
    assert desired.assignments[0].where == "dir/t.ini:3"
    assert not isinstance(desired.assignments[0].text, Secret)
