"""``python -m tests.lint.doors [FOLDER]``: imports inside functions, allowed only at the doors.

A module imports at its top. What a run that changes nothing must not load is imported inside the
function that needs it, and such an import is a door: :data:`DOORS` names each, with its reason.
Anything else is reported as ``file:line``, and so is a door that no module uses any more.
``import_module`` and ``__import__`` count as imports wherever they are called. Imports under
``TYPE_CHECKING`` do not count. FOLDER holds the package (default: this repository).

Exit status: 0 if all is as the table says, else 1.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

PACKAGE = "microsip_config"
ROOT = Path(__file__).parents[2]
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
DYNAMIC = ("import_module", "__import__")


class Door(NamedTuple):
    """Modules within the package (without its name) by pattern, and what they may import late."""

    importer: str
    imported: str
    why: str


STDLIB = "the standard library's own start-up: only where it is used"
VERB = "a verb loads its own operation, and help loads none"
MISTAKE = "only where the command line is wrong"
NO_OP = "not needed by a run that changes nothing"

DOORS: tuple[Door, ...] = (
    *(
        Door("*", name, STDLIB)
        for name in (
            "ctypes",
            "datetime",
            "difflib",
            "getpass",
            "grp",
            "hashlib",
            "ipaddress",
            "json",
            "platform",
            "pwd",
            "resource",
            "shutil",
            "socket",
            "subprocess",
            "tempfile",
            "tomllib",
        )
    ),
    Door("*", "keyring*", "an extra, and slow"),
    Door("*", "platformdirs", "only where no folder is given"),
    Door("history.call_log", "sqlite3", "only where there is a call log"),
    Door("cli.output", "typer", "colours: only on a terminal"),
    Door("", "import_module(*)", "the public names, each loaded when it is first used"),
    Door("records.folder", "import_module(*)", "SHA-256 without OpenSSL, named by the version"),
    Door("cli", "cli.*", "the program's entry, before anything is read"),
    Door("cli.start", "cli.*", "--version needs none of them"),
    Door("cli.table", "cli.verbs.*", VERB),
    Door("cli.verbs.*", "*", VERB),
    Door("cli.completion", "*", "only a shell that completes asks"),
    Door("cli.invocation", "job.*", VERB),
    Door("cli.invocation", "cli.*", MISTAKE),
    Door("cli.invocation", "target.request", MISTAKE),
    Door("cli.invocation", "template.library", "only where a name has a pattern"),
    Door("job.*", "*", VERB),
    Door("operations.configurator", "*", VERB),
    Door("*", "secrets.redact", "only where there is a secret, or a bug"),
    Door("secrets.redact", "secrets.finder", "only where a text may hold a secret"),
    Door("operations.run", "operations.locked_run", NO_OP),
    Door("operations.phones", "*", "the phone of one system; a file without an exe needs none"),
    Door("planning.plan", "ini.document", NO_OP),
    Door("ini.document", "ini.engine", f"ConfigUpdater: {NO_OP}"),
    Door("planning.overlay", "schema.*", NO_OP),
    Door("records.passwords", "records.record", "only where there is a password"),
    Door("records.record", "records.record_format", NO_OP),
    Door("phone.documented", "schema", "the table of flags is read for help"),
    Door("planning.plan", "ini.appended", "only for repair"),
    Door("phone.wine", "target.hosts.wine", "only where a process is given a drive letter"),
    Door("template.render", "template.sandbox", "jinja2: only where a value is an expression"),
    Door("template.render", "template.commands", "only where there is a cmd* key"),
    Door("template.variables", "template.syntax", "only where a file is wrong"),
    Door("template.uses", "template.sandbox", "jinja2: only where a value is an expression"),
    Door("target*", "target.*", "only the way that the options ask for is loaded"),
    Door("system.windows.owners", "system.windows.worker", "only over another user's profile"),
    Door("system.windows.replace", "system.windows.inherit", NO_OP),
)


class LateImport(NamedTuple):
    """One import inside a function; modules of the package are named without it."""

    path: Path
    line: int
    importer: str
    imported: str


def late_imports(folder: Path) -> Iterator[LateImport]:
    """Every import inside a function of the package in ``folder``."""
    for path in sorted((folder / PACKAGE).rglob("*.py")):
        tree = ast.parse(path.read_bytes(), str(path))
        finder = _Finder(folder, path)
        finder.visit(tree)
        yield from finder.found


class _Finder(ast.NodeVisitor):
    def __init__(self, folder: Path, path: Path) -> None:
        self.folder, self.path = folder, path
        parts = path.relative_to(folder).with_suffix("").parts
        self.package = parts[:-1]
        self.module = ".".join(parts[1:-1] if parts[-1] == "__init__" else parts[1:])
        self.depth = 0
        self.found: list[LateImport] = []

    def generic_visit(self, node: ast.AST) -> None:
        inside = isinstance(node, FUNCTIONS)
        self.depth += inside
        super().generic_visit(node)
        self.depth -= inside

    def visit_If(self, node: ast.If) -> None:
        if not ast.unparse(node.test).endswith("TYPE_CHECKING"):
            self.generic_visit(node)
            return
        for statement in node.orelse:
            self.visit(statement)

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self.note(node, alias.name)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        above = self.package[: len(self.package) - node.level + 1] if node.level else ()
        base = ".".join((*above, *([node.module] if node.module else [])))
        for name in dict.fromkeys(self.imported(base, alias.name) for alias in node.names):
            self.note(node, name)

    def visit_Call(self, node: ast.Call) -> None:
        if ast.unparse(node.func).rpartition(".")[2] in DYNAMIC and node.args:
            argument = node.args[0]
            name = argument.value if isinstance(argument, ast.Constant) else ast.unparse(node)
            self.note(node, str(name), dynamic=True)
        self.generic_visit(node)

    def imported(self, base: str, name: str) -> str:
        """``from base import name``: a module of the package if there is one, else ``base``."""
        target = self.folder.joinpath(*base.split("."), name)
        return f"{base}.{name}" if target.is_dir() or target.with_suffix(".py").exists() else base

    def note(self, node: ast.stmt | ast.expr, imported: str, *, dynamic: bool = False) -> None:
        if self.depth or dynamic:
            name = imported.removeprefix(f"{PACKAGE}.")
            self.found.append(LateImport(self.path, node.lineno, self.module, name))


def complaints(folder: Path, doors: tuple[Door, ...] = DOORS) -> list[str]:
    """What differs from the table, a line each."""
    used: set[Door] = set()
    lines = []
    for late in late_imports(folder):
        fitting = {
            door
            for door in doors
            if fnmatchcase(late.importer, door.importer)
            and fnmatchcase(late.imported, door.imported)
        }
        used |= fitting
        if not fitting:
            where = f"{late.path.relative_to(folder)}:{late.line}"
            lines.append(f"{where}: {late.imported} is imported inside a function, not at a door")
    unused = [door for door in doors if door not in used]
    lines += [f"door without an import: {door.importer} -> {door.imported}" for door in unused]
    return lines


def main() -> int:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT
    lines = complaints(folder)
    print(*lines, sep="\n", end="\n" if lines else "")
    print(f"{len(lines)} imports differ from the doors" if lines else "every door is as declared")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
