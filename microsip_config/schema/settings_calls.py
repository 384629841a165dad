"""[Settings]: how calls are answered, forwarded, rejected and limited."""

from __future__ import annotations

from . import declare, grammars

_NO_WORDS = {"no": "", "off": "", "disabled": "", "none": ""}


class CallSettings(declare.Declaration, section="Settings", group="call-handling"):
    """Call handling."""

    singleMode: bool = declare.flag(
        default=True,
        doc="Handles one call at a time in the dialler; off: a window with a tab for each call.",
    )
    DTMFMethod: int = declare.numbered(
        default=0,
        since="3.19.17",
        choices={
            0: "automatic: RFC 2833, then in-band",
            1: "in-band",
            2: "RFC 2833",
            3: "SIP INFO",
        },
        aliases={"auto": 0, "in-band": 1, "inband": 1, "rfc2833": 2, "sip-info": 3, "info": 3},
        doc="How the tones of pressed keys are sent.",
    )
    autoAnswer: str = declare.choice(
        default="button",
        choices={
            "": "never",
            "button": "while the AA button (key AA) is pressed",
            "header": "if the caller's phone requests it in a header",
            "all": "every call",
        },
        aliases=_NO_WORDS,
        history="0, 1 and 2 up to 3.14.0, which newer versions read as never",
        doc="Which incoming calls are answered automatically.",
    )
    autoAnswerDelay: int = declare.number(
        default=0,
        unit="seconds",
        since="3.19.27",
        beyond="the phone answers at once",
        example="3",
        doc="Delay before a call is answered automatically; a delay that the caller requests "
        "takes precedence.",
    )
    autoAnswerNumber: str = declare.text(
        default="",
        takes="user",
        since="3.20.5",
        grammar=grammars.caller_masks,
        form="masks of numbers separated by ';' (* any characters, ? one, ^ next is optional)",
        example="1??;0049*",
        doc="Callers whose calls are answered automatically; empty means all callers.",
    )
    autoAnswerCalls: str = declare.choice(
        default="",
        since="3.22.3",
        choices={
            "": "only if there is no other call",
            "hold": "if no other call has audio",
            "all": "always",
        },
        doc="Whether calls are answered automatically during other calls.",
    )
    forwarding: str = declare.choice(
        default="",
        since="3.21.3",
        choices={
            "": "no",
            "button": "while the FWD button (key FWD) is pressed",
            "all": "every call",
        },
        aliases=_NO_WORDS,
        doc="Which incoming calls are forwarded to forwardingNumber.",
    )
    forwardingNumber: str = declare.text(
        default="",
        takes="user",
        since="3.21.3",
        example="102",
        doc="Number or SIP address that calls are forwarded to; the dial plan applies.",
    )
    forwardingDelay: int = declare.number(
        default=0,
        unit="seconds",
        since="3.21.3",
        beyond="calls are forwarded at once",
        example="20",
        doc="How long the phone rings before a call is forwarded.",
    )
    featureCodeCP: str = declare.text(
        default="**",
        takes="number",
        since="3.21.6",
        grammar=grammars.dtmf_code,
        form="telephone keys",
        example="*8",
        doc="Prefix that picks up a call that is ringing on another phone.",
    )
    featureCodeBT: str = declare.text(
        default="##",
        takes="number",
        since="3.21.6",
        grammar=grammars.dtmf_code,
        form="telephone keys",
        example="*1",
        doc="Keys that start a blind transfer at the PBX.",
    )
    featureCodeAT: str = declare.text(
        default="*2",
        takes="number",
        since="3.21.6",
        grammar=grammars.dtmf_code,
        form="telephone keys",
        example="*3",
        doc="Keys that start an attended transfer at the PBX.",
    )
    enableFeatureCodeCP: bool = declare.flag(
        default=True, since="3.21.6", doc="Enables featureCodeCP."
    )
    enableFeatureCodeBT: bool = declare.flag(
        default=False, since="3.21.6", doc="Enables featureCodeBT."
    )
    enableFeatureCodeAT: bool = declare.flag(
        default=False, since="3.21.6", doc="Enables featureCodeAT."
    )
    denyIncoming: str = declare.choice(
        default="button",
        choices={
            "": "none",
            "button": "every call while the DND button (key DND) is pressed",
            "user": "calls to another user than the account's",
            "domain": "calls to another domain than the account's",
            "userdomain": "calls to another user or domain",
            "remotedomain": "calls from another domain than the account's",
            "all": "every call",
        },
        aliases=_NO_WORDS,
        retired={"rdomain": "remotedomain", "address": "userdomain"},
        history="remotedomain and userdomain were called rdomain and address up to 3.20.5",
        doc="Which incoming calls are rejected as busy.",
    )
    callWaiting: bool = declare.flag(
        default=True,
        since="3.19.27",
        doc="Rings for a second call during a call; off: a second caller gets a busy signal.",
    )
    autoHangUpTime: int = declare.number(
        default=0,
        unit="seconds",
        since="3.19.17",
        beyond="the limit is off",
        doc="Duration after which a call is ended; 0 means no limit.",
    )
    maxConcurrentCalls: int = declare.number(
        default=0,
        since="3.19.17",
        beyond="there is no limit",
        example="2",
        doc="Number of calls beyond which callers get a busy signal; 0 means no limit.",
    )
    noIgnoreCall: bool = declare.flag(
        default=False,
        reader="exactly-1",
        since="3.19.27",
        doc="Declines an incoming call when its window is closed, instead of only silencing it.",
    )
    EM: bool = declare.flag(
        default=True,
        since="3.20.5",
        until="3.20.5",
        doc="State of an early-media button; only known from one 3.20.5 source tree.",
    )


class Commands(declare.Declaration, section="Settings", group="integration-command"):
    """Programs that the phone starts at events of a call, the remote number as last argument."""

    cmdOutgoingCall: str = declare.command(
        default="",
        since="3.19.17",
        doc="Command to run for an outgoing call; {number} and other fields are filled in.",
    )
    cmdIncomingCall: str = declare.command(
        default="",
        doc="Command to run for every call that arrives, before any rule rejects it.",
    )
    cmdCallRing: str = declare.command(
        default="", since="3.19.17", doc="Command to run when the phone starts to ring."
    )
    cmdCallAnswer: str = declare.command(
        default="", doc="Command to run when an incoming call is connected."
    )
    cmdCallAnswerVideo: str = declare.command(
        default="",
        since="3.21.3",
        doc="Command to run when an incoming call that offers video is connected.",
    )
    cmdCallBusy: str = declare.command(
        default="", since="3.19.17", doc="Command to run when a call ends as busy or declined."
    )
    cmdCallStart: str = declare.command(
        default="", doc="Command to run when any call is connected."
    )
    cmdCallEnd: str = declare.command(
        default="", doc="Command to run when a call ends, except by exiting the phone."
    )
