"""failing.raises: What comes after the failure must not run.

Written by `jetbridge translate`: change the workflow, not this file.
"""

from datetime import timedelta

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.sdk import DAG, Param, RetryDecision, RetryPolicy
from kubernetes.client import V1EmptyDirVolumeSource, V1Volume, V1VolumeMount

IMAGE = "ghcr.io/example/tasks:1"

# The folder of a run in the object store: what tasks exchange lies below it.
RUN_ROOT = "s3://example/runs/failing.raises/{{ run_id }}"

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


class FailOnUserError(RetryPolicy):
    """An error of the user's code (exit code 80) is final: another attempt would fail alike."""

    def evaluate(self, exception, try_number, max_tries, context=None):
        if "'exit_code': 80," in str(exception):
            return RetryDecision.fail(reason="the task's own code failed")
        return RetryDecision()


with DAG(
    dag_id="failing.raises",
    description="What comes after the failure must not run.",
    doc_md=__doc__,
    schedule=None,
    catchup=False,
    default_args={"retries": 0, "retry_delay": timedelta(seconds=5)},
    params={"b": Param(0, type="integer")},
    tags=["jetbridge"],
):
    # failing.py:49
    fine_n0 = KubernetesPodOperator(
        task_id="fine_n0",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n0",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=n=json:1",
            "--",
            "task-module",
            "failing",
            "task-name",
            "fine",
        ],
        **POD,
    )

    # failing.py:49
    divide = KubernetesPodOperator(
        task_id="divide",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n1",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=a=n0.o0",
            "--bind=b=json:{{ macros.json.dumps(params['b']) }}",
            "--",
            "task-module",
            "failing",
            "task-name",
            "divide",
        ],
        retries=1,
        retry_policy=FailOnUserError(),
        **POD,
    )

    # failing.py:50
    fine_n2 = KubernetesPodOperator(
        task_id="fine_n2",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n2",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=n=json:2",
            "--",
            "task-module",
            "failing",
            "task-name",
            "fine",
        ],
        **POD,
    )

    fine_n0 >> divide >> fine_n2
