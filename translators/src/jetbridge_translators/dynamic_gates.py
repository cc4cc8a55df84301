"""Gates that a dynamic task has made: who runs them looks for answers in the store, and marks there that they wait."""

from __future__ import annotations

from collections.abc import Iterator

from jetbridge.errors import UsageError
from jetbridge.runtime.layout import waiting_uri
from jetbridge.store import Store, open_store
from jetbridge_translators.base import Gates, StartedRun
from jetbridge_translators.futures import Futures
from jetbridge_translators.gates import find_gates, is_answered
from jetbridge_translators.plan.dynamic import is_dynamic
from jetbridge_translators.plan.inline import inline
from jetbridge_translators.plan.model import Gate, Plan, Step, walk


def waits_in_store(run: StartedRun, gate: Gate) -> bool:
    """Whether a gate is marked as waiting, and has no answer."""
    store = open_store()
    return store.exists(waiting_uri(run.run_root, gate.path)) and not is_answered(store, run.run_root, gate)


IN_STORE = Gates(is_waiting=waits_in_store)
"""For gates whose runner looks into the store, so that there is nobody else to tell."""


def gates_in_run(store: Store, run: StartedRun, backend: str, own: Gates, text: str) -> tuple[tuple[Gate, ...], Gates]:
    """The gates of a run that a text names (`find_gates`), and who hears of their answers.

    Args:
        store: Where the run's data lies.
        run: The run.
        backend: The name of its back end.
        own: How the back end hears of answers to the workflow's own gates.
        text: A gate's path or name, or a signal id.

    Raises:
        UsageError: there is no such gate, neither in the workflow nor in what its dynamic tasks have made so far.
    """
    try:
        return find_gates(run.plan, text), own
    except UsageError:
        for plan in made_plans(store, run.run_root, run.plan, backend):
            try:
                return find_gates(plan, text), IN_STORE
            except UsageError:
                continue
        raise


def made_plans(store: Store, run_root: str, plan: Plan, backend: str) -> Iterator[Plan]:
    """What the dynamic tasks of a plan have made so far, and those that they have made themselves."""
    whole = inline(plan)
    nodes = walk(whole.nodes if whole.failure_node is None else (*whole.nodes, whole.failure_node))
    for step in (node for node in nodes if isinstance(node, Step) and is_dynamic(node)):
        futures = Futures(
            store=store, run_root=run_root, path=step.path, name=step.name, task=step.template, backend=backend
        )
        if futures.are_there():
            made = futures.plan(step.args)
            yield made
            yield from made_plans(store, run_root, made, backend)
