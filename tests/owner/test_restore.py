"""Root over another user's profile: folders that are made, and what is restored there."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import USER, Profile
from .test_process import run


@pytest.fixture
def fresh(profile: Profile) -> Profile:
    """A target that is not there yet, in folders that are not there either."""
    profile.ini = profile.home / "new" / "er" / "MicroSIP.ini"
    return profile


def test_folders_are_made_by_the_owner_and_the_file_goes_again(fresh: Profile) -> None:
    made = run(fresh, "set", "Settings.volumeRing=20", "--create")
    assert made["changed"], made["errors"]
    folder: Path = fresh.ini.parent
    for path in (fresh.ini, folder, folder.parent):
        assert path.stat().st_uid == USER
        assert path.stat().st_mode & 0o022 == 0

    run_id = made["run"]["id"]
    undone = run(fresh, "restore", "--run", run_id)
    assert undone["changed"], undone["errors"]
    assert not fresh.ini.exists()
    again = run(fresh, "restore", "--run", run_id)
    assert (again["changed"], again["exit_code"]) == (False, 0)


def test_templates_are_compared_without_secrets(profile: Profile, tmp_path: Path) -> None:
    template = tmp_path / "desk.ini"
    template.write_text("[Settings]\nvolumeRing = 33\n[Account1]\npassword = {{ secret.sip }}\n")
    found = run(profile, "check", str(template), "--ignore-secrets", "--var", "nobody=1")
    assert "volumeRing" in [change["key"] for change in found["changes"]]
    codes = {each["code"] for each in found["warnings"]}
    assert {"secrets-ignored", "unused-variable"} <= codes
