"""Facts about names and blanks in an ini file that reader and editor must agree on.

Source: github.com/WelliSolutions/IniFileFormatReverseEngineering (measured on Windows 10) for
space, tab, vertical tab and ASCII case; Wine 8 for form feed and Ctrl-Z, where no measurement on
Windows was found.
"""

from __future__ import annotations

from functools import lru_cache

BLANKS = " \t\v\f\x1a"
"""What Windows trims around section names, keys and values. NBSP and other spaces are ordinary."""


def fold(name: str) -> str:
    """``name`` as it is compared: two names are the same when their folds are equal.

    ASCII letters are the same in either case. Beyond ASCII nobody measured Windows (Wine tells the
    cases apart); one-to-one upper-casing inside the basic plane is assumed, as Windows does for its
    other names, and never lets a non-ASCII letter equal an ASCII one (the Kelvin sign is no ``k``).
    """
    return name.lower() if name.isascii() else _fold_wide(name)


@lru_cache(maxsize=512)
def _fold_wide(name: str) -> str:
    return "".join(map(_fold_character, name))


def _fold_character(character: str) -> str:
    if character.isascii():
        return character.lower()
    upper = character.upper()
    one_to_one = len(upper) == 1 and not upper.isascii() and character <= "\uffff"
    return upper if one_to_one else character
