"""tables.every_store: All of these at once.

Written by `jetbridge translate`: change the workflow, not this file.
"""

from datetime import timedelta

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.sdk import DAG, Param
from kubernetes.client import V1EmptyDirVolumeSource, V1Volume, V1VolumeMount

try:
    from airflow.sdk.exceptions import AirflowSkipException
except ImportError:  # Airflow 3.0 and 3.1
    from airflow.exceptions import AirflowSkipException

IMAGE = "ghcr.io/example/tasks:1"

# The folder of a run in the object store: what tasks exchange lies below it.
RUN_ROOT = "s3://example/runs/tables.every_store/{{ run_id }}"

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
    dag_id="tables.every_store",
    description="All of these at once.",
    doc_md=__doc__,
    schedule=None,
    catchup=False,
    default_args={"retries": 0, "retry_delay": timedelta(seconds=5), "pre_execute": unless_failed},
    params={
        "rows": Param(12, type="integer"),
        "text": Param("{{text}}\r\n\U0001f427", type="string"),
    },
    tags=["jetbridge"],
):
    # tables.py:45
    write = KubernetesPodOperator(
        task_id="write",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n0",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=text=json:{{ macros.json.dumps(params['text']) | replace('$', '\\\\u0024') }}",
            "--",
            "task-module",
            "stored",
            "task-name",
            "write",
        ],
        **POD,
    )

    # tables.py:47
    tabulate = KubernetesPodOperator(
        task_id="tabulate",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n3",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=rows=json:{{ macros.json.dumps(params['rows']) }}",
            "--bind=text=json:{{ macros.json.dumps(params['text']) | replace('$', '\\\\u0024') }}",
            "--",
            "task-module",
            "tables",
            "task-name",
            "tabulate",
        ],
        **POD,
    )

    # tables.py:46
    hand_on = KubernetesPodOperator(
        task_id="hand_on",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n1",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=files=[n0.o0]",
            "--",
            "task-module",
            "stored",
            "task-name",
            "hand_on",
        ],
        **POD,
    )

    # tables.py:47
    select = KubernetesPodOperator(
        task_id="select",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n4",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=table=n3.o0",
            "--",
            "task-module",
            "tables",
            "task-name",
            "select",
        ],
        **POD,
    )

    # tables.py:46
    pack = KubernetesPodOperator(
        task_id="pack",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n2",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=file=n1.o0",
            "--",
            "task-module",
            "stored",
            "task-name",
            "pack",
        ],
        **POD,
    )

    # tables.py:48
    read = KubernetesPodOperator(
        task_id="read",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n5",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=file=n0.o0",
            "--bind=folder=n2.o0",
            "--",
            "task-module",
            "stored",
            "task-name",
            "read",
        ],
        **POD,
    )

    write >> hand_on >> pack
    tabulate >> select
    [write, pack] >> read
