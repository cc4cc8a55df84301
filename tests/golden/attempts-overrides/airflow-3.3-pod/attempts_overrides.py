"""attempts.overrides: The same tasks with and without overrides.

Written by `jetbridge translate`: change the workflow, not this file.
"""

from datetime import timedelta

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.sdk import DAG, Param, RetryDecision, RetryPolicy
from airflow.sdk.exceptions import AirflowSkipException
from kubernetes.client import (
    V1EmptyDirVolumeSource,
    V1ResourceRequirements,
    V1Volume,
    V1VolumeMount,
)

IMAGE = "ghcr.io/example/tasks:1"
ENVIRONMENT = {"WORD": "of the task"}

# The folder of a run in the object store: what tasks exchange lies below it.
RUN_ROOT = "s3://example/runs/attempts.overrides/{{ run_id }}"

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


def unless_failed(context):
    """Skip a task when another task of the run has failed: the workflow fails immediately."""
    ti = context["ti"]
    if context["task"].task_type == "EmptyOperator":
        return
    of_run = {"dag_id": ti.dag_id, "run_ids": [ti.run_id], "states": ["failed"]}
    if ti.get_ti_count(**of_run):
        raise AirflowSkipException("another task of the run has failed")


with DAG(
    dag_id="attempts.overrides",
    description="The same tasks with and without overrides.",
    doc_md=__doc__,
    schedule=None,
    catchup=False,
    default_args={"retries": 0, "retry_delay": timedelta(seconds=5), "pre_execute": unless_failed},
    params={"n": Param(1, type="integer")},
    tags=["jetbridge"],
):
    # attempts.py:46
    patient = KubernetesPodOperator(
        task_id="patient",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=patient-one",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=until=json:1",
            "--",
            "task-module",
            "attempts",
            "task-name",
            "patient",
        ],
        container_resources=V1ResourceRequirements(requests={"cpu": "60m"}),
        retries=1,
        retry_policy=FailOnUserError(),
        **POD,
    )

    # attempts.py:46
    settled_n1 = KubernetesPodOperator(
        task_id="settled_n1",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n1",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=n=json:{{ macros.json.dumps(params['n']) }}",
            "--",
            "task-module",
            "attempts",
            "task-name",
            "settled",
        ],
        env_vars=ENVIRONMENT,
        container_resources=V1ResourceRequirements(
            requests={"cpu": "50m", "memory": "64Mi"},
            limits={"memory": "512Mi"},
        ),
        labels={"interruptible": "true"},
        execution_timeout=timedelta(minutes=5),
        **POD,
    )

    # attempts.py:48
    settled_n2 = KubernetesPodOperator(
        task_id="settled_n2",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n2",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=n=patient-one.o0",
            "--",
            "task-module",
            "attempts",
            "task-name",
            "settled",
        ],
        env_vars=ENVIRONMENT,
        container_resources=V1ResourceRequirements(
            requests={"cpu": "50m", "memory": "64Mi"},
            limits={"memory": "400Mi"},
        ),
        execution_timeout=timedelta(minutes=4),
        **POD,
    )

    patient >> settled_n2
