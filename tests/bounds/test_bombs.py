"""Input that is small, and huge to work on: refused with the limit named, or done within it."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from microsip_config import limits
from microsip_config.schema import SECTIONS

from .conftest import Bounded, utf16

KIB = 1024
MOST = limits.TEMPLATE_BYTES - 100
DEEP = "nested more than 8 deep"
VARIABLES: dict[str, tuple[str, Callable[[], str], str]] = {
    "dotted key": ("v.toml", lambda: "a" + ".a" * (MOST // 2) + " = 1", DEEP),
    "dotted key with blanks": ("v.toml", lambda: "a" + " . a" * (MOST // 4) + " = 1", DEEP),
    "quoted key": ("v.toml", lambda: '"a"' + '."a"' * (MOST // 4) + " = 1", DEEP),
    "literal key": ("v.toml", lambda: "'a'" + ".'a'" * (MOST // 4) + " = 1", DEEP),
    "header": ("v.toml", lambda: "[" + "a." * (MOST // 2) + "a]", DEEP),
    "header of an array": ("v.toml", lambda: "[[" + "a." * (MOST // 2) + "a]]", DEEP),
    "inline table": ("v.toml", lambda: "x = {" + "a." * (MOST // 2) + "a = 1}", DEEP),
    "behind a text": ("v.toml", lambda: 'x = "a\\""\na' + ".a" * (MOST // 2) + " = 1", DEEP),
    "behind a long text": (
        "v.toml",
        lambda: 'x = """a\\"\n"""""\na' + ".a" * (MOST // 2) + " = 1",
        DEEP,
    ),
    "behind a literal": (
        "v.toml",
        lambda: "x = '''a\n'''''\na" + ".a" * (MOST // 2) + " = 1",
        DEEP,
    ),
    "behind a comment": ("v.toml", lambda: "# it's \"\na" + ".a" * (MOST // 2) + " = 1", DEEP),
    "nested inline tables": ("v.toml", lambda: "x = " + "{a=" * (MOST // 3), DEEP),
    "nested arrays": ("v.toml", lambda: "x = " + "[" * MOST, DEEP),
    "many tables": ("v.toml", lambda: "".join(f"[t{n}]\n" for n in range(25_000)), "10,000"),
    "many keys": ("v.toml", lambda: "".join(f"k{n}=1\n" for n in range(25_000)), "10,000"),
    "long key": ("v.toml", lambda: "k" * MOST + " = 1", "255 characters"),
    "huge number": ("v.toml", lambda: "x = " + "9" * MOST, "not valid TOML"),
    "too large": ("v.toml", lambda: "#" * (limits.TEMPLATE_BYTES + 1), "larger than 256 KiB"),
    "JSON, nested objects": ("v.json", lambda: '{"a":' * (MOST // 5), DEEP),
    "JSON, nested lists": ("v.json", lambda: '{"a":' + "[" * (MOST - 10), DEEP),
    "JSON, many names": (
        "v.json",
        lambda: json.dumps({f"k{n}": 1 for n in range(15_000)}),
        "10,000",
    ),
    "JSON, huge number": ("v.json", lambda: '{"a": ' + "9" * (MOST - 10) + "}", "not valid JSON"),
}


@pytest.mark.parametrize("name", VARIABLES)
def test_variables(bounded: Bounded, ini: Path, tmp_path: Path, name: str) -> None:
    file, text, words = VARIABLES[name]
    (tmp_path / file).write_text(text(), encoding="utf-8")
    (tmp_path / "t.ini").write_text("[Settings]\nvolumeRing = 5\n", encoding="utf-8")

    ended = bounded("plan", "t.ini", "--vars", file, "--ini", ini)

    assert (ended.returncode, words in ended.stderr) == (3, True), ended.stderr[:500]


def test_what_is_not_deep_in_a_toml_file_is_read(
    bounded: Bounded, ini: Path, tmp_path: Path
) -> None:
    (tmp_path / "v.toml").write_text(
        "a.b.c.d.e.f.g.h = 'x.x.x.x.x.x.x.x.x.x.x'  # 1.2.3.4.5.6.7.8.9.10.11\n"
        "list = [1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5, 10.5]\n"
        'text = """a.b.c.d.e.f.g.h.i.j.k"""\n'
        "table = { a = 1.5, b = 2.5, 'c.c.c.c.c.c.c.c.c.c' = 3.5 }\n"
        "when = 2026-01-01T00:00:00.5\n",
        encoding="utf-8",
    )
    (tmp_path / "t.ini").write_text(
        "[Settings]\nuserAgent = {{ a.b.c.d.e.f.g.h }}\n", encoding="utf-8"
    )
    ended = bounded("plan", "t.ini", "--vars", "v.toml", "--ini", ini)
    assert (ended.returncode, "x.x.x" in ended.stdout) == (1, True), ended.stderr


@pytest.mark.parametrize("name", ["a" + ".a" * 30_000, "a" * 60_000])
def test_variable_of_the_command_line(
    bounded: Bounded, ini: Path, tmp_path: Path, name: str
) -> None:
    (tmp_path / "t.ini").write_text("[Settings]\nvolumeRing = 5\n", encoding="utf-8")
    assert bounded("plan", "t.ini", "--var", f"{name}=x", "--ini", ini).returncode == 2
    assert bounded("plan", "t.ini", "--var", f"{name[:30_000]}=x", "--ini", ini).returncode == 2


def _identities(count: int) -> str:
    names = [key.name for key in SECTIONS["Account"].values() if key.kind == "text"]
    found = itertools.islice(itertools.permutations(names, 3), count)
    return "".join(f"[Account by {', '.join(each)}]\n" for each in found)


TEMPLATES: dict[str, tuple[Callable[[], str], str]] = {
    "accounts": (
        lambda: "".join(f"[Account by username]\nusername={n}\n" for n in range(6_000)),
        "more than 1,000 sections",
    ),
    "accounts of no key": (lambda: "[Account by]\n" * 6_000, "unknown section"),
    "identities": (lambda: _identities(500), "does not set"),
    "lines": (lambda: "[Settings]\n" + "\n" * 30_000, "more than 20,000 lines"),
    "braces": (lambda: ("[Settings]\nuserAgent = '" + "{{" * 2_000 + "'\n") * 60, "appears twice"),
    "extends": (lambda: "[template]\nextends = " + "a," * 1_900, "more than 64 templates"),
    "undefined names": (
        lambda: "".join(
            f"[Account{n}]\nlabel = {{{{ volumRing{n} }}}}\nserver = {{{{ volumeRng{n} }}}}\n"
            for n in range(1, 999)
        ),
        "undefined variable",
    ),
    "unknown keys": (
        lambda: "[Settings]\n" + "".join(f"volumRing{n} = 1\n" for n in range(10_000)),
        "unknown key",
    ),
}


@pytest.mark.parametrize("name", TEMPLATES)
def test_templates(bounded: Bounded, ini: Path, tmp_path: Path, name: str) -> None:
    text, words = TEMPLATES[name]
    (tmp_path / "t.ini").write_text(text(), encoding="utf-8")
    variables = {f"volumeRing{n}": "x" for n in range(9_000)}
    (tmp_path / "v.json").write_text(json.dumps(variables), encoding="utf-8")
    ended = bounded("plan", "t.ini", "--vars", "v.json", "--ini", ini)
    assert (ended.returncode, words in ended.stderr) == (3, True), ended.stderr[:500]
    assert bounded("template", "validate", "t.ini").returncode in (0, 3)


def test_names_that_are_required_and_used(bounded: Bounded, tmp_path: Path) -> None:
    wanted = ", ".join(f"n{n}" for n in range(700))
    uses = "".join(f"[Account{n}]\nlabel = {{{{ m{n} }}}}\n" for n in range(1, 999))
    (tmp_path / "t.ini").write_text(f"[template]\nrequires = {wanted}\n{uses}", encoding="utf-8")
    assert bounded("template", "validate", "t.ini").returncode == 0


def test_texts_of_a_request_share_the_limits_of_templates(bounded: Bounded, ini: Path) -> None:
    text = "[Settings]\n" + "# comment\n" * 1_000
    request = {
        "operation": "plan",
        "target": {"ini": str(ini)},
        "templates": [{"name": f"t{n}", "text": f"{text}volumeRing = 5\n"} for n in range(40)],
    }
    ended = bounded("job", given=json.dumps(request).encode())
    answer = json.loads(ended.stdout)
    assert (ended.returncode, answer["errors"][0]["code"]) == (3, "too-large")


REQUESTS: dict[str, bytes] = {
    "too large": b" " * (limits.REQUEST_BYTES + 1),
    "nested": b'{"a":' * 500_000,
    "nested lists": b"[" * 4_000_000,
    "names": b"{" + b",".join(b'"a%d":1' % n for n in range(250_000)) + b',"a249999":1}',
    "number": b'{"operation": ' + b"9" * 3_000_000 + b"}",
    "edits": json.dumps({"operation": "set", "edits": ["a.b=c"] * 3_000}).encode(),
    "deep variables": b'{"operation": "plan", "templates": ["base"], "variables": '
    + b'{"a":' * 900
    + b"1"
    + b"}" * 901,
}


@pytest.mark.parametrize("name", REQUESTS)
def test_requests(bounded: Bounded, name: str) -> None:
    ended = bounded("job", given=REQUESTS[name])
    assert ended.returncode in (2, 3), ended.stdout[:500]
    assert json.loads(ended.stdout)["exit_code"] == ended.returncode


def _accounts(count: int, step: int = 1) -> str:
    return "".join(
        f"[Account{n * step + 1}]\nusername=u{n}\ndomain=d.example.com\n" for n in range(count)
    )


TOO_MUCH: dict[str, tuple[Callable[[], str], str]] = {
    "bytes": (lambda: "[Settings]\na=" + "x" * (limits.INI_BYTES // 2), "4 MiB"),
    "lines": (lambda: "[Settings]\n" + "x\n" * (limits.INI_LINES + 1), "50,000 lines"),
    "old lines": (lambda: "[Settings]\r" + "x\r" * (limits.INI_LINES + 1), "50,000 lines"),
    "accounts": (lambda: _accounts(limits.INI_ACCOUNTS + 1), "1,000 sections [AccountN]"),
    "accounts with gaps": (lambda: _accounts(limits.INI_ACCOUNTS + 1, 3), "1,000 sections"),
    "section": (lambda: f"[{'x' * 2_000}]\n", "255 characters"),
}


@pytest.mark.parametrize("name", TOO_MUCH)
@pytest.mark.parametrize("verb", ["check", "show", "capture", "plan", "repair", "calls"])
def test_a_file_beyond_a_limit_is_refused(
    bounded: Bounded, ini: Path, tmp_path: Path, name: str, verb: str
) -> None:
    text, words = TOO_MUCH[name]
    ini.write_bytes(utf16(text()))
    (tmp_path / "t.ini").write_text("[Settings]\nvolumeRing = 5\n", encoding="utf-8")
    ended = bounded(verb, *(["t.ini"] if verb == "plan" else []), "--ini", ini)
    assert (ended.returncode, words in ended.stderr) == (4, True), ended.stderr[:500]


WITHIN: dict[str, Callable[[], str]] = {
    "accounts": lambda: _accounts(limits.INI_ACCOUNTS),
    "accounts with gaps": lambda: "[Settings]\naccountId=1\n" + _accounts(limits.INI_ACCOUNTS, 3),
    "sections": lambda: "".join(f"[Setings{n}]\na=1\n" for n in range(24_000)),
    "unknown keys": lambda: "[Settings]\n" + "".join(f"volumRing{n}=1\n" for n in range(49_000)),
    "calls": lambda: "[Calls]\n" + "".join(f"{n}=100;B;0;1;1;x\n" for n in range(49_000)),
    "gaps": lambda: "[Dialed]\n" + "".join(f"{2 * n + 1}=1\n" for n in range(49_000)),
    "twice": lambda: "[Settings]\n" + "volumeRing=1\n" * 49_000,
    "section again": lambda: "[Settings]\na=1\n" * 24_000,
    "section of a long name": lambda: f"[{'x' * 255}]\n" + "a=1\n" * 48_000,
    "key of a long name": lambda: (
        f"[Settings]\n{'x' * 1_000_000}=1\n" + "".join(f"a{n}=1\n" for n in range(30_000))
    ),
    "NUL": lambda: "[Settings]\n" + "".join(f"a{n}=\0b\n" for n in range(48_000)),
    "brackets": lambda: "[Settings]\na=" + "[" * 1_500_000,
    "blanks": lambda: ("[Settings]\n" + " " * 30_000 + "x[\n") * 50,
}


@pytest.mark.parametrize("name", WITHIN)
@pytest.mark.parametrize("verb", ["check", "show", "capture", "plan", "repair"])
def test_the_largest_file_is_worked_on_in_little_time_and_memory(
    bounded: Bounded, ini: Path, tmp_path: Path, name: str, verb: str
) -> None:
    ini.write_bytes(utf16(WITHIN[name]()))
    (tmp_path / "t.ini").write_text("[Account *]\nlabel = x\n", encoding="utf-8")
    ended = bounded(verb, *(["t.ini"] if verb == "plan" else []), "--ini", ini)
    assert ended.returncode in (0, 1), ended.stderr[-500:]
    assert len(ended.stdout) < 100_000_000


def test_no_file_is_written_that_no_later_run_could_read(bounded: Bounded, ini: Path) -> None:
    """A file in one byte a character is written in two."""
    before = b"[Settings]\r\n; " + b"x" * (limits.INI_BYTES // 2 - 100) + b"\r\n"
    ini.write_bytes(before)
    assert bounded("show", "--ini", ini).returncode == 0
    ended = bounded("set", "Settings.userAgent=" + "x" * 120, "--ini", ini)
    assert (ended.returncode, "4 MiB" in ended.stderr) == (6, True), ended.stderr
    assert ini.read_bytes() == before


def test_many_single_changes(bounded: Bounded, ini: Path) -> None:
    ended = bounded("set", *["Settings.volumRing=1"] * 2_001, "--ini", ini)
    assert (ended.returncode, "2,000" in ended.stderr) == (3, True), ended.stderr[:300]
