"""The Windows profile API as a judge: a persistent inidump.exe under Wine, asked file by file."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.windows.rig import BIN, BUILD, RUN, windows_path


class Section(NamedTuple):
    """A section name as listed, and its keys as listed with the value that a look-up gives."""

    name: str
    keys: tuple[tuple[str, str | None], ...]


def folded(name: str) -> str:
    """A name as Wine compares it: without case for ASCII letters only."""
    return "".join(c.lower() if c.isascii() else c for c in name)


class Dump(NamedTuple):
    """All that the API lists in a file; of equal sections each shows the first one's keys."""

    sections: tuple[Section, ...]

    def values(self) -> dict[tuple[str, str], str]:
        """(folded section, folded key) -> value, for every key that can be looked up."""
        return {
            (folded(section.name), folded(key)): value
            for section in self.sections
            for key, value in section.keys
            if value is not None
        }

    def keys(self, section: str) -> list[str]:
        """The folded keys of a section in file order, repeats included; none if it is absent."""
        for found in self.sections:
            if folded(found.name) == folded(section):
                return [folded(key) for key, _ in found.keys]
        return []


class Oracle:
    """Asks the API about files; every question needs a path that was not asked about before.

    (Wine keeps what it read of a file for two seconds.)
    """

    def __init__(self, process: subprocess.Popen[bytes], folder: Path) -> None:
        self._process = process
        self.folder = folder
        self.asked = 0

    def path(self) -> Path:
        """A fresh path in the oracle's own folder."""
        self.asked += 1
        return self.folder / f"{self.asked}.ini"

    def ask(self, path: Path) -> Dump:
        """What the API reads in a file."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(windows_path(path).encode() + b"\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        assert answer["file"] == windows_path(path)
        assert "truncated" not in answer
        return Dump(
            tuple(
                Section(_joined(section["name"]), tuple(map(_pair, section["keys"])))
                for section in answer["sections"]
            )
        )

    def ask_bytes(self, data: bytes) -> Dump:
        """What the API reads in a file of these bytes."""
        path = self.path()
        path.write_bytes(data)
        dump = self.ask(path)
        path.unlink()
        return dump


def _joined(text: str) -> str:
    """JSON's \\uD83D \\uDE00 come as two surrogates: the character they stand for."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def _pair(pair: list[str | None]) -> tuple[str, str | None]:
    key, value = pair
    assert key is not None
    return _joined(key), None if value is None else _joined(value)


@contextmanager
def running_oracle() -> Iterator[Oracle]:
    """Builds what is missing of the rig and starts the oracle; fails loudly where it cannot."""
    built = subprocess.run([*BUILD, "--no-project"], capture_output=True, text=True)
    assert built.returncode == 0, built.stdout + built.stderr
    command = [*RUN, "--timeout", "1800", "--exe", str(BIN / "inidump.exe"), "-"]
    pipe = subprocess.PIPE
    with (
        tempfile.TemporaryDirectory(prefix="microsip-oracle-") as folder,
        subprocess.Popen(command, stdin=pipe, stdout=pipe) as process,
    ):
        try:
            yield Oracle(process, Path(folder))
        finally:
            assert process.stdin is not None
            process.stdin.close()
