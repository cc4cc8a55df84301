"""Building a workflow: its function runs once, with promises, and each task call becomes a node.

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

if TYPE_CHECKING:
    from jetbridge.task import AnyTask


# Stands for a value that cannot be bound, so that the compiler does not report the input a second time.
REPORTED = BindingData(scalar=Scalar(error=Error()))


class Trace:
    """The nodes and problems of one workflow, in the order of the calls."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.problems: list[Problem] = []

    def call(self, task: AnyTask, args: tuple[object, ...], kwargs: Mapping[str, object]) -> Any:
        """Adds a node for one call of a task and returns its promises; what is wrong with it becomes a problem."""
        location = caller_location()
        given = self._arguments(task, args, kwargs, location)
        bindings = {
            name: binding
            for name, variable in task.interface.inputs.items()
            if (binding := self._bind(task, name, variable, given, location)) is not None
        }
        node = Node(f"n{len(self.nodes)}", task, bindings, location)
        self.nodes.append(node)
        return promises_of(node, task.interface.outputs)

    def _arguments(
        self, task: AnyTask, args: tuple[object, ...], kwargs: Mapping[str, object], where: Location | None
    ) -> dict[str, object]:
        names = list(task.interface.inputs)
        unknown = [name for name in kwargs if name not in task.interface.inputs]
        for name in unknown:
            self._problem(
                "VariableNameNotFound", f"{task.name!r} has no input {name!r}", where, did_you_mean(name, names)
            )
        if len(args) > len(names):
            message = f"{task.name!r} takes {len(names)} inputs, {len(args)} were given by position"
            self._problem("VariableNameNotFound", message, where, "Give inputs by name.")
        positional = dict(zip(names, args, strict=False))
        for name in positional.keys() & kwargs.keys():
            message = f"input {name!r} of {task.name!r} is bound twice, by position and by name"
            self._problem("ParameterBoundMoreThanOnce", message, where, "Give inputs by name.")
        return positional | {name: value for name, value in kwargs.items() if name not in unknown}

    def _bind(
        self,
        task: AnyTask,
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
            return bind_value(value, variable.python_type)
        except JetbridgeError as error:
            message = f"input {name!r} of {task.name!r}: {error.message}"
            self._problem("MismatchingTypes", message, where, error.hint)
            return REPORTED

    def _problem(self, code: str, message: str, location: Location | None, hint: str) -> None:
        self.problems.append(Problem(code=code, message=message, location=location, hint=hint))


_CURRENT: ContextVar[Trace | None] = ContextVar("jetbridge_trace", default=None)


def current_trace() -> Trace | None:
    """The workflow under construction, if any."""
    return _CURRENT.get()


@contextmanager
def tracing() -> Generator[Trace]:
    """Makes task calls build nodes, until the block ends."""
    trace = Trace()
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
    if len(promises) == 1 and not node.task.interface.several_outputs:
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
