"""The register of every code that the program can give: severity, meaning, effect and fix.

Codes are the contract of ``--json`` (``errors``, ``warnings``, the findings of ``check``); each
has one row, in the module for its subject, and ``explain`` reads them. A code that nothing gives,
or one without a row, fails a test. Nothing on the path of an ``apply`` that changes nothing
imports this package.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from . import access, files, keys, phone, rules, runs, settings, templates
from .row import Code

FINDINGS: Mapping[str, Code] = MappingProxyType(
    {
        **files.CODES,
        **keys.NAMES,
        **keys.VALUES,
        **keys.FORMS,
        **settings.CODES,
        **rules.CODES,
    }
)
"""What ``check`` finds in a file: code -> its row."""

CODES: Mapping[str, Code] = MappingProxyType(
    {**FINDINGS, **access.CODES, **templates.CODES, **runs.CODES, **phone.CODES}
)
"""Every code -> its row."""
