"""SYSTEM over the profile of a user who is logged on: a process with that user's token does it.

Wine has no second user. Here this test counts as SYSTEM, and the token that its user's programs
have without an administrator's rights is what Windows would give: the process, its pipes and its
rights are real ones.
"""

from __future__ import annotations

import _winapi
import ctypes
import json
import msvcrt
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ctypes import wintypes
from pathlib import Path
from typing import Any

import pytest

from microsip_config.errors import TargetError
from microsip_config.job import as_owner, job_run
from microsip_config.job.json_request import parse
from microsip_config.job.request import Job
from microsip_config.job.surroundings import of_this_process
from microsip_config.results import Result
from microsip_config.system.account import NO_NUMBER, Account
from microsip_config.system.windows import (
    acl,
    bounded,
    owners,
    processes,
    profiles,
    sessions,
    start,
    users,
)

from .conftest import ON_WINE
from .program import HEALTHY

assert sys.platform == "win32"

SYSTEM, ADMINISTRATOR = "S-1-5-18", "S-1-5-32-544"
USER = acl.current_user()
HOME = Path.home()
PASSWORD = "correct horse battery staple"
CALLS = "[Calls]\r\n0=5550100;Reception;1;1767225600;42;ok\r\n"
advapi32 = ctypes.WinDLL("advapi32", use_last_error=True)


def own_token() -> int:
    token = wintypes.HANDLE()
    assert advapi32.OpenProcessToken(wintypes.HANDLE(-1), 0xF01FF, ctypes.byref(token))
    return token.value or 0


def limited_token() -> int:
    """What the session of an administrator has."""
    linked, size, primary = wintypes.HANDLE(), wintypes.DWORD(), wintypes.HANDLE()
    assert advapi32.GetTokenInformation(
        own_token(), 19, ctypes.byref(linked), ctypes.sizeof(linked), ctypes.byref(size)
    )
    assert advapi32.DuplicateTokenEx(linked, 0xF01FF, None, 2, 1, ctypes.byref(primary))
    return primary.value or 0


@pytest.fixture
def ini() -> Iterator[Path]:
    """In this user's profile."""
    ini = HOME / "Desk ü" / "MicroSIP.ini"
    ini.parent.mkdir()
    write(ini, HEALTHY + CALLS)
    yield ini
    shutil.rmtree(ini.parent)
    shutil.rmtree(Path(os.environ["LOCALAPPDATA"], "microsip-config"), ignore_errors=True)


def write(ini: Path, text: str) -> None:
    ini.write_bytes(b"\xff\xfe" + text.encode("utf-16-le"))


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """This is SYSTEM; the numbers of the processes that it starts as the user."""
    real, pids = start.start_worker, list[int]()

    @contextmanager
    def session_token(sid: str) -> Iterator[int | None]:
        yield limited_token() if sid == USER else None

    def start_worker(*given: Any) -> start.Started:
        done = real(*given)
        pids.append(done.pid)
        return done

    monkeypatch.setattr(owners, "current_user", lambda: SYSTEM)
    monkeypatch.setattr(owners, "elevated", lambda: True)
    monkeypatch.setattr(sessions, "session_token", session_token)
    monkeypatch.setattr(start, "start_worker", start_worker)
    return pids


def wanted(operation: str, ini: Path, **more: Any) -> Job:
    request = {"operation": operation, "target": {"ini": str(ini)}, **more}
    return parse(json.dumps(request).encode())


def job(operation: str, ini: Path, options: dict[str, Any] | None = None, **more: Any) -> Result:
    asked = wanted(operation, ini, **more)
    asked = asked._replace(options={**asked.options, **(options or {})})
    return job_run.run_job(asked, of_this_process())


def gone(pid: int) -> bool:
    with processes.opened(pid, processes.SYNCHRONIZE) as handle:
        return not handle or processes.ended(handle, 10)


def codes(result: Result) -> list[str]:
    return [error.code for error in result.errors]


DESK = (
    "[Settings]\nvolumeRing = 12\n[Account1]\nserver=sip.example.com\ndomain=sip.example.com\n"
    "username=101\ndisplayName={{ user.name }}\npassword={{ secret.sip }}\n"
)


@pytest.mark.parametrize(
    ("operation", "more"),
    [
        ("show", {}),
        ("check", {}),
        ("set", {"edits": [{"section": "Settings", "key": "volumeRing", "value": "11"}]}),
        ("set", {"edits": [{"section": "Settings", "key": "nonsense", "value": "11"}]}),
        ("plan", {"templates": ["base"]}),
        (
            "apply",
            {"templates": [{"name": "desk", "text": DESK}], "secrets": {"sip": PASSWORD}},
        ),
        ("capture", {}),
        ("calls", {}),
        ("backups", {}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_system_is_answered_as_the_user_is(
    ini: Path, started: list[int], operation: str, more: dict[str, Any]
) -> None:
    """By a process of that user, whose data is in that user's folders."""
    theirs = job(operation, ini, **more).as_json()
    assert len(started) == 1, theirs
    assert PASSWORD not in json.dumps(theirs)
    if theirs["changed"] and operation != "plan":
        data = Path(os.environ["LOCALAPPDATA"], "microsip-config")
        assert list(data.rglob("*.bak*")) or list(data.rglob("backups")), "in the user's own folder"
        shutil.rmtree(data)
    write(ini, HEALTHY + CALLS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owners, "elevated", lambda: False)
        mine = job(operation, ini, **more).as_json()
    assert len(started) == 1
    for each in (mine, theirs):
        del each["run"], each["backup"]
    assert theirs == mine
    assert gone(started[0])


def test_what_is_named_outside_is_written_by_system(
    ini: Path, started: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, log, inside = tmp_path / "c.csv", tmp_path / "run.log", ini.with_name("d.csv")
    monkeypatch.setattr(owners, "is_foreign", is_below(ini.parent))
    result = job("calls", ini, {"out": str(out), "log_file": str(log)})
    assert result.errors == ()
    assert out.read_bytes().count(b"\n") == 2
    assert log.exists()
    assert job("calls", ini, {"out": str(inside)}).errors == ()
    assert inside.read_bytes() == out.read_bytes()
    assert codes(job("show", ini, {"log_file": str(ini)})) == ["usage"]
    assert len(started) == 3


def is_below(folder: Path) -> Callable[[Path], bool]:
    """The temporary folder of these tests is in a profile, too."""
    return lambda path: path.is_relative_to(folder)


# --- the process, and what it can be made to do ---------------------------------------------------
@pytest.fixture
def child(monkeypatch: pytest.MonkeyPatch, started: list[int]) -> Callable[[str], None]:
    """Puts another program in the place of ours."""

    def put(source: str) -> None:
        command = [sys.executable, "-I", "-X", "utf8", "-c", source]
        monkeypatch.setattr(as_owner, "_command", lambda: command)

    return put


FACTS = """
import ctypes, json, msvcrt, os, sys
from microsip_config.system.windows import acl, processes, win32
request = sys.stdin.buffer.readline()
def is_open(handle):
    return bool(ctypes.windll.kernel32.GetHandleInformation(
        ctypes.c_void_p(handle), ctypes.byref(ctypes.c_ulong())))
print(json.dumps({"item": {
    "user": acl.current_user(),
    "elevated": processes.is_elevated(win32.GetCurrentProcess()),
    "folder": os.getcwd(),
    "argv": sys.orig_argv,
    "environ": dict(os.environ),
    "handed": [is_open(int(each)) for each in json.loads(request)["job"]["options"]["probe"]],
    "ends": [os.fstat(end).st_mode >> 12 for end in (0, 1, 2)],
}}), flush=True)
"""


def test_the_process_has_nothing_of_system(
    ini: Path, child: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LOUD", PASSWORD)
    child(FACTS)
    with (tmp_path / "kept open").open("w") as file:
        # Numbers that no fresh process has by chance.
        high = [msvcrt.get_osfhandle(file.fileno())]
        own = _winapi.GetCurrentProcess()
        same = _winapi.DUPLICATE_SAME_ACCESS
        high += [_winapi.DuplicateHandle(own, high[0], own, 0, False, same) for _ in range(400)]
        for each in high:
            os.set_handle_inheritable(each, True)
        seen: list[Any] = []
        run = job_run.JobRun(wanted("show", ini), of_this_process())
        run.options = {**run.options, "probe": None}
        run.job = run.job._replace(options={**run.job.options, "probe": high[-5:]})
        run.listener = seen.append
        assert codes(run.execute(job_run.JobRun.carry_out)) == ["worker-lost"]
    (facts,) = seen
    assert facts["user"] == USER
    assert facts["elevated"] is False
    assert facts["folder"].casefold() == os.environ["SYSTEMROOT"].casefold()
    assert "LOUD" not in facts["environ"]
    assert PASSWORD not in json.dumps(facts["argv"])
    assert Path(facts["environ"]["USERPROFILE"]) == HOME
    assert facts["handed"] == [False] * 5
    assert facts["ends"] == [0o1, 0o1, 0o2], "two pipes and NUL"


KEPT_OPEN = """
import subprocess, sys
sys.stdin.buffer.readline()
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(30)"], stdout=1)
"""


@pytest.mark.parametrize(
    "source",
    [
        "import sys; sys.exit(3)",
        "import os; os._exit(0)",
        "import sys, time; sys.stdin.buffer.readline(); time.sleep(600)",
        "import time; time.sleep(600)",
        KEPT_OPEN,
        "print('not JSON')",
        "print('[' * 100_000)",
        "print('{\"result\": {}}')",
        "print('{\"result\": []}')",
        "import sys; sys.stdout.buffer.write(bytes(range(256)) * 999)",
        "no Python",
    ],
)
def test_whatever_it_does_system_goes_on(
    ini: Path,
    child: Callable[[str], None],
    started: list[int],
    monkeypatch: pytest.MonkeyPatch,
    source: str,
) -> None:
    child(source)
    monkeypatch.setattr(as_owner, "_SILENT", 2.0)
    monkeypatch.setattr(bounded, "LONGEST", 2.0)
    edits = [{"section": "Settings", "key": "userAgent", "value": "x" * 200}] * 900
    result = job("set", ini, edits=edits)
    assert codes(result) == ["worker-lost"]
    assert result.exit_code == 6
    assert gone(started[0])


def test_a_killed_one_is_told(ini: Path, started: list[int]) -> None:
    result = follow(ini, lambda: kill(started[0]))
    assert (codes(result), result.exit_code) == (["worker-lost"], 6)
    assert gone(started[0])


def test_interrupted_it_ends_as_ever(ini: Path, started: list[int]) -> None:
    began = time.monotonic()
    result = follow(ini, interrupt)
    assert (codes(result), result.exit_code) == (["interrupted"], 130)
    assert gone(started[0])
    assert time.monotonic() - began < 60, "it was not waited for until it was killed"


def kill(pid: int) -> None:
    with processes.opened(pid, processes.TERMINATE) as handle:
        assert handle
        processes.terminate(handle)


def interrupt() -> None:
    raise KeyboardInterrupt


def follow(ini: Path, then: Callable[[], None]) -> Result:
    """What becomes of following the calls, of which ``then`` happens at the first answer."""
    run = job_run.JobRun(wanted("calls", ini), of_this_process())
    run.options = {**run.options, "follow": True, "earlier": True, "interval": 60.0}
    run.job = run.job._replace(options=run.options)
    run.listener = lambda _: then()
    return run.execute(job_run.JobRun.carry_out)


# --- no token, no process: handles, as ever -------------------------------------------------------
def test_where_none_can_be_started_system_works_itself(
    ini: Path, started: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(as_owner, "_command", lambda: [str(ini.with_name("none.exe"))])
    edits = [{"section": "Settings", "key": "volumeRing", "value": "11"}]
    result = job("set", ini, edits=edits)
    assert (result.changed, result.errors, started) == (True, (), [])
    result = job("set", ini, edits=edits, options={"as_user": USER})
    assert (codes(result), started) == (["not-the-owner"], [])


def test_a_user_who_logs_off_meanwhile(
    ini: Path, started: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    there, asked = sessions.session_token, list[str]()

    @contextmanager
    def session_token(sid: str) -> Iterator[int | None]:
        asked.append(sid)
        with there(sid) as token:
            yield token if len(asked) == 1 else None

    monkeypatch.setattr(sessions, "session_token", session_token)
    assert job("show", ini).errors == ()
    assert (len(asked), started) == (2, [])


def test_whose_process_works(
    ini: Path, started: list[int], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    account = Account(NO_NUMBER, NO_NUMBER, (), HOME.name, str(HOME), USER)
    assert owners.target_owner([ini], None) == account
    assert owners.target_owner([Path(f"\\\\?\\{ini}")], None) == account
    assert owners.target_owner([ini, ini.with_name("microsip.exe")], None) == account
    assert owners.target_owner([Path("C:/Program Files/x/microsip.ini"), ini], None) == account
    assert owners.target_owner([Path("C:/Program Files/x/microsip.ini")], None) is None
    assert owners.target_owner([], USER) == account
    assert owners.target_owner([Path("C:/x")], USER) == account
    assert owners.target_owner([ini], SYSTEM) is None
    assert owners.is_foreign(ini)
    assert not owners.is_foreign(Path("C:/Program Files/x"))
    for name in ("nobody here", ADMINISTRATOR, "S-1-1-0"):
        with pytest.raises(TargetError) as refusal:
            owners.target_owner([ini], name)
        assert refusal.value.code == "no-user"
    other = Path("C:/users/other")
    listed = [(USER, HOME), ("S-1-5-21-1-2-3-7", other)]
    monkeypatch.setattr(profiles, "profile_list", lambda: iter(listed))
    assert owners.target_owner([other / "x.ini"], None) is None, "not logged on"
    assert owners.target_owner([other / "x.ini", ini], None) is None, "two users"
    assert owners.target_owner([Path("C:/users/left over/x.ini")], None) is None, "of nobody"


@pytest.mark.parametrize("why", ["plain", "elevated token", "cannot read", "no token"])
def test_nobody_to_work_as(
    ini: Path, started: list[int], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, why: str
) -> None:
    @contextmanager
    def given(token: int | None) -> Iterator[int | None]:
        yield token

    if why == "plain":
        monkeypatch.setattr(owners, "elevated", lambda: False)
        assert not owners.is_foreign(ini)
    elif why == "cannot read":
        monkeypatch.setattr(owners, "_PROGRAM", (tmp_path / "none",))
    else:
        token = own_token() if why == "elevated token" else None
        monkeypatch.setattr(sessions, "session_token", lambda _: given(token))
        monkeypatch.setattr(owners, "is_elevated_token", bool)
    assert owners.target_owner([ini], None) is None
    with pytest.raises(TargetError) as refusal:
        owners.target_owner([ini], USER)
    assert refusal.value.code == "no-user"
    edits = [{"section": "Settings", "key": "volumeRing", "value": "11"}]
    result = job("set", ini, edits=edits)
    assert (result.changed, result.errors, started) == (True, (), [])


def test_a_token_with_full_rights_is_not_used(
    ini: Path, started: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever was seen when it was asked for the first time."""
    monkeypatch.setattr(processes, "is_elevated_token", lambda _: True)
    assert job("show", ini).errors == ()
    assert started == []


def test_only_that_user_does_the_job(monkeypatch: pytest.MonkeyPatch) -> None:
    own = Account(NO_NUMBER, NO_NUMBER, (), "x", "", USER)
    monkeypatch.setattr(owners, "is_elevated", lambda _: False)
    owners.become(own)
    with pytest.raises(PermissionError):
        owners.become(own._replace(sid="S-1-5-21-1-2-3-7"))
    monkeypatch.setattr(owners, "is_elevated", lambda _: True)
    with pytest.raises(PermissionError):
        owners.become(own)


@pytest.mark.xfail(
    ON_WINE or USER != SYSTEM, reason="SYSTEM of real Windows, somebody logged on", run=False
)
def test_across_sessions() -> None:
    """The pipes and the token reach another session."""
    assert users.elevated()
    for sid, home in profiles.profile_list():
        account = owners.target_owner([home / "MicroSIP.ini"], None)
        if account is not None:
            assert account.sid == sid
            result = job("locate", home / "MicroSIP.ini")
            assert "worker-lost" not in codes(result)
            return
    pytest.skip("nobody is logged on")
