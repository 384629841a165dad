"""``NamedTuple`` for the modules that every start loads, without annotations at run time.

``typing.NamedTuple`` compiles each annotation, 0.1 ms a class, and a start makes some forty. Nobody
asks for them while the program runs; type checkers see the real one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple
else:
    from collections import namedtuple

    class _Made(type):
        """Makes the tuple class of a class statement."""

        def __new__(cls, name, bases, body):
            if not bases:  # the base itself, below
                return super().__new__(cls, name, bases, body)
            fields = body.pop("__annotations__", {})
            defaults = [body.pop(field) for field in fields if field in body]
            made = namedtuple(name, fields, defaults=defaults, module=body.pop("__module__"))
            for attribute, value in body.items():
                setattr(made, attribute, value)
            return made

    class NamedTuple(metaclass=_Made):
        """As ``typing.NamedTuple``; the class that comes out is a plain one of ``tuple``."""
