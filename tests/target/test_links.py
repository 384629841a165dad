"""Links in other people's profiles are found, whichever component they hide in."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from types import SimpleNamespace

import pytest

from microsip_config.errors import TargetError
from microsip_config.system.links import find_link, link_kind, refuse_links

PARTS = ("AppData", "Roaming", "MicroSIP", "MicroSIP.ini")
REPARSE = 0x400


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    root = tmp_path / "profile"
    folder = root.joinpath(*PARTS[:-1])
    folder.mkdir(parents=True)
    (folder / PARTS[-1]).write_bytes(b"")
    return root


def test_a_plain_path_has_none(profile: Path) -> None:
    assert find_link(profile.joinpath(*PARTS), profile) is None
    refuse_links(profile.joinpath(*PARTS), profile)


@pytest.mark.parametrize("depth", range(1, len(PARTS) + 1))
def test_a_symbolic_link_in_each_component(profile: Path, tmp_path: Path, depth: int) -> None:
    component = profile.joinpath(*PARTS[:depth])
    component.rename(tmp_path / "moved")
    component.symlink_to(tmp_path / "moved")
    link = find_link(profile.joinpath(*PARTS), profile)
    assert link == (component, "symbolic link")
    with pytest.raises(TargetError, match="symbolic link") as caught:
        refuse_links(profile.joinpath(*PARTS), profile)
    assert str(component) in caught.value.message


def test_a_dangling_link(profile: Path) -> None:
    (profile / "gone").symlink_to("/nowhere")
    link = find_link(profile / "gone" / "x.ini", profile)
    assert link is not None
    assert link.path == profile / "gone"


def test_a_hard_link(profile: Path, tmp_path: Path) -> None:
    ini = profile.joinpath(*PARTS)
    os.link(ini, tmp_path / "second")
    assert find_link(ini, profile) == (ini, "hard link")


def test_links_above_the_profile_are_trusted(profile: Path, tmp_path: Path) -> None:
    (tmp_path / "alias").symlink_to(profile)
    assert find_link((tmp_path / "alias").joinpath(*PARTS), tmp_path / "alias") is None


def test_what_does_not_exist_is_no_link(profile: Path) -> None:
    assert find_link(profile / "none" / "x.ini", profile) is None


@pytest.mark.parametrize("path", ["../other/x.ini", "AppData/../../other", "/etc/passwd"])
def test_a_path_out_of_the_profile_is_refused(profile: Path, path: str) -> None:
    with pytest.raises(TargetError, match="not below"):
        find_link(profile / path, profile)


@pytest.mark.parametrize(
    ("mode", "links", "attributes", "tag", "kind"),
    [
        (stat.S_IFDIR, 5, 0x10, 0, ""),
        (stat.S_IFREG, 1, 0x20, 0, ""),
        (stat.S_IFREG, 2, 0x20, 0, "hard link"),
        (stat.S_IFLNK, 1, REPARSE, 0xA000000C, "symbolic link"),
        (stat.S_IFDIR, 1, REPARSE | 0x10, 0xA0000003, "junction"),
        (stat.S_IFDIR, 1, REPARSE | 0x10, 0xA000000C, "symbolic link"),
        (stat.S_IFREG, 1, REPARSE, 0xA000001D, "reparse point"),  # a link of WSL
        (stat.S_IFREG, 1, REPARSE, 0, "reparse point"),
        (stat.S_IFREG, 1, REPARSE, 0x9000601A, ""),  # a file of OneDrive
        (stat.S_IFREG, 1, REPARSE, 0x80000013, ""),  # a deduplicated file
        (stat.S_IFREG, 2, REPARSE, 0x80000013, "hard link"),
    ],
)
def test_kinds_on_windows(mode: int, links: int, attributes: int, tag: int, kind: str) -> None:
    status = SimpleNamespace(
        st_mode=mode, st_nlink=links, st_file_attributes=attributes, st_reparse_tag=tag
    )
    assert link_kind(status) == kind


def test_a_junction_in_the_middle(profile: Path) -> None:
    """Wine makes no junctions, so this goes through the seam."""

    def lstat(path: Path) -> SimpleNamespace:
        junction = path.name == "Roaming"
        return SimpleNamespace(
            st_mode=stat.S_IFDIR,
            st_nlink=1,
            st_file_attributes=REPARSE if junction else 0x10,
            st_reparse_tag=0xA0000003 if junction else 0,
        )

    assert find_link(profile.joinpath(*PARTS), profile, lstat) == (
        profile / "AppData" / "Roaming",
        "junction",
    )


def test_a_component_that_cannot_be_looked_at(profile: Path) -> None:
    def lstat(path: Path) -> os.stat_result:
        raise PermissionError(13, "Permission denied", str(path))

    with pytest.raises(TargetError, match="Permission denied") as caught:
        find_link(profile / "x", profile, lstat)
    assert caught.value.code == "unreadable"
