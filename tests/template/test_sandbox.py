"""Nothing in a template reaches Python, and nothing in it takes much time or memory."""

from __future__ import annotations

import time
import tracemalloc
from pathlib import Path

import pytest

from microsip_config.errors import InputError, TemplateError, VariableError
from microsip_config.limits import TEMPLATE_SECTIONS
from microsip_config.template import InputErrors, Template, load
from microsip_config.template.parse import parse

VARIABLES = {"name": "Jo", "long": "x" * 4096, "site": {"stun": "a"}, "number": 3, "items": ["a"]}

ESCAPES = [
    "{{ ''.__class__ }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ name.__class__.__init__.__globals__['os'].popen('id').read() }}",
    "{{ name['__class__'] }}",
    "{{ site['__class__'] }}",
    "{{ site.keys }}",
    "{{ site.items() }}",
    "{{ name|attr('__class__') }}",
    "{{ ()|attr('__class__')|attr('__base__') }}",
    "{{ name|map(attribute='__class__')|join }}",
    "{{ [name]|map('attr', '__class__')|list }}",
    "{{ '{0.__class__}'.format(name) }}",
    "{{ '{0.__class__.__init__.__globals__}'.format_map({'0': name}) }}",
    "{{ '%s'|format(name) }}",
    "{{ '%(a)s' % {'a': name} }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ joiner.__init__.__globals__ }}",
    "{{ lipsum.__globals__['os'].popen('id').read() }}",
    "{{ namespace.__init__.__globals__ }}",
    "{{ dict(a=1) }}",
    "{{ range(3) }}",
    "{{ self }}",
    "{{ self.__init__.__globals__ }}",
    "{{ self._TemplateReference__context.cycler.__init__.__globals__.os }}",
    "{{ get_flashed_messages.__globals__ }}",
    "{{ config.items() }}",
    "{{ request.application.__globals__ }}",
    "{{ _module }}",
    "{{ context }}",
    "{{ environment }}",
    "{{ caller() }}",
    "{{ super() }}",
    "{{ loop.cycle }}",
    "{{ ''['__cla' ~ 'ss__'] }}",
    "{{ name[request.args.x] }}",
    "{{ (1).__class__ }}",
    "{{ name.upper }}",
    "{{ name.upper() }}",
    "{{ {}.__class__ }}",
    "{{ (name if true else name).__class__ }}",
    "{{ site.stun.__class__ }}",
    "{{ nowhere.__class__ }}",
    "{{ site.__class__ }}",
    "{{ secret.__class__ }}",
    "{{ secret.entries }}",
    "{{ env.__class__ }}",
    "{{ absent.__class__ }}",
    "{% include '/etc/passwd' %}",
    "{% import 'os' as os %}",
    "{% from 'os' import system %}",
    "{% extends '/etc/passwd' %}",
    "{% set x = 1 %}",
    "{% set x %}y{% endset %}",
    "{% macro m() %}{% endmacro %}",
    "{% call m() %}{% endcall %}",
    "{% filter upper %}x{% endfilter %}",
    "{% with a = 1 %}{% endwith %}",
    "{% block b %}{% endblock %}",
    "{% for x in items %}{{ x }}{% endfor %}",
    "{% do name %}",
    "{% autoescape true %}x{% endautoescape %}",
    "{% debug %}",
    "{% if name %}{% for x in items %}{% endfor %}{% endif %}",
    "{{ name|upper(*items) }}",
    "{{ name|default(**site) }}",
    "{{ name is divisibleby 2 }}",
    "{{ items|sort }}",
    "{{ name|pprint }}",
    "{{ name|xmlattr }}",
    "{{ name|tojson }}",
    "{{ name|e }}",
    "{{ _ }}",
    "{{ naïve }}",
]

BOMBS = [
    "{{ 'a' * 10**9 }}",
    "{{ 'a' * 1000000000 }}",
    "{{ 1000000000 * 'a' }}",
    "{{ ('a' * 1000) * 1000 * 1000 * 1000 }}",
    "{{ items * 1000000000 }}",
    "{{ [1] * 1000000000 }}",
    "{{ range(10**9) }}",
    "{{ range(1000000000)|list }}",
    "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}",
    "{{ 9**9**9 }}",
    "{{ 9**9**9**9 > 1 }}",
    "{{ " + "9" * 900 + " }}",
    "{{ " + "*".join(["999999999999999"] * 60) + " }}",
    "{{ number * " + "*".join(["999999999999999"] * 60) + " }}",
    "{{ 1e308 * 10 }}",
    "{{ '%999999999d' % 1 }}",
    "{{ '%999999999d' % number }}",
    "{{ '{:>999999999}'.format(1) }}",
    "{{ 'a'.center(999999999) }}",
    "{{ 'a'|center(999999999) }}",
    "{{ 'a'|indent(999999999) }}",
    "{{ 'a'.ljust(999999999) }}",
    "{{ '\\t'.expandtabs(999999999) }}",
    "{{ 'a'|wordwrap(1) }}",
    "{{ lipsum(n=100000) }}",
    "{{ long|replace('x', long) }}",
    "{{ long|replace('', long) }}",
    "{{ 'aaaa'" + "|replace('a', 'aaaa')" * 40 + " }}",
    "{{ [long, long, long]|join(long) }}",
    "{{ long|join(long) }}",
    "{{ long ~ long }}",
    "{{ long + long }}",
    "{{ " + " ~ ".join(["long"] * 140) + " }}",
    "{{ " + "(" * 500 + "1" + ")" * 500 + " }}",
    "{{ " + "[" * 500 + "]" * 500 + " }}",
    "{{ " + "not " * 250 + "1 }}",
    "{{ " + "-" * 900 + "1 }}",
    "{{ 1" + "|string" * 140 + " }}",
    "{{ name" + ".a" * 450 + "|upper }}",
    "{% if 1 %}" * 45 + "x" + "{% endif %}" * 45,
    "{{ 1 " + "if 1 else 2 " * 75 + "}}",
    "{{ 1" + " + 1" * 240 + " }}",
    "{{ 'x' }}" * 2000,
    "x" * 100_000,
    "{{ 1 // 0 }}",
    "{{ 1 % 0 }}",
    "{{ name // 2 }}",
    "{{ name < 2 }}",
    "{{ name in 2 }}",
    "{{ name[99] }}",
    "{{ items[9] }}",
    "{{ site[1:2] }}",
    "{{ nowhere[1:2] }}",
    "{{ '{' }",
    "{{ }}",
    "{% %}",
    "{{ name",
    "{% if name %}",
    "{# open",
    "{{ 'open }}",
    "{{ name | }}",
    "{{ name nom }}",
    "{{{{ name }}}}",
]


def refused(source: str) -> InputError:
    """The error of a template with this one value; it must come fast and cheap."""
    text = f"[Settings]\nuserAgent = {source}\n"
    tracemalloc.start()
    begin = time.process_time()
    try:
        with pytest.raises((TemplateError, VariableError)) as caught:
            Template([parse(text, "t.ini")]).render(VARIABLES, {})
    finally:
        seconds = time.process_time() - begin
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert seconds < 3
    assert peak < 8_000_000
    return caught.value


@pytest.mark.parametrize("source", ESCAPES)
def test_no_way_out_of_the_sandbox(source: str) -> None:
    error = refused(source)

    assert error.where == "t.ini:2"
    assert "<class" not in str(error)
    assert "built-in" not in str(error)


@pytest.mark.parametrize("source", BOMBS, ids=range(len(BOMBS)))
def test_bombs_do_not_go_off(source: str) -> None:
    assert refused(source).where == "t.ini:2"


def test_many_expressions_end_in_an_error_before_they_cost_seconds(tmp_path: Path) -> None:
    value = "{{ " + "1 + " * 240 + "1 }}"
    accounts = "".join(f"[Account{n}]\nlabel = {value}\n" for n in range(250))
    (tmp_path / "t.ini").write_text(accounts, encoding="utf-8")
    begin = time.process_time()

    with pytest.raises(InputErrors) as caught:
        load([tmp_path / "t.ini"], tmp_path).render({}, {})

    assert "too many" in caught.value.all[-1].message
    assert time.process_time() - begin < 5


def test_the_most_sections_are_parsed_in_no_time(tmp_path: Path) -> None:
    line = "[Account by username]\nusername = {{ a }}\n"
    (tmp_path / "t.ini").write_text(line * TEMPLATE_SECTIONS, encoding="utf-8")
    begin = time.process_time()

    with pytest.raises(InputError, match="same account"):
        load([tmp_path / "t.ini"], tmp_path).render({"a": "1"}, {})

    assert time.process_time() - begin < 3
