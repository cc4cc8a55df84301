"""`@dynamic`: a task whose function calls tasks; the graph is known only when it runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property, partial
from typing import Any, ParamSpec, TypeVar, cast, overload

from jetbridge.errors import Location
from jetbridge.graph import Builder, Graph
from jetbridge.interface import Interface
from jetbridge.task import AnyTask, PythonFunctionTask, task
from jetbridge.types import TransformContext
from jetbridge.workflow_base import WorkflowBase

P = ParamSpec("P")
R = TypeVar("R")
NODE_PREFIX = "d"
"""flytekit's: the nodes of a dynamic task are `dn0`, `dn1`, …"""


@overload
def dynamic(function: Callable[P, R]) -> PythonFunctionTask[P, R]: ...


@overload
def dynamic(**options: Any) -> Callable[[Callable[P, R]], PythonFunctionTask[P, R]]: ...


def dynamic(function: Callable[..., Any] | None = None, **options: Any) -> Any:
    """Makes a dynamic workflow of a function: it gets values, and the tasks that it calls run afterwards.

    To the workflow that calls it, it is a task; the options are those of `@task`.

    Args:
        function: The function, when the decorator stands without parentheses.
        options: See `@task`.

    Raises:
        UsageError: options contradict each other, or there is no such option.

    Example:
        >>> from jetbridge import task
        >>> @task
        ... def double(n: int) -> int:
        ...     return 2 * n
        >>> @dynamic
        ... def powers(count: int) -> list[int]:
        ...     values = [1]
        ...     for _ in range(count):
        ...         values.append(double(n=values[-1]))
        ...     return values
        >>> powers(count=3)
        [1, 2, 4, 8]
    """
    if function is not None:
        return _dynamic(task(function))
    return partial(_decorated, task(**options))


def _decorated(decorate: Callable[[Callable[..., Any]], AnyTask], function: Callable[..., Any]) -> AnyTask:
    return _dynamic(decorate(function))


def _dynamic(plain: PythonFunctionTask[P, R]) -> PythonFunctionTask[P, R]:
    return PythonFunctionTask(plain.function, replace(plain.settings, dynamic=True))


class DynamicWorkflow(WorkflowBase):
    """The workflow that one run of a dynamic task makes; it has no inputs, because their values are in it.

    Attributes:
        task: The dynamic task.
        values: The values of its inputs.
        context: Where files of constants go.
    """

    def __init__(self, task: AnyTask, values: Mapping[str, object], context: TransformContext) -> None:
        self.task = task
        self.values = values
        self.context = context
        self.interruptible = bool(task.settings.interruptible)

    @property
    def name(self) -> str:
        """The dynamic task's."""
        return self.task.name

    @property
    def location(self) -> Location | None:
        """The dynamic task's."""
        return self.task.location

    @property
    def interface(self) -> Interface:
        """The dynamic task's outputs."""
        return replace(self.task.interface, inputs={})

    @property
    def graph(self) -> Graph:
        """The nodes that the function's calls made. Raises what the function raises."""
        return self._graph

    @cached_property
    def _graph(self) -> Graph:
        builder = Builder(
            what=f"dynamic task {self.name!r}",
            function=cast("Callable[..., object]", self.task.function),
            interface=self.interface,
            location=self.location,
            prefix=NODE_PREFIX,
            context=self.context,
        )
        return builder.build(self.values)
