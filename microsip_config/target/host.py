"""The seam between the search and a system: what Windows and a Wine prefix both can tell."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple, Protocol


class Registered(NamedTuple):
    """Registry texts about MicroSIP, "" when absent.

    The default values of ``Software\\MicroSIP`` in HKCU and in both views of HKLM, and the
    command of the autostart entry ``MicroSIP``.
    """

    hkcu: str = ""
    hklm: str = ""
    hklm32: str = ""
    autostart: str = ""


class Folders(NamedTuple):
    """Windows paths: the AppData shell folders and the parents of usual install folders."""

    roaming: str
    local: str
    programs: tuple[str, ...] = ()


class Host(Protocol):
    """One user's view of one Windows, real or Wine. ``Path`` is a host path, text a Windows one."""

    @property
    def name(self) -> str:
        """How messages call it, as in "not found in <name>"."""

    @property
    def registered(self) -> Registered: ...

    @property
    def folders(self) -> Folders: ...

    def msi_locations(self) -> tuple[str, ...]:
        """INSTALLLOCATION of each MSI product named MicroSIP, in the order of the system."""

    def running(self) -> tuple[str, ...]:
        """Executables of the phones that this user can see running in this session."""

    def host_path(self, path: str) -> Path:
        """The path that Python opens for a Windows path; it need not exist."""

    def windows_path(self, host_path: Path) -> str:
        """The Windows path of a host path, "" when no drive leads there."""


class Account(NamedTuple):
    """A user profile of the machine.

    ``profile``, ``roaming`` and ``local`` are host paths, the latter two its AppData folders.
    ``host`` is the user's view of Windows, None when the user's registry cannot be read, which
    ``remark`` explains. ``own``: the profile of the user who runs this, whose links are trusted.
    """

    user: str
    profile: Path
    roaming: Path
    local: Path
    host: Host | None
    remark: str = ""
    own: bool = False
