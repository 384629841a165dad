"""What the files of a phone tell about it: its ini, and the call log beside that."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..errors import MicrosipConfigError
from ..history import call_log, ring
from ..ini.encoding import decode
from ..ini.profile import Profile
from ..limits import INI_BYTES
from ..schema import versions
from ..schema.versions import Number, number_of
from ..system import files
from ..system.current import system

CALL_LOG_SINCE = number_of(versions.CALL_LOG_SINCE)
EXCLUSIVE_SINCE = number_of(versions.EXCLUSIVE_SINCE)

_UNWRITABLE = {"": "", "read-only": "it is read-only", "no-rights": "it may not be written"}

Get = Callable[[str, str], str | None]


class PhoneFiles:
    """The files of one phone. Each is opened for a moment only, and shared with all.

    ``ini`` is a host path; ``version_by`` finds the phone's version, given what reads a key of the
    ini (an empty tuple if it is not known).
    """

    def __init__(self, ini: str, version_by: Callable[[Get], Number]) -> None:
        self.ini = ini
        self._version_by = version_by

    def version(self) -> Number:
        """The phone's version now; empty if it is not known."""
        profile = self._profile()
        return self._version_by((lambda _section, _key: None) if profile is None else profile.get)

    @property
    def call_log(self) -> Path:
        """Where a phone of 3.22.5 or later keeps its calls."""
        return call_log.beside_ini(Path(self.ini))

    def open_call(self, since: float) -> bool | None:
        """Whether a call that began after ``since`` (seconds since 1970) has no end yet.

        None: what would tell that cannot be read.
        """
        number = self.version()
        told = []
        if number >= CALL_LOG_SINCE or (not number and files.is_file(self.call_log)):
            told.append(self._open_in_call_log(since))
        if number < CALL_LOG_SINCE:
            profile = self._profile()
            told.append(None if profile is None else ring.open_since(profile, since))
        if True in told:
            return True
        return None if None in told else False

    def open_calls(self, since: float) -> int:
        """How many such calls there are in the call log, as far as it can be read."""
        try:
            rows = call_log.read(self.call_log)
        except MicrosipConfigError:
            return 0
        began = ring.iso(int(since))
        calls = [] if rows is None else rows.calls
        return sum(call.time >= began and not call.finished for call in calls)

    def waits_for_end_hooks(self) -> bool:
        """Whether the phone at its exit runs a program for each call that it ends."""
        profile = self._profile()
        older = () < self.version() < EXCLUSIVE_SINCE
        return profile is not None and not older and bool(profile.get("Settings", "cmdCallEnd"))

    def why_not_opened(self) -> str:
        """Why the phone cannot open its ini for writing, as far as can be known beforehand; "" if
        nothing speaks against that."""
        ini = Path(self.ini)
        if files.is_file(ini):
            return _UNWRITABLE[system.why_unwritable(ini)]
        return "its folder may not be written" if system.why_unwritable(ini.parent) else ""

    def _open_in_call_log(self, since: float) -> bool | None:
        try:
            return call_log.open_call(self.call_log, since) is not None
        except MicrosipConfigError:
            return None

    def _profile(self) -> Profile | None:
        try:
            return Profile(decode(files.read_regular(self.ini, INI_BYTES)).text)
        except Exception:  # whatever is in the file, it is one thing among others that tell
            return None
