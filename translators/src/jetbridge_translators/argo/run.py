"""Runs a plan on Argo: submits one Workflow, follows it, and stops it when it cannot be followed to its end."""

from __future__ import annotations

import os
import time
from collections.abc import Generator
from contextlib import contextmanager

from jetbridge.errors import UsageError
from jetbridge.runtime.layout import inputs_uri
from jetbridge.store import Store, join, open_store
from jetbridge_translators.argo.attempts import engine_attempts
from jetbridge_translators.argo.cluster import NOT_FOUND, ApiError, Cluster
from jetbridge_translators.argo.connect import connect
from jetbridge_translators.argo.doors import Doors
from jetbridge_translators.argo.failure import run_failure
from jetbridge_translators.argo.first_failure import FirstFailure
from jetbridge_translators.argo.logs import Logs
from jetbridge_translators.argo.options import read_options
from jetbridge_translators.argo.places import places_of
from jetbridge_translators.argo.resources import Resources
from jetbridge_translators.argo.standalone import standalone
from jetbridge_translators.argo.status import Snapshot, changes, outcome
from jetbridge_translators.argo.submit import submit
from jetbridge_translators.argo.watch import follow
from jetbridge_translators.base import RunRequest, RunResult, StartedRun
from jetbridge_translators.plan.committed import with_committed
from jetbridge_translators.plan.model import Plan
from jetbridge_translators.recovery import read_committed

_LAST_LINES_SECONDS = 10.0


def run(plan: Plan, request: RunRequest) -> RunResult:
    """Runs a plan on the cluster that KUBECONFIG names, and waits.

    Args:
        plan: The workflow.
        request: The run; its id becomes the Workflow's name.

    Raises:
        UsageError: no cluster, no store that pods can reach, or inputs that are too large.
        TranslationError: everything that Argo or Kubernetes cannot express.
        StoreError: this machine cannot write into the store.
        RunError: the run did not succeed; it holds the user's error or Argo's reason.
    """
    options = read_options(request.settings)
    if not options.store:
        raise UsageError("a run on Argo needs a store", hint="Give an object store: --store s3://BUCKET/FOLDER.")
    run_root = join(options.store, request.run_id)
    workflow = standalone(plan, request.settings, request.run_id, run_root, request.inputs.literals)
    cluster = connect(options.namespace, {**os.environ, **request.settings.connection})
    store = open_store()
    request.on_start(run_root)
    store.write(inputs_uri(run_root), request.inputs.SerializeToString(deterministic=True))
    if request.recovers:
        left = with_committed(plan, read_committed(store, run_root, plan))
        workflow = standalone(left, request.settings, request.run_id, run_root, request.inputs.literals)
    run = StartedRun(run_id=request.run_id, run_root=run_root, plan=plan, settings=request.settings)
    started = time.monotonic()
    logs = Logs(cluster, request.on_output)
    resources = Resources(cluster, plan, request.run_id, logs, lambda line: request.on_output(request.run_id, line))
    with _stopped_unless_followed(cluster, request, resources):
        submit(cluster, workflow)
        end = _follow(run, request, cluster, store, logs, resources)
    seconds = time.monotonic() - started
    for attempt in engine_attempts(cluster, end):
        request.on_attempt(attempt)
    logs.finish(_LAST_LINES_SECONDS)
    if end.phase != "Succeeded":
        resources.delete(unfinished=plan)
        raise run_failure(store, end, run_root, request.run_id, cluster.namespace, resources.reason)
    return RunResult(run_id=request.run_id, run_root=run_root, seconds=seconds, steps=outcome(end))


def _follow(
    run: StartedRun, request: RunRequest, cluster: Cluster, store: Store, logs: Logs, resources: Resources
) -> Snapshot:
    doors = Doors(cluster, store, run, request)
    first_failure = FirstFailure(cluster, request.run_id, run.plan)

    def on_change(before: Snapshot, now: Snapshot) -> None:
        logs.read(now)
        for event in changes(before, now):
            request.on_event(event)
        doors.look(now)
        first_failure.look(now)
        resources.look(now)

    find = places_of(run.plan).find
    return follow(cluster, request.run_id, find, on_change, lambda: resources.seconds, lambda: resources.lost)


@contextmanager
def _stopped_unless_followed(cluster: Cluster, request: RunRequest, resources: Resources) -> Generator[None]:
    """Whatever ends the block early, Ctrl-C among it, ends the Workflow too, and what it made."""
    try:
        yield
    except Exception:
        _stop(cluster, request, "")
        resources.delete()
        raise
    except BaseException:
        _stop(cluster, request, "interrupted: the workflow is stopped")
        resources.delete()
        raise


def _stop(cluster: Cluster, request: RunRequest, done: str) -> None:
    try:
        cluster.stop(request.run_id)
    except ApiError as error:
        if error.status == NOT_FOUND:
            return
        done = f"the workflow could not be stopped: {error.message}"
    if done:
        request.on_output(request.run_id, done)
