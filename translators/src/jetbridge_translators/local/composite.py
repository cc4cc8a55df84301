"""Nodes that are more than a process: sub-workflows, branches, maps, gates and dynamic tasks."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import Any

from jetbridge.errors import JetbridgeError
from jetbridge.runtime.conditions import holds
from jetbridge.runtime.run_data import RunData
from jetbridge.store import open_store
from jetbridge_translators.failures import MALFORMED_BRANCH, NO_CASE_HOLDS, UNEQUAL_LISTS, UNEQUAL_LISTS_TEXT
from jetbridge_translators.local.dynamic import run_dynamic
from jetbridge_translators.local.failed import failed
from jetbridge_translators.local.gates import run_gate
from jetbridge_translators.local.scheduler import Scheduler
from jetbridge_translators.plan.elements import element_step, required_successes
from jetbridge_translators.plan.model import AnyNode, Branch, Gate, MapNode, Step, SubWorkflow


def run_composite(scheduler: Scheduler, node: AnyNode) -> bool:
    """Runs a node that is no task, or a dynamic one; whether it succeeded."""
    return _RUN[type(node)](scheduler, node)


def _sub_workflow(scheduler: Scheduler, node: SubWorkflow) -> bool:
    succeeded = scheduler.run_all(node.body.nodes)
    if not succeeded and node.body.failure_node is not None:
        scheduler.run_failure_node(node.body.failure_node)
    return succeeded


def _branch(scheduler: Scheduler, node: Branch) -> bool:
    data = RunData(open_store(), scheduler.run_root)
    try:
        taken = next((case.node for case in node.cases if holds(case.condition, data.resolve)), node.otherwise)
    except JetbridgeError as error:
        return failed(scheduler, node, MALFORMED_BRANCH, str(error))
    if taken is None:
        return failed(scheduler, node, NO_CASE_HOLDS, node.error)
    return scheduler.start(taken).result()


def _map(scheduler: Scheduler, node: MapNode) -> bool:
    data = RunData(open_store(), scheduler.run_root)
    try:
        sizes = {name: data.size(node.args[name]) for name in node.mapped}
    except JetbridgeError as error:
        return failed(scheduler, node, UNEQUAL_LISTS, str(error))
    if len(set(sizes.values())) > 1:
        lengths = ", ".join(f"{name!r} has {size}" for name, size in sizes.items())
        return failed(scheduler, node, UNEQUAL_LISTS, f"{UNEQUAL_LISTS_TEXT}: {lengths}")
    return _elements(scheduler, node, sizes[node.mapped[0]])


def _elements(scheduler: Scheduler, node: MapNode, size: int) -> bool:
    """Runs the elements; all are tried, and the map succeeds where enough of them do."""
    allowed_failures = size - required_successes(node, size)
    waiting = deque(element_step(node, index) for index in range(size))
    running: dict[Future[bool], Step] = {}
    lost: list[Step] = []
    while (waiting or running) and len(lost) <= allowed_failures and not scheduler.stopping.is_set():
        while waiting and (not node.parallelism or len(running) < node.parallelism):
            step = waiting.popleft()
            running[scheduler.submit_element(step)] = step
        for future in wait(running, return_when=FIRST_COMPLETED)[0]:
            step = running.pop(future)
            lost += [] if future.result() else [step]
    if len(lost) > allowed_failures:
        # The error that a person wants to see is that of the element.
        scheduler.fail(lost[0])
    return len(lost) <= allowed_failures and not scheduler.stopping.is_set()


def _gate(scheduler: Scheduler, node: Gate) -> bool:
    problem = run_gate(scheduler, node)
    return problem is None or failed(scheduler, node, problem.code, problem.message)


_RUN: Mapping[type, Callable[[Scheduler, Any], bool]] = {
    SubWorkflow: _sub_workflow,
    Branch: _branch,
    MapNode: _map,
    Gate: _gate,
    Step: run_dynamic,
}
