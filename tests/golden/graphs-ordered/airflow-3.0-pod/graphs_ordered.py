"""graphs.ordered: Three tasks that only `>>` puts in order; each would be first if it did not
wait.

Written by `jetbridge translate`: change the workflow, not this file.
"""

from datetime import timedelta

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.sdk import DAG
from kubernetes.client import V1EmptyDirVolumeSource, V1Volume, V1VolumeMount

try:
    from airflow.sdk.exceptions import AirflowSkipException
except ImportError:  # Airflow 3.0 and 3.1
    from airflow.exceptions import AirflowSkipException

IMAGE = "ghcr.io/example/tasks:1"

# The folder of a run in the object store: what tasks exchange lies below it.
RUN_ROOT = "s3://example/runs/graphs.ordered/{{ run_id }}"

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


def unless_failed(context):
    """Skip a task when another task of the run has failed: the workflow fails immediately."""
    ti = context["ti"]
    if context["task"].task_type == "EmptyOperator":
        return
    of_run = {"dag_id": ti.dag_id, "run_ids": [ti.run_id], "states": ["failed"]}
    if ti.get_ti_count(**of_run):
        raise AirflowSkipException("another task of the run has failed")


with DAG(
    dag_id="graphs.ordered",
    description="Three tasks that only `>>` puts in order; each would be first if it did not wait.",
    doc_md=__doc__,
    schedule=None,
    catchup=False,
    default_args={"retries": 0, "retry_delay": timedelta(seconds=5), "pre_execute": unless_failed},
    tags=["jetbridge"],
):
    # graphs.py:117
    stamp_n2 = KubernetesPodOperator(
        task_id="stamp_n2",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n2",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=pause=json:0.8",
            '--bind=text=json:"a"',
            "--",
            "task-module",
            "graphs",
            "task-name",
            "stamp",
        ],
        **POD,
    )

    # graphs.py:117
    stamp_n1 = KubernetesPodOperator(
        task_id="stamp_n1",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n1",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=pause=json:0.4",
            '--bind=text=json:"b"',
            "--",
            "task-module",
            "graphs",
            "task-name",
            "stamp",
        ],
        **POD,
    )

    # graphs.py:117
    stamp_n0 = KubernetesPodOperator(
        task_id="stamp_n0",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n0",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=pause=json:0.0",
            '--bind=text=json:"c"',
            "--",
            "task-module",
            "graphs",
            "task-name",
            "stamp",
        ],
        **POD,
    )

    # graphs.py:119
    note = KubernetesPodOperator(
        task_id="note",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n3",
            "--attempt={{ ti.try_number - 1 }}",
            '--bind=text=json:"the last of all"',
            "--",
            "task-module",
            "graphs",
            "task-name",
            "note",
        ],
        **POD,
    )

    # graphs.py:121
    in_order = KubernetesPodOperator(
        task_id="in_order",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n4",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=times=[n2.o0, n1.o0, n0.o0]",
            "--",
            "task-module",
            "graphs",
            "task-name",
            "in_order",
        ],
        **POD,
    )

    stamp_n2 >> stamp_n1 >> stamp_n0 >> note
    [stamp_n2, stamp_n1, stamp_n0] >> in_order
