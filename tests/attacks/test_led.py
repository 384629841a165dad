"""What a user writes down leads root nowhere, and root reads nothing for a user."""

from __future__ import annotations

import json
import os
import struct
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.target.prefixes import RUN, SHELL, FakePrefix

from .scene import INI, PASSWORD, TEMPLATE, VAULTED, WITH_PASSWORD, Scene, User, exchange, utf16

assert sys.platform != "win32"

SET = ("set", "Settings.volumeRing=50")
ROUNDS = 10


# --- a prefix whose registry and drives lead away ------------------------------------------------


def appdata(prefix: FakePrefix, to: Path) -> None:
    windows = "Z:" + str(to / "AppData" / "Roaming").replace("/", "\\")
    prefix.registry(user={SHELL: {"AppData": windows}}, machine={})


def drive_c(prefix: FakePrefix, to: Path) -> None:
    link = prefix.root / "dosdevices" / "c:"
    link.unlink()
    link.symlink_to(to)
    prefix.registry(user={SHELL: {"AppData": "C:\\AppData\\Roaming"}}, machine={})


def another_drive(prefix: FakePrefix, to: Path) -> None:
    (prefix.root / "dosdevices" / "x:").symlink_to(to)
    prefix.registry(user={SHELL: {"AppData": "X:\\AppData\\Roaming"}}, machine={})


def a_linked_profile(prefix: FakePrefix, to: Path) -> None:
    prefix.roaming.rmdir()
    prefix.roaming.symlink_to(to / "AppData" / "Roaming")


def the_program(prefix: FakePrefix, to: Path) -> None:
    windows = "Z:" + str(to / "MicroSIP.exe").replace("/", "\\")
    prefix.registry(user={RUN: {"MicroSIP": f'"{windows}" /minimized'}}, machine={})


LEADS = [appdata, drive_c, another_drive, a_linked_profile, the_program]


@pytest.mark.parametrize(
    ("lead", "named"),
    [*((lead, "--wine-prefix") for lead in LEADS), (appdata, "WINEPREFIX"), (appdata, "HOME")],
)
@pytest.mark.parametrize("to", ["the vault", "another user", "another user's open folder"])
def test_a_prefix_leads_to_the_file_of_somebody_else(
    scene: Scene,
    user: User,
    other: User,
    lead: Callable[[FakePrefix, Path], None],
    to: str,
    named: str,
) -> None:
    prefix = FakePrefix(user.home / ".wine")
    for ini in (
        other.home / "AppData" / "Roaming" / "MicroSIP" / "MicroSIP.ini",
        other.home / "MicroSIP.ini",
    ):
        ini.parent.mkdir(parents=True, exist_ok=True)
        ini.write_bytes(utf16(INI))
    (other.home / "MicroSIP.exe").write_bytes(b"MZ")
    other.owns(other.home)
    if to == "another user's open folder":
        for path in (other.home, *other.home.rglob("*")):
            path.chmod(0o755)
    lead(prefix, scene.vault if to == "the vault" else other.home)
    user.owns(user.home)
    option = ("--wine-prefix", str(prefix.root)) if named == "--wine-prefix" else ()
    value = prefix.root if named == "WINEPREFIX" else user.home
    run = scene.root(*SET, *option, env={} if option else {named: str(value)}).is_documented()
    assert run.code, run.told  # there is nothing that the user may change
    for ini in other.home.rglob("MicroSIP.ini"):
        assert ini.read_bytes() == utf16(INI), run.told
    scene.is_unharmed()


@pytest.mark.parametrize("verb", [SET, ("locate", "--all"), ("show",)])
@pytest.mark.parametrize("loop", ["itself", "each other", "the prefix", "the registry"])
def test_links_in_a_circle(scene: Scene, user: User, verb: tuple[str, ...], loop: str) -> None:
    prefix = FakePrefix(user.home / ".wine")
    drives = prefix.root / "dosdevices"
    if loop == "itself":
        (drives / "c:").unlink()
        (drives / "c:").symlink_to("c:")
    elif loop == "each other":
        (drives / "c:").unlink()
        (drives / "c:").symlink_to("x:")
        (drives / "x:").symlink_to("c:")
    elif loop == "the prefix":
        prefix.roaming.rmdir()
        prefix.roaming.symlink_to(prefix.roaming)
    else:
        (prefix.root / "user.reg").unlink()
        (prefix.root / "user.reg").symlink_to("user.reg")
    user.owns(user.home)
    scene.root(*verb, "--wine-prefix", prefix.root).is_documented()
    scene.root(*verb, env={"HOME": str(user.home)}).is_documented()
    scene.is_unharmed()


# --- ways that several users control --------------------------------------------------------------


def acl(*entries: tuple[int, int, int]) -> bytes:
    """An access list as the kernel keeps it: (tag, rights, id)."""
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


NOBODY = 0xFFFFFFFF


def with_acl(folder: Path, user: User) -> None:
    """Gives one more user all rights in a folder."""
    own, named, group, mask, others = 0x01, 0x02, 0x04, 0x10, 0x20
    entries = [(own, 7, NOBODY), (named, 7, user.uid), (group, 5, NOBODY)]
    entries += [(mask, 7, NOBODY), (others, 5, NOBODY)]
    os.setxattr(folder, "system.posix_acl_access", acl(*entries))


SHARED = ["for everybody", "for a group", "by an access list"]


@pytest.mark.parametrize("what", ["of another", *SHARED])
def test_a_way_that_two_users_control(scene: Scene, user: User, other: User, what: str) -> None:
    """The one could lead root, working as the other, into what is the other's."""
    folder = user.home / "shared"
    ini = folder / "phone" / "MicroSIP.ini"
    ini.parent.mkdir(parents=True)
    ini.write_bytes(utf16(INI))
    user.owns(folder)
    user.home.chmod(0o755)
    if what == "of another":
        os.chown(folder, other.uid, other.gid)
    elif what == "for everybody":
        folder.chmod(0o777)
    elif what == "for a group":
        os.chown(folder, user.uid, other.gid)
        folder.chmod(0o775)
    else:
        with_acl(folder, other)
    scene.root(*SET, "--ini", ini).is_refused()
    assert ini.read_bytes() == utf16(INI)
    chosen = scene.root(*SET, "--ini", ini, "--as-user", user.name).is_documented()
    assert chosen.code in (0, 2, 4, 6)
    scene.is_unharmed()


@pytest.mark.parametrize("what", SHARED)
def test_a_folder_of_roots_that_others_may_change(scene: Scene, user: User, what: str) -> None:
    """It is not root's alone, so root does not work there by itself."""
    folder = scene.base / "open"
    folder.mkdir(exist_ok=True)
    ini = folder / "MicroSIP.ini"
    ini.write_bytes(utf16(INI))
    folder.chmod({"for everybody": 0o777, "for a group": 0o775}.get(what, 0o755))
    if what == "for a group":
        os.chown(folder, 0, user.gid)
    if what == "by an access list":
        with_acl(folder, user)
    try:
        run = scene.root(*SET, "--ini", ini).is_refused()
        assert "--as-user" in run.out
    finally:
        ini.unlink()
        folder.rmdir()
    scene.is_unharmed()


# --- what root reads for the run ------------------------------------------------------------------


def linked_to_the_vault(scene: Scene, user: User, name: str) -> Path:
    return user.links(user.home / "given", scene.vault) / name


def a_link_in_the_home(scene: Scene, user: User, name: str) -> Path:
    return user.links(user.home / "given", scene.vault / name)


def a_link_in_a_common_folder(scene: Scene, user: User, name: str) -> Path:
    link = user.links(scene.common / "given", scene.vault / name)
    os.chown(link, user.uid, user.gid, follow_symlinks=False)
    return link


def a_folder_in_the_home(scene: Scene, user: User, name: str) -> Path:
    """A name of its own (a hard link) of root's file."""
    (user.home / "given").unlink(missing_ok=True)
    os.link(scene.vault / name, user.home / "given")
    scene.before = scene.state()
    return user.home / "given"


def a_folder_of_everybody(scene: Scene, user: User, name: str) -> Path:
    folder = scene.base / "everybody"
    folder.mkdir(exist_ok=True)
    folder.chmod(0o777)
    (folder / name).unlink(missing_ok=True)
    return user.links(folder / name, scene.vault / name)


GIVEN = [
    linked_to_the_vault,
    a_link_in_the_home,
    a_link_in_a_common_folder,
    a_folder_in_the_home,
    a_folder_of_everybody,
]
TOLD = f"[Settings]\nuserAgent = {VAULTED}\n[Account1]\ndisplayName = {VAULTED}\n"


@pytest.mark.parametrize("given", GIVEN)
@pytest.mark.parametrize("read", ["secret", "vars", "template", "extends", "table secret"])
def test_root_reads_nothing_through_what_a_user_controls(
    scene: Scene, user: User, given: Callable[[Scene, User, str], Path], read: str
) -> None:
    """Else it would bring what only root may read into the ini, which is the user's."""
    names = {"vars": "vars.json", "template": "told.ini", "extends": "told.ini"}
    name = names.get(read, "secret")
    (scene.vault / "vars.json").write_text(json.dumps({"word": VAULTED}))
    (scene.vault / "told.ini").write_text(TOLD)
    for path in scene.vault.iterdir():
        if path.is_file():
            path.chmod(0o600)
    scene.before = scene.state()
    path = given(scene, user, name)
    options: tuple[str, ...] = ()
    template = scene.template(WITH_PASSWORD)
    if read == "secret":
        options = ("--secret", f"sip=file:{path}")
    elif read == "vars":
        template = scene.template("[Account1]\ndisplayName = {{ word }}\n")
        options = ("--vars", str(path))
    elif read == "template":
        template = path
    elif read == "extends":
        template = scene.template(f"[template]\nextends = {path}\n{TEMPLATE}")
    else:
        options = ("--secret", f"sip=file:{path}", "--allow-open-secrets")
    run = scene.root("apply", template, "--ini", user.ini, *options).is_refused()
    assert VAULTED.encode("utf-16-le") not in user.ini.read_bytes(), run.told
    scene.is_unharmed()


@pytest.mark.parametrize("steps", ["../vault/told.ini", "../../../../..{vault}/told.ini"])
@pytest.mark.parametrize("where", ["home", "common"])
def test_a_template_of_the_user_does_not_extend_one_of_roots(
    scene: Scene, user: User, steps: str, where: str
) -> None:
    (scene.vault / "told.ini").write_text(TOLD)
    scene.before = scene.state()
    folder = user.home if where == "home" else scene.common
    base = os.path.relpath(scene.vault / "told.ini", folder)
    path = folder / "mine.ini"
    chosen = base if steps.startswith("../vault") else steps.format(vault=scene.vault)
    user.does(lambda: path.write_text(f"[template]\nextends = {chosen}\n{TEMPLATE}"))
    for words in (("apply", path, "--ini", user.ini), ("template", "validate", path)):
        run = scene.root(*words).is_documented()
        assert run.code, run.told
    assert VAULTED.encode("utf-16-le") not in user.ini.read_bytes()
    scene.is_unharmed()


def test_a_template_in_the_working_folder_of_the_user_is_not_taken_by_its_name(
    scene: Scene, user: User
) -> None:
    (user.home / "office.ini").write_text(TOLD)
    user.owns(user.home)
    run = scene.root("apply", "office.ini", "--ini", user.ini, cwd=user.home).is_documented()
    assert run.code, run.told
    assert VAULTED.encode("utf-16-le") not in user.ini.read_bytes()


def test_a_secret_whose_folder_is_swapped_for_a_link(scene: Scene, user: User) -> None:
    """Honest at one look, root's at the next."""
    honest, spare = user.home / "given", user.home / "spare"
    honest.mkdir()
    (honest / "secret").write_text(PASSWORD)
    (honest / "secret").chmod(0o600)
    spare.symlink_to(scene.vault)
    user.owns(user.home)
    os.chown(honest / "secret", 0, 0)
    template = scene.template(WITH_PASSWORD)
    secret = f"sip=file:{honest / 'secret'}"
    with user.keeps(lambda: exchange(honest, spare)):
        for number in range(ROUNDS):
            words = ("apply", template, "--ini", user.ini, "--secret", secret, "--rotate")
            scene.root(*words).is_documented()
            assert VAULTED.encode("utf-16-le") not in user.ini.read_bytes(), number


def test_what_root_and_who_called_sudo_have_is_read(scene: Scene, user: User, other: User) -> None:
    """Through links, too, where nobody else could have put them."""
    template = scene.template(WITH_PASSWORD)
    link = scene.templates / "link.ini"
    link.symlink_to(template)
    secret = scene.root_home / "sip"
    secret.write_text(PASSWORD)
    secret.chmod(0o600)
    words = ("--ini", user.ini, "--secret", f"sip=file:{secret}")
    assert scene.root("apply", link, *words).is_done().envelope["changed"]
    mine = other.home / "mine.ini"
    mine.write_text("[Settings]\nvolumeRing = 30\n")
    other.owns(other.home)
    called = {"SUDO_UID": str(other.uid), "SUDO_GID": str(other.gid), "SUDO_USER": other.name}
    assert scene.root("apply", mine, "--ini", user.ini, env=called).is_done().envelope["changed"]
    scene.root("apply", mine, "--ini", user.ini).is_refused()
    # Who called sudo leads root nowhere, either.
    other.links(mine, scene.vault / "MicroSIP.ini")
    run = scene.root("apply", mine, "--ini", user.ini, env=called).is_documented()
    assert VAULTED.encode("utf-16-le") not in user.ini.read_bytes(), run.told
    scene.is_unharmed()
