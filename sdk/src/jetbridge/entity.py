"""What a node can run: a task, a workflow, a launch plan, a map, a branch, a gate."""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol

from jetbridge.interface import Interface
from jetbridge.record import Record


class NodeSettings(Record, kw_only=True):
    """What a node's metadata says unless `with_overrides` changes it: flytekit's `construct_node_metadata`.

    Attributes:
        name: What is shown for the node.
        retries: How often a recoverable failure is tried again.
        timeout: The longest time of one attempt.
        interruptible: Whether it may run where it can be pre-empted; None leaves it to the workflow.
    """

    name: str
    retries: int = 0
    timeout: timedelta | None = None
    interruptible: bool | None = None


class Entity(Protocol):
    """What a node runs.

    Attributes:
        name: Its name in FlyteIDL.
        interface: Inputs, with the defaults that a call may leave out, and outputs.
        node_settings: The metadata of a node that runs it.
    """

    @property
    def name(self) -> str: ...

    @property
    def interface(self) -> Interface: ...

    @property
    def node_settings(self) -> NodeSettings: ...


def last_name(name: str) -> str:
    """The part of a name behind the last dot, which flytekit shows for a node.

    Example:
        >>> last_name("shop.orders.ship")
        'ship'
    """
    return name.rpartition(".")[2]
