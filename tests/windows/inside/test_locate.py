"""``locate`` agrees with where a phone itself reads, on a real registry and real windows."""

from __future__ import annotations

import os
import shutil
import sys
import winreg
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pytest

from microsip_config.errors import TargetError, UsageError
from microsip_config.system.links import find_link
from microsip_config.target import TargetRequest, World, every, find, resolve
from microsip_config.target.hosts.windows import Windows, user_profiles

from .conftest import profile_folders
from .standin import Phone

assert sys.platform == "win32"

Register = Callable[[str, str], None]
MakePhone = Callable[..., Phone]
KEY = r"Software\MicroSIP"
PROFILES = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList"
MSI_PRODUCTS = r"Software\Classes\Installer\Products"
MSI_DATA = r"Software\Microsoft\Windows\CurrentVersion\Installer\UserData\S-1-5-18\Products"
OTHER_SID = "S-1-5-21-1-2-3-1234"


def world() -> World:
    return World(sys.platform, os.environ, Path.home())


class Case(NamedTuple):
    """``{0}`` in the registry values is the phone's folder; None: no value."""

    name: str
    mode: str
    hkcu: str | None = None
    hklm: str | None = None
    stem: str = "MicroSIP"
    folder: str = "Phone"
    note: str = ""


CASES = [
    Case("portable", "portable"),
    Case("installed", "installed", "{0}"),
    Case("for all users", "installed", None, "{0}"),
    Case("HKCU over HKLM", "installed", "{0}", "C:\\Elsewhere"),
    Case("HKCU hides HKLM", "portable", "C:\\Elsewhere", "{0}", note="hides HKLM"),
    Case("empty HKCU", "installed", "", "{0}"),
    Case("trailing backslash", "portable", "{0}\\", note="trailing backslash"),
    Case("trailing backslash for all users", "portable", None, "{0}\\", note="trailing backslash"),
    Case("quotes", "portable", '"{0}"', note="quotes"),
    Case("the executable", "portable", "{0}\\MicroSIP.exe", note="names a file"),
    Case("renamed, portable", "portable", stem="Desk 2.0"),
    Case("renamed, installed", "installed", "{0}", stem="Desk 2.0"),
    Case("not ASCII", "installed", "{0}", folder="Ärzte Žižkov"),
    Case("not ASCII, portable", "portable", folder="Ärzte Žižkov"),
    Case("not ASCII, renamed", "installed", None, "{0}", stem="Tür", folder="電話"),
    Case("too long", "portable", "C:\\" + "x" * 300, "C:\\Elsewhere", note="303 characters"),
]


def same(one: str, other: str) -> bool:
    return os.path.normcase(one) == os.path.normcase(other)


@pytest.mark.parametrize("upper", [False, True], ids=["", "upper case"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_locate_agrees_with_the_phone(
    make_phone: MakePhone, registered: Register, case: Case, upper: bool
) -> None:
    phone = make_phone(case.folder, case.stem)
    for hive, template in (("HKCU", case.hkcu), ("HKLM", case.hklm)):
        if template is not None:
            text = template.format(phone.exe.parent)
            registered(hive, text.upper() if upper else text)
    request = TargetRequest(exe=phone.exe, create=True)
    before = find(request, world())
    child = phone.start("/minimized")
    (reads,) = phone.said("ini")
    assert same(before.target.ini, reads)
    assert before.target.mode == case.mode
    assert Path(before.target.ini).is_file()
    assert any(case.note in note for note in before.notes) or not case.note
    running = find(TargetRequest(), world()).target
    assert same(running.ini, reads)
    assert same(running.exe, str(phone.exe))
    assert "running" in running.decided_by
    phone.exit(child)
    after = resolve(TargetRequest(exe=phone.exe), world())
    assert same(after.ini, reads)


def test_the_old_place_is_read_until_the_phone_has_moved_it(
    phone: Phone, registered: Register
) -> None:
    registered("HKCU", str(phone.exe.parent))
    roaming, local = profile_folders()
    local.mkdir(exist_ok=True)
    (local / "MicroSIP.ini").write_bytes("\ufeff[Settings]\r\nDND=0\r\n".encode("utf-16-le"))
    found = find(TargetRequest(exe=phone.exe), world())
    assert same(found.target.ini, str(local / "MicroSIP.ini"))
    phone.exit(phone.start("/minimized"))
    assert same(found.moves_to, phone.said("ini")[-1])
    after = find(TargetRequest(exe=phone.exe), world())
    assert same(after.target.ini, str(roaming / "MicroSIP.ini"))
    assert after.moves_to == ""


def test_two_copies_side_by_side(make_phone: MakePhone, registered: Register) -> None:
    one, two = make_phone("one"), make_phone("two")
    registered("HKCU", str(one.exe.parent))
    for phone in (one, two):
        predicted = resolve(TargetRequest(exe=phone.exe, create=True), world()).ini
        phone.start("/minimized")
        assert same(predicted, phone.said("ini")[-1])
    with pytest.raises(TargetError, match="more than one phone") as caught:
        resolve(TargetRequest(), world())
    assert str(one.exe) in caught.value.message
    assert str(two.exe) in caught.value.message
    one.exit(one.children[0])
    assert same(resolve(TargetRequest(), world()).exe, str(two.exe))
    two.exit(two.children[0])
    assert same(resolve(TargetRequest(), world()).exe, str(one.exe))


def test_two_executables_in_one_folder(make_phone: MakePhone) -> None:
    one, two = make_phone("one"), make_phone("one", "Desk")
    for phone in (one, two):
        phone.exit(phone.start("/minimized"))
        assert same(resolve(TargetRequest(exe=phone.exe), world()).ini, phone.said("ini")[-1])
    portable = resolve(TargetRequest(portable=one.exe.parent), world())
    assert same(portable.ini, str(one.ini))


@pytest.fixture
def narrow_view() -> Iterator[Callable[[str], None]]:
    """Sets the default value of HKLM\\Software\\MicroSIP that only 32-bit programs see."""
    access = winreg.KEY_ALL_ACCESS | winreg.KEY_WOW64_32KEY

    def register(folder: str) -> None:
        with winreg.CreateKeyEx(winreg.HKEY_LOCAL_MACHINE, KEY, 0, access) as key:
            winreg.SetValueEx(key, "", 0, winreg.REG_SZ, folder)

    yield register
    with suppress(OSError):
        winreg.DeleteKeyEx(winreg.HKEY_LOCAL_MACHINE, KEY, winreg.KEY_WOW64_32KEY)


def test_a_64_bit_phone_cannot_see_the_32_bit_view(
    phone: Phone, narrow_view: Callable[[str], None]
) -> None:
    narrow_view(str(phone.exe.parent))
    assert Windows(world()).registered.hklm32 == str(phone.exe.parent)
    found = find(TargetRequest(exe=phone.exe, create=True), world())
    phone.exit(phone.start("/minimized"))
    assert same(found.target.ini, phone.said("ini")[-1])
    assert any("cannot see it" in note for note in found.notes)


def test_facts_of_an_untouched_system() -> None:
    windows = Windows(world())
    assert set(windows.registered) == {""}
    assert windows.folders.roaming == os.environ["APPDATA"]
    assert windows.folders.local == os.environ["LOCALAPPDATA"]
    assert "C:\\Program Files" in windows.folders.programs
    assert windows.msi_locations() == ()
    assert windows.running() == ()


def test_values_of_another_type_are_none(registered: Register) -> None:
    registered("HKCU", "x")
    with winreg.OpenKey(winreg.HKEY_CURRENT_USER, KEY, 0, winreg.KEY_SET_VALUE) as key:
        winreg.SetValueEx(key, "", 0, winreg.REG_DWORD, 5)
    assert Windows(world()).registered.hkcu == ""


def test_the_registered_phone_without_any_option(phone: Phone, registered: Register) -> None:
    with pytest.raises(TargetError, match="no MicroSIP found"):
        resolve(TargetRequest(), world())
    registered("HKCU", str(phone.exe.parent))
    phone.exit(phone.start("/minimized"))
    target = resolve(TargetRequest(), world())
    assert same(target.exe, str(phone.exe))
    assert "HKCU" in target.decided_by
    # Given as a file the phone is found too, so that it is not overlooked when it runs.
    assert same(resolve(TargetRequest(ini=target.ini), world()).exe, str(phone.exe))


def test_a_prefix_is_refused() -> None:
    with pytest.raises(UsageError, match="not for Windows"):
        resolve(TargetRequest(wine_prefix="C:\\x"), world())


# --- MSI products -----------------------------------------------------------------------------


@pytest.fixture
def msi_product() -> Iterator[Callable[[str, str], None]]:
    """Registers an MSI product for the machine: its name and its INSTALLLOCATION."""
    made: list[str] = []

    def create(key: str, values: dict[str, str]) -> None:
        with winreg.CreateKey(winreg.HKEY_LOCAL_MACHINE, key) as opened:
            for name, text in values.items():
                winreg.SetValueEx(opened, name, 0, winreg.REG_SZ, text)
        made.append(key)

    def register(name: str, location: str) -> None:
        code = f"{len(made):032X}"  # a product code as the installer packs it
        create(f"{MSI_PRODUCTS}\\{code}", {"ProductName": name})
        create(f"{MSI_DATA}\\{code}", {})
        properties = {"DisplayName": name, "InstallLocation": location}
        create(f"{MSI_DATA}\\{code}\\InstallProperties", properties)

    yield register
    for key in reversed(made):
        winreg.DeleteKey(winreg.HKEY_LOCAL_MACHINE, key)


@pytest.mark.parametrize(
    ("name", "location", "hkcu", "mode"),
    [
        ("MicroSIP", "{0}", None, "installed"),
        ("MICROSIP", "{0}\\", None, "installed"),
        ("MicroSIP", "", None, "installed"),
        ("MicroSIP", "{0}", "C:\\Elsewhere", "installed"),
        ("MicroSIP", "C:\\Elsewhere", None, "portable"),
        ("MicroSIP Lite", "{0}", None, "portable"),
    ],
)
def test_msi_products(
    phone: Phone,
    registered: Register,  # also for its cleaning
    msi_product: Callable[[str, str], None],
    name: str,
    location: str,
    hkcu: str | None,
    mode: str,
) -> None:
    folder = str(phone.exe.parent)
    msi_product("Something else", folder)
    msi_product(name, location.format(folder))
    if hkcu:
        registered("HKCU", hkcu)
    target = resolve(TargetRequest(exe=phone.exe, create=True), world())
    assert target.mode == mode
    phone.exit(phone.start("/minimized"))
    assert same(target.ini, phone.said("ini")[-1])


# --- every profile ----------------------------------------------------------------------------


@pytest.fixture
def other_profile(tmp_path: Path) -> Iterator[Path]:
    """A second profile of the machine, whose user is not logged on."""
    profile = tmp_path / "profiles" / "Grace"
    (profile / "AppData/Roaming/MicroSIP").mkdir(parents=True)
    key = f"{PROFILES}\\{OTHER_SID}"
    with winreg.CreateKey(winreg.HKEY_LOCAL_MACHINE, key) as opened:
        winreg.SetValueEx(opened, "ProfileImagePath", 0, winreg.REG_EXPAND_SZ, str(profile))
    yield profile
    winreg.DeleteKey(winreg.HKEY_LOCAL_MACHINE, key)


def test_profiles_of_the_host(phone: Phone, registered: Register, other_profile: Path) -> None:
    registered("HKCU", str(phone.exe.parent))
    phone.exit(phone.start("/minimized"))
    other = other_profile / "AppData/Roaming/MicroSIP/MicroSIP.ini"
    other.write_bytes(b"\xff\xfe")
    configurations = {os.path.normcase(seen.ini): seen for seen in every(world())}
    mine = configurations[os.path.normcase(phone.said("ini")[-1])]
    assert (mine.mode, mine.readable, mine.problem) == ("installed", True, "")
    assert same(mine.exe, str(phone.exe))
    graces = configurations[os.path.normcase(other)]
    assert (graces.user, graces.mode, graces.readable) == ("Grace", "unused", True)
    assert "not logged on" in graces.decided_by


def test_a_profile_without_a_phone(other_profile: Path) -> None:
    (grace,) = [seen for seen in every(world()) if seen.user == "Grace"]
    assert (grace.mode, grace.readable) == ("none", False)


def test_a_portable_copy_on_another_desktop(other_profile: Path) -> None:
    folder = other_profile / "Desktop" / "MicroSIP"
    folder.mkdir(parents=True)
    for name in ("MicroSIP.exe", "MicroSIP.ini"):
        (folder / name).write_bytes(b"x")
    (grace,) = [seen for seen in every(world()) if seen.user == "Grace"]
    assert same(grace.ini, str(folder / "MicroSIP.ini"))
    assert (grace.mode, grace.readable) == ("portable", True)


def test_a_hard_link_in_another_profile_is_reported(other_profile: Path, tmp_path: Path) -> None:
    (tmp_path / "private").write_bytes(b"x")
    ini = other_profile / "AppData/Roaming/MicroSIP/MicroSIP.ini"
    os.link(tmp_path / "private", ini)
    link = find_link(ini, other_profile)
    assert link == (ini, "hard link")
    (grace,) = [seen for seen in every(world()) if seen.user == "Grace"]
    assert not grace.readable
    assert "hard link" in grace.problem


def test_a_missing_profile_folder_stops_nothing(other_profile: Path) -> None:
    shutil.rmtree(other_profile)
    (grace,) = [seen for seen in every(world()) if seen.user == "Grace"]
    assert (grace.mode, grace.readable) == ("none", False)


@pytest.fixture
def closed(other_profile: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder next to the profiles, left by a removed user, that this user may not read."""
    folder = other_profile.with_name("defaultuser0")
    folder.mkdir()
    real = Path.is_dir

    def is_dir(path: Path) -> bool:
        if path.is_relative_to(folder) and path != folder:
            raise PermissionError(13, "Access is denied", str(path), 5)
        return real(path)

    monkeypatch.setattr(Path, "is_dir", is_dir)
    return folder


def test_a_profile_that_may_not_be_looked_at_stops_nothing(closed: Path, phone: Phone) -> None:
    assert {"Grace", closed.name} <= {seen.user for seen in every(world())}
    phone.write("[Settings]\r\n")
    ini = TargetRequest(ini=phone.ini)
    assert same(find(ini, world()).target.ini, str(phone.ini))


def test_a_registered_folder_that_may_not_be_looked_at_is_none(
    registered: Register, closed: Path
) -> None:
    codes = set()
    for folder in ("C:\\Elsewhere", str(closed / "MicroSIP")):
        registered("HKLM", folder)
        with pytest.raises(TargetError) as caught:
            find(TargetRequest(), world())
        codes.add(caught.value.code)
    assert len(codes) == 1


def test_another_user_who_is_logged_on(registered: Register, tmp_path: Path) -> None:
    """Seen with other eyes this very user is another one whose registry is loaded."""
    registered("HKCU", "C:\\Elsewhere")
    others = World(sys.platform, os.environ, tmp_path)
    (me,) = [profile for profile in user_profiles(others) if profile.folder == Path.home()]
    assert me.host is not None
    assert not me.own
    assert me.host.registered.hkcu == "C:\\Elsewhere"
    assert same(str(me.roaming), os.environ["APPDATA"])
    assert same(str(me.local), os.environ["LOCALAPPDATA"])
    with pytest.raises(TargetError, match="share"):
        me.host.host_path("\\\\srv.example.com\\apps")


def test_the_root_of_a_drive_is_not_the_current_folder() -> None:
    assert str(Windows(world()).host_path("C:")) == "C:\\"
