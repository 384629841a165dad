"""Which folder a link must not lie below on Windows: a decision that needs no Windows."""

from __future__ import annotations

from pathlib import PureWindowsPath

import pytest

from microsip_config.system.links import profile_of

OWN = PureWindowsPath(r"C:\Users\admin")
OTHERS = [
    PureWindowsPath(r"C:\Users\bob"),
    PureWindowsPath(r"D:\Profiles\carol"),
    PureWindowsPath(r"C:\Windows\system32\config\systemprofile"),
]
CASES = [
    (r"C:\Users\admin\AppData\Roaming\MicroSIP\MicroSIP.ini", None),
    (r"c:\users\ADMIN\x.ini", None),
    (r"C:\Users\bob\AppData\Roaming\MicroSIP\MicroSIP.ini", r"C:\Users\bob"),
    (r"c:\USERS\Bob\x.ini", r"C:\Users\bob"),
    (r"C:\Users\bobby\x.ini", r"C:\Users\bobby"),
    (r"C:\Users\Public\x.ini", r"C:\Users\Public"),
    (r"C:\Users", None),
    (r"D:\Profiles\carol\x.ini", r"D:\Profiles\carol"),
    (r"D:\Profiles\left over\x.ini", r"D:\Profiles\left over"),
    (r"D:\MicroSIP\MicroSIP.ini", None),
    (r"C:\Program Files\MicroSIP\MicroSIP.ini", None),
    (r"\\files.example.com\home$\bob\MicroSIP\MicroSIP.ini", "\\\\files.example.com\\home$\\"),
    (r"\\?\C:\Users\bob\x.ini", r"C:\Users\bob"),
    (r"\\?\UNC\files.example.com\home$\bob\x.ini", "\\\\files.example.com\\home$\\"),
]


@pytest.mark.parametrize(("path", "base"), CASES)
def test_the_folder_below_which_no_link_is_followed(path: str, base: str | None) -> None:
    found = profile_of(PureWindowsPath(path), OWN, OTHERS)
    assert (None if found is None else PureWindowsPath(found)) == (
        None if base is None else PureWindowsPath(base)
    )


def test_without_a_profile_of_its_own_every_profile_is_foreign() -> None:
    path = PureWindowsPath(r"C:\Users\admin\x.ini")
    found = profile_of(path, None, OTHERS)
    assert found is not None
    assert PureWindowsPath(found) == OWN
