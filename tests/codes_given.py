"""Every code that the source gives, read off its syntax trees.

A code is a string that lands in something named ``code``: a keyword or parameter of that name, a
field of a tuple or class, a variable. Where it comes from another function or a table, the string
is there, in kebab case, and the register says which of them are codes.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "microsip_config"
CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_NAMES = {"code", "codes"}


def trees() -> dict[str, ast.Module]:
    """Path below the package -> syntax tree, without the register itself."""
    return {
        path.relative_to(SOURCE).as_posix(): ast.parse(path.read_text("utf-8"))
        for path in sorted(SOURCE.rglob("*.py"))
        if "codes" not in path.relative_to(SOURCE).parts
    }


def given() -> dict[str, str]:
    """Code -> one ``file:line`` that gives it."""
    found: dict[str, str] = {}
    all_trees = trees()
    everywhere = {
        called: position
        for tree in all_trees.values()
        for called, position in _positions(tree)
        if not called.startswith("_")
    }
    unpacked = {place for tree in all_trees.values() for place in _unpacked(tree)}
    for name, tree in all_trees.items():
        positions = everywhere | dict(_positions(tree))
        for value in _returned(tree, unpacked):
            for text in filter(CODE.fullmatch, _texts(value)):
                found.setdefault(text, f"{name}:{value.lineno}")
        for node in ast.walk(tree):
            for value in _landing(node, positions):
                for text in filter(CODE.fullmatch, _texts(value)):
                    found.setdefault(text, f"{name}:{value.lineno}")
    return found


def strings(module: str = "") -> set[str]:
    """Every string literal of the source outside the register, or of one ``module`` of it."""
    return {
        node.value
        for name, tree in trees().items()
        if module in {"", name}
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def _positions(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Function or class -> the position of its parameter or field ``code``."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            names = [arg.arg for arg in node.args.args if arg.arg not in {"self", "cls"}]
        elif isinstance(node, ast.ClassDef):
            names = [
                field.target.id
                for field in node.body
                if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
            ]
        else:
            continue
        if "code" in names:
            yield node.name, names.index("code")


def _landing(node: ast.AST, positions: dict[str, int]) -> Iterator[ast.expr]:
    """The expressions in ``node`` whose value becomes a code."""
    if isinstance(node, ast.Call):
        yield from (part.value for part in node.keywords if part.arg == "code")
        called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        called = node.func.id if isinstance(node.func, ast.Name) else called
        position = positions.get(called)
        if position is not None and position < len(node.args):
            yield node.args[position]
    elif isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if any(isinstance(target, ast.Name) and target.id in _NAMES for target in targets):
            yield from filter(None, [node.value])
    elif isinstance(node, ast.FunctionDef):
        both = zip(reversed(node.args.args), reversed(node.args.defaults), strict=False)
        yield from (default for arg, default in both if arg.arg == "code")


def _unpacked(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Function -> which part of its answer is taken for a code, as in ``code, _ = function()``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            called = node.value.func
            name = called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")
            for target in node.targets:
                for index, part in enumerate(getattr(target, "elts", ())):
                    if isinstance(part, ast.Name) and part.id in _NAMES:
                        yield name, index


def _returned(tree: ast.Module, unpacked: set[tuple[str, int]]) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            parts = [index for name, index in unpacked if name == node.name]
            for inner in ast.walk(node):
                if isinstance(inner, ast.Return) and isinstance(inner.value, ast.Tuple):
                    yield from (inner.value.elts[index] for index in parts)


def _texts(value: ast.expr) -> Iterator[str]:
    if isinstance(value, ast.Constant):
        if isinstance(value.value, str) and value.value:
            yield value.value
    elif isinstance(value, ast.IfExp):
        yield from _texts(value.body)
        yield from _texts(value.orelse)
    elif isinstance(value, (ast.List, ast.Tuple, ast.Set)):
        for element in value.elts:
            yield from _texts(element)
    elif isinstance(value, ast.BinOp):
        yield from _texts(value.left)
        yield from _texts(value.right)
