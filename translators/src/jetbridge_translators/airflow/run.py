"""Runs a plan as a real Airflow DAG run: `airflow dags test` in a home of its own, on SQLite, without a server."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from jetbridge.errors import RunError, UsageError
from jetbridge.runtime.layout import inputs_uri
from jetbridge.store import join, open_store
from jetbridge_translators.airflow.child import child
from jetbridge_translators.airflow.doors import Doors
from jetbridge_translators.airflow.failure import pod_lost, run_failure
from jetbridge_translators.airflow.follow import follow
from jetbridge_translators.airflow.home import AirflowHome, airflow_version, environment, new_home
from jetbridge_translators.airflow.options import map_chunks, option
from jetbridge_translators.airflow.params import configuration
from jetbridge_translators.airflow.places import Places, places_of
from jetbridge_translators.airflow.respond import respond
from jetbridge_translators.airflow.scope import dag_id
from jetbridge_translators.airflow.translate import translate
from jetbridge_translators.airflow.tries import engine_attempts
from jetbridge_translators.airflow.watch import FINAL, Snapshot, waiting_for_persons
from jetbridge_translators.base import Artifact, RunRequest, RunResult, StepEvent
from jetbridge_translators.plan.committed import with_committed
from jetbridge_translators.plan.model import Plan, Step
from jetbridge_translators.recovery import read_committed
from jetbridge_translators.work import ContainerWork, PodWork, SqlWork

_LONGEST_ARGUMENT = 128 * 1024
"""Linux's MAX_ARG_STRLEN in bytes, with the closing NUL."""

_GRACE_SECONDS = {"pod": 10.0, "process": 1.0}
"""To delete a pod takes some calls of Kubernetes. A process only has to end before Airflow tries its task again."""


def run(plan: Plan, request: RunRequest) -> RunResult:
    """Runs a plan and waits. The DAG file is for this run alone: its data lies in `<store>/<run id>`.

    Raises:
        UsageError: Airflow is not installed, no cluster for pods, no store, or inputs that Airflow cannot take.
        TranslationError: everything that Airflow cannot express.
        RunError: a task failed; Airflow's home is kept, and its log is named.
    """
    airflow_version()
    _check_cluster(plan, request, os.environ)
    run_root = join(request.settings.store, request.run_id)
    artifact = translate(plan, request.settings, run_root)
    conf = _configuration(plan, request)
    program = _program()
    artifact = _started(plan, request, run_root) or artifact
    environ = _environ(program, request.source_root, os.environ)
    home = new_home(program, environ)
    try:
        command = [program, "dags", "test", "--conf", conf, "--dagfile-path", _write(artifact, home), dag_id(plan.name)]
        result = _run(plan, request, run_root, home, command, environment(home, environ))
    except RunError:
        raise
    except BaseException:
        shutil.rmtree(home.folder, ignore_errors=True)
        raise
    shutil.rmtree(home.folder, ignore_errors=True)
    return result


def _started(plan: Plan, request: RunRequest, run_root: str) -> Artifact | None:
    """Makes the run root; the file without what an earlier run has left there."""
    store = open_store()
    request.on_start(run_root)
    # Outputs may be inputs that are passed through.
    store.write(inputs_uri(run_root), request.inputs.SerializeToString(deterministic=True))
    if not request.recovers:
        return None
    return translate(with_committed(plan, read_committed(store, run_root, plan)), request.settings, run_root)


def _run(
    plan: Plan, request: RunRequest, run_root: str, home: AirflowHome, command: list[str], environ: Mapping[str, str]
) -> RunResult:
    started = time.monotonic()
    places = places_of(plan, map_chunks(request.settings))
    dag = dag_id(plan.name)
    doors = Doors(
        plan=plan,
        request=request,
        run_root=run_root,
        waiting=partial(waiting_for_persons, home.database, dag),
        tell=partial(respond, command[0], environ, dag),
    )
    with child(command, environ, home.log, _GRACE_SECONDS[option(request.settings, "containers")]) as process:
        now, lost = follow(process, home, dag, request, places, doors)
    seconds = time.monotonic() - started
    for attempt in engine_attempts(home.database, dag, places, pods=option(request.settings, "containers") == "pod"):
        request.on_attempt(attempt)
    if lost is not None:
        raise pod_lost(lost, places, home.log)
    if now.state != "success":
        raise run_failure(now, places, run_root, home.log)
    return RunResult(run_id=request.run_id, run_root=run_root, seconds=seconds, steps=_outcome(now, places))


def _outcome(now: Snapshot, places: Places) -> tuple[StepEvent, ...]:
    ended = ((task, places.find(task.task_id)) for task in now.tasks if task.state in FINAL)
    return tuple(
        StepEvent(step=node.name, state=task.state, seconds=task.seconds)
        for task, node in ended
        if isinstance(node, Step)
    )


def _configuration(plan: Plan, request: RunRequest) -> str:
    text = json.dumps(configuration(plan.inputs, request.inputs))
    if len(text) < _LONGEST_ARGUMENT:
        return text
    raise UsageError(
        f"the workflow's inputs are {len(text)} bytes of JSON, and `airflow dags test` takes {_LONGEST_ARGUMENT - 1}",
        hint="Give large data as a file or a data frame in the object store.",
    )


def _write(artifact: Artifact, home: AirflowHome) -> str:
    """Writes the DAG file; its path."""
    for name, data in artifact.files.items():
        (home.dags / name).write_bytes(data)
    return str(home.dags / next(iter(artifact.files)))


def _program() -> str:
    """The `airflow` beside this Python, so that it sees what the user installed here."""
    beside = Path(sys.executable).parent / "airflow"
    found = str(beside) if beside.exists() else shutil.which("airflow")
    if found is None:
        raise UsageError(
            "Airflow is installed, but there is no `airflow` command",
            hint="pip install --force-reinstall apache-airflow-core",
        )
    return found


def _environ(program: str, source_root: str, environ: Mapping[str, str]) -> dict[str, str]:
    path = [str(Path(program).parent), environ.get("PATH", "")]
    modules = [source_root, environ.get("PYTHONPATH", "")]
    return {
        **environ,
        "PATH": os.pathsep.join(filter(None, path)),
        "PYTHONPATH": os.pathsep.join(filter(None, modules)),
    }


def _check_cluster(plan: Plan, request: RunRequest, environ: Mapping[str, str]) -> None:
    if "KUBECONFIG" in environ or "KUBERNETES_SERVICE_HOST" in environ:
        return
    resources = [step.name for step in plan.steps if not isinstance(step.work, ContainerWork | PodWork | SqlWork)]
    if resources:
        raise UsageError(
            f"task {resources[0]!r} is a Kubernetes object, and KUBECONFIG names no cluster to make it in",
            hint="Set KUBECONFIG to a cluster's configuration.",
        )
    needs_pods = any(isinstance(step.work, ContainerWork) for step in plan.steps)
    if needs_pods and option(request.settings, "containers") == "pod":
        raise UsageError(
            "tasks as pods need a Kubernetes cluster, and KUBECONFIG names none",
            hint="Run the tasks as processes with --containers process, or set KUBECONFIG.",
        )
