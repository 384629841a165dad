"""Generated configurations of a realistic size, the same at each run."""

from __future__ import annotations

from pathlib import Path

# What a wanted key has where it is to be changed; others have 0 for 1 and 1 for the rest.
BEFORE = {"autoAnswer": "all", "denyIncoming": "all"}
BOM = b"\xff\xfe"

# The keys that the benchmark's template wants; the rest of [Settings] is filled with others.
WANTED = {
    "audioCodecs": "opus/48000/2 G722/16000/1 PCMA/8000/1",
    "enableSTUN": "1",
    "STUN": "stun.example.com:3478",
    "updatesInterval": "never",
    "singleMode": "1",
    "callWaiting": "0",
    "localDTMF": "0",
    "volumeRing": "80",
    "autoAnswer": "",
    "denyIncoming": "",
    "networkChanges": "1",
    "userAgent": "Example desk phone",
}


def ini(number: int, *, in_place: bool, settings: int = 110, calls: int = 300) -> str:
    """One profile: ``settings`` keys, two accounts, ``calls`` history lines, comments, blanks.

    ``in_place``: the wanted keys have the wanted values already.
    """
    lines = ["; configured by the example office", "", "[Settings]", "accountId=1"]
    for key, value in WANTED.items():
        other = BEFORE.get(key, "0" if value == "1" else "1")
        lines.append(f"{key}={value if in_place else other}")
    # Keys of later versions and of vendors: kept, never touched.
    lines += [f"vendorKey{n}={n * number % 997}" for n in range(settings - len(WANTED) - 1)]
    for account in (1, 2):
        lines += ["", "; the desk", f"[Account{account}]", f"label=Desk {number}"]
        lines += ["server=sip.example.com", "domain=sip.example.com", f"username={1000 + number}"]
        lines += ["password=", "transport=udp", "publish=0", "ICE=0"]
    lines += ["", "[Calls]"]
    lines += [f"{n}=5{n:05};Caller {n};1;{1700000000 + n};{n};" for n in range(calls)]
    return "\r\n".join(lines) + "\r\n"


def write(path: Path, text: str) -> Path:
    path.write_bytes(BOM + text.encode("utf-16-le"))
    return path


def template(folder: Path) -> Path:
    """The template that wants :data:`WANTED`, with one variable as real ones have."""
    path = folder / "desk.ini"
    wanted = {**WANTED, "STUN": "{{ stun }}"}
    body = "".join(f"{key} = {value}\n" for key, value in wanted.items())
    path.write_text(f"[template]\nrequires = stun\n\n[Settings]\n{body}", encoding="utf-8")
    return path


VARIABLES = {"stun": WANTED["STUN"]}
