"""``locate --all`` on Wine prefixes: every profile is listed, none stops the list."""

from __future__ import annotations

from pathlib import Path

import pytest

from microsip_config.target import every
from microsip_config.target.hosts.api import UserProfile
from microsip_config.target.profiles import Configuration, configurations_of

from .prefixes import MICROSIP, FakePrefix, world

INSTALLED = "C:\\Program Files\\MicroSIP"
ADAS = "C:\\users\\ada\\AppData\\Roaming\\MicroSIP\\MicroSIP.ini"
BOBS = "C:\\users\\bob\\AppData\\Roaming\\MicroSIP\\MicroSIP.ini"


@pytest.fixture
def prefix(tmp_path: Path) -> FakePrefix:
    """Wine's usual prefix with an installed phone that has not run yet."""
    made = FakePrefix(tmp_path / ".wine", user={MICROSIP: {"": INSTALLED}})
    made.put(f"{INSTALLED}\\MicroSIP.exe")
    return made


def configurations(home: Path, **environ: str) -> dict[str, Configuration]:
    return {seen.ini: seen for seen in every(world(home, **environ))}


def test_an_installed_phone(prefix: FakePrefix, tmp_path: Path) -> None:
    ini = prefix.put(ADAS, b"x")
    (seen,) = every(world(tmp_path))
    assert (seen.ini, seen.mode, seen.user) == (str(ini), "installed", "ada")
    assert (seen.readable, seen.problem) == (True, "")
    assert seen.exe.endswith("MicroSIP.exe")
    assert "HKCU" in seen.decided_by


def test_a_phone_that_has_not_run_yet(prefix: FakePrefix, tmp_path: Path) -> None:
    (seen,) = every(world(tmp_path))
    assert (seen.mode, seen.readable, seen.problem) == ("installed", False, "does not exist yet")


def test_a_prefix_without_a_phone_is_listed_as_such(tmp_path: Path) -> None:
    FakePrefix(tmp_path / ".wine")
    (seen,) = every(world(tmp_path))
    assert (seen.mode, seen.user, seen.readable) == ("none", "ada", False)


def test_no_prefix_no_places(tmp_path: Path) -> None:
    assert every(world(tmp_path)) == []


def test_every_prefix_and_every_user(prefix: FakePrefix, tmp_path: Path) -> None:
    mine = prefix.put(ADAS, b"x")
    bobs = prefix.put(BOBS, b"x")
    other = FakePrefix(tmp_path / ".local/share/wineprefixes/office")
    third = FakePrefix(tmp_path / "elsewhere")
    found = configurations(tmp_path, WINEPREFIX=str(third.root))
    assert set(found) == {
        str(mine),
        str(bobs),
        str(other.roaming / "MicroSIP/MicroSIP.ini"),
        str(third.roaming / "MicroSIP/MicroSIP.ini"),
    }
    assert (found[str(bobs)].user, found[str(bobs)].mode) == ("bob", "unused")
    assert "belongs to ada" in found[str(bobs)].decided_by


def test_renamed_and_left_over_files(prefix: FakePrefix, tmp_path: Path) -> None:
    prefix.put(ADAS, b"x")
    left = prefix.put("C:\\users\\ada\\AppData\\Roaming\\MicroSIP\\Desk.ini", b"x")
    seen = configurations(tmp_path)[str(left)]
    assert (seen.mode, seen.exe) == ("unused", "")


def test_portable_copies(prefix: FakePrefix, tmp_path: Path) -> None:
    desktop = prefix.put("C:\\users\\ada\\Desktop\\MicroSIP-3.22\\MicroSIP.ini", b"x")
    prefix.put("C:\\users\\ada\\Desktop\\MicroSIP-3.22\\MicroSIP.exe")
    prefix.put("C:\\users\\ada\\Downloads\\game.ini", b"x")
    prefix.put("C:\\users\\ada\\Downloads\\game.exe")
    found = configurations(tmp_path)
    assert (found[str(desktop)].mode, found[str(desktop)].readable) == ("portable", True)
    assert not any("game" in ini for ini in found)


def test_an_ini_in_the_folder_of_an_installed_phone_is_not_called_portable(
    prefix: FakePrefix, tmp_path: Path
) -> None:
    """The registry, not the folder of the file, decides."""
    folder = "C:\\users\\ada\\Desktop\\MicroSIP"
    prefix.registry(user={MICROSIP: {"": folder}}, machine={})
    prefix.put(f"{folder}\\MicroSIP.exe")
    ini = prefix.put(f"{folder}\\MicroSIP.ini", b"x")
    seen = configurations(tmp_path)[str(ini)]
    assert seen.mode == "unused"
    assert "Roaming" in seen.decided_by


def test_a_link_in_another_profile_is_reported_and_not_followed(
    prefix: FakePrefix, tmp_path: Path
) -> None:
    mine = prefix.put(ADAS, b"x")
    secret = tmp_path / "secret"
    (secret / "MicroSIP").mkdir(parents=True)
    (secret / "MicroSIP/private.ini").write_bytes(b"x")
    data = prefix.root / "drive_c/users/bob/AppData"
    data.mkdir(parents=True)
    (data / "Roaming").symlink_to(secret)
    found = configurations(tmp_path)
    assert found[str(mine)].readable
    (bobs,) = [seen for seen in found.values() if seen.user == "bob"]
    assert "symbolic link" in bobs.problem
    assert not bobs.readable
    assert not any("private" in ini for ini in found)


def test_a_linked_file_in_another_profile(prefix: FakePrefix, tmp_path: Path) -> None:
    (tmp_path / "shadow").write_bytes(b"x")
    ini = prefix.put(BOBS, b"x")
    ini.unlink()
    ini.symlink_to(tmp_path / "shadow")
    seen = configurations(tmp_path)[str(ini)]
    assert not seen.readable
    assert "symbolic link" in seen.problem


def test_a_damaged_registry_stops_nothing(prefix: FakePrefix, tmp_path: Path) -> None:
    ini = prefix.put(ADAS, b"x")
    other = FakePrefix(tmp_path / ".local/share/wineprefixes/office")
    (prefix.root / "user.reg").unlink()
    (prefix.root / "user.reg").mkdir()
    found = configurations(tmp_path)
    assert (found[str(ini)].mode, found[str(ini)].readable) == ("unused", True)
    assert "cannot read the registry" in found[str(ini)].decided_by
    assert str(other.roaming / "MicroSIP/MicroSIP.ini") in found


def test_the_list_is_plain_data(prefix: FakePrefix, tmp_path: Path) -> None:
    prefix.put(ADAS, b"x")
    for seen in every(world(tmp_path)):
        assert {type(value) for value in seen} <= {str, bool}


def test_redirected_folders_of_other_users_are_checked_too(tmp_path: Path) -> None:
    """A folder outside the profile, as folder redirection makes them, may hide a link as well."""
    share = tmp_path / "homes" / "bob"
    (share / "MicroSIP").mkdir(parents=True)
    (tmp_path / "private.ini").write_bytes(b"x")
    (share / "MicroSIP/MicroSIP.ini").symlink_to(tmp_path / "private.ini")
    profile = tmp_path / "users" / "bob"
    bob = UserProfile("bob", profile, share, profile / "Local", None, "not logged on")
    (seen,) = configurations_of(bob)
    assert not seen.readable
    assert "symbolic link" in seen.problem
    (own,) = configurations_of(bob._replace(own=True))
    assert own.readable
