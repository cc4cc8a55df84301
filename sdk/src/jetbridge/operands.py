"""The promises of conditions under the names that FlyteIDL's operands have: `n2.o0`, `.a` for a workflow input."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from jetbridge.bindings import AttrPath
from jetbridge.expression import Comparison, Expression
from jetbridge.promise import Promise, promise_source

Source: TypeAlias = tuple[str, str, AttrPath]
"""Where a promise comes from: the node's id, the variable, the path of attributes."""


def source_of(promise: Promise) -> Source:
    """Where a promise comes from; a workflow input has no node id."""
    node, var, path = promise_source(promise)
    return "" if node is None else node.id, var, path


def operand_names(expressions: Iterable[Expression]) -> dict[Source, str]:
    """A name for each promise of the conditions, in the order in which they stand.

    It is flytekit's (`core/condition.py`), which leaves out the path of attributes; only where two attributes of one
    output are compared, so that flytekit would mistake one for the other, the path is part of the name.
    """
    promises = {source_of(promise): promise for expression in expressions for promise in promises_in(expression)}
    paths = Counter((node_id, var) for node_id, var, _ in promises)
    return {
        source: _name(promise, path=source[2] if paths[source[:2]] > 1 else ()) for source, promise in promises.items()
    }


def _name(promise: Promise, path: AttrPath) -> str:
    node, var, _ = promise_source(promise)
    return ".".join(["" if node is None else node.public_id, var, *(str(part) for part in path)])


def promises_in(expression: Expression) -> Iterator[Promise]:
    """Every promise of an expression, from left to right."""
    if isinstance(expression, Comparison):
        for operand in (expression.left, expression.right):
            if operand.promise is not None:
                yield operand.promise
        return
    yield from promises_in(expression.left)
    yield from promises_in(expression.right)
