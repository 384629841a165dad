"""Codes about reading and replacing the file: what it is, whose it is, and who else uses it."""

from __future__ import annotations

from .row import Code

CODES: dict[str, Code] = {
    "rewritten": Code(
        "warning",
        "the file was not UTF-16LE with a byte-order mark, the one encoding that is safe",
        "it was rewritten as that, every line as it was",
    ),
    "misread": Code(
        "warning",
        "MicroSIP misreads the file, because of its encoding",
        "what is shown is what the file means, not what the phone reads",
        "run 'repair'",
    ),
    "unreadable": Code(
        "error",
        "the file or folder cannot be read, or its bytes cannot be decoded without loss",
        "nothing was done",
        "check its permissions; for a file in an ANSI code page name that with --ansi-codepage",
    ),
    "not-found": Code(
        "error",
        "there is no such file",
        "nothing was done",
        "check the path, start MicroSIP once, or apply with --create",
    ),
    "not-a-file": Code(
        "error",
        "the path is not an ordinary file",
        "nothing was done",
        "give the path of the ini file itself",
    ),
    "too-large": Code(
        "error",
        "the file is far too large for its purpose",
        "nothing was done",
        "check the path",
    ),
    "link": Code(
        "error",
        "the path is, or leads through, a symbolic link, junction or hard link",
        "nothing was done: through a link, a change could end up in somebody else's file",
        "give the path of the file itself; for your own symbolic links there is --follow-links",
    ),
    "foreign-folder": Code(
        "error",
        "another user can change what is in this folder, and root does not work there by itself",
        "nothing was done: that user could lead root elsewhere",
        "run the command, which works as that user, or call run_job instead of the API below it",
    ),
    "many-owners": Code(
        "error",
        "several users can change what is on the way to the target, or at it",
        "nothing was done: it is not clear as whom root should work",
        "name the user with --as-user, or take the rights away from the others",
    ),
    "untrusted-place": Code(
        "error",
        "root would read or write where another user can change what is there",
        "nothing was done: that user could have root read a secret, or write to a file of root's",
        "use a folder that only root can change, or run the command as that user",
    ),
    "no-user": Code(
        "error",
        "there is no such user on this machine, or this run cannot work as that user",
        "nothing was done",
        "give --as-user a name or number of the account database; only root can work as another, "
        "and SYSTEM as a user who is logged on",
    ),
    "not-the-owner": Code(
        "error",
        "this run could not become, or work as, the owner of the target",
        "nothing was done",
        "run it with a full root account, or as that user; a container may lack the right",
    ),
    "worker-lost": Code(
        "error",
        "the process that worked as the owner of the target was stopped or killed",
        "the file is whole, as it was or as it was to be; a stopped phone is started by the next "
        "run",
        "find out who did that (the user can), and run the command again",
    ),
    "outside-profile": Code(
        "error",
        "the path leads out of the user's profile",
        "nothing was done",
        "give a path inside the profile",
    ),
    "read-only": Code(
        "error",
        "the file is read-only",
        "nothing was written",
        "somebody protected it on purpose: clear the attribute (attrib -r, chmod u+w)",
    ),
    "changed-meanwhile": Code(
        "error",
        "another program changed or replaced the file during the run",
        "nothing was written over its changes",
        "run the command again; if it persists, find out which program does that",
    ),
    "no-rights": Code(
        "error",
        "this user may not read or write the file",
        "nothing was written",
        "run as the user it belongs to, or as an administrator",
    ),
    "disk-full": Code(
        "error",
        "there is no space left, or the quota is used up",
        "the file is as it was, unless the message says otherwise",
        "free some space and run again",
    ),
    "in-use": Code(
        "error",
        "another program keeps the file locked; the message names it where the system does",
        "nothing was written",
        "find out which one (lslocks, fuser, Resource Monitor), end it and run again",
    ),
    "not-locked": Code(
        "warning",
        "the file system of the configuration cannot lock files, or denies it",
        "the file was replaced all the same: runs are kept apart by a file that only one of them "
        "can make, and what was replaced is compared with what was read",
        "do not run microsip-config on it from several machines or as several users at once",
    ),
    "not-written": Code(
        "error",
        "a file could not be written",
        "the configuration is as it was, unless the message says that it was written",
        "check permissions and free space",
    ),
    "damaged-call-log": Code(
        "error",
        "call_log.db is not a call log of MicroSIP, or is damaged",
        "the calls cannot be listed",
        "exit the phone, move the file away, and start the phone: it makes a new one",
    ),
    "odd-calls": Code(
        "warning",
        "call_log.db has calls that no phone writes like that",
        "they are shown as well as they can be",
        "find out which program writes to the file",
    ),
    "no-sqlite": Code(
        "error",
        "this Python has no SQLite of version 3.36 or later",
        "call_log.db cannot be read",
        "use another Python (the python.org builds have it)",
    ),
}
