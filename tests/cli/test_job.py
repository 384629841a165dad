"""``job``: one JSON request on stdin, the envelope of the verb on stdout."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from microsip_config.codes.register import CODES
from microsip_config.errors import UsageError
from microsip_config.job.job_run import JobRun
from microsip_config.job.json_request import NEED_A_WISH, parse
from microsip_config.job.operations import OPERATIONS
from microsip_config.job.request import Job
from microsip_config.job.schema import envelope_schema, job_schema
from microsip_config.job.surroundings import of_this_process
from microsip_config.limits import REQUEST_BYTES

from .conftest import Cli, Outcome

Ask = Callable[..., Outcome]
TEXT = "[Settings]\nvolumeRing = {{ loud }}\n[Account1]\npassword = {{ secret.sip }}\n"


@pytest.fixture
def ask(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Runs a request, given as an object or as bytes."""

    def run(request: object) -> Outcome:
        data = request if isinstance(request, bytes) else json.dumps(request).encode()
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
        outcome = cli("job")
        jsonschema.validate(outcome.json, envelope_schema())
        return outcome

    return run


def without_run(outcome: Outcome) -> dict[str, Any]:
    """The envelope without what is of this one run."""
    return {**outcome.json, "run": None}


@pytest.mark.parametrize(
    ("words", "request_"),
    [
        (["plan", "base"], {"operation": "plan", "templates": ["base"]}),
        (["check", "base"], {"operation": "check", "templates": ["base"]}),
        (["check"], {"operation": "check"}),
        (["locate"], {"operation": "locate"}),
        (
            ["show", "Account1.server", "--changed"],
            {"operation": "show", "options": {"selection": "Account1.server", "changed": True}},
        ),
        (["capture"], {"operation": "capture"}),
        (["repair", "--dry-run"], {"operation": "repair", "options": {"dry_run": True}}),
        (["backups"], {"operation": "backups"}),
        (["calls"], {"operation": "calls"}),
        (["restore"], {"operation": "restore"}),
        (["phone", "status"], {"operation": "phone-status"}),
        (
            ["set", "Settings.nonsense=1"],
            {"operation": "set", "edits": ["Settings.nonsense=1"]},
        ),
    ],
)
def test_the_envelope_is_that_of_the_verb(
    cli: Cli, ask: Ask, ini: Path, words: list[str], request_: dict[str, Any]
) -> None:
    verb = cli(*words, "--ini", ini, "--json")
    answer = ask({**request_, "target": {"ini": str(ini)}})
    assert without_run(answer) == without_run(verb)
    assert answer.code == verb.code


def test_a_template_as_text_with_variables_and_secrets(ask: Ask, ini: Path) -> None:
    request = {
        "operation": "apply",
        "target": {"ini": str(ini)},
        "templates": ["base", {"name": "desk.ini", "text": TEXT}],
        "variables": {"loud": 55},
        "secrets": {"sip": "correct horse"},
    }
    first = ask(request)
    assert (first.code, first.json["command"], first.json["changed"]) == (0, "apply", True)
    assert "correct horse" not in first.out + first.err
    assert "desk.ini:2" in {change["reason"].partition(" ")[0] for change in first.json["changes"]}
    second = ask(request)
    assert (second.json["changed"], second.json["changes"]) == (False, [])
    assert second.json["run"]["template_sha256"] == first.json["run"]["template_sha256"]
    wrong = ask({**request, "templates": [{"name": "desk.ini", "text": "[Settings]\nx = 1"}]})
    assert wrong.json["errors"][0]["where"] == "desk.ini:2"


@pytest.mark.parametrize(
    "edits",
    [
        {"Settings.volumeRing": 55, "Account1.label": "Zoë", "Settings.unknownKey": None},
        ["Settings.volumeRing=55", "Account1.label=Zoë"],
        [{"section": "Settings", "key": "volumeRing", "value": "55"}],
    ],
)
def test_edits(ask: Ask, ini: Path, edits: object) -> None:
    if isinstance(edits, dict):
        edits.pop("Settings.unknownKey")
    answer = ask({"operation": "set", "target": {"ini": str(ini)}, "edits": edits})
    assert answer.code == 0, answer.out
    assert "volumeRing = 55" in ini.read_bytes().decode("utf-16")


def test_edits_on_top_of_templates(ask: Ask, ini: Path) -> None:
    text = "[Settings]\nvolumeRing = 40\nVAD = yes"
    request = {
        "operation": "plan",
        "target": {"ini": str(ini)},
        "templates": [{"name": "x", "text": text}],
        "edits": {"Settings.volumeRing": 55, "Account1.label": None},
    }
    answer = ask(request)
    found = {(c["key"], c["new"]) for c in answer.json["changes"]}
    assert (answer.code, found) == (1, {("volumeRing", "55"), ("VAD", "1"), ("label", None)})
    assert ask({**request, "operation": "apply"}).json["changed"]
    assert ask({**request, "operation": "check"}).json["changes"] == []
    assert ask({**request, "templates": []}).json["changes"] == []


def test_a_password_in_a_request_is_seen_by_nobody(cli: Cli, ask: Ask, ini: Path) -> None:
    edit = {"Account1.password": "hunter2hunter2"}
    answer = ask({"operation": "set", "target": {"ini": str(ini)}, "edits": edit})
    assert (answer.code, answer.json["warnings"]) == (0, [])
    assert "hunter2" not in answer.out + answer.err
    typed = cli("set", "Account1.password=hunter3hunter3", "--ini", ini, "--json").json
    assert [warning["code"] for warning in typed["warnings"]] == ["password-visible"]
    flag = {"operation": "set", "target": {"ini": str(ini)}, "options": {"password": "hunter4x"}}
    assert ask(flag).json["warnings"] == []


def test_a_secret_from_a_source(ask: Ask, ini: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANTED", "correct horse")
    answer = ask(
        {
            "operation": "apply",
            "target": {"ini": str(ini)},
            "templates": [{"name": "x", "text": "[Account1]\npassword = {{ secret.sip }}"}],
            "secrets": {"sip": {"source": "env:PLANTED"}},
        }
    )
    assert (answer.code, answer.json["changes"][0]["secret"]) == (0, True)
    assert "correct horse" in ini.read_bytes().decode("utf-16")


Refused = list[tuple[Any, str, str]]
BYTES: Refused = [
    (b"", "", ""),
    (b"[]", "the request", ""),
    (b"{", "line 1, column 2", ""),
    (b'{"operation": "plan", "operation": "apply"}', "", ""),
    (b'{"operation": NaN}', "", ""),
    (b"\xff\xfe{", "", ""),
    (b"[" * 100_000, "", ""),
    (b'{"operation": ' + b"9" * 10_000 + b"}", "", ""),
    (b" " * (REQUEST_BYTES + 1), "", ""),
]
# What no schema sees: the inside of a text.
TEXTS: Refused = [
    ({"operation": "locate", "target": {"ini": "a\0b"}}, "target.ini", ""),
    ({"operation": "locate", "target": {"ini": "\ud800"}}, "target.ini", ""),
    ({"operation": "locate", "target": {"ini": ""}}, "", "variable"),
    ({"operation": "set", "edits": ["Settings.volumeRing"]}, "edits", ""),
    ({"operation": "set", "edits": {"volumeRing": 1}}, "edits.volumeRing", ""),
]
APPLY = {"operation": "apply", "templates": ["base"]}
SHAPES: Refused = [
    ({"operation": "plan", "templates": []}, "templates", ""),
    ({"operation": "unset"}, "edits", ""),
    ({"operation": "locate", "templates": []}, "templates", ""),
    ({**APPLY, "options": {"stop_timeout": 10**400}}, "options.stop_timeout", ""),
    ({**APPLY, "options": {"vars_files": [None]}}, "options.vars_files[0]", ""),
    ({**APPLY, "secrets": {"sip": ""}}, "secrets.sip", ""),
    ({**APPLY, "secrets": {"a=env:HOME": {"source": "x"}}}, "secrets", ""),
    ({**APPLY, "templates": ["x"] * 3000}, "templates", ""),
    ({**APPLY, "templates": [{"name": "", "text": ""}]}, "templates[0].name", ""),
    ({}, "operation", "locate"),
    ({"operation": "plna"}, "operation", "'plan'"),
    ({"operation": ["plan"]}, "operation", "locate"),
    ({"operation": "plan"}, "templates", ""),
    ({"operation": "plan", "template": ["base"]}, "template", "'templates'"),
    ({"operation": "locate", "templates": ["base"]}, "templates", ""),
    ({"operation": "locate", "schema": 2}, "schema", ""),
    ({"operation": "locate", "schema": True}, "schema", ""),
    ({"operation": "locate", "target": {"inni": "x"}}, "target.inni", "'ini'"),
    ({"operation": "locate", "target": "x"}, "target", ""),
    ({"operation": "locate", "target": {"ini": 7}}, "target.ini", ""),
    ({"operation": "locate", "options": {"evry": True}}, "options.evry", "'every'"),
    ({"operation": "locate", "options": {"every": "yes"}}, "options.every", ""),
    ({"operation": "apply", "templates": ["base"], "options": {"restart": "Auto"}}, "options", ""),
    (
        {"operation": "apply", "templates": ["base"], "options": {"stop_timeout": -1}},
        "options.stop_timeout",
        "",
    ),
    (
        {"operation": "apply", "templates": ["base"], "options": {"stop_timeout": True}},
        "options.stop_timeout",
        "",
    ),
    ({"operation": "apply", "templates": [{"name": "x", "txt": ""}]}, "templates", "'text'"),
    ({"operation": "apply", "templates": [{"name": "x"}]}, "templates[0].text", ""),
    ({"operation": "apply", "templates": ["base"], "secrets": {"s": 1}}, "secrets.s", ""),
    (
        {"operation": "apply", "templates": ["base"], "secrets": {"s": {"src": "env:X"}}},
        "secrets.s",
        "source",
    ),
    ({"operation": "set", "edits": {"Settings.volumeRing": [1]}}, "edits", ""),
    ({"operation": "phone-dial"}, "options.number", ""),
]


@pytest.mark.parametrize(("request_", "where", "hint"), [*BYTES, *TEXTS, *SHAPES])
def test_a_request_that_does_not_fit(ask: Ask, request_: object, where: str, hint: str) -> None:
    answer = ask(request_)
    (error,) = answer.json["errors"]
    assert (answer.code, error["code"]) == (2, "usage"), error
    assert error["where"].startswith(where)
    assert hint in error["hint"]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda part: (
            st.lists(part, max_size=3)
            | st.dictionaries(
                st.sampled_from(["operation", "target", "templates", "edits", "ini", "secrets"])
                | st.text(max_size=4),
                part,
                max_size=4,
            )
        ),
    )
)
def test_no_request_is_a_bug(value: object) -> None:
    if isinstance(value, dict):
        value.setdefault("operation", "apply")
    with suppress(UsageError):
        parse(json.dumps(value).encode())


def test_its_schema_says_what_is_read() -> None:
    schema = job_schema()
    validator = jsonschema.Draft202012Validator
    validator.check_schema(schema)
    validator.check_schema(envelope_schema())
    issue = envelope_schema()["properties"]["errors"]["items"]["properties"]["code"]
    assert {each["const"]: each["title"] for each in issue["oneOf"]} == {
        code: row.meaning for code, row in CODES.items()
    }
    assert schema["properties"]["operation"]["enum"] == list(OPERATIONS)
    for request, *_ in SHAPES:
        assert list(validator(schema).iter_errors(request)), request
    for name, operation in OPERATIONS.items():
        needed = [option for option in operation.options() if option.required]
        fitting: dict[str, Any] = {"operation": name}
        if name in NEED_A_WISH and operation.templates:
            fitting["templates"] = ["base"]
        elif name in NEED_A_WISH:
            fitting["edits"] = ["Settings.VAD="]
        if needed:
            fitting["options"] = {o.name: 1 if o.kind == "integer" else "1" for o in needed}
        validator(schema).validate(fitting)
        assert parse(json.dumps(fitting).encode()).operation == name


def test_secrets_are_secrets_without_a_template(ask: Ask, ini: Path) -> None:
    request = {
        "operation": "plan",
        "target": {"ini": str(ini)},
        "edits": {"Settings.userAgent": "TopSecret9"},
        "secrets": {"sip": "TopSecret9"},
    }
    answer = ask(request)
    assert "TopSecret9" not in answer.out
    assert "TopSecret9" not in ask({**request, "edits": {"Settings.volumeRing": "TopSecret9"}}).out
    assert ask({**request, "secrets": {"sip": {"source": "nonsense:TopSecret9"}}}).code == 2


@pytest.mark.parametrize(("platform", "kept"), [("win32", False), ("linux", True)])
def test_a_phone_never_inherits_a_secret(
    monkeypatch: pytest.MonkeyPatch, platform: str, kept: bool
) -> None:
    """On Windows, in whatever letter case its variable is named."""

    class Upper(dict[str, str]):
        def __getitem__(self, name: str) -> str:
            return super().__getitem__(name.upper())

    environ = Upper(SIP_PASSWORD="hunter2hunter2", PATH="x")
    around = of_this_process()._replace(platform=platform, environ=environ)
    run = JobRun(Job("check", {"secret": ["sip=env:Sip_Password"]}), around)
    run.execute(lambda _: None)
    assert ("SIP_PASSWORD" in run.world.environ) is kept
    assert run.world.environ["PATH"] == "x"


def test_documented_flags_keep_their_order(cli: Cli, ask: Ask, ini: Path) -> None:
    flags = {"micvolume": "5", "setvolume": "40", "autoanswer": "1", "user": "7", "dn": "A"}
    words = [word for name, text in flags.items() for word in (f"--{name}", text)]
    before = ini.read_bytes()
    verb = cli("set", *words, "--ini", ini, "--json")
    ini.write_bytes(before)
    answer = ask({"operation": "set", "target": {"ini": str(ini)}, "options": flags})
    assert answer.json["changes"] == verb.json["changes"]


def test_a_template_text_may_begin_with_a_mark(ask: Ask, ini: Path) -> None:
    text = "\ufeff[Settings]\nVAD = yes\n"
    request = {"operation": "plan", "templates": [{"name": "t.ini", "text": text}]}
    assert ask({**request, "target": {"ini": str(ini)}}).code == 1


def test_a_request_may_begin_with_a_mark(ask: Ask, ini: Path) -> None:
    request = {"operation": "show", "target": {"ini": str(ini)}}
    assert ask(json.dumps(request).encode("utf-8-sig")).code == 0


def test_ctrl_c_while_the_request_is_read(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupted:
        @property
        def buffer(self) -> io.BytesIO:
            raise KeyboardInterrupt

    monkeypatch.setattr("sys.stdin", Interrupted())
    assert cli("job").json["exit_code"] == 130


def test_the_data_folder_of_the_environment_counts(ask: Ask, ini: Path, tmp_path: Path) -> None:
    request = {"operation": "set", "edits": {"Settings.volumeRing": 1}}
    ask({**request, "target": {"ini": str(ini)}})
    assert list((tmp_path / "our data" / "targets").iterdir())


def test_without_stdin(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    assert cli("job").code == 2


@pytest.mark.parametrize("which", ["job", "output", "configuration"])
def test_the_schemas_are_printed(cli: Cli, which: str) -> None:
    shown = cli("schema", "--for", which)
    assert (shown.code, cli("schema", "--for", which, "--json").json["data"]) == (
        0,
        json.loads(shown.out),
    )


def test_restore_to_a_moment(ask: Ask, ini: Path) -> None:
    target, before = {"ini": str(ini)}, ini.read_bytes()
    edits = {"Settings.volumeRing": 7}
    done = ask({"operation": "set", "target": target, "edits": edits}).json
    for options in ({"run": done["run"]["id"]}, {"original": True}, {"before": "2020-01-01"}):
        restored = ask({"operation": "restore", "target": target, "options": options}).json
        assert restored["exit_code"] == 0
        assert ini.read_bytes() == before
    wrong = ask({"operation": "restore", "target": target, "options": {"before": "now"}}).json
    assert wrong["errors"][0]["code"] == "usage"


@pytest.mark.parametrize("operation", ["plan", "apply", "check"])
def test_what_no_template_uses(ask: Ask, ini: Path, operation: str) -> None:
    request = {
        "operation": operation,
        "target": {"ini": str(ini)},
        "templates": [{"name": "t", "text": "[Settings]\nvolumeRing = {{ loud }}\n"}],
        "variables": {"loud": "7", "site": {"lod": "1"}, "loudd": "2"},
        "secrets": {"sip": "invented"},
        "options": {},
    }
    told = [w for w in ask(request).json["warnings"] if w["code"] == "unused-variable"]
    assert [each["where"] for each in told] == ["variables", "secrets"]
    assert "site.lod, loudd" in told[0]["message"]
    assert "did you mean 'loud'?" in told[0]["hint"]
    strict = ask({**request, "options": {"strict": True}}).json
    assert (strict["exit_code"], strict["errors"][0]["code"]) == (3, "unused-variable")


@pytest.mark.parametrize("operation", ["plan", "check", "show", "locate", "capture", "backups"])
def test_what_writes_nothing_creates_nothing(ask: Ask, ini: Path, operation: str) -> None:
    request = {"operation": operation, "target": {"ini": str(ini), "create": True}}
    if operation == "plan":
        request["edits"] = {"Settings.volumeRing": 7}
    refused = ask(request).json
    assert (refused["exit_code"], refused["errors"][0]["where"]) == (2, "target.create")
