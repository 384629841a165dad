"""Evaluates values with Jinja2 that are more than names. Imported only when needed.

The sandbox is an allow-list over the syntax tree: no calls, loops, assignments, macros, imports
or attributes of Python objects ever reach the compiler, and every operation has a bounded result.
Jinja2's own sandbox stays underneath.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from jinja2 import TemplateError, TemplateSyntaxError, UndefinedError, nodes
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from .. import errors
from ..limits import EXPRESSION, EXPRESSION_DEPTH, EXPRESSIONS, TEXT
from ..text import did_you_mean
from .filters import FILTERS, MAX_NUMBER, TESTS, NotAllowed, bounded_number, bounded_text
from .scope import Absent, Namespace, Scope, UndefinedName, as_text, is_name
from .undefined import Misfit, MisfitError, Undefined, part_of

_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.CondExpr, nodes.Name,
    nodes.Const, nodes.Getattr, nodes.Getitem, nodes.Slice, nodes.Filter, nodes.Test,
    nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Concat, nodes.Add,
    nodes.Sub, nodes.Mul, nodes.FloorDiv, nodes.Mod, nodes.Neg, nodes.Pos, nodes.List,
    nodes.Tuple, nodes.Keyword,
)  # fmt: skip
_NOT_ALLOWED: Mapping[type[nodes.Node], tuple[str, str]] = {
    nodes.Call: ("calls are not allowed", f"filters are {', '.join(sorted(FILTERS))}"),
    nodes.Div: ("'/' is not allowed", "'//' divides whole numbers"),
    nodes.Pow: ("'**' is not allowed", ""),
}


class Environment(ImmutableSandboxedEnvironment):
    """Jinja2 with the names, filters and limits of templates. ``absent``: the value had one."""

    intercepted_binops = frozenset(("+", "-", "*", "//", "%"))

    def __init__(self, scope: Scope) -> None:
        super().__init__(undefined=Undefined, finalize=self._finalize_value, cache_size=0)
        self.globals.clear()
        self.filters = dict(FILTERS)
        self.tests = dict(TESTS)
        self.scope = scope
        self.absent = False

    def _finalize_value(self, value: Any) -> str:
        if isinstance(value, Absent):
            self.absent = True
            return ""
        return as_text(value)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """An entry of a table; never an attribute of a Python object."""
        if isinstance(obj, Undefined):
            return part_of(obj, f".{attribute}")
        try:
            return self.scope.member(obj, attribute)
        except UndefinedName as missing:
            return Undefined(name=missing.args[0])
        except errors.VariableError as misfit:  # so that it can have a default, too
            if isinstance(obj, Namespace):
                raise
            return Misfit(misfit.message)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """An entry of a table, an item of a list or a character of a text; undefined if missing."""
        if isinstance(argument, str):
            # A name that was computed appears in errors, so it may not come from a secret.
            if self.scope.tainted:
                raise NotAllowed("[...] cannot look something up once a secret was used")
            return self.getattr(obj, argument)
        if type(argument) is not int:
            raise NotAllowed("[...] does not fit the type of the value before it")
        number = "..." if self.scope.tainted else str(argument)
        if isinstance(obj, Undefined):
            return part_of(obj, f"[{number}]")
        if not isinstance(obj, (str, list, tuple)):
            return Misfit("[...] does not fit the type of the value before it")
        try:
            return obj[argument]
        except IndexError:
            return Misfit(f"there is no item [{number}]: the value before it is shorter")

    def call_binop(self, _context: Context, operator: str, left: Any, right: Any) -> Any:
        """Whole numbers, and ``+`` for two texts; results are bounded."""
        for side in (left, right):
            if isinstance(side, Undefined):
                str(side)
        if operator == "+" and isinstance(left, str) and isinstance(right, str):
            return bounded_text(left + right)
        if type(left) is not int or type(right) is not int:
            raise NotAllowed(
                f"'{operator}' needs whole numbers",
                "the filter 'int' turns a text into a number; '~' joins texts",
            )
        operation = self.binop_table[operator]
        return bounded_number(operation(bounded_number(left), bounded_number(right)))


class Evaluator:
    """Evaluates the values of one rendering."""

    __slots__ = ("_environment", "_left", "_scope")

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._environment = Environment(scope)
        self._left = EXPRESSIONS

    def evaluate(self, source: str, hidden: bool) -> tuple[str | None, str]:
        """The text of ``source`` (None for ``absent``) and the names in it, for messages.

        :param hidden: ``source`` may contain a secret itself, so errors do not repeat any of it.
        :raises errors.TemplateError: syntax, something not allowed, or too much work.
        :raises errors.VariableError: a value of the wrong type.
        :raises UndefinedName: an undefined name.
        """
        try:
            return self._evaluate(source)
        except Exception as error:
            failure = _translated(error, hidden)
        # Raised out here, it carries no context: the frames inside contain values.
        raise failure

    def _evaluate(self, source: str) -> tuple[str | None, str]:
        self._left -= len(source)
        if self._left < 0:
            raise NotAllowed("the templates contain too many long expressions", "simplify them")
        environment = self._environment
        environment.absent = False
        tree = _checked(environment, source)
        names = names_in(tree)
        roots = {}
        for name in dict.fromkeys(dotted.split(".", 1)[0] for dotted in names):
            try:
                roots[name] = self._scope.find(name)
            except UndefinedName:
                continue  # Is undefined in the expression, which may test for that.
        text = environment.from_string(tree).render(roots)
        shown = ", ".join(name for name in names if name != "absent")
        if environment.absent:
            if text:
                str(Absent())
            return None, shown
        if len(text) > TEXT:
            raise NotAllowed(f"the value has more than {TEXT} characters")
        return text, shown


def checked_tree(source: str) -> nodes.Template:
    """The syntax tree of a value, for checks without variables; raises as `Evaluator.evaluate`."""
    try:
        return _checked(Environment(Scope({}, {})), source)
    except Exception as error:
        failure = _translated(error, hidden=True)
    raise failure


def names_in(tree: nodes.Node) -> list[str]:
    """The dotted names in an expression, in order, each once."""
    names: dict[str, None] = {}
    _collect_names(tree, names)
    return list(names)


def optional_names(tree: nodes.Template) -> set[str]:
    """The dotted names that have a default or are tested for being defined."""
    guarded: set[str] = set()
    for node in tree.find_all((nodes.Filter, nodes.Test)):
        if node.name in ("d", "default", "defined", "undefined") and node.node is not None:
            guarded.update(names_in(node.node))
    return guarded


def _collect_names(node: nodes.Node, names: dict[str, None]) -> None:
    dotted = _dotted(node)
    if dotted:
        names[dotted] = None
        return
    for child in node.iter_child_nodes():
        _collect_names(child, names)


def _dotted(node: nodes.Node) -> str:
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        before = _dotted(node.node)
        return f"{before}.{node.attr}" if before else ""
    return ""


def _translated(error: Exception, hidden: bool) -> Exception:
    """What to raise instead of ``error``: nothing of a value goes with it."""
    if isinstance(error, errors.VariableError):
        return errors.VariableError(error.message, hint=error.hint)
    if isinstance(error, UndefinedName):
        return UndefinedName(*error.args)
    if isinstance(error, MisfitError):
        return errors.VariableError(str(error.message), hint="give a default: | default(...)")
    if isinstance(error, UndefinedError):
        return UndefinedName(error.message)
    if isinstance(error, NotAllowed):
        return errors.TemplateError(error.message, hint=error.hint)
    if isinstance(error, TemplateSyntaxError):
        return _unreadable(error.message or "", hidden)
    if isinstance(error, (RecursionError, MemoryError)):
        return errors.TemplateError("the expression is nested too deeply", hint="simplify it")
    expected = (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, SyntaxError)
    if isinstance(error, expected):
        return errors.TemplateError(
            "the expression cannot be evaluated with these variables",
            hint="an operation does not fit the type of a value",
        )
    return error


def _unreadable(message: str, hidden: bool) -> errors.TemplateError:
    """The error of a value whose syntax is wrong; ``message`` is what Jinja2 says."""
    tags = re.search(r"looking for the following tags|unknown tag '(?:end|el)", message)
    if tags is not None:
        return errors.TemplateError(
            "a statement begins and ends in different values",
            hint="both go into one value: KEY = {% if name %}a{% else %}b{% endif %}",
        )
    unclosed = message.startswith("unexpected end of template")
    detail = ": it is not closed" if unclosed else "" if hidden else f": {message}"
    hint = "write {{ '{{' }} for two literal braces"
    if unclosed:
        hint = f"close it with '}}}}' or '%}}' in the same line, or {hint}"
    return errors.TemplateError(f"cannot read the expression{detail}", hint=hint)


# -- the allow-list ------------------------------------------------------------------------------


def _checked(environment: Environment, source: str) -> nodes.Template:
    if len(source) > EXPRESSION:
        raise NotAllowed(f"a value with an expression is longer than {EXPRESSION} characters")
    tree = environment.parse(source)
    _check(tree, 0)
    _ConstantItems().visit(tree)
    return tree


class _ConstantItems(NodeTransformer):
    """Makes ``a["b"]`` the same as ``a.b``."""

    def visit_Getitem(self, node: nodes.Getitem) -> nodes.Expr:  # noqa: N802
        self.generic_visit(node)
        if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
            return nodes.Getattr(node.node, node.arg.value, node.ctx, lineno=node.lineno)
        return node


def _check(node: nodes.Node, depth: int) -> None:
    if depth > EXPRESSION_DEPTH:
        raise RecursionError
    if not isinstance(node, _ALLOWED):
        if isinstance(node, nodes.Stmt):
            raise NotAllowed("only {% if %} is allowed: no loops, assignments, macros, includes")
        fault = (f"'{type(node).__name__.lower()}' is not allowed in an expression", "")
        raise NotAllowed(*_NOT_ALLOWED.get(type(node), fault))
    if isinstance(node, nodes.Name):
        _check_name(node.name)
        if node.ctx != "load" or node.name == "self":
            raise NotAllowed(f"'{node.name}' cannot be used here")
    elif isinstance(node, nodes.Getattr):
        _check_name(node.attr)
    elif isinstance(node, nodes.Const):
        if isinstance(node.value, (int, float)) and abs(node.value) > MAX_NUMBER:
            raise NotAllowed("a number is out of range")
    elif isinstance(node, (nodes.Filter, nodes.Test)):
        _check_filter(node)
    elif isinstance(node, nodes.Concat):
        # So that a switch or a list reads the same inside and outside of '~'.
        node.nodes = [nodes.Filter(n, "string", [], [], None, None) for n in node.nodes]
    for child in node.iter_child_nodes():
        _check(child, depth + 1)


def _check_name(name: str) -> None:
    if not is_name(name):
        raise NotAllowed(f"'{name}' is not a variable name", "a name begins with a letter, A to Z")


def _check_filter(node: nodes.Filter | nodes.Test) -> None:
    what, known = ("filter", FILTERS) if isinstance(node, nodes.Filter) else ("test", TESTS)
    if node.name not in known:
        hint = did_you_mean(node.name, known) or f"{what}s are {', '.join(sorted(known))}"
        raise NotAllowed(f"no {what} named '{node.name}'", hint)
    if node.dyn_args is not None or node.dyn_kwargs is not None:
        raise NotAllowed(f"the {what} '{node.name}' does not take '*'")
