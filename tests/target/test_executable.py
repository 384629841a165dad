"""Reading the head of Windows executables."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from microsip_config.target.executable import file_version, word_size


def pe_file(machine: int, offset: int = 128) -> bytes:
    return (
        b"MZ"
        + bytes(58)
        + struct.pack("<I", offset)
        + bytes(offset - 64)
        + b"PE\0\0"
        + struct.pack("<H", machine)
    )


def version_resource(*numbers: int) -> bytes:
    major, minor, build, revision = numbers
    name = "VS_VERSION_INFO\0".encode("utf-16-le")
    fixed = struct.pack("<IIHHHH", 0xFEEF04BD, 0x10000, minor, major, revision, build)
    return struct.pack("<HHH", 92, 52, 0) + name + bytes(2) + fixed


@pytest.mark.parametrize(
    ("data", "bits"),
    [
        (pe_file(0x014C), 32),
        (pe_file(0x8664), 64),
        (pe_file(0xAA64), 64),
        (pe_file(0x01C4), 0),
        (pe_file(0x8664)[:-1], 0),
        (b"MZ", 0),
        (b"", 0),
        (b"#!/bin/sh\n" + bytes(100), 0),
        (b"MZ" + b"\xff" * 100, 0),
    ],
)
def test_word_size(tmp_path: Path, data: bytes, bits: int) -> None:
    path = tmp_path / "x.exe"
    path.write_bytes(data)
    assert word_size(path) == bits


@pytest.mark.parametrize(
    ("data", "version"),
    [
        (pe_file(0x8664) + bytes(500) + version_resource(3, 22, 3, 5), (3, 22, 3, 5)),
        (version_resource(3, 22, 3, 5)[:-9], ()),
        (b"\xbd\x04\xef\xfe" + bytes(40), ()),
        (b"", ()),
    ],
)
def test_file_version(tmp_path: Path, data: bytes, version: tuple[int, ...]) -> None:
    path = tmp_path / "x.exe"
    path.write_bytes(data)
    assert file_version(path) == version


def test_a_missing_file_tells_nothing(tmp_path: Path) -> None:
    assert (word_size(tmp_path / "x"), file_version(tmp_path / "x")) == (0, ())
