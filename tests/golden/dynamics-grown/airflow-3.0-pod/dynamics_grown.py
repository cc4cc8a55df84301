"""dynamics.grown.

Written by `jetbridge translate`: change the workflow, not this file.
"""

from datetime import timedelta

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.sdk import DAG, Param
from kubernetes.client import V1EmptyDirVolumeSource, V1Volume, V1VolumeMount

IMAGE = "ghcr.io/example/tasks:1"

# The folder of a run in the object store: what tasks exchange lies below it.
RUN_ROOT = "s3://example/runs/dynamics.grown/{{ run_id }}"

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
    dag_id="dynamics.grown",
    doc_md=__doc__,
    schedule=None,
    catchup=False,
    default_args={"retries": 0, "retry_delay": timedelta(seconds=5)},
    params={"times": Param(3, type="integer")},
    tags=["jetbridge"],
):
    # dynamics.py:25
    repeated = KubernetesPodOperator(
        task_id="repeated",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n0",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=times=json:{{ macros.json.dumps(params['times']) }}",
            "--",
            "task-module",
            "dynamics",
            "task-name",
            "repeated",
        ],
        env_vars={
            "_F_SS_C": (
                "H4sIAAAAAAACA6WQ0QrCMAxFf2X0WSy++isiJXTprGub2WSbOPbvtoXhB/"
                "iW3JucS7KpniL4pK6dUqdOYVpKmeYQSuOAxTBmD8F/QDyl0on4NPBvyEcY0FhKzg9F3VSPDuYgphlNca/"
                "GHx42nz1pfEOcAmoBHrmGJoh18NiskkCFqYvaj4gaefuTda+0KdMTrRwXM83ZoslETdIr5VHXl2hBFtb1M"
                "soRksXmuUBrS1owc3lJ4+xfXuHEr0gBAAA="
            ),
        },
        **POD,
    )

    # dynamics.py:25
    increment = KubernetesPodOperator(
        task_id="increment",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n1",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=n=n0.o0",
            "--",
            "task-module",
            "dynamics",
            "task-name",
            "increment",
        ],
        **POD,
    )

    repeated >> increment
