"""``check`` of long files, in process: the time grows with the lines, not faster."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from microsip_config.health.checks import examine
from microsip_config.ini.encoding import Decoded
from microsip_config.ini.file import Source

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


TEXTS = {
    "10,000 calls": calls(10_000),
    "100,000 calls": calls(100_000),
    "97 unknown keys": strangers(97),
    "20,000 unknown keys": strangers(20_000),
}


@pytest.mark.parametrize("tool", TEXTS)
def test_check(benchmark: Any, tool: str) -> None:
    benchmark.group = "check in process"
    path = Path("microsip.ini")

    def fresh() -> tuple[tuple[Source], dict[str, Any]]:
        return (Source(path, path, b"", Decoded(TEXTS[tool], "utf-16-le")),), {}

    benchmark.pedantic(examine, setup=fresh, rounds=5)
