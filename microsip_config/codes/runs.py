"""Codes about a run: its target, its data folder with records and backups, and its output."""

from __future__ import annotations

from .row import Code

_NOTHING = "nothing was done"
_UNWRITTEN = "nothing was written"

CODES: dict[str, Code] = {
    "no-target": Code(
        "error",
        "no configuration was found, or it cannot be read",
        _NOTHING,
        "name it with --ini, --exe or --portable",
    ),
    "ambiguous-target": Code(
        "error",
        "several phones are installed, and nothing decides which one is meant",
        _NOTHING,
        "name it with --exe or --ini",
    ),
    "no-exe": Code(
        "warning",
        "the phone's executable is not known",
        "the phone cannot be started or spoken to",
        "name it with --exe PATH",
    ),
    "note": Code(
        "warning",
        "something unusual about how the configuration was found",
        "another file may be the one in use",
        "name the right one with --ini or --exe",
    ),
    "unsafe-folder": Code(
        "error",
        "microsip-config's data folder is a link, not a folder, or belongs to another user",
        _UNWRITTEN,
        "remove it, or name another one with --data-dir",
    ),
    "locked": Code(
        "error",
        "another run is using this file",
        _UNWRITTEN,
        "wait for it to end, or give --lock-timeout more seconds",
    ),
    "no-lock": Code(
        "error",
        "the file system of the data folder does not support locks, or denies them",
        _UNWRITTEN,
        "name a folder on a local disk with --data-dir",
    ),
    "no-scrypt": Code(
        "error",
        "this Python cannot compute scrypt",
        "no record of passwords can be kept; " + _UNWRITTEN,
        "use a Python whose OpenSSL offers scrypt (the python.org builds do)",
    ),
    "password-adopted": Code(
        "warning",
        "the stored password was accepted as the wanted one, as --adopt asked",
        "if it is another one, the phone does not register",
        "run without --adopt to write the password",
    ),
    "password-drift": Code(
        "warning",
        "the stored password is not the one that was last written here",
        "somebody else changed it; the wanted one is written again",
        "find out who changes it if this recurs",
    ),
    "record-not-saved": Code(
        "warning",
        "the record of passwords could not be saved",
        "the next run writes the passwords again",
        "check the permissions and the free space of the data folder",
    ),
    "record-unusable": Code(
        "warning",
        "the record of passwords is damaged or not from this machine",
        "the passwords are written once more, which fixes the record",
        "to keep the stored ones instead, give --adopt",
    ),
    "note-unusable": Code(
        "warning",
        "an earlier run was interrupted after stopping the phone, and its note is unreadable",
        "the phone may be stopped, and is not started again",
        "start the phone if it is not running, and remove the note",
    ),
    "note-not-removed": Code(
        "warning",
        "the note of a stopped phone could not be removed",
        "the next run starts the phone if it is not running",
        "check the permissions of the data folder",
    ),
    "secrets-ignored": Code(
        "warning",
        "passwords and values with secrets were not compared, as --ignore-secrets asks",
        "whether they are as they should be is not known",
        "give the secrets with --secret to compare them, too",
    ),
    "no-backup": Code(
        "error",
        "there is no such backup",
        _UNWRITTEN,
        "'backups' lists those that exist",
    ),
    "no-run": Code(
        "error",
        "no run with this id has changed the file, or it was too long ago",
        _UNWRITTEN,
        "'backups' lists the runs; a run's own --json has its id as run.id",
    ),
    "runs-unusable": Code(
        "warning",
        "the notes of earlier runs are damaged or cannot be read",
        "none of those runs can be undone by its id",
        "restore a backup by its own id, from 'backups'",
    ),
    "later-runs-undone": Code(
        "warning",
        "other runs have changed the file after the one that is undone",
        "their changes are undone, too: the file is as it was before that run",
        "apply again what is still wanted",
    ),
    "already-restored": Code(
        "warning",
        "an earlier restore went back to the same state, and no run has changed the file since",
        "nothing is written; what the phone or others have changed since is left alone",
        "restore the backup by its own id to put its very bytes back",
    ),
    "damaged-backup": Code(
        "error",
        "the backup was changed after it was made",
        _UNWRITTEN,
        "choose another one from 'backups'",
    ),
    "changes-unseen": Code(
        "warning",
        "the file or the backup cannot be decoded",
        "the backup is restored byte for byte; the changed keys cannot be listed",
        "name the code page with --ansi-codepage to see them",
    ),
    "not-logged": Code(
        "warning",
        "the log file cannot be written",
        "the run is not in the log",
        "check the path given with --log-file",
    ),
    "output-lost": Code(
        "error",
        "the output could not be written",
        "what the command changed stays changed; its report is lost",
        "free some space, or send the output elsewhere",
    ),
    "interrupted": Code(
        "error",
        "the run was interrupted (Ctrl-C)",
        "the file is complete, and a phone that was stopped is started again",
        "run the command again",
    ),
    "bug": Code(
        "error",
        "an internal error of microsip-config",
        "the file is complete",
        "report it with the file that the message names; it contains no secrets",
    ),
}
