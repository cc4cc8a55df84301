"""A map over a launch plan: each element is a run of its workflow, which may map again.

flytekit maps over tasks with `ArrayNodeMapTask`, and over launch plans and references with this (`core/array_node.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from jetbridge.entity import NodeSettings
from jetbridge.errors import CompileError, Problem, UsageError
from jetbridge.interface import NO_DEFAULT, Interface
from jetbridge.launch_plan import LaunchPlan
from jetbridge.reference import ReferenceLaunchPlan, ReferenceTask
from jetbridge.source import caller_location
from jetbridge.trace import current_trace

Target: TypeAlias = LaunchPlan | ReferenceLaunchPlan | ReferenceTask
TARGETS = (LaunchPlan, ReferenceLaunchPlan, ReferenceTask)


class ArrayNode:
    """A launch plan, or a reference, over the elements of lists. Use `map_task`.

    Attributes:
        target: What runs for each element.
        concurrency: The most elements at a time; 0 for all, None leaves it to the run.
        min_successes: How many elements must succeed; 0 where the ratio says it.
        min_success_ratio: Which part of the elements must succeed; None where the number says it.
        run_all_sub_nodes: Whether elements still start when too many have failed already.
    """

    def __init__(
        self,
        target: Target,
        *,
        concurrency: int | None,
        min_successes: int | None,
        min_success_ratio: float | None,
        run_all_sub_nodes: bool,
    ) -> None:
        self.target = target
        self.concurrency = concurrency
        self.min_successes = min_successes or 0
        self.min_success_ratio = (
            (1.0 if min_success_ratio is None else min_success_ratio) if not min_successes else None
        )
        self.run_all_sub_nodes = run_all_sub_nodes
        self._some_may_fail = self.min_success_ratio != 1  # None too: then a number of elements must succeed
        if len(target.interface.outputs) > 1:
            problem = Problem(
                code="InvalidValue",
                message=f"map_task() takes what has one output; {target.name!r} has more",
                location=caller_location(),
                hint="Return one dataclass.",
            )
            raise CompileError("the map cannot be built:", [problem])

    @property
    def name(self) -> str:
        """The target's name."""
        return self.target.name

    @property
    def interface(self) -> Interface:
        """Lists of what the target takes and gives, without what its launch plan fixes."""
        own = self.target.interface
        fixed: Mapping[str, object] = self.target.fixed_inputs if isinstance(self.target, LaunchPlan) else {}
        inputs = {
            name: replace(variable, python_type=list[variable.python_type], default=NO_DEFAULT)
            for name, variable in own.inputs.items()
            if name not in fixed
        }
        outputs = {
            name: replace(variable, python_type=self._listed(variable.python_type))
            for name, variable in own.outputs.items()
        }
        return Interface(inputs, outputs)

    def _listed(self, python_type: Any) -> Any:
        return list[python_type | None] if self._some_may_fail else list[python_type]

    @property
    def node_settings(self) -> NodeSettings:
        """The metadata of the node around the elements."""
        return NodeSettings(name=self.target.name)

    def __call__(self, *args: object, **kwargs: object) -> Any:
        trace = current_trace()
        if trace is None:
            raise UsageError(
                f"the map over {self.name!r} is called outside a workflow", hint="Call it in a `@workflow`."
            )
        return trace.call(self, args, kwargs)
