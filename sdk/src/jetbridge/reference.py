"""References: tasks and launch plans that are registered elsewhere, known by name and interface alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

from jetbridge.entity import NodeSettings, last_name
from jetbridge.errors import UsageError
from jetbridge.interface import Interface, interface_of
from jetbridge.trace import current_trace


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Something that a Flyte installation holds.

    Attributes:
        project: Where it is registered.
        domain: Where it is registered.
        name: Its name there.
        version: Its version there.
        interface: What the author says its inputs and outputs are.
    """

    project: str
    domain: str
    name: str
    version: str
    interface: Interface

    @property
    def node_settings(self) -> NodeSettings:
        """The metadata of a node that runs it."""
        return NodeSettings(name=last_name(self.name))

    def __call__(self, *args: object, **kwargs: object) -> Any:
        trace = current_trace()
        if trace is not None:
            return trace.call(self, args, kwargs)
        return self.refuse()

    def refuse(self) -> NoReturn:
        """Raises `UsageError`: its code is not here."""
        raise UsageError(
            f"{self.name!r} is a reference: it can only run where it is registered",
            hint="Give the workflow the task itself to run it here.",
        )


class ReferenceTask(Reference):
    """A task that is registered elsewhere."""

    __slots__ = ()


class ReferenceLaunchPlan(Reference):
    """A launch plan that is registered elsewhere."""

    __slots__ = ()


class ReferenceWorkflow(Reference):
    """A workflow that is registered elsewhere. Flyte has no node for it: refer to its launch plan."""

    __slots__ = ()


def reference_task(project: str, domain: str, name: str, version: str) -> Callable[[Callable[..., Any]], ReferenceTask]:
    """Refers to a registered task; the decorated function declares its inputs and outputs and is never called.

    Example:
        >>> @reference_task(project="flytesnacks", domain="development", name="shop.sell", version="v1")
        ... def sell(n: int) -> int: ...
        >>> sell.name
        'shop.sell'
    """
    return _decorator(ReferenceTask, project, domain, name, version)


def reference_workflow(
    project: str, domain: str, name: str, version: str
) -> Callable[[Callable[..., Any]], ReferenceWorkflow]:
    """Refers to a registered workflow, as `reference_task` does to a task."""
    return _decorator(ReferenceWorkflow, project, domain, name, version)


def reference_launch_plan(
    project: str, domain: str, name: str, version: str
) -> Callable[[Callable[..., Any]], ReferenceLaunchPlan]:
    """Refers to a registered launch plan, as `reference_task` does to a task."""
    return _decorator(ReferenceLaunchPlan, project, domain, name, version)


def _decorator(kind: type[Any], project: str, domain: str, name: str, version: str) -> Callable[..., Any]:
    def decorate(function: Callable[..., Any]) -> Any:
        interface = interface_of(function)
        return kind(project=project, domain=domain, name=name, version=version, interface=interface)

    return decorate
