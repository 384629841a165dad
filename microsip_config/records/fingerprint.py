"""A fingerprint that answers "same password, same text in the file?" at one price: one scrypt.

One scrypt gives 64 bytes. The first half is kept and tells whether a password is the same. The
second half is never kept: it is the key of a MAC over the text that was in the file. A plain
hash of that text would be a leak, because MicroSIP's encryption uses one key for everybody: who
has that key could encrypt guesses and compare hashes at full speed, and as long as the text is
the plain password itself, nobody would even need the key. This way a guess at either costs
one scrypt, and a run with nothing to do computes just one for each password.

Cost: N=2^14, r=8, p=1 (16 MiB; some 35 ms on one core of a 2020s server, measured), the interactive
parameters of scrypt's author. OWASP asks for more (N=2^17) where thousands of strangers' hashes
may be stolen from a server. Here the file that the record describes holds the same password in a
form that MicroSIP itself can decrypt, with the same user's rights, so a higher
cost would protect nothing more, but be paid at every logon.
"""

from __future__ import annotations

import hmac
import os
from typing import NamedTuple

from ..errors import SecretError

_HALF = 32  # bytes
_SALT = 16  # bytes
_LONGEST_ID = 64  # characters
_MAXIMUM_MEMORY = 192 * 2**20  # bytes; above the highest cost that is accepted


class Cost(NamedTuple):
    """scrypt's parameters. Memory is 128 * n * r bytes, time is proportional to n * r * p."""

    n: int
    r: int
    p: int

    def acceptable(self) -> bool:
        """Not weaker than :data:`COST`, and not so high that a forged record could stall a run."""
        n, r, p = self
        return r == COST.r and COST.n <= n <= 2**17 and n & (n - 1) == 0 and COST.p <= p <= 8


COST = Cost(n=2**14, r=8, p=1)


class Fingerprint(NamedTuple):
    """A salted, memory-hard fingerprint of a password and of the text that the phone made of it.

    ``text`` and ``blob`` are None until that text was seen: ``text`` answers whoever has the
    password, ``blob`` whoever has another one. Until then ``file`` is the lasting id of the file
    that the password was written to, or empty.
    """

    cost: Cost
    salt: bytes
    password: bytes
    text: bytes | None = None
    blob: bytes | None = None
    file: str = ""


class Key(NamedTuple):
    """What one scrypt gives. ``text_key`` stays in memory."""

    password: bytes
    text_key: bytes


def new_salt() -> bytes:
    return os.urandom(_SALT)


def derive(password: str, salt: bytes, cost: Cost) -> Key:
    """The expensive step. Raises ``SecretError`` where this Python has no scrypt."""
    try:
        from hashlib import scrypt
    except ImportError:
        raise _no_scrypt() from None
    failed = False
    digest = b""
    try:
        digest = scrypt(
            password.encode("utf-8", "surrogatepass"),
            salt=salt,
            n=cost.n,
            r=cost.r,
            p=cost.p,
            maxmem=_MAXIMUM_MEMORY,
            dklen=2 * _HALF,
        )
    except ValueError:  # OpenSSL refuses it, as in FIPS mode
        failed = True
    if failed:  # outside, so that no traceback leads to the frame with the password
        raise _no_scrypt()
    return Key(digest[:_HALF], digest[_HALF:])


def blob_print(text: str, salt: bytes, cost: Cost) -> bytes:
    """A fingerprint of the text in the file that needs no password; as slow to guess as one."""
    return derive(text, b"blob" + salt, cost).password


def text_mac(key: Key, text: str) -> bytes:
    """The fingerprint of the text in the file, which only the right password's key gives."""
    return hmac.digest(key.text_key, text.encode("utf-8", "surrogatepass"), "sha256")


def same(one: bytes, other: bytes) -> bool:
    """Compared in a time that does not depend on where they differ."""
    return hmac.compare_digest(one, other)


def well_formed(fingerprint: Fingerprint) -> bool:
    """Could this have been made here? Asked of everything that comes from a file."""
    return (
        fingerprint.cost.acceptable()
        and len(fingerprint.salt) == _SALT
        and len(fingerprint.password) == _HALF
        and all(each is None or len(each) == _HALF for each in fingerprint[3:5])
        and len(fingerprint.file) <= _LONGEST_ID
    )


def _no_scrypt() -> SecretError:
    return SecretError(
        "this Python cannot compute scrypt, so no record of passwords can be kept",
        hint="use a Python whose OpenSSL offers scrypt (the python.org builds do)",
        code="no-scrypt",
    )
