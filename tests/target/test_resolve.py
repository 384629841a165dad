"""The target options, on files and Wine prefixes that exist."""

from __future__ import annotations

from pathlib import Path

import pytest

from microsip_config.errors import TargetError, UsageError
from microsip_config.target import TargetRequest, find, resolve

from .prefixes import MICROSIP, MICROSIP_32, PRODUCTS, RUN, SHELL, FakePrefix, world

INSTALLED = "C:\\Program Files\\MicroSIP"


def registered(text: str) -> dict[str, dict[str, str]]:
    return {MICROSIP: {"": text}}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def phone(tmp_path: Path) -> Path:
    """A folder with a portable phone that has run."""
    folder = tmp_path / "phone"
    folder.mkdir()
    (folder / "MicroSIP.exe").write_bytes(b"MZ")
    (folder / "MicroSIP.ini").write_bytes(b"")
    return folder


# --- which options fit together ---------------------------------------------------------------


@pytest.mark.parametrize(
    "request_",
    [
        TargetRequest(ini="a.ini", portable="d"),
        TargetRequest(ini="a.ini", wine_prefix="p"),
        TargetRequest(exe="a.exe", portable="d"),
        TargetRequest(portable="d", wine_prefix="p"),
        TargetRequest(ini="a.ini", exe="a.exe", wine_prefix="p"),
    ],
)
def test_options_that_do_not_fit_are_named(request_: TargetRequest, home: Path) -> None:
    with pytest.raises(UsageError) as caught:
        resolve(request_, world(home))
    for option in ("ini", "exe", "portable", "wine_prefix"):
        named = f"--{option.replace('_', '-')}" in caught.value.message
        assert named == bool(getattr(request_, option))


def test_a_prefix_is_refused_on_windows(home: Path) -> None:
    with pytest.raises(UsageError, match="not for Windows"):
        resolve(TargetRequest(wine_prefix="p"), world(home)._replace(platform="win32"))


# --- --ini ------------------------------------------------------------------------------------


def test_given_ini_with_its_twin(phone: Path, home: Path) -> None:
    target = resolve(TargetRequest(ini=phone / "MicroSIP.ini"), world(home))
    assert (target.ini, target.exe, target.mode) == (
        str(phone / "MicroSIP.ini"),
        str(phone / "MicroSIP.exe"),
        "given",
    )


def test_the_twin_is_found_in_any_case(phone: Path, home: Path) -> None:
    (phone / "MicroSIP.exe").rename(phone / "microsip.EXE")
    assert resolve(TargetRequest(ini=phone / "MicroSIP.ini"), world(home)).exe.endswith(".EXE")


def test_given_ini_and_exe(phone: Path, tmp_path: Path, home: Path) -> None:
    ini = tmp_path / "other.ini"
    ini.write_bytes(b"")
    target = resolve(TargetRequest(ini=ini, exe=phone / "MicroSIP.exe"), world(home))
    assert (target.ini, target.exe) == (str(ini), str(phone / "MicroSIP.exe"))


def test_relative_paths_become_absolute(
    phone: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(phone)
    target = resolve(TargetRequest(ini="../phone/./MicroSIP.ini"), world(home))
    assert target.ini == str(phone / "MicroSIP.ini")


def test_a_missing_ini_is_named_with_what_is_there(phone: Path, home: Path) -> None:
    with pytest.raises(TargetError) as caught:
        resolve(TargetRequest(ini=phone / "microsip2.ini"), world(home))
    assert "microsip2.ini" in caught.value.message
    assert "--create" in caught.value.hint
    assert "MicroSIP.ini" in caught.value.hint
    assert caught.value.exit_code == 4


def test_create_takes_a_missing_ini_and_makes_nothing_itself(phone: Path, home: Path) -> None:
    for ini in (phone / "new.ini", phone / "none" / "new.ini"):
        assert resolve(TargetRequest(ini=ini, create=True), world(home)).ini == str(ini)
        assert not ini.exists()
        assert not (phone / "none").exists()


def test_a_folder_is_no_ini(phone: Path, home: Path) -> None:
    with pytest.raises(TargetError, match="not a file"):
        resolve(TargetRequest(ini=phone, create=True), world(home))


def test_an_ini_in_the_app_data_of_a_prefix_finds_its_phone(home: Path) -> None:
    """Else a phone that runs on it would not be noticed."""
    prefix = FakePrefix(home / "w", user=registered(INSTALLED))
    exe = prefix.put(f"{INSTALLED}\\MicroSIP.exe")
    ini = prefix.put("C:\\users\\ada\\AppData\\Roaming\\MicroSIP\\MicroSIP.ini", b"")
    assert resolve(TargetRequest(ini=ini), world(home)).exe == str(exe)
    other = ini.with_name("Desk.ini")
    other.write_bytes(b"")
    assert resolve(TargetRequest(ini=other), world(home)).exe == ""


# --- --portable -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "exe", "ini"),
    [
        (["MicroSIP.exe", "MicroSIP.ini"], "MicroSIP.exe", "MicroSIP.ini"),
        (["microsip.exe", "MICROSIP.INI"], "microsip.exe", "MICROSIP.INI"),
        (["Desk.exe", "Desk.ini", "Uninstall.exe"], "Desk.exe", "Desk.ini"),
        (["Desk.exe", "Desk.ini", "Helper.exe"], "Desk.exe", "Desk.ini"),
        (["MicroSIP.exe", "MicroSIP.ini", "Desk.exe", "Desk.ini"], "MicroSIP.exe", "MicroSIP.ini"),
        (["MicroSIP.ini"], "", "MicroSIP.ini"),
        (["MicroSIP.ini", "Uninstall.exe"], "", "MicroSIP.ini"),
    ],
)
def test_portable(tmp_path: Path, home: Path, files: list[str], exe: str, ini: str) -> None:
    folder = tmp_path / "p"
    folder.mkdir()
    for name in files:
        (folder / name).write_bytes(b"")
    target = resolve(TargetRequest(portable=folder), world(home))
    assert target.mode == "portable"
    assert target.ini == str(folder / ini)
    assert target.exe == (str(folder / exe) if exe else "")


@pytest.mark.parametrize(
    "files", [["A.exe", "A.ini", "B.exe", "B.ini"], ["A.exe", "B.exe"]], ids=["inis", "no ini"]
)
def test_several_portable_phones_are_named(tmp_path: Path, home: Path, files: list[str]) -> None:
    for name in files:
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(TargetError, match=r"A\.exe, B\.exe") as caught:
        resolve(TargetRequest(portable=tmp_path), world(home))
    assert "--exe" in caught.value.hint


def test_portable_without_its_ini(phone: Path, home: Path) -> None:
    (phone / "MicroSIP.ini").unlink()
    with pytest.raises(TargetError, match=r"MicroSIP\.ini does not exist"):
        resolve(TargetRequest(portable=phone), world(home))
    target = resolve(TargetRequest(portable=phone, create=True), world(home))
    assert target.ini == str(phone / "MicroSIP.ini")


def test_portable_needs_a_folder(phone: Path, home: Path) -> None:
    with pytest.raises(TargetError, match="is not a folder"):
        resolve(TargetRequest(portable=phone / "none"), world(home))


def test_portable_says_when_the_phone_reads_elsewhere(home: Path) -> None:
    prefix = FakePrefix(home / ".wine", user=registered(INSTALLED))
    exe = prefix.put(f"{INSTALLED}\\MicroSIP.exe")
    ini = prefix.put(f"{INSTALLED}\\MicroSIP.ini", b"")
    found = find(TargetRequest(portable=exe.parent), world(home))
    assert found.target.ini == str(ini)
    assert any("itself reads" in note and "Roaming" in note for note in found.notes)


# --- --exe and the prefix ---------------------------------------------------------------------


def installed(home: Path, text: str = INSTALLED) -> tuple[FakePrefix, Path, Path]:
    """A prefix with an installed phone that has run: prefix, executable, ini."""
    prefix = FakePrefix(home / ".wine", user=registered(text))
    exe = prefix.put(f"{INSTALLED}\\MicroSIP.exe")
    ini = prefix.put("C:\\users\\ada\\AppData\\Roaming\\MicroSIP\\MicroSIP.ini", b"")
    return prefix, exe, ini


def test_exe_by_the_registry_of_its_own_prefix(home: Path, tmp_path: Path) -> None:
    _, exe, ini = installed(home)
    elsewhere = world(tmp_path / "nobody", WINEPREFIX=str(tmp_path / "none"))
    target = resolve(TargetRequest(exe=exe), elsewhere)
    assert (target.ini, target.exe, target.mode) == (str(ini), str(exe), "installed")


def test_exe_with_a_trailing_backslash_in_the_registry(home: Path) -> None:
    prefix, exe, _ = installed(home, INSTALLED + "\\")
    portable = prefix.put(f"{INSTALLED}\\MicroSIP.ini", b"")
    found = find(TargetRequest(exe=exe), world(home))
    assert (found.target.ini, found.target.mode) == (str(portable), "portable")
    assert any("trailing backslash" in note for note in found.notes)


def test_exe_outside_with_a_named_prefix(home: Path, phone: Path) -> None:
    windows = "Z:" + str(phone).replace("/", "\\")
    prefix = FakePrefix(home / "w", user=registered(windows.upper()))
    ini = prefix.put("C:\\users\\ada\\AppData\\Roaming\\MicroSIP\\MicroSIP.ini", b"")
    request = TargetRequest(exe=phone / "MicroSIP.exe", wine_prefix=prefix.root)
    assert resolve(request, world(home)).ini == str(ini)


def test_a_named_prefix_before_the_one_around_the_executable(home: Path) -> None:
    _, exe, ini = installed(home)
    other = FakePrefix(home / "other")
    portable = resolve(TargetRequest(exe=exe, wine_prefix=other.root, create=True), world(home))
    assert (portable.ini, portable.mode) == (str(exe.with_suffix(".ini")), "portable")
    assert resolve(TargetRequest(exe=exe), world(home)).ini == str(ini)


def test_exe_without_any_prefix_is_portable(home: Path, phone: Path) -> None:
    target = resolve(TargetRequest(exe=phone / "MicroSIP.exe"), world(home))
    assert (target.ini, target.mode) == (str(phone / "MicroSIP.ini"), "portable")


def test_a_missing_exe(home: Path) -> None:
    with pytest.raises(TargetError, match=r"executable .* does not exist"):
        resolve(TargetRequest(exe=home / "MicroSIP.exe"), world(home))


def test_registry_value_that_is_a_link_to_the_folder(home: Path) -> None:
    prefix, exe, _ = installed(home, "C:\\Phone")
    (prefix.root / "drive_c/Phone").symlink_to(exe.parent)
    portable = prefix.put(f"{INSTALLED}\\MicroSIP.ini", b"")
    found = find(TargetRequest(exe=exe), world(home))
    assert found.target.ini == str(portable)
    assert any("another name" in note for note in found.notes)


def test_msi_product_of_the_prefix(home: Path) -> None:
    product = {"DisplayName": "MicroSIP", "InstallLocation": INSTALLED + "\\"}
    prefix = FakePrefix(home / ".wine", machine={f"{PRODUCTS}\\00\\InstallProperties": product})
    prefix.put(f"{INSTALLED}\\MicroSIP.exe")
    ini = prefix.put("C:\\users\\ada\\AppData\\Roaming\\MicroSIP\\MicroSIP.ini", b"")
    target = resolve(TargetRequest(), world(home))
    assert (target.ini, target.mode) == (str(ini), "installed")
    assert "MSI" in target.decided_by


@pytest.mark.parametrize(
    ("key", "arch", "machine", "mode"),
    [
        (MICROSIP, "win64", 0x8664, "installed"),
        (MICROSIP_32, "win64", 0x8664, "portable"),
        (MICROSIP_32, "win64", 0x014C, "installed"),
        (MICROSIP, "win64", 0x014C, "portable"),
        (MICROSIP, "win32", 0x014C, "installed"),
    ],
)
def test_the_view_of_the_executable_counts(
    home: Path, key: str, arch: str, machine: int, mode: str
) -> None:
    prefix = FakePrefix(home / ".wine")
    prefix.registry(user={}, machine={key: {"": INSTALLED}}, arch=arch)
    head = (
        b"MZ" + bytes(58) + (64).to_bytes(4, "little") + b"PE\0\0" + machine.to_bytes(2, "little")
    )
    exe = prefix.put(f"{INSTALLED}\\MicroSIP.exe", head)
    assert resolve(TargetRequest(exe=exe, create=True), world(home)).mode == mode


# --- nothing given ----------------------------------------------------------------------------


def test_default_prefix(home: Path) -> None:
    _, exe, ini = installed(home)
    target = resolve(TargetRequest(), world(home))
    assert (target.ini, target.exe) == (str(ini), str(exe))
    assert "HKCU" in target.decided_by


def test_wineprefix_variable_before_the_home(home: Path, tmp_path: Path) -> None:
    installed(home)
    other = FakePrefix(tmp_path / "other")
    ini = other.put("C:\\Program Files\\MicroSIP\\MicroSIP.ini", b"")
    other.put("C:\\Program Files\\MicroSIP\\MicroSIP.exe")
    assert resolve(TargetRequest(), world(home, WINEPREFIX=str(other.root))).ini == str(ini)


def test_no_prefix_at_all(home: Path) -> None:
    with pytest.raises(TargetError, match=r"\.wine is not a Wine prefix") as caught:
        resolve(TargetRequest(), world(home))
    assert "--wine-prefix" in caught.value.hint


def test_no_phone_in_the_prefix_lists_where_it_looked(home: Path) -> None:
    FakePrefix(home / ".wine")
    with pytest.raises(TargetError, match="no MicroSIP found") as caught:
        resolve(TargetRequest(), world(home))
    for looked_at in ("HKCU", "autostart", "C:\\Program Files\\MicroSIP", "Roaming"):
        assert looked_at in caught.value.hint


def test_create_prepares_the_file_of_a_phone_to_come(home: Path) -> None:
    prefix = FakePrefix(home / ".wine")
    target = resolve(TargetRequest(create=True), world(home))
    assert target.ini == str(prefix.roaming / "MicroSIP/MicroSIP.ini")
    assert (target.exe, target.mode) == ("", "installed")


def test_an_ini_without_any_executable(home: Path) -> None:
    prefix = FakePrefix(home / ".wine")
    ini = prefix.put("C:\\users\\ada\\AppData\\Roaming\\MicroSIP\\MicroSIP.ini", b"")
    assert resolve(TargetRequest(), world(home)).ini == str(ini)


def test_the_file_of_the_old_place_is_the_one_that_the_phone_will_move(home: Path) -> None:
    prefix = FakePrefix(home / ".wine", user=registered(INSTALLED))
    prefix.put(f"{INSTALLED}\\MicroSIP.exe")
    old = prefix.put("C:\\users\\ada\\AppData\\Local\\MicroSIP\\MicroSIP.ini", b"")
    found = find(TargetRequest(), world(home))
    assert found.target.ini == str(old)
    assert found.moves_to == str(prefix.roaming / "MicroSIP/MicroSIP.ini")


def test_redirected_app_data(home: Path, tmp_path: Path) -> None:
    share = tmp_path / "share"
    (share / "MicroSIP").mkdir(parents=True)
    windows = "Z:" + str(share).replace("/", "\\")
    prefix = FakePrefix(home / ".wine", user={**registered(INSTALLED), SHELL: {"AppData": windows}})
    prefix.put(f"{INSTALLED}\\MicroSIP.exe")
    (share / "MicroSIP/MicroSIP.ini").write_bytes(b"")
    assert resolve(TargetRequest(), world(home)).ini == str(share / "MicroSIP/MicroSIP.ini")


def test_names_are_found_in_any_case(home: Path) -> None:
    prefix = FakePrefix(home / ".wine", user=registered("c:\\PROGRAM FILES\\microsip"))
    exe = prefix.put(f"{INSTALLED}\\MicroSIP.exe")
    ini = prefix.put("C:\\users\\ada\\AppData\\Roaming\\microsip\\MICROSIP.ini", b"")
    target = resolve(TargetRequest(), world(home))
    assert (target.ini, target.exe) == (str(ini), str(exe))


def test_the_registered_copy_wins_and_the_other_is_noted(home: Path) -> None:
    prefix, exe, ini = installed(home)
    other = prefix.put("C:\\Program Files (x86)\\MicroSIP\\MicroSIP.exe")
    other_ini = other.with_suffix(".ini")
    other_ini.write_bytes(b"")
    found = find(TargetRequest(), world(home))
    assert (found.target.ini, found.target.exe) == (str(ini), str(exe))
    assert any(str(other_ini) in note for note in found.notes)


def test_autostart_names_the_phone(home: Path) -> None:
    command = '"C:\\My Phone\\Desk.exe" /minimized'
    prefix = FakePrefix(home / ".wine", user={RUN: {"MicroSIP": command}})
    exe = prefix.put("C:\\My Phone\\Desk.exe")
    ini = prefix.put("C:\\My Phone\\Desk.ini", b"")
    target = resolve(TargetRequest(), world(home))
    assert (target.ini, target.exe) == (str(ini), str(exe))
    assert "autostart" in target.decided_by


def test_two_copies_with_nothing_to_choose_by_are_both_named(home: Path) -> None:
    prefix = FakePrefix(home / ".wine")
    inis = []
    for parent in ("Program Files", "Program Files (x86)"):
        prefix.put(f"C:\\{parent}\\MicroSIP\\MicroSIP.exe")
        inis.append(prefix.put(f"C:\\{parent}\\MicroSIP\\MicroSIP.ini", b""))
    with pytest.raises(TargetError) as caught:
        resolve(TargetRequest(), world(home))
    assert caught.value.code == "ambiguous-target"
    assert all(str(ini) in caught.value.message for ini in inis)
    inis[1].unlink()
    assert resolve(TargetRequest(), world(home)).ini == str(inis[0])


def test_a_prefix_that_is_none(home: Path, tmp_path: Path) -> None:
    with pytest.raises(TargetError, match="is not a Wine prefix"):
        resolve(TargetRequest(wine_prefix=tmp_path / "none"), world(home))
