"""Where variables come from, who wins, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from microsip_config.errors import UsageError, VariableError
from microsip_config.template import load
from microsip_config.template.scope import Scope, UndefinedName
from microsip_config.template.variables import collect

TOML = """\
full_name = "Jo Doe"
agent = true
delay = 5
day = 2026-11-23
codecs = ["opus", "PCMA"]
[site]
stun = "stun.example.com"
[site.deep]
name = "x"
"""


def file(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_a_toml_file(tmp_path: Path) -> None:
    table = collect(files=[file(tmp_path, "v.toml", TOML)])

    scope = Scope(table, {})
    assert scope.find("site.stun") == "stun.example.com"
    assert scope.find("site.deep.name") == "x"
    assert scope.find("agent") is True
    assert scope.find("delay") == 5
    assert scope.find("day") == "2026-11-23"
    assert scope.find("codecs") == ("opus", "PCMA")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_files_saved_by_notepad(tmp_path: Path, encoding: str, end: str) -> None:
    json = file(tmp_path, "v.json", f'{{{end}"name": "Jörg"{end}}}'.encode(encoding))
    toml = file(tmp_path, "v.toml", f'other = "Ж"{end}'.encode(encoding))

    table = collect(files=[json, toml])

    assert (table["name"], table["other"]) == ("Jörg", "Ж")


def test_later_files_win_and_assignments_win_over_files(tmp_path: Path) -> None:
    first = file(tmp_path, "1.toml", 'a = "1"\nb = "1"\n[t]\nx = "1"\ny = "1"\n')
    second = file(tmp_path, "2.json", '{"b": "2", "c": "2", "t": {"y": "2"}}')

    table = collect(["c=3", "t.z=3", "c=4"], [first, second])

    assert {name: table[name] for name in "abct"} == {
        "a": "1", "b": "2", "c": "4", "t": {"x": "1", "y": "2", "z": "3"},
    }  # fmt: skip


def test_an_assignment_keeps_everything_behind_its_first_equals_sign() -> None:
    assert collect(["a= x=y ", "b="])["a"] == " x=y "


def test_facts_are_looked_up_in_what_the_caller_gives() -> None:
    class Environment(dict[str, str]):
        """Like os.environ on Windows: any case is found."""

        def get(self, key: str, default: Any = None) -> Any:
            return super().get(key.upper(), default)

    table = collect(env=Environment(PROGRAMFILES="P"), user={"name": lambda: "jo"}, host={})

    assert Scope(table, {}).find("env.ProgramFiles") == "P"
    assert Scope(table, {}).find("user.name") == "jo"
    for name in ("host.name", "env.HOME", "secret.x"):
        with pytest.raises(UndefinedName):
            Scope(table, {}).find(name)


@pytest.mark.parametrize(
    "name", ["env", "user", "host", "secret", "absent", "true", "None", "not", "self", "env.X"]
)
def test_reserved_names_cannot_be_given(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="reserved"):
        collect([f"{name}=x"])
    if "." not in name:
        with pytest.raises(VariableError, match="reserved") as caught:
            collect(files=[file(tmp_path, "v.json", f'{{"{name}": "x"}}')])
        assert caught.value.where == str(tmp_path / "v.json")


@pytest.mark.parametrize(
    "assignment",
    [
        "p4ssw0rd",
        *(f"{name}=p4ssw0rd" for name in ("", "a b", "1a", ".a", "_a", "a..b", "ä", "a\n")),
    ],
)
def test_assignments_that_are_none_and_whose_value_is_not_repeated(assignment: str) -> None:
    with pytest.raises(UsageError, match="NAME=VALUE") as caught:
        collect([assignment])

    assert "p4ssw0rd" not in str(caught.value) + caught.value.hint


def test_bytes_that_the_console_cannot_mean_are_named_as_such() -> None:
    with pytest.raises(VariableError, match=r"--var a: .* encoding of the console") as caught:
        collect(["a=J\udcf6"])

    assert "UTF-8" in caught.value.hint


@pytest.mark.parametrize("assignments", [["a=1", "a.b=2"], ["a.b=2", "a=1"]])
def test_a_name_is_a_value_or_a_table(assignments: list[str]) -> None:
    with pytest.raises(VariableError, match="table"):
        collect(assignments)


@pytest.mark.parametrize(
    ("name", "content", "place", "message"),
    [
        ("v.txt", "", "", "TOML or JSON"),
        ("v.csv", "a,b", "", "TOML or JSON"),
        ("v.toml", "a = 1\nb = p4ss\n", ":2", "TOML at column 5: texts need quotes$"),
        ("v.toml", 'x = 1\na = "p4ss', ":2", "TOML at column 5: a quote is not closed$"),
        ("v.toml", "a = 1\na = 2\n", ":2", "TOML at column 1: this name is given twice$"),
        ("v.toml", "a\n", ":1", "TOML at column 2: the line is not NAME = VALUE$"),
        ("v.toml", "[p4ss]\n[p4ss]\n", ":2", "TOML at column 1: this name is given twice$"),
        ("v.toml", "a = 'p4ss\nword'", ":1", "TOML at column 5: a quote is not closed$"),
        ("v.toml", "a = [1, {b = 2}]", "", "'a'"),
        ("v.json", '{"a": 1,\n\n p4ss}', ":3", "JSON at column 2: names need double quotes$"),
        ("v.json", '{"a" "p4ss"}', ":1", "JSON at column 6: ':' is missing behind a name$"),
        ("v.json", '{"a": "p4ss}', ":1", "JSON at column 7: a quote is not closed on its line$"),
        ("v.json", "[1]", "", "one JSON object"),
        ("v.json", '{"a": 1, "a": 2}', "", "'a' appears twice"),
        ("v.json", '{"a": NaN}', "", "NaN"),
        ("v.json", '{"t": {"a": 1e400}}', "", "'t.a' is not a number"),
        ("v.json", '{"a": [1, -1e400]}', "", "'a' is not a number"),
        ("v.toml", "t.a = nan", "", "'t.a' is not a number"),
        ("v.toml", "a = [1.5, -inf]", "", "'a' is not a number"),
        ("v.json", '{"t": {"a": null}}', "", "'t.a' has no value"),
        ("v.json", '{"a": ' + "9" * 5000 + "}", "", "not valid JSON"),
        ("v.json", '{"a":' * 9000 + "1" + "}" * 9000, "", "nested"),
        ("v.json", '{"a":' * 20 + "1" + "}" * 20, "", "nested"),
        ("v.toml", "a = " + "[" * 5000 + "]" * 5000, "", "nested"),
        ("v.json", b'{"a": "\xff"}', ":1", "not valid UTF-8"),
        ("v.json", b" " * 300_000, "", "larger"),
        ("v.json", "", ":1", "not valid JSON"),
    ],
)
def test_files_that_cannot_be_used(
    tmp_path: Path, name: str, content: str | bytes, place: str, message: str
) -> None:
    path = file(tmp_path, name, content)

    with pytest.raises(VariableError, match=message) as caught:
        collect(files=[path])

    assert caught.value.where == f"{path}{place}"
    assert "p4ss" not in str(caught.value)


def test_files_that_contradict_each_other(tmp_path: Path) -> None:
    value = file(tmp_path, "1.json", '{"a": 1}')
    table = file(tmp_path, "2.json", '{"a": {"b": 1}}')

    for files in ([value, table], [table, value]):
        with pytest.raises(VariableError, match=r"'a' is a (value|table) in an earlier file"):
            collect(files=files)


def test_files_that_are_not_there(tmp_path: Path) -> None:
    (tmp_path / "dir.toml").mkdir()

    with pytest.raises(VariableError, match="no such file"):
        collect(files=[tmp_path / "no.toml"])
    with pytest.raises(VariableError, match="not a regular file"):
        collect(files=[tmp_path / "dir.toml"])


@pytest.mark.parametrize("required", ["", "[template]\nrequires = NAME\n"])
@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("user.foo", "known names are user.mail, user.name"),
        ("host.foo", "known names are host.name"),
        ("env.FOO", "set the environment variable FOO"),
        ("secret.sip", "give --secret sip=SOURCE"),
        ("site.foo", "give --var site.foo=..."),
    ],
)
def test_a_missing_variable_comes_with_the_way_out(
    tmp_path: Path, required: str, name: str, hint: str
) -> None:
    text = required.replace("NAME", name) + f"[Account1]\nlabel = {{{{ {name} }}}}\n"
    (tmp_path / "t.ini").write_text(text)
    table = collect(env={}, user={"name": "jo", "mail": "jo@example.com"}, host={"name": "pc"})

    with pytest.raises(VariableError, match=f"variable.*{name}") as caught:
        load([tmp_path / "t.ini"]).render(table, {})

    assert caught.value.hint == hint


@pytest.mark.parametrize(
    ("name", "text", "line", "column", "message", "hint"),
    [
        # A text without quotes, whatever TOML makes of its beginning.
        ("v.toml", "stun = stun.example.com", 1, 8, "texts need quotes", '"TEXT"'),
        ("v.toml", "\n\tstun\t=\tstun.example.com\n", 2, 9, "texts need quotes", '"TEXT"'),
        ("v.toml", "a = 192.0.2.1", 1, 5, "texts need quotes", '"TEXT"'),
        ("v.toml", "a = 0101", 1, 5, "texts need quotes", '"TEXT"'),
        ("v.toml", "a = +43 664 1", 1, 5, "texts need quotes", '"TEXT"'),
        ("v.toml", "a = 101abc", 1, 5, "texts need quotes", '"TEXT"'),
        ("v.toml", "a = C:\\Users", 1, 5, "texts need quotes", '"TEXT"'),
        ("v.toml", "a = [opus, G722]", 1, 6, "texts need quotes", '"TEXT"'),
        ("v.toml", "t = {a = b}", 1, 10, "texts need quotes", '"TEXT"'),
        ("v.toml", "a = yes", 1, 5, "texts need quotes", "true, false"),
        ("v.toml", "a = True", 1, 5, "texts need quotes", "true, false"),
        ("v.toml", "a = null", 1, 5, "texts need quotes", "leave the name out"),
        ("v.toml", "a = \u201cx\u201d", 1, 5, "typographic quotes", "straight"),
        ("v.toml", "a =\nb = 1", 1, 4, "the value is missing", '""'),
        # Quotes.
        ("v.toml", 'a = "p4ss', 1, 5, "a quote is not closed", "same line"),
        ("v.toml", 'x = 1\na = "p4ss\nb = "y"', 2, 5, "a quote is not closed", "same line"),
        ("v.toml", "a = 'p4ss\nb = 1", 1, 5, "a quote is not closed", "same line"),
        ("v.toml", 'a = \'x\'\n\nb = """p4ss\n', 3, 5, "a quote is not closed", "line"),
        ("v.toml", "a = 'it's'", 1, 5, "more behind the closing quote", "other kind"),
        ("v.toml", 'a = "C:\\Users\\p4ss"', 1, 10, "backslash", "single quotes"),
        ("v.toml", 'a = "C:\\Program Files"', 1, 10, "backslash", "single quotes"),
        # Names and lines.
        ("v.toml", "a = 1\nb = 2\na = 3\n", 3, 1, "given twice", "keep one"),
        ("v.toml", "[t]\na = 1\n[t]\n", 3, 1, "given twice", "keep one"),
        ("v.toml", "stun: p4ss", 1, 5, "not ':'", "NAME"),
        ("v.toml", "a = 1\np4ss\n", 2, 5, "not NAME = VALUE", "NAME"),
        ("v.toml", "; p4ss", 1, 1, "comments begin with '#'", ""),
        ("v.toml", "// p4ss", 1, 1, "comments begin with '#'", ""),
        ("v.toml", '{"a": "p4ss"}', 1, 1, "looks like JSON", "*.json"),
        ("v.toml", "a = [1, 2\nb = 3", 2, 1, "a bracket is not closed", ""),
        # JSON.
        ("v.json", '{\n "a": "p4ss",\n}', 3, 1, "comma before the closing bracket", "remove"),
        ("v.json", '{"a": ["p4ss",]}', 1, 15, "comma before the closing bracket", "remove"),
        ("v.json", "{'a': 'p4ss'}", 1, 2, "names need double quotes", '"NAME"'),
        ("v.json", "{\"a\": 'p4ss'}", 1, 7, "texts need double quotes", '"TEXT"'),
        ("v.json", "{a: 1}", 1, 2, "names need double quotes", '"NAME"'),
        ("v.json", '{"a": p4ss}', 1, 7, "texts need double quotes", '"TEXT"'),
        ("v.json", '{"a": 0101}', 1, 8, "texts need double quotes", '"TEXT"'),
        ("v.json", '{"a": True}', 1, 7, "texts need double quotes", "true, false"),
        ("v.json", '{"a": None}', 1, 7, "texts need double quotes", "leave the name out"),
        ("v.json", '{"a": \u201cp4ss\u201d}', 1, 7, "typographic quotes", "straight"),
        ("v.json", '{"a": "p4ss}', 1, 7, "a quote is not closed", ""),
        ("v.json", '{"a": 1 // p4ss\n}', 1, 9, "no comments", "TOML"),
        ("v.json", "# p4ss\n{}", 1, 1, "no comments", "TOML"),
        ("v.json", "{/* p4ss */}", 1, 2, "no comments", "TOML"),
        ("v.json", '{"a": "C:\\Users"}', 1, 10, "backslash", "twice"),
        ("v.json", '{"a": 1 "b": 2}', 1, 9, "a comma is missing", ""),
        ("v.json", '{"a": 1', 1, 8, "a bracket is not closed", ""),
        ("v.json", '{"a": 1}}', 1, 9, "more behind the closing bracket", ""),
        ("v.json", '{"a":}', 1, 6, "a value is missing", '""'),
        ("v.json", 'a = "p4ss"', 1, 1, "looks like TOML", "*.toml"),
        ("v.json", "", 1, 1, "the file is empty", ""),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_syntax_is_told_with_line_and_column(
    tmp_path: Path, name: str, text: str, line: int, column: int,
    message: str, hint: str, encoding: str, end: str,
) -> None:  # fmt: skip
    path = file(tmp_path, name, text.replace("\n", end).encode(encoding))

    with pytest.raises(VariableError) as caught:
        collect(files=[path])

    assert caught.value.where == f"{path}:{line}"
    assert f" at column {column}: " in caught.value.message
    assert message in caught.value.message
    assert hint in caught.value.hint
    assert "p4ss" not in str(caught.value) + caught.value.hint


def test_utf_16_without_a_mark_is_named(tmp_path: Path) -> None:
    path = file(tmp_path, "v.toml", 'a = "x"'.encode("utf-16-le"))

    with pytest.raises(VariableError, match="UTF-16 without a byte-order mark") as caught:
        collect(files=[path])

    assert "UTF-8" in caught.value.hint
