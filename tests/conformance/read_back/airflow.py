"""Airflow's DAG files, as we write them, as a graph; read as Python's syntax, never imported.

Composite nodes (groups, branches, mapped operators) are not read yet: see `UNREAD`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from tests.conformance.read_back.graph import Edge, Graph, GraphNode
from tests.conformance.read_back.normal import binding_text, entrypoint_args, task_name

_NAME = r"'(?:[^'\\]|\\.)*'"
_INPUT = re.compile(
    r"json:\{\{ macros\.json\.dumps\(params\[(?P<name>" + _NAME + r")\]"
    r"(?: or dag_run\.run_after\.isoformat\(\))?\)(?: \| replace\([^{}]*\))? \}\}"
)
_QUOTED = re.compile(r"\{\{ (" + _NAME + r") \}\}")
UNREAD = frozenset({"sub-workflow", "branch", "map", "gate-sleep", "gate-signal", "gate-approve", "failure-node"})
"""Features whose files this reader does not read."""


def read(files: Mapping[str, bytes]) -> Graph:
    """The graph of the one DAG file."""
    (data,) = files.values()
    module = ast.parse(data)
    (block,) = (node for node in module.body if isinstance(node, ast.With))
    (item,) = block.items
    assert isinstance(item.context_expr, ast.Call)
    dag = _keywords(item.context_expr)
    nodes = {_target(each): _node(each, dag) for each in block.body if isinstance(each, ast.Assign)}
    before: dict[str, set[str]] = {name: set() for name in nodes}
    for first, second in (edge for each in block.body if isinstance(each, ast.Expr) for edge in _edges(each.value)):
        before[second].add(nodes[first].path)
    found = [replace(node, after=frozenset(map(Edge, before[name]))) for name, node in nodes.items()]
    return Graph(
        inputs=tuple(sorted(dag.get("params", {}))),
        nodes=tuple(sorted(found, key=lambda node: (node.path, node.kind))),
        outputs=(),
    )


def as_expected(graph: Graph) -> Graph:
    """A plan's graph without the outputs: the file has no word of them, `jetbridge run` reads them in the store."""
    return replace(graph, outputs=())


def _target(statement: ast.Assign) -> str:
    (target,) = statement.targets
    assert isinstance(target, ast.Name)
    return target.id


def _node(statement: ast.Assign, dag: Mapping[str, Any]) -> GraphNode:
    assert isinstance(statement.value, ast.Call)
    given = {**dag["default_args"], **_keywords(statement.value)}
    args = entrypoint_args(given) or given.get("arguments") or given["op_args"]
    # Kubernetes gives a container `$` for each `$$`.
    expanded = [arg.replace("$$", "$") for arg in args] if "arguments" in given else args
    binds = [arg.removeprefix("--bind=").partition("=") for arg in expanded if arg.startswith("--bind=")]
    (path,) = (arg.removeprefix("--node-path=") for arg in args if arg.startswith("--node-path="))
    timeout: timedelta | None = given.get("execution_timeout")
    return GraphNode(
        path=path,
        kind="task",
        runs=task_name(args),
        args=tuple(sorted((name, binding_text(_rendered(text))) for name, _, text in binds)),
        retries=given["retries"],
        seconds=None if timeout is None else timeout.total_seconds(),
    )


def _rendered(text: str) -> str:
    """A templated string as it is when it has been rendered, with the inputs as the bindings that they are."""
    named = _INPUT.sub(lambda match: f"inputs.{ast.literal_eval(match['name'])}", text)
    return _QUOTED.sub(lambda match: str(ast.literal_eval(match.group(1))), named)


def _edges(tree: ast.expr) -> Iterator[tuple[str, str]]:
    """The pairs of `a >> [b, c] >> d`."""
    assert isinstance(tree, ast.BinOp)
    assert isinstance(tree.op, ast.RShift)
    if isinstance(tree.left, ast.BinOp):
        yield from _edges(tree.left)
        left = _names(tree.left.right)
    else:
        left = _names(tree.left)
    yield from ((first, second) for first in left for second in _names(tree.right))


def _names(tree: ast.expr) -> list[str]:
    items = tree.elts if isinstance(tree, ast.List) else [tree]
    return [item.id for item in items if isinstance(item, ast.Name)]


def _keywords(call: ast.Call) -> dict[str, Any]:
    return {keyword.arg: _value(keyword.value) for keyword in call.keywords if keyword.arg is not None}


def _value(tree: ast.expr) -> Any:
    """Data; names and f-strings as text, a `timedelta` as itself, other calls as their keyword arguments."""
    return _VALUES[type(tree)](tree) if type(tree) in _VALUES else ast.unparse(tree)


def _dict(tree: ast.Dict) -> dict[str, Any]:
    return {
        key.value: _value(value)
        for key, value in zip(tree.keys, tree.values, strict=True)
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }


def _joined(tree: ast.JoinedStr) -> str:
    return "".join(str(_value(part)) for part in tree.values)


def _call(tree: ast.Call) -> Any:
    if isinstance(tree.func, ast.Name) and tree.func.id == "timedelta":
        return timedelta(**_keywords(tree))
    return {**_keywords(tree), "args": [_value(each) for each in tree.args]}


_VALUES: Mapping[type[ast.expr], Callable[[Any], Any]] = {
    ast.Constant: lambda tree: tree.value,
    ast.List: lambda tree: [_value(item) for item in tree.elts],
    ast.Dict: _dict,
    ast.JoinedStr: _joined,
    ast.FormattedValue: lambda tree: f"{{{ast.unparse(tree.value)}}}",
    ast.Call: _call,
}
