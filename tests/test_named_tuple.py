"""The quick NamedTuple makes the classes that typing's makes."""

from __future__ import annotations

import pickle
import typing

import pytest

from microsip_config.named_tuple import NamedTuple
from microsip_config.results import Change, Issue


class Quick(NamedTuple):
    """Doc."""

    one: int
    two: str = "x"

    @property
    def both(self) -> str:
        return f"{self.one}{self.two}"


class Real(typing.NamedTuple):
    """Doc."""

    one: int
    two: str = "x"

    @property
    def both(self) -> str:
        return f"{self.one}{self.two}"


def test_it_is_the_same_class() -> None:
    quick, real = Quick(1), Real(1)
    assert tuple(quick) == tuple(real)
    assert (quick.both, Quick.__doc__, Quick._fields) == ("1x", Real.__doc__, Real._fields)
    assert Quick._field_defaults == Real._field_defaults
    assert repr(quick).replace("Quick", "Real") == repr(real)
    assert quick._replace(one=2) == (2, "x")
    assert Quick.__mro__[1:] == Real.__mro__[1:] == (tuple, object)
    assert (Quick.__module__, Quick.__qualname__) == (__name__, "Quick")
    assert pickle.loads(pickle.dumps(quick)) == quick
    make: typing.Any = Quick
    with pytest.raises(TypeError):
        make()


def test_the_contract_is_made_with_it() -> None:
    assert Issue("code", "message") == ("code", "message", "", "")
    assert Change("a", "b", "set", "1", "2", "why").as_json()["secret"] is False
