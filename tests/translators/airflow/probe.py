"""Run with Airflow's Python: imports a folder of DAG files as the DAG processor does, renders every task.

`probe.py FOLDER VALUES.json RESULT.json`: the second file holds values of Params by name, the third is written.
"""

# pyright: basic
# Airflow and the Kubernetes client are typed in part only; what they return is turned into JSON at once.

from __future__ import annotations

import json
import logging
import sys
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

RUN_AFTER = "2026-01-31T08:00:00+00:00"
RUN_ID = "manual__2026-01-31T08:00:00+00:00"


def main(folder: str, values: str, result: str) -> None:
    from airflow.dag_processing.dagbag import DagBag
    from airflow.serialization.serialized_objects import DagSerialization

    logging.disable(logging.CRITICAL)
    given = json.loads(Path(values).read_text())
    bag = DagBag(dag_folder=folder)
    scheduled = {dag.dag_id: DagSerialization.from_dict(DagSerialization.to_dict(dag)) for dag in bag.dags.values()}
    found = {
        "errors": {Path(path).name: text for path, text in bag.import_errors.items()},
        "warnings": {Path(path).name: list(map(str, found)) for path, found in bag.captured_warnings.items()},
        "dags": {dag_id: _dag(dag, given) for dag_id, dag in bag.dags.items()},
        "next": {dag_id: _next_run(dag) for dag_id, dag in scheduled.items()},
    }
    Path(result).write_text(json.dumps(found))


def _next_run(dag: Any) -> str:
    """When the scheduler would start the first run of a DAG that is unpaused now; empty for never."""
    from airflow.timetables.base import TimeRestriction

    info = dag.timetable.next_dagrun_info(
        last_automated_data_interval=None, restriction=TimeRestriction(None, None, False)
    )
    return info.run_after.isoformat() if info else ""


def _dag(dag: Any, values: dict[str, Any]) -> dict[str, Any]:
    return {
        "fileloc": Path(dag.fileloc).name,
        "description": dag.description,
        "doc": dag.doc_md,
        "tags": sorted(dag.tags),
        "params": _schemas(dag),
        "tasks": {task.task_id: _task(task, dag, values) for task in dag.tasks},
    }


def _schemas(dag: Any) -> dict[str, Any]:
    return {name: dag.params.get_param(name).dump() for name in dag.params}


def _task(task: Any, dag: Any, values: dict[str, Any]) -> dict[str, Any]:
    from airflow.sdk.execution_time import macros

    params = {name: values.get(name, dag.params.get_param(name).value) for name in dag.params}
    context = {"params": params, "run_id": RUN_ID, "ti": SimpleNamespace(try_number=2), "macros": macros, "dag": dag}
    context["dag_run"] = SimpleNamespace(run_after=datetime.fromisoformat(RUN_AFTER))
    task.resolve_template_files()
    task.render_template_fields(context)
    return {
        "type": type(task).__name__,
        "upstream": sorted(task.upstream_task_ids),
        "retries": task.retries,
        "retry_delay": task.retry_delay.total_seconds(),
        "timeout": task.execution_timeout.total_seconds() if task.execution_timeout else None,
        "decisions": {code: _decision(task, code) for code in (80, 81, 137)},
        **_RENDERED[type(task).__name__](task),
    }


def _decision(task: Any, code: int) -> str:
    """What becomes of an attempt whose pod ends with a code: the operator itself makes the error."""
    from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
    from airflow.sdk.exceptions import AirflowException

    if _RENDERED[type(task).__name__] is not _pod:
        return "none"
    for method in ("is_istio_enabled", "process_pod_deletion", "patch_already_checked", "_read_pod_events"):
        setattr(task, method, lambda *_, **__: False)
    task._read_pod_container_states = lambda *_, **__: None
    with patch.object(KubernetesPodOperator, "execute", lambda self, context: self.cleanup(self.pod, self.remote_pod)):
        task.pod = task.remote_pod = _ended(code)
        try:
            task.execute({})
        except AirflowException as error:
            policy = getattr(task, "retry_policy", None)
            return policy.evaluate(error, 1, 2).action.value if policy else type(error).__name__
        finally:
            task.pod = task.remote_pod = None
    return "no error"


def _ended(code: int) -> Any:
    from kubernetes.client import models

    ended = models.V1ContainerStateTerminated(exit_code=code, reason="Error")
    status = models.V1ContainerStatus(
        name="base",
        image="",
        image_id="",
        ready=False,
        restart_count=0,
        state=models.V1ContainerState(terminated=ended),
    )
    return models.V1Pod(
        metadata=models.V1ObjectMeta(name="p", namespace="d"),
        status=models.V1PodStatus(phase="Failed", container_statuses=[status]),
    )


def _pod(task: Any) -> dict[str, Any]:
    pod = task.build_pod_request_obj()
    (container,) = pod.spec.containers
    from kubernetes.client import ApiClient

    return {
        "argv": [*container.command, *container.args],
        "env": {variable.name: variable.value for variable in container.env or [] if variable.value is not None},
        "pod": ApiClient().sanitize_for_serialization(pod),
        "on_finish_action": str(task.on_finish_action.value),
        "deferrable": task.deferrable,
        "do_xcom_push": task.do_xcom_push,
    }


def _python(task: Any) -> dict[str, Any]:
    return {"argv": list(task.op_args), "env": dict(task.op_kwargs.get("env", {}))}


def _spark(task: Any) -> dict[str, Any]:
    spec = task.template_spec
    return {"argv": spec["spec"]["arguments"], "env": {}, "spec": spec, "name": task.create_job_name()}


_RENDERED = {
    "KubernetesPodOperator": _pod,
    "TaskPodOperator": _pod,
    "PythonOperator": _python,
    "SparkKubernetesOperator": _spark,
}

if __name__ == "__main__":
    main(*sys.argv[1:])
