"""Runs a plan as a real Airflow DAG run: `airflow dags test` in a home of its own, on SQLite, without a server."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from subprocess import Popen

from jetbridge.errors import UsageError
from jetbridge.store import join
from jetbridge_translators.airflow.child import child
from jetbridge_translators.airflow.failure import run_failure
from jetbridge_translators.airflow.home import AirflowHome, airflow_version, environment, new_home
from jetbridge_translators.airflow.options import option
from jetbridge_translators.airflow.params import configuration
from jetbridge_translators.airflow.scope import dag_id
from jetbridge_translators.airflow.translate import translate
from jetbridge_translators.airflow.watch import FINAL, Snapshot, by_task, changes, snapshot
from jetbridge_translators.base import RunRequest, RunResult, Settings, StepEvent
from jetbridge_translators.plan.model import Plan

_POLL_SECONDS = 0.25


def run(plan: Plan, request: RunRequest) -> RunResult:
    """Runs a plan and waits. The run's id and folder are Airflow's: `<store>/<DAG id>/<run id>`.

    Raises:
        UsageError: Airflow is not installed, no cluster for pods, or an input that JSON cannot carry.
        TranslationError: everything that Airflow cannot express.
        RunError: a task failed; Airflow's home is kept, and its log is named.
    """
    airflow_version()
    _check_cluster(request.settings, os.environ)
    files = translate(plan, request.settings).files
    conf = json.dumps(configuration(plan.inputs, request.inputs))
    program = _program()
    environ = _environ(program, request.source_root, os.environ)
    home = new_home(program, environ)
    for name, data in files.items():
        (home.dags / name).write_bytes(data)
    command = [program, "dags", "test", "--conf", conf, "--dagfile-path", str(home.dags / next(iter(files)))]
    return _run(plan, request, home, [*command, dag_id(plan.name)], environment(home, environ))


def _run(
    plan: Plan, request: RunRequest, home: AirflowHome, command: list[str], environ: Mapping[str, str]
) -> RunResult:
    started = time.monotonic()
    dag = dag_id(plan.name)
    with child(command, environ, home.log) as process:
        now = _follow(process, home, dag, request)
    seconds = time.monotonic() - started
    run_root = join(request.settings.store, dag, now.run_id)
    if now.state != "success":
        raise run_failure(now, {step.name: step for step in plan.steps}, run_root, home.log)
    shutil.rmtree(home.folder, ignore_errors=True)
    return RunResult(run_id=now.run_id, run_root=run_root, seconds=seconds, steps=_outcome(now))


def _follow(process: Popen[bytes], home: AirflowHome, dag: str, request: RunRequest) -> Snapshot:
    """Reports what happens until Airflow ends; looks once more after that."""
    now = Snapshot()
    is_running = True
    while is_running:
        is_running = process.poll() is None
        before, now = by_task(now), snapshot(home.database, dag)
        for event in changes(before, now):
            request.on_event(event)
        if is_running:
            time.sleep(_POLL_SECONDS)
    return now


def _outcome(now: Snapshot) -> tuple[StepEvent, ...]:
    ended = (task for task in now.tasks if task.state in FINAL)
    return tuple(StepEvent(step=task.task_id, state=task.state, seconds=task.seconds) for task in ended)


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


def _check_cluster(settings: Settings, environ: Mapping[str, str]) -> None:
    reachable = "KUBECONFIG" in environ or "KUBERNETES_SERVICE_HOST" in environ
    if option(settings, "containers") == "pod" and not reachable:
        raise UsageError(
            "tasks as pods need a Kubernetes cluster, and KUBECONFIG does not name one",
            hint="Run the tasks as processes: --containers process. Or set KUBECONFIG.",
        )
