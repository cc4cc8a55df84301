"""tables.tables.

Written by `jetbridge translate`: change the workflow, not this file.
"""

from datetime import timedelta

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.sdk import DAG, Param
from kubernetes.client import V1EmptyDirVolumeSource, V1Volume, V1VolumeMount

IMAGE = "ghcr.io/example/tasks:1"

# The folder of a run in the object store: what tasks exchange lies below it.
RUN_ROOT = "s3://example/runs/tables.tables/{{ run_id }}"

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

with DAG(
    dag_id="tables.tables",
    doc_md=__doc__,
    schedule=None,
    catchup=False,
    default_args={"retries": 0, "retry_delay": timedelta(seconds=5)},
    params={"rows": Param(12, type="integer")},
    tags=["jetbridge"],
):
    # tables.py:38
    tabulate = KubernetesPodOperator(
        task_id="tabulate",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n0",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=rows=json:{{ macros.json.dumps(params['rows']) }}",
            '--bind=text=json:"\\u007b\\u007brow\\u007d\\u007d"',
            "--",
            "task-module",
            "tables",
            "task-name",
            "tabulate",
        ],
        **POD,
    )

    # tables.py:38
    select = KubernetesPodOperator(
        task_id="select",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n1",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=table=n0.o0",
            "--",
            "task-module",
            "tables",
            "task-name",
            "select",
        ],
        **POD,
    )

    # tables.py:39
    describe = KubernetesPodOperator(
        task_id="describe",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n2",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=table=n1.o0",
            "--",
            "task-module",
            "tables",
            "task-name",
            "describe",
        ],
        **POD,
    )

    tabulate >> select >> describe
