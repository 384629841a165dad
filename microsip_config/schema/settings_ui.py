"""[Settings]: the user interface, and what the phone remembers by itself."""

from __future__ import annotations

from . import declare
from .key import INT_MIN

_X = "Left edge of the main window; 0,0 means the lower right of the screen."


class UiSettings(declare.Declaration, section="Settings", group="ui"):
    """Windows, buttons and logging."""

    disableMessaging: bool = declare.flag(
        default=False,
        since="3.20.5",
        history="on only for exactly 1 up to 3.21.3",
        doc="Hides text messages; those given on the command line are still sent.",
    )
    buttonAC: bool = declare.flag(
        default=True,
        since="3.22.3",
        doc="Shows the AC button; has an effect only if singleMode is off.",
    )
    buttonCONF: bool = declare.flag(default=True, since="3.22.3", doc="Shows the CONF button.")
    defaultAction: str = declare.choice(
        default="",
        otherwise="message",
        since="3.19.17",
        choices={
            "": "call in single mode, otherwise open a tab",
            "call": "call",
            "video": "call with video",
            "message": "open the messages",
        },
        aliases={"default": ""},
        doc="What a double click on a contact does.",
    )
    enableMediaButtons: bool = declare.flag(
        default=False, since="3.19.17", doc="Lets the media keys of the keyboard control calls."
    )
    headsetSupport: bool = declare.flag(
        default=False, since="3.20.5", doc="Lets the buttons of HID headsets control calls."
    )
    enableLog: bool = declare.flag(
        default=False,
        doc="Writes a SIP log in the phone's data folder, which begins again at every start.",
    )
    bringToFrontOnIncoming: bool = declare.flag(
        default=True, since="3.19.27", doc="Brings the window to the front for an incoming call."
    )
    randomAnswerBox: bool = declare.flag(
        default=False, doc="Shows the window of an incoming call at a random position."
    )
    disableNameLookup: bool = declare.flag(
        default=False, since="3.22.3", doc="Does not look up callers in the contacts."
    )
    multiMonitor: bool = declare.flag(
        default=False, since="3.21.3", doc="Supports windows on several monitors."
    )
    noResize: bool = declare.flag(
        default=False,
        reader="exactly-1",
        since="3.19.17",
        doc="Keeps the size of the main window fixed; no dialog offers this.",
    )
    minimized: bool = declare.flag(
        default=False, since="3.21.3", doc="Starts hidden in the tray, including the first time."
    )
    enableShortcuts: bool = declare.flag(
        default=False, since="3.19.27", doc="Shows the buttons of [Shortcuts]."
    )
    shortcutsBottom: bool = declare.flag(
        default=False, since="3.19.27", doc="Shows the shortcuts below the dialler."
    )
    silent: bool = declare.flag(
        default=False,
        since="3.19.17",
        until="3.21.6",
        history="on only for exactly 1 up to 3.21.3",
        doc="Does not bring windows to the front.",
    )


def _pixels(doc: str, *, since: str = "", volatile: bool = True) -> int:
    key: int = declare.number(
        default=0, minimum=INT_MIN, unit="pixels", volatile=volatile, since=since, doc=doc
    )
    return key


def _button(doc: str, *, since: str = "") -> bool:
    key: bool = declare.flag(default=False, volatile=True, since=since, doc=doc)
    return key


class StateSettings(declare.Declaration, section="Settings", group="runtime-state"):
    """What the phone saves while it runs; nothing to provision."""

    mainX: int = _pixels(_X)
    mainY: int = _pixels("Top edge of the main window.")
    mainW: int = _pixels("Width of the main window; 0 means the default.")
    mainH: int = _pixels("Height of the main window; 0 means the default.")
    messagesX: int = _pixels("Left edge of the messages window; 0,0 means not set.")
    messagesY: int = _pixels("Top edge of the messages window.")
    messagesW: int = _pixels("Width of the messages window; 0 means 550.")
    messagesH: int = _pixels("Height of the messages window.")
    ringinX: int = _pixels("Left edge of the ringing window; 0,0 means centred.", since="3.19.17")
    ringinY: int = _pixels("Top edge of the ringing window.", since="3.19.17")
    callsWidth0: int = _pixels("Width of column 0 of the calls list; 0 means the default.")
    callsWidth1: int = _pixels("Width of column 1 of the calls list; 0 means the default.")
    callsWidth2: int = _pixels("Width of column 2 of the calls list; 0 means the default.")
    callsWidth3: int = _pixels("Width of column 3 of the calls list; 0 means the default.")
    callsWidth4: int = _pixels("Width of column 4 of the calls list; 0 means the default.")
    callsWidth5: int = _pixels(
        "Width of a column of the calls list that 3.22.3 does not have.",
        since="3.20.5",
        volatile=False,
    )
    contactsWidth0: int = _pixels("Width of column 0 of the contacts list.", since="3.19.27")
    contactsWidth1: int = _pixels("Width of column 1 of the contacts list.", since="3.19.27")
    contactsWidth2: int = _pixels("Width of column 2 of the contacts list.", since="3.19.27")
    volumeOutput: int = declare.number(
        default=100,
        maximum=100,
        empty_default=True,
        volatile=True,
        unit="percent",
        example="80",
        doc="Volume of the speaker.",
    )
    volumeInput: int = declare.number(
        default=100,
        maximum=100,
        empty_default=True,
        volatile=True,
        unit="percent",
        example="80",
        doc="Volume of the microphone.",
    )
    activeTab: int = declare.number(
        default=0,
        maximum=2,
        volatile=True,
        doc="The open tab: 0 is the phone, 1 the calls, 2 the contacts.",
    )
    FWD: bool = _button(
        "State of the FWD button: forwards calls while forwarding is button.", since="3.21.6"
    )
    AA: bool = _button(
        "State of the AA button: answers calls while autoAnswer is button.", since="3.19.17"
    )
    AC: bool = _button(
        "State of the AC button: joins calls to a conference while singleMode is off.",
        since="3.19.27",
    )
    DND: bool = _button(
        "State of the DND button: rejects calls while denyIncoming is button.", since="3.19.17"
    )
    alwaysOnTop: bool = _button("Keeps the window above all others.")
    lastCallNumber: str = declare.text(
        default="",
        since="3.19.17",
        volatile=True,
        example="100",
        doc="The number that the redial button calls.",
    )
    lastCallHasVideo: bool = declare.flag(
        default=False,
        reader="exactly-1",
        since="3.19.17",
        volatile=True,
        doc="Whether the last call had video.",
    )
    version: str = declare.text(
        default="",
        kind="state",
        since="3.22.3",
        until="3.22.3",
        volatile=True,
        own=True,
        example="3.22.3",
        history="in [Global] since 3.22.4 .. 3.22.10",
        doc="Version of MicroSIP that last used the file; updated when another version starts.",
    )
    callsLastKey: int = declare.number(
        default=-1,
        minimum=-1,
        maximum=999,
        volatile=True,
        since="3.19.27",
        until="3.22.4",
        own=True,
        beyond="the phone looks for that many calls at its start; a huge number hangs it",
        doc="Number of the newest line in [Calls]; -1 means none.",
    )
