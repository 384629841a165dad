"""One request from any surface -> one redacted result.

A surface (the command line, an engine) turns its request into a ``request.Job``, has it run
by ``job_run.run_job`` and shows the ``results.Result``.
"""
