"""failure_nodes.cleaned.

Written by `jetbridge translate`: change the workflow, not this file.
"""

from datetime import timedelta

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, Param
from kubernetes.client import V1EmptyDirVolumeSource, V1Volume, V1VolumeMount

IMAGE = "ghcr.io/example/tasks:1"

# The folder of a run in the object store: what tasks exchange lies below it.
RUN_ROOT = "s3://example/runs/failure_nodes.cleaned/{{ run_id }}"

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
    dag_id="failure_nodes.cleaned",
    doc_md=__doc__,
    schedule=None,
    catchup=False,
    default_args={"retries": 0, "retry_delay": timedelta(seconds=5)},
    params={"n": Param(1, type="integer")},
    tags=["jetbridge"],
):
    # failure_nodes.py:26
    broken = KubernetesPodOperator(
        task_id="broken",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n0",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=n=json:{{ macros.json.dumps(params['n']) }}",
            "--",
            "task-module",
            "failure_nodes",
            "task-name",
            "broken",
        ],
        **POD,
    )

    end = EmptyOperator(task_id="end")

    settled = EmptyOperator(task_id="settled", trigger_rule="all_done")

    failed = EmptyOperator(task_id="failed", trigger_rule="one_failed")

    # failure_nodes.py:24
    clean_up = KubernetesPodOperator(
        task_id="clean_up",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=fn0",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=n=json:{{ macros.json.dumps(params['n']) }}",
            "--",
            "task-module",
            "failure_nodes",
            "task-name",
            "clean_up",
        ],
        **POD,
    )

    broken >> [end, settled, failed]
    [settled, failed] >> clean_up
