"""`map_task`: one task over the elements of lists."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property, partial
from typing import Any, TypeAlias, cast

from jetbridge.array_node import TARGETS, ArrayNode, Target
from jetbridge.entity import NodeSettings
from jetbridge.errors import CompileError, Location, Problem
from jetbridge.interface import Interface, Variable
from jetbridge.source import caller_location
from jetbridge.task import AnyTask, PythonFunctionTask
from jetbridge.template_task import TemplateTask
from jetbridge.trace import current_trace

Mappable: TypeAlias = "AnyTask | partial[Any]"


class ArrayNodeMapTask:
    """A task over the elements of lists. Use `map_task`.

    Attributes:
        task: What runs for each element.
        bound: Values that are the same for all elements, by input (those of `functools.partial`).
        concurrency: The most elements at a time; 0 for all, None leaves it to the run.
        min_successes: How many elements must succeed.
        min_success_ratio: Which part of the elements must succeed, from 0 to 1.
        run_all_sub_nodes: Whether elements still start when too many have failed already.
        location: The author's line.
    """

    def __init__(
        self,
        target: Mappable,
        *,
        concurrency: int | None = None,
        min_successes: int | None = None,
        min_success_ratio: float | None = 1.0,
        run_all_sub_nodes: bool = False,
    ) -> None:
        self.task, self.bound = _parts(target)
        self.concurrency = concurrency
        self.min_successes = min_successes
        self.min_success_ratio = min_success_ratio
        self.run_all_sub_nodes = run_all_sub_nodes
        self.location = caller_location()
        _check(self.task, self.bound, min_success_ratio)

    @property
    def name(self) -> str:
        """The map's name in FlyteIDL: flytekit's, from the task's name and the options."""
        options = f"{self.bound_inputs}{self.concurrency}{self.min_successes}{self.min_success_ratio}"
        digest = hashlib.md5(options.encode(), usedforsecurity=False).hexdigest()
        return f"{self.task.module_name}.map_{self.task.short_name}_{digest}-arraynode"

    @property
    def bound_inputs(self) -> str:
        """The names of the bound inputs, sorted, with commas between."""
        return ",".join(sorted(self.bound))

    @property
    def interface(self) -> Interface:
        """Lists of what the task takes and gives; None stands for failed elements where some may fail."""
        return self._interface

    @cached_property
    def _interface(self) -> Interface:
        inner = self.task.interface
        inputs = {name: self._input(name, variable) for name, variable in inner.inputs.items()}
        outputs = {
            name: replace(variable, python_type=self._output(variable)) for name, variable in inner.outputs.items()
        }
        return Interface(inputs, outputs)

    def _input(self, name: str, variable: Variable) -> Variable:
        if name in self.bound:
            return replace(variable, default=self.bound[name])
        return Variable(list[variable.python_type])

    def _output(self, variable: Variable) -> Any:
        some_may_fail = self.min_success_ratio != 1  # None too: then a number of elements must succeed
        return list[variable.python_type | None] if some_may_fail else list[variable.python_type]

    @property
    def node_settings(self) -> NodeSettings:
        """The metadata of the node around the elements; retries and the like are those of the elements."""
        return NodeSettings(name=self.name)

    def __call__(self, *args: object, **kwargs: object) -> Any:
        trace = current_trace()
        if trace is not None:
            return trace.call(self, args, {**self.bound, **kwargs})
        from jetbridge.local_call import call_map

        return call_map(self, args, kwargs)

    def __repr__(self) -> str:
        return f"<map of {self.task!r}>"


def map_task(
    target: Mappable | Target,
    concurrency: int | None = None,
    min_successes: int | None = None,
    min_success_ratio: float | None = None,
    run_all_sub_nodes: bool = False,
) -> Any:
    """A task or launch plan that runs once for each element of the lists it is given.

    A map of a map is a map over a launch plan whose workflow maps: FlyteIDL has no shorter form.

    Args:
        target: The task; `functools.partial(task, x=…)` gives the same `x` to all elements. Or a launch plan, then to
            be called in a workflow.
        concurrency: The most elements at a time; 0 for all, None leaves it to the run.
        min_successes: How many elements must succeed. flytekit loses it unless `min_success_ratio=None` is given too.
        min_success_ratio: Which part of the elements must succeed, from 0 to 1; all without. Where some may fail, the
            output is a list with None for those that did.
        run_all_sub_nodes: Whether elements still start when too many have failed already.

    Raises:
        CompileError: the target is no task, is dynamic, has several outputs, or does not have a bound input.

    Example:
        >>> from functools import partial
        >>> from jetbridge import task
        >>> @task
        ... def scale(n: int, factor: int) -> int:
        ...     return n * factor
        >>> map_task(partial(scale, factor=10))(n=[1, 2])
        [10, 20]
    """
    if min_successes is not None and min_success_ratio is not None:
        raise _error("map_task() is given both min_successes and min_success_ratio", "Give one of the two.")
    ratio = 1.0 if min_successes is None and min_success_ratio is None else min_success_ratio
    make: Any = ArrayNode if isinstance(target, TARGETS) else ArrayNodeMapTask
    return make(
        target,
        concurrency=concurrency,
        min_successes=min_successes,
        min_success_ratio=ratio,
        run_all_sub_nodes=run_all_sub_nodes,
    )


def _parts(target: Mappable) -> tuple[AnyTask, Mapping[str, object]]:
    inner = target.func if isinstance(target, partial) else target
    if isinstance(target, partial) and target.args:
        raise _error("functools.partial gives inputs of a map by position", "Give them by name: `partial(task, x=…)`.")
    if not isinstance(inner, PythonFunctionTask) or isinstance(inner, TemplateTask):
        raise _error(
            f"map_task() takes a task, not {inner!r:.80}",
            "Decorate the function with `@task`; map over a launch plan of a workflow for more than one task.",
        )
    return cast("AnyTask", inner), dict(target.keywords) if isinstance(target, partial) else {}


def _check(task: AnyTask, bound: Mapping[str, object], min_success_ratio: float | None) -> None:
    if task.settings.dynamic:
        raise _error(f"map_task() cannot take the dynamic task {task.name!r}", "Map inside the dynamic task instead.")
    if len(task.interface.outputs) > 1:
        raise _error(f"map_task() takes tasks with one output; {task.name!r} has more", "Return one dataclass.")
    for name in bound:
        if name not in task.interface.inputs:
            raise _error(f"{task.name!r} has no input {name!r} to bind", f"It has: {', '.join(task.interface.inputs)}.")
    if min_success_ratio is not None and not 0 <= min_success_ratio <= 1:
        raise _error(f"min_success_ratio={min_success_ratio} is not between 0 and 1", "Give a part, such as 0.9.")


def _error(message: str, hint: str) -> CompileError:
    location: Location | None = caller_location()
    problem = Problem(code="InvalidValue", message=message, location=location, hint=hint)
    return CompileError("the map cannot be built:", [problem])
