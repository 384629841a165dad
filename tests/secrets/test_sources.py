"""``--secret NAME=SOURCE``: each source, each refusal, and no refusal that reveals the secret."""

from __future__ import annotations

import contextlib
import io
import subprocess
import sys
import sysconfig
import traceback
from collections.abc import Iterator, Mapping
from pathlib import Path

import keyring
import keyring.backend
import keyring.errors
import pytest
from hypothesis import given
from hypothesis import strategies as st

from microsip_config.errors import SecretError, UsageError
from microsip_config.job.options import TEMPLATE
from microsip_config.secret import Secret
from microsip_config.secrets.collect import Secrets, collect, from_request, parse
from microsip_config.secrets.sources import FORMS, SOURCES
from microsip_config.secrets.sources.source import LIMIT, SecretWorld
from microsip_config.system.installation import how_to_add

VALUE = "hunter2-zebra"


def world(
    environ: Mapping[str, str] | None = None,
    stdin: bytes = b"",
    terminal: bool = False,
    typed: str | None = None,
) -> SecretWorld:
    def prompt(_: str) -> str:
        if typed is None:
            raise EOFError
        return typed

    return SecretWorld(environ or {}, io.BytesIO(stdin).read, lambda: terminal, prompt)


def refusal(secrets: Secrets, name: str = "sip") -> SecretError:
    with pytest.raises(SecretError) as caught:
        secrets[name]
    shown = "".join(traceback.format_exception(caught.value)) + caught.value.hint
    for value in (VALUE, repr(VALUE.encode())[2:-1]):
        assert value not in shown
    return caught.value


# --- the grammar ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("sip=env:SIP_PASSWORD", ("sip", "env", "SIP_PASSWORD")),
        ("sip=file:/run/a=b:c", ("sip", "file", "/run/a=b:c")),
        ("sip=file:C:\\x\\pw.txt", ("sip", "file", "C:\\x\\pw.txt")),
        (
            "sip=keyring:https://sip.example.com/101",
            ("sip", "keyring", "https://sip.example.com/101"),
        ),
        ("_sip2=stdin", ("_sip2", "stdin", "")),
        ("sip=prompt", ("sip", "prompt", "")),
    ],
)
def test_sources_that_are_understood(spec: str, expected: tuple[str, str, str]) -> None:
    assert parse(spec) == expected


@pytest.mark.parametrize(
    "spec",
    [
        VALUE,
        f"sip={VALUE}",
        f"sip={VALUE}:x",
        f"{VALUE}=env:X",
        "=env:X",
        "2sip=env:X",
        "sip=",
        "sip=env",
        "sip=env:",
        "sip=file:",
        "sip=keyring:service",
        "sip=keyring:service/",
        "sip=keyring:/user",
        f"sip=stdin:{VALUE}",
        "sip=ENV:X",
    ],
)
def test_a_source_that_is_not_understood_is_not_repeated(spec: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(spec)
    assert VALUE not in str(caught.value) + caught.value.hint
    assert "env:VAR" in caught.value.hint


@pytest.mark.parametrize("specs", [["a=env:X", "a=stdin"], ["a=stdin", "b=stdin"]])
def test_sources_that_do_not_fit_together(specs: list[str]) -> None:
    with pytest.raises(UsageError):
        collect(specs, world())


def test_help_and_readme_name_every_source() -> None:
    option = next(option for option in TEMPLATE.options if option.name == "secret")
    assert FORMS in option.help
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    assert "|".join(source.form for source in SOURCES.values()) in readme


# --- secrets in a request ---------------------------------------------------------------------


def test_a_request_gives_a_text_or_names_a_source() -> None:
    given, specs = from_request({"sip": VALUE, "web": {"source": "env:X"}})
    secrets = collect(specs, world({"X": "other"}), given)
    assert {name: secret.reveal() for name, secret in secrets.items()} == {
        "sip": VALUE,
        "web": "other",
    }
    assert len(secrets) == 2
    assert VALUE not in repr(secrets) + repr(given)
    assert secrets.variables == {"X"}


@pytest.mark.parametrize(
    ("request_", "where"),
    [
        ({"sip": {"sorce": f"env:{VALUE}"}}, "secrets.sip.sorce"),
        ({"sip": {"source": "env:X", VALUE[:3]: VALUE}}, "secrets.sip.hun"),
        ({"sip": {"source": VALUE}}, ""),
        ({"sip": {"source": 5}}, "secrets.sip.source"),
        ({"sip": {}}, "secrets.sip.source"),
        ({"sip": [VALUE]}, "secrets.sip"),
        ({"sip": ""}, "secrets.sip"),
        ({"sip": f"{VALUE}\nx"}, "secrets.sip"),
        ({"sip": f"{VALUE}\0"}, "secrets.sip"),
        ({"sip": f"{VALUE}\ud800"}, "secrets.sip"),
        ({"sip": VALUE * LIMIT}, "secrets.sip"),
        ({"sip=env:HOME": {"source": "env:X"}}, "secrets"),
        ({VALUE: VALUE}, "secrets"),
    ],
)
def test_a_request_that_is_refused_repeats_no_value(
    request_: dict[str, object], where: str
) -> None:
    with pytest.raises(UsageError) as caught:
        from_request(request_)
    assert caught.value.where == where
    assert VALUE not in str(caught.value) + caught.value.hint


def test_an_unknown_field_of_a_secret_is_met_with_the_right_one() -> None:
    with pytest.raises(UsageError) as caught:
        from_request({"sip": {"sorce": "env:X"}})
    assert caught.value.hint == "did you mean 'source'?"


def test_a_secret_is_given_or_read_not_both() -> None:
    with pytest.raises(UsageError, match="more than once"):
        collect(["sip=env:X"], world(), {"sip": Secret(VALUE)})


# --- laziness ---------------------------------------------------------------------------------


def test_a_secret_is_read_when_used_and_only_once() -> None:
    asked: list[str] = []

    def prompt(text: str) -> str:
        asked.append(text)
        return VALUE

    secrets = collect(
        ["sip=prompt", "other=prompt", "gone=env:NOT_THERE"],
        SecretWorld({}, io.BytesIO().read, lambda: True, prompt),
    )
    assert list(secrets) == ["sip", "other", "gone"]
    assert len(secrets) == 3
    assert "sip" in secrets
    assert "nope" not in secrets
    assert asked == []
    assert secrets["sip"] is secrets["sip"]
    assert asked == ["sip: "]
    assert secrets.unused() == ["other", "gone"]
    with pytest.raises(KeyError):
        secrets["nope"]


def test_each_secret_that_is_read_is_reported() -> None:
    seen: list[Secret] = []
    secrets = collect(["sip=env:X"], world({"X": VALUE})._replace(seen=seen.append))
    assert seen == []
    assert [secrets["sip"], secrets["sip"]] == [*seen, *seen]
    assert VALUE not in repr(secrets) + repr(seen)


# --- each source ------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_env_with_the_line_end_of_a_file_of_windows(end: str) -> None:
    assert collect(["sip=env:X"], world({"X": VALUE + end}))["sip"].reveal() == VALUE
    assert "more than one" in refusal(collect(["sip=env:X"], world({"X": f"a\n{VALUE}"}))).message


def test_env() -> None:
    assert collect(["sip=env:X"], world({"X": f" {VALUE} "}))["sip"].reveal() == f" {VALUE} "
    assert "'X'" in refusal(collect(["sip=env:X"], world())).message
    assert "empty" in refusal(collect(["sip=env:X"], world({"X": ""}))).message
    assert "line" in refusal(collect(["sip=env:X"], world({"X": f"{VALUE}\nx"}))).message


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"hunter2-zebra", VALUE),
        (b"hunter2-zebra\n", VALUE),
        (b"hunter2-zebra\r\n", VALUE),
        (b" hunter2-zebra \n", f" {VALUE} "),
        (b"\xef\xbb\xbfhunter2-zebra\n", VALUE),
        (VALUE.encode("utf-16"), VALUE),
        (b"\xfe\xff" + f"{VALUE}\r\n".encode("utf-16-be"), VALUE),
        ("Zoë-€-😀\n".encode(), "Zoë-€-😀"),
        (b"x" * LIMIT, "x" * LIMIT),
    ],
)
def test_file_and_stdin(tmp_path: Path, content: bytes, expected: str) -> None:
    file = tmp_path / "pw"
    file.write_bytes(content)
    file.chmod(0o600)
    assert collect([f"sip=file:{file}"], world())["sip"].reveal() == expected
    assert collect(["sip=stdin"], world(stdin=content))["sip"].reveal() == expected


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        (b"\n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"hunter2-zebra\n\n", "line"),
        (b"hunter2-zebra\nsecond", "line"),
        (b"hunter2-zebra\rsecond", "line"),
        ("hunter2-zebra\u2028x".encode(), "line"),
        (b"hunter2-zebra\xff", "UTF-8"),
        (b"hunter2-zebra\0", "NUL"),
        (VALUE.encode("utf-16-le"), "NUL"),
        (b"\xff\xfeh", "UTF-8"),
        (b"x" * (LIMIT + 1), "longer"),
    ],
)
def test_content_that_is_refused(tmp_path: Path, content: bytes, word: str) -> None:
    file = tmp_path / "pw"
    file.write_bytes(content)
    file.chmod(0o600)
    assert word in refusal(collect([f"sip=file:{file}"], world())).message
    assert word in refusal(collect(["sip=stdin"], world(stdin=content))).message


def test_stdin_of_a_terminal_is_refused_because_typing_would_show() -> None:
    error = refusal(collect(["sip=stdin"], world(stdin=VALUE.encode(), terminal=True)))
    assert "prompt" in error.hint


def test_prompt() -> None:
    assert collect(["sip=prompt"], world(terminal=True, typed=VALUE))["sip"].reveal() == VALUE
    assert "terminal" in refusal(collect(["sip=prompt"], world(typed=VALUE))).message
    assert "empty" in refusal(collect(["sip=prompt"], world(terminal=True))).message
    assert "empty" in refusal(collect(["sip=prompt"], world(terminal=True, typed=""))).message


class Drawer(keyring.backend.KeyringBackend):
    """A keyring in memory."""

    priority = 1.0

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.content = {("sip.example.com", "101"): VALUE, ("https://a/b", "101"): "other"}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise keyring.errors.KeyringLocked(VALUE)
        return self.content.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.content[service, username] = password


@pytest.fixture
def drawer() -> Iterator[Drawer]:
    before = keyring.get_keyring()
    drawer = Drawer()
    keyring.set_keyring(drawer)
    yield drawer
    keyring.set_keyring(before)


def test_keyring(drawer: Drawer) -> None:
    secrets = collect(
        ["sip=keyring:sip.example.com/101", "url=keyring:https://a/b/101", "no=keyring:x/y"],
        world(),
    )
    assert secrets["sip"].reveal() == VALUE
    assert secrets["url"].reveal() == "other"
    assert "'y' for 'x'" in refusal(secrets, "no").message


def test_a_locked_keyring(drawer: Drawer) -> None:
    drawer.locked = True
    error = refusal(collect(["sip=keyring:sip.example.com/101"], world()))
    assert "KeyringLocked" in error.message


def test_without_the_package_keyring_the_error_names_it() -> None:
    script = (
        "import sys; sys.modules['keyring'] = None\n"
        "from microsip_config.secrets.sources.keyring import ask_keyring\n"
        "try: ask_keyring('a', 'b')\n"
        "except Exception as e: print(type(e).__name__, e.hint)\n"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout == f'SecretError "{sys.executable}" -m pip install keyring\n'


@pytest.mark.parametrize(
    ("place", "frozen", "managed", "hint"),
    [
        ("pipx/venvs/microsip-config", "pipx_metadata.json", "", "pipx inject microsip-config "),
        ("uv/tools/microsip-config", "uv-receipt.toml", "", 'uv pip install --python "'),
        ("venv", "", "", '" -m pip install keyring'),
        ("venv", "", "managed", '" -m pip install keyring'),
        ("", "", "managed", "python3-keyring"),
        ("", "", "", '" -m pip install keyring'),
        ("venv", "frozen", "", "another source"),
    ],
)
def test_how_a_package_is_added_depends_on_how_the_program_is_installed(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    place: str,
    frozen: str,
    managed: str,
    hint: str,
) -> None:
    prefix = tmp_path / place
    prefix.mkdir(parents=True, exist_ok=True)
    monkeypatch.setattr(sys, "prefix", str(prefix))
    monkeypatch.setattr(sys, "base_prefix", str(tmp_path))
    monkeypatch.setattr(sys, "frozen", frozen == "frozen", raising=False)
    if frozen not in ("", "frozen"):
        (prefix / frozen).touch()
    library = tmp_path / "lib"
    library.mkdir()
    if managed:
        (library / "EXTERNALLY-MANAGED").touch()
    monkeypatch.setattr(sysconfig, "get_path", lambda _: str(library))
    said = how_to_add("keyring")
    assert hint in said
    assert "microsip-config[" not in said


@given(st.text().filter(lambda spec: "=env:" not in spec))
def test_any_other_text_is_a_usage_error_if_anything(spec: str) -> None:
    with pytest.raises(UsageError):
        parse(f"{spec}=?")
    with contextlib.suppress(UsageError):
        parse(spec)
