"""The plan: a workflow as every translator reads it, made from the FlyteIDL closure by one pure function.

It is never stored and never built by users, and it holds nothing that the closure lacks. A workflow is a tree: a
`SubWorkflow` holds the body of another one, shared by all that use it; a `Branch` and a `MapNode` hold the nodes that
they run. In a body every reference is to a node of the same body, or to an input of it; `plan.inline` gives the same
tree with all references and paths as they are in a run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeAlias

from jetbridge.bindings import AttrPath, Bind, Condition
from jetbridge.errors import Location
from jetbridge.idl import Literal, LiteralType, TaskTemplate
from jetbridge_translators.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """A workflow input; `default` is absent where a value is required, `fixed` where nobody may set it."""

    name: str
    type: LiteralType
    default: Literal | None = None
    fixed: bool = False
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """A workflow output and where it comes from."""

    name: str
    type: LiteralType
    bind: Bind


@dataclass(frozen=True, slots=True)
class Control:
    """What an engine must know of a value to go on: the value itself for a condition, or a list's length for a map.

    Attributes:
        kind: `value` or `size`.
        var: The output or input that holds it.
        attr_path: The attribute of it.
    """

    kind: str
    var: str
    attr_path: AttrPath = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """What all nodes have.

    Attributes:
        id: The node id, unique in its body.
        path: The node's path below the folder of its body, such as `n0`; `n2/n0` in a branch, `n2` for all of a map.
        name: A readable name, unique in its body (a Python identifier): `fit`, or `fit_n2` where `fit` occurs twice.
        args: The binding of each input that has one.
        after: Ids of the nodes of the same body that must have succeeded before.
        location: The author's line.
        controls: What the engine must know of the node's outputs.
    """

    id: str
    path: str
    name: str
    args: Mapping[str, Bind]
    after: tuple[str, ...]
    location: Location | None
    controls: tuple[Control, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step(Node):
    """A node that runs a task.

    Attributes:
        task_type: FlyteIDL's task type.
        template: The task.
        retries: How often another attempt may follow a recoverable failure.
        timeout: The longest time of one attempt; None for no limit.
        interruptible: Whether the attempt may run where it can be pre-empted; None when the author did not say.
        work: What the node asks of the back end.
    """

    task_type: str
    template: TaskTemplate
    retries: int
    timeout: timedelta | None
    interruptible: bool | None
    work: Work


@dataclass(frozen=True, slots=True, kw_only=True)
class SubWorkflow(Node):
    """A node that runs a workflow; its data lies in the folder `path`."""

    body: Body


@dataclass(frozen=True, slots=True)
class Case:
    """A condition of a branch, and the node that runs where it is the first that holds."""

    condition: Condition
    node: AnyNode


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch(Node):
    """A choice between nodes.

    Attributes:
        cases: In the order in which they are tried.
        otherwise: What runs where none holds.
        error: The author's message for a run in which none holds; empty where there is an `otherwise`.
        outputs: The outputs that all of the nodes have.
    """

    cases: tuple[Case, ...]
    otherwise: AnyNode | None
    error: str
    outputs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MapNode(Node):
    """A task run for each item of its lists; the data of element `i` lies in the folder `<path>/<i>`.

    Attributes:
        element: The task; its `args` are the whole lists.
        mapped: The inputs of which each element gets its own item, sorted; the others are the same for all.
        parallelism: How many elements may run at a time; 0 for no limit.
        min_successes: How many elements must succeed; None where `min_success_ratio` says it.
        min_success_ratio: Which share of the elements must succeed.
    """

    element: Step
    mapped: tuple[str, ...]
    parallelism: int
    min_successes: int | None
    min_success_ratio: float

    @property
    def over(self) -> Bind:
        """The list that tells how many elements there are."""
        return self.args[self.mapped[0]]

    @property
    def lists(self) -> tuple[Bind, ...]:
        """All that is mapped over, each once; they must be of one length."""
        return tuple(dict.fromkeys(self.args[name] for name in self.mapped))

    @property
    def partial(self) -> bool:
        """Whether the node can succeed although elements fail."""
        return self.min_successes is not None or self.min_success_ratio < 1


@dataclass(frozen=True, slots=True)
class Sleep:
    """A gate that opens by itself."""

    duration: timedelta


@dataclass(frozen=True, slots=True)
class Signal:
    """A gate that opens with a value from a person, which becomes the node's output `output`."""

    signal_id: str
    type: LiteralType
    output: str


@dataclass(frozen=True, slots=True)
class Approval:
    """A gate that a person opens or not; the node's inputs become its outputs."""

    signal_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate(Node):
    """A node that waits; `timeout` is how long, None for as long as it takes."""

    wait: Sleep | Signal | Approval
    timeout: timedelta | None


AnyNode: TypeAlias = Step | SubWorkflow | Branch | MapNode | Gate


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When a launch plan runs by itself: a cron expression of five fields or an alias, or a constant delay."""

    cron: str = ""
    rate: timedelta | None = None
    kickoff_time_input: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """Who is told by e-mail when a run has ended in one of these ways; Slack and PagerDuty have addresses too.

    Attributes:
        phases: FlyteIDL's names: `SUCCEEDED`, `FAILED`, `ABORTED`, `TIMED_OUT`.
        recipients: E-mail addresses.
    """

    phases: tuple[str, ...]
    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A workflow: nodes in topological order.

    Attributes:
        name: The workflow's name, such as `penguins.pipeline`.
        description: The first line of the author's documentation.
        failure_node: What runs when a node has failed for good.
        controls: What the engine must know of the inputs: whoever starts the body tells it.
        exports: What the engine must know of the outputs: the body tells whoever started it.
    """

    name: str
    description: str
    inputs: tuple[Input, ...]
    nodes: tuple[AnyNode, ...]
    outputs: tuple[Output, ...]
    failure_node: AnyNode | None = None
    controls: tuple[Control, ...] = ()
    exports: tuple[Control, ...] = ()

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every task node in the tree; those of a shared body once for each use."""
        return tuple(node for node in walk(self.nodes) if isinstance(node, Step))


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan(Body):
    """The workflow that runs, called as its launch plan where that has a name of its own.

    Attributes:
        schedule: When it runs by itself; None for on demand.
        continues: Whether nodes that do not need a failed one still run (FAIL_AFTER_EXECUTABLE_NODES_COMPLETE).
        labels: Kubernetes labels of a run; the tasks have them too.
        annotations: Kubernetes annotations of a run; the tasks have them too.
        max_parallelism: How many tasks of a run may run at a time; 0 for no limit.
        max_runs: How many runs there may be at a time, beyond which a new one is skipped; 0 for no limit.
        notifications: Who is told when a run has ended.
        overwrite_cache: Whether cached outputs are made anew in every run.
    """

    schedule: Schedule | None = None
    continues: bool = False
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    annotations: Mapping[str, str] = field(default_factory=dict[str, str])
    max_parallelism: int = 0
    max_runs: int = 0
    notifications: tuple[Notification, ...] = ()
    overwrite_cache: bool = False


def walk(nodes: tuple[AnyNode, ...]) -> Iterator[AnyNode]:
    """Every node of a tree: each before those it holds."""
    for node in nodes:
        yield node
        yield from walk(children(node))


def children(node: AnyNode) -> tuple[AnyNode, ...]:
    """The nodes that a node holds."""
    match node:
        case SubWorkflow():
            return node.body.nodes if node.body.failure_node is None else (*node.body.nodes, node.body.failure_node)
        case Branch():
            otherwise = () if node.otherwise is None else (node.otherwise,)
            return (*(case.node for case in node.cases), *otherwise)
        case MapNode():
            return (node.element,)
        case _:
            return ()
