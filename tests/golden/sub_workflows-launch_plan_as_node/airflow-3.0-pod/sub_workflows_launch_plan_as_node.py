"""sub_workflows.launch_plan_as_node.

Written by `jetbridge translate`: change the workflow, not this file.
"""

from datetime import timedelta

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.sdk import DAG, TaskGroup
from kubernetes.client import V1EmptyDirVolumeSource, V1Volume, V1VolumeMount

IMAGE = "ghcr.io/example/tasks:1"

# The folder of a run in the object store: what tasks exchange lies below it.
RUN_ROOT = "s3://example/runs/sub_workflows.launch_plan_as_node/{{ run_id }}"

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
    dag_id="sub_workflows.launch_plan_as_node",
    doc_md=__doc__,
    schedule=None,
    catchup=False,
    default_args={"retries": 0, "retry_delay": timedelta(seconds=5)},
    tags=["jetbridge"],
):
    # sub_workflows.py:41
    with TaskGroup("inner", tooltip="sub_workflows.inner, in n0") as inner:
        # sub_workflows.py:20
        increment_n0 = KubernetesPodOperator(
            task_id="increment_n0",
            image=IMAGE,
            cmds=["jetbridge-execute"],
            arguments=[
                f"--run-root={RUN_ROOT}",
                "--node-path=n0/n0",
                "--attempt={{ ti.try_number - 1 }}",
                "--bind=by=json:1",
                "--bind=n=json:5",
                "--",
                "task-module",
                "sub_workflows",
                "task-name",
                "increment",
            ],
            **POD,
        )

        # sub_workflows.py:20
        increment_n1 = KubernetesPodOperator(
            task_id="increment_n1",
            image=IMAGE,
            cmds=["jetbridge-execute"],
            arguments=[
                f"--run-root={RUN_ROOT}",
                "--node-path=n0/n1",
                "--attempt={{ ti.try_number - 1 }}",
                "--bind=by=json:10",
                "--bind=n=n0/n0.o0",
                "--",
                "task-module",
                "sub_workflows",
                "task-name",
                "increment",
            ],
            **POD,
        )

        increment_n0 >> increment_n1

    # sub_workflows.py:41
    increment = KubernetesPodOperator(
        task_id="increment",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n1",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=by=json:1",
            "--bind=n=n0/n1.o0",
            "--",
            "task-module",
            "sub_workflows",
            "task-name",
            "increment",
        ],
        **POD,
    )

    inner >> increment
