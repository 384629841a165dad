"""MicroSIP's rule for where its ini is, case by case."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microsip_config.target.decision import Facts, Mode, decide, ini_paths, same_text

ROAMING = "C:\\Users\\ada\\AppData\\Roaming"
LOCAL = "C:\\Users\\ada\\AppData\\Local"
HOME = f"{LOCAL}\\MicroSIP"  # where the installer for one user puts the phone
EXE = f"{HOME}\\MicroSIP.exe"
IN_ROAMING = f"{ROAMING}\\MicroSIP\\MicroSIP.ini"
IN_LOCAL = f"{LOCAL}\\MicroSIP\\MicroSIP.ini"
SHARED = "C:\\Program Files\\MicroSIP"
SHARED_EXE = f"{SHARED}\\MicroSIP.exe"
USB = "E:\\Tools\\Phone"
USB_EXE = f"{USB}\\MicroSIP.exe"
USB_INI = f"{USB}\\MicroSIP.ini"


class Case(NamedTuple):
    """``notes`` are texts that some note must contain; () means no note at all."""

    name: str
    facts: Facts
    mode: Mode
    ini: str
    notes: tuple[str, ...] = ()
    decided_by: str = ""


def facts(exe: str = USB_EXE, **more: Any) -> Facts:
    return Facts(exe, ROAMING, LOCAL, msi=())._replace(**more)


CASES = [
    # The registry value is the folder
    Case("HKCU names the folder", facts(EXE, hkcu=HOME), "installed", IN_ROAMING, (), "HKCU"),
    Case("HKLM names it", facts(SHARED_EXE, hklm=SHARED), "installed", IN_ROAMING,
         ("counts only if the phone is a 64-bit program",), "HKLM"),
    Case("both views of HKLM name it", facts(SHARED_EXE, hklm=SHARED, hklm32=SHARED),
         "installed", IN_ROAMING, (), "HKLM"),
    Case("any case counts", facts(EXE, hkcu=HOME.upper()), "installed", IN_ROAMING),
    Case("any case beyond ASCII", facts("D:\\ÄRZTE\\MicroSIP.exe", hkcu="d:\\ärzte"),
         "installed", IN_ROAMING),
    Case("one character is not two", facts("D:\\STRASSE\\MicroSIP.exe", hkcu="D:\\straße"),
         "portable", "D:\\STRASSE\\MicroSIP.ini"),
    Case("renamed executable", facts(f"{HOME}\\Desk.exe", hkcu=HOME), "installed",
         f"{ROAMING}\\MicroSIP\\Desk.ini"),
    Case("executable with two dots", facts(f"{HOME}\\Desk.v2.exe", hkcu=HOME), "installed",
         f"{ROAMING}\\MicroSIP\\Desk.v2.ini"),
    Case("root of a drive", facts("E:\\MicroSIP.exe", hkcu="E:"), "installed", IN_ROAMING),
    Case("share", facts("\\\\srv\\apps\\MicroSIP.exe", hkcu="\\\\SRV\\Apps"), "installed",
         IN_ROAMING),
    Case("redirected AppData", facts(EXE, hkcu=HOME, roaming="\\\\srv\\home\\ada"), "installed",
         "\\\\srv\\home\\ada\\MicroSIP\\MicroSIP.ini"),
    # No value, or another folder
    Case("nothing registered", facts(), "portable", USB_INI, (), "names no folder"),
    Case("renamed portable", facts(f"{USB}\\Desk.exe"), "portable", f"{USB}\\Desk.ini"),
    Case("HKCU names another folder", facts(hkcu=HOME), "portable", USB_INI, (), HOME),
    Case("HKLM names another folder", facts(hklm=SHARED, hklm32=SHARED), "portable", USB_INI, (),
         SHARED),
    Case("folder above", facts(EXE, hkcu=LOCAL), "portable", IN_LOCAL),
    Case("beginning of the folder", facts(EXE, hkcu=HOME[:-1]), "portable", IN_LOCAL),
    # Values that look right
    Case("trailing backslash", facts(EXE, hkcu=HOME + "\\"), "portable", IN_LOCAL,
         ("HKCU\\Software\\MicroSIP has a trailing backslash",)),
    Case("root with its backslash", facts("E:\\MicroSIP.exe", hkcu="E:\\"), "portable",
         "E:\\MicroSIP.ini", ("trailing backslash",)),
    Case("quotes", facts(EXE, hkcu=f'"{HOME}"'), "portable", IN_LOCAL, ("quotes or spaces",)),
    Case("space at the end", facts(EXE, hkcu=HOME + " "), "portable", IN_LOCAL,
         ("quotes or spaces",)),
    Case("forward slashes", facts(EXE, hkcu=HOME.replace("\\", "/")), "portable", IN_LOCAL,
         ("forward slashes",)),
    Case("the executable instead of its folder", facts(EXE, hkcu=EXE), "portable", IN_LOCAL,
         ("names a file",)),
    Case("variables", facts(EXE, hkcu="%LOCALAPPDATA%\\MicroSIP"), "portable", IN_LOCAL,
         ("does not expand",)),
    Case("short name", facts(hkcu="E:\\Tools\\PHON~1", aliases=frozenset({"E:\\Tools\\PHON~1"})),
         "portable", USB_INI, ("another name of the same folder",)),
    Case("too long for MicroSIP", facts(hkcu="E:\\" + "x" * 253), "portable", USB_INI,
         ("has 256 characters",), "names no folder"),
    Case("the longest that it reads", facts("E:\\" + "x" * 252 + "\\MicroSIP.exe",
         hkcu="E:\\" + "X" * 252), "installed", IN_ROAMING),
    Case("too long in HKCU, right in HKLM",
         facts(hkcu="E:\\" + "x" * 253, hklm=USB, hklm32=USB), "installed", IN_ROAMING,
         ("has 256 characters",), "HKLM"),
    # HKCU over HKLM
    Case("HKCU wins", facts(EXE, hkcu=HOME, hklm=SHARED, hklm32=SHARED), "installed", IN_ROAMING,
         (), "HKCU"),
    Case("HKCU hides HKLM", facts(SHARED_EXE, hkcu=HOME, hklm=SHARED, hklm32=SHARED),
         "portable", f"{SHARED}\\MicroSIP.ini",
         ("HKCU\\Software\\MicroSIP hides HKLM\\Software\\MicroSIP", "users cannot write")),
    # Two views of HKLM
    Case("a 32-bit phone sees its own view", facts(SHARED_EXE, hklm32=SHARED, bits=32),
         "installed", IN_ROAMING, (), "WOW6432Node"),
    Case("a 64-bit phone cannot see that", facts(USB_EXE, hklm32=USB, bits=64), "portable",
         USB_INI, ("a 64-bit phone cannot see it",)),
    Case("a 32-bit phone cannot see the other", facts(USB_EXE, hklm=USB, bits=32), "portable",
         USB_INI, ("a 32-bit phone cannot see it",)),
    Case("of two folders the matching view", facts(hklm=SHARED, hklm32=USB), "installed",
         IN_ROAMING, ("counts only if the phone is a 32-bit program",)),
    # MSI products
    Case("MSI names the folder", facts(msi=(USB + "\\",)), "installed", IN_ROAMING, (), "MSI"),
    Case("MSI without a location", facts(msi=("",)), "installed", IN_ROAMING, (), "any folder"),
    Case("only the first MSI product counts", facts(msi=(SHARED, USB)), "portable", USB_INI,
         (f"the MSI product MicroSIP is installed in {SHARED}",)),
    Case("MSI fixes another HKCU value", facts(hkcu=HOME, msi=(USB,)), "installed", IN_ROAMING),
    Case("not in 3.21.3", facts(hkcu=HOME, msi=(USB,), version=(3, 21, 3, 0)), "portable",
         USB_INI),
    Case("in 3.21.3 when nothing is registered", facts(msi=(USB,), version=(3, 21, 3, 0)),
         "installed", IN_ROAMING),
    Case("not since 3.22.4", facts(msi=(USB,), version=(3, 22, 4, 0)), "portable", USB_INI,
         ("does not ask the Windows Installer",)),
    Case("not since 3.22.4, without a location", facts(msi=("",), version=(3, 22, 16, 0)),
         "portable", USB_INI),
    Case("still in 3.22.3", facts(msi=(USB,), version=(3, 22, 3, 5)), "installed", IN_ROAMING),
    Case("the registry still counts", facts(hkcu=USB, msi=(), version=(3, 22, 16, 0)),
         "installed", IN_ROAMING),
    # Files that exist
    Case("the old folder", facts(EXE, hkcu=HOME, present=frozenset({IN_LOCAL})), "installed",
         IN_LOCAL, (f"move {IN_LOCAL} to {IN_ROAMING}",)),
    Case("the old folder, 3.21.3", facts(EXE, hkcu=HOME, present=frozenset({IN_LOCAL}),
         version=(3, 21, 3, 0)), "installed", IN_ROAMING, ("not read by this version",)),
    Case("old and new folder", facts(EXE, hkcu=HOME, present=frozenset({IN_LOCAL, IN_ROAMING})),
         "installed", IN_ROAMING, (f"{IN_LOCAL} is not used",)),
    Case("installed, with an ini in its own folder", facts(hkcu=USB, present=frozenset({USB_INI})),
         "installed", IN_ROAMING, (f"{USB_INI} is not used",)),
    Case("portable with an ini in AppData", facts(present=frozenset({IN_ROAMING})), "portable",
         USB_INI, (f"{IN_ROAMING} is not used",)),
    Case("portable among the programs", facts(SHARED_EXE), "portable",
         f"{SHARED}\\MicroSIP.ini", ("users cannot write",)),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_rule(case: Case) -> None:
    decision = decide(case.facts)
    assert (decision.mode, decision.ini) == (case.mode, case.ini)
    assert case.decided_by in decision.decided_by
    for piece in case.notes:
        assert any(piece in note for note in decision.notes), decision.notes
    if not case.notes:
        assert decision.notes == ()
    assert decision.otherwise


@pytest.mark.parametrize(
    ("given_facts", "needs"),
    [
        (facts(EXE, hkcu=HOME, msi=None), False),
        (facts(msi=None), True),
        (facts(hkcu=HOME, msi=None), True),
        (facts(hkcu=HOME, msi=None, version=(3, 20, 5, 0)), False),
        (facts(), False),
    ],
    ids=["registered", "empty", "different", "different, old version", "looked already"],
)
def test_msi_products_are_looked_up_only_if_the_rule_needs_them(
    given_facts: Facts, needs: bool
) -> None:
    assert decide(given_facts).needs_msi is needs


def test_the_file_that_moves_names_its_new_path() -> None:
    moving = facts(EXE, hkcu=HOME, present=frozenset({IN_LOCAL.upper()}))
    assert decide(moving).moves_to == IN_ROAMING


text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)


@given(exe_folder=text, stem=text, hkcu=text, hklm=text, hklm32=text)
def test_the_ini_is_always_one_of_three_paths_and_installed_means_a_match(
    exe_folder: str, stem: str, hkcu: str, hklm: str, hklm32: str
) -> None:
    folder = "C:\\" + exe_folder.replace("\\", "")
    exe = f"{folder}\\{stem.replace(chr(92), '')}.exe"
    decision = decide(facts(exe, hkcu=hkcu, hklm=hklm, hklm32=hklm32))
    assert decision.ini in ini_paths(exe, ROAMING, LOCAL)
    counting = {hkcu} if hkcu else {hklm, hklm32}
    assert (decision.mode == "installed") == any(same_text(value, folder) for value in counting)
