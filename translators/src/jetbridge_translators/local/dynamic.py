"""Dynamic tasks: after the task's process, the nodes that it made; then the node's outputs are committed here."""

from __future__ import annotations

from functools import partial

from jetbridge.errors import JetbridgeError
from jetbridge.runtime.arguments import Arguments, parse_arguments
from jetbridge.runtime.cache import keep_committed
from jetbridge.runtime.companion.arguments import parse_companion_arguments
from jetbridge.runtime.data import task_data
from jetbridge.store import Store, open_store
from jetbridge_translators.futures import BUILD_FAILED, Futures
from jetbridge_translators.local.failed import failed
from jetbridge_translators.local.process import arguments
from jetbridge_translators.local.scheduler import Scheduler
from jetbridge_translators.plan.inline import inline
from jetbridge_translators.plan.model import Plan, Step, SubWorkflow
from jetbridge_translators.plan.runners import with_runners
from jetbridge_translators.work import ForeignWork


def run_dynamic(scheduler: Scheduler, step: Step) -> bool:
    """Runs a dynamic task and what it made; whether both succeeded."""
    futures = Futures(
        store=open_store(),
        run_root=scheduler.run_root,
        path=step.path,
        name=step.name,
        task=step.template,
        backend="local",
        planning=scheduler.request.settings.planning,
    )
    if not futures.are_there() and not scheduler.submit_step(step).result():
        return False
    return futures.are_done() or _run_made(scheduler, step, futures)


def _run_made(scheduler: Scheduler, step: Step, futures: Futures) -> bool:
    try:
        plan = futures.plan(step.args)
        if not _run(scheduler, inline(with_runners(plan))):
            futures.inherit_error()
            return False
        futures.commit(plan)
        _keep(scheduler, step, futures.store)
    except JetbridgeError as error:
        return failed(scheduler, step, BUILD_FAILED, str(error))
    return True


def _keep(scheduler: Scheduler, step: Step, store: Store) -> None:
    """Puts the outputs into the cache, where the task is cached: its own process ended before they were made."""
    given = _parsed(step, arguments(step, scheduler.run_root, 0, scheduler.request))
    if given.cache:
        keep_committed(given, task_data(given, store, "0"), partial(scheduler.request.on_output, step.name))


def _parsed(step: Step, argv: list[str]) -> Arguments:
    """The arguments of an attempt: those of the entrypoint, or of the companion of an image that is not ours."""
    if isinstance(step.work, ForeignWork):
        return parse_companion_arguments(argv).attempt
    return parse_arguments(argv)


def _run(scheduler: Scheduler, plan: Plan) -> bool:
    return all(scheduler.run_all(node.body.nodes) for node in plan.nodes if isinstance(node, SubWorkflow))
