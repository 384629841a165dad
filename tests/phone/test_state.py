"""From the signs of a call to the call state."""

from __future__ import annotations

import pytest

from microsip_config.phone.state import InCall, PhoneProcess, PhoneState, Signs, combine

QUIET = {"ringing": False, "call_buttons": False, "messages_end": False, "open_entry": False}


@pytest.mark.parametrize(
    ("signs", "in_call", "likely"),
    [
        (Signs("Online", **QUIET), "no", False),
        (Signs("Idle", **QUIET), "no", False),
        (Signs("Do Not Disturb", **QUIET), "no", False),
        (Signs("MicroSIP", **QUIET), "no", False),
        (Signs("Connected 0:07", **QUIET), "yes", True),
        (Signs("Connected (2)", **QUIET), "yes", True),
        (Signs("Connected", **QUIET), "yes", True),
        (Signs("Hold 0:07 / 1:12", **QUIET), "yes", True),
        (Signs("Calling 101 ...", **QUIET), "yes", True),
        (Signs("Connecting...", **QUIET), "yes", True),
        (Signs("Incoming Call", **QUIET), "yes", True),
        # translated: only what does not depend on the language counts
        (Signs("Verbunden 12:59", **QUIET), "yes", True),
        (Signs("Verbindung 1:02:33", **QUIET), "yes", True),
        (Signs("Angemeldet", **QUIET), "unknown", False),
        (Signs("Angemeldet", call_buttons=True), "yes", True),
        (Signs("Online", ringing=True), "yes", True),
        (Signs("Online", messages_end=True), "yes", True),
        # a phone that died in a call leaves an open entry: no match for a plain "Online"
        (Signs("Online", open_entry=True), "no", False),
        (Signs(None, open_entry=True), "unknown", True),
        (Signs("Angemeldet", open_entry=True), "unknown", True),
        (Signs("", **QUIET), "unknown", False),
        (Signs(), "unknown", False),
    ],
)
def test_verdicts(signs: Signs, in_call: InCall, likely: bool) -> None:
    verdict = combine([signs])
    assert (verdict.in_call, verdict.likely) == (in_call, likely)
    assert bool(verdict.because) == (in_call != "no")


def test_the_worst_of_several_phones_counts() -> None:
    idle, busy, dim = Signs("Online"), Signs("Connected 0:01"), Signs(open_entry=True)
    assert combine([]).in_call == "no"
    assert combine([idle, busy]).in_call == "yes"
    assert combine([dim, busy]).in_call == "yes"
    assert combine([idle, dim]) == combine([dim])
    assert combine([Signs(), dim]).likely


def process(**changes: object) -> PhoneProcess:
    plain = PhoneProcess(7, "C:\\P\\MicroSIP.exe", 1, "S-1-5-21-1", True, True, True, True, 1.0)
    return plain._replace(**changes)  # type: ignore[arg-type]


def test_only_my_own_phone_counts_as_running() -> None:
    other = process(pid=8, mine=False, session=2)
    assert not PhoneState((other,)).running
    assert PhoneState((other, process())).mine == (process(),)
    assert PhoneState((other, process())).others == (other,)


@pytest.mark.parametrize(
    ("visible", "hidden"),
    [((True,), False), ((False,), True), ((None,), None), ((None, False), True)],
)
def test_hidden(visible: tuple[bool | None, ...], hidden: bool | None) -> None:
    state = PhoneState(tuple(process(visible=each) for each in visible))
    assert state.hidden is hidden


def test_the_state_as_plain_values() -> None:
    plain = PhoneState((process(visible=False),), "yes", True, ("status bar: x",)).as_json()
    assert plain["running"] is True
    assert plain["hidden"] is True
    assert plain["in_call"] == "yes"
    assert plain["processes"][0]["pid"] == 7
