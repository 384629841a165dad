"""What root and the owner's process say to each other."""

from __future__ import annotations

import json
from typing import Any

import pytest

from microsip_config import load_template
from microsip_config.errors import ExitCode
from microsip_config.job.owner_wire import (
    Malformed,
    job_as_json,
    job_from_json,
    result_as_json,
    result_from_json,
)
from microsip_config.job.request import Edit, Job
from microsip_config.results import Change, Issue, PhoneReport, Result, Target
from microsip_config.secret import Secret
from microsip_config.template.model import TemplateText

TEMPLATE = """\
[template]
description = Desk
activate = Account by username

[Settings]
volumeRing ?= 60
userAgent = {{ absent }}
audioCodecs = opus, PCMA

[Account by username]
username = 101
server = sip.example.com
password = {{ secret.sip }}

[Account0]
label = here

[Account *]
transport = tls

[Shortcuts]
0 = Park;*68;call;;0
"""


def test_a_job_arrives_as_it_was_sent() -> None:
    secrets = {"sip": Secret("zebra")}
    desired = load_template([TemplateText("t", TEMPLATE)]).render({}, secrets)
    assert len(desired.assignments) == 9
    job = Job(
        "apply",
        {"ini": "/x/MicroSIP.ini", "stop_timeout": 3.5, "create": True, "out": None},
        edits=[Edit("Account1", "password", Secret("lion")), Edit("Settings", "VAD", None)],
        flags={"user": "7", "password": Secret("tiger")},
        desired=desired,
    )
    sent = job_as_json(job)
    again = job_from_json(json.loads(json.dumps(sent)))
    assert job_as_json(again) == sent
    assert again._replace(desired=None) == job._replace(desired=None)
    keys = [[wish.key.name for wish in each.desired.assignments] for each in (again, job)]  # type: ignore[union-attr]
    assert keys[0] == keys[1]


RESULT = Result(
    "apply",
    Target("/x/MicroSIP.ini", "", "given", "--ini"),
    True,
    False,
    (
        Change("Settings", "VAD", "set", "0", "1", "because", quoted=True),
        Change("Account1", "password", "add", None, Secret("zebra"), "new"),
        Change("Account2", "password", "remove", Secret("zebra"), None, "gone"),
    ),
    "20260102T030405Z",
    PhoneReport(True, True, False, ("MicroSIP.exe /exit",)),
    (Issue("a", "b", "c", "d"),),
    (),
    0,
    {"x": [1, None, "y"]},
)


@pytest.mark.parametrize(
    "result",
    [
        RESULT,
        RESULT._replace(errors=(Issue("bad-value", "no"),), exit_code=3, changed=False),
        RESULT._replace(differs=True, changed=False, exit_code=1),
    ],
)
def test_a_result_arrives_as_it_was_given(result: Result) -> None:
    sent = json.dumps(result_as_json(result))
    assert "zebra" not in sent
    again = result_from_json("apply", json.loads(sent))
    assert again.as_json() == result.as_json()
    assert [change.quoted for change in again.changes] == [True, False, False]
    assert [change.secret for change in again.changes] == [False, True, True]


GOOD = result_as_json(RESULT)
ISSUE = {"code": "a", "message": "b", "hint": "c", "where": "d"}


@pytest.mark.parametrize(
    "lie",
    [
        None,
        [],
        "ok",
        {},
        {**GOOD, "exit_code": 9},
        {**GOOD, "exit_code": True},
        {**GOOD, "exit_code": "0"},
        {**GOOD, "exit_code": 6},  # and no error
        {**GOOD, "errors": [ISSUE]},  # and exit 0
        {**GOOD, "exit_code": 6, "errors": [{**ISSUE, "code": ["x"]}]},
        {**GOOD, "warnings": ["x"]},
        {**GOOD, "warnings": {}},
        {**GOOD, "target": {"ini": 5}},
        {**GOOD, "target": "x"},
        {**GOOD, "backup": 5},
        {**GOOD, "changes": [{}], "quoted": [False]},
        {**GOOD, "changes": [{**GOOD["changes"][0], "action": "explode"}]},
        {**GOOD, "changes": [{**GOOD["changes"][0], "old": 5}]},
        {**GOOD, "phone": {"command_lines": [5]}},
        {**GOOD, "phone": None},
        {**GOOD, "quoted": None},
    ],
)
def test_an_answer_of_another_shape_is_none(lie: Any) -> None:
    with pytest.raises(Malformed):
        result_from_json("apply", lie)


def test_every_exit_code_of_an_error_is_taken() -> None:
    for code in ExitCode:
        if code > ExitCode.DIFFERENCES:
            sent = {**GOOD, "exit_code": int(code), "errors": [ISSUE]}
            assert result_from_json("apply", sent).exit_code == code
