"""What a rollback journal of SQLite takes back, worked out in memory.

A program that is ended in the middle of a change, or has just begun one, leaves a journal with the
former pages beside its database. SQLite puts them back by writing to both files, and may even
delete another file that the journal names; a reader that changes nothing has to do it on a copy.
The format is that of https://www.sqlite.org/fileformat.html, section 3.
"""

from __future__ import annotations

import struct

_MAGIC = bytes.fromhex("d9d505f920a163d7")
_HEADER = struct.Struct(">8sIIIII")  # magic, records, nonce, pages before, sector, page size
_ALL = 0xFFFFFFFF  # as many records as there are
_LOCKED_AT = 0x40000000  # the page of this offset is never used


def rolled_back(image: bytes, journal: bytes) -> bytes:
    """The database before the change that ``journal`` is of; ``image`` itself where it is of none.

    :raises ValueError: the journal is one of several databases at once, which no phone writes.
    """
    if not image or len(journal) < _HEADER.size or not journal.startswith(_MAGIC):
        return image  # of a database that is gone, just made, or of a change that is complete
    if journal.endswith(_MAGIC):
        raise ValueError("a journal of several databases")
    *_, sector, size = _HEADER.unpack_from(journal)
    size = size or int.from_bytes(image[16:18]) or 1
    if not (_is_power(sector, 32) and _is_power(size, 512)):
        return image
    return _Playback(image, journal, sector, size).play()


def _is_power(number: int, least: int) -> bool:
    return least <= number <= 0x10000 and number & (number - 1) == 0


class _Playback:
    def __init__(self, image: bytes, journal: bytes, sector: int, size: int) -> None:
        self.image = bytearray(image)
        self.journal, self.sector, self.size = journal, sector, size
        self.pages = 0

    def play(self) -> bytes:
        at = 0
        while (at := self._segment(at)) > 0:
            pass
        return bytes(self.image)

    def _segment(self, at: int) -> int:
        """Play a header and its records; where the next header is, 0 for the end."""
        if at + self.sector > len(self.journal):
            return 0
        magic, records, nonce, pages, _, _ = _HEADER.unpack_from(self.journal, at)
        if magic != _MAGIC:
            return 0
        if at == 0:
            self._resize(pages)
        at += self.sector
        length = self.size + 8
        if records == _ALL:
            records = (len(self.journal) - at) // length
        for _ in range(records):
            if at + length > len(self.journal) or not self._record(at, nonce):
                return 0
            at += length
        return -(-at // self.sector) * self.sector

    def _resize(self, pages: int) -> None:
        self.pages = pages
        wanted = pages * self.size
        del self.image[wanted:]
        # No change takes pages away before it is complete, but one that is damaged may say so.
        missing = min(wanted, _most(self.image, self.journal)) - len(self.image)
        self.image.extend(bytes(max(0, missing)))

    def _record(self, at: int, nonce: int) -> bool:
        number = int.from_bytes(self.journal[at : at + 4])
        data = self.journal[at + 4 : at + 4 + self.size]
        told = int.from_bytes(self.journal[at + 4 + self.size : at + 8 + self.size])
        if number in {0, _LOCKED_AT // self.size + 1}:
            return False
        if (nonce + sum(data[self.size - 200 : 0 : -200])) & 0xFFFFFFFF != told:
            return False
        begin = (number - 1) * self.size
        if number <= self.pages and begin <= len(self.image):
            self.image[begin : begin + self.size] = data
        return True


def _most(image: bytes | bytearray, journal: bytes) -> int:
    """Bytes that a database can have had: those that are there, and those in its journal."""
    return len(image) + len(journal)
