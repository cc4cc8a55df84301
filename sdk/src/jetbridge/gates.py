"""Nodes that wait: `sleep` for time to pass, `approve` and `wait_for_input` for a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, NoReturn

from jetbridge.binding_data import bind_value
from jetbridge.entity import NodeSettings
from jetbridge.errors import CompileError, Problem
from jetbridge.idl import BindingData
from jetbridge.interface import Interface, Variable
from jetbridge.promise import Promise, promise_source
from jetbridge.source import caller_location
from jetbridge.trace import Trace, current_trace, promises_of

DEFAULT_TIMEOUT = timedelta(hours=1)
"""flytekit's (`core/gate.py`), which holds for sleeps too: `with_overrides(timeout=…)` allows longer ones."""
_NOTHING = Interface({}, {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sleep:
    """Waits for time to pass.

    Attributes:
        duration: How long.
    """

    duration: timedelta
    name: str = "sleep-gate"
    timeout: timedelta = DEFAULT_TIMEOUT
    interface: Interface = field(default=_NOTHING)

    @property
    def node_settings(self) -> NodeSettings:
        """The metadata of its node."""
        return NodeSettings(name=self.name, timeout=self.timeout)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """Waits for a value that a person gives.

    Attributes:
        name: The signal's id.
        timeout: How long it waits before it fails.
        expected_type: The value's type.
    """

    name: str
    timeout: timedelta
    expected_type: Any

    @property
    def interface(self) -> Interface:
        """One output, the value."""
        return Interface({}, {"o0": Variable(self.expected_type)})

    @property
    def node_settings(self) -> NodeSettings:
        """The metadata of its node."""
        return NodeSettings(name=self.name, timeout=self.timeout)


@dataclass(frozen=True, slots=True, kw_only=True)
class Approve:
    """Waits for a person to say yes to a value; passes the value on, or fails.

    Attributes:
        name: The signal's id.
        timeout: How long it waits before it fails.
        interface: The value, by the name it has upstream, as input and as output.
    """

    name: str
    timeout: timedelta
    interface: Interface

    @property
    def node_settings(self) -> NodeSettings:
        """The metadata of its node."""
        return NodeSettings(name=self.name, timeout=self.timeout)


def sleep(duration: timedelta) -> Any:
    """Waits for time to pass; order it with `>>`.

    Args:
        duration: How long. Flyte ends the node after an hour unless `with_overrides(timeout=…)` allows more.

    Raises:
        CompileError: it stands outside a workflow, or the duration is not positive.
    """
    trace = _trace("sleep")
    if duration <= timedelta(0):
        _refuse(f"sleep() is given {duration}, which is no time to wait", "Give a `timedelta` above zero.")
    return _gate(trace, Sleep(duration=duration), {})


def wait_for_input(name: str, timeout: timedelta, expected_type: Any) -> Any:
    """Waits for a value that a person gives.

    Args:
        name: The signal's id; the same id in two nodes means the same value.
        timeout: How long it waits before it fails.
        expected_type: The value's type.

    Raises:
        CompileError: it stands outside a workflow.
        TypeTransformError: the type has no literal.
    """
    return _gate(_trace("wait_for_input"), Signal(name=name, timeout=timeout, expected_type=expected_type), {})


def approve(upstream_item: Any, name: str, timeout: timedelta) -> Any:
    """Waits for a person to say yes to a value.

    Args:
        upstream_item: One output of a task or workflow; it is passed on when it is approved.
        name: The signal's id.
        timeout: How long it waits before it fails.

    Raises:
        CompileError: it stands outside a workflow, or the value is no output of a node.
    """
    trace = _trace("approve")
    if not isinstance(upstream_item, Promise):
        _refuse(f"approve() is given {upstream_item!r:.80}", "Give it one output of a task.")
    node, var, path = promise_source(upstream_item)
    if node is None or path or var not in node.entity.interface.outputs:
        _refuse("approve() takes a whole output of a task", "Pass workflow inputs and attributes through a task first.")
    kind = Variable(node.entity.interface.outputs[var].python_type)
    gate = Approve(name=name, timeout=timeout, interface=Interface({var: kind}, {var: kind}))
    return _gate(trace, gate, {var: bind_value(upstream_item, kind.python_type)})


def _gate(trace: Trace, gate: Sleep | Signal | Approve, inputs: Mapping[str, BindingData]) -> Any:
    return promises_of(trace.add(gate, inputs, caller_location()), gate.interface.outputs)


def _trace(what: str) -> Trace:
    trace = current_trace()
    if trace is None:
        _refuse(f"{what}() stands outside a workflow", "Use it in a function decorated with `@workflow`.")
    return trace


def _refuse(message: str, hint: str) -> NoReturn:
    problem = Problem(code="InvalidValue", message=message, location=caller_location(), hint=hint)
    raise CompileError("the workflow cannot be built:", [problem])
