"""How much of anything is read and worked on: every limit on input, once.

Whoever may own a file, a template or a request may not stop a run or take the machine's memory
with it. What is beyond a limit is refused, and the message names the limit. Real input is far below
each of them. How much a value may hold is a fact of its key, in ``schema``.
"""

from __future__ import annotations

MIB = 1 << 20
KIB = 1 << 10

# --- microsip.ini ---
INI_BYTES = 4 * MIB
"""Of the file, and of its text as UTF-16LE; the phone's own files stay under 1 MiB."""
INI_LINES = 50_000
INI_ACCOUNTS = 1_000
"""Sections [AccountN]; the menu of the phone has room for 100."""
INI_SECTION = 255
"""Characters of the name of a section, which is said again with each of its keys."""

# --- templates: all that one run uses, bundled ones and those they extend included ---
TEMPLATE_BYTES = 256 * KIB
"""Of one template or variables file; real ones are a few kilobytes."""
TEMPLATES = 64
ALL_TEMPLATES = MIB
"""Characters."""
TEMPLATE_LINES = 20_000
TEMPLATE_SECTIONS = 1_000
IDENTITIES = 16
"""Different sets of keys by which sections find their accounts."""
EXTENDS = 64
"""Names in one ``extends``."""
EDITS = 2_000
"""Single changes; a phone has some 130 keys and 100 accounts."""
GUESSES = 20
"""Mistakes of one kind for which the nearest right name is looked up; later ones get no hint."""
GUESSED_AMONG = 1_000
"""Names among which the nearest one is looked for."""
ERRORS = 500
"""Errors after which the rest of a template is not looked at."""

# --- values ---
TEXT = 4_096
"""Characters of a variable, and of a rendered value; MicroSIP reads at most 1040 of any."""
EXPRESSION = 1_024
"""Characters of a value that is more than names and text."""
EXPRESSIONS = 32_768
"""Characters of all such values of a run, which bounds the time to compile them."""
EXPRESSION_DEPTH = 40

# --- variables ---
VARIABLES = 10_000
VARIABLE_DEPTH = 8
"""Tables in tables; ``a.b.c`` is two deep."""
VARIABLE_NAME = 255
"""Characters of one name, its tables included."""

# --- what is read along the way ---
CALLS_FILE_BYTES = 64 * MIB
"""Of the CSV file that calls are added to; a call has some 60."""
CALL_LOG_BYTES = 16 * MIB
"""Of call_log.db, and of its journal; the 1,000 calls that a phone keeps have some 300 KiB."""
CALLS = 50_000
"""Of call_log.db; at each start the phone keeps the newest 1,000."""
CALL_TEXT = 512
"""Characters of one text of a call; the rest is not shown."""
CALL_LOG_SECONDS = 5.0
"""For SQLite, to find the calls in it; real ones take some milliseconds."""
CALLS_TOLD = 20_000
"""Calls that are remembered as told while calls are followed."""
REQUEST_BYTES = 4 * MIB
REGISTRY_BYTES = 32 * MIB
"""Of user.reg or system.reg; Wine's own have some 5 MiB."""

# --- options ---
SECONDS = 86_400
"""The longest time that an option can ask for: a day."""
HIGHEST_ACCOUNT = 2_147_483_647
"""N of [AccountN], as the phone counts."""
LONGEST_PATH = 32_767
"""Characters; Windows takes no longer one."""

HOOK_SECONDS = 10.0
"""That the phone at its exit waits for the ``cmdCallEnd`` of each call that it ends."""

HOOKS = 16
"""Calls for which a stop waits that long, whatever the call log says."""
