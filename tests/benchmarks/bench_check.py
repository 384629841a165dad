"""``check`` and ``capture`` of long files, in process: the time grows with the lines alone."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

import pytest

from microsip_config.health.checks import examine
from microsip_config.ini.encoding import Decoded
from microsip_config.ini.file import Source
from microsip_config.operations.capture import capture

from .conftest import TABLES, Table

ROUNDS = 5

HEAD = (
    "[Settings]\r\naccountId=1\r\n[Account1]\r\n"
    "server=sip.example.com\r\ndomain=sip.example.com\r\nusername=101\r\n"
)


def calls(count: int) -> str:
    lines = (f"{key}=100;Reception;0;1700000000;12;Call Ended\r\n" for key in range(count))
    return f"{HEAD}[Calls]\r\n{''.join(lines)}"


def strangers(count: int) -> str:
    lines = (f"vendorKey{number}audio=1\r\n" for number in range(count))
    return HEAD.replace("[Account1]", f"{''.join(lines)}[Account1]")


def accounts(count: int) -> str:
    each = "[Account{0}]\r\nserver=s{0}.example.com\r\ndomain=s{0}.example.com\r\nusername={0}\r\n"
    return "[Settings]\r\naccountId=1\r\n" + "".join(each.format(n) for n in range(1, count + 1))


TEXTS = {
    "10,000 calls": calls(10_000),
    "100,000 calls": calls(100_000),
    "97 unknown keys": strangers(97),
    "20,000 unknown keys": strangers(20_000),
}


def test_check(pytestconfig: pytest.Config) -> None:
    path = Path("microsip.ini")
    medians = {}
    for name, text in TEXTS.items():
        seconds = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            examine(Source(path, path, b"", Decoded(text, "utf-16-le")))
            seconds.append(time.perf_counter() - began)
        medians[name] = statistics.median(seconds)
    table = Table(f"check, in process: median of {ROUNDS}", "10,000 calls", medians)
    pytestconfig.stash.setdefault(TABLES, []).append(table)


def test_capture(pytestconfig: pytest.Config) -> None:
    path = Path("microsip.ini")
    medians = {}
    for count in (100, 1_000):
        source = Source(path, path, b"", Decoded(accounts(count), "utf-16-le"))
        seconds = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            capture(source)
            seconds.append(time.perf_counter() - began)
        medians[f"{count:,} accounts"] = statistics.median(seconds)
    table = Table(f"capture, in process: median of {ROUNDS}", "100 accounts", medians)
    pytestconfig.stash.setdefault(TABLES, []).append(table)
