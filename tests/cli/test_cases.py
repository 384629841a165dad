"""Each file in ``cases`` is one story: a file, a template, and what must come of it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from .conftest import Cli

CASES = sorted((Path(__file__).parent / "cases").glob("*.toml"))
DEFAULT_ENCODING = "utf-16-le with mark"


def encode(text: str, encoding: str, line_end: str) -> bytes:
    text = text.replace("\n", line_end)
    if encoding == DEFAULT_ENCODING:
        return b"\xff\xfe" + text.encode("utf-16-le")
    return text.encode(encoding)


@pytest.mark.parametrize("path", CASES, ids=[path.stem for path in CASES])
def test_case(path: Path, cli: Cli, tmp_path: Path) -> None:
    case: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    line_end = case.get("line_end", "\r\n")
    ini = tmp_path / "MicroSIP.ini"
    before = None
    if "ini" in case:
        before = encode(case["ini"], case.get("encoding", DEFAULT_ENCODING), line_end)
        ini.write_bytes(before)
    template = tmp_path / "case.ini"
    template.write_text(case.get("template", ""), "utf-8")
    arguments = [*case.get("arguments", ()), "--ini", str(ini), "--json"]
    verb = case.get("verb", "apply")

    planned = None
    if verb == "apply" and "--create" not in arguments:  # which is for verbs that write
        planned = cli("plan", template, *arguments).json
    assert (ini.read_bytes() if ini.exists() else None) == before, "plan changes nothing"
    outcome = cli(verb, *([template] if verb == "apply" else []), *arguments)

    result = outcome.json
    assert result["exit_code"] == case.get("exit_code", 0), result["errors"]
    errors = [(issue["code"], issue["where"]) for issue in result["errors"]]
    names = {"@ini": str(ini), "@template": str(template)}
    for error in case.get("errors", []):
        name, colon, line = error[1].partition(":")
        assert (error[0], names.get(name, name) + colon + line) in errors
    assert bool(errors) == bool(case.get("exit_code", 0))
    for word in case.get("says", []):
        assert word in str(result["errors"]) + str(result["warnings"])
    codes = {issue["code"] for issue in result["warnings"]}
    assert set(case.get("warnings", [])) <= codes
    if "changes" in case:
        found = [
            [c["section"], c["key"], c["action"], c["old"], c["new"]] for c in result["changes"]
        ]
        assert [[part if part is not None else "" for part in row] for row in found] == case[
            "changes"
        ]
    if case.get("exit_code", 0):
        assert not result["changed"]
        assert (ini.read_bytes() if ini.exists() else None) == before, "an error changes nothing"
        return
    if planned is not None:
        assert planned["changes"] == result["changes"]
        assert planned["exit_code"] == int(result["changed"])
    after = case.get("after")
    if after is None:
        assert ini.read_bytes() == before
        assert not result["changed"]
    else:
        text = after.replace("\n", line_end)
        assert ini.read_bytes()[2:].decode("utf-16-le", "surrogatepass") == text
        assert ini.read_bytes()[:2] == b"\xff\xfe"
        assert result["changed"]
    if verb == "apply":
        first = ini.stat()
        again = cli("apply", template, *arguments).json
        assert (again["changed"], again["changes"]) == (False, [])
        assert ini.stat().st_mtime_ns == first.st_mtime_ns
        assert ini.stat().st_ino == first.st_ino
