"""The phone: whether it is running or in a call; stop it, start it, send it a switch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from .grammar import Invocation
    from .state import PhoneState, StopReport

__all__ = ["Phone"]


class Phone(Protocol):
    """The phone of one executable; see ``control.BasePhone`` for what the methods promise."""

    exe: str

    def status(self) -> PhoneState: ...

    def settled(self, timeout: float) -> PhoneState: ...

    def stop(
        self, timeout: float, kill: bool = False, even_in_call: bool = False
    ) -> StopReport: ...

    def refuse_unstartable(self) -> None: ...

    def start(self, minimized: bool = False) -> str: ...

    def send(self, invocation: Invocation, start: bool = False) -> str: ...
