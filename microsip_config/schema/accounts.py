"""The keys of [AccountN]; N is 1 and up, [Account0] is the local account."""

from __future__ import annotations

from ..secret import Secret
from . import declare, grammars
from .dialplan import dial_plan, foreign_notation

LONG = 1040
_LONG_HISTORY = "255 characters up to 3.21.3"
LOCAL_LABEL = "Local (call by IP address)"
"""The label of [Account0] while its key is absent."""


class Account(declare.Declaration, section="Account", group="account"):
    """One account. It loads when ``domain`` is not empty; without ``server`` it never registers."""

    label: str = declare.text(
        default="",
        takes="label",
        since="3.19.17",
        per_user="label",
        example="Head office",
        doc="Name of the account in the menu, in the title bar and in the names of recordings.",
    )
    server: str = declare.text(
        default="",
        takes="host",
        limit=LONG,
        history=_LONG_HISTORY,
        group="network",
        grammar=grammars.host_port,
        caseless=True,
        form="host or host:port of the registrar, without sip:",
        example="sip.example.com",
        doc="Registrar; if empty, the phone does not register.",
    )
    proxy: str = declare.text(
        default="",
        takes="host",
        limit=LONG,
        history=_LONG_HISTORY,
        group="network",
        grammar=grammars.proxies,
        doubtful=grammars.cut_parameters,
        form="up to 8 host[:port][;param], separated by spaces, without sip:",
        example="proxy.example.com:5060",
        doc="Outbound proxies, in the order in which messages pass them.",
    )
    domain: str = declare.text(
        default="",
        takes="host",
        limit=LONG,
        history=_LONG_HISTORY,
        grammar=grammars.domain,
        caseless=True,
        form="a SIP domain, with :port if needed",
        example="sip.example.com",
        doc="SIP domain; an account without one does not load and hides the accounts after it.",
    )
    username: str = declare.text(
        default="",
        takes="user",
        limit=LONG,
        history=_LONG_HISTORY + "; 3.19.27 reads the key user in [Account0]",
        grammar=grammars.user,
        form="a SIP user such as 101",
        per_user="username",
        example="101",
        doc="SIP user; while it is empty, the account form opens instead of a registration.",
    )
    password: Secret = declare.password(
        default=Secret(""),
        limit=LONG,
        group="secret",
        volatile=True,
        example="{{ secret.sip }}",
        doc="Password, in plain text until the phone replaces it with its own encrypted form.",
    )
    authID: str = declare.text(
        default="",
        takes="user",
        limit=LONG,
        history=_LONG_HISTORY,
        per_user="auth_id",
        example="auth101",
        doc="User name for authentication, if it differs from the SIP user.",
    )
    displayName: str = declare.text(
        default="",
        takes="label",
        limit=LONG,
        history=_LONG_HISTORY,
        grammar=grammars.display_name,
        form="a name without double quotes",
        per_user="display_name",
        example="Ada Example",
        doc="Name that called parties see.",
    )
    dialingPrefix: str = declare.text(
        default="",
        takes="number",
        since="3.19.27",
        group="call-handling",
        example="0",
        doc="Prefix added to every dialled number of more than three digits.",
    )
    dialPlan: str = declare.text(
        default="",
        takes="plan",
        since="3.19.27",
        group="call-handling",
        grammar=dial_plan,
        doubtful=foreign_notation,
        form="alternatives such as 1xx|<0:0049>x.|\\+x.",
        example=r"1xx|<0:0049>x.|\+x.",
        doc="What may be dialled and how it is rewritten; a number that matches nothing is "
        "refused.",
    )
    hideCID: str = declare.caller_id(
        default="",
        since="3.19.27",
        group="call-handling",
        history="a switch up to 3.22.4; soft and hard since 3.22.5",
        doc="Hides the caller ID of outgoing calls.",
    )
    voicemailNumber: str = declare.text(
        default="",
        takes="user",
        since="3.19.17",
        group="call-handling",
        example="*97",
        doc="Number of the voice mailbox; also enables the message-waiting indicator.",
    )
    SRTP: str = declare.choice(
        default="",
        group="network",
        choices={
            "": "no encryption",
            "optional": "encrypted if the other side supports it",
            "mandatory": "encrypted, or no call (RTP/SAVP)",
            "dtls-sdes": "DTLS-SRTP or SDES, or no call",
            "dtls": "DTLS-SRTP, or no call",
        },
        aliases={"disabled": "", "no": "", "off": ""},
        history="before 3.22.3, dtls-sdes and dtls mean no encryption",
        doc="Encryption of media.",
    )
    transport: str = declare.choice(
        default="udp",
        group="network",
        choices={
            "udp": "UDP",
            "tcp": "TCP",
            "tls": "TLS",
            "": "UDP and TCP, the phone chooses",
        },
        aliases={"udp+tcp": "", "auto": ""},
        history="absent meant UDP and TCP up to 3.19.27",
        doc="Transport protocol for SIP messages.",
    )
    publicAddr: str = declare.text(
        default="",
        takes="host",
        group="network",
        grammar=grammars.public_address,
        form="an IPv4 address, or auto",
        example="192.0.2.10",
        doc="IPv4 address to announce for media; ignored while STUN is in use.",
    )
    registerRefresh: int = declare.number(
        default=300,
        minimum=10,
        positive=True,
        floor=10,
        unit="seconds",
        since="3.19.27",
        group="network",
        example="120",
        doc="How long a registration lasts before it is renewed.",
    )
    keepAlive: int = declare.number(
        default=15,
        minimum=2,
        positive=True,
        floor=2,
        unit="seconds",
        since="3.19.27",
        history="before 3.22.3, 1 was used as it is",
        group="network",
        example="30",
        doc="Interval between the packets that keep the connection through a router open; it "
        "cannot be switched off.",
    )
    publish: bool = declare.flag(
        default=False,
        reader="exactly-1",
        group="network",
        doc="Publishes the account's presence to the server.",
    )
    allowRewrite: bool = declare.flag(
        default=False,
        reader="exactly-1",
        group="network",
        doc="Replaces the phone's address in its messages by the one that the server sees.",
    )
    ICE: bool = declare.flag(
        default=False,
        reader="exactly-1",
        group="network",
        doc="Finds a path for media through routers (ICE).",
    )
    disableSessionTimer: bool = declare.flag(
        default=False,
        reader="exactly-1",
        since="3.19.17",
        group="network",
        doc="Does not request session timers.",
    )
    AVPF: bool = declare.flag(
        default=False,
        reader="exactly-1",
        since="3.20.5",
        until="3.20.5",
        group="network",
        doc="Offers RTP/AVPF; only known from one 3.20.5 source tree.",
    )
    passwordSize: int = declare.number(
        default=0,
        until="3.21.3",
        group="secret",
        doc="Size of a password stored in the form used before hex; obsolete.",
    )


LEGACY_NAMES = (
    "label",
    "server",
    "proxy",
    "domain",
    "username",
    "password",
    "authID",
    "displayName",
    "dialingPrefix",
    "dialPlan",
    "hideCID",
    "voicemailNumber",
    "SRTP",
    "transport",
    "publicAddr",
    "registerRefresh",
    "keepAlive",
    "publish",
    "allowRewrite",
    "ICE",
    "disableSessionTimer",
)
"""Account fields that the phone looks for in [Settings] while accountId is absent or empty."""

DELETED_BY_MIGRATION = (
    "server",
    "proxy",
    "SRTP",
    "transport",
    "publicAddr",
    "publish",
    "STUN",
    "ICE",
    "allowRewrite",
    "domain",
    "authID",
    "username",
    "passwordSize",
    "password",
    "id",
    "displayName",
)
"""Keys that the phone deletes from [Settings] after it looked for a legacy account."""

LEGACY = {
    name: Account.keys[name].replace(section="Settings", limit=255, volatile=True, legacy=True)
    for name in LEGACY_NAMES
}

RETIRED = {
    "STUN": "moved to STUN in [Settings]",
    "port": "only a vendor build of 3.19.17 knew it; write the port into server and proxy",
    "enableAutoTransfer": "only one 3.14.0 tree knew it",
    "autoTransferExtension": "only one 3.14.0 tree knew it",
}
"""Keys that no supported version reads, and what to use instead."""
