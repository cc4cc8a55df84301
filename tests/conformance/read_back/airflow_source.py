"""A DAG file as Python's syntax: its tasks and groups with what they are given, never imported."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from typing import Any


@dataclass(frozen=True, slots=True)
class Function:
    """A name of the file, such as the function that a task calls."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """An operator.

    Attributes:
        variable: The variable that holds it.
        task_id: With those of the groups around it.
        operator: Its class.
        given: Its arguments, of a mapped one those of `partial`.
        over: The variable of the task whose list it is mapped over.
        group: The variable of the group around it.
    """

    variable: str
    task_id: str
    operator: str
    given: Mapping[str, Any]
    over: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A TaskGroup; `group` is the variable of the one around it."""

    variable: str
    group_id: str
    tooltip: str
    group: str = ""


@dataclass(slots=True)
class Source:
    """A file.

    Attributes:
        dag: The arguments of the DAG.
        tasks: By their variables, in the order of the file.
        groups: By their variables.
        upstream: What a task or a group waits for, by variables.
    """

    dag: Mapping[str, Any]
    tasks: dict[str, Task] = field(default_factory=dict[str, Task])
    groups: dict[str, Group] = field(default_factory=dict[str, Group])
    upstream: dict[str, list[str]] = field(default_factory=dict[str, "list[str]"])

    def children(self, group: str) -> list[Task | Group]:
        """What stands in a group itself; in no group for an empty name."""
        return [item for item in (*self.tasks.values(), *self.groups.values()) if item.group == group]


def parse(data: bytes) -> Source:
    """The one DAG of a file."""
    (block,) = (node for node in ast.parse(data).body if isinstance(node, ast.With))
    (item,) = block.items
    assert isinstance(item.context_expr, ast.Call)
    source = Source(_keywords(item.context_expr))
    _read(block.body, source, "", "")
    return source


def _read(body: list[ast.stmt], source: Source, group: str, prefix: str) -> None:
    for statement in body:
        match statement:
            case ast.Assign(targets=[ast.Name(variable)], value=ast.Call() as call):
                source.tasks[variable] = _task(variable, call, source, group, prefix)
            case ast.With(items=[ast.withitem(ast.Call() as call, ast.Name(variable))]):
                (name,) = map(_value, call.args)
                source.groups[variable] = Group(
                    variable=variable, group_id=prefix + name, tooltip=_keywords(call)["tooltip"], group=group
                )
                _read(statement.body, source, variable, f"{prefix}{name}.")
            case ast.Expr(value=tree):
                for before, after in _edges(tree):
                    source.upstream.setdefault(after, []).append(before)
            case ast.Pass():
                continue
            case _:
                raise AssertionError(ast.unparse(statement))


def _task(variable: str, call: ast.Call, source: Source, group: str, prefix: str) -> Task:
    over = ""
    if isinstance(call.func, ast.Attribute) and call.func.attr == "expand":
        ((_, over),) = ((keyword.arg, ast.unparse(keyword.value)) for keyword in call.keywords)
        assert isinstance(call.func.value, ast.Call)
        call = call.func.value
    operator = ast.unparse(call.func).removesuffix(".partial")
    given = {**source.dag["default_args"], **_keywords(call)}
    return Task(
        variable=variable,
        task_id=prefix + given["task_id"],
        operator=operator,
        given=given,
        over=over.removesuffix(".output"),
        group=group,
    )


def _edges(tree: ast.expr) -> Iterator[tuple[str, str]]:
    """The pairs of `a >> [b, c] >> d`, or of `chain(a, [b, c], d)`."""
    groups = _names_of_chain(tree)
    for before, after in pairwise(groups):
        yield from ((first, second) for first in before for second in after)


def _names_of_chain(tree: ast.expr) -> list[list[str]]:
    match tree:
        case ast.BinOp(left, ast.RShift(), right):
            return [*_names_of_chain(left), *_names_of_chain(right)]
        case ast.Call(func=ast.Name("chain"), args=args):
            return [names for each in args for names in _names_of_chain(each)]
        case ast.List(items):
            return [[ast.unparse(item) for item in items]]
        case ast.Name(name):
            return [[name]]
        case _:
            raise AssertionError(ast.unparse(tree))


def _keywords(call: ast.Call) -> dict[str, Any]:
    return {keyword.arg: _value(keyword.value) for keyword in call.keywords if keyword.arg is not None}


def _value(tree: ast.expr) -> Any:
    """Data; f-strings as text, a `timedelta` as itself, other calls as their arguments."""
    return _VALUES[type(tree)](tree)


def _dict(tree: ast.Dict) -> dict[str, Any]:
    return {_value(key): _value(value) for key, value in zip(tree.keys, tree.values, strict=True) if key is not None}


def _joined(tree: ast.JoinedStr) -> str:
    return "".join(str(_value(part)) for part in tree.values)


def _call(tree: ast.Call) -> Any:
    if isinstance(tree.func, ast.Name) and tree.func.id == "timedelta":
        return timedelta(**_keywords(tree))
    return {**_keywords(tree), "args": [_value(each) for each in tree.args]}


_VALUES: Mapping[type[ast.expr], Callable[[Any], Any]] = {
    ast.Constant: lambda tree: tree.value,
    ast.Name: lambda tree: Function(tree.id),
    ast.List: lambda tree: [_value(item) for item in tree.elts],
    ast.Dict: _dict,
    ast.JoinedStr: _joined,
    ast.FormattedValue: lambda tree: f"{{{ast.unparse(tree.value)}}}",
    ast.Call: _call,
    ast.UnaryOp: lambda tree: -_value(tree.operand),
}
