"""From the signs of a call to the call state."""

from __future__ import annotations

import pytest

from microsip_config.phone.state import InCall, PhoneProcess, PhoneState, Signs, combine

QUIET = {"ringing": False, "call_buttons": False, "recording": False, "messages_end": False}


@pytest.mark.parametrize(
    ("signs", "in_call"),
    [
        (Signs("Online", **QUIET), "no"),
        (Signs("Online (Auto Answer)", **QUIET), "no"),
        (Signs("Connection Failed"), "no"),
        (Signs("Idle"), "no"),
        (Signs("Do Not Disturb"), "no"),
        (Signs("MicroSIP"), "no"),
        # shown during each registration, and for as long as the exchange cannot be reached
        (Signs("Connecting...", **QUIET), "no"),
        (Signs("Connecting...", open_entry=False), "no"),
        (Signs("Connecting..."), "unknown"),
        (Signs("Connecting...", call_buttons=True), "yes"),
        (Signs("Connecting...", open_entry=True), "yes"),
        (Signs("Connected 0:07", **QUIET), "yes"),
        (Signs("Connected (2)", **QUIET), "yes"),
        (Signs("Connected", **QUIET), "yes"),
        (Signs("Hold 0:07 / 1:12", **QUIET), "yes"),
        (Signs("Calling 101 ...", **QUIET), "yes"),
        (Signs("Incoming Call", **QUIET), "yes"),
        # translated: only what does not depend on the language counts
        (Signs("Verbunden 12:59", **QUIET), "yes"),
        (Signs("\u0421\u043e\u0435\u0434\u0438\u043d\u0435\u043d\u043e 1:02:33", **QUIET), "yes"),
        (Signs("Angemeldet", **QUIET), "no"),
        (Signs("\u0412 \u0441\u0435\u0442\u0438", **QUIET, open_entry=False), "no"),
        (Signs("Angemeldet", call_buttons=True), "yes"),
        (Signs("Angemeldet", call_buttons=False, recording=True), "yes"),
        (Signs("Angemeldet", call_buttons=False, ringing=True), "yes"),
        (Signs("Angemeldet", call_buttons=False, messages_end=True), "yes"),
        (Signs("Angemeldet", call_buttons=False, open_entry=True), "yes"),
        (Signs("Online", ringing=True), "yes"),
        (Signs("Online", open_entry=True), "yes"),
        # a call log that is locked or damaged: the others decide
        (Signs("Angemeldet", call_buttons=False, open_entry=None), "no"),
        (Signs("Angemeldet", ringing=False, recording=False, messages_end=False), "unknown"),
        # from Linux, or where the window hangs
        (Signs(open_entry=True), "yes"),
        (Signs(open_entry=False), "no"),
        (Signs("", ringing=False), "unknown"),
        (Signs(), "unknown"),
        # no window: it is starting or ending
        (Signs(window=False), "no"),
        (Signs(window=False, open_entry=True), "yes"),
    ],
)
def test_verdicts(signs: Signs, in_call: InCall) -> None:
    verdict = combine([signs])
    assert verdict.in_call == in_call
    assert bool(verdict.because) == (in_call != "no")


def test_the_worst_of_several_phones_counts() -> None:
    idle, busy, dim = Signs("Online"), Signs("Connected 0:01"), Signs()
    assert combine([]).in_call == "no"
    assert combine([idle, busy]).in_call == "yes"
    assert combine([dim, busy]).in_call == "yes"
    assert combine([idle, dim]) == combine([dim])


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
    plain = PhoneState((process(visible=False),), "yes", ("status bar: x",)).as_json()
    assert plain["running"] is True
    assert plain["hidden"] is True
    assert plain["in_call"] == "yes"
    assert plain["processes"][0]["pid"] == 7
