"""What the structured texts of microsip.ini must look like.

Each function is a ``Grammar``: it takes a text that is not empty, returns the canonical form and
raises ``Misread`` (which names neither key nor section) for what the phone would not take.
"""

from __future__ import annotations

import re

from .key import Misread, Notice

MAX_PROXIES = 8  # pjsip's array holds no more, and MicroSIP does not count
MAX_STUN_SERVERS = 8
MAX_NAME_SERVERS = 4
MAX_URL_PLACEHOLDERS = 3  # MicroSIP passes three arguments for %s
URL_FIELDS = (
    "time",
    "version",
    "label",
    "server",
    "domain",
    "username",
    "password",
    "md5_password",
)


def _is_ipv4(text: str) -> bool:
    parts = text.split(".")
    return len(parts) == 4 and all(
        part.isascii() and part.isdigit() and len(part) <= 3 and int(part) <= 255 for part in parts
    )


def _is_ipv6(text: str) -> bool:
    if ":" not in text:
        return False
    from ipaddress import IPv6Address

    try:
        IPv6Address(text)
    except ValueError:
        return False
    return True


def host(text: str) -> str:
    """A host name (letters of any script, digits, ``-`` and ``_``), IPv4 or bracketed IPv6."""
    if text.startswith("[") and text.endswith("]") and _is_ipv6(text[1:-1]):
        return text
    if _is_ipv6(text):
        raise Misread(
            f"{text!r}: an IPv6 address needs brackets here",
            hint=f"write [{text}]",
            fix=f"[{text}]",
        )
    labels = text.removesuffix(".").split(".")
    if all(part.isdigit() for part in labels) and not _is_ipv4(text):
        raise Misread(
            f"{text!r} is not an IPv4 address", hint="four numbers from 0 to 255 with dots"
        )
    for part in labels:
        if not part or not all(char.isalnum() or char in "-_" for char in part):
            raise Misread(f"{text!r} is not a host name or address", hint="such as sip.example.com")
    return text


def host_port(text: str) -> str:
    """``host`` or ``host:port``, without ``sip:``, as MicroSIP prepends that itself."""
    lower = text.lower()
    for scheme in ("sips:", "sip:", "stun:", "https://", "http://"):
        if lower.startswith(scheme):
            bare = text[len(scheme) :].lstrip("/")
            raise Misread(
                f"it starts with {scheme}, which does not belong here",
                hint=f"write {bare}",
                fix=bare if scheme == "sip:" and bare else None,
                code="scheme",
            )
    if ";" in text:
        raise Misread("parameters do not belong here", hint="set transport in the same section")
    name, colon, number = text.rpartition(":")
    if colon and not (text.startswith("[") and text.endswith("]")) and not _is_ipv6(text):
        return f"{host(name)}:{_port(number)}"
    return host(text)


def _port(text: str) -> str:
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 1 <= int(text) <= 65535):
        raise Misread(f"{text!r} is not a port", hint="a number from 1 to 65535", code="bad-port")
    return text


def domain(text: str) -> str:
    """A SIP domain, with a port where the provider wants one."""
    if "@" in text:
        after = text.rpartition("@")[2]
        raise Misread(
            "a domain does not contain '@'", hint=f"write {after}; the user belongs in username"
        )
    return host_port(text)


def user(text: str) -> str:
    """The user part of a SIP address; an ``@`` overrides the domain."""
    if text.lower().startswith(("sip:", "sips:")):
        bare = text.partition(":")[2]
        raise Misread("the user name starts with sip:", hint=f"write {bare}", code="scheme")
    if any(char in ' <>"' for char in text):
        raise Misread("a SIP user does not contain spaces, quotes, '<' or '>'", hint="such as 101")
    return text


def display_name(text: str) -> str:
    """A caller name: no double quote, which would make the SIP identity invalid."""
    if '"' in text:
        raise Misread(
            "a double quote makes the SIP identity invalid: the account is not added",
            hint="leave the quotes out or use '",
            code="double-quote",
        )
    return text


def proxies(text: str) -> str:
    """Up to eight ``host[:port][;param]``, separated by spaces."""
    if "," in text:
        raise Misread("commas do not separate proxies", hint="separate them with spaces")
    entries = text.split()
    for entry in entries:
        name, _, parameters = entry.partition(";")
        try:
            host_port(name)
        except Misread as error:
            fix = None
            if error.code == "scheme" and error.fix and len(entries) == 1:
                fix = error.fix + entry[len(name) :]
            raise Misread(error.message, hint=error.hint, fix=fix, code=error.code) from None
        if ";" in entry and not all(parameters.split(";")):
            raise Misread(f"{entry!r} has an empty parameter", hint="such as ;transport=tcp")
    if len(entries) > MAX_PROXIES:
        raise Misread(
            f"{len(entries)} proxies overflow the phone's list",
            hint=f"name at most {MAX_PROXIES}",
            code="too-many",
        )
    return " ".join(entries)


def cut_parameters(text: str) -> tuple[Notice, ...]:
    """What 3.22.16 leaves out of a proxy or registrar, before it adds the account's transport."""
    found = re.search(r";(transport|ttl|maddr)=", text, re.IGNORECASE)
    if found is None:
        return ()
    effect = f"MicroSIP 3.22.16 cuts ;{found[1]} here, older versions follow it"
    return (
        Notice("parameter-cut", effect, hint="set the key transport, which all of them follow"),
    )


def _listed(text: str, limit: int, what: str) -> list[str]:
    items = [item.strip(" ") for item in text.replace(",", ";").split(";")]
    if not all(items):
        raise Misread("an item of the list is empty", hint="separate the items with ';'")
    if any(" " in item for item in items):
        raise Misread("spaces do not separate items", hint="separate them with ';' or ','")
    if len(items) > limit:
        raise Misread(
            f"{len(items)} {what}, of which MicroSIP uses the first {limit}",
            hint=f"name at most {limit}",
            code="too-many",
        )
    return items


def name_servers(text: str) -> str:
    """Up to four addresses of name servers, separated by ``;`` or ``,``."""
    items = _listed(text, MAX_NAME_SERVERS, "name servers")
    for item in items:
        if not _is_ipv4(item) and not _is_ipv6(item):
            raise Misread(
                f"{item!r} is not the IP address of a name server", hint="such as 192.0.2.53"
            )
    return "; ".join(items)


def stun_servers(text: str) -> str:
    """Up to eight ``host[:port]``, separated by ``;`` or ``,``."""
    items = _listed(text, MAX_STUN_SERVERS, "STUN servers")
    return "; ".join(host_port(item) for item in items)


def ipv4(text: str) -> str:
    """An IPv4 address."""
    if not _is_ipv4(text):
        raise Misread(
            f"{text!r} is not an IPv4 address", hint="four numbers from 0 to 255 with dots"
        )
    return text


def public_address(text: str) -> str:
    """An IPv4 address; ``auto`` stands for the empty value."""
    return "" if text.lower() == "auto" else ipv4(text)


def knock_host(text: str) -> str:
    """A host name or an IPv4 address, without a port."""
    if ":" in text:
        raise Misread(
            f"{text!r} is not a host", hint="a host name or an IPv4 address, without port"
        )
    return host(text)


def knock_ports(text: str) -> str:
    """Ports from 1 to 65535, separated by commas; MicroSIP silently skips others."""
    ports = [port.strip() for port in text.split(",")]
    return ",".join(_port(port) for port in ports)


def caller_masks(text: str) -> str:
    """Masks of caller numbers separated by ``;`` or ``|``: ``*`` any run, ``?`` one character,
    ``^`` makes the next character optional.
    """
    masks = [mask.strip() for mask in text.replace("|", ";").split(";")]
    masks = [mask for mask in masks if mask]
    for mask in masks:
        if "," in mask or " " in mask:
            raise Misread("commas and spaces do not separate masks", hint="separate them with ';'")
        if "@" in mask:
            raise Misread(
                "masks are compared with the user part of the caller", hint="leave '@...' out"
            )
        if "^" in mask and (mask.endswith("^") or "^^" in mask):
            raise Misread(
                "'^' makes the next character optional, but none follows", hint="such as ^+49*"
            )
    if not masks:
        raise Misread("it contains no mask", hint="leave it empty for any caller")
    return ";".join(masks)


def directory_url(text: str) -> str:
    """The URL of a users' directory with its placeholders.

    MicroSIP formats it with three arguments (user name, password, server), so a ``%`` that is not
    ``%s`` and a fourth ``%s`` have no defined result; it turns every ``*`` into ``%`` afterwards.
    """
    match = re.fullmatch(r"https?://([^/?#\s]+)\S*", text, re.IGNORECASE)
    if match is None:
        raise Misread("it is not a web address", hint="such as https://example.com/phones.json")
    if text.count("%s") > MAX_URL_PLACEHOLDERS:
        raise Misread(
            "a fourth %s has no defined result; the phone may crash",
            hint="%s stands for user name, password and server, in this order",
            code="too-many-placeholders",
        )
    if re.search(r"%(?!s)", text):
        raise Misread(
            "a '%' other than %s does not reach the server",
            hint="write '*' for '%', which MicroSIP turns into '%' (*20 for a space)",
            code="percent",
        )
    for field in re.findall(r"\{([^{}]*)\}", text):
        if field not in URL_FIELDS:
            raise Misread(
                f"MicroSIP does not replace {{{field}}}",
                hint="known: " + " ".join(f"{{{name}}}" for name in URL_FIELDS),
                code="unknown-placeholder",
            )
    return text


def sound_file(text: str) -> str:
    """The name or path of a .wav file; ``%VARIABLES%`` are expanded."""
    if not text.lower().endswith(".wav"):
        raise Misread("the ring tone must be a .wav file", hint="such as ringtone.wav")
    return text


def folder(text: str) -> str:
    """A folder; MicroSIP does not expand ``%VARIABLES%`` in it."""
    found = re.search(r"%[^%\\/]+%", text)
    if found:
        raise Misread(
            f"MicroSIP does not expand {found.group()} here",
            hint="write the whole path, or let the template fill it in",
            code="not-expanded",
        )
    return text


def dtmf_code(text: str) -> str:
    """Keys of the telephone pad: digits, ``*``, ``#`` and A to D."""
    if text.strip("0123456789*#ABCDabcd"):
        raise Misread("a feature code consists of telephone keys", hint="digits, * and #")
    return text
