"""[Settings]: the active account, the network and updates."""

from __future__ import annotations

from . import declare, grammars
from .key import INT_MIN

_PORT = 65535


class AccountSettings(declare.Declaration, section="Settings", group="account"):
    """Which account is in use."""

    accountId: int | None = declare.number(
        default=None,
        empty_default=True,
        volatile=True,
        beyond="no account is loaded and the phone asks for one",
        absent="an account in [Settings], as old versions wrote it, is moved to [Account1]",
        example="1",
        doc="Number N of the active [AccountN]; 0 means that no account is active.",
    )
    enableLocalAccount: bool = declare.flag(
        default=False,
        since="3.14.0",
        doc="Accepts calls by IP address on port 5060, without any server.",
    )


class NetworkSettings(declare.Declaration, section="Settings", group="network"):
    """Ports, name servers, STUN and the directory."""

    rport: bool = declare.flag(
        default=True,
        reader="not-0",
        since="3.19.17",
        doc="Has responses sent to the port that requests came from (rport).",
    )
    sourcePort: int = declare.number(
        default=0,
        maximum=_PORT,
        example="5062",
        doc="UDP port for SIP; 0, or a port that is in use, means a random port.",
    )
    rtpPortMin: int = declare.number(
        default=0,
        maximum=_PORT,
        since="3.19.17",
        beyond="0 or less lets the phone choose",
        example="10000",
        doc="First port for media; 0 lets the phone choose.",
    )
    rtpPortMax: int = declare.number(
        default=0,
        maximum=_PORT,
        since="3.19.17",
        example="20000",
        doc="Last port for media; has an effect only if it is above rtpPortMin.",
    )
    dnsSrvNs: str = declare.text(
        default="",
        takes="host",
        since="3.19.17",
        grammar=grammars.name_servers,
        form="up to 4 IP addresses of name servers, separated by ';'",
        example="192.0.2.53; 192.0.2.54",
        doc="Name servers for SRV lookups.",
    )
    dnsSrv: bool = declare.flag(
        default=False,
        reader="exactly-1",
        since="3.19.17",
        doc="Finds servers through DNS SRV records; needs dnsSrvNs.",
    )
    STUN: str = declare.text(
        default="",
        takes="host",
        grammar=grammars.stun_servers,
        form="up to 8 host[:port], separated by ';'",
        history="was a key of [AccountN] up to 3.14.0",
        example="stun.example.com:3478",
        doc="STUN servers; used only if enableSTUN is on.",
    )
    enableSTUN: bool = declare.flag(
        default=False,
        reader="exactly-1",
        since="3.19.17",
        doc="Uses the servers in STUN; publicAddr is then ignored.",
    )
    usersDirectory: str = declare.text(
        default="",
        takes="address",
        grammar=grammars.directory_url,
        form="a web address with %s or {placeholders}",
        example="https://example.com/phones.json",
        doc="Web address of a directory (CSV, JSON or XML) that fills the contacts.",
    )
    networkChanges: bool = declare.flag(
        default=True, since="3.22.3", doc="Registers again when the IP address changes."
    )
    userAgent: str = declare.text(
        default="",
        takes="label",
        history="never written up to 3.19.17",
        example="Example Phone",
        doc="Name by which the phone identifies itself in SIP; empty means MicroSIP and its "
        "version.",
    )
    portKnockerHost: str = declare.text(
        default="",
        takes="host",
        since="3.19.17",
        grammar=grammars.knock_host,
        form="a host name or an IPv4 address",
        example="knock.example.com",
        doc="Host to knock at before registering; empty means the host of the account's server.",
    )
    portKnockerPorts: str = declare.text(
        default="",
        takes="host",
        since="3.19.17",
        grammar=grammars.knock_ports,
        form="ports from 1 to 65535, separated by commas",
        example="7000,8000,9000",
        doc="UDP ports to knock at, in this order; empty means off.",
    )


class UpdateSettings(declare.Declaration, section="Settings", group="update"):
    """The check for new versions."""

    updatesInterval: str = declare.choice(
        default="weekly",
        empty="weekly",
        otherwise="weekly",
        choices={
            "never": "never",
            "daily": "every day",
            "weekly": "every 7 days",
            "monthly": "every 30 days",
            "quarterly": "every 90 days",
            "always": "at every start (3.19.27 and later)",
        },
        aliases={"no": "never", "off": "never"},
        history="since 3.22.4 .. 3.22.16 anything but never is at every start",
        doc="How often the phone asks update.microsip.org for a new version.",
    )
    checkUpdatesTime: int = declare.number(
        default=0,
        minimum=INT_MIN,
        volatile=True,
        until="3.22.3",
        own=True,
        unit="Unix time",
        example="1700000000",
        history="in [Global] since 3.22.4 .. 3.22.16",
        doc="When the phone last looked for a new version.",
    )
