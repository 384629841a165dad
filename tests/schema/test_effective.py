"""The configuration as the phone takes it: which accounts load and which one is active."""

from __future__ import annotations

import pytest

from microsip_config.errors import UnknownKey
from microsip_config.ini.profile import Profile
from microsip_config.schema.effective import Effective
from microsip_config.secret import Secret

ONE = "[Account1]\ndomain=a.example\n"
TWO = ONE + "[Account2]\ndomain=b.example\n"


def effective(text: str) -> Effective:
    return Effective(Profile(text))


@pytest.mark.parametrize(
    ("text", "active"),
    [
        ("[Settings]\naccountId=1\n" + ONE, 1),
        ("[settings]\nACCOUNTID=2\n" + TWO, 2),
        ("[Settings]\naccountId=0\n" + ONE, 1),
        ("[Settings]\naccountId=none\n" + ONE, 1),
        ("[Settings]\naccountId=0\nenableLocalAccount=1\n" + ONE, 0),
        ("[Settings]\naccountId=3\n" + TWO, 0),
        ("[Settings]\naccountId=4\n" + TWO + "[Account4]\ndomain=d.example\n", 4),
        ("[Settings]\naccountId=-1\n" + ONE, -1),
        ("[Settings]\naccountId=\n" + ONE, 0),
        (ONE, 0),
        ("[Settings]\ndomain=old.example\n", 1),
        ("[Settings]\naccountId=2\ndomain=old.example\n" + ONE, 0),
        ("", 0),
    ],
)
def test_active_account(text: str, active: int) -> None:
    assert effective(text).active_account() == active


@pytest.mark.parametrize(
    ("text", "listed", "present"),
    [
        (TWO, [1, 2], [1, 2]),
        (TWO + "[ACCOUNT4]\ndomain=d.example\n", [1, 2], [1, 2, 4]),
        ("[Account1]\nlabel=x\n[Account2]\ndomain=b.example\n", [], [1, 2]),
        ("[Account0]\nlabel=x\n[Account01]\ndomain=x\n" + ONE, [1], [0, 1]),
        ("[Settings]\ndomain=old.example\n[Account2]\ndomain=b.example\n", [1, 2], [2]),
    ],
)
def test_accounts(text: str, listed: list[int], present: list[int]) -> None:
    assert effective(text).accounts() == listed
    assert effective(text).account_numbers() == present


def test_values_are_effective_and_passwords_are_secrets() -> None:
    view = effective('[Settings]\nrport=false\n[Account1]\nregisterRefresh=5\npassword="p w"\n')
    assert view.value("settings", "RPORT") is True
    assert view.value("Account1", "registerRefresh") == 10
    assert view.value("Account1", "password") == Secret("p w")
    assert view.value("Account2", "transport") == "udp"
    assert view.value("Account0", "label") == "Local (call by IP address)"
    assert view.raw("Account1", "password") == "p w"
    with pytest.raises(UnknownKey):
        view.value("Settings", "audioCodec")
