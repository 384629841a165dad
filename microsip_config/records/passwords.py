"""Between the plan and the record of passwords: which stored password is the desired one."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import MicrosipConfigError, WriteError
from ..system.current import system
from . import lock
from .folder import RecordsFolder

if TYPE_CHECKING:
    from ..ini.file import Source
    from ..planning.plan import Plan
    from ..results import Issue
    from ..secret import Secret
    from .record import PasswordVerdict, Record


class PasswordRecords:
    """The passwords of one target. The record is read when the first password is judged.

    :param folder: the data folder of the target; it need not exist.
    :param rotate: write every password again.
    :param adopt: treat an unrecognised stored password as the desired one.
    :param warn: takes what goes wrong when the record is saved.

    ``warnings`` holds what was wrong with the record when it was read.
    """

    def __init__(
        self,
        folder: RecordsFolder | Path,
        *,
        rotate: bool = False,
        adopt: bool = False,
        warn: Callable[[Issue], None] = lambda _: None,
    ) -> None:
        self._folder = folder if isinstance(folder, RecordsFolder) else RecordsFolder.at(folder)
        self._rotate = rotate
        self._adopt = adopt
        self._warn = warn
        self.warnings: tuple[Issue, ...] = ()
        self._record: Record | None = None
        self._replaced = ""  # the lasting id of a file that is about to be replaced

    def judge(
        self, source: Source, section: str, raw: str | None, desired: Secret
    ) -> PasswordVerdict:
        """The verdict for the account of ``section`` in ``source``, which has ``raw``.

        Accounts are remembered by section name.
        """
        return self._loaded().judge(
            section,
            raw,
            desired,
            adopt=self._adopt,
            rotate=self._rotate,
            file_id=lambda: system.lasting_id(source.real_path),
        )

    def _loaded(self) -> Record:
        if self._record is None:
            from .record import Record

            self._record, self.warnings = Record.load(self._folder.state)
        return self._record

    def refresh(self) -> bool:
        """Whether the record is still the one of the verdicts so far; if not, it is read again."""
        if self._record is None:
            return True
        same, self.warnings = self._record.reload(self._folder.state)
        return same

    def prepare(self, plan: Plan, source: Source) -> None:
        """Believe nothing, from now on, of what ``plan`` is about to put into ``source``.

        To be called under the target's lock. Raises ``WriteError`` if the record cannot be saved:
        it would take what is written for the phone's doing.
        """
        if self._record is None and not os.path.lexists(self._folder.state):
            return
        record = self._loaded()
        if not record.awaits():
            return
        self._replaced = system.lasting_id(source.real_path)
        unread = plan.whole and not plan.changes  # what was there, or comes
        changed = {change.section.lower() for change in plan.changes if change.secret}
        record.disown(None if unread else changed)
        if record.changed:
            self._folder.secure()
            for warning in record.save(self._folder.state):
                raise WriteError(warning.message, where=warning.where, code=warning.code)

    def settle(self, plan: Plan, load: Callable[[], Source]) -> None:
        """Remember what was written or learned; ``load`` reads the file as it is now.

        To be called under the target's lock, with a plan that was made, or found to hold, under
        it: what other runs remembered stays. What goes wrong is a warning: it comes after the
        file was written.
        """
        record = self._record
        news = [p for p in plan.passwords if p.verdict.learn or not p.verdict.same]
        if record is None or not (news or self._replaced):
            return
        try:
            source = load()
            now = system.lasting_id(source.real_path)
            if self._replaced:
                record.follow(self._replaced, now)
                self._replaced = ""
            for password in news:
                raw = source.profile.get(password.section, "password")
                record.remember(password.section, password.desired, raw, lambda: now)
            if record.changed:
                self._folder.secure()
                for warning in record.save(self._folder.state):
                    self._warn(warning)
        except MicrosipConfigError as error:  # the file itself is as it should be
            self._not_saved(error)

    def look_again(self, plan: Plan, load: Callable[[], Source]) -> None:
        """Remember what the phone has made of the passwords of ``plan`` at its start.

        To be called under the target's lock. What it has not stored yet is learned by a later run.
        """
        if not plan.passwords:
            return
        try:
            source = load()
        except MicrosipConfigError:  # what the phone does to its file is not this run's failure
            return
        judged = []
        for password in plan.passwords:
            raw = source.profile.get(password.section, "password")
            verdict = self._loaded().judge(
                password.section,
                raw,
                password.desired,
                file_id=lambda: system.lasting_id(source.real_path),
            )
            judged.append(password._replace(verdict=verdict))
        learned = tuple(each for each in judged if each.verdict.learn)
        self.settle(plan._replace(passwords=learned), lambda: source)

    def learn(self, plan: Plan, source: Source, load: Callable[[], Source]) -> None:
        """Remember what a plan that changes nothing has learned from ``source``.

        Not called under the lock. Another run that holds it, or has changed the file or the
        record since, is no failure: the next run learns the same.
        """
        if not any(password.verdict.learn for password in plan.passwords):
            return
        try:
            with lock.locked(self._folder, 0):
                if self.refresh() and load().same_as(source):
                    self.settle(plan, lambda: source)
        except MicrosipConfigError as error:
            if error.code != "locked":
                self._not_saved(error)

    def _not_saved(self, error: MicrosipConfigError) -> None:
        from .record import not_saved

        self._warn(not_saved(error.message, error.where))
