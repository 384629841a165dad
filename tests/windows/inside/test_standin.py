"""The stand-in phone does what MicroSIP does, 3.22.3 or 3.22.16, as far as others can see it."""

from __future__ import annotations

import contextlib
import ctypes
import os
import subprocess
import sys
import time
import winreg
from collections.abc import Callable
from pathlib import Path

import pytest

from .standin import MODERN, RUN_NOW, Phone, both_generations, until, user32

assert sys.platform == "win32"

pytestmark = pytest.mark.dials  # what it does with a text that is not a switch

ACCOUNT = "[Account1]\r\nserver=sip.example.com\r\ndomain=sip.example.com\r\nusername=101\r\n"
HEALTHY = f"[Settings]\r\naccountId=1\r\nupdatesInterval=never\r\n{ACCOUNT}"
RUN_KEY = r"Software\Microsoft\Windows\CurrentVersion\Run"


def visible(phone: Phone) -> bool:
    return bool(user32.IsWindowVisible(phone.window()))


def window_text(window: int) -> str:
    buffer = ctypes.create_unicode_buffer(512)
    user32.SendMessageW(window, 0x0D, 512, buffer)
    return buffer.value


def status_bar(phone: Phone) -> str:
    bar = user32.FindWindowExW(phone.window(), None, "msctls_statusbar32", None)
    assert bar
    return window_text(bar)


# -- the ini at each start --------------------------------------------------------------------
@both_generations
def test_first_start_creates_the_ini_and_saves_everything(phone: Phone) -> None:
    child = phone.start()
    assert phone.said("created") == [str(phone.ini)]
    assert visible(phone)
    assert user32.GetWindow(phone.window(), 4) == 0  # no owner
    lines = phone.lines()  # an update check is due, so all is saved at once
    assert {"[Settings]", "volumeRing=100", 'audioRingDevice=""'} <= set(lines)
    assert lines[:2] == (
        ["[Global]", "version=3.22.16"] if phone.modern else ["[Settings]", "version=3.22.3"]
    )
    phone.exit(child)


@both_generations
def test_a_start_without_due_work_changes_only_the_version(phone: Phone) -> None:
    phone.write(HEALTHY)
    child = phone.start("/minimized")
    old = HEALTHY.replace("never\r\n", "never\r\nversion=3.22.3\r\n")
    wanted = f"{HEALTHY}[Global]\r\nversion=3.22.16\r\n" if phone.modern else old
    assert phone.lines() == wanted.split("\r\n")
    phone.exit(child)


def test_ansi_is_converted(phone: Phone) -> None:
    phone.ini.write_bytes(HEALTHY.encode() + b"label=Zo\xeb\r\n")
    child = phone.start("/minimized")
    assert "label=Zoë" in phone.lines()
    assert phone.said("converted") == [str(phone.ini)]
    phone.exit(child)


def test_utf16_without_a_mark_is_destroyed(phone: Phone) -> None:
    phone.ini.write_bytes(HEALTHY.encode("utf-16-le"))
    child = phone.start("/minimized")
    assert "sip.example.com" not in phone.ini.read_bytes()[2:].decode("utf-16-le", "replace")
    phone.exit(child)


def test_one_byte_is_left_alone_and_a_locked_file_silently(phone: Phone) -> None:
    phone.ini.write_bytes(b"x")
    phone.ini.chmod(0o444)
    child = phone.start("/minimized")
    phone.exit(child)
    assert phone.ini.read_bytes() == b"x"
    assert phone.said("unprepared")
    phone.ini.chmod(0o666)


def test_legacy_account_moves_to_account1(phone: Phone) -> None:
    phone.write(
        "[Settings]\r\nupdatesInterval=never\r\ndomain=pbx.example.com\r\npassword=s3cret\r\n"
    )
    child = phone.start("/minimized")
    lines = phone.lines()
    assert {"accountId=1", "[Account1]", "domain=pbx.example.com", "transport=udp"} <= set(lines)
    assert "password=s3cret" not in lines
    assert lines.index("domain=pbx.example.com") > lines.index("[Account1]")
    phone.exit(child)


def test_account_without_accountid_is_not_used_and_stun_goes(phone: Phone) -> None:
    phone.write(f"[Settings]\r\nupdatesInterval=never\r\nSTUN=stun.example.com\r\n{ACCOUNT}")
    child = phone.start("/minimized")
    assert status_bar(phone) == "MicroSIP"
    assert "STUN=stun.example.com" not in phone.lines()
    phone.exit(child)
    assert {"accountId=0", "STUN=stun.example.com"} <= set(phone.lines())  # from memory, at exit


@pytest.mark.parametrize(
    ("given", "saved"), [("0", "1"), ("2", "0"), ("-1", "-1"), ("1", "1"), ("7", "0")]
)
def test_accountid(phone: Phone, given: str, saved: str) -> None:
    phone.write(HEALTHY.replace("accountId=1", f"accountId={given}"))
    phone.exit(phone.start("/minimized"))
    assert f"accountId={saved}" in phone.lines()


# -- passwords --------------------------------------------------------------------------------
def password(phone: Phone, section: str = "Account1") -> str:
    lines = phone.lines()
    rest = lines[lines.index(f"[{section}]") :]
    return next(line[9:] for line in rest if line.startswith("password="))


@pytest.mark.parametrize(
    "plain", ["s", "s3cret!", "ж" * 13, "x" * 254, "x" * 255, "0123456789abcdef"]
)
def test_a_plain_password_becomes_a_blob_that_stays(phone: Phone, plain: str) -> None:
    phone.write(f"{HEALTHY}password={plain}\r\n[Account2]\r\ndomain=b\r\npassword=other\r\n")
    phone.exit(phone.start("/minimized"))
    blob = password(phone)
    head = 4 if len(plain) < 255 else 6
    assert len(blob) == 16 * ((head + 2 * len(plain)) // 8 + 1)
    assert blob == blob.lower()
    assert password(phone, "Account2") == "other"  # not the active account
    phone.exit(phone.start("/minimized"))
    assert password(phone) == blob


def test_a_foreign_blob_is_taken_for_a_password(phone: Phone) -> None:
    foreign = "deadbeef" * 4
    phone.write(f"{HEALTHY}password={foreign}\r\n")
    phone.exit(phone.start("/minimized"))
    assert len(password(phone)) == 16 * ((4 + 2 * 32) // 8 + 1)


def test_opening_the_menu_loads_every_account(phone: Phone) -> None:
    phone.write(f"{HEALTHY}[Account2]\r\ndomain=b\r\npassword=other\r\n")
    child = phone.start("/minimized")
    phone.send("menu")
    assert password(phone, "Account2") != "other"
    phone.exit(child)


# -- what is in memory, and the save at exit --------------------------------------------------
@both_generations
def test_an_edit_made_while_it_runs_is_lost(phone: Phone) -> None:
    phone.write(HEALTHY.replace("accountId=1", "accountId=1\r\nvolumeRing=50\r\nmine=1"))
    child = phone.start("/minimized")
    phone.write(phone.read().replace("volumeRing=50", "volumeRing=77").replace("mine=1", "mine=2"))
    phone.exit(child)
    assert {"volumeRing=50", "mine=2"} <= set(phone.lines())  # what it does not know stays


def test_a_change_in_memory_reaches_the_file_at_exit(phone: Phone) -> None:
    phone.write(HEALTHY)
    child = phone.start("/minimized", STANDIN_COMMANDS="set volumeOutput=37")
    assert "volumeOutput=37" not in phone.lines()
    phone.send("set DND=1")
    phone.exit(child)
    assert {"volumeOutput=37", "DND=1"} <= set(phone.lines())


@both_generations
def test_values_are_written_back_as_understood(phone: Phone) -> None:
    odd = "AA=true rport=false singleMode= DTMFMethod=9 volumeInput= cmdCallEnd=a.exe "
    phone.write(HEALTHY.replace("[Account1]", odd.replace(" ", "\r\n") + "[Account1]"))
    phone.exit(phone.start("/minimized"))
    understood = {"AA=0", "rport=1", "singleMode=0", "DTMFMethod=0", "volumeInput=100"}
    assert understood | {'cmdCallEnd="a.exe"'} <= set(phone.lines())


# -- one instance, one command line -----------------------------------------------------------
@both_generations
def test_exit_when_nothing_runs(phone: Phone) -> None:
    assert phone.tell("/exit") == 0
    assert phone.said("exit") == ["none was running"]
    assert phone.ini.exists()  # even that start creates the file


@pytest.mark.parametrize("switch", ["/answer", "/hangupall"])
def test_switches_that_start_nothing(phone: Phone, switch: str) -> None:
    assert phone.tell(switch) == 0
    assert not phone.said("window")


@pytest.mark.parametrize("switch", ["/reset", "/resetnoask"])
def test_reset_is_only_logged(phone: Phone, switch: str) -> None:
    assert phone.tell(switch) == 0
    assert phone.said("reset") == [switch]


def test_minimized(phone: Phone) -> None:
    phone.write(HEALTHY)
    child = phone.start("/minimized")
    assert not visible(phone)
    assert phone.tell("/minimized") == 0
    assert not visible(phone)
    assert phone.tell() == 0
    assert visible(phone)
    phone.exit(child)


def test_minimized_is_ignored_on_the_first_run_but_not_in_the_ini(phone: Phone) -> None:
    phone.exit(phone.start("/minimized"))
    phone.write(HEALTHY.replace("accountId=1", "accountId=1\r\nminimized=1"))
    phone.exit(phone.start())
    assert phone.said("window") == ["shown", "hidden"]


def test_two_copies_do_not_meet(make_phone: Callable[..., Phone]) -> None:
    one, two = make_phone("one"), make_phone("two")
    first, second = one.start("/minimized"), two.start("/minimized")
    two.exit(second)
    assert first.poll() is None
    one.exit(first)


def test_a_renamed_copy_has_its_own_ini(make_phone: Callable[..., Phone]) -> None:
    phone = make_phone(stem="Büro phone")
    phone.exit(phone.start())
    assert [path.name for path in phone.ini.parent.glob("*.ini")] == ["Büro phone.ini"]


COMMANDS = [  # what is sent, and the events that follow
    ("/dtmf:12#", [("switch", "/dtmf:12#")]),
    ("/transfer:200", [("switch", "/transfer:200")]),
    ("/hangupall", [("switch", "/hangupall")]),
    ("msip:micmute", [("verb", "micmute")]),
    ("msip:transfer_200", [("verb", "transfer_200")]),
    ("/account:2", [("account", "2")]),
    ("/account:9", [("dropped", "/account:9")]),
    ("/account:0", []),
    ("/account:2 /password:new", [("account", "2"), ("password", "Account2")]),
    ("/password:once", [("switch", "/password:")]),
    ("100", [("dialled", "100")]),
    ("tel:+49%20100", [("dialled", "+49 100")]),
    ("SIP:100@sip.example.com", [("dialled", "100@sip.example.com")]),
    ("callto://100/", [("dialled", "100")]),
    ("100 hello there", [("message", "100 hello there")]),
    ("/account:2 123", [("account", "2"), ("dialled", "123")]),
    ("123/account:2", [("account", "2"), ("dialled", "12")]),
    # what is not exactly a switch goes out to the PBX
    ("/Exit", [("dialled", "/Exit")]),
    ("--help", [("dialled", "--help")]),
    ("/hidden", [("dialled", "/hidden")]),
    ("/minimized /exit", [("message", "/minimized /exit")]),
    ("msip:unknown", [("dialled", "msip:unknown")]),
]


@pytest.mark.parametrize(("text", "expected"), COMMANDS, ids=[row[0] for row in COMMANDS])
def test_command_line(phone: Phone, text: str, expected: list[tuple[str, str]]) -> None:
    phone.write(f"{HEALTHY}[Account2]\r\ndomain=b.example.com\r\nusername=102\r\nserver=b\r\n")
    child = phone.start("/minimized")
    relevant = {
        "switch",
        "verb",
        "account",
        "dropped",
        "dialled",
        "message",
        "password",
        "undialled",
    }
    assert phone.send(text, RUN_NOW) == 0
    assert phone.said("copydata") == [text]
    assert [(e.name, e.text) for e in phone.events() if e.name in relevant] == expected
    phone.exit(child)


def test_a_second_start_hands_its_command_line_over(phone: Phone) -> None:
    phone.write(HEALTHY)
    child = phone.start("/minimized")
    assert phone.tell("/hangupall") == 0
    assert [(e.name, e.pid) for e in phone.events() if e.name == "copydata"] == [
        ("copydata", child.pid)
    ]
    phone.exit(child)


@pytest.mark.parametrize(
    ("args", "event"),
    [
        (["/Exit"], ("dialled", "/Exit")),
        (["-exit"], ("dialled", "-exit")),
        (["/Minimized"], ("dialled", "/Minimized")),
        (["/minimized", "/exit"], ("message", "/minimized /exit")),
        (["/exit", "now"], ("message", "/exit now")),
    ],
)
def test_a_mistaken_switch_goes_out(phone: Phone, args: list[str], event: tuple[str, str]) -> None:
    phone.write(HEALTHY)
    child = phone.start("/minimized")
    assert phone.tell(*args) == 0
    assert child.poll() is None
    assert phone.said(event[0]) == [event[1]]
    phone.exit(child)


@both_generations
def test_dialling_is_recorded(phone: Phone) -> None:
    phone.write(HEALTHY)
    child = phone.start("100", ready=True)
    until(lambda: phone.said("dialled"))
    assert status_bar(phone) == "Calling 100 ..."
    lines = phone.lines()
    assert lines[lines.index("[Dialed]") + 1] == "0=100"
    if phone.modern:
        assert "[Calls]" not in lines
        assert phone.logged_calls() == [("100", 0, 0, "")]
    else:
        call = lines[lines.index("[Calls]") + 1]
        assert call.startswith("0=100;100;0;")
        assert call.endswith(";")
    phone.exit(child)
    if phone.modern:
        assert [(call[0], call[3]) for call in phone.logged_calls()] == [("100", "Call Ended")]
    else:
        (ended,) = (line for line in phone.lines() if line.startswith("0=100;"))
        assert ended.endswith("Call Ended")


def test_without_a_server_a_cold_start_does_not_dial(phone: Phone) -> None:
    phone.write(HEALTHY.replace("server=sip.example.com\r\n", ""))
    child = phone.start("100")
    until(lambda: phone.said("undialled"))
    assert not phone.said("dialled")
    phone.exit(child)


# -- signs of a call --------------------------------------------------------------------------
def button_visible(phone: Phone, number: int) -> bool:
    dialer = user32.FindWindowExW(phone.window(), None, "#32770", None)
    return bool(user32.GetWindowLongW(user32.GetDlgItem(dialer, number), -16) & 0x10000000)


@both_generations
@pytest.mark.parametrize(
    ("command", "status", "ending"),
    [
        ("call connected", "Connected 0:12", True),
        ("call hold", "Hold 0:05 / 0:12", True),
        ("call calling", "Calling 100 ...", True),
        ("call connecting", "Connecting...", True),
        ("call incoming", "Incoming Call", False),
        ("call none", "Online", False),
        ("status Verbunden 0:12", "Verbunden 0:12", False),
    ],
)
def test_signs_of_a_call(phone: Phone, command: str, status: str, ending: bool) -> None:
    phone.write(HEALTHY)
    child = phone.start("/minimized", STANDIN_COMMANDS=command)
    assert status_bar(phone) == status
    assert (button_visible(phone, 1055), button_visible(phone, 1022)) == (ending, not ending)
    assert window_text(phone.window()) == "MicroSIP - 101"
    ringing = user32.FindWindowW("#32770", "Incoming Call")
    assert bool(ringing) == (command == "call incoming")
    assert bool(ringing and user32.GetDlgItem(ringing, 1059)) == bool(ringing)
    phone.exit(child)


# -- how it ends ------------------------------------------------------------------------------
@both_generations
def test_exit_waits_for_the_save_but_not_for_the_process(phone: Phone) -> None:
    phone.write(HEALTHY)
    child = phone.start("/minimized", STANDIN_EXIT_DELAY_MS="500", STANDIN_LINGER_MS="4000")
    assert phone.tell("/exit") == 0
    assert phone.said("saved")
    assert child.poll() is None
    assert child.wait(10) == 0


@both_generations
def test_the_window_may_be_gone_before_the_save(phone: Phone) -> None:
    phone.write(HEALTHY)
    child = phone.start("/minimized", STANDIN_EXIT_DELAY_MS="4000", STANDIN_WINDOW_FIRST="1")
    assert phone.tell("/exit") == 0
    assert phone.window() == 0
    assert not phone.said("saved")
    assert child.wait(10) == 0
    assert phone.said("saved")


@both_generations
def test_ignored_close(phone: Phone) -> None:
    phone.write(f"{HEALTHY}[Standin]\r\nignoreClose=1\r\n")
    child = phone.start("/minimized")
    assert phone.tell("/exit") == 0
    assert phone.said("ignored")
    assert child.poll() is None
    phone.send("ignoreClose 0")
    phone.exit(child)


@pytest.mark.parametrize("hang", ["STANDIN_HANG_ON_CLOSE", "STANDIN_HUNG"])
def test_hung(phone: Phone, hang: str) -> None:
    phone.write(HEALTHY)
    child = phone.start("/minimized", ready=hang != "STANDIN_HUNG", **{hang: "1"})
    until(lambda: phone.said("window"))
    asking = subprocess.Popen([str(phone.exe), "/exit"])
    phone.children.append(asking)
    with pytest.raises(subprocess.TimeoutExpired):
        asking.wait(1)
    assert child.poll() is None
    child.kill()
    assert asking.wait(10) == 0
    assert not phone.said("saved")


def test_a_slow_start_has_a_process_but_no_window(phone: Phone) -> None:
    started = time.monotonic()
    child = phone.start("/minimized", ready=False, STANDIN_START_DELAY_MS="3000")
    until(lambda: phone.said("loaded"))
    assert phone.window() == 0
    until(lambda: phone.said("ready"))
    assert time.monotonic() - started >= 3
    phone.exit(child)


@both_generations
def test_a_killed_phone_saves_nothing(phone: Phone) -> None:
    phone.write(HEALTHY)
    child = phone.start("/minimized", STANDIN_COMMANDS="set volumeOutput=37")
    child.kill()
    child.wait()
    assert "volumeOutput=37" not in phone.lines()


# -- installed or portable --------------------------------------------------------------------
Register = Callable[[str, str], None]


@pytest.mark.parametrize(
    ("user", "machine", "installed"),
    [
        ("{folder}", "", True),
        ("{FOLDER}", "", True),
        ("", "{folder}", True),
        ("{folder}", "C:\\elsewhere", True),
        ("C:\\elsewhere", "{folder}", False),
        ("{folder}\\", "", False),
        ("{folder}\\..\\Phone ü", "", False),
        ("", "", False),
    ],
)
def test_installed_or_portable(
    phone: Phone, registered: Register, user: str, machine: str, installed: bool
) -> None:
    folder = str(phone.exe.parent)
    for hive, value in (("HKCU", user), ("HKLM", machine)):
        if value:
            registered(hive, value.format(folder=folder, FOLDER=folder.upper()))
    phone.exit(phone.start("/minimized"))
    roaming = Path(os.environ["APPDATA"], "MicroSIP", "MicroSIP.ini")
    assert set(phone.said("ini")) == {str(roaming if installed else phone.ini)}
    assert (roaming.exists(), phone.ini.exists()) == (installed, not installed)


def test_the_first_run_of_an_installed_phone_sets_autostart(
    phone: Phone, registered: Register
) -> None:
    registered("HKCU", str(phone.exe.parent))
    phone.exit(phone.start())
    with winreg.OpenKey(winreg.HKEY_CURRENT_USER, RUN_KEY) as run:
        assert winreg.QueryValueEx(run, "MicroSIP")[0] == f'"{phone.exe}" /minimized'


@both_generations
def test_a_local_ini_moves_to_the_roaming_folder(phone: Phone, registered: Register) -> None:
    registered("HKCU", str(phone.exe.parent))
    local = Path(os.environ["LOCALAPPDATA"], "MicroSIP", "MicroSIP.ini")
    local.parent.mkdir(exist_ok=True)
    local.write_bytes(b"\xff\xfe" + HEALTHY.encode("utf-16-le"))
    phone.exit(phone.start())
    assert not local.exists()
    assert phone.said("moved")
    assert not phone.said("created")


# -- what 3.22.16 does differently --------------------------------------------------------------
modern = pytest.mark.parametrize("generation", [MODERN], indirect=True)


@modern
@pytest.mark.parametrize("holder", ["read-only", "reader", "writer"])
@pytest.mark.parametrize("args", [(), ("/exit",)])
def test_an_ini_that_cannot_be_opened_alone_is_fatal(
    phone: Phone, holder: str, args: tuple[str, ...]
) -> None:
    phone.write(HEALTHY)
    if holder == "read-only":
        phone.ini.chmod(0o444)
    keep = (
        contextlib.nullcontext()
        if holder == "read-only"
        else phone.ini.open("rb" if holder == "reader" else "r+b")
    )
    with keep:
        child = phone.start(*args, ready=False)
        (text,) = until(lambda: phone.said("box"))
        assert str(phone.ini) in text
        box = until(lambda: user32.FindWindowW("#32770", "MicroSIP"))
        assert phone.window() == 0
        user32.PostMessageW(box, 0x10, 0, 0)  # WM_CLOSE
        assert child.wait(10) == 1
    phone.ini.chmod(0o666)
    assert not phone.said("loaded")


@modern
def test_a_running_phone_keeps_no_handle_on_its_ini_but_on_its_call_log(phone: Phone) -> None:
    phone.write(HEALTHY)
    child = phone.start("/minimized")
    phone.ini.replace(phone.ini.with_name("moved.ini"))
    log = phone.ini.with_name("call_log.db")
    with pytest.raises(PermissionError):
        log.unlink()
    assert phone.ini.with_name("contacts.db").stat().st_size == 0
    phone.exit(child)
    log.unlink()


@modern
def test_the_menu_command_ends_it_and_it_saves_before_the_window_goes(phone: Phone) -> None:
    phone.write(HEALTHY)
    child = phone.start(STANDIN_EXIT_DELAY_MS="1500")
    user32.PostMessageW(phone.window(), 0x111, 32784, 0)  # WM_COMMAND
    until(lambda: phone.said("close"))
    assert phone.said("close") == ["menu"]
    assert phone.window()
    assert child.wait(10) == 0
    assert phone.said("saved")


@modern
def test_exit_runs_the_hook_of_each_call_and_notes_its_end(phone: Phone) -> None:
    phone.write(HEALTHY.replace("accountId=1", "accountId=1\r\ncmdCallEnd=hook.exe"))
    child = phone.start("/minimized", STANDIN_COMMANDS="calls 2")
    assert [call[3] for call in phone.logged_calls()] == ["", ""]
    phone.exit(child)
    assert phone.said("hook") == ["hook.exe 100", "hook.exe 100"]
    assert [call[3] for call in phone.logged_calls()] == ["Call Ended", "Call Ended"]


@modern
@pytest.mark.parametrize(
    ("calls", "kind"),
    [("call incoming|call none", 2), ("call incoming|call connected|call none", 1),
     ("call calling|call connected|call hold|call none", 0)],
)  # fmt: skip
def test_a_call_of_each_kind_is_logged(phone: Phone, calls: str, kind: int) -> None:
    phone.write(HEALTHY)
    child = phone.start("/minimized", STANDIN_COMMANDS=calls)
    (call,) = phone.logged_calls()
    assert (call[0], call[1], call[3]) == ("100", kind, "Call Ended")
    phone.exit(child)


@modern
def test_an_older_history_is_imported_once(phone: Phone) -> None:
    newer, older = "0=102;Ann;1;1700000600;7;Call Ended", "2=101;;0;1700000000;5;Busy"
    history = f"[Calls]\r\n{newer}\r\n1=null\r\n{older}\r\n4=9;;0;5;5;after a gap\r\n"
    phone.write(HEALTHY.replace("accountId=1", "accountId=1\r\ncallsLastKey=4") + history)
    child = phone.start("/minimized")
    assert phone.logged_calls() == [("101", 0, 5, "Busy"), ("102", 1, 7, "Call Ended")]
    assert not {"[Calls]", "callsLastKey=4"} & set(phone.lines())
    phone.exit(child)
    phone.write(HEALTHY + history)  # from a backup: dead text now
    phone.exit(phone.start("/minimized"))
    assert len(phone.logged_calls()) == 2
    assert "[Calls]" in phone.lines()


@modern
def test_a_call_log_that_is_no_database_is_fatal(phone: Phone) -> None:
    phone.write(HEALTHY)
    phone.ini.with_name("call_log.db").write_bytes(b"no database" * 100)
    phone.start("/minimized", ready=False)
    until(lambda: phone.said("box"))
    assert phone.window() == 0


@both_generations
def test_the_version_moves(phone: Phone) -> None:
    phone.write(
        HEALTHY.replace("accountId=1", "accountId=1\r\nversion=3.21.6\r\ncheckUpdatesTime=5")
    )
    phone.exit(phone.start("/minimized"))
    lines = phone.lines()
    assert "version=3.21.6" not in lines
    noted = lines[lines.index("version=" + phone.generation) - 1 :][0]
    assert (noted == "[Global]") == phone.modern


@pytest.mark.parametrize(
    ("generation", "given", "saved"),
    [
        ("3.22.3", "soft", "0"),
        ("3.22.3", "1", "1"),
        ("3.22.16", "1", "hard"),
        ("3.22.16", "0", ""),
        ("3.22.16", "soft", "soft"),
        ("3.22.16", "no", "no"),
    ],
    indirect=["generation"],
)
def test_hide_cid(phone: Phone, given: str, saved: str) -> None:
    phone.write(f"{HEALTHY}hideCID={given}\r\n")
    child = phone.start("/minimized")
    phone.send("account 1")
    assert f"hideCID={saved}" in phone.lines()
    phone.exit(child)


SHORTCUTS = [  # as given, and what OK in the dialog makes of it, up to 3.22.3 and later
    ("Park;*68;dtmf;*69;0;Unpark", "Park;*68;dtmf;*69;0", "Park;*68;dtmf;*69;0;Unpark"),
    ("Park;*68;dtmf;*69;0", "Park;*68;dtmf;*69;0", "Park;*68;dtmf;*69;0;Park"),
    ("Ann;102;callOrAT;;1;", "Ann;102;call;;1", "Ann;102;callOrAT;;1;Ann"),
    ("Run;x.bat;runBatch;;0", "Run;x.bat;call;;0", "Run;x.bat;call;;0;Run"),
]


@pytest.mark.parametrize(("given", "old", "new"), SHORTCUTS)
@both_generations
def test_shortcuts(phone: Phone, given: str, old: str, new: str) -> None:
    phone.write(f"{HEALTHY}[Shortcuts]\r\n0={given}\r\n")
    child = phone.start("/minimized")
    phone.send("shortcuts")
    assert f"0={new if phone.modern else old}" in phone.lines()
    phone.exit(child)
