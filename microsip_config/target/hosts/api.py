"""What the search asks of a Windows: the interface of the real one and of a Wine prefix."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple, Protocol


class Registered(NamedTuple):
    """Registry values about MicroSIP, "" if missing.

    The default values of ``Software\\MicroSIP`` in HKCU and in both views of HKLM, and the
    command of the autostart entry ``MicroSIP``.
    """

    hkcu: str = ""
    hklm: str = ""
    hklm32: str = ""
    autostart: str = ""


class Folders(NamedTuple):
    """Windows paths: the AppData shell folders, and the usual parents of program folders."""

    roaming: str
    local: str
    programs: tuple[str, ...] = ()


class Host(Protocol):
    """One user's view of one Windows, real or Wine. ``Path`` is a host path, text a Windows one."""

    @property
    def name(self) -> str:
        """Its name in messages, as in "not found in <name>"."""

    @property
    def registered(self) -> Registered: ...

    @property
    def folders(self) -> Folders: ...

    def msi_locations(self) -> tuple[str, ...]:
        """INSTALLLOCATION of each MSI product named MicroSIP, in the order of the system."""

    def running(self) -> tuple[str, ...]:
        """Executables of this user's phones that are running in this session."""

    def host_path(self, path: str) -> Path:
        """The path that Python opens for a Windows path; it need not exist."""

    def windows_path(self, host_path: Path) -> str:
        """The Windows path of a host path, "" if it is not on any drive."""


class UserProfile(NamedTuple):
    """A user profile on this machine.

    ``folder``, ``roaming`` and ``local`` are host paths, the latter two its AppData folders.
    ``host`` is the user's view of Windows, None if the user's registry cannot be read; ``remark``
    says why. ``own``: the profile of the user who runs this, whose links are trusted.
    """

    user: str
    folder: Path
    roaming: Path
    local: Path
    host: Host | None
    remark: str = ""
    own: bool = False
