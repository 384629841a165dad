"""``schema``: the JSON Schemas of what is read and printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...job.options import RECORDS, Option
from ..invocation import Invocation
from ..verb import Verb

if TYPE_CHECKING:
    from ...job.job_run import JobRun


def schema(invocation: Invocation) -> None:
    which = invocation.values["of"]
    result = invocation.perform(lambda run: _schema(run, which))
    if not result.errors:
        import json

        invocation.raw = json.dumps(result.data, indent=2) + "\n"


def _schema(run: JobRun, which: str) -> None:
    if which == "configuration":
        from ...schema.model import Configuration

        run.ledger.answer(Configuration.model_json_schema())
        return
    from ...job.schema import envelope_schema, job_schema

    run.ledger.answer(job_schema() if which == "job" else envelope_schema())


VERB = Verb(
    "schema",
    schema,
    "Print a JSON Schema. output: of what --json prints; job: of a request; configuration: of a "
    "microsip.ini.",
    groups=(RECORDS,),
    own=(
        Option(
            "of",
            "choice",
            "Which schema.",
            ("--for",),
            default="output",
            choices=("output", "job", "configuration"),
        ),
    ),
    examples=("microsip-config schema --for job",),
)
