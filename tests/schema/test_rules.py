"""Rules of the whole configuration: file -> the codes of what is broken, and their fixes."""

from __future__ import annotations

import pytest

from microsip_config.ini.profile import Profile
from microsip_config.schema.effective import Effective
from microsip_config.schema.rules import violations
from microsip_config.schema.violation import Violation

HEALTHY = """[Settings]
accountId=1
denyIncoming=
autoAnswer=button
[Account1]
domain=a.example
server=a.example
username=101
"""


def found(text: str) -> list[Violation]:
    return violations(Effective(Profile(text)))


def settings(lines: str) -> str:
    return HEALTHY.replace("accountId=1\n", "accountId=1\n" + lines + "\n")


SECOND = "[Account2]\ndomain=b.example\nserver=b.example\nusername=102\n"
CASES: list[tuple[str, dict[str, str]]] = [
    # file, {code: severity}
    ("", {}),
    (HEALTHY, {}),
    (HEALTHY + SECOND, {}),
    (HEALTHY.replace("accountId=1\n", ""), {"account-id-missing": "error"}),
    (
        HEALTHY.replace("accountId=1\n", "STUN=s.example\nenableSTUN=1\n"),
        {"account-id-missing": "error", "legacy-keys-deleted": "warning"},
    ),
    ("[Settings]\ndomain=old.example\nserver=x.example\n", {"legacy-account": "warning"}),
    (
        "[Settings]\ndomain=old.example\n" + HEALTHY.partition("button\n")[2],
        {"legacy-account": "error"},
    ),
    (
        HEALTHY.replace("accountId=1", "accountId=3"),
        {"account-id-dangling": "error", "local-account-open": "warning"},
    ),
    (HEALTHY.replace("accountId=1", "accountId=-2"), {"account-id-negative": "error"}),
    (HEALTHY.replace("accountId=1", "accountId=0"), {"account-id-zero": "warning"}),
    (
        HEALTHY.replace("accountId=1", "accountId=0\nenableLocalAccount=1"),
        {"local-account-open": "warning"},
    ),
    (settings("enableLocalAccount=1"), {"local-account-open": "warning"}),
    (HEALTHY + SECOND.replace("Account2", "Account3"), {"account-gap": "error"}),
    (HEALTHY + "[Account2]\nlabel=x\n", {"account-without-domain": "error"}),
    (HEALTHY + "[Account2]\n", {}),
    (HEALTHY.replace("username=101\n", ""), {"account-without-username": "error"}),
    (
        HEALTHY + SECOND.replace("username=102\n", ""),
        {"account-without-username": "warning"},
    ),
    (HEALTHY.replace("server=a.example\n", ""), {"account-without-server": "warning"}),
    (settings("dnsSrv=1"), {"dns-srv-without-servers": "warning"}),
    (settings("dnsSrv=1\ndnsSrvNs=192.0.2.53"), {}),
    (settings("enableSTUN=1"), {"stun-without-servers": "warning"}),
    (settings("STUN=s.example"), {"stun-not-enabled": "warning"}),
    (settings("STUN=s.example\nenableSTUN=1"), {}),
    (
        settings("STUN=s.example\nenableSTUN=1") + "publicAddr=192.0.2.9\n",
        {"stun-hides-public-address": "warning"},
    ),
    (settings("rtpPortMin=20000\nrtpPortMax=20000"), {"rtp-range-empty": "error"}),
    (settings("rtpPortMin=20000\nrtpPortMax=20100"), {}),
    (settings("rtpPortMin=20000"), {}),
    (settings("rtpPortMax=20000"), {"rtp-range-without-start": "warning"}),
    (settings("portKnockerHost=k.example"), {"port-knocker-without-ports": "warning"}),
    (settings("portKnockerPorts=1000"), {}),
    (
        settings("portKnockerPorts=1000").replace("server=a.example\n", ""),
        {"port-knocker-without-host": "warning", "account-without-server": "warning"},
    ),
    (
        settings("usersDirectory=http://a.example/?p={password}"),
        {"directory-password-in-clear": "warning"},
    ),
    (
        settings("usersDirectory=https://a.example/?u=%s&p=%s"),
        {"directory-password-unverified": "warning"},
    ),
    (settings("usersDirectory=http://a.example/?u=%s"), {}),
    (settings("opusStereo=1"), {"opus-stereo-without-opus": "warning"}),
    (
        settings("opusStereo=1\naudioCodecs=OPUS/48000/2"),
        {"opus-stereo-without-opus": "warning"},
    ),
    (settings("opusStereo=1\naudioCodecs=PCMA/8000/1 opus/48000/2"), {}),
    (settings("forwarding=all"), {"forwarding-without-number": "warning"}),
    (settings("forwarding=ALL"), {}),
    (settings("forwarding=button\nforwardingNumber=200"), {}),
    (settings("AA=1"), {}),
    (settings("AA=1").replace("autoAnswer=button\n", ""), {"armed-button-aa": "warning"}),
    (settings("DND=1").replace("denyIncoming=\n", ""), {"armed-button-dnd": "warning"}),
    (
        "[Settings]\naccountId=0\nenableLocalAccount=1\ndenyIncoming=remotedomain\n",
        {"local-account-open": "warning", "deny-without-account": "warning"},
    ),
    (settings("featureCodeCP="), {"feature-code-empty": "warning"}),
    (settings("minimized=1"), {}),
    (settings("minimized=1\nbringToFrontOnIncoming=0"), {"hidden-phone": "warning"}),
    (settings("callsLastKey=999"), {}),
    (settings("callsLastKey=99999999"), {"calls-last-key-huge": "error"}),
    (settings("cmdCallEnd=log.exe"), {"command-present": "info"}),
    (
        HEALTHY.replace("accountId=1\n", "accountId=1\nenableShortcuts=1\n", 1)
        + "[Shortcuts]\n0=a;1;call\n2=b;2;call\n",
        {"list-gap": "warning"},
    ),
    (HEALTHY + "[Dialed]\n0=\n1=555\n", {"list-gap": "warning"}),
    (HEALTHY + "[Dialed]\n0=1\n1=2\n2=3\nx=4\n", {}),
    (HEALTHY + "[Calls]\n0=1\n7=2\n", {}),
]


@pytest.mark.parametrize(("text", "codes"), CASES, ids=lambda value: ",".join(value) or "healthy")
def test_rules(text: str, codes: dict[str, str]) -> None:
    broken = found(text)
    assert {violation.code: violation.severity for violation in broken} == codes
    assert len(broken) == len(codes)
    for violation in broken:
        assert violation.message
        assert violation.hint
        assert violation.keys


WITHOUT_ID = sorted({text.replace("accountId=1\n", "") for text, _ in CASES if "[Set" in text})


@pytest.mark.parametrize("text", [text for text in WITHOUT_ID if "accountId" not in text])
def test_an_empty_account_id_is_judged_as_an_absent_one(text: str) -> None:
    assert found(text.replace("[Settings]\n", "[Settings]\naccountId=\n")) == found(text)


def test_a_hundred_accounts_are_the_most() -> None:
    accounts = [SECOND.replace("Account2", f"Account{n}") for n in range(1, 102)]
    codes = [v.code for v in found("[Settings]\naccountId=1\n" + "".join(accounts))]
    assert codes == ["too-many-accounts"]


@pytest.mark.parametrize("line", ["", "accountId=\n", "accountId=7\n", "accountId=-1\n"])
def test_the_only_account_is_a_certain_fix(line: str) -> None:
    text = HEALTHY.replace("accountId=1\n", line)
    (fix,) = {violation.fix for violation in found(text) if violation.fix}
    assert fix == (("Settings", "accountId", "1"),)
    fixed = text.replace("[Settings]\n" + line, "[Settings]\naccountId=1\n")
    assert found(fixed) == []


def test_of_two_accounts_none_is_a_certain_fix() -> None:
    assert [v.fix for v in found((HEALTHY + SECOND).replace("accountId=1\n", ""))] == [()]


def test_no_violation_shows_a_password() -> None:
    text = HEALTHY.replace("domain=a.example\n", "password=s3cret\n") + "displayName=x\n"
    assert "s3cret" not in repr(found(text))
