"""The reference runner: tasks as processes, as many at a time as the machine has processors."""

from __future__ import annotations

import time

from jetbridge.runtime.layout import inputs_uri
from jetbridge.store import join, normalize_uri, open_store
from jetbridge_translators.base import RunRequest, RunResult
from jetbridge_translators.failures import node_failure
from jetbridge_translators.local.composite import run_composite
from jetbridge_translators.local.containers import check_engine
from jetbridge_translators.local.scheduler import Ended, Scheduler
from jetbridge_translators.plan.committed import with_committed
from jetbridge_translators.plan.inline import inline
from jetbridge_translators.plan.model import Plan
from jetbridge_translators.plan.runners import with_runners
from jetbridge_translators.recovery import read_committed


def run(plan: Plan, request: RunRequest) -> RunResult:
    """Runs a plan and waits. On a failure the running steps are ended, unless the workflow says that they go on.

    Raises:
        TranslationError: a task needs a container engine, and there is none.
        RunError: a node failed for good; it holds the user's error.
    """
    check_engine(plan)
    run_root = join(normalize_uri(request.settings.store), request.run_id)
    request.on_start(run_root)
    open_store().write(inputs_uri(run_root), request.inputs.SerializeToString(deterministic=True))
    started = time.monotonic()
    left = with_committed(plan, read_committed(open_store(), run_root, plan)) if request.recovers else plan
    ended = _run_nodes(inline(with_runners(left)), request, run_root)
    if ended.failed is not None:
        raise node_failure(open_store(), run_root, ended.failed, "local")
    return RunResult(run_id=request.run_id, run_root=run_root, seconds=time.monotonic() - started, steps=ended.steps)


def _run_nodes(plan: Plan, request: RunRequest, run_root: str) -> Ended:
    with Scheduler(request, run_root, plan.continues, run_composite, plan.max_parallelism) as scheduler:
        if not scheduler.run_all(plan.nodes) and plan.failure_node is not None:
            scheduler.run_failure_node(plan.failure_node)
        return scheduler.ended()
