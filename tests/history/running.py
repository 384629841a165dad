"""A verb on an ini, through the same way as every surface."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from microsip_config.job.job_run import run_job
from microsip_config.job.request import Edit, Job
from microsip_config.job.surroundings import of_this_process
from microsip_config.results import Result


def run(
    operation: str,
    ini: Path,
    *,
    flags: Mapping[str, str] | None = None,
    edits: Sequence[Edit] = (),
    **options: Any,
) -> Result:
    """The result of an operation; records are kept beside the folder of the ini."""
    given = {"ini": str(ini), "data_dir": str(ini.parent.parent / "data"), **options}
    return run_job(Job(operation, given, flags=flags or {}, edits=edits), of_this_process())


def ini_of(folder: Path, *lines: str) -> Path:
    """MicroSIP.ini in ``folder`` with these lines."""
    ini = folder / "MicroSIP.ini"
    text = "".join(f"{line}\r\n" for line in lines)
    ini.write_bytes(b"\xff\xfe" + text.encode("utf-16-le"))
    return ini
