"""Building a workflow: its function runs once, with promises, and each call of a task or workflow becomes a node.

The trace under way is in a context variable, because a call such as `load()` has no argument that could carry it
(docs/adr/0003). Nothing else in the library is ambient.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, cast

from jetbridge.binding_data import bind_value
from jetbridge.errors import JetbridgeError, Location, Problem
from jetbridge.idl import BindingData, Error, Scalar
from jetbridge.interface import Variable
from jetbridge.node import Node
from jetbridge.promise import Promise, VoidPromise, order
from jetbridge.source import caller_location
from jetbridge.suggest import did_you_mean
from jetbridge.types import TransformContext

if TYPE_CHECKING:
    from jetbridge.entity import Entity


# Stands for a value that cannot be bound, so that the compiler does not report the input a second time.
REPORTED = BindingData(scalar=Scalar(error=Error()))


class Trace:
    """The nodes and problems of one workflow, in the order of the calls.

    Calls inside a branch go into a scope of its own, where flytekit numbers nodes from `n0` again.

    Args:
        prefix: What stands before the nodes' ids: `d` in a dynamic task, `f` for a failure node.
        context: Where files of constants go, in a dynamic task.
    """

    def __init__(self, prefix: str = "", context: TransformContext | None = None) -> None:
        self.nodes: list[Node] = []
        self.problems: list[Problem] = []
        self.context = context
        self._prefix = prefix
        self._scopes: list[tuple[str, list[Node]]] = [("", self.nodes)]
        self._counter = 0

    def call(self, entity: Entity, args: tuple[object, ...], kwargs: Mapping[str, object]) -> Any:
        """Adds a node for one call and returns its promises; what is wrong with the call becomes a problem."""
        location = caller_location()
        given = self._arguments(entity, args, kwargs, location)
        bindings = {
            name: binding
            for name, variable in entity.interface.inputs.items()
            if (binding := self._bind(entity, name, variable, given, location)) is not None
        }
        return promises_of(self.add(entity, bindings, location), entity.interface.outputs)

    def add(self, entity: Entity, bindings: Mapping[str, BindingData], location: Location | None) -> Node:
        """Adds a node whose inputs are bound already."""
        path, nodes = self._scopes[-1]
        unique = f"{path}{self._count()}/" if path else ""
        node = Node(f"{unique}{self._prefix}n{len(nodes)}", entity, bindings, location)
        nodes.append(node)
        return node

    def open_scope(self) -> list[Node]:
        """Starts a scope: the nodes of the calls until it is closed."""
        nodes: list[Node] = []
        self._scopes.append((f"branch{self._count()}/", nodes))
        return nodes

    def close_scope(self) -> None:
        """Ends the innermost scope."""
        self._scopes.pop()

    def _count(self) -> int:
        self._counter += 1
        return self._counter

    @property
    def depth(self) -> int:
        """How many scopes are open."""
        return len(self._scopes) - 1

    def lift(self, nodes: list[Node]) -> None:
        """Moves nodes of the innermost scope to the one around it: a condition is computed before its branches."""
        inside, around = self._scopes[-1][1], self._scopes[-2][1]
        for node in nodes:
            inside.remove(node)
            if node.public_id == node.id.rpartition("/")[2]:
                node.public_id = f"{self._prefix}n{len(around)}"
            around.append(node)

    def problem(self, code: str, message: str, location: Location | None, hint: str) -> None:
        """Keeps something that is wrong."""
        self.problems.append(Problem(code=code, message=message, location=location, hint=hint))

    def _arguments(
        self, entity: Entity, args: tuple[object, ...], kwargs: Mapping[str, object], where: Location | None
    ) -> dict[str, object]:
        names = list(entity.interface.inputs)
        unknown = [name for name in kwargs if name not in entity.interface.inputs]
        for name in unknown:
            self.problem(
                "VariableNameNotFound", f"{entity.name!r} has no input {name!r}", where, did_you_mean(name, names)
            )
        if len(args) > len(names):
            message = f"{entity.name!r} takes {len(names)} inputs, {len(args)} were given by position"
            self.problem("VariableNameNotFound", message, where, "Give inputs by name.")
        positional = dict(zip(names, args, strict=False))
        for name in positional.keys() & kwargs.keys():
            message = f"input {name!r} of {entity.name!r} is bound twice, by position and by name"
            self.problem("ParameterBoundMoreThanOnce", message, where, "Give inputs by name.")
        return positional | {name: value for name, value in kwargs.items() if name not in unknown}

    def _bind(
        self,
        entity: Entity,
        name: str,
        variable: Variable,
        given: Mapping[str, object],
        where: Location | None,
    ) -> BindingData | None:
        value = given.get(name, variable.default)
        if name not in given and variable.required:
            if not variable.optional:
                return None
            value = None
        try:
            return bind_value(value, variable.python_type, self.context)
        except JetbridgeError as error:
            message = f"input {name!r} of {entity.name!r}: {error.message}"
            self.problem("MismatchingTypes", message, where, error.hint)
            return REPORTED


_CURRENT: ContextVar[Trace | None] = ContextVar("jetbridge_trace", default=None)


def current_trace() -> Trace | None:
    """The workflow under construction, if any."""
    return _CURRENT.get()


@contextmanager
def tracing(trace: Trace) -> Generator[Trace]:
    """Makes calls of tasks and workflows build nodes of the trace, until the block ends."""
    token = _CURRENT.set(trace)
    try:
        yield trace
    finally:
        _CURRENT.reset(token)


def promises_of(node: Node, outputs: Mapping[str, Variable]) -> Any:
    """What a call returns: nothing but order, one promise, or a tuple with the outputs' names."""
    if not outputs:
        return VoidPromise(node)
    promises = [Promise(node, name) for name in outputs]
    if len(promises) == 1 and not node.entity.interface.several_outputs:
        return promises[0]
    return promise_tuple(promises, list(outputs), node)


def promise_tuple(promises: list[Promise], names: list[str], node: Node) -> Any:
    """A named tuple of promises that can be ordered and overridden like a single one."""
    base = cast("Any", namedtuple("Outputs", names, rename=True))  # pyright: ignore[reportUntypedNamedTuple] -- names are known only here

    class Outputs(base):
        __slots__ = ()

        def __rshift__(self, other: Any) -> Any:
            order(self, other)
            return other

        def with_overrides(self, **overrides: Any) -> Any:
            node.override(**overrides)
            return self

    return Outputs(*promises)
