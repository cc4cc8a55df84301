"""What every workflow has, whether a function or calls build it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any

from jetbridge.entity import Entity, NodeSettings, last_name
from jetbridge.errors import Location
from jetbridge.interface import Interface
from jetbridge.launch_options import Options
from jetbridge.trace import current_trace

if TYPE_CHECKING:
    from jetbridge.graph import Graph


class WorkflowFailurePolicy(Enum):
    """What happens to the other nodes when one has failed; the run has failed in both cases.

    Values are those of FlyteIDL's `WorkflowMetadata.OnFailurePolicy`.
    """

    FAIL_IMMEDIATELY = 0
    FAIL_AFTER_EXECUTABLE_NODES_COMPLETE = 1


class WorkflowBase:
    """A workflow. Calling it in another workflow adds a node; calling it elsewhere runs it.

    Attributes:
        interruptible: The default for the nodes.
        docs: A description instead of the docstring.
        failure_policy: What happens to the other nodes when one has failed.
        on_failure: What runs when a node has failed.
        module: The module that defines it.
        default_options: What its default launch plan says.
    """

    interruptible: bool = False
    docs: str = ""
    failure_policy: WorkflowFailurePolicy = WorkflowFailurePolicy.FAIL_IMMEDIATELY
    on_failure: Entity | None = None
    module: str = ""
    default_options: Options = Options()

    @property
    def name(self) -> str:
        """The workflow's name in FlyteIDL."""
        raise NotImplementedError

    @property
    def interface(self) -> Interface:
        """Inputs and outputs."""
        raise NotImplementedError

    @property
    def graph(self) -> Graph:
        """The nodes and outputs, with the problems of each call."""
        raise NotImplementedError

    @property
    def location(self) -> Location | None:
        """The author's line."""
        return None

    @property
    def docstring(self) -> str | None:
        """What the author wrote about it; None where there is no place to write."""
        return None

    @property
    def short_name(self) -> str:
        """The last part of the name."""
        return last_name(self.name)

    @property
    def node_settings(self) -> NodeSettings:
        """The metadata of a node that runs this workflow."""
        return NodeSettings(name=self.short_name, interruptible=self.interruptible)

    def invoke(self, args: tuple[object, ...], kwargs: Mapping[str, object]) -> Any:
        """What a call means: a node where a workflow is being built, else a run in this process."""
        trace = current_trace()
        if trace is not None:
            return trace.call(self, args, kwargs)
        from jetbridge.local_call import call_workflow

        return call_workflow(self, args, kwargs)

    def __repr__(self) -> str:
        return f"<workflow {self.name}>"
