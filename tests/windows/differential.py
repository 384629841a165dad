"""One case of the differential test: edit a file, and let the Windows API say what came of it.

Nothing here knows how ``microsip_config.ini`` works: lines are compared with lines, and what the
API reads after the write with what it read before.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable

from microsip_config.errors import ValueRefused
from microsip_config.ini import file as store
from microsip_config.ini.document import Document
from microsip_config.ini.encoding import decode
from microsip_config.ini.profile import Profile

from .hostile import Case, Change
from .oracle import Dump, Oracle, folded

Editor = Callable[[str, Iterable[Change]], str]
Names = dict[tuple[str, str], Change]
Expectation = Callable[[Profile], None] | store.Expected
compared: Counter[str] = Counter()
"""How many cases were judged, by kind; those with planted bugs are not counted."""


class Mismatch(AssertionError):
    """What the API reads, or what the lines say, is not what was intended."""


def expect(holds: bool, what: str, *shown: object) -> None:
    if not holds:
        raise Mismatch("\n  ".join([what, *(repr(value)[:2000] for value in shown)]))


def edited(text: str, changes: Iterable[Change]) -> str:
    """The editor under test."""
    document = Document(text)
    for change in changes:
        if change.action == "set":
            document.set(change.section, change.key, change.value)
        elif change.action == "remove":
            document.remove(change.section, change.key)
        else:
            document.remove_section(change.section)
    return document.render()


def writable(changes: Iterable[Change]) -> tuple[Change, ...]:
    """The changes whose values and names are not refused."""
    kept = []
    for change in changes:
        try:
            edited("", [change])
        except ValueRefused:
            continue
        kept.append(change)
    return tuple(kept)


def judge(oracle: Oracle, case: Case, edit: Editor = edited, *, verify: bool = True) -> None:
    """Raises Mismatch unless the write did exactly what was asked.

    ``verify=False`` turns the store's own check off, for the editors with planted bugs.
    """
    changes = writable(case.changes)
    last = {(folded(c.section), folded(c.key)): c for c in changes}  # of several the last counts
    expected = wanted(last.values()) if verify else _anything
    before, after, source, text = write(oracle, case, edit, changes, expected)
    check_values(before, after, last)
    check_order(before, after, last)
    check_lines(before, source, text, last)
    if verify:
        compared["dropped section" if any(c.action == "drop" for c in changes) else "edit"] += 1


def write(
    oracle: Oracle, case: Case, edit: Editor, changes: tuple[Change, ...], expected: Expectation
) -> tuple[Dump, Dump, str, str]:
    """Edits and replaces a file; gives the API's two views of it and its two texts."""
    path = oracle.path()
    path.write_bytes(case.data)
    try:
        before = after = oracle.ask(path)
        source = store.load(path, case.codepage or None)
        text = edit(source.text, changes)
        if text == source.text:
            expect(path.read_bytes() == case.data, "an unchanged file was touched")
        else:
            store.write(source, text, expected=expected)
            after = oracle.ask(path)
            expect(path.read_bytes()[2:].decode("utf-16-le") == text, "the file has another text")
        if case.codepage:
            same = source.text.encode(case.codepage) == case.data
            expect(same, "not the same text in the code page")
        leftovers = [found.name for found in path.parent.iterdir() if found != path]
        expect(not leftovers, "something was left beside the file", leftovers)
    finally:
        path.unlink()
    return before, after, source.text, text


def wanted(changes: Collection[Change]) -> Expectation:
    """What the store is told to verify: the intended values, or nothing for a dropped section."""
    if any(change.action == "drop" for change in changes):
        return _anything
    return {(c.section, c.key): c.value if c.action == "set" else None for c in changes}


def _anything(_: Profile) -> None:
    """Takes any text."""


def check_values(before: Dump, after: Dump, last: Names) -> None:
    """(a) every intended value is read, (b) and everything else as before."""
    intended = before.values()
    for (section, key), change in last.items():
        if change.action == "drop":
            intended = {place: v for place, v in intended.items() if place[0] != section}
        elif change.action == "remove":
            intended.pop((section, key), None)
        else:
            intended[section, key] = change.value
    read = after.values()
    wrong = {
        place: (intended.get(place), read.get(place))
        for place in intended.keys() | read.keys()
        if intended.get(place) != read.get(place)
    }
    expect(not wrong, "the API reads otherwise: (section, key): (intended, read)", wrong)


def check_order(before: Dump, after: Dump, last: Names) -> None:
    """The API lists sections and keys in the old order, new ones at the end."""
    dropped = {section for (section, _), c in last.items() if c.action == "drop"}
    names = [folded(section.name) for section in before.sections]
    fresh = {section for (section, _), c in last.items() if c.action == "set"} - set(names)
    listed = [folded(section.name) for section in after.sections]
    kept = [name for name in names if name not in dropped]
    expect(listed[: len(kept)] == kept, "sections in another order", kept, listed)
    expect(sorted(listed[len(kept) :]) == sorted(fresh), "new sections", fresh, listed)
    for name in set(names) - dropped:
        old, new = before.keys(name), after.keys(name)
        removed = {key for (s, key), c in last.items() if s == name and c.action == "remove"}
        added = {k for (s, k), c in last.items() if s == name and c.action == "set"} - set(old)
        stay = [key for key in old if key not in removed]
        expect(new[: len(stay)] == stay, f"keys of [{name}] in another order", old, new)
        expect(sorted(new[len(stay) :]) == sorted(added), f"new keys of [{name}]", added, new)


Line = tuple[str, str]


def split(text: str) -> list[Line]:
    """Physical lines as (content, line end)."""
    parts = re.split(r"(\r\n|\r|\n)", text)
    lines = list(zip(parts[::2], [*parts[1::2], ""], strict=True))
    return lines if lines[-1][0] else lines[:-1]


def alike(old: Line, new: Line) -> bool:
    """The same line; one that had no end may get one, when something is put after it."""
    return old[0] == new[0] and (old[1] == new[1] or not old[1] or not new[1])


def in_common(old: list[Line], new: list[Line]) -> int:
    """The length of the longest common subsequence of lines."""
    while old and new and alike(old[-1], new[-1]):
        return 1 + in_common(old[:-1], new[:-1])
    row = [0] * (len(new) + 1)
    for left in old:
        above = row
        row = [0]
        for index, right in enumerate(new):
            both = above[index] + 1 if alike(left, right) else 0
            row.append(max(both, above[index + 1], row[index]))
    return row[-1]


def check_lines(before: Dump, source: str, text: str, last: Names) -> None:
    """(c) every line that no change is about is there, byte for byte, in the old order."""
    old, new = split(source), split(text)
    common = in_common(old, new)
    if any(change.action == "drop" for change in last.values()):
        expect(common == len(new), "dropping a section added or changed a line", old, new)
        return
    values, lost, gained = before.values(), 0, 0
    fresh = set()
    for (section, key), change in last.items():
        listed = before.keys(section).count(key)
        if change.action == "remove":
            lost += listed
        elif not listed:
            gained += 1
            fresh.add(section)
        elif values.get((section, key)) != change.value:
            lost, gained = lost + 1, gained + 1
    gained += len(fresh - {folded(section.name) for section in before.sections})
    expect(len(old) - common == lost, f"{lost} lines may go, gone: {len(old) - common}", old, new)
    expect(len(new) - common == gained, f"{gained} new lines, got {len(new) - common}", old, new)


def judge_reader(oracle: Oracle, case: Case, read: Callable[[str], Profile] = Profile) -> None:
    """Raises Mismatch unless our profile reader sees what the API sees."""
    seen = oracle.ask_bytes(case.data)
    text = decode(case.data, case.codepage or None).text
    profile = read(text)
    listed = [section.name for section in seen.sections]
    expect(profile.sections() == listed, "sections", profile.sections(), listed)
    ours = {
        (folded(section), folded(key)): value
        for section in profile.sections()
        for key, value in profile.items(section)
    }
    expect(ours == seen.values(), "values: ours, the API's", ours, seen.values())
    for section in seen.sections:
        for key, value in section.keys:
            expect(profile.get(section.name, key) == value, "look-up", section.name, key)
    if read is Profile:
        compared["read file"] += 1
