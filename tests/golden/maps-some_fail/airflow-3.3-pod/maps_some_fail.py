"""maps.some_fail.

Written by `jetbridge translate`: change the workflow, not this file.
"""

import json
import math
from datetime import timedelta

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG, Param
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException
from kubernetes.client import V1EmptyDirVolumeSource, V1Volume, V1VolumeMount

IMAGE = "ghcr.io/example/tasks:1"

# The folder of a run in the object store: what tasks exchange lies below it.
RUN_ROOT = "s3://example/runs/maps.some_fail/{{ run_id }}"

# Every task is one pod: its log goes to Airflow, then it is deleted.
POD = {
    "startup_timeout_seconds": 600,
    "startup_check_interval_seconds": 2,
    "get_logs": True,
    "log_events_on_failure": True,
    "on_finish_action": "delete_pod",
    "deferrable": False,
    "do_xcom_push": False,
    "automount_service_account_token": False,
    "security_context": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
    "container_security_context": {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
    },
    "volumes": [V1Volume(name="tmp", empty_dir=V1EmptyDirVolumeSource())],
    "volume_mounts": [V1VolumeMount(name="tmp", mount_path="/tmp")],
}

# Elements of these maps may fail, and the run goes on.
TOLERATED = ["map_odd_only"]


class ControlPodOperator(KubernetesPodOperator):
    """A pod whose termination message tells what a branch or a map must know of the outputs."""

    def execute(self, context):
        super().execute(context)
        message = None
        for container in self.remote_pod.status.container_statuses or []:
            ended = container.state and container.state.terminated
            if container.name == self.base_container_name and ended:
                message = ended.message
        if not message:
            raise AirflowFailException("the pod's termination message tells nothing of its outputs")
        context["ti"].xcom_push(key="controls", value=json.loads(message))


def value(operand):
    """A value from JSON text."""
    return json.loads(operand)


def count(size, chunk, chunks):
    """The indices of a map's elements that one mapped task runs: Airflow allows it 1024."""
    sizes = {value(each) for each in (size if isinstance(size, list) else [size])}
    if len(sizes) > 1:
        raise AirflowFailException(f"the lists of a map must be of one length, not {sorted(sizes)}")
    (size,) = sizes
    if size > 1024 * chunks:
        raise AirflowFailException(
            f"the map has {size} elements, and this file has tasks for {1024 * chunks}: "
            "translate the workflow with more --map-chunks"
        )
    return range(1024 * chunk, min(size, 1024 * (chunk + 1)))


def pod_names(name, size, chunk=0, chunks=1):
    """The name of the pod of each element of a map."""
    return [f"{name}-{index}" for index in count(size, chunk, chunks)]


def enough(elements, size, at_least=None, share=None, *, ti):
    """Fail unless enough elements of a map have succeeded: a number of them, or a share."""
    needed = math.ceil(share * value(size)) if at_least is None else at_least
    succeeded = ti.get_ti_count(
        dag_id=ti.dag_id, task_ids=elements, run_ids=[ti.run_id], states=["success"]
    )
    if succeeded < needed:
        raise AirflowFailException(f"{succeeded} elements have succeeded, and {needed} must")


def unless_failed(context):
    """Skip a task when another task of the run has failed: the workflow fails immediately."""
    ti = context["ti"]
    if context["task"].task_type == "EmptyOperator":
        return
    of_run = {"dag_id": ti.dag_id, "run_ids": [ti.run_id], "states": ["failed"]}
    if ti.get_ti_count(**of_run) > ti.get_ti_count(**of_run, task_ids=TOLERATED):
        raise AirflowSkipException("another task of the run has failed")


with DAG(
    dag_id="maps.some_fail",
    doc_md=__doc__,
    schedule=None,
    catchup=False,
    default_args={"retries": 0, "retry_delay": timedelta(seconds=5), "pre_execute": unless_failed},
    params={"count": Param(4, type="integer")},
    tags=["jetbridge"],
):
    # maps.py:46
    listed = ControlPodOperator(
        task_id="listed",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n0",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=count=json:{{ macros.json.dumps(params['count']) }}",
            "--controls-file=/dev/termination-log",
            "--control=size:o0",
            "--",
            "task-module",
            "maps",
            "task-name",
            "listed",
        ],
        **POD,
    )

    # maps.py:46
    map_odd_only_indices = PythonOperator(
        task_id="map_odd_only_indices",
        python_callable=pod_names,
        op_kwargs={
            "name": "map_odd_only",
            "size": "{{ ti.xcom_pull('listed', key='controls')['size:o0'] }}",
        },
    )

    map_odd_only = KubernetesPodOperator.partial(
        task_id="map_odd_only",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n1/{{ ti.map_index }}",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=n=n0.o0[{{ ti.map_index }}]",
            "--",
            "task-module",
            "maps",
            "task-name",
            "odd_only",
        ],
        max_active_tis_per_dagrun=2,
        **POD,
    ).expand(name=map_odd_only_indices.output)

    map_odd_only_tried = EmptyOperator(task_id="map_odd_only_tried", trigger_rule="all_done")

    map_odd_only_judged = PythonOperator(
        task_id="map_odd_only_judged",
        python_callable=enough,
        op_kwargs={
            "elements": ["map_odd_only"],
            "size": "{{ ti.xcom_pull('listed', key='controls')['size:o0'] }}",
            "share": 0.5,
        },
    )

    listed >> map_odd_only_indices >> map_odd_only >> map_odd_only_tried
    [map_odd_only_indices, map_odd_only_tried] >> map_odd_only_judged
