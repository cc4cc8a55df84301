"""gates.unanswered: Nobody gives the value in time, so nobody is asked for the approval.

Written by `jetbridge translate`: change the workflow, not this file.
"""

from datetime import timedelta

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.providers.standard.operators.hitl import ApprovalOperator, HITLEntryOperator
from airflow.sdk import DAG, Param
from kubernetes.client import V1EmptyDirVolumeSource, V1Volume, V1VolumeMount

IMAGE = "ghcr.io/example/tasks:1"

# The folder of a run in the object store: what tasks exchange lies below it.
RUN_ROOT = "s3://example/runs/gates.unanswered/{{ run_id }}"

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
    dag_id="gates.unanswered",
    description="Nobody gives the value in time, so nobody is asked for the approval.",
    doc_md=__doc__,
    schedule=None,
    catchup=False,
    default_args={"retries": 0, "retry_delay": timedelta(seconds=5)},
    params={"n": Param(1, type="integer")},
    tags=["jetbridge"],
):
    # gates.py:34
    amount = HITLEntryOperator(
        task_id="amount",
        subject="amount?",
        body=f"Node n0, below {RUN_ROOT}",
        params={"value": Param(None, type=["null", "integer"])},
        defaults=None,
        response_timeout=timedelta(seconds=1),
    )

    # gates.py:35
    doubled_n1 = KubernetesPodOperator(
        task_id="doubled_n1",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n1",
            "--attempt={{ ti.try_number - 1 }}",
            (
                "--bind=n=json:{{ macros.json.dumps(ti.xcom_pull('amount')['params_input']['value']"
                ") | replace('$', '\\\\u0024') }}"
            ),
            "--",
            "task-module",
            "gates",
            "task-name",
            "doubled",
        ],
        **POD,
    )

    # gates.py:35
    large_enough = ApprovalOperator(
        task_id="large_enough",
        subject="Approve large enough??",
        body=f"Node n2 asks about n1.o0, below {RUN_ROOT}",
        fail_on_reject=True,
        response_timeout=timedelta(hours=1),
    )

    # gates.py:35
    doubled_n3 = KubernetesPodOperator(
        task_id="doubled_n3",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n3",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=n=n1.o0",
            "--",
            "task-module",
            "gates",
            "task-name",
            "doubled",
        ],
        **POD,
    )

    amount >> doubled_n1 >> large_enough >> doubled_n3
